//! Building a column: values arrive row by row, the type is settled at the end.

use super::FeatureId;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::table::MISSING_CODE;
use super::{Column, ColumnData, FieldType, Flags, Sparse, Texts, Value};

/// A column keeps only the rows that have a value where they are fewer than one in so many, of more rows than these.
const SPARSE: u32 = 8;
const SMALL: u32 = 64;

/// Distinct texts and their codes, in order of first appearance.
#[derive(Clone, Debug, Default)]
struct Interner {
    texts: Texts,
    /// Hash of the text → its code; where two texts share a hash, the next number up.
    lookup: FxHashMap<u64, u32>,
    last: u32,
}

impl Interner {
    fn intern(&mut self, text: &str) -> u32 {
        // Sorted files repeat the town of the row before.
        if self.texts.get(self.last) == Some(text) {
            return self.last;
        }
        let mut hasher = FxHasher::default();
        text.hash(&mut hasher);
        let mut hash = hasher.finish();
        self.last = loop {
            match self.lookup.get(&hash) {
                Some(&code) if self.texts.get(code) == Some(text) => break code,
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    let code = self.texts.push(text);
                    self.lookup.insert(hash, code);
                    break code;
                }
            }
        };
        self.last
    }
}

/// One value as collected.
#[derive(Clone, Copy, Debug)]
enum Cell {
    /// Code in the dictionary.
    Text(u32),
    /// A whole number that the file writes as Rust would.
    Integer(i64),
    /// Any other number, and where its literal lies.
    Real(u32, f64),
    /// A whole number written in some other way (`-0`), and where its literal lies.
    OddInteger(u32, i64),
    /// True or false.
    Boolean(bool),
}

/// Collects the values of one field row by row and settles its type at the end.
///
/// A field whose values are all whole numbers becomes integer, all numbers real, all booleans boolean; every mixture
/// becomes text that keeps each value as the file writes it, so that a code is never turned into a number. Builders of
/// consecutive rows can be filled apart and joined with [`Self::append`].
#[derive(Clone, Debug, Default)]
pub struct ColumnBuilder {
    /// Rows that have a value, rising.
    rows: Vec<u32>,
    /// Their values.
    cells: Vec<Cell>,
    texts: Interner,
    literals: Texts,
    /// Whether a value was replaced, so that `texts` may hold what no row has.
    replaced: bool,
}

impl ColumnBuilder {
    /// Sets the value of a row. Rows come in rising order; what is never set stays missing. A second value for the
    /// same row replaces the first. `literal` is what the file writes; it matters for numbers only. Gives whether a
    /// value was replaced.
    pub fn set(&mut self, row: FeatureId, value: Value<'_>, literal: &str) -> bool {
        let before = self.rows.len();
        while self.rows.last().is_some_and(|&last| last >= row.number()) {
            self.rows.pop();
            self.cells.pop();
        }
        let replaced = self.rows.len() < before;
        self.replaced |= replaced;
        let cell = match value {
            Value::Missing => return replaced,
            Value::Text(text) => Cell::Text(self.texts.intern(text)),
            Value::Integer(i) if is_plain(literal) => Cell::Integer(i),
            Value::Integer(i) => Cell::OddInteger(self.literals.push(literal), i),
            Value::Real(r) => Cell::Real(self.literals.push(literal), r),
            Value::Boolean(b) => Cell::Boolean(b),
        };
        self.rows.push(row.number());
        self.cells.push(cell);
        replaced
    }

    /// Whether no row has a value.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds what another builder collected, its rows moved up by `row_offset`; they must lie beyond the rows here.
    pub fn append(&mut self, other: Self, row_offset: u32) {
        let codes: Vec<u32> = other.texts.texts.iter().map(|text| self.texts.intern(text)).collect();
        let base = self.literals.len() as u32;
        self.literals.append(&other.literals);
        self.rows.extend(other.rows.iter().map(|row| row + row_offset));
        self.cells.extend(other.cells.iter().map(|cell| match *cell {
            Cell::Text(code) => Cell::Text(codes.get(code as usize).copied().unwrap_or(MISSING_CODE)),
            Cell::Real(at, r) => Cell::Real(base + at, r),
            Cell::OddInteger(at, i) => Cell::OddInteger(base + at, i),
            plain => plain,
        }));
        self.replaced |= other.replaced;
    }

