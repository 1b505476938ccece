//! The cache in the window: what was open before is there at once, and what was opened is kept in the background.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::jobs::FirstLook;
use super::qiancun::Qiancun;
use crate::cache::{Cache, FileKey, KeptPicture};
use crate::model::PartKind;
use crate::project::{LayerEntry, Project, ViewEntry};
use crate::render::{DrawnOverview, LayerKey};
use crate::session::{Camera, Loaded, Status};

/// Positions below which a map is drawn within a frame anyway.
const SMALL: usize = 150_000;

/// Where a layer's data come from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The file as it stood before it was read.
    pub key: FileKey,
    /// SHA-256 of the content that the cache was made from; `None` where the file itself was read.
    pub content: Option<String>,
}

impl Qiancun {
    /// The cache as the settings want it.
    pub(super) fn cache(&self) -> Option<Cache> {
        let cache = self.cache.as_ref()?;
        let limit = self.session.settings.cache_limit_bytes();
        Some(cache.limited(limit)).filter(|c| c.limit_bytes() > 0)
    }

    /// Everything that the picture of a project depends on, in one word: files as they stand, themes, colours.
    fn picture_of(&self, project: &Project, view: &ViewEntry) -> Option<String> {
        let plain = Project {
            title: String::new(),
            notice: String::new(),
            camera: None,
            selected: None,
            view: view.clone(),
            scenes: Vec::new(),
            page: Default::default(),
            ..project.clone()
        };
        let mut of = toml::to_string(&plain).ok()?;
        let files = plain.layers.iter().map(|l| &l.path).chain(plain.tables.iter().map(|t| &t.path));
        for path in files {
            let metadata = std::fs::metadata(path).ok()?;
            let modified = metadata.modified().ok()?;
            write!(of, "{} {} {modified:?};", path.display(), metadata.len()).ok()?;
        }
        write!(of, "{} {:?} {}", self.session.dark, self.session.lang, env!("CARGO_PKG_VERSION")).ok()?;
        Some(Sha256::digest(of.as_bytes()).iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Shows the picture of a file that is about to be read alone on the map, if there is one.
    pub(super) fn show_kept_file(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let project = Project { layers: vec![LayerEntry::new(path)], ..Project::default() };
        self.show_kept(&project, &ViewEntry::default());
    }

    /// Shows the picture of a project whose files are about to be read, if there is one.
    pub(super) fn show_kept(&mut self, project: &Project, view: &ViewEntry) {
        let Some(cache) = self.cache() else { return };
        let Some(of) = self.picture_of(project, view) else { return };
        self.jobs.kept_picture(move || cache.picture(&of));
    }

    /// How the part of a file that the camera sees is shown before all of it is read.
    pub(super) fn first_look(&self, key: LayerKey, camera: Camera) -> Option<FirstLook> {
        let pixels_per_point = self.ctx.pixels_per_point();
        let tokens = self.session.tokens();
        let is_final = self.session.entry(key).is_none_or(|e| e.theme.is_none()) && self.session.view.theme.is_none();
        let palette = self.scene.lock().ok()?.palette()?;
        let view = camera.view(self.map_size_px(), pixels_per_point);
        Some(FirstLook { view, palette, colour: tokens.plain_fill, pixels_per_point, is_final })
    }

    /// Width and height of the map in pixels.
    fn map_size_px(&self) -> [u32; 2] {
        let pixels_per_point = f64::from(self.ctx.pixels_per_point());
        self.session.map_size_pt.map(|pt| (pt * pixels_per_point).round().max(1.0) as u32)
    }

    /// Takes a picture from the cache, unless something is on the map by now.
    pub(super) fn was_kept(&mut self, picture: &KeptPicture, is_final: bool) {
        let is_reading = !self.session.pending.is_empty()
            || self.session.layers.values().any(|l| matches!(l.status, Status::Loading(_)));
        let is_bare = !self.session.layers.values().any(|l| l.loaded().is_some());
        if !is_reading || !is_bare {
            return;
        }
        if let Ok(mut scene) = self.scene.lock() {
            scene.set_placeholder(picture.view, &picture.pixels, is_final);
        }
        if self.session.document.project.camera.is_none() {
            self.session.camera = Camera::fitting(picture.bounds_deg, self.session.map_size_pt);
        }
    }

    /// Whether every village in view is on show with its colour: drawn, or in a picture from an earlier session at the same
    /// scale.
    pub fn shows_everything(&self) -> bool {
        let Some(view) = self.map.view() else { return false };
        let serves = self.scene.lock().is_ok_and(|s| s.placeholder_serves(&view));
        serves || self.is_drawn()
    }

    /// Whether everything that was opened is read and drawn sharply.
    pub fn is_drawn(&self) -> bool {
        let is_reading = !self.session.pending.is_empty()
            || self.session.layers.values().any(|l| matches!(l.status, Status::Loading(_)));
        !self.session.document.keys.is_empty() && !is_reading && self.is_sharp()
    }

    /// Once everything stands: draws the overview anew where it is out of date, keeps it and what was read, and sees whether
    /// what came from the cache is still what the files say. One thing at a time.
    pub(super) fn tend_cache(&mut self) {
        let stale = self.overview_is_stale();
        if (!stale && self.origins.is_empty()) || self.jobs.is_tending() {
            return;
        }
        if self.calm_frames < 4 || self.jobs.is_busy() || self.map.is_moving() || !self.is_sharp() {
            if !self.jobs.is_busy() {
                self.ctx.request_repaint_after(std::time::Duration::from_millis(60));
            }
            return;
        }
        if stale && self.draw_overview() {
            return;
        }
        let finished = |key: &LayerKey| -> Option<Arc<Loaded>> {
            self.session.layers.get(key)?.loaded().filter(|l| l.is_finished()).cloned()
        };
        let Some((key, loaded)) = self.origins.keys().find_map(|k| Some((*k, finished(k)?))) else { return };
        let (Some(origin), Some(cache)) = (self.origins.remove(&key), self.cache()) else { return };
        self.jobs.tend(key, loaded, origin, cache);
    }

    /// Whether nothing is left to be drawn or kept for later.
    pub fn has_kept_everything(&self) -> bool {
        self.is_settled() && !self.overview_is_stale() && self.origins.is_empty() && !self.jobs.is_tending()
    }

    /// Whether an overview is wanted and no longer shows what the map shows. Without a GPU it is shown while the camera moves;
    /// elsewhere it is only kept for the next time.
    fn overview_is_stale(&self) -> bool {
        let is_plain = self.session.meeting.is_none() && self.map.before.is_none() && self.session.playing.is_none();
        let mut shown = self.session.shown().filter(|(_, e)| e.visible).filter_map(|(l, _)| l.loaded()).peekable();
        if !is_plain || self.session.joining || shown.peek().is_none() {
            return false;
        }
        let mut count = 0;
        for loaded in shown {
            if !loaded.is_finished() {
                return false;
            }
            count += loaded.chunks.vertex_count();
        }
        let keeps_small = self.cache.as_ref().is_some_and(|c| c.is_worth_keeping(0));
        let (has, software) = self.scene.lock().map_or((true, true), |s| (s.has_overview(), s.gpu().is_software));
        (count > SMALL || keeps_small)
            && if software { !has } else { self.cache.is_some() && self.kept_picture != self.picture_now() }
    }

    /// Has the overview drawn, and kept where it is not yet; false where it cannot be drawn.
    fn draw_overview(&mut self) -> bool {
        let Some(bounds) = self.bounds_deg() else { return false };
        let pixels_per_point = self.ctx.pixels_per_point();
        let view = Camera::fitting(bounds, self.session.map_size_pt).view(self.map_size_px(), pixels_per_point);
        let Some(work) = self.scene.lock().ok().and_then(|s| s.overview_work(view, pixels_per_point)) else {
            return false;
        };
        let of = self.picture_now();
        let keep = self.cache().zip(of.clone().filter(|_| self.kept_picture != of && self.has_areas()));
        self.kept_picture = of;
        self.jobs.overview(work, move |drawn: &DrawnOverview| {
            let Some((cache, of)) = keep else { return Ok(()) };
            cache.keep_picture(&of, &KeptPicture { view: drawn.view, bounds_deg: bounds, pixels: drawn.pixels.clone() })
        });
        true
    }

    /// What the picture of the map as it is depends on.
    fn picture_now(&self) -> Option<String> {
        self.picture_of(&self.session.document.project, &self.session.view)
    }

    /// Whether areas or lines are shown: symbols alone change with every zoom, and are read in no time.
    fn has_areas(&self) -> bool {
        let mut shown = self.session.shown().filter_map(|(l, _)| l.loaded());
        shown.any(|l| l.dataset.geometry.parts.iter().any(|p| p.kind != PartKind::Point))
    }

    /// Reads a layer's file again, whatever the cache says.
    pub(super) fn read_again(&mut self, key: LayerKey) {
        let Some(path) = self.session.entry(key).map(|e| e.path.clone()) else { return };
        if let Some(cache) = self.cache() {
            cache.forget(&path);
        }
        self.session.news = Some(self.session.lang.with("status.reading-again", &[("n", &name_of(&path))]));
        self.start_reading(key, path, Default::default(), true);
    }

    /// What was shown from the cache is not what the file says.
    pub(super) fn was_stale(&mut self, key: LayerKey) {
        self.read_again(key);
    }

    /// What was read again takes the place of what was there. A selection by number would mean other villages.
    pub(super) fn replaced(&mut self, key: LayerKey, loaded: &Arc<Loaded>) {
        let same = |old: &Arc<Loaded>| old.dataset.len() == loaded.dataset.len();
        if !self.session.layers.get(&key).and_then(|l| l.loaded()).is_some_and(same)
            && self.session.document.selection.as_ref().is_some_and(|(of, _)| *of == key)
        {
            self.session.document.selection = None;
        }
        self.session.news =
            Some(self.session.lang.with("status.read-again", &[("n", &name_of(&loaded.dataset.source.path))]));
    }

    /// Notes what lies in the cache, for the settings.
    pub(super) fn look_at_storage(&mut self) {
        self.session.storage.cache_folder = self.cache.as_ref().map(|c| c.folder().to_path_buf());
        self.session.storage.cache_bytes = self.cache.as_ref().map(Cache::bytes);
    }

    /// Empties the cache.
    pub(super) fn empty_cache(&mut self) {
        if let Some(cache) = &self.cache
            && let Err(e) = cache.empty()
        {
            self.session.storage.trouble = Some(e.to_string());
        }
        self.kept_picture = None;
        self.look_at_storage();
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
