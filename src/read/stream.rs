//! Large collections, block by block: while one block is loaded and cut into features, others are parsed, in buffers that
//! are used again and again. So the text of a file is never in memory as a whole, and most of it never leaves the cache.
//!
//! This is for plain, whole collections in UTF-8. Anything else is left to the reader of whole texts, which knows what to
//! do with what is broken: nothing is lost by giving up.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use memchr::memmem;

use super::Progress;
use super::assemble::Joiner;
use super::batch::Batch;
use super::cursor::{Cursor, object_end};
use super::document::{Parsed, whole_collection};
use super::error::Cause;
use super::feature::Expect;
use super::outline::{End, Outline};
use super::sink::Sink;

/// Bytes in a block, unless one feature needs more.
const BLOCK: usize = 2 << 20;

/// Files below are read at once.
const SMALLEST: u64 = 4 << 20;

/// Most that may stand before and behind the features.
const MOST_AROUND: usize = 1 << 20;

/// Reads a collection; `None` where the file is none, or is not whole.
pub(super) fn stream(path: &Path, progress: &Progress) -> Option<Result<(Parsed, usize), Cause>> {
    let metadata = std::fs::metadata(path).ok()?;
    // A thread of the pool must not wait for the pool.
    if !metadata.is_file() || metadata.len() < SMALLEST || rayon::current_thread_index().is_some() {
        return None;
    }
    let mut file = File::open(path).ok()?;
    progress.set(0, metadata.len() * 2);
    let mut block = Vec::with_capacity(BLOCK);
    more(&mut file, &mut block, progress)?;
    let start = features_start(&block)?;
    let around = block.get(..start)?.to_vec();
    let joiner = Mutex::new(Joiner::default());
    let done = Mutex::new(Done::default());
    let (give, free) = channel();
    for _ in 0..rayon::current_num_threads() + 1 {
        give.send(Vec::new()).ok()?;
    }
    let walk = Walk { file, progress, size: metadata.len(), joiner: &joiner, done: &done, give, free };
    let tail = rayon::in_place_scope(|scope| walk.features(scope, block, start));
    if progress.is_cancelled() {
        return Some(Err(Cause::Cancelled));
    }
    let tail = tail?;
    let size = tail.at + tail.text.len();
    let mut joiner = joiner.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (number, batch) in done.into_inner().unwrap_or_else(PoisonError::into_inner).batches {
        joiner.add(number, batch);
    }
    let parsed = frame(around, &tail.text, vec![joiner.finish()?], progress)?;
    Some(Ok((parsed, size)))
}

/// Reads up to a block more; gives how much, `None` where the file cannot be read.
fn more(file: &mut File, block: &mut Vec<u8>, progress: &Progress) -> Option<usize> {
    let room = BLOCK.saturating_sub(block.len()).max(BLOCK / 2);
    let read = file.by_ref().take(room as u64).read_to_end(block).ok()?;
    progress.add(read);
    Some(read)
}

/// One past the bracket that opens the features of a plain collection.
fn features_start(text: &[u8]) -> Option<usize> {
    if !matches!(text.first(), Some(b'{')) || text.get(1) == Some(&0) {
        return None;
    }
    let mut cursor = Cursor::new(text.get(..MOST_AROUND.min(text.len()))?);
    cursor.expect(b'{').ok()?;
    while let Some(key) = cursor.next_key().ok()? {
        if key.bytes == b"features" {
            cursor.expect(b'[').ok()?;
            return Some(cursor.at);
        }
        cursor.skip_value().ok()?;
    }
    None
}

/// What stands around the features, as a text of its own; gives the whole where it is that of a collection.
fn frame(mut around: Vec<u8>, tail: &[u8], batches: Vec<Batch>, progress: &Progress) -> Option<Parsed> {
    if memmem::find(tail, b"\"features\"").is_some() {
        return None;
    }
    around.extend_from_slice(tail);
    let mut outline = Outline::default();
    let mut cursor = Cursor::new(&around);
    let (end, items) = rayon::in_place_scope(|scope| {
        let mut sink = Sink::new(&around, scope, progress, Expect::Feature);
        let end = outline.scan(&mut cursor, &mut sink);
        (end, sink.items)
    });
    let is_plain = items == 0 && outline.stray.is_none() && outline.kind.as_deref() == Some("FeatureCollection");
    match end {
        End::Complete(at) if is_plain && around.get(at..)?.trim_ascii().is_empty() => {
            Some(whole_collection(&around, &outline, batches))
        }
        _ => None,
    }
}

