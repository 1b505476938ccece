//! Photos of a round told apart by the slates of the sheets: by gap, with what has to be asked; any photo is dragged to its gap, or put
//! there by its menu.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use egui::{Frame, RichText, ScrollArea, Sense, TextEdit, Ui, Vec2};

use super::photos::{Shown, cut_to, texture};
use super::style::bold;
use super::widgets::primary;
use crate::session::{Commands, Dialogue, FieldPhotosDraft, FileCommand, SMALL_PX, Session, Sorting, SurveyCommand};
use crate::survey::Outcome;

/// Size of a small picture, in points.
const THUMB: Vec2 = Vec2::new(84.0, 62.0);
/// Longest side of a picture under the pointer, and of slates that are asked about, in pixels.
const MIDDLE_PX: u32 = 480;
/// Gaps that are offered for what is sought.
const MOST_OFFERED: usize = 8;
/// Gaps that are offered in a photo's menu.
const MOST_IN_MENU: usize = 24;
/// Height of the list, at most.
const LIST_PT: f32 = 400.0;
/// Pictures that cannot be read and are named.
const MOST_UNREAD: usize = 12;

/// A photo on its way to another gap.
struct Dragged(PathBuf);

/// What a person does to the photos while they are shown; done once all of them were.
enum Step {
    Put(PathBuf, Option<String>),
    Answer(usize, String),
    TakeNear,
    TakeFar,
}

/// What the parts of the dialogue are shown with.
struct Shows<'a> {
    session: &'a Session,
    draft: &'a FieldPhotosDraft,
    steps: Vec<Step>,
}

/// How far the telling apart is; closed, it stops.
pub(super) fn sorting(ui: &mut Ui, session: &Session, sorting: Sorting) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(
        RichText::new(lang.with("field-photos.sorting", &[("name", &sorting.name)])).font(bold(15.0)).color(t.ink),
    );
    let [seen, all] = [&sorting.seen, &sorting.all].map(|n| n.load(Ordering::Relaxed));
    ui.add(egui::ProgressBar::new(seen as f32 / all.max(1) as f32).text(format!("{seen} / {all}")));
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
    let gaps = draft.sorted.of_gaps.values().filter(|p| !p.is_empty()).count();
    let values =
        [("n", draft.placed().to_string()), ("gaps", gaps.to_string()), ("slates", draft.sorted.slates.to_string())];
    let counts = lang.with("field-photos.counts", &values.each_ref().map(|(k, v)| (*k, v.as_str())));
    ui.label(RichText::new(counts).color(t.ink_secondary));
    if draft.beyond > 0 {
        let words = lang.with("field-photos.beyond", &[("n", &draft.beyond.to_string())]);
        ui.label(RichText::new(words).color(t.warn));
    }
    ui.horizontal(|ui| {
        let label = ui.label(lang.t("field-photos.seek"));
        ui.add(
            TextEdit::singleline(&mut draft.sought).desired_width(220.0).hint_text(lang.t("field-photos.seek-hint")),
        )
        .labelled_by(label.id);
    });
    let mut shows = Shows { session, draft: &draft, steps: Vec::new() };
    let room = (ui.ctx().content_rect().height() - 330.0).clamp(140.0, LIST_PT);
    ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| shows.list(ui, send));
    for step in shows.steps {
        match step {
            Step::Put(photo, gap) => draft.put(&photo, gap.as_deref()),
            Step::Answer(at, gap) => draft.answer(at, &gap),
            Step::TakeNear => draft.take_near(),
            Step::TakeFar => draft.take_far(),
        }
    }
    ui.add_space(8.0);
    let stays = end(ui, session, &mut draft, send);
    stays.then_some(Dialogue::FieldPhotos(draft))
}

