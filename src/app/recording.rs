//! What is written into the survey log, off the window's thread: SQLite waits, photos are large, shares are slow. One thing after the
//! other; what was asked for is done even if another project is opened meanwhile.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::model::Generation;
use crate::session::{DecisionDraft, Dialogue, FieldPhotosDraft, Settled, VisitDraft, VisitStates};
use crate::survey::{
    Instant, MergePreview, NewReport, Opened, PhotosPut, Preview, Subject, Survey, SurveyError, SurveyLog, Told,
    VisitState, keep_photo,
};

/// What was done: the visits it concerned, and how many, where they are counted.
pub(super) struct Did {
    pub(super) ids: Vec<String>,
    pub(super) count: usize,
    /// What became of photos of a round.
    pub(super) put: Option<PhotosPut>,
}

/// What is to be done with a log.
type Work = Box<dyn FnOnce(&mut SurveyLog) -> Result<Did, TaskError> + Send>;

/// Why something could not be done.
pub(super) enum TaskError {
    /// The log said no.
    Survey(SurveyError),
    /// Somebody else changed the visits since: a key of the language files.
    Never(&'static str),
}

impl From<SurveyError> for TaskError {
    fn from(error: SurveyError) -> Self {
        Self::Survey(error)
    }
}

/// What follows.
pub(super) enum Then {
    /// A visit was typed: it comes back where it could not be recorded.
    Recorded(Box<VisitDraft>),
    /// Photos of a round: what could not be put comes back.
    PhotosPut(Box<FieldPhotosDraft>),
    /// A decision was typed: it comes back where it could not be recorded.
    Decided(Box<DecisionDraft>),
    /// Said in these words, by their key; with the count as `n`.
    Said(&'static str),
    /// A step was taken back, or done once more.
    TakenBack { name: &'static str, forward: bool },
    /// Nothing is said.
    Nothing,
}

/// A piece of work for a log.
pub(super) struct Task {
    project: PathBuf,
    /// In which project it was asked for: saved elsewhere meanwhile, it is the same with the same timeline.
    turn: u64,
    /// The step of the timeline that it is, as a key of the language files; none where it is no step of its own.
    step: Option<&'static str>,
    /// Visits known before.
    ids: Vec<String>,
    work: Work,
    then: Then,
}

/// What came of a task.
pub(super) struct Recorded {
    project: PathBuf,
    turn: u64,
    step: Option<&'static str>,
    then: Then,
    /// The log, and what was told where it had to be opened first; `None` where it could not be opened.
    log: Option<(SurveyLog, Vec<Told>)>,
    done: Result<(Did, VisitStates, VisitStates), TaskError>,
}

/// What waits for the log.
#[derive(Default)]
pub(super) struct Recording {
    queue: VecDeque<Task>,
    under_way: Option<UnderWay>,
    /// Steps that are to be taken back after the one under way.
    pub(super) steps_left: usize,
}

/// What is known of the task under way while it is.
struct UnderWay {
    turn: u64,
    is_step: bool,
    /// What was typed: kept here too, so that it is not lost where the program has a fault in the task.
    draft: Option<Box<VisitDraft>>,
}

impl Recording {
    /// Whether anything is being written or waits for it.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.is_some() || !self.queue.is_empty()
    }

    /// Whether a step of the timeline is being written or waits for it: until it is, it cannot be taken back, nor what was before it.
    pub(super) fn is_at_a_step(&self) -> bool {
        self.under_way.as_ref().is_some_and(|u| u.is_step) || self.queue.iter().any(|t| t.step.is_some())
    }
}

impl Task {
    /// Does the work; the log is opened, or made, where it is not there.
    fn carry_out(self, log: Option<SurveyLog>) -> Recorded {
        let Self { project, turn, step, ids, work, then } = self;
        let opened = match log {
            Some(log) => Ok(Opened { log, told: Vec::new() }),
            None => SurveyLog::open(&project),
        };
        let Opened { mut log, told } = match opened {
            Ok(opened) => opened,
            Err(e) => return Recorded { project, turn, step, then, log: None, done: Err(e.into()) },
        };
        let known = log.shared();
        let done = work(&mut log).map(|did| {
            let all: Vec<String> = ids.iter().chain(did.ids.iter().filter(|id| !ids.contains(id))).cloned().collect();
            // As they were before the work: what it made was not there.
            let before = states(&known, &all);
            let after = states(log.survey(), &all);
            (did, before, after)
        });
        Recorded { project, turn, step, then, log: Some((log, told)), done }
    }
}

fn states(survey: &Survey, ids: &[String]) -> VisitStates {
    ids.iter().map(|id| (id.clone(), survey.state(id))).collect()
}

/// Records a visit or corrects one, its photos first.
fn write_draft(log: &mut SurveyLog, draft: VisitDraft) -> Result<Did, TaskError> {
    let mut visit = draft.visit;
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
    let Some(id) = draft.corrects else {
        return Ok(Did { ids: log.record(vec![visit])?, count: 1, put: None });
    };
    log.correct(&id, |event| {
        event.result = visit.result;
        event.note = visit.note;
        event.photos = visit.photos;
        (event.lon, event.lat) = (visit.place.map(|p| p.lon_deg), visit.place.map(|p| p.lat_deg));
        event.by = visit.by;
        if is_typed {
            (event.at, event.at_text) = (visit.at, String::new());
        }
    })?;
    Ok(Did { ids: Vec::new(), count: 1, put: None })
}

/// Brings visits to states that they were in, unless somebody else changed them since.
fn bring(log: &mut SurveyLog, to: &VisitStates, from: &VisitStates) -> Result<Did, TaskError> {
    // Others may have recorded something that this window has not seen yet.
    log.catch_up()?;
    let is_there = |state: Option<VisitState>| state.filter(|s| !s.is_withdrawn);
    let is_same =
        |(id, was): &(String, Option<VisitState>)| match (is_there(log.survey().state(id)), is_there(was.clone())) {
            (None, None) => true,
            (Some(a), Some(b)) => a.said.says_the_same(&b.said),
            _ => false,
        };
    if !from.iter().all(is_same) {
        return Err(TaskError::Never("survey.changed-since"));
    }
    log.bring(to)?;
    Ok(Did { ids: Vec::new(), count: to.len(), put: None })
}

impl Qiancun {
    /// Has something done with the log of the project that is open; nothing where it was never saved.
    pub(super) fn with_log(
        &mut self,
        step: Option<&'static str>,
        ids: Vec<String>,
        then: Then,
        work: impl FnOnce(&mut SurveyLog) -> Result<Did, TaskError> + Send + 'static,
    ) {
        let Some(project) = self.session.file.path.clone() else { return };
        let turn = self.opened.project_turn;
        self.recording.queue.push_back(Task { project, turn, step, ids, work: Box::new(work), then });
        self.record_next();
    }

