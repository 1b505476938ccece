//! Tables as strangers make them: the public cases of tables, each with its right value, and how each is understood.

use std::path::PathBuf;

use egui_kittest::kittest::Queryable;
use qiancun::lang::Lang;
use qiancun::session::{Dialogue, FileCommand, FormStep, LayoutDraft, WindowCommand};
use serde_json::Value;

use crate::program::{self, Folder, villages};
use crate::window::{open, send, settle};

fn case(name: &str) -> Option<PathBuf> {
    program::shared(name, &format!("cases/{name}"))
}

/// What `check TABLE --against VILLAGES` says.
fn against(dir: &std::path::Path, table: &str) -> Value {
    let (table, villages) = (dir.join(table), dir.join("villages.geojson"));
    let arguments = ["check", &table.to_string_lossy(), "--against", &villages.to_string_lossy(), "--json"];
    let out = program::qiancun(&arguments);
    let all: Value = serde_json::from_slice(&out.stdout).expect("one JSON document");
    all["files"][0].clone()
}

fn summary(dir: &std::path::Path, project: &str) -> (Value, String) {
    program::json(&["summary", &dir.join(project).to_string_lossy(), "--by", "town", "--json"])
}

fn figure(summary: &Value, town: &str, id: &str) -> Option<f64> {
    let row = summary["rows"].as_array().and_then(|r| r.iter().find(|r| r["name"] == town));
    row.unwrap_or_else(|| panic!("{town}: {summary}"))["indicators"][id]["value"].as_f64()
}

/// The figures that all tables of this kind stand for: weighted by households, and added up.
fn is_right(dir: &std::path::Path, project: &str, towns: [&str; 2]) {
    let (found, told) = summary(dir, project);
    for (town, rate, toilets) in [(towns[0], 109_300.0 / 1_200.0, 6.0), (towns[1], 91_400.0 / 970.0, 15.0)] {
        let value = figure(&found, town, "sewage_treatment_pct").unwrap_or_else(|| panic!("{project} {town}: {told}"));
        assert!((value - rate).abs() < 1e-9, "{project} {town}: {value}");
        assert_eq!(figure(&found, town, "public_toilets"), Some(toilets), "{project} {town}: {told}");
    }
}

const TOWNS: [&str; 2] = ["甲镇", "乙镇"];

#[test]
fn cases_of_tables_give_the_figures_that_they_say() {
    for (name, projects) in [
        ("13-leading-zero", &["p.qiancun"][..]),
        ("14-scientific-codes", &["p.qiancun"]),
        ("50-percent-format", &["p.qiancun"]),
        ("52-instructions-sheet-first", &["p.qiancun"]),
        ("53-two-row-heads", &["p.qiancun"]),
        ("56-date-cells", &["p.qiancun", "t.qiancun"]),
        ("60-hxl-row", &["p.qiancun"]),
        ("61-sep-line", &["p.qiancun"]),
        ("62-html-as-xls", &["p.qiancun"]),
        ("69-total-rows", &["p.qiancun"]),
        ("70-xls-ods", &["p.qiancun", "q.qiancun"]),
        ("73-numeric-code-xlsx", &["p.qiancun"]),
        ("75-code-change", &["p.qiancun"]),
        ("79-encrypted-xlsx", &["q.qiancun"]),
    ] {
        let Some(dir) = case(name) else { return };
        projects.iter().for_each(|project| is_right(&dir, project, TOWNS));
    }
    if let Some(dir) = case("64-big5-csv") {
        is_right(&dir, "p.qiancun", ["甲鎮", "乙鎮"]);
    }
}

