//! A page being put together in the window.

use crate::project::PageOptions;

/// A page being put together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageDraft {
    /// Key of its format.
    pub format: String,
    /// What stands on it.
    pub options: PageOptions,
}

impl PageDraft {
    /// What a preview depends on, as far as it is chosen here.
    pub fn key(&self) -> String {
        format!("{}{:?}", self.format, self.options)
    }
}
