//! Photos: copied beside the log under the digest of their content, with a small one for the window.

use std::cell::OnceCell;
use std::io::Cursor;
use std::path::{Component, Path, PathBuf};

use image::metadata::Orientation;
use image::{DynamicImage, ImageReader, Limits, RgbaImage};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::error::SurveyError;
use super::event::hex;
use super::instant::Instant;
use super::paths::LogPaths;
use super::subject::Photo;
use crate::geo::LonLat;
use crate::project::write_replacing;
use crate::read::{plain_file, read_plain};

/// Longest side of the small one, in pixels.
const THUMBNAIL_PX: u32 = 320;

/// Photos beyond this are kept, but nothing is decoded of them: 200 megapixels take 600 MB.
const MAX_DECODED_PX: u64 = 80_000_000;

/// Most memory that decoding a photo may take, in bytes.
const MAX_DECODED_BYTES: u64 = 512 << 20;

/// Files beyond this are no photos.
const MAX_BYTES: u64 = 200_000_000;

/// What a camera wrote into a photo.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PhotoFacts {
    /// Where it was taken (WGS 84).
    pub place: Option<LonLat>,
    /// When.
    pub at: Option<Instant>,
}

/// Position and time of a photo from its EXIF (CIPA DC-008-2023), where it has them.
pub fn photo_facts(path: &Path) -> PhotoFacts {
    let crate::read::Exif { place, taken_at, .. } = crate::read::exif_of(path);
    let at = taken_at.and_then(|text| Instant::parse(&text));
    PhotoFacts { place, at }
}

/// A file that a name leads to within a folder; `None` for names that lead out of it: with `..`, a drive, a host, or absolute.
pub(super) fn within(folder: &Path, name: &str) -> Option<PathBuf> {
    let name = name.trim();
    // What separates folders in one system is part of a name in another: it is taken for a separator everywhere.
    let is_foreign = name.contains('\\') || name.contains(':') || name.contains('\0');
    let path = Path::new(name);
    let is_plain = !name.is_empty() && !is_foreign && path.components().all(|c| matches!(c, Component::Normal(_)));
    is_plain.then(|| folder.join(path))
}

/// Deepest folder below a sheet that is looked into for its photos, and most files that are looked at.
const DEEPEST: usize = 6;
const MOST_FILES: usize = 50_000;

/// Photos that came with a sheet in folders of their own, as servers hand them out: `media/`, `attachments/<form>/<filled form>/`.
#[derive(Default)]
pub(super) struct Attached(OnceCell<FxHashMap<String, Vec<PathBuf>>>);

impl Attached {
    /// A photo by its name: beside the sheet, else below its folder.
    pub(super) fn beside(&self, folder: &Path, name: &str, instance: &str) -> Option<PathBuf> {
        let beside = within(folder, name).filter(|p| plain_file(p).is_ok_and(|m| m.is_file()));
        beside.or_else(|| self.find(folder, name, instance))
    }

    /// A photo by its name: beside the table, or in a folder that lies there; none where two have the name.
    pub(super) fn near(&self, folder: &Path, name: &str) -> Option<PathBuf> {
        let found = self.beside(folder, name, "").filter(|_| !name.contains("://"))?;
        let depth = found.strip_prefix(folder).map_or(0, |p| p.components().count());
        (depth <= 2).then_some(found)
    }

    /// A photo by its name, below a folder; of several the one in the folder that is named after the filled form. Two phones give one name to two photos:
    /// where that does not tell them apart there is none.
    fn find(&self, folder: &Path, name: &str, instance: &str) -> Option<PathBuf> {
        let name = name.trim().rsplit(['/', '\\']).next().filter(|n| !n.is_empty())?;
        let all = self.0.get_or_init(|| {
            let mut all = FxHashMap::default();
            let mut left = MOST_FILES;
            look_below(folder, 0, &mut left, &mut all);
            all
        });
        match all.get(name)?.as_slice() {
            // A server puts each filled form's photos into a folder of its own: another form's is not taken.
            [one] if instance.is_empty() || !is_of_server(one) || is_in(one, instance) => Some(one.clone()),
            [_] => None,
            several => {
                let is_own = |p: &&PathBuf| !instance.is_empty() && is_in(p, instance);
                let mut own = several.iter().filter(is_own);
                own.next().filter(|_| own.next().is_none()).cloned()
            }
        }
    }
}

/// Whether a file lies in a folder named after a filled form.
fn is_in(path: &Path, instance: &str) -> bool {
    path.components().any(|c| c.as_os_str().to_string_lossy().contains(instance))
}

/// Whether a file lies where KoboToolbox puts photos: `attachments/<form>/<filled form>/`.
fn is_of_server(path: &Path) -> bool {
    path.components().any(|c| c.as_os_str() == "attachments")
}

