//! Meeting mode: the map, a sentence, some large figures, the legend, the year, the source. Nothing else, and nothing over anything else.

use std::sync::Arc;

use egui::{Align2, CentralPanel, Color32, FontId, Painter, Pos2, Rect, Stroke, Ui, Vec2};

use super::meeting_legend;
use super::style::bold;
use crate::geo::ground_metres_per_world;
use crate::map::{MapView, scale_bar};
use crate::session::{COUNT_SECS, Commands, LookCommand, Moment, Session, number};

/// Height that sizes are given for.
const DESIGN_HEIGHT: f32 = 1080.0;
/// Smallest type on a screen of that height.
pub(super) const SMALLEST: f32 = 24.0;
/// Width that a chart takes at the left of the map, on a screen of that height.
const CHART_WIDE: f32 = 760.0;
/// Height of photos below the map, with their words.
const PHOTOS_HIGH: f32 = 300.0;
/// Most figures.
pub const MOST_FIGURES: usize = 8;

/// Where things stand: the screen, its scale, the room left between them.
pub(super) struct Stage {
    pub rect: Rect,
    /// Points for each point of the design.
    pub s: f32,
    pub pad: f32,
    /// Whether the screen is not much wider than high: figures then stand in a row over the map.
    pub is_narrow: bool,
}

impl Stage {
    fn new(rect: Rect) -> Self {
        let s = (rect.height() / DESIGN_HEIGHT).min(rect.width() / 1440.0).max(0.45);
        Self { rect, s, pad: 64.0 * s, is_narrow: rect.width() < rect.height() * 1.55 }
    }
}

/// Shows the meeting in the whole window.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, map: &mut MapView, send: &mut Commands) {
    let Some(meeting) = session.meeting.clone() else { return };
    CentralPanel::no_frame().show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        if meeting.is_blank {
            ui.painter().rect_filled(rect, 0.0, crate::palette::BLANK);
            return;
        }
        // What the presenter reads takes room of its own where there is no second screen.
        let strip = super::presenter::strip(ui, session, rect);
        let stage = Stage::new(Rect::from_min_max(rect.min, Pos2::new(rect.right(), rect.bottom() - strip)));
        let painter = ui.painter_at(rect);
        let s = stage.s;
        let below_head = head(&painter, session, &stage);
        let own = session.scene_shown().and_then(|scene| session.chart(scene.chart?, crate::district::By::Town));
        let chart = meeting.answer.and_then(|answer| session.answer(answer)).or(own);
        let list =
            if meeting.no_figures || chart.is_some() { Vec::new() } else { figure_list(ui, session, meeting.began) };
        let mut rects = Vec::new();
        let below = if stage.is_narrow && !list.is_empty() {
            row_of_figures(&painter, session, &stage, &list, below_head, &mut rects)
        } else {
            below_head
        };
        let is_asked = meeting.answer.is_some();
        let charted = chart.filter(|_| is_asked || !stage.is_narrow && !meeting.no_figures);
        let left = match list.is_empty() || stage.is_narrow {
            true if charted.is_some() => CHART_WIDE * s,
            true => stage.pad,
            false => {
                column_of_figures(&painter, session, &stage, &list, below_head, &mut rects);
                440.0 * s
            }
        };
        unfold(ui, session, &list, &rects, send);
        if let Some(chart) = &charted {
            let room = Vec2::new((CHART_WIDE - 24.0) * s - stage.pad, stage.rect.bottom() - 110.0 * s - below_head);
            let drawing = crate::page::chart_drawing(chart, room.x, room.y - 30.0 * s, SMALLEST * s, session.lang);
            let at = Pos2::new(stage.rect.left() + stage.pad, below_head + 30.0 * s);
            super::chart::paint(&painter, session.tokens(), &drawing, at);
            ui.interact(
                Rect::from_min_size(at, Vec2::new(room.x, drawing.height)),
                ui.scope_id().with("chart"),
                egui::Sense::hover(),
            )
            .widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{}: {}", chart.title, chart.sentence))
            });
        }
        let bottom = stage.rect.bottom() - 84.0 * s;
        let years = year_room(session, s);
        let column = Rect::from_min_max(
            Pos2::new(stage.rect.left(), below + 16.0 * s),
            Pos2::new(stage.rect.right() - stage.pad, bottom - years),
        );
        let right = meeting_legend::column(ui, &painter, session, &stage, column, send);
        let mut room = Rect::from_min_max(
            Pos2::new(stage.rect.left() + left, below + 16.0 * s),
            Pos2::new(stage.rect.right() - right, bottom),
        );
        room.max.y = below_map(ui, &painter, session, room, s, send);
        ui.scope_builder(egui::UiBuilder::new().max_rect(room), |ui| map.show(ui, session, moment, send));
        if meeting.has_pen {
            super::pen::show(ui, session, room);
        }
        frame_of(&painter, session, room);
        year(ui, session, &stage, right, send);
        foot(&painter, session, stage.rect, stage.pad, s);
        said(ui, &painter, session, &stage);
        super::meeting_search::show(ui, session, moment, &stage, send);
        // A clock of its own for the presenter; no frame is asked for where nothing moves.
        if session.stage.playing.is_some() {
            ui.ctx().request_repaint();
        }
    });
}

