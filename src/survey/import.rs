//! Results on their way into the log: what each row would change, before anything is changed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use super::error::SurveyError;
use super::event::{Event, NewVisit, id_of};
use super::gap_index::GapIndex;
use super::instant::Instant;
use super::log::SurveyLog;
use super::photo::{Attached, keep_photo};
use super::results::ResultRow;
use super::returned::package_of;
use super::subject::{Photo, Subject, photos_of_text};
use super::visits::{GapStatus, Survey, Visit};
use super::word::{EventKind, Outcome};
use crate::geo::{ChinaShift, LonLat};

/// Rule of what was found on the ground and is no gap of the map.
const FINDING: &str = "X";

/// What is to become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes a visit.
    New,
    /// It corrects the visit that it brought before.
    Corrects,
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
    /// The row had lost its key; its gap was found by rule and village.
    FoundByVillage,
    /// It is no gap of the map: somebody found it on the ground.
    Finding,
    /// The time lies in the future, or long ago: taken only where a person says so.
    OddTime,
    /// Year or day were not written: the last there was.
    TimeAssumed,
    /// A photo was not found beside the sheet: its name is kept.
    NoPhoto,
    /// A photo cannot be used: its name is kept.
    BadPhoto,
    /// Another visit says something else, and neither knew the other.
    Contradicts,
}

impl Remark {
    /// Stable name; in language files `remark.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::NoSuchGap => "no-such-gap",
            Self::FoundByVillage => "found-by-village",
            Self::Finding => "finding",
            Self::OddTime => "odd-time",
            Self::TimeAssumed => "time-assumed",
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
    /// Key of the gap that the row speaks of: its own, or the one that was found for it; empty where there is none.
    pub gap: String,
    /// What is to become of it.
    pub verdict: Verdict,
    /// What is odd about it.
    pub remarks: Vec<Remark>,
    /// How the gap stands now.
    pub before: GapStatus,
    /// How it will stand.
    pub after: GapStatus,
    /// Whether it is taken; what is odd in time, or no gap of the map, is only where a person says so.
    pub is_taken: bool,
    event: Option<Event>,
    photos: Vec<PathBuf>,
    /// The visit that it is, or was before.
    of_visit: Option<String>,
    /// Whether nothing but photos comes, which were not there when the row came.
    is_late: bool,
}

impl Planned {
    /// What the row speaks of: as the map says it, where its gap was found, else as the row does.
    pub fn subject(&self) -> &Subject {
        self.event.as_ref().map_or(&self.row.subject, |e| &e.subject)
    }

    /// The rule of its gap; empty where none was found.
    pub fn rule(&self) -> &str {
        self.event.as_ref().map_or(&self.row.rule, |e| &e.rule)
    }

    /// How many photos come with it.
    pub fn photo_count(&self) -> usize {
        self.photos.len()
    }
}

/// A file's rows and what is to become of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// The file.
    pub path: PathBuf,
    /// Its rows.
    pub rows: Vec<Planned>,
    /// Visits that came out of this package before and are no longer in it: deleted on the telephone, or this is an older copy. They stay.
    pub gone: Vec<String>,
}

impl Preview {
    /// Looks at rows; the index has the gaps of the map now.
    pub fn new(path: &Path, rows: Vec<ResultRow>, survey: &Survey, index: &GapIndex) -> Self {
        let origin = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        // Times without a year or a day are those before the sheet was written last.
        let written = std::fs::metadata(path).and_then(|m| m.modified()).ok();
        let written = written.and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        let near = written.map_or_else(Instant::now, |d| Instant::from_millis(d.as_millis() as i64));
        // Rows are taken one after the other, each seeing what those before it made of the log.
        let mut after = survey.clone();
        // Visits that a row says as they were recorded are that row's, and no other's.
        let claims: FxHashSet<String> = rows
            .iter()
            .filter_map(|row| understood(row, &origin, index, near, &mut Vec::new()).ok().flatten())
            .map(|event| event.id)
            .collect();
        let sheet = Sheet {
            survey,
            index,
            origin: &origin,
            folder,
            near,
            claims: RefCell::new(claims),
            package: package_of(path),
            attached: Attached::default(),
        };
        let plan = |row: ResultRow| planned(row, &mut after, &sheet);
        let rows: Vec<Planned> = rows.into_iter().map(plan).collect();
        let said: FxHashSet<&str> = rows.iter().filter_map(|r| r.of_visit.as_deref()).collect();
        let standing = survey.standing().map(|(visit, _)| visit);
        let gone = standing.filter(|v| sheet.package.is_some() && sheet.package == package_that_brought(survey, v));
        let gone = gone.filter(|v| !said.contains(v.id.as_str())).map(|v| v.id.clone()).collect();
        Self { path: path.to_path_buf(), rows, gone }
    }

