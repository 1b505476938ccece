//! Bringing the kept picture up to date: by the GPU, or row by row where there is none.

use std::time::{Duration, Instant};

use super::chunk::Chunks;
use super::level::Level;
use super::mesh::LENGTH_SHIFT;
use super::picture::{Picture, ROUGH_PX, Redraw, Region};
use super::pipelines::{LayerUniform, Pipelines};
use super::raster::{self, RasterLayer};
use super::scene::{OutlinePen, Palette, Scene};
use super::shape::BorderKind;
use super::store::SceneLayer;
use super::viewport::Viewport;
use crate::geo::{GRID_BITS, WorldBounds, WorldPos};
use crate::ground::Patch;

/// How often the map is drawn again while blocks of the ground come.
const GROUND_EVERY: Duration = Duration::from_millis(160);

/// How far a kept picture is enlarged while zooming in, before a rough one takes its place.
const MOST_ENLARGED: f64 = 4.0;

impl Scene {
    /// Brings the picture up to date for a view. A picture that still covers the view is kept while the camera moves
    /// on a software renderer; everything else is drawn at once, only the strips that came into view where possible.
    pub(super) fn update_picture(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        view: &Viewport,
        pixels_per_point: f32,
        moving: bool,
    ) {
        let Some(palette) = self.palette else { return };
        self.shows_overview = self.shows_placeholder();
        if self.shows_overview {
            return;
        }
        self.notice_topology();
        let mut picture = match self.picture.take() {
            Some(p) if p.fits(&self.gpu, view) => p,
            _ => Picture::new(&self.gpu, view),
        };
        let covers = picture.view.covers(view);
        // Blocks of the ground come one by one: it is drawn again once all of them are there, and now and then before.
        let arrived: u64 = self.grounds.iter().map(|(g, _)| g.arrived()).sum();
        let is_grounded = picture.ground == arrived || self.waits_for_ground();
        let fresh = picture.content == self.content && picture.meshes == self.meshes && is_grounded;
        let same_scale = picture.view.px_per_world == view.px_per_world;
        let software = self.gpu.is_software;
        let enlarged = view.px_per_world / picture.view.px_per_world > MOST_ENLARGED;
        let defer = moving && software && picture.content == self.content && covers && !enlarged;
        if (covers && fresh && same_scale && !picture.is_rough) || defer {
            self.picture = Some(picture);
            return;
        }
        if moving && software && self.overview_will_do(view) {
            self.shows_overview = true;
            self.picture = Some(picture);
            return;
        }
        if moving && software && picture.content == self.content && (picture.is_rough || !same_scale) {
            picture.make_rough(view);
            let all = [0, 0, picture.view.size_px[0], picture.view.size_px[1]];
            self.raster(&picture, &palette, pixels_per_point / ROUGH_PX as f32, &[all]);
            (picture.content, picture.meshes, picture.ground) = (self.content, self.meshes, arrived);
            self.picture = Some(picture);
            return;
        }
        let redraw = picture.move_to(&self.gpu, encoder, view, fresh);
        // What was copied has the ground that it had.
        let arrived = if matches!(redraw, Redraw::All) { arrived } else { picture.ground };
        let regions = match redraw {
            Redraw::All => vec![[0, 0, picture.view.size_px[0], picture.view.size_px[1]]],
            Redraw::Strips(strips) => strips,
        };
        if software {
            self.raster(&picture, &palette, pixels_per_point, &regions);
        } else {
            self.draw(encoder, &picture, &palette, pixels_per_point, &regions);
        }
        (picture.content, picture.meshes, picture.ground) = (self.content, self.meshes, arrived);
        self.picture = Some(picture);
    }

    /// Whether more blocks of the ground are to come, and the picture was drawn a moment ago.
    fn waits_for_ground(&self) -> bool {
        self.ground_coming() > 0 && self.ground_drawn.is_some_and(|then| then.elapsed() < GROUND_EVERY)
    }

