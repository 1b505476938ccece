//! The second opening: the same map, whatever became of the cache meanwhile.

use qiancun::model::FeatureId;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use qiancun::app::{Headless, Options};
use qiancun::cache::Cache;
use qiancun::cli::demo::Country;
use qiancun::colouring::ColouringSpec;
use qiancun::lang::Lang;
use qiancun::session::{CameraCommand, Dialogue, FileCommand, LayerCommand, WindowCommand};

const SIZE: [u32; 2] = [900, 600];

struct Place {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Place {
    fn new(villages: usize, vertices: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("country.geojson");
        let mut out = std::io::BufWriter::new(std::fs::File::create(&file).expect("a file"));
        Country::new(villages, vertices).write(&mut out).expect("written");
        Self { folder, file }
    }

    fn cache(&self) -> Cache {
        Cache::new(self.folder.path().join("cache"), 1 << 30).keeping_small_files()
    }

    fn bare(&self, cache: bool) -> Headless {
        let cache = cache.then(|| self.cache());
        let options = Options { empty: true, lang: Some(Lang::En), cache, ..Options::default() };
        let mut h = Headless::new(options, SIZE, 1.0, true).expect("a device");
        for _ in 0..3 {
            h.frame(Vec::new());
        }
        h
    }

    fn open(&self, cache: bool) -> Headless {
        let mut h = self.bare(cache);
        h.app.send(FileCommand::Open(vec![self.file.clone()]));
        h.frame(Vec::new());
        assert!(h.settle(120.0));
        h
    }

    /// Opens it and waits until it is kept.
    fn fill(&self) {
        let mut h = self.open(true);
        until(&mut h, |h| h.app.has_kept_everything());
        assert_eq!(self.kept(), 2, "a map and its picture");
    }

