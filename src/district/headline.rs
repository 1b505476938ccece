//! 账实核对: what the tables add up to against the facilities counted on the map.

use super::build::District;
use super::facility::{Facility, Kind, ToiletState};
use crate::model::FeatureId;

/// A figure of the tables, the facilities that should make it up, and where the two differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// Position of the indicator.
    pub indicator: usize,
    /// Sum of the tables; `None` where no village's figure is known.
    pub table: Option<f64>,
    /// Facilities in use counted up to the year.
    pub counted: usize,
    /// Villages where the two differ, with figure and count; an unknown figure differs where anything was counted.
    pub differing: Vec<(FeatureId, Option<f64>, usize)>,
}

/// What is counted for an indicator, and the files that must be there to count at all.
const COUNTED: [(&str, Kind, fn(&Facility, Option<i32>) -> bool); 3] = [
    ("dry_rebuilt", Kind::PublicToilet, |f, year| f.toilet == ToiletState::Rebuilt && f.was_done_by(year)),
    ("flush_improved", Kind::PublicToilet, |f, year| f.toilet == ToiletState::Improved && f.was_done_by(year)),
    ("clinics_built", Kind::Clinic, |f, year| !f.is_township && f.is_there(year)),
];

/// Compares tables and map over villages: toilets rebuilt and improved, clinics built. Figures of which the tables say
/// nothing, and kinds of which the map has none, are left out.
pub fn headlines(district: &District, villages: &[FeatureId], year: Option<i32>) -> Vec<Headline> {
    let mut list = Vec::new();
    for (id, kind, counts) in COUNTED {
        let Some(indicator) = district.indicators.position(id).filter(|i| district.observations.has(*i)) else {
            continue;
        };
        if !district.facilities.iter().any(|f| f.kind == kind) {
            continue;
        }
        let mut headline = Headline {
            indicator,
            table: district.total(indicator, year, villages).value,
            counted: 0,
            differing: Vec::new(),
        };
        for &village in villages {
            let here = district.of_village.get(village.index()).into_iter().flatten();
            let fits = |f: &&Facility| f.kind == kind && f.is_in_use() && counts(f, year);
            let count = here.filter_map(|i| district.facilities.get(*i as usize)).filter(fits).count();
            headline.counted += count;
            let figure = district.value(indicator, year, village);
            if figure.unwrap_or(0.0) != count as f64 {
                headline.differing.push((village, figure, count));
            }
        }
        list.push(headline);
    }
    list
}
