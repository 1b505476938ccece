//! Levels of detail: how finely geometry is drawn at a zoom.

use crate::geo::GridPos;

/// A level of detail, named by the highest zoom it serves: there, a step of its grid is half a pixel. Levels are the
/// whole zooms from 3 to 21, and full detail beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// All vertices as the file has them.
    pub const FULL: Self = Self(22);
    const COARSEST: u8 = 3;

    /// The level for a scale: `zoom` is log₂ of (pixels along the world / 256).
    pub fn for_zoom(zoom: f64) -> Self {
        Self(zoom.ceil().clamp(f64::from(Self::COARSEST), f64::from(Self::FULL.0)) as u8)
    }

    /// The next coarser level.
    pub fn coarser(self) -> Option<Self> {
        (self.0 > Self::COARSEST).then(|| Self(self.0 - 1))
    }

    /// The next finer level.
    pub fn finer(self) -> Option<Self> {
        (self < Self::FULL).then(|| Self(self.0 + 1))
    }

    /// Pixels along the world at the highest zoom it serves; infinite for [`Self::FULL`].
    pub fn most_px_per_world(self) -> f64 {
        if self == Self::FULL { f64::INFINITY } else { 256.0 * 2f64.powi(i32::from(self.0)) }
    }

    /// A position moved to the middle of its cell. A cell is half a pixel wide at the level's highest zoom; positions
    /// that two villages share move alike, so that no crack opens between them.
    ///
    /// # References
    /// J. Rossignac, P. Borrel, "Multi-resolution 3D approximations for rendering complex scenes" (vertex clustering),
    /// Modeling in Computer Graphics, Springer 1993, 455–465.
    pub fn snap(self, p: GridPos) -> GridPos {
        if self == Self::FULL {
            return p;
        }
        let bits = 23 - u32::from(self.0);
        let mask = !((1u32 << bits) - 1);
        let half = (1u32 << bits) >> 1;
        GridPos { x: (p.x & mask) | half, y: (p.y & mask) | half }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_half_a_pixel() {
        assert_eq!(Level::for_zoom(9.3), Level(10));
        assert_eq!(Level::for_zoom(-3.0), Level(3));
        assert_eq!(Level::for_zoom(21.2), Level::FULL);
        let level = Level::for_zoom(10.0);
        let p = GridPos { x: 1_000_000_007, y: 77 };
        let step = 2f64.powi(32 - 8 - 10) / 2.0;
        let moved = f64::from(level.snap(p).x) - f64::from(p.x);
        assert!(moved.abs() <= step / 2.0);
        assert_eq!(level.snap(level.snap(p)), level.snap(p));
    }
}
