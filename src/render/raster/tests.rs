//! Every level beside full detail: no cracks, no missing villages.

use std::collections::HashSet;
use std::sync::Arc;

use super::*;
use crate::cli::demo::Country;
use crate::geo::WorldPos;
use crate::read::{Progress, read_bytes};

const GROUND: u32 = 0xff00_0000;

fn chunks(text: &[u8]) -> Chunks {
    let dataset = read_bytes("country.geojson".as_ref(), text, &Progress::new()).unwrap_or_else(|e| panic!("{e}"));
    Chunks::new(dataset.geometry.clone())
}

fn country(villages: usize, vertices: u32) -> Vec<u8> {
    let mut text = Vec::new();
    assert!(Country::new(villages, vertices).write(&mut text).is_ok());
    text
}

/// The same country with neighbours that share nothing but most of their borders' course: every village leaves out other
/// positions of its own.
fn torn(villages: usize) -> Vec<u8> {
    let text = String::from_utf8(country(villages, 60)).unwrap_or_default();
    let lines = text.lines().enumerate().map(|(i, line)| {
        let Some((head, ring)) = line.split_once("[[[") else { return line.to_owned() };
        let (ring, tail) = ring.split_once("]]]").unwrap_or((ring, ""));
        let all: Vec<&str> = ring.split("],[").collect();
        let kept: Vec<&str> = all
            .iter()
            .enumerate()
            .filter(|(k, _)| *k == 0 || *k + 1 == all.len() || k % 10 == 0 || (k * 7 + i * 3) % 5 != 0)
            .map(|(_, p)| *p)
            .collect();
        format!("{head}[[[{}]]]{tail}", kept.join("],["))
    });
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

fn view(chunks: &Chunks, px_per_world: f64) -> Viewport {
    let [mut w, mut n, mut e, mut s] = [1.0_f64, 1.0, 0.0, 0.0];
    for c in &chunks.list {
        (w, n, e, s) = {
            let b = c.bounds.sides();
            (w.min(b[0]), n.min(b[1]), e.max(b[2]), s.max(b[3]))
        };
    }
    Viewport { centre: WorldPos { x: (w + e) / 2.0, y: (n + s) / 2.0 }, px_per_world, size_px: [500, 400] }
}

/// A picture in which the colour of a pixel is the number of its village, at a level or straight from the file.
fn picture(chunks: &Chunks, view: &Viewport, level: Option<Level>) -> Vec<u32> {
    let count = chunks.geometry.features.len() as u32;
    let colour = |f: u32| Texel::Colour([(f + 1) as u8, ((f + 1) >> 8) as u8, 0]);
    let style = Style::new((0..count).map(colour));
    let shapes = (0..chunks.list.len() as u32)
        .map(|c| {
            let shape = level.map(|l| Arc::new(LevelShape::new(chunks, &chunks.list[c as usize], l, &[])));
            // Borders would hide what is to be compared.
            let shape = shape.map(|s| Arc::new(LevelShape { lines: Vec::new(), ..(*s).clone() }));
            (c, shape)
        })
        .collect();
    let layer = RasterLayer {
        chunks,
        shapes,
        is_full: level.is_none_or(|l| l == Level::FULL),
        style: &style,
        points: &[],
        uniform: LayerUniform { opacity: 1.0, ..bytemuck::Zeroable::zeroed() },
        is_hollow: false,
    };
    draw(&[layer], view, ([0.0, 0.0, 0.0, 1.0], None), [0, 0, view.size_px[0], view.size_px[1]])
}

/// Compares every level with full detail, each at the highest and near the lowest scale that it serves.
fn compare(chunks: &Chunks) {
    chunks.find_topology();
    let start = Level::for_zoom(5.0);
    for level in Level::all().filter(|l| *l >= start && *l < Level::FULL).take(13) {
        for share in [1.0, 0.52] {
            let view = view(chunks, level.most_px_per_world() * share);
            let (full, coarse) = (picture(chunks, &view, None), picture(chunks, &view, Some(level)));
            let width = view.size_px[0] as usize;
            for (at, (f, c)) in full.iter().zip(&coarse).enumerate() {
                if *c == GROUND && *f != GROUND {
                    panic!("{level:?} at {share}: the ground shows at {} {}", at % width, at / width);
                }
            }
            let seen: HashSet<u32> = coarse.iter().copied().collect();
            let counts = full.iter().fold(std::collections::HashMap::new(), |mut n, p| {
                *n.entry(*p).or_insert(0) += 1;
                n
            });
            for (village, pixels) in counts {
                assert!(
                    pixels < 2 || seen.contains(&village),
                    "{level:?} at {share}: {village:x} with {pixels} px is missing"
                );
            }
            let differing = full.iter().zip(&coarse).filter(|(f, c)| f != c).count();
            assert!(differing * 4 < full.len(), "{level:?} at {share}: {differing} pixels differ");
        }
    }
}

#[test]
fn no_level_shows_the_ground_or_loses_a_village() {
    compare(&chunks(&country(400, 60)));
}

#[test]
fn neighbours_that_share_no_positions_leave_no_cracks() {
    let whole = chunks(&country(150, 60));
    let torn = chunks(&torn(150));
    compare(&torn);
    // Cracks that the file itself has are no wider than what it left out.
    assert!(torn.grid.len() < whole.grid.len());
}

/// Length of the outer borders in grid steps.
fn shore_steps(chunks: &Chunks) -> f64 {
    chunks.find_topology();
    let shapes = chunks.list.iter().map(|c| LevelShape::new(chunks, c, Level::FULL, &[]));
    let length = |line: &[GridPos]| -> f64 {
        let d = |a: u32, b: u32| f64::from(a) - f64::from(b);
        line.windows(2).map(|w| d(w[0].x, w[1].x).hypot(d(w[0].y, w[1].y))).sum()
    };
    shapes.map(|s| s.lines().filter(|(l, _)| l.kind == BorderKind::Outer).map(|(_, p)| length(p)).sum::<f64>()).sum()
}

#[test]
fn borders_between_neighbours_that_share_no_positions_are_not_outer() {
    let (whole, torn) = (shore_steps(&chunks(&country(150, 60))), shore_steps(&chunks(&torn(150))));
    assert!((0.85..1.1).contains(&(torn / whole)), "{torn} for {whole}");
}

#[test]
fn full_detail_is_the_file_pixel_for_pixel() {
    let chunks = chunks(&country(100, 60));
    chunks.find_topology();
    let view = view(&chunks, 256.0 * 2f64.powf(9.7));
    assert!(picture(&chunks, &view, None) == picture(&chunks, &view, Some(Level::FULL)));
}

#[test]
fn small_islands_fade_and_do_not_vanish_at_once() {
    let island = |side: f64| {
        format!(
            r#"{{"type":"Polygon","coordinates":[[[100,30],[{0},30],[{0},{1}],[100,{1}],[100,30]]]}}"#,
            100.0 + side,
            30.0 + side
        )
    };
    let shade = |px: f64| {
        let chunks = chunks(island(0.01).as_bytes());
        let [w, _, e, _] = chunks.list[0].bounds.sides();
        let view = Viewport { size_px: [8, 8], ..view(&chunks, px / (e - w)) };
        picture(&chunks, &view, None).iter().map(|p| p & 0xff).max()
    };
    assert_eq!((shade(1.0), shade(0.05)), (Some(1), Some(0)));
}
