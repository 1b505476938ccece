//! What a layer is coloured by, and how.

use egui::{ComboBox, Grid, RichText, TextEdit, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::colouring::{Method, RAMPS, RampKind, colours};
use crate::palette::data_colour;
use crate::session::{ColouringDraft, Commands, Dialogue, LayerCommand, Session};

/// Shows the form; every change is on the map at once, and undo takes it back.
pub fn show(ui: &mut Ui, session: &Session, mut draft: ColouringDraft, send: &mut Commands) -> Option<Dialogue> {
    let t = session.tokens();
    let lang = session.lang;
    let loaded = session.layers.get(&draft.layer)?.loaded()?;
    let before = draft.spec.clone();
    let kind = loaded
        .dataset
        .table
        .position(&draft.spec.field)
        .and_then(|i| loaded.dataset.table.columns.get(i))
        .map(|c| c.kind);
    let numeric = kind.is_some_and(|k| k.is_numeric());
    ui.label(RichText::new(lang.t("command.theme")).font(bold(15.0)).color(t.ink));
    ui.add_space(6.0);
    Grid::new("theme").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        ui.label(lang.t("theme.field"));
        ComboBox::from_id_salt("theme field").selected_text(&draft.spec.field).width(230.0).show_ui(ui, |ui| {
            for column in &loaded.dataset.table.columns {
                if ui.selectable_label(column.name == draft.spec.field, &column.name).clicked()
                    && column.name != draft.spec.field
                {
                    draft.spec = crate::colouring::ColouringSpec::for_field(&column.name, column.kind);
                    draft.breaks_text.clear();
                }
            }
        });
        ui.end_row();
        if numeric {
            classes(ui, session, &mut draft);
        }
        ui.label(lang.t("theme.colours"));
        ComboBox::from_id_salt("theme ramp").selected_text(&draft.spec.ramp).width(230.0).show_ui(ui, |ui| {
            for ramp in RAMPS.iter().filter(|r| numeric != matches!(r.kind, RampKind::Qualitative)) {
                ui.horizontal(|ui| {
                    bar(ui, ramp.key, draft.spec.reversed);
                    ui.selectable_value(&mut draft.spec.ramp, ramp.key.to_owned(), ramp.key);
                });
            }
        });
        ui.end_row();
        ui.label(lang.t("theme.unit"));
        ui.add(TextEdit::singleline(&mut draft.spec.unit).desired_width(120.0));
        ui.end_row();
        ui.label("");
        ui.checkbox(&mut draft.spec.reversed, lang.t("theme.reversed"));
        ui.end_row();
    });
    if draft.spec != before {
        send.push(LayerCommand::SetColouring(draft.layer, Some(draft.spec.clone())));
    }
    ui.add_space(10.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        keep = !primary(ui, t, lang.t("dialogue.close")).clicked();
        if ui.button(lang.t("theme.remove")).clicked() {
            send.push(LayerCommand::SetColouring(draft.layer, None));
            keep = false;
        }
    });
    keep.then_some(Dialogue::Colouring(draft))
}

/// How a field of numbers is classed.
fn classes(ui: &mut Ui, session: &Session, draft: &mut ColouringDraft) {
    let lang = session.lang;
    ui.label(lang.t("theme.method"));
    let name = |key: &str| lang.find(&format!("method.{key}")).unwrap_or("").to_owned();
    ComboBox::from_id_salt("theme method").selected_text(name(&draft.spec.method)).width(230.0).show_ui(ui, |ui| {
        for method in [Method::FisherJenks, Method::Quantile, Method::Equal, Method::Pretty, Method::Manual] {
            ui.selectable_value(&mut draft.spec.method, method.key().to_owned(), name(method.key()));
        }
    });
    ui.end_row();
    if draft.spec.method == Method::Manual.key() {
        ui.label(lang.t("theme.breaks"));
        let edit = TextEdit::singleline(&mut draft.breaks_text).hint_text("60, 80, 90, 99").desired_width(230.0);
        if ui.add(edit).changed() {
            let parsed: Vec<f64> =
                draft.breaks_text.split([',', ' ', '，', ';']).filter_map(|s| s.trim().parse().ok()).collect();
            draft.spec.breaks = parsed;
            draft.spec.breaks.retain(|v: &f64| v.is_finite());
            draft.spec.breaks.sort_by(f64::total_cmp);
            draft.spec.breaks.dedup();
        }
    } else {
        ui.label(lang.t("theme.classes"));
        ui.add(egui::Slider::new(&mut draft.spec.classes, 3..=9));
    }
    ui.end_row();
}

fn bar(ui: &mut Ui, ramp: &str, reversed: bool) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(70.0, 12.0), egui::Sense::hover());
    for (i, colour) in colours(ramp, 5, reversed).into_iter().enumerate() {
        let cell = egui::Rect::from_min_size(rect.min + egui::vec2(14.0 * i as f32, 0.0), egui::vec2(14.0, 12.0));
        ui.painter().rect_filled(cell, 0.0, data_colour(colour));
    }
}
