//! Commands about opening, saving and what leaves the window.

use std::path::PathBuf;

use crate::project::PackOptions;

use super::Command;
use crate::session::LayoutDraft;

/// What a person can do about opening, saving and what leaves the window.
#[derive(Clone, Debug, PartialEq)]
pub enum FileCommand {
    /// Ask for files and open them.
    OpenDialogue,
    /// Open files: boundaries, facilities or a project.
    Open(Vec<PathBuf>),
    /// A step of making or taking a package.
    Package(PackageStep),
    /// Say something that a person has to know.
    Say(String),
    /// Open photos, which have no code of a page.
    OpenPhotos(Vec<PathBuf>),
    /// Open some layers of a file.
    OpenLayers(PathBuf, Vec<String>),
    /// Understand a table anew, as its draft says.
    Understand(Box<LayoutDraft>),
    /// Take a table into the project as it is understood.
    TakeTable(Box<LayoutDraft>),
    /// Open the demonstration district.
    OpenDemo,
    /// Begin a project with nothing in it.
    NewProject,
    /// Read again what other programs have changed.
    ReadChanged,
    /// List the earlier versions of the project; with one of them, bring it back, to be saved or not.
    Version(Option<PathBuf>),
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
    /// Put what somebody else wrote and what was changed here together.
    MergeTheirs,
    /// Take the project as somebody else wrote it.
    OpenTheirs,
    /// Open unsaved work that an earlier program left behind.
    Recover(PathBuf),
    /// Forget unsaved work that an earlier program left behind.
    ForgetUnsaved(PathBuf),
    /// Ask where and save the figures of all years.
    ExportFiguresDialogue,
    /// Save the figures of all years in the form they are read from.
    ExportFiguresTo(PathBuf),
    /// Ask for a form of somebody else and where its filled copy goes.
    FillFormDialogue,
    /// Go on with the filling of a form.
    Form(FormStep),
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
    /// Ask for a folder and open all that is in it.
    OpenFolderDialogue,
    /// Ask where and save the map with its legend as PNG.
    ExportDialogue,
    /// Save the map with its legend as PNG.
    ExportTo(PathBuf),
}

impl FileCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::OpenDialogue
            | Self::Open(_)
            | Self::OpenPhotos(_)
            | Self::OpenLayers(..)
            | Self::Understand(_)
            | Self::TakeTable(_) => "command.open",
            Self::Package(_) | Self::Say(_) => "package.title",
            Self::OpenFolderDialogue => "command.open-folder",
            Self::OpenDemo => "command.open-demo",
            Self::NewProject => "command.new-project",
            Self::ReadChanged => "command.read-changed",
            Self::Version(_) => "versions.title",
            Self::CancelLoad => "command.cancel",
            Self::Save | Self::SaveTo(_) | Self::SaveOver(_) | Self::SaveThen(_) => "command.save",
            Self::Discard(_) => "dialogue.discard",
            Self::StayOpen => "command.cancel",
            Self::InProject(_, command) => command.key(),
            Self::MergeTheirs => "changed.merge",
            Self::OpenTheirs => "changed.theirs",
            Self::Recover(_) => "recover.restore",
            Self::ForgetUnsaved(_) => "recover.discard",
            Self::SaveAs => "command.save-as",
            Self::ExportFiguresDialogue | Self::ExportFiguresTo(_) => "command.export-figures",
            Self::FillFormDialogue | Self::Form(_) => "command.fill-form",
            Self::CopyTable => "command.copy-table",
            Self::ExportTableDialogue | Self::ExportTableTo(_) => "command.export-table",
            Self::CopyCard => "command.copy-card",
            Self::CopyMap => "command.copy-map",
            Self::ExportDialogue | Self::ExportTo(_) => "command.export",
        }
    }
}

/// A step of filling somebody else's form.
#[derive(Clone, Debug, PartialEq)]
pub enum FormStep {
    /// Show how its cells are bound.
    Bind(PathBuf),
    /// Bind it as its draft says, and ask where its filled copy goes.
    Take(Box<LayoutDraft>),
    /// Fill it into a file.
    Fill(PathBuf, PathBuf),
}

/// A step of making a package, or of taking one that came.
#[derive(Clone, Debug, PartialEq)]
pub enum PackageStep {
    /// Show what goes in.
    Choose(PackOptions),
    /// Ask for its file.
    AskFile(PackOptions),
    /// Write it.
    SaveTo(PackOptions, PathBuf),
    /// Ask where one that came is to be unpacked.
    AskFolder(PathBuf),
    /// Unpack it into a folder, and open the project in it.
    UnpackTo(PathBuf, PathBuf),
    /// Look at it as it is: nothing in it is changed.
    LookInto(PathBuf),
    /// Show what is looked at, by its project's file.
    Show(PathBuf),
}
