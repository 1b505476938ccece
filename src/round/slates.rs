//! Photos told apart by slates: whoever photographs the code of a stop, then the spot, has said which gap the pictures are of, also where a
//! messenger took place and time out of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::geo::{LonLat, distance_m};
use crate::read::{close_codes_in, exif_of};

/// What the text of a slate begins with.
const SLATE: &str = "qiancun-gap:";
/// So far from a gap a photo may have been taken that is of it by its place alone, in metres.
const NEAR_M: f64 = 150.0;
/// So long after its slate a photo may have been taken, in seconds: what comes later is of another spot.
const LONGEST_SECS: i64 = 3 * 3600;

/// The text of the slate of a gap.
///
/// # Examples
/// ```
/// use qiancun::round::{gap_of_slate, slate_text};
///
/// assert_eq!(gap_of_slate(&slate_text("T1|DEMO00000012")), Some("T1|DEMO00000012"));
/// assert_eq!(gap_of_slate("https://uri.amap.com/marker?position=1,2"), None);
/// ```
pub fn slate_text(gap: &str) -> String {
    format!("{SLATE}{gap}")
}

/// The key of the gap that a slate names; `None` for any other code.
pub fn gap_of_slate(text: &str) -> Option<&str> {
    text.strip_prefix(SLATE).filter(|k| !k.is_empty())
}

/// Photos of a folder, told apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SortedPhotos {
    /// By the key of the gap: the photos between its slate and the next, the slate's own picture left out.
    pub of_gaps: BTreeMap<String, Vec<PathBuf>>,
    /// Pictures of slates.
    pub slates: usize,
    /// Pictures that show several slates: which was meant has to be asked.
    pub asked: Vec<AskedSlate>,
    /// Photos without a slate that were taken beside one gap only: its key, and how many metres off.
    pub near: Vec<(PathBuf, String, f64)>,
    /// Photos after the slate of a gap that were taken more than [`FAR_M`] from it: key and metres.
    pub far: Vec<(PathBuf, String, f64)>,
    /// Pictures that cannot be read, HEIC among them. One may be a slate: of what comes after it nobody knows where it was taken.
    pub unread: Vec<PathBuf>,
    /// The rest.
    pub left: Vec<PathBuf>,
}

/// From where on a photo is no longer taken as one of the gap whose slate was before it, in metres: cameras are some tens off, in China some write
/// GCJ-02, up to 700 m off.
pub const FAR_M: f64 = 1_500.0;

/// A picture that shows several slates.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedSlate {
    /// The picture.
    pub photo: PathBuf,
    /// The keys of the gaps whose slates it shows.
    pub gaps: Vec<String>,
    /// The photos between it and the next slate.
    pub after: Vec<PathBuf>,
}

/// What the photos of now are of.
enum Slate {
    /// No slate was seen yet.
    None,
    /// A gap, and when its slate was photographed.
    Of(String, Option<i64>),
    /// One of several: which is asked.
    Asked(Option<i64>),
}

/// A photo as it is sorted.
struct Seen {
    path: PathBuf,
    gaps: Vec<String>,
    is_read: bool,
    camera: String,
    /// Seconds since any fixed moment; `None` where it does not say when it was taken.
    taken: Option<i64>,
    place: Option<LonLat>,
}

