//! From bytes to batches of features: which format it is, and who reads it.

use std::path::Path;

use super::batch::Batch;
use super::crs::Named;
use super::cursor::Cursor;
use super::error::{Cause, ReadError};
use super::feature::Expect;
use super::formats::{self, Head, Reader, Sureness};
use super::letters::EncodingFrom;
use super::outline::{End, Outline};
use super::sequence::{RECORD, Separator, looks_like_lines, split};
use super::sink::{Results, Sink};
use super::topojson::Topology;
use super::{How, Progress, encoding, osm, sniff};
use crate::model::{Dataset, Format, GeometryKind, Report, Severity, StatedColours};

/// A file as read, its batches not joined yet. It borrows nothing, so that the text can go before they are joined.
pub(super) struct Parsed {
    pub(super) batches: Vec<Batch>,
    pub(super) format: Format,
    pub(super) encoding: &'static str,
    pub(super) encoding_from: EncodingFrom,
    /// What the file says of its coordinates.
    pub(super) named: Named,
    /// The layer's own name.
    pub(super) name: Option<String>,
    /// Whether all values are texts because the format has no types: what are numbers throughout become such.
    pub(super) is_untyped: bool,
    /// Colours that all of its features have.
    pub(super) colours: Option<StatedColours>,
    /// Problems of the file as a whole.
    pub(super) report: Report,
}

impl Parsed {
    pub(super) fn new(batches: Vec<Batch>, format: Format) -> Self {
        Self {
            batches,
            format,
            encoding: "UTF-8",
            encoding_from: EncodingFrom::Content,
            named: Named::Nothing,
            name: None,
            is_untyped: false,
            colours: None,
            report: Report::default(),
        }
    }

    /// Takes the system that the file names.
    pub(super) fn set_crs(&mut self, name: &str) {
        self.named = Named::of(name);
    }
}

/// The GeoJSON family: collections, single features, sequences, TopoJSON, and what wraps them: the script of a qgis2web map, the
/// answer of Overpass.
pub(super) struct GeoJson;

impl Reader for GeoJson {
    fn title(&self) -> &'static str {
        "GeoJSON, TopoJSON"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["geojson", "json", "topojson", "geojsonl", "ndjson", "geojsons", "js"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::GEOJSON, true), (formats::GEOJSON_SEQ, true), (formats::TOPOJSON, true), (formats::OVERPASS, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        let first = Cursor::new(head.text.trim_start_matches('\u{feff}').as_bytes()).peek();
        match first {
            Some(RECORD | b'{') => Sureness::Sure,
            Some(_) if script_body(head.text.as_bytes()).is_some() => Sureness::Sure,
            _ => Sureness::No,
        }
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        super::read_document(path, how, progress)
    }
}

/// The object that a script gives a name, as qgis2web writes it: `var json_villages = {…};`.
fn script_body(text: &[u8]) -> Option<&[u8]> {
    let at = text.iter().take(200).position(|b| *b == b'=')?;
    let name = std::str::from_utf8(text.get(..at)?).ok()?;
    let is_word = |word: &str| word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
    let is_name = match name.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["var" | "let" | "const", name] | ["export", "const", name] | [name] => is_word(name),
        _ => false,
    };
    let body = text.get(at + 1..)?.trim_ascii();
    (is_name && body.first() == Some(&b'{')).then(|| body.strip_suffix(b";").unwrap_or(body))
}

/// Reads a whole file.
pub(super) fn parse(bytes: &[u8], how: &How, progress: &Progress) -> Result<Parsed, Cause> {
    if bytes.is_empty() {
        return Err(Cause::EmptyFile);
    }
    if let Some(cause) = sniff::binary(bytes) {
        return Err(cause);
    }
    let decoded = encoding::decode_as(bytes, how);
    let text: &[u8] = &decoded.text;
    let mut parsed = match Cursor::new(text).peek() {
        None => return Err(Cause::EmptyFile),
        Some(RECORD) => sequence(text, Separator::Record, progress),
        Some(b'{') => object(text, progress),
        Some(_) => match script_body(text) {
            Some(body) => object(body, progress),
            None => Err(sniff::other_text(text)),
        },
    };
    if progress.is_cancelled() {
        return Err(Cause::Cancelled);
    }
    if let Ok(parsed) = &mut parsed {
        (parsed.encoding, parsed.encoding_from) = (decoded.encoding, decoded.from);
        if decoded.bom {
            parsed.report.add(Severity::Info, "bom", None, decoded.encoding);
        }
        if decoded.damaged {
            parsed.report.add(Severity::Warning, "bad-utf16", None, "");
        }
    }
    parsed
}

