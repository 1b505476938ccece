//! Every format against GDAL: what it writes is read here as it was, and what is written here it reads. Where GDAL is absent a test
//! says so and skips.

use std::path::Path;
use std::process::Command;

use qiancun::district::diagnose;
use qiancun::model::{Dataset, GeometryKind, GeometryStore};
use qiancun::output::{LayerOptions, save_layer};
use qiancun::read::{How, Progress, layers, read_bytes, read_file, read_file_as};

use crate::program::Folder;

fn demo(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo").join(name)
}

fn read(path: &Path) -> Dataset {
    read_file(path, &Progress::new()).unwrap_or_else(|e| panic!("{e}"))
}

fn has_gdal(test: &str) -> bool {
    let there = Command::new("ogr2ogr").arg("--version").output().is_ok_and(|o| o.status.success());
    if !there {
        use std::io::Write;
        writeln!(std::io::stderr(), "SKIPPED {test}: no GDAL (scripts/setup-checks installs it)").ok();
    }
    there
}

fn ogr2ogr(arguments: &[&str]) {
    let output = Command::new("ogr2ogr").args(arguments).env("PROJ_NETWORK", "OFF").output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Positions that are the same to a millimetre, ring by ring, whichever way round and wherever a ring begins.
fn same_places(one: &Dataset, other: &Dataset, what: &str) {
    assert_eq!(one.len(), other.len(), "{what}");
    let rings = |d: &Dataset, f| -> Vec<Vec<[i64; 2]>> {
        let store: &GeometryStore = &d.geometry;
        let mut all: Vec<Vec<[i64; 2]>> = store
            .parts_of(f)
            .iter()
            .flat_map(|part| store.rings_of(part))
            .map(|ring| {
                let mut ring: Vec<[i64; 2]> =
                    ring.iter().map(|at| [(at[0] * 1e7).round() as i64, (at[1] * 1e7).round() as i64]).collect();
                ring.sort_unstable();
                ring.dedup();
                ring
            })
            .collect();
        all.sort();
        all
    };
    for f in one.features() {
        let (a, b) = (rings(one, f), rings(other, f));
        assert_eq!(a.len(), b.len(), "{what}: feature {}", f.number());
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a.len(), b.len(), "{what}: feature {}", f.number());
            // A unit is a hundred-millionth of a degree times ten: about a centimetre; one is rounding.
            assert!(a.iter().zip(b).all(|(p, q)| (p[0] - q[0]).abs() <= 1 && (p[1] - q[1]).abs() <= 1), "{what}");
        }
    }
}

fn names(d: &Dataset) -> Vec<String> {
    d.features().map(|f| d.file_name(f)).collect()
}

