//! Damaged files of every format: no panic, no hang, no memory beyond a stated multiple; what is whole stays. `QIANCUN_FUZZ_SECS` makes
//! each run as long as it says.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use qiancun::output::{LayerOptions, save_layer};
use qiancun::read::{How, Progress, previews, read_bytes, read_file, read_file_as};

use crate::program::Folder;

const SMALL: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"村名":"东沟村","n":1.5,"on":true,"day":"2023-11-05"},"geometry":{"type":"Polygon","coordinates":[[[116,40],[116.1,40],[116.1,40.1],[116,40]],[[116.05,40.01],[116.06,40.01],[116.06,40.02],[116.05,40.01]]]}},
    {"type":"Feature","properties":{"村名":"西沟村","n":2},"geometry":{"type":"MultiPolygon","coordinates":[[[[117,40],[117.1,40],[117.1,40.1],[117,40]]],[[[118,40],[118.1,40],[118.1,40.1],[118,40]]]]}},
    {"type":"Feature","properties":{"村名":"后沟"},"geometry":null}]}"#;

const GML: &str = "<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs\" xmlns:gml=\"http://www.opengis.net/gml\"><gml:featureMember><v><name>东沟</name><g>\
    <gml:Polygon srsName=\"urn:ogc:def:crs:EPSG::4326\"><gml:exterior><gml:LinearRing><gml:posList>40 116 40 117 41 117 40 116</gml:posList></gml:LinearRing></gml:exterior>\
    </gml:Polygon></g></v></gml:featureMember></wfs:FeatureCollection>";

const OSM: &str = r#"{"version":0.6,"elements":[{"type":"node","id":1,"lat":40,"lon":116,"tags":{"amenity":"toilets"}},{"type":"way","id":2,"nodes":[1],"tags":{"a":"b"}},
    {"type":"relation","id":5,"tags":{"type":"boundary"},"members":[{"type":"way","ref":2,"role":"outer"}]}]}"#;

/// A small random number generator (SplitMix64, Steele and others 2014): the same files on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// A file with a few things done to it.
fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(out.len());
        match random.below(6) {
            0 => out.truncate(at),
            1 => out.iter_mut().skip(at).take(1 + random.below(8)).for_each(|b| *b = b.wrapping_add(1)),
            2 => {
                let value = [0, 0xFF, 0x7F, 0x80, b'<', b'"'][random.below(6)];
                out.iter_mut().skip(at).take(1 + random.below(4)).for_each(|b| *b = value);
            }
            3 => {
                let piece: Vec<u8> = out.iter().skip(at).take(random.below(64)).copied().collect();
                let to = random.below(out.len());
                out.splice(to..to, piece);
            }
            4 => drop(out.drain(at..(at + random.below(16)).min(out.len()))),
            _ => {
                if let Some(b) = out.get_mut(at) {
                    *b ^= 1 << random.below(8);
                }
            }
        }
        if out.is_empty() {
            break;
        }
    }
    out
}

/// Reads damaged versions of a file for a while, or a fixed number of them.
fn attack(name: &str, bytes: &[u8], beside: &[(&str, Vec<u8>)]) {
    let folder = Folder::new();
    for (ending, bytes) in beside {
        let path = folder.path(name).with_extension(ending);
        std::fs::write(path, bytes).expect("written");
    }
    let secs = std::env::var("QIANCUN_FUZZ_SECS").ok().and_then(|s| s.parse().ok()).map(Duration::from_secs);
    let (began, mut random, mut count) = (Instant::now(), Random(name.len() as u64), 0_u32);
    while secs.map_or(count < 150, |secs| began.elapsed() < secs) {
        folder.write(name, damaged(bytes, &mut random));
        let one = Instant::now();
        if let Ok(d) = read_file(&folder.path(name), &Progress::new()) {
            assert!(d.geometry.coords.len() <= 100_000 && d.len() <= 100_000, "{name}: it grew");
            assert!(d.geometry.coords.iter().flatten().all(|v| v.is_finite()), "{name}");
        }
        assert!(one.elapsed() < Duration::from_secs(20), "{name}: file {count} takes without an end");
        count += 1;
    }
    if secs.is_some() {
        writeln!(std::io::stderr(), "{name}: {count} damaged files").ok();
    }
}

fn written(ending: &str) -> (String, Vec<u8>, Folder) {
    let folder = Folder::new();
    let dataset = read_bytes("v.geojson".as_ref(), SMALL.as_bytes(), &Progress::new()).expect("read");
    let name = format!("v.{ending}");
    save_layer(&dataset, &folder.path(&name), &LayerOptions::default()).expect("written");
    let bytes = std::fs::read(folder.path(&name)).expect("read");
    (name, bytes, folder)
}

