//! Lines of roads cut where they meet: at shared positions; where one ends at another's side; at crossings, in files that have no
//! positions there.

use rstar::primitives::{GeomWithData, Line};
use rstar::{AABB, PointDistance, RTree, RTreeObject};
use rustc_hash::{FxHashMap, FxHashSet};

use super::roads::far;

/// How far an end may be from another road's side and still belong to it, in metres: as people draw; and in data whose lines are cut where they meet.
const REACH_M: f64 = 15.0;
const REACH_CUT_M: f64 = 1.0;
/// Positions nearer than this are one, in metres.
const SAME_M: f64 = 0.3;

/// A line between two places where roads meet or end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// The line that it is of.
    pub line: usize,
    /// The nodes at its ends.
    pub ends: [u32; 2],
    /// Its places, metres on a plane.
    pub places: Vec<[f64; 2]>,
}

/// A side of a line: the line and the number of the segment in it.
type Side = GeomWithData<Line<[f64; 2]>, (usize, usize)>;

/// Cuts lines where they meet. `looks`: of each line, whether it passes over or under others and meets them at its ends only, and the number of its layer.
pub(super) fn pieces(lines: &[Vec<[f64; 2]>], looks: &[(bool, usize)]) -> Vec<Piece> {
    let cell = |p: &[f64; 2]| ((p[0] / SAME_M).round() as i64, (p[1] / SAME_M).round() as i64);
    let mut seen: FxHashMap<(i64, i64), u32> = FxHashMap::default();
    for line in lines {
        let mut own: FxHashSet<(i64, i64)> = FxHashSet::default();
        for (i, p) in line.iter().enumerate() {
            // An end counts as a place where something may meet; a position that a line passes twice is a crossing of its own.
            let is_end = i == 0 || i + 1 == line.len();
            *seen.entry(cell(p)).or_default() += 1 + u32::from(is_end && own.contains(&cell(p)));
            own.insert(cell(p));
        }
    }
    let is_alone = |p: &[f64; 2]| seen.get(&cell(p)).is_none_or(|n| *n < 2);
    // Where most ends touch nothing, nobody cut the lines of a layer where they meet.
    let mut counts: FxHashMap<usize, (usize, usize)> = FxHashMap::default();
    for (line, (_, layer)) in lines.iter().zip(looks) {
        let alone = [line.first(), line.last()].into_iter().flatten().filter(|p| is_alone(p)).count();
        let of = counts.entry(*layer).or_default();
        *of = (of.0 + alone, of.1 + 1);
    }
    let is_apart = |line: usize| looks.get(line).is_none_or(|l| l.0);
    let is_cut =
        |line: usize| looks.get(line).and_then(|l| counts.get(&l.1)).is_some_and(|(alone, lines)| alone <= lines);
    let sides: Vec<Side> = lines
        .iter()
        .enumerate()
        .flat_map(|(l, line)| line.windows(2).enumerate().filter_map(move |(i, pair)| side(l, i, pair)))
        .collect();
    let sides = RTree::bulk_load(sides);
    let mut cuts: FxHashMap<(usize, usize), Vec<[f64; 2]>> = FxHashMap::default();
    let mut nodes: FxHashSet<(i64, i64)> = seen.iter().filter(|(_, n)| **n >= 2).map(|(c, _)| *c).collect();
    for side in sides.iter().filter(|s| !is_apart(s.data.0) && !is_cut(s.data.0)) {
        for other in sides.locate_in_envelope_intersecting(&side.envelope()) {
            // Of two such sides each pair is looked at once.
            let is_seen = other.data == side.data || (!is_cut(other.data.0) && other.data < side.data);
            if is_seen || is_apart(other.data.0) {
                continue;
            }
            if let Some(at) = crossing(side.geom(), other.geom()) {
                cuts.entry(side.data).or_default().push(at);
                cuts.entry(other.data).or_default().push(at);
                nodes.insert(cell(&at));
            }
        }
    }
    // An end that nearly touches a side is led to it.
    let mut led: FxHashMap<(usize, bool), [f64; 2]> = FxHashMap::default();
    for (l, line) in lines.iter().enumerate().filter(|(_, l)| l.len() > 1) {
        for (is_last, end) in [(false, line.first()), (true, line.last())] {
            let Some(end) = end.copied().filter(is_alone) else { continue };
            let reach = if is_cut(l) { REACH_CUT_M } else { REACH_M };
            let around = AABB::from_corners(end.map(|v| v - reach), end.map(|v| v + reach));
            let near = sides
                .locate_in_envelope_intersecting(&around)
                .filter(|s| s.data.0 != l && !is_apart(s.data.0))
                .map(|s| (s.geom().distance_2(&end), s.data, s.geom()))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if let Some((_, at, side)) = near.filter(|(square, ..)| *square <= reach * reach) {
                let foot = foot_on(side, end);
                cuts.entry(at).or_default().push(foot);
                nodes.insert(cell(&foot));
                led.insert((l, is_last), foot);
            }
        }
    }
    let lines: Vec<Vec<[f64; 2]>> = lines
        .iter()
        .enumerate()
        .map(|(l, line)| line.iter().copied().chain(led.get(&(l, true)).copied()).collect())
        .collect();
    let first: FxHashMap<usize, [f64; 2]> =
        led.into_iter().filter(|((_, is_last), _)| !is_last).map(|((l, _), foot)| (l, foot)).collect();
    cut(&lines, &first, &cuts, &nodes, cell)
}

