//! What came of reading files: layers take their places, tables and files of several layers are asked about, what failed is told.

use std::path::Path;
use std::sync::Arc;

use super::jobs::Job;
use super::opening::opened_name;
use super::qiancun::Qiancun;
use super::reading::{Outcome, ReadFile};
use crate::colouring::ColouringSpec;
use crate::district::Diagnosis;
use crate::geo::System;
use crate::lang::fill;
use crate::model::{Crs, FeatureId, LayerKind};
use crate::palette::PHOTO;
use crate::project::{LayerEntry, LayerStyle, give_ids, hex_of};
use crate::read::formats::PHOTOS;
use crate::read::{How, ReadError};
use crate::render::{LayerKey, Level, Mesh};
use crate::session::{Dialogue, DocumentState, Layer, LayersDraft, Loaded, OpenedAs, OpenedFile, Pending, Status};

impl Qiancun {
    /// A job has a fault: it is told once, what waited for it goes on, and the window stays.
    pub(super) fn has_failed(&mut self, job: Job, why: &str) {
        match job {
            Job::Read(key) => return self.was_read(key, Err(ReadError::fault(Path::new(""), why.to_owned()))),
            Job::Compare => self.session.survey.since = None,
            Job::Finish(key) => {
                self.drawn.unfinished.insert(key);
            }
            Job::Page => self.session.work.atlas = None,
            Job::Survey => self.recording_failed(why),
            Job::Save => self.saving.under_way = None,
            Job::Write => self.session.work.writing.clear(),
            Job::Results => self.returned_failed(),
            Job::Look => {
                self.opened.reports.is_busy = false;
                if let Some(Dialogue::Online(draft)) = &mut self.session.moment.dialogue {
                    draft.is_asking = false;
                }
            }
            _ => {}
        }
        let lang = self.session.lang;
        let what = lang.find(&format!("job.{}", job.key())).unwrap_or(job.key());
        let text = lang.with("error.job", &[("what", what), ("n", why)]);
        if !self.session.work.faults.contains(&text) {
            self.session.work.faults.push(text.clone());
        }
        // What a person waits for is told every time.
        let is_asked_for = matches!(job, Job::Page | Job::Survey | Job::Results | Job::Save | Job::Write);
        if self.told_faults.insert(job.key()) || is_asked_for {
            self.ask_after(Dialogue::Message(text));
        }
    }

    pub(super) fn was_read(&mut self, key: LayerKey, result: Result<Outcome, ReadError>) {
        self.take_read(key, result);
        // Tables wait for what was opened with them: whichever is read first, they belong together.
        if self.session.work.pending.is_empty() {
            let tables = std::mem::take(&mut self.opened.tables);
            self.show_opened();
            tables.iter().for_each(|path| self.join_table(path));
        }
    }

