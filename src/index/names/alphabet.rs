//! Every distinct character of the names, once, with what may be typed for it.

use ib_matcher::pinyin::{PinyinData, PinyinNotation};
use rustc_hash::FxHashMap;

use super::fold;

/// Position of a character in an [`Alphabet`].
pub(super) type Symbol = u16;

/// Stands for the characters beyond the 65,535th distinct one: nothing finds them.
const OVERFLOW: Symbol = Symbol::MAX;

/// What may be typed for one character.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    /// The character itself, in lower case, simplified.
    pub literal: char,
    /// Spellings: pinyin readings without tone, or the letters without accent. Never empty strings.
    pub spellings: Box<[Box<str>]>,
    /// Whether the spellings are pinyin, which may be cut short.
    pub pinyin: bool,
    /// Whether the character may be left out.
    pub passable: bool,
    /// [`bit`]s of all that may be typed for it.
    pub mask: u64,
    /// [`bit`]s of what may be typed first.
    pub first: u64,
}

/// The distinct characters of all names.
#[derive(Clone, Debug, Default)]
pub(super) struct Alphabet {
    symbols: FxHashMap<char, Symbol>,
    letters: Vec<Letter>,
}

/// The bit of a character in a mask: letters and digits have their own, all others share the remaining 28.
pub(super) fn bit(c: char) -> u64 {
    1 << match c {
        'a'..='z' => c as u32 - 'a' as u32,
        '0'..='9' => 26 + c as u32 - '0' as u32,
        // Fibonacci hashing: neighbours in Unicode fall far apart.
        _ => 36 + ((c as u32).wrapping_mul(0x9e37_79b9) >> 16) % 28,
    }
}

/// The bits of several characters.
pub(super) fn bits(chars: impl IntoIterator<Item = char>) -> u64 {
    chars.into_iter().fold(0, |mask, c| mask | bit(c))
}

impl Alphabet {
    /// The symbol of a character, which is added where it is new.
    pub(super) fn symbol(&mut self, c: char, pinyin: &PinyinData) -> Symbol {
        if let Some(&symbol) = self.symbols.get(&c) {
            return symbol;
        }
        if self.letters.len() >= usize::from(OVERFLOW) {
            return OVERFLOW;
        }
        let symbol = self.letters.len() as Symbol;
        self.letters.push(Letter::new(c, pinyin));
        self.symbols.insert(c, symbol);
        symbol
    }

    /// What each symbol stands for.
    pub(super) fn letters(&self) -> &[Letter] {
        &self.letters
    }

    /// What a symbol stands for.
    pub(super) fn letter(&self, symbol: Symbol) -> Option<&Letter> {
        self.letters.get(usize::from(symbol))
    }
}

impl Letter {
    fn new(c: char, pinyin: &PinyinData) -> Self {
        let literal = crate::model::simplified(fold::lower(c));
        let mut spellings: Vec<String> = Vec::new();
        let mut add = |s: String| {
            if !s.is_empty() && !spellings.contains(&s) {
                spellings.push(s);
            }
        };
        let typed = fold::typed(c);
        typed.into_iter().for_each(|t| add(t.to_owned()));
        let mut is_pinyin = false;
        if typed.is_none() {
            pinyin.get_pinyins_and_for_each(c, |p| {
                if let Some(reading) = p.notation(PinyinNotation::Ascii) {
                    is_pinyin = true;
                    // ü is typed v, in passports yu (GB/T 28039-2011), by the hasty u.
                    if reading.contains('v') {
                        add(reading.replace('v', "u"));
                        add(reading.replace('v', "yu"));
                    }
                    add(reading.to_owned());
                }
            });
        }
        let first = bits(spellings.iter().filter_map(|s| s.chars().next()).chain([literal]));
        let mask = bits(spellings.iter().flat_map(|s| s.chars()).chain([literal]));
        let passable = fold::is_passable(literal);
        let spellings = spellings.into_iter().map(String::into_boxed_str).collect();
        Self { literal, spellings, pinyin: is_pinyin, passable, mask, first }
    }
}
