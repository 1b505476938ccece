//! The window's drawing: with triangles and without, labels that stay, a device that is lost.

use std::collections::HashMap;

use qiancun::app::{Headless, Options};
use qiancun::cli::demo::Country;
use qiancun::lang::Lang;
use qiancun::session::{CameraCommand, FileCommand};

fn open(options: Options, size_px: [u32; 2]) -> Headless {
    let mut h = Headless::new(options, size_px, 1.0, true).expect("a device");
    assert!(h.settle(120.0));
    h
}

fn english() -> Options {
    Options { lang: Some(Lang::En), ..Options::default() }
}

fn country(name: &str, villages: usize) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("qiancun-{name}-{}.geojson", std::process::id()));
    let file = std::fs::File::create(&path).expect("a file");
    Country::new(villages, 40).write(&mut std::io::BufWriter::new(file)).expect("disk");
    path
}

#[test]
fn rows_and_triangles_give_the_same_map() {
    for zoom in [0.0, 1.4] {
        let picture = |triangles: bool| {
            let mut h = open(Options { triangles, ..english() }, [1000, 700]);
            h.app.send(CameraCommand::Zoom(zoom, [60.0, -40.0]));
            assert!(h.settle(120.0));
            h.pixels().expect("a picture")
        };
        let (rows, triangles) = (picture(false), picture(true));
        assert_eq!(rows.len(), triangles.len());
        let far = |(a, b): (&[u8], &[u8])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > 40);
        let differing = rows.chunks_exact(4).zip(triangles.chunks_exact(4)).filter(|p| far(*p)).count();
        // Single pixels where the two round a border to different sides.
        assert!(differing * 400 < rows.len() / 4, "{differing} pixels differ at {zoom}");
    }
}

#[test]
fn labels_keep_their_places_while_the_map_pans() {
    let path = country("labels", 900);
    let mut h = open(Options { files: vec![path.clone()], ..english() }, [1000, 700]);
    h.app.send(CameraCommand::Zoom(2.0, [0.0, 0.0]));
    assert!(h.settle(120.0));
    let mut before: HashMap<String, Vec<f32>> = HashMap::new();
    for (text, shift) in h.app.map.labels() {
        before.entry(text).or_default().push(shift);
    }
    assert!(before.len() > 20, "{}", before.len());
    let mut stayed = 0;
    for _ in 0..6 {
        h.app.send(CameraCommand::Pan([17.0, 11.0]));
        h.frame(Vec::new());
        let after = h.app.map.labels();
        stayed = 0;
        for (text, shift) in &after {
            // A name that stands once is told from others of the same name.
            let is_alone = after.iter().filter(|(other, _)| other == text).count() == 1;
            if let (Some([was]), true) = (before.get(text).map(Vec::as_slice), is_alone) {
                assert_eq!(was, shift, "{text}");
                stayed += 1;
            }
        }
    }
    assert!(stayed > 10, "{stayed} labels stayed in view");
    std::fs::remove_file(path).ok();
}

#[test]
fn labels_beside_symbols_keep_their_places_too() {
    let mut h = open(english(), [1366, 900]);
    let before: HashMap<String, f32> = h.app.map.labels().into_iter().collect();
    assert!(before.len() > 10, "{}", before.len());
    for _ in 0..3 {
        h.app.send(CameraCommand::Pan([9.0, -6.0]));
        assert!(h.settle(60.0));
        let after: HashMap<String, f32> = h.app.map.labels().into_iter().collect();
        let moved = after.iter().filter(|(text, shift)| before.get(*text).is_some_and(|was| was != *shift)).count();
        let gone = before.keys().filter(|text| !after.contains_key(*text)).count();
        assert!(moved == 0 && gone * 10 < before.len(), "{moved} moved, {gone} gone");
    }
}

#[test]
fn towns_are_named_where_villages_are_too_many() {
    let path = country("towns", 2_000);
    let mut h = open(Options { files: vec![path.clone()], ..english() }, [1000, 700]);
    assert!(h.settle(120.0));
    let labels = h.app.map.labels();
    assert!(labels.len() > 10 && labels.iter().all(|(text, _)| text.ends_with('镇')), "{labels:?}");
    std::fs::remove_file(path).ok();
}

#[test]
fn a_lost_device_saves_the_project_and_the_next_start_opens_it() {
    let folder = std::env::temp_dir().join(format!("qiancun-rescue-{}", std::process::id()));
    let options = Options { rescue_to: Some(folder.join("rescued.qiancun")), ..english() };
    let mut h = open(options.clone(), [900, 600]);
    h.app.send(CameraCommand::Zoom(1.3, [40.0, 10.0]));
    assert!(h.settle(60.0));
    let camera = h.app.session.camera;
    let gpu = h.gpu();
    gpu.device.destroy();
    gpu.device.poll(wgpu::PollType::Poll).ok();
    assert!(h.app.rescue_if_lost() && h.app.wants_to_quit());
    assert!(h.app.ending().is_some_and(|text| text.contains("saved")));
    drop(h);
    let mut again = open(options.clone(), [900, 600]);
    let at = again.app.session.camera;
    assert!((at.zoom - camera.zoom).abs() < 1e-3 && (at.centre.x - camera.centre.x).abs() < 1e-8);
    assert!(again.app.session.is_changed() && again.app.session.file.path.is_none());
    assert!(
        again.app.session.shown().all(|(l, _)| l.loaded().is_some() || l.ground().is_some()),
        "its files are found again"
    );
    again.app.send(FileCommand::SaveTo(folder.join("kept.qiancun")));
    again.frame(Vec::new());
    assert!(folder.join("kept.qiancun").is_file() && !folder.join("rescued.qiancun").exists());
    std::fs::remove_dir_all(folder).ok();
}