/// Whether a text held what is not UTF-8.
pub(super) fn is_damaged(parsed: &Parsed) -> bool {
    parsed.batches.iter().any(|b| b.problems.iter().any(|p| p.code == "bad-utf8"))
}

fn is_called_json(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    GeoJson.endings().contains(&ending.as_str())
}

/// The error for a file whose beginning nobody knows.
pub(super) fn unknown(path: &Path, head: &[u8]) -> Cause {
    if head.is_empty() {
        return Cause::EmptyFile;
    }
    let decoded = encoding::decode(head);
    let is_text = !decoded.text.contains(&0);
    match (sniff::binary(head), Cursor::new(&decoded.text).peek()) {
        (Some(cause), _) => cause,
        (None, None) if is_text => Cause::EmptyFile,
        (None, Some(first)) if is_text => match sniff::other_text(&decoded.text) {
            // Whoever does not call it JSON did not mean any.
            Cause::NotJson { .. } | Cause::Truncated { .. }
                if !is_called_json(path) && !matches!(first, b'[' | b'{') =>
            {
                sniff::other_large(head)
            }
            cause => cause,
        },
        _ => sniff::other_large(head),
    }
}

fn parsed(batches: Vec<Batch>, format: Format) -> Parsed {
    Parsed::new(batches, format)
}

/// A file whose first value is an object.
fn object(text: &[u8], progress: &Progress) -> Result<Parsed, Cause> {
    let mut cursor = Cursor::new(text);
    cursor.peek();
    let start = cursor.at;
    let mut outline = Outline::default();
    let (end, items, results) = rayon::in_place_scope(|scope| {
        let mut sink = Sink::new(text, scope, progress, Expect::Feature);
        let end = outline.scan(&mut cursor, &mut sink);
        (end, sink.items, sink.finish())
    });
    if progress.is_cancelled() {
        return Err(Cause::Cancelled);
    }
    let after = match end {
        End::Complete(at) => at,
        _ => text.len(),
    };
    let rest = text.get(after..).unwrap_or(&[]).trim_ascii_start();
    let place = |at: usize| at.to_string();
    let one_line = !text.get(start..after).unwrap_or(&[]).contains(&b'\n');
    match outline.kind.as_deref() {
        Some("Topology") => topology(text, &outline, end),
        None if outline.keys.iter().any(|k| k == "elements") && !outline.has_features => osm::read(text),
        // Where the text ends early, its type may have been still to come.
        Some("FeatureCollection") | None
            if outline.has_features
                && (items > 0 || matches!(end, End::Complete(_)))
                && is_collection(&outline, end) =>
        {
            collection(text, &outline, end, rest, results)
        }
        Some(kind) if kind == "Feature" || GeometryKind::from_name(kind).is_some() => match end {
            End::Complete(_) if !rest.is_empty() && (rest.starts_with(b"{") || one_line) => {
                sequence(text, if one_line { Separator::Line } else { Separator::Braces }, progress)
            }
            End::Complete(_) => {
                let mut batch = Batch::default();
                batch.item(text.get(start..after).unwrap_or(&[]), start, Expect::FeatureOrGeometry);
                let mut all = single(batch, &outline, text);
                if !rest.is_empty() {
                    all.report.add(Severity::Warning, "trailing-data", None, place(after));
                }
                Ok(all)
            }
            _ if looks_like_lines(text) => sequence(text, Separator::Line, progress),
            _ => Err(broken(text, &outline)),
        },
        _ => match end {
            End::Complete(_) if rest.is_empty() => Err(broken(text, &outline)),
            _ if looks_like_lines(text) => sequence(text, Separator::Line, progress),
            _ => Err(broken(text, &outline)),
        },
    }
}

