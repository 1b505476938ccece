//! The survey log in the window: what is open of it, and what is being typed into it.

use std::path::PathBuf;

use super::state::Session;
use crate::geo::ChinaShift;
use crate::survey::{GapStatus, NewVisit, PhotoFacts, Survey, SurveyLog, Visit};

/// The log beside the project.
#[derive(Default)]
pub struct SurveyState {
    /// The project it belongs to.
    pub of: Option<PathBuf>,
    /// The log, once it is open; `None` where nothing was recorded yet.
    pub log: Option<SurveyLog>,
    /// Why there is none, as a sentence.
    pub trouble: Option<String>,
    /// Raised with every change, for what is derived from it.
    pub version: u64,
    /// What is odd about where it lies, as a sentence.
    pub note: Option<String>,
    /// Whether the list shows visits rather than gaps.
    pub lists_visits: bool,
    /// How the next field sheet is to be written.
    pub form: FieldExport,
}

/// How a field sheet is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FieldExport {
    /// Coordinates of Chinese map services.
    pub shift: Option<ChinaShift>,
    /// The nearest to the middle of the map first.
    pub from_here: bool,
    /// A workbook with a printable sheet per town.
    pub per_town: bool,
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
        self.survey.log.as_ref().map(SurveyLog::survey)
    }

    /// How a gap stands.
    pub fn gap_status(&self, key: &str) -> GapStatus {
        self.survey().map_or(GapStatus::Pending, |s| s.status(key))
    }

    /// Where the log keeps its photos.
    pub fn photo_folder(&self) -> Option<PathBuf> {
        Some(self.survey.log.as_ref()?.paths().photos.clone())
    }

    /// Visits that count, and whether the map has their gap: those without one first, then the latest.
    pub fn listed_visits(&self) -> Vec<(&Visit, bool)> {
        let Some(survey) = self.survey() else { return Vec::new() };
        let index = survey.index();
        let has_gap = |visit: &Visit| {
            let said = survey.said(visit);
            index.is_none_or(|index| said.is_some_and(|s| index.has(survey.key_of(s))))
        };
        let mut list: Vec<(&Visit, bool)> = survey.standing().map(|(v, _)| (v, has_gap(v))).collect();
        list.reverse();
        list.sort_by_key(|(_, has_gap)| *has_gap);
        list
    }

    /// How many visits have lost their gap.
    pub fn orphan_count(&self) -> usize {
        self.listed_visits().iter().take_while(|(_, has_gap)| !has_gap).count()
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
