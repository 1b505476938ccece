//! A form filled from a district: read, planned, patched, written beside and renamed.

use std::io;
use std::path::Path;

use super::form::{FormCells, FormValue, fill_form};
use crate::district::District;
use crate::lang::Lang;
use crate::model::{FormCell, VillageAlias};
use crate::project::{FormEntry, write_replacing};
use crate::read::{LayoutSaid, ReadError, cell_name, read_plain, read_wide, sheet_part};

/// Most bytes of a form.
const MOST: u64 = 200_000_000;

/// Why a form was not filled.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// It is no table of villages.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is no XLSX.
    #[error("only forms in XLSX can be filled: save it as XLSX first")]
    NotWorkbook,
    /// It could not be read, patched or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A cell that stays blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlankCell {
    /// The cell, or the line where it is a whole row.
    pub cell: String,
    /// The village as the form calls it.
    pub village: String,
    /// The indicator's stable name; empty for a whole row.
    pub indicator: String,
    /// Why: `unknown`, `formula`, or the code of a row's problem.
    pub why: &'static str,
}

/// What came of filling a form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormReport {
    /// Cells that were filled.
    pub cells: usize,
    /// Cells that stay blank.
    pub blank: Vec<BlankCell>,
}

/// How a form is filled.
#[derive(Clone, Copy, Debug)]
pub struct FormOptions<'a> {
    /// What is said of its layout.
    pub said: &'a LayoutSaid,
    /// Cells that are bound by themselves.
    pub cells: &'a [FormCell],
    /// What was decided about rows.
    pub aliases: &'a [VillageAlias],
    /// The year, where the form says none or another is wanted.
    pub year: Option<i32>,
    /// The language of words.
    pub lang: Lang,
}

/// The binding of a form among those of a project: by its file, else by its name, else by its heads, for which it is read.
pub fn bound_form<'a>(forms: &'a [FormEntry], district: &District, form: &Path) -> Option<&'a FormEntry> {
    let heads = || read_wide(form, &district.indicators, &LayoutSaid::default()).ok().map(|t| t.layout.fingerprint());
    FormEntry::of(forms, form, None).or_else(|| FormEntry::of(forms, form, Some(&heads()?)))
}

/// Fills a form and writes it to another file.
///
/// # Errors
/// Where it is no table of villages, no XLSX, or cannot be read or written; nothing is left behind then.
pub fn fill_form_file(
    district: &District,
    form: &Path,
    out: &Path,
    options: FormOptions<'_>,
) -> Result<FormReport, FormError> {
    let table = read_wide(form, &district.indicators, options.said)?;
    let mut plan = district.form_plan(&table, options.aliases, options.year, options.lang);
    district.plan_cells(options.cells, options.aliases, (options.year, options.lang), &mut plan);
    let bytes = read_plain(form, MOST)?;
    let part = sheet_part(&bytes, table.layout.sheet()).ok_or(FormError::NotWorkbook)?;
    let cells: FormCells = plan
        .answers
        .iter()
        .map(|a| {
            let value = match &a.value {
                Ok(value) => FormValue::Number { value: *value, is_percent: a.is_percent },
                Err(text) => FormValue::Text(text.clone()),
            };
            ((a.line, a.column), value)
        })
        .collect();
    let filled = fill_form(&bytes, &part, &cells)?;
    write_replacing(out, &filled.bytes)?;
    let place = |line: u32, column: Option<u32>| match column {
        Some(column) => cell_name(line.saturating_sub(1), column),
        None => line.to_string(),
    };
    let blanks = plan.blanks.iter().map(|b| BlankCell {
        cell: place(b.line, b.column),
        village: b.village.clone(),
        indicator: b.indicator.clone(),
        why: b.why,
    });
    let formulas = filled.formulas.iter().map(|(line, column)| BlankCell {
        cell: place(*line, Some(*column)),
        village: String::new(),
        indicator: String::new(),
        why: "formula",
    });
    Ok(FormReport { cells: filled.filled, blank: blanks.chain(formulas).collect() })
}
