//! The menu behind ≡: every command with its shortcut.

use egui::{RichText, Ui};

use crate::lang::Lang;
use crate::session::{Command, Session, Tab};

/// Shows the button and its menu.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Vec<Command>) {
    let lang = session.lang;
    let menu = ui.menu_button(RichText::new("≡").size(18.0), |ui| {
        ui.set_min_width(220.0);
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
        let years = session.district.as_ref().map(|d| d.observations.years().to_vec()).unwrap_or_default();
        if years.len() > 1 && session.map_spec().is_some() {
            ui.menu_button(lang.t("meeting.divide"), |ui| {
                for choice in [None].into_iter().chain(years.iter().copied().map(Some)) {
                    let text = choice.map_or_else(|| lang.t("legend.no-change").to_owned(), |y| y.to_string());
                    if ui.selectable_label(session.divided == choice, text).clicked() {
                        send.push(Command::Divide(choice));
                        ui.close();
                    }
                }
            });
        }
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
    });
    let words = lang.t("menu.name");
    menu.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    menu.response.on_hover_text(words);
}

fn entry(ui: &mut Ui, session: &Session, command: Command, enabled: bool, send: &mut Vec<Command>) {
    let button = egui::Button::new(session.lang.t(command.key())).shortcut_text(command.shortcut_text(ui.ctx()));
    if ui.add_enabled(enabled, button).clicked() {
        send.push(command);
        ui.close();
    }
}
