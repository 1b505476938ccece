//! What was opened together: folders and companions sorted out before, the sheet that says how each was understood after, and changes to
//! that.

use super::asking::Asks;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::district::{Diagnosis, Kind, diagnose};
use crate::lang::fill;
use crate::model::{Crs, Dataset, KindWord};
use crate::output::{LAYER_ENDINGS, LayerOptions, save_layer};
use crate::project::{LayerEntry, with_ending};
use crate::read::formats::{COMPANIONS, READERS};
use crate::read::{How, Progress, is_photo, previews};
use crate::render::LayerKey;
use crate::session::{Dialogue, LayerCommand, Naming, OpenedAs, OpenedFile, Pending, ReadingDraft};

/// Files taken out of a folder, and how deep it is looked into.
const MOST_FILES: usize = 200;
const DEEPEST: usize = 4;
/// Entries of a folder that are looked at for photos.
const MOST_LOOKED_AT: usize = 2_000;

/// The files that are to be opened: folders give what can be read in them, and what belongs to a shapefile comes with it. With how
/// many were left out.
pub(super) fn openable(paths: Vec<PathBuf>) -> (Vec<PathBuf>, usize) {
    let (mut files, mut left_out) = (Vec::new(), 0);
    for path in paths {
        if path.is_dir() {
            look_into(&path, 0, &mut files, &mut left_out);
        } else {
            files.push(path);
        }
    }
    let ending = |p: &Path| p.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let shapes: Vec<PathBuf> = files.iter().filter(|p| ending(p) == "shp").map(|p| p.with_extension("")).collect();
    files.retain(|p| {
        let ending = ending(p);
        let is_of_shapes = COMPANIONS.contains(&ending.as_str()) && shapes.contains(&p.with_extension(""));
        let is_metadata = p.to_string_lossy().to_ascii_lowercase().ends_with(".shp.xml");
        !is_of_shapes && !is_metadata
    });
    (files, left_out)
}

/// Photos among what is opened, as folders with the names that are meant: folders that hold photos and no file that is read otherwise,
/// whole; photos by themselves with the others of their folder. With what is left.
pub(super) fn photos_among(paths: Vec<PathBuf>) -> (Vec<(PathBuf, Vec<String>)>, Vec<PathBuf>) {
    let (mut photos, mut others): (Vec<(PathBuf, Vec<String>)>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    for path in paths {
        if path.is_dir() {
            match holds_photos(&path, 0) && openable(vec![path.clone()]).0.is_empty() {
                true => photos.push((path, Vec::new())),
                false => others.push(path),
            }
            continue;
        }
        let place = path.parent().zip(path.file_name()).filter(|_| is_photo(&path));
        let Some((folder, name)) = place.map(|(f, n)| (f.to_path_buf(), n.to_string_lossy().into_owned())) else {
            others.push(path);
            continue;
        };
        match photos.iter_mut().find(|(f, only)| *f == folder && !only.is_empty()) {
            Some((_, only)) => only.push(name),
            None => photos.push((folder, vec![name])),
        }
    }
    (photos, others)
}

/// Whether a folder, or one in it, holds a photo.
fn holds_photos(folder: &Path, depth: usize) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).take(MOST_LOOKED_AT).collect();
    paths.iter().any(|p| p.is_file() && is_photo(p))
        || (depth < DEEPEST && paths.iter().any(|p| p.is_dir() && !p.is_symlink() && holds_photos(p, depth + 1)))
}

/// Files that are passed over before a folder is given up.
const MOST_LEFT_OUT: usize = 20_000;

fn look_into(folder: &Path, depth: usize, files: &mut Vec<PathBuf>, left_out: &mut usize) {
    // A whole disk is no folder of a district.
    let Some(entries) = std::fs::read_dir(folder).ok().filter(|_| *left_out < MOST_LEFT_OUT) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let is_hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        // A folder that points to itself has no end.
        if path.is_dir() && !path.is_symlink() && !is_hidden && depth < DEEPEST {
            look_into(&path, depth + 1, files, left_out);
        } else if path.is_file() && !is_hidden {
            let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
            let is_known =
                READERS.iter().any(|r| r.endings().contains(&ending.as_str())) && ending != "js" && ending != "txt";
            match (is_known || ending == "qiancun", files.len() < MOST_FILES) {
                (true, true) => files.push(path),
                (true, false) => *left_out += 1,
                _ if COMPANIONS.contains(&ending.as_str()) => {}
                _ => *left_out += 1,
            }
        }
    }
}

