//! Ranking the positions of a line by effective area: how coarse a drawing may be and still need each of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::world::GridPos;

/// Which positions may be left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Freedom {
    /// Any: the neighbour's border is this very line, so what one side loses the other gains.
    Both,
    /// Only those whose loss moves the line to the left of its direction, as seen with y pointing south.
    Left,
    /// Only those whose loss moves it to the right.
    Right,
}

/// Ranks the positions of lines; keeps its buffers from line to line.
#[derive(Default)]
pub struct EffectiveArea {
    heap: BinaryHeap<(Reverse<u64>, Reverse<u32>)>,
    before: Vec<u32>,
    after: Vec<u32>,
    areas: Vec<f64>,
}

/// Twice the signed area of a triangle in square grid steps; positive where it turns right on a map whose y runs south.
fn doubled_area(a: GridPos, b: GridPos, c: GridPos) -> f64 {
    let d = |p: GridPos| (f64::from(p.x) - f64::from(a.x), f64::from(p.y) - f64::from(a.y));
    let ((bx, by), (cx, cy)) = (d(b), d(c));
    bx * cy - cx * by
}

impl EffectiveArea {
    /// The effective area of each position in square grid steps, never smaller than that of a position left out before
    /// it; infinite for the ends and for positions that may not be left out.
    ///
    /// # References
    /// M. Visvalingam, J. D. Whyatt, "Line generalisation by repeated elimination of points", The Cartographic Journal
    /// 30 (1993) 46–51.
    pub fn of(&mut self, line: &[GridPos], freedom: Freedom) -> &[f64] {
        let n = line.len();
        self.areas.clear();
        self.areas.resize(n, f64::INFINITY);
        self.heap.clear();
        self.before.clear();
        self.before.extend((0..n as u32).map(|i| i.wrapping_sub(1)));
        self.after.clear();
        self.after.extend(1..n as u32 + 1);
        for i in 1..n.saturating_sub(1) {
            self.weigh(line, i as u32, freedom);
        }
        let mut least = 0.0_f64;
        while let Some((Reverse(bits), Reverse(i))) = self.heap.pop() {
            let at = i as usize;
            // An entry from before a neighbour went, or of a position that has gone.
            if self.after[at] == 0 || self.areas[at].to_bits() != bits {
                continue;
            }
            least = least.max(self.areas[at]);
            self.areas[at] = least;
            let (p, q) = (self.before[at], self.after[at]);
            self.after[p as usize] = q;
            self.before[q as usize] = p;
            self.after[at] = 0;
            for side in [p, q] {
                if side != 0 && (side as usize) < n - 1 {
                    self.weigh(line, side, freedom);
                }
            }
        }
        &self.areas
    }

    fn weigh(&mut self, line: &[GridPos], i: u32, freedom: Freedom) {
        let at = i as usize;
        let twice = doubled_area(line[self.before[at] as usize], line[at], line[self.after[at] as usize]);
        let may_go = match freedom {
            Freedom::Both => true,
            Freedom::Left => twice <= 0.0,
            Freedom::Right => twice >= 0.0,
        };
        self.areas[at] = if may_go { twice.abs() / 2.0 } else { f64::INFINITY };
        if may_go {
            self.heap.push((Reverse(self.areas[at].to_bits()), Reverse(i)));
        }
    }
}
