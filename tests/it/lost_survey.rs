//! The survey log: nothing recorded is lost, whoever touched it. Named after the clauses they hold.

use std::path::Path;

use egui_kittest::kittest::Queryable;
use qiancun::app::Qiancun;
use qiancun::lang::Lang;
use qiancun::model::{Edit, FeatureId};
use qiancun::session::{LayerCommand, MeetingCommand, SelectCommand, SurveyCommand, WindowCommand};
use qiancun::survey::{GapStatus, NewVisit, Outcome, SurveyLog};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::survey::{copied, json_of, keys, log_with, path, qiancun, said, visits};
use crate::window::{open, send, settle};

type Window = egui_kittest::Harness<'static, Qiancun>;

const SIZE: [f32; 2] = [1366.0, 768.0];

fn shows(h: &Window, text: &str) -> bool {
    h.query_all_by_label_contains(text).count() > 0
}

fn add(project: &str, key: &str, result: &str, more: &[&str]) -> String {
    let args = [&["survey", "add", project, "--gap", key, "--result", result], more].concat();
    let output = qiancun(&args);
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn sql(log: &str, sql: &str) {
    Connection::open(log).and_then(|c| c.execute_batch(sql)).expect("changed");
}

fn import(project: &str, file: &str, more: &[&str]) -> Value {
    json_of(&[&["survey", "import", project, file, "--json"], more].concat())["files"][0].clone()
}

fn verdicts(file: &Value) -> Vec<&str> {
    file["rows"].as_array().expect("rows").iter().filter_map(|r| r["verdict"].as_str()).collect()
}

fn edit(value: &str) -> Edit {
    Edit {
        village: "DEMO00000001".into(),
        what: "population".into(),
        year: Some(2023),
        value: value.into(),
        ..Edit::default()
    }
}

/// Records a visit as a click does.
fn record(h: &mut Window, outcome: Outcome) {
    use qiancun::session::Dialogue;
    send(h, SurveyCommand::VisitGap(0));
    let Some(Dialogue::Visit(mut draft)) = h.state().session.moment.dialogue.clone() else { panic!("no form") };
    draft.visit.result = Some(outcome);
    send(h, SurveyCommand::Record(Box::new(draft)));
}

#[test]
fn lost_a5_one_timeline_whatever_was_done() {
    let dir = copied();
    let mut h = open(vec![path(&dir, "haidian.qiancun").into()], Lang::En, SIZE);
    let key = h.state().session.present_gaps().expect("gaps").keys[0].clone();
    let status = |h: &Window| h.state().session.gap_status(&key);
    let edits = |h: &Window| h.state().session.document.project.edits.len();
    record(&mut h, Outcome::Closed);
    send(&mut h, LayerCommand::Correct(vec![edit("5")]));
    let layer = h.state().session.village_layer().expect("villages").key;
    for i in 0..230 {
        h.state_mut().send(SelectCommand::Select { layer, features: vec![FeatureId::new(i % 60)], add: false });
        h.step();
    }
    settle(&mut h);
    let selected = h.state().session.document.selection.clone();
    send(&mut h, WindowCommand::Undo);
    assert_eq!((edits(&h), status(&h)), (0, GapStatus::Closed), "the correction, which was last");
    assert!(shows(&h, "Undone: Correct"), "and it says what");
    assert_eq!(h.state().session.document.selection, selected, "nothing else is selected");
    send(&mut h, WindowCommand::Undo);
    assert_eq!((edits(&h), status(&h)), (0, GapStatus::Pending), "then the visit");
    send(&mut h, WindowCommand::Redo);
    assert_eq!((edits(&h), status(&h)), (0, GapStatus::Closed), "the visit comes back");
    send(&mut h, WindowCommand::Redo);
    assert_eq!((edits(&h), status(&h)), (1, GapStatus::Closed));
    // A withdrawal by hand is a step like any other.
    let id = h.state().session.survey().expect("a log").visits[0].id.clone();
    send(&mut h, SurveyCommand::WithdrawVisit(id));
    assert_eq!(status(&h), GapStatus::Pending);
    send(&mut h, WindowCommand::Undo);
    assert_eq!(status(&h), GapStatus::Closed);
}

#[test]
fn lost_a5_a_drag_and_a_text_being_typed_are_one_step_each() {
    let dir = copied();
    let mut h = open(vec![path(&dir, "haidian.qiancun").into()], Lang::En, SIZE);
    let key = h.state().session.document.keys[0];
    let opacity = |h: &Window| h.state().session.document.project.layers[0].opacity;
    let before = opacity(&h);
    for i in 0..30 {
        h.state_mut().send(LayerCommand::SetOpacity(key, 1.0 - i as f32 / 100.0));
        h.step();
    }
    assert!((opacity(&h) - 0.71).abs() < 1e-5);
    let mut scene = h.state().session.document.project.scenes[0].clone();
    let note = scene.note.clone();
    for letter in "好的，我们开始".chars() {
        scene.note.push(letter);
        h.state_mut().send(MeetingCommand::SetScene(0, Box::new(scene.clone())));
        h.step();
    }
    settle(&mut h);
    send(&mut h, WindowCommand::Undo);
    assert_eq!(h.state().session.document.project.scenes[0].note, note);
    assert!((opacity(&h) - 0.71).abs() < 1e-5);
    send(&mut h, WindowCommand::Undo);
    assert!((opacity(&h) - before).abs() < 1e-5);
}

#[test]
fn lost_a5_import_and_merge_are_previewed_and_can_be_undone() {
    let (dir, other) = (copied(), copied());
    let project = path(&dir, "haidian.qiancun");
    let all = keys(&project);
    let sheet = path(&dir, "s.csv");
    std::fs::write(&sheet, format!("key,result,by\n{},closed,李\n{},wrong,李\n", all[0], all[1])).expect("written");
    let theirs = path(&other, "haidian.qiancun");
    add(&theirs, &all[2], "confirmed", &["--by", "王"]);
    let mut h = open(vec![project.clone().into()], Lang::En, SIZE);
    let status = |h: &Window, i: usize| h.state().session.gap_status(&all[i]);
    send(&mut h, SurveyCommand::ImportResults(vec![sheet.into()]));
    assert_eq!(status(&h, 0), GapStatus::Pending, "only looked at");
    h.get_by_label("Import 2").click();
    settle(&mut h);
    assert_eq!((status(&h, 0), status(&h, 1)), (GapStatus::Closed, GapStatus::Wrong));
    send(&mut h, SurveyCommand::ImportResults(vec![path(&other, "haidian.survey.gpkg").into()]));
    assert!(shows(&h, "1 new visit"), "what a colleague's log would bring is shown");
    assert_eq!(status(&h, 2), GapStatus::Pending);
    h.get_by_label("Import 1").click();
    settle(&mut h);
    assert_eq!(status(&h, 2), GapStatus::Confirmed);
    send(&mut h, WindowCommand::Undo);
    assert_eq!((status(&h, 2), status(&h, 0)), (GapStatus::Pending, GapStatus::Closed));
    send(&mut h, WindowCommand::Undo);
    assert_eq!((status(&h, 0), status(&h, 1)), (GapStatus::Pending, GapStatus::Pending));
    send(&mut h, WindowCommand::Redo);
    send(&mut h, WindowCommand::Redo);
    assert_eq!(
        (status(&h, 0), status(&h, 1), status(&h, 2)),
        (GapStatus::Closed, GapStatus::Wrong, GapStatus::Confirmed)
    );
}

/// QGIS writes times without a zone, and rewrites a whole row where one value changed.
#[test]
fn lost_a7_times_of_other_programs_stay() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let log = path(&dir, "haidian.survey.gpkg");
    let key = keys(&project)[0].clone();
    let id = add(&project, &key, "closed", &["--at", "2026-11-20 09:00"]);
    let at = visits(&project)[0]["at"].clone();
    sql(&log, &format!("UPDATE visits SET note = 'x', visited_at = '2026-11-20T09:00:00.000' WHERE id = '{id}'"));
    let now = visits(&project);
    assert_eq!((&now[0]["at"], now[0]["note"].as_str()), (&at, Some("x")));
    sql(
        &log,
        &format!("INSERT INTO visits (gap, result, visited_at) VALUES ('{key}', 'wrong', '2026-11-21T09:00:00.000')"),
    );
    let times: Vec<Value> = visits(&project).iter().map(|v| v["at"].clone()).collect();
    assert!(times.iter().all(|t| t.is_string()), "{times:?}");
    // What is no time stays as it was written, and is told.
    sql(&log, &format!("INSERT INTO visits (gap, result, visited_at) VALUES ('{key}', 'wrong', '上周三')"));
    let told = visits(&project);
    assert!(told.iter().any(|v| v["at"].is_null() && v["at_text"] == "上周三"), "{told:?}");
    let listed = qiancun(&["survey", "list", &project]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("“上周三”"));
    // And stays through another edit.
    sql(&log, "UPDATE visits SET note = 'y' WHERE visited_at = '上周三'");
    assert!(visits(&project).iter().any(|v| v["note"] == "y" && v["at_text"] == "上周三"));
}

