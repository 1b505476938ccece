//! All layers on the GPU and how they are drawn into the kept picture.

use std::sync::Arc;

use super::chunk::Chunks;
use super::gpu::Gpu;
use super::level::Level;
use super::mesh::Mesh;
use super::overview::Overview;
use super::picture::Picture;
use super::pipelines::Pipelines;
use super::points::PointSymbol;
use super::store::{GpuMesh, SceneLayer};
use super::style::Style;
use super::viewport::Viewport;
use crate::ground::Ground;
use crate::model::Generation;

/// Identity of a layer in the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerKey(u64);

impl LayerKey {
    /// A key by its number. The same number is the same layer for as long as the program runs, and means nothing elsewhere.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The key after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl std::fmt::Display for LayerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Bytes of meshes and shapes kept where nothing else is chosen; beyond, what was not drawn for longest goes.
pub const USUAL_BUDGET_BYTES: usize = 256 << 20;

/// Another pen for the outlines and lines of a layer; what is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OutlinePen {
    /// Colour, sRGB.
    pub colour: Option<[u8; 3]>,
    /// Width in points.
    pub width_pt: Option<f32>,
    /// Lengths of ink, gap, ink, gap in points; all 0 for lines drawn through.
    pub dash_pt: [f32; 4],
    /// Whether areas have an outline only.
    pub is_hollow: bool,
}

/// Colours of everything that is not data; sRGB, straight alpha, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// The ground of the map.
    pub ground: [f32; 4],
    /// Borders: between villages, between towns, outer, line features.
    pub borders: [[f32; 4]; 4],
    /// Their widths in points.
    pub border_widths_pt: [f32; 4],
    /// Border between villages beside a pale one, on which white does not show.
    pub pale_border: [f32; 4],
    /// Ground of the hatch for missing values.
    pub hatch_ground: [f32; 4],
    /// Its lines.
    pub hatch_line: [f32; 4],
    /// Rim of symbols.
    pub rim: [f32; 4],
    /// Size of symbols in points.
    pub symbol_pt: f32,
}

/// The layers, bottom first, and the picture of them.
pub struct Scene {
    /// Tells it from others.
    pub(super) number: Generation,
    pub(super) gpu: Gpu,
    pub(super) pipelines: Pipelines,
    pub(super) layers: Vec<(LayerKey, SceneLayer)>,
    pub(super) picture: Option<Picture>,
    pub(super) overview: Option<Overview>,
    /// State of styles and layers whose overview was drawn last.
    pub(super) overview_of: u64,
    /// Whether the overview is on show rather than the picture.
    pub(super) shows_overview: bool,
    /// What lies below the layers, the undermost first, with how opaque it is.
    pub(super) grounds: Vec<(Arc<Ground>, f32)>,
    /// When they were painted last.
    pub(super) ground_drawn: Option<std::time::Instant>,
    /// Bytes of meshes and shapes kept over all layers.
    pub(super) budget_bytes: usize,
    pub(super) palette: Option<Palette>,
    pub(super) content: u64,
    pub(super) meshes: u64,
    /// Full and partial redraws so far.
    pub(super) redraws: u64,
}

impl Scene {
    /// An empty scene on a device.
    pub fn new(gpu: Gpu) -> Self {
        let pipelines = Pipelines::new(&gpu.device, gpu.target_format);
        Self {
            number: Generation::next(),
            gpu,
            pipelines,
            layers: Vec::new(),
            picture: None,
            overview: None,
            overview_of: 0,
            shows_overview: false,
            grounds: Vec::new(),
            ground_drawn: None,
            budget_bytes: USUAL_BUDGET_BYTES,
            palette: None,
            content: 1,
            meshes: 1,
            redraws: 0,
        }
    }

    /// The device.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// How often the map, or a strip of it, was drawn: hover and panels must not raise it.
    pub fn redraws(&self) -> u64 {
        self.redraws
    }

