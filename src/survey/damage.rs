//! A damaged log: what can still be read of it, with the plain copy beside it, becomes a new one. The damaged file is kept.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::SurveyError;
use super::event::Event;
use super::instant::Instant;
use super::journal::Journal;
use super::merge::union;
use super::paths::LogPaths;
use super::rows::{EventRow, events_after};

/// What was saved.
pub(super) struct Saved {
    /// All events that could be read from database or copy.
    pub(super) events: Vec<Event>,
    /// Where the damaged database lies now.
    pub(super) kept_as: PathBuf,
}

/// Reads what can be read and moves the damaged database aside.
pub(super) fn save(paths: &LogPaths) -> Result<Saved, SurveyError> {
    let mut events = Journal::new(&paths.journal).read();
    events.extend(readable(&paths.log));
    let stamp: String = Instant::now().to_text().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = paths.log.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let kept_as = paths.log.with_file_name(format!("{}.damaged-{stamp}.gpkg", name.trim_end_matches(".gpkg")));
    std::fs::rename(&paths.log, &kept_as).map_err(|e| SurveyError::of_io(&paths.log, e))?;
    for ending in ["-wal", "-shm"] {
        let beside = |p: &Path| PathBuf::from(format!("{}{ending}", p.display()));
        let from = beside(&paths.log);
        if from.exists() {
            std::fs::rename(&from, beside(&kept_as)).map_err(|e| SurveyError::of_io(&from, e))?;
        }
    }
    Ok(Saved { events: union(events).into_values().collect(), kept_as })
}

/// Events whose rows can be read: all up to the damage, then one by one beyond it.
fn readable(path: &Path) -> Vec<Event> {
    let mut events = Vec::new();
    let Ok(conn) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE) else { return events };
    let mut last = 0;
    // What was changed is not what was recorded.
    let is_whole = |row: &EventRow| row.event.digest() == row.digest;
    let whole = events_after(&conn, 0, |row| {
        last = row.fid;
        events.extend(is_whole(&row).then_some(row.event));
    });
    if whole.is_ok() {
        return events;
    }
    let end = conn
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'events'", [], |r| r.get::<_, i64>(0))
        .unwrap_or(last + 100_000);
    while last < end {
        let from = last;
        // A row at a time: an unreadable page costs its own rows only.
        let one = events_after(&conn, from, |row| {
            last = last.max(row.fid);
            events.extend(is_whole(&row).then_some(row.event));
        });
        if one.is_ok() {
            break;
        }
        last = last.max(from) + 1;
    }
    events
}
