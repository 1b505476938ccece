//! Results on their way into the log: what each row would change, before anything is changed.

use std::path::{Path, PathBuf};

use super::error::SurveyError;
use super::event::{Event, NewVisit, Outcome, id_of};
use super::instant::Instant;
use super::log::SurveyLog;
use super::photo::keep_photo;
use super::results::ResultRow;
use super::visits::{GapStatus, Survey};
use crate::geo::{ChinaShift, LonLat};

/// What is to become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes a visit.
    New,
    /// The log has it already.
    Known,
    /// Nothing was filled in.
    Empty,
    /// It cannot be understood, for a reason: `no-key`, `no-result`, `result` (an unknown word), `time`,
    /// `place`, `crs`.
    NotUnderstood(&'static str),
}

/// What is odd about a row that is taken all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The project has no such gap now: it has been closed, or its village is gone.
    NoSuchGap,
    /// The photo was not found beside the sheet: its name is kept.
    NoPhoto,
    /// The photo cannot be used: its name is kept.
    BadPhoto,
    /// Another visit says something else, and neither knew the other.
    Contradicts,
}

impl Remark {
    /// Stable name; in language files `remark.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::NoSuchGap => "no-such-gap",
            Self::NoPhoto => "no-photo",
            Self::BadPhoto => "bad-photo",
            Self::Contradicts => "contradicts",
        }
    }
}

/// A row and what is to become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The row.
    pub row: ResultRow,
    /// What is to become of it.
    pub verdict: Verdict,
    /// What is odd about it.
    pub remarks: Vec<Remark>,
    /// How the gap stands now.
    pub before: GapStatus,
    /// How it will stand.
    pub after: GapStatus,
    event: Option<Event>,
    photo: Option<PathBuf>,
}

/// A file's rows and what is to become of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// The file.
    pub path: PathBuf,
    /// Its rows.
    pub rows: Vec<Planned>,
}

impl Preview {
    /// Looks at rows: `outcome` reads a result's word in whatever language, `is_gap` says whether the project has the
    /// gap now.
    pub fn new(
        path: &Path,
        rows: Vec<ResultRow>,
        survey: &Survey,
        outcome: impl Fn(&str) -> Option<Outcome>,
        is_gap: impl Fn(&str) -> bool,
    ) -> Self {
        let origin = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        // Rows are taken one after the other, each seeing what those before it made of the log.
        let mut after = survey.clone();
        let plan = |row: ResultRow| {
            let before = after.status(&row.key);
            let mut planned = Planned {
                verdict: Verdict::Empty,
                remarks: Vec::new(),
                before,
                after: before,
                event: None,
                photo: None,
                row,
            };
            let event = match understood(&planned.row, &origin, &outcome) {
                Ok(Some(event)) => event,
                Ok(None) => return planned,
                Err(why) => {
                    planned.verdict = Verdict::NotUnderstood(why);
                    return planned;
                }
            };
            let is_exported = !planned.row.id.is_empty() && after.visit(&planned.row.id).is_some();
            if is_exported || after.visit(&event.id).is_some() {
                planned.verdict = Verdict::Known;
                return planned;
            }
            planned.verdict = Verdict::New;
            if !is_gap(&event.gap) {
                planned.remarks.push(Remark::NoSuchGap);
            }
            if !event.photo.is_empty() {
                let found = folder.join(&event.photo);
                match found.is_file() {
                    true => planned.photo = Some(found),
                    false => planned.remarks.push(Remark::NoPhoto),
                }
            }
            after.add(Event { seq: after.last_seq() + 1, ..event.clone() });
            planned.after = after.status(&event.gap);
            if planned.after == GapStatus::Conflict {
                planned.remarks.push(Remark::Contradicts);
            }
            planned.event = Some(event);
            planned
        };
        Self { path: path.to_path_buf(), rows: rows.into_iter().map(plan).collect() }
    }

    /// How many rows would become visits.
    pub fn new_count(&self) -> usize {
        self.count(|v| v == Verdict::New)
    }

    /// How many rows have a verdict.
    pub fn count(&self, is: impl Fn(Verdict) -> bool) -> usize {
        self.rows.iter().filter(|r| is(r.verdict)).count()
    }
}

impl SurveyLog {
    /// Takes the new rows of a preview in, their photos with them; how many.
    ///
    /// # Errors
    /// [`SurveyError`]; nothing was recorded then.
    pub fn import(&mut self, preview: &mut Preview) -> Result<usize, SurveyError> {
        let mut events = Vec::new();
        for planned in &mut preview.rows {
            let Some(event) = planned.event.clone() else { continue };
            // The id is the row's own: the photo's name in the log follows from its content and does not change it.
            let photo = match planned.photo.as_ref().map(|photo| keep_photo(self.paths(), photo)) {
                None => event.photo.clone(),
                Some(Ok(name)) => name,
                Some(Err(SurveyError::Photo { .. })) => {
                    planned.remarks.push(Remark::BadPhoto);
                    event.photo.clone()
                }
                Some(Err(e)) => return Err(e),
            };
            events.push(Event { photo, ..event });
        }
        // Another window may have taken the same rows in meanwhile.
        let ids = self.append(|survey| Ok(events.into_iter().filter(|e| survey.visit(&e.id).is_none()).collect()))?;
        Ok(ids.len())
    }
}

/// The visit that a row tells of; `None` where nothing was filled in.
fn understood(
    row: &ResultRow,
    origin: &str,
    outcome: impl Fn(&str) -> Option<Outcome>,
) -> Result<Option<Event>, &'static str> {
    if row.is_empty() {
        return Ok(None);
    }
    if row.key.is_empty() {
        return Err("no-key");
    }
    if row.result.trim().is_empty() {
        return Err("no-result");
    }
    let result = outcome(row.result.trim()).ok_or("result")?;
    let at = match row.at.trim() {
        "" => None,
        text => {
            let serial = || text.parse().ok().and_then(Instant::from_spreadsheet_day);
            Some(Instant::parse(text).or_else(serial).ok_or("time")?)
        }
    };
    let place = match (row.lon.trim(), row.lat.trim()) {
        ("", "") => None,
        (lon, lat) => {
            let degrees = |text: &str| text.parse::<f64>().map_err(|_| "place");
            Some(LonLat::new(degrees(lon)?, degrees(lat)?)).filter(|p| p.is_valid()).ok_or("place").map(Some)?
        }
    };
    let place = match row.crs.trim() {
        "" | "EPSG:4326" | "EPSG:4490" => place,
        crs => {
            let shift = ChinaShift::ALL.into_iter().find(|s| s.name() == crs).ok_or("crs")?;
            place.map(|p| shift.undo(p))
        }
    };
    // Formats round numbers differently: to a centimetre they agree, and one row is one event.
    let rounded = |v: f64| (v * 1e7).round() / 1e7;
    let place = place.map(|p| LonLat::new(rounded(p.lon_deg), rounded(p.lat_deg)));
    let new = NewVisit {
        gap: row.key.clone(),
        rule: row.rule.clone(),
        village_code: row.code.clone(),
        village: row.village.clone(),
        town: row.town.clone(),
        facility: row.facility.clone(),
        result: Some(result),
        note: row.note.clone(),
        photo: row.photo.clone(),
        place,
        by: row.by.clone(),
        at,
    };
    let mut event = Event::visit(new, origin);
    event.after = row.seen.split_whitespace().map(str::to_owned).collect();
    // The name of the file says nothing about the visit.
    let said = Event { origin: String::new(), ..event.clone() };
    event.id = id_of(&serde_json::to_string(&said).unwrap_or_default());
    Ok(Some(event))
}
