//! Rows of a table of figures: which village each means, which are totals or notes, and how the table as a whole fits the map.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::figure::year_of;
use super::join::{Found, MatchBy, RowKey, VillageFinder};
use super::key_text::{Code, bare_code};
use crate::model::{Dataset, FeatureId, Members, ObservationStatus, Origin, Role};
use crate::read::{Cell, ColumnRole, TableRow, WideTable, month_in, year_and_month};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowIs {
    /// Figures of a village, and how it was found.
    Village(FeatureId, MatchBy),
    /// Figures of the village of its code, whose name is that of another one.
    Contradicting(FeatureId),
    /// A sum or mean of other rows.
    Total,
    /// Words under the table.
    Note,
    /// Figures of something that is no village, as a person decided.
    Declined,
    /// Figures of nobody knows which village: the code of the problem.
    Unclear(&'static str),
}

/// Reads rows of a table.
pub(super) struct RowReader<'a> {
    table: &'a WideTable,
    finder: &'a VillageFinder,
    code: Option<usize>,
    name: Option<usize>,
    town: Option<usize>,
    district: Option<usize>,
    pub(super) year: Option<usize>,
    month: Option<usize>,
    source: Option<usize>,
    observed_on: Option<usize>,
    status: Option<usize>,
    /// The years that heads name.
    years_of_heads: Vec<i32>,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(table: &'a WideTable, finder: &'a VillageFinder) -> Self {
        let of = |role| table.layout.column(&role);
        Self {
            table,
            finder,
            code: of(ColumnRole::Code),
            name: of(ColumnRole::Name),
            town: of(ColumnRole::Town),
            district: of(ColumnRole::District),
            year: of(ColumnRole::Year),
            month: of(ColumnRole::Month),
            source: of(ColumnRole::Source),
            observed_on: of(ColumnRole::ObservedOn),
            status: of(ColumnRole::Status),
            years_of_heads: table.layout.columns.iter().filter_map(|c| c.year).collect(),
        }
    }

    /// Columns that say which village a row means, and of when and whom.
    pub(super) fn keys(&self) -> impl Iterator<Item = usize> + use<> {
        let all = [self.code, self.name, self.town, self.district, self.year, self.month, self.source];
        let all = all.into_iter().chain([self.observed_on, self.status]);
        all.into_iter().flatten()
    }

    fn text(row: &TableRow, column: Option<usize>) -> String {
        column.and_then(|c| row.cells.get(c)).map(Cell::text).unwrap_or_default()
    }

    /// The sheet of a row.
    pub(super) fn sheet(&self, row: &TableRow) -> &str {
        self.table.layout.sections.get(usize::from(row.section)).map_or("", |s| &s.sheet)
    }

    /// What a row says of its village, as text.
    pub(super) fn key_text(&self, row: &TableRow) -> String {
        let texts = [self.code, self.name].map(|c| Self::text(row, c));
        texts.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// What each row of the table is, found on all cores.
    pub(super) fn villages(&self) -> Vec<RowIs> {
        self.table.rows.par_iter().map(|row| self.village(row)).collect()
    }

    /// What a row is.
    fn village(&self, row: &TableRow) -> RowIs {
        let [code, name, town, district] = [self.code, self.name, self.town, self.district].map(|c| Self::text(row, c));
        let first = row.cells.iter().find(|c| **c != Cell::Empty).map(Cell::text).unwrap_or_default();
        if [&name, &code, &town, &first].into_iter().any(|t| is_total(t)) {
            return RowIs::Total;
        }
        if is_note(row, &first, code.is_empty() && name.is_empty()) {
            return RowIs::Note;
        }
        // A sheet for each town says the town by its name.
        let sheet = self.sheet(row);
        let town = if town.is_empty() && self.finder.has_town(sheet) { sheet.to_owned() } else { town };
        let key = RowKey { code: &code, name: &name, town: &town, district: &district };
        let found = self.finder.find(key);
        if let Some(differs) = self.in_its_own_year(row, key, found) {
            return differs;
        }
        match found {
            Found::One(village, MatchBy::Code) if !name.is_empty() && !self.finder.is_called(village, &name) => {
                match self.finder.find(RowKey { code: "", ..key }) {
                    Found::One(other, _) if other != village => RowIs::Contradicting(village),
                    _ => RowIs::Village(village, MatchBy::Code),
                }
            }
            Found::One(village, by) => RowIs::Village(village, by),
            Found::Declined => RowIs::Declined,
            Found::Several if code.is_empty() => RowIs::Unclear("row-several-villages"),
            Found::Several => RowIs::Unclear("row-ambiguous"),
            Found::Nothing if matches!(Code::of(&bare_code(&code)), Code::Rounded { .. }) => {
                RowIs::Unclear("code-rounded")
            }
            Found::Nothing => RowIs::Unclear("row-without-village"),
        }
    }

    /// What a row of a year with boundaries of its own is, where these say otherwise than those of today: as a person decided, else it
    /// waits for a decision. `None` where both agree, or the row's year has no boundaries of its own.
    fn in_its_own_year(&self, row: &TableRow, key: RowKey<'_>, found: Found) -> Option<RowIs> {
        if self.finder.editions().is_empty() {
            return None;
        }
        self.differing_year(row, key, found)?;
        Some(match self.finder.decided(key) {
            Some(Some(village)) => RowIs::Village(village, MatchBy::Alias),
            Some(None) => RowIs::Declined,
            None => RowIs::Unclear("edition-differs"),
        })
    }

    /// The year of a row, or the first of those that heads name, in which its village went by another code or name than what was found.
    fn differing_year(&self, row: &TableRow, key: RowKey<'_>, found: Found) -> Option<i32> {
        let own = self.year_of(row).ok().flatten();
        let mut years = own.into_iter().chain(self.years_of_heads.iter().copied().filter(|_| own.is_none()));
        years.find(|year| {
            let meant = self.finder.editions().meant(key, Some(*year));
            meant.is_some_and(|m| !found.village().is_some_and(|v| m.is_same_as(self.finder, v)))
        })
    }

    /// The code of what is told of a row whose village was found in this way; `None` where there is nothing to tell.
    pub(super) fn told(&self, row: &TableRow, by: MatchBy) -> Option<&'static str> {
        match by {
            MatchBy::MendedCode => Some("code-mended"),
            MatchBy::EarlierEdition => Some("code-earlier-edition"),
            MatchBy::DistrictTownName | MatchBy::TownName | MatchBy::Name => {
                let is_rounded = matches!(Code::of(&bare_code(&Self::text(row, self.code))), Code::Rounded { .. });
                is_rounded.then_some("code-rounded-named")
            }
            MatchBy::Code | MatchBy::Alias => None,
        }
    }

    /// The rows of the table.
    pub(super) fn rows(&self) -> &'a [TableRow] {
        &self.table.rows
    }

    /// Whether rows, or whole sheets, are of months.
    pub(super) fn has_months(&self) -> bool {
        self.table.rows.iter().any(|row| self.month_of(row).is_some())
    }

    /// The month of a row, 1 to 12: as its column says, or that of the year, or the name or the title of its sheet.
    pub(super) fn month_of(&self, row: &TableRow) -> Option<u8> {
        let cell = |column: Option<usize>| column.and_then(|c| row.cells.get(c));
        let plain = |cell: &Cell| match cell {
            Cell::Number(n) => (1..=12).find(|m| f64::from(*m) == *n),
            Cell::Text(text) => text.trim().parse().ok().filter(|m| (1..=12).contains(m)),
            _ => None,
        };
        let own = cell(self.month).and_then(|c| plain(c).or_else(|| month_of_cell(c)));
        let section = || self.table.layout.sections.get(usize::from(row.section))?.month;
        own.or_else(|| month_of_cell(cell(self.year)?)).or_else(section)
    }

    /// The year of a row.
    ///
    /// # Errors
    /// What stands there, where it is no year.
    pub(super) fn year_of(&self, row: &TableRow) -> Result<Option<i32>, String> {
        let Some(column) = self.year else {
            // A date under 月份 says the year as well.
            let of_month = self.month.and_then(|c| row.cells.get(c)).and_then(year_of);
            return Ok(of_month.or_else(|| self.table.year_of_section(row.section)));
        };
        let cell = row.cells.get(column).unwrap_or(&Cell::Empty);
        year_of(cell).map(Some).ok_or_else(|| cell.text())
    }

    /// Where the figures of a row come from, as it says; of one of a month, the month where it says no day.
    pub(super) fn origin(&self, row: &TableRow) -> Origin {
        let observed_on = Self::text(row, self.observed_on);
        let month = || match (self.year_of(row), self.month_of(row)) {
            (Ok(Some(year)), Some(month)) => format!("{year}-{month:02}"),
            _ => String::new(),
        };
        Origin {
            source: Self::text(row, self.source),
            observed_on: if observed_on.is_empty() { month() } else { observed_on },
            status: ObservationStatus::of(&Self::text(row, self.status)),
            ..Origin::default()
        }
    }
}

