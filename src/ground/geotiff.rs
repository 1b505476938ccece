//! GeoTIFF (OGC 19-008r4) and COG: strips and tiles read one by one, from the overviews that the file has. Where it has none, blocks of
//! coarser levels are made from those below when they are asked for, as long as the picture is not too large.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Mutex;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::affine::{Affine, Georeference};
use super::blocks::{Block, BlockLevel, Blocks, GroundError, MAX_BLOCK_PX};
use super::image_file::{halved, system_beside, world_file};
use super::tiff_palette::Patched;
use crate::geo::{BoundsDeg, System, WorldPos};

/// Most pixels of a strip or tile: a header that lies allocates no more.
const MOST_BLOCK_PIXELS: u64 = 64 << 20;
/// Side of blocks that coarser levels are made in.
const SIDE: u32 = 512;
/// Most pixels of a picture without overviews of which coarser levels are made.
const MOST_UNREDUCED: f64 = 500e6;
/// Pictures in one file that are looked at.
const MOST_PICTURES: usize = 64;

fn damaged(e: tiff::TiffError) -> GroundError {
    match e {
        tiff::TiffError::IoError(e) => e.into(),
        tiff::TiffError::UnsupportedError(e) => GroundError::Unsupported(e.to_string()),
        e => GroundError::Damaged(e.to_string()),
    }
}

/// A picture in the file.
#[derive(Clone, Debug)]
struct Stored {
    /// Where it is among the file's pictures.
    index: usize,
    size_px: [u32; 2],
    chunk_px: [u32; 2],
    colour: ColorType,
    palette: Vec<u16>,
    /// Whether each band lies in pieces of its own (PlanarConfiguration 2).
    is_planar: bool,
    is_inverted: bool,
    no_data: Option<f64>,
    /// Darkest and brightest value of 16 bits that is shown.
    range: [f64; 2],
}

/// What a level is read from.
#[derive(Clone, Copy, Debug)]
enum LevelSource {
    Stored(usize),
    /// Halved from the level after it.
    Halved,
}

struct GeoTiff {
    decoder: Mutex<(Open, usize)>,
    stored: Vec<Stored>,
    sources: Vec<LevelSource>,
    levels: Vec<BlockLevel>,
    place: Georeference,
    title: String,
}

type Open = Decoder<Patched<BufReader<File>>>;

fn look(decoder: &mut Open, index: usize, palettes: &[usize]) -> Result<Stored, GroundError> {
    let (w, h) = decoder.dimensions().map_err(damaged)?;
    let (cw, ch) = decoder.chunk_dimensions();
    if u64::from(cw) * u64::from(ch) > MOST_BLOCK_PIXELS || w == 0 || h == 0 || cw == 0 || ch == 0 {
        return Err(GroundError::Damaged(format!("a piece of {cw} × {ch} pixels")));
    }
    let colour = decoder.colortype().map_err(damaged)?;
    let (colour, palette) = match colour {
        ColorType::Gray(bits) if palettes.contains(&index) => {
            (ColorType::Palette(bits), decoder.get_tag_u16_vec(Tag::ColorMap).unwrap_or_default())
        }
        colour => (colour, Vec::new()),
    };
    let is_planar = decoder.get_tag_u32(Tag::PlanarConfiguration).is_ok_and(|p| p == 2);
    let is_inverted = decoder.get_tag_u32(Tag::PhotometricInterpretation).is_ok_and(|p| p == 0);
    let no_data =
        decoder.get_tag_ascii_string(Tag::GdalNodata).ok().and_then(|t| t.trim().trim_end_matches('\0').parse().ok());
    let range = [0.0, 65_535.0];
    Ok(Stored { index, size_px: [w, h], chunk_px: [cw, ch], colour, palette, is_planar, is_inverted, no_data, range })
}

