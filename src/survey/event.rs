//! One thing that was recorded: a visit, a correction of one, that one is withdrawn, or what a later version records.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::instant::Instant;
use super::subject::{Photo, Subject};
use super::word::{EventKind, Outcome};
use crate::district::District;
use crate::geo::LonLat;
use crate::rules::Gap;

/// An event. Nothing in it ever changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// UUID, unique over machines.
    pub id: String,
    /// Position in the order of what its writer knew: one more than the highest in the log then, whatever the clock says
    /// (Lamport 1978).
    pub seq: i64,
    /// What it says.
    pub kind: EventKind,
    /// The visit that it corrects or withdraws.
    pub of: Option<String>,
    /// Ids of what its writer saw and now replaces: standing visits of the gap, or earlier corrections of the visit.
    pub after: Vec<String>,
    /// Key of the gap, as [`crate::rules::Gap::key`] makes it.
    pub gap: String,
    /// The gap's rule.
    pub rule: String,
    /// What it speaks of.
    pub subject: Subject,
    /// What was found; `None` for a withdrawal.
    pub result: Option<Outcome>,
    /// In the surveyor's words.
    pub note: String,
    /// Photos.
    pub photos: Vec<Photo>,
    /// Longitude in degrees (WGS 84).
    pub lon: Option<f64>,
    /// Latitude in degrees (WGS 84).
    pub lat: Option<f64>,
    /// Who was there.
    pub by: String,
    /// When, as people on the spot say it.
    pub at: Option<Instant>,
    /// When, as it was written, where that cannot be read as a time.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at_text: String,
    /// When it was written down.
    pub recorded_at: Option<Instant>,
    /// What wrote it: `qiancun`, the name of an imported file, `edited` for another program.
    pub origin: String,
    /// What a later version says besides: kept.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// What is recorded of a visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewVisit {
    /// Key of the gap.
    pub gap: String,
    /// The gap's rule.
    pub rule: String,
    /// What it speaks of.
    pub subject: Subject,
    /// What was found.
    pub result: Option<Outcome>,
    /// In the surveyor's words.
    pub note: String,
    /// Photos.
    pub photos: Vec<Photo>,
    /// Where.
    pub place: Option<LonLat>,
    /// Who.
    pub by: String,
    /// When; now where absent.
    pub at: Option<Instant>,
}

impl NewVisit {
    /// A visit to a gap, with all that the gap says and nothing found yet.
    pub fn of_gap(gap: &Gap, district: &District) -> Self {
        Self {
            gap: gap.key(district),
            rule: gap.rule.clone(),
            subject: Subject::of_gap(gap, district),
            place: gap.at,
            ..Self::default()
        }
    }

    /// What a recorded visit says, to be corrected.
    pub fn of_event(said: &Event) -> Self {
        Self {
            gap: said.gap.clone(),
            rule: said.rule.clone(),
            subject: said.subject.clone(),
            result: said.result,
            note: said.note.clone(),
            photos: said.photos.clone(),
            place: said.place(),
            by: said.by.clone(),
            at: said.at,
        }
    }

    /// A visit to a gap of which only the key is known: the project has it no more.
    pub fn of_key(key: &str) -> Self {
        let mut parts = key.split('/');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (rule, village, facility) = (part(), part(), part());
        // Without a code the key has names.
        let names: Vec<&str> = village.split('|').collect();
        let subject = match names.as_slice() {
            [district, town, name] => Subject {
                district: (*district).to_owned(),
                town: (*town).to_owned(),
                village: (*name).to_owned(),
                facility,
                ..Subject::default()
            },
            _ => Subject { code: village, facility, ..Subject::default() },
        };
        Self { gap: key.to_owned(), rule, subject, ..Self::default() }
    }
}

impl Event {
    /// The event's place.
    pub fn place(&self) -> Option<LonLat> {
        self.lon.zip(self.lat).map(|(lon, lat)| LonLat::new(lon, lat)).filter(|p| p.is_valid())
    }

    /// Whether another event says the same of its visit, whenever and by whatever it was written.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.gap, &self.rule, &self.subject, self.result, &self.note, &self.photos, &self.more)
            == (&other.gap, &other.rule, &other.subject, other.result, &other.note, &other.photos, &other.more)
            && (self.lon, self.lat, &self.by, self.at, &self.at_text)
                == (other.lon, other.lat, &other.by, other.at, &other.at_text)
    }

    /// A digest of everything it says: 16 hexadecimal digits. Tells damage and foreign changes.
    pub fn digest(&self) -> String {
        let mut sha = Sha256::new();
        // Each text with its length before it, so that none can borrow from its neighbour.
        let mut text = |t: &str| {
            sha.update((t.len() as u64).to_le_bytes());
            sha.update(t.as_bytes());
        };
        text("v2");
        text(&self.id);
        text(self.kind.key());
        text(self.of.as_deref().unwrap_or(""));
        self.after.iter().for_each(|id| text(id));
        for t in [&self.gap, &self.rule, &self.note, &self.by, &self.origin, &self.at_text] {
            text(t);
        }
        let s = &self.subject;
        for t in [&s.district, &s.town, &s.village, &s.code, &s.layer, &s.facility, &s.facility_name] {
            text(t);
        }
        text(self.result.map_or("", Outcome::key));
        let millis = |at: Option<Instant>| at.map_or(i64::MIN, Instant::millis);
        for photo in &self.photos {
            for t in [&photo.file, &photo.name, &photo.digest] {
                text(t);
            }
            text(&millis(photo.taken).to_string());
        }
        // Sorted, as whoever keeps them need not keep their order.
        let mut more: Vec<(&String, String)> = self.more.iter().map(|(k, v)| (k, v.to_string())).collect();
        more.sort();
        for (key, value) in &more {
            text(key);
            text(value);
        }
        let counts = [self.after.len(), self.photos.len(), more.len()].map(|n| n as i64);
        for n in [self.seq, millis(self.at), millis(self.recorded_at)].into_iter().chain(counts) {
            sha.update(n.to_le_bytes());
        }
        for n in [self.lon, self.lat] {
            sha.update(n.map_or(u64::MAX, |n| (n + 0.0).to_bits()).to_le_bytes());
        }
        hex(&sha.finalize(), 8)
    }

    /// A visit with what is to be recorded; id, what was seen, and position and time of writing are still to be filled in.
    pub(super) fn visit(new: NewVisit, origin: &str) -> Self {
        Self {
            kind: EventKind::Visit,
            gap: new.gap,
            rule: new.rule,
            subject: new.subject,
            result: new.result,
            note: new.note,
            photos: new.photos,
            lon: new.place.map(|p| p.lon_deg),
            lat: new.place.map(|p| p.lat_deg),
            by: new.by,
            at: new.at,
            origin: origin.to_owned(),
            ..Self::default()
        }
    }
}

/// The first bytes of a digest in hexadecimal digits.
pub(super) fn hex(bytes: &[u8], count: usize) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().take(count).flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}

/// A new id: UUID version 7 (RFC 9562), random beyond its time.
pub(super) fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// An id that follows from content, so that the same row read twice is the same event: UUID version 8 (RFC 9562).
pub(super) fn id_of(content: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(&digest) {
        *to = *from;
    }
    uuid::Uuid::new_v8(bytes).to_string()
}
