//! Pyramids of square tiles on the world square, as all map services cut them.

use super::blocks::{Block, BlockLevel, Blocks, GroundError};
use super::datum::{TileDatum, TileGrid};
use crate::geo::{BoundsDeg, LonLat, WorldPos};

/// Most bytes of a tile, unpacked.
const MOST_UNPACKED: u64 = 64 << 20;
/// Deepest level: tiles of a few centimetres.
pub(super) const DEEPEST: u8 = 24;

/// Where the pictures of tiles come from: rows counted from the north.
pub(super) trait TileBytes: Send + Sync {
    /// The picture of a tile; `None` where there is none.
    fn bytes(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, GroundError>;
}

/// What a set of tiles says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct TileFacts {
    /// Least and greatest zoom.
    pub zooms: [u8; 2],
    /// Along which lines it is cut.
    pub grid: TileGrid,
    /// Side of a tile in pixels.
    pub tile_px: u32,
    /// What it covers, in its own coordinates.
    pub bounds: Option<BoundsDeg>,
    /// Who is to be named.
    pub attribution: String,
    /// Its title.
    pub title: String,
}

/// Tiles as a pyramid.
pub(super) struct TilePyramid<T> {
    source: T,
    facts: TileFacts,
    datum: TileDatum,
    levels: Vec<BlockLevel>,
}

impl<T: TileBytes> TilePyramid<T> {
    pub(super) fn new(source: T, facts: TileFacts, datum: TileDatum) -> Self {
        let side = facts.tile_px.clamp(16, super::blocks::MAX_BLOCK_PX);
        let [least, most] = facts.zooms.map(|z| z.min(DEEPEST));
        let level = |zoom: u8| {
            let width_px = f64::from(side) * 2f64.powi(i32::from(zoom));
            let height_px = if facts.grid == TileGrid::Degrees { width_px / 2.0 } else { width_px };
            BlockLevel { key: u32::from(zoom), width_px, height_px, block_px: [side; 2] }
        };
        let levels = (least..=most.max(least)).map(level).collect();
        Self { source, facts, datum, levels }
    }
}

impl<T: TileBytes> Blocks for TilePyramid<T> {
    fn levels(&self) -> &[BlockLevel] {
        &self.levels
    }

    fn block(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Block>, GroundError> {
        let bytes = self.source.bytes(level.key as u8, column, row)?;
        bytes.filter(|b| !b.is_empty()).map(|b| Block::decode(&unpacked(b))).transpose()
    }

    fn picture(&self, level: &BlockLevel, column: u32, row: u32) -> Result<Option<Vec<u8>>, GroundError> {
        self.source.bytes(level.key as u8, column, row)
    }

    fn place(&self, at: WorldPos) -> Option<[f64; 2]> {
        let place = self.datum.place(at);
        match self.facts.grid {
            TileGrid::Mercator => Some(place),
            TileGrid::Degrees => {
                let at = WorldPos { x: place[0], y: place[1] }.to_lonlat();
                Some([(at.lon_deg + 180.0) / 360.0, (90.0 - at.lat_deg) / 180.0])
            }
        }
    }

    fn fills_blocks(&self) -> bool {
        true
    }

    fn is_straight(&self) -> bool {
        self.datum == TileDatum::Wgs84 && self.facts.grid == TileGrid::Mercator
    }

    fn attribution(&self) -> &str {
        &self.facts.attribution
    }

    fn title(&self) -> &str {
        &self.facts.title
    }

    fn bounds(&self) -> Option<BoundsDeg> {
        let [w, s, e, n] = self.facts.bounds?.sides();
        let [a, b] = [LonLat::new(w, s), LonLat::new(e, n)].map(|p| self.datum.undo(p));
        Some(BoundsDeg::new([a.lon_deg, a.lat_deg, b.lon_deg, b.lat_deg]))
    }
}

/// Bounds as metadata write them: `w,s,e,n`. `None` for the whole world, which says nothing.
pub(super) fn bounds_of(text: &str) -> Option<BoundsDeg> {
    let numbers: Vec<f64> = text.split(',').filter_map(|t| t.trim().parse().ok()).collect();
    let [w, s, e, n] = *numbers.as_slice() else { return None };
    let is_place = w < e && s < n && [w, s, e, n].iter().all(|v| v.is_finite());
    (is_place && e - w < 359.0).then(|| BoundsDeg::new([w, s, e, n]))
}

/// Attribution without the markup that services put into it.
pub(super) fn plain(text: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0_u32);
    for c in text.chars().take(2000) {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if depth == 0 && !c.is_control() => out.push(c),
            _ => {}
        }
    }
    let out = without_entities(&out);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters for what HTML writes them as: by name, or by number (`&#169;`, `&#xA9;`). What is none stays.
fn without_entities(text: &str) -> String {
    const NAMED: [(&str, &str); 12] = [
        ("copy", "©"),
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", " "),
        ("mdash", "—"),
        ("ndash", "–"),
        ("middot", "·"),
        ("reg", "®"),
        ("hellip", "…"),
    ];
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let word = after.split_once(';').filter(|(word, _)| word.len() <= 8);
        let meant = word.and_then(|(word, behind)| {
            let number = word.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => n.parse().ok(),
            });
            let named = NAMED.iter().find(|(name, _)| *name == word).map(|(_, c)| (*c).to_owned());
            let meant = named.or_else(|| number.and_then(char::from_u32).map(String::from))?;
            Some((meant, behind))
        });
        match meant {
            Some((meant, behind)) => {
                out.push_str(&meant);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Side of a tile in pixels, by one of them; 256 where none says so.
pub(super) fn side_of(picture: Option<&[u8]>) -> u32 {
    let size = picture.map(|b| unpacked(b.to_vec())).and_then(|b| {
        let reader = image::ImageReader::new(std::io::Cursor::new(b)).with_guessed_format().ok()?;
        reader.into_dimensions().ok()
    });
    size.map_or(256, |(w, _)| w).clamp(16, super::blocks::MAX_BLOCK_PX)
}

/// Whether bytes are a vector tile rather than a picture: protocol buffers, packed by gzip or not.
pub(super) fn is_vector(bytes: &[u8]) -> bool {
    use std::io::Read;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut head = [0; 1];
        let is_read = flate2::read::GzDecoder::new(bytes).read_exact(&mut head).is_ok();
        return !is_read || head == [0x1a];
    }
    bytes.first() == Some(&0x1a)
}

/// The picture of a tile without the gzip that some programs pack every tile in.
fn unpacked(bytes: Vec<u8>) -> Vec<u8> {
    use std::io::Read;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut out = Vec::new();
    match flate2::read::GzDecoder::new(bytes.as_slice()).take(MOST_UNPACKED).read_to_end(&mut out) {
        Ok(_) => out,
        Err(_) => bytes,
    }
}
