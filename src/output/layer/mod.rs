//! Whole layers out, in the formats that people ask for: with the coordinates they want, the fields, and the classes of the map.

mod gpkg;
mod shapefile;
mod style;
mod table;
mod xml;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::geo::System;
use crate::model::{Column, ColumnBuilder, Crs, Dataset, FeatureId, GeometryKind, GeometryStore, Value};

/// A class of the map, as it goes out with a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerClass {
    /// For numbers: where it begins, and where the next one does. Below the first and beyond the last nothing lies.
    pub range: Option<(f64, f64)>,
    /// Its words in the legend.
    pub label: String,
    /// Its colour.
    pub colour: [u8; 3],
}

/// What the map shows of a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerClasses {
    /// Name of the figure: the field that its values go out as.
    pub figure: String,
    /// The value of each feature, in the order of the file; none where the classes are no numbers.
    pub values: Vec<Option<f64>>,
    /// Name of the field that says the class in words.
    pub class_field: String,
    /// The class of each feature; `None` where it is unknown.
    pub class_of: Vec<Option<usize>>,
    /// The classes, lowest first.
    pub classes: Vec<LayerClass>,
    /// Colour of what is unknown.
    pub missing: [u8; 3],
    /// Words for what is unknown.
    pub missing_label: String,
}

/// How a layer is to be written.
#[derive(Clone, Debug, Default)]
pub struct LayerOptions {
    /// The coordinate system; WGS 84 longitude and latitude where `None`.
    pub system: Option<System>,
    /// What the map shows of it.
    pub classes: Option<LayerClasses>,
}

/// What became of a layer on its way out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// The files, the one asked for first.
    pub files: Vec<PathBuf>,
    /// What the format could not take, each once: a word for it (`shortened`, `cut`, `mixed`, `height-zero`, `no-place`,
    /// `outlines`, `no-system`) and the
    /// details.
    pub told: Vec<(&'static str, String)>,
}

/// Formats by their endings.
pub const LAYER_ENDINGS: [&str; 9] = ["gpkg", "shp", "geojson", "json", "fgb", "kml", "gpx", "csv", "xlsx"];

/// A layer ready to be written: positions in the system wanted, the figure of the map among its fields.
pub(super) struct Outgoing<'a> {
    pub(super) dataset: Dataset,
    pub(super) classes: Option<&'a LayerClasses>,
    pub(super) system: System,
}

/// Writes a layer as the ending of its name says. Files are written beside their places and renamed when they are whole.
///
/// # Errors
/// Those of the file system, and an ending that no format has.
pub fn save_layer(dataset: &Dataset, to: &Path, options: &LayerOptions) -> io::Result<Written> {
    let ending = to.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if let (true, Some(system)) = (matches!(ending.as_str(), "kml" | "gpx"), &options.system) {
        // Both are WGS 84 by their definitions; degrees of another datum would lie beside where they belong. GCJ-02 and BD-09 are written
        // on request, for programs that expect them, and said.
        let is_wrong = !system.is_geographic() || system.epsg().is_some() && is_elsewhere(system, dataset);
        if is_wrong {
            let message = format!("{} holds degrees of WGS 84 only", ending.to_uppercase());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
    }
    let out = Outgoing::of(dataset, options);
    let mut written = Written { files: vec![to.to_path_buf()], told: Vec::new() };
    if matches!(ending.as_str(), "kml" | "gpx") && out.system.epsg().is_none() && out.system.degrees_code().is_none() {
        written.told.push(("no-system", out.system.name().to_owned()));
    }
    let store = &out.dataset.geometry;
    if matches!(ending.as_str(), "fgb" | "csv") && !store.heights.is_empty() {
        let is_flat = |f: &FeatureId| !store.parts_of(*f).is_empty() && !store.has_heights(*f);
        let flat = out.dataset.features().filter(is_flat).count();
        // Well-known text says of each feature whether it has heights.
        if flat > 0 && ending == "fgb" {
            written.told.push(("height-zero", flat.to_string()));
        }
    }
    match ending.as_str() {
        "geojson" | "json" => super::save_geojson(&out.dataset, to)?,
        "fgb" => super::save_flatgeobuf(&out.dataset, to)?,
        "gpkg" => gpkg::save(&out, to)?,
        "shp" => shapefile::save(&out, to, &mut written)?,
        "kml" => xml::save_kml(&out, to)?,
        "gpx" => xml::save_gpx(&out, to, &mut written)?,
        "csv" | "xlsx" => {
            if out.system.degrees_code().is_none() {
                written.told.push(("no-system", out.system.name().to_owned()));
            }
            table::save(&out, to)?;
        }
        other => return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("no format ends in .{other}"))),
    }
    Ok(written)
}

