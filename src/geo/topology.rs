//! Which borders rings share, and how coarsely each position may be drawn.

use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use super::across::Neighbours;
use super::effective_area::{EffectiveArea, Freedom};
use super::junctions::{cut_ring, junctions, same_positions};
use super::world::{GRID_BITS, GridPos};

/// What a ring is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingKind {
    /// The outer ring of a polygon.
    Exterior,
    /// A hole.
    Hole,
    /// An open line.
    Line,
    /// A single position.
    Point,
}

/// A ring's feature and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingOf {
    /// Feature.
    pub feature: u32,
    /// Kind.
    pub kind: RingKind,
}

/// Nobody on the other side.
pub const NOBODY: u32 = u32::MAX;

/// A stretch of a ring between two junctions, which it shares whole with a neighbour or with nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first position, numbered over all rings.
    pub start: u32,
    /// Its last; at or before `start` where it runs past the end of the ring.
    pub end: u32,
    /// The feature on the other side, or [`NOBODY`].
    pub other: u32,
    /// Whether this ring is to draw it: of two rings that share it, one does.
    pub drawn: bool,
}

/// Levels of detail: number `n` serves scales up to 256·2ⁿ pixels along the world.
pub const FINEST_LEVEL: u8 = 22;

/// Rings cut at junctions into stretches, and a rank for each position.
///
/// Positions are shared where they are equal on the grid. A junction is a position whose neighbours differ from ring to
/// ring; between junctions a border is the same for both sides, is ranked once and drawn once, so that no level opens a
/// crack between neighbours. Where nobody shares a border, leaving positions out may only enlarge the polygon: at no level
/// does the ground show between neighbours whose positions differ.
pub struct Topology {
    /// The coarsest level that keeps each position.
    pub keep_from: Vec<u8>,
    stretches: Vec<Stretch>,
    /// Ring `r` has `stretches[ring_ends[r - 1]..ring_ends[r]]`.
    ring_ends: Vec<u32>,
}

/// Square grid steps of a quarter of a square pixel at the highest scale of a level; what is smaller is left out.
fn least_area(level: u8) -> f64 {
    0.25 * 4f64.powi(GRID_BITS as i32 - 8 - i32::from(level))
}

/// The coarsest level that keeps a position of this effective area.
fn coarsest_level(area: f64) -> u8 {
    if area.is_infinite() {
        return 0;
    }
    let level = f64::from(GRID_BITS) - 9.0 - area.log2() / 2.0;
    let mut level = level.ceil().clamp(0.0, f64::from(FINEST_LEVEL)) as u8;
    // Rounding of the logarithm must not decide.
    while level > 0 && area >= least_area(level - 1) {
        level -= 1;
    }
    while level < FINEST_LEVEL && area < least_area(level) {
        level += 1;
    }
    level
}

impl Topology {
    /// Finds shared borders and ranks positions. `ring_starts` has one entry more than there are rings; closed rings end
    /// with their first position.
    pub fn new(grid: &[GridPos], ring_starts: &[u32], rings: &[RingOf]) -> Self {
        let range = |r: usize| ring_starts[r] as usize..ring_starts[r + 1] as usize;
        let first_of = same_positions(grid, ring_starts, rings);
        let (junction, shared) = junctions(&first_of, ring_starts, rings);
        let (stretches, ring_ends) = all_rings(rings.len(), |r, stretches| {
            stretches.extend(cut_ring(grid, &first_of, &junction, range(r), rings[r].kind));
        });
        let mut topology = Self { keep_from: vec![0; grid.len()], stretches, ring_ends };
        topology.find_others(&first_of, ring_starts, rings);
        topology.rank(grid, &first_of, &shared, ring_starts, rings);
        topology.look_across(grid, ring_starts, rings);
        topology
    }

