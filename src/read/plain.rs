//! What may be opened at all: files, never devices and pipes, whose reading need not end.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// What the system says of a file, where it is one; folders are let through, so that whoever opens them says so.
///
/// # Errors
/// Where there is nothing, or a device, a pipe or a socket, which is refused before anything of it is read.
pub fn plain_file(path: &Path) -> io::Result<Metadata> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_file() || metadata.is_dir() {
        return Ok(metadata);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "a device or a pipe, not a file"))
}

/// Opens a file to read, never a device or a pipe.
///
/// # Errors
/// Those of [`plain_file`] and of the system.
pub fn open_plain(path: &Path) -> io::Result<File> {
    plain_file(path)?;
    File::open(path)
}

/// The bytes of a file of at most `most` bytes.
///
/// # Errors
/// Those of [`plain_file`] and of the system, and where the file is larger.
pub fn read_plain(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let metadata = plain_file(path)?;
    if metadata.len() > most {
        let message = format!("larger than {} MB", most / 1_000_000);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    std::fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_nothing_else() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("a");
        std::fs::write(&file, "abc").expect("written");
        assert_eq!(plain_file(&file).expect("a file").len(), 3);
        assert!(plain_file(dir.path()).expect("a folder").is_dir());
        assert_eq!(read_plain(&file, 2).map_err(|e| e.kind()).err(), Some(io::ErrorKind::FileTooLarge));
        assert_eq!(read_plain(&file, 3).expect("read"), b"abc");
        #[cfg(unix)]
        assert_eq!(open_plain(Path::new("/dev/null")).map_err(|e| e.kind()).err(), Some(io::ErrorKind::InvalidInput));
    }
}
