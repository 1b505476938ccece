//! The list of things a person can do, in groups: behind menu, shortcuts, panels and tests. Each group is an enum here and one
//! handler in `app`, which matches it exhaustively.

mod camera;
mod decide;
mod file;
mod layer;
mod look;
mod meeting;
mod note;
mod offered;
mod page;
mod queue;
mod select;
mod survey;
mod window;

pub use camera::CameraCommand;
pub use decide::DecideCommand;
pub use file::{FileCommand, FormStep, PackageStep};
pub use layer::LayerCommand;
pub use look::LookCommand;
pub use meeting::MeetingCommand;
pub use note::NoteCommand;
pub use offered::{Needs, Offer, meeting_shortcuts, offered, shortcuts};
pub use page::PageCommand;
pub use queue::Commands;
pub use select::SelectCommand;
pub use survey::SurveyCommand;
pub use window::{Choosing, WindowCommand};

use crate::lang::Lang;

/// Pages of the drawer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Scenes of a meeting.
    Scenes,
    /// The attribute table.
    Table,
    /// What is missing, by the rules.
    Gaps,
    /// Towns and groups taken together.
    Summary,
    /// Problems of the data.
    Problems,
}

/// Something a person can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Opening, saving, what leaves the window.
    File(FileCommand),
    /// Layers and corrections of their data.
    Layer(LayerCommand),
    /// Notes on the map.
    Note(NoteCommand),
    /// How the district is looked at.
    Look(LookCommand),
    /// What is selected.
    Select(SelectCommand),
    /// Where the map looks.
    Camera(CameraCommand),
    /// Gaps and visits.
    Survey(SurveyCommand),
    /// Scenes and meetings.
    Meeting(MeetingCommand),
    /// Decisions of meetings, and who answers for what.
    Decide(DecideCommand),
    /// Finished pages.
    Page(PageCommand),
    /// The window itself.
    Window(WindowCommand),
}

impl Command {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::File(c) => c.key(),
            Self::Layer(c) => c.key(),
            Self::Note(c) => c.key(),
            Self::Look(c) => c.key(),
            Self::Select(c) => c.key(),
            Self::Camera(c) => c.key(),
            Self::Survey(c) => c.key(),
            Self::Meeting(c) => c.key(),
            Self::Decide(c) => c.key(),
            Self::Page(c) => c.key(),
            Self::Window(c) => c.key(),
        }
    }

    /// The command's words.
    pub fn words(&self, lang: Lang) -> &'static str {
        lang.t(self.key())
    }

    /// Whether it opens files in place of what is shown.
    pub fn opens(&self) -> bool {
        use FileCommand as F;
        match self {
            Self::File(
                F::Package(PackageStep::UnpackTo(..) | PackageStep::LookInto(_) | PackageStep::Show(_))
                | F::OpenDialogue
                | F::OpenFolderDialogue
                | F::Open(_)
                | F::OpenLayers(..)
                | F::OpenDemo
                | F::NewProject
                | F::OpenTheirs
                | F::Recover(_),
            )
            | Self::Survey(SurveyCommand::ImportResults(_) | SurveyCommand::OpenAsLayer(_)) => true,
            Self::File(F::SaveThen(then) | F::Discard(then)) => then.opens(),
            _ => false,
        }
    }

    /// Whether it changes the project, or takes a change back, so that it has to wait for the end of a meeting: that puts back what was
    /// there. Scenes are changed in meetings too.
    pub fn changes_the_project(&self) -> bool {
        use WindowCommand as W;
        match self {
            Self::Layer(_) | Self::Look(LookCommand::SetNameLanguage(_)) => true,
            Self::Note(note) => note.changes_the_project(),
            Self::Decide(command) => command.changes_the_project(),
            Self::Select(SelectCommand::GroupDialogue | SelectCommand::SaveGroup(_)) => true,
            Self::Window(W::Undo | W::Redo | W::UndoSteps(_)) => true,
            Self::File(FileCommand::MergeTheirs) => true,
            Self::File(FileCommand::InProject(_, inner)) => inner.changes_the_project(),
            _ => false,
        }
    }

    /// Whether it moves the camera on its way, or back and forth, rather than to another place.
    pub fn is_steady(&self) -> bool {
        use CameraCommand as C;
        matches!(self, Self::Camera(C::Zoom(..) | C::Pan(_) | C::CameraBack | C::CameraForward))
    }

    /// The shortcut shown beside the command, as text; empty where it has none.
    pub fn shortcut_text(&self, ctx: &egui::Context) -> String {
        let found = offered().into_iter().find(|o| o.command == *self);
        found.and_then(|o| o.shortcuts.first().map(|s| shortcut_words(ctx, s))).unwrap_or_default()
    }

    /// Its words with its shortcut behind them, as tooltips have them.
    pub fn tooltip(&self, lang: Lang, ctx: &egui::Context) -> String {
        let shortcut = self.shortcut_text(ctx);
        let words = self.words(lang);
        if shortcut.is_empty() { words.to_owned() } else { format!("{words}  {shortcut}") }
    }
}

/// A shortcut as it stands on the keys: `Ctrl+[`, not `Ctrl+OpenBracket`.
pub fn shortcut_words(ctx: &egui::Context, shortcut: &egui::KeyboardShortcut) -> String {
    let (name, sign) = (shortcut.logical_key.name(), shortcut.logical_key.symbol_or_name());
    let words = ctx.format_shortcut(shortcut);
    match words.strip_suffix(name) {
        // Signs of the letters' font only: arrows and the like keep their names where the system writes them.
        Some(rest) if sign.is_ascii() => format!("{rest}{sign}"),
        _ => words,
    }
}

impl From<FileCommand> for Command {
    fn from(command: FileCommand) -> Self {
        Self::File(command)
    }
}

impl From<LayerCommand> for Command {
    fn from(command: LayerCommand) -> Self {
        Self::Layer(command)
    }
}

impl From<NoteCommand> for Command {
    fn from(command: NoteCommand) -> Self {
        Self::Note(command)
    }
}

impl From<LookCommand> for Command {
    fn from(command: LookCommand) -> Self {
        Self::Look(command)
    }
}

impl From<SelectCommand> for Command {
    fn from(command: SelectCommand) -> Self {
        Self::Select(command)
    }
}

impl From<CameraCommand> for Command {
    fn from(command: CameraCommand) -> Self {
        Self::Camera(command)
    }
}

impl From<SurveyCommand> for Command {
    fn from(command: SurveyCommand) -> Self {
        Self::Survey(command)
    }
}

impl From<MeetingCommand> for Command {
    fn from(command: MeetingCommand) -> Self {
        Self::Meeting(command)
    }
}

impl From<DecideCommand> for Command {
    fn from(command: DecideCommand) -> Self {
        Self::Decide(command)
    }
}

impl From<PageCommand> for Command {
    fn from(command: PageCommand) -> Self {
        Self::Page(command)
    }
}

impl From<WindowCommand> for Command {
    fn from(command: WindowCommand) -> Self {
        Self::Window(command)
    }
}