#[test]
fn cases_of_keys_say_how_each_row_found_its_village() {
    for (name, by, cause) in [
        ("13-leading-zero", "mended-code", Some("code-mended")),
        ("14-scientific-codes", "town-name", Some("code-rounded-named")),
        ("75-code-change", "earlier-edition", Some("code-earlier-edition")),
        ("69-total-rows", "code", None),
    ] {
        let Some(dir) = case(name) else { return };
        let found = against(&dir, "table.csv");
        let of = &found["match"];
        assert_eq!((of["rows"].as_u64(), of["matched"].as_u64()), (Some(6), Some(6)), "{name}: {of}");
        assert_eq!(of["by"][by].as_u64(), Some(6), "{name}: {of}");
        let causes: Vec<(&str, u64)> = of["causes"]
            .as_array()
            .expect("causes")
            .iter()
            .map(|c| (c["code"].as_str().unwrap_or(""), c["count"].as_u64().unwrap_or(0)))
            .collect();
        assert_eq!(causes, cause.map(|c| (c, 6)).into_iter().collect::<Vec<_>>(), "{name}");
    }
    let Some(dir) = case("65-official-name-forms") else { return };
    let of = against(&dir, "table.csv")["match"].clone();
    assert_eq!((of["matched"].as_u64(), of["unmatched"].as_u64()), (Some(5), Some(1)));
    assert_eq!(of["causes"][0]["first"]["text"], "八家村社区居委会");
    assert!(of["causes"][0]["proposal"].as_str().is_some_and(|p| p.contains("八家村")), "{of}");
}

#[test]
fn cases_of_cells_are_read_as_people_mean_them() {
    let Some(dir) = case("58-units-in-cells") else { return };
    let (found, told) = summary(&dir, "p.qiancun");
    assert_eq!(figure(&found, "甲镇", "public_toilets"), Some(8.0), "{told}");
    assert_eq!(figure(&found, "乙镇", "public_toilets"), Some(12_011.0), "{told}");
    assert!(told.contains("cell-about") && told.contains("约3"), "{told}");
    let Some(dir) = case("78-zeros-and-blanks") else { return };
    let (found, told) = summary(&dir, "p.qiancun");
    assert_eq!((figure(&found, "甲镇", "public_toilets"), figure(&found, "乙镇", "public_toilets")), (Some(0.0), None));
    assert_eq!(told.matches("cell-none-or-unknown").count(), 2, "{told}");
    assert!(!told.contains("cell-not-a-number"), "{told}");
    let Some(dir) = case("59-decimal-comma") else { return };
    let (found, _) = summary(&dir, "p.qiancun");
    assert!(figure(&found, "甲镇", "demolished_m2").is_some_and(|v| (v - 40.035).abs() < 1e-9), "{found}");
    let Some(dir) = case("51-formula-without-value") else { return };
    let (_, told) = summary(&dir, "p.qiancun");
    assert_eq!(told.matches("formula-without-value").count(), 6, "{told}");
}

#[test]
fn what_a_workbook_hides_and_what_it_keeps_to_itself_is_said() {
    let Some(dir) = case("67-hidden-rows") else { return };
    let (_, told) = summary(&dir, "p.qiancun");
    assert!(told.contains("rows-hidden"), "{told}");
    let Some(dir) = case("79-encrypted-xlsx") else { return };
    let found = against(&dir, "table.xlsx");
    assert_eq!(found["error"]["code"], "password");
    assert!(found["error"]["message"].as_str().is_some_and(|m| m.contains("take the password off")), "{found}");
    let Some(dir) = case("68-same-head-twice") else { return };
    let (_, told) = summary(&dir, "p.qiancun");
    assert_eq!(told.matches("column-twice").count(), 1, "{told}");
    let Some(dir) = case("71-unknown-indicator") else { return };
    let found = against(&dir, "table.csv");
    let columns = found["layout"]["columns"].as_array().expect("columns");
    let new: Vec<&str> = columns.iter().filter(|c| c["role"] == "new").filter_map(|c| c["head"].as_str()).collect();
    assert_eq!(new, ["幸福积分", "网格员数"]);
}

#[test]
fn tables_of_offices_are_laid_out_right() {
    let Some(table) = program::shared("gosaba", "tables/in_gosaba_village_water_toilet_agg.csv") else { return };
    let Some(map) = program::shared("sundarbans", "boundaries/in_sundarbans_villages_pc11.geojson") else { return };
    let arguments = ["check", &table.to_string_lossy(), "--against", &map.to_string_lossy(), "--json"];
    let (all, _) = program::json(&arguments);
    let columns = all["files"][0]["layout"]["columns"].as_array().cloned().expect("columns");
    let roles: Vec<(&str, &str)> =
        columns.iter().map(|c| (c["role"].as_str().unwrap_or(""), c["reason"].as_str().unwrap_or(""))).collect();
    assert_eq!(roles[..2], [("name", "head"), ("indicator", "head")]);
    assert!(roles[2..].iter().all(|r| *r == ("new", "numbers")), "{roles:?}");
    assert!(all["files"][0]["match"]["matched"].as_u64().is_some_and(|n| n >= 6));
}

