//! What was opened, and what of it waits for something else.

use std::path::PathBuf;

use crate::render::LayerKey;
use crate::session::OpenedFile;

/// What was opened.
pub(super) struct Opened {
    /// The last key given to a layer.
    pub last_key: LayerKey,
    /// Which opening this is: raised with every file or project.
    pub opening: u64,
    /// Which project is open: raised with every other one.
    pub project_turn: u64,
    /// Field to colour the first layer by.
    pub field: Option<String>,
    /// Files read during a meeting, which come onto the map at its end.
    pub held: Vec<super::jobs::Done>,
    /// What files opened together turned out to be, until all of them are there.
    pub files: Vec<OpenedFile>,
    /// Tables that were read, and wait for what was opened with them.
    pub tables: Vec<PathBuf>,
    /// Whether villages are to let a ground show through as soon as they are there.
    pub shows_ground: bool,
    /// A page to be shown again as soon as its project is there.
    pub page: Option<crate::session::FoundPage>,
    /// The package that is looked at: where it was unpacked for that, and its file. The folder goes with it.
    pub looked_at: Option<(tempfile::TempDir, PathBuf)>,
    /// One that was unpacked to be looked at next.
    pub look_next: Option<(tempfile::TempDir, PathBuf)>,
    /// What is known of the folder of reports.
    pub reports: super::incoming::ReportsLooked,
    /// Tables that wait for the figures that are known already.
    pub unjoined: Vec<PathBuf>,
    /// What came back from the field and waits to be looked at.
    pub returned: super::returned::ReturnedQueue,
    /// A file that is to be opened as a layer although it says results of visits.
    pub as_layer: Option<PathBuf>,
}

impl Default for Opened {
    fn default() -> Self {
        Self {
            last_key: crate::session::ADDED_LAYER,
            opening: 0,
            project_turn: 0,
            field: None,
            page: None,
            looked_at: None,
            look_next: None,
            reports: Default::default(),
            returned: Default::default(),
            as_layer: None,
            held: Vec::new(),
            tables: Vec::new(),
            shows_ground: false,
            unjoined: Vec::new(),
            files: Vec::new(),
        }
    }
}
