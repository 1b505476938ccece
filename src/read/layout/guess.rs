//! The guess: where the heads stand, what each column says, by heads and values.

use std::ops::Range;

use super::super::cell::Cell;
use super::super::wide::KeyColumn;
use super::super::workbook::Rows;
use super::{ColumnLayout, ColumnRole, Laid, Layout, LayoutSaid, Reason, SaidColumn, Section, Sheet, TableRow};
use crate::model::{FieldNames, Indicators, identifies};

/// Rows in which heads are looked for.
const LOOKED_AT: usize = 40;
/// Rows that heads take at most.
const MOST_HEADS: usize = 3;
/// Years that can be meant.
const YEARS: Range<i32> = 1900..2101;
/// Rates of which most are above this, and none above 1, are fractions.
const HALF: f64 = 0.5;

/// Where the heads of a sheet stand, and what they are.
struct Heads {
    /// Positions of their rows.
    rows: Range<usize>,
    texts: Vec<Head>,
    /// Columns that are understood.
    known: usize,
}

/// A head.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    text: String,
    /// Whether the group above it is a part of it.
    has_group: bool,
    /// The year that the group names.
    year: Option<i32>,
}

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
    let heads: Vec<Head> = found.get(first).and_then(Option::as_ref).map(|h| h.texts.clone())?;
    let names = sheets.iter().map(|s| s.name.clone()).filter(|n| !n.is_empty());
    let mut layout = Layout { sheets: names.collect(), ..Layout::default() };
    let mut rows: Vec<TableRow> = Vec::new();
    let mut hidden_columns = Default::default();
    for (at, (Sheet { name, rows: grid, hidden }, own)) in sheets.into_iter().zip(&found).enumerate() {
        let Some(own) = own else { continue };
        let year = year_in(&name)
            .or_else(|| grid.iter().take(own.rows.start).flat_map(|(_, row)| row).find_map(|c| year_in(&c.text())));
        // Sheets of other years have the same heads; any other sheet is another table.
        let is_same = || own.texts.iter().map(|h| plain_head(&h.text)).eq(heads.iter().map(|h| plain_head(&h.text)));
        let is_new_year = || year.is_some() && layout.sections.iter().all(|s| s.year != year);
        if at != first && !(is_same() && is_new_year()) {
            continue;
        }
        let section = layout.sections.len() as u16;
        if section == 0 {
            hidden_columns = hidden.columns;
            layout.head_rows = grid.get(own.rows.clone()).unwrap_or(&[]).iter().map(|(line, _)| *line).collect();
        }
        layout.sections.push(Section { sheet: name, year });
        let end = own.rows.end;
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

fn heads_of(grid: &Rows, indicators: &Indicators, said: &LayoutSaid) -> Option<Heads> {
    if let (Some(first), Some(last)) = (said.head_rows.first(), said.head_rows.last()) {
        let at = |line: u32| grid.iter().position(|(l, _)| *l == line);
        let rows = at(*first)?..at(*last)? + 1;
        let texts = texts_of(grid.get(rows.clone())?, indicators);
        return Some(Heads { rows, known: texts.len(), texts });
    }
    let mut best: Option<Heads> = None;
    let mut relaxed: Option<Heads> = None;
    for end in 1..=grid.len().min(LOOKED_AT) {
        for count in 1..=MOST_HEADS.min(end) {
            let rows = end - count..end;
            let Some(of) = grid.get(rows.clone()) else { continue };
            // A row of heads says words; one of figures is data.
            if of.iter().any(|(_, row)| {
                row.iter().any(|c| match c {
                    Cell::Number(n) => !is_year(*n),
                    Cell::Text(t) => is_number(t) && year_in(t).is_none(),
                    other => matches!(other, Cell::Percent(_)),
                })
            }) {
                continue;
            }
            // A title stands alone in its row, and is no group.
            if count > 1 && of.iter().any(|(_, row)| row.iter().filter(|c| **c != Cell::Empty).count() < 2) {
                continue;
            }
            let texts = texts_of(of, indicators);
            let said_key = |h: &Head| matches!(said.columns.get(&h.text).map(String::as_str), Some("code" | "name"));
            let is_listed =
                |h: &Head| listed(&h.text).is_some_and(|r| matches!(r, ColumnRole::Name | ColumnRole::Code));
            let keys = texts.iter().filter(|h| is_village(&h.text) || is_listed(h) || said_key(h)).count();
            let is_known = |h: &&Head| is_known(&h.text, indicators) || said.columns.contains_key(&h.text);
            let known = texts.iter().filter(is_known).count();
            let filled = texts.iter().filter(|h| !h.text.is_empty()).count();
            if keys > 0 && known > 1 && best.as_ref().is_none_or(|b| known > b.known) {
                best = Some(Heads { rows: rows.clone(), texts: texts.clone(), known });
            }
            // Names of villages in other words, or words that nobody knows, over a row of words and figures.
            let row_below = |is: &dyn Fn(&Cell) -> bool| grid.get(end).is_some_and(|(_, row)| row.iter().any(is));
            let has_words = row_below(&|c| matches!(c, Cell::Text(t) if !is_number(t)));
            let is_better = relaxed.as_ref().is_none_or(|r| known > r.known && r.rows.end == end);
            if (has_words || keys > 0) && filled > 1 && row_below(&is_figure) && is_better {
                relaxed = Some(Heads { rows, texts, known });
            }
        }
    }
    best.or(relaxed)
}

fn is_year(n: f64) -> bool {
    n.fract() == 0.0 && YEARS.contains(&(n as i32))
}

fn is_figure(cell: &Cell) -> bool {
    match cell {
        Cell::Number(_) | Cell::Percent(_) | Cell::Unsolved => true,
        Cell::Text(t) => is_number(t),
        Cell::Empty => false,
    }
}

/// Whether a text is a number as people write it: digits, with signs, blanks, a unit of one or two characters behind.
fn is_number(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['约', '~', '≈', '+', '-', '−']);
    let digits = text.chars().filter(|c| c.is_ascii_digit() || ('０'..='９').contains(c)).count();
    let others = text
        .chars()
        .filter(|c| {
            !c.is_ascii_digit()
                && !('０'..='９').contains(c)
                && !matches!(c, '.' | ',' | '，' | ' ' | '\u{a0}' | '\u{202f}' | '%' | '％' | '．')
        })
        .count();
    digits > 0
        && others <= 2
        && text.starts_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c) || c == '.')
}