    fn layer_mut(&mut self, key: LayerKey) -> Option<&mut SceneLayer> {
        self.layers.iter_mut().find(|(k, _)| *k == key).map(|(_, l)| l)
    }

    /// Adds a layer on top, or replaces the one with this key.
    pub fn set_layer(
        &mut self,
        key: LayerKey,
        chunks: Arc<Chunks>,
        towns: Arc<[u32]>,
        style: Style,
        points: Vec<PointSymbol>,
    ) {
        let mut layer = SceneLayer::new(&self.gpu, &self.pipelines, chunks, towns, style);
        layer.set_points(&self.gpu, points);
        match self.layer_mut(key) {
            Some(slot) => *slot = layer,
            None => self.layers.push((key, layer)),
        }
        self.content += 1;
    }

    /// Drops a layer.
    pub fn remove_layer(&mut self, key: LayerKey) {
        let before = self.layers.len();
        self.layers.retain(|(k, _)| *k != key);
        self.content += u64::from(self.layers.len() != before);
    }

    /// Whether the scene has this layer.
    pub fn has_layer(&self, key: LayerKey) -> bool {
        self.layers.iter().any(|(k, _)| *k == key)
    }

    /// Draws these layers only, in this order, bottom first; others are dropped.
    pub fn set_order(&mut self, keys: &[LayerKey]) {
        let before: Vec<LayerKey> = self.layers.iter().map(|(k, _)| *k).collect();
        self.layers.retain(|(k, _)| keys.contains(k));
        self.layers.sort_by_key(|(k, _)| keys.iter().position(|x| x == k));
        if !before.iter().eq(self.layers.iter().map(|(k, _)| k)) {
            self.content += 1;
        }
    }

    /// New colours for a layer: one small texture, no geometry.
    pub fn set_style(&mut self, key: LayerKey, style: Style) {
        let Some((_, layer)) = self.layers.iter_mut().find(|(k, _)| *k == key) else { return };
        layer.set_style(&self.gpu, &self.pipelines, style);
        self.content += 1;
    }

    /// New symbols for a layer.
    pub fn set_points(&mut self, key: LayerKey, points: Vec<PointSymbol>) {
        let Some((_, layer)) = self.layers.iter_mut().find(|(k, _)| *k == key) else { return };
        layer.set_points(&self.gpu, points);
        self.content += 1;
    }

    /// New towns for a layer: its borders are made anew.
    pub fn set_towns(&mut self, key: LayerKey, towns: &Arc<[u32]>) {
        if let Some(layer) = self.layer_mut(key)
            && layer.towns != *towns
        {
            layer.towns = towns.clone();
            layer.forget_shapes();
            self.content += 1;
        }
    }

    /// Takes notice where shared borders have become known: what was drawn without them is drawn anew.
    pub(super) fn notice_topology(&mut self) {
        for (_, layer) in &mut self.layers {
            if !layer.knows_topology && layer.chunks.topology().is_some() {
                layer.knows_topology = true;
                layer.forget_shapes();
                self.meshes += 1;
            }
        }
    }

    /// Another pen for all outlines of a layer.
    pub fn set_pen(&mut self, key: LayerKey, pen: Option<OutlinePen>) {
        if let Some(layer) = self.layer_mut(key)
            && layer.pen != pen
        {
            layer.pen = pen;
            self.content += 1;
        }
    }

    /// Shows or hides a layer and sets its opacity, 0 to 1.
    pub fn set_visibility(&mut self, key: LayerKey, visible: bool, opacity: f32) {
        if let Some(layer) = self.layer_mut(key)
            && (layer.visible, layer.opacity) != (visible, opacity)
        {
            (layer.visible, layer.opacity) = (visible, opacity);
            self.content += 1;
        }
    }

    /// The colours of ground, borders and hatch.
    pub fn set_palette(&mut self, palette: Palette) {
        if self.palette != Some(palette) {
            self.palette = Some(palette);
            self.content += 1;
        }
    }

