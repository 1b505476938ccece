//! Decisions of meetings: the form of one, and the list of all.

use egui::{Align, Grid, Label, Layout, RichText, ScrollArea, TextEdit, Ui};

use super::style::bold;
use super::widgets::{chip_button, figure, primary, section};
use crate::rules::{day_of, day_text};
use crate::session::{Commands, DecideCommand, DecisionDraft, Dialogue, FileCommand, SelectCommand, Session};
use crate::survey::{Decision, DecisionStatus};

/// Width of what is typed, in points.
const FIELD_PT: f32 = 290.0;
/// People offered for a decision.
const MOST_OFFERED: usize = 12;

/// A decision, new or to be changed.
pub(super) fn form(
    ui: &mut Ui,
    session: &Session,
    mut draft: Box<DecisionDraft>,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let title = if draft.changes.is_some() { "decision.change" } else { "decision.decide" };
    ui.label(RichText::new(lang.t(title).trim_end_matches('…')).font(bold(15.0)).color(t.ink));
    ui.add(Label::new(RichText::new(&draft.about).size(12.0).color(t.ink_secondary)).wrap());
    ui.add_space(8.0);
    Grid::new("decision").num_columns(2).spacing([10.0, 8.0]).show(ui, |ui| {
        ui.label(lang.t("decision.what"));
        let what = ui.add(TextEdit::multiline(&mut draft.new.what).desired_rows(2).desired_width(FIELD_PT));
        what.widget_info(|| egui::WidgetInfo::labeled(egui::Role::MultilineTextInput, true, lang.t("decision.what")));
        if draft.new.what.is_empty() && ui.memory(|m| m.focused().is_none()) {
            what.request_focus();
        }
        ui.end_row();
        ui.label(lang.t("decision.who"));
        who(ui, session, &mut draft);
        ui.end_row();
        line(ui, lang.t("decision.unit"), &mut draft.new.unit, "");
        line(ui, lang.t("decision.due"), &mut draft.due, "2026-12-31");
        ui.label("");
        days(ui, session, &mut draft);
        ui.end_row();
        line(ui, lang.t("decision.by"), &mut draft.new.by, "");
    });
    let due_is_right = draft.due.trim().is_empty() || day_of(&draft.due).is_some();
    if !due_is_right {
        ui.label(RichText::new(lang.t("decision.due-unreadable")).size(12.0).color(t.bad));
    }
    if let Some(trouble) = &draft.trouble {
        ui.label(RichText::new(trouble).size(12.0).color(t.bad));
    }
    earlier(ui, session, &draft, send);
    ui.add_space(8.0);
    if session.file.path.is_none() {
        ui.label(RichText::new(lang.t("decision.save-first")).size(12.0).color(t.warn));
    }
    let mut keep = true;
    ui.horizontal(|ui| {
        if session.file.path.is_none() {
            if primary(ui, t, lang.t("command.save-as")).clicked() {
                send.push(FileCommand::SaveAs);
            }
        } else {
            let can = draft.new.is_whole() && due_is_right;
            if ui.add_enabled_ui(can, |ui| primary(ui, t, lang.t("decision.record")).clicked()).inner {
                send.push(DecideCommand::Record(draft.clone()));
            }
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Decision(draft))
}

fn line(ui: &mut Ui, name: &str, text: &mut String, hint: &str) {
    ui.label(name);
    ui.add(TextEdit::singleline(text).hint_text(hint).desired_width(FIELD_PT))
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, name));
    ui.end_row();
}

/// Who is to do it: typed, or one of those who answer for the place, then of all people.
fn who(ui: &mut Ui, session: &Session, draft: &mut DecisionDraft) {
    let lang = session.lang;
    ui.horizontal(|ui| {
        let people = &session.document.project.people;
        let width = if people.is_empty() { FIELD_PT } else { FIELD_PT - 44.0 };
        ui.add(TextEdit::singleline(&mut draft.new.who).desired_width(width))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("decision.who")));
        if people.is_empty() {
            return;
        }
        let village = session.village_of_subject(&draft.new.subject);
        let rule = Some(draft.new.rule.as_str()).filter(|r| !r.is_empty());
        let near = village.map(|v| session.responsible(v, rule)).unwrap_or_default();
        let mut offered: Vec<&crate::model::Person> = near.into_iter().map(|(p, _)| p).collect();
        let others: Vec<_> = people.iter().filter(|p| !offered.iter().any(|o| o.id == p.id)).collect();
        offered.extend(others);
        ui.menu_button("▾", |ui| {
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for person in offered.iter().take(MOST_OFFERED.max(people.len().min(200))) {
                    let words = [person.name.as_str(), &person.roles_text(), &person.unit].join("  ");
                    if ui.button(words.trim_end()).clicked() {
                        (draft.new.who, draft.new.unit) = (person.name.clone(), person.unit.clone());
                        ui.close();
                    }
                }
            });
        })
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, lang.t("decision.who-of-list")));
    });
}