/// The place that the file's own tags say.
fn affine_of(decoder: &mut Open, is_point: bool) -> Option<Affine> {
    let half = if is_point { 0.5 } else { 0.0 };
    let shifted = |[a, b, c, d, e, f]: [f64; 6]| Affine([a, b, c - half * (a + b), d, e, f - half * (d + e)]);
    if let Ok(m) = decoder.get_tag_f64_vec(Tag::ModelTransformationTag)
        && let [a, b, _, c, d, e, _, f, ..] = *m.as_slice()
    {
        return Some(shifted([a, b, c, d, e, f]));
    }
    let scale = decoder.get_tag_f64_vec(Tag::ModelPixelScaleTag).ok()?;
    let tie = decoder.get_tag_f64_vec(Tag::ModelTiepointTag).ok()?;
    let ([sx, sy, ..], [i, j, _, x, y, ..]) = (scale.as_slice(), tie.as_slice()) else { return None };
    Some(shifted([*sx, 0.0, x - i * sx, 0.0, -sy, y + j * sy]))
}

/// What the keys of a file say of its coordinates.
struct Keys {
    /// The EPSG code.
    code: Option<u32>,
    /// A projection that has no code, as well-known text; empty where it is one that is not known here.
    own: Option<String>,
    /// Whether values are those of points.
    is_point: bool,
}

/// Reads the keys (OGC 19-008, GeoTIFF 1.1): 1024 model type, 1025 raster type, 2048 geographic system, 3072 projected system, 3075 and on the
/// projection of a file that defines its own.
fn keys_of(decoder: &mut Open) -> Keys {
    let keys = decoder.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default();
    let numbers = decoder.get_tag_f64_vec(Tag::GeoDoubleParamsTag).unwrap_or_default();
    let key = |id: u16| keys.chunks_exact(4).skip(1).find(|k| k.first() == Some(&id));
    let value = |id: u16| key(id).filter(|k| k.get(1) == Some(&0)).and_then(|k| k.get(3));
    let code = |id: u16| value(id).copied().filter(|c| *c != 0 && *c != OWN).map(u32::from);
    let number = |id: u16| {
        let at = key(id).filter(|k| k.get(1) == Some(&34_736))?.get(3)?;
        numbers.get(usize::from(*at)).copied()
    };
    let is_projected = value(1024) == Some(&1);
    let own =
        (is_projected && code(3072).is_none()).then(|| own_projection(&value, &number, code(2048)).unwrap_or_default());
    let code = code(3072).or_else(|| code(2048)).filter(|_| own.is_none());
    Keys { code, own, is_point: value(1025) == Some(&2) }
}

/// "User-defined" in a key.
const OWN: u16 = 32_767;

/// A projection as its keys describe it, as well-known text; `None` where it is one that is not known here.
fn own_projection<'a>(
    value: &dyn Fn(u16) -> Option<&'a u16>,
    number: &dyn Fn(u16) -> Option<f64>,
    geographic: Option<u32>,
) -> Option<String> {
    // Each parameter stands in one of several keys.
    let of = |ids: &[u16]| ids.iter().find_map(|id| number(*id));
    let (lat, lon): (&[u16], &[u16]) = (&[3081, 3085, 3089], &[3080, 3084, 3088]);
    let (easting, northing): (&[u16], &[u16]) = (&[3082, 3086, 3090], &[3083, 3087, 3091]);
    let parallels: [(&str, &[u16]); 2] = [("standard_parallel_1", &[3078]), ("standard_parallel_2", &[3079])];
    let (name, more): (&str, &[(&str, &[u16])]) = match value(3075)? {
        1 => ("Transverse_Mercator", &[("scale_factor", &[3092])]),
        8 => ("Lambert_Conformal_Conic_2SP", &parallels),
        9 => ("Lambert_Conformal_Conic_1SP", &[("scale_factor", &[3092])]),
        10 => ("Lambert_Azimuthal_Equal_Area", &[]),
        11 => ("Albers_Conic_Equal_Area", &parallels),
        _ => return None,
    };
    let unit = match value(3076) {
        None | Some(9001) => "UNIT[\"metre\",1]".to_owned(),
        Some(9002) => "UNIT[\"foot\",0.3048]".to_owned(),
        Some(9003) => "UNIT[\"US survey foot\",0.304800609601219]".to_owned(),
        Some(_) => return None,
    };
    let ground = System::wkt_of(geographic.unwrap_or(4326)).filter(|w| w.starts_with("GEOGCS"))?;
    let usual: [(&str, &[u16]); 4] = [
        ("latitude_of_origin", lat),
        ("central_meridian", lon),
        ("false_easting", easting),
        ("false_northing", northing),
    ];
    let parameters = usual.iter().chain(more).map(|(name, ids)| {
        let otherwise = if *name == "scale_factor" { 1.0 } else { 0.0 };
        format!("PARAMETER[\"{name}\",{}]", of(ids).unwrap_or(otherwise))
    });
    let parameters = parameters.collect::<Vec<_>>().join(",");
    Some(format!("PROJCS[\"user\",{ground},PROJECTION[\"{name}\"],{parameters},{unit}]"))
}

