//! Files that strangers hold: the public cases of boundaries, facilities and formats, each with its right value.

use std::path::PathBuf;

use qiancun::model::{Crs, Dataset, FeatureId, GeometryKind, Role};
use qiancun::read::{How, Progress, layers, read_file, read_file_as};
use serde_json::Value;

use crate::program;

/// The folder of a case, or `None` where the shared data are absent.
fn case(name: &str) -> Option<PathBuf> {
    program::shared(name, &format!("cases/{name}"))
}

fn read(path: &std::path::Path) -> Dataset {
    read_file(path, &Progress::new()).unwrap_or_else(|e| panic!("{e}"))
}

fn kinds(d: &Dataset, kind: GeometryKind) -> usize {
    d.geometry.features.iter().filter(|f| f.kind == kind).count()
}

fn names(d: &Dataset) -> Vec<String> {
    d.features().map(|f| d.display_name(f)).collect()
}

fn codes(d: &Dataset) -> Vec<&'static str> {
    d.report.groups().iter().map(|g| g.code).collect()
}

fn has_points_at(d: &Dataset, places: &[[f64; 2]]) {
    let found: Vec<[f64; 2]> = d.features().filter_map(|f| d.geometry.positions_of(f).next().copied()).collect();
    assert_eq!(found.len(), places.len(), "{found:?}");
    for (at, right) in found.iter().zip(places) {
        assert!((at[0] - right[0]).abs() < 1e-9 && (at[1] - right[1]).abs() < 1e-9, "{at:?} is not {right:?}");
    }
}

fn summary(folder: &std::path::Path) -> Value {
    let project = folder.join("p.qiancun");
    program::json(&["summary", &project.to_string_lossy(), "--by", "town", "--json"]).0
}

/// A member of a town's row, or of its indicator.
fn of_town(summary: &Value, town: &str, member: &str) -> Option<f64> {
    let row = summary["rows"].as_array().and_then(|r| r.iter().find(|r| r["name"] == town));
    let row = row.unwrap_or_else(|| panic!("{town}: {summary}"));
    row[member].as_f64().or_else(|| row["indicators"][member]["value"].as_f64())
}

#[test]
fn case_01_collections_lose_no_village() {
    let Some(dir) = case("01-geometrycollection") else { return };
    let d = read(&dir.join("villages.geojson"));
    assert_eq!((d.len(), kinds(&d, GeometryKind::GeometryCollection)), (6, 2));
    let (info, _) = program::json(&["info", &dir.join("villages.geojson").to_string_lossy(), "--json"]);
    let area = |name: &str| {
        let all = info["villages"].as_array().expect("villages");
        all.iter().find(|v| v["name"] == name).and_then(|v| v["area_km2"].as_f64()).expect("an area")
    };
    assert!((area("东沟村") - 2.84).abs() < 0.01 && (area("西沟村") - 3.79).abs() < 0.01);
}

#[test]
fn cases_03_06_20_21_what_is_odd_costs_no_village() {
    let Some(dir) = case("03-null-altitude") else { return };
    let d = read(&dir.join("villages.geojson"));
    assert_eq!((kinds(&d, GeometryKind::Polygon), codes(&d)), (6, vec!["has-z"]));
    let Some(dir) = case("06-nan-in-properties") else { return };
    let d = read(&dir.join("villages.geojson"));
    assert_eq!((d.len(), codes(&d)), (6, vec!["not-a-number"]));
    let sum = summary(&dir);
    assert_eq!(of_town(&sum, "甲镇", "population"), Some(2300.0));
    let Some(dir) = case("20-empty-geometries") else { return };
    let d = read(&dir.join("villages.geojson"));
    let shown = d.features().filter(|f| !d.geometry.parts_of(*f).is_empty()).count();
    assert_eq!((d.len(), shown), (6, 2));
    let Some(dir) = case("21-empty-key") else { return };
    let d = read(&dir.join("villages.geojson"));
    assert_eq!((d.len(), codes(&d).len()), (6, 0));
}

#[test]
fn cases_04_12_codes_of_all_kinds_join() {
    for name in ["04-dhis2-feature-id", "12-float-codes"] {
        let Some(dir) = case(name) else { return };
        let sum = summary(&dir);
        assert_eq!(of_town(&sum, "甲镇", "public_toilets"), Some(6.0), "{name}: {sum}");
        assert_eq!(of_town(&sum, "乙镇", "public_toilets"), Some(15.0), "{name}");
    }
}

#[test]
fn cases_07_23_wrappers_are_taken_off() {
    let Some(dir) = case("07-qgis2web-js") else { return };
    assert_eq!(kinds(&read(&dir.join("villages.js")), GeometryKind::Polygon), 6);
    let Some(dir) = case("23-overpass-json") else { return };
    has_points_at(&read(&dir.join("overpass.json")), &[[116.1, 40.05]]);
}

