//! The menu behind ≡: every command with its shortcut.

use egui::{RichText, Ui};

use crate::lang::Lang;
use crate::session::{Command, Left, Session, Tab};

/// Shows the button and its menu.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Vec<Command>) {
    let lang = session.lang;
    let menu = ui.menu_button(RichText::new("≡").size(18.0), |ui| {
        ui.set_min_width(250.0);
        // On a low window the menu is longer than the screen: what does not fit is scrolled to.
        let height = (ui.ctx().content_rect().height() - 24.0).max(200.0);
        let area = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        area.show(ui, |ui| entries(ui, session, send));
    });
    let words = lang.t("menu.name");
    menu.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    menu.response.on_hover_text(words);
}

fn entries(ui: &mut Ui, session: &Session, send: &mut Vec<Command>) {
    let lang = session.lang;
    for command in [Command::OpenDialogue, Command::OpenDemo] {
        entry(ui, session, command, true, send);
    }
    if !session.settings.recent.is_empty() {
        ui.menu_button(lang.t("menu.recent"), |ui| {
            for path in &session.settings.recent {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                    send.push(Command::Open(vec![path.clone()]));
                }
            }
        });
    }
    entry(ui, session, Command::Save, true, send);
    entry(ui, session, Command::SaveAs, true, send);
    entry(ui, session, Command::ExportDialogue, true, send);
    entry(ui, session, Command::CopyMap, true, send);
    entry(ui, session, Command::PageDialogue, !session.document.keys.is_empty(), send);
    entry(ui, session, Command::AtlasDialogue(false), !session.document.keys.is_empty(), send);
    entry(ui, session, Command::StartMeeting(false), !session.document.keys.is_empty(), send);
    let joined = session.district.is_some();
    entry(ui, session, Command::ExportTableDialogue, !session.document.keys.is_empty(), send);
    entry(ui, session, Command::ExportFiguresDialogue, joined, send);
    entry(ui, session, Command::ExportGapsDialogue, session.present_gaps().is_some(), send);
    entry(ui, session, Command::SettingsDialogue, true, send);
    ui.separator();
    let (undo, redo) = session.history.can();
    entry(ui, session, Command::Undo, undo, send);
    entry(ui, session, Command::Redo, redo, send);
    entry(ui, session, Command::FocusSearch, true, send);
    entry(ui, session, Command::GoToDialogue, true, send);
    ui.separator();
    entry(ui, session, Command::FitAll, true, send);
    entry(ui, session, Command::FitSelection, session.document.selection.is_some(), send);
    entry(ui, session, Command::CameraBack, true, send);
    entry(ui, session, Command::CameraForward, true, send);
    ui.separator();
    entry(ui, session, Command::ToggleLeft, true, send);
    entry(ui, session, Command::ToggleRight, true, send);
    entry(ui, session, Command::ToggleDrawer(Tab::Table), true, send);
    entry(ui, session, Command::ToggleDrawer(Tab::Summary), joined, send);
    entry(ui, session, Command::ToggleDrawer(Tab::Gaps), joined, send);
    entry(ui, session, Command::ToggleDrawer(Tab::Problems), true, send);
    divide(ui, session, send);
    ui.menu_button(lang.t("command.name-language"), |ui| {
        let present = session.document.project.name_language.as_deref().map(Lang::from_tag);
        for (choice, key) in
            [(None, "menu.names-auto"), (Some(Lang::Zh), "menu.names-zh"), (Some(Lang::En), "menu.names-en")]
        {
            if ui.selectable_label(present == choice, lang.t(key)).clicked() {
                send.push(Command::SetNameLanguage(choice));
                ui.close();
            }
        }
    });
    ui.separator();
    entry(ui, session, Command::Quit, true, send);
}

fn entry(ui: &mut Ui, session: &Session, command: Command, enabled: bool, send: &mut Vec<Command>) {
    let button = egui::Button::new(session.lang.t(command.key())).shortcut_text(command.shortcut_text(ui.ctx()));
    if ui.add_enabled(enabled, button).clicked() {
        send.push(command);
        ui.close();
    }
}

/// What stands on the left of the divider: an earlier year, or another indicator of the theme.
fn divide(ui: &mut Ui, session: &Session, send: &mut Vec<Command>) {
    let lang = session.lang;
    let (Some((district, topic)), Some(map)) = (session.topic(), session.map_spec()) else { return };
    let left = session.divided.clone();
    let mut choose = |ui: &mut Ui, is_on: bool, text: &str, choice: Left| {
        if ui.selectable_label(is_on, text).clicked() {
            send.push(Command::Divide(choice));
            ui.close();
        }
    };
    ui.menu_button(lang.t("meeting.divide"), |ui| {
        let none = Left { year: None, indicator: None, ..left.clone() };
        choose(ui, left.year.is_none() && left.indicator.is_none(), lang.t("legend.no-change"), none);
        for year in district.observations.years().iter().filter(|y| Some(**y) != map.year) {
            let choice = Left { year: Some(*year), indicator: None, ..left.clone() };
            choose(ui, left.year == Some(*year), &year.to_string(), choice);
        }
        ui.separator();
        for position in session.measures(topic).into_iter().filter(|i| *i != map.indicator) {
            let Some(indicator) = session.indicator(position) else { continue };
            let id = Some(indicator.id.clone());
            let choice = Left { year: None, indicator: id.clone(), ..left.clone() };
            choose(ui, left.indicator == id, indicator.name(lang), choice);
        }
        ui.separator();
        let choice = Left { side_by_side: !left.side_by_side, ..left.clone() };
        choose(ui, left.side_by_side, lang.t("meeting.side-by-side"), choice);
    });
    ui.menu_button(lang.t("meeting.pace"), |ui| {
        for (key, secs) in [("meeting.slow", 2.2), ("meeting.usual", 1.1), ("meeting.quick", 0.5)] {
            let is_on = (session.settings.year_secs - secs).abs() < 0.01;
            if ui.selectable_label(is_on, lang.t(key)).clicked() {
                send.push(Command::SetPace(secs));
                ui.close();
            }
        }
    });
}
