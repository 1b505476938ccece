//! A folder of photos as points: where and when each was taken, as its camera wrote it (EXIF, CIPA DC-008-2023).

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Value, json};

use super::error::Cause;
use super::formats::PHOTOS;
use super::{How, Progress, ReadError, open_plain, read_bytes};
use crate::geo::LonLat;
use crate::model::{Dataset, FeatureId, Report, Severity};

/// Endings of pictures that cameras and phones write.
pub const PHOTO_ENDINGS: [&str; 6] = ["jpg", "jpeg", "png", "heic", "heif", "webp"];

/// Most photos of a folder, and how deep it is looked into.
const MOST: usize = 20_000;
const DEEPEST: usize = 4;

/// The field of a photo's path within its folder.
pub const PHOTO_FIELD: &str = "photo";

/// What a camera wrote into a photo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exif {
    /// Where it was taken (WGS 84).
    pub place: Option<LonLat>,
    /// When, as `2026-05-06T07:08:09`, with `+08:00` behind it where the camera knew its zone.
    pub taken_at: Option<String>,
    /// The camera, as it calls itself.
    pub camera: String,
}

/// Position and time of a photo, where its camera wrote them.
pub fn exif_of(path: &Path) -> Exif {
    let read = || {
        let mut reader = std::io::BufReader::new(open_plain(path).ok()?);
        let mut lenient = exif::Reader::new();
        lenient.continue_on_error(true);
        // A flaw of one entry (a list that does not say that it ends, as piexif writes) is no reason to lose the others.
        lenient.read_from_container(&mut reader).or_else(|e| e.distill_partial_result(|_| {})).ok()
    };
    let Some(exif) = read() else { return Exif::default() };
    let ascii = |tag| {
        exif.get_field(tag, exif::In::PRIMARY).and_then(|f| match &f.value {
            exif::Value::Ascii(lines) => lines.first().map(|l| String::from_utf8_lossy(l).trim().to_owned()),
            _ => None,
        })
    };
    let degrees = |tag, sign_tag, negative: &str| {
        let exif::Value::Rational(parts) = &exif.get_field(tag, exif::In::PRIMARY)?.value else { return None };
        // Some write minutes with a fraction and no seconds, as 0/0 or not at all, or degrees only.
        let part = |i: usize| match parts.get(i) {
            None => Some(0.0),
            Some(r) if i > 0 && r.denom == 0 && r.num == 0 => Some(0.0),
            Some(r) => Some(r.to_f64()),
        };
        let value = parts.first()?.to_f64() + part(1)? / 60.0 + part(2)? / 3600.0;
        let is_negative = ascii(sign_tag).is_some_and(|r| r.eq_ignore_ascii_case(negative));
        value.is_finite().then_some(if is_negative { -value } else { value })
    };
    let lon = degrees(exif::Tag::GPSLongitude, exif::Tag::GPSLongitudeRef, "W");
    let lat = degrees(exif::Tag::GPSLatitude, exif::Tag::GPSLatitudeRef, "S");
    // Cameras without a fix write zeros.
    let place =
        lon.zip(lat).map(|(lon, lat)| LonLat::new(lon, lat)).filter(|p| p.is_valid() && *p != LonLat::new(0.0, 0.0));
    let zone = ascii(exif::Tag::OffsetTimeOriginal).filter(|z| z.len() == 6).unwrap_or_default();
    let taken_at = ascii(exif::Tag::DateTimeOriginal).filter(|t| !t.is_empty() && !t.starts_with("0000")).map(|text| {
        match text.split_once(' ') {
            Some((day, time)) => format!("{}T{time}{zone}", day.replace(':', "-")),
            None => text,
        }
    });
    let camera = [exif::Tag::Make, exif::Tag::Model].into_iter().filter_map(&ascii).collect::<Vec<_>>().join(" ");
    Exif { place, taken_at, camera }
}

/// Whether a file goes by the name of a photo.
pub fn is_photo(path: &Path) -> bool {
    path.extension().is_some_and(|e| PHOTO_ENDINGS.iter().any(|own| e.eq_ignore_ascii_case(own)))
}

/// The photos in a folder and those below it, by name; those beyond the most that are read are counted.
fn photos_in(folder: &Path, depth: usize, found: &mut Vec<PathBuf>, beyond: &mut usize) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() && !path.is_symlink() && depth < DEEPEST {
            photos_in(&path, depth + 1, found, beyond);
        } else if path.is_file() && is_photo(&path) {
            match found.len() < MOST {
                true => found.push(path),
                false => *beyond += 1,
            }
        }
    }
}

