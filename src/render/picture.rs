//! The kept picture: two textures of the map with a margin, so that a pan copies pixels and draws only the new strips.

use super::gpu::Gpu;
use super::pipelines::PICTURE_FORMAT;
use super::viewport::Viewport;

/// Pixels kept around what the window shows.
pub(super) const MARGIN_PX: u32 = 144;

/// Width of a pixel of a rough picture in pixels of the window.
pub(super) const ROUGH_PX: f64 = 2.5;
/// How much wider than the window a rough picture is, so that further zooming out finds it ready.
const ROUGH_REACH: f64 = 1.5;

/// The kept picture of the map.
pub(super) struct Picture {
    textures: [wgpu::Texture; 2],
    front: usize,
    texture_px: [u32; 2],
    /// What the front texture shows.
    pub view: Viewport,
    /// State of styles and layers it was drawn with.
    pub content: u64,
    /// State of meshes it was drawn with.
    pub meshes: u64,
    /// How many blocks of grounds had come when it was drawn.
    pub ground: u64,
    /// Drawn in a hurry, with larger pixels, until the camera rests.
    pub is_rough: bool,
}

/// A rectangle of the picture: x, y, width, height in pixels.
pub(super) type Region = [u32; 4];

/// What has to be drawn to bring the picture up to date.
pub(super) enum Redraw {
    /// All of it.
    All,
    /// These strips; the rest was copied.
    Strips(Vec<Region>),
}

impl Picture {
    /// Empty textures for a window's view, with the margin around it.
    pub fn new(gpu: &Gpu, shown: &Viewport) -> Self {
        let view = with_margin(shown, gpu.device.limits().max_texture_dimension_2d);
        let texture = || {
            gpu.device.create_texture(&wgpu::TextureDescriptor {
                label: Some("kept picture"),
                size: extent(view.size_px),
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: PICTURE_FORMAT,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                    | wgpu::TextureUsages::TEXTURE_BINDING
                    | wgpu::TextureUsages::COPY_SRC
                    | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            })
        };
        let texture_px = view.size_px;
        Self {
            textures: [texture(), texture()],
            front: 0,
            texture_px,
            view,
            content: 0,
            meshes: 0,
            ground: 0,
            is_rough: false,
        }
    }

    /// The texture that is shown.
    pub fn front(&self) -> &wgpu::Texture {
        &self.textures[self.front]
    }

    /// Whether the textures have the right size for a window's view.
    pub fn fits(&self, gpu: &Gpu, shown: &Viewport) -> bool {
        with_margin(shown, gpu.device.limits().max_texture_dimension_2d).size_px == self.texture_px
    }

    /// Takes a rough picture of more than the window shows: fewer pixels, each [`ROUGH_PX`] wide.
    pub fn make_rough(&mut self, shown: &Viewport) {
        let of = |px: u32| (f64::from(px) * ROUGH_REACH / ROUGH_PX) as u32;
        let size_px =
            [of(shown.size_px[0]).clamp(1, self.texture_px[0]), of(shown.size_px[1]).clamp(1, self.texture_px[1])];
        self.view = Viewport { size_px, px_per_world: shown.px_per_world / ROUGH_PX, ..*shown };
        self.is_rough = true;
    }

    /// Writes pixels into the picture.
    pub fn write(&self, gpu: &Gpu, [x, y, width, height]: Region, pixels: &[u32]) {
        gpu.queue.write_texture(
            wgpu::TexelCopyTextureInfo { origin: wgpu::Origin3d { x, y, z: 0 }, ..self.front().as_image_copy() },
            bytemuck::cast_slice(pixels),
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width * 4), rows_per_image: None },
            extent([width, height]),
        );
    }

    /// Moves the picture under a view of the same scale: copies what stays and names the strips that came into view.
    /// Elsewhere everything is new.
    pub fn move_to(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder, shown: &Viewport, keep: bool) -> Redraw {
        let mut target = with_margin(shown, gpu.device.limits().max_texture_dimension_2d);
        let [width, height] = target.size_px;
        let shift = |from: f64, to: f64| ((to - from) * target.px_per_world).round();
        let (dx, dy) = (shift(self.view.centre.x, target.centre.x), shift(self.view.centre.y, target.centre.y));
        let same = keep
            && !self.is_rough
            && self.view.px_per_world == target.px_per_world
            && self.view.size_px == target.size_px;
        if !same || dx.abs() >= f64::from(width) || dy.abs() >= f64::from(height) {
            self.view = target;
            self.is_rough = false;
            return Redraw::All;
        }
        // Whole pixels only: what is copied stays sharp.
        target.centre.x = self.view.centre.x + dx / target.px_per_world;
        target.centre.y = self.view.centre.y + dy / target.px_per_world;
        let (dx, dy) = (dx as i64, dy as i64);
        let (w, h) = (i64::from(width), i64::from(height));
        let overlap = [(w - dx.abs()) as u32, (h - dy.abs()) as u32];
        let at = |d: i64| d.max(0) as u32;
        encoder.copy_texture_to_texture(
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d { x: at(dx), y: at(dy), z: 0 },
                ..self.textures[self.front].as_image_copy()
            },
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d { x: at(-dx), y: at(-dy), z: 0 },
                ..self.textures[1 - self.front].as_image_copy()
            },
            extent(overlap),
        );
        self.front = 1 - self.front;
        self.view = target;
        let mut strips = Vec::new();
        if dx != 0 {
            let x = if dx > 0 { width - dx as u32 } else { 0 };
            strips.push([x, 0, dx.unsigned_abs() as u32, height]);
        }
        if dy != 0 {
            let y = if dy > 0 { height - dy as u32 } else { 0 };
            strips.push([0, y, width, dy.unsigned_abs() as u32]);
        }
        Redraw::Strips(strips)
    }
}

pub(super) fn extent([width, height]: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d { width: width.max(1), height: height.max(1), depth_or_array_layers: 1 }
}

fn with_margin(shown: &Viewport, limit: u32) -> Viewport {
    let grow = |px: u32| (px + 2 * MARGIN_PX).min(limit.max(px)).max(1);
    Viewport { size_px: [grow(shown.size_px[0]), grow(shown.size_px[1])], ..*shown }
}
