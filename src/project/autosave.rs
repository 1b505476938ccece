//! Work that is not saved yet, kept beside the settings: what a program that was killed leaves behind is offered at the next
//! start. Each running program has a file of its own, held by a lock as long as it lives.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file::{Original, Project};
use super::write::write_replacing;
use crate::read::read_plain;

/// A project with changes that are not saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unsaved {
    /// When it was kept, as people on the spot say it.
    pub at: String,
    /// Whether the program ended by itself while it was shown: the next start shows it again, unasked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_shown: bool,
    /// The file that it would be saved to; `None` where it was never saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// The text of that file as it was last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The project; paths are absolute.
    pub project: Project,
}

impl Unsaved {
    /// The project file as it was last seen, for what differs and for saving over it.
    pub fn original(&self) -> Option<Original> {
        let (path, text) = (self.path.as_ref()?, self.text.as_ref()?);
        super::file::understood(path, text.clone()).ok()
    }
}

/// Ending of kept files and of their locks.
const ENDINGS: [&str; 2] = ["unsaved.toml", "unsaved.lock"];

/// Most bytes of a kept file.
const MOST_BYTES: u64 = 256_000_000;

/// The place of this program's unsaved work.
#[derive(Debug)]
pub struct Autosave {
    file: PathBuf,
    lock: PathBuf,
    /// Held as long as the program lives, whatever ends it.
    _held: File,
}

impl Autosave {
    /// A place of one's own in a folder.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let id = uuid::Uuid::now_v7();
        let [file, lock] = ENDINGS.map(|ending| folder.join(format!("{id}.{ending}")));
        let held = File::create(&lock)?;
        // Where the file system knows no locks, the work of a living program may be offered by another: nothing is lost.
        held.try_lock().ok();
        Ok(Self { file, lock, _held: held })
    }

    /// Keeps what is not saved.
    ///
    /// # Errors
    /// Those of the file system; what was kept before is still there then.
    pub fn keep(&self, unsaved: &Unsaved) -> io::Result<()> {
        let text = toml::to_string(unsaved).map_err(io::Error::other)?;
        write_replacing(&self.file, text.as_bytes())
    }

    /// Forgets it: it is saved, or nobody wants it.
    pub fn forget(&self) {
        // What cannot be removed is offered once more.
        std::fs::remove_file(&self.file).ok();
    }
}

impl Drop for Autosave {
    fn drop(&mut self) {
        // Without a kept file the lock says nothing to anybody.
        if !self.file.exists() {
            std::fs::remove_file(&self.lock).ok();
        }
    }
}

/// What programs that are gone left in a folder, the newest first, and the files it lies in.
pub fn unsaved(folder: &Path) -> Vec<(PathBuf, Unsaved)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let [file, lock] = ENDINGS;
        if let Some(id) = name.strip_suffix(&format!(".{lock}")) {
            if !folder.join(format!("{id}.{file}")).exists() && is_free(&path) {
                std::fs::remove_file(&path).ok();
            }
            continue;
        }
        let Some(id) = name.strip_suffix(&format!(".{file}")) else { continue };
        if !is_free(&folder.join(format!("{id}.{lock}"))) {
            continue;
        }
        let bytes = read_plain(&path, MOST_BYTES).unwrap_or_default();
        // A file that cannot be read is left where it is: somebody may still make sense of it.
        if let Some(unsaved) = std::str::from_utf8(&bytes).ok().and_then(|t| toml::from_str(t).ok()) {
            found.push((path, unsaved));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0));
    found
}

/// Whether nobody holds a lock.
fn is_free(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(file) => !matches!(file.try_lock(), Err(TryLockError::WouldBlock)),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_behind_is_found_and_what_is_alive_is_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let one = |title: &str| Unsaved {
            at: "2026-11-25 10:00".into(),
            was_shown: false,
            path: Some(dir.path().join("a.qiancun")),
            text: Some("version = 1\n# kept\n".into()),
            project: Project { title: title.into(), ..Project::default() },
        };
        let alive = Autosave::begin(dir.path()).expect("begun");
        alive.keep(&one("alive")).expect("kept");
        let gone = Autosave::begin(dir.path()).expect("begun");
        gone.keep(&one("gone")).expect("kept");
        drop(gone);
        let saved = Autosave::begin(dir.path()).expect("begun");
        saved.keep(&one("saved")).expect("kept");
        saved.forget();
        drop(saved);
        let found = unsaved(dir.path());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, one("gone"));
        assert_eq!(found[0].1.original().map(|o| o.text), Some("version = 1\n# kept\n".into()));
        std::fs::write(dir.path().join("x.unsaved.toml"), "damaged").expect("written");
        assert_eq!(unsaved(dir.path()).len(), 1);
    }
}