    /// Takes a finished mesh.
    pub fn add_mesh(&mut self, key: LayerKey, chunk: u32, level: Level, mesh: &Mesh) {
        let now = self.redraws;
        let Some((_, layer)) = self.layers.iter_mut().find(|(k, _)| *k == key) else { return };
        layer.add_mesh((chunk, level), GpuMesh::new(&self.gpu, mesh, now));
        self.meshes += 1;
        self.evict();
    }

    /// Says what lies below the layers, the undermost first.
    pub fn set_grounds(&mut self, grounds: Vec<(Arc<Ground>, f32)>) {
        let same = |a: &(Arc<Ground>, f32), b: &(Arc<Ground>, f32)| Arc::ptr_eq(&a.0, &b.0) && a.1 == b.1;
        let is_same = grounds.len() == self.grounds.len() && grounds.iter().zip(&self.grounds).all(|(a, b)| same(a, b));
        if !is_same {
            self.grounds = grounds;
            self.content += 1;
        }
    }

    /// Blocks of grounds that are on their way.
    pub fn ground_coming(&self) -> usize {
        self.grounds.iter().map(|(g, _)| g.coming()).sum()
    }

    /// How many bytes of meshes and shapes are kept.
    pub fn set_budget(&mut self, bytes: usize) {
        self.budget_bytes = bytes;
        self.evict();
    }

    /// Bytes of meshes and shapes that are kept now.
    pub fn kept_bytes(&self) -> usize {
        self.layers.iter().map(|(_, l)| l.kept_bytes()).sum()
    }

    /// Drops what was not drawn for longest, beyond the budget. What the view needs stays, whatever it takes.
    pub(super) fn evict(&mut self) {
        let mut total = self.kept_bytes();
        if total <= self.budget_bytes {
            return;
        }
        let now = self.redraws;
        let mut held: Vec<(u64, LayerKey, (u32, Level))> = Vec::new();
        for (key, layer) in &self.layers {
            held.extend(layer.meshes.iter().map(|(id, m)| (m.used, *key, *id)));
            held.extend(layer.shapes.iter().map(|(id, (_, used))| (*used, *key, *id)));
        }
        held.sort_unstable();
        for (used, key, id) in held {
            if total <= self.budget_bytes || used == now {
                break;
            }
            if let Some(layer) = self.layer_mut(key) {
                total -= layer.forget(&id);
            }
        }
    }

    /// Meshes that a view needs and the scene lacks, nearest to the middle first.
    pub fn wanted(&self, view: &Viewport) -> Vec<(LayerKey, u32, Level)> {
        if self.gpu.is_software {
            return Vec::new();
        }
        let mut wanted = Vec::new();
        let level = Level::for_zoom(view.zoom());
        for (key, layer) in self.layers.iter().filter(|(_, l)| l.visible) {
            let missing =
                layer.chunks.in_view(view.bounds()).into_iter().filter(|c| !layer.meshes.contains_key(&(*c, level)));
            wanted.extend(missing.map(|chunk| {
                let [w, n, e, s] = layer.chunks.list.get(chunk as usize).map_or([0.0; 4], |c| c.bounds.sides());
                let (dx, dy) = ((w + e) / 2.0 - view.centre.x, (n + s) / 2.0 - view.centre.y);
                (dx.hypot(dy), (*key, chunk, level))
            }));
        }
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
        wanted.into_iter().map(|(_, w)| w).collect()
    }

    /// Whether the picture shows a view sharply and completely.
    pub fn is_sharp(&self, view: &Viewport) -> bool {
        self.wanted(view).is_empty()
            && self.picture.as_ref().is_some_and(|p| {
                p.content == self.content
                    && p.meshes == self.meshes
                    && p.ground == self.grounds.iter().map(|(g, _)| g.arrived()).sum::<u64>()
                    && self.ground_coming() == 0
                    && !p.is_rough
                    && p.view.covers(view)
                    && p.view.px_per_world == view.px_per_world
            })
    }
}
