//! Where the shared data lie, and what to do where they are absent.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The unpacked shared data, or `None` where they are absent; then the test says so and skips.
pub fn folder(test: &str) -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOLDER.get_or_init(find).clone();
    if found.is_none() {
        skipped(test);
    }
    found
}

/// Says that a test was skipped for want of the shared data: past the capture of the test runner, so that `.ci/run` sees it.
pub fn skipped(test: &str) {
    writeln!(std::io::stderr(), "SKIPPED {test}: no shared data (set QIANCUN_SHARED)").ok();
}

fn find() -> Option<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = std::env::var_os("QIANCUN_SHARED").map_or_else(|| here.join("../shared/data"), PathBuf::from);
    let unpack = root.join("unpack");
    if !unpack.is_file() {
        return root.join("expected.json").is_file().then_some(root);
    }
    let target = here.join("target/shared-data");
    let done = Command::new("sh").arg(unpack).arg(&target).status().ok()?;
    done.success().then_some(target)
}
