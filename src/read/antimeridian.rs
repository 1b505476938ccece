//! What crosses 180° is cut there, as RFC 7946 (3.1.9) wants it: rings that jump from one side to the other, and those that go on beyond 180°.
//! Areas, picks and distances are right then, and nothing is drawn around the world the wrong way.

use rayon::prelude::*;

use super::geometry::{end_part, end_ring, next_ring};
use crate::model::{FeatureId, FeatureShape, GeometryKind, GeometryStore, Part, PartKind};

/// Cuts the features that cross 180°; gives which they are.
pub(super) fn cut(geometry: &mut GeometryStore) -> Vec<FeatureId> {
    let (least, greatest) = geometry
        .coords
        .par_chunks(1 << 14)
        .map(|piece| piece.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), at| (a.min(at[0]), b.max(at[0]))))
        .reduce(|| (f64::INFINITY, f64::NEG_INFINITY), |x, y| (x.0.min(y.0), x.1.max(y.1)));
    // Degrees from 0 to 360 are another way to write them; what is beyond that is none.
    let spans = least < -90.0 && greatest > 90.0;
    if !(spans || greatest > 180.0 || least < -180.0) || greatest > 360.0 || least < -360.0 {
        return Vec::new();
    }
    let count = geometry.features.len() as u32;
    let crossing: Vec<FeatureId> =
        FeatureId::all(count).filter(|f| geometry.parts_of(*f).iter().any(|p| crosses(geometry, p))).collect();
    if crossing.is_empty() {
        return crossing;
    }
    let mut out = GeometryStore::default();
    for feature in FeatureId::all(count) {
        let start = out.parts.len() as u32;
        let is_crossing = crossing.binary_search(&feature).is_ok();
        for part in geometry.parts_of(feature) {
            if is_crossing { cut_part(geometry, part, &mut out) } else { copy(geometry, part, &mut out) }
        }
        let end = out.parts.len() as u32;
        let kind = geometry.features.get(feature.index()).map_or(GeometryKind::Null, |f| f.kind);
        let kind = match (kind, end - start) {
            (GeometryKind::Polygon, 2..) => GeometryKind::MultiPolygon,
            (GeometryKind::LineString, 2..) => GeometryKind::MultiLineString,
            (kind, _) => kind,
        };
        out.features.push(FeatureShape { kind, part_start: start, part_end: end });
    }
    *geometry = out;
    crossing
}

/// Degrees that an edge may have the short way round to be one across 180°: what is longer goes the long way, as the outlines of
/// continents and of the world do.
const SHORT_DEG: f64 = 20.0;

/// Whether two longitudes lie on both sides of 180°, near each other.
fn jumps(a: f64, b: f64) -> bool {
    let far = (a - b).abs();
    (360.0 - SHORT_DEG..360.0).contains(&far)
}

fn crosses(store: &GeometryStore, part: &Part) -> bool {
    // A point has one place only: beyond 180° it is a slip, which is told.
    part.kind != PartKind::Point
        && store.rings_of(part).any(|ring| {
            let has_jump = ring.iter().zip(ring.iter().skip(1)).any(|(a, b)| jumps(a[0], b[0]));
            has_jump || ring.iter().any(|at| at[0].abs() > 180.0)
        })
}

fn copy(store: &GeometryStore, part: &Part, out: &mut GeometryStore) {
    let first = next_ring(out);
    for ring in part.ring_start..part.ring_end {
        let from = out.coords.len();
        out.coords.extend_from_slice(store.ring(ring));
        if !store.heights.is_empty() {
            out.set_heights(from, store.ring_with_heights(ring).map(|(_, height)| height.unwrap_or(f64::NAN)));
        }
        end_ring(out);
    }
    end_part(out, part.kind, first);
}

/// A ring in longitudes that never jump.
fn unrolled(ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut turns = 0.0;
    let mut before: Option<f64> = None;
    ring.iter()
        .map(|[lon, lat]| {
            if let Some(before) = before {
                let step = lon - before;
                turns -= if step > 180.0 {
                    360.0
                } else if step < -180.0 {
                    -360.0
                } else {
                    0.0
                };
            }
            before = Some(*lon);
            [lon + turns, *lat]
        })
        .collect()
}

fn cut_part(store: &GeometryStore, part: &Part, out: &mut GeometryStore) {
    let mut rings: Vec<Vec<[f64; 2]>> = store.rings_of(part).map(unrolled).collect();
    // Around a pole there is no inside that could be cut.
    let is_open = |ring: &Vec<[f64; 2]>| {
        part.kind == PartKind::Polygon
            && ring.first().zip(ring.last()).is_some_and(|(a, b)| (a[0] - b[0]).abs() > 180.0)
    };
    if rings.iter().any(is_open) {
        return copy(store, part, out);
    }
    // Holes lie where their shell lies.
    let middle = |ring: &[[f64; 2]]| {
        let all = ring.iter().map(|at| at[0]);
        (all.clone().fold(f64::INFINITY, f64::min) + all.fold(f64::NEG_INFINITY, f64::max)) / 2.0
    };
    let shell = rings.first().map_or(0.0, |r| middle(r));
    for ring in rings.iter_mut().skip(1) {
        let turns = ((shell - middle(ring)) / 360.0).round() * 360.0;
        ring.iter_mut().for_each(|at| at[0] += turns);
    }
    let reach = rings.iter().flatten().map(|at| at[0]);
    let (least, greatest) = (reach.clone().fold(f64::INFINITY, f64::min), reach.fold(f64::NEG_INFINITY, f64::max));
    let mut strip = ((least + 180.0) / 360.0).floor();
    while strip * 360.0 - 180.0 < greatest {
        let (west, shift) = (strip * 360.0 - 180.0, -strip * 360.0);
        let first = next_ring(out);
        for ring in &rings {
            match part.kind {
                PartKind::Polygon => {
                    let piece = clipped(&clipped(ring, west, true), west + 360.0, false);
                    if piece.len() >= 3 {
                        out.coords.extend(piece.iter().map(|at| [at[0] + shift, at[1]]));
                        // Closed again: clipping may have taken the first position.
                        if piece.first() != piece.last() {
                            out.coords.extend(piece.first().map(|at| [at[0] + shift, at[1]]));
                        }
                        end_ring(out);
                    }
                }
                _ => lines_within(ring, west, shift, out),
            }
        }
        if part.kind == PartKind::Polygon && next_ring(out) > first {
            end_part(out, PartKind::Polygon, first);
        }
        strip += 1.0;
    }
}

