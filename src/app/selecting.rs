//! What commands about the selection do.

use super::qiancun::Qiancun;
use crate::district::Facility;
use crate::geo::{BoundsDeg, LonLat};
use crate::model::FeatureId;
use crate::project::Focus;
use crate::render::LayerKey;
use crate::session::{CameraCommand, Choice, Dialogue, SelectCommand};

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
            SelectCommand::Neighbour(direction) => self.go_to_neighbour(direction),
            SelectCommand::GroupDialogue => session.moment.dialogue = Some(Dialogue::Group(String::new())),
            SelectCommand::SaveGroup(group) => {
                let edits = session.group_edits(&group);
                self.correct("chosen.group", edits);
            }
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
        let Some(hits) = self.session.hits().filter(|h| !h.is_empty()) else { return };
        let row = row.min(hits.len() - 1);
        let before = usize::from(hits.place.is_some());
        let (place, feature) = (hits.place.filter(|_| row == 0), hits.features.get(row.wrapping_sub(before)).copied());
        self.session.moment.search = Default::default();
        match (place, feature) {
            (Some(place), _) => self.go_to_place(place),
            (None, Some((layer, feature))) => self.fly_to(layer, feature),
            (None, None) => {}
        }
    }

    /// Goes to a place, and selects the village it lies in.
    fn go_to_place(&mut self, place: LonLat) {
        self.on_camera(CameraCommand::GoTo(place));
        let here = self.session.village_layer().and_then(|l| {
            let loaded = l.loaded()?;
            let here = loaded.spatial_in_time()?.at_point(&loaded.dataset.geometry, place);
            Some((l.key, here.first().copied()?))
        });
        if let Some((layer, feature)) = here {
            self.select(layer, vec![feature], false);
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

    /// Selects the nearest village in a direction from the one on the card; without one, the village in the middle of the map.
    /// The map follows where that one is out of sight.
    fn go_to_neighbour(&mut self, [dx, dy]: [f64; 2]) {
        let village_layer = self.session.village_layer().map(|l| l.key);
        let here = self.session.on_card().map(|(l, f)| (l.key, f)).filter(|(key, _)| Some(*key) == village_layer);
        let Some(key) = village_layer else { return };
        let Some(loaded) = self.session.layers.get(&key).and_then(|l| l.loaded()).cloned() else { return };
        let Some(anchors) = loaded.anchors.get() else { return };
        let at = |f: FeatureId| Some(anchors.get(f.index())?.as_ref()?.at);
        let start = here.and_then(|(_, f)| at(f)).unwrap_or(self.session.camera.centre);
        let members = loaded.members_in_time();
        let is_village = |f: FeatureId| members.is_none_or(|m| m.is_first(f)) && self.session.is_in_focus(f);
        let others = loaded.dataset.features().filter(|f| here.is_none_or(|(_, own)| own != *f) && is_village(*f));
        // How far a place is along the way, those to the side counting as farther; `None` where it is not that way.
        let far = |f: FeatureId| {
            let place = at(f)?;
            let (x, y) = (place.x - start.x, place.y - start.y);
            let (along, aside) = (x * dx + y * dy, (x * dy - y * dx).abs());
            match here {
                Some(_) => (along > 0.0 && aside <= along * 1.2).then_some(along + 2.0 * aside),
                None => Some(x.hypot(y)),
            }
        };
        let best = others.filter_map(|f| Some((far(f)?, f))).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, next)) = best else { return };
        self.select(key, vec![next], false);
        self.session.settings.right_folded = false;
        if let Some(place) = at(next) {
            let camera = &mut self.session.camera;
            let [w, h] = self.session.map_size_pt;
            let scale = camera.points_per_world();
            let (x, y) = ((place.x - camera.centre.x) * scale, (place.y - camera.centre.y) * scale);
            if x.abs() > w * 0.42 || y.abs() > h * 0.42 {
                camera.centre = place;
            }
        }
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
