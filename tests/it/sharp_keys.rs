//! Each of the three jobs by keyboard alone, and what has the keyboard is seen.

use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use qiancun::app::Qiancun;
use qiancun::lang::Lang;
use qiancun::model::Theme;
use qiancun::session::Dialogue;

use crate::survey::copied;
use crate::window::{demo, open, selected, settle};

type Window = Harness<'static, Qiancun>;

fn press(h: &mut Window, key: Key) {
    press_with(h, Modifiers::NONE, key);
}

fn press_with(h: &mut Window, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    h.step();
    settle(h);
}

fn type_text(h: &mut Window, text: &str) {
    h.event(Event::Text(text.to_owned()));
    h.step();
    settle(h);
}

/// Words of what has the keyboard.
fn focused(h: &Window) -> Option<String> {
    let id = h.ctx.memory(egui::Memory::focused)?;
    let of = |n: &egui_kittest::Node<'_>| n.accesskit_node().is_focused();
    let node = h.query_all(egui_kittest::kittest::By::new().predicate(|n| n.is_focused())).find(of);
    let words = node.map(|n| n.accesskit_node().label().or_else(|| n.accesskit_node().value()).unwrap_or_default());
    Some(words.unwrap_or_else(|| format!("{id:?}")))
}

/// Goes on with Tab until something of these words has the keyboard.
fn tab_to(h: &mut Window, words: &str) {
    let mut seen = Vec::new();
    for _ in 0..120 {
        press(h, Key::Tab);
        let now = focused(h).unwrap_or_default();
        if now == words {
            return;
        }
        seen.push(now);
    }
    panic!("Tab never comes to {words}: {seen:?}");
}

/// Staff: find a village, go to its neighbours, another theme and year, correct a figure, take it back, make a page.
#[test]
fn staff_explore_and_correct_by_keyboard_alone() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    press_with(&mut h, Modifiers::COMMAND, Key::K);
    type_text(&mut h, "beizhuangzi");
    press(&mut h, Key::Enter);
    assert_eq!(selected(&h), ["北庄子"]);
    let place = |h: &Window| {
        let (layer, feature) = h.state().session.on_card().expect("a village");
        layer.loaded().expect("read").anchors.get().expect("anchors")[feature.index()].expect("an anchor").at
    };
    for (key, along) in [
        (Key::ArrowRight, [1.0, 0.0]),
        (Key::ArrowUp, [0.0, -1.0]),
        (Key::ArrowLeft, [-1.0, 0.0]),
        (Key::ArrowDown, [0.0, 1.0]),
    ] {
        let before = place(&h);
        press_with(&mut h, Modifiers::ALT, key);
        let after = place(&h);
        assert!((after.x - before.x) * along[0] + (after.y - before.y) * along[1] > 0.0, "{key:?}");
    }
    press(&mut h, Key::Num2);
    assert_eq!(h.state().session.view.theme, Some(Theme::Toilets));
    press(&mut h, Key::OpenBracket);
    press(&mut h, Key::CloseBracket);
    if !h.state().session.settings.drawer_open || h.state().session.tab != qiancun::session::Tab::Table {
        press(&mut h, Key::T);
    }
    assert_eq!(focused(&h).as_deref(), Some("表格"), "the rows have the keyboard as they open");
    press(&mut h, Key::ArrowDown);
    press(&mut h, Key::ArrowDown);
    let row = h.state().session.moment.cursor.expect("a cursor").row;
    for _ in 0..20 {
        press(&mut h, Key::F2);
        if h.state().session.moment.editing.is_some() {
            break;
        }
        press(&mut h, Key::ArrowRight);
    }
    assert!(h.state().session.moment.editing.is_some(), "a figure of {row:?} can be changed");
    press_with(&mut h, Modifiers::COMMAND, Key::A);
    type_text(&mut h, "7");
    press(&mut h, Key::Enter);
    assert_eq!(h.state().session.document.project.edits.len(), 1);
    press_with(&mut h, Modifiers::COMMAND, Key::Z);
    assert!(h.state().session.document.project.edits.is_empty());
    press_with(&mut h, Modifiers::COMMAND, Key::P);
    assert!(h.state().session.moment.page.is_some());
    tab_to(&mut h, "保存…");
    press(&mut h, Key::Escape);
    assert!(h.state().session.moment.page.is_none());
}

