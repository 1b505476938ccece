//! A ground from a server: which, its key, in which coordinates it is cut, who is to be named. Nothing is asked of it before “Add”.

use egui::{ComboBox, RichText, TextEdit, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::ground::{TileDatum, TileGrid, WmtsOffer, carries_key, has_zoom, server_of, without_key};
use crate::session::{Commands, Dialogue, LayerCommand, OnlineDraft, Session};

/// A service that is known: name in the language files, address, grid, deepest zoom.
struct Known {
    key: &'static str,
    layer: &'static str,
    grid: TileGrid,
}

/// Tianditu, the national service: each needs a key of one's own, which its site gives. `_w` is cut in Web Mercator, `_c` in degrees of
/// CGCS2000; both begin at zoom 1.
const TIANDITU: [Known; 6] = [
    Known { key: "tianditu-vec", layer: "vec", grid: TileGrid::Mercator },
    Known { key: "tianditu-img", layer: "img", grid: TileGrid::Mercator },
    Known { key: "tianditu-ter", layer: "ter", grid: TileGrid::Mercator },
    Known { key: "tianditu-cva", layer: "cva", grid: TileGrid::Mercator },
    Known { key: "tianditu-vec-c", layer: "vec", grid: TileGrid::Degrees },
    Known { key: "tianditu-img-c", layer: "img", grid: TileGrid::Degrees },
];

fn address(known: &Known) -> String {
    let (layer, set) = (known.layer, if known.grid == TileGrid::Degrees { "c" } else { "w" });
    format!(
        "https://t{{0-7}}.tianditu.gov.cn/{layer}_{set}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default\
         &TILEMATRIXSET={set}&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
    )
}

/// Shows the form.
pub fn show(ui: &mut Ui, session: &Session, mut draft: Box<OnlineDraft>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_min_width(540.0);
    ui.label(RichText::new(lang.t("online.title")).font(bold(18.0)).color(t.ink));
    ui.add(egui::Label::new(RichText::new(lang.t("online.hint")).color(t.ink_secondary)).wrap());
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        for known in &TIANDITU {
            let words = lang.find(&format!("online.{}", known.key)).unwrap_or(known.key);
            let is_chosen = draft.entry.url == address(known);
            if super::widgets::chip_button(ui, t, words, is_chosen).clicked() {
                (draft.entry.url, draft.entry.grid, draft.entry.datum) = (address(known), known.grid, TileDatum::Wgs84);
                (draft.entry.least, draft.entry.deepest) = (Some(1), Some(18));
                draft.title = words.to_owned();
                draft.entry.attribution = lang.t("online.tianditu-by").to_owned();
                let server = server_of(&draft.entry.url).unwrap_or_default();
                draft.key = session.settings.tile_keys.get(&server).cloned().unwrap_or_default();
            }
        }
    });
    ui.add_space(6.0);
    let field = |ui: &mut Ui, key: &'static str, text: &mut String, hint: &str| {
        ui.horizontal(|ui| {
            ui.add_sized([90.0, 24.0], egui::Label::new(lang.t(key)).truncate());
            let edit = TextEdit::singleline(text).desired_width(420.0).hint_text(hint).char_limit(1000);
            let response = ui.add(edit);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t(key)));
        });
    };
    field(ui, "online.url", &mut draft.entry.url, "https://…/{z}/{x}/{y}.png");
    offers(ui, session, &mut draft, send);
    if draft.entry.url.contains("{key}") {
        field(ui, "online.key", &mut draft.key, lang.t("online.key-hint"));
    }
    field(ui, "online.name", &mut draft.title, "");
    field(ui, "online.by", &mut draft.entry.attribution, "© …");
    ui.horizontal(|ui| {
        ui.add_sized([90.0, 24.0], egui::Label::new(lang.t("ground.datum")).truncate());
        ComboBox::from_id_salt("tiles' datum").selected_text(draft.entry.datum.name()).show_ui(ui, |ui| {
            for datum in TileDatum::ALL {
                ui.selectable_value(&mut draft.entry.datum, datum, datum.name());
            }
        });
        let mut in_degrees = draft.entry.grid == TileGrid::Degrees;
        if ui.checkbox(&mut in_degrees, lang.t("online.degrees")).changed() {
            draft.entry.grid = if in_degrees { TileGrid::Degrees } else { TileGrid::Mercator };
        }
    });
    let server = server_of(&draft.entry.url);
    let has = |part: &str| draft.entry.url.contains(part);
    let is_whole = has_zoom(&draft.entry.url) && has("{x}") && (has("{y}") || has("{-y}"));
    let needs_key = has("{key}") && draft.key.trim().is_empty();
    // The first key in an address goes into the settings; a second one would go into the project.
    let has_second_key = without_key(&draft.entry.url).is_some_and(|(rest, _)| carries_key(&rest))
        || (has("{key}") && carries_key(&draft.entry.url));
    let words = match (&server, is_whole, needs_key) {
        _ if has_second_key => lang.t("online.two-keys").to_owned(),
        (None, ..) | (_, false, _) => lang.t("online.wrong").to_owned(),
        (Some(_), true, true) => lang.t("online.key-missing").to_owned(),
        (Some(server), true, false) => lang.with("online.asks", &[("n", server)]),
    };
    ui.add_space(4.0);
    ui.add(egui::Label::new(RichText::new(words).size(12.0).color(t.ink_secondary)).wrap());
    ui.separator();
    let (mut takes, mut stays) = (false, true);
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let is_ready = server.is_some() && is_whole && !needs_key && !has_second_key;
            takes = ui.add_enabled_ui(is_ready, |ui| primary(ui, t, lang.t("online.add"))).inner.clicked();
            stays = !ui.button(lang.t("command.cancel")).clicked();
        });
    });
    if takes {
        send.push(LayerCommand::AddServer(draft));
        return None;
    }
    stays.then_some(Dialogue::Online(draft))
}

