//! The legend: a small histogram, high classes on top, missing values last.

use egui::{Align, Layout, RichText, Sense, Ui, Vec2};

use super::style::bold;
use super::themes;
use super::widgets::{icon_button, swatch};
use crate::colouring::{Colouring, LegendRow};
use crate::icons::Icon;
use crate::model::FeatureId;
use crate::palette::data_colour;
use crate::project::{LayerStyle, USUAL_LINE_PT};
use crate::render::{LayerKey, Shape};
use crate::session::{CameraCommand, Commands, LayerCommand, Loaded, SelectCommand, Session, number, shape_of};

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
    let line = loaded.is_lines().then(|| session.entry(key).map(|e| e.style.clone())).flatten();
    let mut rows: Vec<(usize, &LegendRow)> = colouring.legend.iter().enumerate().collect();
    if numeric {
        rows.reverse();
    }
    let counts = rows.iter().map(|(_, r)| r.count).chain([colouring.missing]);
    let widest = counts.map(|n| number(n as f64)).max_by_key(String::len).unwrap_or_default();
    let words_of = |legend: &LegendRow| {
        [
            session.legend_text(&legend.class, only, colouring.is_change),
            session.short_legend_text(&legend.class, only, colouring.is_change),
        ]
    };
    let missing = [session.lang.t("legend.missing").to_owned(), String::new()];
    let all = rows.iter().map(|(_, r)| words_of(r)).chain((colouring.missing > 0).then(|| missing.clone()));
    let look = RowLook::new(ui, session, most, &widest, &all.collect::<Vec<_>>());
    for (class, legend) in rows {
        let words = words_of(legend);
        let shape = points.then(|| shape_of(Some(class)));
        let mark = Mark { colour: Some(data_colour(legend.colour)), shape, line: line.as_ref() };
        let response = row(ui, &look, mark, &words, legend.count);
        clicked(&response, session, key, loaded, |f| colouring.class_of(f) == Some(class), send);
    }
    if colouring.missing > 0 {
        let response = row(ui, &look, Mark { colour: None, shape: None, line: None }, &missing, colouring.missing);
        clicked(&response, session, key, loaded, |f| colouring.class_of(f).is_none(), send);
    }
}

/// Selects what a row stands for; with a double click goes there.
fn clicked(
    response: &egui::Response,
    session: &Session,
    key: LayerKey,
    loaded: &Loaded,
    is_in: impl Fn(FeatureId) -> bool,
    send: &mut Commands,
) {
    if !response.clicked() && !response.double_clicked() {
        return;
    }
    let is_villages = session.village_layer().is_some_and(|l| l.key == key);
    let members = loaded.members_in_time().filter(|_| loaded.can_be_villages());
    let features = loaded
        .dataset
        .features()
        .filter(|f| is_in(*f) && members.is_none_or(|m| m.is_first(*f)) && (!is_villages || session.is_in_focus(*f)));
    let add = response.ctx.input(|i| i.modifiers.command);
    send.push(SelectCommand::Select { layer: key, features: features.collect(), add });
    if response.double_clicked() {
        send.push(CameraCommand::FitSelection);
    }
}

/// The legend of a layer with nothing to click on, for pictures.
pub fn plain(ui: &mut Ui, session: &Session, key: LayerKey) {
    let Some(colouring) = session.layers.get(&key).and_then(|l| l.colouring.as_ref()) else { return };
    let is_villages = session.village_layer().is_some_and(|l| l.key == key);
    let heading =
        if is_villages { session.legend_heading(Some(colouring)) } else { heading_of(session, key, colouring) };
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

/// What a legend explains; the layer's name before it where it is not the villages.
fn heading_of(session: &Session, key: LayerKey, colouring: &Colouring) -> String {
    let field = session.field_heading(colouring);
    let is_villages = session.village_layer().is_some_and(|l| l.key == key);
    if is_villages { field } else { format!("{} · {field}", session.layer_title(key)) }
}

/// The field that a layer is coloured by.
fn heading(ui: &mut Ui, session: &Session, key: LayerKey, colouring: &Colouring, send: &mut Commands) {
    let heading = heading_of(session, key, colouring);
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
struct Mark<'a> {
    colour: Option<egui::Color32>,
    shape: Option<Shape>,
    /// How lines of the layer are drawn.
    line: Option<&'a LayerStyle>,
}

/// What all rows of a legend have in common. The words come first, long or short as they fit; the bars take what is left.
struct RowLook<'a> {
    session: &'a Session,
    /// The largest count: its bar takes all the room there is for bars.
    most: usize,
    /// Room for counts.
    count_room: f32,
    /// Room for bars.
    bar_room: f32,
}

/// Where words begin, after the swatch.
const TEXT_LEFT: f32 = 35.0;
/// Widest bar.
const WIDEST_BAR: f32 = 78.0;

