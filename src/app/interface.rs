//! What commands about the window itself do.

use super::jobs::Job;
use super::qiancun::Qiancun;
use crate::lang::Lang;
use crate::project::Settings;
use crate::session::{Choosing, Dialogue, LookCommand, Measuring, Tab, WindowCommand};

impl Qiancun {
    /// Carries out a command about the window itself.
    pub(super) fn on_window(&mut self, command: WindowCommand) {
        let session = &mut self.session;
        match command {
            WindowCommand::CommandsDialogue => {
                session.moment.dialogue = Some(Dialogue::Commands(String::new(), 0));
            }
            WindowCommand::SettingsDialogue => {
                self.look_at_storage();
                self.session.moment.dialogue = Some(Dialogue::Settings);
            }
            WindowCommand::SetRereading(on_request) => self.remembering(|s| s.rereads_on_request = on_request),
            WindowCommand::SetMapMemory(mb) => self.remembering(|s| s.map_memory_mb = mb),
            WindowCommand::Manual => session.moment.dialogue = Some(Dialogue::Manual(String::new(), 0)),
            WindowCommand::AboutDialogue => session.moment.dialogue = Some(Dialogue::About),
            WindowCommand::OpenLogs => self.open_logs(),
            WindowCommand::Choose(choosing) => self.choose(choosing),
            WindowCommand::SetTilesLimit(mb) => self.limit_tiles(mb),
            WindowCommand::SetCacheLimit(mb) => self.remembering(|s| s.cache_limit_mb = Some(mb)),
            WindowCommand::LoadPicture(file, side_px) => self.load_picture(file, side_px),
            WindowCommand::OpenPictures(files, at) => session.moment.dialogue = Some(Dialogue::Pictures(files, at)),
            WindowCommand::EmptyCache => self.empty_cache(),
            // What was done last is a corner of the line being measured, as long as there is one.
            WindowCommand::Undo
                if session.moment.measuring.as_ref().is_some_and(|m| !m.points.is_empty() && !m.is_over) =>
            {
                session.moment.measuring.iter_mut().for_each(Measuring::take_back);
            }
            WindowCommand::Undo => self.take_back(false),
            WindowCommand::UndoSteps(count) => self.take_back_steps(count),
            WindowCommand::Redo => self.take_back(true),
            WindowCommand::Measure(kind, at) => session.moment.measuring = Some(Measuring::begin(kind, at)),
            WindowCommand::FocusSearch => session.moment.search.wants_keyboard = true,
            WindowCommand::ToggleLeft => self.remembering(|s| s.left_folded = !s.left_folded),
            WindowCommand::ToggleRight => self.remembering(|s| s.right_folded = !s.right_folded),
            WindowCommand::ToggleDrawer(tab) => {
                let open = !(session.settings.drawer_open && session.tab == tab);
                session.tab = tab;
                session.moment.list_wants_keyboard = open && matches!(tab, Tab::Table | Tab::Gaps);
                self.remembering(|s| s.drawer_open = open);
            }
            WindowCommand::SetLanguage(lang) => {
                session.lang = lang;
                self.remembering(|s| s.language = Some(lang.tag().to_owned()));
            }
            WindowCommand::SetDark(dark) => {
                session.dark = dark;
                self.remembering(|s| s.dark = Some(dark));
            }
            WindowCommand::Escape => self.escape(),
            WindowCommand::StayOpen => {
                (self.ending.wanted, self.ending.discards, self.ending.stays) = (false, false, false);
            }
            WindowCommand::Quit => {
                // A meeting's view is not the window's.
                self.leave_meeting();
                if self.saving.under_way.is_some() || !self.ask_before_losing(WindowCommand::Quit) {
                    self.ending.wanted = true;
                }
            }
        }
    }

    /// What is being written and must be waited for before the window closes, in words; empty where there is nothing.
    fn unwritten(&self) -> Vec<String> {
        let lang = self.session.lang;
        let name = |p: &std::path::PathBuf| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let files = self.saving.under_way.iter().chain(&self.session.work.writing).map(name);
        let visits = self.recording.is_busy().then(|| lang.t("ending.visits").to_owned());
        let pages = (self.jobs.is_writing_pages()).then(|| lang.t("ending.pages").to_owned());
        files.chain(visits).chain(pages).collect()
    }

    /// Ends the program where that is wanted and nothing is being written any more; until then the window says what it waits for.
    pub(super) fn end_when_written(&mut self) {
        if !self.ending.wanted || self.ending.quit {
            return;
        }
        let unwritten = self.unwritten();
        if unwritten.is_empty() {
            self.ending.wanted = false;
            self.session.moment.dialogue.take_if(|d| matches!(d, Dialogue::Ending(_)));
            let discards = std::mem::take(&mut self.ending.discards);
            if std::mem::take(&mut self.ending.stays) {
                // What could not be written comes back, and is seen.
                let next = self.session.moment.dialogue.take().or_else(|| self.waiting.pop_front());
                self.session.moment.dialogue = next;
                return;
            }
            // What was changed while it was being saved is asked about.
            if discards || !self.ask_before_losing(WindowCommand::Quit) {
                self.keep_nothing();
                self.ending.quit = true;
            }
        } else if self.session.moment.dialogue.is_none() {
            self.session.moment.dialogue = Some(Dialogue::Ending(unwritten));
        } else if let Some(Dialogue::Ending(told)) = &mut self.session.moment.dialogue {
            *told = unwritten;
        }
    }

