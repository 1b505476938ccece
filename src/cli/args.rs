//! Arguments that several commands share.

use std::path::{Path, PathBuf};

use lexopt::Parser;

use super::Failure;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::project::{self, is_same_file};
use crate::survey::LogPaths;

/// The value of an option as text.
pub fn text(parser: &mut Parser) -> Result<String, Failure> {
    parser.value()?.into_string().map_err(|v| Failure::Usage(format!("not valid text: {}", v.to_string_lossy())))
}

/// A language: `zh` or `en`.
pub fn lang(parser: &mut Parser) -> Result<Lang, Failure> {
    match text(parser)?.as_str() {
        "zh" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        other => Err(Failure::Usage(format!("--lang is zh or en, not {other}"))),
    }
}

/// A year.
pub fn year(parser: &mut Parser) -> Result<i32, Failure> {
    let text = text(parser)?;
    text.parse().map_err(|_| Failure::Usage(format!("--year is a year, not {text}")))
}

/// A position, longitude before latitude in degrees, behind an option.
pub fn place(parser: &mut Parser, option: &str) -> Result<LonLat, Failure> {
    let given = text(parser)?;
    match numbers(&given)?.as_slice() {
        [lon, lat] if LonLat::new(*lon, *lat).is_valid() => Ok(LonLat::new(*lon, *lat)),
        _ => Err(Failure::Usage(format!("{option} is LON,LAT, not {given}"))),
    }
}

/// Numbers separated by commas.
pub fn numbers(text: &str) -> Result<Vec<f64>, Failure> {
    text.split(',')
        .map(|s| s.trim().parse::<f64>().ok().filter(|v| v.is_finite()))
        .collect::<Option<Vec<f64>>>()
        .ok_or_else(|| Failure::Usage(format!("not numbers separated by commas: {text}")))
}

/// A whole number within limits.
pub fn number(parser: &mut Parser, least: u32, most: u32) -> Result<u32, Failure> {
    let text = text(parser)?;
    let number = text.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| Failure::Usage(format!("not a whole number from {least} to {most}: {text}")))
}

/// A size such as 1366x768.
pub fn size(text: &str) -> Result<[u32; 2], Failure> {
    let parsed = text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some([w.parse().ok()?, h.parse().ok()?]));
    parsed
        .filter(|s: &[u32; 2]| s.iter().all(|v| (320..=8192).contains(v)))
        .ok_or_else(|| Failure::Usage(format!("--size is WIDTHxHEIGHT, each from 320 to 8192, not {text}")))
}

/// The one file of a command, and whether `--json` was given.
pub fn file_and_json(mut parser: Parser, command: &str) -> Result<(PathBuf, bool), Failure> {
    let (mut file, mut json) = (None, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("json") => json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok((file.ok_or_else(|| Failure::Usage(format!("{command} needs a file")))?, json))
}

/// The files that a command on a project, a log or a file is made from: itself, what a project names, and its log.
pub fn sources(path: &Path) -> Vec<PathBuf> {
    let log = LogPaths::of(path);
    let mut all = vec![path.to_path_buf(), log.log, log.journal];
    if let Ok(project) = project::load(path) {
        all.extend(project.layers.into_iter().map(|l| l.path));
        all.extend(project.tables.into_iter().map(|t| t.path));
    }
    all
}

/// Refuses to write over what an output is made from.
pub fn refuse_source(out: &Path, sources: &[PathBuf]) -> Result<(), Failure> {
    match sources.iter().find(|s| s.exists() && out.exists() && is_same_file(s, out)) {
        Some(source) => Err(Failure::Input(format!(
            "{} is what this is made from ({}); it is not overwritten: choose another name",
            out.display(),
            source.display()
        ))),
        None => Ok(()),
    }
}
