//! Photos: copied beside the log under the digest of their content, with a small one for the window.

use std::io::Cursor;
use std::path::Path;

use image::ImageReader;
use sha2::{Digest, Sha256};

use super::error::SurveyError;
use super::event::hex;
use super::instant::Instant;
use super::paths::LogPaths;
use crate::geo::LonLat;
use crate::project::write_replacing;

/// Longest side of the small one, in pixels.
const THUMBNAIL_PX: u32 = 320;

/// Photos beyond this are kept, but nothing is decoded of them: 200 megapixels take 600 MB.
const MAX_DECODED_PX: u64 = 80_000_000;

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
    let read = || {
        let mut reader = std::io::BufReader::new(std::fs::File::open(path).ok()?);
        exif::Reader::new().read_from_container(&mut reader).ok()
    };
    let Some(exif) = read() else { return PhotoFacts::default() };
    let ascii = |tag| {
        exif.get_field(tag, exif::In::PRIMARY).and_then(|f| match &f.value {
            exif::Value::Ascii(lines) => lines.first().map(|l| String::from_utf8_lossy(l).trim().to_owned()),
            _ => None,
        })
    };
    let degrees = |tag, sign_tag, negative: &str| {
        let exif::Value::Rational(parts) = &exif.get_field(tag, exif::In::PRIMARY)?.value else { return None };
        let [d, m, s] = parts.get(..3)? else { return None };
        let value = d.to_f64() + m.to_f64() / 60.0 + s.to_f64() / 3600.0;
        let is_negative = ascii(sign_tag).is_some_and(|r| r.eq_ignore_ascii_case(negative));
        value.is_finite().then_some(if is_negative { -value } else { value })
    };
    let lon = degrees(exif::Tag::GPSLongitude, exif::Tag::GPSLongitudeRef, "W");
    let lat = degrees(exif::Tag::GPSLatitude, exif::Tag::GPSLatitudeRef, "S");
    // Cameras without a fix write zeros.
    let place =
        lon.zip(lat).map(|(lon, lat)| LonLat::new(lon, lat)).filter(|p| p.is_valid() && *p != LonLat::new(0.0, 0.0));
    let zone = ascii(exif::Tag::OffsetTimeOriginal).filter(|z| z.len() == 6);
    let at = ascii(exif::Tag::DateTimeOriginal).and_then(|text| match (text.split_once(' '), zone) {
        (Some((day, time)), Some(zone)) => Instant::parse(&format!("{}T{time}{zone}", day.replace(':', "-"))),
        _ => Instant::parse(&text),
    });
    PhotoFacts { place, at }
}

/// Copies a photo into the log's folder, with a small one beside; its name there.
///
/// # Errors
/// Where it is no image, cannot be read, or the folder cannot be written to.
pub fn keep_photo(paths: &LogPaths, photo: &Path) -> Result<String, SurveyError> {
    let refuse = |message: &str| SurveyError::Photo { path: photo.into(), message: message.into() };
    let read = |e| SurveyError::of_io(photo, e);
    let size = std::fs::metadata(photo).map_err(read)?.len();
    if size > MAX_BYTES {
        return Err(refuse("larger than 200 MB: no photo"));
    }
    let bytes = std::fs::read(photo).map_err(read)?;
    let ending = kind(&bytes).ok_or_else(|| refuse("neither JPEG, PNG, HEIC nor WebP: no photo"))?;
    let name = format!("{}.{ending}", hex(&Sha256::digest(&bytes), 16));
    let thumbnails = paths.photos.join("thumbnails");
    std::fs::create_dir_all(&thumbnails).map_err(|e| SurveyError::of_io(&paths.photos, e))?;
    let target = paths.photos.join(&name);
    let is_there = std::fs::metadata(&target).is_ok_and(|m| m.len() == size);
    if !is_there {
        write_replacing(&target, &bytes).map_err(|e| SurveyError::of_io(&target, e))?;
    }
    if let Some(small) = thumbnail(&bytes).map_err(|e| refuse(&e))? {
        let target = thumbnails.join(format!("{name}.jpg"));
        write_replacing(&target, &small).map_err(|e| SurveyError::of_io(&target, e))?;
    }
    Ok(name)
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

/// A small JPEG; `None` where the photo is kept without one: of a kind that is not decoded here, or too large.
fn thumbnail(bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    if !matches!(kind(bytes), Some("jpg" | "png")) {
        return Ok(None);
    }
    let reader = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string());
    let (width, height) = reader()?.into_dimensions().map_err(|e| format!("damaged: {e}"))?;
    if u64::from(width) * u64::from(height) > MAX_DECODED_PX {
        return Ok(None);
    }
    let image = reader()?.decode().map_err(|e| format!("damaged: {e}"))?;
    let mut small = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut small, 80);
    image.thumbnail(THUMBNAIL_PX, THUMBNAIL_PX).to_rgb8().write_with_encoder(encoder).map_err(|e| e.to_string())?;
    Ok(Some(small))
}
