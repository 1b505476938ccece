//! The tables of a log.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use super::error::SurveyError;
use crate::output::prepare_geopackage;

/// Version of the log that this program writes.
pub(super) const VERSION: u32 = 2;

/// Makes an empty database a log; does nothing to one that is.
pub(super) fn prepare(conn: &Connection, path: &Path) -> Result<(), SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(path, &e);
    let transaction = rusqlite::Transaction::new_unchecked(conn, rusqlite::TransactionBehavior::Immediate);
    let transaction = transaction.map_err(explain)?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0)).map_err(explain)?;
    if tables == 0 {
        prepare_geopackage(conn).map_err(explain)?;
        conn.execute_batch(include_str!("schema.sql")).map_err(explain)?;
    }
    transaction.commit().map_err(explain)
}

/// Whether a database is a log of a version that this program knows.
pub(super) fn check(conn: &Connection, path: &Path) -> Result<(), SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(path, &e);
    let tables: i64 = conn
        .query_row(
            // A view could be anything, and need not end.
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('qiancun_log', 'events', 'visits')",
            [],
            |r| r.get(0),
        )
        .map_err(explain)?;
    if tables < 3 {
        return Err(SurveyError::NotALog {
            path: path.into(),
            message: "it lacks the tables qiancun_log, events and visits".into(),
        });
    }
    let found = version(conn).map_err(explain)?;
    if found > VERSION {
        return Err(SurveyError::Newer { path: path.into(), found, known: VERSION });
    }
    Ok(())
}

/// The version of a log.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<u32> {
    Ok(value(conn, "version")?.and_then(|v| v.parse().ok()).unwrap_or(0))
}

/// A fact about the log itself.
pub(super) fn value(conn: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    conn.query_row("SELECT value FROM qiancun_log WHERE key = ?1", [key], |r| r.get(0)).optional()
}

/// Notes a fact about the log itself.
pub(super) fn set_value(conn: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO qiancun_log VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute([key, value])?;
    Ok(())
}
