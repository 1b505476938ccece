//! Grounds below the villages: tiles of every container in every datum lie to the pixel where they belong, pictures where their
//! georeference says, servers that misbehave are contained.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::{ImageEncoder, RgbImage};
use qiancun::geo::{ChinaShift, LonLat, WorldPos};

use crate::program::{Folder, json, qiancun};

/// Where all of it lies: the country north-west of Beijing.
const MIDDLE: LonLat = LonLat { lon_deg: 116.23, lat_deg: 40.05 };
pub(crate) const AREA: [f64; 4] = [116.0, 39.9, 116.4, 40.2];
/// Something that is a map, far away: a project needs a layer.
const FAR: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"东沟村"},"geometry":{"type":"Polygon","coordinates":[[[100,30],[100.1,30],[100.1,30.1],[100,30]]]}}]}"#;

pub(crate) fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder
        .write_image(image.as_raw(), image.width(), image.height(), image::ExtendedColorType::Rgb8)
        .expect("a picture");
    bytes
}

/// The colour of a tile says which it is.
pub(crate) fn colour(zoom: u32, x: u32, y: u32) -> [u8; 3] {
    [(x % 256) as u8, (y % 256) as u8, (zoom * 10) as u8]
}

pub(crate) fn tile(zoom: u32, x: u32, y: u32) -> Vec<u8> {
    png(&RgbImage::from_pixel(256, 256, image::Rgb(colour(zoom, x, y))))
}

/// Tiles of a zoom that meet the area, in the tiles' own coordinates.
pub(crate) fn tiles(zoom: u32) -> impl Iterator<Item = (u32, u32, u32)> {
    let [w, s, e, n] = AREA;
    let at = |lon: f64, lat: f64| {
        let world = WorldPos::from_lonlat(LonLat::new(lon, lat));
        [world.x, world.y].map(|v| (v * f64::from(1 << zoom)) as u32)
    };
    let ([x0, y0], [x1, y1]) = (at(w, n), at(e, s));
    (x0..=x1).flat_map(move |x| (y0..=y1).map(move |y| (zoom, x, y)))
}

pub(crate) const ZOOMS: std::ops::RangeInclusive<u32> = 5..=14;

pub(crate) fn mbtiles(path: &Path, attribution: &str) {
    let c = rusqlite::Connection::open(path).expect("a database");
    c.execute_batch(
        "CREATE TABLE metadata(name TEXT, value TEXT); CREATE TABLE tiles(zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB);
         CREATE UNIQUE INDEX i ON tiles(zoom_level, tile_column, tile_row); BEGIN;",
    )
    .expect("tables");
    c.execute("INSERT INTO metadata VALUES('attribution', ?1), ('format', 'png')", [attribution]).expect("metadata");
    for (z, x, y) in ZOOMS.flat_map(tiles) {
        let south = (1 << z) - 1 - y;
        c.execute("INSERT INTO tiles VALUES(?1, ?2, ?3, ?4)", (z, x, south, tile(z, x, y))).expect("a tile");
    }
    c.execute_batch("COMMIT").expect("kept");
}

/// The number of a tile along PMTiles' curve, straight from the definition: rotate and flip square by square.
fn curve(zoom: u32, column: u32, row: u32) -> u64 {
    let (mut x, mut y, mut d) = (i64::from(column), i64::from(row), 0_i64);
    let mut s = 1_i64 << zoom >> 1;
    while s > 0 {
        let (rx, ry) = (i64::from(x & s > 0), i64::from(y & s > 0));
        d += s * s * ((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                (x, y) = (s - 1 - x, s - 1 - y);
            }
            (x, y) = (y, x);
        }
        s >>= 1;
    }
    (0..zoom).map(|z| 1_u64 << (2 * z)).sum::<u64>() + d as u64
}

