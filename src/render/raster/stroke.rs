//! Borders with soft edges, and symbols: the same formulas as in `map.wgsl`.

use super::fill::floor;
use super::{Band, over, packed};
use crate::geo::GridPos;
use crate::render::points::PointSymbol;

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    /// Colour, straight alpha.
    pub colour: [f32; 4],
    /// Width in pixels; below a pixel a line is drawn a pixel wide and lighter instead.
    pub width_px: f32,
    /// Opacity of the layer.
    pub opacity: f32,
    /// Lengths of ink, gap, ink, gap in pixels; all 0 for a line drawn through.
    pub dash_px: [f32; 4],
}

impl Band<'_> {
    /// Draws a line.
    pub(super) fn stroke(&mut self, line: &[GridPos], pen: Pen) {
        let alpha = pen.colour[3] * pen.width_px.min(1.0) * pen.opacity;
        if alpha <= 0.003 || pen.width_px <= 0.0 {
            return;
        }
        let colour = packed(pen.colour);
        let half = f64::from(pen.width_px.max(1.0)) * 0.5;
        if pen.dash_px[0] > 0.0 {
            return self.broken(line, half, colour, f64::from(alpha), pen.dash_px.map(f64::from));
        }
        let cap = if pen.width_px > 1.2 { half * 0.9 } else { 0.0 };
        let place = |p: &GridPos| (self.x_of(*p), self.y_of(*p));
        let Some(mut a) = line.first().map(place) else { return };
        for (i, p) in line.iter().enumerate().skip(1) {
            let b = (self.x_of(*p), self.y_of(*p));
            // What is shorter than half a pixel is drawn along with what follows.
            if i + 1 < line.len() && (b.0 - a.0).abs() + (b.1 - a.1).abs() < 0.5 {
                continue;
            }
            self.segment(a, b, half, cap, colour, f64::from(alpha));
            a = b;
        }
    }

    /// Draws a line in pieces: where they lie depends on the line alone, not on what of it is drawn.
    fn broken(&mut self, line: &[GridPos], half: f64, colour: u32, alpha: f64, dash: [f64; 4]) {
        let period: f64 = dash.iter().sum();
        let pieces = [(0.0, dash[0]), (dash[0] + dash[1], dash[0] + dash[1] + dash[2])];
        let mut along = 0.0;
        for ends in line.windows(2) {
            let [a, b] = [ends[0], ends[1]].map(|p| (self.x_of(p), self.y_of(p)));
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let length = dx.hypot(dy);
            let begins = along;
            along += length;
            let Some((from, to)) = self.within(a, (dx, dy), half + 1.0).filter(|_| length > 1e-9) else { continue };
            let at = |far: f64| (a.0 + dx * far / length, a.1 + dy * far / length);
            // Only the periods that the band sees.
            let (first, last) = ((begins + from * length) / period, (begins + to * length) / period);
            for n in first.floor() as i64..=last.floor() as i64 {
                for (start, end) in pieces {
                    let shift = n as f64 * period - begins;
                    let (start, end) = ((start + shift).max(0.0), (end + shift).min(length));
                    if end > start {
                        self.segment(at(start), at(end), half, 0.0, colour, alpha);
                    }
                }
            }
        }
    }

    /// The part of an edge, as shares of it, within the band and a margin.
    fn within(&self, a: (f64, f64), d: (f64, f64), margin: f64) -> Option<(f64, f64)> {
        let (mut from, mut to) = (0.0f64, 1.0f64);
        for (a, d, most) in [(a.0, d.0, self.width as f64), (a.1, d.1, self.height as f64)] {
            if d.abs() < 1e-12 {
                if a < -margin || a > most + margin {
                    return None;
                }
                continue;
            }
            let (p, q) = ((-margin - a) / d, (most + margin - a) / d);
            (from, to) = (from.max(p.min(q)), to.min(p.max(q)));
        }
        (from < to).then_some((from, to))
    }

    fn segment(&mut self, a: (f64, f64), b: (f64, f64), half: f64, cap: f64, colour: u32, alpha: f64) {
        let reach = half + 0.5;
        let (width, height) = (self.width as f64, self.height as f64);
        let margin = reach + cap;
        if a.1.max(b.1) < -margin
            || a.1.min(b.1) > height + margin
            || a.0.max(b.0) < -margin
            || a.0.min(b.0) > width + margin
        {
            return;
        }
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).sqrt();
        let (ux, uy) = if length > 1e-6 { (dx / length, dy / length) } else { (1.0, 0.0) };
        // The strip: |across| ≤ reach, -cap ≤ along ≤ length + cap.
        let (nx, ny) = (-uy, ux);
        let spread = |along: f64, across: f64| along.abs() * cap + across.abs() * reach;
        let ceil = |v: f64, most: usize| (-floor(-v)).clamp(0, most as i32) as usize;
        let top = ceil(a.1.min(b.1) - spread(uy, ny) - 0.5, self.height);
        let bottom = ceil(a.1.max(b.1) + spread(uy, ny) - 0.5, self.height);
        // Dividing by next to nothing gives limits that are far outside and do not bind, or bind everywhere.
        let per = |slope: f64| 1.0 / if slope.abs() > 1e-9 { slope } else { 1e-9 };
        let (per_nx, per_ux) = (per(nx), per(ux));
        for row in top..bottom {
            let y = row as f64 + 0.5 - a.1;
            // Both limits are linear in x: from ≤ slope·x + offset ≤ to.
            let limits = |offset: f64, from: f64, to: f64, per: f64| {
                let (p, q) = ((from - offset) * per, (to - offset) * per);
                (p.min(q), p.max(q))
            };
            let (low, high) = limits(y * ny, -reach, reach, per_nx);
            let (from, to) = limits(y * uy, -cap, length + cap, per_ux);
            let first = ceil(low.max(from) + a.0 - 0.5, self.width);
            let end = ceil(high.min(to) + a.0 - 0.5, self.width);
            if first >= end {
                continue;
            }
            let start = row * self.width;
            let Some(pixels) = self.pixels.get_mut(start + first..start + end) else { continue };
            let mut across = (first as f64 + 0.5 - a.0) * nx + y * ny;
            for pixel in pixels {
                let cover = (half + 0.5 - across.abs()).clamp(0.0, 1.0) * alpha;
                *pixel = over(*pixel, colour, (cover * 256.0 + 0.5) as u32);
                across += nx;
            }
        }
    }

    /// Draws a symbol in a colour.
    pub(super) fn symbol(&mut self, symbol: &PointSymbol, rgb: [u8; 3], size_px: f32, rim: [f32; 4], opacity: f32) {
        let reach = size_px * 0.5 + 2.0;
        let at = GridPos { x: symbol.at[0], y: symbol.at[1] };
        // Symbols stand on whole pixels, so that their edges are equally sharp.
        let (cx, cy) = (self.x_of(at).round() as f32, self.y_of(at).round() as f32);
        let limit = |v: f32, end: usize| v.ceil().clamp(0.0, end as f32) as usize;
        let columns = limit(cx - reach - 0.5, self.width)..limit(cx + reach - 0.5, self.width);
        let colour = rgb.map(|v| f32::from(v) / 255.0);
        for row in limit(cy - reach - 0.5, self.height)..limit(cy + reach - 0.5, self.height) {
            for column in columns.clone() {
                let p = [column as f32 + 0.5 - cx, cy - row as f32 - 0.5];
                let d = outline_distance(p, symbol.shape & 255, size_px * 0.5);
                let mut body = (0.5 - d).clamp(0.0, 1.0);
                if symbol.shape & 256 != 0 {
                    body *= 1.0 - (-d - 0.22 * size_px + 0.5).clamp(0.0, 1.0);
                }
                if symbol.shape & 512 != 0 {
                    body *= (p[0].hypot(p[1]) - 0.16 * size_px + 0.5).clamp(0.0, 1.0);
                }
                let alpha = (0.5 - (d - 1.2)).clamp(0.0, 1.0) * opacity;
                let mixed = std::array::from_fn(|i| if i < 3 { rim[i] + (colour[i] - rim[i]) * body } else { 1.0 });
                if let Some(pixel) = self.pixels.get_mut(row * self.width + column) {
                    *pixel = over(*pixel, packed(mixed), (alpha * 256.0 + 0.5) as u32);
                }
            }
        }
    }
}

/// Signed distance in pixels to a symbol's outline, y up: negative inside.
fn outline_distance([x, y]: [f32; 2], shape: u32, r: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    match shape {
        1 => ax.max(ay) - r * 0.84,
        2 => (ax * 0.866 + y * 0.5 - r * 0.62).max(-y - r * 0.72),
        3 => (ax.max(ay) - r).max(ax.min(ay) - r * 0.36),
        4 => (ax + ay - r) * std::f32::consts::FRAC_1_SQRT_2,
        _ => x.hypot(y) - r * 0.92,
    }
}