    fn take_read(&mut self, key: LayerKey, result: Result<Outcome, ReadError>) {
        match &result {
            Ok(Outcome::Layer(file)) => tracing::info!(features = file.loaded.dataset.len(), "read"),
            Ok(_) => tracing::info!("looked into"),
            Err(error) => tracing::warn!(code = error.code(), "could not be read"),
        }
        let pending =
            self.session.work.pending.iter().position(|p| p.key == key).map(|i| self.session.work.pending.remove(i));
        match (result, pending) {
            (Ok(Outcome::Layer(file)), Some(pending)) if self.is_to_be_taken_for(&pending, &file.loaded).is_some() => {
                // Read once more, as this person's files of the kind are.
                let crs = self.is_to_be_taken_for(&pending, &file.loaded);
                self.begin_opening(pending.path, How { crs, ..pending.how }, false);
            }
            (Ok(Outcome::Layer(ReadFile { loaded, level, meshes, origin })), pending) => {
                let again = self.session.layers.get(&key).is_some_and(|l| l.loaded().is_some());
                if let Some(pending) = pending {
                    self.session.pin_villages(&loaded);
                    self.add_layer(key, &pending.path, &pending.how, &loaded);
                    let name = opened_name(&pending.path, &pending.how);
                    self.opened.files.push(OpenedFile { name, outcome: OpenedAs::Layer(key, Diagnosis::default()) });
                } else if !self.session.layers.contains_key(&key) {
                    return;
                }
                if again {
                    self.replaced(key, &loaded);
                }
                self.kept.origins.extend(origin.map(|origin| (key, origin)));
                self.session.layers.insert(key, Layer { key, status: Status::Ready(loaded.clone()), colouring: None });
                self.place(key, &loaded, level, &meshes, again);
            }
            (Ok(Outcome::Table(rows, is_all)), Some(pending)) => {
                let name = opened_name(&pending.path, &pending.how);
                self.opened.files.push(OpenedFile { name, outcome: OpenedAs::Table(rows, is_all) });
                self.opened.tables.push(pending.path);
            }
            (Ok(Outcome::Layers(names)), Some(pending)) => {
                let layers = names.into_iter().map(|n| (n, true)).collect();
                self.ask_after(Dialogue::Layers(LayersDraft { path: pending.path, layers }));
            }
            (Ok(Outcome::Results), Some(pending)) => self.import_all(vec![pending.path]),
            (Ok(Outcome::Layers(_) | Outcome::Results), None) => {}
            // A layer of the project: what it is to show is not in it.
            (Ok(Outcome::Table(..)), None) => {
                let path = self.session.entry(key).map(|e| e.path.display().to_string()).unwrap_or_default();
                let text = self.session.lang.with("read.table", &[("name", &path)]);
                if let Some(layer) = self.session.layers.get_mut(&key) {
                    layer.status = Status::Failed(text.trim_end().to_owned());
                }
            }
            (Err(error), Some(pending)) => {
                let folder = pending.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let name = match pending.how.only.as_slice() {
                    [photo] => photo.clone(),
                    _ => folder,
                };
                if error.code() == "cancelled" {
                    self.session.news = Some(self.session.lang.with("status.cancelled", &[("n", &name)]));
                } else {
                    let text = self.explain(&error, &name);
                    // Photos of a round lose their place in a messenger; the codes of its sheets still say whose they are.
                    let photos = match pending.how.only.as_slice() {
                        _ if error.code() != "no-photo-place" => Vec::new(),
                        [] => vec![pending.path.clone()],
                        [_] => Vec::new(),
                        several => several.iter().map(|photo| pending.path.join(photo)).collect(),
                    };
                    let outcome = match photos.is_empty() {
                        false => OpenedAs::Photos(photos, text),
                        true => OpenedAs::Failed(text),
                    };
                    self.opened.files.push(OpenedFile { name, outcome });
                }
            }
            (Err(error), None) => {
                let path = self.session.entry(key).map(|e| e.path.display().to_string()).unwrap_or_default();
                let text = self.explain(&error, &path);
                match self.session.layers.get_mut(&key) {
                    // What is on the map stays there; only the new reading failed.
                    Some(layer) if layer.loaded().is_some() => self.ask_after(Dialogue::Message(text)),
                    Some(layer) => layer.status = Status::Failed(text),
                    None => {}
                }
            }
        }
    }

    /// The system that a file is taken for which says none and whose positions are no degrees, where this person chose one.
    fn is_to_be_taken_for(&self, pending: &Pending, loaded: &Loaded) -> Option<String> {
        let usual = &self.session.settings.window.usual_crs;
        let is_unsaid = matches!(&loaded.dataset.source.crs, Crs::Other(name) if name.is_empty());
        (is_unsaid && pending.how.crs.is_none() && System::of_name(usual).is_some()).then(|| usual.clone())
    }

    /// Why a file could not be read, in the person's language and words, with what to do.
    pub(super) fn explain(&self, error: &ReadError, name: &str) -> String {
        let lang = self.session.lang;
        let of = |key: &str| lang.find(&format!("read.{key}"));
        let words = error.kind().and_then(of).or_else(|| of(error.code()));
        let mut text = words.map_or_else(|| error.to_string(), |w| fill(w, &[("name", name)]));
        if let Some((line, column)) = error.line_and_column() {
            let place = [("line", line.to_string()), ("column", column.to_string())];
            text.push_str(&lang.with("read.at", &place.each_ref().map(|(k, v)| (*k, v.as_str()))));
        }
        text
    }

