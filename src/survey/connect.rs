//! Opening the database: for writing, else for reading; and what is told apart on the way.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::error::SurveyError;
use super::paths::LogPaths;
use super::schema;
use crate::output::point_from_gpkg;
use crate::read::plain_file;

/// How long to wait for another program that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one piece of work may take, whatever a database makes of it.
const LIMIT: Duration = Duration::from_secs(60);

/// Longest text or blob that is read, in bytes.
const MAX_VALUE_BYTES: i32 = 64_000_000;

/// When the piece of work began that is under way in a database.
pub(super) type Began = Arc<Mutex<Instant>>;

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 100_000;

/// Whether a file is a survey log, of whatever version.
pub fn is_log(path: &Path) -> bool {
    let is_file = plain_file(path).is_ok_and(|m| m.is_file());
    let open = || Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    is_file
        && open().is_ok_and(|mut conn| {
            guard(&mut conn).is_ok() && !matches!(schema::check(&conn, path), Err(SurveyError::NotALog { .. }))
        })
}

/// Lets a database that somebody else may have made do no more than hold tables: its views and triggers get no functions that
/// reach further, what does not end is ended, and no value is larger than is stated. Whoever begins another piece of work sets the
/// clock that is given back.
pub(super) fn guard(conn: &mut Connection) -> rusqlite::Result<Began> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
    let began: Began = Arc::new(Mutex::new(Instant::now()));
    let clock = began.clone();
    conn.progress_handler(STEPS, Some(move || clock.lock().is_ok_and(|began| began.elapsed() > LIMIT)))?;
    Ok(began)
}

/// Functions that spatial indices of GeoPackages call in their triggers (OGC 12-128r18, annex F.3): a layer that got one in QGIS can
/// still be written. All geometries of a log are points.
fn spatial_functions(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    let point = |context: &rusqlite::functions::Context<'_>| match context.get_raw(0) {
        rusqlite::types::ValueRef::Blob(blob) => point_from_gpkg(blob),
        _ => None,
    };
    for name in ["ST_MinX", "ST_MaxX"] {
        conn.create_scalar_function(name, 1, flags, move |c| Ok(point(c).map(|p| p.lon_deg)))?;
    }
    for name in ["ST_MinY", "ST_MaxY"] {
        conn.create_scalar_function(name, 1, flags, move |c| Ok(point(c).map(|p| p.lat_deg)))?;
    }
    conn.create_scalar_function("ST_IsEmpty", 1, flags, move |c| Ok(point(c).is_none()))
}

/// Takes all triggers away, whatever they are called: a copy that is only read needs none.
pub(super) fn drop_triggers(path: &Path) -> rusqlite::Result<()> {
    let mut conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    guard(&mut conn)?;
    let mut names = conn.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")?;
    let names: Vec<String> = names.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    for name in &names {
        conn.execute_batch(&format!("DROP TRIGGER \"{}\"", name.replace('"', "\"\"")))?;
    }
    Ok(())
}

/// Opens the database for writing, else for reading; whether only for reading.
///
/// It is never in SQLite's write-ahead mode: that needs memory shared between its users, which folders of a network do not have,
/// and a copy of the one file would lack what was written last.
pub(super) fn connect(paths: &LogPaths) -> Result<(Connection, Began, bool), SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(&paths.log, &e);
    let is_new = match plain_file(&paths.log) {
        Ok(m) if m.is_file() => m.len() == 0,
        Ok(_) => {
            let source = std::io::Error::from(std::io::ErrorKind::IsADirectory);
            return Err(SurveyError::Io { path: paths.log.clone(), source });
        }
        Err(e) if e.kind() == std::io::ErrorKind::InvalidInput => return Err(SurveyError::of_io(&paths.log, e)),
        Err(_) => true,
    };
    if !is_new {
        // A foreign database is told before anything is changed in it.
        let foreign = Connection::open_with_flags(&paths.log, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .and_then(|mut conn| guard(&mut conn).map(|_| conn))
            .map(|conn| schema::check(&conn, &paths.log));
        if let Ok(Err(error @ SurveyError::NotALog { .. })) = foreign {
            return Err(error);
        }
    }
    let writable = || -> rusqlite::Result<(Connection, Began)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let flags = if is_new { flags | OpenFlags::SQLITE_OPEN_CREATE } else { flags };
        let mut conn = Connection::open_with_flags(&paths.log, flags)?;
        conn.busy_timeout(PATIENCE)?;
        let began = guard(&mut conn)?;
        let mode: String = conn.query_row("PRAGMA journal_mode", [], |r| r.get(0))?;
        if mode != "delete" {
            // Where another program holds it, it stays as it is until the next opening.
            conn.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(())).ok();
        }
        conn.pragma_update(None, "synchronous", "extra")?;
        conn.pragma_update(None, "foreign_keys", "on")?;
        spatial_functions(&conn)?;
        Ok((conn, began))
    };
    let error = match writable() {
        Ok((conn, began)) if !conn.is_readonly("main").unwrap_or(false) => return Ok((conn, began, false)),
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
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn =
        Connection::open_with_flags(uri_of(&paths.log.to_string_lossy(), cfg!(windows)), flags).map_err(explain)?;
    let began = guard(&mut conn).map_err(explain)?;
    Ok((conn, began, true))
}

