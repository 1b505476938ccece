//! A picture of the ground as levels of blocks.

use std::fmt;

use crate::geo::{BoundsDeg, System, WorldPos};

/// Longest side of a block in pixels: a tile that claims more is refused before anything is allocated for it.
pub const MAX_BLOCK_PX: u32 = 4096;

/// How a file that ends too early is damaged.
pub const CUT_SHORT: &str = "it is cut short";

/// Why a ground cannot be shown.
#[derive(Debug)]
pub enum GroundError {
    /// What the system says.
    Io(std::io::Error),
    /// It is damaged: how.
    Damaged(String),
    /// It has vector tiles, which are not drawn.
    Vector,
    /// It does not say where it lies.
    NoPlace,
    /// Its coordinate system is not understood: what it says.
    UnknownCrs(String),
    /// Its numbers are no degrees, and nothing says in which coordinate system they are.
    NoCrs,
    /// It is of a kind that is not read: which.
    Unsupported(String),
    /// A server does not give what it was asked for: which, and why.
    Server(String, ServerTrouble),
    /// An area is too large to be kept at once: its tiles.
    TooLarge(u64),
    /// None of an area's tiles could be had.
    NoTiles,
    /// Somebody stopped it.
    Cancelled,
}

/// Why a server does not give what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerTrouble {
    /// It takes too long.
    Slow,
    /// There is no such server, or no network.
    NotFound,
    /// It cannot be reached.
    Unreachable,
    /// Its certificate is not in order.
    Certificate,
    /// It breaks off in the middle.
    BrokenOff,
    /// It gives more than a tile can be.
    TooLarge,
    /// What it gives is no picture.
    NoPicture,
    /// It sends elsewhere.
    Elsewhere,
    /// It sends round in a circle.
    Circle,
    /// It refuses: a key may be missing or wrong.
    Refused,
    /// It was asked too often.
    TooOften,
    /// It answers something else: its status.
    Status(u16),
    /// It failed again and again and is left alone for a while.
    LeftAlone,
    /// What it gave is no description of tiles.
    NoCapabilities,
    /// It describes tiles, none of which can be drawn.
    NothingDrawable,
    /// Anything else.
    Other,
}

impl ServerTrouble {
    /// Stable name; in language files `ground.server-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::NotFound => "not-found",
            Self::Unreachable => "unreachable",
            Self::Certificate => "certificate",
            Self::BrokenOff => "broken-off",
            Self::TooLarge => "too-large",
            Self::NoPicture => "no-picture",
            Self::Elsewhere => "elsewhere",
            Self::Circle => "circle",
            Self::Refused => "refused",
            Self::TooOften => "too-often",
            Self::Status(_) => "status",
            Self::LeftAlone => "left-alone",
            Self::NoCapabilities => "no-capabilities",
            Self::NothingDrawable => "nothing-drawable",
            Self::Other => "other",
        }
    }

    /// In English, for commands.
    pub fn words(self) -> String {
        let words = match self {
            Self::Slow => "it takes too long",
            Self::NotFound => "it is not found: is there a network?",
            Self::Unreachable => "it cannot be reached: is there a network?",
            Self::Certificate => "its certificate is not in order",
            Self::BrokenOff => "the answer broke off",
            Self::TooLarge => "a tile is larger than 8 MB",
            Self::NoPicture => "the answer is no picture",
            Self::Elsewhere => "it sends elsewhere, which is not followed",
            Self::Circle => "it sends round in a circle",
            Self::Refused => "it refuses: a key may be missing or wrong",
            Self::TooOften => "it was asked too often",
            Self::Status(status) => return format!("it answers {status}"),
            Self::LeftAlone => "it is left alone for a while after failing again and again",
            Self::NoCapabilities => "the answer is no description of tiles (WMTS capabilities)",
            Self::NothingDrawable => "none of its tiles can be drawn: they are no pictures, or cut in another way",
            Self::Other => "it gave no proper answer",
        };
        words.to_owned()
    }
}

impl GroundError {
    /// Stable name; in language files `ground.error-<code>`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "unreadable",
            Self::Damaged(_) => "damaged",
            Self::Vector => "vector",
            Self::NoPlace => "no-place",
            Self::UnknownCrs(_) => "crs",
            Self::NoCrs => "no-crs",
            Self::Unsupported(_) => "unsupported",
            Self::Server(..) => "server",
            Self::TooLarge(_) => "too-large",
            Self::NoTiles => "no-tiles",
            Self::Cancelled => "cancelled",
        }
    }

    /// What is said besides; empty where nothing is.
    pub fn detail(&self) -> String {
        match self {
            Self::Io(e) => e.to_string(),
            Self::Damaged(text) | Self::UnknownCrs(text) | Self::Unsupported(text) => text.clone(),
            Self::Server(server, _) => server.clone(),
            Self::TooLarge(tiles) => tiles.to_string(),
            Self::Vector | Self::NoPlace | Self::NoCrs | Self::NoTiles | Self::Cancelled => String::new(),
        }
    }
}

