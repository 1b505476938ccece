//! `*.qiancun`: TOML with relative paths, readable and diffable.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::read::LayoutSaid;

use super::error::ProjectError;
use super::keep::changed_text;
use super::layer::{LayerEntry, is_default};
use super::page::PageOptions;
use super::scene::SceneEntry;
use super::understand::{NotUnderstood, not_finite, understand};
use super::view::{RADIUS_M, Target, ViewEntry};
use super::write::replace;
use crate::geo::LonLat;
use crate::read::read_plain;

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

/// A table of indicators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableEntry {
    /// The file; relative to the project file in the file, absolute in the program.
    pub path: PathBuf,
    /// What tells a table with the same heads: the layout is taken for it too.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub heads: String,
    /// What a person says about its layout.
    #[serde(flatten)]
    pub layout: LayoutSaid,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl TableEntry {
    /// A table of which nothing is said.
    pub fn new(path: PathBuf) -> Self {
        Self { path, heads: String::new(), layout: LayoutSaid::default(), other: toml::Table::new() }
    }
}

/// A form of somebody else, and what is said of how its cells are bound to villages, indicators and years.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormEntry {
    /// The file; relative to the project file in the file, absolute in the program.
    pub path: PathBuf,
    /// What tells it: its heads, so that next month's form of another name is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub heads: String,
    /// Cells that are bound by themselves.
    #[serde(default, rename = "cell", skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<crate::model::FormCell>,
    /// What a person says about its layout.
    #[serde(flatten)]
    pub layout: LayoutSaid,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl FormEntry {
    /// The binding of a form among those of a project: by its file, else by its name, else by its heads.
    pub fn of<'a>(all: &'a [Self], path: &std::path::Path, heads: Option<&str>) -> Option<&'a Self> {
        let is_same = |f: &&Self| f.path == path;
        let is_named = |f: &&Self| f.path.file_name() == path.file_name();
        let is_alike = |f: &&Self| !f.heads.is_empty() && heads == Some(f.heads.as_str());
        all.iter().find(is_same).or_else(|| all.iter().find(is_named)).or_else(|| all.iter().find(is_alike))
    }
}

/// A saved map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Version of the format.
    pub version: u32,
    /// Title in the top bar.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The same in English, where it differs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title_en: String,
    /// Notice shown on the map where it cannot be overlooked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notice: String,
    /// The same in English, where it differs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notice_en: String,
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
    /// Forms of others that are filled with the project's figures.
    #[serde(default, rename = "form", skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<FormEntry>,
    /// What was decided about rows that say their village in a way of their own.
    #[serde(default, rename = "alias", skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<crate::model::VillageAlias>,
    /// What was decided about words for kinds of facilities.
    #[serde(default, rename = "kind", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<crate::model::KindWord>,
    /// Indicators of the project's own, in the form of `assets/indicators.toml`.
    #[serde(default, rename = "indicator", skip_serializing_if = "Vec::is_empty")]
    pub indicators: Vec<crate::model::Indicator>,
    /// Themes of the project's own, and the order of all.
    #[serde(default, rename = "theme", skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<crate::model::ThemeEntry>,
    /// Facilities added to the files.
    #[serde(default, rename = "facility", skip_serializing_if = "Vec::is_empty")]
    pub facilities: Vec<crate::district::AddedFacility>,
    /// How maps of indicators are coloured, where that differs from what the program has.
    #[serde(default, rename = "look", skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<crate::colouring::IndicatorLook>,
    /// Notes on the map.
    #[serde(default, rename = "note", skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<super::note::NoteEntry>,
    /// Who answers for what.
    #[serde(default, rename = "person", skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<crate::model::Person>,
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
    #[serde(default, with = "super::page::page_or_list", skip_serializing_if = "is_default")]
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
            title_en: String::new(),
            notice: String::new(),
            notice_en: String::new(),
            name_language: None,
            camera: None,
            selected: None,
            view: ViewEntry::default(),
            layers: Vec::new(),
            tables: Vec::new(),
            forms: Vec::new(),
            aliases: Vec::new(),
            kinds: Vec::new(),
            indicators: Vec::new(),
            themes: Vec::new(),
            facilities: Vec::new(),
            looks: Vec::new(),
            notes: Vec::new(),
            people: Vec::new(),
            targets: Vec::new(),
            edits: Vec::new(),
            rules: Vec::new(),
            scenes: Vec::new(),
            page: PageOptions::default(),
            other: toml::Table::new(),
        }
    }
}

/// Most bytes of a project file.
const MOST_BYTES: u64 = 256_000_000;

/// A project file as it was read or written last.
#[derive(Clone, Debug, PartialEq)]
pub struct Original {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says; paths of layers and tables are absolute.
    pub project: Project,
    /// What of it was not understood: left out of the project, and kept in the file.
    pub not_understood: Vec<NotUnderstood>,
    /// Where the file as it was before lies, where saving could not keep in it what was not understood.
    pub kept_as: Option<PathBuf>,
}

