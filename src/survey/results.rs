//! What comes back from the field: rows of filled sheets, as they stand.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::connect::guard;
use super::error::SurveyError;
use super::schema::has_computed_columns;
use super::subject::Subject;
use crate::geo::LonLat;
use crate::output::point_from_gpkg;
use crate::read::{Cell, plain_file, read_plain, read_sheets};

/// Most bytes of a filled sheet in GeoJSON.
const MOST_BYTES: u64 = 512_000_000;

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
    /// What the row speaks of, in the words of the sheet.
    pub subject: Subject,
    /// What was found, in the words of the sheet.
    pub result: String,
    /// Note.
    pub note: String,
    /// Paths or names of photos, separated by `;`.
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
    /// When the filled form was sent, where a server says so.
    pub sent: String,
    /// Who sent it.
    pub sender: String,
    /// What the server calls the filled form: its photos lie in a folder of this name.
    pub instance: String,
}

impl ResultRow {
    /// Whether nothing was filled in.
    pub fn is_empty(&self) -> bool {
        [&self.result, &self.note, &self.photo].iter().all(|t| t.trim().is_empty())
    }

    /// What the form itself does not say, as the server says it.
    fn complete(mut self) -> Self {
        if self.at.trim().is_empty() {
            self.at = std::mem::take(&mut self.sent);
        }
        if self.by.trim().is_empty() {
            self.by = std::mem::take(&mut self.sender);
        }
        self.instance = self.instance.trim().trim_start_matches("uuid:").to_owned();
        self
    }

    fn put(&mut self, column: Column, text: String) {
        // ODK calls the filled form KEY.
        let is_instance = text.trim().starts_with("uuid:");
        let column = if is_instance && column == Column::Key { Column::Instance } else { column };
        if column == Column::Point {
            // Latitude, longitude and, of those that write it so, altitude and accuracy: nothing else, and nothing that is no place.
            let parts: Vec<&str> = text.split_whitespace().collect();
            let numbers: Vec<f64> = parts.iter().filter_map(|t| t.parse().ok()).collect();
            let is_place = numbers.len() == parts.len() && matches!(numbers.len(), 2..=4);
            let is_free = self.lon.is_empty() && self.lat.is_empty();
            if let ([lat, lon, ..], [a, b, ..]) = (parts.as_slice(), numbers.as_slice())
                && is_place
                && is_free
                && a.abs() <= 90.0
                && b.abs() <= 180.0
                && [lat, lon].iter().all(|t| t.contains('.'))
            {
                (self.lon, self.lat) = ((*lon).to_owned(), (*lat).to_owned());
            }
            return;
        }
        let field = match column {
            Column::Key => &mut self.key,
            Column::Rule => &mut self.rule,
            Column::Village => &mut self.subject.village,
            Column::Code => &mut self.subject.code,
            Column::Town => &mut self.subject.town,
            Column::District => &mut self.subject.district,
            Column::Facility => &mut self.subject.facility_name,
            Column::Result => &mut self.result,
            Column::Note => &mut self.note,
            Column::Photo if self.photo.is_empty() => &mut self.photo,
            Column::Photo => {
                if !text.trim().is_empty() {
                    self.photo = format!("{};{text}", self.photo);
                }
                return;
            }
            Column::By => &mut self.by,
            Column::At => &mut self.at,
            Column::Crs => &mut self.crs,
            Column::Seen => &mut self.seen,
            Column::Lon => &mut self.lon,
            Column::Lat => &mut self.lat,
            Column::Id => &mut self.id,
            Column::Sent => &mut self.sent,
            Column::Sender => &mut self.sender,
            Column::Instance => &mut self.instance,
            Column::Point => return,
        };
        // The first column of a meaning counts; one beside it fills what it leaves open.
        if field.is_empty() {
            *field = text;
        }
    }
}

/// What a column of a sheet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Key,
    Rule,
    Village,
    Code,
    Town,
    District,
    Facility,
    Result,
    Note,
    Photo,
    By,
    At,
    Crs,
    Seen,
    Lon,
    Lat,
    Id,
    /// When the form was sent, ended or begun: taken where it says no time itself.
    Sent,
    /// Who sent it: taken where it says no name itself.
    Sender,
    /// What the server calls the filled form.
    Instance,
    /// Latitude and longitude, altitude and accuracy behind them, in one cell.
    Point,
}

impl Column {
    /// Tells a column by its head, as sheets of this program have it, or as people change it: in Chinese, with both languages beside
    /// each other, with an explanation in brackets, in capitals.
    fn of(head: &str) -> Option<Self> {
        let plain: String = head.chars().filter(|c| !c.is_control()).flat_map(char::to_lowercase).collect();
        // The number of a filled form on its server names no visit.
        if plain.trim() == "_id" {
            return None;
        }
        let before = plain.split(['(', '（', ':', '：', '/', '、']).next().unwrap_or_default().trim();
        if let Some(column) = Self::of_word(before) {
            return Some(column);
        }
        // Two languages: 结果 result.
        let mut words = before.split_whitespace().filter_map(Self::of_word);
        match words.next() {
            Some(first) => words.all(|other| other == first).then_some(first),
            None => Self::of_form(&plain),
        }
    }

