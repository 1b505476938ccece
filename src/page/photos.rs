//! Photos beside the map of a page: upright, cut to one shape, each with its village and day.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use base64::Engine as _;
use rustc_hash::FxHashMap;

use super::metrics::clipped;
use super::svg::{At, Svg, Type, num};
use crate::lang::Lang;
use crate::session::PlacedPhoto;

/// Longest side of a photo on a page in pixels: 300 to the inch at 90 mm.
const SIDE_PX: u32 = 1064;
/// Height of a photo as a share of its width.
const SHAPE: f32 = 0.72;
/// Room between photos, and for the line below each, in layout pixels of an A3 page.
const GAP: f32 = 10.0;
const WORDS: f32 = 20.0;
/// Pictures that are kept made.
const MOST_KEPT: usize = 48;

/// A photo as pages and slides carry it: upright, at most 90 mm wide at 300 to the inch.
#[derive(Debug)]
pub struct PhotoJpeg {
    /// The file, JPEG.
    pub bytes: Vec<u8>,
    /// Its width and height in pixels.
    pub size: [u32; 2],
}

/// Photos as they are carried, by their files as they stand.
type Kept = FxHashMap<(PathBuf, Option<SystemTime>), Option<Arc<PhotoJpeg>>>;

/// Width of each photo in a room, and how many stand beside each other.
fn cells(count: usize, room: f32, u: f32) -> (usize, f32) {
    let across = if count == 1 || room < 150.0 * u { 1 } else { 2 };
    (across, (room - GAP * u * (across - 1) as f32) / across as f32)
}

/// Height that photos take in a room, in layout pixels.
pub(super) fn height(count: usize, room: f32, u: f32) -> f32 {
    let (across, wide) = cells(count, room, u);
    count.div_ceil(across) as f32 * (wide * SHAPE + WORDS * u)
}

/// Draws photos in a room; one that cannot be shown leaves its frame and says so.
pub(super) fn draw(
    svg: &mut Svg,
    photos: &[(PlacedPhoto, String)],
    [x, y, room]: [f32; 3],
    u: f32,
    [grey, line]: [&str; 2],
    lang: Lang,
) {
    let (across, wide) = cells(photos.len(), room, u);
    let high = wide * SHAPE;
    for (i, (photo, words)) in photos.iter().enumerate() {
        let left = x + (i % across) as f32 * (wide + GAP * u);
        let top = y + (i / across) as f32 * (high + WORDS * u);
        picture(svg, &photo.file, [left, top, wide, high], u, [grey, line], lang);
        let size = 11.5 * u;
        svg.text(left, top + high + 14.0 * u, &clipped(words, size, false, wide), Type::new(size, grey));
    }
}

/// Draws one photo into a rectangle.
pub(super) fn picture(svg: &mut Svg, file: &Path, rect: [f32; 4], u: f32, [grey, line]: [&str; 2], lang: Lang) {
    let [x, y, w, h] = rect;
    match photo_jpeg(file).map(|jpeg| base64::engine::general_purpose::STANDARD.encode(&jpeg.bytes)) {
        Some(data) => svg.raw(&format!(
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"xMidYMid slice\" href=\"data:image/jpeg;base64,{data}\"/>",
            num(x),
            num(y),
            num(w),
            num(h)
        )),
        None => {
            svg.rect(rect, "none", 0.0, Some((line, 1.0)));
            let form = Type::new(11.5 * u, grey).at(At::Middle);
            svg.text(x + w / 2.0, y + h / 2.0, &clipped(lang.t("photos.missing"), 11.5 * u, false, w), form);
        }
    }
}

/// A photo as it is carried; `None` where it is gone or cannot be read.
pub fn photo_jpeg(file: &Path) -> Option<Arc<PhotoJpeg>> {
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    let key = (file.to_path_buf(), std::fs::metadata(file).and_then(|m| m.modified()).ok());
    if let Some(found) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return found.clone();
    }
    let made = crate::survey::picture_of(file, SIDE_PX).and_then(|picture| {
        let rgb = image::DynamicImage::ImageRgba8(picture).to_rgb8();
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 82);
        rgb.write_with_encoder(encoder).ok()?;
        Some(Arc::new(PhotoJpeg { bytes, size: [rgb.width(), rgb.height()] }))
    });
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MOST_KEPT {
        kept.clear();
    }
    kept.insert(key, made.clone());
    made
}
