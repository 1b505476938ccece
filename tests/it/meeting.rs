//! The whole meeting by keyboard, before and after, scenes.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use qiancun::app::Qiancun;
use qiancun::lang::Lang;
use qiancun::session::{
    CameraCommand, Dialogue, FLIGHT_SECS, FileCommand, LookCommand, MeetingCommand, SelectCommand, Tab, WindowCommand,
};

use crate::survey::copied;
use crate::window::{demo, open, selected, send, settle};

type Window = Harness<'static, Qiancun>;

fn press(h: &mut Window, key: Key) {
    h.key_press(key);
    settle(h);
    // Flights end within a second.
    for _ in 0..(FLIGHT_SECS * 70.0) as usize {
        h.step();
    }
}

fn scene(h: &Window) -> Option<usize> {
    h.state().session.meeting.as_ref().and_then(|m| m.scene)
}

#[test]
fn a_whole_meeting_by_keyboard_and_esc_restores() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1920.0, 1080.0]);
    send(&mut h, LookCommand::SetTheme(Some(qiancun::model::Theme::Services)));
    h.state_mut().session.moment.filter = "人口 > 100".into();
    send(&mut h, CameraCommand::Zoom(0.7, [40.0, 10.0]));
    let session = &h.state().session;
    let before =
        (session.camera, session.view.clone(), session.document.clone(), session.moment.filter.clone(), selected(&h));
    press(&mut h, Key::F5);
    assert_eq!(scene(&h), Some(0));
    assert!(h.query_by_label("图层").is_none() && h.query_by_label_contains("71 个村，三大革命").is_some());
    for (key, expected) in [
        (Key::ArrowRight, 1),
        (Key::Space, 2),
        (Key::PageDown, 3),
        (Key::ArrowLeft, 2),
        (Key::PageUp, 1),
        (Key::Num5, 4),
        (Key::ArrowRight, 4),
        (Key::Num3, 2),
    ] {
        press(&mut h, key);
        assert_eq!(scene(&h), Some(expected), "{key:?}");
        assert!(h.state().session.stage.flight.is_none(), "it has arrived");
    }
    // Before and after: the divider moves by keys and by dragging, the numbers say what changed.
    assert_eq!(h.state().session.year_before(), Some(2018));
    assert!(h.state().map.before.is_some());
    let changes = h.state().session.changes_between(2018, 2023);
    let rebuilt = qiancun::session::Session::headlined(&h.state().session);
    let now = rebuilt.iter().find(|f| f.caption.contains("旱厕改造")).expect("the figure").number;
    assert_eq!(now, 137.0);
    assert!(changes.iter().any(|(v, c)| v.starts_with('+') && c.contains("旱厕改造")), "{changes:?}");
    let at = h.state().session.stage.divider;
    h.key_press_modifiers(egui::Modifiers::SHIFT, Key::ArrowRight);
    settle(&mut h);
    assert!((h.state().session.stage.divider - at - 0.05).abs() < 1e-4);
    // Blank and back, nearer and farther, a village large.
    h.key_press(Key::B);
    settle(&mut h);
    assert!(h.state().session.meeting.as_ref().is_some_and(|m| m.is_blank));
    h.key_press(Key::B);
    settle(&mut h);
    let zoom = h.state().session.camera.zoom;
    h.key_press(Key::Plus);
    settle(&mut h);
    assert!(h.state().session.camera.zoom > zoom);
    // The years play and stop at the end.
    press(&mut h, Key::Num2);
    send(&mut h, LookCommand::SetYear(2021));
    h.key_press(Key::Y);
    for _ in 0..400 {
        h.step();
    }
    assert_eq!(h.state().session.year(), Some(2023));
    assert!(h.state().session.stage.playing.is_none(), "stopped at the end");
    press(&mut h, Key::Escape);
    let session = &h.state().session;
    assert!(session.meeting.is_none());
    let after =
        (session.camera, session.view.clone(), session.document.clone(), session.moment.filter.clone(), selected(&h));
    assert_eq!(before.0, after.0);
    assert_eq!((before.1, before.2, before.3, before.4), (after.1, after.2, after.3, after.4));
    assert!(h.query_by_label("图层").is_some(), "the panels are back");
    // From this scene.
    h.key_press_modifiers(egui::Modifiers::SHIFT, Key::F5);
    settle(&mut h);
    assert!(h.state().session.meeting.is_some() && scene(&h).is_none());
}

