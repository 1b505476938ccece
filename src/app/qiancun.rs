//! The program without a window: what the window, the tests, `shot` and `bench` all run.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use egui::Ui;
use rustc_hash::FxHashMap;

use super::cached::Origin;
use super::jobs::Jobs;
use super::opened::Opened;
use super::sync;
use crate::cache::Cache;
use crate::lang::Lang;
use crate::map::MapView;
use crate::panels;
use crate::project::{Original, Settings};
use crate::render::{Gpu, LayerKey, Scene, Viewport};
use crate::session::{Command, Commands, Derived, FileCommand, Session, WindowCommand, meeting_shortcuts, shortcuts};

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
    /// Whether something went wrong the last time: a program draws, and nothing that was kept is used.
    pub safe: bool,
    /// Whether to open nothing at all.
    pub empty: bool,
    /// Whether the map is all there is: no panels, no scale, nothing to click on.
    pub is_bare: bool,
    /// Field to colour the first layer by.
    pub field: Option<String>,
    /// A page of the project that is opened, to be shown again.
    pub page: Option<crate::session::FoundPage>,
    /// Whether to draw with triangles even where the graphics device is a program: the way of every other device.
    pub triangles: bool,
    /// Where files once read are kept for the next time; nothing is kept where absent.
    pub cache: Option<Cache>,
    /// Beside it work is kept that is not saved, and the project if the graphics device is lost or the program has a fault; the
    /// next start looks there. Nothing is kept where absent.
    pub rescue_to: Option<PathBuf>,
}

/// So long news stands in the status bar, in seconds.
const NEWS_SECS: f64 = 8.0;

/// What the scene shows by now.
#[derive(Default)]
pub(super) struct Drawn {
    /// Grounds of which it was told that something is wrong with them.
    pub faulty_grounds: rustc_hash::FxHashSet<LayerKey>,
    /// What each layer on the scene was made from.
    pub applied: FxHashMap<LayerKey, Derived<sync::LayerLook, ()>>,
    /// What the second scene was made from, left of the divider.
    pub before: Derived<super::before::BeforeKey, ()>,
    /// The added facilities whose layer is there.
    pub added_of: Vec<crate::district::AddedFacility>,
    /// A layer came in this frame and has not been drawn: nothing else is started before it is.
    pub just_placed: bool,
    /// Frames since the map last waited for anything.
    pub calm_frames: u32,
    /// Whether the first layer that comes in is to be fitted.
    pub fit_when_ready: bool,
    /// The camera that showed everything, and the size of the map then.
    pub fitted: Option<(crate::session::Camera, [f64; 2])>,
    /// Whether the style is the dark one, the stark one, the close one.
    pub style_is: Option<(bool, bool, bool)>,
    /// Layers in whose indices the program has a fault: they are not tried again.
    pub unfinished: rustc_hash::FxHashSet<LayerKey>,
    /// Whether a frame was laid out.
    pub is_laid_out: bool,
    /// Whether dark or light was said for this start only.
    pub is_dark_said: bool,
}

/// What is kept on disk for the next time.
#[derive(Default)]
pub(super) struct Kept {
    /// The cache.
    pub cache: Option<Cache>,
    /// Where layers came from that have not been looked after yet.
    pub origins: FxHashMap<LayerKey, Origin>,
    /// The file of which a small picture was kept last.
    pub small: Option<PathBuf>,
    /// What the picture depends on that was kept last, and its size in pixels.
    pub picture: Option<(String, [u32; 2])>,
    /// Size and time of files when their reading began.
    pub states: FxHashMap<PathBuf, super::watching::FileState>,
    /// State of the scene whose picture was drawn to be kept last.
    pub content: Option<u64>,
    /// Who looks after open files; nobody without a window.
    pub watch: Option<super::watching::Watch>,
}