/// The heads of some rows: of each column the words of the last row, with those of the groups above where they say more together.
fn texts_of(rows: &[(u32, Vec<Cell>)], indicators: &Indicators) -> Vec<Head> {
    let width = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let text = |row: usize, c: usize| rows.get(row).and_then(|(_, r)| r.get(c)).map(Cell::text).unwrap_or_default();
    let last = rows.len().saturating_sub(1);
    // A group stands in its first column only, or in each where its cells were merged.
    let mut groups = vec![String::new(); last];
    let mut heads = Vec::with_capacity(width);
    for c in 0..width {
        let own = text(last, c);
        let mut above: Vec<String> = Vec::new();
        for (row, group) in groups.iter_mut().enumerate() {
            let here = text(row, c);
            if !here.is_empty() {
                group.clone_from(&here);
            } else if own.is_empty() {
                group.clear();
            }
            if !group.is_empty() && above.last() != Some(group) && *group != own {
                above.push(group.clone());
            }
        }
        heads.push(head_of(own, &above, indicators));
    }
    heads
}

fn head_of(own: String, above: &[String], indicators: &Indicators) -> Head {
    let year = above.iter().find_map(|g| year_in(g));
    if own.is_empty() {
        return Head { text: above.join(" "), has_group: false, year: None };
    }
    if above.is_empty() || is_known(&own, indicators) {
        return Head { text: own, has_group: false, year };
    }
    let groups: Vec<String> = above.iter().map(|g| without_year(g).0).filter(|g| !g.is_empty()).collect();
    let joined = format!("{}{own}", groups.concat());
    if is_known(&joined, indicators) {
        return Head { text: joined, has_group: true, year };
    }
    // The nearest group alone, then the words apart.
    let nearest = format!("{}{own}", groups.last().map_or("", String::as_str));
    if is_known(&nearest, indicators) {
        return Head { text: nearest, has_group: true, year };
    }
    let text = groups.iter().map(String::as_str).chain([own.as_str()]).collect::<Vec<_>>().join(" ");
    Head { text, has_group: !groups.is_empty(), year }
}

fn is_village(head: &str) -> bool {
    matches!(KeyColumn::of(head), Some(KeyColumn::Code | KeyColumn::Name))
}

fn is_known(head: &str, indicators: &Indicators) -> bool {
    KeyColumn::of(head).is_some() || indicator_of(head, indicators).is_some()
}

/// A head as it is compared.
pub(super) fn plain_head(head: &str) -> String {
    head.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// A year between 1900 and 2100 in a text such as 2023年统计表.
pub(super) fn year_in(text: &str) -> Option<i32> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 4);
    digits.filter_map(|d| d.parse().ok()).find(|y| YEARS.contains(y))
}

/// A head without the year in it, and that year: 2022年污水处理率, `sewage_2022`, 污水处理率（2022年）.
pub(super) fn without_year(head: &str) -> (String, Option<i32>) {
    let Some(year) = year_in(head) else { return (head.trim().to_owned(), None) };
    let digits = year.to_string();
    let Some(at) = head.find(&digits) else { return (head.trim().to_owned(), None) };
    let (before, after) = (head.get(..at).unwrap_or(""), head.get(at + digits.len()..).unwrap_or(""));
    let after = after.strip_prefix("年度").or_else(|| after.strip_prefix('年')).unwrap_or(after);
    let before = before.trim_end_matches(['_', '-', ' ', '(', '（', '[']);
    let after = after.trim_start_matches(['_', '-', ' ', ')', '）', ']', '末']);
    (format!("{before}{after}").trim().to_owned(), Some(year))
}

