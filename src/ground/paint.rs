//! Painting the ground into a picture of the map.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::blocks::{Block, BlockLevel, Blocks, GroundError};
use super::open::{GroundFormat, GroundSpec};
use super::store::{At, Found, Store};
use crate::geo::{BoundsDeg, System, WorldPos};

/// Side of a cell of the mesh on which the way into the picture is computed, in pixels.
const MESH_PX: u32 = 16;
/// Levels above that stand in for a block that is on its way.
const MOST_ABOVE: usize = 6;
/// Blocks along a side of a cell of the mesh.
const MOST_SPANNED: u32 = 4096;
/// Rows that one thread paints in one go.
const BAND_ROWS: usize = 48;

/// A ground that is open.
pub struct Ground {
    store: Store,
    spec: GroundSpec,
    format: GroundFormat,
    bounds: Option<BoundsDeg>,
}

impl std::fmt::Debug for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ground").field("spec", &self.spec).finish_non_exhaustive()
    }
}

/// A rectangle of pixels of the world: the map's picture, or a piece of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    /// World position of its upper left corner.
    pub corner: WorldPos,
    /// Pixels along the whole world.
    pub px_per_world: f64,
    /// Width and height in pixels.
    pub size_px: [u32; 2],
}

/// Places of the mesh in the picture of the ground, at one level.
struct Mesh {
    columns: usize,
    /// Pixels of the level; NaN where the picture has no such place.
    points: Vec<[f64; 2]>,
}

impl Ground {
    /// Opens a ground.
    ///
    /// # Errors
    /// Where it is none, is damaged, or does not say where it lies.
    pub fn open(spec: GroundSpec) -> Result<Self, GroundError> {
        let (format, blocks) = spec.open()?;
        let bounds = blocks.bounds();
        Ok(Self { store: Store::new(blocks), spec, format, bounds })
    }

    /// Where its blocks come from.
    pub(super) fn source(&self) -> &dyn Blocks {
        self.store.source()
    }

    /// What it was opened from.
    pub fn spec(&self) -> &GroundSpec {
        &self.spec
    }

    /// Its format.
    pub fn format(&self) -> GroundFormat {
        self.format
    }

    /// What it covers; `None` where that is not known, or the world.
    pub fn bounds(&self) -> Option<BoundsDeg> {
        self.bounds
    }

    /// Who is to be named, as the source says.
    pub fn attribution(&self) -> &str {
        self.store.source().attribution()
    }

    /// The coordinate system of a picture; `None` for tiles.
    pub fn system(&self) -> Option<&System> {
        self.store.source().system()
    }

    /// The title that the source says.
    pub fn title(&self) -> &str {
        self.store.source().title()
    }

    /// Least and greatest zoom of tiles; numbers of levels of a picture.
    pub fn levels(&self) -> (u32, u32) {
        let levels = self.store.source().levels();
        (levels.first().map_or(0, |l| l.key), levels.last().map_or(0, |l| l.key))
    }

    /// How many blocks have come so far: another number after each, so that the map knows when to draw again.
    pub fn arrived(&self) -> u64 {
        self.store.arrived()
    }

    /// Blocks that are on their way.
    pub fn coming(&self) -> usize {
        self.store.coming()
    }

    /// The first thing that went wrong with a block, in words.
    pub fn fault(&self) -> Option<std::sync::Arc<GroundError>> {
        self.store.fault()
    }

    /// What is called whenever blocks have come.
    pub fn on_arrival(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.store.on_arrival(wake);
    }

    /// Paints it over RGBA pixels; `opacity` from 0 to 1. With `waits`, every block that is needed is fetched first; else what is missing
    /// comes by and by, and something coarser stands in. Whether all of it was there.
    pub fn paint(&self, patch: &Patch, opacity: f32, waits: bool, pixels: &mut [u32]) -> bool {
        let source = self.store.source();
        let [width, height] = patch.size_px;
        if width == 0 || height == 0 || pixels.len() < (width as usize) * (height as usize) {
            return true;
        }
        let Some(at) = self.level_for(patch) else { return true };
        let Some(level) = source.levels().get(at) else { return true };
        let mesh = mesh_of(source, level, patch);
        let wanted = wanted(&mesh, level);
        let blocks: Vec<(At, Found)> = match waits {
            true => wanted
                .into_par_iter()
                .map(|at| (at, self.store.fetch(level, at).map_or(Found::Nothing, Found::There)))
                .collect(),
            false => wanted.into_iter().map(|at| (at, self.store.get(level, at))).collect(),
        };
        let mut is_whole = blocks.iter().all(|(_, found)| !matches!(found, Found::Coming));
        let mut pieces: rustc_hash::FxHashMap<(u32, u32), Piece> = Default::default();
        for ((_, column, row), found) in blocks {
            let piece = match found {
                Found::There(block) => Some(self.piece(block, level, [1.0, 1.0], (column, row))),
                // A pyramid that is not as deep everywhere: what is coarser there is shown.
                Found::Nothing if source.fills_blocks() => {
                    let (piece, is_known) = self.coarser(at, level, (column, row), waits);
                    is_whole &= is_known;
                    piece
                }
                Found::Nothing => None,
                Found::Coming => self.stand_in(at, level, column, row),
            };
            pieces.extend(piece.map(|piece| ((column, row), piece)));
        }
        let alpha = (opacity.clamp(0.0, 1.0) * 256.0).round() as u32;
        let step = step_of(source, level, patch);
        // Where a pixel of the map is a pixel of the ground, it is that pixel.
        let is_smooth = !source.is_straight() || (step - 1.0).abs() > 0.01;
        pixels.par_chunks_mut(width as usize * BAND_ROWS).enumerate().for_each(|(band, rows)| {
            for (r, row) in rows.chunks_mut(width as usize).enumerate() {
                let y = band * BAND_ROWS + r;
                if y < height as usize {
                    paint_row(row, y, &mesh, level, &pieces, alpha, is_smooth);
                }
            }
        });
        is_whole
    }