#[test]
fn damaged_files_of_every_format_end() {
    for ending in ["geojson", "gpkg", "fgb", "kml", "csv", "xlsx"] {
        let (name, bytes, _) = written(ending);
        attack(&name, &bytes, &[]);
    }
    attack("v.gml", GML.as_bytes(), &[]);
    attack("v.json", OSM.as_bytes(), &[]);
    let gpx = "<gpx><wpt lat=\"40.05\" lon=\"116.1\"><name>a</name></wpt><trk><trkseg><trkpt lat=\"40\" lon=\"116\"/><trkpt lat=\"41\" lon=\"117\"/></trkseg></trk></gpx>";
    attack("v.gpx", gpx.as_bytes(), &[]);
    attack("v.js", format!("var json_v = {SMALL};").as_bytes(), &[]);
}

#[test]
fn damaged_shapefiles_end_whichever_part_is_damaged() {
    let (name, shp, folder) = written("shp");
    let part = |ending: &str| std::fs::read(folder.path(&name).with_extension(ending)).expect("read");
    let (shx, dbf, prj) = (part("shx"), part("dbf"), part("prj"));
    attack("v.shp", &shp, &[("shx", shx.clone()), ("dbf", dbf.clone()), ("prj", prj.clone())]);
    attack("t.dbf", &dbf, &[("shp", shp.clone()), ("shx", shx.clone())]);
    attack("only.dbf", &dbf, &[]);
    // The text of the coordinate system, damaged.
    let mut random = Random(7);
    for _ in 0..200 {
        folder.write("v.prj", damaged(&prj, &mut random));
        read_file(&folder.path("v.shp"), &Progress::new()).expect("the shapes are whole");
    }
    // In an archive, which is damaged itself.
    let mut zip = zip_of(&[("界/v.shp", &shp), ("界/v.shx", &shx), ("界/v.dbf", &dbf), ("界/v.prj", &prj)]);
    attack("v.zip", &zip, &[]);
    let (_, kml, _) = written("kml");
    zip = zip_of(&[("doc.kml", &kml)]);
    attack("v.kmz", &zip, &[]);
    folder.write("v.zip", &zip);
    previews(&folder.path("v.zip"), &How::default());
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    // Stored, not compressed: a local head before each file, the list of all behind them.
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let at = out.len() as u32;
        let crc = crc32fast::hash(bytes);
        let mut common = Vec::new();
        common.extend([20, 0, 0, 8, 0, 0, 0, 0, 0, 0]);
        common.extend(crc.to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(*bytes);
        list.extend(b"PK\x01\x02\x14\x00");
        list.extend(&common);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let (at, count) = (out.len() as u32, files.len() as u16);
    out.extend(&list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((list.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn what_would_grow_without_an_end_is_refused() {
    let folder = Folder::new();
    let read = |name: &str| read_file(&folder.path(name), &Progress::new());
    // Entities that would expand to gigabytes.
    let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY a \"aaaaaaaaaa\">");
    for (i, c) in ('b'..='k').enumerate() {
        let before = char::from(b'a' + i as u8);
        bomb += &format!("<!ENTITY {c} \"{}\">", format!("&{before};").repeat(10));
    }
    bomb += "]><kml><Placemark><name>&k;</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>";
    folder.write("bomb.kml", bomb);
    let d = read("bomb.kml").expect("read");
    assert_eq!(d.file_name(qiancun::model::FeatureId::new(0)), "&k;");
    // Elements a hundred thousand deep.
    folder.write("deep.kml", format!("<kml>{}", "<Folder>".repeat(100_000)));
    assert!(read("deep.kml").is_err());
    // Head counts that the file cannot hold.
    let (_, shp, _) = written("shp");
    let mut lies = shp.clone();
    lies[100 + 8 + 36..100 + 8 + 44].copy_from_slice(&[0xFF; 8]);
    folder.write("lies.shp", lies);
    let d = read("lies.shp").expect("the others are whole");
    assert!(d.report.problems.iter().any(|p| p.code == "damaged-feature") && d.len() == 3);
    // A film costs the look at its beginning.
    let film = folder.path("film.mp4");
    let file = std::fs::File::create(&film).expect("made");
    (&file).write_all(b"\0\0\0\x18ftypmp42").expect("written");
    file.set_len(30 << 30).expect("a sparse file");
    let one = Instant::now();
    assert_eq!(read_file(&film, &Progress::new()).map(|_| ()).expect_err("no map").code(), "unsupported-format");
    assert!(one.elapsed() < Duration::from_secs(5));
    // Triggers of a foreign database never run, and nothing is written into it.
    let (_, gpkg, _) = written("gpkg");
    folder.write("foreign.gpkg", &gpkg);
    let conn = rusqlite::Connection::open(folder.path("foreign.gpkg")).expect("opened");
    conn.execute_batch("CREATE TABLE told (n); CREATE VIEW seen AS SELECT * FROM villages;").ok();
    drop(conn);
    let before = std::fs::read(folder.path("foreign.gpkg")).expect("read");
    read("foreign.gpkg").expect("read");
    assert_eq!(std::fs::read(folder.path("foreign.gpkg")).expect("read"), before);
    let how = How { layer: Some("v\"; DROP TABLE v; --".into()), ..How::default() };
    assert!(read_file_as(Path::new(&folder.path("foreign.gpkg")), &how, &Progress::new()).is_err());
}
