//! The menu of the map: what is at a place, and what can be done there.

use egui::{Response, RichText, Ui};

use crate::geo::{ChinaShift, LonLat};
use crate::map::features_at;
use crate::session::{
    Commands, LayerCommand, MeasuringKind, Moment, NoteCommand, SelectCommand, Session, WindowCommand,
};

/// Most features that are listed.
const MOST: usize = 8;

/// Shows the menu where the map was clicked with the other button.
pub(super) fn show(response: &Response, session: &Session, moment: &mut Moment, send: &mut Commands) {
    if session.meeting.is_some() {
        return;
    }
    let at = moment.pinned;
    response.context_menu(|ui| {
        if let Some(at) = at {
            items(ui, session, at, send);
        }
    });
}

fn items(ui: &mut Ui, session: &Session, at: LonLat, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let words = |p: LonLat| format!("{:.6}, {:.6}", p.lat_deg, p.lon_deg);
    ui.label(RichText::new(words(at)).size(12.0).color(t.ink_secondary));
    if ui.button(lang.t("map.copy-place")).clicked() {
        ui.ctx().copy_text(words(at));
    }
    // What Amap and Tencent take.
    let shifted = ChinaShift::Gcj02.of(at);
    if shifted != at && ui.button(lang.t("map.copy-gcj")).clicked() {
        ui.ctx().copy_text(words(shifted));
    }
    let here = features_at(session, at);
    if !here.is_empty() {
        ui.separator();
        ui.label(RichText::new(lang.t("map.here")).size(12.0).color(t.ink_secondary));
        for &(layer, feature) in here.iter().take(MOST) {
            let name = session.feature_title(layer, feature);
            let detail = session.feature_town(layer, feature).unwrap_or_else(|| session.layer_title(layer));
            if ui.button(format!("{name}   {detail}")).clicked() {
                send.push(SelectCommand::Select { layer, features: vec![feature], add: false });
            }
        }
        if here.len() > MOST {
            let rest = (here.len() - MOST).to_string();
            ui.label(RichText::new(lang.with("map.more-here", &[("n", &rest)])).size(11.0).color(t.ink_secondary));
        }
    }
    ui.separator();
    let village = session.village_layer().map(|l| l.key);
    let village = here.iter().find(|(layer, _)| Some(*layer) == village).map(|(_, feature)| *feature);
    if session.district().is_some() && ui.button(lang.t("map.add-facility")).clicked() {
        send.push(LayerCommand::AddFacility { village, at: Some(at) });
    }
    for (kind, words) in [
        (MeasuringKind::Circle, "measure.circle"),
        (MeasuringKind::Line, "measure.line"),
        (MeasuringKind::Area, "measure.area"),
        (MeasuringKind::Rectangle, "measure.rectangle"),
        (MeasuringKind::Lasso, "measure.lasso"),
    ] {
        if ui.button(lang.t(words)).clicked() {
            send.push(WindowCommand::Measure(kind, Some(at).filter(|_| !kind.is_drawn())));
        }
    }
    if ui.button(lang.t("online.title")).clicked() {
        send.push(LayerCommand::ServerDialogue);
    }
    if ui.button(lang.t("map.add-note")).clicked() {
        send.push(NoteCommand::Edit(None, at));
    }
}
