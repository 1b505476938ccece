//! Whole files of villages out as GeoJSON (RFC 7946).

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::model::{Crs, Dataset, FeatureId, GeometryKind, GeometryStore, Part, PartKind, Value};
use crate::project::Beside;

/// Writes a file beside its place and gives it its name when it is whole.
pub(super) fn beside(to: &Path, write: impl FnOnce(&mut BufWriter<Beside>) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, Beside::begin(to)?);
    write(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
}

/// Writes all features as GeoJSON, one a line, in their order. Coordinates are written so that reading gives the same numbers.
///
/// # Errors
/// Those of the file system; nothing is left behind then.
pub fn save_geojson(dataset: &Dataset, to: &Path) -> io::Result<()> {
    beside(to, |out| {
        let name = serde_json::to_string(&dataset.source.layer)?;
        write!(out, "{{\"type\":\"FeatureCollection\",\"name\":{name},")?;
        match &dataset.source.crs {
            // Positions of other systems were brought to WGS 84 when they were read.
            Crs::Geographic(4326) | Crs::Reprojected(_) => {}
            crs => {
                let name = serde_json::to_string(&crs.name())?;
                write!(out, "\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":{name}}}}},")?;
            }
        }
        out.write_all(b"\"features\":[\n")?;
        for feature in 0..dataset.len() {
            out.write_all(if feature == 0 { b"" } else { b",\n" })?;
            let properties: serde_json::Map<String, serde_json::Value> = dataset
                .table
                .columns
                .iter()
                .map(|c| (c.name.clone(), json_of(c.value(FeatureId::new(feature)))))
                .collect();
            let properties = serde_json::to_string(&properties)?;
            write!(out, "{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":")?;
            geometry(out, &dataset.geometry, FeatureId::new(feature))?;
            out.write_all(b"}")?;
        }
        out.write_all(b"\n]}\n")
    })
}

fn json_of(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Missing => serde_json::Value::Null,
        Value::Text(text) => text.into(),
        Value::Integer(whole) => whole.into(),
        Value::Real(real) => real.into(),
        Value::Boolean(flag) => flag.into(),
    }
}

fn geometry(out: &mut impl Write, store: &GeometryStore, feature: FeatureId) -> io::Result<()> {
    let parts = store.parts_of(feature);
    let kind = store.features.get(feature.index()).map_or(GeometryKind::Null, |f| f.kind);
    if kind == GeometryKind::Null || parts.is_empty() {
        return out.write_all(b"null");
    }
    if kind == GeometryKind::GeometryCollection {
        out.write_all(b"{\"type\":\"GeometryCollection\",\"geometries\":[")?;
        for (i, part) in parts.iter().enumerate() {
            let name = match part.kind {
                PartKind::Point => "Point",
                PartKind::Line => "LineString",
                PartKind::Polygon => "Polygon",
            };
            write!(out, "{}{{\"type\":\"{name}\",\"coordinates\":", if i > 0 { "," } else { "" })?;
            one_part(out, store, part)?;
            out.write_all(b"}")?;
        }
        return out.write_all(b"]}");
    }
    let is_multi =
        matches!(kind, GeometryKind::MultiPoint | GeometryKind::MultiLineString | GeometryKind::MultiPolygon);
    write!(out, "{{\"type\":\"{}\",\"coordinates\":{}", kind.name(), if is_multi { "[" } else { "" })?;
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        one_part(out, store, part)?;
    }
    out.write_all(if is_multi { b"]}" } else { b"}" })
}

fn one_part(out: &mut impl Write, store: &GeometryStore, part: &Part) -> io::Result<()> {
    let position = |out: &mut dyn Write, [x, y]: [f64; 2], height: Option<f64>| match height {
        Some(z) => write!(out, "[{x},{y},{z}]"),
        None => write!(out, "[{x},{y}]"),
    };
    let positions = |out: &mut dyn Write, ring: u32| -> io::Result<()> {
        out.write_all(b"[")?;
        for (i, (at, height)) in store.ring_with_heights(ring).enumerate() {
            if i > 0 {
                out.write_all(b",")?;
            }
            position(out, at, height)?;
        }
        out.write_all(b"]")
    };
    match part.kind {
        PartKind::Point => match store.ring_with_heights(part.ring_start).next() {
            Some((at, height)) => position(out, at, height),
            None => out.write_all(b"[]"),
        },
        PartKind::Line => positions(out, part.ring_start),
        PartKind::Polygon => {
            out.write_all(b"[")?;
            for ring in part.ring_start..part.ring_end {
                if ring > part.ring_start {
                    out.write_all(b",")?;
                }
                positions(out, ring)?;
            }
            out.write_all(b"]")
        }
    }
}
