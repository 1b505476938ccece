//! Codes and names of rows as they are compared: without what programs and offices add to them.

use std::borrow::Cow;

use crate::index::plain_letter;

/// A code without what programs put around it: blanks, an apostrophe that says "text", a fraction of 0, full-width digits.
pub(super) fn bare_code(code: &str) -> Cow<'_, str> {
    let trimmed = code.trim().trim_start_matches(['\'', '‘', '’', '`', '"']).trim_end_matches('"');
    let is_plain = |c: char| c.is_ascii() && !c.is_ascii_whitespace();
    let plain: Cow<'_, str> = if trimmed.chars().all(is_plain) {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(trimmed.chars().map(plain_letter).filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect())
    };
    let whole = |text: &str| -> Option<usize> {
        let (whole, fraction) = text.split_once('.')?;
        let is_zero = fraction.bytes().all(|b| b == b'0') && !whole.is_empty();
        (is_zero && whole.bytes().all(|b| b.is_ascii_digit())).then_some(whole.len())
    };
    match (whole(&plain), plain) {
        (None, plain) => plain,
        (Some(end), Cow::Borrowed(text)) => Cow::Borrowed(text.get(..end).unwrap_or(text)),
        (Some(end), Cow::Owned(mut text)) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

/// What a bare code is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Code {
    /// Digits.
    Digits,
    /// A number with an exponent: all codes between these are written so.
    Rounded {
        /// The least.
        least: u64,
        /// The greatest.
        greatest: u64,
    },
    /// Anything else.
    Other,
}

impl Code {
    pub(super) fn of(bare: &str) -> Self {
        if !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit()) {
            return Self::Digits;
        }
        Self::rounded(bare).unwrap_or(Self::Other)
    }

    fn rounded(bare: &str) -> Option<Self> {
        let (mantissa, exponent) = bare.split_once(['e', 'E'])?;
        let exponent: u32 = exponent.trim_start_matches('+').parse().ok().filter(|e| (3..19).contains(e))?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: u64 = format!("{whole}{fraction}").parse().ok()?;
        let lost = exponent.checked_sub(fraction.len() as u32)?;
        let unit = 10_u64.checked_pow(lost)?;
        let value = digits.checked_mul(unit)?;
        // Rounded to the last digit shown; a half goes either way.
        Some(Self::Rounded { least: value.saturating_sub(unit / 2), greatest: value.saturating_add(unit / 2) })
    }

    /// Whether a program left less of the code than it had, where all codes have so many digits.
    pub(super) fn is_spoilt(self, digits: Option<usize>) -> bool {
        match self {
            Self::Rounded { .. } | Self::Other => true,
            // Where the map has codes of digits, other digits are another village.
            Self::Digits => digits.is_none(),
        }
    }
}

/// Whether a name says that it is a village, a community of residents, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum NameKind {
    Unsaid,
    Village,
    Residents,
}

impl NameKind {
    /// Whether two names can be of one place.
    pub(super) fn fits(self, other: Self) -> bool {
        self == other || self == Self::Unsaid || other == Self::Unsaid
    }
}

/// Endings, longest first, and what they say.
const ENDINGS: [(&str, NameKind); 14] = [
    ("村民委员会", NameKind::Village),
    ("居民委员会", NameKind::Residents),
    ("村民小组", NameKind::Village),
    ("社区居委会", NameKind::Residents),
    ("村委会", NameKind::Village),
    ("居委会", NameKind::Residents),
    ("村民委", NameKind::Village),
    ("行政村", NameKind::Village),
    ("自然村", NameKind::Village),
    ("社区", NameKind::Residents),
    ("村", NameKind::Village),
    ("village", NameKind::Village),
    ("barangay", NameKind::Village),
    ("vill.", NameKind::Village),
];

/// Words before names, with what follows them cut off: a blank or a point.
const BEFORE: [&str; 20] = [
    "barangay",
    "brgy",
    "bgy",
    "desa",
    "kelurahan",
    "kel",
    "kampung",
    "kp",
    "village of",
    "vill",
    "commune de",
    "commune",
    "gram panchayat",
    "gp",
    "aldeia",
    "vereda",
    "xã",
    "xa",
    "ward",
    "ban",
];