/// The place of a side that is nearest.
pub(super) fn foot_on(side: &Line<[f64; 2]>, at: [f64; 2]) -> [f64; 2] {
    let [dx, dy] = [side.to[0] - side.from[0], side.to[1] - side.from[1]];
    let square = dx * dx + dy * dy;
    let share = if square > 0.0 { ((at[0] - side.from[0]) * dx + (at[1] - side.from[1]) * dy) / square } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    [side.from[0] + share * dx, side.from[1] + share * dy]
}

fn side(line: usize, at: usize, pair: &[[f64; 2]]) -> Option<Side> {
    let [a, b] = pair else { return None };
    (a != b && a.iter().chain(b).all(|v| v.is_finite())).then(|| Side::new(Line::new(*a, *b), (line, at)))
}

/// Where two sides cross, ends included.
fn crossing(a: &Line<[f64; 2]>, b: &Line<[f64; 2]>) -> Option<[f64; 2]> {
    let [rx, ry] = [a.to[0] - a.from[0], a.to[1] - a.from[1]];
    let [sx, sy] = [b.to[0] - b.from[0], b.to[1] - b.from[1]];
    let cross = rx * sy - ry * sx;
    if cross.abs() < 1e-9 {
        return None;
    }
    let [qx, qy] = [b.from[0] - a.from[0], b.from[1] - a.from[1]];
    let (t, u) = ((qx * sy - qy * sx) / cross, (qx * ry - qy * rx) / cross);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then(|| [a.from[0] + t * rx, a.from[1] + t * ry])
}

