//! Bringing a file into memory: in blocks, so that progress shows and cancelling works, and never mapped, so that a
//! file that changes while it is open cannot end the program.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use rayon::prelude::*;

use super::error::Cause;
use super::{Progress, plain_file};

/// Bytes read at once.
const BLOCK: usize = 4 << 20;

/// Bytes by which a file is told.
const HEAD_BYTES: u64 = 64 << 10;

fn cause(e: std::io::Error) -> Cause {
    match e.kind() {
        ErrorKind::NotFound => Cause::NotFound,
        ErrorKind::IsADirectory => Cause::IsFolder,
        ErrorKind::InvalidInput => Cause::NotAFile,
        _ => Cause::Unreadable(e),
    }
}

/// What the system says of a file; devices, pipes and folders are refused.
fn stat(path: &Path) -> Result<std::fs::Metadata, Cause> {
    let metadata = plain_file(path).map_err(cause)?;
    if metadata.is_dir() { Err(Cause::IsFolder) } else { Ok(metadata) }
}

/// The beginning of a file: nothing more of it is read before somebody knows it, so that a film dropped by mistake costs 64 kB.
pub(super) fn head(path: &Path) -> Result<Vec<u8>, Cause> {
    stat(path)?;
    let mut head = Vec::new();
    File::open(path).and_then(|f| f.take(HEAD_BYTES).read_to_end(&mut head)).map_err(cause)?;
    Ok(head)
}

/// The whole content of a file.
pub(super) fn load(path: &Path, progress: &Progress) -> Result<Vec<u8>, Cause> {
    let metadata = stat(path)?;
    let size = metadata.len() as usize;
    progress.set(0, size as u64 * 2);
    if metadata.is_file() && size > 2 * BLOCK {
        let mut bytes = vec![0; size];
        let all = bytes.par_chunks_mut(BLOCK).enumerate().try_for_each(|(i, block)| {
            if progress.is_cancelled() {
                return Err(std::io::Error::from(ErrorKind::Interrupted));
            }
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start((i * BLOCK) as u64))?;
            file.read_exact(block)?;
            progress.add(block.len());
            Ok(())
        });
        match all {
            Ok(()) => return Ok(bytes),
            _ if progress.is_cancelled() => return Err(Cause::Cancelled),
            // It shrank meanwhile, or cannot be opened several times: read it from end to end.
            Err(_) => progress.set(0, size as u64 * 2),
        }
    }
    let mut file = File::open(path).map_err(cause)?;
    let mut bytes = Vec::with_capacity(if metadata.is_file() { size + 1 } else { 0 });
    loop {
        if progress.is_cancelled() {
            return Err(Cause::Cancelled);
        }
        let read = (&mut file).take(BLOCK as u64).read_to_end(&mut bytes).map_err(cause)?;
        progress.add(read);
        if read == 0 {
            return Ok(bytes);
        }
    }
}
