//! Finished pages: sizes, fonts, colours, what is said on them, and what happens where something is wrong.

use std::path::Path;
use std::process::{Command, Output};

use qiancun::app::read_session;
use qiancun::lang::Lang;
use qiancun::page::{AtlasProgress, PageError, PageFormat, PageOptions, PageWithout, atlas, page_svg, to_pdf, to_png};
use qiancun::project::Arrangement;

use crate::survey::copied;
use crate::window::demo;

fn qiancun(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qiancun")).args(args).output().expect("it runs")
}

fn session() -> qiancun::session::Session {
    read_session(&demo("haidian.qiancun"), Lang::Zh).expect("the demonstration").0
}

fn page(format: PageFormat, options: &PageOptions) -> String {
    page_svg(&session(), format, options, true)
}

/// Everything in a PDF that is not compressed, as text.
fn plain(pdf: &[u8]) -> String {
    String::from_utf8_lossy(pdf).into_owned()
}

#[test]
fn every_format_has_its_size_and_embedded_subsets_only() {
    for format in PageFormat::ALL {
        let svg = page(format, &PageOptions::default());
        let pdf = to_pdf(&svg, format, "题", "zh").expect("a PDF");
        let text = plain(&pdf);
        let [w, h] = format.size_pt();
        let boxes = text.split("/MediaBox").nth(1).expect("a page").split(']').next().expect("a box").to_owned();
        let numbers: Vec<f32> = boxes.split(['[', ' ']).filter_map(|n| n.parse().ok()).collect();
        assert!((numbers[2] - w).abs() < 0.01 && (numbers[3] - h).abs() < 0.01, "{format:?}: {numbers:?}");
        // Subsets carry six letters before their name; files of glyphs stand beside them.
        let fonts: Vec<&str> =
            text.split("/BaseFont/").skip(1).filter_map(|s| s.split(['/', ' ', '\n', '>']).next()).collect();
        let fonts: Vec<&str> = if fonts.is_empty() {
            text.split("/BaseFont /").skip(1).filter_map(|s| s.split(['/', ' ', '\n', '>']).next()).collect()
        } else {
            fonts
        };
        assert!(!fonts.is_empty() && fonts.iter().all(|f| f.as_bytes().get(6) == Some(&b'+')), "{fonts:?}");
        assert_eq!(to_pdf(&svg, format, "题", "zh").expect("again"), pdf, "the same page is the same file");
    }
    let png = to_png(&page(PageFormat::Hd, &PageOptions::default()), PageFormat::Hd.picture_px()).expect("a picture");
    let image = image::load_from_memory(&png).expect("a picture");
    assert_eq!((image.width(), image.height()), (1920, 1080));
}

#[test]
fn colours_on_the_page_are_those_of_classify_and_all_is_said() {
    let svg = page(PageFormat::A3, &PageOptions::default());
    for said in [
        "海淀示范污水处理率",
        "内部资料，未经审核不得公开",
        "137",
        "181",
        "99.1%",
        "无数据",
        "车耳营",
        "苏家坨镇",
        "示范数据，非真实统计",
        "来源",
    ] {
        assert!(svg.contains(said), "{said}");
    }
    let villages = demo("villages.geojson");
    let classes = qiancun(&[
        "classify",
        &villages.to_string_lossy(),
        "--field",
        "sewage_treatment_pct",
        "--method",
        "manual",
        "--classes",
        "5",
        "--breaks",
        "60,80,90,99",
        "--json",
    ]);
    let document: serde_json::Value = serde_json::from_slice(&classes.stdout).expect("classes");
    for class in document["classes"].as_array().expect("classes") {
        let colour = class["colour"].as_str().expect("a colour");
        assert!(svg.contains(&format!("fill=\"{colour}\"")), "{colour}");
        let count = class["count"].as_u64().expect("a count").to_string();
        assert!(svg.contains(&format!(">{count}</text>")), "{count} villages");
    }
    // Under the theme of clinics the area they reach is drawn and explained, as in the window.
    let mut clinics = session();
    clinics.view.theme = Some(qiancun::model::Theme::Clinics);
    let svg = page_svg(&clinics, PageFormat::A4, &PageOptions::default(), true);
    assert!(svg.contains("stroke=\"#5b21b6\"") && svg.contains("2.0 km 以内（直线）"));
    clinics.view.hide_coverage = true;
    assert!(!page_svg(&clinics, PageFormat::A4, &PageOptions::default(), true).contains("#5b21b6"));
    // In grey nothing is coloured.
    let grey = page(PageFormat::A3, &PageOptions { grey: true, ..PageOptions::default() });
    let colours =
        grey.split('#').skip(1).filter_map(|s| s.get(..6)).filter(|s| s.bytes().all(|b| b.is_ascii_hexdigit()));
    assert!(colours.clone().count() > 50 && colours.into_iter().all(|c| c[..2] == c[2..4] && c[2..4] == c[4..]));
}

