//! Pixels of a TIFF as they are shown: bits, bands, palettes, values of 16 bits.

use tiff::ColorType;
use tiff::decoder::DecodingResult;

use super::blocks::GroundError;

/// A picture in the file.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// In which file: 0 the picture itself, 1 the overviews beside it (`.ovr`).
    pub file: usize,
    /// Where it is among the file's pictures.
    pub index: usize,
    /// Width and height.
    pub size_px: [u32; 2],
    /// Of a strip or tile.
    pub chunk_px: [u32; 2],
    /// Bands and bits.
    pub colour: ColorType,
    /// Reds, greens, blues.
    pub palette: Vec<u16>,
    /// Whether each band lies in pieces of its own (PlanarConfiguration 2).
    pub is_planar: bool,
    /// Whether 0 is white.
    pub is_inverted: bool,
    /// What stands for no value.
    pub no_data: Option<f64>,
    /// Darkest and brightest value of 16 bits that is shown.
    pub range: [f64; 2],
    /// Whether it says which pixels of another are there.
    pub is_mask: bool,
    /// Where the picture is that says which of its pixels are there.
    pub mask: Option<usize>,
}

/// Pixels of fewer than 8 bits as bytes; grey ones over the whole range. Rows begin with a byte.
pub(super) fn unpacked_bits(own: &Stored, values: DecodingResult, width: usize) -> DecodingResult {
    let bits = usize::from(depth(own.colour));
    let (DecodingResult::U8(packed), 1 | 2 | 4) = (&values, bits) else { return values };
    let most = (1_u32 << bits) - 1;
    let stretch = if matches!(own.colour, ColorType::Palette(_)) { 1 } else { 255 / most };
    let stride = (width * bits).div_ceil(8).max(1);
    let row = |row: &[u8]| -> Vec<u8> {
        let value = |x: usize| {
            let byte = row.get(x * bits / 8).copied().unwrap_or(0);
            let shift = 8 - bits - x * bits % 8;
            ((u32::from(byte) >> shift & most) * stretch) as u8
        };
        (0..width).map(value).collect()
    };
    DecodingResult::U8(packed.chunks(stride).flat_map(row).collect())
}

/// Bands that lie in pieces of their own, pixel by pixel.
pub(super) fn interleaved(bands: &[DecodingResult]) -> Result<DecodingResult, GroundError> {
    let other = || GroundError::Unsupported("bands of this depth in pieces of their own".to_owned());
    let bytes: Option<Vec<&Vec<u8>>> =
        bands.iter().map(|b| if let DecodingResult::U8(v) = b { Some(v) } else { None }).collect();
    if let Some(bytes) = bytes {
        let n = bytes.iter().map(|b| b.len()).min().unwrap_or(0);
        return Ok(DecodingResult::U8(
            (0..n).flat_map(|i| bytes.iter().filter_map(move |b| b.get(i).copied())).collect(),
        ));
    }
    let words: Option<Vec<&Vec<u16>>> =
        bands.iter().map(|b| if let DecodingResult::U16(v) = b { Some(v) } else { None }).collect();
    let words = words.ok_or_else(other)?;
    let n = words.iter().map(|b| b.len()).min().unwrap_or(0);
    Ok(DecodingResult::U16((0..n).flat_map(|i| words.iter().filter_map(move |b| b.get(i).copied())).collect()))
}

pub(super) fn depth(colour: ColorType) -> u8 {
    match colour {
        ColorType::Gray(d) | ColorType::RGB(d) | ColorType::Palette(d) | ColorType::GrayA(d) | ColorType::RGBA(d) => d,
        ColorType::CMYK(d) | ColorType::CMYKA(d) | ColorType::YCbCr(d) | ColorType::Lab(d) => d,
        ColorType::Multiband { bit_depth, .. } => bit_depth,
        _ => 8,
    }
}

/// Channels that a pixel takes.
pub(super) fn channels(colour: ColorType) -> usize {
    match colour {
        ColorType::Gray(_) | ColorType::Palette(_) => 1,
        ColorType::GrayA(_) => 2,
        ColorType::RGB(_) | ColorType::YCbCr(_) | ColorType::Lab(_) => 3,
        ColorType::RGBA(_) | ColorType::CMYK(_) => 4,
        ColorType::CMYKA(_) => 5,
        ColorType::Multiband { num_samples, .. } => usize::from(num_samples.max(1)),
        _ => 1,
    }
}

/// A pixel as it is shown. Values of 16 bits and numbers are stretched; what is marked as no data is transparent.
pub(super) fn pixel(own: &Stored, values: &DecodingResult, at: usize) -> u32 {
    let n = channels(own.colour);
    let raw = |i: usize| -> f64 {
        let at = at * n + i;
        match values {
            DecodingResult::U8(v) => v.get(at).map_or(0.0, |v| f64::from(*v)),
            DecodingResult::U16(v) => v.get(at).map_or(0.0, |v| f64::from(*v)),
            DecodingResult::U32(v) => v.get(at).map_or(0.0, |v| f64::from(*v)),
            DecodingResult::I16(v) => v.get(at).map_or(0.0, |v| f64::from(*v)),
            DecodingResult::F32(v) => v.get(at).map_or(0.0, |v| f64::from(*v)),
            _ => 0.0,
        }
    };
    let byte = |i: usize| -> u8 {
        let v = raw(i);
        match values {
            DecodingResult::U8(_) => v as u8,
            _ => (((v - own.range[0]) / (own.range[1] - own.range[0])).clamp(0.0, 1.0) * 255.0 + 0.5) as u8,
        }
    };
    let is_blank = own.no_data.is_some_and(|blank| (0..n.min(3)).all(|i| raw(i) == blank));
    let alpha = if is_blank { 0 } else { 255 };
    let rgba = match own.colour {
        ColorType::Gray(_) => {
            let v = if own.is_inverted { 255 - byte(0) } else { byte(0) };
            [v, v, v, alpha]
        }
        ColorType::GrayA(_) => [byte(0), byte(0), byte(0), byte(1)],
        ColorType::Palette(_) => {
            let (third, at) = (own.palette.len() / 3, raw(0) as usize);
            let part = |i: usize| own.palette.get(i * third + at).map_or(0, |v| (v >> 8) as u8);
            [part(0), part(1), part(2), alpha]
        }
        ColorType::RGBA(_) => [byte(0), byte(1), byte(2), byte(3)],
        ColorType::YCbCr(_) => {
            let [y, cb, cr] = [raw(0), raw(1) - 128.0, raw(2) - 128.0];
            let of = |v: f64| v.clamp(0.0, 255.0).round() as u8;
            [of(y + 1.402 * cr), of(y - 0.344_136 * cb - 0.714_136 * cr), of(y + 1.772 * cb), alpha]
        }
        ColorType::CMYK(_) | ColorType::CMYKA(_) => {
            let k = 255.0 - raw(3);
            let of = |i: usize| ((255.0 - raw(i)) * k / 255.0).round() as u8;
            [of(0), of(1), of(2), alpha]
        }
        _ if n >= 3 => [byte(0), byte(1), byte(2), alpha],
        _ => [byte(0), byte(0), byte(0), alpha],
    };
    u32::from_le_bytes(rgba)
}
