//! Forms of the survey: what a visit found, with the gap's history; results on their way into the log.

use egui::{Grid, Label, RichText, ScrollArea, TextEdit, Ui};

use super::style::bold;
use super::widgets::{chip_button, primary};
use crate::session::{Command, Dialogue, Session, VisitDraft};
use crate::survey::{Instant, Outcome, Planned, Preview, Verdict, Visit};

/// Rows of a preview shown at once; the rest is counted.
const MOST_ROWS: usize = 300;

/// A visit, new or to be corrected.
pub fn visit(ui: &mut Ui, session: &Session, mut draft: VisitDraft, send: &mut Vec<Command>) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let place = [draft.visit.town.as_str(), draft.visit.village.as_str()].join(" ");
    let heading = format!("{} · {}", draft.visit.rule, place.trim());
    ui.label(RichText::new(heading).font(bold(15.0)).color(t.ink));
    if !draft.reason.is_empty() {
        ui.label(RichText::new(&draft.reason).size(12.0).color(t.ink_secondary));
    }
    if draft.corrects.is_some() {
        ui.label(RichText::new(lang.t("visit.correcting")).size(12.0).color(t.accent));
    }
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        for outcome in Outcome::ALL {
            let word = lang.find(&format!("result.{}", outcome.key())).unwrap_or(outcome.key());
            if chip_button(ui, t, word, draft.visit.result == Some(outcome)).clicked() {
                draft.visit.result = Some(outcome);
            }
        }
    });
    ui.add_space(6.0);
    Grid::new("visit").num_columns(2).spacing([10.0, 8.0]).show(ui, |ui| {
        ui.label(lang.t("visit.note"));
        ui.add(TextEdit::multiline(&mut draft.visit.note).desired_rows(2).desired_width(290.0))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("visit.note")));
        ui.end_row();
        ui.label(lang.t("visit.by"));
        ui.add(TextEdit::singleline(&mut draft.visit.by).hint_text(lang.t("visit.by-hint")).desired_width(290.0))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("visit.by")));
        ui.end_row();
        ui.label(lang.t("visit.at"));
        ui.add(TextEdit::singleline(&mut draft.at).hint_text("2026-11-24 08:30").desired_width(290.0))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("visit.at")));
        ui.end_row();
        ui.label(lang.t("visit.photo"));
        ui.horizontal(|ui| {
            let name = draft.photo.as_ref().and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned());
            if ui.button(lang.t("visit.choose-photo")).clicked() {
                send.push(Command::PhotoDialogue);
            }
            let name = name.unwrap_or_else(|| draft.visit.photo.clone());
            ui.add(Label::new(RichText::new(name).size(12.0).color(t.ink_secondary)).truncate());
        });
        ui.end_row();
    });
    facts(ui, session, &mut draft);
    let time_is_right = draft.at.trim().is_empty() || Instant::parse(&draft.at).is_some();
    if !time_is_right {
        ui.label(RichText::new(lang.t("visit.time-unreadable")).size(12.0).color(t.bad));
    }
    if let Some(trouble) = &draft.trouble {
        ui.label(RichText::new(trouble).size(12.0).color(t.bad));
    }
    let mut keep = true;
    history(ui, session, &draft, send);
    ui.add_space(8.0);
    if session.project_path.is_none() {
        ui.label(RichText::new(lang.t("visit.save-first")).size(12.0).color(t.warn));
    }
    ui.horizontal(|ui| {
        if session.project_path.is_none() {
            if primary(ui, t, lang.t("command.save-as")).clicked() {
                send.push(Command::SaveAs);
            }
        } else {
            let can = draft.visit.result.is_some() && time_is_right;
            let word = if draft.corrects.is_some() { "visit.correct" } else { "visit.record" };
            if ui.add_enabled_ui(can, |ui| primary(ui, t, lang.t(word)).clicked()).inner {
                send.push(Command::Record(Box::new(draft.clone())));
            }
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Visit(draft))
}

/// What the camera wrote into the photo, offered.
fn facts(ui: &mut Ui, session: &Session, draft: &mut VisitDraft) {
    let lang = session.lang;
    let facts = draft.facts;
    ui.horizontal_wrapped(|ui| {
        if let Some(at) = facts.at.filter(|at| draft.at != at.for_people()) {
            let text = lang.with("visit.take-time", &[("n", &at.for_people())]);
            if ui.button(text).clicked() {
                draft.at = at.for_people();
            }
        }
        if let Some(place) = facts.place.filter(|p| draft.visit.place != Some(*p)) {
            let text = format!("{:.5}, {:.5}", place.lon_deg, place.lat_deg);
            if ui.button(lang.with("visit.take-place", &[("n", &text)])).clicked() {
                draft.visit.place = Some(place);
            }
        }
    });
}

/// All visits to the gap, the latest first, with what can be done about each.
fn history(ui: &mut Ui, session: &Session, draft: &VisitDraft, send: &mut Vec<Command>) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(survey) = session.survey() else { return };
    let visits: Vec<&Visit> = survey.of_gap(&draft.visit.gap).collect();
    if visits.is_empty() {
        return;
    }
    ui.add_space(8.0);
    let status = session.gap_status(&draft.visit.gap);
    ui.horizontal(|ui| {
        ui.label(RichText::new(lang.t("visit.history")).font(bold(12.0)).color(t.ink_secondary));
        ui.label(RichText::new(status.word(lang)).size(12.0).color(session.status_ink(status)));
    });
    if status == crate::survey::GapStatus::Conflict {
        ui.label(RichText::new(lang.t("visit.conflict")).size(12.0).color(t.bad));
    }
    ScrollArea::vertical().max_height(150.0).show(ui, |ui| {
        for visit in visits.into_iter().rev() {
            let Some(said) = survey.said(visit) else { continue };
            let word = said.result.map_or("", |r| lang.find(&format!("result.{}", r.key())).unwrap_or(r.key()));
            let at = said.at.map_or_else(|| "—".to_owned(), Instant::for_people);
            let mut text = RichText::new(format!("{at}  {}  {word}", said.by)).size(12.0).color(t.ink);
            if visit.is_withdrawn {
                text = text.strikethrough().color(t.ink_secondary);
            }
            ui.horizontal(|ui| {
                ui.label(text);
                if visit.amendments.iter().any(|i| survey.events.get(*i).is_some_and(|e| e.result.is_some())) {
                    ui.label(RichText::new(lang.t("visit.corrected")).size(11.0).color(t.ink_secondary));
                }
                if visit.is_withdrawn {
                    if ui.small_button(lang.t("visit.restore")).clicked() {
                        send.push(Command::RestoreVisit(visit.id.clone()));
                    }
                } else {
                    if ui.small_button(lang.t("visit.edit")).clicked() {
                        send.push(Command::EditVisit(visit.id.clone()));
                    }
                    if ui.small_button(lang.t("visit.withdraw")).clicked() {
                        send.push(Command::WithdrawVisit(visit.id.clone()));
                    }
                }
            });
            if !said.photo.is_empty() {
                thumbnail(ui, session, &said.photo);
            }
            if !said.note.is_empty() {
                ui.label(RichText::new(&said.note).size(12.0).color(t.ink_secondary));
            }
        }
    });
}

