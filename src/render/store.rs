//! What a layer has on the GPU: meshes by chunk and level, its style, its symbols.

use crate::geo::WorldBounds;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use wgpu::util::DeviceExt;

use rayon::prelude::*;

use super::chunk::Chunks;
use super::gpu::Gpu;
use super::level::Level;
use super::mesh::Mesh;
use super::pipelines::{LayerUniform, Pipelines};
use super::points::PointSymbol;
use super::raster;
use super::scene::OutlinePen;
use super::shape::{BorderKind, LevelShape};
use super::style::{STYLE_WIDTH, Style};
use super::viewport::Viewport;

/// A mesh in buffers.
pub(super) struct GpuMesh {
    pub vertices: Option<wgpu::Buffer>,
    pub indices: Option<wgpu::Buffer>,
    pub index_count: u32,
    pub segments: Option<wgpu::Buffer>,
    /// Which segments are of each [`BorderKind`].
    pub segment_kinds: [std::ops::Range<u32>; 4],
    pub bytes: usize,
    /// When it was last drawn, in redraws.
    pub used: u64,
}

/// One layer of the scene.
pub(super) struct SceneLayer {
    pub chunks: Arc<Chunks>,
    pub meshes: FxHashMap<(u32, Level), GpuMesh>,
    /// Towns of the features, for borders between them.
    pub towns: Arc<[u32]>,
    /// Whether meshes and shapes were made with shared borders known.
    pub knows_topology: bool,
    /// Shapes for drawing without a GPU, and when each was last drawn.
    pub shapes: FxHashMap<(u32, Level), (Arc<LevelShape>, u64)>,
    kept_bytes: usize,
    pub symbols: Vec<PointSymbol>,
    pub points: Option<(wgpu::Buffer, u32)>,
    pub visible: bool,
    pub opacity: f32,
    pub pen: Option<OutlinePen>,
    pub uniform: wgpu::Buffer,
    pub bind_group: wgpu::BindGroup,
    pub style: Style,
    style_texture: wgpu::Texture,
    style_rows: u32,
}

fn buffer(gpu: &Gpu, bytes: &[u8], usage: wgpu::BufferUsages) -> Option<wgpu::Buffer> {
    (!bytes.is_empty()).then(|| {
        gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: None, contents: bytes, usage })
    })
}

impl GpuMesh {
    pub fn new(gpu: &Gpu, mesh: &Mesh, now: u64) -> Self {
        let limit = gpu.device.limits().max_buffer_size as usize;
        let fits = |bytes: usize| bytes <= limit;
        let (v, i, s): (&[u8], &[u8], &[u8]) = (
            bytemuck::cast_slice(&mesh.vertices),
            bytemuck::cast_slice(&mesh.indices),
            bytemuck::cast_slice(&mesh.segments),
        );
        let fills = fits(v.len()) && fits(i.len());
        Self {
            vertices: fills.then(|| buffer(gpu, v, wgpu::BufferUsages::VERTEX)).flatten(),
            indices: fills.then(|| buffer(gpu, i, wgpu::BufferUsages::INDEX)).flatten(),
            index_count: mesh.indices.len() as u32,
            segments: fits(s.len()).then(|| buffer(gpu, s, wgpu::BufferUsages::VERTEX)).flatten(),
            segment_kinds: BorderKind::ALL.map(|kind| {
                let at = |class: u32| mesh.segments.partition_point(|s| s.class & 3 < class) as u32;
                at(kind as u32)..at(kind as u32 + 1)
            }),
            bytes: mesh.bytes(),
            used: now,
        }
    }
}

impl SceneLayer {
    pub fn new(gpu: &Gpu, pipelines: &Pipelines, chunks: Arc<Chunks>, towns: Arc<[u32]>, style: Style) -> Self {
        let uniform = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("layer"),
            size: size_of::<LayerUniform>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let (texture, bind_group) = style_texture(gpu, pipelines, &uniform, style.rows());
        let mut layer = Self {
            knows_topology: chunks.topology().is_some(),
            chunks,
            towns,
            meshes: FxHashMap::default(),
            shapes: FxHashMap::default(),
            kept_bytes: 0,
            symbols: Vec::new(),
            points: None,
            visible: true,
            opacity: 1.0,
            pen: None,
            uniform,
            bind_group,
            style_texture: texture,
            style_rows: style.rows(),
            style: style.clone(),
        };
        layer.set_style(gpu, pipelines, style);
        layer
    }