    /// How far the mesh is off in the middle of its cells at most, in pixels of the map: what is lost by computing the way into the
    /// picture exactly on its points only.
    pub fn residual_px(&self, patch: &Patch) -> f64 {
        let source = self.store.source();
        let (Some(at), false) = (self.level_for(patch), source.is_straight()) else { return 0.0 };
        let Some(level) = source.levels().get(at) else { return 0.0 };
        let mesh = mesh_of(source, level, patch);
        let step = step_of(source, level, patch).max(1e-9);
        let [columns, rows] = patch.size_px.map(|px| (px / MESH_PX) as usize);
        let mut most = 0.0_f64;
        for (column, row) in (0..rows).flat_map(|r| (0..columns).map(move |c| (c, r))) {
            let half = f64::from(MESH_PX) / 2.0;
            let (x, y) = (column as f64 * f64::from(MESH_PX) + half, row as f64 * f64::from(MESH_PX) + half);
            let exact = source.place(world_of(patch, x, y)).map(|[a, b]| [a * level.width_px, b * level.height_px]);
            let (Some([ex, ey]), [mx, my]) = (exact, mesh.at(x, y)) else { continue };
            let off = (ex - mx).hypot(ey - my) / step;
            if off.is_finite() {
                most = most.max(off);
            }
        }
        most
    }

    /// The level whose pixels are nearest to those of the map.
    fn level_for(&self, patch: &Patch) -> Option<usize> {
        let source = self.store.source();
        let finest = source.levels().last()?;
        let step = step_of(source, finest, patch);
        if !step.is_finite() || step <= 0.0 {
            return None;
        }
        // Pixels of the finest level along one of the map; a level of `width` has `step · width / finest` of them.
        let off = |l: &BlockLevel| (step * l.width_px / finest.width_px).log2().abs();
        let best = source.levels().iter().enumerate().min_by(|(_, a), (_, b)| off(a).total_cmp(&off(b)));
        best.map(|(at, _)| at)
    }

    /// The nearest coarser block that is there, to stand in for one that is on its way.
    fn stand_in(&self, at: usize, level: &BlockLevel, column: u32, row: u32) -> Option<Piece> {
        (at.saturating_sub(MOST_ABOVE)..at).rev().find_map(|above| {
            let (coarse, scale, (c, r)) = self.above(above, level, (column, row))?;
            let block = self.store.present((coarse.key, c, r))?;
            Some(self.piece(block, coarse, scale, (c, r)))
        })
    }

    /// The nearest coarser block that the source has where it has none at the level itself; and whether that is known by now.
    fn coarser(&self, at: usize, level: &BlockLevel, place: (u32, u32), waits: bool) -> (Option<Piece>, bool) {
        for above in (at.saturating_sub(MOST_ABOVE)..at).rev() {
            let Some((coarse, scale, (c, r))) = self.above(above, level, place) else { break };
            let key = (coarse.key, c, r);
            let found = match waits {
                true => self.store.fetch(coarse, key).map_or(Found::Nothing, Found::There),
                false => self.store.get(coarse, key),
            };
            match found {
                Found::There(block) => return (Some(self.piece(block, coarse, scale, (c, r))), true),
                Found::Coming => return (self.stand_in(above, level, place.0, place.1), false),
                Found::Nothing => {}
            }
        }
        (None, true)
    }

