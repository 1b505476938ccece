//! Reading cells as figures. Nothing is guessed: what can be read in two ways is told and counts as unknown.

use crate::model::Indicator;
use crate::read::Cell;

/// Years that can be meant.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// What a cell holds.
#[derive(Debug, PartialEq)]
pub(super) enum Figure {
    /// Nothing, or a word that says so.
    Unknown,
    /// The question does not arise.
    NotApplicable,
    /// A value; of a category its position.
    Number(f64),
    /// What cannot be used: the code of the problem.
    Bad(&'static str),
}

/// What a comma between digits means in a table: `1,234,567` and `1,234.5` say that it parts thousands, `98,5` and `1.234,5` that
/// it is the decimal sign; a table that says neither leaves `12,345` open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comma {
    /// Groups of three digits.
    Thousands,
    /// The decimal sign; a point parts thousands.
    Decimal,
    /// Nothing says which, or both are there.
    Unclear,
}

impl Comma {
    /// What the cells of a table say; `otherwise` where they say nothing. Unclear where they contradict each other.
    pub fn of<'a>(cells: impl Iterator<Item = &'a Cell>, otherwise: Self) -> Self {
        let (mut thousands, mut decimal) = (false, false);
        for text in cells.filter_map(|c| match c {
            Cell::Text(t) => Some(t),
            _ => None,
        }) {
            match Written::of(text) {
                Some(Written::Thousands(_)) => thousands = true,
                Some(Written::DecimalComma(_)) => decimal = true,
                _ => {}
            }
        }
        match (thousands, decimal) {
            (true, false) => Self::Thousands,
            (false, true) => Self::Decimal,
            (false, false) => otherwise,
            (true, true) => Self::Unclear,
        }
    }
}

/// A number as it is written, and what its signs can mean.
enum Written {
    /// Digits and at most one point: `98.5`.
    Plain(f64),
    /// Commas that can part thousands only: `1,234,567`, `1,234.5`.
    Thousands(f64),
    /// A comma that can be the decimal sign only: `98,5`, `1.234,5`.
    DecimalComma(f64),
    /// One comma before three digits: thousands, or the decimal sign.
    Either { thousands: f64, decimal: f64 },
}

impl Written {
    fn of(text: &str) -> Option<Self> {
        let bare = text.trim().trim_end_matches(['%', '％']).trim_end().replace('，', ",");
        let unsigned = bare.strip_prefix(['-', '+']).unwrap_or(&bare);
        let parse = |t: &str| t.parse::<f64>().ok().filter(|n| n.is_finite());
        if !bare.contains(',') {
            return parse(&bare).map(Self::Plain);
        }
        if !unsigned.starts_with(|c: char| c.is_ascii_digit())
            || !unsigned.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
        {
            return None;
        }
        let is_grouped = |whole: &str, mark: char| {
            let mut groups = whole.split(mark);
            let first = groups.next().map_or(0, str::len);
            (1..=3).contains(&first) && groups.all(|g| g.len() == 3)
        };
        let commas = bare.matches(',').count();
        let (before, after) = bare.rsplit_once(',')?;
        let whole = unsigned.split('.').next().unwrap_or("");
        let thousands = || parse(&bare.replace(',', ""));
        let decimal = || parse(&format!("{}.{after}", before.replace('.', "")));
        match bare.find('.') {
            // 1,234.5: the comma stands before the only point.
            Some(point) if bare.matches('.').count() == 1 && bare.rfind(',') < Some(point) => {
                is_grouped(whole, ',').then(thousands).flatten().map(Self::Thousands)
            }
            // 1.234,5 and 1.234.567,8
            Some(_) => {
                let fits = commas == 1 && is_grouped(before.strip_prefix(['-', '+']).unwrap_or(before), '.');
                fits.then(decimal).flatten().map(Self::DecimalComma)
            }
            None if commas > 1 => is_grouped(unsigned, ',').then(thousands).flatten().map(Self::Thousands),
            // 0,123 has no thousands before its comma.
            None if after.len() == 3 && is_grouped(unsigned, ',') && !unsigned.starts_with('0') => {
                Some(Self::Either { thousands: thousands()?, decimal: decimal()? })
            }
            None => decimal().filter(|_| !after.is_empty()).map(Self::DecimalComma),
        }
    }
}

