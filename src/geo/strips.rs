//! Where a text fits into a polygon: the widest run across it at each of some heights.

use super::WorldPos;

/// Heights that are looked at.
const ROWS: usize = 24;
/// Positions of a ring that are looked at: more change nothing that a name could tell.
const MOST_POSITIONS: usize = 400;

/// The inside of a polygon as runs from left to right, one at each of some heights, each reaching as far as the border.
///
/// Units: world units of [`WorldPos`]; y grows downwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Strips {
    top: f64,
    height: f64,
    /// Left and right end of what is free from the top of each row to its bottom; `None` where the run through the anchor does not
    /// reach.
    rows: [Option<[f64; 2]>; ROWS],
}

impl Strips {
    /// The runs of rings taken together by the even-odd rule, beginning with the one through `at`, upwards and downwards, each the one
    /// that shares most with its neighbour. `None` where nothing of the row of `at` is inside.
    pub fn new(rings: &[Vec<WorldPos>], at: WorldPos) -> Option<Self> {
        let all = rings.iter().flatten();
        let (top, bottom) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(t, b), p| (t.min(p.y), b.max(p.y)));
        let height = bottom - top;
        if !(height > 0.0 && height.is_finite()) {
            return None;
        }
        let step = height / ROWS as f64;
        let row_of = |y: f64| (((y - top) / step) as usize).min(ROWS - 1);
        let middle = |row: usize| top + (row as f64 + 0.5) * step;
        // Where borders cross the middle of each row, and what they cover of its width anywhere in it.
        let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); ROWS];
        let mut covered: Vec<Vec<[f64; 2]>> = vec![Vec::new(); ROWS];
        for ring in rings {
            let every = ring.len().div_ceil(MOST_POSITIONS).max(1);
            let thinned: Vec<WorldPos> = ring.iter().step_by(every).copied().collect();
            let Some(mut a) = thinned.last().copied() else { continue };
            for b in thinned {
                let (low, high) = (a.y.min(b.y), a.y.max(b.y));
                let x_at = |y: f64| if high > low { a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x) } else { a.x };
                for row in row_of(low)..=row_of(high) {
                    let (y, from) = (middle(row), top + row as f64 * step);
                    if (a.y > y) != (b.y > y)
                        && let Some(list) = crossings.get_mut(row)
                    {
                        list.push(x_at(y));
                    }
                    let ends = match high > low {
                        true => [x_at(from.max(low)), x_at((from + step).min(high))],
                        false => [a.x, b.x],
                    };
                    if let Some(list) = covered.get_mut(row) {
                        list.push([ends[0].min(ends[1]), ends[0].max(ends[1])]);
                    }
                }
                a = b;
            }
        }
        let runs: Vec<Vec<[f64; 2]>> =
            crossings.into_iter().zip(covered).map(|(crossings, covered)| free_runs(crossings, covered)).collect();
        let start = row_of(at.y);
        let here = runs.get(start)?;
        let holds = here.iter().find(|r| (r[0]..=r[1]).contains(&at.x));
        let widest = || here.iter().max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
        let first = *holds.or_else(widest)?;
        let mut rows = [None; ROWS];
        let shared = |a: [f64; 2], b: [f64; 2]| a[1].min(b[1]) - a[0].max(b[0]);
        let mut follow = |order: &mut dyn Iterator<Item = usize>| {
            let mut before = first;
            for row in order {
                let next = runs.get(row).into_iter().flatten().copied().map(|r| (shared(r, before), r));
                let Some((_, run)) = next.filter(|(s, _)| *s > 0.0).max_by(|a, b| a.0.total_cmp(&b.0)) else { break };
                if let Some(slot) = rows.get_mut(row) {
                    *slot = Some(run);
                }
                before = run;
            }
        };
        follow(&mut (start..ROWS));
        follow(&mut (0..start).rev());
        Some(Self { top, height, rows })
    }

    /// What is free on all heights from `from` to `to`: left and right end.
    fn run(&self, from: f64, to: f64) -> Option<[f64; 2]> {
        let row = |y: f64| (y - self.top) / self.height * ROWS as f64;
        let (first, last) = (row(from), row(to));
        if first < 0.0 || last > ROWS as f64 {
            return None;
        }
        let mut run = [f64::NEG_INFINITY, f64::INFINITY];
        for i in first.floor() as usize..(last.ceil() as usize).min(ROWS) {
            let [left, right] = (*self.rows.get(i)?)?;
            run = [run[0].max(left), run[1].min(right)];
        }
        (run[1] > run[0]).then_some(run)
    }

    /// Middles of places where a rectangle of this size lies inside, the nearest to `at` first: at each height `across` of them from
    /// the left end to the right one, and the one nearest to `at`.
    pub fn places(&self, at: WorldPos, [wide, high]: [f64; 2], across: usize) -> Vec<WorldPos> {
        let mut places = Vec::new();
        let steps = 2 * ROWS;
        let heights = (0..=steps).map(|i| self.top + i as f64 / steps as f64 * self.height).chain([at.y]);
        for y in heights {
            let Some([left, right]) = self.run(y - high / 2.0, y + high / 2.0) else { continue };
            if right - left < wide {
                continue;
            }
            let (low, top) = (left + wide / 2.0, right - wide / 2.0);
            let steps = across.max(2) - 1;
            let along = (0..=steps).map(|i| low + (top - low) * i as f64 / steps as f64);
            places.extend(along.chain([at.x.clamp(low, top)]).map(|x| WorldPos { x, y }));
        }
        let distance = |p: &WorldPos| (p.x - at.x).hypot(p.y - at.y);
        places.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        places
    }
}

