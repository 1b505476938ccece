//! What commands do with the survey log.

use std::path::{Path, PathBuf};

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::project;
use crate::session::{Dialogue, SurveyCommand, VisitDraft, VisitStates};
use crate::survey::{
    GapIndex, Incoming, Instant, LogPaths, MergePreview, NewVisit, Opened, PhotoFacts, Preview, SurveyError, SurveyLog,
    Told, keep_photo, photo_facts, small_picture,
};

/// Whether visits could be brought back.
pub(super) enum Brought {
    Yes,
    /// The log cannot be written at the moment; it was told.
    NotNow,
    /// Not any more, for a reason: a key of the language files.
    Never(&'static str),
}

impl Qiancun {
    /// Carries out a command of its group.
    pub(super) fn on_survey(&mut self, command: SurveyCommand) {
        match command {
            SurveyCommand::ExportGapsDialogue => self.ask_export_gaps(),
            SurveyCommand::ExportGapsTo(path) => self.export_gaps(&path),
            SurveyCommand::VisitGap(row) => self.ask_visit(row),
            SurveyCommand::PhotoDialogue => self.ask_photo(),
            SurveyCommand::TakePhoto(path) => self.take_photo(path),
            SurveyCommand::Record(draft) => self.record(*draft),
            SurveyCommand::EditVisit(id) => self.edit_visit(&id),
            SurveyCommand::ShowPhoto(name) => self.show_photo(name),
            SurveyCommand::WithdrawVisit(id) => self.amend("visit.withdraw", &id, |log, id| log.withdraw(id)),
            SurveyCommand::RestoreVisit(id) => self.amend("visit.restore", &id, |log, id| log.restore(id)),
            SurveyCommand::AttachVisit(id, key) => self.attach_visit(&id, &key),
            SurveyCommand::AdoptLog(log) => self.adopt_log(&log),
            SurveyCommand::ImportResultsDialogue => self.ask_results(),
            SurveyCommand::ImportResults(path) => self.import(path),
            SurveyCommand::LookAtResults(preview) => self.look_at_results(&preview),
            SurveyCommand::TakeResults(preview) => self.take_results_in(*preview),
            SurveyCommand::TakeMerge(preview) => self.take_merge(*preview),
            SurveyCommand::CompareGaps(since) => {
                if since.is_none() {
                    self.session.gap_filter.became = None;
                }
                self.session.gap_since = since;
            }
            SurveyCommand::CompareGapsDialogue => self.ask_comparison(),
        }
    }

