//! All layers on the GPU and how they are drawn into the kept picture.

use std::sync::Arc;

use super::chunk::Chunks;
use super::gpu::Gpu;
use super::level::Level;
use super::mesh::Mesh;
use super::picture::{Picture, Redraw, Region};
use super::pipelines::{LayerUniform, Pipelines};
use super::points::PointSymbol;
use super::store::{GpuMesh, SceneLayer};
use super::style::Style;
use super::view::View;

/// Identity of a layer in the scene.
pub type LayerKey = u64;

/// Bytes of meshes kept on the GPU; beyond, what was not drawn for longest goes.
const MESH_BUDGET_BYTES: usize = 256 << 20;

/// Colours of everything that is not data; sRGB, straight alpha, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// The ground of the map.
    pub ground: [f32; 4],
    /// Borders: between villages, between towns, outer, line features.
    pub borders: [[f32; 4]; 4],
    /// Their widths in points.
    pub border_widths_pt: [f32; 4],
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
    pub(super) gpu: Gpu,
    pub(super) pipelines: Pipelines,
    layers: Vec<(LayerKey, SceneLayer)>,
    pub(super) picture: Option<Picture>,
    palette: Option<Palette>,
    content: u64,
    meshes: u64,
    /// Full and partial redraws so far.
    redraws: u64,
}

impl Scene {
    /// An empty scene on a device.
    pub fn new(gpu: Gpu) -> Self {
        let pipelines = Pipelines::new(&gpu.device, gpu.target_format);
        Self { gpu, pipelines, layers: Vec::new(), picture: None, palette: None, content: 1, meshes: 1, redraws: 0 }
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
    pub fn set_layer(&mut self, key: LayerKey, chunks: Arc<Chunks>, style: &Style, points: &[PointSymbol]) {
        let mut layer = SceneLayer::new(&self.gpu, &self.pipelines, chunks, style);
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
    pub fn set_style(&mut self, key: LayerKey, style: &Style) {
        let Some((_, layer)) = self.layers.iter_mut().find(|(k, _)| *k == key) else { return };
        layer.set_style(&self.gpu, &self.pipelines, style);
        self.content += 1;
    }

    /// New symbols for a layer.
    pub fn set_points(&mut self, key: LayerKey, points: &[PointSymbol]) {
        let Some((_, layer)) = self.layers.iter_mut().find(|(k, _)| *k == key) else { return };
        layer.set_points(&self.gpu, points);
        self.content += 1;
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
        layer.meshes.insert((chunk, level), GpuMesh::new(&self.gpu, mesh, now));
        self.meshes += 1;
        self.evict();
    }

    fn evict(&mut self) {
        let mut all: Vec<(u64, usize, LayerKey, (u32, Level))> = Vec::new();
        for (key, layer) in &self.layers {
            all.extend(layer.meshes.iter().map(|(id, m)| (m.used, m.bytes, *key, *id)));
        }
        let mut total: usize = all.iter().map(|m| m.1).sum();
        if total <= MESH_BUDGET_BYTES {
            return;
        }
        all.sort_unstable();
        for (used, bytes, key, id) in all {
            if total <= MESH_BUDGET_BYTES || used == self.redraws {
                break;
            }
            if let Some(layer) = self.layer_mut(key) {
                layer.meshes.remove(&id);
                total -= bytes;
            }
        }
    }

    /// Meshes that a view needs and the scene lacks, nearest to the middle first.
    pub fn wanted(&self, view: &View) -> Vec<(LayerKey, u32, Level)> {
        let level = Level::for_zoom(view.zoom());
        let mut wanted = Vec::new();
        for (key, layer) in self.layers.iter().filter(|(_, l)| l.visible) {
            let missing =
                layer.chunks.in_view(view.bounds()).into_iter().filter(|c| !layer.meshes.contains_key(&(*c, level)));
            wanted.extend(missing.map(|chunk| {
                let [w, n, e, s] = layer.chunks.list.get(chunk as usize).map_or([0.0; 4], |c| c.bounds);
                let (dx, dy) = ((w + e) / 2.0 - view.centre.x, (n + s) / 2.0 - view.centre.y);
                (dx.hypot(dy), (*key, chunk, level))
            }));
        }
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
        wanted.into_iter().map(|(_, w)| w).collect()
    }

    /// Brings the picture up to date for a view. A picture that still covers the view is kept while the camera moves
    /// on a software renderer; everything else is drawn at once, only the strips that came into view where possible.
    pub(super) fn update_picture(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        view: &View,
        pixels_per_point: f32,
        moving: bool,
    ) {
        let Some(palette) = self.palette else { return };
        let mut picture = match self.picture.take() {
            Some(p) if p.fits(&self.gpu, view) => p,
            _ => Picture::new(&self.gpu, view),
        };
        let covers = picture.view.covers(view);
        let fresh = picture.content == self.content && picture.meshes == self.meshes;
        let same_scale = picture.view.px_per_world == view.px_per_world;
        let defer = moving && self.gpu.is_software && picture.content == self.content && covers;
        if (covers && fresh && same_scale) || defer {
            self.picture = Some(picture);
            return;
        }
        let redraw = picture.move_to(&self.gpu, encoder, view, fresh);
        let regions = match redraw {
            Redraw::All => vec![[0, 0, picture.view.size_px[0], picture.view.size_px[1]]],
            Redraw::Strips(strips) => strips,
        };
        self.draw(encoder, &picture, &palette, pixels_per_point, &regions);
        (picture.content, picture.meshes) = (self.content, self.meshes);
        self.picture = Some(picture);
    }

    /// Whether the picture shows a view sharply and completely.
    pub fn is_sharp(&self, view: &View) -> bool {
        self.wanted(view).is_empty()
            && self.picture.as_ref().is_some_and(|p| {
                p.content == self.content
                    && p.meshes == self.meshes
                    && p.view.covers(view)
                    && p.view.px_per_world == view.px_per_world
            })
    }

    fn draw(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        picture: &Picture,
        palette: &Palette,
        ppp: f32,
        regions: &[Region],
    ) {
        self.redraws += 1;
        let now = self.redraws;
        let target = picture.front().create_view(&Default::default());
        for (_, layer) in self.layers.iter().filter(|(_, l)| l.visible) {
            let uniform = layer_uniform(&picture.view, palette, ppp, layer.opacity, &layer.chunks);
            self.gpu.queue.write_buffer(&layer.uniform, 0, bytemuck::bytes_of(&uniform));
        }
        let [r, g, b, _] = palette.ground.map(f64::from);
        for &[x, y, width, height] in regions {
            let whole = [x, y, width, height] == [0, 0, picture.view.size_px[0], picture.view.size_px[1]];
            let ground = wgpu::Color { r, g, b, a: 1.0 };
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("map"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &target,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: if whole { wgpu::LoadOp::Clear(ground) } else { wgpu::LoadOp::Load },
                        store: wgpu::StoreOp::Store,
                    },
                    depth_slice: None,
                })],
                ..Default::default()
            });
            if !whole {
                pass.set_scissor_rect(x, y, width, height);
                if let Some((_, layer)) = self.layers.iter().find(|(_, l)| l.visible) {
                    pass.set_bind_group(0, &layer.bind_group, &[]);
                    self.pipelines.draw_ground(&mut pass);
                }
            }
            let bounds = region_bounds(&picture.view, [x, y, width, height]);
            for (_, layer) in self.layers.iter_mut().filter(|(_, l)| l.visible) {
                draw_layer(&mut pass, &self.pipelines, layer, &picture.view, bounds, now);
            }
        }
    }
}

