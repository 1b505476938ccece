//! Files that are not where the project says: found again by their names in a folder, all of them in one step.

use super::asking::Asks;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::render::LayerKey;
use crate::session::{LayerCommand, Status};

/// How deep folders are looked through, and most entries that are looked at.
const DEEPEST: usize = 8;
const MOST_ENTRIES: usize = 200_000;

/// What was found of files that are missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Relinked {
    /// Where the project says, and where it is.
    pub found: Vec<(PathBuf, PathBuf)>,
    /// Names that are nowhere in the folder.
    pub missing: Vec<String>,
    /// Names that are there more than once, equally near to what the project says.
    pub several: Vec<String>,
}

impl Qiancun {
    /// Carries out a command about files that are elsewhere.
    pub(super) fn on_relinking(&mut self, command: LayerCommand) {
        match command {
            LayerCommand::RelinkFolderDialogue => self.ask_relink_folder(),
            LayerCommand::RelinkFolder(folder) => self.relink_folder(folder),
            LayerCommand::RelinkDialogue(key) => self.ask_file(move |path| LayerCommand::Relink(key, path)),
            LayerCommand::Relink(key, path) => {
                self.session.transact_layer("command.relink", key, |e| e.path = path);
                self.load_layer(key);
            }
            LayerCommand::RelinkTableDialogue(old) => {
                self.ask_file(move |path| LayerCommand::RelinkTable(old, path));
            }
            LayerCommand::RelinkTable(old, path) => self.session.transact("command.relink", |d| {
                d.project.tables.iter_mut().filter(|t| t.path == old).for_each(|t| t.path.clone_from(&path));
            }),
            _ => {}
        }
    }

    /// Asks for the folder.
    fn ask_relink_folder(&mut self) {
        let title = self.session.lang.t("command.relink-folder");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let folder = question.pick_folder()?;
            Some(LayerCommand::RelinkFolder(folder))
        });
    }

    /// Looks for all missing files in a folder, in the background.
    fn relink_folder(&mut self, folder: PathBuf) {
        let missing = self.missing_files();
        if !missing.is_empty() {
            self.jobs.start(Job::Look, move |_| Some(Done::Relinked(look_for(&missing, &folder))));
        }
    }

    /// Files of layers and tables that are not there.
    fn missing_files(&self) -> Vec<PathBuf> {
        let layers = self.session.shown().filter(|(l, _)| matches!(l.status, Status::Failed(_))).map(|(_, e)| &e.path);
        let tables = self.session.document.project.tables.iter().map(|t| &t.path);
        let mut list: Vec<PathBuf> =
            layers.chain(tables).filter(|p| !p.as_os_str().is_empty() && !p.exists()).cloned().collect();
        list.sort();
        list.dedup();
        list
    }

    /// Takes what was found, as one step; says what was not.
    pub(super) fn was_relinked(&mut self, found: &Relinked) {
        let of = |path: &Path| found.found.iter().find(|(old, _)| old == path).map(|(_, new)| new.clone());
        let keys: Vec<LayerKey> =
            self.session.shown().filter(|(_, e)| of(&e.path).is_some()).map(|(l, _)| l.key).collect();
        if !found.found.is_empty() {
            self.session.transact("command.relink", |d| {
                let paths = d.project.layers.iter_mut().map(|l| &mut l.path);
                for path in paths.chain(d.project.tables.iter_mut().map(|t| &mut t.path)) {
                    if let Some(new) = of(path) {
                        *path = new;
                    }
                }
            });
            keys.into_iter().for_each(|key| self.load_layer(key));
        }
        let lang = self.session.lang;
        let mut words = lang.with("layers.relinked", &[("n", &found.found.len().to_string())]);
        for (key, names) in [("layers.still-missing", &found.missing), ("layers.found-twice", &found.several)] {
            if !names.is_empty() {
                words.push(' ');
                words.push_str(&lang.with(key, &[("n", &names.join("、"))]));
            }
        }
        self.session.news = Some(words);
    }
}

/// Looks for files by their names, whatever their case; of several the one whose folders are called alike.
fn look_for(missing: &[PathBuf], folder: &Path) -> Relinked {
    let name = |p: &Path| p.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut there: FxHashMap<String, Vec<PathBuf>> = missing.iter().map(|p| (name(p), Vec::new())).collect();
    let mut waiting = vec![(folder.to_path_buf(), 0)];
    let mut looked = 0;
    while let Some((folder, depth)) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            looked += 1;
            // A link may lead round in a circle.
            let Ok(kind) = entry.file_type() else { continue };
            if looked > MOST_ENTRIES || kind.is_symlink() {
                continue;
            }
            let path = entry.path();
            if let Some(list) = there.get_mut(&name(&path)) {
                list.push(path.clone());
            }
            if kind.is_dir() && depth < DEEPEST {
                waiting.push((path, depth + 1));
            }
        }
    }
    let mut out = Relinked::default();
    for old in missing {
        let own = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let candidates = there.get(&name(old)).map_or(&[][..], Vec::as_slice);
        let best = candidates.iter().map(|p| alike(old, p)).max();
        let nearest: Vec<&PathBuf> = candidates.iter().filter(|p| Some(alike(old, p)) == best).collect();
        match nearest.as_slice() {
            [] => out.missing.push(own(old)),
            [one] => out.found.push((old.clone(), (*one).clone())),
            _ => out.several.push(own(old)),
        }
    }
    // One file stands for one that is missing only: for the one whose folders are called alike.
    let nearest = |of: &(PathBuf, PathBuf)| {
        let rivals = out.found.iter().filter(|other| other.1 == of.1);
        let most = rivals.clone().map(|r| alike(&r.0, &r.1)).max();
        rivals.filter(|r| Some(alike(&r.0, &r.1)) == most).count() == 1 && Some(alike(&of.0, &of.1)) == most
    };
    let (found, given): (Vec<_>, Vec<_>) = out.found.iter().cloned().partition(nearest);
    let names = given.iter().filter_map(|(old, _)| Some(old.file_name()?.to_string_lossy().into_owned()));
    out.missing.extend(names);
    out.found = found;
    out
}

/// How many names at the end of two paths are the same.
fn alike(a: &Path, b: &Path) -> usize {
    let names = |p: &Path| -> Vec<String> {
        p.components().rev().map(|c| c.as_os_str().to_string_lossy().to_lowercase()).collect()
    };
    names(a).iter().zip(names(b)).take_while(|(a, b)| **a == *b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_name_and_the_folders_before_it() {
        let root = tempfile::tempdir().expect("a folder");
        for file in ["2023/村界.geojson", "2024/村界.geojson", "tables/A.CSV", "x/twice.csv", "y/twice.csv"] {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, "").expect("written");
        }
        let missing =
            ["/old/2024/村界.geojson", "/old/a.csv", "/old/gone.kml", "/old/twice.csv"].map(PathBuf::from).to_vec();
        let found = look_for(&missing, root.path());
        let at = |file: &str| root.path().join(file);
        assert_eq!(
            found.found,
            [(missing[0].clone(), at("2024/村界.geojson")), (missing[1].clone(), at("tables/A.CSV"))]
        );
        let years = ["/old/2022/a.csv", "/old/tables/a.csv"].map(PathBuf::from).to_vec();
        let one = look_for(&years, root.path());
        assert_eq!(one.found, [(years[1].clone(), at("tables/A.CSV"))], "one file is not two years");
        assert_eq!(one.missing, ["a.csv"]);
        assert_eq!((found.missing, found.several), (vec!["gone.kml".to_owned()], vec!["twice.csv".to_owned()]));
    }
}
