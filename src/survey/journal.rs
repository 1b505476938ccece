//! The plain copy of the events: one JSON object a line, synced before the database commits.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::v1::EventV1;
use crate::project::write_replacing;
use crate::read::{open_plain, plain_file};

/// Version of a line.
const VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Line<E> {
    /// Absent in version 1.
    #[serde(default)]
    v: u32,
    /// Lines of the same piece of work that follow: what breaks off before the last of them was never recorded.
    #[serde(default, skip_serializing_if = "is_zero")]
    rest: usize,
    digest: String,
    event: E,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks for it.
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// The file.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    /// Length and CRC-32 of the file as last seen, so that adding to it need not read it all again.
    seen: Cell<Option<(u64, u32)>>,
    /// Whether it was written anew since the work began that is under way: then there is no end to cut off.
    is_rewritten: Cell<bool>,
}

/// What the copy holds.
#[derive(Debug, Default)]
pub(super) struct Copied {
    /// Events that say what was recorded.
    pub(super) events: Vec<Event>,
    /// Events at the end of a piece of work that broke off in the middle: none of it was acknowledged.
    pub(super) unfinished: Vec<Event>,
    /// Lines that this version does not understand, as they stand: a later version wrote them.
    pub(super) foreign: Vec<Vec<u8>>,
    /// Lines that were changed, or are torn in the middle of the file.
    pub(super) damaged: usize,
}

/// A line for each event; `is_one` says that they are one piece of work.
fn lines(events: &[Event], is_one: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (i, event) in events.iter().enumerate() {
        let rest = if is_one { events.len() - 1 - i } else { 0 };
        let line = Line { v: VERSION, rest, digest: event.digest(), event };
        bytes.extend(serde_json::to_vec(&line).unwrap_or_default());
        bytes.push(b'\n');
    }
    bytes
}

impl Journal {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf(), seen: Cell::new(None), is_rewritten: Cell::new(false) }
    }

    /// Length in bytes; 0 where there is none.
    pub(super) fn len(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |m| m.len())
    }

    /// What tells this file from any other state of it and from those of other logs: length and CRC-32 of all of it.
    pub(super) fn mark(&self) -> String {
        let (length, crc) = self.state();
        format!("{length}:{crc:08x}")
    }

    fn state(&self) -> (u64, u32) {
        if let Some(seen) = self.seen.get().filter(|(length, _)| *length == self.len()) {
            return seen;
        }
        let mut hasher = crc32fast::Hasher::new();
        let mut length = 0;
        let mut read = || -> io::Result<()> {
            let mut file = open_plain(&self.path)?;
            let mut block = vec![0; 1 << 16];
            loop {
                match file.read(&mut block)? {
                    0 => return Ok(()),
                    n => {
                        hasher.update(block.get(..n).unwrap_or(&[]));
                        length += n as u64;
                    }
                }
            }
        };
        // Where there is none yet, its mark is that of nothing.
        read().ok();
        let state = (length, hasher.finalize());
        self.seen.set(Some(state));
        state
    }

    /// Begins a piece of work, which may be cut off again.
    pub(super) fn begin(&self) {
        self.is_rewritten.set(false);
    }

    /// Copies the file beside itself before what is damaged in it goes.
    pub(super) fn keep_damaged(&self) -> io::Result<()> {
        let name = |n: u32| self.path.with_extension(format!("damaged-{n}.jsonl"));
        let kept = (1..10_000).map(name).find(|p| !p.exists()).unwrap_or_else(|| name(10_000));
        std::fs::copy(&self.path, kept).map(drop)
    }

    /// Looks at the whole file again the next time, whatever was seen of it.
    pub(super) fn forget(&self) {
        self.seen.set(None);
    }

    /// Writes events behind what is there and waits until the disk has them. What a failed writing
    /// leaves behind is cut off again.
    pub(super) fn append(&self, events: &[Event]) -> io::Result<()> {
        match plain_file(&self.path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let (before, crc) = self.state();
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(&self.path)?;
        // A line torn by a crash must not swallow the next one.
        let is_torn = before > 0 && {
            let mut last = [0];
            let mut reader = File::open(&self.path)?;
            reader.seek(SeekFrom::End(-1))?;
            reader.read_exact(&mut last)?;
            last != [b'\n']
        };
        let mut bytes = if is_torn { vec![b'\n'] } else { Vec::new() };
        bytes.extend(lines(events, true));
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if let Err(e) = written {
            // The error is what is told; a tail that stays has no event that was acknowledged.
            file.set_len(before).ok();
            self.forget();
            return Err(e);
        }
        let mut hasher = crc32fast::Hasher::new_with_initial_len(crc, before);
        hasher.update(&bytes);
        self.seen.set(Some((before + bytes.len() as u64, hasher.finalize())));
        Ok(())
    }

    /// Cuts off what was written last and did not come to be recorded. Where even that fails, the next opening takes it
    /// in: too much rather than too little.
    pub(super) fn cut(&self, length: u64) {
        self.forget();
        if !self.is_rewritten.get() && self.len() > length {
            OpenOptions::new().write(true).open(&self.path).and_then(|f| f.set_len(length)).ok();
        }
    }

    /// Writes all events anew, and behind them the lines that are not understood.
    pub(super) fn rewrite(&self, events: &[Event], foreign: &[Vec<u8>]) -> io::Result<()> {
        match plain_file(&self.path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        self.is_rewritten.set(true);
        let mut bytes = lines(events, false);
        for line in foreign {
            bytes.extend_from_slice(line);
            bytes.push(b'\n');
        }
        let written = write_replacing(&self.path, &bytes);
        self.forget();
        written
    }

    /// What it holds, of whatever version; nothing where there is none.
    ///
    /// # Errors
    /// Where it is there and cannot be read: it is not to be written over then.
    pub(super) fn read(&self) -> io::Result<Copied> {
        let mut bytes = Vec::new();
        match open_plain(&self.path).and_then(|mut f| f.read_to_end(&mut bytes)) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
        let mut copied = Copied::default();
        // How many of the last events are of a piece of work that goes on.
        let mut open = 0;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest);
            let (line, behind) = rest.split_at(end.unwrap_or(rest.len()));
            rest = behind.get(1..).unwrap_or(&[]);
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            match understood(line) {
                Found::Event(event, following) => {
                    copied.events.push(*event);
                    open = if following > 0 { open + 1 } else { 0 };
                }
                Found::Foreign => copied.foreign.push(line.to_vec()),
                // A tail without its end was never acknowledged.
                Found::Damaged if end.is_none() => {}
                Found::Damaged => copied.damaged += 1,
            }
        }
        copied.unfinished = copied.events.split_off(copied.events.len() - open);
        Ok(copied)
    }
}