/// The word to the presenter, and the title for those who hear the screen.
fn said(ui: &Ui, painter: &Painter, session: &Session, stage: &Stage) {
    let s = stage.s;
    if let Some(word) = session.meeting.as_ref().and_then(|m| m.word.as_ref()) {
        let at = stage.rect.center_bottom() - Vec2::new(0.0, 96.0 * s);
        let ground = painter.layout_no_wrap(word.clone(), FontId::proportional(SMALLEST * s), session.tokens().warn);
        let place = Align2::CENTER_BOTTOM.anchor_size(at, ground.size());
        painter.rect_filled(place.expand(10.0 * s), 10.0 * s, session.tokens().panel);
        painter.galley(place.min, ground, session.tokens().warn);
        ui.interact(place, ui.scope_id().with("word"), egui::Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, word));
    }
    let words = title(session);
    let corner = Rect::from_min_size(stage.rect.min, Vec2::splat(1.0));
    ui.interact(corner, ui.scope_id().with("meeting title"), egui::Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words.clone()));
}

/// The sentence over the map.
pub(super) fn title(session: &Session) -> String {
    session
        .scene_shown()
        .map_or_else(|| session.map_sentence(), |scene| title_of(session, scene.title_in(session.lang)))
}

pub(super) fn title_of(session: &Session, own: &str) -> String {
    if own.trim().is_empty() { session.map_sentence() } else { own.trim().to_owned() }
}

/// A text; where it stands.
pub(super) fn text(painter: &Painter, at: Pos2, anchor: Align2, words: &str, font: FontId, ink: Color32) -> Rect {
    let galley = painter.layout_no_wrap(words.to_owned(), font, ink);
    let rect = anchor.anchor_size(at, galley.size());
    painter.galley(rect.min, galley, ink);
    rect
}

/// Title and subtitle; where they end.
fn head(painter: &Painter, session: &Session, stage: &Stage) -> f32 {
    let t = session.tokens();
    let (rect, pad, s) = (stage.rect, stage.pad, stage.s);
    let words = title(session);
    let room = rect.width() - 2.0 * pad;
    // A long sentence becomes smaller, and breaks before it is cut.
    let size = [58.0, 48.0, 40.0, 32.0]
        .into_iter()
        .find(|size| painter.layout_no_wrap(words.clone(), bold(size * s), t.ink).size().x <= room);
    let galley = painter.layout(words, bold(size.unwrap_or(32.0) * s), t.ink, room);
    let at = rect.min + Vec2::new(pad, pad * 0.8);
    let below = at.y + galley.size().y;
    painter.galley(at, galley, t.ink);
    let subtitle = painter.layout(session.map_subtitle(), FontId::proportional(28.0 * s), t.ink_secondary, room);
    let end = below + 10.0 * s + subtitle.size().y;
    painter.galley(Pos2::new(at.x, below + 10.0 * s), subtitle, t.ink_secondary);
    end
}

