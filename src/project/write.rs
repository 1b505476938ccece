//! Files are written beside their place and renamed, so that no half-written file ever stands there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How names of files end that are being written.
const PART: &str = ".part";

/// Writes a file whole: into a new file beside it, synced, then renamed over it; the folder is synced too. A link stays a link:
/// the file that it leads to is written. A file that was there keeps its mode. What is no file, such as a device or a pipe, is
/// written to, never replaced.
///
/// # Errors
/// Those of the file system; the old file is then still as it was.
pub fn write_replacing(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, |_| Ok(()))
}

/// Writes a file as [`write_replacing`] does, if `look` still agrees when all is written and only the renaming is left: what was
/// written there meanwhile by another is not overwritten unseen.
///
/// # Errors
/// Those of the file system and of `look`; the old file is then still as it was.
pub fn replace(path: &Path, bytes: &[u8], look: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let path = target.as_path();
    let present = fs::metadata(path);
    if present.as_ref().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return File::options().write(true).open(path)?.write_all(bytes);
    }
    if present.as_ref().is_ok_and(fs::Metadata::is_dir) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = Beside::begin_at(path, folder, name)?;
    beside.write_all(bytes)?;
    beside.finish_if(look)
}

/// A file on its way: written beside its place, and put there whole or not at all. Where it is dropped nothing is left.
pub struct Beside {
    file: NamedTempFile,
    target: PathBuf,
}

impl Beside {
    /// Begins a file that is to stand at a place. A link stays a link: the file that it leads to is written.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let name = target.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
        let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self::begin_at(&target, folder, name)
    }

    fn begin_at(target: &Path, folder: &Path, name: &std::ffi::OsStr) -> io::Result<Self> {
        // A fresh name that nobody can have planted. It goes by itself where anything fails.
        let mut builder = tempfile::Builder::new();
        let prefix = format!(".{}.", name.to_string_lossy());
        builder.prefix(&prefix).suffix(PART);
        #[cfg(unix)]
        let usual = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        #[cfg(unix)]
        builder.permissions(usual);
        let file = builder.tempfile_in(folder)?;
        // As long as somebody writes it, nobody takes it for a leftover. Where locks are not known, age tells.
        file.as_file().lock().ok();
        Ok(Self { file, target: target.to_path_buf() })
    }

    /// Where it is being written: for libraries that open files by themselves. Where locks bind others too, as on Windows, it is no longer locked.
    pub fn path(&self) -> &Path {
        if cfg!(windows) {
            self.file.as_file().unlock().ok();
        }
        self.file.path()
    }

    /// Puts the file in its place: synced, with mode and owner of the one that it replaces, the folder synced too. Another program
    /// that has that one open is waited for a moment.
    ///
    /// # Errors
    /// Those of the file system; the old file is then still as it was. [`io::ErrorKind::ResourceBusy`] where another program has it
    /// open.
    pub fn finish(self) -> io::Result<()> {
        self.finish_if(|_| Ok(()))
    }

    fn finish_if(self, look: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let Self { mut file, target } = self;
        let present = fs::metadata(&target);
        let usual = present.as_ref().ok().map(fs::Metadata::permissions);
        if let Ok(present) = present {
            // Best effort: on some file systems modes and owners cannot be set, and the content counts.
            file.as_file().set_permissions(present.permissions()).ok();
            #[cfg(unix)]
            {
                use std::os::unix::fs::{MetadataExt, fchown};
                fchown(file.as_file(), Some(present.uid()), Some(present.gid())).ok();
            }
        }
        file.as_file().sync_all()?;
        look(&target)?;
        for pause_ms in PAUSES_MS {
            match file.persist(&target) {
                Ok(_) => {
                    sync_folder(target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")));
                    return Ok(());
                }
                Err(e) if is_held(&e.error) => {
                    file = e.file;
                    // On Windows the system's newer way replaces what others only read (FILE_RENAME_FLAG_POSIX_SEMANTICS).
                    if cfg!(windows) && fs::rename(file.path(), &target).is_ok() {
                        // Else it keeps the mark of a temporary file, which programs that keep folders in step pass over.
                        if let Some(usual) = usual {
                            fs::set_permissions(&target, usual).ok();
                        }
                        return Ok(());
                    }
                    std::thread::sleep(std::time::Duration::from_millis(pause_ms));
                }
                Err(e) => return Err(e.error),
            }
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another program has it open: close it there and try again"))
    }
}

impl Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl io::Seek for Beside {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// How long another program that has a file open is waited for, in milliseconds, time after time: a virus scanner lets go soon.
const PAUSES_MS: [u64; 5] = [20, 60, 150, 300, 500];

/// Whether another program has the file open: on Windows it cannot be replaced then (ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, and
/// ERROR_ACCESS_DENIED, which renaming gives).
fn is_held(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ResourceBusy || (cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 33)))
}

