//! Counts, picks and sizes against independent tools: see `tests/oracle/`.

use std::path::Path;

use qiancun::colouring::{Method, classify};
use qiancun::geo::{LonLat, Side, even_odd, measure, repaired, representative_point};
use qiancun::index::SpatialIndex;
use qiancun::model::{Dataset, FeatureId};
use qiancun::read::{Progress, read_file};
use serde_json::Value;

use crate::shared;

fn json(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("the fixture is there")).expect("the fixture is JSON")
}

fn fixture(name: &str) -> Value {
    json(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
}

fn read(path: &Path) -> Dataset {
    read_file(path, &Progress::new()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn counts_agree_with_an_independent_script() {
    let Some(folder) = shared::folder("counts_agree_with_an_independent_script") else { return };
    let expected = json(folder.join("expected.json"));
    let mut seen = 0;
    for (name, expected) in expected.as_object().expect("an object") {
        if expected.get("error").is_some() {
            continue;
        }
        let dataset = read(&folder.join(name));
        assert_eq!(u64::from(dataset.len()), expected["features"], "{name}");
        assert_eq!(dataset.geometry.coords.len() as u64, expected["vertices"], "{name}");
        for (kind, count) in expected["geometries"].as_object().expect("an object") {
            let found = dataset.geometry.features.iter().filter(|s| s.kind.name() == kind).count();
            assert_eq!(found as u64, *count, "{name} {kind}");
        }
        let bounds = dataset.geometry.bounds().expect("bounds");
        for (i, b) in bounds.sides().iter().enumerate() {
            assert_eq!(expected["bounds"][i].as_f64(), Some(*b), "{name}");
        }
        seen += 1;
    }
    assert!(seen > 8, "{seen} files");
}

#[test]
fn picks_sizes_and_points_agree_with_geos_and_proj() {
    let Some(folder) = shared::folder("picks_sizes_and_points_agree_with_geos_and_proj") else { return };
    let fixture = fixture("geometry.json");
    for (name, expected) in fixture["files"].as_object().expect("an object") {
        let dataset = read(&folder.join(name));
        let index = SpatialIndex::new(&dataset.geometry);
        for point in expected["points"].as_array().expect("points") {
            let at = LonLat::new(point[0].as_f64().expect("lon"), point[1].as_f64().expect("lat"));
            let hits: Vec<u64> = point[2].as_array().expect("hits").iter().filter_map(Value::as_u64).collect();
            let found: Vec<u64> =
                index.at_point(&dataset.geometry, at).into_iter().map(|f| u64::from(f.number())).collect();
            assert_eq!(found, hits, "{name} at {at:?}");
        }
        for size in expected["sizes"].as_array().expect("sizes") {
            let feature = size[0].as_u64().expect("feature") as u32;
            let polygons = dataset.geometry.multi_polygon_of(FeatureId::new(feature));
            assert_eq!(repaired(&polygons), None, "{name} {feature} is valid by GEOS");
            let m = measure(&polygons);
            let (area, length) = (size[1].as_f64().expect("area"), size[2].as_f64().expect("length"));
            assert!((m.area_m2 - area).abs() <= (1e-9 * area).max(0.001), "{name} {feature}: {} {area}", m.area_m2);
            assert!((m.perimeter_m - length).abs() <= (1e-9 * length).max(0.001), "{name} {feature}");
            let p = representative_point(&polygons).expect("a point inside");
            let rings: Vec<&[[f64; 2]]> = dataset
                .geometry
                .polygons_of(FeatureId::new(feature))
                .flat_map(|x| dataset.geometry.rings_of(x))
                .collect();
            assert_eq!(even_odd([p.lon_deg, p.lat_deg], rings), Side::Inside, "{name} {feature}");
        }
    }
}

#[test]
fn natural_breaks_are_as_good_as_mapclassify() {
    let fixture = fixture("classify.json");
    let cases = fixture["cases"].as_array().expect("cases");
    assert!(cases.len() >= 10);
    for case in cases {
        let name = case["name"].as_str().expect("name");
        let values: Vec<f64> =
            fixture["values"][name].as_array().expect("values").iter().filter_map(Value::as_f64).collect();
        let k = case["k"].as_u64().expect("k") as usize;
        let breaks = classify(&values, Method::FisherJenks, k, &[]).expect("classes");
        let mut sums = vec![(0.0, 0.0); breaks.len()];
        for v in &values {
            let slot = &mut sums[breaks.class_of(*v).expect("every value has a class")];
            *slot = (slot.0 + 1.0, slot.1 + v);
        }
        let ssd: f64 = values
            .iter()
            .map(|v| {
                let (n, sum) = sums[breaks.class_of(*v).expect("a class")];
                (v - sum / n).powi(2)
            })
            .sum();
        let theirs = case["ssd"].as_f64().expect("ssd");
        assert!(ssd <= theirs * (1.0 + 1e-9) + 1e-9, "{ssd} against {theirs}");
    }
}
