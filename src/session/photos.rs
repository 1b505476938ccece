//! Photos that lie on the map: which file each is, and which were taken in a village.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::derived::Derived;
use super::layer::Loaded;
use super::state::Session;
use crate::geo::LonLat;
use crate::model::{FeatureId, Generation, LayerKind};
use crate::project::Focus;
use crate::read::PHOTO_FIELD;
use crate::render::LayerKey;

/// What the list of a village's photos is made for: the village, the villages' data, those of each layer of photos.
pub type PhotosKey = (FeatureId, Generation, Vec<(LayerKey, Generation)>);

/// Longest side of a small picture, in pixels.
pub const SMALL_PX: u32 = 240;

/// Longest side of a picture that fills the window, in pixels.
pub const LARGE_PX: u32 = 1600;

/// A picture of a photo.
#[derive(Clone, Debug)]
pub enum PhotoPicture {
    /// It is being made.
    Coming,
    /// It cannot be shown.
    Never,
    /// It is there.
    Here(egui::ColorImage),
}

/// Most photos beside a map.
pub const MOST_PHOTOS: u8 = 4;

/// What the photos of a scene are found for.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenePhotosKey {
    at: usize,
    most: usize,
    villages: Generation,
    selected: Option<FeatureId>,
    focus: Option<Focus>,
    layers: Vec<(LayerKey, Generation)>,
}

/// What is made of photos.
#[derive(Default)]
pub struct PhotosMade {
    /// Photos taken in the village on the card.
    pub of_card: Derived<PhotosKey, Vec<PlacedPhoto>>,
    /// Photos of the scene that is shown.
    pub of_scene: Derived<ScenePhotosKey, Vec<(PlacedPhoto, String)>>,
    /// Pictures of photos by file and longest side, as far as they were asked for.
    pub pictures: FxHashMap<(PathBuf, u32), PhotoPicture>,
}

/// A photo on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedPhoto {
    /// Its layer.
    pub layer: LayerKey,
    /// Its row there.
    pub feature: FeatureId,
    /// The file.
    pub file: PathBuf,
    /// When it was taken, as its camera wrote it; empty where that is not known.
    pub taken_at: String,
}

impl Session {
    /// Layers of photos that are there, top first.
    fn photo_layers(&self) -> Vec<(LayerKey, &Arc<Loaded>)> {
        let of = |(layer, kind): (&super::layer::Layer, LayerKind)| {
            let key = layer.key;
            (kind == LayerKind::Photos).then(|| Some((key, self.layers.get(&key)?.loaded()?))).flatten()
        };
        self.kinds().into_iter().filter_map(of).collect()
    }

    /// Whether there are photos on the map.
    pub fn has_photos(&self) -> bool {
        !self.photo_layers().is_empty()
    }

    /// A photo, by its layer and row; `None` where the layer is none of photos.
    pub fn photo(&self, layer: LayerKey, feature: FeatureId) -> Option<PlacedPhoto> {
        let folder = &self.entry(layer).filter(|e| e.kind == Some(LayerKind::Photos))?.path;
        let table = &self.layers.get(&layer)?.loaded()?.dataset.table;
        let text = |name| table.position(name).and_then(|i| Some(table.value(feature, i).to_text()?.into_owned()));
        let file = folder.join(text(PHOTO_FIELD)?);
        Some(PlacedPhoto { layer, feature, file, taken_at: text("taken_at").unwrap_or_default() })
    }

    /// Brings the photos of the village on the card up to date.
    pub fn find_photos(&mut self) {
        // Most projects have none: nothing else is looked at.
        let has_photos = self.document.project.layers.iter().any(|e| e.kind == Some(LayerKind::Photos));
        let wanted =
            self.card().filter(|_| has_photos).map(|c| c.village).zip(self.village_layer().and_then(|l| l.loaded()));
        let layers = self.photo_layers();
        let Some((village, villages)) = wanted.filter(|_| !layers.is_empty()) else {
            self.made.photos.of_card.clear();
            return;
        };
        let key = (village, villages.generation, layers.iter().map(|(k, l)| (*k, l.generation)).collect());
        if self.made.photos.of_card.get(&key).is_some() {
            return;
        }
        let mut found: Vec<PlacedPhoto> = Vec::new();
        for part in villages.members().parts(&village) {
            let Some(bounds) = villages.dataset.geometry.bounds_of(*part) else { continue };
            for (layer, photos) in &layers {
                for feature in photos.spatial().in_rectangle(bounds) {
                    let Some([lon, lat]) = photos.dataset.geometry.positions_of(feature).next().copied() else {
                        continue;
                    };
                    let here = villages.spatial().at_point(&villages.dataset.geometry, LonLat::new(lon, lat));
                    if here.contains(part) {
                        found.extend(self.photo(*layer, feature));
                    }
                }
            }
        }
        // The latest first; those without a time last.
        found.sort_by(|a, b| b.taken_at.cmp(&a.taken_at).then_with(|| a.file.cmp(&b.file)));
        self.made.photos.of_card.make(key, |_| found);
    }

