//! `*.qiancun`: TOML with relative paths, readable and diffable.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::page::PageOptions;
use super::scene::SceneEntry;
use super::view::{Target, ViewEntry};
use super::write::write_replacing;
use crate::theme::ThemeSpec;

/// Version of the format that this program writes.
pub const VERSION: u32 = 1;

/// Where the camera stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Longitude of the middle in degrees.
    pub lon: f64,
    /// Latitude of the middle in degrees.
    pub lat: f64,
    /// Zoom: log₂ of (points along the world / 256).
    pub zoom: f64,
}

/// Which fields play which role, by their names; absent ones are found by their usual names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldMapping {
    /// Role (`name`, `code`, `town`, `district`, `group`) → field; an empty text says that no field plays it.
    #[serde(flatten)]
    pub fields: std::collections::BTreeMap<String, String>,
}

/// A layer of the map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerEntry {
    /// The file; relative to the project file in the file, absolute in the program.
    pub path: PathBuf,
    /// Title in the layer list; the file's own where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Whether it is shown.
    #[serde(default = "yes")]
    pub visible: bool,
    /// 0 to 1.
    #[serde(default = "one")]
    pub opacity: f32,
    /// Fields chosen by hand.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fields: FieldMapping,
    /// What it is coloured by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeSpec>,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

fn yes() -> bool {
    true
}

fn one() -> f32 {
    1.0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl LayerEntry {
    /// A layer for a file, shown, without a theme.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            title: String::new(),
            visible: true,
            opacity: 1.0,
            fields: FieldMapping::default(),
            theme: None,
            other: toml::Table::new(),
        }
    }
}

/// A table of indicators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableEntry {
    /// The file; relative to the project file in the file, absolute in the program.
    pub path: PathBuf,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

/// A saved map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Version of the format.
    pub version: u32,
    /// Title in the top bar.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Notice shown on the map where it cannot be overlooked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notice: String,
    /// Language of names, `zh` or `en`; the interface's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_language: Option<String>,
    /// Where the camera stands; everything is fitted where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<Camera>,
    /// Code or name of the village that is selected on opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<String>,
    /// How it is looked at.
    #[serde(default, skip_serializing_if = "is_default")]
    pub view: ViewEntry,
    /// Layers, top first.
    #[serde(default, rename = "layer", skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerEntry>,
    /// Tables of indicators.
    #[serde(default, rename = "table", skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableEntry>,
    /// Indicators of the project's own, in the form of `assets/indicators.toml`.
    #[serde(default, rename = "indicator", skip_serializing_if = "Vec::is_empty")]
    pub indicators: Vec<crate::model::Indicator>,
    /// Facilities added to the files.
    #[serde(default, rename = "facility", skip_serializing_if = "Vec::is_empty")]
    pub facilities: Vec<crate::district::AddedFacility>,
    /// What the district has planned to reach.
    #[serde(default, rename = "target", skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// Corrections over tables and files.
    #[serde(default, rename = "edit", skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<crate::model::Edit>,
    /// What differs from the rules that the program ships, and rules of its own.
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<crate::rules::RuleEntry>,
    /// Scenes of a meeting.
    #[serde(default, rename = "scene", skip_serializing_if = "Vec::is_empty")]
    pub scenes: Vec<SceneEntry>,
    /// What stands on finished pages.
    #[serde(default, skip_serializing_if = "is_default")]
    pub page: PageOptions,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            version: VERSION,
            title: String::new(),
            notice: String::new(),
            name_language: None,
            camera: None,
            selected: None,
            view: ViewEntry::default(),
            layers: Vec::new(),
            tables: Vec::new(),
            indicators: Vec::new(),
            facilities: Vec::new(),
            targets: Vec::new(),
            edits: Vec::new(),
            rules: Vec::new(),
            scenes: Vec::new(),
            page: PageOptions::default(),
            other: toml::Table::new(),
        }
    }
}