    /// The grounds under a region of a picture; `None` where there are none.
    fn ground_of(&mut self, view: &Viewport, palette: &Palette, [x, y, width, height]: Region) -> Option<Vec<u32>> {
        if self.grounds.is_empty() {
            return None;
        }
        self.ground_drawn = Some(Instant::now());
        let corner = |centre: f64, px: u32, at: u32| centre + (f64::from(at) - f64::from(px) / 2.0) / view.px_per_world;
        let patch = Patch {
            corner: WorldPos {
                x: corner(view.centre.x, view.size_px[0], x),
                y: corner(view.centre.y, view.size_px[1], y),
            },
            px_per_world: view.px_per_world,
            size_px: [width, height],
        };
        let mut pixels = vec![raster::packed(palette.ground); width as usize * height as usize];
        for (ground, opacity) in &self.grounds {
            ground.paint(&patch, *opacity, false, &mut pixels);
        }
        Some(pixels)
    }

    /// Draws rectangles of the picture without the GPU.
    fn raster(&mut self, picture: &Picture, palette: &Palette, ppp: f32, regions: &[Region]) {
        self.redraws += 1;
        let now = self.redraws;
        let view = &picture.view;
        for &region in regions {
            let bounds = region_bounds(view, region);
            let under = self.ground_of(view, palette, region);
            let mut layers = Vec::new();
            for (_, layer) in self.layers.iter_mut().filter(|(_, l)| l.visible) {
                let shapes = layer.shapes_in(bounds, view, now);
                let is_full = raster::level_of(&layer.chunks, view).is_none_or(|l| l == Level::FULL);
                layers.push((&*layer, shapes, is_full));
            }
            let layers: Vec<RasterLayer<'_>> = layers
                .into_iter()
                .map(|(layer, shapes, is_full)| RasterLayer {
                    chunks: &layer.chunks,
                    shapes,
                    is_full,
                    style: &layer.style,
                    points: &layer.symbols,
                    uniform: layer_uniform(view, palette, ppp, (layer.opacity, layer.pen), &layer.chunks),
                    is_hollow: layer.pen.is_some_and(|p| p.is_hollow),
                })
                .collect();
            let pixels = raster::draw(&layers, view, (palette.ground, under), region);
            picture.write(&self.gpu, region, &pixels);
        }
        self.evict();
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
            let uniform = layer_uniform(&picture.view, palette, ppp, (layer.opacity, layer.pen), &layer.chunks);
            self.gpu.queue.write_buffer(&layer.uniform, 0, bytemuck::bytes_of(&uniform));
        }
        let [r, g, b, _] = palette.ground.map(f64::from);
        let mut has_ground = false;
        for &region in regions {
            // Before the passes of this frame, into what they are drawn over.
            if let Some(pixels) = self.ground_of(&picture.view, palette, region) {
                picture.write(&self.gpu, region, &pixels);
                has_ground = true;
            }
        }
        for &[x, y, width, height] in regions {
            let whole = [x, y, width, height] == [0, 0, picture.view.size_px[0], picture.view.size_px[1]];
            let ground = wgpu::Color { r, g, b, a: 1.0 };
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("map"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &target,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: if whole && !has_ground { wgpu::LoadOp::Clear(ground) } else { wgpu::LoadOp::Load },
                        store: wgpu::StoreOp::Store,
                    },
                    depth_slice: None,
                })],
                ..Default::default()
            });
            if !whole {
                pass.set_scissor_rect(x, y, width, height);
                if let Some((_, layer)) = self.layers.iter().find(|(_, l)| l.visible && !has_ground) {
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
fn region_bounds(view: &Viewport, [x, y, width, height]: Region) -> WorldBounds {
    let [w, n, ..] = view.bounds().sides();
    let world = |px: f64| px / view.px_per_world;
    let (x, y) = (f64::from(x), f64::from(y));
    WorldBounds::new([
        w + world(x - 4.0),
        n + world(y - 4.0),
        w + world(x + f64::from(width) + 4.0),
        n + world(y + f64::from(height) + 4.0),
    ])
}

fn draw_layer(
    pass: &mut wgpu::RenderPass<'_>,
    pipelines: &Pipelines,
    layer: &mut SceneLayer,
    view: &Viewport,
    bounds: WorldBounds,
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
    let is_hollow = layer.pen.is_some_and(|p| p.is_hollow);
    for id in chosen.iter().filter(|_| !is_hollow) {
        let Some(mesh) = layer.meshes.get_mut(id) else { continue };
        mesh.used = now;
        if let (Some(vertices), Some(indices)) = (&mesh.vertices, &mesh.indices) {
            pass.set_vertex_buffer(0, vertices.slice(..));
            pass.set_index_buffer(indices.slice(..), wgpu::IndexFormat::Uint32);
            pass.draw_indexed(0..mesh.index_count, 0, 0..1);
        }
    }
    pass.set_pipeline(&pipelines.border);
    // Kind by kind over all chunks: heavier borders lie over lighter ones.
    for kind in 0..BorderKind::ALL.len() {
        for id in &chosen {
            if let Some(mesh) = layer.meshes.get(id)
                && let Some(segments) = &mesh.segments
                && !mesh.segment_kinds[kind].is_empty()
            {
                pass.set_vertex_buffer(0, segments.slice(..));
                pass.draw(0..4, mesh.segment_kinds[kind].clone());
            }
        }
    }
    if let Some((points, count)) = &layer.points {
        pass.set_pipeline(&pipelines.symbol);
        pass.set_vertex_buffer(0, points.slice(..));
        pass.draw(0..4, 0..*count);
    }
}

pub(super) fn layer_uniform(
    view: &Viewport,
    palette: &Palette,
    ppp: f32,
    (opacity, pen): (f32, Option<OutlinePen>),
    chunks: &Chunks,
) -> LayerUniform {
    let strength = chunks.border_strength(view.px_per_world);
    let mut colours = palette.borders;
    let [towns, outer] = chunks.heavy_border_strengths(view.px_per_world);
    for (colour, strength) in colours.iter_mut().zip([strength, towns, outer]) {
        colour[3] *= strength;
    }
    let thinness = chunks.border_thinness(view.px_per_world / f64::from(ppp));
    let mut widths_px = palette.border_widths_pt.map(|w| w * ppp);
    for (width, thin) in widths_px.iter_mut().zip(thinness) {
        *width *= thin;
    }
    let mut pale_border = palette.pale_border;
    pale_border[3] *= strength;
    if let Some(pen) = pen {
        if let Some([r, g, b]) = pen.colour.map(|c| c.map(|v| f32::from(v) / 255.0)) {
            for colour in colours.iter_mut().take(3) {
                *colour = [r, g, b, colour[3].max(strength)];
            }
            pale_border = [r, g, b, strength];
        }
        if let Some(width_pt) = pen.width_pt {
            let thin = thinness[0];
            let width_px = width_pt.clamp(0.0, 12.0) * ppp;
            widths_px[..3].fill(width_px * thin);
            widths_px[3] = width_px;
        }
    }
    let dash_px = pen.map_or([0.0; 4], |pen| pen.dash_pt.map(|v| v * ppp));
    let period_px: f32 = dash_px.iter().sum();
    let px_per_unit = view.px_per_world / 2f64.powi(GRID_BITS as i32 - LENGTH_SHIFT as i32);
    let dash_units = (f64::from(period_px) / px_per_unit).round().clamp(1.0, f64::from(u32::MAX)) as u32;
    // The hatch stands still on the map: its phase is that of the picture's corner in pixels of the world.
    let period = f64::from(HATCH_PT * ppp);
    let corner =
        |centre: f64, px: u32| (centre * view.px_per_world - f64::from(px) / 2.0).round().rem_euclid(period) as f32;
    LayerUniform {
        origin: [view.origin().x, view.origin().y],
        clip_per_step: view.clip_per_step(),
        target_px: view.size_px.map(|v| v as f32),
        hatch_shift_px: [corner(view.centre.x, view.size_px[0]), corner(view.centre.y, view.size_px[1])],
        widths_px,
        colours,
        pale_border,
        hatch_ground: palette.hatch_ground,
        hatch_line: palette.hatch_line,
        rim: palette.rim,
        ground: palette.ground,
        opacity,
        symbol_px: palette.symbol_pt * ppp,
        hatch_px: period as f32,
        single_class: -1.0,
        dash_px,
        dash_units,
        px_per_unit: px_per_unit as f32,
        padding: [0.0; 2],
    }
}

/// Distance between lines of the hatch in points, along x.
const HATCH_PT: f32 = 7.0;