/// What is done with them; whether the dialogue stays.
fn end(ui: &mut Ui, session: &Session, draft: &mut FieldPhotosDraft, send: &mut Commands) -> bool {
    let (t, lang) = (session.tokens(), session.lang);
    let unknown = draft.unknown();
    if unknown > 0 {
        let words = lang.with("field-photos.unknown", &[("n", &unknown.to_string())]);
        ui.checkbox(&mut draft.with_unknown, RichText::new(words).color(t.warn));
    }
    let is_waiting = |(key, p): &(&String, &Vec<PathBuf>)| !p.is_empty() && !draft.names.visited.contains(*key);
    let waiting = draft.sorted.of_gaps.iter().filter(is_waiting).count();
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
    if draft.is_closing {
        ui.label(RichText::new(lang.t("field-photos.closing")).color(t.warn));
    }
    let mut stays = true;
    ui.horizontal(|ui| {
        if session.file.path.is_none() {
            if primary(ui, t, lang.t("command.save-as")).clicked() {
                send.push(FileCommand::SaveAs);
            }
        } else {
            let words = lang.with("field-photos.take", &[("n", &draft.to_put().to_string())]);
            if ui.add_enabled_ui(draft.to_put() > 0, |ui| primary(ui, t, &words).clicked()).inner {
                send.push(SurveyCommand::PutPhotos(Box::new(draft.clone())));
            }
        }
        // Nobody loses an hour of sorting by a click.
        let word = if draft.is_closing { "field-photos.discard" } else { "dialogue.close" };
        if ui.button(lang.t(word)).clicked() {
            stays = !draft.is_closing && draft.is_open();
            draft.is_closing = true;
        }
        if draft.is_closing && stays && ui.button(lang.t("field-photos.go-on")).clicked() {
            draft.is_closing = false;
        }
    });
    stays
}