/// Whether a system's degrees lie more than about a metre beside those of WGS 84 where the data are.
fn is_elsewhere(system: &System, dataset: &Dataset) -> bool {
    let Some(at) = dataset.geometry.coords.iter().copied().find(|c| c.iter().all(|v| v.is_finite())) else {
        return false;
    };
    let mut there = [at];
    system.of_degrees(&mut there);
    there.iter().flatten().zip(at).any(|(a, b)| (a - b).abs() > 1e-5)
}

/// Adds a layer to a GeoPackage that has its frame ([`super::prepare_geopackage`]), in WGS 84, under a name of its own.
///
/// # Errors
/// Those of SQLite; a table of that name that is there already.
pub fn add_layer_to(conn: &rusqlite::Connection, dataset: &Dataset, table: &str) -> rusqlite::Result<()> {
    gpkg::add(conn, &Outgoing::of(dataset, &LayerOptions::default()), table)
}

impl<'a> Outgoing<'a> {
    fn of(dataset: &Dataset, options: &'a LayerOptions) -> Self {
        let mut out = dataset.clone();
        let system = options.system.clone().unwrap_or_else(System::wgs84);
        if dataset.source.crs.is_geographic() {
            let is_degrees = system.degrees_code().is_some();
            if !is_degrees {
                let mut geometry: GeometryStore = (*dataset.geometry).clone();
                system.of_degrees(&mut geometry.coords);
                drop_lost(&mut geometry);
                out.geometry = Arc::new(geometry);
            }
            let mut source = (*dataset.source).clone();
            source.crs = match (system.degrees_code(), &dataset.source.crs) {
                // Whoever asks for nothing gets the degrees under the name they came with.
                _ if options.system.is_none() => match &dataset.source.crs {
                    Crs::Geographic(code) => Crs::Geographic(*code),
                    _ => Crs::Geographic(4326),
                },
                (Some(code), _) => Crs::Geographic(code),
                (None, _) => Crs::Other(system.name().to_owned()),
            };
            if system.epsg().is_none() {
                source.layer = format!("{} ({})", source.layer, system.name());
            }
            out.source = Arc::new(source);
        }
        let classes = options.classes.as_ref().filter(|c| c.class_of.len() == dataset.len() as usize);
        if let Some(classes) = classes {
            let mut table = (*out.table).clone();
            let own = columns_of(classes, dataset.len());
            table.columns.retain(|c| own.iter().all(|o| o.name != c.name));
            table.columns.extend(own);
            out.table = Arc::new(table);
        }
        Self { dataset: out, classes, system }
    }

    /// The features.
    pub(super) fn features(&self) -> impl Iterator<Item = FeatureId> + use<> {
        self.dataset.features()
    }

    /// The class of a feature: `None` without classes or where the value is unknown.
    pub(super) fn class_of(&self, feature: FeatureId) -> Option<usize> {
        *self.classes?.class_of.get(feature.index())?
    }
}

/// The figure and the words of its class as fields.
fn columns_of(classes: &LayerClasses, rows: u32) -> Vec<Column> {
    let (mut figure, mut words) = (ColumnBuilder::default(), ColumnBuilder::default());
    for (row, class) in classes.class_of.iter().enumerate() {
        let row = FeatureId::new(row as u32);
        if let Some(value) = classes.values.get(row.index()).copied().flatten() {
            figure.set(row, Value::Real(value), "");
        }
        if let Some(class) = class.and_then(|c| classes.classes.get(c)) {
            words.set(row, Value::Text(&class.label), "");
        }
    }
    let mut columns = Vec::new();
    if !classes.values.is_empty() {
        columns.push(figure.finish(classes.figure.clone(), rows));
    }
    columns.push(words.finish(classes.class_field.clone(), rows));
    columns
}

/// Features with a position that the system has no place for go out without geometry.
fn drop_lost(geometry: &mut GeometryStore) {
    let lost: Vec<FeatureId> = FeatureId::all(geometry.features.len() as u32)
        .filter(|f| geometry.positions_of(*f).any(|at| !(at[0].is_finite() && at[1].is_finite())))
        .collect();
    for feature in lost {
        if let Some(shape) = geometry.features.get_mut(feature.index()) {
            (shape.kind, shape.part_end) = (GeometryKind::Null, shape.part_start);
        }
    }
}

#[cfg(test)]
mod tests;
