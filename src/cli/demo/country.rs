//! A country of any number of villages, for measuring: every border natural and shared position by position, written
//! village by village as it is made.

use std::io::Write;

use super::rng::Rng;

/// Longitude and latitude of the middle in degrees.
const MIDDLE: [f64; 2] = [105.0, 34.0];
/// Half the width of a village in degrees of longitude, and a third of half its height in degrees of latitude.
const STEP: [f64; 2] = [0.012, 0.0065];
/// Villages along the side of a town, and towns along the side of a county.
const TOWN_SIDE: i64 = 7;
const COUNTY_SIDE: i64 = 6;

const FAMILIES: [&str; 16] =
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭"];
const FEATURES: [&str; 12] = ["家", "家上", "家下", "家东", "家西", "家北", "家南", "石", "木", "水", "山", "桥"];
const KINDS: [&str; 10] = ["村", "庄", "营", "屯", "沟", "坡", "口", "店", "湾", "坊"];

/// A corner of the lattice of hexagons: half villages east, sixths of a pair of rows south.
type Corner = [i64; 2];

/// A country: how many villages, how many positions each has along its border.
pub struct Country {
    /// Cells as column and row, in the order they are written.
    cells: Vec<[i64; 2]>,
    /// Pieces of one of the six sides.
    pieces: u32,
}

impl Country {
    /// Lays out a country of so many villages with about so many positions each, closing ones left out.
    pub fn new(villages: usize, vertices: u32) -> Self {
        // Twice as many cells as needed, the nearest to the middle taken, with a shore that runs in and out.
        let columns = ((villages as f64 * 2.6).sqrt().ceil() as i64).max(2);
        let rows = columns * 9 / 10 + 1;
        let mut noise = Rng::keyed("country", &[]);
        let waves: Vec<[f64; 3]> =
            (2..9).map(|k| [f64::from(k), noise.within(0.0, 6.3), noise.within(0.02, 0.16)]).collect();
        let distance = |[c, r]: [i64; 2]| {
            let (x, y) = (c as f64 / columns as f64 - 0.5, r as f64 / rows as f64 - 0.5);
            let angle = y.atan2(x);
            let shore: f64 = waves.iter().map(|[k, shift, size]| size / k * 2.0 * (k * angle + shift).sin()).sum();
            x.hypot(y) * (1.0 + shore)
        };
        let mut cells: Vec<(f64, [i64; 2])> =
            (0..rows).flat_map(|r| (0..columns).map(move |c| [c, r])).map(|cell| (distance(cell), cell)).collect();
        cells.sort_by(|a, b| a.0.total_cmp(&b.0));
        cells.truncate(villages);
        let mut cells: Vec<[i64; 2]> = cells.into_iter().map(|(_, [c, r])| [c - columns / 2, r - rows / 2]).collect();
        // Files come county by county, town by town.
        let block = |v: i64, side: i64| v.div_euclid(side);
        let county = TOWN_SIDE * COUNTY_SIDE;
        cells.sort_by_key(|&[c, r]| {
            (block(r, county), block(c, county), block(r, TOWN_SIDE), block(c, TOWN_SIDE), r, c)
        });
        Self { cells, pieces: vertices.div_ceil(6).max(1) }
    }

    /// Writes the country as GeoJSON, one feature a line.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        out.write_all(b"{\"type\":\"FeatureCollection\",\"name\":\"demonstration country\",\"features\":[\n")?;
        let mut line = Vec::new();
        for (i, &cell) in self.cells.iter().enumerate() {
            if i > 0 {
                out.write_all(b",\n")?;
            }
            line.clear();
            properties(&mut line, i, cell)?;
            self.outline(&mut line, cell)?;
            out.write_all(&line)?;
        }
        out.write_all(b"\n]}\n")?;
        out.flush()
    }

    fn outline(&self, out: &mut Vec<u8>, [column, row]: [i64; 2]) -> std::io::Result<()> {
        let (x, y) = (2 * column + row.rem_euclid(2), 3 * row);
        // Against the clock on the map, as RFC 7946 asks for.
        let corners: [Corner; 6] = [[x, y], [x - 1, y + 1], [x - 1, y + 3], [x, y + 4], [x + 1, y + 3], [x + 1, y + 1]];
        let mut first = None;
        for k in 0..6 {
            let (a, b) = (corners[k], corners[(k + 1) % 6]);
            let side = self.side(a.min(b), a.max(b));
            let forth = a < b;
            for i in 0..side.len() - 1 {
                let place = side[if forth { i } else { side.len() - 1 - i }];
                write!(out, "{}{}", if first.is_some() { "," } else { "" }, text(place))?;
                first.get_or_insert(place);
            }
        }
        if let Some(place) = first {
            write!(out, ",{}", text(place))?;
        }
        out.write_all(b"]]}}")
    }

    /// A side from corner to corner: sums of ever finer waves, still at its ends.
    fn side(&self, from: Corner, to: Corner) -> Vec<[f64; 2]> {
        let (a, b) = (place(from), place(to));
        let mut rng = Rng::keyed("side", &[from[0], from[1], to[0], to[1]]);
        let mut waves = [[0.0; 2]; 8];
        for (k, wave) in waves.iter_mut().enumerate() {
            let k = k as f64 + 1.0;
            *wave = [rng.within(-0.16, 0.16) / k.powf(0.8), rng.within(0.0, 6.3)];
        }
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        (0..=self.pieces)
            .map(|i| {
                let t = f64::from(i) / f64::from(self.pieces);
                let calm = (4.0 * t * (1.0 - t)).min(1.0);
                let shift: f64 = waves
                    .iter()
                    .enumerate()
                    .map(|(k, [size, phase])| size * (t * 2.2 * (k * k + 1) as f64 + phase).sin())
                    .sum();
                [a[0] + dx * t - dy * shift * calm, a[1] + dy * t + dx * shift * calm]
            })
            .collect()
    }
}

