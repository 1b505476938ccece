//! Work off the window's thread: reading, meshes, label places, file dialogues. Results come back by one channel.
//!
//! Every job goes through [`Jobs::start`] or, on the pool, [`Jobs::build`]: it is counted while it runs, a panic in it is caught and
//! told, and whatever ends it takes it off the count. Nothing else in this room starts a thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};

use rustc_hash::{FxHashMap, FxHashSet};

pub use super::job::{Done, Job};
use crate::page::{AtlasProgress, PageError};
use crate::render::{Chunks, LayerKey, Level, Mesh};
use crate::session::{Command, Derived, Loaded, Made, Ticket};
use crate::survey::SurveyLog;

/// Meshes on their way at once.
const MAX_MESHES: usize = 12;

/// What comes through the channel.
enum Message {
    /// Something on the way.
    Told(Done),
    /// A job is over, with what it brought.
    Ended(Job, Option<Done>),
    /// A job is over and brought nothing, for a reason.
    Failed(Job, String),
}

/// Where jobs say what they have.
#[derive(Clone)]
pub struct Reply {
    sender: Sender<Message>,
    ctx: egui::Context,
}

impl Reply {
    /// Says something, and wakes the window up.
    pub fn tell(&self, done: Done) {
        self.send(Message::Told(done));
    }

    fn send(&self, message: Message) {
        // The window is gone: nobody needs the result.
        self.sender.send(message).ok();
        self.ctx.request_repaint();
    }

    /// Does the work of a job, and says how it ended, whatever happens in it.
    fn carry_out(&self, job: Job, work: impl FnOnce(&Self) -> Option<Done>) {
        self.send(match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(done) => Message::Ended(job, done),
            Err(panic) => Message::Failed(job, panic_text(&*panic)),
        });
    }
}

/// What a panic says.
pub(super) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|t| (*t).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}

/// Says that a derived value did not come about, unless it did: also where the work panics, or never begins.
struct Pledge {
    reply: Reply,
    fail: Option<Box<dyn FnOnce(&mut Made) + Send>>,
}

impl Drop for Pledge {
    fn drop(&mut self) {
        if let Some(fail) = self.fail.take() {
            self.reply.tell(Done::Unmade(fail));
        }
    }
}

/// The channel and what is under way.
pub struct Jobs {
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    ctx: egui::Context,
    running: FxHashMap<Job, usize>,
    /// Meshes in whose making the program has a fault: they are not tried again.
    broken: FxHashSet<Job>,
    /// Says whether there is a picture from the cache, once that is known.
    pub(super) picture_first: Option<Receiver<bool>>,
    /// Closes once that picture has been handed over, or there is none.
    pub(super) picture_asked: Option<Receiver<()>>,
    pub(super) is_software: bool,
}

