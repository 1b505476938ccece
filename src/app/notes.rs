//! What commands about notes on the map do.

use super::asking::Asks;
use std::path::{Path, PathBuf};

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::district::AddedFacility;
use crate::geo::{LonLat, distance_m};
use crate::output::LayerOptions;
use crate::project::{NoteEntry, NoteShape, with_ending};
use crate::session::{Dialogue, LARGE_PX, NoteCommand, PhotoPicture, SurveyCommand, notes_dataset};
use crate::survey::picture_of;

/// Pictures of photos that are made at once.
const MOST_PICTURES: usize = 4;
/// Endings of files that notes are written to.
const ENDINGS: [&str; 5] = ["geojson", "kml", "gpx", "gpkg", "json"];

impl Qiancun {
    /// Carries out a command about notes.
    pub(super) fn on_notes(&mut self, command: NoteCommand) {
        let session = &mut self.session;
        match command {
            NoteCommand::Edit(note, at) => self.ask_note(note, at),
            NoteCommand::Begin(shape, points) => self.begin_note(shape, &points),
            NoteCommand::Put(note) => self.put_note(note),
            NoteCommand::Drop(id) => session.transact("note.drop", |d| d.project.notes.retain(|n| n.id != id)),
            NoteCommand::PhotoDialogue => self.ask_note_photo(),
            NoteCommand::TakePhoto(path) => {
                if let Some(Dialogue::Note(draft)) = &mut session.moment.dialogue {
                    draft.photo = path;
                }
            }
            NoteCommand::Show(shown) => session.view.hide_notes = !shown,
            NoteCommand::ExportDialogue => self.ask_export_notes(),
            NoteCommand::ExportTo(path) => self.export_notes(&path),
            NoteCommand::MakeFacility(note) => self.make_facility(&note),
            NoteCommand::MakeVisit(note) => self.make_visit(&note),
        }
    }

    /// Asks what a note is to say.
    fn ask_note(&mut self, note: Option<usize>, at: LonLat) {
        let notes = &self.session.document.project.notes;
        let note = note.and_then(|i| notes.get(i).cloned()).unwrap_or_else(|| fresh(at));
        self.session.moment.dialogue = Some(Dialogue::Note(Box::new(note)));
    }

    /// Asks what a line or an area is to say; the measuring that drew it is over.
    fn begin_note(&mut self, shape: NoteShape, points: &[LonLat]) {
        let Some(first) = points.first() else { return };
        let points = points.iter().map(|p| [rounded(p.lon_deg), rounded(p.lat_deg)]).collect();
        let mut note = NoteEntry { shape, points, ..fresh(*first) };
        note.put_words_in_the_middle();
        self.session.moment.measuring = None;
        self.session.moment.dialogue = Some(Dialogue::Note(Box::new(note)));
    }

    /// Keeps a note; one that is nothing on the map goes.
    fn put_note(&mut self, note: NoteEntry) {
        // Whoever writes a note wants to see it.
        self.session.view.hide_notes = false;
        self.session.transact("note.title", |d| {
            let place = d.project.notes.iter().position(|n| n.id == note.id);
            match (place.and_then(|i| d.project.notes.get_mut(i)), note.says_nothing()) {
                (Some(there), false) => *there = note,
                (None, false) => d.project.notes.push(note),
                (_, true) => d.project.notes.retain(|n| n.id != note.id),
            }
        });
    }

    /// Has a picture of a photo made, in the background. Of the large ones one is kept.
    pub(super) fn load_picture(&mut self, file: PathBuf, side_px: u32) {
        let made = &mut self.session.made;
        let key = (file.clone(), side_px);
        if made.photos.pictures.contains_key(&key) {
            return;
        }
        // Decoding takes memory and a core each: what waits is asked for again.
        if self.jobs.count_of(Job::Photo) >= MOST_PICTURES {
            return;
        }
        if side_px == LARGE_PX {
            made.photos.pictures.retain(|(_, side), p| *side != LARGE_PX || matches!(p, PhotoPicture::Coming));
        }
        made.photos.pictures.insert(key, PhotoPicture::Coming);
        self.jobs.start(Job::Photo, move |_| {
            let image = picture_of(&file, side_px).map(|image| {
                let size = [image.width() as usize, image.height() as usize];
                egui::ColorImage::from_rgba_unmultiplied(size, image.as_raw())
            });
            Some(Done::Picture(file, side_px, image))
        });
    }

