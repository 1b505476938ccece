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
    /// Channel that says how opaque a pixel is, behind those of its colour.
    pub alpha: Option<usize>,
    /// Whether colours are multiplied by it already.
    pub is_premultiplied: bool,
    /// What stands for no value.
    pub no_data: Option<f64>,
    /// Darkest and brightest value that is shown, of values that are no bytes.
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
    fn woven<T: Copy>(bands: &[&Vec<T>]) -> Vec<T> {
        let n = bands.iter().map(|b| b.len()).min().unwrap_or(0);
        (0..n).flat_map(|i| bands.iter().filter_map(move |b| b.get(i).copied())).collect()
    }
    macro_rules! of_kind {
        ($($kind:ident),*) => {$(
            let all: Option<Vec<_>> =
                bands.iter().map(|b| if let DecodingResult::$kind(v) = b { Some(v) } else { None }).collect();
            if let Some(all) = all {
                return Ok(DecodingResult::$kind(woven(&all)));
            }
        )*};
    }
    of_kind!(U8, U16, U32, I8, I16, I32, F32, F64);
    Err(GroundError::Unsupported("bands of this depth in pieces of their own".to_owned()))
}

/// A value as a number; NaN where there is none.
pub(super) fn number_at(values: &DecodingResult, at: usize) -> f64 {
    match values {
        DecodingResult::U8(v) => v.get(at).map(|v| f64::from(*v)),
        DecodingResult::U16(v) => v.get(at).map(|v| f64::from(*v)),
        DecodingResult::U32(v) => v.get(at).map(|v| f64::from(*v)),
        DecodingResult::U64(v) => v.get(at).map(|v| *v as f64),
        DecodingResult::I8(v) => v.get(at).map(|v| f64::from(*v)),
        DecodingResult::I16(v) => v.get(at).map(|v| f64::from(*v)),
        DecodingResult::I32(v) => v.get(at).map(|v| f64::from(*v)),
        DecodingResult::I64(v) => v.get(at).map(|v| *v as f64),
        DecodingResult::F32(v) => v.get(at).map(|v| f64::from(*v)),
        DecodingResult::F64(v) => v.get(at).copied(),
        DecodingResult::F16(_) => None,
    }
    .unwrap_or(f64::NAN)
}

/// How many values there are.
pub(super) fn count(values: &DecodingResult) -> usize {
    match values {
        DecodingResult::U8(v) => v.len(),
        DecodingResult::U16(v) => v.len(),
        DecodingResult::U32(v) => v.len(),
        DecodingResult::U64(v) => v.len(),
        DecodingResult::I8(v) => v.len(),
        DecodingResult::I16(v) => v.len(),
        DecodingResult::I32(v) => v.len(),
        DecodingResult::I64(v) => v.len(),
        DecodingResult::F32(v) => v.len(),
        DecodingResult::F64(v) => v.len(),
        DecodingResult::F16(v) => v.len(),
    }
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

/// A pixel as it is shown. Values that are no bytes are stretched; what is marked as no data, or is no number, is transparent.
pub(super) fn pixel(own: &Stored, values: &DecodingResult, at: usize) -> u32 {
    let n = channels(own.colour);
    let raw = |i: usize| number_at(values, at * n + i);
    let is_bytes = matches!(values, DecodingResult::U8(_));
    let byte = |i: usize| -> u8 {
        let v = raw(i);
        match is_bytes {
            true => v as u8,
            false => (((v - own.range[0]) / (own.range[1] - own.range[0])).clamp(0.0, 1.0) * 255.0 + 0.5) as u8,
        }
    };
    let colours = own.alpha.unwrap_or(n).min(n).min(3);
    let is_blank = own.no_data.is_some_and(|blank| (0..colours).all(|i| raw(i) == blank)) || raw(0).is_nan();
    let opaque = match own.alpha.map(raw) {
        _ if is_blank => 0,
        None => 255,
        // How opaque a pixel is stands on a scale of its own: all of what the number can say.
        Some(alpha) => match values {
            DecodingResult::U8(_) => alpha as u8,
            DecodingResult::U16(_) => (alpha / 257.0 + 0.5) as u8,
            _ => {
                if alpha > 0.0 {
                    255
                } else {
                    0
                }
            }
        },
    };
    // Colours that were multiplied by it come back; what is transparent has none.
    let whole = |v: u8| match (own.is_premultiplied, opaque) {
        (true, 1..) => (u32::from(v) * 255 / u32::from(opaque)).min(255) as u8,
        _ => v,
    };
    let [r, g, b] = match own.colour {
        ColorType::Palette(_) => {
            let (third, at) = (own.palette.len() / 3, raw(0) as usize);
            [0, 1, 2].map(|i| own.palette.get(i * third + at).map_or(0, |v| (v >> 8) as u8))
        }
        ColorType::YCbCr(_) => {
            let [y, cb, cr] = [raw(0), raw(1) - 128.0, raw(2) - 128.0];
            let of = |v: f64| v.clamp(0.0, 255.0).round() as u8;
            [of(y + 1.402 * cr), of(y - 0.344_136 * cb - 0.714_136 * cr), of(y + 1.772 * cb)]
        }
        ColorType::CMYK(_) | ColorType::CMYKA(_) => {
            let k = 255.0 - raw(3);
            [0, 1, 2].map(|i| ((255.0 - raw(i)) * k / 255.0).round() as u8)
        }
        _ if colours >= 3 => [0, 1, 2].map(|i| whole(byte(i))),
        _ => [whole(byte(0)); 3],
    };
    u32::from_le_bytes([r, g, b, opaque])
}
