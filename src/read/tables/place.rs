//! Which columns of a table say where a place is, and how.

use super::trace;
use crate::geo::{System, parse_position};
use crate::model::{FieldNames, GeometryKind, GeometryStore, PartKind, Report, Severity};
use crate::read::How;
use crate::read::cell::Cell;
use crate::read::crs::Named;
use crate::read::geometry::{end_part, end_ring, next_ring};
use crate::read::workbook::Rows;
use crate::read::xml::Numbers;
use crate::read::{geopackage, wkt};

/// Metres that no degree reaches.
const SURELY_METRES: f64 = 1_000.0;

/// Where the places of a table stand.
pub(super) struct Places {
    /// The row of heads, in the grid.
    pub(super) head: usize,
    way: Way,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Two columns of degrees: longitude and latitude.
    Degrees(usize, usize),
    /// Well-known text, or well-known binary in hexadecimal digits.
    Geometry(usize),
    /// Both in one cell; whether the latitude comes first.
    Single(usize, bool),
    /// Two columns of metres or degrees: easting and northing, as far as their heads say.
    Plane(usize, usize),
}

impl Places {
    /// Looks for heads of places in the first rows.
    pub(super) fn find(grid: &Rows, head_rows: usize) -> Option<Self> {
        let looks = grid.iter().enumerate().take(head_rows);
        let found = |of: fn(&[Cell], &[(u32, Vec<Cell>)]) -> Option<Way>| {
            looks.clone().find_map(|(head, (_, row))| {
                let below = grid.get(head + 1..).unwrap_or(&[]);
                of(row, below).map(|way| Self { head, way })
            })
        };
        let (geometry, degrees, single) = (found(geometry_in), found(degrees_in), found(single_in));
        // Among rows of data one may look like heads over a column of geometry: named heads above it are the heads.
        let is_above = |other: &Option<Self>| match (&geometry, other) {
            (Some(geometry), Some(other)) => other.head < geometry.head,
            _ => false,
        };
        if is_above(&degrees) || is_above(&single) {
            return degrees.or(single);
        }
        geometry.or(degrees).or(single).or_else(|| found(plane_in))
    }

    /// Whether a column says the place, and nothing besides.
    pub(super) fn uses(&self, column: usize) -> bool {
        match self.way {
            Way::Degrees(a, b) | Way::Plane(a, b) => column == a || column == b,
            Way::Geometry(c) | Way::Single(c, _) => column == c,
        }
    }

    /// Looks at the values: which of two numbers is which, and in which system they are.
    pub(super) fn look(&mut self, head: &[Cell], rows: &[&(u32, Vec<Cell>)], how: &How, report: &mut Report) -> Named {
        match self.way {
            Way::Degrees(lon, _) => self.datum(lon, head, report),
            Way::Geometry(c) => {
                let srid = rows.iter().find_map(|(_, r)| wkt::without_srid(&r.get(c)?.text()).0);
                srid.map_or(Named::Nothing, |code| Named::of(&format!("EPSG:{code}")))
            }
            Way::Single(c, _) => {
                let pairs = || rows.iter().filter_map(|(_, r)| pair(&r.get(c)?.text()));
                let is_lon_first = pairs().any(|(a, _)| a.abs() > 90.0) && !pairs().any(|(_, b)| b.abs() > 90.0);
                self.way = Way::Single(c, !is_lon_first);
                Named::Nothing
            }
            Way::Plane(a, b) => self.look_at_plane(a, b, head, rows, how, report),
        }
    }

    /// The system that the head of a column names: 百度经度 is BD-09, 高德经度 GCJ-02.
    fn datum(&self, column: usize, head: &[Cell], report: &mut Report) -> Named {
        let text = head.get(column).map(Cell::text).unwrap_or_default().to_lowercase();
        let says = |words: &[&str]| words.iter().any(|w| text.contains(w));
        let name = match () {
            () if says(&["百度", "baidu", "bd09", "bd-09", "bd_09"]) => "BD-09",
            () if says(&["高德", "腾讯", "火星", "gcj", "amap"]) => "GCJ-02",
            () => return Named::Nothing,
        };
        report.add(Severity::Info, "crs-by-head", None, format!("{} · {name}", text.trim()));
        Named::of(name)
    }

