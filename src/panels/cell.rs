//! A value of the table, as it stands and while it is changed.

use egui::{Align, Color32, EventFilter, FontId, Key, Label, Layout, RichText, TextEdit, Ui};

use crate::map::visual_order;
use crate::model::FeatureId;
use crate::session::{CellEdit, Session, Sheet, SheetColumn};

/// What came of a value being typed.
pub(super) enum Done {
    /// It is still being typed.
    Not,
    /// It is left as it was.
    Left,
    /// It is taken.
    Enter,
    /// It is taken, and the next one is wanted.
    Tab {
        /// Whether the one before.
        back: bool,
    },
}

/// Shows a value: numbers right, and right as well what says that a number is unknown.
pub(super) fn value(ui: &mut Ui, session: &Session, sheet: &Sheet, feature: FeatureId, column: usize) {
    let t = session.tokens();
    let (edited, not_applicable) = sheet.marks(feature, column);
    let right = sheet.is_numeric(column);
    let (text, colour): (String, Color32) = match sheet.shown(session, feature, column) {
        None if not_applicable => (session.lang.t("value.not_applicable").to_owned(), t.ink_secondary),
        None => (session.lang.t("value.unknown").to_owned(), t.ink_secondary),
        Some((text, _)) => (text, if edited { t.accent } else { t.ink }),
    };
    if ui.is_sizing_pass() {
        let width = ui.painter().layout_no_wrap(text, FontId::proportional(13.0), colour).size().x + 20.0;
        ui.allocate_space(egui::vec2(width.min(super::table::own_width()), 1.0));
        return;
    }
    let label = Label::new(RichText::new(&*visual_order(&text)).color(colour)).truncate().selectable(false);
    let layout = if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    ui.with_layout(layout, |ui| {
        ui.add_space(10.0);
        ui.add(label);
    });
}

/// Words that a value can be; any where there are none.
fn choices(session: &Session, editing: &CellEdit) -> Vec<String> {
    match editing.what {
        SheetColumn::Indicator(i) => {
            let values = session.indicator(i).map_or(&[][..], |i| &i.values);
            values
                .iter()
                .map(|v| if session.lang == crate::lang::Lang::Zh { v.zh.clone() } else { v.en.clone() })
                .collect()
        }
        SheetColumn::Field(_) => Vec::new(),
    }
}

/// A value being typed.
pub(super) fn edit(ui: &mut Ui, session: &Session, editing: &mut CellEdit) -> Done {
    let t = session.tokens();
    let id = egui::Id::unique(("cell", editing.row, editing.what, editing.place));
    let readable = session.correction(editing).is_some();
    let choices = choices(session, editing);
    // Keys are taken before the field sees them: Tab goes to the next value, not to the next thing in the window.
    let focused = ui.memory(|m| m.has_focus(id));
    if focused {
        ui.memory_mut(|m| {
            m.set_focus_lock_filter(
                id,
                EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true },
            )
        });
    }
    let (enter, tab, back, escape) = ui.input_mut(|i| {
        if !focused {
            return (false, false, false, false);
        }
        let back = i.consume_key(egui::Modifiers::SHIFT, Key::Tab);
        (
            i.consume_key(egui::Modifiers::NONE, Key::Enter),
            back || i.consume_key(egui::Modifiers::NONE, Key::Tab),
            back,
            i.consume_key(egui::Modifiers::NONE, Key::Escape),
        )
    });
    let field = TextEdit::singleline(&mut editing.text)
        .id(id)
        .hint_text(session.lang.t("value.unknown"))
        .text_color(if readable { t.ink } else { t.bad })
        .margin(egui::Margin::symmetric(6, 2))
        .desired_width(ui.max_rect().width() - 4.0);
    let room = ui.max_rect().shrink2(egui::vec2(2.0, 2.0));
    ui.painter().rect_filled(room, 4.0, t.panel);
    let response = ui.put(room, field);
    let words = session.lang.t("edit.value");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, words));
    if std::mem::take(&mut editing.is_fresh) {
        response.request_focus();
        let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
        let all = egui::text::CCursorRange::two(
            egui::text::CCursor::new(0),
            egui::text::CCursor::new(editing.text.chars().count()),
        );
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), id);
        return Done::Not;
    }
    if !choices.is_empty() && focused {
        egui::Popup::from_response(&response).open(true).close_behavior(egui::PopupCloseBehavior::IgnoreClicks).show(
            |ui| {
                for choice in &choices {
                    if ui.selectable_label(*choice == editing.text, choice).clicked() {
                        editing.text.clone_from(choice);
                        editing.is_fresh = true;
                    }
                }
            },
        );
    } else if !readable {
        response.show_tooltip_text(session.lang.t("edit.unreadable"));
    }
    match () {
        () if escape => Done::Left,
        () if enter && readable => Done::Enter,
        () if tab && readable => Done::Tab { back },
        // A click elsewhere takes what can be read and leaves what cannot.
        () if response.lost_focus() && !editing.is_fresh => {
            if readable {
                Done::Enter
            } else {
                Done::Left
            }
        }
        () => Done::Not,
    }
}
