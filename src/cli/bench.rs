//! `qiancun bench`: the program's own figures on this machine, through the window's own ui.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

use super::{Failure, args, read};
use crate::app::{Headless, Options};
use crate::geo::LonLat;
use crate::index::SpatialIndex;
use crate::session::Command;
use crate::theme::ThemeSpec;

const SIZE: [u32; 2] = [1920, 1080];

/// SplitMix64: small, seeded, the same everywhere (Steele, Lea, Flood 2014, doi:10.1145/2714064.2660195).
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(((values.len().max(1) - 1) as f64 * q).round() as usize).copied()
}

/// Runs the command.
pub fn run(parser: lexopt::Parser) -> Result<(), Failure> {
    let (file, as_json, moves) = arguments(parser)?;
    let began = Instant::now();
    let dataset = read::any(&file)?;
    let read_ms = ms(began);
    let features = dataset.len();
    let vertices = dataset.geometry.coords.len();
    let bounds = dataset.geometry.bounds();
    let pick_us = pick(&dataset, bounds);
    let field = dataset.table.columns.iter().find(|c| c.kind.is_numeric()).or(dataset.table.columns.first());
    let theme = field.map(|c| ThemeSpec::for_field(&c.name, c.kind));
    drop(dataset);
    let mut w = Window::open()?;
    let first_frame_ms = w.first_frame(file.clone())?;
    w.head.settle(60.0);
    let (mut pan, mut zoom, mut settled) = w.walk();
    let (restyle_ms, restyled_frame_ms) = w.restyle(theme);
    let hover_ms = w.hover();
    let moved = (moves > 0).then(|| w.many_moves(moves));
    let gpu = w.head.gpu();
    let pair = |v: &mut [f64]| json!({ "p50": quantile(v, 0.5), "p99": quantile(v, 0.99) });
    let mut document = json!({
        "file": file.to_string_lossy(), "adapter": gpu.adapter, "backend": gpu.backend, "size": SIZE,
        "features": features, "vertices": vertices, "read_ms": read_ms, "first_frame_ms": first_frame_ms,
        "cached_first_frame_ms": null, "pan_ms": pair(&mut pan), "zoom_ms": pair(&mut zoom), "settled_ms": pair(&mut settled),
        "restyle_ms": restyle_ms, "restyled_frame_ms": restyled_frame_ms, "hover_ms": hover_ms, "pick_us": pick_us,
        "peak_rss_mb": memory_mb("VmHWM:"),
    });
    if let (Some(rss_mb), Some(document)) = (moved, document.as_object_mut()) {
        document.insert("moves".into(), json!({ "count": moves, "rss_mb": rss_mb }));
    }
    if as_json {
        return read::print(&document);
    }
    if let Some(map) = document.as_object() {
        for (key, value) in map {
            println!("{key}: {value}");
        }
    }
    Ok(())
}

/// File, whether JSON is wanted, and the moves of `--moves`.
fn arguments(mut parser: lexopt::Parser) -> Result<(PathBuf, bool, u32), Failure> {
    let (mut file, mut as_json, mut moves) = (None, false, 0);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long("moves") => moves = args::number(&mut parser, 10, 10_000_000)?,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok((file.ok_or_else(|| Failure::Usage("bench needs a file".into()))?, as_json, moves))
}

