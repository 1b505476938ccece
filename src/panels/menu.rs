//! The menu behind ≡: every command with its shortcut.

use egui::{RichText, Ui};

use crate::lang::Lang;
use crate::session::{Command, Commands, FileCommand, Left, LookCommand, Offer, Session, WindowCommand, offered};

/// Shows the button and its menu.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let lang = session.lang;
    let menu = ui.menu_button(RichText::new("≡").size(18.0), |ui| {
        ui.set_min_width(250.0);
        // Closer together than elsewhere: on a low screen the whole menu is to be seen.
        ui.spacing_mut().item_spacing.y = 3.0;
        // On a low window the menu is longer than the screen: what does not fit is scrolled to.
        let height = (ui.ctx().content_rect().height() - 24.0).max(200.0);
        let area = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        area.show(ui, |ui| entries(ui, session, send));
    });
    let words = lang.t("menu.name");
    menu.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    menu.response.on_hover_text(words);
}

fn entries(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let parts =
        offered().into_iter().filter_map(|o| Some((o.menu?, o))).fold(Vec::new(), |mut parts, (part, offer)| {
            match parts.last_mut() {
                Some((last, list)) if *last == part => Vec::push(list, offer),
                _ => parts.push((part, vec![offer])),
            }
            parts
        });
    for (part, offers) in parts {
        // What is needed less often stands one step deeper, so that the whole menu is seen on a low screen.
        let (deeper, here): (Vec<Offer>, Vec<Offer>) = offers.into_iter().partition(is_deeper);
        here.into_iter().for_each(|offer| entry(ui, session, offer, send));
        let name = if part <= 1 { "menu.output" } else { "menu.panels" };
        if !deeper.is_empty() {
            ui.menu_button(session.lang.t(name), |ui| {
                deeper.into_iter().for_each(|offer| entry(ui, session, offer, send));
            });
        }
        if part < 5 {
            end_part(ui, session, part, send);
        }
    }
}

/// Whether a command stands in a menu within the menu: what leaves the window, and the panels.
fn is_deeper(offer: &Offer) -> bool {
    use FileCommand as F;
    use WindowCommand as W;
    matches!(
        &offer.command,
        Command::File(
            F::Package(_)
                | F::ExportDialogue
                | F::CopyMap
                | F::ExportTableDialogue
                | F::ExportFiguresDialogue
                | F::FillFormDialogue
        ) | Command::Page(_)
            | Command::Survey(_)
            | Command::Window(W::ToggleLeft | W::ToggleRight | W::ToggleDrawer(_))
    )
}

/// What stands at the end of a part of the menu and cannot be given by itself, and the line below it.
fn end_part(ui: &mut Ui, session: &Session, part: u8, send: &mut Commands) {
    match part {
        0 => return recent(ui, session, send),
        2 => steps(ui, session, send),
        4 => {
            divide(ui, session, send);
            appearance(ui, session, send);
        }
        _ => {}
    }
    ui.separator();
}

fn recent(ui: &mut Ui, session: &Session, send: &mut Commands) {
    if session.settings.recent.is_empty() && session.file.path.is_none() {
        return;
    }
    ui.menu_button(session.lang.t("menu.recent"), |ui| {
        if session.file.path.is_some() {
            if ui.button(session.lang.t("versions.title")).clicked() {
                send.push(FileCommand::Version(None));
                ui.close();
            }
            ui.separator();
        }
        for path in &session.settings.recent {
            let part = |p: Option<&std::ffi::OsStr>| p.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let (name, folder) = (part(path.file_name()), part(path.parent().and_then(|p| p.file_name())));
            let button =
                egui::Button::new(name).right_text(RichText::new(folder).color(session.tokens().ink_secondary));
            if ui.add(button).on_hover_text(path.display().to_string()).clicked() {
                send.push(FileCommand::Open(vec![path.clone()]));
            }
        }
    });
}

/// What was done, the last first: a click takes back everything down to there.
fn steps(ui: &mut Ui, session: &Session, send: &mut Commands) {
    /// Most steps listed.
    const MOST: usize = 30;
    let lang = session.lang;
    let names: Vec<&str> = session.history.done().take(MOST).collect();
    if names.is_empty() {
        return;
    }
    ui.menu_button(lang.t("menu.steps"), |ui| {
        for (at, name) in names.iter().enumerate() {
            let text = lang.t(name).trim_end_matches('…');
            let tip = lang.with("menu.steps-tip", &[("n", &(at + 1).to_string())]);
            if ui.button(format!("{}  {text}", at + 1)).on_hover_text(tip).clicked() {
                send.push(WindowCommand::UndoSteps(at + 1));
                ui.close();
            }
        }
    });
}

fn name_language(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let lang = session.lang;
    ui.menu_button(lang.t("command.name-language"), |ui| {
        let present = session.document.project.name_language.as_deref().map(Lang::from_tag);
        for (choice, key) in
            [(None, "menu.names-auto"), (Some(Lang::Zh), "menu.names-zh"), (Some(Lang::En), "menu.names-en")]
        {
            if ui.selectable_label(present == choice, lang.t(key)).clicked() {
                send.push(LookCommand::SetNameLanguage(choice));
                ui.close();
            }
        }
    });
}

/// Languages and light, which a narrow top bar has no room for.
fn appearance(ui: &mut Ui, session: &Session, send: &mut Commands) {
    ui.menu_button(session.lang.t("menu.appearance"), |ui| looks(ui, session, send));
}

fn looks(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let lang = session.lang;
    name_language(ui, session, send);
    ui.menu_button(lang.t("command.language"), |ui| {
        for (choice, key) in [(Lang::Zh, "menu.names-zh"), (Lang::En, "menu.names-en")] {
            if ui.selectable_label(lang == choice, lang.t(key)).clicked() {
                send.push(WindowCommand::SetLanguage(choice));
                ui.close();
            }
        }
    });
    if ui.button(lang.t(if session.dark { "command.light" } else { "command.dark" })).clicked() {
        send.push(WindowCommand::SetDark(!session.dark));
        ui.close();
    }
}

fn entry(ui: &mut Ui, session: &Session, offer: Offer, send: &mut Commands) {
    let Offer { command, needs, .. } = offer;
    let button = egui::Button::new(command.words(session.lang)).shortcut_text(command.shortcut_text(ui.ctx()));
    let response = ui.add_enabled(needs.is_met(session), button);
    if response.on_disabled_hover_text(session.lang.t(needs.key())).clicked() {
        send.push(command);
        ui.close();
    }
}

/// What stands on the left of the divider: an earlier year, or another indicator of the theme.
fn divide(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let lang = session.lang;
    let (Some((district, theme)), Some(map)) = (session.theme(), session.map_spec()) else { return };
    let left = session.stage.divided.clone();
    let mut choose = |ui: &mut Ui, is_on: bool, text: &str, choice: Left| {
        if ui.selectable_label(is_on, text).clicked() {
            send.push(LookCommand::Divide(choice));
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
        for position in session.measures(theme).into_iter().filter(|i| *i != map.indicator) {
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
                send.push(LookCommand::SetPace(secs));
                ui.close();
            }
        }
    });
}
