//! A chunk at one level of detail: rings and borders, before they are triangulated or drawn.

use super::chunk::{Chunk, Chunks};
use super::level::Level;
use crate::geo::{GRID_BITS, GridPos, NOBODY, positions_of};
use crate::model::{FeatureId, PartKind};

/// What a border separates; the order in which they are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BorderKind {
    /// Two villages of one town.
    Villages,
    /// Two towns.
    Towns,
    /// A village and nothing.
    Outer,
    /// A line feature.
    Line,
}

impl BorderKind {
    /// All, in the order of drawing.
    pub const ALL: [Self; 4] = [Self::Villages, Self::Towns, Self::Outer, Self::Line];
}

/// Shores that reach less far than this are left out at all levels but the last.
const LEAST_RIM_PX: f64 = 4.0;

/// A polygon at a level.
#[derive(Clone, Copy, Debug)]
pub struct ShapePart {
    /// Its feature.
    pub feature: FeatureId,
    /// Its number in the dataset, as in [`Chunks::extents`].
    pub part: u32,
    /// One past its last ring; the first is the exterior.
    pub ring_end: u32,
}

/// A line to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct ShapeLine {
    /// One past its last position.
    pub end: u32,
    /// What it separates.
    pub kind: BorderKind,
    /// A feature on one side.
    pub feature: FeatureId,
}

/// Polygons and borders of one chunk at one level.
#[derive(Clone, Debug, Default)]
pub struct LevelShape {
    /// Rings one behind the other, each closed by its first position.
    pub points: Vec<GridPos>,
    /// One past the last position of each ring.
    pub ring_ends: Vec<u32>,
    /// Polygons.
    pub parts: Vec<ShapePart>,
    /// Positions of borders and lines.
    pub line_points: Vec<GridPos>,
    /// Borders and lines, sorted by kind.
    pub lines: Vec<ShapeLine>,
}

impl LevelShape {
    /// A chunk at a level. `group_of` tells the town of a feature. Without a topology all positions are kept, and no
    /// border is known.
    pub fn new(chunks: &Chunks, chunk: &Chunk, level: Level, group_of: &[u32]) -> Self {
        let mut shape = Self::default();
        let topology = chunks.topology();
        let ranks = topology.filter(|_| level != Level::FULL).map(|t| &t.keep_from);
        for &feature in &chunk.features {
            let first_part = chunks.geometry.features.get(feature.index()).map_or(0, |f| f.part_start);
            for (i, part) in chunks.geometry.parts_of(feature).iter().enumerate() {
                if part.kind != PartKind::Polygon {
                    continue;
                }
                let before = shape.ring_ends.len();
                for ring in part.ring_start..part.ring_end {
                    let (start, range) = (shape.points.len(), chunks.geometry.ring_range(ring));
                    let open = range.start..range.end.saturating_sub(1).max(range.start);
                    let positions = chunks.grid.get(open.clone()).unwrap_or(&[]);
                    match ranks.and_then(|r| r.get(open)) {
                        Some(ranks) => level.each_kept(ranks, |i| shape.points.extend(positions.get(i))),
                        None => shape.points.extend_from_slice(positions),
                    }
                    match shape.points.get(start).copied() {
                        Some(p) if shape.points.len() - start >= 3 => {
                            shape.points.push(p);
                            shape.ring_ends.push(shape.points.len() as u32);
                        }
                        _ => shape.points.truncate(start),
                    }
                    if ring == part.ring_start && shape.ring_ends.len() == before {
                        break;
                    }
                }
                // Where nothing is left of its rings it is still there, to be drawn as a dot.
                let part = first_part + i as u32;
                shape.parts.push(ShapePart { feature, part, ring_end: shape.ring_ends.len() as u32 });
            }
        }
        shape.add_lines(chunks, chunk, level, group_of);
        // Kept for long: what the vectors have too much goes back.
        shape.points.shrink_to_fit();
        shape.ring_ends.shrink_to_fit();
        shape.parts.shrink_to_fit();
        shape.line_points.shrink_to_fit();
        shape.lines.shrink_to_fit();
        shape
    }

