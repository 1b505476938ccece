//! Small pieces that several panels use.

use egui::{Align, Color32, FontId, Id, Layout, Rect, Response, RichText, Sense, Stroke, StrokeKind, Ui, Vec2};

use super::style::bold;
use crate::icons::Icon;
use crate::map::visual_order;
use crate::palette::{Tokens, size};
use crate::session::{Command, Commands, Session};

/// A section head: 12 pt, bold, grey.
pub fn section(ui: &mut Ui, t: &Tokens, text: &str) {
    ui.label(RichText::new(text).font(bold(12.0)).color(t.ink_secondary));
}

/// A thin rule with air.
pub fn rule(ui: &mut Ui, t: &Tokens) {
    ui.add_space(8.0);
    let rect = ui.available_rect_before_wrap();
    ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(1.0, t.line));
    ui.add_space(10.0);
}

/// A rounded chip with small grey text.
pub fn chip(ui: &mut Ui, t: &Tokens, text: &str) {
    let shown = visual_order(text).into_owned();
    let galley = ui.painter().layout_no_wrap(shown, FontId::proportional(12.0), t.ink_secondary);
    let (rect, response) = ui.allocate_exact_size(galley.size() + Vec2::new(16.0, 4.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().rect_filled(rect, 10.0, t.field);
    ui.painter().galley(rect.min + Vec2::new(8.0, 2.0), galley, t.ink_secondary);
}

/// What a dialogue shows, and where the screen has no room for all of it, as at 200 % on a small one, bars to bring the rest into view. `which`
/// tells one dialogue from the next.
pub fn within_screen<R>(ui: &mut Ui, which: impl std::hash::Hash, contents: impl FnOnce(&mut Ui) -> R) -> R {
    /// The frame around it, and a rim of what is behind.
    const RIM_PT: f32 = 18.0 * 2.0 + 16.0;
    let id = Id::unique("within the screen").with(egui::util::hash(which));
    let room = (ui.ctx().content_rect().size() - Vec2::splat(RIM_PT)).max(Vec2::splat(80.0));
    let size: Option<Vec2> = ui.data(|d| d.get_temp(id));
    let is_over = |s: Vec2| s.x > room.x + 1.0 || s.y > room.y + 1.0;
    let (inner, shown) = if size.is_some_and(is_over) {
        let area = egui::ScrollArea::both().max_width(room.x).max_height(room.y).id_salt(id);
        let output = area.show(ui, |ui| {
            // Where the width is enough it is kept to, and lines are broken; else all of it is there to be moved to.
            let wide = size.map(|s| s.x).filter(|x| *x > room.x + 1.0).unwrap_or(0.0);
            ui.set_max_width(ui.max_rect().width().max(wide));
            contents(ui)
        });
        (output.inner, output.content_size)
    } else {
        let output = ui.scope(contents);
        (output.inner, output.response.rect.size())
    };
    if size.is_none_or(|s| (s - shown).abs().max_elem() > 0.5) {
        ui.data_mut(|d| d.insert_temp(id, shown));
        // What has another size is put elsewhere: at once, not when the pointer moves next.
        ui.ctx().request_repaint();
    }
    inner
}

/// A chip that can be chosen.
pub fn chip_button(ui: &mut Ui, t: &Tokens, text: &str, chosen: bool) -> Response {
    let ink = if chosen { t.accent } else { t.ink_secondary };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(12.0), ink);
    let (rect, response) = ui.allocate_exact_size(galley.size() + Vec2::new(20.0, 8.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, chosen, text));
    ui.painter().rect_filled(rect, 10.0, if chosen || response.hovered() { t.accent_ground } else { t.field });
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    response
}

/// A chip with the mark of a list.
pub fn marked_chip(ui: &mut Ui, t: &Tokens, text: &str, chosen: bool) -> Response {
    let ink = if chosen { t.accent } else { t.ink_secondary };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(12.0), ink);
    let (rect, response) = ui.allocate_exact_size(galley.size() + Vec2::new(34.0, 8.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, chosen, text));
    ui.painter().rect_filled(rect, 10.0, if chosen || response.hovered() { t.accent_ground } else { t.field });
    ui.painter().galley(rect.left_center() + Vec2::new(10.0, -galley.size().y / 2.0), galley, ink);
    let c = rect.right_center() - Vec2::new(13.0, 0.0);
    let points = [(-3.5, -2.0), (3.5, -2.0), (0.0, 2.5)].map(|(x, y)| c + Vec2::new(x, y));
    ui.painter().add(egui::Shape::convex_polygon(points.to_vec(), ink, Stroke::NONE));
    response
}