/// What follows the features, and the byte of the file where it begins.
struct Tail {
    at: usize,
    text: Vec<u8>,
}

/// What threads that parse leave for one another.
#[derive(Default)]
struct Done {
    /// Batches with their numbers that nobody has joined yet.
    batches: Vec<(usize, Batch)>,
    /// Buffers to be used again.
    spare: Vec<Vec<[f64; 2]>>,
}

struct Walk<'w> {
    file: File,
    progress: &'w Progress,
    /// Bytes of the file.
    size: u64,
    joiner: &'w Mutex<Joiner>,
    done: &'w Mutex<Done>,
    give: Sender<Vec<u8>>,
    free: Receiver<Vec<u8>>,
}

impl<'w> Walk<'w> {
    /// Cuts block after block into features from the byte behind the opening bracket on; ends behind the closing one.
    fn features<'scope>(mut self, scope: &rayon::Scope<'scope>, mut block: Vec<u8>, start: usize) -> Option<Tail>
    where
        'w: 'scope,
    {
        // The byte of the file where the block begins, and the first byte of it not taken yet.
        let (mut base, mut at, mut number) = (0, start, 0);
        loop {
            if self.progress.is_cancelled() {
                return None;
            }
            let mut items = Vec::new();
            let closed = items_of(&block, &mut at, &mut items)?;
            if closed {
                let mut text = vec![b']'];
                text.extend_from_slice(block.get(at..)?);
                let behind = base + at - 1;
                self.parse(scope, block, base, items, number);
                loop {
                    let read = self.file.by_ref().take(BLOCK as u64).read_to_end(&mut text).ok()?;
                    self.progress.add(read);
                    match read {
                        0 => return Some(Tail { at: behind, text }),
                        _ if text.len() > MOST_AROUND => return None,
                        _ => {}
                    }
                }
            }
            if items.is_empty() {
                // A feature larger than the block; beyond a few blocks there is nothing to gain.
                if block.len() - at > 8 * BLOCK {
                    return None;
                }
                let rest = block.split_off(at);
                (base, at, block) = (base + at, 0, rest);
                block.reserve(block.len().max(BLOCK));
            } else {
                let mut next = self.free.recv().ok()?;
                next.clear();
                next.reserve(BLOCK);
                next.extend_from_slice(block.get(at..)?);
                let full = std::mem::replace(&mut block, next);
                self.parse(scope, full, base, items, number);
                number += 1;
                (base, at) = (base + at, 0);
            }
            if more(&mut self.file, &mut block, self.progress)? == 0 {
                return None;
            }
        }
    }

    fn parse<'scope>(
        &self,
        scope: &rayon::Scope<'scope>,
        block: Vec<u8>,
        base: usize,
        items: Vec<Range<usize>>,
        number: usize,
    ) where
        'w: 'scope,
    {
        let (progress, size, joiner, done) = (self.progress, self.size, self.joiner, self.done);
        let lent = Lent { block, give: self.give.clone() };
        scope.spawn(move |_| {
            let left = || done.lock().unwrap_or_else(PoisonError::into_inner);
            let coords = left().spare.pop().unwrap_or_default();
            let Some(batch) = Batch::of_items(&lent.block, base, &items, Expect::Feature, progress, coords) else {
                return;
            };
            if number == 0 {
                let text = items.last().map_or(1, |last| last.end - items[0].start).max(1);
                let share = batch.geometry.coords.len() as f64 / text as f64;
                joiner.lock().unwrap_or_else(PoisonError::into_inner).expect((share * size as f64 * 1.03) as usize);
            }
            drop(lent);
            left().batches.push((number, batch));
            // Where somebody joins already, he or the end takes it.
            let Ok(mut joiner) = joiner.try_lock() else { return };
            while let Some((number, batch)) = { left().batches.pop() } {
                joiner.add(number, batch);
                left().spare.append(&mut joiner.spare);
            }
        });
    }
}

/// A buffer that goes back however its use ends: the walk waits for one.
struct Lent {
    block: Vec<u8>,
    give: Sender<Vec<u8>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Where the walk has ended nobody takes it any more.
        self.give.send(std::mem::take(&mut self.block)).ok();
    }
}

