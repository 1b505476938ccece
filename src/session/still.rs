//! A session without a window: for pages, and for what is made of them in the background. Data are shared, not copied.

use super::camera::Camera;
use super::layer::{Layer, Status};
use super::look::Focused;
use super::state::Session;
use crate::geo::{BoundsDeg, LonLat, WorldPos};
use crate::model::FeatureId;
use crate::project::{Focus, Settings};

impl Session {
    /// The same layers, district, view and gaps in a session of its own, which nothing changes any more.
    pub fn still(&self) -> Self {
        let mut still = Self::new(Settings::default(), self.lang, false);
        still.document = self.document.clone();
        still.file.path = self.file.path.clone();
        for (key, layer) in &self.layers {
            if let Some(loaded) = layer.loaded() {
                let status = Status::Ready(loaded.clone());
                still.layers.insert(*key, Layer { key: *key, status, colouring: layer.colouring.clone() });
            } else if let Some(ground) = layer.ground() {
                let status = Status::Ground(ground.clone());
                still.layers.insert(*key, Layer { key: *key, status, colouring: None });
            }
        }
        still.storage.tables_read = self.storage.tables_read;
        still.made = self.share_made();
        still.view = self.view.clone();
        still.stage.divided = self.left().clone();
        still.stage.divider = self.stage.divider;
        still.picture = Some(super::Picture { are_gaps_ringed: self.are_gaps_ringed(), is_bare: false });
        (still.camera, still.map_size_pt) = (self.camera, self.map_size_pt);
        still
    }

    /// Brings the villages of the focus up to date with what the view asks for.
    pub fn find_focus(&mut self) {
        let (Some(focus), Some(district)) = (self.view.focus.clone(), self.district().cloned()) else {
            self.made.focused.clear();
            return;
        };
        let focused =
            self.made.focused.make((district.generation, focus), |(_, focus)| Focused::find(focus, &district));
        if focused.is_none() {
            self.made.focused.clear();
            self.view.focus = None;
        }
    }

    /// Narrows everything to a town or group, sums included.
    pub fn narrow(&mut self, focus: Option<Focus>) {
        self.view.focus = focus;
        self.find_focus();
        self.roll();
    }

    /// Points the camera at villages.
    pub fn look_at(&mut self, villages: &[FeatureId]) {
        let Some(loaded) = self.village_layer().and_then(|l| l.loaded()) else { return };
        let bounds = villages.iter().filter_map(|v| loaded.dataset.geometry.bounds_of(*v));
        let all = bounds.reduce(BoundsDeg::union);
        if let Some(bounds) = all {
            self.camera = Camera::fitting(bounds, self.map_size_pt);
        }
    }

    /// Whether the map's view has all of a rectangle (west, south, east, north in degrees).
    pub fn shows(&self, bounds: BoundsDeg) -> bool {
        let [w, s, e, n] = bounds.sides();
        [(w, n), (e, s)].into_iter().all(|(lon, lat)| {
            let [x, y] = self.camera.offset_of(WorldPos::from_lonlat(LonLat::new(lon, lat)));
            x.abs() <= self.map_size_pt[0] / 2.0 && y.abs() <= self.map_size_pt[1] / 2.0
        })
    }

    /// Points the camera at everything.
    pub fn look_at_all(&mut self) {
        let shown = self.shown().filter_map(|(l, _)| l.loaded()?.bounds_deg());
        let all = shown.reduce(BoundsDeg::union);
        self.camera = all.map_or(Camera { centre: WorldPos { x: 0.5, y: 0.5 }, zoom: 2.0 }, |bounds| {
            Camera::fitting(bounds, self.map_size_pt)
        });
    }
}
