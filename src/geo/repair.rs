//! Validity and repair of polygons.

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{MakeValid, Validation};
use geo_types::{Coord, MultiPolygon, Polygon};

/// The valid form of a feature's polygons, or `None` where they are valid as they are (the usual case).
///
/// A quick sufficient test comes first; only what fails it meets `geo`'s full validation and, if that fails too,
/// `geo::MakeValid`, whose rule is even-odd: a hole outside its shell becomes an island.
///
/// # References
/// H. Ledoux, K. Arroyo Ohori, M. Meijers, "A triangulation-based approach to automatically repair GIS polygons",
/// Computers & Geosciences 66 (2014) 121–131.
pub fn repaired(polygons: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    if (polygons.0.len() == 1 && polygons.0.iter().all(is_simple)) || polygons.is_valid() {
        return None;
    }
    Some(polygons.make_valid().unwrap_or_else(|_| MultiPolygon(Vec::new())))
}

/// Whether a polygon has one ring that no two of its edges share a point beyond their common ends: such a polygon is
/// valid (OGC 06-103r4 §6.1.11). False says only that a full test is needed.
pub fn is_simple(polygon: &Polygon<f64>) -> bool {
    if !polygon.interiors().is_empty() {
        return false;
    }
    let ring = &polygon.exterior().0;
    let n = ring.len().saturating_sub(1);
    if n < 3 {
        return false;
    }
    // Edges sorted by their western end; only those whose spans in x and y overlap are compared.
    let mut order: Vec<u32> = (0..n as u32).collect();
    let span = |i: u32| {
        let (a, b) = (ring[i as usize], ring[i as usize + 1]);
        (a.x.min(b.x), a.x.max(b.x), a.y.min(b.y), a.y.max(b.y))
    };
    order.sort_unstable_by(|&i, &j| span(i).0.total_cmp(&span(j).0));
    let mut active: Vec<u32> = Vec::new();
    for &i in &order {
        let (west, _, south, north) = span(i);
        active.retain(|&j| span(j).1 >= west);
        for &j in &active {
            let (_, _, s, t) = span(j);
            if s > north || t < south {
                continue;
            }
            let apart = (i.max(j) - i.min(j)) as usize;
            let edge = |k: u32| (ring[k as usize], ring[k as usize + 1]);
            if apart == 1 || apart == n - 1 {
                if folds_back(edge(i), edge(j)) {
                    return false;
                }
            } else if touch(edge(i), edge(j)) {
                return false;
            }
        }
        active.push(i);
    }
    (0..n).all(|i| ring[i] != ring[i + 1])
}

type Edge = (Coord<f64>, Coord<f64>);

fn turn(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Orientation {
    RobustKernel::orient2d(a, b, c)
}

/// Whether two edges that meet at one end also share other points.
fn folds_back((a, b): Edge, (c, d): Edge) -> bool {
    let (shared, p, q) = if b == c {
        (b, a, d)
    } else if a == d {
        (a, b, c)
    } else if a == c {
        (a, b, d)
    } else {
        (b, a, c)
    };
    turn(p, shared, q) == Orientation::Collinear
        && (p.x - shared.x) * (q.x - shared.x) + (p.y - shared.y) * (q.y - shared.y) > 0.0
}

/// Whether two edges whose spans overlap share any point.
fn touch((a, b): Edge, (c, d): Edge) -> bool {
    let (s, t) = (turn(a, b, c), turn(a, b, d));
    let (u, v) = (turn(c, d, a), turn(c, d, b));
    let apart = |s: Orientation, t: Orientation| s == t && s != Orientation::Collinear;
    !apart(s, t) && !apart(u, v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Area;
    use geo_types::{LineString, polygon};
    use proptest::prelude::*;

    #[test]
    fn a_valid_polygon_is_left_alone_and_a_bow_tie_repaired() {
        let square = MultiPolygon(vec![polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)]]);
        assert_eq!(repaired(&square), None);
        let tie = MultiPolygon(vec![polygon![(x: 0., y: 0.), (x: 0., y: 2.), (x: 2., y: 0.), (x: 2., y: 2.)]]);
        let mended = repaired(&tie).map(|m| (m.0.len(), m.unsigned_area()));
        assert_eq!(mended, Some((2, 2.0)));
    }

    proptest! {
        /// The quick test never calls a polygon valid that `geo` calls invalid.
        #[test]
        fn quick_test_is_sufficient(points in prop::collection::vec((0i8..8, 0i8..8), 3..9)) {
            let ring: Vec<Coord<f64>> = points.iter().map(|&(x, y)| Coord { x: f64::from(x), y: f64::from(y) }).collect();
            let p = Polygon::new(LineString(ring), vec![]);
            if is_simple(&p) {
                prop_assert!(p.is_valid());
            }
        }
    }
}