impl Shows<'_> {
    fn list(&mut self, ui: &mut Ui, send: &mut Commands) {
        let draft = self.draft;
        self.asked(ui, send);
        self.unplaced(ui, send);
        if !draft.sought.trim().is_empty() {
            for (key, _) in draft.names.like(&draft.sought, MOST_OFFERED) {
                self.gap(ui, key, draft.sorted.of_gaps.get(key).map_or(&[], Vec::as_slice), send);
            }
            ui.separator();
        }
        for (key, photos) in draft.sorted.of_gaps.iter().filter(|(_, p)| !p.is_empty()) {
            self.gap(ui, key, photos, send);
        }
    }

    /// Pictures of several slates: a button for each gap.
    fn asked(&mut self, ui: &mut Ui, send: &mut Commands) {
        let (t, lang, draft) = (self.session.tokens(), self.session.lang, self.draft);
        for (at, one) in draft.sorted.asked.iter().enumerate() {
            let words = lang.with("field-photos.asked", &[("n", &one.after.len().to_string())]);
            ui.label(RichText::new(words).color(t.warn));
            ui.horizontal_wrapped(|ui| {
                let (rect, _) = ui.allocate_exact_size(THUMB * 1.6, Sense::hover());
                if ui.is_rect_visible(rect) {
                    let shown = texture(ui, self.session, &one.photo, MIDDLE_PX, send);
                    cut_to(ui.painter(), self.session, rect, &shown, 11.0);
                }
                for key in &one.gaps {
                    if ui.button(draft.names.of(key)).clicked() {
                        self.steps.push(Step::Answer(at, key.clone()));
                    }
                }
            });
            self.thumbs(ui, &one.after, send);
            ui.separator();
        }
    }

    /// Photos of which the slates say nothing, or what cannot be right.
    fn unplaced(&mut self, ui: &mut Ui, send: &mut Commands) {
        let (t, lang, draft) = (self.session.tokens(), self.session.lang, self.draft);
        for (list, key, button, step) in [
            (&draft.sorted.near, "field-photos.near", "field-photos.take-near", Step::TakeNear),
            (&draft.sorted.far, "field-photos.far", "field-photos.take-far", Step::TakeFar),
        ] {
            if list.is_empty() {
                continue;
            }
            ui.horizontal(|ui| {
                ui.label(RichText::new(lang.with(key, &[("n", &list.len().to_string())])).color(t.ink));
                if ui.button(lang.t(button)).clicked() {
                    self.steps.push(step);
                }
            });
            for (photo, gap, off) in list {
                ui.horizontal(|ui| {
                    self.thumb(ui, photo, send);
                    ui.label(RichText::new(format!("{} · {off:.0} m", draft.names.of(gap))).size(12.0).color(t.ink));
                });
            }
            ui.separator();
        }
        if !draft.sorted.unread.is_empty() {
            let words = lang.with("field-photos.unread", &[("n", &draft.sorted.unread.len().to_string())]);
            ui.label(RichText::new(words).color(t.warn));
            let names = draft.sorted.unread.iter().take(MOST_UNREAD).map(|p| name_of(p)).collect::<Vec<_>>().join("  ");
            ui.add(egui::Label::new(RichText::new(names).size(12.0).color(t.ink_secondary)).wrap());
            ui.separator();
        }
        if !draft.sorted.left.is_empty() {
            let words = lang.with("field-photos.left", &[("n", &draft.sorted.left.len().to_string())]);
            ui.label(RichText::new(words).color(t.warn));
            self.thumbs(ui, &draft.sorted.left, send);
            ui.separator();
        }
    }

    fn thumbs(&mut self, ui: &mut Ui, photos: &[PathBuf], send: &mut Commands) {
        ui.horizontal_wrapped(|ui| photos.iter().for_each(|photo| self.thumb(ui, photo, send)));
    }

    /// A gap with its photos; what is dropped on it is of it.
    fn gap(&mut self, ui: &mut Ui, key: &str, photos: &[PathBuf], send: &mut Commands) {
        let (t, lang, draft) = (self.session.tokens(), self.session.lang, self.draft);
        let zone = ui.dnd_drop_zone::<Dragged, ()>(Frame::NONE.inner_margin(4.0), |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let ink = if draft.names.words.contains_key(key) { t.ink } else { t.warn };
                ui.label(RichText::new(draft.names.of(key)).font(bold(13.0)).color(ink));
                if !draft.names.visited.contains(key) {
                    ui.label(RichText::new(lang.t("round.never")).size(12.0).color(t.ink_secondary));
                }
            });
            self.thumbs(ui, photos, send);
        });
        if let Some(dragged) = zone.1 {
            self.steps.push(Step::Put(dragged.0.clone(), Some(key.to_owned())));
        }
    }

    /// A small picture, larger under the pointer: it can be dragged, and a click offers where to put it.
    fn thumb(&mut self, ui: &mut Ui, photo: &Path, send: &mut Commands) {
        let (session, draft) = (self.session, self.draft);
        let (rect, response) = ui.allocate_exact_size(THUMB, Sense::click_and_drag());
        let name = name_of(photo);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if ui.is_rect_visible(rect) {
            cut_to(ui.painter(), session, rect, &texture(ui, session, photo, SMALL_PX, send), 11.0);
            if response.dragged() || response.has_focus() {
                let stroke = egui::Stroke::new(2.0, session.tokens().accent);
                ui.painter().rect_stroke(rect, 3.0, stroke, egui::StrokeKind::Inside);
            }
        }
        response.dnd_set_drag_payload(Dragged(photo.to_path_buf()));
        egui::Popup::menu(&response).show(|ui| {
            ui.set_max_width(320.0);
            let is_sought = !draft.sought.trim().is_empty();
            let sought = if is_sought { draft.names.like(&draft.sought, MOST_OFFERED) } else { Vec::new() };
            let known = draft.sorted.of_gaps.iter().filter(|(_, p)| !p.is_empty());
            let known = known.map(|(key, _)| (key.as_str(), draft.names.of(key))).take(MOST_IN_MENU);
            for (key, words) in sought.into_iter().chain(known) {
                if ui.button(words).clicked() {
                    self.steps.push(Step::Put(photo.to_path_buf(), Some(key.to_owned())));
                    ui.close();
                }
            }
            ui.separator();
            if ui.button(session.lang.t("field-photos.to-none")).clicked() {
                self.steps.push(Step::Put(photo.to_path_buf(), None));
                ui.close();
            }
        });
        response.on_hover_ui(|ui| {
            if let Shown::Here(picture) = texture(ui, session, photo, MIDDLE_PX, send) {
                ui.add(egui::Image::new(&picture).max_size(Vec2::splat(420.0)));
            }
            ui.label(&name);
        });
    }
}

fn name_of(photo: &Path) -> String {
    photo.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
