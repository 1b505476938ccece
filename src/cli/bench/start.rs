//! The real window of another process: how long it takes from launch until it shows the map, and what it costs while nobody touches it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Failure;
use crate::app::TELL_SHOWN;

/// How long a window may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it is left to itself before its rest is measured.
const SETTLING: Duration = Duration::from_secs(4);

/// A child that ends with this.
struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// `start_ms`: from launch to the first frame that shows everything, the median of so many starts behind one that warms up; `binary_mb`;
/// `idle_cpu_pct`: of one core, over so many seconds at rest, `null` where the system does not say.
pub(super) fn measure(file: &Path, starts: u32, idle: Duration) -> Result<Value, Failure> {
    let failed = |e: std::io::Error| Failure::Input(format!("the window cannot be started: {e}"));
    let program = std::env::current_exe().map_err(failed)?;
    let bytes = std::fs::metadata(&program).map_err(failed)?.len();
    let screen = screen()?;
    let config = tempfile::tempdir().map_err(failed)?;
    let mut times = Vec::new();
    let mut idle_pct = None;
    for turn in 0..=starts {
        let began = Instant::now();
        let mut command = Command::new(&program);
        command.arg(file).env(TELL_SHOWN, "1").env("QIANCUN_CONFIG_DIR", config.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some((display, _)) = &screen {
            command.env("DISPLAY", display);
        }
        let mut child = Held(command.spawn().map_err(failed)?);
        let shown = wait_for(&mut child, began)?;
        if turn > 0 {
            times.push(shown);
        }
        if turn == starts {
            std::thread::sleep(SETTLING);
            let id = child.0.id();
            let (before, since) = (cpu_secs(id), Instant::now());
            std::thread::sleep(idle);
            let spent = cpu_secs(id).zip(before).map(|(now, before)| now - before);
            idle_pct = spent.map(|s| (s / since.elapsed().as_secs_f64() * 10_000.0).round() / 100.0);
        }
    }
    Ok(json!({
        "start_ms": super::quantile(&mut times, 0.5), "binary_mb": (bytes as f64 / 1e4).round() / 100.0, "idle_cpu_pct": idle_pct,
    }))
}

/// Waits until the window says that it shows everything; milliseconds since it was begun.
fn wait_for(child: &mut Held, began: Instant) -> Result<f64, Failure> {
    let none = || Failure::Input("the window ended before it showed anything".into());
    let out = child.0.stdout.take().ok_or_else(none)?;
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let said = BufReader::new(out).lines().map_while(Result::ok).any(|line| line == TELL_SHOWN);
        tell.send(said.then(Instant::now)).ok();
    });
    let at = told.recv_timeout(PATIENCE).ok().flatten().ok_or_else(none)?;
    Ok((at - began).as_secs_f64() * 1e3)
}

/// Seconds of processor time that a process has taken; `None` where the system does not say.
fn cpu_secs(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |i: usize| fields.get(i)?.parse::<f64>().ok();
    // Clock ticks of Linux are hundredths of a second.
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// A display of its own where the machine has none; `None` where it has one.
fn screen() -> Result<Option<(String, Held)>, Failure> {
    let has_one = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|v| std::env::var_os(v).is_some_and(|v| !v.is_empty()));
    if has_one || !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let display = format!(":{}", 200 + std::process::id() % 700);
    let arguments = ["-screen", "0", "1920x1080x24", "-nolisten", "tcp"];
    let spawned =
        Command::new("Xvfb").arg(&display).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let server = spawned.map(Held).map_err(|_| {
        Failure::Input(
            "bench --start needs a display, or the program Xvfb to make one (Debian: apt install xvfb)".into(),
        )
    })?;
    let socket = std::path::PathBuf::from(format!("/tmp/.X11-unix/X{}", display.trim_start_matches(':')));
    let began = Instant::now();
    while !socket.exists() && began.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(Some((display, server)))
}