    /// The finished column over `rows` rows.
    pub fn finish(mut self, name: String, rows: u32) -> Column {
        if rows > SMALL && self.rows.len() < (rows / SPARSE) as usize {
            let own: Vec<u32> = (0..self.rows.len() as u32).collect();
            let named = std::mem::replace(&mut self.rows, own);
            let data = self.finish_dense(name, named.len() as u32);
            return Column { sparse: Some(Sparse { rows: named, all: rows }), ..data };
        }
        self.finish_dense(name, rows)
    }

    fn finish_dense(self, name: String, rows: u32) -> Column {
        let count = |is: fn(&Cell) -> bool| self.cells.iter().filter(|c| is(c)).count();
        let texts = count(|c| matches!(c, Cell::Text(_)));
        let reals = count(|c| matches!(c, Cell::Real(..)));
        let booleans = count(|c| matches!(c, Cell::Boolean(_)));
        let integers = self.cells.len() - texts - reals - booleans;
        if self.cells.is_empty() || texts > 0 || (booleans > 0 && integers + reals > 0) {
            return self.finish_text(name, rows, texts);
        }
        let (kind, data) = if booleans > 0 {
            (
                FieldType::Boolean,
                ColumnData::Boolean(self.dense(rows, None, |c| match c {
                    Cell::Boolean(b) => Some(Some(b)),
                    _ => None,
                })),
            )
        } else if reals > 0 {
            (
                FieldType::Real,
                ColumnData::Real(self.dense(rows, f64::NAN, |c| match c {
                    Cell::Real(_, r) => Some(r),
                    Cell::Integer(i) | Cell::OddInteger(_, i) => Some(i as f64),
                    _ => None,
                })),
            )
        } else {
            let values = self.dense(rows, 0, |c| match c {
                Cell::Integer(i) | Cell::OddInteger(_, i) => Some(i),
                _ => None,
            });
            let mut known = Flags::lowered(values.len());
            self.rows.iter().for_each(|row| known.raise(*row as usize));
            (FieldType::Integer, ColumnData::Integer { values, known })
        };
        Column { name, kind, data, sparse: None }
    }

    fn finish_text(mut self, name: String, rows: u32, texts: usize) -> Column {
        let pure = texts == self.cells.len();
        if !pure || self.replaced {
            let mut mixed = Interner::default();
            for cell in &mut self.cells {
                let code = match *cell {
                    Cell::Text(code) => mixed.intern(self.texts.texts.get(code).unwrap_or("")),
                    Cell::Integer(i) => mixed.intern(&i.to_string()),
                    Cell::Real(at, r) => match self.literals.get(at) {
                        Some(literal) if !literal.is_empty() => mixed.intern(literal),
                        // Binary formats do not write digits.
                        _ => mixed.intern(&r.to_string()),
                    },
                    Cell::OddInteger(at, _) => mixed.intern(self.literals.get(at).unwrap_or("")),
                    Cell::Boolean(b) => mixed.intern(if b { "true" } else { "false" }),
                };
                *cell = Cell::Text(code);
            }
            self.texts = mixed;
        }
        let codes = self.dense(rows, MISSING_CODE, |c| match c {
            Cell::Text(code) => Some(code),
            _ => None,
        });
        let dates = pure && texts > 0 && self.texts.texts.iter().all(is_iso_date);
        let kind = if dates { FieldType::Date } else { FieldType::Text };
        Column { name, kind, data: ColumnData::Text { codes, dictionary: self.texts.texts }, sparse: None }
    }

    fn dense<T: Clone>(&self, rows: u32, missing: T, value: impl Fn(Cell) -> Option<T>) -> Vec<T> {
        let mut values = vec![missing; rows as usize];
        for (row, cell) in self.rows.iter().zip(&self.cells) {
            if let (Some(slot), Some(v)) = (values.get_mut(*row as usize), value(*cell)) {
                *slot = v;
            }
        }
        values
    }
}

/// Whether a whole number is written as Rust writes it: no leading zero, no plus, no `-0`.
fn is_plain(literal: &str) -> bool {
    matches!(literal.as_bytes(), [b'0'] | [b'-', b'1'..=b'9', ..] | [b'1'..=b'9', ..])
}