impl Jobs {
    /// Jobs that wake a window up.
    pub fn new(ctx: egui::Context, is_software: bool) -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            receiver,
            ctx,
            running: FxHashMap::default(),
            broken: FxHashSet::default(),
            picture_first: None,
            picture_asked: None,
            is_software,
        }
    }

    /// Wakes another window from now on.
    pub fn attach(&mut self, ctx: egui::Context) {
        self.ctx = ctx;
    }

    /// What has come in since; jobs that are over are ticked off.
    pub fn take(&mut self) -> Vec<Done> {
        let mut all = Vec::new();
        for message in self.receiver.try_iter() {
            let (over, done) = match message {
                Message::Told(done) => (None, Some(done)),
                Message::Ended(job, done) => (Some(job), done),
                Message::Failed(job, why) => {
                    if matches!(job, Job::Mesh(..)) {
                        self.broken.insert(job);
                    }
                    (Some(job), Some(Done::Failed(job, why)))
                }
            };
            if let Some(count) = over.and_then(|job| self.running.get_mut(&job)) {
                *count = count.saturating_sub(1);
            }
            all.extend(done);
        }
        self.running.retain(|_, count| *count > 0);
        all
    }

    /// How many jobs of a kind are under way.
    pub fn count_of(&self, job: Job) -> usize {
        self.running.get(&job).copied().unwrap_or(0)
    }

    fn is_running(&self, which: impl Fn(Job) -> bool) -> bool {
        self.running.keys().any(|job| which(*job))
    }

    /// Whether something is being made that what is shown waits for.
    pub fn is_busy(&self) -> bool {
        self.is_running(Job::is_awaited)
    }

    /// Whether something is being made that the map waits for.
    pub fn is_map_busy(&self) -> bool {
        self.is_running(Job::is_of_the_map)
    }

    /// Whether a file is being read.
    pub fn is_reading(&self) -> bool {
        self.is_running(|j| matches!(j, Job::Read(_)))
    }

    /// Whether something is being done for the cache.
    pub fn is_tending(&self) -> bool {
        self.is_running(|j| j == Job::Tend)
    }

    /// Whether pages are being written.
    pub fn is_writing_pages(&self) -> bool {
        self.is_running(|j| j == Job::Page)
    }

    /// Whether a preview is being made.
    pub fn is_previewing(&self) -> bool {
        self.is_running(|j| j == Job::Preview)
    }

    /// Where others than jobs say what they have.
    pub(super) fn reply(&self) -> Reply {
        Reply { sender: self.sender.clone(), ctx: self.ctx.clone() }
    }

    /// Starts a job on a thread of its own.
    pub fn start(&mut self, job: Job, work: impl FnOnce(&Reply) -> Option<Done> + Send + 'static) {
        *self.running.entry(job).or_default() += 1;
        let reply = self.reply();
        let body = move || reply.carry_out(job, work);
        if let Err(e) = std::thread::Builder::new().name(job.key().into()).spawn(body) {
            self.reply().send(Message::Failed(job, e.to_string()));
        }
    }

    /// Starts building meshes that are wanted, as many as keep the cores busy without delaying what is wanted next.
    pub fn build(&mut self, wanted: impl IntoIterator<Item = (LayerKey, Arc<Loaded>, u32, Level)>) {
        let mut under_way = self.running.keys().filter(|j| matches!(j, Job::Mesh(..))).count();
        for (key, loaded, chunk, level) in wanted {
            if under_way >= MAX_MESHES {
                break;
            }
            let job = Job::Mesh(key, chunk, level);
            if self.broken.contains(&job) || self.running.contains_key(&job) {
                continue;
            }
            under_way += 1;
            self.running.insert(job, 1);
            let reply = self.reply();
            rayon::spawn(move || {
                reply.carry_out(job, |_| {
                    let mesh = build(&loaded.chunks, chunk, level, &loaded.towns);
                    Some(Done::Mesh(key, chunk, level, mesh, loaded))
                });
            });
        }
    }

    /// Makes what follows the first picture of a layer: indices, places of labels, the full report.
    pub fn finish(&mut self, key: LayerKey, loaded: Arc<Loaded>) {
        // Not on the pool: its workers would take no mesh while they wait for pieces.
        self.start(Job::Finish(key), move |reply| {
            loaded.chunks.find_topology();
            reply.tell(Done::Topology);
            loaded.finish();
            Some(Done::Finished)
        });
    }

    /// Makes a derived value on a thread of its own. Whatever happens there, the value's place learns of it: it is put there if it is
    /// still wanted, and where it did not come about it is not asked for again until its key changes.
    pub fn derive<K: PartialEq + 'static, V: Send + 'static>(
        &mut self,
        job: Job,
        ticket: Ticket,
        place: impl for<'a> Fn(&'a mut Made) -> Option<&'a mut Derived<K, V>> + Send + Sync + 'static,
        work: impl FnOnce(&Ticket, &Reply) -> Option<V> + Send + 'static,
    ) {
        let place = Arc::new(place);
        let (unmade, failed) = (place.clone(), ticket.clone());
        let fail = move |made: &mut Made| {
            unmade(made).map(|value| value.fail(&failed));
        };
        let pledge = Pledge { reply: self.reply(), fail: Some(Box::new(fail)) };
        self.start(job, move |reply| {
            let mut pledge = pledge;
            let value = work(&ticket, reply)?;
            pledge.fail = None;
            let put = move |made: &mut Made| place(made).is_some_and(|of| of.bring(&ticket, value));
            Some(Done::Made(job, Box::new(put)))
        });
    }

    /// Opens the log beside a project.
    pub fn survey(&mut self, project: PathBuf) {
        self.start(Job::Survey, move |_| {
            let opened = SurveyLog::open_if_there(&project);
            Some(Done::Survey(project, opened))
        });
    }

    /// Writes a page.
    pub fn page(
        &mut self,
        path: PathBuf,
        write: impl FnOnce(&Path) -> Result<super::pages::PageWritten, PageError> + Send + 'static,
    ) {
        self.start(Job::Page, move |_| {
            let written = write(&path);
            Some(Done::PageSaved(path, written))
        });
    }

    /// Writes an atlas, telling how far it is.
    pub fn atlas(
        &mut self,
        path: PathBuf,
        progress: Arc<AtlasProgress>,
        write: impl FnOnce(&Path) -> Result<super::pages::PageWritten, PageError> + Send + 'static,
    ) {
        let watch = Arc::downgrade(&progress);
        self.start(Job::Dialogue, move |reply| {
            // Ends with the atlas.
            while let Some(progress) = watch.upgrade() {
                let at = |n: &std::sync::atomic::AtomicUsize| n.load(Ordering::Relaxed);
                reply.tell(Done::AtlasAt(at(&progress.done), at(&progress.all)));
                drop(progress);
                std::thread::sleep(std::time::Duration::from_millis(150));
            }
            None
        });
        // Cores of its own: pages made one after the other for minutes must not stand before what a person waits for.
        self.page(path, move |path| {
            let threads = std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1).max(1));
            match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
                Ok(pool) => pool.install(|| write(path)),
                Err(_) => write(path),
            }
        });
    }

    /// Asks a question of the system off the window's thread; the answer comes back as a command.
    pub fn ask<C: Into<Command>>(&mut self, question: impl FnOnce() -> Option<C> + Send + 'static) {
        self.start(Job::Dialogue, move |_| question().map(|c| Done::Command(c.into())));
    }
}

