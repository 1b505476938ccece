//! Reading files: bytes → features and a report of what was odd.
//!
//! The format is told from the first 64 kB of the content, hardly ever from the name. A broken feature costs that feature, not the file: it keeps
//! its row, and the report says what is wrong with it. Only where nothing can be used is there a [`ReadError`].
//!
//! A scanner looks for the ends of features, which needs braces and quotes only, while other threads parse the batches
//! it has found into flat buffers, straight from the bytes; at the end the buffers are joined in order.

mod antimeridian;
mod archive;
mod arcs;
mod assemble;
mod batch;
mod cell;
mod checks;
mod crs;
mod cursor;
mod document;
mod dos;
mod encoding;
mod error;
mod feature;
mod finish;
mod flatgeobuf;
mod flatgeobuf_feature;
mod flatgeobuf_tree;
pub mod formats;
mod geometry;
mod geopackage;
mod hidden;
mod how;
mod html_table;
mod layout;
mod letters;
mod load;
mod number;
mod ods_look;
mod osm;
mod outline;
mod photos;
mod plain;
mod previews;
mod progress;
mod qr;
mod sequence;
mod shapefile;
mod shapes;
mod sink;
mod sniff;
mod stream;
mod tables;
mod text;
mod topojson;
mod validity;
mod wide;
mod wkt;
mod workbook;
mod workbook_look;
mod xls_look;
mod xml;

#[cfg(test)]
mod tests;

use crate::geo::BoundsDeg;
use crate::model::Dataset;
use std::path::Path;

use finish::finish;

pub use cell::{Cell, shows_percent};
pub use error::ReadError;
pub use geopackage::{open_database, wkb_of_blob};
pub use hidden::sheet_part;
pub use how::{How, split_layer};
pub use layout::{ColumnLayout, ColumnRole, Layout, LayoutSaid, Reason, SaidColumn, Section, TableRow};
pub(crate) use layout::{month_in, year_and_month};
pub use letters::{ENCODINGS, decoded_twice};
pub use photos::{Exif, PHOTO_ENDINGS, PHOTO_FIELD, exif_of, is_photo, photos_of};
pub use plain::{open_plain, plain_file, read_plain};
pub use previews::previews;
pub use progress::Progress;
pub use qr::{close_codes_in, codes_in, codes_of_picture};
pub use validity::full_report;
pub use wide::{KeyColumn, WideTable, begins_as_wide, read_sheets, read_wide, read_wide_watched};
pub use workbook::Rows;
pub use workbook_look::cell_name;
pub use xml::attribute;

/// Reads a file, or one layer of it where the path ends in `#layer` and there is no file of that name.
///
/// # Errors
/// Where there is no such file, it cannot be opened, or nothing in it can be used; what can be used in part is read, and
/// the report says what is missing.
pub fn read_file(path: &Path, progress: &Progress) -> Result<Dataset, ReadError> {
    let (file, layer) = split_layer(path);
    read_file_as(&file, &How { layer, ..How::default() }, progress)
}

/// Reads a file as a person says: which layer of it, in which encoding, in which coordinate system.
///
/// # Errors
/// Those of [`read_file`].
pub fn read_file_as(path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
    // A folder is one of photos, or nothing.
    if path.is_dir() {
        return photos::read(path, how, progress);
    }
    let head = load::head(path).map_err(|cause| cause.at(path))?;
    match formats::reader_of(path, &head) {
        Some(reader) => {
            let read = reader.read(path, how, progress)?;
            match &how.layer {
                Some(layer) if !is_layer_of(layer, path, &read, reader)? => {
                    Err(error::Cause::NoLayer(layer.clone()).at(path))
                }
                _ => Ok(read),
            }
        }
        // Whoever knows no more than that it is unknown has seen 64 kB of it.
        None => Err(document::unknown(path, &head).at(path)),
    }
}

