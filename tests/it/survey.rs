//! The survey log: recorded, killed, damaged, edited by other programs, merged, and filled from sheets.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use qiancun::survey::{GapStatus, NewVisit, Outcome, SurveyLog, Told, read_results};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::window::demo;

pub(crate) fn copied() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv"] {
        std::fs::copy(demo(name), dir.path().join(name)).expect("copied");
    }
    dir
}

fn qiancun(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qiancun")).args(args).output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json_of(args: &[&str]) -> Value {
    let output = qiancun(args);
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).expect("a document")
}

fn path(dir: &tempfile::TempDir, name: &str) -> String {
    dir.path().join(name).to_string_lossy().into_owned()
}

fn keys(project: &str) -> Vec<String> {
    let document = json_of(&["gaps", project, "--json"]);
    let gaps = document["gaps"].as_array().expect("gaps").iter();
    gaps.map(|g| g["key"].as_str().expect("a key").to_owned()).collect()
}

fn visits(project: &str) -> Vec<Value> {
    json_of(&["survey", "list", project, "--json"])["visits"].as_array().expect("visits").clone()
}

fn visit(gap: &str, outcome: Outcome, by: &str) -> NewVisit {
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

/// 200 writers, each killed at a random moment: whatever was acknowledged is there, and the database is whole.
#[test]
fn no_acknowledged_visit_is_lost_to_kill_9() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = &keys(&project)[0];
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut killed_in_between = 0;
    for round in 0..200_u32 {
        let mut writer = Command::new(env!("CARGO_BIN_EXE_qiancun"))
            .args(["survey", "add", &project, "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut lines = String::new();
        for i in 0..400 {
            let note = format!("round {round}, {i}, {}", "记".repeat(i % 50));
            lines += &(json!({ "gap": key, "result": "confirmed", "note": note, "by": "甲" }).to_string() + "\n");
        }
        // The writer dies with lines unread: that is no failure.
        let mut to = writer.stdin.take().expect("its input");
        let feeder = std::thread::spawn(move || to.write_all(lines.as_bytes()).ok());
        let mut answers = BufReader::new(writer.stdout.take().expect("its output")).lines();
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        // Some die before their first visit, most in the middle of one.
        let after = seed % 12;
        for _ in 0..after {
            if let Some(Ok(id)) = answers.next() {
                acknowledged.insert(id);
            }
        }
        std::thread::sleep(std::time::Duration::from_micros(seed % 9_000));
        writer.kill().expect("killed");
        for id in answers.map_while(Result::ok) {
            acknowledged.insert(id);
        }
        writer.wait().expect("gone");
        feeder.join().expect("fed");
        killed_in_between += u32::from(after > 0);
    }
    assert!(killed_in_between > 100 && acknowledged.len() > 500);
    let conn = Connection::open(path(&dir, "haidian.survey.gpkg")).expect("it opens");
    let sound: String = conn.query_row("PRAGMA integrity_check", [], |r| r.get(0)).expect("an answer");
    assert_eq!(sound, "ok");
    drop(conn);
    let there: BTreeSet<String> =
        visits(&project).iter().map(|v| v["id"].as_str().expect("an id").to_owned()).collect();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} lost", lost.len(), acknowledged.len());
}

fn log_with(dir: &tempfile::TempDir, count: usize) -> (PathBuf, Vec<String>) {
    let file = dir.path().join("a.survey.gpkg");
    let mut log = SurveyLog::open(&file).expect("made").log;
    let visits = (0..count).map(|i| NewVisit {
        note: format!("第 {i} 次 {}", "·".repeat(i % 90)),
        ..visit(&format!("T1/V{i}//"), Outcome::ALL[i % 4], "甲")
    });
    let ids = log.record(visits.collect()).expect("recorded");
    (file, ids)
}

fn ids_in(file: &Path) -> (BTreeSet<String>, Vec<Told>) {
    let opened = SurveyLog::open(file).expect("it opens again");
    (opened.log.survey().visits.iter().map(|v| v.id.clone()).collect(), opened.told)
}

#[test]
fn a_damaged_log_opens_again_with_every_visit() {
    for (what, damage) in [
        ("header", (|b: &mut Vec<u8>| b[..16].fill(7)) as fn(&mut Vec<u8>)),
        ("pages", |b| b.chunks_mut(4096).skip(3).step_by(5).for_each(|p| p.fill(0x5a))),
        ("cut", |b| b.truncate(b.len() / 2)),
        ("text", |b| {
            let marks: Vec<usize> = (0..b.len() - 5).filter(|i| b[*i..].starts_with("第 ".as_bytes())).collect();
            assert!(!marks.is_empty());
            marks.into_iter().for_each(|i| b[i + 4] ^= 1);
        }),
        ("empty", Vec::clear),
    ] {
        let dir = tempfile::tempdir().expect("a folder");
        let (file, ids) = log_with(&dir, 300);
        let mut bytes = std::fs::read(&file).expect("read");
        damage(&mut bytes);
        std::fs::write(&file, &bytes).expect("written");
        let (there, told) = ids_in(&file);
        assert_eq!(there, ids.into_iter().collect(), "{what}");
        let is_told = told.iter().any(|t| matches!(t, Told::Saved(..) | Told::Restored(_)));
        assert!(is_told, "{what}: {told:?}");
        // And it is whole from then on.
        assert!(ids_in(&file).1.is_empty(), "{what}");
    }
    // The database gone altogether; the copy gone; the copy torn.
    let dir = tempfile::tempdir().expect("a folder");
    let (file, ids) = log_with(&dir, 20);
    let all: BTreeSet<String> = ids.into_iter().collect();
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(ids_in(&file), (all.clone(), vec![Told::Restored(20)]));
    let journal = dir.path().join("a.survey.jsonl");
    std::fs::remove_file(&journal).expect("removed");
    assert_eq!(ids_in(&file), (all.clone(), vec![]));
    let whole = std::fs::read(&journal).expect("it was written anew");
    std::fs::write(&journal, [whole.as_slice(), b"{\"digest\":\"torn"].concat()).expect("written");
    assert_eq!(ids_in(&file), (all, vec![]));
}

#[test]
fn foreign_newer_and_unwritable_files_are_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let foreign = dir.path().join("x.gpkg");
    std::fs::write(&foreign, "no database at all, just a text of some length that is not SQLite").expect("written");
    let before = std::fs::read(&foreign).expect("read");
    assert_eq!(SurveyLog::open(&foreign).err().map(|e| e.code()), Some("not-a-log"));
    assert_eq!(std::fs::read(&foreign).expect("read"), before);
    let (file, _) = log_with(&dir, 3);
    let conn = Connection::open(&file).expect("opens");
    conn.execute("UPDATE qiancun_log SET value = '9' WHERE key = 'version'", []).expect("changed");
    drop(conn);
    assert_eq!(SurveyLog::open(&file).err().map(|e| e.code()), Some("newer"));
    assert_eq!(SurveyLog::open(&dir.path().join("none/x.gpkg")).err().map(|e| e.code()), Some("read-only"));
    // Another SQLite database keeps its tables.
    let other = dir.path().join("other.gpkg");
    Connection::open(&other).and_then(|c| c.execute_batch("CREATE TABLE a (b)")).expect("made");
    assert_eq!(SurveyLog::open(&other).err().map(|e| e.code()), Some("not-a-log"));
}