fn pmtiles(path: &Path) {
    let mut all: Vec<(u64, Vec<u8>)> = ZOOMS.flat_map(tiles).map(|(z, x, y)| (curve(z, x, y), tile(z, x, y))).collect();
    all.sort();
    let mut directory = Vec::new();
    let mut put = |mut n: u64| {
        while n > 127 {
            directory.push((n & 127) as u8 | 128);
            n >>= 7;
        }
        directory.push(n as u8);
    };
    put(all.len() as u64);
    let mut last = 0;
    for (id, _) in &all {
        put(id - last);
        last = *id;
    }
    all.iter().for_each(|_| put(1));
    all.iter().for_each(|(_, bytes)| put(bytes.len() as u64));
    // Each behind the one before.
    all.iter().enumerate().for_each(|(i, _)| put(u64::from(i == 0)));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&directory).expect("packed");
    let directory = packed.finish().expect("packed");
    let mut header = vec![0_u8; 127];
    header[..8].copy_from_slice(b"PMTiles\x03");
    let data = 127 + directory.len() as u64;
    for (at, n) in [(8, 127), (16, directory.len() as u64), (56, data)] {
        header[at..at + 8].copy_from_slice(&u64::to_le_bytes(n));
    }
    (header[97], header[98], header[99]) = (2, 1, 2);
    (header[100], header[101]) = (*ZOOMS.start() as u8, *ZOOMS.end() as u8);
    let tiles: Vec<u8> = all.into_iter().flat_map(|(_, bytes)| bytes).collect();
    std::fs::write(path, [header, directory, tiles].concat()).expect("written");
}

/// A view of 300 × 200 pixels at a zoom: bounds, and where each pixel lies in the world.
pub(crate) fn view(zoom: u32) -> ([f64; 4], impl Fn(u32, u32) -> WorldPos) {
    let side = 256.0 * f64::from(1 << zoom);
    let middle = WorldPos::from_lonlat(MIDDLE);
    let (x, y) = ((middle.x * side).round() - 150.0, (middle.y * side).round() - 100.0);
    let at = move |px: f64, py: f64| WorldPos { x: (x + px) / side, y: (y + py) / side };
    let (a, b) = (at(0.0, 0.0).to_lonlat(), at(300.0, 200.0).to_lonlat());
    ([a.lon_deg, b.lat_deg, b.lon_deg, a.lat_deg], move |px, py| at(f64::from(px) + 0.5, f64::from(py) + 0.5))
}

pub(crate) fn drawn(folder: &Folder, project: &str, bounds: [f64; 4]) -> RgbImage {
    let out = folder.text("map.png");
    let text = bounds.map(|v| v.to_string()).join(",");
    let (said, told) = json(&["map", project, "--bounds", &text, "--size", "300x200", "-o", &out, "--json"]);
    assert_eq!(said["size"], serde_json::json!([300, 200]), "{told}");
    image::open(&out).expect("a picture").into_rgb8()
}

/// Every pixel has the colour of the tile that lies there; next to borders of shifted tiles, less than a pixel away, either.
pub(crate) fn check(image: &RgbImage, zoom: u32, at: impl Fn(u32, u32) -> WorldPos, shift: Option<ChinaShift>) {
    let there_are: std::collections::BTreeSet<(u32, u32)> = tiles(zoom).map(|(_, x, y)| (x, y)).collect();
    let mut looked = 0;
    for (px, py) in (0..200).step_by(3).flat_map(|y| (0..300).step_by(3).map(move |x| (x, y))) {
        let world = at(px, py);
        let there = shift.map_or(world, |s| WorldPos::from_lonlat(s.of(world.to_lonlat())));
        let tile = [there.x, there.y].map(|v| v * f64::from(1 << zoom));
        let inside = tile.map(|v| v.fract() * 256.0);
        // Beyond the area there are none.
        if !there_are.contains(&(tile[0] as u32, tile[1] as u32)) {
            continue;
        }
        if shift.is_some() && inside.iter().any(|v| !(1.0..=255.0).contains(v)) {
            continue;
        }
        looked += 1;
        let expected = colour(zoom, tile[0] as u32, tile[1] as u32);
        assert_eq!(image.get_pixel(px, py).0, expected, "zoom {zoom}, pixel {px}, {py}");
    }
    assert!(looked > if zoom < 10 { 300 } else { 5000 }, "{zoom}: {looked}");
}