    /// Metres: the northing is told from the easting by what they can be in China and by the heads elsewhere; the number of a zone
    /// in the easting gives the zone of CGCS2000.
    fn look_at_plane(
        &mut self,
        a: usize,
        b: usize,
        head: &[Cell],
        rows: &[&(u32, Vec<Cell>)],
        how: &How,
        report: &mut Report,
    ) -> Named {
        let of = |c: usize| {
            let mut values: Vec<f64> =
                rows.iter().filter_map(|(_, r)| number(r.get(c))).filter(|v| *v != 0.0).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        let (Some(first), Some(second)) = (of(a), of(b)) else { return Named::Nothing };
        if first.abs() <= SURELY_METRES && second.abs() <= SURELY_METRES {
            return Named::Nothing;
        }
        let is_northing = |v: f64| (1_800_000.0..6_200_000.0).contains(&v);
        let is_easting = |v: f64| (100_000.0..=950_000.0).contains(&v) || (13e6..46e6).contains(&v);
        let (mut east, mut easting) = (a, first);
        if is_northing(first) && is_easting(second) {
            (self.way, east, easting) = (Way::Plane(b, a), b, second);
        }
        if how.crs.is_some() {
            return Named::Nothing;
        }
        if let Some(text) = head.get(east).map(Cell::text)
            && let Some(code) = code_in_head(&text)
            && let Some(system) = System::of_epsg(code)
        {
            report.add(Severity::Info, "crs-by-head", None, format!("{} · {}", text.trim(), system.name()));
            return Named::Known(system);
        }
        // 3-degree zones 25 to 45 and 6-degree zones 13 to 23 (EPSG:4513–4533, 4491–4501).
        let zone = (easting / 1e6) as u32;
        let same = rows.iter().filter_map(|(_, r)| number(r.get(east))).filter(|v| (v / 1e6) as u32 == zone).count();
        let code = match zone {
            25..=45 => Some(4513 + zone - 25),
            13..=23 => Some(4491 + zone - 13),
            _ => None,
        };
        match code.filter(|_| same * 10 >= rows.len() * 9).and_then(System::of_epsg) {
            Some(system) => {
                report.add(Severity::Info, "zone-by-easting", None, format!("{} · {zone}", system.name()));
                Named::Known(system)
            }
            None => Named::Unknown(String::new()),
        }
    }

    /// Puts the geometry of a row into the buffers; `None` where it has none.
    pub(super) fn put(&self, row: &[Cell], store: &mut GeometryStore) -> Option<(GeometryKind, bool)> {
        let at = match self.way {
            Way::Geometry(c) => {
                let text = row.get(c)?.text();
                return wkt::read(&text, store).or_else(|| geopackage::wkb_in_hex(&text, store));
            }
            Way::Degrees(lon, lat) => usable([degrees(row.get(lon))?, degrees(row.get(lat))?])?,
            Way::Plane(x, y) => [number(row.get(x))?, number(row.get(y))?],
            Way::Single(c, is_lat_first) => {
                let text = row.get(c)?.text();
                if let Some(trace) = trace::of(&text) {
                    return trace.put(is_lat_first, store);
                }
                if wkt::is_wkt(&text) {
                    return wkt::read(&text, store);
                }
                match (sided(&text), pair(&text)) {
                    (Some(at), _) => at,
                    (None, Some((a, b))) => usable(if is_lat_first { [b, a] } else { [a, b] })?,
                    (None, None) => return None,
                }
            }
        };
        let ring = next_ring(store);
        store.coords.push(at);
        end_ring(store);
        end_part(store, PartKind::Point, ring);
        Some((GeometryKind::Point, false))
    }
}

/// A position that is one of degrees, of degrees the wrong way round, or of metres under a wrong head: the latter two are told for
/// the file as a whole. Nothing else is a place.
pub(super) fn usable([lon, lat]: [f64; 2]) -> Option<[f64; 2]> {
    let is_place = lon.abs() <= 180.0 && lat.abs() <= 90.0;
    let is_swapped = lon.abs() <= 90.0 && lat.abs() <= 180.0;
    let is_plane = lon.abs() > SURELY_METRES && lat.abs() > SURELY_METRES;
    (is_place || is_swapped || is_plane).then_some([lon, lat])
}

/// Words for datums in heads of columns.
const DATUMS: [&str; 11] =
    ["wgs84", "gcj02", "bd09", "cgcs2000", "lambert93", "rgf93", "etrs89", "l93", "gcj", "wgs", "2000"];

/// The EPSG code of the projection that a head names: `X (L93)`, `EPSG:32648`, `UTM 51N`.
fn code_in_head(head: &str) -> Option<u32> {
    let text: String = head.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let number_after = |word: &str| {
        let rest = text.split(word).nth(1)?.trim_start_matches("zone");
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some((rest.get(..digits)?.parse::<u32>().ok()?, rest.get(digits..)?))
    };
    if let Some((code, _)) = number_after("epsg") {
        return Some(code);
    }
    if ["l93", "lambert93", "rgf93"].iter().any(|w| text.contains(w)) {
        return Some(2154);
    }
    match number_after("utm")? {
        (zone @ 1..=60, half) if half.starts_with('n') => Some(32_600 + zone),
        (zone @ 1..=60, half) if half.starts_with('s') => Some(32_700 + zone),
        _ => None,
    }
}

/// Position of the first column whose head is in a list, most telling names first; else of the first that ends in one of some words.
fn column(row: &[Cell], names: &[String], endings: &[&str]) -> Option<usize> {
    // Which datum a head names is looked at later.
    let bare = |name: String| {
        let name = DATUMS.iter().fold(without_zone(name), |name, datum| name.replace(datum, ""));
        // `X (m)`, `Easting ()`: what stands in brackets at the end is a unit, or was a datum.
        name.find(['(', '（']).filter(|at| *at > 0).and_then(|at| name.get(..at)).map(str::to_owned).unwrap_or(name)
    };
    let folded: Vec<String> = row.iter().map(|c| bare(FieldNames::folded(&c.text()))).collect();
    let exact = names.iter().find_map(|name| folded.iter().position(|f| f == name));
    exact.or_else(|| folded.iter().position(|f| endings.iter().any(|e| f.ends_with(e))))
}

/// A name without the zone of a projection: `UTM 51N E` is `E`.
fn without_zone(name: String) -> String {
    let rest = || {
        let (before, after) = name.split_once("utm")?;
        let digits = after.find(|c: char| !c.is_ascii_digit()).filter(|at| (1..=2).contains(at))?;
        let half = after.get(digits..)?;
        Some(format!("{before}{}", half.strip_prefix(['n', 's']).unwrap_or(half)))
    };
    rest().filter(|r| !r.is_empty()).unwrap_or(name)
}

fn degrees_in(row: &[Cell], _: &[(u32, Vec<Cell>)]) -> Option<Way> {
    let names = FieldNames::shipped();
    let lon = column(row, &names.longitude, &["longitude", "经度", "東經", "东经"])?;
    let lat = column(row, &names.latitude, &["latitude", "lattitude", "纬度", "北緯", "北纬"])?;
    (lon != lat).then_some(Way::Degrees(lon, lat))
}

/// The first value of a column that is there.
fn first_value(rows: &[(u32, Vec<Cell>)], column: usize) -> Option<String> {
    rows.iter().take(100).filter_map(|(_, r)| r.get(column)).find(|c| **c != Cell::Empty).map(Cell::text)
}

fn geometry_in(row: &[Cell], below: &[(u32, Vec<Cell>)]) -> Option<Way> {
    let is_geometry = |c: usize| {
        let value = first_value(below, c)?;
        (wkt::is_wkt(&value) || geopackage::wkb_in_hex(&value, &mut GeometryStore::default()).is_some()).then_some(c)
    };
    let named = column(row, &FieldNames::shipped().geometry, &["wkt"]).and_then(is_geometry);
    let is_head = row.iter().filter(|c| matches!(c, Cell::Text(t) if !wkt::is_wkt(t))).count() * 2 > row.len();
    let any = || (0..row.len()).filter(|_| is_head).find_map(is_geometry);
    named.or_else(any).map(Way::Geometry)
}

fn single_in(row: &[Cell], below: &[(u32, Vec<Cell>)]) -> Option<Way> {
    let names = &FieldNames::shipped().position;
    let folded: Vec<String> = row.iter().map(|c| FieldNames::folded(&c.text())).collect();
    // One that is not filled in yet, 待定, says nothing of the others.
    let is_pair = |c: &usize| {
        let is = |(a, b): (f64, f64)| a.abs() <= 180.0 && b.abs() <= 180.0 && (a.abs() <= 90.0 || b.abs() <= 90.0);
        let mut texts = below.iter().take(100).filter_map(|(_, r)| r.get(*c)).filter(|cell| **cell != Cell::Empty);
        texts.any(|cell| {
            let text = cell.text();
            sided(&text).is_some() || pair(&text).is_some_and(is)
        })
    };
    let found = names.iter().find_map(|n| folded.iter().position(|f| f == n).filter(is_pair));
    let ends = || {
        (0..row.len()).find(|c| folded.get(*c).is_some_and(|f| f.ends_with("坐标") || f.ends_with("gps")) && is_pair(c))
    };
    // Outlines and lines of surveys have any name: their values tell.
    let traces = || (0..row.len()).find(|c| first_value(below, *c).is_some_and(|v| trace::of(&v).is_some()));
    traces().or(found).or_else(ends).map(|c| Way::Single(c, true))
}

fn plane_in(row: &[Cell], below: &[(u32, Vec<Cell>)]) -> Option<Way> {
    let names = FieldNames::shipped();
    let pair = |a: &[String], b: &[String]| Some((column(row, a, &[])?, column(row, b, &[])?));
    let geodetic = || {
        // B and L, as geodesists call latitude and longitude: letters that could be anything, so the values must bear it out.
        let at = |letter: &str| row.iter().position(|c| c.text().trim().eq_ignore_ascii_case(letter));
        let (b, l) = (at("b")?, at("l")?);
        let value = |c: usize| degrees(Some(&Cell::Text(first_value(below, c)?)));
        let is_place =
            value(l)?.abs() <= 180.0 && value(b)?.abs() <= 90.0 && value(l)?.fract() != 0.0 && value(b)?.fract() != 0.0;
        is_place.then_some(Way::Degrees(l, b))
    };
    if let Some(way) = geodetic() {
        return Some(way);
    }
    let named = pair(&names.easting, &names.northing).or_else(|| pair(&names.x, &names.y));
    // Heads of one letter are many things: the first values must be numbers.
    let is_number = |c: usize| first_value(below, c).is_some_and(|v| number(Some(&Cell::Text(v))).is_some());
    named.filter(|(a, b)| a != b && is_number(*a) && is_number(*b)).map(|(a, b)| Way::Plane(a, b))
}

/// Two numbers of one cell, and whatever follows them.
fn pair(text: &str) -> Option<(f64, f64)> {
    let text = text.replace(['，', '、', ';', '；', '/'], ",");
    let text = text.trim_matches(['(', ')', '[', ']', '（', '）', ' ']);
    let mut numbers = Numbers::of(text);
    Some((numbers.next()?.0, numbers.next()?.0))
}

/// A position of one cell that says which number is which: E116.11,N40.05; 北纬40.05 东经116.11.
fn sided(text: &str) -> Option<[f64; 2]> {
    let says = text.contains(['N', 'S', 'E', 'W', 'n', 's', 'e', 'w', '北', '南', '东', '西']);
    let at = parse_position(text, None).filter(|_| says)?;
    Some([at.lon_deg, at.lat_deg])
}

/// A number of metres: thousands are parted by blanks or commas, if at all.
fn number(cell: Option<&Cell>) -> Option<f64> {
    match cell? {
        Cell::Number(n) => Some(*n),
        Cell::Text(t) => {
            let bare = t.trim().trim_end_matches(['m', '米', ' ']);
            let commas = bare.matches(',').count();
            let is_decimal_comma =
                commas == 1 && !bare.contains('.') && bare.split(',').nth(1).is_some_and(|d| d.len() != 3);
            let point = if is_decimal_comma { "." } else { "" };
            bare.replace(',', point).replace([' ', '\u{a0}'], "").parse().ok()
        }
        _ => None,
    }
    .filter(|n: &f64| n.is_finite())
}

/// Degrees: as a number, with a decimal comma, or in degrees, minutes and seconds.
fn degrees(cell: Option<&Cell>) -> Option<f64> {
    match cell? {
        Cell::Empty | Cell::Percent(_) | Cell::Unsolved => None,
        Cell::Number(n) => Some(*n),
        Cell::Text(t) => {
            let wide = |c: char| match c {
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
                c => c,
            };
            let t: String = t.chars().map(wide).collect();
            let bare = t.trim().trim_matches(['E', 'N', 'W', 'S', 'e', 'n', 'w', 's', '东', '北', '经', '纬', ' ']);
            let is_negative = t.contains(['W', 'S', 'w', 's']) != bare.starts_with('-');
            let parts: Vec<&str> = bare
                .trim_start_matches('-')
                .split(['°', '′', '\'', '’', '″', '"', '”', '度', '分', '秒', ':', ' '])
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .collect();
            // No degree has thousands: a comma is the decimal sign.
            let number = |p: &str| match p.matches(',').count() == 1 && !p.contains('.') {
                true => p.replace(',', ".").parse::<f64>().ok(),
                false => p.parse().ok(),
            };
            let numbers: Vec<f64> = parts.iter().map_while(|p| number(p)).collect();
            let value = match (numbers.as_slice(), parts.len()) {
                ([d], 1) => *d,
                ([d, m], 2) if *m < 60.0 => d + m / 60.0,
                ([d, m, s], 3) if *m < 60.0 && *s < 60.0 => d + m / 60.0 + s / 3600.0,
                _ => return None,
            };
            Some(if is_negative { -value } else { value })
        }
    }
    .filter(|n: &f64| n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_in_all_their_forms() {
        let of = |t: &str| degrees(Some(&Cell::Text(t.into())));
        for (text, value) in [
            ("116.5", 116.5),
            ("116,5", 116.5),
            ("116.5°E", 116.5),
            ("116°30′", 116.5),
            ("116°30'0\"E", 116.5),
            ("-8.5", -8.5),
            ("8.5S", -8.5),
            ("116度30分", 116.5),
            ("116 30 00 E", 116.5),
            ("116:30:00", 116.5),
            ("１１６．５", 116.5),
        ] {
            assert_eq!(of(text), Some(value), "{text}");
        }
        assert_eq!((of("abc"), of(""), of("116°75'")), (None, None, None));
        assert_eq!(number(Some(&Cell::Text("4 438 758,5".into()))), Some(4_438_758.5));
        assert_eq!(pair("40.05，116.11"), Some((40.05, 116.11)));
        assert_eq!(sided("E116.11,N40.05"), Some([116.11, 40.05]));
        assert_eq!(sided("116.11,40.05"), None);
    }
}
