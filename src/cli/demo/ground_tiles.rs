//! The demonstration's ground as an MBTiles file (specification 1.3): relief, streams and roads, drawn pixel by pixel.
//!
//! Web Mercator around the district by three terms of its series, so that no sine and no logarithm of a machine is asked.

use std::path::Path;

use super::layout::Village;
use super::plane::{Fixed, Pt};
use super::terrain::{Line, Way, height, lines};

/// Side of a tile.
const SIDE: usize = 256;
/// Least and greatest zoom.
pub const ZOOMS: [u32; 2] = [9, 13];
/// What the ground covers: west, south, east, north.
pub const BOUNDS: [f64; 4] = [115.98, 39.86, 116.46, 40.22];
/// The series is around this latitude: its degrees, radians, sine, cosine, and its y in radians (EPSG:3857 over the radius).
const AROUND: [f64; 5] =
    [40.06, 0.699_178_898_348_928_4, 0.643_589_456_957_149_4, 0.765_370_897_600_373_6, 0.764_277_272_587_546_4];
const PI: f64 = std::f64::consts::PI;
/// Colours of the ground from the plain to the tops.
const HEIGHTS: [(f64, [f64; 3]); 4] = [
    (40.0, [238.0, 239.0, 230.0]),
    (90.0, [228.0, 230.0, 212.0]),
    (300.0, [213.0, 211.0, 188.0]),
    (800.0, [196.0, 189.0, 166.0]),
];
/// Steps of the light, so that a tile packs well.
const STEPS: f64 = 40.0;

/// Latitude in degrees of a y of Web Mercator in radians: third order around [`AROUND`], 10⁻¹⁰ degrees off at most within the bounds.
fn latitude(y: f64) -> f64 {
    let [_, radians, sin, cos, y0] = AROUND;
    let d = y - y0;
    let (b, c) = (-sin * cos, cos * (sin * sin - cos * cos));
    let fourth = sin * cos * (5.0 * cos * cos - sin * sin);
    (radians + d * (cos + d * (b / 2.0 + d * (c / 6.0 + d * fourth / 24.0)))) * 180.0 / PI
}

/// The y of Web Mercator in radians of a latitude: [`latitude`] turned about by Newton's steps.
fn mercator_y(lat_deg: f64) -> f64 {
    let [_, radians, _, cos, y0] = AROUND;
    let mut y = y0 + (lat_deg * PI / 180.0 - radians) / cos;
    for _ in 0..4 {
        y -= (latitude(y) - lat_deg) * PI / 180.0 / cos;
    }
    y
}

/// Side of the world in pixels.
fn world_px(zoom: u32) -> f64 {
    SIDE as f64 * (1_u64 << zoom) as f64
}

/// The place of a pixel of the world.
fn place(zoom: u32, x: f64, y: f64) -> Pt {
    let side = world_px(zoom);
    let at = Fixed {
        lon: ((x / side * 360.0 - 180.0) * 1e7).round() as i64,
        lat: (latitude(PI - y / side * 2.0 * PI) * 1e7).round() as i64,
    };
    at.on_plane()
}

/// The pixel of the world at a place.
fn pixel(zoom: u32, p: Pt) -> [f64; 2] {
    let (side, at) = (world_px(zoom), p.fixed());
    let y = mercator_y(at.lat as f64 / 1e7);
    [(at.lon as f64 / 1e7 + 180.0) / 360.0 * side, (PI - y) / (2.0 * PI) * side]
}

/// Columns and rows of a zoom, both ends included.
pub fn tiles(zoom: u32) -> [u32; 4] {
    let [w, s, e, n] = BOUNDS;
    let [x0, y0] = pixel(zoom, Pt::from_degrees(w, n)).map(|v| (v / SIDE as f64) as u32);
    let [x1, y1] = pixel(zoom, Pt::from_degrees(e, s)).map(|v| (v / SIDE as f64) as u32);
    [x0, y0, x1, y1]
}

/// All that is drawn, and the drawing of one tile after the other.
pub struct Drawing {
    lines: Vec<Line>,
}

/// Colour, width in pixels at the deepest zoom and at the least.
fn style(kind: Way) -> ([f64; 3], f64, f64) {
    match kind {
        Way::Stream => ([150.0, 186.0, 214.0], 2.4, 0.7),
        Way::Lane => ([255.0, 255.0, 252.0], 1.9, 0.0),
        Way::Road => ([250.0, 226.0, 170.0], 3.6, 0.9),
    }
}

