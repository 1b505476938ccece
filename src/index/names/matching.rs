//! One query word against one name.

use super::alphabet::{Alphabet, Letter, Symbol, bit, bits};
use super::fold;

/// Longest query, in characters: positions in it are bits of a word. What is longer is cut.
const LONGEST: usize = 63;

/// Stands in a word for any one letter of a spelling, or any one character of a name. No query has it.
pub(super) const ANY: char = '\0';

/// A query word, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Word {
    chars: Vec<char>,
    /// Bits of all its characters.
    pub mask: u64,
    /// Bit of its first character.
    pub first: u64,
    /// By symbol: what [`Word::step`] reaches from the beginning of the word. Most places in most names end here.
    starts: Vec<u64>,
    typing: Typing,
}

/// Where and how a word was found: symbols `start..end` of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    /// Whether it is the whole name, nothing cut short.
    pub exact: bool,
}

/// How much of a spelling may be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typing {
    /// Whole spellings only.
    Full,
    /// Pinyin also by its first letter or zh, ch, sh; the last syllable by any beginning.
    Short,
}

impl Word {
    /// A word of a query; `None` where nothing remains of it.
    pub(super) fn new(text: &str, alphabet: &Alphabet) -> Option<Self> {
        Self::of(fold::query(text), alphabet, Typing::Short)
    }

    /// A word of characters as [`fold::query`] gives them, [`ANY`] among them or not.
    pub(super) fn of(mut chars: Vec<char>, alphabet: &Alphabet, typing: Typing) -> Option<Self> {
        chars.truncate(LONGEST);
        let first = if *chars.first()? == ANY { u64::MAX } else { bit(*chars.first()?) };
        let mask = bits(chars.iter().copied().filter(|c| *c != ANY));
        let mut word = Self { mask, first, chars, starts: Vec::new(), typing };
        // A match begins with something typed, never with something left out: bit 0 goes.
        word.starts = alphabet.letters().iter().map(|l| word.step(1, l, typing) & !1).collect();
        Some(word)
    }

    /// Finds the word in a name: at its beginning if possible, else at the first place inside.
    pub(super) fn find(&self, name: &[Symbol], alphabet: &Alphabet) -> Option<Found> {
        name.iter().enumerate().find_map(|(start, &symbol)| {
            let reached = self.starts.get(usize::from(symbol)).copied().filter(|&r| r != 0)?;
            let rest = name.get(start + 1..)?;
            let end = start + 1 + self.run(reached, rest, alphabet, self.typing)?;
            if start == 0
                && let Some(end) = self.whole(name, alphabet)
            {
                return Some(Found { start, end, exact: true });
            }
            Some(Found { start, end, exact: false })
        })
    }

    /// Where the word ends if it spells the name in full, signs that may be left out apart.
    fn whole(&self, name: &[Symbol], alphabet: &Alphabet) -> Option<usize> {
        // Every sign but those that may be left out takes a character at least.
        let passable = |s: &&Symbol| alphabet.letter(**s).is_some_and(|l| l.passable);
        if name.len() > self.chars.len() + name.iter().filter(passable).count() {
            return None;
        }
        let end = self.run(1, name, alphabet, Typing::Full)?;
        name.get(end..)?.iter().all(|&s| alphabet.letter(s).is_some_and(|l| l.passable)).then_some(end)
    }

    /// How many symbols of `name` it takes from the positions `reached` to the end of the word; `None` where it does
    /// not fit. Bit p of `reached` is set while the first p characters of the word can be told by the symbols so far.
    fn run(&self, mut reached: u64, name: &[Symbol], alphabet: &Alphabet, typing: Typing) -> Option<usize> {
        let goal = 1_u64 << self.chars.len();
        for (i, &symbol) in name.iter().enumerate() {
            if reached & goal != 0 {
                return Some(i);
            }
            if reached == 0 {
                return None;
            }
            reached = self.step(reached, alphabet.letter(symbol)?, typing);
        }
        (reached & goal != 0).then_some(name.len())
    }

    /// The positions that can be reached over one more letter.
    fn step(&self, reached: u64, letter: &Letter, typing: Typing) -> u64 {
        let mut next = if letter.passable { reached } else { 0 };
        let mut left = reached;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            let rest = self.chars.get(at..).unwrap_or(&[]);
            let Some(&c) = rest.first() else { continue };
            if c == letter.literal || c == ANY {
                next |= 1 << (at + 1);
            }
            if c != ANY && bit(c) & letter.first == 0 {
                continue;
            }
            for spelling in &letter.spellings {
                let same = spelling.bytes().zip(rest).take_while(|(s, r)| **r == char::from(*s) || **r == ANY).count();
                if same == spelling.len() {
                    next |= 1 << (at + same);
                } else if typing == Typing::Full || !letter.pinyin {
                    continue;
                }
                if typing == Typing::Short && letter.pinyin && same > 0 {
                    next |= 1 << (at + 1);
                    if same >= 2 && matches!(spelling.as_bytes(), [b'z' | b'c' | b's', b'h', ..]) {
                        next |= 1 << (at + 2);
                    }
                    if same == rest.len() {
                        next |= 1 << (at + same);
                    }
                }
            }
        }
        next
    }
}
