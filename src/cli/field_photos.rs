//! `qiancun field photos`: a folder of photos told apart by the slates on the sheets, and put to the visits of their gaps.

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;

use serde_json::json;

use super::field::Found;
use super::survey::open;
use super::{Failure, args, read};
use crate::cli::say::{said, told};
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::read::photos_of;
use crate::round::{SortedPhotos, sort_photos};
use crate::rules::Gap;
use crate::survey::{NewVisit, Outcome, PhotosPut};

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
    let (photos, beyond) = photos_of(&asked.places);
    if beyond > 0 {
        told!("qiancun: {beyond} more photos are there than are looked at: give their folders one by one");
    }
    if photos.is_empty() {
        return Err(Failure::Input("no photo is there: JPEG, PNG or WebP".into()));
    }
    let found = Found::of(project, Lang::En)?;
    let keyed: Vec<(String, &Gap)> = found.list.gaps.iter().map(|g| (g.key(&found.district), g)).collect();
    let places: Vec<(String, LonLat)> = keyed.iter().filter_map(|(k, g)| Some((k.clone(), g.at?))).collect();
    let mut sorted = sort_photos(photos, &places, &AtomicUsize::new(0), &|| true).unwrap_or_default();
    if asked.near {
        for (photo, gap, _) in std::mem::take(&mut sorted.near) {
            sorted.of_gaps.entry(gap).or_default().push(photo);
        }
    }
    let mut done = PhotosPut::default();
    if !asked.is_dry {
        let mut log = open(project)?;
        for (gap, photos) in sorted.of_gaps.iter().filter(|(_, photos)| !photos.is_empty()) {
            let of = keyed.iter().find(|(key, _)| key == gap).map(|(_, g)| NewVisit::of_gap(g, &found.district));
            // A slate of another project, or of a gap that is gone: no visit is made up for it.
            let result = asked.result.filter(|_| of.is_some());
            if of.is_none() {
                told!("qiancun: the slate of {gap} is of no gap of this project: its photos wait for a visit of it");
            }
            let of = of.unwrap_or_else(|| NewVisit::of_key(gap));
            done.put(&mut log, NewVisit { result, by: asked.by.clone(), ..of }, photos)?;
        }
    }
    tell(&sorted, &done, &asked)
}

fn tell(sorted: &SortedPhotos, done: &PhotosPut, asked: &Asked) -> Result<(), Failure> {
    if asked.as_json {
        let path = |p: &PathBuf| p.to_string_lossy().into_owned();
        let gaps: Vec<_> = sorted
            .of_gaps
            .iter()
            .map(|(gap, photos)| json!({ "gap": gap, "photos": photos.iter().map(path).collect::<Vec<_>>() }))
            .collect();
        let ask: Vec<_> = sorted
            .asked
            .iter()
            .map(|a| json!({ "photo": path(&a.photo), "gaps": a.gaps, "after": a.after.iter().map(path).collect::<Vec<_>>() }))
            .collect();
        let near: Vec<_> = sorted
            .near
            .iter()
            .map(|(p, gap, off)| json!({ "photo": path(p), "gap": gap, "distance_m": off }))
            .collect();
        let far: Vec<_> =
            sorted.far.iter().map(|(p, gap, off)| json!({ "photo": path(p), "gap": gap, "distance_m": off })).collect();
        let left: Vec<_> = sorted.left.iter().map(path).collect();
        let unread: Vec<_> = sorted.unread.iter().chain(&done.unread).map(path).collect();
        return read::print(&json!({
            "gaps": gaps, "slates": sorted.slates, "asked": ask, "near": near, "left": left,
            "far": far, "unread": unread,
            "added": done.added, "known": done.known, "waiting": done.waiting, "recorded": done.recorded,
        }));
    }
    for (gap, photos) in &sorted.of_gaps {
        match photos.len() {
            0 => said!("{gap}: no photo follows its slate; photos of two telephones belong in two folders"),
            n => said!("{gap}: {n} photos"),
        }
    }
    for asked in &sorted.asked {
        let (photo, gaps) = (asked.photo.display(), asked.gaps.join(", "));
        said!(
            "several slates: {photo} ({gaps}); {} photos after it are of one of them, the window asks which",
            asked.after.len()
        );
    }
    for (photo, gap, off) in &sorted.near {
        said!("no slate, but {off:.0} m from {gap}: {} (--near takes such)", photo.display());
    }
    for (photo, gap, off) in &sorted.far {
        said!("after the slate of {gap}, but {off:.0} m from it: {}", photo.display());
    }
    for photo in sorted.unread.iter().chain(&done.unread) {
        said!("cannot be read (HEIC: convert it to JPEG first): {}", photo.display());
    }
    for photo in &sorted.left {
        said!("no slate and no place near one gap only: {}", photo.display());
    }
    if done.waiting > 0 {
        said!("{} photos are of gaps without a visit: record it first, or say --result", done.waiting);
    }
    if done.without_time > 0 {
        said!("{} visits have the time of now: their photos do not say when they were taken", done.without_time);
    }
    if done.kept_result > 0 {
        said!(
            "{} visits were there with another result, and keep it: correct them where it is wrong",
            done.kept_result
        );
    }
    said!("{} photos added, {} were there, {} visits recorded", done.added, done.known, done.recorded);
    Ok(())
}