#[test]
fn a_layout_that_is_said_stands_over_the_guess_and_the_order_of_rows_changes_nothing() {
    let dir = Folder::new();
    let list = [
        r#"{"code":"A1","name":"东沟村","town":"甲镇","households":100}"#,
        r#"{"code":"A2","name":"西沟村","town":"甲镇","households":100}"#,
        r#"{"code":"A3","name":"八家村","town":"乙镇","households":100}"#,
    ];
    dir.write("villages.geojson", villages(&list));
    let rows = ["东沟,甲,90,8", "西沟村委会,甲,91,7", "八家,乙,92,6", "西沟,甲,93,5", "无此村,乙,1,1"];
    let head = "地方,哪个镇,率,积分\n";
    dir.write(
        "layout.toml",
        "[columns]\n\"地方\" = \"name\"\n\"哪个镇\" = \"town\"\n\"率\" = \"sewage_treatment_pct@2023\"\n",
    );
    let check = |rows: &[&str]| {
        dir.write("t.csv", format!("{head}{}\n", rows.join("\n")));
        let (table, map, layout) = (dir.text("t.csv"), dir.text("villages.geojson"), dir.text("layout.toml"));
        program::json(&["check", &table, "--against", &map, "--layout", &layout, "--json"]).0["files"][0].clone()
    };
    let found = check(&rows);
    let column = &found["layout"]["columns"][2];
    assert_eq!((column["indicator"].as_str(), column["year"].as_i64()), (Some("sewage_treatment_pct"), Some(2023)));
    assert_eq!(column["reason"], "said");
    let numbers =
        |v: &Value| ["rows", "matched", "ambiguous", "unmatched", "duplicate"].map(|k| v["match"][k].as_u64());
    assert_eq!(numbers(&found), [Some(5), Some(3), Some(0), Some(1), Some(1)]);
    let mut turned = rows;
    turned.reverse();
    assert_eq!(numbers(&check(&turned)), numbers(&found));
}

type Window = egui_kittest::Harness<'static, qiancun::app::Qiancun>;

const VILLAGES: [&str; 5] = [
    r#"{"code":"A1","name":"东沟村","town":"甲镇","households":100}"#,
    r#"{"code":"A2","name":"西沟村","town":"甲镇","households":120}"#,
    r#"{"code":"A3","name":"八家村","town":"乙镇","households":90}"#,
    r#"{"code":"A4","name":"草厂村","town":"乙镇","households":80}"#,
    r#"{"code":"A5","name":"后沙涧村","town":"乙镇","households":70}"#,
];

fn shown(h: &Window) -> Option<Box<LayoutDraft>> {
    match h.state().session.moment.dialogue.clone() {
        Some(Dialogue::Layout(draft)) => Some(draft),
        _ => None,
    }
}

/// A table of one year, each village with its own figures.
fn month(year: i32, copied: &[usize]) -> String {
    let names = ["东沟村村委会", "西沟", "八家村", "草场村", "后沙涧"];
    let towns = ["甲镇", "甲镇", "乙镇", "乙镇", "乙镇"];
    let row = |i: usize| {
        // Those that are copied have the figures of the year before.
        let year_of = if copied.contains(&i) { year - 1 } else { year };
        let base = (year_of - 2000) as usize + i;
        let (name, town) = (names[i], towns[i]);
        format!("{name},{town},{year},{},{},{},{}", 60 + base, base, 100 + base, 70 + 2 * base)
    };
    let rows: Vec<String> = (0..5).map(row).collect();
    format!("地名,镇,年份,污水处理率,公厕数,户数,幸福积分\n{}\n合计,,,,,,\n", rows.join("\n"))
}

