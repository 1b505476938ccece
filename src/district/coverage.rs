//! Which share of people lives within a radius of a clinic in use, from areas rather than from middles.

use geo::{BooleanOps, Coord, CoordsIter, LineString, MultiPolygon, Polygon, unary_union};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use super::build::District;
use super::facility::Kind;
use crate::geo::{BoundsDeg, LonLat, repaired};
use crate::model::FeatureId;

/// Corners of a circle.
const CORNERS: usize = 180;

/// Share of each village that lies within the radius.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Radius in metres.
    pub radius_m: f64,
    /// Per village, 0 to 1; `None` where it has no area.
    pub share: Vec<Option<f64>>,
    /// The covered area, longitude and latitude in degrees.
    pub area: MultiPolygon<f64>,
}

impl Coverage {
    /// Share of the residents of these villages that is covered, residents spread evenly over each village's area;
    /// `None` where nobody is known to live there. Villages whose residents are unknown are left out.
    pub fn of(&self, district: &District, villages: &[FeatureId]) -> Option<f64> {
        let population = district.indicators.position("population")?;
        super::rollup::weighted(villages.iter().filter_map(|v| {
            let people = district.population(population, *v)?;
            Some((people, self.share.get(v.index()).copied().flatten()?))
        }))
    }
}

impl District {
    /// Residents as the boundary file has them, else the latest of the tables.
    fn population(&self, indicator: usize, village: FeatureId) -> Option<f64> {
        self.value(indicator, None, village).or_else(|| self.value(indicator, self.last_year(), village))
    }
}

/// Intersects every village with the union of circles around the clinics in use in a year. Circles are geodesic
/// polygons of 180 corners with the area of the true circle; distances are straight lines over the ground.
pub fn coverage(
    district: &District,
    radius_m: f64,
    year: Option<i32>,
    go_on: impl Fn() -> bool + Sync,
) -> Option<Coverage> {
    let at: Vec<LonLat> = district
        .standing(Kind::Clinic, year)
        .iter()
        .filter_map(|i| district.facilities.get(*i as usize))
        .map(|f| f.at)
        .collect();
    let circles: Vec<Polygon<f64>> = at.par_iter().map(|p| circle(*p, radius_m)).collect();
    let boxes = circles.iter().enumerate().filter_map(|(i, c)| {
        use geo::BoundingRect;
        let r = c.bounding_rect()?;
        let corners = rstar::primitives::Rectangle::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]);
        Some(GeomWithData::new(corners, i))
    });
    let tree = RTree::bulk_load(boxes.collect());
    let geometry = &district.villages.geometry;
    let share_of = |village: FeatureId| {
        if !go_on() {
            return None;
        }
        if !district.members.is_first(village) {
            return None;
        }
        let parts = district.members.parts(&village);
        let bounds = parts.iter().filter_map(|p| geometry.bounds_of(*p));
        let [w, s, e, n] = bounds.reduce(BoundsDeg::union)?.sides();
        let near: Vec<&Polygon<f64>> = tree
            .locate_in_envelope_intersecting(&AABB::from_corners([w, s], [e, n]))
            .filter_map(|c| circles.get(c.data))
            .collect();
        let raw = match parts {
            [one] => geometry.multi_polygon_of(*one),
            several => MultiPolygon::new(several.iter().flat_map(|p| geometry.multi_polygon_of(*p).0).collect()),
        };
        let whole = plane_area(&raw);
        if near.is_empty() && whole > 0.0 {
            return Some(0.0);
        }
        // A circle is convex: where it holds every corner of the village, it holds the village.
        if near.iter().any(|c| raw.exterior_coords_iter().all(|p| holds(c, p))) {
            return (whole > 0.0).then_some(1.0);
        }
        let polygons = repaired(&raw).unwrap_or(raw);
        let whole = plane_area(&polygons);
        if whole <= 0.0 {
            return None;
        }
        // What each circle takes of the village is small; uniting that is cheaper than uniting circles.
        let parts: Vec<Polygon<f64>> =
            near.into_iter().flat_map(|c| polygons.intersection(&MultiPolygon::new(vec![c.clone()]))).collect();
        let covered = if parts.len() < 2 { MultiPolygon::new(parts) } else { unary_union(&parts) };
        Some((plane_area(&covered) / whole).clamp(0.0, 1.0))
    };
    let shares = || {
        let mut shares: Vec<Option<f64>> =
            (0..district.villages.len()).into_par_iter().map(FeatureId::new).map(share_of).collect();
        for (first, parts) in district.members.in_parts() {
            let share = shares.get(first.index()).copied().flatten();
            for part in parts {
                if let Some(slot) = shares.get_mut(part.index()) {
                    *slot = share;
                }
            }
        }
        shares
    };
    let (share, area) = rayon::join(shares, || united(&circles));
    if !go_on() {
        return None;
    }
    Some(Coverage { radius_m, share, area })
}