/// A presenter: scenes, the blank screen, a village asked about, and out again.
#[test]
fn presenters_show_by_keyboard_alone() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    press(&mut h, Key::F5);
    let scene = |h: &Window| h.state().session.meeting.as_ref().and_then(|m| m.scene);
    assert_eq!(scene(&h), Some(0));
    press(&mut h, Key::ArrowRight);
    assert_eq!(scene(&h), Some(1));
    press(&mut h, Key::B);
    press(&mut h, Key::B);
    press_with(&mut h, Modifiers::COMMAND, Key::K);
    type_text(&mut h, "北庄子");
    press(&mut h, Key::Enter);
    assert_eq!((selected(&h), scene(&h)), (vec!["北庄子".to_owned()], Some(1)), "Enter chose, and is no next scene");
    press(&mut h, Key::ArrowLeft);
    assert_eq!(scene(&h), Some(0));
    press(&mut h, Key::Escape);
    assert!(h.state().session.meeting.is_none());
}

/// A surveyor: the gaps, one after the other, and what was found there.
#[test]
fn surveyors_record_a_visit_by_keyboard_alone() {
    let dir = copied();
    let mut h = open(vec![dir.path().join("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    press(&mut h, Key::G);
    assert_eq!(focused(&h).as_deref(), Some("缺口"), "the list has the keyboard as it opens");
    let camera = h.state().session.camera;
    press(&mut h, Key::ArrowDown);
    let first = selected(&h);
    press(&mut h, Key::ArrowDown);
    press(&mut h, Key::ArrowDown);
    press(&mut h, Key::ArrowUp);
    assert_ne!(selected(&h), first);
    assert_eq!(h.state().session.camera, camera, "arrows go through the list, the map stays");
    press(&mut h, Key::Enter);
    assert!(matches!(h.state().session.moment.dialogue, Some(Dialogue::Visit(_))));
    tab_to(&mut h, "属实");
    press(&mut h, Key::Space);
    tab_to(&mut h, "记录核查");
    press(&mut h, Key::Enter);
    for _ in 0..200 {
        if h.state().session.survey().is_some_and(|s| s.standing().count() == 1) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        settle(&mut h);
    }
    assert_eq!(h.state().session.survey().map(|s| s.standing().count()), Some(1));
    assert!(h.state().session.moment.dialogue.is_none());
}

#[test]
fn what_has_the_keyboard_has_a_ring_and_a_click_takes_it_away() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    let ring = |h: &Window| {
        let accent = h.state().session.tokens().accent;
        let is_ring = |s: &egui::Shape| match s {
            egui::Shape::Rect(r) => {
                let is_it = r.stroke.width == 2.0 && r.stroke.color == accent && r.corner_radius.nw == 5;
                is_it.then_some(r.rect)
            }
            _ => None,
        };
        h.output().shapes.iter().find_map(|s| is_ring(&s.shape))
    };
    assert_eq!(ring(&h), None);
    let mut places = std::collections::BTreeSet::new();
    for _ in 0..40 {
        h.key_press(Key::Tab);
        h.step();
        h.step();
        let id = h.ctx.memory(egui::Memory::focused);
        let at = id.and_then(|id| h.ctx.read_response(id)).map(|r| r.interact_rect);
        if let Some(at) = at.filter(|r| r.is_positive()) {
            let ring = ring(&h).unwrap_or_else(|| panic!("no ring around {:?}", focused(&h)));
            assert!(at.expand(2.0).contains_rect(ring), "{ring:?} is not around {at:?}");
            places.insert(format!("{ring:?}"));
        }
    }
    assert!(places.len() > 20, "{} places", places.len());
    h.hover_at(egui::pos2(500.0, 300.0));
    h.event(Event::PointerButton {
        pos: egui::pos2(500.0, 300.0),
        button: egui::PointerButton::Primary,
        pressed: true,
        modifiers: Modifiers::NONE,
    });
    h.step();
    h.step();
    assert_eq!(ring(&h), None);
}