#[test]
fn lost_a7_future_and_ancient_dates_are_asked_about() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    for at in ["2150-01-01", "1970-01-01"] {
        let args = ["survey", "add", &project, "--gap", &key, "--result", "closed", "--at", at];
        let output = qiancun(&args);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(qiancun(&[&args[..], &["--sure"]].concat()).status.success());
    }
    let sheet = path(&dir, "s.csv");
    std::fs::write(&sheet, format!("key,result,by,at\n{key},closed,李,2149-05-01\n")).expect("written");
    let first = import(&project, &sheet, &[]);
    assert_eq!((first["recorded"].as_u64(), first["rows"][0]["remarks"][0].as_str()), (Some(0), Some("odd-time")));
    assert_eq!(import(&project, &sheet, &["--sure"])["recorded"], 1);
}

#[test]
fn lost_a7_photos_that_qfield_put_beside_the_log_are_taken_in() {
    let (dir, other) = (copied(), copied());
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    let photo = |folder: &Path, name: &str, colour: u8| {
        std::fs::create_dir_all(folder.join("DCIM")).expect("made");
        image::RgbImage::from_pixel(30, 20, image::Rgb([colour; 3]))
            .save(folder.join("DCIM").join(name))
            .expect("written");
    };
    // By an edit of the layer.
    add(&project, &key, "closed", &[]);
    photo(dir.path(), "x.jpg", 10);
    sql(&path(&dir, "haidian.survey.gpkg"), "UPDATE visits SET photo = 'DCIM/x.jpg'");
    let one = visits(&project)[0].clone();
    let file = one["photos"][0]["file"].as_str().expect("a file").to_owned();
    assert!(dir.path().join("haidian.photos").join(&file).is_file(), "{one}");
    assert_eq!(one["photos"][0]["name"], "x.jpg", "its own name is kept");
    assert_eq!(one["photos"][0]["digest"].as_str().map(str::len), Some(64));
    // By a merge.
    let theirs = path(&other, "haidian.qiancun");
    add(&theirs, &keys(&project)[1], "wrong", &["--by", "王"]);
    photo(other.path(), "y.jpg", 20);
    sql(&path(&other, "haidian.survey.gpkg"), "UPDATE visits SET photo = 'DCIM/y.jpg'");
    assert!(qiancun(&["survey", "merge", &project, &theirs]).status.success());
    let merged = visits(&project);
    let their = merged.iter().find(|v| v["by"] == "王").expect("theirs");
    let file = their["photos"][0]["file"].as_str().expect("a file");
    assert!(dir.path().join("haidian.photos").join(file).is_file(), "{their}");
    // By a filled sheet, two of them.
    photo(dir.path(), "a.jpg", 30);
    photo(dir.path(), "b.jpg", 40);
    let sheet = path(&dir, "s.csv");
    let third = &keys(&project)[2];
    std::fs::write(&sheet, format!("key,result,photo,by\n{third},closed,DCIM/a.jpg;DCIM/b.jpg,李\n")).expect("written");
    assert_eq!(import(&project, &sheet, &[])["recorded"], 1);
    let all = visits(&project);
    let two = all.iter().find(|v| v["gap"] == third.as_str()).expect("the visit");
    let names: Vec<&str> =
        two["photos"].as_array().expect("photos").iter().filter_map(|p| p["name"].as_str()).collect();
    assert_eq!(names, ["a.jpg", "b.jpg"]);
    // And once more changes nothing.
    assert_eq!(verdicts(&import(&project, &sheet, &[])), ["known"]);
}

