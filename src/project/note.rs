//! Notes on the map.

use serde::{Deserialize, Serialize};

use crate::geo::LonLat;

/// A note at a place of the map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NoteEntry {
    /// Its id, unique in the project.
    pub id: String,
    /// Longitude in degrees, WGS 84.
    pub lon: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// The day on which it was written, ISO 8601.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub written_on: String,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl NoteEntry {
    /// Where it stands.
    pub fn at(&self) -> LonLat {
        LonLat::new(self.lon, self.lat)
    }
}
