//! Pointer and wheel over the map.

use egui::{PointerButton, Response, Ui};

use crate::geo::{BoundsDeg, LonLat};
use crate::model::{FeatureId, Generation};
use crate::render::LayerKey;
use crate::session::{CameraCommand, Choice, Commands, Hover, Moment, NoteCommand, Pivot, SelectCommand, Session};

use super::clusters::cluster_at;
use super::notes::note_at;
use super::pick::features_at;

/// Steps of zoom for one notch of a wheel (50 points of scrolling).
const ZOOM_PER_POINT: f64 = 0.55 / 50.0;

/// What the pointer is in the middle of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gesture {
    /// Where a box began, in points of the window.
    pub box_from: Option<egui::Pos2>,
    /// Where the pointer rested when the window came up, and when that was: one that rests asks nothing.
    resting: Option<(Option<egui::Pos2>, f64)>,
    /// The symbols that the pointer was last looked at among.
    symbols: Option<Generation>,
}

/// So long after the window came up the pointer that is found is one that was there before, in seconds.
const COMES_UP_SECS: f64 = 1.0;

impl Gesture {
    /// Notices where the pointer rests while the window comes up.
    fn notice(&mut self, ui: &Ui) {
        let (at, now) = ui.input(|i| (i.pointer.latest_pos(), i.time));
        match &mut self.resting {
            None => self.resting = Some((at, now)),
            Some((place, since)) if place.is_none() && now - *since < COMES_UP_SECS => *place = at,
            Some(_) => {}
        }
    }

    /// Whether the pointer has not been moved since.
    fn rests(&mut self, at: Option<egui::Pos2>) -> bool {
        match (&mut self.resting, at) {
            (Some((Some(place), _)), Some(at)) if *place == at => true,
            (Some((place, since)), Some(_)) => {
                (*place, *since) = (None, f64::NEG_INFINITY);
                false
            }
            _ => false,
        }
    }
}

/// Turns what happened over the map into commands; hover and chooser go straight into the moment.
pub fn handle(
    ui: &Ui,
    response: &Response,
    session: &Session,
    moment: &mut Moment,
    gesture: &mut Gesture,
    mark_at: impl Fn(Pivot) -> Option<Vec<FeatureId>>,
    send: &mut Commands,
) {
    let middle = response.rect.center();
    let pivot_of = |p: egui::Pos2| -> Pivot { [f64::from(p.x - middle.x), f64::from(p.y - middle.y)] };
    let (wheel, pinch, modifiers) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta(), i.modifiers));
    if let Some(pointer) = response.hover_pos() {
        let steps = if (pinch - 1.0).abs() > f32::EPSILON {
            f64::from(pinch).log2()
        } else {
            f64::from(wheel.y) * ZOOM_PER_POINT
        };
        if steps != 0.0 {
            send.push(CameraCommand::Zoom(steps, pivot_of(pointer)));
        }
    }
    // A line drawn by hand takes the button that else moves the map.
    if !moment.measuring.as_ref().is_some_and(|m| m.kind.is_drawn() && !m.is_over) {
        drag(response, session, gesture, modifiers, pivot_of, send);
    }
    gesture.notice(ui);
    hover(response, session, moment, gesture, pivot_of);
    if super::measuring::handle(ui, response, session, &mut moment.measuring, pivot_of, send) {
        return;
    }
    if response.secondary_clicked() {
        moment.pinned = response.interact_pointer_pos().map(|p| position_at(session, pivot_of(p)));
    }
    if response.double_clicked_by(PointerButton::Primary) {
        if let Some(p) = response.interact_pointer_pos() {
            send.push(CameraCommand::Zoom(if modifiers.shift { -1.0 } else { 1.0 }, pivot_of(p)));
        }
    } else if response.clicked_by(PointerButton::Primary)
        && let Some(p) = response.interact_pointer_pos()
    {
        if let Some(note) = note_at(session, pivot_of(p)) {
            send.push(NoteCommand::Edit(Some(note), position_at(session, pivot_of(p))));
            return;
        }
        let villages = session.village_layer().map(|l| l.key).zip(mark_at(pivot_of(p)).filter(|v| !v.is_empty()));
        match (villages, cluster_at(session, pivot_of(p))) {
            // A gap mark stands for its village.
            (Some((layer, marked)), _) => {
                take(p, marked.into_iter().map(|v| (layer, v)).collect(), moment, modifiers.command, send)
            }
            (None, Some(cluster)) => send.push(SelectCommand::OpenCluster(cluster)),
            (None, None) => click(p, position_at(session, pivot_of(p)), session, moment, modifiers.command, send),
        }
    }
}

