//! GeoPackage (OGC 12-128r19): layers of features and tables of attributes, views too. The file is opened to be read and nothing else:
//! no trigger runs, nothing is written, and no function of a foreign schema is trusted.

mod wkb;

pub use wkb::wkb_of_blob;

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::batch::Batch;
use super::crs::Named;
use super::document::Parsed;
use super::error::{Cause, ReadError};
use super::formats::{Head, Reader, Sureness};
use super::geometry::Mark;
use super::letters::EncodingFrom;
use super::{How, Progress, formats};
use crate::geo::{BoundsDeg, System};
use crate::model::{Dataset, FeatureId, Format, GeometryKind, GeometryStore, Severity, Value};

/// How a database begins.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// Columns of primary keys that a program made up: they say nothing about a village.
const MADE_UP: [&str; 5] = ["fid", "ogc_fid", "pk_uid", "objectid", "rowid"];

/// A layer of a GeoPackage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) table: String,
    /// The column of geometry; `None` for a table of attributes.
    geometry: Option<String>,
    srs: i64,
}

fn damaged(e: &rusqlite::Error) -> Cause {
    Cause::Damaged(e.to_string())
}

/// Well-known binary in hexadecimal digits, as PostGIS writes it into tables.
pub(super) fn wkb_in_hex(text: &str, store: &mut GeometryStore) -> Option<(GeometryKind, bool)> {
    let text = text.trim();
    if text.len() < 18 || text.len() % 2 == 1 || !(text.starts_with("00") || text.starts_with("01")) {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16);
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| Some((digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?) as u8))
        .collect();
    wkb::wkb(&bytes?, store).map(|found| (found.kind, found.tall))
}

/// GeoPackage.
pub(super) struct GeoPackage;

impl Reader for GeoPackage {
    fn title(&self) -> &'static str {
        "GeoPackage"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["gpkg"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::GEOPACKAGE, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        if head.bytes.starts_with(MAGIC) { Sureness::Sure } else { Sureness::No }
    }

    fn finds_layers(&self) -> bool {
        true
    }

    fn layers(&self, path: &Path) -> Result<Vec<String>, ReadError> {
        let all = layers(path).map_err(|cause| cause.at(path))?;
        Ok(if all.len() > 1 { all.into_iter().map(|l| l.table).collect() } else { Vec::new() })
    }

    fn bounds(&self, path: &Path, how: &How) -> Option<BoundsDeg> {
        let connection = open(path).ok()?;
        let all = layers_of(&connection).ok()?;
        let layer = layer_of(&all, how.layer.as_deref()).ok().filter(|l| is_in_degrees(&connection, l))?;
        let sql = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?1";
        let sides = connection.query_row(sql, [&layer.table], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?]));
        let sides: [f64; 4] = sides.ok()?;
        let is_sound = sides.iter().all(|v| v.is_finite()) && sides[0] <= sides[2] && sides[1] <= sides[3];
        is_sound.then_some(BoundsDeg::new(sides))
    }

    fn part(&self, path: &Path, how: &How, bounds: BoundsDeg, progress: &Progress) -> Option<Dataset> {
        let size = std::fs::metadata(path).map_or(0, |m| m.len() as usize);
        let connection = open(path).ok()?;
        let all = layers_of(&connection).ok()?;
        let layer = layer_of(&all, how.layer.as_deref()).ok().filter(|l| is_in_degrees(&connection, l))?;
        let inside = inside(&connection, layer, bounds)?;
        let parsed = read_layer(&connection, layer, Some(&inside), progress).ok()?;
        Some(super::finish(path, size, parsed, how, progress))
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        let parsed = read(path, how.layer.as_deref(), progress).map_err(|cause| cause.at(path))?;
        let size = std::fs::metadata(path).map_or(0, |m| m.len() as usize);
        Ok(super::finish(path, size, parsed, how, progress))
    }
}

