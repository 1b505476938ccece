//! Files in a ZIP archive: zipped shapefiles, several in one, in folders; KMZ; whatever else can be read by itself. What an archive
//! claims is never believed: nothing is unpacked beyond the ceilings stated here.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::document::Parsed;
use super::error::{Cause, ReadError};
use super::formats::{Head, Reader, Sureness};
use super::shapefile::Parts;
use super::xml::{encoding_of, read_kml};
use super::{How, Progress, formats, shapefile, xml};
use crate::model::{Dataset, Format};

/// ZIP archives.
pub(super) struct Archive;

impl Reader for Archive {
    fn title(&self) -> &'static str {
        "ZIP"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["zip", "kmz", "ovkmz"]
    }

    fn formats(&self) -> &'static [(Format, bool)] {
        &[(formats::KMZ, false)]
    }

    fn sureness(&self, head: &Head<'_>) -> Sureness {
        let is_zip = head.bytes.starts_with(b"PK\x03\x04") || head.bytes.starts_with(b"PK\x05\x06");
        if is_zip { Sureness::Perhaps } else { Sureness::No }
    }

    fn finds_layers(&self) -> bool {
        true
    }

    fn layers(&self, path: &Path) -> Result<Vec<String>, ReadError> {
        let all = layers(path).map_err(|cause| cause.at(path))?;
        Ok(match all.len() {
            0 | 1 => xml::named_folders(kml_folders(path)),
            _ => all,
        })
    }

    fn read(&self, path: &Path, how: &How, progress: &Progress) -> Result<Dataset, ReadError> {
        let (parsed, size) = read(path, how, progress).map_err(|cause| cause.at(path))?;
        Ok(super::finish(path, size, parsed, how, progress))
    }
}

/// Most that is unpacked of one archive.
const MAX_UNPACKED: u64 = 2 << 30;

/// An archive unpacks to no more than this many times its own size, small ones aside.
const MAX_RATIO: u64 = 150;
const SMALL_BYTES: u64 = 64 << 20;
/// A KML in an archive of more than that unpacks to no more than this many times the archive.
const MAX_KML_RATIO: u64 = 60;

/// Endings of what can be read out of an archive, besides shapefiles.
const MAPS: [&str; 7] = ["kml", "ovkml", "geojson", "topojson", "gpx", "gml", "gpkg"];
const TABLES: [&str; 5] = ["csv", "json", "xlsx", "xls", "ods"];

type Zip = zip::ZipArchive<BufReader<File>>;

/// What lies in an archive: its name there, and its place.
struct Member {
    name: String,
    at: usize,
    bytes: u64,
}

impl Member {
    fn ending(&self) -> String {
        self.name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_ascii_lowercase())
    }

    /// Its path without the ending.
    fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(stem, _)| stem)
    }
}

fn open(path: &Path) -> Result<(Zip, Vec<Member>), Cause> {
    let file = File::open(path).map_err(load_cause)?;
    let mut zip = zip::ZipArchive::new(BufReader::new(file))
        .map_err(|e| Cause::Damaged(format!("its archive cannot be read ({e})")))?;
    let mut members = Vec::new();
    for at in 0..zip.len() {
        let Ok(file) = zip.by_index_raw(at) else { continue };
        let name = decoded_name(file.name_raw());
        let is_hidden = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
        if file.is_file() && !is_hidden {
            members.push(Member { name, at, bytes: file.size() });
        }
    }
    Ok((zip, members))
}

fn load_cause(e: std::io::Error) -> Cause {
    if e.kind() == std::io::ErrorKind::NotFound { Cause::NotFound } else { Cause::Unreadable(e) }
}

/// A name as it was meant: UTF-8, else GBK, which Windows writes in China without saying so. Folders are parted by `/`.
fn decoded_name(raw: &[u8]) -> String {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    };
    name.replace('\\', "/")
}