pub(crate) fn project(folder: &Folder, ground: &str) -> String {
    folder.write("far.geojson", FAR);
    folder.write(
        "p.qiancun",
        format!("version = 1\n[[layer]]\npath = \"far.geojson\"\n[[layer]]\nkind = \"ground\"\n{ground}\n"),
    );
    folder.text("p.qiancun")
}

#[test]
fn tiles_lie_where_they_belong_at_ten_zooms_in_every_datum() {
    let folder = Folder::new();
    mbtiles(&folder.path("t.mbtiles"), "&copy; <a href='x'>The makers</a>");
    let shifts = [("wgs84", None), ("gcj02", Some(ChinaShift::Gcj02)), ("bd09", Some(ChinaShift::Bd09))];
    for (datum, shift) in shifts {
        let project = project(&folder, &format!("path = \"t.mbtiles\"\ndatum = \"{datum}\""));
        for zoom in ZOOMS {
            let (bounds, at) = view(zoom);
            check(&drawn(&folder, &project, bounds), zoom, at, shift);
        }
    }
    let (said, _) = json(&[
        "map",
        &folder.text("p.qiancun"),
        "--bounds",
        "116,40,116.2,40.1",
        "-o",
        &folder.text("m.png"),
        "--json",
    ]);
    assert_eq!(said["attribution"], serde_json::json!(["© The makers"]));
}

#[test]
fn containers_of_tiles_are_alike() {
    let folder = Folder::new();
    pmtiles(&folder.path("t.pmtiles"));
    for (z, x, y) in ZOOMS.flat_map(tiles) {
        let column = folder.path("tiles").join(z.to_string()).join(x.to_string());
        std::fs::create_dir_all(&column).expect("a folder");
        std::fs::write(column.join(format!("{y}.png")), tile(z, x, y)).expect("a tile");
    }
    for path in ["t.pmtiles", "tiles"] {
        let project = project(&folder, &format!("path = \"{path}\""));
        for zoom in [6, 11, 14] {
            let (bounds, at) = view(zoom);
            check(&drawn(&folder, &project, bounds), zoom, at, None);
        }
    }
}

#[test]
fn where_a_pyramid_is_not_as_deep_what_is_coarser_is_shown() {
    let folder = Folder::new();
    let file = folder.path("t.mbtiles");
    mbtiles(&file, "");
    let project = project(&folder, "path = \"t.mbtiles\"");
    let c = rusqlite::Connection::open(&file).expect("a database");
    // Level 12 is there in the west only, level 11 not at all.
    let middle = (WorldPos::from_lonlat(MIDDLE).x * 4096.0) as u32;
    c.execute("DELETE FROM tiles WHERE zoom_level = 11 OR (zoom_level = 12 AND tile_column >= ?1)", [middle])
        .expect("gone");
    // A finer tile among the others fills its square all the same.
    let fine = png(&RgbImage::from_pixel(512, 512, image::Rgb(colour(12, middle - 1, 0))));
    c.execute("UPDATE tiles SET tile_data = ?2 WHERE zoom_level = 12 AND tile_column = ?1", (middle - 1, fine))
        .expect("put");
    drop(c);
    let (bounds, at) = view(12);
    let image = drawn(&folder, &project, bounds);
    let mut looked = [0; 3];
    for (px, py) in (0..200).step_by(3).flat_map(|y| (0..300).step_by(3).map(move |x| (x, y))) {
        let world = at(px, py);
        let [x, y] = [world.x, world.y].map(|v| (v * 4096.0) as u32);
        let (kind, expected) = match x {
            x if x >= middle => (0, colour(10, x >> 2, y >> 2)),
            x if x == middle - 1 => (1, colour(12, x, 0)),
            x => (2, colour(12, x, y)),
        };
        looked[kind] += 1;
        assert_eq!(image.get_pixel(px, py).0, expected, "pixel {px}, {py}");
    }
    assert!(looked[0] > 500 && looked[1] > 500, "{looked:?}");
}

