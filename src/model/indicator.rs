//! Indicators as data: what a figure is called, its unit, its possible range, where good lies and what is asked for.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::theme::{Theme, ThemeEntry, Themes};
use crate::lang::Lang;

/// Where good lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Good {
    /// High values.
    Up,
    /// Low values.
    Down,
    /// Neither.
    #[default]
    None,
}

/// An indicator computed from others: the sum of some over the sum of others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// Ids of the indicators above the line.
    pub part: Vec<String>,
    /// Ids of the indicators below it; where they add up to nothing the ratio does not apply.
    pub whole: Vec<String>,
    /// What the quotient is multiplied by: 100 for a percentage or "per 100 households".
    #[serde(default = "one")]
    pub per: f64,
}

fn one() -> f64 {
    1.0
}

/// One value of a category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryValue {
    /// Stable name.
    pub id: String,
    /// Shown in Chinese.
    pub zh: String,
    /// Shown in English.
    pub en: String,
    /// Colour on the map, `#rrggbb`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub colour: String,
    /// Whether it meets what is asked for; `None` says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<bool>,
    /// Other ways to write it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Stable name: column of tables, identifier in filters.
    pub id: String,
    /// Shown in Chinese.
    pub zh: String,
    /// Shown in English.
    pub en: String,
    /// Other column heads that mean it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Unit in English, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    /// Theme.
    pub theme: Theme,
    /// Whether values of villages add up; else they are averaged by weight.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sum: bool,
    /// Whether it is a count to date, which cannot fall.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cumulative: bool,
    /// Whether the program computes it, rather than reading it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub computed: bool,
    /// How it is computed from others; a project may add ratios of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Ratio>,
    /// Smallest possible value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest possible value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Where good lies.
    #[serde(default)]
    pub good: Good,
    /// What is asked for: at least (good up) or at most (good down).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Inner class bounds of the map.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<f64>,
    /// Decimals shown.
    #[serde(default)]
    pub decimals: u8,
    /// Values of a category; empty for numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<CategoryValue>,
}

impl Indicator {
    /// Shown name.
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Shown unit.
    pub fn unit(&self, lang: Lang) -> &str {
        match (lang, &self.unit_en) {
            (Lang::En, Some(unit)) => unit,
            _ => &self.unit,
        }
    }

    /// Whether the program computes it, so that tables are not asked for it.
    pub fn is_computed(&self) -> bool {
        self.computed || self.ratio.is_some()
    }

    /// Whether its values are whole numbers.
    pub fn is_whole(&self) -> bool {
        self.sum && self.decimals == 0
    }

    /// Whether it is a category, stored as the position of its value.
    pub fn is_category(&self) -> bool {
        !self.values.is_empty()
    }

    /// Whether a value meets what is asked for; `None` where nothing is asked.
    pub fn is_met(&self, value: f64) -> Option<bool> {
        if self.is_category() {
            return self.values.get(value as usize)?.good;
        }
        match (self.good, self.threshold?) {
            (Good::Up, t) => Some(value >= t),
            (Good::Down, t) => Some(value <= t),
            (Good::None, _) => None,
        }
    }

    /// Whether a number can be a value at all.
    pub fn is_possible(&self, value: f64) -> bool {
        value.is_finite() && self.min.is_none_or(|m| value >= m) && self.max.is_none_or(|m| value <= m)
    }

    /// Position of a category's value by its name in any language.
    pub fn category(&self, text: &str) -> Option<usize> {
        let is = |s: &str| s.eq_ignore_ascii_case(text);
        self.values.iter().position(|v| is(&v.id) || is(&v.zh) || is(&v.en) || v.aliases.iter().any(|a| is(a)))
    }

    /// Positions of a category's values whose name contains a text, in any language.
    pub fn categories_with(&self, text: &str) -> Vec<usize> {
        let text = text.to_lowercase();
        let has = |s: &String| s.to_lowercase().contains(&text);
        let is = |v: &CategoryValue| has(&v.zh) || has(&v.en) || has(&v.id);
        self.values.iter().enumerate().filter(|(_, v)| is(v)).map(|(at, _)| at).collect()
    }

