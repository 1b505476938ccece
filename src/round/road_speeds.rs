//! Which layers are roads, and how fast one gets along on each of their lines: by its class, as the file names it.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::plan::{PlanOptions, Stop};
use super::roads::{RoadLegs, RoadLine, Roads};
use crate::geo::{BoundsDeg, LonLat};
use crate::model::{Dataset, FeatureId, PartKind, Table};

/// Words of classes and their speeds.
const SPEEDS: &str = include_str!("../../assets/names/road_speeds.tsv");
/// Fields that say a class, as road data names them; the first that says known classes counts.
const CLASS_FIELDS: [&str; 22] = [
    "highway",
    "fclass",
    "road_class",
    "roadclass",
    "class",
    "type",
    "roadtype",
    "road_type",
    "kind",
    "道路等级",
    "道路类型",
    "技术等级",
    "公路等级",
    "等级",
    "类型",
    "道路分类",
    "行政等级",
    "rteg",
    "jsdj",
    "dldj",
    "level",
    "gb_name",
];
/// Share of the lines whose class has to be a known word, for a field to be that of the class.
const LEAST_KNOWN: f64 = 0.5;

/// What is known of a road's speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RoadSpeed {
    /// Its class is known: km/h.
    OfClass(f64),
    /// Its class is a word that nobody knows, or none is given.
    Unknown,
}

fn speeds() -> &'static FxHashMap<&'static str, f64> {
    static KNOWN: OnceLock<FxHashMap<&'static str, f64>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let line = |l: &'static str| {
            let (word, speed) = l.split_once('\t')?;
            Some((word, speed.trim().parse().ok()?))
        };
        SPEEDS.lines().filter(|l| !l.starts_with('#')).filter_map(line).collect()
    })
}

fn of_word(word: &str) -> RoadSpeed {
    let word = word.trim().to_lowercase();
    speeds().get(word.as_str()).map_or(RoadSpeed::Unknown, |s| RoadSpeed::OfClass(*s))
}

/// The rows that have a line.
fn rows_with_lines(data: &Dataset) -> impl Iterator<Item = FeatureId> {
    let all = (0..data.geometry.features.len() as u32).map(FeatureId::new);
    all.filter(|row| data.geometry.parts_of(*row).iter().any(|p| p.kind == PartKind::Line))
}

/// The column of the class, where one says known classes for most of the lines that say any.
fn class_column(data: &Dataset) -> Option<usize> {
    let table = &data.table;
    let mut columns: Vec<(usize, usize)> = table
        .columns
        .iter()
        .enumerate()
        .filter_map(|(i, c)| {
            let name = c.name.to_lowercase();
            Some((CLASS_FIELDS.iter().position(|f| *f == name)?, i))
        })
        .collect();
    columns.sort_unstable();
    let is_class = |column: &usize| {
        let (mut known, mut said) = (0_usize, 0_usize);
        for row in rows_with_lines(data) {
            if let Some(word) = table.value(row, *column).to_text() {
                said += 1;
                known += usize::from(matches!(of_word(&word), RoadSpeed::OfClass(_)));
            }
        }
        known as f64 >= said as f64 * LEAST_KNOWN && known > 0
    };
    columns.into_iter().map(|c| c.1).find(is_class)
}

/// The column of that name, whatever its case.
fn column(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name))
}

/// Whether a layer of that name is roads: lines, with classes of roads or a name that says so.
///
/// # Examples
/// ```
/// use qiancun::round::are_roads;
/// let line = r#"{"type":"Feature","properties":{"highway":"tertiary"},"geometry":{"type":"LineString","coordinates":[[116,40],[116.1,40]]}}"#;
/// let data = qiancun::read::read_bytes("lines.geojson".as_ref(), line.as_bytes(), &Default::default()).unwrap();
/// assert!(are_roads(&data, "lines"));
/// ```
pub fn are_roads(data: &Dataset, name: &str) -> bool {
    let parts = &data.geometry.parts;
    let lines = parts.iter().filter(|p| p.kind == PartKind::Line).count();
    if lines == 0 {
        return false;
    }
    if class_column(data).is_some() {
        return true;
    }
    let name = name.to_lowercase();
    let others = ["铁路", "管路", "管网", "railroad", "railway", "broadband", "abroad"];
    let says_so = ["道路", "公路", "路网", "村道", "乡道", "road", "street", "highway", "jalan"];
    lines * 2 >= parts.len() && says_so.iter().any(|w| name.contains(w)) && !others.iter().any(|w| name.contains(w))
}

