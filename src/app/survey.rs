//! What commands do with the survey log.

use super::asking::Asks;
use std::path::{Path, PathBuf};

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use super::recording::Then;
use crate::lang::fill;
use crate::model::Generation;
use crate::project;
use crate::round::Navigation;
use crate::session::{Dialogue, RoundDraft, SurveyCommand, VisitDraft};
use crate::survey::{Instant, LogPaths, NewVisit, Opened, PhotoFacts, SurveyError, Told, photo_facts, small_picture};

impl Qiancun {
    /// Carries out a command of its group.
    pub(super) fn on_survey(&mut self, command: SurveyCommand) {
        match command {
            SurveyCommand::ExportGapsDialogue => self.ask_export_gaps(),
            SurveyCommand::ExportGapsTo(path) => self.export_gaps(&path),
            SurveyCommand::PlanRound => {
                let navigation = Navigation::from_key(&self.session.settings.navigation).unwrap_or_default();
                self.session.moment.form.round = Some(RoundDraft { navigation, ..RoundDraft::default() });
            }
            SurveyCommand::WriteRoundDialogue => self.ask_round_folder(),
            SurveyCommand::WriteRoundTo(folder) => self.write_round_to(folder),
            SurveyCommand::SortPhotosDialogue => self.ask_field_photos(),
            SurveyCommand::SortPhotos(places) => self.sort_field_photos(places),
            SurveyCommand::ShowPhotos(draft) => self.show_field_photos(Ok(draft)),
            SurveyCommand::NoPhotos(words) => self.show_field_photos(Err(words)),
            SurveyCommand::PutPhotos(draft) => self.put_field_photos(*draft),
            SurveyCommand::VisitGap(row) => self.ask_visit(row),
            SurveyCommand::PhotoDialogue => self.ask_photo(),
            SurveyCommand::TakePhoto(path) => self.take_photo(path),
            SurveyCommand::Record(draft) => self.record(*draft),
            SurveyCommand::EditVisit(id) => self.edit_visit(&id),
            SurveyCommand::ShowPhoto(name) => self.show_photo(name),
            SurveyCommand::WithdrawVisit(id) => {
                self.amend("visit.withdraw", id, Then::Nothing, |log, id| log.withdraw(id))
            }
            SurveyCommand::RestoreVisit(id) => {
                self.amend("visit.restore", id, Then::Nothing, |log, id| log.restore(id))
            }
            SurveyCommand::AttachVisit(id, key) => self.attach_visit(&id, &key),
            SurveyCommand::AdoptLog(log) => self.adopt_log(&log),
            SurveyCommand::ImportResultsDialogue => self.ask_results(),
            SurveyCommand::ImportFolderDialogue => self.ask_returned_folder(),
            SurveyCommand::ImportResults(paths) => self.import_all(paths),
            SurveyCommand::OpenAsLayer(path) => self.open_as_layer(path),
            SurveyCommand::LookAtResults(preview) => self.look_at_results(&preview),
            SurveyCommand::TakeResults(preview) => self.take_results_in(*preview),
            SurveyCommand::TakeMerge(preview) => self.take_merge(*preview),
            SurveyCommand::CompareGaps(since) => {
                if since.is_none() {
                    self.session.moment.gap_filter.became = None;
                }
                self.session.survey.since = since;
            }
            SurveyCommand::CompareGapsDialogue => self.ask_comparison(),
        }
    }

    /// Opens the log of a project that was opened or saved, in the background.
    pub(super) fn sync_survey(&mut self) {
        if self.session.survey.of == self.session.file.path {
            return;
        }
        let project = self.session.file.path.clone();
        let survey = &mut self.session.survey;
        (survey.of, survey.log, survey.trouble, survey.note) = (project.clone(), None, None, None);
        (survey.seen, survey.paths) = (None, None);
        survey.photos.clear();
        survey.generation = Generation::next();
        if let Some(project) = project {
            self.jobs.survey(project);
        }
    }

