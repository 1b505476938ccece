//! Names and codes told by what stands in a column, where no head is known.

use super::{Column, ColumnData, FeatureId, FieldNames, FieldType, Table, Value};

/// Texts that are looked at in a column.
const LOOKED_AT: u32 = 400;
/// Share of rows that must have a value.
const FILLED: f64 = 0.5;
/// Share of a column's texts that must differ for it to name things: villages of one name in two towns are common.
const DIFFERENT: f64 = 0.6;
/// Digits of an administrative code: counties have six, villages twelve; fewer may be counts.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=20;
/// What names of villages end with; names of persons beside them do not.
const ENDINGS: [&str; 7] = ["村", "村委会", "村民委员会", "社区", "居委会", "屯", "嘎查"];
/// Words of heads under which unique digits are no code.
const NO_CODES: [&str; 11] = ["phone", "tel", "mobile", "date", "time", "year", "lon", "lat", "电话", "手机", "日期"];

/// The field that names rows by its values: texts of a few letters that mostly differ, Hanzi before others. `None` where there is none, or
/// where two are as likely: then a person is asked.
pub(super) fn name(table: &Table) -> Option<usize> {
    let mut scored: Vec<(usize, f64)> =
        table.columns.iter().enumerate().filter_map(|(i, c)| Some((i, name_score(c, table.rows)?))).collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    match scored.as_slice() {
        [(only, _)] => Some(*only),
        [(best, first), (_, second), ..] if *first >= second + 0.15 => Some(*best),
        _ => None,
    }
}

/// The field of codes by its values: digits of one length, each once.
pub(super) fn code(table: &Table) -> Option<usize> {
    let mut found = table.columns.iter().enumerate().filter(|(_, c)| is_code(c, table.rows)).map(|(i, _)| i);
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// How likely a column holds names of villages, 0 to 2.2; `None` where it cannot.
fn name_score(column: &Column, rows: u32) -> Option<f64> {
    let ColumnData::Text { codes, dictionary } = &column.data else { return None };
    if column.kind != FieldType::Text || rows < 2 {
        return None;
    }
    let known = codes.iter().filter(|c| (**c as usize) < dictionary.len()).count();
    let different = dictionary.len() as f64 / known.max(1) as f64;
    if (known as f64) < FILLED * f64::from(rows) || different < DIFFERENT {
        return None;
    }
    let texts = dictionary.iter().map(str::trim).filter(|t| !t.is_empty()).take(LOOKED_AT as usize);
    let (mut all, mut named, mut hanzi, mut length, mut villages) = (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
    for text in texts {
        all += 1;
        named += usize::from(is_like_a_name(text));
        hanzi += usize::from(text.chars().any(is_hanzi));
        length += text.chars().count();
        villages += usize::from(ENDINGS.iter().any(|e| text.ends_with(e)));
    }
    if all == 0 || (named as f64) < 0.9 * all as f64 {
        return None;
    }
    // A long text describes; a short one names.
    let mean_length = length as f64 / all as f64;
    if mean_length < 2.0 && hanzi == 0 {
        return None;
    }
    let brevity = if mean_length <= 16.0 { 0.2 } else { 0.0 };
    Some(different + brevity + (0.5 * hanzi as f64 + 0.5 * villages as f64) / all as f64)
}

/// Whether a text could be a name: a few words of letters, not a number, an address of the net, a key or a date.
fn is_like_a_name(text: &str) -> bool {
    let n = text.chars().count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_key = text.len() >= 16 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    (1..=60).contains(&n) && 2 * letters > n && !is_key && !text.contains("://") && !text.contains('@')
}

fn is_hanzi(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

fn is_code(column: &Column, rows: u32) -> bool {
    let head = FieldNames::folded(&column.name);
    if NO_CODES.iter().any(|word| head.contains(word)) || head.starts_with("objectid") {
        return false;
    }
    let digits = |n: usize| DIGITS.contains(&n).then_some(n);
    let length = |row: u32| match column.value(FeatureId::new(row)) {
        Value::Text(t) if t.bytes().all(|b| b.is_ascii_digit()) => digits(t.len()),
        Value::Integer(i) if i > 0 => digits(i.to_string().len()),
        _ => None,
    };
    let Some(first) = length(0).filter(|_| rows >= 3) else { return false };
    if (0..rows).any(|row| length(row) != Some(first)) {
        return false;
    }
    match &column.data {
        ColumnData::Text { dictionary, .. } => dictionary.len() == rows as usize,
        ColumnData::Integer { values, .. } => {
            let mut values = values.clone();
            values.sort_unstable();
            // Numbers given one after the other count rows; codes have gaps between towns.
            let is_run = values.windows(2).all(|w| w[1] == w[0] + 1);
            !is_run && values.windows(2).all(|w| w[0] != w[1])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ColumnBuilder, Role, Roles};

    fn column(name: &str, values: &[&str]) -> Column {
        let mut builder = ColumnBuilder::default();
        for (row, text) in values.iter().enumerate() {
            builder.set(FeatureId::new(row as u32), Value::Text(text), "");
        }
        builder.finish(name.to_owned(), values.len() as u32)
    }

    fn table(columns: &[(&str, &[&str])]) -> Table {
        Table { columns: columns.iter().map(|(n, v)| column(n, v)).collect(), rows: columns[0].1.len() as u32 }
    }

    #[test]
    fn heads_that_nobody_knows_are_told_by_their_values() {
        let towns: &[&str] = &["苏家坨镇", "苏家坨镇", "上庄镇", "上庄镇"];
        let t = table(&[
            ("F1", &["110108026201", "110108026202", "110108026203", "110108027201"]),
            ("F2", towns),
            ("F3", &["西马坊村", "北庄子村", "七王坟村", "草厂村"]),
            ("F4", &["张伟", "王芳", "李娜", "刘洋"]),
        ]);
        assert_eq!((name(&t), code(&t)), (Some(2), Some(0)));
        let roles = Roles::detect(&t);
        assert_eq!((roles.field(Role::Name), roles.field(Role::Code)), (Some(2), Some(0)));
        assert!(roles.is_by_value(Role::Name) && roles.is_by_value(Role::Code) && !roles.is_by_value(Role::Town));
    }

    #[test]
    fn what_is_no_name_and_no_code() {
        let keys: &[&str] = &["9f86d081884c7d659a2feaa0c55ad015", "9f86d081884c7d659a2feaa0c55ad016", "0"];
        let t = table(&[
            ("k", keys),
            ("u", &["https://a.b/1", "https://a.b/2", "https://a.b/3"]),
            ("t", &["2024-01-02", "2024-01-03", "2024-01-04"]),
            ("联系电话", &["13800000001", "13800000012", "13800000003"]),
            ("s", &["a", "a", "b"]),
        ]);
        assert_eq!((name(&t), code(&t)), (None, None));
    }

    #[test]
    fn two_that_are_as_likely_are_not_decided() {
        let t = table(&[("a", &["Aldea", "Bosque", "Cerro"]), ("b", &["Ana", "Berta", "Clara"])]);
        assert_eq!(name(&t), None);
        assert!(!Roles::detect(&t).is_by_value(Role::Name));
    }

    #[test]
    fn heads_that_are_known_come_first() {
        let t = table(&[("name", &["x1", "x2", "x3"]), ("F3", &["西马坊村", "北庄子村", "七王坟村"])]);
        let roles = Roles::detect(&t);
        assert_eq!((roles.field(Role::Name), roles.is_by_value(Role::Name)), (Some(0), false));
        assert_eq!(roles.field(Role::Code), None, "values give no code to a file whose names are known");
    }
}
