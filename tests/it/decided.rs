//! Decisions of meetings and who answers for what: taken, printed, reopened, merged.

use egui_kittest::kittest::Queryable;
use qiancun::app::Qiancun;
use qiancun::lang::Lang;
use qiancun::session::{DecideCommand, Dialogue, GapsList, MeetingCommand, SelectCommand, Tab, WindowCommand};

use crate::program::{json, qiancun};
use crate::survey::{copied, path};
use crate::window::{open, send, settle};

type Window = egui_kittest::Harness<'static, Qiancun>;

fn draft(h: &Window) -> qiancun::session::DecisionDraft {
    match &h.state().session.moment.dialogue {
        Some(Dialogue::Decision(draft)) => (**draft).clone(),
        other => panic!("no decision is being typed: {other:?}"),
    }
}

#[test]
fn a_meeting_decides_prints_and_the_next_one_begins_with_what_became_of_it() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let mut h = open(vec![project.clone().into()], Lang::Zh, [1366.0, 768.0]);
    // In the meeting: a village is found, D, what, by when, recorded.
    send(&mut h, MeetingCommand::StartMeeting(false));
    assert!(h.state().session.moment.dialogue.is_none(), "nothing was decided before");
    let (layer, village) = {
        let session = &h.state().session;
        let layer = session.village_layer().expect("villages").key;
        let district = session.district().expect("a district");
        (layer, district.village_list().nth(3).expect("a village"))
    };
    send(&mut h, SelectCommand::Select { layer, features: vec![village], add: false });
    h.key_press(egui::Key::D);
    settle(&mut h);
    let mut typed = draft(&h);
    assert!(!typed.about.is_empty());
    typed.new.what = "新建一座公厕".into();
    typed.new.unit = "环卫中心".into();
    typed.due = "2020-01-31".into();
    send(&mut h, DecideCommand::Record(Box::new(typed)));
    settle(&mut h);
    assert_eq!(h.state().session.decision_counts(), [1, 0, 0], "late, open, done");
    // It stands below the map until the meeting ends.
    assert!(h.query_by_label_contains("本次会议已定 1 项").is_some());
    assert!(h.query_by_label_contains("新建一座公厕  →  环卫中心 · 2020-01-31").is_some());
    send(&mut h, MeetingCommand::LeaveMeeting);
    assert!(h.query_by_label_contains("本次会议已定").is_none());
    // One about a gap, with what would close it proposed.
    send(&mut h, DecideCommand::Gap(0));
    let mut typed = draft(&h);
    assert!(!typed.new.what.is_empty() && !typed.new.gap.is_empty());
    typed.new.unit = "水务局".into();
    typed.due = "2199-12-31".into();
    send(&mut h, DecideCommand::Record(Box::new(typed)));
    settle(&mut h);
    assert_eq!(h.state().session.decision_counts(), [1, 1, 0]);
    // Undone and done again like any step.
    send(&mut h, WindowCommand::Undo);
    settle(&mut h);
    assert_eq!(h.state().session.decision_counts(), [1, 0, 0]);
    send(&mut h, WindowCommand::Redo);
    settle(&mut h);
    assert_eq!(h.state().session.decision_counts(), [1, 1, 0]);
    // In the drawer, and the next meeting begins with them.
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    h.state_mut().session.moment.lists = GapsList::Decisions;
    settle(&mut h);
    assert!(h.query_all_by_label_contains("新建一座公厕").next().is_some());
    send(&mut h, MeetingCommand::StartMeeting(false));
    assert!(matches!(h.state().session.moment.dialogue, Some(Dialogue::Decisions)));
    assert!(h.query_by_label_contains("逾期 1 · 办理中 1 · 办结 0").is_some());
    h.key_press(egui::Key::Escape);
    settle(&mut h);
    assert!(h.state().session.moment.dialogue.is_none() && h.state().session.meeting.is_some());
    drop(h);
    // The command says the same; a visit that finds the gap closed is what tells that it is done.
    let (told, _) = json(&["decision", "list", &project, "--json"]);
    let list = told["decisions"].as_array().expect("decisions");
    assert_eq!((list.len(), &list[0]["status"], &list[1]["status"]), (2, &"late".into(), &"open".into()));
    let gap = list[1]["gap"].as_str().expect("a gap").to_owned();
    assert!(qiancun(&["survey", "add", &project, "--gap", &gap, "--result", "closed"]).status.success());
    let (told, _) = json(&["decision", "list", &project, "--json"]);
    assert_eq!(told["decisions"][1]["status"], "done");
    // On paper: a page for the unit that has something to do.
    let out = path(&dir, "交办单.pdf");
    assert!(qiancun(&["decision", "list", &project, "-o", &out]).status.success());
    let pdf = std::fs::read(&out).expect("written");
    let pages = pdf.windows(11).filter(|w| w.starts_with(b"/Type /Page") && w.last() != Some(&b's')).count();
    assert!(pdf.starts_with(b"%PDF") && pages <= 1, "{pages} pages");
}

