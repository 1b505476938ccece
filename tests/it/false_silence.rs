//! Nothing left out in silence: what is not used is told once, with its count.

use qiancun::model::FeatureId;
use std::process::Command;

use qiancun::app::{Headless, Options};
use qiancun::lang::Lang;
use qiancun::session::{FileCommand, Naming, WindowCommand};

use crate::program::{Folder, collection, json, qiancun, shared, square, villages};

const THREE: [&str; 3] = [
    r#"{"code":"A1","name":"Alpha","town":"T","group":"G","households":100,"population":300}"#,
    r#"{"code":"A2","name":"Beta","town":"T","group":"G","households":100,"population":300}"#,
    r#"{"code":"A3","name":"Gamma","town":"U","group":"H","households":100,"population":300}"#,
];

fn folder() -> Folder {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&THREE));
    dir
}

fn told(arguments: &[&str]) -> String {
    let out = qiancun(arguments);
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{told}");
    told
}

#[test]
fn every_column_that_is_not_used_is_named_with_its_count() {
    let dir = folder();
    dir.write("t.csv", "code,year,幸福积分,note,three_revolutions,sewage_treatment_pct,sewage_treatment_pct_numerator\nA1,2023,80,x,0,99,9\nA2,2023,81,,0,99,9\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let said = told(&["summary", &project]);
    assert!(said.contains("column-not-used") && said.contains("幸福积分 · 2"), "{said}");
    assert!(said.contains("note · 1"), "{said}");
    assert!(said.contains("column-computed") && said.contains("three_revolutions · 2"), "{said}");
    assert!(!said.contains("numerator") && !said.contains("table-without-figures"), "{said}");
    if let Some(case) = shared("case 71", "cases/71-unknown-indicator/p.qiancun") {
        let said = told(&["summary", &case.display().to_string()]);
        assert!(said.contains("幸福积分 · 6") && said.contains("网格员数 · 6"), "{said}");
        assert!(said.contains("table-without-figures"), "{said}");
    }
    if let Some(case) = shared("case 53", "cases/53-two-row-heads/p.qiancun") {
        let (v, _) = json(&["summary", &case.display().to_string(), "--by", "town", "--json"]);
        let of = |i: usize, id: &str| v["rows"][i]["indicators"][id]["value"].as_f64().expect("known");
        assert_eq!([of(0, "public_toilets"), of(1, "public_toilets")], [6.0, 15.0]);
        assert!((of(0, "sewage_treatment_pct") - 91.0833).abs() < 1e-3, "{v}");
        assert!((of(1, "sewage_treatment_pct") - 94.2268).abs() < 1e-3, "{v}");
    }
}

#[test]
fn the_window_lists_columns_that_are_not_used() {
    let dir = folder();
    dir.write("t.csv", "code,year,幸福积分\nA1,2023,80\nA2,2023,81\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let head = opened(&project);
    let problems = head.app.session.problems();
    let codes: Vec<&str> = problems.iter().flat_map(|p| p.2).map(|p| p.code).collect();
    assert!(codes.contains(&"column-not-used") && codes.contains(&"table-without-figures"), "{codes:?}");
}

#[test]
fn kinds_that_are_not_known_are_told_with_their_word_and_count() {
    let dir = folder();
    dir.write("f.csv", "id,kind,lon,lat,status\n1,Zeppelin,116.001,40.001,in_use\n2,Zeppelin,116.001,40.001,vielleicht\n3,公厕,116.001,40.001,in_use\n");
    let project = dir.project("p.qiancun", &["v.geojson", "f.csv"], &[], "");
    let said = told(&["summary", &project]);
    assert!(said.contains("unknown-kind") && said.contains("Zeppelin × 2"), "{said}");
    assert!(said.contains("unknown-status") && said.contains("vielleicht × 1"), "{said}");
    if let Some(case) = shared("case 89", "cases/89-kinds-of-health/p.qiancun") {
        let (v, said) = json(&["summary", &case.display().to_string(), "--json"]);
        let facilities = &v["rows"][0]["facilities"];
        assert_eq!((&facilities["clinic"], &facilities["public_toilet"]), (&6.into(), &3.into()), "{v}");
        assert!(said.contains("hospital × 1"), "{said}");
        let (v, _) = json(&["check", &case.with_file_name("f.csv").display().to_string(), "--json"]);
        let problems = v["files"][0]["problems"].as_array().expect("problems").clone();
        let kind = problems.iter().find(|p| p["code"] == "unknown-kind").expect("told");
        assert!(kind["message"].as_str().is_some_and(|m| m.contains("hospital")), "{kind}");
    }
}

#[test]
fn many_problems_of_a_kind_are_counted_not_poured_out() {
    let dir = folder();
    let rows: String = (0..500).map(|i| format!("X{i},2023,99\n")).collect();
    dir.write("t.csv", format!("code,year,sewage_treatment_pct\nA1,2023,99\n{rows}"));
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let said = told(&["summary", &project]);
    assert!(said.lines().count() < 40, "{} lines", said.lines().count());
    assert!(said.contains("480 more"), "{said}");
}

#[test]
fn names_stand_on_pages_or_are_told() {
    let dir = Folder::new();
    let list = [
        square(116.0, 40.0, 0.2, r#"{"code":"A1","name":"Xã Phước Lộc Thượng"}"#),
        square(116.2, 40.0, 0.2, "{\"code\":\"A2\",\"name\":\"东\u{10fffd}村\"}"),
    ];
    dir.write("v.geojson", collection(&list));
    let project = dir.project("p.qiancun", &["v.geojson"], &[], "");
    let svg = dir.text("p.svg");
    assert!(told(&["render", &project, "-o", &svg]).is_empty());
    let text = std::fs::read_to_string(&svg).expect("a page");
    assert!(text.contains("Xã Phước Lộc Thượng") && text.contains('\u{10fffd}') && !text.contains('〓'));
    for page in ["p.pdf", "p.png"] {
        let said = told(&["render", &project, "-o", &dir.text(page)]);
        assert!(said.contains("U+10FFFD"), "a label's letters count, too: {said}");
        let has_vietnamese = Command::new("fc-list").arg(":lang=vi").output().is_ok_and(|o| !o.stdout.is_empty());
        assert!(!has_vietnamese || !said.contains("U+1ED9"), "{said}");
    }
    assert!(told(&["atlas", &project, "-o", &dir.text("a.pdf")]).contains("U+10FFFD"));
}

#[test]
fn shifted_coordinates_say_so_and_the_gap_of_the_district_comes_along() {
    let dir = folder();
    // Two groups far apart: one gap that concerns the whole district.
    dir.write("t.csv", "code,year,sewage_treatment_pct\nA1,2023,100\nA2,2023,100\nA3,2023,10\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let (v, _) = json(&["gaps", &project, "--json"]);
    let gaps = v["gaps"].as_array().expect("gaps");
    assert!(gaps.iter().any(|g| g["lon"].is_null()), "one gap has no place of its own");
    let write = |name: &str, more: &[&str]| {
        let path = dir.text(name);
        told(&[&["gaps", project.as_str(), "-o", &path][..], more].concat());
        path
    };
    for (name, mark) in [("g.gpx", "<wpt"), ("g.kml", "<Placemark>")] {
        let plain = std::fs::read_to_string(write(name, &[])).expect("read");
        assert_eq!(plain.matches(mark).count(), gaps.len(), "{name}");
        assert!(!plain.contains("GCJ-02"));
        for (shift, called) in [("gcj02", "GCJ-02"), ("bd09", "BD-09")] {
            let shifted = std::fs::read_to_string(write(name, &["--crs", shift])).expect("read");
            assert!(shifted.matches(called).count() > gaps.len(), "the file and every point say so: {shifted}");
        }
    }
    let crs = |path: &str| {
        let conn = rusqlite::Connection::open(path).expect("a database");
        let sql =
            "SELECT s.srs_name, s.organization FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s USING (srs_id)";
        conn.query_row(sql, [], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).expect("a reference system")
    };
    let shifted = crs(&write("g.gpkg", &["--crs", "gcj02"]));
    assert!(shifted.0.contains("GCJ-02") && shifted.1 != "EPSG", "{shifted:?}");
    let plain = crs(&write("h.gpkg", &[]));
    assert!(plain.0.contains("WGS 84") && plain.1 == "EPSG", "{plain:?}");
}

fn opened(project: &str) -> Headless {
    let options = Options { files: vec![project.into()], lang: Some(Lang::En), ..Options::default() };
    let mut head = Headless::new(options, [1200, 800], 1.0, false).expect("a device");
    assert!(head.settle(60.0));
    head
}

#[test]
fn a_table_edited_while_it_is_open_is_seen_and_told() {
    let dir = folder();
    let table = |rate: u32| format!("code,year,sewage_treatment_pct\nA1,2023,{rate}\nA2,2023,{rate}\nA3,2023,{rate}\n");
    dir.write("t.csv", table(50));
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let mut head = opened(&project);
    let rate = |head: &Headless| {
        let district = head.app.session.district().cloned().expect("a district");
        district.value(
            district.indicators.position("sewage_treatment_pct").expect("known"),
            Some(2023),
            FeatureId::new(0),
        )
    };
    assert_eq!(rate(&head), Some(50.0));
    // Somebody saves the table in another program, and comes back to the window.
    dir.write("t.csv", table(100) + "\n");
    head.app.session.news = None;
    head.return_to_window();
    assert!(head.settle(60.0));
    assert_eq!(rate(&head), Some(100.0));
    assert!(head.app.session.news.as_deref().is_some_and(|n| n.contains("t.csv")), "{:?}", head.app.session.news);
    // So are facilities and boundaries.
    dir.write("v.geojson", villages(&THREE[..2]));
    head.return_to_window();
    assert!(head.settle(60.0));
    assert_eq!(head.app.session.district().map(|d| d.members.len()), Some(2));
    // An unrelated correction brings nothing in unsaid.
    dir.write("t.csv", table(7));
    head.app.session.news = None;
    head.app.session.note(|d| {
        d.project.edits.push(qiancun::model::Edit {
            village: "A1".into(),
            what: "population".into(),
            year: Some(2023),
            value: "1".into(),
            ..Default::default()
        })
    });
    head.frame(Vec::new());
    assert!(head.settle(60.0));
    assert_eq!(rate(&head), Some(7.0));
    assert!(head.app.session.news.as_deref().is_some_and(|n| n.contains("t.csv")), "{:?}", head.app.session.news);
}

#[test]
fn a_file_changed_beside_the_window_is_read_again_by_itself_or_when_asked() {
    let dir = folder();
    let project = dir.project("p.qiancun", &["v.geojson"], &[], "");
    let mut head = opened(&project);
    head.app.begin_watching();
    head.frame(Vec::new());
    let villages_shown =
        |head: &Headless| head.app.session.village_layer().and_then(|l| l.loaded()).map(|l| l.dataset.len());
    assert_eq!(villages_shown(&head), Some(3));
    // Nobody leaves the window: another program saves beside it.
    let wait = |head: &mut Headless, is_there: &dyn Fn(&Headless) -> bool| {
        for _ in 0..400 {
            head.frame(Vec::new());
            if is_there(head) {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        false
    };
    std::thread::sleep(std::time::Duration::from_millis(300));
    dir.write("v.geojson", villages(&THREE[..2]));
    assert!(wait(&mut head, &|head| villages_shown(head) == Some(2)));
    // Who wants to be asked is told, and asks.
    head.app.send(WindowCommand::SetRereading(true));
    head.frame(Vec::new());
    assert!(head.settle(60.0));
    head.app.session.news = None;
    dir.write("v.geojson", villages(&THREE[..1]));
    let told = |head: &Headless| head.app.session.news.as_deref().is_some_and(|n| n.contains("v.geojson"));
    assert!(wait(&mut head, &told));
    assert_eq!(villages_shown(&head), Some(2));
    head.app.send(FileCommand::ReadChanged);
    head.frame(Vec::new());
    assert!(head.settle(60.0));
    assert_eq!(villages_shown(&head), Some(1));
}

#[test]
fn heads_that_nobody_knows_are_told_or_asked() {
    let dir = folder();
    let told = ["村部", "西马坊村", "北庄子村", "七王坟村"];
    let rows = |of: &dyn Fn(usize) -> String| villages(&[&of(1), &of(2), &of(3)].map(String::as_str));
    dir.write("told.geojson", rows(&|i| format!(r#"{{"F1":"{}","F2":"苏家坨镇"}}"#, told[i])));
    let (people, places) = (["", "Ana", "Berta", "Clara"], ["", "Alto", "Bosque", "Cerro"]);
    dir.write("asked.geojson", rows(&|i| format!(r#"{{"F1":"{}","F2":"{}"}}"#, people[i], places[i])));
    let look = |name: &str| {
        let head = opened(&dir.text(name));
        let session = &head.app.session;
        let layer = session.village_layer().and_then(|l| l.loaded()).cloned().expect("villages");
        (layer.naming(), layer.dataset.file_name(FeatureId::new(0)), session.moment.dialogue.is_some())
    };
    assert_eq!(look("told.geojson"), (Naming::ByValue, "西马坊村".to_owned(), true));
    let (naming, _, asks) = look("asked.geojson");
    assert_eq!((naming, asks), (Naming::Nothing, true));
}
