//! What comes back from the field: rows of filled sheets, as they stand.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::error::SurveyError;
use crate::geo::LonLat;
use crate::output::point_from_gpkg;
use crate::read::{Cell, read_sheets};

/// A row of a filled sheet, as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultRow {
    /// Line or number of the row in its file, 1-based.
    pub line: u32,
    /// Id of the visit, where the table is one of visits.
    pub id: String,
    /// Key of the gap.
    pub key: String,
    /// The gap's rule.
    pub rule: String,
    /// Name of the village.
    pub village: String,
    /// Code of the village.
    pub code: String,
    /// Its town.
    pub town: String,
    /// The facility.
    pub facility: String,
    /// What was found, in the words of the sheet.
    pub result: String,
    /// Note.
    pub note: String,
    /// Path or name of a photo.
    pub photo: String,
    /// Who.
    pub by: String,
    /// When, as written.
    pub at: String,
    /// Coordinates that the place is in; the project's own where empty.
    pub crs: String,
    /// Longitude in degrees, as written.
    pub lon: String,
    /// Latitude in degrees, as written.
    pub lat: String,
    /// Ids of the visits that stood when the sheet was made, separated by blanks.
    pub seen: String,
}

impl ResultRow {
    /// Whether nothing was filled in.
    pub fn is_empty(&self) -> bool {
        [&self.result, &self.note, &self.photo].iter().all(|t| t.trim().is_empty())
    }

    fn put(&mut self, column: &str, text: String) {
        let field = match column {
            "key" => &mut self.key,
            "rule" => &mut self.rule,
            "village" => &mut self.village,
            "code" => &mut self.code,
            "town" => &mut self.town,
            "facility" => &mut self.facility,
            "result" | "结果" => &mut self.result,
            "note" | "备注" => &mut self.note,
            "photo" | "照片" => &mut self.photo,
            "by" | "surveyor" | "调查人" => &mut self.by,
            "at" | "visited_at" | "时间" => &mut self.at,
            "crs" => &mut self.crs,
            "seen" => &mut self.seen,
            "lon" => &mut self.lon,
            "lat" => &mut self.lat,
            "id" => &mut self.id,
            _ => return,
        };
        *field = text;
    }
}

/// Reads the rows of a filled sheet: XLSX (all its sheets), CSV, GeoJSON, or a GeoPackage that QField brought back.
///
/// # Errors
/// Where the file cannot be read, or nothing in it has the columns `key` and `result`.
pub fn read_results(path: &Path) -> Result<Vec<ResultRow>, SurveyError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let rows = match extension.as_str() {
        "gpkg" => of_geopackage(path)?,
        "geojson" | "json" => of_geojson(path)?,
        _ => of_sheets(path)?,
    };
    rows.ok_or_else(|| SurveyError::NoResults {
        path: path.into(),
        message: "no table in it has the columns key and result".into(),
    })
}

fn is_head(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|n| n == name);
    has("key") && (has("result") || has("结果"))
}

fn of_sheets(path: &Path) -> Result<Option<Vec<ResultRow>>, SurveyError> {
    let sheets = read_sheets(path).map_err(|e| SurveyError::NoResults { path: path.into(), message: e.to_string() })?;
    let mut all: Option<Vec<ResultRow>> = None;
    for sheet in sheets {
        let mut head: Option<Vec<String>> = None;
        for (line, cells) in sheet {
            let texts: Vec<String> = cells.iter().map(Cell::text).collect();
            // Heads may be repeated on every page.
            if is_head(&texts) {
                head = Some(texts);
                all.get_or_insert_default();
                continue;
            }
            let Some(head) = &head else { continue };
            let mut row = ResultRow { line, ..ResultRow::default() };
            head.iter().zip(texts).for_each(|(name, text)| row.put(name, text));
            all.get_or_insert_default().push(row);
        }
    }
    Ok(all)
}

fn of_geojson(path: &Path) -> Result<Option<Vec<ResultRow>>, SurveyError> {
    let bytes = std::fs::read(path).map_err(|e| SurveyError::of_io(path, e))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|e| SurveyError::NoResults { path: path.into(), message: e.to_string() })?;
    let features = document.get("features").and_then(Value::as_array);
    let Some(features) = features else { return Ok(None) };
    let mut any = false;
    let row = |(i, feature): (usize, &Value)| {
        let mut row = ResultRow { line: i as u32 + 1, ..ResultRow::default() };
        for (name, value) in feature.get("properties")?.as_object()? {
            any |= name == "result";
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.trim().to_owned(),
                other => other.to_string(),
            };
            row.put(name, text);
        }
        let position = feature.pointer("/geometry/coordinates").and_then(Value::as_array);
        if let Some([lon, lat, ..]) = position.map(Vec::as_slice) {
            (row.lon, row.lat) = (lon.to_string(), lat.to_string());
        }
        Some(row)
    };
    let rows: Vec<ResultRow> = features.iter().enumerate().filter_map(row).collect();
    Ok(any.then_some(rows))
}

fn of_geopackage(path: &Path) -> Result<Option<Vec<ResultRow>>, SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(path, &e);
    std::fs::metadata(path).map_err(|e| SurveyError::of_io(path, e))?;
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY))
        .map_err(explain)?;
    let mut tables = conn
        .prepare("SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes')")
        .map_err(explain)?;
    let names: Vec<String> = tables.query_map([], |r| r.get(0)).and_then(Iterator::collect).map_err(explain)?;
    let mut all: Option<Vec<ResultRow>> = None;
    for name in names {
        let mut statement =
            conn.prepare(&format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""))).map_err(explain)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        if !is_head(&columns) {
            continue;
        }
        let list = all.get_or_insert_default();
        let mut rows = statement.query([]).map_err(explain)?;
        let mut line = 0;
        while let Some(row) = rows.next().map_err(explain)? {
            line += 1;
            let mut found = ResultRow { line, ..ResultRow::default() };
            let mut point: Option<LonLat> = None;
            for (i, column) in columns.iter().enumerate() {
                match row.get_ref(i).map_err(explain)? {
                    ValueRef::Text(text) => found.put(column, String::from_utf8_lossy(text).trim().to_owned()),
                    ValueRef::Integer(n) => found.put(column, n.to_string()),
                    ValueRef::Real(n) => found.put(column, n.to_string()),
                    ValueRef::Blob(blob) => point = point.or_else(|| point_from_gpkg(blob)),
                    ValueRef::Null => {}
                }
            }
            if let Some(point) = point {
                (found.lon, found.lat) = (point.lon_deg.to_string(), point.lat_deg.to_string());
            }
            list.push(found);
        }
    }
    Ok(all)
}
