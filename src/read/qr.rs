//! QR codes in pictures (ISO/IEC 18004), as telephones photograph them.

use std::io::Cursor;
use std::path::Path;

use image::GrayImage;
use image::imageops::FilterType;

use super::plain::read_plain;

/// The largest file that is looked into.
const MAX_BYTES: u64 = 64 << 20;
/// Longest sides in pixels that a picture is looked at in, one after the other: fine print needs many, grain is less where they are few.
const SIDES: [u32; 3] = [4096, 2048, 1024];
const CLOSE_SIDES: [u32; 2] = [1600, 800];

/// What the codes of a picture say (JPEG, PNG, WebP), each once; nothing where it is no picture or has none.
pub fn codes_in(path: &Path) -> Vec<String> {
    grey_of(path).map(|p| codes_of_picture(&p)).unwrap_or_default()
}

/// The same for codes that were photographed close by: thousands of pictures are looked through, none as long as [`codes_in`] does.
pub fn close_codes_in(path: &Path) -> Vec<String> {
    grey_of(path).map(|p| looked_at(&p, &CLOSE_SIDES)).unwrap_or_default()
}

fn grey_of(path: &Path) -> Option<GrayImage> {
    let bytes = read_plain(path, MAX_BYTES).ok()?;
    Some(image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.decode().ok()?.into_luma8())
}

/// What the codes of a picture in grey say, each once.
pub fn codes_of_picture(picture: &GrayImage) -> Vec<String> {
    looked_at(picture, &SIDES)
}

fn looked_at(picture: &GrayImage, sides: &[u32]) -> Vec<String> {
    let longest = picture.width().max(picture.height()).max(1);
    let mut found: Vec<String> = Vec::new();
    for (at, side) in sides.iter().copied().enumerate() {
        if at > 0 && side >= longest {
            continue;
        }
        let fitted = (side < longest).then(|| {
            let of = |v: u32| (u64::from(v) * u64::from(side) / u64::from(longest)).max(1) as u32;
            image::imageops::resize(picture, of(picture.width()), of(picture.height()), FilterType::Triangle)
        });
        for text in detected(fitted.as_ref().unwrap_or(picture)) {
            if !found.contains(&text) {
                found.push(text);
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

fn detected(picture: &GrayImage) -> Vec<String> {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let look = || {
        let light = |x: usize, y: usize| picture.get_pixel(x as u32, y as u32).0[0];
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(w, h, light);
        prepared.detect_grids().iter().filter_map(|g| g.decode().ok()).map(|(_, text)| text).collect()
    };
    // A picture that the library cannot cope with has no code.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(look)).unwrap_or_default()
}
