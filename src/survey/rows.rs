//! Events and visits as rows of the database.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::event::Event;
use super::instant::Instant;
use super::subject::{Photo, Subject, photos_of_text};
use super::v1::EventV1;
use super::word::{EventKind, Outcome};
use crate::output::{point_from_gpkg, point_to_gpkg};

/// Columns of `events` in the order in which they are read, the digest last.
const EVENT: &str = "fid, id, seq, kind, of_visit, after_ids, gap, rule, subject, result, note, photos, lon, lat, surveyor, \
                     visited_at, visited_text, recorded_at, origin, more, digest";

/// The same of version 1.
const EVENT_V1: &str = "fid, id, seq, kind, of_visit, after_ids, gap, rule, village_code, village, town, facility, result, \
                        note, photo, lon, lat, surveyor, visited_at, recorded_at, origin, digest";

/// A row of `events`.
pub(super) struct EventRow {
    /// Its position.
    pub(super) fid: i64,
    /// What it says.
    pub(super) event: Event,
    /// The digest of what was recorded; another one than the event's own where the row was changed.
    pub(super) digest: String,
}

/// Whether the events are those of version 1.
pub(super) fn is_v1(conn: &Connection) -> rusqlite::Result<bool> {
    let columns = "SELECT count(*) FROM pragma_table_info('events') WHERE name IN ('photo', 'village_code')";
    conn.query_row(columns, [], |r| r.get::<_, i64>(0)).map(|n| n == 2)
}

/// Reads the events of version 1 behind a position, each with whether it is whole.
pub(super) fn events_v1(conn: &Connection, fid: i64, mut each: impl FnMut(i64, EventV1, bool)) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(&format!("SELECT {EVENT_V1} FROM events WHERE fid > ?1 ORDER BY fid"))?;
    let mut rows = statement.query([fid])?;
    while let Some(row) = rows.next()? {
        let (of, result) = (text(row, 4)?, text(row, 12)?);
        let event = EventV1 {
            id: text(row, 1)?,
            seq: row.get_ref(2)?.as_i64().unwrap_or(-1),
            kind: text(row, 3)?,
            of: (!of.is_empty()).then_some(of),
            after: serde_json::from_str(&text(row, 5)?).unwrap_or_default(),
            gap: text(row, 6)?,
            rule: text(row, 7)?,
            village_code: text(row, 8)?,
            village: text(row, 9)?,
            town: text(row, 10)?,
            facility: text(row, 11)?,
            result: (!result.is_empty()).then_some(result),
            note: text(row, 13)?,
            photo: text(row, 14)?,
            lon: number(row, 15)?,
            lat: number(row, 16)?,
            by: text(row, 17)?,
            at: Instant::parse(&text(row, 18)?),
            recorded_at: Instant::parse(&text(row, 19)?),
            origin: text(row, 20)?,
        };
        let is_whole = event.digest() == text(row, 21)?;
        each(row.get_ref(0)?.as_i64().unwrap_or(0), event, is_whole);
    }
    Ok(())
}

/// Reads the events behind a position, as many as can be read; an error of SQLite ends it.
pub(super) fn events_after(conn: &Connection, fid: i64, mut each: impl FnMut(EventRow)) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(&format!("SELECT {EVENT} FROM events WHERE fid > ?1 ORDER BY fid"))?;
    let mut rows = statement.query([fid])?;
    while let Some(row) = rows.next()? {
        each(event_of(row)?);
    }
    Ok(())
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Integer(i) => i.to_string(),
        ValueRef::Real(r) => r.to_string(),
        _ => String::new(),
    })
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<f64>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Real(r) => Some(r),
        ValueRef::Integer(i) => Some(i as f64),
        _ => None,
    })
}

fn event_of(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let of = text(row, 4)?;
    let event = Event {
        id: text(row, 1)?,
        seq: row.get_ref(2)?.as_i64().unwrap_or(-1),
        kind: EventKind::from_key(&text(row, 3)?),
        of: (!of.is_empty()).then_some(of),
        after: serde_json::from_str(&text(row, 5)?).unwrap_or_default(),
        gap: text(row, 6)?,
        rule: text(row, 7)?,
        subject: serde_json::from_str(&text(row, 8)?).unwrap_or_default(),
        result: Outcome::from_key(&text(row, 9)?),
        note: text(row, 10)?,
        photos: serde_json::from_str(&text(row, 11)?).unwrap_or_default(),
        lon: number(row, 12)?,
        lat: number(row, 13)?,
        by: text(row, 14)?,
        at: Instant::parse(&text(row, 15)?),
        at_text: text(row, 16)?,
        recorded_at: Instant::parse(&text(row, 17)?),
        origin: text(row, 18)?,
        more: serde_json::from_str(&text(row, 19)?).unwrap_or_default(),
    };
    Ok(EventRow { fid: row.get_ref(0)?.as_i64().unwrap_or(0), event, digest: text(row, 20)? })
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Adds an event; its position.
pub(super) fn insert_event(conn: &Connection, event: &Event) -> rusqlite::Result<i64> {
    let columns = EVENT.trim_start_matches("fid, ");
    let places: Vec<String> = (1..=20).map(|i| format!("?{i}")).collect();
    let sql = format!("INSERT INTO events ({columns}) VALUES ({})", places.join(", "));
    conn.prepare_cached(&sql)?.execute(params![
        event.id,
        event.seq,
        event.kind.key(),
        event.of,
        json(&event.after),
        event.gap,
        event.rule,
        json(&event.subject),
        event.result.map(Outcome::key),
        event.note,
        json(&event.photos),
        event.lon,
        event.lat,
        event.by,
        event.at.map(Instant::to_text),
        event.at_text,
        event.recorded_at.map(Instant::to_text),
        event.origin,
        json(&event.more),
        event.digest(),
    ])?;
    Ok(conn.last_insert_rowid())
}

/// A row of the layer `visits`, as any program may have left it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct VisitRow {
    pub(super) fid: i64,
    pub(super) id: String,
    pub(super) said: Event,
}

