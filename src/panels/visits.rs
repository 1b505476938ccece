//! All visits of the log: those that have lost their gap first, to be given another.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

use super::visit::when;
use crate::session::{Commands, Session, SurveyCommand};
use crate::survey::Visit;

/// Height of a row in points.
const ROW_PT: f32 = 28.0;

/// Widths of the columns but the last, in points: rule, village, town, result, time, surveyor.
const WIDTHS_PT: [f32; 6] = [54.0, 120.0, 100.0, 100.0, 130.0, 90.0];

/// Gaps offered to a visit at most.
const MOST_OFFERED: usize = 40;

/// Shows the list.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(listed) = session.listed_visits() else { return };
    let line = |ui: &mut Ui, text: String, ink| {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(text).size(12.0).color(ink));
        });
    };
    if let Some(note) = &session.survey.note {
        line(ui, note.clone(), t.ink_secondary);
    }
    let others = session.survey().map_or(0, |s| s.others().count());
    if others > 0 {
        line(ui, lang.with("visits.others", &[("n", &others.to_string())]), t.ink_secondary);
    }
    if listed.rows.is_empty() {
        return line(ui, lang.t("visits.none").to_owned(), t.ink_secondary);
    }
    if listed.orphans > 0 {
        line(ui, lang.with("visits.orphans", &[("n", &listed.orphans.to_string())]), t.warn);
    }
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let heads = ["gaps.rule", "gaps.village", "gaps.town", "visits.result", "visit.at", "visit.by"];
        for (head, width) in heads.into_iter().zip(WIDTHS_PT) {
            cell(ui, width, lang.t(head), t.ink_secondary);
        }
        cell(ui, 60.0, lang.t("visit.note"), t.ink_secondary);
    });
    let survey = session.survey();
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW_PT, listed.rows.len(), |ui, range| {
        for i in range {
            let visit = listed.rows.get(i).and_then(|at| survey?.visits.get(*at));
            if let Some(visit) = visit {
                ui.horizontal(|ui| row(ui, session, visit, i >= listed.orphans, send));
            }
        }
    });
}

fn cell(ui: &mut Ui, width: f32, text: &str, ink: egui::Color32) {
    ui.allocate_ui_with_layout(egui::Vec2::new(width, ROW_PT), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.add(Label::new(RichText::new(text).size(12.5).color(ink)).truncate());
    });
}

fn row(ui: &mut Ui, session: &Session, visit: &Visit, has_gap: bool, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(survey) = session.survey() else { return };
    let Some(said) = survey.said(visit) else { return };
    ui.add_space(12.0);
    let status = said.result.map(crate::survey::GapStatus::from).unwrap_or_default();
    let time = when(said);
    let cells = [
        (said.rule.as_str(), t.ink),
        (said.subject.village.as_str(), t.ink),
        (said.subject.town.as_str(), t.ink_secondary),
        (said.result.map_or("", |r| r.word(lang)), session.status_ink(status)),
        (time.as_str(), t.ink_secondary),
        (said.by.as_str(), t.ink_secondary),
    ];
    for ((text, ink), width) in cells.into_iter().zip(WIDTHS_PT) {
        cell(ui, width, text, ink);
    }
    let room = (ui.available_width() - 240.0).max(60.0);
    cell(ui, room, &said.note, t.ink_secondary);
    if ui.small_button(lang.t("visit.edit")).clicked() {
        send.push(SurveyCommand::EditVisit(visit.id.clone()));
    }
    if has_gap {
        return;
    }
    ui.menu_button(lang.t("visit.attach"), |ui| {
        let Some(index) = survey.index() else { return };
        let found = index.candidates(&said.rule, &said.subject);
        if found.is_empty() {
            ui.label(lang.t("visit.no-gap-near"));
        }
        for key in found.into_iter().take(MOST_OFFERED) {
            let rule = key.split('/').next().unwrap_or_default();
            let subject = index.subject(key);
            let name = |s: &crate::survey::Subject| format!("{} {} {}", s.town, s.village, s.facility_word());
            let text = format!("{rule}  {}", subject.map(name).unwrap_or_default());
            if ui.button(text.trim_end()).clicked() {
                send.push(SurveyCommand::AttachVisit(visit.id.clone(), key.to_owned()));
                ui.close();
            }
        }
    });
}
