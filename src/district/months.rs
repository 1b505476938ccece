//! Tables of months: figures are kept by year, so of each village and year the latest month that says anything counts.

use rustc_hash::FxHashMap;

use super::figure_column::FigureColumn;
use super::rows::{RowIs, RowReader};
use crate::model::FeatureId;
use crate::read::Cell;

/// The months with figures of each village and year, rising; empty for tables without months.
pub(super) struct LatestMonths(FxHashMap<(FeatureId, Option<i32>), Vec<u8>>);

impl LatestMonths {
    pub(super) fn of(reader: &RowReader<'_>, found: &[RowIs], columns: &[FigureColumn]) -> Self {
        let mut latest: FxHashMap<_, Vec<u8>> = FxHashMap::default();
        if !reader.has_months() {
            return Self(latest);
        }
        for (row, found) in reader.rows().iter().zip(found) {
            let (RowIs::Village(village, _) | RowIs::Contradicting(village)) = found else { continue };
            let (Ok(year), Some(month)) = (reader.year_of(row), reader.month_of(row)) else { continue };
            // Rows for months to come stand blank in many forms.
            if columns.iter().all(|c| *c.cell(row) == Cell::Empty) {
                continue;
            }
            latest.entry((*village, year)).or_default().push(month);
        }
        for months in latest.values_mut() {
            months.sort_unstable();
            months.dedup();
        }
        Self(latest)
    }

    /// The latest month.
    pub(super) fn latest(&self, village: FeatureId, year: Option<i32>) -> Option<u8> {
        self.0.get(&(village, year))?.last().copied()
    }

    /// The month before the latest, of those that say anything.
    pub(super) fn before(&self, village: FeatureId, year: Option<i32>) -> Option<u8> {
        self.0.get(&(village, year))?.iter().rev().nth(1).copied()
    }

    /// Whether a row of a month counts; one without a month always does, and so do all where no month says anything.
    pub(super) fn is_latest(&self, village: FeatureId, year: Option<i32>, month: Option<u8>) -> bool {
        match (self.latest(village, year), month) {
            (Some(latest), Some(month)) => latest == month,
            _ => true,
        }
    }
}
