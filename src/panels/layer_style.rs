//! How a layer is drawn: colour, outline, dashes, the scales at which it is shown, what it is labelled by.

use egui::{RichText, Ui};

use super::widgets::section;
use crate::model::Role;
use crate::palette::size;
use crate::project::{Dash, LayerStyle, NO_FILL, USUAL_LINE_PT, hex_of};
use crate::render::LayerKey;
use crate::session::{Commands, LayerCommand, Loaded, Session};

/// Shows the editor of a layer's style; every change is on the map at once.
pub fn show(ui: &mut Ui, session: &Session, key: LayerKey, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(entry) = session.entry(key) else { return };
    let Some(loaded) = session.layers.get(&key).and_then(|l| l.loaded()) else { return };
    let mut style = entry.style.clone();
    section(ui, t, lang.t("theme.drawn"));
    fill(ui, session, loaded, &mut style);
    if !loaded.is_points() {
        outline(ui, session, loaded, &mut style);
    }
    label(ui, session, loaded, &mut style);
    scales(ui, session, &mut style);
    if style != LayerStyle::default() && ui.button(lang.t("theme.usual-drawn")).clicked() {
        style = LayerStyle { other: style.other.clone(), ..LayerStyle::default() };
    }
    if style != entry.style {
        send.push(LayerCommand::SetStyle(key, style));
    }
}

fn fill(ui: &mut Ui, session: &Session, loaded: &Loaded, style: &mut LayerStyle) {
    let lang = session.lang;
    let words = match (loaded.is_points(), loaded.is_lines()) {
        (true, _) => "theme.single-point",
        (_, true) => "theme.single-line",
        _ => "theme.single",
    };
    ui.horizontal(|ui| {
        let mut rgb = style.fill_rgb().unwrap_or_else(|| loaded.usual_colour(session.tokens()));
        ui.label(lang.t(words));
        ui.add_enabled_ui(!style.is_hollow(), |ui| {
            if ui.color_edit_button_srgb(&mut rgb).changed() {
                style.fill = Some(hex_of(rgb));
            }
        });
        if !loaded.is_points() && !loaded.is_lines() {
            let mut is_hollow = style.is_hollow();
            if ui.checkbox(&mut is_hollow, lang.t("theme.hollow")).changed() {
                style.fill = is_hollow.then(|| NO_FILL.to_owned());
            }
        }
    });
}

fn outline(ui: &mut Ui, session: &Session, loaded: &Loaded, style: &mut LayerStyle) {
    let lang = session.lang;
    ui.horizontal(|ui| {
        if loaded.is_lines() {
            ui.label(lang.t("theme.line-width"));
        } else {
            let mut rgb = style.outline_rgb().unwrap_or([255; 3]);
            ui.label(lang.t("theme.outline"));
            if ui.color_edit_button_srgb(&mut rgb).changed() {
                style.outline = Some(hex_of(rgb));
            }
        }
        let usual = if loaded.is_lines() { USUAL_LINE_PT } else { 0.9 };
        let mut width = style.outline_pt.unwrap_or(usual);
        let drag = egui::DragValue::new(&mut width).range(0.0..=8.0).speed(0.05).max_decimals(1).suffix(" pt");
        if ui.add(drag).changed() {
            style.outline_pt = Some(width);
        }
        let name = |dash: Option<Dash>| lang.find(&format!("dash.{}", dash.map_or("solid", Dash::key))).unwrap_or("");
        let combo = egui::ComboBox::from_id_salt("dash").selected_text(name(style.dash)).width(76.0);
        let response = combo.show_ui(ui, |ui| {
            for dash in std::iter::once(None).chain(Dash::ALL.map(Some)) {
                ui.selectable_value(&mut style.dash, dash, name(dash));
            }
        });
        let words = lang.t("theme.dash");
        response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, words));
    });
}

