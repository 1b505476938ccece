//! Events and visits as rows of the database.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::event::{Event, EventKind, Outcome};
use super::instant::Instant;
use crate::output::{point_from_gpkg, point_to_gpkg};

/// Columns of `events` in the order in which they are read, the digest last.
const EVENT: &str = "fid, id, seq, kind, of_visit, after_ids, gap, rule, village_code, village, town, facility, result, \
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
        kind: EventKind::from_key(&text(row, 3)?).unwrap_or_default(),
        of: (!of.is_empty()).then_some(of),
        after: serde_json::from_str(&text(row, 5)?).unwrap_or_default(),
        gap: text(row, 6)?,
        rule: text(row, 7)?,
        village_code: text(row, 8)?,
        village: text(row, 9)?,
        town: text(row, 10)?,
        facility: text(row, 11)?,
        result: Outcome::from_key(&text(row, 12)?),
        note: text(row, 13)?,
        photo: text(row, 14)?,
        lon: number(row, 15)?,
        lat: number(row, 16)?,
        by: text(row, 17)?,
        at: Instant::parse(&text(row, 18)?),
        recorded_at: Instant::parse(&text(row, 19)?),
        origin: text(row, 20)?,
    };
    Ok(EventRow { fid: row.get_ref(0)?.as_i64().unwrap_or(0), event, digest: text(row, 21)? })
}

/// Adds an event; its position.
pub(super) fn insert_event(conn: &Connection, event: &Event) -> rusqlite::Result<i64> {
    let columns = EVENT.trim_start_matches("fid, ");
    let places: Vec<String> = (1..=21).map(|i| format!("?{i}")).collect();
    let sql = format!("INSERT INTO events ({columns}) VALUES ({})", places.join(", "));
    conn.prepare_cached(&sql)?.execute(params![
        event.id,
        event.seq,
        event.kind.key(),
        event.of,
        serde_json::to_string(&event.after).unwrap_or_default(),
        event.gap,
        event.rule,
        event.village_code,
        event.village,
        event.town,
        event.facility,
        event.result.map(Outcome::key),
        event.note,
        event.photo,
        event.lon,
        event.lat,
        event.by,
        event.at.map(Instant::to_text),
        event.recorded_at.map(Instant::to_text),
        event.origin,
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

/// Reads the layer.
pub(super) fn visit_rows(conn: &Connection) -> rusqlite::Result<Vec<VisitRow>> {
    let mut statement = conn.prepare(
        "SELECT fid, id, geom, gap, rule, village_code, village, town, facility, result, note, photo, surveyor, visited_at \
         FROM visits ORDER BY fid",
    )?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let place = match row.get_ref(2)? {
            ValueRef::Blob(blob) => point_from_gpkg(blob),
            _ => None,
        };
        list.push(VisitRow {
            fid: row.get(0)?,
            id: text(row, 1)?,
            said: Event {
                gap: text(row, 3)?,
                rule: text(row, 4)?,
                village_code: text(row, 5)?,
                village: text(row, 6)?,
                town: text(row, 7)?,
                facility: text(row, 8)?,
                result: Outcome::from_key(&text(row, 9)?),
                note: text(row, 10)?,
                photo: text(row, 11)?,
                lon: place.map(|p| p.lon_deg),
                lat: place.map(|p| p.lat_deg),
                by: text(row, 12)?,
                at: Instant::parse(&text(row, 13)?),
                ..Event::default()
            },
        });
    }
    Ok(list)
}

/// Writes a visit into the layer: in place of the row with its id, or of the row at a position.
pub(super) fn write_visit(conn: &Connection, id: &str, said: &Event, at_fid: Option<i64>) -> rusqlite::Result<()> {
    let geom = said.place().map(point_to_gpkg);
    let values = params![
        geom,
        id,
        said.gap,
        said.rule,
        said.village_code,
        said.village,
        said.town,
        said.facility,
        said.result.map(Outcome::key),
        said.note,
        said.photo,
        said.by,
        said.at.map(Instant::to_text),
        at_fid,
    ];
    conn.prepare_cached(
        "INSERT INTO visits (fid, geom, id, gap, rule, village_code, village, town, facility, result, note, photo, \
         surveyor, visited_at) VALUES (coalesce(?14, (SELECT fid FROM visits WHERE id = ?2)), ?1, ?2, ?3, ?4, ?5, ?6, \
         ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (fid) DO UPDATE SET geom = ?1, id = ?2, gap = ?3, rule = ?4, \
         village_code = ?5, village = ?6, town = ?7, facility = ?8, result = ?9, note = ?10, photo = ?11, \
         surveyor = ?12, visited_at = ?13",
    )?
    .execute(values)?;
    Ok(())
}

/// Takes a visit out of the layer.
pub(super) fn erase_visit(conn: &Connection, id: &str) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM visits WHERE id = ?1")?.execute([id])?;
    Ok(())
}
