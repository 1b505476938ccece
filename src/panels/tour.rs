//! The tour of the first start: four steps that point at what is there, skipped with one key and never shown again by itself.

use egui::{Area, Frame, Id, Order, Pos2, Rect, RichText, Stroke, Ui, Vec2};

use super::style::bold;
use super::widgets::primary;
use crate::palette::SHADE;
use crate::session::{Choosing, Commands, Session, WindowCommand};

/// Steps, as the language files name them.
const STEPS: [&str; 4] = ["layers", "themes", "card", "drawer"];
/// Width of what is said.
const WIDE: f32 = 300.0;

/// Shows the step that is due, beside what it is about: `places` are those of the steps, in their order.
pub fn show(ui: &mut Ui, session: &Session, places: [Option<Rect>; 4], send: &mut Commands) {
    let Some(step) = session.stage.tour.filter(|step| *step < STEPS.len()) else { return };
    let (t, lang) = (session.tokens(), session.lang);
    let screen = ui.ctx().content_rect();
    let place =
        places.get(step).copied().flatten().unwrap_or(Rect::from_center_size(screen.center(), Vec2::splat(4.0)));
    let painter = ui.ctx().layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("tour shade")));
    // All but what is spoken of stands back.
    for shade in around(screen, place) {
        painter.rect_filled(shade, 0.0, SHADE);
    }
    painter.rect_stroke(place.shrink(1.5), 6.0, Stroke::new(3.0, t.accent), egui::StrokeKind::Inside);
    let key = STEPS.get(step).copied().unwrap_or_default();
    let word = |part: &str| lang.find(&format!("tour.{key}{part}")).unwrap_or("").to_owned();
    let frame = Frame::NONE
        .fill(t.panel)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(10.0)
        .inner_margin(egui::Margin::symmetric(16, 14));
    let at = beside(screen, place);
    let mut wanted = None;
    Area::new(Id::unique("tour")).order(Order::Tooltip).fixed_pos(at).constrain_to(screen.shrink(8.0)).show(
        ui.ctx(),
        |ui| {
            frame.show(ui, |ui| {
                ui.set_width(WIDE);
                ui.label(RichText::new(word("")).font(bold(15.0)).color(t.ink));
                ui.add_space(4.0);
                ui.add(egui::Label::new(RichText::new(word("-words")).color(t.ink)).wrap());
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    ui.label(
                        RichText::new(format!("{} / {}", step + 1, STEPS.len())).size(12.0).color(t.ink_secondary),
                    );
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let is_last = step + 1 == STEPS.len();
                        if primary(ui, t, lang.t(if is_last { "tour.done" } else { "tour.next" })).clicked() {
                            wanted = Some(if is_last { Choosing::Toured } else { Choosing::Tour(step + 1) });
                        }
                        if !is_last && ui.button(lang.t("tour.skip")).clicked() {
                            wanted = Some(Choosing::Toured);
                        }
                    });
                });
            });
        },
    );
    send.extend(wanted.map(WindowCommand::Choose));
}

/// What of the screen is not a place: above, below, left and right of it.
fn around(screen: Rect, place: Rect) -> [Rect; 4] {
    let place = place.intersect(screen);
    [
        Rect::from_min_max(screen.min, Pos2::new(screen.right(), place.top())),
        Rect::from_min_max(Pos2::new(screen.left(), place.bottom()), screen.max),
        Rect::from_min_max(Pos2::new(screen.left(), place.top()), place.left_bottom()),
        Rect::from_min_max(place.right_top(), Pos2::new(screen.right(), place.bottom())),
    ]
}

/// Where what is said of a place stands: on the side that has room.
fn beside(screen: Rect, place: Rect) -> Pos2 {
    let gap = 14.0;
    let high = 150.0;
    if screen.right() - place.right() > WIDE + 60.0 {
        Pos2::new(place.right() + gap, (place.top() + 40.0).min(screen.bottom() - high - 20.0))
    } else if place.left() - screen.left() > WIDE + 60.0 {
        Pos2::new(place.left() - WIDE - 32.0 - gap, (place.top() + 40.0).min(screen.bottom() - high - 20.0))
    } else if place.top() - screen.top() > high + 40.0 {
        Pos2::new(screen.center().x - WIDE / 2.0, place.top() - high - gap)
    } else {
        Pos2::new(screen.center().x - WIDE / 2.0, place.bottom() + gap)
    }
}
