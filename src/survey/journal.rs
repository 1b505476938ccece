//! The plain copy of the events: one JSON object a line, synced before the database commits.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::event::Event;
use crate::project::write_replacing;

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

    /// Writes events behind what is there and waits until the disk has them; the new length. What a failed writing
    /// leaves behind is cut off again.
    pub(super) fn append(&self, events: &[Event]) -> io::Result<u64> {
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
        Ok(before + bytes.len() as u64)
    }

    /// Cuts off what was written last and did not come to be recorded. Where even that fails, the next opening takes it
    /// in: too much rather than too little.
    pub(super) fn cut(&self, length: u64) {
        if self.len() > length {
            OpenOptions::new().write(true).open(&self.path).and_then(|f| f.set_len(length)).ok();
        }
    }

    /// Writes all events anew; the length.
    pub(super) fn rewrite(&self, events: &[Event]) -> io::Result<u64> {
        let bytes = lines(events);
        write_replacing(&self.path, &bytes)?;
        Ok(bytes.len() as u64)
    }

    /// The events from a position on; lines that are torn or changed are passed over.
    pub(super) fn read(&self, from: u64) -> Vec<Event> {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(from))?;
            file.read_to_end(&mut bytes)
        });
        if read.is_err() {
            // There is none, or it cannot be read: then the database is all there is.
            return Vec::new();
        }
        let whole = |line: &[u8]| {
            let line: Line = serde_json::from_slice(line).ok()?;
            (line.event.digest() == line.digest).then_some(line.event)
        };
        bytes.split(|b| *b == b'\n').filter_map(whole).collect()
    }
}
