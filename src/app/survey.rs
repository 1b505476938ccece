//! What commands do with the survey log.

use std::path::{Path, PathBuf};

use super::qiancun::Qiancun;
use crate::project;
use crate::session::{Command, Dialogue, VisitDraft};
use crate::survey::{
    Instant, NewVisit, Opened, Outcome, Preview, SurveyError, SurveyLog, Told, keep_photo, photo_facts, read_results,
};

impl Qiancun {
    /// Carries out commands about the log; gives back all others.
    pub(super) fn survey(&mut self, command: Command) -> Option<Command> {
        match command {
            Command::VisitGap(row) => self.ask_visit(row),
            Command::PhotoDialogue => self.ask_photo(),
            Command::TakePhoto(path) => self.take_photo(path),
            Command::Record(draft) => self.record(*draft),
            Command::EditVisit(id) => self.edit_visit(&id),
            Command::WithdrawVisit(id) => self.amend(|log| log.withdraw(&id)),
            Command::RestoreVisit(id) => self.amend(|log| log.restore(&id)),
            Command::ImportResultsDialogue => self.ask_results(),
            Command::ImportResults(path) => self.import(&path),
            Command::TakeResults(preview) => self.take_results_in(*preview),
            Command::CompareGaps(since) => {
                if since.is_none() {
                    self.session.gap_filter.became = None;
                }
                self.session.gap_since = since;
            }
            Command::CompareGapsDialogue => self.ask_comparison(),
            Command::Undo if self.undoes_visit() => self.undo_visit(),
            other => return Some(other),
        }
        None
    }

    /// Opens the log of a project that was opened or saved, in the background.
    pub(super) fn sync_survey(&mut self) {
        if self.session.survey.of == self.session.project_path {
            return;
        }
        let project = self.session.project_path.clone();
        let survey = &mut self.session.survey;
        (survey.of, survey.log, survey.trouble) = (project.clone(), None, None);
        survey.recorded.clear();
        survey.version += 1;
        if let Some(project) = project {
            self.jobs.survey(project);
        }
    }

    /// Takes a log that was opened, unless another project is open by now.
    pub(super) fn was_opened(&mut self, project: &Path, opened: Result<Option<Opened>, SurveyError>) {
        if self.session.survey.of.as_deref() != Some(project) {
            return;
        }
        self.session.survey.version += 1;
        match opened {
            Ok(None) => {}
            Ok(Some(opened)) => self.take_log(opened),
            Err(e) => {
                let text = self.sentence(&e);
                self.session.survey.trouble = Some(text.clone());
                self.session.dialogue = Some(Dialogue::Message(text));
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
            Told::ReadOnly => lang.t("survey.read-only").to_owned(),
        };
        told.iter().map(words).collect()
    }

    fn take_log(&mut self, opened: Opened) {
        let sentences = self.told_words(&opened.told);
        // Damage is said where it cannot be overlooked, the rest in passing.
        if opened.told.iter().any(|t| matches!(t, Told::Saved(..))) {
            self.session.dialogue = Some(Dialogue::Message(sentences.join("\n")));
        } else if !sentences.is_empty() {
            self.session.news = Some(sentences.join(" "));
        }
        self.session.survey.log = Some(opened.log);
    }

    /// Takes in what other programs recorded meanwhile: when the window comes to the front again.
    pub(super) fn refresh_survey(&mut self) {
        let survey = &mut self.session.survey;
        if let Some(log) = &mut survey.log {
            match log.catch_up() {
                Ok(true) => survey.version += 1,
                Ok(false) => {}
                Err(e) => self.tell_survey(&e),
            }
        }
    }

    /// An error in the person's language, with the program's own words behind it.
    fn sentence(&self, error: &SurveyError) -> String {
        let name = error.path().and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned());
        match self.session.lang.find(&format!("survey-error.{}", error.code())) {
            Some(text) => format!("{}\n{error}", text.replace("{path}", &name.unwrap_or_default())),
            None => error.to_string(),
        }
    }

    fn tell_survey(&mut self, error: &SurveyError) {
        self.session.dialogue = Some(Dialogue::Message(self.sentence(error)));
    }

