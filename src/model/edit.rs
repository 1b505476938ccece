//! A correction: one value of a village or a facility, with where it comes from. Kept in the project over the files, which
//! are never changed.

use serde::{Deserialize, Serialize};

/// A corrected or added value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Code of the village, or its name where it has none; empty for a facility.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub village: String,
    /// Town of a village without a code, as its file says it: names alone are not unique.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub town: String,
    /// Layer of the facility, by its id in the project; any where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub layer: String,
    /// Id of the facility, or its name where it has none; empty for a village.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub facility: String,
    /// Indicator of the village; `status`, `action` or `action_year` of the facility.
    pub what: String,
    /// The year; figures without one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// The value as a table would write it; empty: unknown.
    #[serde(default)]
    pub value: String,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// When it was observed, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub observed_on: String,
    /// Who corrected it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// When, as `2026-11-26`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub on: String,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl Edit {
    /// Whether another edit speaks of the same value, so that it takes this one's place.
    pub fn is_of_same(&self, other: &Self) -> bool {
        // Corrections of earlier versions say neither town nor layer.
        let same = |a: &str, b: &str| a == b || a.is_empty() || b.is_empty();
        (&self.village, &self.facility, &self.what, self.year)
            == (&other.village, &other.facility, &other.what, other.year)
            && same(&self.town, &other.town)
            && same(&self.layer, &other.layer)
    }
}
