//! What was found before a meeting or before printing: for what an audience would trip over.

use super::command::{Command, MeetingCommand, PageCommand};
use crate::project::SceneEntry;

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingWeight {
    /// It is wrong in front of an audience.
    Error,
    /// It may be.
    Warning,
    /// It is worth knowing.
    Note,
}

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundAt {
    /// In the project as a whole.
    Project,
    /// In a scene, by its position.
    Scene(usize),
    /// On the page.
    Page,
}

/// What can be done about something that was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Mend {
    /// Nothing that the program could do by itself.
    ByHand,
    /// The figures of the scene are taken as they are now.
    TakeFigures(Box<SceneEntry>),
    /// The scene's title is made from what is shown.
    OwnTitle(Box<SceneEntry>),
    /// The usual stamp.
    UsualStamp,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Where.
    pub at: FoundAt,
    /// How much it matters.
    pub weight: FindingWeight,
    /// A stable word for it; in language files `preflight.<code>`.
    pub code: &'static str,
    /// What it is, in a sentence.
    pub words: String,
    /// What can be done about it.
    pub mend: Mend,
}

impl Finding {
    /// The command that shows it.
    pub fn show(&self) -> Option<Command> {
        match self.at {
            FoundAt::Project => None,
            FoundAt::Scene(at) => Some(MeetingCommand::GoToScene(at).into()),
            FoundAt::Page => Some(PageCommand::PageDialogue.into()),
        }
    }

    /// The command that mends it.
    pub fn mended(&self) -> Option<Command> {
        match (&self.mend, self.at) {
            (Mend::TakeFigures(scene) | Mend::OwnTitle(scene), FoundAt::Scene(at)) => {
                Some(MeetingCommand::SetScene(at, scene.clone()).into())
            }
            (Mend::UsualStamp, _) => Some(MeetingCommand::UsualStamp.into()),
            _ => None,
        }
    }
}

/// A page as it will be, and what a reader would trip over on it.
#[derive(Clone, Debug)]
pub struct PagePreview {
    /// The page, small.
    pub image: egui::ColorImage,
    /// What was found.
    pub findings: Vec<Finding>,
}
