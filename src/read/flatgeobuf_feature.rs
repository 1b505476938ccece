//! One feature of a FlatGeobuf file into a batch. Whatever is wrong with it becomes a problem of that feature.

use flatgeobuf::{Column, ColumnType, Feature, Geometry, GeometryType};

use super::arcs::straightened;
use super::batch::Batch;
use super::geometry::{Mark, end_part, end_ring, next_ring};
use crate::model::{FeatureId, GeometryKind, GeometryStore, PartKind, Severity, Value};

/// How deep collections may lie in one another.
const DEEPEST: usize = 32;

/// Names and types of fields.
#[derive(Default)]
pub(super) struct Columns(Vec<(String, ColumnType)>);

impl Columns {
    pub(super) fn of<'a>(columns: impl Iterator<Item = Column<'a>>) -> Self {
        Self(columns.map(|c| (c.name().to_owned(), c.type_())).collect())
    }
}

/// Reads a feature; `None` stands for one that is not whole.
pub(super) fn feature(batch: &mut Batch, feature: Option<Feature<'_>>, columns: &Columns, kind: GeometryType) {
    let mark = Mark::of(&batch.geometry);
    let Some(feature) = feature else {
        batch.problem(Severity::Error, "damaged-feature", "");
        batch.finish(GeometryKind::Null, mark, false);
        return;
    };
    let mut tall = false;
    let kind = match feature.geometry().filter(|g| g.xy().is_some_and(|xy| !xy.is_empty()) || g.parts().is_some()) {
        None => {
            batch.problem(Severity::Info, "null-geometry", "");
            GeometryKind::Null
        }
        Some(geometry) => {
            let kind = if kind == GeometryType::Unknown { geometry.type_() } else { kind };
            tall = geometry.z().is_some_and(|z| !z.is_empty());
            match add(&mut batch.geometry, geometry, kind, 0) {
                Ok(kind) => kind,
                Err(what) => {
                    mark.roll_back(&mut batch.geometry);
                    let (code, detail) = what;
                    batch.problem(Severity::Error, code, detail);
                    GeometryKind::Null
                }
            }
        }
    };
    let own = feature.columns().map(|c| Columns::of(c.iter()));
    let bytes = feature.properties().map_or(&[][..], |p| p.bytes());
    if properties(batch, bytes, own.as_ref().unwrap_or(columns)).is_none() {
        batch.problem(Severity::Warning, "bad-properties", "");
    }
    batch.finish(kind, mark, tall);
}