    /// Puts a file just read on the map: above all for points, below points for areas; in place of the demonstration.
    fn add_layer(&mut self, key: LayerKey, path: &Path, how: &How, loaded: &Loaded) {
        let mut style = LayerStyle::stated(&loaded.dataset);
        let kind = (loaded.dataset.source.format == PHOTOS).then_some(LayerKind::Photos);
        if kind.is_some() {
            style.fill.get_or_insert_with(|| hex_of(PHOTO));
        }
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let put = |d: &mut DocumentState| {
            let entry = LayerEntry {
                kind: kind.clone(),
                style: style.clone(),
                ..LayerEntry::read_as(path.clone(), how.clone())
            };
            d.put_layer(key, entry);
            give_ids(&mut d.project.layers);
        };
        if std::mem::take(&mut self.session.file.gives_way) {
            self.session.file.on_disk = None;
            self.session.view = Default::default();
            self.session.begin(DocumentState::default());
            self.session.note(put);
            self.drawn.fit_when_ready = true;
        } else {
            self.session.transact("command.open", put);
        }
        self.session.settings.remember(&path);
        self.save_settings();
    }

    /// Puts a layer on the map; `again`: in place of what was there under this key.
    /// Moves a layer that came to where it hides nothing: points lie over lines, lines over areas, whichever was read first.
    fn put_among(&mut self, key: LayerKey, loaded: &Loaded) {
        let rank = |l: &Loaded| if l.is_points() { 2 } else { u8::from(l.is_lines()) };
        let own = rank(loaded);
        let keys = &self.session.document.keys;
        let of = |k: &LayerKey| self.session.layers.get(k).and_then(|l| l.loaded()).map(|l| rank(l));
        let Some(at) = keys.iter().position(|k| *k == key) else { return };
        let below = keys.iter().skip(at + 1).rposition(|k| of(k).is_some_and(|r| r > own)).map(|n| at + 1 + n);
        let above = keys.iter().take(at).position(|k| of(k).is_some_and(|r| r < own));
        if let Some(to) = below.or(above) {
            self.session.note(|d| d.move_layer(at, to));
        }
    }

    fn place(&mut self, key: LayerKey, loaded: &Arc<Loaded>, level: Level, meshes: &[Mesh], again: bool) {
        if let Ok(mut scene) = self.scene.lock() {
            scene.remove_layer(key);
        }
        if !again && self.session.file.path.is_none() {
            self.put_among(key, loaded);
        }
        if let Some(field) = self.opened.field.take() {
            let kind =
                loaded.dataset.table.position(&field).and_then(|i| loaded.dataset.table.columns.get(i)).map(|c| c.kind);
            match kind.filter(|_| self.session.entry(key).is_some()) {
                Some(kind) => {
                    let colouring = ColouringSpec::for_field(&field, kind);
                    self.session
                        .note(|d| d.entry_mut(key).into_iter().for_each(|e| e.colouring = Some(colouring.clone())));
                }
                None => self.opened.field = Some(field),
            }
        }
        self.sync_layer(key);
        if let Ok(mut scene) = self.scene.lock() {
            scene.drop_placeholder();
            for (chunk, mesh) in meshes.iter().enumerate() {
                scene.add_mesh(key, chunk as u32, level, mesh);
            }
        }
        // What follows the first picture waits for it.
        self.drawn.calm_frames = 0;
        self.drawn.just_placed = true;
        let first = self.session.document.keys.len() == 1;
        if (self.drawn.fit_when_ready || first) && !again && self.session.document.project.camera.is_none() {
            self.fit_all();
        }
        if loaded.dataset.is_empty() || loaded.dataset.geometry.parts.is_empty() {
            self.session.news = Some(self.session.lang.t("status.nothing-to-draw").to_owned());
        }
        self.select_named(key, loaded);
    }

    /// Selects the village that the project names.
    fn select_named(&mut self, key: LayerKey, loaded: &Loaded) {
        use crate::model::Role;
        let Some(wanted) = self.session.document.project.selected.clone() else { return };
        if self.session.document.selection.is_some() || loaded.is_points() {
            return;
        }
        let is = |f: u32, role| loaded.dataset.text(FeatureId::new(f), role).is_some_and(|t| t == wanted);
        let found = loaded.dataset.features().find(|f| is(f.number(), Role::Code) || is(f.number(), Role::Name));
        self.session.note(|d| d.selection = found.map(|f| (key, vec![f])));
    }
}
