//! The list of formats: what is read, by which endings it goes, how sure a reader is of a file by its first bytes, and by what it is read. A new
//! format is a file or folder in this room and a line here; the dialogue, drag and drop, the cache, `check` and the reading itself go
//! by the list.

use std::path::Path;

use super::document::Parsed;
use super::error::{Cause, ReadError};
use super::{How, Progress, archive, document, encoding, flatgeobuf, geopackage, shapefile, tables, xml};
use crate::geo::BoundsDeg;
use crate::model::{Dataset, Format};

/// RFC 7946, one document.
pub const GEOJSON: Format = Format::new("geojson");
/// One feature per line, or RFC 8142 text sequence.
pub const GEOJSON_SEQ: Format = Format::new("geojsonseq");
/// TopoJSON.
pub const TOPOJSON: Format = Format::new("topojson");
/// OpenStreetMap's elements in JSON.
pub const OVERPASS: Format = Format::new("overpass");
/// FlatGeobuf.
pub const FLATGEOBUF: Format = Format::new("flatgeobuf");
/// ESRI Shapefile, in a folder or in an archive.
pub const SHAPEFILE: Format = Format::new("shapefile");
/// A dBASE table by itself.
pub const DBF: Format = Format::new("dbf");
/// GeoPackage.
pub const GEOPACKAGE: Format = Format::new("gpkg");
/// KML.
pub const KML: Format = Format::new("kml");
/// KML in an archive.
pub const KMZ: Format = Format::new("kmz");
/// KML of Ovital's map, whose coordinates are GCJ-02.
pub const OVKML: Format = Format::new("ovkml");
/// GPX.
pub const GPX: Format = Format::new("gpx");
/// GML.
pub const GML: Format = Format::new("gml");
/// A table as text.
pub const CSV: Format = Format::new("csv");
/// A workbook of Excel.
pub const XLSX: Format = Format::new("xlsx");
/// A workbook of Excel before 2007.
pub const XLS: Format = Format::new("xls");
/// A workbook of LibreOffice.
pub const ODS: Format = Format::new("ods");

/// A folder of photos.
pub const PHOTOS: Format = Format::new("photos");

/// How sure a reader is of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// It is something else.
    No,
    /// It may be.
    Perhaps,
    /// It is.
    Sure,
}

/// The beginning of a file: nothing more is read before it is recognised.
pub struct Head<'a> {
    /// Its path; the ending counts only where the content could be several things.
    pub path: &'a Path,
    /// Its first 64 kB.
    pub bytes: &'a [u8],
    /// The same as text, where it is some.
    pub text: &'a str,
}

impl Head<'_> {
    /// Whether its name has one of these endings.
    pub fn ends_with(&self, endings: &[&str]) -> bool {
        self.path.extension().is_some_and(|e| endings.iter().any(|own| e.eq_ignore_ascii_case(own)))
    }
}

/// A reader of formats that are one family.
pub trait Reader: Sync {
    /// Its name for people, in all languages.
    fn title(&self) -> &'static str;
    /// Endings by which its files go, without the dot.
    fn endings(&self) -> &'static [&'static str];
    /// Its formats, with whether the cache keeps what was read of them: it is kept where one file says all and reading takes time.
    fn formats(&self) -> &'static [(Format, bool)];
    /// How sure it is of a file.
    fn sureness(&self, head: &Head<'_>) -> Sureness;
    /// Names of the layers of a file; none where there is one only.
    ///
    /// # Errors
    /// Where the file cannot be opened or is damaged.
    fn layers(&self, _path: &Path) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
    /// Whether it looks for a layer by itself, and says where there is none of that name.
    fn finds_layers(&self) -> bool {
        false
    }
    /// Bounds of all features in degrees, as the file itself gives them; `None` where it does not.
    fn bounds(&self, _path: &Path, _how: &How) -> Option<BoundsDeg> {
        None
    }
    /// Reads only the features that meet a rectangle in degrees, where the file has an index by place and that is
    /// quicker than reading all of it.
    fn part(&self, _path: &Path, _how: &How, _bounds: BoundsDeg, _progress: &Progress) -> Option<Dataset> {
        None
    }
    /// Reads a file.
    ///
    /// # Errors
    /// Where nothing in it can be used.
    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError>;
}

