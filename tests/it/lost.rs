//! Saving, undo, autosave: nothing that somebody did is lost. Named after the clauses they hold.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use qiancun::app::{Options, Qiancun};
use qiancun::lang::Lang;
use qiancun::model::Edit;
use qiancun::project;
use qiancun::session::{
    CameraCommand, FileCommand, LayerCommand, LookCommand, MeetingCommand, PageCommand, SurveyCommand, WindowCommand,
};

use crate::survey::{copied, json_of, keys, path, qiancun, said, visits};
use crate::window::{demo, open, open_with, send, settle};

type Window = Harness<'static, Qiancun>;

const SIZE: [f32; 2] = [1366.0, 768.0];

fn edit(value: &str) -> Edit {
    Edit {
        village: "DEMO00000001".into(),
        what: "population".into(),
        year: Some(2023),
        value: value.into(),
        ..Edit::default()
    }
}

fn correct(h: &mut Window, value: &str) {
    send(h, LayerCommand::Correct(vec![edit(value)]));
}

fn project_of(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("haidian.qiancun")
}

fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).expect("read")
}

/// Whether a text is shown anywhere.
fn shows(h: &Window, text: &str) -> bool {
    h.query_all_by_label_contains(text).count() > 0
}

fn click(h: &mut Window, label: &str) {
    h.get_by_label(label).click();
    settle(h);
}

/// The figure that the map has of the first village.
fn corrected(h: &Window) -> Vec<String> {
    h.state().session.document.project.edits.iter().map(|e| e.value.clone()).collect()
}

#[test]
fn lost_a1_two_windows_never_overwrite_each_other_unseen() {
    let dir = copied();
    let file = project_of(&dir);
    let mut one = open(vec![file.clone()], Lang::En, SIZE);
    let mut two = open(vec![file.clone()], Lang::En, SIZE);
    correct(&mut one, "111");
    send(&mut one, FileCommand::Save);
    assert!(text_of(&file).contains("\"111\""));
    correct(&mut two, "222");
    send(&mut two, FileCommand::Save);
    assert!(text_of(&file).contains("\"111\"") && !text_of(&file).contains("\"222\""), "nothing overwritten unseen");
    assert!(shows(&two, "changed on disk") && shows(&two, "corrections"), "told, with what differs");
    click(&mut two, "Cancel");
    assert!(two.state().session.is_changed() && text_of(&file).contains("\"111\""));
    // Overwrite on purpose.
    send(&mut two, FileCommand::Save);
    click(&mut two, "Overwrite");
    assert!(text_of(&file).contains("\"222\"") && !two.state().session.is_changed());
    // Take theirs.
    correct(&mut one, "333");
    send(&mut one, FileCommand::Save);
    click(&mut one, "Open theirs");
    assert_eq!(corrected(&one), ["222"]);
    assert!(!one.state().session.is_changed());
    // And what was taken can be changed and saved without a question.
    correct(&mut one, "444");
    send(&mut one, FileCommand::Save);
    assert!(text_of(&file).contains("\"444\""));
}

#[test]
fn lost_a1_a_project_changed_on_disk_while_open_is_told() {
    let dir = copied();
    let file = project_of(&dir);
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    let text = text_of(&file);
    std::fs::write(&file, text.replace("海淀示范", "他人改过")).expect("written");
    for focused in [false, true] {
        h.input_mut().focused = focused;
        h.step();
    }
    settle(&mut h);
    assert!(shows(&h, "changed on disk"));
    click(&mut h, "Open theirs");
    assert_eq!(h.state().session.document.project.title, "他人改过");
}

