//! `qiancun convert`: a layer in another format, with other coordinates.

use std::path::PathBuf;

use lexopt::ValueExt as _;

use super::{Failure, args};
use crate::cli::say::{said, told};
use crate::geo::System;
use crate::model::Severity;
use crate::output::{LAYER_ENDINGS, LayerOptions, save_layer};
use crate::read::{How, Progress, read_file_as, split_layer};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut paths, mut how, mut system): (Vec<PathBuf>, _, _) = (Vec::new(), How::default(), None);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if paths.len() < 2 => paths.push(path.into()),
            lexopt::Arg::Long("crs") => how.crs = Some(parser.value()?.string()?),
            lexopt::Arg::Long("encoding") => how.encoding = Some(parser.value()?.string()?),
            lexopt::Arg::Long("to-crs") => {
                let name = parser.value()?.string()?;
                let known = System::of_name(&name);
                system = Some(known.ok_or_else(|| {
                    Failure::Usage(format!("no coordinate system is called {name}; write EPSG:n, gcj02 or bd09"))
                })?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let [from, to] = paths.as_slice() else {
        return Err(Failure::Usage("convert needs a file to read and a file to write".into()));
    };
    let ending = to.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if !LAYER_ENDINGS.contains(&ending.as_str()) {
        let all: Vec<String> = LAYER_ENDINGS.iter().map(|e| format!(".{e}")).collect();
        return Err(Failure::Usage(format!("convert writes {}", all.join(", "))));
    }
    let (file, layer) = split_layer(from);
    how.layer = layer;
    args::refuse_source(to, std::slice::from_ref(&file))?;
    let dataset = read_file_as(&file, &how, &Progress::new()).map_err(|e| Failure::Because {
        code: e.code(),
        message: e.to_string(),
        file: Some(file.clone()),
    })?;
    if system.is_some() && !dataset.source.crs.is_geographic() {
        let message = format!("{}: its coordinate system is not understood; say which it is by --crs", file.display());
        return Err(Failure::Because { code: "unknown-crs", message, file: Some(file) });
    }
    let written = save_layer(&dataset, to, &LayerOptions { system, classes: None })
        .map_err(|e| Failure::Input(format!("{} could not be written: {e}", to.display())))?;
    for path in &written.files {
        said!("{}: {} features", path.display(), dataset.len());
    }
    for (what, detail) in &written.told {
        told!("qiancun: {}", words(what, detail));
    }
    let lost: usize = dataset.report.problems.iter().filter(|p| p.severity == Severity::Error).count();
    if lost > 0 {
        told!("qiancun: {lost} problems of {}: see `qiancun check`", from.display());
    }
    Ok(())
}

fn words(what: &str, detail: &str) -> String {
    match what {
        "shortened" => format!("names of fields were shortened to 10 bytes: {detail}"),
        "cut" => format!("texts longer than 254 bytes were cut in {detail}"),
        "mixed" => format!("a shapefile holds one kind of geometry: {detail}"),
        "height-zero" => format!("{detail} features without heights got height 0: the format has no other way"),
        "no-place" => format!("{detail} features without a position were left out"),
        "no-system" => format!("the file cannot say that its coordinates are {detail}: say it when you hand it on"),
        "outlines" => format!("GPX has no areas: {detail} went out as tracks around them"),
        other => format!("{other} {detail}"),
    }
}
