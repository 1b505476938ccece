//! Groups of neighbouring features that are drawn, refined and dropped together.

use std::sync::{Arc, OnceLock};

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::geo::{
    GridPos, LonLat, Mercator, NOBODY, RingKind, RingOf, Shores, Stretch, Topology, WorldBounds, doubled_ring_area,
};
use crate::model::{FeatureId, GeometryStore, PartKind};

/// Most vertices in one chunk, at full detail, unless one feature alone has more.
const VERTICES_PER_CHUNK: usize = 24_000;

/// Neighbouring features and the rectangle of the world they fill.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Members.
    pub features: Vec<FeatureId>,
    /// West, north, east, south in world units.
    pub bounds: WorldBounds,
}

/// Where a part lies and how large it is.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// West, north, east, south on the grid.
    pub bounds: [u32; 4],
    /// Side in grid steps of a square as large as it; 0 for lines and points.
    pub side_steps: f32,
}

/// All chunks of a dataset, in an R-tree, with the geometry on the grid of 2³² steps.
pub struct Chunks {
    /// The chunks.
    pub list: Vec<Chunk>,
    /// The dataset's geometry.
    pub geometry: Arc<GeometryStore>,
    /// `geometry.coords` on the grid.
    pub grid: Vec<GridPos>,
    /// Feature and kind of each ring.
    pub rings: Vec<RingOf>,
    /// Where each part lies.
    pub extents: Vec<Extent>,
    topology: OnceLock<Topology>,
    shores: OnceLock<Shores>,
    apart: OnceLock<bool>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    /// Width of a typical feature in world units; infinite where there are lines, which are always drawn.
    width: f64,
}

impl Chunks {
    /// Projects the geometry and sorts features along a Hilbert curve into chunks.
    pub fn new(geometry: Arc<GeometryStore>) -> Self {
        use rayon::prelude::*;
        let mercator = Mercator::shared();
        let grid: Vec<GridPos> =
            geometry.coords.par_iter().map(|c| mercator.to_grid(LonLat::new(c[0], c[1]))).collect();
        let extents: Vec<Extent> = geometry
            .parts
            .par_iter()
            .map(|part| extent(&geometry, &grid, part.ring_start, part.ring_end, part.kind))
            .collect();
        let mut entries: Vec<(u64, FeatureId, [u32; 4], usize)> = (0..geometry.features.len() as u32)
            .into_par_iter()
            .filter_map(|feature| {
                let mut b = [u32::MAX, u32::MAX, 0, 0];
                let mut vertices = 0;
                let first = geometry.features.get(feature as usize).map_or(0, |f| f.part_start as usize);
                for (i, part) in geometry
                    .parts_of(FeatureId::new(feature))
                    .iter()
                    .enumerate()
                    .filter(|(_, p)| p.kind != PartKind::Point)
                {
                    let [w, n, e, s] = extents[first + i].bounds;
                    b = [b[0].min(w), b[1].min(n), b[2].max(e), b[3].max(s)];
                    let at = |r: u32| geometry.ring_starts.get(r as usize).copied().unwrap_or(0) as usize;
                    vertices += at(part.ring_end) - at(part.ring_start);
                }
                let middle = |a: u32, c: u32| a / 2 + c / 2;
                (vertices > 0)
                    .then(|| (hilbert(middle(b[0], b[2]), middle(b[1], b[3])), FeatureId::new(feature), b, vertices))
            })
            .collect();
        entries.par_sort_unstable();
        let mut list: Vec<Chunk> = Vec::new();
        let mut filled = usize::MAX;
        for (_, feature, b, vertices) in entries {
            if filled.saturating_add(vertices) > VERTICES_PER_CHUNK {
                list.push(Chunk { features: Vec::new(), bounds: WorldBounds::new([1.0, 1.0, 0.0, 0.0]) });
                filled = 0;
            }
            filled += vertices;
            if let Some(chunk) = list.last_mut() {
                chunk.features.push(feature);
                let (nw, se) = (GridPos { x: b[0], y: b[1] }.to_world(), GridPos { x: b[2], y: b[3] }.to_world());
                let c = chunk.bounds.sides();
                chunk.bounds = WorldBounds::new([c[0].min(nw.x), c[1].min(nw.y), c[2].max(se.x), c[3].max(se.y)]);
            }
        }
        let boxes = list.iter().enumerate().map(|(i, c)| {
            let [w, n, e, s] = c.bounds.sides();
            GeomWithData::new(Rectangle::from_corners([w, n], [e, s]), i as u32)
        });
        let tree = RTree::bulk_load(boxes.collect());
        let width = typical_width(&list, &geometry);
        let rings = rings_of(&geometry);
        Self {
            list,
            geometry,
            grid,
            rings,
            extents,
            topology: OnceLock::new(),
            shores: OnceLock::new(),
            apart: OnceLock::new(),
            tree,
            width,
        }
    }