    /// Takes a log that was opened, unless another project is open by now.
    pub(super) fn was_opened(&mut self, project: &Path, opened: Result<Option<Opened>, SurveyError>) {
        if self.session.survey.of.as_deref() != Some(project) {
            return;
        }
        // What was recorded meanwhile opened it, too, and knows more.
        if self.session.survey.log.is_some() {
            return;
        }
        self.session.survey.generation = Generation::next();
        match opened {
            Ok(None) => {}
            Ok(Some(opened)) => self.take_log(opened),
            Err(e) => {
                let text = self.sentence(&e);
                self.session.survey.trouble = Some(text.clone());
                self.ask_after(Dialogue::Message(text));
            }
        }
    }

    /// What happened at an opening, as sentences.
    fn told_words(&self, told: &[Told]) -> Vec<String> {
        let lang = self.session.lang;
        let words = |told: &Told| match told {
            Told::Saved(kept, n) => {
                let kept = kept.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                lang.with("survey.saved", &[("name", &kept), ("n", &n.to_string())])
            }
            Told::Restored(n) => lang.with("survey.restored", &[("n", &n.to_string())]),
            Told::Edited(n) => lang.with("survey.edited", &[("n", &n.to_string())]),
            Told::CopyDamaged(n) => lang.with("survey.copy-damaged", &[("n", &n.to_string())]),
            Told::Migrated(kept) => {
                let kept = kept.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                lang.with("survey.migrated", &[("name", &kept)])
            }
            Told::OnNetwork => lang.t("survey.on-network").to_owned(),
            Told::ReadOnly => lang.t("survey.read-only").to_owned(),
        };
        told.iter().map(words).collect()
    }

    pub(super) fn take_log(&mut self, opened: Opened) {
        let sentences = self.told_words(&opened.told);
        // Damage is said where it cannot be overlooked, the rest in passing.
        if opened.told.contains(&Told::OnNetwork) {
            self.session.survey.note = Some(self.session.lang.t("survey.on-network").to_owned());
        }
        if opened.told.iter().any(|t| matches!(t, Told::Saved(..) | Told::CopyDamaged(_))) {
            self.ask_after(Dialogue::Message(sentences.join("\n")));
        } else if !sentences.is_empty() {
            self.session.news = Some(sentences.join(" "));
        }
        let survey = &mut self.session.survey;
        (survey.seen, survey.paths) = (Some(opened.log.shared()), Some(opened.log.paths().clone()));
        survey.log = Some(opened.log);
        self.index_log();
    }

    /// Looks for a log whose project was renamed, where the project has none: it is offered.
    pub(super) fn look_for_stray_log(&mut self, project: &Path) {
        if let [stray] = LogPaths::strays(project).as_slice() {
            self.ask_after(Dialogue::StrayLog(stray.clone()));
        }
    }

    /// Gives a log with its copy and photos the name of the project.
    fn adopt_log(&mut self, log: &Path) {
        self.session.moment.dialogue = None;
        let Some(project) = self.session.file.path.clone() else { return };
        match LogPaths::of(log).rename_to(&LogPaths::of(&project)) {
            Ok(()) => self.jobs.survey(project),
            Err(e) => {
                let name = log.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let text = self.session.lang.with("error.write", &[("name", &name), ("n", &e.to_string())]);
                self.session.moment.dialogue = Some(Dialogue::Message(text));
            }
        }
    }

