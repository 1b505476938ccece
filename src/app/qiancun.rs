//! The program without a window: what the window, the tests, `shot` and `bench` all run.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use egui::Ui;
use rustc_hash::FxHashMap;

use super::cached::Origin;
use super::jobs::Jobs;
use super::{fonts, sync};
use crate::cache::Cache;
use crate::lang::Lang;
use crate::map::MapView;
use crate::panels;
use crate::project::Settings;
use crate::render::{Gpu, LayerKey, Scene, View};
use crate::session::{Command, Commands, FileCommand, Session, WindowCommand, meeting_shortcuts, shortcuts};

/// How to start.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files to open; the demonstration where there are none.
    pub files: Vec<PathBuf>,
    /// Settings; they are saved only where `remember` says so.
    pub settings: Settings,
    /// Language, where not the settings' or the system's.
    pub lang: Option<Lang>,
    /// Dark or light, where not the settings'.
    pub dark: Option<bool>,
    /// Whether settings and recent files are saved.
    pub remember: bool,
    /// Whether to open nothing at all.
    pub empty: bool,
    /// Field to colour the first layer by.
    pub field: Option<String>,
    /// Whether to draw with triangles even where the graphics device is a program: the way of every other device.
    pub triangles: bool,
    /// Where files once read are kept for the next time; nothing is kept where absent.
    pub cache: Option<Cache>,
    /// Beside it work is kept that is not saved, and the project if the graphics device is lost or the program has a fault; the
    /// next start looks there. Nothing is kept where absent.
    pub rescue_to: Option<PathBuf>,
}

/// The program.
pub struct Qiancun {
    /// What is open.
    pub session: Session,
    /// The map.
    pub map: MapView,
    pub(super) jobs: Jobs,
    pub(super) scene: Arc<Mutex<Scene>>,
    pub(super) remember: bool,
    pub(super) next_key: LayerKey,
    pub(super) applied: FxHashMap<LayerKey, sync::Applied>,
    pub(super) fit_when_ready: bool,
    pub(super) field: Option<String>,
    pub(super) style_is: Option<bool>,
    pub(super) ctx: egui::Context,
    pub(super) quit: bool,
    pub(super) calm_frames: u32,
    /// Raised when the graphics device is lost.
    pub(super) lost: Arc<std::sync::atomic::AtomicBool>,
    pub(super) rescue_to: Option<PathBuf>,
    pub(super) ending: Option<String>,
    /// A layer came in this frame and has not been drawn: nothing else is started before it is.
    pub(super) just_placed: bool,
    pub(super) district_of: Option<super::sync::DistrictStamp>,
    pub(super) added_of: Vec<crate::district::AddedFacility>,
    pub(super) coverage_of: Option<crate::session::CoverageStamp>,
    pub(super) gaps_of: Option<crate::session::GapStamp>,
    pub(super) compared: Option<(crate::session::GapStamp, crate::session::Since)>,
    was_focused: bool,
    /// Zoom of the interface before the meeting.
    pub(super) zoom_before: Option<f32>,
    /// The camera that showed everything, and the size of the map then.
    pub(super) fitted: Option<(crate::session::Camera, [f64; 2])>,
    pub(super) before_of: Option<super::before::BeforeStamp>,
    /// The camera that a meeting put there, and the size of the map then.
    pub(super) meeting_shows: Option<(crate::session::Camera, [f64; 2])>,
    pub(super) cache: Option<Cache>,
    /// Where layers came from that have not been looked after yet.
    pub(super) origins: FxHashMap<LayerKey, Origin>,
    /// What the picture depends on that was kept last, and its size in pixels.
    pub(super) kept_picture: Option<(String, [u32; 2])>,
    /// Size and time of files when their reading began.
    pub(super) states: FxHashMap<PathBuf, super::cached::FileState>,
    /// State of the scene whose picture was drawn to be kept last.
    pub(super) kept_content: Option<u64>,
    /// Which opening this is: raised with every file or project.
    pub(super) opening: u64,
    /// What follows a saving that was asked for on the way to something else.
    pub(super) after_saving: Option<Command>,
    /// Keeps unsaved work; absent where nothing is to be remembered.
    pub(super) keeper: Option<super::saving::Keeper>,
    /// The text of the project on disk that was told last.
    pub(super) told_changed: Option<String>,
    /// Questions and words that wait until the one that is open is closed.
    pub(super) waiting: std::collections::VecDeque<crate::session::Dialogue>,
    /// Files read during a meeting, which come onto the map at its end.
    pub(super) held: Vec<super::jobs::Done>,
    /// Which project is open: raised with every other one.
    pub(super) project_turn: u64,
    /// Layers in whose indices the program has a fault: they are not tried again.
    pub(super) unfinished: rustc_hash::FxHashSet<LayerKey>,
    /// Kinds of jobs whose faults were told.
    pub(super) told_faults: rustc_hash::FxHashSet<&'static str>,
    is_laid_out: bool,
    queue: Commands,
}