/// Endings and beginnings of towns.
const TOWN_ENDINGS: [&str; 14] = [
    "人民政府",
    "地区办事处",
    "街道办事处",
    "办事处",
    "民族乡",
    "地区",
    "街道",
    "镇",
    "乡",
    "区",
    "县",
    "市",
    "town",
    "township",
];
const TOWN_BEFORE: [&str; 8] =
    ["kecamatan", "kec", "municipality of", "town of", "taluk", "tehsil", "kabupaten", "kab"];

/// Peoples that give townships their name: 喇叭沟门满族乡 is 喇叭沟门.
const PEOPLES: [&str; 12] =
    ["满族", "回族", "蒙古族", "畲族", "苗族", "土家族", "壮族", "瑶族", "藏族", "彝族", "朝鲜族", "维吾尔族"];

/// A village's name as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// All of it, letters plain: 村民委员会 as 村委会.
    pub(super) whole: String,
    /// Without any of the endings.
    pub(super) stem: String,
    /// What the endings say.
    pub(super) kind: NameKind,
    /// The town that stands behind it in brackets.
    pub(super) town: Option<String>,
}

impl Name {
    pub(super) fn of(text: &str) -> Self {
        let (outside, inside) = without_brackets(text);
        let plain = plain(&outside);
        let plain = without_beginning(&plain, &BEFORE).to_owned();
        let whole = plain.replace("村民委员会", "村委会").replace("居民委员会", "居委会");
        let mut kind = NameKind::Unsaid;
        let mut stem = whole.as_str();
        while let Some((shorter, said)) = shorter(stem) {
            // The outermost counts: 八家村社区居委会 is one of residents.
            if kind == NameKind::Unsaid {
                kind = said;
            }
            stem = shorter;
        }
        let stem = stem.to_owned();
        Self { whole, stem, kind, town: inside.map(|t| folded_town(&t)).filter(|t| !t.is_empty()) }
    }

    /// The name, then what is left of it without one ending after the other, as long as something remains besides the stem.
    pub(super) fn shorter(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(self.whole.as_str()), |text| shorter(text).map(|(rest, _)| rest))
    }
}

/// A name without its last ending, and what that said.
fn shorter(text: &str) -> Option<(&str, NameKind)> {
    let of = |(end, kind): &(&str, NameKind)| Some((text.strip_suffix(end)?.trim_end(), *kind));
    ENDINGS.iter().find_map(of).filter(|(rest, _)| !rest.is_empty())
}

fn without_beginning<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let of = |word: &&str| {
        let rest = text.strip_prefix(*word)?;
        let cut = rest.strip_prefix(['.', ' '])?;
        Some(cut.trim_start_matches(['.', ' ']))
    };
    words.iter().find_map(of).filter(|rest| !rest.is_empty()).unwrap_or(text)
}