/// A number as people write it, in a table where a comma means this.
///
/// # Errors
/// The code of the problem: it is no number, or could be two.
pub(super) fn plain_number(text: &str, comma: Comma) -> Result<f64, &'static str> {
    match (Written::of(text), comma) {
        // In a table of decimal commas 1.234 can be 1234.
        (Some(Written::Plain(n)), Comma::Decimal)
            if text
                .trim()
                .rsplit_once('.')
                .is_some_and(|(w, f)| f.len() == 3 && !w.trim_start_matches('-').starts_with('0') && w.len() <= 4) =>
        {
            if n.fract() == 0.0 {
                Ok(n)
            } else {
                Err("cell-unclear-comma")
            }
        }
        (Some(Written::Plain(n)), _) => Ok(n),
        (Some(Written::Thousands(n)), Comma::Thousands) => Ok(n),
        (Some(Written::DecimalComma(n)), Comma::Decimal) => Ok(n),
        (Some(Written::Either { thousands, .. }), Comma::Thousands) => Ok(thousands),
        (Some(Written::Either { decimal, .. }), Comma::Decimal) => Ok(decimal),
        (Some(Written::Either { .. }), Comma::Unclear) => Err("cell-unclear-comma"),
        // Each says for itself what it is, whatever its neighbours say.
        (Some(Written::Thousands(n) | Written::DecimalComma(n)), _) => Ok(n),
        (None, _) => Err("cell-not-a-number"),
    }
}

/// The year that a cell names: 2023, 2023年, or the year of a date.
pub(super) fn year_of(cell: &Cell) -> Option<i32> {
    let year = match cell {
        Cell::Empty | Cell::Percent(_) | Cell::Unsolved => return None,
        Cell::Number(n) if n.fract() == 0.0 => *n as i32,
        Cell::Number(_) => return None,
        Cell::Text(t) => return year_in_date(t),
    };
    YEARS.contains(&year).then_some(year)
}

/// The year of a text that is a year or a date: `2023`, `2023年`, `2023-12-01`, `2023/12`, `2023年12月`.
pub(super) fn year_in_date(text: &str) -> Option<i32> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..)?;
    let is_date = rest.is_empty() || rest.starts_with(['年', '度', '-', '/', '.', '－', '／']);
    // 2023.0, as programs write whole numbers; 2023.75 is none.
    let is_fraction =
        rest.strip_prefix('.').is_some_and(|f| !f.contains('.') && f.parse::<u32>().is_ok_and(|f| f > 12));
    let year = text.get(..digits).filter(|_| digits == 4 && is_date && !is_fraction)?.parse().ok()?;
    YEARS.contains(&year).then_some(year)
}

/// Reads a cell for an indicator. A percent sign belongs to a percentage only; text that says "unknown" is unknown.
pub(super) fn figure(indicator: &Indicator, cell: &Cell, comma: Comma) -> Figure {
    let number = match cell {
        Cell::Empty => return Figure::Unknown,
        Cell::Unsolved => return Figure::Bad("formula-without-value"),
        Cell::Percent(n) if indicator.unit == "%" => *n,
        Cell::Percent(_) => return Figure::Bad("cell-not-a-number"),
        Cell::Number(n) => *n,
        Cell::Text(text) => {
            let text = text.trim();
            const UNKNOWN: [&str; 11] = ["-", "—", "－", "/", "nan", "null", "未知", "无数据", "缺", "不详", "unknown"];
            const NOT_APPLICABLE: [&str; 4] = ["na", "n/a", "不适用", "not_applicable"];
            if NOT_APPLICABLE.contains(&text.to_lowercase().as_str()) {
                return Figure::NotApplicable;
            }
            if UNKNOWN.contains(&text.to_lowercase().as_str()) {
                return Figure::Unknown;
            }
            if indicator.is_category() {
                return indicator.category(text).map_or(Figure::Bad("cell-not-a-number"), |c| Figure::Number(c as f64));
            }
            let bare = match text.strip_suffix(['%', '％']) {
                Some(rest) if indicator.unit == "%" => rest.trim_end(),
                Some(_) => return Figure::Bad("cell-not-a-number"),
                None => text,
            };
            match plain_number(bare, comma) {
                Ok(n) => n,
                Err(code) => return Figure::Bad(code),
            }
        }
    };
    if indicator.is_category() {
        return Figure::Bad("cell-not-a-number");
    }
    if indicator.is_possible(number) { Figure::Number(number) } else { Figure::Bad("cell-out-of-range") }
}

