//! Kill -9 in the middle of saving, of keeping unsaved work, of imports and of merges: 200 times each. Nothing acknowledged is lost,
//! nothing is there twice, and at most some seconds of work that was not saved.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use qiancun::app::Options;
use qiancun::model::Edit;
use qiancun::project;
use rusqlite::Connection;

use crate::survey::{copied, json_of, keys, path, qiancun, said, visits};
use crate::window::open_with;

/// How often each is killed.
const ROUNDS: u32 = 200;

/// A repeatable sequence of numbers below a limit (Marsaglia 2003).
fn random(state: &mut u64, below: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % below
}

fn whole(log: &str) {
    let sound: String = Connection::open(log)
        .expect("it opens")
        .query_row("PRAGMA integrity_check", [], |r| r.get(0))
        .expect("an answer");
    assert_eq!(sound, "ok");
}

/// Visits by what they say, and how often each is there.
fn notes(project: &str) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for visit in visits(project) {
        *all.entry(visit["note"].as_str().unwrap_or("").to_owned()).or_default() += 1;
    }
    all
}

fn spawn(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_qiancun"))
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts")
}

/// Kills a program after some time, unless it is done before; whether it was done.
fn kill_after(mut child: Child, time: Duration) -> bool {
    let until = Instant::now() + time;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().expect("known") {
            return status.success();
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    child.kill().expect("killed");
    child.wait().expect("gone").success()
}

#[test]
fn lost_killed_imports_lose_and_double_nothing() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let all = keys(&project);
    let sheet = |round: u32| path(&dir, &format!("sheet-{round}.csv"));
    let write = |round: u32| {
        let rows: String = (0..4_usize)
            .map(|i| format!("{},closed,round {round} row {i},李{round}\n", all[(round as usize * 4 + i) % all.len()]))
            .collect();
        std::fs::write(sheet(round), format!("key,result,note,by\n{rows}")).expect("written");
    };
    // How long an import takes that nobody kills.
    write(9_999);
    let began = Instant::now();
    assert!(qiancun(&["survey", "import", &project, &sheet(9_999)]).status.success());
    let mut usual = began.elapsed().as_micros() as u64;
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        write(round);
        let file = sheet(round);
        let child = spawn(&["survey", "import", &project, &file]);
        let lived = kill_after(child, Duration::from_micros(usual / 3 + random(&mut seed, usual)));
        usual = aimed(usual, lived);
        if lived {
            acknowledged.push(round);
        }
    }
    whole(&path(&dir, "haidian.survey.gpkg"));
    let there = notes(&project);
    for round in &acknowledged {
        for row in 0..4 {
            assert_eq!(there.get(&format!("round {round} row {row}")), Some(&1), "acknowledged");
        }
    }
    assert!(there.values().all(|n| *n == 1), "nothing twice");
    // An import is whole or not there; and once more completes it.
    for round in 0..ROUNDS {
        let count = (0..4).filter(|row| there.contains_key(&format!("round {round} row {row}"))).count();
        assert!(count == 0 || count == 4, "round {round}: {count} of 4");
    }
    let files: Vec<String> = (0..ROUNDS).map(sheet).collect();
    let args: Vec<&str> = ["survey", "import", &project].into_iter().chain(files.iter().map(String::as_str)).collect();
    assert!(qiancun(&args).status.success());
    let there = notes(&project);
    assert_eq!(there.len(), 4 * (ROUNDS as usize + 1));
    assert!(there.values().all(|n| *n == 1), "nothing twice");
    assert!(
        acknowledged.len() > 20 && acknowledged.len() < 180,
        "some were killed and some were not: {}",
        acknowledged.len()
    );
}

/// The wait of the next round, in microseconds: longer after a kill, shorter after a program that
/// ended first, so that about half are killed however busy the machine is.
fn aimed(usual: u64, lived: bool) -> u64 {
    (if lived { usual * 19 / 20 } else { usual * 20 / 19 }).max(1_000)
}

