//! Levels of detail: how finely geometry is drawn at a zoom.

use crate::geo::FINEST_LEVEL;

/// A level of detail, named by the highest zoom it serves: it leaves out positions whose effective area there is below a
/// quarter of a square pixel. Levels are the whole zooms from 3 to 21, and full detail beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// All vertices as the file has them.
    pub const FULL: Self = Self(FINEST_LEVEL);
    const COARSEST: u8 = 3;

    /// The level for a scale: `zoom` is log₂ of (pixels along the world / 256).
    pub fn for_zoom(zoom: f64) -> Self {
        Self(zoom.ceil().clamp(f64::from(Self::COARSEST), f64::from(Self::FULL.0)) as u8)
    }

    /// All levels, coarsest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (Self::COARSEST..=Self::FULL.0).map(Self)
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

    /// Whether it has a position that [`crate::geo::Topology::keep_from`] ranks so.
    pub fn has(self, keep_from: u8) -> bool {
        keep_from <= self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_whole_zooms() {
        assert_eq!(Level::for_zoom(9.3), Level(10));
        assert_eq!(Level::for_zoom(-3.0), Level(3));
        assert_eq!(Level::for_zoom(21.2), Level::FULL);
        assert_eq!(Level::all().count(), 20);
    }
}