/// Opens a project; layer paths come back absolute.
///
/// # Errors
/// [`ProjectError`]. A missing layer file is no error here: the rest opens.
pub fn load(path: &Path) -> Result<Project, ProjectError> {
    open(path).map(|original| original.project)
}

/// Opens a project, and keeps its text, so that saving changes only what changed.
///
/// # Errors
/// [`ProjectError`]. A missing layer file is no error here, nor is what this version does not understand: the rest opens.
pub fn open(path: &Path) -> Result<Original, ProjectError> {
    let text = read_text(path)?;
    understood(path, text)
}

fn read_text(path: &Path) -> Result<String, ProjectError> {
    let io = |source| ProjectError::Io { path: path.into(), source };
    let bytes = read_plain(path, MOST_BYTES).map_err(io)?;
    // A byte order mark, as an editor may leave, says nothing.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|e| {
        let valid = e.as_bytes().iter().take(e.utf8_error().valid_up_to());
        let line = valid.filter(|b| **b == b'\n').count() + 1;
        ProjectError::NoText { path: path.into(), line }
    })
}

pub(super) fn understood(path: &Path, text: String) -> Result<Original, ProjectError> {
    let syntax = |message: String| ProjectError::Syntax { path: path.into(), message };
    let table: toml::Table = toml::from_str(&text).map_err(|e| syntax(e.to_string()))?;
    if let Some((line, place, value)) = not_finite(&text) {
        return Err(ProjectError::NoNumber { path: path.into(), line, place, value });
    }
    let newer = table.get("version").and_then(toml::Value::as_integer).filter(|v| *v > i64::from(VERSION));
    let (mut project, mut not_understood) = understand(table).map_err(syntax)?;
    if let Some(found) = newer {
        // Opened as far as it is understood; saving keeps the rest, and the file as it was beside it.
        let why = format!(
            "a later version of Qiancun wrote it (format {found}, this program knows {VERSION}): update the program"
        );
        not_understood.insert(0, NotUnderstood { place: "version".into(), why, entry: None });
    }
    not_understood.extend(within_bounds(&mut project));
    made_absolute(&mut project, &folder_of(path));
    Ok(Original { path: path.to_path_buf(), text, project, not_understood, kept_as: None })
}

/// Puts numbers that nothing can be drawn with back to what is usual, and names them.
fn within_bounds(project: &mut Project) -> Vec<NotUnderstood> {
    let mut told = Vec::new();
    let mut tell = |place: String, value: f64| {
        told.push(NotUnderstood { place, why: format!("{value} is out of range"), entry: None });
    };
    let is_camera = |c: &Camera| LonLat::new(c.lon, c.lat).is_valid() && (-10.0..=40.0).contains(&c.zoom);
    if let Some(camera) = project.camera.take_if(|c| !is_camera(c)) {
        tell("camera".to_owned(), camera.zoom);
    }
    let views = std::iter::once(("view".to_owned(), &mut project.view))
        .chain(project.scenes.iter_mut().enumerate().map(|(i, s)| (format!("scene[{i}].view"), &mut s.view)));
    for (place, view) in views {
        if !(view.radius_m > 0.0 && view.radius_m <= 1e6) {
            tell(format!("{place}.radius_m"), view.radius_m);
            view.radius_m = RADIUS_M;
        }
    }
    for (i, scene) in project.scenes.iter_mut().enumerate() {
        if let Some(camera) = scene.camera.take_if(|c| !is_camera(c)) {
            tell(format!("scene[{i}].camera"), camera.zoom);
        }
    }
    for (i, layer) in project.layers.iter_mut().enumerate().filter(|(_, l)| !(0.0..=1.0).contains(&l.opacity)) {
        tell(format!("layer[{i}].opacity"), layer.opacity.into());
        layer.opacity = layer.opacity.clamp(0.0, 1.0);
    }
    for (i, added) in project.facilities.iter().enumerate().filter(|(_, f)| !f.at().is_valid()) {
        tell(format!("facility[{i}].lon"), added.lon);
    }
    let off = |n: &super::note::NoteEntry| n.positions().into_iter().chain([n.at()]).find(|p| !p.is_valid());
    for (i, place) in project.notes.iter().enumerate().filter_map(|(i, n)| Some((i, off(n)?))) {
        tell(format!("note[{i}].lon"), place.lon_deg);
    }
    told
}

fn folder_of(path: &Path) -> PathBuf {
    absolute(path).parent().map(Path::to_path_buf).unwrap_or_default()
}

fn paths_of(project: &mut Project) -> impl Iterator<Item = &mut PathBuf> {
    project
        .layers
        .iter_mut()
        .map(|l| &mut l.path)
        .chain(project.tables.iter_mut().map(|t| &mut t.path))
        .chain(project.forms.iter_mut().map(|f| &mut f.path))
        .chain(project.notes.iter_mut().map(|n| &mut n.photo))
}

fn made_absolute(project: &mut Project, folder: &Path) {
    // Tiles of a server have no path.
    let files = paths_of(project).filter(|path| !path.as_os_str().is_empty());
    files.for_each(|path| *path = normal(&folder.join(with_slashes(path, folder))));
}

