//! What only geometry can tell of a file that was read: polygons that are not valid.

use rayon::prelude::*;

use crate::geo::repaired;
use crate::model::{Dataset, Report, Severity};

/// Features looked at in one go: between two, other work gets its turn.
const PIECE: usize = 2_000;

/// The reader's report and an entry `invalid-polygon` for every feature whose polygons are not valid by OGC Simple
/// Features (06-103r4, 6.1.11) and are repaired for drawing and picking. Takes seconds on large files; `go_on` is asked
/// between pieces, and `None` is returned once it says no.
pub fn full_report(dataset: &Dataset, go_on: impl Fn() -> bool) -> Option<Report> {
    let mut report = (*dataset.report).clone();
    let count = dataset.len() as usize;
    for start in (0..count).step_by(PIECE) {
        if !go_on() {
            return None;
        }
        let mended: Vec<u32> = (start as u32..(start + PIECE).min(count) as u32)
            .into_par_iter()
            .filter(|f| repaired(&dataset.geometry.multi_polygon_of(*f)).is_some())
            .collect();
        for feature in mended {
            report.add(Severity::Warning, "invalid-polygon", Some(feature), "");
        }
    }
    Some(report)
}