fn unsaved_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(unsaved_in(&path));
        } else if std::fs::read_to_string(&path).is_ok_and(|t| t.contains("[[project.edit]]") || t.contains("[[edit]]"))
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn lost_a2_autosave_within_ten_seconds_and_the_next_start_offers_it() {
    let dir = copied();
    let rescue = dir.path().join("config/rescued.qiancun");
    let file = project_of(&dir);
    let options = Options { files: vec![file.clone()], rescue_to: Some(rescue.clone()), ..crate::window::english() };
    let mut h = open_with(options.clone(), SIZE);
    correct(&mut h, "555");
    let began = Instant::now();
    while unsaved_in(&dir.path().join("config")).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "kept within ten seconds, without a frame");
        std::thread::sleep(Duration::from_millis(100));
    }
    // While it lives, nobody else is offered it.
    let other = open_with(options.clone(), SIZE);
    assert!(!shows(&other, "Unsaved work"));
    drop(other);
    drop(h);
    let mut again = open_with(options.clone(), SIZE);
    assert!(shows(&again, "Unsaved work") && shows(&again, "haidian.qiancun") && shows(&again, "corrections"));
    click(&mut again, "Restore");
    assert_eq!(corrected(&again), ["555"]);
    assert!(again.state().session.is_changed());
    assert_eq!(again.state().session.file.path.as_deref(), Some(file.as_path()));
    send(&mut again, FileCommand::Save);
    assert!(text_of(&file).contains("\"555\""));
    drop(again);
    let clean = open_with(options, SIZE);
    assert!(!shows(&clean, "Unsaved work"), "what is saved is not offered");
}

#[test]
fn lost_a2_what_is_not_wanted_is_not_offered_again() {
    let dir = copied();
    let rescue = dir.path().join("config/rescued.qiancun");
    let options = Options { files: vec![project_of(&dir)], rescue_to: Some(rescue), ..crate::window::english() };
    let mut h = open_with(options.clone(), SIZE);
    correct(&mut h, "555");
    drop(h);
    let mut again = open_with(options.clone(), SIZE);
    click(&mut again, "Discard it");
    assert!(corrected(&again).is_empty());
    drop(again);
    assert!(!shows(&open_with(options, SIZE), "Unsaved work"));
}

#[test]
fn lost_a3_no_file_is_opened_during_a_meeting() {
    let (dir, other) = (copied(), copied());
    let file = project_of(&dir);
    let theirs = other.path().join("b.qiancun");
    std::fs::write(&theirs, text_of(&file).replace("海淀示范", "另一个")).expect("written");
    let before = text_of(&theirs);
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    send(&mut h, MeetingCommand::StartMeeting(false));
    send(&mut h, FileCommand::Open(vec![theirs.clone()]));
    assert!(shows(&h, "during a meeting"), "a word says so");
    send(&mut h, MeetingCommand::LeaveMeeting);
    assert_eq!(h.state().session.document.project.title, "海淀示范");
    assert!(h.state().session.shown().all(|(l, _)| l.loaded().is_some() || l.ground().is_some()));
    correct(&mut h, "1");
    send(&mut h, FileCommand::Save);
    assert_eq!(text_of(&theirs), before);
    assert!(text_of(&file).contains("海淀示范"));
}

#[test]
fn lost_a3_closing_in_a_meeting_keeps_the_view_of_the_window() {
    let dir = copied();
    let file = project_of(&dir);
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    send(&mut h, CameraCommand::Zoom(1.0, [30.0, 0.0]));
    correct(&mut h, "7");
    send(&mut h, FileCommand::Save);
    let camera = project::load(&file).expect("opens").camera.expect("a camera");
    correct(&mut h, "8");
    send(&mut h, MeetingCommand::StartMeeting(false));
    send(&mut h, MeetingCommand::StepScene(1));
    // The window is closed, and the question answered with Save.
    let mut viewport = egui::ViewportInfo::default();
    viewport.events.push(egui::ViewportEvent::Close);
    h.input_mut().viewports.insert(egui::ViewportId::ROOT, viewport);
    h.step();
    h.input_mut().viewports.insert(egui::ViewportId::ROOT, egui::ViewportInfo::default());
    settle(&mut h);
    click(&mut h, "Save project");
    let saved = project::load(&file).expect("opens");
    assert_eq!(saved.camera, Some(camera));
    assert_eq!(saved.edits[0].value, "8");
    assert!(h.state().wants_to_quit());
}

#[test]
fn lost_a3_quit_and_save_saves_and_quits() {
    let dir = copied();
    let file = project_of(&dir);
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    correct(&mut h, "9");
    send(&mut h, WindowCommand::Quit);
    assert!(!h.state().wants_to_quit());
    click(&mut h, "Save project");
    assert!(text_of(&file).contains("\"9\"") && h.state().wants_to_quit());
}