/// All readers; the last takes whatever no other does, and says what it is where it cannot be read.
pub static READERS: [&dyn Reader; 9] = [
    &document::GeoJson,
    &shapefile::Shapefile,
    &geopackage::GeoPackage,
    &flatgeobuf::FlatGeobuf,
    &xml::Kml,
    &xml::Gpx,
    &xml::Gml,
    &archive::Archive,
    &tables::Tables,
];

/// The reader of a file with this beginning; `None` where nobody takes it.
pub(super) fn reader_of(path: &Path, bytes: &[u8]) -> Option<&'static dyn Reader> {
    let decoded = encoding::decode(bytes);
    let text = String::from_utf8_lossy(&decoded.text);
    let head = Head { path, bytes, text: &text };
    let sure = READERS.iter().map(|r| (r.sureness(&head), *r));
    // Of those that are equally sure the first.
    let best = sure.rev().max_by_key(|(sureness, _)| *sureness)?;
    (best.0 > Sureness::No).then_some(best.1)
}

/// Reads bytes that came out of an archive.
pub(super) fn parse_bytes(path: &Path, bytes: Vec<u8>, how: &How, progress: &Progress) -> Result<Parsed, Cause> {
    if let Some(parsed) = xml::parse(&bytes, how, progress) {
        return parsed;
    }
    match document::parse(&bytes, how, progress) {
        Err(cause) if tables::may_be(&cause) => match tables::parse(bytes, path, how)? {
            Some(parsed) => Ok(parsed),
            None => Err(cause),
        },
        other => other,
    }
}

/// The format of that name, where the cache keeps what was read of it.
pub fn kept_format(name: &str) -> Option<Format> {
    let mut all = READERS.iter().flat_map(|r| r.formats());
    all.find(|(format, is_kept)| *is_kept && format.name() == name).map(|(format, _)| *format)
}

/// Endings of files that belong to a file of another ending and are read with it: whoever drops them all means one.
pub const COMPANIONS: [&str; 10] = ["shx", "dbf", "prj", "cpg", "sbn", "sbx", "qix", "qpj", "qmd", "xsd"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_endings_are_of_one_reader() {
        let mut names: Vec<&str> = READERS.iter().flat_map(|r| r.formats()).map(|(f, _)| f.name()).collect();
        let mut endings: Vec<&str> = READERS.iter().flat_map(|r| r.endings()).copied().collect();
        for list in [&mut names, &mut endings] {
            let count = list.len();
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), count);
        }
        assert_eq!(kept_format("topojson"), Some(TOPOJSON));
        assert_eq!((kept_format("csv"), kept_format("film")), (None, None));
    }

    #[test]
    fn the_table_for_users_lists_every_reader_with_its_endings() {
        let page = include_str!("../../README.md");
        for reader in READERS {
            let endings: Vec<String> = reader.endings().iter().map(|e| format!(".{e}")).collect();
            let row = format!("| {} | {} |", reader.title(), endings.join(" "));
            assert!(page.contains(&row), "README.md lacks {row}");
        }
    }

    #[test]
    fn files_are_told_by_their_beginning() {
        let of = |name: &str, bytes: &[u8]| reader_of(Path::new(name), bytes).map(|r| r.title());
        for (name, bytes, title) in [
            ("a.txt", &b"{\"type\":\"FeatureCollection\""[..], "GeoJSON, TopoJSON"),
            ("villages.js", b"var json_v = {\"type\":", "GeoJSON, TopoJSON"),
            ("a.json", b"{\"version\":0.6,\"osm3s\":{},\"elements\":[", "GeoJSON, TopoJSON"),
            ("a.zip", b"\0\0\x27\x0a\0\0", "Shapefile"),
            ("a", b"SQLite format 3\0", "GeoPackage"),
            ("a.xml", b"<?xml version=\"1.0\"?>\n<kml xmlns=\"x\">", "KML, KMZ, OVKML"),
            ("a.xml", b"<gpx version=\"1.1\">", "GPX"),
            ("a.xml", b"<wfs:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml\">", "GML"),
            ("a.zip", b"PK\x03\x04\0\0v.shp", "ZIP"),
            ("a.zip", b"PK\x03\x04\0\0[Content_Types].xml", "CSV, XLSX, XLS, ODS"),
            ("a.csv", b"a,b\n1,2\n", "CSV, XLSX, XLS, ODS"),
        ] {
            assert_eq!(of(name, bytes), Some(title), "{name}");
        }
        assert_eq!(of("a.mp4", b"\0\0\0\x18ftypmp42"), None);
    }
}
