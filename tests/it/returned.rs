//! What comes back from rounds, month after month: nothing is lost, nothing counted twice, and the window knows it when it sees it.

use egui_kittest::kittest::Queryable;
use qiancun::lang::Lang;
use qiancun::session::{DecideCommand, Dialogue, FileCommand};

use crate::program::json;
use crate::survey::{copied, json_of, path};
use crate::window::{open, send, settle};

const GAP: &str = "T1/DEMO00000016///";

fn write(dir: &tempfile::TempDir, name: &str, text: &str) -> String {
    let file = dir.path().join(name);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(&file, text).expect("written");
    path(dir, name)
}

fn visits(project: &str) -> Vec<serde_json::Value> {
    json_of(&["survey", "list", project, "--json"])["visits"].as_array().cloned().unwrap_or_default()
}

fn taken(project: &str, from: &str) -> u64 {
    let told = json_of(&["field", "import", project, from, "--json"]);
    let files = told["files"].as_array().cloned().unwrap_or_default();
    files.iter().filter_map(|f| f["recorded"].as_u64()).sum()
}

#[test]
fn a_later_round_of_the_same_surveyor_is_another_visit() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let of = |folder: &str, result: &str, at: &str, id: &str| {
        write(&dir, &format!("{folder}/visits.csv"), &format!("key,result,by,at,_uuid\n{GAP},{result},王,{at},{id}\n"))
    };
    let march = of("march", "confirmed", "2026-03-10T09:00:00+08:00", "u1");
    let november = of("november", "closed", "2026-11-20T09:00:00+08:00", "u2");
    assert_eq!((taken(&project, &march), taken(&project, &november)), (1, 1));
    assert_eq!(visits(&project).len(), 2);
    assert_eq!((taken(&project, &march), taken(&project, &november)), (0, 0));
    // What a server of forms was told otherwise is the same submission.
    let mended = of("mended", "wrong", "2026-11-20T09:00:00+08:00", "u2");
    assert_eq!(taken(&project, &mended), 1);
    let results: Vec<_> = visits(&project).iter().map(|v| v["result"].clone()).collect();
    assert_eq!(results, ["confirmed", "wrong"]);
}

#[test]
fn photos_that_come_later_are_put_to_their_visit_once() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let sheet = write(
        &dir,
        "back/visits.csv",
        &format!("key,result,by,at,photo\n{GAP},closed,王,2026-11-20 9:00,DCIM/v1.jpg\n"),
    );
    assert_eq!(taken(&project, &sheet), 1);
    let picture = dir.path().join("back/DCIM/v1.jpg");
    std::fs::create_dir_all(picture.parent().expect("a folder")).expect("a folder");
    image::RgbImage::from_pixel(40, 30, image::Rgb([90, 120, 60])).save(&picture).expect("a photo");
    assert_eq!(taken(&project, &sheet), 1);
    assert_eq!(taken(&project, &sheet), 0);
    let all = visits(&project);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["photos"][0]["name"], "v1.jpg", "{all:?}");
    assert_eq!(all[0]["photos"].as_array().map(Vec::len), Some(1));
}

#[test]
fn visits_that_were_exported_and_written_over_are_corrected() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let sheet = write(&dir, "a.csv", &format!("key,result,note,by\n{GAP},closed,first,王\n"));
    assert_eq!(taken(&project, &sheet), 1);
    let out = path(&dir, "visits.csv");
    assert!(crate::survey::qiancun(&["survey", "export", &project, "-o", &out]).status.success());
    let text = std::fs::read_to_string(&out).expect("a table");
    assert_eq!(taken(&project, &out), 0);
    std::fs::write(&out, text.replace("first", "SECOND")).expect("written");
    assert_eq!((taken(&project, &out), taken(&project, &out)), (1, 0));
    let all = visits(&project);
    assert_eq!((all.len(), &all[0]["note"]), (1, &"SECOND".into()), "{all:?}");
}

