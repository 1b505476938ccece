//! The visits as a table.

use super::instant::Instant;
use super::subject::photos_text;
use super::visits::Survey;
use super::word::Outcome;
use crate::lang::Lang;
use crate::output::{Grid, GridCell, GridHead};

/// Columns with stable names: those of a filled field sheet among them, so that the table can be read like one.
const COLUMNS: [&str; 15] = [
    "id", "key", "rule", "village", "code", "town", "facility", "status", "result", "note", "photo", "lon", "lat",
    "by", "at",
];

/// The visits that count, as a table; keys are those of the map now, where the log knows it.
pub fn visits_grid(survey: &Survey, lang: Lang) -> Grid {
    let text = |t: &str| if t.is_empty() { GridCell::Empty } else { GridCell::Text(t.to_owned()) };
    let number = |n: Option<f64>| n.map_or(GridCell::Empty, GridCell::Number);
    let word = |o: Outcome| o.word(lang);
    let rows = survey.standing().map(|(visit, said)| {
        vec![
            text(&visit.id),
            text(survey.key_of(said)),
            text(&said.rule),
            text(&said.subject.village),
            text(&said.subject.code),
            text(&said.subject.town),
            text(said.subject.facility_word()),
            text(survey.status(survey.key_of(said)).word(lang)),
            text(said.result.map_or("", word)),
            text(&said.note),
            text(&photos_text(&said.photos)),
            number(said.lon),
            number(said.lat),
            text(&said.by),
            text(&said.at.map_or_else(|| said.at_text.clone(), Instant::for_people)),
        ]
    });
    let head = |name: &&str| GridHead {
        name: (*name).to_owned(),
        label: lang.find(&format!("sheet-head.{name}")).map(str::to_owned),
        decimals: if matches!(*name, "lon" | "lat") { 7 } else { 0 },
        hidden: matches!(*name, "id" | "key"),
        ..Default::default()
    };
    Grid { name: "visits".to_owned(), heads: COLUMNS.iter().map(head).collect(), rows: rows.collect() }
}
