//! QR codes in pictures (ISO/IEC 18004), as telephones photograph them: in shadow, aslant, beside other codes.
//!
//! A picture is shrunk by whole numbers, each pixel is called dark where it is darker than its surroundings, and codes are looked for in the whole
//! and, where there is none, in overlapping pieces: finders of neighbours that are cut off lead the search astray.

use std::io::Cursor;
use std::path::Path;

use image::GrayImage;

use super::plain::read_plain;

/// The largest file that is looked into.
const MAX_BYTES: u64 = 64 << 20;
/// How much darker than its surroundings a dark pixel is, of 255.
const DARKER: u64 = 8;
/// The surroundings of a pixel: so much of the longest side on every side of it.
const AROUND: usize = 34;
/// Pieces along a side, and how large each is, in fifths.
const PIECES: usize = 3;
const PIECE_FIFTHS: usize = 3;

/// A way of looking: the longest side in pixels, and whether the picture is looked at in pieces.
type Look = (u32, bool);
/// Codes photographed by themselves.
const CLOSE: [Look; 3] = [(820, false), (820, true), (1640, false)];
/// Codes that are a small part of the picture.
const ANY: [Look; 7] =
    [(1640, false), (3280, false), (820, false), (3280, true), (1640, true), (6000, false), (6000, true)];

/// What the codes of a picture say (JPEG, PNG, WebP), each once; nothing where it is no picture or has none.
pub fn codes_in(path: &Path) -> Vec<String> {
    grey_of(path).map(|p| codes_of_picture(&p)).unwrap_or_default()
}

/// The same for codes that were photographed close by: thousands of pictures are looked through, none as long as [`codes_in`] does. `None` where the
/// picture cannot be read: HEIC, or damaged.
pub fn close_codes_in(path: &Path) -> Option<Vec<String>> {
    grey_of(path).map(|p| looked_at(&p, &CLOSE))
}

fn grey_of(path: &Path) -> Option<GrayImage> {
    let bytes = read_plain(path, MAX_BYTES).ok()?;
    Some(image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.decode().ok()?.into_luma8())
}

/// What the codes of a picture in grey say, each once.
pub fn codes_of_picture(picture: &GrayImage) -> Vec<String> {
    looked_at(picture, &ANY)
}

