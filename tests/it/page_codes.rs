//! Pages that prove themselves: from the code on paper back to the view, also on another machine, and what has changed since.

use qiancun::read::{codes_in, codes_of_picture};

use crate::program::{json, qiancun};
use crate::survey::{copied, path};

/// What `open` says where it fails.
fn lost(arguments: &[&str]) -> String {
    let done = qiancun(arguments);
    assert_eq!(done.status.code(), Some(1));
    let said: serde_json::Value = serde_json::from_slice(&done.stdout).expect("one JSON document");
    said["error"]["code"].as_str().expect("a code").to_owned()
}

/// The code of a page that was just made, as its list has it.
fn listed(project: &str) -> Vec<serde_json::Value> {
    let list = std::fs::read_to_string(project.replace(".qiancun", ".pages.jsonl")).expect("a list");
    list.lines().map(|l| serde_json::from_str(l).expect("a page")).collect()
}

#[test]
fn a_page_leads_back_to_its_view_and_tells_what_changed() {
    let dir = copied();
    let (project, picture) = (path(&dir, "haidian.qiancun"), path(&dir, "page.png"));
    let made = ["render", &project, "-o", &picture, "--theme", "toilets", "--year", "2021"];
    assert!(qiancun(&made).status.success());
    let said = codes_in(picture.as_ref());
    assert!(said.len() == 1 && said[0].starts_with("qiancun:"), "{said:?}");
    // A telephone's picture of it: smaller, turned, grey, grainy, through JPEG.
    let page = image::open(&picture).expect("a picture").into_luma8();
    let small = image::imageops::resize(&page, 2600, 1838, image::imageops::FilterType::Triangle);
    let mut turned = image::imageops::rotate90(&small);
    for (i, pixel) in turned.pixels_mut().enumerate() {
        pixel.0[0] = (f32::from(pixel.0[0]) * 0.7 + 30.0 + (i * 7919 % 17) as f32) as u8;
    }
    let photo = path(&dir, "photo.jpg");
    turned.save(&photo).expect("saved");
    assert_eq!(codes_in(photo.as_ref()), said);
    let code = listed(&project)[0]["code"].as_str().expect("a code").to_owned();
    for sought in [code.clone(), code.to_lowercase().replace('-', ""), said[0].clone(), photo.clone()] {
        let (found, _) = json(&["open", &sought, "--project", &project, "--json"]);
        assert_eq!(found["project"], project.as_str(), "{sought}");
        assert_eq!(found["view"]["theme"], "toilets");
        assert_eq!(found["view"]["year"], 2021);
        assert!(found["view"]["indicator"].is_string());
        assert_eq!(found["changed"], serde_json::json!([]));
    }
    // The same page is the same file, and stands on the list once.
    let again = path(&dir, "again.png");
    assert!(qiancun(&["render", &project, "-o", &again, "--theme", "toilets", "--year", "2021"]).status.success());
    assert_eq!(std::fs::read(&picture).expect("there"), std::fs::read(&again).expect("there"));
    assert_eq!(listed(&project).len(), 1);
    // On another machine: the list goes along, or only what the camera reads.
    let elsewhere = tempfile::tempdir().expect("a folder");
    for name in ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv"] {
        std::fs::copy(dir.path().join(name), elsewhere.path().join(name)).expect("copied");
    }
    let other = elsewhere.path().join("haidian.qiancun").display().to_string();
    assert_eq!(lost(&["open", &code, "--project", &other, "--json"]), "unknown-code");
    let (found, _) = json(&["open", &photo, "--project", &other, "--json"]);
    assert_eq!((found["view"]["theme"].as_str(), found["view"]["year"].as_i64()), (Some("toilets"), Some(2021)));
    // What changed is named, by the typed code and by the photo.
    let table = dir.path().join("indicators.csv");
    let mut text = std::fs::read_to_string(&table).expect("a table");
    text.push('\n');
    std::fs::write(&table, text).expect("written");
    for sought in [&code, &photo] {
        let (found, _) = json(&["open", sought, "--project", &project, "--json"]);
        assert_eq!(found["changed"], serde_json::json!(["indicators.csv"]), "{sought}");
    }
}

