//! Who answers for what: a list to be changed, filled from a table where there is one.

use egui::{Label, RichText, ScrollArea, TextEdit, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::model::{AnswersFor, Person};
use crate::session::{Commands, DecideCommand, Dialogue, PeopleDraft, Session};

/// Shows the list; `None` once it is to be closed.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    mut draft: Box<PeopleDraft>,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_width(640.0);
    ui.label(RichText::new(lang.t("people.title")).font(bold(15.0)).color(t.ink));
    ui.add(Label::new(RichText::new(lang.t("people.hint")).size(12.0).color(t.ink_secondary)).wrap());
    if let Some(trouble) = &draft.trouble {
        ui.add(Label::new(RichText::new(trouble).size(12.0).color(t.accent)).wrap());
    }
    ui.add_space(6.0);
    let (mut gone, mut open) = (None, draft.open);
    ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
        for (i, person) in draft.people.iter_mut().enumerate() {
            if open == Some(i) {
                if edit(ui, session, person) {
                    gone = Some(i);
                }
                continue;
            }
            let of: Vec<String> = person.answers.iter().map(AnswersFor::words).collect();
            let parts = [person.name.as_str(), &person.roles_text(), &person.unit, &person.phone];
            let words = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
            let words = if words.is_empty() { lang.t("people.nameless").to_owned() } else { words };
            let text = RichText::new(words).color(t.ink);
            let response = ui.add(Label::new(text).truncate().sense(egui::Sense::click()));
            ui.add(Label::new(RichText::new(of.join("，")).size(12.0).color(t.ink_secondary)).truncate());
            if response.clicked() {
                open = Some(i);
            }
        }
    });
    draft.open = open;
    if let Some(gone) = gone {
        draft.people.remove(gone);
        draft.open = None;
    }
    ui.add_space(8.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let is_changed = draft.people != session.document.project.people;
        if ui.add_enabled_ui(is_changed, |ui| primary(ui, t, lang.t("people.keep")).clicked()).inner {
            let mut people = draft.people.clone();
            people.retain(|p| !p.says_nothing());
            people.iter_mut().for_each(|p| p.answers.retain(|a| !a.is_empty()));
            send.push(DecideCommand::PutPeople(people));
            keep = false;
        }
        if ui.button(lang.t("people.add")).clicked() {
            let answers = vec![AnswersFor::default()];
            draft.people.push(Person { id: Person::new_id(), answers, ..Person::default() });
            draft.open = Some(draft.people.len() - 1);
        }
        if ui.button(lang.t("people.table")).clicked() {
            send.push(DecideCommand::PeopleTableDialogue);
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::People(draft))
}

/// A person to be changed; whether the entry is to go.
fn edit(ui: &mut Ui, session: &Session, person: &mut Person) -> bool {
    let (t, lang) = (session.tokens(), session.lang);
    let mut goes = false;
    egui::Frame::NONE.fill(t.field).corner_radius(8.0).inner_margin(10.0).show(ui, |ui| {
        let field = |ui: &mut Ui, key: &str, text: &mut String, width: f32| {
            let name = lang.find(&format!("people.{key}")).unwrap_or_default();
            ui.add(TextEdit::singleline(text).hint_text(name).desired_width(width))
                .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, name));
        };
        ui.horizontal(|ui| {
            field(ui, "name", &mut person.name, 110.0);
            let mut roles = person.roles_text();
            field(ui, "roles", &mut roles, 130.0);
            if roles != person.roles_text() {
                person.roles = roles.split(['、', ',', '，']).map(|r| r.trim_start().to_owned()).collect();
            }
            field(ui, "unit", &mut person.unit, 140.0);
            field(ui, "phone", &mut person.phone, 120.0);
        });
        ui.label(RichText::new(lang.t("people.of")).size(12.0).color(t.ink_secondary));
        let mut gone = None;
        for (i, of) in person.answers.iter_mut().enumerate() {
            ui.horizontal(|ui| {
                field(ui, "town", &mut of.town, 120.0);
                field(ui, "village", &mut of.village, 120.0);
                field(ui, "thing", &mut of.thing, 130.0);
                field(ui, "rule", &mut of.rule, 60.0);
                if ui.small_button("×").on_hover_text(lang.t("people.drop-place")).clicked() {
                    gone = Some(i);
                }
            });
        }
        if let Some(gone) = gone {
            person.answers.remove(gone);
        }
        ui.horizontal(|ui| {
            if ui.small_button(lang.t("people.more-places")).clicked() {
                person.answers.push(AnswersFor::default());
            }
            goes = ui.small_button(lang.t("people.remove")).clicked();
        });
    });
    ui.add_space(4.0);
    goes
}