    /// The same with shared borders and shores known beforehand.
    pub fn knowing(self, topology: Topology, shores: Shores) -> Self {
        Self { topology: OnceLock::from(topology), shores: OnceLock::from(shores), ..self }
    }

    /// Shared borders and ranks, where they are known.
    pub fn topology(&self) -> Option<&Topology> {
        // Both or neither: without shores, specks would be drawn and kept.
        self.topology.get().filter(|_| self.shores.get().is_some())
    }

    /// Shared borders and ranks; finds them where they are not known yet.
    pub fn find_topology(&self) -> &Topology {
        let find = || Topology::new(&self.grid, &self.geometry.ring_starts, &self.rings);
        let topology = self.topology.get_or_init(find);
        self.shores.get_or_init(|| Shores::new(topology, &self.grid, &self.geometry.ring_starts));
        topology
    }

    /// How far shores reach, where borders are known.
    pub fn shores(&self) -> Option<&Shores> {
        self.shores.get()
    }

    /// Positions of all rings.
    pub fn vertex_count(&self) -> usize {
        self.grid.len()
    }

    /// How strongly borders are drawn at a scale, 0 to 1: where villages are a few pixels wide, borders would hide the
    /// colours.
    pub fn border_strength(&self, px_per_world: f64) -> f32 {
        ((self.width * px_per_world - 5.0) / 13.0).clamp(0.0, 1.0) as f32
    }

    /// The same for borders between towns, which are taken to be some villages wide, and for outer borders, which never
    /// vanish.
    pub fn heavy_border_strengths(&self, px_per_world: f64) -> [f32; 2] {
        let width = self.width * px_per_world;
        [((width * 6.0 - 12.0) / 40.0).clamp(0.0, 1.0) as f32, (width / 12.0).clamp(0.35, 1.0) as f32]
    }

    /// By how much borders between villages, between towns and of everything are drawn thinner at a scale: as one goes away, so that lines
    /// do not hide what they enclose. `px_per_world` is in points.
    pub fn border_thinness(&self, px_per_world: f64) -> [f32; 3] {
        let width = self.width * px_per_world;
        let thin = |full: f64, least: f64| (width / full).clamp(least, 1.0) as f32;
        // Where neighbours do not share their borders, the border of everything is that of each village.
        let outer = if self.is_apart() { thin(60.0, 0.2).min(0.45) } else { thin(44.0, 0.4) };
        [thin(24.0, 0.5), thin(36.0, 0.45), outer]
    }

    /// Whether most borders are shared by nobody: polygons drawn one by one, whose edges do not meet.
    pub fn is_apart(&self) -> bool {
        let Some(topology) = self.topology() else { return false };
        *self.apart.get_or_init(|| {
            let (all, _) = topology.parts();
            let positions = |s: &Stretch| s.end.saturating_sub(s.start) as usize;
            let drawn: usize = all.iter().filter(|s| s.drawn).map(positions).sum();
            let outer: usize = all.iter().filter(|s| s.drawn && s.other == NOBODY).map(positions).sum();
            self.list.iter().map(|c| c.features.len()).sum::<usize>() > 12 && outer * 10 > drawn * 6
        })
    }

