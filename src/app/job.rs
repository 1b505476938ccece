//! What jobs there are, and what they bring.

use std::path::PathBuf;
use std::sync::Arc;

use super::reading::{Outcome, Placeholder};
use crate::page::PageError;
use crate::read::ReadError;
use crate::render::{DrawnOverview, LayerKey, Level, Mesh};
use crate::session::{Command, Loaded, Made};
use crate::survey::{Opened, PhotoFacts, SurveyError};

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Job {
    /// Reads the file of a layer.
    Read(LayerKey),
    /// Fetches or draws a picture to be shown until a file is read.
    Picture,
    /// Opens a ground.
    Ground(LayerKey),
    /// Builds a mesh.
    Mesh(LayerKey, u32, Level),
    /// Makes indices, places of labels and the report of a layer.
    Finish(LayerKey),
    /// Joins villages, tables and facilities.
    Join,
    /// Computes the area within the radius of a clinic.
    Coverage,
    /// Looks for gaps.
    Gaps,
    /// Plans a round.
    Round,
    /// Looks for a better round while one is looked at.
    BetterRound,
    /// Compares gaps.
    Compare,
    /// Opens or copies a survey log.
    Survey,
    /// Reads results or a colleague's log.
    Results,
    /// Understands a table before it counts.
    Understand,
    /// Looks into a photo.
    Photo,
    /// Makes a preview.
    Preview,
    /// Writes pages.
    Page,
    /// Saves the project.
    Save,
    /// Writes what leaves the window.
    Write,
    /// Looks at the project on the disk.
    Look,
    /// Does something for the cache.
    Tend,
    /// Asks a question of the system.
    Dialogue,
}

impl Job {
    /// Stable name; in language files `job.<key>` says what did not come about.
    pub fn key(self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Picture | Self::Tend => "cache",
            Self::Ground(_) => "ground",
            Self::Mesh(..) => "mesh",
            Self::Finish(_) => "finish",
            Self::Join => "join",
            Self::Coverage => "coverage",
            Self::Gaps => "gaps",
            Self::Round | Self::BetterRound => "round",
            Self::Compare => "compare",
            Self::Survey => "survey",
            Self::Results => "results",
            Self::Understand => "understand",
            Self::Photo => "photo",
            Self::Preview => "preview",
            Self::Page => "page",
            Self::Save => "save",
            Self::Write => "write",
            Self::Look => "look",
            Self::Dialogue => "dialogue",
        }
    }

    /// Whether the picture of the map waits for it.
    pub(super) fn is_of_the_map(self) -> bool {
        matches!(self, Self::Ground(_) | Self::Mesh(..) | Self::Finish(_) | Self::Join | Self::Coverage | Self::Gaps)
    }

    /// Whether what is shown is not complete while it runs.
    pub(super) fn is_awaited(self) -> bool {
        self.is_of_the_map()
            || matches!(
                self,
                Self::Round
                    | Self::Compare
                    | Self::Survey
                    | Self::Results
                    | Self::Understand
                    | Self::Photo
                    | Self::Preview
                    | Self::Page
                    | Self::Save
                    | Self::Write
                    | Self::Look
            )
    }
}

