//! A page being put together in the window.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::project::PageOptions;

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