/// The figures as they are written, counting up as the scene begins.
fn figure_list(ui: &Ui, session: &Session, began: f64) -> Vec<(String, String)> {
    let chosen = session.scene_shown().is_some_and(|s| !s.figures.is_empty());
    let changes = session.year_before().zip(session.year()).filter(|_| !chosen);
    if let Some((before, now)) = changes {
        return session.changes_between(before, now);
    }
    let share =
        if session.settings.no_motion { 1.0 } else { ((ui.input(|i| i.time) - began) / COUNT_SECS).clamp(0.0, 1.0) };
    let figures = session.scene_figures().into_iter().take(MOST_FIGURES);
    figures
        .map(|f| {
            // Figures count up once, and stand.
            let value = match f.indicator.and_then(|i| session.indicator(i)) {
                Some(indicator) if share < 1.0 && f.is_plain => {
                    ui.ctx().request_repaint();
                    let eased = 1.0 - (1.0 - share).powi(3);
                    indicator.show(f.number * eased, session.lang)
                }
                _ => f.value.clone(),
            };
            (format!("{value}{}", f.unit), f.caption)
        })
        .collect()
}

/// What stands below the map: photos of the scene, and what was decided so far; where the map ends.
fn below_map(ui: &mut Ui, painter: &Painter, session: &Session, room: Rect, s: f32, send: &mut Commands) -> f32 {
    let mut bottom = room.bottom();
    let strip =
        |top: f32, bottom: f32| Rect::from_min_max(Pos2::new(room.left(), top), Pos2::new(room.right(), bottom));
    let decided = super::meeting_decisions::height(session, s);
    if decided > 0.0 {
        super::meeting_decisions::show(ui, painter, session, strip(bottom - decided, bottom), s);
        bottom -= decided;
    }
    if !session.scene_photos().is_empty() {
        let top = bottom - PHOTOS_HIGH * s;
        super::photos::below_map(ui, session, strip(top, bottom), SMALLEST * s, send);
        bottom = top - 16.0 * s;
    }
    bottom
}

/// A click on a figure takes it apart: from which villages, rows and files it is.
fn unfold(ui: &Ui, session: &Session, list: &[(String, String)], rects: &[Rect], send: &mut Commands) {
    let shown: Vec<Option<usize>> =
        session.scene_figures().iter().map(|f| f.indicator.filter(|_| f.is_plain)).collect();
    // Changes between years are no figures of a year.
    let chosen = session.scene_shown().is_some_and(|s| !s.figures.is_empty());
    if session.year_before().is_some() && !chosen {
        return;
    }
    for (i, (rect, (value, caption))) in rects.iter().zip(list).enumerate() {
        let Some(indicator) = shown.get(i).copied().flatten() else { continue };
        let response = ui.interact(*rect, ui.scope_id().with(("figure", i)), egui::Sense::click());
        let words = format!("{value} {caption}");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
        if response.clicked() {
            send.push(LookCommand::Unfold(indicator, None));
        }
    }
}

/// The caption of a figure, broken into lines.
fn caption_of(painter: &Painter, session: &Session, room: Vec2, caption: &str, s: f32) -> Arc<egui::Galley> {
    let size = (28.0 * s).min(room.y * 0.2).max(20.0 * s);
    painter.layout(caption.to_owned(), FontId::proportional(size), session.tokens().ink, room.x)
}

/// The size of the digits that every figure of a list can have in rooms of a size: all have the same.
fn digits(painter: &Painter, session: &Session, room: Vec2, list: &[(String, String)], s: f32) -> f32 {
    let of = |(value, caption): &(String, String)| {
        let words = caption_of(painter, session, room, caption, s);
        let most = (92.0 * s).min((room.y - words.size().y - 10.0 * s) * 0.86).max(24.0 * s);
        let wide = painter.layout_no_wrap(value.clone(), bold(most), Color32::BLACK).size().x;
        most * (room.x / wide.max(1.0)).min(1.0)
    };
    list.iter().map(of).fold(92.0 * s, f32::min)
}

/// A figure with its caption at a place.
fn figure(
    painter: &Painter,
    session: &Session,
    room: Rect,
    (value, caption): &(String, String),
    (size, s): (f32, f32),
) {
    let t = session.tokens();
    let words = caption_of(painter, session, room.size(), caption, s);
    let shown = text(painter, room.min, Align2::LEFT_TOP, value, bold(size), t.accent);
    painter.galley(Pos2::new(room.left(), shown.bottom() - size * 0.08), words, t.ink);
}