#[test]
fn odd_pages_still_read_well() {
    let long = "很长的标题".repeat(60);
    for arrangement in Arrangement::ALL {
        for format in [PageFormat::A4, PageFormat::A3Portrait, PageFormat::Hd] {
            let options = PageOptions {
                title: long.clone(),
                subtitle: long.clone(),
                source: long.clone(),
                arrangement,
                ..PageOptions::default()
            };
            let svg = page(format, &options);
            assert!(svg.contains('…'), "what does not fit is cut with a mark");
            to_png(&svg, [400, 300]).expect("it can be drawn");
        }
    }
    let bare = PageOptions {
        stamp: Some(String::new()),
        without: PageWithout {
            no_code: true,
            no_figures: true,
            no_legend: true,
            no_table: true,
            no_note: true,
            no_labels: true,
            no_symbols: true,
            no_furniture: true,
            no_marks: true,
        },
        ..PageOptions::default()
    };
    let svg = page(PageFormat::A4, &bare);
    assert!(!svg.contains(">137<") && !svg.contains("车耳营"));
    // A character that the bundled fonts lack, and characters that XML cannot hold.
    let odd = PageOptions { title: "<村> & \u{20bb7}\u{1}".into(), ..PageOptions::default() };
    let svg = page(PageFormat::A4, &odd);
    assert!(svg.contains("&lt;村&gt; &amp; \u{20bb7}<"));
    to_png(&svg, [300, 200]).expect("it can be drawn");
}

#[test]
fn an_atlas_has_a_page_a_village_with_bookmarks_and_can_be_stopped() {
    let progress = AtlasProgress::default();
    let pdf = atlas(&mut session(), &PageOptions::default(), false, &progress).expect("an atlas");
    let text = plain(&pdf);
    let count = text
        .split("/Count ")
        .skip(1)
        .filter_map(|s| s.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok())
        .max();
    assert!(count >= Some(72), "{count:?}");
    assert!(text.contains("/Outlines"));
    let towns = atlas(&mut session(), &PageOptions::default(), true, &AtlasProgress::default()).expect("towns");
    assert!(towns.len() > 10_000 && towns.starts_with(b"%PDF"));
    let stopped = AtlasProgress::default();
    stopped.cancelled.store(true, std::sync::atomic::Ordering::Relaxed);
    let cancelled = atlas(&mut session(), &PageOptions::default(), false, &stopped);
    assert!(matches!(cancelled, Err(PageError::Cancelled)));
}

#[test]
fn commands_write_whole_files_or_say_why_not() {
    let dir = copied();
    let at = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let project = at("haidian.qiancun");
    for name in ["a.svg", "a.png", "a.pdf"] {
        let done =
            qiancun(&["render", &project, "-o", &at(name), "--theme", "toilets", "--year", "2020", "--lang", "en"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(std::fs::metadata(dir.path().join(name)).is_ok_and(|m| m.len() > 10_000));
    }
    let png = std::fs::read(dir.path().join("a.png")).expect("written");
    let image = image::load_from_memory(&png).expect("a picture");
    assert_eq!((image.width(), image.height()), (3508, 2480));
    for (args, code) in [
        (vec!["render", &project, "-o", &at("a.docx")], 2),
        (vec!["render", &project, "-o", &at("none/a.pdf")], 1),
        (vec!["render", &project, "-o", &at("b.pdf"), "--theme", "nonsense"], 2),
        (vec!["render", &project, "-o", &at("b.pdf"), "--year", "1999"], 1),
        (vec!["render", &project], 2),
        (vec!["render", &at("absent.qiancun"), "-o", &at("b.pdf")], 1),
        (vec!["atlas", &project, "-o", &at("b.png")], 2),
    ] {
        let done = qiancun(&args);
        assert_eq!(done.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    assert!(!Path::new(&at("b.pdf")).exists());
    // A single file of boundaries, no theme at all; and one without anything to show.
    let one = qiancun(&["render", &at("villages.geojson"), "-o", &at("c.pdf")]);
    assert!(one.status.success(), "{}", String::from_utf8_lossy(&one.stderr));
    std::fs::write(at("empty.geojson"), "{\"type\":\"FeatureCollection\",\"features\":[]}").expect("written");
    let none = qiancun(&["render", &at("empty.geojson"), "-o", &at("d.pdf")]);
    assert!(none.status.success(), "{}", String::from_utf8_lossy(&none.stderr));
}
