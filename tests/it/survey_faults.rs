//! Faults and foreign hands: kill -9, damage, a full disk, power cuts, other programs, wrong words.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use qiancun::survey::{GapStatus, NewVisit, Outcome, SurveyLog, Told};
use rusqlite::Connection;
use serde_json::json;

#[cfg_attr(windows, allow(unused_imports))]
use crate::survey::{copied, ids_in, json_of, keys, log_with, path, qiancun, said, visit, visits};

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
