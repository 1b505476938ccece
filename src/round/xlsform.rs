//! What KoboToolbox and ODK take along: a form (XLSForm, xlsform.org) whose first question is which gap one stands at, the gaps as the table that it
//! chooses from, and the same as a list of entities for ODK Central.

use rust_xlsxwriter::XlsxError;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::lang::Lang;
use crate::output::{RESULTS, text_sheets};

/// Name of the table that the form chooses from: it goes along with the form.
pub(super) const CHOICES: &str = "gaps.csv";

/// Columns of the table, beside the name of each row and its label.
const COLUMNS: [&str; 12] = [
    "key",
    "rule",
    "rule_name",
    "severity_name",
    "village_name",
    "town_name",
    "facility_name",
    "reason",
    "to_do",
    "status",
    "person",
    "day",
];

/// Both languages of a text of the language files.
fn both(key: &str) -> [&'static str; 2] {
    [Lang::Zh, Lang::En].map(|lang| lang.find(key).unwrap_or(""))
}

/// A question: type, name, key of its words; then whether it must be answered, appearance, filter of choices, calculation, default.
struct Question {
    kind: &'static str,
    name: &'static str,
    words: &'static str,
    is_required: bool,
    appearance: &'static str,
    filter: &'static str,
    calculation: String,
    default: &'static str,
}

fn question(kind: &'static str, name: &'static str, words: &'static str) -> Question {
    Question {
        kind,
        name,
        words,
        is_required: false,
        appearance: "",
        filter: "",
        calculation: String::new(),
        default: "",
    }
}

/// The questions; who goes is asked where people are told off, so that each chooses among their own.
fn questions(people: usize) -> Vec<Question> {
    let of_gap = |column: &str| format!("instance('gaps')/root/item[name=${{gap}}]/{column}");
    let mut list =
        vec![question("start", "start", ""), question("end", "end", ""), question("username", "username", "")];
    if people > 0 {
        list.push(Question {
            default: "${last-saved#person}",
            ..question("select_one people", "person", "phone.person")
        });
    }
    list.push(Question {
        is_required: true,
        appearance: "minimal autocomplete",
        filter: if people > 0 { "${person} = '' or person = ${person}" } else { "" },
        ..question("select_one_from_file gaps.csv", "gap", "phone.key")
    });
    for column in ["key", "rule", "rule_name", "village_name", "reason", "to_do"] {
        // Names of questions that are read again stand for themselves; the others are shown in the note below.
        let name = match column {
            "rule_name" => "shown_rule",
            "village_name" => "shown_village",
            "reason" => "shown_reason",
            "to_do" => "shown_to_do",
            own => own,
        };
        list.push(Question { calculation: of_gap(column), ..question("calculate", name, "") });
    }
    list.push(question("note", "what", "phone.form-what"));
    list.push(Question { is_required: true, ..question("select_one results", "result", "phone.result") });
    list.push(Question { appearance: "multiline", ..question("text", "note", "phone.note") });
    list.push(question("image", "photo", "phone.photo"));
    list.push(question("image", "more_photos", "phone.form-second-photo"));
    list.push(question("geopoint", "place", "phone.form-place"));
    list.push(Question { is_required: true, default: "${last-saved#by}", ..question("text", "by", "phone.by") });
    list.push(Question { is_required: true, default: "now()", ..question("dateTime", "at", "phone.at") });
    list
}

