//! Where rings meet: equal positions, junctions, and rings cut at them.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rayon::prelude::*;

use super::topology::{NOBODY, RingKind, RingOf, Stretch, is_closed};
use super::world::GridPos;

/// For each position of a closed ring the first one equal to it; for any other itself.
pub(super) fn same_positions(grid: &[GridPos], ring_starts: &[u32], rings: &[RingOf]) -> Vec<u32> {
    let first_of: Vec<AtomicU32> = (0..grid.len() as u32).into_par_iter().map(AtomicU32::new).collect();
    let parts = rayon::current_num_threads().next_power_of_two().min(16) as u64;
    let hash = |p: GridPos| {
        let key = u64::from(p.x) << 32 | u64::from(p.y);
        // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
        let h = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        h ^ (h >> 31)
    };
    (0..parts).into_par_iter().for_each(|part| {
        let size = (grid.len() * 3 / 2 / parts as usize + 64).next_power_of_two();
        // Slots hold the number of a position, plus one.
        let mut slots = vec![0_u32; size];
        for (r, _) in rings.iter().enumerate().filter(|(_, of)| is_closed(of.kind)) {
            for i in ring_starts[r]..ring_starts[r + 1] {
                let p = grid[i as usize];
                let h = hash(p);
                if h % parts != part {
                    continue;
                }
                let mut slot = (h >> 8) as usize & (size - 1);
                loop {
                    match slots[slot] {
                        0 => {
                            slots[slot] = i + 1;
                            break;
                        }
                        j if grid[j as usize - 1] == p => {
                            first_of[i as usize].store(j - 1, Ordering::Relaxed);
                            break;
                        }
                        _ => slot = (slot + 1) & (size - 1),
                    }
                }
            }
        }
    });
    first_of.into_iter().map(AtomicU32::into_inner).collect()
}

/// For each first position: whether rings part there, and whether several rings have it.
pub(super) fn junctions(first_of: &[u32], ring_starts: &[u32], rings: &[RingOf]) -> (Vec<bool>, Vec<bool>) {
    let neighbours = |i: u32, from: u32, to: u32| {
        let last = to - 1;
        let before = if i == from { last.saturating_sub(1).max(from) } else { i - 1 };
        let after = if i + 1 >= last { from } else { i + 1 };
        let (a, b) = (first_of[before as usize], first_of[after as usize]);
        (a.min(b), a.max(b))
    };
    // One bit per position: whether it is the first of a ring or the last before it closes. All others have their
    // neighbours beside them, whatever ring they are of.
    let mut ends = vec![0_u64; first_of.len() / 64 + 1];
    for i in ring_starts.iter().flat_map(|s| [*s, s.saturating_sub(2), s.saturating_sub(1)]) {
        ends[i as usize / 64] |= 1 << (i % 64);
    }
    let ring_of = |i: u32| {
        if ends[i as usize / 64] >> (i % 64) & 1 == 0 {
            return (i - 1, i + 3);
        }
        let ring = ring_starts.partition_point(|s| *s <= i).saturating_sub(1);
        (ring_starts[ring], ring_starts.get(ring + 1).copied().unwrap_or(i + 1))
    };
    let each = |visit: &(dyn Fn(u32, u32, u32) + Sync)| {
        rings.par_iter().enumerate().filter(|(_, of)| is_closed(of.kind)).for_each(|(r, _)| {
            let (from, to) = (ring_starts[r], ring_starts[r + 1]);
            (from..to.saturating_sub(1)).for_each(|i| visit(i, from, to));
        });
    };
    let flags = || -> Vec<AtomicBool> { (0..first_of.len()).into_par_iter().map(|_| AtomicBool::new(false)).collect() };
    let (junction, shared) = (flags(), flags());
    each(&|i, from, to| {
        let first = first_of[i as usize];
        if first != i {
            shared[first as usize].store(true, Ordering::Relaxed);
            let (first_from, first_to) = ring_of(first);
            if neighbours(i, from, to) != neighbours(first, first_from, first_to) {
                junction[first as usize].store(true, Ordering::Relaxed);
            }
        }
    });
    let plain = |flags: Vec<AtomicBool>| flags.into_iter().map(AtomicBool::into_inner).collect();
    (plain(junction), plain(shared))
}

/// The stretches of a ring.
pub(super) fn cut_ring(
    grid: &[GridPos],
    first_of: &[u32],
    junction: &[bool],
    range: std::ops::Range<usize>,
    kind: RingKind,
) -> Vec<Stretch> {
    let stretch =
        |start: usize, end: usize| Stretch { start: start as u32, end: end as u32, other: NOBODY, drawn: true };
    if range.len() < 2 || kind == RingKind::Point {
        return Vec::new();
    }
    if kind == RingKind::Line {
        return vec![stretch(range.start, range.end - 1)];
    }
    let open = range.start..range.end - 1;
    let cuts: Vec<usize> = open.clone().filter(|&i| junction[first_of[i] as usize]).collect();
    match cuts[..] {
        // A ring on its own begins, whoever has it, at its least position.
        [] => open.min_by_key(|&i| grid[i]).map(|i| vec![stretch(i, i)]).unwrap_or_default(),
        [one] => vec![stretch(one, one)],
        _ => cuts.iter().zip(cuts.iter().cycle().skip(1)).map(|(&a, &b)| stretch(a, b)).collect(),
    }
}
