//! `qiancun gaps` on the demonstration and on copies of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use qiancun::cli::demo::{PLANTED, SEWAGE_BELOW_99};
use serde_json::Value;

fn demo() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo")
}

fn gaps(project: &Path, more: &[&str]) -> (Value, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_qiancun")).arg("gaps").arg(project).arg("--json").args(more).output();
    let out = run.expect("it runs");
    let document = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    (document, String::from_utf8_lossy(&out.stderr).into_owned())
}

fn of_rule<'a>(document: &'a Value, rule: &str) -> Vec<&'a Value> {
    document["gaps"].as_array().into_iter().flatten().filter(|g| g["rule"] == rule).collect()
}

fn villages(document: &Value, rule: &str) -> Vec<String> {
    let name = |g: &&Value| g["village"]["name"].as_str().unwrap_or("海淀区").to_owned();
    let mut names: Vec<String> = of_rule(document, rule).iter().map(name).collect();
    names.sort();
    names
}

/// A copy of the demonstration with the project's text, the tables or the facilities changed.
fn changed(change: impl Fn(&str, String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv"] {
        let text = std::fs::read_to_string(demo().join(name)).expect("the demonstration is there");
        std::fs::write(folder.path().join(name), change(name, text)).expect("it can be written");
    }
    folder
}

#[test]
fn the_demonstration_has_exactly_the_planted_gaps() {
    let (document, _) = gaps(&demo().join("haidian.qiancun"), &[]);
    for rule in ["T1", "T3", "T5", "H1", "W1", "C1", "C3", "D1", "D2", "D3", "D4", "D5", "E1"] {
        let mut planted: Vec<&str> = PLANTED.iter().filter(|p| p.rule == rule).map(|p| p.place).collect();
        planted.sort_unstable();
        assert_eq!(villages(&document, rule), planted, "{rule}");
    }
    let set = |rule| villages(&document, rule).into_iter().collect::<BTreeSet<_>>();
    let names = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<_>>();
    // What is planted, and what follows from it.
    assert_eq!(set("T2"), names(&["唐家岭", "塔院", "西小营", "聂各庄", "徐各庄"]));
    assert_eq!(set("T4"), names(&["屯佃", "梁家园"]));
    assert_eq!(set("S1"), SEWAGE_BELOW_99.iter().map(|(n, _)| (*n).to_owned()).collect());
    assert!(set("C2").contains("大牛坊"));
    for gap in of_rule(&document, "S1") {
        let value = gap["value"].as_f64().expect("a figure");
        assert_eq!(gap["severity"], if value < 90.0 { "high" } else { "medium" });
        assert_eq!((gap["threshold"].as_f64(), gap["unit"].as_str()), (Some(99.0), Some("%")));
    }
    for gap in of_rule(&document, "C2") {
        assert!(
            gap["distance_m"].as_f64() > Some(2000.0) && gap["reason"].as_str().is_some_and(|r| r.contains("straight"))
        );
    }
    let ungraded: Vec<_> = of_rule(&document, "T2").into_iter().filter(|g| g["severity"] == "data").collect();
    assert_eq!(ungraded.len(), 1);
    // Every reason is a sentence with nothing left to fill in; every key is its own.
    let all = document["gaps"].as_array().expect("gaps");
    for lang in ["zh", "en"] {
        let (told, _) = gaps(&demo().join("haidian.qiancun"), &["--lang", lang]);
        for gap in told["gaps"].as_array().expect("gaps") {
            let reason = gap["reason"].as_str().expect("a reason");
            assert!(!reason.is_empty() && !reason.contains(['{', '}']), "{reason}");
        }
    }
    assert_eq!(all.iter().map(|g| g["key"].to_string()).collect::<BTreeSet<_>>().len(), all.len());
    let unknown = |rule: &str| document["rules"].as_array()?.iter().find(|r| r["id"] == rule)?["unknown"].as_u64();
    assert_eq!((unknown("S1"), unknown("T1")), (Some(2), Some(0)));
}

