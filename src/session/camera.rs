//! The camera of the map: f64 throughout.

use crate::geo::{BoundsDeg, LonLat, WorldPos, scale_denominator};
use crate::project;
use crate::render::Viewport;

/// Where the map looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The middle of the map.
    pub centre: WorldPos,
    /// log₂ of (points along the world / 256).
    pub zoom: f64,
}

/// A point that stays under the cursor while zooming: offset from the middle of the map in points.
pub type Pivot = [f64; 2];

/// Zooms that make sense: the whole world to a few centimetres a point.
const ZOOM_RANGE: (f64, f64) = (1.0, 22.0);

impl Default for Camera {
    fn default() -> Self {
        Self { centre: WorldPos::from_lonlat(LonLat::new(104.0, 35.0)), zoom: 3.6 }
    }
}

impl Camera {
    /// Points along the whole world.
    pub fn points_per_world(&self) -> f64 {
        256.0 * self.zoom.exp2()
    }

    /// The N of 1 : N in the middle of the map.
    pub fn scale_denominator(&self) -> f64 {
        scale_denominator(self.points_per_world(), self.centre.to_lonlat().lat_deg)
    }

    /// The view of a map of this size in pixels.
    pub fn view(&self, size_px: [u32; 2], pixels_per_point: f32) -> Viewport {
        Viewport { centre: self.centre, px_per_world: self.points_per_world() * f64::from(pixels_per_point), size_px }
    }

    /// The world position at an offset from the middle of the map in points.
    pub fn world_at(&self, [x, y]: Pivot) -> WorldPos {
        let scale = self.points_per_world();
        WorldPos { x: self.centre.x + x / scale, y: self.centre.y + y / scale }
    }

    /// Offset from the middle of the map in points of a world position.
    pub fn offset_of(&self, p: WorldPos) -> Pivot {
        let scale = self.points_per_world();
        [(p.x - self.centre.x) * scale, (p.y - self.centre.y) * scale]
    }

    /// Moves what is seen by points.
    pub fn pan(&mut self, [x, y]: Pivot) {
        let scale = self.points_per_world();
        self.centre.x = (self.centre.x - x / scale).clamp(0.0, 1.0);
        self.centre.y = (self.centre.y - y / scale).clamp(0.0, 1.0);
    }

    /// Zooms by steps of log₂ scale; what is under the pivot stays there.
    pub fn zoom_by(&mut self, steps: f64, pivot: Pivot) {
        let held = self.world_at(pivot);
        self.zoom = (self.zoom + steps).clamp(ZOOM_RANGE.0, ZOOM_RANGE.1);
        let [x, y] = self.offset_of(held);
        self.pan([pivot[0] - x, pivot[1] - y]);
    }

    /// The camera that shows \[west, south, east, north\] in degrees on a map of this size in points, with a margin.
    pub fn fitting(bounds: BoundsDeg, size_pt: [f64; 2]) -> Self {
        let [w, s, e, n] = bounds.sides();
        let (a, b) = (WorldPos::from_lonlat(LonLat::new(w, n)), WorldPos::from_lonlat(LonLat::new(e, s)));
        let room = |pt: f64| (pt * 0.88).max(40.0);
        let scale = (room(size_pt[0]) / (b.x - a.x).max(1e-9)).min(room(size_pt[1]) / (b.y - a.y).max(1e-9));
        Self {
            centre: WorldPos { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 },
            zoom: (scale / 256.0).log2().clamp(ZOOM_RANGE.0, 19.0),
        }
    }

    /// As the project file has it.
    pub fn to_project(self) -> project::Camera {
        let p = self.centre.to_lonlat();
        let round = |v: f64, digits: i32| (v * 10f64.powi(digits)).round() / 10f64.powi(digits);
        project::Camera { lon: round(p.lon_deg, 7), lat: round(p.lat_deg, 7), zoom: round(self.zoom, 3) }
    }

    /// From the project file.
    pub fn from_project(c: project::Camera) -> Self {
        Self {
            centre: WorldPos::from_lonlat(LonLat::new(c.lon, c.lat)),
            zoom: if c.zoom.is_finite() { c.zoom.clamp(ZOOM_RANGE.0, ZOOM_RANGE.1) } else { 10.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_place_under_the_cursor() {
        let mut c = Camera { zoom: 11.0, ..Camera::default() };
        let pivot = [123.0, -77.0];
        let before = c.world_at(pivot);
        c.zoom_by(3.7, pivot);
        let after = c.world_at(pivot);
        assert!((before.x - after.x).abs() < 1e-12 && (before.y - after.y).abs() < 1e-12);
    }

    #[test]
    fn a_fit_shows_all_of_it() {
        let c = Camera::fitting(BoundsDeg::new([116.0, 39.9, 116.5, 40.2]), [800.0, 600.0]);
        for (lon, lat) in [(116.0, 39.9), (116.5, 40.2)] {
            let [x, y] = c.offset_of(WorldPos::from_lonlat(LonLat::new(lon, lat)));
            assert!(x.abs() <= 400.0 && y.abs() <= 300.0);
        }
    }
}