    /// The log, made where there is none yet; `None` where the project was never saved.
    fn log(&mut self) -> Option<Result<&mut SurveyLog, SurveyError>> {
        let project = self.session.project_path.clone()?;
        if self.session.survey.log.is_none() {
            match SurveyLog::open(&project) {
                Ok(opened) => self.take_log(opened),
                Err(e) => return Some(Err(e)),
            }
        }
        self.session.survey.log.as_mut().map(Ok)
    }

    fn ask_visit(&mut self, row: usize) {
        let Some(found) = self.session.present_gaps().cloned() else { return };
        let Some((gap, district)) = found.list.gaps.get(row).zip(self.session.district.clone()) else { return };
        let visit = NewVisit { by: self.session.settings.surveyor.clone(), ..NewVisit::of_gap(gap, &district) };
        let reason = self.session.gap_reason(&found, gap);
        let at = Instant::now().for_people();
        self.session.dialogue = Some(Dialogue::Visit(VisitDraft { visit, reason, at, ..VisitDraft::default() }));
    }

    fn edit_visit(&mut self, id: &str) {
        let Some(survey) = self.session.survey() else { return };
        let Some(said) = survey.visit(id).and_then(|v| survey.said(v)) else { return };
        let visit = NewVisit::of_event(said);
        let at = said.at.map(Instant::for_people).unwrap_or_default();
        let reason = match &self.session.dialogue {
            Some(Dialogue::Visit(draft)) => draft.reason.clone(),
            _ => String::new(),
        };
        let corrects = Some(id.to_owned());
        self.session.dialogue =
            Some(Dialogue::Visit(VisitDraft { visit, reason, corrects, at, ..VisitDraft::default() }));
    }

    fn ask_photo(&self) {
        let title = self.session.lang.t("visit.photo");
        self.jobs.ask(move || {
            let dialogue = rfd::FileDialog::new().set_title(title);
            dialogue
                .add_filter("JPEG, PNG, HEIC, WebP", &["jpg", "jpeg", "png", "heic", "webp"])
                .pick_file()
                .map(Command::TakePhoto)
        });
    }

    fn take_photo(&mut self, path: PathBuf) {
        if let Some(Dialogue::Visit(draft)) = &mut self.session.dialogue {
            draft.facts = photo_facts(&path);
            draft.photo = Some(path);
        }
    }

    fn record(&mut self, mut draft: VisitDraft) {
        let surveyor = draft.visit.by.trim().to_owned();
        if self.session.settings.surveyor != surveyor {
            self.session.settings.surveyor = surveyor.clone();
            self.save_settings();
        }
        draft.visit.by = surveyor;
        let recorded = self.write_draft(&draft);
        match recorded {
            Ok(Some(id)) => {
                let depth = self.session.history.depth();
                self.session.survey.recorded.push((id, depth));
                self.session.news = Some(self.session.lang.t("survey.recorded").to_owned());
                self.session.dialogue = None;
            }
            Ok(None) => {
                self.session.news = Some(self.session.lang.t("survey.recorded").to_owned());
                self.session.dialogue = None;
            }
            Err(e) => {
                // What was typed stays to be recorded again.
                draft.trouble = Some(self.sentence(&e));
                self.session.dialogue = Some(Dialogue::Visit(draft));
            }
        }
        self.session.survey.version += 1;
    }

    /// Records a visit or corrects one; the id of a new one.
    fn write_draft(&mut self, draft: &VisitDraft) -> Result<Option<String>, SurveyError> {
        let Some(log) = self.log() else { return Ok(None) };
        let log = log?;
        let mut visit = draft.visit.clone();
        if let Some(photo) = &draft.photo {
            visit.photo = keep_photo(log.paths(), photo)?;
        }
        // The moment of opening the form is as good as that of closing it, unless another was typed.
        visit.at = Instant::parse(&draft.at).or(visit.at);
        let Some(id) = &draft.corrects else { return Ok(log.record(vec![visit])?.pop()) };
        log.correct(id, |event| {
            event.result = visit.result;
            event.note = visit.note;
            event.photo = visit.photo;
            (event.lon, event.lat) = (visit.place.map(|p| p.lon_deg), visit.place.map(|p| p.lat_deg));
            event.by = visit.by;
            event.at = visit.at;
        })?;
        Ok(None)
    }

