//! The survey log: recorded, killed, damaged, edited by other programs, merged, and filled from sheets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use qiancun::survey::{GapStatus, NewVisit, Outcome, SurveyLog, Told, read_results};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::window::demo;

pub(crate) fn copied() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv", "ground.mbtiles"] {
        std::fs::copy(demo(name), dir.path().join(name)).expect("copied");
    }
    dir
}

pub(crate) fn qiancun(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qiancun")).args(args).output().expect("it runs")
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn json_of(args: &[&str]) -> Value {
    let output = qiancun(args);
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).expect("a document")
}

pub(crate) fn path(dir: &tempfile::TempDir, name: &str) -> String {
    dir.path().join(name).to_string_lossy().into_owned()
}

pub(crate) fn keys(project: &str) -> Vec<String> {
    let document = json_of(&["gaps", project, "--json"]);
    let gaps = document["gaps"].as_array().expect("gaps").iter();
    gaps.map(|g| g["key"].as_str().expect("a key").to_owned()).collect()
}

pub(crate) fn visits(project: &str) -> Vec<Value> {
    json_of(&["survey", "list", project, "--json"])["visits"].as_array().expect("visits").clone()
}

pub(crate) fn visit(gap: &str, outcome: Outcome, by: &str) -> NewVisit {
    NewVisit { result: Some(outcome), by: by.into(), ..NewVisit::of_key(gap) }
}

