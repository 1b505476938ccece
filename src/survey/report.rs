//! Reports of residents and grid staff: what was seen, where, when. Events of the log like visits, amended like them; matched to a village and,
//! by distance and kind, to an open gap. The same row read twice is the same event.

use std::path::PathBuf;

use serde_json::Value;

use super::event::{Event, id_of};
use super::instant::Instant;
use super::record::ORIGIN;
use super::subject::{Photo, Subject};
use super::visits::{GapStatus, Survey, Visit};
use super::word::{EventKind, Outcome};
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::output::{Grid, GridCell, GridHead};

/// Members of an event that only reports have; the first is there in every report and its amendments.
const CATEGORY: &str = "category";
const NUMBER: &str = "number";
const PHONE: &str = "phone";

/// A report as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewReport {
    /// Line of the row in its file, 1-based.
    pub line: u32,
    /// The number that the service gave it; empty where it gave none.
    pub number: String,
    /// When it was made.
    pub at: Option<Instant>,
    /// When, as it was written.
    pub at_text: String,
    /// Whether its year or day were not written: the same row is to say the same on another day.
    pub is_at_assumed: bool,
    /// What kind of thing it is, in the words of the service.
    pub category: String,
    /// What was seen.
    pub text: String,
    /// Where, in words.
    pub address: String,
    /// Where.
    pub place: Option<LonLat>,
    /// Where its photo was taken, where the row says no place.
    pub photo_place: Option<LonLat>,
    /// The village, as far as the row names it.
    pub subject: Subject,
    /// Who made it.
    pub by: String,
    /// The telephone number of whoever made it: it stays in the log.
    pub phone: String,
    /// Names of photos.
    pub photos: Vec<String>,
    /// Those of them that lie beside the table, by their names.
    pub files: Vec<(String, PathBuf)>,
    /// What the service says of it, in its own words.
    pub status: String,
}

impl NewReport {
    /// Where it is: as the row says it, else as its photo does.
    pub fn at_place(&self) -> Option<LonLat> {
        self.place.or(self.photo_place)
    }

    /// An id that follows from what was reported: by the service's number, else by time, words and place. A number such as 1 or 23 is
    /// that of a row: another table begins with it again.
    pub fn id(&self) -> String {
        match self.number.trim() {
            "" => self.id_by_words(),
            row if is_row_number(row) => self.id_by_words(),
            number => id_of(&format!("report number {number}")),
        }
    }

    /// The id under which earlier versions recorded a report with the number of a row.
    pub(super) fn former_id(&self) -> Option<String> {
        let number = self.number.trim();
        is_row_number(number).then(|| id_of(&format!("report number {number}")))
    }

    /// The id under which a log has it already.
    pub(super) fn known_id(&self, survey: &Survey) -> Option<String> {
        let of_row = |id: &String| survey.report(id).is_some_and(|r| r.said.note == self.words());
        let former = self.former_id().filter(of_row);
        Some(self.id()).filter(|id| survey.report(id).is_some()).or(former)
    }

    /// What its row says that the log does not say yet: that it was settled, or found to be wrong.
    pub(super) fn newly_settled(&self, survey: &Survey) -> Option<Outcome> {
        let known = self.known_id(survey)?;
        let is_open = survey.report(&known)?.said.result.is_none();
        self.outcome().filter(|_| is_open)
    }

    /// Photos that lie beside its table by now, and of which the log knows only the name.
    pub(super) fn late_files(&self, survey: &Survey) -> Vec<&(String, PathBuf)> {
        let id = self.known_id(survey);
        let Some(report) = id.as_ref().and_then(|id| survey.report(id)) else { return Vec::new() };
        let is_awaited = |name: &str| report.said.photos.iter().any(|p| p.file == name && p.digest.is_empty());
        self.files.iter().filter(|(name, _)| is_awaited(name)).collect()
    }

    fn outcome(&self) -> Option<Outcome> {
        Outcome::from_word(&self.status).filter(|o| matches!(o, Outcome::Closed | Outcome::Wrong))
    }

    fn words(&self) -> String {
        let words = [self.text.trim(), self.address.trim()].into_iter().filter(|t| !t.is_empty());
        words.collect::<Vec<_>>().join("\n")
    }

