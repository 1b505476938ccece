//! Points from tables: a CSV or a workbook with a column of longitudes and one of latitudes.

use super::cell::Cell;
use super::error::Cause;
use super::wide::grid_of;
use super::workbook::{Rows, is_named_workbook};
use crate::model::{
    Column, ColumnBuilder, Crs, CrsFrom, FeatureId, FeatureShape, Format, GeometryKind, GeometryStore, Part, PartKind,
    Report, Severity, Table, Value,
};

/// Rows in which the heads of the columns are looked for.
const HEAD_ROWS: usize = 20;

/// What a table of points becomes.
pub(super) struct Points {
    pub geometry: GeometryStore,
    pub table: Table,
    pub report: Report,
    pub format: Format,
    pub encoding: &'static str,
    pub crs: Crs,
    pub crs_from: CrsFrom,
}

/// Reads a table of points; `None` where it is no table, or none of its first rows heads longitude and latitude.
/// Coordinates are degrees on WGS 84. A row without a usable position keeps its attributes and is told.
///
/// # Errors
/// Where it is a workbook that is not to be unpacked, or is damaged.
pub(super) fn points(bytes: Vec<u8>) -> Result<Option<Points>, Cause> {
    let format = if bytes.starts_with(b"PK") { crate::read::formats::XLSX } else { crate::read::formats::CSV };
    let is_named = is_named_workbook(&bytes);
    match grid_of(bytes) {
        Ok((encoding, grid)) => Ok(points_in(&grid, format, encoding)),
        Err(why) if is_named => Err(Cause::Workbook(why)),
        Err(_) => Ok(None),
    }
}

fn points_in(grid: &Rows, format: Format, encoding: &'static str) -> Option<Points> {
    let find = |row: &[Cell], names: &[&str]| {
        row.iter().position(|c| {
            let text: String = c.text().chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
            names.contains(&text.as_str())
        })
    };
    let head = grid
        .iter()
        .take(HEAD_ROWS)
        .position(|(_, row)| find(row, &LONGITUDE).is_some() && find(row, &LATITUDE).is_some())?;
    let header = &grid.get(head)?.1;
    let (lon, lat) = (find(header, &LONGITUDE)?, find(header, &LATITUDE)?);
    let rows: Vec<&(u32, Vec<Cell>)> =
        grid.iter().skip(head + 1).filter(|(_, r)| r.iter().any(|c| *c != Cell::Empty)).collect();
    let mut geometry = GeometryStore::default();
    let mut report = Report::default();
    for (i, (line, row)) in rows.iter().enumerate() {
        let at = degrees(row.get(lon)).zip(degrees(row.get(lat)));
        let start = geometry.parts.len() as u32;
        match at.filter(|(lon, lat)| lon.abs() <= 180.0 && lat.abs() <= 90.0) {
            Some((lon, lat)) => {
                let ring = geometry.ring_starts.len() as u32 - 1;
                geometry.coords.push([lon, lat]);
                geometry.ring_starts.push(geometry.coords.len() as u32);
                geometry.parts.push(Part { kind: PartKind::Point, ring_start: ring, ring_end: ring + 1 });
            }
            None => {
                report.add(Severity::Warning, "row-without-position", Some(FeatureId::new(i as u32)), line.to_string())
            }
        }
        let kind = if at.is_some() { GeometryKind::Point } else { GeometryKind::Null };
        geometry.features.push(FeatureShape { kind, part_start: start, part_end: geometry.parts.len() as u32 });
    }
    let count = rows.len() as u32;
    let columns = header.iter().enumerate().filter(|(c, h)| *c != lon && *c != lat && **h != Cell::Empty);
    let columns: Vec<Column> = columns.map(|(c, head)| column(c, head, &rows, &mut report)).collect();
    Some(Points {
        geometry,
        table: Table { columns, rows: count },
        report,
        format,
        encoding,
        crs: Crs::Geographic(4326),
        crs_from: CrsFrom::Default,
    })
}

