//! The command line prints what it promises, to the member.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn qiancun(arguments: &[&str]) -> Output {
    let dir = std::env::temp_dir();
    Command::new(env!("CARGO_BIN_EXE_qiancun"))
        .args(arguments)
        .env("QIANCUN_CONFIG_DIR", dir)
        .env("QIANCUN_LANG", "en")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the program starts")
}

fn json(arguments: &[&str]) -> Value {
    let out = qiancun(arguments);
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("one JSON document")
}

fn villages() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo/villages.geojson").display().to_string()
}

fn keys(v: &Value) -> Vec<&str> {
    v.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn check_says_what_a_file_is() {
    let v = json(&["check", &villages(), "--json"]);
    let file = &v["files"][0];
    assert_eq!(
        keys(file),
        [
            "path",
            "format",
            "layer",
            "encoding",
            "encoding_from",
            "crs",
            "crs_from",
            "features",
            "geometries",
            "vertices",
            "bounds",
            "bounds_source",
            "fields",
            "problems",
            "error"
        ]
    );
    assert_eq!(
        (&file["format"], &file["crs"], &file["crs_from"]),
        (&"geojson".into(), &"EPSG:4326".into(), &"default".into())
    );
    assert_eq!((file["features"].as_u64(), file["geometries"]["MultiPolygon"].as_u64()), (Some(71), Some(1)));
    assert_eq!(file["fields"][0], serde_json::json!({ "name": "code", "type": "text", "missing": 0 }));
    let out = qiancun(&["check", "/no/such/file", "--json"]);
    assert_eq!(out.status.code(), Some(1));
    let v: Value = serde_json::from_slice(&out.stdout).expect("JSON all the same");
    assert_eq!(v["files"][0]["error"]["code"], "not-found");
    assert!(v["files"][0]["features"].is_null());
}

#[test]
fn info_pick_and_nearest_agree_with_each_other() {
    let info = json(&["info", &villages(), "--json"]);
    let first = &info["villages"][0];
    assert_eq!(keys(first), ["feature", "code", "name", "area_km2", "perimeter_km", "point", "repaired"]);
    let at = format!("{},{}", first["point"][0], first["point"][1]);
    let pick = json(&["pick", &villages(), "--at", &at, "--json"]);
    assert_eq!(pick["points"][0]["features"], serde_json::json!([0]));
    let facilities = villages().replace("villages", "facilities");
    let nearest = json(&["nearest", &villages(), &facilities, "--kind", "clinic", "--json"]);
    assert_eq!(nearest["villages"].as_array().map(Vec::len), Some(71));
    assert_eq!(keys(&nearest["villages"][0]), ["feature", "facility", "distance_m"]);
    assert!(
        nearest["villages"]
            .as_array()
            .into_iter()
            .flatten()
            .all(|v| v["distance_m"].as_f64().is_some_and(|d| d < 5000.0))
    );
}

#[test]
fn classify_puts_ninety_nine_into_the_top_class() {
    let v = json(&[
        "classify",
        &villages(),
        "--field",
        "sewage_treatment_pct",
        "--method",
        "manual",
        "--breaks",
        "60,80,90,99",
        "--json",
    ]);
    assert_eq!(keys(&v), ["method", "field", "classes", "missing"]);
    let classes = v["classes"].as_array().expect("classes");
    assert_eq!(classes.iter().filter_map(|c| c["count"].as_u64()).collect::<Vec<_>>(), [3, 3, 6, 14, 43]);
    assert_eq!((v["missing"].as_u64(), &classes[4]["colour"]), (Some(2), &Value::from("#1d6fa5")));
}

#[test]
fn wrong_usage_is_two_and_unusable_input_is_one() {
    assert_eq!(qiancun(&["pick", &villages()]).status.code(), Some(2));
    assert_eq!(qiancun(&["classify", &villages(), "--field", "x", "--method", "best"]).status.code(), Some(2));
    assert_eq!(qiancun(&["classify", &villages(), "--field", "no such"]).status.code(), Some(1));
    assert_eq!(qiancun(&["info", "/no/such/file"]).status.code(), Some(1));
    if cfg!(windows) {
        // There is always a display: the window would open and stay.
        return;
    }
    let out = qiancun(&[]);
    assert_eq!(out.status.code(), Some(1));
    let message = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(message.contains("display") && message.contains("shot") && !message.contains("panicked"), "{message}");
}

#[test]
fn every_command_takes_a_language_and_no_mistyped_one_opens_a_window() {
    for arguments in [&["check", "--lang", "zh"][..], &["summary", "--lang", "zh"], &["info", "--lang", "zh"]] {
        let out = qiancun(arguments);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!said.contains("invalid option"), "{arguments:?}: {said}");
    }
    for arguments in [&["help", "--lang", "zh"][..], &["--lang", "zh", "--help"], &["check", "--help", "--lang", "zh"]]
    {
        let out = qiancun(arguments);
        assert!(out.status.success(), "{arguments:?}");
        assert!(String::from_utf8_lossy(&out.stdout).contains("检查文件"), "{arguments:?}");
    }
    assert_eq!(qiancun(&["check", "--lang", "fr"]).status.code(), Some(2));
    let out = qiancun(&["chekc", "a.geojson"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("did you mean check"));
}

#[test]
fn a_package_made_where_the_project_lies_has_its_log() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["villages.geojson", "facilities.geojson", "indicators.csv", "ground.mbtiles", "haidian.qiancun"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo").join(name);
        std::fs::copy(from, dir.path().join(name)).expect("copied");
    }
    let run = |folder: &Path, arguments: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_qiancun"))
            .args(arguments)
            .current_dir(folder)
            .env("QIANCUN_CONFIG_DIR", dir.path())
            .output()
            .expect("the program starts");
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    let gaps: Value = serde_json::from_str(&run(dir.path(), &["gaps", "haidian.qiancun", "--json"])).expect("JSON");
    let key = gaps["gaps"][0]["key"].as_str().expect("a gap").to_owned();
    run(dir.path(), &["survey", "add", "haidian.qiancun", "--gap", &key, "--result", "confirmed"]);
    run(dir.path(), &["pack", "haidian.qiancun", "-o", "all.zip", "--log"]);
    run(dir.path(), &["unpack", "all.zip", "-o", "there"]);
    let there = dir.path().join("there/all");
    assert!(there.join("haidian.survey.gpkg").is_file());
    let listed = run(&there, &["survey", "list", "haidian.qiancun", "--json"]);
    assert!(listed.contains(&key), "{listed}");
}