/// The lines of a layer of roads around places, each with its speed: that of its class, no faster than a limit that the file says, in km/h;
/// `usual_km_h` where nothing is known. Lines that are something else by their tags (a river, a railway) are none. How many have no known class
/// comes with them.
pub fn road_lines(data: &Dataset, layer: usize, usual_km_h: f64, around: BoundsDeg) -> (Vec<RoadLine>, usize) {
    let table = &data.table;
    let class = class_column(data);
    // In OpenStreetMap's lines what has no class of road is no road.
    let is_tagged = class.and_then(|c| table.columns.get(c)).is_some_and(|c| c.name.eq_ignore_ascii_case("highway"));
    let others = ["railway", "waterway", "power", "aeroway"].map(|name| column(table, name));
    let limit = column(table, "maxspeed");
    let levels = ["bridge", "tunnel"].map(|name| column(table, name));
    let says = |row: FeatureId, column: Option<usize>| {
        column.and_then(|c| table.value(row, c).to_text().map(|t| t.trim().to_lowercase())).unwrap_or_default()
    };
    let (mut found, mut unknown) = (Vec::new(), 0);
    for row in rows_with_lines(data) {
        let is_near = data.geometry.bounds_of(row).is_some_and(|b| b.intersects(&around));
        let word = says(row, class);
        let is_other = word.is_empty() && (is_tagged || others.iter().any(|c| !says(row, *c).is_empty()));
        if !is_near || is_other {
            continue;
        }
        let speed = match of_word(&word) {
            RoadSpeed::OfClass(speed) => speed,
            RoadSpeed::Unknown => {
                unknown += 1;
                usual_km_h
            }
        };
        let speed_km_h = limit_of(&says(row, limit)).map_or(speed, |limit| speed.min(limit));
        let is_apart = levels.iter().any(|l| !matches!(says(row, *l).as_str(), "" | "no" | "f" | "false" | "0" | "否"));
        let lines = data.geometry.parts_of(row).iter().filter(|p| p.kind == PartKind::Line);
        for ring in lines.flat_map(|p| data.geometry.rings_of(p)) {
            found.push(RoadLine { positions: ring.to_vec(), speed_km_h, is_apart, layer });
        }
    }
    (found, unknown)
}

/// A limit as OpenStreetMap writes it: 50, 50 km/h, 30 mph; 0 as Geofabrik writes none.
fn limit_of(text: &str) -> Option<f64> {
    let number: f64 = text.split(|c: char| !c.is_ascii_digit() && c != '.').next()?.parse().ok()?;
    let per = if text.contains("mph") { 1.609_344 } else { 1.0 };
    Some(number * per).filter(|v| *v > 0.0)
}

/// How far around the stops of a round roads are looked at, in degrees of latitude: about 30 km.
const AROUND_DEG: f64 = 0.27;

/// The roads of one or several layers around places as one network.
pub struct RoadNet {
    of: Vec<Arc<Dataset>>,
    usual_km_h: f64,
    around: BoundsDeg,
    network: Option<Roads>,
    /// Lines without a known class.
    pub unknown: usize,
}

/// Why ways are straight lines though there are roads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoads {
    /// None of them can be driven.
    NotDriven,
    /// There are more stops than ways are looked for.
    TooMany(usize),
}

impl std::fmt::Debug for RoadNet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoadNet")
            .field("layers", &self.of.len())
            .field("unknown", &self.unknown)
            .finish_non_exhaustive()
    }
}

impl RoadNet {
    /// Makes it for the stops of a round; lines without a known class are driven at the usual speed.
    pub fn of(layers: Vec<Arc<Dataset>>, stops: &[Stop], options: &PlanOptions) -> Self {
        let [w, s, e, n] = places_of(stops, options);
        let wide = AROUND_DEG / ((s + n) / 2.0).to_radians().cos().max(0.05);
        let around = BoundsDeg::new([w - wide, s - AROUND_DEG, e + wide, n + AROUND_DEG]);
        let (mut lines, mut unknown) = (Vec::new(), 0);
        for (i, layer) in layers.iter().enumerate() {
            let (more, of_layer) = road_lines(layer, i, options.speed_km_h, around);
            lines.extend(more);
            unknown += of_layer;
        }
        let middle = LonLat::new((w + e) / 2.0, (s + n) / 2.0);
        Self { network: Roads::of(&lines, middle), of: layers, usual_km_h: options.speed_km_h, around, unknown }
    }

