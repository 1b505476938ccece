//! What is being measured, on the map: points, line, area, circle; corners of villages draw the pointer to them.

use egui::{Painter, Pos2, Rect, Response, Shape, Stroke, Ui, Vec2};

use crate::geo::{BoundsDeg, LonLat, WorldPos};
use crate::palette::{LABEL_DARK, LABEL_LIGHT};
use crate::session::{Commands, Measuring, MeasuringKind, Pivot, SelectCommand, Session};

/// How near a corner draws the pointer to it, in points.
const SNAP_PT: f64 = 8.0;
/// How far the pointer moves for the next point of a line by hand, in points.
const LASSO_STEP_PT: f64 = 5.0;
/// Most points of such a line.
const MOST_DRAWN: usize = 4000;
/// Corners up to so many are marked.
const MOST_CORNERS: usize = 40;
/// Most villages whose corners are looked at.
const MOST: usize = 60;

/// The place under the pointer: a corner of a village where one is near.
pub(super) fn place(session: &Session, [x, y]: Pivot, is_free: bool) -> LonLat {
    let scale = session.camera.points_per_world();
    let centre = session.camera.centre;
    let world = WorldPos { x: centre.x + x / scale, y: centre.y + y / scale };
    let at = world.to_lonlat();
    if is_free {
        return at;
    }
    let reach = SNAP_PT / scale;
    let (a, b) = (
        WorldPos { x: world.x - reach, y: world.y - reach }.to_lonlat(),
        WorldPos { x: world.x + reach, y: world.y + reach }.to_lonlat(),
    );
    let bounds = BoundsDeg::new([a.lon_deg, b.lat_deg, b.lon_deg, a.lat_deg]);
    let Some(loaded) = session.village_layer().and_then(|l| l.loaded()) else { return at };
    let geometry = &loaded.dataset.geometry;
    let near = loaded.spatial().in_rectangle(bounds).into_iter().take(MOST);
    let corners = near.flat_map(|f| geometry.positions_of(f)).map(|[lon, lat]| LonLat::new(*lon, *lat));
    let far = |p: LonLat| {
        let w = WorldPos::from_lonlat(p);
        ((w.x - world.x).hypot(w.y - world.y) * scale, p)
    };
    let [w, s, e, n] = bounds.sides();
    let inside = |p: &LonLat| (w..=e).contains(&p.lon_deg) && (s..=n).contains(&p.lat_deg);
    let nearest = corners.filter(inside).map(far).min_by(|a, b| a.0.total_cmp(&b.0));
    nearest.filter(|(d, _)| *d <= SNAP_PT).map_or(at, |(_, p)| p)
}

/// Takes what the pointer does for the measuring; whether it did.
pub(super) fn handle(
    ui: &Ui,
    response: &Response,
    session: &Session,
    measuring: &mut Option<Measuring>,
    pivot_of: impl Fn(Pos2) -> Pivot,
    send: &mut Commands,
) -> bool {
    let Some(now) = measuring.as_mut().filter(|m| !m.is_over) else { return false };
    if now.kind.is_drawn() {
        drawn(ui, response, session, now, pivot_of, send);
        return true;
    }
    let alt = ui.input(|i| i.modifiers.alt);
    if response.double_clicked() {
        now.is_over = true;
        return true;
    }
    if let (true, Some(p)) = (response.clicked(), response.interact_pointer_pos()) {
        now.put(place(session, pivot_of(p), alt));
    }
    let typing = ui.memory(|m| m.focused().is_some_and(|f| f != response.id));
    if !typing && ui.input(|i| i.key_pressed(egui::Key::Backspace)) {
        now.take_back();
    }
    if !typing && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        now.is_over = true;
    }
    true
}

/// Takes what is drawn in one go, and selects the villages in it once the button is let go.
fn drawn(
    ui: &Ui,
    response: &Response,
    session: &Session,
    now: &mut Measuring,
    pivot_of: impl Fn(Pos2) -> Pivot,
    send: &mut Commands,
) {
    let Some(p) = response.interact_pointer_pos() else { return };
    let at = session.camera.world_at(pivot_of(p)).to_lonlat();
    if response.drag_started() {
        // Where the button went down, not where the pointer had come to until that was a drag.
        let from = ui.input(|i| i.pointer.press_origin()).unwrap_or(p);
        now.points = vec![session.camera.world_at(pivot_of(from)).to_lonlat()];
    }
    let is_far = |last: &LonLat| {
        let [ax, ay] = session.camera.offset_of(WorldPos::from_lonlat(*last));
        let [bx, by] = session.camera.offset_of(WorldPos::from_lonlat(at));
        (ax - bx).hypot(ay - by) >= LASSO_STEP_PT
    };
    let is_due = now.kind == MeasuringKind::Rectangle || now.points.last().is_none_or(is_far);
    if response.dragged() && is_due && now.points.len() < MOST_DRAWN {
        now.draw(at);
    }
    if response.drag_stopped() && now.finish_drawing() {
        let add = ui.input(|i| i.modifiers.command);
        if let Some(layer) = session.village_layer().map(|l| l.key) {
            send.push(SelectCommand::Select { layer, features: now.villages(session), add });
        }
    }
}

/// Draws what is being measured.
pub(super) fn show(ui: &Ui, painter: &Painter, rect: Rect, session: &Session, measuring: &Measuring) {
    let at = |p: LonLat| {
        let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(p));
        rect.center() + Vec2::new(x as f32, y as f32)
    };
    let mut points: Vec<Pos2> = measuring.points.iter().map(|p| at(*p)).collect();
    // Dark on a light line: it is seen on every class and on every ground.
    let (ink, halo) = (LABEL_DARK, LABEL_LIGHT);
    if measuring.kind == MeasuringKind::Circle {
        let area = measuring.region().map(|r| r.area());
        for polygon in area.iter().flatten() {
            let ring: Vec<Pos2> = polygon.exterior().coords().map(|c| at(LonLat::new(c.x, c.y))).collect();
            painter.add(Shape::closed_line(ring.clone(), Stroke::new(5.0, halo)));
            painter.add(Shape::closed_line(ring, Stroke::new(2.2, ink)));
        }
    }
    let pointer = ui
        .input(|i| i.pointer.hover_pos())
        .filter(|p| rect.contains(*p) && !measuring.is_over && !measuring.kind.is_drawn());
    if let Some(p) = pointer {
        let middle = rect.center();
        let alt = ui.input(|i| i.modifiers.alt);
        let snapped = at(place(session, [f64::from(p.x - middle.x), f64::from(p.y - middle.y)], alt));
        painter.circle_stroke(snapped, 5.0, Stroke::new(1.5, ink));
        points.push(snapped);
    }
    if matches!(measuring.kind, MeasuringKind::Area | MeasuringKind::Rectangle) && points.len() > 2 {
        points.extend(points.first().copied());
    }
    if points.len() > 1 {
        painter.add(Shape::line(points.clone(), Stroke::new(5.0, halo)));
        painter.add(Shape::line(points, Stroke::new(2.2, ink)));
    }
    // Corners of a line by hand are no corners that somebody chose.
    let corners = &measuring.points;
    for p in corners.iter().filter(|_| measuring.kind != MeasuringKind::Lasso && corners.len() <= MOST_CORNERS) {
        painter.circle(at(*p), 4.5, halo, Stroke::new(2.2, ink));
    }
}