/// Reads the layer, of this version or of the first.
pub(super) fn visit_rows(conn: &Connection) -> rusqlite::Result<Vec<VisitRow>> {
    let has_new = "SELECT count(*) FROM pragma_table_info('visits') WHERE name = 'more_photos'";
    let new = match conn.query_row(has_new, [], |r| r.get::<_, i64>(0))? {
        0 => "'', '', '', ''",
        _ => "district, layer, facility_id, more_photos",
    };
    let mut statement = conn.prepare(&format!(
        "SELECT fid, id, geom, gap, rule, village_code, village, town, facility, result, note, photo, surveyor, visited_at, \
         {new} FROM visits ORDER BY fid",
    ))?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let place = match row.get_ref(2)? {
            ValueRef::Blob(blob) => point_from_gpkg(blob),
            _ => None,
        };
        let at = text(row, 13)?;
        let time = Instant::parse(&at);
        list.push(VisitRow {
            fid: row.get(0)?,
            id: text(row, 1)?,
            said: Event {
                gap: text(row, 3)?,
                rule: text(row, 4)?,
                subject: Subject {
                    code: text(row, 5)?,
                    village: text(row, 6)?,
                    town: text(row, 7)?,
                    facility_name: text(row, 8)?,
                    district: text(row, 14)?,
                    layer: text(row, 15)?,
                    facility: text(row, 16)?,
                },
                // Where no list of words is offered people write what they would say.
                result: Outcome::from_word(&text(row, 9)?).or(Outcome::from_key(text(row, 9)?.trim())),
                note: text(row, 10)?,
                photos: photos_of_text(&format!("{};{}", text(row, 11)?, text(row, 17)?)),
                lon: place.map(|p| p.lon_deg),
                lat: place.map(|p| p.lat_deg),
                by: text(row, 12)?,
                at: time,
                // What cannot be read stays as it was written.
                at_text: if time.is_some() { String::new() } else { at.trim().to_owned() },
                ..Event::default()
            },
        });
    }
    Ok(list)
}

/// Writes a visit into the layer: in place of the row with its id, or of the row at a position.
pub(super) fn write_visit(
    conn: &Connection,
    id: Option<&str>,
    said: &Event,
    at_fid: Option<i64>,
) -> rusqlite::Result<()> {
    let geom = said.place().map(|at| point_to_gpkg(at, 4326));
    let name = |p: &Photo| p.file.clone();
    let photo = said.photos.first().map(name).unwrap_or_default();
    let more: Vec<String> = said.photos.iter().skip(1).map(name).collect();
    let s = &said.subject;
    let values = params![
        geom,
        id,
        said.gap,
        said.rule,
        s.code,
        s.village,
        s.town,
        s.facility_word(),
        said.result.map(Outcome::key),
        said.note,
        photo,
        said.by,
        said.at.map_or_else(|| said.at_text.clone(), Instant::to_text),
        at_fid,
        s.district,
        s.layer,
        s.facility,
        more.join(";"),
    ];
    conn.prepare_cached(
        "INSERT INTO visits (fid, geom, id, gap, rule, village_code, village, town, facility, result, note, photo, \
         surveyor, visited_at, district, layer, facility_id, more_photos) \
         VALUES (coalesce(?14, (SELECT fid FROM visits WHERE id = ?2)), ?1, ?2, ?3, ?4, ?5, ?6, \
         ?7, ?8, ?9, ?10, ?11, ?12, nullif(?13, ''), ?15, ?16, ?17, ?18) ON CONFLICT (fid) DO UPDATE SET geom = ?1, id = ?2, \
         gap = ?3, rule = ?4, village_code = ?5, village = ?6, town = ?7, facility = ?8, result = ?9, note = ?10, \
         photo = ?11, surveyor = ?12, visited_at = nullif(?13, ''), district = ?15, layer = ?16, facility_id = ?17, \
         more_photos = ?18",
    )?
    .execute(values)?;
    Ok(())
}

/// Takes a visit out of the layer.
pub(super) fn erase_visit(conn: &Connection, id: &str) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM visits WHERE id = ?1")?.execute([id])?;
    Ok(())
}
