//! The card of a village: what falls short, the figures by theme with their comparisons, facilities, plan.

use egui::{Align, Color32, FontId, Label, Layout, RichText, Sense, Shape, Stroke, Ui, Vec2};

use super::card_edit::{edit_in, is_edited_here, words};
use super::legend::symbol;
use super::style::bold;
use super::widgets::{fold, rule, section};
use crate::palette::data_colour;
use crate::session::{
    CardFacility, CardFigure, CardSection, Commands, EditPlace, LayerCommand, Moment, SelectCommand, Session,
    SheetColumn, VillageCard,
};

/// Facilities shown before the rest is asked for.
const FACILITIES: usize = 6;
/// Size of the line over the years.
const SPARK: Vec2 = Vec2::new(58.0, 16.0);

/// Shows what follows the head of the card.
pub fn show(ui: &mut Ui, session: &Session, card: &VillageCard, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    shortfalls(ui, session, card);
    let chosen = session.view.theme;
    let mut sections: Vec<&CardSection> = card.sections.iter().collect();
    // The theme on the map comes first; the others keep their order.
    sections.sort_by_key(|s| Some(s.theme) != chosen);
    for part in sections {
        let title = session.theme_name(part.theme);
        fold(ui, t, part.theme.key(), &title, true, |ui| {
            figures(ui, session, card, &part.figures, moment, send);
            if part.theme == crate::model::Theme::Clinics
                && let Some(name) = &card.nearest_clinic
            {
                note(ui, session, &session.lang.with("card.nearest", &[("n", name)]));
            }
            facilities(ui, session, part, send);
        });
        rule(ui, t);
    }
    if ui.button(session.lang.t("add.title")).clicked() {
        send.push(LayerCommand::AddFacility { village: Some(card.village), at: None });
    }
    rule(ui, t);
    plan(ui, session, card);
    words(ui, session, card, moment, send);
    if !card.base.is_empty() {
        fold(ui, t, "base", session.lang.t("topic.base"), true, |ui| {
            figures(ui, session, card, &card.base, moment, send);
        });
        rule(ui, t);
    }
}

/// The figures of a theme: those that are known, then the others, to be unfolded.
fn figures(
    ui: &mut Ui,
    session: &Session,
    card: &VillageCard,
    list: &[CardFigure],
    moment: &mut Moment,
    send: &mut Commands,
) {
    let is_silent = |f: &&CardFigure| f.value.is_none() && !f.is_edited() && f.series.iter().all(|(_, v)| v.is_none());
    let (silent, known): (Vec<&CardFigure>, Vec<&CardFigure>) = list.iter().partition(is_silent);
    // One or two are no reason to fold.
    let (known, silent) = if silent.len() > 2 { (known, silent) } else { (list.iter().collect(), Vec::new()) };
    for f in known {
        figure(ui, session, card, f, moment, send);
    }
    if silent.is_empty() {
        return;
    }
    let words = session.lang.with("card.silent", &[("n", &silent.len().to_string())]);
    let salt = format!("silent {}", silent.first().map_or(0, |f| f.indicator));
    fold(ui, session.tokens(), &salt, &words, false, |ui| {
        for f in silent {
            figure(ui, session, card, f, moment, send);
        }
    });
}

fn note(ui: &mut Ui, session: &Session, text: &str) {
    ui.label(RichText::new(text).size(11.0).color(session.tokens().ink_secondary));
}

