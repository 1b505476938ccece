//! GeoTIFF (OGC 19-008r4) and COG: strips and tiles read one by one, from the overviews that the file has. Where it has none, blocks of
//! coarser levels are made from those below when they are asked for, as long as the picture is not too large.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::affine::{Affine, Georeference};
use super::blocks::{Block, BlockLevel, Blocks, GroundError, MAX_BLOCK_PX};
use super::image_file::{halved, system_beside, world_file};
use super::tiff_palette::Patched;
use super::tiff_pixel::{Stored, channels, count, depth, interleaved, number_at, pixel, unpacked_bits};
use crate::geo::{BoundsDeg, System, WorldPos};

/// Most pixels of a strip or tile: a header that lies allocates no more.
const MOST_BLOCK_PIXELS: u64 = 64 << 20;
/// Side of blocks that coarser levels are made in.
const SIDE: u32 = 512;
/// Most pixels of a picture without overviews of which coarser levels are made, where they cannot be kept, and where they can and
/// the picture is cut into tiles.
const MOST_UNREDUCED: [f64; 2] = [500e6, 8e9];
/// Pieces along a side from which the range of values is taken.
const STRETCH_PIECES: u64 = 5;
/// Pictures in one file that are looked at.
const MOST_PICTURES: usize = 64;

fn damaged(e: tiff::TiffError) -> GroundError {
    match e {
        tiff::TiffError::IoError(e) => e.into(),
        tiff::TiffError::UnsupportedError(e) => GroundError::Unsupported(e.to_string()),
        e => GroundError::Damaged(e.to_string()),
    }
}

/// What a level is read from.
#[derive(Clone, Copy, Debug)]
enum LevelSource {
    Stored(usize),
    /// Halved from the level after it.
    Halved,
}

struct GeoTiff {
    /// The file, and the one beside it that holds overviews: each with the picture that it stands at.
    files: Vec<Mutex<(Open, usize)>>,
    stored: Vec<Stored>,
    sources: Vec<LevelSource>,
    levels: Vec<BlockLevel>,
    place: Georeference,
    title: String,
    /// Where blocks made of finer ones are kept.
    kept: Option<PathBuf>,
    /// Nobody wants blocks any more.
    is_over: AtomicBool,
}

type Open = Decoder<Patched<BufReader<File>>>;

fn look(decoder: &mut Open, [file, index]: [usize; 2], palettes: &[usize]) -> Result<Stored, GroundError> {
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
    let bits = depth(colour);
    let no_data: Option<f64> =
        decoder.get_tag_ascii_string(Tag::GdalNodata).ok().and_then(|t| t.trim().trim_end_matches('\0').parse().ok());
    // Grey values of few bits are stretched over a byte, and where 0 is white the library turns them round.
    let is_grey = matches!(colour, ColorType::Gray(_));
    let stretched = no_data.map(|v| if is_grey && bits < 8 { v * f64::from(255 / ((1_u32 << bits) - 1)) } else { v });
    let is_inverted = decoder.get_tag_u32(Tag::PhotometricInterpretation).is_ok_and(|p| p == 0);
    let most = if bits == 16 { 65_535.0 } else { 255.0 };
    let no_data = stretched.map(|v| if is_grey && is_inverted && bits <= 16 { most - v } else { v });
    let (alpha, is_premultiplied) = alpha_of(decoder, colour);
    let range = [0.0, 65_535.0];
    Ok(Stored {
        file,
        index,
        size_px: [w, h],
        chunk_px: [cw, ch],
        colour,
        palette,
        is_planar,
        alpha,
        is_premultiplied,
        no_data,
        range,
        is_mask: false,
        mask: None,
    })
}