#[test]
fn what_gdal_writes_is_read_as_it_was() {
    if !has_gdal("formats") {
        return;
    }
    let own = read(&demo("villages.geojson"));
    let folder = Folder::new();
    let from = demo("villages.geojson").to_string_lossy().into_owned();
    for (name, driver, options) in [
        ("utf8.shp", "ESRI Shapefile", &["-lco", "ENCODING=UTF-8"][..]),
        ("gbk.shp", "ESRI Shapefile", &["-lco", "ENCODING=GBK"]),
        ("v.gpkg", "GPKG", &[]),
        ("v.fgb", "FlatGeobuf", &["-lco", "SPATIAL_INDEX=NO"]),
        ("v.kml", "KML", &[]),
        ("v.gml", "GML", &[]),
        ("v2.gml", "GML", &["-dsco", "FORMAT=GML2"]),
        ("v.csv", "CSV", &["-lco", "GEOMETRY=AS_WKT"]),
        ("v.geojsonl", "GeoJSONSeq", &[]),
        ("zone.shp", "ESRI Shapefile", &["-t_srs", "EPSG:4527", "-lco", "ENCODING=GBK"]),
        ("zone.gpkg", "GPKG", &["-t_srs", "EPSG:4548"]),
        ("zone.gml", "GML", &["-t_srs", "EPSG:4509"]),
        ("utm.gpkg", "GPKG", &["-t_srs", "EPSG:32650"]),
        ("web.fgb", "FlatGeobuf", &["-t_srs", "EPSG:3857", "-lco", "SPATIAL_INDEX=NO"]),
    ] {
        let to = folder.text(name);
        ogr2ogr(&[&["-f", driver, &to, &from], options].concat());
        let d = read(&folder.path(name));
        same_places(&own, &d, name);
        assert_eq!(names(&d), names(&own), "{name}");
        let polygons = |d: &Dataset| d.geometry.features.iter().filter(|f| f.kind == GeometryKind::Polygon).count();
        // A layer that GDAL makes of several kinds has the multiple one throughout.
        assert!(polygons(&d) == polygons(&own) || polygons(&d) == 0, "{name}");
    }
    // Without the file that names its encoding the letters tell.
    std::fs::remove_file(folder.path("gbk.cpg")).ok();
    let d = read(&folder.path("gbk.shp"));
    assert_eq!(names(&d), names(&own));
    let points = demo("facilities.geojson").to_string_lossy().into_owned();
    let own = read(&demo("facilities.geojson"));
    for (name, driver, options) in [
        ("f.gpx", "GPX", &["-dsco", "GPX_USE_EXTENSIONS=YES"][..]),
        ("f.shp", "ESRI Shapefile", &[]),
        ("f.xlsx", "XLSX", &[]),
        ("f.csv", "CSV", &["-lco", "GEOMETRY=AS_XY"]),
    ] {
        let to = folder.text(name);
        let xy = "SELECT *, ST_X(geometry) AS lon, ST_Y(geometry) AS lat FROM facilities";
        let select: &[&str] = match name {
            "f.gpx" => &["-select", "name"],
            "f.xlsx" => &["-dialect", "SQLite", "-sql", xy],
            _ => &[],
        };
        ogr2ogr(&[&["-f", driver, &to, &points], options, select].concat());
        same_places(&own, &read(&folder.path(name)), name);
    }
}

#[test]
fn what_is_written_here_gdal_reads() {
    if !has_gdal("formats") {
        return;
    }
    let own = read(&demo("villages.geojson"));
    let folder = Folder::new();
    for name in ["v.gpkg", "v.shp", "v.fgb", "v.kml", "v.geojson", "v.csv"] {
        for (crs, ending) in [(None, ""), (Some("EPSG:4527"), "-4527")] {
            if crs.is_some() && matches!(name, "v.kml" | "v.csv") {
                continue;
            }
            let (stem, kind) = name.split_once('.').expect("an ending");
            let name = format!("{stem}{ending}.{kind}");
            let system = crs.and_then(qiancun::geo::System::of_name);
            save_layer(&own, &folder.path(&name), &LayerOptions { system, classes: None }).expect("written");
            let back = folder.text(&format!("{name}.back.geojson"));
            let open: &[&str] =
                if kind == "csv" { &["-oo", "GEOM_POSSIBLE_NAMES=WKT", "-a_srs", "EPSG:4326"] } else { &[] };
            ogr2ogr(
                &[&["-f", "GeoJSON", "-lco", "RFC7946=NO", "-t_srs", "EPSG:4326", &back, &folder.text(&name)], open]
                    .concat(),
            );
            let d = read(Path::new(&back));
            // FlatGeobuf has an order of its own.
            if kind != "fgb" {
                same_places(&own, &d, &name);
                assert_eq!(names(&d), names(&own), "{name}");
            }
            assert_eq!(d.len(), own.len(), "{name}");
        }
    }
    let facilities = read(&demo("facilities.geojson"));
    save_layer(&facilities, &folder.path("f.gpx"), &LayerOptions::default()).expect("written");
    let back = folder.text("f.geojson");
    ogr2ogr(&["-f", "GeoJSON", &back, &folder.text("f.gpx"), "waypoints"]);
    same_places(&facilities, &read(Path::new(&back)), "f.gpx");
}

