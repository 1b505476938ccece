//! Photos of a round: a folder is told apart by the slates of the sheets in the background, shown, and put to the visits of its gaps.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::asking::Asks;
use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use super::recording::{Did, Then};
use crate::geo::LonLat;
use crate::read::photos_of;
use crate::round::sort_photos;
use crate::session::{Dialogue, FieldPhotosDraft, SortingPhotos, SurveyCommand};
use crate::survey::{NewVisit, PhotosPut};

impl Qiancun {
    pub(super) fn ask_field_photos(&mut self) {
        let title = self.session.lang.t("field-photos.title");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || question.pick_folder().map(|folder| SurveyCommand::SortPhotos(vec![folder])));
    }

    /// Tells photos apart, in the background, as long as its dialogue stays.
    pub(super) fn sort_field_photos(&mut self, places: Vec<PathBuf>) {
        let lang = self.session.lang;
        let Some(found) = self.session.present_gaps().cloned() else {
            self.session.moment.dialogue = Some(Dialogue::Message(lang.t("field-photos.no-gaps").to_owned()));
            return;
        };
        let name = places.first().and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let none = lang.with("field-photos.none", &[("name", &name)]);
        let count = AtomicUsize::default;
        let sorting = Arc::new(SortingPhotos { name: name.clone(), all: count(), seen: count() });
        self.session.moment.dialogue = Some(Dialogue::Sorting(sorting.clone()));
        self.jobs.start(Job::Results, move |_| {
            let (photos, beyond) = photos_of(&places);
            // Nobody waits for it once its dialogue is closed.
            let goes_on = || Arc::strong_count(&sorting) > 1;
            if photos.is_empty() && goes_on() {
                return Some(Done::Command(SurveyCommand::NoPhotos(none).into()));
            }
            sorting.all.store(photos.len(), Ordering::Relaxed);
            let gaps: Vec<(String, LonLat)> =
                found.keys.iter().zip(&found.list.gaps).filter_map(|(key, gap)| Some((key.clone(), gap.at?))).collect();
            let sorted = sort_photos(photos, &gaps, &sorting.seen, &goes_on)?;
            let draft = FieldPhotosDraft::of(name, sorted, beyond);
            Some(Done::Command(SurveyCommand::ShowPhotos(Box::new(draft)).into()))
        });
    }

    /// Shows what was found, or that nothing was.
    pub(super) fn show_field_photos(&mut self, found: Result<Box<FieldPhotosDraft>, String>) {
        if matches!(self.session.moment.dialogue, Some(Dialogue::Sorting(_))) {
            let named = |mut draft: Box<FieldPhotosDraft>| {
                draft.names = Arc::new(self.session.gap_names());
                draft
            };
            self.session.moment.dialogue = Some(match found {
                Ok(draft) => Dialogue::FieldPhotos(named(draft)),
                Err(words) => Dialogue::Message(words),
            });
        }
    }

    /// Puts the photos to the visits of their gaps, as one step.
    pub(super) fn put_field_photos(&mut self, draft: FieldPhotosDraft) {
        self.session.moment.dialogue = None;
        let session = &self.session;
        let gaps: Vec<(NewVisit, Vec<PathBuf>)> = draft
            .sorted
            .of_gaps
            .iter()
            .filter(|(key, photos)| !photos.is_empty() && draft.is_put(key))
            .map(|(key, photos)| (session.visit_of_photos(key, draft.result), photos.clone()))
            .collect();
        self.session.news = Some(self.session.lang.t("survey.recording").to_owned());
        let then = Then::PhotosPut(Box::new(draft));
        self.with_log(Some("field-photos.title"), Vec::new(), then, move |log| {
            let mut put = PhotosPut::default();
            for (new, photos) in gaps {
                put.put(log, new, &photos)?;
            }
            Ok(Did { count: put.added, ids: put.ids.clone(), put: Some(put) })
        });
    }

    /// Says what was put, and shows what is left to do.
    pub(super) fn photos_were_put(&mut self, draft: FieldPhotosDraft, put: &PhotosPut) {
        let lang = self.session.lang;
        let values = [("n", put.added.to_string()), ("known", put.known.to_string())];
        let mut words = lang.with("field-photos.put", &values.each_ref().map(|(k, v)| (*k, v.as_str())));
        if put.without_time > 0 {
            words += &lang.with("field-photos.without-time", &[("n", &put.without_time.to_string())]);
        }
        self.session.news = Some(words);
        let mut rest = draft.rest(put);
        if rest.is_open() || !put.unread.is_empty() {
            rest.names = Arc::new(self.session.gap_names());
            rest.is_closing = false;
            self.ask_after(Dialogue::FieldPhotos(Box::new(rest)));
        }
    }
}
