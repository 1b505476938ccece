//! Theme and year in the top bar, the measure over the legend.

use egui::{Align, Layout, RichText, Sense, Ui, Vec2};

use super::style::bold;
use super::widgets::icon_button;
use crate::icons::Icon;
use crate::model::Theme;
use crate::session::{Command, Commands, LayerCommand, LookCommand, Session};

/// The themes side by side, the chosen one raised.
pub fn segments(ui: &mut Ui, session: &Session, send: &mut Commands) {
    if session.district().is_none() {
        return;
    }
    let t = session.tokens();
    let names: Vec<(Theme, &str, bool)> = Theme::MAPS
        .into_iter()
        .filter_map(|theme| {
            let name = session.lang.find(&format!("topic.{}", theme.key()))?;
            Some((theme, name, !session.measures(theme).is_empty()))
        })
        .collect();
    let galleys: Vec<_> = names
        .iter()
        .map(|(theme, name, known)| {
            let chosen = session.view.theme == Some(*theme);
            let ink = if chosen { t.accent } else { t.ink_secondary };
            let ink = if *known { ink } else { ink.gamma_multiply(0.5) };
            let font = if chosen { bold(13.0) } else { egui::FontId::proportional(13.0) };
            ui.painter().layout_no_wrap((*name).to_owned(), font, ink)
        })
        .collect();
    let air = if super::top_bar::is_narrow(ui.ctx()) { 12.0 } else { 22.0 };
    let widths: Vec<f32> = galleys.iter().map(|g| g.size().x + air).collect();
    let (frame, _) = ui.allocate_exact_size(Vec2::new(widths.iter().sum::<f32>() + 4.0, 32.0), Sense::hover());
    ui.painter().rect_filled(frame, 8.0, t.field);
    let mut x = frame.left() + 2.0;
    for (i, ((theme, name, known), galley)) in names.iter().zip(galleys).enumerate() {
        let width = widths.get(i).copied().unwrap_or(0.0);
        let rect = egui::Rect::from_min_size(egui::pos2(x, frame.top() + 2.0), Vec2::new(width, 28.0));
        x += width;
        let chosen = session.view.theme == Some(*theme);
        let response = ui.interact(rect, ui.scope_id().with(("topic", i)), Sense::click());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, *known, chosen, *name));
        if chosen {
            ui.painter().rect_filled(rect, 6.0, t.panel);
            ui.painter().rect_stroke(rect, 6.0, egui::Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
        } else if response.hovered() && *known {
            ui.painter().rect_filled(rect, 6.0, t.accent_ground);
        }
        ui.painter().galley(rect.center() - galley.size() / 2.0, galley, t.ink);
        let command = Command::from(LookCommand::SetTheme(Some(*theme)));
        let tip = match known {
            true => format!("{}  {}", session.lang.t("command.topic"), command.shortcut_text(ui.ctx())),
            false => session.lang.t("status.no-figures").to_owned(),
        };
        if response.on_hover_text(tip).clicked() {
            send.push(command);
        }
    }
}

/// Play button, slider and year; laid out from the right.
pub fn years(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let Some(district) = session.district() else { return };
    let (known, Some(year)) = (district.observations.years(), session.year()) else { return };
    let Some(first) = known.first().copied() else { return };
    let t = session.tokens();
    if known.len() > 1 {
        let icon = if session.stage.playing.is_some() { Icon::Pause } else { Icon::Play };
        icon_button(ui, session, icon, LookCommand::PlayYears, send);
    }
    let words = session.lang.t("command.year");
    let label = ui.label(RichText::new(year.to_string()).font(bold(13.0)).color(t.ink));
    if known.len() > 1 {
        // Steps go from one known year to the next, however far apart they are.
        let present = known.iter().position(|y| *y == year).unwrap_or(0);
        let mut chosen = present;
        ui.scope(|ui| {
            ui.spacing_mut().slider_width = if super::top_bar::is_narrow(ui.ctx()) { 56.0 } else { 84.0 };
            ui.spacing_mut().interact_size.y = 20.0;
            ui.visuals_mut().selection.bg_fill = t.accent;
            ui.visuals_mut().widgets.inactive.bg_fill = t.line;
            let widgets = &mut ui.visuals_mut().widgets;
            for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
                state.fg_stroke = egui::Stroke::new(2.0, t.accent);
            }
            let slider = egui::Slider::new(&mut chosen, 0..=known.len() - 1);
            let slider = slider.step_by(1.0).show_value(false).trailing_fill(true);
            let response = ui.add(slider);
            response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(year), words));
            response.on_hover_text(words);
        });
        if chosen != present {
            send.extend(known.get(chosen).map(|y| LookCommand::SetYear(*y)));
        }
        if !super::top_bar::is_narrow(ui.ctx()) {
            ui.label(RichText::new(first.to_string()).size(12.0).color(t.ink_secondary));
        }
    } else {
        label.on_hover_text(words);
    }
}

