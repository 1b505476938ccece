//! What independent reviewers found with files of their own: each fault as a test.

use std::io::Write;

use serde_json::Value;

use crate::program::{Folder, collection, json, point, qiancun, square};

/// Four villages in two towns, two of one name.
fn villages() -> String {
    let village = |i: usize, code: &str, name: &str, town: &str| {
        square(116.0 + 0.02 * i as f64, 40.0, 0.01, &format!(r#"{{"code":"{code}","name":"{name}","town":"{town}"}}"#))
    };
    collection(&[
        village(0, "110108001001", "东沟村", "甲镇"),
        village(1, "110108001002", "西沟村", "甲镇"),
        village(2, "110108001003", "八家村", "甲镇"),
        village(3, "110108002001", "八家村", "乙镇"),
    ])
}

fn figures(folder: &Folder, table: &str) -> Value {
    folder.write("v.geojson", villages()).write("t.csv", table);
    let project = folder.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    json(&["summary", &project, "--by", "town", "--json"]).0
}

fn of(summary: &Value, town: &str, id: &str) -> Option<f64> {
    let row = summary["rows"].as_array().expect("rows").iter().find(|r| r["name"] == town).expect("the town");
    row["indicators"][id]["value"].as_f64()
}

fn matched(folder: &Folder, table: &str) -> Value {
    folder.write("v.geojson", villages()).write("t.csv", table);
    let (document, _) = json(&["check", &folder.text("t.csv"), "--against", &folder.text("v.geojson"), "--json"]);
    document["files"][0].clone()
}

#[test]
fn a_number_of_rows_is_no_code_and_a_code_against_its_name_is_told() {
    let folder = Folder::new();
    let table = "id,村名,乡镇,公厕数\n4,东沟村,甲镇,1\n3,西沟村,甲镇,2\n2,八家村,甲镇,3\n1,八家村,乙镇,40\n";
    let summary = figures(&folder, table);
    assert_eq!(
        (of(&summary, "甲镇", "public_toilets"), of(&summary, "乙镇", "public_toilets")),
        (Some(6.0), Some(40.0))
    );
    let swapped = matched(&folder, "村代码,村名,公厕数\n110108001002,东沟村,1\n110108001001,西沟村,2\n");
    let causes = swapped["match"]["causes"].as_array().expect("causes");
    assert!(causes.iter().any(|c| c["code"] == "code-and-name-differ" && c["count"] == 2), "{causes:?}");
}

#[test]
fn units_in_heads_and_below_them_are_converted_or_told() {
    let folder = Folder::new();
    let table =
        "村名,乡镇,拆违面积（万平方米）,常住人口（万人）,街坊路（米）,污水处理率（‰）\n东沟村,甲镇,1.5,0.12,3500,900\n";
    let summary = figures(&folder, table);
    let values = ["demolished_m2", "population", "roads_km", "sewage_treatment_pct"].map(|id| of(&summary, "甲镇", id));
    assert_eq!(values, [Some(15_000.0), Some(1200.0), Some(3.5), Some(90.0)]);
    let table = "村名,乡镇,拆违面积,公厕数\n,,ha,座\n东沟村,甲镇,1.5,3\n";
    let summary = figures(&folder, table);
    assert_eq!(of(&summary, "甲镇", "demolished_m2"), Some(15_000.0), "ha in a row of units");
    let table = "村名,乡镇,拆违面积,公厕数（元）\n,,万m²,\n东沟村,甲镇,1.5,3\n";
    let summary = figures(&folder, table);
    assert_eq!((of(&summary, "甲镇", "demolished_m2"), of(&summary, "甲镇", "public_toilets")), (Some(15_000.0), None));
}

#[test]
fn towns_before_names_years_under_other_heads_and_groups_of_questions() {
    let folder = Folder::new();
    for table in [
        "村名,公厕数\n甲镇东沟村,1\n甲镇-西沟村,2\n甲镇/八家村,3\n乙镇 八家村村民委员会,4\n",
        "行政村,所属镇,公厕数\n东沟村,甲镇,1\n西沟村,甲镇,2\n八家村,甲镇,3\n八家村,乙镇,4\n",
        "_id,group/village,group/town,group/public_toilets\n9,东沟村,甲镇,1\n8,西沟村,甲镇,2\n7,八家村,甲镇,3\n6,八家村,乙镇,4\n",
    ] {
        let file = matched(&folder, table);
        assert_eq!((file["match"]["rows"].as_u64(), file["match"]["matched"].as_u64()), (Some(4), Some(4)), "{table}");
    }
    for head in ["统计年度", "数据年份", "时间", "Année", "periodname"] {
        let table =
            format!("村名,乡镇,{head},常住人口\n东沟村,甲镇,2021,100\n东沟村,甲镇,2022,200\n东沟村,甲镇,2023,300\n");
        let summary = figures(&folder, &table);
        assert_eq!((summary["year"].as_i64(), of(&summary, "甲镇", "population")), (Some(2023), Some(300.0)), "{head}");
    }
    // A comma that can be either is told, whatever a column beside it says.
    let summary = figures(&folder, "村名,乡镇,污水处理率,拆违面积\n东沟村,甲镇,\"90,5\",\"12,345\"\n");
    assert_eq!(
        (of(&summary, "甲镇", "sewage_treatment_pct"), of(&summary, "甲镇", "demolished_m2")),
        (Some(90.5), None)
    );
}

#[test]
fn places_that_are_written_in_several_ways_in_one_column() {
    let folder = Folder::new();
    let read = |text: &str| {
        folder.write("f.csv", text);
        json(&["check", &folder.text("f.csv"), "--json"]).0["files"][0].clone()
    };
    let file = read("名称,类别,坐标\nA,公厕,\"116.11,40.05\"\nB,公厕,\"116.12,40.05\"\nD,公厕,POINT (116.13 40.05)\n");
    assert_eq!((file["features"].as_u64(), file["geometries"]["Point"].as_u64()), (Some(3), Some(3)), "{file}");
    let file = read("名称,类别,坐标\nA,公厕,待定\nB,公厕,\"116.12,40.05\"\nC,公厕,\"E116.13,N40.05\"\n");
    assert_eq!(file["geometries"]["Point"], 2, "{file}");
    assert!(file["problems"].as_array().expect("problems").iter().any(|p| p["code"] == "row-without-position"));
    let file = read("名称,纬度,经度\nA,40 03 00 N,116:06:36\nB,４０．０５,116.11\n");
    assert_eq!(file["geometries"]["Point"], 2, "{file}");
}

#[test]
fn a_file_whose_axes_are_swapped_in_metres_is_told_and_kml_keeps_to_wgs_84() {
    let folder = Folder::new();
    // EPSG:4548: 117° E without the zone. X north, Y east, as surveyors write it.
    let swapped = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4548"}},"features":[
        {"type":"Feature","properties":{"name":"甲"},"geometry":{"type":"Point","coordinates":[4438758.0,427500.0]}},
        {"type":"Feature","properties":{"name":"乙"},"geometry":{"type":"Point","coordinates":[4439758.0,428500.0]}}]}"#;
    folder.write("s.geojson", swapped);
    let file = json(&["check", &folder.text("s.geojson"), "--json"]).0["files"][0].clone();
    let problems = file["problems"].as_array().expect("problems");
    assert!(problems.iter().any(|p| p["code"] == "swapped-axes" && p["count"] == 2), "{problems:?}");
    let right = swapped
        .replace("[4438758.0,427500.0]", "[427500.0,4438758.0]")
        .replace("[4439758.0,428500.0]", "[428500.0,4439758.0]");
    folder.write("r.geojson", right);
    let file = json(&["check", &folder.text("r.geojson"), "--json"]).0["files"][0].clone();
    let west = file["bounds"][0].as_f64().expect("a bound");
    assert!((west - 116.15).abs() < 0.01, "{file}");
    folder.write("p.geojson", collection(&[point(116.1, 40.05, r#"{"name":"a"}"#)]));
    let out = folder.text("o.kml");
    let run = |system: &str| qiancun(&["convert", &folder.text("p.geojson"), &out, "--to-crs", system]);
    assert_eq!(run("EPSG:4301").status.code(), Some(1), "Tokyo lies 400 m beside");
    assert!(run("EPSG:4490").status.success());
    let shifted = run("gcj02");
    assert!(shifted.status.success() && String::from_utf8_lossy(&shifted.stderr).contains("cannot say"));
}

#[test]
fn a_package_in_an_archive_has_its_layers() {
    let dir = crate::survey::copied();
    let project = crate::survey::path(&dir, "haidian.qiancun");
    let out = crate::survey::path(&dir, "round");
    assert!(qiancun(&["field", "export", &project, "-o", &out]).status.success());
    let bytes = std::fs::read(format!("{out}/round.gpkg")).expect("a package");
    let zip = crate::survey::path(&dir, "round.zip");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&zip).expect("a file"));
    writer.start_file("folder/round.gpkg", zip::write::SimpleFileOptions::default()).expect("begun");
    writer.write_all(&bytes).expect("written");
    writer.finish().expect("finished");
    let plain = json(&["check", &format!("{out}/round.gpkg"), "--json"]).0["files"].as_array().expect("files").len();
    let zipped = json(&["check", &zip, "--json"]).0;
    let layers: Vec<&str> =
        zipped["files"].as_array().expect("files").iter().filter_map(|f| f["layer"].as_str()).collect();
    assert!(plain > 1 && layers.len() == plain, "{plain} {layers:?}");
    let (one, _) = json(&["check", &format!("{zip}#gaps"), "--json"]);
    assert_eq!(one["files"].as_array().map(Vec::len), Some(1), "{one}");
}

#[test]
fn a_form_is_not_filled_with_another_years_figures() {
    let folder = Folder::new();
    folder.write("v.geojson", villages());
    folder.write("t.csv", "村名,乡镇,年份,公厕数,常住人口\n东沟村,甲镇,2022,20,1200\n东沟村,甲镇,2023,30,1300\n");
    let project = folder.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (c, head) in
        ["村名", "乡镇", "2021年公厕数", "2022年公厕数", "2023年公厕数", "常住人口（万人）"].iter().enumerate()
    {
        sheet.write(0, c as u16, *head).expect("written");
    }
    sheet.write(1, 0, "东沟村").expect("written");
    sheet.write(1, 1, "甲镇").expect("written");
    book.save(folder.path("form.xlsx")).expect("saved");
    let out = folder.text("filled.xlsx");
    let (report, _) = json(&["form", "fill", &project, &folder.text("form.xlsx"), "-o", &out, "--json"]);
    let blank = report["blank"].as_array().expect("blank");
    assert!(blank.iter().any(|b| b["cell"] == "C2" && b["why"] == "no-figures-of-the-year"), "{report}");
    assert_eq!(report["cells"], 3);
    let (filled, _) = json(&["check", &out, "--against", &folder.text("v.geojson"), "--json"]);
    assert!(filled["files"][0]["layout"]["columns"].as_array().is_some_and(|c| c.len() == 6), "{filled}");
}

#[test]
fn tables_of_dos_and_heights_of_topologies_are_read() {
    let dir = Folder::new();
    // One text field of ten bytes, three rows, language byte 2: the page 850.
    let names: [&[u8]; 3] = [b"Cr\x82teil   ", b"Orl\x82ans   ", b"S\x8Evres    "];
    let mut dbf = vec![3, 95, 1, 1, 3, 0, 0, 0, 65, 0, 11, 0];
    dbf.resize(32, 0);
    dbf[29] = 2;
    let mut field = b"NOM".to_vec();
    field.resize(11, 0);
    field.push(b'C');
    field.resize(16, 0);
    field.extend([10, 0]);
    field.resize(32, 0);
    dbf.extend(field);
    dbf.push(13);
    for name in names {
        dbf.push(b' ');
        dbf.extend_from_slice(name.get(..10).unwrap_or(name));
    }
    std::fs::write(dir.path("old.dbf"), &dbf).expect("written");
    let (document, _) = json(&["check", &dir.text("old.dbf"), "--json"]);
    assert_eq!(document["files"][0]["encoding"], "CP850", "{document}");
    qiancun(&["convert", &dir.text("old.dbf"), &dir.text("old.csv")]);
    let text = std::fs::read_to_string(dir.path("old.csv")).expect("converted");
    assert!(text.contains("Créteil") && text.contains("Orléans"), "{text}");
    // The same bytes as Windows wrote them keep being read as such.
    for byte in &mut dbf {
        *byte = if *byte == 0x82 { 0xE9 } else { *byte };
    }
    std::fs::write(dir.path("new.dbf"), &dbf).expect("written");
    assert_eq!(json(&["check", &dir.text("new.dbf"), "--json"]).0["files"][0]["encoding"], "windows-1252");

    dir.write(
        "t.topojson",
        r#"{"type":"Topology","transform":{"scale":[0.01,0.01],"translate":[116,40]},
        "arcs":[[[0,0,51],[1,0,52],[0,1,53],[-1,-1,51]]],
        "objects":{"villages":{"type":"GeometryCollection","geometries":[
          {"type":"Polygon","arcs":[[0]],"properties":{"code":"1","name":"甲村"}},
          {"type":"Point","coordinates":[2,2,60.5],"properties":{"code":"2","name":"乙点"}}]}}}"#,
    );
    qiancun(&["convert", &dir.text("t.topojson"), &dir.text("t.geojson")]);
    let text = std::fs::read_to_string(dir.path("t.geojson")).expect("converted");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let heights: Vec<f64> = document["features"][0]["geometry"]["coordinates"][0]
        .as_array()
        .expect("a ring")
        .iter()
        .filter_map(|at| at[2].as_f64())
        .collect();
    assert_eq!(heights.iter().sum::<f64>(), 51.0 * 2.0 + 52.0 + 53.0, "{text}");
    assert_eq!(document["features"][1]["geometry"]["coordinates"][2], 60.5, "{text}");
}

#[test]
fn of_months_the_latest_with_figures_counts_and_the_others_are_told() {
    let tables = [
        "村庄代码,村庄名称,年份,月份,污水处理率\n110108001001,东沟村,2024,1,81\n110108001001,东沟村,2024,2月,82\n\
         110108001001,东沟村,2024,3,\n110108001002,西沟村,2024,1,72\n",
        "村庄代码,日期,污水处理率\n110108001001,2024年2月,82\n110108001001,202401,81\n110108001002,2024-01,72\n",
        "村庄代码,2024年1月污水处理率,2024年2月污水处理率,2024年12月污水处理率\n110108001001,81,82,\n110108001002,71,72,\n",
        "村庄代码,污水处理率,\n,2024年1月,2024年2月\n110108001001,81,82\n110108001002,71,72\n",
    ];
    for table in tables {
        let folder = Folder::new();
        folder.write("v.geojson", villages()).write("t.csv", table);
        let project = folder.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
        let (summary, told) = json(&["summary", &project, "--by", "town", "--year", "2024", "--json"]);
        assert_eq!(of(&summary, "甲镇", "sewage_treatment_pct"), Some(77.0), "{table}: {summary}");
        let (document, _) = json(&["check", &folder.text("t.csv"), "--against", &folder.text("v.geojson"), "--json"]);
        let report = &document["files"][0]["match"];
        assert_eq!(report["duplicate"], 0, "{table}: {report}");
        assert!(report["by"]["code"].as_u64().is_some_and(|n| n >= 2), "{table}: {report}");
        assert!(told.contains("months-latest"), "{table}: {told}");
    }
}

#[test]
fn facilities_of_strangers_are_told_by_their_heads_their_file_or_a_person() {
    let folder = Folder::new();
    let points =
        |properties: &str| collection(&[point(116.005, 40.005, properties), point(116.006, 40.006, properties)]);
    folder.write("v.geojson", villages());
    let clinics = |file: &str, rest: &str| {
        let layer = format!("[[layer]]\npath = \"{file}\"\n{rest}\n");
        folder.write("p.qiancun", format!("version = 1\n[[layer]]\npath = \"v.geojson\"\n{layer}"));
        let summary = json(&["summary", &folder.text("p.qiancun"), "--json"]).0;
        summary["rows"][0]["facilities"]["clinic"].as_u64().unwrap_or(0)
    };
    folder.write("places.geojson", points(r#"{"Type d'établissement":"Health Post","Nom":"A"}"#));
    assert_eq!(clinics("places.geojson", ""), 2);
    folder.write("村卫生室2024.geojson", points(r#"{"title":"甲"}"#));
    assert_eq!(clinics("村卫生室2024.geojson", ""), 2);
    folder.write("x.geojson", points(r#"{"art":"Krankenhaus"}"#));
    assert_eq!(clinics("x.geojson", ""), 0);
    assert_eq!(clinics("x.geojson", "fields = { kind = \"=clinic\" }"), 2);
}

#[test]
fn tables_of_other_years_mean_the_villages_of_their_own_boundaries() {
    let folder = Folder::new();
    let village = |west: f64, width: f64, code: &str, name: &str| {
        let (east, south, north) = (west + width, 40.0, 40.01);
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}","name":"{name}","town":"甲镇"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        )
    };
    // Of 2019: three villages. Today the first two are one under the code of the second, and the third is as it was.
    folder.write(
        "2019.geojson",
        collection(&[
            village(116.0, 0.01, "110108001001", "东沟村"),
            village(116.01, 0.02, "110108001002", "西沟村"),
            village(116.03, 0.01, "110108001003", "八家村"),
        ]),
    );
    folder.write(
        "now.geojson",
        collection(&[
            village(116.0, 0.03, "110108001002", "沟里新村"),
            village(116.03, 0.01, "110108001003", "八家村"),
        ]),
    );
    folder.write(
        "t.csv",
        "村庄代码,村庄名称,年份,污水处理率\n110108001001,东沟村,2019,81\n110108001002,西沟村,2019,82\n110108001003,八家村,2019,70\n\
         110108001002,沟里新村,2023,95\n",
    );
    let layers = "[[layer]]\npath = \"now.geojson\"\nkind = \"villages\"\nvalid_from = \"2021\"\n\
                  [[layer]]\npath = \"2019.geojson\"\nkind = \"villages\"\nvalid_from = \"2015-01-01\"\n";
    let project = folder.text("p.qiancun");
    folder.write("p.qiancun", format!("version = 1\n{layers}[[table]]\npath = \"t.csv\"\n"));
    let (document, _) = json(&["check", &folder.text("t.csv"), "--against", &project, "--json"]);
    let report = &document["files"][0]["match"];
    assert_eq!((report["matched"].as_u64(), report["unmatched"].as_u64()), (Some(2), Some(2)), "{report}");
    let cause = &report["causes"][0];
    assert_eq!((cause["code"].as_str(), cause["count"].as_u64()), (Some("edition-differs"), Some(2)), "{report}");
    assert!(cause["proposal"].as_str().is_some_and(|p| p.starts_with("沟里新村")), "{report}");
    // What a person decides is an alias, and counts.
    let alias = "[[alias]]\ncode = \"110108001002\"\nname = \"西沟村\"\nvillage = \"110108001002\"\n";
    folder.write("p.qiancun", format!("version = 1\n{layers}[[table]]\npath = \"t.csv\"\n{alias}"));
    let (document, _) = json(&["check", &folder.text("t.csv"), "--against", &project, "--json"]);
    assert_eq!(document["files"][0]["match"]["by"]["alias"], 1, "{document}");
    let summary = json(&["summary", &project, "--by", "town", "--year", "2019", "--json"]).0;
    assert_eq!(of(&summary, "甲镇", "sewage_treatment_pct"), Some(76.0), "{summary}");
    // Years in heads mean their own boundaries, too: one of them is enough.
    folder.write("w.csv", "村庄代码,2019年污水处理率,2023年污水处理率\n110108001002,82,95\n110108001003,70,90\n");
    let (document, _) = json(&["check", &folder.text("w.csv"), "--against", &project, "--json"]);
    let report = &document["files"][0]["match"];
    assert_eq!((report["matched"].as_u64(), report["unmatched"].as_u64()), (Some(1), Some(1)), "{report}");
}

#[test]
fn long_digits_measure_nothing_and_words_with_a_number_among_them_are_no_figures() {
    let folder = Folder::new();
    let report = matched(
        &folder,
        "dm,mc,tel,commit,income\n110108001001,东沟村,13800138001,660187e,1204\n110108001002,西沟村,13800138002,61128a1,—\n\
         110108001003,八家村,13800138003,ab12cd3,688\n",
    );
    let roles: Vec<(&str, &str)> = report["layout"]["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .filter_map(|c| Some((c["head"].as_str()?, c["role"].as_str()?)))
        .collect();
    assert_eq!(roles, [("dm", "code"), ("mc", "name"), ("tel", "leave"), ("commit", "leave"), ("income", "new")]);
    assert_eq!(report["match"]["by"]["code"], 3, "{report}");
}
