//! The row over the table: the filter as text and by clicks, what it keeps, and where the rows can go.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, FontId, Layout, RichText, Stroke, TextEdit, Ui};

use super::columns;
use super::widgets::{chip_button, icon_button};
use crate::icons::Icon;
use crate::lang::fill;
use crate::query::{and_also, quoted_name};
use crate::session::{Commands, FileCommand, Moment, SelectCommand, Session, Sheet};

/// A condition being put together by clicks.
#[derive(Clone, Debug, Default)]
struct Draft {
    column: Option<usize>,
    operator: usize,
    wanted: String,
    value: String,
}

/// Comparisons offered.
const OPERATORS: [&str; 10] = ["<", "<=", ">", ">=", "=", "!=", "is unknown", "is known", "contains", "not contains"];

/// Shows the row.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, sheet: &Arc<Sheet>, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let wrong = sheet.error.as_ref().map(|e| e.at);
        let (ink, bad) = (t.ink, t.bad);
        let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _: f32| {
            let job = marked(text.as_str(), wrong, ink, bad);
            ui.fonts_mut(|f| f.layout_job(job))
        };
        let width = (ui.available_width() * 0.42).clamp(160.0, 620.0);
        let edit = TextEdit::singleline(&mut moment.filter)
            .hint_text(lang.t("table.filter-hint"))
            .desired_width(width)
            .layouter(&mut layouter);
        let response = ui.add(edit);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("table.filter")));
        builder(ui, session, moment, sheet);
        columns::chooser(ui, session, sheet, send);
        if !moment.filter.is_empty() && chip_button(ui, t, lang.t("table.clear"), false).clicked() {
            moment.filter.clear();
        }
        let count = sheet.rows.len().to_string();
        let all = sheet.all.to_string();
        let mut text = lang.with("table.count", &[("a", &count), ("b", &all)]);
        if sheet.untold > 0 {
            text += &format!(" · {}", lang.with("table.untold", &[("n", &sheet.untold.to_string())]));
        }
        ui.label(RichText::new(text).size(12.0).color(t.ink_secondary));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            if chip_button(ui, t, lang.t("command.export-table"), false).clicked() {
                send.push(FileCommand::ExportTableDialogue);
            }
            icon_button(ui, session, Icon::Copy, FileCommand::CopyTable, send);
            if !moment.filter.is_empty()
                && sheet.error.is_none()
                && !sheet.rows.is_empty()
                && chip_button(ui, t, lang.t("table.select"), false).clicked()
            {
                send.push(SelectCommand::Select { layer: sheet.layer, features: sheet.rows.clone(), add: false });
            }
        });
    });
    if let Some(error) = &sheet.error {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            let place = moment.filter.get(..error.at.0).map_or(0, |s| s.chars().count()) + 1;
            let words = lang.find(&format!("query.{}", error.code)).unwrap_or(error.code);
            let text = fill(words, &[("n", error.detail.as_str()), ("at", &place.to_string())]);
            ui.label(RichText::new(text).size(12.0).color(t.bad));
        });
    }
}

/// The filter with what is wrong in it red and underlined.
fn marked(text: &str, wrong: Option<(usize, usize)>, ink: egui::Color32, bad: egui::Color32) -> LayoutJob {
    let font = FontId::proportional(13.0);
    let plain = TextFormat { font_id: font.clone(), color: ink, ..Default::default() };
    let red = TextFormat { font_id: font, color: bad, underline: Stroke::new(1.5, bad), ..Default::default() };
    let mut job = LayoutJob::default();
    let (from, to) = wrong.unwrap_or((text.len(), text.len()));
    let cut = |a: usize, b: usize| text.get(a.min(text.len())..b.min(text.len())).unwrap_or("");
    // The text may have grown since it was read: then its marks are those of a moment ago.
    if cut(0, from).len() + cut(from, to).len() + cut(to, text.len()).len() == text.len() {
        job.append(cut(0, from), 0.0, plain.clone());
        job.append(cut(from, to), 0.0, red);
        job.append(cut(to, text.len()), 0.0, plain);
    } else {
        job.append(text, 0.0, plain);
    }
    job
}

