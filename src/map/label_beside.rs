//! Labels that do not lie inside of a village: those of lines and points, and names beside villages that have no room for them.

use egui::{Painter, Rect, Vec2};

use super::label_leaders as leaders;
use super::label_places::{LETTERS, Room, Subject};
use super::label_room::around;
use super::labels::{Labels, Placed, TOWNS_BELOW_PT, own_size, size_of_label};
use crate::model::FeatureId;
use crate::palette::size;
use crate::render::LayerKey;
use crate::session::Loaded;

impl Labels {
    /// Places the labels of lines, as far as those go, and of points, above them.
    pub(super) fn place_at_spots(
        &mut self,
        painter: &Painter,
        key: LayerKey,
        loaded: &Loaded,
        candidates: &[FeatureId],
        room: &mut Room<'_>,
        keep: bool,
    ) {
        let session = room.session;
        let own = session.entry(key).map_or(1.0, |e| own_size(&e.style));
        let scale = session.camera.points_per_world();
        for &feature in candidates {
            let subject = Subject::Village(key, feature);
            let Some(anchor) = *self.spots.entry((key, feature)).or_insert_with(|| loaded.spot(feature)) else {
                continue;
            };
            if self.placed.len() >= room.most {
                return;
            }
            if !room.is_near(&anchor) || room.kept.contains_key(&subject) != keep {
                continue;
            }
            let name = || session.label_of(key, loaded, feature);
            let text = size_of_label(&mut self.sizes, painter, subject, room.font_pt, name) * own;
            let reach = f64::from(anchor.extent[0].max(anchor.extent[1])) * scale;
            if text.x <= 1.0 || loaded.is_lines() && reach < f64::from(text.x) * 0.8 {
                continue;
            }
            let lift = if loaded.is_points() { -(text.y * 0.5 + 7.0) } else { 0.0 };
            if let Some((offset, shift)) = room.place_free(subject, &anchor, text, lift) {
                let text_said = name();
                self.placed.push(Placed {
                    subject,
                    text: text_said,
                    offset,
                    shift,
                    size: text,
                    share: own,
                    leader: None,
                });
            }
        }
    }

    /// Names that found no room in their villages stand beside them, each with a line to its village.
    pub(super) fn place_beside(
        &mut self,
        painter: &Painter,
        key: LayerKey,
        loaded: &Loaded,
        candidates: &[FeatureId],
        room: &mut Room<'_>,
    ) {
        let session = room.session;
        let Some(style) = session.entry(key).map(|e| &e.style).filter(|s| s.label_leaders) else { return };
        let (Some(anchors), Some(order)) = (loaded.anchors.get(), self.order.get(&key)) else { return };
        let own = own_size(style);
        let scale = session.camera.points_per_world();
        if order.width * scale < TOWNS_BELOW_PT * f64::from(room.font_pt * own / size::LABEL) || loaded.is_points() {
            return;
        }
        let mut named: rustc_hash::FxHashSet<FeatureId> = self.placed.iter().filter_map(|p| p.village(key)).collect();
        let small = order.small(loaded, session, room.half);
        let mut rest: Vec<FeatureId> = candidates.iter().chain(&small).copied().collect();
        let is_villages = session.village_layer().is_some_and(|l| l.key == key);
        let is_seen = |f: &FeatureId| {
            anchors.get(f.index()).copied().flatten().is_some_and(|a| {
                let [x, y] = session.camera.offset_of(a.at);
                x.abs() < f64::from(room.half.x) && y.abs() < f64::from(room.half.y)
            })
        };
        rest.retain(|f| is_seen(f) && (!is_villages || session.is_in_focus(*f)) && named.insert(*f));
        let mut lines = leaders::Lines::default();
        for feature in rest.into_iter().take(leaders::MOST) {
            let Some(anchor) = anchors.get(feature.index()).copied().flatten() else { continue };
            let at = session.camera.offset_of(anchor.at);
            if self.placed.len() >= room.most {
                continue;
            }
            let subject = Subject::Village(key, feature);
            let text = session.label_of(key, loaded, feature);
            let size = size_of_label(&mut self.sizes, painter, subject, room.font_pt, || text.clone()) * own;
            if size.x <= 1.0 {
                continue;
            }
            let kept = room.kept_beside.get(&subject).copied();
            let letters = Vec2::new(size.x + 2.0, size.y * LETTERS);
            let view = Rect::from_center_size(egui::Pos2::ZERO, room.half * 2.0);
            let is_free = |shift: &Vec2| {
                let rect = around([at[0] + f64::from(shift.x), at[1] + f64::from(shift.y)], letters);
                view.contains_rect(rect)
                    && room.taken.is_free(rect)
                    && room.symbols.is_free(rect)
                    && lines.is_free(at, *shift, rect)
            };
            let Some(shift) = kept.into_iter().chain(leaders::shifts(letters)).find(is_free) else { continue };
            let offset = [at[0] + f64::from(shift.x), at[1] + f64::from(shift.y)];
            room.taken.add(around(offset, letters));
            lines.add(at, offset);
            self.placed.push(Placed { subject, text, offset, shift, size, share: own, leader: Some(at) });
        }
    }
}
