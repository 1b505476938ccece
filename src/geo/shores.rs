//! How far the shore reaches that a stretch of outer border belongs to: a coast of many small villages is one line, a gap in
//! the data is none.

use rustc_hash::FxHashMap;

use super::GridPos;
use super::topology::{NOBODY, Topology, positions_of};

/// For each stretch of outer border how far its whole shore reaches.
#[derive(Clone, Debug, Default)]
pub struct Shores {
    reach_steps: Vec<f32>,
}

/// West, north, east, south on the grid.
type Bounds = [u32; 4];

fn joined(a: Bounds, b: Bounds) -> Bounds {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

impl Shores {
    /// Follows outer borders from stretch to stretch, where one ends at the position at which another begins.
    pub fn new(topology: &Topology, grid: &[GridPos], ring_starts: &[u32]) -> Self {
        let count = topology.stretch_count();
        let mut parent: Vec<u32> = (0..count as u32).collect();
        let mut bounds: Vec<Option<Bounds>> = vec![None; count];
        let mut ends: FxHashMap<GridPos, u32> = FxHashMap::default();
        for ring in 0..ring_starts.len().saturating_sub(1) as u32 {
            let (from, to) = (ring_starts[ring as usize], ring_starts[ring as usize + 1]);
            let first = topology.first_stretch_of(ring);
            for (i, stretch) in topology.stretches_of(ring).iter().enumerate() {
                if stretch.other != NOBODY || !stretch.drawn {
                    continue;
                }
                let at = first + i;
                let places = positions_of(stretch, from, to).filter_map(|p| grid.get(p as usize));
                bounds[at] = places.map(|p| [p.x, p.y, p.x, p.y]).reduce(joined);
                for end in [stretch.start, stretch.end] {
                    let Some(place) = grid.get(end as usize) else { continue };
                    match ends.get(place) {
                        Some(other) => union(&mut parent, *other, at as u32),
                        None => {
                            ends.insert(*place, at as u32);
                        }
                    }
                }
            }
        }
        let mut whole: FxHashMap<u32, Bounds> = FxHashMap::default();
        for (at, own) in bounds.iter().enumerate().filter_map(|(at, b)| Some((at, (*b)?))) {
            let root = root_of(&mut parent, at as u32);
            let all = whole.entry(root).or_insert(own);
            *all = joined(*all, own);
        }
        let mut reach_steps = vec![0.0; count];
        for at in (0..count).filter(|at| bounds[*at].is_some()) {
            let root = root_of(&mut parent, at as u32);
            if let Some([w, n, e, s]) = whole.get(&root) {
                reach_steps[at] = (e - w).max(s - n) as f32;
            }
        }
        Self { reach_steps }
    }

    /// From what [`Self::parts`] gave; `None` where there are not as many as stretches, or one is not a length.
    pub fn from_parts(reach_steps: Vec<f32>, stretches: usize) -> Option<Self> {
        let sound = reach_steps.len() == stretches && reach_steps.iter().all(|r| r.is_finite() && *r >= 0.0);
        sound.then_some(Self { reach_steps })
    }

    /// How far the shore of each stretch reaches, in grid steps.
    pub fn parts(&self) -> &[f32] {
        &self.reach_steps
    }

    /// Width or height in grid steps, whichever is larger, of the shore that a stretch belongs to.
    pub fn reach_steps(&self, stretch: usize) -> f32 {
        self.reach_steps.get(stretch).copied().unwrap_or(0.0)
    }
}

fn root_of(parent: &mut [u32], mut at: u32) -> u32 {
    while let Some(&up) = parent.get(at as usize).filter(|up| **up != at) {
        // Halving the way keeps it short.
        let above = parent.get(up as usize).copied().unwrap_or(up);
        parent[at as usize] = above;
        at = above;
    }
    at
}

fn union(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root_of(parent, a), root_of(parent, b));
    if let Some(slot) = parent.get_mut(b as usize) {
        *slot = a;
    }
}

#[cfg(test)]
mod tests {
    use super::super::topology::{RingKind, RingOf};
    use super::*;

    #[test]
    fn a_coast_of_small_villages_is_one_shore_and_an_island_its_own() {
        // Ten squares in a row, sharing their sides, and a small square far away.
        let mut grid = Vec::new();
        let mut starts = vec![0];
        let mut square = |x: u32, size: u32| {
            for (dx, dy) in [(0, 0), (size, 0), (size, size), (0, size), (0, 0)] {
                grid.push(GridPos { x: x + dx, y: 1000 + dy });
            }
            starts.push(grid.len() as u32);
        };
        (0..10).for_each(|i| square(1000 + i * 100, 100));
        square(50_000, 7);
        let rings: Vec<RingOf> = (0..11).map(|feature| RingOf { feature, kind: RingKind::Exterior }).collect();
        let topology = Topology::new(&grid, &starts, &rings);
        let shores = Shores::new(&topology, &grid, &starts);
        let reach = |ring: u32| {
            let first = topology.first_stretch_of(ring);
            let own = topology.stretches_of(ring).iter().enumerate().filter(|(_, s)| s.other == NOBODY);
            own.map(|(i, _)| shores.reach_steps(first + i)).fold(0.0, f32::max)
        };
        assert!((0..10).all(|r| reach(r) == 1000.0), "{:?}", (0..10).map(reach).collect::<Vec<_>>());
        assert_eq!(reach(10), 7.0);
    }
}
