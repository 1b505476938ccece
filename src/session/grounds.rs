//! The grounds that are shown: what they are called, and who is to be named for them.

use std::sync::Arc;

use super::state::Session;
use crate::geo::WorldPos;
use crate::ground::{Ground, GroundSpec, Patch, server_of};
use crate::project::LayerEntry;
use crate::render::LayerKey;

/// How strong a ground is drawn where everything else is dark.
const IN_THE_DARK: f32 = 0.35;

impl Session {
    /// The grounds that are visible, the undermost first, with how opaque they are.
    pub fn grounds(&self) -> Vec<(LayerKey, Arc<Ground>, f32)> {
        let shown = self.document.keys.iter().rev().filter_map(|key| {
            let entry = self.entry(*key).filter(|e| self.is_drawn(e))?;
            Some((*key, self.layers.get(key)?.ground()?.clone(), entry.opacity))
        });
        shown.collect()
    }

    /// The grounds as they are drawn in the window: in the dark weaker, since maps are made for the light. A map alone, for
    /// other programs, has their own colours.
    pub fn drawn_grounds(&self) -> Vec<(Arc<Ground>, f32)> {
        let is_bare = self.picture.as_ref().is_some_and(|p| p.is_bare);
        let strength = if self.tokens().dark && !is_bare { IN_THE_DARK } else { 1.0 };
        self.grounds().into_iter().map(|(_, ground, opacity)| (ground, opacity * strength)).collect()
    }

    /// What a ground is opened from, with what this person has turned on and where tiles are kept.
    pub fn ground_spec(&self, entry: &LayerEntry) -> GroundSpec {
        let kept = self.storage.tiles.clone().filter(|_| self.settings.tiles_limit_mb() > 0);
        let kept_most_bytes = Some(u64::from(self.settings.tiles_limit_mb()) * 1_000_000);
        let spec = GroundSpec { kept, kept_most_bytes, ..entry.ground_spec() };
        let Some(server) = server_of(&spec.url) else { return spec };
        let key = self.settings.tile_keys.get(&server).cloned().unwrap_or_default();
        GroundSpec { is_online: self.settings.online.contains(&server), key, ..spec }
    }

    /// How far a ground is drawn from where it belongs at most, in pixels of the map as it is now: what its mesh loses, measured where the
    /// mesh is farthest from its points. `None` where there is no such ground.
    pub fn ground_residual_px(&self, key: LayerKey) -> Option<f64> {
        let ground = self.layers.get(&key)?.ground()?;
        let px_per_world = self.camera.points_per_world();
        let [w, h] = self.map_size_pt;
        let centre = self.camera.centre;
        let corner = WorldPos { x: centre.x - w / 2.0 / px_per_world, y: centre.y - h / 2.0 / px_per_world };
        let size_px = [w, h].map(|v| v.round().clamp(1.0, 4096.0) as u32);
        Some(ground.residual_px(&Patch { corner, px_per_world, size_px }))
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
