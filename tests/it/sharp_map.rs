//! The map: names inside their villages, marks beside them, symbols by themselves, what is said under the pointer, the menu of a place,
//! the legend.

use egui::accesskit::Role;
use egui::{Modifiers, PointerButton, Pos2, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use qiancun::app::Qiancun;
use qiancun::geo::{Side, even_odd};
use qiancun::lang::Lang;
use qiancun::model::{FeatureId, Theme};
use qiancun::session::{CameraCommand, LayerCommand, LookCommand, MeetingCommand, SymbolKind, Tab, WindowCommand};

use crate::sharp_table::click_at;
use crate::window::{demo, open, selected, send, settle};

type Window = Harness<'static, Qiancun>;

fn demonstration(lang: Lang) -> Window {
    open(vec![demo("haidian.qiancun")], lang, [1366.0, 768.0])
}

fn middle(h: &Window) -> Pos2 {
    h.get_by_role_and_label(Role::Canvas, "地图").rect().center()
}

/// Whether a rectangle of the screen lies inside a village.
fn lies_inside(h: &Window, village: FeatureId, rect: Rect) -> bool {
    let session = &h.state().session;
    let loaded = session.village_layer().and_then(|l| l.loaded()).expect("villages");
    let geometry = &loaded.dataset.geometry;
    let rings: Vec<Vec<[f64; 2]>> = geometry
        .parts_of(village)
        .iter()
        .flat_map(|p| geometry.rings_of(p))
        .map(|r| {
            r.iter()
                .map(|[x, y]| {
                    let at = qiancun::geo::WorldPos::from_lonlat(qiancun::geo::LonLat::new(*x, *y));
                    session.camera.offset_of(at)
                })
                .collect()
        })
        .collect();
    let corners = [rect.left_top(), rect.right_top(), rect.left_bottom(), rect.right_bottom(), rect.center()];
    corners.iter().all(|p| even_odd([f64::from(p.x), f64::from(p.y)], rings.iter().map(Vec::as_slice)) != Side::Outside)
}

#[test]
fn names_lie_inside_their_villages_at_every_scale() {
    let mut h = demonstration(Lang::Zh);
    let mut seen = 0;
    for steps in [0.0, 0.7, 0.6, -2.0] {
        send(&mut h, CameraCommand::Zoom(steps, [0.0, 0.0]));
        let named = h.state().named_villages();
        seen = seen.max(named.len());
        for (village, rect) in &named {
            assert!(lies_inside(&h, *village, *rect), "{village:?} {rect:?} after {steps}");
        }
        for (i, (a, ra)) in named.iter().enumerate() {
            for (b, rb) in named.iter().skip(i + 1) {
                assert!(!ra.intersects(*rb), "{a:?} over {b:?}");
            }
        }
    }
    assert!(seen >= 55, "{seen} of 71 villages are named");
}

#[test]
fn names_beside_their_villages_keep_their_lines_while_the_map_is_moved() {
    let mut h = demonstration(Lang::Zh);
    let session = &h.state().session;
    let (key, mut style) =
        session.village_layer().and_then(|l| Some((l.key, session.entry(l.key)?.style.clone()))).expect("villages");
    (style.label, style.label_leaders) = (Some("{name}（{households} 户）".into()), true);
    send(&mut h, LayerCommand::SetStyle(key, style));
    let before = h.state().names_beside();
    assert!(before >= 10, "{before} names have no room in their villages");
    for _ in 0..3 {
        send(&mut h, CameraCommand::Pan([9.0, 5.0]));
        for (village, rect) in h.state().named_villages() {
            assert!(lies_inside(&h, village, rect), "{village:?} stands elsewhere without a line");
        }
        let now = h.state().names_beside();
        assert!(now + 6 >= before, "{now} of {before} are left beside");
    }
}

#[test]
fn names_give_way_to_symbols() {
    let h = demonstration(Lang::Zh);
    let session = &h.state().session;
    let symbols = session.symbols().expect("symbols").single_places.clone();
    let offset = |p: &qiancun::geo::WorldPos| {
        let [x, y] = session.camera.offset_of(*p);
        Rect::from_center_size(egui::pos2(x as f32, y as f32), egui::Vec2::splat(6.0))
    };
    let symbols: Vec<Rect> = symbols.iter().map(offset).collect();
    let named = h.state().named_villages();
    let over = named.iter().filter(|(_, name)| symbols.iter().any(|s| s.intersects(*name))).count();
    assert!(named.len() >= 60 && over == 0, "{over} of {} names lie over a symbol", named.len());
}

#[test]
fn symbols_stand_by_themselves_and_a_meeting_has_none_unasked() {
    let mut h = demonstration(Lang::Zh);
    let (singles, clusters) = {
        let symbols = h.state().session.symbols().cloned().expect("symbols");
        (symbols.single_places.len(), symbols.clusters.len())
    };
    assert_eq!((singles, clusters), (267, 0), "on the first screen every symbol is itself");
    for _ in 0..5 {
        send(&mut h, CameraCommand::Zoom(-1.0, [0.0, 0.0]));
    }
    let symbols = h.state().session.symbols().cloned().expect("symbols");
    assert!(symbols.clusters.len() < 12 && symbols.single_places.len() < 20, "from afar they are numbers");
    send(&mut h, MeetingCommand::StartMeeting(true));
    send(&mut h, LookCommand::SetTheme(Some(Theme::Sanitation)));
    let shown = h.state().session.symbols_shown(Theme::Sanitation);
    assert_eq!(shown, Vec::<String>::new());
    send(&mut h, LookCommand::ShowSymbols(SymbolKind::WastePoint.key().to_owned(), true));
    assert_eq!(h.state().session.symbols_shown(Theme::Sanitation), ["waste-point"], "where they are asked for");
}

#[test]
fn gap_marks_stand_beside_names_and_a_click_shows_the_village() {
    let mut h = demonstration(Lang::Zh);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    let marks = h.state().gap_marks();
    let listed = h.state().session.listed_gaps().expect("a list").rows.len();
    // One gap is of the district as a whole.
    assert_eq!(marks.iter().map(|m| m.1).sum::<usize>(), listed - 1, "each gap is in one mark");
    for (i, (a, _)) in marks.iter().enumerate() {
        assert!(marks.iter().skip(i + 1).all(|(b, _)| !a.intersects(*b)), "never mark upon mark");
        let named = h.state().named_villages();
        assert!(named.iter().all(|(_, name)| !name.intersects(*a)), "never over a name");
    }
    let camera = h.state().session.camera;
    let inside = |m: &&(Rect, usize)| m.0.center().x.abs() < 200.0 && m.0.center().y.abs() < 120.0;
    let mark = *marks.iter().find(inside).expect("a mark in sight");
    let at = middle(&h) + mark.0.center().to_vec2();
    click_at(&mut h, at, Modifiers::NONE);
    assert_eq!(h.state().session.camera, camera, "the map stays where it is");
    assert_eq!(selected(&h).len(), 1);
    let session = &h.state().session;
    let village = session.document.selection.as_ref().expect("selected").1[0];
    let gaps = session.gap_marks().expect("marks");
    assert_eq!(gaps.villages.get(&village).map(|m| m.1), Some(mark.1), "the village whose mark it is");
}

#[test]
fn a_tip_says_value_class_and_the_towns_mean_once_the_pointer_moves() {
    let mut h = demonstration(Lang::Zh);
    assert!(h.state().session.moment.hover.is_none(), "nothing before the mouse moves");
    let named = h.state().named_villages();
    let name = |v: FeatureId| {
        let layer = h.state().session.village_layer().expect("villages").key;
        h.state().session.feature_title(layer, v)
    };
    let (_, rect) = named.iter().find(|(v, _)| name(*v) == "柳林").expect("its name").to_owned();
    let at = middle(&h) + rect.center().to_vec2();
    h.hover_at(at - egui::vec2(3.0, 0.0));
    h.step();
    h.hover_at(at);
    settle(&mut h);
    let texts: Vec<String> = h.query_all_by_role(Role::Label).filter_map(|n| n.accesskit_node().value()).collect();
    for wanted in ["柳林", "98.1 %", "90–99（不含 99）", "镇 98.2"] {
        assert!(texts.iter().any(|t| t == wanted), "{wanted} in {texts:?}");
    }
}

#[test]
fn the_menu_of_a_place_copies_lists_and_adds() {
    let mut h = demonstration(Lang::Zh);
    let at = middle(&h) + egui::vec2(-120.0, 80.0);
    let menu = |h: &mut Window| {
        h.hover_at(at);
        h.step();
        for pressed in [true, false] {
            h.event(egui::Event::PointerButton {
                pos: at,
                button: PointerButton::Secondary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            h.step();
        }
        settle(h);
    };
    menu(&mut h);
    assert!(h.query_by_label("复制坐标（WGS 84）").is_some() && h.query_by_label("复制坐标（高德、腾讯用）").is_some());
    let pinned = h.state().session.moment.pinned.expect("a place");
    h.get_by_label("在此添加便签…").click();
    settle(&mut h);
    h.get_by_role(Role::MultilineTextInput).focus();
    h.step();
    h.get_by_role(Role::MultilineTextInput).type_text("井盖缺失");
    h.step();
    h.get_by_label("保存").click();
    settle(&mut h);
    let notes = h.state().session.document.project.notes.clone();
    assert_eq!(notes.len(), 1);
    assert!((notes[0].lon - pinned.lon_deg).abs() < 1e-6 && notes[0].text == "井盖缺失");
    let text = toml::to_string(&h.state().session.document.project).expect("a text");
    assert!(text.contains("[[note]]"), "kept in the project");
    // A click on it opens it again; emptied it is gone, and undo brings it back.
    click_at(&mut h, at, Modifiers::NONE);
    h.get_by_label("删除").click();
    settle(&mut h);
    assert!(h.state().session.document.project.notes.is_empty());
    send(&mut h, WindowCommand::Undo);
    assert_eq!(h.state().session.document.project.notes.len(), 1);
    // A facility stands where one clicked.
    menu(&mut h);
    h.get_by_label("在此添加设施…").click();
    settle(&mut h);
    let Some(qiancun::session::Dialogue::Add(draft)) = &h.state().session.moment.dialogue else { panic!("a form") };
    assert!((draft.lon - pinned.lon_deg).abs() < 1e-6 && (draft.lat - pinned.lat_deg).abs() < 1e-6);
}

#[test]
fn a_row_of_the_legend_selects_its_class() {
    let mut h = demonstration(Lang::Zh);
    h.get_by_label("60–80（不含 80） 3").click();
    settle(&mut h);
    let names = selected(&h);
    assert_eq!(names.len(), 3, "{names:?}");
    h.get_by_label("无数据 2").click();
    settle(&mut h);
    assert_eq!(selected(&h).len(), 2);
    // No bound is cut, whatever the numbers.
    send(&mut h, LookCommand::SetMeasure(Theme::Sanitation, "demolished_m2".into()));
    let labels: Vec<String> = h.query_all_by_role(Role::Button).filter_map(|n| n.accesskit_node().label()).collect();
    assert!(!labels.iter().any(|l| l.contains('…') && l.contains('–')), "{labels:?}");
    assert!(h.query_by_label_contains("（（").is_none());
    let heading = h.state().session.legend_heading(None);
    assert_eq!(heading, "拆违面积（累计，m²）", "no doubled brackets");
}