/// Saving, and what is kept of what is not saved.
#[derive(Default)]
pub(super) struct Saving {
    /// Whether settings and recent files are saved.
    pub remember: bool,
    /// Beside it unsaved work is kept.
    pub rescue_to: Option<PathBuf>,
    /// What follows a saving that was asked for on the way to something else.
    pub after: Option<Command>,
    /// Keeps unsaved work; absent where nothing is to be remembered.
    pub keeper: Option<super::keeping::Keeper>,
    /// The file that the project is being saved to.
    pub under_way: Option<PathBuf>,
    /// What is to be saved after that: in which project it was asked for, where, and whether over what stands there.
    pub again: Option<(u64, PathBuf, bool)>,
    /// The project on disk before a merge, and the one that was taken in: where the merge is taken back, the former was seen last.
    pub merged: Option<(Original, Original)>,
    /// The text of the project on disk that was told last.
    pub told_changed: Option<String>,
}

/// How the program ends.
#[derive(Default)]
pub(super) struct Ending {
    /// Whether it was told to.
    pub quit: bool,
    /// Whether it ends as soon as everything is written.
    pub wanted: bool,
    /// Whether what is not saved goes then.
    pub discards: bool,
    /// Whether something came up meanwhile that a person has to see: then the window stays.
    pub stays: bool,
    /// Raised when the graphics device is lost.
    pub lost: Arc<std::sync::atomic::AtomicBool>,
    /// Why it ended by itself.
    pub words: Option<String>,
}

/// The screen of a meeting.
#[derive(Default)]
pub(super) struct Screen {
    /// Zoom of the interface before the meeting.
    pub zoom_before: Option<f32>,
    /// The camera that a meeting put there, and the size of the map then.
    pub shows: Option<(crate::session::Camera, [f64; 2])>,
}

/// The program.
pub struct Qiancun {
    /// What is open.
    pub session: Session,
    /// The map.
    pub map: MapView,
    pub(super) jobs: Jobs,
    pub(super) asking: super::asking::Asking,
    pub(super) scene: Arc<Mutex<Scene>>,
    pub(super) ctx: egui::Context,
    pub(super) drawn: Drawn,
    pub(super) opened: Opened,
    pub(super) kept: Kept,
    pub(super) saving: Saving,
    pub(super) ending: Ending,
    pub(super) meeting: Screen,
    pub(super) recording: super::recording::Recording,
    /// The network of roads that rounds were planned on last.
    pub(super) kept_roads: crate::session::KeptRoads,
    /// The round that a better one is looked for.
    pub(super) improving: Option<crate::model::Generation>,
    /// Questions and words that wait until the one that is open is closed.
    pub(super) waiting: std::collections::VecDeque<crate::session::Dialogue>,
    /// Kinds of jobs whose faults were told.
    pub(super) told_faults: rustc_hash::FxHashSet<&'static str>,
    was_focused: bool,
    /// The news that stands in the status bar, and since when.
    told: Option<(String, f64)>,
    pub(super) queue: Commands,
}

/// Takes the keys of shortcuts that were pressed, each as often as it was.
pub(super) fn take_keys(
    ctx: &egui::Context,
    shortcuts: &[(egui::KeyboardShortcut, Command)],
    is_meant: impl Fn(&Command) -> bool,
    commands: &mut Commands,
) {
    ctx.input_mut(|input| {
        for (shortcut, command) in shortcuts.iter().filter(|(_, c)| is_meant(c)) {
            if shortcut.modifiers.is_none() && input.modifiers.any() {
                continue;
            }
            for _ in 0..input.count_and_consume_key(shortcut.modifiers, shortcut.logical_key) {
                commands.push(command.clone());
            }
        }
    });
}