/// A path as SQLite takes it for an address: on Windows with slashes, drives and hosts behind an empty authority; elsewhere a backslash is a
/// letter like any other.
fn uri_of(path: &str, is_windows: bool) -> String {
    let escaped: String = path
        .chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            '\\' if is_windows => "/".to_owned(),
            '\\' => "%5c".to_owned(),
            c => c.to_string(),
        })
        .collect();
    // `\\?\C:\a` and `\\?\UNC\host\share` are the system's own long forms.
    let plain = escaped.strip_prefix("//%3f/UNC/").map(|rest| format!("//{rest}"));
    let plain = plain.or_else(|| escaped.strip_prefix("//%3f/").map(str::to_owned)).unwrap_or(escaped);
    let has_drive = is_windows && plain.as_bytes().get(1) == Some(&b':');
    let start = match (has_drive, plain.starts_with('/')) {
        (true, _) => "file:///",
        (false, true) => "file://",
        (false, false) => "file:",
    };
    format!("{start}{plain}?immutable=1")
}

/// Whether the file system allows writing to the log and beside it.
fn can_be_written(paths: &LogPaths) -> bool {
    let beside = paths.log.with_extension(format!("probe-{}", std::process::id()));
    let made = std::fs::File::create(&beside).is_ok();
    std::fs::remove_file(&beside).ok();
    made && std::fs::OpenOptions::new().write(true).open(&paths.log).is_ok()
}

/// Kinds of file systems that other machines hold.
const OF_NETWORKS: [&str; 14] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "smb2",
    "afs",
    "ceph",
    "davfs",
    "fuse.sshfs",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.rclone",
    "ncpfs",
];

/// Whether a file lies on another machine, as far as the system tells.
pub fn is_on_network(path: &Path) -> bool {
    if cfg!(windows) {
        return is_share_of_windows(&path.to_string_lossy());
    }
    let folder = path.parent().and_then(|p| std::fs::canonicalize(p).ok()).unwrap_or_default();
    std::fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| is_mounted_from_network(&mounts, &folder))
}

/// Whether a path of Windows names a share by its host, also as the system writes it out in full.
fn is_share_of_windows(path: &str) -> bool {
    path.starts_with(r"\\?\UNC\")
        || (path.starts_with(r"\\") && !path.starts_with(r"\\?\") && !path.starts_with(r"\\.\"))
}

fn is_mounted_from_network(mounts: &str, folder: &Path) -> bool {
    let mount = |line: &str| {
        let (left, right) = line.split_once(" - ")?;
        // Blanks in names stand as octal numbers.
        let at = left.split(' ').nth(4)?.replace("\\040", " ");
        folder.starts_with(&at).then(|| (at.len(), right.split(' ').next().unwrap_or_default().to_owned()))
    };
    let innermost = mounts.lines().filter_map(mount).max_by_key(|(length, _)| *length);
    innermost.is_some_and(|(_, kind)| OF_NETWORKS.contains(&kind.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_windows_are_told_by_their_names() {
        for (path, expected) in [
            (r"\\host\share\a.gpkg", true),
            (r"\\?\UNC\host\share\a.gpkg", true),
            (r"\\?\C:\a.gpkg", false),
            (r"\\.\pipe\a", false),
            (r"C:\a.gpkg", false),
        ] {
            assert_eq!(is_share_of_windows(path), expected, "{path}");
        }
    }

    #[test]
    fn addresses_are_those_of_the_file_on_every_system() {
        for (path, is_windows, expected) in [
            ("/data/a b#1.gpkg", false, "file:///data/a b%231.gpkg?immutable=1"),
            (r"/data/a\b.gpkg", false, "file:///data/a%5cb.gpkg?immutable=1"),
            ("a.gpkg", false, "file:a.gpkg?immutable=1"),
            (r"C:\村\a.gpkg", true, "file:///C:/村/a.gpkg?immutable=1"),
            (r"\\host\share\a.gpkg", true, "file:////host/share/a.gpkg?immutable=1"),
            (r"\\?\UNC\host\share\a.gpkg", true, "file:////host/share/a.gpkg?immutable=1"),
            (r"\\?\C:\a.gpkg", true, "file:///C:/a.gpkg?immutable=1"),
        ] {
            assert_eq!(uri_of(path, is_windows), expected, "{path}");
        }
    }

    #[test]
    fn folders_of_networks_are_told_by_their_mount() {
        let mounts = "36 35 98:0 / / rw - ext4 /dev/sda rw\n37 36 0:30 / /mnt/my\\040share rw shared:1 - cifs //host/x rw\n\
                      38 36 0:31 / /home rw - nfs4 host:/home rw\n39 38 0:32 / /home/local rw - xfs /dev/sdb rw\n";
        for (folder, expected) in [
            ("/data", false),
            ("/mnt/my share/a", true),
            ("/home/wang", true),
            ("/home/local/b", false),
            ("/homes", false),
        ] {
            assert_eq!(is_mounted_from_network(mounts, Path::new(folder)), expected, "{folder}");
        }
    }
}
