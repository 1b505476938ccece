//! Charts in the window: what pages lay out, painted, with rows that answer to the pointer.

use egui::{Align2, Color32, FontId, Pos2, Rect, RichText, Sense, Shape, Stroke, Ui, Vec2};

use super::style::bold;
use super::widgets::chip_button;
use crate::district::By;
use crate::page::{ChartAnchor, ChartDrawing, ChartInk, ChartMark, chart_drawing};
use crate::palette::{Tokens, data_colour};
use crate::project::ChartKind;
use crate::session::{ChartOf, Commands, LookCommand, Moment, PageCommand, SelectCommand, Session};

/// Size of the type, in points.
const TYPE_PT: f32 = 13.0;

/// The kinds of charts there are, to choose from, and what can be done with the one shown.
pub(super) fn kinds(ui: &mut Ui, session: &Session, moment: &mut Moment, by: By, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    for kind in session.charts(by) {
        let name = lang.find(&format!("chart.{}", kind.key())).unwrap_or(kind.key());
        if chip_button(ui, t, name, moment.summary.chart == kind).clicked() {
            moment.summary.chart = kind;
        }
    }
    let chosen = moment.summary.chart;
    ui.menu_button(lang.t("chart.take"), |ui| {
        for (key, command) in
            [("chart.copy", PageCommand::CopyChart(chosen, by)), ("chart.save", PageCommand::ChartDialogue(chosen, by))]
        {
            if ui.button(lang.t(key)).clicked() {
                send.push(command);
                ui.close();
            }
        }
    });
}

/// The chart chosen, in the room there is.
pub(super) fn show(ui: &mut Ui, session: &Session, kind: ChartKind, by: By, send: &mut Commands) {
    let Some(chart) = session.chart(kind, by) else {
        let key = if session.map_spec().is_none() { "summary.no-theme" } else { "chart.none" };
        ui.label(RichText::new(session.lang.t(key)).color(session.tokens().ink_secondary));
        return;
    };
    // Long lists are scrolled, axes are seen whole.
    let most = match kind {
        ChartKind::Years | ChartKind::Dots => (ui.available_height() - 4.0).max(170.0),
        _ => f32::INFINITY,
    };
    egui::ScrollArea::vertical().id_salt("chart").auto_shrink(false).show(ui, |ui| {
        let wide = ui.available_width() - 8.0;
        let drawing = chart_drawing(&chart, wide, most, TYPE_PT, session.lang);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(wide, drawing.height), Sense::hover());
        let words = format!("{}: {}", chart.title, chart.sentence);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
        rows(ui, session, &drawing, rect.min, send);
        paint(&ui.painter_at(rect.expand(2.0)), session.tokens(), &drawing, rect.min);
    });
}

/// Rows that can be clicked: a place is selected, twice for what is looked at; a village is flown to.
fn rows(ui: &mut Ui, session: &Session, drawing: &ChartDrawing, origin: Pos2, send: &mut Commands) {
    let t = session.tokens();
    let villages = session.village_layer().map(|l| l.key);
    for (i, mark) in drawing.marks.iter().enumerate() {
        let ChartMark::Row { rect: [x, y, w, h], of, words } = mark else { continue };
        let place = Rect::from_min_size(origin + Vec2::new(*x, *y), Vec2::new(*w, *h));
        if *of == ChartOf::Nothing || !ui.is_rect_visible(place) {
            continue;
        }
        let response = ui.interact(place, ui.scope_id().with(("chart row", i)), Sense::click());
        let name = match of {
            ChartOf::Village(village) if words.is_empty() => {
                session.district().map(|d| d.villages.display_name(*village)).unwrap_or_default()
            }
            _ => words.clone(),
        };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if response.hovered() {
            ui.painter().rect_filled(place.expand(1.0), 4.0, t.accent.gamma_multiply(0.12));
        }
        let (clicked, twice) = (response.clicked(), response.double_clicked());
        match of {
            ChartOf::Place(focus) if twice => send.push(LookCommand::SetFocus(Some(focus.clone()))),
            ChartOf::Place(focus) if clicked => send.push(SelectCommand::SelectPlace(focus.clone())),
            ChartOf::Village(village) if clicked || twice => {
                send.extend(villages.map(|layer| match twice {
                    true => SelectCommand::FlyTo(layer, *village),
                    false => SelectCommand::Select { layer, features: vec![*village], add: false },
                }));
            }
            ChartOf::Indicator(position) if clicked => {
                let indicator = session.indicator(*position).map(|i| (i.theme, i.id.clone()));
                send.extend(indicator.map(|(theme, id)| LookCommand::SetMeasure(theme, id)));
            }
            _ => {}
        }
        let tip =
            if matches!(of, ChartOf::Place(_)) { format!("{name}\n{}", session.lang.t("summary.click")) } else { name };
        response.on_hover_text(tip);
    }
}

fn colour(t: &Tokens, ink: ChartInk) -> Color32 {
    match ink {
        ChartInk::Ink => t.ink,
        ChartInk::Quiet => t.ink_secondary,
        ChartInk::Line => t.line,
        ChartInk::Accent => t.accent,
        ChartInk::Data(rgb) => data_colour(rgb),
    }
}

/// Paints a chart from a corner on.
pub(super) fn paint(painter: &egui::Painter, t: &Tokens, drawing: &ChartDrawing, origin: Pos2) {
    let at = |[x, y]: [f32; 2]| origin + Vec2::new(x, y);
    for mark in &drawing.marks {
        match mark {
            ChartMark::Row { .. } => {}
            ChartMark::Bar { rect: [x, y, w, h], ink } => {
                let place = Rect::from_min_size(at([*x, *y]), Vec2::new(*w, *h));
                let rim = Stroke::new(1.0, t.line);
                painter.rect(place, (h * 0.15).min(3.0), colour(t, *ink), rim, egui::StrokeKind::Inside);
            }
            ChartMark::Line { points, ink, width, is_dashed } => {
                let points: Vec<Pos2> = points.iter().map(|p| at(*p)).collect();
                let stroke = Stroke::new(*width, colour(t, *ink));
                match is_dashed {
                    true => painter.extend(Shape::dashed_line(&points, stroke, 4.0, 3.0)),
                    false => {
                        painter.add(Shape::line(points, stroke));
                    }
                }
            }
            ChartMark::Dot { at: place, radius, ink } => {
                painter.circle(at(*place), *radius, colour(t, *ink), Stroke::new(0.6, t.ink_secondary));
            }
            ChartMark::Text { at: place, text, size, is_bold, anchor, ink } => {
                let font = if *is_bold { bold(*size) } else { FontId::proportional(*size) };
                let anchor = match anchor {
                    ChartAnchor::Start => Align2::LEFT_CENTER,
                    ChartAnchor::Middle => Align2::CENTER_CENTER,
                    ChartAnchor::End => Align2::RIGHT_CENTER,
                };
                // Texts are placed by their baselines: a third of their size above lies their middle.
                painter.text(at(*place) - Vec2::new(0.0, size * 0.34), anchor, text, font, colour(t, *ink));
            }
        }
    }
}