type Wrong = (&'static str, String);

/// Adds a geometry; gives its kind.
fn add(store: &mut GeometryStore, g: Geometry<'_>, kind: GeometryType, depth: usize) -> Result<GeometryKind, Wrong> {
    if depth > DEEPEST {
        return Err(("nested-too-deep", DEEPEST.to_string()));
    }
    let bad = || ("damaged-feature", String::new());
    // A single kind with several parts is a multiple one.
    let several = |store: &GeometryStore, before: usize| store.parts.len() > before + 1;
    let before = store.parts.len();
    Ok(match kind {
        GeometryType::Point | GeometryType::MultiPoint => {
            for (i, at) in positions(&g).enumerate() {
                let ring = next_ring(store);
                store.coords.push(at);
                heights(store, &g, i..i + 1);
                end_ring(store);
                end_part(store, PartKind::Point, ring);
            }
            let one = kind == GeometryType::Point && !several(store, before);
            if one { GeometryKind::Point } else { GeometryKind::MultiPoint }
        }
        GeometryType::LineString | GeometryType::MultiLineString => {
            let mut all = positions(&g);
            for range in rings(&g).ok_or_else(bad)? {
                let ring = next_ring(store);
                store.coords.extend(all.by_ref().take(range.len()));
                heights(store, &g, range);
                end_ring(store);
                end_part(store, PartKind::Line, ring);
            }
            let one = kind == GeometryType::LineString && !several(store, before);
            if one { GeometryKind::LineString } else { GeometryKind::MultiLineString }
        }
        GeometryType::Polygon => {
            polygon(store, &g).ok_or_else(bad)?;
            GeometryKind::Polygon
        }
        GeometryType::MultiPolygon => {
            match g.parts() {
                Some(parts) => parts.iter().try_for_each(|part| polygon(store, &part)).ok_or_else(bad)?,
                None => polygon(store, &g).ok_or_else(bad)?,
            }
            GeometryKind::MultiPolygon
        }
        GeometryType::GeometryCollection => {
            for part in g.parts().into_iter().flatten() {
                add(store, part, part.type_(), depth + 1)?;
            }
            GeometryKind::GeometryCollection
        }
        GeometryType::CircularString | GeometryType::CompoundCurve => {
            curve(store, &g, kind, depth).ok_or_else(bad)?;
            GeometryKind::LineString
        }
        GeometryType::MultiCurve => {
            for part in g.parts().into_iter().flatten() {
                curve(store, &part, part.type_(), depth + 1).ok_or_else(bad)?;
            }
            GeometryKind::MultiLineString
        }
        GeometryType::CurvePolygon => {
            curve_polygon(store, &g).ok_or_else(bad)?;
            GeometryKind::Polygon
        }
        GeometryType::MultiSurface => {
            for part in g.parts().into_iter().flatten() {
                match part.type_() {
                    GeometryType::CurvePolygon => curve_polygon(store, &part).ok_or_else(bad)?,
                    _ => polygon(store, &part).ok_or_else(bad)?,
                }
            }
            GeometryKind::MultiPolygon
        }
        other => return Err(("unknown-geometry-type", other.variant_name().unwrap_or("?").to_owned())),
    })
}

/// Adds a line that may be made of arcs, made straight; a height at control points is left out where there are arcs.
fn curve(store: &mut GeometryStore, g: &Geometry<'_>, kind: GeometryType, depth: usize) -> Option<()> {
    let ring = next_ring(store);
    curve_positions(store, g, kind, depth)?;
    if store.coords.len() > store.ring_starts.last().map_or(0, |s| *s as usize) {
        end_ring(store);
        end_part(store, PartKind::Line, ring);
    }
    Some(())
}

/// A polygon whose rings are lines of any kind.
fn curve_polygon(store: &mut GeometryStore, g: &Geometry<'_>) -> Option<()> {
    let first = next_ring(store);
    for part in g.parts()?.iter() {
        curve_positions(store, &part, part.type_(), 0)?;
        if store.coords.len() > store.ring_starts.last().map_or(0, |s| *s as usize) {
            end_ring(store);
        }
    }
    if next_ring(store) > first {
        end_part(store, PartKind::Polygon, first);
    }
    Some(())
}

/// Adds the positions along a line, without ending it; the first is left out where the line before ended there.
fn curve_positions(store: &mut GeometryStore, g: &Geometry<'_>, kind: GeometryType, depth: usize) -> Option<()> {
    if depth > DEEPEST {
        return None;
    }
    let own: Vec<[f64; 2]> = match kind {
        GeometryType::CompoundCurve => {
            return g.parts()?.iter().try_for_each(|part| curve_positions(store, &part, part.type_(), depth + 1));
        }
        GeometryType::CircularString => straightened(&positions(g).collect::<Vec<_>>(), false),
        GeometryType::LineString => positions(g).collect(),
        _ => return None,
    };
    let start = store.ring_starts.last().map_or(0, |s| *s as usize);
    let is_joined = store.coords.len() > start && store.coords.last() == own.first();
    store.coords.extend(own.into_iter().skip(usize::from(is_joined)));
    Some(())
}

fn polygon(store: &mut GeometryStore, g: &Geometry<'_>) -> Option<()> {
    let first = next_ring(store);
    let mut all = positions(g);
    for range in rings(g)? {
        store.coords.extend(all.by_ref().take(range.len()));
        heights(store, g, range);
        end_ring(store);
    }
    if next_ring(store) > first {
        end_part(store, PartKind::Polygon, first);
    }
    Some(())
}

/// Gives the positions added last the heights of this range.
fn heights(store: &mut GeometryStore, g: &Geometry<'_>, range: std::ops::Range<usize>) {
    let Some(z) = g.z().filter(|z| range.end <= z.len()) else { return };
    let first = store.coords.len().saturating_sub(range.len());
    store.set_heights(first, range.map(|i| z.get(i)));
}

/// Positions one behind the other.
fn positions<'a>(g: &Geometry<'a>) -> impl Iterator<Item = [f64; 2]> + use<'a> {
    let bytes = g.xy().map_or(&[][..], |xy| xy.bytes());
    bytes.as_chunks::<16>().0.iter().map(|pair| {
        let number = |half: &[u8]| f64::from_le_bytes(half.try_into().unwrap_or([0; 8]));
        let (x, y) = pair.split_at(8);
        [number(x), number(y)]
    })
}

