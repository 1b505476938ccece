//! Jobs around reading a file: the cache before it, a first look beside it, what is kept after it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rayon::prelude::*;

use super::cached::Origin;
use super::jobs::{Done, Job, Jobs, build};
use crate::cache::{Cache, FileKey, KeptPicture, ToKeep, content_digest};
use crate::geo::BoundsDeg;
use crate::model::Indicators;
use crate::read::{How, Progress, begins_as_wide, layers, plain_file, read_file_as, read_part, stated_bounds};
use crate::render::{DrawnOverview, LayerKey, Level, Mesh, OverviewWork, Palette, Viewport, draw_plain};
use crate::session::Loaded;
use crate::survey::says_results;

/// Longest wait for a picture from the cache, and how long a frame that shows it takes.
const PATIENCE: Duration = Duration::from_millis(300);
const A_FRAME: Duration = Duration::from_millis(25);
/// Longest that a frame waits for a picture that was asked for in it: else both want all cores, and it comes a frame later.
const A_BLINK: Duration = Duration::from_millis(12);

/// Positions below which shared borders are found before the first picture on machines without a GPU.
const SMALL: usize = 150_000;

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

/// What a file turned out to be.
pub enum Outcome {
    /// Something for the map.
    Layer(ReadFile),
    /// A table of indicators, with so many rows, and whether that are all.
    Table(usize, bool),
    /// A file of several layers, by their names: which are wanted is to be asked.
    Layers(Vec<String>),
    /// Results of visits that came back from the field.
    Results,
}

/// What somebody who opens a file may be asked.
#[derive(Clone, Copy, Default)]
pub struct Asked {
    /// Which layers are wanted, where it has several.
    pub layers: bool,
    /// Whether visits are to be taken in, where it says results of some.
    pub results: bool,
}

