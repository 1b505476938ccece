//! Files of all kinds in the window: what was understood is said once, can be changed, and taken back.

use qiancun::app::Headless;
use qiancun::model::Crs;
use qiancun::output::{LayerOptions, save_layer};
use qiancun::read::{How, Progress, read_file};
use qiancun::session::{Dialogue, FileCommand, LayerCommand, Moved, OpenedAs, WindowCommand};

use crate::program::Folder;
use crate::window::{demo, open, send, settle};

fn moved(folder: &Folder, name: &str, crs: &str) {
    let own = read_file(&demo("facilities.geojson"), &Progress::new()).expect("read");
    let system = qiancun::geo::System::of_name(crs);
    let path = folder.path("with.geojson");
    save_layer(&own, &path, &LayerOptions { system, classes: None }).expect("written");
    let text = std::fs::read_to_string(&path).expect("read");
    let (start, end) = (text.find("\"crs\":").expect("named"), text.find("\"features\"").expect("features"));
    folder.write(name, format!("{}{}", &text[..start], &text[end..]));
}

#[test]
fn a_shifted_layer_is_told_adopted_with_one_button_and_taken_back() {
    let folder = Folder::new();
    moved(&folder, "公厕台账.geojson", "GCJ-02");
    let mut h = open(vec![demo("villages.geojson")], qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    send(&mut h, FileCommand::Open(vec![folder.path("公厕台账.geojson")]));
    let Some(Dialogue::Opened(files)) = h.state().session.moment.dialogue.clone() else {
        panic!("{:?}", h.state().session.moment.dialogue)
    };
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let OpenedAs::Layer(key, diagnosis) = &file.outcome else { panic!("{file:?}") };
    assert_eq!(diagnosis.suggested.as_deref(), Some("GCJ-02"));
    use egui_kittest::kittest::Queryable;
    h.get_by_label_contains("坐标像是 GCJ-02");
    // Before and after, without anything being moved: as far as the shift is at Haidian.
    send(&mut h, LayerCommand::EditReading(*key));
    let Some(Dialogue::Reading(mut draft)) = h.state().session.moment.dialogue.clone() else { panic!("no form") };
    assert!(h.state().session.moved(&draft).is_empty());
    draft.how.crs = Some("GCJ-02".into());
    let pairs = h.state().session.moved(&draft);
    let metres = |m: &Moved| {
        let (b, a) = (m.before.expect("on the map"), m.after);
        ((b.lon_deg - a.lon_deg) * 85_300.0).hypot((b.lat_deg - a.lat_deg) * 111_030.0)
    };
    assert!(pairs.len() > 100 && pairs.iter().all(|m| (525.0..570.0).contains(&metres(m))), "{:?}", pairs.first());
    h.state_mut().session.moment.dialogue = Some(Dialogue::Reading(draft));
    settle(&mut h);
    h.get_by_label("放大看").click();
    settle(&mut h);
    h.get_by_label("关闭").click();
    settle(&mut h);
    h.get_by_label("采用 GCJ-02").click();
    settle(&mut h);
    let crs = |h: &egui_kittest::Harness<'_, qiancun::app::Qiancun>| {
        h.state().session.layers.get(key).and_then(|l| l.loaded()).map(|l| l.dataset.source.crs.clone())
    };
    assert_eq!(crs(&h), Some(Crs::Reprojected("GCJ-02".into())));
    assert!(h.query_by_label_contains("坐标像是").is_none());
    send(&mut h, WindowCommand::Escape);
    send(&mut h, qiancun::session::WindowCommand::Undo);
    settle(&mut h);
    assert_eq!(crs(&h), Some(Crs::Geographic(4326)), "undo brings back how it was read");
}

