//! Under the legend of the clinics: the radius, whether it is drawn, and whom it reaches.

use egui::{Align, DragValue, Layout, RichText, Sense, Ui, Vec2};

use super::style::bold;
use super::widgets::{chip_button, rule, section, tick};
use crate::district::By;
use crate::project::Focus;
use crate::session::{Commands, LookCommand, SelectCommand, Session};

/// Radii offered, in metres.
const RADII_M: [f64; 3] = [1000.0, 2000.0, 5000.0];

/// Shows radius and shares.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    if session.wanted_coverage().is_none() {
        return;
    }
    let (t, lang) = (session.tokens(), session.lang);
    let radius_m = session.view.radius_m;
    rule(ui, t);
    section(ui, t, lang.t("coverage.title"));
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for choice in RADII_M {
            let text = format!("{:.0} km", choice / 1000.0);
            if chip_button(ui, t, &text, radius_m == choice).clicked() {
                send.push(LookCommand::SetRadius(choice));
            }
        }
        let mut km = radius_m / 1000.0;
        let drag = DragValue::new(&mut km).range(0.1..=50.0).speed(0.05).max_decimals(2).suffix(" km");
        ui.spacing_mut().button_padding.x = 3.0;
        let response = ui.add_sized([ui.available_width().min(56.0), 22.0], drag);
        if response.changed() {
            send.push(LookCommand::SetRadius((km * 1000.0).round()));
        }
        response.on_hover_text(lang.t("command.radius"));
    });
    ui.horizontal(|ui| {
        ui.set_min_height(26.0);
        let shown = !session.view.hide_coverage;
        let words = lang.t("command.coverage");
        if tick(ui, t, shown, words).clicked() {
            send.push(LookCommand::ShowCoverage(!shown));
        }
        ui.label(RichText::new(words).color(t.ink));
    });
    let (Some(_), Some(shares)) = (session.present_coverage(), session.shares()) else {
        ui.label(RichText::new(lang.t("coverage.computing")).size(12.0).color(t.ink_secondary));
        return;
    };
    share(ui, session, lang.t("coverage.all"), shares.all, true);
    for (name, value) in &shares.towns {
        let response = share(ui, session, name, *value, false);
        let focus = Focus { by: By::Town, name: name.clone() };
        if response.double_clicked() {
            send.push(LookCommand::SetFocus(Some(focus)));
        } else if response.clicked() {
            send.push(SelectCommand::SelectPlace(focus));
        }
    }
    ui.label(RichText::new(lang.t("coverage.method")).size(11.0).color(t.ink_secondary));
}

/// A name, a bar and a share of residents.
fn share(ui: &mut Ui, session: &Session, name: &str, value: Option<f64>, strong: bool) -> egui::Response {
    let t = session.tokens();
    let words = value.map_or_else(|| session.lang.t("value.unknown").to_owned(), |v| format!("{:.1} %", v * 100.0));
    let inner = ui.horizontal(|ui| {
        ui.set_min_height(23.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(&words).font(bold(if strong { 13.0 } else { 12.0 })).color(t.ink));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let font = if strong { bold(13.0) } else { egui::FontId::proportional(13.0) };
                let label = egui::Label::new(RichText::new(name).font(font).color(t.ink)).selectable(false);
                ui.allocate_ui_with_layout(Vec2::new(64.0, 18.0), Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_width(64.0);
                    ui.add(label.truncate());
                });
                let (rect, _) =
                    ui.allocate_exact_size(Vec2::new((ui.available_width() - 8.0).max(10.0), 7.0), Sense::hover());
                ui.painter().rect_filled(rect, 2.0, t.field);
                let width = rect.width() * value.unwrap_or(0.0) as f32;
                ui.painter().rect_filled(egui::Rect::from_min_size(rect.min, Vec2::new(width, 7.0)), 2.0, t.accent);
            });
        });
    });
    let response = ui.interact(inner.response.rect, ui.scope_id().with(("covered", name)), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{name} {words}")));
    response
}
