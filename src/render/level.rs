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

    /// Calls `visit` for each position it has of those in `ranks`, in order: eight at a time are looked at at once, as most
    /// are left out at coarse levels.
    pub fn each_kept(self, ranks: &[u8], mut visit: impl FnMut(usize)) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let above = u64::from(self.0 + 1) * ONES;
        let (words, _) = ranks.as_chunks::<8>();
        for (w, word) in words.iter().enumerate() {
            // The high bit of every byte below `above`: exact, because ranks are below 128.
            let mut hits = !((u64::from_le_bytes(*word) | ONES << 7) - above) & ONES << 7;
            while hits != 0 {
                visit(w * 8 + hits.trailing_zeros() as usize / 8);
                hits &= hits - 1;
            }
        }
        let before = words.len() * 8;
        (before..ranks.len()).filter(|i| self.has(ranks[*i])).for_each(visit);
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

    #[test]
    fn eight_at_a_time_finds_what_one_at_a_time_finds() {
        let ranks: Vec<u8> =
            (0..1003u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 20) as u8 % (FINEST_LEVEL + 1)).collect();
        for level in Level::all() {
            for from in [0, 1, 7, 500] {
                let mut found = Vec::new();
                level.each_kept(&ranks[from..], |i| found.push(i + from));
                let plain: Vec<usize> = (from..ranks.len()).filter(|i| level.has(ranks[*i])).collect();
                assert_eq!(found, plain, "{level:?} from {from}");
            }
        }
    }
}
