//! Gaps on the map, while their list is open: a ring where each is, in the colour of its severity.

use egui::{Painter, Pos2, Rect, Stroke, Vec2};

use crate::geo::WorldPos;
use crate::session::Session;

/// Most rings at once.
const MOST: usize = 2_000;

/// Draws the gaps that are listed.
pub(super) fn show(painter: &Painter, rect: Rect, session: &Session) {
    if !session.are_gaps_ringed() {
        return;
    }
    let t = session.tokens();
    let place = |at| {
        let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(at));
        let place = rect.center() + Vec2::new(x as f32, y as f32);
        rect.expand(12.0).contains(place).then_some([place.x, place.y])
    };
    for ([x, y], severity, count) in session.gap_rings(place, MOST) {
        let place = Pos2::new(x, y);
        let radius = if count > 1 { 9.0 } else { 7.5 };
        painter.circle_stroke(place, radius, Stroke::new(4.5, t.panel));
        painter.circle_stroke(place, radius, Stroke::new(2.5, session.gap_ink(severity)));
    }
}
