//! The window through AccessKit, as a person or a screen reader uses it.

use qiancun::model::FeatureId;
use std::path::{Path, PathBuf};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use qiancun::app::{Options, Qiancun};
use qiancun::colouring::ColouringSpec;
use qiancun::lang::Lang;
use qiancun::render::{Gpu, RenderTarget};
use qiancun::session::{
    CameraCommand, Command, Dialogue, FileCommand, LayerCommand, SelectCommand, Status, Tab, WindowCommand,
};

pub fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo").join(name)
}

/// A light window in English.
pub fn english() -> Options {
    Options { lang: Some(Lang::En), dark: Some(false), ..Options::default() }
}

pub fn open(files: Vec<PathBuf>, lang: Lang, size: [f32; 2]) -> Harness<'static, Qiancun> {
    open_with(Options { empty: files.is_empty(), files, lang: Some(lang), ..english() }, size)
}

pub fn open_with(options: Options, size: [f32; 2]) -> Harness<'static, Qiancun> {
    let state = RenderTarget::create(true).expect("a software renderer");
    let gpu = Gpu::from_render_state(&state);
    let context = egui::Context::default();
    let app = Qiancun::new(&context, gpu, options);
    let mut started = false;
    let mut harness = Harness::builder()
        .with_size(egui::vec2(size[0], size[1]))
        .with_max_steps(60)
        .renderer(egui_kittest::wgpu::WgpuTestRenderer::from_render_state(state))
        .build_ui_state(
            move |ui, app: &mut Qiancun| {
                if !started {
                    app.attach(ui.ctx());
                    started = true;
                }
                app.ui(ui);
            },
            app,
        );
    settle(&mut harness);
    harness
}

/// Frames until everything asked for is read and built. Fonts arrive one frame after they are set.
pub fn settle(h: &mut Harness<'static, Qiancun>) {
    let mut calm = 0;
    for _ in 0..4000 {
        h.step();
        let app = h.state();
        let busy = !app.session.work.pending.is_empty()
            || app.session.layers.values().any(|l| matches!(l.status, Status::Loading(_)))
            || app.is_building();
        calm = if busy { 0 } else { calm + 1 };
        if calm > 12 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    panic!("the window did not settle");
}

pub fn send(h: &mut Harness<'static, Qiancun>, command: impl Into<Command>) {
    h.state_mut().send(command);
    settle(h);
}

pub fn selected(h: &Harness<'static, Qiancun>) -> Vec<String> {
    let session = &h.state().session;
    let Some((key, features)) = &session.document.selection else { return Vec::new() };
    features.iter().map(|f| session.feature_title(*key, *f)).collect()
}

/// Where a village's label would stand in the window.
fn place_of(h: &Harness<'static, Qiancun>, name: &str) -> egui::Pos2 {
    let session = &h.state().session;
    let layer = session.active().expect("a layer");
    let loaded = layer.loaded().expect("data");
    let feature = (0..loaded.dataset.len())
        .find(|f| loaded.dataset.display_name(FeatureId::new(*f)) == name)
        .expect("the village");
    let anchor = loaded.anchors.get().expect("anchors")[feature as usize].expect("a polygon");
    let [x, y] = session.camera.offset_of(anchor.at);
    h.get_by_label("地图").rect().center() + egui::vec2(x as f32, y as f32)
}

fn click(h: &mut Harness<'static, Qiancun>, at: egui::Pos2, modifiers: egui::Modifiers) {
    h.hover_at(at);
    h.step();
    for pressed in [true, false] {
        h.event_modifiers(
            egui::Event::PointerButton { pos: at, button: egui::PointerButton::Primary, pressed, modifiers },
            modifiers,
        );
        h.step();
    }
    settle(h);
}

#[test]
fn hover_click_add_and_undo() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    assert_eq!(selected(&h), ["梁家园"]);
    // Villages only: no ring of symbols under the pointer.
    for key in h.state().session.facility_layers() {
        h.state_mut().send(LayerCommand::ShowLayer(key, false));
    }
    settle(&mut h);
    h.state_mut().session.history = Default::default();
    let (one, other) = (place_of(&h, "温泉"), place_of(&h, "冷泉"));
    let redraws = h.state().redraws();
    h.hover_at(one);
    h.step();
    h.step();
    let hover = h.state().session.moment.hover.clone().expect("something under the pointer");
    assert_eq!(h.state().session.feature_title(hover.features[0].0, hover.features[0].1), "温泉");
    assert_eq!(h.state().redraws(), redraws, "hover draws no map");
    click(&mut h, one, egui::Modifiers::NONE);
    assert_eq!(selected(&h), ["温泉"]);
    assert!(h.query_all_by_label_contains("温泉镇").count() > 0, "the card names the town");
    h.state_mut().session.moment.choice = None;
    std::thread::sleep(std::time::Duration::from_millis(400));
    for _ in 0..40 {
        h.step();
    }
    click(&mut h, other, egui::Modifiers::COMMAND);
    assert_eq!(selected(&h), ["温泉", "冷泉"]);
    // What is selected is looked at, and nothing that is done: undo has nothing to take back, and selects nothing else.
    send(&mut h, WindowCommand::Undo);
    assert_eq!(selected(&h), ["温泉", "冷泉"]);
}

