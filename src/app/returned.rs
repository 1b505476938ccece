//! What comes back from the field, one file after the other: each is shown with what it would change before anything is taken in.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::asking::Asks;
use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::read::How;
use crate::session::{Dialogue, SurveyCommand};
use crate::survey::{GapIndex, Incoming, MergePreview, Preview, Returned, Survey, SurveyError, filled_in};

/// Endings of what comes back.
const ENDINGS: [&str; 7] = ["xlsx", "xls", "ods", "csv", "gpkg", "geojson", "json"];

/// Files that came back and wait: what the first of them changes, the next one is looked at with.
#[derive(Default)]
pub(super) struct ReturnedQueue {
    waiting: VecDeque<PathBuf>,
    is_looking: bool,
}

/// What was read of what came back.
pub enum CameBack {
    /// Of a folder, what was filled in, for the project of the first path.
    Folder(PathBuf, PathBuf, Returned),
    /// A sheet or a colleague's log, for the project of the first path.
    File(PathBuf, PathBuf, Result<Incoming, SurveyError>),
}

impl Qiancun {
    pub(super) fn ask_results(&mut self) {
        let title = self.session.lang.t("command.import-results");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let files = question.add_filter("XLSX, CSV, GeoPackage, GeoJSON", &ENDINGS).pick_files();
            files.map(SurveyCommand::ImportResults)
        });
    }

    pub(super) fn ask_returned_folder(&mut self) {
        let title = self.session.lang.t("command.import-folder");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || question.pick_folder().map(|folder| SurveyCommand::ImportResults(vec![folder])));
    }

    /// Has what came back read, to be looked at before anything is taken in; of folders what was filled in.
    pub(super) fn import_all(&mut self, paths: Vec<PathBuf>) {
        let Some(project) = self.session.file.path.clone() else {
            self.session.moment.dialogue = Some(Dialogue::Message(self.session.lang.t("visit.save-first").to_owned()));
            return;
        };
        let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|p| p.is_dir());
        for folder in folders {
            let project = project.clone();
            self.jobs.start(Job::Results, move |_| {
                let found = filled_in(&folder);
                Some(Done::CameBack(CameBack::Folder(project, folder, found)))
            });
        }
        self.opened.returned.waiting.extend(files);
        self.look_at_returned();
    }

    pub(super) fn came_back(&mut self, what: CameBack) {
        match what {
            // Whoever opened another project meanwhile does not mean it for that.
            CameBack::Folder(project, ..) if self.session.file.path.as_deref() != Some(&*project) => {}
            CameBack::Folder(_, folder, found) => self.was_returned(&folder, found),
            CameBack::File(project, path, read) => self.was_incoming(&project, &path, read),
        }
    }

    /// Takes what was filled in of a folder; what could not be read is told.
    fn was_returned(&mut self, folder: &Path, found: Returned) {
        let lang = self.session.lang;
        let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if !found.unread.is_empty() {
            let words: Vec<String> =
                found.unread.iter().map(|(file, e)| format!("{}: {}", name(file), self.sentence(e))).collect();
            self.ask_after(Dialogue::Message(words.join("\n")));
        } else if found.files.is_empty() {
            let text = lang.with("import.nothing-filled", &[("name", &name(folder))]);
            self.ask_after(Dialogue::Message(text));
        }
        self.opened.returned.waiting.extend(found.files);
        self.look_at_returned();
    }

    /// Looks at the next file that came back, once the one before is settled.
    pub(super) fn look_at_returned(&mut self) {
        let is_free = self.session.moment.dialogue.is_none()
            && self.session.meeting.is_none()
            && !self.recording.is_busy()
            && !self.opened.returned.is_looking;
        if !is_free || self.opened.returned.waiting.is_empty() {
            return;
        }
        let (Some(project), Some(path)) = (self.session.file.path.clone(), self.opened.returned.waiting.pop_front())
        else {
            // Of another project.
            self.opened.returned.waiting.clear();
            return;
        };
        self.opened.returned.is_looking = true;
        self.jobs.start(Job::Results, move |_| {
            let read = Incoming::read(&path);
            Some(Done::CameBack(CameBack::File(project, path, read)))
        });
    }

    /// Whoever opens another project does not mean it for that.
    pub(super) fn forget_returned(&mut self) {
        self.opened.returned = ReturnedQueue::default();
    }

    /// Nothing came of a look: the next file has its turn.
    pub(super) fn returned_failed(&mut self) {
        self.opened.returned.is_looking = false;
    }

    /// Shows what a sheet or a log would bring.
    fn was_incoming(&mut self, project: &Path, path: &Path, read: Result<Incoming, SurveyError>) {
        self.opened.returned.is_looking = false;
        if self.session.file.path.as_deref() != Some(project) {
            return;
        }
        let incoming = match read {
            Ok(incoming) => incoming,
            Err(e) => return self.tell_survey(&e),
        };
        let index = self.session.present_gaps().map_or_else(|| GapIndex::default().into(), |f| f.index.clone());
        let nothing = Survey::default();
        let survey = self.session.survey().unwrap_or(&nothing);
        let dialogue = match incoming {
            Incoming::Rows(rows) => Dialogue::Import(Box::new(Preview::new(path, rows, survey, &index))),
            Incoming::Log(events, told) => Dialogue::Merge(Box::new(MergePreview::new(path, events, told, survey))),
        };
        self.ask_after(dialogue);
    }

    pub(super) fn look_at_results(&mut self, preview: &Preview) {
        let index = self.session.present_gaps().map_or_else(|| GapIndex::default().into(), |f| f.index.clone());
        let nothing = Survey::default();
        let survey = self.session.survey().unwrap_or(&nothing);
        self.session.moment.dialogue = Some(Dialogue::Import(Box::new(preview.again(survey, &index))));
    }

    /// Opens a file as a layer that says results too.
    pub(super) fn open_as_layer(&mut self, path: PathBuf) {
        self.session.moment.dialogue = None;
        self.opened.as_layer = Some(path.clone());
        self.opened.opening += 1;
        self.begin_opening(path, How::default(), true);
    }
}
