//! FlatGeobuf: what goes in comes out, by the whole and by the index, and damage is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use qiancun::app::{Headless, Options};
use qiancun::cli::demo::Country;
use qiancun::geo::{BoundsDeg, System};
use qiancun::lang::Lang;
use qiancun::model::{Dataset, FeatureId, GeometryKind};
use qiancun::output::{LayerOptions, save_flatgeobuf, save_geojson, save_layer};
use qiancun::project::{Camera, LayerEntry, Project, save};
use qiancun::read::{How, Progress, read_bytes, read_file, read_part, stated_bounds};
use qiancun::session::FileCommand;

use crate::shared;

fn read(path: &Path) -> Dataset {
    read_file(path, &Progress::new()).unwrap_or_else(|e| panic!("{e}"))
}

/// All features as text, by their content: files come in different orders.
fn features(dataset: &Dataset) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for f in 0..dataset.len() {
        let shape = dataset.geometry.features[f as usize];
        let parts: Vec<String> = dataset
            .geometry
            .parts_of(FeatureId::new(f))
            .iter()
            .map(|p| format!("{:?}{:?}", p.kind, dataset.geometry.rings_of(p).collect::<Vec<_>>()))
            .collect();
        // A geometry without positions is none.
        let kind = if parts.is_empty() { GeometryKind::Null } else { shape.kind };
        let values: Vec<String> = dataset
            .table
            .columns
            .iter()
            .enumerate()
            .map(|(i, c)| format!("{}={:?}", c.name, dataset.table.value(FeatureId::new(f), i)))
            .collect();
        *all.entry(format!("{kind:?} {parts:?} {values:?}")).or_insert(0) += 1;
    }
    all
}

const MIXED: &str = r#"{"type":"FeatureCollection","name":"杂","features":[
{"type":"Feature","properties":{"n":1,"t":"甲","r":1.5,"b":true,"d":"2024-01-02"},"geometry":{"type":"Point","coordinates":[116.1,40.1]}},
{"type":"Feature","properties":{"n":-9007199254740993,"t":"","r":null,"b":false},"geometry":{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}},
{"type":"Feature","properties":{"n":null,"t":"é\n\"","r":1e-300,"b":null},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4],[5,7]]}},
{"type":"Feature","properties":{"n":4},"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8],[9,9]]]}},
{"type":"Feature","properties":{"n":5},"geometry":{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[5,2],[6,2],[6,3],[5,2]]]}},
{"type":"Feature","properties":{"n":6},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]],[[5.7,5.2],[5.8,5.2],[5.8,5.3],[5.7,5.2]]]]}},
{"type":"Feature","properties":{"n":7},"geometry":null},
{"type":"Feature","properties":{"n":8},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,1]},{"type":"LineString","coordinates":[[2,2],[3,3]]},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}]}},
{"type":"Feature","properties":{"n":9},"geometry":{"type":"Polygon","coordinates":[[[116.123456789012,0.1],[117.00000000000001,0.30000000000000004],[117,1],[116.123456789012,0.1]]]}}
]}"#;

#[test]
fn every_kind_of_geometry_and_value_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = read_bytes("mixed.geojson".as_ref(), MIXED.as_bytes(), &Progress::new()).expect("readable");
    let (fgb, json) = (folder.path().join("mixed.fgb"), folder.path().join("mixed.geojson"));
    save_flatgeobuf(&source, &fgb).expect("written");
    save_geojson(&source, &json).expect("written");
    for path in [&fgb, &json] {
        let back = read(path);
        assert_eq!(features(&back), features(&source), "{}", path.display());
        assert_eq!((back.source.layer.as_str(), back.source.crs.name().as_str()), ("杂", "EPSG:4326"));
    }
    assert_eq!(read(&fgb).source.format.name(), "flatgeobuf");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing is left beside");
}