#[test]
fn search_by_initials_flies_there() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    for query in ["dbt", "dongbutou", "东埠"] {
        send(&mut h, SelectCommand::ClearSelection);
        send(&mut h, WindowCommand::FocusSearch);
        let zoom = h.state().session.camera.zoom;
        h.get_by_label("查找村庄").type_text(query);
        h.step();
        h.step();
        h.key_press(egui::Key::Enter);
        settle(&mut h);
        assert_eq!(selected(&h), ["东埠头"], "{query}");
        assert!(h.state().session.camera.zoom != zoom || query != "dbt");
        assert!(h.state().session.moment.search.text.is_empty());
    }
}

#[test]
fn several_features_under_the_cursor_are_a_question() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("overlap.geojson");
    let square = |name: &str, x: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},0],[{},0],[{},2],[{x},2],[{x},0]]]}}}}"#,
            x + 2.0,
            x + 2.0
        )
    };
    let text = format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, square("左", 0.0), square("右", 1.0));
    std::fs::write(&path, text).expect("written");
    let mut h = open(vec![path], Lang::Zh, [1100.0, 700.0]);
    let middle = h.get_by_label("地图").rect().center();
    click(&mut h, middle, egui::Modifiers::NONE);
    assert!(h.state().session.moment.choice.is_some() && selected(&h).is_empty());
    h.step();
    h.get_by_label_contains("右").click();
    settle(&mut h);
    assert_eq!(selected(&h), ["右"]);
    assert!(h.state().session.moment.choice.is_none());
}

#[test]
fn restyle_language_save_and_reopen() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("我的.qiancun");
    let mut h = open(vec![demo("villages.geojson")], Lang::Zh, [1366.0, 768.0]);
    let key = h.state().session.document.keys[0];
    let spec =
        ColouringSpec { classes: 4, ..ColouringSpec::for_field("population", qiancun::model::FieldType::Integer) };
    send(&mut h, LayerCommand::SetColouring(key, Some(spec.clone())));
    assert!(h.state().session.is_changed());
    let rows = h.state().session.layers[&key].colouring.as_ref().expect("themed").legend.len();
    assert_eq!(rows, 4);
    assert!(h.query_by_label_contains("常住人口").is_some());
    send(&mut h, WindowCommand::SetLanguage(Lang::En));
    assert!(h.query_by_label("Layers").is_some() && h.query_by_label("图层").is_none());
    send(&mut h, SelectCommand::Select { layer: key, features: vec![FeatureId::new(5)], add: false });
    send(&mut h, CameraCommand::Zoom(1.5, [40.0, 10.0]));
    let camera = h.state().session.camera;
    send(&mut h, FileCommand::SaveTo(path.clone()));
    assert!(!h.state().session.is_changed(), "{:?}", h.state().session.moment.dialogue);
    let again = open(vec![path], Lang::En, [1366.0, 768.0]);
    let session = &again.state().session;
    assert_eq!(session.document.project.layers[0].colouring.as_ref(), Some(&spec));
    assert!((session.camera.zoom - camera.zoom).abs() < 1e-3);
    assert_eq!(selected(&again), ["柳林"]);
    assert!(!session.is_changed());
}

