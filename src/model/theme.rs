//! Themes: what indicators are gathered under. Four have rules, symbols and keys of their own; a project adds as many as it needs.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lang::Lang;

/// The stable name of a theme of a project's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnTheme(&'static str);

/// Longest name of a theme in bytes; longer ones are cut.
const LONGEST: usize = 64;

/// Most different names that one run keeps apart; those beyond stand under the last one. Names are kept for as long as the program
/// runs, so that a theme is as small as a number.
const MOST: usize = 4096;

impl OwnTheme {
    fn named(key: &str) -> Self {
        static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut end = key.len().min(LONGEST);
        while !key.is_char_boundary(end) {
            end -= 1;
        }
        let key = key.get(..end).unwrap_or_default();
        let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = names.get(key) {
            return Self(known);
        }
        if names.len() >= MOST {
            return Self(names.last().copied().unwrap_or_default());
        }
        let kept: &'static str = Box::leak(key.to_owned().into_boxed_str());
        names.insert(kept);
        Self(kept)
    }
}

/// The themes that indicators belong to: the denominators, the four of the programme in the order of their keys 1 to 4, and those of
/// a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Theme {
    /// Households and residents: denominators.
    Base,
    /// 环境卫生.
    Sanitation,
    /// 厕所改造.
    Toilets,
    /// 卫生室.
    Clinics,
    /// 公共服务.
    Services,
    /// One of the project's own.
    Own(OwnTheme),
}

impl Theme {
    /// The themes that have a map of their own in every project, in the order of their keys.
    pub const MAPS: [Self; 4] = [Self::Sanitation, Self::Toilets, Self::Clinics, Self::Services];

    /// Stable name: in project files; of those that the program has also in language files (`topic.<key>`).
    pub fn key(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Sanitation => "sanitation",
            Self::Toilets => "toilets",
            Self::Clinics => "clinics",
            Self::Services => "services",
            Self::Own(own) => own.0,
        }
    }

    /// The indicator that a theme's map shows where nobody has chosen one; empty for the first that is known.
    pub fn first_measure(self) -> &'static str {
        match self {
            Self::Base => "population",
            Self::Sanitation => "sewage_treatment_pct",
            Self::Toilets => "dry_rebuilt",
            Self::Clinics => "clinic",
            Self::Services => "parking_per_100_households",
            Self::Own(_) => "",
        }
    }

    /// The theme of that name that every project has.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Base].into_iter().chain(Self::MAPS).find(|t| t.key() == key)
    }

    /// The theme of that name: one of the program's, else one of the project's own.
    ///
    /// ```
    /// use qiancun::model::Theme;
    /// assert_eq!(Theme::named("toilets"), Theme::Toilets);
    /// assert_eq!(Theme::named("幸福积分").key(), "幸福积分");
    /// ```
    pub fn named(key: &str) -> Self {
        let key = key.trim();
        Self::from_key(key).unwrap_or_else(|| Self::Own(OwnTheme::named(key)))
    }
}

impl Serialize for Theme {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Theme {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        match key.trim() {
            "" => Err(serde::de::Error::custom("a theme needs a name")),
            key => Ok(Self::named(key)),
        }
    }
}

/// The sign of a theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeIcon {
    /// Points, honours.
    Star,
    /// People who answer for something.
    Person,
    /// Houses, dwellings.
    House,
    /// Vegetation, environment.
    Leaf,
    /// Water.
    Drop,
    /// Roads.
    Road,
    /// Money.
    Coin,
    /// Health, care.
    Heart,
    /// Grids, fields.
    Grid,
    /// Plans, documents.
    Paper,
    /// Safety.
    Shield,
    /// Power, light.
    Bolt,
}

impl ThemeIcon {
    /// All.
    pub const ALL: [Self; 12] = [
        Self::Star,
        Self::Person,
        Self::House,
        Self::Leaf,
        Self::Drop,
        Self::Road,
        Self::Coin,
        Self::Heart,
        Self::Grid,
        Self::Paper,
        Self::Shield,
        Self::Bolt,
    ];
}

/// What a project says of a theme: `[[theme]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThemeEntry {
    /// The theme.
    pub id: Theme,
    /// Its name in Chinese; that of the program, else the id, where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zh: String,
    /// Its name in English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    /// Its sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<ThemeIcon>,
}

impl ThemeEntry {
    /// A theme of this name and nothing more.
    pub fn named(key: &str) -> Self {
        Self { id: Theme::named(key), zh: String::new(), en: String::new(), icon: None }
    }
}

/// The themes of a project, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Themes(Vec<ThemeEntry>);

impl Default for Themes {
    fn default() -> Self {
        Self::new(&[], [])
    }
}

