//! Nothing false on pictures and pages: they show what the window shows.

use egui_kittest::kittest::Queryable;
use image::RgbaImage;
use qiancun::app::{Headless, Options};
use qiancun::district::By;
use qiancun::geo::{WorldPos, representative_point};
use qiancun::lang::Lang;
use qiancun::model::{FeatureId, Theme};
use qiancun::page::{
    AtlasProgress, PageContent, PageFormat, PageOptions, PageWithout, atlas, map_svg, page_svg, to_png,
};
use qiancun::project::Focus;
use qiancun::session::{Left, Tab};

use crate::program::{Folder, collection, square};

const SIZE: [u32; 2] = [1366, 768];

fn window(dir: &Folder) -> Headless {
    let demo = crate::window::demo("").display().to_string();
    let path = |n: &str| format!("{}/{n}", demo.trim_end_matches('/'));
    // A pond on top: another layer of areas, which pages used to leave out.
    let pond = |i: usize| square(116.12 + 0.04 * i as f64, 40.04, 0.012, r#"{"name":"湖"}"#);
    dir.write("ponds.geojson", collection(&(0..3).map(pond).collect::<Vec<_>>()));
    let layers = [dir.text("ponds.geojson"), path("facilities.geojson"), path("villages.geojson")];
    let table = path("indicators.csv");
    let project = dir.project("p.qiancun", &layers.each_ref().map(String::as_str), &[&table], "");
    let options =
        Options { files: vec![project.into()], lang: Some(Lang::Zh), dark: Some(false), ..Options::default() };
    let mut head = Headless::new(options, SIZE, 1.0, false).expect("a device");
    assert!(head.settle(60.0));
    head.app.session.view.theme = Some(Theme::Sanitation);
    head.app.session.view.symbols.insert("sanitation".into(), Vec::new());
    // Closer than everything, so that page and window show the same piece of ground.
    head.app.session.camera.zoom += 0.8;
    assert!(head.settle(60.0));
    head
}

/// The window's map, the picture of Ctrl E and the map of a page, each one pixel a point.
struct Three {
    window: RgbaImage,
    picture: RgbaImage,
    page: RgbaImage,
    size: [f64; 2],
}

fn three(head: &mut Headless) -> Three {
    assert!(head.settle(60.0));
    let size = head.app.session.map_size_pt;
    let pixels = head.pixels().expect("pixels");
    let all = RgbaImage::from_raw(SIZE[0], SIZE[1], pixels).expect("a picture");
    let middle = head.app.map_middle();
    let [w, h] = size.map(|v| v.round() as u32);
    let (left, top) = ((f64::from(middle.x) - size[0] / 2.0).round(), (f64::from(middle.y) - size[1] / 2.0).round());
    let window = image::imageops::crop_imm(&all, left as u32, top as u32, w, h).to_image();
    let twice = head.app.picture().expect("a picture");
    let legend = twice.width() - 2 * w;
    let picture = image::imageops::crop_imm(&twice, legend, 0, 2 * w, 2 * h).to_image();
    let picture = image::imageops::resize(&picture, w, h, image::imageops::FilterType::Nearest);
    let bare = PageOptions {
        without: PageWithout { no_labels: true, no_symbols: true, no_furniture: true, ..PageWithout::default() },
        ..PageOptions::default()
    };
    let svg = map_svg(&head.app.session.still(), [w as f32, h as f32], &bare, false, 0.4);
    let page = image::load_from_memory(&to_png(&svg, [w, h]).expect("a page")).expect("a picture").to_rgba8();
    Three { window, picture, page, size }
}

/// Places in villages and ponds and on the ground where the window's picture is one colour all around: no name, symbol or border.
fn compare(head: &mut Headless, state: &str) {
    let images = three(head);
    let mut places: Vec<[f64; 2]> = Vec::new();
    for (layer, _) in head.app.session.shown() {
        let loaded = layer.loaded().expect("ready");
        for feature in 0..loaded.dataset.len() {
            let polygons = loaded.dataset.geometry.multi_polygon_of(FeatureId::new(feature));
            let Some(at) = representative_point(&polygons) else { continue };
            let [x, y] = head.app.session.camera.offset_of(WorldPos::from_lonlat(at));
            let around = (0..16).map(|i| (f64::from(i) * 2.4).sin_cos()).enumerate();
            for (dx, dy) in around.map(|(i, (sin, cos))| (sin * 2.3 * i as f64, cos * 2.3 * i as f64)) {
                places.push([images.size[0] / 2.0 + x + dx, images.size[1] / 2.0 + y + dy]);
            }
        }
    }
    let pixel = |image: &RgbaImage, x: i64, y: i64| {
        let inside = x >= 0 && y >= 0 && x < i64::from(image.width()) && y < i64::from(image.height());
        inside.then(|| image.get_pixel(x as u32, y as u32).0)
    };
    let is_even = |image: &RgbaImage, x: i64, y: i64| {
        let own = pixel(image, x, y);
        own.is_some() && (-2..=2).all(|dx| (-2..=2).all(|dy| pixel(image, x + dx, y + dy) == own))
    };
    let (mut compared, mut wrong) = (0, Vec::new());
    for [x, y] in places.into_iter().map(|p| p.map(|v| v.round() as i64)) {
        // The window's own buttons lie over its map.
        let is_button = x > images.size[0] as i64 - 60 && y > images.size[1] as i64 - 130;
        // White is the inside of a ring with a number; no class and no ground is white.
        let is_ring = pixel(&images.window, x, y) == Some([255; 4]);
        if is_button || is_ring || !is_even(&images.window, x, y) || !is_even(&images.page, x, y) {
            continue;
        }
        compared += 1;
        let (a, b, c) = (pixel(&images.window, x, y), pixel(&images.picture, x, y), pixel(&images.page, x, y));
        let far = |p: Option<[u8; 4]>, q: Option<[u8; 4]>| match (p, q) {
            (Some(p), Some(q)) => p.iter().zip(q).take(3).any(|(p, q)| p.abs_diff(q) > 4),
            _ => true,
        };
        if far(a, c) || (is_even(&images.picture, x, y) && far(a, b)) {
            wrong.push((x, y, a, b, c));
        }
    }
    if !wrong.is_empty() {
        let dir = std::env::temp_dir().join("qiancun-pictures");
        std::fs::create_dir_all(&dir).ok();
        for (name, image) in [("window", &images.window), ("picture", &images.picture), ("page", &images.page)] {
            image.save(dir.join(format!("{state}-{name}.png"))).ok();
        }
    }
    assert!(wrong.is_empty(), "{state}: {} of {compared}: {:?}", wrong.len(), wrong.iter().take(5).collect::<Vec<_>>());
    assert!(compared >= 200, "{state}: {compared} places");
}

#[test]
fn picture_page_and_window_show_the_same_in_five_states_and_more() {
    let dir = Folder::new();
    let mut head = window(&dir);
    compare(&mut head, "theme");
    head.app.session.view.year = Some(2018);
    compare(&mut head, "year");
    head.app.session.view.focus = Some(Focus { by: By::Group, name: "山后".into() });
    compare(&mut head, "focus");
    head.app.session.view.focus = None;
    head.app.session.view.year = None;
    head.app.session.note(|d| d.project.layers[0].visible = false);
    compare(&mut head, "hidden layer");
    head.app.session.note(|d| d.project.layers[0].visible = true);
    head.app.session.note(|d| d.project.layers[2].opacity = 0.5);
    compare(&mut head, "opacity");
    head.app.session.note(|d| d.project.layers[2].opacity = 1.0);
    head.app.session.stage.divided = Left { year: Some(2018), ..Left::default() };
    head.app.session.stage.divider = 0.4;
    compare(&mut head, "divider");
    head.app.session.stage.divided = Left::default();
    head.app.session.view.theme = None;
    compare(&mut head, "no theme");
}

#[test]
fn gaps_are_ringed_on_pages_where_the_window_rings_them() {
    let dir = Folder::new();
    let mut head = window(&dir);
    let rings = |head: &Headless| {
        let svg = page_svg(
            &head.app.session.still(),
            PageFormat::A4,
            &PageOptions {
                without: PageWithout { no_symbols: true, ..PageWithout::default() },
                ..PageOptions::default()
            },
            false,
        );
        svg.matches("<rect").count()
    };
    let before = rings(&head);
    head.app.session.settings.drawer_open = true;
    head.app.session.tab = Tab::Gaps;
    assert!(head.settle(60.0));
    assert!(rings(&head) > before + 20, "a mark is two rectangles");
}

#[test]
fn the_tooltip_over_the_earlier_half_gives_the_earlier_figure() {
    let files = vec![crate::window::demo("haidian.qiancun")];
    let mut h = crate::window::open(files, Lang::Zh, [1366.0, 768.0]);
    let session = &mut h.state_mut().session;
    session.view.theme = Some(Theme::Sanitation);
    session.stage.divided = Left { year: Some(2018), ..Left::default() };
    session.stage.divider = 0.5;
    crate::window::settle(&mut h);
    let middle = h.state().map_middle();
    let mut compared = 0;
    for is_left in [true, false] {
        let session = &h.state().session;
        let (key, layer) = session.village_layer().and_then(|l| Some((l.key, l.loaded()?.clone()))).expect("villages");
        let half = session.map_size_pt.map(|v| v / 2.0);
        let district = session.district().cloned().expect("a district");
        let rate = district.indicators.position("sewage_treatment_pct").expect("known");
        let of = |f: u32| {
            let at = representative_point(&layer.dataset.geometry.multi_polygon_of(FeatureId::new(f)))?;
            let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(at));
            let fits = if is_left { x > 40.0 - half[0] && x < -60.0 } else { x > 60.0 && x < half[0] - 40.0 };
            // Figures that differ, so that each half can be told by them.
            let (then, now) = (
                district.value(rate, Some(2018), FeatureId::new(f))?,
                district.value(rate, Some(2023), FeatureId::new(f))?,
            );
            (fits && y.abs() < half[1] - 60.0 && then != now).then_some((f, [x, y], if is_left { then } else { now }))
        };
        let places: Vec<_> = (0..layer.dataset.len()).filter_map(of).take(5).collect();
        for (village, [x, y], value) in places {
            h.hover_at(middle + egui::vec2(x as f32, y as f32));
            h.step();
            h.step();
            let is_there = h
                .state()
                .session
                .moment
                .hover
                .as_ref()
                .is_some_and(|o| o.features.first() == Some(&(key, FeatureId::new(village))));
            if !is_there {
                // A symbol lies over it.
                continue;
            }
            let wanted = format!("{value:.1} %");
            let said = h.query_by_label(&wanted).is_some();
            assert!(said, "{village} {is_left}: {wanted}");
            compared += 1;
        }
    }
    assert!(compared >= 3, "{compared}");
}

