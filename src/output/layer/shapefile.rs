//! A layer as a shapefile: one file for each kind of geometry, text in UTF-8 with its `.cpg`, names of fields shortened to what the format
//! can hold and still unlike one another.

use std::io;
use std::path::Path;

use super::{Outgoing, Written};
use crate::model::{Column, FeatureId, FieldType, GeometryStore, PartKind, Value};
use crate::project::write_replacing;

/// Bytes of a field's name, and of a text.
const NAME_BYTES: usize = 10;
const TEXT_BYTES: usize = 254;

/// A kind of shapes: which parts it takes, its code, and what is put behind the name of its file where there are several.
const KINDS: [(PartKind, u32, &str); 3] =
    [(PartKind::Polygon, 5, ""), (PartKind::Line, 3, "_line"), (PartKind::Point, 1, "_point")];

pub(super) fn save(out: &Outgoing<'_>, to: &Path, written: &mut Written) -> io::Result<()> {
    let store = &out.dataset.geometry;
    let has = |kind: PartKind| store.parts.iter().any(|p| p.kind == kind);
    let mut kinds: Vec<&(PartKind, u32, &str)> = KINDS.iter().filter(|(kind, ..)| has(*kind)).collect();
    if kinds.is_empty() {
        kinds.push(&KINDS[0]);
    }
    written.files.clear();
    let fields = fields(&out.dataset.table.columns, written);
    for (at, (kind, code, suffix)) in kinds.iter().enumerate() {
        // Those without any geometry go with the first kind.
        let is_of = |f: &FeatureId| match store.parts_of(*f) {
            [] => at == 0,
            parts => parts.iter().any(|p| p.kind == *kind),
        };
        let rows: Vec<FeatureId> = out.features().filter(is_of).collect();
        let is_multipoint = *code == 1 && rows.iter().any(|f| store.parts_of(*f).len() > 1);
        let has_z = rows.iter().any(|f| store.has_heights(*f));
        let flat = rows.iter().filter(|f| !store.parts_of(**f).is_empty() && !store.has_heights(**f)).count();
        if has_z && flat > 0 {
            written.told.push(("height-zero", flat.to_string()));
        }
        let code = if is_multipoint { 8 } else { *code } + if has_z { 10 } else { 0 };
        let stem = to.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let path = if at == 0 { to.to_path_buf() } else { to.with_file_name(format!("{stem}{suffix}.shp")) };
        let (shp, shx) = shapes(store, &rows, *kind, code);
        write_replacing(&path, &shp)?;
        write_replacing(&path.with_extension("shx"), &shx)?;
        write_replacing(&path.with_extension("dbf"), &table(&out.dataset.table.columns, &fields, &rows))?;
        write_replacing(&path.with_extension("cpg"), b"UTF-8")?;
        let code = match &out.dataset.source.crs {
            crate::model::Crs::Geographic(code) => Some(*code),
            _ => out.system.epsg(),
        };
        match code.and_then(crate::geo::System::wkt_of) {
            Some(wkt) => write_replacing(&path.with_extension("prj"), wkt.as_bytes())?,
            // One of a file that stood here before would lie.
            None if at == 0 && out.system.epsg().is_none_or(|c| c != 4326) => {
                written.told.push(("no-system", out.system.name().to_owned()));
                remove(&path.with_extension("prj"))?;
            }
            None => remove(&path.with_extension("prj"))?,
        }
        written.files.push(path);
    }
    if kinds.len() > 1 {
        let names: Vec<String> = written
            .files
            .iter()
            .map(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default())
            .collect();
        written.told.push(("mixed", names.join(", ")));
    }
    Ok(())
}

/// Takes a file away, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// A field of the table: its name there, its kind, width and decimals.
struct Field {
    name: String,
    kind: u8,
    width: usize,
    decimals: usize,
}

