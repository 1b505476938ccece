//! Outlines and lines as Kobo and ODK write them into one cell: `lat lon altitude accuracy; …` (ODK XForms, types geotrace and geoshape).

use super::place::usable;
use crate::model::{GeometryKind, GeometryStore, PartKind};
use crate::read::geometry::{Mark, end_part, end_ring, next_ring};

/// Positions of an outline or a line: the two numbers of each in their order, and the height where one is given.
pub(super) struct Trace(Vec<([f64; 2], Option<f64>)>);

/// The positions of a cell, at least two of them; `None` where it holds anything else.
pub(super) fn of(text: &str) -> Option<Trace> {
    let position = |one: &str| {
        let words = one.split([' ', ',', '\t']).filter(|w| !w.is_empty()).take(5);
        let numbers: Vec<f64> = words.map(|w| w.parse().ok().filter(|n: &f64| n.is_finite())).collect::<Option<_>>()?;
        match numbers.as_slice() {
            [a, b, rest @ ..] if rest.len() <= 2 => Some(([*a, *b], rest.first().copied())),
            _ => None,
        }
    };
    let parts = text.split([';', '；']).map(str::trim).filter(|p| !p.is_empty());
    let positions: Vec<_> = parts.map(position).collect::<Option<_>>()?;
    let is_place = |[a, b]: [f64; 2]| a.abs() <= 180.0 && b.abs() <= 180.0 && (a.abs() <= 90.0 || b.abs() <= 90.0);
    (positions.len() >= 2 && positions.iter().all(|(at, _)| is_place(*at))).then_some(Trace(positions))
}

impl Trace {
    /// Puts it into the buffers: an outline where it ends where it began, else a line.
    pub(super) fn put(self, is_lat_first: bool, store: &mut GeometryStore) -> Option<(GeometryKind, bool)> {
        let mark = Mark::of(store);
        let ring = next_ring(store);
        let is_closed = self.0.len() >= 4 && self.0.first().map(|p| p.0) == self.0.last().map(|p| p.0);
        // The app writes 0 where it has no height.
        let is_tall = self.0.iter().any(|(_, height)| height.is_some_and(|h| h != 0.0));
        for ([a, b], height) in &self.0 {
            let Some(at) = usable(if is_lat_first { [*b, *a] } else { [*a, *b] }) else {
                mark.roll_back(store);
                return None;
            };
            store.coords.push(at);
            if let Some(height) = height.filter(|_| is_tall) {
                store.set_height(height);
            }
        }
        end_ring(store);
        let (part, kind) = match is_closed {
            true => (PartKind::Polygon, GeometryKind::Polygon),
            false => (PartKind::Line, GeometryKind::LineString),
        };
        end_part(store, part, ring);
        Some((kind, is_tall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_of_positions_are_traces() {
        assert!(of("40.0 116.0 51 5;40.0 116.1 52 5;").is_some_and(|t| t.0.len() == 2 && t.0[0].1 == Some(51.0)));
        for other in ["40.05; 116.11", "40.05 116.11 50 4", "甲; 乙", "2020 1; 2021 2", "", "40.0 116.0 a b;40 116"] {
            assert!(of(other).is_none(), "{other}");
        }
    }
}
