//! Scenes of a meeting: what is shown, from where, under which title.

use serde::{Deserialize, Serialize};

use super::file::Camera;
use super::view::ViewEntry;
use crate::lang::Lang;

/// A scene.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SceneEntry {
    /// What names it, whatever it is called: given once, unique over machines; older projects have none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Name in the list.
    pub name: String,
    /// The same in English, where it differs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name_en: String,
    /// Sentence over the map; made from what is shown where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The same in English, where it differs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title_en: String,
    /// What the speaker wants to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The same in English, where it differs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note_en: String,
    /// Where the map looks; everything where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera: Option<Camera>,
    /// Width and height of the map in points when the camera was taken: other screens show the same piece of the world.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map_size: Option<[f64; 2]>,
    /// Theme, year, measures, focus.
    pub view: ViewEntry,
    /// Code or name of the village that is selected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected: Option<String>,
    /// Earlier year on the left of the divider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<i32>,
    /// Another indicator on the left of the divider, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
    /// Whether both stand side by side rather than under a divider.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub side_by_side: bool,
    /// Whether gaps are ringed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gaps: bool,
    /// Layers that are hidden, by their titles or files' names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<String>,
    /// Filter of the table.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Figures beside the map: ids of indicators, `coverage` for the share of residents within reach of a clinic; with `@2018` of that
    /// year, with `^2018` the change since. The district's own where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<String>,
    /// Its figures when it was captured, `id=number`: what changed since is told before a meeting.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
    /// A chart in the place of the figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart: Option<super::page::ChartKind>,
    /// How many photos stand below its map, at most four: of the village that is selected, else the latest.
    #[serde(skip_serializing_if = "is_none")]
    pub photos: u8,
    /// Whether the headline figures are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_figures: bool,
    /// Whether the legend is left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_legend: bool,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl SceneEntry {
    /// An id for a new scene.
    pub fn new_id() -> String {
        uuid::Uuid::now_v7().to_string()
    }

    /// Its name in a language.
    pub fn name_in(&self, lang: Lang) -> &str {
        in_language(&self.name, &self.name_en, lang)
    }

    /// Its title in a language; empty where it has none.
    pub fn title_in(&self, lang: Lang) -> &str {
        in_language(&self.title, &self.title_en, lang)
    }

    /// Its note in a language.
    pub fn note_in(&self, lang: Lang) -> &str {
        in_language(&self.note, &self.note_en, lang)
    }
}

/// A text, or in English the one beside it, where there is such.
pub fn in_language<'a>(own: &'a str, english: &'a str, lang: Lang) -> &'a str {
    if lang == Lang::En && !english.trim().is_empty() { english } else { own }
}

fn is_none(count: &u8) -> bool {
    *count == 0
}
