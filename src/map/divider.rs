//! The divider between an earlier year and the year shown: dragged, or moved by Shift and the arrow keys.

use egui::{Align2, FontId, Pos2, Rect, Sense, Stroke, Ui, Vec2};

use crate::session::{Commands, LookCommand, Session};

/// Width of what can be taken hold of, in points.
const GRIP_PT: f32 = 22.0;

/// Where it stands.
pub(super) fn x_of(rect: Rect, session: &Session) -> f32 {
    rect.left() + rect.width() * session.stage.divider
}

/// Draws it with what stands on both sides; where the maps stand side by side there is only that.
pub(super) fn show(ui: &mut Ui, rect: Rect, beside: Option<Rect>, session: &Session, send: &mut Commands) {
    let t = session.tokens();
    let x = if beside.is_some() { rect.left() - 3.0 } else { x_of(rect, session) };
    let all = beside.map_or(rect, |b| b.union(rect));
    let painter = ui.painter_at(all);
    if beside.is_none() {
        let grip = Rect::from_center_size(Pos2::new(x, rect.center().y), Vec2::new(GRIP_PT, rect.height()));
        let response = ui.interact(grip, ui.scope_id().with("divider"), Sense::drag());
        let response = response.on_hover_cursor(egui::CursorIcon::ResizeHorizontal);
        let words = session.lang.t("meeting.divide");
        response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(session.stage.divider), words));
        if response.dragged() {
            send.push(LookCommand::MoveDivider(response.drag_delta().x / rect.width()));
        }
        painter.vline(x, rect.y_range(), Stroke::new(5.0, t.panel));
        painter.vline(x, rect.y_range(), Stroke::new(2.0, t.ink));
        let knob = Pos2::new(x, rect.center().y);
        painter.circle(knob, 13.0, t.panel, Stroke::new(2.0, t.ink));
        painter.text(knob, Align2::CENTER_CENTER, "◀▶", FontId::proportional(9.0), t.ink);
    }
    let size = if session.meeting.is_some() { 22.0 } else { 14.0 };
    let top = rect.top() + if session.meeting.is_some() { 10.0 } else { 40.0 };
    let (left, right) = session.sides();
    for (text, side, anchor) in [(left, -14.0, Align2::RIGHT_TOP), (right, 14.0, Align2::LEFT_TOP)] {
        let galley = painter.layout_no_wrap(text, FontId::proportional(size), t.ink);
        let place = anchor.anchor_size(Pos2::new(x + side, top), galley.size());
        painter.rect_filled(place.expand2(Vec2::new(8.0, 2.0)), 8.0, t.panel);
        painter.galley(place.min, galley, t.ink);
    }
}
