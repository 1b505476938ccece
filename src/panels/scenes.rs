//! The scenes of the project: captured, named, put in order, shown.

use egui::{Align, Layout, RichText, ScrollArea, TextEdit, Ui};

use super::widgets::{icon_button, primary};
use crate::icons::Icon;
use crate::project::SceneEntry;
use crate::session::{Commands, Derived, MeetingCommand, Session};

/// Shows the list.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        if primary(ui, t, lang.t("scene.capture")).clicked() {
            send.push(MeetingCommand::CaptureScene);
        }
        if ui.button(format!("{}  F5", lang.t("meeting.start"))).clicked() {
            send.push(MeetingCommand::StartMeeting(false));
        }
        ui.label(RichText::new(lang.t("scene.hint")).size(12.0).color(t.ink_secondary));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            let mut moves = !session.settings.no_motion;
            if ui.checkbox(&mut moves, lang.t("scene.motion")).changed() {
                send.push(MeetingCommand::SetMotion(moves));
            }
        });
    });
    ui.add_space(4.0);
    let scenes = session.document.project.scenes.clone();
    if scenes.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(lang.t("scene.none")).color(t.ink_secondary));
        });
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (at, scene) in scenes.iter().enumerate() {
            row(ui, session, at, scene, send);
        }
    });
}

fn row(ui: &mut Ui, session: &Session, at: usize, scene: &SceneEntry, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let mut edited = scene.clone();
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        ui.set_min_height(50.0);
        ui.label(RichText::new((at + 1).to_string()).strong().color(t.ink));
        thumbnail(ui, session, scene, at, send);
        let field = |ui: &mut Ui, text: &mut String, hint: &'static str, width: f32| {
            let response = ui.add(TextEdit::singleline(text).hint_text(lang.t(hint)).desired_width(width));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t(hint)));
        };
        let room = (ui.available_width() - 520.0).max(300.0);
        field(ui, &mut edited.name, "scene.name-hint", room * 0.24);
        field(ui, &mut edited.title, "scene.title-hint", room * 0.4);
        field(ui, &mut edited.note, "scene.note-hint", room * 0.3);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            icon_button(ui, session, Icon::Minus, MeetingCommand::RemoveScene(at), send);
            icon_button(ui, session, Icon::Down, MeetingCommand::MoveScene(at, false), send);
            icon_button(ui, session, Icon::Up, MeetingCommand::MoveScene(at, true), send);
            icon_button(ui, session, Icon::Copy, MeetingCommand::CopyScene(at), send);
            let mut figures = !edited.no_figures;
            ui.checkbox(&mut figures, lang.t("page.figures"));
            edited.no_figures = !figures;
            let mut legend = !edited.no_legend;
            ui.checkbox(&mut legend, lang.t("page.legend"));
            edited.no_legend = !legend;
            if ui.button(lang.t("scene.update")).clicked() {
                send.push(MeetingCommand::UpdateScene(at));
            }
            if ui.button(lang.t("scene.show")).clicked() {
                send.push(MeetingCommand::GoToScene(at));
            }
        });
    });
    if edited != *scene {
        send.push(MeetingCommand::SetScene(at, Box::new(edited)));
    }
}

/// The small picture; a click shows the scene.
fn thumbnail(ui: &mut Ui, session: &Session, scene: &SceneEntry, at: usize, send: &mut Commands) {
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::new(80.0, 45.0), egui::Sense::click());
    let words = session.lang.t("scene.show");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{words} {}", at + 1)));
    ui.painter().rect_filled(rect, 4.0, session.tokens().field);
    let key = session.scene_key(scene);
    if let Some(image) = session.made.thumbnails.get(&key).and_then(Derived::last) {
        let id = egui::Id::unique(("scene", key.as_str()));
        let kept: Option<egui::TextureHandle> = ui.data(|d| d.get_temp(id));
        let texture = kept.unwrap_or_else(|| {
            let texture = ui.ctx().load_texture("scene", image.clone(), egui::TextureOptions::LINEAR);
            ui.data_mut(|d| d.insert_temp(id, texture.clone()));
            texture
        });
        egui::Image::new(&texture).corner_radius(4.0).paint_at(ui, rect);
    }
    if response.clicked() {
        send.push(MeetingCommand::GoToScene(at));
    }
}
