//! One feature, or one bare geometry, from its bytes into a batch. Whatever is wrong with it becomes a problem of that
//! feature: it always takes one row.

use std::ops::Range;

use super::Progress;
use super::batch::{Batch, clipped};
use super::checks::inspect;
use super::cursor::{Cursor, Raw, Step, Syntax};
use super::geometry::{Mark, coordinates};
use crate::model::{GeometryKind, Severity};

/// How deep geometry collections may lie in one another.
const DEEPEST: usize = 32;

/// What the text of an item is expected to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// A feature.
    Feature,
    /// A feature or a geometry.
    FeatureOrGeometry,
}

impl Batch {
    /// Reads consecutive items of a text that begins at byte `base` of the file; `None` where the reading was cancelled.
    /// Positions go into `coords`, an empty buffer.
    pub(super) fn of_items(
        text: &[u8],
        base: usize,
        items: &[Range<usize>],
        expect: Expect,
        progress: &Progress,
        coords: Vec<[f64; 2]>,
    ) -> Option<Self> {
        let mut batch = Self::default();
        batch.geometry.coords = coords;
        let length = items.last().map_or(0, |r| r.end) - items.first().map_or(0, |r| r.start);
        // A position takes 20 to 45 bytes of text.
        batch.geometry.coords.reserve(length / 24);
        for range in items {
            if progress.is_cancelled() {
                return None;
            }
            batch.item(text.get(range.clone()).unwrap_or(&[]), base + range.start, expect);
        }
        progress.add(length);
        Some(batch)
    }

    /// Reads one item; `start` is the byte of the file where its text begins.
    pub(super) fn item(&mut self, text: &[u8], start: usize, expect: Expect) {
        let mark = Mark::of(&self.geometry);
        let mut tall = false;
        let mut cursor = Cursor::new(text);
        let kind = if cursor.peek() == Some(b'{') {
            let mut kind = GeometryKind::Null;
            if let Err(Syntax { at }) = self.feature(&mut cursor, &mut kind, &mut tall, start, expect) {
                self.problem(Severity::Error, "broken-json", (start + at).to_string());
            }
            kind
        } else {
            self.problem(
                Severity::Error,
                "not-an-object",
                clipped(&String::from_utf8_lossy(text.get(..200).unwrap_or(text))),
            );
            GeometryKind::Null
        };
        self.finish(kind, mark, tall);
    }

    /// Checks the geometry read since the mark and ends the feature.
    pub(super) fn finish(&mut self, kind: GeometryKind, mark: Mark, tall: bool) {
        self.tall += usize::from(tall);
        if kind != GeometryKind::Null && self.geometry.parts.len() == mark.part() {
            self.problem(Severity::Warning, "empty-geometry", kind.name());
        }
        let infinite = self
            .geometry
            .coords
            .get(mark.coord()..)
            .unwrap_or(&[])
            .iter()
            .any(|c| !(c[0].is_finite() && c[1].is_finite()));
        if infinite {
            mark.roll_back(&mut self.geometry);
            self.problem(Severity::Error, "infinite-number", "");
            self.end_feature(GeometryKind::Null, mark.part());
            return;
        }
        let mut found = Vec::new();
        inspect(&self.geometry, mark.part(), |severity, code, detail| found.push((severity, code, detail)));
        for (severity, code, detail) in found {
            self.problem(severity, code, detail);
        }
        self.end_feature(kind, mark.part());
    }

    fn feature(
        &mut self,
        cursor: &mut Cursor<'_>,
        kind: &mut GeometryKind,
        tall: &mut bool,
        start: usize,
        expect: Expect,
    ) -> Step<()> {
        cursor.expect(b'{')?;
        let mark = Mark::of(&self.geometry);
        let mut type_name: Option<Raw<'_>> = None;
        let mut geometry_seen = false;
        let mut bare = false;
        while let Some(key) = cursor.next_key()? {
            match key.bytes {
                b"type" if cursor.peek() == Some(b'"') => type_name = Some(cursor.string()?),
                b"geometry" => {
                    mark.roll_back(&mut self.geometry);
                    geometry_seen = true;
                    *kind = self.geometry(cursor, tall, start, 0)?;
                }
                b"properties" => self.properties(cursor)?,
                b"id" => self.id(cursor)?,
                b"coordinates" | b"geometries" => {
                    bare = true;
                    cursor.skip_value()?;
                }
                _ => {
                    cursor.skip_value()?;
                }
            }
        }
        let name = String::from_utf8_lossy(type_name.map_or(&[][..], |raw| raw.bytes));
        if name == "Feature" {
            if !geometry_seen {
                self.problem(Severity::Info, "null-geometry", "");
            }
            return Ok(());
        }
        if expect == Expect::Feature || GeometryKind::from_name(&name).is_none() {
            self.problem(Severity::Error, "not-a-feature", clipped(&name));
        }
        if bare && !geometry_seen {
            let mut again = Cursor::new(cursor.text);
            *kind = self.geometry(&mut again, tall, start, 0)?;
        }
        Ok(())
    }