/// No file may grow beyond a limit, as on a full disk: nothing of the visit is half there, and the log goes on.
#[cfg(target_os = "linux")]
#[test]
fn where_the_disk_is_full_nothing_is_half_recorded() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = &keys(&project)[0];
    assert!(qiancun(&["survey", "add", &project, "--gap", key, "--result", "closed"]).status.success());
    let limited = |blocks: u32| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let note = "长".repeat(20_000);
        Command::new("bash")
            .args(["-c", &script, "-", env!("CARGO_BIN_EXE_qiancun"), "survey", "add", &project, "--gap", key])
            .args(["--result", "wrong", "--note", &note])
            .output()
            .expect("it runs")
    };
    for blocks in [1, 8, 40, 80, 120] {
        let tried = limited(blocks);
        let count = visits(&project).len();
        if !tried.status.success() {
            assert_eq!(tried.status.code(), Some(1), "{}", said(&tried));
            assert_eq!(count, 1, "{blocks}: {}", said(&tried));
        } else {
            assert_eq!(count, 2, "acknowledged and there");
            return;
        }
    }
    assert!(qiancun(&["survey", "add", &project, "--gap", key, "--result", "wrong"]).status.success());
    assert_eq!(visits(&project).len(), 2);
}

#[test]
fn two_writers_at_once_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("a.survey.gpkg");
    SurveyLog::open(&file).expect("made");
    let write = |by: &'static str| {
        let file = file.clone();
        std::thread::spawn(move || {
            let mut log = SurveyLog::open(&file).expect("opens").log;
            let one = |i: usize| visit(&format!("T1/{by}{i}//"), Outcome::Closed, by);
            (0..60).flat_map(|i| log.record(vec![one(i)]).expect("recorded")).collect::<Vec<_>>()
        })
    };
    let writers = ["甲", "乙", "丙"].map(write);
    let all: BTreeSet<String> = writers.into_iter().flat_map(|w| w.join().expect("done")).collect();
    assert_eq!(ids_in(&file), (all, vec![]));
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
    assert!(dir.path().join("a.photos").join(&name).exists() && dir.path().join("a.photos/thumbnails").exists());
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
        filled += &format!("{},{},{},{rest},{lon},{lat},GCJ-02\r\n", r.key, r.rule, r.village);
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
    use qiancun::session::{Became, Command, CountBy, Dialogue, Since, Tab};

    use crate::window::{open, send, settle};

    let dir = copied();
    let project = dir.path().join("haidian.qiancun");
    let mut h = open(vec![project.clone()], Lang::Zh, [1366.0, 768.0]);
    send(&mut h, Command::ToggleDrawer(Tab::Gaps));
    let listed = |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>| {
        h.state().session.listed_gaps.as_ref().expect("a list").rows.clone()
    };
    let (all, first) = (listed(&h).len(), listed(&h)[0]);
    let key = h.state().session.present_gaps().expect("gaps").keys[first].clone();
    send(&mut h, Command::VisitGap(first));
    h.get_by_label("属实").click();
    settle(&mut h);
    h.get_by_label("记录核查").click();
    settle(&mut h);
    assert!(h.state().session.dialogue.is_none(), "recorded");
    assert_eq!(h.state().session.gap_status(&key), GapStatus::Confirmed);
    assert!(h.query_all_by_label_contains("已确认").count() > 0, "the list says so");
    // Only what is still to be visited; counted by town.
    h.state_mut().session.gap_filter.status = Some(GapStatus::Pending);
    h.state_mut().session.gap_filter.count_by = Some(CountBy::Town);
    settle(&mut h);
    assert_eq!(listed(&h).len(), all - 1);
    let groups = h.state().session.listed_gaps.as_ref().expect("a list").groups.clone();
    assert_eq!(groups.iter().map(|g| g.1).sum::<usize>(), all - 1);
    h.state_mut().session.gap_filter = Default::default();
    // Taken back by the one key for that; the events stay.
    h.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    settle(&mut h);
    assert_eq!(h.state().session.gap_status(&key), GapStatus::Pending);
    assert_eq!(h.state().session.survey().expect("a log").events.len(), 2);
    // A filled sheet, looked at before it is taken.
    let sheet = dir.path().join("filled.csv");
    std::fs::write(&sheet, format!("key,rule,village,result,by\n{key},T1,村,closed,李\n{key},T1,村,perhaps,李\n"))
        .expect("written");
    send(&mut h, Command::ImportResults(sheet));
    let Some(Dialogue::Import(preview)) = h.state().session.dialogue.clone() else { panic!("no preview") };
    assert_eq!(preview.new_count(), 1);
    assert!(h.query_by_label_contains("结果不认识").is_some(), "what is not understood is listed");
    h.get_by_label("导入 1 条").click();
    settle(&mut h);
    assert_eq!(h.state().session.gap_status(&key), GapStatus::Closed);
    // Against an earlier year.
    send(&mut h, Command::CompareGaps(Some(Since::Year(2018))));
    let change = h.state().session.present_change().expect("a comparison").change.clone();
    assert!(!change.closed.is_empty());
    h.state_mut().session.gap_filter.became = Some(Became::Closed);
    settle(&mut h);
    assert_eq!(listed(&h).len(), change.closed.len());
    // A project that was never saved is saved first.
    let mut bare = open(vec![], Lang::Zh, [1366.0, 768.0]);
    send(&mut bare, Command::OpenDemo);
    send(&mut bare, Command::VisitGap(0));
    assert!(bare.query_by_label_contains("请先保存项目").is_some());
    drop(h);
    let reopened = open(vec![project], Lang::Zh, [1366.0, 768.0]);
    assert_eq!(reopened.state().session.gap_status(&key), GapStatus::Closed, "it is there after a restart");
}

