//! What people do with the log: record a visit, correct it, withdraw it, take that back.

use super::decision::NewDecision;
use super::error::SurveyError;
use super::event::{Event, NewVisit, new_id};
use super::instant::Instant;
use super::log::SurveyLog;
use super::photo::keep_photo;
use super::report::NewReport;
use super::subject::{Photo, Subject};
use super::visits::{Survey, Visit, VisitState};
use super::word::EventKind;

/// What writes events of the window and the command line.
pub(super) const ORIGIN: &str = "qiancun";

impl SurveyLog {
    /// Records visits, by people who see what stands in the log; their ids. All are on the disk when this returns, or
    /// none.
    ///
    /// # Errors
    /// [`SurveyError`]; nothing was recorded then.
    pub fn record(&mut self, visits: Vec<NewVisit>) -> Result<Vec<String>, SurveyError> {
        self.append(|survey| {
            let one = |mut new: NewVisit| {
                new.at = new.at.or_else(|| Some(Instant::now()));
                let event = Event::visit(new, ORIGIN);
                let after = survey.heads(survey.key_of(&event)).into_iter().map(|v| v.id.clone()).collect();
                Event { id: new_id(), after, ..event }
            };
            Ok(visits.into_iter().map(one).collect())
        })
    }

    /// Records what a meeting decided; the ids. All are on the disk when this returns, or none.
    ///
    /// # Errors
    /// [`SurveyError`]; nothing was recorded then.
    pub fn decide(&mut self, decisions: Vec<NewDecision>) -> Result<Vec<String>, SurveyError> {
        self.append(|_| {
            let one = |new: NewDecision| Event { id: new_id(), at: Some(Instant::now()), ..new.into_event(ORIGIN) };
            Ok(decisions.into_iter().map(one).collect())
        })
    }

    /// Records reports that are not in the log yet, each of a village and, where one was found, of a gap by its key; the ids of those that
    /// are new. All are on the disk when this returns, or none.
    ///
    /// # Errors
    /// [`SurveyError`]; nothing was recorded then.
    pub fn report(&mut self, reports: Vec<(NewReport, Subject, String)>) -> Result<Vec<String>, SurveyError> {
        // Photos first. One that cannot be used keeps its name.
        let there: rustc_hash::FxHashSet<String> = self.survey().reports().map(|r| r.id().to_owned()).collect();
        let (known, reports): (Vec<_>, Vec<_>) =
            reports.into_iter().partition(|(r, ..)| r.known_id(self.survey()).is_some());
        for (report, ..) in known {
            self.update_report(&report)?;
        }
        let mut kept: rustc_hash::FxHashMap<(String, String), Photo> = Default::default();
        for (report, ..) in reports.iter().filter(|(r, ..)| !there.contains(&r.id())) {
            for (name, file) in &report.files {
                match keep_photo(self.paths(), file) {
                    Ok(photo) => kept.insert((report.id(), name.clone()), photo),
                    Err(SurveyError::Photo { .. }) => None,
                    Err(e) => return Err(e),
                };
            }
        }
        self.append(|survey| {
            let mut seen = rustc_hash::FxHashSet::default();
            let is_new = |event: &Event| survey.record(&event.id).is_none();
            let events = reports.into_iter().map(|(report, subject, gap)| {
                let mut event = report.into_event(subject, gap);
                for photo in &mut event.photos {
                    if let Some(own) = kept.get(&(event.id.clone(), photo.file.clone())) {
                        *photo = own.clone();
                    }
                }
                event
            });
            Ok(events.filter(is_new).filter(|e| seen.insert(e.id.clone())).collect())
        })
    }

