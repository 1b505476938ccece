//! Drawing the map without a GPU: where the graphics device is itself a program, filling rows of pixels straight from the
//! rings is many times faster than triangles through it, and needs no triangles at all.

mod fill;
mod stroke;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rayon::prelude::*;

use super::chunk::Chunks;
use super::level::Level;
use super::pipelines::LayerUniform;
use super::points::PointSymbol;
use super::shape::{BorderKind, LevelShape};
use super::style::{Style, Texel};
use super::viewport::Viewport;
use crate::geo::{GRID_BITS, GridPos};
use crate::model::PartKind;
use fill::{Paint, Rule};
use stroke::Pen;

/// Rows that one thread draws in one go.
const BAND_ROWS: usize = 72;

/// Smallest part that leaves a trace, in square pixels.
const LEAST_TRACE_PX2: f32 = 0.02;

/// One layer as it is to be drawn.
pub(super) struct RasterLayer<'a> {
    pub chunks: &'a Chunks,
    /// What is in view: the number of a chunk and its shape; without a shape straight from the file's rings.
    pub shapes: Vec<(u32, Option<Arc<LevelShape>>)>,
    /// Whether the shapes have all positions of the file.
    pub is_full: bool,
    pub style: &'a Style,
    pub points: &'a [PointSymbol],
    pub uniform: LayerUniform,
    /// Whether areas have an outline only.
    pub is_hollow: bool,
}

/// Some rows of a picture.
struct Band<'a> {
    pixels: &'a mut [u32],
    width: usize,
    height: usize,
    /// Its upper left corner in the picture.
    x: usize,
    y: usize,
    /// Pixels per grid step, and where the grid's corner would be.
    scale: f64,
    origin: [f64; 2],
    hatch: Hatch,
}

/// The hatch of missing values.
#[derive(Clone, Copy)]
struct Hatch {
    shift_px: [f32; 2],
    period_px: f32,
    ground: [f32; 4],
    line: [f32; 4],
}

impl Hatch {
    fn colour_at(&self, x: f32, y: f32) -> u32 {
        let along = (x + self.shift_px[0] + y + self.shift_px[1]) / self.period_px;
        let d = (along - along.floor() - 0.5).abs() * self.period_px;
        let t = (d - 0.6).clamp(0.0, 1.0);
        packed(std::array::from_fn(|i| self.line[i] + (self.ground[i] - self.line[i]) * t))
    }
}

/// A colour as four bytes, opaque.
pub(super) fn packed([r, g, b, _]: [f32; 4]) -> u32 {
    u32::from_le_bytes([r, g, b, 1.0].map(|v| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8))
}

/// A colour over another; `alpha` from 0 to 256.
fn over(below: u32, above: u32, alpha: u32) -> u32 {
    let keep = 256 - alpha;
    let even = ((below & 0x00ff_00ff) * keep + (above & 0x00ff_00ff) * alpha + 0x0080_0080) >> 8 & 0x00ff_00ff;
    let odd = (below >> 8 & 0x00ff_00ff) * keep + (above >> 8 & 0x00ff_00ff) * alpha + 0x0080_0080;
    even | odd & 0xff00_ff00
}

impl Band<'_> {
    fn x_of(&self, p: GridPos) -> f64 {
        f64::from(p.x) * self.scale - self.origin[0]
    }

    fn y_of(&self, p: GridPos) -> f64 {
        f64::from(p.y) * self.scale - self.origin[1]
    }
}

/// A part too small to take a pixel, to be blended over what the others left.
struct Trace {
    at: usize,
    colour: u32,
    alpha: u32,
}