/// The measure of the present theme, with its unit, and what can be done with it.
pub fn measure(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (Some((_, theme)), Some(map)) = (session.theme(), session.map_spec()) else { return };
    let Some(indicator) = session.indicator(map.indicator) else { return };
    let t = session.tokens();
    let lang = session.lang;
    let heading = indicator.name(lang);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            options(ui, session, send);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let width = ui.available_width() - 4.0;
                let text = RichText::new(heading).font(bold(13.0)).color(t.ink);
                let combo = egui::ComboBox::from_id_salt("measure").selected_text(text).width(width).truncate();
                let response = combo
                    .show_ui(ui, |ui| {
                        for position in session.measures(theme) {
                            let Some(i) = session.indicator(position) else { continue };
                            let name = session.with_unit(i.name(lang), i.unit(lang));
                            if ui.selectable_label(position == map.indicator, name).clicked() {
                                send.push(LookCommand::SetMeasure(theme, i.id.clone()));
                            }
                        }
                    })
                    .response;
                response
                    .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, lang.t("command.measure")));
                response.on_hover_text(lang.t("command.measure"));
            });
        });
    });
    if let Some(since) = map.since {
        let year = map.year.map(|y| y.to_string()).unwrap_or_default();
        let text = lang.with("legend.change", &[("a", &since.to_string()), ("b", &year)]);
        ui.label(RichText::new(text).size(12.0).color(t.ink_secondary));
    }
    let mut line = Vec::new();
    if !indicator.unit(lang).is_empty() && !indicator.is_category() {
        line.push(lang.with("legend.unit", &[("n", indicator.unit(lang))]));
    }
    if let (Some(threshold), None) = (indicator.threshold, map.since) {
        let key = if indicator.good == crate::model::Good::Down { "legend.at-most" } else { "legend.at-least" };
        let value = format!("{} {}", crate::session::number(threshold), indicator.unit(lang));
        line.push(lang.with(key, &[("n", value.trim_end())]));
    }
    if !line.is_empty() {
        ui.label(RichText::new(line.join(" · ")).size(12.0).color(t.ink_secondary));
    }
    ui.add_space(2.0);
}

/// Change between years, class bounds, fields instead of themes.
fn options(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let lang = session.lang;
    let (rect, button) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::click());
    let words = lang.t("legend.options");
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    if button.hovered() {
        ui.painter().rect_filled(rect, 5.0, session.tokens().field);
    }
    Icon::Sliders.paint(ui.painter(), rect, session.tokens().ink_secondary);
    let button = button.on_hover_text(words);
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(210.0);
        let Some(district) = session.district() else { return };
        let year = session.year();
        ui.menu_button(lang.t("command.change"), |ui| {
            if ui.selectable_label(session.view.since.is_none(), lang.t("legend.no-change")).clicked() {
                send.push(LookCommand::ShowChange(None));
                ui.close();
            }
            for since in district.observations.years().iter().filter(|y| year.is_some_and(|year| **y < year)) {
                let text = lang.with("legend.since", &[("n", &since.to_string())]);
                if ui.selectable_label(session.view.since == Some(*since), text).clicked() {
                    send.push(LookCommand::ShowChange(Some(*since)));
                    ui.close();
                }
            }
        });
        if let Some(layer) = session.village_layer()
            && ui.button(lang.t("theme.edit")).clicked()
        {
            send.push(LayerCommand::EditColouring(layer.key));
        }
        let mut free = session.view.free_classes;
        if ui.checkbox(&mut free, lang.t("command.free-classes")).changed() {
            send.push(LookCommand::SetFreeClasses(free));
        }
        ui.separator();
        if ui.button(lang.t("legend.fields")).clicked() {
            send.push(LookCommand::SetTheme(None));
            ui.close();
        }
    });
}