#[test]
fn a_visit_is_recorded_corrected_withdrawn_and_its_history_stays() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    assert!(visits(&project).is_empty());
    assert!(!Path::new(&path(&dir, "haidian.survey.gpkg")).exists(), "looking makes no file");
    let key = &keys(&project)[0];
    let added = qiancun(&[
        "survey",
        "add",
        &project,
        "--gap",
        key,
        "--result",
        "属实",
        "--note",
        "村口, \"旧\"",
        "--by",
        "李",
        "--at",
        "2026-11-24T08:30:00+08:00",
        "--place",
        "116.2,40.1",
    ]);
    assert!(added.status.success(), "{}", said(&added));
    let id = String::from_utf8_lossy(&added.stdout).trim().to_owned();
    let listed = visits(&project);
    assert_eq!(listed.len(), 1);
    let one = &listed[0];
    assert_eq!((one["id"].as_str(), one["gap"].as_str()), (Some(id.as_str()), Some(key.as_str())));
    assert_eq!((one["result"].as_str(), one["note"].as_str()), (Some("confirmed"), Some("村口, \"旧\"")));
    assert_eq!((one["lon"].as_f64(), one["at"].as_str()), (Some(116.2), Some("2026-11-24T00:30:00.000Z")));
    assert!(one["village"].is_string() && one["photo"].is_null());
    let status = |k: &str| {
        let document = json_of(&["gaps", &project, "--json"]);
        let gap = document["gaps"].as_array().expect("gaps").iter().find(|g| g["key"] == k).expect("the gap").clone();
        gap["status"].as_str().expect("a status").to_owned()
    };
    assert_eq!(status(key), "confirmed");
    assert!(qiancun(&["survey", "correct", &project, &id, "--result", "closed"]).status.success());
    assert_eq!(status(key), "closed");
    assert!(qiancun(&["survey", "withdraw", &project, &id]).status.success());
    assert_eq!(status(key), "pending");
    assert!(visits(&project).is_empty());
    let all = json_of(&["survey", "list", &project, "--history", "--json"]);
    assert_eq!(all["visits"][0]["history"].as_array().map(Vec::len), Some(3));
    assert_eq!(all["visits"][0]["history"][0]["result"], "confirmed");
    // Wrong words and ids.
    assert_eq!(qiancun(&["survey", "add", &project, "--gap", key, "--result", "maybe"]).status.code(), Some(2));
    let none = qiancun(&["survey", "withdraw", &project, "no-such"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(said(&none).contains("no-such"));
    // A gap that is gone is recorded all the same, and said.
    let gone = qiancun(&["survey", "add", &project, "--gap", "C1/GONE//", "--result", "closed"]);
    assert!(gone.status.success() && said(&gone).contains("no gap"), "{}", said(&gone));
}

pub(crate) fn log_with(dir: &tempfile::TempDir, count: usize) -> (PathBuf, Vec<String>) {
    let file = dir.path().join("a.survey.gpkg");
    let mut log = SurveyLog::open(&file).expect("made").log;
    let visits = (0..count).map(|i| NewVisit {
        note: format!("第 {i} 次 {}", "·".repeat(i % 90)),
        ..visit(&format!("T1/V{i}//"), Outcome::ALL[i % 4], "甲")
    });
    let ids = log.record(visits.collect()).expect("recorded");
    (file, ids)
}

pub(crate) fn ids_in(file: &Path) -> (BTreeSet<String>, Vec<Told>) {
    let opened = SurveyLog::open(file).expect("it opens again");
    (opened.log.survey().visits.iter().map(|v| v.id.clone()).collect(), opened.told)
}

/// What GDAL, QGIS and QField do to the layer: an update, an insert and a delete.
#[test]
fn edits_of_other_programs_become_events() {
    let dir = tempfile::tempdir().expect("a folder");
    let (file, ids) = log_with(&dir, 4);
    let conn = Connection::open(&file).expect("opens");
    conn.execute("UPDATE visits SET result = 'closed', note = 'edited' WHERE id = ?1", [&ids[0]]).expect("updated");
    conn.execute("INSERT INTO visits (gap, result, surveyor) VALUES ('C1/NEW//', 'wrong', '乙')", [])
        .expect("inserted");
    conn.execute("DELETE FROM visits WHERE id = ?1", [&ids[3]]).expect("deleted");
    // Events themselves cannot be changed.
    assert!(conn.execute("UPDATE events SET note = 'x'", []).is_err());
    assert!(conn.execute("DELETE FROM events", []).is_err());
    drop(conn);
    let copy = dir.path().join("copy.gpkg");
    std::fs::copy(&file, &copy).expect("copied");
    let opened = SurveyLog::open(&file).expect("opens");
    assert_eq!(opened.told, [Told::Edited(3)]);
    let survey = opened.log.survey();
    assert_eq!(survey.visit(&ids[0]).and_then(|v| survey.said(v)).map(|e| e.note.as_str()), Some("edited"));
    assert_eq!(survey.status("C1/NEW//"), GapStatus::Wrong);
    assert_eq!(survey.status("T1/V3//"), GapStatus::Pending);
    assert_eq!(survey.events.len(), 7);
    drop(opened);
    assert!(ids_in(&file).1.is_empty(), "once only");
    // The same edits found in a copy are the same events.
    let mut log = SurveyLog::open(&file).expect("opens").log;
    assert_eq!(log.merge(&copy).expect("merged").0, 0);
}

#[test]
fn logs_of_two_surveyors_merge_and_contradictions_are_shown() {
    let dir = tempfile::tempdir().expect("a folder");
    let (a, b) = (dir.path().join("a.survey.gpkg"), dir.path().join("b.survey.gpkg"));
    let mut one = SurveyLog::open(&a).expect("made").log;
    let mut two = SurveyLog::open(&b).expect("made").log;
    one.record(vec![visit("T1/x//", Outcome::Confirmed, "甲"), visit("T1/y//", Outcome::Closed, "甲")])
        .expect("recorded");
    two.record(vec![visit("T1/x//", Outcome::Closed, "乙"), visit("T1/z//", Outcome::Wrong, "乙")]).expect("recorded");
    let photo = dir.path().join("p.png");
    image::RgbImage::from_pixel(40, 30, image::Rgb([9, 99, 9])).save(&photo).expect("a photo");
    let name = qiancun::survey::keep_photo(two.paths(), &photo).expect("kept");
    drop(two);
    let before = std::fs::read(&b).expect("read");
    assert_eq!(one.merge(&b).expect("merged").0, 2);
    assert_eq!(one.merge(&b).expect("merged").0, 0);
    assert_eq!(std::fs::read(&b).expect("read"), before, "the other log is left as it is");
    assert!(dir.path().join("a.photos").join(&name.file).exists() && dir.path().join("a.photos/thumbnails").exists());
    assert_eq!(one.survey().status("T1/x//"), GapStatus::Conflict);
    assert_eq!(one.survey().of_gap("T1/x//").count(), 2);
    drop(one);
    let mut two = SurveyLog::open(&b).expect("opens").log;
    two.merge(&a).expect("merged");
    assert_eq!(two.survey().status("T1/x//"), GapStatus::Conflict);
    two.record(vec![visit("T1/x//", Outcome::Closed, "丙")]).expect("settled");
    assert_eq!(two.survey().status("T1/x//"), GapStatus::Closed);
    drop(two);
    // Not a log: nothing is touched.
    let project = path(&copied(), "none");
    assert_eq!(qiancun(&["survey", "merge", &a.to_string_lossy(), &project]).status.code(), Some(1));
}

#[test]
fn filled_sheets_come_back_once_and_what_is_not_understood_is_listed() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    for format in ["csv", "xlsx", "gpkg", "geojson"] {
        let sheet = path(&dir, &format!("sheet.{format}"));
        let written = qiancun(&["gaps", &project, "-o", &sheet, "--lang", "zh", "--by-town", "--crs", "gcj02"]);
        assert!(written.status.success(), "{}", said(&written));
        let rows = read_results(Path::new(&sheet)).expect("it can be read again");
        assert_eq!(rows.len(), keys(&project).len(), "{format}");
        assert!(rows.iter().all(|r| r.is_empty() && !r.key.is_empty()), "{format}");
    }
    let rows = read_results(Path::new(&path(&dir, "sheet.csv"))).expect("rows");
    image::RgbImage::from_pixel(40, 30, image::Rgb([9, 99, 9])).save(dir.path().join("p.jpg")).expect("a photo");
    let mut filled = String::from("\u{feff}key,rule,village,result,note,photo,by,at,lon,lat,crs\r\n");
    let mut line = |i: usize, rest: &str| {
        let r = &rows[i];
        let (lon, lat) = (r.lon.clone(), r.lat.clone());
        filled += &format!("{},{},{},{rest},{lon},{lat},GCJ-02\r\n", r.key, r.rule, r.subject.village);
    };
    line(0, "属实,看过,p.jpg,李,2026-11-23 09:10");
    line(1, "Closed,,,李,2026/11/23");
    line(2, ",有备注没有结果,,李,");
    line(3, "也许,,,李,");
    line(4, "已消除,,,李,前天");
    line(5, ",,,,");
    line(6, "wrong,,none.jpg,李,");
    filled += "C1/GONE//,C1,旧村,closed,,,李,,,,\r\n,T1,某村,closed,,,李,,,,\r\n";
    let sheet = path(&dir, "filled.csv");
    std::fs::write(&sheet, &filled).expect("written");
    let dry = json_of(&["survey", "import", &project, &sheet, "--dry-run", "--json"]);
    assert_eq!(dry["files"][0]["recorded"], 0);
    let count = |v: &Value, is: &str| {
        v["files"][0]["rows"].as_array().expect("rows").iter().filter(|r| r["verdict"] == is).count()
    };
    assert_eq!((count(&dry, "new"), count(&dry, "not-understood")), (4, 4));
    let why: Vec<_> =
        dry["files"][0]["rows"].as_array().expect("rows").iter().filter_map(|r| r["why"].as_str()).collect();
    assert_eq!(why, ["no-result", "result", "time", "no-key"]);
    assert!(visits(&project).is_empty());
    let done = json_of(&["survey", "import", &project, &sheet, "--json"]);
    assert_eq!(done["files"][0]["recorded"], 4);
    let again = json_of(&["survey", "import", &project, &sheet, "--json"]);
    assert_eq!((again["files"][0]["recorded"].as_u64(), count(&again, "known")), (Some(0), 4));
    let listed = visits(&project);
    assert_eq!(listed.len(), 4);
    let first = listed.iter().find(|v| v["gap"] == rows[0].key.as_str()).expect("the first");
    let photo = first["photo"].as_str().expect("a photo");
    assert!(photo.ends_with(".jpg") && dir.path().join("haidian.photos").join(photo).exists());
    // The place came back from GCJ-02 to where the gap is.
    let document = json_of(&["gaps", &project, "--json"]);
    let gap = document["gaps"]
        .as_array()
        .expect("gaps")
        .iter()
        .find(|g| g["key"] == rows[0].key.as_str())
        .expect("it")
        .clone();
    let far = |k: &str| (first[k].as_f64().expect("a number") - gap[k].as_f64().expect("a number")).abs();
    assert!(far("lon") < 1e-6 && far("lat") < 1e-6);
    // Two surveyors fill the same sheet: the second contradicts.
    std::fs::write(path(&dir, "other.csv"), format!("key,result,by\r\n{},closed,王\r\n", rows[0].key))
        .expect("written");
    let other = json_of(&["survey", "import", &project, &path(&dir, "other.csv"), "--json"]);
    assert_eq!(other["files"][0]["rows"][0]["after"], "conflict");
    assert_eq!(other["files"][0]["rows"][0]["remarks"], json!(["contradicts"]));
    // What was exported can be looked at, and holds all of it.
    for format in ["xlsx", "csv", "geojson", "gpkg"] {
        let out = path(&dir, &format!("visits.{format}"));
        let exported = qiancun(&["survey", "export", &project, "-o", &out]);
        assert!(exported.status.success(), "{}", said(&exported));
        assert_eq!(read_results(Path::new(&out)).expect("rows").len(), 5, "{format}");
    }
    // A sheet that is none.
    let no = qiancun(&["survey", "import", &project, &path(&dir, "villages.geojson")]);
    assert!(no.status.code() == Some(1) && said(&no).contains("no table"), "{}", said(&no));
}

