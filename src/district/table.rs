//! Tables into observations: every cell that cannot be used is named with its row and column, the rest is used.

use rustc_hash::FxHashSet;

use super::figure::{Comma, Figure, HeadUnit, cell_of, figure, plain_number, year_of};
use super::figure_column::FigureColumn;
use super::join::{Found, MatchBy, RowKey, VillageFinder};
use super::months::LatestMonths;
use super::rows::{RowIs, RowReader};
use super::texts::{CorrectedGroups, CorrectedTexts, GROUP, correctable_text};
use crate::model::{
    Dataset, Edit, FeatureId, Indicators, Members, ObservationStatus, Observations, Origin, Report, Role, Severity,
    Value,
};
use crate::read::{Cell, ColumnLayout, ColumnRole, Reason, TableRow, WideTable};

/// Fills observations.
pub(super) struct Filler<'a> {
    villages: &'a Dataset,
    members: &'a Members,
    indicators: &'a Indicators,
    finder: &'a VillageFinder,
    pub observations: Observations,
    pub texts: CorrectedTexts,
    pub groups: CorrectedGroups,
}

impl<'a> Filler<'a> {
    pub fn new(
        villages: &'a Dataset,
        members: &'a Members,
        indicators: &'a Indicators,
        finder: &'a VillageFinder,
        tables: &[WideTable],
        edits: &[Edit],
    ) -> Self {
        let years = tables.iter().flat_map(years_of).chain(edits.iter().filter_map(|e| e.year)).collect();
        let observations = Observations::new(indicators.all().len(), villages.len() as usize, years);
        let (texts, groups) = (CorrectedTexts::default(), CorrectedGroups::default());
        Self { villages, members, indicators, finder, observations, texts, groups }
    }

    /// Takes figures from the villages' own properties: they have no year.
    pub fn properties(&mut self, report: &mut Report) {
        let keys: Vec<usize> = Role::ALL.iter().filter_map(|r| self.villages.roles.field(*r)).collect();
        for (at, column) in self.villages.table.columns.iter().enumerate().filter(|(i, _)| !keys.contains(i)) {
            let Some(position) = self.indicators.position(&column.name) else { continue };
            let Some(indicator) = self.indicators.all().get(position).filter(|i| !i.is_computed()) else { continue };
            let cell_at = |village: FeatureId| match self.villages.table.value(village, at) {
                Value::Missing | Value::Boolean(_) => Cell::Empty,
                Value::Text(t) if t.trim().is_empty() => Cell::Empty,
                Value::Text(t) => Cell::Text(t.trim().to_owned()),
                Value::Integer(i) => Cell::Number(i as f64),
                Value::Real(r) => Cell::Number(r),
            };
            let cells: Vec<Cell> = self.villages.features().map(cell_at).collect();
            let comma = Comma::of(cells.iter(), Comma::Thousands);
            if indicator.unit == "%" && are_fractions(cells.iter()) {
                report.add(Severity::Warning, "rates-as-fractions", None, column.name.clone());
            }
            for village in self.members.list() {
                let Some((part, cell)) = self.cell_of_village(village, &cells) else { continue };
                let detail = || format!("{} · {}", column.name, cell.text());
                match figure(indicator, &cell, comma) {
                    Figure::Unknown => {}
                    Figure::NotApplicable => self.not_applicable(position, None, *village),
                    Figure::Number(n) => self.put(position, None, *village, n),
                    Figure::About(n) => {
                        report.add(Severity::Info, "cell-about", Some(part), detail());
                        self.put(position, None, *village, n);
                    }
                    Figure::Bad(code) => report.add(Severity::Warning, code, Some(part), detail()),
                }
            }
        }
    }

    /// What the features of a village say: the first that says anything.
    fn cell_of_village(&self, village: &'a FeatureId, cells: &[Cell]) -> Option<(FeatureId, Cell)> {
        let own = |part: &FeatureId| cells.get(part.index()).map(|c| (*part, c.clone()));
        let parts = self.members.parts(village);
        parts.iter().filter_map(own).find(|(_, c)| *c != Cell::Empty).or_else(|| own(village))
    }

