//! The second scene: what an earlier year looked like, for the left of the divider.

use std::sync::{Arc, Mutex};

use super::qiancun::Qiancun;
use crate::district::{MapSpec, choropleth};
use crate::project::Focus;
use crate::render::{LayerKey, Scene};

/// What the earlier picture was made from.
#[derive(Clone, PartialEq)]
pub struct BeforeStamp {
    district: usize,
    data: usize,
    map: MapSpec,
    focus: Option<Focus>,
    dark: bool,
    opacity: f32,
    layer: LayerKey,
}

impl Qiancun {
    /// Brings the earlier picture up to date; drops it where none is wanted.
    pub(super) fn sync_before(&mut self) {
        let wanted = self.session.map_on_left().and_then(|map| {
            let district = self.session.district.clone()?;
            let layer = self.session.village_layer()?;
            let (key, loaded) = (layer.key, layer.loaded()?.clone());
            let stamp = BeforeStamp {
                district: Arc::as_ptr(&district) as usize,
                data: Arc::as_ptr(&loaded.dataset) as usize,
                map,
                focus: self.session.focused.as_ref().map(|f| f.focus.clone()),
                dark: self.session.dark,
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
                scene.set_order(&[stamp.layer]);
            }
            scene.set_visibility(stamp.layer, true, stamp.opacity);
        }
        self.before_of = Some(stamp);
    }
}