    /// Looks again, after rows were mended by hand; what was ticked stays so.
    pub fn again(&self, survey: &Survey, index: &GapIndex) -> Self {
        let mut next = Self::new(&self.path, self.rows.iter().map(|p| p.row.clone()).collect(), survey, index);
        for (now, before) in next.rows.iter_mut().zip(&self.rows) {
            let is_asked = |p: &Planned| p.remarks.iter().any(|r| matches!(r, Remark::OddTime | Remark::Finding));
            if is_asked(now) && is_asked(before) {
                now.is_taken = before.is_taken;
            }
        }
        next
    }

    /// How many rows would be taken.
    pub fn taken_count(&self) -> usize {
        self.rows.iter().filter(|r| r.is_taken && r.event.is_some()).count()
    }

    /// How many rows have a verdict.
    pub fn count(&self, is: impl Fn(Verdict) -> bool) -> usize {
        self.rows.iter().filter(|r| is(r.verdict)).count()
    }

    /// How many rows are left out because their time lies in the future or long ago, until a person says so.
    pub fn untaken_count(&self) -> usize {
        self.rows.iter().filter(|r| !r.is_taken && r.event.is_some() && r.remarks.contains(&Remark::OddTime)).count()
    }

    /// How many rows had lost their key and were given a gap by rule and village.
    pub fn keyless_count(&self) -> usize {
        self.rows.iter().filter(|r| r.remarks.contains(&Remark::FoundByVillage)).count()
    }

    /// Ids of the visits that would change or begin.
    pub fn visits(&self) -> Vec<String> {
        let taken = self.rows.iter().filter(|r| r.is_taken).filter_map(|r| r.event.as_ref());
        taken.map(|e| e.of.clone().unwrap_or_else(|| e.id.clone())).collect()
    }

    /// Takes rows too that are taken only where a person says so: those with a remark.
    pub fn take_all_with(&mut self, remark: Remark) {
        let rows = self.rows.iter_mut().filter(|r| r.remarks.contains(&remark));
        rows.for_each(|r| r.is_taken = r.event.is_some());
    }
}

/// What rows are looked at with.
struct Sheet<'a> {
    /// The log before the sheet.
    survey: &'a Survey,
    index: &'a GapIndex,
    /// Name of the sheet.
    origin: &'a str,
    folder: &'a Path,
    near: Instant,
    /// The package of a round that it is.
    package: Option<String>,
    /// Visits that rows of the sheet speak of already.
    claims: RefCell<FxHashSet<String>>,
    /// Photos in folders beside the sheet.
    attached: Attached,
}

fn planned(row: ResultRow, after: &mut Survey, sheet: &Sheet<'_>) -> Planned {
    let Sheet { survey: now, index, origin, folder, near, .. } = sheet;
    let mut planned = Planned {
        gap: row.key.trim().to_owned(),
        verdict: Verdict::Empty,
        remarks: Vec::new(),
        before: GapStatus::Pending,
        after: GapStatus::Pending,
        is_taken: false,
        event: None,
        photos: Vec::new(),
        of_visit: None,
        is_late: false,
        row,
    };
    let mut event = match understood(&planned.row, origin, index, *near, &mut planned.remarks) {
        Ok(Some(event)) => event,
        Ok(None) => return planned,
        Err(why) => {
            planned.verdict = Verdict::NotUnderstood(why);
            planned.before = after.status(&planned.row.key);
            planned.after = planned.before;
            return planned;
        }
    };
    if let Some(package) = &sheet.package {
        event.more.insert(PACKAGE.to_owned(), package.as_str().into());
    }
    planned.of_visit = Some(event.id.clone());
    let key = after.key_of(&event).to_owned();
    planned.gap.clone_from(&event.gap);
    (planned.before, planned.after) = (after.status(&key), after.status(&key));
    let is_exported = !planned.row.id.is_empty() && after.visit(&planned.row.id).is_some();
    if is_exported {
        return edited_export(planned, event, after);
    }
    if now.visit(&event.id).is_none() && after.visit(&event.id).is_some() {
        planned.verdict = Verdict::Known;
        return planned;
    }
    planned.verdict = Verdict::New;
    // Of what was there before this sheet: two of its rows are two.
    if let Some(visit) = now.visit(&event.id).or_else(|| sheet.brought_before(&event, &planned.row.instance)) {
        planned.of_visit = Some(visit.id.clone());
        let Some(said) = now.said(visit) else { return planned };
        // What somebody changed by hand since is not changed back by the sheet that was there before.
        let is_by_hand = said.kind != EventKind::Visit && said.origin != *origin && visit.id == event.id;
        if !visit.is_withdrawn && (says_the_same(said, &event) || is_by_hand) {
            return with_late_photos(planned, &event, (visit, said), sheet);
        }
        planned.verdict = Verdict::Corrects;
        sheet.claims.borrow_mut().insert(visit.id.clone());
        (event.kind, event.of, event.after) = (EventKind::Correction, Some(visit.id.clone()), visit.heads.clone());
        // The same correction of the same state, read twice, is one.
        event.id = id_of(&format!("{} {} {}", visit.id, event.id, visit.heads.join(" ")));
        if after.events.iter().any(|e| e.id == event.id) {
            planned.verdict = Verdict::Known;
            return planned;
        }
    } else if !index.has(&key) && !planned.remarks.contains(&Remark::Finding) {
        planned.remarks.push(Remark::NoSuchGap);
    }
    for photo in &event.photos {
        match sheet.attached.beside(folder, &photo.file, &planned.row.instance) {
            Some(found) => planned.photos.push(found),
            None => planned.remarks.push(Remark::NoPhoto),
        }
    }
    if planned.remarks.contains(&Remark::Finding) {
        // Kept where a person says so.
        planned.verdict = Verdict::NotUnderstood("no-key");
        planned.event = Some(event);
        return planned;
    }
    after.add(Event { seq: after.last_seq().saturating_add(1), ..event.clone() });
    planned.after = after.status(&key);
    if planned.after == GapStatus::Conflict {
        planned.remarks.push(Remark::Contradicts);
    }
    planned.is_taken = !planned.remarks.contains(&Remark::OddTime);
    planned.event = Some(event);
    planned
}

