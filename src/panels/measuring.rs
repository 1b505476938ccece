//! The card of a measuring: length or area, what lies within, and a copy of it as text.

use egui::{Area, DragValue, Frame, Grid, Id, Order, Rect, RichText, Ui};

use super::style::bold;
use crate::model::FeatureId;
use crate::project::NoteShape;
use crate::rules::GapSeverity;
use crate::session::{
    Commands, Measuring, MeasuringKind, Moment, NoteCommand, SelectCommand, Session, area_words, length_words, number,
};

/// Room around the card, and below what was found for the buttons.
const MARGIN: f32 = 12.0;
const BUTTONS: f32 = 112.0;
/// Height of a line.
const LINE: f32 = 19.0;

/// Villages that are listed.
const MOST: usize = 8;

/// Shows the card, where something is being measured.
pub fn show(ui: &mut Ui, rect: Rect, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let Some(mut measuring) = moment.measuring.take() else { return };
    let t = session.tokens();
    let frame = Frame::NONE
        .fill(t.panel)
        .stroke(egui::Stroke::new(1.0, t.line))
        .corner_radius(8.0)
        .inner_margin(egui::Margin::symmetric(14, 12));
    let mut stays = true;
    let area =
        Area::new(Id::unique("measuring")).order(Order::Middle).fixed_pos(rect.left_top() + egui::vec2(12.0, 12.0));
    area.show(ui.ctx(), |ui| {
        frame.show(ui, |ui| {
            ui.set_width(260.0);
            stays = card(ui, session, &mut measuring, rect.height() - 2.0 * MARGIN, send);
        });
    });
    moment.measuring = stays.then_some(measuring);
}

/// What was measured, and whether the card stays.
fn card(ui: &mut Ui, session: &Session, measuring: &mut Measuring, room: f32, send: &mut Commands) -> bool {
    let (t, lang) = (session.tokens(), session.lang);
    let title = match measuring.kind {
        MeasuringKind::Line => "measure.line",
        MeasuringKind::Area => "measure.area",
        MeasuringKind::Circle => "measure.circle",
        MeasuringKind::Rectangle => "measure.rectangle",
        MeasuringKind::Lasso => "measure.lasso",
    };
    ui.label(RichText::new(lang.t(title)).font(bold(14.0)).color(t.ink));
    if !measuring.is_over {
        let hint = match measuring.kind {
            MeasuringKind::Circle => "measure.hint-circle",
            kind if kind.is_drawn() => "measure.hint-drawn",
            _ => "measure.hint",
        };
        ui.add(egui::Label::new(RichText::new(lang.t(hint)).size(12.0).color(t.ink_secondary)).wrap());
    }
    if measuring.kind == MeasuringKind::Circle {
        ui.horizontal(|ui| {
            let label = ui.label(lang.t("measure.radius"));
            let mut radius_m = measuring.radius_m;
            let drag = DragValue::new(&mut radius_m).range(10.0..=50_000.0).speed(10.0).max_decimals(0).suffix(" m");
            if ui.add(drag).labelled_by(label.id).changed() {
                measuring.set_radius(radius_m);
            }
        });
    }
    let mut lines: Vec<(String, String)> = Vec::new();
    if measuring.kind == MeasuringKind::Line && measuring.points.len() > 1 {
        lines.push((lang.t("measure.length").to_owned(), length_words(measuring.length_m())));
    }
    if let Some((square_metres, perimeter_m)) = measuring.area() {
        lines.push((
            lang.t("measure.size").to_owned(),
            area_words(square_metres, session.settings.window.area_unit, lang),
        ));
        lines.push((lang.t("measure.perimeter").to_owned(), length_words(perimeter_m)));
    }
    let villages = surroundings(session, measuring, &mut lines);
    // What is found may be long: it is scrolled, the buttons below it stay in the window.
    let above = ui.min_rect().height();
    egui::ScrollArea::vertical().id_salt("measured").max_height((room - above - BUTTONS).max(60.0)).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = LINE;
        Grid::new("measured").num_columns(2).spacing([12.0, 3.0]).min_row_height(LINE).show(ui, |ui| {
            for (name, value) in &lines {
                ui.label(RichText::new(name).color(t.ink_secondary));
                ui.label(RichText::new(value).font(bold(13.0)).color(t.ink));
                ui.end_row();
            }
        });
        listed(ui, session, &villages, send);
        if !villages.is_empty() {
            ui.add(egui::Label::new(RichText::new(lang.t("measure.note")).size(11.0).color(t.ink_secondary)).wrap());
        }
    });
    ui.add_space(4.0);
    let mut stays = true;
    ui.horizontal_wrapped(|ui| {
        keep_as_note(ui, session, measuring, send);
        if !lines.is_empty() && ui.button(lang.t("measure.copy")).clicked() {
            let text: Vec<String> = lines.iter().map(|(name, value)| format!("{name}\t{value}")).collect();
            ui.ctx().copy_text(text.join("\n"));
        }
        let Some(layer) = session.village_layer().map(|l| l.key).filter(|_| !villages.is_empty()) else {
            stays = !ui.button(lang.t("dialogue.close")).clicked();
            return;
        };
        if ui.button(lang.t("measure.select")).clicked() {
            let features = villages.iter().map(|(v, _)| *v).collect();
            send.push(SelectCommand::Select { layer, features, add: false });
        }
        stays = !ui.button(lang.t("dialogue.close")).clicked();
    });
    stays
}

