//! Earlier versions of a project: each saving keeps the one that it replaces, the last five of them, in a folder beside the project.

use std::io;
use std::path::{Path, PathBuf};

use super::difference::differences;
use super::error::ProjectError;
use super::file::{Original, Project, understood};
use super::write::write_replacing;
use crate::read::read_plain;

/// How many are kept.
const MOST: usize = 5;
/// Most bytes of one.
const MOST_BYTES: u64 = 256_000_000;

/// An earlier version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its file.
    pub file: PathBuf,
    /// When it was replaced, as people on the spot say it.
    pub at: String,
}

fn folder_of(project: &Path) -> PathBuf {
    let mut name = project.file_stem().unwrap_or_default().to_owned();
    name.push(".versions");
    project.with_file_name(name)
}

/// The time that a file's name says: `2026-11-27 010716.123.qiancun`.
fn time_of(file: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_str()?;
    let (day, clock) = stem.split_once(' ')?;
    let (hour, minute) = (clock.get(..2)?, clock.get(2..4)?);
    (day.len() == 10 && clock.len() == 10).then(|| format!("{day} {hour}:{minute}"))
}

/// The versions of a project that are kept, the latest first; none where there is no such folder.
pub fn versions(project: &Path) -> Vec<Version> {
    let entries = std::fs::read_dir(folder_of(project)).into_iter().flatten().flatten();
    let mut list: Vec<Version> =
        entries.filter_map(|e| Some(Version { at: time_of(&e.path())?, file: e.path() })).collect();
    list.sort_by(|a, b| b.file.cmp(&a.file));
    list
}

/// Keeps what stands in a project file, where what is to replace it says something else: how the map is looked at is no difference.
///
/// # Errors
/// Those of the file system.
pub(super) fn keep_version(project: &Path, next: &Project) -> io::Result<()> {
    let Ok(bytes) = read_plain(project, MOST_BYTES) else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let Ok(present) = understood(project, text.trim_start_matches('\u{feff}').to_owned()) else { return Ok(()) };
    if differences(&present.project, next).is_empty() {
        return Ok(());
    }
    let folder = folder_of(project);
    std::fs::create_dir_all(&folder)?;
    let now = jiff::Zoned::now().strftime("%Y-%m-%d %H%M%S.%3f").to_string();
    write_replacing(&folder.join(format!("{now}.qiancun")), &bytes)?;
    for old in versions(project).into_iter().skip(MOST) {
        // One that cannot be removed stays: a file more harms nobody.
        std::fs::remove_file(old.file).ok();
    }
    Ok(())
}

/// Opens a version as the project that it was: its paths are those of the project's folder.
///
/// # Errors
/// [`ProjectError`].
pub fn open_version(project: &Path, file: &Path) -> Result<Original, ProjectError> {
    let io = |source| ProjectError::Io { path: file.into(), source };
    let bytes = read_plain(file, MOST_BYTES).map_err(io)?;
    let text = String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned();
    understood(project, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{load, save};

    #[test]
    fn five_versions_are_kept_and_looking_elsewhere_makes_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("p.qiancun");
        let titled = |n: usize| Project { title: format!("{n}"), ..Project::default() };
        for n in 0..9 {
            save(&path, &titled(n)).expect("saved");
            // Names say milliseconds.
            std::thread::sleep(std::time::Duration::from_millis(3));
        }
        let kept = versions(&path);
        let titles: Vec<String> =
            kept.iter().map(|v| open_version(&path, &v.file).expect("a version").project.title).collect();
        assert_eq!(titles, ["7", "6", "5", "4", "3"]);
        assert!(kept.iter().all(|v| v.at.len() == 16), "{kept:?}");
        let looks = Project { selected: Some("V1".into()), ..load(&path).expect("opened") };
        save(&path, &looks).expect("saved");
        assert_eq!(versions(&path), kept);
    }
}
