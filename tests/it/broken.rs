//! Broken files end with a clear error or a report, never with a panic.

use std::path::{Path, PathBuf};

use qiancun::read::{Progress, read_bytes, read_file};

use crate::shared;

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn the_corpora_of_broken_files_are_read_or_refused() {
    let Some(folder) = shared::folder("the_corpora_of_broken_files_are_read_or_refused") else { return };
    let mut files = Vec::new();
    walk(&folder.join("hostile"), &mut files);
    assert!(files.len() > 1000, "{} files", files.len());
    let (mut read, mut refused) = (0, 0);
    for path in files {
        match read_file(&path, &Progress::new()) {
            Ok(dataset) => {
                read += 1;
                for feature in 0..dataset.len().min(200) {
                    qiancun::geo::repaired(&dataset.geometry.multi_polygon_of(feature));
                }
            }
            Err(e) => {
                refused += 1;
                assert!(!e.to_string().is_empty() && !e.code().is_empty());
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}

#[test]
fn what_cannot_be_read_says_why() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let progress = Progress::new();
    let error = |bytes: &[u8]| read_bytes(Path::new("x.geojson"), bytes, &progress).map(|_| ()).expect_err("refused");
    assert_eq!(read_file(&dir.path().join("none.geojson"), &progress).expect_err("missing").code(), "not-found");
    assert_eq!(read_file(dir.path(), &progress).expect_err("a folder").code(), "is-folder");
    assert_eq!(error(b"").code(), "empty-file");
    assert_eq!(error(b"{\"a\": 1}").code(), "not-geojson");
    assert_eq!(error(b"[1, 2]").code(), "not-geojson");
    let e = error(b"{\n  \"type\": nonsense}");
    assert_eq!(e.code(), "not-json");
    assert!(e.to_string().contains('2'), "names the line: {e}");
    assert!(error("[".repeat(100_000).as_bytes()).to_string().contains("x.geojson"));
}

#[test]
fn a_broken_feature_costs_that_feature_only() {
    let text = r#"{"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{"name":"good"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},
      {"type":"Feature","properties":{"name":"no numbers"},"geometry":{"type":"Polygon","coordinates":[[["a",0],[1,0],[1,1],[0,0]]]}},
      {"type":"Feature","properties":{"name":"two points"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0]]]}},
      {"type":"Feature","properties":{"name":"null"},"geometry":null},
      {"type":"Feature","properties":{"name":"far north"},"geometry":{"type":"Point","coordinates":[10,95]}}]}"#;
    let d = read_bytes(Path::new("x.geojson"), text.as_bytes(), &Progress::new()).expect("read");
    assert_eq!(d.len(), 5);
    let of = |feature| d.report.problems.iter().find(|p| p.feature == Some(feature)).map(|p| p.code);
    assert_eq!(of(0), None);
    for feature in 1..5 {
        assert!(of(feature).is_some(), "feature {feature}: {:?}", d.report.problems);
    }
    assert_eq!(d.display_name(2), "two points");
    for p in &d.report.problems {
        let sentence = qiancun::lang::Lang::Zh.problem(p.code, &p.detail);
        assert!(!sentence.starts_with(p.code), "{} has no sentence", p.code);
    }
}