#[test]
fn a_folder_is_read_without_what_other_programs_keep_in_it() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let round = path(&dir, "round");
    json_of(&["field", "export", &project, "-o", &round, "--people", "2", "--json"]);
    let fill = |file: &str, result: &str| {
        let c = rusqlite::Connection::open(path(&dir, file)).expect("a package");
        let text = "INSERT INTO visits(key, result, \"by\", at) VALUES(?1, ?2, '王', '2026-11-20T01:00:00Z')";
        c.execute(text, [GAP, result]).expect("a visit");
    };
    std::fs::create_dir_all(dir.path().join("round/.mergin")).expect("a folder");
    std::fs::copy(path(&dir, "round/round.gpkg"), path(&dir, "round/.mergin/round.gpkg")).expect("copied");
    fill("round/.mergin/round.gpkg", "confirmed");
    fill("round/round.gpkg", "closed");
    // A package that somebody put beside it says no results.
    let villages = path(&dir, "villages.geojson");
    assert!(crate::survey::qiancun(&["convert", &villages, &path(&dir, "round/a-villages.gpkg")]).status.success());
    assert_eq!(taken(&project, &round), 1);
    let all = visits(&project);
    assert_eq!((all.len(), &all[0]["result"]), (1, &"closed".into()), "{all:?}");
    // Two copies that say two things are a contradiction that a person settles.
    std::fs::copy(path(&dir, "round/.mergin/round.gpkg"), path(&dir, "round/round (conflict).gpkg")).expect("copied");
    taken(&project, &round);
    assert_eq!(visits(&project).len(), 2);
    assert_eq!(taken(&project, &round), 0);
}

#[test]
fn what_was_filled_in_is_taken_in_where_it_is_dropped_on_the_window() {
    let dir = copied();
    let project = dir.path().join("haidian.qiancun");
    let mut h = open(vec![project], Lang::Zh, [1366.0, 768.0]);
    let layers = h.state().session.document.keys.len();
    let filled = write(&dir, "filled.csv", &format!("key,result,by,lon,lat\n{GAP},closed,李,116.1,40.1\n"));
    send(&mut h, FileCommand::Open(vec![filled.into()]));
    settle(&mut h);
    let Some(Dialogue::Import(preview)) = h.state().session.moment.dialogue.clone() else { panic!("no preview") };
    assert_eq!((preview.taken_count(), preview.rows[0].subject().village.as_str()), (1, "梁家园"));
    assert!(h.query_all_by_label_contains("梁家园").count() > 0);
    h.get_by_label("导入 1 条").click();
    settle(&mut h);
    assert_eq!(h.state().session.document.keys.len(), layers, "no layer");
    // A sheet in which nothing is filled is a map of gaps.
    let empty = write(&dir, "empty.csv", &format!("key,result,by,lon,lat\n{GAP},,,116.1,40.1\n"));
    send(&mut h, FileCommand::Open(vec![empty.into()]));
    settle(&mut h);
    assert_eq!(h.state().session.document.keys.len(), layers + 1);
    // A whole round, of two files: one after the other.
    let round = path(&dir, "round");
    json_of(&["field", "export", &path(&dir, "haidian.qiancun"), "-o", &round, "--json"]);
    let c = rusqlite::Connection::open(path(&dir, "round/round.gpkg")).expect("a package");
    let text = "INSERT INTO visits(key, result, \"by\", at) VALUES(?1, 'confirmed', ?2, '2026-11-20T01:00:00Z')";
    c.execute(text, ["T2/DEMO00000004/GC-020//", "王"]).expect("a visit");
    drop(c);
    write(&dir, "round/more.csv", "key,result,by,at\nT2/DEMO00000010/GC-050//,closed,赵,2026-11-20 9:00\n");
    send(&mut h, FileCommand::Open(vec![round.into()]));
    for expected in ["round.gpkg", "more.csv"] {
        settle(&mut h);
        let Some(Dialogue::Import(preview)) = h.state().session.moment.dialogue.clone() else { panic!("{expected}") };
        assert_eq!((preview.path.file_name().expect("a name").to_str(), preview.taken_count()), (Some(expected), 1));
        h.get_by_label("导入 1 条").click();
        settle(&mut h);
    }
    assert_eq!(visits(&path(&dir, "haidian.qiancun")).len(), 3);
    assert_eq!(h.state().session.document.keys.len(), layers + 1);
}

