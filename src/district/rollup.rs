//! Totals and weighted means over a town, a group or the district.

use std::collections::BTreeMap;

use super::build::District;
use super::facility::Kind;
use crate::model::{FeatureId, Role};

/// What villages are taken together by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Town.
    Town,
    /// Group, such as 山前 / 山后.
    Group,
    /// All of them.
    District,
}

impl By {
    /// Stable name, as the command line writes it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Town => "town",
            Self::Group => "group",
            Self::District => "district",
        }
    }

    /// The way of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Town, Self::Group, Self::District].into_iter().find(|b| b.key() == key)
    }
}

/// A figure over several villages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total {
    /// Sum or weighted mean; `None` where no village's value is known, and for categories.
    pub value: Option<f64>,
    /// Villages whose value is known.
    pub known: usize,
    /// Villages whose value is not.
    pub unknown: usize,
}

/// Everything about a set of villages.
#[derive(Clone, Debug)]
pub struct Rollup {
    /// Town, group or district; empty where the field is.
    pub name: String,
    /// The villages.
    pub villages: Vec<FeatureId>,
    /// Per indicator that anything is known of, by its position.
    pub totals: BTreeMap<usize, Total>,
    /// Facilities in use per kind.
    pub facilities: BTreeMap<Kind, usize>,
}

impl District {
    /// What weighs the mean of an indicator over villages: `None` where each has a denominator of its own, or nothing is known.
    pub fn weight_of(&self, indicator: usize, year: Option<i32>, villages: &[FeatureId]) -> Option<usize> {
        let is_own = |v: &FeatureId| self.observations.fraction(indicator, year, *v).is_some();
        let known = villages.iter().filter(|v| self.value(indicator, year, **v).is_some());
        (!known.clone().all(is_own)).then(|| self.weight(year)).flatten()
    }

    /// Position of the indicator whose values weigh means: households where any are known, else residents, else none.
    fn weight(&self, year: Option<i32>) -> Option<usize> {
        ["households", "population"]
            .into_iter()
            .filter_map(|id| self.indicators.position(id))
            .find(|i| self.village_list().any(|v| self.value(*i, year, v).is_some()))
    }

    /// Sum or weighted mean of an indicator over villages. A village whose value or weight is unknown is left out of the
    /// mean, and counted as unknown where its value is.
    pub fn total(&self, indicator: usize, year: Option<i32>, villages: &[FeatureId]) -> Total {
        let Some(definition) = self.indicators.all().get(indicator) else {
            return Total { value: None, known: 0, unknown: villages.len() };
        };
        if let Some(terms) = definition.ratio.as_ref().and_then(|r| self.terms(r)) {
            let pairs: Vec<(f64, f64)> = villages.iter().filter_map(|v| self.ratio(&terms, year, *v)).collect();
            let (part, whole) = pairs.iter().fold((0.0, 0.0), |(p, w), (part, whole)| (p + part, w + whole));
            let known = villages.iter().filter(|v| self.value(indicator, year, **v).is_some()).count();
            let value = (whole > 0.0).then(|| part / whole);
            return Total { value, known, unknown: villages.len() - known };
        }
        let values: Vec<(FeatureId, f64)> =
            villages.iter().filter_map(|v| Some((*v, self.value(indicator, year, *v)?))).collect();
        let value = if values.is_empty() || definition.is_category() {
            None
        } else if definition.sum {
            Some(values.iter().map(|(_, x)| x).sum())
        } else {
            // Their own denominators where the tables give one for each, else households, else residents.
            let own = |v: FeatureId| self.observations.fraction(indicator, year, v).map(|(_, whole)| whole);
            if values.iter().all(|(v, _)| own(*v).is_some()) {
                let weighed = values.iter().filter_map(|(v, x)| Some((own(*v)?, *x)));
                return Total { value: weighted(weighed), known: values.len(), unknown: villages.len() - values.len() };
            }
            let weight = self.weight(year);
            let weighed = values.iter().filter_map(|(v, x)| match weight {
                Some(w) => Some((self.value(w, year, *v)?, *x)),
                None => Some((1.0, *x)),
            });
            weighted(weighed)
        };
        Total { value, known: values.len(), unknown: villages.len() - values.len() }
    }

    /// Takes villages together.
    pub fn rollup(&self, name: String, villages: Vec<FeatureId>, year: Option<i32>) -> Rollup {
        let known = (0..self.indicators.all().len()).filter(|i| self.observations.has(*i));
        let totals = known.map(|i| (i, self.total(i, year, &villages))).collect();
        let mut facilities: BTreeMap<Kind, usize> = Kind::ALL.into_iter().map(|k| (k, 0)).collect();
        let all = villages.iter().filter_map(|v| self.of_village.get(v.index())).flatten();
        for facility in all.filter_map(|i| self.facilities.get(*i as usize)) {
            if facility.is_in_use() && facility.is_there(year) {
                *facilities.entry(facility.kind).or_insert(0) += 1;
            }
        }
        Rollup { name, villages, totals, facilities }
    }

    /// Names of the towns or groups, in order of first appearance, with their villages.
    pub fn places(&self, by: By) -> Vec<(String, Vec<FeatureId>)> {
        if by == By::District {
            let name = self.village_list().map(|v| self.text(v, Role::District)).find(|t| !t.is_empty());
            return vec![(name.unwrap_or_default(), self.village_list().collect())];
        }
        let mut places: Vec<(String, Vec<FeatureId>)> = Vec::new();
        let mut at: rustc_hash::FxHashMap<String, usize> = Default::default();
        for village in self.village_list() {
            let name =
                if by == By::Town { self.town_name(village).to_owned() } else { self.text(village, Role::Group) };
            let next = places.len();
            let slot = *at.entry(name.clone()).or_insert(next);
            if slot == next {
                places.push((name, Vec::new()));
            }
            if let Some(place) = places.get_mut(slot) {
                place.1.push(village);
            }
        }
        places
    }
}

/// All towns or groups, or the district, taken together.
pub fn rollups(district: &District, by: By, year: Option<i32>) -> Vec<Rollup> {
    district.places(by).into_iter().map(|(name, villages)| district.rollup(name, villages, year)).collect()
}

/// Weighted mean of (weight, value); `None` where the weights add up to nothing.
pub fn weighted(pairs: impl IntoIterator<Item = (f64, f64)>) -> Option<f64> {
    let (weight, sum) = pairs.into_iter().fold((0.0, 0.0), |(w, s), (weight, x)| (w + weight, s + weight * x));
    (weight > 0.0).then(|| sum / weight)
}
