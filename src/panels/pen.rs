//! A pen for meetings: what it draws stands for some seconds, and vanishes.

use egui::{CursorIcon, Id, Pos2, Rect, Sense, Shape, Stroke, Ui};

use crate::session::Session;

/// How long a stroke stands after it ended, and how long it takes to fade, in seconds.
const STANDS_SECS: f64 = 4.0;
const FADES_SECS: f64 = 1.0;
/// Width of the line in points.
const WIDE_PT: f32 = 5.0;

/// A stroke, and when it ended; while it is drawn it has not.
type Strokes = Vec<(Vec<Pos2>, Option<f64>)>;

/// Takes the pointer over the map, and draws.
pub(super) fn show(ui: &mut Ui, session: &Session, room: Rect) {
    let id = Id::unique("pen of the meeting");
    let now = ui.input(|i| i.time);
    let mut strokes: Strokes = ui.data(|d| d.get_temp(id)).unwrap_or_default();
    let response = ui.interact(room, id, Sense::drag()).on_hover_cursor(CursorIcon::Crosshair);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, session.lang.t("answer.pen")));
    if response.drag_started() {
        strokes.push((Vec::new(), None));
    }
    if let (true, Some(at), Some((points, None))) =
        (response.dragged(), response.interact_pointer_pos(), strokes.last_mut())
    {
        points.push(at);
    }
    if response.drag_stopped()
        && let Some((_, ended)) = strokes.last_mut()
    {
        *ended = Some(now);
    }
    strokes.retain(|(_, ended)| ended.is_none_or(|e| now - e < STANDS_SECS + FADES_SECS));
    let painter = ui.painter_at(room);
    for (points, ended) in &strokes {
        let left = ended.map_or(1.0, |e| ((STANDS_SECS + FADES_SECS - (now - e)) / FADES_SECS).clamp(0.0, 1.0));
        let stroke = Stroke::new(WIDE_PT, session.tokens().bad.gamma_multiply(left as f32));
        painter.add(Shape::line(points.clone(), stroke));
    }
    if !strokes.is_empty() {
        ui.ctx().request_repaint();
    }
    ui.data_mut(|d| d.insert_temp(id, strokes));
}