    /// Writes the whole style: one texel per feature.
    pub fn set_style(&mut self, gpu: &Gpu, pipelines: &Pipelines, style: Style) {
        if style.rows() != self.style_rows {
            (self.style_texture, self.bind_group) = style_texture(gpu, pipelines, &self.uniform, style.rows());
            self.style_rows = style.rows();
        }
        gpu.queue.write_texture(
            self.style_texture.as_image_copy(),
            style.bytes(),
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(STYLE_WIDTH * 4), rows_per_image: None },
            wgpu::Extent3d { width: STYLE_WIDTH, height: style.rows(), depth_or_array_layers: 1 },
        );
        self.style = style;
    }

    pub fn set_points(&mut self, gpu: &Gpu, points: Vec<PointSymbol>) {
        self.points =
            buffer(gpu, bytemuck::cast_slice(&points), wgpu::BufferUsages::VERTEX).map(|b| (b, points.len() as u32));
        self.symbols = points;
    }

    /// Drops what was made from towns and topology.
    pub fn forget_shapes(&mut self) {
        self.meshes.clear();
        self.shapes.clear();
        self.kept_bytes = 0;
    }

    /// Bytes of meshes and shapes.
    pub fn kept_bytes(&self) -> usize {
        self.kept_bytes
    }

    /// Takes a mesh.
    pub fn add_mesh(&mut self, id: (u32, Level), mesh: GpuMesh) {
        self.kept_bytes += mesh.bytes;
        if let Some(before) = self.meshes.insert(id, mesh) {
            self.kept_bytes -= before.bytes;
        }
    }

    /// Drops one mesh and one shape; gives how many bytes they took.
    pub fn forget(&mut self, id: &(u32, Level)) -> usize {
        let mesh = self.meshes.remove(id).map_or(0, |m| m.bytes);
        let shape = self.shapes.remove(id).map_or(0, |(shape, _)| shape.bytes());
        self.kept_bytes -= mesh + shape;
        mesh + shape
    }

    /// The chunks within bounds at the level of a view, made where they are not there yet; none where the file's own
    /// rings are to be drawn, because shared borders are not known yet.
    pub fn shapes_in(&mut self, bounds: WorldBounds, view: &Viewport, now: u64) -> Vec<(u32, Option<Arc<LevelShape>>)> {
        let chunks = self.chunks.in_view(bounds);
        let Some(level) = raster::level_of(&self.chunks, view) else {
            return chunks.into_iter().map(|c| (c, None)).collect();
        };
        let missing: Vec<u32> = chunks.iter().copied().filter(|c| !self.shapes.contains_key(&(*c, level))).collect();
        let make = |chunk: u32| {
            let of = self.chunks.list.get(chunk as usize)?;
            Some((chunk, LevelShape::new(&self.chunks, of, level, &self.towns)))
        };
        let made: Vec<(u32, LevelShape)> = missing.into_par_iter().filter_map(make).collect();
        self.kept_bytes += made.iter().map(|(_, shape)| shape.bytes()).sum::<usize>();
        self.shapes.extend(made.into_iter().map(|(chunk, shape)| ((chunk, level), (Arc::new(shape), now))));
        let mut take = |chunk: u32| {
            let (shape, used) = self.shapes.get_mut(&(chunk, level))?;
            *used = now;
            Some(shape.clone())
        };
        chunks.into_iter().map(|c| (c, take(c))).collect()
    }

    /// The mesh to draw a chunk with: the level asked for, else the nearest finer, else the nearest coarser.
    pub fn best_level(&self, chunk: u32, level: Level) -> Option<Level> {
        let has = |l: &Level| self.meshes.contains_key(&(chunk, *l));
        std::iter::successors(Some(level), |l| l.finer())
            .take(3)
            .find(has)
            .or_else(|| std::iter::successors(level.coarser(), |l| l.coarser()).find(has))
            .or_else(|| std::iter::successors(Some(level), |l| l.finer()).find(has))
    }
}

fn style_texture(
    gpu: &Gpu,
    pipelines: &Pipelines,
    uniform: &wgpu::Buffer,
    rows: u32,
) -> (wgpu::Texture, wgpu::BindGroup) {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("style"),
        size: wgpu::Extent3d { width: STYLE_WIDTH, height: rows, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let bind_group = layer_bind_group(gpu, pipelines, uniform, &texture);
    (texture, bind_group)
}

fn layer_bind_group(
    gpu: &Gpu,
    pipelines: &Pipelines,
    uniform: &wgpu::Buffer,
    style: &wgpu::Texture,
) -> wgpu::BindGroup {
    gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("layer"),
        layout: &pipelines.layer_layout,
        entries: &[
            wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: wgpu::BindingResource::TextureView(&style.create_view(&Default::default())),
            },
        ],
    })
}
