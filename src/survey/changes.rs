//! What other programs changed in the layer `visits`, as events.

use rusqlite::Connection;
use rustc_hash::{FxHashMap, FxHashSet};

use super::event::{Event, id_of};
use super::paths::LogPaths;
use super::photo::take_in;
use super::rows::{VisitRow, visit_rows, write_visit};
use super::subject::{Photo, Subject};
use super::visits::Survey;
use super::word::EventKind;

/// Who edited, as events say it.
pub(super) const EDITED: &str = "edited";

/// Events for rows that were changed, added or deleted, in the order of the rows. Rows are written back as the events
/// say them; those added get their id. Photos that another program put beside the log are taken into its folder.
pub(super) fn edits(conn: &Connection, survey: &Survey, paths: &LogPaths) -> rusqlite::Result<Vec<Event>> {
    let rows = visit_rows(conn)?;
    let mut seq = survey.last_seq();
    let mut found = Vec::new();
    let mut here: FxHashMap<&str, ()> = FxHashMap::default();
    let mut taken: FxHashSet<String> = survey.events.iter().map(|e| e.id.clone()).collect();
    for row in &rows {
        let known = survey.visit(&row.id).filter(|v| !here.contains_key(v.id.as_str()));
        let said = known.and_then(|v| Some((v, survey.said(v)?)));
        let Some((visit, said)) = said else {
            seq = seq.saturating_add(1);
            let event = with_photos(added(row, seq, &mut taken), paths);
            write_visit(conn, Some(&event.id), &event, Some(row.fid))?;
            found.push(event);
            continue;
        };
        here.insert(visit.id.as_str(), ());
        if visit.is_withdrawn || !says_the_same(&row.said, said) {
            seq = seq.saturating_add(1);
            let event = Event {
                kind: EventKind::Correction,
                of: Some(visit.id.clone()),
                after: visit.heads.clone(),
                origin: EDITED.into(),
                ..content(&row.said, said)
            };
            let event = with_photos(with_id(event, 0, seq, &mut taken), paths);
            // What the row could not say, a result that was blanked, is put back.
            write_visit(conn, Some(&visit.id), &event, Some(row.fid))?;
            found.push(event);
        }
    }
    for (visit, said) in survey.standing().filter(|(v, _)| !here.contains_key(v.id.as_str())) {
        seq = seq.saturating_add(1);
        let event = Event {
            kind: EventKind::Withdrawal,
            of: Some(visit.id.clone()),
            after: visit.heads.clone(),
            result: None,
            origin: EDITED.into(),
            recorded_at: None,
            ..said.clone()
        };
        found.push(with_id(event, 0, seq, &mut taken));
    }
    Ok(found)
}

/// Visits whose photos came to lie beside the log after they were recorded, as corrections that take them in.
pub(super) fn late_photos(survey: &Survey, paths: &LogPaths) -> Vec<Event> {
    let mut taken: FxHashSet<String> = FxHashSet::default();
    let mut seq = survey.last_seq();
    let mut found = Vec::new();
    for (visit, said) in survey.standing().filter(|(_, e)| e.photos.iter().any(|p| !p.is_kept())) {
        let event = Event {
            kind: EventKind::Correction,
            of: Some(visit.id.clone()),
            after: visit.heads.clone(),
            origin: EDITED.into(),
            recorded_at: None,
            ..said.clone()
        };
        let with = with_photos(event.clone(), paths);
        if with.photos != event.photos {
            seq = seq.saturating_add(1);
            let id = with_id(event, 1, seq, &mut taken).id;
            found.push(Event { id, seq, ..with });
        }
    }
    found
}

/// The event with the photos that lie beside the log taken into its folder. Its id follows from the names that it came with: whether
/// a photo is there yet makes no other event of it.
fn with_photos(event: Event, paths: &LogPaths) -> Event {
    let photos = event.photos.iter().map(|p| take_in(paths, p)).collect();
    Event { photos, ..event }
}

fn added(row: &VisitRow, seq: i64, taken: &mut FxHashSet<String>) -> Event {
    let mut event = Event { kind: EventKind::Visit, origin: EDITED.into(), ..row.said.clone() };
    if event.rule.is_empty() {
        event.rule = event.gap.split('/').next().unwrap_or_default().to_owned();
    }
    with_id(event, row.fid, seq, taken)
}

/// The event under an id that follows from what it says: the same edit found in two copies of a file is one event.
/// Where that id is taken already, as when somebody blanks a row's own, it gets another.
fn with_id(event: Event, fid: i64, seq: i64, taken: &mut FxHashSet<String>) -> Event {
    let mut bare = Event { id: String::new(), seq: fid, ..event };
    loop {
        let id = id_of(&serde_json::to_string(&bare).unwrap_or_default());
        if taken.insert(id.clone()) {
            return Event { id, seq, ..bare };
        }
        bare.seq += 1_000_000_007;
    }
}

/// What a row says, with what it cannot do without taken from before.
fn content(row: &Event, before: &Event) -> Event {
    let gap = if row.gap.is_empty() { before.gap.clone() } else { row.gap.clone() };
    // What is known of a photo is not in its row.
    let photo = |p: &Photo| before.photos.iter().find(|b| b.file == p.file).cloned().unwrap_or_else(|| p.clone());
    let same = row.subject.facility_name == before.subject.facility_word();
    let subject = Subject {
        facility_name: if same { before.subject.facility_name.clone() } else { row.subject.facility_name.clone() },
        ..row.subject.clone()
    };
    Event {
        gap,
        result: row.result.or(before.result),
        photos: row.photos.iter().map(photo).collect(),
        subject,
        // The layer has no room for how a time was written that was understood.
        at_text: if row.at == before.at && row.at.is_some() { before.at_text.clone() } else { row.at_text.clone() },
        more: before.more.clone(),
        ..row.clone()
    }
}

/// Line ends are those of whatever program wrote last.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end)
}

fn says_the_same(row: &Event, said: &Event) -> bool {
    let names = |photos: &[Photo]| photos.iter().map(|p| p.file.clone()).collect::<Vec<_>>();
    row.gap == said.gap
        && row.result == said.result
        && lines(&row.note).eq(lines(&said.note))
        && names(&row.photos) == names(&said.photos)
        && row.place() == said.place()
        && row.by == said.by
        && row.at == said.at
        && (row.at.is_some() || row.at_text == said.at_text)
}
