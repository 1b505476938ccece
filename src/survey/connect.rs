//! Opening the database: for writing, else for reading; and what is told apart on the way.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::SurveyError;
use super::paths::LogPaths;
use super::schema;

/// How long to wait for another program that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a file is a survey log, of whatever version.
pub fn is_log(path: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let open = Connection::open_with_flags(path, flags);
    open.is_ok_and(|conn| !matches!(schema::check(&conn, path), Err(SurveyError::NotALog { .. })))
}

/// Opens the database for writing, else for reading; whether only for reading.
pub(super) fn connect(paths: &LogPaths) -> Result<(Connection, bool), SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(&paths.log, &e);
    let is_new = std::fs::metadata(&paths.log).map_or(true, |m| m.len() == 0);
    if !is_new {
        // A foreign database is told before anything is changed in it.
        let foreign = Connection::open_with_flags(&paths.log, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map(|conn| schema::check(&conn, &paths.log));
        if let Ok(Err(error @ SurveyError::NotALog { .. })) = foreign {
            return Err(error);
        }
    }
    let writable = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let flags = if is_new { flags | OpenFlags::SQLITE_OPEN_CREATE } else { flags };
        let conn = Connection::open_with_flags(&paths.log, flags)?;
        conn.busy_timeout(PATIENCE)?;
        conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        conn.pragma_update(None, "synchronous", "full")?;
        conn.pragma_update(None, "foreign_keys", "on")?;
        Ok(conn)
    };
    let error = match writable() {
        Ok(conn) if !conn.is_readonly("main").unwrap_or(false) => return Ok((conn, false)),
        Ok(_) => SurveyError::ReadOnly { path: paths.log.clone() },
        Err(e) => explain(e),
    };
    if is_new || !matches!(error, SurveyError::ReadOnly { .. }) {
        return Err(error);
    }
    if can_be_written(paths) {
        // It is not the folder that forbids it: its head is damaged.
        return Err(SurveyError::Damaged { path: paths.log.clone(), message: "its head cannot be read".into() });
    }
    // Where nobody can write, nobody does: the file is read as it lies there, without a lock.
    let escaped: String = paths
        .log
        .to_string_lossy()
        .chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            '\\' => "/".to_owned(),
            c => c.to_string(),
        })
        .collect();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags).map_err(explain)?;
    Ok((conn, true))
}

/// Whether the file system allows writing to the log and beside it.
fn can_be_written(paths: &LogPaths) -> bool {
    let beside = paths.log.with_extension(format!("probe-{}", std::process::id()));
    let made = std::fs::File::create(&beside).is_ok();
    std::fs::remove_file(&beside).ok();
    made && std::fs::OpenOptions::new().write(true).open(&paths.log).is_ok()
}

/// Copies photos that are not there yet; their names follow from their content.
pub(super) fn copy_photos(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_photos(&entry.path(), &target)?;
        } else if !target.exists() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
