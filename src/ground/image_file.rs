//! PNG and JPEG with a world file beside them (`.pgw`, `.pngw`, `.jgw`, `.jpgw`, `.wld`), and their system in a `.prj`.

use std::path::{Path, PathBuf};

use super::affine::{Affine, Georeference};
use super::blocks::{Block, BlockLevel, Blocks, GroundError};
use crate::geo::{BoundsDeg, System, WorldPos};

/// Most pixels of such a picture: it is held as a whole.
const MOST_PIXELS: u64 = 200_000_000;
/// Side of the blocks that it is cut into.
const SIDE: u32 = 1024;

struct ImageFile {
    /// Halves of halves, the coarsest first.
    pictures: Vec<Block>,
    levels: Vec<BlockLevel>,
    place: Georeference,
    title: String,
}

/// The world file of a picture, where there is one.
pub(super) fn world_file(path: &Path) -> Option<PathBuf> {
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    let short = match (ending.chars().next(), ending.chars().last()) {
        (Some(a), Some(b)) => format!("{a}{b}w"),
        _ => return None,
    };
    let names = [short, format!("{ending}w"), "wld".to_owned()];
    let capital = |n: &str| n.get(..1).unwrap_or_default().to_uppercase() + n.get(1..).unwrap_or_default();
    let names = names.iter().flat_map(|n| [n.clone(), n.to_uppercase(), capital(n)]);
    names.map(|n| path.with_extension(n)).find(|p| p.is_file())
}

/// The system that is said beside a picture, in a `.prj` or in what GDAL keeps there (`picture.png.aux.xml`). Where nothing is said, degrees
/// where the numbers can be, Web Mercator where they can hardly be anything else.
pub(super) fn system_beside(path: &Path, affine: &Affine, crs: Option<&str>) -> Result<System, GroundError> {
    if let Some(name) = crs {
        return System::of_name(name).ok_or_else(|| GroundError::UnknownCrs(name.to_owned()));
    }
    let projection = ["prj", "PRJ", "Prj"].iter().find_map(|e| std::fs::read(path.with_extension(e)).ok());
    let projection = projection.map(|bytes| String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned());
    if let Some(text) = projection.or_else(|| kept_beside(path)) {
        let short: String = text.chars().take(80).collect();
        return System::of_wkt(&text).ok_or(GroundError::UnknownCrs(short));
    }
    let [.., c, _, _, f] = affine.0;
    let is_degrees = c.abs() <= 180.0 && f.abs() <= 90.0;
    // Eastings of zones are less than a million, or begin with the number of the zone.
    let is_mercator = (1.2e6..=20_037_509.0).contains(&c.abs()) && f.abs() <= 20_048_967.0;
    let code = match (is_degrees, is_mercator) {
        (true, _) => 4326,
        (false, true) => 3857,
        (false, false) => return Err(GroundError::NoCrs),
    };
    System::of_epsg(code).ok_or(GroundError::NoPlace)
}

/// The system in GDAL's file beside a picture, as well-known text.
fn kept_beside(path: &Path) -> Option<String> {
    let mut name = path.as_os_str().to_owned();
    name.push(".aux.xml");
    let file = std::fs::File::open(PathBuf::from(name)).ok()?;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut std::io::Read::take(file, 1 << 20), &mut text).ok()?;
    let (_, rest) = text.split_once("<SRS")?;
    let (_, rest) = rest.split_once('>')?;
    let (wkt, _) = rest.split_once("</SRS>")?;
    Some(wkt.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// Opens a picture.
pub(super) fn open(path: &Path, crs: Option<&str>) -> Result<Box<dyn Blocks>, GroundError> {
    let beside = world_file(path).ok_or(GroundError::NoPlace)?;
    let affine = Affine::of_world_file(&std::fs::read_to_string(beside)?).ok_or(GroundError::NoPlace)?;
    let damaged = |e: image::ImageError| GroundError::Damaged(e.to_string());
    let reader = || -> Result<_, GroundError> { Ok(image::ImageReader::open(path)?.with_guessed_format()?) };
    let (w, h) = reader()?.into_dimensions().map_err(damaged)?;
    if u64::from(w) * u64::from(h) > MOST_PIXELS {
        return Err(GroundError::Unsupported(format!(
            "a picture of {w} × {h} pixels; as a GeoTIFF with overviews it is"
        )));
    }
    let mut decoder = reader()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 6);
    decoder.limits(limits);
    let whole = Block::of(&decoder.decode().map_err(damaged)?.into_rgba8());
    let size = [f64::from(w), f64::from(h)];
    let place = Georeference::new(system_beside(path, &affine, crs)?, affine, size)?;
    let mut pictures = vec![whole];
    while let Some(last) = pictures.last().filter(|p| p.width_px > SIDE || p.height_px > SIDE) {
        let half = halved(last);
        pictures.push(half);
    }
    pictures.reverse();
    let level = |(key, p): (usize, &Block)| BlockLevel {
        key: key as u32,
        width_px: f64::from(p.width_px),
        height_px: f64::from(p.height_px),
        block_px: [SIDE; 2],
    };
    let levels = pictures.iter().enumerate().map(level).collect();
    let title = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Box::new(ImageFile { pictures, levels, place, title }))
}

/// Half a picture: four pixels become one.
pub(super) fn halved(picture: &Block) -> Block {
    let (w, h) = (picture.width_px.div_ceil(2), picture.height_px.div_ceil(2));
    let at = |x: u32, y: u32| {
        let (x, y) = (x.min(picture.width_px - 1), y.min(picture.height_px - 1));
        picture.pixels.get((y * picture.width_px + x) as usize).map_or([0; 4], |p| p.to_le_bytes())
    };
    let mut pixels = Vec::with_capacity((w * h) as usize);
    for y in 0..h {
        for x in 0..w {
            let four = [at(2 * x, 2 * y), at(2 * x + 1, 2 * y), at(2 * x, 2 * y + 1), at(2 * x + 1, 2 * y + 1)];
            pixels.push(mean(&four));
        }
    }
    Block { width_px: w, height_px: h, pixels }
}

/// The mean of colours, by how opaque they are.
fn mean(four: &[[u8; 4]; 4]) -> u32 {
    let alpha: u32 = four.iter().map(|p| u32::from(p[3])).sum();
    if alpha == 0 {
        return 0;
    }
    let channel = |i: usize| {
        let sum: u32 = four.iter().map(|p| u32::from(p[i]) * u32::from(p[3])).sum();
        ((sum + alpha / 2) / alpha) as u8
    };
    u32::from_le_bytes([channel(0), channel(1), channel(2), ((alpha + 2) / 4) as u8])
}

impl Blocks for ImageFile {
    fn levels(&self) -> &[BlockLevel] {
        &self.levels
    }

    fn block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        let Some(picture) = self.pictures.get(level.key as usize) else { return Ok(None) };
        let (x, y) = (column.saturating_mul(SIDE), row.saturating_mul(SIDE));
        if x >= picture.width_px || y >= picture.height_px {
            return Ok(None);
        }
        let (w, h) = (SIDE.min(picture.width_px - x), SIDE.min(picture.height_px - y));
        let line = |r: u32| {
            let from = ((y + r) * picture.width_px + x) as usize;
            picture.pixels.get(from..from + w as usize).unwrap_or_default()
        };
        Ok(Some(Block { width_px: w, height_px: h, pixels: (0..h).flat_map(line).copied().collect() }))
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