/// A file as the sheet names it.
pub(super) fn opened_name(path: &Path, how: &How) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match &how.layer {
        Some(layer) => format!("{name} · {layer}"),
        None => name,
    }
}

impl Qiancun {
    /// Opens some layers of a file, each as a layer of the map.
    pub(super) fn open_layers(&mut self, path: &Path, layers: Vec<String>) {
        self.opened.opening += 1;
        for layer in layers {
            self.begin_opening(path.to_path_buf(), How { layer: Some(layer), ..How::default() }, false);
        }
    }

    pub(super) fn begin_opening(&mut self, path: PathBuf, how: How, asks: bool) {
        let key = self.new_key();
        let progress = Arc::new(Progress::new());
        let pending = Pending { key, path: path.clone(), how: how.clone(), progress: progress.clone() };
        self.session.work.pending.push(pending);
        self.start_reading((key, path, how), progress, (false, asks));
    }

    /// Says what was opened, where there is anything to say: several files, something that was understood in a way a person may want
    /// to change, or something that could not be read. One file that is plainly what it is needs no words.
    pub(super) fn show_opened(&mut self) {
        let mut files = std::mem::take(&mut self.opened.files);
        if let [OpenedFile { outcome: OpenedAs::Failed(text), .. }] = files.as_slice() {
            let text = text.clone();
            return self.ask_after(Dialogue::Message(text));
        }
        for file in &mut files {
            if let OpenedAs::Layer(key, diagnosis) = &mut file.outcome {
                *diagnosis = self.diagnosis_of(*key);
            }
        }
        // What could not be read comes last.
        files.sort_by_key(|f| matches!(f.outcome, OpenedAs::Failed(_)));
        let layers = files.iter().filter(|f| matches!(f.outcome, OpenedAs::Layer(..))).count();
        let is_worth_it = files.iter().any(|f| match &f.outcome {
            OpenedAs::Layer(key, diagnosis) => diagnosis.suggested.is_some() || self.is_noteworthy(*key),
            OpenedAs::Table(..) => false,
            OpenedAs::Failed(_) | OpenedAs::Photos(..) => true,
        });
        if is_worth_it || layers > 3 {
            self.ask_after(Dialogue::Opened(files));
        }
    }

    /// Whether a file was understood in a way that is not plain: letters that were guessed, positions that were moved or are not
    /// understood.
    fn is_noteworthy(&self, key: LayerKey) -> bool {
        let Some(loaded) = self.session.layers.get(&key).and_then(|l| l.loaded()) else { return false };
        let source = &loaded.dataset.source;
        let is_told = |code: &str| loaded.dataset.report.problems.iter().any(|p| p.code == code);
        loaded.naming() != Naming::Plain
            || !matches!(source.crs, Crs::Geographic(_))
            || (matches!(source.encoding_from, "scored" | "file") && source.encoding != "UTF-8")
            || ["swapped-axes", "bad-encoding", "broken-off", "null-island"].into_iter().any(is_told)
    }

    /// What the coordinate doctor says of a layer, beside the villages.
    fn diagnosis_of(&self, key: LayerKey) -> Diagnosis {
        let loaded = |key: LayerKey| self.session.layers.get(&key).and_then(|l| l.loaded());
        let villages = self.session.village_layer().map(|l| l.key).filter(|v| *v != key);
        match (loaded(key), villages.and_then(loaded)) {
            (Some(layer), Some(villages)) => diagnose(&layer.dataset, &villages.dataset),
            _ => Diagnosis::default(),
        }
    }

    /// Opens the form of letters and coordinates.
    pub(super) fn edit_reading(&mut self, key: LayerKey) {
        let Some(entry) = self.session.entry(key) else { return };
        let how = entry.how();
        let draft = ReadingDraft {
            layer: key,
            crs_text: how.crs.clone().unwrap_or_default(),
            previews: previews(&entry.path, &how),
            diagnosis: self.diagnosis_of(key),
            how,
            trouble: None,
        };
        self.step_aside();
        self.session.moment.dialogue = Some(Dialogue::Reading(Box::new(draft)));
    }

    /// Says of which kind facilities of a word are.
    pub(super) fn set_kind_word(&mut self, word: String, kind: Kind) {
        self.session.transact("command.kind-word", |d| {
            d.project.kinds.retain(|k| k.word != word);
            d.project.kinds.push(KindWord { word, kind: kind.key().to_owned() });
        });
    }

