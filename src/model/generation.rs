//! Numbers that tell one state of data from another.

use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// The number of a dataset, a district, a log: given out when it is made, never twice in one run of the program. Keys of derived
/// values hold it, so that none has to hold data, and none relies on where data lie in memory.
///
/// ```
/// use qiancun::model::Generation;
/// assert_ne!(Generation::next(), Generation::next());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation(u64);

impl Generation {
    /// The next number.
    pub fn next() -> Self {
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for Generation {
    /// A number of its own.
    fn default() -> Self {
        Self::next()
    }
}
