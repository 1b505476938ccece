//! Commands about the window itself: panels, language, settings, undo.

use std::path::PathBuf;

use super::Tab;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::palette::Vision;
use crate::project::AreaUnit;
use crate::session::MeasuringKind;

/// What a person chooses for this machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Choosing {
    /// The language; the system's where absent.
    Language(Option<Lang>),
    /// Dark or light; as the system has it where absent.
    Dark(Option<bool>),
    /// Size of type in per cent.
    TextPct(u32),
    /// Whether nothing moves by itself.
    NoMotion(bool),
    /// Whose eyes the map is looked at with.
    Vision(Vision),
    /// Whether a program draws the map, from the next start on.
    InSoftware(bool),
    /// Whether rows and buttons stand close.
    Compact(bool),
    /// Whether text and rims stand out as strongly as they can; as the system has it where absent.
    Contrast(Option<bool>),
    /// What areas are said in.
    AreaUnit(AreaUnit),
    /// What files without a coordinate system are taken for; asked each time where empty.
    UsualCrs(String),
    /// The adapter that draws, from the next start on; chosen by itself where empty.
    Adapter(String),
    /// Questions for files begin beside the project again.
    ForgetFolders,
    /// The tour is over.
    Toured,
    /// A step of the tour, from 0.
    Tour(usize),
}

/// What a person can do about the window itself: panels, language, settings, undo.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowCommand {
    /// Undo the last change of project or selection.
    Undo,
    /// Do it again.
    Redo,
    /// Undo so many steps at once.
    UndoSteps(usize),
    /// Begin to measure on the map, from a place where one is said.
    Measure(MeasuringKind, Option<LonLat>),
    /// Put the cursor into the search box.
    FocusSearch,
    /// Show or hide the layer panel.
    ToggleLeft,
    /// Show or hide the card.
    ToggleRight,
    /// Open a page of the drawer, or close it where it is open.
    ToggleDrawer(Tab),
    /// Language of the interface.
    SetLanguage(Lang),
    /// Dark or light.
    SetDark(bool),
    /// Show what the program keeps, and how much of it.
    SettingsDialogue,
    /// List all commands with their shortcuts.
    CommandsDialogue,
    /// Memory for shapes of the map, in MB.
    SetMapMemory(u32),
    /// Most that the cache keeps, in MB; 0: nothing.
    SetCacheLimit(u32),
    /// Show the manual.
    Manual,
    /// Show which program this is, what draws, where its folders are, its licences.
    AboutDialogue,
    /// Open the folder of the log.
    OpenLogs,
    /// A choice of this person.
    Choose(Choosing),
    /// Most that is kept of tiles of servers, in MB.
    SetTilesLimit(u32),
    /// Whether changed files are read again only when somebody asks.
    SetRereading(bool),
    /// Empty the cache.
    EmptyCache,
    /// Have a picture of a photo made, of so many pixels along its longest side.
    LoadPicture(PathBuf, u32),
    /// Show photos large, from one of them on.
    OpenPictures(Vec<PathBuf>, usize),
    /// Close what is open on top, then the selection.
    Escape,
    /// Do not leave the program after all.
    StayOpen,
    /// Leave the program.
    Quit,
}

impl WindowCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::SettingsDialogue => "command.settings",
            Self::CommandsDialogue => "commands.title",
            Self::SetMapMemory(_) => "settings.map-memory",
            Self::SetCacheLimit(_) => "settings.cache-limit",
            Self::SetTilesLimit(_) => "settings.tiles",
            Self::Manual => "manual.title",
            Self::AboutDialogue => "command.about",
            Self::Choose(_) | Self::OpenLogs => "command.settings",
            Self::SetRereading(_) => "settings.rereading",
            Self::EmptyCache => "settings.empty-cache",
            Self::Undo | Self::UndoSteps(_) => "command.undo",
            Self::Redo => "command.redo",
            Self::Measure(MeasuringKind::Line, _) => "measure.line",
            Self::Measure(MeasuringKind::Area, _) => "measure.area",
            Self::Measure(MeasuringKind::Circle, _) => "measure.circle",
            Self::Measure(MeasuringKind::Rectangle, _) => "measure.rectangle",
            Self::Measure(MeasuringKind::Lasso, _) => "measure.lasso",
            Self::FocusSearch => "command.search",
            Self::ToggleLeft => "command.toggle-left",
            Self::ToggleRight => "command.toggle-right",
            Self::ToggleDrawer(Tab::Table) => "command.table",
            Self::ToggleDrawer(Tab::Summary) => "command.summary",
            Self::ToggleDrawer(Tab::Gaps) => "command.gaps",
            Self::ToggleDrawer(Tab::Scenes) => "tab.scenes",
            Self::ToggleDrawer(Tab::Problems) => "command.problems",
            Self::SetLanguage(_) => "command.language",
            Self::SetDark(true) => "command.dark",
            Self::SetDark(false) => "command.light",
            Self::LoadPicture(..) | Self::OpenPictures(..) => "photos.open",
            Self::Escape => "command.escape",
            Self::StayOpen => "ending.stay",
            Self::Quit => "command.quit",
        }
    }
}
