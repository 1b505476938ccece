//! The second scene: what an earlier year looked like, for the left of the divider.

use std::sync::{Arc, Mutex};

use super::qiancun::Qiancun;
use crate::district::{MapSpec, choropleth};
use crate::project::Focus;
use crate::render::{LayerKey, Scene};
use crate::theme::ThemeSpec;

/// What the earlier picture was made from.
#[derive(Clone, PartialEq)]
pub struct BeforeStamp {
    district: usize,
    data: usize,
    map: MapSpec,
    focus: Option<Focus>,
    dark: bool,
    is_visible: bool,
    opacity: f32,
    layer: LayerKey,
    /// The layers that are no villages and no symbols: the same on both sides.
    others: Vec<Other>,
    /// All of them, bottom first.
    order: Vec<LayerKey>,
}

/// A layer that is the same on both sides.
#[derive(Clone, PartialEq)]
struct Other {
    key: LayerKey,
    data: usize,
    theme: Option<ThemeSpec>,
    is_visible: bool,
    opacity: f32,
}

impl Qiancun {
    /// Brings the earlier picture up to date; drops it where none is wanted.
    pub(super) fn sync_before(&mut self) {
        let wanted = self.session.map_on_left().and_then(|map| {
            let district = self.session.district.clone()?;
            let layer = self.session.village_layer()?;
            let (key, loaded) = (layer.key, layer.loaded()?.clone());
            let symbols = self.session.facility_layers();
            let is_other = |k: LayerKey| k != key && !symbols.contains(&k);
            let other = |(l, e): (&crate::session::Layer, &crate::project::LayerEntry)| {
                let data = Arc::as_ptr(&l.loaded().filter(|_| is_other(l.key))?.dataset) as usize;
                let (theme, is_visible, opacity) = (e.theme.clone(), e.visible, e.opacity);
                Some(Other { key: l.key, data, theme, is_visible, opacity })
            };
            let stamp = BeforeStamp {
                others: self.session.shown().filter_map(other).collect(),
                order: self.session.document.keys.iter().rev().copied().collect(),
                district: Arc::as_ptr(&district) as usize,
                data: Arc::as_ptr(&loaded.dataset) as usize,
                map,
                focus: self.session.focused.as_ref().map(|f| f.focus.clone()),
                dark: self.session.dark,
                is_visible: self.session.is_layer_shown(key),
                opacity: self.session.entry(key)?.opacity,
                layer: key,
            };
            Some((stamp, district, loaded))
        });
        let Some((stamp, district, loaded)) = wanted else {
            (self.map.before, self.before_of) = (None, None);
            return;
        };
        if self.before_of.as_ref() == Some(&stamp) && self.map.before.is_some() {
            return;
        }
        let gpu = match self.scene.lock() {
            Ok(scene) => scene.gpu().clone(),
            Err(_) => return,
        };
        let in_focus = |v: u32| self.session.is_in_focus(v);
        let themed = choropleth(&district, &stamp.map, &in_focus);
        let tokens = self.session.tokens();
        let [r, g, b, _] = tokens.ground.to_array();
        let style = loaded.style(themed.as_ref(), tokens.plain_fill, &in_focus, [r, g, b]);
        let scene = self.map.before.get_or_insert_with(|| Arc::new(Mutex::new(Scene::new(gpu))));
        if let Ok(mut scene) = scene.lock() {
            if self.before_of.as_ref().is_some_and(|of| of.layer == stamp.layer && of.data == stamp.data) {
                scene.set_style(stamp.layer, style);
            } else {
                scene.set_layer(stamp.layer, loaded.chunks.clone(), loaded.towns.clone(), style, Vec::new());
            }
            for other in &stamp.others {
                let Some(layer) = self.session.layers.get(&other.key) else { continue };
                let Some(loaded) = layer.loaded() else { continue };
                let themed = layer.themed.as_deref();
                let colour = if loaded.is_points() { tokens.plain_symbol } else { tokens.plain_fill };
                let style = loaded.style(themed, colour, &|_| true, [r, g, b]);
                scene.set_layer(other.key, loaded.chunks.clone(), loaded.towns.clone(), style, loaded.symbols(themed));
                scene.set_visibility(other.key, other.is_visible, other.opacity);
            }
            let known = |k: &&LayerKey| **k == stamp.layer || stamp.others.iter().any(|o| o.key == **k);
            scene.set_order(&stamp.order.iter().filter(known).copied().collect::<Vec<_>>());
            scene.set_visibility(stamp.layer, stamp.is_visible, stamp.opacity);
        }
        self.before_of = Some(stamp);
    }
}