/// A condition by clicks: column, comparison, value, one under the other, so that nothing closes while it is put together.
fn builder(ui: &mut Ui, session: &Session, moment: &mut Moment, sheet: &Arc<Sheet>) {
    let (t, lang) = (session.tokens(), session.lang);
    let id = egui::Id::unique("filter draft");
    let mut draft: Draft = ui.data(|d| d.get_temp(id)).unwrap_or_default();
    let button = chip_button(ui, t, lang.t("table.add-condition"), false);
    let popup = egui::Popup::menu(&button).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_width(320.0);
        column_of(ui, session, sheet, &mut draft);
        let Some(column) = draft.column else { return };
        let choices = sheet.choices(session, column);
        operator_of(ui, session, sheet, column, &choices, &mut draft);
        let asks_value = !matches!(OPERATORS.get(draft.operator), Some(&("is unknown" | "is known")));
        let mut entered = false;
        if asks_value && choices.is_empty() {
            let words = lang.t("edit.value");
            let field = ui.add(TextEdit::singleline(&mut draft.value).hint_text(words).desired_width(300.0));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, words));
            entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        } else if asks_value {
            ui.horizontal_wrapped(|ui| {
                for (id, name) in &choices {
                    if chip_button(ui, t, name, *id == draft.value).clicked() {
                        draft.value.clone_from(id);
                    }
                }
            });
        }
        let whole = (!asks_value || !draft.value.trim().is_empty())
            .then(|| and_also(&moment.filter, &condition(sheet, column, &draft, asks_value, !choices.is_empty())));
        ui.horizontal(|ui| {
            let add = ui.add_enabled(whole.is_some(), egui::Button::new(lang.t("table.add"))).clicked();
            if let (true, Some(whole)) = (add || entered, &whole) {
                moment.filter.clone_from(whole);
                draft = Draft::default();
                ui.close();
            }
        });
    });
    ui.data_mut(|d| d.insert_temp(id, draft));
}

/// The column of a condition: all of them in a list, fewer as a part of the name is typed.
fn column_of(ui: &mut Ui, session: &Session, sheet: &Sheet, draft: &mut Draft) {
    let (t, lang) = (session.tokens(), session.lang);
    let words = lang.t("table.column-search");
    let field = ui.add(TextEdit::singleline(&mut draft.wanted).hint_text(words).desired_width(300.0));
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, words));
    let folded = draft.wanted.trim().to_lowercase();
    egui::ScrollArea::vertical().max_height(170.0).auto_shrink([false, true]).show(ui, |ui| {
        for c in session.arranged(sheet) {
            let (name, unit) = sheet.head(session, c);
            let is_wanted = [&name, &sheet.identifier(c)].iter().any(|n| n.to_lowercase().contains(&folded));
            let text = RichText::new(session.with_unit(&name, &unit)).color(t.ink);
            if is_wanted && ui.selectable_label(draft.column == Some(c), text).clicked() {
                *draft = Draft { column: Some(c), wanted: std::mem::take(&mut draft.wanted), ..Draft::default() };
            }
        }
    });
}

/// The comparison of a condition: those that fit the column.
fn operator_of(
    ui: &mut Ui,
    session: &Session,
    sheet: &Sheet,
    column: usize,
    choices: &[(String, String)],
    draft: &mut Draft,
) {
    let fits = |o: &str| match o {
        "<" | "<=" | ">" | ">=" => sheet.is_numeric(column),
        "contains" | "not contains" => !sheet.is_numeric(column) && choices.is_empty(),
        _ => true,
    };
    let list: Vec<usize> = (0..OPERATORS.len()).filter(|o| OPERATORS.get(*o).is_some_and(|o| fits(o))).collect();
    if !list.contains(&draft.operator) {
        let contains = list.iter().copied().find(|o| OPERATORS.get(*o) == Some(&"contains"));
        draft.operator = contains.or(list.first().copied()).unwrap_or(0);
    }
    ui.horizontal_wrapped(|ui| {
        for o in list {
            let words = session.lang.find(&format!("operator.{}", o + 1)).unwrap_or("");
            if chip_button(ui, session.tokens(), words, draft.operator == o).clicked() {
                draft.operator = o;
            }
        }
    });
}

/// The condition as it is written.
fn condition(sheet: &Sheet, column: usize, draft: &Draft, has_value: bool, has_choices: bool) -> String {
    let operator = OPERATORS.get(draft.operator).copied().unwrap_or("=");
    let value = draft.value.trim();
    let value = match has_value {
        false => String::new(),
        true if sheet.is_numeric(column) && value.parse::<f64>().is_ok() => format!(" {value}"),
        true if has_choices && quoted_name(value) == value => format!(" {value}"),
        true if value.contains('"') => format!(" '{value}'"),
        true => format!(" \"{value}\""),
    };
    format!("{} {operator}{value}", quoted_name(&sheet.identifier(column)))
}
