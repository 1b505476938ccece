//! Edges that meet where they should not, counted up to a ceiling: what a valid polygon has none of.

use geo_types::{Coord, LineString, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::contains::{Side, even_odd};
use super::repair::{Edge, folds_back, touch};

/// Pairs of edges whose spans overlap, over all of a feature: beyond it nobody would wait for an answer.
const MOST_PAIRS: u64 = 60_000_000;

/// Positions looked at to tell which ring lies in which.
const MOST_LOOKED_AT: u64 = 400_000_000;

/// How the edges of a feature's polygons meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crossings {
    /// So many pairs meet, at most the ceiling.
    Few(usize),
    /// More than the ceiling.
    Many,
    /// There are too many edges that might meet to look at all of them.
    Untold,
}

/// An edge with its place: ring, position in the ring, edges of the ring.
type Placed = (u32, u32, u32);

/// Counts pairs of edges that share a point beyond the common end of neighbours, over all rings of all polygons: n log n where
/// edges are short, and never more than is stated above.
pub(super) fn crossings(polygons: &MultiPolygon<f64>, ceiling: usize) -> Crossings {
    let rings: Vec<&LineString<f64>> = rings_of(polygons).collect();
    let edge = |ring: u32, at: u32| -> Option<Edge> {
        let ring = &rings.get(ring as usize)?.0;
        Some((*ring.get(at as usize)?, *ring.get(at as usize + 1)?))
    };
    let mut entries: Vec<GeomWithData<Rectangle<[f64; 2]>, Placed>> = Vec::new();
    for (r, ring) in rings.iter().enumerate() {
        let count = ring.0.len().saturating_sub(1) as u32;
        entries.extend(ring.0.windows(2).enumerate().filter_map(|(i, w)| {
            let [a, b] = w else { return None };
            Some(GeomWithData::new(Rectangle::from_corners([a.x, a.y], [b.x, b.y]), (r as u32, i as u32, count)))
        }));
    }
    let tree = RTree::bulk_load(entries);
    let (mut found, mut pairs) = (0, 0_u64);
    for entry in tree.iter() {
        let (ring, at, count) = entry.data;
        let Some(own) = edge(ring, at) else { continue };
        if own.0 == own.1 {
            found += 1;
        }
        for other in tree.locate_in_envelope_intersecting(&AABB::from_corners(corner(own.0), corner(own.1))) {
            let (other_ring, other_at, _) = other.data;
            if (other_ring, other_at) <= (ring, at) {
                continue;
            }
            pairs += 1;
            if pairs > MOST_PAIRS {
                return Crossings::Untold;
            }
            let Some(theirs) = edge(other_ring, other_at) else { continue };
            let apart = other_at.abs_diff(at);
            let are_neighbours = ring == other_ring && (apart == 1 || apart + 1 == count);
            found += usize::from(if are_neighbours { folds_back(own, theirs) } else { touch(own, theirs) });
            if found > ceiling {
                return Crossings::Many;
            }
        }
    }
    Crossings::Few(found)
}

