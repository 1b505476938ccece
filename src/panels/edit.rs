//! Forms for corrections: a figure of a village, the state of a facility.

use egui::{ComboBox, Grid, RichText, TextEdit, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::district::{AddedFacility, Kind};
use crate::session::{Commands, Dialogue, FacilityDraft, FigureDraft, LayerCommand, Session};

/// A figure.
pub fn figure(ui: &mut Ui, session: &Session, mut draft: FigureDraft, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let indicator = session.indicator(draft.indicator)?;
    let year = draft.edit.year.map(|y| y.to_string()).unwrap_or_default();
    let heading = format!("{} · {} {year}", draft.village, indicator.name(lang));
    ui.label(RichText::new(heading.trim_end()).font(bold(15.0)).color(t.ink));
    ui.add_space(6.0);
    Grid::new("edit figure").num_columns(2).spacing([10.0, 8.0]).show(ui, |ui| {
        ui.label(session.with_unit(lang.t("edit.value"), indicator.unit(lang)));
        if indicator.is_category() {
            let shown = indicator.category(&draft.edit.value).map(|c| indicator.show(c as f64, lang));
            let unknown = lang.t("value.unknown");
            let text = shown.unwrap_or_else(|| unknown.to_owned());
            ComboBox::from_id_salt("edit value").selected_text(text).width(220.0).show_ui(ui, |ui| {
                ui.selectable_value(&mut draft.edit.value, String::new(), unknown);
                for (i, value) in indicator.values.iter().enumerate() {
                    let name = indicator.show(i as f64, lang);
                    ui.selectable_value(&mut draft.edit.value, value.id.clone(), name);
                }
            });
        } else {
            let hint = lang.t("edit.empty");
            let field = TextEdit::singleline(&mut draft.edit.value).hint_text(hint).desired_width(220.0);
            let response = ui.add(field);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("edit.value")));
        }
        ui.end_row();
        origin(ui, session, &mut draft.edit.source, &mut draft.edit.observed_on);
    });
    let readable = session.is_readable(&draft);
    if !readable {
        ui.label(RichText::new(lang.t("edit.unreadable")).size(12.0).color(t.bad));
    }
    ui.label(RichText::new(lang.t("edit.hint")).size(11.0).color(t.ink_secondary));
    ui.add_space(8.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let go = ui.add_enabled_ui(readable, |ui| primary(ui, t, lang.t("edit.apply")).clicked()).inner;
        if go {
            send.push(LayerCommand::Correct(vec![draft.edit.clone()]));
            keep = false;
        }
        if draft.stands && ui.button(lang.t("edit.remove")).clicked() {
            send.push(LayerCommand::Uncorrect(draft.edit.clone()));
            keep = false;
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Figure(draft))
}

fn origin(ui: &mut Ui, session: &Session, source: &mut String, observed_on: &mut String) {
    let lang = session.lang;
    ui.label(lang.t("field.source"));
    ui.add(TextEdit::singleline(source).hint_text(lang.t("edit.source-hint")).desired_width(220.0));
    ui.end_row();
    ui.label(lang.t("edit.observed-on"));
    ui.add(TextEdit::singleline(observed_on).hint_text("2023-12-01").desired_width(220.0));
    ui.end_row();
}

