//! The window as a picture to hand out: the map as it is, with a legend that says what it shows, and nothing to click on.

use egui::{Align, CentralPanel, Frame, Label, Layout, Margin, Panel, RichText, Ui};

use super::legend;
use super::style::bold;
use super::widgets::swatch;
use crate::map::MapView;
use crate::palette::data_colour;
use crate::session::{Commands, Moment, Session, number};

/// Width of the legend in points.
pub const LEGEND_PT: f32 = 248.0;

/// Shows the map and its legend.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, map: &mut MapView, send: &mut Commands) {
    if session.picture.as_ref().is_some_and(|p| p.is_bare) {
        CentralPanel::no_frame().show(ui, |ui| map.show(ui, session, moment, send));
        return;
    }
    let frame = Frame::NONE.fill(session.tokens().panel).inner_margin(Margin::symmetric(14, 14));
    let left = Panel::left("picture legend").exact_size(LEGEND_PT).resizable(false).show_separator_line(false);
    left.frame(frame).show(ui, |ui| words(ui, session));
    CentralPanel::no_frame().show(ui, |ui| map.show(ui, session, moment, send));
}

fn words(ui: &mut Ui, session: &Session) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.spacing_mut().item_spacing.y = 6.0;
    ui.add(Label::new(RichText::new(session.map_title()).font(bold(17.0)).color(t.ink)).wrap());
    let villages = lang.with("page.villages", &[("n", &number(session.village_count() as f64))]);
    let year = session.map_spec().and_then(|m| m.year).map(|y| lang.with("page.year", &[("n", &y.to_string())]));
    let line: Vec<String> = std::iter::once(villages).chain(year).collect();
    ui.label(RichText::new(line.join(" · ")).size(12.0).color(t.ink_secondary));
    if session.map_on_left().is_some() {
        let (before, now) = session.sides();
        let words = lang.with("page.sides", &[("a", &before), ("b", &now)]);
        ui.add(Label::new(RichText::new(words).size(12.0).color(t.ink)).wrap());
    }
    ui.add_space(8.0);
    for key in session.document.keys.clone() {
        let is_shown = session.entry(key).is_some_and(|e| e.visible);
        if is_shown && session.layers.get(&key).is_some_and(|l| l.colouring.is_some()) {
            legend::plain(ui, session, key);
            ui.add_space(8.0);
        }
    }
    if let Some((_, theme)) = session.theme().filter(|_| session.symbols().is_some()) {
        let shown = session.symbols_shown(theme);
        for (kind, count) in session
            .shown_symbol_counts(Some(session.camera.scale_denominator()))
            .into_iter()
            .filter(|(k, _)| shown.iter().any(|s| s == k.key()))
        {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                legend::symbol(ui, kind.shape(), data_colour(kind.colour()));
                let name = lang.find(&format!("symbol.{}", kind.key())).unwrap_or("");
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(RichText::new(count.to_string()).color(t.ink));
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.add(Label::new(RichText::new(name).color(t.ink)).truncate());
                    });
                });
            });
        }
    }
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        let source = lang.with("page.source", &[("n", &session.source_words())]);
        ui.add(Label::new(RichText::new(source).size(11.0).color(t.ink_secondary)).wrap());
    });
}

/// A row of a legend without anything to click on.
pub(super) fn row(ui: &mut Ui, session: &Session, colour: Option<egui::Color32>, text: &str, count: usize) {
    let t = session.tokens();
    ui.horizontal(|ui| {
        ui.set_min_height(24.0);
        swatch(ui, t, colour);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(number(count as f64)).color(t.ink));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(text).color(t.ink)).truncate());
            });
        });
    });
}
