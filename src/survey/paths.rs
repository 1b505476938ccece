//! Where a project's log lies.

use std::path::{Path, PathBuf};

/// The files of a log: `haidian.qiancun` has `haidian.survey.gpkg`, `haidian.survey.jsonl` and `haidian.photos/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPaths {
    /// The GeoPackage.
    pub log: PathBuf,
    /// The plain copy of its events.
    pub journal: PathBuf,
    /// The folder of photos.
    pub photos: PathBuf,
}

impl LogPaths {
    /// Those beside a project, or those of a log itself (`*.gpkg`).
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let is_log = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg"));
        let stem = match is_log {
            true => name.strip_suffix(".survey.gpkg").or_else(|| name.rsplit_once('.').map(|(s, _)| s)),
            false => name.strip_suffix(".qiancun").or(Some(name.as_str())),
        }
        .unwrap_or("survey");
        let beside = |ending: &str| path.with_file_name(format!("{stem}{ending}"));
        let log = if is_log { path.to_path_buf() } else { beside(".survey.gpkg") };
        Self { log, journal: beside(".survey.jsonl"), photos: beside(".photos") }
    }

    /// Whether a file has the name of a log, `*.survey.gpkg`.
    pub fn is_named_as_log(path: &Path) -> bool {
        path.file_name().is_some_and(|n| n.to_string_lossy().to_lowercase().ends_with(".survey.gpkg"))
    }

    /// Whether any of its files is there.
    pub fn is_there(&self) -> bool {
        self.log.exists() || self.journal.exists()
    }

    /// Logs beside a project without a log whose own projects are not there: that of the project before it was renamed, say.
    pub fn strays(project: &Path) -> Vec<PathBuf> {
        let own = Self::of(project);
        if own.is_there() {
            return Vec::new();
        }
        let folder = project.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                // Copies that are kept of damaged logs and of earlier versions belong to one that is there.
                let stem = name.strip_suffix(".survey.gpkg").filter(|s| !s.is_empty());
                stem.is_some_and(|stem| !path.with_file_name(format!("{stem}.qiancun")).exists())
            })
            .collect();
        found.sort();
        found
    }

    /// Gives the files of a log other names: the database last, so that whatever stands in between is found under one name or the
    /// other.
    ///
    /// # Errors
    /// Those of the file system, and where something stands there already; what was renamed by then is named back.
    pub fn rename_to(&self, other: &Self) -> std::io::Result<()> {
        let beside = |path: &Path, ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
        let all = [
            (self.photos.clone(), other.photos.clone()),
            (self.journal.clone(), other.journal.clone()),
            (beside(&self.log, "-wal"), beside(&other.log, "-wal")),
            (beside(&self.log, "-journal"), beside(&other.log, "-journal")),
            (self.log.clone(), other.log.clone()),
        ];
        let there: Vec<&(PathBuf, PathBuf)> = all.iter().filter(|(from, _)| from.exists()).collect();
        if there.iter().any(|(_, to)| to.exists()) {
            return Err(std::io::ErrorKind::AlreadyExists.into());
        }
        for (i, (from, to)) in there.iter().enumerate() {
            if let Err(e) = std::fs::rename(from, to) {
                for (from, to) in there.iter().take(i) {
                    std::fs::rename(to, from).ok();
                }
                return Err(e);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_the_project_and_of_a_log() {
        let of_project = LogPaths::of(Path::new("a/海淀.qiancun"));
        assert_eq!(of_project.log, Path::new("a/海淀.survey.gpkg"));
        assert_eq!(of_project, LogPaths::of(Path::new("a/海淀.survey.gpkg")));
        let other = LogPaths::of(Path::new("colleague.gpkg"));
        assert_eq!((other.log, other.photos), (PathBuf::from("colleague.gpkg"), PathBuf::from("colleague.photos")));
    }
}
