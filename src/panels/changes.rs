//! What a table says otherwise than what is known: village, figure, known, in this file, before it is taken.

use egui::{Align, Layout as Place, RichText, ScrollArea, Ui};

use super::style::bold;
use crate::district::{FigureChange, Understood};
use crate::session::Session;

/// Width of each column in points.
const WIDTHS: [f32; 5] = [150.0, 190.0, 150.0, 150.0, 110.0];
/// Height of a row in points.
const ROW: f32 = 22.0;

/// Shows the differences as a table; only what is in view is laid out.
pub fn show(ui: &mut Ui, session: &Session, understood: &Understood) {
    let (t, lang) = (session.tokens(), session.lang);
    let heads = [
        "layout.change-village",
        "layout.change-figure",
        "layout.change-before",
        "layout.change-now",
        "layout.change-by",
    ];
    ui.horizontal(|ui| {
        for (head, width) in heads.iter().zip(WIDTHS) {
            cell(ui, width, RichText::new(lang.t(head)).font(bold(13.0)).color(t.ink_secondary));
        }
    });
    let area = ScrollArea::both().id_salt("changes").auto_shrink([false, false]);
    area.show_rows(ui, ROW, understood.changes.len(), |ui, range| {
        for change in understood.changes.get(range).unwrap_or_default() {
            row(ui, session, understood, change);
        }
    });
}

fn cell(ui: &mut Ui, width: f32, text: RichText) {
    ui.allocate_ui_with_layout(egui::vec2(width, ROW), Place::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.add(egui::Label::new(text).truncate());
    });
}

fn row(ui: &mut Ui, session: &Session, understood: &Understood, change: &FigureChange) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(indicator) = understood.indicators.all().get(change.indicator) else { return };
    let village = session.village_layer().and_then(|l| l.loaded()).map(|l| l.dataset.display_name(change.village));
    let unit = if indicator.is_category() { "" } else { indicator.unit(lang) };
    let value = |v: f64, year: Option<i32>| {
        let year = year.map(|y| format!("  {y}")).unwrap_or_default();
        format!("{} {unit}", indicator.show(v, lang)).trim_end().to_owned() + &year
    };
    let by = match indicator.is_category() {
        true => String::new(),
        false => format!(
            "{}{}",
            if change.now > change.before { "+" } else { "" },
            indicator.show(change.now - change.before, lang)
        ),
    };
    let ink = if change.is_revision() { t.warn } else { t.ink };
    ui.horizontal(|ui| {
        let texts = [
            village.unwrap_or_default(),
            indicator.name(lang).to_owned(),
            value(change.before, change.before_year),
            value(change.now, change.year),
            by,
        ];
        for (at, (text, width)) in texts.into_iter().zip(WIDTHS).enumerate() {
            cell(ui, width, RichText::new(text).color(if at > 2 { ink } else { t.ink }));
        }
        if change.is_revision() {
            ui.label(RichText::new(lang.t("layout.revised")).color(t.warn));
        }
    });
}
