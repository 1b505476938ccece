//! Projects that travel: saved as one archive, and opened from one.

use super::asking::Asks;
use std::path::{Path, PathBuf};

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use super::tables::io_words;
use crate::project::{PackOptions, Packed, contents_of, made_pages_path, pack, unpack, with_ending};
use crate::session::{Dialogue, FileCommand, PackageDraft, PackageStep};
use crate::survey::LogPaths;

/// What lies beside a project and goes along where its log does: the log, its copy, its photos, the list of pages.
pub fn beside_project(project: &Path) -> Vec<PathBuf> {
    let log = LogPaths::of(project);
    vec![log.log, log.journal, log.photos, made_pages_path(project)]
}

/// Sizes as people read them.
fn mb(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// How folders begin in which packages lie that are only looked at.
const LOOKED_AT: &str = "qiancun-look-";

/// How long such a folder is left alone that a program left which was ended by force.
const LEFT_FOR: std::time::Duration = std::time::Duration::from_secs(2 * 24 * 3600);

/// Whether a file is one of a package that is only looked at: nothing is kept of it.
pub(super) fn is_looked_at(path: &Path) -> bool {
    path.components().any(|c| c.as_os_str().to_string_lossy().starts_with(LOOKED_AT))
}

/// Removes what programs left that were ended by force.
fn sweep() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(LOOKED_AT);
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > LEFT_FOR) {
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

impl Qiancun {
    /// Asks what is to go along, with a list of what would.
    pub(super) fn ask_package(&mut self, options: PackOptions) {
        let Some(file) = self.session.file.path.clone() else {
            let text = self.session.lang.t("package.save-first").to_owned();
            self.session.moment.dialogue = Some(Dialogue::Message(text));
            return;
        };
        let contents = contents_of(&self.session.document.project, &file, &beside_project(&file), options);
        self.session.moment.dialogue = Some(Dialogue::Package(PackageDraft { options, contents }));
    }

    pub(super) fn ask_package_file(&mut self, options: PackOptions) {
        let title = self.session.lang.t("package.title");
        let stem =
            self.session.file.path.as_ref().and_then(|p| p.file_stem()).map(|s| s.to_string_lossy().into_owned());
        let name = format!("{}.qiancun.zip", stem.unwrap_or_else(|| "district".into()));
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter("ZIP", &["zip"]).set_file_name(name);
            dialogue.save_file().map(|p| FileCommand::Package(PackageStep::SaveTo(options, p)))
        });
    }

    /// Writes the package, in the background.
    pub(super) fn save_package(&mut self, options: PackOptions, path: &Path) {
        let path = with_ending(path, "zip");
        let Some(file) = self.session.file.path.clone().filter(|_| self.may_write(&path)) else { return };
        let project = self.session.document.project.clone();
        self.session.work.writing.push(path.clone());
        self.jobs.start(Job::Write, move |_| {
            let packed = pack(&project, &file, &beside_project(&file), options, &path);
            Some(Done::Packed(path, packed))
        });
    }

    /// Says what is in it, and what is not.
    pub(super) fn was_packed(&mut self, path: &Path, packed: std::io::Result<Packed>) {
        match packed {
            Ok(packed) => {
                self.was_written(path, Ok(()));
                let lang = self.session.lang;
                let size = std::fs::metadata(path).map_or(0, |m| m.len());
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let values = [("name", name), ("n", packed.files.len().to_string()), ("mb", mb(size))];
                let values = values.each_ref().map(|(k, v)| (*k, v.as_str()));
                self.session.news = Some(lang.with("package.saved", &values));
            }
            Err(e) => self.was_written(path, Err(e)),
        }
    }

    /// Carries out a step of making or taking a package.
    pub(super) fn on_packages(&mut self, step: PackageStep) {
        match step {
            PackageStep::Choose(options) => self.ask_package(options),
            PackageStep::AskFile(options) => self.ask_package_file(options),
            PackageStep::SaveTo(options, path) => self.save_package(options, &path),
            PackageStep::AskFolder(package) => self.ask_unpack(package),
            PackageStep::UnpackTo(package, folder) => self.unpack_to(package, folder),
            PackageStep::LookInto(package) => self.look_into(package),
            PackageStep::Show(project) => self.show_looked_at(project),
        }
    }

    /// Asks where a package is to be unpacked.
    pub(super) fn ask_unpack(&mut self, package: PathBuf) {
        let title = self.session.lang.t("package.unpack");
        let folder = package.parent().map(Path::to_path_buf).unwrap_or_default();
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let dialogue = question.set_directory(folder);
            dialogue.pick_folder().map(|to| FileCommand::Package(PackageStep::UnpackTo(package, to)))
        });
    }

    /// Unpacks it for as long as it is looked at.
    pub(super) fn look_into(&mut self, package: PathBuf) {
        let lang = self.session.lang;
        self.jobs.start(Job::Write, move |_| {
            sweep();
            let made = tempfile::Builder::new().prefix(LOOKED_AT).tempdir().map_err(|e| io_words(lang, &e));
            let unpacked = made.and_then(|folder| {
                let project = unpack(&package, folder.path()).map_err(|e| e.words(lang))?;
                Ok((folder, project))
            });
            Some(match unpacked {
                Ok((folder, project)) => Done::LookedInto(folder, package, project),
                Err(why) => {
                    let values = [("name", package.display().to_string()), ("n", why)];
                    let values = values.each_ref().map(|(k, v)| (*k, v.as_str()));
                    Done::Command(FileCommand::Say(lang.with("package.not-unpacked", &values)).into())
                }
            })
        });
    }

    /// Has what was unpacked shown.
    pub(super) fn package_came(&mut self, folder: tempfile::TempDir, package: PathBuf, project: PathBuf) {
        self.opened.look_next = Some((folder, package));
        self.send(FileCommand::Package(PackageStep::Show(project)));
    }

    /// Shows what is looked at, unless changes of something else would be lost: then that is asked first.
    pub(super) fn show_looked_at(&mut self, project: PathBuf) {
        if !self.ask_before_losing(FileCommand::Package(PackageStep::Show(project.clone()))) {
            self.begin_look(&project);
        }
    }

    /// Shows it: like the demonstration it has no file of its own. What was looked at before goes now, not sooner.
    pub(super) fn begin_look(&mut self, project: &Path) {
        let Some(next) = self.opened.look_next.take().filter(|(folder, _)| project.starts_with(folder.path())) else {
            return;
        };
        if self.open_project(project, false) {
            self.opened.looked_at = Some(next);
            self.session.news = Some(self.session.lang.t("package.looked-at").to_owned());
        }
    }

    /// The package that is only looked at, where what is shown is from one.
    pub(super) fn package_looked_at(&self) -> Option<&Path> {
        let (folder, package) = self.opened.looked_at.as_ref()?;
        let is_from = self.session.document.project.layers.iter().any(|l| l.path.starts_with(folder.path()));
        is_from.then_some(package)
    }

    /// Unpacks it, in the background, and opens the project in it.
    pub(super) fn unpack_to(&mut self, package: PathBuf, folder: PathBuf) {
        let lang = self.session.lang;
        self.jobs.start(Job::Write, move |_| {
            Some(Done::Command(match unpack(&package, &folder) {
                Ok(project) => FileCommand::Open(vec![project]).into(),
                Err(e) => {
                    let name = package.display().to_string();
                    FileCommand::Say(lang.with("package.not-unpacked", &[("name", &name), ("n", &e.words(lang))]))
                        .into()
                }
            }))
        });
    }
}