/// Finds the features that the block has whole, moving `at` behind them; true behind the closing bracket. `None` where
/// something else stands among them.
fn items_of(block: &[u8], at: &mut usize, items: &mut Vec<Range<usize>>) -> Option<bool> {
    let mut cursor = Cursor { text: block, at: *at };
    loop {
        match cursor.peek() {
            None => {
                *at = cursor.at;
                return Some(false);
            }
            Some(b',') => cursor.at += 1,
            Some(b']') => {
                *at = cursor.at + 1;
                return Some(true);
            }
            Some(b'{') => {
                *at = cursor.at;
                let Some(end) = object_end(block, cursor.at) else { return Some(false) };
                items.push(cursor.at..end);
                (cursor.at, *at) = (end, end);
            }
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FeatureId;
    use crate::read::{read_bytes, read_file};

    /// A collection above the size from which files are streamed, with what is odd in places.
    fn collection(odd: &str) -> String {
        let mut text = String::from("{\"type\":\"FeatureCollection\",\"name\":\"a, [b] {c}\",\"features\":[\n");
        for i in 0..60_000 {
            let x = f64::from(i) / 1000.0;
            text += &format!(
                "{}{{\"type\":\"Feature\",\"properties\":{{\"name\":\"村{i} \\\"}}{{\"}},\"geometry\":{{\"type\":\"Polygon\",\
                 \"coordinates\":[[[{x},1],[{x},2],[{x}1,2],[{x},1]]]}}}}",
                if i > 0 { ",\n" } else { "" }
            );
        }
        text + "\n]" + odd
    }

    fn same(text: &str, streamed: bool) {
        let path = std::env::temp_dir().join(format!("qiancun-stream-{}-{}.geojson", std::process::id(), text.len()));
        assert!(std::fs::write(&path, text).is_ok() && text.len() as u64 > SMALLEST);
        assert_eq!(stream(&path, &Progress::new()).is_some(), streamed);
        let (one, other) = (read_file(&path, &Progress::new()), read_bytes(&path, text.as_bytes(), &Progress::new()));
        std::fs::remove_file(&path).ok();
        match (one, other) {
            (Ok(one), Ok(other)) => {
                assert_eq!(one.geometry.coords, other.geometry.coords);
                assert_eq!(one.geometry.features, other.geometry.features);
                assert_eq!((&one.source.layer, one.source.bytes), (&other.source.layer, other.source.bytes));
                assert_eq!(format!("{:?}", one.report), format!("{:?}", other.report));
                for row in [0, 17, 59_999] {
                    assert_eq!(one.table.value(FeatureId::new(row), 0), other.table.value(FeatureId::new(row), 0));
                }
            }
            (one, other) => {
                assert_eq!(one.map(|_| ()).map_err(|e| e.to_string()), other.map(|_| ()).map_err(|e| e.to_string()))
            }
        }
    }

    #[test]
    fn blocks_give_what_the_whole_text_gives() {
        same(&collection("}"), true);
        same(&collection(",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:3857\"}}}\n"), true);
    }

    #[test]
    fn a_cancelled_reading_ends() {
        let one = collection("}");
        let (start, end) = (one.find("{\"type\":\"Feature\"").unwrap_or(0), one.len() - "\n]}".len());
        let features = format!("{},", &one[start..end]);
        let text = format!("{}{}{}", &one[..start], features.repeat(5), &one[start..]);
        let path = std::env::temp_dir().join(format!("qiancun-cancel-{}.geojson", std::process::id()));
        assert!(std::fs::write(&path, text).is_ok());
        for round in 0..60_u64 {
            let progress = std::sync::Arc::new(Progress::new());
            let (done, ended) = channel();
            let (path, shared) = (path.clone(), progress.clone());
            std::thread::spawn(move || done.send(read_file(&path, &shared).is_err()));
            while progress.bytes().0 < round * 600_000 {
                std::thread::yield_now();
            }
            progress.cancel();
            let is_error = ended.recv_timeout(std::time::Duration::from_secs(60));
            assert!(is_error.is_ok(), "round {round}: it hangs");
        }
        std::fs::remove_file(path).ok();
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_other_reader() {
        same(&collection("} trailing"), false);
        same(&collection(""), false);
        same(&collection(",\"features\":[]}"), false);
        same(&collection("}").replacen(",\n", ",\n}", 1), false);
    }
}
