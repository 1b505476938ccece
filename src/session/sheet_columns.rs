//! Which columns of a table are shown, in what order, and what stands under them.

use std::sync::OnceLock;

use super::sheet::{Sheet, SheetColumn, SheetValue};
use super::state::Session;
use crate::model::{Role, identifies};

/// What stands under a column, over the rows shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnFoot {
    /// A sum, or a mean; `None` where neither says anything.
    pub figure: Option<FootFigure>,
    /// Rows whose value is unknown.
    pub unknown: usize,
}

/// A figure over the rows shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FootFigure {
    /// A sum.
    Sum(f64),
    /// A mean; that of an indicator is weighted as everywhere else.
    Mean(f64),
}

/// What stands under each column, made when it is first looked at.
#[derive(Default)]
pub(super) struct Feet(Vec<OnceLock<ColumnFoot>>);

impl Feet {
    pub(super) fn of(columns: usize) -> Self {
        Self((0..columns).map(|_| OnceLock::new()).collect())
    }
}

impl Sheet {
    /// The column that names the row: it stays where it is while the others are moved.
    pub fn name_column(&self) -> Option<usize> {
        let field = self.dataset.roles.field(Role::Name)?;
        self.columns.iter().position(|c| *c == SheetColumn::Field(field))
    }

    /// The columns as a person arranged them, the name first; without an arrangement as they come, those that say nothing last.
    ///
    /// `chosen` are names as [`Self::identifier`] gives them; those that are no more are passed over.
    pub fn arranged(&self, chosen: &[String]) -> Vec<usize> {
        let name = self.name_column();
        let others: Vec<usize> = if chosen.is_empty() {
            let all = (0..self.columns.len()).filter(|c| Some(*c) != name);
            let (said, silent): (Vec<usize>, Vec<usize>) = all.partition(|c| !self.is_silent(*c));
            said.into_iter().chain(silent).collect()
        } else {
            let by_name = |id: &String| (0..self.columns.len()).find(|c| self.identifier(*c) == *id);
            let mut list: Vec<usize> = Vec::new();
            for column in chosen.iter().filter_map(by_name).filter(|c| Some(*c) != name) {
                if !list.contains(&column) {
                    list.push(column);
                }
            }
            list
        };
        name.into_iter().chain(others).collect()
    }

    /// Whether a field says nothing of any row of the file.
    fn is_silent(&self, column: usize) -> bool {
        match self.columns.get(column) {
            Some(SheetColumn::Field(f)) => {
                let table = &self.dataset.table;
                table.columns.get(*f).is_some_and(|c| c.missing() == table.rows as usize)
            }
            _ => false,
        }
    }

    /// Whether numbers stand in a column, so that they, and what stands for unknown ones, are set right.
    pub fn is_numeric(&self, column: usize) -> bool {
        match (self.columns.get(column), self.district()) {
            (Some(SheetColumn::Indicator(i)), Some(d)) => d.indicators.all().get(*i).is_some_and(|i| !i.is_category()),
            (Some(SheetColumn::Field(f)), _) => {
                let is_code = self.dataset.roles.field(Role::Code) == Some(*f);
                !is_code && self.dataset.table.columns.get(*f).is_some_and(|c| c.kind.is_numeric())
            }
            _ => false,
        }
    }

    /// What stands under a column, over the rows shown.
    pub fn foot(&self, column: usize) -> Option<ColumnFoot> {
        Some(*self.feet().0.get(column)?.get_or_init(|| self.make_foot(column)))
    }

    fn make_foot(&self, column: usize) -> ColumnFoot {
        if let (Some(SheetColumn::Indicator(i)), Some(d)) = (self.columns.get(column), self.district()) {
            let total = d.total(*i, self.year(), &self.rows);
            let sum = d.indicators.all().get(*i).is_some_and(|i| i.sum);
            let not_applicable =
                self.rows.iter().filter(|r| d.observations.is_not_applicable(*i, self.year(), **r)).count();
            let figure = total.value.map(if sum { FootFigure::Sum } else { FootFigure::Mean });
            return ColumnFoot { figure, unknown: total.unknown.saturating_sub(not_applicable) };
        }
        let measures = self.is_numeric(column) && !identifies(&self.identifier(column));
        let (mut sum, mut known, mut unknown) = (0.0, 0usize, 0usize);
        for row in &self.rows {
            match self.value(*row, column) {
                SheetValue::Unknown => unknown += 1,
                SheetValue::Number(n) => (sum, known) = (sum + n, known + 1),
                SheetValue::Text(_) => {}
            }
        }
        let figure = (measures && known > 0).then(|| FootFigure::Mean(sum / known as f64));
        ColumnFoot { figure, unknown }
    }
}

impl Session {
    /// The columns of the table as they are shown.
    pub fn arranged(&self, sheet: &Sheet) -> Vec<usize> {
        sheet.arranged(self.entry(sheet.layer).map_or(&[][..], |e| &e.columns))
    }

    /// A foot's figure in words, as the column's own figures are written.
    pub fn foot_words(&self, sheet: &Sheet, column: usize, figure: FootFigure) -> String {
        let (FootFigure::Sum(v) | FootFigure::Mean(v)) = figure;
        let indicator = match (sheet.columns.get(column), sheet.district()) {
            (Some(SheetColumn::Indicator(i)), Some(d)) => d.indicators.all().get(*i),
            _ => None,
        };
        match (indicator, figure) {
            (Some(i), FootFigure::Sum(_)) => i.show(v, self.lang),
            (Some(i), FootFigure::Mean(_)) => super::card::mean_words(i, v, self.lang),
            (None, _) => super::number((v * 100.0).round() / 100.0),
        }
    }
}
