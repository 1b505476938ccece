//! Photos of gaps put to the visits of their gaps: each once, however often a folder is brought.

use std::path::PathBuf;

use super::error::SurveyError;
use super::event::NewVisit;
use super::instant::Instant;
use super::log::SurveyLog;
use super::photo::{keep_photo, photo_facts};
use super::subject::Photo;

/// Photos and a visit of one round lie no further apart.
const ONE_ROUND_MS: i64 = 7 * 24 * 3_600_000;

/// What was done with photos of gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhotosPut {
    /// Photos put to visits.
    pub added: usize,
    /// Photos that were there already.
    pub known: usize,
    /// Photos of gaps without a visit: they wait for it.
    pub waiting: usize,
    /// Photos that cannot be kept: no pictures, or damaged.
    pub unread: Vec<PathBuf>,
    /// Gaps whose photos wait.
    pub waiting_gaps: Vec<String>,
    /// Visits recorded for them.
    pub recorded: usize,
    /// Those of them whose photos do not say when they were taken.
    pub without_time: usize,
    /// Visits that keep the result they have, although another was said for the photos.
    pub kept_result: usize,
    /// Visits that were changed or recorded.
    pub ids: Vec<String>,
}

impl PhotosPut {
    /// Puts photos to the latest visit of their gap; where there is none, to a new one by `new`, if that says a result.
    ///
    /// # Errors
    /// [`SurveyError`]: the log or the folder of photos cannot be written. What was put before stays.
    pub fn put(&mut self, log: &mut SurveyLog, new: NewVisit, photos: &[PathBuf]) -> Result<(), SurveyError> {
        let visits = log.shared();
        let said: Vec<_> = visits.heads(&new.gap).into_iter().filter_map(|v| Some((v, visits.said(v)?))).collect();
        let there: Vec<&str> = said.iter().flat_map(|(_, e)| e.photos.iter().map(|p| p.file.as_str())).collect();
        let taken = photos.iter().map(|p| photo_facts(p)).find(|f| f.at.is_some()).unwrap_or_default();
        // A photo of a later round shows what the visit of an earlier one did not see.
        let is_of_round = |at: Option<Instant>| match (at, taken.at) {
            (Some(visit), Some(photo)) => (photo.millis() - visit.millis()).abs() <= ONE_ROUND_MS,
            _ => true,
        };
        let of_round = said.iter().filter(|(_, e)| new.result.is_none() || is_of_round(e.at));
        let latest = of_round.max_by(|a, b| a.1.at.cmp(&b.1.at));
        let has_other_result = latest.is_some_and(|(_, e)| new.result.is_some_and(|r| e.result != Some(r)));
        let latest = latest.map(|(v, _)| v.id.clone());
        if latest.is_none() && new.result.is_none() {
            self.waiting += photos.len();
            self.waiting_gaps.push(new.gap);
            return Ok(());
        }
        let mut kept: Vec<Photo> = Vec::new();
        for photo in photos {
            let one = match keep_photo(log.paths(), photo) {
                Ok(one) => one,
                // What is wrong with one photo is no reason to lose the others.
                Err(e) if e.path() == Some(photo) => {
                    self.unread.push(photo.clone());
                    continue;
                }
                Err(e) => return Err(e),
            };
            if there.contains(&one.file.as_str()) || kept.iter().any(|k| k.file == one.file) {
                self.known += 1;
            } else {
                kept.push(one);
            }
        }
        self.added += kept.len();
        if kept.is_empty() {
            return Ok(());
        }
        if let Some(id) = latest {
            log.correct(&id, |event| event.photos.append(&mut kept))?;
            self.ids.push(id);
            self.kept_result += usize::from(has_other_result);
            return Ok(());
        }
        let visit = NewVisit { photos: kept, place: taken.place.or(new.place), at: taken.at, ..new };
        self.ids.extend(log.record(vec![visit])?);
        self.recorded += 1;
        self.without_time += usize::from(taken.at.is_none());
        Ok(())
    }
}
