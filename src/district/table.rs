//! Tables into observations: every cell that cannot be used is named with its row and column, the rest is used.

use rustc_hash::FxHashSet;

use super::figure::{Comma, Figure, cell_of, figure, plain_number, year_of};
use super::join::{Found, VillageFinder};
use super::texts::{CorrectedTexts, correctable_text};
use crate::model::{
    Dataset, Edit, FeatureId, Indicators, Members, ObservationStatus, Observations, Origin, Report, Role, Severity,
    Value,
};
use crate::read::{Cell, KeyColumn, WideTable};

/// Fills observations.
pub(super) struct Filler<'a> {
    villages: &'a Dataset,
    members: &'a Members,
    indicators: &'a Indicators,
    finder: &'a VillageFinder,
    pub observations: Observations,
    pub texts: CorrectedTexts,
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
        Self { villages, members, indicators, finder, observations, texts: CorrectedTexts::default() }
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
        let key = |k: KeyColumn| table.header.iter().position(|h| KeyColumn::of(h) == Some(k));
        let (code, name, town) = (key(KeyColumn::Code), key(KeyColumn::Name), key(KeyColumn::Town));
        let year_column = key(KeyColumn::Year);
        let columns = self.columns_of(table);
        let own_column = |c: usize| table.rows.iter().filter_map(move |(_, row)| row.get(c));
        // Programs that part columns by semicolons do so because the comma is taken.
        let otherwise = if table.has_semicolons { Comma::Unclear } else { Comma::Thousands };
        let comma = Comma::of(columns.iter().flat_map(|(c, _)| own_column(*c)), otherwise);
        for (c, position) in &columns {
            let is_rate = self.indicators.all().get(*position).is_some_and(|i| i.unit == "%");
            if is_rate && are_fractions(own_column(*c)) {
                let head = table.header.get(*c).map_or("", String::as_str);
                report.add(Severity::Warning, "rates-as-fractions", None, format!("{file} · {head}"));
            }
        }
        let keys: Vec<usize> =
            table.header.iter().enumerate().filter(|(_, h)| KeyColumn::of(h).is_some()).map(|(c, _)| c).collect();
        self.tell_unused(table, &file, &columns, report);
        if year_column.is_none() && table.title_year.is_none() {
            report.add(Severity::Info, "table-without-year", None, file.clone());
        }
        let mut seen: FxHashSet<(u32, i32)> = FxHashSet::default();
        for (line, row) in &table.rows {
            let cell = |c: Option<usize>| c.and_then(|c| row.get(c)).cloned().unwrap_or(Cell::Empty);
            let text = |c: Option<usize>| cell(c).text();
            let at = |what: &str| format!("{file}:{line} · {what}");
            for c in keys.iter().filter(|c| row.get(**c) == Some(&Cell::Unsolved)) {
                let head = table.header.get(*c).map_or("", String::as_str);
                report.add(Severity::Warning, "formula-without-value", None, at(head));
            }
            if is_total(&text(name)) || is_total(&text(code)) || is_total(&text(town)) {
                continue;
            }
            let village = match self.village_of_row([text(code), text(name), text(town)]) {
                Ok(village) => village,
                Err((problem, key)) => {
                    report.add(Severity::Warning, problem, None, at(&key));
                    continue;
                }
            };
            let year = match year_column {
                None => table.title_year,
                Some(_) => match year_of(&cell(year_column)) {
                    Some(year) => Some(year),
                    None => {
                        report.add(Severity::Warning, "row-bad-year", Some(village), at(&text(year_column)));
                        continue;
                    }
                },
            };
            if !seen.insert((village.number(), year.unwrap_or(0))) {
                report.add(Severity::Warning, "row-twice", Some(village), at(&text(year_column)));
                continue;
            }
            let origin = Origin {
                source: text(key(KeyColumn::Source)),
                observed_on: text(key(KeyColumn::ObservedOn)),
                status: ObservationStatus::of(&text(key(KeyColumn::Status))),
                ..Origin::default()
            };
            if origin != Origin::default() {
                for part in self.members.parts(&village) {
                    self.observations.set_row_origin(year, *part, origin.clone());
                }
            }
            for (column, position) in &columns {
                let cell = row.get(*column).unwrap_or(&Cell::Empty);
                if let Err(code) = self.take(*position, cell, (year, village), comma) {
                    let head = table.header.get(*column).map_or("", String::as_str);
                    report.add(Severity::Warning, code, Some(village), at(&format!("{head} · {}", cell.text())));
                }
            }
            let tell = |code, what: &str| report.add(Severity::Warning, code, Some(village), at(what));
            self.fractions(table, row, (year, village.number()), comma, tell);
        }
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
            (Figure::Number(_), Some(year)) if self.observations.is_set(position, year, village) => {
                return Err("observation-twice");
            }
            (Figure::Number(n), year) => self.put(position, year, village, n),
            (Figure::Bad(code), _) => return Err(code),
        }
        Ok(())
    }

    /// Columns of a table that figures are taken from, with their indicators.
    fn columns_of(&self, table: &WideTable) -> Vec<(usize, usize)> {
        table
            .header
            .iter()
            .enumerate()
            .filter(|(_, h)| KeyColumn::of(h).is_none())
            .filter_map(|(c, h)| Some((c, self.indicators.position(h)?)))
            .filter(|(_, i)| self.indicators.all().get(*i).is_some_and(|i| !i.is_computed()))
            .collect()
    }

    /// The village of a row.
    ///
    /// # Errors
    /// The code of a problem, and the key that led to no village, or to several.
    fn village_of_row(&self, [code, name, town]: [String; 3]) -> Result<FeatureId, (&'static str, String)> {
        match self.finder.find(&code, &name, &town) {
            Found::One(village) => Ok(village),
            Found::Nothing => Err(("row-without-village", [code, name].join(" "))),
            Found::Several if code.is_empty() => Err(("row-several-villages", name)),
            Found::Several => Err(("row-ambiguous", [code, name].join(" "))),
        }
    }

    /// Names every column from which nothing is taken, with how many of its cells say something.
    fn tell_unused(&self, table: &WideTable, file: &str, used: &[(usize, usize)], report: &mut Report) {
        for (c, head) in table.header.iter().enumerate().filter(|(_, h)| !h.trim().is_empty()) {
            let is_part = ["_numerator", "分子", "_denominator", "分母"]
                .iter()
                .any(|end| head.trim().strip_suffix(end).is_some_and(|n| self.indicators.position(n).is_some()));
            if KeyColumn::of(head).is_some() || is_part || used.iter().any(|(u, _)| *u == c) {
                continue;
            }
            let cells = table.rows.iter().filter_map(|(_, row)| row.get(c)).filter(|cell| **cell != Cell::Empty);
            let (mut said, mut numbers) = (0, false);
            for cell in cells {
                said += 1;
                numbers |= match cell {
                    Cell::Text(t) => plain_number(t, Comma::Thousands).is_ok(),
                    Cell::Number(_) | Cell::Percent(_) | Cell::Unsolved => true,
                    Cell::Empty => false,
                };
            }
            if said == 0 {
                continue;
            }
            let detail = format!("{file} · {head} · {said}");
            match self.indicators.position(head) {
                Some(_) => report.add(Severity::Info, "column-computed", None, detail),
                None if numbers => report.add(Severity::Warning, "column-not-used", None, detail),
                None => report.add(Severity::Info, "column-not-used", None, detail),
            }
        }
        if used.is_empty() {
            report.add(Severity::Warning, "table-without-figures", None, file.to_owned());
        }
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
        row: &[Cell],
        (year, village): (Option<i32>, u32),
        comma: Comma,
        mut tell: impl FnMut(&'static str, &str),
    ) {
        let mut part = |ends: [&str; 2]| {
            let mut parts: Vec<(usize, f64)> = Vec::new();
            for (c, head) in table.header.iter().enumerate() {
                let name = ends.iter().find_map(|e| head.trim().strip_suffix(e));
                let Some(position) = name.and_then(|n| self.indicators.position(n)) else { continue };
                let number = match row.get(c).unwrap_or(&Cell::Empty) {
                    Cell::Empty => continue,
                    Cell::Number(n) => Ok(*n),
                    Cell::Text(t) => plain_number(t, comma),
                    Cell::Percent(_) => Err("cell-not-a-number"),
                    Cell::Unsolved => Err("formula-without-value"),
                };
                match number {
                    Ok(n) => parts.push((position, n)),
                    Err(code) => tell(code, &format!("{head} · {}", row.get(c).map(Cell::text).unwrap_or_default())),
                }
            }
            parts
        };
        let numerators = part(["_numerator", "分子"]);
        let denominators = part(["_denominator", "分母"]);
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
            let village = match self.finder.find(&edit.village, "", "") {
                Found::Nothing => self.finder.find("", &edit.village, &edit.town),
                found => found,
            };
            let position = self.indicators.position(&edit.what);
            if let (Found::One(village), None, Some(field)) = (&village, position, self.text_field(&edit.what)) {
                for part in self.members.parts(village) {
                    self.texts.insert((*part, field), edit.clone());
                }
                continue;
            }
            let (Found::One(village), Some(position)) = (village, position) else {
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
                Figure::Number(n) => (n, None),
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

fn years_of(table: &WideTable) -> Vec<i32> {
    match table.header.iter().position(|h| KeyColumn::of(h) == Some(KeyColumn::Year)) {
        None => table.title_year.into_iter().collect(),
        Some(c) => table.rows.iter().filter_map(|(_, row)| year_of(row.get(c)?)).collect(),
    }
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

fn is_total(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    ["合计", "总计", "小计", "全区", "total", "sum"].contains(&text.as_str()) || text.ends_with("合计")
}
