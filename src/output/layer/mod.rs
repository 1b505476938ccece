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

/// A class of the map, as it goes out with a layer: a value belongs to it from its lower bound on up to below its upper, the
/// uppermost class closed.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerClass {
    /// Least value.
    pub lower: f64,
    /// Value at which the next class begins.
    pub upper: f64,
    /// Its words in the legend.
    pub label: String,
    /// Its colour.
    pub colour: [u8; 3],
}

/// What the map shows of a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerClasses {
    /// Name of the figure: the field that it goes out as.
    pub name: String,
    /// The value of each feature, in the order of the file.
    pub values: Vec<Option<f64>>,
    /// The classes, lowest first.
    pub classes: Vec<LayerClass>,
    /// Colour of what is unknown.
    pub missing: [u8; 3],
    /// Words for what is unknown.
    pub missing_label: String,
}

impl LayerClasses {
    /// The class of a value.
    pub fn class_of(&self, value: f64) -> Option<usize> {
        let last = self.classes.len().checked_sub(1)?;
        let at = self.classes.iter().rposition(|c| c.lower <= value)?;
        let top = self.classes.get(last)?;
        (at < last || value <= top.upper).then_some(at)
    }
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
    /// What the format could not take, each once: a word for it (`shortened`, `cut`, `mixed`, `heights`, `no-place`, `outlines`) and the
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
    if matches!(ending.as_str(), "kml" | "gpx") && options.system.as_ref().is_some_and(|s| !s.is_geographic()) {
        let message = format!("{} holds degrees only", ending.to_uppercase());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let out = Outgoing::of(dataset, options);
    let mut written = Written { files: vec![to.to_path_buf()], told: Vec::new() };
    if dataset.report.problems.iter().any(|p| p.code == "has-z") {
        written.told.push(("heights", String::new()));
    }
    match ending.as_str() {
        "geojson" | "json" => super::save_geojson(&out.dataset, to)?,
        "fgb" => super::save_flatgeobuf(&out.dataset, to)?,
        "gpkg" => gpkg::save(&out, to)?,
        "shp" => shapefile::save(&out, to, &mut written)?,
        "kml" => xml::save_kml(&out, to)?,
        "gpx" => xml::save_gpx(&out, to, &mut written)?,
        "csv" | "xlsx" => table::save(&out, to)?,
        other => return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("no format ends in .{other}"))),
    }
    Ok(written)
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
        let classes = options.classes.as_ref().filter(|c| c.values.len() == dataset.len() as usize);
        if let Some(classes) = classes {
            let mut table = (*out.table).clone();
            let column = column_of(classes, dataset.len());
            table.columns.retain(|c| c.name != column.name);
            table.columns.push(column);
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
        let classes = self.classes?;
        classes.class_of((*classes.values.get(feature.index())?)?)
    }
}

fn column_of(classes: &LayerClasses, rows: u32) -> Column {
    let mut builder = ColumnBuilder::default();
    for (row, value) in classes.values.iter().enumerate() {
        if let Some(value) = value {
            builder.set(FeatureId::new(row as u32), Value::Real(*value), "");
        }
    }
    builder.finish(classes.name.clone(), rows)
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