#[test]
fn lost_killed_merges_lose_and_double_nothing() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let all = keys(&project);
    let added = qiancun(&["survey", "add", &project, "--gap", &all[0], "--result", "closed", "--note", "own"]);
    assert!(added.status.success(), "{}", said(&added));
    // A colleague's log, which grows from round to round.
    let theirs = path(&dir, "colleague.survey.gpkg");
    let mut other = qiancun::survey::SurveyLog::open(Path::new(&theirs)).expect("made").log;
    let mut record = |round: u32| {
        let visit = qiancun::survey::NewVisit {
            result: Some(qiancun::survey::Outcome::Wrong),
            note: format!("round {round}"),
            by: "王".into(),
            ..qiancun::survey::NewVisit::of_key(&all[round as usize % all.len()])
        };
        other.record(vec![visit]).expect("recorded");
    };
    record(9_999);
    let began = Instant::now();
    assert!(qiancun(&["survey", "merge", &project, &theirs]).status.success());
    let mut usual = began.elapsed().as_micros() as u64;
    let mut seed = 0x2545_f491_4f6c_dd1d;
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        record(round);
        let child = spawn(&["survey", "merge", &project, &theirs]);
        let lived = kill_after(child, Duration::from_micros(usual / 4 + random(&mut seed, usual)));
        usual = aimed(usual, lived);
        if lived {
            acknowledged.push(round);
            assert!(notes(&project).contains_key(&format!("round {round}")), "acknowledged");
        }
    }
    whole(&path(&dir, "haidian.survey.gpkg"));
    assert!(qiancun(&["survey", "merge", &project, &theirs]).status.success());
    let there = notes(&project);
    assert_eq!(there.len(), ROUNDS as usize + 2);
    assert!(there.values().all(|n| *n == 1), "nothing twice");
    assert_eq!(
        json_of(&["survey", "list", &theirs, "--json"])["visits"].as_array().map(Vec::len),
        Some(ROUNDS as usize + 1)
    );
    assert!(
        acknowledged.len() > 20 && acknowledged.len() < 180,
        "some were killed and some were not: {}",
        acknowledged.len()
    );
}

/// The window that is killed: it corrects a figure again and again, saves every fifth time, and notes what was done.
#[test]
#[ignore = "run by the tests that kill it"]
fn a_window_to_be_killed() {
    let Some(folder) = std::env::var_os("QIANCUN_TO_BE_KILLED") else { return };
    let folder = Path::new(&folder);
    let rescue = folder.join("config/rescued.qiancun");
    let options =
        Options { files: vec![folder.join("p.qiancun")], rescue_to: Some(rescue), ..crate::window::english() };
    let mut h = open_with(options, [800.0, 520.0]);
    let mut done = std::fs::File::options().create(true).append(true).open(folder.join("done")).expect("opens");
    let from: u64 = std::env::var("QIANCUN_FROM").expect("a number").parse().expect("a number");
    for value in from.. {
        let edit =
            Edit { village: "V1".into(), what: "population".into(), value: value.to_string(), ..Edit::default() };
        h.state_mut().send(qiancun::session::LayerCommand::Correct(vec![edit]));
        h.step();
        writeln!(done, "changed {value}").expect("noted");
        if value % 5 == 0 {
            h.state_mut().send(qiancun::session::FileCommand::Save);
            h.step();
            assert!(!h.state().session.is_changed());
            writeln!(done, "saved {value}").expect("noted");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn square_project(folder: &Path) {
    let square = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"V1","name":"甲","population":1},"geometry":{"type":"Polygon","coordinates":[[[116,40],[116.1,40],[116.1,40.1],[116,40.1],[116,40]]]}}]}"#;
    std::fs::write(folder.join("v.geojson"), square).expect("written");
    std::fs::write(folder.join("p.qiancun"), "# kept\nversion = 1\n[[layer]]\npath = \"v.geojson\" # here\n")
        .expect("written");
}

/// Value of the one correction of a project file; 0 where there is none.
fn value_of(project: &project::Project) -> u64 {
    project.edits.first().and_then(|e| e.value.parse().ok()).unwrap_or(0)
}

