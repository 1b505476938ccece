//! An area of a server's tiles to be kept for offline use: how deep, how many tiles, about how large.

use egui::{DragValue, RichText, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::ground::MOST_TILES;
use crate::session::{Commands, Dialogue, KeepDraft, LayerCommand, Session, number};

/// Bytes of a tile, about.
const TILE_BYTES: f64 = 20_000.0;

/// Shows the form.
pub fn show(ui: &mut Ui, session: &Session, mut draft: KeepDraft, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let ground = session.layers.get(&draft.layer).and_then(|l| l.ground())?;
    ui.set_min_width(420.0);
    ui.label(RichText::new(lang.t("keep-area.title")).font(bold(18.0)).color(t.ink));
    ui.add(egui::Label::new(RichText::new(lang.t("keep-area.hint")).color(t.ink_secondary)).wrap());
    ui.horizontal(|ui| {
        let label = ui.label(lang.t("keep-area.deepest"));
        let (least, most) = ground.levels();
        ui.add(DragValue::new(&mut draft.deepest).range(least..=most).speed(0.05)).labelled_by(label.id);
    });
    let tiles = ground.tiles_in(draft.bounds, draft.deepest);
    let (count, megabytes) = (number(tiles as f64), number((tiles as f64 * TILE_BYTES / 1e6).ceil()));
    let is_too_much = tiles > MOST_TILES;
    let words = lang.with("keep-area.size", &[("n", &count), ("m", &megabytes)]);
    ui.label(RichText::new(words).color(if is_too_much { t.bad } else { t.ink }));
    if is_too_much {
        ui.label(RichText::new(lang.with("keep-area.too-much", &[("n", &number(MOST_TILES as f64))])).color(t.bad));
    }
    ui.separator();
    let (mut takes, mut stays) = (false, true);
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            takes = ui.add_enabled_ui(!is_too_much, |ui| primary(ui, t, lang.t("keep-area.keep"))).inner.clicked();
            stays = !ui.button(lang.t("command.cancel")).clicked();
        });
    });
    if takes {
        send.push(LayerCommand::AskKeepArea(draft));
        return None;
    }
    stays.then_some(Dialogue::KeepArea(draft))
}