#[test]
fn layers_are_named_and_read_one_by_one() {
    if !has_gdal("layers") {
        return;
    }
    let folder = Folder::new();
    let (villages, facilities) = (demo("villages.geojson"), demo("facilities.geojson"));
    let to = folder.text("three.gpkg");
    ogr2ogr(&["-f", "GPKG", &to, &villages.to_string_lossy(), "-nln", "villages"]);
    ogr2ogr(&["-f", "GPKG", "-update", &to, &facilities.to_string_lossy(), "-nln", "设施"]);
    assert_eq!(layers(&folder.path("three.gpkg")).expect("layers"), ["villages", "设施"]);
    let (check, _) = crate::program::json(&["check", &to, "--json"]);
    let all: Vec<&str> = check["files"].as_array().expect("files").iter().filter_map(|f| f["layer"].as_str()).collect();
    assert_eq!(all, ["villages", "设施"]);
    let one = read(&folder.path("three.gpkg#设施"));
    assert_eq!(one.len(), read(&facilities).len());
    let e = read_file(&folder.path("three.gpkg#none"), &Progress::new()).expect_err("no such layer");
    assert_eq!(e.code(), "no-layer");
    for (name, text) in [
        ("a.gpx", "<gpx><wpt lat=\"1\" lon=\"2\"/></gpx>"),
        ("a.kml", "<kml><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>"),
        ("a.geojson", r#"{"type":"Point","coordinates":[1,2]}"#),
        ("a.csv", "id,lon,lat\n1,2,3\n"),
    ] {
        folder.write(name, text);
        assert_eq!(read(&folder.path(name)).len(), 1, "{name}");
        let e = read_file(&folder.path(&format!("{name}#none")), &Progress::new()).map(|_| ());
        assert_eq!(e.map_err(|e| e.code()), Err("no-layer"), "{name}");
    }
}

#[test]
fn the_doctor_finds_what_was_done_to_the_demonstration() {
    let villages = read(&demo("villages.geojson"));
    let folder = Folder::new();
    for name in ["facilities.geojson", "villages.geojson"] {
        let own = read(&demo(name));
        assert_eq!(diagnose(&own, &villages).suggested, None, "{name}");
        for (crs, right) in [
            ("GCJ-02", "GCJ-02"),
            ("BD-09", "BD-09"),
            ("EPSG:4527", "EPSG:4527"),
            ("EPSG:4548", "EPSG:4548"),
            // The same numbers as the three-degree zone of that meridian.
            ("EPSG:4509", "EPSG:4548"),
            (How::SWAPPED, How::SWAPPED),
        ] {
            // Written in the system, and the file says nothing of it.
            let system = qiancun::geo::System::of_name(crs);
            let path = folder.path("moved.geojson");
            save_layer(&own, &path, &LayerOptions { system, classes: None }).expect("written");
            let text = std::fs::read_to_string(&path).expect("read");
            let start = text.find("\"crs\":").unwrap_or(0);
            let end = text.find("\"features\"").expect("features");
            let mut bare = if start > 0 { format!("{}{}", &text[..start], &text[end..]) } else { text };
            if crs == How::SWAPPED {
                bare = swapped(&bare);
            }
            let moved = read_bytes("moved.geojson".as_ref(), bare.as_bytes(), &Progress::new()).expect("read");
            let found = diagnose(&moved, &villages);
            assert_eq!(found.suggested.as_deref(), Some(right), "{name} in {crs}: {:?}", found.hypotheses);
            folder.write("bare.geojson", &bare);
            let how = How { crs: Some(right.to_owned()), ..How::default() };
            let mended = read_file_as(&folder.path("bare.geojson"), &how, &Progress::new()).expect("read");
            same_places(&own, &mended, crs);
        }
    }
}

/// All positions with their numbers the other way round.
fn swapped(text: &str) -> String {
    fn swap(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Array(list) if list.len() >= 2 && list[0].is_number() => list.swap(0, 1),
            serde_json::Value::Array(list) => list.iter_mut().for_each(swap),
            _ => {}
        }
    }
    let mut all: serde_json::Value = serde_json::from_str(text).expect("JSON");
    for feature in all["features"].as_array_mut().expect("features") {
        swap(&mut feature["geometry"]["coordinates"]);
    }
    all.to_string()
}
