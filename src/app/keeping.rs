//! What is not saved yet is kept beside the settings, and offered by the next start.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::qiancun::Qiancun;
use crate::project::{self, Autosave, Project, Unsaved};
use crate::session::{Dialogue, DocumentState, FileCommand};
use crate::survey::Instant;

/// How long changes are gathered before they are kept: typing does not write for every letter.
const GATHER: Duration = Duration::from_millis(1500);

/// What is to become of the unsaved work of this program.
enum Keep {
    These(Box<Unsaved>),
    /// At once; the answer says whether it lies on the disk.
    Now(Box<Unsaved>, Sender<bool>),
    Nothing,
}

/// Keeps unsaved work on a thread of its own, so that neither a slow disk nor a window that draws no frames stands between a
/// change and the disk.
pub(super) struct Keeper {
    /// Absent only while it is dropped.
    sender: Option<Sender<Keep>>,
    thread: Option<std::thread::JoinHandle<()>>,
    /// What was handed over last.
    given: Option<Project>,
}

impl Keeper {
    /// Begins in a folder; `trouble` is told why something could not be kept, once for each cause.
    pub(super) fn begin(folder: PathBuf, trouble: impl Fn(String) + Send + 'static) -> Option<Self> {
        let (sender, receiver) = channel();
        let work = move || keep(&folder, &receiver, &trouble);
        let thread = std::thread::Builder::new().name("autosave".into()).spawn(work).ok()?;
        Some(Self { sender: Some(sender), thread: Some(thread), given: None })
    }

    /// Keeps something at once; whether it lies on the disk.
    fn keep_now(&self, unsaved: Unsaved) -> bool {
        let (answer, told) = channel();
        self.send(Keep::Now(Box::new(unsaved), answer));
        told.recv().unwrap_or(false)
    }

    fn send(&self, keep: Keep) {
        if let Some(sender) = &self.sender {
            // The thread ends with the program only.
            sender.send(keep).ok();
        }
    }
}

impl Drop for Keeper {
    /// What was handed over last is written before the program ends.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn keep(folder: &Path, receiver: &Receiver<Keep>, trouble: &impl Fn(String)) {
    let mut place: Option<Autosave> = None;
    let mut told = String::new();
    while let Ok(mut latest) = receiver.recv() {
        if matches!(latest, Keep::These(_)) {
            let until = std::time::Instant::now() + GATHER;
            while let Ok(next) = receiver.recv_timeout(until.saturating_duration_since(std::time::Instant::now())) {
                latest = next;
                if !matches!(latest, Keep::These(_)) {
                    break;
                }
            }
        }
        let (latest, answer) = match latest {
            Keep::Now(unsaved, answer) => (Keep::These(unsaved), Some(answer)),
            other => (other, None),
        };
        let done = match latest {
            Keep::Nothing => {
                if let Some(place) = &place {
                    place.forget();
                }
                Ok(())
            }
            Keep::These(unsaved) | Keep::Now(unsaved, _) => {
                if place.is_none() {
                    place = match Autosave::begin(folder) {
                        Ok(begun) => Some(begun),
                        Err(e) => {
                            let text = e.to_string();
                            if told != text {
                                trouble(text.clone());
                                told = text;
                            }
                            continue;
                        }
                    };
                }
                place.as_ref().map_or(Ok(()), |place| place.keep(&unsaved))
            }
        };
        if let Some(answer) = answer {
            // Whoever asked may be gone.
            answer.send(done.is_ok()).ok();
        }
        match done {
            Ok(()) => told.clear(),
            Err(e) if e.to_string() != told => {
                told = e.to_string();
                trouble(told.clone());
            }
            Err(_) => {}
        }
    }
}

impl Qiancun {
    /// Hands over what is not saved, where it changed since the last frame.
    pub(super) fn keep_unsaved(&mut self) {
        let Some(keeper) = &self.saving.keeper else { return };
        let project = &self.session.kept_document().project;
        let is_changed = *project != self.session.file.saved.project;
        if !is_changed {
            if keeper.given.is_some() {
                self.keep_nothing();
            }
            return;
        }
        if keeper.given.as_ref() == Some(project) {
            return;
        }
        let unsaved = Keep::These(Box::new(self.unsaved()));
        let given = Some(project.clone());
        if let Some(keeper) = &mut self.saving.keeper {
            keeper.send(unsaved);
            keeper.given = given;
        }
    }

    /// Keeps the project at once, whatever changed; whether it lies on the disk.
    pub(super) fn keep_now(&self) -> bool {
        self.saving.keeper.as_ref().is_some_and(|k| k.keep_now(Unsaved { was_shown: true, ..self.unsaved() }))
    }

    fn unsaved(&self) -> Unsaved {
        Unsaved {
            at: Instant::now().for_people(),
            was_shown: false,
            path: self.session.file.path.clone(),
            text: self.session.file.on_disk.as_ref().map(|o| o.text.clone()),
            project: self.present_project(),
        }
    }

