//! Why a file could not be read at all.

use std::path::{Path, PathBuf};

/// A file that could not be read: what, where, why, and what to try.
#[derive(Debug, thiserror::Error)]
#[error("Could not read {}: {cause}", path.display())]
pub struct ReadError {
    path: PathBuf,
    cause: Cause,
}

/// What stood in the way. A place is line and column, both counted from 1.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cause {
    #[error("there is no such file. Check the path, or whether the drive it was on is connected.")]
    NotFound,
    #[error("it is a folder. Choose a file inside it.")]
    IsFolder,
    #[error("no picture in it says where it was taken. Take the originals from the camera: messengers remove places.")]
    NoPhotoPlace,
    #[error("it is a device or a pipe, not a file. Choose a file.")]
    NotAFile,
    #[error("the system refused it ({0}). Check its permissions and that no other program holds it.")]
    Unreadable(std::io::Error),
    #[error("it is empty. Export or download it again.")]
    EmptyFile,
    #[error(
        "it is not JSON: {why} at line {line}, column {column}. Choose a GeoJSON or TopoJSON file, or mend it there."
    )]
    NotJson { why: String, line: usize, column: usize },
    #[error(
        "it ends in the middle, at line {line}, column {column}, before its first feature is complete. Download or copy it again."
    )]
    Truncated { line: usize, column: usize },
    #[error("it is JSON but not GeoJSON: {what}")]
    NotGeoJson { kind: &'static str, what: String },
    #[error("it is {what}")]
    UnsupportedFormat { kind: &'static str, what: String },
    #[error("it is no table of villages: {0}. Give it one row of column heads, with 代码 or 村名 and indicators.")]
    NotTable(String),
    #[error(
        "the workbook has a password. Open it in Excel or WPS, take the password off (File, Info, Protect workbook) and save it."
    )]
    Password,
    #[error("the workbook cannot be read: {0}.")]
    Workbook(String),
    #[error("it is damaged: {0}. Download or copy it again.")]
    Damaged(String),
    #[error("it has no layer {0:?}. Leave the layer out to see which there are.")]
    NoLayer(String),
    #[error("{0}")]
    Fault(String),
    #[error("reading was cancelled. Open it again to read it.")]
    Cancelled,
}

impl Cause {
    pub(super) fn at(self, path: &Path) -> ReadError {
        ReadError { path: path.to_owned(), cause: self }
    }

    /// The error of broken JSON at a byte: `truncated` where the text merely ends, else `not-json`.
    pub(super) fn json(text: &[u8], error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.is_eof() {
            return Self::Truncated { line, column };
        }
        let full = error.to_string();
        let why = full.split(" at line ").next().unwrap_or("syntax error").to_owned();
        let why =
            if std::str::from_utf8(text).is_err() { format!("{why} (its text is not UTF-8 either)") } else { why };
        Self::NotJson { why, line, column }
    }
}

impl ReadError {
    /// A stable word for the kind of error, as `check` prints it.
    pub fn code(&self) -> &'static str {
        match self.cause {
            Cause::NotFound => "not-found",
            Cause::IsFolder => "is-folder",
            Cause::NoPhotoPlace => "no-photo-place",
            Cause::NotAFile => "not-a-file",
            Cause::Unreadable(_) => "unreadable",
            Cause::EmptyFile => "empty-file",
            Cause::NotJson { .. } => "not-json",
            Cause::Truncated { .. } => "truncated",
            Cause::NotGeoJson { .. } => "not-geojson",
            Cause::UnsupportedFormat { .. } => "unsupported-format",
            Cause::NotTable(_) => "not-table",
            Cause::Password => "password",
            Cause::Workbook(_) => "workbook",
            Cause::Damaged(_) => "damaged",
            Cause::NoLayer(_) => "no-layer",
            Cause::Fault(_) => "fault",
            Cause::Cancelled => "cancelled",
        }
    }

    /// A fault of the program while reading, with what is known of it.
    pub fn fault(path: &Path, why: String) -> Self {
        Cause::Fault(why).at(path)
    }

    /// Which of the formats that are not read it is, as a stable word: `kml`, `pdf`, `zip`; `None` where the code says all.
    pub fn kind(&self) -> Option<&'static str> {
        match self.cause {
            Cause::NotGeoJson { kind, .. } | Cause::UnsupportedFormat { kind, .. } => Some(kind),
            _ => None,
        }
    }

    /// Line and column, both counted from 1, where it stopped making sense.
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        match self.cause {
            Cause::NotJson { line, column, .. } | Cause::Truncated { line, column } => Some((line, column)),
            _ => None,
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
