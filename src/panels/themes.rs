//! Theme and year in the top bar, the measure over the legend.

use egui::{Align, Layout, RichText, Sense, Ui, Vec2};

use super::style::bold;
use super::widgets::icon_button;
use crate::icons::Icon;
use crate::model::{Theme, ThemeIcon};
use crate::session::{Command, Commands, LayerCommand, LookCommand, Session};

/// Share of the window's width that themes may take; those beyond are in a menu.
const SHARE: f32 = 0.34;

/// A theme as its segment shows it.
struct Segment {
    theme: Theme,
    name: String,
    icon: Option<ThemeIcon>,
    is_known: bool,
    galley: std::sync::Arc<egui::Galley>,
    width: f32,
    tip: String,
}

impl Segment {
    fn of(ui: &Ui, session: &Session, theme: Theme, own: Option<usize>) -> Self {
        let t = session.tokens();
        let is_known = !session.measures(theme).is_empty();
        let chosen = session.view.theme == Some(theme);
        let ink = if chosen { t.accent } else { t.ink_secondary };
        let ink = if is_known { ink } else { ink.gamma_multiply(0.5) };
        let font = if chosen { bold(13.0) } else { egui::FontId::proportional(13.0) };
        let name = session.theme_name(theme);
        let mut short: String = name.chars().take(LONGEST_NAME).collect();
        if short.len() < name.len() {
            short.push('…');
        }
        let galley = ui.painter().layout_no_wrap(short, font, ink);
        let icon = session.district().and_then(|d| d.indicators.themes().icon(theme));
        let air = if super::top_bar::is_narrow(ui.ctx()) { 12.0 } else { 22.0 };
        let width = galley.size().x + air + if icon.is_some() { ICON_PT } else { 0.0 };
        let keyed = Command::from(own.map_or(LookCommand::SetTheme(Some(theme)), LookCommand::SetOwnTheme));
        let tip = match is_known {
            true => format!("{}  {}", session.lang.t("command.topic"), keyed.shortcut_text(ui.ctx())),
            false => session.lang.t("status.no-figures").to_owned(),
        };
        let tip = if short_of(&name) { format!("{name}\n{tip}") } else { tip };
        Self { theme, name, icon, is_known, galley, width, tip }
    }

    fn show(self, ui: &mut Ui, session: &Session, rect: egui::Rect, send: &mut Commands) {
        let t = session.tokens();
        let chosen = session.view.theme == Some(self.theme);
        let response = ui.interact(rect, ui.scope_id().with(("topic", self.theme.key())), Sense::click());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, self.is_known, chosen, &self.name));
        if chosen {
            ui.painter().rect_filled(rect, 6.0, t.panel);
            ui.painter().rect_stroke(rect, 6.0, egui::Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
        } else if response.hovered() && self.is_known {
            ui.painter().rect_filled(rect, 6.0, t.accent_ground);
        }
        let room = if self.icon.is_some() { ICON_PT } else { 0.0 };
        let at = rect.center() - (self.galley.size() - Vec2::new(room, 0.0)) / 2.0;
        if let Some(icon) = self.icon {
            let at = egui::pos2(at.x - room / 2.0 - 2.0, rect.center().y);
            let ink = if chosen { t.accent } else { t.ink_secondary };
            crate::icons::theme_icon(icon, ui.painter(), at, ink);
        }
        ui.painter().galley(at, self.galley, t.ink);
        if response.on_hover_text(self.tip).clicked() {
            send.push(LookCommand::SetTheme(Some(self.theme)));
        }
    }
}

/// Room for the sign of a theme.
const ICON_PT: f32 = 18.0;

/// Most characters of a theme's name in the bar.
const LONGEST_NAME: usize = 16;

fn short_of(name: &str) -> bool {
    name.chars().count() > LONGEST_NAME
}

/// The themes side by side, the chosen one raised; those that have no room in a menu.
pub fn segments(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let Some(district) = session.district() else { return };
    let t = session.tokens();
    let themes = district.indicators.themes();
    let own = |theme: Theme| themes.own().position(|o| o == theme);
    let mut shown: Vec<Segment> = themes.maps().map(|theme| Segment::of(ui, session, theme, own(theme))).collect();
    // The program's four always have room; what a project adds takes what there is.
    let most = (ui.ctx().content_rect().width() * SHARE).max(shown.iter().take(4).map(|s| s.width).sum());
    let mut taken = 0.0;
    let fits = shown.iter().take_while(|s| {
        taken += s.width;
        taken <= most
    });
    let fits = fits.count().max(shown.len().min(1));
    let mut rest = shown.split_off(fits);
    if let (Some(at), Some(last)) = (rest.iter().position(|s| session.view.theme == Some(s.theme)), shown.last_mut()) {
        std::mem::swap(&mut rest[at], last);
    }
    if !rest.is_empty() {
        more(ui, session, &rest, send);
    }
    let width = shown.iter().map(|s| s.width).sum::<f32>() + 4.0;
    let (frame, _) = ui.allocate_exact_size(Vec2::new(width, 32.0), Sense::hover());
    ui.painter().rect_filled(frame, 8.0, t.field);
    let mut x = frame.left() + 2.0;
    for segment in shown {
        let rect = egui::Rect::from_min_size(egui::pos2(x, frame.top() + 2.0), Vec2::new(segment.width, 28.0));
        x += segment.width;
        segment.show(ui, session, rect, send);
    }
}

/// The themes that have no room in the bar.
fn more(ui: &mut Ui, session: &Session, rest: &[Segment], send: &mut Commands) {
    let (rect, button) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::click());
    let words = session.lang.t("command.more-topics");
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    if button.hovered() {
        ui.painter().rect_filled(rect, 5.0, session.tokens().field);
    }
    Icon::Dots.paint(ui.painter(), rect, session.tokens().ink_secondary);
    let button = button.on_hover_text(words);
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(160.0);
        for segment in rest {
            let chosen = session.view.theme == Some(segment.theme);
            if ui.selectable_label(chosen, &segment.name).on_hover_text(&segment.tip).clicked() {
                send.push(LookCommand::SetTheme(Some(segment.theme)));
                ui.close();
            }
        }
    });
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