#[test]
fn people_of_a_table_answer_for_villages_and_leave_the_machine_only_where_ticked() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let (gaps, _) = json(&["gaps", &project, "--rule", "P1", "--json"]);
    assert!(gaps["gaps"].as_array().expect("gaps").is_empty(), "who names nobody is told nothing");
    let (info, _) = json(&["summary", &project, "--by", "town", "--json"]);
    let town = info["rows"][0]["name"].as_str().expect("a town").to_owned();
    let table = path(&dir, "网格员.csv");
    std::fs::write(
        &table,
        format!("姓名,单位,电话,职务,乡镇\n李雷,城管科,13800000001,网格员,{town}\n韩梅,卫生院,,村医,无此镇\n"),
    )
    .expect("written");
    assert!(qiancun(&["people", &project, "--from", &table]).status.success());
    let (people, _) = json(&["people", &project, "--json"]);
    assert_eq!(people["people"].as_array().expect("people").len(), 2);
    let without = people["villages_without_anyone"].as_array().expect("villages").len();
    let (gaps, _) = json(&["gaps", &project, "--rule", "P1", "--json"]);
    assert!(without > 0 && gaps["gaps"].as_array().expect("gaps").len() == without);
    // Who is named for a village of that town is proposed for what is decided there.
    let mut h = open(vec![project.clone().into()], Lang::Zh, [1366.0, 768.0]);
    let session = &h.state().session;
    let district = session.district().expect("a district");
    assert!(district.report.problems.iter().any(|p| p.code == "person-without-village"));
    let village = district.village_list().find(|v| district.town_name(*v) == town).expect("a village");
    let draft = session.draft_decision_of_village(village).expect("a draft");
    assert_eq!((draft.new.who.as_str(), draft.new.unit.as_str()), ("李雷", "城管科"));
    let layer = session.village_layer().expect("villages").key;
    send(&mut h, SelectCommand::Select { layer, features: vec![village], add: false });
    assert!(h.query_by_label_contains("李雷").is_some(), "on the card");
    drop(h);
    // Packages and shared files do not name anybody unasked.
    let (zip, html) = (path(&dir, "p.zip"), path(&dir, "p.html"));
    let (packed, _) = json(&["pack", &project, "-o", &zip, "--json"]);
    assert!(packed["left_out"].to_string().contains("2 people"), "{packed}");
    assert!(qiancun(&["share", &project, "-o", &html]).status.success());
    let unpacked = path(&dir, "unpacked");
    assert!(qiancun(&["unpack", &zip, "-o", &unpacked]).status.success());
    let mut texts = vec![std::fs::read_to_string(&html).expect("html")];
    for entry in walk(unpacked.as_ref()) {
        texts.extend(std::fs::read(entry).ok().map(|b| String::from_utf8_lossy(&b).into_owned()));
    }
    assert!(texts.iter().all(|t| !t.contains("李雷") && !t.contains("13800000001")));
}

