//! The left panel: layers, then the legend of each that has a theme.

use egui::{Align, Layout, RichText, ScrollArea, Sense, Ui, Vec2};

use super::widgets::{icon_button, padded, rule, section, tick};
use super::{compare, coverage, legend};
use crate::ground::{TileDatum, TileGrid};
use crate::icons::Icon;
use crate::model::LayerKind;
use crate::palette::{data_colour, size};
use crate::render::LayerKey;
use crate::session::{
    CameraCommand, Command, Commands, FileCommand, LayerCommand, LookCommand, Moment, Session, Status, SurveyCommand,
};

/// Shows the panel.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    if moment.styling.as_ref().is_some_and(|d| session.document.position(d.layer).is_some()) {
        ScrollArea::vertical().id_salt("styling").auto_shrink(false).show(ui, |ui| {
            padded().show(ui, |ui| super::styling::show(ui, session, moment, send));
        });
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        padded().show(ui, |ui| {
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                section(ui, t, session.lang.t("layers.title"));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    icon_button(ui, session, Icon::Plus, FileCommand::OpenDialogue, send);
                    icon_button(ui, session, Icon::Globe, LayerCommand::ServerDialogue, send);
                });
            });
            let keys = session.document.keys.clone();
            if keys.is_empty() {
                ui.label(RichText::new(session.lang.t("layers.empty")).color(t.ink_secondary));
            }
            let mut group = "";
            for (i, key) in keys.iter().enumerate() {
                let of = session.entry(*key).map_or("", |e| e.group.as_str());
                if std::mem::replace(&mut group, of) != of && !of.is_empty() {
                    group_head(ui, session, of, *key, send);
                }
                row(ui, session, *key, (i, keys.len()), moment, send);
                if session.symbols().is_some() && session.facility_layers().first() == Some(key) {
                    symbols(ui, session, send);
                }
            }
            super::note::row(ui, session, send);
            missing_tables(ui, session, send);
            if session.district().is_some() && session.view.theme.is_none() {
                ui.add_space(4.0);
                ui.horizontal(|ui| super::top_bar::colour_by(ui, session, send));
            }
            for key in keys {
                let shown = session.entry(key).is_some_and(|e| e.visible);
                if shown && session.layers.get(&key).is_some_and(|l| l.colouring.is_some()) {
                    rule(ui, t);
                    legend::show(ui, session, key, send);
                }
            }
            coverage::show(ui, session, send);
            compare::targets(ui, session, send);
            compare::groups(ui, session, send);
            compare::headlines(ui, session, send);
            ui.add_space(12.0);
        });
    });
}

/// Tables whose figures are missing, each with a way to find it.
fn missing_tables(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let t = session.tokens();
    for path in session.district().map_or(&[][..], |d| &d.unread_tables) {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let text = session.lang.with("layers.table-missing", &[("n", &name)]);
        ui.label(RichText::new(text).size(11.0).color(t.bad)).on_hover_text(path.display().to_string());
        if ui.small_button(session.lang.t("command.relink")).clicked() {
            send.push(LayerCommand::RelinkTableDialogue(path.clone()));
        }
    }
    let tables = session.district().map_or(0, |d| d.unread_tables.len());
    let layers =
        session.shown().filter(|(l, e)| matches!(l.status, Status::Failed(_)) && !e.path.as_os_str().is_empty());
    if layers.count() + tables > 1 && ui.small_button(session.lang.t("command.relink-folder")).clicked() {
        send.push(LayerCommand::RelinkFolderDialogue);
    }
}

/// A layer being dragged in the list.
#[derive(Clone, Copy)]
struct Dragged(LayerKey);

/// The head of a group: a layer that is let go here belongs to it.
fn group_head(ui: &mut Ui, session: &Session, group: &str, first: LayerKey, send: &mut Commands) {
    let t = session.tokens();
    let inner = ui.scope(|ui| section(ui, t, group));
    let response = ui.interact(inner.response.rect, ui.scope_id().with(("group", group)), Sense::hover());
    if response.dnd_hover_payload::<Dragged>().is_some() {
        ui.painter().hline(response.rect.x_range(), response.rect.bottom(), egui::Stroke::new(2.0, t.accent));
    }
    if let Some(dragged) = response.dnd_release_payload::<Dragged>().filter(|d| d.0 != first) {
        let beside = Some((first, false));
        send.push(LayerCommand::ArrangeLayer { layer: dragged.0, beside, group: group.to_owned() });
    }
}

