//! Places in tables: text, workbooks. Where a place stands is told by the heads of the columns, in the words of many programs: two columns
//! of degrees, one of well-known text, one with latitude and longitude in a cell, two of metres.

mod place;
mod trace;

use std::path::Path;

use super::batch::Batch;
use super::cell::Cell;
use super::document::Parsed;
use super::error::{Cause, ReadError};
use super::formats::{self, Head, Reader, Sureness};
use super::geometry::Mark;
use super::letters::EncodingFrom;
use super::workbook::{Part, Rows, Spread, is_named_workbook, is_workbook};
use super::{How, Progress, sniff, wide};
use crate::model::{ColumnBuilder, Dataset, FeatureId, Format, GeometryKind, Report, Severity, Value};

use place::Places;

/// Rows in which the heads of the columns are looked for.
const HEAD_ROWS: usize = 20;

/// CSV and workbooks.
pub(super) struct Tables;

impl Reader for Tables {
    fn title(&self) -> &'static str {
        "CSV, XLSX, XLS, ODS"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "et", "ods"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::CSV, false), (formats::XLSX, false), (formats::XLS, false), (formats::ODS, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        let has = |name: &[u8]| memchr::memmem::find(head.bytes, name).is_some();
        let is_workbook = head.bytes.starts_with(b"PK")
            && (head.ends_with(&["xlsx", "xlsm", "xlsb", "et", "ods"])
                || has(b"[Content_Types].xml")
                || has(b"xl/")
                || has(b"_rels/")
                || has(b"mimetypeapplication/vnd.oasis"));
        if is_workbook || head.bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Sureness::Sure;
        }
        let is_text = !head.text.contains('\0') && sniff::is_text_table(head.text.as_bytes());
        if is_text { Sureness::Perhaps } else { Sureness::No }
    }

    fn finds_layers(&self) -> bool {
        true
    }

    fn layers(&self, path: &Path) -> Result<Vec<String>, ReadError> {
        let bytes = super::load::load(path, &Progress::new()).map_err(|cause| cause.at(path))?;
        if !is_workbook(&bytes) {
            return Ok(Vec::new());
        }
        let sheets = super::workbook::named_sheets(bytes, Spread::No, Part::Beginning);
        let with_places = sheets.filter_map(|(name, rows)| Places::find(&rows.ok()?, HEAD_ROWS).map(|_| name));
        let names: Vec<String> = with_places.collect();
        Ok(if names.len() > 1 { names } else { Vec::new() })
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        super::read_document(path, how, progress)
    }
}

/// Reads a table that says no places: the rows of its first sheet with anything in it, without geometry; the first row of several
/// texts heads the columns.
///
/// # Errors
/// Where it is no table.
pub(super) fn rows(bytes: Vec<u8>, path: &Path, how: &How) -> Result<Parsed, Cause> {
    let format = format_of(&bytes, path);
    let (encoding, from, name, grid) = if is_workbook(&bytes) {
        let wanted = |name: &String| how.layer.as_ref().is_none_or(|l| l == name);
        let first = super::workbook::named_sheets(bytes, Spread::No, Part::Whole)
            .find(|(name, rows)| wanted(name) || rows.is_err());
        let (name, rows) = first.ok_or_else(|| Cause::NotTable("it has no sheet with anything in it".into()))?;
        ("binary", EncodingFrom::Content, Some(name), rows.map_err(Cause::Workbook)?)
    } else {
        let (encoding, from, text) = wide::decode(&bytes, how);
        wide::not_too_wide(&text)?;
        (encoding, from, None, wide::csv_grid(&text))
    };
    let is_head = |row: &[Cell]| row.iter().filter(|c| matches!(c, Cell::Text(_))).count() > 1;
    let head = grid.iter().take(HEAD_ROWS).position(|(_, row)| is_head(row)).unwrap_or(0);
    let Some((_, header)) = grid.get(head) else { return Err(Cause::NotTable("it has no rows".into())) };
    let rows: Vec<&(u32, Vec<Cell>)> =
        grid.iter().skip(head + 1).filter(|(_, r)| r.iter().any(|c| *c != Cell::Empty)).collect();
    let (mut batch, mut report) = (Batch::default(), Report::default());
    for _ in &rows {
        batch.end_feature(GeometryKind::Null, 0);
    }
    for (c, head) in heads(header) {
        column(c, &head, &rows, &mut batch, &mut report);
    }
    let mut parsed = Parsed::new(vec![batch], format);
    (parsed.encoding, parsed.encoding_from, parsed.name, parsed.report) = (encoding, from, name, report);
    Ok(parsed)
}

