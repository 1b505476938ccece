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