/// The channel that says how opaque a pixel is, and whether colours are multiplied by it already: extra samples 1 and 2 (TIFF 6.0,
/// section 18), the last one of a colour that has one where nothing says so.
fn alpha_of(decoder: &mut Open, colour: ColorType) -> (Option<usize>, bool) {
    let n = channels(colour);
    let extra = decoder.get_tag_u16_vec(Tag::ExtraSamples).unwrap_or_default();
    let first = n.saturating_sub(extra.len());
    let said = extra.iter().position(|e| matches!(e, 1 | 2));
    match (colour, said) {
        (ColorType::CMYK(_) | ColorType::Palette(_) | ColorType::YCbCr(_) | ColorType::Lab(_), _) => (None, false),
        (_, Some(at)) if first > 0 => (Some(first + at), extra.get(at) == Some(&1)),
        (ColorType::GrayA(_) | ColorType::RGBA(_) | ColorType::CMYKA(_), _) => (Some(n - 1), false),
        _ => (None, false),
    }
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
    // A datum of its own: one whose ellipsoid is that of WGS 84, GRS 80 or CGCS2000 lies within a metre of it, others are not guessed.
    let is_near = value(2048) != Some(&OWN) || matches!(value(2056), None | Some(7030 | 7019 | 1024));
    let geographic = geographic.or_else(|| is_near.then_some(4326))?;
    let ground = System::wkt_of(geographic).filter(|w| w.starts_with("GEOGCS"))?;
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

/// A decoder that allocates no more than a picture can need, whatever a header says.
fn decoder_of(path: &Path) -> Result<(Open, Vec<usize>), GroundError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = 512 << 20;
    limits.ifd_value_size = 16 << 20;
    let (file, palettes) = Patched::new(BufReader::new(File::open(path)?))?;
    Ok((Decoder::new(file).map_err(damaged)?.with_limits(limits), palettes))
}

/// Opens a file. `kept` is where blocks of coarser levels that it lacks are kept once they are made.
pub(super) fn open(path: &Path, crs: Option<&str>, kept: Option<&Path>) -> Result<Box<dyn Blocks>, GroundError> {
    let (mut decoder, palettes) = decoder_of(path)?;
    let first = look(&mut decoder, [0, 0], &palettes)?;
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
    more_pictures(&mut decoder, 0, 1, &palettes, &mut stored);
    decoder.seek_to_image(0).map_err(damaged)?;
    let mut files = vec![Mutex::new((decoder, 0))];
    if let Some((mut decoder, palettes)) = beside_of(path, ".ovr").and_then(|p| decoder_of(&p).ok()) {
        // Its first picture is an overview as well.
        if let Ok(own) = look(&mut decoder, [1, 0], &palettes) {
            take_picture(&mut decoder, own, &mut stored);
        }
        more_pictures(&mut decoder, 1, 1, &palettes, &mut stored);
        if decoder.seek_to_image(0).is_ok() {
            files.push(Mutex::new((decoder, 0)));
        } else {
            stored.retain(|s| s.file == 0);
        }
    }
    if let Some((mut decoder, palettes)) = beside_of(path, ".msk").and_then(|p| decoder_of(&p).ok()) {
        masks_beside(&mut decoder, files.len(), &palettes, &mut stored);
        if decoder.seek_to_image(0).is_ok() {
            files.push(Mutex::new((decoder, 0)));
        } else {
            stored.retain(|s| s.file < files.len());
        }
    }
    pair_masks(&mut stored);
    let mut file = GeoTiff {
        files,
        stored,
        sources: Vec::new(),
        levels: Vec::new(),
        place,
        title: path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
        kept: kept.and_then(|root| Some(root.join("pictures").join(name_of(path)?))),
        is_over: AtomicBool::new(false),
    };
    file.arrange();
    file.stretch();
    Ok(Box::new(file))
}

/// What other programs put beside a picture: overviews (`picture.tif.ovr`), a mask (`picture.tif.msk`).
fn beside_of(path: &Path, ending: &str) -> Option<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    Some(PathBuf::from(name)).filter(|p| p.is_file())
}

/// Takes the pictures of a file beside as masks: of the picture, and of its overviews.
fn masks_beside(decoder: &mut Open, file: usize, palettes: &[usize], stored: &mut Vec<Stored>) {
    for index in 0..MOST_PICTURES {
        if index > 0 && (!decoder.more_images() || decoder.next_image().is_err()) {
            return;
        }
        if let Ok(own) = look(decoder, [file, index], palettes)
            && channels(own.colour) == 1
        {
            stored.push(Stored { is_mask: true, ..own });
        }
    }
}

/// What names a file as it is now: other contents have another name.
fn name_of(path: &Path) -> Option<String> {
    let facts = std::fs::metadata(path).ok()?;
    let changed = facts.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
    let said = format!("{}|{}|{changed}", path.display(), facts.len());
    Some(Sha256::digest(said.as_bytes()).iter().take(12).map(|b| format!("{b:02x}")).collect())
}