    /// Opens the form of fields.
    pub(super) fn edit_fields(&mut self, key: LayerKey) {
        self.step_aside();
        self.session.moment.dialogue = Some(Dialogue::Fields(key));
    }

    /// The sheet of what was opened comes back once the form that it led to is closed.
    fn step_aside(&mut self) {
        if let Some(sheet @ Dialogue::Opened(_)) = self.session.moment.dialogue.take() {
            self.waiting.push_front(sheet);
        }
    }

    /// Asks where a layer is to be written.
    pub(super) fn ask_export_layer(&mut self, key: LayerKey) {
        let title = self.session.lang.t("command.export-layer");
        let name = self.session.layer_title(key);
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let mut dialogue = question.set_file_name(format!("{name}.gpkg"));
            for (title, endings) in [
                ("GeoPackage", &["gpkg"][..]),
                ("Shapefile", &["shp"]),
                ("GeoJSON", &["geojson"]),
                ("KML", &["kml"]),
                ("GPX", &["gpx"]),
                ("FlatGeobuf", &["fgb"]),
                ("XLSX", &["xlsx"]),
                ("CSV", &["csv"]),
            ] {
                dialogue = dialogue.add_filter(title, endings);
            }
            dialogue.save_file().map(|path| LayerCommand::ExportTo(key, path))
        });
    }

    /// Has a layer written, with the classes of the map where the format takes them; what it cannot take is said.
    pub(super) fn export_layer(&mut self, key: LayerKey, path: &Path) {
        let is_known = path.extension().is_some_and(|e| LAYER_ENDINGS.iter().any(|own| e.eq_ignore_ascii_case(own)));
        let path = if is_known { path.to_path_buf() } else { with_ending(path, "gpkg") };
        let loaded = self.session.layers.get(&key).and_then(|l| l.loaded()).cloned();
        let Some(loaded) = loaded.filter(|_| self.may_write(&path)) else { return };
        let options = LayerOptions { system: None, classes: self.session.layer_classes(key) };
        self.write_layer(loaded.dataset.clone(), options, path);
    }

    /// Writes a dataset as the ending says, in the background; what the format cannot take is said.
    pub(super) fn write_layer(&mut self, dataset: Arc<Dataset>, options: LayerOptions, path: PathBuf) {
        let lang = self.session.lang;
        self.session.work.writing.push(path.clone());
        self.jobs.start(Job::Write, move |_| {
            let words = |(what, detail): &(&'static str, String)| {
                let words = lang.find(&format!("export.{what}"));
                words.map_or_else(|| format!("{what} {detail}"), |w| fill(w, &[("n", detail)]))
            };
            let written = save_layer(&dataset, &path, &options);
            let told = written.map(|w| w.told.iter().map(words).collect::<Vec<_>>().join("\n"));
            Some(Done::LayerWritten(path, told))
        });
    }

    /// Says how the writing of a layer ended, and what its format could not take.
    pub(super) fn layer_was_written(&mut self, path: &Path, written: std::io::Result<String>) {
        match written {
            Ok(told) => {
                self.was_written(path, Ok(()));
                if !told.is_empty() {
                    let saved = self.session.news.clone().unwrap_or_default();
                    self.ask_after(Dialogue::Message(format!("{saved}\n{told}")));
                }
            }
            Err(e) => self.was_written(path, Err(e)),
        }
    }

    /// Reads the file of a layer anew as a person says; a step that can be taken back.
    pub(super) fn set_reading(&mut self, key: LayerKey, how: How) {
        self.session.transact_layer("command.reading", key, |e| {
            let LayerEntry { file_layer, encoding, crs, only, .. } = e;
            (*file_layer, *encoding, *crs, *only) = (how.layer, how.encoding, how.crs, how.only);
        });
        self.read_again(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_companions() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(dir.path().join("界")).expect("made");
        for name in ["a.shp", "a.dbf", "a.prj", "a.shp.xml", "界/b.geojson", "界/notes.docx", "c.dbf"] {
            std::fs::write(dir.path().join(name), "x").expect("written");
        }
        let (files, left_out) = openable(vec![dir.path().to_path_buf()]);
        let names: Vec<String> =
            files.iter().map(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()).collect();
        assert_eq!((names, left_out), (vec!["a.shp".to_owned(), "c.dbf".to_owned(), "b.geojson".to_owned()], 2));
    }
}
