//! Broken files end with a clear error or a report, never with a panic.

use qiancun::model::FeatureId;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use qiancun::app::{Headless, Options};
use qiancun::lang::Lang;
use qiancun::read::{Progress, read_bytes, read_file};
use qiancun::render::{Level, Mesh};
use qiancun::session::{CameraCommand, Dialogue, FileCommand, LayerCommand, Loaded};

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
                let loaded = Arc::new(Loaded::new(dataset));
                loaded.chunks.find_topology();
                for level in [Level::for_zoom(8.0), Level::FULL] {
                    for chunk in &loaded.chunks.list {
                        Mesh::build(&loaded.chunks, chunk, level, &loaded.towns);
                    }
                }
                loaded.finish();
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
fn the_window_survives_the_corpora_of_broken_files() {
    let Some(folder) = shared::folder("the_window_survives_the_corpora_of_broken_files") else { return };
    let mut files = Vec::new();
    walk(&folder.join("hostile"), &mut files);
    files.retain(|f| f.extension().is_some_and(|e| e == "geojson" || e == "json" || e == "topojson"));
    // A window takes most of a second per file: one in six here, beside all of them through reader and mesh above.
    let files: Vec<PathBuf> = files.into_iter().step_by(6).collect();
    let options = Options { empty: true, lang: Some(Lang::Zh), ..Options::default() };
    let mut head = Headless::new(options, [900, 600], 1.0, true).expect("a software renderer");
    let (mut shown, mut told) = (0, 0);
    for path in files {
        head.app.send(FileCommand::Open(vec![path.clone()]));
        assert!(head.settle(20.0), "{} keeps the window busy", path.display());
        match head.app.session.moment.dialogue.take() {
            Some(Dialogue::Message(text)) => {
                assert!(!text.trim().is_empty(), "{}", path.display());
                told += 1;
            }
            Some(other) if !matches!(other, Dialogue::Opened(_)) => panic!("{} asks a question", path.display()),
            // Shown, and said how it was understood.
            _ => {
                shown += 1;
                let keys = head.app.session.document.keys.clone();
                head.app.send(CameraCommand::FitAll);
                head.frame(Vec::new());
                head.app.send(CameraCommand::Zoom(6.0, [0.0, 0.0]));
                head.settle(20.0);
                for key in keys {
                    head.app.send(LayerCommand::RemoveLayer(key));
                }
                head.frame(Vec::new());
            }
        }
    }
    assert!(shown > 20 && told > 20, "{shown} shown, {told} told");
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
    assert_eq!(of(FeatureId::new(0)), None);
    for feature in 1..5 {
        assert!(of(FeatureId::new(feature)).is_some(), "feature {feature}: {:?}", d.report.problems);
    }
    assert_eq!(d.display_name(FeatureId::new(2)), "two points");
    for p in &d.report.problems {
        let sentence = qiancun::lang::Lang::Zh.problem(p.code, &p.detail);
        assert!(!sentence.starts_with(p.code), "{} has no sentence", p.code);
    }
}

/// A file that is cut, emptied, overwritten or removed while it is read gives what was there, or an error that says so; the
/// window works on.
#[test]
fn a_file_that_changes_while_it_is_read_leaves_the_window_working() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = Vec::new();
    qiancun::cli::demo::Country::new(6_000, 64).write(&mut text).expect("memory");
    let path = folder.path().join("country.geojson");
    let half = text.len() as u64 / 2;
    type Change = fn(&Path, u64);
    let changes: [Change; 4] = [
        |p, _| std::fs::remove_file(p).expect("removed"),
        |p, half| std::fs::OpenOptions::new().write(true).open(p).and_then(|f| f.set_len(half)).expect("cut"),
        |p, _| std::fs::write(p, b"").expect("emptied"),
        |p, _| std::fs::write(p, b"{\"type\":\"FeatureCollection\",\"features\":[]}".repeat(9)).expect("overwritten"),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        for after in [0, 1 << 20, 5 << 20] {
            std::fs::write(&path, &text).expect("it can be written");
            let progress = Arc::new(Progress::new());
            let (of_thread, file) = (progress.clone(), path.clone());
            let reading = std::thread::spawn(move || read_file(&file, &of_thread).map(|d| d.len()));
            while progress.bytes().0 < after && !reading.is_finished() {
                std::thread::yield_now();
            }
            change(&path, half);
            match reading.join().expect("no panic") {
                Ok(villages) => assert!(villages <= 6_000, "{number} {after}: {villages}"),
                Err(e) => assert!(e.to_string().contains("country.geojson"), "{number} {after}: {e}"),
            }
        }
    }
    let options = Options { empty: true, lang: Some(Lang::En), ..Options::default() };
    let mut head = Headless::new(options, [800, 600], 1.0, false).expect("a device");
    std::fs::write(&path, &text).expect("it can be written");
    head.app.send(FileCommand::Open(vec![path.clone()]));
    head.frame(Vec::new());
    changes[1](&path, half);
    assert!(head.settle(60.0));
    head.app.session.moment.dialogue = None;
    let whole = crate::window::demo("villages.geojson");
    head.app.send(FileCommand::Open(vec![whole]));
    assert!(head.settle(60.0));
    assert_eq!(head.app.session.village_layer().and_then(|l| l.loaded()).map(|l| l.dataset.len()), Some(71));
}
