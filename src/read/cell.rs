//! Cells of tables: what a spreadsheet shows, not what it stores behind it.

use calamine::{Data, DataRef, ExcelDateTime};

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text as it stands, without blanks around it. A date of a spreadsheet is its ISO 8601 text.
    Text(String),
    /// A number of a spreadsheet.
    Number(f64),
    /// A number that a spreadsheet shows as per cent, in per cent: 95 where it stores 0.95 and shows `95%`.
    Percent(f64),
    /// A formula whose result was never stored: the program that wrote the file did not compute it.
    Unsolved,
}

impl Cell {
    /// The cell as text; a whole number without a fraction, nothing for a formula without a result.
    pub fn text(&self) -> String {
        match self {
            Self::Empty | Self::Unsolved => String::new(),
            Self::Text(t) => t.clone(),
            Self::Number(n) => n.to_string(),
            Self::Percent(n) => format!("{n}%"),
        }
    }

    pub(super) fn of(text: &str) -> Self {
        let text = text.trim().trim_start_matches('\u{feff}');
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// A cell of a text table: what was written so that no spreadsheet takes it for a formula says what it said before.
    pub(super) fn of_text(text: &str) -> Self {
        match text.trim_start_matches('\u{feff}').strip_prefix('\'') {
            Some(guarded) if guarded.starts_with(['=', '+', '-', '@', '\t', '\r']) => Self::of(guarded),
            _ => plain_number(text.trim()).map_or_else(|| Self::of(text), Self::Number),
        }
    }

    pub(super) fn of_data(value: &Data) -> Self {
        match value {
            Data::Empty => Self::Empty,
            // #DIV/0! and the like are told where a figure is wanted.
            Data::Error(error) => Self::Text(error.to_string()),
            Data::Float(n) => Self::Number(*n),
            Data::Int(n) => Self::Number(*n as f64),
            Data::Bool(b) => Self::Text(b.to_string()),
            Data::DateTime(at) => Self::of(&date_text(at)),
            other => Self::of(&other.to_string()),
        }
    }

    pub(super) fn of_ref(value: &DataRef<'_>) -> Self {
        match value {
            DataRef::Empty => Self::Empty,
            DataRef::Error(error) => Self::Text(error.to_string()),
            DataRef::Float(n) => Self::Number(*n),
            DataRef::Int(n) => Self::Number(*n as f64),
            DataRef::Bool(b) => Self::Text(b.to_string()),
            DataRef::String(text) => Self::of(text),
            DataRef::SharedString(text) => Self::of(text),
            DataRef::DateTime(at) => Self::of(&date_text(at)),
            other => Self::of(&Data::from(other.clone()).to_string()),
        }
    }

    /// The cell as one that is shown as per cent. One hundredfold in decimal: 0.57 is 57, not 56.99999999999999.
    pub fn as_percent(&self) -> Self {
        match self {
            Self::Number(n) => Self::Percent(format!("{n}e2").parse().unwrap_or(n * 100.0)),
            other => other.clone(),
        }
    }
}

/// A number that is written as numbers are printed, so that its text is not needed: no zeros before or behind, no sign but a minus, at most
/// 15 digits. A table of a million rows holds no text for each of its numbers then.
fn plain_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let is_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let is_plain = digits.len() <= 15
        && is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(|f| is_digits(f) && !f.ends_with('0'))
        && (digits.len() < text.len()) <= (digits != "0");
    if is_plain { text.parse().ok() } else { None }
}

/// A date as ISO 8601 writes it, with its time where it is not midnight; a time of day where there is no day; a span of time as
/// its number of days.
fn date_text(at: &ExcelDateTime) -> String {
    if at.is_duration() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (at.as_f64() < 1.0, at.as_f64().fract() == 0.0) {
        (true, false) => time,
        (_, true) => format!("{year:04}-{month:02}-{day:02}"),
        (false, false) => format!("{year:04}-{month:02}-{day:02}T{time}"),
    }
}

/// Whether a number format of a spreadsheet shows numbers as per cent: a `%` in its first section that is no text (ECMA-376 part
/// 1, 18.8.31).
///
/// # Examples
/// `0%`, `0.00%;[Red]-0.00%` do, `0"%"` and `General` do not.
pub fn shows_percent(format: &str) -> bool {
    let (mut is_text, mut is_escaped, mut is_bracket) = (false, false, false);
    for c in format.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '"' => is_text = !is_text,
            _ if is_text => {}
            '\\' | '_' | '*' => is_escaped = true,
            '[' => is_bracket = true,
            ']' => is_bracket = false,
            ';' => return false,
            '%' if !is_bracket => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn formats_that_show_per_cent() {
        for format in ["0%", "0.0%", "0.00%;[Red]-0.00%", "#,##0.0 %", "[Red]0%"] {
            assert!(shows_percent(format), "{format}");
        }
        for format in ["General", "0\"%\"", "0\\%", "0.0;0%", "[%]0", "yyyy-mm-dd", ""] {
            assert!(!shows_percent(format), "{format}");
        }
        assert_eq!(Cell::Number(0.57).as_percent(), Cell::Percent(57.0));
        assert_eq!(Cell::Number(1e-7).as_percent(), Cell::Percent(1e-5));
        assert_eq!(Cell::Text("x".into()).as_percent(), Cell::Text("x".into()));
    }

    #[test]
    fn numbers_of_texts_are_those_that_print_as_they_stand() {
        for text in ["0", "12", "-3", "98.5", "0.25", "110108026201", "-0.5", "123456789012345"] {
            assert_eq!(Cell::of_text(text), Cell::Number(text.parse().expect("a number")), "{text}");
            assert_eq!(Cell::of_text(text).text(), text);
        }
        for text in ["012", "1.0", "1.50", "+1", "1e5", "-0", ".5", "5.", "1,2", "1234567890123456", "00", "-", "1 2"] {
            assert_eq!(Cell::of_text(text), Cell::Text(text.into()), "{text}");
        }
    }

    #[test]
    fn dates_are_written_as_iso_8601() {
        let text = |serial, is_1904| date_text(&ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904));
        assert_eq!(text(45261.0, false), "2023-12-01");
        assert_eq!(text(45261.5, false), "2023-12-01T12:00:00");
        assert_eq!(text(43799.0, true), "2023-12-01");
        assert_eq!(text(0.25, false), "06:00:00");
        assert_eq!(date_text(&ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false)), "1.5");
    }
}
