//! `qiancun survey`: the log of visits without the window.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Failure, args, joined, read, survey_exchange};
use crate::cli::say::{said, told};
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::rules::{Rules, find_gaps};
use crate::survey::{
    EventKind, GapIndex, Instant, LogPaths, NewVisit, Opened, Outcome, SurveyError, SurveyLog, Told, Visit, keep_photo,
    photo_facts,
};

impl From<SurveyError> for Failure {
    fn from(error: SurveyError) -> Self {
        Self::Input(error.to_string())
    }
}

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let what = match parser.next()? {
        Some(lexopt::Arg::Value(what)) => what.to_string_lossy().into_owned(),
        _ => String::new(),
    };
    match what.as_str() {
        "add" => add(parser),
        "list" => list(parser),
        "correct" => amend(parser, true),
        "withdraw" => amend(parser, false),
        "adopt" => adopt(parser),
        "export" => survey_exchange::export(parser),
        "import" => survey_exchange::import(parser),
        "merge" => survey_exchange::merge(parser),
        _ => Err(Failure::Usage("survey takes add, list, correct, withdraw, adopt, export, import or merge".into())),
    }
}

/// Says on standard error what happened at the opening.
pub(super) fn tell(opened: &Opened) {
    tell_all(&opened.log.paths().log, &opened.told);
}

/// The same of a log that is not open any more.
pub(super) fn tell_all(path: &Path, told: &[Told]) {
    let path = path.display();
    for told in told {
        match told {
            Told::Saved(kept, n) => {
                told!(
                    "qiancun: {path} was damaged: {n} events were saved into a new one; the old is {}",
                    kept.display()
                );
            }
            Told::Restored(n) => told!("qiancun: {path}: {n} events came back from the copy beside it"),
            Told::Edited(n) => told!("qiancun: {path}: {n} edits of other programs were taken in"),
            Told::CopyDamaged(n) => {
                told!(
                    "qiancun: {path}: {n} lines of the copy beside it were damaged; nothing is lost, they were written anew"
                );
            }
            Told::Migrated(kept) => {
                told!("qiancun: {path} was of an earlier version; it is kept as {}", kept.display());
            }
            Told::OnNetwork => {
                told!(
                    "qiancun: {path} lies on another machine: one program writes at a time, without a write-ahead log"
                );
            }
            Told::ReadOnly => told!("qiancun: {path} can be read but not written"),
        }
    }
}

/// The path, where there is such a project or log: a word mistyped must not begin another log.
pub(super) fn existing(path: &Path) -> Result<&Path, Failure> {
    let paths = LogPaths::of(path);
    let is_log = path == paths.log && paths.journal.exists();
    match path.is_file() || is_log {
        true => Ok(path),
        false => Err(Failure::Input(format!("{}: there is no such file", path.display()))),
    }
}

/// Opens a log, and says what happened.
pub(super) fn open(path: &Path) -> Result<SurveyLog, Failure> {
    let opened = SurveyLog::open(path)?;
    tell(&opened);
    Ok(opened.log)
}

/// The log of a project that is there, to be looked into, with what happened at its opening said; `None` where nothing was recorded.
pub(super) fn look_into(path: &Path) -> Result<Option<SurveyLog>, Failure> {
    existing(path)?;
    let Some(opened) = SurveyLog::open_if_there(path)? else { return Ok(None) };
    tell(&opened);
    let mut log = opened.log;
    find_gaps_of(&mut log, path);
    Ok(Some(log))
}

