//! The shapes: rings sorted into polygons by their sense of rotation, clockwise outside, as the format wants it, and by who lies in
//! whom where holes could belong to several.

use std::ops::Range;

use crate::geo::{Side, even_odd};
use crate::model::{GeometryKind, PartKind, Report, Severity};
use crate::read::batch::Batch;
use crate::read::error::Cause;
use crate::read::geometry::{Mark, end_part, end_ring, next_ring};

/// Bytes of the head of a file, and of a record.
const HEAD: usize = 100;
const RECORD_HEAD: usize = 8;

/// Code of the file, at its beginning.
pub(super) const MAGIC: [u8; 4] = [0, 0, 0x27, 0x0A];

/// Where the content of each record lies.
pub(super) fn records(bytes: &[u8], index: Option<&[u8]>, report: &mut Report) -> Result<Vec<Range<usize>>, Cause> {
    if bytes.len() < HEAD || !bytes.starts_with(&MAGIC) {
        return Err(Cause::Damaged("it ends within its head".into()));
    }
    let big = |bytes: &[u8], at: usize| {
        let word: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(i32::from_be_bytes(word)).ok()
    };
    let (mut found, mut at) = (Vec::new(), HEAD);
    while at + RECORD_HEAD <= bytes.len() {
        let Some(length) = big(bytes, at + 4).map(|words| words * 2) else { break };
        let content = at + RECORD_HEAD..at + RECORD_HEAD + length;
        // Shorter than its own kind, or beyond the end: what follows cannot be found.
        if length < 4 || content.end > bytes.len() {
            break;
        }
        at = content.end;
        found.push(content);
    }
    // Records that were changed stand at the end, and where they stood before: only the index tells. It counts where each of its
    // entries is a record indeed.
    let listed: Vec<Range<usize>> = index.map_or_else(Vec::new, |index| {
        let entries = index.len().saturating_sub(HEAD) / 8;
        let entry = |i: usize| {
            let at = HEAD + i * 8;
            let start = big(index, at)?.checked_mul(2)?.checked_add(RECORD_HEAD)?;
            let end = start.checked_add(big(index, at + 4)?.checked_mul(2)?)?;
            Some(if end <= bytes.len() { start..end } else { 0..0 })
        };
        (0..entries).map_while(entry).collect()
    });
    let is_record =
        |r: &Range<usize>| r.start >= HEAD + RECORD_HEAD && big(bytes, r.start - 4).map(|w| w * 2) == Some(r.len());
    if !listed.is_empty() && listed.iter().all(is_record) {
        return Ok(listed);
    }
    if at == bytes.len() {
        return Ok(found);
    }
    if listed.len() > found.len() {
        let lost = listed.iter().filter(|r| r.is_empty()).count();
        if lost > 0 {
            report.add(Severity::Error, "truncated", None, bytes.len().to_string());
        }
        return Ok(listed);
    }
    if bytes.get(at..).unwrap_or(&[]).iter().any(|b| *b != 0) {
        report.add(Severity::Error, "truncated", None, bytes.len().to_string());
    }
    Ok(found)
}

