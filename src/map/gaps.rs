//! Gaps on the map, while their list is open: a ring where each is, in the colour of its severity.

use egui::{Painter, Pos2, Rect, Stroke, Vec2};
use rustc_hash::FxHashMap;

use crate::geo::WorldPos;
use crate::rules::GapSeverity;
use crate::session::Session;

/// Most rings at once.
const MOST: usize = 2_000;

/// Draws the gaps that are listed.
pub(super) fn show(painter: &Painter, rect: Rect, session: &Session) {
    if !session.are_gaps_ringed() {
        return;
    }
    let (Some(found), Some(listed), t) = (session.present_gaps(), &session.listed_gaps, session.tokens()) else {
        return;
    };
    // Several at one place are one ring, of the worst.
    let mut places: FxHashMap<[i64; 2], (Pos2, GapSeverity, usize)> = FxHashMap::default();
    for (gap, _) in listed.rows.iter().filter_map(|i| session.listed_gap(found, *i)) {
        let Some(at) = gap.at else { continue };
        let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(at));
        let place = rect.center() + Vec2::new(x as f32, y as f32);
        if !rect.expand(12.0).contains(place) || places.len() >= MOST {
            continue;
        }
        let slot = places.entry([x.round() as i64, y.round() as i64]).or_insert((place, gap.severity, 0));
        *slot = (slot.0, slot.1.min(gap.severity), slot.2 + 1);
    }
    for (place, severity, count) in places.into_values() {
        let radius = if count > 1 { 9.0 } else { 7.5 };
        painter.circle_stroke(place, radius, Stroke::new(4.5, t.panel));
        painter.circle_stroke(place, radius, Stroke::new(2.5, session.gap_ink(severity)));
    }
}