/// A chip with a list below it: what is chosen stands on it.
pub fn chip_menu(ui: &mut Ui, t: &Tokens, text: &str, chosen: bool, contents: impl FnOnce(&mut Ui)) -> Response {
    let response = marked_chip(ui, t, text, chosen);
    egui::Popup::menu(&response).show(|ui| {
        ui.set_min_width(150.0);
        egui::ScrollArea::vertical().max_height(320.0).show(ui, contents);
    });
    response
}

/// A button that sends a command, with the command's words and shortcut as tooltip.
pub fn icon_button(
    ui: &mut Ui,
    session: &Session,
    icon: Icon,
    command: impl Into<Command>,
    send: &mut Commands,
) -> Response {
    let t = session.tokens();
    let command = command.into();
    let words = command.words(session.lang);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 5.0, t.field);
    }
    icon.paint(ui.painter(), rect, t.ink_secondary);
    let response = response.on_hover_text(command.tooltip(session.lang, ui.ctx()));
    if response.clicked() {
        send.push(command);
    }
    response
}

/// A row of name and value: the value at the right, bold, its unit small and grey behind it.
pub fn figure(ui: &mut Ui, t: &Tokens, name: &str, value: Option<(&str, &str)>, unknown: &str) -> Response {
    ui.horizontal(|ui| {
        ui.set_min_height(24.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            match value {
                Some((value, unit)) => {
                    if !unit.is_empty() {
                        ui.label(RichText::new(unit).size(11.0).color(t.ink_secondary));
                    }
                    let width = ui.available_width() * 0.66;
                    ui.scope(|ui| {
                        ui.set_max_width(width);
                        ui.add(egui::Label::new(RichText::new(value).font(bold(13.0)).color(t.ink)).truncate());
                    });
                }
                None => {
                    ui.label(RichText::new(unknown).font(bold(13.0)).color(t.ink_secondary));
                }
            }
            ui.add_space(6.0);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(name).color(t.ink)).truncate());
            });
        });
    })
    .response
}

/// The accent button.
pub fn primary(ui: &mut Ui, t: &Tokens, text: &str) -> Response {
    let button = egui::Button::new(RichText::new(text).color(t.on_accent)).fill(t.accent).corner_radius(6.0);
    ui.add(button)
}

/// A checkbox drawn as in the design: jade with a tick.
pub fn tick(ui: &mut Ui, t: &Tokens, on: bool, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(18.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, on, label));
    let square = Rect::from_center_size(rect.center(), Vec2::splat(15.0));
    if on {
        ui.painter().rect_filled(square, 4.0, t.accent);
        let c = square.center();
        let points = vec![c + Vec2::new(-4.0, 0.0), c + Vec2::new(-1.2, 3.0), c + Vec2::new(4.2, -3.4)];
        ui.painter().add(egui::Shape::line(points, Stroke::new(1.6, t.on_accent)));
    } else {
        let stroke = Stroke::new(1.0, if response.hovered() { t.accent } else { t.line });
        ui.painter().rect_stroke(square, 4.0, stroke, StrokeKind::Inside);
    }
    response
}

/// The swatch of a class, or the hatch for missing values.
pub fn swatch(ui: &mut Ui, t: &Tokens, colour: Option<Color32>) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(27.0, 18.0), Sense::hover());
    let painter = ui.painter_at(rect);
    match colour {
        Some(colour) => {
            painter.rect_filled(rect, 3.0, colour);
        }
        None => {
            painter.rect_filled(rect, 3.0, t.hatch_ground);
            let mut x = rect.left() - rect.height();
            while x < rect.right() {
                let ends = [egui::pos2(x, rect.bottom()), egui::pos2(x + rect.height(), rect.top())];
                painter.line_segment(ends, Stroke::new(1.0, t.hatch_line));
                x += 5.0;
            }
        }
    }
    ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.0, t.line), StrokeKind::Inside);
}

