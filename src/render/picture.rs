//! The kept picture: two textures of the map with a margin, so that a pan copies pixels and draws only the new strips.

use super::gpu::Gpu;
use super::pipelines::PICTURE_FORMAT;
use super::view::View;

/// Pixels kept around what the window shows.
pub(super) const MARGIN_PX: u32 = 144;

/// The kept picture of the map.
pub(super) struct Picture {
    textures: [wgpu::Texture; 2],
    front: usize,
    /// What the front texture shows.
    pub view: View,
    /// State of styles and layers it was drawn with.
    pub content: u64,
    /// State of meshes it was drawn with.
    pub meshes: u64,
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
    pub fn new(gpu: &Gpu, shown: &View) -> Self {
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
        Self { textures: [texture(), texture()], front: 0, view, content: 0, meshes: 0 }
    }

    /// The texture that is shown.
    pub fn front(&self) -> &wgpu::Texture {
        &self.textures[self.front]
    }

    /// Whether the textures have the right size for a window's view.
    pub fn fits(&self, gpu: &Gpu, shown: &View) -> bool {
        with_margin(shown, gpu.device.limits().max_texture_dimension_2d).size_px == self.view.size_px
    }

    /// Moves the picture under a view of the same scale: copies what stays and names the strips that came into view.
    /// Elsewhere everything is new.
    pub fn move_to(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder, shown: &View, keep: bool) -> Redraw {
        let mut target = with_margin(shown, gpu.device.limits().max_texture_dimension_2d);
        let [width, height] = target.size_px;
        let shift = |from: f64, to: f64| ((to - from) * target.px_per_world).round();
        let (dx, dy) = (shift(self.view.centre.x, target.centre.x), shift(self.view.centre.y, target.centre.y));
        let same = keep && self.view.px_per_world == target.px_per_world && self.view.size_px == target.size_px;
        if !same || dx.abs() >= f64::from(width) || dy.abs() >= f64::from(height) {
            self.view = target;
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

fn extent([width, height]: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d { width: width.max(1), height: height.max(1), depth_or_array_layers: 1 }
}

fn with_margin(shown: &View, limit: u32) -> View {
    let grow = |px: u32| (px + 2 * MARGIN_PX).min(limit.max(px)).max(1);
    View { size_px: [grow(shown.size_px[0]), grow(shown.size_px[1])], ..*shown }
}