pub(super) fn build(chunks: &Chunks, chunk: u32, level: Level, towns: &[u32]) -> Mesh {
    chunks.list.get(chunk as usize).map(|c| Mesh::build(chunks, c, level, towns)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(jobs: &mut Jobs) -> Vec<Done> {
        let mut done = Vec::new();
        for _ in 0..500 {
            done.extend(jobs.take());
            if jobs.running.is_empty() {
                return done;
            }
            std::thread::sleep(std::time::Duration::from_millis(4));
        }
        panic!("a job stays under way");
    }

    /// Clause A9 of "nothing lost": a panic in whatever job is told, and leaves nothing raised.
    #[test]
    fn lost_a9_a_panic_in_a_job_is_told_and_no_counter_stays_raised() {
        for job in [
            Job::Read(LayerKey::new(3)),
            Job::Join,
            Job::Gaps,
            Job::Coverage,
            Job::Preview,
            Job::Page,
            Job::Compare,
            Job::Survey,
            Job::Results,
            Job::Tend,
            Job::Finish(LayerKey::new(2)),
        ] {
            let mut jobs = Jobs::new(egui::Context::default(), true);
            jobs.start(job, move |_| panic!("a fault in {job:?}"));
            jobs.start(job, |_| Some(Done::Topology));
            let done = all(&mut jobs);
            assert!(!jobs.is_busy() && !jobs.is_map_busy() && !jobs.is_reading() && !jobs.is_tending());
            let told =
                done.iter().filter(|d| matches!(d, Done::Failed(of, why) if *of == job && why.contains("a fault")));
            assert_eq!(told.count(), 1, "{job:?}");
            assert!(done.iter().any(|d| matches!(d, Done::Topology)), "the other one goes on");
        }
    }

    /// On the pool a panic would end the program.
    #[test]
    fn lost_a9_a_panic_on_the_pool_does_not_end_the_program() {
        let jobs = Jobs::new(egui::Context::default(), true);
        let (reply, job) = (jobs.reply(), Job::Mesh(LayerKey::new(1), 0, Level::for_zoom(10.0)));
        rayon::spawn(move || reply.carry_out(job, |_| panic!("a fault")));
        let mut jobs = jobs;
        jobs.running.insert(job, 1);
        assert!(matches!(all(&mut jobs).as_slice(), [Done::Failed(Job::Mesh(_, 0, _), _)]));
        assert!(jobs.broken.contains(&job), "it is not tried again and again");
    }

    /// Every thread of this room is started here, by the keeper of unsaved work, or by who watches open files.
    #[test]
    fn nothing_else_starts_a_thread() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app");
        for entry in std::fs::read_dir(folder).expect("the room").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(entry.path()).expect("read");
            // What the system is asked may never be answered: closing waits for no such thing, so it is no job.
            if !["jobs.rs", "keeping.rs", "watching.rs", "system_contrast.rs"].contains(&name.as_str()) {
                assert!(
                    !text.contains("thread::Builder")
                        && !text.contains("rayon::spawn")
                        && !text.contains("thread::spawn"),
                    "{name}"
                );
            }
        }
    }
}