/// The table of a zipped shapefile.
pub(super) fn table_of(path: &Path, how: &How) -> Option<Vec<u8>> {
    let (mut zip, members) = open(path).ok()?;
    let is_wanted =
        |m: &&Member| how.layer.as_ref().is_none_or(|l| m.stem() == l || l.strip_suffix(".shp") == Some(m.stem()));
    let table = members.iter().filter(|m| m.ending() == "dbf").find(is_wanted)?;
    unpack(&mut zip, table, &mut MAX_UNPACKED.clone(), &Progress::new()).ok()
}

/// Names of what can be read in an archive, in its own order.
pub(super) fn layers(path: &Path) -> Result<Vec<String>, Cause> {
    let (mut zip, members) = open(path)?;
    let all = with_places(&mut zip, readable(&members));
    let mut names = Vec::new();
    for member in &all {
        // A GeoPackage has layers of its own.
        let inner = if member.ending() == "gpkg" { layers_of_package(&mut zip, member)? } else { Vec::new() };
        let own = called(member, &all);
        match (inner.len(), all.len()) {
            (0 | 1, _) => names.push(own),
            (_, 1) => names.extend(inner),
            _ => names.extend(inner.into_iter().map(|layer| format!("{own}#{layer}"))),
        }
    }
    Ok(names)
}

fn layers_of_package(zip: &mut Zip, member: &Member) -> Result<Vec<String>, Cause> {
    let bytes = unpack(zip, member, &mut MAX_UNPACKED.clone(), &Progress::new())?;
    let file = tempfile::NamedTempFile::new().map_err(Cause::Unreadable)?;
    std::fs::write(file.path(), bytes).map_err(Cause::Unreadable)?;
    Ok(super::geopackage::layers(file.path())?.into_iter().map(|l| l.table).collect())
}

fn readable(members: &[Member]) -> Vec<&Member> {
    let has_shapes = members.iter().any(|m| m.ending() == "shp");
    // A table beside shapes is a legend or a list of sources; everything else is a map.
    let is_readable = |m: &&Member| {
        let ending = m.ending();
        ending == "shp" || MAPS.contains(&ending.as_str()) || (!has_shapes && TABLES.contains(&ending.as_str()))
    };
    members.iter().filter(is_readable).collect()
}

/// Those that hold places, where there are several: the document at the top of a KMZ may do no more than name the others.
fn with_places<'a>(zip: &mut Zip, all: Vec<&'a Member>) -> Vec<&'a Member> {
    /// Documents longer than this are not looked into: they hold something.
    const LONG: u64 = 256 << 10;
    if all.len() < 2 {
        return all;
    }
    let mut only_links = |member: &Member| {
        let is_kml = ["kml", "ovkml"].contains(&member.ending().as_str()) && member.bytes <= LONG;
        let mut text = Vec::new();
        is_kml
            && zip.by_index(member.at).is_ok_and(|file| file.take(LONG).read_to_end(&mut text).is_ok())
            && text.windows(12).any(|w| w == b"<NetworkLink")
            && !text.windows(10).any(|w| w == b"<Placemark")
    };
    let kept: Vec<&Member> = all.iter().copied().filter(|m| !only_links(m)).collect();
    if kept.is_empty() { all } else { kept }
}

/// How a member is called: by its path without the ending, unless another one is called the same.
fn called(member: &Member, all: &[&Member]) -> String {
    let is_shared = all.iter().filter(|m| m.stem() == member.stem()).count() > 1;
    if is_shared { member.name.clone() } else { member.stem().to_owned() }
}

/// The member that a layer's name means, and the layer within it.
fn wanted<'a>(layer: Option<&'a str>, all: &[&Member]) -> (Option<&'a str>, Option<&'a str>) {
    let Some(layer) = layer else { return (None, None) };
    if all.iter().any(|m| m.name == layer || m.stem() == layer) {
        return (Some(layer), None);
    }
    // A folder of the document in a KMZ, a layer of the only GeoPackage.
    let has_inner = |m: &&Member| m.ending().ends_with("kml") || (all.len() == 1 && m.ending() == "gpkg");
    match layer.split_once('#') {
        Some((member, inner)) => (Some(member), Some(inner)),
        None if all.first().is_some_and(has_inner) => (None, Some(layer)),
        None => (Some(layer), None),
    }
}

