//! What a person says about how a file is to be read.

use std::path::{Path, PathBuf};

/// What a person says where a file does not, or is wrong. Everything empty: as the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// The layer, of several.
    pub layer: Option<String>,
    /// The encoding, by its label; [`How::TWICE`] mends what was encoded twice.
    pub encoding: Option<String>,
    /// The coordinate system: `EPSG:n`, `GCJ-02`, `BD-09`, a well-known text, or [`How::SWAPPED`].
    pub crs: Option<String>,
    /// Of a folder of photos only these, by their paths within it; all where empty.
    pub only: Vec<String>,
}

impl How {
    /// Texts that were UTF-8, were taken for Windows-1252 and encoded once more.
    pub const TWICE: &str = "twice";

    /// Degrees with the latitude before the longitude.
    pub const SWAPPED: &str = "swapped";

    /// Whether nothing is said.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A path and the layer behind its last `#`; the whole is the path where there is such a file, or no `#`.
///
/// # Examples
/// ```
/// use qiancun::read::split_layer;
///
/// assert_eq!(split_layer("a.gpkg#villages".as_ref()), ("a.gpkg".into(), Some("villages".to_owned())));
/// assert_eq!(split_layer("a.gpkg".as_ref()), ("a.gpkg".into(), None));
/// ```
pub fn split_layer(path: &Path) -> (PathBuf, Option<String>) {
    let whole = || (path.to_path_buf(), None);
    if path.exists() {
        return whole();
    }
    let Some(text) = path.to_str() else { return whole() };
    match text.find('#').map(|_| text.match_indices('#').map(|(at, _)| at)) {
        Some(places) => {
            // A `#` may be part of a folder's name: the first that leaves a file counts, else the last.
            let places: Vec<usize> = places.collect();
            let file = |at: usize| Path::new(text.get(..at).unwrap_or(""));
            let at =
                places.iter().copied().find(|at| file(*at).is_file()).or(places.last().copied()).unwrap_or(text.len());
            (file(at).to_path_buf(), text.get(at + 1..).filter(|l| !l.is_empty()).map(str::to_owned))
        }
        None => whole(),
    }
}