    /// Begins what waits, unless something is under way.
    fn record_next(&mut self) {
        if self.recording.under_way.is_some() {
            return;
        }
        let Some(task) = self.recording.queue.pop_front() else { return };
        let is_own = self.session.survey.of.as_ref() == Some(&task.project);
        let log = if is_own { self.session.survey.log.take() } else { None };
        let draft = match &task.then {
            Then::Recorded(draft) => Some(draft.clone()),
            _ => None,
        };
        self.recording.under_way = Some(UnderWay { turn: task.turn, is_step: task.step.is_some(), draft });
        self.jobs.start(Job::Survey, move |_| Some(Done::Recorded(Box::new(task.carry_out(log)))));
    }

    /// Takes what came of a task.
    pub(super) fn was_recorded(&mut self, recorded: Recorded) {
        self.recording.under_way = None;
        let Recorded { project, turn, step, then, log, done } = recorded;
        if let Some((log, told)) = log.filter(|_| self.session.survey.of.as_ref() == Some(&project)) {
            self.take_log(Opened { log, told });
        }
        let is_own = turn == self.opened.project_turn;
        match done {
            Ok((did, before, after)) => {
                if let Some(step) = step.filter(|_| is_own) {
                    self.session.history.push_visits(step, before, after);
                }
                self.task_is_done(then, &did, is_own);
            }
            Err(error) => self.task_failed(then, error, is_own),
        }
        self.session.survey.generation = Generation::next();
        self.record_next();
    }

    fn task_is_done(&mut self, then: Then, did: &Did, is_own: bool) {
        let lang = self.session.lang;
        match then {
            Then::Recorded(_) => self.session.news = Some(lang.t("survey.recorded").to_owned()),
            Then::Decided(_) => self.session.news = Some(lang.t("decision.recorded").to_owned()),
            Then::Said(key) => self.session.news = Some(lang.with(key, &[("n", &did.count.to_string())])),
            Then::TakenBack { name, forward } if is_own => {
                self.session.history.settle(Settled::Done);
                self.tell_taken_back(name, forward);
                let left = std::mem::take(&mut self.recording.steps_left);
                self.take_back_steps(left);
            }
            Then::PhotosPut(draft) => {
                let put = did.put.clone().unwrap_or_default();
                if is_own {
                    self.photos_were_put(*draft, &put);
                }
            }
            Then::TakenBack { .. } | Then::Nothing => {}
        }
    }