#[test]
fn a_project_changes_rules_and_adds_its_own() {
    let folder = changed(|name, text| match name {
        "haidian.qiancun" => {
            text + "\n[[rule]]\nid='T5'\nlimits={residents=1200}\n[[rule]]\nid='T1'\noff=true\n\
                    [[rule]]\nid='C1'\nexempt=['大牛坊']\n[[rule]]\nid='X1'\nzh='污水差且村大'\nseverity='high'\n\
                    when='sewage_treatment_pct < 80 and population > 300'\n[[rule]]\nid='X2'\nwhen='nonsense < 3'\n"
        }
        _ => text,
    });
    let (document, said) = gaps(&folder.path().join("haidian.qiancun"), &[]);
    assert!(villages(&document, "T5").is_empty() && villages(&document, "C1").is_empty());
    assert!(document["rules"].as_array().expect("rules").iter().all(|r| r["id"] != "T1"));
    assert!(!villages(&document, "X1").is_empty());
    // Sewage unknown and enough people: it cannot be told.
    let own = document["rules"].as_array().expect("rules").iter().find(|r| r["id"] == "X1").expect("the rule");
    assert_eq!(own["unknown"], 2);
    assert!(said.contains("X2"), "{said}");
}

#[test]
fn what_is_unknown_is_neither_a_gap_nor_fine() {
    // The one clinic of a village without status: whether it has one cannot be told.
    let folder = changed(|name, text| match name {
        "facilities.geojson" => text.replacen(
            "\"kind\":\"clinic\",\"name\":\"常乐卫生室\",\"village_code\":\"DEMO00000025\",\"status\":\"in_use\"",
            "\"kind\":\"clinic\",\"name\":\"常乐卫生室\",\"village_code\":\"DEMO00000025\",\"status\":null",
            1,
        ),
        _ => text,
    });
    let (document, _) = gaps(&folder.path().join("haidian.qiancun"), &["--rule", "C1"]);
    assert_eq!(villages(&document, "C1"), ["大牛坊"]);
    assert_eq!(document["rules"][0]["unknown"], 1);
    // Closed: its own by the table, none in use on the map.
    let folder = changed(|name, text| match name {
        "facilities.geojson" => text.replacen(
            "\"name\":\"常乐卫生室\",\"village_code\":\"DEMO00000025\",\"status\":\"in_use\"",
            "\"name\":\"常乐卫生室\",\"village_code\":\"DEMO00000025\",\"status\":\"closed\"",
            1,
        ),
        _ => text,
    });
    let (document, _) = gaps(&folder.path().join("haidian.qiancun"), &["--rule", "C1"]);
    assert_eq!(villages(&document, "C1"), ["大牛坊", "常乐"]);
}

#[test]
fn buildings_on_the_map_decide_how_many_live_too_far_from_a_toilet() {
    let at = |lon: f64, lat: f64, households: u32| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"kind\":\"building\",\"village_code\":\"DEMO00000049\",\"status\":\"in_use\",\
             \"households\":{households}}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{lon},{lat}]}}}},\n"
        )
    };
    let (whole, _) = gaps(&demo().join("haidian.qiancun"), &["--rule", "T4"]);
    let middle = of_rule(&whole, "T4").into_iter().find(|g| g["village"]["name"] == "屯佃").expect("planted");
    let (lon, lat) = (middle["lon"].as_f64().expect("lon"), middle["lat"].as_f64().expect("lat"));
    let toilets: Value =
        serde_json::from_slice(&std::fs::read(demo().join("facilities.geojson")).expect("there")).expect("JSON");
    let toilet = toilets["features"].as_array().expect("features").iter();
    let toilet = toilet
        .filter(|f| f["properties"]["kind"] == "public_toilet" && f["properties"]["village_code"] == "DEMO00000049")
        .map(|f| {
            (
                f["geometry"]["coordinates"][0].as_f64().expect("lon"),
                f["geometry"]["coordinates"][1].as_f64().expect("lat"),
            )
        })
        .next()
        .expect("a toilet of the village");
    for (far, near, expected) in [(3, 7, Some(30.0)), (2, 8, None)] {
        let folder = changed(|name, text| match name {
            "facilities.geojson" => {
                let added = at(lon, lat, far) + &at(toilet.0, toilet.1, near);
                text.replacen("\"features\":[\n", &format!("\"features\":[\n{added}"), 1)
            }
            _ => text,
        });
        let (document, _) = gaps(&folder.path().join("haidian.qiancun"), &["--rule", "T4"]);
        let found = of_rule(&document, "T4").into_iter().find(|g| g["village"]["name"] == "屯佃");
        assert_eq!(found.and_then(|g| g["value"].as_f64()), expected, "{far} of {}", far + near);
    }
}

