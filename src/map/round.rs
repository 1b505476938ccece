//! The round that is being planned, on the map: each tour a line in a colour of its own, its stops numbered in their order.

use egui::{Align2, FontId, Painter, Pos2, Rect, Shape, Stroke, Vec2};

use crate::geo::{LonLat, WorldPos};
use crate::palette::{LABEL_LIGHT, tour_colour};
use crate::session::Session;

/// Stops that are numbered; of more only the lines are drawn.
const NUMBERED: usize = 400;

/// Draws it, where there is one.
pub(super) fn show(painter: &Painter, rect: Rect, session: &Session) {
    let Some(planned) = session.planned_round() else { return };
    let at = |p: LonLat| -> Pos2 {
        let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(p));
        rect.center() + Vec2::new(x as f32, y as f32)
    };
    let (start, end) = (at(planned.options.start), at(planned.options.ends_at()));
    let tours: Vec<Vec<Pos2>> = planned
        .plan
        .routes
        .iter()
        .map(|r| r.stops.iter().filter_map(|s| planned.open.get(s.stop)).map(|o| at(o.2)).collect())
        .collect();
    for (i, stops) in tours.iter().enumerate() {
        let line: Vec<Pos2> = std::iter::once(start).chain(stops.iter().copied()).chain([end]).collect();
        painter.add(Shape::line(line.clone(), Stroke::new(4.5, LABEL_LIGHT)));
        painter.add(Shape::line(line, Stroke::new(2.4, tour_colour(i))));
    }
    let is_numbered = tours.iter().map(Vec::len).sum::<usize>() <= NUMBERED;
    for (i, stops) in tours.iter().enumerate() {
        // Later stops below: of several at one place the first is read.
        for (n, place) in stops.iter().enumerate().rev().filter(|(_, p)| is_numbered && rect.contains(**p)) {
            painter.circle(*place, 9.0, tour_colour(i), Stroke::new(1.5, LABEL_LIGHT));
            painter.text(*place, Align2::CENTER_CENTER, n + 1, FontId::proportional(11.0), LABEL_LIGHT);
        }
    }
    if !tours.is_empty() {
        let square = Rect::from_center_size(start, Vec2::splat(13.0));
        let ink = Stroke::new(2.5, crate::palette::LABEL_DARK);
        painter.rect(square, 2.0, LABEL_LIGHT, ink, egui::StrokeKind::Middle);
        if planned.options.end.is_some() {
            painter.circle(end, 6.5, LABEL_LIGHT, ink);
        }
    }
}
