//! Reading files for commands.

use std::path::Path;

use serde_json::Value;

use super::Failure;
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
    use std::io::Write;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever read the output has seen enough.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Prints one JSON document on standard output.
pub fn print(document: &Value) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let written = serde_json::to_writer(&mut out, document).map_err(std::io::Error::from).and_then(|()| writeln!(out));
    match written {
        // Whoever read the output has seen enough.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
