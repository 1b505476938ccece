//! A project for anyone: one HTML file that opens by double click in any browser, without a network.

mod data;
mod html;
mod pptx_frame;
mod pptx_shapes;
mod preflight;
mod slides;

pub use html::{Shared, share_html};
pub use preflight::{missing_files, page_findings, preflight};
pub use slides::{Slides, SlidesError, share_slides};

use crate::lang::Lang;

/// What is left out of a file, how much of it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is; in language files `share.what-<what>`.
    pub what: &'static str,
    /// How many.
    pub count: usize,
    /// Why; in language files `share.why-<why>`.
    pub why: &'static str,
}

impl LeftOut {
    /// What it is and why it is left out, in words.
    pub fn words(&self, lang: Lang) -> (&'static str, &'static str) {
        let of = |kind: &str, key: &'static str| lang.find(&format!("share.{kind}-{key}")).unwrap_or(key);
        (of("what", self.what), of("why", self.why))
    }
}
