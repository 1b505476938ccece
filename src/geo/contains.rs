//! Exact point in polygon.

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::Coord;

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Inside.
    Inside,
    /// On an edge or a vertex.
    Border,
    /// Outside.
    Outside,
}

/// Where a point lies against rings taken together by the even-odd rule, which is also the rule of
/// `geo::MakeValid`: on valid polygons this is the usual inside of exterior minus holes, on invalid ones the inside of
/// the repaired polygon. Orientation is decided by Shewchuk's adaptive predicate, so no rounding moves a point across
/// an edge. Rings may or may not repeat their first position.
///
/// # References
/// J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", Discrete &
/// Computational Geometry 18 (1997) 305–363.
pub fn even_odd<'a>(point: [f64; 2], rings: impl IntoIterator<Item = &'a [[f64; 2]]>) -> Side {
    let [px, py] = point;
    let mut inside = false;
    for ring in rings {
        let Some(&last) = ring.last() else { continue };
        let mut a = last;
        for &b in ring {
            if b[1] == py && b[0] == px {
                return Side::Border;
            }
            if (a[1] > py) != (b[1] > py) {
                if a[0] > px && b[0] > px {
                    inside = !inside;
                } else if a[0] >= px || b[0] >= px {
                    let c = |p: [f64; 2]| Coord { x: p[0], y: p[1] };
                    match RobustKernel::orient2d(c(a), c(b), c(point)) {
                        Orientation::Collinear => return Side::Border,
                        turn => {
                            if (turn == Orientation::CounterClockwise) == (b[1] > a[1]) {
                                inside = !inside;
                            }
                        }
                    }
                }
            } else if a[1] == py && b[1] == py && (a[0] <= px) != (b[0] <= px) {
                return Side::Border;
            }
            a = b;
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [[f64; 2]; 5] = [[0., 0.], [4., 0.], [4., 4.], [0., 4.], [0., 0.]];
    const HOLE: [[f64; 2]; 5] = [[1., 1.], [1., 2.], [2., 2.], [2., 1.], [1., 1.]];

    fn at(x: f64, y: f64) -> Side {
        even_odd([x, y], [&SQUARE[..], &HOLE[..]])
    }

    #[test]
    fn inside_border_outside_hole() {
        assert_eq!(at(3., 3.), Side::Inside);
        assert_eq!(at(1.5, 1.5), Side::Outside);
        assert_eq!(at(5., 1.), Side::Outside);
        assert_eq!(at(-1., 4.), Side::Outside);
        for (x, y) in [(0., 0.), (4., 2.), (2., 4.), (0., 1.), (2., 0.), (1., 1.5), (4., 4.)] {
            assert_eq!(at(x, y), Side::Border, "{x} {y}");
        }
    }

    #[test]
    fn a_bow_tie_has_two_insides() {
        let tie = [[0., 0.], [0., 2.], [2., 0.], [2., 2.], [0., 0.]];
        assert_eq!(even_odd([0.2, 1.0], [&tie[..]]), Side::Inside);
        assert_eq!(even_odd([1.8, 1.0], [&tie[..]]), Side::Inside);
        assert_eq!(even_odd([1.0, 1.8], [&tie[..]]), Side::Outside);
    }

    #[test]
    fn no_rounding_across_a_slanted_edge() {
        let t = [[0.1, 0.1], [0.7, 0.3], [0.1, 0.5], [0.1, 0.1]];
        // The midpoint of an edge, rounded, is not exactly on it: the answer must not be `Border` by luck of rounding.
        let nudged = [0.4, 0.2_f64.next_up().next_up()];
        assert_eq!(even_odd(nudged, [&t[..]]), Side::Inside);
        assert_eq!(even_odd([0.4, 0.2_f64.next_down().next_down()], [&t[..]]), Side::Outside);
    }
}