fn drag(
    response: &Response,
    session: &Session,
    gesture: &mut Gesture,
    modifiers: egui::Modifiers,
    pivot_of: impl Fn(egui::Pos2) -> Pivot,
    send: &mut Commands,
) {
    if response.drag_started_by(PointerButton::Primary) && modifiers.shift {
        gesture.box_from = response.interact_pointer_pos();
    }
    if let (Some(from), Some(to)) = (gesture.box_from, response.interact_pointer_pos()) {
        if response.drag_stopped() {
            gesture.box_from = None;
            let (a, b) = (position_at(session, pivot_of(from)), position_at(session, pivot_of(to)));
            if (from - to).length() > 8.0 {
                send.push(CameraCommand::ShowRectangle(BoundsDeg::of(a).union(BoundsDeg::of(b))));
            }
        }
        return;
    }
    gesture.box_from = None;
    let moved = response.drag_delta();
    if (response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle))
        && moved != egui::Vec2::ZERO
    {
        send.push(CameraCommand::Pan([f64::from(moved.x), f64::from(moved.y)]));
    }
}

fn hover(
    response: &Response,
    session: &Session,
    moment: &mut Moment,
    gesture: &mut Gesture,
    pivot_of: impl Fn(egui::Pos2) -> Pivot,
) {
    let asks = !gesture.rests(response.hover_pos()) && !response.dragged() && !response.context_menu_opened();
    let Some(pointer) = response.hover_pos().filter(|_| asks) else {
        moment.hover = None;
        return;
    };
    let at = position_at(session, pivot_of(pointer));
    let symbols = session.symbols().map(|s| s.generation);
    // Other symbols may lie under a pointer that rests.
    let is_stale = std::mem::replace(&mut gesture.symbols, symbols) != symbols;
    if is_stale || moment.hover.as_ref().is_none_or(|h| h.at != at) {
        let note = note_at(session, pivot_of(pointer));
        let cluster = cluster_at(session, pivot_of(pointer));
        // A ring hides the village below it.
        let features = if cluster.is_some() || note.is_some() { Vec::new() } else { features_at(session, at) };
        moment.hover = at.is_valid().then_some(Hover { at, features, cluster, note });
    }
}

fn click(pointer: egui::Pos2, at: LonLat, session: &Session, moment: &mut Moment, add: bool, send: &mut Commands) {
    take(pointer, features_at(session, at), moment, add, send);
}

/// Selects what was hit; several of one layer are a question.
fn take(
    pointer: egui::Pos2,
    features: Vec<(LayerKey, FeatureId)>,
    moment: &mut Moment,
    add: bool,
    send: &mut Commands,
) {
    moment.choice = None;
    let first_layer: Vec<_> = features.iter().filter(|f| Some(f.0) == features.first().map(|x| x.0)).copied().collect();
    match first_layer.as_slice() {
        [] if add => {}
        [] => send.push(SelectCommand::ClearSelection),
        [(layer, feature)] => send.push(SelectCommand::Select { layer: *layer, features: vec![*feature], add }),
        // A symbol in a village is taken before the village; several of one layer are a question.
        _ => moment.choice = Some(Choice { at: pointer, features, add }),
    }
}

fn position_at(session: &Session, pivot: Pivot) -> LonLat {
    session.camera.world_at(pivot).to_lonlat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::session::testing::{VILLAGES, session};

    #[test]
    fn a_click_takes_what_lies_there_and_beside_everything_nothing() {
        let session = session(Lang::Zh);
        let (mut moment, mut send) = (Moment::default(), Commands::default());
        let mut at = |lon: f64| {
            click(egui::Pos2::ZERO, LonLat::new(lon, 40.008), &session, &mut moment, false, &mut send);
            send.take()
        };
        let third = crate::model::FeatureId::new(2);
        let expected = SelectCommand::Select { layer: VILLAGES, features: vec![third], add: false };
        assert_eq!(at(116.045), [expected.into()]);
        assert_eq!(at(10.0), [SelectCommand::ClearSelection.into()]);
    }
}