/// World rectangle of a region of a picture, a few pixels wider, so that borders reach in.
fn region_bounds(view: &View, [x, y, width, height]: Region) -> [f64; 4] {
    let [w, n, ..] = view.bounds();
    let world = |px: f64| px / view.px_per_world;
    let (x, y) = (f64::from(x), f64::from(y));
    [
        w + world(x - 4.0),
        n + world(y - 4.0),
        w + world(x + f64::from(width) + 4.0),
        n + world(y + f64::from(height) + 4.0),
    ]
}

fn draw_layer(
    pass: &mut wgpu::RenderPass<'_>,
    pipelines: &Pipelines,
    layer: &mut SceneLayer,
    view: &View,
    bounds: [f64; 4],
    now: u64,
) {
    let level = Level::for_zoom(view.zoom());
    let chosen: Vec<(u32, Level)> = layer
        .chunks
        .in_view(bounds)
        .into_iter()
        .filter_map(|chunk| Some((chunk, layer.best_level(chunk, level)?)))
        .collect();
    pass.set_bind_group(0, &layer.bind_group, &[]);
    pass.set_pipeline(if layer.opacity < 1.0 { &pipelines.fill_blended } else { &pipelines.fill });
    for id in &chosen {
        let Some(mesh) = layer.meshes.get_mut(id) else { continue };
        mesh.used = now;
        if let (Some(vertices), Some(indices)) = (&mesh.vertices, &mesh.indices) {
            pass.set_vertex_buffer(0, vertices.slice(..));
            pass.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
            pass.draw_indexed(0..mesh.index_count, 0, 0..1);
        }
    }
    if layer.chunks.border_strength(view.px_per_world) > 0.0 {
        pass.set_pipeline(&pipelines.border);
        for id in &chosen {
            if let Some(mesh) = layer.meshes.get(id)
                && let Some(segments) = &mesh.segments
            {
                pass.set_vertex_buffer(0, segments.slice(..));
                pass.draw(0..4, 0..mesh.segment_count);
            }
        }
    }
    if let Some((points, count)) = &layer.points {
        pass.set_pipeline(&pipelines.symbol);
        pass.set_vertex_buffer(0, points.slice(..));
        pass.draw(0..4, 0..*count);
    }
}

fn layer_uniform(view: &View, palette: &Palette, ppp: f32, opacity: f32, chunks: &Chunks) -> LayerUniform {
    let strength = chunks.border_strength(view.px_per_world);
    let mut colours = palette.borders;
    colours[0][3] *= strength;
    colours[1][3] *= strength.max(0.2 * strength.signum());
    // The hatch stands still on the map: its phase is that of the picture's corner in pixels of the world.
    let period = f64::from(HATCH_PT * ppp);
    let corner =
        |centre: f64, px: u32| (centre * view.px_per_world - f64::from(px) / 2.0).round().rem_euclid(period) as f32;
    LayerUniform {
        origin: [view.origin().x, view.origin().y],
        clip_per_step: view.clip_per_step(),
        target_px: view.size_px.map(|v| v as f32),
        hatch_shift_px: [corner(view.centre.x, view.size_px[0]), corner(view.centre.y, view.size_px[1])],
        widths_px: palette.border_widths_pt.map(|w| w * ppp),
        colours,
        hatch_ground: palette.hatch_ground,
        hatch_line: palette.hatch_line,
        rim: palette.rim,
        ground: palette.ground,
        opacity,
        symbol_px: palette.symbol_pt * ppp,
        hatch_px: period as f32,
        single_class: -1.0,
    }
}

/// Distance between lines of the hatch in points, along x.
const HATCH_PT: f32 = 7.0;
