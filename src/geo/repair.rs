//! Validity and repair of polygons.

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{MakeValid, Validation};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::crossings::{Crossings, are_nested_well, crossings, rings_of};

/// What looking at a feature's polygons comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Mending {
    /// They are valid as they are: the usual case.
    Whole,
    /// They are not; this is their valid form.
    Mended(MultiPolygon<f64>),
    /// Their edges cross each other more than 50,000 times: no outline of anything, and nothing is made of it.
    Tangled,
    /// There are too many edges or rings to tell in seconds: taken as they are.
    Untold,
}

/// Crossings beyond which a polygon is left alone.
const TANGLED: usize = 50_000;

/// Rings and positions from which on `geo`'s validation, which compares every ring with every other, gives way to one that does
/// not.
const MANY_RINGS: usize = 1_000;
const MANY_POSITIONS: usize = 300;

/// The valid form of a feature's polygons, or `None` where they are valid as they are (the usual case), or are taken as they are:
/// see [`mend`]. Nothing of what is [`Mending::Tangled`].
pub fn repaired(polygons: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    match mend(polygons) {
        Mending::Whole | Mending::Untold => None,
        Mending::Mended(mended) => Some(mended),
        Mending::Tangled => Some(MultiPolygon(Vec::new())),
    }
}

/// Mends a feature's polygons.
///
/// A quick sufficient test comes first; only what fails it meets `geo`'s full validation and, if that fails too,
/// `geo::MakeValid`, whose rule is even-odd: a hole outside its shell becomes an island. Polygons of many rings are validated by
/// whether edges meet and how rings lie in each other, in n log n; there are ceilings to both.
///
/// # References
/// H. Ledoux, K. Arroyo Ohori, M. Meijers, "A triangulation-based approach to automatically repair GIS polygons",
/// Computers & Geosciences 66 (2014) 121–131.
pub fn mend(polygons: &MultiPolygon<f64>) -> Mending {
    // Positions that stand twice running make no polygon invalid (OGC 06-103r4, 6.1.11), and every test slow.
    match without_repeats(polygons) {
        Some(bare) => mend_bare(&bare),
        None => mend_bare(polygons),
    }
}

/// The polygons with no position twice running; `None` where there is none.
fn without_repeats(polygons: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    let repeats = |ring: &LineString<f64>| ring.0.windows(2).any(|w| matches!(w, [a, b] if a == b));
    if !rings_of(polygons).any(repeats) {
        return None;
    }
    let bare = |ring: &LineString<f64>| {
        let mut coords = ring.0.clone();
        coords.dedup();
        LineString(coords)
    };
    let polygon = |p: &Polygon<f64>| Polygon::new(bare(p.exterior()), p.interiors().iter().map(bare).collect());
    Some(MultiPolygon(polygons.iter().map(polygon).collect()))
}

fn mend_bare(polygons: &MultiPolygon<f64>) -> Mending {
    if polygons.0.len() == 1 && polygons.0.iter().all(is_simple) {
        return Mending::Whole;
    }
    let rings = rings_of(polygons).count();
    let positions: usize = rings_of(polygons).map(|r| r.0.len()).sum();
    if positions > MANY_POSITIONS {
        match crossings(polygons, TANGLED) {
            Crossings::Many => return Mending::Tangled,
            Crossings::Untold => return Mending::Untold,
            // Rings that nowhere meet are valid where they lie in each other as they should.
            Crossings::Few(0) if rings_of(polygons).all(|r| r.0.len() >= 4) => match are_nested_well(polygons) {
                Some(true) => return Mending::Whole,
                Some(false) => {}
                None => return Mending::Untold,
            },
            Crossings::Few(_) => {}
        }
    }
    if rings <= MANY_RINGS && polygons.is_valid() {
        return Mending::Whole;
    }
    Mending::Mended(polygons.make_valid().unwrap_or_else(|_| MultiPolygon(Vec::new())))
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
    let mut compared = 0;
    for &i in &order {
        let (west, _, south, north) = span(i);
        active.retain(|&j| span(j).1 >= west);
        // Long edges beside each other: the full test has a better way.
        compared += active.len();
        if compared > 200 * n + 1_000_000 {
            return false;
        }
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

pub(super) type Edge = (Coord<f64>, Coord<f64>);

fn turn(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Orientation {
    RobustKernel::orient2d(a, b, c)
}

/// Whether two edges that meet at one end also share other points.
pub(super) fn folds_back((a, b): Edge, (c, d): Edge) -> bool {
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
pub(super) fn touch((a, b): Edge, (c, d): Edge) -> bool {
    let (s, t) = (turn(a, b, c), turn(a, b, d));
    let (u, v) = (turn(c, d, a), turn(c, d, b));
    let apart = |s: Orientation, t: Orientation| s == t && s != Orientation::Collinear;
    !apart(s, t) && !apart(u, v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Area;
    use geo_types::polygon;
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
