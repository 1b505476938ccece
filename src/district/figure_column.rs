//! Columns of a table that figures are taken from: how their cells are to be read.

use std::borrow::Cow;

use super::figure::{Comma, HeadUnit, plain_number, scaled};
use crate::model::Indicators;
use crate::read::{Cell, ColumnLayout, ColumnRole, TableRow, WideTable};

/// A column that figures are taken from.
pub(super) struct FigureColumn {
    /// Its place, from 0.
    pub(super) at: usize,
    /// Position of its indicator.
    pub(super) position: usize,
    /// The year that its head names.
    pub(super) year: Option<i32>,
    /// Whether its rates are written as fractions.
    pub(super) is_fractions: bool,
    /// What commas mean in it.
    pub(super) comma: Comma,
    /// The unit that its head says, against that of the indicator.
    pub(super) unit: HeadUnit,
}

impl FigureColumn {
    /// The columns of a table.
    pub(super) fn of(table: &WideTable, indicators: &Indicators) -> Vec<Self> {
        let column = |(at, c): (usize, &ColumnLayout)| {
            let ColumnRole::Indicator(id) = &c.role else { return None };
            let (position, year, is_fractions) = (indicators.position(id)?, c.year, c.is_fractions);
            let unit = HeadUnit::of(&c.head, indicators.all().get(position)?);
            Some(Self { at, position, year, is_fractions, comma: Comma::Thousands, unit })
        };
        let mut columns: Vec<Self> = table.layout.columns.iter().enumerate().filter_map(column).collect();
        let own = |c: usize| table.rows.iter().filter_map(move |row| row.cells.get(c));
        // Of columns of several months of a year the latest that says anything counts.
        let month = |c: &Self| table.layout.columns.get(c.at).and_then(|l| l.month.filter(|_| l.filled > 0));
        let latest: Vec<Option<u8>> = columns
            .iter()
            .map(|c| columns.iter().filter(|o| (o.position, o.year) == (c.position, c.year)).filter_map(month).max())
            .collect();
        let mut latest = latest.into_iter();
        columns.retain(|c| latest.next().flatten().is_none_or(|m| month(c) == Some(m)));
        // Programs that part columns by semicolons do so because the comma is taken.
        let otherwise = if table.has_semicolons { Comma::Unclear } else { Comma::Thousands };
        let every = Comma::of(columns.iter().flat_map(|c| own(c.at)), otherwise);
        // Each column says for itself what its commas are. One that says nothing goes with the others where the file parts columns by
        // another sign because of them; elsewhere 12,345 can be either, and is told.
        let of_silent = match every {
            Comma::Decimal if !table.has_semicolons => Comma::Unclear,
            every => every,
        };
        columns.iter_mut().for_each(|c| c.comma = Comma::of(own(c.at), of_silent));
        columns
    }

    /// Its cell of a row, in per cent where the column holds fractions.
    pub(super) fn cell<'r>(&self, row: &'r TableRow) -> Cow<'r, Cell> {
        let cell = row.cells.get(self.at).unwrap_or(&Cell::Empty);
        match (self.is_fractions, cell) {
            (true, Cell::Number(_)) => Cow::Owned(cell.as_percent()),
            (true, Cell::Text(text)) => match plain_number(text, self.comma) {
                Ok(n) => Cow::Owned(Cell::Number(n).as_percent()),
                Err(_) => Cow::Borrowed(cell),
            },
            _ => self.in_own_unit(cell),
        }
    }

    /// A number without a unit of its own is in that of the head; in another unit than the indicator's it is nothing that can be used.
    fn in_own_unit<'r>(&self, cell: &'r Cell) -> Cow<'r, Cell> {
        let number = match cell {
            Cell::Number(n) => Some(*n),
            Cell::Text(text) => plain_number(text, self.comma).ok(),
            _ => None,
        };
        match (self.unit, number) {
            (HeadUnit::Times(factor), Some(n)) => Cow::Owned(Cell::Number(scaled(n, factor))),
            (HeadUnit::Other, Some(_)) => Cow::Owned(Cell::Empty),
            _ => Cow::Borrowed(cell),
        }
    }
}
