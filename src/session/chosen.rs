//! Several villages selected: what they come to by the indicator shown, and how they lie among all.

use std::sync::Arc;

use super::state::Session;
use crate::district::{District, Total};
use crate::geo::BoundsDeg;
use crate::model::{Edit, FeatureId, Generation, Indicator, Role};

/// Bars of the histogram.
const BARS: usize = 12;

/// What the figures of a selection are made for: the district, the indicator, the year, the villages.
pub type ChosenKey = (Generation, usize, Option<i32>, Vec<FeatureId>);

/// A bar of the histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Least and greatest value.
    pub bounds: [f64; 2],
    /// The villages in it, those selected first.
    pub villages: Vec<FeatureId>,
    /// How many of them are selected.
    pub selected: usize,
}

/// What several villages come to by one indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Position of the indicator.
    pub indicator: usize,
    /// How many villages are selected.
    pub villages: usize,
    /// Sum or weighted mean, and of how many villages the figure is known.
    pub total: Total,
    /// The middle one of the known values; the mean of the two in the middle where their number is even.
    pub median: Option<f64>,
    /// Least and greatest known value.
    pub range: Option<[f64; 2]>,
    /// All villages by value, lowest first; empty for categories and where fewer than two values are known.
    pub bars: Vec<Bar>,
}

impl Chosen {
    fn of(district: &District, indicator: usize, year: Option<i32>, villages: &[FeatureId]) -> Self {
        let of = |v: FeatureId| district.value(indicator, year, v);
        let mut known: Vec<f64> = villages.iter().filter_map(|v| of(*v)).collect();
        known.sort_by(f64::total_cmp);
        let is_category = district.indicators.all().get(indicator).is_none_or(Indicator::is_category);
        let all: Vec<(FeatureId, f64)> = district.village_list().filter_map(|v| Some((v, of(v)?))).collect();
        Self {
            indicator,
            villages: villages.len(),
            total: district.total(indicator, year, villages),
            median: if is_category { None } else { median(&known) },
            range: known.first().zip(known.last()).filter(|_| !is_category).map(|(a, b)| [*a, *b]),
            bars: if is_category { Vec::new() } else { bars(&all, villages) },
        }
    }
}

impl Session {
    /// The selected villages, each once; none where fewer than two are selected.
    pub fn chosen_villages(&self) -> &[FeatureId] {
        self.made.chosen_villages.last().map_or(&[], Vec::as_slice)
    }

    /// Brings the list of selected villages, and what they come to, up to date.
    pub fn weigh_chosen(&mut self) {
        self.list_chosen();
        let map = self.map_spec().zip(self.district().cloned()).filter(|_| !self.chosen_villages().is_empty());
        let Some((map, district)) = map else {
            self.made.chosen.clear();
            return;
        };
        let key = (district.generation, map.indicator, map.year, self.chosen_villages().to_vec());
        if self.made.chosen.get(&key).is_none() {
            self.made
                .chosen
                .make(key, |(_, indicator, year, villages)| Chosen::of(&district, *indicator, *year, villages).into());
        }
    }

    /// Brings the list of selected villages up to date.
    fn list_chosen(&mut self) {
        let selected = self.document.selection.clone().filter(|(_, features)| features.len() > 1);
        let villages = self.village_layer().and_then(|l| Some((l.key, l.loaded()?.clone())));
        let wanted = selected.zip(villages).filter(|((layer, _), (key, _))| layer == key);
        let Some(((_, features), (_, loaded))) = wanted else {
            self.made.chosen_villages.clear();
            return;
        };
        let key = (loaded.generation, features);
        if self.made.chosen_villages.get(&key).is_some() {
            return;
        }
        self.made.chosen_villages.make(key, |(_, features)| {
            let mut list: Vec<FeatureId> = features.iter().filter_map(|f| loaded.members().village_of(*f)).collect();
            list.sort_unstable();
            list.dedup();
            if list.len() < 2 { Vec::new() } else { list }
        });
    }

    /// What the selected villages come to; `None` where fewer than two are selected, or no indicator is shown.
    pub fn chosen(&self) -> Option<&Arc<Chosen>> {
        self.made.chosen.last()
    }

    /// All villages in focus that are not selected.
    pub fn not_chosen(&self) -> Vec<FeatureId> {
        let chosen = self.chosen_villages();
        let all = self.villages_in_focus();
        all.into_iter().filter(|v| chosen.binary_search(v).is_err()).collect()
    }

