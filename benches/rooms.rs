//! Reading, picking, classifying, meshing and searching, on a file named by `QIANCUN_BENCH_FILE` or the demonstration.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::path::PathBuf;

use divan::Bencher;
use qiancun::geo::LonLat;
use qiancun::index::{NameIndex, SpatialIndex};
use qiancun::model::Dataset;
use qiancun::read::{Progress, read_file};
use qiancun::render::{Chunks, Level, Mesh};
use qiancun::theme::{Method, classify};

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

#[divan::bench]
fn pick(bencher: Bencher) {
    let d = dataset();
    let index = SpatialIndex::new(&d.geometry);
    let [w, s, e, n] = d.geometry.bounds().expect("bounds");
    let mut i = 0u32;
    bencher.bench_local(|| {
        i = i.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (u, v) = (f64::from(i >> 16) / 65536.0, f64::from(i & 0xffff) / 65536.0);
        black_box(index.at_point(&d.geometry, LonLat::new(w + (e - w) * u, s + (n - s) * v)))
    });
}

#[divan::bench(args = [9.0, 13.0, 22.0])]
fn triangulate(bencher: Bencher, zoom: f64) {
    let chunks = Chunks::new(dataset().geometry.clone());
    let level = Level::for_zoom(zoom);
    bencher.bench(|| {
        for chunk in &chunks.list {
            black_box(Mesh::build(&chunks, chunk, level, &[], false));
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