/// Takes a layer that is dragged over a row: above its middle it goes before it, below behind it, into the same group.
fn drop_on(ui: &Ui, session: &Session, key: LayerKey, response: &egui::Response, send: &mut Commands) {
    response.dnd_set_drag_payload(Dragged(key));
    let Some(pointer) = ui.input(|i| i.pointer.interact_pos()).filter(|p| response.rect.contains(*p)) else { return };
    let behind = pointer.y > response.rect.center().y;
    let is_other = |d: &std::sync::Arc<Dragged>| d.0 != key;
    if response.dnd_hover_payload::<Dragged>().filter(is_other).is_some() {
        let y = if behind { response.rect.bottom() } else { response.rect.top() };
        ui.painter().hline(response.rect.x_range(), y, egui::Stroke::new(2.0, session.tokens().accent));
    }
    if let Some(dragged) = response.dnd_release_payload::<Dragged>().filter(is_other) {
        let group = session.entry(key).map(|e| e.group.clone()).unwrap_or_default();
        send.push(LayerCommand::ArrangeLayer { layer: dragged.0, beside: Some((key, behind)), group });
    }
}

fn row(
    ui: &mut Ui,
    session: &Session,
    key: LayerKey,
    (at, count): (usize, usize),
    moment: &mut Moment,
    send: &mut Commands,
) {
    let t = session.tokens();
    let (Some(entry), Some(layer)) = (session.entry(key), session.layers.get(&key)) else { return };
    let title = session.layer_title(key);
    let inner = ui.horizontal(|ui| {
        ui.set_min_height(size::ROW);
        if tick(ui, t, entry.visible, &title).clicked() {
            send.push(LayerCommand::ShowLayer(key, !entry.visible));
        }
        let has_symbols = session.symbols().is_some_and(|s| s.singles.contains_key(&key));
        if layer.loaded().is_some_and(|l| l.is_points()) && layer.colouring.is_none() && !has_symbols {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
            ui.painter().circle_filled(
                rect.center(),
                4.0,
                data_colour(entry.style.fill_rgb().unwrap_or(t.plain.symbol)),
            );
        }
        if let Some(loaded) = layer.loaded().filter(|l| layer.colouring.is_none() && l.is_lines()) {
            let (rect, _) = ui.allocate_exact_size(Vec2::new(14.0, 10.0), Sense::hover());
            let colour = entry.style.fill_rgb().unwrap_or_else(|| loaded.usual_colour(t));
            legend::line_at(ui.painter(), rect, &entry.style, data_colour(colour));
        }
        let is_drawn = session.is_drawn(entry);
        let right = match &layer.status {
            Status::Ready(loaded) => loaded.count().to_string(),
            Status::Loading(progress) => format!("{:.0} %", progress.fraction() * 100.0),
            Status::Ground(ground) => ground_words(ground),
            Status::Failed(_) => "!".to_owned(),
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (rect, button) = ui.allocate_exact_size(Vec2::new(18.0, 24.0), Sense::click());
            let words = session.lang.with("layers.menu", &[("name", &title)]);
            button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
            if button.hovered() {
                ui.painter().rect_filled(rect, 5.0, t.field);
            }
            Icon::Dots.paint(ui.painter(), rect, t.ink_secondary);
            egui::Popup::menu(&button).show(|ui| menu(ui, session, key, (at, count), moment, send));
            let colour = if matches!(layer.status, Status::Failed(_)) { t.bad } else { t.ink_secondary };
            ui.label(RichText::new(right).size(12.0).color(colour));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if moment.renaming.as_ref().is_some_and(|r| r.0 == Some(key)) {
                    rename(ui, session, key, moment, send);
                    return;
                }
                let ink = if is_drawn { t.ink } else { t.ink_secondary };
                let label = egui::Label::new(RichText::new(&title).color(ink)).truncate();
                let response = ui.add(label.sense(Sense::click_and_drag()));
                drop_on(ui, session, key, &response, send);
                if response.double_clicked() {
                    send.push(CameraCommand::FitLayer(key));
                }
                let mut tip = format!("{}\n{}", entry.path.display(), session.lang.t("layers.drag"));
                if entry.visible && !is_drawn {
                    tip = format!("{}\n{tip}", session.lang.t("theme.not-at-scale"));
                }
                response.on_hover_text(tip);
            });
        });
    });
    let server = crate::ground::server_of(&entry.ground.url);
    if server.as_ref().is_some_and(|s| !session.settings.online.contains(s))
        && ui.small_button(session.lang.t("ground.turn-on")).clicked()
    {
        send.push(LayerCommand::TurnOnline(key));
    }
    if let Status::Failed(message) = &layer.status {
        ui.label(RichText::new(message).size(11.0).color(t.bad));
        if entry.kind.as_ref().is_none_or(|k| k.is_shown())
            && ui.small_button(session.lang.t("command.relink")).clicked()
        {
            send.push(LayerCommand::RelinkDialogue(key));
        }
    }
    inner.response.context_menu(|ui| menu(ui, session, key, (at, count), moment, send));
}

