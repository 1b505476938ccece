//! What a layer is coloured by, and how: in the left panel, beside the map that changes with every click.

use egui::{RichText, TextEdit, Ui};

use super::style::bold;
use super::widgets::{chip_button, rule, section};
use crate::colouring::{Method, RAMPS, RampKind, colours, parse_bounds};
use crate::palette::data_colour;
use crate::session::{ColouringDraft, Commands, LayerCommand, Moment, Session};

/// Shows the editor; every change is on the map at once, and undo takes it back.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let Some(mut draft) = moment.styling.clone() else { return };
    let (t, lang) = (session.tokens(), session.lang);
    ui.add_space(8.0);
    let mut closes = false;
    ui.horizontal(|ui| {
        let back = egui::Button::new(format!("←  {}", lang.t("theme.back"))).frame(false);
        closes = ui.add(back).clicked();
        let usual = lang.t(if draft.indicator.is_some() { "theme.usual" } else { "theme.remove" });
        if draft.spec.is_some() && ui.add(egui::Button::new(usual).small()).clicked() {
            draft.spec = None;
            send.push(LayerCommand::Restyle(Box::new(draft.clone())));
            moment.styling = None;
        }
    });
    if moment.styling.is_none() {
        return;
    }
    ui.add_space(4.0);
    let title = egui::Label::new(RichText::new(session.layer_title(draft.layer)).font(bold(15.0)).color(t.ink));
    ui.add(title.wrap());
    ui.add_space(6.0);
    let before = draft.clone();
    classes_of(ui, session, &mut draft);
    if draft.spec != before.spec {
        send.push(LayerCommand::Restyle(Box::new(draft.clone())));
    }
    rule(ui, t);
    super::layer_style::show(ui, session, draft.layer, send);
    moment.styling = (!closes).then_some(draft);
}

/// Field, classes and colours.
fn classes_of(ui: &mut Ui, session: &Session, draft: &mut ColouringDraft) {
    let lang = session.lang;
    let t = session.tokens();
    let Some(loaded) = session.layers.get(&draft.layer).and_then(|l| l.loaded()) else { return };
    let numeric = match draft.indicator {
        Some(position) => session.indicator(position).is_some_and(|i| !i.is_category()),
        None => {
            field(ui, session, draft, loaded);
            let Some(spec) = &draft.spec else { return };
            let table = &loaded.dataset.table;
            table.position(&spec.field).and_then(|i| table.columns.get(i)).is_some_and(|c| c.kind.is_numeric())
        }
    };
    if let Some(indicator) = draft.indicator.and_then(|i| session.indicator(i)) {
        let heading = session.with_unit(indicator.name(lang), indicator.unit(lang));
        ui.add(egui::Label::new(RichText::new(heading).color(t.ink)).wrap());
        if indicator.is_category() {
            // Its values have colours of their own.
            ui.label(RichText::new(lang.t("theme.category")).size(12.0).color(t.ink_secondary));
            return;
        }
    }
    let Some(mut spec) = draft.spec.clone() else { return };
    if numeric {
        section(ui, t, lang.t("theme.method"));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            for method in [Method::Manual, Method::FisherJenks, Method::Quantile, Method::Equal, Method::Pretty] {
                let name = lang.find(&format!("method.{}", method.key())).unwrap_or("");
                if chip_button(ui, t, name, spec.method == method.key()).clicked() && spec.method != method.key() {
                    spec.method = method.key().to_owned();
                    if method == Method::Manual {
                        // Bounds by hand begin with those that are there.
                        spec.breaks = session.shown_bounds(draft.layer);
                        draft.breaks_text = bounds_text(&spec.breaks);
                        draft.trouble = None;
                    }
                }
            }
        });
        ui.add_space(6.0);
        if spec.method == Method::Manual.key() {
            section(ui, t, lang.t("theme.breaks"));
            let edit = TextEdit::singleline(&mut draft.breaks_text).desired_width(f32::INFINITY);
            let response = ui.add(edit.text_color(if draft.trouble.is_some() { t.bad } else { t.ink }));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("theme.breaks")));
            if response.changed() {
                match parse_bounds(&draft.breaks_text) {
                    Ok(bounds) if bounds.len() <= 19 => (spec.breaks, draft.trouble) = (bounds, None),
                    Ok(_) => draft.trouble = Some(lang.t("theme.too-many").to_owned()),
                    Err(e) => draft.trouble = Some(lang.with("theme.no-bound", &[("n", &e.0)])),
                }
            }
            match &draft.trouble {
                Some(trouble) => ui.label(RichText::new(trouble).size(12.0).color(t.bad)),
                None => ui.label(RichText::new(lang.t("theme.breaks-hint")).size(11.0).color(t.ink_secondary)),
            };
        } else {
            section(ui, t, lang.t("theme.classes"));
            ui.spacing_mut().slider_width = 120.0;
            let slider = ui.add(egui::Slider::new(&mut spec.classes, 2..=9));
            slider.widget_info(|| egui::WidgetInfo::slider(true, spec.classes as f64, lang.t("theme.classes")));
        }
        ui.add_space(6.0);
    }
    section(ui, t, lang.t("theme.colours"));
    for ramp in RAMPS.iter().filter(|r| numeric != matches!(r.kind, RampKind::Qualitative)) {
        if ramp_row(ui, session, ramp.key, spec.reversed, spec.ramp == ramp.key).clicked() {
            spec.ramp = ramp.key.to_owned();
        }
    }
    ui.checkbox(&mut spec.reversed, lang.t("theme.reversed"));
    if draft.indicator.is_none() {
        ui.horizontal(|ui| {
            ui.label(lang.t("theme.unit"));
            ui.add(TextEdit::singleline(&mut spec.unit).desired_width(80.0));
        });
    }
    draft.spec = Some(spec);
}