impl Drawing {
    pub fn new(villages: &[Village]) -> Self {
        let [w, s, e, n] = BOUNDS;
        let (a, b) = (Pt::from_degrees(w, s), Pt::from_degrees(e, n));
        let inside = |p: Pt| (a.x..b.x).contains(&p.x) && (a.y..b.y).contains(&p.y);
        Self { lines: lines(villages, inside) }
    }

    /// A tile's pixels, red, green, blue.
    pub fn tile(&self, zoom: u32, column: u32, row: u32) -> Vec<u8> {
        let (x0, y0) = (f64::from(column) * SIDE as f64, f64::from(row) * SIDE as f64);
        // Heights with one more column and row for the slope.
        let across = SIDE + 1;
        let heights: Vec<f64> = (0..across * across)
            .map(|i| height(place(zoom, x0 + (i % across) as f64 + 0.5, y0 + (i / across) as f64 + 0.5)))
            .collect();
        let metres = place(zoom, x0, y0).distance(place(zoom, x0 + 1.0, y0));
        let mut picture: Vec<[f64; 3]> = Vec::with_capacity(SIDE * SIDE);
        for y in 0..SIDE {
            for x in 0..SIDE {
                let h = heights[y * across + x];
                let east = (heights[y * across + x + 1] - h) / metres;
                let south = (heights[(y + 1) * across + x] - h) / metres;
                picture.push(shaded(h, east, south));
            }
        }
        for line in &self.lines {
            draw(&mut picture, zoom, [x0, y0], line);
        }
        picture.iter().flatten().map(|v| v.round().clamp(0.0, 255.0) as u8).collect()
    }
}

/// The colour of the ground: by height, lit from the north-west.
fn shaded(h: f64, east: f64, south: f64) -> [f64; 3] {
    let slope = 3.0;
    let light = (1.0 + (east + south) * slope * 0.5) / (1.0 + (east * east + south * south) * slope * slope).sqrt();
    let light = ((0.78 + 0.22 * light.clamp(0.0, 1.4)) * STEPS).round() / STEPS;
    let above = HEIGHTS.iter().position(|(at, _)| h < *at).unwrap_or(HEIGHTS.len() - 1).max(1);
    let ((low, a), (high, b)) = (HEIGHTS[above - 1], HEIGHTS[above]);
    let t = (((h - low) / (high - low)).clamp(0.0, 1.0) * 12.0).round() / 12.0;
    [0, 1, 2].map(|i| (a[i] + (b[i] - a[i]) * t) * light)
}

/// Draws a line over the picture of a tile.
fn draw(picture: &mut [[f64; 3]], zoom: u32, [x0, y0]: [f64; 2], line: &Line) {
    let (colour, deep, least) = style(line.kind);
    let t = f64::from(zoom - ZOOMS[0]) / f64::from(ZOOMS[1] - ZOOMS[0]);
    let half = (least + (deep - least) * t) / 2.0;
    if half <= 0.0 {
        return;
    }
    let places: Vec<[f64; 2]> = line.points.iter().map(|p| pixel(zoom, *p)).map(|[x, y]| [x - x0, y - y0]).collect();
    let mut cover = vec![0.0_f64; SIDE * SIDE];
    let last = SIDE as f64 - 1.0;
    for pair in places.windows(2) {
        let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
        let from = |a: f64, b: f64| (a.min(b) - half - 1.0).max(0.0);
        let until = |a: f64, b: f64| (a.max(b) + half + 1.0).min(last);
        let (left, right, top, bottom) = (from(ax, bx), until(ax, bx), from(ay, by), until(ay, by));
        if left > right || top > bottom {
            continue;
        }
        let length2 = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
        for y in top as usize..=bottom as usize {
            for x in left as usize..=right as usize {
                let (px, py) = (x as f64 + 0.5, y as f64 + 0.5);
                let along = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length2.max(1e-9);
                let along = along.clamp(0.0, 1.0);
                let (dx, dy) = (px - ax - (bx - ax) * along, py - ay - (by - ay) * along);
                let covered = (half + 0.5 - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0).min(half * 2.0);
                let at = y * SIDE + x;
                cover[at] = cover[at].max(covered);
            }
        }
    }
    for (pixel, covered) in picture.iter_mut().zip(cover).filter(|(_, c)| *c > 0.0) {
        // In quarters: fewer colours, a smaller file.
        let covered = (covered * 4.0).round() / 4.0;
        for (value, own) in pixel.iter_mut().zip(colour) {
            *value += (own - *value) * covered;
        }
    }
}

