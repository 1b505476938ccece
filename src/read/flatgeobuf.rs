//! FlatGeobuf (<https://flatgeobuf.org>): a header, a packed Hilbert R-tree over the features, the features in its order. All of
//! it is read block by block, several blocks at once; or, by the tree, only what lies in a rectangle.

use crate::geo::BoundsDeg;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use flatbuffers::VerifierOptions;
use flatgeobuf::packed_r_tree::PackedRTree;
use flatgeobuf::{FgbReader, GeometryType, size_prefixed_root_as_feature_with_opts};
use rayon::prelude::*;

use super::batch::Batch;
use super::crs::Named;
use super::document::Parsed;
use super::error::{Cause, ReadError};
use super::flatgeobuf_feature::{Columns, feature};
use super::flatgeobuf_tree::{NODE_BYTES, Tree, search};
use super::formats::{self, Reader, Sureness};
use super::{How, Progress};
use crate::model::{Dataset, Format, Report, Severity};

/// Bytes in a block, unless one feature needs more.
const BLOCK: usize = 2 << 20;

/// How a file begins.
const MAGIC: &[u8] = b"fgb\x03fgb";

/// Most bytes of features that are read by the tree: beyond, reading everything is as quick.
const MOST_BYTES_IN_VIEW: usize = 128 << 20;

/// No feature is smaller: its table has an offset and a size.
const LEAST_BYTES: usize = 8;

/// FlatGeobuf.
pub(super) struct FlatGeobuf;

impl Reader for FlatGeobuf {
    fn title(&self) -> &'static str {
        "FlatGeobuf"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["fgb"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::FLATGEOBUF, true)]
    }

    fn sureness(&self, head: &formats::Head<'_>) -> Sureness {
        if head.bytes.starts_with(MAGIC) { Sureness::Sure } else { Sureness::No }
    }

    fn bounds(&self, path: &Path, _how: &How) -> Option<BoundsDeg> {
        envelope(path)
    }

    fn part(&self, path: &Path, _how: &How, bounds: BoundsDeg, progress: &Progress) -> Option<Dataset> {
        let (parsed, size) = read_part(path, bounds, progress)?;
        Some(super::finish(path, size, parsed, &How::default(), progress))
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        let (parsed, size) = read(path, progress).map_err(|cause| cause.at(path))?;
        Ok(super::finish(path, size, parsed, how, progress))
    }
}

/// What the header says.
struct Head {
    columns: Columns,
    kind: GeometryType,
    named: Named,
    name: String,
    /// How many features; 0 where the writer did not know.
    count: u64,
    node_size: u16,
    index_at: u64,
    features_at: u64,
    bytes: u64,
}

fn unreadable(e: std::io::Error) -> Cause {
    if e.kind() == ErrorKind::NotFound { Cause::NotFound } else { Cause::Unreadable(e) }
}

fn damaged(why: impl std::fmt::Display) -> Cause {
    Cause::Damaged(why.to_string())
}

/// Reads the header; the file stands behind it.
fn head(file: &mut File) -> Result<Head, Cause> {
    let bytes = file.metadata().map_err(unreadable)?.len();
    let reader = FgbReader::open(&mut *file).map_err(|e| match e {
        flatgeobuf::Error::IO(e) if e.kind() == ErrorKind::UnexpectedEof => damaged("it ends within its header"),
        flatgeobuf::Error::IO(e) => unreadable(e),
        other => damaged(other),
    })?;
    let header = reader.header();
    let columns = Columns::of(header.columns().into_iter().flatten());
    let named = match header.crs() {
        None => Named::Nothing,
        Some(crs) => {
            let org = crs.org().filter(|o| !o.is_empty()).unwrap_or("EPSG");
            let by_code = Some(format!("{org}:{}", crs.code())).filter(|_| crs.code() != 0).map(|c| Named::of(&c));
            let known = by_code.filter(|n| matches!(n, Named::Known(_)) || crs.wkt().is_none());
            match known.or_else(|| crs.wkt().or(crs.name()).filter(|t| !t.is_empty()).map(Named::of)) {
                Some(named) => named,
                None => Named::Nothing,
            }
        }
    };
    let (count, node_size, kind) = (header.features_count(), header.index_node_size(), header.geometry_type());
    let name = header.name().unwrap_or("").to_owned();
    let index_at = file.stream_position().map_err(unreadable)?;
    // Every feature has a node and four bytes at least: what says more than fits is damaged.
    let has_index = node_size > 0 && count > 0;
    let least = if has_index { NODE_BYTES + 4 } else { 4 };
    if count > bytes.saturating_sub(index_at) / least || node_size == 1 {
        return Err(damaged("its header speaks of more features than the file can hold"));
    }
    let index_bytes = if has_index { PackedRTree::index_size(count as usize, node_size) as u64 } else { 0 };
    let features_at = index_at + index_bytes;
    if features_at > bytes {
        return Err(damaged("it ends within its index"));
    }
    Ok(Head { columns, kind, named, name, count, node_size, index_at, features_at, bytes })
}

