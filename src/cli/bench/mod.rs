//! `qiancun bench`: the program's own figures on this machine, through the window's own ui.
//!
//! Three processes, each as fresh as a person's: one opens the file with an empty cache and does everything, one only reads it,
//! one opens it again with the cache that the first left.

mod start;
mod window;

use crate::model::FeatureId;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::{Failure, args, read};
use crate::cli::say::said;
use crate::colouring::ColouringSpec;
use crate::geo::LonLat;
use crate::session::Loaded;
use window::Window;

const SIZE: [u32; 2] = [1920, 1080];

/// Starts of the window that are measured.
const STARTS: u32 = 5;

/// SplitMix64: small, seeded, the same everywhere (Steele, Lea, Flood 2014, doi:10.1145/2714064.2660195).
/// Numbers that are the same every time.
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

/// What one process measures.
enum Part {
    /// Everything, with a cache folder of its own; starts the others.
    All,
    /// Reading alone.
    Read,
    /// Opening with a cache that is there.
    Again(PathBuf),
}

struct Arguments {
    file: PathBuf,
    as_json: bool,
    moves: u32,
    part: Part,
    /// Whether the real window is started.
    start: bool,
    /// How long its rest is looked at.
    idle: std::time::Duration,
}

/// Runs the command.
pub fn run(parser: lexopt::Parser) -> Result<(), Failure> {
    let arguments = arguments(parser)?;
    let document = match &arguments.part {
        Part::Read => {
            let began = Instant::now();
            read::any(&arguments.file)?;
            json!({ "read_ms": ms(began) })
        }
        Part::Again(cache) => {
            let mut w = Window::open(Some(cache))?;
            let began = Instant::now();
            let first = w.first_frame(arguments.file.clone())?;
            json!({ "cached_first_frame_ms": first, "cached_read_ms": w.until_read(began) })
        }
        Part::All => {
            let start = arguments.start.then(|| start::measure(&arguments.file, STARTS, arguments.idle)).transpose()?;
            let mut document = all(&arguments)?;
            if let (Some(Value::Object(start)), Some(document)) = (start, document.as_object_mut()) {
                document.extend(start);
            }
            document
        }
    };
    if arguments.as_json {
        return read::print(&document);
    }
    for (key, value) in document.as_object().into_iter().flatten() {
        said!("{key}: {value}");
    }
    Ok(())
}

fn all(arguments: &Arguments) -> Result<Value, Failure> {
    let Arguments { file, moves, .. } = arguments;
    touch(file);
    // A project is opened, not read.
    let is_project = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"));
    let read = if is_project { Value::Null } else { other_process(file, &["--only-read".as_ref()])? };
    let cache = std::env::temp_dir().join(format!("qiancun-bench-{}", std::process::id()));
    let measured = one_window(file, *moves, &cache).and_then(|(mut document, cache_mb)| {
        touch(file);
        for kept in std::fs::read_dir(&cache).into_iter().flatten().flatten() {
            touch(&kept.path());
        }
        let again = other_process(file, &["--with-cache".as_ref(), cache.as_os_str()])?;
        if let Some(document) = document.as_object_mut() {
            for member in ["cached_first_frame_ms", "cached_read_ms"] {
                document.insert(member.into(), again[member].clone());
            }
            document.insert("read_ms".into(), read["read_ms"].clone());
            document.insert("cache_mb".into(), json!(cache_mb));
        }
        Ok(document)
    });
    // What cannot be removed lies in the system's folder for such things.
    std::fs::remove_dir_all(&cache).ok();
    measured
}

/// The figures of one window, and how large its cache has become in MB.
fn one_window(file: &Path, moves: u32, cache: &Path) -> Result<(Value, f64), Failure> {
    let mut w = Window::open(Some(cache))?;
    let first_frame_ms = w.first_frame(file.to_path_buf())?;
    w.head.settle(120.0);
    w.until_kept();
    let loaded = w.head.app.session.layers.values().find_map(|l| l.loaded()).cloned();
    let Some(loaded) = loaded else { return Err(Failure::Input("nothing was read".into())) };
    let field = loaded.dataset.table.columns.iter().find(|c| c.kind.is_numeric());
    let theme = field.or(loaded.dataset.table.columns.first()).map(|c| ColouringSpec::for_field(&c.name, c.kind));
    let (mut pan, mut zoom, mut settled) = w.walk();
    let (restyle_ms, restyled_frame_ms) = w.restyle(theme);
    let hover_ms = w.hover();
    let pick_us = pick(&loaded);
    let mut search = search(&loaded);
    let moved = (moves > 0).then(|| w.many_moves(moves));
    let gpu = w.head.gpu();
    let pair = |v: &mut [f64]| json!({ "p50": quantile(v, 0.5), "p99": quantile(v, 0.99) });
    let mut document = json!({
        "file": file.to_string_lossy(), "adapter": gpu.adapter, "backend": gpu.backend, "size": SIZE,
        "features": loaded.dataset.len(), "vertices": loaded.dataset.geometry.coords.len(), "read_ms": null,
        "first_frame_ms": first_frame_ms, "cached_first_frame_ms": null, "cached_read_ms": null,
        "pan_ms": pair(&mut pan), "zoom_ms": pair(&mut zoom), "settled_ms": pair(&mut settled),
        "restyle_ms": restyle_ms, "restyled_frame_ms": restyled_frame_ms, "hover_ms": hover_ms, "pick_us": pick_us,
        "search_ms": pair(&mut search), "peak_rss_mb": memory_mb("VmHWM:"),
    });
    if let (Some(moved), Some(document)) = (moved, document.as_object_mut()) {
        document.insert("moves".into(), moved);
    }
    Ok((document, crate::cache::Cache::new(cache.to_path_buf(), 1 << 40).bytes() as f64 / 1e6))
}

