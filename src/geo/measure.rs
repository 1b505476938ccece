//! Geodesic area and perimeter.

use geo_types::{LineString, MultiPolygon};
use geographiclib_rs::{InverseGeodesic, PolygonArea, Winding};

use super::ellipsoid::WGS84;

/// Size of a village on the ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Area in m²: exteriors less holes, whichever way they wind.
    pub area_m2: f64,
    /// Length of all rings in m, without seams at 180°.
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
    total.perimeter_m -= seams_m(polygons);
    total
}

/// Length of edges along the 180th meridian that another edge on its other side meets: there a village was cut by its file and has no
/// border. Both edges count.
fn seams_m(polygons: &MultiPolygon<f64>) -> f64 {
    let rings = || polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let edges_at = |meridian: f64| -> Vec<[f64; 2]> {
        let edges = rings().flat_map(|r| r.lines()).filter(|l| l.start.x == meridian && l.end.x == meridian);
        edges.map(|l| [l.start.y.min(l.end.y), l.start.y.max(l.end.y)]).collect()
    };
    let (east, west) = (edges_at(180.0), edges_at(-180.0));
    let shared =
        east.iter().flat_map(|a| west.iter().map(|b| [a[0].max(b[0]), a[1].min(b[1])])).filter(|s| s[0] < s[1]);
    let length = |[south, north]: [f64; 2]| -> f64 { WGS84.inverse(south, 180.0, north, 180.0) };
    2.0 * shared.map(length).sum::<f64>()
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

    #[test]
    fn a_cut_at_180_is_no_border() {
        let whole = polygon![(x: 178.0, y: -17.0), (x: 179.0, y: -17.0), (x: 179.0, y: -16.0), (x: 178.0, y: -16.0)];
        let half = |west: f64| polygon![(x: west, y: -17.0), (x: west + 0.5, y: -17.0), (x: west + 0.5, y: -16.0), (x: west, y: -16.0)];
        let whole = measure(&MultiPolygon(vec![whole]));
        let cut = measure(&MultiPolygon(vec![half(179.5), half(-180.0)]));
        // The parallels are drawn in two geodesics instead of one: a little nearer to the parallel.
        assert!((cut.perimeter_m - whole.perimeter_m).abs() < 20.0, "{} {}", cut.perimeter_m, whole.perimeter_m);
        // What ends at 180° with nothing beyond has a border there.
        let alone = measure(&MultiPolygon(vec![half(179.5)]));
        assert!(alone.perimeter_m > 320_000.0, "{}", alone.perimeter_m);
    }

    const AREA_M2: f64 = 94748364.8085022;
    const PERIMETER_M: f64 = 39273.41945827404;
}