/// Levels of a ground, and its datum where that is shifted.
fn ground_words(ground: &crate::ground::Ground) -> String {
    let (least, most) = ground.levels();
    // The levels of a picture say nothing to anybody.
    let levels = if ground.system().is_some() { String::new() } else { format!("{least}–{most}") };
    match ground.spec().datum {
        TileDatum::Wgs84 => levels,
        shifted if levels.is_empty() => shifted.name().to_owned(),
        shifted => format!("{} · {levels}", shifted.name()),
    }
}

/// The name of a layer being typed.
fn rename(ui: &mut Ui, session: &Session, key: LayerKey, moment: &mut Moment, send: &mut Commands) {
    let Some((_, name)) = &mut moment.renaming else { return };
    let field = ui.add(egui::TextEdit::singleline(name).desired_width(f32::INFINITY));
    let words = session.lang.t("command.rename-layer");
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, words));
    if let Some(name) = super::widgets::named(ui, &field, name) {
        send.extend(name.map(|name| LayerCommand::RenameLayer(key, name)));
        moment.renaming = None;
    }
}

/// The symbols of facilities with their numbers, each with a tick.
fn symbols(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let Some((_, theme)) = session.theme() else { return };
    let t = session.tokens();
    let shown = session.symbols_shown(theme);
    let id = egui::Id::unique("more symbols");
    let all: bool = ui.data(|d| d.get_temp(id)).unwrap_or(false);
    let counts = session.symbol_counts();
    let is_first = |kind: crate::session::SymbolKind| kind.theme() == theme || shown.iter().any(|s| s == kind.key());
    let hidden = counts.iter().filter(|(kind, _)| !is_first(*kind)).count();
    for (kind, count) in counts.into_iter().filter(|(kind, _)| all || is_first(*kind)) {
        let name = session.lang.find(&format!("symbol.{}", kind.key())).unwrap_or("");
        let on = shown.iter().any(|s| s == kind.key());
        ui.horizontal(|ui| {
            ui.set_min_height(size::ROW - 4.0);
            ui.add_space(14.0);
            if tick(ui, t, on, name).clicked() {
                send.push(LookCommand::ShowSymbols(kind.key().to_owned(), !on));
            }
            ui.spacing_mut().item_spacing.x = 2.0;
            legend::symbol(ui, kind.shape(), data_colour(kind.colour()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(22.0);
                ui.label(RichText::new(count.to_string()).size(12.0).color(t.ink_secondary));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let ink = if on { t.ink } else { t.ink_secondary };
                    ui.add(egui::Label::new(RichText::new(name).color(ink)).truncate().selectable(false));
                });
            });
        });
    }
    if hidden > 0 {
        let text = if all {
            session.lang.t("layers.fewer").to_owned()
        } else {
            session.lang.with("layers.more", &[("n", &hidden.to_string())])
        };
        ui.horizontal(|ui| {
            ui.add_space(40.0);
            let label = egui::Label::new(RichText::new(text).size(12.0).color(t.accent)).sense(Sense::click());
            if ui.add(label).clicked() {
                ui.data_mut(|d| d.insert_temp(id, !all));
            }
        });
    }
}