fn fields(columns: &[Column], written: &mut Written) -> Vec<Field> {
    let (mut fields, mut shortened): (Vec<Field>, Vec<String>) = (Vec::new(), Vec::new());
    let mut cut = Vec::new();
    for column in columns {
        let name = short_name(&column.name, &fields);
        if name != column.name {
            shortened.push(format!("{} → {name}", column.name));
        }
        let longest = |of: &dyn Fn(Value<'_>) -> usize| {
            (0..).map(FeatureId::new).take(rows_of(column)).map(|f| of(column.value(f))).max().unwrap_or(1).max(1)
        };
        let (kind, width, decimals) = match column.kind {
            FieldType::Boolean => (b'L', 1, 0),
            FieldType::Integer => {
                (b'N', longest(&|v| if let Value::Integer(n) = v { n.to_string().len() } else { 1 }), 0)
            }
            FieldType::Real => (b'N', 24, 15),
            FieldType::Date if is_all_days(column) => (b'D', 8, 0),
            FieldType::Date | FieldType::Text => {
                let bytes = longest(&|v| if let Value::Text(t) = v { t.len() } else { 1 });
                if bytes > TEXT_BYTES {
                    cut.push(column.name.clone());
                }
                (b'C', bytes.min(TEXT_BYTES), 0)
            }
        };
        fields.push(Field { name, kind, width, decimals });
    }
    if fields.is_empty() {
        fields.push(Field { name: "id".into(), kind: b'N', width: 10, decimals: 0 });
    }
    if !shortened.is_empty() {
        written.told.push(("shortened", shortened.join(", ")));
    }
    if !cut.is_empty() {
        written.told.push(("cut", cut.join(", ")));
    }
    fields
}

/// A day as the format writes it, `20240131`, of `2024-01-31`; `None` for any other text.
fn day_digits(text: &str) -> Option<String> {
    let is_day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    is_day.then(|| text.replace('-', ""))
}

/// Whether a column of dates holds days only, none with an hour.
fn is_all_days(column: &Column) -> bool {
    let mut values = (0..).map(FeatureId::new).take(rows_of(column)).map(|f| column.value(f));
    values.all(|v| matches!(v, Value::Missing) || matches!(v, Value::Text(t) if day_digits(t).is_some()))
}

fn rows_of(column: &Column) -> usize {
    use crate::model::ColumnData;
    match (&column.sparse, &column.data) {
        (Some(sparse), _) => sparse.all as usize,
        (None, ColumnData::Text { codes, .. }) => codes.len(),
        (None, ColumnData::Integer { values, .. }) => values.len(),
        (None, ColumnData::Real(values)) => values.len(),
        (None, ColumnData::Boolean(values)) => values.len(),
    }
}

/// The beginning of a text that is at most so many bytes, no character cut.
fn clipped(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}

fn short_name(name: &str, before: &[Field]) -> String {
    let base = if name.trim().is_empty() { "field" } else { name };
    let is_free = |name: &str| !before.iter().any(|f| f.name.eq_ignore_ascii_case(name));
    let first = clipped(base, NAME_BYTES).to_owned();
    let numbered = (1..).map(|n| {
        let number = format!("_{n}");
        format!("{}{number}", clipped(base, NAME_BYTES - number.len()))
    });
    std::iter::once(first).chain(numbered).find(|n| is_free(n)).unwrap_or_default()
}

fn table(columns: &[Column], fields: &[Field], rows: &[FeatureId]) -> Vec<u8> {
    let row_bytes = 1 + fields.iter().map(|f| f.width).sum::<usize>();
    let head_bytes = 33 + 32 * fields.len();
    let mut out = Vec::with_capacity(head_bytes + row_bytes * rows.len() + 1);
    out.extend([3, 126, 1, 1]);
    out.extend((rows.len() as u32).to_le_bytes());
    out.extend((head_bytes as u16).to_le_bytes());
    out.extend((row_bytes as u16).to_le_bytes());
    out.resize(32, 0);
    for field in fields {
        let at = out.len();
        out.extend(field.name.as_bytes());
        out.resize(at + 11, 0);
        out.push(field.kind);
        out.extend([0; 4]);
        out.extend([field.width as u8, field.decimals as u8]);
        out.resize(at + 32, 0);
    }
    out.push(0x0D);
    for (number, row) in rows.iter().enumerate() {
        out.push(b' ');
        for (at, field) in fields.iter().enumerate() {
            let value = columns.get(at).map_or(Value::Integer(number as i64), |c| c.value(*row));
            let text = match value {
                Value::Missing => {
                    if field.kind == b'L' {
                        "?".to_owned()
                    } else {
                        String::new()
                    }
                }
                Value::Text(text) if field.kind == b'D' => day_digits(text).unwrap_or_default(),
                Value::Text(text) => clipped(text, field.width).to_owned(),
                Value::Integer(n) => n.to_string(),
                Value::Real(n) => real(n, field.width, field.decimals),
                Value::Boolean(b) => {
                    if b {
                        "T".to_owned()
                    } else {
                        "F".to_owned()
                    }
                }
            };
            let end = out.len() + field.width;
            if field.kind == b'N' {
                out.resize(end.saturating_sub(text.len()), b' ');
            }
            out.extend(text.as_bytes());
            out.resize(end, b' ');
        }
    }
    out.push(0x1A);
    out
}

