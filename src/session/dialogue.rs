//! Questions and forms over the window, and what is being typed into them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::edits::{FacilityDraft, FigureDraft};
use super::survey::VisitDraft;
use crate::colouring::ColouringSpec;
use crate::district::{AddedFacility, Diagnosis, Understood};
use crate::geo::BoundsDeg;
use crate::ground::WmtsOffer;
use crate::model::{Indicator, VillageAlias};
use crate::project::{Difference, GroundEntry, NoteEntry, Unsaved};
use crate::read::{How, LayoutSaid};
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

/// What one of the files that were opened together turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedFile {
    /// Its name, with the layer where it has several.
    pub name: String,
    /// What it is.
    pub outcome: OpenedAs,
}

/// What a file that was opened turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum OpenedAs {
    /// A layer, with what the coordinate doctor says of it.
    Layer(LayerKey, Diagnosis),
    /// A table of figures, with so many rows, and whether that are all.
    Table(usize, bool),
    /// Photos, or a folder of them, that do not say where they were taken, in words: slates among them may.
    Photos(Vec<PathBuf>, String),
    /// Nothing that can be read, with the reason.
    Failed(String),
}

/// Layers of a file, of which a person chooses.
#[derive(Clone, Debug, PartialEq)]
pub struct LayersDraft {
    /// The file.
    pub path: PathBuf,
    /// Its layers, with whether each is taken.
    pub layers: Vec<(String, bool)>,
}

/// A table on its way into the project: what is said of its layout and rows, and how it is understood.
#[derive(Clone, Debug, PartialEq)]
pub struct LayoutDraft {
    /// The file.
    pub path: PathBuf,
    /// What is said of its layout.
    pub said: LayoutSaid,
    /// What was decided about its rows.
    pub aliases: Vec<VillageAlias>,
    /// What was decided about its new figures, by the heads of their columns.
    pub new: BTreeMap<String, Indicator>,
    /// Whether differences are shown, rather than the first rows.
    pub shows_changes: bool,
    /// How it is understood; `None` until that is known.
    pub understood: Option<Arc<Understood>>,
    /// Whether it is being understood anew.
    pub is_waiting: bool,
    /// Whether its layout is that of an earlier table with the same heads.
    pub is_known: bool,
    /// Why it could not be understood as it was said.
    pub trouble: Option<String>,
    /// Whether it is a form of somebody else, to be filled.
    pub is_form: bool,
}

impl LayoutDraft {
    /// A table of which this is said.
    pub fn new(path: PathBuf, said: LayoutSaid) -> Self {
        let aliases = Vec::new();
        let new = BTreeMap::new();
        let trouble = None;
        let (shows_changes, is_waiting, is_known) = (false, true, false);
        Self {
            path,
            said,
            aliases,
            new,
            shows_changes,
            understood: None,
            is_waiting,
            is_known,
            trouble,
            is_form: false,
        }
    }

    /// Whether what is shown is what was asked for.
    pub fn is_of(&self, other: &Self) -> bool {
        (&self.path, &self.said, &self.aliases) == (&other.path, &other.said, &other.aliases)
    }
}

/// A ground from a server, being described.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnlineDraft {
    /// What the layer says of it.
    pub entry: GroundEntry,
    /// Its title.
    pub title: String,
    /// This person's key.
    pub key: String,
    /// What the server was found to offer.
    pub offers: Vec<WmtsOffer>,
    /// Words that offers are looked for by.
    pub sought: String,
    /// What is told of asking.
    pub told: String,
    /// Whether an answer is waited for.
    pub is_asking: bool,
}

/// An area of a server's tiles to be kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeepDraft {
    /// Its layer.
    pub layer: LayerKey,
    /// The area.
    pub bounds: BoundsDeg,
    /// Down to this zoom.
    pub deepest: u32,
}

/// How the file of a layer is read, being changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadingDraft {
    /// The layer.
    pub layer: LayerKey,
    /// What is chosen.
    pub how: How,
    /// A coordinate system as typed.
    pub crs_text: String,
    /// For each encoding some texts of the file as they would read.
    pub previews: Vec<(String, Vec<String>)>,
    /// What the coordinate doctor says.
    pub diagnosis: Diagnosis,
    /// What is wrong with what was typed.
    pub trouble: Option<String>,
}

/// What is to go into a package, and what would.
#[derive(Clone, Debug, PartialEq)]
pub struct PackageDraft {
    /// What is wanted.
    pub options: crate::project::PackOptions,
    /// What that comes to.
    pub contents: crate::project::Packed,
}

/// A question or form over the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialogue {
    /// Coordinates as typed, and what is wrong with them.
    GoTo(String, Option<&'static str>),
    /// A package that came: unpacked, or only looked at.
    Unpack(PathBuf),
    /// What goes into a package.
    Package(PackageDraft),
    /// All commands: what was typed so far, and which row is chosen.
    Commands(String, usize),
    /// What the files are that were opened together.
    Opened(Vec<OpenedFile>),
    /// How a table is laid out.
    Layout(Box<LayoutDraft>),
    /// Which layers of a file are wanted.
    Layers(LayersDraft),
    /// Letters and coordinates of a layer.
    Reading(Box<ReadingDraft>),
    /// The fields of a layer.
    Fields(LayerKey),
    /// A correction of a figure.
    Figure(FigureDraft),
    /// A facility to be added.
    Add(AddedFacility),
    /// A note on the map.
    Note(Box<NoteEntry>),
    /// What goes into a file for anyone.
    Share(super::ShareOptions),
    /// Photos large, from one of them on.
    Pictures(Vec<PathBuf>, usize),
    /// The name of the group that the selected villages are to belong to.
    Group(String),
    /// A correction of a facility.
    Facility(FacilityDraft),
    /// A visit to a gap.
    Visit(VisitDraft),
    /// A decision of a meeting.
    Decision(Box<super::decisions::DecisionDraft>),
    /// All decisions.
    Decisions,
    /// Reports on their way into the log.
    Reports(Box<super::decisions::ReportsDraft>),
    /// Who answers for what.
    People(Box<super::decisions::PeopleDraft>),
    /// A figure taken apart.
    Unfolded(std::sync::Arc<super::Unfolded>),
    /// What was found before a meeting.
    Preflight(Vec<super::preflight::Finding>, bool),
    /// A folder of photos being told apart.
    Sorting(super::field_photos::Sorting),
    /// Photos on their way to the visits of their gaps.
    FieldPhotos(Box<super::field_photos::FieldPhotosDraft>),
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
    /// Earlier versions of the project, with what each says otherwise than what is open.
    Versions(Vec<(crate::project::Version, Vec<Difference>)>),
    /// A log whose project was renamed.
    StrayLog(PathBuf),
    /// A ground from a server.
    Online(Box<OnlineDraft>),
    /// The manual: what is sought in it, and the section that is read.
    Manual(String, usize),
    /// An area of a server's tiles to be kept.
    KeepArea(KeepDraft),
    /// What the program keeps.
    Settings,
    /// Which program this is.
    About,
    /// The window closes as soon as these are written.
    Ending(Vec<String>),
    /// Something went wrong.
    Message(String),
}