fn country(folder: &Path, villages: usize, vertices: u32) -> (PathBuf, PathBuf) {
    let (json, fgb) = (folder.join("country.geojson"), folder.join("country.fgb"));
    let mut out = std::io::BufWriter::new(std::fs::File::create(&json).expect("a file"));
    Country::new(villages, vertices).write(&mut out).expect("written");
    drop(out);
    save_flatgeobuf(&read(&json), &fgb).expect("written");
    (json, fgb)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_index_finds_what_a_scan_finds(villages in 60usize..900, at in [0.0..1.0f64, 0.0..1.0f64], size in 0.02..0.3f64) {
        let folder = tempfile::tempdir().expect("a folder");
        let (_, fgb) = country(folder.path(), villages, 12);
        let whole = read(&fgb);
        let [w, s, e, n] = whole.geometry.bounds().expect("bounds").sides();
        prop_assert_eq!(stated_bounds(&fgb, &How::default()), Some(BoundsDeg::new([w, s, e, n])));
        let (x, y) = (w + (e - w) * at[0], s + (n - s) * at[1]);
        let view = [x, y, x + (e - w) * size, y + (n - s) * size];
        let meets = |f: u32| {
            let b = whole.geometry.bounds_of(FeatureId::new(f)).expect("bounds").sides();
            b[0] <= view[2] && b[2] >= view[0] && b[1] <= view[3] && b[3] >= view[1]
        };
        let wanted: Vec<String> = (0..whole.len()).filter(|f| meets(*f)).map(|f| whole.display_name(FeatureId::new(f))).collect();
        match read_part(&fgb, &How::default(), BoundsDeg::new(view), &Progress::new()) {
            Some(part) => {
                let found: Vec<String> = (0..part.len()).map(|f| part.display_name(FeatureId::new(f))).collect();
                prop_assert_eq!(found, wanted);
            }
            // Where most of it is in view everything is read.
            None => prop_assert!(wanted.len() * 2 > villages),
        }
    }
}

#[test]
fn damage_is_told_and_never_ends_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, fgb) = country(folder.path(), 80, 12);
    let whole = std::fs::read(&fgb).expect("bytes");
    let broken = folder.path().join("broken.fgb");
    let try_it = |bytes: &[u8]| {
        std::fs::write(&broken, bytes).expect("written");
        let part = read_part(&broken, &How::default(), BoundsDeg::new([100.0, 30.0, 105.01, 34.01]), &Progress::new());
        // Whatever is made of it must hold together.
        for dataset in part.into_iter().chain(read_file(&broken, &Progress::new()).ok()) {
            let _ = (features(&dataset), dataset.geometry.bounds());
            assert_eq!(dataset.table.rows, dataset.len());
        }
    };
    for length in (0..whole.len()).step_by(whole.len() / 300) {
        try_it(&whole[..length]);
    }
    for at in (0..4000).chain((4000..whole.len()).step_by(97)) {
        for mask in [0xff, 0x01] {
            let mut bytes = whole.clone();
            bytes[at] ^= mask;
            try_it(&bytes);
        }
    }
    std::fs::write(&broken, &whole[..whole.len() - 10]).expect("written");
    let cut = read(&broken);
    assert_eq!(cut.len(), 79);
    assert!(cut.report.problems.iter().any(|p| p.code == "truncated"), "{:?}", cut.report.problems);
    let codes = |bytes: &[u8]| {
        std::fs::write(&broken, bytes).expect("written");
        read_file(&broken, &Progress::new()).map(|d| d.len()).map_err(|e| e.code())
    };
    assert_eq!(codes(&whole[..20]), Err("damaged"));
    assert_eq!(codes(b"fgb\x02fgb\x00"), Err("unsupported-format"));
}

