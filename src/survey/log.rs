//! The log as a file: opened, read, added to.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use rusqlite::Connection;
use rustc_hash::{FxHashMap, FxHashSet};

use super::changes::{edits, late_photos};
use super::connect::{Began, connect, is_on_network};
use super::damage;
use super::error::SurveyError;
use super::event::Event;
use super::gap_index::GapIndex;
use super::instant::Instant;
use super::journal::Journal;
use super::merge::union;
use super::migrate::migrate;
use super::other_log::read_log;
use super::paths::LogPaths;
use super::photo::{copy_photos, take_from};
use super::rows::{erase_visit, events_after, events_v1, insert_event, is_v1, write_visit};
use super::schema;
use super::visits::Survey;
use crate::project::clear_leftovers;

/// What a person is to be told about the opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The database was damaged; it lies there now, and so many events were saved.
    Saved(PathBuf, usize),
    /// The database was gone or behind; so many events came back from the copy beside it.
    Restored(usize),
    /// So many edits of other programs were taken in.
    Edited(usize),
    /// So many lines of the plain copy were damaged; nothing was lost, and they were written anew.
    CopyDamaged(usize),
    /// It was of version 1, and is kept as it was there.
    Migrated(PathBuf),
    /// It lies on another machine: one program writes at a time.
    OnNetwork,
    /// It can be read but not written.
    ReadOnly,
}

/// A log that was opened.
pub struct Opened {
    /// The log.
    pub log: SurveyLog,
    /// What to tell.
    pub told: Vec<Told>,
}

/// An open log.
pub struct SurveyLog {
    paths: LogPaths,
    /// Behind a lock only so that a session can be read by several threads at once.
    conn: Mutex<Connection>,
    journal: Mutex<Journal>,
    /// When the work began that is under way in the database: what does not end is ended.
    began: Began,
    /// Shared with whoever shows it: it is copied before it changes.
    survey: Arc<Survey>,
    last_fid: i64,
    is_read_only: bool,
}

enum Trouble {
    Damage,
    Error(SurveyError),
}

impl From<SurveyError> for Trouble {
    fn from(error: SurveyError) -> Self {
        match error {
            SurveyError::Damaged { .. } => Self::Damage,
            error => Self::Error(error),
        }
    }
}

impl SurveyLog {
    /// Opens the log beside a project, or a log itself; `None` where there is none yet.
    ///
    /// # Errors
    /// [`SurveyError`]; a damaged log is no error as long as its folder can be written to.
    pub fn open_if_there(path: &Path) -> Result<Option<Opened>, SurveyError> {
        let paths = LogPaths::of(path);
        match paths.log.exists() || paths.journal.exists() {
            true => Self::open(path).map(Some),
            false => Ok(None),
        }
    }

    /// Opens the log beside a project, or a log itself, and makes it where there is none.
    ///
    /// # Errors
    /// [`SurveyError`]; a damaged log is no error as long as its folder can be written to.
    pub fn open(path: &Path) -> Result<Opened, SurveyError> {
        let paths = LogPaths::of(path);
        match Self::try_open(&paths) {
            Ok(opened) => Ok(opened),
            Err(Trouble::Error(error)) => Err(error),
            Err(Trouble::Damage) => {
                let saved = damage::save(&paths)?;
                let count = saved.events.len();
                let mut opened = Self::try_open(&paths).map_err(|trouble| match trouble {
                    Trouble::Error(error) => error,
                    Trouble::Damage => SurveyError::Damaged {
                        path: paths.log.clone(),
                        message: "even what was written anew is damaged: the disk may be failing".into(),
                    },
                })?;
                opened.log.adopt(saved.events)?;
                opened.told = vec![Told::Saved(saved.kept_as, count)];
                Ok(opened)
            }
        }
    }

