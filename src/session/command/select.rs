//! Commands about what is selected.

use crate::model::FeatureId;
use crate::project::Focus;
use crate::render::LayerKey;

/// What a person can do about what is selected.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectCommand {
    /// Select features; `add` keeps those already selected and takes out what is selected twice.
    Select {
        /// Their layer.
        layer: LayerKey,
        /// The features.
        features: Vec<FeatureId>,
        /// Whether to add to the selection.
        add: bool,
    },
    /// Go to what answers the search, by its place in the list.
    TakeHit(usize),
    /// Select nothing.
    ClearSelection,
    /// Ask which group the selected villages are to belong to.
    GroupDialogue,
    /// Let the selected villages belong to a group.
    SaveGroup(String),
    /// Select all villages of a town or group.
    SelectPlace(Focus),
    /// Select a feature and bring it into view.
    FlyTo(LayerKey, FeatureId),
    /// Next or previous village of the selected one's layer.
    StepVillage(i32),
    /// The nearest village in a direction, in units of the screen: right and down are positive.
    Neighbour([f64; 2]),
    /// Show what a cluster of symbols holds: nearer, or as a list.
    OpenCluster(usize),
}

impl SelectCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::OpenCluster(_) => "command.open-cluster",
            Self::GroupDialogue | Self::SaveGroup(_) => "chosen.group",
            Self::SelectPlace(_) => "command.select-place",
            Self::Select { .. } => "command.select",
            Self::TakeHit(_) => "command.search",
            Self::ClearSelection => "command.clear-selection",
            Self::FlyTo(..) => "command.fly-to",
            Self::Neighbour(_) => "command.neighbour",
            Self::StepVillage(n) if *n > 0 => "command.next-village",
            Self::StepVillage(_) => "command.previous-village",
        }
    }
}