#[test]
fn photos_that_are_none_are_refused_and_huge_ones_kept_without_decoding() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = &keys(&project)[0];
    let text = path(&dir, "no.jpg");
    std::fs::write(&text, "no photo").expect("written");
    let refused = qiancun(&["survey", "add", &project, "--gap", key, "--result", "closed", "--photo", &text]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("no photo"), "{}", said(&refused));
    assert!(visits(&project).is_empty());
    // A JPEG that says it is 60,000 × 60,000 pixels.
    let small = dir.path().join("s.jpg");
    image::RgbImage::from_pixel(16, 16, image::Rgb([1, 2, 3])).save(&small).expect("a photo");
    let mut bytes = std::fs::read(&small).expect("read");
    let frame = bytes.windows(2).position(|w| w == [0xff, 0xc0]).expect("a frame");
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
    let huge = path(&dir, "huge.jpg");
    std::fs::write(&huge, &bytes).expect("written");
    let kept = qiancun(&["survey", "add", &project, "--gap", key, "--result", "closed", "--photo", &huge]);
    assert!(kept.status.success(), "{}", said(&kept));
    assert_eq!(visits(&project).len(), 1);
}

#[test]
fn from_the_list_to_a_recorded_visit_and_back_in_the_window() {
    use egui::Key;
    use egui_kittest::kittest::Queryable;
    use qiancun::lang::Lang;
    use qiancun::session::{Became, CountBy, Dialogue, FileCommand, Since, SurveyCommand, Tab, WindowCommand};

    use crate::window::{open, send, settle};

    let dir = copied();
    let project = dir.path().join("haidian.qiancun");
    let mut h = open(vec![project.clone()], Lang::Zh, [1366.0, 768.0]);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    let listed = |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>| {
        h.state().session.listed_gaps().expect("a list").rows.clone()
    };
    let (all, first) = (listed(&h).len(), listed(&h)[0]);
    let key = h.state().session.present_gaps().expect("gaps").keys[first].clone();
    send(&mut h, SurveyCommand::VisitGap(first));
    h.get_by_label("属实").click();
    settle(&mut h);
    h.get_by_label("记录核查").click();
    settle(&mut h);
    assert!(h.state().session.moment.dialogue.is_none(), "recorded");
    assert_eq!(h.state().session.gap_status(&key), GapStatus::Confirmed);
    assert!(h.query_all_by_label_contains("已确认").count() > 0, "the list says so");
    // Only what is still to be visited; counted by town.
    h.state_mut().session.moment.gap_filter.status = Some(GapStatus::Pending);
    h.state_mut().session.moment.gap_filter.count_by = Some(CountBy::Town);
    settle(&mut h);
    assert_eq!(listed(&h).len(), all - 1);
    let groups = h.state().session.listed_gaps().expect("a list").groups.clone();
    assert_eq!(groups.iter().map(|g| g.1).sum::<usize>(), all - 1);
    h.state_mut().session.moment.gap_filter = Default::default();
    // Taken back by the one key for that; the events stay.
    h.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    settle(&mut h);
    assert_eq!(h.state().session.gap_status(&key), GapStatus::Pending);
    assert_eq!(h.state().session.survey().expect("a log").events.len(), 2);
    // A filled sheet, looked at before it is taken.
    let sheet = dir.path().join("filled.csv");
    std::fs::write(&sheet, format!("key,rule,village,result,by\n{key},T1,村,closed,李\n{key},T1,村,perhaps,李\n"))
        .expect("written");
    send(&mut h, SurveyCommand::ImportResults(vec![sheet]));
    let Some(Dialogue::Import(preview)) = h.state().session.moment.dialogue.clone() else { panic!("no preview") };
    assert_eq!(preview.taken_count(), 1);
    assert!(h.query_by_label_contains("结果不认识").is_some(), "what is not understood is listed");
    h.get_by_label("导入 1 条").click();
    settle(&mut h);
    assert_eq!(h.state().session.gap_status(&key), GapStatus::Closed);
    // Against an earlier year.
    send(&mut h, SurveyCommand::CompareGaps(Some(Since::Year(2018))));
    let change = h.state().session.present_change().expect("a comparison").change.clone();
    assert!(!change.closed.is_empty());
    h.state_mut().session.moment.gap_filter.became = Some(Became::Closed);
    settle(&mut h);
    assert_eq!(listed(&h).len(), change.closed.len());
    // A project that was never saved is saved first.
    let mut bare = open(vec![], Lang::Zh, [1366.0, 768.0]);
    send(&mut bare, FileCommand::OpenDemo);
    send(&mut bare, SurveyCommand::VisitGap(0));
    assert!(bare.query_by_label_contains("请先保存项目").is_some());
    drop(h);
    let reopened = open(vec![project], Lang::Zh, [1366.0, 768.0]);
    assert_eq!(reopened.state().session.gap_status(&key), GapStatus::Closed, "it is there after a restart");
}