    /// From what [`Self::keep_from`] and [`Self::parts`] gave for the same rings; `None` where a rank is beyond the finest
    /// level, a ring has no end, or a stretch lies outside its ring.
    pub fn from_parts(
        keep_from: Vec<u8>,
        stretches: Vec<Stretch>,
        ring_ends: Vec<u32>,
        ring_starts: &[u32],
        rings: &[RingOf],
    ) -> Option<Self> {
        let positions = ring_starts.last().map_or(0, |last| *last as usize);
        let ranked = keep_from.len() == positions && keep_from.par_iter().all(|level| *level <= FINEST_LEVEL);
        let ended = ring_ends.len() == rings.len()
            && ring_ends.windows(2).all(|w| w[0] <= w[1])
            && ring_ends.last().map_or(0, |last| *last as usize) == stretches.len();
        if !ranked || !ended {
            return None;
        }
        let topology = Self { keep_from, stretches, ring_ends };
        let fits = |ring: usize| {
            let own = ring_starts[ring]..ring_starts[ring + 1];
            topology.stretches_of(ring as u32).iter().all(|s| own.contains(&s.start) && own.contains(&s.end))
        };
        (0..rings.len()).into_par_iter().all(fits).then_some(topology)
    }

    /// All stretches, one ring behind the other, and where each ring's end.
    pub fn parts(&self) -> (&[Stretch], &[u32]) {
        (&self.stretches, &self.ring_ends)
    }

    /// The stretches of a ring, in its direction.
    pub fn stretches_of(&self, ring: u32) -> &[Stretch] {
        let end = |r: Option<u32>| r.and_then(|r| self.ring_ends.get(r as usize)).map_or(0, |e| *e as usize);
        self.stretches.get(end(ring.checked_sub(1))..end(Some(ring))).unwrap_or(&[])
    }

    /// How many stretches there are in all.
    pub fn stretch_count(&self) -> usize {
        self.stretches.len()
    }

    /// Number of a ring's first stretch among all.
    pub fn first_stretch_of(&self, ring: u32) -> usize {
        ring.checked_sub(1).and_then(|r| self.ring_ends.get(r as usize)).map_or(0, |e| *e as usize)
    }

    /// Finds who is on the other side of each stretch.
    fn find_others(&mut self, first_of: &[u32], ring_starts: &[u32], rings: &[RingOf]) {
        let ring_of: Vec<u32> = {
            let mut of = vec![0; self.stretches.len()];
            let mut start = 0;
            for (r, &end) in self.ring_ends.iter().enumerate() {
                of[start as usize..end as usize].fill(r as u32);
                start = end;
            }
            of
        };
        let mut keyed: Vec<((u32, u32), u32)> = (0..self.stretches.len() as u32)
            .into_par_iter()
            .filter(|&s| is_closed(rings[ring_of[s as usize] as usize].kind))
            .map(|s| {
                let ring = ring_of[s as usize] as usize;
                let (from, to) = (ring_starts[ring], ring_starts[ring + 1]);
                let Stretch { start, end, .. } = self.stretches[s as usize];
                let id = |i: u32| first_of[i as usize];
                // The last position of a ring is its first: the one after it is the second.
                let second = if start + 1 < to { start + 1 } else { from + 1 };
                let last_but_one = if end > from { end - 1 } else { to - 2 };
                ((id(start), id(second)).min((id(end), id(last_but_one))), s)
            })
            .collect();
        keyed.par_sort_unstable();
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            let feature = |i: usize| rings[ring_of[same[i].1 as usize] as usize].feature;
            let one = feature(0);
            let other = (1..same.len()).map(feature).find(|f| *f != one);
            // A border that a feature shares with itself only is none.
            let inner = other.is_none() && same.len() > 1;
            for (i, (_, s)) in same.iter().enumerate() {
                let stretch = &mut self.stretches[*s as usize];
                stretch.other = if inner || feature(i) != one { one } else { other.unwrap_or(NOBODY) };
                stretch.drawn = i == 0 && !inner;
            }
        }
    }

    /// Cuts stretches that no ring shares where they begin and cease to border on another feature: neighbours whose
    /// positions differ have a border between them all the same. Of the two sides, the lower feature draws it.
    fn look_across(&mut self, grid: &[GridPos], ring_starts: &[u32], rings: &[RingOf]) {
        let neighbours = Neighbours::new(grid, ring_starts, rings);
        let cut = all_rings(rings.len(), |ring, cut| {
            let lone = |s: &Stretch| s.other == NOBODY && is_closed(rings[ring].kind);
            for stretch in self.stretches_of(ring as u32) {
                match lone(stretch) {
                    true => cut.extend(neighbours.cut(ring as u32, stretch)),
                    false => cut.push(*stretch),
                }
            }
        });
        (self.stretches, self.ring_ends) = cut;
    }

    fn rank(&mut self, grid: &[GridPos], first_of: &[u32], shared: &[bool], ring_starts: &[u32], rings: &[RingOf]) {
        let levels: Vec<AtomicU8> = std::mem::take(&mut self.keep_from).into_iter().map(AtomicU8::new).collect();
        (0..rings.len() as u32).into_par_iter().with_min_len(RINGS).for_each_init(
            || (EffectiveArea::default(), Vec::new(), Vec::new()),
            |(areas, line, places), ring| {
                let (from, to) = (ring_starts[ring as usize], ring_starts[ring as usize + 1]);
                let freedom = freedom_of(&grid[from as usize..to as usize], rings[ring as usize].kind);
                for stretch in self.stretches_of(ring) {
                    places.clear();
                    places.extend(positions_of(stretch, from, to));
                    let inner = places.get(1).copied().filter(|_| places.len() > 2);
                    let Some(inner) = inner else { continue };
                    // The ring that has it first ranks it for all.
                    if first_of[inner as usize] != inner {
                        continue;
                    }
                    let free = if shared[inner as usize] { Freedom::Both } else { freedom };
                    line.clear();
                    line.extend(places.iter().map(|p| grid[*p as usize]));
                    for (p, area) in places.iter().zip(areas.of(line, free)).skip(1).take(places.len() - 2) {
                        levels[*p as usize].store(coarsest_level(*area), Ordering::Relaxed);
                    }
                }
            },
        );
        first_of
            .par_iter()
            .enumerate()
            .with_min_len(1 << 16)
            .filter(|(i, first)| **first as usize != *i)
            .for_each(|(i, first)| levels[i].store(levels[*first as usize].load(Ordering::Relaxed), Ordering::Relaxed));
        self.keep_from = levels.into_iter().map(AtomicU8::into_inner).collect();
    }
}