/// Whether positions are degrees that are taken as they are.
fn is_in_degrees(named: &Named) -> bool {
    match named {
        Named::Nothing => true,
        Named::Known(system) => system.degrees_code().is_some(),
        Named::Unknown(_) => false,
    }
}

/// Reads a whole file.
pub(super) fn read(path: &Path, progress: &Progress) -> Result<(Parsed, usize), Cause> {
    let mut file = File::open(path).map_err(unreadable)?;
    let head = head(&mut file)?;
    progress.set(head.features_at, head.bytes * 2);
    file.seek(SeekFrom::Start(head.features_at)).map_err(unreadable)?;
    let left = head.bytes - head.features_at;
    let wanted = if head.count > 0 { head.count } else { u64::MAX };
    let mut source = Source { file, carried: Vec::new(), left, wanted, cut: false };
    let mut all = Batch::default();
    let mut next = source.group(progress).map_err(unreadable)?;
    while !next.is_empty() {
        if progress.is_cancelled() {
            return Err(Cause::Cancelled);
        }
        // While one group of blocks is understood the next is read.
        let (later, batches) = rayon::join(|| source.group(progress), || parsed_blocks(next, &head, progress));
        if all.row() == 0 && head.count > 0 {
            let first: usize = batches.iter().map(|b| b.geometry.coords.len()).sum();
            let rows = batches.iter().map(|b| u64::from(b.row())).sum::<u64>().max(1);
            let share = first as f64 / rows as f64 * head.count as f64 * 1.03;
            // Without the room it grows as it is filled.
            all.geometry.coords.try_reserve_exact(share.min(head.bytes as f64 / 16.0) as usize).ok();
        }
        batches.into_iter().for_each(|mut batch| all.append(&mut batch));
        next = later.map_err(unreadable)?;
    }
    all.geometry.coords.shrink_to_fit();
    let mut report = Report::default();
    let rows = u64::from(all.row());
    if source.cut || (head.count > 0 && rows < head.count) {
        report.add(Severity::Error, "truncated", None, head.bytes.to_string());
    }
    Ok((as_parsed(head.named, head.name, all, report), head.bytes as usize))
}

fn as_parsed(named: Named, name: String, all: Batch, report: Report) -> Parsed {
    let mut parsed = Parsed::new(vec![all], formats::FLATGEOBUF);
    (parsed.named, parsed.report) = (named, report);
    parsed.name = Some(name).filter(|n| !n.trim().is_empty());
    parsed
}

/// Reads only the features whose envelope meets \[west, south, east, north\], by the tree. `None` where the file has none, or
/// most of it lies there, so that nothing is gained.
pub(super) fn read_part(path: &Path, bounds: BoundsDeg, progress: &Progress) -> Option<(Parsed, usize)> {
    let mut file = File::open(path).ok()?;
    // The tree of a file in metres is one of metres.
    let head = head(&mut file).ok().filter(|h| h.node_size > 1 && h.count > 0 && is_in_degrees(&h.named))?;
    file.seek(SeekFrom::Start(head.index_at)).ok()?;
    let mut reader = std::io::BufReader::with_capacity(1 << 16, file);
    let tree = Tree { at: head.index_at, count: head.count, node_size: head.node_size };
    let found = search(&mut reader, tree, bounds)?;
    let mut block = Vec::new();
    let mut items = Vec::with_capacity(found.len());
    for offset in found {
        let at = head.features_at.checked_add(offset).filter(|at| *at < head.bytes)?;
        let here = reader.stream_position().ok()?;
        reader.seek_relative(at as i64 - here as i64).ok()?;
        let mut size = [0; 4];
        reader.read_exact(&mut size).ok()?;
        let length = u64::from(u32::from_le_bytes(size));
        let fits = at + 4 + length <= head.bytes && block.len() as u64 + length <= MOST_BYTES_IN_VIEW as u64;
        (fits && !progress.is_cancelled()).then_some(())?;
        let start = block.len();
        block.extend_from_slice(&size);
        (&mut reader).take(length).read_to_end(&mut block).ok()?;
        items.push(start..block.len());
    }
    let batch = batch_of(&block, &items, &head);
    Some((as_parsed(head.named, head.name, batch, Report::default()), head.bytes as usize))
}

