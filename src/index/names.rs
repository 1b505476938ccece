//! Villages by name: Chinese, pinyin in full or by initials, Latin without accents, town, code.

mod alphabet;
mod fold;
mod matching;
mod near;

pub use near::{readings_of, said_as};

use crate::model::FeatureId;
use std::ops::Range;

use ib_matcher::pinyin::{PinyinData, PinyinNotation};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use fold::plain_letter;

use alphabet::{Alphabet, Symbol};
use matching::{Found, Word};

/// Rows that one thread looks through in one go.
const BLOCK: u32 = 8_192;

/// What is known of one village.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameEntry<'a> {
    /// Name; empty where there is none.
    pub name: &'a str,
    /// Town; empty where there is none.
    pub town: &'a str,
    /// Code; empty where there is none.
    pub code: &'a str,
}

/// How well a village answers a query, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameRank {
    /// The name itself, whole.
    Exact,
    /// The name begins with the query, or the query is its initials.
    Prefix,
    /// The query stands inside the name.
    Inside,
    /// Only the town answers.
    Town,
    /// Only the code answers, by its beginning or its last digits.
    Code,
    /// Nothing answers as it was typed; the name is one slip away.
    Near,
}

/// One village that answers a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Position of the entry the index was made from, 0-based.
    pub row: FeatureId,
    /// How well it answers.
    pub rank: NameRank,
    /// Bytes of the name that answered, on character boundaries; `None` where town or code did.
    pub name_match: Option<Range<usize>>,
}

/// Finds villages by name, town and code.
///
/// All text lies in one string, characters are numbered, and two words of bits per village say which letters any
/// reading of its characters can contribute, so that most villages are passed over without a look at their name.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    /// Names and codes of all rows, one after the other.
    text: String,
    rows: Vec<Row>,
    /// Symbols of all names, one per character.
    symbols: Vec<Symbol>,
    towns: Vec<Town>,
    alphabet: Alphabet,
}

/// One village: where its text and symbols start; both end where the next one's start.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    name: u32,
    code: u32,
    symbols: u32,
    town: u32,
    mask: u64,
    first: u64,
}

/// One distinct town.
#[derive(Clone, Debug)]
struct Town {
    name: Box<str>,
    symbols: Box<[Symbol]>,
}

/// One query word with the towns that answer it.
struct Term {
    word: Word,
    /// As written but in lower case, for codes.
    code: String,
    towns: Vec<bool>,
}

/// How one village answers, before the best are chosen: orders as hits do.
type Key = (NameRank, u16, u32);

/// The best of many keys: never more of them in memory than a few times what is wanted.
struct Best {
    limit: usize,
    keys: Vec<Key>,
    /// What is not better than this is not among the best.
    worst: Option<Key>,
}

impl Best {
    fn new(limit: usize) -> Self {
        Self { limit, keys: Vec::new(), worst: None }
    }

    fn add(&mut self, key: Key) {
        if self.worst.is_none_or(|worst| key < worst) {
            self.keys.push(key);
            if self.keys.len() >= 4 * self.limit {
                self.shorten();
            }
        }
    }

    fn shorten(&mut self) {
        if self.keys.len() > self.limit {
            self.worst = Some(*self.keys.select_nth_unstable(self.limit).1);
            self.keys.truncate(self.limit);
        }
    }

    fn with(mut self, other: Self) -> Self {
        other.keys.into_iter().for_each(|key| self.add(key));
        self
    }

    fn sorted(mut self) -> Vec<Key> {
        self.shorten();
        self.keys.sort_unstable();
        self.keys
    }
}

impl NameIndex {
    /// Makes the index from (name, town, code) of each village, in row order. Empty text stands for "none".
    ///
    /// Text beyond 4 GiB is left out of the index.
    pub fn new(entries: impl IntoIterator<Item = (String, String, String)>) -> Self {
        let pinyin = PinyinData::new(PinyinNotation::Ascii);
        let mut index = Self::default();
        let mut towns: FxHashMap<String, u32> = FxHashMap::default();
        for (name, town, code) in entries {
            let fits = index.text.len() + name.len() + code.len() < u32::MAX as usize;
            let (name, code) = if fits { (name.as_str(), code.as_str()) } else { ("", "") };
            let symbols = index.symbols.len() as u32;
            let (mut mask, mut first) = (0, 0);
            for c in name.chars() {
                let symbol = index.alphabet.symbol(c, &pinyin);
                index.symbols.push(symbol);
                if let Some(letter) = index.alphabet.letter(symbol) {
                    mask |= letter.mask;
                    first |= letter.first;
                }
            }
            let town = match towns.get(&town) {
                Some(&t) => t,
                None => {
                    let symbols = town.chars().map(|c| index.alphabet.symbol(c, &pinyin)).collect();
                    index.towns.push(Town { name: town.as_str().into(), symbols });
                    let t = index.towns.len() as u32 - 1;
                    towns.insert(town, t);
                    t
                }
            };
            let start = index.text.len() as u32;
            index.text.push_str(name);
            index.rows.push(Row { name: start, code: start + name.len() as u32, symbols, town, mask, first });
            index.text.push_str(code);
        }
        let end = index.text.len() as u32;
        index.rows.push(Row { name: end, code: end, symbols: index.symbols.len() as u32, ..Row::default() });
        index.text.shrink_to_fit();
        index.rows.shrink_to_fit();
        index.symbols.shrink_to_fit();
        index
    }

