//! Towns or groups taken together: bars by the measure of the map, and a table of the theme's figures.

use egui::{Align, Layout, RichText, Sense, Ui, Vec2};
use egui_extras::{Column, TableBuilder};

use super::style::bold;
use super::widgets::chip_button;
use crate::district::By;
use crate::model::Indicator;
use crate::palette::size;
use crate::project::Focus;
use crate::session::{Commands, LookCommand, Moment, SelectCommand, Session, number};

/// Shows the page.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let by = moment.summary.by;
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        for choice in [By::Town, By::Group] {
            let name = session.lang.find(&format!("by.{}", choice.key())).unwrap_or("");
            if chip_button(ui, session.tokens(), name, choice == by).clicked() {
                moment.summary.by = choice;
            }
        }
        ui.add_space(14.0);
        super::chart::kinds(ui, session, moment, by, send);
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
            super::chart::show(ui, session, moment.summary.chart, by, send);
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
                            let label =
                                egui::Label::new(text(words)).truncate().selectable(false).sense(Sense::click());
                            let shown = ui.add(label).on_hover_text(session.lang.t("unfold.tip"));
                            if shown.clicked() {
                                let of = (!is_all).then(|| Focus { by, name: rollup.name.clone() });
                                send.push(LookCommand::Unfold(*i, of));
                            }
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
