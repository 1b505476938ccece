//! Decisions of meetings: what is to be done about a village or a gap, by whom, by when. Events of the log like visits, amended like
//! them; whether they are done is told by a person, or by a later visit that finds the gap closed.

use serde_json::Value;

use super::event::Event;
use super::instant::Instant;
use super::subject::Subject;
use super::visits::{GapStatus, Survey, Visit};
use super::word::{EventKind, Outcome};
use crate::district::District;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::output::{Grid, GridCell, GridHead};
use crate::rules::{Gap, day_of, day_text};

/// Members of an event that say who is to do it, for which unit, by when; the last is there in every decision and its amendments.
const WHO: &str = "who";
const UNIT: &str = "unit";
const DUE: &str = "due";

/// What is recorded of a decision.
///
/// ```
/// use qiancun::survey::NewDecision;
/// let new = NewDecision { what: "改造公厕".into(), due: Some(20_818), ..NewDecision::default() };
/// assert!(new.is_whole());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewDecision {
    /// Key of the gap that it is about; empty where it is about a village as a whole.
    pub gap: String,
    /// The gap's rule.
    pub rule: String,
    /// The village or facility.
    pub subject: Subject,
    /// Where that is.
    pub place: Option<LonLat>,
    /// What is to be done.
    pub what: String,
    /// Who is to do it.
    pub who: String,
    /// Which unit answers for it.
    pub unit: String,
    /// The last day for it, in days since 1970-01-01.
    pub due: Option<i64>,
    /// Who wrote it down.
    pub by: String,
}

impl NewDecision {
    /// A decision about a gap, with all that the gap says and nothing decided yet.
    pub fn of_gap(gap: &Gap, district: &District) -> Self {
        Self {
            gap: gap.key(district),
            rule: gap.rule.clone(),
            subject: Subject::of_gap(gap, district),
            place: gap.at,
            ..Self::default()
        }
    }

    /// What a recorded decision says, to be changed.
    pub fn of_event(said: &Event) -> Self {
        let text = |key: &str| member(said, key).to_owned();
        Self {
            gap: said.gap.clone(),
            rule: said.rule.clone(),
            subject: said.subject.clone(),
            place: said.place(),
            what: said.note.clone(),
            who: text(WHO),
            unit: text(UNIT),
            due: day_of(member(said, DUE)),
            by: said.by.clone(),
        }
    }

    /// Whether it says what is to be done.
    pub fn is_whole(&self) -> bool {
        !self.what.trim().is_empty()
    }

    pub(super) fn into_event(self, origin: &str) -> Event {
        let mut event = Event {
            kind: EventKind::Decision,
            gap: self.gap.clone(),
            rule: self.rule.clone(),
            subject: self.subject.clone(),
            lon: self.place.map(|p| p.lon_deg),
            lat: self.place.map(|p| p.lat_deg),
            origin: origin.to_owned(),
            ..Event::default()
        };
        self.put_into(&mut event);
        event
    }

    /// Lets an event say the same.
    pub fn put_into(&self, event: &mut Event) {
        self.what.trim().clone_into(&mut event.note);
        self.by.trim().clone_into(&mut event.by);
        for (key, value) in [(WHO, &self.who), (UNIT, &self.unit), (DUE, &self.due.map(day_text).unwrap_or_default())] {
            event.more.insert(key.to_owned(), Value::String(value.trim().to_owned()));
        }
    }
}

fn member<'a>(said: &'a Event, key: &str) -> &'a str {
    said.more.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether an event is a decision, or amends one that may not have come yet.
pub(super) fn is_of_decision(event: &Event) -> bool {
    let amends = matches!(event.kind, EventKind::Correction | EventKind::Withdrawal) && event.more.contains_key(DUE);
    event.kind == EventKind::Decision || amends
}

/// How a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecisionStatus {
    /// Its last day is over.
    Late,
    /// To be done.
    Open,
    /// Done: a person said so, or the gap was found closed, or wrong, after it was decided.
    Done,
}

impl DecisionStatus {
    /// All, what is most pressing first.
    pub const ALL: [Self; 3] = [Self::Late, Self::Open, Self::Done];

