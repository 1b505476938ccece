//! Work off the window's thread: reading, meshes, label places, file dialogues. Results come back by one channel.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::cached::Origin;
use super::sync::DistrictStamp;
use crate::cache::{Cache, FileKey, KeptPicture, ToKeep, content_digest};
use crate::district::{District, coverage};
use crate::geo::WorldPos;
use crate::page::{AtlasProgress, PageError};
use crate::read::{Progress, read_file, read_part, stated_bounds};
use crate::render::{Chunks, DrawnOverview, LayerKey, Level, Mesh, OverviewWork, Palette, View, draw_plain};
use crate::session::{Command, CoverageStamp, Covered, EarlierGaps, FoundGaps, GapStamp, Loaded, Since};
use crate::survey::{Opened, SurveyError, SurveyLog};

/// Meshes on their way at once.
const MAX_MESHES: usize = 12;

/// Positions below which shared borders are found before the first picture on machines without a GPU.
const SMALL: usize = 150_000;

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

/// A file that was read.
pub struct ReadFile {
    /// The data.
    pub loaded: Arc<Loaded>,
    /// The level of the meshes.
    pub level: Level,
    /// Meshes of the first picture, chunk by chunk; none where rings are drawn as they are.
    pub meshes: Vec<Mesh>,
    /// Where it came from, where the cache has to do with it.
    pub origin: Option<Origin>,
}

/// What is to be shown of a large file before all of it is read: what lies in view, where the file has an index by place.
pub struct FirstLook {
    /// The view.
    pub view: View,
    /// Colours of ground and borders.
    pub palette: Palette,
    /// The one colour of villages.
    pub colour: [u8; 3],
    /// Pixels per point of the window.
    pub pixels_per_point: f32,
    /// Whether villages will have this colour.
    pub has_colours: bool,
    /// Which opening it is for.
    pub opening: u64,
}

/// A picture to be shown until there is something to draw.
pub struct Placeholder {
    /// The picture.
    pub picture: KeptPicture,
    /// Whether it shows all there is, not only what is in view.
    pub is_whole: bool,
    /// Whether its colours are those that will be drawn.
    pub has_colours: bool,
    /// Which opening it is for: later ones have other files.
    pub opening: u64,
}

impl FirstLook {
    fn take(&self, path: &Path, progress: &Progress) -> Option<KeptPicture> {
        let bounds_deg = stated_bounds(path)?;
        let [w, n, e, s] = self.view.bounds();
        let (a, b) = (WorldPos { x: w, y: n }.to_lonlat(), WorldPos { x: e, y: s }.to_lonlat());
        let part = read_part(path, [a.lon_deg, b.lat_deg, b.lon_deg, a.lat_deg], progress)?;
        let part = Loaded::new(part);
        if part.is_points() {
            return None;
        }
        part.chunks.find_topology();
        let (chunks, towns) = (part.chunks.clone(), part.towns.clone());
        let drawn = draw_plain(chunks, towns, self.view, self.palette, self.pixels_per_point, self.colour);
        Some(KeptPicture { view: drawn.view, bounds_deg, pixels: drawn.pixels })
    }
}

/// The channel and what is under way.
pub struct Jobs {
    sender: Sender<Done>,
    receiver: Receiver<Done>,
    ctx: egui::Context,
    building: FxHashSet<(LayerKey, u32, Level)>,
    finishing: usize,
    joining: usize,
    covering: usize,
    looking: usize,
    opening: usize,
    previewing: usize,
    tending: usize,
    reading: usize,
    /// Raised where another covered area is wanted: the one being computed stops.
    wanted_coverage: Arc<AtomicU64>,
    is_software: bool,
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