/// Figures in a column at the left.
fn column_of_figures(
    painter: &Painter,
    session: &Session,
    stage: &Stage,
    list: &[(String, String)],
    top: f32,
    rects: &mut Vec<Rect>,
) {
    let s = stage.s;
    let top = top + 34.0 * s;
    let height = (stage.rect.bottom() - 110.0 * s - top).max(100.0 * s);
    let step = (170.0 * s).min(height / list.len().max(1) as f32);
    let room = Vec2::new(440.0 * s - stage.pad - 24.0 * s, step - 8.0 * s);
    let size = digits(painter, session, room, list, s);
    for (i, listed) in list.iter().enumerate() {
        let at = Pos2::new(stage.rect.left() + stage.pad, top + i as f32 * step);
        rects.push(Rect::from_min_size(at, room));
        figure(painter, session, Rect::from_min_size(at, room), listed, (size, s));
    }
}

/// Figures in rows over the map, on screens that are not much wider than high; where they end.
fn row_of_figures(
    painter: &Painter,
    session: &Session,
    stage: &Stage,
    list: &[(String, String)],
    top: f32,
    rects: &mut Vec<Rect>,
) -> f32 {
    let s = stage.s;
    // Five stand in a row; more in two rows of about as many.
    let columns = if list.len() <= 5 { list.len().max(1) } else { list.len().div_ceil(2) };
    let (step, height) = ((stage.rect.width() - 2.0 * stage.pad) / columns as f32, 140.0 * s);
    let top = top + 20.0 * s;
    let room = Vec2::new(step - 24.0 * s, height - 8.0 * s);
    let size = digits(painter, session, room, list, s);
    for (i, listed) in list.iter().enumerate() {
        let (column, row) = ((i % columns) as f32, (i / columns) as f32);
        let at = Pos2::new(stage.rect.left() + stage.pad + column * step, top + row * height);
        rects.push(Rect::from_min_size(at, room));
        figure(painter, session, Rect::from_min_size(at, room), listed, (size, s));
    }
    top + list.len().div_ceil(columns) as f32 * height
}

/// A map that goes on beyond its room has a frame, so that its edge is no border.
fn frame_of(painter: &Painter, session: &Session, room: Rect) {
    let layer = session.village_layer().and_then(|l| l.loaded());
    let Some(bounds) = layer.and_then(|l| l.bounds_deg()) else { return };
    let [w, s, e, n] = bounds.sides();
    let offset =
        |lon, lat| session.camera.offset_of(crate::geo::WorldPos::from_lonlat(crate::geo::LonLat::new(lon, lat)));
    let ([left, top], [right, bottom]) = (offset(w, n), offset(e, s));
    let half = room.size() / 2.0;
    let goes_on = left < -f64::from(half.x) - 1.0
        || right > f64::from(half.x) + 1.0
        || top < -f64::from(half.y) - 1.0
        || bottom > f64::from(half.y) + 1.0;
    if goes_on {
        let stroke = Stroke::new(1.5, session.tokens().ink_secondary);
        painter.rect_stroke(room, 0.0, stroke, egui::StrokeKind::Outside);
    }
}

/// Height that the year and its slider take at the foot of the right column.
fn year_room(session: &Session, s: f32) -> f32 {
    let several = session.district().is_some_and(|d| d.observations.years().len() > 1);
    if several && session.year().is_some() { 128.0 * s } else { 0.0 }
}

