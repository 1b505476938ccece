//! What is drawn: colours against `classify`, and a few small snapshots.

use qiancun::model::FeatureId;
use std::path::PathBuf;

use qiancun::app::{Headless, Options};
use qiancun::colouring::ColouringSpec;
use qiancun::lang::Lang;
use qiancun::session::{CameraCommand, LayerCommand, SelectCommand, WindowCommand};

use crate::window::{demo, open, settle};

fn headless(files: Vec<PathBuf>, size: [u32; 2]) -> Headless {
    let options = Options { files, lang: Some(Lang::En), dark: Some(false), ..Options::default() };
    let mut h = Headless::new(options, size, 1.0, true).expect("a software renderer");
    assert!(h.settle(60.0), "the picture is complete");
    h
}

fn pixel(h: &Headless, pixels: &[u8], x: f64, y: f64) -> [u8; 3] {
    let at = (y as usize * h.size_px()[0] as usize + x as usize) * 4;
    [pixels[at], pixels[at + 1], pixels[at + 2]]
}

#[test]
fn dark_and_back_is_the_same_picture() {
    let mut h = headless(vec![demo("haidian.qiancun")], [1000, 700]);
    let before = h.pixels().expect("a picture");
    for dark in [true, false] {
        h.app.send(WindowCommand::SetDark(dark));
        assert!(h.settle(60.0));
    }
    let after = h.pixels().expect("a picture");
    let differing = before.chunks_exact(4).zip(after.chunks_exact(4)).filter(|(a, b)| a != b).count();
    assert!(differing < 50, "{differing} pixels differ");
}

/// No symbol covers a point.
fn hide_facilities(h: &mut Headless) {
    for key in h.app.session.facility_layers() {
        h.app.send(LayerCommand::ShowLayer(key, false));
    }
}

#[test]
fn colours_on_the_map_equal_those_of_classify() {
    let mut h = headless(vec![demo("haidian.qiancun")], [1366, 768]);
    h.app.send(SelectCommand::ClearSelection);
    hide_facilities(&mut h);
    // Without names, so that no letter covers the point.
    let key = h.app.session.active().expect("a layer").key;
    h.app.send(LayerCommand::SetField(key, "name", None));
    assert!(h.settle(60.0));
    let pixels = h.pixels().expect("a picture");
    let session = &h.app.session;
    let layer = &session.layers[&key];
    let (loaded, colouring) = (layer.loaded().expect("data"), layer.colouring.as_ref().expect("a theme"));
    let (mut coloured, mut hatched) = (0, 0);
    for (feature, anchor) in loaded.anchors.get().expect("anchors").iter().enumerate() {
        let [x, y] = session.camera.offset_of(anchor.expect("a polygon").at);
        let left = 1366.0 - 308.0 - session.map_size_pt[0];
        let (x, y) = (left + session.map_size_pt[0] / 2.0 + x, 48.0 + session.map_size_pt[1] / 2.0 + y);
        match colouring.colour_of(FeatureId::new(feature as u32)) {
            Some(colour) => {
                assert_eq!(
                    pixel(&h, &pixels, x, y),
                    colour,
                    "{}",
                    loaded.dataset.display_name(FeatureId::new(feature as u32))
                );
                coloured += 1;
            }
            None => hatched += 1,
        }
    }
    assert_eq!((coloured, hatched), (69, 2));
}

#[test]
fn a_pan_keeps_pixels_and_matches_a_fresh_picture() {
    let mut moved = headless(vec![demo("villages.geojson")], [1000, 700]);
    let before = moved.app.redraws();
    for _ in 0..8 {
        moved.app.send(CameraCommand::Pan([9.0, -6.0]));
        moved.frame(Vec::new());
    }
    assert_eq!(moved.app.redraws(), before, "a pan within the margin draws nothing");
    for _ in 0..30 {
        moved.app.send(CameraCommand::Pan([13.0, 11.0]));
        moved.frame(Vec::new());
    }
    assert!(moved.settle(60.0));
    let camera = moved.app.session.camera;
    let mut fresh = headless(vec![demo("villages.geojson")], [1000, 700]);
    fresh.app.session.camera = camera;
    assert!(fresh.settle(60.0));
    let (a, b) = (moved.pixels().expect("a picture"), fresh.pixels().expect("a picture"));
    let differing = a
        .chunks_exact(4)
        .zip(b.chunks_exact(4))
        .filter(|(x, y)| x.iter().zip(*y).any(|(p, q)| p.abs_diff(*q) > 90))
        .count();
    assert!(differing < 1000 * 700 / 500, "{differing} pixels differ");
}

fn snapshot(name: &str, text: &str, theme: Option<ColouringSpec>, zoom: f64) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("map.geojson");
    std::fs::write(&path, text).expect("written");
    let mut h = open(vec![path], Lang::En, [820.0, 560.0]);
    let key = h.state().session.document.keys[0];
    let app = h.state_mut();
    app.send(WindowCommand::ToggleRight);
    app.send(LayerCommand::SetColouring(key, theme));
    settle(&mut h);
    h.state_mut().send(CameraCommand::FitAll);
    settle(&mut h);
    h.state_mut().send(CameraCommand::Zoom(zoom, [60.0, 40.0]));
    settle(&mut h);
    // llvmpipe compiles for each processor a little differently: colours may be off by a hair, no pixel by more.
    let options = egui_kittest::SnapshotOptions::new().threshold(2.0).output_path("tests/snapshots");
    h.snapshot_options(name, &options);
}

fn square(name: &str, x: f64, y: f64, value: &str, hole: bool) -> String {
    let ring =
        |x: f64, y: f64, s: f64| format!("[[{x},{y}],[{},{y}],[{},{}],[{x},{}],[{x},{y}]]", x + s, x + s, y + s, y + s);
    let hole = if hole { format!(",{}", ring(x + 0.3, y + 0.3, 0.4)) } else { String::new() };
    format!(
        r#"{{"type":"Feature","properties":{{"name":"{name}","v":{value}}},"geometry":{{"type":"Polygon","coordinates":[{}{hole}]}}}}"#,
        ring(x, y, 1.0)
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

#[test]
fn snapshot_of_a_choropleth_with_missing_values_and_a_hole() {
    let features = [
        square("A", 0.0, 0.0, "1", false),
        square("B", 1.0, 0.0, "null", false),
        square("C", 0.0, 1.0, "55.5", true),
        square("D", 1.0, 1.0, "99", false),
    ];
    let spec = ColouringSpec::for_field("v", qiancun::model::FieldType::Real);
    snapshot("choropleth", &collection(&features), Some(spec), 0.0);
}

#[test]
fn snapshot_of_an_exclave() {
    let exclave = r#"{"type":"Feature","properties":{"name":"E","v":3},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,1],[0,0]]],[[[1.4,0.4],[1.7,0.4],[1.7,0.7],[1.4,0.7],[1.4,0.4]]]]}}"#;
    let features = [exclave.to_owned(), square("F", 2.0, 0.0, "5", false)];
    let spec = ColouringSpec::for_field("v", qiancun::model::FieldType::Integer);
    snapshot("exclave", &collection(&features), Some(spec), 0.0);
}

#[test]
fn snapshot_deep_down() {
    let features = [square("A", 116.0, 40.0, "1", false), square("B", 117.0, 40.0, "2", false)];
    snapshot("deep", &collection(&features), None, 14.0);
}