/// Reads a file from end to end, so that the system has it in memory. One that cannot be read says so when it is opened.
fn touch(file: &Path) {
    std::fs::File::open(file).and_then(|mut f| std::io::copy(&mut f, &mut std::io::sink())).ok();
}

/// What another process of this program measures.
fn other_process(file: &Path, options: &[&std::ffi::OsStr]) -> Result<Value, Failure> {
    let failed = |e: std::io::Error| Failure::Input(format!("the program could not be started again: {e}"));
    let program = std::env::current_exe().map_err(failed)?;
    let mut process = Process::new(program);
    process.arg("bench").arg(file).arg("--json").args(options).stderr(Stdio::inherit());
    let output = process.output().map_err(failed)?;
    serde_json::from_slice(&output.stdout).map_err(|_| Failure::Input("the file could not be measured again".into()))
}

fn arguments(mut parser: lexopt::Parser) -> Result<Arguments, Failure> {
    let (mut file, mut as_json, mut moves, mut part) = (None, false, 0, Part::All);
    let (mut start, mut idle) = (false, 10);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long("moves") => moves = args::number(&mut parser, 10, 10_000_000)?,
            lexopt::Arg::Long("start") => start = true,
            lexopt::Arg::Long("idle") => idle = args::number(&mut parser, 1, 600)?,
            lexopt::Arg::Long("only-read") => part = Part::Read,
            lexopt::Arg::Long("with-cache") => part = Part::Again(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let demonstration = || crate::project::demo_project().ok().filter(|_| start);
    let file = file.or_else(demonstration).ok_or_else(|| Failure::Usage("bench needs a file".into()))?;
    let idle = std::time::Duration::from_secs(idle.into());
    Ok(Arguments { file, as_json, moves, part, start, idle })
}

/// Median time of 10,000 picks at random points of the bounds, in µs.
fn pick(loaded: &Loaded) -> Option<f64> {
    let [w, s, e, n] = loaded.bounds_deg()?.sides();
    let (index, geometry) = (loaded.spatial(), &loaded.dataset.geometry);
    let mut random = Random(7);
    let mut times: Vec<f64> = (0..10_000)
        .map(|_| {
            let at = LonLat::new(w + (e - w) * random.unit(), s + (n - s) * random.unit());
            let began = Instant::now();
            std::hint::black_box(index.at_point(geometry, at));
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    quantile(&mut times, 0.5)
}

/// Times of keystrokes in the search box, in ms: names of the file typed letter by letter, initials, pinyin, a town with a
/// village, the beginning of a code.
fn search(loaded: &Loaded) -> Vec<f64> {
    let names = loaded.names();
    let entry = |row: usize| names.entry(FeatureId::new((names.len() / 7 * row) as u32));
    let mut typed: Vec<String> = (1..7).filter_map(|row| Some(entry(row)?.name.to_owned())).collect();
    typed.extend(entry(3).map(|e| format!("{} {}", e.town, e.name)));
    typed.extend(entry(5).map(|e| e.code.chars().take(8).collect()));
    typed.extend(["wjz", "zhangjiacun", "lijia shang", "cey", "q"].map(str::to_owned));
    let mut times = Vec::new();
    for text in typed {
        for (end, _) in text.char_indices().skip(1).chain([(text.len(), ' ')]) {
            let began = Instant::now();
            std::hint::black_box(names.search(text.get(..end).unwrap_or(""), 12));
            times.push(ms(began));
        }
    }
    times
}

/// What the system says of the process's memory in MB, where it does: `VmHWM:` is the most it had, `VmRSS:` what it has.
fn memory_mb(line: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with(line))?;
    let kb: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some((kb / 1024.0 * 10.0).round() / 10.0)
}
