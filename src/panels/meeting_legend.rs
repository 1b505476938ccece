//! The right column of a meeting: what the colours, symbols, marks and lines mean, and below it the village that was clicked on.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, Ui, Vec2};

use super::meeting::{SMALLEST, Stage};
use super::meeting_card::Card;
use super::style::bold;
use crate::palette::{COVERAGE, data_colour};
use crate::render::Shape;
use crate::rules::GapSeverity;
use crate::session::{Commands, Session, number};

/// What stands at the left of a row.
enum Sign {
    Colour(Color32),
    Hatch,
    Symbol(Shape, Color32),
    Mark(GapSeverity),
    Line(Color32),
}

/// A row of the legend.
struct Row {
    sign: Sign,
    words: String,
    count: String,
    /// Share of the longest bar; `None` where there is no bar.
    share: Option<f32>,
}

/// Least height of a row of the legend, on a screen of the design's height.
const LEAST_STEP: f32 = 30.0;

/// Draws the column; how much of the screen's right it takes. Legend and card never lie over one another: the card says less where the
/// legend needs the room, and stands alone where even its shortest leaves none.
pub(super) fn column(
    ui: &Ui,
    painter: &Painter,
    session: &Session,
    stage: &Stage,
    room: Rect,
    send: &mut Commands,
) -> f32 {
    let s = stage.s;
    let Some(meeting) = &session.meeting else { return stage.pad };
    let rows = if meeting.no_legend { Vec::new() } else { rows(session) };
    let font = FontId::proportional(26.0 * s);
    let wide = |text: &str| painter.layout_no_wrap(text.to_owned(), font.clone(), Color32::BLACK).size().x;
    let words = rows.iter().map(|r| wide(&r.words)).fold(0.0, f32::max);
    let counts = rows.iter().map(|r| wide(&r.count)).fold(0.0, f32::max);
    let has_bars = rows.iter().any(|r| r.share.is_some());
    let bar = if has_bars { 84.0 * s } else { 0.0 };
    let heading = session.legend_heading(session.village_layer().and_then(|l| l.colouring.as_deref()));
    let title_wide = painter.layout_no_wrap(heading.clone(), bold(26.0 * s), Color32::BLACK).size().x + 57.0 * s;
    let width = (words + counts + bar + 60.0 * s + 56.0 * s + 28.0 * s).max(title_wide).clamp(300.0 * s, 520.0 * s);
    let head_of = |title: &egui::Galley| title.size().y + 50.0 * s;
    let titled = |width: f32| painter.layout(heading.clone(), bold(26.0 * s), session.tokens().ink, width - 56.0 * s);
    let between = 20.0 * s;
    let least = if rows.is_empty() { 0.0 } else { head_of(&titled(width)) + LEAST_STEP * s * rows.len() as f32 };
    let card = Card::fitting(painter, session, room.height() - least - between, s);
    if rows.is_empty() && card.is_none() {
        return stage.pad;
    }
    let width = card.as_ref().map_or(width, |c| width.max(c.width));
    let panel_left = room.right() - width;
    let free = room.height() - card.as_ref().map_or(0.0, |c| c.height + between);
    let title = titled(width);
    let head = head_of(&title);
    let step = (53.0 * s).min((free - head) / rows.len().max(1) as f32);
    // Alone it has all its rows, however close they stand.
    let least = if card.is_none() { 0.4 * LEAST_STEP } else { LEAST_STEP - 0.5 };
    let has_legend = !rows.is_empty() && step >= least * s;
    if has_legend {
        let size = Vec2::new(width, head + step * rows.len() as f32);
        let panel = Rect::from_min_size(Pos2::new(panel_left, room.top()), size);
        draw(painter, session, panel, title, &rows, (step, counts, bar), s);
    }
    // Where it stands alone it has the whole column.
    let card = if has_legend { card } else { Card::fitting(painter, session, room.height(), s) };
    if let Some(card) = card {
        let top = if has_legend { room.bottom() - card.height } else { room.top() };
        let size = Vec2::new(width, card.height);
        card.show(ui, painter, session, Rect::from_min_size(Pos2::new(panel_left, top), size), s, send);
    }
    stage.rect.right() - panel_left + between
}

