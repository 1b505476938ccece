//! The one list of things a person can do: behind menu, shortcuts, panels and tests.

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::camera::Pivot;
use super::gap_change::Since;
use super::meeting::Left;
use super::survey::VisitDraft;
use crate::district::AddedFacility;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::model::{Edit, FeatureId, Role, Topic};
use crate::project::{Focus, SceneEntry};
use crate::render::LayerKey;
use crate::survey::{MergePreview, Preview};
use crate::theme::ThemeSpec;

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
    /// Ask for files and open them.
    OpenDialogue,
    /// Open files: boundaries, facilities or a project.
    Open(Vec<PathBuf>),
    /// Open the demonstration district.
    OpenDemo,
    /// Stop reading.
    CancelLoad,
    /// Save the project where it came from, or ask.
    Save,
    /// Ask where and save there.
    SaveAs,
    /// Save the project to a file; another one that stands there is asked about first.
    SaveTo(PathBuf),
    /// Save the project over whatever stands there.
    SaveOver(PathBuf),
    /// Save the project, then do something else.
    SaveThen(Box<Command>),
    /// Do something that makes unsaved changes go.
    Discard(Box<Command>),
    /// What was to follow a saving does not.
    StayOpen,
    /// The answer to a question about a project: done only while that project is open.
    InProject(u64, Box<Command>),
    /// Take the project as somebody else wrote it.
    OpenTheirs,
    /// Open unsaved work that an earlier program left behind.
    Recover(PathBuf),
    /// Forget unsaved work that an earlier program left behind.
    ForgetUnsaved(PathBuf),
    /// Give a log whose project was renamed the project's name.
    AdoptLog(PathBuf),
    /// Read the file of a layer again, whatever the cache says.
    ReadAgain(LayerKey),
    /// Show what the program keeps, and how much of it.
    SettingsDialogue,
    /// Memory for shapes of the map, in MB.
    SetMapMemory(u32),
    /// Most that the cache keeps, in MB; 0: nothing.
    SetCacheLimit(u32),
    /// Empty the cache.
    EmptyCache,
    /// Take a layer off the map.
    RemoveLayer(LayerKey),
    /// Move a layer up (towards the top) or down the list.
    MoveLayer(LayerKey, bool),
    /// Show or hide a layer.
    ShowLayer(LayerKey, bool),
    /// Opacity of a layer, 0 to 1.
    SetOpacity(LayerKey, f32),
    /// Which field plays a role; none.
    SetRole(LayerKey, Role, Option<String>),
    /// What a layer is coloured by.
    SetTheme(LayerKey, Option<ThemeSpec>),
    /// Show the map of a theme; `None`: layers show their own fields.
    SetTopic(Option<Topic>),
    /// Which indicator a theme's map shows.
    SetMeasure(Topic, String),
    /// The year shown.
    SetYear(i32),
    /// The next or previous year.
    StepYear(i32),
    /// Let the years pass, or stop.
    PlayYears,
    /// Show the change since a year; `None`: the figures themselves.
    ShowChange(Option<i32>),
    /// Whether class bounds follow the year.
    SetFreeClasses(bool),
    /// Radius around clinics in metres.
    SetRadius(f64),
    /// Draw the area within the radius or not.
    ShowCoverage(bool),
    /// Show or hide symbols of a kind under the present theme.
    ShowSymbols(String, bool),
    /// Show what a cluster of symbols holds: nearer, or as a list.
    OpenCluster(usize),
    /// Narrow everything to a town or group; `None`: to nothing.
    SetFocus(Option<Focus>),
    /// Select all villages of a town or group.
    SelectPlace(Focus),
    /// Select features; `add` keeps those already selected and takes out what is selected twice.
    Select {
        /// Their layer.
        layer: LayerKey,
        /// The features.
        features: Vec<FeatureId>,
        /// Whether to add to the selection.
        add: bool,
    },
    /// Select nothing.
    ClearSelection,
    /// Select a feature and bring it into view.
    FlyTo(LayerKey, FeatureId),
    /// Next or previous village of the selected one's layer.
    StepVillage(i32),
    /// Show all of a layer.
    FitLayer(LayerKey),
    /// Show everything.
    FitAll,
    /// Show what is selected.
    FitSelection,
    /// Zoom about a point of the map.
    Zoom(f64, Pivot),
    /// Move the map by points.
    Pan(Pivot),
    /// Show a rectangle of the world: west, south, east, north in degrees.
    ShowRectangle([f64; 4]),
    /// The camera's previous place.
    CameraBack,
    /// The camera's next place.
    CameraForward,
    /// Ask for coordinates.
    GoToDialogue,
    /// Bring a position into the middle.
    GoTo(LonLat),
    /// Undo the last change of project or selection.
    Undo,
    /// Do it again.
    Redo,
    /// Put the cursor into the search box.
    FocusSearch,
    /// Show or hide the layer panel.
    ToggleLeft,
    /// Show or hide the card.
    ToggleRight,
    /// Open a page of the drawer, or close it where it is open.
    ToggleDrawer(Tab),
    /// Change what a layer is coloured by.
    EditTheme(LayerKey),
    /// Choose the fields of a layer.
    EditFields(LayerKey),
    /// Language of the interface.
    SetLanguage(Lang),
    /// Language of the villages' names; `None` follows the interface.
    SetNameLanguage(Option<Lang>),
    /// Dark or light.
    SetDark(bool),
    /// Correct a figure of a village in the year shown.
    EditFigure(FeatureId, usize),
    /// Correct a facility.
    EditFacility(LayerKey, FeatureId),
    /// Ask what facility a village is to get.
    AddFacility(FeatureId),
    /// Add a facility.
    PutFacility(AddedFacility),
    /// Take an added facility away, by its id.
    DropFacility(String),
    /// Ask where the field sheet of the gaps listed is to go.
    ExportGapsDialogue,
    /// Write it there.
    ExportGapsTo(PathBuf),
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
    /// Show what a filled sheet would change; take in the events of another log.
    ImportResults(PathBuf),
    /// Take in the results shown.
    TakeResults(Box<Preview>),
    /// Look again at the results shown, after some were mended.
    LookAtResults(Box<Preview>),
    /// Take in the log shown.
    TakeMerge(Box<MergePreview>),
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
    /// Show something else on the left of a divider, or beside.
    Divide(Left),
    /// How long a year stands while the years pass, in seconds.
    SetPace(f64),
    /// Move the divider by a share of the map's width.
    MoveDivider(f32),
    /// Whether scenes fly and figures count up.
    SetMotion(bool),
    /// Put a page together.
    PageDialogue,
    /// Ask where the page is to go.
    SavePageDialogue,
    /// Write the page: SVG, PNG or PDF by the file's ending.
    SavePageTo(PathBuf),
    /// Hand the page to the system for printing.
    PrintPage,
    /// Ask where the atlas is to go; by town or by village.
    AtlasDialogue(bool),
    /// Write the atlas.
    SaveAtlasTo(PathBuf, bool),
    /// Stop making the atlas.
    CancelAtlas,
    /// Ask for a folder for a picture of every year.
    YearSeriesDialogue,
    /// Write a picture of the page for every year into a folder.
    SaveYearSeriesTo(PathBuf),
    /// Compare the gaps with a year or another project; `None`: with nothing.
    CompareGaps(Option<Since>),
    /// Ask for the project to compare with.
    CompareGapsDialogue,
    /// Put corrections over the files.
    Correct(Vec<Edit>),
    /// Take a correction back.
    Uncorrect(Edit),
    /// Ask where and save the figures of all years.
    ExportFiguresDialogue,
    /// Save the figures of all years in the form they are read from.
    ExportFiguresTo(PathBuf),
    /// Put the table on the clipboard as cells.
    CopyTable,
    /// Ask where and save the table.
    ExportTableDialogue,
    /// Save the table as shown: XLSX or CSV by the file's ending.
    ExportTableTo(PathBuf),
    /// Put the card on the clipboard as text.
    CopyCard,
    /// Put the map with its legend on the clipboard.
    CopyMap,
    /// Ask where and save the map with its legend as PNG.
    ExportDialogue,
    /// Save the map with its legend as PNG.
    ExportTo(PathBuf),
    /// Close what is open on top, then the selection.
    Escape,
    /// Leave the program.
    Quit,
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
const ALT: Modifiers = Modifiers::ALT;
const NONE: Modifiers = Modifiers::NONE;

