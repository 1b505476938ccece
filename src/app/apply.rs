//! What each command does.

use super::qiancun::Qiancun;
use super::survey::Brought;
use crate::session::{Command, WindowCommand};

impl Qiancun {
    /// Carries out a command. A change of the project can be undone, a jump of the camera taken back; what is selected is looked at,
    /// and no step of its own.
    pub(super) fn apply(&mut self, command: impl Into<Command>) {
        let command = command.into();
        if let Some(meeting) = self.session.meeting.as_mut().filter(|_| command.opens()) {
            meeting.word = Some(self.session.lang.t("meeting.no-open").to_owned());
            return;
        }
        let (before, camera) = (self.session.kept_document().into_owned(), self.session.camera);
        let is_steady = command.is_steady();
        let is_no_step =
            command.is_no_step() || (command == WindowCommand::Escape.into() && self.session.meeting.is_some());
        let (name, same) = (command.key(), command.changes_same());
        self.carry_out(command);
        if !is_no_step && !self.session.kept_document().changes_nothing(&before) {
            let now = self.ctx.input(|i| i.time);
            self.session.history.push(before, name, same, now);
        }
        if !is_steady && self.session.camera != camera {
            self.session.camera_history.push(camera);
        }
    }

    pub(super) fn take_back(&mut self, forward: bool) {
        let session = &mut self.session;
        let step = match forward {
            false => session.history.undo(&session.document),
            true => session.history.redo(&session.document),
        };
        let lang = session.lang;
        let Some((restored, name)) = step else {
            session.news =
                Some(lang.t(if forward { "status.nothing-to-redo" } else { "status.nothing-to-undo" }).into());
            return;
        };
        match restored {
            crate::session::Restored::Document(document) => {
                let selection = session.document.selection.take();
                session.document = *document;
                // What is selected stays so, where its layer is still there.
                session.document.selection = selection
                    .filter(|(key, _)| *key == crate::session::ADDED_LAYER || session.document.keys.contains(key));
            }
            crate::session::Restored::Visits { to, from } => match self.bring_visits(&to, &from) {
                Brought::Yes => {}
                Brought::NotNow => {
                    match forward {
                        false => self.session.history.undo_failed(),
                        true => self.session.history.redo_failed(),
                    }
                    return;
                }
                // It stays as it is, and what was done before it can be taken back.
                Brought::Never(why) => {
                    self.session.history.forget_last(forward);
                    self.session.news = Some(lang.t(why).to_owned());
                    return;
                }
            },
        }
        let key = if forward { "status.redone" } else { "status.undone" };
        self.session.news = Some(lang.with(key, &[("n", lang.t(name))]));
    }

    /// Carries out a command, each group by its one handler.
    pub(super) fn carry_out(&mut self, command: Command) {
        match command {
            Command::File(command) => self.on_files(command),
            Command::Layer(command) => self.on_layers(command),
            Command::Look(command) => self.on_look(command),
            Command::Select(command) => self.on_selection(command),
            Command::Camera(command) => self.on_camera(command),
            Command::Survey(command) => self.on_survey(command),
            Command::Meeting(command) => self.on_meeting(command),
            Command::Page(command) => self.on_pages(command),
            Command::Window(command) => self.on_window(command),
        }
    }
}
