//! Commands about notes on the map.

use std::path::PathBuf;

use crate::geo::LonLat;
use crate::project::{NoteEntry, NoteShape};

/// What a person can do about notes on the map.
#[derive(Clone, Debug, PartialEq)]
pub enum NoteCommand {
    /// Ask what a note is to say: one of the project by its position there, else a new one at the place.
    Edit(Option<usize>, LonLat),
    /// Ask what a line or an area that was drawn is to say as a note.
    Begin(NoteShape, Vec<LonLat>),
    /// Put a note on the map in place of the one with its id; one that is nothing on the map goes.
    Put(NoteEntry),
    /// Take a note off the map, by its id.
    Drop(String),
    /// Choose a photo for the note that is being written.
    PhotoDialogue,
    /// Take a photo for the note that is being written.
    TakePhoto(PathBuf),
    /// Show or hide all notes.
    Show(bool),
    /// Ask where the notes are to be written, and as what.
    ExportDialogue,
    /// Write the notes as the ending of the file says.
    ExportTo(PathBuf),
    /// Ask for a facility at a note's place, in its words.
    MakeFacility(NoteEntry),
    /// Ask for a visit to the nearest gap of the village at a note's place, in its words.
    MakeVisit(NoteEntry),
}

impl NoteCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Edit(..) | Self::Begin(..) | Self::Put(_) | Self::PhotoDialogue | Self::TakePhoto(_) => "note.title",
            Self::Drop(_) => "note.drop",
            Self::Show(_) => "note.show",
            Self::ExportDialogue | Self::ExportTo(_) => "note.export",
            Self::MakeFacility(_) => "note.make-facility",
            Self::MakeVisit(_) => "note.make-visit",
        }
    }

    /// Whether it changes the project.
    pub fn changes_the_project(&self) -> bool {
        matches!(self, Self::Put(_) | Self::Drop(_) | Self::MakeFacility(_) | Self::Begin(..) | Self::Edit(..))
    }
}