/// Rings handled in one go.
const RINGS: usize = 1024;

/// Stretches of all rings, one ring behind the other, and where each ring's end; `of` adds those of one ring.
fn all_rings(count: usize, of: impl Fn(usize, &mut Vec<Stretch>) + Sync) -> (Vec<Stretch>, Vec<u32>) {
    let block = |start: usize| {
        let (mut stretches, mut ends) = (Vec::new(), Vec::with_capacity(RINGS));
        for ring in start..(start + RINGS).min(count) {
            of(ring, &mut stretches);
            ends.push(stretches.len() as u32);
        }
        stretches.shrink_to_fit();
        (stretches, ends)
    };
    let blocks: Vec<(Vec<Stretch>, Vec<u32>)> = (0..count).into_par_iter().step_by(RINGS).map(block).collect();
    let mut stretches = Vec::with_capacity(blocks.iter().map(|b| b.0.len()).sum());
    let mut ends = Vec::with_capacity(count);
    for (own, own_ends) in blocks {
        ends.extend(own_ends.iter().map(|end| end + stretches.len() as u32));
        stretches.extend(own);
    }
    (stretches, ends)
}

/// The positions of a stretch in order; `from..to` is its ring.
pub fn positions_of(stretch: &Stretch, from: u32, to: u32) -> impl Iterator<Item = u32> + Clone {
    let Stretch { start, end, .. } = *stretch;
    let (one, two) = if end > start { (start..end + 1, 0..0) } else { (start..to - 1, from..end + 1) };
    one.chain(two)
}

pub(super) fn is_closed(kind: RingKind) -> bool {
    matches!(kind, RingKind::Exterior | RingKind::Hole)
}

/// Which way an unshared border of this ring may move: outwards.
pub(super) fn freedom_of(ring: &[GridPos], kind: RingKind) -> Freedom {
    if !is_closed(kind) {
        return Freedom::Both;
    }
    let clockwise = doubled_ring_area(ring) > 0.0;
    if clockwise == (kind == RingKind::Exterior) { Freedom::Left } else { Freedom::Right }
}

/// Twice the signed area of a closed ring in square grid steps; positive where it runs clockwise on the map.
pub fn doubled_ring_area(ring: &[GridPos]) -> f64 {
    let Some(o) = ring.first() else { return 0.0 };
    let at = |p: &GridPos| (f64::from(p.x) - f64::from(o.x), f64::from(p.y) - f64::from(o.y));
    ring.windows(2)
        .map(|w| {
            let ((ax, ay), (bx, by)) = (at(&w[0]), at(&w[1]));
            ax * by - bx * ay
        })
        .sum()
}
