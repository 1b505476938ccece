//! The coordinate doctor: which shift or system brings a layer to where its villages are. It computes and suggests; nothing is moved unless
//! a person says so, and never in the file.

use rayon::prelude::*;

use super::join::{RowKey, VillageFinder};
use crate::geo::{LonLat, System, distance_m, distance_to_area_m};
use crate::index::SpatialIndex;
use crate::model::{Dataset, FeatureId, Members, PartKind, Role};
use crate::read::How;

/// Features looked at: more change nothing.
const MOST: usize = 2_000;

/// Fewest features that say anything.
const FEWEST: usize = 10;

/// Share of features by which a hypothesis must be better than the file as it stands.
const LEAST_GAIN: f64 = 0.20;

/// Fewest features that must come into their villages where the gain is smaller, ten times as many as go out.
const LEAST_COME: usize = 20;

/// Metres within which a layer lies on its reference.
const NEAR_M: f64 = 60.0;

/// What would be so if the positions were in a system.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// `as-is`, `GCJ-02`, `BD-09`, `swapped`, `EPSG:n`.
    pub crs: String,
    /// Share of the features that lie inside the village they claim; in any village where they claim none.
    pub inside_share: f64,
    /// Median distance to that village in metres, 0 inside; between the middles of areas and of their villages for areas. `None` where
    /// no feature claims a village.
    pub median_offset_m: Option<f64>,
    /// Features looked at.
    pub n: usize,
}

/// What the doctor found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// All hypotheses with anything to say for them, the best first; the file as it stands is always among them.
    pub hypotheses: Vec<Hypothesis>,
    /// The one that is suggested.
    pub suggested: Option<String>,
}

impl Diagnosis {
    /// The file as it stands.
    pub fn as_is(&self) -> Option<&Hypothesis> {
        self.hypotheses.iter().find(|h| h.crs == AS_IS)
    }

    /// The hypothesis that is suggested.
    pub fn best(&self) -> Option<&Hypothesis> {
        let suggested = self.suggested.as_ref()?;
        self.hypotheses.iter().find(|h| h.crs == *suggested)
    }
}

/// Name of the hypothesis that nothing is wrong.
pub const AS_IS: &str = "as-is";

/// A feature: where the file puts it, and the village it claims.
struct Case {
    at: [f64; 2],
    claims: Option<FeatureId>,
}

/// Compares a layer with villages.
///
/// # References
/// The shifts are those of [`crate::geo::ChinaShift`]; zones are those of CGCS2000 (EPSG:4491–4554) and UTM.
pub fn diagnose(layer: &Dataset, villages: &Dataset) -> Diagnosis {
    let members = Members::of(villages);
    let cases = cases(layer, villages, &members);
    if cases.is_empty() || !villages.source.crs.is_geographic() {
        return Diagnosis::default();
    }
    let are_areas = layer.geometry.parts.iter().any(|p| p.kind == PartKind::Polygon);
    let index = SpatialIndex::new(&villages.geometry);
    let reference = Reference { villages, members: &members, index: &index, are_areas };
    let mut found: Vec<Tested> =
        candidates(&cases).into_par_iter().filter_map(|crs| reference.test(crs, &cases)).collect();
    found.retain(|(h, _)| h.crs == AS_IS || h.inside_share > 0.0);
    // Of equals the one that changes least: the order in which they were tried. The middles of areas say more than whether they
    // lie in a village, which half of a shifted map does.
    found.sort_by(|(a, _), (b, _)| {
        let offset = |h: &Hypothesis| h.median_offset_m.unwrap_or(f64::MAX);
        let near = |h: &Hypothesis| (offset(h) / 10.0) as i64;
        let (by_share, by_offset) = (b.inside_share.total_cmp(&a.inside_share), near(a).cmp(&near(b)));
        if are_areas { by_offset.then(by_share) } else { by_share.then(by_offset) }
    });
    let suggested = suggestion(&found);
    Diagnosis { hypotheses: found.into_iter().map(|(h, _)| h).collect(), suggested }
}

/// A hypothesis, and which of the features lie inside by it.
type Tested = (Hypothesis, Vec<bool>);

fn suggestion(found: &[Tested]) -> Option<String> {
    let ((best, inside), (as_is, inside_now)) = (found.first()?, found.iter().find(|(h, _)| h.crs == AS_IS)?);
    if best.crs == AS_IS || best.n < FEWEST {
        return None;
    }
    // Features that come in and those that go out: where villages are wide a shift moves few, but all of them the right way.
    let moved =
        |to: bool| inside.iter().zip(inside_now).filter(|(after, before)| **after == to && **before != to).count();
    let (come, go) = (moved(true), moved(false));
    let comes = come >= LEAST_COME && come >= 10 * go;
    let gains = comes || best.inside_share - as_is.inside_share >= LEAST_GAIN;
    let lands = match (best.median_offset_m, as_is.median_offset_m) {
        (Some(after), Some(before)) => after <= NEAR_M && before >= 2.0 * NEAR_M,
        _ => false,
    };
    (gains || lands).then(|| best.crs.clone())
}