/// A path as this system takes it: written by hand on Windows it may have `\\` where projects have `/`. A name with that letter in it
/// stays, where there is such a file.
fn with_slashes(path: &Path, folder: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    if cfg!(windows) || !text.contains('\\') || folder.join(path).exists() {
        return path.to_path_buf();
    }
    PathBuf::from(text.replace('\\', "/"))
}

fn made_relative(project: &Project, folder: &Path) -> Project {
    let mut written = project.clone();
    let files = paths_of(&mut written).filter(|path| !path.as_os_str().is_empty());
    files.for_each(|path| *path = relative(folder, &absolute(path)));
    written
}

/// The text of a project as it stands in a file, and whether it is the file's own text with what changed in it. What `original` held beyond the project, comments, order, keys that are not
/// known, stays.
fn text_of(path: &Path, project: &Project, original: Option<&Original>) -> Result<(String, bool), ProjectError> {
    let folder = folder_of(path);
    let written = made_relative(project, &folder);
    let syntax = |e: toml::ser::Error| ProjectError::Syntax { path: path.into(), message: e.to_string() };
    let kept = || {
        let original = original?;
        let base = toml::Table::try_from(made_relative(&original.project, &folder_of(&original.path))).ok()?;
        let now = toml::Table::try_from(&written).ok()?;
        let text = changed_text(&original.text, &base, &now, &original.not_understood)?;
        // What is written says what was meant, or it is written anew.
        let (mut says, _) = understand(toml::from_str(&text).ok()?).ok()?;
        within_bounds(&mut says);
        made_absolute(&mut says, &folder);
        let mut meant = written.clone();
        made_absolute(&mut meant, &folder);
        (says == meant).then_some(text)
    };
    match kept() {
        Some(text) => Ok((text, true)),
        None => toml::to_string_pretty(&written).map(|text| (text, false)).map_err(syntax),
    }
}

/// The text of a project that is written anew beside its files.
pub(super) fn text_for(path: &Path, project: &Project) -> Result<String, ProjectError> {
    text_of(path, project, None).map(|(text, _)| text)
}

/// Whether a file was copied beside itself before.
fn is_kept_beside(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!("{stem}.before-1.qiancun")).exists()
}

/// Copies a file beside itself under a name that is free; `None` where there is no file.
fn keep_beside(path: &Path) -> std::io::Result<Option<PathBuf>> {
    if !path.is_file() {
        return Ok(None);
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |n: u32| path.with_file_name(format!("{stem}.before-{n}.qiancun"));
    let kept = (1..10_000).map(name).find(|p| !p.exists()).unwrap_or_else(|| name(10_000));
    std::fs::copy(path, &kept)?;
    Ok(Some(kept))
}

/// Saves a project; layer paths are written relative to it, with `/`, where they share a root. What a project file that is there
/// holds beyond the project stays in it.
///
/// # Errors
/// [`ProjectError::Io`] where the folder or the disk does not allow it; the old file is then untouched.
pub fn save(path: &Path, project: &Project) -> Result<(), ProjectError> {
    let original = open(path).ok();
    save_unseen(path, project, original.as_ref(), None).map(drop)
}

/// Saves a project that came from `original`, here or elsewhere, and gives back the file as it is now. With `seen` nothing is
/// written unless the file still has that text, or, for an empty one, is still not there.
///
/// # Errors
/// [`ProjectError::Changed`] where the file was written meanwhile, else as [`save`]; the old file is then untouched.
pub fn save_unseen(
    path: &Path,
    project: &Project,
    original: Option<&Original>,
    seen: Option<&str>,
) -> Result<Original, ProjectError> {
    let text = text_of(path, project, original)?;
    // What could not be opened again is not written.
    let mut now = understood(path, text.0.clone())?;
    let (text, is_kept) = text;
    let of_later = original.is_some_and(|o| o.project.version > VERSION) && !is_kept_beside(path);
    if of_later || !is_kept && original.is_some_and(|o| !o.not_understood.is_empty()) {
        // What was not understood could not be put into the new text, or what was may mean something else to the later version that wrote
        // it: the file as it was stays beside it.
        now.kept_as = keep_beside(path).map_err(|source| ProjectError::Io { path: path.into(), source })?;
    }
    // A folder beside it that cannot be written to is no reason not to save.
    super::versions::keep_version(path, &now.project).ok();
    let mut is_changed = false;
    let look = |target: &Path| {
        let now = || std::fs::read_to_string(target).unwrap_or_default();
        is_changed = seen.is_some_and(|seen| now().trim_start_matches('\u{feff}') != seen);
        if is_changed { Err(std::io::ErrorKind::Other.into()) } else { Ok(()) }
    };
    match replace(path, text.as_bytes(), look) {
        Ok(()) => Ok(now),
        Err(_) if is_changed => Err(ProjectError::Changed { path: path.into() }),
        Err(source) => Err(ProjectError::Io { path: path.into(), source }),
    }
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
        // On another disk: whole, with `/` as everywhere.
        let text = file.to_string_lossy();
        return if cfg!(windows) { PathBuf::from(text.replace('\\', "/")) } else { file.to_path_buf() };
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
mod tests;