#[test]
fn scenes_are_captured_named_ordered_and_saved() {
    let dir = copied();
    let project = dir.path().join("haidian.qiancun");
    let mut h = open(vec![project.clone()], Lang::Zh, [1366.0, 768.0]);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Scenes));
    let count = |h: &Window| h.state().session.document.project.scenes.len();
    let had = count(&h);
    assert_eq!(had, 5, "the demonstration has five scenes");
    send(&mut h, LookCommand::SetTheme(Some(qiancun::model::Theme::Clinics)));
    send(&mut h, LookCommand::SetYear(2020));
    h.get_by_label("捕捉当前画面").click();
    settle(&mut h);
    assert_eq!(count(&h), had + 1);
    let captured = h.state().session.document.project.scenes[had].clone();
    assert_eq!((captured.view.theme, captured.view.year), (Some(qiancun::model::Theme::Clinics), Some(2020)));
    let named = qiancun::project::SceneEntry { name: "卫生室 2020".into(), note: "说明".into(), ..captured };
    send(&mut h, MeetingCommand::SetScene(had, Box::new(named)));
    send(&mut h, MeetingCommand::MoveScene(had, true));
    send(&mut h, MeetingCommand::CopyScene(had - 1));
    send(&mut h, LookCommand::SetYear(2022));
    send(&mut h, MeetingCommand::UpdateScene(had - 1));
    let scenes = h.state().session.document.project.scenes.clone();
    assert_eq!((scenes[had - 1].name.as_str(), scenes[had - 1].view.year), ("卫生室 2020", Some(2022)));
    assert_eq!(scenes[had].view.year, Some(2020), "the copy stays as it was");
    send(&mut h, MeetingCommand::RemoveScene(had));
    send(&mut h, FileCommand::SaveTo(project.clone()));
    let again = open(vec![project], Lang::Zh, [1366.0, 768.0]);
    assert_eq!(again.state().session.document.project.scenes.len(), had + 1);
    send(&mut h, WindowCommand::Undo);
    assert_eq!(count(&h), had + 2, "what was taken out comes back");
}

#[test]
fn type_in_a_meeting_is_large_enough_and_grows_with_the_screen() {
    // The smallest type is 24 px on a screen of 1080 lines, and in proportion on larger ones: read off the font sizes.
    for (size, least) in [([1920.0, 1080.0], 24.0), ([3840.0, 2160.0], 48.0)] {
        let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, size);
        send(&mut h, MeetingCommand::StartMeeting(false));
        for _ in 0..4 {
            h.step();
        }
        let sentence = h.output().shapes.iter().filter_map(|s| text_size(&s.shape, "三大革命")).fold(0.0, f32::max);
        let source = h.output().shapes.iter().filter_map(|s| text_size(&s.shape, "来源")).fold(0.0, f32::max);
        // Sizes are in points: a meeting takes more pixels to the point on a larger screen.
        let ppp = h.ctx.pixels_per_point();
        let (sentence, source) = (sentence * ppp, source * ppp);
        // The test's window has a margin that real ones have not.
        assert!(sentence >= 1.9 * least && source >= 0.975 * least, "{sentence} {source}");
    }
}

fn smallest_text(shape: &egui::Shape) -> Option<f32> {
    match shape {
        egui::Shape::Text(t) => t.galley.job.sections.iter().map(|s| s.format.font_id.size).reduce(f32::min),
        egui::Shape::Vec(all) => all.iter().filter_map(smallest_text).reduce(f32::min),
        _ => None,
    }
}

fn text_size(shape: &egui::Shape, part: &str) -> Option<f32> {
    match shape {
        egui::Shape::Text(t) if t.galley.job.text.contains(part) => smallest_text(shape),
        egui::Shape::Vec(all) => all.iter().filter_map(|s| text_size(s, part)).reduce(f32::max),
        _ => None,
    }
}

#[test]
fn boundaries_alone_make_a_meeting_and_a_page_that_say_what_they_are() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("两村.geojson");
    let square = |x: u32, name: &str| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"{name}\"}},\"geometry\":{{\"type\":\"Polygon\",\
             \"coordinates\":[[[{x},0],[{0},0],[{0},1],[{x},1],[{x},0]]]}}}}",
            x + 1
        )
    };
    let text =
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{},{}]}}", square(116, "东村"), square(117, "西村"));
    std::fs::write(&file, text).expect("written");
    let mut h = open(vec![file.clone()], Lang::Zh, [1366.0, 768.0]);
    press(&mut h, Key::F5);
    let session = &h.state().session;
    assert!(session.meeting.is_some());
    assert_eq!((session.map_sentence().as_str(), session.map_subtitle().as_str()), ("两村", "2 个村"));
    assert_eq!(session.source_words(), "两村.geojson");
    // Nothing stands beside the map: it has the page.
    let (session, _) = qiancun::app::read_session(&file, Lang::Zh).expect("read");
    let svg = qiancun::page::page_svg(&session, qiancun::page::PageFormat::A4, &Default::default(), true);
    let widths =
        svg.split("<clipPath").nth(1).and_then(|s| s.split("width=\"").nth(1)?.split('"').next()?.parse().ok());
    assert!(widths > Some(1000.0_f32), "{widths:?} of 1122 layout pixels");
    assert!(svg.contains("东村") && svg.contains("2 个村") && svg.contains("两村.geojson"));
}