#[test]
fn cases_08_09_10_26_names_are_in_their_letters() {
    let Some(dir) = case("08-geojson-big5") else { return };
    let d = read(&dir.join("villages.geojson"));
    assert_eq!((names(&d)[0].as_str(), d.source.encoding), ("東溝村", "Big5"));
    let Some(dir) = case("09-geojson-gbk") else { return };
    let d = read(&dir.join("villages.geojson"));
    assert_eq!((names(&d)[0].as_str(), d.source.encoding), ("东沟村", "GB18030"));
    let sum = summary(&dir);
    assert_eq!(sum["rows"].as_array().map(Vec::len), Some(2));
    let Some(dir) = case("10-double-encoded-names") else { return };
    let path = dir.join("villages.geojson");
    let d = read(&path);
    let group = d.report.groups().into_iter().find(|g| g.code == "bad-encoding").expect("told");
    assert!(group.count == 6 && group.first.detail.contains("→ 东沟村"), "{group:?}");
    let how = How { encoding: Some(How::TWICE.into()), ..How::default() };
    let mended = read_file_as(&path, &how, &Progress::new()).expect("read");
    assert_eq!((names(&mended)[0].as_str(), codes(&mended).len()), ("东沟村", 0));
    let Some(dir) = case("26-utf16-and-sequences") else { return };
    for name in ["utf16.geojson", "lines.geojsonl", "rs.geojsons"] {
        assert_eq!(kinds(&read(&dir.join(name)), GeometryKind::Polygon), 6, "{name}");
    }
}

#[test]
fn cases_11_22_villages_are_counted_once() {
    let Some(dir) = case("11-duplicate-codes-exclave") else { return };
    let sum = summary(&dir);
    let total = |member: &str| -> f64 {
        sum["rows"].as_array().map_or(0.0, |r| r.iter().filter_map(|r| r[member].as_f64()).sum())
    };
    assert_eq!(of_town(&sum, "乙镇", "households"), Some(970.0));
    assert_eq!(of_town(&sum, "乙镇", "population"), Some(2600.0));
    assert!(total("villages") == 6.0, "{sum}");
    let Some(dir) = case("22-labels-in-boundaries") else { return };
    let sum = summary(&dir);
    let both = |member: &str| [of_town(&sum, "甲镇", member), of_town(&sum, "乙镇", member)];
    assert_eq!((both("villages"), both("population")), ([Some(3.0); 2], [Some(3500.0), Some(2600.0)]));
}

#[test]
fn case_15_other_degrees_are_degrees() {
    let Some(dir) = case("15-geographic-crs") else { return };
    for (name, code) in [("sirgas", 4674), ("etrs", 4258), ("jgd", 6668), ("nad83", 4269)] {
        let path = dir.join(format!("{name}.geojson"));
        let d = read(&path);
        assert_eq!((&d.source.crs, codes(&d)), (&Crs::Geographic(code), vec!["datum-near"]), "{name}");
        let (info, _) = program::json(&["info", &path.to_string_lossy(), "--json"]);
        assert!(info["villages"][0]["area_km2"].as_f64().is_some_and(|a| a > 0.0), "{name}");
    }
}

#[test]
fn case_19_swapped_axes_are_one_problem_and_can_be_swapped() {
    let Some(dir) = case("19-swapped-axes") else { return };
    let path = dir.join("villages.geojson");
    let d = read(&path);
    let groups = d.report.groups();
    assert_eq!(groups.iter().map(|g| (g.code, g.count)).collect::<Vec<_>>(), [("swapped-axes", 6)]);
    let how = How { crs: Some(How::SWAPPED.into()), ..How::default() };
    let d = read_file_as(&path, &how, &Progress::new()).expect("read");
    let at = d.geometry.coords[0];
    assert!((at[0] - 116.0).abs() < 1.0 && (at[1] - 40.0).abs() < 1.0 && codes(&d).is_empty(), "{at:?}");
    assert!(codes(&read(&dir.join("kenya.geojson"))).is_empty());
}

#[test]
fn case_27_hand_edited_files_are_read_or_told_where() {
    let Some(dir) = case("27-trailing-comma") else { return };
    assert_eq!(read(&dir.join("comma.geojson")).len(), 6);
    for name in ["comment.geojson", "python.geojson"] {
        let e = read_file(&dir.join(name), &Progress::new()).expect_err("told");
        assert!(e.line_and_column().is_some(), "{e}");
    }
}

#[test]
fn case_44_the_formats_that_people_hold() {
    let Some(dir) = case("44-formats-people-hold") else { return };
    let right = names(&read(&dir.join("v.gpkg")));
    assert!(right.len() == 6 && right[0].chars().all(|c| !c.is_ascii()), "{right:?}");
    for name in ["v.zip", "v.shp", "v.kml", "v.kmz", "v.gml"] {
        let d = read(&dir.join(name));
        assert_eq!((names(&d), kinds(&d, GeometryKind::Polygon)), (right.clone(), 6), "{name}");
        assert!(d.roles.field(Role::Code).is_some() && d.roles.field(Role::Town).is_some(), "{name}");
        assert!(layers(&dir.join(name)).expect("layers").is_empty(), "{name}");
    }
    // Ovital's own ending says that the coordinates are GCJ-02.
    let folder = program::Folder::new();
    folder.write("v.ovkml", std::fs::read(dir.join("v.kml")).expect("read"));
    let d = read(&folder.path("v.ovkml"));
    assert_eq!(d.source.crs, Crs::Reprojected("GCJ-02".into()));
}

