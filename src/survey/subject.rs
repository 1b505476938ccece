//! What an event speaks of, as the files say it, so that it is found again in other languages, editions and files.

use serde::{Deserialize, Serialize};

use crate::district::District;
use crate::model::{FeatureId, Role};
use crate::rules::Gap;

/// A village, by its code or by district, town and name; a facility, by its layer and its own id; or a place, which is that of the
/// event. What is not known is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// District of the village, as the file says it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub district: String,
    /// Its town, as the file says it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub town: String,
    /// Its name, as the file says it, in whatever language the map is shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub village: String,
    /// Its code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Layer of the facility.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub layer: String,
    /// The facility's own id there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub facility: String,
    /// Its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub facility_name: String,
}

impl Subject {
    /// What a gap is about.
    pub fn of_gap(gap: &Gap, district: &District) -> Self {
        let of_village = |role| gap.village.map(|v| district.text(v, role)).unwrap_or_default();
        let facility = gap.facility.and_then(|f| district.facilities.get(f as usize));
        Self {
            district: of_village(Role::District),
            town: of_village(Role::Town),
            village: gap.village.map(|v| district.villages.file_name(v)).unwrap_or_default(),
            code: of_village(Role::Code),
            layer: facility.map(|f| district.layer_name(f)).unwrap_or_default(),
            facility: facility.map(|f| f.id.clone()).unwrap_or_default(),
            facility_name: facility.map(|f| f.name.clone()).unwrap_or_default(),
        }
    }

    /// A village as a whole.
    pub fn of_village(village: FeatureId, district: &District) -> Self {
        Self {
            district: district.text(village, Role::District),
            town: district.text(village, Role::Town),
            village: district.villages.file_name(village),
            code: district.text(village, Role::Code),
            ..Self::default()
        }
    }

    /// The village that is meant, where a map has it: by its code, else by its names.
    pub fn village_in(&self, district: &District) -> Option<FeatureId> {
        let is = |v: &FeatureId| match self.code.is_empty() {
            false => district.text(*v, Role::Code) == self.code,
            true => {
                !self.village.is_empty()
                    && district.villages.file_name(*v) == self.village
                    && district.text(*v, Role::Town) == self.town
            }
        };
        district.village_list().find(is)
    }

    /// The facility in a word: its name, else its id.
    pub fn facility_word(&self) -> &str {
        if self.facility_name.is_empty() { &self.facility } else { &self.facility_name }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A photo of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Photo {
    /// Its name in the log's folder of photos; or, where it is not there, the name that a sheet gives it.
    pub file: String,
    /// The name that it came with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// SHA-256 of its content in hexadecimal digits; empty where it is not there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// When it was taken, by its camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<super::instant::Instant>,
}

impl Photo {
    /// A photo of which only a name is known.
    pub fn named(name: &str) -> Self {
        Self { file: name.to_owned(), ..Self::default() }
    }

    /// The name that people know it by.
    pub fn word(&self) -> &str {
        if self.name.is_empty() { &self.file } else { &self.name }
    }

    /// Whether it lies in the log's folder: such names are digests.
    pub fn is_kept(&self) -> bool {
        let (digest, ending) = self.file.split_at_checked(32).unwrap_or(("", ""));
        !digest.is_empty()
            && digest.bytes().all(|b| b.is_ascii_hexdigit())
            && matches!(ending, ".jpg" | ".png" | ".webp" | ".heic")
    }
}

/// Photos as one text for tables: their names, separated by `;`.
pub fn photos_text(photos: &[Photo]) -> String {
    photos.iter().map(|p| p.file.as_str()).collect::<Vec<_>>().join(";")
}

/// Photos of a text of names.
pub fn photos_of_text(text: &str) -> Vec<Photo> {
    text.split(';').map(str::trim).filter(|n| !n.is_empty()).map(Photo::named).collect()
}