/// Whether a text is an ISO 8601 calendar date, with or without a time behind it.
fn is_iso_date(text: &str) -> bool {
    let b = text.as_bytes();
    let digits = |r: std::ops::Range<usize>| b.get(r).is_some_and(|s| s.iter().all(u8::is_ascii_digit));
    let number = |r: std::ops::Range<usize>| text.get(r).and_then(|s| s.parse::<u32>().ok()).unwrap_or(0);
    digits(0..4)
        && b.get(4) == Some(&b'-')
        && digits(5..7)
        && b.get(7) == Some(&b'-')
        && digits(8..10)
        && (1..=12).contains(&number(5..7))
        && (1..=31).contains(&number(8..10))
        && matches!(b.get(10), None | Some(b'T' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[(u32, Value<'_>, &str)]) -> Column {
        let mut builder = ColumnBuilder::default();
        for (row, value, literal) in values {
            builder.set(FeatureId::new(*row), *value, literal);
        }
        builder.finish("f".into(), 4)
    }

    #[test]
    fn missing_is_neither_zero_nor_empty() {
        let c = column(&[(0, Value::Integer(0), "0"), (2, Value::Integer(7), "7")]);
        assert_eq!(c.kind, FieldType::Integer);
        assert_eq!(c.value(FeatureId::new(0)), Value::Integer(0));
        assert_eq!(c.value(FeatureId::new(1)), Value::Missing);
        assert_eq!(c.missing(), 2);
        let t = column(&[(1, Value::Text(""), "")]);
        assert_eq!((t.value(FeatureId::new(1)), t.missing()), (Value::Text(""), 3));
    }

    #[test]
    fn a_mixture_keeps_what_the_file_wrote() {
        let c = column(&[(0, Value::Text("0012"), ""), (1, Value::Integer(12), "12"), (2, Value::Real(1.5), "1.50")]);
        assert_eq!(c.kind, FieldType::Text);
        assert_eq!(
            (c.value(FeatureId::new(0)), c.value(FeatureId::new(1)), c.value(FeatureId::new(2))),
            (Value::Text("0012"), Value::Text("12"), Value::Text("1.50"))
        );
    }

    #[test]
    fn a_column_of_few_values_keeps_only_those() {
        for values in [
            [Value::Text("a"), Value::Text("b")],
            [Value::Integer(0), Value::Integer(7)],
            [Value::Real(0.5), Value::Real(7.0)],
            [Value::Boolean(true), Value::Boolean(false)],
        ] {
            let mut builder = ColumnBuilder::default();
            builder.set(FeatureId::new(3), values[0], "0");
            builder.set(FeatureId::new(900), values[1], "7");
            let c = builder.finish("f".into(), 1000);
            assert!(c.sparse.is_some() && c.missing() == 998, "{c:?}");
            assert_eq!([3, 900].map(|r| c.value(FeatureId::new(r))), values);
            assert_eq!([0, 4, 899, 901, 1000].map(|r| c.value(FeatureId::new(r))), [Value::Missing; 5]);
        }
    }

    #[test]
    fn builders_filled_apart_join_as_one() {
        let mut first = ColumnBuilder::default();
        first.set(FeatureId::new(0), Value::Integer(7), "7");
        first.set(FeatureId::new(1), Value::Real(1.5), "1.50");
        let mut second = ColumnBuilder::default();
        second.set(FeatureId::new(0), Value::Text("7"), "");
        second.set(FeatureId::new(1), Value::Real(2.0), "2e0");
        first.append(second, 2);
        let c = first.finish("f".into(), 4);
        let texts: Vec<_> = (0..4).map(|r| c.value(FeatureId::new(r))).collect();
        assert_eq!(texts, [Value::Text("7"), Value::Text("1.50"), Value::Text("7"), Value::Text("2e0")]);
    }

    #[test]
    fn odd_whole_numbers_stay_numbers_until_a_text_comes() {
        assert_eq!(column(&[(0, Value::Integer(0), "-0")]).value(FeatureId::new(0)), Value::Integer(0));
        let c = column(&[(0, Value::Integer(0), "-0"), (1, Value::Text("x"), "")]);
        assert_eq!(c.value(FeatureId::new(0)), Value::Text("-0"));
    }

    #[test]
    fn a_repeated_key_replaces() {
        let c = column(&[(0, Value::Text("a"), ""), (0, Value::Integer(3), "3")]);
        assert_eq!((c.kind, c.value(FeatureId::new(0))), (FieldType::Integer, Value::Integer(3)));
    }

    #[test]
    fn dates_are_told_from_text() {
        assert_eq!(column(&[(0, Value::Text("2023-12-31"), "")]).kind, FieldType::Date);
        assert_eq!(column(&[(0, Value::Text("2023-13-31"), "")]).kind, FieldType::Text);
    }
}