    /// Opens the log of a project that was opened or saved, in the background.
    pub(super) fn sync_survey(&mut self) {
        if self.session.survey.of == self.session.project_path {
            return;
        }
        let project = self.session.project_path.clone();
        let survey = &mut self.session.survey;
        (survey.of, survey.log, survey.trouble, survey.note) = (project.clone(), None, None, None);
        survey.lists_visits = false;
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

    fn take_log(&mut self, opened: Opened) {
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
        self.session.survey.log = Some(opened.log);
        self.session.photos.clear();
        self.index_log();
    }

    /// Lets visits be found by the gaps that the map has now.
    pub(super) fn index_log(&mut self) {
        let Some(index) = self.session.present_gaps().map(|f| f.index.clone()) else { return };
        if let Some(log) = &mut self.session.survey.log {
            log.find_by(index);
            self.session.survey.version += 1;
        }
    }

    /// Looks for a log whose project was renamed, where the project has none: it is offered.
    pub(super) fn look_for_stray_log(&mut self, project: &Path) {
        if let [stray] = LogPaths::strays(project).as_slice() {
            self.ask_after(Dialogue::StrayLog(stray.clone()));
        }
    }

    /// Gives a log with its copy and photos the name of the project.
    fn adopt_log(&mut self, log: &Path) {
        self.session.dialogue = None;
        let Some(project) = self.session.project_path.clone() else { return };
        match LogPaths::of(log).rename_to(&LogPaths::of(&project)) {
            Ok(()) => self.jobs.survey(project),
            Err(e) => {
                let name = log.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let text = self.session.lang.with("error.write", &[("name", &name), ("n", &e.to_string())]);
                self.session.dialogue = Some(Dialogue::Message(text));
            }
        }
    }

    /// Says how a log went along with its project.
    pub(super) fn log_was_copied(&mut self, copied: Result<usize, SurveyError>) {
        match copied {
            Ok(n) => {
                self.session.news = Some(self.session.lang.with("survey.taken-along", &[("n", &n.to_string())]));
                // What is open is of the time before the copy.
                self.session.survey.of = None;
            }
            Err(e) => self.tell_survey(&e),
        }
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
        let text = self.sentence(error);
        self.ask_after(Dialogue::Message(text));
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
        let at = said.at.map_or_else(|| said.at_text.clone(), Instant::for_people);
        let reason = match &self.session.dialogue {
            Some(Dialogue::Visit(draft)) => draft.reason.clone(),
            _ => String::new(),
        };
        let corrects = Some(id.to_owned());
        self.session.dialogue = Some(Dialogue::Visit(VisitDraft {
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
        self.jobs.ask(move || {
            let dialogue = rfd::FileDialog::new().set_title(title);
            dialogue
                .add_filter("JPEG, PNG, HEIC, WebP", &["jpg", "jpeg", "png", "heic", "webp"])
                .pick_file()
                .map(SurveyCommand::TakePhoto)
        });
    }

    fn take_photo(&mut self, path: PathBuf) {
        if let Some(Dialogue::Visit(draft)) = &mut self.session.dialogue
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
        if let Some(Dialogue::Visit(draft)) = &mut self.session.dialogue
            && draft.photos.iter().any(|p| p == path)
        {
            draft.facts.at = draft.facts.at.or(facts.at);
            draft.facts.place = draft.facts.place.or(facts.place);
        }
    }

    /// Has the small picture of a photo of the log made, once.
    fn show_photo(&mut self, name: String) {
        let Some(folder) = self.session.photo_folder() else { return };
        if self.session.photos.contains_key(&name) {
            return;
        }
        self.session.photos.insert(name.clone(), None);
        self.jobs.start(Job::Photo, move |_| {
            let image = small_picture(&folder, &name).map(|image| {
                let size = [image.width() as usize, image.height() as usize];
                egui::ColorImage::from_rgba_unmultiplied(size, image.as_raw())
            });
            Some(Done::Thumbnail(name, image))
        });
    }

    fn record(&mut self, mut draft: VisitDraft) {
        let surveyor = draft.visit.by.trim().to_owned();
        if self.session.settings.surveyor != surveyor {
            self.session.settings.surveyor = surveyor.clone();
            self.save_settings();
        }
        draft.visit.by = surveyor;
        match self.write_draft(&draft) {
            Ok(()) => {
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

    /// Records a visit or corrects one.
    fn write_draft(&mut self, draft: &VisitDraft) -> Result<(), SurveyError> {
        let Some(log) = self.log() else { return Ok(()) };
        let log = log?;
        let mut visit = draft.visit.clone();
        for photo in &draft.photos {
            let kept = keep_photo(log.paths(), photo)?;
            if !visit.photos.iter().any(|p| p.file == kept.file) {
                visit.photos.push(kept);
            }
        }
        // The moment of opening the form is as good as that of closing it, unless another was typed.
        let is_typed = draft.at != draft.at_was;
        if is_typed {
            visit.at = Instant::parse_near(&draft.at, Some(Instant::now())).map(|(at, _)| at).or(visit.at);
        }
        let Some(id) = &draft.corrects else {
            let ids = log.record(vec![visit])?;
            let after = ids.iter().map(|id| (id.clone(), log.survey().state(id))).collect();
            let before = ids.into_iter().map(|id| (id, None)).collect();
            self.session.history.push_visits("visit.record", before, after);
            return Ok(());
        };
        let id = id.clone();
        self.step("visit.correct", vec![id.clone()], |log| {
            log.correct(&id, |event| {
                event.result = visit.result;
                event.note = visit.note;
                event.photos = visit.photos;
                (event.lon, event.lat) = (visit.place.map(|p| p.lon_deg), visit.place.map(|p| p.lat_deg));
                event.by = visit.by;
                if is_typed {
                    (event.at, event.at_text) = (visit.at, String::new());
                }
            })
        })
    }

    /// Does something to visits, as one step that can be taken back.
    fn step<T>(
        &mut self,
        name: &'static str,
        ids: Vec<String>,
        work: impl FnOnce(&mut SurveyLog) -> Result<T, SurveyError>,
    ) -> Result<T, SurveyError> {
        let Some(log) = &mut self.session.survey.log else {
            return Err(SurveyError::NoVisit(ids.into_iter().next().unwrap_or_default()));
        };
        let states =
            |log: &SurveyLog| -> VisitStates { ids.iter().map(|id| (id.clone(), log.survey().state(id))).collect() };
        let before = states(log);
        let done = work(log)?;
        let after = states(log);
        self.session.history.push_visits(name, before, after);
        self.session.survey.version += 1;
        Ok(done)
    }

    fn amend(
        &mut self,
        name: &'static str,
        id: &str,
        amend: impl FnOnce(&mut SurveyLog, &str) -> Result<(), SurveyError>,
    ) {
        if let Err(e) = self.step(name, vec![id.to_owned()], |log| amend(log, id)) {
            self.tell_survey(&e);
        }
    }

    /// Lets a visit be one to another gap.
    fn attach_visit(&mut self, id: &str, key: &str) {
        let index = self.session.present_gaps().map(|f| f.index.clone());
        let subject = index.and_then(|index| index.subject(key).cloned());
        let Some(subject) = subject else { return };
        let rule = key.split('/').next().unwrap_or_default().to_owned();
        let attached = self.step("visit.attach", vec![id.to_owned()], |log| {
            log.correct(id, |event| {
                (event.gap, event.rule, event.subject) = (key.to_owned(), rule, subject);
            })
        });
        match attached {
            Ok(()) => self.session.news = Some(self.session.lang.t("visit.attached").to_owned()),
            Err(e) => self.tell_survey(&e),
        }
    }

    /// Brings visits to states that they were in, unless somebody else changed them since.
    pub(super) fn bring_visits(&mut self, to: &VisitStates, from: &VisitStates) -> Brought {
        let Some(log) = &mut self.session.survey.log else { return Brought::Never("survey.no-log") };
        // Others may have recorded something that this window has not seen yet.
        if let Err(e) = log.catch_up() {
            self.tell_survey(&e);
            return Brought::NotNow;
        }
        let is_there = |state: Option<crate::survey::VisitState>| state.filter(|s| !s.is_withdrawn);
        let is_same = |(id, was): &(String, Option<crate::survey::VisitState>)| match (
            is_there(log.survey().state(id)),
            is_there(was.clone()),
        ) {
            (None, None) => true,
            (Some(a), Some(b)) => a.said.says_the_same(&b.said),
            _ => false,
        };
        if !from.iter().all(is_same) {
            self.session.survey.version += 1;
            return Brought::Never("survey.changed-since");
        }
        let brought = log.bring(to);
        self.session.survey.version += 1;
        match brought {
            Ok(()) => Brought::Yes,
            Err(e) => {
                self.tell_survey(&e);
                Brought::NotNow
            }
        }
    }

    fn ask_results(&mut self) {
        let title = self.session.lang.t("command.import-results");
        self.jobs.ask(move || {
            rfd::FileDialog::new()
                .set_title(title)
                .add_filter("XLSX, CSV, GeoPackage, GeoJSON", &["xlsx", "csv", "gpkg", "geojson"])
                .pick_file()
                .map(SurveyCommand::ImportResults)
        });
    }

    /// Has a filled sheet or a colleague's log read, to be looked at before anything is taken in.
    pub(super) fn import(&mut self, path: PathBuf) {
        let Some(project) = self.session.project_path.clone() else {
            self.session.dialogue = Some(Dialogue::Message(self.session.lang.t("visit.save-first").to_owned()));
            return;
        };
        self.jobs.start(Job::Results, move |_| {
            let read = Incoming::read(&path);
            Some(Done::Incoming(project, path, read))
        });
    }

    /// Shows what a sheet or a log would bring.
    pub(super) fn was_incoming(&mut self, project: &Path, path: &Path, read: Result<Incoming, SurveyError>) {
        if self.session.project_path.as_deref() != Some(project) {
            return;
        }
        let incoming = match read {
            Ok(incoming) => incoming,
            Err(e) => return self.tell_survey(&e),
        };
        match self.log() {
            None => return,
            Some(Err(e)) => return self.tell_survey(&e),
            Some(Ok(_)) => {}
        }
        let index = self.session.present_gaps().map_or_else(|| GapIndex::default().into(), |f| f.index.clone());
        let Some(survey) = self.session.survey() else { return };
        let dialogue = match incoming {
            Incoming::Rows(rows) => Dialogue::Import(Box::new(Preview::new(path, rows, survey, &index))),
            Incoming::Log(events, told) => Dialogue::Merge(Box::new(MergePreview::new(path, events, told, survey))),
        };
        self.ask_after(dialogue);
    }

    fn look_at_results(&mut self, preview: &Preview) {
        let index = self.session.present_gaps().map_or_else(|| GapIndex::default().into(), |f| f.index.clone());
        let Some(survey) = self.session.survey() else { return };
        self.session.dialogue = Some(Dialogue::Import(Box::new(preview.again(survey, &index))));
    }

    fn take_results_in(&mut self, mut preview: Preview) {
        let ids = preview.visits();
        match self.step("import.take", ids, |log| log.import(&mut preview)) {
            Ok(n) => {
                self.session.dialogue = None;
                self.session.news = Some(self.session.lang.with("survey.imported", &[("n", &n.to_string())]));
            }
            Err(e) => self.tell_survey(&e),
        }
    }

    fn take_merge(&mut self, preview: MergePreview) {
        let ids = preview.visits.iter().map(|v| v.id.clone()).collect();
        let MergePreview { path, events, .. } = preview;
        match self.step("merge.take", ids, |log| log.take_merge(&path, events)) {
            Ok(n) => {
                self.session.dialogue = None;
                self.session.news = Some(self.session.lang.with("survey.merged", &[("n", &n.to_string())]));
            }
            Err(e) => self.tell_survey(&e),
        }
    }

    fn ask_comparison(&mut self) {
        let title = self.session.lang.t("gaps.compare");
        self.jobs.ask(move || {
            let dialogue = rfd::FileDialog::new().set_title(title).add_filter("qiancun", &["qiancun"]);
            dialogue.pick_file().map(|p| SurveyCommand::CompareGaps(Some(crate::session::Since::Project(p))))
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
        self.ask_after(Dialogue::Message(message));
    }
}

/// The gaps of another project.
pub(super) fn other_district(path: &Path) -> Result<crate::district::District, String> {
    let project = project::load(path).map_err(|e| e.to_string())?;
    super::joined::read_district(path, &project).map(|(district, _)| district)
}