/// What was drawn becomes a note.
fn keep_as_note(ui: &mut Ui, session: &Session, measuring: &Measuring, send: &mut Commands) {
    let (shape, points) = match measuring.kind {
        MeasuringKind::Line => (NoteShape::Line, measuring.points.clone()),
        MeasuringKind::Area | MeasuringKind::Rectangle | MeasuringKind::Lasso => {
            (NoteShape::Area, measuring.points.clone())
        }
        MeasuringKind::Circle => (NoteShape::Area, measuring.outline()),
    };
    let least = if shape == NoteShape::Area { 3 } else { 2 };
    if points.len() >= least && ui.button(session.lang.t("note.keep-as")).clicked() {
        send.push(NoteCommand::Begin(shape, points));
    }
}

/// What lies within, as lines; the villages with their shares.
fn surroundings(
    session: &Session,
    measuring: &mut Measuring,
    lines: &mut Vec<(String, String)>,
) -> Vec<(FeatureId, f64)> {
    let lang = session.lang;
    if !measuring.is_over {
        return Vec::new();
    }
    let Some(found) = measuring.surroundings(session) else {
        if session.district().is_none() && !session.needs_district() {
            lines.push((lang.t("measure.nothing-known").to_owned(), String::new()));
        }
        return Vec::new();
    };
    let within = &found.within;
    let people =
        |v: Option<f64>| v.map_or_else(|| lang.t("value.unknown").to_owned(), |n| format!("≈ {}", number(n.round())));
    lines.push((lang.t("measure.people").to_owned(), people(within.population)));
    lines.push((lang.t("measure.households").to_owned(), people(within.households)));
    if within.unknown > 0 {
        lines.push((lang.t("measure.unknown").to_owned(), within.unknown.to_string()));
    }
    for (kind, count) in &within.facilities {
        let words = lang.find(&format!("value.{}", kind.key())).unwrap_or(kind.key());
        lines.push((words.to_owned(), count.to_string()));
    }
    for (severity, count) in GapSeverity::ALL.iter().zip(found.gaps).filter(|(_, count)| *count > 0) {
        let words = lang.find(&format!("severity.{}", severity.key())).unwrap_or(severity.key());
        lines.push((lang.with("measure.gaps", &[("n", words)]), count.to_string()));
    }
    lines.push((lang.t("measure.villages").to_owned(), within.villages.len().to_string()));
    within.villages.clone()
}

/// The villages, by how much of them lies within.
fn listed(ui: &mut Ui, session: &Session, villages: &[(FeatureId, f64)], send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(layer) = session.village_layer().map(|l| l.key) else { return };
    for (village, share) in villages.iter().take(MOST) {
        ui.horizontal(|ui| {
            if ui.link(session.feature_title(layer, *village)).clicked() {
                send.push(SelectCommand::Select { layer, features: vec![*village], add: false });
            }
            let share = if *share < 0.995 { format!("{:.0} %", (share * 100.0).max(1.0)) } else { "100 %".to_owned() };
            ui.label(RichText::new(share).size(12.0).color(t.ink_secondary));
        });
    }
    if villages.len() > MOST {
        let rest = (villages.len() - MOST).to_string();
        ui.label(RichText::new(lang.with("map.more-here", &[("n", &rest)])).size(11.0).color(t.ink_secondary));
    }
}