/// The photos in folders and those below them, by name, each once; a photo by itself. How many there are beyond those that are looked at comes
/// with them.
pub fn photos_of(paths: &[PathBuf]) -> (Vec<PathBuf>, usize) {
    let (mut found, mut beyond) = (Vec::new(), 0);
    for path in paths {
        if path.is_dir() {
            photos_in(path, 0, &mut found, &mut beyond);
        } else if is_photo(path) {
            found.push(path.to_path_buf());
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|p| seen.insert(std::fs::canonicalize(p).unwrap_or_else(|_| p.clone())));
    (found, beyond)
}

/// Reads a folder as a layer of photos: one row each, with its file, its time, and its place where the camera knew it. What has none keeps
/// its row, and is counted.
pub(super) fn read(folder: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
    let mut photos = Vec::new();
    let mut beyond = 0;
    photos_in(folder, 0, &mut photos, &mut beyond);
    let name_of = |p: &Path| {
        let inner = p.strip_prefix(folder).unwrap_or(p);
        inner.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
    };
    if !how.only.is_empty() {
        photos.retain(|p| how.only.contains(&name_of(p)));
    }
    if photos.is_empty() {
        return Err(Cause::IsFolder.at(folder));
    }
    progress.set(0, photos.len() as u64);
    let of = |path: &PathBuf| {
        if progress.is_cancelled() {
            return None;
        }
        let exif = exif_of(path);
        progress.add(1);
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let geometry =
            exif.place.map_or(Value::Null, |p| json!({ "type": "Point", "coordinates": [p.lon_deg, p.lat_deg] }));
        Some(json!({
            "type": "Feature",
            "properties": { "name": stem, PHOTO_FIELD: name_of(path), "taken_at": exif.taken_at },
            "geometry": geometry,
        }))
    };
    let features: Option<Vec<Value>> = photos.par_iter().map(of).collect();
    let features = features.ok_or_else(|| Cause::Cancelled.at(folder))?;
    if features.iter().all(|f| f["geometry"].is_null()) {
        return Err(Cause::NoPhotoPlace.at(folder));
    }
    let text = json!({ "type": "FeatureCollection", "features": features }).to_string();
    let mut dataset = read_bytes(folder, text.as_bytes(), &Progress::new())?;
    // In words of photos, rather than as rows without a geometry.
    let mut report = Report::default();
    for (row, (path, feature)) in photos.iter().zip(&features).enumerate() {
        let row = Some(FeatureId::new(row as u32));
        if feature["geometry"].is_null() {
            report.add(Severity::Warning, "photos-without-place", row, String::new());
        }
        if path.extension().is_some_and(|e| ["heic", "heif"].iter().any(|own| e.eq_ignore_ascii_case(own))) {
            report.add(Severity::Info, "photos-heic", row, String::new());
        }
    }
    if beyond > 0 {
        report.add(Severity::Warning, "photos-too-many", None, beyond.to_string());
    }
    dataset.report = report.into();
    let mut source = (*dataset.source).clone();
    (source.format, source.path) = (PHOTOS, folder.to_path_buf());
    dataset.source = source.into();
    Ok(dataset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG whose camera stood at 116.25° E, 40.5° N, as EXIF has it: degrees, minutes, seconds as fractions.
    fn photo_with_place() -> Vec<u8> {
        let mut tiff: Vec<u8> = b"II*\0\x08\0\0\0".to_vec();
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            let [t, k] = [tag, kind].map(u16::to_le_bytes);
            let [c, v] = [count, value].map(u32::to_le_bytes);
            [t.as_slice(), &k, &c, &v].concat()
        };
        // One field of the picture's own: where those of the place begin.
        tiff.extend(1_u16.to_le_bytes());
        tiff.extend(entry(0x8825, 4, 1, 26));
        tiff.extend(0_u32.to_le_bytes());
        tiff.extend(4_u16.to_le_bytes());
        tiff.extend(entry(1, 2, 2, u32::from(b'N')));
        tiff.extend(entry(2, 5, 3, 80));
        tiff.extend(entry(3, 2, 2, u32::from(b'E')));
        tiff.extend(entry(4, 5, 3, 104));
        tiff.extend(0_u32.to_le_bytes());
        for number in [40_u32, 1, 30, 1, 0, 1, 116, 1, 15, 1, 0, 1] {
            tiff.extend(number.to_le_bytes());
        }
        let mut jpeg = Vec::new();
        let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([90, 120, 60]));
        picture.write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut jpeg)).ok();
        let mut out = jpeg[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend((tiff.len() as u16 + 8).to_be_bytes());
        out.extend(b"Exif\0\0");
        out.extend(tiff);
        out.extend(&jpeg[2..]);
        out
    }

    #[test]
    fn a_folder_of_pictures_is_a_layer_and_what_has_no_place_is_counted() -> Result<(), Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        std::fs::create_dir(dir.path().join("照片"))?;
        let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([90, 120, 60]));
        picture.save(dir.path().join("照片/村口.jpg"))?;
        std::fs::write(dir.path().join("b.jpg"), photo_with_place())?;
        std::fs::write(dir.path().join("notes.txt"), "no picture")?;
        let all = super::super::read_file(dir.path(), &Progress::new())?;
        assert_eq!((all.len(), all.source.format.name()), (2, "photos"));
        assert_eq!(all.geometry.positions_of(FeatureId::new(0)).next(), Some(&[116.25, 40.5]));
        let told: Vec<_> = all.report.problems.iter().map(|p| (p.code, p.feature)).collect();
        assert_eq!(told, [("photos-without-place", Some(FeatureId::new(1)))]);
        let only = |name: &str| How { only: vec![name.to_owned()], ..How::default() };
        assert_eq!(super::super::read_file_as(dir.path(), &only("b.jpg"), &Progress::new())?.len(), 1);
        let code =
            |how: &How| super::super::read_file_as(dir.path(), how, &Progress::new()).map_err(|e| e.code()).err();
        assert_eq!(code(&only("照片/村口.jpg")), Some("no-photo-place"));
        assert_eq!(code(&only("gone.jpg")), Some("is-folder"));
        Ok(())
    }
}