/// A number in so many characters with as many decimals as fit.
fn real(n: f64, width: usize, decimals: usize) -> String {
    (0..=decimals).rev().map(|d| format!("{n:.d$}")).find(|t| t.len() <= width).unwrap_or_else(|| format!("{n:e}"))
}

/// The shapes of some features and the index of them.
fn shapes(store: &GeometryStore, rows: &[FeatureId], kind: PartKind, code: u32) -> (Vec<u8>, Vec<u8>) {
    let (mut shp, mut shx) = (vec![0; 100], vec![0; 100]);
    let mut all = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for (number, feature) in rows.iter().enumerate() {
        let content = shape(store, *feature, kind, code, &mut all);
        let words = (content.len() / 2) as u32;
        shx.extend(((shp.len() / 2) as u32).to_be_bytes());
        shx.extend(words.to_be_bytes());
        shp.extend((number as u32 + 1).to_be_bytes());
        shp.extend(words.to_be_bytes());
        shp.extend(content);
    }
    if all.iter().any(|v| !v.is_finite()) {
        all = [0.0; 4];
    }
    for file in [&mut shp, &mut shx] {
        let mut head = Vec::with_capacity(100);
        head.extend(9994_u32.to_be_bytes());
        head.resize(24, 0);
        head.extend(((file.len() / 2) as u32).to_be_bytes());
        head.extend(1000_u32.to_le_bytes());
        head.extend(code.to_le_bytes());
        all.iter().for_each(|v| head.extend(v.to_le_bytes()));
        head.resize(100, 0);
        if let Some(place) = file.get_mut(..100) {
            place.copy_from_slice(&head);
        }
    }
    (shp, shx)
}

fn shape(store: &GeometryStore, feature: FeatureId, kind: PartKind, code: u32, all: &mut [f64; 4]) -> Vec<u8> {
    let parts: Vec<_> = store.parts_of(feature).iter().filter(|p| p.kind == kind).collect();
    let mut rings: Vec<Vec<Place>> = Vec::new();
    for part in &parts {
        for number in part.ring_start..part.ring_end {
            let mut ring: Vec<Place> = store.ring_with_heights(number).collect();
            if kind == PartKind::Polygon {
                if ring.first().map(|p| p.0) != ring.last().map(|p| p.0) {
                    ring.extend(ring.first().copied());
                }
                // Outer rings clockwise, holes the other way round.
                if (doubled_area(&ring) > 0.0) == (number == part.ring_start) {
                    ring.reverse();
                }
            }
            rings.push(ring);
        }
    }
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for ([x, y], _) in rings.iter().flatten() {
        bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
    }
    if rings.iter().all(Vec::is_empty) {
        return 0_u32.to_le_bytes().to_vec();
    }
    *all = [all[0].min(bounds[0]), all[1].min(bounds[1]), all[2].max(bounds[2]), all[3].max(bounds[3])];
    let mut out = code.to_le_bytes().to_vec();
    let number = |v: f64, out: &mut Vec<u8>| out.extend(v.to_le_bytes());
    // The format has no sign for a height that is not known: positions without one among others with get 0.
    let heights = || rings.iter().flatten().map(|(_, height)| height.unwrap_or(0.0));
    let (flat, has_z) = if code > 10 { (code - 10, true) } else { (code, false) };
    if flat == 1 {
        rings.iter().flatten().take(1).for_each(|(at, _)| at.iter().for_each(|v| number(*v, &mut out)));
        if has_z {
            heights().take(1).chain([0.0]).for_each(|v| number(v, &mut out));
        }
        return out;
    }
    bounds.iter().for_each(|v| number(*v, &mut out));
    let count: usize = rings.iter().map(Vec::len).sum();
    if flat != 8 {
        out.extend((rings.len() as u32).to_le_bytes());
    }
    out.extend((count as u32).to_le_bytes());
    if flat != 8 {
        let mut start = 0_u32;
        for ring in &rings {
            out.extend(start.to_le_bytes());
            start += ring.len() as u32;
        }
    }
    rings.iter().flatten().for_each(|(at, _)| at.iter().for_each(|v| number(*v, &mut out)));
    if has_z {
        number(heights().fold(f64::INFINITY, f64::min), &mut out);
        number(heights().fold(f64::NEG_INFINITY, f64::max), &mut out);
        heights().for_each(|v| number(v, &mut out));
    }
    out
}

/// A position with its height.
type Place = ([f64; 2], Option<f64>);

fn doubled_area(ring: &[Place]) -> f64 {
    let [x0, y0] = ring.first().map(|p| p.0).unwrap_or_default();
    let pairs = ring.iter().map(|p| p.0).zip(ring.iter().skip(1).map(|p| p.0));
    pairs.map(|(a, b)| (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)).sum()
}
