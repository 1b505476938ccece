//! Meeting mode: the map, a sentence, a few large figures, the legend, the source. Nothing else.

use egui::{Align2, CentralPanel, Color32, FontId, Painter, Pos2, Rect, Stroke, Ui, Vec2};

use super::style::bold;
use crate::geo::ground_metres_per_world;
use crate::map::{MapView, scale_bar};
use crate::palette::data_colour;
use crate::session::{COUNT_SECS, Commands, Moment, Session, number};

/// Height that sizes are given for.
const DESIGN_HEIGHT: f32 = 1080.0;
/// Smallest type on a screen of that height.
const SMALLEST: f32 = 24.0;

/// Shows the meeting in the whole window.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, map: &mut MapView, send: &mut Commands) {
    let Some(meeting) = session.meeting.clone() else { return };
    CentralPanel::no_frame().show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        if meeting.is_blank {
            ui.painter().rect_filled(rect, 0.0, crate::palette::BLANK);
            return;
        }
        let s = (rect.height() / DESIGN_HEIGHT).min(rect.width() / 1920.0).max(0.45);
        let pad = 64.0 * s;
        // The map stands between the figures and the legend, so that nothing lies over it.
        let left = if meeting.no_figures || session.rolled().is_none() { pad } else { 440.0 * s };
        let is_classed = session.village_layer().is_some_and(|l| l.colouring.is_some());
        let right = if meeting.no_legend || !is_classed { pad } else { 400.0 * s + pad };
        let room = Rect::from_min_max(rect.min + Vec2::new(left, 200.0 * s), rect.max - Vec2::new(right, 84.0 * s));
        ui.scope_builder(egui::UiBuilder::new().max_rect(room), |ui| map.show(ui, session, moment, send));
        let painter = ui.painter_at(rect);
        head(&painter, session, rect, pad, s);
        if !meeting.no_figures {
            figures(ui, &painter, session, rect, pad, s, meeting.began);
        }
        if !meeting.no_legend {
            legend(&painter, session, rect, pad, s);
        }
        card(&painter, session, rect, pad, s);
        foot(&painter, session, rect, pad, s);
        if let Some(word) = &meeting.word {
            let at = rect.center_bottom() - Vec2::new(0.0, 96.0 * s);
            let shown = text(
                &painter,
                at,
                Align2::CENTER_BOTTOM,
                word,
                FontId::proportional(SMALLEST * s),
                session.tokens().warn,
            );
            ui.interact(shown, ui.scope_id().with("word"), egui::Sense::hover())
                .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, word));
        }
        let words =
            session.scene_shown().map_or_else(|| session.map_sentence(), |scene| title_of(session, &scene.title));
        ui.interact(
            Rect::from_min_size(rect.min, Vec2::splat(1.0)),
            ui.scope_id().with("meeting title"),
            egui::Sense::hover(),
        )
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words.clone()));
        // A clock of its own for the presenter; no frame is asked for where nothing moves.
        if session.stage.playing.is_some() {
            ui.ctx().request_repaint();
        }
    });
}

fn title_of(session: &Session, own: &str) -> String {
    if own.trim().is_empty() { session.map_sentence() } else { own.trim().to_owned() }
}

/// A text; where it stands.
fn text(painter: &Painter, at: Pos2, anchor: Align2, words: &str, font: FontId, ink: Color32) -> Rect {
    let galley = painter.layout_no_wrap(words.to_owned(), font, ink);
    let rect = anchor.anchor_size(at, galley.size());
    painter.galley(rect.min, galley, ink);
    rect
}

fn head(painter: &Painter, session: &Session, rect: Rect, pad: f32, s: f32) {
    let t = session.tokens();
    let words = session.scene_shown().map_or_else(|| session.map_sentence(), |scene| title_of(session, &scene.title));
    let room = rect.width() - 2.0 * pad;
    // A long sentence becomes smaller, and breaks before it is cut.
    let size = [58.0, 48.0, 40.0, 32.0]
        .into_iter()
        .find(|size| painter.layout_no_wrap(words.clone(), bold(size * s), t.ink).size().x <= room);
    let galley = painter.layout(words, bold(size.unwrap_or(32.0) * s), t.ink, room);
    let at = rect.min + Vec2::new(pad, pad * 0.8);
    let below = at.y + galley.size().y;
    painter.galley(at, galley, t.ink);
    let subtitle = session.map_subtitle();
    text(
        painter,
        Pos2::new(at.x, below + 10.0 * s),
        Align2::LEFT_TOP,
        &subtitle,
        FontId::proportional(28.0 * s),
        t.ink_secondary,
    );
}

