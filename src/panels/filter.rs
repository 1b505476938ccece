//! The row over the table: the filter as text and by clicks, what it keeps, and where the rows can go.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, ComboBox, FontId, Layout, RichText, Stroke, TextEdit, Ui};

use super::widgets::{chip_button, icon_button};
use crate::icons::Icon;
use crate::session::{Commands, FileCommand, Moment, SelectCommand, Session, Sheet, SheetColumn};

/// A condition being put together by clicks.
#[derive(Clone, Debug, Default)]
struct Draft {
    column: usize,
    operator: usize,
    value: String,
}

/// Comparisons offered.
const OPERATORS: [&str; 8] = ["<", "<=", ">", ">=", "=", "!=", "is unknown", "is known"];

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
            let words = [("n", error.detail.as_str()), ("at", &place.to_string())];
            let text = lang.find(&format!("query.{}", error.code)).unwrap_or(error.code);
            let text = words.iter().fold(text.to_owned(), |s, (k, v)| s.replace(&format!("{{{k}}}"), v));
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

/// A condition by clicks: column, comparison, value.
fn builder(ui: &mut Ui, session: &Session, moment: &mut Moment, sheet: &Arc<Sheet>) {
    let (t, lang) = (session.tokens(), session.lang);
    let id = egui::Id::unique("filter draft");
    let mut draft: Draft = ui.data(|d| d.get_temp(id)).unwrap_or_default();
    let button = chip_button(ui, t, lang.t("table.add-condition"), false);
    let popup = egui::Popup::menu(&button).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_min_width(300.0);
        let name = |c: usize| sheet.head(session, c).0;
        ComboBox::from_id_salt("filter column").selected_text(name(draft.column)).width(280.0).show_ui(ui, |ui| {
            for c in 0..sheet.columns.len() {
                if ui.selectable_label(c == draft.column, name(c)).clicked() {
                    draft = Draft { column: c, ..Draft::default() };
                }
            }
        });
        let choices = sheet.choices(session, draft.column);
        let is_text = matches!(sheet.columns.get(draft.column), Some(SheetColumn::Field(_)));
        let first = if !choices.is_empty() || is_text { 4 } else { 0 };
        draft.operator = draft.operator.max(first);
        let words = |o: usize| lang.find(&format!("operator.{}", o + 1)).unwrap_or("");
        ui.horizontal(|ui| {
            ComboBox::from_id_salt("filter operator").selected_text(words(draft.operator)).width(110.0).show_ui(
                ui,
                |ui| {
                    for o in first..OPERATORS.len() {
                        ui.selectable_value(&mut draft.operator, o, words(o));
                    }
                },
            );
            if draft.operator >= 6 {
                return;
            }
            if choices.is_empty() {
                ui.add(TextEdit::singleline(&mut draft.value).desired_width(150.0));
            } else {
                let shown = choices.iter().find(|(id, _)| *id == draft.value).map_or("", |(_, name)| name);
                ComboBox::from_id_salt("filter value").selected_text(shown).width(150.0).show_ui(ui, |ui| {
                    for (id, name) in &choices {
                        ui.selectable_value(&mut draft.value, id.clone(), name);
                    }
                });
            }
        });
        let ready = draft.operator >= 6 || !draft.value.trim().is_empty();
        if ui.add_enabled(ready, egui::Button::new(lang.t("table.add"))).clicked() {
            let operator = OPERATORS.get(draft.operator).copied().unwrap_or("=");
            let value = if draft.operator >= 6 {
                String::new()
            } else if draft.value.trim().parse::<f64>().is_ok() && !is_text || !choices.is_empty() {
                format!(" {}", draft.value.trim())
            } else {
                format!(" \"{}\"", draft.value.trim())
            };
            let condition = format!("{} {operator}{value}", sheet.identifier(draft.column));
            let before = moment.filter.trim();
            moment.filter = if before.is_empty() { condition } else { format!("{before} and {condition}") };
            draft = Draft::default();
            ui.close();
        }
    });
    ui.data_mut(|d| d.insert_temp(id, draft));
}
