//! Events as version 1 of the log wrote them: one photo, the subject in flat columns, kinds and results closed.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::event::{Event, hex};
use super::instant::Instant;
use super::subject::{Photo, Subject};
use super::word::{EventKind, Outcome};

/// An event of version 1. Kind and result are texts here: a foreign hand may have written anything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EventV1 {
    pub(super) id: String,
    pub(super) seq: i64,
    pub(super) kind: String,
    pub(super) of: Option<String>,
    pub(super) after: Vec<String>,
    pub(super) gap: String,
    pub(super) rule: String,
    pub(super) village_code: String,
    pub(super) village: String,
    pub(super) town: String,
    pub(super) facility: String,
    pub(super) result: Option<String>,
    pub(super) note: String,
    pub(super) photo: String,
    pub(super) lon: Option<f64>,
    pub(super) lat: Option<f64>,
    pub(super) by: String,
    pub(super) at: Option<Instant>,
    pub(super) recorded_at: Option<Instant>,
    pub(super) origin: String,
}

impl EventV1 {
    /// The digest as version 1 made it.
    pub(super) fn digest(&self) -> String {
        let mut sha = Sha256::new();
        let mut text = |t: &str| {
            sha.update((t.len() as u64).to_le_bytes());
            sha.update(t.as_bytes());
        };
        text(&self.id);
        text(&self.kind);
        text(self.of.as_deref().unwrap_or(""));
        self.after.iter().for_each(|id| text(id));
        for t in [&self.gap, &self.rule, &self.village_code, &self.village, &self.town, &self.facility] {
            text(t);
        }
        text(self.result.as_deref().unwrap_or(""));
        for t in [&self.note, &self.photo, &self.by, &self.origin] {
            text(t);
        }
        let millis = |at: Option<Instant>| at.map_or(i64::MIN, Instant::millis);
        for n in [self.seq, self.after.len() as i64, millis(self.at), millis(self.recorded_at)] {
            sha.update(n.to_le_bytes());
        }
        for n in [self.lon, self.lat] {
            sha.update(n.map_or(u64::MAX, |n| (n + 0.0).to_bits()).to_le_bytes());
        }
        hex(&sha.finalize(), 8)
    }

    /// The event as this version has it, under the same id.
    pub(super) fn into_event(self) -> Event {
        let photo = match self.photo.as_str() {
            "" => Vec::new(),
            name => vec![Photo::named(name)],
        };
        Event {
            id: self.id,
            seq: self.seq,
            kind: EventKind::from_key(if self.kind.is_empty() { "visit" } else { &self.kind }),
            of: self.of,
            after: self.after,
            gap: self.gap,
            rule: self.rule,
            subject: Subject {
                code: self.village_code,
                village: self.village,
                town: self.town,
                facility_name: self.facility,
                ..Subject::default()
            },
            result: self.result.and_then(|r| Outcome::from_key(&r)),
            note: self.note,
            photos: photo,
            lon: self.lon,
            lat: self.lat,
            by: self.by,
            at: self.at,
            at_text: String::new(),
            recorded_at: self.recorded_at,
            origin: self.origin,
            more: serde_json::Map::new(),
        }
    }
}