#[test]
fn lost_a7_leftovers_of_killed_programs_go() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    add(&project, &key, "closed", &[]);
    let photos = dir.path().join("haidian.photos");
    std::fs::create_dir_all(&photos).expect("made");
    std::fs::write(photos.join(".abc.jpg.Xy12.part"), "half a photo").expect("written");
    let copy = std::env::temp_dir().join(format!("qiancun-merge-left-{}", std::process::id()));
    std::fs::create_dir(&copy).expect("made");
    std::fs::write(copy.join("held"), "").expect("written");
    assert_eq!(visits(&project).len(), 1);
    assert!(!photos.join(".abc.jpg.Xy12.part").exists());
    assert!(qiancun(&["survey", "merge", &project, &project]).status.success());
    assert!(!copy.exists());
}

#[test]
fn lost_a7_a_result_of_a_newer_version_survives() {
    let dir = tempfile::tempdir().expect("a folder");
    let (file, ids) = log_with(&dir, 3);
    let journal = dir.path().join("a.survey.jsonl");
    // As a later version would write them: a result, a member and a kind that this one does not know.
    let text = std::fs::read_to_string(&journal).expect("read");
    let mut lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("json")).collect();
    lines[1]["event"]["result"] = "partly".into();
    lines[1]["event"]["weather"] = "rain".into();
    lines[2]["event"]["kind"] = "appraisal".into();
    for line in &mut lines {
        let event: qiancun::survey::Event = serde_json::from_value(line["event"].clone()).expect("an event");
        line["digest"] = event.digest().into();
    }
    let mut text: String = lines.iter().map(|l| format!("{l}\n")).collect();
    text += "{\"v\":9,\"digest\":\"?\",\"event\":{\"of another world\":true}}\n";
    std::fs::write(&journal, text).expect("written");
    std::fs::remove_file(&file).expect("removed");
    let log = file.to_str().expect("a path");
    let all = json_of(&["survey", "list", log, "--json"]);
    assert_eq!(all["visits"].as_array().map(Vec::len), Some(2), "an appraisal is no visit: {all}");
    assert_eq!(all["others"][0]["kind"], "appraisal");
    assert!(
        all["visits"].as_array().expect("visits").iter().any(|v| v["result"] == "partly" && v["status"] == "unread")
    );
    // It survives what this version writes, in both files.
    assert!(qiancun(&["survey", "correct", log, &ids[0], "--note", "n"]).status.success());
    for gone in [&file, &journal] {
        std::fs::remove_file(gone).expect("removed");
        let again = json_of(&["survey", "list", log, "--json"]);
        assert_eq!(
            (again["visits"].as_array().map(Vec::len), again["others"].as_array().map(Vec::len)),
            (Some(2), Some(1))
        );
        assert!(again.to_string().contains("partly"));
    }
    let kept = std::fs::read_to_string(&journal).expect("read");
    assert!(kept.contains("rain") && kept.contains("appraisal"));
}

#[test]
fn lost_a7_damage_that_loses_nothing_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let (file, _) = log_with(&dir, 200);
    let journal = dir.path().join("a.survey.jsonl");
    let mut bytes = std::fs::read(&journal).expect("read");
    // Far from its end.
    let at = bytes.windows(3).position(|w| w == "第".as_bytes()).expect("a note");
    bytes[at + 1] ^= 1;
    std::fs::write(&journal, bytes).expect("written");
    let log = file.to_str().expect("a path");
    let output = qiancun(&["survey", "list", log, "--json"]);
    assert!(said(&output).contains("1 lines of the copy"), "{}", said(&output));
    assert!(!said(&qiancun(&["survey", "list", log, "--json"])).contains("lines of the copy"), "mended");
}

