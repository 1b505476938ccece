//! Shapefiles (ESRI Shapefile Technical Description, 1998) with their tables (dBASE III and later): geometry and rows straight into
//! flat buffers, on all cores. The parts are read as bytes, so that it is one whether they lie in a folder or in an archive.

mod dbf;
mod shp;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::batch::Batch;
use super::document::Parsed;
use super::dos::Letters;
use super::error::{Cause, ReadError};
use super::formats::{self, Head, Reader, Sureness};
use super::letters::{EncodingFrom, of_content, of_language_byte};
use super::{How, Progress, letters, load};
use crate::geo::MAX_WKT_BYTES;
use crate::model::{Dataset, Format, GeometryKind, Report, Severity};

pub(super) use dbf::Table;

/// Records read in one go.
const PIECE: usize = 2_000;

/// The files of one shapefile, as bytes; only the shapes must be there.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) shp: Vec<u8>,
    pub(super) shx: Option<Vec<u8>>,
    pub(super) dbf: Option<Vec<u8>>,
    pub(super) prj: Option<Vec<u8>>,
    pub(super) cpg: Option<Vec<u8>>,
}

impl Parts {
    /// Those that lie beside a `.shp`, whatever the case of their endings.
    pub(super) fn beside(path: &Path, progress: &Progress) -> Result<Self, Cause> {
        let shp = load::load(path, progress)?;
        let small = |ending: &str| sibling(path, ending).and_then(|p| super::read_plain(&p, MAX_WKT_BYTES as u64).ok());
        let dbf = sibling(path, "dbf").map(|p| load::load(&p, &Progress::new())).transpose()?;
        let shx = sibling(path, "shx").and_then(|p| load::load(&p, &Progress::new()).ok());
        Ok(Self { shp, shx, dbf, prj: small("prj"), cpg: small("cpg") })
    }
}

/// The file of the same name with another ending, in whatever case.
pub(super) fn sibling(path: &Path, ending: &str) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    [ending.to_owned(), ending.to_uppercase()].iter().map(|e| path.with_extension(e)).find(|p| p.is_file()).or_else(
        || {
            let folder =
                std::fs::read_dir(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
                    .ok()?;
            folder.flatten().map(|e| e.path()).find(|p| {
                let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
                p.extension().is_some_and(|e| same(&e.to_string_lossy(), ending))
                    && p.file_stem().is_some_and(|s| same(&s.to_string_lossy(), &stem))
            })
        },
    )
}

/// ESRI Shapefile.
pub(super) struct Shapefile;

