//! The guess: which sheets are the table, and what each column says, by heads and values.

use super::super::cell::Cell;
use super::super::wide::KeyColumn;
use super::heads::{
    Head, Heads, heads_of, indicator_of, is_figure, is_generic_id, is_listed_as, is_number, listed, plain_head, rank,
    within_group, without_year, year_in,
};
use super::{
    ColumnLayout, ColumnRole, Laid, Layout, LayoutSaid, Reason, SaidColumn, Section, Sheet, TableRow, month_in,
    year_and_month,
};
use crate::model::{Indicators, identifies, is_unit_word};

/// Rates of which most are above this, and none above 1, are fractions.
const HALF: f64 = 0.5;

pub(super) fn lay_out(mut sheets: Vec<Sheet>, indicators: &Indicators, said: &LayoutSaid) -> Option<Laid> {
    let mut hidden_rows = 0;
    for sheet in sheets.iter_mut().filter(|_| !said.hidden) {
        let before = sheet.rows.len();
        sheet.rows.retain(|(line, _)| !sheet.hidden.rows.contains(line));
        hidden_rows += before - sheet.rows.len();
    }
    let is_wanted = |name: &str| said.sheet.as_deref().is_none_or(|s| s == name);
    let found: Vec<Option<Heads>> =
        sheets.iter().map(|s| is_wanted(&s.name).then(|| heads_of(&s.rows, indicators, said)).flatten()).collect();
    let first = found.iter().position(Option::is_some)?;
    let mut heads: Vec<Head> = found.get(first).and_then(Option::as_ref).map(|h| h.texts.clone())?;
    let names = sheets.iter().map(|s| s.name.clone()).filter(|n| !n.is_empty());
    let mut layout = Layout { sheets: names.collect(), ..Layout::default() };
    let mut rows: Vec<TableRow> = Vec::new();
    let mut hidden_columns = Default::default();
    for (at, (Sheet { name, rows: grid, hidden }, own)) in sheets.into_iter().zip(&found).enumerate() {
        let Some(own) = own else { continue };
        let titles = || grid.iter().take(own.rows.start).flat_map(|(_, row)| row).map(Cell::text);
        let year = year_in(&name).or_else(|| titles().find_map(|t| year_in(&t)));
        let month = month_in(&name).or_else(|| titles().find_map(|t| month_in(&t)));
        // Sheets of other years and of other towns have the same heads; any other sheet is another table.
        let is_same = || own.texts.iter().map(|h| plain_head(&h.text)).eq(heads.iter().map(|h| plain_head(&h.text)));
        if at != first && !is_same() {
            layout.left_sheets.push(name);
            continue;
        }
        let section = layout.sections.len() as u16;
        let units = grid.get(own.rows.end).filter(|(_, row)| are_units(row));
        if section == 0 {
            for (head, unit) in heads.iter_mut().zip(units.into_iter().flat_map(|(_, row)| row)) {
                let unit = unit.text();
                if !unit.is_empty() && !head.text.is_empty() && !head.text.ends_with([')', '）']) {
                    head.text = format!("{}（{}）", head.text, unit.trim_matches(['(', ')', '（', '）']));
                }
            }
            hidden_columns = hidden.columns;
            layout.head_rows = grid.get(own.rows.clone()).unwrap_or(&[]).iter().map(|(line, _)| *line).collect();
        }
        layout.sections.push(Section { sheet: name, year, month });
        let end = own.rows.end + usize::from(units.is_some());
        let from = said.first_row.unwrap_or(0);
        let is_repeated = |row: &[Cell]| {
            let mut texts = row.iter().map(Cell::text).zip(&heads).filter(|(t, _)| !t.is_empty()).peekable();
            texts.peek().is_some()
                && texts.all(|(text, head)| head.text == text || head.text.ends_with(&format!(" {text}")))
        };
        let data = grid.into_iter().skip(end).filter(|(line, row)| {
            *line >= from && row.iter().any(|c| *c != Cell::Empty) && !is_repeated(row) && !is_tags(row)
        });
        rows.extend(data.map(|(line, cells)| TableRow { line, section, cells }));
    }
    layout.first_row = rows.first().map_or(0, |r| r.line);
    layout.columns = columns(&heads, &rows, indicators, said);
    for (c, column) in layout.columns.iter_mut().enumerate() {
        if !said.hidden && column.reason != Reason::Said && hidden_columns.contains(&(c as u32 + 1)) {
            (column.role, column.reason) = (ColumnRole::Leave, Reason::Hidden);
        }
    }
    layout.hidden_rows = hidden_rows;
    Some(Laid { layout, rows })
}

