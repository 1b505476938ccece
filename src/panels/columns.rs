//! The heads of the table's columns: sorting, order, which are shown.

use std::sync::Arc;

use egui::{FontId, Id, Label, RichText, Sense, Ui};

use super::widgets::chip_button;
use crate::session::{Commands, LayerCommand, Moment, Session, Sheet};

/// A column being dragged by its head.
#[derive(Clone, Copy)]
struct Dragged(usize);

/// A head. A click sorts by it, upwards, downwards, not at all; with Shift after the columns before it. Dragged, the column goes where it
/// is let go.
pub(super) fn head(
    ui: &mut Ui,
    session: &Session,
    sheet: &Arc<Sheet>,
    shown: &[usize],
    column: usize,
    moment: &mut Moment,
    send: &mut Commands,
) {
    let t = session.tokens();
    let (name, unit) = sheet.head(session, column);
    let at = moment.sort.iter().position(|(c, _)| *c == column);
    let mark = match at.and_then(|i| moment.sort.get(i)) {
        Some((_, true)) => " ▲",
        Some((_, false)) => " ▼",
        None => "",
    };
    let place = at.filter(|_| moment.sort.len() > 1).map(|i| (i + 1).to_string()).unwrap_or_default();
    let name = session.with_unit(&name, &unit);
    let text = format!("{name}{mark}{place}");
    if ui.is_sizing_pass() {
        let galley = ui.painter().layout_no_wrap(text, FontId::proportional(12.0), t.ink);
        ui.allocate_space(egui::vec2((galley.size().x + 32.0).min(super::table::own_width()), 1.0));
        return;
    }
    let rect = ui.max_rect();
    let response = ui.interact(rect, ui.scope_id().with(("head", column)), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ColumnHeader, true, &text));
    let ink = if response.hovered() || response.has_focus() { t.ink } else { t.ink_secondary };
    let right = sheet.is_numeric(column);
    let layout = if right {
        egui::Layout::right_to_left(egui::Align::Center)
    } else {
        egui::Layout::left_to_right(egui::Align::Center)
    };
    ui.with_layout(layout, |ui| {
        ui.add_space(10.0);
        ui.add(Label::new(RichText::new(&text).size(12.0).color(ink)).truncate().selectable(false));
    });
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(2.0), 3.0, ui.visuals().selection.stroke, egui::StrokeKind::Inside);
    }
    let is_name = sheet.name_column() == Some(column);
    if !is_name {
        response.dnd_set_drag_payload(Dragged(column));
        if response.dnd_hover_payload::<Dragged>().is_some_and(|d| d.0 != column) {
            let x = if comes_from_left(shown, &response, column) { rect.right() } else { rect.left() };
            ui.painter().vline(x, rect.y_range(), egui::Stroke::new(2.0, t.accent));
        }
        if let Some(dragged) = response.dnd_release_payload::<Dragged>() {
            move_to(session, sheet, shown, dragged.0, column, send);
        }
    }
    if response.clicked() {
        sort_by(ui, &mut moment.sort, column, at);
    }
    menu(&response, session, sheet, shown, column, moment, send);
    let tip = format!("{name}\n{}\n{}", sheet.identifier(column), session.lang.t("table.sort"));
    response.on_hover_text(tip);
}

fn sort_by(ui: &Ui, sort: &mut Vec<(usize, bool)>, column: usize, at: Option<usize>) {
    let present = at.and_then(|i| sort.get(i).copied());
    if !ui.input(|i| i.modifiers.shift) {
        sort.clear();
    } else if let Some(i) = at {
        sort.remove(i);
    }
    match present {
        None => sort.push((column, true)),
        Some((_, true)) => sort.push((column, false)),
        Some((_, false)) => {}
    }
}

fn comes_from_left(shown: &[usize], response: &egui::Response, column: usize) -> bool {
    let place = |c: usize| shown.iter().position(|s| *s == c);
    response.dnd_hover_payload::<Dragged>().is_some_and(|d| place(d.0) < place(column))
}

/// Puts a column where another stands.
fn move_to(session: &Session, sheet: &Sheet, shown: &[usize], column: usize, other: usize, send: &mut Commands) {
    let place = |c: usize| shown.iter().position(|s| *s == c);
    let (Some(from), Some(to)) = (place(column), place(other)) else { return };
    let mut list = shown.to_vec();
    let taken = list.remove(from);
    list.insert(to.min(list.len()), taken);
    keep(session, sheet, &list, send);
}