#[test]
fn a_project_that_looks_at_a_part_shows_it_before_the_rest_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, fgb) = country(folder.path(), 3000, 12);
    let [w, s, e, n] = stated_bounds(&fgb, &How::default()).expect("bounds").sides();
    let path = folder.path().join("part.qiancun");
    let camera = Camera { lon: (w + e) / 2.0, lat: (s + n) / 2.0, zoom: 11.0 };
    let project = Project { layers: vec![LayerEntry::new(fgb)], camera: Some(camera), ..Project::default() };
    save(&path, &project).expect("saved");
    let options = Options { empty: true, lang: Some(Lang::En), ..Options::default() };
    let mut h = Headless::new(options, [900, 600], 1.0, true).expect("a device");
    for _ in 0..3 {
        h.frame(Vec::new());
    }
    h.app.send(FileCommand::Open(vec![path]));
    let mut early = None;
    for _ in 0..4000 {
        h.frame(Vec::new());
        if h.app.session.layers.values().any(|l| l.loaded().is_some()) {
            break;
        }
        if h.app.shows_everything() {
            early.get_or_insert_with(|| h.pixels().expect("pixels"));
        }
        std::thread::sleep(std::time::Duration::from_micros(100));
    }
    assert!(h.settle(120.0));
    // On a quick machine everything may be there at once.
    if let Some(early) = early {
        let now = h.pixels().expect("pixels");
        let villages = |p: &[u8]| p.chunks_exact(4).filter(|c| c[1] > c[0] && c[1] >= c[2] && c[0] < 220).count();
        let (a, b) = (villages(&early), villages(&now));
        assert!(a * 10 > b * 7 && a > 20_000, "{a} of {b} pixels");
    }
}

#[test]
fn gdal_reads_ours_and_we_read_gdals() {
    let Some(folder) = shared::folder("gdal_reads_ours_and_we_read_gdals") else { return };
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/flatgeobuf.json");
    let fixture: serde_json::Value = serde_json::from_slice(&std::fs::read(made).expect("fixture")).expect("JSON");
    let temporary = tempfile::tempdir().expect("a folder");
    for (name, expected) in fixture.as_object().expect("an object") {
        let source = read(&folder.join(name));
        let fgb = temporary.path().join("out.fgb");
        save_flatgeobuf(&source, &fgb).expect("written");
        let back = read(&fgb);
        assert_eq!(features(&back), features(&source), "{name}");
        // What GDAL finds in our file in these rectangles: see tests/oracle/flatgeobuf.py.
        for case in expected.as_array().expect("rectangles") {
            let number = |i: usize| case["box"][i].as_f64().expect("a number");
            let view = [number(0), number(1), number(2), number(3)];
            if let Some(part) = read_part(&fgb, &How::default(), BoundsDeg::new(view), &Progress::new()) {
                assert_eq!(u64::from(part.len()), case["features"], "{name} {view:?}");
            }
        }
    }
}

#[test]
fn the_index_of_a_geopackage_finds_what_is_in_view() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = read(&country(folder.path(), 400, 12).0);
    let gpkg = folder.path().join("country.gpkg");
    save_layer(&whole, &gpkg, &LayerOptions::default()).expect("written");
    let all = whole.geometry.bounds().expect("bounds").sides();
    let stated = stated_bounds(&gpkg, &How::default()).expect("bounds").sides();
    assert!(all.iter().zip(stated).all(|(a, b)| (a - b).abs() < 1e-9), "{all:?} {stated:?}");
    let [w, s, e, n] = all;
    let view = [w + (e - w) * 0.3, s + (n - s) * 0.3, w + (e - w) * 0.45, s + (n - s) * 0.45];
    let part = read_part(&gpkg, &How::default(), BoundsDeg::new(view), &Progress::new()).expect("a part");
    let meets = |f: &FeatureId| {
        let b = whole.geometry.bounds_of(*f).expect("bounds").sides();
        b[0] <= view[2] && b[2] >= view[0] && b[1] <= view[3] && b[3] >= view[1]
    };
    let wanted: Vec<String> = whole.features().filter(meets).map(|f| whole.display_name(f)).collect();
    let found: Vec<String> = part.features().map(|f| part.display_name(f)).collect();
    assert!(!wanted.is_empty() && wanted.iter().all(|name| found.contains(name)));
    // Its numbers are of single precision and rounded outwards: hardly more is found.
    assert!(found.len() <= wanted.len() + 4, "{} {}", found.len(), wanted.len());
    // Where all of it is in view, everything is read.
    assert!(read_part(&gpkg, &How::default(), BoundsDeg::new(all), &Progress::new()).is_none());
    // A layer in metres has an index in metres.
    let metres = LayerOptions { system: System::of_epsg(32650), classes: None };
    save_layer(&whole, &gpkg, &metres).expect("written");
    assert!(stated_bounds(&gpkg, &How::default()).is_none());
}
