//! A layer in a project file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::look::LayerStyle;
use crate::colouring::ColouringSpec;
use crate::ground::{GroundSpec, TileDatum, TileGrid};
use crate::model::LayerKind;
use crate::read::How;

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
    /// What names it in this project, whatever its file is called: unique, and given once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it is; guessed where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<LayerKind>,
    /// The group that it is listed under; none where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// For villages: the first day on which these boundaries hold, ISO 8601, such as `2023` or `2023-01-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// The last such day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// The file; relative to the project file in the file, absolute in the program. Empty for tiles of a server.
    #[serde(skip_serializing_if = "is_empty_path")]
    pub path: PathBuf,
    /// The layer of the file, where it has several.
    #[serde(default, rename = "layer", skip_serializing_if = "Option::is_none")]
    pub file_layer: Option<String>,
    /// The encoding of its texts, where a person says so; `twice` mends what was encoded twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The coordinate system of its positions, where a person says so: `EPSG:n`, `GCJ-02`, `BD-09`, `swapped`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    /// Title in the layer list; the file's own where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The same in English, where it differs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title_en: String,
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
    #[serde(default, rename = "theme", skip_serializing_if = "Option::is_none")]
    pub colouring: Option<ColouringSpec>,
    /// How it is drawn, where a person says so.
    #[serde(default, skip_serializing_if = "is_default")]
    pub style: LayerStyle,
    /// Columns of its table that are shown, in their order; all of them where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Of a folder of photos only these, by their paths within it; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// For a ground: how it lies and who is to be named.
    #[serde(flatten)]
    pub ground: GroundEntry,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

/// What a layer says of a ground.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroundEntry {
    /// In which coordinates its tiles are cut.
    #[serde(default, skip_serializing_if = "is_default")]
    pub datum: TileDatum,
    /// Address of a server's tiles, with `{z}`, `{x}` and `{y}` or `{-y}`, `{key}` where a person's own key belongs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Along which lines its tiles are cut.
    #[serde(default, skip_serializing_if = "is_default")]
    pub grid: TileGrid,
    /// Least zoom that the server has; 0 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u8>,
    /// Deepest zoom that the server has; 18 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deepest: Option<u8>,
    /// Side of its tiles in pixels; 256 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile_px: Option<u32>,
    /// Whether its terms allow an area to be kept as a file.
    #[serde(default, skip_serializing_if = "is_default")]
    pub may_keep: bool,
    /// Who is to be named, where the source does not say so or a person says it otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attribution: String,
}

fn is_empty_path(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

fn yes() -> bool {
    true
}

fn one() -> f32 {
    1.0
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl LayerEntry {
    /// A layer for a file, shown, without a theme.
    pub fn new(path: PathBuf) -> Self {
        Self {
            id: String::new(),
            kind: None,
            group: String::new(),
            valid_from: None,
            valid_to: None,
            path,
            file_layer: None,
            encoding: None,
            crs: None,
            title: String::new(),
            title_en: String::new(),
            visible: true,
            opacity: 1.0,
            fields: FieldMapping::default(),
            colouring: None,
            style: LayerStyle::default(),
            columns: Vec::new(),
            only: Vec::new(),
            ground: GroundEntry::default(),
            other: toml::Table::new(),
        }
    }

    /// How its file is to be read.
    pub fn how(&self) -> How {
        let (layer, encoding, crs) = (self.file_layer.clone(), self.encoding.clone(), self.crs.clone());
        How { layer, encoding, crs, only: self.only.clone() }
    }

    /// What its ground is opened from.
    pub fn ground_spec(&self) -> GroundSpec {
        let GroundEntry { datum, url, grid, least, deepest, tile_px, .. } = self.ground.clone();
        let (path, crs) = (self.path.clone(), self.crs.clone());
        GroundSpec { path, datum, crs, url, grid, least, deepest, tile_px, ..GroundSpec::default() }
    }

    /// A layer for a file that is read as a person says.
    pub fn read_as(path: PathBuf, how: How) -> Self {
        Self { file_layer: how.layer, encoding: how.encoding, crs: how.crs, only: how.only, ..Self::new(path) }
    }
}

/// Gives an id to each layer that has none: its file's name, with the folder before it where several are called the same, and a number
/// behind it where that is not enough. Two layers never have one id.
pub fn give_ids(layers: &mut [LayerEntry]) {
    let stem = |p: &Path| p.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = |l: &LayerEntry| l.file_layer.clone().unwrap_or_else(|| stem(&l.path));
    let stems: Vec<String> = layers.iter().map(stem).collect();
    for at in 0..layers.len() {
        let is_taken = |id: &str| layers.iter().enumerate().any(|(i, l)| i < at && l.id == id);
        let Some(layer) = layers.get(at) else { return };
        if !layer.id.is_empty() && !is_taken(&layer.id) {
            continue;
        }
        let own = stems.get(at).cloned().unwrap_or_default();
        let folder = layer.path.parent().and_then(Path::file_name).map(|f| f.to_string_lossy().into_owned());
        let is_shared = stems.iter().filter(|s| **s == own).count() > 1;
        let name = match folder.filter(|_| is_shared) {
            Some(folder) => format!("{folder}/{own}"),
            None => own,
        };
        let is_used = |id: &String| layers.iter().enumerate().any(|(i, l)| i != at && l.id == *id);
        let numbered = (2..).map(|n| format!("{name} {n}"));
        let id = std::iter::once(name.clone()).chain(numbered).find(|id| !is_used(id));
        if let (Some(layer), Some(id)) = (layers.get_mut(at), id) {
            layer.id = id;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_given_once_and_are_unique() {
        let mut layers: Vec<LayerEntry> =
            ["a/v.geojson", "b/v.geojson", "t.csv", "b/v.json"].map(|p| LayerEntry::new(p.into())).into();
        give_ids(&mut layers);
        let ids = |layers: &[LayerEntry]| layers.iter().map(|l| l.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&layers), ["a/v", "b/v", "t", "b/v 2"]);
        layers[0].path = "elsewhere.geojson".into();
        let before = ids(&layers);
        give_ids(&mut layers);
        assert_eq!(ids(&layers), before, "a file found elsewhere is the same layer");
        layers.push(LayerEntry { id: "t".into(), ..LayerEntry::new("x.csv".into()) });
        give_ids(&mut layers);
        assert_eq!(ids(&layers)[4], "x");
    }
}