impl Qiancun {
    /// Starts on a device and opens what the options say.
    pub fn new(ctx: &egui::Context, mut gpu: Gpu, options: Options) -> Self {
        gpu.is_software &= !options.triangles;
        fonts::install(ctx);
        let lang = options
            .lang
            .or_else(|| options.settings.language.as_deref().map(Lang::from_tag))
            .unwrap_or_else(Lang::of_system);
        let dark = options.dark.or(options.settings.dark).unwrap_or(false);
        let is_software = gpu.is_software;
        let lost = super::rescue::watch(&gpu, ctx);
        let scene = Arc::new(Mutex::new(Scene::new(gpu)));
        let mut app = Self {
            session: Session::new(options.settings, lang, dark),
            map: MapView::new(scene.clone()),
            jobs: Jobs::new(ctx.clone(), is_software),
            scene,
            remember: options.remember,
            next_key: 1,
            applied: FxHashMap::default(),
            fit_when_ready: false,
            field: options.field,
            style_is: None,
            ctx: ctx.clone(),
            quit: false,
            calm_frames: 0,
            just_placed: false,
            lost,
            rescue_to: options.rescue_to,
            ending: None,
            district_of: None,
            added_of: Vec::new(),
            coverage_of: None,
            gaps_of: None,
            compared: None,
            was_focused: true,
            zoom_before: None,
            fitted: None,
            before_of: None,
            meeting_shows: None,
            cache: options.cache,
            origins: FxHashMap::default(),
            kept_picture: None,
            states: FxHashMap::default(),
            kept_content: None,
            opening: 0,
            after_saving: None,
            keeper: None,
            told_changed: None,
            held: Vec::new(),
            project_turn: 0,
            unfinished: Default::default(),
            told_faults: Default::default(),
            waiting: Default::default(),
            is_laid_out: false,
            queue: Commands::default(),
        };
        let shown = app.begin_keeping(options.files.is_empty() && !options.empty);
        if !options.files.is_empty() {
            app.queue.push(FileCommand::Open(options.files));
        } else if !options.empty && !shown {
            app.queue.push(FileCommand::OpenDemo);
        }
        app
    }

    /// Shows a dialogue, behind the one that is open.
    pub(super) fn ask_after(&mut self, dialogue: crate::session::Dialogue) {
        if self.session.dialogue.is_none() && self.session.meeting.is_none() {
            self.session.dialogue = Some(dialogue);
        } else {
            self.waiting.push_back(dialogue);
            self.ctx.request_repaint();
        }
    }