    /// An error in the person's language, with the program's own words behind it.
    pub(super) fn sentence(&self, error: &SurveyError) -> String {
        let name = error.path().and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned());
        match self.session.lang.find(&format!("survey-error.{}", error.code())) {
            Some(text) => format!("{}\n{error}", fill(text, &[("path", &name.unwrap_or_default())])),
            None => error.to_string(),
        }
    }

    pub(super) fn tell_survey(&mut self, error: &SurveyError) {
        let text = self.sentence(error);
        self.ask_after(Dialogue::Message(text));
    }

    fn ask_visit(&mut self, row: usize) {
        let Some(found) = self.session.present_gaps().cloned() else { return };
        let Some((gap, district)) = found.list.gaps.get(row).zip(self.session.district().cloned()) else { return };
        let visit = NewVisit { by: self.session.settings.surveyor.clone(), ..NewVisit::of_gap(gap, &district) };
        let reason = self.session.gap_reason(&found, gap);
        let at = Instant::now().for_people();
        self.session.moment.dialogue = Some(Dialogue::Visit(VisitDraft { visit, reason, at, ..VisitDraft::default() }));
    }

    fn edit_visit(&mut self, id: &str) {
        let Some(survey) = self.session.survey() else { return };
        let Some(said) = survey.visit(id).and_then(|v| survey.said(v)) else { return };
        let visit = NewVisit::of_event(said);
        let at = said.at.map_or_else(|| said.at_text.clone(), Instant::for_people);
        let reason = match &self.session.moment.dialogue {
            Some(Dialogue::Visit(draft)) => draft.reason.clone(),
            _ => String::new(),
        };
        let corrects = Some(id.to_owned());
        self.session.moment.dialogue = Some(Dialogue::Visit(VisitDraft {
            visit,
            reason,
            corrects,
            at_was: at.clone(),
            at,
            ..VisitDraft::default()
        }));
    }

    fn ask_photo(&mut self) {
        let title = self.session.lang.t("visit.photo");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            question
                .add_filter("JPEG, PNG, HEIC, WebP", &["jpg", "jpeg", "png", "heic", "webp"])
                .pick_file()
                .map(SurveyCommand::TakePhoto)
        });
    }

    fn take_photo(&mut self, path: PathBuf) {
        if let Some(Dialogue::Visit(draft)) = &mut self.session.moment.dialogue
            && !draft.photos.contains(&path)
        {
            draft.photos.push(path.clone());
            self.jobs.start(Job::Photo, move |_| {
                let facts = photo_facts(&path);
                Some(Done::PhotoFacts(path, facts))
            });
        }
    }

    /// Takes what a camera wrote into a photo of the visit being typed.
    pub(super) fn was_looked_into(&mut self, path: &Path, facts: PhotoFacts) {
        if let Some(Dialogue::Visit(draft)) = &mut self.session.moment.dialogue
            && draft.photos.iter().any(|p| p == path)
        {
            draft.facts.at = draft.facts.at.or(facts.at);
            draft.facts.place = draft.facts.place.or(facts.place);
        }
    }

    /// Has the small picture of a photo of the log made, once.
    fn show_photo(&mut self, name: String) {
        let Some(folder) = self.session.photo_folder() else { return };
        if self.session.survey.photos.contains_key(&name) {
            return;
        }
        self.session.survey.photos.insert(name.clone(), None);
        self.jobs.start(Job::Photo, move |_| {
            let image = small_picture(&folder, &name).map(|image| {
                let size = [image.width() as usize, image.height() as usize];
                egui::ColorImage::from_rgba_unmultiplied(size, image.as_raw())
            });
            Some(Done::Thumbnail(name, image))
        });
    }

    /// Lets a visit be one to another gap.
    fn attach_visit(&mut self, id: &str, key: &str) {
        let index = self.session.present_gaps().map(|f| f.index.clone());
        let subject = index.and_then(|index| index.subject(key).cloned());
        let Some(subject) = subject else { return };
        let rule = key.split('/').next().unwrap_or_default().to_owned();
        let key = key.to_owned();
        self.amend("visit.attach", id.to_owned(), Then::Said("visit.attached"), move |log, id| {
            log.correct(id, |event| {
                (event.gap, event.rule, event.subject) = (key, rule, subject);
            })
        });
    }

    fn ask_comparison(&mut self) {
        let title = self.session.lang.t("gaps.compare");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter("qiancun", &["qiancun"]);
            dialogue.pick_file().map(|p| SurveyCommand::CompareGaps(Some(crate::session::Since::Project(p))))
        });
    }

    /// Says why a comparison could not be made.
    pub(super) fn could_not_compare(&mut self, message: String) {
        self.session.survey.since = None;
        self.ask_after(Dialogue::Message(message));
    }
}

/// The gaps of another project.
pub(super) fn other_district(path: &Path) -> Result<std::sync::Arc<crate::district::District>, String> {
    let project = project::load(path).map_err(|e| e.to_string())?;
    super::load::read_district(path, &project).map(|(district, _)| district)
}
