use super::*;
use crate::read::{Progress, read_bytes, read_file};

const MIXED: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"村名":"东沟村","a_very_long_name":1.5,"a_very_long_more":2,"on":true,"day":"2023-11-05"},
     "geometry":{"type":"Polygon","coordinates":[[[116,40],[116.1,40],[116.1,40.1],[116,40]],[[116.05,40.01],[116.06,40.01],[116.06,40.02],[116.05,40.01]]]}},
    {"type":"Feature","properties":{"村名":"西沟村"},"geometry":{"type":"MultiPolygon","coordinates":[[[[117,40],[117.1,40],[117.1,40.1],[117,40]]],[[[118,40],[118.1,40],[118.1,40.1],[118,40]]]]}},
    {"type":"Feature","properties":{"村名":"后沟 & <村>"},"geometry":null}]}"#;

fn source() -> Dataset {
    read_bytes("villages.geojson".as_ref(), MIXED.as_bytes(), &Progress::new()).expect("read")
}

fn back(name: &str, options: &LayerOptions) -> (Dataset, Written) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    let written = save_layer(&source(), &path, options).expect("written");
    (read_file(&path, &Progress::new()).unwrap_or_else(|e| panic!("{e}")), written)
}

#[test]
fn every_format_comes_back_as_it_was() {
    let own = source();
    for name in ["v.gpkg", "v.shp", "v.geojson", "v.fgb", "v.kml", "v.csv"] {
        let (d, _) = back(name, &LayerOptions::default());
        assert_eq!(d.len(), 3, "{name}");
        let mut of = (own.geometry.coords.clone(), d.geometry.coords.clone());
        // Shapefiles wind the other way round.
        of.0.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        of.1.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        assert_eq!(of.0, of.1, "{name}");
        let mut names: Vec<String> = d.features().map(|f| d.file_name(f)).collect();
        // FlatGeobuf has its own order.
        names.sort();
        assert_eq!(names, ["东沟村", "后沟 & <村>", "西沟村"], "{name}");
        assert_eq!(d.geometry.parts.len(), 3, "{name}");
    }
}

#[test]
fn names_of_fields_are_shortened_and_stay_apart() {
    let (d, written) = back("v.shp", &LayerOptions::default());
    let names: Vec<&str> = d.table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["村名", "a_very_lon", "a_very_l_1", "on", "day"]);
    assert!(
        written
            .told
            .iter()
            .any(|(what, detail)| *what == "shortened" && detail.contains("a_very_long_more → a_very_l_1"))
    );
    assert_eq!(d.source.encoding, "UTF-8");
}

#[test]
fn other_systems_come_back_to_where_they_were() {
    for crs in ["EPSG:4527", "EPSG:32650", "GCJ-02", "EPSG:4490"] {
        for name in ["v.gpkg", "v.geojson", "v.fgb"] {
            let options = LayerOptions { system: System::of_name(crs), classes: None };
            let (d, _) = back(name, &options);
            if name != "v.gpkg" || crs != "GCJ-02" {
                assert_eq!(d.source.crs.name(), crs, "{name}");
                let is_there = |at: &[f64; 2]| (at[0] - 116.0).abs() < 1e-9 && (at[1] - 40.0).abs() < 1e-9;
                assert!(d.geometry.coords.iter().any(is_there), "{name} {crs}: {:?}", d.geometry.coords);
            }
        }
    }
    let degrees_only = LayerOptions { system: System::of_name("EPSG:4527"), classes: None };
    let dir = tempfile::tempdir().expect("a folder");
    assert!(save_layer(&source(), &dir.path().join("v.kml"), &degrees_only).is_err());
    assert!(save_layer(&source(), &dir.path().join("v.docx"), &LayerOptions::default()).is_err());
}

#[test]
fn classes_go_along() {
    let class =
        |lower, upper, label: &str, colour| LayerClass { range: Some((lower, upper)), label: label.to_owned(), colour };
    let classes = LayerClasses {
        figure: "污水处理率".into(),
        values: vec![Some(95.0), Some(99.0), None],
        class_field: "图例".into(),
        class_of: vec![Some(0), Some(1), None],
        classes: vec![class(90.0, 99.0, "90–99", [1, 2, 3]), class(99.0, 100.0, "≥ 99", [4, 5, 6])],
        missing: [200, 200, 200],
        missing_label: "未知".into(),
    };
    let options = LayerOptions { system: None, classes: Some(classes) };
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("v.gpkg");
    save_layer(&source(), &path, &options).expect("written");
    let conn = rusqlite::Connection::open(&path).expect("opened");
    let (qml, sld): (String, String) = conn
        .query_row("SELECT styleQML, styleSLD FROM layer_styles", [], |r| Ok((r.get(0)?, r.get(1)?)))
        .expect("a style");
    assert!(
        qml.contains("&quot;污水处理率&quot; &lt; 99")
            && qml.contains("&quot;污水处理率&quot; &gt;= 99")
            && sld.contains("#010203")
    );
    let (d, _) = back("v.kml", &options);
    let at = d.table.position("污水处理率").expect("the figure");
    assert_eq!(d.table.value(FeatureId::new(1), at).as_f64(), Some(99.0));
    let words = d.table.position("图例").expect("the class");
    assert_eq!(d.table.value(FeatureId::new(0), words), Value::Text("90–99"));
}

#[test]
fn heights_come_back() {
    let tall = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"n":1},"geometry":{"type":"Polygon","coordinates":[[[116,40,51.5],[116.1,40.1,53],[116.1,40,52],[116,40,51.5]]]}},
        {"type":"Feature","properties":{"n":2},"geometry":{"type":"Polygon","coordinates":[[[117,40],[117.1,40.1],[117.1,40],[117,40]]]}}]}"#;
    let points = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":[116,40,48.25]}},
        {"type":"Feature","properties":{"n":2},"geometry":{"type":"Point","coordinates":[117,40]}}]}"#;
    let dir = tempfile::tempdir().expect("a folder");
    for (kind, text) in [("areas", tall), ("points", points)] {
        let source = read_bytes("a.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read");
        for ending in ["gpkg", "shp", "geojson", "fgb", "kml", "csv", "gpx"] {
            let path = dir.path().join(format!("{kind}.{ending}"));
            save_layer(&source, &path, &LayerOptions::default()).expect("written");
            let d = read_file(&path, &Progress::new()).unwrap_or_else(|e| panic!("{e}"));
            let all = |d: &Dataset, tall: bool| {
                let mut found: Vec<String> = (0..d.geometry.ring_starts.len() as u32 - 1)
                    .flat_map(|r| d.geometry.ring_with_heights(r))
                    // A shapefile has no sign for a height that is not known.
                    .filter(|(_, z)| z.is_some_and(|z| z != 0.0) == tall)
                    .map(|(at, z)| format!("{at:?} {:?}", z.filter(|z| *z != 0.0)))
                    .collect();
                found.sort();
                found
            };
            let is_table = ending == "csv" && kind == "points";
            if is_table {
                let height = d.table.position("height").expect("a column");
                assert_eq!(d.table.value(FeatureId::new(0), height).as_f64(), Some(48.25));
                assert_eq!(d.table.value(FeatureId::new(1), height), Value::Missing);
            } else {
                assert_eq!(all(&d, true), all(&source, true), "{kind} {ending}");
                assert_eq!(all(&d, false), all(&source, false), "{kind} {ending}");
            }
        }
    }
}