#[test]
fn lost_a4_do_not_save_then_an_unreadable_project_keeps_the_changes() {
    let dir = copied();
    let bad = dir.path().join("bad.qiancun");
    std::fs::write(&bad, "this is = = no project").expect("written");
    let mut h = open(vec![project_of(&dir)], Lang::En, SIZE);
    correct(&mut h, "10");
    send(&mut h, FileCommand::Open(vec![bad]));
    click(&mut h, "Do not save");
    assert!(shows(&h, "bad.qiancun"));
    click(&mut h, "Close");
    assert_eq!(corrected(&h), ["10"]);
    assert!(h.state().session.is_changed());
    send(&mut h, WindowCommand::Quit);
    assert!(!h.state().wants_to_quit(), "it asks again");
}

#[test]
fn lost_a4_save_as_keeps_the_whole_name_and_asks_before_overwriting() {
    let dir = copied();
    let (old, new) = (dir.path().join("v1.qiancun"), dir.path().join("v1.2.qiancun"));
    std::fs::write(&old, "version = 1\ntitle = \"the old one\"\n").expect("written");
    let mut h = open(vec![project_of(&dir)], Lang::En, SIZE);
    send(&mut h, FileCommand::SaveTo(dir.path().join("v1.2")));
    assert_eq!(text_of(&old), "version = 1\ntitle = \"the old one\"\n");
    assert!(text_of(&new).contains("海淀示范"));
    // Another project stands there.
    send(&mut h, FileCommand::SaveTo(old.clone()));
    assert_eq!(text_of(&old), "version = 1\ntitle = \"the old one\"\n");
    assert!(shows(&h, "v1.qiancun"));
    click(&mut h, "Cancel");
    assert_eq!(h.state().session.file.path.as_deref(), Some(new.as_path()));
    send(&mut h, FileCommand::SaveTo(old.clone()));
    click(&mut h, "Replace");
    assert!(text_of(&old).contains("海淀示范"));
    // Pictures alike.
    let picture = dir.path().join("v1.png");
    std::fs::write(&picture, "an old picture").expect("written");
    send(&mut h, FileCommand::ExportTo(dir.path().join("v1.2")));
    assert_eq!(text_of(&picture), "an old picture");
    assert!(dir.path().join("v1.2.png").is_file());
}

#[test]
fn lost_a4_save_as_takes_log_and_photos_along() {
    let dir = copied();
    let file = path(&dir, "haidian.qiancun");
    let key = keys(&file)[0].clone();
    let photo = path(&dir, "p.png");
    image::RgbImage::new(20, 10).save(&photo).expect("written");
    let added = qiancun(&["survey", "add", &file, "--gap", &key, "--result", "closed", "--photo", &photo]);
    assert!(added.status.success(), "{}", said(&added));
    let other = dir.path().join("elsewhere");
    std::fs::create_dir(&other).expect("made");
    let new = other.join("neu.qiancun");
    let mut h = open(vec![file.clone().into()], Lang::En, SIZE);
    send(&mut h, FileCommand::SaveTo(new.clone()));
    settle(&mut h);
    drop(h);
    let there = visits(new.to_str().expect("a path"));
    assert_eq!(there.len(), 1);
    let name = there[0]["photo"].as_str().expect("a photo");
    assert!(other.join("neu.photos").join(name).is_file());
    assert_eq!(visits(&file).len(), 1, "and it stays where it was");
}

#[test]
fn lost_a4_a_project_renamed_outside_finds_its_log_or_says_so() {
    let dir = copied();
    let file = path(&dir, "haidian.qiancun");
    let key = keys(&file)[0].clone();
    assert!(qiancun(&["survey", "add", &file, "--gap", &key, "--result", "closed"]).status.success());
    let renamed = path(&dir, "new-name.qiancun");
    std::fs::rename(&file, &renamed).expect("renamed");
    let listed = qiancun(&["survey", "list", &renamed]);
    assert_eq!(listed.status.code(), Some(1));
    assert!(said(&listed).contains("haidian.survey.gpkg"), "{}", said(&listed));
    let mut h = open(vec![renamed.clone().into()], Lang::En, SIZE);
    assert!(shows(&h, "haidian.survey.gpkg"));
    click(&mut h, "Take it along");
    drop(h);
    assert_eq!(visits(&renamed).len(), 1);
    assert!(!dir.path().join("haidian.survey.gpkg").exists());
}