/// Keeps an arrangement in the project.
fn keep(session: &Session, sheet: &Sheet, list: &[usize], send: &mut Commands) {
    let names: Vec<String> = list.iter().map(|c| sheet.identifier(*c)).collect();
    if session.entry(sheet.layer).is_some_and(|e| e.columns != names) {
        send.push(LayerCommand::SetColumns(sheet.layer, names));
    }
}

/// What can be done with a column.
fn menu(
    response: &egui::Response,
    session: &Session,
    sheet: &Sheet,
    shown: &[usize],
    column: usize,
    moment: &mut Moment,
    send: &mut Commands,
) {
    let lang = session.lang;
    response.context_menu(|ui| {
        for (key, up) in [("table.sort-up", true), ("table.sort-down", false)] {
            if ui.button(lang.t(key)).clicked() {
                moment.sort = vec![(column, up)];
            }
        }
        if sheet.name_column() == Some(column) {
            return;
        }
        ui.separator();
        let at = shown.iter().position(|c| *c == column).unwrap_or(0);
        let first = usize::from(sheet.name_column().is_some());
        let left = (at > first).then(|| shown.get(at - 1).copied()).flatten();
        let right = shown.get(at + 1).copied();
        for (key, other) in [("table.column-left", left), ("table.column-right", right)] {
            if ui.add_enabled(other.is_some(), egui::Button::new(lang.t(key))).clicked()
                && let Some(other) = other
            {
                move_to(session, sheet, shown, column, other, send);
            }
        }
        if ui.add_enabled(shown.len() > 2, egui::Button::new(lang.t("table.column-hide"))).clicked() {
            let list: Vec<usize> = shown.iter().copied().filter(|c| *c != column).collect();
            keep(session, sheet, &list, send);
        }
    });
}

/// The button that lists all columns, to show and hide them.
pub(super) fn chooser(ui: &mut Ui, session: &Session, sheet: &Arc<Sheet>, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let shown = session.arranged(sheet);
    let counts = [("a", shown.len().to_string()), ("b", sheet.columns.len().to_string())];
    let counts = counts.each_ref().map(|(k, v)| (*k, v.as_str()));
    let button = chip_button(ui, t, &lang.with("table.columns", &counts), shown.len() < sheet.columns.len());
    let popup = egui::Popup::menu(&button).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_min_width(260.0);
        let id = Id::unique("column search");
        let mut wanted: String = ui.data(|d| d.get_temp(id)).unwrap_or_default();
        let search = ui.add(egui::TextEdit::singleline(&mut wanted).hint_text(lang.t("table.column-search")));
        search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("table.column-search")));
        ui.data_mut(|d| d.insert_temp(id, wanted.clone()));
        ui.horizontal(|ui| {
            if ui.button(lang.t("table.columns-all")).clicked() {
                let rest = (0..sheet.columns.len()).filter(|c| !shown.contains(c));
                let list: Vec<usize> = shown.iter().copied().chain(rest).collect();
                keep(session, sheet, &list, send);
            }
            if ui.button(lang.t("table.columns-usual")).clicked() {
                send.push(LayerCommand::SetColumns(sheet.layer, Vec::new()));
            }
        });
        let rest: Vec<usize> = (0..sheet.columns.len()).filter(|c| !shown.contains(c)).collect();
        let folded = wanted.trim().to_lowercase();
        egui::ScrollArea::vertical().max_height(260.0).auto_shrink(false).show(ui, |ui| {
            for column in shown.iter().chain(&rest).copied() {
                let name = sheet.head(session, column).0;
                let is_wanted = [&name, &sheet.identifier(column)].iter().any(|n| n.to_lowercase().contains(&folded));
                if !is_wanted {
                    continue;
                }
                let mut on = shown.contains(&column);
                let is_name = sheet.name_column() == Some(column);
                if ui.add_enabled(!is_name, egui::Checkbox::new(&mut on, name)).changed() {
                    let list: Vec<usize> = if on {
                        shown.iter().copied().chain([column]).collect()
                    } else {
                        shown.iter().copied().filter(|c| *c != column).collect()
                    };
                    keep(session, sheet, &list, send);
                }
            }
        });
    });
}
