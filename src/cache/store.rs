//! A whole file in the cache.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::container::{Reader, Writer};
use super::picture::touch;
use super::{Cache, FileKey, content_digest, found, geometry, table};
use crate::geo::{Anchor, System};
use crate::model::{Crs, CrsFrom, Dataset, Report, Roles, SourceInfo, StatedColours};
use crate::read::Progress;
use crate::read::formats::kept_format;
use crate::render::Chunks;

/// Ending of its files.
pub(super) const ENDING: &str = "map";

/// Which file it is of, and how that was understood.
#[derive(Serialize, Deserialize)]
struct Head {
    key: FileKey,
    /// SHA-256 of the whole file.
    content: String,
    bytes: u64,
    format: String,
    encoding: String,
    encoding_from: String,
    crs: Result<u32, String>,
    crs_from: String,
    layer: String,
    colours: Option<StatedColours>,
}

/// What the cache knows of a file.
pub struct Found {
    /// The data, as the reader would give them.
    pub dataset: Dataset,
    /// Geometry for the renderer, shared borders known.
    pub chunks: Chunks,
    /// Where names stand.
    pub anchors: Vec<Option<Anchor>>,
    /// All problems.
    pub report: Report,
    /// SHA-256 of the file it was made from.
    pub content: String,
}

/// What is to be kept of a file.
pub struct ToKeep<'a> {
    /// Where the file is.
    pub path: &'a Path,
    /// The file as it stood before it was read.
    pub key: &'a FileKey,
    /// The data.
    pub dataset: &'a Dataset,
    /// Geometry for the renderer.
    pub chunks: &'a Chunks,
    /// Where names stand.
    pub anchors: &'a [Option<Anchor>],
    /// All problems.
    pub report: &'a Report,
}

const ENCODINGS: [&str; 3] = ["UTF-8", "UTF-16LE", "UTF-16BE"];
const ENCODING_FROM: [&str; 4] = ["content", "mark", "file", "scored"];
const CRS_FROM: [CrsFrom; 2] = [CrsFrom::File, CrsFrom::Default];

impl Cache {
    fn place_of(&self, key: &FileKey) -> PathBuf {
        self.place(&key.path, ENDING)
    }

    /// What is known of a file as it stands, `key` being its present one; `None` where there is nothing, or nothing that can be used, or the reading was
    /// cancelled.
    pub fn find(&self, path: &Path, key: &FileKey, progress: &Progress) -> Option<Found> {
        if !self.is_worth_keeping(key.bytes) {
            return None;
        }
        let place = self.place_of(key);
        let found = read(&place, path, key, progress)?;
        touch(&place);
        Some(found)
    }

    /// Keeps what is known of a file; false where it is not worth it, has changed since it was read, is larger than all that
    /// may be kept, or `go_on` said no meanwhile.
    ///
    /// # Errors
    /// Those of the file system; nothing is left behind then.
    pub fn keep(&self, what: &ToKeep<'_>, go_on: impl Fn() -> bool) -> std::io::Result<bool> {
        let ToKeep { path, key, dataset, chunks, anchors, report } = what;
        let source = &dataset.source;
        // What a person said about the reading is not in the file, and what it was computed with not in the cache.
        let is_plain = matches!(source.crs, Crs::Geographic(_))
            && CRS_FROM.contains(&source.crs_from)
            && source.encoding_from != "option";
        let known = is_plain && kept_format(source.format.name()).is_some() && ENCODINGS.contains(&source.encoding);
        let (Some(topology), Some(shores)) = (chunks.topology(), chunks.shores()) else { return Ok(false) };
        if !known || !self.is_worth_keeping(key.bytes) {
            return Ok(false);
        }
        // Half a position is the least that one takes.
        if dataset.geometry.coords.len() as u64 * 8 > self.limit_bytes {
            return Ok(false);
        }
        let Some(content) = content_digest(path, &go_on)? else { return Ok(false) };
        // What was read is what lies there only if nothing changed from before the reading to now.
        if FileKey::of(path)? != **key {
            return Ok(false);
        }
        let place = self.place_of(key);
        let mut out = Writer::new(&place)?;
        geometry::write(&dataset.geometry, &mut out)?;
        table::write(&dataset.table, &mut out)?;
        found::write_topology(topology, shores, &mut out)?;
        found::write_anchors(anchors, &mut out)?;
        found::write_report("read", &dataset.report, &mut out)?;
        found::write_report("report", report, &mut out)?;
        if out.bytes() > self.limit_bytes || !go_on() {
            return Ok(false);
        }
        let head = Head {
            key: (*key).clone(),
            content,
            bytes: source.bytes,
            format: source.format.name().to_owned(),
            encoding: source.encoding.to_owned(),
            encoding_from: source.encoding_from.to_owned(),
            crs: match &source.crs {
                Crs::Geographic(epsg) => Ok(*epsg),
                Crs::Reprojected(name) | Crs::Other(name) => Err(name.clone()),
            },
            crs_from: source.crs_from.name().to_owned(),
            layer: source.layer.clone(),
            colours: source.colours,
        };
        out.finish(head)?;
        self.prune();
        Ok(true)
    }

    /// Forgets a file.
    pub fn forget(&self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        // What cannot be removed is not used either: its key no longer fits, or it is written over.
        std::fs::remove_file(self.place(&path.to_string_lossy(), ENDING)).ok();
    }
}

fn read(place: &Path, path: &Path, key: &FileKey, progress: &Progress) -> Option<Found> {
    let reader: Reader<Head> = Reader::open(place)?;
    let head = &reader.head;
    if head.key != *key {
        return None;
    }
    progress.set(0, reader.bytes());
    let go_on = || (!progress.is_cancelled()).then_some(());
    let geometry = Arc::new(geometry::read(&reader)?);
    go_on()?;
    progress.set(reader.bytes() / 2, reader.bytes());
    let features = u32::try_from(geometry.features.len()).ok()?;
    let (rest, chunks) = rayon::join(
        || {
            let table = table::read(&reader, features)?;
            let anchors = found::read_anchors(&reader, features)?;
            let read = found::read_report(&reader, "read", features)?;
            Some((table, anchors, read, found::read_report(&reader, "report", features)?))
        },
        || {
            let chunks = Chunks::new(geometry.clone());
            let found = found::read_topology(&reader, &geometry.ring_starts, &chunks.rings, features);
            found.map(|(topology, shores)| chunks.knowing(topology, shores))
        },
    );
    let ((table, anchors, read, report), chunks) = (rest?, chunks?);
    go_on()?;
    let source = SourceInfo {
        path: path.to_path_buf(),
        bytes: head.bytes,
        format: kept_format(&head.format)?,
        encoding: ENCODINGS.iter().find(|e| **e == head.encoding)?,
        encoding_from: ENCODING_FROM.iter().find(|e| **e == head.encoding_from)?,
        crs: match &head.crs {
            Ok(epsg) => Crs::Geographic(*epsg),
            Err(name) => Crs::Other(name.clone()),
        },
        crs_from: *CRS_FROM.iter().find(|c| c.name() == head.crs_from)?,
        system: head.crs.as_ref().ok().and_then(|epsg| System::of_epsg(*epsg)),
        bounds_source: None,
        colours: head.colours,
        layer: head.layer.clone(),
    };
    let dataset = Dataset {
        source: Arc::new(source),
        geometry,
        roles: Roles::detect(&table),
        chosen: Arc::default(),
        table: Arc::new(table),
        report: Arc::new(read),
    };
    Some(Found { dataset, chunks, anchors, report, content: head.content.clone() })
}
