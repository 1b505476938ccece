//! Filling polygons row by row.
//!
//! A pixel belongs to a polygon where its centre lies inside. Where an edge crosses a row is computed from the edge's
//! northern end, whichever way its ring runs, so that of two neighbours exactly one takes each pixel along their border.

use super::Band;
use crate::geo::GridPos;

/// Which windings are inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Odd ones: for rings as the file has them, like the repair of what is not valid.
    EvenOdd,
    /// In the exterior and in no hole, however often: for simplified rings, which may cross themselves by less than a
    /// pixel and must not show the ground there.
    Covered,
}

/// What a polygon is filled with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Paint {
    /// An opaque colour.
    Solid(u32),
    /// A colour over what is there, 0 to 256.
    Blend(u32, u32),
    /// The hatch of missing values, 0 to 256.
    Hatch(u32),
}

/// Where an edge crosses a row: row, column and code in one number that sorts.
type Crossing = u64;

const EXTERIOR_DOWN: u64 = 0;
const EXTERIOR_UP: u64 = 1;
const HOLE_DOWN: u64 = 2;
const HOLE_UP: u64 = 3;

/// The largest whole number not above `v`; far outside, the ends of the range.
pub(super) fn floor(v: f64) -> i32 {
    let whole = v as i32;
    whole.saturating_sub(i32::from(v < f64::from(whole)))
}

impl Band<'_> {
    /// Fills a polygon; gives whether a pixel was taken.
    pub(super) fn fill<'r>(
        &mut self,
        rings: impl Iterator<Item = &'r [GridPos]>,
        rule: Rule,
        paint: Paint,
        crossings: &mut Vec<Crossing>,
    ) -> bool {
        crossings.clear();
        for (i, ring) in rings.enumerate() {
            self.cross(ring, i > 0, crossings);
        }
        crossings.sort_unstable();
        let mut drew = false;
        let (mut row, mut from) = (u64::MAX, 0);
        let (mut exterior, mut hole) = (0_i32, 0_i32);
        for &crossing in crossings.iter() {
            let (r, column, code) = (crossing >> 32, (crossing >> 2) as u32 & 0x3fff_ffff, crossing & 3);
            if r != row {
                (row, exterior, hole) = (r, 0, 0);
            } else {
                let inside = match rule {
                    Rule::EvenOdd => (exterior + hole) & 1 != 0,
                    Rule::Covered => exterior != 0 && hole == 0,
                };
                if inside && column > from {
                    self.span(row as usize, from as usize, column as usize, paint);
                    drew = true;
                }
            }
            from = column;
            match code {
                EXTERIOR_DOWN => exterior += 1,
                EXTERIOR_UP => exterior -= 1,
                HOLE_DOWN => hole += 1,
                _ => hole -= 1,
            }
        }
        drew
    }

    /// Notes where a closed ring crosses the centres of rows.
    fn cross(&self, ring: &[GridPos], is_hole: bool, crossings: &mut Vec<Crossing>) {
        let (down, up) = if is_hole { (HOLE_DOWN, HOLE_UP) } else { (EXTERIOR_DOWN, EXTERIOR_UP) };
        let height = self.height as i32;
        let mut before: Option<(GridPos, i32)> = None;
        for &p in ring {
            // The first row whose centre lies south of the position.
            let row = floor(self.y_of(p) + 0.5);
            if let Some((q, last)) = before
                && last != row
                && !(last <= 0 && row <= 0)
                && !(last >= height && row >= height)
            {
                let (a, b, first, end, code) = if last < row { (q, p, last, row, down) } else { (p, q, row, last, up) };
                let (xa, ya, xb, yb) = (self.x_of(a), self.y_of(a), self.x_of(b), self.y_of(b));
                let slope = (xb - xa) / (yb - ya);
                for r in first.max(0)..end.min(height) {
                    let x = xa + (f64::from(r) + 0.5 - ya) * slope;
                    let column = floor(x + 0.5).clamp(0, self.width as i32);
                    crossings.push((r as u64) << 32 | (column as u64) << 2 | code);
                }
            }
            before = Some((p, row));
        }
    }

    fn span(&mut self, row: usize, from: usize, to: usize, paint: Paint) {
        let start = row * self.width;
        let Some(pixels) = self.pixels.get_mut(start + from..start + to) else { return };
        match paint {
            Paint::Solid(colour) => pixels.fill(colour),
            Paint::Blend(colour, alpha) => pixels.iter_mut().for_each(|p| *p = super::over(*p, colour, alpha)),
            Paint::Hatch(alpha) => {
                let y = (self.y + row) as f32 + 0.5;
                for (x, pixel) in (from + self.x..).zip(pixels) {
                    *pixel = super::over(*pixel, self.hatch.colour_at(x as f32 + 0.5, y), alpha);
                }
            }
        }
    }
}