/// Reads one member: that of the name, else the first; gives its name.
pub(super) fn read(path: &Path, how: &How, progress: &Progress) -> Result<(Parsed, usize), Cause> {
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    let (mut zip, members) = open(path)?;
    if members.is_empty() {
        return Err(Cause::UnsupportedFormat {
            kind: "empty-zip",
            what: "an empty ZIP archive. Export or download it again.".into(),
        });
    }
    let all = with_places(&mut zip, readable(&members));
    let (name, inner) = wanted(how.layer.as_deref(), &all);
    let member = match name {
        None => all.first(),
        Some(name) => all.iter().find(|m| m.name == name || m.stem() == name),
    };
    let Some(member) = member else {
        return Err(match how.layer.clone() {
            Some(layer) => Cause::NoLayer(layer),
            None => {
                let first = members.iter().map(|m| m.name.as_str()).take(3).collect::<Vec<_>>().join(", ");
                Cause::UnsupportedFormat {
                    kind: "zip",
                    what: format!(
                        "a ZIP archive with nothing in it that can be read here ({first}). Unpack it and choose a file."
                    ),
                }
            }
        });
    };
    let ceiling = MAX_UNPACKED.min(SMALL_BYTES.max(size.saturating_mul(MAX_RATIO)));
    let mut budget = ceiling;
    progress.set(0, member.bytes.min(ceiling) * 2);
    let ending = member.ending();
    let inner = How { layer: inner.map(str::to_owned), ..how.clone() };
    let mut parsed = match ending.as_str() {
        "shp" => {
            let mut part = |ending: &str| {
                let found =
                    members.iter().find(|m| m.ending() == ending && m.stem().eq_ignore_ascii_case(member.stem()));
                found.map(|m| unpack(&mut zip, m, &mut budget, progress)).transpose()
            };
            let shp = part("shp")?.unwrap_or_default();
            let parts = Parts { shp, shx: part("shx")?, dbf: part("dbf")?, prj: part("prj")?, cpg: part("cpg")? };
            shapefile::read(&parts, how, progress)?
        }
        "kml" | "ovkml" => kml(&mut zip, member, (ceiling, size), &inner, progress)?,
        "gpkg" => {
            let bytes = unpack(&mut zip, member, &mut budget, progress)?;
            let file = tempfile::NamedTempFile::new().map_err(Cause::Unreadable)?;
            std::fs::write(file.path(), bytes).map_err(Cause::Unreadable)?;
            super::geopackage::read(file.path(), inner.layer.as_deref(), progress)?
        }
        _ => {
            let bytes = unpack(&mut zip, member, &mut budget, progress)?;
            formats::parse_bytes(Path::new(&member.name), bytes, &inner, progress)?
        }
    };
    if parsed.format == formats::KML && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("kmz")) {
        parsed.format = formats::KMZ;
    }
    let is_ovital = |p: &Path| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("ovkmz"));
    if parsed.format == formats::KML && is_ovital(path) {
        xml::as_ovital(&mut parsed);
    }
    if all.len() > 1 {
        parsed.name = Some(called(member, &all));
    } else if parsed.name.is_none() {
        let stem = member.stem();
        parsed.name = Some(stem.rsplit('/').next().unwrap_or(stem).to_owned());
    }
    Ok((parsed, size as usize))
}