/// What a server of the WMTS standard offers: asked for on request only, then chosen from a list.
fn offers(ui: &mut Ui, session: &Session, draft: &mut Box<OnlineDraft>, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let server = server_of(draft.entry.url.trim()).filter(|_| !has_zoom(&draft.entry.url));
    if let Some(server) = server {
        ui.horizontal(|ui| {
            ui.add_space(98.0);
            let words = lang.with("online.ask", &[("n", &server)]);
            if ui.add_enabled(!draft.is_asking, egui::Button::new(words)).clicked() {
                send.push(LayerCommand::AskServer(draft.clone()));
            }
            if draft.is_asking {
                ui.spinner();
            }
        });
    }
    if !draft.told.is_empty() {
        ui.add(egui::Label::new(RichText::new(&draft.told).size(12.0).color(t.ink_secondary)).wrap());
    }
    if draft.offers.is_empty() {
        return;
    }
    let hint = lang.t("online.seek");
    let seek = ui.add(TextEdit::singleline(&mut draft.sought).desired_width(f32::INFINITY).hint_text(hint));
    seek.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, hint));
    let sought = draft.sought.to_lowercase();
    let is_sought = |o: &&WmtsOffer| o.title.to_lowercase().contains(&sought) || o.set.to_lowercase().contains(&sought);
    let mut chosen = None;
    let area = egui::ScrollArea::vertical().max_height(180.0).auto_shrink([false, true]);
    let found: Vec<&WmtsOffer> = draft.offers.iter().filter(is_sought).collect();
    area.show_rows(ui, 22.0, found.len(), |ui, rows| {
        for offer in found.get(rows).unwrap_or(&[]) {
            let grid = if offer.grid == TileGrid::Degrees { lang.t("online.in-degrees") } else { "Web Mercator" };
            let words = format!("{} · {} · {grid} · {}–{}", offer.title, offer.set, offer.zooms[0], offer.zooms[1]);
            if ui.selectable_label(draft.entry.url == offer.url, words).clicked() {
                chosen = Some((*offer).clone());
            }
        }
    });
    if let Some(offer) = chosen {
        draft.title = offer.title;
        (draft.entry.url, draft.entry.grid) = (offer.url, offer.grid);
        (draft.entry.least, draft.entry.deepest) = (Some(offer.zooms[0]), Some(offer.zooms[1]));
        draft.entry.tile_px = (offer.tile_px != 256).then_some(offer.tile_px);
        if !offer.attribution.is_empty() {
            draft.entry.attribution = offer.attribution;
        }
    }
}
