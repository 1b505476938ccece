//! The card of a facility: what it is, whether it can be used, which village it serves, its corrections.

use egui::{Align, Label, Layout, RichText, Sense, Ui};

use super::widgets::{figure, rule, section};
use crate::district::{Facility, Kind, ToiletState};
use crate::model::FeatureId;
use crate::render::LayerKey;
use crate::session::{ADDED_LAYER, Commands, LayerCommand, SelectCommand, Session};

/// Shows what the district knows of a facility.
pub fn show(ui: &mut Ui, session: &Session, key: LayerKey, row: FeatureId, facility: &Facility, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let unknown = lang.t("value.unknown");
    let words = |s: &str| lang.find(&format!("value.{s}")).unwrap_or(unknown);
    figure(ui, t, lang.t("field.kind"), Some((words(facility.kind.key()), "")), unknown);
    figure(ui, t, lang.t("field.status"), Some((session.usage_words(facility.usage), "")), unknown);
    if facility.kind == Kind::PublicToilet {
        let state = match facility.toilet {
            ToiletState::Rebuilt => words("rebuilt"),
            ToiletState::Improved => words("improved"),
            ToiletState::Dry => words("dry"),
            ToiletState::Plain => words("new"),
        };
        figure(ui, t, lang.t("field.action"), Some((state, "")), unknown);
        let year = facility.action_year.map(|y| y.to_string());
        figure(ui, t, lang.t("field.action_year"), year.as_deref().map(|y| (y, "")), unknown);
        let class = match facility.class {
            Some(4) => Some(words("below").to_owned()),
            Some(c) => Some(lang.with("card.class", &[("n", &c.to_string())])),
            None => Some(words("ungraded").to_owned()),
        };
        figure(ui, t, lang.t("field.class"), class.as_deref().map(|c| (c, "")), unknown);
    }
    if let (Some(village), Some(layer), Some(district)) =
        (facility.village, session.village_layer(), session.district())
    {
        let name = district.villages.display_name(village);
        ui.horizontal(|ui| {
            ui.set_min_height(24.0);
            ui.label(RichText::new(lang.t("card.title")).color(t.ink));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let label = Label::new(RichText::new(&name).color(t.accent)).sense(Sense::click());
                if ui.add(label).clicked() {
                    send.push(SelectCommand::FlyTo(layer.key, village));
                }
            });
        });
    }
    super::decision::of_thing(ui, session, &facility.name);
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        if ui.button(lang.t("edit.facility")).clicked() {
            send.push(LayerCommand::EditFacility(key, row));
        }
        if key == ADDED_LAYER && ui.button(lang.t("add.remove")).clicked() {
            send.push(LayerCommand::DropFacility(facility.id.clone()));
        }
    });
    if !facility.edits.is_empty() {
        rule(ui, t);
        section(ui, t, lang.t("edit.title"));
        for edit in &facility.edits {
            let what = lang.find(&format!("field.{}", edit.what)).unwrap_or("");
            let text = [what, words(&edit.value), &edit.source, &edit.observed_on];
            let text: Vec<&str> = text.into_iter().filter(|s| !s.is_empty()).collect();
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if ui.small_button(lang.t("edit.remove")).clicked() {
                        send.push(LayerCommand::Uncorrect(edit.clone()));
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let text = RichText::new(text.join(" · ")).size(12.0).color(t.ink_secondary);
                        ui.add(Label::new(text).truncate());
                    });
                });
            });
        }
    }
    rule(ui, t);
}