    /// Whether it is that of these layers and reaches around these stops.
    pub fn fits(&self, layers: &[Arc<Dataset>], stops: &[Stop], options: &PlanOptions) -> bool {
        let ([w, s, e, n], [left, bottom, right, top]) = (places_of(stops, options), self.around.sides());
        self.of.len() == layers.len()
            && self.of.iter().zip(layers).all(|(a, b)| Arc::ptr_eq(a, b))
            && self.usual_km_h == options.speed_km_h
            && (w >= left && s >= bottom && e <= right && n <= top)
    }

    /// Ways between the stops of a round.
    ///
    /// # Errors
    /// Why there are none.
    pub fn legs(&self, stops: &[Stop], options: &PlanOptions) -> Result<RoadLegs, NoRoads> {
        let network = self.network.as_ref().ok_or(NoRoads::NotDriven)?;
        let places: Vec<LonLat> = stops.iter().map(|s| s.at).collect();
        network.legs(&places, options.start, options.ends_at()).ok_or(NoRoads::TooMany(places.len()))
    }

    /// Metres of roads that hang together with none of the rest.
    pub fn left_m(&self) -> f64 {
        self.network.as_ref().map_or(0.0, |n| n.left_m)
    }
}

/// West, south, east and north of the stops, the start and the end.
fn places_of(stops: &[Stop], options: &PlanOptions) -> [f64; 4] {
    let [start, end] = [options.start, options.ends_at()];
    let all = stops.iter().map(|s| s.at).chain([end]);
    all.fold([start.lon_deg, start.lat_deg, start.lon_deg, start.lat_deg], |[w, s, e, n], at| {
        [w.min(at.lon_deg), s.min(at.lat_deg), e.max(at.lon_deg), n.max(at.lat_deg)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Dataset {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("道路.geojson");
        std::fs::write(&file, text).expect("written");
        crate::read::read_file(&file, &Default::default()).expect("read")
    }

    fn feature(properties: &str, x: f64) -> String {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{{\"type\":\"LineString\",\"coordinates\":[[{x},40],[{},40]]}}}}",
            x + 0.01
        )
    }

    #[test]
    fn speeds_are_those_of_classes_and_limits() {
        let all = [
            feature("{\"道路等级\":\"县道\",\"name\":\"a\"}", 116.0),
            feature("{\"道路等级\":\"村道\",\"maxspeed\":\"20\"}", 116.01),
            feature("{\"道路等级\":\"不知道\",\"bridge\":\"yes\"}", 116.02),
            feature("{\"道路等级\":\"Residential\",\"maxspeed\":\"10 mph\"}", 116.03),
        ];
        let data = read(&format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", all.join(",")));
        assert!(are_roads(&data, "x"));
        let around = BoundsDeg::new([115.0, 39.0, 117.0, 41.0]);
        let (lines, unknown) = road_lines(&data, 0, 30.0, around);
        let speeds: Vec<f64> = lines.iter().map(|l| l.speed_km_h).collect();
        assert_eq!((speeds.as_slice(), unknown), (&[40.0, 20.0, 30.0, 16.093_44][..], 1));
        assert_eq!(lines.iter().filter(|l| l.is_apart).count(), 1);
        assert!(road_lines(&data, 0, 30.0, BoundsDeg::new([0.0, 0.0, 1.0, 1.0])).0.is_empty(), "far from every stop");
        // Lines of OpenStreetMap as they come: what has no class of road is none.
        let mixed = [
            feature("{\"highway\":\"tertiary\",\"MaxSpeed\":\"30\"}", 116.0),
            feature("{\"waterway\":\"river\"}", 116.01),
            feature("{\"railway\":\"rail\"}", 116.02),
        ];
        let data = read(&format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", mixed.join(",")));
        let (lines, unknown) = road_lines(&data, 0, 30.0, around);
        assert!(are_roads(&data, "lines") && (lines.len(), unknown) == (1, 0) && lines[0].speed_km_h == 30.0);
        // Rivers have classes too, of other words.
        let river = feature("{\"class\":\"river\"}", 116.0);
        let data = read(&format!("{{\"type\":\"FeatureCollection\",\"features\":[{river}]}}"));
        assert!(!are_roads(&data, "水系") && are_roads(&data, "乡村公路"));
        assert!(!are_roads(&data, "铁路网") && !are_roads(&data, "broadband"));
    }
}