/// Whether a text can be a value of an indicator; an empty one says that it is unknown.
pub fn is_readable(indicator: &Indicator, text: &str) -> bool {
    !matches!(figure(indicator, &cell_of(text), Comma::Thousands), Figure::Bad(_))
}

pub(super) fn cell_of(text: &str) -> Cell {
    match text.trim() {
        "" => Cell::Empty,
        text => Cell::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Indicators;

    fn read(id: &str, text: &str) -> Option<f64> {
        let all = Indicators::with(&[]);
        match figure(all.get(id).expect("known"), &Cell::Text(text.into()), Comma::Thousands) {
            Figure::Number(n) => Some(n),
            _ => None,
        }
    }

    #[test]
    fn cells_are_not_guessed() {
        assert_eq!(read("sewage_treatment_pct", "99%"), Some(99.0));
        assert_eq!(read("sewage_treatment_pct", "99"), Some(99.0));
        assert_eq!(read("sewage_treatment_pct", "101"), None);
        assert_eq!(read("public_toilets", "2%"), None);
        assert_eq!(read("public_toilets", "-1"), None);
        assert_eq!(read("public_toilets", "two"), None);
        assert_eq!(read("demolished_m2", "12,345.5"), Some(12345.5));
        assert_eq!(read("demolished_m2", "1,2,3"), None);
        assert_eq!(read("clinic", "共用"), Some(1.0));
        assert_eq!(read("clinic", "maybe"), None);
    }

    #[test]
    fn years_and_years_of_dates() {
        assert_eq!(year_of(&Cell::Text("2023年".into())), Some(2023));
        assert_eq!(year_of(&Cell::Number(20233.0)), None);
        for text in ["2023", "2023-12-01", "2023/12", "2023年12月", "2023.5.1", "2023年度", "2023.0"] {
            assert_eq!(year_in_date(text), Some(2023), "{text}");
        }
        for text in ["45261", "20231201", "二〇二三", "", "2023x", "1023", "2023.75"] {
            assert_eq!(year_in_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_comma_is_what_the_table_says() {
        let of = |texts: &[&str]| {
            let cells: Vec<Cell> = texts.iter().map(|t| Cell::Text((*t).into())).collect();
            Comma::of(cells.iter(), Comma::Unclear)
        };
        assert_eq!(of(&["12,345", "90,5"]), Comma::Decimal);
        assert_eq!(of(&["12,345", "1.234,5"]), Comma::Decimal);
        assert_eq!(of(&["12,345", "1,234.5"]), Comma::Thousands);
        assert_eq!(of(&["12,345", "1,234,567"]), Comma::Thousands);
        assert_eq!(of(&["12,345", "98.5", "x,y"]), Comma::Unclear);
        assert_eq!(of(&["1,234,567", "90,5"]), Comma::Unclear);
        let read = plain_number;
        assert_eq!(read("12,345", Comma::Decimal), Ok(12.345));
        assert_eq!(read("12,345", Comma::Thousands), Ok(12_345.0));
        assert_eq!(read("12,345", Comma::Unclear), Err("cell-unclear-comma"));
        assert_eq!(read("0,123", Comma::Unclear), Ok(0.123));
        assert_eq!(read("1.234,5", Comma::Thousands), Ok(1234.5));
        assert_eq!(read("-1.234.567,8", Comma::Decimal), Ok(-1_234_567.8));
        assert_eq!(read("1.234", Comma::Decimal), Err("cell-unclear-comma"));
        assert_eq!(read("0.234", Comma::Decimal), Ok(0.234));
        assert_eq!(read("1.234", Comma::Unclear), Ok(1.234));
        for text in ["1,23,4", "1,,2", ",5", "5,", "1,2.3,4", "a,5", "1,234,56"] {
            assert!(read(text, Comma::Unclear).is_err(), "{text}");
        }
    }
}
