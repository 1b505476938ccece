//! Nothing false from tables: what a spreadsheet shows is what counts, and what cannot be used is told.

use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::program::{Folder, json, shared, villages};

const THREE: [&str; 3] = [
    r#"{"code":"A1","name":"Alpha","town":"T","households":100,"population":300}"#,
    r#"{"code":"A2","name":"Beta","town":"T","households":100,"population":300}"#,
    r#"{"code":"A3","name":"Gamma","town":"T","households":100,"population":300}"#,
];

fn folder() -> Folder {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&THREE));
    dir
}

/// The figure of the district.
fn figure(project: &str, id: &str) -> (Option<f64>, String) {
    let (v, told) = json(&["summary", project, "--json"]);
    (v["rows"][0]["indicators"][id]["value"].as_f64(), told)
}

fn save(dir: &Folder, name: &str, fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet);
    book.save(dir.path(name)).expect("saved");
}

/// A workbook of one sheet with these rows, as the standard asks for at least (ECMA-376 part 1).
fn raw_workbook(rows: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const LINKS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let link = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{LINKS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let parts = [
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

#[test]
fn per_cents_of_excel_are_what_it_shows() {
    let dir = folder();
    let per_cent = Format::new().set_num_format("0.0%");
    save(&dir, "t.xlsx", |sheet| {
        for (c, head) in ["code", "year", "sewage_treatment_pct"].into_iter().enumerate() {
            sheet.write(0, c as u16, head).expect("a head");
        }
        // 0.57 × 100 is not 57 in binary.
        for (r, value) in [0.57, 0.99, 0.84].into_iter().enumerate() {
            let r = r as u32 + 1;
            sheet.write(r, 0, format!("A{r}")).expect("a code");
            sheet.write(r, 1, 2023).expect("a year");
            sheet.write_with_format(r, 2, value, &per_cent).expect("a rate");
        }
    });
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.xlsx"], "");
    let (value, told) = figure(&project, "sewage_treatment_pct");
    assert_eq!(value, Some((57.0 + 99.0 + 84.0) / 3.0), "{told}");
    let (v, _) = json(&["gaps", &project, "--rule", "S1", "--json"]);
    let values: Vec<f64> = v["gaps"].as_array().expect("gaps").iter().filter_map(|g| g["value"].as_f64()).collect();
    assert_eq!(values, [57.0, 84.0]);
}

#[test]
fn public_case_50_and_d4_count_per_cents() {
    if let Some(case) = shared("case 50", "cases/50-percent-format/p.qiancun") {
        let (v, _) = json(&["gaps", &case.display().to_string(), "--rule", "S1", "--json"]);
        let values: Vec<f64> = v["gaps"].as_array().expect("gaps").iter().filter_map(|g| g["value"].as_f64()).collect();
        assert_eq!(values, [90.0, 91.0, 92.0, 93.0, 94.0, 95.0]);
    }
    if let (Some(xlsx), Some(csv)) =
        (shared("d4", "hostile-small/d4/p_xlsx.qiancun"), shared("d4", "hostile-small/d4/p_csv.qiancun"))
    {
        let of = |path: &std::path::Path, command: &str| {
            let (mut v, _) = json(&[command, &path.display().to_string(), "--json"]);
            v.as_object_mut().expect("an object").remove("project");
            v
        };
        for command in ["summary", "gaps"] {
            assert_eq!(of(&xlsx, command), of(&csv, command), "{command}");
        }
        let (v, _) = json(&["summary", &xlsx.display().to_string(), "--json"]);
        assert_eq!(v["rows"][0]["facilities"]["clinic"], 2, "a date in 建成年份 is no reason to vanish");
    }
}

#[test]
fn dates_of_excel_are_dates() {
    let dir = folder();
    let (day, year) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("yyyy"));
    save(&dir, "t.xlsx", |sheet| {
        for (c, head) in ["code", "年份", "污水处理率", "观测日期"].into_iter().enumerate() {
            sheet.write(0, c as u16, head).expect("a head");
        }
        for r in 1..=3 {
            sheet.write(r, 0, format!("A{r}")).expect("a code");
            let date = |text: &str| ExcelDateTime::parse_from_str(text).expect("a date");
            sheet.write_with_format(r, 1, date("2023-01-01"), &year).expect("a year");
            sheet.write(r, 2, 99.5).expect("a rate");
            sheet.write_with_format(r, 3, date("2015-11-05"), &day).expect("a date");
        }
    });
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.xlsx"], "");
    let (v, told) = json(&["gaps", &project, "--rule", "D4", "--json"]);
    let old = v["gaps"]
        .as_array()
        .expect("gaps")
        .iter()
        .filter(|g| g["reason"].as_str().is_some_and(|r| r.contains("2015-11-05")));
    assert_eq!(
        old.count(),
        3,
        "the date is one of the rates, not of the residents that the map itself knows: {v} {told}"
    );
    assert_eq!(v["year"], 2023);
    if let Some(case) = shared("case 56", "cases/56-date-cells/p.qiancun") {
        let of =
            |name: &str| json(&["gaps", &case.with_file_name(name).display().to_string(), "--rule", "D4", "--json"]).0;
        let (a, b) = (of("p.qiancun"), of("t.qiancun"));
        assert_eq!(a["gaps"], b["gaps"]);
        assert!(a["gaps"].as_array().is_some_and(|g| g.len() == 12), "6 rates and 6 counts of toilets: {a}");
    }
}

#[test]
fn a_date_where_a_year_stands_does_not_make_a_facility_vanish() {
    let dir = folder();
    dir.write("f.csv", "id,kind,lon,lat,建成年份,status\n1,clinic,116.001,40.001,2015年6月,in_use\n2,clinic,116.021,40.001,45261,in_use\n");
    dir.write("t.csv", "code,year,population\nA1,2023,300\n");
    let project = dir.project("p.qiancun", &["v.geojson", "f.csv"], &["t.csv"], "");
    let (v, told) = json(&["summary", &project, "--json"]);
    assert_eq!(v["rows"][0]["facilities"]["clinic"], 2, "{told}");
    assert!(told.contains("facility-bad-year") && told.contains("45261"), "{told}");
}

#[test]
fn a_decimal_comma_is_none_of_thousands() {
    let dir = folder();
    dir.write("t.csv", "code;year;sewage_treatment_pct;demolished_m2\nA1;2023;90,5;12,345\nA2;2023;91,5;12,345\nA3;2023;92,5;1.012,5\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let (value, told) = figure(&project, "demolished_m2");
    assert_eq!(value, Some(12.345 * 2.0 + 1012.5), "{told}");
    assert_eq!(figure(&project, "sewage_treatment_pct").0, Some(91.5));
    // Nothing in the file says which is meant.
    dir.write("u.csv", "code;year;demolished_m2\nA1;2023;12,345\nA2;2023;7\nA3;2023;5\n");
    let project = dir.project("u.qiancun", &["v.geojson"], &["u.csv"], "");
    let (value, told) = figure(&project, "demolished_m2");
    assert_eq!(value, Some(12.0));
    assert!(told.contains("cell-unclear-comma") && told.contains("12,345"), "{told}");
    // Thousands, where the file says so.
    dir.write("w.csv", "code;year;demolished_m2\nA1;2023;12,345\nA2;2023;1,234,567\nA3;2023;5\n");
    let project = dir.project("w.qiancun", &["v.geojson"], &["w.csv"], "");
    assert_eq!(figure(&project, "demolished_m2").0, Some(12_345.0 + 1_234_567.0 + 5.0));
    if let Some(case) = shared("case 59", "cases/59-decimal-comma/p.qiancun") {
        let (v, told) = json(&["summary", &case.display().to_string(), "--json"]);
        let m2 = v["rows"][0]["indicators"]["demolished_m2"]["value"].as_f64().expect("known");
        assert!((m2 - (12.345 + 13.345 + 14.345 + 15.345 + 16.345 + 17.345)).abs() < 1e-9, "{m2} {told}");
    }
}

#[test]
fn a_formula_without_a_stored_value_is_told_cell_by_cell() {
    let dir = folder();
    // As programs write it that do not compute: no value, an empty one, a formula shared with the row above.
    let cells =
        ["<f>1+1</f>", "<f t=\"shared\" ref=\"C3:C4\" si=\"0\">1+1</f><v></v>", "<f t=\"shared\" si=\"0\"/><v/>"];
    let text = |at: String, t: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{t}</t></is></c>");
    let head = ["code", "year", "sewage_treatment_pct"].iter().zip(["A1", "B1", "C1"]);
    let head: String = head.map(|(h, at)| text(at.to_owned(), h)).collect();
    let row = |(i, cell): (usize, &&str)| {
        let (r, code) = (i + 2, text(format!("A{}", i + 2), &format!("A{}", i + 1)));
        format!("<row r=\"{r}\">{code}<c r=\"B{r}\"><v>2023</v></c><c r=\"C{r}\">{cell}</c></row>")
    };
    let rows: String = cells.iter().enumerate().map(row).collect();
    dir.write("t.xlsx", raw_workbook(&format!("<row r=\"1\">{head}</row>{rows}")));
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.xlsx"], "");
    let (value, told) = figure(&project, "sewage_treatment_pct");
    assert_eq!(value, None);
    assert!(told.contains("formula-without-value") && (2..=4).all(|r| told.contains(&format!("t.xlsx:{r}"))), "{told}");
    if let Some(case) = shared("case 51", "cases/51-formula-without-value/p.qiancun") {
        let (_, told) = json(&["summary", &case.display().to_string(), "--json"]);
        assert!(told.contains("formula-without-value"), "{told}");
        assert!((2..=7).all(|line| told.contains(&format!("table.xlsx:{line}"))), "{told}");
    }
}

#[test]
fn rates_that_are_fractions_are_told() {
    let dir = folder();
    dir.write("t.csv", "code,year,sewage_treatment_pct\nA1,2023,0.95\nA2,2023,0.99\nA3,2023,1\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let (value, told) = figure(&project, "sewage_treatment_pct");
    assert!(told.contains("rates-taken-as-fractions"), "{told}");
    assert_eq!(value, Some(98.0));
    // All below one per cent, or all below a hundred: nobody can know.
    dir.write("t.csv", "code,year,sewage_treatment_pct\nA1,2023,0.1\nA2,2023,0.2\nA3,2023,0.3\n");
    let (value, told) = figure(&project, "sewage_treatment_pct");
    assert!(told.contains("rates-as-fractions"), "{told}");
    assert!(value.is_some_and(|v| (v - 0.2).abs() < 1e-9), "{value:?}");
}

#[test]
fn correcting_one_village_leaves_every_other_known() {
    let dir = Folder::new();
    let with_rate = THREE.map(|p| p.replace("\"town\"", "\"sewage_treatment_pct\":96.5,\"town\""));
    dir.write("v.geojson", villages(&with_rate.each_ref().map(String::as_str)));
    dir.write("t.csv", "code,year,population\nA1,2022,300\nA1,2023,310\nA2,2023,300\nA3,2023,300\n");
    let edit = "[[edit]]\nvillage = \"A1\"\nwhat = \"sewage_treatment_pct\"\nyear = 2023\nvalue = \"90\"\n";
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let content = std::fs::read_to_string(&project).expect("read") + edit;
    dir.write("p.qiancun", content);
    let known = |year: &str| {
        let (v, _) = json(&["summary", &project, "--year", year, "--json"]);
        let rate = &v["rows"][0]["indicators"]["sewage_treatment_pct"];
        (rate["known"].as_u64(), rate["value"].as_f64())
    };
    assert_eq!(known("2023"), (Some(3), Some((90.0 + 96.5 + 96.5) / 3.0)));
    assert_eq!(known("2022"), (Some(3), Some(96.5)));
    if let Some(d1) = shared("d1", "hostile-small/d1/a.qiancun") {
        let known = |name: &str| {
            let (v, _) = json(&["summary", &d1.with_file_name(name).display().to_string(), "--json"]);
            v["rows"][0]["indicators"]["sewage_treatment_pct"]["known"].as_u64()
        };
        assert_eq!((known("a.qiancun"), known("b.qiancun")), (Some(6), Some(6)));
    }
}

#[test]
fn numbers_of_facilities_are_read_as_those_of_tables() {
    let dir = folder();
    dir.write("t.csv", "code,year,population\nA1,2023,300\n");
    // 80,5 says what the comma is; C3 asks a clinic for 60 square metres at least.
    let head = "id;kind;lon;lat;area_m2;doctors;status\n";
    dir.write(
        "f.csv",
        format!("{head}1;clinic;116.001;40.001;30,5;1;in_use\n2;clinic;116.021;40.001;80,5;zwei;in_use\n"),
    );
    let project = dir.project("p.qiancun", &["v.geojson", "f.csv"], &["t.csv"], "");
    let (v, told) = json(&["gaps", &project, "--rule", "C3", "--json"]);
    let values: Vec<f64> = v["gaps"].as_array().expect("gaps").iter().filter_map(|g| g["value"].as_f64()).collect();
    assert!(values.contains(&30.5) && !values.contains(&80.5), "{v}");
    assert!(told.contains("cell-not-a-number") && told.contains("doctors · zwei"), "{told}");
}

#[test]
fn numerators_that_cannot_be_are_told_and_not_used() {
    let dir = folder();
    let heads = "code,year,sewage_treatment_pct_numerator,sewage_treatment_pct_denominator";
    dir.write("t.csv", format!("{heads}\nA1,2023,80,100\nA2,2023,viele,100\nA3,2023,130,100\n"));
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let (value, told) = figure(&project, "sewage_treatment_pct");
    assert_eq!(value, Some(80.0), "{told}");
    assert!(told.contains("cell-not-a-number") && told.contains("viele"), "{told}");
    assert!(told.contains("cell-out-of-range") && told.contains("130 / 100"), "{told}");
}