/// The part of a ring on one side of a meridian (Sutherland and Hodgman 1974). Edges along the meridian join what was several pieces;
/// they have no width.
fn clipped(ring: &[[f64; 2]], at: f64, east: bool) -> Vec<[f64; 2]> {
    let is_in = |p: &[f64; 2]| if east { p[0] >= at } else { p[0] <= at };
    let mut out = Vec::with_capacity(ring.len() + 4);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        if is_in(a) {
            out.push(*a);
        }
        if is_in(a) != is_in(b) && a[0] != b[0] {
            let t = (at - a[0]) / (b[0] - a[0]);
            out.push([at, a[1] + t * (b[1] - a[1])]);
        }
    }
    out.dedup();
    out
}

/// Pieces of a line within a strip of 360°.
fn lines_within(line: &[[f64; 2]], west: f64, shift: f64, out: &mut GeometryStore) {
    let east = west + 360.0;
    let mut piece: Vec<[f64; 2]> = Vec::new();
    let mut end = |piece: &mut Vec<[f64; 2]>| {
        if piece.len() > 1 {
            let first = next_ring(out);
            out.coords.extend(piece.iter().map(|at| [at[0] + shift, at[1]]));
            end_ring(out);
            end_part(out, PartKind::Line, first);
        }
        piece.clear();
    };
    let is_in = |p: &[f64; 2]| (west..=east).contains(&p[0]);
    for (a, b) in line.iter().zip(line.iter().skip(1)) {
        let crossing = [west, east].into_iter().find(|m| (a[0] - m) * (b[0] - m) < 0.0);
        let place = crossing.map(|m| [m, a[1] + (m - a[0]) / (b[0] - a[0]) * (b[1] - a[1])]);
        if is_in(a) && piece.is_empty() {
            piece.push(*a);
        }
        match (is_in(a), is_in(b)) {
            (true, true) => piece.push(*b),
            (true, false) => {
                piece.extend(place);
                end(&mut piece);
            }
            (false, true) => {
                piece.extend(place);
                piece.push(*b);
            }
            (false, false) => {}
        }
    }
    end(&mut piece);
}

#[cfg(test)]
mod tests {
    use crate::geo::measure;
    use crate::model::{Dataset, FeatureId};
    use crate::read::{Progress, read_bytes};

    fn read(coordinates: &str, kind: &str) -> Dataset {
        let text = format!(r#"{{"type":"{kind}","coordinates":{coordinates}}}"#);
        read_bytes("f.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read")
    }

    #[test]
    fn cut_or_uncut_or_beyond_the_area_is_the_same() {
        let area = |d: &Dataset| measure(&d.geometry.multi_polygon_of(FeatureId::new(0))).area_m2;
        let cut = read(
            "[[[[179,-17],[180,-17],[180,-16],[179,-16],[179,-17]]],[[[-180,-17],[-179,-17],[-179,-16],[-180,-16],[-180,-17]]]]",
            "MultiPolygon",
        );
        for (text, kind) in [
            ("[[[179,-17],[-179,-17],[-179,-16],[179,-16],[179,-17]]]", "Polygon"),
            ("[[[179,-17],[181,-17],[181,-16],[179,-16],[179,-17]]]", "Polygon"),
            ("[[[-181,-17],[-179,-17],[-179,-16],[-181,-16],[-181,-17]]]", "Polygon"),
        ] {
            let d = read(text, kind);
            assert_eq!(d.geometry.parts.len(), 2, "{text}");
            assert!((area(&d) - area(&cut)).abs() < 1e3, "{text}: {} {}", area(&d), area(&cut));
            assert!(
                d.geometry.coords.iter().all(|at| at[0].abs() >= 179.0 && at[0].abs() <= 180.0),
                "{:?}",
                d.geometry.coords
            );
            let codes: Vec<_> = d.report.problems.iter().map(|p| p.code).collect();
            assert_eq!(codes, ["cut-at-180"], "{text}");
        }
        assert!(cut.report.problems.is_empty() && cut.geometry.parts.len() == 2);
    }

    #[test]
    fn lines_points_and_what_does_not_cross() {
        let line = read("[[179,1],[-179,3]]", "LineString");
        assert_eq!(line.geometry.coords, [[179.0, 1.0], [180.0, 2.0], [-180.0, 2.0], [-179.0, 3.0]]);
        let point = read("[185,1]", "Point");
        assert!(point.geometry.coords == [[185.0, 1.0]] && point.report.problems[0].code == "longitude-out-of-range");
        // The outline of the world goes the long way.
        let world = read("[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]", "Polygon");
        assert!(world.geometry.coords.len() == 5 && world.report.problems.is_empty());
        // Half the world without a jump is half the world.
        let wide = read("[[[-100,0],[0,0],[100,0],[100,10],[0,10],[-100,10],[-100,0]]]", "Polygon");
        assert_eq!(wide.geometry.parts.len(), 1);
    }
}