/// Why a project could not be opened or saved.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no project.
    #[error("{path} is not a project file of Qiancun: {message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        message: String,
    },
    /// The file is from a later version.
    #[error(
        "{path} was written by a later version of Qiancun (format {found}, this program knows {VERSION}): update the program"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

/// Opens a project; layer paths come back absolute.
///
/// # Errors
/// [`ProjectError`]. A missing layer file is no error here: the rest opens.
pub fn load(path: &Path) -> Result<Project, ProjectError> {
    let text = std::fs::read_to_string(path).map_err(|source| ProjectError::Io { path: path.into(), source })?;
    let mut project: Project =
        toml::from_str(&text).map_err(|e| ProjectError::Syntax { path: path.into(), message: e.to_string() })?;
    if project.version > VERSION {
        return Err(ProjectError::Newer { path: path.into(), found: project.version });
    }
    let folder = absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
    for layer in &mut project.layers {
        layer.path = normal(&folder.join(&layer.path));
    }
    for table in &mut project.tables {
        table.path = normal(&folder.join(&table.path));
    }
    Ok(project)
}

/// Saves a project; layer paths are written relative to it, with `/`, where they share a root.
///
/// # Errors
/// [`ProjectError::Io`] where the folder or the disk does not allow it; the old file is then untouched.
pub fn save(path: &Path, project: &Project) -> Result<(), ProjectError> {
    let folder = absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
    let mut written = project.clone();
    for layer in &mut written.layers {
        layer.path = relative(&folder, &absolute(&layer.path));
    }
    for table in &mut written.tables {
        table.path = relative(&folder, &absolute(&table.path));
    }
    let text = toml::to_string_pretty(&written)
        .map_err(|e| ProjectError::Syntax { path: path.into(), message: e.to_string() })?;
    write_replacing(path, text.as_bytes()).map_err(|source| ProjectError::Io { path: path.into(), source })
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).map_or_else(|_| path.to_path_buf(), |p| normal(&p))
}

/// Without `.` and, where a folder stands before it, `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn relative(folder: &Path, file: &Path) -> PathBuf {
    let (mut a, mut b) = (folder.components().peekable(), file.components().peekable());
    if a.peek() != b.peek() {
        return file.to_path_buf();
    }
    while a.peek().is_some() && a.peek() == b.peek() {
        a.next();
        b.next();
    }
    let up = a.map(|_| "..".to_owned());
    let down = b.map(|c| c.as_os_str().to_string_lossy().into_owned());
    PathBuf::from(up.chain(down).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_with_unknown_keys() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a.qiancun");
        let source = "version = 1\ntitle = \"试\"\nfuture = 3\n\n[[layer]]\npath = \"../data/v.geojson\"\nglow = true\n\n[layer.theme]\nfield = \"x\"\nspin = \"left\"\n";
        std::fs::write(&path, source).expect("written");
        let project = load(&path).expect("opens");
        assert!(project.layers[0].path.is_absolute());
        assert!(!project.layers[0].path.to_string_lossy().contains(".."));
        save(&path, &project).expect("saved");
        let text = std::fs::read_to_string(&path).expect("read");
        for kept in ["future = 3", "glow = true", "spin = \"left\"", "path = \"../data/v.geojson\""] {
            assert!(text.contains(kept), "{kept} in\n{text}");
        }
        assert_eq!(load(&path).expect("opens again"), project);
    }

    #[test]
    fn what_is_no_project_is_said() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a.qiancun");
        std::fs::write(&path, "{}").expect("written");
        assert!(matches!(load(&path), Err(ProjectError::Syntax { .. })));
        std::fs::write(&path, "version = 99").expect("written");
        assert!(matches!(load(&path), Err(ProjectError::Newer { found: 99, .. })));
        assert!(matches!(load(&dir.path().join("none")), Err(ProjectError::Io { .. })));
    }
}