impl Command {
    /// Commands with a shortcut, the first of several shown in menus. Those without a modifier act only while no text
    /// field has the keyboard.
    pub fn shortcuts() -> Vec<(KeyboardShortcut, Self)> {
        let at = |m, k, c| (KeyboardShortcut::new(m, k), c);
        let middle = [0.0, 0.0];
        let step = 120.0;
        vec![
            at(CTRL, Key::O, Self::OpenDialogue),
            at(CTRL_SHIFT, Key::S, Self::SaveAs),
            at(CTRL, Key::S, Self::Save),
            at(CTRL_SHIFT, Key::Z, Self::Redo),
            at(CTRL, Key::Z, Self::Undo),
            at(CTRL, Key::Y, Self::Redo),
            at(CTRL, Key::K, Self::FocusSearch),
            at(CTRL, Key::F, Self::FocusSearch),
            at(CTRL, Key::G, Self::GoToDialogue),
            at(CTRL_SHIFT, Key::C, Self::CopyMap),
            at(CTRL, Key::E, Self::ExportDialogue),
            at(CTRL, Key::Q, Self::Quit),
            at(ALT, Key::ArrowLeft, Self::CameraBack),
            at(ALT, Key::ArrowRight, Self::CameraForward),
            at(NONE, Key::ArrowLeft, Self::Pan([step, 0.0])),
            at(NONE, Key::ArrowRight, Self::Pan([-step, 0.0])),
            at(NONE, Key::ArrowUp, Self::Pan([0.0, step])),
            at(NONE, Key::ArrowDown, Self::Pan([0.0, -step])),
            at(NONE, Key::Plus, Self::Zoom(1.0, middle)),
            at(NONE, Key::Equals, Self::Zoom(1.0, middle)),
            at(NONE, Key::Minus, Self::Zoom(-1.0, middle)),
            at(NONE, Key::Num0, Self::FitAll),
            at(NONE, Key::F, Self::FitSelection),
            at(NONE, Key::PageDown, Self::StepVillage(1)),
            at(NONE, Key::PageUp, Self::StepVillage(-1)),
            at(NONE, Key::Num1, Self::SetTopic(Some(Topic::Sanitation))),
            at(NONE, Key::Num2, Self::SetTopic(Some(Topic::Toilets))),
            at(NONE, Key::Num3, Self::SetTopic(Some(Topic::Clinics))),
            at(NONE, Key::Num4, Self::SetTopic(Some(Topic::Services))),
            at(NONE, Key::OpenBracket, Self::StepYear(-1)),
            at(NONE, Key::CloseBracket, Self::StepYear(1)),
            at(NONE, Key::S, Self::ToggleDrawer(Tab::Summary)),
            at(NONE, Key::T, Self::ToggleDrawer(Tab::Table)),
            at(NONE, Key::G, Self::ToggleDrawer(Tab::Gaps)),
            at(NONE, Key::P, Self::ToggleDrawer(Tab::Problems)),
            at(NONE, Key::Escape, Self::Escape),
            at(Modifiers::SHIFT, Key::F5, Self::StartMeeting(true)),
            at(NONE, Key::F5, Self::StartMeeting(false)),
            at(NONE, Key::M, Self::ToggleDrawer(Tab::Scenes)),
            at(CTRL, Key::P, Self::PageDialogue),
        ]
    }

