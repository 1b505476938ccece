//! Reading, picking, classifying, meshing and searching, on a file named by `QIANCUN_BENCH_FILE` or the demonstration.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use divan::Bencher;
use qiancun::app::{Headless, Options};
use qiancun::colouring::{Method, classify};
use qiancun::district::{By, District, MapSpec, choropleth, coverage, rollups};
use qiancun::geo::{LonLat, System};
use qiancun::index::{NameIndex, SpatialIndex};
use qiancun::map::Labels;
use qiancun::model::Dataset;
use qiancun::output::{LayerOptions, save_layer};
use qiancun::read::{Progress, read_bytes, read_file};
use qiancun::render::{Chunks, Level, LevelShape, Mesh};
use qiancun::rules::{Rules, find_gaps};
use qiancun::session::{CameraCommand, FileCommand, Loaded};

fn main() {
    divan::main();
}

fn file() -> PathBuf {
    std::env::var_os("QIANCUN_BENCH_FILE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo/villages.geojson"),
        PathBuf::from,
    )
}

fn dataset() -> Dataset {
    read_file(&file(), &Progress::new()).expect("the file can be read")
}

#[divan::bench]
fn read(bencher: Bencher) {
    let bytes = std::fs::metadata(file()).expect("the file is there").len();
    bencher.counter(divan::counter::BytesCount::new(bytes)).bench(|| black_box(dataset()));
}

/// The same data in every format that is written here, read again.
#[divan::bench(args = ["geojson", "fgb", "shp", "gpkg", "kml", "csv"], sample_count = 10)]
fn read_format(bencher: Bencher, ending: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("v.{ending}"));
    save_layer(&dataset(), &path, &LayerOptions::default()).expect("written");
    bencher.bench(|| black_box(read_file(&path, &Progress::new()).expect("read").len()));
}

/// Positions of a zone of CGCS2000 (EPSG:4527) to degrees and back, two million of them.
#[divan::bench(sample_count = 10)]
fn reproject_2_000_000(bencher: Bencher) {
    let zone = System::of_epsg(4527).expect("a definition");
    let at = |i: u32| [39_400_000.0 + f64::from(i % 1000) * 50.0, 4_400_000.0 + f64::from(i / 1000) * 20.0];
    bencher.with_inputs(|| (0..2_000_000).map(at).collect::<Vec<[f64; 2]>>()).bench_refs(|all| zone.to_degrees(all));
}

#[divan::bench]
fn pick(bencher: Bencher) {
    let d = dataset();
    let index = SpatialIndex::new(&d.geometry);
    let [w, s, e, n] = d.geometry.bounds().expect("bounds").sides();
    let mut i = 0u32;
    bencher.bench_local(|| {
        i = i.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (u, v) = (f64::from(i >> 16) / 65536.0, f64::from(i & 0xffff) / 65536.0);
        black_box(index.at_point(&d.geometry, LonLat::new(w + (e - w) * u, s + (n - s) * v)))
    });
}

/// Shared borders, and how much each of their positions matters.
#[divan::bench(sample_count = 10)]
fn topology(bencher: Bencher) {
    let geometry = dataset().geometry;
    bencher.with_inputs(|| Chunks::new(geometry.clone())).bench_refs(|chunks| {
        chunks.find_topology();
    });
}

#[divan::bench(args = [7.0, 9.0, 13.0, 22.0], sample_count = 10)]
fn simplify(bencher: Bencher, zoom: f64) {
    let chunks = Chunks::new(dataset().geometry.clone());
    chunks.find_topology();
    let level = Level::for_zoom(zoom);
    bencher.bench(|| {
        for chunk in &chunks.list {
            black_box(LevelShape::new(&chunks, chunk, level, &[]));
        }
    });
}

/// Names of a frame after a small pan, so many zooms above the whole: what a person who moves the map waits for.
#[divan::bench(args = [0.0, 2.0, 4.0, 5.0], sample_count = 200)]
fn labels_after_a_pan(bencher: Bencher, closer: f64) {
    let options = Options { empty: true, lang: Some(qiancun::lang::Lang::Zh), ..Options::default() };
    let mut head = Headless::new(options, [1920, 1080], 1.0, false).expect("a device");
    head.app.send(FileCommand::Open(vec![file()]));
    head.settle(60.0);
    head.app.send(CameraCommand::Zoom(closer, [0.0, 0.0]));
    head.settle(60.0);
    let mut labels = Labels::default();
    let ctx = head.ctx().clone();
    bencher.bench_local(move || {
        head.app.apply_now(CameraCommand::Pan([7.0, 3.0]));
        let session = &head.app.session;
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let rect = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1920.0, 1080.0));
            labels.show(ui.painter(), rect, session, true);
        });
        output.textures_delta.clear();
    });
}