/// A name for a town or county by its place among them: the same is not met again for hundreds of villages around.
fn district_name([column, row]: [i64; 2]) -> String {
    const SECOND: [&str; 24] = [
        "安", "平", "兴", "宁", "昌", "阳", "州", "河", "泉", "岭", "丰", "和", "城", "原", "溪", "川", "堂", "林",
        "云", "龙", "文", "新", "长", "永",
    ];
    let (families, seconds) = (FAMILIES.len() as i64, SECOND.len() as i64);
    let third = column.div_euclid(families) + 5 * row.div_euclid(seconds);
    let at = |v: i64, of: i64| v.rem_euclid(of) as usize;
    format!("{}{}{}", FAMILIES[at(column, families)], SECOND[at(row, seconds)], SECOND[at(third + 7, seconds)])
}

/// Where a corner of the lattice lies: moved a little, so that no two villages are alike.
fn place([x, y]: Corner) -> [f64; 2] {
    let mut rng = Rng::keyed("corner", &[x, y]);
    [
        MIDDLE[0] + STEP[0] * (x as f64 + rng.within(-0.35, 0.35)),
        MIDDLE[1] - STEP[1] * (y as f64 + rng.within(-0.35, 0.35)),
    ]
}

fn text([lon, lat]: [f64; 2]) -> String {
    format!("[{lon:.7},{lat:.7}]")
}

fn properties(out: &mut Vec<u8>, i: usize, [column, row]: [i64; 2]) -> std::io::Result<()> {
    let mut rng = Rng::keyed("village", &[column, row]);
    let mut pick = |from: &[&'static str]| from[rng.whole(0, from.len() as i64 - 1) as usize];
    let name = format!("{}{}{}", pick(&FAMILIES), pick(&FEATURES), pick(&KINDS));
    let town = [column.div_euclid(TOWN_SIDE), row.div_euclid(TOWN_SIDE)];
    let county = town.map(|t| t.div_euclid(COUNTY_SIDE));
    let (town, county) = (format!("{}镇", district_name(town)), format!("{}县", district_name(county)));
    let households = rng.whole(60, 900);
    let population = households * rng.whole(22, 34) / 10;
    let sewage = if rng.chance(4) { "null".to_owned() } else { format!("{:.1}", 100.0 - 60.0 * rng.unit().powi(3)) };
    let visits = if rng.chance(90) { 1.0 } else { 0.5 };
    let toilets = rng.whole(0, 6);
    write!(
        out,
        "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"D{i:09}\",\"name\":\"{name}\",\"town\":\"{town}\",\
         \"county\":\"{county}\",\"households\":{households},\"population\":{population},\
         \"sewage_treatment_pct\":{sewage},\"waste_per_day\":{visits:.1},\"public_toilets\":{toilets}}},\
         \"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[["
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::read::{Progress, read_bytes};

    #[test]
    fn neighbours_share_every_position() {
        let country = Country::new(60, 64);
        let mut text = Vec::new();
        assert!(country.write(&mut text).is_ok());
        let dataset = read_bytes("country.geojson".as_ref(), &text, &Progress::new()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((dataset.len(), dataset.geometry.coords.len()), (60, 60 * 67));
        assert!(dataset.report.problems.is_empty());
        let mut sides: HashMap<[u64; 4], u32> = HashMap::new();
        for ring in 0..60 {
            for w in dataset.geometry.ring(ring).windows(2) {
                let (a, b) = (w[0].map(f64::to_bits), w[1].map(f64::to_bits));
                let (a, b) = (a.min(b), a.max(b));
                *sides.entry([a[0], a[1], b[0], b[1]]).or_default() += 1;
            }
        }
        assert!(sides.values().all(|n| *n <= 2));
        let shared = sides.values().filter(|n| **n == 2).count();
        assert!(shared * 2 > sides.len(), "{shared} of {} are shared", sides.len());
    }
}
