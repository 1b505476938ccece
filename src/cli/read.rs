//! Reading files for commands.

use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use super::{Failure, say};
use crate::model::Dataset;
use crate::read::{Progress, read_file};

/// Reads a file whose coordinates are to be measured.
pub fn geographic(path: &Path) -> Result<Dataset, Failure> {
    let dataset = any(path)?;
    if dataset.source.crs.is_geographic() {
        return Ok(dataset);
    }
    let crs = dataset.source.crs.name();
    Err(because(
        "unknown-crs",
        path,
        match crs.is_empty() {
            true => "the coordinates are metres of an unknown system; say which by `crs` in the project".to_owned(),
            false => format!("the coordinate system {crs} is not understood; say which it is by `crs` in the project"),
        },
    ))
}

/// Reads a file.
pub fn any(path: &Path) -> Result<Dataset, Failure> {
    read_file(path, &Progress::new()).map_err(|e| Failure::Because {
        code: e.code(),
        message: e.to_string(),
        file: Some(path.to_owned()),
    })
}

/// A failure that a file is the reason of.
pub fn because(code: &'static str, file: &Path, what: String) -> Failure {
    Failure::Because { code, message: format!("{}: {what}", file.display()), file: Some(file.to_owned()) }
}

/// Prints text on standard output.
pub fn print_text(text: &str) -> Result<(), Failure> {
    say::say(format_args!("{text}"), "");
    Ok(())
}

/// Prints one JSON document on standard output.
pub fn print(document: &Value) -> Result<(), Failure> {
    say::write(|out| serde_json::to_writer(&mut *out, document).map_err(io::Error::from).and_then(|()| writeln!(out)));
    Ok(())
}