/// Lets the visits of a project's log find the gaps that its map has now, whatever their keys were when they were recorded. A log
/// alone has no map; where the map cannot be read the keys stay as recorded, which is told.
pub(super) fn find_gaps_of(log: &mut SurveyLog, path: &Path) {
    if LogPaths::of(path).log == path {
        return;
    }
    let read = crate::project::open(path)
        .map_err(|e| e.to_string())
        .and_then(|original| Ok((crate::app::read_district(path, &original.project)?.0, original.project)));
    match read {
        Ok((district, project)) => {
            let gaps = find_gaps(&district, district.year(None), &Rules::with(&project.rules)).gaps;
            log.find_by(GapIndex::new(&district, &gaps).into());
        }
        Err(why) => told!("qiancun: gaps are named as they were recorded, the map cannot be read: {why}"),
    }
}

/// What is to be recorded, as options or as a line of JSON.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    gap: String,
    result: String,
    note: String,
    photo: String,
    lon: Option<f64>,
    lat: Option<f64>,
    by: String,
    at: String,
    /// Whether a time in the future, or long ago, is meant.
    sure: bool,
}

fn add(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut project, mut asked, mut is_batch) = (None, Asked::default(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if project.is_none() => project = Some(PathBuf::from(path)),
            lexopt::Arg::Long("gap") => asked.gap = args::text(&mut parser)?,
            lexopt::Arg::Long("result") => asked.result = args::text(&mut parser)?,
            lexopt::Arg::Long("note") => asked.note = args::text(&mut parser)?,
            lexopt::Arg::Long("photo") => asked.photo = args::text(&mut parser)?,
            lexopt::Arg::Long("by") => asked.by = args::text(&mut parser)?,
            lexopt::Arg::Long("at") => asked.at = args::text(&mut parser)?,
            lexopt::Arg::Long("sure") => asked.sure = true,
            lexopt::Arg::Long("place") => {
                let text = args::text(&mut parser)?;
                match args::numbers(&text)?.as_slice() {
                    [lon, lat] => (asked.lon, asked.lat) = (Some(*lon), Some(*lat)),
                    _ => return Err(Failure::Usage(format!("--place is LON,LAT, not {text}"))),
                }
            }
            lexopt::Arg::Long("batch") => is_batch = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let path = project.ok_or_else(|| Failure::Usage("survey add needs a project".into()))?;
    if !is_batch && asked.gap.is_empty() {
        return Err(Failure::Usage(
            "survey add needs --gap, the key of a gap as `qiancun gaps --json` prints it".into(),
        ));
    }
    let project = joined::project(&path)?;
    let district = joined::load(&path, &project)?;
    tell_strays(&path);
    let gaps = find_gaps(&district, district.year(None), &Rules::with(&project.rules)).gaps;
    let known: std::collections::HashMap<String, NewVisit> =
        gaps.iter().map(|g| (g.key(&district), NewVisit::of_gap(g, &district))).collect();
    let mut log = open(&path)?;
    log.find_by(GapIndex::new(&district, &gaps).into());
    let record = |log: &mut SurveyLog, asked: &Asked| -> Result<(), Failure> {
        let visit = known.get(&asked.gap).cloned().unwrap_or_else(|| {
            told!("qiancun: the project has no gap {} now; the visit is recorded all the same", asked.gap);
            NewVisit::of_key(&asked.gap)
        });
        let ids = log.record(vec![complete(log, visit, asked)?])?;
        ids.iter().for_each(|id| said!("{id}"));
        Ok(())
    };
    if !is_batch {
        return record(&mut log, &asked);
    }
    for (i, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let asked: Asked = serde_json::from_str(&line).map_err(|e| Failure::Input(format!("line {}: {e}", i + 1)))?;
        record(&mut log, &asked)?;
    }
    Ok(())
}

fn complete(log: &SurveyLog, mut visit: NewVisit, asked: &Asked) -> Result<NewVisit, Failure> {
    visit.result = Some(outcome(&asked.result)?);
    if !asked.at.is_empty() {
        let at = time(&asked.at)?;
        if at.is_odd() && !asked.sure {
            let at = at.for_people();
            return Err(Failure::Usage(format!("{at} lies in the future, or long ago: --sure if it is meant so")));
        }
        visit.at = Some(at);
    }
    for photo in asked.photo.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let photo = Path::new(photo);
        let kept = keep_photo(log.paths(), photo)?;
        let facts = photo_facts(photo);
        visit.at = visit.at.or(facts.at);
        visit.place = facts.place.or(visit.place);
        visit.photos.push(kept);
    }
    if let (Some(lon), Some(lat)) = (asked.lon, asked.lat) {
        let place = LonLat::new(lon, lat);
        if !place.is_valid() {
            return Err(Failure::Usage(format!("{lon},{lat} is no place: longitude, then latitude in degrees")));
        }
        visit.place = Some(place);
    }
    (visit.note, visit.by) = (asked.note.clone(), asked.by.clone());
    Ok(visit)
}