/// Reads the shape of a record into a batch and ends its feature.
pub(super) fn shape(bytes: &[u8], batch: &mut Batch) {
    let mark = Mark::of(&batch.geometry);
    let code = bytes.get(..4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let tall = matches!(code, Some(11 | 13 | 15 | 18));
    let kind = match code {
        Some(0) => {
            batch.problem(Severity::Info, "null-geometry", "");
            Some(GeometryKind::Null)
        }
        Some(1 | 11 | 21) => point(bytes, tall, batch),
        Some(8 | 18 | 28) => points(bytes, tall, batch),
        Some(3 | 13 | 23) => lines(bytes, tall, batch),
        Some(5 | 15 | 25) => polygons(bytes, tall, batch),
        Some(other) => {
            batch.problem(Severity::Error, "unknown-geometry-type", other.to_string());
            Some(GeometryKind::Null)
        }
        None => None,
    };
    let kind = kind.unwrap_or_else(|| {
        mark.roll_back(&mut batch.geometry);
        batch.problem(Severity::Error, "damaged-feature", "");
        GeometryKind::Null
    });
    batch.finish(kind, mark, tall);
}

fn position(bytes: &[u8], at: usize) -> Option<[f64; 2]> {
    let number = |at: usize| Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    Some([number(at)?, number(at + 8)?])
}

fn count(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(i32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

fn height(bytes: &[u8], at: usize) -> Option<f64> {
    let height = f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?);
    // What is smaller than −10³⁸ stands for nothing (ESRI's description of the format, 1998, p. 2).
    (height > -1e38).then_some(height)
}

/// Heights behind the positions, after their range; none where the shape has none or they are cut off.
fn heights(bytes: &[u8], at: usize, n: usize, tall: bool) -> &[u8] {
    let own = tall.then(|| bytes.get(at + 16..at + 16 + n * 8)).flatten();
    own.unwrap_or(&[])
}

fn point(bytes: &[u8], tall: bool, batch: &mut Batch) -> Option<GeometryKind> {
    let at = position(bytes, 4)?;
    let store = &mut batch.geometry;
    let ring = next_ring(store);
    store.coords.push(at);
    if let Some(height) = tall.then(|| height(bytes, 20)).flatten() {
        store.set_height(height);
    }
    end_ring(store);
    end_part(store, PartKind::Point, ring);
    Some(GeometryKind::Point)
}

fn points(bytes: &[u8], tall: bool, batch: &mut Batch) -> Option<GeometryKind> {
    let n = count(bytes, 36)?;
    let all = bytes.get(40..40 + n.checked_mul(16)?)?;
    let heights = heights(bytes, 40 + n * 16, n, tall);
    let store = &mut batch.geometry;
    for i in 0..n {
        let ring = next_ring(store);
        store.coords.push(position(all, i * 16)?);
        if let Some(height) = height(heights, i * 8) {
            store.set_height(height);
        }
        end_ring(store);
        end_part(store, PartKind::Point, ring);
    }
    Some(GeometryKind::MultiPoint)
}

/// Positions, heights, and where each part begins and ends among them.
type Parts<'a> = (&'a [u8], &'a [u8], Vec<Range<usize>>);

/// The parts of a shape of several.
fn parts(bytes: &[u8], tall: bool) -> Option<Parts<'_>> {
    let (parts, n) = (count(bytes, 36)?, count(bytes, 40)?);
    let starts = bytes.get(44..44 + parts.checked_mul(4)?)?;
    let at = 44 + parts * 4;
    let all = bytes.get(at..at + n.checked_mul(16)?)?;
    let starts: Vec<usize> = (0..parts).map_while(|i| count(starts, i * 4)).collect();
    let mut ranges = Vec::with_capacity(parts);
    for (i, start) in starts.iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(n);
        if *start > end || end > n {
            return None;
        }
        if end > *start {
            ranges.push(*start..end);
        }
    }
    (starts.len() == parts).then_some((all, heights(bytes, at + n * 16, n, tall), ranges))
}

fn push(all: &[u8], heights: &[u8], range: &Range<usize>, batch: &mut Batch) {
    let bytes = all.get(range.start * 16..range.end * 16).unwrap_or(&[]);
    let (pairs, _) = bytes.as_chunks::<16>();
    let store = &mut batch.geometry;
    let first = store.coords.len();
    store.coords.extend(pairs.iter().filter_map(|pair| position(pair, 0)));
    if !heights.is_empty() {
        store.set_heights(first, range.clone().map(|i| height(heights, i * 8).unwrap_or(f64::NAN)));
    }
    end_ring(store);
}

fn lines(bytes: &[u8], tall: bool, batch: &mut Batch) -> Option<GeometryKind> {
    let (all, heights, ranges) = parts(bytes, tall)?;
    for range in &ranges {
        let ring = next_ring(&batch.geometry);
        push(all, heights, range, batch);
        end_part(&mut batch.geometry, PartKind::Line, ring);
    }
    Some(if ranges.len() == 1 { GeometryKind::LineString } else { GeometryKind::MultiLineString })
}

fn polygons(bytes: &[u8], tall: bool, batch: &mut Batch) -> Option<GeometryKind> {
    let (all, heights, ranges) = parts(bytes, tall)?;
    let groups = match ranges.as_slice() {
        [one] => vec![vec![one.clone()]],
        _ => grouped(all, ranges),
    };
    for group in &groups {
        let ring = next_ring(&batch.geometry);
        group.iter().for_each(|range| push(all, heights, range, batch));
        end_part(&mut batch.geometry, PartKind::Polygon, ring);
    }
    Some(if groups.len() == 1 { GeometryKind::Polygon } else { GeometryKind::MultiPolygon })
}

