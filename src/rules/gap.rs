//! A gap: where, by which rule, and why.

use crate::geo::LonLat;
use crate::lang::{Lang, fill};
use crate::model::FeatureId;

use super::definition::RuleDefinition;
use super::facts::Facts;
use crate::district::District;
use crate::model::Role;
use serde::{Deserialize, Serialize};

/// How much a gap matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GapSeverity {
    /// To be closed first.
    High,
    /// To be closed.
    Medium,
    /// A question of the data, not of the village.
    Data,
    /// Of the district as a whole.
    District,
}

impl GapSeverity {
    /// All, the worst first.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Data, Self::District];

    /// Stable name, as in the JSON of `gaps`; in language files `severity.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Data => "data",
            Self::District => "district",
        }
    }
}

/// One gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The rule's id.
    pub rule: String,
    /// How much it matters.
    pub severity: GapSeverity,
    /// The village; `None` for a gap of the district.
    pub village: Option<FeatureId>,
    /// The facility, by position in [`District::facilities`].
    pub facility: Option<u32>,
    /// The indicator, by position.
    pub indicator: Option<usize>,
    /// What was found; `None` where nothing is.
    pub value: Option<f64>,
    /// What is asked for.
    pub threshold: Option<f64>,
    /// Unit of both, such as `%`, `m`, `m²` or an indicator's own.
    pub unit: String,
    /// A distance in metres, straight over the ground, where the rule has one.
    pub distance_m: Option<f64>,
    /// Where it is.
    pub at: Option<LonLat>,
    /// What tells it from others of the same rule, village and facility: a year, another facility.
    pub detail: String,
    pub(super) reason: &'static str,
    /// Names in the reason; its numbers are those above.
    pub(super) words: Vec<(&'static str, String)>,
    /// Digits behind the point of the value in the reason.
    pub(super) decimals: u8,
}

impl Gap {
    /// A gap of a village, at its representative point; reason is a key of the language files.
    pub(super) fn of_village(
        facts: &Facts<'_>,
        rule: &RuleDefinition,
        village: FeatureId,
        reason: &'static str,
    ) -> Self {
        Self { village: Some(village), at: facts.district.stand(village), ..Self::of_district(rule, reason) }
    }

    /// A gap of a facility, where that stands.
    pub(super) fn of_facility(facts: &Facts<'_>, rule: &RuleDefinition, facility: u32, reason: &'static str) -> Self {
        let it = facts.district.facilities.get(facility as usize);
        let gap = Self::of_district(rule, reason).word("facility", it.map(|f| f.name.clone()).unwrap_or_default());
        Self { village: it.and_then(|f| f.village), facility: Some(facility), at: it.map(|f| f.at), ..gap }
    }

    /// A gap of the district.
    pub(super) fn of_district(rule: &RuleDefinition, reason: &'static str) -> Self {
        Self {
            rule: rule.id.clone(),
            severity: rule.severity,
            village: None,
            facility: None,
            indicator: None,
            value: None,
            threshold: None,
            unit: String::new(),
            distance_m: None,
            at: None,
            detail: String::new(),
            reason,
            words: Vec::new(),
            decimals: 0,
        }
    }

    pub(super) fn severe(mut self, rule: &RuleDefinition, is_severe: bool) -> Self {
        if let (true, Some(severe)) = (is_severe, rule.severe) {
            self.severity = severe;
        }
        self
    }

    pub(super) fn figure(mut self, value: Option<f64>, threshold: f64, unit: &str, decimals: usize) -> Self {
        (self.value, self.threshold, self.unit) = (value, Some(threshold), unit.to_owned());
        self.decimals = decimals as u8;
        self
    }

    pub(super) fn indicator(mut self, position: usize) -> Self {
        self.indicator = Some(position);
        self
    }

    pub(super) fn distance(mut self, metres: Option<f64>) -> Self {
        self.distance_m = metres;
        self
    }

    pub(super) fn word(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.words.push((name, text.into()));
        self
    }

    /// The figure in words where it is no number: 不足三类. `None` where numbers say it.
    pub fn figure_words(&self, lang: Lang) -> Option<String> {
        let words = lang.find(&format!("{}-figure", self.reason))?;
        let class = self.threshold.map_or(0, |t| t as usize);
        let numeral = match lang {
            Lang::Zh => ["一", "二", "三", "四"].get(class.wrapping_sub(1)),
            Lang::En => ["I", "II", "III", "IV"].get(class.wrapping_sub(1)),
        };
        let plain = class.to_string();
        Some(fill(words, &[("n", numeral.copied().unwrap_or(&plain))]))
    }

