//! Photos of a round told apart by the slates of the sheets: by gap, with what has to be asked; any photo is dragged to its gap, or put
//! there by its menu.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use egui::{Frame, RichText, ScrollArea, Sense, TextEdit, Ui, Vec2};

use super::photos::{Shown, cut_to, texture};
use super::style::bold;
use super::widgets::primary;
use crate::session::{
    Commands, Dialogue, FieldPhotosDraft, FileCommand, LARGE_PX, SMALL_PX, Session, Sorting, SurveyCommand,
};
use crate::survey::Outcome;

/// Size of a small picture, in points.
const THUMB: Vec2 = Vec2::new(84.0, 62.0);
/// Gaps that are offered for what is sought.
const MOST_OFFERED: usize = 8;
/// Height of the list, at most.
const LIST_PT: f32 = 400.0;

/// A photo on its way to another gap.
struct Dragged(PathBuf);

/// What a person does to the photos while they are shown; done once all of them were.
enum Step {
    Put(PathBuf, Option<String>),
    Answer(usize, String),
    TakeNear,
}

/// How far the telling apart is; closed, it stops.
pub(super) fn sorting(ui: &mut Ui, session: &Session, sorting: Sorting) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(
        RichText::new(lang.with("field-photos.sorting", &[("name", &sorting.name)])).font(bold(15.0)).color(t.ink),
    );
    let seen = sorting.seen.load(Ordering::Relaxed);
    ui.add(egui::ProgressBar::new(seen as f32 / sorting.all.max(1) as f32).text(format!("{seen} / {}", sorting.all)));
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    ui.add_space(8.0);
    (!ui.button(lang.t("dialogue.cancel")).clicked()).then_some(Dialogue::Sorting(sorting))
}

/// Shows what was found.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    mut draft: Box<FieldPhotosDraft>,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_width(880.0);
    ui.label(RichText::new(lang.with("field-photos.of", &[("name", &draft.name)])).font(bold(15.0)).color(t.ink));
    let gaps = draft.of_gaps.values().filter(|p| !p.is_empty()).count();
    let values = [("n", draft.placed().to_string()), ("gaps", gaps.to_string()), ("slates", draft.slates.to_string())];
    let counts = lang.with("field-photos.counts", &values.each_ref().map(|(k, v)| (*k, v.as_str())));
    ui.label(RichText::new(counts).color(t.ink_secondary));
    ui.horizontal(|ui| {
        let label = ui.label(lang.t("field-photos.seek"));
        ui.add(
            TextEdit::singleline(&mut draft.sought).desired_width(220.0).hint_text(lang.t("field-photos.seek-hint")),
        )
        .labelled_by(label.id);
    });
    let mut steps: Vec<Step> = Vec::new();
    let room = (ui.ctx().content_rect().height() - 300.0).clamp(160.0, LIST_PT);
    ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        asked(ui, session, &draft, &mut steps, send);
        unplaced(ui, session, &draft, &mut steps, send);
        if !draft.sought.trim().is_empty() {
            for (key, words) in session.gaps_like(&draft.sought, MOST_OFFERED) {
                let own: &[PathBuf] = draft.of_gaps.get(&key).map_or(&[], Vec::as_slice);
                gap(ui, session, &draft, (&key, &words, own), &mut steps, send);
            }
            ui.separator();
        }
        for (key, photos) in draft.of_gaps.iter().filter(|(_, p)| !p.is_empty()) {
            gap(ui, session, &draft, (key, &session.gap_words(key), photos), &mut steps, send);
        }
    });
    for step in steps {
        match step {
            Step::Put(photo, gap) => draft.put(&photo, gap.as_deref()),
            Step::Answer(at, gap) => draft.answer(at, &gap),
            Step::TakeNear => draft.take_near(),
        }
    }
    ui.add_space(8.0);
    let stays = end(ui, session, &mut draft, send);
    stays.then_some(Dialogue::FieldPhotos(draft))
}

/// What is done with them; whether the dialogue stays.
fn end(ui: &mut Ui, session: &Session, draft: &mut FieldPhotosDraft, send: &mut Commands) -> bool {
    let (t, lang) = (session.tokens(), session.lang);
    let waiting = draft.of_gaps.iter().filter(|(key, p)| !p.is_empty() && !session.has_visit(key)).count();
    if waiting > 0 {
        ui.horizontal(|ui| {
            let label = ui.label(lang.with("field-photos.without-visit", &[("n", &waiting.to_string())]));
            let word = |o: Option<Outcome>| o.map_or(lang.t("field-photos.nothing"), |o| o.word(lang));
            let choices = egui::ComboBox::from_id_salt("result of photos").selected_text(word(draft.result));
            let shown = choices.show_ui(ui, |ui| {
                for choice in [None].into_iter().chain(Outcome::ALL.map(Some)) {
                    ui.selectable_value(&mut draft.result, choice, word(choice));
                }
            });
            shown.response.labelled_by(label.id);
        });
    }
    if session.file.path.is_none() {
        ui.label(RichText::new(lang.t("visit.save-first")).size(12.0).color(t.warn));
    }
    let mut stays = true;
    ui.horizontal(|ui| {
        if session.file.path.is_none() {
            if primary(ui, t, lang.t("command.save-as")).clicked() {
                send.push(FileCommand::SaveAs);
            }
        } else {
            let can = draft.placed() > 0;
            let words = lang.with("field-photos.take", &[("n", &draft.placed().to_string())]);
            if ui.add_enabled_ui(can, |ui| primary(ui, t, &words).clicked()).inner {
                send.push(SurveyCommand::PutPhotos(Box::new(draft.clone())));
            }
        }
        stays = !ui.button(lang.t("dialogue.close")).clicked();
    });
    stays
}