fn menu(
    ui: &mut Ui,
    session: &Session,
    key: LayerKey,
    (at, count): (usize, usize),
    moment: &mut Moment,
    send: &mut Commands,
) {
    ui.set_min_width(170.0);
    let Some(entry) = session.entry(key) else { return };
    if ui.button(session.lang.t("command.rename-layer")).clicked() {
        moment.renaming = Some((Some(key), session.layer_title(key)));
        ui.close();
    }
    groups(ui, session, key, entry, send);
    let mut command = |ui: &mut Ui, enabled: bool, command: Command| offer(ui, session, enabled, command, send);
    command(ui, true, CameraCommand::FitLayer(key).into());
    if entry.kind == Some(LayerKind::Ground) {
        command(ui, at > 0, LayerCommand::MoveLayer(key, true).into());
        command(ui, at + 1 < count, LayerCommand::MoveLayer(key, false).into());
        command(ui, true, LayerCommand::RelinkDialogue(key).into());
        command(ui, true, LayerCommand::RemoveLayer(key).into());
        // Only where the source's terms allow it, and in a grid that the file has.
        let is_kept = entry.ground.may_keep && !entry.ground.url.is_empty() && entry.ground.grid == TileGrid::Mercator;
        if is_kept {
            command(ui, true, LayerCommand::KeepAreaDialogue(key).into());
        }
        ui.menu_button(session.lang.t("ground.datum"), |ui| {
            for datum in TileDatum::ALL {
                if ui.selectable_label(entry.ground.datum == datum, datum.name()).clicked() {
                    send.push(LayerCommand::SetDatum(key, datum));
                    ui.close();
                }
            }
        });
        about_ground(ui, session, key);
    } else {
        of_data(ui, session, key, (at, count), send);
    }
    ui.separator();
    let mut opacity = entry.opacity * 100.0;
    ui.label(session.lang.t("command.opacity"));
    let slider = egui::Slider::new(&mut opacity, 10.0..=100.0).suffix(" %").fixed_decimals(0);
    if ui.add(slider).changed() {
        send.push(LayerCommand::SetOpacity(key, opacity / 100.0));
    }
}

/// What is known of a ground: its size, its levels, how exactly it lies, who is to be named.
fn about_ground(ui: &mut Ui, session: &Session, key: LayerKey) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(ground) = session.layers.get(&key).and_then(|l| l.ground()) else { return };
    ui.separator();
    let (least, most) = ground.levels();
    let mut lines = Vec::new();
    if ground.system().is_none() {
        lines.push(lang.with("ground.levels", &[("a", &least.to_string()), ("b", &most.to_string())]));
    }
    if let Some(residual_px) = session.ground_residual_px(key) {
        lines.push(lang.with("ground.residual", &[("n", &format!("{residual_px:.3}"))]));
    }
    if let Some(system) = ground.system() {
        lines.push(lang.with("ground.system", &[("n", system.name())]));
        lines.extend(system.left_open().map(|code| lang.problem(code, system.name())));
    }
    if !ground.attribution().is_empty() {
        lines.push(ground.attribution().to_owned());
    }
    for line in lines {
        ui.add(egui::Label::new(RichText::new(line).size(11.0).color(t.ink_secondary)).wrap());
    }
}

/// A command of a menu.
fn offer(ui: &mut Ui, session: &Session, enabled: bool, command: Command, send: &mut Commands) {
    if ui.add_enabled(enabled, egui::Button::new(session.lang.t(command.key()))).clicked() {
        send.push(command);
        ui.close();
    }
}

