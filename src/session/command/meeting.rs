//! Commands about scenes and meetings.

use crate::project::SceneEntry;
use crate::session::Answer;

/// What a person can do about scenes and meetings.
#[derive(Clone, Debug, PartialEq)]
pub enum MeetingCommand {
    /// Make the town of the village on the card the whole map, or go back from it.
    Town,
    /// Start the meeting, whatever files are missing.
    StartAnyway,
    /// Begin the meeting: at the first scene, or with what is shown.
    StartMeeting(bool),
    /// End the meeting and put back what was there.
    LeaveMeeting,
    /// The next or previous scene.
    StepScene(i32),
    /// Show a scene.
    GoToScene(usize),
    /// Blank the screen, or show it again.
    BlankScreen,
    /// Open or close the presenter's own window.
    Presenter,
    /// Make a scene of what is shown.
    CaptureScene,
    /// Let a scene show what is shown now.
    UpdateScene(usize),
    /// Change a scene's name, title or note.
    SetScene(usize, Box<SceneEntry>),
    /// Put a copy of a scene behind it.
    CopyScene(usize),
    /// Move a scene up or down the list.
    MoveScene(usize, bool),
    /// Take a scene out.
    RemoveScene(usize),
    /// The screen that meetings are shown on, by its place among the system's.
    SetScreen(Option<usize>),
    /// Whether scenes fly and figures count up.
    SetMotion(bool),
    /// The ten villages that were asked for, on the map and as a chart; once more: as it was.
    Answer(Answer),
    /// Draw on the map with the pointer, or no more.
    Pen,
    /// Look everything through for what an audience would trip over.
    Preflight,
    /// Put the usual stamp on the page.
    UsualStamp,
}

impl MeetingCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::StartMeeting(_) => "meeting.start",
            Self::LeaveMeeting => "meeting.leave",
            Self::StepScene(_) | Self::GoToScene(_) => "scene.show",
            Self::BlankScreen => "meeting.blank",
            Self::Presenter => "meeting.presenter",
            Self::CaptureScene => "scene.capture",
            Self::UpdateScene(_) => "scene.update",
            Self::SetScene(..) => "scene.name-hint",
            Self::CopyScene(_) => "scene.copy",
            Self::MoveScene(_, true) => "command.layer-up",
            Self::MoveScene(_, false) => "command.layer-down",
            Self::RemoveScene(_) => "scene.remove",
            Self::Answer(Answer::Worst) => "answer.worst",
            Self::Answer(Answer::Best) => "answer.best",
            Self::Answer(Answer::Changed) => "answer.changed",
            Self::Pen => "answer.pen",
            Self::Town => "meeting.town",
            Self::StartAnyway => "preflight.start",
            Self::Preflight => "preflight.title",
            Self::UsualStamp => "preflight.title",
            Self::SetMotion(_) => "scene.motion",
            Self::SetScreen(_) => "meeting.screen",
        }
    }
}