    /// Lets a report that is there say what its row says by now: that it was settled, and photos that were not there when it came.
    fn update_report(&mut self, row: &NewReport) -> Result<(), SurveyError> {
        let Some(id) = row.known_id(self.survey()) else { return Ok(()) };
        let mut late = Vec::new();
        for (name, file) in row.late_files(self.survey()) {
            match keep_photo(self.paths(), file) {
                Ok(photo) => late.push((name.clone(), photo)),
                Err(SurveyError::Photo { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        let result = row.newly_settled(self.survey());
        if result.is_none() && late.is_empty() {
            return Ok(());
        }
        self.correct(&id, |event| {
            event.result = result.or(event.result);
            for (name, own) in late {
                if let Some(photo) = event.photos.iter_mut().find(|p| p.file == name) {
                    *photo = own;
                }
            }
        })
    }

    /// Lets a visit say something else from now on.
    ///
    /// # Errors
    /// [`SurveyError`]: there is no such visit, or nothing could be written.
    pub fn correct(&mut self, id: &str, change: impl FnOnce(&mut Event)) -> Result<(), SurveyError> {
        self.amend(id, EventKind::Correction, change)
    }

    /// Takes a visit back. Its events stay.
    ///
    /// # Errors
    /// [`SurveyError`]: there is no such visit, or nothing could be written.
    pub fn withdraw(&mut self, id: &str) -> Result<(), SurveyError> {
        self.amend(id, EventKind::Withdrawal, |e| e.result = None)
    }

    /// Lets a withdrawn visit count again, as it was.
    ///
    /// # Errors
    /// [`SurveyError`]: there is no such visit, or nothing could be written.
    pub fn restore(&mut self, id: &str) -> Result<(), SurveyError> {
        self.amend(id, EventKind::Correction, |_| {})
    }

    /// Brings visits to states that they were in, by events behind those that are there: what undo and redo do. `None`: the visit
    /// was not there.
    ///
    /// # Errors
    /// [`SurveyError`]: nothing could be written.
    pub fn bring(&mut self, states: &[(String, Option<VisitState>)]) -> Result<(), SurveyError> {
        self.append(|survey| {
            let mut events = Vec::new();
            for (id, wanted) in states {
                let Some((visit, said)) = survey.record(id).and_then(|v| Some((v, survey.said(v)?))) else { continue };
                let mut after = visit.heads.clone();
                let mut push = |kind, content: &Event, result| {
                    let mut event = content.clone();
                    (event.id, event.kind, event.of) = (new_id(), kind, Some(visit.id.clone()));
                    event.origin = ORIGIN.to_owned();
                    event.result = result;
                    event.after = std::mem::replace(&mut after, vec![event.id.clone()]);
                    events.push(event);
                };
                match wanted {
                    None if visit.is_withdrawn => {}
                    None => push(EventKind::Withdrawal, said, None),
                    Some(state) => {
                        let differs = !state.said.says_the_same(said);
                        if differs || (visit.is_withdrawn && !state.is_withdrawn) || visit.is_contested {
                            push(EventKind::Correction, &state.said, state.said.result);
                        }
                        if state.is_withdrawn && (differs || !visit.is_withdrawn) {
                            push(EventKind::Withdrawal, &state.said, None);
                        }
                    }
                }
            }
            Ok(events)
        })
        .map(drop)
    }

    fn amend(&mut self, id: &str, kind: EventKind, change: impl FnOnce(&mut Event)) -> Result<(), SurveyError> {
        self.append(|survey| {
            let (visit, said) = find(survey, id)?;
            let mut event = said.clone();
            change(&mut event);
            event.id = new_id();
            event.kind = kind;
            event.of = Some(visit.id.clone());
            event.after = visit.heads.clone();
            event.origin = ORIGIN.to_owned();
            Ok(vec![event])
        })
        .map(drop)
    }
}

fn find<'a>(survey: &'a Survey, id: &str) -> Result<(&'a Visit, &'a Event), SurveyError> {
    let found = survey.record(id).and_then(|v| Some((v, survey.said(v)?)));
    found.ok_or_else(|| SurveyError::NoVisit(id.to_owned()))
}