fn look_below(folder: &Path, depth: usize, left: &mut usize, all: &mut FxHashMap<String, Vec<PathBuf>>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        *left = left.saturating_sub(1);
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if *left == 0 || name.starts_with('.') || path.is_symlink() {
            continue;
        }
        if path.is_dir() && depth < DEEPEST {
            look_below(&path, depth + 1, left, all);
        } else if path.is_file() {
            all.entry(name).or_default().push(path);
        }
    }
}

/// Copies a photo into the log's folder, with a small one beside.
///
/// # Errors
/// Where it is no image, cannot be read, or the folder cannot be written to.
pub fn keep_photo(paths: &LogPaths, photo: &Path) -> Result<Photo, SurveyError> {
    let refuse = |message: &str| SurveyError::Photo { path: photo.into(), message: message.into() };
    let read = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::FileTooLarge => refuse(&format!("{e}: no photo")),
        _ => SurveyError::of_io(photo, e),
    };
    let bytes = read_plain(photo, MAX_BYTES).map_err(read)?;
    let ending = kind(&bytes).ok_or_else(|| refuse("neither JPEG, PNG, HEIC nor WebP: no photo"))?;
    let digest = hex(&Sha256::digest(&bytes), 32);
    let name = format!("{}.{ending}", digest.get(..32).unwrap_or_default());
    let small = thumbnail(&bytes).map_err(|e| refuse(&e))?;
    let thumbnails = paths.photos.join("thumbnails");
    std::fs::create_dir_all(&thumbnails).map_err(|e| SurveyError::of_io(&paths.photos, e))?;
    let target = paths.photos.join(&name);
    let is_there = std::fs::metadata(&target).is_ok_and(|m| m.is_file() && m.len() == bytes.len() as u64);
    if !is_there {
        write_replacing(&target, &bytes).map_err(|e| SurveyError::of_io(&target, e))?;
    }
    if let Some(small) = small {
        let target = thumbnails.join(format!("{name}.jpg"));
        write_replacing(&target, &small).map_err(|e| SurveyError::of_io(&target, e))?;
    }
    let own = photo.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Photo { file: name, name: own, digest, taken: photo_facts(photo).at })
}

/// A photo that lies beside the log, as QField puts it there (`DCIM/x.jpg`), taken into the folder of photos; what is not there,
/// or is no picture, stays a name.
pub(super) fn take_in(paths: &LogPaths, photo: &Photo) -> Photo {
    let beside = paths.log.parent().unwrap_or(Path::new("")).to_path_buf();
    take_from(paths, &beside, photo)
}

/// A photo that a name leads to within a folder, taken into the log's folder of photos.
pub(super) fn take_from(paths: &LogPaths, folder: &Path, photo: &Photo) -> Photo {
    if photo.is_kept() {
        return photo.clone();
    }
    let found = within(folder, &photo.file).filter(|p| plain_file(p).is_ok_and(|m| m.is_file()));
    found.and_then(|path| keep_photo(paths, &path).ok()).unwrap_or_else(|| photo.clone())
}

/// Copies the pictures of a folder of photos that are not there yet, their small ones too; their names follow from their content.
/// Links, devices and whatever is no picture are left.
pub(super) fn copy_photos(from: &Path, to: &Path) -> std::io::Result<()> {
    for sub in ["", "thumbnails"] {
        let (from, to) = (from.join(sub), to.join(sub));
        // A link could lead anywhere.
        if !std::fs::symlink_metadata(&from).is_ok_and(|m| m.is_dir()) {
            continue;
        }
        for entry in std::fs::read_dir(&from)? {
            let entry = entry?;
            let target = to.join(entry.file_name());
            let size = std::fs::symlink_metadata(entry.path()).ok().filter(|m| m.is_file()).map(|m| m.len());
            if size.is_none_or(|n| n > MAX_BYTES) || target.exists() {
                continue;
            }
            let bytes = std::fs::read(entry.path())?;
            if kind(&bytes).is_some() {
                std::fs::create_dir_all(&to)?;
                write_replacing(&target, &bytes)?;
            }
        }
    }
    Ok(())
}

/// A picture of a photo, upright, as large as it is but at most `side_px` pixels wide and high; `None` where it cannot be shown.
pub fn picture_of(path: &Path, side_px: u32) -> Option<RgbaImage> {
    let bytes = read_plain(path, MAX_BYTES).ok()?;
    let image = decoded(&bytes).ok()??;
    let image = if image.width().max(image.height()) > side_px { image.thumbnail(side_px, side_px) } else { image };
    Some(image.to_rgba8())
}