impl Reader for Shapefile {
    fn title(&self) -> &'static str {
        "Shapefile"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["shp", "dbf"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        // What is read depends on several files, and the cache looks at one.
        &[(formats::SHAPEFILE, false), (formats::DBF, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        let is_table = head.ends_with(&["dbf"]) && Table::new(head.bytes).is_ok();
        if head.bytes.starts_with(&shp::MAGIC) || is_table { Sureness::Sure } else { Sureness::No }
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        let is_shapes = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp"));
        // Whoever takes the table or the index means the shapes.
        let shapes = if is_shapes { None } else { sibling(path, "shp") };
        let from = shapes.as_deref().unwrap_or(path);
        let parsed = match is_shapes
            || shapes.is_some()
            || !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("dbf"))
        {
            true => Parts::beside(from, progress).and_then(|parts| Ok((read(&parts, how, progress)?, parts.shp.len()))),
            false => load::load(path, progress).and_then(|bytes| {
                let cpg = sibling(path, "cpg").and_then(|p| super::read_plain(&p, 1024).ok());
                Ok((read_table(&bytes, cpg.as_deref(), how)?, bytes.len()))
            }),
        };
        let (parsed, size) = parsed.map_err(|cause| cause.at(path))?;
        Ok(super::finish(path, size, parsed, how, progress))
    }
}

/// Reads a shapefile.
pub(super) fn read(parts: &Parts, how: &How, progress: &Progress) -> Result<Parsed, Cause> {
    let mut report = Report::default();
    let records = shp::records(&parts.shp, parts.shx.as_deref(), &mut report)?;
    let table = parts.dbf.as_deref().map(Table::new).transpose();
    let table = match table {
        Ok(table) => table,
        Err(why) => {
            report.add(Severity::Error, "no-attributes", None, why);
            None
        }
    };
    if let Some(table) = &table
        && table.rows() != records.len()
    {
        report.add(Severity::Warning, "row-counts-differ", None, format!("{} / {}", records.len(), table.rows()));
    }
    let (encoding, encoding_from) = encoding_of(table.as_ref(), parts.cpg.as_deref(), how);
    let names = table.as_ref().map(|t| t.names(encoding)).unwrap_or_default();
    let rows: Vec<usize> =
        (0..records.len()).filter(|row| !table.as_ref().is_some_and(|t| t.is_deleted(*row))).collect();
    if rows.len() < records.len() {
        report.add(Severity::Info, "deleted-rows", None, (records.len() - rows.len()).to_string());
    }
    let batches = rows.par_chunks(PIECE).map(|rows| {
        let mut batch = Batch::default();
        for row in rows {
            if progress.is_cancelled() {
                break;
            }
            let record = records.get(*row).cloned().unwrap_or_default();
            let bytes = parts.shp.get(record.clone()).unwrap_or(&[]);
            if let Some(table) = &table {
                table.row(*row, &names, encoding, &mut batch);
            }
            shp::shape(bytes, &mut batch);
            progress.add(record.len() + 8);
        }
        batch
    });
    let batches: Vec<Batch> = batches.collect();
    if progress.is_cancelled() {
        return Err(Cause::Cancelled);
    }
    let mut parsed = Parsed::new(batches, super::formats::SHAPEFILE);
    (parsed.encoding, parsed.encoding_from, parsed.report) = (encoding.name(), encoding_from, report);
    if let Some(prj) = &parts.prj {
        parsed.set_crs(&String::from_utf8_lossy(prj));
    }
    Ok(parsed)
}

/// Rows without shapes: a `.dbf` by itself.
pub(super) fn read_table(bytes: &[u8], cpg: Option<&[u8]>, how: &How) -> Result<Parsed, Cause> {
    let table = Table::new(bytes).map_err(Cause::Damaged)?;
    let (encoding, encoding_from) = encoding_of(Some(&table), cpg, how);
    let names = table.names(encoding);
    let mut batch = Batch::default();
    for row in (0..table.rows()).filter(|row| !table.is_deleted(*row)) {
        table.row(row, &names, encoding, &mut batch);
        let at = batch.geometry.parts.len();
        batch.end_feature(GeometryKind::Null, at);
    }
    let mut parsed = Parsed::new(vec![batch], super::formats::DBF);
    (parsed.encoding, parsed.encoding_from) = (encoding.name(), encoding_from);
    Ok(parsed)
}

/// Weight of a page of MS-DOS above which nearly all it makes of a text are letters: Chinese bytes become frames and blocks in it.
const MOSTLY_LETTERS: f32 = 0.5;

/// The encoding of a table: what a person says, what `.cpg` and the language byte say where the text bears it out, else what reads
/// best.
fn encoding_of(table: Option<&Table<'_>>, cpg: Option<&[u8]>, how: &How) -> (Letters, EncodingFrom) {
    const UTF_8: Letters = Letters::Web(encoding_rs::UTF_8);
    let Some(table) = table else { return (UTF_8, EncodingFrom::Content) };
    let sample = table.sample();
    if let Some(chosen) = how.encoding.as_deref().and_then(Letters::of_label) {
        return (chosen, EncodingFrom::Chosen);
    }
    if sample.is_ascii() {
        let stated = cpg.and_then(|c| Letters::of_label(&String::from_utf8_lossy(c)));
        let stated = stated.or_else(|| of_language_byte(table.language()).map(Letters::Web));
        return stated.map_or((UTF_8, EncodingFrom::Content), |stated| (stated, EncodingFrom::File));
    }
    let (best, weight) = of_content(&sample);
    let said = cpg.and_then(|c| Letters::of_label(&String::from_utf8_lossy(c)));
    match said.or_else(|| of_language_byte(table.language()).map(Letters::Web)) {
        Some(Letters::Web(stated)) if letters::fits(stated, &sample) => {
            // UTF-8 is nothing by chance; and what reads well in Chinese was not meant in an encoding that takes every byte.
            let is_wrong = best != stated
                && (best == encoding_rs::UTF_8
                    || (stated.is_single_byte()
                        && !best.is_single_byte()
                        && weight > 0.9
                        && letters::weight(stated, &sample) < 0.65));
            if !is_wrong {
                return (Letters::Web(stated), EncodingFrom::File);
            }
        }
        Some(dos @ Letters::Dos(_)) if best.is_single_byte() || dos.weight(&sample) > MOSTLY_LETTERS => {
            return (dos, EncodingFrom::File);
        }
        _ => {}
    }
    // Programs write the byte of MS-DOS whatever the text is: only where it reads better so.
    let of_byte = Letters::of_language_byte(table.language()).filter(|_| said.is_none() && best != encoding_rs::UTF_8);
    let reads_well = |dos: &Letters| dos.weight(&sample) > MOSTLY_LETTERS && dos.reads_better_than_windows(&sample);
    if let Some(dos) = of_byte.filter(reads_well) {
        return (dos, EncodingFrom::File);
    }
    let from = if best == encoding_rs::UTF_8 { EncodingFrom::Content } else { EncodingFrom::Scored };
    (Letters::Web(best), from)
}