fn outcome(word: &str) -> Result<Outcome, Failure> {
    let known = Outcome::ALL.map(Outcome::key).join(", ");
    Outcome::from_word(word).ok_or_else(|| Failure::Usage(format!("--result is one of {known}, not {word:?}")))
}

fn time(text: &str) -> Result<Instant, Failure> {
    Instant::parse(text).ok_or_else(|| Failure::Usage(format!("--at is a time such as 2026-11-24T08:30, not {text}")))
}

/// Says which logs beside a project without one have lost their project.
fn tell_strays(project: &Path) {
    for stray in LogPaths::strays(project) {
        told!(
            "qiancun: {} has no survey log, but {} lies beside it and its project is gone; if the project was renamed: \
             qiancun survey adopt {} {}",
            project.display(),
            stray.display(),
            project.display(),
            stray.display()
        );
    }
}

/// Gives a log whose project was renamed the project's name.
fn adopt(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) if paths.len() < 2 => paths.push(PathBuf::from(value)),
            other => return Err(other.unexpected().into()),
        }
    }
    let [project, log] = paths.as_slice() else {
        return Err(Failure::Usage("survey adopt needs a project and the log that it is to have".into()));
    };
    existing(project)?;
    existing(log)?;
    let own = LogPaths::of(project);
    LogPaths::of(log)
        .rename_to(&own)
        .map_err(|e| Failure::Input(format!("{} cannot be renamed to {}: {e}", log.display(), own.log.display())))?;
    said!("{}", own.log.display());
    Ok(())
}

