//! A log of version 1 as one of version 2: every event under its id, rows of the layer with what other programs did to them. The
//! log as it was is kept beside it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::error::SurveyError;
use super::event::Event;
use super::paths::LogPaths;
use super::rows::{events_v1, insert_event, is_v1, visit_rows, write_visit};
use super::schema;
use crate::project::Beside;

/// Makes a log of version 1 one of this version; where the old one is kept, or nothing where it is of this version.
pub(super) fn migrate(conn: &Connection, paths: &LogPaths) -> Result<Option<PathBuf>, SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(&paths.log, &e);
    if schema::version(conn).map_err(explain)? != 1 {
        return Ok(None);
    }
    let kept = keep_copy(conn, paths)?;
    // Dropping a table that others point at is no change to them here.
    conn.pragma_update(None, "foreign_keys", "off").map_err(explain)?;
    let done = rewrite(conn, paths);
    if done.is_err() {
        // It is still of version 1: the copy says nothing new, and the next attempt makes another.
        std::fs::remove_file(&kept).ok();
        std::fs::remove_file(kept.with_extension("jsonl")).ok();
    }
    conn.pragma_update(None, "foreign_keys", "on").map_err(explain)?;
    done.map(|()| Some(kept))
}

/// Copies the log and its plain copy beside it, under names that say what they are.
fn keep_copy(conn: &Connection, paths: &LogPaths) -> Result<PathBuf, SurveyError> {
    let stem = paths.log.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem.trim_end_matches(".gpkg").to_owned();
    let name = |n: u32, ending: &str| {
        let number = if n == 0 { String::new() } else { format!("-{n}") };
        paths.log.with_file_name(format!("{stem}.v1{number}{ending}"))
    };
    let free = (0..1000).find(|n| !name(*n, ".gpkg").exists() && !name(*n, ".jsonl").exists()).unwrap_or(1000);
    let (log, journal) = (name(free, ".gpkg"), name(free, ".jsonl"));
    // Beside it first, so that no half of it ever stands for the whole.
    let io = |e| SurveyError::of_io(&log, e);
    let part = Beside::begin(&log).map_err(io)?;
    let target = part.path().to_string_lossy().into_owned();
    conn.execute("VACUUM INTO ?1", [&target]).map_err(|e| SurveyError::of_sqlite(&paths.log, &e))?;
    part.finish().map_err(io)?;
    if paths.journal.exists() {
        std::fs::copy(&paths.journal, &journal).map_err(|e| SurveyError::of_io(&journal, e))?;
    }
    Ok(log)
}

fn rewrite(conn: &Connection, paths: &LogPaths) -> Result<(), SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(&paths.log, &e);
    let transaction = rusqlite::Transaction::new_unchecked(conn, TransactionBehavior::Immediate).map_err(explain)?;
    // Another program may have done it meanwhile.
    if schema::version(conn).map_err(explain)? != 1 || !is_v1(conn).map_err(explain)? {
        return Ok(());
    }
    let mut events: Vec<Event> = Vec::new();
    let mut is_whole = true;
    events_v1(conn, 0, |_, event, whole| {
        is_whole &= whole;
        events.push(event.into_event());
    })
    .map_err(explain)?;
    if !is_whole {
        return Err(damaged(&paths.log));
    }
    let rows = visit_rows(conn).map_err(explain)?;
    let edited = schema::value(conn, "edited").map_err(explain)?.unwrap_or_else(|| "1".into());
    conn.execute_batch(
        "DROP TABLE IF EXISTS rtree_visits_geom; DELETE FROM gpkg_extensions WHERE table_name = 'visits'; \
         DROP TABLE events; DROP TABLE visits; DROP TABLE qiancun_log; \
         DELETE FROM gpkg_data_columns WHERE table_name IN ('visits', 'events'); \
         DELETE FROM gpkg_data_column_constraints WHERE constraint_name = 'result'; \
         DELETE FROM gpkg_geometry_columns WHERE table_name IN ('visits', 'events'); \
         DELETE FROM gpkg_contents WHERE table_name IN ('visits', 'events');",
    )
    .map_err(explain)?;
    conn.execute_batch(include_str!("schema.sql")).map_err(explain)?;
    for event in &events {
        insert_event(conn, event).map_err(explain)?;
    }
    for row in &rows {
        let id = if row.id.is_empty() { None } else { Some(row.id.as_str()) };
        write_visit(conn, id, &row.said, Some(row.fid)).map_err(explain)?;
    }
    schema::set_value(conn, "edited", &edited).map_err(explain)?;
    transaction.commit().map_err(explain)
}

fn damaged(path: &Path) -> SurveyError {
    SurveyError::Damaged { path: path.into(), message: "an event does not say what was recorded".into() }
}