/// A power cut: the write-ahead log is cut anywhere, the clock is wrong afterwards.
#[test]
fn a_torn_write_ahead_log_and_a_clock_set_back_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("a.survey.gpkg");
    let mut log = SurveyLog::open(&file).expect("made").log;
    let mut ids = BTreeSet::new();
    for i in 0..30 {
        ids.extend(log.record(vec![visit(&format!("T1/V{i}//"), Outcome::Closed, "甲")]).expect("recorded"));
    }
    let whole = |ending: &str| std::fs::read(format!("{}{ending}", file.display())).unwrap_or_default();
    let (main, wal, journal) =
        (whole(""), whole("-wal"), std::fs::read(dir.path().join("a.survey.jsonl")).expect("a copy"));
    for share in [0, 1, 3, 7, 10] {
        let other = tempfile::tempdir().expect("a folder");
        let copy = other.path().join("a.survey.gpkg");
        std::fs::write(&copy, &main).expect("written");
        std::fs::write(format!("{}-wal", copy.display()), &wal[..wal.len() * share / 10]).expect("written");
        std::fs::write(other.path().join("a.survey.jsonl"), &journal).expect("written");
        assert_eq!(ids_in(&copy).0, ids, "{share} tenths of the write-ahead log");
    }
    // The order is that of what was known, not of clocks: a later visit counts though its time lies before.
    let yesterday = qiancun::survey::Instant::from_millis(qiancun::survey::Instant::now().millis() - 86_400_000);
    let late = NewVisit { at: Some(yesterday), ..visit("T1/V3//", Outcome::Wrong, "乙") };
    log.record(vec![late]).expect("recorded");
    assert_eq!(log.survey().status("T1/V3//"), GapStatus::Wrong);
}

