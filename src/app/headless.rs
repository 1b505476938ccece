//! The window's own ui without a window: for pictures, measurements and tests.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use egui::{Event, RawInput, Rect, Vec2};

use super::qiancun::{Options, Qiancun};
use crate::render::{Gpu, NoGpu, RenderTarget};
use eframe::egui_wgpu::{RenderState, ScreenDescriptor};

/// Format of pictures.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// The program, drawn into a texture.
pub struct Headless {
    /// The program.
    pub app: Qiancun,
    ctx: egui::Context,
    state: RenderState,
    target: wgpu::Texture,
    size_px: [u32; 2],
    pixels_per_point: f32,
    time_secs: f64,
    clock: Option<Instant>,
    repaint: Arc<Repaint>,
    is_focused: bool,
}

/// When the next frame is due, as egui asked for it.
#[derive(Default)]
struct Repaint {
    due: Mutex<Option<Instant>>,
    asked: Condvar,
}

/// Longest wait for the GPU.
const PATIENCE: Duration = Duration::from_secs(60);

impl Headless {
    /// Starts the program on a device without a window.
    ///
    /// # Errors
    /// [`NoGpu`] where nothing can draw.
    pub fn new(
        options: Options,
        size_px: [u32; 2],
        pixels_per_point: f32,
        prefer_software: bool,
    ) -> Result<Self, NoGpu> {
        let state = RenderTarget::create(prefer_software)?;
        let ctx = egui::Context::default();
        // Letters that the bundled fonts lack, as in the window.
        ctx.add_font_provider(Arc::new(egui_system_font_provider::SystemFontProvider::new()));
        ctx.enable_accesskit();
        let repaint = Arc::new(Repaint::default());
        let asked = repaint.clone();
        ctx.set_request_repaint_callback(move |info| {
            let at = Instant::now() + info.delay.min(PATIENCE);
            if let Ok(mut due) = asked.due.lock() {
                *due = Some(due.map_or(at, |d| d.min(at)));
                asked.asked.notify_all();
            }
        });
        let gpu = Gpu::from_render_state(&state);
        let target = state.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("frame"),
            size: wgpu::Extent3d { width: size_px[0].max(1), height: size_px[1].max(1), depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let app = Qiancun::new(&ctx, gpu, options);
        Ok(Self {
            app,
            ctx,
            state,
            target,
            size_px,
            pixels_per_point,
            time_secs: 0.0,
            clock: None,
            repaint,
            is_focused: true,
        })
    }

    /// Lets time run as it does outside, rather than a sixtieth of a second a frame.
    pub fn real_time(&mut self) {
        self.clock = Some(Instant::now());
    }

    /// The device's name, back end, and format.
    pub fn gpu(&self) -> Gpu {
        Gpu::from_render_state(&self.state)
    }

    /// Sleeps until the program wants its next frame, as a window does, at most `limit`.
    pub fn wait(&self, limit: Duration) {
        let end = Instant::now() + limit;
        let Ok(mut due) = self.repaint.due.lock() else { return };
        loop {
            let now = Instant::now();
            let until = due.map_or(end, |d| d.min(end));
            if until <= now {
                return;
            }
            match self.repaint.asked.wait_timeout(due, until - now) {
                Ok((guard, _)) => due = guard,
                Err(_) => return,
            }
        }
    }

    /// Another window has the keyboard for a frame, then this one again: as after saving something in another program.
    pub fn return_to_window(&mut self) {
        self.is_focused = false;
        self.frame(Vec::new());
        self.is_focused = true;
        self.frame(Vec::new());
    }

    /// One frame with these events, finished by the GPU.
    pub fn frame(&mut self, events: Vec<Event>) {
        self.time_secs = match self.clock {
            Some(began) => began.elapsed().as_secs_f64(),
            None => self.time_secs + 1.0 / 60.0,
        };
        let size_pt = Vec2::new(self.size_px[0] as f32, self.size_px[1] as f32) / self.pixels_per_point;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size_pt)),
            time: Some(self.time_secs),
            events,
            focused: self.is_focused,
            ..Default::default()
        };
        input.viewports.entry(egui::ViewportId::ROOT).or_default().native_pixels_per_point =
            Some(self.pixels_per_point);
        let app = &mut self.app;
        if let Ok(mut due) = self.repaint.due.lock() {
            *due = None;
        }
        let output = self.ctx.run_ui(input, |ui| app.ui(ui));
        self.draw(output);
    }

    fn draw(&self, mut output: egui::FullOutput) {
        let shapes = std::mem::take(&mut output.shapes);
        let jobs = self.ctx.tessellate(shapes, output.pixels_per_point);
        let mut renderer = self.state.renderer.write();
        let (device, queue) = (&self.state.device, &self.state.queue);
        for (id, images) in output.textures_delta.set.drain() {
            for image in images {
                renderer.update_texture(device, queue, id, &image);
            }
        }
        let screen = ScreenDescriptor { size_in_pixels: self.size_px, pixels_per_point: output.pixels_per_point };
        let mut encoder = device.create_command_encoder(&Default::default());
        let buffers = renderer.update_buffers(device, queue, &mut encoder, &jobs, &screen);
        let view = self.target.create_view(&Default::default());
        {
            let [r, g, b, _] = self.app.session.clear_colour().to_normalized_gamma_f32().map(f64::from);
            let mut pass = encoder
                .begin_render_pass(&wgpu::RenderPassDescriptor {
                    label: Some("frame"),
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        view: &view,
                        resolve_target: None,
                        ops: wgpu::Operations {
                            load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a: 1.0 }),
                            store: wgpu::StoreOp::Store,
                        },
                        depth_slice: None,
                    })],
                    ..Default::default()
                })
                .forget_lifetime();
            renderer.render(&mut pass, &jobs, &screen);
        }
        queue.submit(buffers.into_iter().chain([encoder.finish()]));
        for id in output.textures_delta.free.drain() {
            renderer.free_texture(&id);
        }
        // A device that does not finish in a minute is lost; the next call reports it.
        device.poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(PATIENCE) }).ok();
    }

    /// Draws frames until everything asked for is there and sharp, or `limit_secs` have passed; false then.
    pub fn settle(&mut self, limit_secs: f64) -> bool {
        let began = Instant::now();
        let mut calm = 0;
        while calm < 14 {
            self.frame(Vec::new());
            if self.app.is_settled() {
                calm += 1;
            } else {
                calm = 0;
                std::thread::sleep(Duration::from_millis(1));
            }
            if began.elapsed().as_secs_f64() > limit_secs {
                return false;
            }
        }
        true
    }

    /// The last frame as RGBA bytes, row by row; `None` where the device gave none back.
    pub fn pixels(&self) -> Option<Vec<u8>> {
        crate::app::export::read_texture(&self.state.device, &self.state.queue, &self.target)
    }

    /// Its size in pixels.
    pub fn size_px(&self) -> [u32; 2] {
        self.size_px
    }

    /// egui's context.
    pub fn ctx(&self) -> &egui::Context {
        &self.ctx
    }
}
