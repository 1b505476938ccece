//! Work off the window's thread: reading, meshes, label places, file dialogues. Results come back by one channel.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use rustc_hash::FxHashSet;

use super::reading::{Placeholder, ReadFile};
use super::sync::DistrictStamp;
use crate::district::{District, coverage};
use crate::page::{AtlasProgress, PageError};
use crate::render::{Chunks, DrawnOverview, LayerKey, Level, Mesh};
use crate::session::{Command, CoverageStamp, Covered, EarlierGaps, FoundGaps, GapStamp, Loaded, Since};
use crate::survey::{Opened, SurveyError, SurveyLog};

/// Meshes on their way at once.
const MAX_MESHES: usize = 12;

/// What a job brought.
pub enum Done {
    /// A file was read, with the meshes of its first picture; or not: the code and the message.
    Read {
        /// Key of its layer.
        key: LayerKey,
        /// The data.
        result: Result<ReadFile, (String, String)>,
    },
    /// A picture to be shown until a file is read.
    Kept(Placeholder),
    /// The overview was drawn.
    Overview(DrawnOverview),
    /// What was to be done about the cache is done, or why it could not be.
    Tended(std::io::Result<()>),
    /// The file of a layer is not what the cache was made from.
    Stale(LayerKey),
    /// A mesh, and the data it was made from.
    Mesh(LayerKey, u32, Level, Mesh, Arc<Loaded>),
    /// Shared borders of a layer are known.
    Topology,
    /// Indices, labels and the report of a layer are there.
    Finished,
    /// Villages, tables and facilities are joined; `None` where no layer has villages.
    District(DistrictStamp, Option<Arc<District>>),
    /// The area within the radius of a clinic; `None` where it was no longer wanted.
    Coverage(Option<Covered>),
    /// Gaps were looked for.
    Gaps(FoundGaps),
    /// Gaps were compared, or why they could not be.
    Compared(Result<EarlierGaps, String>),
    /// The log of a project was opened, if there is one.
    Survey(PathBuf, Result<Option<Opened>, SurveyError>),
    /// A preview of a page; `None` where it could not be made.
    Preview(String, Option<egui::ColorImage>),
    /// A page or an atlas was written, or not.
    PageSaved(PathBuf, Result<(), PageError>),
    /// How far an atlas is.
    AtlasAt(usize, usize),
    /// A dialogue was answered.
    Command(Command),
}