#[test]
fn a_foreign_database_in_place_of_the_own_loses_neither() {
    let dir = tempfile::tempdir().expect("a folder");
    let record = |name: &str, count: usize| {
        let file = dir.path().join(name);
        let mut log = SurveyLog::open(&file).expect("made").log;
        let one = |i: usize| visit(&format!("T1/{name}{i}//"), Outcome::Closed, "甲");
        (file, log.record((0..count).map(one).collect()).expect("recorded"))
    };
    let (a, ids_a) = record("a.survey.gpkg", 2);
    let (b, ids_b) = record("b.survey.gpkg", 5);
    std::fs::copy(&b, &a).expect("copied over");
    let all: BTreeSet<String> = ids_a.iter().chain(&ids_b).cloned().collect();
    assert_eq!(ids_in(&a), (all.clone(), vec![Told::Restored(2)]));
    assert_eq!(ids_in(&a), (all, vec![]));
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
fn odd_edits_of_the_layer_never_lock_the_log() {
    let dir = tempfile::tempdir().expect("a folder");
    let (file, ids) = log_with(&dir, 2);
    let edit = |sql: &str| {
        let conn = Connection::open(&file).expect("opens");
        conn.execute_batch(sql).expect("edited");
    };
    edit("INSERT INTO visits (gap, result, note) VALUES ('T1/q//', 'wrong', 'q')");
    assert_eq!(ids_in(&file).1, [Told::Edited(1)]);
    for _ in 0..3 {
        edit("UPDATE visits SET id = NULL WHERE note = 'q'");
        let opened = SurveyLog::open(&file).expect("it opens");
        assert_eq!(opened.log.survey().status("T1/q//"), GapStatus::Wrong);
    }
    // A visit moved to another gap counts there and nowhere else.
    edit(&format!("UPDATE visits SET gap = 'S1/moved//', result = 'closed' WHERE id = '{}'", ids[0]));
    let opened = SurveyLog::open(&file).expect("it opens");
    let survey = opened.log.survey();
    assert_eq!((survey.status("S1/moved//"), survey.status("T1/V0//")), (GapStatus::Closed, GapStatus::Pending));
    // A blanked result is put back.
    drop(opened);
    edit("UPDATE visits SET result = NULL");
    assert!(SurveyLog::open(&file).expect("it opens").log.survey().standing().all(|(_, e)| e.result.is_some()));
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
    let odd = format!(
        "key,result,at,lon,lat\n{key},wrong,,116.3°E,40.1\n{key},wrong,,40.1,116.3\n{key},wrong,2026-11-20 下午3:30,,\n"
    );
    std::fs::write(path(&dir, "odd.csv"), odd).expect("written");
    let told = json_of(&["survey", "import", &project, &path(&dir, "odd.csv"), "--json"]);
    let rows = told["files"][0]["rows"].as_array().expect("rows");
    let why: Vec<_> = rows.iter().filter_map(|r| r["why"].as_str()).collect();
    assert_eq!(why, ["place", "place", "time"]);
}

#[test]
fn words_mistyped_begin_no_log_and_foreign_files_stay() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let nope = path(&dir, "nope.qiancun");
    let out = path(&dir, "z.csv");
    let none = path(&dir, "none.gpkg");
    for args in [
        vec!["survey", "export", &nope, "-o", &out],
        vec!["survey", "withdraw", &nope, "x"],
        vec!["survey", "list", &nope],
        vec!["survey", "merge", &nope, &project],
        vec!["survey", "import", &project, &none],
    ] {
        assert_eq!(qiancun(&args).status.code(), Some(1), "{args:?}");
    }
    assert!(!Path::new(&path(&dir, "nope.survey.gpkg")).exists());
    let field = path(&dir, "field.gpkg");
    assert!(qiancun(&["gaps", &project, "-o", &field]).status.success());
    let before = std::fs::read(&field).expect("read");
    assert_eq!(qiancun(&["survey", "list", &field]).status.code(), Some(1));
    assert_eq!(std::fs::read(&field).expect("read"), before);
    let other = copied();
    let project = path(&other, "haidian.qiancun");
    let dry = path(&other, "dry.csv");
    std::fs::write(&dry, "key,result\nT1/x//,closed\n").expect("written");
    json_of(&["survey", "import", &project, &dry, "--dry-run", "--json"]);
    assert!(!Path::new(&path(&other, "haidian.survey.gpkg")).exists(), "looking makes no log");
    // A time that no calendar of visits has is refused.
    let key = &keys(&project)[0];
    let odd = qiancun(&["survey", "add", &project, "--gap", key, "--result", "closed", "--at=-000044-03-15T00:00:00Z"]);
    assert_eq!(odd.status.code(), Some(2));
}
