//! Asking the system for a file or a folder: before the window that asks, in the folder where the last one was.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::qiancun::Qiancun;
use crate::project::Folders;

/// What a question is about: each kind begins where the last of its kind ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// For something to be read.
    Read,
    /// For a place to write to.
    Write,
}

/// What questions begin with.
#[derive(Default)]
pub(super) struct Asking {
    /// Before which window: nobody's, where there is none.
    before: rfd::FileDialog,
    /// Where answers lay; the threads that ask write here.
    folders: Arc<Mutex<Folders>>,
}

/// A question on its way.
pub(super) struct FileQuestion {
    dialogue: rfd::FileDialog,
    /// Where it may begin, the best first.
    starts: Vec<PathBuf>,
    asks: Asks,
    folders: Arc<Mutex<Folders>>,
}

impl Asking {
    /// Questions stand before this window from now on, and begin in these folders.
    pub fn begin(&mut self, window: &eframe::CreationContext<'_>, folders: &Folders) {
        self.before = rfd::FileDialog::new().set_parent(window);
        *self.folders.lock().unwrap_or_else(PoisonError::into_inner) = folders.clone();
    }

    /// Questions begin beside the project again.
    pub fn forget(&self) {
        *self.folders.lock().unwrap_or_else(PoisonError::into_inner) = Folders::default();
    }

    /// Where answers lay by now.
    pub fn folders(&self) -> Folders {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a question; `beside` is where it starts as long as nothing of its kind was answered.
    pub fn question(&self, asks: Asks, title: &str, beside: Option<&Path>) -> FileQuestion {
        let folders = self.folders();
        let last = if asks == Asks::Read { folders.read } else { folders.write };
        let starts = last.into_iter().chain(beside.map(Path::to_path_buf)).collect();
        let dialogue = self.before.clone().set_title(title);
        FileQuestion { dialogue, starts, asks, folders: self.folders.clone() }
    }
}

impl FileQuestion {
    /// Files with these endings are offered.
    pub fn add_filter(self, name: impl Into<String>, endings: &[impl ToString]) -> Self {
        Self { dialogue: self.dialogue.add_filter(name, endings), ..self }
    }

    /// The name that is proposed.
    pub fn set_file_name(self, name: impl Into<String>) -> Self {
        Self { dialogue: self.dialogue.set_file_name(name), ..self }
    }

    /// Begins in this folder.
    pub fn set_directory(self, folder: impl Into<PathBuf>) -> Self {
        Self { starts: vec![folder.into()], ..self }
    }

    /// The question with where it begins: looked up by the thread that asks, since a drive that does not answer takes its time. A folder that has gone
    /// is no place to begin at.
    fn begun(&self) -> rfd::FileDialog {
        let dialogue = self.dialogue.clone();
        match self.starts.iter().find(|p| p.is_dir()) {
            Some(folder) => dialogue.set_directory(folder),
            None => dialogue,
        }
    }

    /// Asks for a file.
    pub fn pick_file(self) -> Option<PathBuf> {
        let found = self.begun().pick_file();
        remember(self.asks, &self.folders, found.as_deref().and_then(Path::parent));
        found
    }

    /// Asks for files.
    pub fn pick_files(self) -> Option<Vec<PathBuf>> {
        let found = self.begun().pick_files();
        remember(self.asks, &self.folders, found.as_deref().and_then(|f| f.first()?.parent()));
        found
    }

    /// Asks for a folder.
    pub fn pick_folder(self) -> Option<PathBuf> {
        let found = self.begun().pick_folder();
        remember(self.asks, &self.folders, found.as_deref());
        found
    }

    /// Asks where to write.
    pub fn save_file(self) -> Option<PathBuf> {
        let found = self.begun().save_file();
        remember(self.asks, &self.folders, found.as_deref().and_then(Path::parent));
        found
    }
}

/// The next question of the kind begins in this folder.
fn remember(asks: Asks, folders: &Mutex<Folders>, folder: Option<&Path>) {
    let Some(folder) = folder else { return };
    let mut known = folders.lock().unwrap_or_else(PoisonError::into_inner);
    let last = if asks == Asks::Read { &mut known.read } else { &mut known.write };
    *last = Some(folder.to_path_buf());
}

impl Qiancun {
    /// A question for a file: the project's own folder is where the first one of a kind begins.
    pub(super) fn question(&self, asks: Asks, title: &str) -> FileQuestion {
        let file = &self.session.file;
        // The demonstration lies where nobody keeps anything.
        let beside = file.path.as_deref().and_then(Path::parent).filter(|_| !file.gives_way);
        self.asking.question(asks, title, beside)
    }

    /// Keeps where the last answers lay, for the next start.
    pub(super) fn remember_folders(&mut self) {
        let folders = self.asking.folders();
        if folders != self.session.settings.window.folders && folders != Folders::default() {
            self.remembering(|s| s.window.folders = folders);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_begins_where_the_last_of_its_kind_ended() {
        let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let asking = Asking::default();
        let start = |asks| {
            let text = format!("{:?}", asking.question(asks, "", Some(here.path())).begun());
            // As it is written for people who read programs: with two strokes where Windows has one.
            [here.path(), there.path()].into_iter().position(|p| text.contains(format!("{p:?}").trim_matches('"')))
        };
        assert_eq!(start(Asks::Read), Some(0), "beside the project");
        remember(Asks::Read, &asking.folders, Some(there.path()));
        assert_eq!(start(Asks::Read), Some(1));
        assert_eq!(start(Asks::Write), Some(0), "writing has a folder of its own");
        remember(Asks::Read, &asking.folders, Some(&there.path().join("gone")));
        assert_eq!(start(Asks::Read), Some(0), "a folder that has gone is no place to begin");
    }
}