/// What can be done about a layer of data.
fn of_data(ui: &mut Ui, session: &Session, key: LayerKey, (at, count): (usize, usize), send: &mut Commands) {
    let mut command = |ui: &mut Ui, enabled: bool, command: Command| offer(ui, session, enabled, command, send);
    let photos = session.entry(key).filter(|e| e.kind == Some(LayerKind::Photos));
    if let Some(folder) = photos.map(|e| e.path.clone()).filter(|_| session.present_gaps().is_some()) {
        command(ui, true, SurveyCommand::SortPhotos(vec![folder]).into());
    }
    command(ui, true, LayerCommand::EditColouring(key).into());
    command(ui, true, LayerCommand::EditFields(key).into());
    command(ui, true, LayerCommand::EditReading(key).into());
    command(ui, true, LayerCommand::ExportDialogue(key).into());
    command(ui, at > 0, LayerCommand::MoveLayer(key, true).into());
    command(ui, at + 1 < count, LayerCommand::MoveLayer(key, false).into());
    command(ui, true, LayerCommand::ReadAgain(key).into());
    command(ui, true, LayerCommand::RelinkDialogue(key).into());
    command(ui, true, LayerCommand::RemoveLayer(key).into());
    ui.menu_button(session.lang.t("command.layer-kind"), |ui| {
        let present = session.kind_of(key);
        for kind in LayerKind::SHOWN {
            let words = session.lang.find(&format!("layer-kind.{}", kind.key())).unwrap_or("");
            if ui.selectable_label(present.as_ref() == Some(&kind), words).clicked() {
                send.push(LayerCommand::SetKind(key, kind));
                ui.close();
            }
        }
    });
}

/// The group that a layer is listed in.
fn groups(ui: &mut Ui, session: &Session, key: LayerKey, entry: &crate::project::LayerEntry, send: &mut Commands) {
    let lang = session.lang;
    ui.menu_button(lang.t("layers.group"), |ui| {
        let mut names: Vec<&str> = session.document.project.layers.iter().map(|l| l.group.as_str()).collect();
        names.retain(|n| !n.is_empty());
        names.sort_unstable();
        names.dedup();
        let mut choose = |ui: &mut Ui, name: &str, words: &str| {
            if ui.selectable_label(entry.group == name, words).clicked() {
                send.push(LayerCommand::ArrangeLayer { layer: key, beside: None, group: name.to_owned() });
                ui.close();
            }
        };
        choose(ui, "", lang.t("layers.no-group"));
        for name in names {
            choose(ui, name, name);
        }
        let id = egui::Id::unique("new group");
        let mut name: String = ui.data(|d| d.get_temp(id)).unwrap_or_default();
        let field = ui.add(egui::TextEdit::singleline(&mut name).hint_text(lang.t("layers.new-group")));
        field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("layers.new-group")));
        let is_entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        if is_entered && !name.trim().is_empty() {
            let group = std::mem::take(&mut name).trim().to_owned();
            send.push(LayerCommand::ArrangeLayer { layer: key, beside: None, group });
            ui.close();
        }
        ui.data_mut(|d| d.insert_temp(id, name));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::panels::testing::shown;
    use crate::session::testing::{FACILITIES, session};

    fn panel(session: &Session) -> crate::panels::testing::Shown {
        shown(session, Moment::default(), Vec::new(), show)
    }

    #[test]
    fn layers_are_listed_with_their_numbers() {
        let shown = panel(&session(Lang::Zh));
        assert!(shown.says("v") && shown.says("3") && shown.says("2"), "{:?}", shown.words);
    }

    #[test]
    fn a_file_that_cannot_be_read_says_why_and_can_be_found_again() {
        let mut session = session(Lang::Zh);
        if let Some(layer) = session.layers.get_mut(&FACILITIES) {
            layer.status = Status::Failed("不在那里".into());
        }
        let shown = panel(&session);
        assert!(shown.says("不在那里") && shown.says(session.lang.t("command.relink")), "{:?}", shown.words);
    }

    #[test]
    fn groups_have_a_heading() {
        let mut session = session(Lang::Zh);
        session.note(|d| d.project.layers[0].group = "公共设施".into());
        assert!(panel(&session).says("公共设施"));
    }
}
