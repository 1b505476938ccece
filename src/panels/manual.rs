//! The manual: the text of `docs/`, in both languages, looked through by a word.

use egui::{RichText, ScrollArea, TextEdit, Ui, Vec2};

use super::style::bold;
use super::widgets::primary;
use crate::lang::Lang;
use crate::session::{Commands, Dialogue, Session, WindowCommand};

/// The texts, and their pictures by name.
const ZH: &str = include_str!("../../docs/manual.zh-CN.md");
const EN: &str = include_str!("../../docs/manual.en.md");

/// Pictures that the manual shows, made by `scripts/manual` from the window itself.
const PICTURES: [(&str, &[u8]); 6] = [
    ("pictures/window.zh-CN.jpg", include_bytes!("../../docs/pictures/window.zh-CN.jpg")),
    ("pictures/table.zh-CN.jpg", include_bytes!("../../docs/pictures/table.zh-CN.jpg")),
    ("pictures/gaps.zh-CN.jpg", include_bytes!("../../docs/pictures/gaps.zh-CN.jpg")),
    ("pictures/window.en.jpg", include_bytes!("../../docs/pictures/window.en.jpg")),
    ("pictures/table.en.jpg", include_bytes!("../../docs/pictures/table.en.jpg")),
    ("pictures/gaps.en.jpg", include_bytes!("../../docs/pictures/gaps.en.jpg")),
];

/// Width of the list of sections.
const LIST: f32 = 200.0;

/// A section of the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Section {
    title: &'static str,
    text: &'static str,
}

/// The manual in a language, in sections.
fn sections(lang: Lang) -> Vec<Section> {
    let whole = if lang == Lang::Zh { ZH } else { EN };
    let parts = whole.split("\n## ").skip(1);
    parts.filter_map(|part| part.split_once('\n').map(|(title, text)| Section { title: title.trim(), text })).collect()
}

/// Whether a section speaks of a word.
fn speaks_of(section: &Section, word: &str) -> bool {
    let word = word.trim().to_lowercase();
    word.is_empty() || section.title.to_lowercase().contains(&word) || section.text.to_lowercase().contains(&word)
}

/// Shows the manual: sections at the left, the one that is read at the right.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    mut sought: String,
    mut at: usize,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let room = ui.ctx().content_rect().size();
    ui.set_width((room.x - 120.0).clamp(520.0, 1000.0));
    let all = sections(lang);
    let mut stays = true;
    ui.horizontal(|ui| {
        ui.label(RichText::new(lang.t("manual.title")).font(bold(18.0)).color(t.ink));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            stays = !primary(ui, t, lang.t("dialogue.close")).clicked();
            let hint = lang.t("manual.seek");
            let field = ui.add(TextEdit::singleline(&mut sought).desired_width(220.0).hint_text(hint));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, hint));
            if field.changed()
                && let Some(first) = all.iter().position(|s| speaks_of(s, &sought))
            {
                at = first;
            }
        });
    });
    ui.separator();
    let high = (room.y - 220.0).max(240.0);
    let (whole, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), high), egui::Sense::hover());
    let (left, right) = whole.split_left_right_at_x(whole.left() + LIST);
    ui.scope_builder(egui::UiBuilder::new().max_rect(left), |ui| {
        for (i, section) in all.iter().enumerate().filter(|(_, s)| speaks_of(s, &sought)) {
            if ui.selectable_label(at == i, section.title).clicked() {
                at = i;
            }
        }
        if !all.iter().any(|s| speaks_of(s, &sought)) {
            ui.label(RichText::new(lang.t("manual.nothing")).color(t.ink_secondary));
        }
    });
    let right = egui::Rect::from_min_max(right.min + Vec2::new(16.0, 0.0), right.max);
    ui.scope_builder(egui::UiBuilder::new().max_rect(right), |ui| {
        ScrollArea::vertical().id_salt(("manual", at)).auto_shrink([false, false]).show(ui, |ui| {
            if let Some(section) = all.get(at) {
                ui.label(RichText::new(section.title).font(bold(17.0)).color(t.ink));
                ui.add_space(6.0);
                body(ui, session, section.text, &sought);
            }
        });
    });
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button(lang.t("commands.title")).clicked() {
            send.push(WindowCommand::CommandsDialogue);
            stays = false;
        }
        if ui.button(lang.t("tour.again")).clicked() {
            send.push(WindowCommand::Choose(crate::session::Choosing::Tour(0)));
            stays = false;
        }
    });
    stays.then_some(Dialogue::Manual(sought, at))
}

