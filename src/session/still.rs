//! A session without a window: for pages, and for what is made of them in the background. Data are shared, not copied.

use std::sync::Arc;

use super::camera::Camera;
use super::layer::{Layer, Status};
use super::look::Focused;
use super::state::Session;
use crate::district::By;
use crate::geo::{LonLat, WorldPos};
use crate::model::{FeatureId, Role};
use crate::project::{Focus, Settings};

impl Session {
    /// The same layers, district, view and gaps in a session of its own, which nothing changes any more.
    pub fn still(&self) -> Self {
        let mut still = Self::new(Settings::default(), self.lang, false);
        still.document = self.document.clone();
        still.project_path = self.project_path.clone();
        for (key, layer) in &self.layers {
            if let Some(loaded) = layer.loaded() {
                let status = Status::Ready(loaded.clone());
                still.layers.insert(*key, Layer { key: *key, status, themed: layer.themed.clone() });
            }
        }
        still.district = self.district.clone();
        still.view = self.view.clone();
        still.focused = self.focused.clone();
        still.rolled = self.rolled.clone();
        still.gaps = self.gaps.clone();
        still.covered = self.covered.clone();
        still.listed_gaps = self.listed_gaps.clone();
        still.divided = self.left().clone();
        still.divider = self.divider;
        still.picture = Some(super::Picture { are_gaps_ringed: self.are_gaps_ringed() });
        (still.camera, still.map_size_pt) = (self.camera, self.map_size_pt);
        still
    }

    /// Brings the villages of the focus up to date with what the view asks for.
    pub fn find_focus(&mut self) {
        let (Some(focus), Some(district)) = (&self.view.focus, &self.district) else {
            self.focused = None;
            return;
        };
        let members = self.focused.as_ref().filter(|f| f.focus == *focus).map(|f| f.members.len());
        if members == Some(district.villages.len() as usize) {
            return;
        }
        let mut place = district.places(focus.by).into_iter().find(|(name, _)| *name == focus.name);
        if focus.by == By::Town && place.is_none() {
            // As it was kept before another district's town of this name came in.
            let is_of = |v: &FeatureId| district.text(*v, Role::Town) == focus.name;
            let all: Vec<FeatureId> = district.village_list().filter(is_of).collect();
            place = (!all.is_empty()).then(|| (focus.name.clone(), all));
        }
        self.focused = place.map(|(_, villages)| {
            let mut members = vec![false; district.villages.len() as usize];
            for v in villages.iter().flat_map(|v| district.members.parts(v)) {
                if let Some(member) = members.get_mut(*v as usize) {
                    *member = true;
                }
            }
            Focused { focus: focus.clone(), members: Arc::new(members) }
        });
        if self.focused.is_none() {
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
        let all = bounds.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        if let Some(bounds) = all {
            self.camera = Camera::fitting(bounds, self.map_size_pt);
        }
    }

    /// Whether the map's view has all of a rectangle (west, south, east, north in degrees).
    pub fn shows(&self, [w, s, e, n]: [f64; 4]) -> bool {
        [(w, n), (e, s)].into_iter().all(|(lon, lat)| {
            let [x, y] = self.camera.offset_of(WorldPos::from_lonlat(LonLat::new(lon, lat)));
            x.abs() <= self.map_size_pt[0] / 2.0 && y.abs() <= self.map_size_pt[1] / 2.0
        })
    }

    /// Points the camera at everything.
    pub fn look_at_all(&mut self) {
        let shown = self.shown().filter_map(|(l, _)| l.loaded()?.bounds_deg());
        let all = shown.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        self.camera = all.map_or(Camera { centre: WorldPos { x: 0.5, y: 0.5 }, zoom: 2.0 }, |bounds| {
            Camera::fitting(bounds, self.map_size_pt)
        });
    }
}
