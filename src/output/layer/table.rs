//! A layer as a table: points with their coordinates in two columns, everything else as well-known text; CSV for everything, XLSX for
//! people.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::Outgoing;
use crate::model::{FeatureId, GeometryStore, Part, PartKind, Value};
use crate::output::{Grid, GridCell, GridHead, save as save_grid};

pub(super) fn save(out: &Outgoing<'_>, to: &Path) -> io::Result<()> {
    let store = &out.dataset.geometry;
    let are_points = out.features().all(|f| match store.parts_of(f) {
        [] => true,
        [one] => one.kind == PartKind::Point,
        _ => false,
    });
    let head = |name: &str| GridHead { name: name.to_owned(), decimals: 6, ..GridHead::default() };
    let has_heights = !store.heights.is_empty();
    let places: &[&str] = match (are_points, out.system.is_geographic(), has_heights) {
        (true, true, true) => &["longitude", "latitude", "height"],
        (true, true, false) => &["longitude", "latitude"],
        (true, false, true) => &["easting", "northing", "height"],
        (true, false, false) => &["easting", "northing"],
        _ => &["WKT"],
    };
    // Fields that are called as the places are get another name: whoever reads the table must find the places.
    let own = |name: &str| match places.iter().any(|p| p.eq_ignore_ascii_case(name)) {
        true => format!("{name}_field"),
        false => name.to_owned(),
    };
    let mut heads: Vec<GridHead> = out.dataset.table.columns.iter().map(|c| head(&own(&c.name))).collect();
    heads.extend(places.iter().map(|p| head(p)));
    let rows = out.features().map(|f| {
        let mut row: Vec<GridCell> = out
            .dataset
            .table
            .columns
            .iter()
            .map(|c| match c.value(f) {
                Value::Missing => GridCell::Empty,
                Value::Text(text) => GridCell::Text(text.to_owned()),
                // Whole numbers beyond what a double holds are codes.
                Value::Integer(n) if n.abs() > 1 << 53 => GridCell::Text(n.to_string()),
                Value::Integer(n) => GridCell::Number(n as f64),
                Value::Real(n) => GridCell::Number(n),
                Value::Boolean(b) => GridCell::Text(b.to_string()),
            })
            .collect();
        match (are_points, store.positions_of(f).next()) {
            (true, Some(at)) => row.extend([GridCell::Number(at[0]), GridCell::Number(at[1])]),
            (true, None) => row.extend([GridCell::Empty, GridCell::Empty]),
            (false, Some(_)) => row.push(GridCell::Text(wkt(store, f))),
            (false, None) => row.push(GridCell::Empty),
        }
        if are_points && has_heights {
            let first = store.parts_of(f).first().and_then(|p| store.ring_with_heights(p.ring_start).next());
            row.push(first.and_then(|(_, z)| z).map_or(GridCell::Empty, GridCell::Number));
        }
        row
    });
    let grid = Grid { name: out.dataset.source.layer.clone(), rows: rows.collect(), heads };
    save_grid(to, &grid)
}

fn wkt(store: &GeometryStore, feature: FeatureId) -> String {
    let parts = store.parts_of(feature);
    let Some(first) = parts.first() else { return String::new() };
    let word = |kind: PartKind| match kind {
        PartKind::Point => "POINT",
        PartKind::Line => "LINESTRING",
        PartKind::Polygon => "POLYGON",
    };
    let has_z = store.has_heights(feature);
    let z = if has_z { "Z " } else { "" };
    let text = |store: &GeometryStore, part: &Part| text(store, part, has_z);
    let one = |part: &Part| format!("{} {z}{}", word(part.kind), text(store, part));
    if parts.len() == 1 {
        return one(first);
    }
    if parts.iter().all(|p| p.kind == first.kind) {
        let all: Vec<String> = parts.iter().map(|p| text(store, p)).collect();
        return format!("MULTI{} {z}({})", word(first.kind), all.join(","));
    }
    let all: Vec<String> = parts.iter().map(one).collect();
    format!("GEOMETRYCOLLECTION {z}({})", all.join(","))
}

fn text(store: &GeometryStore, part: &Part, has_z: bool) -> String {
    let mut out = String::from("(");
    for ring in part.ring_start..part.ring_end {
        if ring > part.ring_start {
            out.push(',');
        }
        if part.kind == PartKind::Polygon {
            out.push('(');
        }
        for (j, ([x, y], height)) in store.ring_with_heights(ring).enumerate() {
            // Text in memory takes everything.
            write!(out, "{}{x} {y}", if j > 0 { "," } else { "" }).ok();
            if has_z {
                match height {
                    Some(z) => write!(out, " {z}").ok(),
                    // A position without one among others that have it; readers do not know NaN.
                    None => write!(out, " 0").ok(),
                };
            }
        }
        if part.kind == PartKind::Polygon {
            out.push(')');
        }
    }
    out + ")"
}