fn format_of(bytes: &[u8], path: &Path) -> Format {
    match (bytes.starts_with(b"PK"), is_workbook(bytes)) {
        (true, _) if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("ods")) => formats::ODS,
        (true, _) => formats::XLSX,
        (_, true) => formats::XLS,
        _ => formats::CSV,
    }
}

/// Whether an error is one that a table of places would give.
pub(super) fn may_be(cause: &Cause) -> bool {
    matches!(cause, Cause::UnsupportedFormat { .. })
}

/// Reads a table of places; `None` where it is no table, or none of its first rows heads a place. Coordinates in degrees are WGS 84
/// unless a person says otherwise. A row without a usable position keeps its attributes and is told.
///
/// # Errors
/// Where it is a workbook that is not to be unpacked, or is damaged.
pub(super) fn parse(bytes: Vec<u8>, path: &Path, how: &How) -> Result<Option<Parsed>, Cause> {
    let format = format_of(&bytes, path);
    if is_workbook(&bytes) {
        let is_named = is_named_workbook(&bytes);
        let mut trouble = None;
        // A table of figures is no table of places: that is seen in its beginning.
        let begins = super::workbook::named_sheets(bytes.clone(), Spread::No, Part::Beginning);
        let mut has_places = begins.map(|(_, rows)| rows.map_or(true, |r| Places::find(&r, HEAD_ROWS).is_some()));
        if !has_places.any(|has| has) && how.layer.is_none() {
            return Ok(None);
        }
        drop(has_places);
        for (name, rows) in super::workbook::named_sheets(bytes, Spread::No, Part::Whole) {
            if how.layer.as_ref().is_some_and(|l| *l != name) {
                continue;
            }
            match rows {
                Ok(rows) => {
                    if let Some(mut parsed) = places_in(&rows, format, how) {
                        parsed.encoding = "binary";
                        parsed.name = how.layer.is_some().then_some(name);
                        return Ok(Some(parsed));
                    }
                }
                Err(why) => trouble = trouble.or(Some(why)),
            }
        }
        if let (None, Some(layer)) = (&trouble, &how.layer) {
            return Err(Cause::NoLayer(layer.clone()));
        }
        return match trouble.filter(|_| is_named) {
            Some(why) => Err(Cause::Workbook(why)),
            None => Ok(None),
        };
    }
    // Text is one table, called as its file.
    let is_own = |layer: &String| path.file_stem().is_some_and(|s| s.to_string_lossy() == **layer);
    if let Some(layer) = how.layer.as_ref().filter(|l| !is_own(l)) {
        return Err(Cause::NoLayer(layer.clone()));
    }
    let (encoding, from, text) = wide::decode(&bytes, how);
    wide::not_too_wide(&text)?;
    let Some(mut parsed) = places_in(&wide::csv_grid(&text), format, how) else { return Ok(None) };
    (parsed.encoding, parsed.encoding_from) = (encoding, from);
    Ok(Some(parsed))
}

fn places_in(grid: &Rows, format: Format, how: &How) -> Option<Parsed> {
    let mut places = Places::find(grid, HEAD_ROWS)?;
    let header = &grid.get(places.head)?.1;
    let rows: Vec<&(u32, Vec<Cell>)> =
        grid.iter().skip(places.head + 1).filter(|(_, r)| r.iter().any(|c| *c != Cell::Empty)).collect();
    let mut batch = Batch::default();
    let mut report = Report::default();
    let mut without = Vec::new();
    let named = places.look(header, &rows, how, &mut report);
    for (line, row) in &rows {
        let mark = Mark::of(&batch.geometry);
        let (kind, tall) = places.put(row, &mut batch.geometry).unwrap_or_else(|| {
            mark.roll_back(&mut batch.geometry);
            (GeometryKind::Null, false)
        });
        if kind == GeometryKind::Null {
            without.push((FeatureId::new(batch.row()), *line));
        }
        batch.finish(kind, mark, tall);
    }
    for (feature, line) in without {
        report.add(Severity::Warning, "row-without-position", Some(feature), line.to_string());
    }
    for (c, head) in heads(header) {
        if !places.uses(c) {
            column(c, &head, &rows, &mut batch, &mut report);
        }
    }
    let mut parsed = Parsed::new(vec![batch], format);
    parsed.encoding_from = EncodingFrom::Content;
    (parsed.named, parsed.report) = (named, report);
    Some(parsed)
}

/// Columns that have a head, each with a name of its own: one that stands twice gets a number.
fn heads(header: &[Cell]) -> Vec<(usize, String)> {
    let mut names: Vec<(usize, String)> = Vec::new();
    for (c, head) in header.iter().enumerate().filter(|(_, h)| **h != Cell::Empty) {
        let name = head.text();
        let numbered = (2..).map(|n| format!("{name}_{n}"));
        let is_free = |own: &String| names.iter().all(|(_, n)| n != own);
        let own = std::iter::once(name.clone()).chain(numbered).find(is_free);
        names.push((c, own.unwrap_or(name)));
    }
    names
}

