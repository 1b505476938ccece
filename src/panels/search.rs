//! The search box: names, towns and codes in Chinese, pinyin and initials.

use egui::{Area, Id, Key, Order, RichText, TextEdit, Ui};

use crate::session::{Command, Commands, Moment, SelectCommand, Session, WindowCommand};

/// Shows the box, `width` points wide, and, while it has text and the keyboard, its results.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, width: f32, send: &mut Commands) {
    let hint = format!(
        "{}    {}",
        session.lang.t("search.hint"),
        Command::from(WindowCommand::FocusSearch).shortcut_text(ui.ctx())
    );
    let mut text = moment.search.clone();
    let edit = TextEdit::singleline(&mut text)
        .id(Id::unique("search"))
        .hint_text(hint)
        .desired_width(width - 20.0)
        .margin(egui::vec2(10.0, 6.0));
    let response = ui.add(edit);
    let label = session.lang.t("command.search");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, label));
    if moment.focus_search {
        response.request_focus();
        moment.focus_search = false;
    }
    if text != moment.search {
        moment.search = text;
        moment.search_row = 0;
    }
    // What was typed in this very frame is searched for at its end.
    let hits = if moment.search == session.moment.search { session.hits() } else { &[] };
    let (up, down, enter) =
        ui.input(|i| (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown), i.key_pressed(Key::Enter)));
    if response.has_focus() || response.lost_focus() {
        let last = hits.len().saturating_sub(1);
        moment.search_row = (moment.search_row + usize::from(down)).min(last).saturating_sub(usize::from(up));
        if enter && !moment.search.trim().is_empty() {
            send.push(SelectCommand::TakeHit(moment.search_row));
            return;
        }
    }
    if moment.search.trim().is_empty() {
        return;
    }
    let mut chosen = None;
    let t = session.tokens();
    let area = Area::new(Id::unique("search results"))
        .order(Order::Foreground)
        .fixed_pos(response.rect.left_bottom() + egui::vec2(0.0, 6.0));
    let frame =
        egui::Frame::NONE.fill(t.panel).stroke(egui::Stroke::new(1.0, t.line)).corner_radius(8.0).inner_margin(8.0);
    area.show(ui.ctx(), |ui| {
        frame.show(ui, |ui| {
            ui.set_width((response.rect.width() - 18.0).max(220.0));
            if hits.is_empty() {
                let sorting = session.shown().filter_map(|(l, _)| l.loaded()).any(|l| l.names_in_time().is_none());
                let key = if sorting { "search.sorting" } else { "search.nothing" };
                ui.label(RichText::new(session.lang.t(key)).color(t.ink_secondary));
            }
            for (row, &(layer, feature)) in hits.iter().enumerate() {
                let name = session.feature_title(layer, feature);
                let town = session.feature_town(layer, feature).unwrap_or_default();
                let label = egui::Button::selectable(row == moment.search_row, name)
                    .right_text(RichText::new(town).color(t.ink_secondary));
                if ui.add(label.min_size(egui::vec2(ui.available_width(), 26.0))).clicked() {
                    chosen = Some(row);
                }
            }
        });
    });
    if let Some(row) = chosen {
        send.push(SelectCommand::TakeHit(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::panels::testing::{key, shown};
    use crate::session::testing::session;

    /// A person in a hurry types and presses Enter within one slow frame: the names are searched at its end.
    #[test]
    fn enter_in_the_frame_of_the_last_letter_is_no_lost_key() {
        let session = session(Lang::Zh);
        let moment = Moment { focus_search: true, ..Moment::default() };
        let typed = [vec![egui::Event::Text("草厂".into())], key(Key::Enter)].concat();
        let shown = shown(&session, moment, vec![typed], |ui, s, m, send| show(ui, s, m, 260.0, send));
        assert_eq!(shown.moment.search, "草厂");
        assert_eq!(shown.sent, [SelectCommand::TakeHit(0).into()]);
    }

    #[test]
    fn what_answers_is_listed_and_nothing_is_said() {
        let mut session = session(Lang::En);
        let with = |text: &str| Moment { search: text.into(), ..Moment::default() };
        for (text, expected) in [("xigou", "西沟村"), ("nowhere", session.lang.t("search.nothing"))] {
            session.moment = with(text);
            session.find_hits();
            let shown = shown(&session, with(text), vec![Vec::new()], |ui, s, m, send| show(ui, s, m, 260.0, send));
            assert!(shown.says(expected), "{text}: {:?}", shown.words);
        }
    }
}
