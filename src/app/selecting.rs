//! What commands about the selection do.

use super::qiancun::Qiancun;
use crate::district::Facility;
use crate::geo::BoundsDeg;
use crate::model::FeatureId;
use crate::project::Focus;
use crate::render::LayerKey;
use crate::session::{Choice, SelectCommand};

/// Clusters of so few are listed at once.
const LISTED: usize = 6;
/// Zoom from which on a cluster is listed, however many it holds.
const NEAR_ZOOM: f64 = 16.0;

impl Qiancun {
    /// Carries out a command about the selection.
    pub(super) fn on_selection(&mut self, command: SelectCommand) {
        let session = &mut self.session;
        match command {
            SelectCommand::Select { layer, features, add } => self.select(layer, features, add),
            SelectCommand::TakeHit(row) => self.take_hit(row),
            SelectCommand::ClearSelection => session.note(|d| d.selection = None),
            SelectCommand::FlyTo(layer, feature) => self.fly_to(layer, feature),
            SelectCommand::StepVillage(steps) => self.step_village(steps),
            SelectCommand::SelectPlace(place) => self.select_place(&place),
            SelectCommand::OpenCluster(cluster) => self.open_cluster(cluster),
        }
    }

    pub(super) fn select(&mut self, layer: LayerKey, features: Vec<FeatureId>, add: bool) {
        self.session.note(|d| match &mut d.selection {
            Some((key, selected)) if add && *key == layer => {
                for feature in features {
                    match selected.iter().position(|f| *f == feature) {
                        Some(at) => {
                            selected.remove(at);
                        }
                        None => selected.push(feature),
                    }
                }
                if selected.is_empty() {
                    d.selection = None;
                }
            }
            selection => *selection = (!features.is_empty()).then_some((layer, features)),
        });
        self.session.moment.scroll_to = self.session.document.selection.as_ref().and_then(|(_, f)| f.last().copied());
    }

    /// Goes to what answers the search; where nothing does, the text stays.
    fn take_hit(&mut self, row: usize) {
        self.session.find_hits();
        let hits = self.session.hits();
        if let Some((layer, feature)) = hits.get(row.min(hits.len().saturating_sub(1))).copied() {
            self.session.moment.search.clear();
            self.fly_to(layer, feature);
        }
    }

    fn fly_to(&mut self, layer: LayerKey, feature: FeatureId) {
        self.select(layer, vec![feature], false);
        self.session.settings.right_folded = false;
        self.fit_selection();
    }

    fn step_village(&mut self, steps: i32) {
        let Some((layer, feature)) = self.session.on_card() else { return };
        let Some(loaded) = layer.loaded() else { return };
        let members = loaded.members_in_time().filter(|_| loaded.can_be_villages());
        let all: Vec<FeatureId> = members.map_or_else(|| loaded.dataset.features().collect(), |m| m.list().to_vec());
        let here = all.iter().position(|f| *f == feature).unwrap_or(0) as i64;
        let next = (here + i64::from(steps)).rem_euclid(all.len().max(1) as i64);
        let Some(next) = all.get(next as usize).copied() else { return };
        let key = layer.key;
        self.fly_to(key, next);
    }

    /// Goes nearer until the facilities of a cluster stand apart; where they cannot, or are few, lists them.
    fn open_cluster(&mut self, cluster: usize) {
        let (Some(symbols), Some(district)) = (self.session.symbols().cloned(), self.session.district().cloned())
        else {
            return;
        };
        let Some(cluster) = symbols.clusters.get(cluster) else { return };
        let members: Vec<&Facility> =
            cluster.members.iter().filter_map(|i| district.facilities.get(*i as usize)).collect();
        let layers = self.session.facility_layers();
        if members.len() <= LISTED || self.session.camera.zoom > NEAR_ZOOM {
            let [x, y] = self.session.camera.offset_of(cluster.at);
            let features = members.iter().filter_map(|f| Some((*layers.get(f.source)?, f.row))).collect();
            let middle = self.map.middle();
            let at = middle + egui::vec2(x as f32, y as f32);
            self.session.moment.choice = Some(Choice { at, features, add: false });
            return;
        }
        let all = members.iter().map(|f| BoundsDeg::of(f.at)).reduce(BoundsDeg::union);
        self.show_rectangle(all.map(|bounds| bounds.with_room(0.3, 5e-4)));
    }

    fn select_place(&mut self, place: &Focus) {
        let Some(district) = self.session.district().cloned() else { return };
        let Some(key) = self.session.village_layer().map(|l| l.key) else { return };
        let villages = district.places(place.by).into_iter().find(|(name, _)| *name == place.name);
        if let Some((_, villages)) = villages {
            self.select(key, villages, false);
        }
    }
}
