//! The survey log in the window: what is open of it, and what is being typed into it.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::gap_change::Since;
use super::state::Session;
use crate::geo::ChinaShift;
use crate::model::Generation;
use crate::survey::{GapStatus, LogPaths, NewVisit, PhotoFacts, Survey, SurveyLog, Visit};

/// The log beside the project.
#[derive(Default)]
pub struct SurveyState {
    /// The project it belongs to.
    pub of: Option<PathBuf>,
    /// The log, once it is open; `None` where nothing was recorded yet, and while something is being written into it.
    pub log: Option<SurveyLog>,
    /// What was recorded, as it is shown.
    pub seen: Option<Arc<Survey>>,
    /// Where the log and its photos lie.
    pub paths: Option<LogPaths>,
    /// Why there is none, as a sentence.
    pub trouble: Option<String>,
    /// Number of its state: another one after every change.
    pub generation: Generation,
    /// What is odd about where it lies, as a sentence.
    pub note: Option<String>,
    /// What the gaps are compared with.
    pub since: Option<Since>,
    /// Small pictures of the log's photos by their names, as far as they were asked for; `None` where there is none.
    pub photos: FxHashMap<String, Option<egui::ColorImage>>,
}

/// The visits that count, by position in the log: those whose gap the map does not have first, then the latest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedVisits {
    /// The visits.
    pub rows: Vec<usize>,
    /// How many of them, at the beginning, have lost their gap.
    pub orphans: usize,
}

/// How a field sheet is to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldExport {
    /// Coordinates of Chinese map services.
    pub shift: Option<ChinaShift>,
    /// The nearest to the middle of the map first.
    pub from_here: bool,
    /// A workbook with a printable sheet per town.
    pub per_town: bool,
    /// The round that is being planned.
    pub round: Option<super::round::RoundDraft>,
}

/// A visit being typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VisitDraft {
    /// The visit so far.
    pub visit: NewVisit,
    /// The gap in a sentence.
    pub reason: String,
    /// Id of the visit that is being corrected; `None` for a new one.
    pub corrects: Option<String>,
    /// When, as typed.
    pub at: String,
    /// The same before it was typed: left alone, the visit's time stays to the second, or as it was written.
    pub at_was: String,
    /// Photos to be taken along.
    pub photos: Vec<PathBuf>,
    /// Whether a time that lies in the future, or long ago, is meant.
    pub is_sure: bool,
    /// What the camera wrote into it.
    pub facts: PhotoFacts,
    /// Why it could not be recorded, as a sentence.
    pub trouble: Option<String>,
}

impl Session {
    /// What was recorded; nothing where there is no log.
    pub fn survey(&self) -> Option<&Survey> {
        self.survey.seen.as_deref()
    }

    /// How a gap stands.
    pub fn gap_status(&self, key: &str) -> GapStatus {
        self.survey().map_or(GapStatus::Pending, |s| s.status(key))
    }

    /// Where the log keeps its photos.
    pub fn photo_folder(&self) -> Option<PathBuf> {
        Some(self.survey.paths.as_ref()?.photos.clone())
    }

    /// Brings the list of visits up to date with the log.
    pub fn list_visits(&mut self) {
        let key = self.survey.generation;
        if self.made.visits.get(&key).is_some() {
            return;
        }
        let mut listed = ListedVisits::default();
        if let Some(survey) = self.survey() {
            let has_gap = |visit: &Visit| {
                let index = survey.index();
                index.is_none_or(|index| survey.said(visit).is_some_and(|said| index.has(survey.key_of(said))))
            };
            let standing = survey.visits.iter().enumerate().rev().filter(|(_, v)| !v.is_withdrawn);
            let (found, lost): (Vec<_>, Vec<_>) = standing.partition(|(_, v)| has_gap(v));
            listed.orphans = lost.len();
            listed.rows = lost.into_iter().chain(found).map(|(i, _)| i).collect();
        }
        self.made.visits.make(key, |_| listed);
    }

    /// The visits that count, as last listed.
    pub fn listed_visits(&self) -> Option<&ListedVisits> {
        self.made.visits.last()
    }

    /// Colour of a status.
    pub fn status_ink(&self, status: GapStatus) -> egui::Color32 {
        let t = self.tokens();
        match status {
            GapStatus::Pending | GapStatus::Unread => t.ink_secondary,
            GapStatus::Confirmed | GapStatus::Unreachable => t.warn,
            GapStatus::Closed | GapStatus::Wrong => t.good,
            GapStatus::Conflict => t.bad,
        }
    }
}
