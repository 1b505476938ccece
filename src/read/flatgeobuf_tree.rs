//! The packed Hilbert R-tree of a FlatGeobuf file: level by level, the root first, the leaves last. The library's own search runs
//! out of bounds, or out of memory, over a damaged tree.

use crate::geo::BoundsDeg;
use std::fs::File;
use std::io::{BufReader, Read, Seek};

/// Bytes of one node: its envelope, and where it leads.
pub(super) const NODE_BYTES: u64 = 40;

/// Most features that are found: beyond, reading everything is as quick.
const MOST_IN_VIEW: usize = 200_000;

/// Where the tree lies, how many leaves it has, how many nodes stand under one.
#[derive(Clone, Copy)]
pub(super) struct Tree {
    pub(super) at: u64,
    pub(super) count: u64,
    pub(super) node_size: u16,
}

/// Where the features lie, behind the tree, whose envelopes meet \[west, south, east, north\]; in the order of the file. `None`
/// where the tree is damaged: a node that leads elsewhere than into the level below; or where too much lies there.
pub(super) fn search(reader: &mut BufReader<File>, tree: Tree, bounds: BoundsDeg) -> Option<Vec<u64>> {
    let [w, s, e, n] = bounds.sides();
    let per_node = u64::from(tree.node_size);
    // How many nodes each level has, leaves first; in the file the root comes first and the leaves last.
    let mut counts = vec![tree.count];
    loop {
        let above = counts.last()?.div_ceil(per_node);
        counts.push(above);
        if above == 1 {
            break;
        }
    }
    let starts: Vec<u64> = (0..counts.len()).map(|level| counts.iter().skip(level + 1).sum()).collect();
    let mut wanted: Vec<std::ops::Range<u64>> = std::iter::once(0..1).collect();
    let mut found = Vec::new();
    let mut node = [0; NODE_BYTES as usize];
    for level in (0..counts.len()).rev() {
        let mut below = Vec::new();
        for range in wanted {
            let at = tree.at + (starts.get(level)? + range.start) * NODE_BYTES;
            let here = reader.stream_position().ok()?;
            reader.seek_relative(at as i64 - here as i64).ok()?;
            for _ in range {
                reader.read_exact(&mut node).ok()?;
                let number = |i: usize| node.get(i * 8..i * 8 + 8)?.try_into().ok().map(u64::from_le_bytes);
                let bound = |i: usize| number(i).map(f64::from_bits);
                if bound(2)? < w || bound(0)? > e || bound(3)? < s || bound(1)? > n {
                    continue;
                }
                let leads = number(4)?;
                if level == 0 {
                    found.push(leads);
                    continue;
                }
                let child = leads.checked_sub(*starts.get(level - 1)?)?;
                let count = *counts.get(level - 1)?;
                (child < count && child % per_node == 0).then_some(())?;
                below.push(child..(child + per_node).min(count));
            }
            if found.len() > MOST_IN_VIEW || found.len() as u64 * 2 > tree.count {
                return None;
            }
        }
        wanted = below;
    }
    found.sort_unstable();
    // Two nodes that lead to one feature are damage.
    found.windows(2).all(|pair| pair[0] < pair[1]).then_some(found)
}
