//! The top bar: menu, title, search, what the map is coloured by.

use egui::{Align, Layout, RichText, Ui, Vec2};

use super::style::bold;
use super::widgets::{icon_button, primary};
use super::{menu, search, themes};
use crate::icons::Icon;
use crate::session::{Command, Commands, FileCommand, LayerCommand, MeetingCommand, Moment, Session, WindowCommand};

/// Width in points below which the bar keeps what a search, a theme and a year need; the rest is in the menu.
const NARROW_PT: f32 = 1000.0;

/// Whether the window is too narrow for all of the bar.
pub(super) fn is_narrow(ctx: &egui::Context) -> bool {
    ctx.content_rect().width() < NARROW_PT
}

/// Shows the bar.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing = Vec2::new(8.0, 0.0);
        ui.add_space(8.0);
        menu::show(ui, session, send);
        let narrow = is_narrow(ui.ctx());
        if !narrow {
            ui.label(RichText::new(session.lang.t("app.name")).font(bold(17.0)).color(t.ink));
        }
        let mut title = session.project_title().to_owned();
        if title.is_empty() && !session.document.keys.is_empty() {
            title = session.shown_name();
        }
        if session.is_changed() && !session.document.keys.is_empty() {
            title.push_str(" •");
        }
        // What stands on the right takes the same room as in the last frame; search and title share the rest.
        let right_id = egui::Id::unique("top bar right");
        let right: f32 = ui.data(|d| d.get_temp(right_id)).unwrap_or(330.0);
        let free = ui.available_width() - right - 24.0;
        let search_width = if narrow { free } else { free * 0.6 }.clamp(90.0, 320.0);
        if !narrow && free - search_width > 40.0 {
            ui.scope(|ui| {
                ui.set_max_width(free - search_width);
                if let Some((None, name)) = &mut moment.renaming {
                    let field = ui.add(egui::TextEdit::singleline(name).desired_width(160.0));
                    let words = session.lang.t("command.rename-project");
                    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, words));
                    if let Some(name) = super::widgets::named(ui, &field, name) {
                        send.extend(name.map(LayerCommand::RenameProject));
                        moment.renaming = None;
                    }
                    return;
                }
                let label = egui::Label::new(RichText::new(&title).color(t.ink_secondary)).truncate();
                let response = ui.add(label.sense(egui::Sense::click()));
                let mut words = session.lang.t("command.rename-project").to_owned();
                if session.is_changed() {
                    words = format!("{}\n{words}", session.lang.t("status.changed"));
                }
                if response.on_hover_text(words).clicked() && !session.document.keys.is_empty() {
                    moment.renaming = Some((None, session.document.project.title.clone()));
                }
            });
        }
        search::show(ui, session, moment, search_width, send);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            if session.document.keys.is_empty() {
                if primary(ui, t, session.lang.t("command.open")).clicked() {
                    send.push(FileCommand::OpenDialogue);
                }
            } else {
                let words = session.lang.t("meeting.short");
                let words = if narrow { words.to_owned() } else { format!("{words} F5") };
                if primary(ui, t, &words).on_hover_text(format!("{}  F5", session.lang.t("meeting.start"))).clicked() {
                    send.push(MeetingCommand::StartMeeting(false));
                }
                let tip = Command::from(FileCommand::OpenDialogue).tooltip(session.lang, ui.ctx());
                if !narrow && ui.button(session.lang.t("command.open")).on_hover_text(tip).clicked() {
                    send.push(FileCommand::OpenDialogue);
                }
            }
            if !narrow {
                appearance(ui, session, send);
            }
            ui.add_space(4.0);
            if session.district().is_none() {
                colour_by(ui, session, send);
            } else {
                themes::years(ui, session, send);
                ui.add_space(6.0);
                themes::segments(ui, session, send);
            }
            let width = ui.min_rect().width();
            ui.data_mut(|d| d.insert_temp(right_id, width));
        });
    });
}

/// Light or dark, and the other language.
fn appearance(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let icon = if session.dark { Icon::Sun } else { Icon::Moon };
    icon_button(ui, session, icon, WindowCommand::SetDark(!session.dark), send);
    let other = match session.lang {
        crate::lang::Lang::Zh => crate::lang::Lang::En,
        crate::lang::Lang::En => crate::lang::Lang::Zh,
    };
    if ui
        .add(egui::Button::new(session.lang.t("app.other-language")).frame(false))
        .on_hover_text(session.lang.t("command.language"))
        .clicked()
    {
        send.push(WindowCommand::SetLanguage(other));
    }
}

/// The field that the active layer is coloured by.
pub fn colour_by(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let Some(layer) = session.active() else { return };
    let Some(loaded) = layer.loaded() else { return };
    let present = session.entry(layer.key).and_then(|e| e.colouring.as_ref());
    let named =
        |field: &str| session.lang.find(&format!("field.{field}")).map_or_else(|| field.to_owned(), str::to_owned);
    let text = present.map_or_else(|| session.lang.t("theme.none").to_owned(), |s| named(s.heading()));
    let response = egui::ComboBox::from_id_salt("colour by")
        .selected_text(text)
        .width(150.0)
        .show_ui(ui, |ui| {
            if ui.selectable_label(present.is_none(), session.lang.t("theme.none")).clicked() {
                send.push(LayerCommand::SetColouring(layer.key, None));
            }
            for column in &loaded.dataset.table.columns {
                let chosen = present.is_some_and(|s| s.field == column.name);
                if ui.selectable_label(chosen, named(&column.name)).clicked() && !chosen {
                    let spec = crate::colouring::ColouringSpec::for_field(&column.name, column.kind);
                    send.push(LayerCommand::SetColouring(layer.key, Some(spec)));
                }
            }
        })
        .response;
    response.on_hover_text(session.lang.t("theme.colour-by"));
    ui.label(RichText::new(session.lang.t("theme.colour-by")).size(12.0).color(session.tokens().ink_secondary));
}
