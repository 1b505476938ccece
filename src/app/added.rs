//! The layer of facilities that the project adds.

use std::path::PathBuf;
use std::sync::Arc;

use super::qiancun::Qiancun;
use crate::district::{AddedFacility, added_dataset};
use crate::geo::LonLat;
use crate::model::{FeatureId, Role};
use crate::project::LayerEntry;
use crate::session::{ADDED_LAYER, Dialogue, Layer, Loaded, Status};

impl Qiancun {
    /// Brings the layer up to date with the project.
    pub(super) fn sync_added(&mut self) {
        let list = &self.session.document.project.facilities;
        if self.drawn.added_of == *list {
            return;
        }
        self.drawn.added_of = list.clone();
        self.drawn.applied.remove(&ADDED_LAYER);
        match added_dataset(list) {
            Some(dataset) => {
                let status = Status::Ready(Arc::new(Loaded::new(dataset)));
                self.session.layers.insert(ADDED_LAYER, Layer { key: ADDED_LAYER, status, colouring: None });
            }
            None => {
                self.session.layers.remove(&ADDED_LAYER);
                if self.session.document.selection.as_ref().is_some_and(|s| s.0 == ADDED_LAYER) {
                    self.session.note(|d| d.selection = None);
                }
            }
        }
        // What the scene has of it is of the list before.
        if let (Ok(mut scene), Some(_)) = (self.scene.lock(), self.session.layers.get(&ADDED_LAYER)) {
            scene.remove_layer(ADDED_LAYER);
        }
    }

    /// An entry for a layer that the project file does not list.
    pub(super) fn added_entry() -> LayerEntry {
        LayerEntry::new(PathBuf::from("added"))
    }

    /// Asks what facility a village is to get; it stands in the village's middle until its place is typed.
    pub(super) fn ask_facility(&mut self, village: Option<FeatureId>, at: Option<LonLat>) {
        let Some(district) = self.session.district().cloned() else { return };
        let Some(at) = at.or_else(|| district.stand(village?)) else { return };
        let numbers = self.session.document.project.facilities.iter();
        let last = numbers.filter_map(|f| f.id.strip_prefix("ADD-")?.parse::<u32>().ok()).max().unwrap_or(0);
        let round = |v: f64| (v * 1e6).round() / 1e6;
        self.session.moment.dialogue = Some(Dialogue::Add(AddedFacility {
            id: format!("ADD-{:03}", last + 1),
            name: String::new(),
            kind: "public_toilet".to_owned(),
            lon: round(at.lon_deg),
            lat: round(at.lat_deg),
            village_code: village.map(|v| district.text(v, Role::Code)).unwrap_or_default(),
            status: "in_use".to_owned(),
            ..AddedFacility::default()
        }));
    }
}