/// Tags of the Humanitarian Exchange Language under the heads: `#adm3+name`, `#value`.
fn is_tags(row: &[Cell]) -> bool {
    let mut texts = row.iter().map(Cell::text).filter(|t| !t.is_empty()).peekable();
    texts.peek().is_some() && texts.all(|t| t.starts_with('#') && t.len() > 1)
}

/// A row under the heads that says units: `%`, 万m², 座.
fn are_units(row: &[Cell]) -> bool {
    let mut texts = row.iter().map(Cell::text).filter(|t| !t.is_empty()).peekable();
    let is_unit = |text: &str| {
        let text = text.trim_matches(['(', ')', '（', '）']).trim();
        let bare = text.trim_start_matches("单位").trim_start_matches([':', '：']);
        let scaled = ["万", "亿", "千", "百"].iter().find_map(|w| bare.strip_prefix(w));
        is_unit_word(bare) || scaled.is_some_and(is_unit_word) || bare == "单位"
    };
    let numbers = row.iter().any(|c| matches!(c, Cell::Number(_) | Cell::Percent(_) | Cell::Unsolved));
    texts.peek().is_some() && !numbers && texts.all(|t| is_unit(&t))
}

fn key_role(key: KeyColumn) -> ColumnRole {
    match key {
        KeyColumn::Code => ColumnRole::Code,
        KeyColumn::Name => ColumnRole::Name,
        KeyColumn::Town => ColumnRole::Town,
        KeyColumn::Year => ColumnRole::Year,
        KeyColumn::Source => ColumnRole::Source,
        KeyColumn::ObservedOn => ColumnRole::ObservedOn,
        KeyColumn::Status => ColumnRole::Status,
    }
}

fn columns(heads: &[Head], rows: &[TableRow], indicators: &Indicators, said: &LayoutSaid) -> Vec<ColumnLayout> {
    let width = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0).max(heads.len());
    let mut columns: Vec<ColumnLayout> = (0..width)
        .map(|c| {
            let head = heads.get(c).cloned().unwrap_or(Head {
                text: String::new(),
                has_group: false,
                year: None,
                month: None,
            });
            let filled = rows.iter().filter(|r| r.cells.get(c).is_some_and(|cell| *cell != Cell::Empty)).count();
            column(&head, filled, c, rows, indicators, said)
        })
        .collect();
    by_lists(&mut columns, rows);
    long_digits(&mut columns, rows);
    years_by_values(&mut columns, rows);
    by_values(&mut columns, rows);
    only_once(&mut columns);
    for (c, column) in columns.iter_mut().enumerate() {
        let is_rate = column.role.indicator().and_then(|id| indicators.get(id)).is_some_and(|i| i.unit == "%");
        let is_said = said.columns.get(&column.head).and_then(|t| SaidColumn::parse(t, indicators)?.is_fractions);
        column.is_fractions = match is_said {
            Some(is_said) => is_said,
            None => is_rate && matches!(column.role, ColumnRole::Indicator(_)) && are_fractions(rows, c),
        };
    }
    columns
}

fn column(
    head: &Head,
    filled: usize,
    c: usize,
    rows: &[TableRow],
    indicators: &Indicators,
    said: &LayoutSaid,
) -> ColumnLayout {
    let make = |role, year: Option<i32>, reason| ColumnLayout {
        head: head.text.clone(),
        role,
        year: year.or(head.year),
        month: month_in(&head.text).or(head.month),
        is_fractions: false,
        filled,
        reason,
    };
    if let Some(own) = said.columns.get(&head.text).and_then(|text| SaidColumn::parse(text, indicators)) {
        return make(own.role, own.year, Reason::Said);
    }
    if head.text.is_empty() {
        return make(ColumnRole::Leave, None, if filled == 0 { Reason::Empty } else { Reason::Texts });
    }
    let reason = if head.has_group { Reason::Group } else { Reason::Head };
    let inner = within_group(&head.text);
    if let Some(key) = KeyColumn::of(&head.text).or_else(|| KeyColumn::of(inner?)) {
        return make(key_role(key), None, reason);
    }
    for (ends, is_part) in [(["_numerator", "分子"], true), (["_denominator", "分母"], false)] {
        let name = ends.iter().find_map(|e| head.text.trim().strip_suffix(e));
        if let Some(own) = name.and_then(|n| indicators.get(n)) {
            let id = own.id.clone();
            let role = if is_part { ColumnRole::Numerator(id) } else { ColumnRole::Denominator(id) };
            return make(role, None, reason);
        }
    }
    if let Some((position, year)) = indicator_of(&head.text, indicators).or_else(|| indicator_of(inner?, indicators))
        && let Some(own) = indicators.all().get(position)
    {
        return match own.is_computed() {
            true => make(ColumnRole::Leave, None, Reason::Computed),
            false => make(ColumnRole::Indicator(own.id.clone()), year, reason),
        };
    }
    match (filled, holds_figures(rows, c)) {
        (0, _) => make(ColumnRole::Leave, None, Reason::Empty),
        _ if identifies(&head.text) => make(ColumnRole::Leave, None, Reason::Identifies),
        (_, true) => make(ColumnRole::New, without_year(&head.text).1, Reason::Numbers),
        (_, false) => make(ColumnRole::Leave, None, Reason::Texts),
    }
}

