//! Opening files and projects, and what happens when one has been read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::grounds::is_ground;
use super::jobs::{Done, Job};
use super::opening::{openable, photos_among};
use super::qiancun::Qiancun;
use super::reading::Asked;
use super::tables::io_words;
use crate::model::{Indicators, LayerKind};
use crate::project::{self, Project, ProjectError, demo_project, give_ids};
use crate::read::{How, Progress};
use crate::render::{LayerKey, Level, Mesh};
use crate::session::{Camera, Dialogue, DocumentState, Layer, Loaded, PhotoPicture, Status};
use crate::survey::{LogPaths, is_round};

impl Qiancun {
    /// Opens files: the first project among them, then what it does not have already as layers, and logs of colleagues to be looked
    /// at. Only one project is open at a time: others are told.
    pub(super) fn open(&mut self, mut paths: Vec<PathBuf>) {
        let is_project = |p: &PathBuf| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"));
        if let Some(at) = paths.iter().position(is_project) {
            let path = paths.remove(at);
            if !self.open_project(&path, true) {
                return;
            }
            let (others, rest) = paths.into_iter().partition::<Vec<_>, _>(is_project);
            if !others.is_empty() {
                let names: Vec<String> = others.iter().map(|p| p.display().to_string()).collect();
                let text = self.session.lang.with("error.one-project", &[("n", &names.join("\n"))]);
                self.ask_after(Dialogue::Message(text));
            }
            // Whoever drags a whole folder in means the project with its files, each once.
            let project = &self.session.document.project;
            let its: Vec<&PathBuf> =
                project.layers.iter().map(|l| &l.path).chain(project.tables.iter().map(|t| &t.path)).collect();
            let log = LogPaths::of(&path);
            let is_its = |p: &PathBuf| {
                its.iter().any(|own| project::is_same_file(own, p))
                    || [&log.log, &log.journal].iter().any(|own| project::is_same_file(own, p))
            };
            paths = rest.into_iter().filter(|p| !is_its(p)).collect();
        }
        let (logs, paths): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|p| LogPaths::is_named_as_log(p));
        let (rounds, paths): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.into_iter().partition(|p| p.is_dir() && self.session.file.path.is_some() && is_round(p));
        if !logs.is_empty() || !rounds.is_empty() {
            self.import_all(logs.into_iter().chain(rounds).collect());
        }
        let (grounds, paths): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|p| is_ground(p));
        grounds.into_iter().for_each(|path| self.add_ground(path));
        let (photos, paths) = photos_among(paths);
        for (folder, only) in photos {
            self.opened.opening += 1;
            self.begin_opening(folder, How { only, ..How::default() }, false);
        }
        let (paths, left_out) = openable(paths);
        if left_out > 0 {
            let text = self.session.lang.with("opened.left-out", &[("n", &left_out.to_string())]);
            self.session.news = Some(text);
        }
        if paths.is_empty() {
            return;
        }
        self.opened.opening += 1;
        if let ([path], true) = (paths.as_slice(), self.session.document.keys.is_empty()) {
            self.show_kept_file(path);
        }
        paths.into_iter().for_each(|path| self.begin_opening(path, How::default(), true));
    }

    pub(super) fn new_key(&mut self) -> LayerKey {
        self.opened.last_key = self.opened.last_key.next();
        self.opened.last_key
    }

    /// Has a file read; `fresh`: from the file itself, whatever the cache says; `asks`: which layers are wanted, where it has several.
    pub(super) fn start_reading(
        &mut self,
        (key, path, how): (LayerKey, PathBuf, How),
        progress: Arc<Progress>,
        (fresh, asks): (bool, bool),
    ) {
        let (size, ppp) = (self.session.map_size_pt, f64::from(self.ctx.pixels_per_point()));
        let camera =
            self.session.document.project.camera.filter(|_| !self.session.file.gives_way).map(Camera::from_project);
        let cache = self.cache().filter(|_| !super::packages::is_looked_at(&path));
        self.note_state(&path);
        let is_layer = self.opened.as_layer.take_if(|own| *own == path).is_some();
        let asked = Asked { layers: asks, results: asks && !is_layer && self.session.file.path.is_some() };
        // A first look goes by what the file says of itself.
        let first = camera.filter(|_| !fresh && how.is_plain()).and_then(|camera| self.first_look(key, camera));
        let indicators = Indicators::with(&self.session.document.project.indicators);
        self.jobs.read((key, path, how), progress, (cache, fresh, asked), indicators, first, move |bounds| {
            let camera = camera.or_else(|| bounds.map(|b| Camera::fitting(b, size))).unwrap_or_default();
            Level::for_zoom(camera.zoom + ppp.log2())
        });
    }

    /// Opens the demonstration district.
    pub(super) fn open_demo(&mut self) {
        match demo_project() {
            Ok(path) => {
                self.open_project(&path, false);
            }
            Err(e) => {
                self.session.moment.dialogue = Some(Dialogue::Message(
                    self.session.lang.with("error.demo", &[("n", &io_words(self.session.lang, &e))]),
                ))
            }
        }
    }

    /// Begins a project with nothing in it.
    pub(super) fn new_project(&mut self) {
        self.show_project(Project::default(), None, None);
        self.session.file.gives_way = false;
    }

    /// Opens a project. `own` is false for the demonstration: it is saved elsewhere, and the first file opened takes
    /// its place.
    /// Whether it could be read; else it was told.
    pub(super) fn open_project(&mut self, path: &Path, own: bool) -> bool {
        let path = &std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        match project::open(path) {
            Ok(original) => {
                self.show_project(original.project.clone(), own.then(|| path.to_path_buf()), Some(original));
                if own {
                    self.session.settings.remember(path);
                    self.save_settings();
                    self.tell_not_understood();
                    self.look_for_stray_log(path);
                }
                true
            }
            Err(e) => {
                let is_gone =
                    matches!(&e, ProjectError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound);
                // Where its folder is there, its drive is too: it was moved or deleted, and is offered no longer.
                if is_gone && path.parent().is_some_and(|folder| folder.is_dir()) {
                    self.remembering(|s| s.recent.retain(|p| p != path));
                }
                self.ask_after(Dialogue::Message(e.words(self.session.lang)));
                false
            }
        }
    }

    /// Says what of the project this version does not understand.
    fn tell_not_understood(&mut self) {
        const MOST: usize = 12;
        let mut told = self.session.not_understood();
        if told.is_empty() {
            return;
        }
        let rest = told.len().saturating_sub(MOST);
        told.truncate(MOST);
        if rest > 0 {
            told.push(self.session.lang.with("import.more", &[("n", &rest.to_string())]));
        }
        let text = format!("{}\n{}", self.session.lang.t("error.left-out"), told.join("\n"));
        self.ask_after(Dialogue::Message(text));
    }

    /// Shows a project in place of what is open; `path` is where it is saved, `None` for the demonstration and for what was never
    /// saved, and `original` the file as it was read.
    pub(super) fn show_project(
        &mut self,
        mut project: Project,
        path: Option<PathBuf>,
        original: Option<project::Original>,
    ) {
        let own = path.is_some();
        give_ids(&mut project.layers);
        self.opened.project_turn += 1;
        self.forget_returned();
        (self.saving.merged, self.recording.steps_left) = (None, 0);
        // What was asked for, and what was being typed, is of the project before.
        self.session.work.pending.drain(..).for_each(|p| p.progress.cancel());
        self.opened.held.clear();
        self.opened.tables.clear();
        self.opened.unjoined.clear();
        self.opened.shows_ground = false;
        self.session.work.reports_waiting = None;
        self.session.work.reports_unread.clear();
        let is_of_project =
            |d: &Dialogue| !matches!(d, Dialogue::Recover(_) | Dialogue::Message(_) | Dialogue::Settings);
        self.session.moment.dialogue.take_if(|d| is_of_project(d));
        self.waiting.retain(|d| !is_of_project(d));
        self.opened.opening += 1;
        self.kept.origins.clear();
        if let Ok(mut scene) = self.scene.lock() {
            scene.drop_placeholder();
        }
        self.session.layers.clear();
        self.drawn.added_of.clear();
        self.drawn.applied.clear();
        self.session.file.gives_way = !own;
        self.session.file.path = path;
        self.session.file.on_disk = original;
        self.saving.told_changed = None;
        self.saving.after = None;
        let keys: Vec<LayerKey> = project.layers.iter().map(|_| self.new_key()).collect();
        self.drawn.fit_when_ready = project.camera.is_none();
        if let Some(camera) = project.camera {
            self.session.camera = Camera::from_project(camera);
        }
        self.session.view = project.view.clone();
        self.session.stage.playing = None;
        self.session.begin(DocumentState { project, keys, selection: None });
        let (project, view) = (self.session.document.project.clone(), self.session.view.clone());
        self.show_kept(&project, &view);
        let keys = self.session.document.keys.clone();
        keys.into_iter().for_each(|key| self.load_layer(key));
    }

    /// Has layers read whose file is another one than it was, and those that are not here.
    pub(super) fn read_moved(&mut self, before: &DocumentState) {
        let document = &self.session.document;
        let is_moved = |key: &LayerKey| match (document.entry(*key), before.entry(*key)) {
            (Some(now), Some(was)) => {
                now.path != was.path
                    || now.how() != was.how()
                    || now.ground != was.ground
                    || !self.session.layers.contains_key(key)
            }
            _ => !self.session.layers.contains_key(key),
        };
        let moved: Vec<LayerKey> = document.keys.iter().copied().filter(is_moved).collect();
        moved.into_iter().for_each(|key| self.load_layer(key));
    }

    /// Has the file of a layer of the project read. One of a kind that this version does not show stays in the list.
    pub(super) fn load_layer(&mut self, key: LayerKey) {
        let Some(entry) = self.session.entry(key).cloned() else { return };
        let progress = Arc::new(Progress::new());
        let how = entry.how();
        if entry.kind == Some(LayerKind::Ground) {
            return self.load_ground(key, &entry);
        }
        if let Some(kind) = entry.kind.filter(|kind| !kind.is_shown()) {
            let text = self.session.lang.with("layers.not-shown", &[("n", kind.key())]);
            self.session.layers.insert(key, Layer { key, status: Status::Failed(text), colouring: None });
            return;
        }
        self.session.layers.insert(key, Layer { key, status: Status::Loading(progress.clone()), colouring: None });
        self.start_reading((key, entry.path, how), progress, (false, false));
    }

    /// Takes what jobs have brought since the last frame.
    pub(super) fn take_results(&mut self) {
        let mut all = self.jobs.take();
        if self.session.meeting.is_none() {
            all.extend(std::mem::take(&mut self.opened.held));
        }
        for done in all {
            match done {
                // A file that was asked for before a meeting comes onto the map after it.
                Done::Read { key, .. }
                    if self.session.meeting.is_some() && self.session.work.pending.iter().any(|p| p.key == key) =>
                {
                    self.opened.held.push(done);
                }
                Done::Read { key, result } => self.was_read(key, result),
                Done::Mesh(key, chunk, level, mesh, of) => self.was_meshed((key, chunk, level), &mesh, &of),
                Done::Finished | Done::Topology => {}
                Done::Kept(placeholder) => self.was_kept(&placeholder),
                Done::Overview(drawn) => {
                    if let Ok(mut scene) = self.scene.lock() {
                        scene.set_overview(&drawn);
                    }
                }
                Done::NotKept(trouble) => self.could_not_keep(&trouble),
                Done::Tended(Ok(())) => {}
                Done::Tended(Err(e)) => self.session.storage.trouble = Some(e.to_string()),
                Done::FormFilled(path, filled) => self.form_was_filled(&path, filled),
                Done::Understood(table) => self.was_understood(*table),
                Done::ToCopy(text) => {
                    self.ctx.copy_text(text);
                    self.session.news = Some(self.session.lang.t("page.copied").to_owned());
                }
                Done::Relinked(found) => self.was_relinked(&found),
                Done::ServerAsked(url, found) => self.server_was_asked(&url, found),
                Done::AreaKept(key, path, kept) => self.area_was_kept(key, path, kept),
                Done::Ground(key, opened) => self.ground_was_opened(key, opened),
                Done::Stale(key) => self.read_again(key),
                Done::FilesTouched => self.look_at_files(false),
                Done::Made(job, put) => {
                    // One that was superseded meanwhile says nothing.
                    if put(&mut self.session.made) && job == Job::Gaps {
                        self.index_log();
                    }
                }
                Done::Unmade(fail) => fail(&mut self.session.made),
                Done::NotCompared(message) => self.could_not_compare(message),
                Done::Recorded(recorded) => self.was_recorded(*recorded),
                Done::Survey(project, opened) => self.was_opened(&project, opened),
                Done::Shared(path, written) => self.was_shared(&path, written),
                Done::Packed(path, packed) => self.was_packed(&path, packed),
                Done::RoundWritten(folder, written) => self.round_was_written(&folder, written),
                Done::PageSaved(path, written) => self.page_was_saved(&path, written),
                Done::Saved(saved) => self.was_saved(*saved),
                Done::Looked(change, text) => self.was_looked_at(change, text),
                Done::Written(path, written) => self.was_written(&path, written),
                Done::LayerWritten(path, written) => self.layer_was_written(&path, written),
                Done::Pictured(image) => self.was_pictured(image),
                Done::AtlasAt(done, all) => {
                    if let Some(atlas) = &mut self.session.work.atlas {
                        (atlas.0, atlas.1) = (done, all);
                    }
                }
                Done::Command(command) => self.send(command),
                Done::CameBack(what) => self.came_back(what),
                Done::People(path, read) => self.were_people_read(&path, read),
                Done::Reports(read) => self.were_reports_read(read),
                Done::LookedInto(folder, package, project) => self.package_came(folder, package, project),
                Done::Findings(found) => self.session.moment.dialogue = Some(Dialogue::Preflight(found, false)),
                Done::PhotoFacts(path, facts) => self.was_looked_into(&path, facts),
                Done::Thumbnail(photo, image) => {
                    self.session.survey.photos.insert(photo, image);
                }
                Done::Picture(file, side_px, image) => {
                    let picture = image.map_or(PhotoPicture::Never, PhotoPicture::Here);
                    self.session.made.photos.pictures.insert((file, side_px), picture);
                }
                Done::Failed(job, why) => {
                    tracing::error!(job = job.key(), says = super::running_log::without_data(&why), "a job broke");
                    self.has_failed(job, &why);
                }
            }
        }
    }

    /// Takes a mesh; of data that were read again meanwhile, or of other towns, it is asked for anew.
    fn was_meshed(&mut self, (key, chunk, level): (LayerKey, u32, Level), mesh: &Mesh, of: &Loaded) {
        let is_same = |now: &Arc<Loaded>| Arc::ptr_eq(&now.chunks, &of.chunks) && Arc::ptr_eq(&now.towns, &of.towns);
        if !self.session.layers.get(&key).and_then(|l| l.loaded()).is_some_and(is_same) {
            return;
        }
        for scene in [Some(&self.scene), self.map.before.as_ref()].into_iter().flatten() {
            if let Ok(mut scene) = scene.lock() {
                scene.add_mesh(key, chunk, level, mesh);
            }
        }
    }

    pub(super) fn save_settings(&mut self) {
        if self.saving.remember
            && let Err(e) = self.session.settings.save()
        {
            self.session.news =
                Some(self.session.lang.with("error.settings", &[("n", &io_words(self.session.lang, &e))]));
        }
    }
}
