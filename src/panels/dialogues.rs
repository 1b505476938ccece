//! Forms and questions over the window.

use egui::{Id, Key, Modal, RichText, TextEdit, Ui};

use super::style::bold;
use super::widgets::primary;
use super::{
    chosen, commands, decision, edit, keep_area, layout, note, online, opened, package, people, photos, reports,
    scenes, settings, share, unsaved, visit,
};
use crate::geo::parse_position;
use crate::lang::Lang;
use crate::model::{Column, Dataset, Role};
use crate::render::LayerKey;
use crate::session::{CameraCommand, Commands, Dialogue, LayerCommand, Moment, Session, WindowCommand};

/// Shows the dialogue that is open, if any.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let Some(dialogue) = moment.dialogue.take() else { return };
    let t = session.tokens();
    let lang = session.lang;
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
            Dialogue::Opened(_) => 920.0,
            Dialogue::Layout(_) | Dialogue::Pictures(..) | Dialogue::Decisions => f32::INFINITY,
            Dialogue::Import(_)
            | Dialogue::Merge(_)
            | Dialogue::People(_)
            | Dialogue::Preflight(_)
            | Dialogue::Reports(_) => 720.0,
            Dialogue::Reading(_) | Dialogue::Commands(..) => 560.0,
            _ => 420.0,
        });
        match dialogue {
            Dialogue::GoTo(text, error) => go_to(ui, session, text, error, send),
            Dialogue::Package(draft) => package::show(ui, session, draft, send),
            Dialogue::Commands(text, row) => commands::show(ui, session, text, row, send),
            Dialogue::Opened(files) => opened::opened(ui, session, files, send),
            Dialogue::Layout(draft) => layout::show(ui, session, draft, send),
            Dialogue::Layers(draft) => opened::layers(ui, session, draft, send),
            Dialogue::Reading(draft) => opened::reading(ui, session, draft, send),
            Dialogue::Fields(layer) => fields(ui, session, layer, send),
            Dialogue::Figure(draft) => edit::figure(ui, session, draft, send),
            Dialogue::Add(draft) => edit::add(ui, session, draft, send),
            Dialogue::Note(draft) => note::show(ui, session, draft, send),
            Dialogue::Share(options) => share::show(ui, session, options, send),
            Dialogue::Pictures(files, at) => photos::large(ui, session, files, at, send),
            Dialogue::Group(name) => chosen::group(ui, session, name, send),
            Dialogue::Facility(draft) => edit::facility(ui, session, draft, send),
            Dialogue::Visit(draft) => visit::visit(ui, session, draft, send),
            Dialogue::Decision(draft) => decision::form(ui, session, draft, send),
            Dialogue::Preflight(found) => scenes::preflight(ui, session, found, send),
            Dialogue::Reports(draft) => reports::preview(ui, session, draft, send),
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
            Dialogue::Ending(unwritten) => ending(ui, session, unwritten, send),
            Dialogue::Message(text) => {
                ui.label(RichText::new(lang.t("dialogue.message")).font(bold(15.0)).color(t.ink));
                ui.add_space(6.0);
                ui.label(RichText::new(&text).color(t.ink));
                ui.add_space(10.0);
                (!primary(ui, t, lang.t("dialogue.close")).clicked()).then_some(Dialogue::Message(text))
            }
        }
    });
    let close = response.should_close();
    moment.dialogue = response.inner.filter(|_| !close);
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

fn fields(ui: &mut Ui, session: &Session, layer: LayerKey, send: &mut Commands) -> Option<Dialogue> {
    let t = session.tokens();
    let lang = session.lang;
    let loaded = session.layers.get(&layer)?.loaded()?;
    ui.label(RichText::new(lang.t("command.fields")).font(bold(15.0)).color(t.ink));
    ui.label(RichText::new(lang.t("dialogue.fields-hint")).size(12.0).color(t.ink_secondary));
    ui.add_space(6.0);
    egui::Grid::new("fields").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for role in Role::ALL {
            ui.label(lang.find(&format!("role.{}", role.key())).unwrap_or(role.key()));
            let present = loaded.dataset.roles.field(role).and_then(|i| loaded.dataset.table.columns.get(i));
            let text = present.map_or(lang.t("dialogue.no-field"), |c| &c.name);
            egui::ComboBox::from_id_salt(("role", role.key())).selected_text(text).width(220.0).show_ui(ui, |ui| {
                if ui.selectable_label(present.is_none(), lang.t("dialogue.no-field")).clicked() {
                    send.push(LayerCommand::SetRole(layer, role, None));
                }
                for column in &loaded.dataset.table.columns {
                    let chosen = present.is_some_and(|c| c.name == column.name);
                    let mut words = egui::text::LayoutJob::default();
                    let font = egui::TextStyle::Body.resolve(ui.style());
                    words.append(&column.name, 0.0, egui::TextFormat::simple(font, t.ink));
                    let small = egui::TextFormat::simple(egui::FontId::proportional(12.0), t.ink_secondary);
                    words.append(&examples(&loaded.dataset, column, lang), 10.0, small);
                    if ui.selectable_label(chosen, words).clicked() && !chosen {
                        send.push(LayerCommand::SetRole(layer, role, Some(column.name.clone())));
                    }
                }
            });
            ui.end_row();
            if let Some(column) = present {
                ui.label("");
                let texts = RichText::new(examples(&loaded.dataset, column, lang)).size(12.0).color(t.ink_secondary);
                ui.add(egui::Label::new(texts).truncate());
                ui.end_row();
            }
        }
    });
    ui.add_space(10.0);
    (!primary(ui, t, lang.t("dialogue.close")).clicked()).then_some(Dialogue::Fields(layer))
}

/// The first three values of a field that differ, so that a person sees which it is.
fn examples(dataset: &Dataset, column: &Column, lang: Lang) -> String {
    let mut texts: Vec<String> = Vec::new();
    for row in dataset.features().take(500) {
        let Some(text) = column.value(row).to_text() else { continue };
        let text: String = text.trim().chars().take(24).collect();
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
        if texts.len() == 3 {
            break;
        }
    }
    texts.join(if lang == Lang::Zh { "、" } else { ", " })
}
