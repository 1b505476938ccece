//! The ground of the demonstration, invented like its borders: hills in the west, streams that run down from them, roads between
//! villages. On the generator's plane, with the same arithmetic.

use super::layout::Village;
use super::places::TOWNS;
use super::plane::Pt;
#[cfg(test)]
use super::plane::border_distance;
use super::rng::Rng;

/// Hills: degrees of the middle, height and half width in metres.
const HILLS: [(f64, f64, f64, f64); 9] = [
    (116.045, 40.075, 620.0, 3_600.0),
    (116.070, 40.030, 560.0, 3_000.0),
    (116.110, 39.995, 460.0, 2_600.0),
    (116.150, 40.000, 330.0, 2_200.0),
    (116.185, 39.990, 380.0, 2_000.0),
    (116.215, 40.005, 240.0, 1_700.0),
    (116.055, 40.120, 430.0, 2_600.0),
    (116.020, 40.030, 700.0, 4_000.0),
    (116.160, 40.035, 150.0, 1_300.0),
];
/// Height of the plain at the plane's origin, and how it falls per metre to the east and to the south.
const PLAIN: (f64, f64, f64) = (48.0, 0.001_1, 0.000_8);
/// How far a stream is looked ahead, metres.
const STEP_M: f64 = 60.0;

/// A line of the map: a stream, or a road that is large or small.
pub struct Line {
    pub kind: Way,
    pub points: Vec<Pt>,
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Stream,
    Lane,
    Road,
}

/// A value for a corner of a lattice, −1 to 1.
fn corner(x: i64, y: i64) -> f64 {
    let mixed = (x.wrapping_mul(0x1f3d_5b79) ^ y.wrapping_mul(0x5851_f42d)).cast_unsigned();
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 40) as f64 / 8_388_608.0 - 1.0
}

/// Smooth noise over a lattice of `side` metres, −1 to 1.
fn noise(p: Pt, side: f64) -> f64 {
    let (u, v) = (p.x / side, p.y / side);
    let (i, j) = (u.floor(), v.floor());
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (s, t) = (smooth(u - i), smooth(v - j));
    let at = |di: i64, dj: i64| corner(i as i64 + di, j as i64 + dj);
    let south = at(0, 0) + (at(1, 0) - at(0, 0)) * s;
    let north = at(0, 1) + (at(1, 1) - at(0, 1)) * s;
    south + (north - south) * t
}

/// Height of the invented ground, metres.
pub fn height(p: Pt) -> f64 {
    let (base, east, south) = PLAIN;
    let mut hills = 0.0;
    for (lon, lat, high, wide) in HILLS {
        let near = 1.0 / (1.0 + p.distance2(Pt::from_degrees(lon, lat)) / (wide * wide));
        hills += high * near * near;
    }
    let rough = noise(p, 2_400.0) * 0.34 + noise(p, 1_100.0) * 0.22 + noise(p, 500.0) * 0.1 + noise(p, 230.0) * 0.04;
    base - p.x * east + p.y * south + hills * (1.0 + rough) + noise(p, 900.0) * 1.5
}

/// What bends streams in the plain: water there goes by what nobody sees.
fn bend(p: Pt) -> f64 {
    noise(p.plus(911.0, 377.0), 1_300.0) * 2.2 + noise(p.plus(57.0, 640.0), 520.0) * 0.9
}