enum Found {
    /// An event, and how many of its piece of work follow.
    Event(Box<Event>, usize),
    Foreign,
    Damaged,
}

fn understood(line: &[u8]) -> Found {
    let whole = |digest: &str, own: String, event: Event, rest: usize| match digest == own {
        true => Found::Event(Box::new(event), rest),
        false => Found::Damaged,
    };
    #[derive(Deserialize)]
    struct Version {
        #[serde(default)]
        v: u32,
    }
    match serde_json::from_slice::<Version>(line) {
        Err(_) => Found::Damaged,
        Ok(Version { v: 0 }) => match serde_json::from_slice::<Line<EventV1>>(line) {
            Ok(line) => whole(&line.digest, line.event.digest(), line.event.into_event(), line.rest),
            Err(_) => Found::Damaged,
        },
        Ok(Version { v: VERSION }) => match serde_json::from_slice::<Line<Event>>(line) {
            Ok(line) => whole(&line.digest, line.event.digest(), line.event, line.rest),
            Err(_) => Found::Damaged,
        },
        Ok(_) => Found::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::Outcome;

    fn event(id: &str) -> Event {
        Event { id: id.into(), gap: "T1/x".into(), result: Some(Outcome::Closed), ..Event::default() }
    }

    #[test]
    fn the_mark_grows_with_the_file_and_tells_any_change() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.jsonl");
        let journal = Journal::new(&path);
        assert_eq!(journal.mark(), "0:00000000");
        journal.append(&[event("a")]).expect("written");
        journal.append(&[event("b"), event("c")]).expect("written");
        assert_eq!(journal.mark(), Journal::new(&path).mark());
        let mut bytes = std::fs::read(&path).expect("read");
        bytes[60] ^= 1;
        std::fs::write(&path, &bytes).expect("written");
        assert_ne!(journal.mark(), Journal::new(&path).mark());
        let copied = Journal::new(&path).read().expect("read");
        assert_eq!((copied.events.len(), copied.damaged), (2, 1));
    }

    #[test]
    fn what_a_later_version_wrote_survives_a_rewrite() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.jsonl");
        let journal = Journal::new(&path);
        // A word that is not known, a member that is not known, and a line of another version.
        let mut newer = event("n");
        newer.result = Outcome::from_key("partly");
        newer.more.insert("weather".into(), "rain".into());
        journal.append(&[event("a"), newer.clone()]).expect("written");
        let line = br#"{"v":3,"digest":"?","event":{"id":1}}"#;
        let mut file = OpenOptions::new().append(true).open(&path).expect("opens");
        file.write_all(&[line.as_slice(), b"\n{\"torn"].concat()).expect("written");
        // Windows puts no other file in the place of one that is open.
        drop(file);
        journal.forget();
        let copied = journal.read().expect("read");
        assert_eq!((copied.events.len(), copied.foreign.len(), copied.damaged), (2, 1, 0));
        journal.rewrite(&copied.events, &copied.foreign).expect("written");
        let again = journal.read().expect("read");
        assert_eq!(again.events, [event("a"), newer]);
        assert_eq!(again.foreign, [line.to_vec()]);
    }

    /// A program killed while it writes leaves whole lines of a piece of work behind, and maybe a torn one: none of it counts.
    #[test]
    fn a_piece_of_work_that_breaks_off_is_not_there_at_all() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.jsonl");
        let journal = Journal::new(&path);
        journal.append(&[event("a")]).expect("written");
        let before = journal.len() as usize;
        journal.append(&[event("b"), event("c"), event("d")]).expect("written");
        let bytes = std::fs::read(&path).expect("read");
        for cut in before..=bytes.len() {
            std::fs::write(&path, &bytes[..cut]).expect("written");
            let copied = Journal::new(&path).read().expect("read");
            // The last line is whole without its end, too.
            let expected = if cut >= bytes.len() - 1 { 4 } else { 1 };
            assert_eq!((copied.events.len(), copied.damaged), (expected, 0), "cut at {cut}");
        }
        // Written anew, each line stands for itself.
        journal.rewrite(&[event("a"), event("b")], &[]).expect("written");
        assert_eq!(journal.read().expect("read").events.len(), 2);
    }
}
