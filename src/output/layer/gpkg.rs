//! A layer as a GeoPackage (OGC 12-128r19), with its index by place and the classes of the map as styles, so that QGIS opens it in the
//! same colours.

use std::io;
use std::path::Path;

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params, params_from_iter};

use super::Outgoing;
use super::style::{qml, sld};
use crate::model::{FeatureId, FieldType, GeometryKind, GeometryStore, Part, PartKind, Value};
use crate::output::prepare_geopackage;
use crate::project::write_replacing;

/// Columns that the format or the layer has already.
const TAKEN: [&str; 2] = ["fid", "geom"];

pub(super) fn save(out: &Outgoing<'_>, to: &Path) -> io::Result<()> {
    let bytes = bytes(out).map_err(io::Error::other)?;
    write_replacing(to, &bytes)
}

fn bytes(out: &Outgoing<'_>) -> rusqlite::Result<Vec<u8>> {
    let mut conn = Connection::open_in_memory()?;
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
    prepare_geopackage(&conn)?;
    let table = if out.dataset.source.layer.trim().is_empty() { "layer" } else { out.dataset.source.layer.trim() };
    add(&conn, out, table)?;
    if let Some(classes) = out.classes {
        styles(&conn, table, &qml(classes, main_kind(out)), &sld(classes, main_kind(out), table))?;
    }
    conn.execute_batch("COMMIT")?;
    conn.serialize("main").map(|data| data.to_vec())
}

/// Adds a layer to a GeoPackage that has its frame, under a name of its own.
pub(super) fn add(conn: &Connection, out: &Outgoing<'_>, table: &str) -> rusqlite::Result<()> {
    let srs_id = srs(conn, out)?;
    let kind = kind_name(out);
    let names = column_names(out);
    let defined: Vec<String> = out
        .dataset
        .table
        .columns
        .iter()
        .zip(&names)
        .map(|(c, name)| {
            let kind = match c.kind {
                FieldType::Text => "TEXT",
                FieldType::Integer => "INTEGER",
                FieldType::Real => "DOUBLE",
                FieldType::Boolean => "BOOLEAN",
                FieldType::Date if has_times(c, out) => "DATETIME",
                FieldType::Date => "DATE",
            };
            format!(", {} {kind}", quoted(name))
        })
        .collect();
    conn.execute_batch(&format!(
        "CREATE TABLE {} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}{})",
        quoted(table),
        defined.concat()
    ))?;
    conn.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?1, 'features', ?1, ?2)",
        params![table, srs_id],
    )?;
    // Heights may be there: not in every feature.
    let z = if out.dataset.geometry.heights.is_empty() { 0 } else { 2 };
    conn.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, ?3, ?4, 0)",
        params![table, kind, srs_id, z],
    )?;
    insert(conn, out, table, &names, srs_id)
}

