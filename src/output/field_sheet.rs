//! The field sheet: one row per gap, with room for what is found there.

use std::path::Path;

use serde_json::{Map, Value};

use super::gpkg::to_geopackage;
use super::grid::{Grid, GridCell, GridHead};
use super::places::{About, Place, to_geojson, to_gpx, to_kml};
use super::xlsx::to_xlsx_pages;
use crate::district::District;
use crate::geo::{ChinaShift, LonLat, distance_m};
use crate::lang::Lang;
use crate::model::Role;
use crate::project::write_replacing;
use crate::rules::{Gap, Rules};

/// What a visit can find; stable names, shown by `result.<name>` of the language files.
pub const RESULTS: [&str; 4] = ["confirmed", "closed", "wrong", "unreachable"];

/// Formats that a field sheet is written in, by extension.
pub const FORMATS: [&str; 6] = ["xlsx", "csv", "gpkg", "geojson", "gpx", "kml"];

/// The columns: stable names, the same in all formats and languages, so that a filled sheet can be read again.
const COLUMNS: [&str; 24] = [
    "key",
    "rule",
    "rule_name",
    "severity",
    "status",
    "village",
    "code",
    "town",
    "facility",
    "reason",
    "value",
    "threshold",
    "unit",
    "distance_m",
    "closes",
    "lon",
    "lat",
    "crs",
    "result",
    "note",
    "photo",
    "by",
    "at",
    "seen",
];

fn row(district: &District, rules: &Rules, gap: &Gap, form: &FieldForm, state: FieldState) -> Vec<GridCell> {
    let lang = form.lang;
    let at = gap.at.map(|at| form.shift.map_or(at, |s| s.of(at)));
    let text = |t: String| if t.is_empty() { GridCell::Empty } else { GridCell::Text(t) };
    let number = |n: Option<f64>| n.map_or(GridCell::Empty, GridCell::Number);
    let of_village = |role| gap.village.map(|v| district.text(v, role)).unwrap_or_default();
    let facility = gap.facility.and_then(|f| district.facilities.get(f as usize));
    let rule = rules.get(&gap.rule);
    let severity = lang.find(&format!("severity.{}", gap.severity.key())).unwrap_or(gap.severity.key());
    let mut cells = vec![
        text(gap.key(district)),
        text(gap.rule.clone()),
        text(rule.map_or_else(String::new, |r| r.name(lang).to_owned())),
        text(severity.to_owned()),
        text(state.status),
        text(gap.village.map(|v| district.villages.display_name(v)).unwrap_or_default()),
        text(of_village(Role::Code)),
        text(of_village(Role::Town)),
        text(facility.map_or_else(String::new, |f| f.name.clone())),
        text(gap.reason(district, rule, lang)),
        number(gap.value),
        number(gap.threshold),
        text(gap.unit.clone()),
        number(gap.distance_m.map(|d| (d * 10.0).round() / 10.0)),
        text(rule.map_or_else(String::new, |r| r.closes(lang).to_owned())),
        number(at.map(|p| p.lon_deg)),
        number(at.map(|p| p.lat_deg)),
        text(form.shift.map_or_else(String::new, |s| s.name().to_owned())),
    ];
    cells.resize(COLUMNS.len() - 1, GridCell::Empty);
    cells.push(text(state.seen));
    cells
}

/// How a field sheet is written.
#[derive(Clone, Copy, Debug)]
pub struct FieldForm {
    /// Language of names and reasons.
    pub lang: Lang,
    /// Coordinates for Chinese map services, said in the column `crs`; empty there: the project's own.
    pub shift: Option<ChinaShift>,
    /// Where the day begins: the nearest first, by straight lines; those without a place last.
    pub start: Option<LonLat>,
}

/// What the survey log says of a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldState {
    /// How it stands, in words.
    pub status: String,
    /// Ids of the visits that stand now, separated by blanks: what comes back then replaces them and no others.
    pub seen: String,
}

/// The sheet as a table; `state` says how a gap of a key stands.
pub fn field_grid(
    district: &District,
    rules: &Rules,
    gaps: &[&Gap],
    form: &FieldForm,
    state: &dyn Fn(&str) -> FieldState,
) -> Grid {
    let mut gaps = gaps.to_vec();
    if let Some(start) = form.start {
        let far = |g: &&Gap| g.at.map_or(f64::INFINITY, |at| distance_m(start, at));
        gaps.sort_by(|a, b| far(a).total_cmp(&far(b)));
    }
    let head = |name: &str| GridHead {
        name: name.to_owned(),
        label: form.lang.find(&format!("sheet-head.{name}")).map(str::to_owned),
        decimals: match name {
            "lon" | "lat" => 7,
            "distance_m" => 1,
            _ => 2,
        },
        choices: if name == "result" { RESULTS.map(|r| word(r, form.lang)).to_vec() } else { Vec::new() },
        hidden: matches!(name, "key" | "seen"),
        ..Default::default()
    };
    Grid {
        name: "gaps".to_owned(),
        heads: COLUMNS.iter().map(|c| head(c)).collect(),
        rows: gaps.iter().map(|g| row(district, rules, g, form, state(&g.key(district)))).collect(),
    }
}