/// Looks at the pictures that come after those that are known.
fn more_pictures(decoder: &mut Open, file: usize, first: usize, palettes: &[usize], stored: &mut Vec<Stored>) {
    for index in first..MOST_PICTURES {
        if !decoder.more_images() || decoder.next_image().is_err() {
            return;
        }
        // What cannot be read is no level; those behind it may be.
        let Ok(own) = look(decoder, [file, index], palettes) else { continue };
        take_picture(decoder, own, stored);
    }
}

/// Takes a picture as a level, as a mask, or as neither.
fn take_picture(decoder: &mut Open, own: Stored, stored: &mut Vec<Stored>) {
    let kind = decoder.get_tag_u32(Tag::NewSubfileType).unwrap_or(0);
    let keeps_shape = stored.first().is_some_and(|f| own.size_px[0] < f.size_px[0] && own.colour == f.colour);
    if kind & 4 == 4 && channels(own.colour) == 1 {
        stored.push(Stored { is_mask: true, ..own });
    } else if keeps_shape && (kind & 1 == 1 || own.file == 1) {
        stored.push(own);
    }
}

/// Gives each picture the mask of its size.
fn pair_masks(stored: &mut [Stored]) {
    let masks: Vec<(usize, [u32; 2])> =
        stored.iter().enumerate().filter(|(_, s)| s.is_mask).map(|(i, s)| (i, s.size_px)).collect();
    for picture in stored.iter_mut().filter(|s| !s.is_mask) {
        picture.mask = masks.iter().find(|(_, size)| *size == picture.size_px).map(|(i, _)| *i);
    }
}

