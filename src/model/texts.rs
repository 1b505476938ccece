//! Many texts in one piece of memory, and flags in one bit each.

/// Texts one behind the other in a single buffer: no allocation of its own for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Puts a text behind the others; gives its number.
    pub fn push(&mut self, text: &str) -> u32 {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        self.ends.len() as u32 - 1
    }

    /// Texts as they lie in a buffer, by the byte at which each ends; `None` where an end is not one: out of order, beyond
    /// the buffer, within a character.
    pub fn from_parts(bytes: String, ends: Vec<usize>) -> Option<Self> {
        let rising = ends.windows(2).all(|w| w[0] <= w[1]);
        let whole = ends.last().copied().unwrap_or(0) == bytes.len();
        (rising && whole && ends.iter().all(|end| bytes.is_char_boundary(*end))).then_some(Self { bytes, ends })
    }

    /// The buffer, and where each text ends in it.
    pub fn parts(&self) -> (&str, &[usize]) {
        (&self.bytes, &self.ends)
    }

    /// The text of a number.
    pub fn get(&self, at: u32) -> Option<&str> {
        let start = match (at as usize).checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(start..*self.ends.get(at as usize)?)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).filter_map(|i| self.get(i))
    }

    /// Puts all texts of another behind those here.
    pub fn append(&mut self, other: &Self) {
        let before = self.bytes.len();
        self.bytes.push_str(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| end + before));
    }
}

/// One flag per row, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    words: Vec<u64>,
}

impl Flags {
    /// So many flags, none raised.
    pub fn lowered(count: usize) -> Self {
        Self { words: vec![0; count.div_ceil(64)] }
    }

    /// Flags from their words, lowest bit first.
    pub fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    /// Their words.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Raises one; nothing happens beyond the last.
    pub fn raise(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// Whether one is raised; false beyond the last.
    pub fn is_raised(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// How many are raised.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }
}
