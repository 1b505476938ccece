//! What is kept on disk between two sessions, so that a file that was open before opens at once: everything that follows from
//! the file alone, and a picture of each map as it stood.
//!
//! Nothing here is ever trusted. A file of the cache names the file it was made from, by size, time and a sample of its
//! content; every block of it has a checksum, every number in it that leads somewhere is tested. Whatever does not fit,
//! whatever is damaged, foreign or older, counts as absent, and the source is read again. Files are read in bulk into memory
//! of the program's own, never mapped: one that changes while it is read cannot end the program.
//!
//! Files are written beside their place and renamed, so that two windows may write at once.

mod container;
mod found;
mod geometry;
mod key;
mod picture;
mod store;
mod table;

#[cfg(test)]
mod tests;

pub use key::{FileKey, content_digest};
pub use picture::KeptPicture;
pub use store::{Found, ToKeep};

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

/// Files below are read as quickly as their cache would be.
const SMALLEST_BYTES: u64 = 4 << 20;

/// What is left behind by a program that was killed while it wrote goes after so long.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// The folder of the cache, and how much may lie in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
    limit_bytes: u64,
    smallest_bytes: u64,
}

impl Cache {
    /// A cache in a folder, which need not exist; nothing is kept beyond the limit.
    pub fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        Self { folder, limit_bytes, smallest_bytes: SMALLEST_BYTES }
    }

    /// The same with another limit.
    pub fn limited(&self, limit_bytes: u64) -> Self {
        Self { limit_bytes, ..self.clone() }
    }

    /// The same, keeping small files too.
    pub fn keeping_small_files(self) -> Self {
        Self { smallest_bytes: 0, ..self }
    }

    /// Where the platform keeps what can be made again. `QIANCUN_CACHE_DIR` names another folder.
    pub fn usual_folder() -> Option<PathBuf> {
        if let Some(folder) = std::env::var_os("QIANCUN_CACHE_DIR") {
            return Some(PathBuf::from(folder));
        }
        directories::ProjectDirs::from("", "", "qiancun").map(|d| d.cache_dir().to_path_buf())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Most bytes it keeps.
    pub fn limit_bytes(&self) -> u64 {
        self.limit_bytes
    }

    /// Whether a file of this size is worth keeping.
    pub fn is_worth_keeping(&self, bytes: u64) -> bool {
        bytes >= self.smallest_bytes && self.limit_bytes > 0
    }

    fn place(&self, of: &str, ending: &str) -> PathBuf {
        let digest = key::hex(&Sha256::digest(of.as_bytes()));
        self.folder.join(format!("{}.{ending}", digest.get(..32).unwrap_or(&digest)))
    }

    /// Files in it with their sizes and when they were last used.
    fn files(&self) -> Vec<(PathBuf, u64, SystemTime)> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let ours = |path: &Path| {
            path.extension().is_some_and(|e| e == store::ENDING || e == picture::ENDING || e == container::PART)
        };
        entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let metadata = entry.metadata().ok().filter(|m| m.is_file())?;
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                Some((entry.path(), metadata.len(), used))
            })
            .filter(|(path, ..)| ours(path))
            .collect()
    }

    /// Bytes in it.
    pub fn bytes(&self) -> u64 {
        self.files().iter().map(|(_, bytes, _)| bytes).sum()
    }

    /// Removes everything that the program keeps; other files in the folder stay. Gives how many bytes went.
    ///
    /// # Errors
    /// Where a file cannot be removed; the others are gone all the same.
    pub fn empty(&self) -> std::io::Result<u64> {
        let (mut gone, mut failed) = (0, None);
        for (path, bytes, _) in self.files() {
            match std::fs::remove_file(&path) {
                Ok(()) => gone += bytes,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => failed = Some(e),
            }
        }
        failed.map_or(Ok(gone), Err)
    }

    /// Removes what was not used for longest until the rest is within the limit, and what a killed program left.
    fn prune(&self) {
        let mut files = self.files();
        files.sort_by_key(|(_, _, used)| *used);
        let is_part = |path: &Path| path.extension().is_some_and(|e| e == container::PART);
        let is_left = |used: &SystemTime| used.elapsed().is_ok_and(|age| age > LEFT_BEHIND);
        let is_picture = |path: &Path| path.extension().is_some_and(|e| e == picture::ENDING);
        let sum = |of: &dyn Fn(&Path) -> bool| files.iter().filter(|f| of(&f.0)).map(|f| f.1).sum::<u64>();
        // A picture is made with every theme and year that is looked at: they must not drive out what takes long to make.
        let pictures_limit = self.limit_bytes / 8;
        let (mut total, mut pictures) = (sum(&|path| !is_part(path)), sum(&is_picture));
        for (path, bytes, used) in files {
            let goes = match is_part(&path) {
                true => is_left(&used),
                false => total > self.limit_bytes || (is_picture(&path) && pictures > pictures_limit),
            };
            if !goes {
                continue;
            }
            // What cannot be removed stays; the next writer tries again.
            if std::fs::remove_file(&path).is_ok() && !is_part(&path) {
                total -= bytes;
                pictures -= if is_picture(&path) { bytes } else { 0 };
            }
        }
    }
}
