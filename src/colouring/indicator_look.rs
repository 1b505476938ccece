//! How the map of an indicator is coloured, where a person says so.

use serde::{Deserialize, Serialize};

/// Class bounds and colours of an indicator's map, in place of those that the program has for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorLook {
    /// Id of the indicator.
    pub indicator: String,
    /// Classification method by its name in `classify`.
    pub method: String,
    /// Number of classes asked for.
    #[serde(default = "classes")]
    pub classes: usize,
    /// Inner bounds of the manual method.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<f64>,
    /// Key of the colour ramp.
    pub ramp: String,
    /// Whether high values take the light end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reversed: bool,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

fn classes() -> usize {
    5
}
