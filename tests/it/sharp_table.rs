//! The table of villages: every column reached, arranged, summed up, changed in place; the filter put together by clicks.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use qiancun::app::Qiancun;
use qiancun::lang::Lang;
use qiancun::model::FeatureId;
use qiancun::session::{SelectCommand, SheetColumn, Tab, WindowCommand};

use crate::window::{demo, open, selected, send, settle};

type Window = Harness<'static, Qiancun>;

/// The demonstration with the table open.
pub fn table(lang: Lang) -> Window {
    let mut h = open(vec![demo("haidian.qiancun")], lang, [1366.0, 768.0]);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Table));
    h
}

pub fn click_at(h: &mut Window, at: Pos2, modifiers: Modifiers) {
    h.hover_at(at);
    h.step();
    for pressed in [true, false] {
        let event = egui::Event::PointerButton { pos: at, button: egui::PointerButton::Primary, pressed, modifiers };
        h.event_modifiers(event, modifiers);
        h.step();
    }
    settle(h);
}

fn press(h: &mut Window, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    settle(h);
}

/// Where the rows of the table begin, below their heads.
fn first_row(h: &Window) -> Pos2 {
    let head = h.get_by_role_and_label(Role::ColumnHeader, "名称").rect();
    head.center_bottom() + egui::vec2(0.0, 13.0)
}

fn heads(h: &Window) -> Vec<String> {
    h.query_all_by_role(Role::ColumnHeader).filter_map(|n| n.accesskit_node().label()).collect()
}

