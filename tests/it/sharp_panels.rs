//! Card, gap list, editor of colours, list of layers, menus.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use qiancun::app::Qiancun;
use qiancun::lang::Lang;
use qiancun::model::{FeatureId, Theme};
use qiancun::session::{
    CameraCommand, Dialogue, FileCommand, LayerCommand, LookCommand, SelectCommand, Tab, WindowCommand,
};

use crate::window::{demo, open, selected, send, settle};

type Window = Harness<'static, Qiancun>;

fn demonstration(lang: Lang) -> Window {
    open(vec![demo("haidian.qiancun")], lang, [1366.0, 768.0])
}

fn texts(h: &Window) -> Vec<String> {
    let labels = h.query_all_by_role(Role::Label).filter_map(|n| n.accesskit_node().value());
    let buttons = h.query_all_by_role(Role::Button).filter_map(|n| n.accesskit_node().label());
    labels.chain(buttons).collect()
}

fn type_over(h: &mut Window, label: &str, text: &str) {
    h.get_by_role_and_label(Role::TextInput, label).focus();
    h.step();
    h.key_press_modifiers(Modifiers::COMMAND, Key::A);
    h.step();
    h.get_by_role_and_label(Role::TextInput, label).type_text(text);
    h.step();
}

#[test]
fn the_head_of_the_card_stays_themes_fold_and_figures_say_where_they_are_from() {
    let mut h = demonstration(Lang::Zh);
    let name = |h: &Window| h.query_all_by_label("梁家园").map(|n| n.rect()).find(|r| r.left() > 1060.0);
    let before = name(&h).expect("the name on the card");
    let card = before.center() + egui::vec2(0.0, 300.0);
    for _ in 0..10 {
        h.hover_at(card);
        h.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -120.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        h.step();
    }
    settle(&mut h);
    assert_eq!(name(&h), Some(before), "the head stays");
    let mut h = demonstration(Lang::Zh);
    let shown = |h: &Window| texts(h).iter().any(|t| t.starts_with("易腐垃圾清运频次"));
    assert!(shown(&h));
    h.get_by_role_and_label(Role::DisclosureTriangle, "环境卫生").click();
    settle(&mut h);
    assert!(!shown(&h), "folded");
    let session = &h.state().session;
    let card = session.card().expect("a card");
    let sewage = card
        .sections
        .iter()
        .flat_map(|s| &s.figures)
        .find(|f| session.indicator(f.indicator).is_some_and(|i| i.id == "sewage_treatment_pct"));
    let lines = session.origin_lines(sewage.expect("the rate"));
    let [file, place] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(file, "来自  indicators.csv", "the file, where the table says nothing more");
    assert!(place.starts_with("第 ") && place.ends_with("行，“sewage_treatment_pct”列"), "{place}");
}

#[test]
fn fields_that_say_nothing_fold_away_and_ids_have_no_mean() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("osm.geojson");
    let feature = |i: u32| {
        let silent: Vec<String> = (0..130).map(|k| format!(r#""tag:{k}":null"#)).collect();
        format!(
            r#"{{"type":"Feature","properties":{{"name":"A very long name of a village that goes on and on {i}","osm_id":{},"version":{},"population":{},{}}},
            "geometry":{{"type":"Polygon","coordinates":[[[{i},0],[{i}.9,0],[{i}.9,1],[{i},1],[{i},0]]]}}}}"#,
            4_000_000 + i,
            i + 2,
            100 * i + 100,
            silent.join(",")
        )
    };
    let list: Vec<String> = (0..3).map(feature).collect();
    std::fs::write(&path, format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(",")))
        .expect("written");
    let mut h = open(vec![path], Lang::En, [1366.0, 768.0]);
    let key = h.state().session.active().expect("a layer").key;
    send(&mut h, SelectCommand::Select { layer: key, features: vec![FeatureId::new(1)], add: false });
    let all = texts(&h);
    assert!(h.query_by_label("130 more without data").is_some(), "{all:?}");
    assert!(!all.iter().any(|t| t == "tag:7"), "folded away");
    assert_eq!(all.iter().filter(|t| t.starts_with("all ")).count(), 1, "only residents have a mean: {all:?}");
    assert!(all.iter().any(|t| t == "4000001"), "an id is not grouped like a number");
}

