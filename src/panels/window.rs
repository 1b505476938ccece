//! The arrangement of the window.

use egui::{CentralPanel, Frame, Panel, Stroke, Ui};

use super::widgets::{filled, focus_ring};
use super::{
    card, dialogues, drawer, layers, map_menu, measuring, meeting, overlay, page, picture, round, status, top_bar, tour,
};
use crate::map::MapView;
use crate::palette::size;
use crate::session::{Commands, Moment, Session};

/// Shows the whole window: top bar, layers and legend, card, drawer, status bar, and the map in what is left.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, map: &mut MapView, send: &mut Commands) {
    if session.picture.is_some() {
        picture::show(ui, session, moment, map, send);
        return;
    }
    arrange(ui, session, moment, map, send);
    focus_ring(ui.ctx(), session.tokens());
}

fn arrange(ui: &mut Ui, session: &Session, moment: &mut Moment, map: &mut MapView, send: &mut Commands) {
    if session.meeting.is_some() {
        meeting::show(ui, session, moment, map, send);
        dialogues::show(ui, session, moment, send);
        return;
    }
    let t = session.tokens();
    let line = Stroke::new(1.0, t.line);
    let top =
        Panel::top("top").exact_size(size::TOP_BAR).frame(Frame::NONE).resizable(false).show_separator_line(false);
    let top = top.show(ui, |ui| top_bar::show(ui, session, moment, send));
    let bottom =
        Panel::bottom("status").exact_size(size::STATUS).frame(Frame::NONE).resizable(false).show_separator_line(false);
    let bottom = bottom.show(ui, |ui| status::show(ui, session, send));
    let tabs = if session.settings.drawer_open { size::DRAWER } else { size::TABS };
    let drawer = Panel::bottom(if session.settings.drawer_open { "drawer" } else { "tabs" })
        .frame(Frame::NONE)
        .resizable(session.settings.drawer_open)
        .show_separator_line(false);
    let drawer = if session.settings.drawer_open {
        drawer.default_size(tabs).size_range(140.0..=600.0)
    } else {
        drawer.exact_size(tabs)
    };
    let drawer = drawer.show(ui, |ui| drawer::show(ui, session, moment, send));
    let mut rules = vec![(top.response.rect.x_range(), top.response.rect.bottom())];
    rules.push((bottom.response.rect.x_range(), bottom.response.rect.top()));
    rules.push((drawer.response.rect.x_range(), drawer.response.rect.top()));
    let mut posts = Vec::new();
    let (mut left_at, mut right_at) = (None, None);
    if !session.settings.left_folded {
        let left = Panel::left("left")
            .default_size(size::LEFT)
            .size_range(200.0..=360.0)
            .frame(Frame::NONE)
            .show_separator_line(false)
            .show(ui, |ui| filled(ui, |ui| layers::show(ui, session, moment, send)));
        left_at = Some(left.response.rect);
        posts.push((left.response.rect.right(), left.response.rect.y_range()));
    }
    if !session.settings.right_folded {
        let right = Panel::right("right")
            .default_size(size::RIGHT)
            .size_range(240.0..=460.0)
            .frame(Frame::NONE)
            .show_separator_line(false)
            .show(ui, |ui| filled(ui, |ui| card::show(ui, session, moment, send)));
        right_at = Some(right.response.rect);
        posts.push((right.response.rect.left(), right.response.rect.y_range()));
    }
    CentralPanel::no_frame().show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        let response = map.show(ui, session, moment, send);
        map_menu::show(&response, session, moment, send);
        overlay::show(ui, rect, session, moment, send);
        measuring::show(ui, rect, session, moment, send);
        round::show(ui, rect, session, moment, send);
    });
    for (x, y) in rules {
        ui.painter().hline(x, y, line);
    }
    for (x, y) in posts {
        ui.painter().vline(x, y, line);
    }
    for panel in ["drawer", "left", "right"] {
        name_the_edge(ui, panel, session.lang.t("panel.resize"));
    }
    page::show(ui, session, moment, send);
    if moment.dialogue.is_none() {
        let places = [left_at, Some(top.response.rect), right_at, Some(drawer.response.rect)];
        tour::show(ui, session, places, send);
    }
    dialogues::show(ui, session, moment, send);
}

/// Names the edge of a panel, by which it is made wider, in the person's language: egui has an English name for it only.
fn name_the_edge(ui: &Ui, panel: &str, words: &str) {
    let id = ui.scope_id().with(panel).with("__resize");
    if ui.read_response(id).is_some() {
        ui.ctx().accesskit_node_builder(id, |node| node.set_label(words));
    }
}