/// Opens a file.
pub(super) fn open(path: &Path, crs: Option<&str>) -> Result<Box<dyn Blocks>, GroundError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = 512 << 20;
    limits.ifd_value_size = 16 << 20;
    let (file, palettes) = Patched::new(BufReader::new(File::open(path)?))?;
    let mut decoder = Decoder::new(file).map_err(damaged)?.with_limits(limits);
    let first = look(&mut decoder, 0, &palettes)?;
    let keys = keys_of(&mut decoder);
    let own = affine_of(&mut decoder, keys.is_point);
    let beside = || Affine::of_world_file(&std::fs::read_to_string(world_file(path)?).ok()?);
    let affine = own.or_else(beside).ok_or(GroundError::NoPlace)?;
    let system = match (crs, keys.code, &keys.own) {
        (None, Some(code), _) => {
            System::of_epsg(code).ok_or_else(|| GroundError::UnknownCrs(format!("EPSG:{code}")))?
        }
        // A projection without a code is that of its parameters, or nothing that anybody may guess.
        (None, None, Some(wkt)) => {
            System::of_wkt(wkt).ok_or_else(|| GroundError::UnknownCrs("a projection of its own".to_owned()))?
        }
        _ => system_beside(path, &affine, crs)?,
    };
    let place = Georeference::new(system, affine, first.size_px.map(f64::from))?;
    let mut stored = vec![first];
    while decoder.more_images() && stored.len() < MOST_PICTURES {
        if decoder.next_image().is_err() {
            break;
        }
        let is_reduced = decoder.get_tag_u32(Tag::NewSubfileType).is_ok_and(|t| t & 1 == 1 && t & 4 == 0);
        let index = stored.len();
        let Ok(own) = look(&mut decoder, index, &palettes) else { break };
        // One that is no overview keeps its number, so that the others are found by theirs.
        let keeps_shape = stored.first().is_some_and(|f| own.size_px[0] < f.size_px[0] && own.colour == f.colour);
        stored.push(Stored { size_px: if is_reduced && keeps_shape { own.size_px } else { [0, 0] }, ..own });
    }
    decoder.seek_to_image(0).map_err(damaged)?;
    let mut file = GeoTiff {
        decoder: Mutex::new((decoder, 0)),
        stored,
        sources: Vec::new(),
        levels: Vec::new(),
        place,
        title: path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
    };
    file.arrange();
    file.stretch();
    Ok(Box::new(file))
}