#[test]
fn lost_a4_undo_does_not_bring_the_demonstration_back() {
    let mut h = open_with(crate::window::english(), SIZE);
    assert_eq!(h.state().session.document.project.title, "海淀示范");
    send(&mut h, FileCommand::Open(vec![demo("villages.geojson")]));
    let title = h.state().session.document.project.title.clone();
    for _ in 0..5 {
        send(&mut h, WindowCommand::Undo);
    }
    assert_eq!(h.state().session.document.project.title, title);
    assert_eq!(h.state().session.document.project.layers.len(), 1);
}

#[test]
fn lost_a4_no_command_overwrites_its_own_source() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    assert!(qiancun(&["survey", "add", &project, "--gap", &key, "--result", "closed"]).status.success());
    let (table, layer, log) =
        (path(&dir, "indicators.csv"), path(&dir, "villages.geojson"), path(&dir, "haidian.survey.gpkg"));
    std::fs::hard_link(&table, path(&dir, "link.csv")).expect("linked");
    let link = path(&dir, "link.csv");
    for args in [
        vec!["gaps", &project, "-o", &table],
        // On Windows a second name of a file is not known as one; it is replaced, the file itself stays as it is.
        if cfg!(windows) { vec!["gaps", &project, "-o", &table] } else { vec!["gaps", &project, "-o", &link] },
        vec!["gaps", &project, "-o", &layer],
        vec!["gaps", &project, "-o", &log],
        vec!["shot", &project, "-o", &project],
        vec!["survey", "export", &project, "-o", &log],
        vec!["survey", "export", &log, "-o", &log],
        vec!["convert", &layer, &layer],
        vec!["render", &project, "-o", &project],
        vec!["atlas", &project, "-o", &project],
    ] {
        let file = args.last().expect("a file");
        let before = std::fs::read(file).expect("read");
        let output = qiancun(&args);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{args:?}: {}", said(&output));
        assert_eq!(std::fs::read(file).expect("read"), before, "{args:?}");
        assert!(!said(&output).contains("panicked"), "{}", said(&output));
    }
    // Nor does the window.
    let mut h = open(vec![project.clone().into()], Lang::En, SIZE);
    let before = std::fs::read(&table).expect("read");
    for command in
        [FileCommand::ExportTableTo(table.clone().into()), FileCommand::ExportFiguresTo(table.clone().into())]
    {
        send(&mut h, command);
        assert_eq!(std::fs::read(&table).expect("read"), before);
        click(&mut h, "Close");
    }
}

#[test]
fn lost_a6_saving_keeps_what_the_file_held() {
    let dir = copied();
    let file = project_of(&dir);
    let text = text_of(&file)
        + "\n# a remark of the office\n[[indicator]]\nid = \"happy_points\" # 幸福积分\nzh = \"幸福积分\"\nen = \"Points\"\n\
           theme = \"services\"\nicon = \"star\"\n\n[[decision]]\nwho = \"张\"\n";
    std::fs::write(&file, &text).expect("written");
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    correct(&mut h, "12");
    send(&mut h, FileCommand::Save);
    let saved = text_of(&file);
    for line in text.lines().filter(|l| !l.starts_with("lon") && !l.starts_with("lat") && !l.starts_with("zoom")) {
        assert!(saved.contains(line), "{line:?} in\n{saved}");
    }
    assert!(saved.contains("value = \"12\""));
}

