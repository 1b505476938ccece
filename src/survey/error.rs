//! Why the log could not be opened, read or written.

use std::path::PathBuf;

/// Why something with the log did not work. Nothing that was recorded is changed by any of them.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("{path}: {message}")]
    Database {
        /// The log.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
    /// The disk is full.
    #[error("{path}: the disk is full; nothing was recorded. Make room and record it again")]
    Full {
        /// The log.
        path: PathBuf,
    },
    /// The folder or file does not allow writing.
    #[error("{path} cannot be written to; nothing was recorded. Save the project in a folder of your own")]
    ReadOnly {
        /// The log.
        path: PathBuf,
    },
    /// Another program holds the log.
    #[error("{path} is held by another program; nothing was recorded. Close it there and record it again")]
    Busy {
        /// The log.
        path: PathBuf,
    },
    /// The file is no log.
    #[error("{path} is not a survey log of Qiancun: {message}")]
    NotALog {
        /// The file.
        path: PathBuf,
        /// What it lacks.
        message: String,
    },
    /// The log is from a later version.
    #[error(
        "{path} was written by a later version of Qiancun (log {found}, this program knows {known}): update the program"
    )]
    Newer {
        /// The log.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The latest that is known.
        known: u32,
    },
    /// The database is damaged.
    #[error("{path} is damaged: {message}")]
    Damaged {
        /// The log.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
    /// A photo is not to be used.
    #[error("{path}: {message}")]
    Photo {
        /// The photo.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// No visit has that id.
    #[error("no visit in the log has the id {0}")]
    NoVisit(String),
    /// Results could not be read.
    #[error("{path} holds no results: {message}")]
    NoResults {
        /// The file.
        path: PathBuf,
        /// What it lacks.
        message: String,
    },
}

impl SurveyError {
    /// Stable name; in language files `survey-error.<code>`, with `{path}`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::Database { .. } => "database",
            Self::Full { .. } => "full",
            Self::ReadOnly { .. } => "read-only",
            Self::Busy { .. } => "busy",
            Self::NotALog { .. } => "not-a-log",
            Self::Newer { .. } => "newer",
            Self::Damaged { .. } => "damaged",
            Self::Photo { .. } => "photo",
            Self::NoVisit(_) => "no-visit",
            Self::NoResults { .. } => "no-results",
        }
    }

    /// The file it speaks of.
    pub fn path(&self) -> Option<&PathBuf> {
        match self {
            Self::Io { path, .. }
            | Self::Database { path, .. }
            | Self::Full { path }
            | Self::ReadOnly { path }
            | Self::Busy { path }
            | Self::NotALog { path, .. }
            | Self::Newer { path, .. }
            | Self::Damaged { path, .. }
            | Self::Photo { path, .. }
            | Self::NoResults { path, .. } => Some(path),
            Self::NoVisit(_) => None,
        }
    }

    /// What SQLite said, as one of ours.
    pub(super) fn of_sqlite(path: &std::path::Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let (path, message) = (path.to_path_buf(), error.to_string());
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full { path },
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => Self::ReadOnly { path },
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy { path },
            Some(Code::DatabaseCorrupt) => Self::Damaged { path, message },
            Some(Code::NotADatabase) => Self::NotALog { path, message },
            _ => Self::Database { path, message },
        }
    }

    pub(super) fn of_io(path: &std::path::Path, source: std::io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            std::io::ErrorKind::StorageFull => Self::Full { path },
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::Io { path, source },
        }
    }
}