/// The rows: classes with their counts, of both years at a divider; then symbols, marks and lines where they show.
fn rows(session: &Session) -> Vec<Row> {
    let mut rows = Vec::new();
    let lang = session.lang;
    if let Some(colouring) = session.village_layer().and_then(|l| l.colouring.clone()) {
        let only = colouring.legend.len() == 1;
        let before = session.counts_on_left();
        let most = colouring.legend.iter().map(|r| r.count).chain([colouring.missing]).max().unwrap_or(1).max(1) as f32;
        let count = |now: usize, then: Option<usize>| match then {
            Some(then) => format!("{} → {}", number(then as f64), number(now as f64)),
            None => number(now as f64),
        };
        let then = |class: Option<usize>| {
            let (classes, missing) = before.as_ref()?;
            class.map_or(Some(*missing), |c| classes.get(c).copied())
        };
        for (class, row) in colouring.legend.iter().enumerate() {
            let share = (before.is_none() && row.count > 0).then_some(row.count as f32 / most);
            rows.push(Row {
                sign: Sign::Colour(data_colour(row.colour)),
                words: session.legend_text(&row.class, only, colouring.is_change),
                count: count(row.count, then(Some(class))),
                share,
            });
        }
        if colouring.kind.is_numeric() {
            rows.reverse();
        }
        if colouring.missing > 0 || then(None).is_some_and(|n| n > 0) {
            let share = before.is_none().then_some(colouring.missing as f32 / most);
            let words = lang.t("legend.missing").to_owned();
            rows.push(Row { sign: Sign::Hatch, words, count: count(colouring.missing, then(None)), share });
        }
    }
    if let Some((_, theme)) = session.theme().filter(|_| session.symbols().is_some()) {
        let shown = session.symbols_shown(theme);
        for (kind, n) in session
            .shown_symbol_counts(Some(session.camera.scale_denominator()))
            .into_iter()
            .filter(|(k, _)| shown.iter().any(|s| s == k.key()))
        {
            let words = lang.find(&format!("symbol.{}", kind.key())).unwrap_or("").to_owned();
            let sign = Sign::Symbol(kind.shape(), data_colour(kind.colour()));
            rows.push(Row { sign, words, count: number(n as f64), share: None });
        }
    }
    if let Some(marks) = session.gap_marks() {
        let all = marks.villages.values().map(|m| m.0).chain(marks.places.iter().map(|p| p.1));
        let all: Vec<GapSeverity> = all.collect();
        for severity in GapSeverity::ALL {
            let n = all.iter().filter(|s| **s == severity).count();
            if n > 0 {
                let word = lang.find(&format!("severity.{}", severity.key())).unwrap_or("");
                let words = lang.with("meeting.gap-mark", &[("n", word)]);
                rows.push(Row { sign: Sign::Mark(severity), words, count: number(n as f64), share: None });
            }
        }
    }
    if session.present_coverage().is_some() && !session.view.hide_coverage {
        let [r, g, b, a] = COVERAGE;
        let km = number(session.view.radius_m / 1000.0);
        let words = lang.with("meeting.reach", &[("n", &km)]);
        let sign = Sign::Line(Color32::from_rgba_unmultiplied(r, g, b, a));
        rows.push(Row { sign, words, count: String::new(), share: None });
    }
    rows
}

fn draw(
    painter: &Painter,
    session: &Session,
    panel: Rect,
    title: std::sync::Arc<egui::Galley>,
    rows: &[Row],
    (step, counts, bar_room): (f32, f32, f32),
    s: f32,
) {
    let t = session.tokens();
    ground(painter, session, panel);
    let inner = panel.shrink2(Vec2::new(28.0 * s, 22.0 * s));
    let top = inner.top() + title.size().y + 18.0 * s;
    painter.galley(inner.min, title, t.ink);
    let size = (26.0 * s).min((step * 0.62).max((SMALLEST * s).min(step * 0.8)));
    let font = FontId::proportional(size);
    for (i, row) in rows.iter().enumerate() {
        let y = top + i as f32 * step;
        let swatch = Rect::from_min_size(Pos2::new(inner.left(), y), Vec2::new(46.0 * s, (step * 0.6).min(30.0 * s)));
        sign(painter, session, swatch, &row.sign, s);
        let middle = swatch.center().y;
        let left = swatch.right() + 14.0 * s;
        let right = inner.right() - counts - 10.0 * s;
        let mut job = egui::text::LayoutJob::simple_singleline(row.words.clone(), font.clone(), t.ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(
            right - left - if row.share.is_some() { bar_room } else { 0.0 },
        );
        let galley = painter.layout_job(job);
        painter.galley(Pos2::new(left, middle - galley.size().y / 2.0), galley, t.ink);
        let at = Pos2::new(inner.right(), middle);
        painter.text(at, Align2::RIGHT_CENTER, &row.count, font.clone(), t.ink_secondary);
        if let (Some(share), true) = (row.share, bar_room > 12.0) {
            let size = Vec2::new(((bar_room - 12.0 * s) * share).max(2.0), 12.0 * s);
            let bar = Rect::from_min_size(Pos2::new(right - bar_room + 12.0 * s, middle - size.y / 2.0), size);
            let fill = match row.sign {
                Sign::Colour(colour) => colour,
                _ => t.hatch_line,
            };
            painter.rect_filled(bar, 2.0, fill);
            painter.rect_stroke(bar, 2.0, Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
        }
    }
}

fn sign(painter: &Painter, session: &Session, rect: Rect, sign: &Sign, s: f32) {
    let t = session.tokens();
    let c = rect.center();
    match sign {
        Sign::Colour(colour) => {
            painter.rect_filled(rect, 4.0, *colour);
            painter.rect_stroke(rect, 4.0, Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
        }
        Sign::Hatch => hatch(painter, rect, session),
        Sign::Line(colour) => {
            painter.hline(rect.x_range(), c.y, Stroke::new(3.0 * s, *colour));
        }
        Sign::Symbol(shape, colour) => super::legend::symbol_at(painter, c, 9.0 * s, (*shape).into(), *colour),
        Sign::Mark(severity) => {
            let ink = session.gap_ink(*severity);
            let mark = Rect::from_center_size(c, Vec2::splat(26.0 * s));
            if *severity == GapSeverity::High {
                painter.rect_filled(mark, 6.0 * s, ink);
            } else {
                painter.rect_filled(mark, 6.0 * s, t.panel);
                painter.rect_stroke(mark, 6.0 * s, Stroke::new(2.4 * s, ink), egui::StrokeKind::Inside);
            }
        }
    }
}

pub(super) fn ground(painter: &Painter, session: &Session, panel: Rect) {
    painter.rect_filled(panel.translate(Vec2::new(0.0, 3.0)).expand(2.0), 20.0, Color32::from_black_alpha(18));
    painter.rect_filled(panel, 18.0, session.tokens().panel);
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