    /// Chunks that meet a rectangle of the world (west, north, east, south), in order.
    pub fn in_view(&self, bounds: WorldBounds) -> Vec<u32> {
        let [w, n, e, s] = bounds.sides();
        let mut hits: Vec<u32> =
            self.tree.locate_in_envelope_intersecting(&AABB::from_corners([w, n], [e, s])).map(|c| c.data).collect();
        hits.sort_unstable();
        hits
    }
}

fn extent(geometry: &GeometryStore, grid: &[GridPos], ring_start: u32, ring_end: u32, kind: PartKind) -> Extent {
    let mut bounds = [u32::MAX, u32::MAX, 0, 0];
    let mut area = 0.0;
    for ring in ring_start..ring_end {
        let positions = grid.get(geometry.ring_range(ring)).unwrap_or(&[]);
        if ring == ring_start {
            for p in positions {
                bounds = [bounds[0].min(p.x), bounds[1].min(p.y), bounds[2].max(p.x), bounds[3].max(p.y)];
            }
        }
        if kind == PartKind::Polygon {
            let of = doubled_ring_area(positions).abs() / 2.0;
            area += if ring == ring_start { of } else { -of };
        }
    }
    Extent { bounds, side_steps: f64::sqrt(area.max(0.0)) as f32 }
}

fn rings_of(geometry: &GeometryStore) -> Vec<RingOf> {
    let mut rings = vec![RingOf { feature: 0, kind: RingKind::Point }; geometry.ring_starts.len() - 1];
    for feature in 0..geometry.features.len() as u32 {
        for part in geometry.parts_of(FeatureId::new(feature)) {
            for ring in part.ring_start..part.ring_end {
                let kind = match part.kind {
                    PartKind::Point => RingKind::Point,
                    PartKind::Line => RingKind::Line,
                    PartKind::Polygon if ring == part.ring_start => RingKind::Exterior,
                    PartKind::Polygon => RingKind::Hole,
                };
                if let Some(slot) = rings.get_mut(ring as usize) {
                    *slot = RingOf { feature, kind };
                }
            }
        }
    }
    rings
}

fn typical_width(list: &[Chunk], geometry: &GeometryStore) -> f64 {
    if geometry.parts.iter().any(|p| p.kind == PartKind::Line) {
        return f64::INFINITY;
    }
    let count = list.iter().map(|c| c.features.len()).sum::<usize>().max(1);
    let area: f64 = list
        .iter()
        .map(|c| (c.bounds.south_east.x - c.bounds.north_west.x) * (c.bounds.south_east.y - c.bounds.north_west.y))
        .sum();
    (area / count as f64).sqrt()
}

/// Position along a Hilbert curve of order 16.
///
/// # References
/// J. Skilling, "Programming the Hilbert curve", AIP Conference Proceedings 707 (2004) 381–387.
fn hilbert(x: u32, y: u32) -> u64 {
    let (mut x, mut y) = (x >> 16, y >> 16);
    let mut d = 0u64;
    let mut s = 1u32 << 15;
    while s > 0 {
        let (rx, ry) = (u32::from(x & s > 0), u32::from(y & s > 0));
        d += u64::from(s) * u64::from(s) * u64::from((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                x = 0xffff - (x & 0xffff);
                y = 0xffff - (y & 0xffff);
            }
            std::mem::swap(&mut x, &mut y);
        }
        s >>= 1;
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hilbert_neighbours_are_neighbours() {
        let mut cells: Vec<(u64, u32, u32)> = Vec::new();
        for x in 0..8u32 {
            for y in 0..8u32 {
                cells.push((hilbert(x << 29, y << 29), x, y));
            }
        }
        cells.sort_unstable();
        for pair in cells.windows(2) {
            assert_eq!(pair[0].1.abs_diff(pair[1].1) + pair[0].2.abs_diff(pair[1].2), 1);
        }
    }
}