/// A stream from its source, always down, or onward where the ground is flat, until it meets another or leaves the map.
fn stream(source: Pt, others: &[Line], is_inside: impl Fn(Pt) -> bool) -> Vec<Pt> {
    // The eight ways, and where the plain falls to.
    const WAYS: [(f64, f64); 16] = [
        (1.0, 0.0),
        (0.924, 0.383),
        (0.707, 0.707),
        (0.383, 0.924),
        (0.0, 1.0),
        (-0.383, 0.924),
        (-0.707, 0.707),
        (-0.924, 0.383),
        (-1.0, 0.0),
        (-0.924, -0.383),
        (-0.707, -0.707),
        (-0.383, -0.924),
        (0.0, -1.0),
        (0.383, -0.924),
        (0.707, -0.707),
        (0.924, -0.383),
    ];
    let (mut points, mut way) = (vec![source], (1.0, 0.0));
    while points.len() < 900 {
        let Some(here) = points.last().copied() else { break };
        // Steepest, but no turning about: water keeps its bed.
        let worth = |w: &(f64, f64)| {
            let ahead = here.plus(w.0 * STEP_M * 3.0, w.1 * STEP_M * 3.0);
            height(ahead) + bend(ahead) - (w.0 * way.0 + w.1 * way.1) * 1.4
        };
        let best = WAYS.iter().min_by(|a, b| worth(a).total_cmp(&worth(b))).copied().unwrap_or(way);
        way = ((way.0 + best.0) / 2.0, (way.1 + best.1) / 2.0);
        let next = here.plus(way.0 * STEP_M, way.1 * STEP_M);
        points.push(next);
        // What comes back to itself ends in a pond.
        let before = points.len().saturating_sub(12);
        if points.iter().take(before).any(|q| q.distance2(next) < 150.0 * 150.0) {
            break;
        }
        let joins =
            others.iter().any(|l| l.kind == Way::Stream && l.points.iter().any(|q| q.distance2(next) < 80.0 * 80.0));
        if joins || !is_inside(next) {
            break;
        }
    }
    points
}

/// A way from place to place that is not quite straight.
fn bent(a: Pt, b: Pt, purpose: &str, key: i64) -> Vec<Pt> {
    let mut rng = Rng::keyed(purpose, &[key]);
    let mut points = vec![a, b];
    let mut sway = 0.09;
    for _ in 0..4 {
        let mut finer = vec![points[0]];
        for pair in points.windows(2) {
            let (p, q) = (pair[0], pair[1]);
            let off = rng.within(-sway, sway);
            finer.push(p.towards(q, 0.5).plus((p.y - q.y) * off, (q.x - p.x) * off));
            finer.push(q);
        }
        (points, sway) = (finer, sway * 0.8);
    }
    points
}

/// Pairs of a tree of least length over places, and further pairs that are near.
fn tree(places: &[Pt], extra_m: f64) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let (mut inside, mut outside) = (vec![0], (1..places.len()).collect::<Vec<usize>>());
    while !outside.is_empty() {
        let far = |a: usize, b: usize| places[a].distance2(places[b]);
        let all = inside.iter().flat_map(|a| outside.iter().map(move |b| (*a, *b)));
        let Some((a, b)) = all.min_by(|x, y| far(x.0, x.1).total_cmp(&far(y.0, y.1))) else { break };
        pairs.push((a, b));
        inside.push(b);
        outside.retain(|o| *o != b);
    }
    for a in 0..places.len() {
        for b in a + 1..places.len() {
            if places[a].distance(places[b]) < extra_m && !pairs.contains(&(a, b)) && !pairs.contains(&(b, a)) {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

/// Streams, lanes and roads, in the order in which they are drawn.
pub fn lines(villages: &[Village], is_inside: impl Fn(Pt) -> bool) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    let mut rng = Rng::keyed("streams", &[]);
    for (lon, lat, ..) in HILLS {
        for _ in 0..2 {
            let source = Pt::from_degrees(lon, lat).plus(rng.within(-900.0, 900.0), rng.within(-900.0, 900.0));
            let points = stream(source, &all, &is_inside);
            if points.len() > 12 {
                all.push(Line { kind: Way::Stream, points });
            }
        }
    }
    let centres: Vec<Pt> = villages.iter().map(|v| v.centre).collect();
    for (a, b) in tree(&centres, 2_300.0) {
        all.push(Line { kind: Way::Lane, points: bent(centres[a], centres[b], "lane", (a * 100 + b) as i64) });
    }
    let towns: Vec<Pt> = TOWNS.iter().map(|t| Pt::from_degrees(t.lon, t.lat)).collect();
    for (a, b) in tree(&towns, 0.0) {
        all.push(Line { kind: Way::Road, points: bent(towns[a], towns[b], "road", (a * 100 + b) as i64) });
    }
    all
}

/// Metres from a place to a line.
#[cfg(test)]
pub fn distance_to(line: &Line, p: Pt) -> f64 {
    line.points.windows(2).map(|pair| border_distance(pair, p)).fold(f64::MAX, f64::min)
}
