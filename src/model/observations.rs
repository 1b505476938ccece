//! What was observed: a value per indicator, year and village. Unknown is apart from zero.

use super::FeatureId;
use rustc_hash::FxHashMap;

use super::{ObservationStatus, Origin};

/// Bits of a line among those of a row: 67 million lines, 64 sheets.
const LINE_BITS: u32 = 26;

/// Where a value stands in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellPlace {
    /// The table, counted from 0 in the order in which they were taken in.
    pub table: usize,
    /// The sheet of the table.
    pub section: u16,
    /// The line, 1-based.
    pub line: u32,
    /// The column, from 0.
    pub column: usize,
}

/// Values of indicators (by their position in [`super::Indicators`]) over years and villages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    years: Vec<i32>,
    villages: usize,
    /// Per indicator: years × villages, NaN where unknown; empty where nothing at all is known of it.
    series: Vec<Vec<f64>>,
    /// Per indicator: values without a year, which hold for every year that the tables say nothing about.
    timeless: Vec<Vec<f64>>,
    /// Corrections of a year, NaN where they say that a value is unknown: indicator, year, village. They stand over both, and
    /// say nothing about any other village.
    corrections: FxHashMap<(usize, i32, u32), f64>,
    /// Indicators that corrections speak of: asked for in every frame.
    corrected: Vec<bool>,
    /// Origin of single values: indicator, year, village.
    origins: FxHashMap<(usize, Option<i32>, u32), Origin>,
    /// Origin of all values of a row of a table: table, year, village.
    row_origins: FxHashMap<(u16, Option<i32>, u32), Origin>,
    /// The table that is being taken in, from 1.
    table: u16,
    /// Per table: the row of each year and village, then of each village without a year; 0 where it has none. The section stands in the
    /// upper bits.
    rows: Vec<Vec<u32>>,
    /// Columns by table, indicator, and the year that the column's head names.
    columns: FxHashMap<(u16, usize, Option<i32>), u16>,
    /// Which table each value of `series` is from, and each of `timeless`; 0 for none.
    series_tables: Vec<Vec<u16>>,
    timeless_tables: Vec<Vec<u16>>,
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
            corrected: vec![false; indicators],
            series_tables: vec![Vec::new(); indicators],
            timeless_tables: vec![Vec::new(); indicators],
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
        some(self.series.get(indicator))
            || some(self.timeless.get(indicator))
            || self.corrected.get(indicator) == Some(&true)
    }

    /// Says that what is set from now on comes from the next table.
    pub fn begin_table(&mut self) {
        self.table = self.table.saturating_add(1);
    }

    /// Says in which row of the table being taken in the figures of a year and village stand.
    pub fn set_row(&mut self, year: Option<i32>, village: FeatureId, section: u16, line: u32) {
        let size = (self.years.len() + 1) * self.villages;
        let Some(at) = self.place_of_row(year, village) else { return };
        let table = usize::from(self.table);
        if self.rows.len() <= table {
            self.rows.resize_with(table + 1, Vec::new);
        }
        let Some(rows) = self.rows.get_mut(table) else { return };
        if rows.is_empty() {
            rows.resize(size, 0);
        }
        if let Some(slot) = rows.get_mut(at) {
            *slot = (u32::from(section) << LINE_BITS) | line.min((1 << LINE_BITS) - 1);
        }
    }

    /// Says in which column of the table being taken in the figures of an indicator stand: those of the year that its head names, or of any.
    pub fn set_column(&mut self, indicator: usize, year: Option<i32>, column: usize) {
        self.columns.insert((self.table, indicator, year), column as u16);
    }

    fn place_of_row(&self, year: Option<i32>, village: FeatureId) -> Option<usize> {
        match year {
            Some(year) => self.at(year, village),
            None => Some(self.years.len() * self.villages + village.index()),
        }
    }

    /// The cell that a value is from; `None` where it is from no table.
    pub fn cell_of(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<CellPlace> {
        let held = self.held(indicator, year, village);
        let table = self.table_of(indicator, year, village)?;
        let number = table as u16 + 1;
        let row = *self.rows.get(usize::from(number))?.get(self.place_of_row(held, village)?)?;
        let column = self.columns.get(&(number, indicator, held)).or(self.columns.get(&(number, indicator, None)))?;
        let (section, line) = ((row >> LINE_BITS) as u16, row & ((1 << LINE_BITS) - 1));
        (line > 0).then_some(CellPlace { table, section, line, column: usize::from(*column) })
    }

    /// Says that what is set from now on comes from no table.
    pub fn end_tables(&mut self) {
        self.table = 0;
    }

    /// Whether values of an indicator differ by year: tables tell of it, or a correction of a year.
    pub fn varies(&self, indicator: usize) -> bool {
        self.has_years(indicator) || self.corrected.get(indicator) == Some(&true)
    }

    /// The year under which a value is held; `None` for one that holds for all years.
    fn held(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<i32> {
        let is_corrected = |year: &i32| self.corrections.contains_key(&(indicator, *year, village.number()));
        year.filter(|y| self.has_years(indicator) || is_corrected(y))
    }

    /// Whether tables, rather than properties without a year, tell of an indicator.
    pub fn has_years(&self, indicator: usize) -> bool {
        self.series.get(indicator).is_some_and(|v| !v.is_empty())
    }

    fn at(&self, year: i32, village: FeatureId) -> Option<usize> {
        let year = self.years.binary_search(&year).ok()?;
        ((village.index()) < self.villages).then(|| year * self.villages + village.index())
    }

    /// A value; `None` where it is unknown. A table's silence about a village is not filled from properties.
    pub fn value(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<f64> {
        let series = self.series.get(indicator)?;
        if let (false, Some(year)) = (self.corrections.is_empty(), year)
            && let Some(corrected) = self.corrections.get(&(indicator, year, village.number()))
        {
            return Some(*corrected).filter(|v| !v.is_nan());
        }
        let value = match year.filter(|_| !series.is_empty()) {
            Some(year) => series.get(self.at(year, village)?),
            None => self.timeless.get(indicator)?.get(village.index()),
        };
        value.copied().filter(|v| !v.is_nan())
    }

    /// Says where a value comes from.
    pub fn set_origin(&mut self, indicator: usize, year: Option<i32>, village: FeatureId, origin: Origin) {
        self.origins.insert((indicator, year, village.number()), origin);
    }

    /// Says where all values come from that the table being taken in has of a village and year.
    pub fn set_row_origin(&mut self, year: Option<i32>, village: FeatureId, origin: Origin) {
        self.row_origins.insert((self.table, year, village.number()), origin);
    }

    /// Where a value comes from: what is said of it, filled from what is said of its row in the table that it is from; `None`
    /// where nothing is.
    pub fn origin(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<Origin> {
        let year = self.held(indicator, year, village);
        let own = self.origins.get(&(indicator, year, village.number()));
        let table = match year {
            Some(year) => self.at(year, village).and_then(|at| self.series_tables.get(indicator)?.get(at)),
            None => self.timeless_tables.get(indicator).and_then(|t| t.get(village.index())),
        };
        let row = table.filter(|t| **t > 0).and_then(|t| self.row_origins.get(&(*t, year, village.number())));
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

    /// The table that a value is from, counted from 0 in the order in which they were taken in; `None` where it is from none.
    pub fn table_of(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<usize> {
        let table = match self.held(indicator, year, village) {
            Some(year) => *self.series_tables.get(indicator)?.get(self.at(year, village)?)?,
            None => *self.timeless_tables.get(indicator)?.get(village.index())?,
        };
        usize::from(table).checked_sub(1)
    }

    /// Whether anything is said about origins.
    pub fn has_origins(&self) -> bool {
        !self.origins.is_empty() || !self.row_origins.is_empty()
    }

    /// Whether the question does not arise for a village, so that no value is missing.
    pub fn is_not_applicable(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> bool {
        let own = self.origins.get(&(indicator, self.held(indicator, year, village), village.number()));
        own.is_some_and(|o| o.status == Some(ObservationStatus::NotApplicable))
    }

    /// What a rate was made of, where the tables say.
    pub fn fraction(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<(f64, f64)> {
        let origin = self.origins.get(&(indicator, self.held(indicator, year, village), village.number()))?;
        Some((origin.numerator?, origin.denominator?))
    }

    /// Whether a value of that year is already there.
    pub fn is_set(&self, indicator: usize, year: i32, village: FeatureId) -> bool {
        let value = self.at(year, village).and_then(|at| self.series.get(indicator)?.get(at));
        value.is_some_and(|v| !v.is_nan())
    }

    /// Sets a value of a year; NaN makes it unknown. Years that were not named at the start are left out.
    pub fn set(&mut self, indicator: usize, year: i32, village: FeatureId, value: f64) {
        let (Some(at), size) = (self.at(year, village), self.years.len() * self.villages) else { return };
        if let Some(series) = self.series.get_mut(indicator) {
            if series.is_empty() {
                series.resize(size, f64::NAN);
            }
            if let Some(slot) = series.get_mut(at) {
                *slot = value;
            }
        }
        mark(self.series_tables.get_mut(indicator), size, at, self.table);
    }

    /// Corrects a value of a year; NaN makes it unknown. What is known of other villages and years stays.
    pub fn correct(&mut self, indicator: usize, year: i32, village: FeatureId, value: f64) {
        if (village.index()) < self.villages {
            self.corrections.insert((indicator, year, village.number()), value);
            if let Some(flag) = self.corrected.get_mut(indicator) {
                *flag = true;
            }
        }
    }

    /// Sets a value that has no year.
    pub fn set_timeless(&mut self, indicator: usize, village: FeatureId, value: f64) {
        let size = self.villages;
        if let Some(values) = self.timeless.get_mut(indicator) {
            if values.is_empty() {
                values.resize(size, f64::NAN);
            }
            if let Some(slot) = values.get_mut(village.index()) {
                *slot = value;
            }
        }
        mark(self.timeless_tables.get_mut(indicator), size, village.index(), self.table);
    }
}

/// Notes the table of a value; nothing is kept where there are no tables.
fn mark(tables: Option<&mut Vec<u16>>, size: usize, at: usize, table: u16) {
    let Some(tables) = tables.filter(|t| table > 0 || !t.is_empty()) else { return };
    if tables.is_empty() {
        tables.resize(size, 0);
    }
    if let Some(slot) = tables.get_mut(at) {
        *slot = table;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_not_zero_and_years_stand_apart() {
        let mut o = Observations::new(2, 3, vec![2020, 2018, 2020]);
        o.set(0, 2018, FeatureId::new(1), 0.0);
        o.set(0, 1999, FeatureId::new(1), 7.0);
        o.set_timeless(0, FeatureId::new(2), 5.0);
        o.set_timeless(1, FeatureId::new(2), 6.0);
        assert_eq!(o.years(), [2018, 2020]);
        assert_eq!(o.value(0, Some(2018), FeatureId::new(1)), Some(0.0));
        assert_eq!(o.value(0, Some(2018), FeatureId::new(0)), None);
        assert_eq!(o.value(0, Some(2020), FeatureId::new(2)), None, "a table's silence is not filled");
        assert_eq!(o.value(1, Some(2020), FeatureId::new(2)), Some(6.0));
        assert_eq!(o.value(1, None, FeatureId::new(2)), Some(6.0));
        assert!(o.is_set(0, 2018, FeatureId::new(1)) && !o.is_set(0, 2018, FeatureId::new(0)));
    }

    #[test]
    fn a_correction_says_nothing_about_other_villages_and_years() {
        let mut o = Observations::new(1, 2, vec![2022, 2023]);
        (0..2).for_each(|v| o.set_timeless(0, FeatureId::new(v), 5.0));
        o.correct(0, 2023, FeatureId::new(0), 7.0);
        let all = |o: &Observations| [2022, 2023].map(|y| [0, 1].map(|v| o.value(0, Some(y), FeatureId::new(v))));
        assert_eq!(all(&o), [[Some(5.0), Some(5.0)], [Some(7.0), Some(5.0)]]);
        o.correct(0, 2023, FeatureId::new(0), f64::NAN);
        assert_eq!(all(&o), [[Some(5.0), Some(5.0)], [None, Some(5.0)]]);
        assert!(o.varies(0) && !o.has_years(0));
    }

    #[test]
    fn a_row_speaks_for_the_values_of_its_own_table() {
        let mut o = Observations::new(3, 1, vec![2023]);
        o.set_timeless(2, FeatureId::new(0), 1.0);
        for (indicator, source) in ["a", "b"].into_iter().enumerate() {
            o.begin_table();
            o.set_row_origin(Some(2023), FeatureId::new(0), Origin { source: source.into(), ..Origin::default() });
            o.set(indicator, 2023, FeatureId::new(0), 1.0);
        }
        let source = |i| o.origin(i, Some(2023), FeatureId::new(0)).map(|o| o.source);
        assert_eq!([0, 1, 2].map(source), [Some("a".to_owned()), Some("b".to_owned()), None]);
    }
}
