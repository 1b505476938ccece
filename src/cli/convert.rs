//! `qiancun convert`: a file of villages in another format.

use std::path::PathBuf;

use super::{Failure, args, read};
use crate::cli::say::{said, told};
use crate::output::{save_flatgeobuf, save_geojson};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if paths.len() < 2 => paths.push(path.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let [from, to] = paths.as_slice() else {
        return Err(Failure::Usage("convert needs a file to read and a file to write".into()));
    };
    let ending = to.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let save = match ending.as_str() {
        "fgb" => save_flatgeobuf,
        "geojson" | "json" => save_geojson,
        _ => return Err(Failure::Usage("convert writes .fgb (FlatGeobuf) or .geojson".into())),
    };
    args::refuse_source(to, std::slice::from_ref(from))?;
    let dataset = read::any(from)?;
    save(&dataset, to).map_err(|e| Failure::Input(format!("{} could not be written: {e}", to.display())))?;
    let lost: usize = dataset.report.problems.iter().filter(|p| p.severity == crate::model::Severity::Error).count();
    said!("{}: {} features", to.display(), dataset.len());
    if lost > 0 {
        told!("qiancun: {lost} problems of {}: see `qiancun check`", from.display());
    }
    Ok(())
}
