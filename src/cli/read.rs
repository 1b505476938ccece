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
    Err(Failure::Input(format!(
        "{}: the coordinates are in {crs}, not in degrees; convert the file to WGS 84 (EPSG:4326) first",
        path.display()
    )))
}

/// Reads a file.
pub fn any(path: &Path) -> Result<Dataset, Failure> {
    read_file(path, &Progress::new()).map_err(|e| Failure::Input(e.to_string()))
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