/// Writes the ground to a file.
///
/// # Errors
/// Where it cannot be written.
pub fn write(villages: &[Village], path: &Path) -> std::io::Result<()> {
    let sql = std::io::Error::other::<rusqlite::Error>;
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let mut file = rusqlite::Connection::open(path).map_err(sql)?;
    file.execute_batch(
        "CREATE TABLE metadata (name TEXT, value TEXT);
         CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
         CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);",
    )
    .map_err(sql)?;
    let drawing = Drawing::new(villages);
    let into = file.transaction().map_err(sql)?;
    for zoom in ZOOMS[0]..=ZOOMS[1] {
        let [x0, y0, x1, y1] = tiles(zoom);
        for (column, row) in (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| (x, y))) {
            let picture = png(&drawing.tile(zoom, column, row))?;
            let south = (1_u32 << zoom) - 1 - row;
            into.execute("INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)", (zoom, column, south, picture)).map_err(sql)?;
        }
    }
    for (name, value) in [
        ("name", "海淀示范 · 地面"),
        ("format", "png"),
        ("type", "baselayer"),
        ("version", "1"),
        ("description", "示范数据，虚构的地形、河流与道路 · demonstration data: invented relief, streams and roads"),
        ("attribution", "地面为虚构示意 · invented ground"),
        ("bounds", &BOUNDS.map(|v| v.to_string()).join(",")),
        ("minzoom", &ZOOMS[0].to_string()),
        ("maxzoom", &ZOOMS[1].to_string()),
    ] {
        into.execute("INSERT INTO metadata VALUES (?1, ?2)", (name, value)).map_err(sql)?;
    }
    into.commit().map_err(sql)?;
    file.execute_batch("VACUUM").map_err(sql)?;
    file.close().map_err(|(_, e)| sql(e))
}

/// A tile's pixels as a PNG.
fn png(pixels: &[u8]) -> std::io::Result<Vec<u8>> {
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    use image::{ExtendedColorType, ImageEncoder};
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::NoFilter);
    let side = SIDE as u32;
    encoder.write_image(pixels, side, side, ExtendedColorType::Rgb8).map_err(std::io::Error::other)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{LonLat, WorldPos};

    #[test]
    fn its_mercator_is_that_of_the_map() {
        for (lon, lat) in [(115.98, 39.86), (116.2, 40.06), (116.46, 40.22)] {
            let [x, y] = pixel(13, Pt::from_degrees(lon, lat)).map(|v| v / world_px(13));
            let truth = WorldPos::from_lonlat(LonLat::new(lon, lat));
            let px = world_px(13);
            assert!(
                (x - truth.x).abs() * px < 0.01 && (y - truth.y).abs() * px < 0.01,
                "{lon} {lat}: {x} {y} {truth:?}"
            );
        }
    }

    #[test]
    fn streams_run_from_the_hills_and_every_village_has_a_way() {
        let villages = super::super::layout::villages();
        let drawing = Drawing::new(&villages);
        let streams = drawing.lines.iter().filter(|l| l.kind == Way::Stream);
        let falls = streams.filter_map(|l| Some(height(*l.points.first()?) - height(*l.points.last()?)));
        assert!(falls.clone().count() >= 6 && falls.clone().all(|f| f > 0.0), "{:?}", falls.collect::<Vec<_>>());
        let ways: Vec<&Line> = drawing.lines.iter().filter(|l| l.kind != Way::Stream).collect();
        for village in &villages {
            let near =
                ways.iter().map(|l| super::super::terrain::distance_to(l, village.centre)).fold(f64::MAX, f64::min);
            assert!(near < 50.0, "{}: {near} m", village.name);
        }
    }

    #[test]
    fn the_committed_tiles_are_what_the_generator_draws() -> Result<(), Box<dyn std::error::Error>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo/ground.mbtiles");
        assert!(std::fs::metadata(&path)?.len() <= 2_000_000);
        let file = rusqlite::Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let drawing = Drawing::new(&super::super::layout::villages());
        let mut count = 0;
        for zoom in ZOOMS[0]..=ZOOMS[1] {
            let [x0, y0, x1, y1] = tiles(zoom);
            count += i64::from(x1 - x0 + 1) * i64::from(y1 - y0 + 1);
            let (column, row) = ((x0 + x1) / 2, (y0 + y1) / 2);
            let south = (1_u32 << zoom) - 1 - row;
            let bytes: Vec<u8> = file.query_row(
                "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3",
                (zoom, column, south),
                |r| r.get(0),
            )?;
            let committed = image::load_from_memory(&bytes)?.to_rgb8().into_raw();
            assert!(
                committed == drawing.tile(zoom, column, row),
                "zoom {zoom} differs: run `qiancun demo maps/haidian-demo`"
            );
        }
        let rows: i64 = file.query_row("SELECT count(*) FROM tiles", [], |r| r.get(0))?;
        assert_eq!(rows, count);
        Ok(())
    }
}