/// Opens an SQLite database to be read and nothing else: no trigger runs, no function of its schema is trusted.
///
/// # Errors
/// A sentence that says why not.
pub fn open_database(path: &Path) -> Result<Connection, String> {
    open(path).map_err(|cause| cause.to_string())
}

/// Opens a file to be read.
fn open(path: &Path) -> Result<Connection, Cause> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let plain = Connection::open_with_flags(path, flags).and_then(|c| {
        c.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(c)
    });
    let connection = plain.or_else(|_| {
        // A log beside it that cannot be opened, as in a folder that may not be written to: what the file itself has.
        let text =
            std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).to_string_lossy().replace('\\', "/");
        let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let escaped = if escaped.starts_with('/') { escaped } else { format!("/{escaped}") };
        let uri = format!("file:{escaped}?mode=ro&immutable=1");
        let c = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?;
        c.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(c)
    });
    let connection = connection.map_err(|e| damaged(&e))?;
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    ] {
        connection.set_db_config(config, on).map_err(|e| damaged(&e))?;
    }
    Ok(connection)
}

/// The layers, features before attributes, each in the order of the file.
pub(super) fn layers(path: &Path) -> Result<Vec<Layer>, Cause> {
    layers_of(&open(path)?)
}

fn layers_of(connection: &Connection) -> Result<Vec<Layer>, Cause> {
    let has = |table: &str| {
        let sql = "SELECT count(*) FROM sqlite_master WHERE lower(name) = ?1";
        connection.query_row(sql, [table], |row| row.get::<_, i64>(0)).is_ok_and(|n| n > 0)
    };
    if !has("gpkg_contents") {
        return Err(Cause::UnsupportedFormat {
            kind: "database",
            what: "an SQLite database, but no GeoPackage. Export its layer as GeoPackage or GeoJSON.".into(),
        });
    }
    let geometry = if has("gpkg_geometry_columns") {
        "SELECT c.table_name, g.column_name, coalesce(g.srs_id, 0), c.data_type FROM gpkg_contents c \
         LEFT JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name)"
    } else {
        "SELECT table_name, NULL, 0, data_type FROM gpkg_contents"
    };
    let mut statement = connection.prepare(geometry).map_err(|e| damaged(&e))?;
    let rows = statement.query_map([], |row| {
        let kind: String = row.get(3)?;
        Ok((Layer { table: row.get(0)?, geometry: row.get(1)?, srs: row.get(2)? }, kind))
    });
    let mut found: Vec<(Layer, String)> = rows.map_err(|e| damaged(&e))?.flatten().collect();
    // Pictures are no villages.
    found.retain(|(layer, kind)| {
        let is_there = connection.prepare(&format!("SELECT 1 FROM {} LIMIT 0", quoted(&layer.table))).is_ok();
        is_there && matches!(kind.to_ascii_lowercase().as_str(), "features" | "attributes" | "aspatial")
    });
    found.sort_by_key(|(layer, _)| layer.geometry.is_none());
    Ok(found.into_iter().map(|(layer, _)| layer).collect())
}

/// A name as SQL takes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Reads one layer: that of the name, else the first.
pub(super) fn read(path: &Path, name: Option<&str>, progress: &Progress) -> Result<Parsed, Cause> {
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    progress.set(0, size * 2);
    let connection = open(path)?;
    let all = layers_of(&connection)?;
    read_layer(&connection, layer_of(&all, name)?, None, progress)
}

/// The layer of that name, else the first.
fn layer_of<'a>(all: &'a [Layer], name: Option<&str>) -> Result<&'a Layer, Cause> {
    let layer = match name {
        Some(name) => all.iter().find(|l| l.table == name),
        None => all.first(),
    };
    layer.ok_or_else(|| match name {
        Some(name) => Cause::NoLayer(name.to_owned()),
        None => Cause::Damaged("it has no layer".into()),
    })
}