#[test]
fn a_table_opened_with_its_project_waits_for_the_villages_and_what_is_known() {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&VILLAGES));
    dir.write("2023.csv", month(2023, &[]));
    dir.write("again.csv", month(2023, &[]).replace(",123,", ",124,"));
    let project = dir.project("p.qiancun", &["v.geojson"], &["2023.csv"], "");
    for _ in 0..8 {
        // Whichever is read first.
        let h = open(vec![project.clone().into(), dir.path("again.csv")], Lang::Zh, [1366.0, 768.0]);
        let draft = shown(&h).unwrap_or_else(|| panic!("{:?}", h.state().session.moment.dialogue));
        let understood = draft.understood.clone().expect("understood");
        assert!(understood.report.matched > 0 && understood.changes.iter().all(|c| c.is_revision()));
        assert!(!understood.changes.is_empty(), "what is known is there");
    }
}

#[test]
fn a_month_s_round_asks_once() {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&VILLAGES));
    dir.write("2023.csv", month(2023, &[]));
    let mut h = open(vec![dir.path("v.geojson")], Lang::Zh, [1366.0, 768.0]);
    send(&mut h, FileCommand::Open(vec![dir.path("2023.csv")]));
    settle(&mut h);
    // Shown before it counts.
    let draft =
        shown(&h).unwrap_or_else(|| panic!("{:?} {:?}", h.state().session.moment.dialogue, h.state().session.news));
    let understood = draft.understood.clone().expect("understood");
    assert_eq!((understood.report.rows, understood.report.matched, understood.report.totals), (5, 4, 1));
    assert!(h.state().session.document.project.tables.is_empty());
    h.get_by_label("2023.csv");
    h.get_by_label_contains("1 列是新指标");
    // The row that waits is decided by a key; two roles are corrected.
    h.get_by_label_contains("1  草厂村 · 乙镇");
    h.key_press(egui::Key::Num1);
    settle(&mut h);
    let mut draft = shown(&h).expect("still shown");
    assert_eq!(draft.understood.as_ref().map(|u| u.report.matched), Some(5));
    draft.said.columns.insert("户数".into(), "leave".into());
    draft.said.columns.insert("地名".into(), "name".into());
    h.state_mut().session.moment.dialogue = Some(Dialogue::Layout(draft.clone()));
    send(&mut h, FileCommand::Understand(draft));
    settle(&mut h);
    h.key_press(egui::Key::Enter);
    settle(&mut h);
    assert!(shown(&h).is_none());
    let district = |h: &Window| h.state().session.district().cloned().expect("a district");
    let value = |h: &Window, id: &str, year: i32, village: u32| {
        let d = district(h);
        d.value(d.indicators.position(id).expect("known"), Some(year), qiancun::model::FeatureId::new(village))
    };
    assert_eq!(value(&h, "sewage_treatment_pct", 2023, 3), Some(86.0));
    assert_eq!(value(&h, "幸福积分", 2023, 0), Some(116.0), "a new indicator is one like the others");
    assert_eq!(value(&h, "households", 2023, 0), Some(100.0), "left as the map has it");
    // Where each figure stands can be told.
    let d = district(&h);
    let rate = d.indicators.position("sewage_treatment_pct").expect("known");
    let at = d.observations.cell_of(rate, Some(2023), qiancun::model::FeatureId::new(3)).expect("a cell");
    assert_eq!((at.table, at.line, at.column), (0, 5, 3));
    // Next month: no question.
    dir.write("2024.csv", month(2024, &[]));
    send(&mut h, FileCommand::Open(vec![dir.path("2024.csv")]));
    settle(&mut h);
    assert!(shown(&h).is_none(), "{:?}", h.state().session.moment.dialogue);
    assert_eq!(value(&h, "sewage_treatment_pct", 2024, 3), Some(87.0));
    assert_eq!(h.state().session.document.project.tables.len(), 2);
    // The month after, three villages are copies: that is asked about.
    dir.write("2025.csv", month(2025, &[0, 1, 2]));
    send(&mut h, FileCommand::Open(vec![dir.path("2025.csv")]));
    settle(&mut h);
    let draft = shown(&h).expect("asked about");
    let alarms: Vec<(&str, usize)> =
        draft.understood.iter().flat_map(|u| &u.alarms).map(|a| (a.kind.key(), a.villages.len())).collect();
    assert_eq!(alarms, [("same-as-before", 3)]);
    h.get_by_label_contains("3 个村与 2024 年的数字全部相同");
    send(&mut h, WindowCommand::Escape);
    settle(&mut h);
    assert_eq!(h.state().session.document.project.tables.len(), 2);
    // One step back takes the second table away, one more the first with what was decided.
    send(&mut h, WindowCommand::Undo);
    send(&mut h, WindowCommand::Undo);
    settle(&mut h);
    let project = &h.state().session.document.project;
    assert!(project.tables.is_empty() && project.aliases.is_empty() && project.indicators.is_empty());
}

