//! Pipelines and their bind-group layouts.

use super::mesh::{FillVertex, Segment};
use super::points::PointSymbol;

/// Format of the kept picture: plain bytes as they are to appear, no conversion of light.
pub(super) const PICTURE_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// What the map's shaders need for a layer: see `map.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct LayerUniform {
    pub origin: [u32; 2],
    pub clip_per_step: [f32; 2],
    pub target_px: [f32; 2],
    pub hatch_shift_px: [f32; 2],
    pub widths_px: [f32; 4],
    pub colours: [[f32; 4]; 4],
    pub pale_border: [f32; 4],
    pub hatch_ground: [f32; 4],
    pub hatch_line: [f32; 4],
    pub rim: [f32; 4],
    pub ground: [f32; 4],
    pub opacity: f32,
    pub symbol_px: f32,
    pub hatch_px: f32,
    pub single_class: f32,
    pub dash_px: [f32; 4],
    pub dash_units: u32,
    pub px_per_unit: f32,
    pub padding: [f32; 2],
}

/// What the blit shader needs: see `blit.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub(super) struct BlitUniform {
    pub rect_origin_px: [f32; 2],
    pub offset_px: [f32; 2],
    pub scale: f32,
    pub padding: f32,
    pub picture_px: [f32; 2],
    pub ground: [f32; 4],
}

/// Everything that is made once per device.
pub(super) struct Pipelines {
    pub layer_layout: wgpu::BindGroupLayout,
    pub blit_layout: wgpu::BindGroupLayout,
    /// Opaque fills, no blending: the usual case, and the cheapest.
    pub fill: wgpu::RenderPipeline,
    /// Fills of a layer that lets what is below shine through.
    pub fill_blended: wgpu::RenderPipeline,
    pub border: wgpu::RenderPipeline,
    pub symbol: wgpu::RenderPipeline,
    /// Borders straight into the window: hover and selection.
    pub overlay: wgpu::RenderPipeline,
    /// The kept picture into the window, pixel for pixel.
    pub blit_exact: wgpu::RenderPipeline,
    /// The same larger or smaller, the ground beyond it.
    pub blit_scaled: wgpu::RenderPipeline,
    /// Fills the scissor rectangle with the ground.
    ground: wgpu::RenderPipeline,
    pub sampler: wgpu::Sampler,
}

/// The layouts of what layers and the blit are given.
fn layouts(device: &wgpu::Device) -> (wgpu::BindGroupLayout, wgpu::BindGroupLayout) {
    let uniform = |bytes: usize| wgpu::BindGroupLayoutEntry {
        binding: 0,
        visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: std::num::NonZeroU64::new(bytes as u64),
        },
        count: None,
    };
    let texture = |filterable| wgpu::BindGroupLayoutEntry {
        binding: 1,
        visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
        ty: wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    };
    let layer_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("layer"),
        entries: &[uniform(size_of::<LayerUniform>()), texture(false)],
    });
    let blit_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("blit"),
        entries: &[
            uniform(size_of::<BlitUniform>()),
            texture(true),
            wgpu::BindGroupLayoutEntry {
                binding: 2,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                count: None,
            },
        ],
    });
    (layer_layout, blit_layout)
}

