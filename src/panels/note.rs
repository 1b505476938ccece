//! The form of a note on the map, and the row of all notes in the list of layers.

use egui::{RichText, Sense, TextEdit, Ui, Vec2};

use super::style::bold;
use super::widgets::{chip_button, primary, tick};
use crate::palette::{NOTE_INKS, data_colour, size};
use crate::project::{NoteEntry, hex_of};
use crate::session::{Commands, Dialogue, NoteCommand, Session, WindowCommand};

/// A note, new or to be changed.
pub fn show(ui: &mut Ui, session: &Session, mut draft: Box<NoteEntry>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("note.title")).font(bold(15.0)).color(t.ink));
    let place = format!("{:.6}, {:.6}   {}", draft.lat, draft.lon, draft.written_on);
    ui.label(RichText::new(place).size(12.0).color(t.ink_secondary));
    ui.add_space(6.0);
    let title = TextEdit::singleline(&mut draft.title).desired_width(320.0).hint_text(lang.t("note.heading"));
    let field = ui.add(title);
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("note.heading")));
    if draft.title.is_empty() && draft.text.is_empty() && ui.memory(|m| m.focused().is_none()) {
        field.request_focus();
    }
    let text = TextEdit::multiline(&mut draft.text).desired_width(320.0).desired_rows(3).hint_text(lang.t("note.text"));
    let field = ui.add(text);
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::MultilineTextInput, true, lang.t("note.text")));
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        for shape in draft.shape.alike() {
            let words = lang.find(&format!("note.shape-{}", shape.key())).unwrap_or(shape.key());
            if chip_button(ui, t, words, draft.shape == *shape).clicked() {
                draft.shape = *shape;
            }
        }
        ui.add_space(8.0);
        inks(ui, session, &mut draft);
    });
    ui.horizontal(|ui| {
        if ui.button(lang.t("visit.choose-photo")).clicked() {
            send.push(NoteCommand::PhotoDialogue);
        }
        if !draft.photo.as_os_str().is_empty() && super::photos::small(ui, session, &draft.photo, "", send) {
            send.push(WindowCommand::OpenPictures(vec![draft.photo.clone()], 0));
        }
        if let Some(name) = draft.photo.file_name().map(|n| n.to_string_lossy().into_owned()) {
            ui.label(RichText::new(name).size(12.0).color(t.ink_secondary));
            if ui.small_button(lang.t("note.no-photo")).clicked() {
                draft.photo.clear();
            }
        }
    });
    ui.add_space(8.0);
    let is_there = session.document.project.notes.iter().any(|n| n.id == draft.id);
    let mut keep = true;
    ui.horizontal(|ui| {
        if ui.add_enabled_ui(!draft.says_nothing(), |ui| primary(ui, t, lang.t("note.keep")).clicked()).inner {
            send.push(NoteCommand::Put((*draft).clone()));
            keep = false;
        }
        if is_there && ui.button(lang.t("note.remove")).clicked() {
            send.push(NoteCommand::Drop(draft.id.clone()));
            keep = false;
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    if is_there && session.district().is_some() {
        ui.separator();
        ui.horizontal(|ui| {
            if ui.button(lang.t("note.make-facility")).clicked() {
                send.push(NoteCommand::MakeFacility((*draft).clone()));
                keep = false;
            }
            let village = session.village_at(draft.at());
            let has_gap = village
                .zip(session.present_gaps())
                .is_some_and(|(v, g)| g.list.gaps.iter().any(|g| g.village == Some(v)));
            let visit = ui.add_enabled(has_gap, egui::Button::new(lang.t("note.make-visit")));
            if visit.on_disabled_hover_text(lang.t("note.no-gap")).clicked() {
                send.push(NoteCommand::MakeVisit((*draft).clone()));
                keep = false;
            }
        });
    }
    keep.then_some(Dialogue::Note(draft))
}

/// The colours to choose from.
fn inks(ui: &mut Ui, session: &Session, draft: &mut NoteEntry) {
    let (t, lang) = (session.tokens(), session.lang);
    for (name, ink) in NOTE_INKS {
        let hex = hex_of(ink);
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(20.0), Sense::click());
        let is_chosen = draft.colour == hex;
        let words = lang.find(&format!("note.ink-{name}")).unwrap_or(name);
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, words));
        ui.painter().circle_filled(rect.center(), 7.0, data_colour(ink));
        if is_chosen || response.hovered() {
            ui.painter().circle_stroke(rect.center(), 9.0, egui::Stroke::new(1.8, t.ink));
        }
        if response.on_hover_text(words).clicked() {
            draft.colour = if is_chosen { String::new() } else { hex };
        }
    }
}

/// All notes as one row of the list of layers, where there are any.
pub fn row(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let count = session.document.project.notes.len();
    if count == 0 {
        return;
    }
    ui.horizontal(|ui| {
        ui.set_min_height(size::ROW);
        let shown = !session.view.hide_notes;
        if tick(ui, t, shown, lang.t("note.all")).clicked() {
            send.push(NoteCommand::Show(!shown));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(count.to_string()).size(12.0).color(t.ink_secondary));
            if ui.small_button(lang.t("note.export")).clicked() {
                send.push(NoteCommand::ExportDialogue);
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let words = RichText::new(lang.t("note.all")).color(t.ink);
                ui.add(egui::Label::new(words).truncate().selectable(false));
            });
        });
    });
}