/// What a job brought.
pub enum Done {
    /// An area of a ground was kept as a file, or not.
    AreaKept(LayerKey, PathBuf, Result<crate::ground::KeptArea, crate::ground::GroundError>),
    /// A text that is to be copied.
    ToCopy(String),
    /// Files that were missing were looked for in a folder.
    Relinked(super::relinking::Relinked),
    /// A server was asked what it offers, by its address.
    ServerAsked(String, Result<(Vec<crate::ground::WmtsOffer>, String), crate::ground::GroundError>),
    /// A ground was opened, or not.
    Ground(LayerKey, Result<Box<crate::ground::Ground>, crate::ground::GroundError>),
    /// A file was read, with the meshes of its first picture; or not: the code and the message.
    Read {
        /// Key of its layer.
        key: LayerKey,
        /// The data.
        result: Result<Outcome, ReadError>,
    },
    /// A picture to be shown until a file is read.
    Kept(Placeholder),
    /// The overview was drawn.
    Overview(DrawnOverview),
    /// What was to be done about the cache is done, or why it could not be.
    Tended(std::io::Result<()>),
    /// A form was filled into this file, or why not.
    FormFilled(PathBuf, Result<crate::output::FormReport, crate::output::FormError>),
    /// A table was understood.
    Understood(Box<super::layouts::UnderstoodTable>),
    /// Files that are open were changed by another program.
    FilesTouched,
    /// The file of a layer is not what the cache was made from.
    Stale(LayerKey),
    /// A mesh, and the data it was made from.
    Mesh(LayerKey, u32, Level, Mesh, Arc<Loaded>),
    /// Shared borders of a layer are known.
    Topology,
    /// Indices, labels and the report of a layer are there.
    Finished,
    /// A derived value was made; what puts it in its place says whether it was still wanted.
    Made(Job, Box<dyn FnOnce(&mut Made) -> bool + Send>),
    /// A derived value did not come about.
    Unmade(Box<dyn FnOnce(&mut Made) + Send>),
    /// Gaps could not be compared, for a reason.
    NotCompared(String),
    /// The log of a project was opened, if there is one.
    Survey(PathBuf, Result<Option<Opened>, SurveyError>),
    /// What came of work on the log.
    Recorded(Box<super::recording::Recorded>),
    /// What came back from the field was read.
    CameBack(super::returned::CameBack),
    /// A table of people was read.
    People(PathBuf, Result<Option<super::people_table::TableOfPeople>, ReadError>),
    /// A table of reports was read and matched, by its name.
    Reports(ReportsRead),
    /// A package that was unpacked to be looked at: where, its file, and the project in it.
    LookedInto(tempfile::TempDir, PathBuf, PathBuf),
    /// What was found before a meeting.
    Findings(Vec<crate::session::Finding>),
    /// What a camera wrote into a photo.
    PhotoFacts(PathBuf, PhotoFacts),
    /// The small picture of a photo of the log; `None` where there is none.
    Thumbnail(String, Option<egui::ColorImage>),
    /// A picture of a photo, of so many pixels along its longest side; `None` where it cannot be shown.
    Picture(PathBuf, u32, Option<egui::ColorImage>),
    /// A page or an atlas was written, or not.
    PageSaved(PathBuf, Result<super::pages::PageWritten, PageError>),
    /// A file for anyone was written, or not.
    Shared(PathBuf, super::sharing::SharedFile),
    /// A package was written, or not.
    Packed(PathBuf, std::io::Result<crate::project::Packed>),
    /// A round was written: how many files, or why not.
    RoundWritten(PathBuf, Result<usize, String>),
    /// The project was saved, or not.
    Saved(Box<super::saving::Saved>),
    /// How the project stands on the disk: its text, and in what it differs.
    Looked(crate::session::DiskChange, String),
    /// A layer was written, with what its format could not take.
    LayerWritten(PathBuf, std::io::Result<String>),
    /// A file was written, or not.
    Written(PathBuf, std::io::Result<()>),
    /// A picture of the map for the clipboard; `None` where nothing can draw.
    Pictured(Option<image::RgbaImage>),
    /// How far an atlas is.
    AtlasAt(usize, usize),
    /// A dialogue was answered.
    Command(Command),
    /// Unsaved work could not be kept, for a reason.
    NotKept(String),
    /// A job ended without a result, for a reason: the program has a fault there, or no thread was to be had.
    Failed(Job, String),
}

/// Reports that were read and matched.
pub enum ReportsRead {
    /// A table that a person named: its name, and its rows or why there are none.
    Asked(String, Result<Vec<crate::survey::MatchedReport>, String>),
    /// What lies in the folder that is looked into.
    Found(super::incoming::ReportsFound),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn every_job_has_words_for_its_failing() {
        let layer = LayerKey::new(2);
        let all = [
            Job::Read(layer),
            Job::Picture,
            Job::Mesh(layer, 0, Level::for_zoom(9.0)),
            Job::Finish(layer),
            Job::Join,
            Job::Coverage,
            Job::Gaps,
            Job::Compare,
            Job::Survey,
            Job::Results,
            Job::Understand,
            Job::Photo,
            Job::Preview,
            Job::Page,
            Job::Save,
            Job::Write,
            Job::Look,
            Job::Tend,
            Job::Dialogue,
        ];
        for job in all {
            for lang in [Lang::Zh, Lang::En] {
                assert!(lang.find(&format!("job.{}", job.key())).is_some(), "{job:?}");
            }
        }
    }
}
