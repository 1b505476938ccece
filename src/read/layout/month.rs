//! Months: in cells, in names of sheets, in titles and in heads.

use std::ops::RangeInclusive;

const YEARS: RangeInclusive<i32> = 1900..=2100;

/// Names of months as English writes them, by their first three letters.
const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The month, 1 to 12, that a text says: 2024年3月, 2024-03, 2024/3/1, 202403, 3月, 3月份, March 2024.
pub(crate) fn month_in(text: &str) -> Option<u8> {
    let text = text.trim();
    if let Some((_, month)) = compact(text) {
        return Some(month);
    }
    if let Some((at, length)) = behind_year(text).or_else(|| bare(text)).or_else(|| ending(text)) {
        return text.get(at..at + length)?.parse().ok();
    }
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).flat_map(char::to_lowercase).collect();
    let at = NAMES.iter().position(|n| word == *n || word.starts_with(n) && is_whole(&word))?;
    u8::try_from(at + 1).ok()
}

fn is_whole(word: &str) -> bool {
    const WHOLE: [&str; 13] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "sept",
        "october",
        "november",
        "december",
        "may",
    ];
    WHOLE.contains(&word)
}

/// Year and month of six digits: 202403.
pub(crate) fn compact(text: &str) -> Option<(i32, u8)> {
    let text = text.trim();
    if text.len() != 6 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, month) = (text.get(..4)?.parse().ok()?, text.get(4..)?.parse().ok()?);
    (YEARS.contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

/// Where the digits of a month behind a year stand.
fn behind_year(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let year = (0..bytes.len()).find(|i| {
        (0..4).all(|k| is_digit(i + k))
            && !is_digit(i + 4)
            && (*i == 0 || !is_digit(i - 1))
            && text.get(*i..i + 4).and_then(|y| y.parse().ok()).is_some_and(|y: i32| YEARS.contains(&y))
    })?;
    let rest = text.get(year + 4..)?;
    let behind = rest.strip_prefix('年').or_else(|| rest.strip_prefix(['-', '/', '.']))?;
    let behind = behind.trim_start();
    let at = text.len() - behind.len();
    let length = behind.bytes().take_while(u8::is_ascii_digit).count();
    let after = behind.get(length..).unwrap_or("");
    let is_said = rest.starts_with('年') && after.trim_start().starts_with('月')
        || !rest.starts_with('年') && !after.starts_with(|c: char| c.is_alphabetic());
    (is_said && (1..=2).contains(&length) && is_month(behind.get(..length)?)).then_some((at, length))
}

/// Where the digits of a month that begins a text stand: 3月, 12月份; no day behind it.
fn bare(text: &str) -> Option<(usize, usize)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(length..)?.strip_prefix('月')?;
    let is_day = after.starts_with(|c: char| c.is_ascii_digit());
    (!is_day && (1..=2).contains(&length) && is_month(text.get(..length)?)).then_some((0, length))
}

/// Where the digits of a month that ends a text stand: 污水处理率3月, 厕所数（3月份）.
fn ending(text: &str) -> Option<(usize, usize)> {
    let inner = text.trim_end_matches([')', '）', ']']);
    let before = inner.strip_suffix("月份").or_else(|| inner.strip_suffix('月'))?;
    let length = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let at = before.len() - length;
    ((1..=2).contains(&length) && is_month(before.get(at..)?)).then_some((at, length))
}

fn is_month(digits: &str) -> bool {
    digits.parse().is_ok_and(|m: u8| (1..=12).contains(&m))
}

/// A head without the month in it; the year stays.
pub(super) fn without_month(head: &str) -> String {
    let head = head.trim();
    let Some((at, length)) = behind_year(head).or_else(|| bare(head)).or_else(|| ending(head)) else {
        return head.to_owned();
    };
    let (before, after) = (head.get(..at).unwrap_or(""), head.get(at + length..).unwrap_or(""));
    let after = after.strip_prefix("月份").or_else(|| after.strip_prefix('月')).unwrap_or(after);
    let after = after.trim_start_matches(['末', '底']);
    // Brackets that held nothing else go with it.
    let (before, after) = match (before.strip_suffix(['(', '（', '[']), after.strip_prefix([')', '）', ']'])) {
        (Some(before), Some(after)) => (before, after),
        _ => (before, after),
    };
    format!("{}{after}", before.trim_end_matches(['-', '/', '.', '_', ' '])).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_as_people_write_them() {
        for (text, month) in [
            ("2024年3月", Some(3)),
            ("2024年12月份报表", Some(12)),
            ("2024-03", Some(3)),
            ("2024/3/15", Some(3)),
            ("2024.11", Some(11)),
            ("202403", Some(3)),
            ("3月", Some(3)),
            ("12月份", Some(12)),
            ("March 2024", Some(3)),
            ("Sep", Some(9)),
            ("2024", None),
            ("2024年", None),
            ("13月", None),
            ("202413", None),
            ("5月1日前", None),
            ("Marsh", None),
            ("Mayor", None),
            ("110108", None),
            ("2024年3季度", None),
            ("20240315", None),
        ] {
            assert_eq!(month_in(text), month, "{text}");
        }
        for (head, bare) in [
            ("2024年3月污水处理率", "2024年污水处理率"),
            ("3月份厕所数", "厕所数"),
            ("2024-03 sewage", "2024 sewage"),
            ("12月末人口", "人口"),
            ("污水处理率3月", "污水处理率"),
            ("厕所数（3月份）", "厕所数"),
            ("污水处理率", "污水处理率"),
            ("5月1日前完成", "5月1日前完成"),
        ] {
            assert_eq!(without_month(head), bare, "{head}");
        }
    }
}
