//! A page being put together in the window.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::project::PageOptions;

/// Small pictures of scenes, by what they show.
#[derive(Clone, Debug, Default)]
pub struct Thumbnails {
    /// Picture by the stamp of its scene; `None` while it is being made or where it could not be.
    pub made: rustc_hash::FxHashMap<String, Option<egui::ColorImage>>,
    /// What is being made.
    pub asked: Option<String>,
}

/// A page being put together.
#[derive(Clone, Debug, Default)]
pub struct PageDraft {
    /// Key of its format.
    pub format: String,
    /// What stands on it.
    pub options: PageOptions,
    /// The preview, and what it was made from.
    pub preview: Option<(String, egui::ColorImage)>,
    /// What a preview is being made from.
    pub asked: Option<String>,
    /// An atlas on its way: pages done, pages in all, and how to stop it.
    pub atlas: Option<(usize, usize, Arc<AtomicBool>)>,
}

impl PageDraft {
    /// What a preview depends on.
    pub fn stamp(&self) -> String {
        format!("{}{:?}", self.format, self.options)
    }
}