/// Whether a column holds figures: half of what says more than that nothing is known.
fn holds_figures(rows: &[TableRow], c: usize) -> bool {
    // 无, —, 不详, n/a
    let is_word = |cell: &&Cell| match cell {
        Cell::Empty => true,
        Cell::Text(text) => text.chars().count() <= 3 && !text.contains(|c: char| c.is_numeric()),
        _ => false,
    };
    let told = rows.iter().filter_map(|r| r.cells.get(c)).filter(|cell| !is_word(cell)).take(500);
    let (figures, all) = told.fold((0, 0), |(figures, all), cell| (figures + usize::from(is_figure(cell)), all + 1));
    figures > 0 && 2 * figures >= all
}

/// Columns that nobody knows and that hold digits of one length, all different, measure nothing: 12 of them are codes of villages (GB/T 10114
/// and the statistical office's rules), others are telephone numbers and the like.
fn long_digits(columns: &mut [ColumnLayout], rows: &[TableRow]) {
    /// Digits from which on no figure has all of one length.
    const LONG: usize = 9;
    let mut has_code = columns.iter().any(|c| c.role == ColumnRole::Code);
    for (c, column) in columns.iter_mut().enumerate() {
        if !matches!(column.role, ColumnRole::New) && column.reason != Reason::Identifies {
            continue;
        }
        let texts: Vec<String> =
            rows.iter().filter_map(|r| r.cells.get(c)).map(Cell::text).filter(|t| !t.is_empty()).collect();
        let length = texts.first().map_or(0, String::len);
        let is_long = |t: &String| t.len() == length && t.bytes().all(|b| b.is_ascii_digit());
        let different: rustc_hash::FxHashSet<&String> = texts.iter().collect();
        if length < LONG || different.len() < 3.max(texts.len() * 9 / 10) || !texts.iter().all(is_long) {
            continue;
        }
        let is_code = length == 12 && !has_code;
        has_code |= is_code;
        (column.role, column.reason) = match is_code {
            true => (ColumnRole::Code, Reason::Values),
            false => (ColumnRole::Leave, Reason::Identifies),
        };
    }
}

/// Gives roles that no head plays to the columns that the list of names of many lands knows, the most telling first.
fn by_lists(columns: &mut [ColumnLayout], rows: &[TableRow]) {
    let is_free = |c: &ColumnLayout| {
        matches!(c.role, ColumnRole::New | ColumnRole::Leave)
            && matches!(c.reason, Reason::Numbers | Reason::Texts | Reason::Identifies)
    };
    let is_name =
        |c: &ColumnLayout| c.role == ColumnRole::Name || is_free(c) && listed(&c.head) == Some(ColumnRole::Name);
    let has_names = columns.iter().any(is_name);
    // What a program numbered its rows by is no code of a village, where names say which village it is.
    let numbers_rows: Vec<bool> = columns
        .iter()
        .enumerate()
        .map(|(c, column)| has_names && is_generic_id(&column.head) && numbers_rows(rows, c))
        .collect();
    for role in ColumnRole::KEYS {
        if columns.iter().any(|c| c.role == role) {
            continue;
        }
        let free = |(at, c): &(usize, &mut ColumnLayout)| {
            let may = role != ColumnRole::Code || !numbers_rows.get(*at).copied().unwrap_or(false);
            is_free(c) && may && (listed(&c.head).as_ref() == Some(&role) || is_listed_as(&c.head, &role))
        };
        let best =
            columns.iter_mut().enumerate().filter(free).min_by_key(|(_, c)| rank(&c.head, &role)).map(|(_, c)| c);
        if let Some(column) = best {
            (column.role, column.reason) = (role, Reason::Head);
        }
    }
}

