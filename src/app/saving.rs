//! Saving: never over what nobody has seen, never half, never silently; and what is not saved yet is kept beside the settings.

use super::asking::Asks;
use std::path::{Path, PathBuf};

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use super::tables::io_words;
use crate::project::{self, Original, Project, ProjectError, is_same_file, with_ending};
use crate::render::LayerKey;
use crate::session::{Command, Dialogue, DiskChange, DocumentState, FileCommand, PackageStep, WindowCommand};
use crate::survey::LogPaths;

/// The step of a merge.
pub(super) const MERGE: &str = "changed.merge";

/// What came of a saving.
pub(super) struct Saved {
    path: PathBuf,
    /// Which project it was.
    turn: u64,
    present: Project,
    saved: Result<Original, ProjectError>,
    /// Where somebody else wrote it meanwhile: in what it differs.
    change: Option<(DiskChange, String)>,
}

/// The text of a project file; `None` where it cannot be read.
fn text_of(path: &Path) -> Option<String> {
    let bytes = crate::read::read_plain(path, 256_000_000).ok()?;
    Some(String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).into_owned())
}

/// In what a project on the disk differs from ours, and its text.
fn look(path: &Path, ours: &Project) -> (DiskChange, String) {
    let theirs = project::open(path);
    let differences = theirs.as_ref().map(|t| project::differences(&t.project, ours)).unwrap_or_default();
    let trouble = theirs.err().map(|e| e.to_string());
    let change = DiskChange { path: path.to_path_buf(), differences, trouble, saving: false };
    (change, text_of(path).unwrap_or_default())
}

impl Qiancun {
    pub(super) fn save(&mut self) {
        match self.session.file.path.clone() {
            Some(path) => self.save_to(&path, false),
            None => self.ask_save(),
        }
    }

    /// Saves to a file. What stands there and was not seen is never overwritten, unless `over` says so.
    pub(super) fn save_to(&mut self, path: &Path, over: bool) {
        if self.saving.under_way.is_some() {
            // Done as soon as this is.
            self.saving.again = Some((self.opened.project_turn, path.to_path_buf(), over));
            return;
        }
        let is_own = self.session.file.path.as_deref().is_some_and(|own| own == path || is_same_file(own, path));
        if let Some(source) = self.session.source_at(path).filter(|s| !is_own || s != path) {
            self.refuse_source(&source);
            return;
        }
        let present = self.present_project();
        let there = path.exists();
        let seen = match (is_own, over) {
            (_, true) => None,
            (true, false) if there && self.session.file.on_disk.is_none() => {
                // What stands there was never seen.
                self.tell_changed(path, true);
                return;
            }
            (true, false) => self.session.file.on_disk.as_ref().map(|o| o.text.clone()).filter(|_| there),
            (false, false) if there => {
                self.session.moment.dialogue = Some(Dialogue::Replace(path.to_path_buf()));
                return;
            }
            (false, false) => Some(String::new()),
        };
        let original = self.session.file.on_disk.clone();
        self.session.news = Some(self.session.lang.t("status.saving").to_owned());
        let (path, turn) = (path.to_path_buf(), self.opened.project_turn);
        self.saving.under_way = Some(path.clone());
        self.jobs.start(Job::Save, move |_| {
            let saved = project::save_unseen(&path, &present, original.as_ref(), seen.as_deref());
            let change = matches!(saved, Err(ProjectError::Changed { .. })).then(|| look(&path, &present));
            Some(Done::Saved(Box::new(Saved { path, turn, present, saved, change })))
        });
    }

    /// Takes what came of a saving.
    pub(super) fn was_saved(&mut self, saved: Saved) {
        self.saving.under_way = None;
        let Saved { path, turn, present, saved, change } = saved;
        let again = self.saving.again.take().filter(|(turn, ..)| *turn == self.opened.project_turn);
        match (saved, change) {
            // Another project is open by now: the file is saved, and nothing of this one changes.
            (Ok(_), _) if turn != self.opened.project_turn => {}
            (Err(e), _) if turn != self.opened.project_turn => {
                let text = self.not_saved(&e);
                self.ask_after(Dialogue::Message(text));
            }
            (Ok(now), _) => self.is_saved(&path, present, now),
            (Err(_), Some((change, _))) => {
                self.ending.stays = self.ending.wanted;
                self.session.moment.dialogue = Some(Dialogue::Changed(DiskChange { saving: true, ..change }));
                return;
            }
            (Err(e), None) => {
                self.saving.after = None;
                self.ending.stays = self.ending.wanted;
                self.session.moment.dialogue = Some(Dialogue::Message(self.not_saved(&e)));
                return;
            }
        }
        if let Some((_, to, over)) = again
            && (to != path || self.session.is_changed())
        {
            self.save_to(&to, over);
        }
    }

    /// Why a project could not be saved, in words.
    fn not_saved(&self, error: &ProjectError) -> String {
        let why = match error {
            ProjectError::Io { source, .. } => io_words(self.session.lang, source),
            e => e.words(self.session.lang),
        };
        self.session.lang.with("error.save", &[("n", &why)])
    }