    /// The reason in a sentence: figure, threshold, unit, distance.
    pub fn reason(&self, district: &District, rule: Option<&RuleDefinition>, lang: Lang) -> String {
        let own = rule.filter(|r| r.when.is_some()).map(|r| r.reason(lang));
        let template = own.or_else(|| lang.find(self.reason).map(str::to_owned)).unwrap_or_default();
        let indicator = self.indicator.and_then(|i| district.indicators.all().get(i)).map(|i| i.name(lang).to_owned());
        let figure = |v: f64| shown(v, self.threshold.unwrap_or(v), usize::from(self.decimals));
        let numbers = [
            ("value", self.value.map(figure)),
            ("threshold", self.threshold.map(|t| shown(t, t, 2))),
            ("distance", self.distance_m.map(|m| format!("{m:.0}"))),
            ("indicator", indicator),
        ];
        let numbers = numbers.iter().filter_map(|(name, text)| Some((*name, text.as_deref()?)));
        let names = self.words.iter().map(|(name, text)| (*name, text.as_str()));
        fill(&template, &numbers.chain(names).collect::<Vec<_>>())
    }

    /// What names this gap in the survey log, over years, machines and languages: rule, village by code (else by district, town and
    /// name as the file says them), facility by id (else name, and with its layer where two layers share ids), indicator and detail.
    pub fn key(&self, district: &District) -> String {
        let village = self.village.map_or_else(String::new, |v| village_key(district, v));
        let facility = self.facility.and_then(|f| district.facilities.get(f as usize));
        let facility = facility.map(|f| district.facility_key(f)).unwrap_or_default();
        self.key_of(district, &village, &facility)
    }

    /// Keys by which version 1 of the log may have named this gap: by a name in whatever language it was shown, and by the
    /// facility's id or name alone.
    pub fn former_keys(&self, district: &District) -> Vec<String> {
        let villages = match self.village {
            None => vec![String::new()],
            Some(v) => {
                let code = district.text(v, Role::Code);
                let mut all = district.villages.all_names(v);
                // As it would be, or was, named without a code, or before town and district were known.
                let (d, t) = (district.text(v, Role::District), district.text(v, Role::Town));
                let name = district.villages.file_name(v);
                all.extend(
                    [[&d, &t, &name], [&String::new(), &t, &name]].map(|parts| names_key(&parts.map(String::clone))),
                );
                all.push(names_key(&[String::new(), String::new(), name]));
                all.extend((!code.is_empty()).then_some(code));
                all
            }
        };
        let facilities = match self.facility.and_then(|f| district.facilities.get(f as usize)) {
            None => vec![String::new()],
            Some(f) => {
                let with_layer =
                    format!("{}:{}", district.layer_name(f), if f.id.is_empty() { &f.name } else { &f.id });
                [f.id.clone(), f.name.clone(), with_layer].into_iter().filter(|t| !t.is_empty()).collect()
            }
        };
        let now = self.key(district);
        let mut keys: Vec<String> =
            villages.iter().flat_map(|v| facilities.iter().map(|f| self.key_of(district, v, f))).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|k| *k != now);
        keys
    }

    fn key_of(&self, district: &District, village: &str, facility: &str) -> String {
        let indicator = self.indicator.and_then(|i| district.indicators.all().get(i)).map_or("", |i| i.id.as_str());
        [self.rule.as_str(), village, facility, indicator, self.detail.as_str()].join("/")
    }
}

/// District, town and name as a part of a key; what parts a key is no part of a name in it.
fn names_key(parts: &[String; 3]) -> String {
    parts.each_ref().map(|text| text.replace('/', "／").replace('|', "｜")).join("|")
}

/// What names a village over years, machines and languages: its code, else district, town and name as the file says them.
pub(super) fn village_key(district: &District, village: FeatureId) -> String {
    match district.text(village, Role::Code) {
        code if code.is_empty() => {
            let name = match district.villages.file_name(village) {
                name if name.is_empty() => district.villages.display_name(village),
                name => name,
            };
            names_key(&[district.text(village, Role::District), district.text(village, Role::Town), name])
        }
        code => code,
    }
}

/// A number with as many decimals as tell it from the threshold.
fn shown(value: f64, threshold: f64, decimals: usize) -> String {
    let mut text = format!("{value:.decimals$}");
    if value != threshold && text.parse() == Ok(threshold) {
        text = format!("{value:.*}", decimals + 3);
    }
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_never_looks_like_its_threshold() {
        assert_eq!(shown(98.96, 99.0, 1), "98.96");
        assert_eq!(shown(97.4, 99.0, 1), "97.4");
        assert_eq!(shown(99.0, 99.0, 2), "99");
        assert_eq!(shown(2000.4, 2000.0, 0), "2000.4");
        assert_eq!(shown(1200.0, 600.0, 0), "1200");
    }
}