/// Whether a layer's positions are degrees that need no computing.
fn is_in_degrees(connection: &Connection, layer: &Layer) -> bool {
    let mut parsed = Parsed::new(Vec::new(), formats::GEOPACKAGE);
    set_crs(connection, layer.srs, &mut parsed);
    match parsed.named {
        Named::Known(system) => system.degrees_code().is_some(),
        Named::Nothing => true,
        Named::Unknown(_) => false,
    }
}

/// The condition under which a row lies in a rectangle by the layer's own index; `None` where it has none, or most of it lies there, so
/// that nothing is gained.
fn inside(connection: &Connection, layer: &Layer, bounds: BoundsDeg) -> Option<String> {
    let index = format!("rtree_{}_{}", layer.table, layer.geometry.as_ref()?);
    let [w, s, e, n] = bounds.sides();
    // Numbers of the program's own: nothing that a file says stands here but the quoted name.
    let found = format!("FROM {} WHERE maxx >= {w} AND minx <= {e} AND maxy >= {s} AND miny <= {n}", quoted(&index));
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).ok();
    let inside = count(&format!("SELECT count(*) {found}"))?;
    let all = count(&format!("SELECT count(*) FROM {}", quoted(&index)))?;
    (inside * 2 <= all).then(|| format!(" WHERE rowid IN (SELECT id {found}) ORDER BY rowid"))
}

/// Reads the rows of a layer under a condition.
fn read_layer(
    connection: &Connection,
    layer: &Layer,
    inside: Option<&str>,
    progress: &Progress,
) -> Result<Parsed, Cause> {
    let mut batch = Batch::default();
    let mut parsed_columns = Columns::of(connection, layer)?;
    let inside = inside.unwrap_or("");
    let sql = format!("SELECT {} FROM {}{inside}", parsed_columns.list(), quoted(&layer.table));
    let mut statement = connection.prepare(&sql).map_err(|e| damaged(&e))?;
    let mut rows = statement.query([]).map_err(|e| damaged(&e))?;
    let mut broken = None;
    loop {
        if progress.is_cancelled() {
            return Err(Cause::Cancelled);
        }
        match rows.next() {
            Ok(Some(row)) => parsed_columns.row(row, layer.geometry.is_some(), &mut batch),
            Ok(None) => break,
            Err(e) => {
                broken = Some(e);
                break;
            }
        }
    }
    if batch.row() == 0
        && let Some(e) = &broken
    {
        return Err(damaged(e));
    }
    let count = batch.row();
    let mut parsed = Parsed::new(vec![batch], formats::GEOPACKAGE);
    parsed.encoding_from = EncodingFrom::Content;
    parsed.name = Some(layer.table.clone());
    if broken.is_some() {
        parsed.report.add(Severity::Error, "broken-off", None, count.to_string());
    }
    if layer.geometry.is_some() {
        set_crs(connection, layer.srs, &mut parsed);
    }
    Ok(parsed)
}

/// The system that the file's own table gives a number.
fn set_crs(connection: &Connection, srs: i64, parsed: &mut Parsed) {
    // 0 and -1 are systems of degrees and of metres that nobody knows; most files mean WGS 84 by 0.
    if srs == 0 {
        return;
    }
    let sql = "SELECT organization, organization_coordsys_id, definition, srs_name FROM gpkg_spatial_ref_sys WHERE srs_id = ?1";
    let text = |row: &rusqlite::Row<'_>, at| row.get::<_, Option<String>>(at).ok().flatten().unwrap_or_default();
    let known = connection.query_row(sql, [srs], |row| {
        Ok((text(row, 0), row.get::<_, Option<i64>>(1).ok().flatten().unwrap_or(srs), text(row, 2), text(row, 3)))
    });
    let (organization, code, definition, name) = known.unwrap_or((String::new(), srs, String::new(), String::new()));
    let is_epsg = organization.is_empty() || organization.eq_ignore_ascii_case("epsg");
    let by_code = u32::try_from(code).ok().filter(|_| is_epsg).and_then(System::of_epsg);
    // Systems of Chinese map services say what they are by their names only; ESRI has codes of its own for Web Mercator.
    let by_name = || match organization.eq_ignore_ascii_case("esri") {
        true => System::of_name(&format!("ESRI:{code}")),
        false => System::of_name(&name).filter(|s| s.name() == "GCJ-02" || s.name() == "BD-09"),
    };
    let by_code = by_code.or_else(by_name);
    let system = by_code.or_else(|| System::of_wkt(&definition));
    match system {
        Some(system) => parsed.named = Named::Known(system),
        None => parsed.set_crs(&match (is_epsg, name.is_empty()) {
            (true, true) => format!("EPSG:{code}"),
            (_, false) => name,
            _ => format!("{organization}:{code}"),
        }),
    }
}

