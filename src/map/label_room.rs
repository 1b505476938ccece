//! What is left of the map's area while names are placed.

use egui::{Pos2, Rect, Vec2};
use rustc_hash::FxHashMap;

/// Width of the cells that rectangles are kept by, in points.
const CELL_PT: f32 = 48.0;

/// Rectangles that are taken, as offsets from the middle of the map, found by place.
#[derive(Default)]
pub(super) struct Taken {
    cells: FxHashMap<(i32, i32), Vec<Rect>>,
}

impl Taken {
    pub fn add(&mut self, rect: Rect) {
        for cell in cells(rect) {
            self.cells.entry(cell).or_default().push(rect);
        }
    }

    /// Whether nothing stands there.
    pub fn is_free(&self, rect: Rect) -> bool {
        cells(rect).all(|cell| self.cells.get(&cell).is_none_or(|list| !list.iter().any(|t| t.intersects(rect))))
    }
}

fn cells(rect: Rect) -> impl Iterator<Item = (i32, i32)> {
    let cell = |v: f32| (v / CELL_PT).floor() as i32;
    let (left, right) = (cell(rect.left()), cell(rect.right()));
    (cell(rect.top())..=cell(rect.bottom())).flat_map(move |y| (left..=right).map(move |x| (x, y)))
}

/// A rectangle around a point.
pub(super) fn around(middle: [f64; 2], size: Vec2) -> Rect {
    Rect::from_center_size(Pos2::new(middle[0] as f32, middle[1] as f32), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn finds_what_looking_at_all_finds(
            list in proptest::collection::vec((-300f32..300.0, -300f32..300.0, 1f32..120.0, 1f32..40.0), 0..60),
            x in -300f32..300.0, y in -300f32..300.0,
        ) {
            let rect = |x: f32, y: f32, w: f32, h: f32| Rect::from_center_size(Pos2::new(x, y), Vec2::new(w, h));
            let mut taken = Taken::default();
            let all: Vec<Rect> = list.iter().map(|(x, y, w, h)| rect(*x, *y, *w, *h)).collect();
            all.iter().for_each(|r| taken.add(*r));
            let one = rect(x, y, 30.0, 12.0);
            proptest::prop_assert_eq!(taken.is_free(one), !all.iter().any(|r| r.intersects(one)));
        }
    }
}
