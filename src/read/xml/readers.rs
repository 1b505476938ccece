//! The XML formats in the list of formats: how each is told, and read from a file or from bytes.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use super::encoding_of;
use super::gml::read_gml;
use super::gpx::{GPX_LAYERS, read_gpx};
use super::kml::{kml_layers, read_kml};
use crate::geo::System;
use crate::model::{Dataset, Format};
use crate::read::crs::Named;
use crate::read::document::Parsed;
use crate::read::error::{Cause, ReadError};
use crate::read::formats::{self, Head, Reader, Sureness};
use crate::read::letters::{EncodingFrom, of_content};
use crate::read::{How, Progress, finish};

/// Bytes by which the encoding of a text is told that is not what it says.
const SAMPLE_BYTES: u64 = 1 << 20;

/// KML, and Ovital's; in an archive too, which another reader opens.
pub(in crate::read) struct Kml;
/// GPX.
pub(in crate::read) struct Gpx;
/// GML.
pub(in crate::read) struct Gml;

/// Whether a text is XML with an element of this name, whatever its prefix.
fn has_element(text: &str, name: &str) -> bool {
    let starts = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    starts
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).unwrap_or("");
            let prefix = before.rsplit('<').next().unwrap_or("");
            let is_prefix =
                prefix.is_empty() || prefix.strip_suffix(':').is_some_and(|p| p.chars().all(char::is_alphanumeric));
            let behind = text.get(at + name.len()..).and_then(|t| t.chars().next());
            before.contains('<') && is_prefix && behind.is_none_or(|c| c.is_whitespace() || matches!(c, '>' | '/'))
        })
}

impl Reader for Kml {
    fn title(&self) -> &'static str {
        "KML, KMZ, OVKML"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["kml", "ovkml"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::KML, false), (formats::OVKML, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        let is_named = head.ends_with(self.endings()) && head.text.trim_start().starts_with('<');
        if is_named || has_element(head.text, "kml") { Sureness::Sure } else { Sureness::No }
    }

    fn finds_layers(&self) -> bool {
        true
    }

    fn layers(&self, path: &Path) -> Result<Vec<String>, ReadError> {
        let mut file = File::open(path).map_err(|e| Cause::Unreadable(e).at(path))?;
        let mut head = Vec::new();
        (&mut file).take(1024).read_to_end(&mut head).map_err(|e| Cause::Unreadable(e).at(path))?;
        file.seek(SeekFrom::Start(0)).map_err(|e| Cause::Unreadable(e).at(path))?;
        Ok(named_folders(kml_layers(file, encoding_of(&head, &How::default()).0)))
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        let is_ovital = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("ovkml"));
        read_file(path, how, progress, |source, encoding| {
            let (mut parsed, is_damaged) = read_kml(source, encoding, how.layer.as_deref(), progress)?;
            if is_ovital {
                as_ovital(&mut parsed);
            }
            Ok((parsed, is_damaged))
        })
    }
}

/// Folders as layers: only where there are several, and all have names.
pub(in crate::read) fn named_folders(folders: Vec<(String, usize)>) -> Vec<String> {
    let are_layers = folders.len() > 1 && folders.iter().all(|(name, _)| !name.is_empty());
    if are_layers { folders.into_iter().map(|(name, _)| name).collect() } else { Vec::new() }
}

/// Ovital's map writes GCJ-02 into its files since version 9.3.0.
pub(in crate::read) fn as_ovital(parsed: &mut Parsed) {
    parsed.format = formats::OVKML;
    parsed.named = System::of_name("GCJ-02").map_or(Named::Nothing, Named::Known);
}

impl Reader for Gpx {
    fn title(&self) -> &'static str {
        "GPX"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["gpx"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::GPX, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        if has_element(head.text, "gpx") { Sureness::Sure } else { Sureness::No }
    }

    fn finds_layers(&self) -> bool {
        true
    }