#[test]
fn a_form_is_filled_and_says_what_stays_blank() {
    let dir = Folder::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let percent = rust_xlsxwriter::Format::new().set_num_format("0.0%");
    let sheet = book.add_worksheet().set_name("上报表").expect("a name");
    sheet.merge_range(0, 0, 0, 3, "2023年上报表", &rust_xlsxwriter::Format::new()).expect("written");
    for (c, head) in ["行政村", "乡镇", "污水处理率（%）", "公厕数"].into_iter().enumerate() {
        sheet.write(1, c as u16, head).expect("written");
    }
    for (r, (name, town)) in [("三星庄村委会", "苏家坨镇"), ("无此村", "上庄镇")].into_iter().enumerate()
    {
        sheet.write(2 + r as u32, 0, name).expect("written");
        sheet.write(2 + r as u32, 1, town).expect("written");
        sheet.write_blank(2 + r as u32, 2, &percent).expect("written");
    }
    sheet.write(4, 0, "合计").expect("written");
    sheet.write_formula(4, 3, "=SUM(D3:D4)").expect("written");
    book.save(dir.path("form.xlsx")).expect("saved");
    let project = crate::window::demo("haidian.qiancun").display().to_string();
    let (form, out) = (dir.text("form.xlsx"), dir.text("filled.xlsx"));
    let (said, _) = program::json(&["form", "fill", &project, &form, "-o", &out, "--json"]);
    assert_eq!(said["cells"].as_u64(), Some(2), "{said}");
    assert_eq!(
        (said["blank"][0]["village"].as_str(), said["blank"][0]["why"].as_str()),
        (Some("无此村"), Some("row-without-village"))
    );
    // What was written is read back as what the project knows.
    let again = qiancun::read::read_wide(out.as_ref(), &qiancun::model::Indicators::with(&[]), &Default::default())
        .expect("read again");
    let (summary, _) = program::json(&["summary", &project, "--by", "town", "--year", "2023", "--json"]);
    assert!(summary["rows"].as_array().is_some_and(|r| !r.is_empty()));
    let rate = again.rows[0].cells[2].clone();
    assert!(matches!(rate, qiancun::read::Cell::Percent(p) if (p - 96.2).abs() < 1e-9), "{rate:?}");
    // The window fills the same.
    let mut h = open(vec![crate::window::demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    // A form is shown first, as tables are, with what it is bound to.
    send(&mut h, FileCommand::Form(FormStep::Bind(dir.path("form.xlsx"))));
    settle(&mut h);
    let draft = shown(&h).expect("the form");
    assert!(draft.is_form && draft.understood.is_some_and(|u| u.alarms.is_empty() && u.proposed.is_empty()));
    h.get_by_label("填表…");
    send(&mut h, WindowCommand::Escape);
    send(&mut h, FileCommand::Form(FormStep::Fill(dir.path("form.xlsx"), dir.path("window.xlsx"))));
    settle(&mut h);
    assert!(h.query_all_by_label_contains("填了 2 格").next().is_some());
    assert_eq!(std::fs::read(dir.path("window.xlsx")).expect("written"), std::fs::read(&out).expect("written"));
    // The card says where its figures stand.
    send(&mut h, WindowCommand::Escape);
    let session = &h.state().session;
    let district = session.district().expect("a district");
    let rate = district.indicators.position("sewage_treatment_pct").expect("known");
    let place = district.place_of(rate, Some(2023), qiancun::model::FeatureId::new(0)).expect("a place");
    assert_eq!((place.file.as_str(), place.head.as_str()), ("indicators.csv", "sewage_treatment_pct"));
    let line = std::fs::read_to_string(crate::window::demo("indicators.csv")).expect("read");
    let line = line.lines().nth(place.line as usize - 1).expect("the line").to_owned();
    assert!(line.contains(&district.text(qiancun::model::FeatureId::new(0), qiancun::model::Role::Code)), "{line}");
    assert!(session.place_words(&place).starts_with(&format!("第 {} 行", place.line)));
}

#[test]
fn cells_of_a_form_are_bound_by_themselves() {
    let dir = crate::survey::copied();
    let path = |name: &str| crate::survey::path(&dir, name);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (c, head) in ["村名", "公厕数"].into_iter().enumerate() {
        sheet.write(3, c as u16, head).expect("written");
    }
    sheet.write(4, 0, "三星庄村").expect("written");
    book.save(path("form.xlsx")).expect("saved");
    let project = path("haidian.qiancun");
    let bound = "\n[[form]]\npath = \"form.xlsx\"\n[[form.cell]]\ncell = \"B1\"\nindicator = \"households\"\n\
                 [[form.cell]]\ncell = \"D1\"\nindicator = \"households\"\ntown = \"苏家坨镇\"\nyear = 2022\n\
                 [[form.cell]]\ncell = \"E1\"\nindicator = \"households\"\nvillage = \"nowhere\"\n";
    let text = std::fs::read_to_string(&project).expect("read") + bound;
    std::fs::write(&project, text).expect("written");
    let out = path("filled.xlsx");
    let (said, _) = program::json(&["form", "fill", &project, &path("form.xlsx"), "-o", &out, "--json"]);
    assert_eq!(said["cells"].as_u64(), Some(3), "{said}");
    let blank = &said["blank"][0];
    assert_eq!((blank["cell"].as_str(), blank["why"].as_str()), (Some("E1"), Some("row-without-village")), "{said}");
    let summary = |by: &str, year: &str| program::json(&["summary", &project, "--by", by, "--year", year, "--json"]).0;
    let rows = |s: &serde_json::Value| s["rows"].as_array().cloned().unwrap_or_default();
    let town = rows(&summary("town", "2022")).into_iter().find(|r| r["name"] == "苏家坨镇").expect("the town");
    let all = rows(&summary("district", "2023")).remove(0);
    let value = |row: &serde_json::Value| row["indicators"]["households"]["value"].as_f64();
    let sheets = qiancun::read::read_sheets(out.as_ref()).expect("read");
    let first = sheets[0].iter().find(|(line, _)| *line == 1).map(|(_, cells)| cells.clone()).expect("a row");
    let number = |at: usize| first.get(at).and_then(|c| c.text().parse().ok());
    assert_eq!((number(1), number(3)), (value(&all), value(&town)), "{first:?}");
}

#[test]
fn a_word_for_a_kind_is_said_once_and_counted_from_then_on() {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&VILLAGES));
    dir.write(
        "f.csv",
        "名称,类别,lon,lat\n甲,惠民小屋,116.005,40.005\n乙,惠民小屋,116.025,40.005\n丙,公厕,116.005,40.006\n",
    );
    let mut h = open(vec![dir.path("v.geojson"), dir.path("f.csv")], Lang::Zh, [1366.0, 768.0]);
    settle(&mut h);
    let clinics = |h: &Window| {
        let district = h.state().session.district().cloned().expect("a district");
        let is_clinic = |f: &&qiancun::district::Facility| f.kind == qiancun::district::Kind::Clinic;
        (
            district.facilities.iter().filter(is_clinic).count(),
            district.report.problems.iter().filter(|p| p.code == "unknown-kind").count(),
        )
    };
    assert_eq!(clinics(&h), (0, 1), "told once with its word");
    send(&mut h, WindowCommand::ToggleDrawer(qiancun::session::Tab::Problems));
    h.get_by_label("这是…").click();
    h.run_steps(4);
    h.query_all_by_label("卫生室").last().expect("a kind").click();
    settle(&mut h);
    assert_eq!(clinics(&h), (2, 0));
    assert_eq!(h.state().session.document.project.kinds.len(), 1);
    send(&mut h, WindowCommand::Undo);
    settle(&mut h);
    assert_eq!(clinics(&h), (0, 1));
}