impl GeoTiff {
    /// Puts the levels in their order, the coarsest first, with halves where the file has no small one.
    fn arrange(&mut self) {
        let mut order: Vec<usize> =
            (0..self.stored.len()).filter(|i| self.stored.get(*i).is_some_and(|s| s.size_px[0] > 0)).collect();
        order.sort_by_key(|i| self.stored.get(*i).map_or(0, |s| s.size_px[0]));
        let mut levels = Vec::new();
        for at in order {
            let Some(s) = self.stored.get(at) else { continue };
            // Strips of whole rows are cut into blocks that the cache can hold.
            let block_px = s.chunk_px.map(|c| c.min(MAX_BLOCK_PX));
            let [width_px, height_px] = s.size_px.map(f64::from);
            levels.push((LevelSource::Stored(at), BlockLevel { key: 0, width_px, height_px, block_px }));
        }
        while let Some((_, coarsest)) = levels.first() {
            let (w, h) = (coarsest.width_px, coarsest.height_px);
            if w.max(h) <= f64::from(SIDE) * 2.0 || w * h > MOST_UNREDUCED {
                break;
            }
            let half =
                BlockLevel { key: 0, width_px: (w / 2.0).ceil(), height_px: (h / 2.0).ceil(), block_px: [SIDE; 2] };
            levels.insert(0, (LevelSource::Halved, half));
        }
        for (key, (source, level)) in levels.into_iter().enumerate() {
            self.sources.push(source);
            self.levels.push(BlockLevel { key: key as u32, ..level });
        }
    }

    /// Looks for the darkest and brightest values of 16 bits in the middle of the coarsest stored level.
    fn stretch(&mut self) {
        let deep = self.stored.first().is_some_and(|s| depth(s.colour) == 16);
        let coarsest = self.sources.iter().find_map(|s| if let LevelSource::Stored(i) = s { Some(*i) } else { None });
        let Some(own) = coarsest.and_then(|i| self.stored.get(i)).filter(|_| deep).cloned() else { return };
        let across = own.size_px[0].div_ceil(own.chunk_px[0]);
        let middle = own.size_px[1].div_ceil(own.chunk_px[1]) / 2 * across + across / 2;
        let Ok(DecodingResult::U16(values)) = self.chunk(&own, middle) else { return };
        let mut seen: Vec<u16> = values.into_iter().filter(|v| own.no_data != Some(f64::from(*v))).collect();
        seen.sort_unstable();
        let at = |share: f64| seen.get(((seen.len().max(1) - 1) as f64 * share) as usize).copied().map(f64::from);
        if let (Some(low), Some(high)) = (at(0.02), at(0.98))
            && low < high
        {
            self.stored.iter_mut().for_each(|s| s.range = [low, high]);
        }
    }

    fn chunk(&self, own: &Stored, index: u32) -> Result<DecodingResult, GroundError> {
        let mut held = self.decoder.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (decoder, present) = &mut *held;
        if *present != own.index {
            decoder.seek_to_image(own.index).map_err(damaged)?;
            *present = own.index;
        }
        let bands = channels(own.colour);
        if !own.is_planar || bands < 2 {
            return decoder.read_chunk(index).map_err(damaged);
        }
        let pieces = own.size_px[0].div_ceil(own.chunk_px[0]).saturating_mul(own.size_px[1].div_ceil(own.chunk_px[1]));
        let all: Result<Vec<DecodingResult>, GroundError> = (0..bands as u32)
            .map(|band| decoder.read_chunk(index.saturating_add(band.saturating_mul(pieces))).map_err(damaged))
            .collect();
        interleaved(&all?)
    }

    fn stored_block(&self, at: usize, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        let Some(own) = self.stored.get(at) else { return Ok(None) };
        let [cw, ch] = own.chunk_px;
        let block = own.chunk_px.map(|c| c.min(MAX_BLOCK_PX));
        let (left, top) = (column.saturating_mul(block[0]), row.saturating_mul(block[1]));
        if left >= own.size_px[0] || top >= own.size_px[1] {
            return Ok(None);
        }
        let across = own.size_px[0].div_ceil(cw);
        let index = (top / ch).saturating_mul(across).saturating_add(left / cw);
        let values = self.chunk(own, index)?;
        // The last piece of a row or column may be stored shorter than the others.
        let data_w = (own.size_px[0] - left / cw * cw).min(cw);
        let data_h = (own.size_px[1] - top / ch * ch).min(ch);
        let values = unpacked_bits(own, values, data_w as usize);
        let (from_x, from_y) = (left % cw, top % ch);
        let (w, h) = (block[0].min(data_w - from_x), block[1].min(data_h - from_y));
        let mut pixels = Vec::with_capacity((w * h) as usize);
        for y in from_y..from_y + h {
            for x in from_x..from_x + w {
                pixels.push(pixel(own, &values, (y as usize) * data_w as usize + x as usize));
            }
        }
        Ok(Some(Block { width_px: w, height_px: h, pixels }))
    }