impl fmt::Display for GroundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(e) => write!(f, "it cannot be read: {e}"),
            Self::Damaged(text) => write!(f, "it is damaged: {text}"),
            Self::Vector => f.write_str("it has vector tiles; only tiles that are pictures are drawn"),
            Self::NoPlace => f.write_str("it does not say where it lies: no georeference and no world file beside it"),
            Self::UnknownCrs(text) => write!(f, "its coordinate system is not understood: {text}"),
            Self::NoCrs => f.write_str(
                "its numbers are no degrees, and nothing says in which coordinate system they are: put a .prj beside it, or say crs = \"EPSG:…\"",
            ),
            Self::Unsupported(text) => write!(f, "it is of a kind that is not read: {text}"),
            Self::Server(server, trouble) => write!(f, "{server}: {}", trouble.words()),
            Self::TooLarge(tiles) => write!(f, "{tiles} tiles are too many to be kept at once"),
            Self::NoTiles => f.write_str("none of its tiles could be had"),
            Self::Cancelled => f.write_str("it was stopped"),
        }
    }
}

impl std::error::Error for GroundError {}

impl From<std::io::Error> for GroundError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Damaged(CUT_SHORT.to_owned()),
            _ => Self::Io(error),
        }
    }
}

/// A piece of the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// RGBA bytes of each pixel, straight alpha, row by row.
    pub pixels: Vec<u32>,
}

impl Block {
    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.pixels.len() * 4
    }

    /// A picture as a block.
    ///
    /// # Errors
    /// Where it is damaged, or claims to be larger than 4,096 pixels a side.
    pub fn decode(bytes: &[u8]) -> Result<Self, GroundError> {
        let damaged = |e: image::ImageError| GroundError::Damaged(e.to_string());
        let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format()?;
        let mut limits = image::Limits::default();
        limits.max_image_width = Some(MAX_BLOCK_PX);
        limits.max_image_height = Some(MAX_BLOCK_PX);
        limits.max_alloc = Some(256 << 20);
        reader.limits(limits);
        Ok(Self::of(&reader.decode().map_err(damaged)?.into_rgba8()))
    }

    /// The block as a PNG.
    ///
    /// # Errors
    /// Where its pixels are not as many as its sides say.
    pub fn png(&self) -> std::io::Result<Vec<u8>> {
        let bytes = self.pixels.iter().flat_map(|p| p.to_le_bytes()).collect();
        let image = image::RgbaImage::from_raw(self.width_px, self.height_px, bytes);
        let image = image.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidData))?;
        let mut out = std::io::Cursor::new(Vec::new());
        image.write_to(&mut out, image::ImageFormat::Png).map_err(std::io::Error::other)?;
        Ok(out.into_inner())
    }

    /// A picture as a block.
    pub fn of(image: &image::RgbaImage) -> Self {
        let pixels = image.as_raw().chunks_exact(4).map(|p| p.try_into().map_or(0, u32::from_le_bytes)).collect();
        Self { width_px: image.width(), height_px: image.height(), pixels }
    }
}

/// A level of a pyramid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockLevel {
    /// What the source calls it: the zoom of tiles, the number of an overview.
    pub key: u32,
    /// Width of the whole picture at this level, in pixels.
    pub width_px: f64,
    /// Height of the whole picture at this level.
    pub height_px: f64,
    /// Width and height of a block.
    pub block_px: [u32; 2],
}

impl BlockLevel {
    /// Blocks along both sides.
    pub fn blocks(&self) -> [u32; 2] {
        let along = |px: f64, block: u32| (px / f64::from(block.max(1))).ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
        [along(self.width_px, self.block_px[0]), along(self.height_px, self.block_px[1])]
    }
}

/// A pyramid of blocks.
pub trait Blocks: Send + Sync {
    /// Its levels, the coarsest first; at least one.
    fn levels(&self) -> &[BlockLevel];

    /// A block by column and row; `None` where the source has none.
    ///
    /// # Errors
    /// Where it is damaged or cannot be read.
    fn block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError>;

    /// Nobody wants its blocks any more: what takes long gives up, with [`GroundError::Cancelled`].
    fn stop(&self) {}

    /// The picture of a block as the source has it, where it is one of its own: a tile.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn picture(&self, _level: &BlockLevel, _column: u32, _row: u32) -> Result<Option<Vec<u8>>, GroundError> {
        Ok(None)
    }

    /// Where a point of the map lies in the picture: 0 to 1 from its upper left corner; `None` where its system has no such place.
    fn place(&self, at: WorldPos) -> Option<[f64; 2]>;

    /// Whether the way from the map into the picture is a straight one: nothing is lost between the points of the mesh.
    fn is_straight(&self) -> bool {
        false
    }

    /// Whether each block covers its whole square, however many pixels it has: tiles do, the last pieces of a picture do not.
    fn fills_blocks(&self) -> bool {
        false
    }

    /// Who is to be named; empty where nothing says so.
    fn attribution(&self) -> &str {
        ""
    }

    /// Its title; empty where nothing says so.
    fn title(&self) -> &str {
        ""
    }

    /// The coordinate system of a picture of the earth; `None` for tiles, which are cut by a grid that all know.
    fn system(&self) -> Option<&System> {
        None
    }

    /// What it covers.
    fn bounds(&self) -> Option<BoundsDeg>;
}