/// The month that a cell says together with its year: 202403, 2024年3月. Nothing is made of a plain year.
fn month_of_cell(cell: &Cell) -> Option<u8> {
    match cell {
        // Years are by far the most: they are told without their digits being written out.
        Cell::Number(n) if *n < 10_000.0 => None,
        Cell::Number(n) => year_and_month(&n.to_string()).map(|(_, month)| month),
        Cell::Text(text) => month_in(text),
        _ => None,
    }
}

/// Whether a text heads a row of sums or means: 合 计, 全镇合计, 小计：, Total (6 villages).
pub(crate) fn is_total(text: &str) -> bool {
    let outside = text.split(['(', '（']).next().unwrap_or("");
    let plain: String = outside
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '：' | '*'))
        .flat_map(char::to_lowercase)
        .collect();
    const WHOLE: [&str; 16] = [
        "合计", "总计", "小计", "全区", "全镇", "全县", "全市", "平均", "均值", "汇总", "total", "totals", "sum",
        "average", "mean", "subtotal",
    ];
    const ENDS: [&str; 8] = ["合计", "总计", "小计", "共计", "平均", "平均值", "汇总", "总数"];
    let latin = ["total", "subtotal", "grandtotal", "average", "sum"];
    WHOLE.contains(&plain.as_str())
        || ENDS.iter().any(|e| plain.ends_with(e))
        || latin.iter().any(|l| plain.strip_prefix(l).is_some_and(|rest| rest.starts_with("of") || rest.is_empty()))
}