fn is_collection(outline: &Outline, end: End) -> bool {
    outline.kind.is_some() || (!matches!(end, End::Complete(_)) && outline.member("geometryType").is_none())
}

/// The error of an object that is broken before anything could be read from it.
fn broken(text: &[u8], outline: &Outline) -> Cause {
    match serde_json::from_slice::<serde::de::IgnoredAny>(text) {
        Ok(_) => sniff::other_object(outline),
        Err(e) => Cause::json(text, &e),
    }
}

fn single(batch: Batch, outline: &Outline, text: &[u8]) -> Parsed {
    let mut all = parsed(vec![batch], crate::read::formats::GEOJSON);
    set_crs(&mut all, outline, text);
    all.name = outline.name.clone();
    all
}

/// A collection whose features are in batches already, given the text around them.
pub(super) fn whole_collection(around: &[u8], outline: &Outline, batches: Vec<Batch>) -> Parsed {
    let mut all = parsed(batches, crate::read::formats::GEOJSON);
    set_crs(&mut all, outline, around);
    all.name = outline.name.clone();
    all
}

fn collection(text: &[u8], outline: &Outline, end: End, rest: &[u8], results: Results) -> Result<Parsed, Cause> {
    let mut all = parsed(results.into_batches(), crate::read::formats::GEOJSON);
    set_crs(&mut all, outline, text);
    all.name = outline.name.clone();
    match end {
        End::Complete(at) if !rest.is_empty() => {
            all.report.add(Severity::Warning, "trailing-data", None, at.to_string())
        }
        End::Complete(_) => {}
        End::Eof if all.batches.iter().all(|b| b.row() == 0) => return Err(broken(text, outline)),
        End::Eof => all.report.add(Severity::Error, "truncated", None, text.len().to_string()),
        End::Broken(at) => all.report.add(Severity::Error, "broken-json", None, at.to_string()),
    }
    if let (Some(at), End::Complete(_)) = (outline.stray, end) {
        all.report.add(Severity::Error, "broken-json", None, at.to_string());
    }
    Ok(all)
}

fn set_crs(all: &mut Parsed, outline: &Outline, text: &[u8]) {
    all.named = Named::of_member(outline.member("crs").and_then(|at| text.get(at)));
}

fn topology(text: &[u8], outline: &Outline, end: End) -> Result<Parsed, Cause> {
    let (Some(arcs), Some(objects)) = (outline.member("arcs"), outline.member("objects")) else {
        return Err(broken(text, outline));
    };
    let mut batch = Batch::default();
    let read = Topology::new(text, arcs, outline.member("transform")).and_then(|t| t.objects(objects, &mut batch));
    if read.is_err() && batch.row() == 0 {
        return Err(broken(text, outline));
    }
    let mut all = parsed(vec![batch], crate::read::formats::TOPOJSON);
    set_crs(&mut all, outline, text);
    match &read {
        Ok(names) => all.name = names.first().filter(|_| names.len() == 1).cloned(),
        Err(syntax) => all.report.add(Severity::Error, "broken-json", None, syntax.at.to_string()),
    }
    match end {
        End::Complete(_) => {}
        End::Eof => all.report.add(Severity::Error, "truncated", None, text.len().to_string()),
        End::Broken(at) => all.report.add(Severity::Error, "broken-json", None, at.to_string()),
    }
    Ok(all)
}

fn sequence(text: &[u8], separator: Separator, progress: &Progress) -> Result<Parsed, Cause> {
    let (cut, items, results) = rayon::in_place_scope(|scope| {
        let mut sink = Sink::new(text, scope, progress, Expect::FeatureOrGeometry);
        let cut = split(text, separator, &mut sink);
        (cut, sink.items, sink.finish())
    });
    let mut all = parsed(results.into_batches(), crate::read::formats::GEOJSON_SEQ);
    if let Some(at) = cut {
        if items == 0 {
            let before = text.get(..text.len()).unwrap_or(&[]);
            let line = 1 + memchr::memchr_iter(b'\n', before).count();
            let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |n| n + 1) + 1;
            return Err(Cause::Truncated { line, column });
        }
        all.report.add(Severity::Error, "truncated", None, at.to_string());
    }
    Ok(all)
}