/// Circles that are united in one go.
const UNITED: usize = 64;

/// The union of circles: neighbours first, in parallel, then the unions.
fn united(circles: &[Polygon<f64>]) -> MultiPolygon<f64> {
    let mut order: Vec<&Polygon<f64>> = circles.iter().collect();
    let first = |c: &Polygon<f64>| c.exterior().0.first().map_or((0.0, 0.0), |p| (p.x, p.y));
    // Strips from west to east, in each from south to north.
    let strips = ((circles.len() as f64 / UNITED as f64).sqrt().ceil() as usize).max(1);
    order.sort_by(|a, b| first(a).0.total_cmp(&first(b).0));
    let strip = circles.len().div_ceil(strips).max(1);
    for part in order.chunks_mut(strip) {
        part.sort_by(|a, b| first(a).1.total_cmp(&first(b).1));
    }
    let mut areas: Vec<MultiPolygon<f64>> =
        order.par_chunks(UNITED).map(|part| unary_union(part.iter().copied())).collect();
    while areas.len() > 1 {
        areas = areas.par_chunks(4).map(|part| unary_union(part.iter().flat_map(|m| m.iter()))).collect();
    }
    areas.pop().unwrap_or_else(|| MultiPolygon::new(Vec::new()))
}

/// Whether a convex ring holds a point.
fn holds(circle: &Polygon<f64>, p: Coord<f64>) -> bool {
    let ring = &circle.exterior().0;
    let side = |a: &Coord<f64>, b: &Coord<f64>| (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
    ring.windows(2).all(|w| matches!(w, [a, b] if side(a, b) >= 0.0))
}

/// Area in a cylindrical equal-area projection of the ellipsoid, in units that only ratios have a meaning in.
///
/// # References
/// J. P. Snyder, Map Projections – A Working Manual, USGS Professional Paper 1395 (1987), equations 3-12 and 10-1.
pub(super) fn plane_area(polygons: &MultiPolygon<f64>) -> f64 {
    const E2: f64 = 0.006_694_379_990_141_316;
    let e = E2.sqrt();
    let q = |lat_deg: f64| {
        let sin = lat_deg.to_radians().sin();
        (1.0 - E2) * (sin / (1.0 - E2 * sin * sin) - ((1.0 - e * sin) / (1.0 + e * sin)).ln() / (2.0 * e))
    };
    let ring = |r: &LineString<f64>| {
        let Some(origin) = r.0.first() else { return 0.0 };
        let flat: Vec<(f64, f64)> = r.0.iter().map(|c| (c.x - origin.x, q(c.y))).collect();
        let first = flat.first().map_or(0.0, |f| f.1);
        let twice: f64 = flat.windows(2).map(|w| w[0].0 * (w[1].1 - first) - w[1].0 * (w[0].1 - first)).sum();
        (twice / 2.0).abs()
    };
    polygons.iter().map(|p| ring(p.exterior()) - p.interiors().iter().map(ring).sum::<f64>()).sum()
}

/// A circle on the ellipsoid as a polygon with the circle's own area.
///
/// # References
/// Direct geodesic problem: C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013) 43–55.
pub(super) fn circle(centre: LonLat, radius_m: f64) -> Polygon<f64> {
    use geographiclib_rs::{DirectGeodesic, Geodesic};
    let geod = Geodesic::wgs84();
    let step = std::f64::consts::TAU / CORNERS as f64;
    // A regular polygon of n corners on radius r has the area n/2·r²·sin(2π/n).
    let radius = radius_m * (step / step.sin()).sqrt();
    let mut ring: Vec<Coord<f64>> = (0..CORNERS)
        .map(|i| {
            let azimuth = -(i as f64) * 360.0 / CORNERS as f64;
            let (y, x): (f64, f64) = geod.direct(centre.lat_deg, centre.lon_deg, azimuth, radius);
            Coord { x, y }
        })
        .collect();
    ring.extend(ring.first().copied());
    Polygon::new(LineString::new(ring), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::measure;

    #[test]
    fn a_circle_has_its_area() {
        let area = measure(&MultiPolygon::new(vec![circle(LonLat::new(116.2, 40.0), 2000.0)])).area_m2;
        let true_area = std::f64::consts::PI * 2000.0f64.powi(2);
        assert!((area / true_area - 1.0).abs() < 1e-5, "{area} {true_area}");
    }
}