    /// A coarser level, how many of its pixels one of a level is, and its block in which a block of that level lies.
    fn above(
        &self,
        above: usize,
        level: &BlockLevel,
        (column, row): (u32, u32),
    ) -> Option<(&BlockLevel, [f64; 2], (u32, u32))> {
        let coarse = self.store.source().levels().get(above)?;
        let [x, y] = corner_of(level, column, row);
        let scale = [coarse.width_px / level.width_px, coarse.height_px / level.height_px];
        let [bw, bh] = coarse.block_px.map(f64::from);
        Some((coarse, scale, ((x * scale[0] / bw) as u32, (y * scale[1] / bh) as u32)))
    }

    /// A block of a level as a piece; `scale` is how many pixels of that level one of the level is that is painted. Tiles fill their square,
    /// however many pixels each of them has.
    fn piece(&self, block: Arc<Block>, level: &BlockLevel, scale: [f64; 2], (column, row): (u32, u32)) -> Piece {
        let own = match self.store.source().fills_blocks() {
            true => [
                f64::from(block.width_px) / f64::from(level.block_px[0].max(1)),
                f64::from(block.height_px) / f64::from(level.block_px[1].max(1)),
            ],
            false => [1.0, 1.0],
        };
        let [left, top] = corner_of(level, column, row);
        Piece { block, scale: [scale[0] * own[0], scale[1] * own[1]], shift: [left * own[0], top * own[1]] }
    }
}

/// A block, and how the pixels of the level that is painted lie in it.
struct Piece {
    block: Arc<Block>,
    scale: [f64; 2],
    shift: [f64; 2],
}

impl Piece {
    fn pixel(&self, x: i64, y: i64) -> [u8; 4] {
        let (w, h) = (i64::from(self.block.width_px), i64::from(self.block.height_px));
        let (x, y) = (x.clamp(0, w - 1), y.clamp(0, h - 1));
        self.block.pixels.get((y * w + x) as usize).map_or([0; 4], |p| p.to_le_bytes())
    }

    /// The colour at a place of the level, from the pixel itself or from the four around.
    fn colour(&self, [x, y]: [f64; 2], is_smooth: bool) -> [u8; 4] {
        let (x, y) = (x * self.scale[0] - self.shift[0], y * self.scale[1] - self.shift[1]);
        if !is_smooth && self.scale == [1.0, 1.0] {
            return self.pixel(x.floor() as i64, y.floor() as i64);
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| self.pixel(left + dx, top + dy));
        let weights = [(1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v];
        let alpha: f64 = four.iter().zip(weights).map(|(p, w)| f64::from(p[3]) * w).sum();
        if alpha <= 0.0 {
            return [0; 4];
        }
        let channel = |i: usize| {
            let sum: f64 = four.iter().zip(weights).map(|(p, w)| f64::from(p[i]) * f64::from(p[3]) * w).sum();
            (sum / alpha + 0.5) as u8
        };
        [channel(0), channel(1), channel(2), (alpha + 0.5) as u8]
    }
}

fn corner_of(level: &BlockLevel, column: u32, row: u32) -> [f64; 2] {
    [f64::from(column) * f64::from(level.block_px[0]), f64::from(row) * f64::from(level.block_px[1])]
}

fn world_of(patch: &Patch, x: f64, y: f64) -> WorldPos {
    WorldPos { x: patch.corner.x + x / patch.px_per_world, y: patch.corner.y + y / patch.px_per_world }
}

/// Pixels of the level along one pixel of the map: around its middle, else around the first of some places that the picture's system has.
fn step_of(source: &dyn Blocks, level: &BlockLevel, patch: &Patch) -> f64 {
    let [width, height] = patch.size_px.map(f64::from);
    let reach = (width.min(height) / 4.0).max(0.5);
    let place =
        |x: f64, y: f64| source.place(world_of(patch, x, y)).map(|[a, b]| [a * level.width_px, b * level.height_px]);
    let step = |x: f64, y: f64| -> Option<f64> {
        let (a, b) = (place(x - reach, y)?, place(x + reach, y)?);
        Some((b[0] - a[0]).hypot(b[1] - a[1]) / (2.0 * reach)).filter(|s| s.is_finite())
    };
    let shares = [0.5, 0.1, 0.9, 0.3, 0.7];
    let places = shares.iter().flat_map(|v| shares.iter().map(move |u| (*u, *v)));
    places.into_iter().find_map(|(u, v)| step(u * width, v * height)).unwrap_or(f64::NAN)
}

fn mesh_of(source: &dyn Blocks, level: &BlockLevel, patch: &Patch) -> Mesh {
    let [columns, rows] = patch.size_px.map(|px| px.div_ceil(MESH_PX) as usize + 1);
    let point = |at: usize| {
        let (x, y) = ((at % columns) as f64 * f64::from(MESH_PX), (at / columns) as f64 * f64::from(MESH_PX));
        let world = world_of(patch, x, y);
        let place = (0.0..=1.0).contains(&world.y).then(|| source.place(world)).flatten();
        place.map_or([f64::NAN; 2], |[a, b]| [a * level.width_px, b * level.height_px])
    };
    Mesh { columns, points: (0..columns * rows).into_par_iter().with_min_len(512).map(point).collect() }
}

impl Mesh {
    fn point(&self, column: usize, row: usize) -> [f64; 2] {
        self.points.get(row * self.columns + column.min(self.columns - 1)).copied().unwrap_or([f64::NAN; 2])
    }