/// Sentences on coloured ground: red for what is far from its target, amber for what is near.
fn shortfalls(ui: &mut Ui, session: &Session, card: &VillageCard) {
    let t = session.tokens();
    let list = session.shortfalls(card);
    ui.horizontal(|ui| {
        section(ui, t, session.lang.t("card.shortfalls"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| section(ui, t, &list.len().to_string()));
    });
    ui.add_space(2.0);
    if list.is_empty() {
        ui.label(RichText::new(session.lang.t("card.no-shortfalls")).size(12.0).color(t.good));
    }
    for (sentence, far) in &list {
        let ink = if *far { t.bad } else { t.warn };
        egui::Frame::NONE.fill(t.tint(ink)).corner_radius(6.0).inner_margin(egui::Margin::symmetric(9, 5)).show(
            ui,
            |ui| {
                ui.set_width(ui.available_width());
                ui.label(RichText::new(sentence).size(12.5).color(ink));
            },
        );
    }
    rule(ui, t);
}

/// A figure: name, line over the years, value in the colour of its judgement; comparisons below. A click changes the value in its place,
/// one with the other button opens the form with source and date.
fn figure(
    ui: &mut Ui,
    session: &Session,
    card: &VillageCard,
    f: &CardFigure,
    moment: &mut Moment,
    send: &mut Commands,
) {
    let t = session.tokens();
    let Some(indicator) = session.indicator(f.indicator) else { return };
    let lang = session.lang;
    let colour = match (f.value, f.met) {
        (None, _) => t.ink_secondary,
        (_, Some(true)) => t.good,
        (_, Some(false)) if f.far => t.bad,
        (_, Some(false)) => t.warn,
        _ => t.ink,
    };
    let value = match f.value {
        None => session.figure_words(f),
        Some(v) => indicator.show(v, lang),
    };
    let unit = if f.value.is_some() && !indicator.is_category() { indicator.unit(lang) } else { "" };
    let what = SheetColumn::Indicator(f.indicator);
    let painter = ui.painter().clone();
    let lay = |text: &str, font: FontId, ink: Color32| painter.layout_no_wrap(text.to_owned(), font, ink);
    let (unit, value) = (lay(unit, FontId::proportional(11.0), t.ink_secondary), lay(&value, bold(13.0), colour));
    let edited = if f.is_edited() { lang.t("edit.mark") } else { "" };
    let edited = lay(edited, FontId::proportional(11.0), t.accent);
    let has_line = !indicator.is_category() && f.series.iter().filter(|(_, v)| v.is_some()).count() > 1;
    let line = if has_line { SPARK.x + 8.0 } else { 0.0 };
    let gap = |g: &egui::Galley| if g.size().x > 0.0 { g.size().x + 3.0 } else { 0.0 };
    let taken = gap(&unit) + value.size().x + gap(&edited) + line + 6.0;
    let full = ui.available_width();
    // Long names take two lines rather than an ellipsis.
    let name = painter.layout(
        indicator.name(lang).to_owned(),
        FontId::proportional(13.0),
        t.ink,
        (full - taken).max(full * 0.3),
    );
    let height = name.size().y.max(24.0);
    let can_edit = !indicator.is_computed();
    let sense = if can_edit { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(full, height), sense);
    let words = session.comparison_words(f);
    let spoken = format!("{} {}  {words}", indicator.name(lang), session.figure_words(f));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, can_edit, &spoken));
    if can_edit && response.hovered() {
        painter.rect_filled(rect.expand2(Vec2::new(4.0, 0.0)), 4.0, t.accent.gamma_multiply(0.10));
    }
    let middle = rect.center().y;
    painter.galley(egui::pos2(rect.left(), middle - name.size().y / 2.0), name, t.ink);
    if is_edited_here(moment, card.village, what) {
        let room = egui::Rect::from_min_max(egui::pos2(rect.right() - 120.0, rect.top()), rect.max);
        edit_in(ui, session, room, moment, send);
    } else {
        let mut right = rect.right();
        for galley in [unit, value, edited] {
            if galley.size().x > 0.0 {
                right -= galley.size().x;
                painter.galley(egui::pos2(right, middle - galley.size().y / 2.0), galley, t.ink);
                right -= 3.0;
            }
        }
        if has_line {
            let place = egui::pos2(right - 5.0 - SPARK.x, middle - SPARK.y / 2.0);
            spark(&painter, egui::Rect::from_min_size(place, SPARK), f, t.accent, t.line);
        }
        if response.secondary_clicked() {
            send.push(LayerCommand::EditFigure(card.village, f.indicator));
        } else if response.clicked() {
            moment.editing = session.begin_cell(card.village, what, EditPlace::Card);
        }
        response.on_hover_ui(|ui| hover(ui, session, f, can_edit));
    }
    if !words.is_empty() {
        note(ui, session, &words);
    }
}

/// What the pointer is told over a figure: the years, and where the value is from.
fn hover(ui: &mut Ui, session: &Session, f: &CardFigure, can_edit: bool) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(indicator) = session.indicator(f.indicator) else { return };
    ui.label(RichText::new(indicator.name(lang)).font(bold(13.0)));
    for (year, value) in &f.series {
        let value = value.map_or_else(|| lang.t("value.unknown").to_owned(), |v| indicator.show(v, lang));
        ui.label(format!("{year}  {value} {}", indicator.unit(lang)));
    }
    for line in session.origin_lines(f) {
        ui.label(RichText::new(line).size(12.0).color(t.ink_secondary));
    }
    if can_edit {
        ui.label(RichText::new(lang.t("edit.click")).size(11.0).color(t.ink_secondary));
    }
}

