//! The right panel: the selected village with every attribute, and how it compares.

use egui::{Align, Layout, RichText, ScrollArea, Ui};

use super::widgets::{chip, figure, fold, icon_button, padded, rule, section};
use crate::icons::Icon;
use crate::map::visual_order;
use crate::model::{Dataset, FeatureId, Role, Value, identifies};
use crate::project::AreaUnit;
use crate::session::{
    CameraCommand, Commands, Facts, FileCommand, Layer, Loaded, Moment, SelectCommand, Session, WindowCommand,
    area_words, number,
};

/// Shows the card, or what to do where nothing is selected. The head stays, the rest is scrolled.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    let Some((layer, feature)) = session.on_card() else {
        padded().show(ui, |ui| {
            ui.add_space(10.0);
            section(ui, t, session.lang.t("card.title"));
            ui.add_space(4.0);
            ui.label(RichText::new(session.lang.t("card.empty")).color(t.ink_secondary));
        });
        return;
    };
    let Some(loaded) = layer.loaded() else { return };
    let facts = session.facts(layer.key, feature);
    padded().show(ui, |ui| {
        ui.add_space(10.0);
        head(ui, session, layer, loaded, feature, facts, send);
        ui.add_space(8.0);
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top(), egui::Stroke::new(1.0, t.line));
    // Another village begins at its top.
    ScrollArea::vertical().id_salt(("card", layer.key)).auto_shrink(false).show(ui, |ui| {
        padded().show(ui, |ui| {
            ui.add_space(8.0);
            super::chosen::show(ui, session, send);
            let all = |ui: &mut Ui| {
                attributes(ui, session, loaded, feature, facts);
                size(ui, session, facts);
            };
            let title = session.lang.t("card.attributes");
            let facility = session.facility(layer.key, feature);
            match (session.card().cloned().filter(|c| c.village == feature), facility) {
                (Some(card), _) => {
                    super::photos::of_village(ui, session, send);
                    super::decision::of_village(ui, session, send);
                    super::village::show(ui, session, &card, moment, send);
                    fold(ui, t, "attributes", title, false, all);
                }
                (None, Some(facility)) => {
                    super::point::show(ui, session, layer.key, feature, facility, send);
                    fold(ui, t, "attributes of a point", title, false, all);
                }
                (None, None) => {
                    if let Some(photo) = session.photo(layer.key, feature)
                        && super::photos::small(ui, session, &photo.file, &photo.taken_at, send)
                    {
                        send.push(WindowCommand::OpenPictures(vec![photo.file], 0));
                    }
                    super::decision::of_thing(ui, session, &loaded.dataset.display_name(feature));
                    section(ui, t, title);
                    all(ui);
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
                ui.add(egui::Label::new(RichText::new(&*visual_order(&name)).heading().color(t.ink)).wrap());
            });
        });
    });
    ui.horizontal_wrapped(|ui| {
        for role in [Role::Town, Role::Group] {
            let own = || loaded.dataset.text(feature, role).map(|text| text.into_owned());
            let corrected = session.district().filter(|d| std::ptr::eq(&*d.villages, &*loaded.dataset));
            let text = corrected.map_or_else(own, |d| Some(d.text(feature, role)).filter(|t| !t.is_empty()));
            if let Some(text) = text {
                chip(ui, t, &text);
            }
        }
        let people = session.card().and_then(|c| c.base.iter().find(|f| is_population(session, f)));
        if let Some(people) = people.filter(|p| p.value.is_some()) {
            chip(ui, t, &session.figure_words(people));
        }
        if let Some(size) = facts.and_then(|f| f.size) {
            let unit = session.settings.window.area_unit;
            let words = match unit {
                AreaUnit::Mu => area_words(size.area_m2, unit, session.lang),
                _ => format!("{:.2} km²", size.area_m2 / 1e6),
            };
            chip(ui, t, &words);
        }
    });
    let selected = session.document.selection.as_ref().map_or(0, |(k, f)| if *k == layer.key { f.len() } else { 0 });
    // Villages are counted where they are added up.
    if selected > 1 && session.chosen_villages().is_empty() {
        let text = session.lang.with("card.selected", &[("n", &selected.to_string())]);
        ui.label(RichText::new(text).size(12.0).color(t.ink_secondary));
    }
}

fn is_population(session: &Session, figure: &crate::session::CardFigure) -> bool {
    session.indicator(figure.indicator).is_some_and(|i| i.id == "population")
}