/// The text without what stands in brackets at its end, and that.
fn without_brackets(text: &str) -> (Cow<'_, str>, Option<String>) {
    let end = text.trim_end();
    let closed = end.strip_suffix([')', '）', ']', '】']);
    let Some(open) = closed.and_then(|c| c.rfind(['(', '（', '[', '【'])) else { return (Cow::Borrowed(text), None) };
    let outside = end.get(..open).unwrap_or("").trim();
    let inside = end.get(open..).unwrap_or("").trim_matches(['(', '（', '[', '【', ')', '）', ']', '】']);
    if outside.is_empty() {
        (Cow::Borrowed(text), None)
    } else {
        (Cow::Owned(outside.to_owned()), Some(inside.to_owned()))
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Letters without case, width, markup and what cannot be seen; blanks stay between Latin letters only; traditional characters as
/// simplified ones.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_markup = false;
    let has_markup = text.contains('<') && text.contains('>');
    for c in text.chars() {
        match c {
            '<' if has_markup => in_markup = true,
            '>' if has_markup => in_markup = false,
            _ if in_markup || is_invisible(c) || c.is_control() => {}
            _ => {
                let c = plain_letter(c);
                let after_latin = out.chars().last().is_some_and(|l| l.is_ascii() && l != ' ');
                if !c.is_whitespace() {
                    out.push(c);
                } else if after_latin {
                    out.push(' ');
                }
            }
        }
    }
    let trimmed = out.trim_end().len();
    out.truncate(trimmed);
    // A blank before Chinese says nothing.
    if out.contains(' ') && !out.is_ascii() {
        let is_latin_after =
            |at: usize| out.get(at + 1..).and_then(|r| r.chars().next()).is_some_and(|c| c < '\u{2e80}');
        return out.char_indices().filter(|(at, c)| *c != ' ' || is_latin_after(*at)).map(|(_, c)| c).collect();
    }
    out
}

/// A town's or district's name as it is compared: 苏家坨镇 and 苏家坨地区 are one.
pub(super) fn folded_town(town: &str) -> String {
    let plain = plain(town);
    let mut text = without_beginning(&plain, &TOWN_BEFORE);
    while let Some(rest) = TOWN_ENDINGS.iter().find_map(|end| text.strip_suffix(end)) {
        let rest = rest.trim_end();
        // 镇 alone, or a town of one character and its word, such as 甲镇: the word goes; nothing more than the word stays.
        if rest.is_empty() {
            break;
        }
        text = rest;
    }
    let people = PEOPLES.iter().find_map(|p| text.strip_suffix(p)).filter(|rest| !rest.is_empty());
    people.unwrap_or(text).to_owned()
}

/// Whether two towns as they are compared are one.
pub(super) fn town_matches(own: &str, said: &str) -> bool {
    // 海淀区苏家坨镇 says the district before the town.
    own == said || (said.chars().count() > own.chars().count() && own.chars().count() >= 2 && said.ends_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_codes() {
        for (text, bare) in [
            (" '110108026201", "110108026201"),
            ("110108026201.0", "110108026201"),
            ("１１０１０８", "110108"),
            ("1101 0802 6201", "110108026201"),
            ("A-1.5", "A-1.5"),
            ("", ""),
        ] {
            assert_eq!(bare_code(text), bare, "{text}");
        }
    }

    #[test]
    fn rounded_codes_say_between_which_they_lie() {
        let of = |text| Code::of(text);
        assert_eq!(of("1.10108E+11"), Code::Rounded { least: 110_107_500_000, greatest: 110_108_500_000 });
        assert_eq!(of("9.9e3"), Code::Rounded { least: 9_850, greatest: 9_950 });
        assert_eq!((of("12"), of("E11"), of("1E400"), of("x")), (Code::Digits, Code::Other, Code::Other, Code::Other));
    }

    #[test]
    fn names_and_their_endings() {
        let of = |text| {
            let n = Name::of(text);
            (n.whole, n.stem, n.kind)
        };
        assert_eq!(of("东沟村村民委员会"), ("东沟村村委会".into(), "东沟".into(), NameKind::Village));
        assert_eq!(of("八家村社区居委会"), ("八家村社区居委会".into(), "八家".into(), NameKind::Residents));
        assert_eq!(of("村"), ("村".into(), "村".into(), NameKind::Unsaid));
        assert_eq!(of("Brgy. San Roque"), ("san roque".into(), "san roque".into(), NameKind::Unsaid));
        assert_eq!(Name::of("八家（甲镇）").town.as_deref(), Some("甲"));
        assert_eq!(Name::of("后沙涧村村委会").shorter().collect::<Vec<_>>(), ["后沙涧村村委会", "后沙涧村", "后沙涧"]);
    }

    #[test]
    fn towns_as_they_are_compared() {
        for (a, b) in [
            ("苏家坨镇", "苏家坨地区"),
            ("上庄镇人民政府", "上庄"),
            ("甘家口街道办事处", "甘家口街道"),
            ("喇叭沟门满族乡", "喇叭沟门"),
            ("甲镇", "甲"),
            ("Kec. Cibeunying", "Kecamatan Cibeunying"),
        ] {
            assert_eq!(folded_town(a), folded_town(b));
        }
        assert_ne!(folded_town("甲镇"), folded_town("乙镇"));
        assert!(town_matches("苏家坨", &folded_town("海淀区苏家坨镇")) && !town_matches("乙", "甲"));
    }
}
