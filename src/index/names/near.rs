//! What else a query may mean: without the word for "village" at its end, or with one slip of the keyboard.

use ib_matcher::pinyin::{PinyinData, PinyinNotation};

use super::alphabet::Alphabet;
use super::fold;
use super::matching::{ANY, Typing, Word};

/// What is said after a village's name, longest first: with the committee, as settlement, in pinyin.
const SUFFIXES: [&str; 10] =
    ["村民委员会", "居民委员会", "村委会", "居委会", "cunweihui", "村民委", "社区", "自然村", "村", "cun"];

/// Fewest letters of a query in which one may be wrong: shorter ones are near to everything.
const LEAST_LETTERS: usize = 5;
/// Fewest characters of a Chinese query in which one may be another.
const LEAST_CHARACTERS: usize = 3;

/// The query without what is said after names, longest first: `聂各庄村委会` may stand as `聂各庄村` or `聂各庄`.
pub(super) fn without_suffix(query: &str) -> Vec<String> {
    let mut rest: String = fold::query(query).into_iter().collect();
    let mut out = Vec::new();
    while let Some(stem) = SUFFIXES.iter().find_map(|s| rest.strip_suffix(s)).filter(|s| !s.is_empty()) {
        let is_committee = rest.ends_with('会') || rest.ends_with('委') || rest.ends_with("hui");
        let stem = stem.to_owned();
        if is_committee {
            let village = if stem.is_ascii() { "cun" } else { "村" };
            out.push(format!("{stem}{village}"));
        }
        out.push(stem.clone());
        rest = stem;
    }
    out
}

/// The words that a query may have been meant for, one slip apart: a letter or character too many, too few, another,
/// two changed about; Chinese also by other characters that sound the same.
pub(super) fn words(query: &str, alphabet: &Alphabet) -> Vec<Word> {
    let chars = fold::query(query);
    let word = |chars: Vec<char>| Word::of(chars, alphabet, Typing::Full);
    let is_latin = chars.iter().all(char::is_ascii_alphabetic);
    let is_chinese = chars.iter().all(|c| *c >= '\u{3400}');
    let mut out = Vec::new();
    if is_chinese && chars.len() >= 2 {
        out.extend(sounding(&chars).and_then(word));
    }
    if is_latin && chars.len() >= LEAST_LETTERS || is_chinese && chars.len() >= LEAST_CHARACTERS {
        for at in 0..chars.len() {
            let with = |change: &dyn Fn(&mut Vec<char>)| {
                let mut chars = chars.clone();
                change(&mut chars);
                word(chars)
            };
            out.extend(with(&|c| {
                c.remove(at);
            }));
            out.extend(with(&|c| {
                c.splice(at..=at, [ANY]);
            }));
            if at > 0 {
                out.extend(with(&|c| c.insert(at, ANY)));
                out.extend(with(&|c| c.swap(at - 1, at)));
            }
        }
    }
    out
}

/// A name as it is said: Chinese by the first reading of each character, Latin letters as they are, nothing else.
///
/// ```
/// use qiancun::index::said_as;
/// assert_eq!(said_as("东沟"), said_as("Dong gou"));
/// assert_eq!(said_as("艹厂 3"), said_as("草厂"));
/// ```
pub fn said_as(name: &str) -> String {
    let pinyin = readings();
    let mut out = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphabetic() => out.push(c.to_ascii_lowercase()),
            c if c.is_ascii() => {}
            c => {
                let mut first = None;
                pinyin.get_pinyins_and_for_each(c, |p| {
                    first = first.take().or_else(|| p.notation(PinyinNotation::Ascii).map(str::to_owned));
                });
                out.push_str(&first.unwrap_or_default());
            }
        }
    }
    out
}

/// How a name is read, character by character with blanks between: all readings of a Chinese character without tones, with `/` between
/// them; nothing for any other.
///
/// # Examples
/// ```
/// use qiancun::index::readings_of;
/// assert_eq!(readings_of("车耳 2"), "che/ju er  ");
/// ```
pub fn readings_of(name: &str) -> String {
    let pinyin = readings();
    let of = |c: char| {
        let mut all: Vec<String> = Vec::new();
        if !c.is_ascii() {
            pinyin.get_pinyins_and_for_each(c, |p| {
                if let Some(text) = p.notation(PinyinNotation::Ascii).map(str::to_owned).filter(|t| !all.contains(t)) {
                    all.push(text);
                }
            });
        }
        all.join("/")
    };
    name.chars().map(of).collect::<Vec<String>>().join(" ")
}

fn readings() -> &'static PinyinData {
    static READINGS: std::sync::LazyLock<PinyinData> =
        std::sync::LazyLock::new(|| PinyinData::new(PinyinNotation::Ascii));
    &READINGS
}

/// Chinese as it is said, by the first reading of each character.
fn sounding(chars: &[char]) -> Option<Vec<char>> {
    let pinyin = readings();
    let mut out = String::new();
    for &c in chars {
        let mut first = None;
        pinyin.get_pinyins_and_for_each(c, |p| {
            first = first.take().or_else(|| p.notation(PinyinNotation::Ascii).map(str::to_owned));
        });
        out.push_str(&first?);
    }
    Some(out.chars().collect())
}