    fn id_by_words(&self) -> String {
        let at = self.at.filter(|_| !self.is_at_assumed).map_or_else(|| self.at_text.clone(), Instant::to_text);
        let place = self.place.map_or_else(String::new, |p| format!("{:.6},{:.6}", p.lon_deg, p.lat_deg));
        let parts = [at.as_str(), &self.text, &self.address, &place, &self.subject.village, &self.by];
        id_of(&format!("report {}", parts.map(str::trim).join("\n")))
    }

    /// The event that records it: of the village and, where one was found, of a gap by its key.
    pub(super) fn into_event(self, subject: Subject, gap: String) -> Event {
        let (id, at_place) = (self.id(), self.at_place());
        let (words, result) = (self.words(), self.outcome());
        let mut more = serde_json::Map::new();
        for (key, value) in [(CATEGORY, self.category), (NUMBER, self.number), (PHONE, self.phone)] {
            more.insert(key.to_owned(), Value::String(value.trim().to_owned()));
        }
        Event {
            id,
            kind: EventKind::Report,
            rule: gap.split('/').next().unwrap_or_default().to_owned(),
            gap,
            subject,
            result,
            note: words,
            photos: self.photos.iter().map(|p| Photo::named(p)).collect(),
            lon: at_place.map(|p| p.lon_deg),
            lat: at_place.map(|p| p.lat_deg),
            by: self.by,
            at_text: if self.at.is_some() { String::new() } else { self.at_text },
            at: self.at,
            origin: ORIGIN.to_owned(),
            more,
            ..Event::default()
        }
    }
}

/// Whether a number is too short to be given by a service once and for all.
fn is_row_number(number: &str) -> bool {
    number.len() < 6 && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// A text without telephone numbers: seven digits and more in a row, as mobile ones are, and with dashes behind a code of a town.
///
/// ```
/// use qiancun::survey::without_phones;
/// assert_eq!(without_phones("请回电13912345678，或010-62881234；3 号厕所 2026-11-20"), "请回电***，或***；3 号厕所 2026-11-20");
/// ```
pub fn without_phones(text: &str) -> String {
    let (mut out, mut run) = (String::new(), String::new());
    let flush = |run: &mut String, out: &mut String| {
        let tail = run.len() - run.trim_end_matches('-').len();
        let (number, dashes) = run.split_at(run.len() - tail);
        let groups: Vec<&str> = number.split('-').collect();
        let is_phone = match groups.as_slice() {
            [one] => (7..=13).contains(&one.len()),
            [code, local, ..] => code.starts_with('0') && local.len() >= 7,
            [] => false,
        } || (groups.len() == 3 && groups.iter().map(|g| g.len()).eq([3, 4, 4]));
        out.push_str(if is_phone { "***" } else { number });
        out.push_str(dashes);
        run.clear();
    };
    for c in text.chars() {
        if c.is_ascii_digit() || (c == '-' && !run.is_empty()) {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

fn member<'a>(said: &'a Event, key: &str) -> &'a str {
    said.more.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether an event is a report, or amends one that may not have come yet.
pub(super) fn is_of_report(event: &Event) -> bool {
    let amends =
        matches!(event.kind, EventKind::Correction | EventKind::Withdrawal) && event.more.contains_key(CATEGORY);
    event.kind == EventKind::Report || amends
}

/// How a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportStatus {
    /// Nobody has looked at it, and no gap of the map is what it speaks of.
    New,
    /// It speaks of a gap that is open, or a person confirmed it.
    Known,
    /// It has been settled: a person said so, or a later visit found the gap closed.
    Settled,
    /// It was not so.
    Wrong,
}

impl ReportStatus {
    /// All, what is most pressing first.
    pub const ALL: [Self; 4] = [Self::New, Self::Known, Self::Settled, Self::Wrong];

    /// Stable name; in language files `report.is-<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Settled => "settled",
            Self::Wrong => "wrong",
        }
    }

    /// The status in a word.
    pub fn word(self, lang: Lang) -> &'static str {
        lang.find(&format!("report.is-{}", self.key())).unwrap_or(self.key())
    }
}

/// A report as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report<'a> {
    /// What it amounts to by its events.
    pub record: &'a Visit,
    /// What it says now.
    pub said: &'a Event,
}