#[test]
fn atlas_and_slides_carry_codes_and_nothing_of_the_machine() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    assert!(qiancun(&["atlas", &project, "-o", &path(&dir, "atlas.pdf")]).status.success());
    let pages = listed(&project);
    let codes: std::collections::BTreeSet<&str> = pages.iter().filter_map(|p| p["code"].as_str()).collect();
    assert_eq!((pages.len(), codes.len()), (71, 71), "a code for every village");
    let village = pages.iter().find(|p| p["view"]["selected"] == "DEMO00000012").expect("a page of the village");
    let (found, _) = json(&["open", village["code"].as_str().expect("a code"), "--project", &project, "--json"]);
    assert_eq!(found["view"]["selected"], "DEMO00000012");
    assert!(qiancun(&["share", &project, "-o", &path(&dir, "scenes.pptx")]).status.success());
    let scenes = listed(&project).len() - 71;
    assert!(scenes >= 3, "{scenes}");
    let list = std::fs::read_to_string(path(&dir, "haidian.pages.jsonl")).expect("a list");
    assert!(!list.contains(&dir.path().display().to_string()));
    // A page without its code is one.
    let without = dir.path().join("without.qiancun");
    let text = std::fs::read_to_string(&project).expect("a project");
    std::fs::write(&without, text + "\n[page]\nno_code = true\n").expect("written");
    let picture = path(&dir, "without.png");
    let done = qiancun(&["render", &without.display().to_string(), "-o", &picture]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(codes_of_picture(&image::open(&picture).expect("a picture").into_luma8()).is_empty());
}

#[test]
fn what_is_no_code_is_told() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    assert_eq!(qiancun(&["open", "no code", "--project", &project]).status.code(), Some(2));
    assert_eq!(lost(&["open", "K7M2-9QXD", "--project", &project, "--json"]), "unknown-code");
    let blank = path(&dir, "blank.png");
    image::GrayImage::from_pixel(400, 300, image::Luma([255])).save(&blank).expect("saved");
    assert_eq!(lost(&["open", &blank, "--project", &project, "--json"]), "no-code");
}

#[test]
fn a_code_typed_or_photographed_brings_the_view_back_in_the_window() {
    use crate::window::{open, send, settle};
    use egui_kittest::kittest::Queryable;
    use qiancun::model::Theme;
    use qiancun::session::{FileCommand, WindowCommand};

    let dir = copied();
    let (project, picture) = (path(&dir, "haidian.qiancun"), path(&dir, "page.png"));
    assert!(qiancun(&["render", &project, "-o", &picture, "--theme", "clinics", "--year", "2020"]).status.success());
    let code = listed(&project)[0]["code"].as_str().expect("a code").to_owned();
    let mut h = open(vec![project.clone().into()], qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    let shown = |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>| {
        let session = &h.state().session;
        (session.view.theme, session.year())
    };
    let before = shown(&h);
    assert_ne!(before, (Some(Theme::Clinics), Some(2020)));
    send(&mut h, WindowCommand::FocusSearch);
    h.get_by_role(egui::accesskit::Role::SearchInput).type_text(&code.to_lowercase());
    settle(&mut h);
    h.key_press(egui::Key::Enter);
    settle(&mut h);
    assert_eq!(shown(&h), (Some(Theme::Clinics), Some(2020)));
    // A photo of the page does the same, and becomes no layer.
    let layers = h.state().session.document.keys.len();
    h.state_mut().session.view.theme = Some(Theme::Toilets);
    h.state_mut().session.view.year = None;
    settle(&mut h);
    send(&mut h, FileCommand::Open(vec![picture.into()]));
    // The picture is looked through in the background, where nothing waits for it.
    for _ in 0..600 {
        if shown(&h) == (Some(Theme::Clinics), Some(2020)) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        settle(&mut h);
    }
    assert_eq!(shown(&h), (Some(Theme::Clinics), Some(2020)));
    assert_eq!(h.state().session.document.keys.len(), layers);
}

#[test]
fn codes_of_pages_are_read_whatever_they_say() {
    let mut lost = Vec::new();
    for n in 0..40_u64 {
        // As long as those of pages, each with other squares.
        let digits: String = (0..60).map(|i| char::from(b'a' + ((n * 7919 + i * 104_729) % 26) as u8)).collect();
        let text = format!("qiancun:8MX1-MEVG?p=haidian.qiancun&t=toilets&y=2021&f={digits}&d={n}");
        let matrix = qiancun::output::QrMatrix::of(&text).expect("a code");
        // 24 mm on a page of A3 in 212 dots an inch.
        let (square, side) = (213.0 / matrix.side() as f64, matrix.side());
        let mut page = image::GrayImage::from_pixel(3508, 2480, image::Luma([255]));
        let dark: std::collections::HashSet<(usize, usize)> =
            matrix.runs().into_iter().flat_map(|[x, y, long]| (x..x + long).map(move |x| (x, y))).collect();
        for y in 0..213_u32 {
            for x in 0..213_u32 {
                let at = ((f64::from(x) / square) as usize, (f64::from(y) / square) as usize);
                if at.0 < side && dark.contains(&at) {
                    page.put_pixel(2615 + x, 1990 + y, image::Luma([0]));
                }
            }
        }
        if qiancun::read::codes_of_picture(&page) != [text.clone()] {
            lost.push(text);
        }
    }
    assert!(lost.is_empty(), "{} of 40: {:?}", lost.len(), lost.first());
}