    /// Keys of a meeting, those of presenter remotes among them.
    pub fn meeting_shortcuts() -> Vec<(KeyboardShortcut, Self)> {
        let at = |m, k, c| (KeyboardShortcut::new(m, k), c);
        let middle = [0.0, 0.0];
        let mut list = vec![
            at(Modifiers::SHIFT, Key::ArrowLeft, Self::MoveDivider(-0.05)),
            at(Modifiers::SHIFT, Key::ArrowRight, Self::MoveDivider(0.05)),
            at(NONE, Key::ArrowRight, Self::StepScene(1)),
            at(NONE, Key::ArrowDown, Self::StepScene(1)),
            at(NONE, Key::Space, Self::StepScene(1)),
            at(NONE, Key::PageDown, Self::StepScene(1)),
            at(NONE, Key::Enter, Self::StepScene(1)),
            at(NONE, Key::ArrowLeft, Self::StepScene(-1)),
            at(NONE, Key::ArrowUp, Self::StepScene(-1)),
            at(NONE, Key::PageUp, Self::StepScene(-1)),
            at(NONE, Key::Backspace, Self::StepScene(-1)),
            at(NONE, Key::B, Self::BlankScreen),
            at(NONE, Key::Period, Self::BlankScreen),
            at(NONE, Key::Plus, Self::Zoom(1.0, middle)),
            at(NONE, Key::Equals, Self::Zoom(1.0, middle)),
            at(NONE, Key::Minus, Self::Zoom(-1.0, middle)),
            at(NONE, Key::Num0, Self::FitAll),
            at(NONE, Key::OpenBracket, Self::StepYear(-1)),
            at(NONE, Key::CloseBracket, Self::StepYear(1)),
            at(NONE, Key::Y, Self::PlayYears),
            at(NONE, Key::P, Self::Presenter),
            at(NONE, Key::F5, Self::LeaveMeeting),
            at(NONE, Key::Escape, Self::Escape),
        ];
        let digits =
            [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
        list.extend(digits.into_iter().enumerate().map(|(i, key)| at(NONE, key, Self::GoToScene(i))));
        list
    }

    /// What a command changes, where it is sent again and again while hands move: a drag, a text being typed. Changes of the same thing
    /// are one step until hands rest.
    pub fn changes_same(&self) -> Option<String> {
        Some(match self {
            Self::SetOpacity(key, _) => format!("opacity {key}"),
            Self::SetTheme(key, _) => format!("theme {key}"),
            Self::SetScene(at, _) => format!("scene {at}"),
            Self::MoveScene(..) => "scenes".to_owned(),
            _ => return None,
        })
    }

    /// The shortcut shown beside the command, as text.
    pub fn shortcut_text(&self, ctx: &egui::Context) -> String {
        let found = Self::shortcuts().into_iter().find(|(_, c)| c == self);
        found.map(|(s, _)| ctx.format_shortcut(&s)).unwrap_or_default()
    }

    /// The command's words in the language files; its tooltip has the same key under `tip`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::OpenDialogue | Self::Open(_) => "command.open",
            Self::OpenDemo => "command.open-demo",
            Self::CancelLoad => "command.cancel",
            Self::Save | Self::SaveTo(_) | Self::SaveOver(_) | Self::SaveThen(_) => "command.save",
            Self::Discard(_) => "dialogue.discard",
            Self::StayOpen => "command.cancel",
            Self::InProject(_, command) => command.key(),
            Self::OpenTheirs => "changed.theirs",
            Self::Recover(_) => "recover.restore",
            Self::ForgetUnsaved(_) => "recover.discard",
            Self::AdoptLog(_) => "stray.take",
            Self::SaveAs => "command.save-as",
            Self::ReadAgain(_) => "command.read-again",
            Self::SettingsDialogue => "command.settings",
            Self::SetMapMemory(_) => "settings.map-memory",
            Self::SetCacheLimit(_) => "settings.cache-limit",
            Self::EmptyCache => "settings.empty-cache",
            Self::RemoveLayer(_) => "command.remove-layer",
            Self::MoveLayer(_, true) => "command.layer-up",
            Self::MoveLayer(_, false) => "command.layer-down",
            Self::ShowLayer(..) => "command.show-layer",
            Self::SetOpacity(..) => "command.opacity",
            Self::SetRole(..) | Self::EditFields(_) => "command.fields",
            Self::SetTheme(..) | Self::EditTheme(_) => "command.theme",
            Self::SetTopic(_) => "command.topic",
            Self::SetMeasure(..) => "command.measure",
            Self::SetYear(_) => "command.year",
            Self::StepYear(n) if *n > 0 => "command.next-year",
            Self::StepYear(_) => "command.previous-year",
            Self::PlayYears => "command.play",
            Self::ShowChange(_) => "command.change",
            Self::SetFreeClasses(_) => "command.free-classes",
            Self::SetRadius(_) => "command.radius",
            Self::ShowCoverage(_) => "command.coverage",
            Self::ShowSymbols(..) => "command.symbols",
            Self::OpenCluster(_) => "command.open-cluster",
            Self::SetFocus(_) => "command.focus",
            Self::SelectPlace(_) => "command.select-place",
            Self::Select { .. } => "command.select",
            Self::ClearSelection => "command.clear-selection",
            Self::FlyTo(..) => "command.fly-to",
            Self::StepVillage(n) if *n > 0 => "command.next-village",
            Self::StepVillage(_) => "command.previous-village",
            Self::FitLayer(_) => "command.fit-layer",
            Self::FitAll => "command.fit-all",
            Self::FitSelection => "command.fit-selection",
            Self::Zoom(steps, _) if *steps > 0.0 => "command.zoom-in",
            Self::Zoom(..) => "command.zoom-out",
            Self::Pan(_) => "command.pan",
            Self::ShowRectangle(_) => "command.box-zoom",
            Self::CameraBack => "command.camera-back",
            Self::CameraForward => "command.camera-forward",
            Self::GoToDialogue | Self::GoTo(_) => "command.go-to",
            Self::Undo => "command.undo",
            Self::Redo => "command.redo",
            Self::FocusSearch => "command.search",
            Self::ToggleLeft => "command.toggle-left",
            Self::ToggleRight => "command.toggle-right",
            Self::ToggleDrawer(Tab::Table) => "command.table",
            Self::ToggleDrawer(Tab::Summary) => "command.summary",
            Self::ToggleDrawer(Tab::Gaps) => "command.gaps",
            Self::ToggleDrawer(Tab::Scenes) => "tab.scenes",
            Self::ToggleDrawer(Tab::Problems) => "command.problems",
            Self::SetLanguage(_) => "command.language",
            Self::SetNameLanguage(_) => "command.name-language",
            Self::SetDark(true) => "command.dark",
            Self::SetDark(false) => "command.light",
            Self::EditFigure(..) | Self::Correct(_) => "command.correct",
            Self::AddFacility(_) | Self::PutFacility(_) => "add.title",
            Self::DropFacility(_) => "add.remove",
            Self::EditFacility(..) => "edit.facility",
            Self::Uncorrect(_) => "edit.remove",
            Self::ExportFiguresDialogue | Self::ExportFiguresTo(_) => "command.export-figures",
            Self::CopyTable => "command.copy-table",
            Self::ExportTableDialogue | Self::ExportTableTo(_) => "command.export-table",
            Self::ExportGapsDialogue | Self::ExportGapsTo(_) => "command.export-gaps",
            Self::VisitGap(_) | Self::Record(_) => "visit.record",
            Self::EditVisit(_) => "visit.correct",
            Self::WithdrawVisit(_) => "visit.withdraw",
            Self::RestoreVisit(_) => "visit.restore",
            Self::PhotoDialogue | Self::TakePhoto(_) | Self::ShowPhoto(_) => "visit.photo",
            Self::AttachVisit(..) => "visit.attach",
            Self::ImportResultsDialogue | Self::ImportResults(_) => "command.import-results",
            Self::TakeResults(_) | Self::LookAtResults(_) => "import.take",
            Self::TakeMerge(_) => "merge.take",
            Self::CompareGaps(_) | Self::CompareGapsDialogue => "gaps.compare",
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
            Self::SetPace(_) => "meeting.pace",
            Self::Divide(_) | Self::MoveDivider(_) => "meeting.divide",
            Self::SetMotion(_) => "scene.motion",
            Self::PageDialogue => "page.dialogue",
            Self::SavePageDialogue | Self::SavePageTo(_) => "page.save",
            Self::PrintPage => "page.print",
            Self::AtlasDialogue(_) | Self::SaveAtlasTo(..) => "page.atlas",
            Self::CancelAtlas => "command.cancel",
            Self::YearSeriesDialogue | Self::SaveYearSeriesTo(_) => "page.years-series",
            Self::CopyCard => "command.copy-card",
            Self::CopyMap => "command.copy-map",
            Self::ExportDialogue | Self::ExportTo(_) => "command.export",
            Self::Escape => "command.escape",
            Self::Quit => "command.quit",
        }
    }
}
