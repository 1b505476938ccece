//! MBTiles (specification 1.3): an SQLite file with tiles, rows counted from the south. Opened to be read and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use rusqlite::{Connection, OptionalExtension};

use super::blocks::{Blocks, GroundError};
use super::datum::TileDatum;
use super::tiles::{DEEPEST, TileBytes, TileFacts, TilePyramid, bounds_of, is_vector, plain, side_of};

fn damaged(e: rusqlite::Error) -> GroundError {
    GroundError::Damaged(e.to_string())
}

struct MbTiles(Mutex<Connection>);

impl TileBytes for MbTiles {
    fn bytes(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, GroundError> {
        let south = (1_u64 << zoom).saturating_sub(1).saturating_sub(u64::from(row));
        let connection = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
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
    let first: Option<Vec<u8>> =
        connection.query_row("SELECT tile_data FROM tiles LIMIT 1", [], |r| r.get(0)).optional().map_err(damaged)?;
    if first.as_deref().is_some_and(is_vector) {
        return Err(GroundError::Vector);
    }
    let facts = TileFacts {
        zooms: [least, most].map(|z| z.clamp(0, i64::from(DEEPEST)) as u8),
        tile_px: side_of(first.as_deref()),
        bounds: bounds_of(get("bounds")),
        attribution: plain(get("attribution")),
        title: plain(get("name")),
        ..TileFacts::default()
    };
    Ok(Box::new(TilePyramid::new(MbTiles(Mutex::new(connection)), facts, datum)))
}