/// Whether a file has a layer of that name: one of several was looked for by its reader; one alone is called as it says, or as its file.
fn is_layer_of(layer: &str, path: &Path, read: &Dataset, reader: &dyn formats::Reader) -> Result<bool, ReadError> {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let is_only = layer == read.source.layer || stem.as_deref() == Some(layer);
    Ok(is_only || reader.finds_layers() || reader.layers(path)?.iter().any(|l| l == layer))
}

/// Names of the layers of a file, in its own order; none where it has one only.
///
/// # Errors
/// Where it cannot be opened, is damaged or is nothing that is read.
pub fn layers(path: &Path) -> Result<Vec<String>, ReadError> {
    if path.is_dir() {
        return Ok(Vec::new());
    }
    let head = load::head(path).map_err(|cause| cause.at(path))?;
    formats::reader_of(path, &head).map_or_else(|| Err(document::unknown(path, &head).at(path)), |r| r.layers(path))
}

/// Text, and workbooks: maps, else tables of points.
fn read_document(path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
    if how.encoding.is_none() {
        match stream::stream(path, progress) {
            // Text that is not UTF-8 is read again as what it is.
            Some(Ok((parsed, size))) if !document::is_damaged(&parsed) => {
                return Ok(finish(path, size, parsed, how, progress));
            }
            Some(Err(cause)) => return Err(cause.at(path)),
            Some(Ok(_)) | None => {}
        }
    }
    let bytes = load::load(path, progress).map_err(|cause| cause.at(path))?;
    let size = bytes.len();
    match document::parse(&bytes, how, progress) {
        Ok(parsed) => {
            drop(bytes);
            Ok(finish(path, size, parsed, how, progress))
        }
        Err(cause) if tables::may_be(&cause) => match tables::parse(bytes, path, how) {
            Ok(Some(parsed)) => Ok(finish(path, size, parsed, how, progress)),
            Ok(None) => Err(cause.at(path)),
            Err(why) => Err(why.at(path)),
        },
        Err(cause) => Err(cause.at(path)),
    }
}

/// Reads a table as it stands, whether it says places or not: a feature without geometry for each row.
///
/// # Errors
/// Where it cannot be opened, or is no table.
pub fn read_rows(path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
    let of = || {
        let bytes = load::load(path, progress)?;
        let size = bytes.len();
        Ok((tables::rows(bytes, path, how)?, size))
    };
    let (parsed, size) = of().map_err(|cause: error::Cause| cause.at(path))?;
    Ok(finish(path, size, parsed, how, progress))
}

/// Reads only the features of a file that meet a rectangle, \[west, south, east, north\] in degrees, where the file has an
/// index by place (FlatGeobuf, GeoPackage) and that is quicker than reading all of it; `None` elsewhere.
pub fn read_part(path: &Path, how: &How, bounds_deg: BoundsDeg, progress: &Progress) -> Option<Dataset> {
    // The tree of a file in metres is one of metres.
    reader_at(path)?.part(path, how, bounds_deg, progress).filter(|d| d.source.crs.is_geographic())
}

/// Bounds of all features as the file itself gives them, \[west, south, east, north\] in degrees; `None` where it does not.
pub fn stated_bounds(path: &Path, how: &How) -> Option<BoundsDeg> {
    reader_at(path)?.bounds(path, how)
}

fn reader_at(path: &Path) -> Option<&'static dyn formats::Reader> {
    plain_file(path).ok()?;
    formats::reader_of(path, &load::head(path).ok()?)
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
    read_bytes_as(path_for_naming, bytes, &How::default(), progress)
}

/// The same as a person says.
///
/// # Errors
/// Where nothing in it can be used.
pub fn read_bytes_as(
    path_for_naming: &Path,
    bytes: &[u8],
    how: &How,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    progress.set(bytes.len() as u64, bytes.len() as u64 * 2);
    let parsed = formats::parse_bytes(path_for_naming, bytes.to_vec(), how, progress);
    let parsed = parsed.map_err(|cause| cause.at(path_for_naming))?;
    Ok(finish(path_for_naming, bytes.len(), parsed, how, progress))
}