/// Bounds as they can be typed.
fn bounds_text(bounds: &[f64]) -> String {
    bounds.iter().map(|b| b.to_string()).collect::<Vec<_>>().join("、")
}

/// The field that a layer is coloured by.
fn field(ui: &mut Ui, session: &Session, draft: &mut ColouringDraft, loaded: &crate::session::Loaded) {
    let lang = session.lang;
    let named = |f: &str| lang.find(&format!("field.{f}")).map_or_else(|| f.to_owned(), str::to_owned);
    let text = draft.spec.as_ref().map_or_else(|| lang.t("theme.none").to_owned(), |s| named(&s.field));
    let combo = egui::ComboBox::from_id_salt("theme field").selected_text(text).width(ui.available_width() - 8.0);
    let response = combo.truncate().show_ui(ui, |ui| {
        if ui.selectable_label(draft.spec.is_none(), lang.t("theme.none")).clicked() {
            draft.spec = None;
        }
        for column in &loaded.dataset.table.columns {
            let is_it = draft.spec.as_ref().is_some_and(|s| s.field == column.name);
            if ui.selectable_label(is_it, named(&column.name)).clicked() && !is_it {
                draft.spec = Some(crate::colouring::ColouringSpec::for_field(&column.name, column.kind));
                draft.breaks_text.clear();
                draft.trouble = None;
            }
        }
    });
    let words = lang.t("theme.field");
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, words));
    ui.add_space(6.0);
}

/// A ramp to be chosen.
fn ramp_row(ui: &mut Ui, session: &Session, ramp: &str, reversed: bool, chosen: bool) -> egui::Response {
    let t = session.tokens();
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 22.0), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, chosen, ramp));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 5.0, if chosen { t.accent_ground } else { t.field });
    }
    for (i, colour) in colours(ramp, 7, reversed).into_iter().enumerate() {
        let at = rect.left_center() + egui::vec2(8.0 + 18.0 * i as f32, -6.0);
        ui.painter().rect_filled(egui::Rect::from_min_size(at, egui::vec2(18.0, 12.0)), 0.0, data_colour(colour));
    }
    let font = egui::FontId::proportional(12.0);
    let at = rect.right_center() - egui::vec2(8.0, 0.0);
    ui.painter().text(at, egui::Align2::RIGHT_CENTER, ramp, font, t.ink_secondary);
    response
}