/// The text of a section: paragraphs, lists, pictures.
fn body(ui: &mut Ui, session: &Session, text: &'static str, sought: &str) {
    for block in text.split("\n\n").map(str::trim).filter(|b| !b.is_empty()) {
        if let Some(picture) = block.strip_prefix("![").and_then(|b| b.split_once("](")) {
            let (words, file) = (picture.0, picture.1.trim_end_matches(')'));
            shown(ui, words, file);
        } else {
            for line in block.lines() {
                match line.strip_prefix("- ") {
                    Some(item) => {
                        ui.add_space(2.0);
                        paragraph(ui, session, "•  ", item, sought);
                    }
                    None => paragraph(ui, session, "", line, sought),
                }
            }
        }
        ui.add_space(8.0);
    }
}

/// A paragraph: what stands in backticks as keys, what is sought marked.
fn paragraph(ui: &mut Ui, session: &Session, mark: &str, text: &str, sought: &str) {
    let t = session.tokens();
    let mut job = egui::text::LayoutJob::default();
    let plain = egui::TextFormat { font_id: egui::FontId::proportional(14.0), color: t.ink, ..Default::default() };
    let key = egui::TextFormat { background: t.field, color: t.accent, ..plain.clone() };
    let marked = egui::TextFormat { background: t.accent_ground, ..plain.clone() };
    job.append(mark, 0.0, plain.clone());
    for (i, piece) in text.split('`').enumerate() {
        if i % 2 == 1 {
            job.append(piece, 0.0, key.clone());
            continue;
        }
        let (piece, word) = (piece.replace('*', ""), sought.trim().to_lowercase());
        let mut rest = piece.as_str();
        while let Some(found) = (!word.is_empty()).then(|| rest.to_lowercase().find(&word)).flatten() {
            let end = found + word.len();
            let (Some(before), Some(hit), Some(after)) = (rest.get(..found), rest.get(found..end), rest.get(end..))
            else {
                break;
            };
            job.append(before, 0.0, plain.clone());
            job.append(hit, 0.0, marked.clone());
            rest = after;
        }
        job.append(rest, 0.0, plain.clone());
    }
    job.wrap.max_width = ui.available_width();
    ui.add(egui::Label::new(job).wrap());
}

/// A picture, as wide as there is room.
fn shown(ui: &mut Ui, words: &str, file: &str) {
    let Some((name, bytes)) = PICTURES.iter().find(|(name, _)| *name == file) else { return };
    let id = egui::Id::unique(("manual", *name));
    let kept: Option<egui::TextureHandle> = ui.data(|d| d.get_temp(id));
    let texture = kept.or_else(|| {
        let image = image::load_from_memory(bytes).ok()?.into_rgba8();
        let size = [image.width() as usize, image.height() as usize];
        let image = egui::ColorImage::from_rgba_unmultiplied(size, image.as_raw());
        let texture = ui.ctx().load_texture(*name, image, egui::TextureOptions::LINEAR);
        ui.data_mut(|d| d.insert_temp(id, texture.clone()));
        Some(texture)
    });
    let Some(texture) = texture else { return };
    let wide = ui.available_width().min(texture.size_vec2().x);
    let size = texture.size_vec2() * (wide / texture.size_vec2().x);
    let response = ui.add(egui::Image::new((texture.id(), size)).corner_radius(4.0));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_sections_and_all_their_pictures() {
        let (zh, en) = (sections(Lang::Zh), sections(Lang::En));
        assert_eq!(zh.len(), en.len());
        for (zh, en) in zh.iter().zip(&en) {
            assert_eq!(
                zh.text.matches("\n- ").count(),
                en.text.matches("\n- ").count(),
                "{} and {}",
                zh.title,
                en.title
            );
        }
        for text in [ZH, EN] {
            for file in text.split("](").skip(1).filter_map(|p| p.split(')').next()) {
                assert!(PICTURES.iter().any(|(name, bytes)| *name == file && bytes.starts_with(b"\xff\xd8")), "{file}");
            }
        }
        assert!(zh.iter().filter(|s| speaks_of(s, "外业")).count() >= 1);
        assert!(en.iter().all(|s| !speaks_of(s, "zebra")));
    }
}