/// A section that folds: its head with a mark that turns, and what is in it where it is open. The person's choice is remembered while the
/// program runs.
pub fn fold(ui: &mut Ui, t: &Tokens, salt: &str, text: &str, open_at_first: bool, contents: impl FnOnce(&mut Ui)) {
    let id = egui::Id::unique(("fold", salt));
    let mut open = ui.data(|d| d.get_temp(id)).unwrap_or(open_at_first);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 24.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::DisclosureTriangle, true, open, text));
    if response.clicked() {
        open = !open;
        ui.data_mut(|d| d.insert_temp(id, open));
    }
    if response.hovered() {
        ui.painter().rect_filled(rect.expand2(Vec2::new(4.0, 0.0)), 4.0, t.field);
    }
    let galley = ui.painter().layout_no_wrap(text.to_owned(), bold(12.0), t.ink_secondary);
    ui.painter().galley(rect.left_center() - Vec2::new(0.0, galley.size().y / 2.0), galley, t.ink_secondary);
    let c = rect.right_center() - Vec2::new(7.0, 0.0);
    let points = if open { [(-4.0, -2.0), (0.0, 2.0), (4.0, -2.0)] } else { [(-2.0, -4.0), (2.0, 0.0), (-2.0, 4.0)] };
    let points = points.iter().map(|(x, y)| c + Vec2::new(*x, *y)).collect();
    ui.painter().add(egui::Shape::line(points, Stroke::new(1.5, t.ink_secondary)));
    if open {
        contents(ui);
    }
}

/// What comes of a name being typed: `None` while it is, else the name, or nothing where it is left as it was.
pub fn named(ui: &Ui, field: &Response, name: &str) -> Option<Option<String>> {
    let (enter, escape) = ui.input(|i| (i.key_pressed(egui::Key::Enter), i.key_pressed(egui::Key::Escape)));
    if escape {
        return Some(None);
    }
    if field.lost_focus() || (enter && field.has_focus()) {
        return Some(Some(name.to_owned()));
    }
    if !field.has_focus() {
        field.request_focus();
    }
    None
}

/// A ring around what has the keyboard, whatever it is, while the keyboard is what is used: from Tab until the next press of
/// the mouse. Called once a frame, last.
pub fn focus_ring(ctx: &egui::Context, t: &Tokens) {
    let id = Id::unique("keyboard is used");
    let (pressed, tabbed) = ctx.input(|i| (i.pointer.any_pressed(), i.key_pressed(egui::Key::Tab)));
    let is_used = !pressed && (tabbed || ctx.data(|d| d.get_temp(id)).unwrap_or(false));
    ctx.data_mut(|d| d.insert_temp(id, is_used));
    let focused = ctx.memory(egui::Memory::focused).filter(|_| is_used);
    if let Some(response) = focused.and_then(|f| ctx.read_response(f)) {
        let seen = response.interact_rect.intersect(ctx.content_rect()).shrink(1.0);
        let painter = ctx.layer_painter(response.layer_id);
        painter.rect_stroke(seen, 5.0, Stroke::new(2.0, t.accent), StrokeKind::Middle);
    }
}

/// Shows something in all the room there is, no more and no less: a panel that holds it keeps its size, whatever is in it.
pub fn filled<R>(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_rect_before_wrap();
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(room));
    child.shrink_clip_rect(room);
    let result = add_contents(&mut child);
    ui.advance_cursor_after_rect(room);
    result
}

/// A frame of a panel: no fill, since the window is cleared with the panels' colour, and padding.
pub fn padded() -> egui::Frame {
    egui::Frame::NONE.inner_margin(egui::Margin::symmetric(size::PAD, 0))
}
