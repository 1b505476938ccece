//! Named runs of bytes in one file, each block with a checksum: magic, the runs, a list of them, where the list begins and its
//! own checksum, magic again. Every byte of the file is under a checksum or compared.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytemuck::{AnyBitPattern, NoUninit, Pod};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::project::Beside;

/// Changes with every change of what is written.
pub(super) const FORMAT: u32 = 2;

/// Ending of a file that is being written.
pub(super) const PART: &str = "part";

const MAGIC: &[u8; 8] = b"qiancun\x1a";

/// Bytes under one checksum: a multiple of every size of number and of 12.
pub(super) const BLOCK: usize = 3 << 20;

/// Bytes behind the list: its length, its checksum, magic.
const TAIL: u64 = 8 + 4 + 8;

/// Longest list that is read.
const LONGEST_LIST: u64 = 64 << 20;

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Run {
    name: String,
    start: u64,
    bytes: u64,
    /// CRC-32 of each block.
    checksums: Vec<u32>,
}

/// What stands behind the runs.
#[derive(Serialize, Deserialize)]
struct List<H> {
    format: u32,
    program: String,
    head: H,
    runs: Vec<Run>,
}

const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// Writes a file, beside its place.
pub(super) struct Writer {
    out: BufWriter<Beside>,
    at: u64,
    runs: Vec<Run>,
    checksum: crc32fast::Hasher,
    filled: usize,
}

impl Writer {
    /// Begins a file; it is named `to` only when it is whole.
    pub(super) fn new(to: &Path) -> io::Result<Self> {
        let folder = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
        std::fs::create_dir_all(folder)?;
        let mut out = BufWriter::with_capacity(1 << 20, Beside::begin(to)?);
        let begun = out.write_all(MAGIC);
        let writer = Self { out, at: MAGIC.len() as u64, runs: Vec::new(), checksum: Default::default(), filled: 0 };
        begun.map(|()| writer)
    }

    /// Begins a run.
    pub(super) fn begin(&mut self, name: impl Into<String>) {
        self.end();
        self.runs.push(Run { name: name.into(), start: self.at, bytes: 0, checksums: Vec::new() });
    }

    fn end(&mut self) {
        if self.filled > 0
            && let Some(run) = self.runs.last_mut()
        {
            run.checksums.push(std::mem::take(&mut self.checksum).finalize());
        }
        self.filled = 0;
    }

    /// Adds bytes to the run begun last.
    pub(super) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.filled));
            self.checksum.update(now);
            self.filled += now.len();
            bytes = later;
            if let Some(run) = self.runs.last_mut() {
                run.bytes += now.len() as u64;
            }
            if self.filled == BLOCK {
                self.end();
            }
        }
        Ok(())
    }

    /// A run of plain values.
    pub(super) fn plain<T: NoUninit>(&mut self, name: impl Into<String>, values: &[T]) -> io::Result<()> {
        self.begin(name);
        self.put(bytemuck::cast_slice(values))
    }

    /// A run of values, each written as another.
    pub(super) fn mapped<S, T: NoUninit>(
        &mut self,
        name: impl Into<String>,
        values: &[S],
        map: impl Fn(&S) -> T,
    ) -> io::Result<()> {
        self.begin(name);
        let mut block = Vec::new();
        for values in values.chunks(1 << 16) {
            block.clear();
            block.extend(values.iter().map(&map));
            self.put(bytemuck::cast_slice(&block))?;
        }
        Ok(())
    }

    /// A run of one value as JSON.
    pub(super) fn json(&mut self, name: impl Into<String>, value: &impl Serialize) -> io::Result<()> {
        let bytes = serde_json::to_vec(value)?;
        self.plain(name, &bytes)
    }

    /// Bytes written so far.
    pub(super) fn bytes(&self) -> u64 {
        self.at
    }

    /// Ends the file and gives it its name.
    pub(super) fn finish(mut self, head: impl Serialize) -> io::Result<()> {
        self.end();
        let list = List { format: FORMAT, program: PROGRAM.into(), head, runs: std::mem::take(&mut self.runs) };
        let list = serde_json::to_vec(&list)?;
        self.out.write_all(&list)?;
        self.out.write_all(&(list.len() as u64).to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(&list).to_le_bytes())?;
        self.out.write_all(MAGIC)?;
        self.out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
    }
}