#[test]
fn large_archives_know_the_size_of_their_tiles() {
    let folder = Folder::new();
    let file = folder.path("t.pmtiles");
    pmtiles(&file);
    // All entries in a directory below the root, as large archives have them, and tiles for fine screens.
    let bytes = std::fs::read(&file).expect("read");
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    let (at, length) = (number(8) as usize, number(16) as usize);
    let leaf = bytes[at..at + length].to_vec();
    let first = ZOOMS.flat_map(tiles).map(|(z, x, y)| curve(z, x, y)).min().expect("tiles");
    let mut root = vec![1];
    let mut put = |mut n: u64| {
        while n > 127 {
            root.push((n & 127) as u8 | 128);
            n >>= 7;
        }
        root.push(n as u8);
    };
    [first, 0, leaf.len() as u64, 1].into_iter().for_each(&mut put);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&root).expect("packed");
    let root = packed.finish().expect("packed");
    let mut header = bytes[..127].to_vec();
    let leaves = 127 + root.len() as u64;
    let tiles_at = number(56) as usize;
    let data = leaves + leaf.len() as u64;
    for (at, n) in [(16, root.len() as u64), (40, leaves), (48, leaf.len() as u64), (56, data)] {
        header[at..at + 8].copy_from_slice(&u64::to_le_bytes(n));
    }
    std::fs::write(&file, [header, root, leaf, bytes[tiles_at..].to_vec()].concat()).expect("written");
    let project = project(&folder, "path = \"t.pmtiles\"");
    for zoom in [9, 12] {
        let (bounds, at) = view(zoom);
        check(&drawn(&folder, &project, bounds), zoom, at, None);
    }
}

/// A picture of 400 × 300 pixels, each its own colour.
pub(crate) fn graded(folder: &Folder, name: &str) {
    let image =
        RgbImage::from_fn(400, 300, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, (x / 256 * 100) as u8]));
    folder.write(name, png(&image));
}

/// A world file for it beside it: upper left corner, width and height of a pixel.
pub(crate) fn placed(folder: &Folder, name: &str, [west, north]: [f64; 2], [x, y]: [f64; 2]) {
    folder.write(name, format!("{x}\n0\n0\n-{y}\n{}\n{}\n", west + x / 2.0, north - y / 2.0));
}

/// Draws a project around a place, and looks for every pixel's colour where `own` says that this place has its column and row.
pub(crate) fn lies(folder: &Folder, project: &str, [lon, lat]: [f64; 2], own: impl Fn(LonLat) -> [f64; 2]) {
    let drawn = drawn(folder, project, [lon - 0.006, lat - 0.0025, lon + 0.006, lat + 0.0025]);
    let world = WorldPos::from_lonlat(LonLat::new(lon, lat));
    let (a, b) =
        (WorldPos::from_lonlat(LonLat::new(lon - 0.006, lat)), WorldPos::from_lonlat(LonLat::new(lon + 0.006, lat)));
    let px_per_world = 300.0 / (b.x - a.x);
    let mut looked = 0;
    for (px, py) in (20..180).step_by(7).flat_map(|y| (20..280).step_by(7).map(move |x| (x, y))) {
        let place = WorldPos {
            x: world.x + (f64::from(px) + 0.5 - 150.0) / px_per_world,
            y: world.y + (f64::from(py) + 0.5 - 100.0) / px_per_world,
        };
        let [column, row] = own(place.to_lonlat());
        if !(2.0..398.0).contains(&column)
            || !(2.0..298.0).contains(&row)
            || (column % 256.0) < 2.0
            || (row % 256.0) < 2.0
        {
            continue;
        }
        let [r, g, _] = drawn.get_pixel(px, py).0;
        // Between pixels colours are between theirs: half a pixel is half a step.
        assert!((f64::from(r) + 0.5 - column % 256.0).abs() < 1.1, "{px} {py}: {r} {column}");
        assert!((f64::from(g) + 0.5 - row % 256.0).abs() < 1.1, "{px} {py}: {g} {row}");
        looked += 1;
    }
    assert!(looked > 300, "{looked}");
}