#[test]
fn lost_killed_windows_keep_what_was_saved_and_what_was_not() {
    const AT_ONCE: u32 = 2;
    let threads: Vec<_> = (0..AT_ONCE)
        .map(|worker| {
            std::thread::spawn(move || {
                let dir = tempfile::tempdir().expect("a folder");
                square_project(dir.path());
                let mut seed = 0x9e37_79b9_7f4a_7c15 ^ u64::from(worker + 1);
                let (mut changed, mut saved) = (0, 0);
                for round in 0..ROUNDS / AT_ONCE {
                    let mut child = Command::new(std::env::current_exe().expect("this program"))
                        .args(["--exact", "lost_killed::a_window_to_be_killed", "--ignored"])
                        .env("QIANCUN_TO_BE_KILLED", dir.path())
                        .env("QIANCUN_FROM", (changed + 1).to_string())
                        .stdout(Stdio::null())
                        .stderr(Stdio::null())
                        .spawn()
                        .expect("it starts");
                    // From its first change on it is killed at any moment; every tenth lives until its work was kept unsaved.
                    let before = std::fs::metadata(dir.path().join("done")).map_or(0, |m| m.len());
                    let began = Instant::now();
                    while std::fs::metadata(dir.path().join("done")).map_or(0, |m| m.len()) == before {
                        assert!(began.elapsed() < Duration::from_secs(60), "it opens");
                        assert!(child.try_wait().expect("known").is_none(), "it runs");
                        std::thread::sleep(Duration::from_millis(2));
                    }
                    let is_long = round % 10 == 9;
                    let lives = if is_long { 3_000_000 } else { random(&mut seed, 250_000) };
                    std::thread::sleep(Duration::from_micros(lives));
                    child.kill().expect("killed");
                    child.wait().expect("gone");
                    let text = std::fs::read_to_string(dir.path().join("done")).expect("read");
                    let last = |word: &str| {
                        text.lines().filter_map(|l| l.strip_prefix(word)?.trim().parse::<u64>().ok()).max().unwrap_or(0)
                    };
                    let file = dir.path().join("p.qiancun");
                    let opened = project::open(&file).expect("the project opens, whatever happened");
                    assert!(opened.text.contains("# kept") && opened.text.contains("# here"));
                    assert!(value_of(&opened.project) >= last("saved"), "what was acknowledged is there");
                    saved = saved.max(value_of(&opened.project));
                    changed = last("changed").max(saved);
                    let kept = project::unsaved(&dir.path().join("config/unsaved"));
                    let newest = kept.iter().map(|(_, u)| value_of(&u.project)).max().unwrap_or(0).max(saved);
                    if is_long {
                        // It went on for three seconds: what is lost is less than that.
                        let first_of_round =
                            text.get(before as usize..).unwrap_or("").lines().next().map(str::to_owned);
                        let first: u64 =
                            first_of_round.and_then(|l| l.split(' ').nth(1)?.parse().ok()).expect("a number");
                        assert!(newest >= first, "unsaved work is kept: {newest} of {first} to {changed}");
                    }
                    for (path, _) in kept {
                        std::fs::remove_file(path).expect("removed");
                    }
                }
                (changed, saved)
            })
        })
        .collect();
    for thread in threads {
        let (changed, saved) = thread.join().expect("no worker failed");
        assert!(changed > 100 && saved > 50, "{changed} changes, {saved} saved");
    }
}