impl Qiancun {
    /// Starts on a device and opens what the options say.
    pub fn new(ctx: &egui::Context, mut gpu: Gpu, options: Options) -> Self {
        gpu.is_software &= !options.triangles;
        panels::install_fonts(ctx);
        let lang = options.lang.or_else(|| options.settings.lang()).unwrap_or_else(Lang::of_system);
        // What the system has is known with the first frame.
        let is_dark_said = options.dark.is_some();
        let dark = options.dark.or(options.settings.dark).unwrap_or(false);
        let is_software = gpu.is_software;
        let lost = super::rescue::watch(&gpu, ctx);
        let scene = Arc::new(Mutex::new(Scene::new(gpu)));
        let mut app = Self {
            session: Session::new(options.settings, lang, dark),
            map: MapView::new(scene.clone()),
            jobs: Jobs::new(ctx.clone(), is_software),
            asking: Default::default(),
            scene,
            ctx: ctx.clone(),
            drawn: Drawn::default(),
            opened: Opened { field: options.field, page: options.page, ..Opened::default() },
            kept: Kept { cache: options.cache, ..Kept::default() },
            saving: Saving { remember: options.remember, rescue_to: options.rescue_to, ..Saving::default() },
            ending: Ending { lost, ..Ending::default() },
            meeting: Screen::default(),
            recording: Default::default(),
            kept_roads: Default::default(),
            improving: None,
            waiting: Default::default(),
            told_faults: Default::default(),
            was_focused: true,
            told: None,
            queue: Commands::default(),
        };
        app.drawn.is_dark_said = is_dark_said;
        app.session.storage.logs = super::running_log::place().map(std::path::Path::to_path_buf);
        app.session.storage.tiles = app.kept.cache.as_ref().map(|c| c.folder().join("tiles"));
        app.place_small_pictures();
        if options.is_bare {
            app.session.picture = Some(crate::session::Picture { are_gaps_ringed: false, is_bare: true });
        }
        let shown = app.begin_keeping(options.files.is_empty() && (!options.empty || options.remember));
        if !options.files.is_empty() {
            app.queue.push(FileCommand::Open(options.files));
        } else if !options.empty && !shown {
            app.queue.push(FileCommand::OpenDemo);
        }
        if app.session.settings.file.was_damaged {
            app.ask_after(crate::session::Dialogue::Message(app.session.lang.t("error.settings-damaged").to_owned()));
        }
        app
    }