/// The year, large, and the slider that moves it.
fn year(ui: &mut Ui, session: &Session, stage: &Stage, right: f32, send: &mut Commands) {
    let (Some(year), Some(district)) = (session.year(), session.district()) else { return };
    let known = district.observations.years();
    let s = stage.s;
    if known.len() < 2 || right < 150.0 * s {
        return;
    }
    let t = session.tokens();
    let edge = Pos2::new(stage.rect.right() - stage.pad, stage.rect.bottom() - 84.0 * s);
    let words = match session.year_before() {
        Some(before) => format!("{before} → {year}"),
        None => year.to_string(),
    };
    let painter = ui.painter().clone();
    let size = if session.year_before().is_some() { 44.0 } else { 64.0 } * s;
    text(&painter, edge - Vec2::new(0.0, 40.0 * s), Align2::RIGHT_BOTTOM, &words, bold(size), t.ink);
    let present = known.iter().position(|y| *y == year).unwrap_or(0);
    let mut chosen = present;
    let wide = (right - stage.pad - 8.0 * s).clamp(80.0, 300.0 * s);
    let place = Rect::from_min_size(edge - Vec2::new(wide, 34.0 * s), Vec2::new(wide, 26.0 * s));
    ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
        ui.spacing_mut().slider_width = wide;
        ui.visuals_mut().selection.bg_fill = t.accent;
        let slider = egui::Slider::new(&mut chosen, 0..=known.len() - 1).step_by(1.0).show_value(false);
        let response = ui.add(slider.trailing_fill(true));
        let words = session.lang.t("command.year");
        response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(year), words));
        // The arrows go from scene to scene.
        response.surrender_focus();
    });
    if chosen != present {
        send.extend(known.get(chosen).map(|y| LookCommand::SetYear(*y)));
    }
}

/// Source and date, the scenes as dots, scale and north.
fn foot(painter: &Painter, session: &Session, rect: Rect, pad: f32, s: f32) {
    let t = session.tokens();
    let y = rect.bottom() - 44.0 * s;
    let font = FontId::proportional(SMALLEST * s);
    let source = session.source_words();
    let date = session.year().map(|y| y.to_string()).unwrap_or_default();
    let words = session.lang.with("page.source", &[("n", &source)]);
    let words = if date.is_empty() { words } else { format!("{date} · {words}") };
    // Whose ground it is stands here, not over the map.
    let words = session.attributions().into_iter().fold(words, |words, named| format!("{words} · {named}"));
    let scenes = session.document.project.scenes.len();
    // The dots keep their place; a long source is broken before them, and cut after two lines.
    let room = rect.width() / 2.0 - pad - 16.0 * s * scenes as f32 - 40.0 * s;
    let mut job = egui::text::LayoutJob::simple(words, font.clone(), t.ink_secondary, room);
    job.wrap = egui::text::TextWrapping {
        max_rows: 2,
        break_anywhere: false,
        ..egui::text::TextWrapping::truncate_at_width(room)
    };
    let galley = painter.layout_job(job);
    painter.galley(Pos2::new(rect.left() + pad, y - galley.size().y / 2.0), galley, t.ink_secondary);
    let shown = session.meeting.as_ref().and_then(|m| m.scene);
    if scenes > 1 {
        let step = 32.0 * s;
        let left = rect.center().x - step * (scenes - 1) as f32 / 2.0;
        for i in 0..scenes {
            let at = Pos2::new(left + step * i as f32, y);
            if shown == Some(i) {
                let dot = Rect::from_center_size(at, Vec2::new(30.0, 13.0) * s);
                painter.rect_filled(dot, 7.0 * s, t.accent);
            } else {
                painter.circle_filled(at, 6.5 * s, t.ink_secondary.gamma_multiply(0.45));
            }
        }
    }
    let metres_per_point =
        ground_metres_per_world(session.camera.centre.to_lonlat().lat_deg) / session.camera.points_per_world();
    let (metres, length) = scale_bar(metres_per_point * f64::from(s.max(1.0)));
    let length = length as f32 * s.max(1.0);
    let scale =
        if metres >= 1000.0 { format!("{} km", number(metres / 1000.0)) } else { format!("{} m", number(metres)) };
    let north = text(painter, Pos2::new(rect.right() - pad, y), Align2::RIGHT_CENTER, "N ▲", font.clone(), t.ink);
    let right = north.left() - 28.0 * s;
    let stroke = Stroke::new(2.0 * s, t.ink);
    painter.line_segment([Pos2::new(right - length, y), Pos2::new(right, y)], stroke);
    for x in [right - length, right] {
        painter.line_segment([Pos2::new(x, y - 8.0 * s), Pos2::new(x, y + 8.0 * s)], stroke);
    }
    text(painter, Pos2::new(right - length - 16.0 * s, y), Align2::RIGHT_CENTER, &scale, font, t.ink);
}