/// Whether dates of a column have times of day.
fn has_times(column: &crate::model::Column, out: &Outgoing<'_>) -> bool {
    out.features().any(|f| matches!(column.value(f), Value::Text(t) if t.contains('T')))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names of the columns: SQLite tells no upper case from lower, and two are the format's own.
fn column_names(out: &Outgoing<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for column in &out.dataset.table.columns {
        let base = if column.name.trim().is_empty() { "field" } else { column.name.as_str() };
        let is_taken = |names: &[String], name: &str| {
            names.iter().any(|n| n.eq_ignore_ascii_case(name)) || TAKEN.iter().any(|t| t.eq_ignore_ascii_case(name))
        };
        let numbered = (2..).map(|n| format!("{base}_{n}"));
        let name = std::iter::once(base.to_owned()).chain(numbered).find(|n| !is_taken(&names, n));
        names.push(name.unwrap_or_default());
    }
    names
}

/// Puts the system into the file's own table; systems of Chinese map services get numbers outside EPSG's.
fn srs(conn: &Connection, out: &Outgoing<'_>) -> rusqlite::Result<i64> {
    let code = match &out.dataset.source.crs {
        crate::model::Crs::Geographic(code) => Some(*code),
        _ => out.system.epsg(),
    };
    if let Some(code) = code.filter(|c| *c != 4326) {
        let definition = crate::geo::System::wkt_of(code).unwrap_or_else(|| "undefined".into());
        conn.execute(
            "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'EPSG', ?2, ?3, NULL)",
            params![format!("EPSG:{code}"), code, definition],
        )?;
        return Ok(i64::from(code));
    }
    if code.is_some() {
        return Ok(4326);
    }
    let name = out.system.name();
    let id = if name == "BD-09" { 990_202 } else { 990_201 };
    let definition = format!(
        "GEOGCS[\"{name}\",DATUM[\"{name} (shifted, China)\",SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],\
         UNIT[\"degree\",0.0174532925199433]]"
    );
    conn.execute(
        "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'Qiancun', ?2, ?3, 'coordinates of Chinese map services')",
        params![name, id, definition],
    )?;
    Ok(id)
}

/// The kind of all features; several kinds that differ only in number are the multiple one.
fn kind_name(out: &Outgoing<'_>) -> &'static str {
    let mut kinds = out.dataset.geometry.features.iter().map(|f| f.kind).filter(|k| *k != GeometryKind::Null);
    let Some(first) = kinds.next() else { return "GEOMETRY" };
    let multiple = |kind: GeometryKind| match kind {
        GeometryKind::Point | GeometryKind::MultiPoint => "MULTIPOINT",
        GeometryKind::LineString | GeometryKind::MultiLineString => "MULTILINESTRING",
        GeometryKind::Polygon | GeometryKind::MultiPolygon => "MULTIPOLYGON",
        _ => "GEOMETRY",
    };
    let all: Vec<GeometryKind> = kinds.collect();
    if all.iter().all(|k| *k == first) {
        return match first {
            GeometryKind::Point => "POINT",
            GeometryKind::LineString => "LINESTRING",
            GeometryKind::Polygon => "POLYGON",
            other => multiple(other),
        };
    }
    if all.iter().all(|k| multiple(*k) == multiple(first)) { multiple(first) } else { "GEOMETRY" }
}

fn main_kind(out: &Outgoing<'_>) -> PartKind {
    let parts = &out.dataset.geometry.parts;
    let has = |kind: PartKind| parts.iter().any(|p| p.kind == kind);
    match (has(PartKind::Polygon), has(PartKind::Line)) {
        (true, _) => PartKind::Polygon,
        (_, true) => PartKind::Line,
        _ => PartKind::Point,
    }
}

fn insert(conn: &Connection, out: &Outgoing<'_>, table: &str, names: &[String], srs_id: i64) -> rusqlite::Result<()> {
    let rtree = format!("rtree_{table}_geom");
    conn.execute_batch(&format!("CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy)", quoted(&rtree)))?;
    let marks: Vec<String> = (1..=names.len() + 1).map(|i| format!("?{i}")).collect();
    let columns: String = names.iter().map(|n| format!(", {}", quoted(n))).collect();
    let sql = format!("INSERT INTO {} (geom{columns}) VALUES ({})", quoted(table), marks.join(", "));
    let mut row = conn.prepare(&sql)?;
    let mut place = conn.prepare(&format!("INSERT INTO {} VALUES (?1, ?2, ?3, ?4, ?5)", quoted(&rtree)))?;
    // A layer whose kind is multiple has no single ones: programs reject what differs from what is stated.
    let is_multiple = kind_name(out).starts_with("MULTI");
    let mut extent: Option<[f64; 4]> = None;
    for feature in out.features() {
        let blob = blob(&out.dataset.geometry, feature, srs_id as i32, is_multiple);
        let geom = blob.map_or(SqlValue::Null, SqlValue::Blob);
        let cells = out.dataset.table.columns.iter().map(|c| match c.value(feature) {
            Value::Missing => SqlValue::Null,
            Value::Text(text) => SqlValue::Text(text.to_owned()),
            Value::Integer(n) => SqlValue::Integer(n),
            Value::Real(n) => SqlValue::Real(n),
            Value::Boolean(b) => SqlValue::Integer(i64::from(b)),
        });
        row.execute(params_from_iter(std::iter::once(geom).chain(cells)))?;
        if let Some(b) = bounds(&out.dataset.geometry, feature) {
            place.execute(params![feature.number() + 1, b[0], b[2], b[1], b[3]])?;
            extent = Some(extent.map_or(b, |e| [e[0].min(b[0]), e[1].min(b[1]), e[2].max(b[2]), e[3].max(b[3])]));
        }
    }
    conn.execute(
        "INSERT INTO gpkg_extensions VALUES (?1, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        [table],
    )?;
    if let Some([w, s, e, n]) = extent {
        let sql = "UPDATE gpkg_contents SET min_x = ?2, min_y = ?3, max_x = ?4, max_y = ?5 WHERE table_name = ?1";
        conn.execute(sql, params![table, w, s, e, n])?;
    }
    triggers(conn, table, &rtree)
}

/// The triggers that keep the index true when another program edits the layer (OGC 12-128r19, annex F.3). Those that compute an
/// envelope need functions that GDAL and QGIS bring along.
fn triggers(conn: &Connection, table: &str, rtree: &str) -> rusqlite::Result<()> {
    let (t, r) = (quoted(table), quoted(rtree));
    let name = |what: &str| quoted(&format!("{rtree}_{what}"));
    let values = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)";
    conn.execute_batch(&format!(
        "CREATE TRIGGER {insert} AFTER INSERT ON {t} WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN INSERT OR REPLACE INTO {r} VALUES ({values}); END;
         CREATE TRIGGER {update1} AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN INSERT OR REPLACE INTO {r} VALUES ({values}); END;
         CREATE TRIGGER {update2} AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN DELETE FROM {r} WHERE id = OLD.fid; END;
         CREATE TRIGGER {update3} AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN DELETE FROM {r} WHERE id = OLD.fid; INSERT OR REPLACE INTO {r} VALUES ({values}); END;
         CREATE TRIGGER {update4} AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN DELETE FROM {r} WHERE id IN (OLD.fid, NEW.fid); END;
         CREATE TRIGGER {delete} AFTER DELETE ON {t} WHEN OLD.geom NOT NULL BEGIN DELETE FROM {r} WHERE id = OLD.fid; END;",
        insert = name("insert"),
        update1 = name("update1"),
        update2 = name("update2"),
        update3 = name("update3"),
        update4 = name("update4"),
        delete = name("delete"),
    ))
}

fn bounds(store: &GeometryStore, feature: FeatureId) -> Option<[f64; 4]> {
    store.positions_of(feature).fold(None, |b: Option<[f64; 4]>, [x, y]| {
        Some(b.map_or([*x, *y, *x, *y], |b| [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]))
    })
}

/// A geometry as the format stores it, with its envelope; `None` where there is none.
fn blob(store: &GeometryStore, feature: FeatureId, srs_id: i32, is_multiple: bool) -> Option<Vec<u8>> {
    let b = bounds(store, feature)?;
    let kind = store.features.get(feature.index())?.kind;
    let parts = store.parts_of(feature);
    let mut out = Vec::with_capacity(64 + store.positions_of(feature).count() * 16);
    out.extend(b"GP\0\x03");
    out.extend(srs_id.to_le_bytes());
    [b[0], b[2], b[1], b[3]].iter().for_each(|v| out.extend(v.to_le_bytes()));
    let code = match kind {
        GeometryKind::Null => return None,
        GeometryKind::Point if !is_multiple => 1,
        GeometryKind::LineString if !is_multiple => 2,
        GeometryKind::Polygon if !is_multiple => 3,
        GeometryKind::Point | GeometryKind::MultiPoint => 4,
        GeometryKind::LineString | GeometryKind::MultiLineString => 5,
        GeometryKind::Polygon | GeometryKind::MultiPolygon => 6,
        GeometryKind::GeometryCollection => 7,
    };
    let has_z = store.has_heights(feature);
    if code <= 3 {
        part_wkb(store, parts.first()?, has_z, &mut out);
    } else {
        head(code, has_z, &mut out);
        out.extend((parts.len() as u32).to_le_bytes());
        parts.iter().for_each(|part| part_wkb(store, part, has_z, &mut out));
    }
    Some(out)
}

fn head(code: u32, has_z: bool, out: &mut Vec<u8>) {
    out.push(1);
    out.extend((code + if has_z { 1000 } else { 0 }).to_le_bytes());
}

fn part_wkb(store: &GeometryStore, part: &Part, has_z: bool, out: &mut Vec<u8>) {
    let position = |([x, y], height): ([f64; 2], Option<f64>), out: &mut Vec<u8>| {
        out.extend(x.to_le_bytes());
        out.extend(y.to_le_bytes());
        if has_z {
            out.extend(height.unwrap_or(f64::NAN).to_le_bytes());
        }
    };
    match part.kind {
        PartKind::Point => {
            head(1, has_z, out);
            let one = store.ring_with_heights(part.ring_start).next();
            position(one.unwrap_or(([f64::NAN; 2], None)), out);
        }
        PartKind::Line => {
            head(2, has_z, out);
            out.extend((store.ring(part.ring_start).len() as u32).to_le_bytes());
            store.ring_with_heights(part.ring_start).for_each(|at| position(at, out));
        }
        PartKind::Polygon => {
            head(3, has_z, out);
            out.extend((part.ring_end - part.ring_start).to_le_bytes());
            for number in part.ring_start..part.ring_end {
                // The format wants rings closed.
                let ring = store.ring(number);
                let closes = ring.first() != ring.last();
                out.extend(((ring.len() + usize::from(closes)) as u32).to_le_bytes());
                let again = store.ring_with_heights(number).take(usize::from(closes));
                store.ring_with_heights(number).chain(again).for_each(|at| position(at, out));
            }
        }
    }
}

/// The table in which QGIS looks for styles.
fn styles(conn: &Connection, table: &str, qml: &str, sld: &str) -> rusqlite::Result<()> {
    conn.execute_batch(
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
         f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
         description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', 0);",
    )?;
    conn.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner)
         VALUES ('', '', ?1, 'geom', 'Qiancun', ?2, ?3, 1, '', '')",
        params![table, qml, sld],
    )?;
    Ok(())
}