    fn reply(&self) -> impl Fn(Done) + Send + 'static {
        let (sender, ctx) = (self.sender.clone(), self.ctx.clone());
        move |done| {
            // The window is gone: nobody needs the result.
            sender.send(done).ok();
            ctx.request_repaint();
        }
    }

    /// Reads a file, or takes it from the cache, indexes it and builds the meshes that `level_for` asks for, given the bounds
    /// in degrees.
    pub fn read(
        &mut self,
        key: LayerKey,
        path: PathBuf,
        progress: Arc<Progress>,
        (cache, fresh): (Option<Cache>, bool),
        first: Option<FirstLook>,
        level_for: impl Fn(Option<[f64; 4]>) -> Level + Send + 'static,
    ) {
        self.reading += 1;
        let software = self.is_software;
        if let Some(first) = first {
            let (reply, path, progress) = (self.reply(), path.clone(), progress.clone());
            let look = move || {
                if let Some(picture) = first.take(&path, &progress) {
                    let FirstLook { has_colours, opening, .. } = first;
                    reply(Done::Kept(Placeholder { picture, is_whole: false, has_colours, opening }));
                }
            };
            // Without a thread the map appears when it is read.
            std::thread::Builder::new().name("first look".into()).spawn(look).ok();
        }
        let reply = self.reply();
        let work = move || {
            let read = || {
                let of = |cache: &Cache| {
                    let bytes = std::fs::metadata(&path).ok()?.len();
                    FileKey::of(&path).ok().filter(|_| cache.is_worth_keeping(bytes))
                };
                let file_key = cache.as_ref().and_then(of);
                let known = cache.zip(file_key.as_ref()).filter(|_| !fresh);
                let result = match known.and_then(|(cache, file_key)| cache.find(&path, file_key, &progress)) {
                    Some(found) => {
                        let loaded = Loaded::restored(found.dataset, found.chunks, found.anchors, found.report);
                        Ok((loaded, Some(found.content)))
                    }
                    None => read_file(&path, &progress)
                        .map(|dataset| (Loaded::new(dataset), None))
                        .map_err(|e| (e.code().to_owned(), e.to_string())),
                };
                result.map(|(loaded, content)| {
                    let level = level_for(loaded.bounds_deg());
                    let origin = file_key.map(|key| Origin { path, key, content });
                    let loaded = Arc::new(loaded);
                    // Drawn straight from the rings where there is no GPU; in a small file shared borders are found in no time.
                    if !software || loaded.chunks.vertex_count() < SMALL {
                        loaded.chunks.find_topology();
                    }
                    let build = |c: usize| build(&loaded.chunks, c as u32, level, &loaded.towns);
                    let count = if software { 0 } else { loaded.chunks.list.len() };
                    let meshes = (0..count).into_par_iter().map(build).collect();
                    ReadFile { loaded, level, meshes, origin }
                })
            };
            // A fault in the reader costs the file, not the window.
            let result = catch_unwind(AssertUnwindSafe(read))
                .unwrap_or_else(|_| Err(("fault".into(), "the program has a fault here".into())));
            reply(Done::Read { key, result });
        };
        if let Err(e) = std::thread::Builder::new().name("read".into()).spawn(work) {
            self.reply()(Done::Read { key, result: Err(("no-thread".into(), e.to_string())) });
        }
    }

    /// Fetches a picture from an earlier session.
    pub fn kept_picture(&self, opening: u64, fetch: impl FnOnce() -> Option<KeptPicture> + Send + 'static) {
        let reply = self.reply();
        let work = move || {
            if let Some(picture) = fetch() {
                reply(Done::Kept(Placeholder { picture, is_whole: true, has_colours: true, opening }));
            }
        };
        // Without a thread the map appears when it is read.
        std::thread::Builder::new().name("picture".into()).spawn(work).ok();
    }

    /// Whether a file is being read.
    pub fn is_reading(&self) -> bool {
        self.reading > 0
    }

    /// Whether something is being done for the cache.
    pub fn is_tending(&self) -> bool {
        self.tending > 0
    }

    /// Draws an overview, then keeps it.
    pub fn overview(
        &mut self,
        work: OverviewWork,
        keep: impl FnOnce(&DrawnOverview) -> std::io::Result<()> + Send + 'static,
    ) {
        // One for the overview, one for keeping it.
        self.tending += 2;
        let reply = self.reply();
        let work = move || {
            // On one thread of its own: the window's drawing shares the others.
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build();
            let drawn = catch_unwind(AssertUnwindSafe(|| match alone {
                Ok(pool) => pool.install(|| work.draw()),
                Err(_) => work.draw(),
            }));
            let Ok(drawn) = drawn else {
                reply(Done::Tended(Ok(())));
                reply(Done::Tended(Err(panicked())));
                return;
            };
            let kept = keep(&drawn);
            reply(Done::Overview(drawn));
            reply(Done::Tended(kept));
        };
        if std::thread::Builder::new().name("overview".into()).spawn(work).is_err() {
            self.tending -= 2;
        }
    }

    /// Keeps what was read from a file, or sees whether the file still is what the cache was made from. Stops where the layer
    /// is taken away.
    pub fn tend(&mut self, key: LayerKey, loaded: Arc<Loaded>, origin: Origin, cache: Cache) {
        self.tending += 1;
        let reply = self.reply();
        let work = move || {
            let go_on = || Arc::strong_count(&loaded) > 1 || Arc::strong_count(&loaded.chunks) > 1;
            let tend = || match &origin.content {
                Some(content) => content_digest(&origin.path, go_on).map(|now| now.is_some_and(|now| now != *content)),
                None => keep(&loaded, &origin, &cache, go_on).map(|_| false),
            };
            let tended = catch_unwind(AssertUnwindSafe(tend)).unwrap_or_else(|_| Err(panicked()));
            let stale = matches!(tended, Ok(true));
            reply(Done::Tended(tended.map(|_| ())));
            if stale {
                reply(Done::Stale(key));
            }
        };
        if std::thread::Builder::new().name("cache".into()).spawn(work).is_err() {
            self.tending -= 1;
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

fn panicked() -> std::io::Error {
    std::io::Error::other("the program has a fault here")
}

fn keep(loaded: &Loaded, origin: &Origin, cache: &Cache, go_on: impl Fn() -> bool) -> std::io::Result<bool> {
    let Some(anchors) = loaded.anchors.get().filter(|_| loaded.is_finished()) else { return Ok(false) };
    let (dataset, chunks, report) = (&loaded.dataset, &loaded.chunks, loaded.report());
    let Origin { path, key, .. } = origin;
    cache.keep(&ToKeep { path, key, dataset, chunks, anchors, report }, go_on)
}

fn build(chunks: &Chunks, chunk: u32, level: Level, towns: &[u32]) -> Mesh {
    chunks.list.get(chunk as usize).map(|c| Mesh::build(chunks, c, level, towns)).unwrap_or_default()
}
