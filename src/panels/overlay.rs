//! What floats over the map: tooltip, chooser, welcome.

use egui::{Area, Frame, Id, Order, Rect, RichText, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::session::{Commands, FileCommand, Moment, SelectCommand, Session, number};

/// Shows tooltip, chooser or welcome.
pub fn show(ui: &mut Ui, rect: Rect, session: &Session, moment: &mut Moment, send: &mut Commands) {
    if session.document.keys.is_empty() && session.work.pending.is_empty() {
        welcome(ui, rect, session, send);
    }
    if moment.choice.is_some() {
        chooser(ui, session, moment, send);
    } else if moment.dialogue.is_none() {
        tooltip(ui, rect, session, moment);
    }
}

fn floating(session: &Session) -> Frame {
    let t = session.tokens();
    Frame::NONE
        .fill(t.panel)
        .stroke(egui::Stroke::new(1.0, t.line))
        .corner_radius(8.0)
        .inner_margin(egui::Margin::symmetric(10, 7))
}

fn tooltip(ui: &Ui, rect: Rect, session: &Session, moment: &Moment) {
    let t = session.tokens();
    let Some(hover) = &moment.hover else { return };
    if let Some(cluster) = hover.cluster {
        cluster_tip(ui, rect, session, cluster);
        return;
    }
    let Some(&(key, feature)) = hover.features.first() else { return };
    let Some(pointer) = ui.input(|i| i.pointer.hover_pos()).filter(|p| rect.contains(*p)) else { return };
    let Some(layer) = session.layers.get(&key) else { return };
    let flip = pointer.x > rect.right() - 190.0;
    let (pivot, dx) = if flip { (egui::Align2::RIGHT_TOP, -14.0) } else { (egui::Align2::LEFT_TOP, 14.0) };
    Area::new(Id::unique("tooltip"))
        .order(Order::Tooltip)
        .interactable(false)
        .pivot(pivot)
        .fixed_pos(pointer + egui::vec2(dx, 14.0))
        .show(ui.ctx(), |ui| {
            floating(session).show(ui, |ui| {
                ui.set_max_width(260.0);
                ui.label(RichText::new(session.feature_title(key, feature)).font(bold(13.0)).color(t.ink));
                if let Some(town) = session.feature_town(key, feature) {
                    ui.label(RichText::new(town).size(12.0).color(t.ink_secondary));
                }
                let is_village = session.village_layer().is_some_and(|l| l.key == key);
                let here = session.camera.offset_of(crate::geo::WorldPos::from_lonlat(hover.at));
                if let Some(map) = session.map_at(here).filter(|_| is_village) {
                    let (heading, value) = session.shown_figure(&map, feature);
                    ui.label(RichText::new(format!("{heading}  {value}")).size(12.0).color(t.ink));
                } else if let (Some(colouring), Some(loaded)) = (&layer.colouring, layer.loaded()) {
                    let table = &loaded.dataset.table;
                    let value = table.position(&colouring.spec.field).map(|c| table.value(feature, c));
                    let text = match value {
                        Some(v) if v.as_f64().is_some() => v.as_f64().map(number),
                        Some(v) => v.to_text().map(|s| {
                            session.lang.find(&format!("value.{s}")).map_or_else(|| s.into_owned(), str::to_owned)
                        }),
                        None => None,
                    };
                    let text = text.unwrap_or_else(|| session.lang.t("value.unknown").to_owned());
                    let heading = session
                        .lang
                        .find(&format!("field.{}", colouring.spec.heading()))
                        .unwrap_or(colouring.spec.heading());
                    ui.label(
                        RichText::new(format!("{heading}  {text} {}", colouring.spec.unit)).size(12.0).color(t.ink),
                    );
                }
                if hover.features.len() > 1 {
                    let more = (hover.features.len() - 1).to_string();
                    ui.label(
                        RichText::new(session.lang.with("map.more", &[("n", &more)])).size(11.0).color(t.ink_secondary),
                    );
                }
            });
        });
}

/// What a ring on the map holds.
fn cluster_tip(ui: &Ui, rect: Rect, session: &Session, cluster: usize) {
    let t = session.tokens();
    let Some(cluster) = session.symbols().and_then(|s| s.clusters.get(cluster)) else { return };
    let Some(pointer) = ui.input(|i| i.pointer.hover_pos()).filter(|p| rect.contains(*p)) else { return };
    let flip = pointer.x > rect.right() - 190.0;
    let (pivot, dx) = if flip { (egui::Align2::RIGHT_TOP, -14.0) } else { (egui::Align2::LEFT_TOP, 14.0) };
    Area::new(Id::unique("tooltip"))
        .order(Order::Tooltip)
        .interactable(false)
        .pivot(pivot)
        .fixed_pos(pointer + egui::vec2(dx, 14.0))
        .show(ui.ctx(), |ui| {
            floating(session).show(ui, |ui| {
                let count = cluster.members.len().to_string();
                let heading = session.lang.with("map.cluster", &[("n", &count)]);
                ui.label(RichText::new(heading).font(bold(13.0)).color(t.ink));
                for (kind, count) in &cluster.kinds {
                    ui.horizontal(|ui| {
                        super::legend::symbol(ui, kind.shape(), crate::palette::data_colour(kind.colour()));
                        let name = session.lang.find(&format!("symbol.{}", kind.key())).unwrap_or("");
                        ui.label(RichText::new(format!("{name}  {count}")).size(12.0).color(t.ink));
                    });
                }
                ui.label(RichText::new(session.lang.t("map.cluster-click")).size(11.0).color(t.ink_secondary));
            });
        });
}

fn chooser(ui: &Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    let Some(choice) = moment.choice.clone() else { return };
    let mut done = false;
    let area = Area::new(Id::unique("chooser"))
        .order(Order::Foreground)
        .constrain(true)
        .fixed_pos(choice.at + egui::vec2(8.0, 8.0));
    area.show(ui.ctx(), |ui| {
        floating(session).show(ui, |ui| {
            ui.set_max_width(280.0);
            ui.label(RichText::new(session.lang.t("map.choose")).size(12.0).color(t.ink_secondary));
            for &(layer, feature) in choice.features.iter().take(20) {
                let name = session.feature_title(layer, feature);
                let detail = session.feature_town(layer, feature).unwrap_or_else(|| session.layer_title(layer));
                if ui.selectable_label(session.is_selected(layer, feature), format!("{name}   {detail}")).clicked() {
                    send.push(SelectCommand::Select { layer, features: vec![feature], add: choice.add });
                    done = true;
                }
            }
        });
    });
    if done {
        moment.choice = None;
    }
}

fn welcome(ui: &mut Ui, rect: Rect, session: &Session, send: &mut Commands) {
    let t = session.tokens();
    let area = Area::new(Id::unique("welcome"))
        .order(Order::Middle)
        .pivot(egui::Align2::CENTER_CENTER)
        .fixed_pos(rect.center());
    area.show(ui.ctx(), |ui| {
        floating(session).inner_margin(24.0).show(ui, |ui| {
            ui.set_max_width(380.0);
            ui.vertical_centered(|ui| {
                ui.label(RichText::new(session.lang.t("welcome.title")).font(bold(18.0)).color(t.ink));
                ui.add_space(4.0);
                ui.label(RichText::new(session.lang.t("welcome.text")).color(t.ink_secondary));
                ui.add_space(10.0);
                if primary(ui, t, session.lang.t("command.open")).clicked() {
                    send.push(FileCommand::OpenDialogue);
                }
                if ui.button(session.lang.t("command.open-demo")).clicked() {
                    send.push(FileCommand::OpenDemo);
                }
                for path in session.settings.recent.iter().take(3) {
                    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                    if ui.link(name).on_hover_text(path.display().to_string()).clicked() {
                        send.push(FileCommand::Open(vec![path.clone()]));
                    }
                }
            });
        });
    });
}