    /// Reads a geometry object, or null; gives its kind. Only broken JSON is an error, anything else a problem.
    fn geometry(&mut self, cursor: &mut Cursor<'_>, tall: &mut bool, start: usize, depth: usize) -> Step<GeometryKind> {
        if cursor.peek() != Some(b'{') {
            let from = cursor.at;
            cursor.skip_value()?;
            match cursor.text.get(from..cursor.at) {
                Some(b"null") => self.problem(Severity::Info, "null-geometry", ""),
                other => {
                    let what = String::from_utf8_lossy(other.and_then(|o| o.get(..40).or(other)).unwrap_or(&[]));
                    self.problem(Severity::Error, "unknown-geometry-type", clipped(&what));
                }
            }
            return Ok(GeometryKind::Null);
        }
        if depth > DEEPEST {
            cursor.skip_value()?;
            self.problem(Severity::Error, "nested-too-deep", DEEPEST.to_string());
            return Ok(GeometryKind::Null);
        }
        cursor.at += 1;
        let mark = Mark::of(&self.geometry);
        let mut name: Option<Raw<'_>> = None;
        let (mut places, mut members) = (None, None);
        // What has been read into the buffers: from which byte and as which kind.
        let mut read = None;
        while let Some(key) = cursor.next_key()? {
            match key.bytes {
                b"type" if cursor.peek() == Some(b'"') => name = Some(cursor.string()?),
                b"coordinates" => {
                    cursor.peek();
                    places = Some(cursor.at);
                    mark.roll_back(&mut self.geometry);
                    read = match name.and_then(kind_of) {
                        Some(kind) => Some((cursor.at, kind, self.coordinates(cursor, kind, tall, start)?)),
                        None => {
                            cursor.skip_value()?;
                            None
                        }
                    };
                }
                b"geometries" => {
                    cursor.peek();
                    members = Some(cursor.at);
                    cursor.skip_value()?;
                }
                _ => {
                    cursor.skip_value()?;
                }
            }
        }
        let Some(kind) = name.and_then(kind_of) else {
            mark.roll_back(&mut self.geometry);
            let name = String::from_utf8_lossy(name.map_or(&[][..], |n| n.bytes));
            self.problem(Severity::Error, "unknown-geometry-type", clipped(&name));
            return Ok(GeometryKind::Null);
        };
        let good = if kind == GeometryKind::GeometryCollection {
            mark.roll_back(&mut self.geometry);
            self.collection(cursor.text, members, tall, start, depth)?
        } else {
            match (places, read) {
                (Some(at), Some((read_at, read_as, good))) if (at, kind) == (read_at, read_as) => good,
                (Some(at), _) => {
                    mark.roll_back(&mut self.geometry);
                    self.coordinates(&mut Cursor { text: cursor.text, at }, kind, tall, start)?
                }
                (None, _) => {
                    self.problem(Severity::Error, "bad-coordinates", (start + cursor.at).to_string());
                    false
                }
            }
        };
        Ok(if good { kind } else { GeometryKind::Null })
    }

    /// Reads coordinates; where they are bad, gives false and leaves nothing of them.
    fn coordinates(
        &mut self,
        cursor: &mut Cursor<'_>,
        kind: GeometryKind,
        tall: &mut bool,
        start: usize,
    ) -> Step<bool> {
        if kind == GeometryKind::GeometryCollection {
            return cursor.skip_value().map(|_| false);
        }
        let (before, mark) = (*cursor, Mark::of(&self.geometry));
        let Err(Syntax { at }) = coordinates(cursor, kind, &mut self.geometry, tall) else { return Ok(true) };
        mark.roll_back(&mut self.geometry);
        self.problem(Severity::Error, "bad-coordinates", (start + at).to_string());
        *cursor = before;
        cursor.skip_value()?;
        Ok(false)
    }

    /// Reads the members of a collection, which begin at this byte.
    fn collection(
        &mut self,
        text: &[u8],
        members: Option<usize>,
        tall: &mut bool,
        start: usize,
        depth: usize,
    ) -> Step<bool> {
        let mut cursor = Cursor { text, at: members.unwrap_or(text.len()) };
        if !cursor.eat(b'[') {
            self.problem(Severity::Error, "bad-coordinates", (start + cursor.at).to_string());
            return Ok(false);
        }
        while cursor.next_element()? {
            self.geometry(&mut cursor, tall, start, depth + 1)?;
        }
        Ok(true)
    }
}

fn kind_of(name: Raw<'_>) -> Option<GeometryKind> {
    GeometryKind::from_name(std::str::from_utf8(name.bytes).ok()?)
}