fn days(ui: &mut Ui, session: &Session, draft: &mut DecisionDraft) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let keys = ["decision.in-a-week", "decision.this-month", "decision.three-months", "decision.this-year"];
        for (key, day) in keys.into_iter().zip(Session::offered_days()) {
            let text = day_text(day);
            let is_chosen = draft.due.trim() == text;
            if chip_button(ui, session.tokens(), session.lang.t(key), is_chosen).on_hover_text(&text).clicked() {
                draft.due = text;
            }
        }
    });
}

/// What was decided about the same place before.
fn earlier(ui: &mut Ui, session: &Session, draft: &DecisionDraft, send: &mut Commands) {
    let Some(survey) = session.survey() else { return };
    let found: Vec<String> = survey
        .decisions_about(&draft.new.gap, &draft.new.subject)
        .filter(|d| draft.changes.as_deref() != Some(d.id()))
        .map(|d| d.id().to_owned())
        .collect();
    if found.is_empty() {
        return;
    }
    ui.add_space(6.0);
    section(ui, session.tokens(), session.lang.t("decision.earlier"));
    ScrollArea::vertical().id_salt("earlier decisions").max_height(150.0).show(ui, |ui| {
        for (decision, status) in session.listed_decisions().iter().filter(|(d, _)| found.iter().any(|f| f == d.id())) {
            row(ui, session, decision, *status, false, send);
        }
    });
}

fn ink(session: &Session, status: DecisionStatus) -> egui::Color32 {
    let t = session.tokens();
    match status {
        DecisionStatus::Late => t.bad,
        DecisionStatus::Open => t.ink,
        DecisionStatus::Done => t.good,
    }
}

/// How much larger things are: a meeting is read from the last row.
fn scale(session: &Session) -> f32 {
    if session.meeting.is_some() { 1.6 } else { 1.0 }
}

/// A decision in two lines: how it stands and what is to be done, then where, who, by when, and what can be done about it.
fn row(
    ui: &mut Ui,
    session: &Session,
    decision: &Decision<'_>,
    status: DecisionStatus,
    has_place: bool,
    send: &mut Commands,
) {
    let (t, lang) = (session.tokens(), session.lang);
    let k = scale(session);
    let small = |text: &str| RichText::new(text).size(12.0 * k).color(t.ink_secondary);
    ui.horizontal(|ui| {
        let colour = ink(session, status);
        egui::Frame::NONE
            .fill(t.tint(colour))
            .corner_radius(9.0)
            .inner_margin(egui::Margin::symmetric(8, 2))
            .show(ui, |ui| ui.label(RichText::new(status.word(lang)).size(12.0 * k).color(colour)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let id = decision.id().to_owned();
            if ui.small_button(lang.t("decision.withdraw")).clicked() {
                send.push(DecideCommand::Withdraw(id.clone()));
            }
            if ui.small_button(lang.t("decision.change")).clicked() {
                send.push(DecideCommand::Edit(id.clone()));
            }
            if decision.is_said_done() {
                if ui.small_button(lang.t("decision.reopen")).clicked() {
                    send.push(DecideCommand::Settle(id, false));
                }
            } else if status != DecisionStatus::Done && ui.small_button(lang.t("decision.settle")).clicked() {
                send.push(DecideCommand::Settle(id, true));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(decision.what()).font(bold(13.0 * k)).color(t.ink)).truncate());
            });
        });
    });
    ui.horizontal(|ui| {
        if has_place {
            place(ui, session, decision, send);
        }
        let due = decision.due().map(day_text).unwrap_or_default();
        let due = if due.is_empty() { String::new() } else { lang.with("decision.until", &[("n", &due)]) };
        let parts = [decision.unit(), decision.who(), &due];
        let words = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
        ui.add(Label::new(small(&words)).truncate());
    });
    ui.add_space(6.0);
}

/// Where it is: a click selects the village.
fn place(ui: &mut Ui, session: &Session, decision: &Decision<'_>, send: &mut Commands) {
    let subject = &decision.said.subject;
    let words = [subject.town.as_str(), &subject.village, subject.facility_word(), &decision.said.rule];
    let words = words.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return;
    }
    let village = session.village_of_subject(subject).zip(session.village_layer().map(|l| l.key));
    let link = ui.add_enabled(village.is_some(), egui::Link::new(RichText::new(words).size(12.0 * scale(session))));
    if let (true, Some((village, layer))) = (link.clicked(), village) {
        send.push(SelectCommand::FlyTo(layer, village));
    }
}