/// Reads a file.
pub(super) struct Reader<H> {
    path: PathBuf,
    /// What it says of itself.
    pub(super) head: H,
    runs: Vec<Run>,
}

impl<H: DeserializeOwned> Reader<H> {
    /// Reads and tests the list; `None` for whatever this program did not write whole in this version.
    pub(super) fn open(path: &Path) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        let mut first = [0; 8];
        file.read_exact(&mut first).ok()?;
        let tail_at = length.checked_sub(TAIL).filter(|_| &first == MAGIC)?;
        file.seek(SeekFrom::Start(tail_at)).ok()?;
        let mut tail = [0; TAIL as usize];
        file.read_exact(&mut tail).ok()?;
        let (count, rest) = tail.split_first_chunk::<8>()?;
        let (checksum, magic) = rest.split_first_chunk::<4>()?;
        let count = u64::from_le_bytes(*count);
        let list_at = tail_at.checked_sub(count).filter(|_| magic == MAGIC && count <= LONGEST_LIST)?;
        file.seek(SeekFrom::Start(list_at)).ok()?;
        let mut list = vec![0; count as usize];
        file.read_exact(&mut list).ok()?;
        if crc32fast::hash(&list) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let list: List<H> = serde_json::from_slice(&list).ok()?;
        let mut at = MAGIC.len() as u64;
        for run in &list.runs {
            let fits = run.start == at && run.checksums.len() as u64 == run.bytes.div_ceil(BLOCK as u64);
            at = at.checked_add(run.bytes).filter(|end| fits && *end <= list_at)?;
        }
        let whole = at == list_at && list.format == FORMAT && list.program == PROGRAM;
        whole.then(|| Self { path: path.to_path_buf(), head: list.head, runs: list.runs })
    }
}

impl<H: Sync> Reader<H> {
    fn run(&self, name: &str) -> Option<&Run> {
        self.runs.iter().find(|r| r.name == name)
    }

    /// Whether there is a run of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.run(name).is_some()
    }

    /// Bytes of all runs.
    pub(super) fn bytes(&self) -> u64 {
        self.runs.iter().map(|r| r.bytes).sum()
    }

    /// How many values a run has; `None` where there is no such run, or it does not end behind a value.
    fn count<T>(&self, run: &Run) -> Option<usize> {
        let size = size_of::<T>() as u64;
        run.bytes.is_multiple_of(size).then(|| usize::try_from(run.bytes / size).ok()).flatten()
    }

    /// A run of plain values.
    pub(super) fn plain<T: Pod + Send + Sync>(&self, name: &str) -> Option<Vec<T>> {
        let run = self.run(name)?;
        let mut values = vec![T::zeroed(); self.count::<T>(run)?];
        let per_block = BLOCK / size_of::<T>();
        values
            .par_chunks_mut(per_block)
            .enumerate()
            .try_for_each(|(i, block)| self.block(run, i, bytemuck::cast_slice_mut(block)))?;
        Some(values)
    }

    /// A run of values, each read as another; `None` as well where one cannot be.
    pub(super) fn mapped<S, T>(&self, name: &str, empty: T, map: impl Fn(S) -> Option<T> + Sync) -> Option<Vec<T>>
    where
        S: AnyBitPattern + NoUninit,
        T: Clone + Send,
    {
        let run = self.run(name)?;
        let mut values = vec![empty; self.count::<S>(run)?];
        let per_block = BLOCK / size_of::<S>();
        values.par_chunks_mut(per_block).enumerate().try_for_each_init(Vec::new, |bytes, (i, block)| {
            bytes.clear();
            bytes.resize(block.len(), S::zeroed());
            self.block(run, i, bytemuck::cast_slice_mut(bytes))?;
            for (slot, value) in block.iter_mut().zip(bytes.iter()) {
                *slot = map(*value)?;
            }
            Some(())
        })?;
        Some(values)
    }

    /// A run of one value as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&self.plain::<u8>(name)?).ok()
    }

    /// Reads one block and tests its checksum. Each has the file opened anew, so that several may be read at once.
    fn block(&self, run: &Run, number: usize, bytes: &mut [u8]) -> Option<()> {
        let mut file = File::open(&self.path).ok()?;
        file.seek(SeekFrom::Start(run.start + (number * BLOCK) as u64)).ok()?;
        file.read_exact(bytes).ok()?;
        (crc32fast::hash(bytes) == *run.checksums.get(number)?).then_some(())
    }
}
