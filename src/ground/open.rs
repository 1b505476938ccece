//! What a ground is opened from.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::blocks::{Block, BlockLevel, Blocks, GroundError};
use super::datum::{TileDatum, TileGrid};
use super::{folder, geotiff, image_file, mbtiles, online, pmtiles};
use crate::geo::{BoundsDeg, LonLat, System, WorldPos};

/// A format of grounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroundFormat {
    /// MBTiles.
    MbTiles,
    /// PMTiles.
    PmTiles,
    /// GeoTIFF and COG.
    GeoTiff,
    /// PNG or JPEG with a world file.
    Picture,
    /// A folder of tiles.
    Folder,
    /// Tiles of a server.
    Online,
}

impl GroundFormat {
    /// Stable name, as `check` prints it.
    pub fn key(self) -> &'static str {
        match self {
            Self::MbTiles => "mbtiles",
            Self::PmTiles => "pmtiles",
            Self::GeoTiff => "geotiff",
            Self::Picture => "picture",
            Self::Folder => "tiles",
            Self::Online => "online",
        }
    }

    /// Endings of its files.
    pub const ENDINGS: [&'static str; 8] = ["mbtiles", "pmtiles", "tif", "tiff", "png", "jpg", "jpeg", "webp"];

    /// The format of a file or folder by its first bytes; `None` where it is no ground. A picture is one only with a world file.
    pub fn of(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return folder::is_one(path).then_some(Self::Folder);
        }
        // A device or a pipe would never end, or never begin.
        if !std::fs::metadata(path).is_ok_and(|m| m.is_file()) {
            return None;
        }
        let mut head = [0; 16];
        let n = std::fs::File::open(path).ok()?.read(&mut head).ok()?;
        let head = head.get(..n)?;
        let tiff = [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"];
        let picture = [&b"\x89PNG"[..], b"\xff\xd8\xff"];
        let is_sqlite = head.starts_with(b"SQLite format 3");
        if is_sqlite && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("mbtiles")) {
            return Some(Self::MbTiles);
        }
        if head.starts_with(b"PMTiles") {
            return Some(Self::PmTiles);
        }
        if tiff.iter().any(|t| head.starts_with(t)) {
            return Some(Self::GeoTiff);
        }
        let is_picture = picture.iter().any(|p| head.starts_with(p));
        (is_picture && image_file::world_file(path).is_some()).then_some(Self::Picture)
    }
}

/// What a ground is opened from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroundSpec {
    /// The file or folder.
    pub path: PathBuf,
    /// In which coordinates its tiles are cut.
    pub datum: TileDatum,
    /// The system of a picture, where a person says so.
    pub crs: Option<String>,
    /// The address of a server's tiles, with `{z}`, `{x}` and `{y}`; empty for a file.
    pub url: String,
    /// A person's key for it.
    pub key: String,
    /// Least and deepest zoom of a server's tiles.
    pub least: Option<u8>,
    /// Deepest zoom of a server's tiles.
    pub deepest: Option<u8>,
    /// Along which lines they are cut.
    pub grid: TileGrid,
    /// Side of a server's tiles in pixels.
    pub tile_px: Option<u32>,
    /// Whether a person has turned the server on: without, only what was kept is shown.
    pub is_online: bool,
    /// Where tiles of servers, and coarser levels of pictures that lack them, are kept.
    pub kept: Option<PathBuf>,
    /// Most that is kept there, in bytes; the usual where absent.
    pub kept_most_bytes: Option<u64>,
}

impl GroundSpec {
    /// Opens it.
    ///
    /// # Errors
    /// Where it is no ground, is damaged, or does not say where it lies.
    pub(super) fn open(&self) -> Result<(GroundFormat, Box<dyn Blocks>), GroundError> {
        if let Some(root) = self.kept.clone() {
            let most = self.kept_most_bytes.unwrap_or(online::KEPT_BYTES);
            std::thread::Builder::new().name("tiles kept".into()).spawn(move || online::prune(&root, most)).ok();
        }
        if !self.url.is_empty() {
            let address = online::Address {
                url: &self.url,
                key: &self.key,
                is_online: self.is_online,
                kept: self.kept.as_deref(),
                least: self.least,
                deepest: self.deepest,
                grid: self.grid,
                tile_px: self.tile_px.unwrap_or(256),
            };
            return Ok((GroundFormat::Online, online::open(&address, self.datum)?));
        }
        let ending = self.path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let Some(format) = GroundFormat::of(&self.path) else {
            // The system's own word where it is not there at all; a picture without a world file has no place.
            std::fs::metadata(&self.path)?;
            return Err(match ending.as_str() {
                "png" | "jpg" | "jpeg" => GroundError::NoPlace,
                "mbtiles" | "pmtiles" | "tif" | "tiff" => {
                    GroundError::Damaged("its first bytes are not those of one".into())
                }
                other => GroundError::Unsupported(if other.is_empty() {
                    "a folder without tiles".into()
                } else {
                    format!(".{other}")
                }),
            });
        };
        let blocks = match format {
            GroundFormat::MbTiles => mbtiles::open(&self.path, self.datum)?,
            GroundFormat::PmTiles => pmtiles::open(&self.path, self.datum)?,
            GroundFormat::Folder => folder::open(&self.path, self.datum)?,
            GroundFormat::GeoTiff => geotiff::open(&self.path, self.crs.as_deref(), self.kept.as_deref())?,
            GroundFormat::Picture => image_file::open(&self.path, self.crs.as_deref())?,
            GroundFormat::Online => return Err(GroundError::NoPlace),
        };
        // Tiles know their datum; a picture that was cut out of a shifted map is where that map has it.
        let is_picture = matches!(format, GroundFormat::GeoTiff | GroundFormat::Picture);
        match self.datum {
            TileDatum::Wgs84 => Ok((format, blocks)),
            datum if is_picture => Ok((format, Box::new(Shifted { blocks, datum }))),
            _ => Ok((format, blocks)),
        }
    }
}

/// A picture in coordinates that are shifted against WGS 84.
struct Shifted {
    blocks: Box<dyn Blocks>,
    datum: TileDatum,
}

impl Blocks for Shifted {
    fn levels(&self) -> &[BlockLevel] {
        self.blocks.levels()
    }

    fn block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        self.blocks.block(level, column, row)
    }

    fn stop(&self) {
        self.blocks.stop();
    }

    fn place(&self, at: WorldPos) -> Option<[f64; 2]> {
        let [x, y] = self.datum.place(at);
        self.blocks.place(WorldPos { x, y })
    }

    fn attribution(&self) -> &str {
        self.blocks.attribution()
    }

    fn title(&self) -> &str {
        self.blocks.title()
    }

    fn system(&self) -> Option<&System> {
        self.blocks.system()
    }

    fn bounds(&self) -> Option<BoundsDeg> {
        let [w, s, e, n] = self.blocks.bounds()?.sides();
        let [a, b] = [LonLat::new(w, s), LonLat::new(e, n)].map(|p| self.datum.undo(p));
        Some(BoundsDeg::new([a.lon_deg, a.lat_deg, b.lon_deg, b.lat_deg]))
    }
}