/// The indicator that a head names, with the year in it.
fn indicator_of(head: &str, indicators: &Indicators) -> Option<(usize, Option<i32>)> {
    let (bare, year) = without_year(head);
    if year.is_some()
        && !bare.is_empty()
        && let Some(position) = indicators.position(&bare)
    {
        return Some((position, year));
    }
    Some((indicators.position(head)?, None))
}

/// What a head says by the list of names of many lands.
fn listed(head: &str) -> Option<ColumnRole> {
    let names = FieldNames::shipped();
    let folded = FieldNames::folded(head);
    let is_in = |list: &[String]| list.contains(&folded);
    let own: [(&[&str], ColumnRole); 5] = [
        (&["备注", "说明", "remark", "remarks", "note", "notes", "comment", "comments"], ColumnRole::Remark),
        (&["照片", "图片", "photo", "picture", "image"], ColumnRole::Photo),
        (&["月", "月份", "month"], ColumnRole::Month),
        (&["类别", "类型", "设施类型", "kind", "type", "amenity"], ColumnRole::Kind),
        (&["区县", "区", "县", "county", "district"], ColumnRole::District),
    ];
    // village_name_as_surveyed, Town Code/Village code.
    for (word, role) in [("villagename", ColumnRole::Name), ("villagecode", ColumnRole::Code)] {
        if folded.contains(word) {
            return Some(role);
        }
    }
    if let Some((_, role)) = own.into_iter().find(|(words, _)| words.contains(&folded.as_str())) {
        return Some(role);
    }
    [
        (&names.code, ColumnRole::Code),
        (&names.name, ColumnRole::Name),
        (&names.town, ColumnRole::Town),
        (&names.district, ColumnRole::District),
        (&names.longitude, ColumnRole::Longitude),
        (&names.latitude, ColumnRole::Latitude),
    ]
    .into_iter()
    .find(|(list, _)| is_in(list))
    .map(|(_, role)| role)
}

/// How early a head stands in the list of its role: the more telling first.
fn rank(head: &str, role: &ColumnRole) -> usize {
    let names = FieldNames::shipped();
    let list = match role {
        ColumnRole::Code => &names.code,
        ColumnRole::Name => &names.name,
        ColumnRole::Town => &names.town,
        ColumnRole::District => &names.district,
        _ => return 0,
    };
    let folded = FieldNames::folded(head);
    let is_plain = folded.contains("villagename") || folded.contains("villagecode");
    list.iter().position(|n| *n == folded).unwrap_or(if is_plain { 0 } else { usize::MAX })
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
            let head = heads.get(c).cloned().unwrap_or(Head { text: String::new(), has_group: false, year: None });
            let filled = rows.iter().filter(|r| r.cells.get(c).is_some_and(|cell| *cell != Cell::Empty)).count();
            column(&head, filled, c, rows, indicators, said)
        })
        .collect();
    by_lists(&mut columns);
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
    if let Some(key) = KeyColumn::of(&head.text) {
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
    if let Some((position, year)) = indicator_of(&head.text, indicators)
        && let Some(own) = indicators.all().get(position)
    {
        return match own.is_computed() {
            true => make(ColumnRole::Leave, None, Reason::Computed),
            false => make(ColumnRole::Indicator(own.id.clone()), year, reason),
        };
    }
    let mut cells = rows.iter().filter_map(|r| r.cells.get(c)).filter(|cell| **cell != Cell::Empty).take(500);
    match (filled, cells.any(is_figure)) {
        (0, _) => make(ColumnRole::Leave, None, Reason::Empty),
        _ if identifies(&head.text) => make(ColumnRole::Leave, None, Reason::Identifies),
        (_, true) => make(ColumnRole::New, without_year(&head.text).1, Reason::Numbers),
        (_, false) => make(ColumnRole::Leave, None, Reason::Texts),
    }
}

/// Gives roles that no head plays to the columns that the list of names of many lands knows, the most telling first.
fn by_lists(columns: &mut [ColumnLayout]) {
    for role in ColumnRole::KEYS {
        if columns.iter().any(|c| c.role == role) {
            continue;
        }
        let free = |c: &&mut ColumnLayout| {
            matches!(c.role, ColumnRole::New | ColumnRole::Leave)
                && matches!(c.reason, Reason::Numbers | Reason::Texts | Reason::Identifies)
                && listed(&c.head).as_ref() == Some(&role)
        };
        let best = columns.iter_mut().filter(free).min_by_key(|c| rank(&c.head, &role));
        if let Some(column) = best {
            (column.role, column.reason) = (role, Reason::Head);
        }
    }
}

/// Where nothing says which village a row means, the first column of texts that mostly differ does.
fn by_values(columns: &mut [ColumnLayout], rows: &[TableRow]) {
    if columns.iter().any(|c| matches!(c.role, ColumnRole::Code | ColumnRole::Name)) {
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
        let is_same = |c: &ColumnLayout| c.role == column.role && c.year == column.year;
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
    fn heads_of_other_lands() {
        let l = laid("Commune|Code INSEE|Population\nAix|13001|142000\nArles|13004|52000");
        assert_eq!(roles(&l.layout)[..2], ["name", "code"]);
    }
}