/// Median time of 10,000 picks at random points of the bounds, in µs.
fn pick(dataset: &crate::model::Dataset, bounds: Option<[f64; 4]>) -> Option<f64> {
    let [w, s, e, n] = bounds?;
    let index = SpatialIndex::new(&dataset.geometry);
    let mut random = Random(7);
    let mut times: Vec<f64> = (0..10_000)
        .map(|_| {
            let at = LonLat::new(w + (e - w) * random.unit(), s + (n - s) * random.unit());
            let began = Instant::now();
            std::hint::black_box(index.at_point(&dataset.geometry, at));
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    quantile(&mut times, 0.5)
}

struct Window {
    head: Headless,
}

impl Window {
    fn open() -> Result<Self, Failure> {
        let options = Options { empty: true, lang: Some(crate::lang::Lang::Zh), ..Options::default() };
        let mut head = Headless::new(options, SIZE, 1.0, false).map_err(|e| Failure::Input(e.to_string()))?;
        head.real_time();
        for _ in 0..5 {
            head.frame(Vec::new());
        }
        Ok(Self { head })
    }

    /// From the Open command to the first finished frame that shows every village in view.
    fn first_frame(&mut self, file: PathBuf) -> Result<f64, Failure> {
        let began = Instant::now();
        self.head.app.send(Command::Open(vec![file]));
        loop {
            self.head.frame(Vec::new());
            if !self.head.app.session.document.keys.is_empty() && self.head.app.is_sharp() {
                return Ok(ms(began));
            }
            if let Some(crate::session::Dialogue::Message(m)) = &self.head.app.session.dialogue {
                return Err(Failure::Input(m.clone()));
            }
            if began.elapsed().as_secs() > 300 {
                return Err(Failure::Input("no complete frame after five minutes".into()));
            }
            self.head.wait(std::time::Duration::from_secs(1));
        }
    }

    /// Moves the camera at random over the whole range of zooms and draws a frame: true for a pan, false for a zoom.
    fn step(&mut self, random: &mut Random, home_zoom: f64) -> bool {
        let is_pan = random.unit() < 0.6;
        if is_pan {
            let move_pt = [(random.unit() - 0.5) * 120.0, (random.unit() - 0.5) * 120.0];
            self.head.app.send(Command::Pan(move_pt));
        } else {
            let depth = self.head.app.session.camera.zoom - home_zoom;
            let up = random.unit() < 0.65 - depth * 0.05;
            let steps = (0.2 + random.unit() * 0.6) * if up { 1.0 } else { -1.0 };
            let pivot = [(random.unit() - 0.5) * 500.0, (random.unit() - 0.5) * 400.0];
            self.head.app.send(Command::Zoom(if depth <= 0.0 { steps.abs() } else { steps }, pivot));
        }
        self.head.frame(Vec::new());
        is_pan
    }

    /// Draws frames until the picture is sharp.
    fn rest(&mut self) {
        let began = Instant::now();
        while !self.head.app.is_sharp() && began.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(1));
            self.head.frame(Vec::new());
        }
    }

    /// A seeded walk of 200 moves; a rest after every tenth.
    fn walk(&mut self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (mut pan, mut zoom, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        let mut random = Random(1);
        self.head.app.send(Command::FitAll);
        self.head.settle(60.0);
        let home_zoom = self.head.app.session.camera.zoom;
        for step in 0..200 {
            let began = Instant::now();
            if self.step(&mut random, home_zoom) { &mut pan } else { &mut zoom }.push(ms(began));
            if step % 10 == 9 {
                let began = Instant::now();
                self.rest();
                settled.push(ms(began));
            }
        }
        self.head.app.send(Command::FitAll);
        self.head.settle(60.0);
        (pan, zoom, settled)
    }

    /// So many moves; memory of the process in MB before, after each tenth of them, and at rest on the whole again.
    fn many_moves(&mut self, moves: u32) -> Vec<Option<f64>> {
        let mut random = Random(2);
        let home_zoom = self.head.app.session.camera.zoom;
        let mut memory = vec![memory_mb("VmRSS:")];
        for step in 1..=moves {
            self.step(&mut random, home_zoom);
            if step % 10 == 0 {
                self.rest();
            }
            if step % (moves / 10) == 0 {
                memory.push(memory_mb("VmRSS:"));
            }
        }
        self.head.app.send(Command::FitAll);
        self.head.settle(60.0);
        memory.push(memory_mb("VmRSS:"));
        memory
    }

    /// Classifying and writing the style; until the new colours are finished.
    fn restyle(&mut self, theme: Option<ThemeSpec>) -> (Option<f64>, Option<f64>) {
        let Some(&key) = self.head.app.session.document.keys.first() else { return (None, None) };
        let began = Instant::now();
        self.head.app.apply_now(Command::SetTheme(key, theme));
        let restyle = ms(began);
        self.head.frame(Vec::new());
        while !self.head.app.is_sharp() && began.elapsed().as_secs() < 60 {
            self.head.frame(Vec::new());
        }
        (Some(restyle), Some(ms(began)))
    }

    /// Median from pointer event to finished frame.
    fn hover(&mut self) -> Option<f64> {
        let mut random = Random(3);
        let redraws = self.head.app.redraws();
        let mut times: Vec<f64> = (0..60)
            .map(|_| {
                let at = egui::pos2(300.0 + 1200.0 * random.unit() as f32, 80.0 + 880.0 * random.unit() as f32);
                let began = Instant::now();
                self.head.frame(vec![egui::Event::PointerMoved(at)]);
                ms(began)
            })
            .collect();
        if self.head.app.redraws() != redraws {
            eprintln!("hover redrew the map {} times", self.head.app.redraws() - redraws);
        }
        quantile(&mut times, 0.5)
    }
}

/// What the system says of the process's memory in MB, where it does: `VmHWM:` is the most it had, `VmRSS:` what it has.
fn memory_mb(line: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with(line))?;
    let kb: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some((kb / 1024.0 * 10.0).round() / 10.0)
}
