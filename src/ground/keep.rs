//! An area of a source of tiles as an MBTiles file (specification 1.3), to be looked at without a network.

use std::path::Path;

use super::blocks::{BlockLevel, GroundError};
use super::paint::Ground;
use crate::geo::{BoundsDeg, WorldPos};
use crate::read::Progress;

/// Most tiles of one file: a district down to houses; a country is not taken from a server.
pub const MOST_TILES: u64 = 100_000;

/// What was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptArea {
    /// Tiles that are in the file.
    pub tiles: u64,
    /// Tiles that the source has not.
    pub none: u64,
    /// Tiles that could not be had.
    pub failed: u64,
}

/// Columns and rows of a level, both ends included.
fn range(ground: &Ground, level: &BlockLevel, bounds: BoundsDeg) -> Option<[u32; 4]> {
    let (north_west, south_east) = bounds.corners();
    let at = |p| ground.source().place(WorldPos::from_lonlat(p));
    let ([x0, y0], [x1, y1]) = (at(north_west)?, at(south_east)?);
    let [across, down] = level.blocks();
    let of = |v: f64, n: u32| ((v * f64::from(n)).floor().max(0.0) as u32).min(n.saturating_sub(1));
    Some([of(x0, across), of(y0, down), of(x1, across), of(y1, down)])
}

impl Ground {
    /// How many tiles an area has down to a level.
    pub fn tiles_in(&self, bounds: BoundsDeg, deepest: u32) -> u64 {
        let levels = self.source().levels().iter().filter(|l| l.key <= deepest);
        let count = |[x0, y0, x1, y1]: [u32; 4]| u64::from(x1 - x0 + 1) * u64::from(y1 - y0 + 1);
        levels.filter_map(|l| range(self, l, bounds)).map(count).fold(0, u64::saturating_add)
    }

    /// Writes the tiles of an area down to a level into a file, as they are, in the coordinates in which they are cut.
    ///
    /// # Errors
    /// Where the file cannot be written, the area is too large, or somebody stopped it.
    pub fn keep(
        &self,
        bounds: BoundsDeg,
        deepest: u32,
        (path, title, attribution): (&Path, &str, &str),
        progress: &Progress,
    ) -> Result<KeptArea, GroundError> {
        let all = self.tiles_in(bounds, deepest);
        if all > MOST_TILES {
            return Err(GroundError::TooLarge(all));
        }
        let sql = |e: rusqlite::Error| GroundError::Damaged(e.to_string());
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Written beside and renamed: one that was cut short never stands there.
        let beside = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder)?.into_temp_path();
        let mut file = rusqlite::Connection::open(&beside).map_err(sql)?;
        file.execute_batch(
            "CREATE TABLE metadata (name TEXT, value TEXT);
             CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
             CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);",
        )
        .map_err(sql)?;
        let (mut kept, mut done, mut format, mut least) = (KeptArea::default(), 0_u64, "png", None);
        let into = file.transaction().map_err(sql)?;
        for level in self.source().levels().iter().filter(|l| l.key <= deepest) {
            let Some([x0, y0, x1, y1]) = range(self, level, bounds) else { continue };
            least = least.or(Some(level.key));
            for (column, row) in (x0..=x1).flat_map(|x| (y0..=y1).map(move |y| (x, y))) {
                if progress.is_cancelled() {
                    return Err(GroundError::Cancelled);
                }
                match self.source().picture(level, column, row) {
                    Ok(Some(bytes)) => {
                        format = match image::guess_format(&bytes) {
                            Ok(image::ImageFormat::Jpeg) => "jpg",
                            Ok(image::ImageFormat::WebP) => "webp",
                            _ => "png",
                        };
                        let south = (1_i64 << level.key) - 1 - i64::from(row);
                        into.execute("INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)", (level.key, column, south, bytes))
                            .map_err(sql)?;
                        kept.tiles += 1;
                    }
                    Ok(None) => kept.none += 1,
                    Err(_) => kept.failed += 1,
                }
                done += 1;
                progress.set(done, all);
            }
        }
        // An empty file would take the place of a server that only could not be reached.
        if kept.tiles == 0 {
            return Err(GroundError::NoTiles);
        }
        let sides = bounds.sides().map(|v| v.to_string()).join(",");
        for (name, value) in [
            ("name", title.to_owned()),
            ("format", format.to_owned()),
            ("attribution", attribution.to_owned()),
            ("bounds", sides),
            ("minzoom", least.unwrap_or(0).to_string()),
            ("maxzoom", deepest.to_string()),
        ] {
            into.execute("INSERT INTO metadata VALUES (?1, ?2)", (name, value)).map_err(sql)?;
        }
        into.commit().map_err(sql)?;
        file.close().map_err(|(_, e)| sql(e))?;
        beside.persist(path).map_err(|e| GroundError::Io(e.error))?;
        Ok(kept)
    }
}
