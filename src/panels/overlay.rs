//! What floats over the map: tooltip, chooser, welcome.

use egui::{Area, Frame, Id, Order, Rect, RichText, Ui};

use super::style::bold;
use super::widgets::{primary, swatch};
use crate::model::FeatureId;
use crate::palette::data_colour;
use crate::render::LayerKey;
use crate::session::{Cluster, Commands, FileCommand, Hover, Moment, SelectCommand, Session, number};

/// Shows tooltip, chooser or welcome.
pub fn show(ui: &mut Ui, rect: Rect, session: &Session, moment: &mut Moment, send: &mut Commands) {
    if session.document.keys.is_empty() && session.work.pending.is_empty() && moment.dialogue.is_none() {
        welcome(ui, rect, session, send);
    }
    if moment.choice.is_some() {
        chooser(ui, session, moment, send);
    } else if moment.dialogue.is_none() && moment.measuring.as_ref().is_none_or(|m| m.is_over) {
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
    let Some(hover) = &moment.hover else { return };
    let Some(pointer) = ui.input(|i| i.pointer.hover_pos()).filter(|p| rect.contains(*p)) else { return };
    if let Some(note) = hover.note.and_then(|n| session.shown_notes().get(n)) {
        return tip(ui, rect, session, pointer, |ui| {
            let t = session.tokens();
            if !note.title.trim().is_empty() {
                ui.label(RichText::new(&note.title).font(bold(13.0)).color(t.ink));
            }
            if !note.text.trim().is_empty() {
                ui.label(RichText::new(&note.text).size(12.5).color(t.ink));
            }
            ui.label(RichText::new(&note.written_on).size(11.0).color(t.ink_secondary));
        });
    }
    if let Some(cluster) = hover.cluster.and_then(|c| session.symbols().and_then(|s| s.clusters.get(c))) {
        return tip(ui, rect, session, pointer, |ui| cluster_tip(ui, session, cluster));
    }
    let Some(&(key, feature)) = hover.features.first() else { return };
    tip(ui, rect, session, pointer, |ui| feature_tip(ui, session, hover, key, feature));
}

/// What a feature is: name, town, value with its class and the town's mean.
fn feature_tip(ui: &mut Ui, session: &Session, hover: &Hover, key: LayerKey, feature: FeatureId) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(layer) = session.layers.get(&key) else { return };
    ui.label(RichText::new(session.feature_title(key, feature)).font(bold(13.0)).color(t.ink));
    if let Some(town) = session.feature_town(key, feature) {
        ui.label(RichText::new(town).size(12.0).color(t.ink_secondary));
    }
    let is_village = session.village_layer().is_some_and(|l| l.key == key);
    let here = session.camera.offset_of(crate::geo::WorldPos::from_lonlat(hover.at));
    let map = session.map_at(here).filter(|_| is_village);
    let figure = match (&map, &layer.colouring, layer.loaded()) {
        (Some(map), ..) => Some(session.shown_figure(map, feature)),
        (None, Some(colouring), Some(loaded)) => {
            let table = &loaded.dataset.table;
            let value = table.position(&colouring.spec.field).map(|c| table.value(feature, c));
            let text = value.and_then(|v| match v.as_f64() {
                Some(n) => Some(number(n)),
                None => {
                    v.to_text().map(|s| lang.find(&format!("value.{s}")).map_or_else(|| s.into_owned(), str::to_owned))
                }
            });
            let text = text.unwrap_or_else(|| lang.t("value.unknown").to_owned());
            let heading = colouring.spec.heading();
            let heading = lang.find(&format!("field.{heading}")).unwrap_or(heading).to_owned();
            Some((heading, format!("{text} {}", colouring.spec.unit).trim_end().to_owned()))
        }
        _ => None,
    };
    if let Some((heading, value)) = figure {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.label(RichText::new(heading).size(12.0).color(t.ink_secondary));
            ui.label(RichText::new(value).font(bold(12.5)).color(t.ink));
        });
        let is_left = session.map_on_left().is_some() && map.as_ref() == session.map_on_left().as_ref();
        // The colours under the left of a divider are of another map.
        if let Some(colouring) = layer.colouring.as_ref().filter(|_| !is_left) {
            ui.horizontal(|ui| {
                swatch(ui, t, colouring.colour_of(feature).map(data_colour));
                let row = colouring.class_of(feature).and_then(|c| colouring.legend.get(c));
                let signed = session.view.since.is_some();
                let words = row.map_or_else(
                    || lang.t("legend.missing").to_owned(),
                    |row| session.legend_text(&row.class, colouring.legend.len() == 1, signed),
                );
                ui.label(RichText::new(words).size(12.0).color(t.ink));
            });
        }
    }
    if let Some(mean) = map.and_then(|map| session.town_figure(&map, feature)) {
        ui.label(RichText::new(mean).size(12.0).color(t.ink_secondary));
    }
    if let Some((_, gaps)) = session.gap_marks().and_then(|g| g.villages.get(&feature).copied()).filter(|_| is_village)
    {
        let words = lang.with("map.gaps-here", &[("n", &gaps.to_string())]);
        ui.label(RichText::new(words).size(12.0).color(t.warn));
    }
    if hover.features.len() > 1 {
        let more = (hover.features.len() - 1).to_string();
        ui.label(RichText::new(lang.with("map.more", &[("n", &more)])).size(11.0).color(t.ink_secondary));
    }
}