/// A column: numbers where every cell is one as it is usually written, else text, so that `0110` keeps its zero.
/// What is shown as per cent is a number of per cent. Formulas without a result are told.
fn column(at: usize, head: &str, rows: &[&(u32, Vec<Cell>)], batch: &mut Batch, report: &mut Report) {
    for (row, (line, _)) in rows.iter().enumerate().filter(|(_, (_, r))| r.get(at) == Some(&Cell::Unsolved)) {
        let detail = format!("{line} · {head}");
        report.add(Severity::Warning, "formula-without-value", Some(FeatureId::new(row as u32)), detail);
    }
    let text = |cell: &Cell| match cell {
        Cell::Percent(n) => n.to_string(),
        other => other.text(),
    };
    let mut texts: Vec<String> = rows.iter().map(|(_, r)| r.get(at).map(text).unwrap_or_default()).collect();
    let numeric = texts.iter().filter(|t| !t.is_empty()).all(|t| is_plain_number(t));
    if !numeric {
        texts = rows.iter().map(|(_, r)| r.get(at).map(Cell::text).unwrap_or_default()).collect();
    }
    let field = batch.fields.field(head);
    let mut builder = ColumnBuilder::default();
    for (row, text) in texts.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
        let value = match (numeric, text.parse::<i64>(), text.parse::<f64>()) {
            (true, Ok(i), _) => Value::Integer(i),
            (true, _, Ok(r)) => Value::Real(r),
            _ => Value::Text(text),
        };
        builder.set(FeatureId::new(row as u32), value, text);
    }
    if let Some(own) = batch.fields.builders.get_mut(field) {
        *own = builder;
    }
}

