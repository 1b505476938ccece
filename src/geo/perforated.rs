//! Triangles of polygons with very many holes, in n log n: joining holes one by one with their shell takes the square of their number.

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::crossings::{Crossings, are_nested_well, crossings};

/// A triangle by its corners.
type Triangle = [Coord<f64>; 3];

/// Triangles that cover a polygon; `None` where its rings meet, so that it may not be valid, or where it takes too long to tell.
///
/// It is cut into parts that every vertical line meets in one piece, and each of them is triangulated in one sweep.
///
/// # References
/// M. de Berg, O. Cheong, M. van Kreveld, M. Overmars, Computational Geometry, 3rd ed. (2008), sections 3.2 and 3.3.
pub fn perforated_triangles(polygon: Polygon<f64>) -> Option<Vec<Triangle>> {
    let whole = MultiPolygon(vec![polygon]);
    if crossings(&whole, 0) != Crossings::Few(0) || are_nested_well(&whole) != Some(true) {
        return None;
    }
    let mut triangles = Vec::new();
    for part in geo::monotone_subdivision(whole) {
        let (top, bottom) = part.into_ls_pair();
        sweep(&top, &bottom, &mut triangles);
    }
    Some(triangles)
}

/// Triangulates what lies between two chains with the same ends, both from west to east.
fn sweep(top: &LineString<f64>, bottom: &LineString<f64>, triangles: &mut Vec<Triangle>) {
    // From west to east, with the chain of each; the common ends once.
    let (mut up, mut down) = (top.0.iter().peekable(), bottom.0.iter().skip(1).peekable());
    let mut places: Vec<(Coord<f64>, bool)> = Vec::with_capacity(top.0.len() + bottom.0.len());
    let is_before = |a: &Coord<f64>, b: &Coord<f64>| (a.x, a.y) < (b.x, b.y);
    loop {
        match (up.peek(), down.peek()) {
            (Some(a), Some(b)) if is_before(b, a) => places.extend(down.next().map(|c| (*c, false))),
            (Some(_), _) => places.extend(up.next().map(|c| (*c, true))),
            (None, Some(_)) => places.extend(down.next().map(|c| (*c, false))),
            (None, None) => break,
        }
    }
    places.dedup_by(|a, b| a.0 == b.0);
    let Some((end, inner)) = places.split_last() else { return };
    let mut put = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| {
        if RobustKernel::orient2d(a, b, c) != Orientation::Collinear {
            triangles.push([a, b, c]);
        }
    };
    let mut stack: Vec<(Coord<f64>, bool)> = Vec::new();
    for (i, place) in inner.iter().enumerate() {
        if i < 2 {
            stack.push(*place);
            continue;
        }
        if stack.last().is_some_and(|last| last.1 != place.1) {
            // Seen from the other chain, all that waits is in sight.
            stack.windows(2).for_each(|w| put(place.0, w[0].0, w[1].0));
            let last = stack.pop();
            stack.clear();
            stack.extend(last);
            stack.push(*place);
            continue;
        }
        let inside = if place.1 { Orientation::Clockwise } else { Orientation::CounterClockwise };
        let mut last = stack.pop();
        while let (Some(corner), Some(before)) = (last, stack.last()) {
            if RobustKernel::orient2d(before.0, corner.0, place.0) != inside {
                break;
            }
            put(place.0, corner.0, before.0);
            last = stack.pop();
        }
        stack.extend(last);
        stack.push(*place);
    }
    stack.windows(2).for_each(|w| put(end.0, w[0].0, w[1].0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Area;
    use proptest::prelude::*;

    fn area(triangles: &[Triangle]) -> f64 {
        let one =
            |t: &Triangle| ((t[1].x - t[0].x) * (t[2].y - t[0].y) - (t[2].x - t[0].x) * (t[1].y - t[0].y)).abs() / 2.0;
        triangles.iter().map(one).sum()
    }

    fn square(x: f64, y: f64, s: f64) -> LineString<f64> {
        LineString::from(vec![(x, y), (x + s, y), (x + s, y + s), (x, y + s), (x, y)])
    }

    #[test]
    fn many_holes_are_left_out_and_nothing_else() {
        let holes: Vec<LineString<f64>> =
            (0..400).map(|i| square(f64::from(i % 20) + 0.25, f64::from(i / 20) + 0.25, 0.5)).collect();
        let polygon = Polygon::new(square(0., 0., 20.), holes.clone());
        let triangles = perforated_triangles(polygon.clone()).expect("it is valid");
        assert!((area(&triangles) - polygon.unsigned_area()).abs() < 1e-9);
        assert_eq!(triangles.len(), 1604 + 2 * 400 - 2);
        let crossed = holes.into_iter().chain([square(0.5, 0.5, 1.0)]).collect();
        assert_eq!(perforated_triangles(Polygon::new(square(0., 0., 20.), crossed)), None);
    }

    proptest! {
        /// Stars of any shape with holes: as large as they are, and every triangle inside.
        #[test]
        fn triangles_cover_a_polygon(radii in prop::collection::vec(1.0..9.0_f64, 3..40), hole in 0.1..0.6_f64) {
            let n = radii.len() as f64;
            let at = |(i, r): (usize, &f64)| {
                let angle = i as f64 / n * std::f64::consts::TAU;
                Coord { x: r * angle.cos(), y: r * angle.sin() }
            };
            let mut ring: Vec<Coord<f64>> = radii.iter().enumerate().map(at).collect();
            ring.extend(ring.first().copied());
            let inner: Vec<Coord<f64>> = ring.iter().map(|c| Coord { x: c.x * hole * 0.3, y: c.y * hole * 0.3 }).collect();
            let polygon = Polygon::new(LineString(ring), vec![LineString(inner)]);
            if let Some(triangles) = perforated_triangles(polygon.clone()) {
                let whole = polygon.unsigned_area();
                prop_assert!((area(&triangles) - whole).abs() < 1e-9 * whole.max(1.0), "{} {whole}", area(&triangles));
            }
        }
    }
}