/// The small picture of a photo, read once.
fn thumbnail(ui: &mut Ui, session: &Session, photo: &str) {
    let id = egui::Id::unique(("thumbnail", photo));
    let kept: Option<Option<egui::TextureHandle>> = ui.data(|d| d.get_temp(id));
    let texture = kept.unwrap_or_else(|| {
        let load = |image| ui.ctx().load_texture(photo, image, egui::TextureOptions::LINEAR);
        let texture = session.thumbnail(photo).map(load);
        ui.data_mut(|d| d.insert_temp(id, texture.clone()));
        texture
    });
    match texture {
        Some(texture) => {
            ui.add(egui::Image::new(&texture).max_size(egui::Vec2::new(160.0, 100.0)).corner_radius(4.0));
        }
        // Kept without a small picture: its name.
        None => {
            ui.label(RichText::new(photo).size(11.0).color(session.tokens().ink_secondary));
        }
    }
}

/// What a filled sheet would change.
pub fn import(ui: &mut Ui, session: &Session, preview: Box<Preview>, send: &mut Vec<Command>) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_max_width(720.0);
    let name = preview.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.label(RichText::new(lang.with("import.title", &[("n", &name)])).font(bold(15.0)).color(t.ink));
    let count = |is: fn(Verdict) -> bool| preview.count(is).to_string();
    let bad = preview.count(|v| matches!(v, Verdict::NotUnderstood(_)));
    let counts = lang.with(
        "import.counts",
        &[
            ("new", &preview.new_count().to_string()),
            ("known", &count(|v| v == Verdict::Known)),
            ("empty", &count(|v| v == Verdict::Empty)),
            ("bad", &bad.to_string()),
        ],
    );
    ui.label(RichText::new(counts).color(if bad > 0 { t.warn } else { t.ink_secondary }));
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(320.0).auto_shrink([false, true]).show(ui, |ui| {
        let told = |p: &&Planned| !matches!(p.verdict, Verdict::Empty | Verdict::Known);
        let rows: Vec<&Planned> = preview.rows.iter().filter(told).collect();
        // What could not be understood comes first: the rest needs nobody.
        let (bad, new): (Vec<&Planned>, Vec<&Planned>) =
            rows.into_iter().partition(|p| matches!(p.verdict, Verdict::NotUnderstood(_)));
        let total = bad.len() + new.len();
        Grid::new("import").num_columns(4).spacing([14.0, 5.0]).show(ui, |ui| {
            for planned in bad.into_iter().chain(new).take(MOST_ROWS) {
                row(ui, session, planned);
                ui.end_row();
            }
        });
        if total > MOST_ROWS {
            ui.label(lang.with("import.more", &[("n", &(total - MOST_ROWS).to_string())]));
        }
    });
    ui.add_space(10.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let can = preview.new_count() > 0;
        let word = lang.with("import.take-n", &[("n", &preview.new_count().to_string())]);
        if ui.add_enabled_ui(can, |ui| primary(ui, t, &word).clicked()).inner {
            send.push(Command::TakeResults(preview.clone()));
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Import(preview))
}

fn row(ui: &mut Ui, session: &Session, planned: &Planned) {
    let (t, lang) = (session.tokens(), session.lang);
    let small = |text: String, ink| RichText::new(text).size(12.0).color(ink);
    ui.label(small(lang.with("import.row", &[("n", &planned.row.line.to_string())]), t.ink_secondary));
    ui.label(small(format!("{} {}", planned.row.rule, planned.row.village), t.ink));
    match planned.verdict {
        Verdict::NotUnderstood(why) => {
            let why = lang.find(&format!("not-understood.{why}")).unwrap_or(why);
            ui.label(small(why.to_owned(), t.bad));
            ui.label(small(planned.row.result.clone(), t.ink_secondary));
        }
        _ => {
            let change = format!("{} → {}", planned.before.word(lang), planned.after.word(lang));
            ui.label(small(change, session.status_ink(planned.after)));
            let remarks: Vec<&str> =
                planned.remarks.iter().filter_map(|r| lang.find(&format!("remark.{}", r.key()))).collect();
            ui.label(small(remarks.join(" · "), t.warn));
        }
    }
}
