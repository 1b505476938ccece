//! Attributes in columns: typed, text interned, missing apart from zero and from the empty string.

use super::FeatureId;
use std::borrow::Cow;

use super::{Flags, Texts};

/// Type of a field, as `check` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// Text, codes included.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Real,
    /// True or false.
    Boolean,
    /// ISO 8601 dates, kept as text.
    Date,
}

impl FieldType {
    /// Name in the JSON of `check`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }

    /// Whether the field can be classed by its size.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Real)
    }
}

/// One value of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Null or absent.
    Missing,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// True or false.
    Boolean(bool),
}

impl<'a> Value<'a> {
    /// The value as a number; `None` where it is missing or no number. Text is never read as a number.
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::Integer(i) => Some(i as f64),
            Self::Real(r) => Some(r),
            _ => None,
        }
    }

    /// The value as the file would write it; `None` where it is missing.
    pub fn to_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Missing => None,
            Self::Text(s) => Some(Cow::Borrowed(s)),
            Self::Integer(i) => Some(Cow::Owned(i.to_string())),
            Self::Real(r) => Some(Cow::Owned(r.to_string())),
            Self::Boolean(b) => Some(Cow::Borrowed(if b { "true" } else { "false" })),
        }
    }
}

/// Code of a missing text in [`ColumnData::Text`].
pub(super) const MISSING_CODE: u32 = u32::MAX;

/// Values of a column, one per feature.
#[derive(Clone, Debug)]
pub enum ColumnData {
    /// Interned text: a code per row into the dictionary.
    Text {
        /// Position in `dictionary`, or `u32::MAX` where missing.
        codes: Vec<u32>,
        /// Distinct texts, in order of first appearance.
        dictionary: Texts,
    },
    /// Whole numbers.
    Integer {
        /// A number per row; 0 where missing.
        values: Vec<i64>,
        /// Which rows have a value.
        known: Flags,
    },
    /// Numbers; NaN stands for missing, as JSON has none.
    Real(Vec<f64>),
    /// True or false.
    Boolean(Vec<Option<bool>>),
}

/// Rows of a column of which few have a value: its data hold those only.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse {
    /// Rows that have a value, rising.
    pub rows: Vec<u32>,
    /// Rows in all.
    pub all: u32,
}

/// A field over all features.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name as the file has it.
    pub name: String,
    /// Type.
    pub kind: FieldType,
    /// Values: of all rows, or of those that `sparse` names.
    pub data: ColumnData,
    /// Where few rows have a value, so that a file of a thousand fields that one feature each has takes no more than its cells.
    pub sparse: Option<Sparse>,
}

impl Column {
    /// The value of one row; missing beyond the last.
    pub fn value(&self, row: FeatureId) -> Value<'_> {
        let row = match &self.sparse {
            None => row.index(),
            Some(sparse) => match sparse.rows.binary_search(&row.number()) {
                Ok(at) => at,
                Err(_) => return Value::Missing,
            },
        };
        match &self.data {
            ColumnData::Text { codes, dictionary } => {
                codes.get(row).and_then(|&code| dictionary.get(code)).map_or(Value::Missing, Value::Text)
            }
            ColumnData::Integer { values, known } => match values.get(row) {
                Some(&value) if known.is_raised(row) => Value::Integer(value),
                _ => Value::Missing,
            },
            ColumnData::Real(values) => match values.get(row) {
                Some(v) if !v.is_nan() => Value::Real(*v),
                _ => Value::Missing,
            },
            ColumnData::Boolean(values) => values.get(row).copied().flatten().map_or(Value::Missing, Value::Boolean),
        }
    }

    /// How many rows have no value.
    pub fn missing(&self) -> usize {
        let not_named = self.sparse.as_ref().map_or(0, |s| (s.all as usize).saturating_sub(s.rows.len()));
        not_named
            + match &self.data {
                ColumnData::Text { codes, .. } => codes.iter().filter(|&&c| c == MISSING_CODE).count(),
                ColumnData::Integer { values, known } => values.len().saturating_sub(known.count()),
                ColumnData::Real(values) => values.iter().filter(|v| v.is_nan()).count(),
                ColumnData::Boolean(values) => values.iter().filter(|v| v.is_none()).count(),
            }
    }
}

/// All attributes of a dataset.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Fields in order of first appearance.
    pub columns: Vec<Column>,
    /// Number of rows, equal to the number of features.
    pub rows: u32,
}

impl Table {
    /// Position of the field with exactly this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// A value; missing where row or column does not exist.
    pub fn value(&self, row: FeatureId, column: usize) -> Value<'_> {
        self.columns.get(column).map_or(Value::Missing, |c| c.value(row))
    }
}
