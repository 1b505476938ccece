//! Questions and forms over the window, and what is being typed into them.

use std::path::PathBuf;

use super::edits::{FacilityDraft, FigureDraft};
use super::survey::VisitDraft;
use crate::colouring::ColouringSpec;
use crate::district::AddedFacility;
use crate::project::{Difference, NoteEntry, Unsaved};
use crate::render::LayerKey;
use crate::survey::{MergePreview, Preview};

/// A theme being edited.
#[derive(Clone, Debug, PartialEq)]
pub struct ColouringDraft {
    /// Its layer.
    pub layer: LayerKey,
    /// The indicator whose map it is; `None` for a field of the layer's own.
    pub indicator: Option<usize>,
    /// The specification so far; `None` where nothing colours it.
    pub spec: Option<ColouringSpec>,
    /// The inner bounds as typed.
    pub breaks_text: String,
    /// What is wrong with them.
    pub trouble: Option<String>,
}

/// A project that somebody else wrote meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct DiskChange {
    /// The file.
    pub path: PathBuf,
    /// In what it differs from what is open: theirs first.
    pub differences: Vec<Difference>,
    /// Why it cannot be opened, where it cannot.
    pub trouble: Option<String>,
    /// Whether the person was about to save.
    pub saving: bool,
}

/// A question or form over the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialogue {
    /// Coordinates as typed, and what is wrong with them.
    GoTo(String, Option<&'static str>),
    /// The fields of a layer.
    Fields(LayerKey),
    /// A correction of a figure.
    Figure(FigureDraft),
    /// A facility to be added.
    Add(AddedFacility),
    /// A note on the map.
    Note(NoteEntry),
    /// A correction of a facility.
    Facility(FacilityDraft),
    /// A visit to a gap.
    Visit(VisitDraft),
    /// Results on their way into the log.
    Import(Box<Preview>),
    /// The log of a colleague on its way into the log.
    Merge(Box<MergePreview>),
    /// Changes would be lost: what to do afterwards.
    Unsaved(Box<super::Command>),
    /// Somebody else wrote the project.
    Changed(DiskChange),
    /// Another file stands where something is to be saved.
    Replace(PathBuf),
    /// What earlier programs left unsaved: the file that keeps it, what it is, and in what it differs from the saved project.
    Recover(Vec<(PathBuf, Unsaved, Vec<Difference>)>),
    /// A log whose project was renamed.
    StrayLog(PathBuf),
    /// What the program keeps.
    Settings,
    /// The window closes as soon as these are written.
    Ending(Vec<String>),
    /// Something went wrong.
    Message(String),
}
