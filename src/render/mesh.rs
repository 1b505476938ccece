//! A chunk at one level of detail: triangles and border segments.

use earcut::Earcut;
use rustc_hash::FxHashMap;

use super::chunk::{Chunk, Chunks};
use super::level::Level;
use crate::geo::{GridPos, repaired};
use crate::model::{FeatureId, Part, PartKind};

/// A corner of a triangle: position on the grid and the feature whose colour it takes.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct FillVertex {
    /// Grid position.
    pub at: [u32; 2],
    /// Feature.
    pub feature: u32,
}

/// One edge of a border, drawn as a strip of even width on the screen.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
pub struct Segment {
    /// One end.
    pub a: [u32; 2],
    /// The other.
    pub b: [u32; 2],
    /// 0 between villages, 1 between towns, 2 with nothing on the other side, 3 a line feature.
    pub class: u32,
    /// A feature on one side.
    pub feature: u32,
}

/// Triangles and borders of one chunk at one level.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    /// Corners.
    pub vertices: Vec<FillVertex>,
    /// Triangles, three corners each.
    pub indices: Vec<u32>,
    /// Borders, each edge once, villages' first.
    pub segments: Vec<Segment>,
}

impl Mesh {
    /// Builds a chunk's mesh. `group_of` tells the town of a feature, for borders between towns; `outer_edges` says
    /// whether an edge without a partner is the outer boundary (true where the chunk holds the whole dataset).
    pub fn build(chunks: &Chunks, chunk: &Chunk, level: Level, group_of: &[u32], outer_edges: bool) -> Self {
        let mut builder = Builder {
            level,
            borders: chunks.border_strength(level.most_px_per_world()) > 0.0,
            mesh: Self::default(),
            earcut: Earcut::new(),
            edges: FxHashMap::default(),
            flat: Vec::new(),
            triangles: Vec::new(),
        };
        for &feature in &chunk.features {
            for part in chunks.geometry.parts_of(feature) {
                match part.kind {
                    PartKind::Polygon => builder.polygon(chunks, feature, part),
                    PartKind::Line => builder.line(chunks, feature, part),
                    PartKind::Point => {}
                }
            }
        }
        builder.finish(group_of, outer_edges)
    }

    /// Bytes that the mesh takes on the GPU.
    pub fn bytes(&self) -> usize {
        std::mem::size_of_val(&self.vertices[..])
            + std::mem::size_of_val(&self.indices[..])
            + std::mem::size_of_val(&self.segments[..])
    }

    /// Twice the area of all triangles of a feature in square grid steps.
    pub fn doubled_area(&self, feature: FeatureId) -> f64 {
        let corner = |i: u32| self.vertices.get(i as usize);
        self.indices
            .chunks_exact(3)
            .filter_map(|t| Some((corner(t[0])?, corner(t[1])?, corner(t[2])?)))
            .filter(|(a, ..)| a.feature == feature)
            .map(|(a, b, c)| {
                let d =
                    |p: &FillVertex| (f64::from(p.at[0]) - f64::from(a.at[0]), f64::from(p.at[1]) - f64::from(a.at[1]));
                let ((bx, by), (cx, cy)) = (d(b), d(c));
                (bx * cy - cx * by).abs()
            })
            .sum()
    }
}

struct Builder {
    level: Level,
    /// Whether borders are drawn at this level at all.
    borders: bool,
    mesh: Mesh,
    earcut: Earcut<f64>,
    /// Edge (smaller end first) → the features on its sides.
    edges: FxHashMap<(GridPos, GridPos), [u32; 2]>,
    flat: Vec<GridPos>,
    triangles: Vec<u32>,
}

const NOBODY: u32 = u32::MAX;

impl Builder {
    /// Appends a ring at this level to `flat`, closing position left out; false if nothing of it is left.
    fn push_ring(&mut self, ring: &[GridPos]) -> bool {
        let start = self.flat.len();
        for &p in ring {
            let p = self.level.snap(p);
            if self.flat.len() == start || self.flat.last() != Some(&p) {
                self.flat.push(p);
            }
        }
        while self.flat.len() > start + 1 && self.flat.last() == self.flat.get(start) {
            self.flat.pop();
        }
        if self.flat.len() - start < 3 {
            self.flat.truncate(start);
            return false;
        }
        true
    }

