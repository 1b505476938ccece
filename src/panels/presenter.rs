//! What the presenter reads: the note, what comes next, the clock and how long the meeting has lasted. In a window of its own where there
//! is a second screen, else in a strip below the map.

use egui::{Align, CentralPanel, Image, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder};

use super::meeting::title;
use super::scenes::scene_texture;
use super::style::bold;
use crate::session::Session;

/// Height of the strip in points.
const STRIP_PT: f32 = 132.0;

/// The presenter's own window.
pub fn presenter(ui: &mut Ui, session: &Session) {
    let t = session.tokens();
    CentralPanel::default().show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(clock()).size(26.0).color(t.ink));
            ui.add_space(24.0);
            ui.label(RichText::new(lasted(ui, session)).size(26.0).color(t.accent));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(place(session)).size(20.0).color(t.ink_secondary));
            });
        });
        ui.add_space(8.0);
        ui.label(RichText::new(title(session)).font(bold(24.0)).color(t.ink));
        ui.add_space(8.0);
        let room = (ui.available_height() - 190.0).max(60.0);
        ScrollArea::vertical().max_height(room).auto_shrink([false, false]).show(ui, |ui| {
            if let Some(scene) = session.scene_shown() {
                ui.label(RichText::new(scene.note_in(session.lang)).size(24.0).color(t.ink));
            }
        });
        ui.add_space(8.0);
        next(ui, session, [240.0, 135.0]);
    });
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(500));
}

/// The strip below the map, where there is no second screen for a window; how high it is.
pub(super) fn strip(ui: &mut Ui, session: &Session, rect: Rect) -> f32 {
    if !session.stage.has_presenter || session.stage.has_second_screen {
        return 0.0;
    }
    let t = session.tokens();
    let place_of = Rect::from_min_max(egui::pos2(rect.left(), rect.bottom() - STRIP_PT), rect.max);
    ui.painter().rect_filled(place_of, 0.0, t.panel);
    ui.painter().hline(place_of.x_range(), place_of.top(), egui::Stroke::new(1.0, t.line));
    ui.scope_builder(UiBuilder::new().max_rect(place_of.shrink2(egui::vec2(20.0, 8.0))), |ui| {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.label(RichText::new(clock()).size(16.0).color(t.ink));
                ui.label(RichText::new(lasted(ui, session)).size(16.0).color(t.accent));
                ui.label(RichText::new(place(session)).size(13.0).color(t.ink_secondary));
            });
            ui.add_space(16.0);
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - 260.0).max(120.0));
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    if let Some(scene) = session.scene_shown() {
                        ui.label(RichText::new(scene.note_in(session.lang)).size(17.0).color(t.ink));
                    }
                });
            });
            next(ui, session, [142.0, 80.0]);
        });
    });
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(500));
    STRIP_PT
}

fn clock() -> String {
    jiff::Zoned::now().strftime("%H:%M:%S").to_string()
}

/// How long the meeting has lasted.
fn lasted(ui: &Ui, session: &Session) -> String {
    let since = session.meeting.as_ref().map_or(0.0, |m| m.opened);
    let secs = (ui.input(|i| i.time) - since).max(0.0) as u64;
    format!("{}:{:02}", secs / 60, secs % 60)
}

/// Which scene of how many.
fn place(session: &Session) -> String {
    let all = session.document.project.scenes.len();
    let shown = session.meeting.as_ref().and_then(|m| m.scene).map_or(0, |s| s + 1);
    format!("{shown} / {all}")
}

/// The next scene: its picture and its name.
fn next(ui: &mut Ui, session: &Session, size: [f32; 2]) {
    let t = session.tokens();
    let scenes = &session.document.project.scenes;
    let shown = session.meeting.as_ref().and_then(|m| m.scene);
    let Some(scene) = scenes.get(shown.map_or(0, |s| s + 1)) else { return };
    ui.vertical(|ui| {
        let words = format!("{} {}", session.lang.t("meeting.next"), scene.name_in(session.lang));
        ui.label(RichText::new(words).size(14.0).color(t.ink_secondary));
        if let Some(texture) = scene_texture(ui, session, scene) {
            ui.add(Image::new(&texture).fit_to_exact_size(egui::vec2(size[0], size[1])).corner_radius(6.0));
        }
    });
}
