//! The bytes of the files. Numbers are written from whole numbers, so that no float formatting is involved.

use super::facility::{Detail, Facility};
use super::figures::{COLUMNS, Row, YEARS};
use super::layout::Village;
use super::people::People;
use super::plane::Fixed;
use super::planted::ORPHAN_ROW;

/// What every value says of its origin.
pub const SOURCE: &str = "示范数据 demonstration data";
/// Columns that villages.geojson carries for the latest year.
const HEADLINES: [&str; 7] = [
    "sewage_treatment_pct",
    "clinic",
    "dry_toilets",
    "dry_rebuilt",
    "flush_improved",
    "household_toilets_pct",
    "waste_collections_per_day",
];

/// One JSON object from names and values already written as JSON.
fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Text as JSON: the generator's texts hold neither quotes nor control characters.
fn text(value: &str) -> String {
    format!("\"{value}\"")
}

fn text_or_null(value: Option<&str>) -> String {
    value.map_or_else(|| "null".to_owned(), text)
}

fn position(p: Fixed) -> String {
    let degrees = |e7: i64| format!("{}.{:07}", e7 / 10_000_000, e7 % 10_000_000);
    format!("[{},{}]", degrees(p.lon), degrees(p.lat))
}

/// A ring, closed, turned as RFC 7946 asks: exteriors counter-clockwise, holes clockwise.
fn ring(points: &[Fixed], hole: bool) -> String {
    let closed = points.iter().chain(points.first()).map(|p| position(*p));
    let written: Vec<String> = if hole { closed.rev().collect() } else { closed.collect() };
    format!("[{}]", written.join(","))
}

fn feature(properties: &[(&str, String)], kind: &str, coordinates: &str) -> String {
    let geometry = object(&[("type", text(kind)), ("coordinates", coordinates.to_owned())]);
    object(&[("type", text("Feature")), ("properties", object(properties)), ("geometry", geometry)])
}

fn collection(features: &[String]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", features.join(",\n"))
}

/// villages.geojson; `latest` holds the row of the last year for each village.
pub fn villages(villages: &[Village], people: &[People], latest: &[&Row]) -> String {
    let mut features = Vec::new();
    for ((village, people), row) in villages.iter().zip(people).zip(latest) {
        let mut properties = vec![
            ("code", text(&village.code)),
            ("name", text(village.name)),
            ("town", text(village.town)),
            ("district", text("海淀区")),
            ("group", text(village.group)),
            ("households", people.households.to_string()),
            ("population", people.population.to_string()),
            ("plan_status", text(people.plan_status)),
            ("plan_text", text_or_null(people.plan_text)),
        ];
        for (column, cell) in COLUMNS.iter().zip(row.iter()).filter(|(c, _)| HEADLINES.contains(c)) {
            let cell = cell.as_deref();
            let value = if *column == "clinic" { text_or_null(cell) } else { cell.unwrap_or("null").to_owned() };
            properties.push((column, value));
        }
        properties.push(("source", text(SOURCE)));
        let hole = village.hole.as_ref().map_or(String::new(), |h| format!(",{}", ring(h, true)));
        let main = format!("[{}{hole}]", ring(&village.ring, false));
        features.push(match &village.exclave {
            None => feature(&properties, "Polygon", &main),
            Some(part) => feature(&properties, "MultiPolygon", &format!("[{main},[{}]]", ring(part, false))),
        });
    }
    collection(&features)
}

/// facilities.geojson.
pub fn facilities(facilities: &[Facility], villages: &[Village]) -> String {
    let mut features = Vec::new();
    for facility in facilities {
        let mut properties = vec![
            ("id", text(&facility.id)),
            ("kind", text(Facility::words(&facility.detail).1)),
            ("name", text(&facility.name)),
            ("village_code", text(&villages[facility.village].code)),
            ("status", text(if facility.closed { "closed" } else { "in_use" })),
        ];
        properties.extend(own_members(&facility.detail, villages));
        properties.extend([
            ("coord_source", text("generated")),
            ("built_year", facility.built_year.to_string()),
            ("checked_on", text(&facility.checked_on)),
            ("note", text_or_null(facility.note)),
            ("source", text(SOURCE)),
        ]);
        features.push(feature(&properties, "Point", &position(facility.at)));
    }
    collection(&features)
}

/// The members that facilities of one kind have.
fn own_members(detail: &Detail, villages: &[Village]) -> Vec<(&'static str, String)> {
    match detail {
        Detail::Toilet { class, flush, action, stalls } => vec![
            ("class", text(class)),
            ("type", text(flush)),
            ("action", text_or_null(action.map(|a| a.0))),
            ("action_year", action.map_or_else(|| "null".to_owned(), |a| a.1.to_string())),
            ("stalls_m", stalls.0.to_string()),
            ("stalls_f", stalls.1.to_string()),
            ("accessible", (matches!(*class, "1" | "2")).to_string()),
            ("hours", text(if *class == "1" { "00:00–24:00" } else { "06:00–22:00" })),
            ("keeper", text("村保洁队")),
        ],
        Detail::Clinic { township, area_m2, doctors, serves } => {
            let codes: Vec<&str> = serves.iter().map(|&i| villages[i].code.as_str()).collect();
            vec![
                ("level", text(if *township { "township" } else { "village" })),
                ("area_m2", area_m2.to_string()),
                ("doctors", doctors.to_string()),
                ("serves", text(&codes.join(";"))),
                ("hours", text("08:00–17:00")),
                ("insurance", "true".to_owned()),
            ]
        }
        Detail::SewageStation { capacity_m3_d, households } => vec![
            ("process", text("MBR")),
            ("capacity_m3_d", capacity_m3_d.to_string()),
            ("households", households.to_string()),
            ("running", "true".to_owned()),
        ],
        Detail::WastePoint { collections_tenths: n } => vec![
            ("categories", text("perishable;recyclable;hazardous;other")),
            ("collections_per_day", format!("{}.{}", n / 10, n % 10)),
        ],
        Detail::Parking { spaces } => vec![("spaces", spaces.to_string())],
        Detail::PocketPark { area_m2 } => vec![("area_m2", area_m2.to_string())],
        Detail::Fitness { sets } => vec![("sets", sets.to_string())],
    }
}

/// indicators.csv: UTF-8 with a byte order mark, so that Excel shows the Chinese.
pub fn indicators(villages: &[Village], tables: &[Vec<Row>]) -> String {
    let mut csv = format!("\u{feff}code,name,town,year,{}\n", COLUMNS.join(","));
    for (village, rows) in villages.iter().zip(tables) {
        for (year, row) in YEARS.zip(rows) {
            let cells: Vec<&str> = row.iter().map(|c| c.as_deref().unwrap_or("")).collect();
            csv += &format!("{},{},{},{year},{}\n", village.code, village.name, village.town, cells.join(","));
        }
    }
    let (code, name, town) = ORPHAN_ROW;
    let rest = ",".repeat(COLUMNS.len() - 2);
    csv + &format!("{code},{name},{town},{},120,310{rest}\n", YEARS.end())
}
