//! All commands with their shortcuts, found by a word of either language, pinyin or initials.

use egui::{Key, RichText, ScrollArea, TextEdit, Ui};
use ib_matcher::matcher::{IbMatcher, PinyinMatchConfig};
use ib_matcher::pinyin::PinyinNotation;

use super::style::bold;
use crate::lang::Lang;
use crate::session::{Commands, Dialogue, Offer, Session, offered, shortcut_words};

/// Height of a row.
const ROW: f32 = 28.0;

/// Shows them; a click or Enter gives one.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    mut text: String,
    mut row: usize,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("commands.title")).font(bold(15.0)).color(t.ink));
    let before = text.clone();
    let edit = TextEdit::singleline(&mut text).hint_text(lang.t("commands.hint")).desired_width(520.0);
    let edit = ui.add(edit.margin(egui::vec2(10.0, 6.0)));
    let label = lang.t("commands.title");
    edit.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, label));
    edit.request_focus();
    if text != before {
        row = 0;
    }
    let found = found(&text);
    let (up, down, enter) =
        ui.input(|i| (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown), i.key_pressed(Key::Enter)));
    let last = found.len().saturating_sub(1);
    row = (row + usize::from(down)).saturating_sub(usize::from(up)).min(last);
    let mut given = enter.then(|| found.get(row)).flatten();
    ui.add_space(6.0);
    let height = (ui.ctx().content_rect().height() * 0.6).min(ROW * 14.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        for (i, offer) in found.iter().enumerate() {
            let is_met = offer.needs.is_met(session);
            let shortcuts: Vec<String> = offer.shortcuts.iter().map(|s| shortcut_words(ui.ctx(), s)).collect();
            let button = egui::Button::selectable(i == row, offer.command.words(lang))
                .right_text(RichText::new(shortcuts.join("   ")).color(t.ink_secondary))
                .min_size(egui::vec2(ui.available_width(), ROW));
            let answer = ui.add_enabled(is_met, button).on_disabled_hover_text(lang.t(offer.needs.key()));
            if i == row && (up || down) {
                answer.scroll_to_me(None);
            }
            if answer.clicked() {
                given = Some(offer);
            }
        }
        if found.is_empty() {
            ui.label(RichText::new(lang.t("search.nothing")).color(t.ink_secondary));
        }
    });
    match given.filter(|o| o.needs.is_met(session)) {
        Some(offer) => {
            send.push(offer.command.clone());
            None
        }
        None => Some(Dialogue::Commands(text, row)),
    }
}

/// The commands that a text finds, in the order of the menu; all where it is empty.
fn found(text: &str) -> Vec<Offer> {
    let wanted = text.trim();
    let notation = PinyinNotation::Ascii | PinyinNotation::AsciiFirstLetter;
    let matcher = IbMatcher::builder(wanted).pinyin(PinyinMatchConfig::notations(notation)).build();
    let is_found = |o: &Offer| {
        wanted.is_empty() || [Lang::Zh, Lang::En].iter().any(|lang| matcher.is_match(o.command.words(*lang)))
    };
    offered().into_iter().filter(is_found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_either_language_pinyin_or_initials_finds_a_command() {
        let all = found("").len();
        assert!(all > 40);
        for (text, word) in [("undo", "撤销"), ("撤销", "撤销"), ("chexiao", "撤销"), ("cx", "撤销"), ("打印", "")]
        {
            let names: Vec<String> = found(text).iter().map(|o| o.command.words(Lang::Zh).to_owned()).collect();
            assert!(names.len() < all, "{text}");
            assert!(word.is_empty() || names.iter().any(|n| n.contains(word)), "{text}: {names:?}");
        }
        assert!(found("no such command").is_empty());
    }
}
