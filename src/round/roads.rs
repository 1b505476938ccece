//! Ways by road: lines of a layer as a network, and how long it takes from one place to another on it.
//!
//! Shortest ways by E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1 (1959), doi:10.1007/BF01386390,
//! from every place to every other. One-way streets are not known; from a place to the road and back one walks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Line};
use rustc_hash::FxHashMap;

use super::road_noding::{Piece, foot_on, pieces};
use super::tours::{END, START};
use crate::geo::LonLat;

/// On foot between a place and the road, km/h.
const WALK_KM_H: f64 = 5.0;
/// How much longer ways on foot are than the straight line.
const WALK_FACTOR: f64 = 1.3;
/// From where on a place counts as far from the roads, in metres.
pub const FAR_FROM_ROADS_M: f64 = 500.0;
/// Most places of which all ways to all others are looked for: more would take hundreds of megabytes.
pub const MOST_BY_ROAD: usize = 3_000;

/// A line that can be driven.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadLine {
    /// Its positions, \[longitude, latitude\] in degrees.
    pub positions: Vec<[f64; 2]>,
    /// Speed on it, km/h.
    pub speed_km_h: f64,
    /// Whether it passes over or under others without meeting them: a bridge or a tunnel.
    pub is_apart: bool,
    /// Number of the layer that it is of: each is cut at crossings, or not, by itself.
    pub layer: usize,
}

/// A way between two crossings.
#[derive(Clone, Copy, Debug)]
struct Edge {
    ends: [u32; 2],
    metres: f64,
    minutes: f64,
}

/// A straight piece of an edge and how far along it begins and ends, in metres.
type Snap = GeomWithData<Line<[f64; 2]>, (u32, f64, f64)>;

/// A network of roads. Only its largest connected part is gone on: what does not hang together leads nowhere.
pub struct Roads {
    edges: Vec<Edge>,
    /// Edges of a node: `out[first[n]..first[n + 1]]`, each the edge and the node at its other end.
    first: Vec<u32>,
    out: Vec<(u32, u32)>,
    snaps: rstar::RTree<Snap>,
    plane: Plane,
    /// Metres of roads that hang together with none of the rest.
    pub left_m: f64,
}

/// Metres east and north of a place; right within a few parts in ten thousand over a county.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    middle: LonLat,
    per_degree: [f64; 2],
}

impl Plane {
    pub(super) fn around(middle: LonLat) -> Self {
        // Radii of curvature of the WGS 84 ellipsoid (EPSG method 9807's M and N).
        let (a, e2) = (6_378_137.0, 0.006_694_379_990_141_3);
        let (sin, cos) = middle.lat_deg.to_radians().sin_cos();
        let w = 1.0 - e2 * sin * sin;
        let per = |radius: f64| radius.to_radians();
        Self { middle, per_degree: [per(a / w.sqrt() * cos), per(a * (1.0 - e2) / (w * w.sqrt()))] }
    }

    pub(super) fn of(&self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        let mut east = lon - self.middle.lon_deg;
        east -= (east / 360.0).round() * 360.0;
        [east * self.per_degree[0], (lat - self.middle.lat_deg) * self.per_degree[1]]
    }
}

