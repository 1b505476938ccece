//! Scale bar, north arrow, notice and zoom buttons over the map.

use egui::{Align2, FontId, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2};

use crate::geo::ground_metres_per_world;
use crate::icons::Icon;
use crate::session::{CameraCommand, Command, Commands, Session, number};

/// Longest scale bar in points.
const SCALE_PT: f64 = 110.0;

/// A round length in metres that fits, and its length in points: 1, 2 or 5 times a power of ten.
pub fn scale_bar(metres_per_point: f64) -> (f64, f64) {
    let longest = SCALE_PT * metres_per_point;
    let power = 10f64.powf(longest.log10().floor());
    let metres = [5.0, 2.0, 1.0].into_iter().map(|m| m * power).find(|m| *m <= longest).unwrap_or(power);
    (metres, metres / metres_per_point)
}

/// Draws scale bar, north arrow and notice.
pub fn show(painter: &Painter, rect: Rect, session: &Session) {
    let tokens = session.tokens();
    let latitude = session.camera.centre.to_lonlat().lat_deg;
    let metres_per_point = ground_metres_per_world(latitude) / session.camera.points_per_world();
    let (metres, length) = scale_bar(metres_per_point);
    let text =
        if metres >= 1000.0 { format!("{} km", number(metres / 1000.0)) } else { format!("{} m", number(metres)) };
    let left = rect.left_bottom() + Vec2::new(16.0, -16.0);
    let right = left + Vec2::new(length as f32, 0.0);
    let north = rect.right_top() + Vec2::new(-28.0, 24.0);
    // A ground may have any colour below them.
    if !session.grounds().is_empty() {
        let plate = tokens.panel.gamma_multiply(0.72);
        let of_scale = Rect::from_min_max(left - Vec2::new(7.0, 24.0), right + Vec2::new(7.0, 5.0));
        painter.rect_filled(of_scale, 4.0, plate);
        painter.rect_filled(Rect::from_center_size(north + Vec2::new(0.0, 6.0), Vec2::new(26.0, 40.0)), 4.0, plate);
    }
    let stroke = Stroke::new(1.2, tokens.ink);
    painter.line_segment([left, right], stroke);
    painter.line_segment([left, left - Vec2::new(0.0, 5.0)], stroke);
    painter.line_segment([right, right - Vec2::new(0.0, 5.0)], stroke);
    painter.text(left - Vec2::new(0.0, 5.0), Align2::LEFT_BOTTOM, text, FontId::proportional(12.0), tokens.ink);
    painter.text(north, Align2::CENTER_CENTER, "N", FontId::proportional(13.0), tokens.ink);
    let tip = north + Vec2::new(0.0, 9.0);
    let arrow = vec![tip, tip + Vec2::new(6.0, 10.0), tip + Vec2::new(-6.0, 10.0)];
    painter.add(Shape::convex_polygon(arrow, tokens.ink, Stroke::NONE));
    named_sources(painter, rect, session);
    let notice = session.notice();
    if !notice.is_empty() {
        let galley = painter.layout_no_wrap(notice.to_owned(), FontId::proportional(12.0), tokens.warn);
        let at = Pos2::new(rect.center().x - galley.size().x / 2.0, rect.top() + 11.0);
        let chip = Rect::from_min_size(at, galley.size()).expand2(Vec2::new(10.0, 3.0));
        painter.rect_filled(chip, 10.0, if tokens.dark { tokens.field } else { tokens.panel.gamma_multiply(0.85) });
        painter.galley(at, galley, tokens.warn);
    }
}

/// Who is to be named for the ground, in full, above the lower edge.
fn named_sources(painter: &Painter, rect: Rect, session: &Session) {
    let text = session.attributions().join(" · ");
    if text.is_empty() {
        return;
    }
    let tokens = session.tokens();
    // The scale bar and the buttons have the corners.
    let is_narrow = rect.width() < 370.0;
    let room = if is_narrow { (rect.width() - 78.0).max(60.0) } else { rect.width() - 250.0 };
    // On a narrow map it stands above the scale bar.
    let below = if is_narrow { 44.0 } else { 8.0 };
    let galley = painter.layout(text, FontId::proportional(10.5), tokens.ink, room);
    let at = Pos2::new(rect.right() - 62.0 - galley.size().x, rect.bottom() - below - galley.size().y);
    let plate = Rect::from_min_size(at, galley.size()).expand2(Vec2::new(5.0, 2.0));
    painter.rect_filled(plate, 4.0, tokens.panel.gamma_multiply(0.82));
    painter.galley(at, galley, tokens.ink);
}

/// The three zoom buttons in the lower right corner.
pub fn zoom_buttons(ui: &mut Ui, rect: Rect, session: &Session, send: &mut Commands) {
    let tokens = session.tokens();
    let side = 32.0;
    let frame = Rect::from_min_size(
        rect.right_bottom() - Vec2::new(side + 14.0, side * 3.0 + 14.0),
        Vec2::new(side, side * 3.0),
    );
    ui.painter().rect_filled(frame, 8.0, tokens.panel);
    ui.painter().rect_stroke(frame, 8.0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Outside);
    use CameraCommand as C;
    let commands: [Command; 3] = [C::Zoom(1.0, [0.0, 0.0]), C::Zoom(-1.0, [0.0, 0.0]), C::FitAll].map(Into::into);
    for (i, (command, icon)) in commands.into_iter().zip([Icon::Plus, Icon::Minus, Icon::Home]).enumerate() {
        let cell = Rect::from_min_size(frame.min + Vec2::new(0.0, side * i as f32), Vec2::splat(side));
        let words = session.lang.t(command.key());
        let response = ui.interact(cell, ui.scope_id().with(("zoom", i)), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
        if response.hovered() {
            ui.painter().rect_filled(cell.shrink(2.0), 6.0, tokens.field);
        }
        if i > 0 {
            ui.painter().hline(cell.x_range().shrink(6.0), cell.top(), Stroke::new(1.0, tokens.line));
        }
        icon.paint(ui.painter(), cell, tokens.ink);
        let shortcut = command.shortcut_text(ui.ctx());
        if response.on_hover_text(format!("{words}  {shortcut}")).clicked() {
            send.push(command);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::scale_bar;

    #[test]
    fn a_scale_bar_is_round_and_fits() {
        for metres_per_point in [0.02, 0.7, 13.0, 150.0, 9999.0] {
            let (metres, points) = scale_bar(metres_per_point);
            assert!(points <= 110.0 && points > 40.0, "{points}");
            let lead = metres / 10f64.powf(metres.log10().floor());
            assert!([1.0, 2.0, 5.0].iter().any(|l| (lead - l).abs() < 1e-9), "{metres}");
        }
    }
}