/// The channel and what is under way.
pub struct Jobs {
    pub(super) sender: Sender<Done>,
    pub(super) receiver: Receiver<Done>,
    pub(super) ctx: egui::Context,
    pub(super) building: FxHashSet<(LayerKey, u32, Level)>,
    pub(super) finishing: usize,
    pub(super) joining: usize,
    pub(super) covering: usize,
    pub(super) looking: usize,
    pub(super) opening: usize,
    pub(super) previewing: usize,
    pub(super) tending: usize,
    pub(super) reading: usize,
    /// Says whether there is a picture from the cache, once that is known.
    pub(super) picture_first: Option<Receiver<bool>>,
    /// Raised where another covered area is wanted: the one being computed stops.
    pub(super) wanted_coverage: Arc<AtomicU64>,
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
            building: FxHashSet::default(),
            finishing: 0,
            joining: 0,
            covering: 0,
            looking: 0,
            opening: 0,
            previewing: 0,
            tending: 0,
            reading: 0,
            picture_first: None,
            wanted_coverage: Arc::default(),
            is_software,
        }
    }

    /// Wakes another window from now on.
    pub fn attach(&mut self, ctx: egui::Context) {
        self.ctx = ctx;
    }

    /// What has come in; meshes and label places are ticked off.
    pub fn take(&mut self) -> Vec<Done> {
        let done: Vec<Done> = self.receiver.try_iter().collect();
        for d in &done {
            match d {
                Done::Mesh(key, chunk, level, ..) => {
                    self.building.remove(&(*key, *chunk, *level));
                }
                Done::District(..) => self.joining = self.joining.saturating_sub(1),
                Done::Compared(_) | Done::Survey(..) => self.opening = self.opening.saturating_sub(1),
                Done::Preview(..) => self.previewing = self.previewing.saturating_sub(1),
                Done::PageSaved(..) => self.opening = self.opening.saturating_sub(1),
                Done::Read { .. } => self.reading = self.reading.saturating_sub(1),
                Done::Overview(_) | Done::Tended(_) => self.tending = self.tending.saturating_sub(1),
                Done::Gaps(_) => self.looking = self.looking.saturating_sub(1),
                Done::Coverage(_) => self.covering = self.covering.saturating_sub(1),
                Done::Finished => self.finishing = self.finishing.saturating_sub(1),
                _ => {}
            }
        }
        done
    }

    /// Whether meshes, indices, label places or reports are still being made.
    pub fn is_busy(&self) -> bool {
        !self.building.is_empty()
            || self.finishing > 0
            || self.joining > 0
            || self.covering > 0
            || self.looking > 0
            || self.opening > 0
            || self.previewing > 0
    }

    pub(super) fn reply(&self) -> impl Fn(Done) + Send + 'static {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        move |done| {
            // The window is gone: nobody needs the result.
            sender.send(done).ok();
            ctx.request_repaint();
        }
    }

    /// Starts building meshes that are wanted, as many as keep the cores busy without delaying what is wanted next.
    pub fn build(&mut self, wanted: impl IntoIterator<Item = (LayerKey, Arc<Loaded>, u32, Level)>) {
        for (key, loaded, chunk, level) in wanted {
            if self.building.len() >= MAX_MESHES {
                break;
            }
            if self.building.insert((key, chunk, level)) {
                let reply = self.reply();
                rayon::spawn(move || {
                    let mesh = build(&loaded.chunks, chunk, level, &loaded.towns);
                    reply(Done::Mesh(key, chunk, level, mesh, loaded))
                });
            }
        }
    }

    /// Makes what follows the first picture of a layer: indices, places of labels, the full report.
    pub fn finish(&mut self, loaded: Arc<Loaded>) {
        self.finishing += 1;
        let reply = self.reply();
        let work = move || {
            loaded.chunks.find_topology();
            reply(Done::Topology);
            loaded.finish();
            reply(Done::Finished);
        };
        // Not on the pool: its workers would take no mesh while they wait for pieces.
        if std::thread::Builder::new().name("finish".into()).spawn(work).is_err() {
            self.finishing -= 1;
        }
    }

    /// Joins the layers and tables of a stamp.
    pub fn district(&mut self, stamp: DistrictStamp) {
        self.joining += 1;
        let reply = self.reply();
        let work = move || {
            let district = District::new(&stamp.layers, &stamp.tables, &stamp.indicators, &stamp.edits).map(Arc::new);
            reply(Done::District(stamp, district));
        };
        // Without a thread the figures of the tables are missing; the map is not.
        if std::thread::Builder::new().name("join".into()).spawn(work).is_err() {
            self.joining -= 1;
        }
    }

    /// Looks for gaps.
    pub fn gaps(&mut self, stamp: GapStamp, district: Arc<District>) {
        self.looking += 1;
        let reply = self.reply();
        let work = move || reply(Done::Gaps(FoundGaps::find(stamp, &district)));
        // Without a thread the list is missing; the map is not.
        if std::thread::Builder::new().name("gaps".into()).spawn(work).is_err() {
            self.looking -= 1;
        }
    }

    /// Opens the log beside a project.
    pub fn survey(&mut self, project: PathBuf) {
        self.opening += 1;
        let reply = self.reply();
        let work = move || {
            let opened = SurveyLog::open_if_there(&project);
            reply(Done::Survey(project, opened));
        };
        // Without a thread the log is opened with the first visit.
        if std::thread::Builder::new().name("survey".into()).spawn(work).is_err() {
            self.opening -= 1;
        }
    }

    /// Whether a preview is being made.
    pub fn is_previewing(&self) -> bool {
        self.previewing > 0
    }

    /// Makes a preview of a page.
    pub fn preview(&mut self, stamp: String, make: impl FnOnce() -> Option<egui::ColorImage> + Send + 'static) {
        self.previewing += 1;
        let reply = self.reply();
        let work = move || reply(Done::Preview(stamp, make()));
        // Without a thread there is no preview; the page can be saved.
        if std::thread::Builder::new().name("preview".into()).spawn(work).is_err() {
            self.previewing -= 1;
        }
    }

    /// Writes a page.
    pub fn page(&mut self, path: PathBuf, write: impl FnOnce(&Path) -> Result<(), PageError> + Send + 'static) {
        self.opening += 1;
        let reply = self.reply();
        let told = path.clone();
        let work = move || {
            let written = write(&path);
            reply(Done::PageSaved(path, written));
        };
        if let Err(source) = std::thread::Builder::new().name("page".into()).spawn(work) {
            self.reply()(Done::PageSaved(told.clone(), Err(PageError::Io { path: told, source })));
        }
    }

    /// Writes an atlas, telling how far it is.
    pub fn atlas(
        &mut self,
        path: PathBuf,
        progress: Arc<AtlasProgress>,
        write: impl FnOnce(&Path) -> Result<(), PageError> + Send + 'static,
    ) {
        let reply = self.reply();
        let watch = Arc::downgrade(&progress);
        let tell = move || {
            // Ends with the atlas.
            while let Some(progress) = watch.upgrade() {
                let at = |n: &std::sync::atomic::AtomicUsize| n.load(Ordering::Relaxed);
                reply(Done::AtlasAt(at(&progress.done), at(&progress.all)));
                drop(progress);
                std::thread::sleep(std::time::Duration::from_millis(150));
            }
        };
        // Without a thread nobody is told how far it is; the atlas is made all the same.
        std::thread::Builder::new().name("atlas progress".into()).spawn(tell).ok();
        self.page(path, write);
    }

    /// Compares gaps with a year or another project.
    pub fn compare(&mut self, found: Arc<FoundGaps>, now: Arc<District>, since: Since) {
        self.opening += 1;
        let reply = self.reply();
        let work = move || {
            let other = match &since {
                Since::Year(_) => Ok(None),
                Since::Project(path) => super::survey::other_district(path).map(Some),
            };
            reply(Done::Compared(other.map(|other| EarlierGaps::find(&found, &now, since, other))));
        };
        // Without a thread there is no comparison; the list is there.
        if std::thread::Builder::new().name("compare".into()).spawn(work).is_err() {
            self.opening -= 1;
        }
    }

    /// Computes the area within the radius of a clinic; one under way for other settings stops.
    pub fn coverage(&mut self, stamp: CoverageStamp, district: Arc<District>) {
        let turn = self.wanted_coverage.fetch_add(1, Ordering::Relaxed) + 1;
        let wanted = self.wanted_coverage.clone();
        self.covering += 1;
        let reply = self.reply();
        let work = move || {
            let go_on = || wanted.load(Ordering::Relaxed) == turn;
            let found = coverage(&district, stamp.radius_m, stamp.year, go_on);
            reply(Done::Coverage(found.map(|c| Covered::new(stamp, c))));
        };
        // Without a thread the shares are missing; the map is not.
        if std::thread::Builder::new().name("coverage".into()).spawn(work).is_err() {
            self.covering -= 1;
        }
    }

    /// Asks a question of the system off the window's thread; the answer comes back as a command.
    pub fn ask(&self, question: impl FnOnce() -> Option<Command> + Send + 'static) {
        let reply = self.reply();
        let work = move || {
            if let Some(command) = question() {
                reply(Done::Command(command));
            }
        };
        // Without a thread there is no dialogue; the command line and dropping files still work.
        std::thread::Builder::new().name("dialogue".into()).spawn(work).ok();
    }
}

pub(super) fn build(chunks: &Chunks, chunk: u32, level: Level, towns: &[u32]) -> Mesh {
    chunks.list.get(chunk as usize).map(|c| Mesh::build(chunks, c, level, towns)).unwrap_or_default()
}
