//! The program as others run it, and small files made for a test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Runs the program in English, without a display.
pub fn qiancun(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qiancun"))
        .args(arguments)
        .env("QIANCUN_CONFIG_DIR", std::env::temp_dir())
        .env("QIANCUN_LANG", "en")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the program starts")
}

/// What a command prints and what it tells on standard error; it has to succeed.
pub fn json(arguments: &[&str]) -> (Value, String) {
    let out = qiancun(arguments);
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{arguments:?}: {told}");
    (serde_json::from_slice(&out.stdout).expect("one JSON document"), told)
}

/// A folder of small files.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path(name), content).expect("written");
        self
    }

    /// A project of these files, layers first.
    pub fn project(&self, name: &str, layers: &[&str], tables: &[&str], rest: &str) -> String {
        // A literal string: Windows has backslashes in paths.
        let entry = |kind: &str, path: &&str| format!("[[{kind}]]\npath = '{path}'\n");
        let layers: String = layers.iter().map(|l| entry("layer", l)).collect();
        let tables: String = tables.iter().map(|l| entry("table", l)).collect();
        self.write(name, format!("version = 1\n{rest}\n{layers}{tables}"));
        self.text(name)
    }
}

/// Villages side by side, a square each, with the properties given as JSON.
pub fn villages(properties: &[&str]) -> String {
    let feature = |(i, p): (usize, &&str)| square(116.0 + 0.02 * i as f64, 40.0, 0.01, p);
    collection(&properties.iter().enumerate().map(feature).collect::<Vec<_>>())
}

/// A square with its lower left corner there.
pub fn square(west: f64, south: f64, size: f64, properties: &str) -> String {
    let (east, north) = (west + size, south + size);
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
    )
}

/// A point.
pub fn point(lon: f64, lat: f64, properties: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Point","coordinates":[{lon},{lat}]}}}}"#
    )
}

/// A collection of features.
pub fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

/// A public case or a file that hurts, under the shared data; `None` where they are absent, which is said.
pub fn shared(test: &str, name: &str) -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = std::env::var_os("QIANCUN_SHARED").map_or_else(|| here.join("../shared/data"), PathBuf::from);
    let path = root.join(name);
    if !path.exists() {
        crate::shared::skipped(test);
        return None;
    }
    Some(path)
}
