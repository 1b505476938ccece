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
    let is_computed = |table| has_computed_columns(conn, table).map_err(explain);
    if tables < 3 || is_computed("qiancun_log")? || is_computed("events")? || is_computed("visits")? {
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

/// The triggers of a log, by name, as this program makes them.
pub(super) fn own_triggers() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("schema.sql").split("CREATE TRIGGER ").skip(1).filter_map(|rest| {
        let end = rest.find("END;")? + 3;
        Some((rest.split_whitespace().next()?, rest.get(..end)?))
    })
}

/// Makes the log's own triggers what they are to be, whatever somebody put in their place.
pub(super) fn mend_triggers(conn: &Connection) -> rusqlite::Result<()> {
    let plain = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    for (name, body) in own_triggers() {
        let wanted = format!("CREATE TRIGGER {body}");
        let found = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?1";
        let found: Option<String> = conn.query_row(found, [name], |r| r.get(0)).optional()?;
        if found.as_deref().map(plain) != Some(plain(&wanted)) {
            conn.execute_batch(&format!("DROP TRIGGER IF EXISTS {name}; {wanted}"))?;
        }
    }
    Ok(())
}

/// Whether a table has columns that are computed when they are read: what they cost nobody knows before.
pub(super) fn has_computed_columns(conn: &Connection, table: &str) -> rusqlite::Result<bool> {
    let count = "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE hidden > 1";
    conn.query_row(count, [table], |r| r.get::<_, i64>(0)).map(|n| n > 0)
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
