//! Costs that grow no faster than n log n, or a stated ceiling and a word. What is checked is what comes out: at the sizes here what
//! grew with the square took minutes and gigabytes.

use std::fmt::Write;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::program::{Folder, collection, json, point};

/// A polygon with so many holes in rows, and the share of its area that they take.
fn perforated(side: usize) -> (String, f64) {
    let step = 1.0 / side as f64;
    let mut rings = String::from("[[116,40],[117,40],[117,41],[116,41],[116,40]]");
    for (i, j) in (0..side).flat_map(|i| (0..side).map(move |j| (i, j))) {
        let (x, y, d) = (116.0 + (i as f64 + 0.25) * step, 40.0 + (j as f64 + 0.25) * step, 0.5 * step);
        let (e, n) = (x + d, y + d);
        write!(rings, ",[[{x},{y}],[{x},{n}],[{e},{n}],[{e},{y}],[{x},{y}]]").expect("text");
    }
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"name":"h"}},"geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}]}}"#
    );
    (text, 0.25)
}

fn codes(file: &str) -> Vec<String> {
    let (v, _) = json(&["check", file, "--json"]);
    let problems = v["files"][0]["problems"].as_array().expect("problems").clone();
    problems.iter().filter_map(|p| Some(p["code"].as_str()?.to_owned())).collect()
}

#[test]
fn forty_thousand_holes_are_checked_measured_and_drawn() {
    let dir = Folder::new();
    let (text, share) = perforated(200);
    dir.write("h.geojson", text).write("whole.geojson", perforated(0).0);
    let (holes, whole) = (dir.text("h.geojson"), dir.text("whole.geojson"));
    assert!(codes(&holes).is_empty(), "{:?}", codes(&holes));
    let area = |file: &str| json(&["info", file, "--json"]).0["villages"][0]["area_km2"].as_f64().expect("an area");
    assert!((area(&holes) / area(&whole) - (1.0 - share)).abs() < 1e-5);
    let picture = dir.text("h.png");
    let out = crate::program::qiancun(&["shot", &holes, "-o", &picture, "--size", "800x600"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn a_tangle_of_three_thousand_positions_is_told_and_left_alone() {
    let dir = Folder::new();
    let (mut state, mut ring) = (1_u64, Vec::new());
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for _ in 0..3_000 {
        ring.push(format!("[{},{}]", 116.0 + random(), 40.0 + random()));
    }
    ring.push(ring[0].clone());
    let good = crate::program::square(118.0, 40.0, 0.5, r#"{"name":"good"}"#);
    let tangle = format!(
        r#"{{"type":"Feature","properties":{{"name":"tangle"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
        ring.join(",")
    );
    dir.write("t.geojson", collection(&[tangle, good]));
    let file = dir.text("t.geojson");
    assert_eq!(codes(&file), ["tangled-polygon"]);
    let (v, _) = json(&["info", &file, "--json"]);
    assert!(v["villages"][0]["area_km2"].is_null() && v["villages"][1]["area_km2"].as_f64() > Some(0.0), "{v}");
}

#[test]
fn fields_of_their_own_take_no_more_than_their_cells() {
    let dir = Folder::new();
    let of = |i: usize| {
        let own: Vec<String> = (0..100).map(|j| format!(r#""k{i}_{j}":{j}"#)).collect();
        point(116.0 + i as f64 * 1e-4, 40.0, &format!("{{{}}}", own.join(",")))
    };
    dir.write("own.geojson", collection(&(0..1_400).map(of).collect::<Vec<_>>()));
    let (v, _) = json(&["check", &dir.text("own.geojson"), "--json"]);
    let fields = v["files"][0]["fields"].as_array().expect("fields");
    assert_eq!(fields.len(), 140_000);
    assert!(fields.iter().all(|f| f["missing"] == 1_399 && f["type"] == "integer"));
    // 140,000 columns of 1,400 rows are 1.5 GB where every row takes eight bytes.
    let limited = format!(
        "ulimit -v 1500000; exec {} classify {} --field k7_99 --method equal --classes 2 --json",
        env!("CARGO_BIN_EXE_qiancun"),
        dir.text("own.geojson")
    );
    if cfg!(windows) {
        // There memory is not limited for one program.
        return;
    }
    let out = Command::new("sh").args(["-c", &limited]).output().expect("it runs");
    let v: serde_json::Value = serde_json::from_slice(&out.stdout).expect("classes");
    assert_eq!((v["missing"].as_u64(), v["classes"][0]["lower"].as_f64()), (Some(1_399), Some(99.0)));
}

#[test]
fn three_thousand_visits_of_one_gap_are_listed() {
    let dir = crate::survey::copied();
    let project = crate::survey::path(&dir, "haidian.qiancun");
    let (v, _) = json(&["gaps", &project, "--json"]);
    let gap = v["gaps"][0]["key"].as_str().expect("a gap").to_owned();
    let lines: String = (0..3_000)
        .map(|i| format!("{}\n", serde_json::json!({"gap": gap, "result": "confirmed", "by": format!("p{i}")})))
        .collect();
    let mut child = Command::new(env!("CARGO_BIN_EXE_qiancun"))
        .args(["survey", "add", &project, "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("input").write_all(lines.as_bytes()).expect("written");
    assert!(child.wait().expect("it ends").success());
    let (v, _) = json(&["survey", "list", &project, "--json"]);
    let visits = v["visits"].as_array().expect("visits");
    assert_eq!(visits.len(), 3_000);
    assert!(visits.iter().all(|v| v["status"] == "confirmed"));
}