/// What may be so: by whether the numbers can be degrees.
fn candidates(cases: &[Case]) -> Vec<&'static str> {
    use std::sync::OnceLock;
    static ZONES: OnceLock<Vec<String>> = OnceLock::new();
    let zones = ZONES.get_or_init(|| {
        let codes = (4513..=4554).chain(4491..=4512).chain(32643..=32653).chain([3857]);
        codes.map(|c| format!("EPSG:{c}")).collect()
    });
    let are_metres =
        cases.iter().filter(|c| c.at[0].abs() > 1_000.0 && c.at[1].abs() > 1_000.0).count() * 2 > cases.len();
    let mut all = vec![AS_IS];
    match are_metres {
        true => all.extend(zones.iter().map(String::as_str)),
        false => all.extend(["GCJ-02", "BD-09", How::SWAPPED]),
    }
    all
}

/// The features that are looked at, evenly over the file, in the file's own coordinates.
fn cases(layer: &Dataset, villages: &Dataset, members: &Members) -> Vec<Case> {
    let finder = VillageFinder::new(villages, members);
    let with_place: Vec<FeatureId> = layer.features().filter(|f| !layer.geometry.parts_of(*f).is_empty()).collect();
    let step = with_place.len().div_ceil(MOST).max(1);
    let sample: Vec<FeatureId> = with_place.into_iter().step_by(step).collect();
    let claims = claims(layer, &sample, &finder);
    let mut positions: Vec<[f64; 2]> = sample
        .iter()
        .map(|f| {
            let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            let b = layer
                .geometry
                .positions_of(*f)
                .fold(start, |b, [x, y]| [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]);
            [(b[0] + b[2]) / 2.0, (b[1] + b[3]) / 2.0]
        })
        .collect();
    if let Some(system) = layer.source.system.as_ref().filter(|s| s.degrees_code().is_none()) {
        system.of_degrees(&mut positions);
    }
    let usable = |at: &[f64; 2]| at[0].is_finite() && at[1].is_finite() && *at != [0.0, 0.0];
    positions.into_iter().zip(claims).filter(|(at, _)| usable(at)).map(|(at, claims)| Case { at, claims }).collect()
}

/// The village that each feature claims: by the column that names villages most often, if at least half of the features do.
fn claims(layer: &Dataset, sample: &[FeatureId], finder: &VillageFinder) -> Vec<Option<FeatureId>> {
    let mut best: (usize, Vec<Option<FeatureId>>) = (0, vec![None; sample.len()]);
    let town = |f: FeatureId| layer.text(f, Role::Town).map(|t| t.into_owned()).unwrap_or_default();
    for column in &layer.table.columns {
        for by_code in [true, false] {
            let found: Vec<Option<FeatureId>> = sample
                .iter()
                .map(|f| {
                    let text = column.value(*f).to_text()?;
                    let found = match by_code {
                        true => finder.find(RowKey::code(&text)),
                        false => finder.find(RowKey::name(&text, &town(*f))),
                    };
                    found.village()
                })
                .collect();
            let count = found.iter().flatten().count();
            // A column that says the same village throughout says nothing.
            let distinct = found.iter().flatten().collect::<std::collections::HashSet<_>>().len();
            if count > best.0 && count * 2 >= sample.len() && distinct > 1 {
                best = (count, found);
            }
        }
    }
    best.1
}

struct Reference<'a> {
    villages: &'a Dataset,
    members: &'a Members,
    index: &'a SpatialIndex,
    are_areas: bool,
}

impl Reference<'_> {
    fn test(&self, crs: &str, cases: &[Case]) -> Option<Tested> {
        let mut positions: Vec<[f64; 2]> = cases.iter().map(|c| c.at).collect();
        match crs {
            AS_IS => {}
            How::SWAPPED => positions.iter_mut().for_each(|at| at.swap(0, 1)),
            other => {
                System::of_name(other)?.to_degrees(&mut positions);
            }
        }
        let has_claims = cases.iter().any(|c| c.claims.is_some());
        let (mut inside, mut offsets) = (Vec::with_capacity(cases.len()), Vec::new());
        for (case, at) in cases.iter().zip(&positions) {
            if has_claims && case.claims.is_none() {
                continue;
            }
            let is_place = at[0].abs() <= 180.0 && at[1].abs() <= 90.0;
            let at = LonLat::new(at[0], at[1]);
            let here: Vec<FeatureId> =
                if is_place { self.index.at_point(&self.villages.geometry, at) } else { Vec::new() };
            let of_village = |f: &FeatureId| self.members.village_of(*f);
            match case.claims {
                Some(village) => {
                    let is_inside = here.iter().any(|f| of_village(f) == Some(village));
                    inside.push(is_inside);
                    if is_place {
                        offsets.push(self.offset_m(at, village, is_inside));
                    }
                }
                None => inside.push(here.iter().any(|f| of_village(f).is_some())),
            }
        }
        offsets.sort_by(f64::total_cmp);
        let median = offsets.get(offsets.len() / 2).copied();
        let n = inside.len();
        let inside_share = inside.iter().filter(|i| **i).count() as f64 / n.max(1) as f64;
        Some((Hypothesis { crs: crs.to_owned(), inside_share, median_offset_m: median, n }, inside))
    }

    fn offset_m(&self, at: LonLat, village: FeatureId, is_inside: bool) -> f64 {
        if self.are_areas {
            let middle = self.villages.geometry.bounds_of(village).map(|b| b.sides());
            return middle.map_or(f64::MAX, |[w, s, e, n]| distance_m(at, LonLat::new((w + e) / 2.0, (s + n) / 2.0)));
        }
        if is_inside {
            return 0.0;
        }
        let geometry = &self.villages.geometry;
        let rings: Vec<&[[f64; 2]]> = geometry.polygons_of(village).flat_map(|part| geometry.rings_of(part)).collect();
        distance_to_area_m(at, &rings)
    }
}