#[test]
fn tables_of_reports_begin_their_numbers_again_and_come_again_with_news() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let import = |file: &str| json(&["reports", "import", &project, file, "--json"]).0;
    let first = write(
        &dir,
        "a.csv",
        "编号,时间,村,内容\n1,2026-11-20 9:00,三星庄,公厕脏\n2,2026-11-20 9:10,梁家园,垃圾没清\n合计,,,2件\n",
    );
    let second = write(
        &dir,
        "b.csv",
        "编号,时间,村,内容\n1,2026-11-21 9:00,西小营,公厕没灯\n2,2026-11-21 9:10,徐各庄,污水外溢\n",
    );
    assert_eq!((import(&first)["taken"].clone(), import(&second)["taken"].clone()), (2.into(), 2.into()));
    assert_eq!(import(&first)["taken"], 0);
    // The hotline hands out its list again: what was settled since is settled.
    let of = |status: &str| {
        format!("工单号,时间,村,内容,状态\nHX20261120001,2026-11-20 9:00,三星庄,公厕脏 请回电13912345678,{status}\n")
    };
    let open = write(&dir, "h1.csv", &of("办理中"));
    let settled = write(&dir, "h2.csv", &of("已办结"));
    assert_eq!(import(&open)["taken"], 1);
    let told = import(&settled);
    assert_eq!((&told["taken"], &told["updated"]), (&0.into(), &1.into()), "{told}");
    assert_eq!(import(&settled)["updated"], 0);
    let list = json_of(&["reports", "list", &project, "--json"]);
    let report = list["reports"].as_array().expect("reports").iter().find(|r| r["number"] == "HX20261120001").cloned();
    let report = report.expect("the report");
    assert_eq!((&report["status"], &report["text"]), (&"settled".into(), &"公厕脏 请回电***".into()));
}

#[test]
fn a_village_is_not_found_in_the_name_of_its_town() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let table = write(
        &dir,
        "a.csv",
        "时间,内容,地址\n2026-11-20 9:00,公厕脏,海淀区上庄镇常乐村\n2026-11-20 9:01,垃圾,西北旺镇冷泉村\n2026-11-20 9:02,污水,上庄镇\n\
         2026-11-20 9:03,垃圾,冷泉与韩家川之间\n",
    );
    let told = json(&["reports", "import", &project, &table, "--json"]).0;
    assert_eq!(told["without_village"]["count"], 2, "{told}");
    let list = json_of(&["reports", "list", &project, "--json"]);
    let mut names: Vec<String> = list["reports"]
        .as_array()
        .expect("reports")
        .iter()
        .filter_map(|r| r["village"]["name"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    assert_eq!(names, ["冷泉", "常乐"]);
}

#[test]
fn people_of_a_table_stand_in_the_list_that_asked_for_them() {
    let dir = copied();
    let mut h = open(vec![dir.path().join("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    let table = "序号,河长姓名,手机号码,包联村,河段,政治面貌\n1,李雷,13800000000,西小营 徐各庄,南沙河,党员\n\
                 2,韩梅,1.38E+10,三星庄,,群众\n合计,,,2人,,\n";
    let table = write(&dir, "people.csv", table);
    send(&mut h, DecideCommand::PeopleDialogue);
    settle(&mut h);
    send(&mut h, DecideCommand::PeopleOfTable(table.into()));
    settle(&mut h);
    let Some(Dialogue::People(draft)) = h.state().session.moment.dialogue.clone() else { panic!("no list") };
    let names: Vec<&str> = draft.people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["李雷", "韩梅"]);
    let answers: Vec<String> = draft.people[0].answers.iter().map(qiancun::model::AnswersFor::words).collect();
    assert_eq!(answers, ["西小营", "徐各庄", "南沙河"]);
    assert_eq!((draft.people[0].phone.as_str(), draft.people[1].phone.as_str()), ("13800000000", ""));
    let told = draft.trouble.unwrap_or_default();
    assert!(told.contains("政治面貌") && told.contains("1.38E+10"), "{told}");
}

#[test]
fn a_visit_that_was_deleted_on_the_phone_after_it_came_is_told() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let round = path(&dir, "round");
    json_of(&["field", "export", &project, "-o", &round, "--json"]);
    let c = rusqlite::Connection::open(path(&dir, "round/round.gpkg")).expect("a package");
    for (key, minute) in [(GAP, 1), ("T2/DEMO00000004/GC-020//", 2)] {
        let at = format!("2026-11-20T01:0{minute}:00Z");
        let text = "INSERT INTO visits(key, result, \"by\", at) VALUES(?1, 'closed', '王', ?2)";
        c.execute(text, [key, &at]).expect("a visit");
    }
    assert_eq!(taken(&project, &round), 2);
    c.execute("DELETE FROM visits WHERE key = ?1", [GAP]).expect("deleted");
    drop(c);
    let told = json_of(&["field", "import", &project, &round, "--json"]);
    let left = told["left_out"].as_array().cloned().unwrap_or_default();
    let gone = left.iter().find(|l| l["why"].as_str().is_some_and(|w| w.contains("no longer in it"))).cloned();
    assert_eq!(gone.map(|g| g["count"].clone()), Some(1.into()), "{told}");
    assert_eq!(visits(&project).len(), 2, "nothing goes by itself");
}