#[test]
fn the_card_of_a_river_says_who_answers_for_it() {
    let dir = copied();
    let river = path(&dir, "河道.geojson");
    let line = r#"{"type":"LineString","coordinates":[[116.0,40.0],[116.2,40.05],[116.4,40.0]]}"#;
    let feature = |name: &str| format!(r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{line}}}"#);
    std::fs::write(&river, crate::program::collection(&[feature("南沙河"), feature("无名沟")])).expect("written");
    let mut h = open(vec![path(&dir, "haidian.qiancun").into(), river.into()], Lang::Zh, [1366.0, 768.0]);
    let answers = vec![qiancun::model::AnswersFor { thing: "南沙河".into(), ..Default::default() }];
    let person = qiancun::model::Person {
        id: "p1".into(),
        name: "周河长".into(),
        roles: vec!["河长".into()],
        answers,
        ..Default::default()
    };
    send(&mut h, DecideCommand::PutPeople(vec![person]));
    settle(&mut h);
    let layer =
        h.state().session.layers.values().find(|l| h.state().session.layer_title(l.key) == "河道").expect("it").key;
    for (row, told) in [(0, true), (1, false)] {
        let features = vec![qiancun::model::FeatureId::new(row)];
        send(&mut h, SelectCommand::Select { layer, features, add: false });
        assert_eq!(h.query_by_label_contains("周河长 · 河长").is_some(), told, "{row}");
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path());
    entries.flat_map(|p| if p.is_dir() { walk(&p) } else { vec![p] }).collect()
}

#[test]
fn before_a_meeting_everything_is_looked_through() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let codes = |file: &str| -> Vec<(String, String)> {
        let (found, _) = json(&["preflight", file, "--lang", "zh", "--json"]);
        let list = found["findings"].as_array().expect("findings").iter();
        list.map(|f| (f["at"].as_str().expect("a place").to_owned(), f["code"].as_str().expect("a code").to_owned()))
            .collect()
    };
    let usual = codes(&project);
    assert!(
        !usual
            .iter()
            .any(|(_, code)| ["figures-changed", "measure-gone", "no-stamp", "layer-missing"].contains(&code.as_str())),
        "{usual:?}"
    );
    // A figure that is not what it was, a measure that is gone, a page without a stamp.
    let text = std::fs::read_to_string(&project).expect("the project");
    let text = text.replacen("[[scene]]", "[[scene]]\nseen = [\"dry_rebuilt=131\", \"flush_improved=181\"]", 1);
    let text = match text.contains("\n[page]\n") {
        true => text.replacen("\n[page]\n", "\n[page]\nstamp = \"\"\n", 1),
        false => format!("{text}\n[page]\nstamp = \"\"\n"),
    };
    let own = path(&dir, "own.qiancun");
    std::fs::write(&own, text).expect("written");
    let found = codes(&own);
    assert!(found.contains(&("scene 1".into(), "figures-changed".into())), "{found:?}");
    assert!(found.contains(&("page".into(), "no-stamp".into())), "{found:?}");
    let mut h = open(vec![own.into()], Lang::Zh, [1366.0, 768.0]);
    send(&mut h, MeetingCommand::Preflight);
    settle(&mut h);
    let list = match &h.state().session.moment.dialogue {
        Some(Dialogue::Preflight(list, _)) => list.clone(),
        other => panic!("{other:?}"),
    };
    let changed = list.iter().find(|f| f.code == "figures-changed").expect("told");
    assert!(changed.words.contains("131"), "{}", changed.words);
    for finding in list.iter().filter(|f| ["figures-changed", "no-stamp"].contains(&f.code)) {
        send(&mut h, finding.mended().expect("it can be mended"));
    }
    send(&mut h, MeetingCommand::Preflight);
    settle(&mut h);
    let Some(Dialogue::Preflight(list, _)) = &h.state().session.moment.dialogue else { panic!("looked through again") };
    assert!(!list.iter().any(|f| ["figures-changed", "no-stamp"].contains(&f.code)));
}