/// SQLite's write-ahead mode is not for folders of a network, and a copy of the one file would lack what is beside it.
#[test]
fn lost_a7_the_log_is_one_file_that_can_be_copied_and_looked_at() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let log = path(&dir, "haidian.survey.gpkg");
    let key = keys(&project)[0].clone();
    add(&project, &key, "confirmed", &["--by", "甲"]);
    let bytes = std::fs::read(&log).expect("read");
    assert_eq!(&bytes[18..20], &[1, 1], "not in write-ahead mode");
    let copy = path(&dir, "c.survey.gpkg");
    std::fs::copy(&log, &copy).expect("copied");
    assert_eq!(visits(&copy).len(), 1);
    for args in [vec!["survey", "list", &project], vec!["gaps", &project, "--json"], vec!["summary", &project]] {
        assert!(qiancun(&args).status.success());
        assert_eq!(std::fs::read(&log).expect("read"), bytes, "{args:?}");
    }
    // One that an earlier version left in that mode.
    Connection::open(&log)
        .and_then(|c| c.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())))
        .expect("changed");
    assert_eq!(visits(&project).len(), 1);
    assert_eq!(&std::fs::read(&log).expect("read")[18..20], &[1, 1]);
}

#[test]
fn lost_a7_a_sheet_corrected_and_imported_again_corrects_its_visit() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    let sheet = path(&dir, "s.csv");
    let take = |row: &str| {
        std::fs::write(&sheet, format!("key,result,note,by,at\r\n{key},{row}\r\n")).expect("written");
        import(&project, &sheet, &[])
    };
    assert_eq!(verdicts(&take("confirmed,看过,李,2026-11-20 09:00")), ["new"]);
    assert_eq!(verdicts(&take("confirmed,看过,李,2026-11-20 09:00")), ["known"]);
    let second = take("closed,已填埋,李,2026-11-20 09:00");
    assert_eq!((verdicts(&second), second["rows"][0]["after"].as_str()), (vec!["corrects"], Some("closed")));
    assert_eq!(verdicts(&take("closed,已填埋,李,2026-11-20 09:00")), ["known"]);
    let third = take("closed,已填埋,李四,2026-11-20 09:00");
    assert_eq!((verdicts(&third), third["rows"][0]["after"].as_str()), (vec!["corrects"], Some("closed")));
    let listed = visits(&project);
    assert_eq!((listed.len(), listed[0]["by"].as_str(), listed[0]["note"].as_str()), (1, Some("李四"), Some("已填埋")));
    // The sheet as it was before: it says so again.
    let back = take("confirmed,看过,李,2026-11-20 09:00");
    assert_eq!((verdicts(&back), back["rows"][0]["after"].as_str()), (vec!["corrects"], Some("confirmed")));
    assert_eq!(verdicts(&take("confirmed,看过,李,2026-11-20 09:00")), ["known"]);
    // What somebody corrects by hand is not changed back by the sheet that was there before.
    let id = visits(&project)[0]["id"].as_str().expect("an id").to_owned();
    assert!(qiancun(&["survey", "correct", &project, &id, "--result", "closed"]).status.success());
    assert_eq!(verdicts(&take("confirmed,看过,李,2026-11-20 09:00")), ["known"]);
    assert_eq!(visits(&project)[0]["result"], "closed");
    // What was taken back comes back.
    assert!(qiancun(&["survey", "withdraw", &project, &id]).status.success());
    assert_eq!(verdicts(&take("confirmed,看过,李,2026-11-20 09:00")), ["corrects"]);
    assert_eq!(visits(&project)[0]["result"], "confirmed");
    // Another person's sheet of the same name is another visit.
    let other = take("wrong,,王,2026-11-21 10:00");
    assert_eq!((verdicts(&other), other["rows"][0]["after"].as_str()), (vec!["new"], Some("conflict")));
}