    /// The place of a pixel, straight between the four points around it.
    fn at(&self, x: f64, y: f64) -> [f64; 2] {
        let (x, y) = ((x / f64::from(MESH_PX)).max(0.0), (y / f64::from(MESH_PX)).max(0.0));
        let rows = self.points.len() / self.columns;
        let (column, row) =
            ((x as usize).min(self.columns.saturating_sub(2)), (y as usize).min(rows.saturating_sub(2)));
        let (u, v) = (x - column as f64, y - row as f64);
        let [a, b] = [self.point(column, row), self.point(column + 1, row)];
        let [c, d] = [self.point(column, row + 1), self.point(column + 1, row + 1)];
        std::array::from_fn(|i| (a[i] * (1.0 - u) + b[i] * u) * (1.0 - v) + (c[i] * (1.0 - u) + d[i] * u) * v)
    }
}

/// The blocks that a mesh touches.
fn wanted(mesh: &Mesh, level: &BlockLevel) -> Vec<At> {
    let [across, down] = level.blocks();
    let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
    let rows = mesh.points.len() / mesh.columns;
    let [bw, bh] = level.block_px.map(f64::from);
    for row in 0..rows.saturating_sub(1) {
        for column in 0..mesh.columns.saturating_sub(1) {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dc, dr)| mesh.point(column + dc, row + dr));
            let least = |i: usize| four.iter().map(|p| p[i]).fold(f64::INFINITY, f64::min);
            let most = |i: usize| four.iter().map(|p| p[i]).fold(f64::NEG_INFINITY, f64::max);
            let range = |low: f64, high: f64, block: f64, count: u32| -> Option<(u32, u32)> {
                let inside = high >= 0.0 && low < block * f64::from(count) && low.is_finite() && high.is_finite();
                inside.then(|| {
                    let of = |v: f64| ((v / block).floor().max(0.0) as u32).min(count.saturating_sub(1));
                    (of(low), of(high))
                })
            };
            let (Some(x), Some(y)) = (range(least(0), most(0), bw, across), range(least(1), most(1), bh, down)) else {
                continue;
            };
            // Strips of one row are many blocks in a cell of the mesh; more than these lie in no picture that has coarser levels.
            for r in y.0..=y.1.min(y.0 + MOST_SPANNED) {
                seen.extend((x.0..=x.1.min(x.0 + MOST_SPANNED)).map(|c| (c, r)));
            }
        }
    }
    let mut list: Vec<At> = seen.into_iter().map(|(c, r)| (level.key, c, r)).collect();
    list.sort_unstable();
    list
}

fn paint_row(
    row: &mut [u32],
    y: usize,
    mesh: &Mesh,
    level: &BlockLevel,
    pieces: &rustc_hash::FxHashMap<(u32, u32), Piece>,
    alpha: u32,
    is_smooth: bool,
) {
    let [bw, bh] = level.block_px.map(f64::from);
    let mut last: Option<((u32, u32), Option<&Piece>)> = None;
    for (x, pixel) in row.iter_mut().enumerate() {
        let at = mesh.at(x as f64 + 0.5, y as f64 + 0.5);
        if !(at[0] >= 0.0 && at[1] >= 0.0 && at[0] < level.width_px && at[1] < level.height_px) {
            continue;
        }
        let key = ((at[0] / bw) as u32, (at[1] / bh) as u32);
        let piece = match last {
            Some((known, piece)) if known == key => piece,
            _ => {
                let piece = pieces.get(&key);
                last = Some((key, piece));
                piece
            }
        };
        let Some(piece) = piece else { continue };
        let [r, g, b, a] = piece.colour(at, is_smooth);
        let cover = (u32::from(a) * alpha + 127) / 255;
        if cover > 0 {
            *pixel = over(*pixel, [r, g, b], cover.min(256));
        }
    }
}

/// A colour over a pixel; `alpha` from 0 to 256.
fn over(below: u32, above: [u8; 3], alpha: u32) -> u32 {
    let [r, g, b, _] = below.to_le_bytes();
    let mix = |low: u8, high: u8| ((u32::from(low) * (256 - alpha) + u32::from(high) * alpha + 128) >> 8) as u8;
    u32::from_le_bytes([mix(r, above[0]), mix(g, above[1]), mix(b, above[2]), 255])
}
