//! Distances on the WGS 84 ellipsoid.

use geographiclib_rs::{Geodesic, InverseGeodesic};
use std::sync::LazyLock;

use super::LonLat;

/// WGS 84, as `geographiclib` has it.
pub(super) static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Length of the geodesic between two positions in metres: a straight line over the ground, not a road.
///
/// # References
/// C. F. F. Karney, "Algorithms for geodesics", Journal of Geodesy 87 (2013) 43–55, doi:10.1007/s00190-012-0578-z.
pub fn distance_m(a: LonLat, b: LonLat) -> f64 {
    WGS84.inverse(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg)
}

/// Earth-centred coordinates of a position on the WGS 84 ellipsoid in metres. The chord between two of them is never
/// longer than their geodesic: that makes it a safe bound for nearest-neighbour search.
///
/// # References
/// EPSG method 9602, geographic to geocentric conversion.
pub fn ecef_m(p: LonLat) -> [f64; 3] {
    const A: f64 = 6_378_137.0;
    const E2: f64 = 6.694_379_990_141_316e-3;
    let (lat, lon) = (p.lat_deg.to_radians(), p.lon_deg.to_radians());
    let n = A / (1.0 - E2 * lat.sin().powi(2)).sqrt();
    [n * lat.cos() * lon.cos(), n * lat.cos() * lon.sin(), n * (1.0 - E2) * lat.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_shorter_than_its_geodesic() {
        for (a, b) in [((116.0, 40.0), (116.2, 40.1)), ((0.0, 0.0), (179.0, 1.0)), ((10.0, 80.0), (-10.0, 85.0))] {
            let (p, q) = (LonLat::new(a.0, a.1), LonLat::new(b.0, b.1));
            let (u, v) = (ecef_m(p), ecef_m(q));
            let chord = (0..3).map(|i| (u[i] - v[i]).powi(2)).sum::<f64>().sqrt();
            assert!(chord <= distance_m(p, q) + 1e-6);
        }
    }
}
