//! GeoPackage (OGC 12-128r18): the frame of any, and a layer of points for the field.

use std::path::Path;

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use super::gpkg_point::point_to_gpkg;
use super::places::Place;
use crate::project::write_replacing;

/// `GPKG` as a number (requirement 2).
const APPLICATION_ID: i64 = 0x4750_4b47;

/// Makes an empty database a GeoPackage 1.3 with WGS 84 and the schema extension, without any layer.
///
/// # Errors
/// Those of SQLite.
pub fn prepare_geopackage(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", 10_300)?;
    conn.execute_batch(include_str!("geopackage.sql"))
}

/// Reference systems of coordinates that Chinese map services have shifted: no registry has them, so they get numbers outside
/// EPSG's, and a name that no program takes for WGS 84.
const SHIFTED: [(&str, i32); 2] = [("GCJ-02", 990_201), ("BD-09", 990_202)];

/// Writes places as the layer `gaps` with these columns; one of them offers only given values, as QGIS and QField show
/// them. Those without a position are rows without geometry. `crs` names a shift (`GCJ-02`, `BD-09`) and is empty for WGS 84.
///
/// # Errors
/// Where the database cannot be made or the file not be written; what stood there before is still there then.
pub fn to_geopackage(
    path: &Path,
    places: &[Place],
    columns: &[&str],
    choice: (&str, &[&str]),
    crs: &str,
) -> std::io::Result<()> {
    let mut conn = Connection::open_in_memory().map_err(std::io::Error::other)?;
    fill(&conn, places, columns, choice, crs).map_err(std::io::Error::other)?;
    let bytes = conn.serialize("main").map_err(std::io::Error::other)?;
    write_replacing(path, &bytes)
}

fn fill(
    conn: &Connection,
    places: &[Place],
    columns: &[&str],
    choice: (&str, &[&str]),
    crs: &str,
) -> rusqlite::Result<()> {
    prepare_geopackage(conn)?;
    let shifted = SHIFTED.iter().find(|s| s.0 == crs);
    let srs_id = shifted.map_or(4326, |s| s.1);
    if let Some((name, id)) = shifted {
        let definition = format!(
            "GEOGCS[\"{name}\",DATUM[\"{name} (shifted, China)\",SPHEROID[\"WGS 84\",6378137,298.257223563]],\
             PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]"
        );
        conn.execute(
            "INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition, description)
             VALUES (?1, ?2, 'Qiancun', ?2, ?3, 'coordinates of Chinese map services, 50 to 1,400 m beside WGS 84')",
            rusqlite::params![name, id, definition],
        )?;
    }
    let is_real = |c: &str| places.iter().any(|p| p.properties.get(c).is_some_and(Value::is_number));
    let kind = |c: &str| if is_real(c) { "DOUBLE" } else { "TEXT" };
    let defined: Vec<String> = columns.iter().map(|c| format!("\"{c}\" {}", kind(c))).collect();
    conn.execute_batch(&format!(
        "CREATE TABLE gaps (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, {});
         INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('gaps', 'features', 'gaps', {srs_id});
         INSERT INTO gpkg_geometry_columns VALUES ('gaps', 'geom', 'POINT', {srs_id}, 0, 0);",
        defined.join(", ")
    ))?;
    for value in choice.1 {
        conn.execute(
            "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value) VALUES (?1, 'enum', ?2)",
            [choice.0, value],
        )?;
    }
    if choice.1.is_empty() {
        return insert_places(conn, places, columns, srs_id);
    }
    conn.execute(
        "INSERT INTO gpkg_data_columns (table_name, column_name, constraint_name) VALUES ('gaps', ?1, ?1)",
        [choice.0],
    )?;
    insert_places(conn, places, columns, srs_id)
}

fn insert_places(conn: &Connection, places: &[Place], columns: &[&str], srs_id: i32) -> rusqlite::Result<()> {
    let marks: Vec<String> = (1..=columns.len() + 1).map(|i| format!("?{i}")).collect();
    let names: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
    let sql = format!("INSERT INTO gaps (geom, {}) VALUES ({})", names.join(", "), marks.join(", "));
    let mut insert = conn.prepare(&sql)?;
    for place in places {
        let geom = place.at.map_or(SqlValue::Null, |at| SqlValue::Blob(point_to_gpkg(at, srs_id)));
        let cells = columns.iter().map(|c| match place.properties.get(*c) {
            Some(Value::String(text)) => SqlValue::Text(text.clone()),
            Some(Value::Number(n)) => n.as_f64().map_or(SqlValue::Null, SqlValue::Real),
            _ => SqlValue::Null,
        });
        insert.execute(params_from_iter(std::iter::once(geom).chain(cells)))?;
    }
    let mut extent: Option<[f64; 4]> = None;
    for at in places.iter().filter_map(|p| p.at) {
        let one = [at.lon_deg, at.lat_deg, at.lon_deg, at.lat_deg];
        extent = Some(extent.map_or(one, |e| [e[0].min(one[0]), e[1].min(one[1]), e[2].max(one[2]), e[3].max(one[3])]));
    }
    if let Some(extent) = extent {
        conn.execute("UPDATE gpkg_contents SET min_x = ?1, min_y = ?2, max_x = ?3, max_y = ?4", extent)?;
    }
    Ok(())
}