/// Documents are read as they are unpacked, and never lie in memory as a whole.
fn kml(
    zip: &mut Zip,
    member: &Member,
    (ceiling, zip_bytes): (u64, u64),
    how: &How,
    progress: &Progress,
) -> Result<Parsed, Cause> {
    let broken = |e: zip::result::ZipError| Cause::Damaged(format!("its archive cannot be read ({e})"));
    let mut head = Vec::new();
    zip.by_index(member.at).map_err(broken)?.take(1024).read_to_end(&mut head).map_err(load_cause)?;
    let (encoding, from) = encoding_of(&head, how);
    // Places of a few letters each become much more than their text: the ceiling is lower than that of other members.
    let ceiling = ceiling.min(SMALL_BYTES.max(zip_bytes.saturating_mul(MAX_KML_RATIO)));
    let source = Bounded { source: zip.by_index(member.at).map_err(broken)?, left: ceiling };
    let (mut parsed, _) = read_kml(source, encoding, how.layer.as_deref(), progress).map_err(|cause| match cause {
        Cause::Unreadable(e) if e.kind() == std::io::ErrorKind::FileTooLarge => too_large(),
        other => other,
    })?;
    parsed.encoding_from = from;
    if member.ending() == "ovkml" {
        xml::as_ovital(&mut parsed);
    }
    Ok(parsed)
}

/// Folders of the document in a KMZ, with how many places each holds.
pub(super) fn kml_folders(path: &Path) -> Vec<(String, usize)> {
    let Ok((mut zip, members)) = open(path) else { return Vec::new() };
    let all = with_places(&mut zip, readable(&members));
    let Some(member) = all.into_iter().next().filter(|m| m.ending() == "kml" || m.ending() == "ovkml") else {
        return Vec::new();
    };
    match zip.by_index(member.at) {
        Ok(file) => xml::kml_layers(Bounded { source: file, left: MAX_UNPACKED }, encoding_rs::UTF_8),
        Err(_) => Vec::new(),
    }
}

fn unpack(zip: &mut Zip, member: &Member, budget: &mut u64, progress: &Progress) -> Result<Vec<u8>, Cause> {
    let file = zip.by_index(member.at).map_err(|e| Cause::Damaged(format!("its archive cannot be read ({e})")))?;
    let mut bytes = Vec::new();
    Bounded { source: file, left: *budget }.read_to_end(&mut bytes).map_err(|e| match e.kind() {
        std::io::ErrorKind::FileTooLarge => too_large(),
        _ => Cause::Damaged(format!("{} in the archive cannot be unpacked ({e})", member.name)),
    })?;
    *budget -= bytes.len() as u64;
    if progress.is_cancelled() {
        return Err(Cause::Cancelled);
    }
    Ok(bytes)
}

fn too_large() -> Cause {
    Cause::UnsupportedFormat {
        kind: "zip-bomb",
        what: format!(
            "a ZIP archive that unpacks to more than {} GB, or to more than {MAX_RATIO} times its size. It is refused; unpack it yourself if you trust it.",
            MAX_UNPACKED >> 30
        ),
    }
}

/// A source that ends with an error beyond its ceiling.
struct Bounded<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(out)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                self.left = left;
                Ok(read)
            }
            None => Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "beyond the ceiling")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_gbk_and_the_ceiling() {
        let (gbk, ..) = encoding_rs::GB18030.encode("村界\\甲镇.shp");
        assert_eq!(decoded_name(&gbk), "村界/甲镇.shp");
        let mut out = Vec::new();
        let e = Bounded { source: std::io::repeat(0).take(100), left: 50 }.read_to_end(&mut out).expect_err("too much");
        assert_eq!(e.kind(), std::io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_document_that_only_names_others_is_no_layer() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("f.kmz");
        let mut zip = zip::ZipWriter::new(File::create(&path).expect("made"));
        let place = "<kml><Document><Placemark><name>甲</name><Point><coordinates>116,40</coordinates></Point></Placemark></Document></kml>";
        let links = "<kml><Document><NetworkLink><Link><href>layers/f.kml</href></Link></NetworkLink></Document></kml>";
        for (name, text) in [("doc.kml", links), ("layers/f.kml", place)] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
            std::io::Write::write_all(&mut zip, text.as_bytes()).expect("written");
        }
        zip.finish().expect("written");
        assert_eq!(layers(&path).expect("layers"), ["layers/f"]);
        let (parsed, _) = read(&path, &How::default(), &Progress::new()).expect("read");
        let features: usize = parsed.batches.iter().map(|b| b.geometry.features.len()).sum();
        assert_eq!(features, 1);
    }
}
