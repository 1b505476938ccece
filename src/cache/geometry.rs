//! Geometry in the cache.

use std::io;

use rayon::prelude::*;

use super::container::{Reader, Writer};
use crate::model::{FeatureShape, GeometryKind, GeometryStore, Part, PartKind};

/// Steps per degree of coordinates with at most seven decimals, which take half the room.
const STEPS_PER_DEG: f64 = 1e7;

/// A coordinate in steps, where dividing gives it back bit for bit. The quotient of two exact numbers is rounded as the
/// decimal fraction in the file is, so every coordinate with at most seven decimals is one.
fn steps(degrees: f64) -> Option<i32> {
    let steps = (degrees * STEPS_PER_DEG).round();
    let whole = steps as i32;
    // By way of the whole number, which has no −0.
    let back = f64::from(whole) / STEPS_PER_DEG;
    (back.to_bits() == degrees.to_bits()).then_some(whole)
}

const KINDS: [GeometryKind; 8] = [
    GeometryKind::Null,
    GeometryKind::Point,
    GeometryKind::MultiPoint,
    GeometryKind::LineString,
    GeometryKind::MultiLineString,
    GeometryKind::Polygon,
    GeometryKind::MultiPolygon,
    GeometryKind::GeometryCollection,
];

const PARTS: [PartKind; 3] = [PartKind::Point, PartKind::Line, PartKind::Polygon];

fn number_of<T: PartialEq>(all: &[T], one: &T) -> u32 {
    all.iter().position(|k| k == one).unwrap_or(0) as u32
}

/// Writes geometry.
pub(super) fn write(geometry: &GeometryStore, out: &mut Writer) -> io::Result<()> {
    if geometry.coords.par_iter().all(|[x, y]| steps(*x).is_some() && steps(*y).is_some()) {
        out.mapped("coords7", &geometry.coords, |c| c.map(|v| steps(v).unwrap_or(0)))?;
    } else {
        out.plain("coords", &geometry.coords)?;
    }
    if !geometry.heights.is_empty() {
        out.plain("heights", &geometry.heights)?;
    }
    out.plain("ring starts", &geometry.ring_starts)?;
    out.mapped("parts", &geometry.parts, |p| [number_of(&PARTS, &p.kind), p.ring_start, p.ring_end])?;
    out.mapped("features", &geometry.features, |f| [number_of(&KINDS, &f.kind), f.part_start, f.part_end])
}

/// Reads geometry; `None` where it is not whole or a number leads nowhere.
pub(super) fn read<H: Sync>(from: &Reader<H>) -> Option<GeometryStore> {
    let coords = if from.has("coords7") {
        from.mapped("coords7", [0.0; 2], |c: [i32; 2]| Some(c.map(|v| f64::from(v) / STEPS_PER_DEG)))?
    } else {
        from.plain("coords")?
    };
    let heights: Vec<f64> = if from.has("heights") { from.plain("heights")? } else { Vec::new() };
    let ring_starts: Vec<u32> = from.plain("ring starts")?;
    let parts = from.mapped("parts", Part { kind: PartKind::Point, ring_start: 0, ring_end: 0 }, |p: [u32; 3]| {
        Some(Part { kind: *PARTS.get(p[0] as usize)?, ring_start: p[1], ring_end: p[2] })
    })?;
    let nothing = FeatureShape { kind: GeometryKind::Null, part_start: 0, part_end: 0 };
    let features = from.mapped("features", nothing, |f: [u32; 3]| {
        Some(FeatureShape { kind: *KINDS.get(f[0] as usize)?, part_start: f[1], part_end: f[2] })
    })?;
    let geometry = GeometryStore { coords, heights, ring_starts, parts, features };
    is_sound(&geometry).then_some(geometry)
}

/// Whether every range lies in what it is a range of.
fn is_sound(g: &GeometryStore) -> bool {
    let rings = g.ring_starts.len().wrapping_sub(1) as u64;
    let (parts, coords) = (g.parts.len() as u64, g.coords.len() as u64);
    g.heights.len() <= g.coords.len()
        && g.ring_starts.first() == Some(&0)
        && g.ring_starts.last().map(|l| u64::from(*l)) == Some(coords)
        && g.ring_starts.par_windows(2).all(|w| w[0] <= w[1])
        && g.parts.par_iter().all(|p| p.ring_start <= p.ring_end && u64::from(p.ring_end) <= rings)
        && g.features.par_iter().all(|f| f.part_start <= f.part_end && u64::from(f.part_end) <= parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_decimals_come_back_bit_for_bit_and_more_are_told() {
        for text in ["116.1234567", "-0.0000001", "0", "-179.9999999", "105", "39.9042", "1e-7"] {
            let value: f64 = text.parse().unwrap_or_else(|_| panic!("{text}"));
            let back = steps(value).map(|s| f64::from(s) / STEPS_PER_DEG);
            assert_eq!(back.map(f64::to_bits), Some(value.to_bits()), "{text}");
        }
        for value in [116.123_456_78, -0.0, f64::NAN, f64::INFINITY, 300.0, 1.0 / 3.0] {
            assert_eq!(steps(value), None, "{value}");
        }
    }
}
