//! Towns or groups taken together: bars by the measure of the map, and a table of the theme's figures.

use egui::{Align, Color32, Layout, RichText, Sense, Ui, Vec2};
use egui_extras::{Column, TableBuilder};
use egui_plot::{Bar, BarChart, Plot, VLine};

use super::style::bold;
use super::widgets::{chip_button, section};
use crate::district::By;
use crate::model::Indicator;
use crate::palette::{size, tokens};
use crate::project::Focus;
use crate::session::{Commands, LookCommand, Moment, Ranked, SelectCommand, Session, number};

/// Height of a bar and its gap in points.
const BAR_PT: f32 = 26.0;

/// Shows the page.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let by = moment.summary_by;
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        for choice in [By::Town, By::Group] {
            let name = session.lang.find(&format!("by.{}", choice.key())).unwrap_or("");
            if chip_button(ui, session.tokens(), name, choice == by).clicked() {
                moment.summary_by = choice;
            }
        }
        if let Some(focused) = session.focused() {
            ui.add_space(8.0);
            let text = session.lang.with("summary.focus", &[("n", &focused.focus.name)]);
            if chip_button(ui, session.tokens(), &format!("{text}  ×"), true).clicked() {
                send.push(LookCommand::SetFocus(None));
            }
        }
    });
    ui.add_space(4.0);
    let rect = ui.available_rect_before_wrap();
    let left = (rect.width() * 0.40).clamp(300.0, 560.0);
    ui.horizontal_top(|ui| {
        ui.add_space(12.0);
        ui.allocate_ui_with_layout(Vec2::new(left, rect.height()), Layout::top_down(Align::Min), |ui| {
            bars(ui, session, by, send);
        });
        ui.add_space(16.0);
        ui.vertical(|ui| figures(ui, session, by, send));
    });
}

/// The measure that bars compare: the map's, else the first of all.
fn measure(session: &Session) -> Option<usize> {
    session.map_spec().map(|m| m.indicator)
}

/// A place's figure in words; a category's is the share of villages that meet what is asked for.
pub fn in_words(session: &Session, indicator: &Indicator, value: Option<f64>) -> String {
    match value {
        None => session.lang.t("value.unknown").to_owned(),
        Some(v) if indicator.is_category() => format!("{} %", number((v * 10.0).round() / 10.0)),
        Some(v) => format!("{} {}", shown(session, indicator, v), indicator.unit(session.lang)).trim_end().to_owned(),
    }
}

/// A sum or mean as text: means of whole numbers get a decimal.
fn shown(session: &Session, indicator: &Indicator, v: f64) -> String {
    if indicator.sum || indicator.decimals > 0 { indicator.show(v, session.lang) } else { format!("{v:.1}") }
}

fn bars(ui: &mut Ui, session: &Session, by: By, send: &mut Commands) {
    let t = session.tokens();
    let Some(indicator) = measure(session) else {
        ui.label(RichText::new(session.lang.t("summary.no-theme")).color(t.ink_secondary));
        return;
    };
    let Some(definition) = session.indicator(indicator) else { return };
    let ranked = session.ranked(by, indicator);
    let heading = if definition.is_category() {
        session.lang.with("summary.share", &[("n", definition.name(session.lang))])
    } else {
        session.with_unit(definition.name(session.lang), definition.unit(session.lang))
    };
    section(ui, t, &heading);
    let most = ranked.iter().filter_map(|r| r.total.value).fold(definition.threshold.unwrap_or(0.0), f64::max);
    let most = if definition.is_category() || definition.unit == "%" { 100.0 } else { most.max(1e-9) };
    let count = ranked.len();
    let lowest = count as f64 - 1.0;
    let chart = BarChart::new(
        "",
        ranked
            .iter()
            .enumerate()
            .map(|(i, r)| {
                Bar::new(lowest - i as f64, r.total.value.unwrap_or(0.0)).fill(colour(session, definition, r))
            })
            .collect(),
    )
    .horizontal()
    .width(0.56)
    .allow_hover(false);
    let names: Vec<String> = ranked.iter().rev().map(|r| named(session, &r.name)).collect();
    let height = ui.available_height().min(BAR_PT * count as f32 + 8.0).max(40.0);
    let room = ui.available_width();
    egui::ScrollArea::vertical().id_salt("bars").max_height(ui.available_height()).show(ui, |ui| {
        let height = height.max(BAR_PT * count as f32 + 8.0);
        let plot = plot(("rollup", by.key(), indicator), [room, height], most, names);
        let threshold = definition.threshold.filter(|_| !definition.sum);
        let response = plot.show(ui, |plot| {
            plot.bar_chart(chart);
            if let Some(threshold) = threshold {
                plot.vline(VLine::new("", threshold).color(t.ink_secondary).width(1.0).allow_hover(false));
            }
        });
        for (i, place) in ranked.iter().enumerate() {
            let y = response.transform.position_from_point_y(lowest - i as f64);
            let row = egui::Rect::from_x_y_ranges(
                egui::Rangef::new(response.response.rect.left(), response.response.rect.right()),
                egui::Rangef::new(y - BAR_PT / 2.0, y + BAR_PT / 2.0),
            );
            bar(
                ui,
                session,
                by,
                definition,
                place,
                row,
                response.transform.position_from_point_x(place.total.value.unwrap_or(0.0)),
                send,
            );
        }
    });
}