    /// The value as it is shown, without its unit.
    pub fn show(&self, value: f64, lang: Lang) -> String {
        if self.is_category() {
            let Some(v) = self.values.get(value as usize) else { return String::new() };
            return match lang {
                Lang::Zh => v.zh.clone(),
                Lang::En => v.en.clone(),
            };
        }
        let text = format!("{value:.*}", usize::from(self.decimals));
        group_thousands(&text)
    }
}

/// Groups of three digits, from ten thousand up.
fn group_thousands(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |r| ("−", r));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && whole.len() > 4 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    match fraction {
        Some(f) => format!("{sign}{out}.{f}"),
        None => format!("{sign}{out}"),
    }
}

/// All indicators known to a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Indicators {
    list: Vec<Indicator>,
    by_name: FxHashMap<String, usize>,
    themes: Themes,
}

#[derive(Deserialize)]
struct File {
    indicator: Vec<Indicator>,
}

impl Indicators {
    /// The indicators that the program ships, with those of a project after them. One with the id of an earlier one
    /// takes its place.
    pub fn with(own: &[Indicator]) -> Self {
        // The file is part of the program: a test holds it to be right.
        let shipped = toml::from_str::<File>(include_str!("../../assets/indicators.toml")).map(|f| f.indicator);
        let mut list: Vec<Indicator> = shipped.unwrap_or_default();
        for indicator in own {
            match list.iter_mut().find(|i| i.id == indicator.id) {
                Some(slot) => *slot = indicator.clone(),
                None => list.push(indicator.clone()),
            }
        }
        let mut by_name = FxHashMap::default();
        for (at, i) in list.iter().enumerate() {
            for name in [&i.id, &i.zh, &i.en].into_iter().chain(&i.aliases) {
                by_name.entry(folded(name)).or_insert(at);
            }
        }
        let themes = Themes::new(&[], list.iter().map(|i| i.theme));
        Self { list, by_name, themes }
    }

    /// The same, under the themes that a project says.
    pub fn under(mut self, themes: &[ThemeEntry]) -> Self {
        self.themes = Themes::new(themes, self.list.iter().map(|i| i.theme));
        self
    }

    /// The themes that they stand under.
    pub fn themes(&self) -> &Themes {
        &self.themes
    }

    /// All, in their order.
    pub fn all(&self) -> &[Indicator] {
        &self.list
    }

    /// Position of an indicator by id, name or alias; a unit in brackets behind it does not matter.
    pub fn position(&self, name: &str) -> Option<usize> {
        let whole = folded(name);
        let bare = || name.find(['(', '（', '[', '/']).and_then(|end| name.get(..end)).map(folded);
        self.by_name.get(&whole).copied().or_else(|| self.by_name.get(&bare()?).copied())
    }

    /// An indicator by id, name or alias.
    pub fn get(&self, name: &str) -> Option<&Indicator> {
        self.list.get(self.position(name)?)
    }
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && *c != '_')
        .map(super::simplified)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_indicators_are_whole() {
        let all = Indicators::with(&[]);
        assert_eq!(all.all().len(), 31);
        for i in all.all() {
            assert!(!i.zh.is_empty() && !i.en.is_empty());
            assert!(i.breaks.is_sorted());
            assert_eq!(all.get(&i.zh).map(|x| &x.id), Some(&i.id));
        }
        let at = |name: &str| all.get(name).map(|i| i.id.as_str());
        assert_eq!(at("污水处理率(%)"), Some("sewage_treatment_pct"));
        assert_eq!(at("公厕数"), Some("public_toilets"));
        assert_eq!(at("没有"), None);
    }

    #[test]
    fn what_is_asked_for() {
        let all = Indicators::with(&[]);
        let met = |id: &str, v| all.get(id).and_then(|i| i.is_met(v));
        assert_eq!(met("sewage_treatment_pct", 98.9), Some(false));
        assert_eq!(met("dry_toilets", 0.0), Some(true));
        assert_eq!(met("clinic", 3.0), Some(false));
        assert_eq!(met("population", 3.0), None);
        assert_eq!(all.get("clinic").and_then(|i| i.category("共用")), Some(1));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(group_thousands("252640"), "252,640");
        assert_eq!(group_thousands("1577"), "1577");
        assert_eq!(group_thousands("-12345.5"), "−12,345.5");
    }
}
