//! What a person chooses for this machine, and what it does.

use qiancun::app::Options;
use qiancun::lang::Lang;
use qiancun::model::Crs;
use qiancun::palette::{LIGHT, STARK_LIGHT};
use qiancun::project::{AreaUnit, Settings, WindowSettings};
use qiancun::session::{Choosing, Dialogue, OpenedAs, SelectCommand, WindowCommand};

use crate::program::Folder;
use crate::window::{demo, english, open, open_with, send};

/// A village near Beijing in metres of CGCS2000, zone 39, and nothing that says so.
fn metres(folder: &Folder) -> std::path::PathBuf {
    let ring = "[[39440000,4430000],[39440400,4430000],[39440400,4430400],[39440000,4430400],[39440000,4430000]]";
    let text = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"name\":\"甲村\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}}}]}}"
    );
    folder.write("metres.geojson", text);
    folder.path("metres.geojson")
}

#[test]
fn files_without_a_system_are_taken_for_the_usual_one_and_it_is_said() {
    let folder = Folder::new();
    let file = metres(&folder);
    let crs = |usual: &str| {
        let window = WindowSettings { usual_crs: usual.to_owned(), ..WindowSettings::default() };
        let settings = Settings { window, ..Settings::default() };
        let h = open_with(Options { files: vec![file.clone()], settings, ..english() }, [1366.0, 768.0]);
        let session = &h.state().session;
        let dialogue = session.moment.dialogue.clone();
        let said = match &dialogue {
            Some(Dialogue::Opened(files)) => files.iter().any(|f| matches!(f.outcome, OpenedAs::Layer(..))),
            _ => false,
        };
        let layer = session.layers.values().find_map(|l| l.loaded()).expect("a layer");
        let entry = session.document.project.layers.first().expect("an entry").crs.clone();
        (layer.dataset.source.crs.clone(), entry, said)
    };
    assert_eq!(crs(""), (Crs::Other(String::new()), None, true), "asked");
    let name = "EPSG:4527".to_owned();
    assert_eq!(crs("EPSG:4527"), (Crs::Reprojected(name.clone()), Some(name), true));
    assert_eq!(crs("EPSG:1").0, Crs::Other(String::new()), "a system that is none changes nothing");
}

#[test]
fn areas_stand_in_the_unit_that_was_chosen() {
    let mut h = open(vec![demo("villages.geojson")], Lang::En, [1366.0, 768.0]);
    let (layer, village) = {
        let session = &h.state().session;
        let layer = session.active().expect("a layer").key;
        (layer, qiancun::model::FeatureId::new(0))
    };
    send(&mut h, SelectCommand::Select { layer, features: vec![village], add: false });
    use egui_kittest::kittest::Queryable;
    assert!(h.query_all_by_label_contains("km²").next().is_some());
    send(&mut h, WindowCommand::Choose(Choosing::AreaUnit(AreaUnit::Mu)));
    assert!(h.query_all_by_label_contains("km²").next().is_none());
    assert!(h.query_all_by_label_contains(" mu").next().is_some());
}

#[test]
fn high_contrast_and_close_rows_are_seen_at_once() {
    let mut h = open(vec![demo("villages.geojson")], Lang::En, [1366.0, 768.0]);
    assert_eq!(h.state().session.tokens(), &LIGHT);
    let height =
        |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>| h.ctx.global_style().spacing.interact_size.y;
    let usual = height(&h);
    send(&mut h, WindowCommand::Choose(Choosing::Contrast(Some(true))));
    send(&mut h, WindowCommand::Choose(Choosing::Compact(true)));
    assert_eq!(h.state().session.tokens(), &STARK_LIGHT);
    assert!(height(&h) < usual);
}

#[test]
fn a_figure_of_the_summary_is_taken_apart_to_its_villages_and_files() {
    use egui_kittest::kittest::NodeT;
    use egui_kittest::kittest::Queryable;
    use qiancun::session::{LookCommand, MeetingCommand};
    let mut h = open(vec![demo("haidian.qiancun")], Lang::En, [1366.0, 768.0]);
    let position = {
        let session = &h.state().session;
        session.district().expect("a district").indicators.position("dry_rebuilt").expect("the figure")
    };
    send(&mut h, LookCommand::Unfold(position, None));
    let Some(Dialogue::Unfolded(unfolded)) = h.state().session.moment.dialogue.clone() else { panic!("a dialogue") };
    assert_eq!(unfolded.total.value, Some(137.0));
    let sum: f64 = {
        let session = &h.state().session;
        let district = session.district().expect("a district");
        unfolded.villages.iter().filter_map(|v| district.value(position, unfolded.year, *v)).sum()
    };
    assert_eq!(sum, 137.0);
    assert!(h.query_all_by_label_contains("indicators.csv").next().is_some(), "the file is named");
    send(&mut h, WindowCommand::Escape);
    // Progress under the legend, by a click on its line.
    h.query_all_by_label_contains("Where this figure is from · ").next().expect("progress").click();
    crate::window::settle(&mut h);
    assert!(matches!(h.state().session.moment.dialogue, Some(Dialogue::Unfolded(_))));
    // In a meeting by a click on the figure.
    send(&mut h, WindowCommand::Escape);
    send(&mut h, MeetingCommand::StartMeeting(true));
    let figure = h
        .query_all_by_role(egui::accesskit::Role::Button)
        .find(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with("137")));
    figure.expect("a figure that can be clicked").click();
    crate::window::settle(&mut h);
    assert!(matches!(h.state().session.moment.dialogue, Some(Dialogue::Unfolded(_))));
}
