//! Forms and questions over the window.

use egui::{Id, Key, Modal, RichText, TextEdit, Ui};

use super::style::bold;
use super::widgets::{primary, within_screen};
use super::{
    chosen, commands, decision, edit, keep_area, layout, note, online, opened, package, people, photos, reports,
    scenes, settings, share, unsaved, visit,
};
use crate::geo::parse_position;
use crate::session::{CameraCommand, Commands, Dialogue, Moment, Session, WindowCommand};

/// Shows the dialogue that is open, if any.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let Some(dialogue) = moment.dialogue.take() else { return };
    let t = session.tokens();
    let modal = Modal::new(Id::unique("dialogue")).backdrop_color(egui::Color32::TRANSPARENT).frame(
        egui::Frame::NONE.fill(t.panel).stroke(egui::Stroke::new(1.0, t.line)).corner_radius(10.0).inner_margin(18.0),
    );
    // Where the map shows before and after, the form stands beside it.
    let modal = match dialogue {
        Dialogue::Reading(_) => {
            let area = Modal::default_area(Id::unique("dialogue"));
            modal.area(area.anchor(egui::Align2::RIGHT_CENTER, egui::Vec2::new(-24.0, 0.0)))
        }
        _ => modal,
    };
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_max_width(match dialogue {
            Dialogue::Opened(_) | Dialogue::Unfolded(_) => 920.0,
            Dialogue::Manual(..) => 1000.0,
            Dialogue::Layout(_) | Dialogue::Pictures(..) | Dialogue::Decisions => f32::INFINITY,
            Dialogue::Import(_)
            | Dialogue::Merge(_)
            | Dialogue::People(_)
            | Dialogue::Preflight(..)
            | Dialogue::Reports(_) => 720.0,
            Dialogue::FieldPhotos(_) => 920.0,
            Dialogue::Reading(_) | Dialogue::Commands(..) => 560.0,
            _ => 420.0,
        });
        within_screen(ui, std::mem::discriminant(&dialogue), |ui| shown(ui, session, dialogue, send))
    });
    // Hours of sorting are not lost by a click beside the form, nor by Esc.
    let close = response.should_close() && !matches!(response.inner, Some(Dialogue::FieldPhotos(_)));
    moment.dialogue = response.inner.filter(|_| !close);
}

/// One dialogue; `None` once it is over.
fn shown(ui: &mut Ui, session: &Session, dialogue: Dialogue, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    match dialogue {
        Dialogue::GoTo(text, error) => go_to(ui, session, text, error, send),
        Dialogue::Package(draft) => package::show(ui, session, draft, send),
        Dialogue::Unpack(path) => package::unpack(ui, session, path, send),
        Dialogue::Commands(text, row) => commands::show(ui, session, text, row, send),
        Dialogue::Opened(files) => opened::opened(ui, session, files, send),
        Dialogue::Layout(draft) => layout::show(ui, session, draft, send),
        Dialogue::Layers(draft) => opened::layers(ui, session, draft, send),
        Dialogue::Reading(draft) => opened::reading(ui, session, draft, send),
        Dialogue::Fields(layer) => super::fields::show(ui, session, layer, send),
        Dialogue::Figure(draft) => edit::figure(ui, session, draft, send),
        Dialogue::Add(draft) => edit::add(ui, session, draft, send),
        Dialogue::Note(draft) => note::show(ui, session, draft, send),
        Dialogue::Share(options) => share::show(ui, session, options, send),
        Dialogue::Pictures(files, at) => photos::large(ui, session, files, at, send),
        Dialogue::Group(name) => chosen::group(ui, session, name, send),
        Dialogue::Facility(draft) => edit::facility(ui, session, draft, send),
        Dialogue::Visit(draft) => visit::visit(ui, session, draft, send),
        Dialogue::Decision(draft) => decision::form(ui, session, draft, send),
        Dialogue::Unfolded(unfolded) => super::unfolded::show(ui, session, unfolded, send),
        Dialogue::Preflight(found, starts) => scenes::preflight(ui, session, found, starts, send),
        Dialogue::Reports(draft) => reports::preview(ui, session, draft, send),
        Dialogue::Sorting(sorting) => super::field_photos::sorting(ui, session, sorting),
        Dialogue::FieldPhotos(draft) => super::field_photos::show(ui, session, draft, send),
        Dialogue::Decisions => decision::dialogue(ui, session, send),
        Dialogue::People(draft) => people::show(ui, session, draft, send),
        Dialogue::Import(preview) => visit::import(ui, session, preview, send),
        Dialogue::Merge(preview) => visit::merge(ui, session, preview, send),
        Dialogue::Unsaved(then) => unsaved::ask(ui, session, *then, send),
        Dialogue::Changed(change) => unsaved::changed(ui, session, change, send),
        Dialogue::Replace(path) => unsaved::replace(ui, session, path, send),
        Dialogue::Recover(found) => unsaved::recover(ui, session, found, send),
        Dialogue::Versions(list) => unsaved::versions(ui, session, list, send),
        Dialogue::StrayLog(log) => unsaved::stray(ui, session, log, send),
        Dialogue::KeepArea(draft) => keep_area::show(ui, session, draft, send),
        Dialogue::Online(draft) => online::show(ui, session, draft, send),
        Dialogue::Settings => settings::show(ui, session, send),
        Dialogue::About => settings::about_dialogue(ui, session, send),
        Dialogue::Manual(sought, at) => super::manual::show(ui, session, sought, at, send),
        Dialogue::Ending(unwritten) => ending(ui, session, unwritten, send),
        Dialogue::Message(text) => {
            ui.label(RichText::new(lang.t("dialogue.message")).font(bold(15.0)).color(t.ink));
            ui.add_space(6.0);
            ui.label(RichText::new(&text).color(t.ink));
            ui.add_space(10.0);
            (!primary(ui, t, lang.t("dialogue.close")).clicked()).then_some(Dialogue::Message(text))
        }
    }
}

/// What the window waits for before it closes.
fn ending(ui: &mut Ui, session: &Session, unwritten: Vec<String>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("ending.title")).font(bold(15.0)).color(t.ink));
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.spinner();
        ui.label(RichText::new(unwritten.join("\n")).color(t.ink));
    });
    ui.add_space(10.0);
    if ui.button(lang.t("ending.stay")).clicked() {
        send.push(WindowCommand::StayOpen);
        return None;
    }
    Some(Dialogue::Ending(unwritten))
}

fn go_to(
    ui: &mut Ui,
    session: &Session,
    mut text: String,
    mut error: Option<&'static str>,
    send: &mut Commands,
) -> Option<Dialogue> {
    let t = session.tokens();
    let lang = session.lang;
    ui.label(RichText::new(lang.t("command.go-to")).font(bold(15.0)).color(t.ink));
    ui.label(RichText::new(lang.t("dialogue.go-to-hint")).size(12.0).color(t.ink_secondary));
    let edit = ui.add(TextEdit::singleline(&mut text).hint_text("116.1034, 40.0712").desired_width(300.0));
    edit.request_focus();
    if let Some(key) = error {
        ui.label(RichText::new(lang.t(key)).color(t.bad));
    }
    ui.add_space(8.0);
    let go = primary(ui, t, lang.t("dialogue.go")).clicked() || ui.input(|i| i.key_pressed(Key::Enter));
    if go {
        match parse_position(&text, session.all_bounds()) {
            Some(at) => {
                send.push(CameraCommand::GoTo(at));
                return None;
            }
            None => error = Some("dialogue.go-to-error"),
        }
    }
    Some(Dialogue::GoTo(text, error))
}
