//! The legend: a small histogram, high classes on top, missing values last.

use egui::{Align, Layout, RichText, Sense, Ui, Vec2};

use super::style::bold;
use super::themes;
use super::widgets::{icon_button, swatch};
use crate::colouring::{Colouring, LegendRow};
use crate::icons::Icon;
use crate::palette::data_colour;
use crate::render::{LayerKey, Shape};
use crate::session::{Commands, LayerCommand, Session, number, shape_of};

/// Shows the legend of a layer: the same value that colours the map.
pub fn show(ui: &mut Ui, session: &Session, key: LayerKey, send: &mut Commands) {
    let Some(layer) = session.layers.get(&key) else { return };
    let (Some(colouring), Some(loaded)) = (&layer.colouring, layer.loaded()) else { return };
    if session.map_spec().is_some() && session.village_layer().is_some_and(|l| l.key == key) {
        themes::measure(ui, session, send);
    } else {
        heading(ui, session, key, colouring, send);
    }
    let most = colouring.legend.iter().map(|r| r.count).chain([colouring.missing]).max().unwrap_or(0);
    let only = colouring.legend.len() == 1;
    let numeric = colouring.kind.is_numeric();
    let points = loaded.is_points();
    let mut rows: Vec<(usize, &LegendRow)> = colouring.legend.iter().enumerate().collect();
    if numeric {
        rows.reverse();
    }
    for (class, legend) in rows {
        let colour = data_colour(legend.colour);
        let text = session.legend_text(&legend.class, only, colouring.is_change);
        row(
            ui,
            session,
            Mark { colour: Some(colour), shape: points.then(|| shape_of(Some(class))) },
            &text,
            legend.count,
            most,
        );
    }
    if colouring.missing > 0 {
        row(ui, session, Mark { colour: None, shape: None }, session.lang.t("legend.missing"), colouring.missing, most);
    }
}

/// The legend of a layer with nothing to click on, for pictures.
pub fn plain(ui: &mut Ui, session: &Session, key: LayerKey) {
    let Some(colouring) = session.layers.get(&key).and_then(|l| l.colouring.as_ref()) else { return };
    let is_villages = session.village_layer().is_some_and(|l| l.key == key);
    let heading = if is_villages { session.legend_heading(Some(colouring)) } else { session.field_heading(colouring) };
    ui.add(egui::Label::new(RichText::new(heading).font(bold(13.0)).color(session.tokens().ink)).wrap());
    let only = colouring.legend.len() == 1;
    let mut rows: Vec<&LegendRow> = colouring.legend.iter().collect();
    if colouring.kind.is_numeric() {
        rows.reverse();
    }
    for legend in rows {
        let text = session.legend_text(&legend.class, only, colouring.is_change);
        super::picture::row(ui, session, Some(data_colour(legend.colour)), &text, legend.count);
    }
    if colouring.missing > 0 {
        super::picture::row(ui, session, None, session.lang.t("legend.missing"), colouring.missing);
    }
}

/// The field that a layer is coloured by.
fn heading(ui: &mut Ui, session: &Session, key: LayerKey, colouring: &Colouring, send: &mut Commands) {
    let heading = session.field_heading(colouring);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            icon_button(ui, session, Icon::Sliders, LayerCommand::EditColouring(key), send);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(heading).font(bold(12.0)).color(session.tokens().ink_secondary);
                ui.add(egui::Label::new(text).truncate());
            });
        });
    });
}

/// What stands at the left of a row.
struct Mark {
    colour: Option<egui::Color32>,
    shape: Option<Shape>,
}

fn row(ui: &mut Ui, session: &Session, mark: Mark, text: &str, count: usize, most: usize) {
    let t = session.tokens();
    ui.horizontal(|ui| {
        ui.set_min_height(25.0);
        match (mark.shape, mark.colour) {
            (Some(shape), Some(colour)) => symbol(ui, shape, colour),
            _ => swatch(ui, t, mark.colour),
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(number(count as f64)).color(t.ink));
            let bar_room = (ui.available_width() * 0.42).max(30.0);
            let (rect, _) = ui.allocate_exact_size(Vec2::new(bar_room, 8.0), Sense::hover());
            let width = bar_room * count as f32 / most.max(1) as f32;
            let bar = egui::Rect::from_min_size(rect.min, Vec2::new(width.max(2.0), 8.0));
            if count > 0 {
                ui.painter().rect_filled(bar, 2.0, mark.colour.unwrap_or(t.hatch_line));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(text).color(t.ink)).truncate());
            });
        });
    });
}

/// A symbol as the map draws it.
pub fn symbol(ui: &mut Ui, mark: impl Into<crate::render::Mark>, colour: egui::Color32) {
    let mark = mark.into();
    let (rect, _) = ui.allocate_exact_size(Vec2::new(27.0, 18.0), Sense::hover());
    let (c, r) = (rect.center(), 5.0);
    let p = ui.painter();
    let polygon = |points: &[(f32, f32)]| {
        let points = points.iter().map(|(x, y)| c + Vec2::new(x * r, y * r)).collect();
        egui::Shape::convex_polygon(points, colour, egui::Stroke::NONE)
    };
    match mark.shape {
        Shape::Circle => {
            p.circle_filled(c, r * 0.92, colour);
        }
        Shape::Square => {
            p.rect_filled(egui::Rect::from_center_size(c, Vec2::splat(r * 1.68)), 0.0, colour);
        }
        Shape::Triangle => {
            p.add(polygon(&[(0.0, -1.1), (1.1, 0.75), (-1.1, 0.75)]));
        }
        Shape::Diamond => {
            p.add(polygon(&[(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]));
        }
        Shape::Cross => {
            p.rect_filled(egui::Rect::from_center_size(c, Vec2::new(r * 2.0, r * 0.72)), 0.0, colour);
            p.rect_filled(egui::Rect::from_center_size(c, Vec2::new(r * 0.72, r * 2.0)), 0.0, colour);
        }
    }
    let ground = crate::palette::LABEL_LIGHT;
    if mark.hollow {
        p.circle_filled(c, 2.6, ground);
    } else if mark.dot {
        p.circle_filled(c, 1.4, ground);
    }
}
