//! What is said and found: messages in the person's language, search as people type, heads of sheets.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use qiancun::index::NameRank;
use qiancun::lang::Lang;
use qiancun::read::{Cell, read_file, read_sheets};
use qiancun::session::{Dialogue, FileCommand, SelectCommand, Session, WindowCommand};

use crate::program::Folder;
use crate::survey::{copied, path, qiancun};
use crate::window::{demo, open, selected, send, settle};

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// Files that people open by mistake, by what the message must name in both languages.
fn unreadable() -> Vec<(&'static str, Vec<u8>, [&'static str; 2])> {
    vec![
        ("a.svg", b"<?xml version=\"1.0\"?><svg/>".to_vec(), ["XML", "XML"]),
        ("b.pdf", b"%PDF-1.7 ...".to_vec(), ["PDF", "PDF"]),
        ("c.geojson", Vec::new(), ["空文件", "empty"]),
        ("d.geojson", b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec(), ["不完整", "incomplete"]),
        ("e.geojson", b"this is no map".to_vec(), ["有误", "damaged"]),
        ("f.json", b"[1,2,3]".to_vec(), ["不是地图数据", "not map data"]),
        ("g.html", b"<html><body>404</body></html>".to_vec(), ["网页", "web page"]),
        ("h.rar", b"Rar!\x1a\x07".to_vec(), ["压缩包", "archive"]),
        ("i.png", b"\x89PNG\r\n\x1a\n".to_vec(), ["图片", "picture"]),
        ("j.shp", b"\x00\x00\x27\x0a\0\0\0\0".to_vec(), ["损坏", "damaged"]),
    ]
}

#[test]
fn what_cannot_be_read_is_told_in_the_persons_language_with_what_to_do() {
    for lang in LANGS {
        let dir = Folder::new();
        let mut h = open(vec![demo("haidian.qiancun")], lang, [1000.0, 700.0]);
        for (name, bytes, words) in unreadable() {
            dir.write(name, &bytes);
            send(&mut h, FileCommand::Open(vec![dir.path(name)]));
            let told = match h.state().session.moment.dialogue.clone() {
                Some(Dialogue::Message(told)) => told,
                other => panic!("{name}: {other:?}"),
            };
            let expected = if lang == Lang::Zh { words[0] } else { words[1] };
            assert!(told.contains(name) && told.contains(expected), "{name}: {told}");
            assert!(!told.contains("Could not read") && !told.contains("line 1 column"), "{name}: {told}");
            let end = if lang == Lang::Zh { '。' } else { '.' };
            assert!(told.matches(end).count() >= 2 || told.contains('，'), "{name} says what to do: {told}");
            h.state_mut().session.moment.dialogue = None;
        }
    }
    // Every kind of failure that there is has words, in both languages.
    let source = include_str!("../../src/read/sniff.rs").to_owned() + include_str!("../../src/read/error.rs");
    let quoted: Vec<&str> = source.split('"').collect();
    for code in ["not-found", "is-folder", "not-a-file", "unreadable", "not-table", "workbook", "damaged", "fault"] {
        assert!(quoted.contains(&code), "{code}");
        assert!(LANGS.iter().all(|l| l.find(&format!("read.{code}")).is_some()), "{code}");
    }
    let dir = Folder::new();
    for (name, bytes, _) in unreadable() {
        dir.write(name, &bytes);
        let error = read_file(&dir.path(name), &qiancun::read::Progress::new()).expect_err(name);
        let key = error.kind().unwrap_or(error.code());
        assert!(LANGS.iter().all(|l| l.find(&format!("read.{key}")).is_some()), "{key}");
    }
}

#[test]
fn a_table_that_cannot_be_read_says_so_in_the_persons_language() {
    let dir = copied();
    std::fs::write(dir.path().join("indicators.csv"), "a,b\n1,2\n").expect("written");
    for (lang, words) in [(Lang::Zh, "没有找到各村的数据"), (Lang::En, "No figures of villages were found")] {
        let (_, troubles) = qiancun::app::read_session(&dir.path().join("haidian.qiancun"), lang).expect("read");
        let h = open(vec![dir.path().join("haidian.qiancun")], lang, [1366.0, 768.0]);
        let problems = h.state().session.problems();
        let of = |p: &qiancun::model::Problem| lang.problem(p.code, &p.detail);
        let said: Vec<String> = problems.iter().flat_map(|(.., list)| list.iter().map(of)).chain(troubles).collect();
        assert!(said.iter().any(|t| t.contains(words) && t.contains("indicators.csv")), "{said:?}");
        assert!(!said.iter().any(|t| t.contains('\t') || t.contains("Could not read")), "{said:?}");
    }
}

