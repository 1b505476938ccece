//! A picture of everything, beside the picture of the window: shown where drawing would take longer than a frame, and while
//! the files that it shows are still being read.

use std::sync::Arc;

use rayon::prelude::*;

use super::chunk::Chunks;
use super::draw::layer_uniform;
use super::gpu::Gpu;
use super::level::Level;
use super::picture;
use super::points::PointSymbol;
use super::raster::{self, RasterLayer};
use super::scene::{OutlinePen, Palette, Scene};
use super::shape::LevelShape;
use super::style::{Style, Texel};
use super::viewport::Viewport;

/// How far an overview is enlarged while the camera moves.
const MOST_ENLARGED: f64 = 2.5;

/// The picture, on the GPU.
pub(super) struct Overview {
    pub texture: wgpu::Texture,
    pub view: Viewport,
    /// State of styles and layers it was drawn with; `None` for one from an earlier session.
    content: Option<u64>,
    /// Whether it shows all there is, not only what was in view.
    is_whole: bool,
    /// Whether its colours are those that would be drawn.
    has_colours: bool,
}

/// A layer of an overview that is to be drawn.
struct Part {
    chunks: Arc<Chunks>,
    towns: Arc<[u32]>,
    style: Style,
    symbols: Vec<PointSymbol>,
    opacity: f32,
    pen: Option<OutlinePen>,
}

/// An overview that is to be drawn: everything it takes, so that any thread can.
pub struct OverviewWork {
    parts: Vec<Part>,
    view: Viewport,
    palette: Palette,
    pixels_per_point: f32,
    content: u64,
}

/// An overview that was drawn.
pub struct DrawnOverview {
    /// What it shows.
    pub view: Viewport,
    /// RGBA, row by row.
    pub pixels: Arc<Vec<u32>>,
    content: u64,
}

impl OverviewWork {
    /// Draws it.
    pub fn draw(self) -> DrawnOverview {
        let level = Level::for_zoom(self.view.zoom());
        let layer = |part: &Part| -> Vec<(u32, Option<Arc<LevelShape>>)> {
            let chunks = part.chunks.in_view(self.view.bounds());
            let shape = |c: u32| {
                let chunk = part.chunks.list.get(c as usize)?;
                Some((c, Some(Arc::new(LevelShape::new(&part.chunks, chunk, level, &part.towns)))))
            };
            chunks.into_par_iter().filter_map(shape).collect()
        };
        let layers: Vec<RasterLayer<'_>> = self
            .parts
            .iter()
            .map(|part| RasterLayer {
                chunks: &part.chunks,
                shapes: layer(part),
                is_full: level == Level::FULL,
                style: &part.style,
                points: &part.symbols,
                uniform: layer_uniform(
                    &self.view,
                    &self.palette,
                    self.pixels_per_point,
                    (part.opacity, part.pen),
                    &part.chunks,
                ),
                is_hollow: part.pen.is_some_and(|p| p.is_hollow),
            })
            .collect();
        let [width, height] = self.view.size_px;
        let pixels = raster::draw(&layers, &self.view, (self.palette.ground, None), [0, 0, width, height]);
        DrawnOverview { view: self.view, pixels: Arc::new(pixels), content: self.content }
    }
}

/// Draws features alone, all in one colour: what is known of a file before all of it is read.
pub fn draw_plain(
    chunks: Arc<Chunks>,
    towns: Arc<[u32]>,
    view: Viewport,
    palette: Palette,
    pixels_per_point: f32,
    colour: [u8; 3],
) -> DrawnOverview {
    let count = chunks.geometry.features.len();
    let style = Style::new((0..count).map(|_| Texel::Colour(colour)));
    let part = Part { chunks, towns, style, symbols: Vec::new(), opacity: 1.0, pen: None };
    OverviewWork { parts: vec![part], view, palette, pixels_per_point, content: 0 }.draw()
}

impl Scene {
    /// Whether the overview shows the layers as they are now.
    pub fn has_overview(&self) -> bool {
        self.overview_of == self.content
    }

    /// Number of the state of layers and styles: rises with every change of what is shown.
    pub fn content(&self) -> u64 {
        self.content
    }