    /// All photos that lie in a village, by village, the latest of each first.
    pub fn photos_by_village(&self) -> Vec<(FeatureId, Vec<PlacedPhoto>)> {
        let mut of: rustc_hash::FxHashMap<FeatureId, Vec<PlacedPhoto>> = Default::default();
        for (layer, photos) in self.photo_layers() {
            for feature in photos.dataset.features() {
                let Some([lon, lat]) = photos.dataset.geometry.positions_of(feature).next().copied() else { continue };
                if let Some(village) = self.village_at(LonLat::new(lon, lat)) {
                    of.entry(village).or_default().extend(self.photo(layer, feature));
                }
            }
        }
        let mut list: Vec<(FeatureId, Vec<PlacedPhoto>)> = of.into_iter().collect();
        list.sort_by_key(|(village, _)| *village);
        for (_, photos) in &mut list {
            photos.sort_by(|a, b| b.taken_at.cmp(&a.taken_at).then_with(|| a.file.cmp(&b.file)));
        }
        list
    }

    /// Photos that go with what is shown, with what to say of each: those of the village that is selected, where it has some, else the latest of each village in
    /// focus, the latest village first.
    pub fn photos_to_show(&self, most: usize) -> Vec<(PlacedPhoto, String)> {
        let selected = self.on_card().filter(|(l, _)| self.village_layer().is_some_and(|v| v.key == l.key));
        let all = self.photos_by_village();
        let named = |village: FeatureId, photo: &PlacedPhoto| {
            let name = self.village_layer().map(|l| self.feature_title(l.key, village)).unwrap_or_default();
            let day = photo.taken_at.get(..10).unwrap_or_default();
            let words = [name.as_str(), day].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" · ");
            (photo.clone(), words)
        };
        if let Some((_, village)) = selected {
            let own = all.iter().find(|(v, _)| *v == village).map_or(&[][..], |(_, list)| list);
            if !own.is_empty() {
                return own.iter().take(most).map(|p| named(village, p)).collect();
            }
        }
        let mut first: Vec<(FeatureId, &PlacedPhoto)> = all
            .iter()
            .filter(|(village, _)| self.is_in_focus(*village))
            .filter_map(|(village, list)| Some((*village, list.first()?)))
            .collect();
        first.sort_by(|a, b| b.1.taken_at.cmp(&a.1.taken_at).then(a.0.cmp(&b.0)));
        first.into_iter().take(most).map(|(village, photo)| named(village, photo)).collect()
    }

    /// Brings the photos of the scene that is shown up to date.
    pub fn find_scene_photos(&mut self) {
        let most = self.scene_shown().map_or(0, |s| usize::from(s.photos.min(MOST_PHOTOS)));
        let at = self.meeting.as_ref().and_then(|m| m.scene).filter(|_| most > 0);
        let Some((at, villages)) = at.zip(self.village_layer().and_then(|l| l.loaded()).map(|l| l.generation)) else {
            self.made.photos.of_scene.clear();
            return;
        };
        let selected = self.document.selection.as_ref().and_then(|(_, f)| f.last().copied());
        let focus = self.focused().map(|f| f.focus.clone());
        let layers = self.photo_layers().iter().map(|(k, l)| (*k, l.generation)).collect();
        let key = ScenePhotosKey { at, most, villages, selected, focus, layers };
        if self.made.photos.of_scene.get(&key).is_none() {
            let found = self.photos_to_show(most);
            self.made.photos.of_scene.make(key, |_| found);
        }
    }

    /// Photos of the scene that is shown, with what to say of each.
    pub fn scene_photos(&self) -> &[(PlacedPhoto, String)] {
        self.made.photos.of_scene.last().map_or(&[], Vec::as_slice)
    }

    /// Photos taken in the village on the card, the latest first.
    pub fn village_photos(&self) -> &[PlacedPhoto] {
        self.made.photos.of_card.last().map_or(&[], Vec::as_slice)
    }
}
