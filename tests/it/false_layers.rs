//! Nothing false from maps: what is no village is not counted as one, and what is one is counted once.

use serde_json::Value;

use crate::program::{Folder, collection, json, point, shared, square, villages};

fn demo() -> String {
    crate::window::demo("").display().to_string()
}

fn gap_count(project: &str) -> usize {
    json(&["gaps", project, "--json"]).0["gaps"].as_array().expect("gaps").len()
}

fn rows(project: &str, by: &str) -> (Vec<Value>, String) {
    let (v, told) = json(&["summary", project, "--by", by, "--json"]);
    (v["rows"].as_array().expect("rows").clone(), told)
}

/// The demonstration with other layers on top of its own.
fn with_layers(dir: &Folder, name: &str, layers: &[&str]) -> String {
    let demo = demo();
    let path = |n: &str| format!("{}/{n}", demo.trim_end_matches('/'));
    let (villages, facilities, table) = (path("villages.geojson"), path("facilities.geojson"), path("indicators.csv"));
    let all: Vec<&str> = layers.iter().copied().chain([facilities.as_str(), villages.as_str()]).collect();
    dir.project(name, &all, &[&table], "")
}

#[test]
fn a_lake_or_a_town_outline_beside_villages_is_not_the_villages() {
    let dir = Folder::new();
    let lake = |i: usize| square(116.1 + 0.05 * i as f64, 40.0, 0.04, &format!(r#"{{"name":"昆明湖{i}","id":{i}}}"#));
    dir.write("lakes.geojson", collection(&(0..3).map(lake).collect::<Vec<_>>()));
    let town = |i: usize| {
        let properties = format!(r#"{{"code":"11010802{i}","name":"镇{i}镇","district":"海淀区","population":1000}}"#);
        square(116.0 + 0.2 * i as f64, 39.9, 0.2, &properties)
    };
    dir.write("towns.geojson", collection(&(0..2).map(town).collect::<Vec<_>>()));
    let right = with_layers(&dir, "right.qiancun", &[]);
    let (gaps, (summary, _)) = (gap_count(&right), rows(&right, "town"));
    for layers in [&["lakes.geojson"][..], &["towns.geojson"], &["lakes.geojson", "towns.geojson"]] {
        let project = with_layers(&dir, "p.qiancun", layers);
        assert_eq!(gap_count(&project), gaps, "{layers:?}");
        assert_eq!(rows(&project, "town").0, summary, "{layers:?}");
    }
    // Villages that say little of themselves, under an outline that says more.
    let named = |i: usize| square(116.0 + 0.05 * i as f64, 39.9, 0.05, &format!(r#"{{"name":"东{i}村"}}"#));
    dir.write("bare.geojson", collection(&(0..8).map(named).collect::<Vec<_>>()));
    dir.write("t.csv", "村名,年份,人口\n东1村,2023,100\n");
    let project = dir.project("bare.qiancun", &["towns.geojson", "bare.geojson"], &["t.csv"], "");
    assert_eq!(rows(&project, "district").0[0]["villages"], 8);
}

#[test]
fn toilets_drawn_as_areas_are_facilities() {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&[r#"{"code":"A1","name":"Alpha"}"#, r#"{"code":"A2","name":"Beta"}"#]));
    let toilet = |i: usize| {
        let properties = format!(r#"{{"id":"T{i}","kind":"public_toilet","status":"in_use","class":"2"}}"#);
        (116.002 + 0.002 * i as f64, 40.004, properties)
    };
    let areas: Vec<String> = (0..3).map(toilet).map(|(x, y, p)| square(x, y, 0.0001, &p)).collect();
    let points: Vec<String> = (0..3).map(toilet).map(|(x, y, p)| point(x + 0.00005, y + 0.00005, &p)).collect();
    dir.write("areas.geojson", collection(&areas)).write("points.geojson", collection(&points));
    dir.write("t.csv", "code,year,population\nA1,2023,100\nA2,2023,100\n");
    let areas = dir.project("a.qiancun", &["areas.geojson", "v.geojson"], &["t.csv"], "");
    let points = dir.project("b.qiancun", &["points.geojson", "v.geojson"], &["t.csv"], "");
    assert_eq!(rows(&areas, "district").0, rows(&points, "district").0);
    assert_eq!(rows(&areas, "district").0[0]["villages"], 2);
    assert_eq!(rows(&areas, "district").0[0]["facilities"]["public_toilet"], 3);
    assert_eq!(gap_count(&areas), gap_count(&points));
}

#[test]
fn label_points_in_a_boundary_file_are_no_villages() {
    let dir = Folder::new();
    let properties = |i: usize| format!(r#"{{"code":"A{i}","name":"V{i}","town":"T","population":100}}"#);
    let mut features: Vec<String> =
        (0..3).map(|i| square(116.0 + 0.02 * i as f64, 40.0, 0.01, &properties(i))).collect();
    features.extend((0..3).map(|i| point(116.005 + 0.02 * i as f64, 40.005, &properties(i))));
    features.push(point(116.3, 40.0, r#"{"code":"A9","name":"Far"}"#));
    dir.write("v.geojson", collection(&features));
    dir.write("t.csv", "code,year,sewage_treatment_pct\nA0,2023,99\nA1,2023,99\nA2,2023,99\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let (rows, told) = rows(&project, "town");
    assert_eq!((rows.len(), &rows[0]["villages"], &rows[0]["population"]), (1, &3.into(), &300.0.into()), "{told}");
    assert_eq!(rows[0]["indicators"]["sewage_treatment_pct"]["known"], 3);
    assert!(told.contains("label-points"), "{told}");
    assert!(told.contains("point-without-area") && told.contains("Far"), "{told}");
    assert_eq!(json(&["gaps", &project, "--rule", "D4", "--json"]).0["gaps"].as_array().map(Vec::len), Some(0));
    if let Some(case) = shared("case 22", "cases/22-labels-in-boundaries/p.qiancun") {
        let (v, _) = json(&["summary", &case.display().to_string(), "--by", "town", "--json"]);
        let of = |i: usize| (v["rows"][i]["villages"].as_u64(), v["rows"][i]["population"].as_f64());
        assert_eq!([of(0), of(1)], [(Some(3), Some(3500.0)), (Some(3), Some(2600.0))]);
        let gaps = json(&["gaps", &case.display().to_string(), "--rule", "D4", "--json"]).0;
        assert_eq!(gaps["gaps"].as_array().map(Vec::len), Some(0), "{gaps}");
        let file = json(&["check", &case.with_file_name("villages.geojson").display().to_string(), "--json"]).0;
        let problems = file["files"][0]["problems"].as_array().expect("problems").clone();
        assert!(problems.iter().any(|p| p["code"] == "label-points" && p["severity"] == "info"), "{problems:?}");
    }
}

#[test]
fn one_village_in_two_features_is_counted_once() {
    let Some(case) = shared("case 11", "cases/11-duplicate-codes-exclave/p.qiancun") else { return };
    let (rows, told) = rows(&case.display().to_string(), "town");
    let second = &rows[1];
    assert_eq!(
        (&second["villages"], &second["households"], &second["population"]),
        (&3.into(), &970.0.into(), &2600.0.into())
    );
    assert_eq!(second["indicators"]["public_toilets"]["value"], 15.0, "its row is joined");
    assert_eq!(rows[0]["indicators"]["public_toilets"]["known"], 1, "the row of a code on two villages is not guessed");
    assert!(told.contains("row-ambiguous") && told.contains("990108026201"), "{told}");
    let file = json(&["check", &case.with_file_name("villages.geojson").display().to_string(), "--json"]).0;
    let of = |severity: &str| {
        let problems = file["files"][0]["problems"].as_array().expect("problems").clone();
        problems.into_iter().find(|p| p["code"] == "duplicate-code" && p["severity"] == severity).expect("told")
    };
    let text = of("warning")["message"].to_string();
    assert!(text.contains("东沟村") && text.contains("西沟村") && text.contains("990108026201"), "{text}");
    assert!(of("info")["message"].to_string().contains("草厂村"));
    assert_eq!((&of("warning")["count"], &of("info")["count"]), (&1.into(), &1.into()));
}

#[test]
fn parts_that_a_program_took_apart_are_one_village_and_look_alikes_are_not() {
    let dir = Folder::new();
    // Without a code: the same in every field. Numbers of wards start anew in every zone, and have no names.
    let exploded =
        [r#"{"name":"Alpha","town":"T","population":100}"#, r#"{"name":"Alpha","town":"T","population":100}"#];
    dir.write("v.geojson", villages(&[exploded[0], exploded[1], r#"{"name":"Alpha","town":"U","population":5}"#]));
    dir.write("t.csv", "name,town,year,public_toilets\nAlpha,T,2023,4\nAlpha,U,2023,2\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let (all, told) = rows(&project, "district");
    assert_eq!((&all[0]["villages"], &all[0]["population"]), (&2.into(), &105.0.into()), "{told}");
    assert_eq!(all[0]["indicators"]["public_toilets"]["value"], 6.0, "{told}");
    let wards = [r#"{"wardno":"1","zone":"a"}"#, r#"{"wardno":"1","zone":"b"}"#];
    dir.write("w.geojson", villages(&wards)).write("u.csv", "code,year,public_toilets\n1,2023,4\n");
    let project = dir.project("w.qiancun", &["w.geojson"], &["u.csv"], "");
    assert_eq!(rows(&project, "district").0[0]["villages"], 2);
}

#[test]
fn two_counties_with_a_town_of_one_name_are_two_towns() {
    let dir = Folder::new();
    let of = |code: &str, county: &str, people: u32| {
        format!(r#"{{"code":"{code}","name":"{code}村","town":"城关镇","district":"{county}","population":{people}}}"#)
    };
    let list = [of("A1", "甲县", 100), of("A2", "甲县", 100), of("B1", "乙县", 1000)];
    dir.write("v.geojson", villages(&list.each_ref().map(String::as_str)));
    dir.write("t.csv", "code,year,public_toilets\nA1,2023,1\nA2,2023,1\nB1,2023,9\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    let (rows, _) = rows(&project, "town");
    let told: Vec<_> =
        rows.iter().map(|r| (r["name"].as_str(), r["villages"].as_u64(), r["population"].as_f64())).collect();
    assert_eq!(told, [(Some("甲县 · 城关镇"), Some(2), Some(200.0)), (Some("乙县 · 城关镇"), Some(1), Some(1000.0))]);
}

#[test]
fn dt_name_is_not_taken_for_the_district() {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&[r#"{"code":"A1","name":"Alpha","dt_name":"East"}"#]));
    dir.write("t.csv", "code,year,public_toilets\nA1,2023,1\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &["t.csv"], "");
    assert_eq!(rows(&project, "district").0[0]["name"], "");
}

#[test]
fn of_two_facility_files_numbered_from_one_none_is_corrected_by_chance() {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&[r#"{"code":"A1","name":"Alpha"}"#, r#"{"code":"A2","name":"Beta"}"#]));
    let file = |kind: &str| {
        format!("id,kind,lon,lat,status\n1,{kind},116.001,40.001,in_use\n2,{kind},116.021,40.001,in_use\n")
    };
    std::fs::create_dir(dir.path("old")).expect("a folder");
    dir.write("toilets.csv", file("public_toilet")).write("clinics.csv", file("clinic"));
    dir.write("old/toilets.csv", file("waste_point")).write("t.csv", "code,year,population\nA1,2023,300\n");
    let layers = ["toilets.csv", "clinics.csv", "old/toilets.csv", "v.geojson"];
    let of = |edit: &str| {
        let project = dir.project("p.qiancun", &layers, &["t.csv"], "");
        let content = std::fs::read_to_string(&project).expect("read");
        dir.write(
            "p.qiancun",
            format!("{content}[[edit]]\nfacility = \"1\"\n{edit}what = \"status\"\nvalue = \"closed\"\n"),
        );
        let (rows, told) = rows(&project, "district");
        let count = |kind: &str| rows[0]["facilities"][kind].as_u64().expect("a count");
        ([count("public_toilet"), count("clinic"), count("waste_point")], told)
    };
    let (counts, told) = of("");
    assert_eq!(counts, [2, 2, 2], "it is not clear which is meant");
    assert!(told.contains("edit-ambiguous"), "{told}");
    assert_eq!(of("layer = \"clinics\"\n").0, [2, 1, 2]);
    assert!(of("layer = \"toilets\"\n").1.contains("edit-ambiguous"));
    assert_eq!(of("layer = \"old/toilets\"\n").0, [2, 2, 1]);
    if let Some(d7) = shared("d7", "hostile-small/d7/b.qiancun") {
        let (rows, told) = rows(&d7.display().to_string(), "district");
        assert_eq!((&rows[0]["facilities"]["public_toilet"], &rows[0]["facilities"]["clinic"]), (&2.into(), &2.into()));
        assert!(told.contains("edit-ambiguous"), "{told}");
    }
}