    /// Takes figures from a table.
    pub fn table(&mut self, table: &WideTable, report: &mut Report) {
        self.observations.begin_table();
        let file = table.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let reader = RowReader::new(table, self.finder);
        let columns = FigureColumn::of(table, self.indicators);
        columns.iter().for_each(|c| self.observations.set_column(c.position, c.year, c.at));
        self.tell_layout(table, &file, (&columns, reader.year.is_some()), report);
        let found = reader.villages();
        let latest = LatestMonths::of(&reader, &found, &columns);
        let mut seen: FxHashSet<(u32, i32, Option<u8>)> = FxHashSet::default();
        let (mut notes, mut earlier) = (0_usize, self.columns_of_earlier_months(table, &columns));
        for (row, found) in table.rows.iter().zip(found) {
            let at = |what: &str| match table.layout.sections.len() {
                0 | 1 => format!("{file}:{} · {what}", row.line),
                _ => format!("{file}:{}:{} · {what}", reader.sheet(row), row.line),
            };
            for c in reader.keys().filter(|c| row.cells.get(*c) == Some(&Cell::Unsolved)) {
                report.add(Severity::Warning, "formula-without-value", None, at(table.head(c)));
            }
            let (village, by) = match found {
                RowIs::Village(village, by) => (village, by),
                RowIs::Contradicting(village) => {
                    let own = self.villages.display_name(village);
                    let text = format!("{} → {own}", reader.key_text(row));
                    report.add(Severity::Warning, "code-and-name-differ", Some(village), at(&text));
                    (village, MatchBy::Code)
                }
                RowIs::Total | RowIs::Declined => continue,
                RowIs::Note => {
                    notes += 1;
                    continue;
                }
                RowIs::Unclear(problem) => {
                    report.add(Severity::Warning, problem, None, at(&reader.key_text(row)));
                    continue;
                }
            };
            if let Some(code) = reader.told(row, by) {
                let own = self.villages.text(village, Role::Code).map(|c| c.into_owned()).unwrap_or_default();
                report.add(Severity::Info, code, Some(village), at(&format!("{} → {own}", reader.key_text(row))));
            }
            let year = match reader.year_of(row) {
                Ok(year) => year,
                Err(text) => {
                    report.add(Severity::Warning, "row-bad-year", Some(village), at(&text));
                    continue;
                }
            };
            let month = reader.month_of(row);
            if !seen.insert((village.number(), year.unwrap_or(0), month)) {
                let text = year.map(|y| y.to_string()).unwrap_or_default();
                report.add(Severity::Warning, "row-twice", Some(village), at(&text));
                continue;
            }
            if !latest.is_latest(village, year, month) {
                earlier += 1;
                continue;
            }
            self.note_row(row, (&columns, year, village), &reader.origin(row));
            let mut tell = |code, what: &str| {
                let severity = if code == "cell-about" { Severity::Info } else { Severity::Warning };
                report.add(severity, code, Some(village), at(what));
            };
            self.row(table, row, (&columns, year, village), &mut tell);
        }
        if earlier > 0 {
            report.add(Severity::Info, "months-latest", None, format!("{file} · {earlier}"));
        }
        if notes > 0 {
            report.add(Severity::Info, "rows-of-notes", None, format!("{file} · {notes}"));
        }
    }

    /// How many columns of figures are of earlier months than those that count.
    fn columns_of_earlier_months(&self, table: &WideTable, columns: &[FigureColumn]) -> usize {
        let is_figure = |c: &&ColumnLayout| match &c.role {
            ColumnRole::Indicator(id) => c.month.is_some() && self.indicators.position(id).is_some(),
            _ => false,
        };
        let all = table.layout.columns.iter().filter(is_figure).count();
        let counted = columns.iter().filter_map(|c| table.layout.columns.get(c.at)).filter(is_figure).count();
        all - counted
    }