    /// Stable name; in language files `decision.is-<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Open => "open",
            Self::Done => "done",
        }
    }

    /// The status in a word.
    pub fn word(self, lang: Lang) -> &'static str {
        lang.find(&format!("decision.is-{}", self.key())).unwrap_or(self.key())
    }
}

/// A decision as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision<'a> {
    /// What it amounts to by its events.
    pub record: &'a Visit,
    /// What it says now.
    pub said: &'a Event,
}

impl<'a> Decision<'a> {
    /// Its id.
    pub fn id(&self) -> &'a str {
        &self.record.id
    }

    /// What is to be done.
    pub fn what(&self) -> &'a str {
        &self.said.note
    }

    /// Who is to do it; empty where nobody was named.
    pub fn who(&self) -> &'a str {
        member(self.said, WHO)
    }

    /// Which unit answers for it; empty where none was named.
    pub fn unit(&self) -> &'a str {
        member(self.said, UNIT)
    }

    /// Its last day, in days since 1970-01-01.
    pub fn due(&self) -> Option<i64> {
        day_of(member(self.said, DUE))
    }

    /// Whether a person said that it is done.
    pub fn is_said_done(&self) -> bool {
        self.said.result == Some(Outcome::Closed)
    }

    /// Whether the gap was found closed, or wrong, by visits recorded after it was decided.
    pub fn is_found_done(&self, survey: &Survey) -> bool {
        let key = survey.key_of(self.said);
        if key.is_empty() || !matches!(survey.status(key), GapStatus::Closed | GapStatus::Wrong) {
            return false;
        }
        let began = survey.events.get(self.record.begins).map_or(i64::MAX, |e| e.seq);
        let is_later = |v: &&Visit| survey.events.get(v.says).is_some_and(|e| e.seq > began);
        survey.heads(key).iter().any(is_later)
    }

    /// How it stands on a day, in days since 1970-01-01. On its last day it is not late yet.
    pub fn status(&self, survey: &Survey, today: i64) -> DecisionStatus {
        if self.is_said_done() || self.is_found_done(survey) {
            DecisionStatus::Done
        } else if self.due().is_some_and(|due| due < today) {
            DecisionStatus::Late
        } else {
            DecisionStatus::Open
        }
    }
}

impl Survey {
    /// Decisions that count, in the order in which they were taken.
    pub fn decisions(&self) -> impl Iterator<Item = Decision<'_>> {
        let standing = self.records_of(EventKind::Decision).filter(|d| !d.is_withdrawn);
        standing.filter_map(|record| Some(Decision { record, said: self.said(record)? }))
    }

    /// A decision by its id, withdrawn ones too.
    pub fn decision(&self, id: &str) -> Option<Decision<'_>> {
        let record = self.records_of(EventKind::Decision).find(|d| d.id == id)?;
        Some(Decision { record, said: self.said(record)? })
    }

    /// Decisions that count about a gap, by its key now, or about a village, by its code or else its names.
    pub fn decisions_about<'a>(&'a self, gap: &'a str, of: &'a Subject) -> impl Iterator<Item = Decision<'a>> {
        let is_village = |s: &Subject| match (of.code.is_empty(), s.code.is_empty()) {
            (false, false) => of.code == s.code,
            _ => !of.village.is_empty() && (&of.village, &of.town) == (&s.village, &s.town),
        };
        self.decisions().filter(move |d| match gap.is_empty() {
            true => is_village(&d.said.subject),
            false => self.key_of(d.said) == gap,
        })
    }
}

/// Columns of the list, with stable names.
const COLUMNS: [&str; 14] =
    ["id", "status", "unit", "who", "what", "due", "village", "code", "town", "rule", "facility", "key", "by", "at"];

