//! Files are written beside their place and renamed, so that no half-written file ever stands there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file whole: into a new file beside it, synced, then renamed over it. A link stays a link: the file that it
/// leads to is written. What is no file, such as a device or a pipe, is written to, never replaced.
///
/// # Errors
/// Those of the file system; the old file is then still as it was.
pub fn write_replacing(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let path = target.as_path();
    if fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return File::options().write(true).open(path)?.write_all(bytes);
    }
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = PathBuf::from(folder);
    beside.push(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let done = written.and_then(|()| fs::rename(&beside, path));
    if done.is_err() {
        // Best effort: what failed is reported, a leftover beside it is not worth a second message.
        fs::remove_file(&beside).ok();
    }
    done
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