/// A visit that was exported and comes back: what somebody wrote over in the sheet corrects it, unless it was amended since.
fn edited_export(mut planned: Planned, event: Event, after: &mut Survey) -> Planned {
    planned.verdict = Verdict::Known;
    let visit = after.visit(&planned.row.id).filter(|v| v.amendments.is_empty() && !v.is_withdrawn);
    let Some((visit, said)) = visit.and_then(|v| Some((v, after.said(v)?))) else { return planned };
    let is_edited = said.result != event.result
        || !is_same_text(said.note.trim(), event.note.trim())
        || said.by.trim() != event.by.trim();
    if !is_edited {
        return planned;
    }
    let mut next = Event { result: event.result, note: event.note, by: event.by, ..said.clone() };
    (next.kind, next.of, next.after) = (EventKind::Correction, Some(visit.id.clone()), visit.heads.clone());
    (next.origin, next.id) = (event.origin, id_of(&format!("{} export {}", visit.id, event.id)));
    if after.events.iter().any(|e| e.id == next.id) {
        return planned;
    }
    planned.verdict = Verdict::Corrects;
    let key = after.key_of(&next).to_owned();
    after.add(Event { seq: after.last_seq().saturating_add(1), ..next.clone() });
    planned.after = after.status(&key);
    planned.is_taken = true;
    planned.event = Some(next);
    planned
}

/// A row that is there already: photos of it that were not there when it came, and are now, are put to its visit.
fn with_late_photos(mut planned: Planned, row: &Event, (visit, said): (&Visit, &Event), sheet: &Sheet<'_>) -> Planned {
    planned.verdict = Verdict::Known;
    let is_awaited = |photo: &&Photo| said.photos.iter().any(|p| p.file == photo.file && p.digest.is_empty());
    let found = row
        .photos
        .iter()
        .filter(is_awaited)
        .filter_map(|p| sheet.attached.beside(sheet.folder, &p.file, &planned.row.instance))
        .collect::<Vec<_>>();
    if found.is_empty() || visit.is_withdrawn {
        return planned;
    }
    let mut next = said.clone();
    (next.kind, next.of, next.after) = (EventKind::Correction, Some(visit.id.clone()), visit.heads.clone());
    (next.origin, next.id) =
        (sheet.origin.to_owned(), id_of(&format!("{} photos {} {found:?}", visit.id, visit.heads.join(" "))));
    planned.verdict = Verdict::Corrects;
    (planned.photos, planned.is_late, planned.is_taken) = (found, true, true);
    planned.event = Some(next);
    planned
}

fn is_same_text(a: &str, b: &str) -> bool {
    let lines = |text: &str| text.lines().map(|l| l.trim_end().to_owned()).collect::<Vec<_>>();
    lines(a) == lines(b)
}