/// All decisions, late ones first.
pub(super) fn list(ui: &mut Ui, session: &Session, in_dialogue: bool, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let all = session.listed_decisions();
    if all.is_empty() {
        ui.label(RichText::new(lang.t("decision.none")).color(t.ink_secondary));
        return;
    }
    let most = if session.meeting.is_some() { ui.ctx().content_rect().height() * 0.6 } else { 380.0 };
    let area = ScrollArea::vertical().id_salt("decisions");
    let area = if in_dialogue { area.max_height(most).auto_shrink([false, true]) } else { area.auto_shrink(false) };
    area.show(ui, |ui| {
        for (decision, status) in &all {
            row(ui, session, decision, *status, true, send);
        }
    });
}

/// How many are late, open and done, in a sentence.
pub(super) fn counts(session: &Session) -> String {
    let counts = session.decision_counts().map(|n| n.to_string());
    session.lang.with("decision.counts", &[("late", &counts[0]), ("open", &counts[1]), ("done", &counts[2])])
}

/// All decisions as a dialogue: what a meeting begins with where there are any.
pub(super) fn dialogue(ui: &mut Ui, session: &Session, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let (k, all) = (scale(session), session.decision_counts());
    ui.set_width((680.0 * k).min(ui.ctx().content_rect().width() - 80.0));
    ui.label(RichText::new(lang.t("decision.list")).font(bold(17.0 * k)).color(t.ink));
    if all != [0; 3] {
        let ink = if all[0] > 0 { t.bad } else { t.ink_secondary };
        ui.label(RichText::new(counts(session)).size(14.0 * k).color(ink));
    }
    ui.add_space(8.0);
    list(ui, session, true, send);
    ui.add_space(8.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let close = primary(ui, t, lang.t("dialogue.close"));
        if ui.memory(|m| m.focused().is_none()) {
            close.request_focus();
        }
        keep &= !close.clicked();
        if session.meeting.is_none() && ui.button(lang.t("decision.export")).clicked() {
            send.push(DecideCommand::ExportDialogue);
        }
    });
    keep.then_some(Dialogue::Decisions)
}

/// On the card of a facility, a river, a field or a grid: who answers for it by its name.
pub(super) fn of_thing(ui: &mut Ui, session: &Session, name: &str) {
    let (t, lang) = (session.tokens(), session.lang);
    for person in session.district().map(|d| d.people.of_thing(name)).unwrap_or_default() {
        let parts = [person.name.as_str(), &person.roles_text(), &person.unit, &person.phone];
        let text = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
        figure(ui, t, lang.t("people.answers"), Some((&text, "")), lang.t("value.unknown"));
    }
}

/// On the card of a village: who answers for it, what was decided about it.
pub(super) fn of_village(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(village) = session.village_on_card() else { return };
    let people = session.responsible(village, None);
    if !session.document.project.people.is_empty() {
        section(ui, t, lang.t("people.answers"));
        if people.is_empty() {
            ui.label(RichText::new(lang.t("people.nobody")).size(12.0).color(t.warn));
        }
        for (person, of) in people {
            let head = [person.name.as_str(), &person.roles_text()].join("  ");
            ui.label(RichText::new(head.trim_end()).color(t.ink));
            let rule =
                if of.rule.is_empty() { String::new() } else { lang.with("people.for-rule", &[("n", &of.rule)]) };
            let parts = [person.unit.as_str(), &person.phone, &rule];
            let words = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
            if !words.is_empty() {
                ui.label(RichText::new(words).size(12.0).color(t.ink_secondary));
            }
        }
        super::widgets::rule(ui, t);
    }
    let Some(survey) = session.survey() else { return };
    let Some(district) = session.district() else { return };
    let subject = crate::survey::Subject::of_village(village, district);
    let here: Vec<&str> = survey.decisions_about("", &subject).map(|d| d.id()).collect();
    if here.is_empty() {
        return;
    }
    section(ui, t, lang.t("decision.title"));
    for (decision, status) in session.listed_decisions().iter().filter(|(d, _)| here.contains(&d.id())) {
        let due = decision.due().map(day_text).unwrap_or_default();
        let parts = [status.word(lang), decision.what(), decision.who(), &due];
        let words = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
        let label = Label::new(RichText::new(words).size(12.5).color(ink(session, *status))).wrap();
        if ui.add(label.sense(egui::Sense::click())).clicked() {
            send.push(DecideCommand::Edit(decision.id().to_owned()));
        }
    }
    super::widgets::rule(ui, t);
}