    fn kept(&self) -> usize {
        let whole = |p: &Path| p.extension().is_some_and(|e| e == "map" || e == "picture");
        std::fs::read_dir(self.cache().folder()).map_or(0, |d| d.flatten().filter(|e| whole(&e.path())).count())
    }
}

fn until(h: &mut Headless, done: impl Fn(&Headless) -> bool) {
    for _ in 0..3000 {
        if done(h) {
            return;
        }
        h.frame(Vec::new());
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    panic!("it did not come to pass");
}

fn first_name(h: &Headless) -> String {
    let loaded = h.app.session.layers.values().find_map(|l| l.loaded()).expect("a layer");
    loaded.dataset.display_name(FeatureId::new(0))
}

/// Raises the time at which the cache was last written into the past, to tell whether it is written anew.
fn content(place: &Place) -> Vec<u8> {
    let file = std::fs::read_dir(place.cache().folder()).expect("a folder").flatten().map(|e| e.path());
    let map = file.into_iter().find(|p| p.extension().is_some_and(|e| e == "map")).expect("a map");
    std::fs::read(map).expect("readable")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn the_map_from_the_cache_is_the_map_from_the_file(
        villages in 5usize..260,
        vertices in 6u32..48,
        zoom in 0.0..4.0f64,
        colour in any::<bool>(),
    ) {
        let place = Place::new(villages, vertices);
        place.fill();
        let picture = |cache: bool| {
            let mut h = place.open(cache);
            let key = h.app.session.document.keys[0];
            if colour {
                let kind = qiancun::model::FieldType::Integer;
                h.app.send(LayerCommand::SetColouring(key, Some(ColouringSpec::for_field("households", kind))));
            }
            h.app.send(CameraCommand::Zoom(zoom, [30.0, -20.0]));
            h.frame(Vec::new());
            assert!(h.settle(120.0));
            // Names keep the places that they had at a scale, and data that come sooner had others to make room for: both maps are
            // named once more, from another scale.
            for step in [0.7, -0.7] {
                h.app.send(CameraCommand::Zoom(step, [0.0, 0.0]));
                h.frame(Vec::new());
                assert!(h.settle(120.0));
            }
            // News of how it was read differ; the map does not.
            h.app.session.news = None;
            h.frame(Vec::new());
            h.pixels().expect("a picture")
        };
        let (kept, read) = (picture(true), picture(false));
        let differing = kept.chunks(4).zip(read.chunks(4)).enumerate().filter(|(_, (a, b))| a != b).map(|(i, _)| i);
        let first: Vec<usize> = differing.take(3).collect();
        prop_assert!(first.is_empty(), "another map at {first:?}: {villages} villages, {vertices} positions, {zoom}");
    }
}

#[test]
fn a_picture_stands_before_the_data_and_nothing_moves_when_they_come() {
    let place = Place::new(120, 24);
    place.fill();
    let mut h = place.bare(true);
    assert!(h.app.knows_picture_of(&place.file), "it is there, and is found by the file alone");
    h.app.send(FileCommand::Open(vec![place.file.clone()]));
    let mut early = None;
    for _ in 0..2000 {
        h.frame(Vec::new());
        if h.app.shows_everything() {
            early.get_or_insert_with(|| (h.app.session.camera, h.pixels().expect("pixels")));
        }
        if h.app.session.layers.values().any(|l| l.loaded().is_some()) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
    assert!(h.settle(120.0));
    // On a fast disk the data may be there as soon as the picture; then there is nothing to compare.
    if let Some((camera, early)) = early {
        assert_eq!(camera, h.app.session.camera);
        let now = h.pixels().expect("pixels");
        // The upper half of the map's middle: no names, no scale, no panels.
        let [width, height] = SIZE.map(|v| v as usize);
        let is_map = |at: usize| {
            (width * 2 / 5..width * 3 / 5).contains(&(at % width)) && (height / 4..height / 2).contains(&(at / width))
        };
        let pairs = early.chunks_exact(4).zip(now.chunks_exact(4)).enumerate().filter(|(at, _)| is_map(*at));
        let (mut same, mut all) = (0, 0);
        for (_, (a, b)) in pairs {
            all += 1;
            same += usize::from(a == b);
        }
        // Names of villages stand over the map once they are known.
        assert!(same * 10 > all * 7, "{same} of {all}");
    }
}

#[test]
fn a_change_that_size_time_and_sample_hide_is_found_and_read() {
    // Large enough that the sample leaves gaps.
    let place = Place::new(900, 40);
    place.fill();
    let kept = content(&place);
    let mut bytes = std::fs::read(&place.file).expect("text");
    let time = std::fs::metadata(&place.file).and_then(|m| m.modified()).expect("a time");
    let key = qiancun::cache::FileKey::of(&place.file).expect("key");
    let at = (bytes.len() / 3..bytes.len())
        .find(|&at| {
            if !bytes[at..].starts_with("households\":1".as_bytes()) {
                return false;
            }
            let mut other = bytes.clone();
            other[at + 12] = b'2';
            std::fs::write(&place.file, &other).expect("written");
            std::fs::File::options().append(true).open(&place.file).and_then(|f| f.set_modified(time)).expect("time");
            qiancun::cache::FileKey::of(&place.file).expect("key") == key
        })
        .expect("a gap in the sample");
    bytes[at + 12] = b'2';
    let households = |h: &Headless| -> f64 {
        let loaded = h.app.session.layers.values().find_map(|l| l.loaded()).expect("a layer");
        let table = &loaded.dataset.table;
        let column = table.position("households").expect("the field");
        (0..table.rows).filter_map(|r| table.value(FeatureId::new(r), column).as_f64()).sum()
    };
    let truth = {
        let h = place.open(false);
        households(&h)
    };
    let mut h = place.open(true);
    until(&mut h, |h| (households(h) - truth).abs() < 0.5 && h.app.has_kept_everything());
    assert!(h.app.session.news.as_deref().is_some_and(|n| n.contains("country.geojson")), "{:?}", h.app.session.news);
    assert_ne!(content(&place), kept, "the cache still has the old state");
}

#[test]
fn reading_again_by_command_takes_what_the_file_says() {
    let place = Place::new(60, 12);
    place.fill();
    let mut h = place.open(true);
    let key = h.app.session.document.keys[0];
    let before = (h.app.session.camera, first_name(&h));
    let text = std::fs::read_to_string(&place.file).expect("text");
    std::fs::write(&place.file, text.replacen(&before.1, "新名字", 1)).expect("written");
    h.app.send(CameraCommand::Zoom(1.0, [0.0, 0.0]));
    h.app.send(LayerCommand::ReadAgain(key));
    let camera = {
        h.frame(Vec::new());
        h.app.session.camera
    };
    until(&mut h, |h| first_name(h) == "新名字");
    assert!(h.settle(120.0));
    assert_eq!(h.app.session.camera, camera, "the view stays where it was");
    assert_eq!(h.app.session.document.keys, [key]);
}

#[test]
fn whatever_becomes_of_the_cache_the_map_opens() {
    let place = Place::new(80, 12);
    // A file in the place of the folder: nothing can be written, and that is said in the settings.
    std::fs::write(place.folder.path().join("cache"), "in the way").expect("written");
    let mut h = place.open(true);
    until(&mut h, |h| h.app.has_kept_everything());
    assert!(h.app.session.storage.trouble.is_some());
    assert!(h.app.session.moment.dialogue.is_none(), "nobody is bothered");
    h.app.send(WindowCommand::SettingsDialogue);
    h.frame(Vec::new());
    h.frame(Vec::new());
    assert!(matches!(h.app.session.moment.dialogue, Some(Dialogue::Settings)));
    drop(h);
    std::fs::remove_file(place.folder.path().join("cache")).expect("removed");
    place.fill();
    // Deleted while the program runs.
    let mut h = place.open(true);
    std::fs::remove_dir_all(place.cache().folder()).expect("removed");
    h.app.send(LayerCommand::ReadAgain(h.app.session.document.keys[0]));
    h.frame(Vec::new());
    until(&mut h, |h| h.app.has_kept_everything());
    assert!(place.kept() >= 1, "it was not kept again");
    // Emptied by hand.
    h.app.send(WindowCommand::EmptyCache);
    h.frame(Vec::new());
    assert_eq!((place.kept(), h.app.session.storage.cache_bytes), (0, Some(0)));
    // Garbage under the right names.
    drop(h);
    place.fill();
    let entries = std::fs::read_dir(place.cache().folder()).expect("a folder").flatten();
    for entry in entries.filter(|e| e.path().is_file()) {
        std::fs::write(entry.path(), b"qiancun\x1a garbage qiancun\x1a").expect("written");
    }
    let h = place.open(true);
    assert!(!first_name(&h).is_empty());
}

fn serves(h: &Headless) -> bool {
    let view = h.app.view().expect("a view");
    h.app.scene().lock().expect("a scene").placeholder_serves(&view)
}

#[test]
fn the_picture_of_a_file_that_cannot_be_read_goes() {
    let place = Place::new(100, 12);
    place.fill();
    // The same size and time, but nothing that can be read: the picture is found, the file fails.
    let time = std::fs::metadata(&place.file).and_then(|m| m.modified()).expect("a time");
    let length = std::fs::metadata(&place.file).expect("a file").len() as usize;
    std::fs::write(&place.file, vec![b'x'; length]).expect("written");
    std::fs::File::options().append(true).open(&place.file).and_then(|f| f.set_modified(time)).expect("time");
    let mut h = place.bare(true);
    h.app.send(FileCommand::Open(vec![place.file.clone()]));
    h.frame(Vec::new());
    until(&mut h, |h| matches!(h.app.session.moment.dialogue, Some(Dialogue::Message(_))));
    h.frame(Vec::new());
    h.frame(Vec::new());
    assert!(!serves(&h), "a picture of what is not open");
    // Another file opens as if nothing had been.
    let other = Place::new(30, 12);
    h.app.send(FileCommand::Open(vec![other.file.clone()]));
    h.frame(Vec::new());
    assert!(h.settle(120.0));
    assert_eq!(h.app.session.layers.values().filter(|l| l.loaded().is_some()).count(), 1);
    assert!(!serves(&h));
}

#[test]
fn a_file_that_is_gone_when_it_is_read_again_stays_on_the_map() {
    let place = Place::new(60, 12);
    let mut h = place.open(true);
    let key = h.app.session.document.keys[0];
    let name = first_name(&h);
    let text = std::fs::read(&place.file).expect("text");
    std::fs::remove_file(&place.file).expect("removed");
    h.app.send(LayerCommand::ReadAgain(key));
    h.frame(Vec::new());
    until(&mut h, |h| matches!(h.app.session.moment.dialogue, Some(Dialogue::Message(_))));
    assert_eq!(first_name(&h), name);
    assert!(h.app.is_sharp());
    // It comes back with fewer villages: colours and shapes are those of what is there now.
    h.app.session.moment.dialogue = None;
    std::fs::write(&place.file, text).expect("written");
    let other = Place::new(20, 12);
    std::fs::copy(&other.file, &place.file).expect("copied");
    h.app.send(LayerCommand::ReadAgain(key));
    h.frame(Vec::new());
    let count = |h: &Headless| h.app.session.layers.values().find_map(|l| l.loaded()).map_or(0, |l| l.dataset.len());
    until(&mut h, |h| count(h) == 20);
    h.app.send(CameraCommand::FitAll);
    h.frame(Vec::new());
    assert!(h.settle(120.0));
    h.app.session.news = None;
    h.frame(Vec::new());
    let picture = h.pixels().expect("pixels");
    let mut fresh = place.open(false);
    fresh.app.session.news = None;
    fresh.frame(Vec::new());
    assert!(picture == fresh.pixels().expect("pixels"), "another map than a fresh window draws");
}
