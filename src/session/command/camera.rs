//! Commands about where the map looks.

use crate::geo::{BoundsDeg, LonLat};
use crate::render::LayerKey;
use crate::session::camera::Pivot;

/// What a person can do about where the map looks.
#[derive(Clone, Debug, PartialEq)]
pub enum CameraCommand {
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
    /// Show a rectangle of the world.
    ShowRectangle(BoundsDeg),
    /// The camera's previous place.
    CameraBack,
    /// The camera's next place.
    CameraForward,
    /// Ask for coordinates.
    GoToDialogue,
    /// Bring a position into the middle.
    GoTo(LonLat),
}

impl CameraCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
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
        }
    }
}
