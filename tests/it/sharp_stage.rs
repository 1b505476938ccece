//! Meetings and pages: what stands where, what is counted, what is printed.

use egui::Key;
use egui_kittest::Harness;
use qiancun::app::{Qiancun, read_session};
use qiancun::lang::Lang;
use qiancun::model::Theme;
use qiancun::page::{AtlasProgress, PageFormat, PageOptions, atlas, page_svg};
use qiancun::project::Arrangement;
use qiancun::session::{FLIGHT_SECS, LookCommand, MeetingCommand, Session};

use crate::survey::{copied, path, qiancun};
use crate::window::{demo, open, send, settle};

type Window = Harness<'static, Qiancun>;

fn press(h: &mut Window, key: Key) {
    h.key_press(key);
    settle(h);
    for _ in 0..(FLIGHT_SECS * 70.0) as usize {
        h.step();
    }
}

/// All words that are drawn, with where they stand.
fn texts(h: &Window) -> Vec<(String, egui::Rect)> {
    fn of(shape: &egui::Shape, out: &mut Vec<(String, egui::Rect)>) {
        match shape {
            egui::Shape::Text(t) => out.push((t.galley.text().to_owned(), t.galley.rect.translate(t.pos.to_vec2()))),
            egui::Shape::Vec(list) => list.iter().for_each(|s| of(s, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    h.output().shapes.iter().for_each(|s| of(&s.shape, &mut out));
    out
}

#[test]
fn the_presenter_has_note_next_clock_and_timer_below_the_map_on_one_display() {
    for size in [[1366.0, 768.0], [1024.0, 768.0]] {
        let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, size);
        press(&mut h, Key::F5);
        let before = h.state().session.map_size_pt;
        press(&mut h, Key::P);
        assert!(h.state().session.stage.has_presenter);
        let after = h.state().session.map_size_pt;
        assert!(after[0] * after[1] < before[0] * before[1] * 0.95, "the map makes room: {before:?} {after:?}");
        let said = texts(&h);
        let of = |part: &str| said.iter().find(|t| t.0.contains(part)).unwrap_or_else(|| panic!("{part}: {said:?}"));
        let scenes = h.state().session.document.project.scenes.clone();
        for part in [scenes[0].note.as_str(), "下一", &format!("1 / {}", scenes.len())] {
            let rect = of(part).1;
            let bottom = h.ctx.content_rect().bottom();
            assert!(rect.top() >= bottom - 140.0, "{part} at {rect:?} of {bottom}");
        }
        // The clock, and how long the meeting has lasted.
        let parts = |t: &str| t.split(':').map(|p| p.parse::<u32>().ok()).collect::<Option<Vec<_>>>().map(|p| p.len());
        assert!([3, 2].iter().all(|n| said.iter().any(|t| parts(&t.0) == Some(*n))), "{said:?}");
        press(&mut h, Key::ArrowRight);
        assert!(texts(&h).iter().any(|t| t.0.contains(&format!("2 / {}", scenes.len()))));
        // Several presses within one slow frame all count.
        for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowLeft] {
            h.key_press(key);
        }
        h.step();
        settle(&mut h);
        assert_eq!(h.state().session.meeting.as_ref().and_then(|m| m.scene), Some(2));
        press(&mut h, Key::P);
        assert!(!h.state().session.stage.has_presenter);
    }
}

#[test]
fn nothing_in_a_meeting_lies_over_anything_else() {
    for size in [[1366.0, 768.0], [1024.0, 768.0], [1920.0, 1080.0], [2560.0, 1080.0], [3840.0, 2160.0]] {
        let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, size);
        press(&mut h, Key::F5);
        let count = h.state().session.document.project.scenes.len();
        for scene in 0..count {
            send(&mut h, MeetingCommand::GoToScene(scene));
            press(&mut h, Key::Num0);
            let boxes: Vec<(String, egui::Rect)> =
                texts(&h).into_iter().filter(|(t, r)| !t.trim().is_empty() && r.is_positive()).collect();
            assert!(boxes.len() > 8, "{boxes:?}");
            let screen = h.ctx.content_rect().expand(1.0);
            for (i, (a, first)) in boxes.iter().enumerate() {
                assert!(screen.contains_rect(*first), "“{a}” {first:?} is cut at {size:?}, {screen:?}");
                for (b, second) in boxes.iter().skip(i + 1) {
                    let shared = first.intersect(*second);
                    let lies_over =
                        shared.width() > 3.0 && shared.height() > 0.25 * first.height().min(second.height());
                    assert!(!lies_over, "{size:?} scene {scene}: “{a}” {first:?} over “{b}” {second:?}");
                }
            }
        }
    }
}

#[test]
fn names_in_a_meeting_are_large_or_not_there_and_both_years_are_counted() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1920.0, 1080.0]);
    send(&mut h, LookCommand::SetTheme(Some(Theme::Toilets)));
    press(&mut h, Key::F5);
    let scenes = h.state().session.document.project.scenes.clone();
    let divided = scenes.iter().position(|s| s.before.is_some()).expect("a scene with a divider");
    send(&mut h, MeetingCommand::GoToScene(divided));
    settle(&mut h);
    let years = [h.state().session.year_before().expect("a year"), h.state().session.year().expect("a year")];
    let said = texts(&h);
    for year in years {
        let words = year.to_string();
        assert!(said.iter().any(|t| t.0.contains(&words) && t.1.height() >= 20.0), "{year} is large: {said:?}");
    }
    // What the title speaks of stands among the figures.
    let figures = h.state().session.document.project.scenes.iter().filter(|s| !s.figures.is_empty()).count();
    assert!(figures > 0, "scenes choose their figures");
}

