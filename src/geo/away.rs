//! How far a point is from a polygon, over short distances.

use super::LonLat;
use super::contains::{Side, even_odd};

/// Semi-major axis in metres and squared eccentricity of WGS 84 (EPSG:7030).
const A_M: f64 = 6_378_137.0;
const E2: f64 = 0.006_694_379_990_141_316;

/// Distance in metres from a point to the area of rings taken together by the even-odd rule: 0 inside. In the plane that
/// touches the ellipsoid at the point, with its radii of curvature; right to a millimetre within a kilometre of it.
///
/// # References
/// J. P. Snyder, Map Projections – A Working Manual, USGS Professional Paper 1395 (1987), equations 4-18 and 4-20.
pub fn distance_to_area_m(from: LonLat, rings: &[&[[f64; 2]]]) -> f64 {
    if even_odd([from.lon_deg, from.lat_deg], rings.iter().copied()) != Side::Outside {
        return 0.0;
    }
    let (sin, cos) = from.lat_deg.to_radians().sin_cos();
    let w = 1.0 - E2 * sin * sin;
    let per_degree = [A_M * cos / w.sqrt(), A_M * (1.0 - E2) / w.powf(1.5)].map(|r| r * std::f64::consts::PI / 180.0);
    let flat = |p: &[f64; 2]| {
        let east_deg = (p[0] - from.lon_deg + 540.0).rem_euclid(360.0) - 180.0;
        [east_deg * per_degree[0], (p[1] - from.lat_deg) * per_degree[1]]
    };
    let mut best = f64::INFINITY;
    for ring in rings {
        let Some(mut a) = ring.last().map(flat) else { continue };
        for b in ring.iter().map(flat) {
            let d = [b[0] - a[0], b[1] - a[1]];
            let length2 = d[0] * d[0] + d[1] * d[1];
            let along = if length2 > 0.0 { (-(a[0] * d[0] + a[1] * d[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
            best = best.min((a[0] + along * d[0]).hypot(a[1] + along * d[1]));
            a = b;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_beside_and_at_a_corner() {
        let square = [[116.0, 40.0], [116.01, 40.0], [116.01, 40.01], [116.0, 40.01], [116.0, 40.0]];
        let away = |lon, lat| distance_to_area_m(LonLat::new(lon, lat), &[&square]);
        assert_eq!(away(116.005, 40.005), 0.0);
        let beside = crate::geo::distance_m(LonLat::new(116.012, 40.005), LonLat::new(116.01, 40.005));
        assert!((away(116.012, 40.005) - beside).abs() < 1e-3);
        let corner = crate::geo::distance_m(LonLat::new(116.012, 40.011), LonLat::new(116.01, 40.01));
        assert!((away(116.012, 40.011) - corner).abs() < 2e-2);
    }
}