/// Whether a row holds words under the table rather than figures: no village, and nothing but texts, few of them; or a note by its first
/// words.
fn is_note(row: &TableRow, first: &str, is_nobody: bool) -> bool {
    let begins = [
        "注：",
        "注:",
        "备注：",
        "备注:",
        "说明：",
        "说明:",
        "填表人",
        "填报人",
        "制表",
        "审核",
        "单位负责人",
        "note:",
        "source:",
        "来源：",
    ];
    let lower = first.to_lowercase();
    let filled = row.cells.iter().filter(|c| **c != Cell::Empty).count();
    let has_figures = row.cells.iter().any(|c| matches!(c, Cell::Number(_) | Cell::Percent(_) | Cell::Unsolved));
    let is_wordy = filled <= 4 && !has_figures;
    is_wordy && (begins.iter().any(|b| lower.starts_with(b)) || is_nobody && filled <= 2 && first.chars().count() > 3)
}

/// How a table fits the map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MatchReport {
    /// Rows of villages, totals and notes aside.
    pub rows: usize,
    /// Rows that found theirs.
    pub matched: usize,
    /// Rows that could mean several.
    pub ambiguous: usize,
    /// Rows that found none.
    pub unmatched: usize,
    /// Rows of a village and year that another row has.
    pub duplicate: usize,
    /// Rows that a person set aside.
    pub declined: usize,
    /// Sums and notes.
    pub totals: usize,
    /// Villages of the map that no row is of.
    pub villages_without_row: usize,
    /// Matched rows by how they were, in the order of [`MatchBy::ALL`].
    pub by: [usize; MatchBy::ALL.len()],
    /// What is to be told, each cause once.
    pub causes: Vec<MatchCause>,
    /// The rows that wait for a decision.
    pub open: Vec<OpenRow>,
}

/// Something to be told about rows, once for all that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchCause {
    /// Its code.
    pub code: &'static str,
    /// Rows that have it.
    pub count: usize,
    /// Line of the first.
    pub first_row: u32,
    /// What that says of its village.
    pub first_text: String,
    /// What is proposed for it: a village's name.
    pub proposal: Option<String>,
}

/// A row that waits for a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRow {
    /// Its line.
    pub line: u32,
    /// What it says: code, name, town, district.
    pub key: [String; 4],
    /// Why it waits.
    pub code: &'static str,
    /// The year in whose boundaries it means another village than today, where that is why it waits.
    pub year: Option<i32>,
}

