//! The table of a shapefile: dBASE III and later, FoxPro's types too. Names and texts stay bytes until their encoding is known; what
//! the header claims is never believed beyond the bytes that are there.

use crate::model::{FeatureId, Severity, Value};
use crate::read::batch::Batch;
use crate::read::dos::Letters;

/// Bytes of text by which an encoding is told.
const SAMPLE_BYTES: usize = 64 << 10;

/// A field of the table.
struct Field<'a> {
    name: &'a [u8],
    kind: u8,
    at: usize,
    length: usize,
    decimals: u8,
}

/// A table in its bytes.
pub(in crate::read) struct Table<'a> {
    bytes: &'a [u8],
    fields: Vec<Field<'a>>,
    first: usize,
    row_bytes: usize,
    rows: usize,
}

impl<'a> Table<'a> {
    /// The table that these bytes are.
    pub(in crate::read) fn new(bytes: &'a [u8]) -> Result<Self, String> {
        let number = |at: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
        let short = || "its table ends within its head".to_owned();
        let (first, row_bytes) = (number(8).ok_or_else(short)?, number(10).ok_or_else(short)?);
        let stated =
            bytes.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or_else(short)? as usize;
        let (mut fields, mut at, mut place) = (Vec::new(), 32, 1);
        while let Some(field) = bytes.get(at..at + 32) {
            if matches!(field.first(), Some(0x0D | 0)) || at + 32 > first {
                break;
            }
            let name = field.get(..11).unwrap_or(&[]);
            let name = name.split(|b| *b == 0).next().unwrap_or(&[]);
            let (kind, length, decimals) = (field[11], usize::from(field[16]), field[17]);
            // Texts beyond 255 bytes have the higher byte of their length where numbers have their decimals.
            let length = if kind == b'C' { length + (usize::from(decimals) << 8) } else { length };
            fields.push(Field { name, kind, at: place, length, decimals });
            place += length;
            at += 32;
        }
        if fields.is_empty() || row_bytes == 0 {
            return Err("its table has no columns".to_owned());
        }
        let there = bytes.len().saturating_sub(first) / row_bytes;
        Ok(Self { bytes, fields, first, row_bytes, rows: stated.min(there) })
    }

    /// How many rows are there.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The language byte of its head.
    pub(super) fn language(&self) -> u8 {
        self.bytes.get(29).copied().unwrap_or(0)
    }

    fn bytes_of(&self, row: usize) -> &'a [u8] {
        let at = self.first + row * self.row_bytes;
        self.bytes.get(at..(at + self.row_bytes).min(self.bytes.len())).unwrap_or(&[])
    }

    /// Whether a row was deleted and only not yet taken out.
    pub(super) fn is_deleted(&self, row: usize) -> bool {
        row < self.rows && self.bytes_of(row).first() == Some(&b'*')
    }

    /// Names and texts beyond ASCII, as they stand, one per line.
    pub(in crate::read) fn sample(&self) -> Vec<u8> {
        let mut sample = Vec::new();
        let mut add = |bytes: &[u8]| {
            if !bytes.is_ascii() {
                sample.extend_from_slice(bytes.trim_ascii_end());
                sample.push(b'\n');
            }
            sample.len() < SAMPLE_BYTES
        };
        self.fields.iter().for_each(|f| {
            add(f.name);
        });
        for row in 0..self.rows {
            let bytes = self.bytes_of(row);
            let texts = self.fields.iter().filter(|f| f.kind == b'C');
            if !texts.map(|f| bytes.get(f.at..f.at + f.length).unwrap_or(&[])).all(&mut add) {
                break;
            }
        }
        sample
    }

    /// Names of the fields; one that stands twice gets a number.
    pub(super) fn names(&self, letters: Letters) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            let name = decoded(letters, field.name).0.trim().to_owned();
            let mut own = name.clone();
            let mut n = 2;
            while names.contains(&own) {
                own = format!("{name}_{n}");
                n += 1;
            }
            names.push(own);
        }
        names
    }

    /// Puts a row into the feature that a batch is at; one beyond the last has no values.
    pub(super) fn row(&self, row: usize, names: &[String], letters: Letters, batch: &mut Batch) {
        if row >= self.rows {
            return;
        }
        let bytes = self.bytes_of(row);
        let feature = FeatureId::new(batch.row());
        batch.fields.next = 0;
        for (field, name) in self.fields.iter().zip(names) {
            let at = batch.fields.field(name);
            let raw = bytes.get(field.at..field.at + field.length).unwrap_or(&[]);
            let mut damaged = false;
            let text;
            let value = match field.kind {
                b'C' => {
                    let (own, is_damaged) = decoded(letters, raw);
                    (text, damaged) = (own, is_damaged);
                    let own = text.trim_end_matches([' ', '\0']).trim_start_matches('\0');
                    if own.trim().is_empty() { Value::Missing } else { Value::Text(own) }
                }
                b'N' | b'F' => number(raw, field.decimals),
                b'L' => match raw.first() {
                    Some(b'T' | b't' | b'Y' | b'y') => Value::Boolean(true),
                    Some(b'F' | b'f' | b'N' | b'n') => Value::Boolean(false),
                    _ => Value::Missing,
                },
                b'D' => {
                    text = date(raw);
                    if text.is_empty() { Value::Missing } else { Value::Text(&text) }
                }
                b'I' => {
                    raw.try_into().ok().map_or(Value::Missing, |b| Value::Integer(i64::from(i32::from_le_bytes(b))))
                }
                b'B' | b'O' if raw.len() == 8 => match raw.try_into().ok().map(f64::from_le_bytes) {
                    Some(n) if n.is_finite() => Value::Real(n),
                    _ => Value::Missing,
                },
                // Memos and pictures lie in another file, which nothing here needs.
                _ => Value::Missing,
            };
            let literal = if matches!(value, Value::Integer(_)) { "1" } else { "" };
            if let Some(builder) = batch.fields.builders.get_mut(at) {
                builder.set(feature, value, literal);
            }
            if damaged {
                batch.problem(Severity::Warning, "bad-utf8", "");
            }
        }
    }
}

