//! Where items go as soon as the scanner has found them: parsed in batches by other threads while it scans on.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::Progress;
use super::batch::Batch;
use super::feature::Expect;

/// Bytes of text in one batch: enough to make joining cheap, few enough to keep all cores busy to the end.
const BATCH: usize = 1 << 20;

/// Batches done, with their numbers.
type Done = Arc<Mutex<Vec<(usize, Batch)>>>;

/// Takes items and has them parsed.
pub(super) struct Sink<'s, 'scope> {
    text: &'scope [u8],
    scope: &'s rayon::Scope<'scope>,
    progress: &'scope Progress,
    expect: Expect,
    done: Done,
    batches: usize,
    waiting: Vec<Range<usize>>,
    /// Items taken so far.
    pub(super) items: usize,
}

impl<'s, 'scope> Sink<'s, 'scope> {
    pub(super) fn new(
        text: &'scope [u8],
        scope: &'s rayon::Scope<'scope>,
        progress: &'scope Progress,
        expect: Expect,
    ) -> Self {
        Self { text, scope, progress, expect, done: Done::default(), batches: 0, waiting: Vec::new(), items: 0 }
    }

    /// Takes the item in these bytes.
    pub(super) fn item(&mut self, bytes: Range<usize>) {
        let first = self.waiting.first().map_or(bytes.start, |r| r.start);
        let length = bytes.end - first;
        self.waiting.push(bytes);
        self.items += 1;
        if length >= BATCH {
            self.flush();
        }
    }

    /// Whether the reading was cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        self.progress.is_cancelled()
    }

    /// Forgets every item taken so far.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.items = 0;
        self.done = Done::default();
    }

    /// Has the rest parsed; where the batches are once the scope has ended.
    pub(super) fn finish(mut self) -> Results {
        self.flush();
        Results(self.done)
    }

    fn flush(&mut self) {
        let items = std::mem::take(&mut self.waiting);
        let (text, progress, expect, number) = (self.text, self.progress, self.expect, self.batches);
        let done = self.done.clone();
        self.batches += 1;
        self.scope.spawn(move |_| {
            if let Some(mut batch) = Batch::of_items(text, 0, &items, expect, progress, Vec::new()) {
                batch.geometry.coords.shrink_to_fit();
                done.lock().unwrap_or_else(PoisonError::into_inner).push((number, batch));
            }
        });
    }
}

/// The batches of a sink.
pub(super) struct Results(Done);

impl Results {
    /// The batches in the order of the file; complete once the scope has ended.
    pub(super) fn into_batches(self) -> Vec<Batch> {
        let mut batches = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        batches.sort_by_key(|(number, _)| *number);
        batches.into_iter().map(|(_, batch)| batch).collect()
    }
}