    /// Shows a dialogue, behind the one that is open.
    pub(super) fn ask_after(&mut self, dialogue: crate::session::Dialogue) {
        self.ending.stays = self.ending.wanted;
        if self.session.moment.dialogue.is_none() && self.session.meeting.is_none() {
            self.session.moment.dialogue = Some(dialogue);
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
            && !self.drawn.just_placed
            && self.session.work.pending.is_empty()
            && !self.session.layers.values().any(|l| matches!(l.status, crate::session::Status::Loading(_)))
            && (self.session.document.keys.is_empty() || self.is_sharp())
    }

    /// Whether meshes or label places are still being made.
    pub fn is_building(&self) -> bool {
        self.jobs.is_busy()
    }

    /// Moves the program into another context, as tests do that get theirs late.
    pub fn attach(&mut self, ctx: &egui::Context) {
        panels::install_fonts(ctx);
        self.ctx = ctx.clone();
        self.jobs.attach(ctx.clone());
        self.drawn.style_is = None;
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
        self.ending.quit
    }

    /// One frame: results of jobs, input, panels, commands.
    pub fn ui(&mut self, ui: &mut Ui) {
        if self.rescue_if_lost() {
            return;
        }
        let (now_secs, is_hand_down) = ui.ctx().input(|i| (i.time, i.pointer.any_down()));
        self.session.history.tick(now_secs, is_hand_down);
        self.take_results();
        self.pass_years();
        let is_focused = ui.ctx().input(|i| i.focused);
        if is_focused && !std::mem::replace(&mut self.was_focused, is_focused) {
            self.refresh_survey();
            self.look_for_reports();
            self.look_at_disk();
            self.look_at_files(false);
        }
        self.was_focused = is_focused;
        if ui.ctx().input(|i| i.viewport().close_requested()) && !self.ending.quit {
            // Where changes would be lost, and where a meeting goes on, the window stays until that is settled.
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.queue.push(WindowCommand::Quit);
        }
        let ctx = ui.ctx().clone();
        self.look_as_chosen(&ctx);
        self.text_keys(&ctx);
        let form = (self.session.dark, self.session.is_stark(), self.session.settings.window.compact);
        if self.drawn.style_is != Some(form) {
            panels::apply_style(&ctx, self.session.tokens(), form.2);
            self.drawn.style_is = Some(form);
        }
        self.remember_folders();
        // What is opened first fits the map: its size is known after one frame.
        let mut commands = match std::mem::replace(&mut self.drawn.is_laid_out, true) {
            true => std::mem::take(&mut self.queue),
            false => {
                self.look_as_system(&ctx);
                ctx.request_repaint();
                Commands::default()
            }
        };
        self.let_news_fade(&ctx, now_secs);
        self.shortcuts(&ctx, &mut commands);
        self.drops(&ctx, &mut commands);
        for command in commands.take() {
            self.apply(command);
        }
        if self.jobs.await_picture() {
            self.take_results();
        }
        self.scale_meeting(&ctx);
        self.fly_on();
        self.fit_again();
        let mut moment = self.session.moment.hand_over();
        panels::show(ui, &self.session, &mut moment, &mut self.map, &mut commands);
        self.session.moment = moment;
        self.session.map_size_pt = self.map.size_pt();
        self.presenter(&ctx);
        let any = !commands.is_empty();
        for command in commands.take() {
            self.apply(command);
        }
        if any {
            ctx.request_repaint();
        }
        if self.session.moment.dialogue.is_none() && self.session.meeting.is_none() {
            self.session.moment.dialogue = self.waiting.pop_front();
        }
        self.sync();
        self.keep_unsaved();
        self.end_when_written();
        self.want_meshes();
        self.tend_cache();
        self.keep_small_picture();
        self.greet_reports();
        self.look_at_returned();
        if std::mem::take(&mut self.drawn.just_placed) {
            ctx.request_repaint();
        }
    }

    fn shortcuts(&self, ctx: &egui::Context, commands: &mut Commands) {
        let typing = ctx.text_edit_focused();
        let dialogue = self.session.moment.dialogue.is_some();
        // A slider or a list that has the keyboard takes the arrows itself.
        let focused = ctx.memory(|m| m.focused().is_some());
        let is_inside = egui::Popup::is_any_open(ctx)
            || self.session.moment.editing.is_some()
            || self.session.moment.renaming.is_some();
        use egui::Key;
        const ARROWS: [Key; 6] =
            [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown, Key::PageUp, Key::PageDown];
        ctx.input_mut(|input| {
            let shortcuts = if self.session.meeting.is_some() { meeting_shortcuts() } else { shortcuts() };
            for (shortcut, command) in shortcuts {
                let plain = shortcut.modifiers.is_none();
                let is_escape = command == Command::from(WindowCommand::Escape);
                if plain && (typing || dialogue) && !is_escape {
                    continue;
                }
                // A menu, or a value being typed, is left first; the selection behind it stays.
                if is_escape && is_inside {
                    continue;
                }
                if plain && focused && self.session.meeting.is_none() && ARROWS.contains(&shortcut.logical_key) {
                    continue;
                }
                if plain && input.modifiers.any() {
                    continue;
                }
                // Pressed several times within one slow frame it counts as often.
                for _ in 0..input.count_and_consume_key(shortcut.modifiers, shortcut.logical_key) {
                    commands.push(command.clone());
                }
            }
        });
    }

    /// News stands for some seconds; what is said longer is no news.
    fn let_news_fade(&mut self, ctx: &egui::Context, now_secs: f64) {
        if self.told.as_ref().map(|t| &t.0) != self.session.news.as_ref() {
            self.told = self.session.news.clone().map(|news| (news, now_secs));
        }
        let Some((_, since)) = &self.told else { return };
        let left = NEWS_SECS - (now_secs - since);
        if left <= 0.0 {
            self.session.news = None;
        } else {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(left + 0.01));
        }
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
        self.opened.field.is_some()
    }

    /// The middle of the map in the window, as of the last frame.
    pub fn map_middle(&self) -> egui::Pos2 {
        self.map.middle()
    }

    /// Labels of the map, each with how far it stands from its anchor.
    pub fn labels(&self) -> Vec<(String, f32)> {
        self.map.labels()
    }
    /// How many names stand beside their villages, with a line.
    pub fn names_beside(&self) -> usize {
        self.map.names_beside()
    }

    /// Villages that the map names, with the rectangle of the letters as an offset from its middle.
    pub fn named_villages(&self) -> Vec<(crate::model::FeatureId, egui::Rect)> {
        self.map.named_villages()
    }

    /// Gap marks of the map: the rectangle as an offset from its middle, and how many gaps each stands for.
    pub fn gap_marks(&self) -> Vec<(egui::Rect, usize)> {
        self.map.gap_marks()
    }

    /// The view of the map, as of the last frame.
    pub fn view(&self) -> Option<Viewport> {
        self.map.view()
    }
}