const LONGITUDE: [&str; 7] = ["lon", "lng", "long", "longitude", "经度", "x", "东经"];
const LATITUDE: [&str; 6] = ["lat", "latitude", "纬度", "y", "北纬", "lat_deg"];

fn degrees(cell: Option<&Cell>) -> Option<f64> {
    match cell? {
        Cell::Empty | Cell::Percent(_) | Cell::Unsolved => None,
        Cell::Number(n) => Some(*n),
        Cell::Text(t) => {
            let bare = t.trim_end_matches(['°', 'E', 'N', 'e', 'n']).trim();
            // No degree has thousands: a comma is the decimal sign.
            let is_decimal_comma = bare.matches(',').count() == 1 && !bare.contains('.');
            if is_decimal_comma { bare.replace(',', ".").parse().ok() } else { bare.parse().ok() }
        }
    }
    .filter(|n: &f64| n.is_finite())
}

/// A column: numbers where every cell is one as it is usually written, else text, so that `0110` keeps its zero.
/// What is shown as per cent is a number of per cent. Formulas without a result are told.
fn column(at: usize, head: &Cell, rows: &[&(u32, Vec<Cell>)], report: &mut Report) -> Column {
    for (row, (line, _)) in rows.iter().enumerate().filter(|(_, (_, r))| r.get(at) == Some(&Cell::Unsolved)) {
        let detail = format!("{line} · {}", head.text());
        report.add(Severity::Warning, "formula-without-value", Some(FeatureId::new(row as u32)), detail);
    }
    let text = |cell: &Cell| match cell {
        Cell::Percent(n) => n.to_string(),
        other => other.text(),
    };
    let mut texts: Vec<String> = rows.iter().map(|(_, r)| r.get(at).map(text).unwrap_or_default()).collect();
    let is_number = |t: &String| {
        let digits = t.trim_start_matches('-');
        let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        !leading_zero && digits.len() <= 15 && t.parse::<f64>().is_ok_and(f64::is_finite)
    };
    let numeric = texts.iter().filter(|t| !t.is_empty()).all(is_number);
    if !numeric {
        texts = rows.iter().map(|(_, r)| r.get(at).map(Cell::text).unwrap_or_default()).collect();
    }
    let mut builder = ColumnBuilder::default();
    for (row, text) in texts.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
        let value = match (numeric, text.parse::<i64>(), text.parse::<f64>()) {
            (true, Ok(i), _) => Value::Integer(i),
            (true, _, Ok(r)) => Value::Real(r),
            _ => Value::Text(text),
        };
        builder.set(FeatureId::new(row as u32), value, text);
    }
    builder.finish(head.text(), rows.len() as u32)
}

impl Points {
    /// Whether an error is one that a table of points would give.
    pub(super) fn may_be(cause: &Cause) -> bool {
        matches!(cause, Cause::UnsupportedFormat { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_codes_and_rows_without() {
        let text = "设施清单\n编号,类别,状态,经度,纬度,village_code\nGC-1,公厕,在用,116.10,40.05,0110\nGC-2,公厕,停用,,40.05,0111\n\nGC-3,卫生室,在用,116.2°E,40.1,0112\n";
        let (gbk, ..) = encoding_rs::GB18030.encode(text);
        let p = points(gbk.into_owned()).ok().flatten().expect("points");
        assert_eq!((p.encoding, p.table.rows), ("GB18030", 3));
        assert_eq!(p.geometry.coords, [[116.10, 40.05], [116.2, 40.1]]);
        assert_eq!(p.geometry.features[1].kind, GeometryKind::Null);
        assert_eq!(p.report.problems.len(), 1);
        let code = p.table.position("village_code").expect("kept");
        assert_eq!(p.table.value(FeatureId::new(0), code), Value::Text("0110"));
        assert!(points(b"a,b\n1,2\n".to_vec()).is_ok_and(|p| p.is_none()));
    }
}
