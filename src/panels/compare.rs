//! Under the legend: groups side by side, and tables against the map.

use egui::{Align, Layout, RichText, Sense, Ui, Vec2};

use super::style::bold;
use super::summary::in_words;
use super::widgets::{rule, section};
use crate::district::By;
use crate::project::Focus;
use crate::session::{Commands, LookCommand, SelectCommand, Session, number};

/// Groups such as 山前 and 山后 by the measure of the map, with the gap between them.
pub fn groups(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let Some(map) = session.map_spec() else { return };
    let Some(indicator) = session.indicator(map.indicator) else { return };
    let ranked = session.ranked(By::Group, map.indicator);
    if ranked.len() < 2 || ranked.len() > 5 || ranked.iter().any(|r| r.name.is_empty()) {
        return;
    }
    let t = session.tokens();
    let values: Vec<f64> = ranked.iter().filter_map(|r| r.total.value).collect();
    let most = values.iter().copied().fold(0.0, f64::max);
    let full = if indicator.unit == "%" || indicator.is_category() { 100.0 } else { most };
    rule(ui, t);
    ui.horizontal(|ui| {
        let names: Vec<&str> = ranked.iter().map(|r| r.name.as_str()).collect();
        section(ui, t, &names.join(" / "));
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        if values.len() > 1 && !indicator.sum {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let gap = session.lang.with("summary.gap", &[("n", &number(((most - least) * 10.0).round() / 10.0))]);
                section(ui, t, &gap);
            });
        }
    });
    for place in &ranked {
        let words = in_words(session, indicator, place.total.value);
        let inner = ui.horizontal(|ui| {
            ui.set_min_height(25.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(&words).font(bold(13.0)).color(t.ink));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(&place.name).color(t.ink)).selectable(false));
                    let room = (ui.available_width() - 8.0).max(10.0);
                    let (rect, _) = ui.allocate_exact_size(Vec2::new(room, 8.0), Sense::hover());
                    let share = place.total.value.map_or(0.0, |v| (v / full.max(1e-9)).clamp(0.0, 1.0));
                    ui.painter().rect_filled(rect, 2.0, t.field);
                    let bar = egui::Rect::from_min_size(rect.min, Vec2::new(rect.width() * share as f32, 8.0));
                    ui.painter().rect_filled(bar, 2.0, t.accent);
                });
            });
        });
        let response = ui.interact(inner.response.rect, ui.scope_id().with(("group", &place.name)), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{} {words}", place.name)));
        let focus = Focus { by: By::Group, name: place.name.clone() };
        whence(&response, session, map.indicator, Some(&focus), send);
        if response.double_clicked() {
            send.push(LookCommand::SetFocus(Some(focus)));
        } else if response.clicked() {
            send.push(SelectCommand::SelectPlace(focus));
        }
        response.on_hover_text(session.lang.t("summary.click"));
    }
}

/// The menu of a figure: where it is from.
fn whence(of: &egui::Response, session: &Session, indicator: usize, place: Option<&Focus>, send: &mut Commands) {
    of.context_menu(|ui| {
        if ui.button(session.lang.t("command.unfold")).clicked() {
            send.push(LookCommand::Unfold(indicator, place.cloned()));
            ui.close();
        }
    });
}