#[test]
fn the_ten_worst_are_shown_on_the_spot_and_gone_with_esc() {
    let mut h = open(vec![crate::window::demo("haidian.qiancun")], Lang::Zh, [1920.0, 1080.0]);
    send(&mut h, qiancun::session::LookCommand::SetTheme(Some(qiancun::model::Theme::Sanitation)));
    send(&mut h, MeetingCommand::StartMeeting(true));
    for key in [egui::Key::W, egui::Key::E, egui::Key::C] {
        h.key_press(key);
        settle(&mut h);
        let selected = h.state().session.document.selection.as_ref().map_or(0, |s| s.1.len());
        assert_eq!(selected, 10, "{key:?}");
    }
    assert!(h.query_all_by_label_contains("变化最大").next().is_some());
    h.key_press(egui::Key::Escape);
    settle(&mut h);
    assert!(h.state().session.meeting.is_some() && h.state().session.document.selection.is_none());
    h.key_press(egui::Key::Q);
    settle(&mut h);
    assert!(h.query_by_label("画笔").is_some());
    h.key_press(egui::Key::Escape);
    settle(&mut h);
    assert!(h.query_by_label("画笔").is_none());
    h.key_press(egui::Key::Escape);
    settle(&mut h);
    assert!(h.state().session.meeting.is_none());
}

#[test]
fn reports_of_a_hotline_find_their_villages_and_gaps_once_and_are_answered() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let (gaps, _) = json(&["gaps", &project, "--rule", "S1", "--json"]);
    let gap = &gaps["gaps"][0];
    let (name, town) =
        (gap["village"]["name"].as_str().expect("a name"), gap["village"]["town"].as_str().expect("a town"));
    let (lon, lat) = (gap["lon"].as_f64().expect("lon"), gap["lat"].as_f64().expect("lat"));
    let table = path(&dir, "热线.csv");
    let text = format!(
        "工单号,受理时间,地址,乡镇,经度,纬度,问题类别,反映内容,反映人,联系电话\n\
         A1,2026-11-20 09:30,,,{lon},{lat},污水,污水直排臭水沟,张三,13911112222\n\
         A2,2026-11-21 10:00,{town}{name}村口,,,,污水,下水堵了,李四,13911113333\n\
         A2,2026-11-21 10:00,{town}{name}村口,,,,污水,下水堵了,李四,13911113333\n\
         A3,2026-11-21 11:00,不知道哪里,,,,其他,路灯坏了,王五,13911114444\n"
    );
    std::fs::write(&table, text).expect("written");
    let dry = json(&["reports", "import", &project, &table, "--dry-run", "--json"]).0;
    assert_eq!((dry["rows"].as_u64(), dry["taken"].as_u64(), dry["already"].as_u64()), (Some(4), Some(3), Some(1)));
    assert_eq!((dry["of_gaps"].as_u64(), dry["without_village"]["count"].as_u64()), (Some(2), Some(1)));
    assert!(qiancun(&["reports", "import", &project, &table]).status.success());
    let again = json(&["reports", "import", &project, &table, "--json"]).0;
    assert_eq!((again["taken"].as_u64(), again["already"].as_u64()), (Some(0), Some(4)), "nothing twice");
    let list = json(&["reports", "list", &project, "--json"]).0;
    let status = |list: &serde_json::Value, number: &str| {
        let found = list["reports"].as_array().expect("reports").iter().find(|r| r["number"] == number);
        found.expect("there")["status"].as_str().expect("a status").to_owned()
    };
    assert_eq!([status(&list, "A1"), status(&list, "A2"), status(&list, "A3")], ["known", "known", "new"]);
    // A visit that finds the gap closed answers both; telephone numbers and names stand in no answer.
    let key = list["reports"][0]["gap"].as_str().expect("a gap").to_owned();
    let note = "已疏通";
    assert!(
        qiancun(&["survey", "add", &project, "--gap", &key, "--result", "closed", "--note", note]).status.success()
    );
    let list = json(&["reports", "list", &project, "--json"]).0;
    assert_eq!([status(&list, "A1"), status(&list, "A2")], ["settled", "settled"]);
    let out = path(&dir, "答复.csv");
    assert!(qiancun(&["reports", "list", &project, "-o", &out]).status.success());
    let answers = std::fs::read_to_string(&out).expect("written");
    assert!(answers.contains(note) && !answers.contains("13911112222") && !answers.contains("张三"));
    // In the window: read, looked at, taken; one is settled by a person, and that is taken back.
    let more = path(&dir, "更多.csv");
    std::fs::write(&more, format!("时间,村,类别,内容\n2026-11-25,{name},垃圾,垃圾没人清\n")).expect("written");
    let mut h = open(vec![project.clone().into()], Lang::Zh, [1366.0, 768.0]);
    send(&mut h, DecideCommand::ReadReports(more.into()));
    settle(&mut h);
    let draft = match &h.state().session.moment.dialogue {
        Some(Dialogue::Reports(draft)) => draft.clone(),
        other => panic!("{other:?}"),
    };
    send(&mut h, DecideCommand::TakeReports(draft));
    settle(&mut h);
    assert_eq!(h.state().session.listed_reports().len(), 4);
    let id = h.state().session.listed_reports()[0].0.id().to_owned();
    send(&mut h, DecideCommand::SettleReport(id.clone(), Some(qiancun::survey::Outcome::Wrong)));
    settle(&mut h);
    let is_wrong = |h: &Window| {
        let survey = h.state().session.survey().expect("a log");
        survey.report(&id).expect("there").status(survey) == qiancun::survey::ReportStatus::Wrong
    };
    assert!(is_wrong(&h));
    send(&mut h, WindowCommand::Undo);
    settle(&mut h);
    assert!(!is_wrong(&h));
}

