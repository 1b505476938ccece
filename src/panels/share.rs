//! What goes into a file for anyone.

use egui::{RichText, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::session::{Commands, Dialogue, PageCommand, Session, ShareOptions};

/// Longest side of photos in a shared file, in pixels.
const PHOTO_PX: u32 = 640;

/// Ticks, and where to.
pub fn show(ui: &mut Ui, session: &Session, mut options: ShareOptions, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("share.title")).font(bold(15.0)).color(t.ink));
    ui.add(egui::Label::new(RichText::new(lang.t("share.note")).size(12.0).color(t.ink_secondary)).wrap());
    ui.add_space(6.0);
    ui.checkbox(&mut options.all_years, lang.t("share.all-years"));
    ui.checkbox(&mut options.facilities, lang.t("share.facilities"));
    ui.checkbox(&mut options.gaps, lang.t("share.gaps"));
    let mut photos = options.photos_px.is_some();
    ui.checkbox(&mut photos, lang.t("share.photos"));
    options.photos_px = photos.then_some(PHOTO_PX);
    ui.add_space(8.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let can = session.district().is_some();
        if ui.add_enabled_ui(can, |ui| primary(ui, t, lang.t("share.save")).clicked()).inner {
            send.push(PageCommand::AskShare(options.clone()));
            keep = false;
        }
        if ui.add_enabled(can, egui::Button::new(lang.t("share.slides"))).clicked() {
            send.push(PageCommand::AskSlides);
            keep = false;
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Share(options))
}
