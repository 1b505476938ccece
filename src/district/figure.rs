//! Reading cells as figures. Nothing is guessed: what can be read in two ways is told and counts as unknown.

use crate::model::{Indicator, is_counter, is_measure, is_unit_word};
use crate::read::{Cell, year_and_month};

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
    /// A value that is only about right, as the cell says: 约3.
    About(f64),
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
        Cell::Number(n) if n.fract() == 0.0 => year_and_month(&n.to_string()).map_or(*n as i32, |(year, _)| year),
        Cell::Number(_) => return None,
        Cell::Text(t) => {
            return year_and_month(t).map(|(year, _)| year).or_else(|| year_in_date(t)).or_else(|| year_in_words(t));
        }
    };
    YEARS.contains(&year).then_some(year)
}

/// The only year in a few words: `December 2021`, `FY 2021`, `2021Q4`.
fn year_in_words(text: &str) -> Option<i32> {
    let mut years = text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 4).filter_map(|d| d.parse().ok());
    let year = years.next().filter(|y| YEARS.contains(y))?;
    let has_letters = text.chars().any(|c| c.is_ascii_alphabetic());
    (text.chars().count() <= 20 && has_letters && years.next().is_none()).then_some(year)
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
            if indicator.is_category()
                && let Some(category) = indicator.category(text)
            {
                return Figure::Number(category as f64);
            }
            const UNKNOWN: [&str; 29] = [
                "-",
                "--",
                "—",
                "——",
                "–",
                "－",
                "/",
                "\\",
                ".",
                "..",
                "...",
                "…",
                "……",
                "*",
                "?",
                "？",
                "nan",
                "null",
                "nd",
                "n.d.",
                "#n/a",
                "未知",
                "无数据",
                "暂无数据",
                "缺",
                "缺失",
                "未填",
                "不详",
                "unknown",
            ];
            // Nobody can know whether there is none, or whether nobody looked.
            const NONE_OR_UNKNOWN: [&str; 13] =
                ["none", "无", "没有", "×", "✗", "✘", "x", "√", "✓", "✔", "有", "是", "否"];
            const NOT_APPLICABLE: [&str; 4] = ["na", "n/a", "不适用", "not_applicable"];
            if NOT_APPLICABLE.contains(&text.to_lowercase().as_str()) {
                return Figure::NotApplicable;
            }
            if UNKNOWN.contains(&text.to_lowercase().as_str()) {
                return Figure::Unknown;
            }
            if !indicator.is_category() && NONE_OR_UNKNOWN.contains(&text.to_lowercase().as_str()) {
                return Figure::Bad("cell-none-or-unknown");
            }
            if indicator.is_category() {
                return Figure::Bad("cell-not-a-number");
            }
            let bare = match text.strip_suffix(['%', '％']) {
                Some(rest) if indicator.unit == "%" => rest.trim_end(),
                Some(_) => return Figure::Bad("cell-not-a-number"),
                None => text,
            };
            match plain_number(bare, comma) {
                Ok(n) => n,
                Err("cell-not-a-number") => match Quantity::of(text, indicator, comma) {
                    Ok(quantity) => return quantity.figure(indicator),
                    Err(code) => return Figure::Bad(code),
                },
                Err(code) => return Figure::Bad(code),
            }
        }
    };
    if indicator.is_category() {
        return Figure::Bad("cell-not-a-number");
    }
    if indicator.is_possible(number) { Figure::Number(number) } else { Figure::Bad("cell-out-of-range") }
}

/// A number as people write it among words: 2座, 约3, 1.2万, ９０．０ ％, 12 345.
struct Quantity {
    value: f64,
    is_about: bool,
}