/// A facility.
pub fn facility(ui: &mut Ui, session: &Session, mut draft: FacilityDraft, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(&draft.name).font(bold(15.0)).color(t.ink));
    ui.add_space(6.0);
    let words = |s: &str| lang.find(&format!("value.{s}")).unwrap_or(lang.t("value.unknown")).to_owned();
    let (mut source, mut observed_on) =
        draft.edits.first().map(|e| (e.source.clone(), e.observed_on.clone())).unwrap_or_default();
    Grid::new("edit facility").num_columns(2).spacing([10.0, 8.0]).show(ui, |ui| {
        for edit in &mut draft.edits {
            let choices: &[&str] = match edit.what.as_str() {
                "status" => &["in_use", "closed", "building", "removed"],
                "action" => &["rebuilt", "improved", "new", "dry"],
                _ => &[],
            };
            ui.label(lang.find(&format!("field.{}", edit.what)).unwrap_or(""));
            if choices.is_empty() {
                ui.add(TextEdit::singleline(&mut edit.value).desired_width(220.0));
            } else {
                let combo = ComboBox::from_id_salt(&edit.what).selected_text(words(&edit.value)).width(220.0);
                combo.show_ui(ui, |ui| {
                    for choice in choices {
                        ui.selectable_value(&mut edit.value, (*choice).to_owned(), words(choice));
                    }
                });
            }
            ui.end_row();
        }
        origin(ui, session, &mut source, &mut observed_on);
    });
    for edit in &mut draft.edits {
        (edit.source, edit.observed_on) = (source.clone(), observed_on.clone());
    }
    let year_is_right =
        draft.edits.iter().filter(|e| e.what == "action_year").all(|e| {
            e.value.trim().is_empty() || e.value.trim().parse::<i32>().is_ok_and(|y| (1900..=2100).contains(&y))
        });
    if !year_is_right {
        ui.label(RichText::new(lang.t("edit.unreadable")).size(12.0).color(t.bad));
    }
    ui.label(RichText::new(lang.t("edit.hint")).size(11.0).color(t.ink_secondary));
    ui.add_space(8.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        if ui.add_enabled_ui(year_is_right, |ui| primary(ui, t, lang.t("edit.apply")).clicked()).inner {
            let changed = draft.edits.iter().zip(&draft.before).filter(|(e, b)| e.value != **b);
            send.push(LayerCommand::Correct(changed.map(|(e, _)| e.clone()).collect()));
            keep = false;
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Facility(draft))
}

/// A facility to be added.
pub fn add(ui: &mut Ui, session: &Session, mut draft: AddedFacility, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("add.title")).font(bold(15.0)).color(t.ink));
    ui.add_space(6.0);
    let words = |s: &str| lang.find(&format!("value.{s}")).unwrap_or(lang.t("value.unknown")).to_owned();
    let is_toilet = draft.kind == "public_toilet";
    let choose = |ui: &mut Ui, label: &str, value: &mut String, choices: &[&str]| {
        ui.label(label);
        ComboBox::from_id_salt(label).selected_text(words(value)).width(220.0).show_ui(ui, |ui| {
            for choice in choices {
                ui.selectable_value(value, (*choice).to_owned(), words(choice));
            }
        });
        ui.end_row();
    };
    Grid::new("add facility").num_columns(2).spacing([10.0, 8.0]).show(ui, |ui| {
        choose(ui, lang.t("field.kind"), &mut draft.kind, &Kind::ALL.map(Kind::key));
        ui.label(lang.t("field.name"));
        let name = ui.add(TextEdit::singleline(&mut draft.name).desired_width(220.0));
        name.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("field.name")));
        ui.end_row();
        choose(ui, lang.t("field.status"), &mut draft.status, &["in_use", "closed", "building", "removed"]);
        if is_toilet {
            choose(ui, lang.t("field.action"), &mut draft.action, &["rebuilt", "improved", "new", "dry"]);
            year(ui, lang.t("field.action_year"), &mut draft.action_year);
        }
        year(ui, lang.t("field.built_year"), &mut draft.built_year);
        ui.label(lang.t("add.position"));
        ui.horizontal(|ui| {
            for value in [&mut draft.lon, &mut draft.lat] {
                ui.add(egui::DragValue::new(value).speed(1e-5).max_decimals(6).min_decimals(4));
            }
        });
        ui.end_row();
        origin(ui, session, &mut draft.source, &mut draft.checked_on);
    });
    ui.label(RichText::new(lang.t("edit.hint")).size(11.0).color(t.ink_secondary));
    ui.add_space(8.0);
    let mut keep = true;
    let ready = !draft.name.trim().is_empty() && draft.at().is_valid();
    ui.horizontal(|ui| {
        if ui.add_enabled_ui(ready, |ui| primary(ui, t, lang.t("table.add")).clicked()).inner {
            let mut facility = draft.clone();
            if !is_toilet {
                (facility.action, facility.action_year) = (String::new(), None);
            }
            send.push(LayerCommand::PutFacility(facility));
            keep = false;
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Add(draft))
}

/// A year that may be left open.
fn year(ui: &mut Ui, label: &str, value: &mut Option<i32>) {
    ui.label(label);
    ui.horizontal(|ui| {
        let mut known = value.is_some();
        ui.checkbox(&mut known, "");
        *value = known.then(|| value.unwrap_or(2023));
        if let Some(year) = value {
            ui.add(egui::DragValue::new(year).range(1900..=2100));
        }
    });
    ui.end_row();
}