    /// Does something at the next frame, as a click or a shortcut would.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.queue.push(command);
        self.ctx.request_repaint();
    }

    /// Whether everything asked for is read, built and drawn sharply.
    pub fn is_settled(&self) -> bool {
        self.queue.is_empty()
            && !self.jobs.is_busy()
            && !self.jobs.is_reading()
            && !self.just_placed
            && self.session.pending.is_empty()
            && !self.session.layers.values().any(|l| matches!(l.status, crate::session::Status::Loading(_)))
            && (self.session.document.keys.is_empty() || self.is_sharp())
    }

    /// Whether meshes or label places are still being made.
    pub fn is_building(&self) -> bool {
        self.jobs.is_busy()
    }

    /// Moves the program into another context, as tests do that get theirs late.
    pub fn attach(&mut self, ctx: &egui::Context) {
        fonts::install(ctx);
        self.ctx = ctx.clone();
        self.jobs.attach(ctx.clone());
        self.style_is = None;
    }

    /// Whether the map shows its view sharply and completely.
    pub fn is_sharp(&self) -> bool {
        let Some(view) = self.map.view() else { return false };
        self.scene.lock().is_ok_and(|s| s.is_sharp(&view))
    }

    /// How often the map was drawn.
    pub fn redraws(&self) -> u64 {
        self.scene.lock().map_or(0, |s| s.redraws())
    }

    /// The scene.
    pub fn scene(&self) -> Arc<Mutex<Scene>> {
        self.scene.clone()
    }

    /// Whether the program was told to end.
    pub fn wants_to_quit(&self) -> bool {
        self.quit
    }

    /// One frame: results of jobs, input, panels, commands.
    pub fn ui(&mut self, ui: &mut Ui) {
        if self.rescue_if_lost() {
            return;
        }
        self.take_results();
        self.pass_years();
        let is_focused = ui.ctx().input(|i| i.focused);
        if is_focused && !std::mem::replace(&mut self.was_focused, is_focused) {
            self.refresh_survey();
            self.look_at_disk();
            self.look_at_files();
        }
        self.was_focused = is_focused;
        if ui.ctx().input(|i| i.viewport().close_requested()) && !self.quit {
            // Where changes would be lost, and where a meeting goes on, the window stays until that is settled.
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.queue.push(WindowCommand::Quit);
        }
        let ctx = ui.ctx().clone();
        if self.style_is != Some(self.session.dark) {
            panels::apply_style(&ctx, self.session.dark);
            self.style_is = Some(self.session.dark);
        }
        // What is opened first fits the map: its size is known after one frame.
        let mut commands = match std::mem::replace(&mut self.is_laid_out, true) {
            true => std::mem::take(&mut self.queue),
            false => {
                ctx.request_repaint();
                Commands::default()
            }
        };
        self.shortcuts(&ctx, &mut commands);
        self.drops(&ctx, &mut commands);
        for command in commands.take() {
            self.apply(command);
        }
        self.scale_meeting(&ctx);
        self.fly_on();
        self.fit_again();
        panels::show(ui, &mut self.session, &mut self.map, &mut commands);
        self.presenter(&ctx);
        let any = !commands.is_empty();
        for command in commands.take() {
            self.apply(command);
        }
        if any {
            ctx.request_repaint();
        }
        if self.session.dialogue.is_none() && self.session.meeting.is_none() {
            self.session.dialogue = self.waiting.pop_front();
        }
        self.sync();
        self.keep_unsaved();
        self.want_meshes();
        self.tend_cache();
        if std::mem::take(&mut self.just_placed) {
            ctx.request_repaint();
        }
    }

    fn shortcuts(&self, ctx: &egui::Context, commands: &mut Commands) {
        let typing = ctx.text_edit_focused();
        let dialogue = self.session.dialogue.is_some();
        // A slider that has the keyboard takes the arrows itself.
        let focused = ctx.memory(|m| m.focused().is_some());
        const ARROWS: [egui::Key; 4] =
            [egui::Key::ArrowLeft, egui::Key::ArrowRight, egui::Key::ArrowUp, egui::Key::ArrowDown];
        ctx.input_mut(|input| {
            let shortcuts = if self.session.meeting.is_some() { meeting_shortcuts() } else { shortcuts() };
            for (shortcut, command) in shortcuts {
                let plain = shortcut.modifiers.is_none();
                if plain && (typing || dialogue) && command != Command::from(WindowCommand::Escape) {
                    continue;
                }
                if plain && focused && self.session.meeting.is_none() && ARROWS.contains(&shortcut.logical_key) {
                    continue;
                }
                if plain && input.modifiers.any() {
                    continue;
                }
                if input.consume_shortcut(&shortcut) {
                    commands.push(command);
                }
            }
        });
    }

    fn drops(&self, ctx: &egui::Context, commands: &mut Commands) {
        let paths: Vec<PathBuf> = ctx.input(|i| {
            i.raw.dropped_files.iter().map(|f| f.path().to_path_buf()).filter(|p| !p.as_os_str().is_empty()).collect()
        });
        if !paths.is_empty() {
            commands.push(FileCommand::Open(paths));
        }
    }

    /// Carries a command out at once and brings colours up to date, outside a frame: for measurements.
    pub fn apply_now(&mut self, command: impl Into<Command>) {
        self.apply(command);
        self.sync();
    }

    /// Whether a field was asked for that no layer has.
    pub fn has_unused_field(&self) -> bool {
        self.field.is_some()
    }

    /// The middle of the map in the window, as of the last frame.
    pub fn map_middle(&self) -> egui::Pos2 {
        self.map.middle()
    }

    /// The view of the map, as of the last frame.
    pub fn view(&self) -> Option<View> {
        self.map.view()
    }
}