#[test]
fn every_column_is_reached_and_the_name_stays() {
    let mut h = table(Lang::Zh);
    let sheet = h.state().session.sheet().cloned().expect("a table");
    let last = {
        let session = &h.state().session;
        let column = *session.arranged(&sheet).last().expect("columns");
        sheet.head(session, column).0
    };
    assert!(!heads(&h).iter().any(|head| head.starts_with(&last)), "the last column is out of sight");
    let row = first_row(&h);
    for _ in 0..40 {
        h.hover_at(row + egui::vec2(300.0, 0.0));
        h.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(-200.0, 0.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        h.step();
    }
    settle(&mut h);
    assert!(heads(&h).iter().any(|head| head.starts_with(&last)), "{last} in {:?}", heads(&h));
    assert!(heads(&h).iter().any(|head| head.starts_with("名称")), "the name stays");
}

#[test]
fn columns_are_hidden_moved_and_kept_in_the_project() {
    let mut h = table(Lang::Zh);
    let sheet = h.state().session.sheet().cloned().expect("a table");
    h.get_by_label("列 38 / 38").click();
    settle(&mut h);
    h.get_by_role_and_label(Role::CheckBox, "乡镇").click();
    settle(&mut h);
    let session = &h.state().session;
    let shown: Vec<String> = session.arranged(&sheet).iter().map(|c| sheet.identifier(*c)).collect();
    assert!(!shown.contains(&"town".to_owned()) && shown.len() == 37, "{shown:?}");
    assert_eq!(shown.first().map(String::as_str), Some("name"));
    let text = toml::to_string(&session.document.project).expect("a text");
    assert!(text.contains("columns = ["), "kept in the project");
    let grid = sheet.grid(session, "x".into());
    assert_eq!((grid.heads.len(), grid.rows[0].len()), (37, 37), "what leaves is what is shown");
    send(&mut h, WindowCommand::Undo);
    assert_eq!(h.state().session.arranged(&sheet).len(), 38);
    // A head dragged onto another takes its place.
    press(&mut h, Modifiers::NONE, Key::Escape);
    let at = |h: &Window, name: &str| h.get_by_role_and_label(Role::ColumnHeader, name).rect().center();
    let (from, to) = (at(&h, "分组"), at(&h, "代码"));
    h.drag_at(from);
    h.step();
    for share in [0.4, 0.7, 1.0] {
        h.hover_at(from + (to - from) * share);
        h.step();
    }
    h.drop_at(to);
    settle(&mut h);
    let shown: Vec<String> = h.state().session.arranged(&sheet).iter().take(4).map(|c| sheet.identifier(*c)).collect();
    assert_eq!(shown, ["name", "group", "code", "town"]);
}

#[test]
fn the_foot_says_what_the_rows_shown_amount_to() {
    let mut h = table(Lang::Zh);
    let foot = |h: &Window, name: &str| {
        h.query_all_by_role(Role::Label)
            .filter_map(|n| n.accesskit_node().value())
            .find(|l| l.starts_with(name) && (l.contains("合计") || l.contains("均值") || l.contains("未知")))
    };
    // As the summary has it.
    let rolled = {
        let session = &h.state().session;
        let rolled = session.rolled().expect("a summary");
        let sewage = session.district().expect("a district").indicators.position("sewage_treatment_pct").expect("it");
        rolled.all.totals[&sewage]
    };
    assert_eq!(rolled.unknown, 2);
    assert_eq!(foot(&h, "污水处理率"), Some(format!("污水处理率  均值 {:.1}  未知 2", rolled.value.expect("a mean"))));
    assert_eq!(foot(&h, "户数").as_deref(), Some("户数  合计 60,383"));
    h.state_mut().session.moment.filter = "town = 苏家坨镇".into();
    settle(&mut h);
    let sheet = h.state().session.sheet().cloned().expect("a table");
    let households = h.state().session.district().expect("a district").indicators.position("households").expect("it");
    let of_town: f64 = sheet
        .rows
        .iter()
        .filter_map(|v| h.state().session.district().expect("a district").value(households, Some(2023), *v))
        .sum();
    let of_town = foot(&h, "户数").is_some_and(|f| f.replace(',', "").contains(&format!("合计 {of_town}")));
    assert!(of_town, "{:?}", foot(&h, "户数"));
}

#[test]
fn shift_takes_a_range_and_a_click_moves_no_row() {
    let mut h = table(Lang::Zh);
    let row = first_row(&h);
    let names: Vec<String> = {
        let sheet = h.state().session.sheet().cloned().expect("a table");
        sheet.rows.iter().map(|f| sheet.dataset.display_name(*f)).collect()
    };
    let at = |n: usize| row + egui::vec2(0.0, 26.0 * n as f32);
    click_at(&mut h, at(1), Modifiers::NONE);
    assert_eq!(selected(&h), names[1..2]);
    click_at(&mut h, at(3), Modifiers::SHIFT);
    assert_eq!(selected(&h), names[1..4], "from the row clicked before");
    click_at(&mut h, at(2), Modifiers::NONE);
    assert_eq!(selected(&h), names[2..3], "the third row is where it was");
    // The arrows go on, and with Shift they take more.
    press(&mut h, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&h), names[3..4]);
    press(&mut h, Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(selected(&h), names[3..5]);
    let camera = h.state().session.camera;
    press(&mut h, Modifiers::COMMAND, Key::Enter);
    assert_eq!(selected(&h), names[4..5]);
    assert_ne!(h.state().session.camera, camera, "Ctrl Enter goes there");
}

#[test]
fn values_are_changed_where_they_stand() {
    let mut h = table(Lang::Zh);
    let sheet = h.state().session.sheet().cloned().expect("a table");
    let at = |id: &str| (0..sheet.columns.len()).find(|c| sheet.identifier(*c) == id).expect("the column");
    let value = |h: &Window, id: &str, row: u32| {
        let sheet = h.state().session.sheet().cloned().expect("a table");
        sheet.shown(&h.state().session, FeatureId::new(row), at(id)).map(|s| s.0)
    };
    let row = first_row(&h);
    click_at(&mut h, row, Modifiers::NONE);
    // From the name over code, town and group to the households.
    for _ in 0..4 {
        press(&mut h, Modifiers::NONE, Key::ArrowRight);
    }
    press(&mut h, Modifiers::NONE, Key::F2);
    assert_eq!(h.get_by_role_and_label(Role::TextInput, "数值").value().as_deref(), Some("285"));
    let typed = |h: &mut Window, text: &str| {
        h.key_press_modifiers(Modifiers::COMMAND, Key::A);
        h.step();
        h.get_by_role_and_label(Role::TextInput, "数值").type_text(text);
        h.step();
    };
    typed(&mut h, "nothing");
    press(&mut h, Modifiers::NONE, Key::Enter);
    assert!(h.state().session.document.project.edits.is_empty(), "what is no number is not taken");
    typed(&mut h, "301");
    press(&mut h, Modifiers::NONE, Key::Enter);
    assert_eq!(value(&h, "households", 0).as_deref(), Some("301"));
    // Tab takes it too and goes on to the next.
    press(&mut h, Modifiers::NONE, Key::F2);
    typed(&mut h, "302");
    press(&mut h, Modifiers::NONE, Key::Tab);
    assert_eq!(value(&h, "households", 0).as_deref(), Some("302"));
    assert_eq!(h.get_by_role_and_label(Role::TextInput, "数值").value().as_deref(), Some("735"), "residents are next");
    press(&mut h, Modifiers::NONE, Key::Escape);
    assert_eq!(value(&h, "population", 0).as_deref(), Some("735"));
    // Words are changed like figures, and the card says them.
    let field = sheet.dataset.table.position("plan_text").expect("a plan");
    let row = FeatureId::new(0);
    let layer = h.state().session.village_layer().expect("villages").key;
    send(&mut h, SelectCommand::Select { layer, features: vec![row], add: false });
    let session = &h.state().session;
    let cell = session.begin_cell(row, SheetColumn::Field(field), qiancun::session::EditPlace::Table);
    h.state_mut().session.moment.editing = cell;
    h.state_mut().session.moment.scroll_to_column = Some(at("plan_text"));
    settle(&mut h);
    typed(&mut h, "整治村口河道");
    press(&mut h, Modifiers::NONE, Key::Enter);
    assert_eq!(value(&h, "plan_text", 0).as_deref(), Some("整治村口河道"));
    assert_eq!(h.state().session.card().and_then(|c| c.plan.1.clone()).as_deref(), Some("整治村口河道"));
    h.state_mut().session.moment.filter = "plan_text 包含 河道".into();
    settle(&mut h);
    assert_eq!(h.state().session.sheet().map(|s| s.rows.clone()), Some(vec![row]), "and filters find them");
    h.state_mut().session.moment.filter.clear();
    for _ in 0..3 {
        send(&mut h, WindowCommand::Undo);
    }
    assert_eq!(value(&h, "plan_text", 0), None);
    assert_eq!(value(&h, "households", 0).as_deref(), Some("285"));
}

#[test]
fn a_condition_is_put_together_by_clicks() {
    let mut h = table(Lang::Zh);
    h.state_mut().session.moment.filter = "sewage_treatment_pct < 80 or clinic = none".into();
    settle(&mut h);
    let before = h.state().session.sheet().expect("a table").rows.len();
    let map = h.get_by_label("地图").rect();
    h.get_by_label("＋ 条件").click();
    settle(&mut h);
    // By a part of its name; choosing it closes nothing.
    h.get_by_role_and_label(Role::TextInput, "查找列").focus();
    h.step();
    h.get_by_role_and_label(Role::TextInput, "查找列").type_text("乡镇");
    settle(&mut h);
    let is_head = |n: &egui_kittest::Node<'_>| n.accesskit_node().role() == Role::ColumnHeader;
    let town = h.get_all_by_label("乡镇").find(|n| !is_head(n)).expect("the town").rect().center();
    click_at(&mut h, town, Modifiers::NONE);
    assert!(h.query_by_label("包含").is_some(), "still open, and asks how");
    h.get_by_role_and_label(Role::TextInput, "数值").focus();
    h.step();
    h.get_by_role_and_label(Role::TextInput, "数值").type_text("家坨");
    settle(&mut h);
    press(&mut h, Modifiers::NONE, Key::Enter);
    let filter = h.state().session.moment.filter.clone();
    assert_eq!(filter, "(sewage_treatment_pct < 80 or clinic = none) and town contains \"家坨\"");
    let after = h.state().session.sheet().expect("a table").rows.len();
    assert!(after > 0 && after < before, "{after} of {before}");
    // Neither a filter that keeps nothing nor one that cannot be read moves the map.
    for text in ["population > 999999", "population >", ""] {
        h.state_mut().session.moment.filter = text.into();
        settle(&mut h);
        assert_eq!(h.get_by_label("地图").rect(), map, "{text}");
    }
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    assert_eq!(h.get_by_label("地图").rect(), map, "another tab has the same height");
}