/// Text of a field; a character that the end of the field cuts off is dropped, which is no damage.
fn decoded(letters: Letters, bytes: &[u8]) -> (String, bool) {
    let (text, is_damaged) = letters.decode(bytes);
    if !is_damaged {
        return (text.into_owned(), false);
    }
    for cut in 1..=3 {
        let Some(shorter) = bytes.len().checked_sub(cut).and_then(|n| bytes.get(..n)) else { break };
        let (text, is_damaged) = letters.decode(shorter);
        if !is_damaged {
            return (text.into_owned(), false);
        }
    }
    (text.into_owned(), true)
}

/// A number; blanks, asterisks and what is none stand for nothing.
fn number(raw: &[u8], decimals: u8) -> Value<'static> {
    let text = std::str::from_utf8(raw).unwrap_or("").trim_matches([' ', '\0']);
    if text.is_empty() || text.starts_with('*') {
        return Value::Missing;
    }
    if decimals == 0
        && let Ok(whole) = text.parse()
    {
        return Value::Integer(whole);
    }
    match fast_float2::parse::<f64, _>(text.replace(',', ".")) {
        Ok(n) if n.is_finite() => Value::Real(n),
        _ => Value::Missing,
    }
}

/// `20231105` as 2023-11-05.
fn date(raw: &[u8]) -> String {
    let text = std::str::from_utf8(raw).unwrap_or("").trim();
    match (text.get(..4), text.get(4..6), text.get(6..8)) {
        (Some(y), Some(m), Some(d))
            if text.len() == 8 && text != "00000000" && text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{y}-{m}-{d}")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_characters_numbers_and_dates() {
        let (gbk, ..) = encoding_rs::GB18030.encode("后沙涧村");
        assert_eq!(decoded(Letters::Web(encoding_rs::GB18030), &gbk[..7]), ("后沙涧".to_owned(), false));
        assert_eq!(
            decoded(Letters::Web(encoding_rs::UTF_8), "沟村".as_bytes().get(..5).unwrap_or(&[])),
            ("沟".to_owned(), false)
        );
        assert!(decoded(Letters::Web(encoding_rs::UTF_8), b"\xb4\xe5 village").1);
        assert_eq!(number(b"  12 ", 0), Value::Integer(12));
        assert_eq!(number(b" 110108029201", 0), Value::Integer(110_108_029_201));
        assert_eq!(number(b"1.50", 2), Value::Real(1.5));
        assert_eq!(number(b"1e+3", 0), Value::Real(1000.0));
        assert_eq!(number(b"*****", 0), Value::Missing);
        assert_eq!(date(b"20231105"), "2023-11-05");
        assert_eq!(date(b"        "), "");
    }
}
