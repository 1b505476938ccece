//! How the pixels of a picture lie in its coordinate system, and the way from the map to them.

use super::blocks::GroundError;
use crate::geo::{BoundsDeg, System, WorldPos};

/// A picture's place: six numbers from pixels (column, row; 0 at the outer corner of the first pixel) to coordinates,
/// `x = a·column + b·row + c`, `y = d·column + e·row + f`, easting before northing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Affine(pub [f64; 6]);

impl Affine {
    /// The way back; `None` where a pixel has no area.
    fn inverse(self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.0;
        let det = a * e - b * d;
        if !det.is_finite() || det == 0.0 {
            return None;
        }
        let [ia, ib, id, ie] = [e / det, -b / det, -d / det, a / det];
        Some(Self([ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)]))
    }

    fn of(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [a, b, c, d, e, f] = self.0;
        [a * x + b * y + c, d * x + e * y + f]
    }

    /// From a world file (ESRI): A, D, B, E, C, F, one a line, of the middle of the first pixel.
    pub(super) fn of_world_file(text: &str) -> Option<Self> {
        let numbers: Vec<f64> = text
            .trim_start_matches('\u{feff}')
            .split_whitespace()
            .map_while(|t| t.replace(',', ".").parse().ok())
            .take(6)
            .collect();
        let [a, d, b, e, c, f] = *numbers.as_slice() else { return None };
        let all = [a, b, c - (a + b) / 2.0, d, e, f - (d + e) / 2.0];
        all.iter().all(|n: &f64| n.is_finite()).then_some(Self(all))
    }
}

/// Where a picture lies on the earth.
pub(super) struct Georeference {
    system: System,
    forth: Affine,
    back: Affine,
    size_px: [f64; 2],
}

impl Georeference {
    /// A picture of so many pixels.
    ///
    /// # Errors
    /// Where its pixels have no area.
    pub(super) fn new(system: System, affine: Affine, size_px: [f64; 2]) -> Result<Self, GroundError> {
        let back = affine.inverse().ok_or(GroundError::NoPlace)?;
        Ok(Self { system, forth: affine, back, size_px })
    }

    /// The coordinate system that the picture lies in.
    pub(super) fn system(&self) -> &System {
        &self.system
    }

    /// Where a point of the map lies in the picture, 0 to 1.
    pub(super) fn place(&self, at: WorldPos) -> Option<[f64; 2]> {
        let lonlat = at.to_lonlat();
        let mut own = [[lonlat.lon_deg, lonlat.lat_deg]];
        self.system.of_degrees(&mut own);
        let [column, row] = self.back.of(own[0]);
        let [x, y] = [column / self.size_px[0], row / self.size_px[1]];
        (x.is_finite() && y.is_finite()).then_some([x, y])
    }

    /// What the picture covers: its border, followed in pieces.
    pub(super) fn bounds(&self) -> Option<BoundsDeg> {
        let [w, h] = self.size_px;
        let steps = (0..=16).map(|i| f64::from(i) / 16.0);
        let mut border: Vec<[f64; 2]> = steps
            .flat_map(|t| [[t * w, 0.0], [t * w, h], [0.0, t * h], [w, t * h]])
            .map(|p| self.forth.of(p))
            .collect();
        self.system.to_degrees(&mut border);
        BoundsDeg::around(border.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_file_speaks_of_the_middle_of_the_first_pixel() {
        let affine = Affine::of_world_file("2.0\n0\n0\n-2.0\n101.0\n199.0\n").expect("a world file");
        assert_eq!(affine.of([0.0, 0.0]), [100.0, 200.0]);
        let back = affine.inverse().expect("an area");
        assert_eq!(back.of([104.0, 196.0]), [2.0, 2.0]);
        assert!(Affine::of_world_file("2.0 0 0").is_none());
        assert!(Affine([0.0; 6]).inverse().is_none());
    }
}
