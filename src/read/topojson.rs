//! TopoJSON: shared arcs, quantised or not, back into the rings of each feature.
//!
//! # References
//! Bostock, M., Metcalf, C. The TopoJSON Format Specification, version 1. <https://github.com/topojson/topojson-specification>

use std::ops::Range;

use super::batch::{Batch, clipped};
use super::cursor::{Cursor, Step, Syntax};
use super::geometry::{Mark, end_part, end_ring, next_ring};
use crate::model::{GeometryKind, PartKind, Severity};

/// How deep geometry collections may lie in one another.
const DEEPEST: usize = 32;

/// The arcs of a topology, and what turns their numbers into degrees.
pub(super) struct Topology<'a> {
    text: &'a [u8],
    arcs: Vec<[f64; 2]>,
    /// The height of each position of the arcs, NaN where it has none; empty where none has.
    heights: Vec<f64>,
    /// Arc `i` is `arcs[starts[i]..starts[i + 1]]`.
    starts: Vec<usize>,
    /// Scale and translation of quantised positions.
    transform: Option<[[f64; 2]; 2]>,
    /// Positions that may be made in all: arcs can be used any number of times, memory cannot.
    limit: usize,
}

impl<'a> Topology<'a> {
    /// Reads arcs and transform.
    pub(super) fn new(text: &'a [u8], arcs: Range<usize>, transform: Option<Range<usize>>) -> Step<Self> {
        let transform = transform.and_then(|at| transform_of(text.get(at)?));
        let limit = text.len() + (1 << 20);
        let mut topology = Self { text, arcs: Vec::new(), heights: Vec::new(), starts: vec![0], transform, limit };
        let mut cursor = Cursor { text, at: arcs.start };
        cursor.expect(b'[')?;
        while cursor.next_element()? {
            cursor.expect(b'[')?;
            let mut last = [0.0, 0.0];
            while cursor.next_element()? {
                // Heights are not quantised: the specification's transform has two dimensions.
                let ([x, y], height) = position(&mut cursor)?;
                let place = match topology.transform {
                    Some([scale, shift]) => {
                        last = [last[0] + x, last[1] + y];
                        [last[0] * scale[0] + shift[0], last[1] * scale[1] + shift[1]]
                    }
                    None => [x, y],
                };
                topology.arcs.push(place);
                if height.is_finite() {
                    topology.heights.resize(topology.arcs.len() - 1, f64::NAN);
                    topology.heights.push(height);
                }
            }
            topology.starts.push(topology.arcs.len());
        }
        if !topology.heights.is_empty() {
            topology.heights.resize(topology.arcs.len(), f64::NAN);
        }
        Ok(topology)
    }

    /// Reads all objects into the batch; gives their names.
    pub(super) fn objects(&self, objects: Range<usize>, batch: &mut Batch) -> Step<Vec<String>> {
        let mut cursor = Cursor { text: self.text, at: objects.start };
        let mut names = Vec::new();
        cursor.expect(b'{')?;
        while let Some(name) = cursor.next_key()? {
            names.push(String::from_utf8_lossy(name.bytes).into_owned());
            let start = cursor;
            match self.members_of_collection(&mut cursor)? {
                Some(mut members) => {
                    members.expect(b'[')?;
                    while members.next_element()? {
                        self.feature(&mut members, batch)?;
                    }
                }
                None => {
                    cursor = start;
                    self.feature(&mut cursor, batch)?;
                }
            }
        }
        Ok(names)
    }

