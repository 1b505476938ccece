//! Before and after, while the form of letters and coordinates is open: a ring where a feature lies, a dot where it would.

use egui::{Painter, Pos2, Rect, Stroke};

use crate::geo::{LonLat, WorldPos};
use crate::session::{Dialogue, Session};

/// Radius of a dot in points.
const DOT_PT: f32 = 4.0;

/// Draws them.
pub(super) fn show(painter: &Painter, rect: Rect, session: &Session) {
    let Some(Dialogue::Reading(draft)) = &session.moment.dialogue else { return };
    let t = session.tokens();
    let place = |at: LonLat| {
        let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(at));
        rect.center() + Pos2::new(x as f32, y as f32).to_vec2()
    };
    let moved: Vec<(Option<Pos2>, Pos2)> =
        session.moved(draft).into_iter().map(|m| (m.before.map(place), place(m.after))).collect();
    let seen = |p: &Pos2| rect.expand(DOT_PT).contains(*p);
    for (before, after) in moved.iter().filter(|(b, a)| b.is_some_and(|b| seen(&b)) || seen(a)) {
        if let Some(before) = before {
            painter.line_segment([*before, *after], Stroke::new(1.0, t.ink_secondary));
            painter.circle(*before, DOT_PT, t.panel, Stroke::new(1.4, t.ink_secondary));
        }
    }
    for (_, after) in moved.iter().filter(|(_, a)| seen(a)) {
        painter.circle(*after, DOT_PT, t.accent, Stroke::new(1.4, t.panel));
    }
}