#[test]
fn lost_a6_every_key_of_a_rule_counts() {
    let dir = copied();
    let project = path(&dir, "own.qiancun");
    let base = text_of(&project_of(&dir));
    let rule = "\n[[rule]]\nid = \"X9\"\nzh = \"人多\"\nen = \"Many people\"\nwhen = \"population > 1500\"\nseverity = \"high\"\n\
                closes = \"talk to them\"\nclause = \"own\"\n[[rule]]\nid = \"D4\"\nindicators = [\"doctors_per_1000\"]\nrequired_where = { doctors_per_1000 = \"population > 0\" }\n";
    std::fs::write(&project, base.clone() + rule).expect("written");
    let document = json_of(&["gaps", &project, "--json"]);
    let own: Vec<_> = document["gaps"].as_array().expect("gaps").iter().filter(|g| g["rule"] == "X9").collect();
    assert!(!own.is_empty() && own.iter().all(|g| g["closes"] == "talk to them" && g["severity"] == "high"), "{own:?}");
    let asked: Vec<_> = document["gaps"].as_array().expect("gaps").iter().filter(|g| g["rule"] == "D4").collect();
    let figures: Vec<_> = asked.iter().filter(|g| !g["indicator"].is_null()).collect();
    assert!(!figures.is_empty() && figures.iter().all(|g| g["indicator"] == "doctors_per_1000"), "{asked:?}");
    // What no rule has is told.
    std::fs::write(&project, base.clone() + "\n[[rule]]\nid = \"T1\"\nlimit = 5\n").expect("written");
    let output = qiancun(&["gaps", &project]);
    assert!(output.status.success() && said(&output).contains("T1 limit"), "{}", said(&output));
}

