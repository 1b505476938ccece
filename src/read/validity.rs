//! What only geometry can tell of a file that was read: polygons that are not valid.

use rayon::prelude::*;

use crate::geo::{Mending, mend};
use crate::model::{Dataset, FeatureId, Report, Severity};

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
        let odd: Vec<(u32, Severity, &str)> = (start as u32..(start + PIECE).min(count) as u32)
            .into_par_iter()
            .filter_map(|f| match mend(&dataset.geometry.multi_polygon_of(FeatureId::new(f))) {
                Mending::Whole => None,
                Mending::Mended(_) => Some((f, Severity::Warning, "invalid-polygon")),
                Mending::Tangled => Some((f, Severity::Error, "tangled-polygon")),
                Mending::Untold => Some((f, Severity::Info, "validity-untold")),
            })
            .collect();
        for (feature, severity, code) in odd {
            report.add(severity, code, Some(FeatureId::new(feature)), "");
        }
    }
    Some(report)
}