/// The demonstration as a copy whose project has no scenes.
fn without_scenes(dir: &tempfile::TempDir) -> std::path::PathBuf {
    let project = dir.path().join("haidian.qiancun");
    let text = std::fs::read_to_string(&project).expect("the project");
    let mut table: toml::Table = text.parse().expect("TOML");
    assert!(table.remove("scene").is_some(), "the demonstration has scenes");
    std::fs::write(&project, table.to_string()).expect("written");
    project
}

#[test]
fn a_meeting_from_scratch_six_scenes_decisions_print_and_reopen() {
    let dir = copied();
    let project = without_scenes(&dir);
    let mut h = open(vec![project.clone()], Lang::Zh, [1366.0, 768.0]);
    // Six screens, put up by keys and taken by the button.
    h.key_press(Key::M);
    settle(&mut h);
    send(&mut h, SelectCommand::ClearSelection);
    for (n, key) in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num1, Key::Num2].into_iter().enumerate() {
        h.key_press(key);
        settle(&mut h);
        if n >= 4 {
            send(&mut h, LookCommand::SetYear(2019));
        }
        h.get_by_label("捕捉当前画面").click();
        settle(&mut h);
    }
    let scenes = h.state().session.document.project.scenes.clone();
    assert_eq!(scenes.len(), 6);
    // What stood on the map when it was taken stands there in the meeting.
    let toilets = &scenes[1].view.symbols["toilets"];
    assert!(toilets.iter().any(|s| s == "toilet-rebuilt"), "{toilets:?}");
    h.get_by_label("会前检查…").click();
    settle(&mut h);
    let found = match &h.state().session.moment.dialogue {
        Some(Dialogue::Preflight(list, false)) => list.clone(),
        other => panic!("looked through: {other:?}"),
    };
    assert!(!found.iter().any(|f| f.weight == qiancun::session::FindingWeight::Error), "{found:?}");
    h.key_press(Key::Escape);
    settle(&mut h);
    press(&mut h, Key::F5);
    for (at, taken) in scenes.iter().enumerate() {
        assert_eq!(scene(&h), Some(at));
        let theme = h.state().session.view.theme.expect("a theme");
        assert_eq!(h.state().session.symbols_shown(theme), taken.view.symbols[theme.key()]);
        press(&mut h, Key::ArrowRight);
    }
    // A village is looked for by its initials and comes large beside the legend; then two things are decided.
    for (what, day) in [("新建一座公厕", "2020-01-31"), ("管网接入", "2199-12-31")] {
        h.key_press_modifiers(egui::Modifiers::COMMAND, Key::K);
        settle(&mut h);
        h.get_by_label("查找村庄").type_text("dbt");
        settle(&mut h);
        h.key_press(Key::Enter);
        settle(&mut h);
        assert_eq!(selected(&h), ["东埠头"]);
        press(&mut h, Key::D);
        let unit = "环卫中心";
        for (role, name, text) in [
            (egui::Role::MultilineTextInput, "做什么", what),
            (egui::Role::TextInput, "责任单位", unit),
            (egui::Role::TextInput, "期限", day),
        ] {
            h.get_by_role_and_label(role, name).focus();
            h.step();
            h.get_by_role_and_label(role, name).type_text(text);
            settle(&mut h);
        }
        h.get_by_label("记下").click();
        settle(&mut h);
    }
    let due: Vec<Option<i64>> = h.state().session.survey().expect("a log").decisions().map(|d| d.due()).collect();
    assert_eq!(due, [Some(18_292), Some(84_005)], "days since 1970");
    assert!(h.query_by_label_contains("新建一座公厕  →  环卫中心 · 2020-01-31").is_some());
    assert_eq!(h.state().session.decision_counts(), [1, 1, 0], "late, open, done");
    assert!(h.query_by_label_contains("本次会议已定 2 项").is_some());
    press(&mut h, Key::Escape);
    assert!(h.state().session.meeting.is_none());
    send(&mut h, FileCommand::Save);
    drop(h);
    // Printed: a page for the unit, and a workbook.
    let file = project.to_string_lossy().into_owned();
    for name in ["交办单.pdf", "决定.xlsx"] {
        let out = dir.path().join(name);
        let run = crate::program::qiancun(&["decision", "list", &file, "-o", &out.to_string_lossy()]);
        assert!(run.status.success() && out.metadata().is_ok_and(|m| m.len() > 2000), "{name}");
    }
    // Opened again: six scenes as they were taken, and the meeting begins with what became of the decisions.
    let mut h = open(vec![project], Lang::Zh, [1366.0, 768.0]);
    let kept: Vec<_> = h.state().session.document.project.scenes.iter().map(|s| (&s.name, &s.view)).collect();
    assert_eq!(kept, scenes.iter().map(|s| (&s.name, &s.view)).collect::<Vec<_>>());
    press(&mut h, Key::F5);
    assert!(h.query_by_label_contains("逾期 1 · 办理中 1 · 办结 0").is_some());
    assert!(h.query_all_by_label_contains("管网接入").next().is_some());
}
