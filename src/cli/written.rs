//! What commands say of the files they wrote, and of what is not in them.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Failure, read};
use crate::cli::say::said;

/// Says which files were written, with their sizes in bytes, and what was left out: what, how many, why; what is none is not said.
pub(super) fn tell(files: &[(PathBuf, u64)], left_out: &[(&str, usize, &str)], as_json: bool) -> Result<(), Failure> {
    let left = left_out.iter().filter(|(_, count, _)| *count > 0);
    if as_json {
        let file = |(path, bytes): &(PathBuf, u64)| json!({ "path": path.to_string_lossy(), "bytes": bytes });
        let files: Vec<Value> = files.iter().map(file).collect();
        let left: Vec<Value> =
            left.map(|(what, count, why)| json!({ "what": what, "count": count, "why": why })).collect();
        return read::print(&json!({ "files": files, "left_out": left }));
    }
    for (path, bytes) in files {
        said!("{}  {bytes} bytes", path.display());
    }
    for (what, count, why) in left {
        said!("left out: {count} {what} ({why})");
    }
    Ok(())
}
