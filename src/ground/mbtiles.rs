//! MBTiles (specification 1.3): an SQLite file with tiles, rows counted from the south. Opened to be read and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use rusqlite::{Connection, OptionalExtension};

use super::blocks::{Blocks, GroundError};
use super::datum::TileDatum;
use super::tiles::{DEEPEST, TileBytes, TileFacts, TilePyramid, bounds_of, is_vector, plain, side_of};
use crate::geo::{BoundsDeg, WorldPos};

fn damaged(e: rusqlite::Error) -> GroundError {
    GroundError::Damaged(e.to_string())
}

struct MbTiles {
    connection: Mutex<Connection>,
    /// Whether rows are counted from the north, against the specification.
    is_north_up: bool,
}

/// A tile of the deepest level: its place and its picture.
type Sample = (i64, i64, Vec<u8>);

impl TileBytes for MbTiles {
    fn bytes(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, GroundError> {
        let south = match self.is_north_up {
            true => u64::from(row),
            false => (1_u64 << zoom).saturating_sub(1).saturating_sub(u64::from(row)),
        };
        let connection = self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let text = "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";
        let mut asked = connection.prepare_cached(text).map_err(damaged)?;
        asked
            .query_row((zoom, column, i64::try_from(south).unwrap_or(i64::MAX)), |r| r.get(0))
            .optional()
            .map_err(damaged)
    }
}

/// Opens a file.
pub(super) fn open(path: &Path, datum: TileDatum) -> Result<Box<dyn Blocks>, GroundError> {
    let connection = crate::read::open_database(path).map_err(GroundError::Damaged)?;
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    if let Ok(mut asked) = connection.prepare("SELECT name, value FROM metadata LIMIT 1000") {
        let rows = asked.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).map_err(damaged)?;
        said.extend(rows.flatten());
    }
    let get = |key: &str| said.get(key).map(String::as_str).unwrap_or_default();
    if get("format") == "pbf" {
        return Err(GroundError::Vector);
    }
    // What the tiles are counts, not what the metadata claim.
    let counted: (Option<i64>, Option<i64>) = connection
        .query_row("SELECT min(zoom_level), max(zoom_level) FROM tiles", [], |r| Ok((r.get(0)?, r.get(1)?)))
        .map_err(damaged)?;
    let (Some(least), Some(most)) = counted else { return Err(GroundError::Damaged("it has no tiles".into())) };
    let text = "SELECT tile_column, tile_row, tile_data FROM tiles WHERE zoom_level = ?1 LIMIT 1";
    let first: Option<Sample> =
        connection.query_row(text, [most], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional().map_err(damaged)?;
    let picture = first.as_ref().map(|(.., picture)| picture.as_slice());
    if picture.is_some_and(is_vector) {
        return Err(GroundError::Vector);
    }
    let bounds = bounds_of(get("bounds"));
    let is_north_up = get("scheme") == "xyz"
        && first.as_ref().zip(bounds).is_some_and(|(first, bounds)| lies_north_up(first, most, bounds));
    let facts = TileFacts {
        zooms: [least, most].map(|z| z.clamp(0, i64::from(DEEPEST)) as u8),
        tile_px: side_of(picture),
        bounds,
        attribution: plain(get("attribution")),
        title: plain(get("name")),
        ..TileFacts::default()
    };
    let tiles = MbTiles { connection: Mutex::new(connection), is_north_up };
    Ok(Box::new(TilePyramid::new(tiles, facts, datum)))
}

/// Whether a tile lies within what the file says to cover only where its row is counted from the north. Some programs write `scheme = xyz`
/// and keep to the specification, others do as they say.
fn lies_north_up((column, row, _): &Sample, zoom: i64, bounds: BoundsDeg) -> bool {
    let count = 2f64.powi(zoom.clamp(0, i64::from(DEEPEST)) as i32);
    let lies_inside = |row: f64| {
        let middle = WorldPos { x: (*column as f64 + 0.5) / count, y: (row + 0.5) / count }.to_lonlat();
        let [w, s, e, n] = bounds.sides();
        let margin = 360.0 / count;
        middle.lon_deg > w - margin
            && middle.lon_deg < e + margin
            && middle.lat_deg > s - margin
            && middle.lat_deg < n + margin
    };
    lies_inside(*row as f64) && !lies_inside(count - 1.0 - *row as f64)
}
