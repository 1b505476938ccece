//! Commands about layers, their fields and colours, and corrections of their data.

use std::path::PathBuf;

use crate::colouring::ColouringSpec;
use crate::district::{AddedFacility, Kind};
use crate::geo::LonLat;
use crate::ground::TileDatum;
use crate::model::{Edit, FeatureId, LayerKind};
use crate::project::LayerStyle;
use crate::read::How;
use crate::render::LayerKey;
use crate::session::dialogue::ColouringDraft;
use crate::session::{KeepDraft, OnlineDraft};

/// What a person can do about layers, their fields and colours, and corrections of their data.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerCommand {
    /// Read the file of a layer again, whatever the cache says.
    ReadAgain(LayerKey),
    /// Ask how the file of a layer is to be read.
    EditReading(LayerKey),
    /// Read the file of a layer as a person says.
    SetReading(LayerKey, How),
    /// Ask where a layer is to be written, and as what.
    ExportDialogue(LayerKey),
    /// Write a layer as the ending of the file says, with the classes of the map.
    ExportTo(LayerKey, PathBuf),
    /// Say what a layer is.
    SetKind(LayerKey, LayerKind),
    /// Ask where the file of a layer is now.
    RelinkDialogue(LayerKey),
    /// Ask for a folder in which all missing files are looked for.
    RelinkFolderDialogue,
    /// Look for all missing files in a folder.
    RelinkFolder(PathBuf),
    /// Take another file for a layer; everything else of it stays.
    Relink(LayerKey, PathBuf),
    /// Ask where a table is now.
    RelinkTableDialogue(PathBuf),
    /// Take another file for a table.
    RelinkTable(PathBuf, PathBuf),
    /// Take a layer off the map.
    RemoveLayer(LayerKey),
    /// Put a layer where another stands, before it or behind it, into a group; `None`: only into the group.
    ArrangeLayer {
        /// The layer.
        layer: LayerKey,
        /// The other, and whether behind it.
        beside: Option<(LayerKey, bool)>,
        /// The group; none where empty.
        group: String,
    },
    /// Title of a layer in the list; its file's name where empty.
    RenameLayer(LayerKey, String),
    /// Title of the project.
    RenameProject(String),
    /// Move a layer up (towards the top) or down the list.
    MoveLayer(LayerKey, bool),
    /// Show or hide a layer.
    ShowLayer(LayerKey, bool),
    /// Opacity of a layer, 0 to 1.
    SetOpacity(LayerKey, f32),
    /// Describe a ground from a server.
    ServerDialogue,
    /// Ask a server what it offers: it is turned on by that.
    AskServer(Box<OnlineDraft>),
    /// Put a ground from a server below all layers, and turn it on.
    AddServer(Box<OnlineDraft>),
    /// Ask how much of a server's tiles is to be kept.
    KeepAreaDialogue(LayerKey),
    /// Ask for the file, then keep an area.
    AskKeepArea(KeepDraft),
    /// Keep an area of a server's tiles as a file.
    KeepArea(KeepDraft, PathBuf),
    /// Turn on the server of a ground.
    TurnOnline(LayerKey),
    /// In which coordinates the tiles of a ground are cut.
    SetDatum(LayerKey, TileDatum),
    /// Which field plays a role, of villages or facilities, by its key; none. `=clinic` says what all facilities are.
    SetField(LayerKey, &'static str, Option<String>),
    /// From which day and to which boundaries of villages hold; ISO 8601, empty where nothing says so.
    SetValidity(LayerKey, [String; 2]),
    /// Say of which kind facilities of a word are.
    SetKindWord(String, Kind),
    /// Which columns of a layer's table are shown, in what order; all where empty.
    SetColumns(LayerKey, Vec<String>),
    /// What a layer is coloured by.
    SetColouring(LayerKey, Option<ColouringSpec>),
    /// Open the editor of a layer's colours.
    EditColouring(LayerKey),
    /// Colour a layer, or the map of an indicator, as the editor says.
    Restyle(Box<ColouringDraft>),
    /// Fill, outline and labels of a layer.
    SetStyle(LayerKey, LayerStyle),
    /// Choose the fields of a layer.
    EditFields(LayerKey),
    /// Correct a figure of a village in the year shown.
    EditFigure(FeatureId, usize),
    /// Correct a facility.
    EditFacility(LayerKey, FeatureId),
    /// Ask what facility a village is to get; it stands at the place, else in the village's middle.
    AddFacility {
        /// The village.
        village: Option<FeatureId>,
        /// The place.
        at: Option<LonLat>,
    },
    /// Add a facility.
    PutFacility(AddedFacility),
    /// Take an added facility away, by its id.
    DropFacility(String),
    /// Put corrections over the files.
    Correct(Vec<Edit>),
    /// Take a correction back.
    Uncorrect(Edit),
}

impl LayerCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::ReadAgain(_) => "command.read-again",
            Self::EditReading(_) | Self::SetReading(..) => "command.reading",
            Self::ExportDialogue(_) | Self::ExportTo(..) => "command.export-layer",
            Self::SetKind(..) => "command.layer-kind",
            Self::RelinkFolderDialogue | Self::RelinkFolder(_) => "command.relink-folder",
            Self::RelinkDialogue(_) | Self::Relink(..) | Self::RelinkTableDialogue(_) | Self::RelinkTable(..) => {
                "command.relink"
            }
            Self::RemoveLayer(_) => "command.remove-layer",
            Self::ArrangeLayer { .. } => "command.arrange",
            Self::RenameLayer(..) => "command.rename-layer",
            Self::RenameProject(_) => "command.rename-project",
            Self::MoveLayer(_, true) => "command.layer-up",
            Self::MoveLayer(_, false) => "command.layer-down",
            Self::ShowLayer(..) => "command.show-layer",
            Self::SetColumns(..) => "command.columns",
            Self::SetOpacity(..) => "command.opacity",
            Self::SetDatum(..) => "ground.datum",
            Self::TurnOnline(_) => "ground.turn-on",
            Self::KeepAreaDialogue(_) | Self::AskKeepArea(_) | Self::KeepArea(..) => "keep-area.title",
            Self::ServerDialogue | Self::AskServer(_) | Self::AddServer(_) => "online.title",
            Self::SetValidity(..) | Self::SetField(..) | Self::EditFields(_) => "command.fields",
            Self::SetKindWord(..) => "command.kind-word",
            Self::SetColouring(..) | Self::EditColouring(_) | Self::Restyle(_) | Self::SetStyle(..) => "command.theme",
            Self::EditFigure(..) | Self::Correct(_) => "command.correct",
            Self::AddFacility { .. } | Self::PutFacility(_) => "add.title",
            Self::DropFacility(_) => "add.remove",
            Self::EditFacility(..) => "edit.facility",
            Self::Uncorrect(_) => "edit.remove",
        }
    }
}