    /// Steps over an object; where it is a GeometryCollection, gives the place of its members.
    fn members_of_collection(&self, cursor: &mut Cursor<'a>) -> Step<Option<Cursor<'a>>> {
        if cursor.peek() != Some(b'{') {
            return cursor.skip_value().map(|_| None);
        }
        cursor.at += 1;
        let (mut is, mut members) = (false, None);
        while let Some(key) = cursor.next_key()? {
            match key.bytes {
                b"type" if cursor.peek() == Some(b'"') => is = cursor.string()?.bytes == b"GeometryCollection",
                b"geometries" => {
                    cursor.peek();
                    members = Some(*cursor);
                    cursor.skip_value()?;
                }
                _ => {
                    cursor.skip_value()?;
                }
            }
        }
        Ok(members.filter(|_| is))
    }

    fn feature(&self, cursor: &mut Cursor<'a>, batch: &mut Batch) -> Step<()> {
        let mark = Mark::of(&batch.geometry);
        let before = batch.geometry.coords.len();
        let kind = self.geometry(cursor, batch, 0)?;
        let is_tall = batch.geometry.heights.len() > before;
        batch.finish(kind, mark, is_tall);
        Ok(())
    }

    fn geometry(&self, cursor: &mut Cursor<'a>, batch: &mut Batch, depth: usize) -> Step<GeometryKind> {
        if cursor.peek() != Some(b'{') || depth > DEEPEST {
            let nested = cursor.peek() == Some(b'{');
            cursor.skip_value()?;
            let (code, detail) =
                if nested { ("nested-too-deep", DEEPEST.to_string()) } else { ("not-an-object", String::new()) };
            batch.problem(Severity::Error, code, detail);
            return Ok(GeometryKind::Null);
        }
        cursor.at += 1;
        let (mut name, mut is_null, mut places, mut members) = (None, false, None, None);
        while let Some(key) = cursor.next_key()? {
            match (key.bytes, cursor.peek()) {
                (b"type", Some(b'"')) => name = Some(cursor.string()?),
                (b"type", _) => is_null = cursor.token()? == b"null",
                (b"properties", _) if depth == 0 => batch.properties(cursor)?,
                (b"id", _) if depth == 0 => batch.id(cursor)?,
                (b"arcs" | b"coordinates", _) => {
                    places = Some(*cursor);
                    cursor.skip_value()?;
                }
                (b"geometries", _) => {
                    members = Some(*cursor);
                    cursor.skip_value()?;
                }
                _ => {
                    cursor.skip_value()?;
                }
            }
        }
        let name = String::from_utf8_lossy(name.map_or(&[][..], |n| n.bytes));
        let Some(kind) = GeometryKind::from_name(&name) else {
            match is_null {
                true => batch.problem(Severity::Info, "null-geometry", ""),
                false => batch.problem(Severity::Error, "unknown-geometry-type", clipped(&name)),
            }
            return Ok(GeometryKind::Null);
        };
        let place = if kind == GeometryKind::GeometryCollection { members } else { places };
        let Some(mut place) = place else {
            batch.problem(Severity::Error, "bad-coordinates", cursor.at.to_string());
            return Ok(GeometryKind::Null);
        };
        if kind == GeometryKind::GeometryCollection {
            place.expect(b'[')?;
            while place.next_element()? {
                self.geometry(&mut place, batch, depth + 1)?;
            }
            return Ok(kind);
        }
        let mark = Mark::of(&batch.geometry);
        let bad = match self.parts(&mut place, kind, batch) {
            Ok(None) => return Ok(kind),
            Ok(Some((code, detail))) => (code, detail),
            Err(Syntax { at }) => ("bad-coordinates", at.to_string()),
        };
        mark.roll_back(&mut batch.geometry);
        batch.problem(Severity::Error, bad.0, bad.1);
        Ok(GeometryKind::Null)
    }

    /// Reads arcs or positions; gives code and detail of what is wrong with them.
    fn parts(
        &self,
        cursor: &mut Cursor<'a>,
        kind: GeometryKind,
        batch: &mut Batch,
    ) -> Step<Option<(&'static str, String)>> {
        let mut bad = None;
        match kind {
            GeometryKind::Point => self.point(cursor, batch)?,
            GeometryKind::MultiPoint => each(cursor, |c| self.point(c, batch))?,
            GeometryKind::LineString => self.rings(cursor, PartKind::Line, false, batch, &mut bad)?,
            GeometryKind::MultiLineString => each(cursor, |c| self.rings(c, PartKind::Line, false, batch, &mut bad))?,
            GeometryKind::Polygon => self.rings(cursor, PartKind::Polygon, true, batch, &mut bad)?,
            GeometryKind::MultiPolygon => each(cursor, |c| self.rings(c, PartKind::Polygon, true, batch, &mut bad))?,
            GeometryKind::Null | GeometryKind::GeometryCollection => {}
        }
        Ok(bad)
    }

    fn point(&self, cursor: &mut Cursor<'a>, batch: &mut Batch) -> Step<()> {
        let ([x, y], height) = position(cursor)?;
        let place = self.transform.map_or([x, y], |[scale, shift]| [x * scale[0] + shift[0], y * scale[1] + shift[1]]);
        let ring = next_ring(&batch.geometry);
        batch.geometry.coords.push(place);
        if height.is_finite() {
            batch.geometry.set_height(height);
        }
        end_ring(&mut batch.geometry);
        end_part(&mut batch.geometry, PartKind::Point, ring);
        Ok(())
    }

    fn rings(
        &self,
        cursor: &mut Cursor<'a>,
        kind: PartKind,
        nested: bool,
        batch: &mut Batch,
        bad: &mut Option<(&'static str, String)>,
    ) -> Step<()> {
        let first = next_ring(&batch.geometry);
        if nested {
            each(cursor, |c| self.ring(c, batch, bad))?;
        } else {
            self.ring(cursor, batch, bad)?;
        }
        if next_ring(&batch.geometry) > first {
            end_part(&mut batch.geometry, kind, first);
        }
        Ok(())
    }

    /// Joins arcs end to end; the position they share is kept once.
    fn ring(&self, cursor: &mut Cursor<'a>, batch: &mut Batch, bad: &mut Option<(&'static str, String)>) -> Step<()> {
        let start = batch.geometry.coords.len();
        each(cursor, |c| {
            let index = c.number()?;
            let forward = if index < 0.0 { -1.0 - index } else { index };
            let at = forward as usize;
            let range = self.starts.get(at).zip(self.starts.get(at + 1)).map(|(s, e)| *s..*e);
            let heights = range.clone().and_then(|r| self.heights.get(r)).unwrap_or(&[]);
            let arc = range.and_then(|r| self.arcs.get(r)).filter(|_| forward.fract() == 0.0);
            let Some(arc) = arc else {
                bad.get_or_insert(("bad-arc", index.to_string()));
                return Ok(());
            };
            let coords = &mut batch.geometry.coords;
            if coords.len() + arc.len() > self.limit {
                bad.get_or_insert(("too-many-vertices", self.limit.to_string()));
                return Ok(());
            }
            let skip = usize::from(coords.len() > start);
            let before = coords.len();
            if index < 0.0 {
                coords.extend(arc.iter().rev().skip(skip));
            } else {
                coords.extend(arc.iter().skip(skip));
            }
            if heights.iter().any(|h| h.is_finite()) {
                let store = &mut batch.geometry;
                match index < 0.0 {
                    true => store.set_heights(before, heights.iter().rev().skip(skip).copied()),
                    false => store.set_heights(before, heights.iter().skip(skip).copied()),
                }
            }
            Ok(())
        })?;
        if batch.geometry.coords.len() > start {
            end_ring(&mut batch.geometry);
        }
        Ok(())
    }
}

/// Every element of an array.
fn each<'a>(cursor: &mut Cursor<'a>, mut f: impl FnMut(&mut Cursor<'a>) -> Step<()>) -> Step<()> {
    cursor.expect(b'[')?;
    while cursor.next_element()? {
        f(cursor)?;
    }
    Ok(())
}

/// Two numbers, and a height, which is NaN where there is none; any more are left out.
fn position(cursor: &mut Cursor<'_>) -> Step<([f64; 2], f64)> {
    cursor.expect(b'[')?;
    let x = cursor.number()?;
    cursor.expect(b',')?;
    let y = cursor.number()?;
    let mut height = f64::NAN;
    let mut n = 2;
    while cursor.next_element()? {
        let token = cursor.token()?;
        if n == 2 {
            height = std::str::from_utf8(token).ok().and_then(|t| t.trim().parse().ok()).unwrap_or(f64::NAN);
        }
        n += 1;
    }
    Ok(([x, y], height))
}

fn transform_of(text: &[u8]) -> Option<[[f64; 2]; 2]> {
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    let pair = |key: &str| Some([value.get(key)?.get(0)?.as_f64()?, value.get(key)?.get(1)?.as_f64()?]);
    Some([pair("scale")?, pair("translate")?])
}