    fn layers(&self, path: &Path) -> Result<Vec<String>, ReadError> {
        let file = File::open(path).map_err(|e| Cause::Unreadable(e).at(path))?;
        let (_, _, counts) = read_gpx(file, encoding_rs::UTF_8, Some(""), &Progress::new()).map_err(|c| c.at(path))?;
        let there = GPX_LAYERS.iter().zip(counts).filter(|(_, n)| *n > 0).map(|((name, _), _)| (*name).to_owned());
        let names: Vec<String> = there.collect();
        Ok(if names.len() > 1 { names } else { Vec::new() })
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        read_file(path, how, progress, |source, encoding| {
            read_gpx(source, encoding, how.layer.as_deref(), progress)
                .map(|(parsed, is_damaged, _)| (parsed, is_damaged))
        })
    }
}

impl Reader for Gml {
    fn title(&self) -> &'static str {
        "GML"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["gml"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::GML, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        let is_gml = head.text.contains("opengis.net/gml") || head.text.contains("opengis.net/wfs");
        match has_element(head.text, "FeatureCollection") && is_gml {
            true => Sureness::Sure,
            false if head.text.trim_start().starts_with('<') && is_gml => Sureness::Perhaps,
            false => Sureness::No,
        }
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        read_file(path, how, progress, |source, encoding| read_gml(source, encoding, progress))
    }
}

type Read1<'r> = &'r mut dyn Read;

/// Reads a file in the encoding that it states; where that does not fit, in the one that it reads best in.
fn read_file(
    path: &Path,
    how: &How,
    progress: &Progress,
    mut read: impl FnMut(Read1<'_>, &'static encoding_rs::Encoding) -> Result<(Parsed, bool), Cause>,
) -> Result<Dataset, ReadError> {
    let mut of = || -> Result<(Parsed, u64), Cause> {
        let mut file = File::open(path).map_err(Cause::Unreadable)?;
        let size = file.metadata().map_err(Cause::Unreadable)?.len();
        progress.set(0, size);
        let mut head = Vec::new();
        (&mut file).take(1024).read_to_end(&mut head).map_err(Cause::Unreadable)?;
        let (encoding, from) = encoding_of(&head, how);
        file.seek(SeekFrom::Start(0)).map_err(Cause::Unreadable)?;
        let (mut parsed, is_damaged) = read(&mut file, encoding)?;
        parsed.encoding_from = from;
        if is_damaged && from != EncodingFrom::Chosen {
            let mut sample = Vec::new();
            file.seek(SeekFrom::Start(0)).map_err(Cause::Unreadable)?;
            (&mut file).take(SAMPLE_BYTES).read_to_end(&mut sample).map_err(Cause::Unreadable)?;
            let (better, _) = of_content(&sample);
            if better != encoding {
                file.seek(SeekFrom::Start(0)).map_err(Cause::Unreadable)?;
                progress.set(0, size);
                parsed = read(&mut file, better)?.0;
                parsed.encoding_from = EncodingFrom::Scored;
            }
        }
        Ok((parsed, size))
    };
    let (parsed, size) = of().map_err(|cause| cause.at(path))?;
    Ok(finish(path, size as usize, parsed, how, progress))
}

/// Reads bytes of whichever of these formats they are; `None` where they are none.
pub(in crate::read) fn parse(bytes: &[u8], how: &How, progress: &Progress) -> Option<Result<Parsed, Cause>> {
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(64 << 10)).unwrap_or(bytes)).into_owned();
    let is_gml = text.contains("opengis.net/gml") || text.contains("opengis.net/wfs");
    let is = |name: &str| has_element(&text, name);
    let read = || {
        let (mut encoding, mut from) = encoding_of(bytes, how);
        if encoding == encoding_rs::UTF_8 && from == EncodingFrom::Content {
            encoding = of_content(bytes).0;
            from = if encoding == encoding_rs::UTF_8 { from } else { EncodingFrom::Scored };
        }
        let mut source = Cursor::new(bytes);
        let layer = how.layer.as_deref();
        let parsed = if is("kml") {
            read_kml(&mut source, encoding, layer, progress)?.0
        } else if is("gpx") {
            read_gpx(&mut source, encoding, layer, progress)?.0
        } else {
            read_gml(&mut source, encoding, progress)?.0
        };
        Ok(Parsed { encoding_from: from, ..parsed })
    };
    (is("kml") || is("gpx") || is_gml && is("FeatureCollection")).then(read)
}