/// Whether the values of a column are short numbers that all differ, or ids of programs, rather than codes.
fn numbers_rows(rows: &[TableRow], c: usize) -> bool {
    let mut texts = rows.iter().filter_map(|r| r.cells.get(c)).map(Cell::text).filter(|t| !t.is_empty()).peekable();
    let is_short = |t: &str| t.len() < 6 && t.bytes().all(|b| b.is_ascii_digit());
    // A UUID, or the like: letters and dashes at great length.
    let is_uuid = |t: &str| t.len() >= 20 && t.contains('-');
    texts.peek().is_some() && texts.all(|t| is_short(&t) || is_uuid(&t))
}

/// A column that a head names in passing, 时间 or period, and that holds nothing but years, or months of years, is that of the year.
/// So is one of dates that holds nothing but months.
fn years_by_values(columns: &mut [ColumnLayout], rows: &[TableRow]) {
    const HEADS: [&str; 9] = ["时间", "统计时间", "数据时间", "期间", "期次", "统计期", "period", "time", "date"];
    if columns.iter().any(|c| c.role == ColumnRole::Year) {
        return;
    }
    let holds = |c: usize, is: fn(&Cell) -> bool| {
        let mut cells = rows.iter().filter_map(|r| r.cells.get(c)).filter(|cell| **cell != Cell::Empty).peekable();
        cells.peek().is_some() && cells.all(is)
    };
    let is_year = |cell: &Cell| match cell {
        Cell::Number(n) => {
            year_in(&n.to_string()).is_some() && n.fract() == 0.0 && *n < 2101.0 || is_month_of_year(cell)
        }
        Cell::Text(text) => text.chars().count() <= 12 && year_in(text).is_some() || is_month_of_year(cell),
        _ => false,
    };
    let found = columns.iter_mut().enumerate().find(|(c, column)| match column.role {
        ColumnRole::New | ColumnRole::Leave => HEADS.contains(&plain_head(&column.head).as_str()) && holds(*c, is_year),
        ColumnRole::ObservedOn => holds(*c, is_month_of_year),
        _ => false,
    });
    if let Some((_, column)) = found {
        (column.role, column.reason) = (ColumnRole::Year, Reason::Values);
    }
}

/// Whether a cell is a month of a year and no day of it: 202403, 2024-03, 2024年3月.
fn is_month_of_year(cell: &Cell) -> bool {
    let text = cell.text();
    let signs = text.chars().filter(|c| matches!(c, '-' | '/' | '.')).count();
    let is_day = text.contains('日') || signs > 1;
    let has_year = year_in(&text).is_some() || year_and_month(&text).is_some();
    text.chars().count() <= 10 && has_year && !is_day && month_in(&text).is_some()
}

