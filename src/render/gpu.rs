//! The device that draws: the window's own, or one without a window.

use std::sync::Arc;

use eframe::egui_wgpu::{RenderState, RendererOptions, WgpuConfiguration, WgpuSetup};

/// Handles of the device, shared with egui's renderer.
#[derive(Clone)]
pub struct Gpu {
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// Format of what egui draws into.
    pub target_format: wgpu::TextureFormat,
    /// Name of the adapter.
    pub adapter: String,
    /// Name of the back end, such as vulkan.
    pub backend: String,
    /// Whether it draws in software, so that a full redraw is dear.
    pub is_software: bool,
}

/// Why nothing can be drawn.
#[derive(Debug, thiserror::Error)]
pub enum NoGpu {
    /// No adapter, not even a software one, or it refused.
    #[error("no graphics device can be used: {0}")]
    None(String),
}

impl Gpu {
    /// The device of an egui renderer.
    pub fn from_render_state(state: &RenderState) -> Self {
        let info = state.adapter.get_info();
        Self {
            device: state.device.clone(),
            queue: state.queue.clone(),
            target_format: state.target_format,
            adapter: info.name.clone(),
            backend: info.backend.to_string(),
            is_software: info.device_type == wgpu::DeviceType::Cpu,
        }
    }
}

/// An egui renderer without a window.
pub struct RenderTarget;

impl RenderTarget {
    /// Creates one on the best adapter there is; `prefer_software` takes a software renderer where there is one, so
    /// that pictures are the same on machines with and without a GPU.
    ///
    /// # Errors
    /// [`NoGpu`] where no adapter exists or none gives a device.
    pub fn create(prefer_software: bool) -> Result<RenderState, NoGpu> {
        let mut setup = eframe::egui_wgpu::WgpuSetupCreateNew::without_display_handle();
        setup.native_adapter_selector = Some(Arc::new(move |adapters, _| {
            let rank = |a: &wgpu::Adapter| {
                let info = a.get_info();
                let software = info.device_type == wgpu::DeviceType::Cpu;
                (software != prefer_software, info.backend == wgpu::Backend::Gl)
            };
            adapters.iter().min_by_key(|a| rank(a)).cloned().ok_or_else(|| "no adapter was found".to_owned())
        }));
        let setup = WgpuSetup::CreateNew(setup);
        let instance = pollster::block_on(setup.new_instance());
        let configuration = WgpuConfiguration { wgpu_setup: setup, ..Default::default() };
        pollster::block_on(RenderState::create(&configuration, &instance, None, RendererOptions::PREDICTABLE))
            .map_err(|e| NoGpu::None(e.to_string()))
    }
}