    fn task_failed(&mut self, then: Then, error: TaskError, is_own: bool) {
        let words = match &error {
            TaskError::Survey(e) => self.sentence(e),
            TaskError::Never(key) => self.session.lang.t(key).to_owned(),
        };
        match then {
            Then::Recorded(draft) => return self.type_again(*draft, words),
            Then::PhotosPut(draft) => {
                self.ask_after(Dialogue::FieldPhotos(draft));
                return self.ask_after(Dialogue::Message(words));
            }
            Then::Decided(draft) => {
                let draft = DecisionDraft { trouble: Some(words), ..*draft };
                return self.ask_after(Dialogue::Decision(Box::new(draft)));
            }
            Then::TakenBack { .. } if is_own => {
                self.recording.steps_left = 0;
                // What somebody else changed stays as it is, and what was done before it can be taken back.
                let never = matches!(error, TaskError::Never(_));
                self.session.history.settle(if never { Settled::Never } else { Settled::NotNow });
                if never {
                    self.session.news = Some(words);
                    return;
                }
            }
            Then::TakenBack { .. } | Then::Said(_) | Then::Nothing => {}
        }
        self.ask_after(Dialogue::Message(words));
    }

    /// Shows a visit that could not be recorded once more: what was typed stays to be recorded again.
    fn type_again(&mut self, mut draft: VisitDraft, trouble: String) {
        draft.trouble = Some(trouble);
        self.ask_after(Dialogue::Visit(draft));
    }

    /// The program has a fault in a task: the log is opened anew, and what was typed comes back.
    pub(super) fn recording_failed(&mut self, why: &str) {
        let Some(under_way) = self.recording.under_way.take() else { return };
        self.session.survey.of = None;
        self.recording.steps_left = 0;
        if under_way.turn == self.opened.project_turn {
            self.session.history.settle(Settled::NotNow);
        }
        if let Some(draft) = under_way.draft {
            self.type_again(*draft, why.to_owned());
        }
        self.record_next();
    }

    /// Records the visit that was typed.
    pub(super) fn record(&mut self, mut draft: VisitDraft) {
        let surveyor = draft.visit.by.trim().to_owned();
        if self.session.settings.surveyor != surveyor {
            self.session.settings.surveyor = surveyor.clone();
            self.save_settings();
        }
        draft.visit.by = surveyor;
        draft.trouble = None;
        let step = if draft.corrects.is_some() { "visit.correct" } else { "visit.record" };
        let ids = draft.corrects.iter().cloned().collect();
        self.session.moment.dialogue = None;
        self.session.news = Some(self.session.lang.t("survey.recording").to_owned());
        let then = Then::Recorded(Box::new(draft.clone()));
        self.with_log(Some(step), ids, then, move |log| write_draft(log, draft));
    }

    /// Records or changes the decision that was typed.
    pub(super) fn decide(&mut self, step: &'static str, ids: Vec<String>, then: Then, draft: DecisionDraft) {
        self.with_log(Some(step), ids, then, move |log| {
            let ids = match draft.changes {
                None => log.decide(vec![draft.new])?,
                Some(id) => {
                    log.correct(&id, |event| draft.new.put_into(event))?;
                    Vec::new()
                }
            };
            Ok(Did { ids, count: 1, put: None })
        });
    }

    /// Records reports that are not in the log yet, as one step.
    pub(super) fn record_reports(&mut self, reports: Vec<(NewReport, Subject, String)>) {
        self.with_log(Some("report.import"), Vec::new(), Then::Said("report.taken"), move |log| {
            let ids = log.report(reports)?;
            Ok(Did { count: ids.len(), ids, put: None })
        });
    }

    /// Does something to a visit, as one step that can be taken back.
    pub(super) fn amend(
        &mut self,
        step: &'static str,
        id: String,
        then: Then,
        amend: impl FnOnce(&mut SurveyLog, &str) -> Result<(), SurveyError> + Send + 'static,
    ) {
        self.with_log(Some(step), vec![id.clone()], then, move |log| {
            amend(log, &id)?;
            Ok(Did { ids: Vec::new(), count: 1, put: None })
        });
    }

    /// Brings visits to states that they were in.
    pub(super) fn bring_visits(&mut self, name: &'static str, forward: bool, to: VisitStates, from: VisitStates) {
        if self.session.file.path.is_none() {
            self.session.history.settle(Settled::Never);
            self.session.news = Some(self.session.lang.t("survey.no-log").to_owned());
            return;
        }
        self.with_log(None, Vec::new(), Then::TakenBack { name, forward }, move |log| bring(log, &to, &from));
    }

    /// Takes in the results shown.
    pub(super) fn take_results_in(&mut self, mut preview: Preview) {
        self.session.moment.dialogue = None;
        self.with_log(Some("import.take"), preview.visits(), Then::Said("survey.imported"), move |log| {
            Ok(Did { count: log.import(&mut preview)?, ids: Vec::new(), put: None })
        });
    }

