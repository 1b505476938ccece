//! The attribute table: all villages, sorted by a click on a column, linked both ways with the map.

use std::cmp::Ordering;
use std::sync::Arc;

use egui::{Align, Id, Label, Layout, RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

use crate::model::{Dataset, FeatureId, Value};
use crate::session::{Command, Layer, Session, number};

/// The order of rows and what it was made for.
type Order = (usize, Option<(usize, bool)>, Arc<Vec<FeatureId>>);

/// Shows the table of the active layer; only the rows in view are laid out.
pub fn show(ui: &mut Ui, session: &mut Session, send: &mut Vec<Command>) {
    let t = session.tokens();
    let Some((key, loaded)) = session.active().and_then(|l: &Layer| Some((l.key, l.loaded()?.clone()))) else {
        ui.label(RichText::new(session.lang.t("table.empty")).color(t.ink_secondary));
        return;
    };
    let dataset = loaded.dataset.clone();
    let order = order_of(ui, &dataset, session.sort);
    let mut table = TableBuilder::new(ui)
        .id_salt(("table", key))
        .striped(false)
        .sense(Sense::click())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(64.0));
    for column in &dataset.table.columns {
        let width = if column.kind.is_numeric() { 110.0 } else { 130.0 };
        table = table.column(Column::initial(width).at_least(50.0).clip(true).resizable(true));
    }
    if let Some(feature) = session.scroll_to.take()
        && let Some(row) = order.iter().position(|f| *f == feature)
    {
        table = table.scroll_to_row(row, Some(Align::Center));
    }
    let mut sort = session.sort;
    let lang = session.lang;
    table
        .header(30.0, |mut header| {
            header.col(|ui| {
                ui.add_space(12.0);
                ui.label(RichText::new("#").size(12.0).color(t.ink_secondary));
            });
            for (i, column) in dataset.table.columns.iter().enumerate() {
                header.col(|ui| {
                    let name = lang.find(&format!("field.{}", column.name)).unwrap_or(&column.name);
                    let mark = match sort {
                        Some((c, up)) if c == i => {
                            if up {
                                " ▲"
                            } else {
                                " ▼"
                            }
                        }
                        _ => "",
                    };
                    let text = RichText::new(format!("{name}{mark}")).size(12.0).color(t.ink_secondary);
                    let response = ui.add(Label::new(text).sense(Sense::click()).truncate());
                    if response.on_hover_text(&column.name).clicked() {
                        sort = match sort {
                            Some((c, true)) if c == i => Some((i, false)),
                            Some((c, false)) if c == i => None,
                            _ => Some((i, true)),
                        };
                    }
                });
            }
        })
        .body(|body| {
            body.rows(26.0, order.len(), |mut row| {
                let Some(&feature) = order.get(row.index()) else { return };
                row.set_selected(session.is_selected(key, feature));
                row.col(|ui| {
                    ui.add_space(12.0);
                    ui.label(RichText::new((feature + 1).to_string()).size(12.0).color(t.ink_secondary));
                });
                for i in 0..dataset.table.columns.len() {
                    row.col(|ui| cell(ui, session, &dataset, feature, i));
                }
                let response = row.response();
                if response.double_clicked() {
                    send.push(Command::FlyTo(key, feature));
                } else if response.clicked() {
                    let add = response.ctx.input(|i| i.modifiers.command);
                    send.push(Command::Select { layer: key, features: vec![feature], add });
                }
            });
        });
    session.sort = sort;
}

fn cell(ui: &mut Ui, session: &Session, dataset: &Dataset, feature: FeatureId, column: usize) {
    let t = session.tokens();
    let value = dataset.table.value(feature, column);
    let code = dataset.roles.field(crate::model::Role::Code) == Some(column);
    let (text, right) = match value {
        Value::Missing => (RichText::new(session.lang.t("value.unknown")).color(t.ink_secondary), false),
        Value::Integer(v) if !code => (RichText::new(number(v as f64)).color(t.ink), true),
        Value::Real(v) => (RichText::new(number(v)).color(t.ink), true),
        v => {
            let text = v.to_text().unwrap_or_default();
            let shown = session.lang.find(&format!("value.{text}")).map_or_else(|| text.to_string(), str::to_owned);
            (RichText::new(shown).color(t.ink), false)
        }
    };
    let label = Label::new(text).truncate().selectable(false);
    if right {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(10.0);
            ui.add(label);
        });
    } else {
        ui.add(label);
    }
}

/// Rows in the order asked for; missing values always last. Kept until data or order change.
fn order_of(ui: &Ui, dataset: &Arc<Dataset>, sort: Option<(usize, bool)>) -> Arc<Vec<FeatureId>> {
    let id = Id::unique("table order");
    let stamp = Arc::as_ptr(dataset) as usize;
    let kept: Option<Order> = ui.data(|d| d.get_temp(id));
    if let Some((of, by, order)) = kept
        && of == stamp
        && by == sort
    {
        return order;
    }
    let mut rows: Vec<FeatureId> = (0..dataset.len()).collect();
    if let Some((column, up)) = sort {
        rows.sort_by(|a, b| {
            let (x, y) = (dataset.table.value(*a, column), dataset.table.value(*b, column));
            match (x == Value::Missing, y == Value::Missing) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ if up => compare(x, y),
                _ => compare(y, x),
            }
        });
    }
    let order = Arc::new(rows);
    ui.data_mut(|d| d.insert_temp::<Order>(id, (stamp, sort, order.clone())));
    order
}

fn compare(a: Value<'_>, b: Value<'_>) -> Ordering {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.to_text().cmp(&b.to_text()),
    }
}
