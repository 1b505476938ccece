//! Commands about the gap list and the survey log.

use std::path::PathBuf;

use crate::session::field_photos::FieldPhotosDraft;
use crate::session::gap_change::Since;
use crate::session::survey::VisitDraft;
use crate::survey::{MergePreview, Preview};

/// What a person can do about the gap list and the survey log.
#[derive(Clone, Debug, PartialEq)]
pub enum SurveyCommand {
    /// Ask where the field sheet of the gaps listed is to go.
    ExportGapsDialogue,
    /// Write it there.
    ExportGapsTo(PathBuf),
    /// Plan a round of the gaps listed.
    PlanRound,
    /// Ask for a folder for what goes along on the round.
    WriteRoundDialogue,
    /// Write it there.
    WriteRoundTo(PathBuf),
    /// Ask for a folder of photos that were taken on a round.
    SortPhotosDialogue,
    /// Tell the photos of folders apart by the slates among them.
    SortPhotos(Vec<PathBuf>),
    /// Show the photos that were told apart.
    ShowPhotos(Box<FieldPhotosDraft>),
    /// Say that there are no photos.
    NoPhotos(String),
    /// Put the photos shown to the visits of their gaps.
    PutPhotos(Box<FieldPhotosDraft>),
    /// Ask what a visit to a gap found; the gap by its position among those found.
    VisitGap(usize),
    /// Ask for a photo of the visit being typed.
    PhotoDialogue,
    /// Take a photo along with the visit being typed.
    TakePhoto(PathBuf),
    /// Fetch the small picture of a photo of the log, by its name there.
    ShowPhoto(String),
    /// Let a visit be one to another gap, by its key.
    AttachVisit(String, String),
    /// Record the visit being typed.
    Record(Box<VisitDraft>),
    /// Correct a visit, by its id.
    EditVisit(String),
    /// Withdraw a visit, by its id.
    WithdrawVisit(String),
    /// Let a withdrawn visit count again.
    RestoreVisit(String),
    /// Ask for filled sheets or logs of colleagues.
    ImportResultsDialogue,
    /// Ask for a folder that came back from the field.
    ImportFolderDialogue,
    /// Show what filled sheets, logs of colleagues or folders that came back would change, one after the other.
    ImportResults(Vec<PathBuf>),
    /// Open a file as a layer that says results of visits too.
    OpenAsLayer(PathBuf),
    /// Take in the results shown.
    TakeResults(Box<Preview>),
    /// Look again at the results shown, after some were mended.
    LookAtResults(Box<Preview>),
    /// Take in the log shown.
    TakeMerge(Box<MergePreview>),
    /// Give a log whose project was renamed the project's name.
    AdoptLog(PathBuf),
    /// Compare the gaps with a year or another project; `None`: with nothing.
    CompareGaps(Option<Since>),
    /// Ask for the project to compare with.
    CompareGapsDialogue,
}

impl SurveyCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::AdoptLog(_) => "stray.take",
            Self::PlanRound | Self::WriteRoundDialogue | Self::WriteRoundTo(_) => "round.plan",
            Self::SortPhotosDialogue
            | Self::SortPhotos(_)
            | Self::ShowPhotos(_)
            | Self::NoPhotos(_)
            | Self::PutPhotos(_) => "field-photos.title",
            Self::ExportGapsDialogue | Self::ExportGapsTo(_) => "command.export-gaps",
            Self::VisitGap(_) | Self::Record(_) => "visit.record",
            Self::EditVisit(_) => "visit.correct",
            Self::WithdrawVisit(_) => "visit.withdraw",
            Self::RestoreVisit(_) => "visit.restore",
            Self::PhotoDialogue | Self::TakePhoto(_) | Self::ShowPhoto(_) => "visit.photo",
            Self::AttachVisit(..) => "visit.attach",
            Self::ImportResultsDialogue | Self::ImportResults(_) => "command.import-results",
            Self::ImportFolderDialogue => "command.import-folder",
            Self::OpenAsLayer(_) => "import.as-layer",
            Self::TakeResults(_) | Self::LookAtResults(_) => "import.take",
            Self::TakeMerge(_) => "merge.take",
            Self::CompareGaps(_) | Self::CompareGapsDialogue => "gaps.compare",
        }
    }
}
