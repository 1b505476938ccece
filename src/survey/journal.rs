//! The plain copy of the events: one JSON object a line, synced before the database commits.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::{Event, hex};
use crate::project::write_replacing;

/// Bytes at the end that the mark is made of.
const MARK_BYTES: u64 = 4096;

#[derive(Serialize, Deserialize)]
struct Line {
    digest: String,
    event: Event,
}

/// The file.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    path: PathBuf,
}

fn lines(events: &[Event]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in events {
        let line = Line { digest: event.digest(), event: event.clone() };
        bytes.extend(serde_json::to_vec(&line).unwrap_or_default());
        bytes.push(b'\n');
    }
    bytes
}

impl Journal {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Length in bytes; 0 where there is none.
    pub(super) fn len(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |m| m.len())
    }

    /// What tells this file from any other state of it and from those of other logs: length and digest of its end.
    pub(super) fn mark(&self) -> String {
        let end = || -> io::Result<(u64, Vec<u8>)> {
            let mut file = File::open(&self.path)?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(MARK_BYTES)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok((length, bytes))
        };
        // Where there is none yet, its mark is that of nothing.
        end()
            .map_or_else(|_| "0:".to_owned(), |(length, bytes)| format!("{length}:{}", hex(&Sha256::digest(&bytes), 8)))
    }

    /// Writes events behind what is there and waits until the disk has them. What a failed writing
    /// leaves behind is cut off again.
    pub(super) fn append(&self, events: &[Event]) -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(&self.path)?;
        let before = file.metadata()?.len();
        // A line torn by a crash must not swallow the next one.
        let is_torn = before > 0 && {
            let mut last = [0];
            let mut reader = File::open(&self.path)?;
            reader.seek(SeekFrom::End(-1))?;
            reader.read_exact(&mut last)?;
            last != [b'\n']
        };
        let mut bytes = if is_torn { vec![b'\n'] } else { Vec::new() };
        bytes.extend(lines(events));
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if let Err(e) = written {
            // The error is what is told; a tail that stays has no event that was acknowledged.
            file.set_len(before).ok();
            return Err(e);
        }
        Ok(())
    }

    /// Cuts off what was written last and did not come to be recorded. Where even that fails, the next opening takes it
    /// in: too much rather than too little.
    pub(super) fn cut(&self, length: u64) {
        if self.len() > length {
            OpenOptions::new().write(true).open(&self.path).and_then(|f| f.set_len(length)).ok();
        }
    }

    /// Writes all events anew.
    pub(super) fn rewrite(&self, events: &[Event]) -> io::Result<()> {
        write_replacing(&self.path, &lines(events))
    }

    /// The events; lines that are torn or changed are passed over.
    pub(super) fn read(&self) -> Vec<Event> {
        // Where there is none, or it cannot be read, the database is all there is.
        let bytes = std::fs::read(&self.path).unwrap_or_default();
        let whole = |line: &[u8]| {
            let line: Line = serde_json::from_slice(line).ok()?;
            (line.event.digest() == line.digest).then_some(line.event)
        };
        bytes.split(|b| *b == b'\n').filter_map(whole).collect()
    }
}