/// Tells photos apart by the slates among them. Those of each folder are taken in the order of their times where all say one, else of their
/// names. `gaps`: keys and places of the gaps that a photo without a slate may be of. `seen` counts those looked at; `None` once `goes_on` says no.
pub fn sort_photos(
    photos: Vec<PathBuf>,
    gaps: &[(String, LonLat)],
    seen: &AtomicUsize,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Option<SortedPhotos> {
    let look = |path: PathBuf| {
        if !goes_on() {
            return None;
        }
        let codes = close_codes_in(&path);
        let is_read = codes.is_some();
        let gaps = codes.iter().flatten().filter_map(|c| gap_of_slate(c)).map(str::to_owned).collect();
        let exif = exif_of(&path);
        seen.fetch_add(1, Ordering::Relaxed);
        let camera = exif.camera;
        Some(Seen { gaps, is_read, camera, taken: exif.taken_at.as_deref().and_then(seconds), place: exif.place, path })
    };
    // Two people's photos in one folder are two rows of photos.
    let mut folders: BTreeMap<(PathBuf, String), Vec<Seen>> = BTreeMap::new();
    for photo in photos.into_par_iter().map(look).collect::<Option<Vec<_>>>()? {
        let folder = photo.path.parent().map(Path::to_path_buf).unwrap_or_default();
        folders.entry((folder, photo.camera.clone())).or_default().push(photo);
    }
    let folders = of_one_camera(folders);
    let mut sorted = SortedPhotos::default();
    for mut photos in folders.into_values() {
        let by_name = |s: &Seen| natural(&s.path);
        if photos.iter().all(|p| p.taken.is_some()) {
            photos.sort_by_key(|p| (p.taken, by_name(p)));
        } else {
            photos.sort_by_key(by_name);
        }
        sort_folder(photos, gaps, &mut sorted);
    }
    Some(sorted)
}

/// Photos of a folder: those that say no camera, since a messenger took it away, are the only camera's there is.
fn of_one_camera(groups: BTreeMap<(PathBuf, String), Vec<Seen>>) -> BTreeMap<(PathBuf, String), Vec<Seen>> {
    let mut cameras: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for (folder, camera) in groups.keys().filter(|(_, camera)| !camera.is_empty()) {
        cameras.entry(folder.clone()).or_default().push(camera.clone());
    }
    let mut out: BTreeMap<(PathBuf, String), Vec<Seen>> = BTreeMap::new();
    for ((folder, camera), photos) in groups {
        let only = cameras.get(&folder).filter(|all| all.len() == 1 && camera.is_empty()).and_then(|all| all.first());
        out.entry((folder, only.cloned().unwrap_or(camera))).or_default().extend(photos);
    }
    out
}

fn sort_folder(photos: Vec<Seen>, gaps: &[(String, LonLat)], sorted: &mut SortedPhotos) {
    let mut slate = Slate::None;
    let far_from = |gap: &str, at: Option<LonLat>| {
        let (_, place) = gaps.iter().find(|(key, _)| key == gap)?;
        Some(distance_m(at?, *place)).filter(|off| *off > FAR_M)
    };
    for photo in photos {
        match photo.gaps.as_slice() {
            _ if !photo.is_read => {
                slate = Slate::None;
                sorted.unread.push(photo.path);
            }
            [gap] => {
                sorted.slates += 1;
                sorted.of_gaps.entry(gap.clone()).or_default();
                slate = Slate::Of(gap.clone(), photo.taken);
            }
            [_, _, ..] => {
                // What follows is of one of them: nobody can say which.
                slate = Slate::Asked(photo.taken);
                sorted.asked.push(AskedSlate { photo: photo.path, gaps: photo.gaps, after: Vec::new() });
            }
            [] => {
                let in_time = |since: Option<i64>| match (since, photo.taken) {
                    (Some(since), Some(taken)) => taken - since <= LONGEST_SECS,
                    _ => true,
                };
                match &slate {
                    Slate::Of(gap, since) if in_time(*since) => match far_from(gap, photo.place) {
                        Some(off) => sorted.far.push((photo.path, gap.clone(), off)),
                        None => sorted.of_gaps.entry(gap.clone()).or_default().push(photo.path),
                    },
                    Slate::Asked(since) if in_time(*since) => {
                        sorted.asked.last_mut().into_iter().for_each(|asked| asked.after.push(photo.path.clone()));
                    }
                    _ => match photo.place.and_then(|at| beside(at, gaps)) {
                        Some((gap, off)) => sorted.near.push((photo.path, gap, off)),
                        None => sorted.left.push(photo.path),
                    },
                }
            }
        }
    }
}

/// The only gap beside a place; `None` where there is none, or several.
fn beside(at: LonLat, gaps: &[(String, LonLat)]) -> Option<(String, f64)> {
    let mut near = gaps.iter().map(|(key, gap)| (key, distance_m(at, *gap))).filter(|(_, off)| *off <= NEAR_M);
    match (near.next(), near.next()) {
        (Some((key, off)), None) => Some((key.clone(), off)),
        _ => None,
    }
}

/// A camera's time as seconds, for order and difference only.
fn seconds(text: &str) -> Option<i64> {
    let bare = text.get(..19)?;
    let at: jiff::civil::DateTime = bare.parse().ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// A file's name so that its numbers are in their order: `IMG_9` before `IMG_10`.
fn natural(path: &Path) -> Vec<(String, u128)> {
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let (mut parts, mut rest) = (Vec::new(), name.as_str());
    while !rest.is_empty() {
        let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(words);
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        parts.push((word.to_owned(), number.parse().unwrap_or(u128::MAX)));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, gaps: &[&str], taken: Option<i64>, place: Option<LonLat>) -> Seen {
        let gaps = gaps.iter().map(|g| (*g).to_owned()).collect();
        Seen { path: name.into(), gaps, is_read: true, camera: String::new(), taken, place }
    }

    #[test]
    fn photos_go_to_the_slate_before_them() {
        let gaps = [("a".to_owned(), LonLat::new(116.0, 40.0)), ("b".to_owned(), LonLat::new(116.1, 40.0))];
        let mut sorted = SortedPhotos::default();
        let at = |lon| Some(LonLat::new(lon, 40.0));
        sort_folder(
            vec![
                seen("0", &[], None, at(116.0005)),
                seen("1", &["a"], Some(0), None),
                seen("2", &[], Some(60), None),
                seen("3", &[], None, None),
                seen("4", &["b"], Some(600), None),
                seen("5", &[], Some(700), None),
                seen("6", &[], Some(700 + 4 * 3600), at(116.05)),
                seen("7", &["a", "b"], None, None),
                seen("8", &[], None, None),
                seen("9", &["a"], None, None),
                seen("10", &[], None, at(116.5)),
                Seen { is_read: false, ..seen("11", &[], None, None) },
                seen("12", &[], None, None),
            ],
            &gaps,
            &mut sorted,
        );
        let of = |gap: &str| sorted.of_gaps[gap].iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!((of("a").as_str(), of("b").as_str(), sorted.slates), ("2 3", "5", 3));
        // Taken far from the gap; and after a picture that may have been a slate.
        let far: Vec<&str> = sorted.far.iter().filter_map(|f| f.0.to_str()).collect();
        assert_eq!((far, sorted.unread.as_slice()), (vec!["10"], &[PathBuf::from("11")][..]));
        assert_eq!(
            sorted.near.iter().map(|n| (n.0.display().to_string(), n.1.as_str())).collect::<Vec<_>>(),
            [("0".to_owned(), "a")]
        );
        let asked: Vec<(&[String], &[PathBuf])> = sorted.asked.iter().map(|a| (&*a.gaps, &*a.after)).collect();
        assert_eq!(asked, [(&["a".to_owned(), "b".to_owned()][..], &["8".into()][..])]);
        assert_eq!(sorted.left.iter().map(|p| p.display().to_string()).collect::<Vec<_>>(), ["6", "12"]);
    }

    #[test]
    fn names_are_in_the_order_of_their_numbers() {
        let mut names = ["IMG_10.jpg", "IMG_9.jpg", "IMG_9a.jpg", "mmexport1700000000000.jpg"].map(PathBuf::from);
        names.sort_by_key(|n| natural(n));
        assert_eq!(
            names.map(|n| n.display().to_string()),
            ["IMG_9.jpg", "IMG_9a.jpg", "IMG_10.jpg", "mmexport1700000000000.jpg"]
        );
        assert_eq!(
            seconds("2026-05-06T07:08:09+08:00").zip(seconds("2026-05-06T07:09:09")).map(|(a, b)| b - a),
            Some(60)
        );
    }
}
