//! Who lies across a border that no other ring has position by position.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::effective_area::Freedom;
use super::topology::{NOBODY, RingKind, RingOf, Stretch, doubled_ring_area, freedom_of, is_closed, positions_of};
use super::world::GridPos;

/// Most places at which one stretch looks across.
const MOST_LOOKS: usize = 24;

/// How far it looks: a share of the side of a square as large as its ring, and at least so many grid steps (5 m).
const REACH_SHARE: f64 = 0.04;
const LEAST_REACH_STEPS: f64 = 540.0;

/// What a look across finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    Other(u32),
    /// The feature itself, behind a bend: this says nothing.
    Own,
    Nothing,
}

/// A run of edges with the same feature across is looked at again from further off where it is shorter than so many
/// times the reach: a gap in the data is not a shore.
const SHORT_RUN: f64 = 8.0;
const FURTHER: f64 = 3.0;

/// Exteriors and their holes by place.
pub(super) struct Neighbours<'g> {
    grid: &'g [GridPos],
    ring_starts: &'g [u32],
    rings: &'g [RingOf],
    /// Each ring with its exterior: itself, or the one that it is a hole of.
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, (u32, u32)>>,
}

impl<'g> Neighbours<'g> {
    /// Indexes the exteriors and holes.
    pub(super) fn new(grid: &'g [GridPos], ring_starts: &'g [u32], rings: &'g [RingOf]) -> Self {
        let mut exterior = 0;
        let boxed = |(r, of): (usize, &RingOf)| {
            let ring = grid.get(ring_starts[r] as usize..ring_starts[r + 1] as usize)?;
            // Holes come behind their exterior.
            if of.kind == RingKind::Exterior {
                exterior = r as u32;
            }
            let first = ring.first().filter(|_| is_closed(of.kind))?;
            let (mut low, mut high) = ([first.x, first.y], [first.x, first.y]);
            for p in ring {
                (low, high) = ([low[0].min(p.x), low[1].min(p.y)], [high[0].max(p.x), high[1].max(p.y)]);
            }
            let corners = Rectangle::from_corners(low.map(f64::from), high.map(f64::from));
            Some(GeomWithData::new(corners, (r as u32, exterior)))
        };
        let tree = RTree::bulk_load(rings.iter().enumerate().filter_map(boxed).collect());
        Self { grid, ring_starts, rings, tree }
    }

    fn ring(&self, ring: u32) -> &'g [GridPos] {
        let at = |r: u32| self.ring_starts.get(r as usize).map_or(0, |s| *s as usize);
        self.grid.get(at(ring)..at(ring + 1)).unwrap_or(&[])
    }

    /// What is at a place on the grid, seen from a feature.
    fn at(&self, [x, y]: [f64; 2], own: u32) -> Sight {
        let inside = |ring: u32| {
            let mut inside = false;
            for w in self.ring(ring).windows(2) {
                let (a, b) = (w[0], w[1]);
                let (ay, by) = (f64::from(a.y), f64::from(b.y));
                if (ay > y) != (by > y) {
                    let (ax, bx) = (f64::from(a.x), f64::from(b.x));
                    inside ^= x < ax + (y - ay) / (by - ay) * (bx - ax);
                }
            }
            inside
        };
        let hits: Vec<(u32, u32)> =
            self.tree.locate_in_envelope_intersecting(&AABB::from_point([x, y])).map(|hit| hit.data).collect();
        let mut found: Vec<u32> = hits
            .iter()
            .filter(|(r, exterior)| r == exterior && inside(*r))
            .filter(|(r, _)| !hits.iter().any(|(hole, of)| of == r && hole != r && inside(*hole)))
            .map(|(r, _)| self.rings[*r as usize].feature)
            .collect();
        found.sort_unstable();
        match found.iter().find(|f| **f != own) {
            Some(other) => Sight::Other(*other),
            None if found.is_empty() => Sight::Nothing,
            None => Sight::Own,
        }
    }

    /// A lone stretch, cut where the feature across changes.
    pub(super) fn cut(&self, ring: u32, stretch: &Stretch) -> Vec<Stretch> {
        let of = self.rings[ring as usize];
        let positions = self.ring(ring);
        let (from, to) = (self.ring_starts[ring as usize], self.ring_starts[ring as usize + 1]);
        let places: Vec<u32> = positions_of(stretch, from, to).collect();
        if places.len() < 2 || !is_closed(of.kind) {
            return vec![*stretch];
        }
        let out = if freedom_of(positions, of.kind) == Freedom::Left { 1.0 } else { -1.0 };
        let reach = (doubled_ring_area(positions).abs() / 2.0).sqrt() * REACH_SHARE;
        let reach = reach.max(LEAST_REACH_STEPS);
        // Looks across the middle of some edges, evenly spread.
        let edges = places.len() - 1;
        let looks = edges.min(MOST_LOOKS);
        let step = |edge: usize| {
            let at = |i: usize| self.grid[places[i] as usize];
            let (a, b) = (at(edge), at(edge + 1));
            let (ax, ay) = (f64::from(a.x), f64::from(a.y));
            ([ax, ay], [f64::from(b.x) - ax, f64::from(b.y) - ay])
        };
        let look = |edge: usize, reach: f64| {
            let ([ax, ay], [dx, dy]) = step(edge);
            let per_step = out * reach / (dx * dx + dy * dy).sqrt().max(1.0);
            // To the left of a direction lies (dy, -dx), as y runs south.
            self.at([ax + dx / 2.0 + dy * per_step, ay + dy / 2.0 - dx * per_step], of.feature)
        };
        let mut seen: Vec<(usize, u32)> = Vec::with_capacity(looks);
        for edge in (0..looks).map(|i| (2 * i + 1) * edges / (2 * looks)) {
            match look(edge, reach) {
                Sight::Other(other) => seen.push((edge, other)),
                Sight::Nothing => seen.push((edge, NOBODY)),
                Sight::Own => {}
            }
        }
        if seen.is_empty() {
            return vec![*stretch];
        }
        let length = |from: usize, to: usize| -> f64 { (from..to).map(|e| step(e).1).map(|[x, y]| x.hypot(y)).sum() };
        let mut run = 0;
        while run < seen.len() {
            let end = seen[run..].iter().position(|s| s.1 != seen[run].1).map_or(seen.len(), |n| run + n);
            let first = if run == 0 { 0 } else { seen[run - 1].0 };
            let last = seen.get(end).map_or(edges, |s| s.0);
            if seen[run].1 == NOBODY && length(first, last) < SHORT_RUN * reach {
                let far = seen[run..end].iter().find_map(|s| match look(s.0, reach * FURTHER) {
                    Sight::Other(other) => Some(other),
                    _ => None,
                });
                if let Some(other) = far {
                    seen[run..end].iter_mut().for_each(|s| s.1 = other);
                }
            }
            run = end;
        }
        let mut cut = Vec::new();
        let mut start = 0;
        for (i, (edge, other)) in seen.iter().enumerate() {
            let next = seen.get(i + 1);
            if next.is_some_and(|n| n.1 == *other) {
                continue;
            }
            let end = next.map_or(edges, |n| (edge + n.0).div_ceil(2).max(start + 1));
            cut.push(Stretch {
                start: places[start],
                end: places[end],
                other: *other,
                drawn: stretch.drawn && (*other == NOBODY || of.feature < *other),
            });
            start = end;
        }
        cut
    }
}
