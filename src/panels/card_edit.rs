//! Values of a card that are changed where they stand.

use egui::{Label, RichText, Sense, Ui, Vec2};

use super::cell::{self, Done};
use super::widgets::{fold, rule};
use crate::model::FeatureId;
use crate::session::{CardSection, Commands, EditPlace, LayerCommand, Moment, Session, SheetColumn, VillageCard};

/// Words of the village that can be changed: who answers for it, a telephone number, what the plan says.
pub(super) fn words(ui: &mut Ui, session: &Session, card: &VillageCard, moment: &mut Moment, send: &mut Commands) {
    let Some(district) = session.district() else { return };
    let t = session.tokens();
    let list: Vec<usize> = (0..district.villages.table.columns.len())
        .filter(|f| crate::district::correctable_text(&district.villages, *f))
        .filter(|f| {
            let name = district.villages.table.columns.get(*f).map_or("", |c| c.name.as_str());
            district.indicators.position(name).is_none()
        })
        .collect();
    if list.is_empty() {
        return;
    }
    fold(ui, t, "words", session.lang.t("card.words"), false, |ui| {
        for field in list {
            word(ui, session, card.village, field, moment, send);
        }
    });
    rule(ui, t);
}

fn word(ui: &mut Ui, session: &Session, village: FeatureId, field: usize, moment: &mut Moment, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(district) = session.district() else { return };
    let name = district.villages.table.columns.get(field).map_or("", |c| c.name.as_str());
    let heading = lang.find(&format!("field.{name}")).unwrap_or(name);
    let what = SheetColumn::Field(field);
    if is_edited_here(moment, village, what) {
        ui.label(RichText::new(heading).color(t.ink));
        let rect = ui.allocate_space(Vec2::new(ui.available_width(), 26.0)).1;
        edit_in(ui, session, rect, moment, send);
        return;
    }
    let text = district.text_of(village, field);
    let is_edited = district.corrected_text(village, field).is_some();
    let shown = text.as_deref().map(|s| lang.find(&format!("value.{s}")).unwrap_or(s));
    let spoken = format!("{heading} {}", shown.unwrap_or(lang.t("value.unknown")));
    let inner = ui.scope(|ui| {
        ui.add(Label::new(RichText::new(heading).size(12.0).color(t.ink_secondary)).selectable(false));
        let ink = if shown.is_none() {
            t.ink_secondary
        } else if is_edited {
            t.accent
        } else {
            t.ink
        };
        let words = shown.unwrap_or(lang.t("value.unknown"));
        ui.add(Label::new(RichText::new(words).color(ink)).wrap().selectable(false));
    });
    let response = ui.interact(inner.response.rect, ui.scope_id().with(("word", field)), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &spoken));
    if response.hovered() {
        ui.painter().rect_filled(inner.response.rect, 4.0, t.accent.gamma_multiply(0.10));
    }
    if response.on_hover_text(lang.t("edit.click")).clicked() {
        moment.editing = session.begin_cell(village, what, EditPlace::Card);
    }
}

pub(super) fn is_edited_here(moment: &Moment, village: FeatureId, what: SheetColumn) -> bool {
    moment.editing.as_ref().is_some_and(|e| e.place == EditPlace::Card && e.row == village && e.what == what)
}

/// A value of the card being typed: Enter takes it, Tab takes it and goes on to the next figure.
pub(super) fn edit_in(ui: &mut Ui, session: &Session, rect: egui::Rect, moment: &mut Moment, send: &mut Commands) {
    let Some(mut editing) = moment.editing.take() else { return };
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    let done = cell::edit(&mut child, session, &mut editing);
    let back = match done {
        Done::Not => {
            moment.editing = Some(editing);
            return;
        }
        Done::Left => return,
        Done::Enter => None,
        Done::Tab { back } => Some(back),
    };
    if let Some(edit) = session.correction(&editing).filter(|_| editing.text != editing.before) {
        send.push(LayerCommand::Correct(vec![edit]));
    }
    let Some(back) = back else { return };
    let list = session.card().map(|card| editable(session, card)).unwrap_or_default();
    let Some(at) = list.iter().position(|w| *w == editing.what) else { return };
    let next = if back { at.checked_sub(1) } else { Some(at + 1) };
    let next = next.and_then(|i| list.get(i));
    moment.editing = next.and_then(|what| session.begin_cell(editing.row, *what, EditPlace::Card));
}

/// The figures of a card that can be changed, in the order in which they stand there.
fn editable(session: &Session, card: &VillageCard) -> Vec<SheetColumn> {
    let chosen = session.view.theme;
    let mut sections: Vec<&CardSection> = card.sections.iter().collect();
    sections.sort_by_key(|s| Some(s.theme) != chosen);
    let figures = sections.into_iter().flat_map(|s| &s.figures).chain(&card.base);
    let read = figures.filter(|f| session.indicator(f.indicator).is_some_and(|i| !i.is_computed()));
    read.map(|f| SheetColumn::Indicator(f.indicator)).collect()
}
