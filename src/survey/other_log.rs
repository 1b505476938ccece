//! Reads another log, which is left as it is.

use std::path::{Path, PathBuf};

use super::connect::drop_triggers;
use super::error::SurveyError;
use super::event::Event;
use super::log::{SurveyLog, Told};
use super::paths::LogPaths;

/// How folders begin that logs are copied into to be read.
const COPIES: &str = "qiancun-merge-";

/// The events of another log, which is left as it is, its plain copy and edits of other programs in it included; and what is to be
/// told of it.
///
/// # Errors
/// [`SurveyError`]: it is no log, or cannot be read.
pub fn read_log(other: &Path) -> Result<(Vec<Event>, Vec<Told>), SurveyError> {
    let theirs = LogPaths::of(other);
    let is_file = |path: &Path| crate::read::plain_file(path).map(|m| m.is_file());
    match (is_file(&theirs.log), is_file(&theirs.journal)) {
        (Err(e), _) if e.kind() == std::io::ErrorKind::InvalidInput => return Err(SurveyError::of_io(&theirs.log, e)),
        (Ok(true), _) | (_, Ok(true)) => {}
        _ => {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(SurveyError::Io { path: theirs.log, source });
        }
    }
    clear_copies();
    let io = |e| SurveyError::of_io(&theirs.log, e);
    let folder = tempfile::Builder::new().prefix(COPIES).tempdir().map_err(io)?;
    // Held as long as the copy is needed: whoever finds the folder without a holder may take it away.
    let held = std::fs::File::create(folder.path().join("held")).map_err(io)?;
    held.lock().ok();
    let copy = LogPaths::of(&folder.path().join("other.survey.gpkg"));
    let beside = |path: &Path, ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    for (from, to) in [
        (theirs.log.clone(), copy.log.clone()),
        // What a program that was killed, or is still writing, has not brought into the file itself.
        (beside(&theirs.log, "-wal"), beside(&copy.log, "-wal")),
        (beside(&theirs.log, "-journal"), beside(&copy.log, "-journal")),
        (theirs.journal.clone(), copy.journal.clone()),
    ] {
        if is_file(&from).unwrap_or(false) {
            std::fs::copy(&from, &to).map_err(io)?;
        }
    }
    // A damaged one is told apart when it is opened.
    drop_triggers(&copy.log).ok();
    let opened = SurveyLog::open(&copy.log);
    // The names of the copy say nothing to anybody.
    let opened = opened.map_err(|e| match e {
        SurveyError::NotALog { message, .. } => SurveyError::NotALog { path: theirs.log.clone(), message },
        SurveyError::Newer { found, known, .. } => SurveyError::Newer { path: theirs.log.clone(), found, known },
        SurveyError::Damaged { message, .. } => SurveyError::Damaged { path: theirs.log.clone(), message },
        SurveyError::Database { message, .. } => SurveyError::Database { path: theirs.log.clone(), message },
        SurveyError::Busy { .. } => SurveyError::Busy { path: theirs.log.clone() },
        e => e,
    })?;
    // What happened to the copy did not happen to theirs.
    let told = opened.told.into_iter().filter(|t| !matches!(t, Told::Migrated(_) | Told::OnNetwork)).collect();
    Ok((opened.log.into_survey().events, told))
}

/// Takes away copies that a killed program left behind.
fn clear_copies() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let is_copy = entry.file_name().to_string_lossy().starts_with(COPIES);
        let is_free = || std::fs::File::open(entry.path().join("held")).is_ok_and(|f| f.try_lock().is_ok());
        if is_copy && entry.file_type().is_ok_and(|t| t.is_dir()) && is_free() {
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}