/// A result in the sheet's language.
fn word(result: &str, lang: Lang) -> String {
    lang.find(&format!("result.{result}")).unwrap_or(result).to_owned()
}

/// Columns of a sheet for print, with their widths in characters of the usual size: together they are as wide as a landscape
/// A4 page, so that nothing is made smaller than 11 points; the last ones are empty to be written in.
const PRINTED: [(&str, f64); 8] = [
    ("village", 12.0),
    ("facility", 14.0),
    ("reason", 38.0),
    ("distance_m", 9.0),
    ("severity", 6.0),
    ("result", 12.0),
    ("note", 30.0),
    ("by", 10.0),
];

/// One table per town, in the order in which they come, with what is to be printed; the other columns are there, hidden, for
/// the sheet to be read again.
fn by_town(grid: &Grid) -> Vec<Grid> {
    let printed = |h: &GridHead| PRINTED.iter().find(|(name, _)| *name == h.name).map(|(_, width)| *width);
    let heads: Vec<GridHead> =
        grid.heads.iter().map(|h| GridHead { hidden: printed(h).is_none(), width: printed(h), ..h.clone() }).collect();
    let at = COLUMNS.iter().position(|c| *c == "town").unwrap_or(0);
    let mut towns: Vec<Grid> = Vec::new();
    for row in &grid.rows {
        let name = match row.get(at) {
            Some(GridCell::Text(town)) => town.as_str(),
            _ => "",
        };
        match towns.iter_mut().find(|t| t.name == name) {
            Some(town) => town.rows.push(row.clone()),
            None => towns.push(Grid { name: name.to_owned(), heads: heads.clone(), rows: vec![row.clone()] }),
        }
    }
    towns
}

/// Writes a table of visits as XLSX, CSV, GeoPackage or GeoJSON, by the path's extension.
///
/// # Errors
/// Where the format is none of them, or the file cannot be written; what stood there before is still there then.
pub fn save_visits(path: &Path, grid: &Grid) -> std::io::Result<()> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let columns: Vec<&str> = grid.heads.iter().map(|h| h.name.as_str()).collect();
    match extension.as_str() {
        "xlsx" | "csv" => super::grid::save(path, grid),
        "gpkg" => to_geopackage(path, &places(grid), &columns, ("result", &[]), ""),
        "geojson" | "json" => write_replacing(path, &to_geojson(&places(grid))),
        other => Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            format!("visits are written as xlsx, csv, gpkg or geojson, not {other:?}"),
        )),
    }
}

fn places(grid: &Grid) -> Vec<Place> {
    let at = |name: &str| grid.heads.iter().position(|h| h.name == name);
    let of = |row: &[GridCell]| {
        let text = |name| match at(name).and_then(|i| row.get(i)) {
            Some(GridCell::Text(t)) => t.clone(),
            _ => String::new(),
        };
        let number = |name| match at(name).and_then(|i| row.get(i)) {
            Some(GridCell::Number(n)) => Some(*n),
            _ => None,
        };
        let mut properties = Map::new();
        for (name, cell) in grid.heads.iter().map(|h| &h.name).zip(row) {
            let value = match cell {
                GridCell::Empty => Value::Null,
                GridCell::Number(n) => (*n).into(),
                GridCell::Text(t) => t.as_str().into(),
            };
            properties.insert(name.clone(), value);
        }
        Place {
            at: number("lon").zip(number("lat")).map(|(lon, lat)| LonLat::new(lon, lat)),
            name: format!("{} {}", text("rule"), text("village")).trim_end().to_owned(),
            text: [text("reason"), text("closes")].join("\n"),
            properties,
        }
    };
    grid.rows.iter().map(|r| of(r)).collect()
}

/// Writes a field sheet in the format of the path's extension: see [`FORMATS`]. With `per_town` a workbook has one sheet for
/// each town, ready to be printed. In GPX and KML, which have points only, gaps of the whole district stand in its `middle`.
///
/// # Errors
/// Where the format is none of them, or the file cannot be written; what stood there before is still there then.
pub fn save_field_sheet(
    path: &Path,
    grid: &Grid,
    title: &str,
    per_town: bool,
    form: &FieldForm,
    middle: Option<LonLat>,
) -> std::io::Result<()> {
    let note = form.shift.map(|s| form.lang.with("gaps.shifted", &[("n", s.name())])).unwrap_or_default();
    let about = About {
        crs: form.shift.map_or("", |s| s.name()),
        note: &note,
        middle: middle.map(|at| form.shift.map_or(at, |s| s.of(at))),
    };
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "xlsx" if per_town && !grid.rows.is_empty() => {
            let bytes = to_xlsx_pages(&by_town(grid), title).map_err(std::io::Error::other)?;
            write_replacing(path, &bytes)
        }
        "xlsx" | "csv" => super::grid::save(path, grid),
        "gpkg" => to_geopackage(path, &places(grid), &COLUMNS, ("result", &RESULTS), about.crs),
        "geojson" | "json" => write_replacing(path, &to_geojson(&places(grid))),
        "gpx" => write_replacing(path, &to_gpx(&places(grid), about)),
        "kml" => write_replacing(path, &to_kml(&places(grid), title, about)),
        other => Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            format!("a field sheet is written as {}, not {other:?}", FORMATS.join(", ")),
        )),
    }
}