    /// The selected villages and those that touch one of them.
    pub fn chosen_and_touching(&self) -> Vec<FeatureId> {
        use geo::Intersects;
        use rayon::prelude::*;
        let chosen = self.chosen_villages();
        let Some(loaded) = self.village_layer().and_then(|l| l.loaded()) else { return chosen.to_vec() };
        let (geometry, members) = (&loaded.dataset.geometry, loaded.members());
        // Borders that were drawn apart by less than this meet.
        const APART_DEG: f64 = 1e-7;
        let near = |village: &FeatureId| -> Vec<FeatureId> {
            let own = geometry.multi_polygon_of(*village);
            let bounds = geometry.bounds_of(*village);
            let around = bounds.map(|b: BoundsDeg| loaded.spatial().in_rectangle(b.with_room(0.0, APART_DEG)));
            let others = around.unwrap_or_default().into_iter().filter(|f| f != village);
            others.filter(|f| own.intersects(&geometry.multi_polygon_of(*f))).collect()
        };
        let parts: Vec<FeatureId> = chosen.iter().flat_map(|v| members.parts(v)).copied().collect();
        let found: Vec<FeatureId> = parts.par_iter().flat_map_iter(near).collect();
        let mut list: Vec<FeatureId> =
            found.into_iter().filter_map(|f| members.village_of(f)).chain(chosen.iter().copied()).collect();
        list.sort_unstable();
        list.dedup();
        list
    }

    /// The selected villages as members of a group: corrections, one for each.
    pub fn group_edits(&self, group: &str) -> Vec<Edit> {
        let Some(district) = self.district() else { return Vec::new() };
        let edit = |v: &FeatureId| {
            let code = district.text(*v, Role::Code);
            let (village, town) = if code.is_empty() {
                (district.text(*v, Role::Name), district.text(*v, Role::Town))
            } else {
                (code, String::new())
            };
            Edit {
                village,
                town,
                what: crate::district::GROUP.to_owned(),
                value: group.trim().to_owned(),
                ..Edit::default()
            }
        };
        self.chosen_villages().iter().map(edit).filter(|e| !e.village.is_empty()).collect()
    }
}

/// The middle of sorted values.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(*upper);
    }
    Some((sorted.get(middle.checked_sub(1)?)? + upper) / 2.0)
}

/// Bars of one width over all values.
fn bars(all: &[(FeatureId, f64)], selected: &[FeatureId]) -> Vec<Bar> {
    let least = all.iter().map(|(_, x)| *x).fold(f64::INFINITY, f64::min);
    let most = all.iter().map(|(_, x)| *x).fold(f64::NEG_INFINITY, f64::max);
    let width = (most - least) / BARS as f64;
    if width <= 0.0 || !width.is_finite() {
        return Vec::new();
    }
    let edge = |i: usize| if i == BARS { most } else { least + width * i as f64 };
    let empty = |i: usize| Bar { bounds: [edge(i), edge(i + 1)], villages: Vec::new(), selected: 0 };
    let mut bars: Vec<Bar> = (0..BARS).map(empty).collect();
    for (village, x) in all {
        let at = (((x - least) / width) as usize).min(BARS - 1);
        let Some(bar) = bars.get_mut(at) else { continue };
        if selected.binary_search(village).is_ok() {
            bar.villages.insert(bar.selected, *village);
            bar.selected += 1;
        } else {
            bar.villages.push(*village);
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_bars_hold_every_village_once() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[1.0, 2.0, 9.0]), Some(2.0));
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), Some(3.0));
        let all: Vec<(FeatureId, f64)> = (0..25).map(|i| (FeatureId::new(i), f64::from(i))).collect();
        let selected: Vec<FeatureId> = [3, 24].map(FeatureId::new).to_vec();
        let bars = bars(&all, &selected);
        assert_eq!((bars.len(), bars.iter().map(|b| b.villages.len()).sum::<usize>()), (BARS, 25));
        assert_eq!(bars.iter().map(|b| b.selected).sum::<usize>(), 2);
        assert_eq!(bars.last().and_then(|b| b.villages.first()).copied(), Some(FeatureId::new(24)));
        assert!(super::bars(&all[..1], &selected).is_empty());
    }
}