#[test]
fn merging_takes_what_the_other_logs_copy_holds() {
    let dir = tempfile::tempdir().expect("a folder");
    let (other, ids) = log_with(&dir, 6);
    // Its database is damaged, then gone; its plain copy is whole.
    let whole = std::fs::read(&other).expect("read");
    for damage in [Some(whole[..whole.len() / 2].to_vec()), None] {
        match damage {
            Some(bytes) => std::fs::write(&other, bytes).expect("written"),
            None => std::fs::remove_file(&other).expect("removed"),
        }
        let own = tempfile::tempdir().expect("a folder");
        let mut log = SurveyLog::open(&own.path().join("own.survey.gpkg")).expect("made").log;
        let (count, told) = log.merge(&other).expect("merged");
        assert_eq!(count, ids.len());
        assert!(!told.is_empty(), "it is told");
    }
}

#[test]
fn one_row_is_one_visit_whatever_format_it_comes_back_in() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = &keys(&project)[0];
    let sheet = |name: &str, text: &str| {
        std::fs::write(path(&dir, name), text).expect("written");
        json_of(&["survey", "import", &project, &path(&dir, name), "--json"])["files"][0]["recorded"].clone()
    };
    let row = |lon: &str| format!("key,result,by,lon,lat\n{key},closed,李,{lon},40.1\n");
    assert_eq!(sheet("a.csv", &row("116.11733241520324")), 1);
    assert_eq!(sheet("b.csv", &row("116.1173324152032")), 0, "rounded by another program");
    // What the program exports it knows again.
    let out = path(&dir, "e.csv");
    assert!(qiancun(&["survey", "export", &project, "-o", &out]).status.success());
    assert_eq!(json_of(&["survey", "import", &project, &out, "--json"])["files"][0]["recorded"], 0);
    // Places and times that cannot be read are listed, not dropped.
    let odd =
        format!("key,result,at,lon,lat\n{key},wrong,,116.3°E,40.1\n{key},wrong,,40.1,116.3\n{key},wrong,前天下午,,\n");
    std::fs::write(path(&dir, "odd.csv"), odd).expect("written");
    let told = json_of(&["survey", "import", &project, &path(&dir, "odd.csv"), "--json"]);
    let rows = told["files"][0]["rows"].as_array().expect("rows");
    let why: Vec<_> = rows.iter().filter_map(|r| r["why"].as_str()).collect();
    assert_eq!(why, ["place", "place", "time"]);
}