/// Rings as polygons, each with its outer ring first: by their sense of rotation; where that leaves a hole in no outer ring it was
/// written the other way round, and who lies in whom decides alone.
fn grouped(all: &[u8], ranges: Vec<Range<usize>>) -> Vec<Vec<Range<usize>>> {
    let rings = Rings::new(all, &ranges);
    let is_outer: Vec<bool> = match rings.doubled_areas.iter().any(|a| *a < 0.0) {
        true => rings.doubled_areas.iter().map(|a| *a <= 0.0).collect(),
        false => vec![true; ranges.len()],
    };
    let outer: Vec<usize> = (0..ranges.len()).filter(|i| is_outer.get(*i) == Some(&true)).collect();
    let holders = |i: usize| rings.smallest_around(i, &outer);
    let holes: Vec<(usize, Option<usize>)> =
        (0..ranges.len()).filter(|i| is_outer.get(*i) == Some(&false)).map(|i| (i, holders(i))).collect();
    let groups = match holes.iter().all(|(_, outer)| outer.is_some()) || ranges.len() > MOST_NESTED {
        true => groups_of(&outer, &holes),
        false => rings.nested(),
    };
    let range = |i: &usize| ranges.get(*i).cloned();
    groups.iter().map(|group| group.iter().filter_map(range).collect()).collect()
}

/// Rings beyond which nobody looks who lies in whom.
const MOST_NESTED: usize = 3_000;

/// Each outer ring with its holes; a hole without one stands by itself.
fn groups_of(outer: &[usize], holes: &[(usize, Option<usize>)]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = outer.iter().map(|i| vec![*i]).collect();
    for (hole, holder) in holes {
        match holder.and_then(|h| outer.iter().position(|o| *o == h)).and_then(|at| groups.get_mut(at)) {
            Some(group) => group.push(*hole),
            None => groups.push(vec![*hole]),
        }
    }
    groups
}

/// The rings of a shape.
struct Rings {
    rings: Vec<Vec<[f64; 2]>>,
    doubled_areas: Vec<f64>,
    bounds: Vec<[f64; 4]>,
}

impl Rings {
    fn new(all: &[u8], ranges: &[Range<usize>]) -> Self {
        let ring = |r: &Range<usize>| -> Vec<[f64; 2]> { r.clone().filter_map(|i| position(all, i * 16)).collect() };
        let rings: Vec<Vec<[f64; 2]>> = ranges.iter().map(ring).collect();
        let doubled = |ring: &Vec<[f64; 2]>| {
            // Around its own first position: metres of a zone would cancel out otherwise.
            let [x0, y0] = ring.first().copied().unwrap_or_default();
            let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
            pairs.map(|(a, b)| (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)).sum::<f64>()
        };
        let doubled_areas = rings.iter().map(doubled).collect();
        let bounds = rings.iter().map(|r| bounds_of(r)).collect();
        Self { rings, doubled_areas, bounds }
    }

    fn area(&self, i: usize) -> f64 {
        self.doubled_areas.get(i).map_or(0.0, |a| a.abs())
    }

    /// Whether one ring lies in another. It may touch it: its first position that is not on the border tells.
    fn is_in(&self, inner: usize, outer: usize) -> bool {
        let (Some(own), Some(b)) = (self.bounds.get(inner), self.bounds.get(outer)) else { return false };
        if inner == outer || own[0] < b[0] || own[1] < b[1] || own[2] > b[2] || own[3] > b[3] {
            return false;
        }
        let (Some(hole), Some(ring)) = (self.rings.get(inner), self.rings.get(outer)) else { return false };
        let mut sides = hole.iter().map(|at| even_odd(*at, [ring.as_slice()]));
        sides.find(|side| *side != Side::Border).is_none_or(|side| side == Side::Inside)
    }

    /// The smallest of some rings that a ring lies in: islands lie in lakes.
    fn smallest_around(&self, inner: usize, among: &[usize]) -> Option<usize> {
        let around = among.iter().copied().filter(|outer| self.is_in(inner, *outer));
        around.min_by(|a, b| self.area(*a).total_cmp(&self.area(*b)))
    }

    /// Polygons by who lies in whom: a ring in an odd number of others is a hole of the smallest of them.
    fn nested(&self) -> Vec<Vec<usize>> {
        let all: Vec<usize> = (0..self.rings.len()).collect();
        let depth = |i: &usize| {
            all.iter().filter(|o| self.is_in(*i, **o) && (self.area(**o), **o) > (self.area(*i), *i)).count()
        };
        let (holes, outer): (Vec<usize>, Vec<usize>) = all.iter().partition(|i| depth(i) % 2 == 1);
        let holes: Vec<(usize, Option<usize>)> =
            holes.into_iter().map(|i| (i, self.smallest_around(i, &outer))).collect();
        groups_of(&outer, &holes)
    }
}

fn bounds_of(ring: &[[f64; 2]]) -> [f64; 4] {
    ring.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, [x, y]| {
        [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]
    })
}