    /// Takes in the log shown.
    pub(super) fn take_merge(&mut self, preview: MergePreview) {
        self.session.moment.dialogue = None;
        let ids = preview.visits.iter().map(|v| v.id.clone()).chain(preview.records.iter().cloned()).collect();
        let MergePreview { path, events, .. } = preview;
        self.with_log(Some("merge.take"), ids, Then::Said("survey.merged"), move |log| {
            Ok(Did { count: log.take_merge(&path, events)?, ids: Vec::new(), put: None })
        });
    }

    /// Takes a log with its photos along to where its project was saved, behind what is still to be written into it.
    pub(super) fn copy_log(&mut self, from: PathBuf, to: PathBuf) {
        let turn = self.opened.project_turn;
        let work: Work = Box::new(move |log| {
            log.merge(&from)?;
            Ok(Did { ids: Vec::new(), count: log.survey().standing().count(), put: None })
        });
        let then = Then::Said("survey.taken-along");
        self.recording.queue.push_back(Task { project: to, turn, step: None, ids: Vec::new(), work, then });
        self.record_next();
    }

    /// Takes in what other programs recorded meanwhile: when the window comes to the front again.
    pub(super) fn refresh_survey(&mut self) {
        if self.session.survey.seen.is_some() {
            self.with_log(None, Vec::new(), Then::Nothing, |log| {
                log.catch_up()?;
                Ok(Did { ids: Vec::new(), count: 0, put: None })
            });
        }
    }

    /// Lets visits be found by the gaps that the map has now.
    pub(super) fn index_log(&mut self) {
        let Some(index) = self.session.present_gaps().map(|f| f.index.clone()) else { return };
        let survey = &mut self.session.survey;
        let Some(log) = &mut survey.log else { return };
        if log.survey().index().is_some_and(|i| Arc::ptr_eq(i, &index)) {
            return;
        }
        // Nobody else holds it meanwhile, so that it is not copied.
        survey.seen = None;
        log.find_by(index);
        survey.seen = Some(log.shared());
        survey.generation = Generation::next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{NewVisit, Outcome};

    fn task(project: PathBuf, ids: Vec<String>, work: Work) -> Task {
        Task { project, turn: 0, step: Some("visit.record"), ids, work, then: Then::Nothing }
    }

    fn draft(corrects: Option<String>, note: &str) -> VisitDraft {
        let visit =
            NewVisit { gap: "S1/V0".into(), result: Some(Outcome::ALL[0]), note: note.into(), ..NewVisit::default() };
        VisitDraft { visit, corrects, ..VisitDraft::default() }
    }

    #[test]
    fn a_task_makes_the_log_and_tells_states_before_and_after() {
        let dir = tempfile::tempdir().expect("a folder");
        let project = dir.path().join("p.qiancun");
        let first = draft(None, "one");
        let done = task(project.clone(), Vec::new(), Box::new(move |log| write_draft(log, first))).carry_out(None);
        let (log, _) = done.log.expect("a log");
        let Ok((did, before, after)) = done.done else { panic!("recorded") };
        let id = did.ids[0].clone();
        assert!(before[0].1.is_none() && after[0].1.is_some(), "it was not there, and is");
        // Corrected, then brought back: the log goes from task to task.
        let second = draft(Some(id.clone()), "two");
        let work: Work = Box::new(move |log| write_draft(log, second));
        let done = task(project.clone(), vec![id.clone()], work).carry_out(Some(log));
        let (log, _) = done.log.expect("a log");
        let Ok((_, before, after)) = done.done else { panic!("corrected") };
        let (to, from) = (before.clone(), after.clone());
        let done = task(project.clone(), Vec::new(), Box::new(move |log| bring(log, &to, &from))).carry_out(Some(log));
        let (log, _) = done.log.expect("a log");
        assert!(done.done.is_ok());
        let said = log.survey().visit(&id).and_then(|v| log.survey().said(v)).map(|e| e.note.clone());
        assert_eq!(said.as_deref(), Some("one"));
        // It is no longer as the step left it: somebody else changed it since.
        let done = task(project, Vec::new(), Box::new(move |log| bring(log, &before, &after))).carry_out(Some(log));
        assert!(matches!(done.done, Err(TaskError::Never(_))));
    }

    #[test]
    fn where_no_log_can_be_made_the_task_says_so() {
        let nowhere = PathBuf::from("/nowhere/at/all/p.qiancun");
        let done = task(nowhere, Vec::new(), Box::new(|_| panic!("nothing is to be done"))).carry_out(None);
        assert!(done.log.is_none() && matches!(done.done, Err(TaskError::Survey(_))));
    }
}
