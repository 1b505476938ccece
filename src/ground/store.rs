//! Blocks in memory, and the threads that fetch those that are missing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::blocks::{Block, BlockLevel, Blocks, GroundError};

/// Bytes of blocks kept for one ground.
const MOST_BYTES: usize = 96 << 20;
/// Threads that fetch.
const WORKERS: usize = 2;
/// Blocks that wait at most: those of views long left are not fetched.
const MOST_WAITING: usize = 256;
/// How long a block that could not be fetched is left alone.
const PAUSE: Duration = Duration::from_secs(20);

/// A block by level, column and row.
pub(super) type At = (u32, u32, u32);

/// What is known of a block.
#[derive(Clone)]
enum Known {
    /// It is there.
    There(Arc<Block>, u64),
    /// The source has none.
    Nothing,
    /// It could not be fetched, then.
    Failed(Instant),
}

#[derive(Default)]
struct Held {
    blocks: FxHashMap<At, Known>,
    bytes: usize,
    clock: u64,
    waiting: Vec<(At, BlockLevel)>,
    fetching: Vec<At>,
    fault: Option<Arc<GroundError>>,
    is_over: bool,
}

struct Shared {
    source: Box<dyn Blocks>,
    held: Mutex<Held>,
    bell: Condvar,
    arrived: AtomicU64,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// Blocks of one source.
pub(super) struct Store {
    shared: Arc<Shared>,
    has_workers: OnceLock<()>,
}

/// What a block is at a moment.
pub(super) enum Found {
    /// It is there.
    There(Arc<Block>),
    /// There is none.
    Nothing,
    /// It is on its way.
    Coming,
}

fn locked(shared: &Shared) -> MutexGuard<'_, Held> {
    shared.held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    pub(super) fn new(source: Box<dyn Blocks>) -> Self {
        let (held, bell) = (Mutex::new(Held::default()), Condvar::new());
        let shared = Shared { source, held, bell, arrived: AtomicU64::new(0), wake: OnceLock::new() };
        Self { shared: Arc::new(shared), has_workers: OnceLock::new() }
    }

    pub(super) fn source(&self) -> &dyn Blocks {
        &*self.shared.source
    }

    /// What is called whenever blocks have come.
    pub(super) fn on_arrival(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.shared.wake.set(Box::new(wake)).ok();
    }

    /// How many blocks have come so far.
    pub(super) fn arrived(&self) -> u64 {
        self.shared.arrived.load(Ordering::Acquire)
    }

    /// Blocks that are on their way.
    pub(super) fn coming(&self) -> usize {
        let held = locked(&self.shared);
        held.waiting.len() + held.fetching.len()
    }

    /// The first thing that went wrong.
    pub(super) fn fault(&self) -> Option<Arc<GroundError>> {
        locked(&self.shared).fault.clone()
    }

    /// A block that is there already.
    pub(super) fn present(&self, at: At) -> Option<Arc<Block>> {
        let mut held = locked(&self.shared);
        held.clock += 1;
        let now = held.clock;
        match held.blocks.get_mut(&at) {
            Some(Known::There(block, used)) => {
                *used = now;
                Some(block.clone())
            }
            _ => None,
        }
    }

    /// A block; one that is missing is fetched by and by.
    pub(super) fn get(&self, level: &BlockLevel, at: At) -> Found {
        let mut held = locked(&self.shared);
        held.clock += 1;
        let now = held.clock;
        match held.blocks.get_mut(&at) {
            Some(Known::There(block, used)) => {
                *used = now;
                return Found::There(block.clone());
            }
            Some(Known::Nothing) => return Found::Nothing,
            Some(Known::Failed(when)) if when.elapsed() < PAUSE => return Found::Nothing,
            _ => {}
        }
        if !held.fetching.contains(&at) {
            // The last one asked for is fetched first: it is what is looked at.
            held.waiting.retain(|(w, _)| *w != at);
            held.waiting.push((at, *level));
            let beyond = held.waiting.len().saturating_sub(MOST_WAITING);
            held.waiting.drain(..beyond);
        }
        drop(held);
        self.has_workers.get_or_init(|| {
            for _ in 0..WORKERS {
                let shared = self.shared.clone();
                // Without a thread nothing comes, and what is there is shown.
                std::thread::Builder::new().name("ground".into()).spawn(move || work(&shared)).ok();
            }
        });
        self.shared.bell.notify_one();
        Found::Coming
    }

    /// A block, fetched now.
    pub(super) fn fetch(&self, level: &BlockLevel, at: At) -> Option<Arc<Block>> {
        if let Some(block) = self.present(at) {
            return Some(block);
        }
        if matches!(locked(&self.shared).blocks.get(&at), Some(Known::Nothing)) {
            return None;
        }
        fetch(&self.shared, level, at);
        self.present(at)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        locked(&self.shared).is_over = true;
        self.shared.source.stop();
        self.shared.bell.notify_all();
    }
}

fn fetch(shared: &Shared, level: &BlockLevel, at: At) {
    let (_, column, row) = at;
    // A decoder that gives up on a damaged block costs that block.
    let read = || shared.source.block(level, column, row);
    let got = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(GroundError::Damaged("a tile could not be unpacked".into())));
    let mut held = locked(shared);
    held.clock += 1;
    let now = held.clock;
    let known = match got {
        Ok(Some(block)) => {
            held.bytes += block.bytes();
            Known::There(Arc::new(block), now)
        }
        Ok(None) => Known::Nothing,
        Err(error) => {
            held.fault.get_or_insert_with(|| Arc::new(error));
            Known::Failed(Instant::now())
        }
    };
    if let Some(Known::There(before, _)) = held.blocks.insert(at, known) {
        held.bytes -= before.bytes();
    }
    if held.bytes > MOST_BYTES {
        let mut by_age: Vec<(u64, At)> = held
            .blocks
            .iter()
            .filter_map(|(at, known)| if let Known::There(_, used) = known { Some((*used, *at)) } else { None })
            .collect();
        by_age.sort_unstable();
        for (_, old) in by_age {
            if held.bytes <= MOST_BYTES * 3 / 4 || old == at {
                break;
            }
            if let Some(Known::There(block, _)) = held.blocks.remove(&old) {
                held.bytes -= block.bytes();
            }
        }
    }
}

fn work(shared: &Shared) {
    loop {
        let mut held = locked(shared);
        let (at, level) = loop {
            if held.is_over {
                return;
            }
            if let Some(next) = held.waiting.pop() {
                break next;
            }
            held = shared.bell.wait(held).unwrap_or_else(PoisonError::into_inner);
        };
        held.fetching.push(at);
        drop(held);
        fetch(shared, &level, at);
        locked(shared).fetching.retain(|f| *f != at);
        shared.arrived.fetch_add(1, Ordering::Release);
        if let Some(wake) = shared.wake.get() {
            wake();
        }
    }
}