    /// Tells a column by its head as KoboToolbox and ODK write it: the question behind the group it stands in (`visit/result`, `visit-result`), the parts of
    /// a place (`_place_latitude`, `place-Latitude`), who sent it and when.
    fn of_form(head: &str) -> Option<Self> {
        match head {
            "_submission_time" | "submissiondate" | "end" | "start" | "today" => return Some(Self::Sent),
            "_submitted_by" | "submittername" | "username" => return Some(Self::Sender),
            "_uuid" | "meta-instanceid" | "meta/instanceid" | "instanceid" | "meta/rootuuid" => {
                return Some(Self::Instance);
            }
            _ => {}
        }
        if head.ends_with("_latitude") || head.ends_with("_longitude") {
            return Some(if head.ends_with("_latitude") { Self::Lat } else { Self::Lon });
        }
        let (_, question) = head.rsplit_once(['/', '-', '.'])?;
        Self::of_word(question.trim())
    }

    fn of_word(word: &str) -> Option<Self> {
        Some(match word.trim_matches(['*', '＊', ' ', '_']) {
            "key" | "缺口编号" | "键" => Self::Key,
            "rule" | "规则" | "规则编号" => Self::Rule,
            "village" | "村" | "村名" | "村庄" => Self::Village,
            "code" | "village_code" | "村代码" | "代码" => Self::Code,
            "town" | "镇" | "乡镇" | "街镇" | "镇街" => Self::Town,
            "district" | "区县" | "区" => Self::District,
            "facility" | "设施" | "设施名称" => Self::Facility,
            "result" | "results" | "outcome" | "结果" | "核查结果" | "处理结果" | "现场结果" | "走访结果"
            | "整改结果" | "核实结果" | "调查结果" | "检查结果" => Self::Result,
            "note" | "notes" | "remark" | "remarks" | "备注" | "说明" | "情况说明" => Self::Note,
            "photo" | "photos" | "more_photos" | "picture" | "照片" | "图片" | "再拍一张" => Self::Photo,
            "by" | "surveyor" | "调查人" | "核查人" | "走访人" | "检查人" | "姓名" => Self::By,
            "at" | "visited_at" | "date" | "time" | "时间" | "日期" | "核查时间" | "走访时间" | "检查时间"
            | "核查日期" | "走访日期" => Self::At,
            "crs" | "坐标系" => Self::Crs,
            "seen" => Self::Seen,
            "lon" | "longitude" | "经度" => Self::Lon,
            "lat" | "latitude" | "纬度" => Self::Lat,
            "id" => Self::Id,
            "place" | "geopoint" | "gps" | "位置" => Self::Point,
            _ => return None,
        })
    }
}

/// Reads the rows of a filled sheet: XLSX (all its sheets), CSV, GeoJSON, or a GeoPackage that QField brought back.
///
/// # Errors
/// Where the file cannot be read, or nothing in it has a column of results beside one that says what they are of.
pub fn read_results(path: &Path) -> Result<Vec<ResultRow>, SurveyError> {
    plain_file(path).map_err(|e| SurveyError::of_io(path, e))?;
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let rows = match extension.as_str() {
        "gpkg" => of_geopackage(path)?,
        "geojson" | "json" => of_geojson(path)?,
        _ => of_sheets(path)?,
    };
    rows.ok_or_else(|| SurveyError::NoResults {
        path: path.into(),
        message: "no table in it has a column result (结果) beside one that says what the results are of: key, or the village \
                  and the rule. A column that was renamed or deleted has to come back"
            .into(),
    })
}

/// The columns that heads name; `None` where they are no heads of a filled sheet.
fn columns_of<T: AsRef<str>>(names: &[T]) -> Option<Vec<Option<Column>>> {
    let columns: Vec<Option<Column>> = names.iter().map(|n| Column::of(n.as_ref())).collect();
    let has = |column| columns.contains(&Some(column));
    let is_of_something =
        has(Column::Key) || has(Column::Id) || ((has(Column::Village) || has(Column::Code)) && has(Column::Rule));
    (has(Column::Result) && is_of_something).then_some(columns)
}

fn of_sheets(path: &Path) -> Result<Option<Vec<ResultRow>>, SurveyError> {
    let sheets = read_sheets(path).map_err(|e| SurveyError::NoResults { path: path.into(), message: e.to_string() })?;
    let mut all: Option<Vec<ResultRow>> = None;
    for sheet in sheets {
        let mut head: Option<Vec<Option<Column>>> = None;
        for (line, cells) in sheet {
            let texts: Vec<String> = cells.iter().map(Cell::text).collect();
            // Heads may be repeated on every page.
            if let Some(columns) = columns_of(&texts) {
                head = Some(columns);
                all.get_or_insert_default();
                continue;
            }
            let Some(head) = &head else { continue };
            let mut row = ResultRow { line, ..ResultRow::default() };
            for (column, text) in head.iter().zip(texts).filter_map(|(c, t)| Some(((*c)?, t))) {
                row.put(column, text);
            }
            all.get_or_insert_default().push(row.complete());
        }
    }
    Ok(all)
}

