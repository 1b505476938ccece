//! Folders of tiles: `z/x/y.png`, rows from the north, or from the south where a `tilemapresource.xml` (TMS) or `"scheme": "tms"` in a
//! `metadata.json` or `tiles.json` says so.

use std::path::{Path, PathBuf};

use super::blocks::{Blocks, GroundError};
use super::datum::TileDatum;
use super::tiles::{DEEPEST, TileBytes, TileFacts, TilePyramid, bounds_of, is_vector, plain, side_of};

/// Endings of pictures.
const ENDINGS: [&str; 4] = ["png", "jpg", "jpeg", "webp"];
/// Largest picture of a tile, in bytes.
const MOST_BYTES: u64 = 32 << 20;

struct Folder {
    root: PathBuf,
    /// What stands behind the number of a row, the most common first: programs write clear tiles as PNG and full ones as JPEG.
    endings: Vec<String>,
    is_south_up: bool,
}

impl TileBytes for Folder {
    fn bytes(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, GroundError> {
        let row = match self.is_south_up {
            true => (1_u64 << zoom).saturating_sub(1).saturating_sub(u64::from(row)),
            false => u64::from(row),
        };
        let folder = self.root.join(zoom.to_string()).join(column.to_string());
        for ending in &self.endings {
            let path = folder.join(format!("{row}{ending}"));
            match std::fs::metadata(&path) {
                Ok(m) if m.is_file() && m.len() <= MOST_BYTES => return Ok(Some(std::fs::read(&path)?)),
                Ok(_) => return Err(GroundError::Damaged(format!("{} is no tile", path.display()))),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(None)
    }
}

/// Names in a folder that are numbers, in order.
fn numbered(folder: &Path) -> Vec<u32> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(100_000);
    let mut list: Vec<u32> = entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).collect();
    list.sort_unstable();
    list
}

/// Whether a folder looks like one of tiles.
pub(super) fn is_one(folder: &Path) -> bool {
    numbered(folder).iter().any(|z| *z <= u32::from(DEEPEST) && first_tile(folder, *z).is_some())
}

fn first_tile(root: &Path, zoom: u32) -> Option<PathBuf> {
    let level = root.join(zoom.to_string());
    let column = level.join(numbered(&level).first()?.to_string());
    let files = std::fs::read_dir(column).ok()?.flatten().take(1000);
    files
        .map(|f| f.path())
        .find(|p| ENDINGS.iter().any(|e| p.extension().is_some_and(|own| own.eq_ignore_ascii_case(e))))
}

/// What stands behind the numbers of rows: the ending, and `@2x` before it where tiles are for fine screens. Those of each level, the most
/// common first; where a row is there twice, the finer one.
fn endings_of(root: &Path, zooms: &[u32]) -> Vec<String> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for zoom in zooms {
        let level = root.join(zoom.to_string());
        for column in numbered(&level).into_iter().take(8) {
            let files = std::fs::read_dir(level.join(column.to_string())).into_iter().flatten().flatten().take(1000);
            for name in files.filter_map(|f| f.file_name().into_string().ok()) {
                let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let (row, ending) = name.split_at(digits);
                let plain = ending.to_ascii_lowercase();
                let plain = plain.trim_start_matches("@2x").trim_start_matches('.');
                if row.is_empty() || !ENDINGS.contains(&plain) {
                    continue;
                }
                match found.iter_mut().find(|(known, _)| known == ending) {
                    Some((_, n)) => *n += 1,
                    None => found.push((ending.to_owned(), 1)),
                }
            }
        }
    }
    found.sort_by_key(|(ending, n)| (!ending.starts_with("@2x"), std::cmp::Reverse(*n)));
    found.into_iter().map(|(ending, _)| ending).collect()
}

/// Opens a folder.
pub(super) fn open(root: &Path, datum: TileDatum) -> Result<Box<dyn Blocks>, GroundError> {
    let zooms: Vec<u32> =
        numbered(root).into_iter().filter(|z| *z <= u32::from(DEEPEST) && first_tile(root, *z).is_some()).collect();
    let (Some(least), Some(most)) = (zooms.first(), zooms.last()) else {
        return Err(GroundError::Damaged("it has no folders of tiles, z/x/y".into()));
    };
    let sample = first_tile(root, *least).ok_or_else(|| GroundError::Damaged("it has no tiles".into()))?;
    let endings = endings_of(root, &zooms);
    if endings.is_empty() {
        return Err(GroundError::Damaged("its files are not called by the numbers of rows: z/x/y.png".into()));
    }
    let profile = std::fs::read_to_string(root.join("tilemapresource.xml")).unwrap_or_default().to_lowercase();
    for other in ["geodetic", "raster"] {
        if profile.contains(&format!("profile=\"{other}\"")) {
            return Err(GroundError::Unsupported(format!("tiles cut in the profile {other}; mercator is read")));
        }
    }
    let picture = std::fs::read(&sample)?;
    if is_vector(&picture) {
        return Err(GroundError::Vector);
    }
    let said: serde_json::Value = ["metadata.json", "tiles.json"]
        .iter()
        .find_map(|name| serde_json::from_slice(&std::fs::read(root.join(name)).ok()?).ok())
        .unwrap_or_default();
    let get = |key: &str| said.get(key).and_then(|v| v.as_str()).unwrap_or_default();
    let listed: Vec<String> =
        said.get("bounds").and_then(|v| v.as_array()).into_iter().flatten().map(|v| v.to_string()).collect();
    let bounds = if listed.is_empty() { get("bounds").to_owned() } else { listed.join(",") };
    let is_south_up = get("scheme") == "tms" || root.join("tilemapresource.xml").is_file();
    let facts = TileFacts {
        zooms: [*least as u8, *most as u8],
        tile_px: side_of(Some(&picture)),
        bounds: bounds_of(&bounds),
        attribution: plain(get("attribution")),
        title: plain(get("name")),
        ..TileFacts::default()
    };
    Ok(Box::new(TilePyramid::new(Folder { root: root.to_path_buf(), endings, is_south_up }, facts, datum)))
}