#[divan::bench(args = [9.0, 13.0, 22.0])]
fn triangulate(bencher: Bencher, zoom: f64) {
    let chunks = Chunks::new(dataset().geometry.clone());
    let level = Level::for_zoom(zoom);
    bencher.bench(|| {
        for chunk in &chunks.list {
            black_box(Mesh::build(&chunks, chunk, level, &[]));
        }
    });
}

#[divan::bench(args = [1_000, 50_000])]
fn fisher_jenks(bencher: Bencher, n: u32) {
    let values: Vec<f64> = (0..n).map(|i| f64::from(i.wrapping_mul(2_654_435_761)) / 1e4).collect();
    bencher.bench(|| black_box(classify(&values, Method::FisherJenks, 5, &[])));
}

#[divan::bench(args = ["c", "cey", "zhen c", "车耳"])]
fn search_100_000_names(bencher: Bencher, query: &str) {
    let syllables = ["车", "耳", "营", "东", "埠", "头", "上", "庄", "白", "家", "疃", "镇", "重", "西", "马", "坊"];
    let name = |i: usize| format!("{}{}{}", syllables[i % 16], syllables[i / 16 % 16], syllables[i / 256 % 16]);
    let index = NameIndex::new((0..100_000).map(|i| (name(i), "上庄镇".to_owned(), format!("{i:012}"))));
    bencher.bench(|| black_box(index.search(query, 12)));
}

/// A district of squares in rows: so many villages, tables over six years, and clinics on a loose grid.
fn district(villages: u32, clinics: u32) -> District {
    district_with(villages, clinics, &["clinic"])
}

/// The same with facilities of several kinds, in turns.
fn district_with(villages: u32, clinics: u32, kinds: &[&str]) -> District {
    let side = f64::from(villages).sqrt().ceil() as u32;
    let size = 0.01;
    let feature = |i: u32| {
        let (x, y) = (100.0 + f64::from(i % side) * size, 25.0 + f64::from(i / side) * size);
        let (e, n) = (x + size, y + size);
        format!(
            r#"{{"type":"Feature","properties":{{"code":"V{i}","name":"村{i}","town":"镇{}","population":{}}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{e},{y}],[{e},{n}],[{x},{n}],[{x},{y}]]]}}}}"#,
            i / 40,
            100 + i % 900
        )
    };
    let clinic = |i: u32| {
        let at = u64::from(i) * u64::from(villages) / u64::from(clinics.max(1));
        let (x, y) = (at % u64::from(side), at / u64::from(side));
        let (x, y) = (100.003 + x as f64 * size, 25.004 + y as f64 * size);
        format!(
            r#"{{"type":"Feature","properties":{{"id":"C{i}","kind":"{}","status":"in_use"}},"geometry":{{"type":"Point","coordinates":[{x},{y}]}}}}"#,
            kinds[i as usize % kinds.len()]
        )
    };
    let read = |name: &str, features: Vec<String>| {
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        Arc::new(read_bytes(name.as_ref(), text.as_bytes(), &Progress::new()).expect("read"))
    };
    let layers = [
        read("villages.geojson", (0..villages).map(feature).collect()),
        read("clinics.geojson", (0..clinics).map(clinic).collect()),
    ];
    let mut table = String::from("code,year,households,sewage_treatment_pct,roads_km\n");
    for i in 0..villages {
        for year in 2018..=2023 {
            let value = (i.wrapping_mul(2_654_435_761).wrapping_add(year * 7) >> 8) % 1000;
            table += &format!(
                "V{i},{year},{},{:.1},{:.1}\n",
                50 + i % 300,
                f64::from(value) / 10.0,
                f64::from(value) / 90.0
            );
        }
    }
    let path = std::env::temp_dir().join(format!("qiancun-bench-{villages}.csv"));
    std::fs::write(&path, table).expect("the table can be written");
    let district = District::new(&layers, std::slice::from_ref(&path), &[], &[]).expect("villages");
    std::fs::remove_file(&path).ok();
    district
}

