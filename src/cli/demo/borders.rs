//! From straight cells to natural borders: corners merged, every side bent once and used by both its neighbours.

use std::collections::BTreeMap;

use super::plane::{Fixed, Pt};
use super::rng::Rng;

/// Corners nearer than this become one: no sliver sides.
const SHORTEST_SIDE_M: f64 = 230.0;
/// A side is bent until its pieces are shorter than this.
const LONGEST_PIECE_M: f64 = 235.0;

/// Rings of shared corners: each ring is a list of indices into one list of corners.
struct Corners {
    places: Vec<Pt>,
    rings: Vec<Vec<usize>>,
}

/// Natural rings for straight cells that tile the plane; shared sides come out vertex by vertex the same.
pub fn bend(cells: &[Vec<Pt>]) -> Vec<Vec<Fixed>> {
    let corners = shared_corners(cells);
    let mut curves: BTreeMap<(usize, usize), Vec<Fixed>> = BTreeMap::new();
    let mut rings = Vec::with_capacity(cells.len());
    for ring in &corners.rings {
        let mut bent = Vec::new();
        for (k, &from) in ring.iter().enumerate() {
            let to = ring[(k + 1) % ring.len()];
            let (low, high) = (from.min(to), from.max(to));
            let curve = curves
                .entry((low, high))
                .or_insert_with(|| curve(corners.places[low].fixed(), corners.places[high].fixed()));
            // A side without its last point: that one opens the next side.
            if from == low {
                bent.extend(curve.iter().take(curve.len() - 1));
            } else {
                bent.extend(curve.iter().rev().take(curve.len() - 1));
            }
        }
        rings.push(bent);
    }
    rings
}

fn shared_corners(cells: &[Vec<Pt>]) -> Corners {
    let mut places: Vec<Pt> = Vec::new();
    let mut rings: Vec<Vec<usize>> = Vec::new();
    for cell in cells {
        let mut ring = Vec::new();
        for &p in cell {
            // One metre: far more than rounding, far less than any side.
            let known = places.iter().position(|q| q.distance2(p) < 1.0);
            ring.push(known.unwrap_or(places.len()));
            if known.is_none() {
                places.push(p);
            }
        }
        rings.push(ring);
    }
    let mut stands_for: Vec<usize> = (0..places.len()).collect();
    for ring in &rings {
        for (k, &a) in ring.iter().enumerate() {
            let (a, b) = (stands_for[a], stands_for[ring[(k + 1) % ring.len()]]);
            if a != b && places[a].distance(places[b]) < SHORTEST_SIDE_M {
                places[a.min(b)] = places[a].towards(places[b], 0.5);
                for s in &mut stands_for {
                    if *s == a.max(b) {
                        *s = a.min(b);
                    }
                }
            }
        }
    }
    for ring in &mut rings {
        for corner in ring.iter_mut() {
            *corner = stands_for[*corner];
        }
        ring.dedup();
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
    }
    Corners { places, rings }
}

/// A natural line between two points: midpoint displacement, seeded by the two ends, then smoothed a little.
pub fn curve(from: Fixed, to: Fixed) -> Vec<Fixed> {
    let mut rng = Rng::keyed("border", &[from.lon, from.lat, to.lon, to.lat]);
    let mut line = vec![from.on_plane(), to.on_plane()];
    let mut piece = line[0].distance(line[1]);
    let longest = piece;
    let mut strength = 0.12;
    while piece > LONGEST_PIECE_M {
        let mut finer = Vec::with_capacity(line.len() * 2);
        let last = line.len() - 2;
        for (k, pair) in line.windows(2).enumerate() {
            let (a, b) = (pair[0], pair[1]);
            // Calmer at the ends: three sides meet there and must not cross.
            let calm = if piece < longest && (k == 0 || k == last) { 0.45 } else { 1.0 };
            let shift = rng.within(-strength, strength) * calm;
            let middle = a.towards(b, rng.within(0.42, 0.58)).plus((a.y - b.y) * shift, (b.x - a.x) * shift);
            finer.extend([a, middle]);
        }
        finer.extend(line.last());
        line = finer;
        piece /= 2.0;
        strength = 0.2;
    }
    let mut fixed: Vec<Fixed> = vec![from];
    for w in line.windows(3) {
        let mean = Pt { x: (w[0].x + 6.0 * w[1].x + w[2].x) / 8.0, y: (w[0].y + 6.0 * w[1].y + w[2].y) / 8.0 };
        fixed.push(mean.fixed());
    }
    fixed.push(to);
    fixed
}
