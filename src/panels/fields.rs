//! Which columns of a layer say what: of villages name, code, town, district and group; of facilities what they are, whether they are in
//! use, whose they are. And what the words for kinds mean.

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::district::{FacilityColumns, FacilityField, Kind};
use crate::lang::Lang;
use crate::model::{Column, Dataset, LayerKind, Role};
use crate::render::LayerKey;
use crate::session::{Commands, Dialogue, LayerCommand, Loaded, Session};

/// Width of the examples beside a field.
const EXAMPLES: f32 = 230.0;

/// Words for kinds that are shown.
const WORDS: usize = 200;

/// Shows a layer's fields.
pub(super) fn show(ui: &mut Ui, session: &Session, layer: LayerKey, send: &mut Commands) -> Option<Dialogue> {
    let t = session.tokens();
    let lang = session.lang;
    let loaded = session.layers.get(&layer)?.loaded()?;
    let kind = session.kinds().into_iter().find(|(l, _)| l.key == layer).map(|(_, kind)| kind);
    let (is_facilities, is_villages) = (kind == Some(LayerKind::Facilities), kind == Some(LayerKind::Villages));
    ui.label(RichText::new(lang.t("command.fields")).font(bold(15.0)).color(t.ink));
    let hint = if is_facilities { "dialogue.facility-fields-hint" } else { "dialogue.fields-hint" };
    ui.label(RichText::new(lang.t(hint)).size(12.0).color(t.ink_secondary));
    ui.add_space(6.0);
    let room = (ui.ctx().content_rect().height() - 200.0).max(160.0);
    ScrollArea::vertical().max_height(room).show(ui, |ui| match is_facilities {
        true => facilities(ui, session, layer, loaded, send),
        false => {
            villages(ui, session, layer, &loaded.dataset, send);
            if is_villages {
                ui.separator();
                validity(ui, session, layer, send);
            }
        }
    });
    ui.add_space(10.0);
    (!primary(ui, t, lang.t("dialogue.close")).clicked()).then_some(Dialogue::Fields(layer))
}

fn villages(ui: &mut Ui, session: &Session, layer: LayerKey, dataset: &Dataset, send: &mut Commands) {
    egui::Grid::new("fields").num_columns(3).spacing([16.0, 6.0]).show(ui, |ui| {
        for role in Role::ALL {
            let words = session.lang.find(&format!("role.{}", role.key())).unwrap_or(role.key());
            let present = dataset.roles.field(role).and_then(|i| dataset.table.columns.get(i));
            row(ui, session, (layer, dataset), (role.key(), words), present, (&[], None), send);
        }
    });
}

/// Between which days these boundaries hold: tables of other years mean the villages of their own.
fn validity(ui: &mut Ui, session: &Session, layer: LayerKey, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(entry) = session.entry(layer) else { return };
    let kept = [&entry.valid_from, &entry.valid_to].map(|day| day.clone().unwrap_or_default());
    let id = egui::Id::unique(("validity", layer));
    let mut days: [String; 2] = ui.memory(|m| m.data.get_temp(id)).unwrap_or_else(|| kept.clone());
    let mut is_left = false;
    ui.horizontal(|ui| {
        for (day, key) in days.iter_mut().zip(["dialogue.valid-from", "dialogue.valid-to"]) {
            let label = ui.label(lang.t(key));
            let is_day = day_is_readable(day);
            let edit = egui::TextEdit::singleline(day).hint_text("2023-01-01").desired_width(96.0);
            let edit = if is_day { edit } else { edit.text_color(t.bad) };
            is_left |= ui.add(edit).labelled_by(label.id).lost_focus();
        }
    });
    ui.label(RichText::new(lang.t("dialogue.valid-hint")).size(12.0).color(t.ink_secondary));
    if is_left && days != kept && days.iter().all(|d| day_is_readable(d)) {
        send.push(LayerCommand::SetValidity(layer, days.clone()));
    }
    ui.memory_mut(|m| m.data.insert_temp(id, days));
}

/// Whether a text is nothing, a year, or a day: 2023, 2023-01-01.
fn day_is_readable(text: &str) -> bool {
    let text = text.trim();
    let is_year = |t: &str| t.len() == 4 && t.parse::<i32>().is_ok();
    text.is_empty() || is_year(text) || text.len() == 10 && text.get(..4).is_some_and(is_year)
}

fn facilities(ui: &mut Ui, session: &Session, layer: LayerKey, loaded: &Arc<Loaded>, send: &mut Commands) {
    let lang = session.lang;
    let dataset = &loaded.dataset;
    let columns = FacilityColumns::of(dataset);
    let grid = |ui: &mut Ui, id: &str, fields: &mut dyn Iterator<Item = FacilityField>, send: &mut Commands| {
        egui::Grid::new(id.to_owned()).num_columns(3).min_col_width(96.0).spacing([16.0, 6.0]).show(ui, |ui| {
            for field in fields {
                let words = lang.find(&format!("facility-field.{}", field.key())).unwrap_or(field.key());
                let present = columns.column(field).and_then(|i| dataset.table.columns.get(i));
                let is_kind = field == FacilityField::Kind;
                let constants: (&[Kind], _) = if is_kind { (&Kind::ALL, columns.kind_of_all) } else { (&[], None) };
                row(ui, session, (layer, dataset), (field.key(), words), present, constants, send);
            }
        });
    };
    // What they are decides everything else.
    grid(ui, "kind", &mut std::iter::once(FacilityField::Kind), send);
    if let Some(column) = columns.column(FacilityField::Kind) {
        words_of_kinds(ui, session, loaded, column, send);
        ui.add_space(8.0);
    }
    grid(ui, "fields", &mut FacilityField::all().filter(|f| *f != FacilityField::Kind), send);
}