/// The form, for so many people, with this title. `version` changes with the gaps.
pub(super) fn form(title: &str, people: usize, version: &str) -> Result<Vec<u8>, XlsxError> {
    let text = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<String>>();
    let heads = [
        "type",
        "name",
        "label::中文 (zh)",
        "label::English (en)",
        "required",
        "appearance",
        "choice_filter",
        "calculation",
        "default",
        "parameters",
    ];
    let mut survey = vec![text(&heads)];
    for q in questions(people) {
        let [zh, en] = if q.words.is_empty() { ["", ""] } else { both(q.words) };
        // Photos that go over the net are as large as a page needs them.
        let sized = if q.kind == "image" { "max-pixels=2048" } else { "" };
        let required = if q.is_required { "yes" } else { "" };
        survey.push(text(&[
            q.kind,
            q.name,
            zh,
            en,
            required,
            q.appearance,
            q.filter,
            &q.calculation,
            q.default,
            sized,
        ]));
    }
    let mut choices = vec![text(&["list_name", "name", "label::中文 (zh)", "label::English (en)"])];
    for result in RESULTS {
        let [zh, en] = both(&format!("result.{result}"));
        choices.push(text(&["results", result, zh, en]));
    }
    for person in 1..=people {
        let number = person.to_string();
        choices.push(text(&["people", &number, &number, &number]));
    }
    let settings = vec![
        text(&["form_title", "form_id", "version", "default_language"]),
        text(&[title, "qiancun_visits", version, "中文 (zh)"]),
    ];
    text_sheets(&[("survey", survey), ("choices", choices), ("settings", settings)])
}

/// Name of a gap in the table: letters and digits only, the same for the same gap.
fn name_of(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    std::iter::once("g".to_owned()).chain(digest.iter().take(6).map(|b| format!("{b:02x}"))).collect()
}

/// A cell of CSV (RFC 4180).
fn cell(value: &str) -> String {
    let value = value.replace(['\r', '\n'], " ");
    if value.contains([',', '"']) { format!("\"{}\"", value.replace('"', "\"\"")) } else { value }
}

/// The gaps, features as the phone's GeoPackage has them: the table that the form chooses from, the same as a list of entities, and the version of both.
pub(super) fn tables(gaps: &[Value]) -> (String, String, String) {
    let mut choices = format!("name,label,{},geometry\n", COLUMNS.join(","));
    let mut entities = format!("label,{},geometry\n", COLUMNS.join(","));
    for gap in gaps {
        let said = |name: &str| match gap.pointer(&format!("/properties/{name}")) {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => String::new(),
            Some(other) => other.to_string(),
        };
        let of = |column: &str| said(if column == "key" { "gap" } else { column });
        let parts = [said("village_name"), said("facility_name"), said("rule_name")];
        let label: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
        let place = |i: usize| gap.pointer(&format!("/geometry/coordinates/{i}")).and_then(Value::as_f64);
        // Latitude, longitude, altitude, accuracy, as that program writes places.
        let geometry = place(1).zip(place(0)).map_or_else(String::new, |(lat, lon)| format!("{lat} {lon} 0 0"));
        let mut cells = vec![cell(&label.join(" · "))];
        cells.extend(COLUMNS.iter().map(|c| cell(&of(c))));
        cells.push(geometry);
        let line = cells.join(",");
        choices += &format!("{},{line}\n", name_of(&said("gap")));
        entities += &format!("{line}\n");
    }
    let version: String = Sha256::digest(choices.as_bytes()).iter().take(5).map(|b| format!("{b:02x}")).collect();
    (choices, entities, version)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_question_has_words_in_both_languages_or_is_not_seen() {
        for q in questions(2) {
            let is_seen = !matches!(q.kind, "start" | "end" | "username" | "calculate");
            let has_words = !q.words.is_empty() && both(q.words).iter().all(|w| !w.is_empty());
            assert_eq!(is_seen, has_words, "{}", q.name);
        }
    }

    #[test]
    fn gaps_become_rows_that_the_form_can_choose() {
        let gap = json!({
            "geometry": { "type": "Point", "coordinates": [116.1, 40.0] },
            "properties": { "gap": "T1/东沟村/a//", "rule_name": "旱厕, 未改", "village_name": "东沟\"村", "person": 2, "day": null },
        });
        let (choices, entities, version) = tables(&[gap]);
        let line = choices.lines().nth(1).expect("a row");
        assert!(line.starts_with("g") && line.contains("\"东沟\"\"村 · 旱厕, 未改\""), "{line}");
        assert!(line.ends_with(",2,,40 116.1 0 0"), "{line}");
        assert!(entities.starts_with("label,key,") && version.len() == 10);
        assert_eq!(choices.lines().next().map(|h| h.split(',').count()), Some(COLUMNS.len() + 3));
    }
}