pub(super) fn far(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// A place on the network: the edge, how far along it, and how far the place is from it.
#[derive(Clone, Copy, Debug)]
struct Foot {
    edge: u32,
    along: f64,
    off: f64,
}

impl Roads {
    /// The network of lines around a place; `None` where there is none that can be driven.
    ///
    /// # Examples
    /// ```
    /// use qiancun::geo::LonLat;
    /// use qiancun::round::{RoadLine, Roads};
    /// let line = |positions: &[[f64; 2]], speed_km_h| RoadLine { positions: positions.to_vec(), speed_km_h, is_apart: false, layer: 0 };
    /// // A village street, and a faster road around.
    /// let (a, b) = (LonLat::new(116.0, 40.0), LonLat::new(116.1, 40.1));
    /// let lines = [line(&[[116.0, 40.0], [116.1, 40.0]], 60.0), line(&[[116.1, 40.0], [116.1, 40.1]], 30.0)];
    /// let roads = Roads::of(&lines, a).unwrap();
    /// let legs = roads.legs(&[b], a, a).unwrap();
    /// // 8.5 km at 60 km/h and 11.1 km at 30 km/h.
    /// assert!((legs.minutes(0, qiancun::round::END) - (8.54 + 22.2)).abs() < 0.1);
    /// ```
    pub fn of(lines: &[RoadLine], middle: LonLat) -> Option<Self> {
        // What is not built yet leads nowhere, and nothing leads to it.
        let lines: Vec<&RoadLine> = lines.iter().filter(|l| l.speed_km_h > 0.0).collect();
        let plane = Plane::around(middle);
        let on_plane: Vec<Vec<[f64; 2]>> =
            lines.iter().map(|l| l.positions.iter().map(|p| plane.of(*p)).collect()).collect();
        let looks: Vec<(bool, usize)> = lines.iter().map(|l| (l.is_apart, l.layer)).collect();
        let found = pieces(&on_plane, &looks);
        let mut nodes = 0_u32;
        for piece in &found {
            nodes = nodes.max(piece.ends[0] + 1).max(piece.ends[1] + 1);
        }
        let kept = largest_part(&found, nodes as usize);
        let length = |p: &Piece| p.places.windows(2).map(far_of).sum::<f64>();
        let all: f64 = found.iter().map(length).sum();
        let (mut edges, mut snaps, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for piece in found.iter().zip(&kept).filter(|(_, is_kept)| **is_kept).map(|(p, _)| p) {
            let Some(line) = lines.get(piece.line) else { continue };
            let mut along = 0.0;
            for pair in piece.places.windows(2) {
                let [from, to] = pair else { continue };
                let next = along + far(*from, *to);
                snaps.push(Snap::new(Line::new(*from, *to), (edges.len() as u32, along, next)));
                along = next;
            }
            sum += along;
            edges.push(Edge { ends: piece.ends, metres: along, minutes: along * 0.06 / line.speed_km_h });
        }
        let (first, out) = around_nodes(&edges, nodes as usize);
        let is_empty = edges.is_empty();
        let snaps = rstar::RTree::bulk_load(snaps);
        (!is_empty).then_some(Self { edges, first, out, snaps, plane, left_m: (all - sum).max(0.0) })
    }

    fn foot(&self, at: LonLat) -> Option<Foot> {
        let at = self.plane.of([at.lon_deg, at.lat_deg]);
        let near = self.snaps.nearest_neighbor(&at)?;
        let (edge, from, to) = near.data;
        let line = near.geom();
        let foot = foot_on(line, at);
        Some(Foot { edge, along: (from + far(line.from, foot)).min(to), off: far(at, foot) })
    }

    /// Ways between all places, from the start and to the end. `None` where there are more than [`MOST_BY_ROAD`].
    pub fn legs(&self, places: &[LonLat], start: LonLat, end: LonLat) -> Option<RoadLegs> {
        let all: Vec<LonLat> = places.iter().copied().chain([start, end]).collect();
        let feet: Vec<Foot> = all.iter().map(|at| self.foot(*at)).collect::<Option<_>>()?;
        // Gaps of one village lie at one place: its ways are looked for once.
        let mut same: FxHashMap<(u32, u64, u64), usize> = FxHashMap::default();
        let mut distinct: Vec<usize> = Vec::new();
        let mut slot = Vec::new();
        for (i, (foot, at)) in feet.iter().zip(&all).enumerate() {
            let key = (foot.edge, at.lon_deg.to_bits(), at.lat_deg.to_bits());
            slot.push(*same.entry(key).or_insert_with(|| {
                distinct.push(i);
                distinct.len() - 1
            }));
        }
        let n = distinct.len();
        if n > MOST_BY_ROAD + 2 {
            return None;
        }
        let rows: Vec<Vec<[f32; 2]>> = distinct.par_iter().map(|i| self.row(*i, &distinct, &feet, &all)).collect();
        let mut legs = rows.concat();
        // There and back take the same: the same number, whichever way it was summed.
        for i in 0..n {
            for j in 0..i {
                let Some(one) = legs.get(j * n + i).copied() else { continue };
                if let Some(other) = legs.get_mut(i * n + j) {
                    *other = one;
                }
            }
        }
        let far_off = feet.iter().take(places.len()).filter(|f| f.off > FAR_FROM_ROADS_M).count();
        let ends_off_m = feet.iter().skip(places.len()).map(|f| f.off).fold(0.0, f64::max);
        Some(RoadLegs { n, slot, legs, far_off, ends_off_m })
    }

    /// Minutes and metres from a place to the others.
    fn row(&self, from: usize, to: &[usize], feet: &[Foot], all: &[LonLat]) -> Vec<[f32; 2]> {
        let Some((foot, place)) = feet.get(from).zip(all.get(from)) else { return Vec::new() };
        let found = self.reached_from(foot);
        let walk = |metres: f64| [metres * WALK_FACTOR * 0.06 / WALK_KM_H, metres * WALK_FACTOR];
        let here = self.plane.of([place.lon_deg, place.lat_deg]);
        let one = |other: usize| {
            let (foot_there, at) = feet.get(other).zip(all.get(other))?;
            let there = self.plane.of([at.lon_deg, at.lat_deg]);
            // On foot all the way where that is quicker than to the road and back.
            let mut best = walk(far(here, there));
            let (edge, off) = (self.edges.get(foot_there.edge as usize)?, walk(foot.off + foot_there.off));
            let mut take = |minutes: f64, metres: f64| {
                let sum = [minutes + off[0], metres + off[1]];
                if sum[0] < best[0] {
                    best = sum;
                }
            };
            let per_m = edge.minutes / edge.metres.max(1e-9);
            if foot_there.edge == foot.edge {
                let between = (foot_there.along - foot.along).abs();
                take(between * per_m, between);
            }
            for (node, rest) in edge.ends.into_iter().zip([foot_there.along, edge.metres - foot_there.along]) {
                if let Some([minutes, metres]) = found.get(node as usize).filter(|m| m[0].is_finite()) {
                    take(minutes + rest * per_m, metres + rest);
                }
            }
            Some(best)
        };
        to.iter().map(|other| one(*other).map_or([f32::MAX; 2], |b| [b[0] as f32, b[1] as f32])).collect()
    }

    /// Minutes and metres from a place on the network to every node; infinite where no way leads.
    fn reached_from(&self, foot: &Foot) -> Vec<[f64; 2]> {
        let mut best = vec![[f64::INFINITY; 2]; self.first.len()];
        let mut heap = BinaryHeap::new();
        let Some(edge) = self.edges.get(foot.edge as usize) else { return best };
        let per_m = edge.minutes / edge.metres.max(1e-9);
        for (node, rest) in edge.ends.into_iter().zip([foot.along, edge.metres - foot.along]) {
            push(&mut best, &mut heap, node, [rest * per_m, rest]);
        }
        while let Some(Reverse((Minutes(at), node))) = heap.pop() {
            let Some(known) = best.get(node as usize).copied().filter(|k| at <= k[0]) else { continue };
            let [first, last] = [0, 1].map(|k| self.first.get(node as usize + k).map_or(0, |f| *f as usize));
            for (edge, other) in self.out.get(first..last).unwrap_or(&[]) {
                if let Some(edge) = self.edges.get(*edge as usize) {
                    push(&mut best, &mut heap, *other, [known[0] + edge.minutes, known[1] + edge.metres]);
                }
            }
        }
        best
    }
}

fn push(best: &mut [[f64; 2]], heap: &mut BinaryHeap<Reverse<(Minutes, u32)>>, node: u32, way: [f64; 2]) {
    if let Some(known) = best.get_mut(node as usize).filter(|k| way[0] < k[0]) {
        *known = way;
        heap.push(Reverse((Minutes(way[0]), node)));
    }
}

/// Minutes in their order.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Minutes(f64);

impl Eq for Minutes {}

impl PartialOrd for Minutes {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Minutes {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

fn far_of(pair: &[[f64; 2]]) -> f64 {
    match pair {
        [a, b] => far(*a, *b),
        _ => 0.0,
    }
}

/// Which pieces belong to the longest connected part.
fn largest_part(pieces: &[Piece], nodes: usize) -> Vec<bool> {
    let mut above: Vec<u32> = (0..nodes as u32).collect();
    fn top(above: &mut [u32], mut node: u32) -> u32 {
        while let Some(next) = above.get(node as usize).copied().filter(|n| *n != node) {
            let further = above.get(next as usize).copied().unwrap_or(next);
            if let Some(slot) = above.get_mut(node as usize) {
                *slot = further;
            }
            node = further;
        }
        node
    }
    for piece in pieces {
        let [a, b] = piece.ends.map(|n| top(&mut above, n));
        if let Some(slot) = above.get_mut(a as usize) {
            *slot = b;
        }
    }
    let mut length: FxHashMap<u32, f64> = FxHashMap::default();
    for piece in pieces {
        let metres: f64 = piece.places.windows(2).map(far_of).sum();
        *length.entry(top(&mut above, piece.ends[0])).or_default() += metres;
    }
    let longest = length.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0))).map(|(part, _)| *part);
    pieces.iter().map(|p| Some(top(&mut above, p.ends[0])) == longest).collect()
}

/// Edges by node.
fn around_nodes(edges: &[Edge], nodes: usize) -> (Vec<u32>, Vec<(u32, u32)>) {
    let mut first = vec![0_u32; nodes + 1];
    for end in edges.iter().flat_map(|e| e.ends) {
        if let Some(count) = first.get_mut(end as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for count in &mut first {
        sum += *count;
        *count = sum;
    }
    let mut next = first.clone();
    let mut out = vec![(0, 0); edges.len() * 2];
    for (i, edge) in edges.iter().enumerate() {
        for (from, to) in [(edge.ends[0], edge.ends[1]), (edge.ends[1], edge.ends[0])] {
            let Some(at) = next.get_mut(from as usize) else { continue };
            if let Some(slot) = out.get_mut(*at as usize) {
                *slot = (i as u32, to);
            }
            *at += 1;
        }
    }
    (first, out)
}

/// Ways between the stops of a round, its start and its end.
#[derive(Clone, Debug)]
pub struct RoadLegs {
    n: usize,
    /// Row of each place: the stops, then the start, then the end.
    slot: Vec<usize>,
    legs: Vec<[f32; 2]>,
    /// Stops that lie farther than [`FAR_FROM_ROADS_M`] from the roads.
    pub far_off: usize,
    /// How far the start or the end is from the roads, whichever is farther, in metres.
    pub ends_off_m: f64,
}

impl RoadLegs {
    fn leg(&self, from: usize, to: usize) -> [f32; 2] {
        let last = self.slot.len();
        let place = |i: usize| match i {
            START => last - 2,
            END => last - 1,
            i => i,
        };
        let row = |i: usize| self.slot.get(place(i)).copied().unwrap_or(0);
        self.legs.get(row(from) * self.n + row(to)).copied().unwrap_or([f32::MAX; 2])
    }

    /// Minutes from a stop, or [`START`], to another, or [`END`].
    pub fn minutes(&self, from: usize, to: usize) -> f64 {
        f64::from(self.leg(from, to)[0])
    }

    /// Metres of the quickest way.
    pub fn metres(&self, from: usize, to: usize) -> f64 {
        f64::from(self.leg(from, to)[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(positions: &[[f64; 2]], speed_km_h: f64) -> RoadLine {
        RoadLine { positions: positions.to_vec(), speed_km_h, is_apart: false, layer: 0 }
    }

    /// A grid of streets, some missing, speeds by row; against Floyd and Warshall.
    #[test]
    fn ways_are_the_shortest_of_all() {
        let (side, step) = (7_usize, 0.01);
        let at = |x: usize, y: usize| [116.0 + x as f64 * step, 40.0 + y as f64 * step];
        let mut lines = Vec::new();
        let n = side * side;
        let mut best = vec![vec![f64::INFINITY; n]; n];
        let plane = Plane::around(LonLat::new(116.0, 40.0));
        for (i, row) in best.iter_mut().enumerate() {
            row[i] = 0.0;
        }
        for x in 0..side {
            for y in 0..side {
                for (x2, y2) in [(x + 1, y), (x, y + 1)] {
                    if x2 >= side || y2 >= side || (x * 5 + y * 3 + x2) % 4 == 0 {
                        continue;
                    }
                    let speed = 20.0 + ((x * 7 + y2 * 11) % 5) as f64 * 15.0;
                    lines.push(line(&[at(x, y), at(x2, y2)], speed));
                    let minutes = far(plane.of(at(x, y)), plane.of(at(x2, y2))) * 0.06 / speed;
                    let (a, b) = (x * side + y, x2 * side + y2);
                    (best[a][b], best[b][a]) = (minutes, minutes);
                }
            }
        }
        for k in 0..n {
            let over = best[k].clone();
            for row in &mut best {
                let to_k = row[k];
                row.iter_mut().zip(&over).for_each(|(to, from_k)| *to = to.min(to_k + from_k));
            }
        }
        let roads = Roads::of(&lines, LonLat::new(116.0, 40.0)).expect("roads");
        let places: Vec<LonLat> =
            (0..n).map(|i| at(i / side, i % side)).map(|[lon, lat]| LonLat::new(lon, lat)).collect();
        let legs = roads.legs(&places, places[0], places[n - 1]).expect("ways");
        let mut compared = 0;
        for (i, row) in best.iter().enumerate() {
            for (j, shortest) in row.iter().enumerate() {
                // Where no road leads, one walks.
                let walk = far(plane.of(at(i / side, i % side)), plane.of(at(j / side, j % side))) * 1.3 * 0.06 / 5.0;
                if shortest.is_finite() && best[0][i].is_finite() {
                    let right = shortest.min(walk);
                    assert!((legs.minutes(i, j) - right).abs() < 1e-3 * right.max(1.0), "{i} {j}");
                    compared += 1;
                }
            }
        }
        assert!(compared > n * n / 2, "{compared}");
        assert_eq!(legs.minutes(START, 5), legs.minutes(0, 5));
    }

    #[test]
    fn places_beside_the_road_and_on_the_same_piece_of_it() {
        let middle = LonLat::new(116.0, 40.0);
        let roads = Roads::of(&[line(&[[116.0, 40.0], [116.2, 40.0]], 60.0)], middle).expect("roads");
        let at = |lon: f64, lat: f64| LonLat::new(lon, lat);
        let start = at(116.05, 40.0);
        let legs = roads.legs(&[at(116.15, 40.0), at(116.15, 40.001)], start, start).expect("ways");
        let metres = far(roads.plane.of([116.05, 40.0]), roads.plane.of([116.15, 40.0]));
        assert!((legs.minutes(START, 0) - metres * 0.06 / 60.0).abs() < 1e-3);
        let off = 111.0 * WALK_FACTOR * 0.06 / WALK_KM_H;
        assert!((legs.minutes(START, 1) - legs.minutes(START, 0) - off).abs() < 0.01, "{}", legs.minutes(START, 1));
        assert_eq!(legs.far_off, 0);
        assert!(Roads::of(&[line(&[[116.0, 40.0], [116.2, 40.0]], 0.0)], middle).is_none(), "what is not built yet");
    }
}