#[test]
fn the_gap_list_has_one_row_of_chips_names_rules_and_counts_what_the_filter_keeps() {
    let mut h = demonstration(Lang::Zh);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    let chips = ["高 24", "中 31", "数据 10", "全部镇", "全部规则", "全部状态", "仅视野内", "更多"];
    let tops: Vec<f32> = chips.iter().map(|c| h.get_by_label(c).rect().center().y).collect();
    assert!(tops.iter().all(|y| (y - tops[0]).abs() < 3.0), "{tops:?}");
    let all = texts(&h);
    assert!(all.iter().any(|t| t == "村内及周边没有公厕") && !all.iter().any(|t| t == "T1"), "{all:?}");
    assert!(all.iter().any(|t| t == "不足三类"), "a class is said in words");
    assert!(!all.iter().any(|t| t.starts_with("— / 3")));
    h.state_mut().session.moment.gap_filter.town = Some("上庄镇".into());
    settle(&mut h);
    let listed = h.state().session.listed_gaps().cloned().expect("a list");
    assert_eq!(listed.rules.values().sum::<usize>(), listed.rows.len(), "counts of rules follow the filter");
    assert!(h.query_by_label(&format!("缺口 {}", listed.rows.len())).is_some(), "the tab too");
}

#[test]
fn bounds_begin_with_those_shown_take_what_people_type_and_are_kept() {
    let mut h = demonstration(Lang::Zh);
    let layer = h.state().session.village_layer().expect("villages").key;
    send(&mut h, LayerCommand::EditColouring(layer));
    assert!(h.get_by_role_and_label(Role::TextInput, "分界值").rect().right() < 240.0, "in the left panel");
    assert_eq!(h.get_by_role_and_label(Role::TextInput, "分界值").value().as_deref(), Some("60、80、90、99"));
    let legend = |h: &Window| h.state().session.shown_bounds(layer);
    type_over(&mut h, "分界值", "70、九十");
    settle(&mut h);
    assert!(h.query_by_label("“九十”不是数，未采用。").is_some());
    assert_eq!(legend(&h), [60.0, 80.0, 90.0, 99.0], "the map stays as it was");
    type_over(&mut h, "分界值", "７０、 95");
    settle(&mut h);
    assert_eq!(legend(&h), [70.0, 95.0]);
    h.get_by_role_and_label(Role::RadioButton, "Purples").click();
    settle(&mut h);
    let project = h.state().session.document.project.clone();
    assert_eq!(project.looks.len(), 1);
    assert_eq!((project.looks[0].breaks.as_slice(), project.looks[0].ramp.as_str()), (&[70.0, 95.0][..], "Purples"));
    let page =
        qiancun::page::page_svg(&h.state().session.still(), qiancun::page::PageFormat::A4, &Default::default(), false);
    assert!(page.contains("70–95（不含 95）"), "pages have the same classes");
    h.get_by_label("恢复默认分级").click();
    settle(&mut h);
    assert_eq!(legend(&h), [60.0, 80.0, 90.0, 99.0]);
    send(&mut h, WindowCommand::Undo);
    assert_eq!(legend(&h), [70.0, 95.0], "and all of it can be taken back");
    // Fill, outline and labels of the layer itself.
    let mut style = h.state().session.entry(layer).expect("an entry").style.clone();
    (style.outline, style.outline_pt, style.label) = (Some("#ff0000".into()), Some(3.0), Some("code".into()));
    send(&mut h, LayerCommand::SetStyle(layer, style));
    send(&mut h, CameraCommand::FitSelection);
    assert!(h.state().labels().iter().any(|l| l.0.starts_with("DEMO")), "labelled by the field chosen");
}