    fn add_lines(&mut self, chunks: &Chunks, chunk: &Chunk, level: Level, group_of: &[u32]) {
        let Some(topology) = chunks.topology() else { return };
        let borders = chunks.border_strength(level.most_px_per_world()) > 0.0;
        let [town_borders, _] = chunks.heavy_border_strengths(level.most_px_per_world()).map(|s| s > 0.0);
        let group = |feature: u32| group_of.get(feature as usize).copied().unwrap_or(0);
        let least_rim_steps = LEAST_RIM_PX * 2f64.powi(GRID_BITS as i32) / level.most_px_per_world();
        let mut found = Vec::new();
        for &feature in &chunk.features {
            for part in chunks.geometry.parts_of(feature) {
                if part.kind == PartKind::Point {
                    continue;
                }
                for ring in part.ring_start..part.ring_end {
                    let range = chunks.geometry.ring_range(ring);
                    let first = topology.first_stretch_of(ring);
                    let drawn = topology.stretches_of(ring).iter().enumerate().filter(|(_, s)| s.drawn);
                    for (i, stretch) in drawn {
                        let kind = match stretch.other {
                            _ if part.kind == PartKind::Line => BorderKind::Line,
                            NOBODY => BorderKind::Outer,
                            other if group(other) != group(feature.number()) => BorderKind::Towns,
                            _ => BorderKind::Villages,
                        };
                        // The rim of what is smaller than a few pixels, an island or a gap in the data, would be larger
                        // than the thing itself. A coast of many small villages is one shore, however short its pieces.
                        let reach = || chunks.shores().map_or(f64::INFINITY, |s| f64::from(s.reach_steps(first + i)));
                        let is_speck = kind == BorderKind::Outer && level != Level::FULL && reach() < least_rim_steps;
                        let is_faint = match kind {
                            BorderKind::Villages => !borders,
                            BorderKind::Towns => !town_borders,
                            BorderKind::Outer | BorderKind::Line => false,
                        };
                        if is_speck || is_faint {
                            continue;
                        }
                        found.push((kind, feature, *stretch, range.start as u32, range.end as u32));
                    }
                }
            }
        }
        found.sort_by_key(|f| f.0);
        for (kind, feature, stretch, from, to) in found {
            let last = if stretch.start == stretch.end { stretch.start } else { stretch.end };
            let kept = |i: &u32| {
                level == Level::FULL || *i == last || *i == stretch.start || level.has(topology.keep_from[*i as usize])
            };
            let places = positions_of(&stretch, from, to).filter(kept);
            self.line_points.extend(places.filter_map(|p| chunks.grid.get(p as usize)));
            self.lines.push(ShapeLine { end: self.line_points.len() as u32, kind, feature });
        }
    }

    /// The rings of a part and their numbers, exterior first; empty where the part has become too small.
    pub fn rings(&self, part: usize) -> impl Iterator<Item = &[GridPos]> {
        let first = part.checked_sub(1).and_then(|p| self.parts.get(p)).map_or(0, |p| p.ring_end);
        let end = self.parts.get(part).map_or(0, |p| p.ring_end);
        (first..end).map(|r| {
            let start = r.checked_sub(1).and_then(|r| self.ring_ends.get(r as usize)).map_or(0, |e| *e as usize);
            let end = self.ring_ends.get(r as usize).map_or(0, |e| *e as usize);
            self.points.get(start..end).unwrap_or(&[])
        })
    }

    /// The lines with their positions.
    pub fn lines(&self) -> impl Iterator<Item = (&ShapeLine, &[GridPos])> {
        let mut start = 0;
        self.lines.iter().map(move |line| {
            let points = self.line_points.get(start..line.end as usize).unwrap_or(&[]);
            start = line.end as usize;
            (line, points)
        })
    }

    /// Bytes it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.points[..])
            + size_of_val(&self.ring_ends[..])
            + size_of_val(&self.parts[..])
            + size_of_val(&self.line_points[..])
            + size_of_val(&self.lines[..])
    }
}
