//! Levels of detail: what neighbours share stays shared, what is drawn covers what is there.

use std::collections::{HashMap, HashSet};

use geo::{Area, BooleanOps, unary_union};
use geo_types::{Coord, LineString, Polygon};
use proptest::prelude::*;
use qiancun::cli::demo::Country;
use qiancun::geo::GridPos;
use qiancun::model::{FeatureId, PartKind};
use qiancun::read::{Progress, read_bytes, read_file};
use qiancun::render::{Chunks, Level, LevelShape, Mesh};

use crate::shared;

fn country(villages: usize, vertices: u32) -> Chunks {
    let mut text = Vec::new();
    Country::new(villages, vertices).write(&mut text).expect("memory");
    let dataset = read_bytes("country.geojson".as_ref(), &text, &Progress::new()).expect("a country");
    let chunks = Chunks::new(dataset.geometry.clone());
    chunks.find_topology();
    chunks
}

fn shapes(chunks: &Chunks, level: Level) -> Vec<LevelShape> {
    chunks.list.iter().map(|c| LevelShape::new(chunks, c, level, &[])).collect()
}

/// How many rings have each edge.
fn edges(shapes: &[LevelShape]) -> HashMap<(GridPos, GridPos), u32> {
    let mut edges = HashMap::new();
    for shape in shapes {
        for ring in (0..shape.parts.len()).flat_map(|part| shape.rings(part)) {
            for w in ring.windows(2) {
                *edges.entry((w[0].min(w[1]), w[0].max(w[1]))).or_insert(0) += 1;
            }
        }
    }
    edges
}

fn polygons(shapes: &[LevelShape]) -> Vec<(FeatureId, Polygon<f64>)> {
    let ring = |r: &[GridPos]| LineString(r.iter().map(|p| Coord { x: f64::from(p.x), y: f64::from(p.y) }).collect());
    let of = |shape: &LevelShape, part: usize| {
        let mut rings = shape.rings(part).map(ring);
        rings.next().map(|exterior| (shape.parts[part].feature, Polygon::new(exterior, rings.collect())))
    };
    shapes.iter().flat_map(|s| (0..s.parts.len()).filter_map(|p| of(s, p)).collect::<Vec<_>>()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn shared_borders_stay_the_same_on_both_sides(villages in 3_usize..90, vertices in 6_u32..150) {
        let chunks = country(villages, vertices);
        let full = edges(&shapes(&chunks, Level::FULL));
        let shore: HashSet<GridPos> = full.iter().filter(|(_, n)| **n == 1).flat_map(|((a, b), _)| [*a, *b]).collect();
        prop_assert!(full.values().all(|n| *n <= 2));
        for level in Level::all() {
            for ((a, b), n) in edges(&shapes(&chunks, level)) {
                // An edge that only one ring has is one of the shore, and begins and ends there.
                prop_assert!(n == 2 || (shore.contains(&a) && shore.contains(&b)), "{level:?}: {n} × {a:?} {b:?}");
            }
        }
    }
}

#[test]
fn what_is_drawn_covers_what_is_there() {
    let chunks = country(60, 80);
    let full: Vec<Polygon<f64>> = polygons(&shapes(&chunks, Level::FULL)).into_iter().map(|p| p.1).collect();
    let whole = unary_union(&full);
    for level in Level::all().filter(|l| *l >= Level::for_zoom(7.0)) {
        let coarse = polygons(&shapes(&chunks, level));
        let drawn = unary_union(&coarse.iter().map(|p| p.1.clone()).collect::<Vec<_>>());
        let pixel = 2f64.powi(32) / level.most_px_per_world().min(2f64.powi(30));
        let bare = whole.difference(&drawn).unsigned_area();
        assert!(bare < 0.01 * pixel * pixel, "{level:?}: {} square pixels are bare", bare / pixel / pixel);
        // Two neighbours overlap by slivers of half a pixel at most.
        for (i, (a, p)) in coarse.iter().enumerate() {
            for (b, q) in coarse.iter().skip(i + 1).filter(|(b, _)| b != a) {
                let overlap = p.intersection(q).unsigned_area();
                assert!(overlap < 2.0 * pixel * pixel, "{level:?}: {a} and {b} share {} px²", overlap / pixel / pixel);
            }
        }
    }
}

#[test]
fn triangles_fill_their_polygons() {
    let Some(folder) = shared::folder("triangles_fill_their_polygons") else { return };
    let path = folder.join("boundaries/in_goa_villages.geojson");
    let dataset = read_file(&path, &Progress::new()).expect("the file can be read");
    let chunks = Chunks::new(dataset.geometry.clone());
    chunks.find_topology();
    let meshes: Vec<Mesh> = chunks.list.iter().map(|c| Mesh::build(&chunks, c, Level::FULL, &[])).collect();
    let mut compared = 0;
    for (chunk, mesh) in chunks.list.iter().zip(&meshes) {
        for &feature in &chunk.features {
            let polygons = dataset.geometry.multi_polygon_of(feature);
            let first = dataset.geometry.features[feature.index()].part_start as usize;
            let parts = dataset.geometry.parts_of(feature).iter().enumerate();
            let area: f64 = parts
                .filter(|(_, p)| p.kind == PartKind::Polygon)
                .map(|(i, _)| f64::from(chunks.extents[first + i].side_steps).powi(2) * 2.0)
                .sum();
            if polygons.0.len() == 1 && qiancun::geo::is_simple(&polygons.0[0]) {
                let of = mesh.doubled_area(feature);
                assert!((of - area).abs() <= 1e-6 * area, "{feature}: {of} for {area}");
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

/// Writes the levels of a file for `tests/oracle/levels.py`, which names the file and the folder.
#[test]
#[ignore = "writes what an independent script judges"]
fn levels_for_geos() {
    let of = |name| std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not given"));
    let (file, out) = (of("QIANCUN_LEVELS_OF"), std::path::PathBuf::from(of("QIANCUN_LEVELS_OUT")));
    let dataset = read_file(file.as_ref(), &Progress::new()).expect("the file can be read");
    let chunks = Chunks::new(dataset.geometry.clone());
    chunks.find_topology();
    for (number, level) in Level::all().enumerate() {
        let ring = |r: &[GridPos]| r.iter().map(|p| [p.x, p.y]).collect::<Vec<_>>();
        let mut parts = Vec::new();
        for shape in shapes(&chunks, level) {
            for (i, part) in shape.parts.iter().enumerate() {
                parts.push(serde_json::json!([part.feature, shape.rings(i).map(ring).collect::<Vec<_>>()]));
            }
        }
        let pixel = 2f64.powi(32) / level.most_px_per_world().min(2f64.powi(32));
        let document = serde_json::json!({ "full": level == Level::FULL, "pixel": pixel, "parts": parts });
        std::fs::write(out.join(format!("level-{number:02}.json")), document.to_string()).expect("it can be written");
    }
}