/// The small picture of a photo of the log, at most 320 pixels wide and high; `None` where there is none, or its name leads out of the
/// folder of photos.
pub fn small_picture(photos: &Path, name: &str) -> Option<RgbaImage> {
    let path = within(&photos.join("thumbnails"), &format!("{name}.jpg"))
        .filter(|p| p.is_file())
        .or_else(|| within(photos, name).filter(|p| p.is_file()))?;
    let bytes = read_plain(&path, MAX_BYTES).ok()?;
    Some(shrunk(&decoded(&bytes).ok()??).to_rgba8())
}

fn kind(bytes: &[u8]) -> Option<&'static str> {
    let brand = bytes.get(4..12).unwrap_or_default();
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ if matches!(brand, b"ftypheic" | b"ftypheix" | b"ftypmif1") => Some("heic"),
        _ => None,
    }
}

/// The picture as its camera was held; `None` where it is of a kind that is not decoded here, or too large.
fn decoded(bytes: &[u8]) -> Result<Option<DynamicImage>, String> {
    if !matches!(kind(bytes), Some("jpg" | "png")) {
        return Ok(None);
    }
    let reader = || {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MAX_DECODED_BYTES);
        reader.limits(limits);
        Ok::<_, String>(reader)
    };
    let (width, height) = reader()?.into_dimensions().map_err(|e| format!("damaged: {e}"))?;
    if u64::from(width) * u64::from(height) > MAX_DECODED_PX {
        return Ok(None);
    }
    let mut image = reader()?.decode().map_err(|e| format!("damaged: {e}"))?;
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok();
    let turned = exif.and_then(|e| e.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0));
    if let Some(orientation) = turned.and_then(|t| Orientation::from_exif(u8::try_from(t).ok()?)) {
        image.apply_orientation(orientation);
    }
    Ok(Some(image))
}

/// The picture, made smaller where it is larger than a small one.
fn shrunk(image: &DynamicImage) -> DynamicImage {
    match image.width().max(image.height()) > THUMBNAIL_PX {
        true => image.thumbnail(THUMBNAIL_PX, THUMBNAIL_PX),
        false => image.clone(),
    }
}

/// A small JPEG; `None` where the photo is kept without one.
fn thumbnail(bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let Some(image) = decoded(bytes)? else { return Ok(None) };
    let mut small = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut small, 80);
    shrunk(&image).to_rgb8().write_with_encoder(encoder).map_err(|e| e.to_string())?;
    Ok(Some(small))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_their_folder() {
        let folder = Path::new("/photos");
        assert_eq!(within(folder, "DCIM/x.jpg"), Some(PathBuf::from("/photos/DCIM/x.jpg")));
        for name in
            ["", "../x.jpg", "a/../../x", "/etc/passwd", r"\\host\share\x", r"..\x", "C:/x", "C:x", "file://x", "."]
        {
            assert_eq!(within(folder, name), None, "{name}");
        }
    }

    #[test]
    fn a_photo_keeps_its_name_and_its_small_one_stands_upright() {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = LogPaths::of(&dir.path().join("a.qiancun"));
        // A JPEG of 40 × 20 whose camera was turned: orientation 6 (EXIF), shown as 20 × 40.
        let mut jpeg = Vec::new();
        let image = image::RgbImage::from_pixel(40, 20, image::Rgb([200, 10, 10]));
        image.write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut jpeg)).expect("encoded");
        let exif: &[u8] = &[
            0xff, 0xe1, 0x00, 0x22, b'E', b'x', b'i', b'f', 0, 0, b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
            3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        jpeg.splice(2..2, exif.iter().copied());
        let photo = dir.path().join("IMG_0001.jpg");
        std::fs::write(&photo, &jpeg).expect("written");
        let kept = keep_photo(&paths, &photo).expect("kept");
        assert_eq!((kept.name.as_str(), kept.digest.len()), ("IMG_0001.jpg", 64));
        let small = small_picture(&paths.photos, &kept.file).expect("a small one");
        assert_eq!((small.width(), small.height()), (20, 40));
        assert!(small_picture(&paths.photos, "../a.qiancun").is_none());
    }

    /// A shared project may hold anything under the name of a small picture.
    #[test]
    fn wide_pictures_become_small_before_they_are_shown() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(dir.path().join("thumbnails")).expect("made");
        image::RgbImage::new(20_000, 3).save(dir.path().join("thumbnails/wide.jpg")).expect("written");
        let small = small_picture(dir.path(), "wide").expect("a picture");
        assert!(small.width() <= 320);
        // Whoever claims four thousand million pixels is not believed.
        let mut bomb = std::fs::read(dir.path().join("thumbnails/wide.jpg")).expect("read");
        let at = bomb.windows(2).position(|w| w == [0xff, 0xc0]).expect("a frame");
        bomb[at + 5..at + 9].fill(0xff);
        std::fs::write(dir.path().join("thumbnails/bomb.jpg"), bomb).expect("written");
        assert!(small_picture(dir.path(), "bomb").is_none());
    }
}
