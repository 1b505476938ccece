//! A look at a workbook before it is unpacked: how large it would be, and whether its cells lie within a sheet. A lie costs
//! the time of unpacking in small pieces, never memory.

use std::io::{Cursor, Read};
use std::ops::Range;
use std::sync::Mutex;

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::ods_look::look_at_ods;
use super::xls_look::look_at_xls;

/// What a workbook may unpack to, in bytes.
const MAX_UNPACKED: u64 = 2_000_000_000;

/// Rows and columns of a sheet (ECMA-376 part 1, 18.3.1).
const MAX_ROW: u32 = 1_048_576;
const MAX_COLUMN: u32 = 16_384;

/// What is seen in a workbook that its values do not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Seen {
    /// Whether a sheet of an XLSX has formulas.
    pub has_formulas: bool,
    /// Whether a sheet of an XLSX merges cells.
    pub has_merged: bool,
    /// Whether a sheet of an XLSX hides rows or columns.
    pub hides: bool,
    /// Cells of XLS and ODS that are more than their values.
    pub marks: Vec<Mark>,
}

/// Cells that are more than their values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    /// Position of the sheet.
    pub sheet: usize,
    /// Rows, from 0.
    pub rows: Range<u32>,
    /// Columns, from 0.
    pub columns: Range<u32>,
    /// What they are.
    pub what: What,
}

/// What cells are besides their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Numbers shown as per cent.
    Percent,
    /// Formulas without a stored result.
    Unsolved,
}

/// Looks at a workbook; XLS is no archive and has sheets of 65,536 × 256 cells at most. What was seen last is remembered: a workbook is
/// opened several times until it is known what it is.
///
/// # Errors
/// A message that says what is beyond what is read, and where.
pub(super) fn look(bytes: &[u8]) -> Result<Seen, String> {
    static LAST: Mutex<Option<([u8; 32], Seen)>> = Mutex::new(None);
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let last = || LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, seen)) = last().as_ref().filter(|(known, _)| *known == digest) {
        return Ok(seen.clone());
    }
    let seen = look_at(bytes)?;
    *last() = Some((digest, seen.clone()));
    Ok(seen)
}

fn look_at(bytes: &[u8]) -> Result<Seen, String> {
    if !bytes.starts_with(b"PK") {
        return look_at_xls(bytes);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("it is damaged ({e})"))?;
    let too_large = || {
        format!(
            "it unpacks to more than {} GB, far more than a table of villages takes; it is refused unread",
            MAX_UNPACKED / 1_000_000_000
        )
    };
    let mut stated = 0_u64;
    for i in 0..archive.len() {
        let entry = archive.by_index_raw(i).map_err(|e| format!("it is damaged ({e})"))?;
        stated = stated.saturating_add(entry.size());
    }
    if stated > MAX_UNPACKED {
        return Err(too_large());
    }
    let (mut unpacked, mut seen) = (0_u64, Seen::default());
    for i in 0..archive.len() {
        let Ok(mut entry) = archive.by_index(i) else { continue };
        let name = entry.name().map(|n| n.into_owned()).unwrap_or_default();
        // Where a workbook's sheets lie is up to the workbook; drawings have attributes of the same name.
        let is_drawing =
            ["xl/drawings/", "xl/theme/", "xl/media/", "xl/charts/", "docProps/"].iter().any(|f| name.starts_with(f));
        let is_sheet = name.ends_with(".xml") && !is_drawing;
        if name == "content.xml" {
            seen.marks = look_at_ods(&mut std::io::BufReader::new((&mut entry).take(MAX_UNPACKED + 1)))?;
            continue;
        }
        let is_worksheet = is_sheet && name.starts_with("xl/");
        let mut scan = RefScan::default();
        let mut block = vec![0; 1 << 16];
        loop {
            let n = match entry.read(&mut block) {
                Ok(0) | Err(_) => break,
                Ok(n) => n,
            };
            unpacked += n as u64;
            if unpacked > MAX_UNPACKED {
                return Err(too_large());
            }
            if is_sheet && let Some(place) = scan.take(block.get(..n).unwrap_or(&[])) {
                return Err(format!(
                    "a cell of {name} says that it stands in {place}, which no sheet has: XFD1048576 is the last"
                ));
            }
        }
        seen.has_formulas |= is_worksheet && scan.has[0];
        seen.has_merged |= is_worksheet && scan.has[1];
        seen.hides |= is_worksheet && scan.has[2];
    }
    Ok(seen)
}