    /// Number of villages.
    pub fn len(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Whether there is no village.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the index knows of a row.
    pub fn entry(&self, row: FeatureId) -> Option<NameEntry<'_>> {
        let (at, next) = self.row_and_next(row)?;
        Some(NameEntry {
            name: self.text.get(at.name as usize..at.code as usize)?,
            town: self.towns.get(at.town as usize).map_or("", |t| &t.name),
            code: self.text.get(at.code as usize..next.name as usize)?,
        })
    }

    /// The best `limit` villages for a query, best first; ties by the shorter name, then by row.
    ///
    /// A query is Chinese in simplified or traditional characters, pinyin, initials or a mixture of them (`车耳`,
    /// `cheery`, `cey`), Latin in any case without accents, the beginning of a code or three or more of its last digits,
    /// or several words of which each answers to name, town or code (`sujiatuo cey`). A village is found with the word
    /// for it behind its name or without (`聂各庄村委会`). Where nothing answers, names one slip away do
    /// ([`NameRank::Near`]). A blank query finds nothing. Of a word the first 63 characters count.
    ///
    /// # Examples
    /// ```
    /// use qiancun::index::NameIndex;
    /// let entry = |name: &str, town: &str, code: &str| (name.to_owned(), town.to_owned(), code.to_owned());
    /// let index = NameIndex::new([entry("车耳营", "苏家坨镇", "110108029201"), entry("东埠头", "上庄镇", "110108030201")]);
    /// assert_eq!(index.search("dbt", 10)[0].row.number(), 1);
    /// assert_eq!(index.search("sujiatuo cey", 10)[0].name_match, Some(0..9));
    /// ```
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let mut hits = self.as_typed(query, limit);
        for other in near::without_suffix(query) {
            if hits.first().is_some_and(|h| h.rank <= NameRank::Prefix) {
                break;
            }
            let more = self.as_typed(&other, limit);
            hits.extend(more.into_iter().filter(|m| m.rank <= NameRank::Inside));
            hits.sort_by_key(|h| h.rank);
            let mut seen = rustc_hash::FxHashSet::default();
            hits.retain(|h| seen.insert(h.row));
            hits.truncate(limit);
        }
        if hits.is_empty() { self.near(query, limit) } else { hits }
    }

    /// Names one slip away from the query.
    fn near(&self, query: &str, limit: usize) -> Vec<Hit> {
        let words = near::words(query, &self.alphabet);
        if limit == 0 || words.is_empty() {
            return Vec::new();
        }
        let of_block = |block: u32| {
            let mut best = Best::new(limit);
            let start = block * BLOCK;
            for number in start..(start + BLOCK).min(self.len() as u32) {
                let row = FeatureId::new(number);
                let found = self.row_and_next(row).and_then(|(at, next)| {
                    let found = words.iter().filter_map(|w| self.in_name(at, next, w));
                    found.map(|f| rank(&f)).min()
                });
                if let Some(rank) = found {
                    best.add((rank, self.name_length(row), number));
                }
            }
            best
        };
        let blocks = (self.len() as u32).div_ceil(BLOCK);
        let best = (0..blocks).into_par_iter().map(of_block).reduce(|| Best::new(limit), Best::with);
        let hit = |(_, _, number)| Hit { row: FeatureId::new(number), rank: NameRank::Near, name_match: None };
        best.sorted().into_iter().map(hit).collect()
    }

    /// Where a word stands in the name of a row.
    fn in_name(&self, at: &Row, next: &Row, word: &Word) -> Option<Found> {
        let symbols = self.symbols.get(at.symbols as usize..next.symbols as usize)?;
        let possible = at.mask & word.mask == word.mask && at.first & word.first != 0;
        possible.then(|| word.find(symbols, &self.alphabet)).flatten()
    }

    /// What answers the query as it was typed.
    fn as_typed(&self, query: &str, limit: usize) -> Vec<Hit> {
        let Some(whole) = Word::new(query, &self.alphabet) else { return Vec::new() };
        let words: Vec<&str> = query.split_whitespace().collect();
        let parts: Vec<Term> = match words.as_slice() {
            [one] => vec![self.term(one, whole.clone())],
            _ => words.iter().filter_map(|w| Some(self.term(w, Word::new(w, &self.alphabet)?))).collect(),
        };
        if limit == 0 || parts.is_empty() {
            return Vec::new();
        }
        let blocks = (self.len() as u32).div_ceil(BLOCK);
        let best = (0..blocks)
            .into_par_iter()
            .map(|block| self.best_of_block(block, limit, &whole, &parts))
            .reduce(|| Best::new(limit), Best::with);
        best.sorted()
            .into_iter()
            .map(|(rank, _, number)| {
                let row = FeatureId::new(number);
                let found = self.answer(row, &whole, &parts).and_then(|a| a.1);
                Hit { row, rank, name_match: found.and_then(|f| self.byte_range(row, f)) }
            })
            .collect()
    }

    /// The best rows of one block.
    fn best_of_block(&self, block: u32, limit: usize, whole: &Word, parts: &[Term]) -> Best {
        let mut best = Best::new(limit);
        let start = block * BLOCK;
        for number in start..(start + BLOCK).min(self.len() as u32) {
            let row = FeatureId::new(number);
            if let Some((rank, _)) = self.answer(row, whole, parts) {
                best.add((rank, self.name_length(row), number));
            }
        }
        best
    }

    fn term(&self, text: &str, word: Word) -> Term {
        let towns = self.towns.iter().map(|t| word.find(&t.symbols, &self.alphabet).is_some()).collect();
        Term { word, code: text.chars().map(fold::lower).collect(), towns }
    }

    /// How a row answers the query as a whole or, failing that, word by word; and where its name does.
    fn answer(&self, row: FeatureId, whole: &Word, parts: &[Term]) -> Option<(NameRank, Option<Found>)> {
        let (at, next) = self.row_and_next(row)?;
        let in_name = |word: &Word| self.in_name(at, next, word);
        if let Some(found) = in_name(whole) {
            return Some((rank(&found), Some(found)));
        }
        let mut best = (NameRank::Code, None);
        for part in parts {
            let here = if let (true, Some(found)) = (parts.len() > 1, in_name(&part.word)) {
                (rank(&found), Some(found))
            } else if part.towns.get(at.town as usize).copied().unwrap_or(false) {
                (NameRank::Town, None)
            } else if self.code_answers(at, next, &part.code) {
                (NameRank::Code, None)
            } else {
                return None;
            };
            if here.0 < best.0 {
                best = here;
            }
        }
        Some(best)
    }

    fn code_answers(&self, at: &Row, next: &Row, part: &str) -> bool {
        let code = self.text.as_bytes().get(at.code as usize..next.name as usize).unwrap_or(&[]);
        let part = part.as_bytes();
        let is_end = part.len() >= 3 && part.iter().all(u8::is_ascii_digit) && code.ends_with(part);
        is_end || code.get(..part.len()).is_some_and(|head| head.eq_ignore_ascii_case(part))
    }

    fn row_and_next(&self, row: FeatureId) -> Option<(&Row, &Row)> {
        let row = row.index();
        Some((self.rows.get(row)?, self.rows.get(row.checked_add(1)?)?))
    }

    /// Length of a name in characters.
    fn name_length(&self, row: FeatureId) -> u16 {
        self.row_and_next(row).map_or(0, |(at, next)| (next.symbols - at.symbols).min(u32::from(u16::MAX)) as u16)
    }

    /// The bytes of a name that some of its symbols stand for.
    fn byte_range(&self, row: FeatureId, found: Found) -> Option<Range<usize>> {
        let name = self.entry(row)?.name;
        let byte = |symbol: usize| name.char_indices().nth(symbol).map_or(name.len(), |(at, _)| at);
        Some(byte(found.start)..byte(found.end))
    }
}

fn rank(found: &Found) -> NameRank {
    match found {
        Found { exact: true, .. } => NameRank::Exact,
        Found { start: 0, .. } => NameRank::Prefix,
        _ => NameRank::Inside,
    }
}

#[cfg(test)]
mod tests;