#[test]
fn reports_that_come_into_a_folder_wait_to_be_taken_in_with_their_photos() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let folder = dir.path().join("来件");
    std::fs::create_dir_all(folder.join("照片")).expect("a folder");
    let image = image::RgbImage::from_pixel(40, 30, image::Rgb([90, 120, 60]));
    image.save(folder.join("照片/a.jpg")).expect("a photo");
    let name = {
        let (gaps, _) = json(&["gaps", &project, "--rule", "S1", "--json"]);
        gaps["gaps"][0]["village"]["name"].as_str().expect("a name").to_owned()
    };
    let row = |text: &str| format!("时间,村,类别,内容,照片\n2026-11-25,{name},污水,{text},a.jpg;b.jpg\n");
    std::fs::write(folder.join("平安通.csv"), row("臭水沟")).expect("written");
    // What says no reports, and what another program holds open, is passed over.
    std::fs::write(folder.join("名单.csv"), "姓名,电话\n甲,1\n").expect("written");
    std::fs::write(folder.join("~平安通.csv"), row("半份")).expect("written");
    // What cannot be read is named.
    std::fs::write(folder.join("坏.xlsx"), b"PK no workbook").expect("written");
    let mut h = open(vec![project.clone().into()], Lang::Zh, [1366.0, 768.0]);
    send(&mut h, DecideCommand::WatchReports(Some(folder.clone())));
    settle(&mut h);
    let waiting = h.state().session.work.reports_waiting.clone().expect("one waits");
    assert_eq!(waiting.rows.len(), 1);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    h.state_mut().session.moment.lists = GapsList::Reports;
    settle(&mut h);
    assert!(h.query_by_label_contains("读不了：坏.xlsx").is_some());
    h.get_by_label("1 条新反映待收下").click();
    settle(&mut h);
    let Some(Dialogue::Reports(draft)) = h.state().session.moment.dialogue.clone() else { panic!("no preview") };
    send(&mut h, DecideCommand::TakeReports(draft));
    settle(&mut h);
    let session = &h.state().session;
    let listed = session.listed_reports();
    let photos = &listed[0].0.said.photos;
    assert!(photos.len() == 2 && photos[0].is_kept() && !photos[1].is_kept(), "{photos:?}");
    // Looked into again it brings nothing; a second table brings its own.
    send(&mut h, DecideCommand::WatchReports(Some(folder.clone())));
    settle(&mut h);
    assert!(h.state().session.work.reports_waiting.is_none());
    std::fs::write(folder.join("热线.csv"), row("又一处")).expect("written");
    let told = json(&["reports", "import", &project, &folder.to_string_lossy(), "--dry-run", "--json"]).0;
    assert_eq!((told["rows"].as_u64(), told["taken"].as_u64()), (Some(2), Some(1)), "{told}");
}