    fn try_open(paths: &LogPaths) -> Result<Opened, Trouble> {
        let explain = |e: rusqlite::Error| SurveyError::of_sqlite(&paths.log, &e);
        let journal = Journal::new(&paths.journal);
        // Only what was a log is mended: a foreign file stays as it is.
        let has_copy = journal.len() > 0;
        let foreign = |error: SurveyError| match error {
            SurveyError::NotALog { .. } if has_copy => Trouble::Damage,
            error => error.into(),
        };
        let (conn, began, is_read_only) = connect(paths).map_err(foreign)?;
        if !is_read_only {
            schema::prepare(&conn, &paths.log).map_err(foreign)?;
        }
        schema::check(&conn, &paths.log).map_err(foreign)?;
        let sound: String = conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0)).map_err(explain)?;
        if sound != "ok" {
            return Err(Trouble::Damage);
        }
        let mut told = Vec::new();
        if !is_read_only {
            told.extend(migrate(&conn, paths)?.map(Told::Migrated));
            schema::mend_triggers(&conn).map_err(explain)?;
            clear_leftovers(&paths.photos);
            clear_leftovers(&paths.photos.join("thumbnails"));
        }
        let paths = paths.clone();
        let (conn, journal) = (Mutex::new(conn), Mutex::new(journal));
        let mut log = Self { paths, conn, journal, began, survey: Arc::default(), last_fid: 0, is_read_only };
        log.refresh()?;
        if is_read_only {
            // Nothing can be written, but all can be shown.
            // One that cannot be read adds nothing.
            let copied = log.journal().read().unwrap_or_default();
            let all =
                union(Arc::unwrap_or_clone(std::mem::take(&mut log.survey)).events.into_iter().chain(copied.events));
            log.survey = Arc::new(Survey::new(all.into_values().collect()));
            told.push(Told::ReadOnly);
        } else {
            told.extend(log.take_in()?);
        }
        if is_on_network(&log.paths.log) {
            told.push(Told::OnNetwork);
        }
        Ok(Opened { log, told })
    }

    /// Events of the copy that the database lacks, then edits of other programs.
    fn take_in(&mut self) -> Result<Vec<Told>, SurveyError> {
        let mut told = Vec::new();
        let noted = schema::value(&self.conn(), "journal_mark").map_err(|e| self.explain(&e))?;
        let mark = self.journal().mark();
        if noted.as_deref() != Some(mark.as_str()) {
            // Written by somebody who did not come to commit, or one of the two is another state, or of another log:
            // whatever either of them holds is kept.
            let copied = self.read_copy()?;
            let restored = self.adopt(copied.events)?;
            if restored > 0 {
                told.push(Told::Restored(restored));
            }
            if copied.damaged > 0 {
                told.push(Told::CopyDamaged(copied.damaged));
                self.journal().keep_damaged().map_err(|e| SurveyError::of_io(&self.paths.journal, e))?;
            }
            self.within(|log| {
                log.refresh()?;
                // Read once more within the transaction: whoever wrote meanwhile wrote there first.
                let foreign = log.read_copy()?.foreign;
                let rewritten = log.journal().rewrite(&log.survey.events, &foreign);
                rewritten.map_err(|e| SurveyError::of_io(&log.paths.journal, e))?;
                log.note_journal()
            })?;
        }
        let edited = self.within(Self::take_edits)? + self.within(Self::take_late_photos)?;
        if edited > 0 {
            told.push(Told::Edited(edited));
        }
        Ok(told)
    }

    /// Edits of other programs as events; how many. Within a transaction.
    fn take_edits(&mut self) -> Result<usize, SurveyError> {
        self.refresh()?;
        if schema::value(&self.conn(), "edited").map_err(|e| self.explain(&e))?.as_deref() == Some("0") {
            return Ok(0);
        }
        let found = edits(&self.conn(), &self.survey, &self.paths).map_err(|e| self.explain(&e))?;
        self.write(&found)?;
        self.note_seen()?;
        Ok(found.len())
    }

    /// Photos that came to lie beside the log after their visits were recorded, as events; how many. Within a transaction.
    fn take_late_photos(&mut self) -> Result<usize, SurveyError> {
        let found = late_photos(&self.survey, &self.paths);
        self.write(&found)?;
        Ok(found.len())
    }

    fn read_copy(&self) -> Result<super::journal::Copied, SurveyError> {
        self.journal().read().map_err(|e| SurveyError::of_io(&self.paths.journal, e))
    }

    /// Takes in what other programs have recorded or edited since; whether there was anything.
    ///
    /// # Errors
    /// [`SurveyError`] where the log can no longer be read or written.
    pub fn catch_up(&mut self) -> Result<bool, SurveyError> {
        let before = self.last_fid;
        match self.is_read_only {
            true => self.refresh()?,
            false => self.within(Self::take_edits)? > 0,
        };
        Ok(self.last_fid != before)
    }

    /// Where it lies.
    pub fn paths(&self) -> &LogPaths {
        &self.paths
    }

    /// What was recorded.
    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    /// What was recorded, the file closed.
    pub fn into_survey(self) -> Survey {
        Arc::unwrap_or_clone(self.survey)
    }

    /// What was recorded, to be shown while the log is at work elsewhere.
    pub fn shared(&self) -> Arc<Survey> {
        self.survey.clone()
    }

    /// Whether nothing can be recorded.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Reads what was recorded since; whether there was anything.
    fn refresh(&mut self) -> Result<bool, SurveyError> {
        let (mut last, mut fresh, mut digests) = (self.last_fid, Vec::new(), Vec::new());
        let mut is_whole = true;
        if is_v1(&self.conn()).map_err(|e| self.explain(&e))? {
            // Only where it cannot be written: elsewhere it is of this version by now.
            events_v1(&self.conn(), self.last_fid, |fid, event, whole| {
                last = fid;
                is_whole &= whole;
                fresh.push(event.into_event());
            })
            .map_err(|e| self.explain(&e))?;
        } else {
            events_after(&self.conn(), self.last_fid, |row| {
                last = row.fid;
                fresh.push(row.event);
                digests.push(row.digest);
            })
            .map_err(|e| self.explain(&e))?;
        }
        is_whole &= fresh.par_iter().zip(&digests).with_min_len(500).all(|(e, digest)| e.digest() == *digest);
        if !is_whole {
            let message = "an event does not say what was recorded".into();
            return Err(SurveyError::Damaged { path: self.paths.log.clone(), message });
        }
        self.last_fid = last;
        let any = !fresh.is_empty();
        if self.survey.events.is_empty() {
            self.survey = Arc::new(Survey::of(fresh, self.survey.index().cloned()));
        } else {
            Arc::make_mut(&mut self.survey).add_all(&fresh);
        }
        Ok(any)
    }

    /// Adds events that are made from what stands in the log, other programs' latest included: all or none. They are on
    /// the disk when this returns. Their ids.
    ///
    /// # Errors
    /// [`SurveyError`]; nothing was recorded then.
    pub fn append(
        &mut self,
        make: impl FnOnce(&Survey) -> Result<Vec<Event>, SurveyError>,
    ) -> Result<Vec<String>, SurveyError> {
        let ids = self.within(|log| {
            log.take_edits()?;
            let mut events = make(&log.survey)?;
            let now = Instant::now();
            let mut seq = log.survey.last_seq();
            for event in &mut events {
                // At its end it stays there: then the clock tells the order.
                seq = seq.saturating_add(1);
                event.seq = seq;
                event.recorded_at = Some(now);
            }
            log.write(&events)?;
            log.note_seen()?;
            Ok(events.into_iter().map(|e| e.id).collect())
        })?;
        Ok(ids)
    }

    /// Takes in the events of other logs as they are; how many were new.
    ///
    /// # Errors
    /// [`SurveyError`]; nothing was taken in then.
    pub fn adopt(&mut self, others: Vec<Event>) -> Result<usize, SurveyError> {
        let count = self.within(|log| {
            log.take_edits()?;
            let before: FxHashMap<&str, &Event> = log.survey.events.iter().map(|e| (e.id.as_str(), e)).collect();
            let all = union(log.survey.events.iter().cloned().chain(others));
            let is_fresh = |e: &Event| before.get(e.id.as_str()).is_none_or(|b| *b != e);
            let fresh: Vec<Event> = all.into_values().filter(is_fresh).collect();
            let give_way: Vec<String> =
                fresh.iter().filter(|e| before.contains_key(e.id.as_str())).map(|e| e.id.clone()).collect();
            if !give_way.is_empty() {
                log.make_room(&give_way).map_err(|e| log.explain(&e))?;
                let index = log.survey.index().cloned();
                let gone: FxHashSet<&String> = give_way.iter().collect();
                let stay = Arc::unwrap_or_clone(std::mem::take(&mut log.survey))
                    .events
                    .into_iter()
                    .filter(|e| !gone.contains(&e.id));
                log.survey = Arc::new(Survey::of(stay.collect(), index));
            }
            log.write(&fresh)?;
            log.note_seen()?;
            Ok(fresh.len())
        })?;
        Ok(count)
    }

    /// Takes in another log and its photos, which is left as it is: how many events were new, and what is to be told of the
    /// other one. Its plain copy and edits that other programs made in it come along.
    ///
    /// # Errors
    /// [`SurveyError`]: the other is no log or cannot be read, or nothing could be written; nothing was taken in then.
    pub fn merge(&mut self, other: &Path) -> Result<(usize, Vec<Told>), SurveyError> {
        let (events, told) = read_log(other)?;
        self.take_merge(other, events).map(|count| (count, told))
    }

    /// Takes in the events of another log, read by [`read_log`], and its photos; how many were new.
    ///
    /// # Errors
    /// [`SurveyError`]: nothing could be written; nothing was taken in then.
    pub fn take_merge(&mut self, other: &Path, mut events: Vec<Event>) -> Result<usize, SurveyError> {
        let theirs = LogPaths::of(other);
        // Photos first: an event never names one that is not there.
        if !self.is_read_only {
            copy_photos(&theirs.photos, &self.paths.photos).map_err(|e| SurveyError::of_io(&theirs.photos, e))?;
            let beside = theirs.log.parent().unwrap_or(Path::new("")).to_path_buf();
            for photo in events.iter_mut().flat_map(|e| &mut e.photos) {
                *photo = take_from(&self.paths, &beside, photo);
            }
        }
        self.adopt(events)
    }

    /// Lets what was recorded be found by what the map has now: see [`GapIndex`].
    pub fn find_by(&mut self, index: Arc<GapIndex>) {
        Arc::make_mut(&mut self.survey).find_by(index);
    }

    /// Two logs said different things under one id: the rows that give way are taken out, within the transaction that
    /// puts both back under ids of their own.
    fn make_room(&self, ids: &[String]) -> rusqlite::Result<()> {
        self.conn().execute_batch("DROP TRIGGER IF EXISTS events_are_kept; PRAGMA defer_foreign_keys = ON;")?;
        for id in ids {
            self.conn().execute("DELETE FROM events WHERE id = ?1", [id])?;
        }
        schema::mend_triggers(&self.conn())
    }

    /// Writes events, the copy first, and brings the layer up to date; within a transaction.
    fn write(&mut self, events: &[Event]) -> Result<(), SurveyError> {
        if events.is_empty() {
            return Ok(());
        }
        for event in events {
            let fid = insert_event(&self.conn(), event).map_err(|e| self.explain(&e))?;
            self.last_fid = fid;
        }
        Arc::make_mut(&mut self.survey).add_all(events);
        let mut done = FxHashSet::default();
        for event in events {
            let id = event.of.as_deref().filter(|id| self.survey.visit(id).is_some()).unwrap_or(&event.id);
            let Some(visit) = self.survey.visit(id).filter(|v| done.insert(v.id.clone())) else { continue };
            match self.survey.said(visit).filter(|_| !visit.is_withdrawn) {
                Some(said) => write_visit(&self.conn(), Some(&visit.id), said, None),
                None => erase_visit(&self.conn(), &visit.id),
            }
            .map_err(|e| self.explain(&e))?;
        }
        self.note_extent().map_err(|e| self.explain(&e))?;
        let appended = self.journal().append(events);
        appended.map_err(|e| SurveyError::of_io(&self.paths.journal, e))?;
        self.note_journal()
    }

    /// Notes that the layer says what the events say.
    fn note_seen(&self) -> Result<(), SurveyError> {
        schema::set_value(&self.conn(), "edited", "0").map_err(|e| self.explain(&e))
    }

    /// The time of the last change, and the extent, as GeoPackage asks for.
    fn note_extent(&self) -> rusqlite::Result<()> {
        let places = self.survey.standing().filter_map(|(_, e)| e.place());
        let extent = places
            .map(|p| [p.lon_deg, p.lat_deg, p.lon_deg, p.lat_deg])
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        let [w, s, e, n] = extent.map_or([None; 4], |e| e.map(Some));
        self.conn()
            .prepare_cached(
                "UPDATE gpkg_contents SET min_x = ?1, min_y = ?2, max_x = ?3, max_y = ?4, \
                 last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name IN ('visits', 'events')",
            )?
            .execute([w, s, e, n])?;
        Ok(())
    }

    fn note_journal(&self) -> Result<(), SurveyError> {
        let mark = self.journal().mark();
        schema::set_value(&self.conn(), "journal_mark", &mark).map_err(|e| self.explain(&e))
    }

    /// Does something as one transaction that no other writer comes between. After a failure the log is as before.
    fn within<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, SurveyError>) -> Result<T, SurveyError> {
        if self.is_read_only {
            return Err(SurveyError::ReadOnly { path: self.paths.log.clone() });
        }
        self.begin_work();
        self.conn().execute_batch("BEGIN IMMEDIATE").map_err(|e| self.explain(&e))?;
        self.journal().begin();
        let journal_bytes = self.journal().len();
        let done = work(self).and_then(|value| {
            self.conn().execute_batch("COMMIT").map_err(|e| self.explain(&e))?;
            Ok(value)
        });
        if done.is_err() {
            // What was not recorded must not come back from the copy. No other writer has been there meanwhile.
            self.journal().cut(journal_bytes);
            // SQLite has rolled back by itself after some errors; then this has nothing to do.
            self.conn().execute_batch("ROLLBACK").ok();
            let index = self.survey.index().cloned();
            (self.survey, self.last_fid) = (Arc::new(Survey::of(Vec::new(), index)), 0);
            self.refresh()?;
        }
        done
    }

    /// Gives what comes its own time.
    fn begin_work(&self) {
        if let Ok(mut began) = self.began.lock() {
            *began = std::time::Instant::now();
        }
    }

    fn conn(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn explain(&self, error: &rusqlite::Error) -> SurveyError {
        SurveyError::of_sqlite(&self.paths.log, error)
    }
}
