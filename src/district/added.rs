//! Facilities that the project adds to its files: they become a layer like any other.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::geo::LonLat;
use crate::model::Dataset;
use crate::read::{Progress, read_bytes};

/// A facility added by hand, in the words that files use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AddedFacility {
    /// Its id, unique in the project.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is, such as `public_toilet`.
    pub kind: String,
    /// Longitude in degrees.
    pub lon: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// Code of its village; by place where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub village_code: String,
    /// Whether it can be used, such as `in_use`.
    #[serde(default)]
    pub status: String,
    /// What was done with a toilet, such as `rebuilt`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// When that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_year: Option<i32>,
    /// When it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_year: Option<i32>,
    /// Where this comes from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// When it was observed, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub checked_on: String,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl AddedFacility {
    /// Where it stands.
    pub fn at(&self) -> LonLat {
        LonLat::new(self.lon, self.lat)
    }
}

/// The facilities as a dataset; `None` where there are none.
pub fn added_dataset(list: &[AddedFacility]) -> Option<Dataset> {
    if list.is_empty() {
        return None;
    }
    let feature = |f: &AddedFacility| {
        let text = |t: &str| if t.is_empty() { json!(null) } else { json!(t) };
        json!({
            "type": "Feature",
            "properties": {
                "id": f.id, "name": f.name, "kind": f.kind, "village_code": text(&f.village_code),
                "status": text(&f.status), "type": text(if f.action == "dry" { "dry" } else { "" }),
                "action": text(if f.action == "dry" { "" } else { &f.action }), "action_year": f.action_year,
                "built_year": f.built_year, "source": text(&f.source), "checked_on": text(&f.checked_on),
            },
            "geometry": { "type": "Point", "coordinates": [f.lon, f.lat] },
        })
    };
    let features: Vec<_> = list.iter().filter(|f| f.at().is_valid()).map(feature).collect();
    let text = json!({ "type": "FeatureCollection", "features": features }).to_string();
    // Made here, so that nothing in it can be wrong.
    read_bytes("added.geojson".as_ref(), text.as_bytes(), &Progress::new()).ok()
}
