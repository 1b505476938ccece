//! Names beside villages that have no room for them, each with a line to its village.

use egui::{Painter, Pos2, Rect, Stroke, Vec2};

use super::label_room::around;
use crate::palette::{LABEL_DARK, LABEL_LIGHT};

/// Most such names: more would be a thicket.
pub(super) const MOST: usize = 80;

/// How far from its village a name is looked for, in points beyond its own size.
const FAR_PT: [f32; 4] = [8.0, 18.0, 32.0, 50.0];

/// Places that are tried, the nearest first.
pub fn shifts(size: Vec2) -> impl Iterator<Item = Vec2> {
    const WAYS: [[f32; 2]; 8] =
        [[1.0, -0.6], [1.0, 0.6], [-1.0, -0.6], [-1.0, 0.6], [0.0, -1.0], [0.0, 1.0], [1.0, 0.0], [-1.0, 0.0]];
    let at = move |far: f32, [x, y]: [f32; 2]| Vec2::new(x * (size.x / 2.0 + far), y * (size.y / 2.0 + far));
    FAR_PT.into_iter().flat_map(move |far| WAYS.map(|way| at(far, way)))
}

/// The lines drawn so far: none crosses another, or a name that stands beside.
#[derive(Default)]
pub struct Lines {
    list: Vec<([f64; 2], [f64; 2])>,
}

impl Lines {
    /// Whether a line from a place to a name beside it crosses none.
    pub fn is_free(&self, from: [f64; 2], shift: Vec2, name: Rect) -> bool {
        let to = [from[0] + f64::from(shift.x), from[1] + f64::from(shift.y)];
        let is_beside = |(a, b): &([f64; 2], [f64; 2])| {
            let [a, b] = [a, b].map(|p| Pos2::new(p[0] as f32, p[1] as f32));
            !crosses(name, a, b)
        };
        self.list.iter().all(|(a, b)| !meet(from, to, *a, *b)) && self.list.iter().all(is_beside)
    }

    /// Takes a line.
    pub fn add(&mut self, from: [f64; 2], to: [f64; 2]) {
        self.list.push((from, to));
    }
}

/// Whether two edges cross.
fn meet(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

/// Whether an edge passes through a rectangle.
fn crosses(rect: Rect, a: Pos2, b: Pos2) -> bool {
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()];
    let point = |p: Pos2| [f64::from(p.x), f64::from(p.y)];
    let edges = (0..4).map(|i| (corners[i], corners[(i + 1) % 4]));
    rect.contains(a) || rect.contains(b) || edges.into_iter().any(|(c, d)| meet(point(a), point(b), point(c), point(d)))
}

/// Draws the line of a label that has one, from its place to the edge of its name.
pub(super) fn show(painter: &Painter, middle: Pos2, leader: Option<[f64; 2]>, offset: [f64; 2], size: Vec2) {
    let Some(place) = leader else { return };
    let at = |p: [f64; 2]| middle + Vec2::new(p[0] as f32, p[1] as f32);
    let name = around(offset, size * Vec2::new(1.0, 0.8)).translate(middle.to_vec2());
    let (from, towards) = (at(place), name.center());
    let to = edge(name, from, towards);
    painter.line_segment([from, to], Stroke::new(2.6, LABEL_LIGHT));
    painter.line_segment([from, to], Stroke::new(1.0, LABEL_DARK));
    painter.circle_filled(from, 2.4, LABEL_LIGHT);
    painter.circle_filled(from, 1.7, LABEL_DARK);
}

/// Where the way from outside to the middle of a rectangle meets its edge.
pub fn edge(rect: Rect, from: Pos2, middle: Pos2) -> Pos2 {
    let way = from - middle;
    let per = |half: f32, v: f32| if v.abs() > 1e-3 { half / v.abs() } else { f32::INFINITY };
    let share = per(rect.width() / 2.0, way.x).min(per(rect.height() / 2.0, way.y)).min(1.0);
    middle + way * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_their_names_and_do_not_cross() {
        let name = Rect::from_center_size(Pos2::new(100.0, 0.0), Vec2::new(40.0, 10.0));
        assert_eq!(edge(name, Pos2::ZERO, name.center()), Pos2::new(80.0, 0.0));
        let mut lines = Lines::default();
        lines.add([0.0, 0.0], [100.0, 0.0]);
        let far = Rect::from_center_size(Pos2::new(50.0, 40.0), Vec2::new(20.0, 10.0));
        assert!(!lines.is_free([50.0, -40.0], Vec2::new(0.0, 80.0), far), "it would cross");
        assert!(lines.is_free([50.0, 20.0], Vec2::new(0.0, 20.0), far));
        let over = Rect::from_center_size(Pos2::new(50.0, 2.0), Vec2::new(20.0, 10.0));
        assert!(!lines.is_free([50.0, 30.0], Vec2::new(0.0, -20.0), over), "a name does not lie over a line");
    }
}