/// What the file says of the feature: what is known, then how many fields say nothing, to be unfolded.
fn attributes(ui: &mut Ui, session: &Session, loaded: &Loaded, feature: FeatureId, facts: Option<&Facts>) {
    let dataset: &Dataset = &loaded.dataset;
    let shown = [Role::Name, Role::Town, Role::Group, Role::District].map(|r| dataset.roles.field(r));
    let fields = (0..dataset.table.columns.len()).filter(|i| !shown.contains(&Some(*i)));
    let (known, silent): (Vec<usize>, Vec<usize>) =
        fields.partition(|i| attribute_text(session, loaded, feature, *i).is_some());
    for field in known {
        attribute(ui, session, loaded, feature, facts, field);
    }
    if silent.is_empty() {
        return;
    }
    let count = silent.len().to_string();
    let words = session.lang.with("card.silent", &[("n", &count)]);
    fold(ui, session.tokens(), "silent attributes", &words, false, |ui| {
        for field in silent {
            attribute(ui, session, loaded, feature, facts, field);
        }
    });
}

/// What a field says, in words; `None` where it says nothing.
fn attribute_text(session: &Session, loaded: &Loaded, feature: FeatureId, field: usize) -> Option<String> {
    let dataset: &Dataset = &loaded.dataset;
    let villages = session.district().filter(|d| std::ptr::eq(&*d.villages, dataset));
    if let Some(edit) = villages.and_then(|d| d.corrected_text(feature, field)) {
        return Some(edit.value.clone()).filter(|v| !v.trim().is_empty());
    }
    let column = dataset.table.columns.get(field)?;
    match column.value(feature) {
        Value::Missing => None,
        Value::Real(v) => Some(number(v)),
        Value::Integer(v) if Some(field) != dataset.roles.field(Role::Code) && !identifies(&column.name) => {
            Some(number(v as f64))
        }
        v => {
            let text = v.to_text().filter(|s| !s.trim().is_empty())?;
            Some(session.lang.find(&format!("value.{text}")).map_or_else(|| text.into_owned(), str::to_owned))
        }
    }
}

fn attribute(ui: &mut Ui, session: &Session, loaded: &Loaded, feature: FeatureId, facts: Option<&Facts>, field: usize) {
    let t = session.tokens();
    let Some(column) = loaded.dataset.table.columns.get(field) else { return };
    let name = session.lang.find(&format!("field.{}", column.name)).unwrap_or(&column.name);
    let unit = session.lang.find(&format!("unit.{}", column.name)).unwrap_or("");
    let text = attribute_text(session, loaded, feature, field);
    let long = text.as_ref().is_some_and(|s| s.chars().count() > 18);
    if let (true, Some(text)) = (long, &text) {
        ui.label(RichText::new(name).color(t.ink));
        ui.add(egui::Label::new(RichText::new(&*visual_order(text)).color(t.ink_secondary)).wrap());
        return;
    }
    let response = figure(
        ui,
        t,
        name,
        text.as_deref().map(visual_order).as_deref().map(|v| (v, unit)),
        session.lang.t("value.unknown"),
    );
    if name != column.name {
        response.on_hover_text(&column.name);
    }
    // The mean year of a toilet's rebuilding says nothing.
    let means = facts.filter(|_| !loaded.is_points()).and_then(|f| f.means.get(field)).copied().unwrap_or_default();
    let parts: Vec<String> = [("card.town-mean", means.town), ("card.all-mean", means.all)]
        .into_iter()
        .filter_map(|(key, mean)| Some(session.lang.with(key, &[("n", &number((mean? * 100.0).round() / 100.0))])))
        .collect();
    if !parts.is_empty() && text.is_some() {
        ui.label(RichText::new(parts.join(" · ")).size(11.0).color(t.ink_secondary));
    }
}

fn size(ui: &mut Ui, session: &Session, facts: Option<&Facts>) {
    let t = session.tokens();
    let Some(size) = facts.and_then(|f| f.size) else { return };
    rule(ui, t);
    section(ui, t, session.lang.t("card.size"));
    let unknown = session.lang.t("value.unknown");
    let unit = session.settings.window.area_unit;
    let (square_km, mu) = (format!("{:.4}", size.area_m2 / 1e6), format!("{:.1}", size.area_m2 * 3.0 / 2000.0));
    if unit != AreaUnit::Mu {
        figure(ui, t, session.lang.t("card.area"), Some((&square_km, "km²")), unknown);
    }
    if unit != AreaUnit::Metric {
        figure(ui, t, session.lang.t("card.area"), Some((&mu, session.lang.t("settings.mu"))), unknown);
    }
    figure(ui, t, session.lang.t("card.perimeter"), Some((&format!("{:.3}", size.perimeter_m / 1e3), "km")), unknown);
    if facts.is_some_and(|f| f.repaired) {
        ui.label(RichText::new(session.lang.t("card.repaired")).size(11.0).color(t.warn));
    }
}
