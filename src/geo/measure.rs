//! Geodesic area and perimeter.

use geo_types::{LineString, MultiPolygon};
use geographiclib_rs::{PolygonArea, Winding};

use super::ellipsoid::WGS84;

/// Size of a village on the ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Area in m²: exteriors less holes, whichever way they wind.
    pub area_m2: f64,
    /// Length of all rings in m.
    pub perimeter_m: f64,
}

/// Measures polygons ring by ring on the WGS 84 ellipsoid: |exterior| − Σ |hole|, since most files wind clockwise and a
/// signed area would then be the rest of the Earth.
///
/// # References
/// C. F. F. Karney, "Algorithms for geodesics", Journal of Geodesy 87 (2013) 43–55, §6.
pub fn measure(polygons: &MultiPolygon<f64>) -> Measure {
    let mut total = Measure { area_m2: 0.0, perimeter_m: 0.0 };
    for polygon in polygons {
        let (area, perimeter) = ring(polygon.exterior());
        total.area_m2 += area;
        total.perimeter_m += perimeter;
        for hole in polygon.interiors() {
            let (area, perimeter) = ring(hole);
            total.area_m2 -= area;
            total.perimeter_m += perimeter;
        }
    }
    total
}

/// |area| in m² and length in m of one ring.
fn ring(ring: &LineString<f64>) -> (f64, f64) {
    let mut polygon = PolygonArea::new(&WGS84, Winding::CounterClockwise);
    let open =
        ring.0.split_last().map_or(&[][..], |(last, rest)| if rest.first() == Some(last) { rest } else { &ring.0 });
    for c in open {
        polygon.add_point(c.y, c.x);
    }
    let (perimeter_m, area_m2, _) = polygon.compute(true);
    (area_m2.abs(), perimeter_m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;

    #[test]
    fn agrees_with_proj_whichever_way_it_winds() {
        // pyproj 3.7 (PROJ 9.5): Geod(ellps="WGS84").polygon_area_perimeter([116,116.1,116.1,116],[40,40,40.1,40.1])
        let p = polygon![(x: 116.0, y: 40.0), (x: 116.1, y: 40.0), (x: 116.1, y: 40.1), (x: 116.0, y: 40.1)];
        let mut q = p.clone();
        q.exterior_mut(|r| r.0.reverse());
        for polygon in [p, q] {
            let m = measure(&MultiPolygon(vec![polygon]));
            assert!((m.area_m2 - AREA_M2).abs() < 0.001, "{}", m.area_m2);
            assert!((m.perimeter_m - PERIMETER_M).abs() < 1e-6, "{}", m.perimeter_m);
        }
    }
    const AREA_M2: f64 = 94748364.8085022;
    const PERIMETER_M: f64 = 39273.41945827404;
}
