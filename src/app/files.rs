//! What commands about files do.

use super::asking::Asks;
use super::grounds::is_ground;
use super::qiancun::Qiancun;
use crate::project::{self, project_in, with_ending};
use crate::read::formats::READERS;
use crate::read::is_photo;
use crate::session::{Command, Dialogue, FileCommand, Status};

impl Qiancun {
    /// Carries out a command about files.
    pub(super) fn on_files(&mut self, command: FileCommand) {
        match command {
            FileCommand::OpenDialogue => self.ask_open(),
            FileCommand::OpenFolderDialogue => self.ask_open_folder(),
            FileCommand::Open(paths) => match paths.as_slice() {
                // A photo may be one of a page.
                [one] if is_photo(one) && !is_ground(one) => self.open_photo(one.clone()),
                [one] if project_in(one).is_some() => {
                    self.session.moment.dialogue = Some(Dialogue::Unpack(one.clone()))
                }
                _ => self.open_unless_lost(paths),
            },
            FileCommand::Package(step) => self.on_packages(step),
            FileCommand::Say(text) => self.session.moment.dialogue = Some(Dialogue::Message(text)),
            FileCommand::OpenPhotos(paths) => self.open_unless_lost(paths),
            FileCommand::OpenLayers(path, layers) => self.open_layers(&path, layers),
            FileCommand::Understand(draft) => self.understand(*draft, false),
            FileCommand::TakeTable(draft) => self.take_table(*draft),
            FileCommand::OpenDemo => {
                if !self.ask_before_losing(FileCommand::OpenDemo) {
                    self.open_demo();
                }
            }
            FileCommand::NewProject => {
                if !self.ask_before_losing(FileCommand::NewProject) {
                    self.new_project();
                }
            }
            FileCommand::Version(which) => self.versions(which),
            FileCommand::ReadChanged => self.look_at_files(true),
            FileCommand::CancelLoad => self.cancel_loading(),
            FileCommand::ExportFiguresDialogue => self.ask_export_figures(),
            FileCommand::ExportFiguresTo(path) => self.export_figures(&path),
            FileCommand::FillFormDialogue => self.ask_fill_form(),
            FileCommand::Form(step) => self.on_form(step),
            FileCommand::CopyTable => self.copy_table(),
            FileCommand::ExportTableDialogue => self.ask_export_table(),
            FileCommand::ExportTableTo(path) => self.export_table(&path),
            FileCommand::CopyCard => self.copy_card(),
            FileCommand::CopyMap => self.copy_map(),
            FileCommand::ExportDialogue => self.ask_export(),
            FileCommand::ExportTo(path) => self.export_png(&path),
            FileCommand::Save | FileCommand::SaveAs | FileCommand::SaveThen(_)
                if self.package_looked_at().is_some() =>
            {
                // What is only looked at has no place of its own: it gets one first.
                self.session.moment.dialogue = self.package_looked_at().map(|p| Dialogue::Unpack(p.to_path_buf()));
            }
            FileCommand::Save => {
                self.saving.after = None;
                self.save();
            }
            FileCommand::SaveAs => self.ask_save(),
            FileCommand::StayOpen => self.saving.after = None,
            FileCommand::InProject(turn, command) => {
                // The answer to a question about another project says nothing about this one.
                if turn == self.opened.project_turn {
                    self.carry_out(*command);
                }
            }
            FileCommand::SaveTo(path) => self.save_to(&with_ending(&path, "qiancun"), false),
            FileCommand::SaveOver(path) => self.save_to(&with_ending(&path, "qiancun"), true),
            FileCommand::SaveThen(then) => {
                self.saving.after = Some(*then);
                self.save();
            }
            FileCommand::Discard(then) => self.discard(*then),
            FileCommand::MergeTheirs => self.merge_theirs(),
            FileCommand::OpenTheirs => {
                if let Some(path) = self.session.file.path.clone() {
                    self.open_project(&path, true);
                }
            }
            FileCommand::Recover(file) => {
                if !self.ask_before_losing(FileCommand::Recover(file.clone())) {
                    self.recover(&file);
                }
            }
            FileCommand::ForgetUnsaved(file) => {
                std::fs::remove_file(&file).ok();
                self.offer_unsaved();
            }
        }
    }

    fn export_png(&mut self, path: &std::path::Path) {
        let path = with_ending(path, "png");
        if self.may_write(&path) {
            self.export_to(&path);
        }
    }

    fn cancel_loading(&mut self) {
        self.session.work.pending.iter().for_each(|p| p.progress.cancel());
        self.session.work.understanding.iter().for_each(|(_, p)| p.cancel());
        for layer in self.session.layers.values() {
            if let Status::Loading(progress) = &layer.status {
                progress.cancel();
            }
        }
    }

    fn copy_card(&mut self) {
        if let Some(text) = self.session.card_text() {
            self.session.news = Some(self.session.lang.t("status.card-copied").to_owned());
            self.ctx.copy_text(text);
        }
    }

    /// Opens files, unless changes would be lost: then that is asked first.
    fn open_unless_lost(&mut self, paths: Vec<std::path::PathBuf>) {
        let project = paths.iter().any(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun")));
        // The first file takes the demonstration's place, with whatever was changed on it.
        let replaces = project || self.session.file.gives_way;
        if !(replaces && self.ask_before_losing(FileCommand::Open(paths.clone()))) {
            self.open(paths);
        }
    }

    fn ask_open(&mut self) {
        let title = self.session.lang.t("command.open");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let mut endings: Vec<&str> = READERS.iter().flat_map(|r| r.endings()).copied().collect();
            endings.push("qiancun");
            let titles: Vec<&str> = READERS.iter().map(|r| r.title()).chain(["qiancun"]).collect();
            let dialogue = question.add_filter(titles.join(", "), &endings);
            let dialogue = dialogue.add_filter("*", &["*"]);
            dialogue.pick_files().map(FileCommand::Open)
        });
    }

    fn ask_open_folder(&mut self) {
        let title = self.session.lang.t("command.open-folder");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let folder = question.pick_folder()?;
            // A folder with one project in it is that project's.
            let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|e| e.path());
            let projects: Vec<std::path::PathBuf> =
                entries.filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"))).collect();
            Some(FileCommand::Open(match projects.as_slice() {
                [one] => vec![one.clone()],
                _ => vec![folder],
            }))
        });
    }

    fn ask_export(&mut self) {
        let title = self.session.lang.t("command.export");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter("PNG", &["png"]).set_file_name("map.png");
            dialogue.save_file().map(|p| FileCommand::ExportTo(project::with_ending(&p, "png")))
        });
    }

    /// Asks whether to save where changes would be lost; true if it asked.
    pub(super) fn ask_before_losing(&mut self, then: impl Into<Command>) -> bool {
        self.saving.after = None;
        // What is only looked at is not kept: that was said.
        let ask = self.session.is_changed() && self.package_looked_at().is_none();
        if ask {
            self.session.moment.dialogue = Some(Dialogue::Unsaved(Box::new(then.into())));
        }
        ask
    }
}