impl<'a> Report<'a> {
    /// Its id.
    pub fn id(&self) -> &'a str {
        &self.record.id
    }

    /// What kind of thing it is, in the words of the service.
    pub fn category(&self) -> &'a str {
        member(self.said, CATEGORY)
    }

    /// The service's number; empty where it gave none.
    pub fn number(&self) -> &'a str {
        member(self.said, NUMBER)
    }

    /// How it stands by what people said and by the visits of the log.
    pub fn status(&self, survey: &Survey) -> ReportStatus {
        match self.said.result {
            Some(Outcome::Closed) => return ReportStatus::Settled,
            Some(Outcome::Wrong) => return ReportStatus::Wrong,
            Some(_) => return ReportStatus::Known,
            None => {}
        }
        let key = survey.key_of(self.said);
        match survey.status(key) {
            _ if key.is_empty() => ReportStatus::New,
            GapStatus::Closed if self.is_before_a_visit(survey, key) => ReportStatus::Settled,
            GapStatus::Wrong if self.is_before_a_visit(survey, key) => ReportStatus::Wrong,
            _ => ReportStatus::Known,
        }
    }

    /// Whether somebody was there after it was made: by the times of both, where they are known, since telephones come back later than
    /// reports come in; else by which came into the log later.
    fn is_before_a_visit(&self, survey: &Survey, key: &str) -> bool {
        let began = survey.events.get(self.record.begins).map_or(i64::MAX, |e| e.seq);
        let is_after = |visit: &Event| match (self.said.at, visit.at) {
            (Some(made), Some(there)) => there >= made,
            _ => visit.seq > began,
        };
        survey.heads(key).iter().any(|v| survey.events.get(v.says).is_some_and(is_after))
    }

    /// What was done about it, in the words of the last visit to its gap, else of whoever settled it; empty where nothing was.
    pub fn answer(&self, survey: &Survey, lang: Lang) -> String {
        let key = survey.key_of(self.said);
        let heads = if key.is_empty() { Vec::new() } else { survey.heads(key) };
        let said = heads.last().and_then(|v| survey.said(v));
        let words = |e: &Event| {
            let at = e.at.map(Instant::for_people).unwrap_or_default();
            let parts = [at.as_str(), e.result.map_or("", |r| r.word(lang)), &e.note];
            parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
        };
        said.map(words).unwrap_or_default()
    }
}

impl Survey {
    /// Reports that count, in the order in which they came into the log.
    pub fn reports(&self) -> impl Iterator<Item = Report<'_>> {
        let standing = self.records_of(EventKind::Report).filter(|d| !d.is_withdrawn);
        standing.filter_map(|record| Some(Report { record, said: self.said(record)? }))
    }

    /// A report by its id, withdrawn ones too.
    pub fn report(&self, id: &str) -> Option<Report<'_>> {
        let is_report = |v: &&Visit| self.events.get(v.begins).is_some_and(|e| e.kind == EventKind::Report);
        let record = self.record(id).filter(is_report)?;
        Some(Report { record, said: self.said(record)? })
    }
}

/// Columns of the answer, with stable names.
const COLUMNS: [&str; 12] =
    ["id", "number", "at", "category", "text", "village", "code", "town", "rule", "status", "answer", "by"];

/// Reports as a table that answers whoever sent them; telephone numbers never stand in it, names only where asked for.
pub fn reports_grid(survey: &Survey, names: bool, lang: Lang) -> Grid {
    let text = |t: &str| if t.is_empty() { GridCell::Empty } else { GridCell::Text(t.to_owned()) };
    let rows = survey.reports().map(|report| {
        let (said, subject) = (report.said, &report.said.subject);
        vec![
            text(report.id()),
            text(report.number()),
            text(&said.at.map_or_else(|| said.at_text.clone(), Instant::for_people)),
            text(report.category()),
            text(&if names { said.note.clone() } else { without_phones(&said.note) }),
            text(&subject.village),
            text(&subject.code),
            text(&subject.town),
            text(&said.rule),
            text(report.status(survey).word(lang)),
            text(&report.answer(survey, lang)),
            text(if names { &said.by } else { "" }),
        ]
    });
    let head = |name: &&str| GridHead {
        name: (*name).to_owned(),
        label: lang.find(&format!("report-head.{name}")).map(str::to_owned),
        hidden: *name == "id",
        ..GridHead::default()
    };
    Grid { name: "reports".to_owned(), heads: COLUMNS.iter().map(head).collect(), rows: rows.collect() }
}