    fn ask_note_photo(&mut self) {
        let title = self.session.lang.t("visit.photo");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            question
                .add_filter("JPEG, PNG, WebP", &["jpg", "jpeg", "png", "webp"])
                .pick_file()
                .map(NoteCommand::TakePhoto)
        });
    }

    fn ask_export_notes(&mut self) {
        let title = self.session.lang.t("note.export");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let mut dialogue = question.set_file_name("notes.geojson");
            for (title, ending) in [("GeoJSON", "geojson"), ("KML", "kml"), ("GPX", "gpx"), ("GeoPackage", "gpkg")] {
                dialogue = dialogue.add_filter(title, &[ending]);
            }
            dialogue.save_file().map(NoteCommand::ExportTo)
        });
    }

    /// Writes the notes in the background; what the format cannot take is said.
    fn export_notes(&mut self, path: &Path) {
        let is_known = path.extension().is_some_and(|e| ENDINGS.iter().any(|own| e.eq_ignore_ascii_case(own)));
        let path: PathBuf = if is_known { path.to_path_buf() } else { with_ending(path, "geojson") };
        let Some(dataset) = notes_dataset(&self.session.document.project.notes) else { return };
        if !self.may_write(&path) {
            return;
        }
        self.write_layer(dataset.into(), LayerOptions::default(), path);
    }

    /// Asks for a facility at a note's place, named as the note is.
    fn make_facility(&mut self, note: &NoteEntry) {
        let village = self.session.village_at(note.at());
        self.ask_facility(village, Some(note.at()));
        if let Some(Dialogue::Add(draft)) = &mut self.session.moment.dialogue {
            let name = note.words().to_owned();
            *draft = AddedFacility { name, checked_on: note.written_on.clone(), ..draft.clone() };
        }
    }

    /// Asks for a visit to the nearest gap of the village at a note's place, with the note's text.
    fn make_visit(&mut self, note: &NoteEntry) {
        let Some(gap) = self.gap_near(note) else { return };
        self.on_survey(SurveyCommand::VisitGap(gap));
        if let Some(Dialogue::Visit(draft)) = &mut self.session.moment.dialogue {
            let text: Vec<&str> = [note.title.trim(), note.text.trim()].into_iter().filter(|t| !t.is_empty()).collect();
            draft.visit.note = text.join("\n");
            draft.photos.extend(Some(note.photo.clone()).filter(|p| !p.as_os_str().is_empty()));
        }
    }

    /// The gap of the village at a note's place that is nearest, by its place in the list.
    fn gap_near(&self, note: &NoteEntry) -> Option<usize> {
        let village = self.session.village_at(note.at())?;
        let gaps = &self.session.present_gaps()?.list.gaps;
        let far = |at: Option<LonLat>| at.map_or(f64::MAX, |at| distance_m(at, note.at()));
        let own = gaps.iter().enumerate().filter(|(_, g)| g.village == Some(village));
        own.min_by(|a, b| far(a.1.at).total_cmp(&far(b.1.at))).map(|(i, _)| i)
    }
}

fn rounded(v: f64) -> f64 {
    (v * 1e6).round() / 1e6
}

/// A new note at a place.
fn fresh(at: LonLat) -> NoteEntry {
    let id = uuid::Uuid::now_v7().to_string();
    let written_on = jiff::Zoned::now().date().to_string();
    NoteEntry { id, lon: rounded(at.lon_deg), lat: rounded(at.lat_deg), written_on, ..NoteEntry::default() }
}
