//! How a project is looked at: theme, year, measures, focus. Like the camera, it is saved with the project but is no
//! change to it: nothing asks to be saved because somebody pressed 2.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::district::By;
use crate::model::Theme;

/// Radius around clinics where none is chosen, in metres.
pub const RADIUS_M: f64 = 2000.0;

/// One town or group that everything is narrowed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// What it is.
    pub by: By,
    /// Its name.
    pub name: String,
}

/// What the district has planned to reach in all: 137 dry toilets rebuilt, say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Id of the indicator; its sum over all villages is what counts.
    pub indicator: String,
    /// What is to be reached.
    pub value: f64,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewEntry {
    /// The theme; layers show their own fields where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// The year; the latest where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// An earlier year: the map shows the change since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i32>,
    /// Whether class bounds follow the year, rather than being the same in all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub free_classes: bool,
    /// Radius around clinics in metres.
    #[serde(default = "radius_m", skip_serializing_if = "is_usual_radius")]
    pub radius_m: f64,
    /// Whether the area within the radius is left undrawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hide_coverage: bool,
    /// Whether notes are left undrawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hide_notes: bool,
    /// The town or group in focus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<Focus>,
    /// Theme → indicator that its map shows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub measures: BTreeMap<String, String>,
    /// Theme → symbols shown; the theme's own where absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub symbols: BTreeMap<String, Vec<String>>,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

fn radius_m() -> f64 {
    RADIUS_M
}

fn is_usual_radius(radius_m: &f64) -> bool {
    *radius_m == RADIUS_M
}

impl Default for ViewEntry {
    fn default() -> Self {
        Self {
            theme: None,
            year: None,
            since: None,
            free_classes: false,
            radius_m: RADIUS_M,
            hide_coverage: false,
            hide_notes: false,
            focus: None,
            measures: BTreeMap::new(),
            symbols: BTreeMap::new(),
            other: toml::Table::new(),
        }
    }
}

impl ViewEntry {
    /// Id of the indicator that a theme's map shows.
    pub fn measure(&self, theme: Theme) -> &str {
        self.measures.get(theme.key()).map_or(theme.first_measure(), String::as_str)
    }
}
