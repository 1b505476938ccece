//! How far a reading is, and how to stop it, across threads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Progress of one reading. Share it behind an `Arc`; every method may be called from any thread.
#[derive(Debug, Default)]
pub struct Progress {
    bytes_done: AtomicU64,
    bytes_total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// Nothing done yet.
    pub const fn new() -> Self {
        Self { bytes_done: AtomicU64::new(0), bytes_total: AtomicU64::new(0), cancelled: AtomicBool::new(false) }
    }

    /// Share that is done, 0 to 1; 0 while the size is unknown.
    pub fn fraction(&self) -> f32 {
        let (done, total) = self.bytes();
        if total == 0 { 0.0 } else { (done as f64 / total as f64).min(1.0) as f32 }
    }

    /// Bytes done and bytes in all. Each byte of the file counts twice: once loaded, once understood.
    pub fn bytes(&self) -> (u64, u64) {
        (self.bytes_done.load(Ordering::Relaxed), self.bytes_total.load(Ordering::Relaxed))
    }

    /// Asks the reading to stop; it ends soon after with the error `cancelled`.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked it to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, bytes: usize) {
        self.bytes_done.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Says how far it is, in bytes.
    pub fn set(&self, done: u64, total: u64) {
        self.bytes_done.store(done, Ordering::Relaxed);
        self.bytes_total.store(total, Ordering::Relaxed);
    }
}
