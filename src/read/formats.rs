//! The list of formats: what is read, by which endings it goes, how it is told by its first bytes, and by what it is read. A new
//! format is a file in this room and a line here; the dialogue, the cache and the reading itself go by the list.

use std::path::Path;

use super::error::ReadError;
use super::{Progress, flatgeobuf, read_document, read_flatgeobuf};
use crate::model::{Dataset, Format};

/// RFC 7946, one document.
pub const GEOJSON: Format = Format::new("geojson");
/// One feature per line, or RFC 8142 text sequence.
pub const GEOJSON_SEQ: Format = Format::new("geojsonseq");
/// TopoJSON.
pub const TOPOJSON: Format = Format::new("topojson");
/// FlatGeobuf.
pub const FLATGEOBUF: Format = Format::new("flatgeobuf");
/// A table of points, as text.
pub const CSV: Format = Format::new("csv");
/// A table of points, as a workbook.
pub const XLSX: Format = Format::new("xlsx");

/// A reader of formats that are one family.
pub struct Reader {
    /// Its name for people, in all languages.
    pub title: &'static str,
    /// Endings by which its files go, without the dot.
    pub endings: &'static [&'static str],
    /// The formats, with whether the cache keeps what was read of them: tables are read in no time, and change often.
    pub formats: &'static [(Format, bool)],
    /// Whether a file is one of them, by its first bytes.
    pub(super) is: fn(&Path) -> bool,
    /// Reads one.
    pub(super) read: fn(&Path, &Progress) -> Result<Dataset, ReadError>,
}

/// All readers, the surest first; the last takes whatever no other does, and says what it is where it cannot be read.
pub static READERS: [Reader; 2] = [
    Reader {
        title: "FlatGeobuf",
        endings: &["fgb"],
        formats: &[(FLATGEOBUF, true)],
        is: flatgeobuf::is_flatgeobuf,
        read: read_flatgeobuf,
    },
    Reader {
        title: "GeoJSON, TopoJSON, CSV, XLSX",
        endings: &["geojson", "json", "topojson", "geojsonl", "ndjson", "geojsons", "csv", "xlsx", "xls", "ods"],
        formats: &[(GEOJSON, true), (GEOJSON_SEQ, true), (TOPOJSON, true), (CSV, false), (XLSX, false)],
        is: |_| true,
        read: read_document,
    },
];

/// The format of that name, where the cache keeps what was read of it.
pub fn kept_format(name: &str) -> Option<Format> {
    let mut all = READERS.iter().flat_map(|r| r.formats);
    all.find(|(format, is_kept)| *is_kept && format.name() == name).map(|(format, _)| *format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_endings_are_of_one_reader_and_the_last_takes_all() {
        let mut names: Vec<&str> = READERS.iter().flat_map(|r| r.formats).map(|(f, _)| f.name()).collect();
        let mut endings: Vec<&str> = READERS.iter().flat_map(|r| r.endings).copied().collect();
        for list in [&mut names, &mut endings] {
            let count = list.len();
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), count);
        }
        assert!(READERS.last().is_some_and(|r| (r.is)(Path::new("nothing"))));
        assert_eq!(kept_format("topojson"), Some(TOPOJSON));
        assert_eq!((kept_format("csv"), kept_format("film")), (None, None));
    }
}
