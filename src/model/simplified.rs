//! Traditional characters in their simplified forms.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// Traditional characters with their simplified forms, a pair a line.
const TRADITIONAL: &str = include_str!("../../assets/names/traditional.txt");

/// The simplified form of a traditional character; every other one as it is.
pub fn simplified(c: char) -> char {
    static PAIRS: OnceLock<FxHashMap<char, char>> = OnceLock::new();
    // No traditional form lies below the CJK ideographs (U+3400).
    if c < '\u{3400}' {
        return c;
    }
    let pairs = PAIRS.get_or_init(|| {
        let pair = |line: &str| {
            let mut chars = line.chars();
            Some((chars.next()?, chars.next()?))
        };
        TRADITIONAL.lines().filter_map(pair).collect()
    });
    pairs.get(&c).copied().unwrap_or(c)
}
