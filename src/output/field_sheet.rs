//! The field sheet: one row per gap, with room for what is found there.

use std::path::Path;

use serde_json::{Map, Value};

use super::grid::{Grid, GridCell, GridHead};
use super::places::{Place, to_geojson, to_gpx, to_kml};
use crate::district::District;
use crate::geo::{ChinaShift, LonLat, distance_m};
use crate::lang::Lang;
use crate::model::Role;
use crate::project::write_replacing;
use crate::rules::{Gap, Rules};

/// What a visit can find; stable names, shown by `result.<name>` of the language files.
pub const RESULTS: [&str; 4] = ["confirmed", "closed", "wrong", "unreachable"];

/// Formats that a field sheet is written in, by extension.
pub const FORMATS: [&str; 5] = ["xlsx", "csv", "geojson", "gpx", "kml"];

/// The columns: stable names, the same in all formats and languages, so that a filled sheet can be read again.
const COLUMNS: [&str; 22] = [
    "key",
    "rule",
    "rule_name",
    "severity",
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
];

fn row(district: &District, rules: &Rules, gap: &Gap, form: &FieldForm) -> Vec<GridCell> {
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
    cells.resize(COLUMNS.len(), GridCell::Empty);
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

/// The sheet as a table.
pub fn field_grid(district: &District, rules: &Rules, gaps: &[&Gap], form: &FieldForm) -> Grid {
    let mut gaps = gaps.to_vec();
    if let Some(start) = form.start {
        let far = |g: &&Gap| g.at.map_or(f64::INFINITY, |at| distance_m(start, at));
        gaps.sort_by(|a, b| far(a).total_cmp(&far(b)));
    }
    let head = |name: &str| GridHead {
        name: name.to_owned(),
        unit: String::new(),
        decimals: match name {
            "lon" | "lat" => 7,
            "distance_m" => 1,
            _ => 2,
        },
        choices: if name == "result" { RESULTS.map(str::to_owned).to_vec() } else { Vec::new() },
    };
    Grid {
        name: "gaps".to_owned(),
        heads: COLUMNS.iter().map(|c| head(c)).collect(),
        rows: gaps.iter().map(|g| row(district, rules, g, form)).collect(),
    }
}

fn places(grid: &Grid) -> Vec<Place> {
    let at = |name: &str| COLUMNS.iter().position(|c| *c == name);
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
        for (name, cell) in COLUMNS.iter().zip(row) {
            let value = match cell {
                GridCell::Empty => Value::Null,
                GridCell::Number(n) => (*n).into(),
                GridCell::Text(t) => t.as_str().into(),
            };
            properties.insert((*name).to_owned(), value);
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

/// Writes a field sheet in the format of the path's extension: see [`FORMATS`].
///
/// # Errors
/// Where the format is none of them, or the file cannot be written; what stood there before is still there then.
pub fn save_field_sheet(path: &Path, grid: &Grid, title: &str) -> std::io::Result<()> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "xlsx" | "csv" => super::grid::save(path, grid),
        "geojson" | "json" => write_replacing(path, &to_geojson(&places(grid))),
        "gpx" => write_replacing(path, &to_gpx(&places(grid))),
        "kml" => write_replacing(path, &to_kml(&places(grid), title)),
        other => Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            format!("a field sheet is written as {}, not {other:?}", FORMATS.join(", ")),
        )),
    }
}
