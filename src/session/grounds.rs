//! The grounds that are shown: what they are called, and who is to be named for them.

use std::sync::Arc;

use super::state::Session;
use crate::ground::{Ground, GroundSpec, server_of};
use crate::project::LayerEntry;
use crate::render::LayerKey;

impl Session {
    /// The grounds that are visible, the undermost first, with how opaque they are.
    pub fn grounds(&self) -> Vec<(LayerKey, Arc<Ground>, f32)> {
        let shown = self.document.keys.iter().rev().filter_map(|key| {
            let entry = self.entry(*key).filter(|e| e.visible)?;
            Some((*key, self.layers.get(key)?.ground()?.clone(), entry.opacity))
        });
        shown.collect()
    }

    /// What a ground is opened from, with what this person has turned on and where tiles are kept.
    pub fn ground_spec(&self, entry: &LayerEntry) -> GroundSpec {
        let spec = entry.ground_spec();
        let Some(server) = server_of(&spec.url) else { return spec };
        GroundSpec {
            is_online: self.settings.online.contains(&server),
            key: self.settings.tile_keys.get(&server).cloned().unwrap_or_default(),
            kept: self.storage.tiles.clone(),
            ..spec
        }
    }

    /// Who is to be named for what is shown, each once.
    pub fn attributions(&self) -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for (key, ground, _) in self.grounds() {
            let said = self.entry(key).map(|e| e.ground.attribution.clone()).unwrap_or_default();
            let text = if said.trim().is_empty() { ground.attribution().to_owned() } else { said.trim().to_owned() };
            if !text.is_empty() && !list.contains(&text) {
                list.push(text);
            }
        }
        list
    }
}
