//! Photos of a round: a folder is told apart by the slates of the sheets in the background, shown, and put to the visits of its gaps.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

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
        let photos: Vec<PathBuf> = places.iter().flat_map(|p| photos_of(p)).collect();
        let name = places.first().and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if photos.is_empty() {
            let words = lang.with("field-photos.none", &[("name", &name)]);
            self.session.moment.dialogue = Some(Dialogue::Message(words));
            return;
        }
        let sorting = Arc::new(SortingPhotos { name: name.clone(), all: photos.len(), seen: AtomicUsize::new(0) });
        self.session.moment.dialogue = Some(Dialogue::Sorting(sorting.clone()));
        self.jobs.start(Job::Results, move |_| {
            let gaps: Vec<(String, LonLat)> =
                found.keys.iter().zip(&found.list.gaps).filter_map(|(key, gap)| Some((key.clone(), gap.at?))).collect();
            // Nobody waits for it once its dialogue is closed.
            let sorted = sort_photos(photos, &gaps, &sorting.seen, &|| Arc::strong_count(&sorting) > 1)?;
            let draft = FieldPhotosDraft::of(name, sorted);
            Some(Done::Command(SurveyCommand::ShowPhotos(Box::new(draft)).into()))
        });
    }

    pub(super) fn show_field_photos(&mut self, draft: Box<FieldPhotosDraft>) {
        if matches!(self.session.moment.dialogue, Some(Dialogue::Sorting(_))) {
            self.session.moment.dialogue = Some(Dialogue::FieldPhotos(draft));
        }
    }

    /// Puts the photos to the visits of their gaps, as one step.
    pub(super) fn put_field_photos(&mut self, draft: FieldPhotosDraft) {
        self.session.moment.dialogue = None;
        let session = &self.session;
        let gaps: Vec<(NewVisit, Vec<PathBuf>)> = draft
            .of_gaps
            .into_iter()
            .filter(|(_, photos)| !photos.is_empty())
            .map(|(key, photos)| (session.visit_of_photos(&key, draft.result), photos))
            .collect();
        let ids = session
            .survey()
            .map_or_else(Vec::new, |s| gaps.iter().filter_map(|(new, _)| PhotosPut::visit_of(s, &new.gap)).collect());
        self.session.news = Some(self.session.lang.t("survey.recording").to_owned());
        self.with_log(Some("field-photos.title"), ids, Then::Said("field-photos.put"), move |log| {
            let mut put = PhotosPut::default();
            for (new, photos) in gaps {
                put.put(log, new, &photos)?;
            }
            Ok(Did { count: put.added, ids: put.ids })
        });
    }
}