fn figures(ui: &Ui, painter: &Painter, session: &Session, rect: Rect, pad: f32, s: f32, began: f64) {
    let t = session.tokens();
    let changes = session.year_before().zip(session.year()).map(|(before, now)| session.changes_between(before, now));
    let share =
        if session.settings.no_motion { 1.0 } else { ((ui.input(|i| i.time) - began) / COUNT_SECS).clamp(0.0, 1.0) };
    let list: Vec<(String, String)> = match changes {
        Some(changes) => changes,
        None => session
            .headlined()
            .into_iter()
            .map(|f| {
                // Figures count up once, and stand.
                let value = match session.indicator(f.indicator) {
                    Some(indicator) if share < 1.0 => {
                        ui.ctx().request_repaint();
                        let eased = 1.0 - (1.0 - share).powi(3);
                        indicator.show(f.number * eased, session.lang)
                    }
                    _ => f.value.clone(),
                };
                (format!("{value}{}", f.unit), f.caption)
            })
            .collect(),
    };
    let step = (170.0 * s).min((rect.height() - 420.0 * s) / list.len().max(1) as f32);
    let top = rect.top() + 238.0 * s;
    for (i, (value, caption)) in list.iter().take(5).enumerate() {
        let y = top + i as f32 * step;
        let at = Pos2::new(rect.left() + pad, y);
        let figure = text(painter, at, Align2::LEFT_TOP, value, bold((92.0 * s).min(step * 0.58)), t.accent);
        let at = Pos2::new(rect.left() + pad, figure.bottom() - 6.0 * s);
        text(painter, at, Align2::LEFT_TOP, caption, FontId::proportional(28.0 * s), t.ink);
    }
}

