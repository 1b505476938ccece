//! `qiancun info`: size and place of every village.

use geo_types::MultiPolygon;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::{Failure, args, read};
use crate::cli::say::said;
use crate::geo::{LonLat, measure, repaired, representative_point};
use crate::model::{Dataset, FeatureId, GeometryKind, Role};

/// Runs the command.
pub fn run(parser: lexopt::Parser) -> Result<(), Failure> {
    let (path, as_json) = args::file_and_json(parser, "info")?;
    let dataset = read::geographic(&path)?;
    let villages: Vec<Value> =
        (0..dataset.len()).into_par_iter().map(|f| village(&dataset, FeatureId::new(f))).collect();
    if as_json {
        return read::print(&json!({ "villages": villages }));
    }
    for v in &villages {
        let number = |key: &str| v[key].as_f64().map_or_else(|| "—".to_owned(), |n| format!("{n:.4}"));
        said!(
            "{}\t{}\t{} km²\t{} km",
            v["feature"],
            v["name"].as_str().unwrap_or("—"),
            number("area_km2"),
            number("perimeter_km")
        );
    }
    Ok(())
}

/// Where a feature stands: inside its largest polygon; a point or the middle vertex of a line elsewhere.
pub fn standing_point(dataset: &Dataset, feature: FeatureId) -> Option<LonLat> {
    let polygons = dataset.geometry.multi_polygon_of(feature);
    let mended = if polygons.0.is_empty() { None } else { repaired(&polygons) };
    stand_within(dataset, feature, mended.as_ref().unwrap_or(&polygons))
}

/// The same, its polygons as they were mended.
fn stand_within(dataset: &Dataset, feature: FeatureId, polygons: &MultiPolygon<f64>) -> Option<LonLat> {
    if let Some(point) = representative_point(polygons) {
        return Some(point);
    }
    let positions: Vec<&[f64; 2]> = dataset.geometry.positions_of(feature).collect();
    positions.get(positions.len() / 2).map(|c| LonLat::new(c[0], c[1])).filter(|p| p.is_valid())
}

fn village(dataset: &Dataset, feature: FeatureId) -> Value {
    let text = |role| dataset.text(feature, role);
    let areal = dataset.geometry.features.get(feature.index()).is_some_and(|s| {
        matches!(s.kind, GeometryKind::Polygon | GeometryKind::MultiPolygon | GeometryKind::GeometryCollection)
    });
    let original = dataset.geometry.multi_polygon_of(feature);
    let mended = if areal { repaired(&original) } else { None };
    let polygons = mended.as_ref().unwrap_or(&original);
    let size = (areal && !polygons.0.is_empty()).then(|| measure(polygons));
    let point = if areal { stand_within(dataset, feature, polygons) } else { standing_point(dataset, feature) };
    json!({
        "feature": feature, "code": text(Role::Code), "name": text(Role::Name),
        "area_km2": size.map(|s| s.area_m2 / 1e6), "perimeter_km": size.map(|s| s.perimeter_m / 1e3),
        "point": point.map(|p| [p.lon_deg, p.lat_deg]), "repaired": mended.is_some(),
    })
}
