//! One file, read: geometry, attributes, roles and report together.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{FeatureId, GeometryStore, Report, Role, Roles, Table};
use crate::geo::System;

/// A file format, by the name that `check` prints. Which there are stands in the list of `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format(&'static str);

impl Format {
    /// A format of that name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Name in the JSON of `check`.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// Coordinate reference system of a file's coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crs {
    /// Degrees that are taken for WGS 84 as they are: EPSG:4326, EPSG:4490 and others less than a metre from it.
    Geographic(u32),
    /// Another system, by its name (`EPSG:4527`, `GCJ-02`), from which positions were brought to WGS 84 when the file was read.
    Reprojected(String),
    /// One that is not understood, by the name the file gives; empty where it gives none and the positions cannot be degrees. Can
    /// neither be measured nor picked.
    Other(String),
}

impl Crs {
    /// Name as `check` prints it.
    pub fn name(&self) -> String {
        match self {
            Self::Geographic(epsg) => format!("EPSG:{epsg}"),
            Self::Reprojected(name) | Self::Other(name) => name.clone(),
        }
    }

    /// Whether positions, as a dataset has them, are degrees of longitude and latitude.
    pub fn is_geographic(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

/// How the CRS was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrsFrom {
    /// The file names it.
    File,
    /// RFC 7946 says so.
    Default,
    /// A person said so.
    Chosen,
}

impl CrsFrom {
    /// Name in the JSON of `check`.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Default => "default",
            Self::Chosen => "option",
        }
    }
}

/// Colours that a file gives to all of its features alike, as sRGB; `None` where it says nothing of a kind of shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedColours {
    /// Points.
    pub points: Option<[u8; 3]>,
    /// Lines and outlines.
    pub lines: Option<[u8; 3]>,
    /// Areas.
    pub areas: Option<[u8; 3]>,
}

/// Where a dataset comes from and how it was understood.
#[derive(Clone, Debug)]
pub struct SourceInfo {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Format found in the content, whatever the name says.
    pub format: Format,
    /// Character encoding.
    pub encoding: &'static str,
    /// How the encoding was decided, as `check` prints it: `content`, `mark`, `file`, `scored`, `option`.
    pub encoding_from: &'static str,
    /// Coordinate reference system of the file's own coordinates.
    pub crs: Crs,
    /// How it was decided.
    pub crs_from: CrsFrom,
    /// The same, to be computed with; `None` where it is not understood.
    pub system: Option<System>,
    /// Bounds in the file's own coordinates: least and greatest easting and northing, as west, south, east, north.
    pub bounds_source: Option<[f64; 4]>,
    /// Colours that the file gives to all of its features.
    pub colours: Option<StatedColours>,
    /// Name of the layer: the file's own `name` member or TopoJSON object, else the file stem.
    pub layer: String,
}

/// One file, read. Immutable; share it behind an `Arc`. The parts are shared too, so that another choice of roles
/// copies nothing.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Origin.
    pub source: Arc<SourceInfo>,
    /// Geometry as the file has it.
    pub geometry: Arc<GeometryStore>,
    /// Attributes.
    pub table: Arc<Table>,
    /// Which fields are name, code, town, district and group.
    pub roles: Roles,
    /// The fields that a person chose, by what they say: keys of roles, and of what is said of facilities.
    pub chosen: Arc<std::collections::BTreeMap<String, String>>,
    /// What was odd.
    pub report: Arc<Report>,
}

impl Dataset {
    /// Number of features, those without geometry included.
    pub fn len(&self) -> u32 {
        self.geometry.features.len() as u32
    }

    /// Its features, in the order of the file.
    pub fn features(&self) -> impl DoubleEndedIterator<Item = FeatureId> + ExactSizeIterator + Clone + use<> {
        FeatureId::all(self.len())
    }

    /// Whether there is no feature at all.
    pub fn is_empty(&self) -> bool {
        self.geometry.features.is_empty()
    }

    /// The text of the field that plays a role; `None` where the field or the value is missing, or blank.
    pub fn text(&self, feature: FeatureId, role: Role) -> Option<std::borrow::Cow<'_, str>> {
        let text = self.table.value(feature, self.roles.field(role)?).to_text()?;
        (!text.trim().is_empty()).then_some(text)
    }

    /// Name of its file without the ending: what a layer is called where nothing else names it.
    pub fn file_stem(&self) -> String {
        self.source.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The village's name as the file says it, the same in all languages of the window; empty where it has none.
    pub fn file_name(&self, feature: FeatureId) -> String {
        let text = self.roles.own_name().and_then(|field| self.table.value(feature, field).to_text());
        text.map(|t| t.trim().to_owned()).unwrap_or_default()
    }

    /// All names that the village may be shown by.
    pub fn all_names(&self, feature: FeatureId) -> Vec<String> {
        let fields = self.roles.name_fields();
        let mut names: Vec<String> =
            fields.into_iter().filter_map(|f| Some(self.table.value(feature, f).to_text()?.into_owned())).collect();
        names.retain(|n| !n.trim().is_empty());
        names.dedup();
        names
    }

    /// The village's name, else its code, else `#` and its 1-based position.
    pub fn display_name(&self, feature: FeatureId) -> String {
        self.text(feature, Role::Name)
            .or_else(|| self.text(feature, Role::Code))
            .map_or_else(|| format!("#{}", feature.number() + 1), |t| t.into_owned())
    }
}
