//! The search box: names, towns and codes in Chinese, pinyin and initials.

use std::sync::Arc;

use egui::{Area, Id, Key, Order, RichText, TextEdit, Ui};

use crate::model::FeatureId;
use crate::render::LayerKey;
use crate::session::{Command, Commands, Searched, SelectCommand, Session, WindowCommand};

/// Most results shown.
const MAX_ROWS: usize = 12;

/// Shows the box, `width` points wide, and, while it has text and the keyboard, its results.
pub fn show(ui: &mut Ui, session: &mut Session, width: f32, send: &mut Commands) {
    let hint = format!(
        "{}    {}",
        session.lang.t("search.hint"),
        Command::from(WindowCommand::FocusSearch).shortcut_text(ui.ctx())
    );
    let mut text = session.search.clone();
    let edit = TextEdit::singleline(&mut text)
        .id(Id::unique("search"))
        .hint_text(hint)
        .desired_width(width - 20.0)
        .margin(egui::vec2(10.0, 6.0));
    let response = ui.add(edit);
    let label = session.lang.t("command.search");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, label));
    if session.focus_search {
        response.request_focus();
        session.focus_search = false;
    }
    if text != session.search {
        session.search = text;
        session.search_row = 0;
    }
    let hits = results(session);
    let (up, down, enter) =
        ui.input(|i| (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown), i.key_pressed(Key::Enter)));
    if response.has_focus() || response.lost_focus() {
        let last = hits.len().saturating_sub(1);
        session.search_row = (session.search_row + usize::from(down)).min(last).saturating_sub(usize::from(up));
        if enter && let Some(&(layer, feature)) = hits.get(session.search_row) {
            choose(session, layer, feature, send);
            return;
        }
    }
    if session.search.trim().is_empty() {
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
                let label = egui::Button::selectable(row == session.search_row, name)
                    .right_text(RichText::new(town).color(t.ink_secondary));
                if ui.add(label.min_size(egui::vec2(ui.available_width(), 26.0))).clicked() {
                    chosen = Some((layer, feature));
                }
            }
        });
    });
    if let Some((layer, feature)) = chosen {
        choose(session, layer, feature, send);
    }
}

fn choose(session: &mut Session, layer: LayerKey, feature: FeatureId, send: &mut Commands) {
    session.search.clear();
    send.push(SelectCommand::FlyTo(layer, feature));
}

/// What answers the text; searched for once per text, not once per frame.
fn results(session: &mut Session) -> Vec<(LayerKey, FeatureId)> {
    let query = session.search.trim();
    if query.is_empty() {
        return Vec::new();
    }
    let layers = session.shown().filter(|(_, e)| e.visible).filter_map(|(l, _)| Some((l.key, l.loaded()?)));
    let (areas, points): (Vec<_>, Vec<_>) = layers.partition(|(_, l)| !l.is_points());
    // While the names of a large layer are still being sorted it does not answer; it is asked again then.
    let of: Vec<_> = areas
        .into_iter()
        .chain(points)
        .filter_map(|(key, loaded)| Some((key, Arc::as_ptr(loaded) as usize, loaded.names_in_time()?)))
        .collect();
    let stamp: Vec<(LayerKey, usize)> = of.iter().map(|(key, place, _)| (*key, *place)).collect();
    if let Some(searched) = session.searched.as_ref().filter(|s| s.text == query && s.of == stamp) {
        return searched.hits.clone();
    }
    let hits = of.iter().flat_map(|(key, _, names)| {
        let rows = names.search(query, MAX_ROWS);
        rows.into_iter().map(move |hit| (*key, hit.row))
    });
    let hits: Vec<(LayerKey, FeatureId)> = hits.take(MAX_ROWS).collect();
    session.searched = Some(Searched { text: query.to_owned(), of: stamp, hits: hits.clone() });
    hits
}
