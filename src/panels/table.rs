//! The table: every village with every figure, sorted by several columns, filtered by an expression, linked both ways
//! with the map.

use std::sync::Arc;

use egui::{Align, Color32, Label, Layout, RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

use super::filter;
use crate::model::FeatureId;
use crate::session::{Commands, LayerCommand, Moment, SelectCommand, Session, Sheet};

/// Shows the table of the active layer; only the rows in view are laid out.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    let Some(sheet) = session.sheet().cloned() else {
        ui.label(RichText::new(session.lang.t("table.empty")).color(t.ink_secondary));
        return;
    };
    filter::show(ui, session, moment, &sheet, send);
    if sheet.rows.is_empty() && sheet.error.is_none() && !moment.filter.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(session.lang.t("table.nothing-left")).color(t.ink_secondary));
        });
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut table = TableBuilder::new(ui)
        .id_salt(("table", sheet.layer))
        .striped(false)
        .sense(Sense::click())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(58.0));
    for _ in &sheet.columns {
        table = table.column(Column::initial(118.0).at_least(50.0).clip(true).resizable(true));
    }
    if let Some(feature) = moment.scroll_to.take()
        && let Some(row) = sheet.rows.iter().position(|f| *f == feature)
    {
        table = table.scroll_to_row(row, Some(Align::Center));
    }
    let mut sort = moment.sort.clone();
    table
        .header(30.0, |mut header| {
            header.col(|ui| {
                ui.add_space(12.0);
                ui.label(RichText::new("#").size(12.0).color(t.ink_secondary));
            });
            for column in 0..sheet.columns.len() {
                header.col(|ui| head(ui, session, &sheet, column, &mut sort));
            }
        })
        .body(|body| {
            body.rows(26.0, sheet.rows.len(), |mut row| {
                let Some(&feature) = sheet.rows.get(row.index()) else { return };
                row.set_selected(session.is_selected(sheet.layer, feature));
                row.col(|ui| {
                    ui.add_space(12.0);
                    ui.label(RichText::new((feature.number() + 1).to_string()).size(12.0).color(t.ink_secondary));
                });
                for column in 0..sheet.columns.len() {
                    let (_, response) = row.col(|ui| cell(ui, session, &sheet, feature, column));
                    if let (Some(indicator), true) = (sheet.correctable(column), response.secondary_clicked()) {
                        send.push(LayerCommand::EditFigure(feature, indicator));
                    }
                }
                let response = row.response();
                if response.double_clicked() {
                    send.push(SelectCommand::FlyTo(sheet.layer, feature));
                } else if response.clicked() {
                    let add = response.ctx.input(|i| i.modifiers.command);
                    send.push(SelectCommand::Select { layer: sheet.layer, features: vec![feature], add });
                }
            });
        });
    moment.sort = sort;
}

/// A column's head: a click sorts by it, upwards, downwards, not at all; with Shift after the columns before it.
fn head(ui: &mut Ui, session: &Session, sheet: &Arc<Sheet>, column: usize, sort: &mut Vec<(usize, bool)>) {
    let t = session.tokens();
    let (name, unit) = sheet.head(session, column);
    let at = sort.iter().position(|(c, _)| *c == column);
    let mark = match at.and_then(|i| sort.get(i)) {
        Some((_, true)) => " ▲",
        Some((_, false)) => " ▼",
        None => "",
    };
    let place = at.filter(|_| sort.len() > 1).map(|i| (i + 1).to_string()).unwrap_or_default();
    let text = format!("{name}{}{mark}{place}", session.in_brackets(&unit));
    let label = Label::new(RichText::new(&text).size(12.0).color(t.ink_secondary)).sense(Sense::click()).truncate();
    let response = ui.add(label);
    let tip = format!("{text}\n{}\n{}", sheet.identifier(column), session.lang.t("table.sort"));
    let several = ui.input(|i| i.modifiers.shift);
    if response.on_hover_text(tip).clicked() {
        let present = at.and_then(|i| sort.get(i).copied());
        if !several {
            sort.clear();
        } else if let Some(i) = at {
            sort.remove(i);
        }
        match present {
            None => sort.push((column, true)),
            Some((_, true)) => sort.push((column, false)),
            Some((_, false)) => {}
        }
    }
}

fn cell(ui: &mut Ui, session: &Session, sheet: &Sheet, feature: FeatureId, column: usize) {
    let t = session.tokens();
    let (edited, not_applicable) = sheet.marks(feature, column);
    let (text, right, colour): (String, bool, Color32) = match sheet.shown(session, feature, column) {
        None if not_applicable => (session.lang.t("value.not_applicable").to_owned(), false, t.ink_secondary),
        None => (session.lang.t("value.unknown").to_owned(), false, t.ink_secondary),
        Some((text, right)) => (text, right, if edited { t.accent } else { t.ink }),
    };
    let label = Label::new(RichText::new(text).color(colour)).truncate().selectable(false);
    if right {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(10.0);
            ui.add(label);
        });
    } else {
        ui.add(label);
    }
}