/// A small line over the years; a year without a value is a gap, the last value a dot.
fn spark(painter: &egui::Painter, rect: egui::Rect, f: &CardFigure, ink: Color32, faint: Color32) {
    let values: Vec<f64> = f.series.iter().filter_map(|(_, v)| *v).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let height = |v: f64| {
        let share = if high > low { (v - low) / (high - low) } else { 0.5 };
        rect.bottom() - 2.0 - share as f32 * (rect.height() - 4.0)
    };
    let step = rect.width() / (f.series.len().max(2) - 1) as f32;
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(0.6, faint));
    let mut run: Vec<egui::Pos2> = Vec::new();
    let mut last = None;
    for (i, (_, value)) in f.series.iter().enumerate() {
        match value {
            Some(v) => {
                let at = egui::pos2(rect.left() + step * i as f32, height(*v));
                run.push(at);
                last = Some(at);
            }
            None => {
                painter.add(Shape::line(std::mem::take(&mut run), Stroke::new(1.4, ink)));
            }
        }
    }
    painter.add(Shape::line(run, Stroke::new(1.4, ink)));
    if let Some(at) = last {
        painter.circle_filled(at, 2.2, ink);
    }
}

fn facilities(ui: &mut Ui, session: &Session, part: &CardSection, send: &mut Commands) {
    let t = session.tokens();
    let id = egui::Id::unique("all facilities").with(part.theme.key());
    let all: bool = ui.data(|d| d.get_temp(id)).unwrap_or(false);
    let shown = if all { part.facilities.len() } else { FACILITIES };
    for f in part.facilities.iter().take(shown) {
        facility(ui, session, f, send);
    }
    let rest = part.facilities.len().saturating_sub(shown);
    if rest > 0 {
        let text = session.lang.with("card.more-facilities", &[("n", &rest.to_string())]);
        if ui.add(Label::new(RichText::new(text).size(12.0).color(t.accent)).sense(Sense::click())).clicked() {
            ui.data_mut(|d| d.insert_temp(id, true));
        }
    }
}

fn facility(ui: &mut Ui, session: &Session, f: &CardFacility, send: &mut Commands) {
    let t = session.tokens();
    let kind = session.lang.find(&format!("symbol.{}", f.kind.key())).unwrap_or("");
    let inner = ui.horizontal(|ui| {
        ui.set_min_height(22.0);
        ui.spacing_mut().item_spacing.x = 2.0;
        symbol(ui, f.mark, data_colour(f.kind.colour()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !f.mark.hollow {
                ui.label(RichText::new(kind).size(11.0).color(t.ink_secondary));
            } else {
                ui.label(RichText::new(session.usage_words(f.usage)).size(11.0).color(t.warn));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(&f.name).size(12.0).color(t.ink)).truncate().selectable(false));
            });
        });
    });
    let response = ui.interact(inner.response.rect, ui.scope_id().with(("facility", f.at)), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{} {kind}", f.name)));
    if response.hovered() {
        ui.painter().rect_filled(inner.response.rect, 4.0, t.accent.gamma_multiply(0.10));
    }
    if response.on_hover_text(session.lang.t("card.fly-to-facility")).clicked() {
        send.push(SelectCommand::FlyTo(f.at.0, f.at.1));
    }
}

fn plan(ui: &mut Ui, session: &Session, card: &VillageCard) {
    let (status, text) = &card.plan;
    if status.is_none() && text.is_none() {
        return;
    }
    let t = session.tokens();
    let words = |s: &str| session.lang.find(&format!("value.{s}")).map_or_else(|| s.to_owned(), str::to_owned);
    ui.horizontal(|ui| {
        section(ui, t, session.lang.t("field.plan_text"));
        if let Some(status) = status {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(words(status)).size(12.0).color(t.ink_secondary));
            });
        }
    });
    if let Some(text) = text {
        ui.label(RichText::new(text).color(t.ink));
    }
    rule(ui, t);
}