#[test]
fn field_sheets_are_written_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = demo().join("haidian.qiancun");
    let (document, _) = gaps(&project, &[]);
    let all = document["gaps"].as_array().expect("gaps");
    for format in qiancun::output::FORMATS {
        let path = folder.path().join(format!("gaps.{format}"));
        gaps(&project, &["-o", path.to_str().expect("a path"), "--lang", "zh"]);
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{format}: {e}"));
        let text = String::from_utf8_lossy(&bytes);
        let located = all.iter().filter(|g| g["lon"].is_number()).count();
        match format {
            "xlsx" => assert!(bytes.starts_with(b"PK")),
            "csv" => assert_eq!(text.lines().count(), all.len() + 1),
            "geojson" => {
                let read: Value = serde_json::from_slice(&bytes).expect("JSON");
                assert_eq!(read["features"].as_array().map(Vec::len), Some(all.len()));
                assert_eq!(read["features"][0]["properties"]["key"], all[0]["key"]);
            }
            "gpkg" => {
                let conn = rusqlite::Connection::open(&path).expect("it opens");
                let rows: i64 = conn.query_row("SELECT count(*) FROM gaps", [], |r| r.get(0)).expect("rows");
                let points: i64 =
                    conn.query_row("SELECT count(*) FROM gaps WHERE geom IS NOT NULL", [], |r| r.get(0)).expect("rows");
                assert_eq!((rows as usize, points as usize), (all.len(), located));
            }
            // Formats that have nothing but points: what concerns the whole district stands in its middle.
            "gpx" => assert_eq!(text.matches("<wpt").count(), all.len()),
            _ => assert_eq!(text.matches("<Placemark>").count(), all.len()),
        }
    }
    // From a start, in the coordinates of a map service: said so, the nearest first.
    let path = folder.path().join("day.geojson");
    gaps(&project, &["-o", path.to_str().expect("a path"), "--from", "116.2,40.1", "--crs", "gcj02"]);
    let read: Value = serde_json::from_slice(&std::fs::read(&path).expect("written")).expect("JSON");
    let features = read["features"].as_array().expect("features");
    assert!(features.iter().all(|f| f["properties"]["crs"] == "GCJ-02"));
    let shift = |at: (f64, f64)| qiancun::geo::ChinaShift::Gcj02.of(qiancun::geo::LonLat::new(at.0, at.1));
    let start = shift((116.2, 40.1));
    let far = |f: &Value| {
        let at = &f["geometry"]["coordinates"];
        let at = qiancun::geo::LonLat::new(at[0].as_f64()?, at[1].as_f64()?);
        Some(qiancun::geo::distance_m(start, at))
    };
    let distances: Vec<f64> = features.iter().filter_map(far).collect();
    // Shifts differ a little from place to place.
    assert!(distances.len() > 60 && distances.windows(2).all(|w| w[0] <= w[1] + 10.0), "{distances:?}");
    let (_, said) = gaps(&project, &["-o", folder.path().join("gaps.docx").to_str().expect("a path")]);
    assert!(said.contains("gaps.docx") && said.contains("xlsx"), "{said}");
}

#[test]
fn gaps_are_compared_with_an_earlier_year_and_with_another_project() {
    let project = demo().join("haidian.qiancun");
    let count = |d: &Value, what: &str| d["since"][what].as_array().map_or(0, Vec::len);
    let (now, _) = gaps(&project, &["--since", "2018"]);
    let (then, _) = gaps(&project, &["--year", "2018"]);
    let all = |d: &Value| d["gaps"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&now, "new") + count(&now, "remaining"), all(&now));
    assert!(count(&now, "remaining") + count(&now, "closed") <= all(&then), "what cannot be told now is not closed");
    assert!(count(&now, "closed") > 0, "something was done since");
    // The dry toilet of 西小营 removed: its two gaps are closed, nothing else has changed.
    let folder = changed(|name, text| match name {
        "facilities.geojson" => {
            let at = text.find("\"name\":\"西小营公厕3号\"").expect("the toilet");
            let (before, after) = text.split_at(at);
            before.to_owned() + &after.replacen("\"status\":\"in_use\"", "\"status\":\"removed\"", 1)
        }
        _ => text,
    });
    let path = project.to_str().expect("a path");
    let (now, _) = gaps(&folder.path().join("haidian.qiancun"), &["--against", path]);
    let closed: Vec<&str> =
        now["since"]["closed"].as_array().expect("closed").iter().filter_map(|g| g["rule"].as_str()).collect();
    assert_eq!(closed, ["T2", "T3"]);
    let new: Vec<&str> = now["since"]["new"].as_array().expect("new").iter().filter_map(Value::as_str).collect();
    assert!(new.iter().all(|k| k.starts_with("D3") || k.starts_with("T5")), "{new:?}");
}
