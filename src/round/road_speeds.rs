//! Which layers are roads, and how fast one gets along on each of their lines: by its class, as the file names it.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::plan::{PlanOptions, Stop};
use super::roads::{RoadLegs, RoadLine, Roads};
use crate::geo::LonLat;
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

/// The column of the class, where one says known classes for most of the lines.
fn class_column(table: &Table) -> Option<usize> {
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
        let mut known = 0_usize;
        for row in (0..table.rows).map(FeatureId::new) {
            known += usize::from(matches!(speed_of(table, row, *column), RoadSpeed::OfClass(_)));
        }
        known as f64 >= f64::from(table.rows) * LEAST_KNOWN && known > 0
    };
    columns.into_iter().map(|c| c.1).find(is_class)
}

fn speed_of(table: &Table, row: FeatureId, column: usize) -> RoadSpeed {
    table.value(row, column).to_text().map_or(RoadSpeed::Unknown, |word| of_word(&word))
}

/// Whether a layer of that name is roads: lines, with classes of roads or a name that says so.
///
/// # Examples
/// ```
/// use qiancun::round::are_roads;
/// assert!(!are_roads(&qiancun::model::Dataset::default(), "公路"));
/// ```
pub fn are_roads(data: &Dataset, name: &str) -> bool {
    let parts = &data.geometry.parts;
    let lines = parts.iter().filter(|p| p.kind == PartKind::Line).count();
    if lines == 0 || lines * 2 < parts.len() {
        return false;
    }
    let name = name.to_lowercase();
    let says_so =
        ["道路", "公路", "路网", "村道", "乡道", "road", "street", "highway", "jalan"].iter().any(|w| name.contains(w));
    says_so || class_column(&data.table).is_some()
}

/// The lines of a layer of roads, each with its speed: that of its class, no faster than a limit that the file says, in km/h; `usual_km_h` where
/// nothing is known. How many have no known class comes with them.
pub fn road_lines(data: &Dataset, usual_km_h: f64) -> (Vec<RoadLine>, usize) {
    let table = &data.table;
    let class = class_column(table);
    let limit = table.position("maxspeed");
    let levels = ["bridge", "tunnel"].map(|name| table.position(name));
    let says = |row: FeatureId, column: Option<usize>| {
        column.and_then(|c| table.value(row, c).to_text().map(|t| t.trim().to_lowercase())).unwrap_or_default()
    };
    let (mut found, mut unknown) = (Vec::new(), 0);
    for row in (0..data.geometry.features.len() as u32).map(FeatureId::new) {
        let mut parts = data.geometry.parts_of(row).iter().filter(|p| p.kind == PartKind::Line).peekable();
        if parts.peek().is_none() {
            continue;
        }
        let speed = class.map_or(RoadSpeed::Unknown, |c| speed_of(table, row, c));
        unknown += usize::from(speed == RoadSpeed::Unknown);
        let speed = match speed {
            RoadSpeed::OfClass(speed) => speed,
            RoadSpeed::Unknown => usual_km_h,
        };
        let speed_km_h = limit_of(&says(row, limit)).map_or(speed, |limit| speed.min(limit));
        let is_apart = levels.iter().any(|l| !matches!(says(row, *l).as_str(), "" | "no" | "f" | "false" | "0" | "否"));
        for ring in parts.flat_map(|p| data.geometry.rings_of(p)) {
            found.push(RoadLine { positions: ring.to_vec(), speed_km_h, is_apart });
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

/// The roads of one or several layers as one network.
pub struct RoadNet {
    /// What it was made of.
    pub of: Vec<Arc<Dataset>>,
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
    /// Makes it; lines without a known class are driven at the usual speed, km/h.
    pub fn of(layers: Vec<Arc<Dataset>>, usual_km_h: f64) -> Self {
        let (mut lines, mut unknown) = (Vec::new(), 0);
        for layer in &layers {
            let (more, of_layer) = road_lines(layer, usual_km_h);
            lines.extend(more);
            unknown += of_layer;
        }
        Self { network: Roads::of(&lines), of: layers, unknown }
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
        let (lines, unknown) = road_lines(&data, 30.0);
        let speeds: Vec<f64> = lines.iter().map(|l| l.speed_km_h).collect();
        assert_eq!((speeds.as_slice(), unknown), (&[40.0, 20.0, 30.0, 16.093_44][..], 1));
        assert_eq!(lines.iter().filter(|l| l.is_apart).count(), 1);
        // Rivers have classes too, of other words.
        let river = feature("{\"class\":\"river\"}", 116.0);
        let data = read(&format!("{{\"type\":\"FeatureCollection\",\"features\":[{river}]}}"));
        assert!(!are_roads(&data, "水系") && are_roads(&data, "乡村公路"));
    }
}