#[test]
fn lost_a7_changed_heads_lost_keys_line_ends_and_words_are_forgiven() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let document = json_of(&["gaps", &project, "--json"]);
    let gaps: Vec<Value> =
        document["gaps"].as_array().expect("gaps").iter().filter(|g| g["rule"] == "S1").cloned().collect();
    assert!(gaps.len() >= 2, "the demonstration has some");
    let name = |i: usize| gaps[i]["village"]["name"].as_str().expect("a name");
    let code = |i: usize| gaps[i]["village"]["code"].as_str().expect("a code");
    let town = |i: usize| gaps[i]["village"]["town"].as_str().expect("a town");
    let sheet = path(&dir, "填好.csv");
    // The hidden column of keys is gone; heads were changed.
    std::fs::write(
        &sheet,
        format!(
            "规则,村名,村代码,镇,核查结果（必填）,备注 note,调查人,日期\r\nS1,{},{},{},√,好,李,20261120\r\nS1,{},,{},已整改,,李,2026年11月20日 下午3:30\r\n",
            name(0),
            code(0),
            town(0),
            name(1),
            town(1)
        ),
    )
    .expect("written");
    let file = import(&project, &sheet, &[]);
    assert_eq!(verdicts(&file), ["new", "new"], "{file}");
    assert_eq!([0, 1].map(|i| &file["rows"][i]["gap"]), [0, 1].map(|i| &gaps[i]["key"]), "the found gap is told");
    let told = String::from_utf8(qiancun(&["survey", "import", &project, &sheet]).stdout).expect("text");
    assert!(told.contains("2 rows have no “key”"), "{told}");
    let found: Vec<String> = visits(&project).iter().map(|v| v["gap"].as_str().expect("a key").to_owned()).collect();
    assert_eq!(found, [gaps[0]["key"].as_str().expect("a key"), gaps[1]["key"].as_str().expect("a key")]);
    assert!(visits(&project).iter().all(|v| v["result"] == "closed" && v["at"].is_string()));
    // A note whose line ends another program changed is the same note.
    let log = path(&dir, "haidian.survey.gpkg");
    sql(&log, "UPDATE visits SET note = 'a' || char(10) || 'b'");
    assert_eq!(visits(&project).len(), 2);
    let events = |log: &str| {
        Connection::open(log)
            .expect("opens")
            .query_row("SELECT count(*) FROM events", [], |r| r.get::<_, i64>(0))
            .expect("a count")
    };
    let before = events(&log);
    sql(&log, "UPDATE visits SET note = 'a' || char(13) || char(10) || 'b'");
    assert_eq!(visits(&project).len(), 2);
    assert_eq!(events(&log), before, "no edit");
}

#[test]
fn lost_a7_what_is_not_understood_is_mended_in_the_preview() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let all = keys(&project);
    let sheet = path(&dir, "s.csv");
    std::fs::write(&sheet, format!("key,result,at,by\n{},说不清,2026-11-20,李\n", all[0])).expect("written");
    let mut h = open(vec![project.into()], Lang::En, SIZE);
    send(&mut h, SurveyCommand::ImportResults(vec![sheet.into()]));
    assert!(shows(&h, "unknown result") && shows(&h, "Import 0"));
    h.get_by(|n| n.role() == egui::accesskit::Role::ComboBox && n.value().is_some_and(|v| v.contains("说不清")))
        .click();
    settle(&mut h);
    h.get_by(|n| n.role() == egui::accesskit::Role::Button && n.label().as_deref() == Some("Closed")).click();
    settle(&mut h);
    h.get_by_label("Import 1").click();
    settle(&mut h);
    assert_eq!(h.state().session.gap_status(&all[0]), GapStatus::Closed);
}

/// Two villages of one name without codes, in Chinese and English.
fn namesakes(dir: &tempfile::TempDir) -> String {
    let square = |name: &str, en: &str, town: &str, x: f64| {
        json!({ "type": "Feature", "properties": { "name": name, "name_en": en, "town": town },
                "geometry": { "type": "Polygon", "coordinates": [[[x, 40.0], [x + 0.01, 40.0], [x + 0.01, 40.01], [x, 40.01], [x, 40.0]]] } })
    };
    let features = [
        square("八家", "Bajia", "上庄镇", 116.0),
        square("八家", "Bajia", "东升镇", 116.1),
        square("温泉", "Wenquan", "温泉镇", 116.2),
    ];
    let villages = json!({ "type": "FeatureCollection", "features": features });
    std::fs::write(dir.path().join("v.geojson"), villages.to_string()).expect("written");
    std::fs::write(
        dir.path().join("t.csv"),
        "name,town,year,households,sewage_treatment_pct,public_toilets\n八家,上庄镇,2023,10,50,0\n八家,东升镇,2023,20,60,0\n温泉,温泉镇,2023,30,70,0\n",
    )
    .expect("written");
    let project = path(dir, "p.qiancun");
    std::fs::write(&project, "version = 1\n[[layer]]\npath = \"v.geojson\"\n[[table]]\npath = \"t.csv\"\n")
        .expect("written");
    project
}

fn gaps_of(project: &str, rule: &str) -> Vec<Value> {
    let document = json_of(&["gaps", project, "--json"]);
    document["gaps"].as_array().expect("gaps").iter().filter(|g| g["rule"] == rule).cloned().collect()
}

#[test]
fn lost_a8_namesakes_of_different_towns_do_not_share_visits() {
    let dir = tempfile::tempdir().expect("a folder");
    let project = namesakes(&dir);
    let gaps = gaps_of(&project, "S1");
    assert_eq!(gaps.len(), 3);
    let key = |i: usize| gaps[i]["key"].as_str().expect("a key");
    assert_ne!(key(0), key(1));
    add(&project, key(0), "closed", &[]);
    let status: Vec<Value> = gaps_of(&project, "S1").iter().map(|g| g["status"].clone()).collect();
    assert_eq!(status, ["closed", "pending", "pending"]);
    let subject = visits(&project)[0]["subject"].clone();
    assert_eq!((subject["village"].as_str(), subject["town"].as_str()), (Some("八家"), Some("上庄镇")));
}

#[test]
fn lost_a8_the_language_of_the_window_changes_no_status() {
    let dir = tempfile::tempdir().expect("a folder");
    let project = namesakes(&dir);
    let gaps = gaps_of(&project, "S1");
    add(&project, gaps[2]["key"].as_str().expect("a key"), "closed", &[]);
    let mut h = open(vec![project.into()], Lang::Zh, SIZE);
    let closed = |h: &Window| {
        let keys = h.state().session.present_gaps().expect("gaps").keys.clone();
        keys.iter().filter(|k| h.state().session.gap_status(k) == GapStatus::Closed).count()
    };
    assert_eq!(closed(&h), 1);
    send(&mut h, WindowCommand::SetLanguage(Lang::En));
    settle(&mut h);
    let session = &h.state().session;
    let layer = session.village_layer().expect("villages").key;
    assert_eq!(session.feature_title(layer, FeatureId::new(2)), "Wenquan", "names are shown in English");
    assert_eq!(closed(&h), 1);
}