/// A chart of bars that stands still: a row for each name, bottom first, up to `most` at the right.
fn plot<'a>(id: impl std::hash::Hash + std::fmt::Debug, size_pt: [f32; 2], most: f64, names: Vec<String>) -> Plot<'a> {
    let (count, lowest) = (names.len(), names.len() as f64 - 1.0);
    Plot::new(id)
        .height(size_pt[1])
        .width(size_pt[0])
        .show_axes([false, true])
        .show_grid(false)
        .show_background(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .y_axis_min_width(76.0)
        .sense(Sense::hover())
        .default_x_bounds(0.0, most * 1.32)
        .default_y_bounds(-0.6, lowest + 0.6)
        .y_grid_spacer(move |_| (0..count).map(|i| egui_plot::GridMark { value: i as f64, step_size: 1.0 }).collect())
        .y_axis_formatter(move |mark, _| names.get(mark.value.round() as usize).cloned().unwrap_or_default())
}

#[expect(clippy::too_many_arguments, reason = "one row of one chart")]
fn bar(
    ui: &mut Ui,
    session: &Session,
    by: By,
    definition: &Indicator,
    place: &Ranked,
    row: egui::Rect,
    end: f32,
    send: &mut Commands,
) {
    let t = session.tokens();
    let words = in_words(session, definition, place.total.value);
    let name = named(session, &place.name);
    let response = ui.interact(row, ui.scope_id().with(("bar", &place.name)), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{name} {words}")));
    if response.hovered() {
        ui.painter().rect_filled(row, 4.0, t.accent.gamma_multiply(0.10));
    }
    let at = egui::pos2(end + 6.0, row.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, words, bold(12.0), t.ink);
    let focus = Focus { by, name: place.name.clone() };
    if response.double_clicked() {
        send.push(LookCommand::SetFocus(Some(focus)));
    } else if response.clicked() {
        send.push(SelectCommand::SelectPlace(focus));
    }
    let lang = session.lang;
    response.on_hover_ui(|ui| {
        ui.label(RichText::new(&name).font(bold(13.0)));
        let known = place.total.known.to_string();
        let unknown = place.total.unknown.to_string();
        ui.label(lang.with("summary.known", &[("a", &known), ("b", &unknown)]));
        ui.label(RichText::new(lang.t("summary.click")).size(11.0).color(t.ink_secondary));
    });
}

/// Jade; amber where a threshold is missed.
fn colour(session: &Session, definition: &Indicator, place: &Ranked) -> Color32 {
    let t = tokens(session.dark);
    let met = place.total.value.filter(|_| !definition.is_category() && !definition.sum);
    match met.and_then(|v| definition.is_met(v)) {
        Some(false) => t.warn,
        _ => t.accent,
    }
}

fn named(session: &Session, name: &str) -> String {
    if name.is_empty() { session.lang.t("summary.nameless").to_owned() } else { name.to_owned() }
}

/// The figures of the theme, a row per place and one for all.
fn figures(ui: &mut Ui, session: &Session, by: By, send: &mut Commands) {
    let t = session.tokens();
    let (Some(rolled), Some((_, theme))) = (session.rolled(), session.theme()) else { return };
    let measures: Vec<usize> = session
        .measures(theme)
        .into_iter()
        .filter(|i| session.indicator(*i).is_some_and(|d| !d.is_category()))
        .collect();
    let order: Vec<String> = match measure(session) {
        Some(m) => session.ranked(by, m).into_iter().map(|r| r.name).collect(),
        None => rolled.by(by).iter().map(|r| r.name.clone()).collect(),
    };
    let mut rows: Vec<(&crate::district::Rollup, bool)> =
        order.iter().filter_map(|n| Some((rolled.by(by).iter().find(|r| r.name == *n)?, false))).collect();
    rows.push((&rolled.all, true));
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut table = TableBuilder::new(ui)
        .id_salt("summary")
        .sense(Sense::click())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(96.0).at_least(60.0).clip(true).resizable(true))
        .column(Column::exact(44.0));
    for _ in &measures {
        table = table.column(Column::initial(104.0).at_least(50.0).clip(true).resizable(true));
    }
    let head = |ui: &mut Ui, text: &str, right: bool| {
        let label = egui::Label::new(RichText::new(text).size(12.0).color(t.ink_secondary)).truncate();
        if right {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.add(label));
        } else {
            ui.add(label);
        }
    };
    table
        .header(size::ROW, |mut header| {
            header.col(|ui| head(ui, session.lang.find(&format!("by.{}", by.key())).unwrap_or(""), false));
            header.col(|ui| head(ui, session.lang.t("summary.villages"), true));
            for i in &measures {
                header.col(|ui| head(ui, session.indicator(*i).map_or("", |d| d.name(session.lang)), true));
            }
        })
        .body(|body| {
            body.rows(26.0, rows.len(), |mut row| {
                let Some((rollup, is_all)) = rows.get(row.index()) else { return };
                let font = if *is_all { bold(13.0) } else { egui::FontId::proportional(13.0) };
                let text = |s: String| RichText::new(s).font(font.clone()).color(t.ink);
                row.col(|ui| {
                    ui.add(egui::Label::new(text(named(session, &rollup.name))).truncate().selectable(false));
                });
                row.col(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.add(egui::Label::new(text(rollup.villages.len().to_string())).selectable(false));
                    });
                });
                for i in &measures {
                    row.col(|ui| {
                        let Some(definition) = session.indicator(*i) else { return };
                        let total = rollup.totals.get(i).and_then(|t| t.value);
                        let words = in_words(session, definition, total);
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            ui.add(egui::Label::new(text(words)).truncate().selectable(false));
                        });
                    });
                }
                let response = row.response();
                let focus = Focus { by, name: rollup.name.clone() };
                if response.double_clicked() && !is_all {
                    send.push(LookCommand::SetFocus(Some(focus)));
                } else if response.clicked() && !is_all {
                    send.push(SelectCommand::SelectPlace(focus));
                }
            });
        });
}