/// Pictures of several slates: a button for each gap.
fn asked(ui: &mut Ui, session: &Session, draft: &FieldPhotosDraft, steps: &mut Vec<Step>, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    for (at, one) in draft.asked.iter().enumerate() {
        ui.label(RichText::new(lang.with("field-photos.asked", &[("n", &one.after.len().to_string())])).color(t.warn));
        ui.horizontal_wrapped(|ui| {
            let (rect, _) = ui.allocate_exact_size(THUMB * 1.6, Sense::hover());
            cut_to(ui.painter(), session, rect, &texture(ui, session, &one.photo, LARGE_PX, send), 11.0);
            for key in &one.gaps {
                if ui.button(session.gap_words(key)).clicked() {
                    steps.push(Step::Answer(at, key.clone()));
                }
            }
        });
        ui.horizontal_wrapped(|ui| {
            one.after.iter().for_each(|photo| thumb(ui, session, photo, draft, steps, send));
        });
        ui.separator();
    }
}

/// Photos of which the slates say nothing.
fn unplaced(ui: &mut Ui, session: &Session, draft: &FieldPhotosDraft, steps: &mut Vec<Step>, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    if !draft.near.is_empty() {
        ui.horizontal(|ui| {
            let words = lang.with("field-photos.near", &[("n", &draft.near.len().to_string())]);
            ui.label(RichText::new(words).color(t.ink));
            if ui.button(lang.t("field-photos.take-near")).clicked() {
                steps.push(Step::TakeNear);
            }
        });
        ui.horizontal_wrapped(|ui| {
            for (photo, key, off) in &draft.near {
                let response = ui.vertical(|ui| thumb(ui, session, photo, draft, steps, send)).response;
                response.on_hover_text(format!("{} · {off:.0} m", session.gap_words(key)));
            }
        });
        ui.separator();
    }
    if !draft.left.is_empty() {
        let words = lang.with("field-photos.left", &[("n", &draft.left.len().to_string())]);
        ui.label(RichText::new(words).color(t.warn));
        ui.horizontal_wrapped(|ui| {
            draft.left.iter().for_each(|photo| thumb(ui, session, photo, draft, steps, send));
        });
        ui.separator();
    }
}

/// A gap with its photos; what is dropped on it is of it.
fn gap(
    ui: &mut Ui,
    session: &Session,
    draft: &FieldPhotosDraft,
    (key, words, photos): (&str, &str, &[PathBuf]),
    steps: &mut Vec<Step>,
    send: &mut Commands,
) {
    let (t, lang) = (session.tokens(), session.lang);
    let zone = ui.dnd_drop_zone::<Dragged, ()>(Frame::NONE.inner_margin(4.0), |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(words).font(bold(13.0)).color(t.ink));
            if !session.has_visit(key) {
                ui.label(RichText::new(lang.t("round.never")).size(12.0).color(t.ink_secondary));
            }
        });
        ui.horizontal_wrapped(|ui| {
            photos.iter().for_each(|photo| thumb(ui, session, photo, draft, steps, send));
        });
    });
    if let Some(dragged) = zone.1 {
        steps.push(Step::Put(dragged.0.clone(), Some(key.to_owned())));
    }
}

/// A small picture, larger under the pointer: it can be dragged, and a click offers where to put it.
fn thumb(
    ui: &mut Ui,
    session: &Session,
    photo: &Path,
    draft: &FieldPhotosDraft,
    steps: &mut Vec<Step>,
    send: &mut Commands,
) {
    let lang = session.lang;
    let (rect, response) = ui.allocate_exact_size(THUMB, Sense::click_and_drag());
    let name = photo.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if ui.is_rect_visible(rect) {
        cut_to(ui.painter(), session, rect, &texture(ui, session, photo, SMALL_PX, send), 11.0);
        if response.dragged() || response.has_focus() {
            let stroke = egui::Stroke::new(2.0, session.tokens().accent);
            ui.painter().rect_stroke(rect, 3.0, stroke, egui::StrokeKind::Inside);
        }
    }
    response.dnd_set_drag_payload(Dragged(photo.to_path_buf()));
    let mut chosen: Option<Option<String>> = None;
    egui::Popup::menu(&response).show(|ui| {
        ui.set_max_width(320.0);
        let sought = session.gaps_like(&draft.sought, if draft.sought.trim().is_empty() { 0 } else { MOST_OFFERED });
        let known = draft.of_gaps.iter().filter(|(_, p)| !p.is_empty());
        let known = known.map(|(key, _)| (key.clone(), session.gap_words(key))).take(3 * MOST_OFFERED);
        for (key, words) in sought.into_iter().chain(known) {
            if ui.button(words).clicked() {
                chosen = Some(Some(key));
                ui.close();
            }
        }
        ui.separator();
        if ui.button(lang.t("field-photos.to-none")).clicked() {
            chosen = Some(None);
            ui.close();
        }
    });
    if let Some(gap) = chosen {
        steps.push(Step::Put(photo.to_path_buf(), gap));
    }
    response.on_hover_ui(|ui| {
        if let Shown::Here(picture) = texture(ui, session, photo, LARGE_PX, send) {
            ui.add(egui::Image::new(&picture).max_size(Vec2::splat(420.0)));
        }
        ui.label(&name);
    });
}