/// The package of a round out of which a visit came.
fn package_that_brought(survey: &Survey, visit: &Visit) -> Option<String> {
    let began = survey.events.get(visit.begins)?;
    began.more.get(PACKAGE).and_then(|v| v.as_str()).map(str::to_owned)
}

/// Member of an event: the package of a round that brought it.
const PACKAGE: &str = "package";
/// Member of an event: what a server of forms calls the submission that brought it.
const INSTANCE: &str = "instance";
/// Times of one visit that a person corrects lie no further apart: another clock, another day, no other round.
const ONE_VISIT_MS: i64 = 36 * 3_600_000;

impl Sheet<'_> {
    /// Whether its rows were sent by a phone: each is a visit of its own, and files of all rounds have one name.
    fn is_sent(&self, instance: &str) -> bool {
        !instance.is_empty() || self.origin.to_lowercase().ends_with(".gpkg")
    }

    /// The visit that a row brought before it was corrected: of the same gap, made when the same visits stood, from the same sheet by
    /// the same person, or by the same person at the same time; and where only the person's name was corrected. Never one that
    /// another row speaks of.
    fn brought_before(&self, event: &Event, instance: &str) -> Option<&Visit> {
        let survey = self.survey;
        let set = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<_>>();
        let stand = set(&event.after);
        let is_sent = self.is_sent(instance);
        let rank = |visit: &Visit| {
            let begin = survey.events.get(visit.begins)?;
            let said = survey.said(visit)?;
            let is_free = !self.claims.borrow().contains(&visit.id);
            let is_brought = begin.kind == EventKind::Visit && begin.origin != super::record::ORIGIN;
            if !is_free || !is_brought || set(&begin.after) != stand {
                return None;
            }
            let (by, at) = (said.by == event.by, said.at == event.at);
            let is_same_sheet = begin.origin == self.origin;
            let is_named = !event.by.is_empty();
            let of_submission = begin.more.get(INSTANCE).and_then(|v| v.as_str()).unwrap_or_default();
            let is_other = !instance.is_empty() && !of_submission.is_empty() && instance != of_submission;
            let same_words = said.result == event.result && is_same_text(&said.note, &event.note);
            let apart_ms = said.at.zip(event.at).map(|(a, b)| (a.millis() - b.millis()).abs());
            match (by, at) {
                _ if !instance.is_empty() && instance == of_submission => Some(0),
                // Two copies of one package that say two things: which is right nobody but a person knows.
                (true, true) if is_sent && !is_same_sheet && !same_words => None,
                (true, true) if is_named && event.at.is_some() => Some(0),
                (true, true) if is_same_sheet && (!is_sent || event.at.is_some()) && !is_other => Some(1),
                (true, false) if is_same_sheet && !is_sent => Some(2),
                (true, false) if is_same_sheet && same_words && !is_other => {
                    apart_ms.filter(|ms| *ms <= ONE_VISIT_MS).map(|_| 2)
                }
                // Two people are two, unless nothing else was changed.
                (false, true) if is_same_sheet && same_words && (!is_sent || event.at.is_some()) => Some(3),
                _ => None,
            }
        };
        let visits = survey.of_gap(survey.key_of(event));
        visits.filter_map(|v| Some((rank(v)?, v))).min_by_key(|(rank, _)| *rank).map(|(_, v)| v)
    }
}

/// Whether a row says what the log says of its visit. Photos have other names there.
fn says_the_same(said: &Event, row: &Event) -> bool {
    said.result == row.result
        && is_same_text(&said.note, &row.note)
        && said.by == row.by
        && said.at == row.at
        && said.at_text == row.at_text
        && said.photos.len() == row.photos.len()
        && match (said.place(), row.place()) {
            // What was not written in the sheet is no change.
            (_, None) => true,
            (Some(a), Some(b)) => (a.lon_deg - b.lon_deg).abs() < 1e-6 && (a.lat_deg - b.lat_deg).abs() < 1e-6,
            (None, Some(_)) => false,
        }
}