fn hits(session: &mut Session, text: &str) -> (Vec<String>, bool, bool) {
    session.moment.search.text = text.into();
    session.find_hits();
    let hits = session.hits().expect("searched for").clone();
    let names = hits.features.iter().map(|(layer, feature)| session.feature_title(*layer, *feature)).collect();
    (names, hits.is_near, hits.place.is_some())
}

#[test]
fn search_finds_what_people_type() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    let code = {
        let session = &mut h.state_mut().session;
        let (layer, feature) = {
            session.moment.search.text = "北庄子".into();
            session.find_hits();
            session.hits().expect("found").features[0]
        };
        let loaded = session.layers[&layer].loaded().expect("read").clone();
        let code = loaded.dataset.text(feature, qiancun::model::Role::Code).expect("a code").into_owned();
        assert_eq!(loaded.names().search("北莊子", 3)[0].rank, NameRank::Exact);
        code
    };
    let session = &mut h.state_mut().session;
    let last = code[code.len() - 5..].to_owned();
    for text in ["北庄子村", "北庄子村委会", "北庄子村民委员会", "北莊子", "beizhuangzi", &last] {
        let (names, is_near, _) = hits(session, text);
        assert!(names.first().is_some_and(|n| n == "北庄子") && !is_near, "{text}: {names:?}");
    }
    for text in ["beizuangzi", "beizhaungzi", "北装子", "北庄字"] {
        let (names, is_near, _) = hits(session, text);
        assert!(names.contains(&"北庄子".to_owned()) && is_near, "{text}: {names:?}");
    }
    assert!(hits(session, "xyzzyq").0.is_empty());
    // More than twelve.
    session.moment.search.lists_all = false;
    let few = hits(session, "1").0.len();
    assert!(few <= 12 && session.hits().is_some_and(|f| f.has_more == (few == 12)));
    session.moment.search.lists_all = true;
    assert!(hits(session, "1").0.len() >= few);
    session.moment.search.lists_all = false;
    // A position: the map goes there, and the village there is chosen.
    let (layer, feature) = session.hits().and_then(|_| session.on_card().map(|(l, f)| (l.key, f))).expect("a village");
    let loaded = session.layers[&layer].loaded().expect("read").clone();
    let at = loaded.anchors.get().expect("anchors")[feature.index()].expect("an anchor").at.to_lonlat();
    let name = session.feature_title(layer, feature);
    for text in [
        format!("{:.6}, {:.6}", at.lon_deg, at.lat_deg),
        format!("{:.6} {:.6}", at.lat_deg, at.lon_deg),
        format!("北纬{:.6}°，东经{:.6}°", at.lat_deg, at.lon_deg),
    ] {
        assert!(hits(&mut h.state_mut().session, &text).2, "{text} is a place");
        send(&mut h, SelectCommand::TakeHit(0));
        assert_eq!(selected(&h), std::slice::from_ref(&name), "{text}");
        send(&mut h, SelectCommand::ClearSelection);
    }
}

#[test]
fn the_search_box_is_there_in_a_narrow_window() {
    for lang in LANGS {
        let h = open(vec![demo("haidian.qiancun")], lang, [800.0, 600.0]);
        let label = lang.t("command.search");
        let rect = h.get_by_role_and_label(Role::SearchInput, label).rect();
        assert!(rect.width() >= 90.0 && rect.left() >= 0.0 && rect.right() <= 800.0, "{rect:?}");
        let others = h.query_all_by_role(Role::Button).map(|n| n.rect()).filter(|r| r.top() < 40.0);
        for other in others {
            assert!(other.intersect(rect).width() < 1.0, "{other:?} lies over {rect:?}");
            assert!(other.left() >= 0.0 && other.right() <= 800.0, "{other:?} is cut");
        }
    }
}

#[test]
fn nothing_on_the_screen_is_of_another_language_or_a_code() {
    let h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    let said: Vec<String> = h
        .query_all(egui_kittest::kittest::By::new())
        .flat_map(|n| [n.accesskit_node().label(), n.accesskit_node().value()])
        .flatten()
        .collect();
    for word in ["Resize", "EPSG", "facilities", "none", "draft", "approved"] {
        assert!(!said.iter().any(|t| t.contains(word)), "{word}: {said:?}");
    }
    assert!(said.iter().any(|t| t == "WGS 84 经纬度"), "{said:?}");
    assert!(said.iter().any(|t| t == "调整面板大小"));
    let english = include_str!("../../assets/lang/en.toml");
    for phrase in ["\"in {n}\"", "fulfil", "Take back", "asked for", "is no number"] {
        assert!(!english.contains(phrase), "{phrase}");
    }
    let svg =
        qiancun::page::page_svg(&h.state().session.still(), qiancun::page::PageFormat::A4, &Default::default(), true);
    assert!(svg.contains("WGS 84 经纬度") && !svg.contains("EPSG"));
}

