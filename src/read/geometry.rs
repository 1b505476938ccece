//! Coordinates straight from bytes into flat buffers.

use super::cursor::{Cursor, Step};
use crate::model::{GeometryKind, GeometryStore, Part, PartKind};

/// How far the buffers were filled, to take back what came after.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    coords: usize,
    rings: usize,
    parts: usize,
}

impl Mark {
    pub(super) fn of(store: &GeometryStore) -> Self {
        Self { coords: store.coords.len(), rings: store.ring_starts.len(), parts: store.parts.len() }
    }

    pub(super) fn roll_back(self, store: &mut GeometryStore) {
        store.truncate_positions(self.coords);
        store.ring_starts.truncate(self.rings);
        store.parts.truncate(self.parts);
    }

    /// The first position that came after.
    pub(super) fn coord(self) -> usize {
        self.coords
    }

    /// The first part that came after.
    pub(super) fn part(self) -> usize {
        self.parts
    }
}

/// Ends the ring whose positions were just added.
pub(super) fn end_ring(store: &mut GeometryStore) {
    store.ring_starts.push(store.coords.len() as u32);
}

/// Ends a part that began at this ring.
pub(super) fn end_part(store: &mut GeometryStore, kind: PartKind, ring_start: u32) {
    store.parts.push(Part { kind, ring_start, ring_end: next_ring(store) });
}

/// The number of the next ring.
pub(super) fn next_ring(store: &GeometryStore) -> u32 {
    store.ring_starts.len() as u32 - 1
}

/// Reads the value of `coordinates` for a geometry of this kind. On failure the buffers hold a part of it.
///
/// `tall` is set where a position has more than two numbers.
pub(super) fn coordinates(
    cursor: &mut Cursor<'_>,
    kind: GeometryKind,
    store: &mut GeometryStore,
    tall: &mut bool,
) -> Step<()> {
    match kind {
        GeometryKind::Point => {
            let mut ahead = *cursor;
            if ahead.eat(b'[') && ahead.eat(b']') {
                *cursor = ahead;
                return Ok(());
            }
            point(cursor, store, tall)
        }
        GeometryKind::MultiPoint => {
            cursor.expect(b'[')?;
            while cursor.next_element()? {
                point(cursor, store, tall)?;
            }
            Ok(())
        }
        GeometryKind::LineString => line(cursor, store, tall),
        GeometryKind::MultiLineString => {
            cursor.expect(b'[')?;
            while cursor.next_element()? {
                line(cursor, store, tall)?;
            }
            Ok(())
        }
        GeometryKind::Polygon => polygon(cursor, store, tall),
        GeometryKind::MultiPolygon => {
            cursor.expect(b'[')?;
            while cursor.next_element()? {
                polygon(cursor, store, tall)?;
            }
            Ok(())
        }
        GeometryKind::Null | GeometryKind::GeometryCollection => cursor.fail(),
    }
}

fn point(cursor: &mut Cursor<'_>, store: &mut GeometryStore, tall: &mut bool) -> Step<()> {
    let ring = next_ring(store);
    let (place, height) = position(cursor, tall)?;
    store.coords.push(place);
    if !height.is_nan() {
        store.set_height(height);
    }
    end_ring(store);
    end_part(store, PartKind::Point, ring);
    Ok(())
}

fn line(cursor: &mut Cursor<'_>, store: &mut GeometryStore, tall: &mut bool) -> Step<()> {
    let ring = next_ring(store);
    if positions(cursor, store, tall)? > 0 {
        end_part(store, PartKind::Line, ring);
    }
    Ok(())
}

fn polygon(cursor: &mut Cursor<'_>, store: &mut GeometryStore, tall: &mut bool) -> Step<()> {
    let ring = next_ring(store);
    cursor.expect(b'[')?;
    while cursor.next_element()? {
        positions(cursor, store, tall)?;
    }
    if next_ring(store) > ring {
        end_part(store, PartKind::Polygon, ring);
    }
    Ok(())
}

/// An array of positions as one ring; an empty one adds none. Gives how many.
fn positions(cursor: &mut Cursor<'_>, store: &mut GeometryStore, tall: &mut bool) -> Step<usize> {
    cursor.expect(b'[')?;
    if cursor.eat(b']') {
        return Ok(0);
    }
    let before = store.coords.len();
    loop {
        let (place, height) = position(cursor, tall)?;
        store.coords.push(place);
        if !height.is_nan() {
            store.set_height(height);
        }
        match cursor.peek() {
            Some(b',') => cursor.at += 1,
            Some(b']') => {
                cursor.at += 1;
                break;
            }
            _ => return cursor.fail(),
        }
    }
    end_ring(store);
    Ok(store.coords.len() - before)
}

/// One position: two numbers, and its height, which is NaN where it has none; any more are left out.
#[inline]
fn position(cursor: &mut Cursor<'_>, tall: &mut bool) -> Step<([f64; 2], f64)> {
    cursor.expect(b'[')?;
    let x = cursor.number()?;
    cursor.expect(b',')?;
    let y = cursor.number()?;
    let mut height = f64::NAN;
    let mut is_third = true;
    while !cursor.eat(b']') {
        cursor.expect(b',')?;
        if !matches!(cursor.peek(), Some(b'-' | b'0'..=b'9' | b'n' | b'N')) {
            return cursor.fail();
        }
        let from = cursor.at;
        cursor.token()?;
        let text = cursor.text.get(from..cursor.at).and_then(|t| std::str::from_utf8(t).ok());
        if std::mem::take(&mut is_third)
            && let Some(number) = text.and_then(|t| t.trim().parse().ok())
        {
            height = number;
        }
        *tall = true;
    }
    Ok(([x, y], height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: GeometryKind, text: &str) -> Option<(GeometryStore, bool)> {
        let (mut store, mut tall) = (GeometryStore::default(), false);
        coordinates(&mut Cursor::new(text.as_bytes()), kind, &mut store, &mut tall).ok()?;
        Some((store, tall))
    }

    #[test]
    fn every_kind_has_its_depth() {
        use GeometryKind::{LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
        let depths =
            [(Point, 1), (MultiPoint, 2), (LineString, 2), (MultiLineString, 3), (Polygon, 3), (MultiPolygon, 4)];
        for (kind, depth) in depths {
            for tried in 1..=5 {
                let text = format!("{}1, -2.5{}", "[ ".repeat(tried), " ]".repeat(tried));
                let read = read(kind, &text);
                assert_eq!(read.is_some(), tried == depth, "{kind:?} {text}");
                if let Some((store, _)) = read {
                    assert_eq!((store.coords.as_slice(), store.parts.len()), (&[[1.0, -2.5]][..], 1));
                }
            }
        }
    }

    #[test]
    fn heights_are_kept_and_noted() {
        let (store, tall) = read(GeometryKind::LineString, "[[1,2,3],[4,5,6,7]]").unwrap_or_default();
        assert_eq!((store.coords, store.heights, tall), (vec![[1.0, 2.0], [4.0, 5.0]], vec![3.0, 6.0], true));
    }

    #[test]
    fn what_is_no_number_fails() {
        for text in ["[NaN,1]", "[1,Infinity]", "[1]", "[\"1\",2]", "[null,null]", "null", "[1 2]"] {
            assert!(read(GeometryKind::Point, text).is_none(), "{text}");
        }
    }
}