/// What is to be shown of a large file before all of it is read: what lies in view, where the file has an index by place.
pub struct FirstLook {
    /// The view.
    pub view: Viewport,
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
    fn take(&self, path: &Path, how: &How, progress: &Progress) -> Option<KeptPicture> {
        let bounds_deg = stated_bounds(path, how)?;
        let seen = self.view.bounds();
        let corners = [seen.north_west, seen.south_east].map(|c| BoundsDeg::of(c.to_lonlat()));
        let part = read_part(path, how, corners[0].union(corners[1]), progress)?;
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

impl Jobs {
    /// Reads a file, or takes it from the cache, indexes it and builds the meshes that `level_for` asks for, given the bounds
    /// in degrees.
    pub fn read(
        &mut self,
        (key, path, how): (LayerKey, PathBuf, How),
        progress: Arc<Progress>,
        (cache, fresh, asked): (Option<Cache>, bool, Asked),
        indicators: Indicators,
        first: Option<FirstLook>,
        level_for: impl Fn(Option<BoundsDeg>) -> Level + Send + 'static,
    ) {
        let software = self.is_software;
        if let Some(first) = first {
            let (path, how, progress) = (path.clone(), how.clone(), progress.clone());
            self.start(Job::Picture, move |_| {
                let picture = first.take(&path, &how, &progress)?;
                let FirstLook { has_colours, opening, .. } = first;
                Some(Done::Kept(Placeholder { picture, is_whole: false, has_colours, opening }))
            });
        }
        let picture_first = self.picture_first.take();
        self.start(Job::Read(key), move |_| {
            if picture_first.is_some_and(|told| told.recv_timeout(PATIENCE) == Ok(true)) {
                std::thread::sleep(A_FRAME);
            }
            let of = |cache: &Cache| {
                let bytes = plain_file(&path).ok().filter(|m| m.is_file())?.len();
                FileKey::of(&path).ok().filter(|_| cache.is_worth_keeping(bytes))
            };
            if asked.results && how.is_plain() && says_results(&path) {
                return Some(Done::Read { key, result: Ok(Outcome::Results) });
            }
            if asked.layers
                && how.layer.is_none()
                && let Ok(names) = layers(&path)
                && !names.is_empty()
            {
                return Some(Done::Read { key, result: Ok(Outcome::Layers(names)) });
            }
            // The cache knows a file as it says itself that it is to be read.
            let file_key = cache.as_ref().filter(|_| how.is_plain()).and_then(of);
            let known = cache.zip(file_key.as_ref()).filter(|_| !fresh);
            let result = match known.and_then(|(cache, file_key)| cache.find(&path, file_key, &progress)) {
                Some(found) => {
                    let loaded = Loaded::restored(found.dataset, found.chunks, found.anchors, found.report);
                    Ok((loaded, Some(found.content)))
                }
                None => read_file_as(&path, &how, &progress).map(|dataset| (Loaded::new(dataset), None)),
            };
            // No map, but maybe figures.
            if let Err(error) = &result
                && error.code() == "unsupported-format"
                && let Some((rows, is_all)) = begins_as_wide(&path, &indicators)
            {
                return Some(Done::Read { key, result: Ok(Outcome::Table(rows, is_all)) });
            }
            let result = result.map(|(loaded, content)| {
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
                Outcome::Layer(ReadFile { loaded, level, meshes, origin })
            });
            Some(Done::Read { key, result })
        });
    }

    /// Fetches a picture from an earlier session.
    ///
    /// What is read after this call waits until it is there, and for a frame more: reading takes all cores.
    pub fn kept_picture(&mut self, opening: u64, fetch: impl FnOnce() -> Option<KeptPicture> + Send + 'static) {
        let (tell, told) = channel();
        self.picture_first = Some(told);
        let (handed_over, asked) = channel::<()>();
        self.picture_asked = Some(asked);
        self.start(Job::Picture, move |reply| {
            let picture = fetch();
            // Nobody waits where nothing is read.
            tell.send(picture.is_some()).ok();
            let picture = picture?;
            reply.tell(Done::Kept(Placeholder { picture, is_whole: true, has_colours: true, opening }));
            drop(handed_over);
            None
        });
    }

    /// Waits a moment for the picture asked for last, where one was asked for since; whether it may be there.
    pub fn await_picture(&mut self) -> bool {
        self.picture_asked
            .take()
            .is_some_and(|asked| asked.recv_timeout(A_BLINK) == Err(RecvTimeoutError::Disconnected))
    }

    /// Draws an overview, then keeps it.
    pub fn overview(
        &mut self,
        work: OverviewWork,
        keep: impl FnOnce(&DrawnOverview) -> std::io::Result<()> + Send + 'static,
    ) {
        self.start(Job::Tend, move |reply| {
            // On one thread of its own: the window's drawing shares the others.
            let drawn = match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
                Ok(pool) => pool.install(|| work.draw()),
                Err(_) => work.draw(),
            };
            let kept = keep(&drawn);
            reply.tell(Done::Overview(drawn));
            Some(Done::Tended(kept))
        });
    }

    /// Keeps what was read from a file, or sees whether the file still is what the cache was made from. Stops where the layer
    /// is taken away.
    pub fn tend(&mut self, key: LayerKey, loaded: Arc<Loaded>, origin: Origin, cache: Cache) {
        self.start(Job::Tend, move |reply| {
            let go_on = || Arc::strong_count(&loaded) > 1 || Arc::strong_count(&loaded.chunks) > 1;
            let tended = match &origin.content {
                Some(content) => content_digest(&origin.path, go_on).map(|now| now.is_some_and(|now| now != *content)),
                None => keep(&loaded, &origin, &cache, go_on).map(|_| false),
            };
            if matches!(tended, Ok(true)) {
                reply.tell(Done::Stale(key));
            }
            Some(Done::Tended(tended.map(|_| ())))
        });
    }
}

fn keep(loaded: &Loaded, origin: &Origin, cache: &Cache, go_on: impl Fn() -> bool) -> std::io::Result<bool> {
    let Some(anchors) = loaded.anchors.get().filter(|_| loaded.is_finished()) else { return Ok(false) };
    let (dataset, chunks, report) = (&loaded.dataset, &loaded.chunks, loaded.report());
    let Origin { path, key, .. } = origin;
    cache.keep(&ToKeep { path, key, dataset, chunks, anchors, report }, go_on)
}
