//! What comes from outside: rows of a filled sheet, or the log of a colleague; read off the window's thread, and looked at before
//! anything is taken in.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::connect::is_log;
use super::error::SurveyError;
use super::event::Event;
use super::log::Told;
use super::merge::union;
use super::other_log::read_log;
use super::results::{ResultRow, read_results};
use super::subject::Subject;
use super::visits::{GapStatus, Survey};

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A filled sheet.
    Rows(Vec<ResultRow>),
    /// The log of a colleague, and what is to be told of it.
    Log(Vec<Event>, Vec<Told>),
}

impl Incoming {
    /// Reads a filled sheet or a log, whichever a file is.
    ///
    /// # Errors
    /// [`SurveyError`]: it is neither, or cannot be read.
    pub fn read(path: &Path) -> Result<Self, SurveyError> {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "gpkg" if is_log(path) => read_log(path).map(|(events, told)| Self::Log(events, told)),
            "qiancun" => read_log(path).map(|(events, told)| Self::Log(events, told)),
            _ => read_results(path).map(Self::Rows),
        }
    }
}

/// A visit that a merge would bring or change.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedVisit {
    /// Its id.
    pub id: String,
    /// What it is of.
    pub subject: Subject,
    /// The gap's rule.
    pub rule: String,
    /// Who was there.
    pub by: String,
    /// Whether the log has it already, and it says something else now.
    pub is_changed: bool,
    /// How the gap stands now.
    pub before: GapStatus,
    /// How it will stand.
    pub after: GapStatus,
}

/// What a merge would bring.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergePreview {
    /// The other log.
    pub path: PathBuf,
    /// How many of its events are new here.
    pub fresh: usize,
    /// Visits that it would bring or change.
    pub visits: Vec<MergedVisit>,
    /// Ids of decisions and reports that it would bring or change.
    pub records: Vec<String>,
    /// Events of kinds that a later version of the program records: taken along.
    pub others: usize,
    /// What is to be told of the other log.
    pub told: Vec<Told>,
    /// All its events.
    pub events: Vec<Event>,
}

impl MergePreview {
    /// Looks at the events of another log.
    pub fn new(path: &Path, events: Vec<Event>, told: Vec<Told>, survey: &Survey) -> Self {
        let own: FxHashMap<&str, &Event> = survey.events.iter().map(|e| (e.id.as_str(), e)).collect();
        let all = union(survey.events.iter().cloned().chain(events.iter().cloned()));
        let fresh: FxHashSet<String> =
            all.values().filter(|e| own.get(e.id.as_str()).is_none_or(|o| *o != *e)).map(|e| e.id.clone()).collect();
        let after = Survey::of(all.into_values().collect(), survey.index().cloned());
        let by_id: FxHashMap<&str, &Event> = after.events.iter().map(|e| (e.id.as_str(), e)).collect();
        let target = |id: &String| {
            let event = by_id.get(id.as_str())?;
            Some(event.of.clone().filter(|of| after.record(of).is_some()).unwrap_or_else(|| id.clone()))
        };
        let mut touched: Vec<String> = fresh.iter().filter_map(target).collect();
        touched.sort_unstable();
        touched.dedup();
        let visit = |id: String| {
            let said = after.visit(&id).and_then(|v| after.said(v))?;
            let key = after.key_of(said);
            Some(MergedVisit {
                subject: said.subject.clone(),
                rule: said.rule.clone(),
                by: said.by.clone(),
                is_changed: survey.visit(&id).is_some(),
                before: survey.status(key),
                after: after.status(key),
                id,
            })
        };
        let records =
            touched.iter().filter(|id| after.visit(id).is_none() && after.record(id).is_some()).cloned().collect();
        let visits: Vec<MergedVisit> = touched.into_iter().filter_map(visit).collect();
        let others = after.others().filter(|e| fresh.contains(&e.id)).count();
        Self { path: path.to_path_buf(), fresh: fresh.len(), visits, records, others, told, events }
    }
}
