//! The window that the figures are measured in: its own ui, drawn into a texture.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Random, SIZE, memory_mb, ms, quantile};
use crate::app::{Headless, Options};
use crate::cache::Cache;
use crate::cli::Failure;
use crate::cli::say::told;
use crate::colouring::ColouringSpec;
use crate::session::{CameraCommand, FileCommand, LayerCommand};

/// The window without a screen.
pub(super) struct Window {
    pub(super) head: Headless,
}

impl Window {
    /// Opens it, empty, with a cache in this folder.
    pub(super) fn open(cache: Option<&Path>) -> Result<Self, Failure> {
        let cache = cache.map(|folder| Cache::new(folder.to_path_buf(), 1 << 40));
        let options = Options { empty: true, lang: Some(crate::lang::Lang::Zh), cache, ..Options::default() };
        let mut head = Headless::new(options, SIZE, 1.0, false).map_err(|e| Failure::Input(e.to_string()))?;
        head.real_time();
        for _ in 0..5 {
            head.frame(Vec::new());
        }
        Ok(Self { head })
    }

    /// From the Open command to the first finished frame that shows every village in view with its colour.
    pub(super) fn first_frame(&mut self, file: PathBuf) -> Result<f64, Failure> {
        let began = Instant::now();
        self.head.app.send(FileCommand::Open(vec![file]));
        loop {
            self.head.frame(Vec::new());
            if self.head.app.shows_everything() {
                return Ok(ms(began));
            }
            if let Some(crate::session::Dialogue::Message(m)) = &self.head.app.session.moment.dialogue {
                return Err(Failure::Input(m.clone()));
            }
            if began.elapsed().as_secs() > 300 {
                return Err(Failure::Input("no complete frame after five minutes".into()));
            }
            self.head.wait(std::time::Duration::from_secs(1));
        }
    }

    /// Until the data themselves are on the map, where a picture from an earlier session came first.
    pub(super) fn until_read(&mut self, began: Instant) -> f64 {
        while !self.head.app.is_drawn() && began.elapsed().as_secs() < 300 {
            self.head.wait(std::time::Duration::from_millis(200));
            self.head.frame(Vec::new());
        }
        ms(began)
    }

    /// Waits until everything that is kept has been written.
    pub(super) fn until_kept(&mut self) {
        let began = Instant::now();
        while !self.head.app.has_kept_everything() && began.elapsed().as_secs() < 120 {
            std::thread::sleep(std::time::Duration::from_millis(10));
            self.head.frame(Vec::new());
        }
    }

    /// Moves the camera at random over the whole range of zooms and draws a frame: true for a pan, false for a zoom.
    fn step(&mut self, random: &mut Random, home_zoom: f64) -> bool {
        let is_pan = random.unit() < 0.6;
        if is_pan {
            let move_pt = [(random.unit() - 0.5) * 120.0, (random.unit() - 0.5) * 120.0];
            self.head.app.send(CameraCommand::Pan(move_pt));
        } else {
            let depth = self.head.app.session.camera.zoom - home_zoom;
            let up = random.unit() < 0.65 - depth * 0.05;
            let steps = (0.2 + random.unit() * 0.6) * if up { 1.0 } else { -1.0 };
            let pivot = [(random.unit() - 0.5) * 500.0, (random.unit() - 0.5) * 400.0];
            self.head.app.send(CameraCommand::Zoom(if depth <= 0.0 { steps.abs() } else { steps }, pivot));
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
    pub(super) fn walk(&mut self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (mut pan, mut zoom, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        let mut random = Random(1);
        self.head.app.send(CameraCommand::FitAll);
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
        self.head.app.send(CameraCommand::FitAll);
        self.head.settle(60.0);
        (pan, zoom, settled)
    }

    /// So many moves, a rest after every tenth: memory of the process in MB before, after each tenth of them, and at rest on
    /// the whole again; median and 99th percentile of the frames of each tenth.
    pub(super) fn many_moves(&mut self, moves: u32) -> serde_json::Value {
        let mut random = Random(2);
        let home_zoom = self.head.app.session.camera.zoom;
        let mut memory = vec![memory_mb("VmRSS:")];
        let (mut times, mut frames) = (Vec::new(), Vec::new());
        for step in 1..=moves {
            let began = Instant::now();
            self.step(&mut random, home_zoom);
            times.push(ms(began));
            if step % 10 == 0 {
                self.rest();
            }
            if step % (moves / 10) == 0 {
                memory.push(memory_mb("VmRSS:"));
                frames.push([quantile(&mut times, 0.5), quantile(&mut times, 0.99)]);
                times.clear();
            }
        }
        self.head.app.send(CameraCommand::FitAll);
        self.head.settle(60.0);
        memory.push(memory_mb("VmRSS:"));
        serde_json::json!({ "count": moves, "rss_mb": memory, "frame_ms_p50_p99": frames })
    }

    /// Classifying and writing the style; until the new colours are finished.
    pub(super) fn restyle(&mut self, theme: Option<ColouringSpec>) -> (Option<f64>, Option<f64>) {
        let Some(&key) = self.head.app.session.document.keys.first() else { return (None, None) };
        let began = Instant::now();
        self.head.app.apply_now(LayerCommand::SetColouring(key, theme));
        let restyle = ms(began);
        self.head.frame(Vec::new());
        while !self.head.app.is_sharp() && began.elapsed().as_secs() < 60 {
            self.head.frame(Vec::new());
        }
        (Some(restyle), Some(ms(began)))
    }

    /// Median from pointer event to finished frame.
    pub(super) fn hover(&mut self) -> Option<f64> {
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
            told!("hover redrew the map {} times", self.head.app.redraws() - redraws);
        }
        quantile(&mut times, 0.5)
    }
}
