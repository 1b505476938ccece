//! The second scene: what an earlier year looked like, for the left of the divider.

use std::sync::{Arc, Mutex};

use super::qiancun::Qiancun;
use super::sync::pen_of;
use crate::colouring::ColouringSpec;
use crate::district::{MapSpec, choropleth};
use crate::model::{FeatureId, Generation};
use crate::project::Focus;
use crate::render::{LayerKey, Scene};
use crate::session::Derived;

/// What the earlier picture was made from.
#[derive(Clone, PartialEq)]
pub struct BeforeKey {
    district: Generation,
    data: Generation,
    map: MapSpec,
    focus: Option<Focus>,
    dark: bool,
    is_stark: bool,
    vision: crate::palette::Vision,
    is_visible: bool,
    opacity: f32,
    layer: LayerKey,
    look: Option<crate::colouring::IndicatorLook>,
    style: crate::project::LayerStyle,
    /// The layers that are no villages and no symbols: the same on both sides.
    others: Vec<Other>,
    /// All of them, bottom first.
    order: Vec<LayerKey>,
}

/// A layer that is the same on both sides.
#[derive(Clone, PartialEq)]
struct Other {
    key: LayerKey,
    data: Generation,
    colouring: Option<ColouringSpec>,
    is_visible: bool,
    opacity: f32,
    style: crate::project::LayerStyle,
}

impl Qiancun {
    /// Brings the earlier picture up to date; drops it where none is wanted.
    pub(super) fn sync_before(&mut self) {
        let wanted = self.session.map_on_left().and_then(|map| {
            let district = self.session.district().cloned()?;
            let layer = self.session.village_layer()?;
            let (village_layer, loaded) = (layer.key, layer.loaded()?.clone());
            let symbols = self.session.facility_layers();
            let is_other = |k: LayerKey| k != village_layer && !symbols.contains(&k);
            let other = |(l, e): (&crate::session::Layer, &crate::project::LayerEntry)| {
                let data = l.loaded().filter(|_| is_other(l.key))?.generation;
                let (colouring, is_visible, opacity) = (e.colouring.clone(), self.session.is_drawn(e), e.opacity);
                Some(Other { key: l.key, data, colouring, is_visible, opacity, style: e.style.clone() })
            };
            let key = BeforeKey {
                others: self.session.shown().filter_map(other).collect(),
                order: self.session.document.keys.iter().rev().copied().collect(),
                district: district.generation,
                data: loaded.generation,
                look: self.session.indicator_look(map.indicator).cloned(),
                map,
                focus: self.session.focused().map(|f| f.focus.clone()),
                dark: self.session.dark,
                is_stark: self.session.is_stark(),
                vision: self.session.stage.vision,
                is_visible: self.session.is_layer_shown(village_layer),
                opacity: self.session.entry(village_layer)?.opacity,
                layer: village_layer,
                style: self.session.entry(village_layer)?.style.clone(),
            };
            Some((key, district, loaded))
        });
        let Some((key, district, loaded)) = wanted else {
            self.map.before = None;
            self.drawn.before.clear();
            return;
        };
        if self.drawn.before.get(&key).is_some() && self.map.before.is_some() {
            return;
        }
        let gpu = match self.scene.lock() {
            Ok(scene) => scene.gpu().clone(),
            Err(_) => return,
        };
        let in_focus = |v: FeatureId| self.session.is_in_focus(v);
        let colouring = choropleth(&district, &key.map, key.look.as_ref(), &in_focus);
        let tokens = self.session.tokens();
        let [r, g, b, _] = tokens.ground.to_array();
        let style = loaded.style(colouring.as_ref(), tokens.plain.fill, &in_focus, [r, g, b]);
        let scene = self.map.before.get_or_insert_with(|| Arc::new(Mutex::new(Scene::new(gpu))));
        if let Ok(mut scene) = scene.lock() {
            if self.drawn.before.key().is_some_and(|of| of.layer == key.layer && of.data == key.data) {
                scene.set_style(key.layer, style);
            } else {
                scene.set_layer(key.layer, loaded.chunks.clone(), loaded.towns.clone(), style, Vec::new());
            }
            for other in &key.others {
                let Some(layer) = self.session.layers.get(&other.key) else { continue };
                let Some(loaded) = layer.loaded() else { continue };
                let colouring = layer.colouring.as_deref();
                let colour = other.style.fill_rgb().unwrap_or_else(|| loaded.usual_colour(tokens));
                let style = loaded.style(colouring, colour, &|_| true, [r, g, b]);
                scene.set_layer(
                    other.key,
                    loaded.chunks.clone(),
                    loaded.towns.clone(),
                    style,
                    loaded.symbols(colouring),
                );
                scene.set_visibility(other.key, other.is_visible, other.opacity);
                scene.set_pen(other.key, pen_of(&other.style));
            }
            let known = |k: &&LayerKey| **k == key.layer || key.others.iter().any(|o| o.key == **k);
            scene.set_order(&key.order.iter().filter(known).copied().collect::<Vec<_>>());
            scene.set_visibility(key.layer, key.is_visible, key.opacity);
            scene.set_pen(key.layer, pen_of(&key.style));
        }
        self.drawn.before = Derived::of(key, ());
    }
}
