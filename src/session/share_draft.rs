//! What goes into a file for anyone, as a person ticks it.

/// What goes into a file for anyone.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareOptions {
    /// Ids of the indicators; all that are known where empty.
    pub figures: Vec<String>,
    /// Whether earlier years go in.
    pub all_years: bool,
    /// Whether facilities go in.
    pub facilities: bool,
    /// Whether the list of gaps goes in.
    pub gaps: bool,
    /// Longest side of photos in pixels; none go in where absent.
    pub photos_px: Option<u32>,
}

impl Default for ShareOptions {
    fn default() -> Self {
        Self { figures: Vec::new(), all_years: true, facilities: true, gaps: true, photos_px: None }
    }
}