    /// Tells what of a table as a whole is not used, or is understood in a way that its owner may not expect.
    fn tell_layout(
        &self,
        table: &WideTable,
        file: &str,
        (columns, has_year_column): (&[FigureColumn], bool),
        report: &mut Report,
    ) {
        for column in columns {
            let is_rate = self.indicators.all().get(column.position).is_some_and(|i| i.unit == "%");
            let cells = table.rows.iter().filter_map(|row| row.cells.get(column.at));
            let (severity, code) = match column.is_fractions {
                true => (Severity::Info, "rates-taken-as-fractions"),
                false if is_rate && are_fractions(cells) => (Severity::Warning, "rates-as-fractions"),
                false => continue,
            };
            report.add(severity, code, None, format!("{file} · {}", table.head(column.at)));
        }
        tell_unused(table, file, report);
        if table.layout.hidden_rows > 0 {
            report.add(Severity::Warning, "rows-hidden", None, format!("{file} · {}", table.layout.hidden_rows));
        }
        if !table.layout.left_sheets.is_empty() {
            report.add(
                Severity::Info,
                "sheets-not-read",
                None,
                format!("{file} · {}", table.layout.left_sheets.join("、")),
            );
        }
        for column in columns {
            let head = table.head(column.at);
            match column.unit {
                HeadUnit::Own => {}
                HeadUnit::Times(_) => report.add(Severity::Info, "unit-of-head", None, format!("{file} · {head}")),
                HeadUnit::Other => report.add(Severity::Warning, "head-other-unit", None, format!("{file} · {head}")),
            }
        }
        if columns.is_empty() {
            report.add(Severity::Warning, "table-without-figures", None, file.to_owned());
        }
        let is_undated = table.layout.sections.iter().all(|s| s.year.is_none());
        if !has_year_column && is_undated && columns.iter().all(|c| c.year.is_none()) {
            report.add(Severity::Info, "table-without-year", None, file.to_owned());
        }
    }

    /// Notes where the figures of a row stand, and what it says of where they come from.
    fn note_row(
        &mut self,
        row: &TableRow,
        (columns, year, village): (&[FigureColumn], Option<i32>, FeatureId),
        origin: &Origin,
    ) {
        let mut years: Vec<Option<i32>> = columns.iter().map(|c| c.year.or(year)).collect();
        years.sort_unstable();
        years.dedup();
        for year in years {
            for part in self.members.parts(&village) {
                self.observations.set_row(year, *part, row.section, row.line);
                if *origin != Origin::default() {
                    self.observations.set_row_origin(year, *part, origin.clone());
                }
            }
        }
    }

    /// Takes the figures of a row.
    fn row(
        &mut self,
        table: &WideTable,
        row: &TableRow,
        (columns, year, village): (&[FigureColumn], Option<i32>, FeatureId),
        tell: &mut impl FnMut(&'static str, &str),
    ) {
        for column in columns {
            let cell = column.cell(row);
            if let Err(code) = self.take(column.position, &cell, (column.year.or(year), village), column.comma) {
                tell(code, &format!("{} · {}", table.head(column.at), cell.text()));
            }
        }
        let comma = columns.first().map_or(Comma::Thousands, |c| c.comma);
        self.fractions(table, row, (year, village.number()), comma, tell);
    }

    /// Takes a figure of a row.
    ///
    /// # Errors
    /// The code of a problem where the cell says what is no figure, or another row has said it already.
    fn take(
        &mut self,
        position: usize,
        cell: &Cell,
        (year, village): (Option<i32>, FeatureId),
        comma: Comma,
    ) -> Result<(), &'static str> {
        let Some(indicator) = self.indicators.all().get(position) else { return Ok(()) };
        match (figure(indicator, cell, comma), year) {
            // The table knows the indicator but not this value.
            (Figure::Unknown, Some(year)) if !self.observations.is_set(position, year, village) => {
                self.put(position, Some(year), village, f64::NAN);
            }
            (Figure::Unknown, _) => {}
            (Figure::NotApplicable, year) => {
                if year.is_some() {
                    self.put(position, year, village, f64::NAN);
                }
                self.not_applicable(position, year, village);
            }
            (Figure::Number(_) | Figure::About(_), Some(year)) if self.observations.is_set(position, year, village) => {
                return Err("observation-twice");
            }
            (Figure::Number(n), year) => self.put(position, year, village, n),
            (Figure::About(n), year) => {
                self.put(position, year, village, n);
                return Err("cell-about");
            }
            (Figure::Bad(code), _) => return Err(code),
        }
        Ok(())
    }

    fn not_applicable(&mut self, position: usize, year: Option<i32>, village: FeatureId) {
        let status = Some(ObservationStatus::NotApplicable);
        self.put_origin(position, year, village, &Origin { status, ..Origin::default() });
    }

