//! What commands about the window itself do.

use super::qiancun::Qiancun;
use crate::project::Settings;
use crate::session::{Dialogue, LookCommand, WindowCommand};

impl Qiancun {
    /// Carries out a command about the window itself.
    pub(super) fn on_window(&mut self, command: WindowCommand) {
        let session = &mut self.session;
        match command {
            WindowCommand::SettingsDialogue => {
                self.look_at_storage();
                self.session.moment.dialogue = Some(Dialogue::Settings);
            }
            WindowCommand::SetMapMemory(mb) => self.remembering(|s| s.map_memory_mb = mb),
            WindowCommand::SetCacheLimit(mb) => self.remembering(|s| s.cache_limit_mb = Some(mb)),
            WindowCommand::EmptyCache => self.empty_cache(),
            WindowCommand::Undo => self.take_back(false),
            WindowCommand::UndoSteps(count) => self.take_back_steps(count),
            WindowCommand::Redo => self.take_back(true),
            WindowCommand::FocusSearch => session.moment.focus_search = true,
            WindowCommand::ToggleLeft => self.remembering(|s| s.left_folded = !s.left_folded),
            WindowCommand::ToggleRight => self.remembering(|s| s.right_folded = !s.right_folded),
            WindowCommand::ToggleDrawer(tab) => {
                let open = !(session.settings.drawer_open && session.tab == tab);
                session.tab = tab;
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
            WindowCommand::Quit => {
                // A meeting's view is not the window's.
                self.leave_meeting();
                if !self.ask_before_losing(WindowCommand::Quit) {
                    self.keep_nothing();
                    self.ending.quit = true;
                }
            }
        }
    }

    /// Closes what is open on top: meeting, page, search, chooser, dialogue; then the focus, then the selection.
    fn escape(&mut self) {
        let session = &mut self.session;
        if session.meeting.is_some() && session.moment.dialogue.is_none() {
            self.leave_meeting();
        } else if session.moment.page.is_some() && session.moment.dialogue.is_none() {
            self.close_page();
        } else if !session.moment.search.is_empty() {
            session.moment.search.clear();
        } else if session.moment.choice.take().is_some() || session.moment.dialogue.take().is_some() {
        } else if session.view.focus.is_some() {
            self.on_look(LookCommand::SetFocus(None));
        } else {
            session.note(|d| d.selection = None);
        }
    }

    /// Changes a setting and saves it.
    pub(super) fn remembering(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.session.settings);
        self.save_settings();
    }
}