/// Decisions that count as a table: late ones first, then by their last day. `names` says whether persons are named.
pub fn decisions_grid(survey: &Survey, today: i64, names: bool, lang: Lang) -> Grid {
    let text = |t: &str| if t.is_empty() { GridCell::Empty } else { GridCell::Text(t.to_owned()) };
    let mut all: Vec<(DecisionStatus, Decision<'_>)> =
        survey.decisions().map(|d| (d.status(survey, today), d)).collect();
    all.sort_by_key(|(status, d)| (*status, d.due().unwrap_or(i64::MAX)));
    let named = |t: &str| text(if names { t } else { "" });
    let rows = all.iter().map(|(status, d)| {
        let subject = &d.said.subject;
        vec![
            text(d.id()),
            text(status.word(lang)),
            text(d.unit()),
            named(d.who()),
            text(d.what()),
            text(&d.due().map(day_text).unwrap_or_default()),
            text(&subject.village),
            text(&subject.code),
            text(&subject.town),
            text(&d.said.rule),
            text(subject.facility_word()),
            text(survey.key_of(d.said)),
            named(&d.said.by),
            text(&d.said.at.map_or_else(String::new, Instant::for_people)),
        ]
    });
    let head = |name: &&str| GridHead {
        name: (*name).to_owned(),
        label: lang.find(&format!("decision-head.{name}")).map(str::to_owned),
        hidden: matches!(*name, "id" | "key"),
        ..GridHead::default()
    };
    Grid { name: "decisions".to_owned(), heads: COLUMNS.iter().map(head).collect(), rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::visits::VisitState;
    use super::*;
    use crate::survey::{NewVisit, SurveyLog};

    fn asked(gap: &str, due: Option<i64>) -> NewDecision {
        let subject = Subject { code: "V1".into(), village: "甲村".into(), ..Subject::default() };
        NewDecision {
            gap: gap.into(),
            subject,
            what: "改造公厕".into(),
            who: "李".into(),
            unit: "环卫中心".into(),
            due,
            ..NewDecision::default()
        }
    }

    #[test]
    fn a_decision_is_late_after_its_last_day_and_done_once_a_later_visit_says_so() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut log = SurveyLog::open(&dir.path().join("p.qiancun")).expect("a log").log;
        let visit = |result| NewVisit { gap: "T1/V1".into(), result: Some(result), ..NewVisit::default() };
        // What was found before it was decided says nothing of it.
        log.record(vec![visit(Outcome::Closed)]).expect("recorded");
        let ids = log.decide(vec![asked("T1/V1", Some(100))]).expect("decided");
        let status = |log: &SurveyLog, day| log.survey().decision(&ids[0]).expect("there").status(log.survey(), day);
        assert_eq!([status(&log, 100), status(&log, 101)], [DecisionStatus::Open, DecisionStatus::Late]);
        assert_eq!(log.survey().visits.len(), 1, "a decision is no visit");
        log.record(vec![visit(Outcome::Closed)]).expect("recorded");
        assert_eq!(status(&log, 101), DecisionStatus::Done);
        // Opened again it says the same: the layer of visits has no row of it that an edit could be seen in.
        drop(log);
        let opened = SurveyLog::open(&dir.path().join("p.qiancun")).expect("a log");
        assert!(opened.told.is_empty(), "{:?}", opened.told);
        assert_eq!(status(&opened.log, 101), DecisionStatus::Done);
        assert_eq!(opened.log.survey().decisions_about("", &asked("", None).subject).count(), 1);
    }

    #[test]
    fn it_is_changed_withdrawn_and_brought_back_like_a_visit() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut log = SurveyLog::open(&dir.path().join("p.qiancun")).expect("a log").log;
        let id = log.decide(vec![asked("", None)]).expect("decided").remove(0);
        let before: Option<VisitState> = log.survey().state(&id);
        log.correct(&id, |event| NewDecision { due: Some(7), ..NewDecision::of_event(event) }.put_into(event))
            .expect("changed");
        assert_eq!(log.survey().decision(&id).expect("there").due(), Some(7));
        log.withdraw(&id).expect("withdrawn");
        assert_eq!(log.survey().decisions().count(), 0);
        log.bring(&[(id.clone(), before)]).expect("brought back");
        let decision = log.survey().decisions().next().expect("there");
        assert_eq!((decision.due(), decision.what(), decision.unit()), (None, "改造公厕", "环卫中心"));
        assert!(log.survey().visits.is_empty());
        let grid = decisions_grid(log.survey(), 0, false, Lang::Zh);
        assert!(!format!("{grid:?}").contains('李'), "no name unless asked for");
    }
}