#[test]
fn a_bad_file_leaves_the_map_open() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let bad = dir.path().join("bad.geojson");
    std::fs::write(&bad, "{\"type\": \"FeatureCollection\", \"features\": 7").expect("written");
    let mut h = open(vec![demo("villages.geojson")], Lang::En, [1100.0, 700.0]);
    let before = h.state().session.document.clone();
    send(&mut h, FileCommand::Open(vec![bad]));
    assert_eq!(h.state().session.document, before);
    assert!(matches!(&h.state().session.moment.dialogue, Some(Dialogue::Message(m)) if m.contains("bad.geojson")));
    h.get_by_label("Close").click();
    settle(&mut h);
    assert!(h.state().session.moment.dialogue.is_none());
}

#[test]
fn unsaved_changes_are_asked_about() {
    let mut h = open(vec![demo("villages.geojson")], Lang::En, [1100.0, 700.0]);
    send(&mut h, FileCommand::OpenDemo);
    assert!(matches!(h.state().session.moment.dialogue, Some(Dialogue::Unsaved(_))));
    h.get_by_label("Do not save").click();
    settle(&mut h);
    assert_eq!(h.state().session.document.project.title, "海淀示范");
}

#[test]
fn a_missing_source_is_told_and_the_rest_opens() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("p.qiancun");
    let villages = demo("villages.geojson").display().to_string();
    std::fs::write(&path, format!("version = 1\n[[layer]]\npath = \"gone.geojson\"\n[[layer]]\npath = '{villages}'\n"))
        .expect("written");
    let h = open(vec![path], Lang::En, [1100.0, 700.0]);
    let session = &h.state().session;
    let status: Vec<bool> = session.shown().map(|(l, _)| l.loaded().is_some()).collect();
    assert_eq!(status, [false, true]);
    assert!(h.query_by_label_contains("gone.geojson").is_some());
}

#[test]
fn an_empty_window_says_what_to_do() {
    let h = open(Vec::new(), Lang::En, [1100.0, 700.0]);
    assert!(h.query_by_label("Every village on one map").is_some());
    assert!(h.query_by_label("Open the demonstration").is_some());
}

#[test]
fn an_invalid_polygon_is_listed_and_the_map_goes_there() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("bow.geojson");
    let bow = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"Square"},"geometry":{"type":"Polygon","coordinates":[[[10,10],[11,10],[11,11],[10,11],[10,10]]]}},
        {"type":"Feature","properties":{"name":"Bow"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}]}"#;
    std::fs::write(&path, bow).expect("written");
    let mut h = open(vec![path], Lang::En, [1100.0, 700.0]);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Problems));
    h.get_by_label_contains("crosses or touches").click();
    settle(&mut h);
    assert_eq!(selected(&h), ["Bow"]);
}

#[test]
fn the_demonstration_lists_exactly_its_planted_problems() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    let codes: Vec<&str> =
        h.state().session.problems().iter().flat_map(|(.., list)| list.iter().map(|p| p.code)).collect();
    assert_eq!(codes, ["row-without-village", "cumulative-falls", "facility-elsewhere"]);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Problems));
    h.get_by_label_contains("高里掌垃圾收集点1").click();
    settle(&mut h);
    assert_eq!(selected(&h), ["高里掌"]);
}