    /// Nothing is to be kept any more: it is saved, or nobody wants it.
    pub(super) fn keep_nothing(&mut self) {
        if let Some(keeper) = &mut self.saving.keeper {
            keeper.given = None;
            keeper.send(Keep::Nothing);
        }
    }

    /// Where unsaved work of this and of other programs lies.
    fn unsaved_folder(&self) -> Option<PathBuf> {
        self.saving.rescue_to.as_ref().map(|p| p.with_file_name("unsaved"))
    }

    /// Begins to keep what is not saved, and offers what earlier programs left behind. With `shows` what was shown when a program
    /// ended by itself is shown again at once; whether it was.
    pub(super) fn begin_keeping(&mut self, shows: bool) -> bool {
        let Some(folder) = self.unsaved_folder() else { return false };
        let reply = self.jobs.reply();
        self.saving.keeper =
            Keeper::begin(folder.clone(), move |trouble| reply.tell(super::jobs::Done::NotKept(trouble)));
        let shown = project::unsaved(&folder).into_iter().find(|(_, u)| shows && u.was_shown).map(|(file, _)| file);
        let is_shown = shown.is_some_and(|file| self.recover(&file));
        self.offer_unsaved();
        is_shown
    }

    /// Says why unsaved work cannot be kept.
    pub(super) fn could_not_keep(&mut self, trouble: &str) {
        let text = self.session.lang.with("error.not-kept", &[("n", trouble)]);
        self.ask_after(Dialogue::Message(text));
    }

    pub(super) fn offer_unsaved(&mut self) {
        let Some(folder) = self.unsaved_folder() else { return };
        let found: Vec<(PathBuf, Unsaved)> = project::unsaved(&folder);
        let offered = found.into_iter().map(|(file, unsaved)| {
            let saved =
                unsaved.path.as_ref().and_then(|p| project::load(p).ok()).or_else(|| Some(unsaved.original()?.project));
            let differences = project::differences(&saved.unwrap_or_default(), &unsaved.project);
            (file, unsaved, differences)
        });
        let offered: Vec<_> = offered.collect();
        if !offered.is_empty() {
            self.session.moment.dialogue = Some(Dialogue::Recover(offered));
        }
    }

    /// Opens unsaved work as it was left; whether it is there.
    pub(super) fn recover(&mut self, file: &Path) -> bool {
        let Some(folder) = self.unsaved_folder() else { return false };
        let Some((_, unsaved)) = project::unsaved(&folder).into_iter().find(|(f, _)| f == file) else { return false };
        self.session.moment.dialogue = None;
        let original = unsaved.original();
        self.show_project(unsaved.project, unsaved.path.clone(), original);
        self.session.file.gives_way = false;
        // Nothing that is saved looks like this: closing asks.
        let saved = self.session.file.on_disk.as_ref().map(|o| o.project.clone()).unwrap_or_default();
        self.session.file.saved = DocumentState { project: saved, ..(*self.session.file.saved).clone() }.into();
        // It is this program's own from now on, and kept before the other's goes.
        let project = self.session.document.project.clone();
        let mine = self.unsaved();
        if let Some(keeper) = self.saving.keeper.as_mut().filter(|k| k.keep_now(mine)) {
            keeper.given = Some(project);
            std::fs::remove_file(file).ok();
        }
        self.session.news = Some(self.session.lang.t("status.rescued").to_owned());
        self.offer_unsaved();
        true
    }

    /// Lists the earlier versions of the project with what each says otherwise, or brings one back: as a change that is not saved yet.
    pub(super) fn versions(&mut self, which: Option<PathBuf>) {
        let Some(path) = self.session.file.path.clone() else {
            self.session.moment.dialogue =
                Some(Dialogue::Message(self.session.lang.t("versions.not-saved").to_owned()));
            return;
        };
        let Some(file) = which else {
            let present = self.session.kept_document().project.clone();
            let row = |version: project::Version| {
                let original = project::open_version(&path, &version.file).ok()?;
                Some((version, project::differences(&original.project, &present)))
            };
            let list = project::versions(&path).into_iter().filter_map(row).collect();
            self.session.moment.dialogue = Some(Dialogue::Versions(list));
            return;
        };
        if self.ask_before_losing(FileCommand::Version(Some(file.clone()))) {
            return;
        }
        match project::open_version(&path, &file) {
            Ok(version) => {
                self.session.moment.dialogue = None;
                let on_disk = self.session.file.on_disk.clone();
                let saved = self.session.file.saved.clone();
                self.show_project(version.project, Some(path), on_disk);
                self.session.file.gives_way = false;
                // What is saved is still the present one: closing asks.
                self.session.file.saved =
                    DocumentState { project: saved.project.clone(), ..(*self.session.file.saved).clone() }.into();
                self.session.news = Some(self.session.lang.t("versions.back").to_owned());
            }
            Err(e) => self.session.moment.dialogue = Some(Dialogue::Message(e.to_string())),
        }
    }
}