impl SurveyLog {
    /// Takes the rows of a preview in that are ticked, their photos with them; how many.
    ///
    /// # Errors
    /// [`SurveyError`]; nothing was recorded then.
    pub fn import(&mut self, preview: &mut Preview) -> Result<usize, SurveyError> {
        let mut events = Vec::new();
        for planned in preview.rows.iter_mut().filter(|p| p.is_taken) {
            let Some(mut event) = planned.event.clone() else { continue };
            let mut kept_count = 0;
            // The id is the row's own: a photo's name in the log follows from its content and does not change it.
            for path in &planned.photos {
                let kept = match keep_photo(self.paths(), path) {
                    Ok(kept) => kept,
                    Err(SurveyError::Photo { .. }) => {
                        planned.remarks.push(Remark::BadPhoto);
                        continue;
                    }
                    Err(e) => return Err(e),
                };
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let is = |p: &&mut Photo| p.file == name || p.file.ends_with(&format!("/{name}"));
                if let Some(photo) = event.photos.iter_mut().find(is) {
                    *photo = kept;
                    kept_count += 1;
                }
            }
            if planned.is_late && kept_count == 0 {
                continue;
            }
            events.push(event);
        }
        // Another window may have taken the same rows in meanwhile.
        let ids = self.append(|survey| {
            let mut there: FxHashSet<String> = survey.events.iter().map(|e| e.id.clone()).collect();
            Ok(events.into_iter().filter(|e| there.insert(e.id.clone())).collect())
        })?;
        Ok(ids.len())
    }
}

/// The visit that a row tells of; `None` where nothing was filled in.
fn understood(
    row: &ResultRow,
    origin: &str,
    index: &GapIndex,
    near: Instant,
    remarks: &mut Vec<Remark>,
) -> Result<Option<Event>, &'static str> {
    if row.is_empty() {
        return Ok(None);
    }
    if row.result.trim().is_empty() {
        return Err("no-result");
    }
    let result = Outcome::from_word(&row.result).ok_or("result")?;
    let mut at_text = String::new();
    let at = match row.at.trim() {
        "" => None,
        text => {
            let serial = || text.parse().ok().and_then(Instant::from_spreadsheet_day).map(|at| (at, false));
            // A compact day, 20261120, is no serial number of one.
            let (at, is_assumed) = Instant::parse_near(text, Some(near)).or_else(serial).ok_or("time")?;
            if is_assumed {
                remarks.push(Remark::TimeAssumed);
                at_text = text.to_owned();
            }
            if at.is_odd() {
                remarks.push(Remark::OddTime);
            }
            Some(at)
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
    let (gap, rule, subject) = gap_of(row, place, index, remarks)?;
    let new = NewVisit {
        gap,
        rule,
        subject,
        result: Some(result),
        note: row.note.clone(),
        photos: photos_of_text(&row.photo),
        place,
        by: row.by.trim().to_owned(),
        at,
    };
    let mut event = Event::visit(new, origin);
    event.at_text = at_text;
    event.after = row.seen.split_whitespace().map(str::to_owned).collect();
    // The name of the file says nothing about the visit.
    let said = Event { origin: String::new(), ..event.clone() };
    event.id = id_of(&serde_json::to_string(&said).unwrap_or_default());
    if !row.instance.trim().is_empty() {
        event.more.insert(INSTANCE.to_owned(), row.instance.trim().into());
    }
    Ok(Some(event))
}

/// Key, rule and subject of what a row speaks of: by its key; by rule and village where the key was lost; else what was found on the
/// ground, which is kept by itself.
fn gap_of(
    row: &ResultRow,
    place: Option<LonLat>,
    index: &GapIndex,
    remarks: &mut Vec<Remark>,
) -> Result<(String, String, Subject), &'static str> {
    let key = row.key.trim();
    if !key.is_empty() {
        let found = index.subject(key).cloned();
        // A phone says the gap only: its key begins with the rule.
        let of_key = || key.split('/').next().filter(|_| found.is_some()).unwrap_or_default().to_owned();
        let rule = if row.rule.trim().is_empty() { of_key() } else { row.rule.clone() };
        return Ok((key.to_owned(), rule, found.unwrap_or_else(|| row.subject.clone())));
    }
    if let Some(key) = index.of_row(&row.rule, &row.subject) {
        remarks.push(Remark::FoundByVillage);
        let subject = index.subject(key).cloned().unwrap_or_else(|| row.subject.clone());
        return Ok((key.to_owned(), row.rule.trim().to_owned(), subject));
    }
    let subject = &row.subject;
    if subject.village.is_empty() && subject.code.is_empty() && place.is_none() {
        return Err("no-key");
    }
    remarks.push(Remark::Finding);
    let rule = if row.rule.trim().is_empty() { FINDING } else { row.rule.trim() };
    let village = match subject.code.as_str() {
        "" => [&subject.district, &subject.town, &subject.village].map(|t| t.replace(['/', '|'], " ")).join("|"),
        code => code.to_owned(),
    };
    // Several at one village are several: each by its facility and its place.
    let at = place.map(|p| format!("{:.5} {:.5}", p.lon_deg, p.lat_deg)).unwrap_or_default();
    let key = format!("{FINDING}/{village}/{}//{at}", subject.facility_word().replace('/', " "));
    Ok((key, rule.to_owned(), subject.clone()))
}