/// A log as version 1 wrote it: events with their digests, a row that QGIS edited since, the plain copy beside it.
fn log_of_version_1(file: &Path, visits: &[(&str, &str, &str, &str)]) {
    let conn = Connection::open(file).expect("opens");
    conn.execute_batch(include_str!("../fixtures/survey-v1.sql")).expect("made");
    let mut journal = String::new();
    for (i, (gap, village, town, result)) in visits.iter().enumerate() {
        let (id, seq) = (format!("0193{i:04}-0000-7000-8000-000000000000"), i as i64 + 1);
        let event = json!({
            "id": id, "seq": seq, "kind": "visit", "of": null, "after": [], "gap": gap, "rule": "S1", "village_code": "",
            "village": village, "town": town, "facility": "", "result": result, "note": format!("第 {i}"), "photo": "",
            "lon": 116.2, "lat": 40.1, "by": "李", "at": "2026-10-01T01:00:00.000Z",
            "recorded_at": "2026-10-01T02:00:00.000Z", "origin": "qiancun",
        });
        let digest = digest_of_version_1(&event);
        conn.execute(
            "INSERT INTO events (id, seq, kind, after_ids, gap, rule, village_code, village, town, facility, result, note, \
             photo, lon, lat, surveyor, visited_at, recorded_at, origin, digest) VALUES (?1, ?2, 'visit', '[]', ?3, 'S1', '', \
             ?4, ?5, '', ?6, ?7, '', 116.2, 40.1, '李', '2026-10-01T01:00:00.000Z', '2026-10-01T02:00:00.000Z', 'qiancun', ?8)",
            rusqlite::params![id, seq, gap, village, town, result, format!("第 {i}"), digest],
        )
        .expect("recorded");
        conn.execute(
            "INSERT INTO visits (id, gap, rule, village_code, village, town, facility, result, note, photo, surveyor, visited_at) \
             VALUES (?1, ?2, 'S1', '', ?3, ?4, '', ?5, ?6, '', '李', '2026-10-01T01:00:00.000Z')",
            rusqlite::params![id, gap, village, town, result, format!("第 {i}")],
        )
        .expect("shown");
        journal += &format!("{}\n", json!({ "digest": digest, "event": event }));
    }
    std::fs::write(file.with_extension("jsonl"), journal).expect("written");
    // What somebody did in QGIS since, that no opening has taken in yet.
    conn.execute("UPDATE visits SET geom = NULL, note = 'edited in QGIS' WHERE fid = 1", []).expect("edited");
}

