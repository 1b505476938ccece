//! The right panel: the selected village with every attribute, and how it compares.

use egui::{Align, Layout, RichText, ScrollArea, Ui};

use super::widgets::{chip, figure, icon_button, padded, rule, section};
use crate::icons::Icon;
use crate::model::{Dataset, FeatureId, Role, Value};
use crate::session::{CameraCommand, Commands, Facts, FileCommand, Layer, Loaded, SelectCommand, Session, number};

/// Shows the card, or what to do where nothing is selected.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let t = session.tokens();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        padded().show(ui, |ui| {
            ui.add_space(10.0);
            let Some((layer, feature)) = session.on_card() else {
                section(ui, t, session.lang.t("card.title"));
                ui.add_space(4.0);
                ui.label(RichText::new(session.lang.t("card.empty")).color(t.ink_secondary));
                return;
            };
            let Some(loaded) = layer.loaded() else { return };
            let facts = session.facts(layer.key, feature);
            head(ui, session, layer, loaded, feature, facts, send);
            rule(ui, t);
            match session.card().cloned().filter(|c| c.village == feature) {
                Some(card) => {
                    super::village::show(ui, session, &card, send);
                    egui::CollapsingHeader::new(session.lang.t("card.attributes")).show(ui, |ui| {
                        attributes(ui, session, loaded, feature, facts);
                        size(ui, session, facts);
                    });
                }
                None => {
                    let facility = session.facility(layer.key, feature);
                    let all = |ui: &mut Ui| {
                        attributes(ui, session, loaded, feature, facts);
                        size(ui, session, facts);
                    };
                    match facility {
                        Some(facility) => {
                            super::point::show(ui, session, layer.key, feature, facility, send);
                            egui::CollapsingHeader::new(session.lang.t("card.attributes")).show(ui, all);
                        }
                        None => {
                            section(ui, t, session.lang.t("card.attributes"));
                            all(ui);
                        }
                    }
                }
            }
            ui.add_space(12.0);
        });
    });
}

fn head(
    ui: &mut Ui,
    session: &Session,
    layer: &Layer,
    loaded: &Loaded,
    feature: FeatureId,
    facts: Option<&Facts>,
    send: &mut Commands,
) {
    let t = session.tokens();
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            icon_button(ui, session, Icon::Down, SelectCommand::StepVillage(1), send);
            icon_button(ui, session, Icon::Up, SelectCommand::StepVillage(-1), send);
            icon_button(ui, session, Icon::Target, CameraCommand::FitSelection, send);
            if session.card().is_some() {
                icon_button(ui, session, Icon::Copy, FileCommand::CopyCard, send);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = loaded.dataset.display_name(feature);
                ui.add(egui::Label::new(RichText::new(name).heading().color(t.ink)).truncate());
            });
        });
    });
    ui.horizontal_wrapped(|ui| {
        for role in [Role::Town, Role::Group] {
            if let Some(text) = loaded.dataset.text(feature, role) {
                chip(ui, t, &text);
            }
        }
        let people = session.card().and_then(|c| c.base.iter().find(|f| is_population(session, f)));
        if let Some(people) = people.filter(|p| p.value.is_some()) {
            chip(ui, t, &session.figure_words(people));
        }
        if let Some(size) = facts.and_then(|f| f.size) {
            chip(ui, t, &format!("{:.2} km²", size.area_m2 / 1e6));
        }
    });
    let selected = session.document.selection.as_ref().map_or(0, |(k, f)| if *k == layer.key { f.len() } else { 0 });
    if selected > 1 {
        let text = session.lang.with("card.selected", &[("n", &selected.to_string())]);
        ui.label(RichText::new(text).size(12.0).color(t.ink_secondary));
    }
}

fn is_population(session: &Session, figure: &crate::session::CardFigure) -> bool {
    session.indicator(figure.indicator).is_some_and(|i| i.id == "population")
}

fn attributes(ui: &mut Ui, session: &Session, loaded: &Loaded, feature: FeatureId, facts: Option<&Facts>) {
    let t = session.tokens();
    let dataset: &Dataset = &loaded.dataset;
    let shown = [Role::Name, Role::Town, Role::Group, Role::District].map(|r| dataset.roles.field(r));
    for (i, column) in dataset.table.columns.iter().enumerate() {
        if shown.contains(&Some(i)) {
            continue;
        }
        let name = session.lang.find(&format!("field.{}", column.name)).unwrap_or(&column.name);
        let unit = session.lang.find(&format!("unit.{}", column.name)).unwrap_or("");
        let value = column.value(feature);
        let text = match value {
            Value::Missing => None,
            Value::Real(v) => Some(number(v)),
            Value::Integer(v) if Some(i) != dataset.roles.field(Role::Code) => Some(number(v as f64)),
            v => v
                .to_text()
                .map(|s| session.lang.find(&format!("value.{s}")).map_or_else(|| s.into_owned(), str::to_owned)),
        };
        let long = text.as_ref().is_some_and(|s| s.chars().count() > 18);
        if let (true, Some(text)) = (long, &text) {
            ui.label(RichText::new(name).color(t.ink));
            ui.label(RichText::new(text).color(t.ink_secondary));
            continue;
        }
        let response = figure(ui, t, name, text.as_deref().map(|v| (v, unit)), session.lang.t("value.unknown"));
        if name != column.name {
            response.on_hover_text(&column.name);
        }
        // The mean year of a toilet's rebuilding says nothing.
        let means = facts.filter(|_| !loaded.is_points()).and_then(|f| f.means.get(i)).copied().unwrap_or_default();
        let parts: Vec<String> = [("card.town-mean", means.town), ("card.all-mean", means.all)]
            .into_iter()
            .filter_map(|(key, mean)| Some(session.lang.with(key, &[("n", &number((mean? * 100.0).round() / 100.0))])))
            .collect();
        if !parts.is_empty() {
            ui.label(RichText::new(parts.join(" · ")).size(11.0).color(t.ink_secondary));
        }
    }
}

fn size(ui: &mut Ui, session: &Session, facts: Option<&Facts>) {
    let t = session.tokens();
    let Some(size) = facts.and_then(|f| f.size) else { return };
    rule(ui, t);
    section(ui, t, session.lang.t("card.size"));
    let unknown = session.lang.t("value.unknown");
    figure(ui, t, session.lang.t("card.area"), Some((&format!("{:.4}", size.area_m2 / 1e6), "km²")), unknown);
    figure(ui, t, session.lang.t("card.perimeter"), Some((&format!("{:.3}", size.perimeter_m / 1e3), "km")), unknown);
    if facts.is_some_and(|f| f.repaired) {
        ui.label(RichText::new(session.lang.t("card.repaired")).size(11.0).color(t.warn));
    }
}