/// Heads of the first sheet, and the rows below.
fn sheet(file: &std::path::Path) -> (Vec<String>, Vec<Vec<Cell>>) {
    let sheets = read_sheets(file).expect("a workbook");
    let mut rows = sheets.into_iter().next().expect("a sheet").into_iter().map(|(_, row)| row);
    let heads = rows.next().expect("heads").iter().map(Cell::text).collect();
    (heads, rows.collect())
}

#[test]
fn sheets_have_heads_in_the_persons_language_with_units() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    for (lang, words) in [("zh", ["村名", "核查结果", "距离（米）"]), ("en", ["Village", "Result", "Distance (m)"])]
    {
        let out = path(&dir, &format!("gaps-{lang}.xlsx"));
        assert!(qiancun(&["gaps", &project, "-o", &out, "--lang", lang]).status.success());
        let (heads, rows) = sheet(out.as_ref());
        assert!(words.iter().all(|w| heads.iter().any(|h| h == w)), "{heads:?}");
        assert!(!rows.is_empty() && !heads.iter().any(|h| h == "rule_name" || h == "distance_m"), "{heads:?}");
        // What was exported is what comes back.
        let told = qiancun(&["survey", "import", &project, &out, "--dry-run", "--json"]);
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
        assert_eq!(told["files"][0]["rows"].as_array().map(Vec::len), Some(0), "nothing was filled in: {told}");
    }
    // Figures and table from the window.
    let mut h = open(vec![dir.path().join("haidian.qiancun")], Lang::Zh, [1000.0, 700.0]);
    let figures = dir.path().join("figures.xlsx");
    send(&mut h, FileCommand::ExportFiguresTo(figures.clone()));
    let table = dir.path().join("table.xlsx");
    send(&mut h, FileCommand::ExportTableTo(table.clone()));
    for file in [&figures, &table] {
        for _ in 0..500 {
            if file.exists() && h.state().session.work.writing.is_empty() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
            settle(&mut h);
        }
    }
    let (heads, rows) = sheet(&figures);
    assert!(
        heads.iter().any(|h| h == "污水处理率（%）") && heads[..4] == ["代码", "村名", "乡镇", "年份"],
        "{heads:?}"
    );
    let again = qiancun::read::read_wide(&figures, &qiancun::model::Indicators::with(&[]), &Default::default())
        .expect("read again");
    assert_eq!(again.rows.len(), rows.len());
    let (heads, rows) = sheet(&table);
    let plan = heads.iter().position(|h| h == "规划状态" || h == "村庄规划").expect("the plan");
    assert!(rows.iter().any(|r| r[plan].text() == "已批准"), "words, not stable names");
    assert!(!rows.iter().flatten().any(|c| c.text() == "approved" || c.text() == "draft"));
    send(&mut h, WindowCommand::Escape);
}

#[test]
fn a_field_sheet_for_print_is_legible() {
    let dir = copied();
    let (project, out) = (path(&dir, "haidian.qiancun"), path(&dir, "print.xlsx"));
    assert!(qiancun(&["gaps", &project, "-o", &out, "--by-town", "--lang", "zh"]).status.success());
    let script = "
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
for sheet in book:
    assert sheet.page_setup.orientation == 'landscape' and str(sheet.page_setup.paperSize) == '9', sheet.title
    assert sheet.print_title_rows in ('1:1', '$1:$1'), sheet.print_title_rows
    hidden, width = set(), {}
    for d in sheet.column_dimensions.values():
        for i in range(d.min, d.max + 1):
            width[i] = d.width
            if d.hidden:
                hidden.add(i)
    shown = [c for c in sheet[1] if c.column not in hidden]
    assert 5 <= len(shown) <= 9, [c.value for c in shown]
    # A column of width 1 takes 7 pixels of 96 to the inch at 11 points; the page has 277 mm between its margins.
    wide = sum(width[c.column] * 7 + 5 for c in shown) / 96 * 25.4
    assert 11 * min(1, 277 / wide) >= 9, (wide, 11 * 277 / wide)
    names = [c.value for c in shown]
    note = width[shown[names.index('备注')].column]
    assert note >= 25 and '核查结果' in names, names
    assert all(sheet.row_dimensions[r].height >= 30 for r in range(2, sheet.max_row + 1))
print('ok', len(book.sheetnames))
";
    let made = std::process::Command::new("/usr/bin/python3").args(["-c", script, &out]).output();
    let Ok(made) = made.map_err(|_| ()) else {
        eprintln!("SKIPPED printed sheet: no Python (scripts/setup-checks installs it)");
        return;
    };
    let told = String::from_utf8_lossy(&made.stderr);
    if told.contains("No module named") {
        eprintln!("SKIPPED printed sheet: no openpyxl (scripts/setup-checks installs it)");
        return;
    }
    assert!(String::from_utf8_lossy(&made.stdout).starts_with("ok"), "{told}");
}