    fn polygon(&mut self, chunks: &Chunks, feature: FeatureId, part: &Part) {
        self.flat.clear();
        let mut holes: Vec<u32> = Vec::new();
        for ring in part.ring_start..part.ring_end {
            let start = self.flat.len();
            let positions = chunks.grid.get(chunks.geometry.ring_range(ring)).unwrap_or(&[]);
            if positions.len() >= 4 && self.push_ring(positions) {
                if self.borders {
                    self.add_edges(start, feature);
                }
                if start > 0 {
                    holes.push(start as u32);
                }
            } else if ring == part.ring_start {
                return;
            }
        }
        if !self.triangulate(feature, &holes) && self.level == Level::FULL {
            self.repaired_polygon(chunks, feature, part);
        }
    }

    /// Triangulates `flat`; false where the triangles do not fill the polygon, so that it cannot be valid.
    fn triangulate(&mut self, feature: FeatureId, holes: &[u32]) -> bool {
        let Some(&origin) = self.flat.first() else { return true };
        let local =
            |p: &GridPos| [f64::from(p.x.wrapping_sub(origin.x) as i32), f64::from(p.y.wrapping_sub(origin.y) as i32)];
        self.triangles.clear();
        self.earcut.earcut(self.flat.iter().map(local), holes, &mut self.triangles);
        let base = self.mesh.vertices.len() as u32;
        self.mesh.vertices.extend(self.flat.iter().map(|p| FillVertex { at: [p.x, p.y], feature }));
        self.mesh.indices.extend(self.triangles.iter().map(|i| base + i));
        let points: Vec<[f64; 2]> = self.flat.iter().map(local).collect();
        earcut::deviation(points, holes, &self.triangles) < 1e-9
    }

    /// Replaces the triangles of a polygon that is not valid by those of its repaired form.
    fn repaired_polygon(&mut self, chunks: &Chunks, feature: FeatureId, part: &Part) {
        let count = self.flat.len();
        let polygons = chunks.geometry.multi_polygon_of_part(part);
        let Some(mended) = repaired(&polygons) else { return };
        self.mesh.vertices.truncate(self.mesh.vertices.len() - count);
        let kept = self.mesh.indices.len() - self.triangles.len();
        self.mesh.indices.truncate(kept);
        for polygon in &mended {
            self.flat.clear();
            let mut holes = Vec::new();
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                let start = self.flat.len();
                let grid: Vec<GridPos> = ring
                    .0
                    .iter()
                    .map(|c| crate::geo::WorldPos::from_lonlat(crate::geo::LonLat::new(c.x, c.y)).to_grid())
                    .collect();
                if self.push_ring(&grid) && start > 0 {
                    holes.push(start as u32);
                }
            }
            self.triangulate(feature, &holes);
        }
    }

    fn add_edges(&mut self, start: usize, feature: FeatureId) {
        let Some(ring) = self.flat.get(start..) else { return };
        let Some(&last) = ring.last() else { return };
        let mut a = last;
        for &b in ring {
            let key = if a <= b { (a, b) } else { (b, a) };
            let sides = self.edges.entry(key).or_insert([feature, NOBODY]);
            if sides[0] != feature {
                sides[1] = feature;
            }
            a = b;
        }
    }

    fn line(&mut self, chunks: &Chunks, feature: FeatureId, part: &Part) {
        let positions = chunks.grid.get(chunks.geometry.ring_range(part.ring_start)).unwrap_or(&[]);
        let mut previous: Option<GridPos> = None;
        for &p in positions {
            let p = self.level.snap(p);
            if let Some(a) = previous.filter(|a| *a != p) {
                self.mesh.segments.push(Segment { a: [a.x, a.y], b: [p.x, p.y], class: 3, feature });
            }
            previous = Some(p);
        }
    }

    fn finish(mut self, group_of: &[u32], outer_edges: bool) -> Mesh {
        let group = |feature: u32| group_of.get(feature as usize).copied().unwrap_or(0);
        self.mesh.segments.extend(self.edges.iter().map(|(&(a, b), &[one, other])| {
            let class = match other {
                NOBODY if outer_edges => 2,
                NOBODY => 0,
                other if group(one) != group(other) => 1,
                _ => 0,
            };
            Segment { a: [a.x, a.y], b: [b.x, b.y], class, feature: one }
        }));
        // Heavier borders are drawn over lighter ones; the order within a class is fixed, so that pictures repeat.
        self.mesh.segments.sort_unstable_by_key(|s| (s.class, s.a, s.b));
        self.mesh
    }
}
