//! The survey log in the window: what is open of it, and what is being typed into it.

use std::path::PathBuf;

use super::state::Session;
use crate::geo::ChinaShift;
use crate::survey::{GapStatus, NewVisit, PhotoFacts, Survey, SurveyLog};

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
    /// Visits recorded here, with the depth of the history then: undo takes the last one back.
    pub recorded: Vec<(String, usize)>,
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
    /// A photo to be taken along.
    pub photo: Option<PathBuf>,
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

    /// The small picture of a photo of the log.
    pub fn thumbnail(&self, photo: &str) -> Option<egui::ColorImage> {
        let folder = &self.survey.log.as_ref()?.paths().photos;
        let bytes = std::fs::read(folder.join("thumbnails").join(format!("{photo}.jpg"))).ok()?;
        let image = image::load_from_memory(&bytes).ok()?.to_rgba8();
        let size = [image.width() as usize, image.height() as usize];
        Some(egui::ColorImage::from_rgba_unmultiplied(size, image.as_raw()))
    }

    /// Colour of a status.
    pub fn status_ink(&self, status: GapStatus) -> egui::Color32 {
        let t = self.tokens();
        match status {
            GapStatus::Pending => t.ink_secondary,
            GapStatus::Confirmed | GapStatus::Unreachable => t.warn,
            GapStatus::Closed | GapStatus::Wrong => t.good,
            GapStatus::Conflict => t.bad,
        }
    }
}
