//! What is odd about the geometry of one feature, in one pass over its positions.

use crate::model::{GeometryStore, PartKind, Severity};

/// Slack for the limits of longitude and latitude, in degrees: rounding, not metres.
const SLACK: f64 = 1e-6;

/// Looks at the parts from `first_part` on and tells `found` severity, code and detail of each oddity.
pub(super) fn inspect(store: &GeometryStore, first_part: usize, mut found: impl FnMut(Severity, &'static str, String)) {
    let (mut short, mut open, mut repeated) = (0_usize, 0_usize, 0_usize);
    let (mut widest, mut highest) = (0.0_f64, 0.0_f64);
    for part in store.parts.get(first_part..).unwrap_or(&[]) {
        for ring in store.rings_of(part) {
            for [x, y] in ring {
                widest = widest.max(x.abs());
                highest = highest.max(y.abs());
            }
            if part.kind == PartKind::Point {
                continue;
            }
            repeated += ring.iter().zip(ring.iter().skip(1)).filter(|(a, b)| a == b).count();
            if part.kind == PartKind::Polygon {
                short += usize::from(ring.len() < 4);
                open += usize::from(ring.len() >= 4 && ring.first() != ring.last());
            }
        }
    }
    if short > 0 {
        found(Severity::Warning, "ring-too-short", short.to_string());
    }
    if open > 0 {
        found(Severity::Warning, "ring-not-closed", open.to_string());
    }
    if repeated > 0 {
        found(Severity::Info, "repeated-positions", repeated.to_string());
    }
    if widest > 180.0 + SLACK {
        found(Severity::Warning, "longitude-out-of-range", widest.to_string());
    }
    if highest > 90.0 + SLACK {
        found(Severity::Warning, "latitude-out-of-range", highest.to_string());
    }
}
