//! Voronoi cells of a few seeds within an outline, by cutting the outline with one half-plane after another.

use super::plane::{Pt, area_and_centroid, contains, sides};
use super::rng::Rng;

/// `count` points within the outline, far from each other (Mitchell's best candidate), then moved to the centroids of
/// their cells `rounds` times (Lloyd's relaxation): even, yet no lattice.
pub fn spread_seeds(outline: &[Pt], count: usize, rounds: usize) -> Vec<Pt> {
    let mut rng = Rng::keyed("seeds", &[]);
    let mut seeds: Vec<Pt> = Vec::new();
    while seeds.len() < count {
        let mut best: Option<(f64, Pt)> = None;
        for _ in 0..6 {
            let p = point_inside(outline, &mut rng);
            let nearest = seeds.iter().map(|s| s.distance2(p)).fold(f64::MAX, f64::min);
            if best.is_none_or(|(far, _)| nearest > far) {
                best = Some((nearest, p));
            }
        }
        seeds.extend(best.map(|(_, p)| p));
    }
    for _ in 0..rounds {
        seeds = (0..count).map(|i| area_and_centroid(&cell(outline, &seeds, i)).1).collect();
    }
    seeds
}

fn point_inside(outline: &[Pt], rng: &mut Rng) -> Pt {
    loop {
        let p = Pt { x: rng.within(-15_000.0, 18_000.0), y: rng.within(-14_000.0, 14_000.0) };
        if contains(outline, p) {
            return p;
        }
    }
}

/// The part of the outline that lies nearer to seed `i` than to any other.
pub fn cell(outline: &[Pt], seeds: &[Pt], i: usize) -> Vec<Pt> {
    let own = seeds[i];
    let mut ring = outline.to_vec();
    for (j, &other) in seeds.iter().enumerate() {
        if j != i {
            ring = nearer_half(&ring, own, other);
        }
    }
    ring
}

/// Sutherland and Hodgman's cut along the perpendicular bisector of the two points.
fn nearer_half(ring: &[Pt], own: Pt, other: Pt) -> Vec<Pt> {
    let middle = own.towards(other, 0.5);
    let beyond = |p: Pt| (p.x - middle.x) * (other.x - own.x) + (p.y - middle.y) * (other.y - own.y);
    let mut kept = Vec::with_capacity(ring.len() + 1);
    for (a, b) in sides(ring) {
        let (da, db) = (beyond(a), beyond(b));
        if da <= 0.0 {
            kept.push(a);
        }
        if (da <= 0.0) != (db <= 0.0) {
            kept.push(a.towards(b, da / (da - db)));
        }
    }
    kept
}

/// Chaikin's corner cutting, once.
pub fn rounded(ring: &[Pt]) -> Vec<Pt> {
    sides(ring).flat_map(|(a, b)| [a.towards(b, 0.25), a.towards(b, 0.75)]).collect()
}