/// A small panel beside the pointer, inside the map.
fn tip(ui: &Ui, rect: Rect, session: &Session, pointer: egui::Pos2, contents: impl FnOnce(&mut Ui)) {
    let flip = pointer.x > rect.right() - 190.0;
    let (pivot, dx) = if flip { (egui::Align2::RIGHT_TOP, -14.0) } else { (egui::Align2::LEFT_TOP, 14.0) };
    Area::new(Id::unique("tooltip"))
        .order(Order::Tooltip)
        .interactable(false)
        .pivot(pivot)
        .constrain_to(rect.shrink(4.0))
        .fixed_pos(pointer + egui::vec2(dx, 14.0))
        .show(ui.ctx(), |ui| {
            floating(session).show(ui, |ui| {
                ui.set_max_width(260.0);
                contents(ui);
            });
        });
}

/// What a number on the map stands for.
fn cluster_tip(ui: &mut Ui, session: &Session, cluster: &Cluster) {
    let (t, lang) = (session.tokens(), session.lang);
    let count = cluster.members.len().to_string();
    ui.label(RichText::new(lang.with("map.cluster", &[("n", &count)])).font(bold(13.0)).color(t.ink));
    for (kind, count) in &cluster.kinds {
        ui.horizontal(|ui| {
            super::legend::symbol(ui, kind.shape(), data_colour(kind.colour()));
            let name = lang.find(&format!("symbol.{}", kind.key())).unwrap_or("");
            ui.label(RichText::new(format!("{name}  {count}")).size(12.0).color(t.ink));
        });
    }
    ui.label(RichText::new(lang.t("map.cluster-click")).size(11.0).color(t.ink_secondary));
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

/// Size of the small picture of a recent file, and how many are offered.
const RECENT_PT: egui::Vec2 = egui::vec2(96.0, 60.0);
const MOST_RECENT: usize = 4;

fn welcome(ui: &mut Ui, rect: Rect, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let area = Area::new(Id::unique("welcome"))
        .order(Order::Middle)
        .pivot(egui::Align2::CENTER_CENTER)
        .fixed_pos(rect.center());
    area.show(ui.ctx(), |ui| {
        floating(session).inner_margin(24.0).show(ui, |ui| {
            ui.set_max_width(420.0);
            ui.vertical_centered(|ui| {
                ui.label(RichText::new(lang.t("welcome.title")).font(bold(18.0)).color(t.ink));
                ui.add_space(4.0);
                ui.label(RichText::new(lang.t("welcome.text")).color(t.ink_secondary));
                ui.add_space(10.0);
                if primary(ui, t, lang.t("command.open")).clicked() {
                    send.push(FileCommand::OpenDialogue);
                }
                let wide = egui::vec2(150.0, 0.0);
                if ui.add(egui::Button::new(lang.t("command.open-folder")).min_size(wide)).clicked() {
                    send.push(FileCommand::OpenFolderDialogue);
                }
                if ui.add(egui::Button::new(lang.t("command.open-demo")).min_size(wide)).clicked() {
                    send.push(FileCommand::OpenDemo);
                }
                ui.add_space(8.0);
                let mut formats: Vec<&str> = crate::read::formats::READERS.iter().map(|r| r.title()).collect();
                formats.push("JPEG");
                let words = lang.with("welcome.supported", &[("n", &formats.join(", "))]);
                ui.label(RichText::new(words).size(12.0).color(t.ink_secondary));
            });
            if session.settings.recent.is_empty() {
                return;
            }
            ui.add_space(8.0);
            ui.label(RichText::new(lang.t("welcome.recent")).font(bold(13.0)).color(t.ink_secondary));
            for path in session.settings.recent.iter().take(MOST_RECENT) {
                recent(ui, session, path, send);
            }
        });
    });
}

/// A file opened lately: its small picture, its name and its folder.
fn recent(ui: &mut Ui, session: &Session, path: &std::path::Path, send: &mut Commands) {
    let t = session.tokens();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().map(|p| p.display().to_string()).unwrap_or_default();
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), RECENT_PT.y + 8.0), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{name}  {folder}")));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6.0, t.accent_ground);
    }
    let picture = Rect::from_min_size(rect.min + egui::vec2(4.0, 4.0), RECENT_PT);
    let kept = session.storage.recent.as_ref().map(|f| crate::project::small_picture_of(f, path));
    let shown = kept.map(|file| super::photos::texture(ui, session, &file, crate::session::SMALL_PX, send));
    match shown {
        Some(super::photos::Shown::Here(texture)) => {
            egui::Image::new(&texture).corner_radius(4.0).paint_at(ui, picture);
        }
        _ => {
            ui.painter().rect_filled(picture, 4.0, t.field);
        }
    }
    let x = picture.right() + 10.0;
    let room = rect.right() - x - 4.0;
    let line = |text: String, font: egui::FontId, ink| {
        let mut job = egui::text::LayoutJob::simple_singleline(text, font, ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        ui.painter().layout_job(job)
    };
    let head = line(name, bold(13.0), t.ink);
    let below = line(folder, egui::FontId::proportional(12.0), t.ink_secondary);
    let top = picture.center().y - 18.0;
    ui.painter().galley(egui::pos2(x, top), head, t.ink);
    ui.painter().galley(egui::pos2(x, top + 20.0), below, t.ink_secondary);
    if response.on_hover_text(path.display().to_string()).clicked() {
        send.push(FileCommand::Open(vec![path.to_path_buf()]));
    }
}
