//! The divider between an earlier year and the year shown: dragged, or moved by Shift and the arrow keys.

use egui::{Align2, FontId, Pos2, Rect, Sense, Stroke, Ui, Vec2};

use crate::session::{Command, Session};

/// Width of what can be taken hold of, in points.
const GRIP_PT: f32 = 22.0;

/// Where it stands.
pub(super) fn x_of(rect: Rect, session: &Session) -> f32 {
    rect.left() + rect.width() * session.divider
}

/// Draws it with the years on both sides.
pub(super) fn show(ui: &mut Ui, rect: Rect, session: &Session, send: &mut Vec<Command>) {
    let (t, x) = (session.tokens(), x_of(rect, session));
    let grip = Rect::from_center_size(Pos2::new(x, rect.center().y), Vec2::new(GRIP_PT, rect.height()));
    let response = ui
        .interact(grip, ui.scope_id().with("divider"), Sense::drag())
        .on_hover_cursor(egui::CursorIcon::ResizeHorizontal);
    response
        .widget_info(|| egui::WidgetInfo::slider(true, f64::from(session.divider), session.lang.t("meeting.divide")));
    if response.dragged() {
        send.push(Command::MoveDivider(response.drag_delta().x / rect.width()));
    }
    let painter = ui.painter_at(rect);
    painter.vline(x, rect.y_range(), Stroke::new(5.0, t.panel));
    painter.vline(x, rect.y_range(), Stroke::new(2.0, t.ink));
    let knob = Pos2::new(x, rect.center().y);
    painter.circle(knob, 13.0, t.panel, Stroke::new(2.0, t.ink));
    painter.text(knob, Align2::CENTER_CENTER, "◀▶", FontId::proportional(9.0), t.ink);
    let size = if session.meeting.is_some() { (rect.height() / 1080.0 * 34.0).max(20.0) } else { 15.0 };
    let top = if session.meeting.is_some() { rect.top() + rect.height() * 0.19 } else { rect.top() + 40.0 };
    for (year, side, anchor) in
        [(session.year_before(), -14.0, Align2::RIGHT_TOP), (session.year(), 14.0, Align2::LEFT_TOP)]
    {
        let text = year.map(|y| y.to_string()).unwrap_or_default();
        let galley = painter.layout_no_wrap(text, FontId::proportional(size), t.ink);
        let place = anchor.anchor_size(Pos2::new(x + side, top), galley.size());
        painter.rect_filled(place.expand2(Vec2::new(8.0, 2.0)), 8.0, t.panel);
        painter.galley(place.min, galley, t.ink);
    }
}
