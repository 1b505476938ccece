//! `qiancun summary` on the demonstration and on copies of it with something changed.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn demo() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo")
}

fn summary(project: &Path, more: &[&str]) -> (Value, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_qiancun"))
        .arg("summary")
        .arg(project)
        .arg("--json")
        .args(more)
        .output()
        .expect("it runs");
    let document = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    (document, String::from_utf8_lossy(&out.stderr).into_owned())
}

fn value(document: &Value, row: usize, id: &str) -> Option<f64> {
    document["rows"][row]["indicators"][id]["value"].as_f64()
}

#[test]
fn the_demonstration_adds_up() {
    let project = demo().join("haidian.qiancun");
    let (now, said) = summary(&project, &[]);
    assert_eq!(now["year"], 2023);
    assert_eq!(now["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(now["rows"][0]["villages"], 71);
    assert_eq!(value(&now, 0, "dry_rebuilt"), Some(137.0));
    assert_eq!(value(&now, 0, "flush_improved"), Some(181.0));
    assert_eq!(value(&now, 0, "clinics_built"), Some(16.0));
    let sewage = value(&now, 0, "sewage_treatment_pct").expect("known");
    assert!((99.0..=100.0).contains(&sewage), "{sewage}");
    assert_eq!(now["rows"][0]["indicators"]["sewage_treatment_pct"]["unknown"], 2);
    assert_eq!(value(&now, 0, "clinic"), None);
    let covered = now["rows"][0]["covered_share"].as_f64().expect("known");
    assert!((0.0..=1.0).contains(&covered));
    // The planted problems of tables and joins, each of its kind once, and no other.
    for (code, times) in [("row-without-village", 1), ("facility-elsewhere", 1), ("cumulative-falls", 1)] {
        assert_eq!(said.matches(code).count(), times, "{code}: {said}");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
    let (before, _) = summary(&project, &["--year", "2018"]);
    assert!(value(&before, 0, "dry_rebuilt") < Some(137.0));
    let (wide, _) = summary(&project, &["--radius", "5000"]);
    assert!(wide["rows"][0]["covered_share"].as_f64() > Some(covered));
    assert_eq!(summary(&project, &["--year", "1999"]).0["error"]["code"], "no-such-year");
}

#[test]
fn towns_and_groups_add_up_to_the_district() {
    let project = demo().join("haidian.qiancun");
    let (all, _) = summary(&project, &[]);
    for (by, rows) in [("town", 6), ("group", 2)] {
        let (parts, _) = summary(&project, &["--by", by]);
        assert_eq!(parts["rows"].as_array().map(Vec::len), Some(rows));
        for id in ["dry_rebuilt", "flush_improved", "population"] {
            let sum: f64 = (0..rows).filter_map(|r| value(&parts, r, id)).sum();
            assert_eq!(Some(sum), value(&all, 0, id), "{by} {id}");
        }
    }
}

#[test]
fn one_figure_changed_and_one_blanked_give_exactly_that() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv"] {
        std::fs::copy(demo().join(name), dir.path().join(name)).expect("copied");
    }
    let table = dir.path().join("indicators.csv");
    let text = std::fs::read_to_string(&table).expect("read");
    let head: Vec<&str> = text.lines().next().expect("a head").split(',').collect();
    let at = |id: &str| head.iter().position(|h| h.trim_start_matches('\u{feff}') == id).expect("a column");
    let mut before = None;
    let changed: Vec<String> = text
        .lines()
        .map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if cells[0].ends_with("DEMO00000005") && cells[3] == "2023" {
                before = cells[at("dry_rebuilt")].parse::<f64>().ok();
                cells[at("dry_rebuilt")] = (before.expect("a number") + 5.0).to_string();
                cells[at("roads_km")] = String::new();
            }
            cells.join(",")
        })
        .collect();
    std::fs::write(&table, changed.join("\n")).expect("written");
    assert!(before.is_some());
    let (a, _) = summary(&demo().join("haidian.qiancun"), &[]);
    let (b, _) = summary(&dir.path().join("haidian.qiancun"), &[]);
    for (id, total) in a["rows"][0]["indicators"].as_object().expect("indicators") {
        let other = &b["rows"][0]["indicators"][id];
        match id.as_str() {
            "dry_rebuilt" => assert_eq!(other["value"].as_f64(), Some(142.0)),
            // What is computed from a changed figure changes with it.
            "dry_rebuilt_pct" => assert_eq!(other["value"].as_f64(), Some(100.0 * 142.0 / 145.0)),
            "roads_km" => {
                assert_eq!(other["unknown"].as_u64(), total["unknown"].as_u64().map(|n| n + 1));
            }
            _ => assert_eq!(other, total, "{id}"),
        }
    }
}