fn amend(mut parser: lexopt::Parser, is_correction: bool) -> Result<(), Failure> {
    let (mut path, mut id, mut result, mut note, mut by, mut at) = (None, None, None, None, None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            lexopt::Arg::Value(value) if id.is_none() => id = Some(value.to_string_lossy().into_owned()),
            lexopt::Arg::Long("result") if is_correction => result = Some(outcome(&args::text(&mut parser)?)?),
            lexopt::Arg::Long("note") if is_correction => note = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("by") if is_correction => by = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("at") if is_correction => at = Some(time(&args::text(&mut parser)?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(path), Some(id)) = (path, id) else {
        return Err(Failure::Usage("a project or log and the id of a visit are needed".into()));
    };
    let mut log = open(existing(&path)?)?;
    if !is_correction {
        return Ok(log.withdraw(&id)?);
    }
    Ok(log.correct(&id, |event| {
        event.result = result.or(event.result);
        event.note = note.unwrap_or_else(|| event.note.clone());
        event.by = by.unwrap_or_else(|| event.by.clone());
        event.at = at.or(event.at);
    })?)
}

fn list(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut path, mut with_history, mut as_json, mut lang) = (None, false, false, Lang::En);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            lexopt::Arg::Long("history") => with_history = true,
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long("lang") => lang = args::lang(&mut parser)?,
            other => return Err(other.unexpected().into()),
        }
    }
    let path = path.ok_or_else(|| Failure::Usage("survey list needs a project or a log".into()))?;
    existing(&path)?;
    let opened = SurveyLog::open_if_there(&path)?;
    if let Some(opened) = &opened {
        tell(opened);
    } else if !LogPaths::strays(&path).is_empty() {
        tell_strays(&path);
        return Err(Failure::Printed);
    }
    let mut log = opened.map(|o| o.log);
    if let Some(log) = log.as_mut().filter(|l| !l.survey().visits.is_empty()) {
        find_gaps_of(log, &path);
    }
    let survey = log.map(SurveyLog::into_survey).unwrap_or_default();
    let visits: Vec<&Visit> = survey.visits.iter().filter(|v| with_history || !v.is_withdrawn).collect();
    if as_json {
        // Once a gap: many visits may be to one.
        let mut statuses: FxHashMap<String, &'static str> = FxHashMap::default();
        let mut one = |v: &&Visit| {
            let said = survey.said(v)?;
            let mut value = event_json(&v.id, said);
            let members = value.as_object_mut()?;
            let gap = survey.key_of(said);
            if gap != said.gap {
                members.insert("recorded_gap".into(), said.gap.as_str().into());
                members.insert("gap".into(), gap.into());
            }
            let status = match statuses.get(gap) {
                Some(status) => status,
                None => statuses.entry(gap.to_owned()).or_insert(survey.status(gap).key()),
            };
            members.insert("status".into(), (*status).into());
            members.insert("withdrawn".into(), v.is_withdrawn.into());
            if with_history {
                let all = std::iter::once(v.begins).chain(v.amendments.iter().copied());
                let history = all.filter_map(|i| survey.events.get(i));
                let history: Vec<Value> = history.map(|e| with_kind(event_json(&e.id, e), e.kind)).collect();
                members.insert("history".into(), history.into());
            }
            Some(value)
        };
        let list: Vec<Value> = visits.iter().filter_map(&mut one).collect();
        let others: Vec<Value> = survey.others().map(|e| with_kind(event_json(&e.id, e), e.kind)).collect();
        let mut document = json!({ "visits": list });
        if !others.is_empty() {
            document["others"] = others.into();
        }
        return read::print(&document);
    }
    let mut lines = String::new();
    for visit in visits {
        let Some(said) = survey.said(visit) else { continue };
        let result = said.result.map_or("", |r| r.word(lang));
        let at = match (said.at, said.at_text.as_str()) {
            (Some(at), _) => at.for_people(),
            (None, "") => "—".to_owned(),
            (None, text) => format!("“{text}”"),
        };
        let mark = if visit.is_withdrawn { " (withdrawn)" } else { "" };
        let (gap, village, by, note) = (survey.key_of(said), &said.subject.village, &said.by, &said.note);
        lines += &format!("{}  {at}  {gap}  {village}  {result}{mark}  {by} {note}\n", visit.id);
    }
    let others = survey.others().count();
    if others > 0 {
        told!("qiancun: {others} records of a later version of Qiancun are kept; this version does not show them");
    }
    read::print_text(&lines)
}

fn with_kind(mut value: Value, kind: EventKind) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.insert("kind".into(), kind.key().into());
    }
    value
}

/// A visit as `survey list --json` prints it.
fn event_json(id: &str, said: &crate::survey::Event) -> Value {
    let or_null = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let photo = said.photos.first().map_or("", |p| p.file.as_str());
    json!({
        "id": id, "gap": said.gap, "rule": or_null(&said.rule), "village": or_null(&said.subject.village),
        "village_code": or_null(&said.subject.code), "town": or_null(&said.subject.town),
        "facility": or_null(said.subject.facility_word()), "subject": said.subject,
        "result": said.result.map(Outcome::key), "note": or_null(&said.note), "photo": or_null(photo),
        "photos": said.photos, "at_text": or_null(&said.at_text), "lon": said.lon, "lat": said.lat, "by": or_null(&said.by), "at": said.at.map(Instant::to_text),
        "recorded_at": said.recorded_at.map(Instant::to_text), "origin": said.origin,
    })
}
