//! Problems of the data: a click goes there.

use egui::{Align, Label, Layout, RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

use crate::district::Kind;
use crate::model::{FeatureId, Severity};
use crate::render::LayerKey;
use crate::session::{Commands, LayerCommand, SelectCommand, Session};

/// Shows the list of problems of all layers.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let t = session.tokens();
    let lang = session.lang;
    let lists = session.problems();
    for fault in &session.work.faults {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(fault).size(12.0).color(t.bad));
        });
    }
    let total: usize = lists.iter().map(|l| l.2.len()).sum();
    if total == 0 {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            let checked = session.layers.values().filter_map(|l| l.loaded()).all(|l| l.is_finished());
            let text = if checked { "problems.none" } else { "problems.checking" };
            ui.label(RichText::new(lang.t(text)).color(t.ink_secondary));
        });
        return;
    }
    let at = |mut i: usize| {
        for (key, title, problems) in &lists {
            match problems.get(i) {
                Some(problem) => return Some((*key, title, problem)),
                None => i -= problems.len(),
            }
        }
        None
    };
    let mut go: Option<(LayerKey, FeatureId)> = None;
    TableBuilder::new(ui)
        .id_salt("problems")
        .sense(Sense::click())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(90.0))
        .column(Column::initial(150.0).clip(true).resizable(true))
        .column(Column::initial(160.0).clip(true).resizable(true))
        .column(Column::remainder().clip(true))
        .header(30.0, |mut header| {
            for key in ["problems.severity", "problems.layer", "problems.feature", "problems.what"] {
                header.col(|ui| {
                    if key == "problems.severity" {
                        ui.add_space(12.0);
                    }
                    ui.label(RichText::new(lang.t(key)).size(12.0).color(t.ink_secondary));
                });
            }
        })
        .body(|body| {
            body.rows(26.0, total, |mut row| {
                let Some((key, title, problem)) = at(row.index()) else { return };
                row.col(|ui| severity(ui, session, problem.severity));
                row.col(|ui| {
                    ui.add(Label::new(title).truncate().selectable(false));
                });
                row.col(|ui| {
                    let name = problem.feature.map(|f| session.feature_title(key, f)).unwrap_or_default();
                    ui.add(Label::new(name).truncate().selectable(false));
                });
                row.col(|ui| {
                    if problem.code == "unknown-kind" {
                        kind_menu(ui, session, &problem.detail, send);
                    }
                    ui.add(Label::new(lang.problem(problem.code, &problem.detail)).truncate().selectable(false));
                });
                if row.response().clicked() {
                    go = problem.feature.map(|f| (key, f));
                }
            });
        });
    if let Some((key, feature)) = go {
        send.push(SelectCommand::FlyTo(key, feature));
    }
}

/// How bad it is.
fn severity(ui: &mut Ui, session: &Session, severity: Severity) {
    let t = session.tokens();
    ui.add_space(12.0);
    let (word, colour) = match severity {
        Severity::Error => ("problems.error", t.bad),
        Severity::Warning => ("problems.warning", t.warn),
        Severity::Info => ("problems.info", t.ink_secondary),
    };
    ui.label(RichText::new(session.lang.t(word)).color(colour));
}

/// Of which kind facilities of a word are that nobody knows: chosen once, remembered in the project.
fn kind_menu(ui: &mut Ui, session: &Session, detail: &str, send: &mut Commands) {
    let lang = session.lang;
    // The detail says the layer, the word, and how many.
    let word = detail.split_once(" · ").and_then(|(_, rest)| rest.rsplit_once(" × ")).map_or("", |(word, _)| word);
    if word.is_empty() {
        return;
    }
    ui.menu_button(lang.t("problems.kind"), |ui| {
        for kind in Kind::ALL.into_iter().chain([Kind::Other]) {
            let words = match kind {
                Kind::Other => lang.t("problems.kind-other"),
                kind => lang.find(&format!("value.{}", kind.key())).unwrap_or(kind.key()),
            };
            if ui.button(words).clicked() {
                send.push(LayerCommand::SetKindWord(word.to_owned(), kind));
                ui.close();
            }
        }
    });
}
