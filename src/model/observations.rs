//! What was observed: a value per indicator, year and village. Unknown is apart from zero.

use rustc_hash::FxHashMap;

use super::{ObservationStatus, Origin};

/// Values of indicators (by their position in [`super::Indicators`]) over years and villages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    years: Vec<i32>,
    villages: usize,
    /// Per indicator: years × villages, NaN where unknown; empty where nothing at all is known of it.
    series: Vec<Vec<f64>>,
    /// Per indicator: values without a year, which hold for every year that the tables say nothing about.
    timeless: Vec<Vec<f64>>,
    /// Origin of single values: indicator, year, village.
    origins: FxHashMap<(usize, Option<i32>, u32), Origin>,
    /// Origin of all values of a row: year, village.
    row_origins: FxHashMap<(Option<i32>, u32), Origin>,
}

impl Observations {
    /// Nothing known of so many villages, over these years, sorted and each once.
    pub fn new(indicators: usize, villages: usize, mut years: Vec<i32>) -> Self {
        years.sort_unstable();
        years.dedup();
        Self {
            years,
            villages,
            series: vec![Vec::new(); indicators],
            timeless: vec![Vec::new(); indicators],
            ..Self::default()
        }
    }

    /// The years, ascending.
    pub fn years(&self) -> &[i32] {
        &self.years
    }

    /// Whether anything is known of an indicator.
    pub fn has(&self, indicator: usize) -> bool {
        let some = |v: Option<&Vec<f64>>| v.is_some_and(|v| !v.is_empty());
        some(self.series.get(indicator)) || some(self.timeless.get(indicator))
    }

    /// Whether tables, rather than properties without a year, tell of an indicator.
    pub fn has_years(&self, indicator: usize) -> bool {
        self.series.get(indicator).is_some_and(|v| !v.is_empty())
    }

    fn at(&self, year: i32, village: u32) -> Option<usize> {
        let year = self.years.binary_search(&year).ok()?;
        ((village as usize) < self.villages).then(|| year * self.villages + village as usize)
    }

    /// A value; `None` where it is unknown. A table's silence about a village is not filled from properties.
    pub fn value(&self, indicator: usize, year: Option<i32>, village: u32) -> Option<f64> {
        let series = self.series.get(indicator)?;
        let value = match year.filter(|_| !series.is_empty()) {
            Some(year) => series.get(self.at(year, village)?),
            None => self.timeless.get(indicator)?.get(village as usize),
        };
        value.copied().filter(|v| !v.is_nan())
    }

    /// Says where a value comes from.
    pub fn set_origin(&mut self, indicator: usize, year: Option<i32>, village: u32, origin: Origin) {
        self.origins.insert((indicator, year, village), origin);
    }

    /// Says where all values of a village and year come from, as a row of a table does.
    pub fn set_row_origin(&mut self, year: Option<i32>, village: u32, origin: Origin) {
        self.row_origins.insert((year, village), origin);
    }

    /// Where a value comes from: what is said of it, filled from what is said of its row; `None` where nothing is.
    pub fn origin(&self, indicator: usize, year: Option<i32>, village: u32) -> Option<Origin> {
        let own = self.origins.get(&(indicator, year, village));
        let row = self.row_origins.get(&(year, village));
        match (own, row) {
            (None, row) => row.cloned(),
            (Some(own), None) => Some(own.clone()),
            (Some(own), Some(_)) if own.edited => Some(own.clone()),
            (Some(own), Some(row)) => Some(Origin {
                source: if own.source.is_empty() { row.source.clone() } else { own.source.clone() },
                observed_on: if own.observed_on.is_empty() { row.observed_on.clone() } else { own.observed_on.clone() },
                status: own.status.or(row.status),
                ..own.clone()
            }),
        }
    }

    /// Whether anything is said about origins.
    pub fn has_origins(&self) -> bool {
        !self.origins.is_empty() || !self.row_origins.is_empty()
    }

    /// Whether the question does not arise for a village, so that no value is missing.
    pub fn is_not_applicable(&self, indicator: usize, year: Option<i32>, village: u32) -> bool {
        let own = self.origins.get(&(indicator, year, village));
        own.is_some_and(|o| o.status == Some(ObservationStatus::NotApplicable))
    }

    /// What a rate was made of, where the tables say.
    pub fn fraction(&self, indicator: usize, year: Option<i32>, village: u32) -> Option<(f64, f64)> {
        let origin = self.origins.get(&(indicator, year, village))?;
        Some((origin.numerator?, origin.denominator?))
    }

    /// Whether a value of that year is already there.
    pub fn is_set(&self, indicator: usize, year: i32, village: u32) -> bool {
        let value = self.at(year, village).and_then(|at| self.series.get(indicator)?.get(at));
        value.is_some_and(|v| !v.is_nan())
    }

    /// Sets a value of a year; NaN makes it unknown. Years that were not named at the start are left out.
    pub fn set(&mut self, indicator: usize, year: i32, village: u32, value: f64) {
        let (Some(at), size) = (self.at(year, village), self.years.len() * self.villages) else { return };
        if let Some(series) = self.series.get_mut(indicator) {
            if series.is_empty() {
                series.resize(size, f64::NAN);
            }
            if let Some(slot) = series.get_mut(at) {
                *slot = value;
            }
        }
    }

    /// Sets a value that has no year.
    pub fn set_timeless(&mut self, indicator: usize, village: u32, value: f64) {
        let size = self.villages;
        if let Some(values) = self.timeless.get_mut(indicator) {
            if values.is_empty() {
                values.resize(size, f64::NAN);
            }
            if let Some(slot) = values.get_mut(village as usize) {
                *slot = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_not_zero_and_years_stand_apart() {
        let mut o = Observations::new(2, 3, vec![2020, 2018, 2020]);
        o.set(0, 2018, 1, 0.0);
        o.set(0, 1999, 1, 7.0);
        o.set_timeless(0, 2, 5.0);
        o.set_timeless(1, 2, 6.0);
        assert_eq!(o.years(), [2018, 2020]);
        assert_eq!(o.value(0, Some(2018), 1), Some(0.0));
        assert_eq!(o.value(0, Some(2018), 0), None);
        assert_eq!(o.value(0, Some(2020), 2), None, "a table's silence is not filled");
        assert_eq!(o.value(1, Some(2020), 2), Some(6.0));
        assert_eq!(o.value(1, None, 2), Some(6.0));
        assert!(o.is_set(0, 2018, 1) && !o.is_set(0, 2018, 0));
    }
}