#[test]
fn layers_are_renamed_grouped_and_dragged_and_a_menu_goes_before_the_selection() {
    let mut h = demonstration(Lang::Zh);
    let keys = h.state().session.document.keys.clone();
    send(&mut h, LayerCommand::RenameLayer(keys[1], "各村边界".into()));
    assert_eq!(h.state().session.layer_title(keys[1]), "各村边界");
    let beside = Some((keys[0], false));
    send(&mut h, LayerCommand::ArrangeLayer { layer: keys[1], beside, group: "底图".into() });
    assert_eq!(h.state().session.document.keys, [keys[1], keys[0], keys[2]]);
    assert!(texts(&h).iter().any(|t| t == "底图"), "a group has a head");
    send(&mut h, WindowCommand::Undo);
    // The same by hand.
    let at = |h: &Window, name: &str| {
        h.query_all_by_role_and_label(Role::Label, name).map(|n| n.rect()).find(|r| r.right() < 240.0).expect("a row")
    };
    let value = |h: &Window, name: &str| {
        let row = |n: &egui_kittest::Node<'_>| {
            n.accesskit_node().value().as_deref() == Some(name) && n.rect().right() < 240.0
        };
        h.query_all_by_role(Role::Label).find(row).map(|n| n.rect())
    };
    let from = value(&h, "各村边界").unwrap_or_else(|| at(&h, "各村边界")).center();
    let title = h.state().session.layer_title(keys[0]);
    let to = value(&h, &title).unwrap_or_else(|| at(&h, &title)).center_top() + egui::vec2(0.0, 2.0);
    h.drag_at(from);
    h.step();
    for share in [0.3, 0.7, 1.0] {
        h.hover_at(from + (to - from) * share);
        h.step();
    }
    h.drop_at(to);
    settle(&mut h);
    assert_eq!(h.state().session.document.keys, [keys[1], keys[0], keys[2]], "dragged");
    // Esc closes the menu; what is selected stays.
    assert_eq!(selected(&h), ["梁家园"]);
    h.get_by_label("菜单").click();
    settle(&mut h);
    assert!(h.query_by_label_contains("新建项目").is_some(), "the menu is open");
    let lowest = h.get_by_label_contains("退出").rect().bottom();
    assert!(lowest <= 768.0, "{lowest}: the menu is never cut");
    h.key_press(Key::Escape);
    settle(&mut h);
    assert!(h.query_by_label_contains("新建项目").is_none());
    assert_eq!(selected(&h), ["梁家园"]);
    send(&mut h, FileCommand::NewProject);
    if h.state().session.moment.dialogue.is_some() {
        send(&mut h, FileCommand::Discard(Box::new(FileCommand::NewProject.into())));
    }
    assert!(h.state().session.document.keys.is_empty());
}

#[test]
fn files_given_together_in_any_order_are_opened_together() {
    let files = ["villages.geojson", "facilities.geojson", "indicators.csv"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let mut h = open(order.iter().map(|i| demo(files[*i])).collect(), Lang::Zh, [1366.0, 768.0]);
        settle(&mut h);
        // How the table is laid out is shown before it counts.
        let is_shown = matches!(h.state().session.moment.dialogue, Some(Dialogue::Layout(_)));
        assert!(is_shown, "{order:?}: {:?}", h.state().session.moment.dialogue);
        h.key_press(egui::Key::Enter);
        settle(&mut h);
        let session = &h.state().session;
        let district = session.district().unwrap_or_else(|| panic!("{order:?}: joined"));
        assert_eq!(session.document.keys.len(), 2, "{order:?}");
        assert_eq!(session.document.project.tables.len(), 1, "{order:?}");
        assert!(district.facilities.len() > 900 && district.observations.years().contains(&2023), "{order:?}");
        assert!(session.moment.dialogue.is_none(), "{order:?}: {:?}", session.moment.dialogue);
    }
}

#[test]
fn news_fades() {
    let mut h = demonstration(Lang::Zh);
    send(&mut h, LookCommand::SetTheme(Some(Theme::Toilets)));
    h.state_mut().session.news = Some("已保存".into());
    h.step();
    assert!(texts(&h).iter().any(|t| t == "已保存"));
    for _ in 0..60 {
        h.step();
    }
    assert!(!texts(&h).iter().any(|t| t == "已保存"));
}
