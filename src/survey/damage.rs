//! A damaged log: what can still be read of it, with the plain copy beside it, becomes a new one. The damaged file is kept.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::connect::guard;
use super::error::SurveyError;
use super::event::Event;
use super::instant::Instant;
use super::journal::Journal;
use super::merge::union;
use super::paths::LogPaths;
use super::rows::{EventRow, events_after, events_v1, is_v1};

/// What was saved.
pub(super) struct Saved {
    /// All events that could be read from database or copy.
    pub(super) events: Vec<Event>,
    /// Where the damaged database lies now.
    pub(super) kept_as: PathBuf,
}

/// Reads what can be read and moves the damaged database aside.
pub(super) fn save(paths: &LogPaths) -> Result<Saved, SurveyError> {
    let copied = Journal::new(&paths.journal).read().map_err(|e| SurveyError::of_io(&paths.journal, e))?;
    // Without the database nothing says what was recorded: too much rather than too little.
    let mut events = [copied.events, copied.unfinished].concat();
    events.extend(readable(&paths.log));
    let when: String = Instant::now().to_text().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = paths.log.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let kept_as = paths.log.with_file_name(format!("{}.damaged-{when}.gpkg", name.trim_end_matches(".gpkg")));
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

/// Rows beyond the last one that could be read are looked for so far: damage to a page costs some hundred rows.
const BEYOND: i64 = 100_000;

/// Events whose rows can be read: all up to the damage, then one by one beyond it.
fn readable(path: &Path) -> Vec<Event> {
    let mut events = Vec::new();
    let Ok(mut conn) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE) else { return events };
    if guard(&mut conn).is_err() {
        return events;
    }
    if is_v1(&conn).unwrap_or(false) {
        read_all(&conn, &mut events, |conn, from, each| {
            events_v1(conn, from, |fid, event, whole| each(fid, whole.then(|| event.into_event())))
        });
    } else {
        // What was changed is not what was recorded.
        let is_whole = |row: &EventRow| row.event.digest() == row.digest;
        read_all(&conn, &mut events, |conn, from, each| {
            events_after(conn, from, |row| each(row.fid, Some(row).filter(is_whole).map(|r| r.event)))
        });
    }
    events
}

type Each<'a> = &'a mut dyn FnMut(i64, Option<Event>);

fn read_all(
    conn: &Connection,
    events: &mut Vec<Event>,
    read: impl Fn(&Connection, i64, Each<'_>) -> rusqlite::Result<()>,
) {
    let mut last = 0;
    // The sequence says how far there were rows; what it says is believed only so far beyond those that are there.
    let stated = conn
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'events'", [], |r| r.get::<_, i64>(0))
        .unwrap_or(i64::MAX);
    let mut from = 0;
    loop {
        // A row at a time: an unreadable page costs its own rows only.
        let done = read(conn, from, &mut |fid, event| {
            last = last.max(fid);
            events.extend(event);
        });
        if done.is_ok() {
            return;
        }
        from = last.max(from).saturating_add(1);
        if from > stated.min(last.saturating_add(BEYOND)) {
            return;
        }
    }
}