    /// Closes what is open on top: meeting, page, search, chooser, dialogue; then the focus, then the selection.
    fn escape(&mut self) {
        let session = &mut self.session;
        if session.stage.tour.is_some() {
            self.choose(Choosing::Toured);
        } else if session.meeting.is_some() && !session.moment.search.text.is_empty() {
            session.moment.search.text.clear();
        } else if session.moment.dialogue.is_none()
            && (session.moment.measuring.take().is_some() || session.moment.form.round.take().is_some())
        {
        } else if session.meeting.is_some() && session.moment.dialogue.is_none() {
            if !self.end_answer() {
                self.leave_meeting();
            }
        } else if session.moment.page.is_some() && session.moment.dialogue.is_none() {
            self.close_page();
        } else if !session.moment.search.text.is_empty() {
            session.moment.search.text.clear();
        } else if session.moment.choice.take().is_some() || session.moment.dialogue.take().is_some() {
        } else if session.view.focus.is_some() {
            self.on_look(LookCommand::SetFocus(None));
        } else {
            session.note(|d| d.selection = None);
        }
    }

    /// Keeps no more tiles than so many MB, from now on.
    fn limit_tiles(&mut self, mb: u32) {
        self.remembering(|s| s.tiles_limit_mb = Some(mb));
        if let Some(folder) = self.session.storage.tiles.clone() {
            self.jobs.start(Job::Look, move |_| {
                crate::ground::prune_kept(&folder, u64::from(mb) * 1_000_000);
                None
            });
        }
        // Those that are open would go on keeping as they did.
        let open: Vec<_> = self.session.grounds().iter().map(|(key, ..)| *key).collect();
        open.into_iter().for_each(|key| self.load_layer(key));
    }

    /// Opens the folder of the log with the system's own program.
    fn open_logs(&mut self) {
        let Some(folder) = super::running_log::place() else { return };
        self.jobs.start(Job::Look, move |_| {
            super::pages::hand_over(folder);
            None
        });
    }

    /// Shows the tour where this person has seen none: once.
    pub(super) fn begin_tour(&mut self) {
        let is_first = !self.session.settings.window.was_toured && self.session.settings.recent.is_empty();
        self.session.stage.tour = is_first.then_some(0);
    }

    fn choose(&mut self, choosing: Choosing) {
        match choosing {
            Choosing::Language(lang) => {
                self.session.lang = lang.unwrap_or_else(Lang::of_system);
                self.remembering(|s| s.language = lang.map(|l| l.tag().to_owned()));
            }
            Choosing::Dark(dark) => {
                let system = self.ctx.input(|i| i.raw.system_theme) == Some(egui::Theme::Dark);
                self.session.dark = dark.unwrap_or(system);
                self.remembering(|s| s.dark = dark);
            }
            Choosing::TextPct(pct) => self.remembering(|s| s.window.text_pct = (pct != 100).then_some(pct)),
            Choosing::NoMotion(stands) => self.remembering(|s| s.no_motion = stands),
            Choosing::Vision(vision) => self.session.stage.vision = vision,
            Choosing::Compact(compact) => self.remembering(|s| s.window.compact = compact),
            Choosing::Contrast(contrast) => self.remembering(|s| s.window.contrast = contrast),
            Choosing::AreaUnit(unit) => self.remembering(|s| s.window.area_unit = unit),
            Choosing::UsualCrs(crs) => self.remembering(|s| s.window.usual_crs = crs),
            Choosing::Adapter(adapter) => self.remembering(|s| s.window.wanted_adapter = adapter),
            Choosing::ForgetFolders => {
                self.asking.forget();
                self.remembering(|s| s.window.folders = Default::default());
            }
            Choosing::InSoftware(software) => self.remembering(|s| s.window.in_software = software),
            Choosing::Tour(step) => {
                self.session.stage.tour = Some(step);
                self.session.moment.dialogue = None;
            }
            Choosing::Toured => {
                self.session.stage.tour = None;
                self.remembering(|s| s.window.was_toured = true);
            }
        }
    }

    /// Dark or light as the system has it, where this person chose neither; known with the first frame.
    pub(super) fn look_as_system(&mut self, ctx: &egui::Context) {
        ctx.options_mut(|o| o.zoom_with_keyboard = false);
        let system = ctx.input(|i| i.raw.system_theme);
        if let Some(system) = system.filter(|_| self.session.settings.dark.is_none() && !self.drawn.is_dark_said) {
            self.session.dark = system == egui::Theme::Dark;
        }
    }

    /// Ctrl + and Ctrl − change the size of type, and are remembered.
    pub(super) fn text_keys(&mut self, ctx: &egui::Context) {
        use egui::gui_zoom::kb_shortcuts as keys;
        if self.session.meeting.is_some() {
            return;
        }
        let pressed = |shortcut| ctx.input_mut(|i| i.consume_shortcut(shortcut));
        let pct = self.session.settings.window.text_pct.unwrap_or(100) as i32;
        let wanted = if pressed(&keys::ZOOM_IN) || pressed(&keys::ZOOM_IN_SECONDARY) {
            pct + 10
        } else if pressed(&keys::ZOOM_OUT) {
            pct - 10
        } else if pressed(&keys::ZOOM_RESET) {
            100
        } else {
            return;
        };
        self.choose(Choosing::TextPct(wanted.clamp(80, 200) as u32));
    }

    /// Size of type and colours as they were chosen; a meeting has a size of its own.
    pub(super) fn look_as_chosen(&self, ctx: &egui::Context) {
        crate::palette::look_as(self.session.stage.vision);
        let factor = self.session.settings.text_scale();
        if self.session.meeting.is_none() && (ctx.zoom_factor() - factor).abs() > 1e-3 {
            ctx.set_zoom_factor(factor);
        }
    }

    /// Changes a setting and saves it.
    pub(super) fn remembering(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.session.settings);
        self.save_settings();
    }
}