#[test]
fn a_picture_lies_where_its_world_file_and_its_system_say() {
    let folder = Folder::new();
    graded(&folder, "ortho.png");
    // Pixels of 5 m in CGCS2000 / 3-degree zone 39 (EPSG:4527).
    let (west, north, side) = (39_434_000.0, 4_435_000.0, 5.0);
    placed(&folder, "ortho.pgw", [west, north], [side; 2]);
    let project = project(&folder, "path = \"ortho.png\"\ncrs = \"EPSG:4527\"");
    let system = qiancun::geo::System::of_epsg(4527).expect("a definition");
    let mut middle = [[west + 200.0 * side, north - 150.0 * side]];
    system.to_degrees(&mut middle);
    lies(&folder, &project, middle[0], |at| {
        let mut own = [[at.lon_deg, at.lat_deg]];
        system.of_degrees(&mut own);
        [(own[0][0] - west) / side, (north - own[0][1]) / side]
    });
    std::fs::remove_file(folder.path("ortho.pgw")).expect("removed");
    let out = qiancun(&["render", &project, "-o", &folder.text("page.png")]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("world file"), "{}", String::from_utf8_lossy(&out.stderr));
}

/// A server on this machine; `answer` makes an HTTP answer of a path. With how often it was asked.
fn serve(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, answer) = (asked.clone(), Arc::new(answer));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let (count, answer) = (count.clone(), answer.clone());
            std::thread::spawn(move || {
                let mut head = [0; 4096];
                let n = stream.read(&mut head).unwrap_or(0);
                let text = String::from_utf8_lossy(&head[..n]).into_owned();
                count.fetch_add(1, Ordering::SeqCst);
                let path = text.split_whitespace().nth(1).unwrap_or("/").to_owned();
                stream.write_all(&answer(&path)).ok();
            });
        }
    });
    (address, asked)
}