/// Reports, decisions and photos of a round, each command killed at any moment: what it said is there is there, once, and the same once more completes it.
/// `QIANCUN_KILLS` says how often each is tried (200 by hand).
#[test]
fn lost_killed_reports_decisions_and_photos_are_there_once() {
    let rounds: usize = std::env::var("QIANCUN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let all = keys(&project);
    let table = |round: usize| path(&dir, &format!("reports-{round}.csv"));
    let photos = |round: usize| path(&dir, &format!("photos-{round}"));
    for round in 0..=rounds {
        let rows = format!("2026-05-01,李家坟村,round {round} a\n2026-05-02,车耳营村,round {round} b\n");
        std::fs::write(table(round), format!("时间,地点,内容\n{rows}")).expect("written");
        std::fs::create_dir(photos(round)).expect("a folder");
        let code = qiancun::round::slate_text(&all[round % all.len()]);
        let folder = photos(round);
        crate::submissions::picture(&Path::new(&folder).join("1.png"), &[&code], 0);
        for (n, shade) in [("2.png", 2 * round), ("3.png", 2 * round + 1)] {
            // Each of its own size, so that no two are the same picture.
            let image = image::GrayImage::from_pixel(100 + shade as u32, 80, image::Luma([90]));
            image.save(Path::new(&folder).join(n)).expect("written");
        }
    }
    let what = |round: usize| format!("round {round}");
    let run = |kind: usize, round: usize, go: &mut dyn FnMut(&[&str]) -> bool| match kind {
        0 => go(&["reports", "import", &project, &table(round)]),
        1 => go(&[
            "decision",
            "add",
            &project,
            "--gap",
            &all[round % all.len()],
            "--what",
            &what(round),
            "--unit",
            "水务局",
        ]),
        _ => go(&["field", "photos", &project, &photos(round), "--result", "confirmed"]),
    };
    // How long each takes that nobody kills.
    let began = Instant::now();
    let mut usual = [0, 1, 2].map(|kind| {
        let began = Instant::now();
        assert!(run(kind, rounds, &mut |args| qiancun(args).status.success()), "{kind}");
        began.elapsed().as_micros() as u64
    });
    let (mut lived, mut seed) = (vec![Vec::new(); 3], 0x9e37_79b9_97f4_a7c1);
    for round in 0..rounds {
        for kind in 0..3 {
            let wait = Duration::from_micros(usual[kind] / 3 + random(&mut seed, usual[kind]));
            let done = run(kind, round, &mut |args| kill_after(spawn(args), wait));
            usual[kind] = aimed(usual[kind], done);
            if done {
                lived[kind].push(round);
            }
        }
    }
    println!(
        "{rounds} rounds in {:?}, acknowledged: {:?}",
        began.elapsed(),
        lived.iter().map(Vec::len).collect::<Vec<_>>()
    );
    whole(&path(&dir, "haidian.survey.gpkg"));
    let listed = || {
        let texts = |list: &serde_json::Value, member: &str| -> BTreeMap<String, usize> {
            let mut found = BTreeMap::new();
            for one in list.as_array().expect("a list") {
                let text = one[member].as_str().and_then(|t| t.lines().next()).unwrap_or("");
                *found.entry(text.to_owned()).or_default() += 1;
            }
            found
        };
        let reports = texts(&json_of(&["reports", "list", &project, "--json"])["reports"], "text");
        let decisions = texts(&json_of(&["decision", "list", &project, "--json"])["decisions"], "what");
        let mut files: BTreeMap<String, usize> = BTreeMap::new();
        for photo in visits(&project).iter().flat_map(|v| v["photos"].as_array().cloned().unwrap_or_default()) {
            *files.entry(photo["digest"].as_str().expect("a digest").to_owned()).or_default() += 1;
        }
        (reports, decisions, files)
    };
    let (reports, decisions, files) = listed();
    for (kind, rounds) in lived.iter().enumerate() {
        for round in rounds {
            let is_there = match kind {
                0 => ["a", "b"].iter().all(|n| reports.get(&format!("round {round} {n}")) == Some(&1)),
                1 => decisions.get(&what(*round)) == Some(&1),
                _ => files.len() >= 2 * rounds.len(),
            };
            assert!(is_there, "{kind} of round {round} was acknowledged");
        }
    }
    assert!(reports.values().chain(decisions.values()).chain(files.values()).all(|n| *n == 1), "nothing twice");
    // Once more: reports and photos that are there are not taken again, what was killed is completed.
    for round in 0..rounds {
        for kind in [0, 2] {
            assert!(run(kind, round, &mut |args| qiancun(args).status.success()), "{kind} {round}");
        }
    }
    let (reports, _, files) = listed();
    assert_eq!((reports.len(), files.len()), (2 * rounds + 2, 2 * rounds + 2));
    assert!(reports.values().chain(files.values()).all(|n| *n == 1), "nothing twice");
}