/// What of a row lies inside from its top to its bottom: the gaps between what borders cover, where an odd number of borders lies to
/// the left.
fn free_runs(mut crossings: Vec<f64>, mut covered: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    crossings.sort_by(f64::total_cmp);
    covered.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut runs = Vec::new();
    let mut end = f64::NEG_INFINITY;
    for [left, right] in covered {
        if left > end && end > f64::NEG_INFINITY {
            let middle = (left + end) / 2.0;
            if crossings.partition_point(|x| *x < middle) % 2 == 1 {
                runs.push([end, left]);
            }
        }
        end = end.max(right);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[[f64; 2]]) -> Vec<WorldPos> {
        points.iter().map(|[x, y]| WorldPos { x: *x, y: *y }).collect()
    }

    fn fits(strips: &Strips, rings: &[Vec<WorldPos>], at: WorldPos, size: [f64; 2]) -> usize {
        let list: Vec<Vec<[f64; 2]>> = rings.iter().map(|r| r.iter().map(|p| [p.x, p.y]).collect()).collect();
        let places = strips.places(at, size, 3);
        for p in &places {
            for [sx, sy] in [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [0.0, 0.0]] {
                let corner = [p.x + sx * size[0] * 0.4999, p.y + sy * size[1] * 0.4999];
                let side = crate::geo::even_odd(corner, list.iter().map(Vec::as_slice));
                assert_ne!(side, crate::geo::Side::Outside, "{p:?} {corner:?}");
            }
        }
        places.len()
    }

    #[test]
    fn a_text_stays_inside_a_horseshoe_and_out_of_a_hole() {
        let horseshoe = [ring(&[[0., 0.], [9., 0.], [9., 9.], [7., 9.], [7., 3.], [2., 3.], [2., 9.], [0., 9.]])];
        let at = WorldPos { x: 4.0, y: 1.5 };
        let strips = Strips::new(&horseshoe, at).expect("inside");
        assert!(fits(&strips, &horseshoe, at, [6.0, 2.0]) > 0);
        assert_eq!(strips.places(at, [6.0, 4.0], 3), []);
        let holed = [ring(&[[0., 0.], [8., 0.], [8., 8.], [0., 8.]]), ring(&[[3., 3.], [3., 5.], [5., 5.], [5., 3.]])];
        let at = WorldPos { x: 1.5, y: 4.0 };
        let strips = Strips::new(&holed, at).expect("inside");
        assert!(fits(&strips, &holed, at, [2.5, 1.0]) > 0);
        let beside = Strips::new(&holed, WorldPos { x: 4.0, y: 4.0 }).expect("beside the hole");
        assert!(fits(&beside, &holed, at, [2.5, 1.0]) > 0, "from a point in the hole too");
        assert_eq!(Strips::new(&[], at), None);
    }

    proptest::proptest! {
        #[test]
        fn places_lie_inside_stars(
            radii in proptest::collection::vec(0.4f64..1.0, 5..40), wide in 0.05f64..0.8, high in 0.02f64..0.3,
        ) {
            let n = radii.len() as f64;
            let points: Vec<[f64; 2]> = radii.iter().enumerate().map(|(i, r)| {
                let turn = i as f64 / n * std::f64::consts::TAU;
                [r * turn.cos(), r * turn.sin()]
            }).collect();
            let star = [ring(&points)];
            let at = WorldPos { x: 0.0, y: 0.0 };
            let strips = Strips::new(&star, at);
            for p in strips.iter().flat_map(|s| s.places(at, [wide, high], 5)) {
                for (sx, sy) in [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.0, 0.0), (0.0, -0.5), (0.5, 0.0)] {
                    let corner = [p.x + sx * wide * 0.999, p.y + sy * high * 0.999];
                    let side = crate::geo::even_odd(corner, [points.as_slice()]);
                    proptest::prop_assert!(side != crate::geo::Side::Outside, "{:?}", corner);
                }
            }
        }
    }
}
