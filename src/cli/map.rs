//! `qiancun map`: the map alone, between bounds, as the window draws it.

use std::path::PathBuf;

use image::RgbaImage;
use serde_json::json;

use super::{Failure, args, read};
use crate::app::{Headless, Options, png_bytes};
use crate::geo::{LonLat, WorldPos};
use crate::lang::Lang;
use crate::project::write_replacing;
use crate::session::Camera;

/// Least and most pixels along a side.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8192;

struct Asked {
    project: PathBuf,
    out: PathBuf,
    bounds: [f64; 4],
    size: [u32; 2],
    lang: Option<Lang>,
    theme: Option<String>,
    year: Option<i32>,
    dark: bool,
    as_json: bool,
}

fn asked(mut parser: lexopt::Parser) -> Result<Asked, Failure> {
    let (mut project, mut out, mut bounds, mut size) = (None, None, None, [1366, 768]);
    let (mut lang, mut theme, mut year, mut dark, mut as_json) = (None, None, None, false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if project.is_none() => project = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("bounds") => bounds = Some(bounds_of(&args::text(&mut parser)?)?),
            lexopt::Arg::Long("size") => size = size_of(&args::text(&mut parser)?)?,
            lexopt::Arg::Long("lang") => lang = Some(args::lang(&mut parser)?),
            lexopt::Arg::Long("theme") => theme = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("year") => year = Some(args::year(&mut parser)?),
            lexopt::Arg::Long("dark") => dark = true,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let project = project.ok_or_else(|| Failure::Usage("map needs a project".into()))?;
    let out = out.ok_or_else(|| Failure::Usage("map needs -o F.png".into()))?;
    let bounds = bounds.ok_or_else(|| Failure::Usage("map needs --bounds W,S,E,N".into()))?;
    args::refuse_source(&out, &args::sources(&project))?;
    Ok(Asked { project, out, bounds, size, lang, theme, year, dark, as_json })
}

/// Width and height in pixels.
fn size_of(text: &str) -> Result<[u32; 2], Failure> {
    let parsed = text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some([w.parse().ok()?, h.parse().ok()?]));
    parsed.filter(|s: &[u32; 2]| s.iter().all(|v| SIDES.contains(v))).ok_or_else(|| {
        Failure::Usage(format!("--size is WIDTHxHEIGHT, each from {} to {}, not {text}", SIDES.start(), SIDES.end()))
    })
}

/// West, south, east, north in degrees.
fn bounds_of(text: &str) -> Result<[f64; 4], Failure> {
    let numbers: Vec<f64> = text.split(',').filter_map(|t| t.trim().parse().ok()).collect();
    match *numbers.as_slice() {
        [w, s, e, n] if w < e && s < n && w >= -180.0 && e <= 180.0 && s >= -85.06 && n <= 85.06 => Ok([w, s, e, n]),
        _ => Err(Failure::Usage(format!("--bounds is west,south,east,north in degrees, not {text}"))),
    }
}

/// Runs the command.
pub fn run(parser: lexopt::Parser) -> Result<(), Failure> {
    let asked = asked(parser)?;
    let lang = asked.lang.unwrap_or_else(Lang::of_system);
    let options = Options {
        files: vec![asked.project.clone()],
        lang: Some(lang),
        dark: Some(asked.dark),
        is_bare: true,
        ..Options::default()
    };
    let mut headless = Headless::new(options, asked.size, 1.0, true)
        .map_err(|e| Failure::Input(lang.with("error.no-gpu", &[("n", &e.to_string())])))?;
    headless.settle(120.0);
    if let Some(crate::session::Dialogue::Message(message)) = &headless.app.session.moment.dialogue {
        return Err(Failure::Input(message.clone()));
    }
    if let Some(theme) = &asked.theme {
        super::render::choose(&mut headless.app.session, theme)?;
    }
    if asked.year.is_some() {
        headless.app.session.view.year = asked.year;
    }
    headless.app.session.camera = fitted(asked.bounds, asked.size);
    if !headless.settle(120.0) {
        return Err(Failure::Input("the picture was not complete after two minutes".into()));
    }
    let attribution = headless.app.session.attributions();
    let faults: Vec<String> =
        headless.app.session.grounds().iter().filter_map(|(_, g, _)| g.fault()).map(|f| f.to_string()).collect();
    let failed: Vec<String> =
        headless.app.session.layers.values().filter_map(|l| l.trouble().map(str::to_owned)).collect();
    if !failed.is_empty() {
        // A map that lacks a layer would be handed out as if it were whole.
        return Err(Failure::Input(format!("{}: {}", asked.project.display(), failed.join("; "))));
    }
    faults.iter().for_each(|f| crate::cli::say::told!("qiancun: {f}"));
    let [width, height] = headless.size_px();
    let image = headless.pixels().and_then(|p| RgbaImage::from_raw(width, height, p));
    let image = image.ok_or_else(|| Failure::Input("the graphics device gave no picture back".into()))?;
    let out = &asked.out;
    let explain = |e: std::io::Error| Failure::Input(format!("{} cannot be written: {e}", out.display()));
    write_replacing(out, &png_bytes(&image).map_err(explain)?).map_err(explain)?;
    if asked.as_json {
        read::print(&json!({ "bounds": asked.bounds, "size": asked.size, "attribution": attribution }))?;
    }
    Ok(())
}

/// A camera that shows bounds as large as they fit, in the middle.
fn fitted([w, s, e, n]: [f64; 4], size: [u32; 2]) -> Camera {
    let (a, b) = (WorldPos::from_lonlat(LonLat::new(w, n)), WorldPos::from_lonlat(LonLat::new(e, s)));
    let centre = WorldPos { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 };
    let px_per_world = (f64::from(size[0]) / (b.x - a.x)).min(f64::from(size[1]) / (b.y - a.y));
    Camera { centre, zoom: (px_per_world / 256.0).log2() }
}