/// SHA-256 over texts with their lengths and numbers, as `Event::digest` of version 1 made it.
fn digest_of_version_1(event: &Value) -> String {
    use sha2::Digest;
    let mut sha = sha2::Sha256::new();
    let text = |key: &str| event[key].as_str().unwrap_or("").to_owned();
    let mut put = |t: &str| {
        sha.update((t.len() as u64).to_le_bytes());
        sha.update(t.as_bytes());
    };
    for key in [
        "id",
        "kind",
        "of",
        "gap",
        "rule",
        "village_code",
        "village",
        "town",
        "facility",
        "result",
        "note",
        "photo",
        "by",
        "origin",
    ] {
        put(&text(key));
    }
    let millis = |key: &str| text(key).parse::<jiff::Timestamp>().expect("a time").as_millisecond();
    for n in [event["seq"].as_i64().expect("a number"), 0, millis("at"), millis("recorded_at")] {
        sha.update(n.to_le_bytes());
    }
    for key in ["lon", "lat"] {
        sha.update(event[key].as_f64().expect("a number").to_bits().to_le_bytes());
    }
    sha.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

#[test]
fn lost_a8_logs_of_version_1_are_migrated_and_every_visit_finds_its_gap() {
    let dir = tempfile::tempdir().expect("a folder");
    let project = namesakes(&dir);
    let file = dir.path().join("p.survey.gpkg");
    let gaps = gaps_of(&project, "S1");
    let tail = gaps[0]["key"].as_str().expect("a key").splitn(3, '/').nth(2).expect("a tail").to_owned();
    // Version 1 named gaps by the name that was shown, in Chinese or in English; namesakes shared a key, and the town tells them apart.
    let bajia = format!("S1/八家/{tail}");
    let wenquan = format!("S1/Wenquan/{tail}");
    log_of_version_1(
        &file,
        &[(bajia.as_str(), "八家", "东升镇", "closed"), (wenquan.as_str(), "Wenquan", "温泉镇", "confirmed")],
    );
    let output = qiancun(&["survey", "list", &project, "--json"]);
    assert!(output.status.success(), "{}", said(&output));
    let listed: Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(listed["visits"].as_array().map(Vec::len), Some(2));
    assert!(listed["visits"].as_array().expect("visits").iter().any(|v| v["note"] == "edited in QGIS"), "{listed}");
    let status: Vec<Value> = gaps_of(&project, "S1").iter().map(|g| g["status"].clone()).collect();
    assert_eq!(status, ["pending", "closed", "confirmed"]);
    // The list names gaps as the map does now, and says how they were recorded.
    for visit in listed["visits"].as_array().expect("visits") {
        let gap = gaps.iter().find(|g| g["key"] == visit["gap"]).expect("a gap of the map");
        assert_eq!(gap["village"]["town"], visit["town"], "{visit}");
        assert!([&bajia, &wenquan].iter().any(|k| visit["recorded_gap"] == k.as_str()), "{visit}");
    }
    // The old one is kept, whole.
    let kept = Connection::open(dir.path().join("p.survey.v1.gpkg")).expect("kept");
    let version: String =
        kept.query_row("SELECT value FROM qiancun_log WHERE key = 'version'", [], |r| r.get(0)).expect("a version");
    let count: i64 = kept.query_row("SELECT count(*) FROM events", [], |r| r.get(0)).expect("a count");
    assert_eq!((version.as_str(), count), ("1", 2));
    assert!(dir.path().join("p.survey.v1.jsonl").is_file());
    // A sheet that was taken in under version 1 is known under version 2, and a log of version 1 can be merged.
    let other = tempfile::tempdir().expect("a folder");
    let theirs = other.path().join("p.survey.gpkg");
    log_of_version_1(&theirs, &[(bajia.as_str(), "八家", "东升镇", "closed")]);
    let before = std::fs::read(&theirs).expect("read");
    assert!(qiancun(&["survey", "merge", &project, theirs.to_str().expect("a path")]).status.success());
    assert_eq!(std::fs::read(&theirs).expect("read"), before, "theirs is left as it is");
    assert_eq!(visits(&project).len(), 2);
}

#[test]
fn lost_a8_visits_without_a_gap_are_listed_and_given_another() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    add(&project, &key, "closed", &["--note", "先前走访"]);
    // The village gets another code.
    let code = key.split('/').nth(1).expect("a code").to_owned();
    for name in ["villages.geojson", "indicators.csv", "facilities.geojson"] {
        let file = dir.path().join(name);
        let text = std::fs::read_to_string(&file).expect("read").replace(&code, "NEWCODE00001");
        std::fs::write(file, text).expect("written");
    }
    let mut h = open(vec![project.clone().into()], Lang::En, SIZE);
    send(&mut h, WindowCommand::ToggleDrawer(qiancun::session::Tab::Gaps));
    let new_key = key.replace(&code, "NEWCODE00001");
    assert_eq!(h.state().session.gap_status(&new_key), GapStatus::Pending);
    h.get_by_label_contains("1 without a gap").click();
    settle(&mut h);
    assert!(shows(&h, "先前走访"), "it is shown");
    h.get_by_label("Assign to a gap…").click();
    settle(&mut h);
    let rule = key.split('/').next().expect("a rule").to_owned();
    h.get_all_by(move |n| {
        n.role() == egui::accesskit::Role::Button && n.label().is_some_and(|l| l.starts_with(&format!("{rule}  ")))
    })
    .next()
    .expect("the gap is offered")
    .click();
    settle(&mut h);
    assert_eq!(h.state().session.gap_status(&new_key), GapStatus::Closed);
    send(&mut h, WindowCommand::Undo);
    assert_eq!(h.state().session.gap_status(&new_key), GapStatus::Pending);
}

#[test]
fn lost_a8_a_gap_found_in_the_field_without_a_key_can_be_kept() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let sheet = path(&dir, "s.csv");
    std::fs::write(&sheet, "key,rule,village,town,result,note,by\n,,新发现村,苏家坨镇,confirmed,河边有垃圾,李\n")
        .expect("written");
    let first = import(&project, &sheet, &[]);
    assert_eq!((verdicts(&first), first["rows"][0]["why"].as_str()), (vec!["not-understood"], Some("no-key")));
    assert_eq!(import(&project, &sheet, &["--findings"])["recorded"], 1);
    assert_eq!(verdicts(&import(&project, &sheet, &["--findings"])), ["known"]);
    let one = visits(&project)[0].clone();
    assert_eq!((one["subject"]["village"].as_str(), one["note"].as_str()), (Some("新发现村"), Some("河边有垃圾")));
}

#[test]
fn lost_a8_an_unknown_kind_is_no_visit_and_is_merged() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("a.survey.gpkg");
    let mut log = SurveyLog::open(&file).expect("made").log;
    log.record(vec![NewVisit { result: Some(Outcome::Closed), ..NewVisit::of_key("T1/x//") }]).expect("recorded");
    let mut report = log.survey().events[0].clone();
    (report.id, report.kind) = ("r-1".into(), qiancun::survey::EventKind::from_key("appraisal"));
    report.more.insert("category".into(), "平安通".into());
    assert_eq!(log.adopt(vec![report.clone()]).expect("adopted"), 1);
    assert_eq!((log.survey().visits.len(), log.survey().others().count()), (1, 1));
    drop(log);
    let other = dir.path().join("b.survey.gpkg");
    let mut two = SurveyLog::open(&other).expect("made").log;
    assert_eq!(two.merge(&file).expect("merged").0, 2);
    let merged = two.survey().others().next().expect("the report");
    assert_eq!((merged.kind.key(), merged.more.get("category")), ("appraisal", Some(&json!("平安通"))));
}

