//! Sums, means and comparisons of what is in focus, kept until theme, year or focus change.

use std::sync::Arc;

use super::state::Session;
use crate::district::{By, District, Headline, Rollup, Total, headlines};
use crate::model::{FeatureId, Generation, Good, Indicator};
use crate::project::Focus;

/// What sums are made for: the district, the year, the focus.
pub type RolledKey = (Generation, Option<i32>, Option<Focus>);

/// Sums over towns, groups and all villages in focus.
#[derive(Clone, Debug)]
pub struct Rolled {
    /// By town.
    pub towns: Vec<Rollup>,
    /// By group.
    pub groups: Vec<Rollup>,
    /// All together.
    pub all: Rollup,
    /// Tables against the map.
    pub headlines: Vec<Headline>,
}

impl Rolled {
    /// The sums of one way to take villages together.
    pub fn by(&self, by: By) -> &[Rollup] {
        match by {
            By::Town => &self.towns,
            By::Group => &self.groups,
            By::District => std::slice::from_ref(&self.all),
        }
    }
}

/// A place and its figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// Name of the town or group.
    pub name: String,
    /// Its villages.
    pub villages: usize,
    /// Sum, mean, or share of villages in a good category in per cent; `None` where unknown.
    pub total: Total,
    /// 1 for the best; equal figures share a rank; `None` where nothing is known, or neither end is good.
    pub rank: Option<usize>,
}

impl Session {
    /// Brings the sums up to date.
    pub fn roll(&mut self) {
        let Some(district) = self.district().cloned() else {
            self.made.rolled.clear();
            return;
        };
        let year = self.year();
        let key = (district.generation, year, self.focus_key());
        if self.made.rolled.get(&key).is_some() {
            return;
        }
        let members = self.villages_in_focus();
        let narrowed = |by: By| -> Vec<Rollup> {
            let places = district.places(by).into_iter().filter_map(|(name, mut villages)| {
                villages.retain(|v| self.is_in_focus(*v));
                (!villages.is_empty()).then(|| district.rollup(name, villages, year))
            });
            places.collect()
        };
        let name = match self.focused() {
            Some(f) => f.focus.name.clone(),
            None => district.places(By::District).into_iter().next().map(|p| p.0).unwrap_or_default(),
        };
        let rolled = Arc::new(Rolled {
            towns: narrowed(By::Town),
            groups: narrowed(By::Group),
            headlines: headlines(&district, &members, year),
            all: district.rollup(name, members, year),
        });
        self.made.rolled.make(key, |_| rolled);
    }

    /// Places by an indicator, best first, those without a figure last.
    pub fn ranked(&self, by: By, indicator: usize) -> Vec<Ranked> {
        let (Some(rolled), Some(district)) = (self.rolled(), self.district()) else { return Vec::new() };
        let Some(definition) = district.indicators.all().get(indicator) else { return Vec::new() };
        let mut list: Vec<Ranked> = rolled
            .by(by)
            .iter()
            .map(|r| Ranked {
                name: r.name.clone(),
                villages: r.villages.len(),
                total: figure(district, definition, indicator, self.year(), r),
                rank: None,
            })
            .collect();
        let down = definition.good == Good::Down;
        let key = |r: &Ranked| r.total.value.map(|v| if down { v } else { -v }).unwrap_or(f64::INFINITY);
        list.sort_by(|a, b| key(a).total_cmp(&key(b)));
        if definition.good != Good::None || definition.is_category() {
            let keys: Vec<f64> = list.iter().map(key).collect();
            for (at, place) in list.iter_mut().enumerate() {
                let first = keys.iter().position(|k| Some(k) == keys.get(at));
                place.rank = place.total.value.and(first).map(|f| f + 1);
            }
        }
        list
    }
}

/// Sum or mean; for a category the share of the villages known that meet what is asked for, in per cent.
fn figure(district: &District, definition: &Indicator, at: usize, year: Option<i32>, rollup: &Rollup) -> Total {
    let total =
        rollup.totals.get(&at).copied().unwrap_or(Total { value: None, known: 0, unknown: rollup.villages.len() });
    if !definition.is_category() || total.known == 0 {
        return total;
    }
    let is_good = |v: &&FeatureId| district.value(at, year, **v).and_then(|x| definition.is_met(x)).unwrap_or(false);
    let good = rollup.villages.iter().filter(is_good).count();
    Total { value: Some(100.0 * good as f64 / total.known as f64), ..total }
}