/// The rings or lines among the positions; `None` where their ends are not in order.
fn rings(g: &Geometry<'_>) -> Option<Vec<std::ops::Range<usize>>> {
    let count = g.xy().map_or(0, |xy| xy.len() / 2);
    let ends: Vec<usize> = match g.ends().filter(|e| !e.is_empty()) {
        Some(ends) => ends.iter().map(|e| e as usize).collect(),
        None => vec![count],
    };
    let mut start = 0;
    let mut found = Vec::with_capacity(ends.len());
    for end in ends {
        (start <= end && end <= count).then_some(())?;
        if end > start {
            found.push(start..end);
        }
        start = end;
    }
    (start == count).then_some(found)
}

/// Reads fields: the number of a column, its value, and so on. `None` where the bytes end early or name no column.
fn properties(batch: &mut Batch, mut bytes: &[u8], columns: &Columns) -> Option<()> {
    let row = batch.row();
    batch.fields.next = 0;
    while !bytes.is_empty() {
        let number = u16::from_le_bytes(take(&mut bytes)?);
        let (name, kind) = columns.0.get(usize::from(number))?;
        let text;
        let value = match *kind {
            ColumnType::Byte => Value::Integer(i64::from(i8::from_le_bytes(take(&mut bytes)?))),
            ColumnType::UByte => Value::Integer(i64::from(u8::from_le_bytes(take(&mut bytes)?))),
            ColumnType::Bool => Value::Boolean(u8::from_le_bytes(take(&mut bytes)?) != 0),
            ColumnType::Short => Value::Integer(i64::from(i16::from_le_bytes(take(&mut bytes)?))),
            ColumnType::UShort => Value::Integer(i64::from(u16::from_le_bytes(take(&mut bytes)?))),
            ColumnType::Int => Value::Integer(i64::from(i32::from_le_bytes(take(&mut bytes)?))),
            ColumnType::UInt => Value::Integer(i64::from(u32::from_le_bytes(take(&mut bytes)?))),
            ColumnType::Long => Value::Integer(i64::from_le_bytes(take(&mut bytes)?)),
            ColumnType::ULong => {
                let whole = u64::from_le_bytes(take(&mut bytes)?);
                text = whole.to_string();
                // Beyond 64 bits with a sign it is a code.
                i64::try_from(whole).map_or(Value::Text(&text), Value::Integer)
            }
            ColumnType::Float => real(f64::from(f32::from_le_bytes(take(&mut bytes)?))),
            ColumnType::Double => real(f64::from_le_bytes(take(&mut bytes)?)),
            ColumnType::String | ColumnType::Json | ColumnType::DateTime | ColumnType::Binary => {
                let length = u32::from_le_bytes(take(&mut bytes)?) as usize;
                let (own, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                if *kind == ColumnType::Binary {
                    continue;
                }
                match std::str::from_utf8(own) {
                    Ok(own) => Value::Text(own),
                    Err(_) => {
                        batch.problem(Severity::Warning, "bad-utf8", "");
                        text = String::from_utf8_lossy(own).into_owned();
                        Value::Text(&text)
                    }
                }
            }
            _ => return None,
        };
        let field = batch.fields.field(name);
        // A whole number is as Rust writes it; for others nothing is known of how they were written.
        let literal = if matches!(value, Value::Integer(_)) { "1" } else { "" };
        let replaced = batch
            .fields
            .builders
            .get_mut(field)
            .is_some_and(|builder| builder.set(FeatureId::new(row), value, literal));
        if replaced {
            batch.problem(Severity::Info, "duplicate-key", name.clone());
        }
    }
    Some(())
}

/// A number; what is not finite stands for nothing.
fn real(value: f64) -> Value<'static> {
    if value.is_finite() { Value::Real(value) } else { Value::Missing }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}