/// Bounds of all features as the header has them, \[west, south, east, north\].
pub(super) fn envelope(path: &Path) -> Option<BoundsDeg> {
    head(&mut File::open(path).ok()?).ok().filter(|h| is_in_degrees(&h.named))?;
    let reader = FgbReader::open(File::open(path).ok()?).ok()?;
    let envelope: Vec<f64> = reader.header().envelope()?.iter().collect();
    let bounds: [f64; 4] = envelope.get(..4)?.try_into().ok()?;
    bounds.iter().all(|v| v.is_finite()).then_some(BoundsDeg::new(bounds))
}

/// Bytes of some features, and where each lies.
type Block = (Vec<u8>, Vec<Range<usize>>);

/// The features of a file, cut into blocks.
struct Source {
    file: File,
    /// The beginning of a feature whose end has not been read yet.
    carried: Vec<u8>,
    /// Bytes of the file not read yet.
    left: u64,
    /// Features still to come, as the header says.
    wanted: u64,
    /// Whether the last feature has no end.
    cut: bool,
}

impl Source {
    /// As many blocks as keep all cores busy; none at the end.
    fn group(&mut self, progress: &Progress) -> std::io::Result<Vec<Block>> {
        let mut blocks = Vec::new();
        for _ in 0..rayon::current_num_threads() * 2 {
            match self.block(progress)? {
                Some(block) => blocks.push(block),
                None => break,
            }
        }
        Ok(blocks)
    }

    fn block(&mut self, progress: &Progress) -> std::io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.carried);
        let mut items = Vec::new();
        let mut at = 0;
        loop {
            let room = (BLOCK.saturating_sub(bytes.len()).max(BLOCK / 2) as u64).min(self.left);
            let read = (&mut self.file).take(room).read_to_end(&mut bytes)?;
            progress.add(read);
            self.left -= read as u64;
            if (read as u64) < room {
                // It has become shorter meanwhile.
                self.left = 0;
            }
            while self.wanted > 0
                && let Some(size) = bytes.get(at..at + 4).and_then(|s| s.try_into().ok()).map(u32::from_le_bytes)
            {
                let end = at + 4 + size as usize;
                if (size as usize) < LEAST_BYTES {
                    (self.cut, self.left) = (true, 0);
                    bytes.truncate(at);
                    break;
                }
                if end > bytes.len() {
                    // A size that the file cannot hold is damage: nothing behind it can be found.
                    if (end - bytes.len()) as u64 > self.left {
                        (self.cut, self.left) = (true, 0);
                        bytes.truncate(at);
                    }
                    break;
                }
                items.push(at..end);
                at = end;
                self.wanted -= 1;
            }
            if self.wanted == 0 {
                // What stands behind the last feature is none.
                self.left = 0;
                bytes.truncate(at);
            }
            if !items.is_empty() {
                self.carried = bytes.split_off(at);
                return Ok(Some((bytes, items)));
            }
            if self.left == 0 {
                self.cut |= at < bytes.len();
                return Ok(None);
            }
        }
    }
}

fn parsed_blocks(blocks: Vec<Block>, head: &Head, progress: &Progress) -> Vec<Batch> {
    let parse = |(bytes, items): Block| {
        let batch = batch_of(&bytes, &items, head);
        progress.add(bytes.len());
        batch
    };
    blocks.into_par_iter().map(parse).collect()
}

fn batch_of(bytes: &[u8], items: &[Range<usize>], head: &Head) -> Batch {
    let mut batch = Batch::default();
    batch.geometry.coords.reserve(bytes.len() / 20);
    for range in items {
        let item = bytes.get(range.clone()).unwrap_or(&[]);
        // Tables that several others point to would be many times what the file holds.
        let options = VerifierOptions { max_apparent_size: item.len() * 2 + 4096, ..VerifierOptions::default() };
        let whole = size_prefixed_root_as_feature_with_opts(&options, item).ok();
        feature(&mut batch, whole, &head.columns, head.kind);
    }
    batch
}