impl<'a> RowLook<'a> {
    fn new(ui: &Ui, session: &'a Session, most: usize, widest: &str, words: &[[String; 2]]) -> Self {
        let wide = |text: &str| layout(ui, session, text).size().x;
        let count_room = wide(widest) + 8.0;
        let room = ui.available_width() - TEXT_LEFT - count_room;
        let text = |[long, short]: &[String; 2]| Some(wide(long)).filter(|w| *w <= room).unwrap_or_else(|| wide(short));
        let text_room = words.iter().map(text).fold(0.0, f32::max);
        Self { session, most, count_room, bar_room: (room - text_room - 8.0).min(WIDEST_BAR) }
    }
}

fn layout(ui: &Ui, session: &Session, text: &str) -> std::sync::Arc<egui::Galley> {
    ui.painter().layout_no_wrap(text.to_owned(), egui::FontId::proportional(13.0), session.tokens().ink)
}

/// A row: swatch, words, bar, count.
fn row(ui: &mut Ui, look: &RowLook<'_>, mark: Mark<'_>, [long, short]: &[String; 2], count: usize) -> egui::Response {
    let t = look.session.tokens();
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 26.0), Sense::click());
    let number_words = number(count as f64);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{long} {number_words}")));
    if response.hovered() {
        ui.painter().rect_filled(rect.expand2(Vec2::new(4.0, 0.0)), 4.0, t.field);
    }
    let mut left = ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
    match (mark.shape, mark.colour) {
        (Some(shape), Some(colour)) => symbol(&mut left, shape, colour),
        (None, Some(colour)) if mark.line.is_some() => {
            let (rect, _) = left.allocate_exact_size(Vec2::new(27.0, 18.0), Sense::hover());
            line_at(left.painter(), rect, mark.line.unwrap_or(&LayerStyle::default()), colour);
        }
        _ => swatch(&mut left, t, mark.colour),
    }
    let painter = ui.painter_at(rect.expand(4.0));
    let room = rect.width() - TEXT_LEFT - look.count_room;
    let whole = layout(ui, look.session, long);
    let text = if whole.size().x <= room || short.is_empty() { whole } else { layout(ui, look.session, short) };
    let text = if text.size().x <= room {
        text
    } else {
        // Names of categories may be of any length.
        let font = egui::FontId::proportional(13.0);
        let mut job = egui::text::LayoutJob::simple_singleline(long.clone(), font, t.ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        painter.layout_job(job)
    };
    let middle = rect.center().y;
    painter.galley(egui::pos2(rect.left() + TEXT_LEFT, middle - text.size().y / 2.0), text, t.ink);
    if look.bar_room >= 8.0 && count > 0 {
        let width = (look.bar_room * count as f32 / look.most.max(1) as f32).max(2.0);
        let start = egui::pos2(rect.right() - look.count_room - look.bar_room, middle - 4.0);
        let bar = egui::Rect::from_min_size(start, Vec2::new(width, 8.0));
        painter.rect_filled(bar, 2.0, mark.colour.unwrap_or(t.hatch_line));
    }
    let number_galley = layout(ui, look.session, &number_words);
    let at = egui::pos2(rect.right() - number_galley.size().x, middle - number_galley.size().y / 2.0);
    painter.galley(at, number_galley, t.ink);
    if response.has_focus() {
        painter.rect_stroke(rect, 4.0, ui.visuals().selection.stroke, egui::StrokeKind::Outside);
    }
    let hint = look.session.lang.t("legend.click");
    response.on_hover_text(format!("{long}\n{hint}"))
}

/// A line as the map draws it, across a rectangle.
pub fn line_at(painter: &egui::Painter, rect: egui::Rect, style: &LayerStyle, colour: egui::Color32) {
    let width = style.width_pt().unwrap_or(USUAL_LINE_PT).clamp(0.5, 6.0);
    let ends = [rect.left_center(), rect.right_center()];
    let stroke = egui::Stroke::new(width, colour);
    match style.dash {
        None => painter.line_segment(ends, stroke),
        Some(dash) => {
            let [ink, gap, second, second_gap] = dash.lengths(width);
            let pieces = egui::Shape::dashed_line_with_offset(&ends, stroke, &[ink, second], &[gap, second_gap], 0.0);
            painter.add(pieces)
        }
    };
}

/// A symbol as the map draws it.
pub fn symbol(ui: &mut Ui, mark: impl Into<crate::render::Mark>, colour: egui::Color32) {
    let mark = mark.into();
    let (rect, _) = ui.allocate_exact_size(Vec2::new(27.0, 18.0), Sense::hover());
    symbol_at(ui.painter(), rect.center(), 5.0, mark, colour);
}

/// The same at a place, in a size.
pub fn symbol_at(p: &egui::Painter, c: egui::Pos2, r: f32, mark: crate::render::Mark, colour: egui::Color32) {
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
        p.circle_filled(c, r * 0.52, ground);
    } else if mark.dot {
        p.circle_filled(c, r * 0.28, ground);
    }
}