/// Words before and behind a number that is only about right.
const ABOUT_BEFORE: [&str; 9] = ["大约", "约", "近", "大概", "ca.", "ca", "about", "~", "≈"];
const ABOUT_BEHIND: [&str; 4] = ["左右", "上下", "余", "多"];
/// What a unit is in that of an indicator.
const UNITS: [(&str, &str, f64); 22] = [
    ("平方公里", "m²", 1e6),
    ("km²", "m²", 1e6),
    ("ha", "m²", 10_000.0),
    ("hm²", "m²", 10_000.0),
    ("m²", "m²", 1.0),
    ("里", "km", 0.5),
    ("千米", "m", 1_000.0),
    ("里", "m", 500.0),
    ("平方米", "m²", 1.0),
    ("平米", "m²", 1.0),
    ("㎡", "m²", 1.0),
    ("m2", "m²", 1.0),
    ("亩", "m²", 10_000.0 / 15.0),
    ("公顷", "m²", 10_000.0),
    ("公里", "km", 1.0),
    ("千米", "km", 1.0),
    ("米", "km", 0.001),
    ("米", "m", 1.0),
    ("公里", "m", 1_000.0),
    ("km", "m", 1_000.0),
    ("m", "km", 0.001),
    ("次/天", "次/日", 1.0),
];

impl Quantity {
    fn of(text: &str, indicator: &Indicator, comma: Comma) -> Result<Self, &'static str> {
        let wide = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{2212}' | '\u{2012}'..='\u{2014}' => '-',
            '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{3000}' => ' ',
            c => c,
        };
        let plain: String = text.chars().map(wide).collect();
        let mut rest = plain.trim();
        let mut is_about = false;
        if let Some(after) = ABOUT_BEFORE.iter().find_map(|w| rest.strip_prefix(w)) {
            (rest, is_about) = (after.trim_start(), true);
        }
        if let Some(before) = ABOUT_BEHIND.iter().find_map(|w| rest.strip_suffix(w)) {
            (rest, is_about) = (before.trim_end(), true);
        }
        let end = rest.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
        if end == 0 {
            return Err("cell-not-a-number");
        }
        let (number, behind) = rest.split_at(end);
        let mut behind = behind.trim();
        let mut factor = 1.0;
        for (word, times) in [("万", 1e4), ("亿", 1e8), ("千", 1e3), ("百", 1e2)] {
            if let Some(after) = behind.strip_prefix(word) {
                (behind, factor) = (after.trim_start(), times);
                break;
            }
        }
        // 30多户: about, and a unit behind it.
        for word in ABOUT_BEHIND {
            if let Some(after) = behind.strip_prefix(word) {
                (behind, is_about) = (after.trim_start(), true);
            }
        }
        factor *= factor_of(behind, indicator).ok_or("cell-other-unit")?;
        let joined = joined_groups(number);
        let value = plain_number(joined.as_deref().unwrap_or(number), comma)?;
        Ok(Self { value: scaled(value, factor), is_about })
    }

    fn figure(&self, indicator: &Indicator) -> Figure {
        match (indicator.is_possible(self.value), self.is_about) {
            (false, _) => Figure::Bad("cell-out-of-range"),
            (true, true) => Figure::About(self.value),
            (true, false) => Figure::Number(self.value),
        }
    }
}

/// A number times a factor: 1.2万 is 12000, not 12000.000000000002.
pub(super) fn scaled(value: f64, factor: f64) -> f64 {
    let product = value * factor;
    match factor {
        1.0 => value,
        factor if factor >= 1.0 && factor.fract() == 0.0 => (product * 1e6).round() / 1e6,
        _ => format!("{product:.12}").parse().unwrap_or(product),
    }
}

/// What the unit in a column's head is, against that of its indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum HeadUnit {
    /// The same, or none is said.
    Own,
    /// Another: what stands there is to be multiplied.
    Times(f64),
    /// One that says something else.
    Other,
}

impl HeadUnit {
    /// The unit in the brackets of a head: 拆违面积（万平方米）, 常住人口(万人), 街坊路[米].
    pub(super) fn of(head: &str, indicator: &Indicator) -> Self {
        let Some(said) = unit_of_head(head) else { return Self::Own };
        let (factor, words) = [("万", 1e4), ("亿", 1e8), ("千", 1e3), ("百", 1e2), ("十", 10.0)]
            .into_iter()
            // 千米 is a unit of its own.
            .filter(|_| !is_measure(said))
            .find_map(|(word, times)| Some((times, said.strip_prefix(word)?.trim())))
            .unwrap_or((1.0, said));
        let is_unit = is_unit_word(words) || factor > 1.0 && words.is_empty();
        if !is_unit || indicator.is_category() {
            return Self::Own;
        }
        if indicator.unit == "%" {
            return match words {
                "%" | "％" => Self::Own,
                "‰" => Self::Times(0.1),
                _ => Self::Other,
            };
        }
        match factor_of(words, indicator).map(|own| own * factor) {
            Some(1.0) => Self::Own,
            Some(times) => Self::Times(times),
            // A count may be of anything that is counted.
            None if is_counter(words) => Self::Own,
            None => Self::Other,
        }
    }
}