#[test]
fn lost_a6_one_unknown_word_does_not_refuse_the_project() {
    let dir = copied();
    let file = project_of(&dir);
    let base = text_of(&file);
    let text = base.clone()
        + "\n[[rule]]\nid = \"T1\"\nseverity = \"catastrophic\"\n\n[[indicator]]\nid = \"x\"\nzh = \"x\"\nen = \"x\"\ntheme = \"markets\"\n";
    let text = match base.contains("theme = \"sanitation\"") {
        true => text.replacen("theme = \"sanitation\"", "theme = \"markets\"", 1),
        false => text,
    };
    std::fs::write(&file, &text).expect("written");
    let project = path(&dir, "haidian.qiancun");
    let output = qiancun(&["gaps", &project, "--json"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("severity"), "{}", said(&output));
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    assert_eq!(h.state().session.document.project.title, "海淀示范");
    assert!(shows(&h, "severity"), "told in the window");
    correct(&mut h, "13");
    h.state_mut().session.moment.dialogue = None;
    send(&mut h, FileCommand::Save);
    for kept in ["catastrophic", "theme = \"markets\"", "value = \"13\""] {
        assert!(text_of(&file).contains(kept), "{kept} in\n{}", text_of(&file));
    }
}

/// Whatever panics on the window's thread: the project is kept, and the next start offers it.
#[test]
fn lost_a2_a_panic_leaves_a_rescue_file() {
    let dir = copied();
    let rescue = dir.path().join("config/rescued.qiancun");
    let options =
        Options { files: vec![project_of(&dir)], rescue_to: Some(rescue.clone()), ..crate::window::english() };
    let mut h = open_with(options.clone(), SIZE);
    correct(&mut h, "77");
    h.state_mut().guard(|_| panic!("a fault that nobody foresaw"));
    assert!(h.state().wants_to_quit() && h.state().ending().is_some_and(|t| t.contains("nobody foresaw")));
    h.step();
    drop(h);
    assert!(rescue.is_file() || !unsaved_in(&dir.path().join("config")).is_empty());
    let mut again = open_with(Options { files: Vec::new(), ..options }, SIZE);
    if shows(&again, "Unsaved work") {
        click(&mut again, "Restore");
    }
    assert_eq!(corrected(&again), ["77"]);
    assert!(again.state().session.is_changed());
}

/// Two windows that fall at once: neither takes the other's place.
#[test]
fn lost_a2_two_windows_that_panic_both_leave_their_work() {
    let (dir, other) = (copied(), copied());
    let rescue = dir.path().join("config/rescued.qiancun");
    let of = |d: &tempfile::TempDir| Options {
        files: vec![project_of(d)],
        rescue_to: Some(rescue.clone()),
        ..crate::window::english()
    };
    let (mut one, mut two) = (open_with(of(&dir), SIZE), open_with(of(&other), SIZE));
    correct(&mut one, "81");
    correct(&mut two, "82");
    one.state_mut().guard(|_| panic!("one"));
    two.state_mut().guard(|_| panic!("two"));
    drop((one, two));
    let texts: String = unsaved_in(&dir.path().join("config")).iter().map(|p| text_of(p)).collect();
    assert!(texts.contains("\"81\"") && texts.contains("\"82\""));
}

/// A table that ends nothing: the window stays, and says what is wrong with it.
#[test]
fn attacked_b1_the_live_window_stays() {
    let root = std::env::var_os("QIANCUN_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let dir = copied();
    let mut h = open(vec![project_of(&dir)], Lang::En, SIZE);
    correct(&mut h, "5");
    for name in ["corner.xlsx", "huge_ref.xlsx"] {
        let file = root.join("hostile-small").join(name);
        if !file.is_file() {
            return crate::shared::skipped("attacked_b1_the_live_window_stays");
        }
        send(&mut h, FileCommand::Open(vec![file]));
        assert!(shows(&h, name), "told");
        click(&mut h, "Close");
    }
    assert_eq!(corrected(&h), ["5"]);
}

/// Cores of an atlas are not those that a file needs that is opened meanwhile.
#[test]
fn lost_a9_an_atlas_does_not_keep_a_file_from_becoming_clickable() {
    let dir = copied();
    assert!(
        qiancun(&["demo", dir.path().to_str().expect("a path"), "--villages", "20000", "--vertices", "24"])
            .status
            .success()
    );
    let mut h = open(vec![dir.path().join("country-20000.geojson")], Lang::En, SIZE);
    h.state_mut().send(PageCommand::SaveAtlasTo(dir.path().join("atlas.pdf"), false));
    h.step();
    h.state_mut().send(FileCommand::Open(vec![demo("villages.geojson")]));
    let began = Instant::now();
    let is_clickable = |h: &Window| {
        let mut layers = h.state().session.layers.values().filter_map(|l| l.loaded());
        layers.any(|l| l.dataset.len() == 71 && l.is_finished())
    };
    while !is_clickable(&h) {
        h.step();
        assert!(began.elapsed() < Duration::from_secs(120), "it becomes clickable");
        std::thread::sleep(Duration::from_millis(2));
    }
    let is_going = h.state().session.work.atlas.is_some();
    assert!(is_going, "the atlas was still being made");
    send(&mut h, PageCommand::CancelAtlas);
}

/// A search that was superseded comes late: it does not take the place of the newer one.
#[test]
fn lost_a9_a_superseded_search_for_gaps_never_wins() {
    let dir = copied();
    let mut h = open(vec![project_of(&dir)], Lang::En, SIZE);
    let years = [2019, 2020, 2021, 2022, 2023];
    for turn in 0..20_usize {
        h.state_mut().send(LookCommand::SetYear(years[turn * 7 % years.len()]));
        h.step();
    }
    settle(&mut h);
    let session = &h.state().session;
    let year = session.year();
    let found = session.present_gaps().expect("the gaps of the year that is shown");
    let district = session.district().expect("a district");
    let afresh = qiancun::rules::find_gaps(district, year, &found.rules);
    assert_eq!(found.list.gaps, afresh.gaps);
}

/// A name in the temporary folder that somebody planted is not followed.
#[cfg(unix)]
#[test]
fn attacked_b5_printing_follows_no_planted_link() {
    let dir = copied();
    let victim = dir.path().join("victim");
    std::fs::write(&victim, "precious").expect("written");
    let planted = std::env::temp_dir().join("qiancun-print.pdf");
    std::fs::remove_file(&planted).ok();
    std::os::unix::fs::symlink(&victim, &planted).expect("linked");
    let mut h = open(vec![project_of(&dir)], Lang::En, SIZE);
    send(&mut h, PageCommand::PrintPage);
    std::fs::remove_file(&planted).expect("removed");
    assert_eq!(text_of(&victim), "precious");
}

/// A shared project whose small picture is wider than any texture.
#[test]
fn attacked_b2_a_wide_photo_does_not_end_the_window() {
    let dir = copied();
    let file = path(&dir, "haidian.qiancun");
    let photo = path(&dir, "p.jpg");
    image::RgbImage::new(64, 48).save(&photo).expect("written");
    let mut h = open(vec![file.clone().into()], Lang::En, SIZE);
    let key = h.state().session.present_gaps().expect("gaps").keys[0].clone();
    drop(h);
    let added = qiancun(&["survey", "add", &file, "--gap", &key, "--result", "closed", "--photo", &photo]);
    assert!(added.status.success(), "{}", said(&added));
    let small = dir.path().join("haidian.photos/thumbnails");
    for entry in std::fs::read_dir(&small).expect("the folder").flatten() {
        image::RgbImage::new(20_000, 2).save(entry.path()).expect("written");
    }
    h = open(vec![file.into()], Lang::En, SIZE);
    send(&mut h, SurveyCommand::VisitGap(0));
    settle(&mut h);
    let shown = h.state().session.survey.photos.values().flatten().next().expect("a small picture").size;
    assert!(shown[0] <= 2048 && shown[1] <= 2048, "{shown:?}");
}

/// Asked for before a meeting, read during it: it comes onto the map afterwards.
#[test]
fn lost_a3_a_file_that_is_read_during_a_meeting_is_not_lost() {
    let dir = copied();
    let mut h = open(vec![project_of(&dir)], Lang::En, SIZE);
    let layers = h.state().session.document.project.layers.len();
    let extra = dir.path().join("extra.geojson");
    std::fs::copy(dir.path().join("villages.geojson"), &extra).expect("copied");
    h.state_mut().send(FileCommand::Open(vec![extra]));
    h.state_mut().send(MeetingCommand::StartMeeting(false));
    for _ in 0..200 {
        h.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(h.state().session.meeting.is_some());
    send(&mut h, MeetingCommand::LeaveMeeting);
    settle(&mut h);
    assert_eq!(h.state().session.document.project.layers.len(), layers + 1);
}

/// What was to follow a saving does not follow another one, hours later.
#[test]
fn lost_a3_a_cancelled_quit_does_not_wait_for_the_next_saving() {
    let dir = copied();
    let file = project_of(&dir);
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    correct(&mut h, "1");
    std::fs::write(&file, text_of(&file) + "# theirs\n").expect("written");
    send(&mut h, WindowCommand::Quit);
    click(&mut h, "Save project");
    assert!(shows(&h, "changed on disk"));
    click(&mut h, "Cancel");
    correct(&mut h, "2");
    send(&mut h, FileCommand::Save);
    click(&mut h, "Overwrite");
    assert!(text_of(&file).contains("\"2\"") && !h.state().wants_to_quit());
}

/// What could not be opened again is not written over what could.
#[test]
fn lost_a6_a_correction_to_unknown_can_be_saved_and_opened() {
    let dir = copied();
    let file = project_of(&dir);
    let mut h = open(vec![file.clone()], Lang::En, SIZE);
    for value in ["nan", "", "—"] {
        correct(&mut h, value);
        send(&mut h, FileCommand::Save);
        let again = project::open(&file).expect("it opens again");
        assert_eq!(again.project.edits[0].value, value);
    }
    correct(&mut h, "1e999");
    let before = text_of(&file);
    send(&mut h, FileCommand::Save);
    assert_eq!(text_of(&file), before, "refused, and the file is as it was");
}

/// Forms of one project are not filled in for another.
#[test]
fn lost_a3_forms_belong_to_their_project() {
    let (dir, other) = (copied(), copied());
    let mut h = open(vec![project_of(&dir)], Lang::En, SIZE);
    send(&mut h, SurveyCommand::VisitGap(0));
    assert!(shows(&h, "Surveyor"));
    send(&mut h, FileCommand::Open(vec![project_of(&other)]));
    assert!(!shows(&h, "Surveyor"));
    assert_eq!(h.state().session.file.path.as_deref(), Some(project_of(&other).as_path()));
}