/// A table of a million rows, by codes and by names in their official forms, read and joined onto 41,104 villages.
#[divan::bench(args = ["code", "name"], sample_count = 3, sample_size = 1)]
fn a_million_rows_onto_41_104_villages(bencher: Bencher, key: &str) {
    const VILLAGES: usize = 41_104;
    let feature = |i: usize| {
        let (x, y) = (100.0 + 0.01 * (i % 250) as f64, 20.0 + 0.01 * (i / 250) as f64);
        let ring = format!("[[{x},{y}],[{0},{y}],[{0},{1}],[{x},{1}],[{x},{y}]]", x + 0.009, y + 0.009);
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{}","name":"第{i}村","town":"{}镇"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#,
            110_000_000_000_usize + i,
            i / 20
        )
    };
    let features: Vec<String> = (0..VILLAGES).map(feature).collect();
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let villages = Arc::new(read_bytes("v.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read"));
    let mut table = String::from(if key == "code" { "code," } else { "村名,乡镇," });
    table += "year,sewage_treatment_pct,public_toilets,households\n";
    for row in 0..1_000_000_usize {
        let (village, year) = (row % VILLAGES, 2000 + row / VILLAGES);
        let own = match key {
            "code" => (110_000_000_000 + village).to_string(),
            _ => format!("第{village}村村民委员会,{}镇", village / 20),
        };
        table += &format!("{own},{year},{}.5,{},{}\n", 50 + row % 50, row % 9, 50 + row % 800);
    }
    let path = std::env::temp_dir().join(format!("qiancun-bench-million-{key}.csv"));
    std::fs::write(&path, table).expect("the table can be written");
    bencher.bench_local(|| {
        black_box(
            District::new(std::slice::from_ref(&villages), std::slice::from_ref(&path), &[], &[]).expect("villages"),
        );
    });
    std::fs::remove_file(&path).ok();
}

/// Classes and colours of a theme's map after another theme, indicator or year was chosen; roads have no given bounds.
#[divan::bench(args = ["sewage_treatment_pct", "roads_km"])]
fn change_theme_of_50_000_villages(bencher: Bencher, id: &str) {
    let district = district(50_000, 0);
    let indicator = district.indicators.position(id).expect("known");
    let loaded = Loaded::new((*district.villages).clone());
    bencher.bench(|| {
        let map = MapSpec { indicator, year: Some(2021), since: None, free_classes: false };
        let colouring = choropleth(&district, &map, None, &|_| true);
        black_box(loaded.style(colouring.as_ref(), [0; 3], &|_| true, [0; 3]));
    });
}

#[divan::bench(sample_count = 10)]
fn coverage_of_20_000_villages_by_5_000_clinics(bencher: Bencher) {
    let district = district(20_000, 5_000);
    bencher.bench(|| black_box(coverage(&district, 2000.0, None, || true)));
}

#[divan::bench(sample_count = 10)]
fn summary_of_50_000_villages_by_town(bencher: Bencher) {
    let district = district(50_000, 0);
    bencher.bench(|| black_box(rollups(&district, By::Town, Some(2021))));
}

/// All rules, over facilities of four kinds.
#[divan::bench(sample_count = 10)]
fn gaps_of_20_000_villages_with_50_000_facilities(bencher: Bencher) {
    let district = district_with(20_000, 50_000, &["public_toilet", "clinic", "waste_point", "sewage_station"]);
    let rules = Rules::with(&[]);
    bencher.bench(|| black_box(find_gaps(&district, Some(2023), &rules)));
}

/// A log of 100,000 visits on the disk, as a team of ten would record in some years.
fn large_log() -> (tempfile::TempDir, PathBuf) {
    use qiancun::survey::{NewVisit, Outcome, SurveyLog};
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("large.survey.gpkg");
    let mut log = SurveyLog::open(&file).expect("made").log;
    let visit = |i: usize| NewVisit {
        result: Some(Outcome::ALL[i % 4]),
        note: format!("村口公厕已看，第 {i} 次"),
        by: format!("调查员 {}", i % 10),
        place: Some(LonLat::new(116.0 + (i % 1000) as f64 / 2000.0, 39.9 + (i / 1000) as f64 / 500.0)),
        ..NewVisit::of_key(&format!("T1/DEMO{:08}//", i % 20_000))
    };
    log.record((0..100_000).map(visit).collect()).expect("recorded");
    (folder, file)
}

#[divan::bench(sample_count = 5)]
fn survey_log_of_100_000_opens(bencher: Bencher) {
    let (_folder, file) = large_log();
    bencher
        .bench_local(|| qiancun::survey::SurveyLog::open(black_box(&file)).expect("opens").log.survey().events.len());
}

#[divan::bench(sample_count = 20)]
fn survey_visit_into_100_000(bencher: Bencher) {
    use qiancun::survey::{NewVisit, Outcome, SurveyLog};
    let (_folder, file) = large_log();
    let mut log = SurveyLog::open(&file).expect("opens").log;
    bencher.bench_local(|| {
        let visit = NewVisit { result: Some(Outcome::Closed), ..NewVisit::of_key("T1/DEMO00000007//") };
        log.record(vec![visit]).expect("recorded");
        log.survey().status("T1/DEMO00000007//")
    });
}
