//! A figure taken apart: its villages, what each has, what weighs it, and the file, row and column it stands in.

use std::sync::Arc;

use egui::{Align, Label, Layout, RichText, ScrollArea, Sense, Ui, Vec2};

use super::style::bold;
use super::widgets::primary;
use crate::session::{Commands, Dialogue, SelectCommand, Session, Unfolded};

/// Height of a row, and widths of village, figure and weight.
const ROW: f32 = 24.0;
const WIDTHS: [f32; 3] = [150.0, 110.0, 100.0];

/// Shows it.
pub fn show(ui: &mut Ui, session: &Session, unfolded: Arc<Unfolded>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let indicator = session.indicator(unfolded.indicator)?;
    ui.set_width(ui.ctx().content_rect().width().min(820.0) - 60.0);
    let total = super::summary::in_words(session, indicator, unfolded.total.value);
    let place = unfolded.of.as_ref().map_or_else(|| lang.t("unfold.all").to_owned(), |f| f.name.clone());
    let year = unfolded.year.map(|y| y.to_string()).unwrap_or_default();
    let title: Vec<&str> =
        [place.as_str(), indicator.name(lang), &year].into_iter().filter(|w| !w.is_empty()).collect();
    ui.label(RichText::new(format!("{}  {total}", title.join(" · "))).font(bold(16.0)).color(t.ink));
    ui.add(Label::new(RichText::new(session.unfolded_words(&unfolded)).color(t.ink_secondary)).wrap());
    ui.add_space(6.0);
    let weight = unfolded.weight.and_then(|w| session.indicator(w)).map_or("", |w| w.name(lang));
    let heads = [lang.t("sources.village"), lang.t("sources.value"), weight, lang.t("unfold.from")];
    line(ui, heads.map(|h| RichText::new(h).size(12.0).color(t.ink_secondary)));
    ui.separator();
    let most = (ui.ctx().content_rect().height() - 260.0).max(120.0);
    ScrollArea::vertical().max_height(most).auto_shrink([false, true]).show_rows(
        ui,
        ROW,
        unfolded.villages.len(),
        |ui, range| {
            for row in range {
                let Some(words) = session.unfolded_row(&unfolded, row) else { continue };
                let name = words[0].clone();
                let rect = line(ui, words.map(|w| RichText::new(w).color(t.ink)));
                let response = ui.interact(rect, ui.scope_id().with(("unfolded", row)), Sense::click());
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
                let village = unfolded.villages.get(row).copied().zip(session.village_layer().map(|l| l.key));
                if let Some((village, layer)) = village.filter(|_| response.clicked()) {
                    send.push(SelectCommand::FlyTo(layer, village));
                }
            }
        },
    );
    ui.add_space(10.0);
    let mut stays = true;
    ui.horizontal(|ui| {
        stays = !primary(ui, t, lang.t("dialogue.close")).clicked();
        if ui.button(lang.t("unfold.copy")).clicked() {
            let rows = (0..unfolded.villages.len()).filter_map(|row| session.unfolded_row(&unfolded, row));
            let lines: Vec<String> = rows.map(|r| r.join("\t")).collect();
            ui.ctx().copy_text(format!("{}\n{}", heads.join("\t"), lines.join("\n")));
        }
    });
    stays.then_some(Dialogue::Unfolded(unfolded))
}

/// Four texts beside each other, figures to the right; where they stand.
fn line(ui: &mut Ui, texts: [RichText; 4]) -> egui::Rect {
    let width = ui.available_width();
    let [village, value, weight, from] = texts;
    let shown = ui.allocate_ui_with_layout(Vec2::new(width, ROW), Layout::left_to_right(Align::Center), |ui| {
        let cell = |ui: &mut Ui, wide: f32, text: RichText, is_right: bool| {
            let layout =
                if is_right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
            ui.allocate_ui_with_layout(Vec2::new(wide, ROW), layout, |ui| {
                ui.set_min_width(wide);
                ui.add(Label::new(text).truncate().selectable(false));
            });
        };
        let [a, b, c] = WIDTHS;
        cell(ui, a, village, false);
        cell(ui, b, value, true);
        cell(ui, c, weight, true);
        ui.add_space(10.0);
        cell(ui, (width - a - b - c - 60.0).max(80.0), from, false);
    });
    shown.response.rect
}
