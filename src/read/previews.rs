//! Some texts of a file as they would read in each encoding, so that a person sees which is right.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::dos::Letters;
use super::letters::{ENCODINGS, decoded_twice};
use super::shapefile::{Table, sibling};
use super::{How, Progress, archive, load};

/// Bytes of a text that are looked at.
const SAMPLE_BYTES: u64 = 1 << 20;

/// Weight of the letters of a reading below which nobody is asked about it.
const LEAST_WEIGHT: f32 = 0.5;

/// Texts shown.
const COUNT: usize = 3;

/// For each encoding that the file's texts can be in some of them as they would read; none where all of them are plain ASCII, or the
/// format has one encoding only.
pub fn previews(path: &Path, how: &How) -> Vec<(String, Vec<String>)> {
    let sample = sample(path, how);
    // Names say more than the heads of columns, which stand in the first line.
    let behind = sample.iter().position(|b| *b == b'\n').map_or(sample.len(), |at| at + 1);
    let values = texts(sample.get(behind..).unwrap_or(&[]));
    let texts = if values.is_empty() { texts(&sample) } else { values };
    if texts.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let is_of_one_byte = super::letters::of_content(&sample).0.is_single_byte();
    for label in ENCODINGS {
        let Some(encoding) = Letters::of_label(label) else { continue };
        // A page of MS-DOS makes letters of any byte: it is offered where it reads better than what Windows wrote.
        let is_likely = || is_of_one_byte && texts.iter().all(|t| encoding.reads_better_than_windows(t));
        let is_of_dos = matches!(encoding, Letters::Dos(_)) || encoding.name() == "IBM866";
        if is_of_dos && !is_likely() {
            continue;
        }
        let read: Vec<(String, bool)> = texts
            .iter()
            .map(|t| {
                let (text, is_damaged) = encoding.decode(t);
                (text.trim().to_owned(), is_damaged)
            })
            .collect();
        if read.iter().any(|(_, is_damaged)| *is_damaged) {
            continue;
        }
        // Reads as nothing that people write.
        let weight = texts.iter().map(|t| encoding.weight(t)).sum::<f32>() / texts.len() as f32;
        if weight < LEAST_WEIGHT && label != "UTF-8" {
            continue;
        }
        let read: Vec<String> = read.into_iter().map(|(t, _)| t).collect();
        if label == "UTF-8" && read.iter().all(|t| decoded_twice(t).is_some()) {
            found.push((How::TWICE.to_owned(), read.iter().filter_map(|t| decoded_twice(t)).collect()));
        }
        found.push((label.to_owned(), read));
    }
    found
}

/// Bytes among which texts stand.
fn sample(path: &Path, how: &How) -> Vec<u8> {
    let has = |ending: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
    let of_table = |bytes: &[u8]| Table::new(bytes).map(|t| t.sample()).unwrap_or_default();
    if has("zip") {
        return archive::table_of(path, how).map_or_else(Vec::new, |bytes| of_table(&bytes));
    }
    if has("shp") || has("dbf") {
        let table = if has("dbf") { Some(path.to_path_buf()) } else { sibling(path, "dbf") };
        return table.and_then(|p| load::load(&p, &Progress::new()).ok()).map_or_else(Vec::new, |b| of_table(&b));
    }
    let mut bytes = Vec::new();
    // What cannot be read has no texts.
    File::open(path).and_then(|f| f.take(SAMPLE_BYTES).read_to_end(&mut bytes)).ok();
    let is_binary = bytes.contains(&0);
    if is_binary { Vec::new() } else { bytes }
}

/// The first distinct texts beyond ASCII, by the signs that part values in text formats.
fn texts(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found: Vec<&[u8]> = Vec::new();
    for text in
        bytes.split(|b| matches!(b, b'"' | b'\'' | b',' | b';' | b'<' | b'>' | b'\n' | b'\r' | b'\t' | b':' | b'='))
    {
        if !text.is_ascii() && text.len() <= 120 && !found.contains(&text) {
            found.push(text);
            if found.len() == COUNT {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_right_can_be_seen() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.csv");
        let (gbk, ..) = encoding_rs::GB18030.encode("name,town\n东沟村,甲镇\n西沟村,甲镇\n");
        std::fs::write(&path, &gbk).expect("written");
        let found = previews(&path, &How::default());
        let of = |label: &str| found.iter().find(|(l, _)| l == label).map(|(_, t)| t.clone());
        assert_eq!(of("GB18030"), Some(vec!["东沟村".to_owned(), "甲镇".to_owned(), "西沟村".to_owned()]));
        assert_eq!(of("UTF-8"), None);
        std::fs::write(&path, "name\nplain\n").expect("written");
        assert!(previews(&path, &How::default()).is_empty());
    }
}