impl GeoTiff {
    /// Puts the levels in their order, the coarsest first, with halves where the file has no small one.
    fn arrange(&mut self) {
        let mut order: Vec<usize> =
            (0..self.stored.len()).filter(|i| self.stored.get(*i).is_some_and(|s| !s.is_mask)).collect();
        order.sort_by_key(|i| self.stored.get(*i).map_or(0, |s| s.size_px[0]));
        let mut levels = Vec::new();
        for at in order {
            let Some(s) = self.stored.get(at) else { continue };
            // Strips of whole rows are cut into blocks that the cache can hold.
            let block_px = s.chunk_px.map(|c| c.min(MAX_BLOCK_PX));
            let [width_px, height_px] = s.size_px.map(f64::from);
            levels.push((LevelSource::Stored(at), BlockLevel { key: 0, width_px, height_px, block_px }));
        }
        // A strip as wide as the picture is decoded for each block of it again: of such only smaller ones are halved.
        let is_tiled = self.stored.first().is_some_and(|s| s.chunk_px[0] < s.size_px[0]);
        while let Some((_, coarsest)) = levels.first() {
            let (w, h) = (coarsest.width_px, coarsest.height_px);
            if w.max(h) <= f64::from(SIDE) * 2.0 || w * h > MOST_UNREDUCED[usize::from(self.kept.is_some() && is_tiled)]
            {
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

    /// Looks for the darkest and brightest values that are no bytes, in pieces from all over the coarsest stored level.
    fn stretch(&mut self) {
        let coarsest = self.sources.iter().find_map(|s| if let LevelSource::Stored(i) = s { Some(*i) } else { None });
        let Some(own) = coarsest.and_then(|i| self.stored.get(i)).cloned() else { return };
        let [across, down] = [0, 1].map(|i| own.size_px[i].div_ceil(own.chunk_px[i]));
        let along = |count: u32| {
            let list =
                (0..STRETCH_PIECES).map(move |i| ((u64::from(count) * (2 * i + 1)) / (2 * STRETCH_PIECES)) as u32);
            let mut list: Vec<u32> = list.collect();
            list.dedup();
            list
        };
        let n = channels(own.colour);
        let colours = own.alpha.unwrap_or(n).clamp(1, 3.min(n.max(1)));
        let mut seen: Vec<f64> = Vec::new();
        for (row, column) in along(down).into_iter().flat_map(|r| along(across).into_iter().map(move |c| (r, c))) {
            let Ok(values) = self.chunk(&own, row.saturating_mul(across).saturating_add(column)) else { continue };
            if matches!(values, DecodingResult::U8(_)) {
                return;
            }
            let pixels = count(&values) / n.max(1);
            let step = (pixels / 20_000).max(1);
            let is_value = |v: &f64| v.is_finite() && own.no_data != Some(*v);
            for at in (0..pixels).step_by(step) {
                // What is transparent says nothing.
                if own.alpha.is_none_or(|a| number_at(&values, at * n + a) > 0.0) {
                    seen.extend((0..colours).map(|i| number_at(&values, at * n + i)).filter(is_value));
                }
            }
        }
        seen.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| seen.get(((seen.len().max(1) - 1) as f64 * share) as usize).copied();
        let (Some(mut low), Some(mut high)) = (at(0.02), at(0.98)) else { return };
        if low >= high {
            (low, high) = (at(0.0).unwrap_or(low), at(1.0).unwrap_or(high));
        }
        // One value everywhere: something between black and white.
        let range = if low < high { [low, high] } else { [low - 1.0, low + 1.0] };
        self.stored.iter_mut().for_each(|s| s.range = range);
    }

    fn chunk(&self, own: &Stored, index: u32) -> Result<DecodingResult, GroundError> {
        let Some(file) = self.files.get(own.file) else { return Err(GroundError::NoPlace) };
        let mut held = file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
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
        let mut made = Block { width_px: w, height_px: h, pixels };
        if let Some(mask) = own.mask {
            self.masked(mask, column, row, &mut made, block)?;
        }
        Ok(Some(made))
    }

    /// Takes away the pixels that the mask of a picture leaves out.
    fn masked(&self, mask: usize, column: u32, row: u32, block: &mut Block, side: [u32; 2]) -> Result<(), GroundError> {
        let Some(own) = self.stored.get(mask) else { return Ok(()) };
        let [cw, ch] = own.chunk_px;
        let (left, top) = (column.saturating_mul(side[0]), row.saturating_mul(side[1]));
        let across = own.size_px[0].div_ceil(cw);
        for piece_row in top / ch..(top + block.height_px).div_ceil(ch) {
            for piece_column in left / cw..(left + block.width_px).div_ceil(cw) {
                let data_w = (own.size_px[0].saturating_sub(piece_column * cw)).min(cw);
                let data_h = (own.size_px[1].saturating_sub(piece_row * ch)).min(ch);
                let values = self.chunk(own, piece_row.saturating_mul(across).saturating_add(piece_column))?;
                let DecodingResult::U8(values) = unpacked_bits(own, values, data_w as usize) else { continue };
                for y in (piece_row * ch).max(top)..(piece_row * ch + data_h).min(top + block.height_px) {
                    for x in (piece_column * cw).max(left)..(piece_column * cw + data_w).min(left + block.width_px) {
                        let at = (y - piece_row * ch) as usize * data_w as usize + (x - piece_column * cw) as usize;
                        let pixel = block.pixels.get_mut(((y - top) * block.width_px + x - left) as usize);
                        if let Some(pixel) = pixel.filter(|_| values.get(at) == Some(&0)) {
                            *pixel = 0;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A block of a level that the file lacks: as it was kept, else made, and kept.
    fn made_block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        let place = self.kept.as_ref().map(|f| f.join(format!("{}/{column}-{row}.png", level.width_px)));
        if let Some(block) = place.as_ref().and_then(|p| Block::decode(&std::fs::read(p).ok()?).ok()) {
            return Ok(Some(block));
        }
        let made = self.halved_block(level, column, row)?;
        if let Some((place, block)) = place.zip(made.as_ref()) {
            // A full disk costs the copy, not the map.
            block.png().and_then(|bytes| super::online::keep(&place, &bytes)).ok();
        }
        Ok(made)
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
                // What is half made is not kept.
                if self.is_over.load(Ordering::Relaxed) {
                    return Err(GroundError::Cancelled);
                }
                if let Some(piece) = self.block(below, c, r)? {
                    put(&mut whole, &piece, (i64::from(c * bw) - i64::from(left), i64::from(r * bh) - i64::from(top)));
                }
            }
        }
        Ok(Some(halved(&whole)))
    }
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

impl Blocks for GeoTiff {
    fn levels(&self) -> &[BlockLevel] {
        &self.levels
    }

    fn block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        match self.sources.get(level.key as usize) {
            Some(LevelSource::Stored(at)) => self.stored_block(*at, column, row),
            Some(LevelSource::Halved) => self.made_block(level, column, row),
            None => Ok(None),
        }
    }

    fn stop(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    fn place(&self, at: WorldPos) -> Option<[f64; 2]> {
        self.place.place(at)
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn system(&self) -> Option<&System> {
        Some(self.place.system())
    }

    fn bounds(&self) -> Option<BoundsDeg> {
        self.place.bounds()
    }
}
