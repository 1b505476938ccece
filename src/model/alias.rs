//! What a person decided about a row that says its village in a way of its own.

use serde::{Deserialize, Serialize};

/// Rows that say this mean that village.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageAlias {
    /// The row's code; nothing where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// The row's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The row's town.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub town: String,
    /// The row's district.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub district: String,
    /// The village's code, else its name; empty where the row means none of them.
    pub village: String,
    /// The village's town, where it has no code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub village_town: String,
    /// Who decided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// When, ISO 8601.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub on: String,
}
