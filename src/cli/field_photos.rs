//! `qiancun field photos`: a folder of photos told apart by the slates on the sheets, and put to the visits of their gaps.

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;

use serde_json::json;

use super::field::Found;
use super::survey::open;
use super::{Failure, args, read};
use crate::cli::say::said;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::read::photos_of;
use crate::round::{SortedPhotos, sort_photos};
use crate::rules::Gap;
use crate::survey::{NewVisit, Outcome, Photo, SurveyLog, keep_photo, photo_facts};

#[derive(Default)]
struct Asked {
    project: Option<PathBuf>,
    places: Vec<PathBuf>,
    result: Option<Outcome>,
    by: String,
    near: bool,
    is_dry: bool,
    as_json: bool,
}

/// What was done with the photos of a gap.
#[derive(Default)]
struct Done {
    /// Photos put to visits.
    added: usize,
    /// Photos that were there already.
    known: usize,
    /// Photos of gaps without a visit.
    waiting: usize,
    /// Visits recorded.
    recorded: usize,
}

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let mut asked = Asked::default();
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if asked.project.is_none() => asked.project = Some(PathBuf::from(path)),
            lexopt::Arg::Value(path) => asked.places.push(PathBuf::from(path)),
            lexopt::Arg::Long("result") => {
                let word = args::text(&mut parser)?;
                let known = Outcome::ALL.map(Outcome::key).join(", ");
                asked.result = Some(
                    Outcome::from_word(&word)
                        .ok_or_else(|| Failure::Usage(format!("--result is one of {known}, not {word:?}")))?,
                );
            }
            lexopt::Arg::Long("by") => asked.by = args::text(&mut parser)?,
            lexopt::Arg::Long("near") => asked.near = true,
            lexopt::Arg::Long("dry-run") => asked.is_dry = true,
            lexopt::Arg::Long("json") => asked.as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(project), false) = (&asked.project, asked.places.is_empty()) else {
        return Err(Failure::Usage("field photos needs a project and a folder of photos".into()));
    };
    let photos: Vec<PathBuf> = asked.places.iter().flat_map(|p| photos_of(p)).collect();
    if photos.is_empty() {
        return Err(Failure::Input("no photo is there: JPEG, PNG or WebP".into()));
    }
    let found = Found::of(project, Lang::En)?;
    let keyed: Vec<(String, &Gap)> = found.list.gaps.iter().map(|g| (g.key(&found.district), g)).collect();
    let places: Vec<(String, LonLat)> = keyed.iter().filter_map(|(k, g)| Some((k.clone(), g.at?))).collect();
    let mut sorted = sort_photos(photos, &places, &AtomicUsize::new(0));
    if asked.near {
        for (photo, gap, _) in std::mem::take(&mut sorted.near) {
            sorted.of_gaps.entry(gap).or_default().push(photo);
        }
    }
    let mut done = Done::default();
    if !asked.is_dry {
        let mut log = open(project)?;
        for (gap, photos) in sorted.of_gaps.iter().filter(|(_, photos)| !photos.is_empty()) {
            let of = keyed.iter().find(|(key, _)| key == gap).map(|(_, g)| NewVisit::of_gap(g, &found.district));
            take(&mut log, of.unwrap_or_else(|| NewVisit::of_key(gap)), photos, &asked, &mut done)?;
        }
    }
    tell(&sorted, &done, &asked)
}

/// Puts photos to the latest visit of their gap; where there is none, to a new one, if a result is said.
fn take(log: &mut SurveyLog, new: NewVisit, photos: &[PathBuf], asked: &Asked, done: &mut Done) -> Result<(), Failure> {
    let visits = log.shared();
    let said: Vec<_> = visits.heads(&new.gap).into_iter().filter_map(|v| Some((v, visits.said(v)?))).collect();
    let there: Vec<&str> = said.iter().flat_map(|(_, e)| e.photos.iter().map(|p| p.file.as_str())).collect();
    let latest = said.iter().max_by(|a, b| a.1.at.cmp(&b.1.at)).map(|(v, _)| v.id.clone());
    if latest.is_none() && asked.result.is_none() {
        done.waiting += photos.len();
        return Ok(());
    }
    let mut kept: Vec<Photo> = Vec::new();
    for photo in photos {
        let one = keep_photo(log.paths(), photo)?;
        if there.contains(&one.file.as_str()) || kept.iter().any(|k| k.file == one.file) {
            done.known += 1;
        } else {
            kept.push(one);
        }
    }
    done.added += kept.len();
    if kept.is_empty() {
        return Ok(());
    }
    if let Some(id) = latest {
        return Ok(log.correct(&id, |event| event.photos.append(&mut kept))?);
    }
    let facts = photos.iter().map(|p| photo_facts(p)).find(|f| f.at.is_some()).unwrap_or_default();
    let visit = NewVisit {
        result: asked.result,
        photos: kept,
        place: facts.place.or(new.place),
        at: facts.at,
        by: asked.by.clone(),
        ..new
    };
    log.record(vec![visit])?;
    done.recorded += 1;
    Ok(())
}

fn tell(sorted: &SortedPhotos, done: &Done, asked: &Asked) -> Result<(), Failure> {
    if asked.as_json {
        let path = |p: &PathBuf| p.to_string_lossy().into_owned();
        let gaps: Vec<_> = sorted
            .of_gaps
            .iter()
            .map(|(gap, photos)| json!({ "gap": gap, "photos": photos.iter().map(path).collect::<Vec<_>>() }))
            .collect();
        let ask: Vec<_> = sorted.asked.iter().map(|(p, gaps)| json!({ "photo": path(p), "gaps": gaps })).collect();
        let near: Vec<_> = sorted
            .near
            .iter()
            .map(|(p, gap, off)| json!({ "photo": path(p), "gap": gap, "distance_m": off }))
            .collect();
        let left: Vec<_> = sorted.left.iter().map(path).collect();
        return read::print(&json!({
            "gaps": gaps, "slates": sorted.slates, "asked": ask, "near": near, "left": left,
            "added": done.added, "known": done.known, "waiting": done.waiting, "recorded": done.recorded,
        }));
    }
    for (gap, photos) in &sorted.of_gaps {
        said!("{gap}: {} photos", photos.len());
    }
    for (photo, gaps) in &sorted.asked {
        said!("several slates, say which: {} ({})", photo.display(), gaps.join(", "));
    }
    for (photo, gap, off) in &sorted.near {
        said!("no slate, but {off:.0} m from {gap}: {} (--near takes such)", photo.display());
    }
    for photo in &sorted.left {
        said!("no slate and no place near one gap only: {}", photo.display());
    }
    if done.waiting > 0 {
        said!("{} photos are of gaps without a visit: record it first, or say --result", done.waiting);
    }
    said!("{} photos added, {} were there, {} visits recorded", done.added, done.known, done.recorded);
    Ok(())
}
