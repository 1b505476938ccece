//! A chunk at one level of detail: triangles and border segments.

use earcut::Earcut;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::chunk::{Chunk, Chunks, Extent};
use super::level::Level;
use super::shape::{LevelShape, ShapePart};
use crate::geo::{GridPos, perforated_triangles, repaired};

use crate::model::FeatureId;

/// Holes from which on a polygon is cut into parts without holes before it is triangulated.
const MANY_HOLES: usize = 256;

/// Most holes that are joined one by one with their shell, where they touch each other.
const MOST_HOLES: usize = 10_000;

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
    /// 0 between villages, 1 between towns, 2 with nothing on the other side, 3 a line feature; from the third bit on how far along its
    /// line it begins, in 2^[`LENGTH_SHIFT`] grid steps.
    pub class: u32,
    /// A feature on one side.
    pub feature: u32,
}

/// Grid steps are counted in twos of this power along a line: 4 steps are 37 mm at the equator.
pub const LENGTH_SHIFT: u32 = 2;

/// How far along a line each of its edges begins, in 2^[`LENGTH_SHIFT`] grid steps.
fn lengths(points: &[GridPos]) -> impl Iterator<Item = u32> + '_ {
    let mut along = 0.0f64;
    points.windows(2).map(move |w| {
        let begins = along;
        let [dx, dy] = [w[1].x.wrapping_sub(w[0].x) as i32, w[1].y.wrapping_sub(w[0].y) as i32].map(f64::from);
        along += dx.hypot(dy) / f64::from(1u32 << LENGTH_SHIFT);
        begins as u64 as u32 & (u32::MAX >> 2)
    })
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
    /// Triangulates a chunk at a level. `group_of` tells the town of a feature, for borders between towns.
    pub fn build(chunks: &Chunks, chunk: &Chunk, level: Level, group_of: &[u32]) -> Self {
        let shape = LevelShape::new(chunks, chunk, level, group_of);
        let mut builder = Builder::default();
        for (i, part) in shape.parts.iter().enumerate() {
            builder.part(chunks, &shape, i, *part, level);
        }
        for (line, points) in shape.lines() {
            let edges = points.windows(2).zip(lengths(points)).filter(|(w, _)| w[0] != w[1]);
            builder.mesh.segments.extend(edges.map(|(w, along)| Segment {
                a: [w[0].x, w[0].y],
                b: [w[1].x, w[1].y],
                class: line.kind as u32 | along << 2,
                feature: line.feature.number(),
            }));
        }
        builder.mesh
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
            .filter(|(a, ..)| a.feature == feature.number())
            .map(|(a, b, c)| {
                let d =
                    |p: &FillVertex| (f64::from(p.at[0]) - f64::from(a.at[0]), f64::from(p.at[1]) - f64::from(a.at[1]));
                let ((bx, by), (cx, cy)) = (d(b), d(c));
                (bx * cy - cx * by).abs()
            })
            .sum()
    }
}

#[derive(Default)]
struct Builder {
    mesh: Mesh,
    earcut: Earcut<f64>,
    flat: Vec<GridPos>,
    triangles: Vec<u32>,
}

impl Builder {
    fn part(&mut self, chunks: &Chunks, shape: &LevelShape, i: usize, part: ShapePart, level: Level) {
        let Some(extent) = chunks.extents.get(part.part as usize) else { return };
        let [w, n, e, s] = extent.bounds;
        // A pixel at the lowest scale that the level serves.
        let pixel = (2f64.powi(33) / level.most_px_per_world()) as u32;
        if (e - w).max(s - n) < pixel {
            self.dot(part.feature, extent, pixel);
            return;
        }
        self.flat.clear();
        let mut holes: Vec<u32> = Vec::new();
        for (r, ring) in shape.rings(i).enumerate() {
            if r > 0 {
                holes.push(self.flat.len() as u32);
            }
            self.flat.extend(ring.iter().take(ring.len().saturating_sub(1)));
        }
        if holes.len() > MANY_HOLES {
            let polygon = self.polygon(&holes);
            return self.perforated(part.feature, polygon, true);
        }
        if !self.triangulate(part.feature, &holes) {
            self.repaired_part(part.feature, &holes);
        }
    }