/// Where nothing says which village a row means, the first column of texts that mostly differ does.
fn by_values(columns: &mut [ColumnLayout], rows: &[TableRow]) {
    let is_key = |c: &ColumnLayout| match c.role {
        // A code that its digits alone say is better with a name beside it.
        ColumnRole::Code => c.reason != Reason::Values,
        ref role => *role == ColumnRole::Name,
    };
    if columns.iter().any(is_key) {
        return;
    }
    let names = |c: usize| {
        let texts: Vec<&str> = rows
            .iter()
            .filter_map(|r| match r.cells.get(c) {
                Some(Cell::Text(text)) if !is_number(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let different: rustc_hash::FxHashSet<&str> = texts.iter().copied().collect();
        texts.len() * 2 > rows.len() && different.len() * 10 >= texts.len() * 6
    };
    let found = columns.iter_mut().enumerate().find(|(c, column)| column.reason == Reason::Texts && names(*c));
    if let Some((_, column)) = found {
        (column.role, column.reason) = (ColumnRole::Name, Reason::Values);
    }
}

/// Of several columns that say the same the first counts.
fn only_once(columns: &mut [ColumnLayout]) {
    for at in 0..columns.len() {
        let (before, rest) = columns.split_at_mut(at);
        let Some(column) = rest.first_mut() else { return };
        let may_repeat =
            matches!(column.role, ColumnRole::New | ColumnRole::Leave | ColumnRole::Remark | ColumnRole::Photo);
        let is_same = |c: &ColumnLayout| c.role == column.role && (c.year, c.month) == (column.year, column.month);
        if !may_repeat && before.iter().any(is_same) {
            (column.role, column.reason) = (ColumnRole::Leave, Reason::Twice);
        }
    }
}

/// Whether the rates of a column are written as fractions: none above 1, and most above a half. Rates that are all below a half of one per
/// cent could be either, and stay as they stand.
fn are_fractions(rows: &[TableRow], c: usize) -> bool {
    let number = |cell: &Cell| match cell {
        Cell::Number(n) => Some(*n),
        Cell::Text(t) => t.trim().replace(',', ".").parse::<f64>().ok(),
        Cell::Empty | Cell::Unsolved | Cell::Percent(_) => None,
    };
    let cells = || rows.iter().filter_map(|r| r.cells.get(c));
    if cells().any(|cell| matches!(cell, Cell::Percent(_)) || matches!(cell, Cell::Text(t) if t.contains(['%', '％'])))
    {
        return false;
    }
    let numbers: Vec<f64> = cells().filter_map(number).collect();
    let above = numbers.iter().filter(|n| **n >= HALF).count();
    let has_between = numbers.iter().any(|n| *n > 0.0 && *n < 1.0);
    numbers.len() > 1 && has_between && numbers.iter().all(|n| (0.0..=1.0).contains(n)) && 2 * above > numbers.len()
}

#[cfg(test)]
mod tests {
    use super::super::super::workbook::Rows;
    use super::*;

    fn grid(text: &str) -> Rows {
        let row = |(i, line): (usize, &str)| (i as u32 + 1, line.split('|').map(Cell::of).collect());
        text.lines().enumerate().map(row).collect()
    }

    fn sheets(list: &[(&str, &str)]) -> Vec<Sheet> {
        let sheet = |(name, text): &(&str, &str)| Sheet { name: (*name).into(), rows: grid(text), ..Sheet::default() };
        list.iter().map(sheet).collect()
    }

    fn laid(text: &str) -> Laid {
        lay_out(sheets(&[("", text)]), &Indicators::with(&[]), &LayoutSaid::default()).expect("a table")
    }

    fn roles(l: &Layout) -> Vec<String> {
        let word = |c: &ColumnLayout| {
            let own = c.role.indicator().map_or(c.role.key().to_owned(), str::to_owned);
            c.year.map_or(own.clone(), |y| format!("{own}@{y}"))
        };
        l.columns.iter().map(word).collect()
    }

    #[test]
    fn titles_groups_and_years_in_heads() {
        let l = laid(
            "2023年农村环境统计表\n村代码|村名|污水||公厕数|备注\n||处理率|治理率||\n1|甲|95|98|2|好\n2|乙|96|99|3|",
        );
        assert_eq!((l.layout.head_rows.clone(), l.layout.first_row), (vec![2, 3], 4));
        assert_eq!(
            roles(&l.layout),
            ["code", "name", "sewage_treatment_pct", "sewage_coverage_pct", "public_toilets", "remark"]
        );
        assert_eq!(l.layout.sections[0].year, Some(2023));
        let years = laid("村名|2022年污水处理率|2023年污水处理率|公厕数（2023年）\n甲|90|95|2");
        assert_eq!(
            roles(&years.layout),
            ["name", "sewage_treatment_pct@2022", "sewage_treatment_pct@2023", "public_toilets@2023"]
        );
        let groups = laid("村名|2022年||2023年|\n|污水处理率|公厕数|污水处理率|公厕数\n甲|90|1|95|2");
        assert_eq!(
            roles(&groups.layout)[1..],
            ["sewage_treatment_pct@2022", "public_toilets@2022", "sewage_treatment_pct@2023", "public_toilets@2023"]
        );
    }

    #[test]
    fn heads_in_two_rows_under_a_title_without_a_known_key() {
        let l = laid(
            "海淀区2024年统计表\n序号|谁|镇|污水||公厕\n|||处理率|治理率|数量\n1|东沟村|甲镇|95|96|2\n2|西沟村|甲镇|94|93|1",
        );
        assert_eq!(
            roles(&l.layout),
            ["leave", "name", "town", "sewage_treatment_pct", "sewage_coverage_pct", "public_toilets"]
        );
        assert_eq!((l.layout.head_rows.clone(), l.layout.sections[0].year), (vec![2, 3], Some(2024)));
    }

    #[test]
    fn what_is_not_used_says_why() {
        let l = laid("村名|公厕数|公厕数|幸福积分|负责人|空\n甲|1|2|80|张|\n乙|3|4|90|李|");
        let reasons: Vec<(&str, Reason)> = l.layout.columns.iter().map(|c| (c.role.key(), c.reason)).collect();
        assert_eq!(
            reasons,
            [
                ("name", Reason::Head),
                ("indicator", Reason::Head),
                ("leave", Reason::Twice),
                ("new", Reason::Numbers),
                ("leave", Reason::Texts),
                ("leave", Reason::Empty)
            ]
        );
    }

    #[test]
    fn fractions_are_told_by_the_values() {
        let is = |values: &str| laid(&format!("村名|污水处理率\n{values}")).layout.columns[1].is_fractions;
        assert!(is("甲|0.95\n乙|0.9\n丙|1"));
        assert!(!is("甲|0.95%\n乙|0.9%"), "said to be per cent");
        assert!(!is("甲|0.1\n乙|0.2"), "could be either");
        assert!(!is("甲|95\n乙|0.9"));
        assert!(!is("甲|1\n乙|1"));
    }

    #[test]
    fn sheets_of_years_are_one_table() {
        let list = [
            ("说明", "请填写本表\n不要改动表头"),
            ("2022", "村名|公厕数\n甲|1"),
            ("2023年", "村名|公厕数\n甲|2"),
            ("别的", "村名|公厕数|户数\n甲|2|3"),
        ];
        let l = lay_out(sheets(&list), &Indicators::with(&[]), &LayoutSaid::default()).expect("a table");
        assert_eq!(l.layout.left_sheets, ["别的"], "a table with other heads is told");
        let sections: Vec<(&str, Option<i32>)> = l.layout.sections.iter().map(|s| (s.sheet.as_str(), s.year)).collect();
        assert_eq!(sections, [("2022", Some(2022)), ("2023年", Some(2023))]);
        assert_eq!(l.rows.iter().map(|r| r.section).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn what_a_person_says_stands_over_the_guess() {
        let said: LayoutSaid = toml::from_str(
            "head_rows = [2]\n[columns]\n\"积分\" = \"leave\"\n\"率\" = \"sewage_treatment_pct@2021\"\n",
        )
        .expect("read");
        let l =
            lay_out(sheets(&[("", "x|y|z\n村名|积分|率\n甲|80|90")]), &Indicators::with(&[]), &said).expect("a table");
        assert_eq!(roles(&l.layout), ["name", "leave", "sewage_treatment_pct@2021"]);
    }

    #[test]
    fn sheets_of_towns_units_below_heads_and_groups_of_questions() {
        let list = [("甲镇", "村名|公厕数\n东沟|1"), ("乙镇", "村名|公厕数\n西沟|2")];
        let l = lay_out(sheets(&list), &Indicators::with(&[]), &LayoutSaid::default()).expect("a table");
        assert_eq!(l.layout.sections.iter().map(|s| s.sheet.as_str()).collect::<Vec<_>>(), ["甲镇", "乙镇"]);
        let l = laid("村名|污水处理率|拆违面积\n|%|万m²\n甲|95|1.5");
        assert_eq!(l.layout.columns[2].head, "拆违面积（万m²）");
        assert_eq!((l.rows.len(), l.layout.first_row), (1, 3));
        let l = laid("_id|group/village|group/town|group/public_toilets\n1|A|T|3\n2|B|T|4");
        assert_eq!(roles(&l.layout), ["leave", "name", "town", "public_toilets"]);
        // Years under heads that say so in passing.
        for (head, first, second) in
            [("时间", "2021年", "2022年"), ("年月", "2021-12", "2022-12"), ("Année", "2021", "2022")]
        {
            let l = laid(&format!("村名|{head}|公厕数\n甲|{first}|1\n甲|{second}|2"));
            assert_eq!(roles(&l.layout)[1], "year", "{head}");
        }
        // A number of rows is no code; one that is all there is, is.
        assert_eq!(roles(&laid("id|村名|公厕数\n106|甲|1\n105|乙|2").layout)[0], "leave");
        assert_eq!(roles(&laid("id|公厕数\n106|1\n105|2").layout)[0], "code");
    }

    #[test]
    fn heads_of_other_lands() {
        let l = laid("Commune|Nom du village|Population\nAix|Beta|100\nAix|Ker|200");
        assert_eq!(roles(&l.layout), ["town", "name", "population"]);
        let l = laid("Commune|Code INSEE|Population\nAix|13001|142000\nArles|13004|52000");
        assert_eq!(roles(&l.layout)[..2], ["name", "code"]);
    }
}