/// Draws layers, bottom first, into a rectangle of a picture (x, y, width, height), over a colour or over what was painted before: RGBA
/// bytes, row by row.
pub(super) fn draw(
    layers: &[RasterLayer<'_>],
    view: &Viewport,
    (ground, under): ([f32; 4], Option<Vec<u32>>),
    [x, y, width, height]: [u32; 4],
) -> Vec<u32> {
    let (width, height) = (width as usize, height as usize);
    let scale = view.px_per_world / 2f64.powi(GRID_BITS as i32);
    let corner = [
        view.centre.x * view.px_per_world - f64::from(view.size_px[0]) / 2.0 + f64::from(x),
        view.centre.y * view.px_per_world - f64::from(view.size_px[1]) / 2.0 + f64::from(y),
    ];
    let mut pixels = under.unwrap_or_else(|| vec![packed(ground); width * height]);
    pixels.par_chunks_mut((width * BAND_ROWS).max(1)).enumerate().for_each(|(i, rows)| {
        let top = i * BAND_ROWS;
        for layer in layers {
            let mut band = Band {
                height: rows.len() / width.max(1),
                pixels: rows,
                width,
                x: x as usize,
                y: y as usize + top,
                scale,
                origin: [corner[0], corner[1] + top as f64],
                hatch: Hatch {
                    shift_px: layer.uniform.hatch_shift_px,
                    period_px: layer.uniform.hatch_px,
                    ground: layer.uniform.hatch_ground,
                    line: layer.uniform.hatch_line,
                },
            };
            layer.draw(&mut band);
        }
    });
    pixels
}

impl RasterLayer<'_> {
    fn draw(&self, band: &mut Band<'_>) {
        let reach = 4.0;
        let (w, n) = ((band.origin[0] - reach) / band.scale, (band.origin[1] - reach) / band.scale);
        let (e, s) =
            (w + (band.width as f64 + 2.0 * reach) / band.scale, n + (band.height as f64 + 2.0 * reach) / band.scale);
        let touches = |[bw, bn, be, bs]: [u32; 4]| {
            f64::from(be) >= w && f64::from(bw) <= e && f64::from(bs) >= n && f64::from(bn) <= s
        };
        let steps = 2f64.powi(GRID_BITS as i32);
        let in_band: Vec<&(u32, Option<Arc<LevelShape>>)> = self
            .shapes
            .iter()
            .filter(|(c, _)| {
                let b = self
                    .chunks
                    .list
                    .get(*c as usize)
                    .map_or([1.0, 1.0, 0.0, 0.0], |c| c.bounds.sides().map(|v| v * steps));
                b[2] >= w && b[0] <= e && b[3] >= n && b[1] <= s
            })
            .collect();
        let mut crossings = Vec::new();
        let mut traces = Vec::new();
        let rule = if self.is_full { Rule::EvenOdd } else { Rule::Covered };
        for (chunk, shape) in in_band.iter().filter(|_| !self.is_hollow) {
            match shape {
                Some(shape) => {
                    for (i, part) in shape.parts.iter().enumerate() {
                        let extent = &self.chunks.extents[part.part as usize];
                        if touches(extent.bounds)
                            && let Some((paint, colour)) = self.paint(part.feature.number())
                            && !band.fill(shape.rings(i), rule, paint, &mut crossings)
                        {
                            traces.extend(self.trace(band, part.part, colour));
                        }
                    }
                }
                None => self.fill_from_file(*chunk, band, &touches, &mut crossings, &mut traces),
            }
        }
        for Trace { at, colour, alpha } in traces {
            if let Some(pixel) = band.pixels.get_mut(at) {
                *pixel = over(*pixel, colour, alpha);
            }
        }
        self.lines(band, &in_band);
        for symbol in self.points {
            if let Texel::Colour(rgb) = self.style.texel(symbol.feature) {
                band.symbol(symbol, rgb, self.uniform.symbol_px, self.uniform.rim, self.uniform.opacity);
            }
        }
    }

    fn fill_from_file(
        &self,
        chunk: u32,
        band: &mut Band<'_>,
        touches: &impl Fn([u32; 4]) -> bool,
        crossings: &mut Vec<u64>,
        traces: &mut Vec<Trace>,
    ) {
        let geometry = &self.chunks.geometry;
        let features = self.chunks.list.get(chunk as usize).map_or(&[][..], |c| &c.features);
        for &feature in features {
            let Some((paint, colour)) = self.paint(feature.number()) else { continue };
            let first = geometry.features.get(feature.index()).map_or(0, |f| f.part_start);
            for (i, part) in geometry.parts_of(feature).iter().enumerate() {
                let number = first + i as u32;
                if part.kind != PartKind::Polygon || !touches(self.chunks.extents[number as usize].bounds) {
                    continue;
                }
                let rings =
                    (part.ring_start..part.ring_end).filter_map(|r| self.chunks.grid.get(geometry.ring_range(r)));
                if !band.fill(rings, Rule::EvenOdd, paint, crossings) {
                    traces.extend(self.trace(band, number, colour));
                }
            }
        }
    }

    fn paint(&self, feature: u32) -> Option<(Paint, u32)> {
        let alpha = (self.uniform.opacity * 256.0 + 0.5) as u32;
        match self.style.texel(feature) {
            Texel::Hidden => None,
            Texel::Hatched => Some((Paint::Hatch(alpha), packed(self.uniform.hatch_ground))),
            Texel::Colour([r, g, b]) => {
                let colour = u32::from_le_bytes([r, g, b, 255]);
                Some((if alpha >= 256 { Paint::Solid(colour) } else { Paint::Blend(colour, alpha) }, colour))
            }
        }
    }

    /// What a part leaves that took no pixel: its colour in the pixel at its middle, as strong as it is large.
    fn trace(&self, band: &Band<'_>, part: u32, colour: u32) -> Option<Trace> {
        let extent = &self.chunks.extents[part as usize];
        let area = (extent.side_steps * band.scale as f32).powi(2);
        if area < LEAST_TRACE_PX2 {
            return None;
        }
        let [w, n, e, s] = extent.bounds;
        let middle = GridPos { x: w / 2 + e / 2, y: n / 2 + s / 2 };
        let (x, y) = (band.x_of(middle).floor(), band.y_of(middle).floor());
        let inside = x >= 0.0 && y >= 0.0 && x < band.width as f64 && y < band.height as f64;
        let alpha = (area.min(1.0) * self.uniform.opacity * 256.0) as u32;
        inside.then(|| Trace { at: y as usize * band.width + x as usize, colour, alpha })
    }

    /// Whether white does not show on a fill: as in `map.wgsl`.
    fn is_pale(&self, texel: Texel) -> bool {
        let rgb = match texel {
            Texel::Colour(rgb) => rgb.map(|v| f32::from(v) / 255.0),
            Texel::Hatched => std::array::from_fn(|i| self.uniform.hatch_ground[i]),
            Texel::Hidden => return false,
        };
        0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] > 0.8
    }

    fn lines(&self, band: &mut Band<'_>, in_band: &[&(u32, Option<Arc<LevelShape>>)]) {
        for kind in BorderKind::ALL {
            let class = kind as usize;
            let pen = Pen {
                colour: self.uniform.colours[class],
                width_px: self.uniform.widths_px[class],
                opacity: self.uniform.opacity,
                dash_px: self.uniform.dash_px,
            };
            for shape in in_band.iter().filter_map(|(_, shape)| shape.as_ref()) {
                for (line, points) in shape.lines().filter(|(l, _)| l.kind == kind) {
                    let pen = match (kind, self.style.texel(line.feature.number())) {
                        (BorderKind::Line, Texel::Colour(rgb)) => {
                            let [r, g, b] = rgb.map(|v| f32::from(v) / 255.0);
                            Pen { colour: [r, g, b, 1.0], ..pen }
                        }
                        (BorderKind::Villages, texel) if self.is_pale(texel) => {
                            Pen { colour: self.uniform.pale_border, ..pen }
                        }
                        (BorderKind::Line, Texel::Hidden) => continue,
                        (BorderKind::Line, Texel::Hatched) => Pen { colour: self.uniform.hatch_line, ..pen },
                        _ => pen,
                    };
                    band.stroke(points, pen);
                }
            }
        }
    }
}

/// The level at which a view is drawn, or `None` for straight from the file's rings.
pub(super) fn level_of(chunks: &Chunks, view: &Viewport) -> Option<Level> {
    chunks.topology().map(|_| Level::for_zoom(view.zoom()))
}