    fn is_saved(&mut self, path: &Path, present: Project, now: Original) {
        let kept_as = now.kept_as.clone();
        let before = self.session.file.path.replace(path.to_path_buf());
        // Where map and selection are is noted; what was changed while it was being saved is not saved yet.
        let (camera, view, selected) = (present.camera, present.view.clone(), present.selected.clone());
        let kinds: Vec<_> = present.layers.iter().map(|l| (l.id.clone(), l.kind.clone())).collect();
        self.session.note_kept(|d| {
            (d.project.camera, d.project.view, d.project.selected) = (camera, view, selected);
            for layer in &mut d.project.layers {
                let kept = kinds.iter().find(|(id, _)| *id == layer.id).and_then(|(_, kind)| kind.clone());
                layer.kind = layer.kind.take().or(kept);
            }
        });
        self.session.file.saved = DocumentState { project: present, ..(*self.session.kept_document()).clone() }.into();
        self.session.file.on_disk = Some(now);
        self.session.file.gives_way = false;
        self.session.settings.remember(path);
        self.kept.small = None;
        self.save_settings();
        if !self.session.is_changed() {
            self.keep_nothing();
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.session.news = Some(self.session.lang.with("status.saved", &[("n", &name)]));
        if let Some(kept) = kept_as {
            let kept = kept.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let text = self.session.lang.with("error.kept-before", &[("name", &name), ("kept", &kept)]);
            self.ask_after(Dialogue::Message(text));
        }
        if let Some(before) = before.filter(|b| b != path) {
            self.take_log_along(&before, path);
        }
        if let Some(then) = self.saving.after.take() {
            self.session.moment.dialogue = None;
            self.send(then);
        }
    }

    /// Puts what somebody else wrote into the project together with what was changed here; what both changed otherwise stays as here,
    /// and is told.
    pub(super) fn merge_theirs(&mut self) {
        let Some((path, base)) = self.session.file.path.clone().zip(self.session.file.on_disk.clone()) else { return };
        let lang = self.session.lang;
        let theirs = match project::open(&path) {
            Ok(theirs) => theirs,
            Err(e) => return self.ask_after(Dialogue::Message(e.to_string())),
        };
        let with_ids = |project: &Project| {
            let mut project = project.clone();
            project::give_ids(&mut project.layers);
            project
        };
        let ours = self.session.document.project.clone();
        let merged = project::merge(&with_ids(&base.project), &ours, &with_ids(&theirs.project));
        let Some(merged) = merged else {
            return self.ask_after(Dialogue::Message(lang.t("changed.no-merge").to_owned()));
        };
        let keys: Vec<_> = merged.project.layers.iter().map(|l| self.key_of_layer(&l.id)).collect();
        let before = self.session.document.clone();
        self.session.transact(MERGE, |d| {
            d.keys = keys;
            d.project = merged.project;
            let is_there = |(key, _): &(LayerKey, _)| d.keys.contains(key);
            d.selection = d.selection.take().filter(is_there);
        });
        self.read_moved(&before);
        self.saving.merged = Some((base, theirs.clone()));
        self.session.file.on_disk = Some(theirs);
        let taken = merged.taken.to_string();
        self.session.news = Some(lang.with("changed.merged", &[("n", &taken)]));
        if !merged.conflicts.is_empty() {
            let n = merged.conflicts.len().to_string();
            self.ask_after(Dialogue::Message(lang.with("changed.conflicts", &[("n", &n)])));
        }
    }

    /// Where a merge was taken back, what stands on the disk was not taken in: saving asks once more. Done again, it was.
    pub(super) fn merge_was_turned(&mut self, forward: bool) {
        let Some((base, theirs)) = &self.saving.merged else { return };
        let (from, to) = if forward { (base, theirs) } else { (theirs, base) };
        if self.session.file.on_disk.as_ref().is_some_and(|seen| seen.text == from.text) {
            self.session.file.on_disk = Some(to.clone());
            self.saving.told_changed = None;
        }
    }

    /// The key of a layer by its id; a new one where it is not here.
    fn key_of_layer(&mut self, id: &str) -> LayerKey {
        let document = &self.session.document;
        let found =
            document.project.layers.iter().position(|l| l.id == id).and_then(|at| document.keys.get(at).copied());
        found.unwrap_or_else(|| self.new_key())
    }

    /// Visits belong to the project: saved elsewhere, it has them there too.
    fn take_log_along(&mut self, from: &Path, to: &Path) {
        let theirs = LogPaths::of(from);
        if theirs.log.exists() || theirs.journal.exists() {
            self.copy_log(from.to_path_buf(), to.to_path_buf());
        }
    }

    /// Has it said that somebody else wrote the project, and in what it differs.
    fn tell_changed(&mut self, path: &Path, saving: bool) {
        let (path, ours) = (path.to_path_buf(), self.session.kept_document().project.clone());
        self.jobs.start(Job::Look, move |_| {
            let (change, text) = look(&path, &ours);
            Some(Done::Looked(DiskChange { saving, ..change }, text))
        });
    }

    /// Looks whether somebody else wrote the project since it was last seen, and says so once.
    pub(super) fn look_at_disk(&mut self) {
        if self.session.moment.dialogue.is_some() || self.session.meeting.is_some() || self.saving.under_way.is_some() {
            return;
        }
        let Some((path, seen)) = self.session.file.path.clone().zip(self.session.file.on_disk.as_ref()) else { return };
        let (seen, told) = (seen.text.clone(), self.saving.told_changed.clone());
        let ours = self.session.kept_document().project.clone();
        self.jobs.start(Job::Look, move |_| {
            let text = text_of(&path).filter(|now| *now != seen && told.as_ref() != Some(now))?;
            Some(Done::Looked(look(&path, &ours).0, text))
        });
    }

    /// Says that somebody else wrote the project, unless it was saved or closed meanwhile.
    pub(super) fn was_looked_at(&mut self, change: DiskChange, text: String) {
        let is_open = self.session.file.path.as_ref() == Some(&change.path) || change.saving;
        let is_own = self.session.file.on_disk.as_ref().is_some_and(|o| o.text == text) && !change.saving;
        if is_open && !is_own {
            self.saving.told_changed = Some(text);
            if change.saving {
                self.session.moment.dialogue = Some(Dialogue::Changed(change));
            } else {
                self.ask_after(Dialogue::Changed(change));
            }
        }
    }

    /// The project with where the map looks and what is selected; during a meeting those of the window before it.
    pub(super) fn present_project(&self) -> Project {
        let session = &self.session;
        let mut project = session.kept_document().project.clone();
        let (camera, view) = match &session.meeting {
            Some(meeting) => (meeting.was.camera, meeting.was.view.clone()),
            None => (session.camera, session.view.clone()),
        };
        project.camera = Some(camera.to_project());
        // What was guessed once stays so.
        for (key, kind) in session.kinds_to_keep() {
            if let Some(entry) = session.document.position(key).and_then(|at| project.layers.get_mut(at)) {
                entry.kind.get_or_insert(kind);
            }
        }
        project.view = view;
        // As long as nothing is there that it could be of, what is selected stays as it was.
        let is_waiting = session.shown().any(|(l, _)| l.loaded().is_none());
        let was = session.kept_document().project.selected.clone().filter(|_| is_waiting);
        let selection = session.kept_document().selection.clone();
        let on_card = || {
            let (key, features) = selection.as_ref()?;
            Some((session.layers.get(key)?, *features.last()?))
        };
        project.selected = on_card().and_then(|(layer, feature)| {
            let dataset = &layer.loaded()?.dataset;
            let code = dataset.text(feature, crate::model::Role::Code);
            Some(code.map_or_else(|| dataset.display_name(feature), |c| c.into_owned()))
        });
        project.selected = project.selected.or(was);
        project
    }

    pub(super) fn ask_save(&mut self) {
        let title = self.session.lang.t("command.save-as");
        let name = self.session.file.path.as_deref().and_then(Path::file_name);
        let name = name.map_or_else(|| "map.qiancun".to_owned(), |n| n.to_string_lossy().into_owned());
        let (turn, own) = (self.opened.project_turn, self.session.file.path.clone());
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter("qiancun", &["qiancun"]).set_file_name(name);
            let chosen = dialogue.save_file();
            let is_own = |p: &Path| own.as_deref().is_some_and(|own| is_same_file(own, p));
            // The system has asked about the file of exactly this name, and about no other; one's own is looked at as always.
            let answer = chosen.map(|p| match with_ending(&p, "qiancun") == p && !is_own(&p) {
                true => FileCommand::SaveOver(p),
                false => FileCommand::SaveTo(p),
            });
            Some(FileCommand::InProject(turn, Box::new(answer.unwrap_or(FileCommand::StayOpen).into())))
        });
    }

    /// Goes on without saving. Only what comes in its place makes the changes go.
    pub(super) fn discard(&mut self, then: Command) {
        self.saving.after = None;
        self.session.moment.dialogue = None;
        match then {
            Command::File(FileCommand::Open(paths)) => self.open(paths),
            Command::File(FileCommand::OpenDemo) => self.open_demo(),
            Command::File(FileCommand::NewProject) => self.new_project(),
            Command::File(FileCommand::Package(PackageStep::Show(project))) => self.begin_look(&project),
            Command::File(FileCommand::Recover(file)) => {
                self.recover(&file);
            }
            Command::Window(WindowCommand::Quit) => {
                (self.ending.wanted, self.ending.discards) = (true, true);
            }
            other => self.send(other),
        }
    }

    /// Says that an output would overwrite what it is made from.
    pub(super) fn refuse_source(&mut self, source: &Path) {
        self.saving.after = None;
        let name = source.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.session.moment.dialogue =
            Some(Dialogue::Message(self.session.lang.with("error.own-source", &[("name", &name)])));
    }

    /// Whether an output may be written there; says so where not.
    pub(super) fn may_write(&mut self, path: &Path) -> bool {
        match self.session.source_at(path) {
            Some(source) => {
                self.refuse_source(&source);
                false
            }
            None => true,
        }
    }
}