fn label(ui: &mut Ui, session: &Session, loaded: &Loaded, style: &mut LayerStyle) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.add_space(4.0);
    section(ui, t, lang.t("theme.labels"));
    let named = |f: &str| lang.find(&format!("field.{f}")).map_or_else(|| f.to_owned(), str::to_owned);
    // While it is typed it may have no field for a moment.
    let typed = ui.scope_id().with("own label");
    let is_typed = ui.memory(|m| m.has_focus(typed));
    let is_own = is_typed || style.label.as_deref().is_some_and(|l| l.contains('{'));
    let text = match style.label.as_deref() {
        None => lang.t("theme.label-name").to_owned(),
        Some(_) if is_own => lang.t("theme.label-own").to_owned(),
        Some(field) => named(field),
    };
    let columns = &loaded.dataset.table.columns;
    let combo = egui::ComboBox::from_id_salt("label field").selected_text(text).width(ui.available_width() - 8.0);
    let response = combo.truncate().show_ui(ui, |ui| {
        if ui.selectable_label(style.label.is_none(), lang.t("theme.label-name")).clicked() {
            style.label = None;
        }
        if ui.selectable_label(is_own, lang.t("theme.label-own")).clicked() && !is_own {
            let field = style.label.clone().unwrap_or_else(|| "name".to_owned());
            style.label = Some(format!("{{{field}}}"));
        }
        for column in columns {
            let is_it = style.label.as_deref() == Some(column.name.as_str());
            if ui.selectable_label(is_it, named(&column.name)).clicked() {
                style.label = Some(column.name.clone());
            }
        }
    });
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, lang.t("theme.label")));
    if let Some(own) = style.label.as_mut().filter(|_| is_own) {
        let edit =
            egui::TextEdit::multiline(own).id(typed).desired_rows(2).desired_width(f32::INFINITY).char_limit(400);
        let response = ui.add(edit);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("theme.label-own")));
        let hint = RichText::new(lang.t("theme.label-own-hint")).size(11.0).color(t.ink_secondary);
        ui.add(egui::Label::new(hint).wrap());
    }
    ui.horizontal(|ui| {
        let label = ui.label(lang.t("theme.label-size"));
        let mut size_pt = style.label_pt.unwrap_or(size::LABEL);
        let drag = egui::DragValue::new(&mut size_pt).range(7.0..=40.0).speed(0.2).max_decimals(0).suffix(" pt");
        if ui.add(drag).labelled_by(label.id).changed() {
            style.label_pt = (size_pt != size::LABEL).then_some(size_pt);
        }
    });
    first(ui, session, loaded, style);
    if !loaded.is_points() && !loaded.is_lines() {
        ui.checkbox(&mut style.label_leaders, lang.t("theme.label-leaders"));
        if loaded.dataset.roles.field(Role::Town).is_some() {
            ui.checkbox(&mut style.label_towns, lang.t("theme.label-towns"));
        }
    }
    limit(ui, session, &mut style.label_from, "theme.label-from");
}

/// Which features are labelled first.
fn first(ui: &mut Ui, session: &Session, loaded: &Loaded, style: &mut LayerStyle) {
    let lang = session.lang;
    let named = |f: &str| lang.find(&format!("field.{f}")).map_or_else(|| f.to_owned(), str::to_owned);
    let text = style.label_by.as_deref().map_or_else(|| lang.t("theme.label-largest").to_owned(), named);
    ui.label(lang.t("theme.label-by"));
    let combo = egui::ComboBox::from_id_salt("label first").selected_text(text).width(ui.available_width() - 8.0);
    let response = combo.truncate().show_ui(ui, |ui| {
        if ui.selectable_label(style.label_by.is_none(), lang.t("theme.label-largest")).clicked() {
            style.label_by = None;
        }
        for column in loaded.dataset.table.columns.iter().filter(|c| c.kind.is_numeric()) {
            let is_it = style.label_by.as_deref() == Some(column.name.as_str());
            if ui.selectable_label(is_it, named(&column.name)).clicked() {
                style.label_by = Some(column.name.clone());
            }
        }
    });
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, lang.t("theme.label-by")));
}

/// A scale that something begins or ends at.
fn limit(ui: &mut Ui, session: &Session, limit: &mut Option<f64>, words: &'static str) {
    ui.horizontal(|ui| {
        let mut is_set = limit.is_some();
        if ui.checkbox(&mut is_set, session.lang.t(words)).changed() {
            *limit = is_set.then(|| rounded(session.camera.scale_denominator()));
        }
        if let Some(denominator) = limit {
            ui.label("1 :");
            let drag = egui::DragValue::new(denominator).range(100.0..=500_000_000.0).speed(500.0);
            ui.add(drag.max_decimals(0));
        }
    });
}

/// Between which scales the layer is shown.
fn scales(ui: &mut Ui, session: &Session, style: &mut LayerStyle) {
    let (t, lang) = (session.tokens(), session.lang);
    let here = session.camera.scale_denominator();
    ui.add_space(4.0);
    ui.label(lang.with("theme.scales", &[("n", &crate::session::number(rounded(here)))]));
    limit(ui, session, &mut style.scale_from, "theme.scale-from");
    limit(ui, session, &mut style.scale_to, "theme.scale-to");
    if !style.is_shown_at(here) {
        ui.label(RichText::new(lang.t("theme.not-at-scale")).size(11.0).color(t.warn));
    }
}

/// A scale as maps have it: two digits.
fn rounded(denominator: f64) -> f64 {
    let unit = 10f64.powf(denominator.max(1.0).log10().floor() - 1.0);
    (denominator / unit).round() * unit
}