    /// A polygon of so many holes that joining them one by one with its shell, as triangulation does, would take the square of
    /// their number.
    fn perforated(&mut self, feature: FeatureId, polygon: Polygon<f64>, may_mend: bool) {
        if let Some(triangles) = perforated_triangles(polygon.clone()) {
            let base = self.mesh.vertices.len() as u32;
            let corners = triangles.iter().flatten();
            let at =
                |c: &Coord<f64>| FillVertex { at: [c.x.round() as u32, c.y.round() as u32], feature: feature.number() };
            self.mesh.vertices.extend(corners.map(at));
            self.mesh.indices.extend(base..self.mesh.vertices.len() as u32);
        } else if let (true, Some(mended)) = (may_mend, repaired(&MultiPolygon(vec![polygon.clone()]))) {
            for polygon in mended {
                self.perforated(feature, polygon, false);
            }
        } else if polygon.interiors().len() <= MOST_HOLES {
            self.fill(feature, std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        } else {
            // Holes that touch each other, and too many to be joined one by one: the shell stands for it.
            self.fill(feature, std::iter::once(polygon.exterior()));
        }
    }

    /// Triangulates rings that are valid, the shell first.
    fn fill<'r>(&mut self, feature: FeatureId, rings: impl Iterator<Item = &'r LineString<f64>>) {
        self.flat.clear();
        let mut holes = Vec::new();
        for (i, ring) in rings.enumerate() {
            if i > 0 {
                holes.push(self.flat.len() as u32);
            }
            let places = ring.0.iter().take(ring.0.len().saturating_sub(1));
            self.flat.extend(places.map(|c| GridPos { x: c.x.round() as u32, y: c.y.round() as u32 }));
        }
        self.triangulate(feature, &holes);
    }

    /// The rings of `flat` as a polygon on the grid.
    fn polygon(&self, holes: &[u32]) -> Polygon<f64> {
        let ring = |from: usize, to: usize| {
            let places = self.flat.get(from..to).unwrap_or(&[]);
            let ring = places.iter().chain(places.first());
            LineString(ring.map(|p| Coord { x: f64::from(p.x), y: f64::from(p.y) }).collect())
        };
        let starts = std::iter::once(0).chain(holes.iter().map(|h| *h as usize));
        let ends = holes.iter().map(|h| *h as usize).chain([self.flat.len()]);
        let mut rings = starts.zip(ends).map(|(from, to)| ring(from, to));
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Polygon::new(exterior, rings.collect())
    }

    /// A part smaller than a pixel at the lowest scale of its level: a square that takes one.
    fn dot(&mut self, feature: FeatureId, extent: &Extent, pixel: u32) {
        let [w, n, e, s] = extent.bounds;
        if f64::from(extent.side_steps) < 0.25 * f64::from(pixel) {
            return;
        }
        let corner = |a: u32, b: u32| (a / 2 + b / 2).saturating_sub(pixel / 2);
        let (x, y) = (corner(w, e), corner(n, s));
        let base = self.mesh.vertices.len() as u32;
        for (dx, dy) in [(0, 0), (pixel, 0), (pixel, pixel), (0, pixel)] {
            self.mesh
                .vertices
                .push(FillVertex { at: [x.saturating_add(dx), y.saturating_add(dy)], feature: feature.number() });
        }
        self.mesh.indices.extend([0, 1, 2, 0, 2, 3].map(|i| base + i));
    }

    /// Triangulates `flat`; false where the triangles do not fill the polygon, so that it cannot be valid.
    fn triangulate(&mut self, feature: FeatureId, holes: &[u32]) -> bool {
        let Some(&origin) = self.flat.first() else { return true };
        let local =
            |p: &GridPos| [f64::from(p.x.wrapping_sub(origin.x) as i32), f64::from(p.y.wrapping_sub(origin.y) as i32)];
        self.triangles.clear();
        self.earcut.earcut(self.flat.iter().map(local), holes, &mut self.triangles);
        let base = self.mesh.vertices.len() as u32;
        self.mesh.vertices.extend(self.flat.iter().map(|p| FillVertex { at: [p.x, p.y], feature: feature.number() }));
        self.mesh.indices.extend(self.triangles.iter().map(|i| base + i));
        let points: Vec<[f64; 2]> = self.flat.iter().map(local).collect();
        earcut::deviation(points, holes, &self.triangles) < 1e-9
    }

    /// Replaces the triangles of a polygon that is not valid by those of its repaired form.
    fn repaired_part(&mut self, feature: FeatureId, holes: &[u32]) {
        let count = self.flat.len();
        let polygon = self.polygon(holes);
        let Some(mended) = repaired(&MultiPolygon(vec![polygon])) else { return };
        self.mesh.vertices.truncate(self.mesh.vertices.len() - count);
        let kept = self.mesh.indices.len() - self.triangles.len();
        self.mesh.indices.truncate(kept);
        for polygon in &mended {
            self.fill(feature, std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        }
    }
}