/// What stands in the last brackets of a head.
fn unit_of_head(head: &str) -> Option<&str> {
    let end = head.rfind([')', '）', ']', '】'])?;
    let start = head.get(..end)?.rfind(['(', '（', '[', '【'])?;
    let inside = head.get(start..end)?;
    let inside = inside.get(inside.chars().next()?.len_utf8()..)?.trim();
    let inside = inside.strip_prefix("单位").map_or(inside, |r| r.trim_start_matches([':', '：']).trim());
    (!inside.is_empty()).then_some(inside)
}

/// By what a number with these words behind it is to be multiplied; `None` where they are another unit.
fn factor_of(words: &str, indicator: &Indicator) -> Option<f64> {
    let words = words.trim_end_matches(['。', '.']).to_lowercase();
    let own = [indicator.unit.as_str(), indicator.unit_en.as_deref().unwrap_or("")];
    if words.is_empty() || own.iter().any(|u| u.to_lowercase() == words) {
        return Some(1.0);
    }
    if indicator.unit == "%" {
        return (words == "个百分点").then_some(1.0);
    }
    let is_count = is_counter(indicator.unit.as_str()) || indicator.unit.is_empty();
    if is_count && is_counter(words.as_str()) {
        return Some(1.0);
    }
    UNITS.iter().find(|(word, unit, _)| *word == words && *unit == indicator.unit).map(|(_, _, factor)| *factor)
}

/// Digits in groups of three, parted by blanks, as one number; `None` where they are none.
fn joined_groups(number: &str) -> Option<String> {
    if !number.contains(' ') {
        return None;
    }
    let (whole, fraction) = number.split_once(['.', ',']).map_or((number, ""), |(w, f)| (w, f));
    let groups: Vec<&str> = whole.split(' ').collect();
    let is_digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    let first = groups.first().map_or("", |g| g.trim_start_matches(['-', '+']));
    let is_grouped = (1..=3).contains(&first.len())
        && is_digits(&first)
        && groups.iter().skip(1).all(|g| g.len() == 3 && is_digits(g));
    is_grouped.then(|| if fraction.is_empty() { groups.concat() } else { format!("{}.{fraction}", groups.concat()) })
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
            Figure::Number(n) | Figure::About(n) => Some(n),
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
    fn numbers_among_words() {
        for (id, text, value) in [
            ("public_toilets", "2座", Some(2.0)),
            ("public_toilets", "约3", Some(3.0)),
            ("public_toilets", "3 个", Some(3.0)),
            ("population", "1.2万", Some(12_000.0)),
            ("population", "1.23万人", Some(12_300.0)),
            ("population", "12 345", Some(12_345.0)),
            ("population", "12\u{202f}345", Some(12_345.0)),
            ("households", "300余户", Some(300.0)),
            ("sewage_treatment_pct", "９０．５％", Some(90.5)),
            ("sewage_treatment_pct", "90.0 %", Some(90.0)),
            ("demolished_m2", "250平方米", Some(250.0)),
            ("demolished_m2", "25万㎡", Some(250_000.0)),
            ("demolished_m2", "3亩", Some(2_000.0)),
            ("demolished_m2", "3公里", None),
            ("public_toilets", "2-3", None),
            ("public_toilets", "12 34", None),
            ("public_toilets", "座", None),
        ] {
            assert_eq!(read(id, text), value, "{id} {text}");
        }
        let all = Indicators::with(&[]);
        let of =
            |text: &str| figure(all.get("public_toilets").expect("known"), &Cell::Text(text.into()), Comma::Thousands);
        assert_eq!((of("约3"), of("3座")), (Figure::About(3.0), Figure::Number(3.0)));
        assert_eq!((of("无"), of("×")), (Figure::Bad("cell-none-or-unknown"), Figure::Bad("cell-none-or-unknown")));
        for text in ["..", ".", "…", "n.d.", "–"] {
            assert_eq!(of(text), Figure::Unknown, "{text}");
        }
        assert_eq!(of("5公里"), Figure::Bad("cell-other-unit"));
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
