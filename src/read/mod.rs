//! Reading files: bytes → features and a report of what was odd.
//!
//! The format is told from the content, never from the name. A broken feature costs that feature, not the file: it keeps
//! its row, and the report says what is wrong with it. Only where nothing can be used is there a [`ReadError`].
//!
//! A scanner looks for the ends of features, which needs braces and quotes only, while other threads parse the batches
//! it has found into flat buffers, straight from the bytes; at the end the buffers are joined in order.

mod assemble;
mod batch;
mod cell;
mod checks;
mod crs;
mod cursor;
mod document;
mod encoding;
mod error;
mod feature;
mod flatgeobuf;
mod flatgeobuf_feature;
mod flatgeobuf_tree;
pub mod formats;
mod geometry;
mod load;
mod number;
mod ods_look;
mod outline;
mod plain;
mod points;
mod progress;
mod sequence;
mod sink;
mod sniff;
mod stream;
mod text;
mod topojson;
mod validity;
mod wide;
mod workbook;
mod workbook_look;
mod xls_look;

#[cfg(test)]
mod tests;

use crate::geo::BoundsDeg;
use std::path::Path;
use std::sync::Arc;

use points::Points;

pub use cell::Cell;
pub use error::ReadError;
pub use plain::{open_plain, plain_file, read_plain};
pub use progress::Progress;
pub use validity::full_report;
pub use wide::{KeyColumn, WideTable, read_sheets, read_wide};
pub use workbook::Rows;

use crate::model::{Dataset, Report, Roles, Severity, SourceInfo};

/// Reads a file.
///
/// # Errors
/// Where there is no such file, it cannot be opened, or nothing in it can be used; what can be used in part is read, and
/// the report says what is missing.
pub fn read_file(path: &Path, progress: &Progress) -> Result<Dataset, ReadError> {
    load::look(path).map_err(|cause| cause.at(path))?;
    let reader = formats::READERS.iter().find(|r| (r.is)(path));
    reader.map_or_else(|| read_document(path, progress), |r| (r.read)(path, progress))
}

fn read_flatgeobuf(path: &Path, progress: &Progress) -> Result<Dataset, ReadError> {
    let (parsed, size) = flatgeobuf::read(path, progress).map_err(|cause| cause.at(path))?;
    Ok(finish(path, size, parsed, progress))
}

/// Text, and workbooks: maps, else tables of points.
fn read_document(path: &Path, progress: &Progress) -> Result<Dataset, ReadError> {
    match stream::stream(path, progress) {
        Some(Ok((parsed, size))) => return Ok(finish(path, size, parsed, progress)),
        Some(Err(cause)) => return Err(cause.at(path)),
        None => {}
    }
    let bytes = load::load(path, progress).map_err(|cause| cause.at(path))?;
    let size = bytes.len();
    match document::parse(&bytes, progress) {
        Ok(parsed) => {
            drop(bytes);
            Ok(finish(path, size, parsed, progress))
        }
        Err(cause) if Points::may_be(&cause) => match points::points(bytes) {
            Ok(Some(points)) => Ok(from_points(path, size, points)),
            Ok(None) => Err(cause.at(path)),
            Err(why) => Err(why.at(path)),
        },
        Err(cause) => Err(cause.at(path)),
    }
}

/// Reads only the features of a file that meet a rectangle, \[west, south, east, north\] in degrees, where the file has an
/// index by place (FlatGeobuf) and that is quicker than reading all of it; `None` elsewhere.
pub fn read_part(path: &Path, bounds_deg: BoundsDeg, progress: &Progress) -> Option<Dataset> {
    if plain_file(path).is_err() || !flatgeobuf::is_flatgeobuf(path) {
        return None;
    }
    let (parsed, size) = flatgeobuf::read_part(path, bounds_deg, progress)?;
    Some(finish(path, size, parsed, progress)).filter(|d| d.source.crs.is_geographic())
}

/// Bounds of all features as the file itself gives them, \[west, south, east, north\] in degrees; `None` where it does not.
pub fn stated_bounds(path: &Path) -> Option<BoundsDeg> {
    (plain_file(path).is_ok() && flatgeobuf::is_flatgeobuf(path)).then(|| flatgeobuf::envelope(path)).flatten()
}

/// Reads a file that is in memory; its path gives the layer its name and stands in messages, and is not opened.
///
/// # Errors
/// Where nothing in it can be used.
///
/// # Examples
/// ```
/// use qiancun::read::{Progress, ReadError, read_bytes};
///
/// let text = br#"{"type":"Point","coordinates":[116.1,40.1]}"#;
/// let dataset = read_bytes("well.geojson".as_ref(), text, &Progress::new())?;
/// assert_eq!(dataset.len(), 1);
/// # Ok::<(), ReadError>(())
/// ```
pub fn read_bytes(path_for_naming: &Path, bytes: &[u8], progress: &Progress) -> Result<Dataset, ReadError> {
    progress.set(bytes.len() as u64, bytes.len() as u64 * 2);
    let parsed = document::parse(bytes, progress).map_err(|cause| cause.at(path_for_naming))?;
    Ok(finish(path_for_naming, bytes.len(), parsed, progress))
}

fn from_points(path: &Path, size: usize, points: Points) -> Dataset {
    let source = SourceInfo {
        path: path.to_owned(),
        bytes: size as u64,
        format: points.format,
        encoding: points.encoding,
        crs: points.crs,
        crs_from: points.crs_from,
        layer: path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned()),
    };
    Dataset {
        source: Arc::new(source),
        roles: Roles::detect(&points.table),
        geometry: Arc::new(points.geometry),
        table: Arc::new(points.table),
        report: Arc::new(points.report),
    }
}

fn finish(path: &Path, size: usize, parsed: document::Parsed, progress: &Progress) -> Dataset {
    let all = assemble::assemble(parsed.batches);
    let mut report: Report = parsed.report;
    report.problems.extend(all.problems);
    if all.tall > 0 {
        report.add(Severity::Info, "has-z", None, all.tall.to_string());
    }
    if all.table.rows == 0 {
        report.add(Severity::Warning, "no-features", None, "");
    }
    let stem = || path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let source = SourceInfo {
        path: path.to_owned(),
        bytes: size as u64,
        format: parsed.format,
        encoding: parsed.encoding,
        crs: parsed.crs,
        crs_from: parsed.crs_from,
        layer: parsed.name.filter(|n| !n.trim().is_empty()).unwrap_or_else(stem),
    };
    let roles = Roles::detect(&all.table);
    progress.set(size as u64 * 2, size as u64 * 2);
    Dataset {
        source: Arc::new(source),
        geometry: Arc::new(all.geometry),
        table: Arc::new(all.table),
        roles,
        report: Arc::new(report),
    }
}
