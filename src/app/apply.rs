//! What each command does.

use super::qiancun::Qiancun;
use super::saving::MERGE;
use crate::render::LayerKey;
use crate::session::{ADDED_LAYER, Command, Restored};

impl Qiancun {
    /// Carries out a command; a jump of the camera can be taken back.
    pub(super) fn apply(&mut self, command: impl Into<Command>) {
        let command = command.into();
        if let Some(meeting) = &mut self.session.meeting {
            let refused = match () {
                () if command.opens() => Some("meeting.no-open"),
                () if command.changes_the_project() => Some("meeting.no-change"),
                () => None,
            };
            if let Some(key) = refused {
                meeting.word = Some(self.session.lang.t(key).to_owned());
                return;
            }
        }
        let camera = self.session.camera;
        let is_steady = command.is_steady();
        self.carry_out(command);
        if !is_steady && self.session.camera != camera {
            self.session.history.places.push(camera);
        }
    }

    /// Takes the last step back, or does the one taken back last once more, and says what.
    pub(super) fn take_back(&mut self, forward: bool) {
        let session = &mut self.session;
        let lang = session.lang;
        if session.history.is_on_its_way() || self.recording.is_at_a_step() {
            session.news = Some(lang.t("status.still-writing").to_owned());
            return;
        }
        let step = match forward {
            false => session.history.undo(&session.document),
            true => session.history.redo(&session.document),
        };
        let Some((restored, name)) = step else {
            session.news =
                Some(lang.t(if forward { "status.nothing-to-redo" } else { "status.nothing-to-undo" }).into());
            return;
        };
        match restored {
            Restored::Document(document) => {
                let selection = session.document.selection.clone();
                let before = std::mem::replace(&mut session.document, document);
                // What is selected stays so, where its layer is still there.
                session.note(|d| {
                    let is_there = |(key, _): &(LayerKey, _)| *key == ADDED_LAYER || d.keys.contains(key);
                    d.selection = selection.filter(is_there);
                });
                self.tell_taken_back(name, forward);
                self.read_moved(&before);
                if name == MERGE {
                    self.merge_was_turned(forward);
                }
            }
            Restored::Visits { to, from } => self.bring_visits(name, forward, to, from),
        }
    }

    /// Takes back so many steps, or as many as there are; where visits are among them, the rest follows as soon as they are.
    pub(super) fn take_back_steps(&mut self, count: usize) {
        for taken in 0..count {
            if self.session.history.done().next().is_none() {
                break;
            }
            self.take_back(false);
            if self.session.history.is_on_its_way() {
                self.recording.steps_left = count - taken - 1;
                break;
            }
        }
    }

    /// Says what was taken back, or done once more.
    pub(super) fn tell_taken_back(&mut self, name: &'static str, forward: bool) {
        let lang = self.session.lang;
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
            Command::Note(command) => self.on_notes(command),
            Command::Decide(command) => self.on_decisions(command),
            Command::Page(command) => self.on_pages(command),
            Command::Window(command) => self.on_window(command),
        }
    }
}