/// Says how a table fits the map.
pub fn match_report(
    table: &WideTable,
    (villages, members): (&Dataset, &Members),
    finder: &VillageFinder,
) -> MatchReport {
    let reader = RowReader::new(table, finder);
    report_of(&reader, &reader.villages(), villages, members)
}

/// The same of rows that were looked for already.
pub(super) fn report_of(reader: &RowReader<'_>, found: &[RowIs], villages: &Dataset, members: &Members) -> MatchReport {
    let mut report = MatchReport::default();
    let (mut seen, mut with_row) = (FxHashSet::default(), FxHashSet::default());
    for (row, found) in reader.table.rows.iter().zip(found) {
        let mut told = None;
        match found {
            RowIs::Total | RowIs::Note => {
                report.totals += 1;
                continue;
            }
            RowIs::Declined => report.declined += 1,
            RowIs::Village(..) | RowIs::Contradicting(_) => {
                let (village, by) = match found {
                    RowIs::Village(village, by) => (village, *by),
                    RowIs::Contradicting(village) => (village, MatchBy::Code),
                    _ => continue,
                };
                with_row.insert(*village);
                let period = (reader.year_of(row).ok().flatten().unwrap_or(0), reader.month_of(row));
                if seen.insert((*village, period)) {
                    report.matched += 1;
                    if let Some(slot) = MatchBy::ALL.iter().position(|b| *b == by).and_then(|at| report.by.get_mut(at))
                    {
                        *slot += 1;
                    }
                    let differs = matches!(found, RowIs::Contradicting(_)).then_some("code-and-name-differ");
                    told = differs.or_else(|| reader.told(row, by));
                } else {
                    report.duplicate += 1;
                    told = Some("row-twice");
                }
            }
            RowIs::Unclear(code) => {
                match *code {
                    "row-ambiguous" | "row-several-villages" => report.ambiguous += 1,
                    _ => report.unmatched += 1,
                }
                told = Some(if *code == "row-several-villages" { "row-ambiguous" } else { *code });
                let key = [reader.code, reader.name, reader.town, reader.district].map(|c| RowReader::text(row, c));
                let of_key = RowKey { code: &key[0], name: &key[1], town: &key[2], district: &key[3] };
                let year = (*code == "edition-differs")
                    .then(|| reader.differing_year(row, of_key, reader.finder.find(of_key)))
                    .flatten();
                report.open.push(OpenRow { line: row.line, key, code, year });
            }
        }
        report.rows += 1;
        let Some(code) = told else { continue };
        match report.causes.iter_mut().find(|c| c.code == code) {
            Some(cause) => cause.count += 1,
            None => {
                let proposal = match found {
                    RowIs::Village(village, _) | RowIs::Contradicting(village) => Some(*village),
                    RowIs::Unclear("edition-differs") => {
                        let open = report.open.last();
                        let meant = open.and_then(|o| reader.finder.editions().meant(o.row_key(), o.year));
                        meant.and_then(|m| m.successors(villages, members).first().map(|(v, _)| *v))
                    }
                    _ => report.open.last().and_then(|o| reader.finder.related(o.row_key()).first().copied()),
                };
                report.causes.push(MatchCause {
                    code,
                    count: 1,
                    first_row: row.line,
                    first_text: reader.key_text(row),
                    proposal: proposal.map(|v| place_words(villages, v)),
                });
            }
        }
    }
    report.villages_without_row = members.list().iter().filter(|v| !with_row.contains(v)).count();
    report
}

impl OpenRow {
    /// What it says, to be looked for.
    pub fn row_key(&self) -> RowKey<'_> {
        let [code, name, town, district] = &self.key;
        RowKey { code, name, town, district }
    }
}

/// A village with its town.
fn place_words(villages: &Dataset, village: FeatureId) -> String {
    let name = villages.display_name(village);
    match villages.text(village, Role::Town) {
        Some(town) => format!("{name} · {town}"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_in_many_spellings() {
        for text in
            ["合 计", "全镇合计", "平均", "小计：", "Total (6 villages)", "TOTAL", "Grand Total", "总计", "上庄镇小计"]
        {
            assert!(is_total(text), "{text}");
        }
        for text in ["合计村", "平均村", "Totalville", "Summit", "", "全村"] {
            assert!(!is_total(text), "{text}");
        }
    }
}
