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
    /// Name and back end of the adapter, by which it is known again at the next start.
    pub fn adapter_key(&self) -> String {
        format!("{} · {}", self.adapter, self.backend)
    }

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

/// Which of the machine's adapters draws the window: the one that worked the last time, else the first of the best that gives a device.
///
/// DirectX 12 comes before Vulkan and that before OpenGL on Windows, elsewhere Vulkan or Metal before OpenGL; what is itself a program
/// (WARP, llvmpipe) comes last of all.
#[derive(Clone, Debug)]
pub struct AdapterChoice {
    /// Name and back end of the one that worked, as [`Gpu::adapter_key`] has it; empty where none is known.
    remembered: String,
    /// Whether a program is to draw, where there is one.
    in_software: bool,
    /// The adapters that can show the window, by name and back end: known once one was chosen.
    pub seen: Arc<std::sync::Mutex<Vec<String>>>,
}

/// Name and back end of an adapter, by which it is known again.
fn key_of(info: &wgpu::AdapterInfo) -> String {
    format!("{} · {}", info.name, info.backend)
}

impl AdapterChoice {
    /// A choice; `remembered` is what [`Gpu::adapter_key`] said the last time. `in_software`: a program rather than a device.
    pub fn new(remembered: String, in_software: bool) -> Self {
        Self { remembered, in_software, seen: Arc::default() }
    }

    /// The setup of eframe that chooses so.
    pub fn setup(&self) -> WgpuSetup {
        let mut setup = eframe::egui_wgpu::WgpuSetupCreateNew::without_display_handle();
        let own = self.clone();
        let descriptor = setup.device_descriptor.clone();
        setup.native_adapter_selector = Some(Arc::new(move |adapters, surface| {
            let shows = |a: &wgpu::Adapter| surface.is_none_or(|s| a.is_surface_supported(s));
            let mut usable: Vec<&wgpu::Adapter> = adapters.iter().filter(|a| shows(a)).collect();
            usable.sort_by_key(|a| own.rank(&a.get_info()));
            if let Ok(mut seen) = own.seen.lock() {
                *seen = usable.iter().map(|a| key_of(&a.get_info())).collect();
            }
            let gives_a_device = |a: &wgpu::Adapter| pollster::block_on(a.request_device(&descriptor(a))).is_ok();
            // Also the one that worked the last time is asked: a driver may have gone since. Where there is one only, there is no choice.
            let first = usable.first().copied();
            let chosen =
                if usable.len() < 2 { first } else { usable.iter().copied().find(|a| gives_a_device(a)).or(first) };
            chosen.cloned().ok_or_else(|| "no graphics device can show a window".to_owned())
        }));
        WgpuSetup::CreateNew(setup)
    }

    /// The lower, the earlier it is tried.
    fn rank(&self, info: &wgpu::AdapterInfo) -> (bool, bool, u8) {
        let backend = match info.backend {
            wgpu::Backend::Dx12 => 0,
            wgpu::Backend::Vulkan | wgpu::Backend::Metal => 1,
            wgpu::Backend::Gl => 2,
            _ => 3,
        };
        (key_of(info) != self.remembered, (info.device_type == wgpu::DeviceType::Cpu) != self.in_software, backend)
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