/// Looks for references of cells that no sheet has, block by block.
#[derive(Default)]
struct RefScan {
    /// The end of the block before.
    rest: Vec<u8>,
    /// Which of [`TOLD`] came by.
    has: [bool; 3],
}

/// What tells that a sheet has formulas, merges cells, hides rows or columns. A prefix of namespaces may stand before the elements.
const TOLD: [&[u8]; 3] = [b"<f", b"mergeCell", b"hidden="];

/// Bytes that a reference of a cell with its attribute takes at most, with room for absurd ones.
const REF_BYTES: usize = 64;

impl RefScan {
    fn take(&mut self, block: &[u8]) -> Option<String> {
        self.rest.extend_from_slice(block);
        for (has, told) in self.has.iter_mut().zip(TOLD) {
            *has = *has || memchr::memmem::find(&self.rest, told).is_some();
        }
        let found = memchr::memmem::find_iter(&self.rest, b" r=").find_map(|at| {
            let value = self.rest.get(at + 4..)?;
            let end = value.iter().take(REF_BYTES).position(|b| *b == b'"' || *b == b'\'')?;
            let value = value.get(..end)?;
            (!is_within(value)).then(|| String::from_utf8_lossy(value).into_owned())
        });
        let keep = self.rest.len().saturating_sub(REF_BYTES);
        self.rest.drain(..keep);
        found
    }
}

/// Whether a reference of a row (`5`) or a cell (`C5`) lies within a sheet; what is neither is left to the reader.
fn is_within(reference: &[u8]) -> bool {
    let letters = reference.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (column, row) = reference.split_at(letters);
    if row.is_empty() || !row.iter().all(u8::is_ascii_digit) {
        return true;
    }
    let number = |base: u32, digits: &[u8], of: fn(u8) -> u32| {
        digits.iter().try_fold(0_u32, |n, d| n.checked_mul(base)?.checked_add(of(*d)))
    };
    let row = number(10, row, |d| u32::from(d - b'0'));
    let column = number(26, column, |d| u32::from(d.to_ascii_uppercase() - b'A') + 1);
    row.is_some_and(|r| r <= MAX_ROW) && column.is_some_and(|c| c <= MAX_COLUMN)
}

/// The name of a cell, both counted from 0: `(0, 27)` is `AB1`.
pub fn cell_name(row: u32, column: u32) -> String {
    let (mut letters, mut n) = (Vec::new(), column + 1);
    while n > 0 {
        letters.push(char::from(b'A' + ((n - 1) % 26) as u8));
        n = (n - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_within_and_beyond() {
        for text in ["A1", "XFD1048576", "5", "1048576", "", "abc", "c1"] {
            assert!(is_within(text.as_bytes()), "{text}");
        }
        for text in ["XFE1", "A1048577", "ZZZZZZZ4294967295", "4294967295", "AAAA1", "A99999999999999999999"] {
            assert!(!is_within(text.as_bytes()), "{text}");
        }
        assert_eq!(cell_name(0, 27), "AB1");
        assert_eq!(cell_name(1_048_575, 16_383), "XFD1048576");
    }

    #[test]
    fn a_reference_over_two_blocks_is_seen() {
        let text = format!("<row r=\"1\">{}<c r=\"XFE7\">", "<c r=\"A1\"/>".repeat(50));
        for cut in 0..text.len() {
            let (a, b) = text.as_bytes().split_at(cut);
            let mut scan = RefScan::default();
            let found = scan.take(a).or_else(|| scan.take(b));
            assert_eq!(found.as_deref(), Some("XFE7"), "{cut}");
        }
    }
}