/// Whether rings that nowhere meet lie in each other as valid polygons have them: every hole in its own shell and in no other
/// ring that its shell is not in, every shell in as many shells as holes. `None` where that takes too long to tell.
pub(super) fn are_nested_well(polygons: &MultiPolygon<f64>) -> Option<bool> {
    let rings: Vec<(usize, bool, &LineString<f64>)> = polygons
        .iter()
        .enumerate()
        .flat_map(|(p, polygon)| {
            let holes = polygon.interiors().iter().map(move |h| (p, true, h));
            std::iter::once((p, false, polygon.exterior())).chain(holes)
        })
        .collect();
    let boxes = rings.iter().enumerate().filter_map(|(i, (.., ring))| {
        use geo::BoundingRect;
        let b = ring.bounding_rect()?;
        Some(GeomWithData::new(Rectangle::from_corners([b.min().x, b.min().y], [b.max().x, b.max().y]), i))
    });
    let tree = RTree::bulk_load(boxes.collect());
    let mut looked_at = 0_u64;
    // Shells that lie in something are rare; most holes lie in their shell alone.
    let mut within: Vec<Vec<usize>> = Vec::with_capacity(rings.len());
    for (i, (.., ring)) in rings.iter().enumerate() {
        let Some(first) = ring.0.first() else { return Some(false) };
        let mut own = Vec::new();
        for entry in tree.locate_in_envelope_intersecting(&AABB::from_point([first.x, first.y])) {
            let Some((.., other)) = rings.get(entry.data).filter(|_| entry.data != i) else { continue };
            looked_at += other.0.len() as u64;
            if looked_at > MOST_LOOKED_AT {
                return None;
            }
            if is_within([first.x, first.y], other) {
                own.push(entry.data);
            }
        }
        own.sort_unstable();
        within.push(own);
    }
    let mut shell = 0;
    for (i, (_, is_hole, _)) in rings.iter().enumerate() {
        if !is_hole {
            shell = i;
        }
        let (Some(own), Some(around)) = (within.get(i), within.get(shell)) else { return Some(false) };
        let fits = match is_hole {
            true => {
                let mut wanted = around.clone();
                wanted.push(shell);
                wanted.sort_unstable();
                *own == wanted
            }
            false => own.len() % 2 == 0,
        };
        if !fits {
            return Some(false);
        }
    }
    Some(true)
}

fn is_within(at: [f64; 2], ring: &LineString<f64>) -> bool {
    let places: Vec<[f64; 2]> = ring.0.iter().map(|c| [c.x, c.y]).collect();
    even_odd(at, [places.as_slice()]) != Side::Outside
}

/// All rings, shells before their holes.
pub(super) fn rings_of(polygons: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
}

fn corner(c: Coord<f64>) -> [f64; 2] {
    [c.x, c.y]
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;
    use geo_types::Polygon;
    use proptest::prelude::*;

    fn square(x: f64, y: f64, size: f64) -> LineString<f64> {
        LineString::from(vec![(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)])
    }

    #[test]
    fn holes_apart_lie_well_and_holes_in_holes_do_not() {
        let with = |holes: Vec<LineString<f64>>| MultiPolygon(vec![Polygon::new(square(0., 0., 9.), holes)]);
        let well = with(vec![square(1., 1., 1.), square(3., 3., 1.)]);
        assert_eq!((crossings(&well, 9), are_nested_well(&well)), (Crossings::Few(0), Some(true)));
        for wrong in [with(vec![square(1., 1., 3.), square(2., 2., 1.)]), with(vec![square(20., 1., 1.)])] {
            assert_eq!((crossings(&wrong, 9), are_nested_well(&wrong)), (Crossings::Few(0), Some(false)));
        }
        let island = MultiPolygon(vec![
            Polygon::new(square(0., 0., 9.), vec![square(1., 1., 7.)]),
            Polygon::new(square(3., 3., 1.), Vec::new()),
        ]);
        assert_eq!(are_nested_well(&island), Some(true));
        let covered = MultiPolygon(vec![
            Polygon::new(square(0., 0., 9.), Vec::new()),
            Polygon::new(square(3., 3., 1.), Vec::new()),
        ]);
        assert_eq!(are_nested_well(&covered), Some(false));
        let meeting = with(vec![square(1., 1., 2.), square(2., 2., 2.)]);
        assert_eq!((crossings(&meeting, 9), crossings(&meeting, 1)), (Crossings::Few(2), Crossings::Many));
    }

    proptest! {
        /// What neither meets nor lies wrongly is valid to `geo`, too.
        #[test]
        fn no_crossing_and_well_nested_is_valid(rings in prop::collection::vec((0i8..9, 0i8..9, 1i8..5), 1..5)) {
            let ring = |(x, y, s): (i8, i8, i8)| square(f64::from(x), f64::from(y), f64::from(s));
            let polygons = MultiPolygon(vec![Polygon::new(square(-1., -1., 16.), rings.into_iter().map(ring).collect())]);
            if crossings(&polygons, 0) == Crossings::Few(0) && are_nested_well(&polygons) == Some(true) {
                prop_assert!(polygons.is_valid());
            }
        }
    }
}
