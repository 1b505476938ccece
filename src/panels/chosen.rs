//! What several selected villages come to, where the card stands: figures, a histogram whose bars select, and what can be done with them.

use egui::{CornerRadius, Rect, RichText, Sense, Ui, Vec2};

use super::style::bold;
use super::widgets::{figure, primary, section};
use crate::session::{Bar, Chosen, Commands, Dialogue, SelectCommand, Session, number};

/// Height of the histogram.
const HEIGHT: f32 = 64.0;

/// Shows the figures of the selection, where several villages are selected.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let villages = session.chosen_villages();
    let Some(layer) = session.village_layer().map(|l| l.key).filter(|_| !villages.is_empty()) else { return };
    section(ui, t, &lang.with("chosen.title", &[("n", &villages.len().to_string())]));
    if let Some(chosen) = session.chosen().cloned() {
        figures(ui, session, &chosen);
        histogram(ui, session, &chosen, send);
    }
    ui.horizontal_wrapped(|ui| {
        let mut select = |features| send.push(SelectCommand::Select { layer, features, add: false });
        if ui.small_button(lang.t("chosen.invert")).clicked() {
            select(session.not_chosen());
        }
        if ui.small_button(lang.t("chosen.touching")).clicked() {
            select(session.chosen_and_touching());
        }
        if session.district().is_some() && ui.small_button(lang.t("chosen.group")).clicked() {
            send.push(SelectCommand::GroupDialogue);
        }
    });
    ui.add_space(8.0);
}

fn figures(ui: &mut Ui, session: &Session, chosen: &Chosen) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(indicator) = session.indicator(chosen.indicator) else { return };
    let unit = indicator.unit.to_owned();
    ui.label(RichText::new(indicator.name(lang)).font(bold(13.0)).color(t.ink));
    let unknown = lang.t("value.unknown");
    let words = |v: f64| number((v * 100.0).round() / 100.0);
    let mut line = |name: &'static str, value: Option<String>| {
        figure(ui, t, lang.t(name), value.as_deref().map(|v| (v, unit.as_str())), unknown);
    };
    if !indicator.is_category() {
        line(if indicator.sum { "chosen.sum" } else { "chosen.mean" }, chosen.total.value.map(words));
        line("chosen.median", chosen.median.map(words));
        line("chosen.range", chosen.range.map(|[a, b]| format!("{} – {}", words(a), words(b))));
    }
    let counts = [("a", chosen.total.known.to_string()), ("b", chosen.total.unknown.to_string())];
    let counts: Vec<(&str, &str)> = counts.iter().map(|(k, v)| (*k, v.as_str())).collect();
    ui.label(RichText::new(lang.with("chosen.known", &counts)).size(12.0).color(t.ink_secondary));
}

/// Bars of all villages, the selected part of each dark; a click selects the villages of a bar.
fn histogram(ui: &mut Ui, session: &Session, chosen: &Chosen, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(layer) = session.village_layer().map(|l| l.key).filter(|_| !chosen.bars.is_empty()) else { return };
    let most = chosen.bars.iter().map(|b| b.villages.len()).max().unwrap_or(1).max(1) as f32;
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), HEIGHT), Sense::hover());
    let step = rect.width() / chosen.bars.len() as f32;
    for (i, bar) in chosen.bars.iter().enumerate() {
        let left = rect.left() + step * i as f32;
        let column = Rect::from_min_max(egui::pos2(left, rect.top()), egui::pos2(left + step - 2.0, rect.bottom()));
        let response = ui.interact(column, ui.scope_id().with(("bar", i)), Sense::click());
        let words = bar_words(session, bar);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
        let high = |n: usize| if n == 0 { 0.0 } else { (HEIGHT * n as f32 / most).max(2.0) };
        let part = |n: usize| Rect::from_min_max(egui::pos2(column.left(), column.bottom() - high(n)), column.max);
        let corner = CornerRadius::same(1);
        ui.painter().rect_filled(
            part(bar.villages.len()),
            corner,
            if response.hovered() { t.ink_secondary } else { t.line },
        );
        ui.painter().rect_filled(part(bar.selected), corner, t.accent);
        if response.on_hover_text(words).clicked() && !bar.villages.is_empty() {
            let add = ui.input(|i| i.modifiers.command);
            send.push(SelectCommand::Select { layer, features: bar.villages.clone(), add });
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, t.ink_secondary));
    ui.add_space(2.0);
    if let (Some(first), Some(last)) = (chosen.bars.first(), chosen.bars.last()) {
        ui.horizontal(|ui| {
            let end = |v: f64| RichText::new(number((v * 100.0).round() / 100.0)).size(11.0).color(t.ink_secondary);
            ui.label(end(first.bounds[0]));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(end(last.bounds[1])));
        });
    }
    ui.label(RichText::new(lang.t("chosen.bars")).size(11.0).color(t.ink_secondary));
}

fn bar_words(session: &Session, bar: &Bar) -> String {
    let [a, b] = bar.bounds.map(|v| number((v * 100.0).round() / 100.0));
    let (all, selected) = (bar.villages.len().to_string(), bar.selected.to_string());
    session.lang.with("chosen.bar", &[("a", &a), ("b", &b), ("n", &all), ("m", &selected)])
}

/// The name of the group that the selected villages become.
pub fn group(ui: &mut Ui, session: &Session, mut name: String, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let villages = session.chosen_villages().len();
    ui.label(
        RichText::new(lang.with("chosen.group-of", &[("n", &villages.to_string())])).font(bold(15.0)).color(t.ink),
    );
    ui.add(egui::Label::new(RichText::new(lang.t("chosen.group-hint")).size(12.0).color(t.ink_secondary)).wrap());
    ui.add_space(6.0);
    let field =
        ui.add(egui::TextEdit::singleline(&mut name).desired_width(260.0).hint_text(lang.t("chosen.group-name")));
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("chosen.group-name")));
    if name.is_empty() && ui.memory(|m| m.focused().is_none()) {
        field.request_focus();
    }
    let there = session.district().map(|d| d.places(crate::district::By::Group)).unwrap_or_default();
    ui.horizontal_wrapped(|ui| {
        for (group, _) in there.iter().filter(|(g, _)| !g.is_empty()).take(12) {
            if ui.small_button(group).clicked() {
                group.clone_into(&mut name);
            }
        }
    });
    ui.add_space(8.0);
    let mut keep = true;
    let enter = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    ui.horizontal(|ui| {
        let can = !name.trim().is_empty() && villages > 0;
        let pressed = ui.add_enabled_ui(can, |ui| primary(ui, t, lang.t("chosen.group-keep")).clicked()).inner;
        if can && (pressed || enter) {
            send.push(SelectCommand::SaveGroup(name.trim().to_owned()));
            keep = false;
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Group(name))
}