    /// What it takes to draw an overview; `None` where nothing is shown, or shared borders of a layer are not known yet.
    pub fn overview_work(&self, view: Viewport, pixels_per_point: f32) -> Option<OverviewWork> {
        let shown: Vec<_> = self.layers.iter().map(|(_, l)| l).filter(|l| l.visible).collect();
        if shown.is_empty() || shown.iter().any(|l| l.chunks.topology().is_none()) {
            return None;
        }
        let parts = shown.into_iter().map(|l| Part {
            chunks: l.chunks.clone(),
            towns: l.towns.clone(),
            style: l.style.clone(),
            symbols: l.symbols.clone(),
            opacity: l.opacity,
            pen: l.pen,
        });
        Some(OverviewWork {
            parts: parts.collect(),
            view,
            palette: self.palette?,
            pixels_per_point,
            content: self.content,
        })
    }

    /// Takes an overview that was drawn.
    pub fn set_overview(&mut self, drawn: &DrawnOverview) {
        // The map has changed meanwhile, or another is being opened.
        if drawn.content != self.content || self.shows_placeholder() {
            return;
        }
        // Also where the device has no texture that large: drawing it again would not help.
        self.overview_of = drawn.content;
        self.overview = Overview::new(&self.gpu, drawn.view, &drawn.pixels, Some(drawn.content));
    }

    /// Takes a picture to be shown until there is something to draw. `is_whole` where it shows all there is, not only what is in
    /// view; `has_colours` where its colours are those that will be drawn.
    pub fn set_placeholder(&mut self, view: Viewport, pixels: &[u32], is_whole: bool, has_colours: bool) {
        self.overview = Overview::new(&self.gpu, view, pixels, None);
        if let Some(overview) = &mut self.overview {
            (overview.is_whole, overview.has_colours) = (is_whole, has_colours);
        }
    }

    /// Forgets the picture from an earlier session.
    pub fn drop_placeholder(&mut self) {
        if self.overview.as_ref().is_some_and(|o| o.content.is_none()) {
            self.overview = None;
        }
    }

    /// Whether what is shown is a picture from an earlier session.
    pub(super) fn shows_placeholder(&self) -> bool {
        self.layers.is_empty() && self.overview.as_ref().is_some_and(|o| o.content.is_none())
    }

    /// The colours of ground, borders and hatch, once they are set.
    pub fn palette(&self) -> Option<Palette> {
        self.palette
    }

    /// Whether the picture from an earlier session shows everything in view just as it would be drawn: at its scale.
    pub fn placeholder_serves(&self, view: &Viewport) -> bool {
        let same = |o: &Overview| {
            o.has_colours
                && (o.is_whole || o.view.covers(view))
                && (o.view.px_per_world / view.px_per_world - 1.0).abs() < 0.01
        };
        self.shows_placeholder() && self.overview.as_ref().is_some_and(same)
    }

    /// Whether the overview will do for a view while the camera moves.
    pub(super) fn overview_will_do(&self, view: &Viewport) -> bool {
        let enlarged = |o: &Overview| view.px_per_world / o.view.px_per_world;
        let serves = |o: &Overview| o.content == Some(self.content) && enlarged(o) <= MOST_ENLARGED;
        // It has no ground below it.
        self.grounds.is_empty() && self.overview.as_ref().is_some_and(serves)
    }

    /// What is on show: texture and view.
    pub(super) fn shown(&self) -> Option<(&wgpu::Texture, &Viewport)> {
        match &self.overview {
            Some(overview) if self.shows_overview => Some((&overview.texture, &overview.view)),
            _ => self.picture.as_ref().map(|p| (p.front(), &p.view)),
        }
    }
}

impl Overview {
    /// `None` where the device has no texture that large.
    fn new(gpu: &Gpu, view: Viewport, pixels: &[u32], content: Option<u64>) -> Option<Self> {
        let [width, height] = view.size_px;
        let limit = gpu.device.limits().max_texture_dimension_2d;
        if width > limit || height > limit || pixels.len() != width as usize * height as usize || pixels.is_empty() {
            return None;
        }
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("overview"),
            size: picture::extent([width, height]),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: super::pipelines::PICTURE_FORMAT,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        gpu.queue.write_texture(
            texture.as_image_copy(),
            bytemuck::cast_slice(pixels),
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width * 4), rows_per_image: None },
            picture::extent([width, height]),
        );
        Some(Self { texture, view, content, is_whole: true, has_colours: true })
    }
}
