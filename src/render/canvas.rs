//! The map inside egui's frame: updates the kept picture, shows it, draws hover and selection over it.

use std::sync::{Arc, Mutex};

use eframe::egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};
use egui::PaintCallbackInfo;
use rustc_hash::FxHashMap;
use wgpu::util::DeviceExt;

use super::outline::Outline;
use super::pipelines::{BlitUniform, LayerUniform};
use super::scene::{Palette, Scene};
use super::viewport::Viewport;
use crate::model::Generation;

/// One frame of the map, to be handed to egui as a paint callback.
pub struct MapPaint {
    /// The scene.
    pub scene: Arc<Mutex<Scene>>,
    /// What to show.
    pub view: Viewport,
    /// Pixels per point of the window.
    pub pixels_per_point: f32,
    /// Upper left corner of the map in the window, in pixels.
    pub origin_px: [f32; 2],
    /// Whether the camera is on the move, so that a kept picture will do.
    pub moving: bool,
    /// Outlines over the picture, bottom first.
    pub outlines: Vec<Arc<Outline>>,
    /// Colours.
    pub palette: Palette,
}

/// What one frame needs between `prepare` and `paint`.
struct Prepared {
    blit: wgpu::BindGroup,
    /// Whether the picture has every pixel of the window.
    is_exact: bool,
    outlines: Vec<(wgpu::BindGroup, wgpu::Buffer, u32)>,
}

fn uniform_buffer(device: &wgpu::Device, bytes: &[u8]) -> wgpu::Buffer {
    device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("frame"),
        contents: bytes,
        usage: wgpu::BufferUsages::UNIFORM,
    })
}

/// What each scene prepared: two stand side by side where years are compared.
type PreparedScenes = FxHashMap<Generation, Prepared>;

impl CallbackTrait for MapPaint {
    fn prepare(
        &self,
        device: &wgpu::Device,
        _queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Ok(mut scene) = self.scene.lock() else { return Vec::new() };
        scene.set_palette(self.palette);
        scene.update_picture(encoder, &self.view, self.pixels_per_point, self.moving);
        let number = scene.number;
        let prepared = resources.entry::<PreparedScenes>().or_insert_with(PreparedScenes::default);
        // Scenes that are gone leave theirs behind.
        if prepared.len() > 2 {
            prepared.clear();
        }
        prepared.remove(&number);
        let Some((texture, kept)) = scene.shown() else { return Vec::new() };
        let mut scale = kept.px_per_world / self.view.px_per_world;
        if (scale - 1.0).abs() < 1e-9 {
            scale = 1.0;
        }
        // The first frame of all takes the other pipeline, so that it is compiled before somebody waits for it.
        let is_exact = scale == 1.0 && kept.covers(&self.view) && scene.redraws() > 1;
        let offset = |axis: usize, shown: f64, middle: f64| {
            let corner = shown - f64::from(self.view.size_px[axis]) / 2.0 / self.view.px_per_world;
            let at = (corner - middle) * kept.px_per_world + f64::from(kept.size_px[axis]) / 2.0;
            (if scale == 1.0 { at.round() } else { at }) as f32
        };
        let blit = BlitUniform {
            rect_origin_px: self.origin_px,
            offset_px: [offset(0, self.view.centre.x, kept.centre.x), offset(1, self.view.centre.y, kept.centre.y)],
            scale: scale as f32,
            padding: 0.0,
            picture_px: kept.size_px.map(|v| v as f32),
            ground: self.palette.ground,
        };
        let blit = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("blit"),
            layout: &scene.pipelines.blit_layout,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: uniform_buffer(device, bytemuck::bytes_of(&blit)).as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&texture.create_view(&Default::default())),
                },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Sampler(&scene.pipelines.sampler) },
            ],
        });
        let mut outlines = Vec::new();
        for outline in self.outlines.iter().filter(|o| !o.segments.is_empty()) {
            let segments = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some("outline"),
                contents: bytemuck::cast_slice(&outline.segments),
                usage: wgpu::BufferUsages::VERTEX,
            });
            let pens = outline.casing.into_iter().chain([(outline.colour, outline.width_pt)]);
            for (colour, width_pt) in pens {
                let uniform = self.outline_uniform(colour, width_pt);
                let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: Some("outline"),
                    layout: &scene.pipelines.layer_layout,
                    entries: &[
                        wgpu::BindGroupEntry {
                            binding: 0,
                            resource: uniform_buffer(device, bytemuck::bytes_of(&uniform)).as_entire_binding(),
                        },
                        wgpu::BindGroupEntry {
                            binding: 1,
                            resource: wgpu::BindingResource::TextureView(&texture.create_view(&Default::default())),
                        },
                    ],
                });
                outlines.push((group, segments.clone(), outline.segments.len() as u32));
            }
        }
        resources
            .entry::<PreparedScenes>()
            .or_insert_with(PreparedScenes::default)
            .insert(number, Prepared { blit, is_exact, outlines });
        Vec::new()
    }

    fn paint(&self, _info: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        let Ok(scene) = self.scene.lock() else { return };
        let prepared = resources.get::<PreparedScenes>().and_then(|all| all.get(&scene.number));
        let Some(prepared) = prepared else { return };
        let pipelines = &scene.pipelines;
        pass.set_pipeline(if prepared.is_exact { &pipelines.blit_exact } else { &pipelines.blit_scaled });
        pass.set_bind_group(0, &prepared.blit, &[]);
        pass.draw(0..3, 0..1);
        pass.set_pipeline(&scene.pipelines.overlay);
        for (group, segments, count) in &prepared.outlines {
            pass.set_bind_group(0, group, &[]);
            pass.set_vertex_buffer(0, segments.slice(..));
            pass.draw(0..4, 0..*count);
        }
    }
}

impl MapPaint {
    fn outline_uniform(&self, colour: [u8; 4], width_pt: f32) -> LayerUniform {
        let colour = colour.map(|v| f32::from(v) / 255.0);
        LayerUniform {
            origin: [self.view.origin().x, self.view.origin().y],
            clip_per_step: self.view.clip_per_step(),
            target_px: self.view.size_px.map(|v| v as f32),
            hatch_shift_px: [0.0; 2],
            widths_px: [width_pt * self.pixels_per_point; 4],
            colours: [colour; 4],
            pale_border: colour,
            hatch_ground: [0.0; 4],
            hatch_line: [0.0; 4],
            rim: [0.0; 4],
            ground: [0.0; 4],
            opacity: 1.0,
            symbol_px: 0.0,
            hatch_px: 1.0,
            single_class: 0.0,
            dash_px: [0.0; 4],
            dash_units: 1,
            px_per_unit: 1.0,
            padding: [0.0; 2],
        }
    }
}
