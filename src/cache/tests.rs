use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Dataset, FeatureId};
use crate::read::{Progress, read_file};
use crate::render::{Chunks, Viewport};
use crate::session::Loaded;

/// A district of squares in rows, some with islands and holes, and attributes of every kind.
fn district(seed: u64, villages: u32) -> String {
    let mut features = Vec::new();
    for i in 0..villages {
        let n = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(i)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
            >> 20;
        let (x, y) = (116.0 + f64::from(i % 7) * 0.01, 40.0 + f64::from(i / 7) * 0.01);
        let fine = if seed.is_multiple_of(3) { 1e-9 * (n % 97) as f64 } else { 0.0 };
        let bulge = x + 0.005 + 1e-7 * ((n % 9) as f64).round();
        let ring = format!(
            "[[{x},{y}],[{},{y}],[{},{}],[{bulge:.7},{}],[{x},{}],[{x},{y}]]",
            x + 0.01 + fine,
            x + 0.01,
            y + 0.01,
            y + 0.0104,
            y + 0.01
        );
        let geometry = match n % 11 {
            0 => "null".to_owned(),
            1 => format!("{{\"type\":\"Point\",\"coordinates\":[{x},{y}]}}"),
            2 => format!(
                "{{\"type\":\"MultiPolygon\",\"coordinates\":[[{ring}],[[[117,41],[117.1,41],[117.1,41.1],[117,41]]]]}}"
            ),
            _ => format!("{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}"),
        };
        let value = if n % 5 == 0 { "null".to_owned() } else { (n % 100).to_string() };
        features.push(format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"村{i}\",\"town\":\"镇{}\",\"n\":{value},\"r\":{}.5,\"b\":{},\
             \"d\":\"2024-01-0{}\",\"mixed\":{}}},\"geometry\":{geometry}}}",
            n % 4,
            n % 10,
            n % 2 == 0,
            n % 9 + 1,
            if n % 2 == 0 { "7".to_owned() } else { "\"七\"".to_owned() },
        ));
    }
    format!("{{\"type\":\"FeatureCollection\",\"name\":\"区\",\"features\":[{}]}}", features.join(","))
}

struct Place {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Place {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("villages.geojson");
        std::fs::write(&file, text).expect("a file");
        Self { folder, file }
    }

    fn cache(&self) -> Cache {
        Cache::new(self.folder.path().join("cache"), 1 << 30).keeping_small_files()
    }

    fn keep(&self) -> (Arc<Loaded>, FileKey) {
        keep(&self.file, &self.cache())
    }
}

fn prepared(file: &Path) -> Arc<Loaded> {
    let loaded = Arc::new(Loaded::new(read_file(file, &Progress::new()).expect("readable")));
    loaded.chunks.find_topology();
    // A layer that nobody holds is not looked at to the end.
    let held = loaded.clone();
    held.finish();
    assert!(loaded.is_finished());
    loaded
}

fn to_keep<'a>(path: &'a Path, key: &'a FileKey, loaded: &'a Loaded) -> ToKeep<'a> {
    let anchors = loaded.anchors.get().expect("anchors");
    ToKeep { path, key, dataset: &loaded.dataset, chunks: &loaded.chunks, anchors, report: loaded.report() }
}

fn keep(file: &Path, cache: &Cache) -> (Arc<Loaded>, FileKey) {
    let (loaded, key) = (prepared(file), FileKey::of(file).expect("a key"));
    assert!(cache.keep(&to_keep(file, &key, &loaded), || true).expect("kept"));
    (loaded, key)
}

fn find(place: &Place, key: &FileKey) -> Option<Found> {
    place.cache().find(&place.file, key, &Progress::new())
}

fn same_data(a: &Dataset, b: &Dataset) {
    let bits = |d: &Dataset| d.geometry.coords.iter().map(|c| c.map(f64::to_bits)).collect::<Vec<_>>();
    assert_eq!(bits(a), bits(b));
    assert_eq!(a.geometry.ring_starts, b.geometry.ring_starts);
    assert_eq!(a.geometry.parts, b.geometry.parts);
    assert_eq!(a.geometry.features, b.geometry.features);
    assert_eq!(a.roles, b.roles);
    assert_eq!(a.report.problems, b.report.problems);
    assert_eq!(format!("{:?}", a.source), format!("{:?}", b.source));
    assert_eq!(a.table.rows, b.table.rows);
    let columns = |d: &Dataset| -> Vec<(String, &str)> {
        d.table.columns.iter().map(|c| (c.name.clone(), c.kind.name())).collect()
    };
    assert_eq!(columns(a), columns(b));
    for column in 0..a.table.columns.len() {
        for row in 0..=a.table.rows {
            assert_eq!(
                format!("{:?}", a.table.value(FeatureId::new(row), column)),
                format!("{:?}", b.table.value(FeatureId::new(row), column))
            );
        }
    }
}