/// Whether a text is a number as numbers are usually written: a code with a zero in front is none, and neither is a digit string
/// beyond what a double holds exactly.
pub(super) fn is_plain_number(text: &str) -> bool {
    let digits = text.trim_start_matches('-');
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    !leading_zero
        && digits.len() <= 15
        && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Crs, Dataset};
    use crate::read::read_bytes_as;

    fn read(text: &str) -> Dataset {
        read_bytes_as("t.csv".as_ref(), text.as_bytes(), &How::default(), &Progress::new()).expect("places")
    }

    #[test]
    fn positions_codes_and_rows_without() {
        let text = "设施清单\n编号,类别,状态,经度,纬度,village_code\nGC-1,公厕,在用,116.10,40.05,0110\nGC-2,公厕,停用,,40.05,0111\n\nGC-3,卫生室,在用,116.2°E,40.1,0112\n";
        let (gbk, ..) = encoding_rs::GB18030.encode(text);
        let d = read_bytes_as("t.csv".as_ref(), &gbk, &How::default(), &Progress::new()).expect("places");
        assert_eq!((d.source.encoding, d.len()), ("GB18030", 3));
        assert_eq!(d.geometry.coords, [[116.10, 40.05], [116.2, 40.1]]);
        assert_eq!(d.geometry.features[1].kind, GeometryKind::Null);
        assert_eq!(d.report.problems.iter().filter(|p| p.code == "row-without-position").count(), 1);
        let code = d.table.position("village_code").expect("kept");
        assert_eq!(d.table.value(FeatureId::new(0), code), Value::Text("0110"));
        assert!(parse(b"a,b\n1,2\n".to_vec(), "t.csv".as_ref(), &How::default()).is_ok_and(|p| p.is_none()));
    }

    #[test]
    fn places_in_the_words_of_many_programs() {
        for text in [
            "id,loc-Latitude,loc-Longitude\n1,40.05,116.11\n",
            "id;_GPS_latitude;_GPS_longitude\n1;40.05;116.11\n",
            "id;lon;lat\n1;116,11;40,05\n",
            "id,gps.latitude,gps.longitude\n1,40.05,116.11\n",
            "id,location\n1,40.05 116.11 52 4.5\n",
            "id,坐标\n1,\"40.05,116.11\"\n",
            "id,坐标\n1,\"116.11，40.05\"\n",
            "id,经度（°）,纬度（°）\n1,116.11,40.05\n",
            "id,the_geom\n1,POINT (116.11 40.05)\n",
            "id,what\n1,SRID=4326;POINT Z (116.11 40.05 7)\n",
            "id,X,Y,longitude,latitude\n1,4438758,427500,116.11,40.05\n",
            "id,geom\n1,0101000020E6100000D7A3703D0A075D406666666666064440\n",
        ] {
            let d = read(text);
            let at = d.geometry.coords.first().copied().unwrap_or_default();
            assert!((at[0] - 116.11).abs() < 1e-9 && (at[1] - 40.05).abs() < 1e-9, "{text}: {at:?}");
        }
        let d = read(
            "name,WKT\n甲,\"MULTIPOLYGON (((116 40,116.1 40,116.1 40.1,116 40)),((1 1,2 1,2 2,1 1),(1.4 1.2,1.6 1.2,1.6 1.4,1.4 1.2)))\"\n",
        );
        assert_eq!((d.geometry.features[0].kind, d.geometry.parts.len()), (GeometryKind::MultiPolygon, 2));
    }

    #[test]
    fn outlines_and_lines_of_surveys_stand_in_one_cell() {
        // Kobo and ODK: geoshape ends where it began, geotrace does not; a survey has its own place in a column besides.
        let d = read(
            "_id,location,village_outline\n1,40.05 116.11 50 4,\"40.0 116.0 51 5;40.0 116.1 52 5;40.1 116.1 53 5;40.0 116.0 51 5\"\n2,40.06 116.12 0 0,\"40.0 116.0 0 0; 40.1 116.2 0 0\"\n3,40.07 116.13 0 0,\n",
        );
        let kinds: Vec<GeometryKind> = d.geometry.features.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [GeometryKind::Polygon, GeometryKind::LineString, GeometryKind::Null]);
        assert_eq!(d.geometry.coords[..2], [[116.0, 40.0], [116.1, 40.0]]);
        assert!(d.geometry.has_heights(FeatureId::new(0)) && d.table.position("location").is_some());
    }

    #[test]
    fn heads_that_name_a_projection() {
        for (heads, name) in [
            ("coordonnées X (L93),coordonnées Y (L93)", "EPSG:2154"),
            ("X_L93,Y_L93", "EPSG:2154"),
            ("Easting (EPSG:2154),Northing (EPSG:2154)", "EPSG:2154"),
        ] {
            let d = read(&format!("id,{heads}\n1,652381.27,6862047.04\n"));
            assert_eq!(d.source.crs, Crs::Reprojected(name.into()), "{heads}");
            let at = d.geometry.coords[0];
            // Paris, Île de la Cité (PROJ 9.6: cs2cs EPSG:2154 EPSG:4326).
            assert!((at[0] - 2.35).abs() < 0.01 && (at[1] - 48.856).abs() < 0.01, "{at:?}");
        }
        let d = read("id,UTM 51N E,UTM 51N N\n1,500000,1660000\n");
        assert_eq!(d.source.crs, Crs::Reprojected("EPSG:32651".into()));
    }

    #[test]
    fn metres_as_surveyors_write_them() {
        // X is the northing and Y the easting, with the number of its zone.
        let d = read("编号,X坐标,Y坐标\n1,4438758.131,39427499.538\n2,4438800,39427600\n");
        assert_eq!(d.source.crs, Crs::Reprojected("EPSG:4527".into()));
        let at = d.geometry.coords[0];
        assert!((at[0] - 116.15).abs() < 1e-8 && (at[1] - 40.08).abs() < 1e-8, "{at:?}");
        let d = read("编号,东坐标,北坐标\n1,427499.538,4438758.131\n");
        assert!(matches!(d.source.crs, Crs::Other(_)) && d.report.problems.iter().any(|p| p.code == "unknown-crs"));
        assert_eq!(d.geometry.coords, [[427_499.538, 4_438_758.131]]);
        let how = How { crs: Some("EPSG:4548".into()), ..How::default() };
        let text = "编号,X,Y\n1,4438758.131,427499.538\n".as_bytes();
        let d = read_bytes_as("t.csv".as_ref(), text, &how, &Progress::new()).expect("places");
        assert!((d.geometry.coords[0][0] - 116.15).abs() < 1e-8, "{:?}", d.geometry.coords);
    }

    #[test]
    fn heads_that_stand_twice_or_name_a_datum() {
        let d = read("村名,人口,人口,lon,lat\n甲,100,250,116.1,40.05\n");
        let names: Vec<&str> = d.table.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["村名", "人口", "人口_2"]);
        for (text, crs) in
            [("名,百度经度,百度纬度\n甲,116.1,40.05\n", "BD-09"), ("名,高德经度,高德纬度\n甲,116.1,40.05\n", "GCJ-02")]
        {
            assert_eq!(read(text).source.crs, Crs::Reprojected(crs.into()));
        }
        assert_eq!(read("点名,B,L,H\nG1,40.05,116.1,50\n").geometry.coords, [[116.1, 40.05]]);
    }
}
