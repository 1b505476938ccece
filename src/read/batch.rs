//! A run of consecutive features as flat buffers, filled by one thread.

use rustc_hash::FxHashMap;

use super::cursor::{Cursor, Step};
use super::text::{compact, decode};
use crate::model::{ColumnBuilder, FeatureId, FeatureShape, GeometryKind, GeometryStore, Problem, Severity, Value};

/// Levels of nesting kept in an attribute.
const DEEPEST: usize = 512;

/// Fields and their values.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) names: Vec<Box<str>>,
    pub(super) builders: Vec<ColumnBuilder>,
    lookup: FxHashMap<Box<str>, usize>,
    /// The field that followed this one in the feature before: mostly the one that follows now.
    pub(super) next: usize,
}

impl Fields {
    pub(super) fn field(&mut self, name: &str) -> usize {
        let field = if self.names.get(self.next).is_some_and(|n| &**n == name) {
            self.next
        } else if let Some(&field) = self.lookup.get(name) {
            field
        } else {
            self.names.push(name.into());
            self.builders.push(ColumnBuilder::default());
            self.lookup.insert(name.into(), self.names.len() - 1);
            self.names.len() - 1
        };
        self.next = field + 1;
        field
    }
}

/// Consecutive features, numbered from 0 within the batch.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) geometry: GeometryStore,
    pub(super) fields: Fields,
    /// The `id` members of the features.
    pub(super) ids: ColumnBuilder,
    /// Problems, features numbered within the batch.
    pub(super) problems: Vec<Problem>,
    /// How many features have heights.
    pub(super) tall: usize,
    /// Features left without geometry because their positions no longer fit 32-bit indexes.
    pub(super) left_out: usize,
    scratch: [String; 2],
}

impl Batch {
    /// Number of the feature that is being read.
    pub(super) fn row(&self) -> u32 {
        self.geometry.features.len() as u32
    }

    /// Notes a problem of the feature that is being read, once per code.
    pub(super) fn problem(&mut self, severity: Severity, code: &'static str, detail: impl Into<String>) {
        let feature = Some(FeatureId::new(self.row()));
        if !self.problems.iter().rev().take_while(|p| p.feature == feature).any(|p| p.code == code) {
            self.problems.push(Problem { severity, code, feature, detail: detail.into() });
        }
    }

    /// Ends the feature whose parts begin here.
    pub(super) fn end_feature(&mut self, kind: GeometryKind, part_start: usize) {
        let part_end = self.geometry.parts.len() as u32;
        self.geometry.features.push(FeatureShape { kind, part_start: part_start as u32, part_end });
    }

    /// Reads the value of `properties`.
    pub(super) fn properties(&mut self, cursor: &mut Cursor<'_>) -> Step<()> {
        match cursor.peek() {
            Some(b'{') => cursor.at += 1,
            Some(b'n') => return cursor.token().map(|_| ()),
            _ => {
                cursor.skip_value()?;
                self.problem(Severity::Warning, "bad-properties", "");
                return Ok(());
            }
        }
        self.fields.next = 0;
        while let Some(key) = cursor.next_key()? {
            let mut scratch = std::mem::take(&mut self.scratch);
            let mut damaged = false;
            let field = self.fields.field(decode(key, &mut scratch[0], &mut damaged));
            let done = self.value(cursor, &mut scratch[1], &mut damaged).map(|(value, literal)| {
                let row = self.row();
                if self
                    .fields
                    .builders
                    .get_mut(field)
                    .is_some_and(|builder| builder.set(FeatureId::new(row), value, literal))
                {
                    let name = self.fields.names.get(field).map_or_else(String::new, |n| clipped(n));
                    self.problem(Severity::Info, "duplicate-key", name);
                }
            });
            self.scratch = scratch;
            if damaged {
                self.problem(Severity::Warning, "bad-utf8", "");
            }
            done?;
        }
        Ok(())
    }

    /// Reads the value of a feature's `id`.
    pub(super) fn id(&mut self, cursor: &mut Cursor<'_>) -> Step<()> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut damaged = false;
        let done = self.value(cursor, &mut scratch[1], &mut damaged).map(|(value, literal)| {
            self.ids.set(FeatureId::new(self.row()), value, literal);
        });
        self.scratch = scratch;
        done
    }

    /// A value as a column takes it, and its literal.
    fn value<'s, 'a: 's>(
        &mut self,
        cursor: &mut Cursor<'a>,
        scratch: &'s mut String,
        damaged: &mut bool,
    ) -> Step<(Value<'s>, &'s str)> {
        match cursor.peek() {
            Some(b'"') => {
                let text = decode(cursor.string()?, scratch, damaged);
                return Ok((Value::Text(text), text));
            }
            Some(b'{' | b'[') => {
                let start = cursor.at;
                if cursor.skip_value()? > DEEPEST {
                    self.problem(Severity::Error, "nested-too-deep", DEEPEST.to_string());
                    return Ok((Value::Missing, ""));
                }
                let text = compact(cursor.text.get(start..cursor.at).unwrap_or(&[]), scratch, damaged);
                return Ok((Value::Text(text), text));
            }
            _ => {}
        }
        let start = cursor.at;
        let token = cursor.token()?;
        let literal = std::str::from_utf8(token).unwrap_or("");
        Ok((
            match token {
                b"null" => Value::Missing,
                b"true" => Value::Boolean(true),
                b"false" => Value::Boolean(false),
                [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => {
                    self.numeric(literal).ok_or(super::cursor::Syntax { at: start })?
                }
                b"NaN" | b"nan" | b"Infinity" | b"-Infinity" | b"inf" | b"-inf" | b"undefined" => {
                    self.problem(Severity::Warning, "not-a-number", literal);
                    Value::Missing
                }
                _ => return Err(super::cursor::Syntax { at: start }),
            },
            literal,
        ))
    }

    /// A number; whole numbers beyond 64 bits stay text, because they are codes.
    fn numeric<'s>(&mut self, literal: &'s str) -> Option<Value<'s>> {
        let digits = literal.strip_prefix('-').unwrap_or(literal);
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            return Some(literal.parse().map_or(Value::Text(literal), Value::Integer));
        }
        let value: f64 = fast_float2::parse(literal).ok()?;
        if value.is_infinite() {
            self.problem(Severity::Warning, "infinite-number", clipped(literal));
            return Some(Value::Missing);
        }
        Some(Value::Real(value))
    }
}

/// The beginning of a text that may be long, for a message.
pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}
