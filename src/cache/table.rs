//! Attributes in the cache.

use std::io;

use serde::{Deserialize, Serialize};

use super::container::{Reader, Writer};
use crate::model::{Column, ColumnData, FieldType, Flags, Sparse, Table, Texts};

/// A column: its name, its type, and how its values are kept.
#[derive(Serialize, Deserialize)]
struct Field {
    name: String,
    kind: String,
    values: String,
    /// Whether it keeps only the rows that have a value.
    #[serde(default)]
    sparse: bool,
}

const KINDS: [FieldType; 5] =
    [FieldType::Text, FieldType::Integer, FieldType::Real, FieldType::Boolean, FieldType::Date];

/// Writes a table.
pub(super) fn write(table: &Table, out: &mut Writer) -> io::Result<()> {
    let values = |data: &ColumnData| match data {
        ColumnData::Text { .. } => "text",
        ColumnData::Integer { .. } => "integer",
        ColumnData::Real(_) => "real",
        ColumnData::Boolean(_) => "boolean",
    };
    let field = |c: &Column| Field {
        name: c.name.clone(),
        kind: c.kind.name().to_owned(),
        values: values(&c.data).to_owned(),
        sparse: c.sparse.is_some(),
    };
    out.json("fields", &table.columns.iter().map(field).collect::<Vec<Field>>())?;
    for (i, column) in table.columns.iter().enumerate() {
        if let Some(sparse) = &column.sparse {
            out.plain(format!("{i} rows"), &sparse.rows)?;
        }
        match &column.data {
            ColumnData::Text { codes, dictionary } => {
                let (bytes, ends) = dictionary.parts();
                out.plain(format!("{i} codes"), codes)?;
                out.plain(format!("{i} bytes"), bytes.as_bytes())?;
                out.mapped(format!("{i} ends"), ends, |end| *end as u64)?;
            }
            ColumnData::Integer { values, known } => {
                out.plain(format!("{i} values"), values)?;
                out.plain(format!("{i} known"), known.words())?;
            }
            ColumnData::Real(values) => out.plain(format!("{i} values"), values)?,
            ColumnData::Boolean(values) => {
                out.mapped(format!("{i} values"), values, |v| v.map_or(2_u8, u8::from))?;
            }
        }
    }
    Ok(())
}

/// Reads a table of so many rows; `None` where it is not whole or a code leads nowhere.
pub(super) fn read<H: Sync>(from: &Reader<H>, rows: u32) -> Option<Table> {
    let fields: Vec<Field> = from.json("fields")?;
    let mut columns = Vec::with_capacity(fields.len());
    for (i, field) in fields.into_iter().enumerate() {
        let kind = *KINDS.iter().find(|k| k.name() == field.kind)?;
        let sparse = match field.sparse {
            false => None,
            true => {
                let named: Vec<u32> = from.plain(&format!("{i} rows"))?;
                (named.is_sorted_by(|a, b| a < b) && named.last().is_none_or(|last| *last < rows)).then_some(())?;
                Some(Sparse { rows: named, all: rows })
            }
        };
        let count = sparse.as_ref().map_or(rows as usize, |s| s.rows.len());
        let all = |length: usize| (length == count).then_some(());
        let data = match field.values.as_str() {
            "text" => {
                let bytes = String::from_utf8(from.plain(&format!("{i} bytes"))?).ok()?;
                let ends = from.mapped(&format!("{i} ends"), 0, |end: u64| usize::try_from(end).ok())?;
                let dictionary = Texts::from_parts(bytes, ends)?;
                let codes: Vec<u32> = from.plain(&format!("{i} codes"))?;
                let leads = |code: &u32| *code == u32::MAX || (*code as usize) < dictionary.len();
                (codes.iter().all(leads) && matches!(kind, FieldType::Text | FieldType::Date)).then_some(())?;
                all(codes.len())?;
                ColumnData::Text { codes, dictionary }
            }
            "integer" if kind == FieldType::Integer => {
                let values: Vec<i64> = from.plain(&format!("{i} values"))?;
                let known = Flags::from_words(from.plain(&format!("{i} known"))?);
                all(values.len())?;
                (known.words().len() == values.len().div_ceil(64)).then_some(())?;
                ColumnData::Integer { values, known }
            }
            "real" if kind == FieldType::Real => {
                let values: Vec<f64> = from.plain(&format!("{i} values"))?;
                all(values.len())?;
                ColumnData::Real(values)
            }
            "boolean" if kind == FieldType::Boolean => {
                let flag = |v: u8| match v {
                    0 => Some(Some(false)),
                    1 => Some(Some(true)),
                    2 => Some(None),
                    _ => None,
                };
                let values = from.mapped(&format!("{i} values"), None, flag)?;
                all(values.len())?;
                ColumnData::Boolean(values)
            }
            _ => return None,
        };
        columns.push(Column { name: field.name, kind, data, sparse });
    }
    Some(Table { columns, rows })
}