#[test]
fn cases_81_84_85_places_in_tables() {
    let Some(dir) = case("81-decimal-comma-points") else { return };
    has_points_at(&read(&dir.join("f.csv")), &[[116.11, 40.05], [116.111, 40.051]]);
    let Some(dir) = case("84-wkt-column") else { return };
    has_points_at(&read(&dir.join("f.csv")), &[[116.11, 40.05], [116.13, 40.05]]);
    assert_eq!(kinds(&read(&dir.join("v.csv")), GeometryKind::Polygon), 1);
    let Some(dir) = case("85-kobo-odk-columns") else { return };
    for name in ["kobo", "odk", "ona", "single", "comma"] {
        let d = read(&dir.join(format!("{name}.csv")));
        has_points_at(&d, &[[116.11, 40.05], [116.13, 40.05]]);
        assert!(d.table.position("kind").is_some(), "{name}");
    }
}

#[test]
fn case_125_conversion_keeps_and_tells() {
    let Some(dir) = case("125-convert-keeps") else { return };
    let folder = program::Folder::new();
    let own = read(&dir.join("in.geojson"));
    for name in ["out.fgb", "out.geojson", "out.gpkg", "out.shp", "out.kml", "out.csv"] {
        let output = program::qiancun(&["convert", &dir.join("in.geojson").to_string_lossy(), &folder.text(name)]);
        assert!(output.status.success(), "{name}");
        let d = read(&folder.path(name));
        let heights = |d: &Dataset| {
            let mut all = d.geometry.heights.clone();
            // A shapefile has no sign for a height that is not known, and says that it wrote 0.
            all.retain(|z| z.is_finite() && *z != 0.0);
            all.sort_by(f64::total_cmp);
            all
        };
        let is_kept = heights(&d) == heights(&own) || d.table.position("height").is_some();
        assert!(is_kept && !heights(&own).is_empty(), "{name}: {:?}", heights(&d));
        assert_eq!(d.len(), own.len(), "{name}");
        // Codes of twelve digits and texts within objects come back as they were.
        let texts = |d: &Dataset| {
            let mut all: Vec<String> = d
                .features()
                .flat_map(|f| d.table.columns.iter().map(move |c| c.value(f).to_text().map(|t| t.into_owned())))
                .flatten()
                .filter(|t| t.len() >= 10 && t.bytes().all(|b| b.is_ascii_digit()))
                .collect();
            all.sort();
            all
        };
        assert_eq!(texts(&d), texts(&own), "{name}");
    }
}

#[test]
fn metres_and_places_at_nought_do_not_decide_where_the_map_opens() {
    let folder = program::Folder::new();
    let squares: Vec<String> =
        (0..12).map(|i| program::square(116.0 + f64::from(i) * 0.01, 40.0, 0.01, "{\"name\":\"x\"}")).collect();
    let mut all = squares.clone();
    all.push(program::square(-60.0, -30.0, 0.01, "{\"name\":\"far\"}"));
    folder.write("v.geojson", program::collection(&all));
    let d = read(&folder.path("v.geojson"));
    let [w, s, e, n] = d.geometry.bounds_of_most().expect("bounds").sides();
    assert!(w > 115.9 && e < 116.2 && s > 39.9 && n < 40.1, "{w} {s} {e} {n}");
    assert!(d.geometry.bounds().is_some_and(|b| b.west_deg == -60.0));
    let points: Vec<String> = (0..5).map(|i| program::point(116.0 + f64::from(i) * 0.01, 40.0, "{}")).collect();
    let with_nought = [points, vec![program::point(0.0, 0.0, "{}")]].concat();
    folder.write("f.geojson", program::collection(&with_nought));
    let d = read(&folder.path("f.geojson"));
    assert!(d.geometry.bounds_of_most().is_some_and(|b| b.west_deg > 115.0));
    assert_eq!(d.report.groups().iter().map(|g| (g.code, g.count)).collect::<Vec<_>>(), [("null-island", 1)]);
    folder.write("m.csv", "id,X,Y\n1,4438758.1,427499.5\n2,4438768.1,427599.5\n");
    let d = read(&folder.path("m.csv"));
    assert_eq!(d.report.groups().iter().map(|g| (g.code, g.count)).collect::<Vec<_>>(), [("unknown-crs", 2)]);
    assert_eq!(d.table.value(FeatureId::new(1), 0).as_f64(), Some(2.0));
}
