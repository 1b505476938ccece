//! The real window.

use eframe::{App, CreationContext, Frame, NativeOptions, Renderer};
use egui::Ui;

use super::qiancun::{Options, Qiancun};
use super::system_contrast::SystemContrast;
use crate::lang::Lang;
use crate::render::{AdapterChoice, Gpu};

/// The program's sign.
const ICON: &[u8] = include_bytes!("../../assets/icon/qiancun.png");

/// The program in eframe's window.
struct Window {
    app: Qiancun,
    ending: Ending,
    shown: Shown,
    contrast: SystemContrast,
}

/// The variable that has a window say on standard output when it first shows everything, and what it says.
pub const TELL_SHOWN: &str = "QIANCUN_TELL_SHOWN";

/// Whether a window is to say that it shows everything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Nobody asked, or it was said.
    Silent,
    /// It was asked for.
    Awaited,
    /// A frame shows it and is on its way to the screen.
    Drawn,
}

/// Why the program ended before it was told to.
type Ending = std::sync::Arc<std::sync::Mutex<Option<String>>>;

impl Drop for Window {
    /// Also where the window's library gives up first: the project is saved all the same.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.app.rescue_after_panic("panic");
        }
        if self.app.rescue_if_lost()
            && let Ok(mut ending) = self.ending.lock()
        {
            *ending = self.app.ending().map(str::to_owned);
        }
    }
}

impl Window {
    /// Looks which screens there are: one may be plugged in at any time.
    fn look_at_screens(&mut self, ctx: &egui::Context, frame: &Frame) {
        // Asking the system costs a little: not in every frame.
        let is_due = self.app.session.stage.screens.is_empty() || ctx.cumulative_pass_nr().is_multiple_of(64);
        let Some(window) = frame.winit_window().filter(|_| is_due) else { return };
        let words = window.available_monitors().enumerate().map(|(i, screen)| {
            let size = screen.size();
            let name = screen.name().filter(|n| !n.trim().is_empty()).unwrap_or_else(|| (i + 1).to_string());
            format!("{name}  {} × {}", size.width, size.height)
        });
        let stage = &mut self.app.session.stage;
        stage.screens = words.collect();
        stage.has_second_screen = stage.screens.len() > 1;
    }
}

impl App for Window {
    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        let ctx = ui.ctx().clone();
        self.look_at_screens(&ctx, frame);
        // What is set elsewhere is set while another window is in front.
        if ui.input(|i| i.events.contains(&egui::Event::WindowFocused(true))) {
            self.contrast.ask(&ctx);
        }
        self.app.session.stage.is_system_stark = self.contrast.is_high();
        if self.shown == Shown::Drawn {
            self.shown = Shown::Silent;
            println!("{TELL_SHOWN}");
        }
        self.app.guard(|app| app.ui(ui));
        if self.shown == Shown::Awaited && self.app.shows_everything() {
            self.shown = Shown::Drawn;
            ctx.request_repaint();
        }
        if self.app.wants_to_quit() {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.app.session.clear_colour().to_normalized_gamma_f32()
    }
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// A message in the person's language that says what is missing and how to get it: no display, no graphics device.
pub fn run(options: Options) -> Result<(), String> {
    let lang = options.lang.unwrap_or_else(Lang::of_system);
    if cfg!(target_os = "linux")
        && std::env::var_os("DISPLAY").is_none()
        && std::env::var_os("WAYLAND_DISPLAY").is_none()
    {
        return Err(lang.t("error.no-display").to_owned());
    }
    let mut native = NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(lang.t("app.name"))
            .with_app_id("qiancun")
            .with_inner_size([1366.0, 768.0])
            .with_min_inner_size([800.0, 520.0])
            .with_drag_and_drop(true),
        renderer: Renderer::Wgpu,
        dithering: false,
        ..NativeOptions::default()
    };
    if let Ok(icon) = eframe::icon_data::from_png_bytes(ICON) {
        native.viewport = native.viewport.with_icon(icon);
    }
    super::running_log::begin();
    tracing::info!(
        version = crate::version(),
        system = std::env::consts::OS,
        machine = std::env::consts::ARCH,
        safe = options.safe,
        "begins"
    );
    // What drew the last time counts only where the same is wanted.
    let in_software = options.safe || options.settings.window.in_software;
    let wanted = &options.settings.window.wanted_adapter;
    let remembered = match in_software {
        true => String::new(),
        false if !wanted.is_empty() => wanted.clone(),
        false => options.settings.window.adapter.clone(),
    };
    let choice = AdapterChoice::new(remembered, in_software);
    let adapters = choice.seen.clone();
    native.wgpu_options.wgpu_setup = choice.setup();
    let ending = Ending::default();
    let told = ending.clone();
    let create = move |cc: &CreationContext<'_>| -> Result<Box<dyn App>, Box<dyn std::error::Error + Send + Sync>> {
        let state = cc.wgpu_render_state.as_ref().ok_or("no graphics device")?;
        let gpu = Gpu::from_render_state(state);
        let in_software = gpu.is_software;
        let mut app = Qiancun::new(&cc.egui_ctx, gpu, options);
        if !app.session.settings.window.in_software {
            app.remember_adapter();
        }
        tracing::info!(adapter = app.session.settings.window.adapter, in_software, "draws");
        app.asking.begin(cc, &app.session.settings.window.folders);
        app.session.storage.adapters = adapters.lock().map(|a| a.clone()).unwrap_or_default();
        let contrast = SystemContrast::default();
        contrast.ask(&cc.egui_ctx);
        app.begin_watching();
        app.begin_tour();
        let is_asked = std::env::var_os(TELL_SHOWN).is_some();
        let shown = if is_asked { Shown::Awaited } else { Shown::Silent };
        Ok(Box::new(Window { app, ending: told, shown, contrast }))
    };
    // A missing driver makes some libraries panic rather than return an error: both become the same message.
    let run = std::panic::AssertUnwindSafe(|| eframe::run_native("qiancun", native, Box::new(create)));
    let ended = std::panic::catch_unwind(run);
    tracing::info!("ends");
    if let Some(message) = ending.lock().ok().and_then(|mut e| e.take()) {
        return Err(message);
    }
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(e)) => Err(lang.with("error.no-gpu", &[("n", &e.to_string())])),
        Err(_) => Err(lang.with("error.no-gpu", &[("n", "panic")])),
    }
}