fn http(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The three numbers of a path `/k/z/x/y.png`.
fn numbers(path: &str) -> (u32, u32, u32) {
    let parts: Vec<u32> = path.split('/').filter_map(|p| p.trim_end_matches(".png").parse().ok()).collect();
    (parts[0], parts[1], parts[2])
}

/// Runs the map command with tiles kept in a folder of the test's own.
fn map_of(folder: &Folder, project: &str, bounds: [f64; 4]) -> std::process::Output {
    let text = bounds.map(|v| v.to_string()).join(",");
    std::process::Command::new(env!("CARGO_BIN_EXE_qiancun"))
        .args(["map", project, "--bounds", &text, "--size", "300x200", "-o", &folder.text("map.png"), "--json"])
        .env("QIANCUN_CONFIG_DIR", folder.path("config"))
        .env("QIANCUN_CACHE_DIR", folder.path("cache"))
        .env("QIANCUN_LANG", "en")
        .output()
        .expect("the program starts")
}

#[test]
fn tiles_of_a_server_are_drawn_and_kept() {
    let folder = Folder::new();
    let (address, asked) = serve(|path| {
        let (z, x, y) = numbers(path);
        http("200 OK", "image/png", &tile(z, x, y))
    });
    let project =
        project(&folder, &format!("url = \"http://{address}/{{z}}/{{x}}/{{y}}.png\"\nattribution = \"Made here\""));
    let (bounds, at) = view(12);
    for _ in 0..2 {
        let out = map_of(&folder, &project, bounds);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        check(&image::open(folder.path("map.png")).expect("a picture").into_rgb8(), 12, &at, None);
    }
    let first = asked.load(Ordering::SeqCst);
    assert!(first > 0 && first < 40, "{first}");
    // A tile that was on its way when the program ended is asked for once more: after some runs nothing is.
    let rests = (0..6).any(|_| {
        let before = asked.load(Ordering::SeqCst);
        map_of(&folder, &project, bounds).status.success() && asked.load(Ordering::SeqCst) == before
    });
    assert!(rests, "what was kept is not asked for again");
    // A project that is saved keeps the address and gets no path.
    let text = std::fs::read_to_string(&project).expect("the project");
    assert!(!text.contains("path = \"\""), "{text}");
}

#[test]
fn tiles_cut_in_degrees_lie_where_they_belong() {
    let folder = Folder::new();
    let (address, _) = serve(|path| {
        let (z, x, y) = numbers(path);
        http("200 OK", "image/png", &tile(z, x, y))
    });
    let ground = format!("url = \"http://{address}/{{z}}/{{x}}/{{y}}.png\"\ngrid = \"degrees\"\nleast = 1");
    let project = project(&folder, &ground);
    for zoom in [7, 10, 13] {
        let (bounds, at) = view(zoom);
        assert!(map_of(&folder, &project, bounds).status.success());
        let image = image::open(folder.path("map.png")).expect("a picture").into_rgb8();
        let mut looked = 0;
        for (px, py) in (0..200).step_by(5).flat_map(|y| (0..300).step_by(5).map(move |x| (x, y))) {
            let place = at(px, py).to_lonlat();
            let n = f64::from(1 << zoom);
            let tile = [(place.lon_deg + 180.0) / 360.0 * n, (90.0 - place.lat_deg) / 180.0 * n / 2.0];
            if tile.iter().all(|v| (0.01..=0.99).contains(&v.fract())) {
                looked += 1;
                assert_eq!(
                    image.get_pixel(px, py).0,
                    colour(zoom, tile[0] as u32, tile[1] as u32),
                    "{zoom}: {px} {py}"
                );
            }
        }
        assert!(looked > 1500, "{looked}");
    }
}

#[test]
fn an_area_that_was_kept_is_the_server_s() {
    use qiancun::ground::{Ground, GroundError, GroundSpec};
    let folder = Folder::new();
    let (address, asked) = serve(|path| {
        let (z, x, y) = numbers(path);
        http("200 OK", "image/png", &tile(z, x, y))
    });
    let url = format!("http://{address}/{{z}}/{{x}}/{{y}}.png");
    let spec = GroundSpec { url, is_online: true, ..GroundSpec::default() };
    let ground = Ground::open(spec).expect("an address");
    let bounds = qiancun::geo::BoundsDeg::new(AREA);
    let path = folder.path("kept.mbtiles");
    let kept = ground.keep(bounds, 12, (&path, "kept", "© Made here"), &Default::default()).expect("kept");
    assert_eq!((kept.tiles, kept.none, kept.failed), (ground.tiles_in(bounds, 12), 0, 0));
    assert_eq!(asked.load(Ordering::SeqCst) as u64, kept.tiles);
    let project = project(&folder, "path = \"kept.mbtiles\"");
    let (bounds, at) = view(12);
    check(&drawn(&folder, &project, bounds), 12, at, None);
    let too_much = ground.keep(
        qiancun::geo::BoundsDeg::new([-170.0, -80.0, 170.0, 80.0]),
        18,
        (&path, "", ""),
        &Default::default(),
    );
    assert!(matches!(too_much, Err(GroundError::TooLarge(_))), "{too_much:?}");
    let stopped = qiancun::read::Progress::new();
    stopped.cancel();
    let stopped = ground.keep(qiancun::geo::BoundsDeg::new(AREA), 12, (&folder.path("no.mbtiles"), "", ""), &stopped);
    assert!(matches!(stopped, Err(GroundError::Cancelled)), "{stopped:?}");
    // A server that cannot be reached leaves no empty file in its place, and says of no tile that there is none.
    let (down, _) = serve(|_| http("500 Oops", "text/plain", b"no"));
    let url = format!("http://{down}/{{z}}/{{x}}/{{y}}.png");
    let ground = Ground::open(GroundSpec { url, is_online: true, ..GroundSpec::default() }).expect("an address");
    let none =
        ground.keep(qiancun::geo::BoundsDeg::new(AREA), 9, (&folder.path("no.mbtiles"), "", ""), &Default::default());
    assert!(matches!(none, Err(GroundError::NoTiles)), "{none:?}");
    assert!(!folder.path("no.mbtiles").exists());
}

#[test]
fn servers_that_misbehave_are_contained() {
    let elsewhere = serve(|_| http("200 OK", "image/png", &tile(1, 0, 0)));
    let to = format!("http://{}/x", elsewhere.0);
    let answers: [(&str, Vec<u8>); 7] = [
        ("answers 500", http("500 Oops", "text/plain", b"no")),
        ("no picture", http("200 OK", "text/html", b"<html>please log in</html>")),
        (
            "sends elsewhere",
            format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .into_bytes(),
        ),
        (
            "sends elsewhere",
            b"HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                .to_vec(),
        ),
        ("refuses", http("403 Forbidden", "text/plain", b"")),
        ("no proper answer", b"hello".to_vec()),
        ("", http("404 Not Found", "text/plain", b"")),
    ];
    for (what, answer) in answers {
        let folder = Folder::new();
        let (address, _) = serve(move |_| answer.clone());
        let ground = format!("url = \"http://{address}/{{z}}/{{x}}/{{y}}.png?tk=SECRET\"");
        let out = map_of(&folder, &project(&folder, &ground), view(12).0);
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{what}: {told}");
        assert!(told.contains(what), "{what}: {told}");
        assert!(!told.contains("SECRET"), "{told}");
    }
    assert_eq!(elsewhere.1.load(Ordering::SeqCst), 0, "nothing is asked of a server that was not given");
}

#[test]
fn what_is_no_ground_says_why() {
    let folder = Folder::new();
    mbtiles(&folder.path("whole.mbtiles"), "");
    let whole = std::fs::read(folder.path("whole.mbtiles")).expect("read");
    folder.write("cut.mbtiles", &whole[..whole.len() / 3]);
    folder.write("cut.pmtiles", b"PMTiles\x03too short");
    folder.write("lie.tif", [b"II*\0\x08\0\0\0".as_slice(), &[0xff; 400]].concat());
    folder.write("plain.png", png(&RgbImage::new(2, 2)));
    for (file, word) in [
        ("cut.mbtiles", "damaged"),
        ("cut.pmtiles", "damaged"),
        ("lie.tif", "damaged"),
        ("plain.png", "world file"),
        ("gone.tif", "cannot be read"),
    ] {
        let project = project(&folder, &format!("path = \"{file}\""));
        let out = qiancun(&["render", &project, "-o", &folder.text("page.png")]);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(told.contains(word), "{file}: {told}");
    }
}

#[test]
fn pages_show_the_ground_and_name_its_makers() {
    let folder = Folder::new();
    mbtiles(&folder.path("t.mbtiles"), "© The makers");
    let square = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"东沟村"},"geometry":{"type":"Polygon","coordinates":[[[116.2,40.0],[116.26,40.0],[116.26,40.1],[116.2,40.1],[116.2,40.0]]]}}]}"#;
    folder.write("v.geojson", square);
    folder.write("p.qiancun", "version = 1\n[[layer]]\npath = \"v.geojson\"\nkind = \"villages\"\nopacity = 0.5\n[[layer]]\nkind = \"ground\"\npath = \"t.mbtiles\"\n");
    let page = |name: &str| {
        let out = qiancun(&["render", &folder.text("p.qiancun"), "-o", &folder.text(name)]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        std::fs::read(folder.path(name)).expect("a page")
    };
    let svg = String::from_utf8(page("page.svg")).expect("text");
    assert!(svg.contains("data:image/png;base64,") && svg.contains("© The makers"), "no ground");
    assert_eq!(page("a.pdf"), page("b.pdf"), "the same page is the same file");
    let png = image::load_from_memory(&page("page.png")).expect("a picture").into_rgb8();
    let zooms: Vec<u8> = ZOOMS.map(|z| (z * 10) as u8).collect();
    let of_ground = png.pixels().filter(|p| zooms.contains(&p.0[2]) && p.0[0] != p.0[2]).count();
    assert!(of_ground > 10_000, "{of_ground}");
}