    /// Made of the level below: the blocks that lie there, put together and halved.
    fn halved_block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        let Some(below) = self.levels.get(level.key as usize + 1) else { return Ok(None) };
        let (w, h) = (below.width_px as u32, below.height_px as u32);
        let (left, top) = (column.saturating_mul(SIDE * 2), row.saturating_mul(SIDE * 2));
        if left >= w || top >= h {
            return Ok(None);
        }
        let (right, bottom) = ((left + SIDE * 2).min(w), (top + SIDE * 2).min(h));
        let mut whole = Block {
            width_px: right - left,
            height_px: bottom - top,
            pixels: vec![0; ((right - left) * (bottom - top)) as usize],
        };
        let [bw, bh] = below.block_px;
        for r in top / bh..bottom.div_ceil(bh) {
            for c in left / bw..right.div_ceil(bw) {
                if let Some(piece) = self.block(below, c, r)? {
                    put(&mut whole, &piece, (i64::from(c * bw) - i64::from(left), i64::from(r * bh) - i64::from(top)));
                }
            }
        }
        Ok(Some(halved(&whole)))
    }
}

/// Pixels of fewer than 8 bits as bytes; grey ones over the whole range. Rows begin with a byte.
fn unpacked_bits(own: &Stored, values: DecodingResult, width: usize) -> DecodingResult {
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
fn interleaved(bands: &[DecodingResult]) -> Result<DecodingResult, GroundError> {
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

/// Puts a piece into a larger picture, as far as it lies in it.
fn put(whole: &mut Block, piece: &Block, (x, y): (i64, i64)) {
    for line in 0..i64::from(piece.height_px) {
        let to = y + line;
        if to < 0 || to >= i64::from(whole.height_px) {
            continue;
        }
        let from = (-x).max(0);
        let until = i64::from(piece.width_px).min(i64::from(whole.width_px) - x);
        if from >= until {
            continue;
        }
        let source =
            (line * i64::from(piece.width_px) + from) as usize..(line * i64::from(piece.width_px) + until) as usize;
        let start = (to * i64::from(whole.width_px) + x + from) as usize;
        if let (Some(source), Some(target)) =
            (piece.pixels.get(source.clone()), whole.pixels.get_mut(start..start + source.len()))
        {
            target.copy_from_slice(source);
        }
    }
}

fn depth(colour: ColorType) -> u8 {
    match colour {
        ColorType::Gray(d) | ColorType::RGB(d) | ColorType::Palette(d) | ColorType::GrayA(d) | ColorType::RGBA(d) => d,
        ColorType::CMYK(d) | ColorType::CMYKA(d) | ColorType::YCbCr(d) | ColorType::Lab(d) => d,
        ColorType::Multiband { bit_depth, .. } => bit_depth,
        _ => 8,
    }
}

/// Channels that a pixel takes.
fn channels(colour: ColorType) -> usize {
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
fn pixel(own: &Stored, values: &DecodingResult, at: usize) -> u32 {
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

impl Blocks for GeoTiff {
    fn levels(&self) -> &[BlockLevel] {
        &self.levels
    }

    fn block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        match self.sources.get(level.key as usize) {
            Some(LevelSource::Stored(at)) => self.stored_block(*at, column, row),
            Some(LevelSource::Halved) => self.halved_block(level, column, row),
            None => Ok(None),
        }
    }

    fn place(&self, at: WorldPos) -> Option<[f64; 2]> {
        self.place.place(at)
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn bounds(&self) -> Option<BoundsDeg> {
        self.place.bounds()
    }
}