fn of_geojson(path: &Path) -> Result<Option<Vec<ResultRow>>, SurveyError> {
    let bytes = read_plain(path, MOST_BYTES).map_err(|e| SurveyError::of_io(path, e))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|e| SurveyError::NoResults { path: path.into(), message: e.to_string() })?;
    let features = document.get("features").and_then(Value::as_array);
    let Some(features) = features else { return Ok(None) };
    let mut any = false;
    let row = |(i, feature): (usize, &Value)| {
        let mut row = ResultRow { line: i as u32 + 1, ..ResultRow::default() };
        for (name, value) in feature.get("properties")?.as_object()? {
            let Some(column) = Column::of(name) else { continue };
            any |= column == Column::Result;
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.trim().to_owned(),
                other => other.to_string(),
            };
            row.put(column, text);
        }
        let position = feature.pointer("/geometry/coordinates").and_then(Value::as_array);
        if let Some([lon, lat, ..]) = position.map(Vec::as_slice) {
            (row.lon, row.lat) = (lon.to_string(), lat.to_string());
        }
        Some(row.complete())
    };
    let rows: Vec<ResultRow> = features.iter().enumerate().filter_map(row).collect();
    Ok(any.then_some(rows))
}

fn of_geopackage(path: &Path) -> Result<Option<Vec<ResultRow>>, SurveyError> {
    let explain = |e: rusqlite::Error| SurveyError::of_sqlite(path, &e);
    let mut conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY))
        .map_err(explain)?;
    guard(&mut conn).map_err(explain)?;
    // Tables only: a view could be anything, and need not end.
    let mut tables = conn
        .prepare(
            "SELECT c.table_name FROM gpkg_contents c JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' \
             WHERE c.data_type IN ('features', 'attributes')",
        )
        .map_err(explain)?;
    let names: Vec<String> = tables.query_map([], |r| r.get(0)).and_then(Iterator::collect).map_err(explain)?;
    let mut all: Option<Vec<ResultRow>> = None;
    for name in names {
        if has_computed_columns(&conn, &name).map_err(explain)? {
            continue;
        }
        let mut statement =
            conn.prepare(&format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""))).map_err(explain)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let Some(columns) = columns_of(&columns) else { continue };
        let list = all.get_or_insert_default();
        let mut rows = statement.query([]).map_err(explain)?;
        let mut line = 0;
        while let Some(row) = rows.next().map_err(explain)? {
            line += 1;
            let mut found = ResultRow { line, ..ResultRow::default() };
            let mut point: Option<LonLat> = None;
            for (i, column) in columns.iter().enumerate() {
                let text = match row.get_ref(i).map_err(explain)? {
                    ValueRef::Text(text) => String::from_utf8_lossy(text).trim().to_owned(),
                    ValueRef::Integer(n) => n.to_string(),
                    ValueRef::Real(n) => n.to_string(),
                    ValueRef::Blob(blob) => {
                        point = point.or_else(|| point_from_gpkg(blob));
                        continue;
                    }
                    ValueRef::Null => continue,
                };
                if let Some(column) = column {
                    found.put(*column, text);
                }
            }
            if let Some(point) = point {
                (found.lon, found.lat) = (point.lon_deg.to_string(), point.lat_deg.to_string());
            }
            list.push(found.complete());
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_as_people_change_them() {
        for (head, expected) in [
            ("result", Column::Result),
            ("Result", Column::Result),
            ("结果 result", Column::Result),
            ("结果（必填）", Column::Result),
            ("*核查结果", Column::Result),
            ("result\r\n", Column::Result),
            ("备注/note", Column::Note),
            ("时间", Column::At),
            ("调查人:", Column::By),
            // KoboToolbox and ODK Central.
            ("visit/result", Column::Result),
            ("visit-result", Column::Result),
            ("_place_latitude", Column::Lat),
            ("place-Longitude", Column::Lon),
            ("_submission_time", Column::Sent),
            ("SubmitterName", Column::Sender),
            ("meta-instanceID", Column::Instance),
        ] {
            assert_eq!(Column::of(head), Some(expected), "{head:?}");
        }
        for head in [
            "",
            "rule_name",
            "severity",
            "result note",
            "reason",
            "photo_URL",
            "_place_altitude",
            "place-Accuracy",
            "_id",
        ] {
            assert_eq!(Column::of(head), None, "{head:?}");
        }
        assert!(columns_of(&["key", "结果"]).is_some() && columns_of(&["village", "rule", "result"]).is_some());
        assert!(columns_of(&["village", "result"]).is_none() && columns_of(&["key", "note"]).is_none());
    }
}