fn session() -> Session {
    read_session(&demo("haidian.qiancun"), Lang::Zh).expect("the demonstration").0
}

/// Numbers of an attribute of all elements of a name.
fn attributes(svg: &str, element: &str, name: &str) -> Vec<f32> {
    let start = format!("<{element} ");
    let elements = svg.split(start.as_str()).skip(1);
    let of = |e: &str| e.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.parse().ok();
    elements.filter_map(|e| of(e.split('>').next()?)).collect()
}

#[test]
fn every_arrangement_keeps_everything_on_the_page_at_every_size() {
    let mut session = session();
    for theme in [Theme::Sanitation, Theme::Clinics] {
        session.view.theme = Some(theme);
        session.roll();
        session.cover();
        for arrangement in [Arrangement::Side, Arrangement::Below, Arrangement::Over] {
            for format in PageFormat::ALL {
                for gaps in [false, true] {
                    let options = PageOptions { arrangement, gaps, ..PageOptions::default() };
                    let svg = page_svg(&session, format, &options, true);
                    let root = svg.split("viewBox=\"").nth(1).and_then(|v| v.split('"').next()).expect("a box");
                    let size: Vec<f32> = root.split(' ').filter_map(|n| n.parse().ok()).collect();
                    let (xs, ys) = (attributes(&svg, "text", "x"), attributes(&svg, "text", "y"));
                    assert!(xs.len() > 20, "{arrangement:?} {format:?}");
                    let is_in = |v: &f32, most: f32| (-1.0..=most + 1.0).contains(v);
                    assert!(xs.iter().all(|x| is_in(x, size[2])), "{arrangement:?} {format:?}: {xs:?}");
                    assert!(ys.iter().all(|y| is_in(y, size[3])), "{arrangement:?} {format:?}: {ys:?}");
                    // The map is most of the page, and what stands below it or beside it is filled.
                    let boxes: Vec<(f32, f32)> = attributes(&svg, "rect", "width")
                        .into_iter()
                        .zip(attributes(&svg, "rect", "height"))
                        .filter(|(w, h)| *w < size[2] * 0.999 || *h < size[3] * 0.999)
                        .collect();
                    let largest = boxes.iter().map(|(w, h)| w * h).fold(0.0, f32::max);
                    assert!(largest > size[2] * size[3] * 0.35, "{arrangement:?} {format:?}: the map is small");
                    assert!(svg.contains("缺口") == gaps, "{arrangement:?} {format:?}: gaps on paper");
                }
            }
        }
    }
}

/// Lightness of a colour, 0 to 1, as a black-and-white printer has it.
fn luma([r, g, b]: [u8; 3]) -> f32 {
    (0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)) / 255.0
}

#[test]
fn in_grey_classes_are_in_order_and_better_differs_from_worse() {
    let mut session = session();
    session.view.theme = Some(Theme::Services);
    session.view.measures.insert(Theme::Services.key().to_owned(), "three_revolutions".to_owned());
    session.roll();
    let options = PageOptions { grey: true, ..PageOptions::default() };
    let content = qiancun::page::PageContent::of(&session, &options);
    let all: Vec<f32> = content.legend.iter().filter_map(|r| r.colour.map(luma)).collect();
    assert!(all.len() >= 3, "{all:?}");
    let falls = all.windows(2).all(|w| w[0] - w[1] > 0.05);
    let rises = all.windows(2).all(|w| w[1] - w[0] > 0.05);
    assert!(falls || rises, "in order: {all:?}");
    session.view.theme = Some(Theme::Sanitation);
    session.view.since = Some(2018);
    session.roll();
    let content = qiancun::page::PageContent::of(&session, &options);
    let all: Vec<f32> = content.legend.iter().filter_map(|r| r.colour.map(luma)).collect();
    let (best, worst) = (all.first().expect("classes"), all.last().expect("classes"));
    assert!((best - worst).abs() > 0.25, "improvement and decline differ: {all:?}");
}

#[test]
fn gaps_and_before_and_after_are_on_paper_and_contents_can_be_clicked() {
    let dir = copied();
    let (project, out) = (path(&dir, "haidian.qiancun"), path(&dir, "page.svg"));
    let made = qiancun(&["render", &project, "-o", &out, "--lang", "zh", "--gaps", "--before", "2018"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let svg = std::fs::read_to_string(&out).expect("a page");
    assert!(svg.contains(">2018<") && svg.contains(">2023<") && svg.contains("缺口"), "both years and gaps");
    let refused = qiancun(&["render", &project, "-o", &out, "--before", "1949"]);
    assert_eq!(refused.status.code(), Some(1));
    let mut session = session();
    let bytes = atlas(&mut session, &PageOptions::default(), false, &AtlasProgress::default()).expect("an atlas");
    let text = String::from_utf8_lossy(&bytes);
    let links = text.matches("/Subtype/Link").count() + text.matches("/Subtype /Link").count();
    assert_eq!(links, 71, "each village of the contents");
    // A boundary file without a table: the pages show what it says itself.
    let plain = path(&dir, "villages.geojson");
    let (mut session, _) = read_session(plain.as_ref(), Lang::Zh).expect("boundaries");
    let bytes = atlas(&mut session, &PageOptions::default(), false, &AtlasProgress::default());
    assert!(bytes.is_ok_and(|b| b.len() > 10_000));
}