    fn amend(&mut self, amend: impl FnOnce(&mut SurveyLog) -> Result<(), SurveyError>) {
        let Some(log) = &mut self.session.survey.log else { return };
        if let Err(e) = amend(log) {
            self.tell_survey(&e);
        }
        self.session.survey.version += 1;
    }

    /// Whether the last thing done here was to record a visit.
    fn undoes_visit(&self) -> bool {
        self.session.survey.recorded.last().is_some_and(|(_, depth)| *depth >= self.session.history.depth())
    }

    fn undo_visit(&mut self) {
        let Some((id, _)) = self.session.survey.recorded.pop() else { return };
        self.amend(|log| log.withdraw(&id));
        self.session.news = Some(self.session.lang.t("survey.withdrawn").to_owned());
    }

    fn ask_results(&self) {
        let title = self.session.lang.t("command.import-results");
        self.jobs.ask(move || {
            rfd::FileDialog::new()
                .set_title(title)
                .add_filter("XLSX, CSV, GeoPackage, GeoJSON", &["xlsx", "csv", "gpkg", "geojson"])
                .pick_file()
                .map(Command::ImportResults)
        });
    }

    fn import(&mut self, path: &Path) {
        let lang = self.session.lang;
        let Some(log) = self.log() else {
            self.session.dialogue = Some(Dialogue::Message(lang.t("visit.save-first").to_owned()));
            return;
        };
        let log = match log {
            Ok(log) => log,
            Err(e) => return self.tell_survey(&e),
        };
        let is_geopackage = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg"));
        if is_geopackage && crate::survey::is_log(path) {
            let merged = log.merge(path);
            self.session.survey.version += 1;
            match merged {
                Ok((n, told)) if told.iter().any(|t| matches!(t, Told::Saved(..))) => {
                    let text = lang.with("survey.merged-damaged", &[("n", &n.to_string())]);
                    self.session.dialogue = Some(Dialogue::Message(text));
                }
                Ok((n, _)) => self.session.news = Some(lang.with("survey.merged", &[("n", &n.to_string())])),
                Err(e) => self.tell_survey(&e),
            }
            return;
        }
        match read_results(path) {
            Ok(rows) => {
                let found = self.session.present_gaps().cloned();
                let is_gap = |key: &str| found.as_ref().is_some_and(|f| f.keys.iter().any(|k| k == key));
                let Some(survey) = self.session.survey() else { return };
                let preview = Preview::new(path, rows, survey, Outcome::from_word, is_gap);
                self.session.dialogue = Some(Dialogue::Import(Box::new(preview)));
            }
            Err(e) => self.tell_survey(&e),
        }
    }

    fn take_results_in(&mut self, mut preview: Preview) {
        let Some(log) = &mut self.session.survey.log else { return };
        let taken = log.import(&mut preview);
        self.session.survey.version += 1;
        match taken {
            Ok(n) => {
                self.session.dialogue = None;
                self.session.news = Some(self.session.lang.with("survey.imported", &[("n", &n.to_string())]));
            }
            Err(e) => self.tell_survey(&e),
        }
    }

    fn ask_comparison(&self) {
        let title = self.session.lang.t("gaps.compare");
        self.jobs.ask(move || {
            let dialogue = rfd::FileDialog::new().set_title(title).add_filter("qiancun", &["qiancun"]);
            dialogue.pick_file().map(|p| Command::CompareGaps(Some(crate::session::Since::Project(p))))
        });
    }

    /// Compares the gaps where that is wanted and not yet done.
    pub(super) fn sync_comparison(&mut self) {
        let Some((found, since)) = self.session.wanted_change() else { return };
        let stamp = (found.stamp.clone(), since.clone());
        if self.compared.as_ref() == Some(&stamp) {
            return;
        }
        self.compared = Some(stamp);
        if let Some(district) = self.session.district.clone() {
            self.jobs.compare(found, district, since);
        }
    }

    /// Says why a comparison could not be made.
    pub(super) fn could_not_compare(&mut self, message: String) {
        self.session.gap_since = None;
        self.session.dialogue = Some(Dialogue::Message(message));
    }
}

/// The gaps of another project.
pub(super) fn other_district(path: &Path) -> Result<crate::district::District, String> {
    let project = project::load(path).map_err(|e| e.to_string())?;
    super::joined::read_district(path, &project).map(|(district, _)| district)
}