impl Pipelines {
    pub fn new(device: &wgpu::Device, target_format: wgpu::TextureFormat) -> Self {
        let module = |label, source: &'static str| {
            device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(label),
                source: wgpu::ShaderSource::Wgsl(source.into()),
            })
        };
        let map = module("map", include_str!("map.wgsl"));
        let blit_module = module("blit", include_str!("blit.wgsl"));
        let (layer_layout, blit_layout) = layouts(device);
        let fill_attributes = wgpu::vertex_attr_array![0 => Uint32x2, 1 => Uint32];
        let border_attributes = wgpu::vertex_attr_array![0 => Uint32x2, 1 => Uint32x2, 2 => Uint32, 3 => Uint32];
        let symbol_attributes = wgpu::vertex_attr_array![0 => Uint32x2, 1 => Uint32, 2 => Uint32];
        let buffer = |stride: usize, step_mode, attributes| {
            Some(wgpu::VertexBufferLayout { array_stride: stride as u64, step_mode, attributes })
        };
        let fills = buffer(size_of::<FillVertex>(), wgpu::VertexStepMode::Vertex, &fill_attributes[..]);
        let borders = buffer(size_of::<Segment>(), wgpu::VertexStepMode::Instance, &border_attributes[..]);
        let symbols = buffer(size_of::<PointSymbol>(), wgpu::VertexStepMode::Instance, &symbol_attributes[..]);
        let over = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        let make = |spec: Spec<'_>| pipeline(device, spec);
        let on_picture = |entry, buffers, topology, blend| Spec {
            module: &map,
            vertex: entry,
            entry,
            layout: &layer_layout,
            buffers,
            topology,
            blend,
            format: PICTURE_FORMAT,
            constants: &[],
        };
        use wgpu::PrimitiveTopology::{TriangleList, TriangleStrip};
        let blit = |entry| Spec {
            module: &blit_module,
            vertex: "blit",
            entry,
            layout: &blit_layout,
            buffers: &[],
            topology: TriangleList,
            blend: None,
            format: target_format,
            constants: if target_format.is_srgb() { &[("LINEAR_TARGET", 1.0)] } else { &[("LINEAR_TARGET", 0.0)] },
        };
        Self {
            fill: make(on_picture("fill", std::slice::from_ref(&fills), TriangleList, None)),
            fill_blended: make(on_picture("fill", std::slice::from_ref(&fills), TriangleList, over)),
            border: make(on_picture("border", std::slice::from_ref(&borders), TriangleStrip, over)),
            symbol: make(on_picture("symbol", std::slice::from_ref(&symbols), TriangleStrip, over)),
            overlay: make(Spec {
                format: target_format,
                ..on_picture("border", std::slice::from_ref(&borders), TriangleStrip, over)
            }),
            blit_exact: make(blit("exact")),
            blit_scaled: make(blit("scaled")),
            ground: make(on_picture("ground", &[], TriangleList, None)),
            sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("picture"),
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
            layer_layout,
            blit_layout,
        }
    }
}

impl Pipelines {
    /// Fills the pass's scissor rectangle with the ground of the map; the layer's bind group must be set.
    pub fn draw_ground(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.ground);
        pass.draw(0..3, 0..1);
    }
}

/// What differs from pipeline to pipeline.
#[derive(Clone, Copy)]
struct Spec<'a> {
    module: &'a wgpu::ShaderModule,
    /// Its vertex entry point is `<vertex>_vertex`.
    vertex: &'a str,
    /// Its fragment entry point is `<entry>_fragment`.
    entry: &'a str,
    layout: &'a wgpu::BindGroupLayout,
    buffers: &'a [Option<wgpu::VertexBufferLayout<'a>>],
    topology: wgpu::PrimitiveTopology,
    blend: Option<wgpu::BlendState>,
    format: wgpu::TextureFormat,
    constants: &'a [(&'a str, f64)],
}

fn pipeline(device: &wgpu::Device, spec: Spec<'_>) -> wgpu::RenderPipeline {
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(spec.entry),
        bind_group_layouts: &[Some(spec.layout)],
        ..Default::default()
    });
    let options = || wgpu::PipelineCompilationOptions { constants: spec.constants, ..Default::default() };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(spec.entry),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: spec.module,
            entry_point: Some(&format!("{}_vertex", spec.vertex)),
            compilation_options: options(),
            buffers: spec.buffers,
        },
        primitive: wgpu::PrimitiveState { topology: spec.topology, ..Default::default() },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: spec.module,
            entry_point: Some(&format!("{}_fragment", spec.entry)),
            compilation_options: options(),
            targets: &[Some(wgpu::ColorTargetState {
                format: spec.format,
                blend: spec.blend,
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