/// Lets the disk have the names of a folder; not all systems know that, and none needs it for the content.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        File::open(folder).and_then(|f| f.sync_all()).ok();
    }
}

/// Takes leftovers of writing away that a killed program left in a folder: files being written are held by a lock as long as
/// their writer lives.
pub fn clear_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_leftover = name.starts_with('.') && name.ends_with(PART) && entry.file_type().is_ok_and(|t| t.is_file());
        let is_free = || File::open(entry.path()).is_ok_and(|f| f.try_lock().is_ok());
        if is_leftover && is_free() {
            // What cannot be removed is tried again at the next opening.
            fs::remove_file(entry.path()).ok();
        }
    }
}

/// A path with an ending: as it is where it has it, in whatever case; else with the ending behind the whole name, so that
/// `v1.2` becomes `v1.2.qiancun`.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending)) {
        return path.to_path_buf();
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// Whether two paths lead to one file, by whatever links.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    let real = |p: &Path| fs::canonicalize(p).or_else(|_| std::path::absolute(p));
    if matches!((real(a), real(b)), (Ok(a), Ok(b)) if a == b) {
        return true;
    }
    #[cfg(unix)]
    if let (Ok(a), Ok(b)) = (fs::metadata(a), fs::metadata(b)) {
        use std::os::unix::fs::MetadataExt;
        return (a.dev(), a.ino()) == (b.dev(), b.ino());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_and_leaves_nothing_beside() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("项目.qiancun");
        write_replacing(&path, b"one").expect("written");
        write_replacing(&path, b"two").expect("written again");
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 1);
        assert!(write_replacing(&dir.path().join("none/x"), b"").is_err());
        assert!(write_replacing(dir.path(), b"").is_err());
        let refused = replace(&path, b"three", |_| Err(io::ErrorKind::Other.into()));
        assert!(refused.is_err());
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 1);
    }

    #[test]
    fn endings_are_put_behind_the_whole_name() {
        for (path, expected) in [("a/v1.2", "a/v1.2.qiancun"), ("v1", "v1.qiancun"), ("A.QIANCUN", "A.QIANCUN")] {
            assert_eq!(with_ending(Path::new(path), "qiancun"), Path::new(expected));
        }
    }

    #[cfg(unix)]
    #[test]
    fn modes_stay_links_stay_and_planted_names_are_not_followed() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a");
        fs::write(&path, "one").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        write_replacing(&path, b"two").expect("written");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
        std::os::unix::fs::symlink("a", dir.path().join("b")).expect("a link");
        assert!(is_same_file(&path, &dir.path().join("b")));
        fs::hard_link(&path, dir.path().join("c")).expect("a link");
        assert!(is_same_file(&path, &dir.path().join("c")));
        assert!(!is_same_file(&path, &dir.path().join("d")));
    }

    #[test]
    fn leftovers_go_and_what_is_being_written_stays() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join(".a.jpg.x1.part"), "left").expect("written");
        fs::write(dir.path().join("own.part"), "not ours").expect("written");
        let busy = File::create(dir.path().join(".b.jpg.x2.part")).expect("made");
        busy.lock().expect("locked");
        clear_leftovers(dir.path());
        assert!(!dir.path().join(".a.jpg.x1.part").exists());
        assert!(dir.path().join("own.part").exists() && dir.path().join(".b.jpg.x2.part").exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn links_and_devices_stay_what_they_are() {
        use std::os::unix::fs::FileTypeExt;
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (file, link) = (dir.path().join("a"), dir.path().join("b"));
        std::os::unix::fs::symlink("a", &link).expect("a link");
        fs::write(&file, b"one").expect("written");
        write_replacing(&link, b"two").expect("written");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read(&file).expect("read"), b"two");
        write_replacing(Path::new("/dev/null"), b"x").expect("written");
        assert!(fs::metadata("/dev/null").expect("there").file_type().is_char_device());
    }
}