fn looked_at(picture: &GrayImage, looks: &[Look]) -> Vec<String> {
    let longest = picture.width().max(picture.height());
    let mut made: Vec<(u32, Dark)> = Vec::new();
    for (side, in_pieces) in looks {
        let times = longest.div_ceil((*side).max(1)).max(1);
        if !made.iter().any(|(t, _)| *t == times) {
            made.push((times, Dark::of(picture, times as usize)));
        } else if !in_pieces {
            continue;
        }
        let Some((_, dark)) = made.iter().find(|(t, _)| *t == times) else { continue };
        let mut found: Vec<String> = Vec::new();
        for text in if *in_pieces { dark.in_pieces() } else { dark.whole() } {
            if !found.contains(&text) {
                found.push(text);
            }
        }
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Which pixels of a shrunk picture are dark.
struct Dark {
    width: usize,
    height: usize,
    dark: Vec<bool>,
}

impl Dark {
    /// Of a picture whose every `times` × `times` pixels become one.
    fn of(picture: &GrayImage, times: usize) -> Self {
        let (wide, high) = (picture.width() as usize, picture.height() as usize);
        let (width, height) = (wide / times, high / times);
        // Sums rather than means: all are of as many pixels.
        let mut sums: Vec<u64> = Vec::with_capacity(width * height);
        let mut line = vec![0_u64; width];
        for rows in picture.as_raw().chunks_exact(wide.max(1)).collect::<Vec<_>>().chunks_exact(times) {
            line.fill(0);
            for row in rows {
                for (sum, cell) in line.iter_mut().zip(row.chunks_exact(times)) {
                    *sum += cell.iter().map(|v| u64::from(*v)).sum::<u64>();
                }
            }
            sums.extend(&line);
        }
        let around = (width.max(height) / AROUND).max(4);
        let dark = darker(&sums, width, around, DARKER * (times * times) as u64);
        Self { width, height, dark }
    }

    fn whole(&self) -> Vec<String> {
        self.within([0, 0], [self.width, self.height])
    }

    fn in_pieces(&self) -> Vec<String> {
        let size = [self.width, self.height].map(|v| v * PIECE_FIFTHS / 5);
        let step = |whole: usize, piece: usize, i: usize| (whole - piece) * i / (PIECES - 1);
        let pieces = (0..PIECES * PIECES)
            .map(|i| [step(self.width, size[0], i % PIECES), step(self.height, size[1], i / PIECES)]);
        pieces.flat_map(|corner| self.within(corner, size)).collect()
    }

    fn within(&self, [left, top]: [usize; 2], [width, height]: [usize; 2]) -> Vec<String> {
        let look = || {
            let is_dark = |x: usize, y: usize| self.dark.get((y + top) * self.width + x + left).copied() == Some(true);
            let mut prepared = rqrr::PreparedImage::prepare_from_bitmap(width, height, is_dark);
            prepared.detect_grids().iter().filter_map(|g| g.decode().ok()).map(|(_, text)| text).collect()
        };
        // A picture that the library cannot cope with has no code.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(look)).unwrap_or_default()
    }
}

/// Which values are below the mean of the square around them by more than a margin.
fn darker(values: &[u64], width: usize, around: usize, margin: u64) -> Vec<bool> {
    let rows: Vec<&[u64]> = values.chunks_exact(width.max(1)).collect();
    let mut columns = vec![0_u64; width];
    let mut dark = Vec::with_capacity(values.len());
    let add = |columns: &mut Vec<u64>, row: &[u64]| columns.iter_mut().zip(row).for_each(|(c, v)| *c += v);
    rows.iter().take(around).for_each(|row| add(&mut columns, row));
    for (y, own) in rows.iter().enumerate() {
        if let Some(row) = rows.get(y + around) {
            add(&mut columns, row);
        }
        if let Some(row) = y.checked_sub(around + 1).and_then(|y| rows.get(y)) {
            columns.iter_mut().zip(*row).for_each(|(c, v)| *c -= v);
        }
        let high = (y + around + 1).min(rows.len()) - y.saturating_sub(around);
        let mut sum: u64 = columns.iter().take(around).sum();
        for (x, value) in own.iter().enumerate() {
            sum += columns.get(x + around).copied().unwrap_or(0);
            sum -= x.checked_sub(around + 1).and_then(|x| columns.get(x)).copied().unwrap_or(0);
            let wide = (x + around + 1).min(width) - x.saturating_sub(around);
            dark.push((value + margin) * ((wide * high) as u64) < sum);
        }
    }
    dark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_is_what_is_darker_than_its_surroundings() {
        // A slope with one dark spot, whose sums are those of the definition.
        let (width, height, around) = (23, 17, 4);
        let value = |x: usize, y: usize| if (x, y) == (9, 6) { 20 } else { (40 + 7 * x + 3 * y) as u64 };
        let values: Vec<u64> = (0..width * height).map(|i| value(i % width, i / width)).collect();
        let found = darker(&values, width, around, 8);
        for (i, is_dark) in found.iter().enumerate() {
            let (x, y) = (i % width, i / width);
            let square = (0..height).flat_map(|b| (0..width).map(move |a| (a, b)));
            let near: Vec<u64> = square
                .filter(|(a, b)| a.abs_diff(x) <= around && b.abs_diff(y) <= around)
                .map(|(a, b)| value(a, b))
                .collect();
            assert_eq!(*is_dark, (value(x, y) + 8) * (near.len() as u64) < near.iter().sum(), "{x} {y}");
        }
        assert!(found[6 * width + 9]);
    }

    #[test]
    fn odd_pictures_have_no_code() {
        for size in [[0, 0], [1, 1], [3, 900], [900, 2], [40, 40]] {
            assert!(codes_of_picture(&GrayImage::from_pixel(size[0], size[1], image::Luma([128]))).is_empty());
        }
    }
}
