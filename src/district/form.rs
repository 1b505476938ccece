//! Somebody else's form: which of its cells asks for which figure of which village and year.

use super::build::District;
use super::figure::{HeadUnit, scaled};
use super::join::{RowKey, VillageFinder};
use super::rollup::By;
use super::rows::{RowIs, RowReader};
use crate::lang::Lang;
use crate::model::{FormCell, VillageAlias};
use crate::read::{ColumnRole, Reason, WideTable};

/// A cell of a form: its line, its column, and what belongs there.
#[derive(Clone, Debug, PartialEq)]
pub struct FormAnswer {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 0.
    pub column: u32,
    /// The number, in the indicator's unit; or the words of a category.
    pub value: Result<f64, String>,
    /// Whether it is in per cent.
    pub is_percent: bool,
}

/// A cell that stays blank.
#[derive(Clone, Debug, PartialEq)]
pub struct FormBlank {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 0; `None` for a whole row.
    pub column: Option<u32>,
    /// The village, as the form calls it.
    pub village: String,
    /// The indicator's stable name; empty for a whole row.
    pub indicator: String,
    /// Why: `unknown`, or the code of a row's problem.
    pub why: &'static str,
}

/// What a form asks for and the district can say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormPlan {
    /// Cells to be filled.
    pub answers: Vec<FormAnswer>,
    /// Cells that stay blank.
    pub blanks: Vec<FormBlank>,
}

impl District {
    /// Says what belongs into a form: its rows are villages, its columns indicators, of the year that the column, the row, the sheet or the
    /// asker says, else of the latest.
    pub fn form_plan(&self, form: &WideTable, aliases: &[VillageAlias], year: Option<i32>, lang: Lang) -> FormPlan {
        let finder = VillageFinder::new(&self.villages, &self.members).with_aliases(aliases);
        let finder = finder.with_editions(self.editions.clone());
        let reader = RowReader::new(form, &finder);
        let mut plan = FormPlan::default();
        let columns: Vec<(usize, usize, Option<i32>)> = form
            .layout
            .columns
            .iter()
            .enumerate()
            .filter_map(|(at, c)| {
                // What the program computes is asked for as well.
                let position = match (&c.role, c.reason) {
                    (ColumnRole::Indicator(id), _) => self.indicators.position(id)?,
                    (ColumnRole::Leave, Reason::Computed) => self.indicators.position(&c.head)?,
                    _ => return None,
                };
                Some((at, position, c.year))
            })
            .collect();
        for (row, found) in form.rows.iter().zip(reader.villages()) {
            let village = match found {
                RowIs::Village(village, _) | RowIs::Contradicting(village) => village,
                RowIs::Total | RowIs::Note | RowIs::Declined => continue,
                RowIs::Unclear(why) => {
                    let (village, indicator) = (reader.key_text(row), String::new());
                    plan.blanks.push(FormBlank { line: row.line, column: None, village, indicator, why });
                    continue;
                }
            };
            let of_row = reader.year_of(row).ok().flatten();
            for (at, position, of_column) in &columns {
                let Some(indicator) = self.indicators.all().get(*position) else { continue };
                let wanted = of_column.or(year).or(of_row);
                let years = self.observations.years();
                // Another year's figures are no answer to what is asked of one.
                let is_of_no_year = wanted.is_some_and(|y| !years.is_empty() && !years.contains(&y));
                let unit = HeadUnit::of(form.head(*at), indicator);
                let (value, why) = match (is_of_no_year, unit) {
                    (true, _) => (None, "no-figures-of-the-year"),
                    (_, HeadUnit::Other) => (None, "other-unit"),
                    _ => (self.value(*position, self.year(wanted), village), "unknown"),
                };
                let value = match unit {
                    HeadUnit::Times(factor) => value.map(|n| scaled(n, 1.0 / factor)),
                    _ => value,
                };
                let column = *at as u32;
                let category = |n: f64| {
                    let value = indicator.values.get(n as usize)?;
                    Some(if lang == Lang::Zh { value.zh.clone() } else { value.en.clone() })
                };
                match value {
                    Some(n) => plan.answers.push(FormAnswer {
                        line: row.line,
                        column,
                        value: category(n).filter(|_| indicator.is_category()).map_or(Ok(n), Err),
                        is_percent: indicator.unit == "%" && unit == HeadUnit::Own,
                    }),
                    None => plan.blanks.push(FormBlank {
                        line: row.line,
                        column: Some(column),
                        village: reader.key_text(row),
                        indicator: indicator.id.clone(),
                        why,
                    }),
                }
            }
        }
        plan
    }

    /// Adds the cells of a form that are bound by themselves: figures of a village, a town or the whole district. One that names what is
    /// not there stays blank and is told.
    pub fn plan_cells(
        &self,
        cells: &[FormCell],
        aliases: &[VillageAlias],
        (year, lang): (Option<i32>, Lang),
        plan: &mut FormPlan,
    ) {
        let finder = VillageFinder::new(&self.villages, &self.members).with_aliases(aliases);
        for bound in cells {
            let place = bound.place();
            let of = [&bound.village, &bound.town].into_iter().find(|t| !t.is_empty()).cloned().unwrap_or_default();
            let position = self.indicators.position(&bound.indicator);
            let figure = || {
                let position = position.ok_or("unknown-indicator")?;
                let year = self.year(bound.year.or(year));
                if !bound.village.is_empty() {
                    let by_code = finder.find(RowKey::code(&bound.village)).village();
                    let village = by_code.or_else(|| finder.find(RowKey::name(&bound.village, &bound.town)).village());
                    return self.value(position, year, village.ok_or("row-without-village")?).ok_or("unknown");
                }
                let by = if bound.town.is_empty() { By::District } else { By::Town };
                let villages =
                    self.places(by).into_iter().find(|(name, _)| bound.town.is_empty() || *name == bound.town);
                let (_, villages) = villages.ok_or("unknown-town")?;
                self.total(position, year, &villages).value.ok_or("unknown")
            };
            let (Some((line, column)), indicator) = (place, position.and_then(|p| self.indicators.all().get(p))) else {
                let (village, indicator) = (bound.cell.clone(), bound.indicator.clone());
                plan.blanks.push(FormBlank { line: 0, column: None, village, indicator, why: "no-cell" });
                continue;
            };
            plan.answers.retain(|a| (a.line, a.column) != (line, column));
            plan.blanks.retain(|b| (b.line, b.column) != (line, Some(column)));
            match (figure(), indicator) {
                (Ok(n), Some(indicator)) => {
                    let words = indicator
                        .values
                        .get(n as usize)
                        .filter(|_| indicator.is_category() && !bound.village.is_empty());
                    let words = words.map(|v| if lang == Lang::Zh { v.zh.clone() } else { v.en.clone() });
                    let is_percent = indicator.unit == "%";
                    plan.answers.push(FormAnswer { line, column, value: words.map_or(Ok(n), Err), is_percent });
                }
                (figure, _) => {
                    let (indicator, why) = (bound.indicator.clone(), figure.err().unwrap_or("unknown-indicator"));
                    plan.blanks.push(FormBlank { line, column: Some(column), village: of, indicator, why });
                }
            }
        }
    }
}