/// The columns of a layer that are read.
struct Columns {
    names: Vec<(String, bool)>,
    geometry: Option<String>,
}

impl Columns {
    fn of(connection: &Connection, layer: &Layer) -> Result<Self, Cause> {
        let mut statement =
            connection.prepare(&format!("PRAGMA table_info({})", quoted(&layer.table))).map_err(|e| damaged(&e))?;
        let rows = statement.query_map([], |row| {
            let kind = row.get::<_, Option<String>>(2)?.unwrap_or_default().to_ascii_uppercase();
            Ok((row.get::<_, String>(1)?, kind, row.get::<_, i64>(5)? > 0))
        });
        let mut names = Vec::new();
        for (name, kind, is_key) in rows.map_err(|e| damaged(&e))?.flatten() {
            let is_geometry = layer.geometry.as_ref().is_some_and(|g| g.eq_ignore_ascii_case(&name));
            let is_made_up = is_key && MADE_UP.iter().any(|m| name.eq_ignore_ascii_case(m));
            if !is_geometry && !is_made_up && !kind.contains("BLOB") {
                names.push((name, kind.starts_with("BOOL")));
            }
        }
        Ok(Self { names, geometry: layer.geometry.clone() })
    }

    fn list(&self) -> String {
        let all = self.geometry.iter().chain(self.names.iter().map(|(n, _)| n)).map(|n| quoted(n));
        let list: Vec<String> = all.collect();
        if list.is_empty() { "1".to_owned() } else { list.join(", ") }
    }

    fn row(&mut self, row: &rusqlite::Row<'_>, has_geometry: bool, batch: &mut Batch) {
        let mark = Mark::of(&batch.geometry);
        let feature = FeatureId::new(batch.row());
        batch.fields.next = 0;
        for (at, (name, is_boolean)) in self.names.iter().enumerate() {
            let value = match row.get_ref(at + usize::from(has_geometry)) {
                Ok(ValueRef::Integer(n)) if *is_boolean => Value::Boolean(n != 0),
                Ok(ValueRef::Integer(n)) => Value::Integer(n),
                Ok(ValueRef::Real(n)) if n.is_finite() => Value::Real(n),
                Ok(ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
                    Ok("") => Value::Missing,
                    Ok(text) => Value::Text(text),
                    Err(_) => {
                        batch.problem(Severity::Warning, "bad-utf8", "");
                        Value::Missing
                    }
                },
                _ => Value::Missing,
            };
            let field = batch.fields.field(name);
            let literal = if matches!(value, Value::Integer(_)) { "1" } else { "" };
            if let Some(builder) = batch.fields.builders.get_mut(field) {
                builder.set(feature, value, literal);
            }
        }
        if !has_geometry {
            batch.end_feature(GeometryKind::Null, mark.part());
            return;
        }
        let (kind, tall) = match row.get_ref(0) {
            Ok(ValueRef::Blob(bytes)) => match wkb::blob(bytes, &mut batch.geometry) {
                Some(found) => (found.kind, found.tall),
                None => {
                    mark.roll_back(&mut batch.geometry);
                    batch.problem(Severity::Error, "damaged-feature", "");
                    (GeometryKind::Null, false)
                }
            },
            _ => {
                batch.problem(Severity::Info, "null-geometry", "");
                (GeometryKind::Null, false)
            }
        };
        batch.finish(kind, mark, tall);
    }
}
