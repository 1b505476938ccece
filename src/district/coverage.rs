//! Which share of people lives within a radius of a clinic in use, from areas rather than from middles.

use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon, unary_union};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use super::build::District;
use super::facility::Kind;
use crate::geo::{LonLat, measure, repaired};
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
            Some((people, self.share.get(*v as usize).copied().flatten()?))
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
    let share: Vec<Option<f64>> = (0..district.villages.len())
        .into_par_iter()
        .map(|village| {
            if !go_on() {
                return None;
            }
            let [w, s, e, n] = geometry.bounds_of(village)?;
            let near: Vec<&Polygon<f64>> = tree
                .locate_in_envelope_intersecting(&AABB::from_corners([w, s], [e, n]))
                .filter_map(|c| circles.get(c.data))
                .collect();
            let raw = geometry.multi_polygon_of(village);
            let polygons = repaired(&raw).unwrap_or(raw);
            let whole = measure(&polygons).area_m2;
            if whole <= 0.0 {
                return None;
            }
            if near.is_empty() {
                return Some(0.0);
            }
            let covered = polygons.intersection(&unary_union(near));
            Some((measure(&covered).area_m2 / whole).clamp(0.0, 1.0))
        })
        .collect();
    if !go_on() {
        return None;
    }
    Some(Coverage { radius_m, share, area: unary_union(&circles) })
}

/// A circle on the ellipsoid as a polygon with the circle's own area.
///
/// # References
/// Direct geodesic problem: C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013) 43–55.
fn circle(centre: LonLat, radius_m: f64) -> Polygon<f64> {
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

    #[test]
    fn a_circle_has_its_area() {
        let area = measure(&MultiPolygon::new(vec![circle(LonLat::new(116.2, 40.0), 2000.0)])).area_m2;
        let true_area = std::f64::consts::PI * 2000.0f64.powi(2);
        assert!((area / true_area - 1.0).abs() < 1e-5, "{area} {true_area}");
    }
}
