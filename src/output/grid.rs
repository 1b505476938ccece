//! A table as it is to be written.

use std::path::Path;

use super::{to_csv, to_xlsx};
use crate::project::write_replacing;

/// The head of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GridHead {
    /// Its name.
    pub name: String,
    /// Its name in a workbook, for people, with the unit; the name itself where `None`. Readers know it as well.
    pub label: Option<String>,
    /// Unit of its numbers; empty where there is none.
    pub unit: String,
    /// Decimals its numbers are shown with.
    pub decimals: u8,
    /// What can be chosen in its cells; anything where empty.
    pub choices: Vec<String>,
    /// Whether people need not see it: for reading the table again.
    pub hidden: bool,
    /// Width in a workbook, in characters of the usual size; as wide as its texts where `None`.
    pub width: Option<f64>,
}

impl GridHead {
    /// The head as a workbook has it.
    pub fn for_people(&self) -> String {
        self.label.clone().unwrap_or_else(|| self.text())
    }

    /// Name with the unit in brackets: as the reader of tables takes it.
    pub fn text(&self) -> String {
        if self.unit.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.unit) }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum GridCell {
    /// Unknown: left empty, never 0.
    Empty,
    /// A number.
    Number(f64),
    /// Text; digits in it stay text.
    Text(String),
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Name of the sheet.
    pub name: String,
    /// Heads of the columns.
    pub heads: Vec<GridHead>,
    /// Rows; each as long as there are heads.
    pub rows: Vec<Vec<GridCell>>,
}

/// Writes a table with a sheet of where its figures are from; that only a workbook has.
///
/// # Errors
/// As [`save`].
pub fn save_with_sources(path: &Path, grid: &Grid, sources: Option<&Grid>) -> std::io::Result<()> {
    let is_xlsx = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    match sources.filter(|_| is_xlsx) {
        Some(sources) => {
            write_replacing(path, &super::xlsx::to_xlsx_with(grid, sources).map_err(std::io::Error::other)?)
        }
        None => save(path, grid),
    }
}

/// Writes a table as the file's ending says: `.xlsx`, else CSV. The file is written beside and renamed.
///
/// # Errors
/// What the system said, or why the workbook could not be made.
pub fn save(path: &Path, grid: &Grid) -> std::io::Result<()> {
    let is_xlsx = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    let bytes = if is_xlsx { to_xlsx(grid).map_err(std::io::Error::other)? } else { to_csv(grid, ',', true) };
    write_replacing(path, &bytes)
}
