//! Photos: small ones on the card, large ones over the window.

use std::path::{Path, PathBuf};

use egui::{RichText, Sense, TextureHandle, Ui, Vec2};

use super::style::bold;
use super::widgets::{primary, section};
use crate::palette::UNTINTED;
use crate::session::{Commands, Dialogue, LARGE_PX, PhotoPicture, SMALL_PX, Session, WindowCommand};

/// Photos shown before the rest is asked for.
const FEW: usize = 6;

/// The photos taken in the village on the card.
pub fn of_village(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let photos = session.village_photos();
    if photos.is_empty() {
        return;
    }
    section(ui, t, &lang.with("photos.title", &[("n", &photos.len().to_string())]));
    let files: Vec<PathBuf> = photos.iter().map(|p| p.file.clone()).collect();
    ui.horizontal_wrapped(|ui| {
        for (at, photo) in photos.iter().take(FEW).enumerate() {
            if small(ui, session, &photo.file, &photo.taken_at, send) {
                send.push(WindowCommand::OpenPictures(files.clone(), at));
            }
        }
    });
    if photos.len() > FEW
        && ui.small_button(lang.with("photos.more", &[("n", &(photos.len() - FEW).to_string())])).clicked()
    {
        send.push(WindowCommand::OpenPictures(files, FEW));
    }
    ui.add_space(6.0);
}

/// A small picture of a photo; its name where it cannot be shown. Whether it was clicked.
pub fn small(ui: &mut Ui, session: &Session, file: &Path, words: &str, send: &mut Commands) -> bool {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let words = if words.is_empty() { name.clone() } else { format!("{name}\n{}", words.replace('T', " ")) };
    match texture(ui, session, file, SMALL_PX, send) {
        Shown::Here(texture) => {
            let picture =
                egui::Image::new(&texture).max_size(Vec2::new(92.0, 70.0)).corner_radius(4.0).sense(Sense::click());
            let response = ui.add(picture);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            response.on_hover_text(words).clicked()
        }
        Shown::Coming => {
            ui.spinner();
            false
        }
        Shown::Never => ui.link(name).on_hover_text(session.lang.t("photos.not-shown")).clicked(),
    }
}

/// A picture on its way to the window.
pub(super) enum Shown {
    Here(TextureHandle),
    Coming,
    Never,
}

pub(super) fn texture(ui: &Ui, session: &Session, file: &Path, side_px: u32, send: &mut Commands) -> Shown {
    match session.made.photos.pictures.get(&(file.to_path_buf(), side_px)) {
        Some(PhotoPicture::Here(image)) => {
            let id = egui::Id::unique(("picture", file, side_px));
            let kept: Option<TextureHandle> = ui.data(|d| d.get_temp(id));
            let texture = kept.unwrap_or_else(|| {
                let name = file.display().to_string();
                let texture = ui.ctx().load_texture(name, image.clone(), egui::TextureOptions::LINEAR);
                ui.data_mut(|d| d.insert_temp(id, texture.clone()));
                texture
            });
            Shown::Here(texture)
        }
        Some(PhotoPicture::Coming) => Shown::Coming,
        Some(PhotoPicture::Never) => Shown::Never,
        None => {
            send.push(WindowCommand::LoadPicture(file.to_path_buf(), side_px));
            Shown::Coming
        }
    }
}

/// Draws a picture into a room, cut to its shape from the middle; says so where it is not there.
pub(super) fn cut_to(painter: &egui::Painter, session: &Session, room: egui::Rect, shown: &Shown, words_pt: f32) {
    let t = session.tokens();
    match shown {
        Shown::Here(texture) => {
            let [w, h] = texture.size().map(|v| v as f32);
            let shape = room.width() / room.height().max(1.0);
            let part = if w / h > shape { Vec2::new(h * shape / w, 1.0) } else { Vec2::new(1.0, w / shape / h) };
            let uv = egui::Rect::from_center_size(egui::pos2(0.5, 0.5), part);
            painter.image(texture.id(), room, uv, UNTINTED);
        }
        Shown::Coming => {
            painter.rect_filled(room, 4.0, t.field);
        }
        Shown::Never => {
            painter.rect_filled(room, 4.0, t.field);
            let font = egui::FontId::proportional(words_pt);
            let missing = session.lang.t("photos.missing");
            painter.text(room.center(), egui::Align2::CENTER_CENTER, missing, font, t.ink_secondary);
        }
    }
}

/// Longest side of a picture below the map of a scene, in pixels.
const SCENE_PX: u32 = 720;

/// Photos below the map of a scene, in a row; a click shows one large.
pub fn below_map(ui: &mut Ui, session: &Session, rect: egui::Rect, words_pt: f32, send: &mut Commands) {
    let photos = session.scene_photos();
    let (t, gap) = (session.tokens(), 12.0);
    let count = photos.len().max(1) as f32;
    let wide = ((rect.width() - gap * (count - 1.0)) / count).min((rect.height() - words_pt * 1.5) * 1.6);
    for (at, (photo, words)) in photos.iter().enumerate() {
        let left = rect.left() + at as f32 * (wide + gap);
        let place =
            egui::Rect::from_min_size(egui::pos2(left, rect.top()), Vec2::new(wide, rect.height() - words_pt * 1.5));
        let response = ui.interact(place, ui.scope_id().with(("scene photo", at)), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
        cut_to(ui.painter(), session, place, &texture(ui, session, &photo.file, SCENE_PX, send), words_pt);
        let at_words = place.left_bottom() + Vec2::new(0.0, 4.0);
        let mut job =
            egui::text::LayoutJob::simple_singleline(words.clone(), egui::FontId::proportional(words_pt), t.ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(wide);
        ui.painter().galley(at_words, ui.painter().layout_job(job), t.ink);
        if response.clicked() {
            send.push(WindowCommand::OpenPictures(photos.iter().map(|(p, _)| p.file.clone()).collect(), at));
        }
    }
}

/// A photo large, with those before and behind it.
pub fn large(
    ui: &mut Ui,
    session: &Session,
    files: Vec<PathBuf>,
    mut at: usize,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let file = files.get(at)?.clone();
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.label(RichText::new(&name).font(bold(14.0)).color(t.ink));
    let room = ui.ctx().content_rect().size() - Vec2::new(120.0, 190.0);
    match texture(ui, session, &file, LARGE_PX, send) {
        Shown::Here(texture) => {
            ui.add(egui::Image::new(&texture).max_size(room.max(Vec2::splat(120.0))).corner_radius(4.0));
        }
        Shown::Coming => {
            ui.spinner();
        }
        Shown::Never => {
            ui.label(RichText::new(lang.t("photos.not-shown")).color(t.ink_secondary));
        }
    }
    ui.add_space(6.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let count = files.len();
        if count > 1 {
            let (left, right) =
                ui.input(|i| (i.key_pressed(egui::Key::ArrowLeft), i.key_pressed(egui::Key::ArrowRight)));
            if ui.button(lang.t("photos.before")).clicked() || left {
                at = (at + count - 1) % count;
            }
            if ui.button(lang.t("photos.next")).clicked() || right {
                at = (at + 1) % count;
            }
            ui.label(RichText::new(format!("{} / {count}", at + 1)).size(12.0).color(t.ink_secondary));
        }
        keep = !primary(ui, t, lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Pictures(files, at))
}
