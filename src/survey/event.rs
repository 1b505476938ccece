//! One thing that was recorded: a visit, a correction of one, or that one is withdrawn.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::instant::Instant;
use crate::district::District;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::model::Role;
use crate::rules::Gap;

/// What a visit found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The gap is there.
    Confirmed,
    /// It has been closed.
    Closed,
    /// It never was: the data are wrong.
    Wrong,
    /// The place could not be reached.
    Unreachable,
}

impl Outcome {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Closed, Self::Wrong, Self::Unreachable];

    /// Stable name; in language files `result.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
            Self::Wrong => "wrong",
            Self::Unreachable => "unreachable",
        }
    }

    /// The outcome that a person names: by the stable name, or by its word in any language of the program.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim();
        let is = |o: &Self, lang: Lang| {
            lang.find(&format!("result.{}", o.key())).is_some_and(|w| w.eq_ignore_ascii_case(word))
        };
        Self::ALL.into_iter().find(|o| o.key().eq_ignore_ascii_case(word) || is(o, Lang::Zh) || is(o, Lang::En))
    }

    /// The outcome of a stable name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.key() == key)
    }
}

/// What an event says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// Somebody was there.
    #[default]
    Visit,
    /// What an earlier visit is to say instead.
    Correction,
    /// An earlier visit does not count.
    Withdrawal,
}

impl EventKind {
    /// Stable name, as in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Correction => "correction",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// The kind of a stable name.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Visit, Self::Correction, Self::Withdrawal].into_iter().find(|k| k.key() == key)
    }
}

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
    /// Code of the village.
    pub village_code: String,
    /// Name of the village.
    pub village: String,
    /// Its town.
    pub town: String,
    /// Id or name of the facility.
    pub facility: String,
    /// What was found; `None` for a withdrawal.
    pub result: Option<Outcome>,
    /// In the surveyor's words.
    pub note: String,
    /// Name of a photo in the log's folder of photos.
    pub photo: String,
    /// Longitude in degrees (WGS 84).
    pub lon: Option<f64>,
    /// Latitude in degrees (WGS 84).
    pub lat: Option<f64>,
    /// Who was there.
    pub by: String,
    /// When, as people on the spot say it.
    pub at: Option<Instant>,
    /// When it was written down.
    pub recorded_at: Option<Instant>,
    /// What wrote it: `qiancun`, the name of an imported file, `edited` for another program.
    pub origin: String,
}

/// What is recorded of a visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewVisit {
    /// Key of the gap.
    pub gap: String,
    /// The gap's rule.
    pub rule: String,
    /// Code of the village.
    pub village_code: String,
    /// Name of the village.
    pub village: String,
    /// Its town.
    pub town: String,
    /// Id or name of the facility.
    pub facility: String,
    /// What was found.
    pub result: Option<Outcome>,
    /// In the surveyor's words.
    pub note: String,
    /// Name of a photo in the log's folder of photos.
    pub photo: String,
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
        let of_village = |role| gap.village.map(|v| district.text(v, role)).unwrap_or_default();
        let facility = gap.facility.and_then(|f| district.facilities.get(f as usize));
        Self {
            gap: gap.key(district),
            rule: gap.rule.clone(),
            village_code: of_village(Role::Code),
            village: gap.village.map(|v| district.villages.display_name(v)).unwrap_or_default(),
            town: of_village(Role::Town),
            facility: facility.map_or_else(String::new, |f| f.name.clone()),
            place: gap.at,
            ..Self::default()
        }
    }

    /// What a recorded visit says, to be corrected.
    pub fn of_event(said: &Event) -> Self {
        Self {
            gap: said.gap.clone(),
            rule: said.rule.clone(),
            village_code: said.village_code.clone(),
            village: said.village.clone(),
            town: said.town.clone(),
            facility: said.facility.clone(),
            result: said.result,
            note: said.note.clone(),
            photo: said.photo.clone(),
            place: said.place(),
            by: said.by.clone(),
            at: said.at,
        }
    }

    /// A visit to a gap of which only the key is known: the project has it no more.
    pub fn of_key(key: &str) -> Self {
        let mut parts = key.split('/');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (rule, village_code, facility) = (part(), part(), part());
        Self { gap: key.to_owned(), rule, village_code, facility, ..Self::default() }
    }
}

impl Event {
    /// The event's place.
    pub fn place(&self) -> Option<LonLat> {
        self.lon.zip(self.lat).map(|(lon, lat)| LonLat::new(lon, lat)).filter(|p| p.is_valid())
    }

    /// A digest of everything it says: 16 hexadecimal digits. Tells damage and foreign changes.
    pub fn digest(&self) -> String {
        let mut sha = Sha256::new();
        // Each text with its length before it, so that none can borrow from its neighbour.
        let mut text = |t: &str| {
            sha.update((t.len() as u64).to_le_bytes());
            sha.update(t.as_bytes());
        };
        text(&self.id);
        text(self.kind.key());
        text(self.of.as_deref().unwrap_or(""));
        self.after.iter().for_each(|id| text(id));
        for t in [&self.gap, &self.rule, &self.village_code, &self.village, &self.town, &self.facility] {
            text(t);
        }
        text(self.result.map_or("", Outcome::key));
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

    /// A visit with what is to be recorded; id, what was seen, and position and time of writing are still to be filled in.
    pub(super) fn visit(new: NewVisit, origin: &str) -> Self {
        Self {
            kind: EventKind::Visit,
            gap: new.gap,
            rule: new.rule,
            village_code: new.village_code,
            village: new.village,
            town: new.town,
            facility: new.facility,
            result: new.result,
            note: new.note,
            photo: new.photo,
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
