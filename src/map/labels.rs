//! Village names on the map: inside their polygon, larger ones first, none over another.

use std::sync::Arc;

use egui::{Color32, FontId, Painter, Pos2, Rect, Vec2};
use rustc_hash::FxHashMap;

use crate::model::{FeatureId, Role};
use crate::palette::{LABEL_DARK, LABEL_LIGHT, is_dark, size};
use crate::render::LayerKey;
use crate::session::{Camera, Layer, Session};

/// Most labels at once.
const MAX_LABELS: usize = 400;

/// Shifts of a label in points that are tried, one after the other.
const SHIFTS_PT: [f32; 7] = [0.0, -13.0, 13.0, -20.0, 20.0, -28.0, 28.0];
/// Most symbols that labels give way to.
const MAX_OBSTACLES: usize = 2_000;

/// Rectangles of the symbols and clusters in view, as offsets from the middle of the map.
fn taken_by_symbols(session: &Session, half: Vec2) -> Vec<Rect> {
    let Some(symbols) = &session.symbols else { return Vec::new() };
    let clusters = symbols.clusters.iter().map(|c| (c.at, super::clusters::radius_pt(c.members.len()) + 1.0));
    let singles = symbols.single_places.iter().map(|p| (*p, 5.0));
    let view = Rect::from_center_size(Pos2::ZERO, half * 2.0);
    let rects = clusters.chain(singles).map(|(at, radius)| {
        let [x, y] = session.camera.offset_of(at);
        Rect::from_center_size(Pos2::new(x as f32, y as f32), Vec2::splat(radius * 2.0))
    });
    rects.filter(|r| view.intersects(*r)).take(MAX_OBSTACLES).collect()
}

/// A label that found its place.
#[derive(Clone)]
struct Placed {
    layer: LayerKey,
    feature: FeatureId,
    text: String,
    offset: [f64; 2],
}

/// Labels of the present view; placed anew only where camera, size or layers changed.
#[derive(Default)]
pub struct Labels {
    placed: Vec<Placed>,
    key: Option<(Camera, Vec2, Vec<(LayerKey, usize)>, usize)>,
    sizes: FxHashMap<(LayerKey, FeatureId), Vec2>,
    order: FxHashMap<LayerKey, (usize, Vec<FeatureId>)>,
}