#[test]
fn lost_a5_undo_does_not_override_what_somebody_else_did_since() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let mut h = open(vec![project.clone().into()], Lang::En, SIZE);
    let key = h.state().session.present_gaps().expect("gaps").keys[0].clone();
    send(&mut h, LayerCommand::Correct(vec![edit("5")]));
    record(&mut h, Outcome::Confirmed);
    // A colleague, with the same log.
    let id = visits(&project)[0]["id"].as_str().expect("an id").to_owned();
    assert!(qiancun(&["survey", "correct", &project, &id, "--result", "closed", "--by", "王"]).status.success());
    send(&mut h, WindowCommand::Undo);
    assert!(shows(&h, "changed this visit since"));
    assert_eq!(h.state().session.gap_status(&key), GapStatus::Closed);
    assert_eq!(visits(&project)[0]["by"], "王");
    // What was done before it can still be taken back.
    send(&mut h, WindowCommand::Undo);
    assert!(h.state().session.document.project.edits.is_empty());
}

#[test]
fn lost_a7_a_photo_that_comes_after_its_row_is_taken_in() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    add(&project, &key, "closed", &[]);
    sql(&path(&dir, "haidian.survey.gpkg"), "UPDATE visits SET photo = 'DCIM/late.jpg'");
    assert_eq!(visits(&project)[0]["photo"], "DCIM/late.jpg");
    std::fs::create_dir(dir.path().join("DCIM")).expect("made");
    image::RgbImage::new(9, 9).save(dir.path().join("DCIM/late.jpg")).expect("written");
    let photo = visits(&project)[0]["photos"][0].clone();
    assert_eq!(photo["name"], "late.jpg");
    assert!(dir.path().join("haidian.photos").join(photo["file"].as_str().expect("a file")).is_file());
    let events = || {
        Connection::open(path(&dir, "haidian.survey.gpkg"))
            .expect("opens")
            .query_row("SELECT count(*) FROM events", [], |r| r.get::<_, i64>(0))
            .expect("a count")
    };
    let before = events();
    assert_eq!(visits(&project).len(), 1);
    assert_eq!(events(), before, "once");
}

/// A log whose schema holds more than a trigger, and a copy that makes its rows give way.
#[test]
fn attacked_b6_what_stands_in_a_schema_is_never_carried_out() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    let id = add(&project, &key, "closed", &[]);
    let log = path(&dir, "haidian.survey.gpkg");
    let planted = path(&dir, "planted.db");
    let conn = Connection::open(&log).expect("opens");
    conn.execute_batch("PRAGMA writable_schema = on;").expect("allowed here");
    conn.execute(
        "UPDATE sqlite_master SET sql = sql || '; COMMIT; ATTACH ''' || ?1 || ''' AS p; CREATE TABLE p.t (a); BEGIN' WHERE name = 'events_are_kept'",
        [&planted],
    )
    .expect("planted");
    drop(conn);
    // The plain copy says something else under the same id.
    let journal = dir.path().join("haidian.survey.jsonl");
    let mut line: Value = serde_json::from_str(std::fs::read_to_string(&journal).expect("read").trim()).expect("json");
    line["event"]["note"] = "otherwise".into();
    let event: qiancun::survey::Event = serde_json::from_value(line["event"].clone()).expect("an event");
    line["digest"] = event.digest().into();
    std::fs::write(&journal, format!("{line}\n")).expect("written");
    let listed = qiancun(&["survey", "list", &project, "--json"]);
    assert!(listed.status.success(), "{}", said(&listed));
    assert!(!Path::new(&planted).exists(), "nothing planted ran");
    assert!(String::from_utf8_lossy(&listed.stdout).contains(&id));
}

#[test]
fn lost_brothers_what_comes_with_a_project_is_opened_once_or_told() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let other = path(&dir, "另一个.qiancun");
    std::fs::copy(&project, &other).expect("copied");
    let own = path(&dir, "haidian.survey.gpkg");
    add(&project, &keys(&project)[1], "closed", &[]);
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let colleague = elsewhere.path().join("同事.survey.gpkg");
    {
        let mut log = SurveyLog::open(&colleague).expect("made").log;
        let key = keys(&project)[0].clone();
        let visit = NewVisit { result: Some(Outcome::Closed), by: "赵".into(), ..NewVisit::of_key(&key) };
        log.record(vec![visit]).expect("recorded");
    }
    let extra = elsewhere.path().join("另.geojson");
    std::fs::copy(path(&dir, "villages.geojson"), &extra).expect("copied");
    // A whole folder dragged in, with a colleague's log and a layer of elsewhere.
    let all = ["villages.geojson", "facilities.geojson", "indicators.csv"].map(|n| path(&dir, n).into());
    let mut files: Vec<std::path::PathBuf> = vec![project.clone().into(), other.into(), own.into(), colleague, extra];
    files.extend(all);
    let layers = qiancun::project::load(Path::new(&project)).expect("opens").layers.len();
    let mut h = open(files, Lang::En, SIZE);
    settle(&mut h);
    assert!(shows(&h, "Only one project") && shows(&h, "另一个.qiancun"));
    h.get_by_label("Close").click();
    settle(&mut h);
    assert!(shows(&h, "同事.survey.gpkg") && shows(&h, "赵"), "the log waits to be looked at");
    let document = &h.state().session.document.project;
    assert_eq!(document.layers.len(), layers + 1, "its own files are there once");
    assert!(document.layers.iter().any(|l| l.path.ends_with("另.geojson")));
}
