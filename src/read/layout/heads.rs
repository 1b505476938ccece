//! Heads of tables: in which rows they stand, and what one says by itself, by the group above it, and by the names of many lands.

use std::ops::Range;

use super::super::cell::Cell;
use super::super::wide::KeyColumn;
use super::super::workbook::Rows;
use super::month::without_month;
use super::{ColumnRole, LayoutSaid, month_in};
use crate::model::{FieldNames, Indicators};

/// Rows in which heads are looked for.
const LOOKED_AT: usize = 40;
/// Rows that heads take at most.
const MOST_HEADS: usize = 3;
/// Years that can be meant.
const YEARS: Range<i32> = 1900..2101;

/// Where the heads of a sheet stand, and what they are.
pub(super) struct Heads {
    /// Positions of their rows.
    pub(super) rows: Range<usize>,
    pub(super) texts: Vec<Head>,
    /// Columns that are understood.
    pub(super) known: usize,
}

/// A head.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Head {
    pub(super) text: String,
    /// Whether the group above it is a part of it.
    pub(super) has_group: bool,
    /// The year that the group names.
    pub(super) year: Option<i32>,
    /// The month that the group names.
    pub(super) month: Option<u8>,
}

pub(super) fn heads_of(grid: &Rows, indicators: &Indicators, said: &LayoutSaid) -> Option<Heads> {
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

pub(super) fn is_figure(cell: &Cell) -> bool {
    match cell {
        Cell::Number(_) | Cell::Percent(_) | Cell::Unsolved => true,
        Cell::Text(t) => is_number(t),
        Cell::Empty => false,
    }
}

/// Whether a text is a number as people write it: digits, with signs, blanks, a unit of one or two characters behind.
pub(super) fn is_number(text: &str) -> bool {
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
    // Letters among the digits make an id of it, 61128a1, but for an exponent, 9.9E+11.
    let last = text.rfind(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)).unwrap_or(0);
    let inner = text.get(..last).unwrap_or("");
    let is_id = inner.contains(|c: char| c.is_ascii_alphabetic()) && text.replace(',', ".").parse::<f64>().is_err();
    digits > 0
        && others <= 2
        && !is_id
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
    let month = month_in(&own).or_else(|| above.iter().find_map(|g| month_in(g)));
    if own.is_empty() {
        return Head { text: above.join(" "), has_group: false, year: None, month };
    }
    if above.is_empty() || is_known(&own, indicators) {
        return Head { text: own, has_group: false, year, month };
    }
    let groups: Vec<String> = above.iter().map(|g| without_year(g).0).filter(|g| !g.is_empty()).collect();
    let joined = format!("{}{own}", groups.concat());
    if is_known(&joined, indicators) {
        return Head { text: joined, has_group: true, year, month };
    }
    // The nearest group alone, then the words apart.
    let nearest = format!("{}{own}", groups.last().map_or("", String::as_str));
    if is_known(&nearest, indicators) {
        return Head { text: nearest, has_group: true, year, month };
    }
    let text = groups.iter().map(String::as_str).chain([own.as_str()]).collect::<Vec<_>>().join(" ");
    Head { text, has_group: !groups.is_empty(), year, month }
}

fn is_village(head: &str) -> bool {
    matches!(KeyColumn::of(head), Some(KeyColumn::Code | KeyColumn::Name))
}

fn is_known(head: &str, indicators: &Indicators) -> bool {
    let is = |head: &str| KeyColumn::of(head).is_some() || indicator_of(head, indicators).is_some();
    is(head) || within_group(head).is_some_and(is)
}

/// The name of a question within its groups, as Kobo and ODK write heads: `group/village`.
pub(super) fn within_group(head: &str) -> Option<&str> {
    let is_plain = head.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.'));
    head.rsplit_once('/').filter(|_| is_plain).map(|(_, last)| last).filter(|last| !last.is_empty())
}

/// Whether a head only numbers rows as programs do: what it says is no code of a village where names stand beside it.
pub(super) fn is_generic_id(head: &str) -> bool {
    let folded = FieldNames::folded(within_group(head).unwrap_or(head));
    matches!(folded.as_str(), "id" | "gid" | "oid" | "fid" | "objectid" | "objectcode" | "index" | "rowid" | "uuid")
}

/// Whether a head stands in the list of a role, whatever other list it stands in too.
pub(super) fn is_listed_as(head: &str, role: &ColumnRole) -> bool {
    let names = FieldNames::shipped();
    let folded = FieldNames::folded(head);
    let list = match role {
        ColumnRole::Code => &names.code,
        ColumnRole::Name => &names.name,
        ColumnRole::Town => &names.town,
        ColumnRole::District => &names.district,
        _ => return false,
    };
    list.contains(&folded)
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

/// A head without the year and the month in it, and that year: 2022年污水处理率, 2022年3月污水处理率, `sewage_2022`, 污水处理率（2022年）.
pub(super) fn without_year(head: &str) -> (String, Option<i32>) {
    let head = &without_month(head);
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
pub(super) fn indicator_of(head: &str, indicators: &Indicators) -> Option<(usize, Option<i32>)> {
    let (bare, year) = without_year(head);
    if (year.is_some() || bare != head.trim())
        && !bare.is_empty()
        && let Some(position) = indicators.position(&bare)
    {
        return Some((position, year));
    }
    Some((indicators.position(head)?, None))
}

/// What a head says by the list of names of many lands.
pub(super) fn listed(head: &str) -> Option<ColumnRole> {
    listed_whole(head).or_else(|| listed_whole(within_group(head)?))
}

fn listed_whole(head: &str) -> Option<ColumnRole> {
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
    for (word, role) in
        [("villagename", ColumnRole::Name), ("nomduvillage", ColumnRole::Name), ("villagecode", ColumnRole::Code)]
    {
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
pub(super) fn rank(head: &str, role: &ColumnRole) -> usize {
    let names = FieldNames::shipped();
    let list = match role {
        ColumnRole::Code => &names.code,
        ColumnRole::Name => &names.name,
        ColumnRole::Town => &names.town,
        ColumnRole::District => &names.district,
        _ => return 0,
    };
    let head = if listed_whole(head).is_some() { head } else { within_group(head).unwrap_or(head) };
    let folded = FieldNames::folded(head);
    let is_plain = ["villagename", "villagecode", "nomduvillage"].iter().any(|w| folded.contains(w));
    list.iter().position(|n| *n == folded).unwrap_or(if is_plain { 0 } else { usize::MAX })
}