/// A field: what it says, the column that says it, and some of its values.
fn row(
    ui: &mut Ui,
    session: &Session,
    (layer, dataset): (LayerKey, &Dataset),
    (key, words): (&'static str, &str),
    present: Option<&Column>,
    (constants, of_all): (&[Kind], Option<Kind>),
    send: &mut Commands,
) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(words);
    let all_words = |kind: Kind| lang.with("dialogue.all-are", &[("n", kind_words(lang, kind))]);
    let text = match (present, of_all) {
        (Some(column), _) => column.name.clone(),
        (None, Some(kind)) => all_words(kind),
        (None, None) => lang.t("dialogue.no-field").to_owned(),
    };
    egui::ComboBox::from_id_salt(("role", key)).selected_text(text).width(220.0).show_ui(ui, |ui| {
        if ui.selectable_label(present.is_none() && of_all.is_none(), lang.t("dialogue.no-field")).clicked() {
            send.push(LayerCommand::SetField(layer, key, None));
        }
        for kind in constants {
            if ui.selectable_label(of_all == Some(*kind), all_words(*kind)).clicked() {
                send.push(LayerCommand::SetField(layer, key, Some(format!("={}", kind.key()))));
            }
        }
        for column in &dataset.table.columns {
            let is_chosen = present.is_some_and(|c| c.name == column.name);
            let mut words = egui::text::LayoutJob::default();
            let font = egui::TextStyle::Body.resolve(ui.style());
            words.append(&column.name, 0.0, egui::TextFormat::simple(font, t.ink));
            let small = egui::TextFormat::simple(egui::FontId::proportional(12.0), t.ink_secondary);
            words.append(&examples(dataset, column, lang), 10.0, small);
            if ui.selectable_label(is_chosen, words).clicked() && !is_chosen {
                send.push(LayerCommand::SetField(layer, key, Some(column.name.clone())));
            }
        }
    });
    let texts = present.map(|column| examples(dataset, column, lang)).unwrap_or_default();
    ui.scope(|ui| {
        ui.set_max_width(EXAMPLES);
        ui.add(egui::Label::new(RichText::new(texts).size(12.0).color(t.ink_secondary)).truncate());
    });
    ui.end_row();
}

fn kind_words(lang: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::Other => lang.t("problems.kind-other"),
        kind => lang.find(&format!("value.{}", kind.key())).unwrap_or(kind.key()),
    }
}

/// Every word that the kinds are written in, how often, and what it is taken for: a click changes that, for the whole project.
fn words_of_kinds(ui: &mut Ui, session: &Session, loaded: &Arc<Loaded>, column: usize, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let id = egui::Id::unique(("kinds", loaded.generation, column));
    let counted: Arc<Vec<(String, usize)>> = ui.memory(|m| m.data.get_temp(id)).unwrap_or_else(|| {
        let counted = Arc::new(counts(&loaded.dataset, column));
        ui.memory_mut(|m| m.data.insert_temp(id, counted.clone()));
        counted
    });
    ui.label(RichText::new(lang.t("dialogue.kind-words")).color(t.ink_secondary).size(12.0));
    egui::Grid::new("kind words").num_columns(3).spacing([16.0, 4.0]).show(ui, |ui| {
        for (word, count) in counted.iter().take(WORDS) {
            let kind = Kind::among(word, &session.document.project.kinds);
            let colour = if kind == Kind::Other { t.warn } else { t.ink };
            ui.label(RichText::new(word).color(colour));
            ui.label(RichText::new(count.to_string()).color(t.ink_secondary));
            ui.menu_button(kind_words(lang, kind), |ui| {
                for kind in Kind::ALL.into_iter().chain([Kind::Other]) {
                    if ui.button(kind_words(lang, kind)).clicked() {
                        send.push(LayerCommand::SetKindWord(word.clone(), kind));
                        ui.close();
                    }
                }
            });
            ui.end_row();
        }
    });
    if counted.len() > WORDS {
        let more = (counted.len() - WORDS).to_string();
        ui.label(RichText::new(lang.with("dialogue.kind-words-more", &[("n", &more)])).color(t.ink_secondary));
    }
}

/// The words of a column, most frequent first.
fn counts(dataset: &Dataset, column: usize) -> Vec<(String, usize)> {
    let mut counts = rustc_hash::FxHashMap::<String, usize>::default();
    for row in dataset.features() {
        if let Some(text) = dataset.table.value(row, column).to_text().filter(|t| !t.trim().is_empty()) {
            *counts.entry(text.trim().to_owned()).or_default() += 1;
        }
    }
    let mut counted: Vec<(String, usize)> = counts.into_iter().collect();
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counted
}

/// The first three values of a field that differ, so that a person sees which it is.
fn examples(dataset: &Dataset, column: &Column, lang: Lang) -> String {
    let mut texts: Vec<String> = Vec::new();
    for row in dataset.features().take(500) {
        let Some(text) = column.value(row).to_text() else { continue };
        let text: String = text.trim().chars().take(24).collect();
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
        if texts.len() == 3 {
            break;
        }
    }
    texts.join(if lang == Lang::Zh { "、" } else { ", " })
}
