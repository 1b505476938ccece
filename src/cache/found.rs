//! What was found out about a file: shared borders, ranks, shores, places of names, problems.

use std::io;

use serde::{Deserialize, Serialize};

use super::container::{Reader, Writer};
use crate::geo::{Anchor, NOBODY, RingOf, Shores, Stretch, Topology, WorldPos};
use crate::lang::Lang;
use crate::model::{FeatureId, Problem, Report, Severity};

/// Writes shared borders and shores.
pub(super) fn write_topology(topology: &Topology, shores: &Shores, out: &mut Writer) -> io::Result<()> {
    let (stretches, ring_ends) = topology.parts();
    out.plain("ranks", &topology.keep_from)?;
    out.mapped("stretches", stretches, |s| [s.start, s.end, s.other, u32::from(s.drawn)])?;
    out.plain("stretch ends", ring_ends)?;
    out.plain("reaches", shores.parts())
}

/// Reads them, for the rings that they were found in.
pub(super) fn read_topology<H: Sync>(
    from: &Reader<H>,
    ring_starts: &[u32],
    rings: &[RingOf],
    features: u32,
) -> Option<(Topology, Shores)> {
    let nothing = Stretch { start: 0, end: 0, other: NOBODY, drawn: false };
    let stretches = from.mapped("stretches", nothing, |[start, end, other, drawn]: [u32; 4]| {
        (drawn < 2 && (other == NOBODY || other < features)).then_some(Stretch { start, end, other, drawn: drawn == 1 })
    })?;
    let count = stretches.len();
    let topology =
        Topology::from_parts(from.plain("ranks")?, stretches, from.plain("stretch ends")?, ring_starts, rings)?;
    Some((topology, Shores::from_parts(from.plain("reaches")?, count)?))
}

/// Writes where names stand.
pub(super) fn write_anchors(anchors: &[Option<Anchor>], out: &mut Writer) -> io::Result<()> {
    let plain = |a: &Option<Anchor>| match a {
        Some(a) => [a.at.x, a.at.y, f64::from(a.extent[0]), f64::from(a.extent[1])],
        None => [f64::NAN; 4],
    };
    out.mapped("anchors", anchors, plain)
}

/// Reads where names stand.
pub(super) fn read_anchors<H: Sync>(from: &Reader<H>, features: u32) -> Option<Vec<Option<Anchor>>> {
    let anchors = from.mapped("anchors", None, |[x, y, width, height]: [f64; 4]| {
        if x.is_nan() {
            return Some(None);
        }
        let on_map = [x, y].iter().all(|v| v.is_finite()) && [width, height].iter().all(|v| v.is_finite());
        on_map.then_some(Some(Anchor { at: WorldPos { x, y }, extent: [width as f32, height as f32] }))
    })?;
    (anchors.len() == features as usize).then_some(anchors)
}

/// A problem as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept(u8, String, Option<u32>, String);

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

/// Writes a report.
pub(super) fn write_report(name: &str, report: &Report, out: &mut Writer) -> io::Result<()> {
    let number = |s: Severity| SEVERITIES.iter().position(|x| *x == s).unwrap_or(0) as u8;
    let kept =
        |p: &Problem| Kept(number(p.severity), p.code.to_owned(), p.feature.map(FeatureId::number), p.detail.clone());
    out.json(name, &report.problems.iter().map(kept).collect::<Vec<Kept>>())
}

/// Reads a report; `None` where it speaks of features that are not there, or of a problem that this version does not know.
pub(super) fn read_report<H: Sync>(from: &Reader<H>, name: &str, features: u32) -> Option<Report> {
    let kept: Vec<Kept> = from.json(name)?;
    let problem = |Kept(severity, code, feature, detail): Kept| {
        let severity = *SEVERITIES.get(usize::from(severity))?;
        (feature.is_none_or(|f| f < features)).then_some(())?;
        Some(Problem { severity, code: Lang::problem_code(&code)?, feature: feature.map(FeatureId::new), detail })
    };
    Some(Report { problems: kept.into_iter().map(problem).collect::<Option<_>>()? })
}