impl Labels {
    /// Draws the labels of a view.
    pub fn show(&mut self, painter: &Painter, rect: Rect, session: &Session) {
        let layers: Vec<(LayerKey, usize)> = session
            .shown()
            .filter(|(_, e)| e.visible)
            .filter_map(|(l, _)| {
                let loaded = l.loaded()?;
                loaded.anchors.get()?;
                Some((l.key, Arc::as_ptr(&loaded.dataset) as usize))
            })
            .collect();
        let symbols = session.symbols.as_ref().map_or(0, |s| Arc::as_ptr(s) as usize);
        let key = Some((session.camera, rect.size(), layers, symbols));
        if self.key != key {
            self.place(painter, rect, session);
            self.key = key;
        }
        let middle = rect.center();
        for label in &self.placed {
            let Some(layer) = session.layers.get(&label.layer) else { continue };
            // Laid out anew each frame: egui keeps what it laid out, and only egui knows when its glyphs move.
            let galley =
                painter.layout_no_wrap(label.text.clone(), FontId::proportional(size::LABEL), Color32::PLACEHOLDER);
            let at = middle + Vec2::new(label.offset[0] as f32, label.offset[1] as f32) - galley.size() / 2.0;
            let at = Pos2::new(at.x.round(), at.y.round());
            let (ink, halo) = ink_of(layer, label.feature, session.dark);
            for (dx, dy) in [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)] {
                painter.galley_with_override_text_color(at + Vec2::new(dx, dy), galley.clone(), halo);
            }
            painter.galley_with_override_text_color(at, galley, ink);
        }
    }

    fn place(&mut self, painter: &Painter, rect: Rect, session: &Session) {
        self.placed.clear();
        let half = rect.size() / 2.0;
        let scale = session.camera.points_per_world();
        let mut taken: Vec<Rect> = taken_by_symbols(session, half);
        if self.sizes.len() > 50_000 {
            self.sizes.clear();
        }
        for (layer, _) in session.shown().filter(|(_, e)| e.visible) {
            let Some(loaded) = layer.loaded() else { continue };
            let Some(anchors) = loaded.anchors.get() else { continue };
            if loaded.dataset.roles.field(Role::Name).is_none() {
                continue;
            }
            let id = Arc::as_ptr(&loaded.dataset) as usize;
            let cached = self.order.get(&layer.key).is_some_and(|(of, _)| *of == id);
            if !cached {
                let mut order: Vec<FeatureId> =
                    (0..anchors.len() as u32).filter(|f| anchors[*f as usize].is_some()).collect();
                let area = |f: &FeatureId| anchors[*f as usize].map_or(0.0, |a| a.extent[0] * a.extent[1]);
                order.sort_by(|a, b| area(b).total_cmp(&area(a)).then(a.cmp(b)));
                self.order.insert(layer.key, (id, order));
                self.sizes.retain(|(k, _), _| *k != layer.key);
            }
            let Some((_, order)) = self.order.get(&layer.key) else { continue };
            for &feature in order {
                let Some(anchor) = anchors.get(feature as usize).copied().flatten() else { continue };
                let extent = [f64::from(anchor.extent[0]) * scale, f64::from(anchor.extent[1]) * scale];
                // Sorted by size: what follows is smaller still than a line of text.
                if extent[0] * extent[1] < 120.0 || self.placed.len() >= MAX_LABELS {
                    break;
                }
                let offset = session.camera.offset_of(anchor.at);
                let outside = offset[0].abs() > f64::from(half.x) + 60.0 || offset[1].abs() > f64::from(half.y) + 20.0;
                if outside || extent[0] < 16.0 || extent[1] < 9.0 {
                    continue;
                }
                let name = || loaded.dataset.text(feature, Role::Name).unwrap_or_default().into_owned();
                let size = *self.sizes.entry((layer.key, feature)).or_insert_with(|| {
                    painter.layout_no_wrap(name(), FontId::proportional(size::LABEL), Color32::PLACEHOLDER).size()
                });
                if size.x <= 1.0 || f64::from(size.x) > extent[0] * 1.05 || f64::from(size.y) > extent[1] * 1.3 {
                    continue;
                }
                // Beside a symbol where one stands in the middle, as long as the village reaches there.
                let reach = (extent[1] as f32 / 2.0 - size.y * 0.6).max(0.0);
                let places = SHIFTS_PT.into_iter().filter(|s| s.abs() <= reach).map(|shift| {
                    let centre = Pos2::new(offset[0] as f32, offset[1] as f32 + shift);
                    (shift, Rect::from_center_size(centre, size + Vec2::new(4.0, 0.0)))
                });
                let free = |place: &Rect| !taken.iter().any(|t| t.intersects(*place));
                let Some((shift, place)) = places.into_iter().find(|(_, place)| free(place)) else { continue };
                taken.push(place);
                let offset = [offset[0], offset[1] + f64::from(shift)];
                self.placed.push(Placed { layer: layer.key, feature, text: name(), offset });
            }
        }
    }

    /// How many labels are shown.
    pub fn len(&self) -> usize {
        self.placed.len()
    }
}

/// Text and halo for a label on a village's colour.
fn ink_of(layer: &Layer, feature: FeatureId, dark_theme: bool) -> (Color32, Color32) {
    let on_dark = match &layer.themed {
        Some(themed) => themed.colour_of(feature).map_or(dark_theme, is_dark),
        None => dark_theme,
    };
    let (ink, halo) = if on_dark { (LABEL_LIGHT, LABEL_DARK) } else { (LABEL_DARK, LABEL_LIGHT) };
    (ink, halo.gamma_multiply(0.42))
}