fn same_shapes(a: &Chunks, b: &Chunks) {
    let (ta, tb) = (a.topology().expect("borders"), b.topology().expect("borders"));
    assert_eq!(ta.keep_from, tb.keep_from);
    assert_eq!(ta.parts().1, tb.parts().1);
    assert_eq!(format!("{:?}", ta.parts().0), format!("{:?}", tb.parts().0));
    assert_eq!(a.shores().map(|s| s.parts().to_vec()), b.shores().map(|s| s.parts().to_vec()));
    assert_eq!(a.grid, b.grid);
    assert_eq!(format!("{:?}", a.list), format!("{:?}", b.list));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_comes_back_is_what_was_kept(seed in any::<u64>(), villages in 0u32..60) {
        let place = Place::new(&district(seed, villages));
        let (loaded, key) = place.keep();
        let found = find(&place, &key).expect("found");
        same_data(&loaded.dataset, &found.dataset);
        same_shapes(&loaded.chunks, &found.chunks);
        prop_assert_eq!(loaded.anchors.get(), Some(&found.anchors));
        prop_assert_eq!(&loaded.report().problems, &found.report.problems);
    }
}

#[test]
fn no_flipped_byte_is_believed() {
    let place = Place::new(&district(5, 40));
    let (loaded, key) = place.keep();
    let path = only_file(&place.cache(), "map");
    let whole = std::fs::read(&path).expect("kept");
    // Every byte of the ends, where the numbers stand that lead elsewhere, and a sample between.
    let step = (whole.len() / 1600).max(1);
    let ends = (0..200).chain(whole.len() - 200..whole.len());
    let mut count = 0;
    for at in ends.chain((0..whole.len()).step_by(step)) {
        for mask in [0x01, 0x80] {
            let mut damaged = whole.clone();
            damaged[at] ^= mask;
            std::fs::write(&path, &damaged).expect("written");
            assert!(find(&place, &key).is_none(), "byte {at} of {} ^ {mask:#x} was believed", whole.len());
            count += 1;
        }
    }
    assert!(count >= 2_000, "{count}");
    for length in [0, 1, 7, 8, 27, 28, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).expect("written");
        assert!(find(&place, &key).is_none(), "{length} bytes were believed");
    }
    std::fs::write(&path, [&whole[..], b"x"].concat()).expect("written");
    assert!(find(&place, &key).is_none());
    std::fs::write(&path, &whole).expect("written");
    same_data(&loaded.dataset, &find(&place, &key).expect("whole again").dataset);
}

fn only_file(cache: &Cache, ending: &str) -> PathBuf {
    let all: Vec<PathBuf> =
        cache.files().into_iter().map(|f| f.0).filter(|p| p.extension().is_some_and(|e| e == ending)).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().expect("one")
}

#[test]
fn a_changed_file_is_read_again() {
    let place = Place::new(&district(1, 30));
    let (_, key) = place.keep();
    let text = std::fs::read(&place.file).expect("text");
    let at = text.iter().position(|b| *b == b'7').expect("a seven");
    let mut other = text.clone();
    other[at] = b'8';
    // Another time, another sample, another size, another place: each is another file.
    std::fs::write(&place.file, &other).expect("written");
    let changed = FileKey::of(&place.file).expect("key");
    assert_ne!(changed, key);
    assert!(find(&place, &changed).is_none());
    let touched = FileKey { modified: (key.modified.0 + 1, key.modified.1), ..key.clone() };
    assert!(find(&place, &touched).is_none());
    assert!(find(&place, &FileKey { path: "/elsewhere".into(), ..key.clone() }).is_none());
    assert!(find(&place, &key).is_some());
    place.cache().forget(&place.file);
    assert!(find(&place, &key).is_none());
}

#[test]
fn what_the_sample_cannot_see_the_digest_of_the_whole_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("large");
    let mut bytes = vec![b'a'; 3 << 20];
    std::fs::write(&file, &bytes).expect("written");
    let (key, digest) = (FileKey::of(&file).expect("key"), content_digest(&file, || true).expect("readable"));
    // Between two samples, time put back as copying programs do.
    bytes[70_000] = b'b';
    let time = std::fs::metadata(&file).and_then(|m| m.modified()).expect("a time");
    std::fs::write(&file, &bytes).expect("written");
    std::fs::File::options().append(true).open(&file).and_then(|f| f.set_modified(time)).expect("time");
    assert_eq!(FileKey::of(&file).expect("key"), key);
    assert_ne!(content_digest(&file, || true).expect("readable"), digest);
    assert_eq!(content_digest(&file, || false).expect("readable"), None);
}