impl Themes {
    /// Those that a project says, in its order, then those of the program that it does not say, then those that only indicators name.
    /// Without anything said of the program's four they stand first.
    pub fn new(said: &[ThemeEntry], used: impl IntoIterator<Item = Theme>) -> Self {
        let plain = |id: Theme| ThemeEntry { id, zh: String::new(), en: String::new(), icon: None };
        let is_ordered = said.iter().any(|s| Theme::MAPS.contains(&s.id));
        let shipped = Theme::MAPS.into_iter().filter(|t| said.iter().all(|s| s.id != *t)).map(plain);
        let mut list: Vec<ThemeEntry> = match is_ordered {
            true => said.iter().cloned().chain(shipped).collect(),
            false => shipped.chain(said.iter().cloned()).collect(),
        };
        list.extend(used.into_iter().map(plain));
        let mut seen = BTreeSet::from([Theme::Base]);
        list.retain(|entry| seen.insert(entry.id));
        Self(list)
    }

    /// The themes that have a map, in their order.
    pub fn maps(&self) -> impl Iterator<Item = Theme> + '_ {
        self.0.iter().map(|t| t.id)
    }

    /// Those of the project's own, in their order: keys 5 to 9.
    pub fn own(&self) -> impl Iterator<Item = Theme> + '_ {
        self.maps().filter(|t| matches!(t, Theme::Own(_)))
    }

    /// A theme's name.
    pub fn name(&self, theme: Theme, lang: Lang) -> String {
        let said = self.0.iter().find(|t| t.id == theme);
        let names = said.map(|t| match lang {
            Lang::Zh => [&t.zh, &t.en],
            Lang::En => [&t.en, &t.zh],
        });
        let shipped = || lang.find(&format!("topic.{}", theme.key()));
        let [first, second] = names.map_or(["", ""], |n| n.map(String::as_str));
        match (first, shipped(), second) {
            ("", Some(name), _) => name,
            ("", None, "") => theme.key(),
            ("", None, second) => second,
            (first, ..) => first,
        }
        .to_owned()
    }

    /// A theme's sign, where the project says one.
    pub fn icon(&self, theme: Theme) -> Option<ThemeIcon> {
        self.0.iter().find(|t| t.id == theme).and_then(|t| t.icon)
    }

    /// A theme by its stable name or a name in any language.
    pub fn find(&self, name: &str) -> Option<Theme> {
        let name = name.trim();
        let is = |t: &&ThemeEntry| {
            t.id.key() == name || [Lang::Zh, Lang::En].iter().any(|l| self.name(t.id, *l).eq_ignore_ascii_case(name))
        };
        self.0.iter().find(is).map(|t| t.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn themes_of_a_project_stand_beside_the_four_in_its_order() {
        let entry = |key: &str, zh: &str| ThemeEntry { zh: zh.to_owned(), ..ThemeEntry::named(key) };
        let keys = |t: &Themes| t.maps().map(Theme::key).collect::<Vec<_>>().join(" ");
        let own = [entry("points", "幸福积分"), entry("points", "again"), entry("base", "")];
        let themes = Themes::new(&own, [Theme::named("ndvi"), Theme::Base, Theme::Toilets]);
        assert_eq!(keys(&themes), "sanitation toilets clinics services points ndvi");
        assert_eq!(themes.name(Theme::named("points"), Lang::Zh), "幸福积分");
        assert_eq!(themes.name(Theme::named("points"), Lang::En), "幸福积分");
        assert_eq!(themes.name(Theme::named("ndvi"), Lang::En), "ndvi");
        assert_eq!(themes.name(Theme::Clinics, Lang::En), "Clinics");
        assert_eq!(themes.find("幸福积分"), Some(Theme::named("points")));
        assert_eq!(themes.own().count(), 2);
        let ordered = Themes::new(&[entry("points", ""), entry("clinics", "村医")], []);
        assert_eq!(keys(&ordered), "points clinics sanitation toilets services");
        assert_eq!(ordered.name(Theme::Clinics, Lang::Zh), "村医");
    }

    #[test]
    fn a_theme_is_written_as_it_was_read() {
        let entry: ThemeEntry = toml::from_str("id = \"points\"\nzh = \"幸福积分\"\nicon = \"star\"").expect("a theme");
        assert_eq!((entry.id, entry.icon), (Theme::named("points"), Some(ThemeIcon::Star)));
        assert_eq!(toml::to_string(&entry).expect("text"), "id = \"points\"\nzh = \"幸福积分\"\nicon = \"star\"\n");
        assert!(toml::from_str::<ThemeEntry>("id = \" \"").is_err());
        assert_eq!(Theme::named(&"长".repeat(40)).key().len(), 63);
    }
}