#[test]
fn change_pages_name_no_thresholds_and_titles_read_well() {
    let dir = Folder::new();
    let mut head = window(&dir);
    let note = |head: &Headless| PageContent::of(&head.app.session.still(), &PageOptions::default()).note;
    assert!(note(&head).contains("60 / 80 / 90 / 99"), "{}", note(&head));
    head.app.session.view.since = Some(2018);
    assert!(head.settle(60.0));
    assert!(!note(&head).contains("99"), "{}", note(&head));
    head.app.session.view.since = None;
    head.app.session.view.theme = Some(Theme::Clinics);
    assert!(head.settle(60.0));
    let sentence = head.app.session.map_sentence();
    assert!(!sentence.contains("达到 达标") && sentence.contains("村的卫生室达标"), "{sentence}");
}

#[test]
fn the_contents_of_an_atlas_number_pages_as_the_pages_do_and_say_what_is_coloured() {
    let dir = Folder::new();
    let head = window(&dir);
    let mut still = head.app.session.still();
    let pdf = atlas(&mut still, &PageOptions::default(), false, &AtlasProgress::default()).expect("an atlas");
    let path = dir.path("a.pdf");
    std::fs::write(&path, pdf).expect("written");
    let out = std::process::Command::new("pdftotext").args(["-layout"]).arg(&path).arg("-").output();
    let Ok(out) = out else {
        crate::shared::skipped("atlas in Poppler");
        return;
    };
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let pages: Vec<&str> = text.split('\u{c}').collect();
    // A village somewhere in the middle: where its own page stands, and what the contents say.
    let own = pages.iter().find(|p| p.contains("35 / 71")).expect("page 35");
    let contents: String = pages.iter().take_while(|p| !p.contains("1 / 71")).copied().collect();
    let words: Vec<&str> = contents.split_whitespace().collect();
    let at = words.iter().position(|w| *w == "35").unwrap_or_else(|| panic!("{words:?}"));
    assert!(own.contains(words[at - 1]), "{} is on another page than 35: {own}", words[at - 1]);
    // Classes stand nowhere on the page but in the legend of its map.
    assert!(own.contains("60–80（不含 80）") && own.contains("无数据"), "{own}");
}
