//! Finding a village in a meeting: Ctrl K, a large box under the title, Enter.

use egui::{Area, Id, Order, Ui, Vec2};

use super::meeting::Stage;
use crate::session::{Commands, Moment, Session};

/// Shows the box while something is looked for.
pub(super) fn show(ui: &Ui, session: &Session, moment: &mut Moment, stage: &Stage, send: &mut Commands) {
    let id = Id::unique("meeting search");
    let is_asked = moment.search.wants_keyboard || !moment.search.text.is_empty();
    let is_open = ui.data(|d| d.get_temp(id)).unwrap_or(false) || is_asked;
    if !is_open {
        return;
    }
    let width = (560.0 * stage.s).max(280.0);
    let at = stage.rect.center_top() + Vec2::new(-width / 2.0, 24.0 * stage.s);
    Area::new(id).order(Order::Foreground).fixed_pos(at).show(ui.ctx(), |ui| {
        let frame = egui::Frame::NONE.fill(session.tokens().panel).corner_radius(10.0).inner_margin(8.0);
        frame.show(ui, |ui| super::search::show(ui, session, moment, width, send));
    });
    // It stays as long as it has the keyboard.
    let has_keyboard = ui.memory(|m| m.has_focus(Id::unique("search")));
    ui.data_mut(|d| d.insert_temp(id, has_keyboard || is_asked && moment.search.wants_keyboard));
}