fn legend(painter: &Painter, session: &Session, rect: Rect, pad: f32, s: f32) {
    let t = session.tokens();
    let Some(layer) = session.village_layer() else { return };
    let Some(colouring) = &layer.colouring else { return };
    let heading = session.legend_heading(Some(colouring));
    let only = colouring.legend.len() == 1;
    let mut rows: Vec<(Option<Color32>, String, usize)> = colouring
        .legend
        .iter()
        .map(|r| (Some(data_colour(r.colour)), session.legend_text(&r.class, only, colouring.is_change), r.count))
        .collect();
    if colouring.kind.is_numeric() {
        rows.reverse();
    }
    if colouring.missing > 0 {
        rows.push((None, session.lang.t("legend.missing").to_owned(), colouring.missing));
    }
    let most = rows.iter().map(|r| r.2).max().unwrap_or(1).max(1) as f32;
    let font = FontId::proportional(26.0 * s);
    let width = 380.0 * s;
    let step = (53.0 * s).min((rect.height() - 420.0 * s) / rows.len().max(1) as f32);
    let title = painter.layout(heading, bold(26.0 * s), t.ink, width - 56.0 * s);
    let title_height = title.size().y;
    let height = 50.0 * s + title_height + rows.len() as f32 * step;
    let panel =
        Rect::from_min_size(Pos2::new(rect.right() - pad - width, rect.top() + 230.0 * s), Vec2::new(width, height));
    painter.rect_filled(panel.translate(Vec2::new(0.0, 3.0)).expand(2.0), 20.0, Color32::from_black_alpha(18));
    painter.rect_filled(panel, 18.0, t.panel);
    let inner = panel.shrink2(Vec2::new(28.0 * s, 22.0 * s));
    painter.galley(inner.min, title, t.ink);
    for (i, (colour, words, count)) in rows.iter().enumerate() {
        let y = inner.top() + title_height + 18.0 * s + i as f32 * step;
        let swatch = Rect::from_min_size(Pos2::new(inner.left(), y), Vec2::new(46.0 * s, 30.0 * s));
        match colour {
            Some(colour) => {
                painter.rect_filled(swatch, 4.0, *colour);
            }
            None => hatch(painter, swatch, session),
        }
        painter.rect_stroke(swatch, 4.0, Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
        let middle = swatch.center().y;
        painter.text(Pos2::new(swatch.right() + 14.0 * s, middle), Align2::LEFT_CENTER, words, font.clone(), t.ink);
        painter.text(
            Pos2::new(inner.right(), middle),
            Align2::RIGHT_CENTER,
            number(*count as f64),
            font.clone(),
            t.ink_secondary,
        );
        let room = 90.0 * s;
        let bar = Vec2::new((room * *count as f32 / most).max(2.0), 12.0 * s);
        let at = Pos2::new(inner.right() - 52.0 * s - room, middle - bar.y / 2.0);
        if *count > 0 {
            let bar = Rect::from_min_size(at, bar);
            painter.rect_filled(bar, 2.0, colour.unwrap_or(t.hatch_line));
            painter.rect_stroke(bar, 2.0, Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
        }
    }
}

fn hatch(painter: &Painter, rect: Rect, session: &Session) {
    let t = session.tokens();
    let painter = painter.with_clip_rect(rect);
    painter.rect_filled(rect, 4.0, t.hatch_ground);
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        painter.line_segment(
            [Pos2::new(x, rect.bottom()), Pos2::new(x + rect.height(), rect.top())],
            Stroke::new(1.4, t.hatch_line),
        );
        x += 8.0;
    }
}

/// What was clicked on, large.
fn card(painter: &Painter, session: &Session, rect: Rect, pad: f32, s: f32) {
    let t = session.tokens();
    let Some(card) = session.card() else { return };
    let mut lines: Vec<(String, Color32)> = Vec::new();
    if let Some(map) = session.map_spec() {
        let (name, value) = session.shown_figure(&map, card.village);
        lines.push((format!("{name}  {value}"), t.ink));
    }
    let falls = session.shortfalls(card);
    lines.extend(falls.iter().take(3).map(|(words, far)| (words.clone(), if *far { t.bad } else { t.warn })));
    if falls.is_empty() {
        lines.push((session.lang.t("card.no-shortfalls").to_owned(), t.good));
    }
    lines.extend(card.plan.1.clone().map(|plan| (plan, t.ink_secondary)));
    let width = 324.0 * s;
    let name = painter.layout(card.name.clone(), bold(40.0 * s), t.ink, width);
    let town = [card.town.as_str(), card.group.as_str()].join("  ");
    let town = painter.layout_no_wrap(town, FontId::proportional(SMALLEST * s), t.ink_secondary);
    let galleys: Vec<_> = lines
        .into_iter()
        .map(|(w, ink)| (painter.layout(w, FontId::proportional(26.0 * s), ink, width), ink))
        .collect();
    let height = name.size().y + town.size().y + galleys.iter().map(|g| g.0.size().y + 8.0 * s).sum::<f32>() + 60.0 * s;
    let size = Vec2::new(width + 56.0 * s, height);
    let panel = Rect::from_min_size(Pos2::new(rect.right() - pad - size.x, rect.bottom() - 96.0 * s - size.y), size);
    painter.rect_filled(panel.translate(Vec2::new(0.0, 3.0)).expand(2.0), 20.0, Color32::from_black_alpha(18));
    painter.rect_filled(panel, 18.0, t.panel);
    let mut at = panel.min + Vec2::new(28.0 * s, 22.0 * s);
    let below = name.size().y;
    painter.galley(at, name, t.ink);
    at.y += below;
    let below = town.size().y;
    painter.galley(at, town, t.ink_secondary);
    at.y += below + 12.0 * s;
    for (galley, ink) in galleys {
        let below = galley.size().y;
        painter.galley(at, galley, ink);
        at.y += below + 8.0 * s;
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
    let scenes = session.document.project.scenes.len();
    // The dots keep their place; a long source is cut before them.
    let room = rect.width() / 2.0 - pad - 16.0 * s * scenes as f32 - 40.0 * s;
    let mut job = egui::text::LayoutJob::simple_singleline(words, font.clone(), t.ink_secondary);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
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

/// The presenter's own window: the note, what comes next, the clock.
pub fn presenter(ui: &mut Ui, session: &Session) {
    let t = session.tokens();
    let lang = session.lang;
    let scenes = &session.document.project.scenes;
    let shown = session.meeting.as_ref().and_then(|m| m.scene);
    CentralPanel::default().show(ui, |ui| {
        let clock = crate::survey::Instant::now().for_people();
        ui.label(egui::RichText::new(clock).size(22.0).color(t.ink_secondary));
        ui.add_space(8.0);
        if let Some(scene) = shown.and_then(|s| scenes.get(s)) {
            ui.label(egui::RichText::new(title_of(session, &scene.title)).font(bold(24.0)).color(t.ink));
            ui.add_space(8.0);
            ui.label(egui::RichText::new(&scene.note).size(24.0).color(t.ink));
        }
        ui.add_space(20.0);
        if let Some(next) = scenes.get(shown.map_or(0, |s| s + 1)) {
            let words = format!("{} {}", lang.t("meeting.next"), next.name);
            ui.label(egui::RichText::new(words).size(20.0).color(t.ink_secondary));
        }
    });
    ui.ctx().request_repaint_after(std::time::Duration::from_secs(15));
}