fn cut(
    lines: &[Vec<[f64; 2]>],
    first: &FxHashMap<usize, [f64; 2]>,
    cuts: &FxHashMap<(usize, usize), Vec<[f64; 2]>>,
    nodes: &FxHashSet<(i64, i64)>,
    cell: impl Fn(&[f64; 2]) -> (i64, i64),
) -> Vec<Piece> {
    let mut number: FxHashMap<(i64, i64), u32> = FxHashMap::default();
    let mut node = |p: &[f64; 2]| {
        let next = number.len() as u32;
        *number.entry(cell(p)).or_insert(next)
    };
    let mut found = Vec::new();
    for (l, line) in lines.iter().enumerate() {
        let mut places: Vec<[f64; 2]> = first.get(&l).copied().into_iter().collect();
        for (i, p) in line.iter().enumerate() {
            places.push(*p);
            let mut here = cuts.get(&(l, i)).cloned().unwrap_or_default();
            here.sort_by(|a, b| far(*p, *a).total_cmp(&far(*p, *b)));
            places.extend(here);
        }
        places.retain(|p| p.iter().all(|v| v.is_finite()));
        places.dedup_by(|a, b| cell(a) == cell(b));
        let last = places.len().saturating_sub(1);
        let mut from = 0;
        for i in 1..places.len() {
            let Some(at) = places.get(i).filter(|p| i == last || nodes.contains(&cell(p))) else { continue };
            let Some(run) = places.get(from..=i) else { continue };
            let ends = [run.first().map_or(0, &mut node), node(at)];
            found.push(Piece { line: l, ends, places: run.to_vec() });
            from = i;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends_at(lines: &[&[[f64; 2]]], apart: &[bool]) -> (usize, usize) {
        let lines: Vec<Vec<[f64; 2]>> = lines.iter().map(|l| l.to_vec()).collect();
        let looks: Vec<(bool, usize)> = apart.iter().map(|a| (*a, 0)).collect();
        let found = pieces(&lines, &looks);
        let nodes: FxHashSet<u32> = found.iter().flat_map(|p| p.ends).collect();
        (found.len(), nodes.len())
    }

    #[test]
    fn roads_meet_at_positions_at_sides_and_at_crossings() {
        let across: &[[f64; 2]] = &[[0.0, 0.0], [100.0, 0.0]];
        // A shared position in the middle.
        let noded = ends_at(&[&[[0.0, 0.0], [50.0, 0.0], [100.0, 0.0]], &[[50.0, 0.0], [50.0, 80.0]]], &[false, false]);
        assert_eq!(noded, (3, 4));
        // An end 5 m from a side is led to it; the side goes on as straight as it was.
        let near: &[[f64; 2]] = &[[50.0, 5.0], [50.0, 80.0]];
        assert_eq!(ends_at(&[across, near], &[false, false]), (3, 4));
        let found = pieces(&[across.to_vec(), near.to_vec()], &[(false, 0), (false, 0)]);
        let length: f64 = found.iter().flat_map(|p| p.places.windows(2)).map(|w| far(w[0], w[1])).sum();
        assert!((length - 180.0).abs() < 1e-9, "{length}");
        // Too far.
        assert_eq!(ends_at(&[across, &[[50.0, 40.0], [50.0, 80.0]]], &[false, false]), (2, 4));
        // Nobody cut them at their crossing; a bridge meets nothing.
        let over: &[[f64; 2]] = &[[50.0, -60.0], [50.0, 60.0]];
        assert_eq!(ends_at(&[across, over], &[false, false]), (4, 5));
        assert_eq!(ends_at(&[across, over], &[false, true]), (2, 4));
        // A file that is cut at its crossings: what crosses without a position passes over.
        let street: &[[f64; 2]] = &[[0.0, 0.0], [0.0, 50.0]];
        let other: &[[f64; 2]] = &[[100.0, 0.0], [100.0, 50.0]];
        let back: &[[f64; 2]] = &[[0.0, 50.0], [100.0, 50.0]];
        let way: &[[f64; 2]] = &[[50.0, -60.0], [50.0, 25.0]];
        assert_eq!(ends_at(&[across, street, other, back, way], &[false; 5]), (5, 6));
        // Another layer of the same place that nobody cut is cut, and what it crosses with it.
        let lines = [across, street, other, back, way].map(<[[f64; 2]]>::to_vec);
        assert_eq!(pieces(&lines, &[(false, 0), (false, 0), (false, 0), (false, 0), (false, 1)]).len(), 7);
        // Nothing at all, and a line that is a point.
        assert_eq!(ends_at(&[&[], &[[1.0, 1.0]], &[[2.0, 2.0], [2.0, 2.0]]], &[false; 3]), (0, 0));
    }
}
