//! The cache in the window: what was open before is there at once, and what was opened is kept in the background.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::qiancun::Qiancun;
use super::reading::{FirstLook, Placeholder};
use super::watching::{FileState, state_of};
use crate::cache::{Cache, FileKey, KeptPicture};
use crate::model::{Dataset, FeatureId, PartKind, Role};
use crate::project::{LayerEntry, Project, ViewEntry};
use crate::render::{DrawnOverview, LayerKey};
use crate::session::{Camera, Loaded, Status};

/// Positions below which a map is drawn within a frame anyway.
const SMALL: usize = 150_000;

/// Where a layer's data come from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Where it is.
    pub path: PathBuf,
    /// The file as it stood before it was read.
    pub key: FileKey,
    /// SHA-256 of the content that the cache was made from; `None` where the file itself was read.
    pub content: Option<String>,
}

impl Qiancun {
    /// The cache as the settings want it.
    pub(super) fn cache(&self) -> Option<Cache> {
        let cache = self.kept.cache.as_ref()?;
        let limit = self.session.settings.cache_limit_bytes();
        Some(cache.limited(limit)).filter(|c| c.limit_bytes() > 0)
    }

    /// Everything that the picture of a project depends on, in one word: files as they stand, themes, colours.
    fn picture_of(
        &self,
        project: &Project,
        view: &ViewEntry,
        file: impl Fn(&Path) -> Option<FileState>,
    ) -> Option<String> {
        // What only names a layer changes nothing of what is seen.
        let layers = project.layers.iter().cloned();
        let plain = Project {
            layers: layers.map(|l| LayerEntry { id: String::new(), group: String::new(), ..l }).collect(),
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
            let (bytes, modified) = file(path)?;
            write!(of, "{} {bytes} {modified:?};", path.display()).ok()?;
        }
        write!(
            of,
            "{} {} {:?} {}",
            self.session.dark,
            self.session.is_stark(),
            self.session.lang,
            env!("CARGO_PKG_VERSION")
        )
        .ok()?;
        Some(Sha256::digest(of.as_bytes()).iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Notes a file as it stands when its reading begins.
    pub(super) fn note_state(&mut self, path: &Path) {
        match state_of(path) {
            Some(state) => self.kept.states.insert(path.to_path_buf(), state),
            None => self.kept.states.remove(path),
        };
    }

    /// Whether a file is no longer as it was when it was read; gone files are not.
    pub(super) fn has_changed(&self, path: &Path) -> bool {
        let seen = self.kept.states.get(path);
        seen.is_some() && state_of(path).is_some_and(|now| Some(&now) != seen)
    }

    /// Notes tables as they stand when they are about to be read, and says which have changed since they were read last, or
    /// are gone: whatever the reason for reading them, nobody's figures come in or go unsaid.
    pub(super) fn note_tables(&mut self, paths: &[PathBuf]) {
        let names = |list: Vec<&PathBuf>| list.into_iter().map(|p| name_of(p)).collect::<Vec<_>>().join(", ");
        let changed = names(paths.iter().filter(|p| self.has_changed(p)).collect());
        let is_gone = |p: &&PathBuf| self.kept.states.contains_key(*p) && state_of(p).is_none();
        let gone = names(paths.iter().filter(is_gone).collect());
        for (key, list) in [("status.read-again", changed), ("status.file-gone", gone)] {
            if !list.is_empty() {
                self.session.news = Some(self.session.lang.with(key, &[("n", &list)]));
            }
        }
        paths.iter().for_each(|path| self.note_state(path));
    }

    /// Shows the picture of a file that is about to be read alone on the map, if there is one.
    pub(super) fn show_kept_file(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let project = Project { layers: vec![LayerEntry::new(path)], ..Project::default() };
        self.show_kept(&project, &ViewEntry::default());
    }

    /// Whether a picture is kept that would be shown while a file is read alone.
    pub fn knows_picture_of(&self, path: &Path) -> bool {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let project = Project { layers: vec![LayerEntry::new(path)], ..Project::default() };
        let of = self.picture_of(&project, &ViewEntry::default(), state_of);
        self.cache().zip(of).is_some_and(|(cache, of)| cache.picture(&of).is_some())
    }

    /// Shows the picture of a project whose files are about to be read, if there is one.
    pub(super) fn show_kept(&mut self, project: &Project, view: &ViewEntry) {
        let Some(cache) = self.cache().filter(|_| self.opened.field.is_none()) else { return };
        let Some(of) = self.picture_of(project, view, state_of) else { return };
        self.jobs.kept_picture(self.opened.opening, move || cache.picture(&of));
    }

    /// Whether something is being read that is to stand on the map.
    fn is_opening(&self) -> bool {
        let is_loading =
            |key: &LayerKey| self.session.layers.get(key).is_some_and(|l| matches!(l.status, Status::Loading(_)));
        !self.session.work.pending.is_empty() || self.session.document.keys.iter().any(is_loading)
    }

    /// A picture that stands for what is being read goes where nothing is being read any more.
    pub(super) fn sync_placeholder(&mut self) {
        if !self.is_opening()
            && let Ok(mut scene) = self.scene.lock()
        {
            scene.drop_placeholder();
        }
    }

    /// How the part of a file that the camera sees is shown before all of it is read: where it alone is on the map.
    pub(super) fn first_look(&self, key: LayerKey, camera: Camera) -> Option<FirstLook> {
        let entry = self.session.entry(key)?;
        let is_alone = self.session.document.keys.len() == 1 && entry.visible && entry.opacity >= 1.0;
        let pixels_per_point = self.ctx.pixels_per_point();
        let has_colours = entry.colouring.is_none() && self.session.view.theme.is_none() && self.opened.field.is_none();
        let palette = self.scene.lock().ok()?.palette().filter(|_| is_alone)?;
        let view = camera.view(self.map_size_px(), pixels_per_point);
        let colour = self.session.tokens().plain.fill;
        Some(FirstLook { view, palette, colour, pixels_per_point, has_colours, opening: self.opened.opening })
    }

    /// Width and height of the map in pixels.
    fn map_size_px(&self) -> [u32; 2] {
        let pixels_per_point = f64::from(self.ctx.pixels_per_point());
        self.session.map_size_pt.map(|pt| (pt * pixels_per_point).round().max(1.0) as u32)
    }

    /// Takes a picture for what is being read, unless something is on the map by now, or a picture that serves the view.
    pub(super) fn was_kept(&mut self, placeholder: &Placeholder) {
        let Placeholder { picture, is_whole, has_colours, opening } = placeholder;
        let is_bare = !self.session.layers.values().any(|l| l.loaded().is_some());
        if *opening != self.opened.opening || !self.is_opening() || !is_bare {
            return;
        }
        let view = self.map.view();
        if let Ok(mut scene) = self.scene.lock() {
            if view.is_some_and(|view| scene.placeholder_serves(&view)) {
                return;
            }
            scene.set_placeholder(picture.view, &picture.pixels, *is_whole, *has_colours);
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
        !self.session.document.keys.is_empty() && !self.is_opening() && self.is_sharp()
    }

    /// Once everything stands: draws the overview anew where it is out of date, keeps it and what was read, and sees whether
    /// what came from the cache is still what the files say. One thing at a time.
    pub(super) fn tend_cache(&mut self) {
        self.kept.origins.retain(|key, _| self.session.layers.contains_key(key));
        let finished = |key: &LayerKey| -> Option<Arc<Loaded>> {
            self.session.layers.get(key)?.loaded().filter(|l| l.is_finished()).cloned()
        };
        let next = self.kept.origins.keys().find_map(|k| Some((*k, finished(k)?)));
        let stale = self.overview_is_stale();
        if (!stale && next.is_none()) || self.jobs.is_tending() || self.jobs.is_busy() {
            return;
        }
        if self.drawn.calm_frames < 4 || self.map.is_moving() || !self.is_sharp() {
            self.ctx.request_repaint_after(std::time::Duration::from_millis(60));
            return;
        }
        if stale && self.draw_overview() {
            return;
        }
        let Some((key, loaded)) = next else { return };
        let (Some(origin), Some(cache)) = (self.kept.origins.remove(&key), self.cache()) else { return };
        self.jobs.tend(key, loaded, origin, cache);
    }

    /// Whether nothing is left to be drawn or kept for later.
    pub fn has_kept_everything(&self) -> bool {
        self.is_settled() && !self.overview_is_stale() && self.kept.origins.is_empty() && !self.jobs.is_tending()
    }

    /// Whether an overview is wanted and no longer shows what the map shows. Without a GPU it is shown while the camera moves;
    /// elsewhere it is only kept for the next time.
    fn overview_is_stale(&self) -> bool {
        let is_plain =
            self.session.meeting.is_none() && self.map.before.is_none() && self.session.stage.playing.is_none();
        if !is_plain || self.session.is_joining() || self.jobs.is_reading() {
            return false;
        }
        let mut count = 0;
        for (layer, _) in self.session.shown().filter(|(_, e)| e.visible) {
            // What is not there yet, or cannot be read, would be missing in the picture.
            let Some(loaded) = layer.loaded().filter(|l| l.is_finished()) else { return false };
            count += loaded.chunks.vertex_count();
        }
        let keeps_small = self.kept.cache.as_ref().is_some_and(|c| c.is_worth_keeping(0));
        let Ok(scene) = self.scene.lock() else { return false };
        let is_kept = self.kept.content == Some(scene.content()) || self.cache().is_none();
        (count > SMALL || (keeps_small && count > 0))
            && if scene.gpu().is_software { !scene.has_overview() } else { !is_kept }
    }

    /// Has the overview drawn, and kept where it is not yet; false where it cannot be drawn.
    fn draw_overview(&mut self) -> bool {
        let Some(bounds) = self.bounds_deg() else { return false };
        let pixels_per_point = self.ctx.pixels_per_point();
        let view = Camera::fitting(bounds, self.session.map_size_pt).view(self.map_size_px(), pixels_per_point);
        let Some(work) = self.scene.lock().ok().and_then(|s| s.overview_work(view, pixels_per_point)) else {
            return false;
        };
        self.kept.content = self.scene.lock().ok().map(|s| s.content());
        let of = self.picture_now();
        let keep = self.cache().zip(of.clone().filter(|of| self.wants_keeping(Some(of)) && self.has_areas()));
        if self.wants_keeping(of.as_ref()) {
            self.kept.picture = of.map(|of| (of, self.map_size_px()));
        }
        self.jobs.overview(work, move |drawn: &DrawnOverview| {
            let Some((cache, of)) = keep.filter(|(cache, of)| !cache.has_picture(of, drawn.view.size_px)) else {
                return Ok(());
            };
            cache.keep_picture(&of, &KeptPicture { view: drawn.view, bounds_deg: bounds, pixels: drawn.pixels.clone() })
        });
        true
    }

    /// Whether this picture is not kept yet, or only a smaller one, drawn while a panel was open.
    fn wants_keeping(&self, of: Option<&String>) -> bool {
        let area = |[width, height]: [u32; 2]| u64::from(width) * u64::from(height);
        match (&self.kept.picture, of) {
            (Some((kept, size)), Some(of)) if kept == of => area(self.map_size_px()) > area(*size) * 5 / 4,
            (_, of) => of.is_some(),
        }
    }

    /// What the picture of the map as it is depends on.
    /// `None` where a file is no longer as it was when it was read.
    fn picture_now(&self) -> Option<String> {
        let as_read = |path: &Path| self.kept.states.get(path).copied().filter(|state| state_of(path) == Some(*state));
        self.picture_of(&self.session.document.project, &self.session.view, as_read)
    }

    /// Whether areas or lines are shown: symbols alone change with every zoom, and are read in no time.
    fn has_areas(&self) -> bool {
        let mut shown = self.session.shown().filter_map(|(l, _)| l.loaded());
        shown.any(|l| l.dataset.geometry.parts.iter().any(|p| p.kind != PartKind::Point))
    }

    /// Reads a layer's file again, whatever the cache says.
    pub(super) fn read_again(&mut self, key: LayerKey) {
        let Some((path, how)) = self.session.entry(key).map(|e| (e.path.clone(), e.how())) else { return };
        if let Some(cache) = self.cache() {
            cache.forget(&path);
        }
        self.session.news = Some(self.session.lang.with("status.reading-again", &[("n", &name_of(&path))]));
        self.start_reading((key, path, how), Default::default(), (true, false));
    }

    /// What was read again takes the place of what was there. A selection by number could mean other villages: it stays with those
    /// of the same code, name and town, and goes where there is none or several.
    pub(super) fn replaced(&mut self, key: LayerKey, loaded: &Arc<Loaded>) {
        let before = self.session.layers.get(&key).and_then(|l| l.loaded()).cloned();
        if let Some((_, selected)) = self.session.document.selection.clone().filter(|(of, _)| *of == key) {
            let same =
                before.map(|before| same_villages(&before.dataset, &loaded.dataset, &selected)).unwrap_or_default();
            self.session.note(|d| d.selection = (!same.is_empty()).then_some((key, same)));
        }
        self.session.moment.hover = None;
        self.session.news =
            Some(self.session.lang.with("status.read-again", &[("n", &name_of(&loaded.dataset.source.path))]));
    }

    /// Notes what lies in the cache, for the settings.
    pub(super) fn look_at_storage(&mut self) {
        self.session.storage.cache_folder = self.kept.cache.as_ref().map(|c| c.folder().to_path_buf());
        self.session.storage.cache_bytes = self.kept.cache.as_ref().map(Cache::bytes);
    }

    /// Empties the cache.
    pub(super) fn empty_cache(&mut self) {
        if let Some(cache) = &self.kept.cache
            && let Err(e) = cache.empty()
        {
            self.session.storage.trouble = Some(e.to_string());
        }
        if let Some(cache) = &self.kept.cache {
            std::fs::remove_dir_all(cache.folder().join(super::recent::FOLDER)).ok();
        }
        self.kept.picture = None;
        self.look_at_storage();
    }
}

/// The villages of one reading in another, by code, name and town together.
fn same_villages(before: &Dataset, now: &Dataset, which: &[FeatureId]) -> Vec<FeatureId> {
    let identity = |d: &Dataset, f: FeatureId| -> Vec<String> {
        let text = |role| d.text(f, role).map(|t| t.trim().to_owned()).unwrap_or_default();
        vec![text(Role::Code), d.file_name(f), text(Role::Town)]
    };
    let is_nobody = |who: &Vec<String>| who.iter().all(String::is_empty);
    let mut known: FxHashMap<Vec<String>, Option<FeatureId>> = FxHashMap::default();
    for f in now.features() {
        known.entry(identity(now, f)).and_modify(|slot| *slot = None).or_insert(Some(f));
    }
    let same = which.iter().filter_map(|f| Some(identity(before, *f)).filter(|who| !is_nobody(who)));
    same.filter_map(|who| known.get(&who).copied().flatten()).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