/// Progress to date against the district's plan, for the theme's figures. A part of the district has no plan of its own.
pub fn targets(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (Some((district, theme)), Some(rolled), None) = (session.theme(), session.rolled(), session.focused()) else {
        return;
    };
    let (t, lang) = (session.tokens(), session.lang);
    let of = |target: &crate::project::Target| {
        let position = district.indicators.position(&target.indicator)?;
        let indicator = district.indicators.all().get(position).filter(|i| i.theme == theme && i.sum)?;
        Some((position, indicator, rolled.all.totals.get(&position)?.value, target.value))
    };
    let list: Vec<_> = session.document.project.targets.iter().filter_map(of).collect();
    if list.is_empty() {
        return;
    }
    rule(ui, t);
    section(ui, t, lang.t("target.title"));
    for (position, indicator, value, target) in list {
        let shown = value.map_or_else(|| "—".to_owned(), |v| indicator.show(v, lang));
        let words = format!("{shown} / {}", indicator.show(target, lang));
        let line = ui.horizontal(|ui| {
            ui.set_min_height(23.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(&words).font(bold(12.0)).color(t.ink));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let name = RichText::new(indicator.name(lang)).color(t.ink);
                    ui.add(egui::Label::new(name).truncate().selectable(false));
                });
            });
        });
        let whole = ui.interact(line.response.rect, ui.scope_id().with(("target", position)), Sense::click());
        // The bar below says the figure; this says what a click does.
        whole.widget_info(|| {
            let name = format!("{} · {}", lang.t("command.unfold"), indicator.name(lang));
            egui::WidgetInfo::labeled(egui::Role::Button, true, name)
        });
        whence(&whole, session, position, None, send);
        if whole.on_hover_text(lang.t("unfold.tip")).clicked() {
            send.push(LookCommand::Unfold(position, None));
        }
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 6.0), Sense::hover());
        let share = value.map_or(0.0, |v| (v / target.max(1e-9)).clamp(0.0, 1.0)) as f32;
        ui.painter().rect_filled(rect, 2.0, t.field);
        let done = egui::Rect::from_min_size(rect.min, Vec2::new(rect.width() * share, rect.height()));
        ui.painter().rect_filled(done, 2.0, if share >= 1.0 { t.good } else { t.accent });
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, format!("{} {words}", indicator.name(lang)))
        });
    }
}

/// 账实核对: what the tables say against what stands on the map. A click selects the villages that differ.
pub fn headlines(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let Some(rolled) = session.rolled().filter(|r| !r.headlines.is_empty()) else { return };
    let (t, lang) = (session.tokens(), session.lang);
    rule(ui, t);
    section(ui, t, lang.t("headline.title"));
    for headline in &rolled.headlines {
        let Some(indicator) = session.indicator(headline.indicator) else { continue };
        let table = headline.table.map_or_else(|| "—".to_owned(), |v| indicator.show(v, lang));
        let counted = lang.with("headline.counted", &[("n", &headline.counted.to_string())]);
        let differs = !headline.differing.is_empty();
        let inner = ui.horizontal(|ui| {
            ui.set_min_height(25.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let colour = if differs { t.warn } else { t.ink_secondary };
                ui.label(RichText::new(format!("/ {counted}")).size(11.0).color(colour));
                ui.label(RichText::new(&table).font(bold(13.0)).color(t.ink));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let name = RichText::new(indicator.name(lang)).color(t.ink);
                    ui.add(egui::Label::new(name).truncate().selectable(false));
                });
            });
        });
        let response =
            ui.interact(inner.response.rect, ui.scope_id().with(("headline", headline.indicator)), Sense::click());
        whence(&response, session, headline.indicator, None, send);
        let words = format!("{} {table} / {counted}", indicator.name(lang));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, differs, &words));
        if response.clicked()
            && differs
            && let Some(layer) = session.village_layer()
        {
            let features = headline.differing.iter().map(|d| d.0).collect();
            send.push(SelectCommand::Select { layer: layer.key, features, add: false });
        }
        response.on_hover_ui(|ui| {
            if !differs {
                ui.label(lang.t("headline.same"));
            }
            for (village, figure, count) in headline.differing.iter().take(12) {
                let name = session.district().map(|d| d.villages.display_name(*village)).unwrap_or_default();
                let figure = figure.map_or_else(|| lang.t("value.unknown").to_owned(), |v| indicator.show(v, lang));
                let words = [("name", name.as_str()), ("a", &figure), ("b", &count.to_string())];
                ui.label(lang.with("headline.differs", &words));
            }
            if headline.differing.len() > 12 {
                ui.label("…");
            }
        });
    }
}