#[test]
fn several_files_come_with_one_sheet_and_plain_ones_without() {
    let folder = Folder::new();
    let (gbk, ..) = encoding_rs::GB18030.encode("编号,类别,经度,纬度\n1,公厕,116.1,40.05\n2,卫生室,116.2,40.06\n");
    folder.write("公厕.csv", gbk.as_ref());
    folder.write("图.dwg", b"AC1027\0\0\0\0");
    let mut h = open(vec![demo("villages.geojson")], qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    assert!(h.state().session.moment.dialogue.is_none(), "a plain file needs no words");
    send(&mut h, FileCommand::Open(vec![folder.path("图.dwg"), folder.path("公厕.csv")]));
    use egui_kittest::kittest::Queryable;
    h.get_by_label("读入了 2 个文件，还有 1 处要您决定");
    h.get_by_label_contains("文字 GB18030（没有注明，按文字判定）");
    h.get_by_label_contains("既不是地图也不是表格");
    // What could not be read is put away; the rest stays.
    h.get_by_label("关闭").click();
    settle(&mut h);
    h.get_by_label("读入了 1 个文件");
    // Wrong readings are of letters that no font of the program has.
    h.ctx.set_missing_glyph_policy(egui::epaint::text::MissingGlyphPolicy::Tofu);
    h.get_by_label("更改").click();
    settle(&mut h);
    let Some(Dialogue::Reading(draft)) = h.state().session.moment.dialogue.clone() else { panic!("no form") };
    assert!(draft.previews.iter().any(|(e, texts)| e == "GB18030" && texts.contains(&"公厕".to_owned())));
}

#[test]
fn a_file_of_several_layers_asks_which_are_wanted() {
    let folder = Folder::new();
    folder.write(
        "乡镇.kml",
        "<kml><Document><Folder><name>甲</name><Placemark><name>a</name><Point><coordinates>116.1,40.05</coordinates></Point></Placemark></Folder>\
         <Folder><name>乙</name><Placemark><name>b</name><Point><coordinates>116.2,40.05</coordinates></Point></Placemark></Folder></Document></kml>",
    );
    let mut h = open(Vec::new(), qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    send(&mut h, FileCommand::Open(vec![folder.path("乡镇.kml")]));
    let Some(Dialogue::Layers(draft)) = h.state().session.moment.dialogue.clone() else { panic!("not asked") };
    assert_eq!(draft.layers, [("甲".to_owned(), true), ("乙".to_owned(), true)]);
    use egui_kittest::kittest::Queryable;
    h.get_by_label("打开 2 个图层").click();
    settle(&mut h);
    let layers: Vec<How> = h.state().session.document.project.layers.iter().map(|l| l.how()).collect();
    let mut names: Vec<Option<String>> = layers.into_iter().map(|how| how.layer).collect();
    names.sort();
    assert_eq!(names, [Some("乙".to_owned()), Some("甲".to_owned())]);
}

#[test]
fn a_layer_goes_out_with_the_classes_of_the_map() {
    let folder = Folder::new();
    let options = qiancun::app::Options {
        lang: Some(qiancun::lang::Lang::Zh),
        files: vec![demo("haidian.qiancun")],
        ..Default::default()
    };
    let mut head = Headless::new(options, [1366, 768], 1.0, true).expect("a software renderer");
    assert!(head.settle(30.0));
    let key = head.app.session.village_layer().map(|l| l.key).expect("villages");
    let classes = head.app.session.layer_classes(key).expect("classes");
    assert!(classes.classes.len() > 1 && classes.values.iter().flatten().count() > 50, "{}", classes.figure);
    head.app.send(LayerCommand::ExportTo(key, folder.path("村.gpkg")));
    assert!(head.settle(30.0));
    let conn = rusqlite::Connection::open(folder.path("村.gpkg")).expect("written");
    let qml: String = conn.query_row("SELECT styleQML FROM layer_styles", [], |r| r.get(0)).expect("a style");
    for class in &classes.classes {
        let [r, g, b] = class.colour;
        assert!(qml.contains(&format!("{r},{g},{b},255")), "{}", class.label);
    }
    head.app.send(LayerCommand::ExportTo(key, folder.path("村.shp")));
    assert!(head.settle(30.0));
    let Some(Dialogue::Message(told)) = head.app.session.moment.dialogue.clone() else { panic!("nothing told") };
    assert!(told.contains("字段名缩短"), "{told}");
    assert!(["shp", "shx", "dbf", "prj", "cpg"].iter().all(|e| folder.path("村.shp").with_extension(e).exists()));
}