    /// Takes numerators and denominators: columns such as `sewage_treatment_pct_numerator` or 污水处理率分子. A rate in
    /// per cent whose own cell is empty is their quotient.
    /// A cell that is no number is told, and so is a quotient that the rate cannot be; neither is used.
    fn fractions(
        &mut self,
        table: &WideTable,
        row: &TableRow,
        (year, village): (Option<i32>, u32),
        comma: Comma,
        tell: &mut impl FnMut(&'static str, &str),
    ) {
        let mut part = |is: fn(&ColumnRole) -> Option<&str>| {
            let mut parts: Vec<(usize, f64)> = Vec::new();
            for (c, column) in table.layout.columns.iter().enumerate() {
                let Some(position) = is(&column.role).and_then(|id| self.indicators.position(id)) else { continue };
                let cell = row.cells.get(c).unwrap_or(&Cell::Empty);
                let number = match cell {
                    Cell::Empty => continue,
                    Cell::Number(n) => Ok(*n),
                    Cell::Text(t) => plain_number(t, comma),
                    Cell::Percent(_) => Err("cell-not-a-number"),
                    Cell::Unsolved => Err("formula-without-value"),
                };
                match number {
                    Ok(n) => parts.push((position, n)),
                    Err(code) => tell(code, &format!("{} · {}", column.head, cell.text())),
                }
            }
            parts
        };
        let numerators = part(|r| if let ColumnRole::Numerator(id) = r { Some(id) } else { None });
        let denominators = part(|r| if let ColumnRole::Denominator(id) = r { Some(id) } else { None });
        for (position, denominator) in denominators {
            let numerator = numerators.iter().find(|(p, _)| *p == position).map(|(_, n)| *n);
            let known = self.observations.value(position, year, FeatureId::new(village)).is_some();
            let rate = self.indicators.all().get(position).filter(|i| i.unit == "%");
            if let (Some(n), false, Some(rate), true) = (numerator, known, rate, denominator > 0.0) {
                let value = 100.0 * n / denominator;
                if !rate.is_possible(value) {
                    tell("cell-out-of-range", &format!("{} · {n} / {denominator}", rate.id));
                    continue;
                }
                self.put(position, year, FeatureId::new(village), value);
            }
            let origin = Origin { numerator, denominator: Some(denominator), ..Origin::default() };
            self.put_origin(position, year, FeatureId::new(village), &origin);
        }
    }

    /// A value of a village holds for all of its features.
    fn put(&mut self, position: usize, year: Option<i32>, village: FeatureId, value: f64) {
        for part in self.members.parts(&village) {
            match year {
                Some(year) => self.observations.set(position, year, *part, value),
                None => self.observations.set_timeless(position, *part, value),
            }
        }
    }

    fn put_origin(&mut self, position: usize, year: Option<i32>, village: FeatureId, origin: &Origin) {
        for part in self.members.parts(&village) {
            self.observations.set_origin(position, year, *part, origin.clone());
        }
    }

    /// Puts the project's corrections over what the files say.
    pub fn edits(&mut self, edits: &[Edit], report: &mut Report) {
        self.observations.end_tables();
        for edit in edits.iter().filter(|e| e.facility.is_empty()) {
            let detail = || format!("{} · {} · {}", edit.village, edit.what, edit.value);
            let village = match self.finder.find(RowKey::code(&edit.village)) {
                Found::Nothing => self.finder.find(RowKey::name(&edit.village, &edit.town)),
                found => found,
            };
            if let (Found::One(village, _), GROUP) = (&village, edit.what.as_str()) {
                for part in self.members.parts(village) {
                    self.groups.insert(*part, edit.clone());
                }
                continue;
            }
            let position = self.indicators.position(&edit.what);
            if let (Found::One(village, _), None, Some(field)) = (&village, position, self.text_field(&edit.what)) {
                for part in self.members.parts(village) {
                    self.texts.insert((*part, field), edit.clone());
                }
                continue;
            }
            let (Found::One(village, _), Some(position)) = (village, position) else {
                report.add(Severity::Warning, "edit-without-target", None, detail());
                continue;
            };
            let Some(indicator) = self.indicators.all().get(position).filter(|i| !i.is_computed()) else {
                report.add(Severity::Warning, "edit-without-target", Some(village), detail());
                continue;
            };
            let (value, status) = match figure(indicator, &cell_of(&edit.value), Comma::Thousands) {
                Figure::Unknown => (f64::NAN, None),
                Figure::NotApplicable => (f64::NAN, Some(ObservationStatus::NotApplicable)),
                Figure::Number(n) | Figure::About(n) => (n, None),
                Figure::Bad(code) => {
                    report.add(Severity::Warning, code, Some(village), detail());
                    continue;
                }
            };
            for part in self.members.parts(&village) {
                match edit.year {
                    Some(year) => self.observations.correct(position, year, *part, value),
                    None => self.observations.set_timeless(position, *part, value),
                }
            }
            let origin = Origin {
                source: edit.source.clone(),
                observed_on: edit.observed_on.clone(),
                status,
                edited: true,
                by: edit.by.clone(),
                on: edit.on.clone(),
                ..Origin::default()
            };
            self.put_origin(position, edit.year, village, &origin);
        }
    }

    /// A field of words that no role is played by: those can be corrected as figures can.
    fn text_field(&self, what: &str) -> Option<usize> {
        let field = self.villages.table.position(what)?;
        correctable_text(self.villages, field).then_some(field)
    }

    /// A count to date that falls from one known year to the next is told; it is used as it stands.
    pub fn check_cumulative(&self, report: &mut Report) {
        for (position, indicator) in self.indicators.all().iter().enumerate().filter(|(_, i)| i.cumulative) {
            for village in self.members.list().iter().copied() {
                let mut before: Option<f64> = None;
                for year in self.observations.years() {
                    let Some(now) = self.observations.value(position, Some(*year), village) else { continue };
                    if let Some(before) = before.filter(|b| now < *b) {
                        let detail = format!("{} · {year} · {before} → {now}", indicator.id);
                        report.add(Severity::Warning, "cumulative-falls", Some(village), detail);
                    }
                    before = Some(now);
                }
            }
        }
    }
}

/// Names every column from which nothing is taken, with how many of its cells say something.
fn tell_unused(table: &WideTable, file: &str, report: &mut Report) {
    for column in table.layout.columns.iter().filter(|c| !c.head.trim().is_empty() && c.filled > 0) {
        let detail = format!("{file} · {} · {}", column.head, column.filled);
        match (&column.role, column.reason) {
            (ColumnRole::New, _) => report.add(Severity::Warning, "column-not-used", None, detail),
            (ColumnRole::Leave, Reason::Hidden) => report.add(Severity::Warning, "column-hidden", None, detail),
            (ColumnRole::Leave, Reason::Twice) => report.add(Severity::Warning, "column-twice", None, detail),
            (ColumnRole::Leave, Reason::Computed) => report.add(Severity::Info, "column-computed", None, detail),
            // Whoever said so knows.
            (ColumnRole::Leave, Reason::Said) => {}
            (role, _) if !role.is_used() => report.add(Severity::Info, "column-not-used", None, detail),
            _ => {}
        }
    }
}

fn years_of(table: &WideTable) -> Vec<i32> {
    let columns = table.layout.columns.iter().filter_map(|c| c.year);
    let sections = table.layout.sections.iter().filter_map(|s| s.year);
    let year = table.layout.column(&ColumnRole::Year);
    let year = year.or_else(|| table.layout.column(&ColumnRole::Month));
    let rows = table.rows.iter().filter_map(|row| year_of(row.cells.get(year?)?));
    let mut years: Vec<i32> = columns.chain(sections).chain(rows).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// Whether all known figures of a rate in per cent lie between 0 and 1, with something between: 0.95 is hardly 0.95 %.
fn are_fractions<'a>(cells: impl Iterator<Item = &'a Cell>) -> bool {
    let number = |c: &Cell| match c {
        Cell::Number(n) => Some(*n),
        Cell::Text(t) => t.trim().parse::<f64>().ok(),
        Cell::Empty | Cell::Unsolved | Cell::Percent(_) => None,
    };
    let numbers: Vec<f64> = cells.filter_map(number).collect();
    numbers.iter().all(|n| (0.0..=1.0).contains(n)) && numbers.iter().any(|n| *n > 0.0 && *n < 1.0)
}
