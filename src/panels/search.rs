//! The search box: names, towns and codes in Chinese, pinyin and initials.

use egui::{Area, Id, Key, Order, RichText, TextEdit, Ui};

use crate::map::visual_order;
use crate::project::code_of;
use crate::session::{Command, Commands, Hits, Moment, PageCommand, SelectCommand, Session, WindowCommand};

/// Shows the box, `width` points wide, and, while it has text and the keyboard, its results.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, width: f32, send: &mut Commands) {
    let hint = format!(
        "{}    {}",
        session.lang.t("search.hint"),
        Command::from(WindowCommand::FocusSearch).shortcut_text(ui.ctx())
    );
    let mut text = moment.search.text.clone();
    let edit = TextEdit::singleline(&mut text)
        .id(Id::unique("search"))
        .hint_text(hint)
        .desired_width(width - 20.0)
        .margin(egui::vec2(10.0, 6.0));
    let response = ui.add(edit);
    let label = session.lang.t("command.search");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, label));
    if moment.search.wants_keyboard {
        response.request_focus();
        moment.search.wants_keyboard = false;
    }
    if text != moment.search.text {
        moment.search.text = text;
        moment.search.row = 0;
        moment.search.lists_all = false;
    }
    // What was typed in this very frame is searched for at its end.
    let hits = session.hits().filter(|_| moment.search.text == session.moment.search.text).cloned().unwrap_or_default();
    let (up, down, enter) =
        ui.input(|i| (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown), i.key_pressed(Key::Enter)));
    let has_keyboard = response.has_focus() || response.lost_focus();
    if has_keyboard {
        let last = hits.len().saturating_sub(1);
        if down && hits.has_more && moment.search.row == last {
            moment.search.lists_all = true;
        }
        let steps = usize::from(down && (moment.search.row < last || hits.has_more));
        moment.search.row = (moment.search.row + steps).saturating_sub(usize::from(up));
        // A code of a page is no name, unless something is called so.
        if let (true, true, Some(code)) = (enter, hits.is_empty(), code_of(&moment.search.text)) {
            send.push(PageCommand::BackTo(code));
            return;
        }
        if enter && !moment.search.text.trim().is_empty() {
            send.push(SelectCommand::TakeHit(moment.search.row));
            return;
        }
    }
    if moment.search.text.trim().is_empty() {
        return;
    }
    let t = session.tokens();
    let area = Area::new(Id::unique("search results"))
        .order(Order::Foreground)
        .fixed_pos(response.rect.left_bottom() + egui::vec2(0.0, 6.0));
    let frame =
        egui::Frame::NONE.fill(t.panel).stroke(egui::Stroke::new(1.0, t.line)).corner_radius(8.0).inner_margin(8.0);
    area.show(ui.ctx(), |ui| {
        frame.show(ui, |ui| {
            ui.set_width((response.rect.width() - 18.0).max(260.0));
            let moves = has_keyboard && (up || down);
            results(ui, session, moment, (&hits, moves), send);
        });
    });
}

/// What answers, a row each; `moves` brings the highlighted one into view.
fn results(ui: &mut Ui, session: &Session, moment: &mut Moment, (hits, moves): (&Hits, bool), send: &mut Commands) {
    let t = session.tokens();
    let lang = session.lang;
    let quiet = |text: &str| RichText::new(text).size(12.0).color(t.ink_secondary);
    if let (true, Some(code)) = (hits.is_empty(), code_of(&moment.search.text)) {
        if ui.button(lang.with("page.code-open", &[("n", &code)])).clicked() {
            send.push(PageCommand::BackTo(code));
        }
        return;
    }
    if hits.is_empty() {
        let sorting = session.shown().filter_map(|(l, _)| l.loaded()).any(|l| l.names_in_time().is_none());
        ui.label(quiet(lang.t(if sorting { "search.sorting" } else { "search.nothing" })));
        return;
    }
    if hits.is_near {
        ui.label(quiet(lang.t("search.near")));
    }
    let before = usize::from(hits.place.is_some());
    let name = |row: usize| match (hits.place, row) {
        (Some(at), 0) => (format!("{:.5}, {:.5}", at.lon_deg, at.lat_deg), lang.t("search.place").to_owned()),
        _ => hits.features.get(row - before).map_or_else(Default::default, |(layer, feature)| {
            let town = session.feature_town(*layer, *feature).unwrap_or_default();
            (session.feature_title(*layer, *feature), town)
        }),
    };
    egui::ScrollArea::vertical().max_height(360.0).show_rows(ui, 26.0, hits.len(), |ui, rows| {
        // A highlighted row outside of what is shown has no widget to go to: the list is moved by its place.
        if moves && !rows.contains(&moment.search.row) {
            let step = 26.0 + ui.spacing().item_spacing.y;
            let top = ui.max_rect().top() + step * (moment.search.row as f32 - rows.start as f32);
            ui.scroll_to_rect(
                egui::Rect::from_min_size(egui::pos2(ui.max_rect().left(), top), egui::vec2(1.0, step)),
                None,
            );
        }
        for row in rows {
            let (name, town) = name(row);
            let [name, town] = [&name, &town].map(|text| visual_order(text));
            let label = egui::Button::selectable(row == moment.search.row, &*name)
                .right_text(RichText::new(&*town).color(t.ink_secondary));
            let answer = ui.add(label.min_size(egui::vec2(ui.available_width(), 26.0)));
            if moves && row == moment.search.row {
                answer.scroll_to_me(None);
            }
            if answer.clicked() {
                send.push(SelectCommand::TakeHit(row));
            }
        }
    });
    if hits.has_more && !moment.search.lists_all {
        if ui.button(lang.t("search.more")).clicked() {
            moment.search.lists_all = true;
            moment.search.wants_keyboard = true;
        }
    } else if hits.has_more {
        let n = hits.features.len().to_string();
        ui.label(quiet(&lang.with("search.too-many", &[("n", &n)])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::panels::testing::{key, shown};
    use crate::session::SearchBox;
    use crate::session::testing::session;

    /// A person in a hurry types and presses Enter within one slow frame: the names are searched at its end.
    #[test]
    fn enter_in_the_frame_of_the_last_letter_is_no_lost_key() {
        let session = session(Lang::Zh);
        let moment = Moment { search: SearchBox { wants_keyboard: true, ..Default::default() }, ..Moment::default() };
        let typed = [vec![egui::Event::Text("草厂".into())], key(Key::Enter)].concat();
        let shown = shown(&session, moment, vec![typed], |ui, s, m, send| show(ui, s, m, 260.0, send));
        assert_eq!(shown.moment.search.text, "草厂");
        assert_eq!(shown.sent, [SelectCommand::TakeHit(0).into()]);
    }

    #[test]
    fn what_answers_is_listed_and_nothing_is_said() {
        let mut session = session(Lang::En);
        let with =
            |text: &str| Moment { search: SearchBox { text: text.into(), ..Default::default() }, ..Moment::default() };
        for (text, expected) in [("xigou", "西沟村"), ("nowhere", session.lang.t("search.nothing"))] {
            session.moment = with(text);
            session.find_hits();
            let shown = shown(&session, with(text), vec![Vec::new()], |ui, s, m, send| show(ui, s, m, 260.0, send));
            assert!(shown.says(expected), "{text}: {:?}", shown.words);
        }
    }
}