#[test]
fn what_changes_while_it_is_read_is_not_kept() {
    let place = Place::new(&district(2, 20));
    let key = FileKey { bytes: 1 << 30, ..FileKey::of(&place.file).expect("key") };
    let loaded = prepared(&place.file);
    let what = to_keep(&place.file, &key, &loaded);
    assert!(!place.cache().keep(&what, || true).expect("no error"));
    assert_eq!(place.cache().files().len(), 0);
}

#[test]
fn the_limit_is_held_and_the_oldest_goes() {
    let place = Place::new(&district(3, 30));
    let (_, key) = place.keep();
    let cache = place.cache();
    let bytes = cache.bytes();
    let other = place.folder.path().join("other.geojson");
    std::fs::write(&other, district(4, 30)).expect("written");
    std::thread::sleep(std::time::Duration::from_millis(20));
    // Room for one of the two.
    let tight = cache.limited(bytes + bytes / 2);
    keep(&other, &tight);
    assert!(find(&place, &key).is_none(), "the older one is still there");
    assert!(tight.bytes() <= tight.limit_bytes());
    let other_key = FileKey::of(&other).expect("key");
    assert!(cache.find(&other, &other_key, &Progress::new()).is_some());
    assert!(cache.empty().expect("emptied") > 0);
    assert_eq!(cache.bytes(), 0);
    // What does not fit at all is not kept.
    let key = FileKey::of(&place.file).expect("key");
    let loaded = prepared(&place.file);
    let what = to_keep(&place.file, &key, &loaded);
    assert!(!cache.limited(100).keep(&what, || true).expect("no error"));
    assert_eq!(cache.bytes(), 0);
}

#[test]
fn emptying_leaves_what_is_not_ours() {
    let place = Place::new(&district(6, 10));
    place.keep();
    let foreign = place.cache().folder().join("letter.txt");
    std::fs::write(&foreign, "keep me").expect("written");
    place.cache().empty().expect("emptied");
    assert!(foreign.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let place = Place::new(&district(7, 10));
    // A file where the folder should be: as good as read-only, for root too.
    std::fs::write(place.folder.path().join("cache"), "in the way").expect("written");
    let key = FileKey::of(&place.file).expect("key");
    let loaded = prepared(&place.file);
    let what = to_keep(&place.file, &key, &loaded);
    assert!(place.cache().keep(&what, || true).is_err());
    assert!(find(&place, &key).is_none());
    assert_eq!((place.cache().bytes(), place.cache().empty().ok()), (0, Some(0)));
}

#[test]
fn pictures_come_back_and_no_flipped_byte_is_believed() {
    let place = Place::new("");
    let cache = place.cache();
    let picture = KeptPicture {
        view: Viewport { centre: crate::geo::WorldPos { x: 0.8, y: 0.4 }, px_per_world: 12_345.6, size_px: [40, 30] },
        bounds_deg: crate::geo::BoundsDeg::new([116.0, 39.0, 117.0, 41.0]),
        pixels: Arc::new((0..1200).map(|i| i * 77_777).collect()),
    };
    cache.keep_picture("this", &picture).expect("kept");
    assert_eq!(cache.picture("this").as_ref(), Some(&picture));
    assert_eq!(cache.picture("that"), None);
    let path = only_file(&cache, "picture");
    let whole = std::fs::read(&path).expect("kept");
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        std::fs::write(&path, &damaged).expect("written");
        assert_eq!(cache.picture("this"), None, "byte {at}");
    }
}

#[test]
fn two_writers_at_once_leave_one_whole_file() {
    let place = Place::new(&district(8, 40));
    let key = FileKey::of(&place.file).expect("key");
    let loaded = prepared(&place.file);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let what = to_keep(&place.file, &key, &loaded);
                    match place.cache().keep(&what, || true) {
                        Ok(kept) => assert!(kept),
                        // Where a file that is read cannot be replaced, it is not kept this time: a cache can do without.
                        Err(e) => assert!(cfg!(windows) && e.kind() == std::io::ErrorKind::ResourceBusy, "{e}"),
                    }
                    // Blocks of one writer under the list of another are told by their checksums: nothing, or the whole.
                    if let Some(found) = find(&place, &key) {
                        assert_eq!(found.dataset.len(), 40);
                    }
                }
            });
        }
    });
    assert_eq!(place.cache().files().len(), 1);
    assert!(find(&place, &key).is_some());
}
