//! What lies within a circle or a drawn shape: people, households, facilities, villages.

use geo::{BooleanOps, BoundingRect, Contains, MultiPolygon, Point};
use rayon::prelude::*;

use super::build::District;
use super::coverage::{circle, plane_area};
use super::facility::Kind;
use crate::geo::{BoundsDeg, LonLat, distance_m, repaired};
use crate::model::FeatureId;

/// Where is looked.
#[derive(Clone, Debug, PartialEq)]
pub enum Region {
    /// Within a distance of a point, in metres over the ground in a straight line.
    Circle(LonLat, f64),
    /// Within a shape, longitude and latitude in degrees.
    Shape(MultiPolygon<f64>),
}

impl Region {
    /// Its area as polygons: a circle as 180 corners with the circle's own area.
    pub fn area(&self) -> MultiPolygon<f64> {
        match self {
            Self::Circle(at, radius_m) => MultiPolygon::new(vec![circle(*at, *radius_m)]),
            Self::Shape(shape) => shape.clone(),
        }
    }

    /// Whether a point lies in it.
    pub fn holds(&self, at: LonLat) -> bool {
        match self {
            Self::Circle(centre, radius_m) => distance_m(*centre, at) <= *radius_m,
            Self::Shape(shape) => shape.contains(&Point::new(at.lon_deg, at.lat_deg)),
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Within {
    /// Villages that it meets, with the share of their area that lies in it, the largest share first.
    pub villages: Vec<(FeatureId, f64)>,
    /// Residents, spread evenly over each village's area; `None` where nobody is known to live there.
    pub population: Option<f64>,
    /// Households, in the same way.
    pub households: Option<f64>,
    /// Villages among them whose residents are not known: they are left out of the sums.
    pub unknown: usize,
    /// Facilities in use by kind, those that are there at all.
    pub facilities: Vec<(Kind, usize)>,
}

/// Looks at what lies in a region in a year.
pub fn within(district: &District, region: &Region, year: Option<i32>) -> Within {
    let area = region.area();
    let bounds = area.bounding_rect();
    let geometry = &district.villages.geometry;
    let meets = |v: &FeatureId| {
        let (Some(own), Some(b)) = (geometry.bounds_of(*v).map(BoundsDeg::sides), bounds) else { return false };
        own[0] <= b.max().x && own[2] >= b.min().x && own[1] <= b.max().y && own[3] >= b.min().y
    };
    let share = |v: FeatureId| -> Option<(FeatureId, f64)> {
        let parts = district.members.parts(&v);
        let raw = MultiPolygon::new(parts.iter().flat_map(|p| geometry.multi_polygon_of(*p).0).collect());
        let polygons = repaired(&raw).unwrap_or(raw);
        let whole = plane_area(&polygons);
        let inside = plane_area(&polygons.intersection(&area));
        (whole > 0.0 && inside > 0.0).then(|| (v, (inside / whole).clamp(0.0, 1.0)))
    };
    let near: Vec<FeatureId> =
        district.village_list().filter(|v| district.members.parts(v).iter().any(&meets)).collect();
    let mut villages: Vec<(FeatureId, f64)> = near.into_par_iter().filter_map(share).collect();
    villages.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let sum = |id: &str| -> (Option<f64>, usize) {
        let Some(position) = district.indicators.position(id) else { return (None, villages.len()) };
        let known: Vec<f64> = villages
            .iter()
            .filter_map(|(v, share)| {
                let value = district.value(position, year, *v).or_else(|| district.value(position, None, *v));
                Some(value.or_else(|| district.value(position, district.last_year(), *v))? * share)
            })
            .collect();
        let unknown = villages.len() - known.len();
        ((!known.is_empty()).then(|| known.iter().sum()), unknown)
    };
    let (population, unknown) = sum("population");
    let (households, _) = sum("households");
    let mut facilities: Vec<(Kind, usize)> = Vec::new();
    let inside = district.facilities.iter().filter(|f| f.is_in_use() && f.is_there(year) && region.holds(f.at));
    for facility in inside {
        match facilities.iter_mut().find(|(kind, _)| *kind == facility.kind) {
            Some((_, count)) => *count += 1,
            None => facilities.push((facility.kind, 1)),
        }
    }
    facilities.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    Within { villages, population, households, unknown, facilities }
}
