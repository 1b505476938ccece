//! The visits as a table.

use super::event::Outcome;
use super::visits::Survey;
use crate::lang::Lang;
use crate::output::{Grid, GridCell, GridHead};

/// Columns with stable names: those of a filled field sheet among them, so that the table can be read like one.
const COLUMNS: [&str; 15] = [
    "id", "key", "rule", "village", "code", "town", "facility", "status", "result", "note", "photo", "lon", "lat",
    "by", "at",
];

/// The visits that count, as a table.
pub fn visits_grid(survey: &Survey, lang: Lang) -> Grid {
    let text = |t: &str| if t.is_empty() { GridCell::Empty } else { GridCell::Text(t.to_owned()) };
    let number = |n: Option<f64>| n.map_or(GridCell::Empty, GridCell::Number);
    let word = |o: Outcome| lang.find(&format!("result.{}", o.key())).unwrap_or(o.key());
    let rows = survey.standing().map(|(visit, said)| {
        vec![
            text(&visit.id),
            text(&said.gap),
            text(&said.rule),
            text(&said.village),
            text(&said.village_code),
            text(&said.town),
            text(&said.facility),
            text(survey.status(&said.gap).word(lang)),
            text(said.result.map_or("", word)),
            text(&said.note),
            text(&said.photo),
            number(said.lon),
            number(said.lat),
            text(&said.by),
            said.at.map_or(GridCell::Empty, |at| GridCell::Text(at.for_people())),
        ]
    });
    let head = |name: &&str| GridHead {
        name: (*name).to_owned(),
        unit: String::new(),
        decimals: if matches!(*name, "lon" | "lat") { 7 } else { 0 },
        choices: Vec::new(),
        hidden: matches!(*name, "id" | "key"),
    };
    Grid { name: "visits".to_owned(), heads: COLUMNS.iter().map(head).collect(), rows: rows.collect() }
}
