//! A look at a workbook before it is unpacked: how large it would be, and whether its cells lie within a sheet. A lie costs
//! the time of unpacking in small pieces, never memory.

use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// What a workbook may unpack to, in bytes.
const MAX_UNPACKED: u64 = 2_000_000_000;

/// Rows and columns of a sheet (ECMA-376 part 1, 18.3.1).
const MAX_ROW: u32 = 1_048_576;
const MAX_COLUMN: u32 = 16_384;

/// Cells that an ODS may repeat a value to, in all.
const MAX_REPEATED: u64 = 20_000_000;

/// Looks at a workbook; XLS is no archive and has sheets of 65,536 × 256 cells at most.
///
/// # Errors
/// A message that says what is beyond what is read, and where.
pub(super) fn look(bytes: &[u8]) -> Result<(), String> {
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
    let mut unpacked = 0_u64;
    for i in 0..archive.len() {
        let Ok(mut entry) = archive.by_index(i) else { continue };
        let name = entry.name().map(|n| n.into_owned()).unwrap_or_default();
        // Where a workbook's sheets lie is up to the workbook; drawings have attributes of the same name.
        let is_drawing =
            ["xl/drawings/", "xl/theme/", "xl/media/", "xl/charts/", "docProps/"].iter().any(|f| name.starts_with(f));
        let is_sheet = name.ends_with(".xml") && !is_drawing;
        if name == "content.xml" {
            repeats(&mut std::io::BufReader::new((&mut entry).take(MAX_UNPACKED + 1)))?;
            continue;
        }
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
    }
    Ok(())
}

/// Looks at an old workbook (BIFF5, BIFF8; MS-XLS): its sheets have 256 columns, and what stands beyond them would be taken for a
/// sheet of thousands of millions of places.
fn look_at_xls(bytes: &[u8]) -> Result<(), String> {
    /// Records that say where a cell stands, by row and column in their first four bytes (MS-XLS 2.3.2).
    const CELLS: [u16; 11] = [0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x027e];
    const COLUMNS: u16 = 256;
    let damaged = |e: &dyn std::fmt::Display| format!("it is damaged ({e})");
    let mut container = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    for name in ["/Workbook", "/Book"] {
        if !container.is_stream(name) {
            continue;
        }
        let mut stream = container.open_stream(name).map_err(|e| damaged(&e))?;
        let mut records = Vec::new();
        stream.read_to_end(&mut records).map_err(|e| damaged(&e))?;
        let number = |at: usize| {
            let pair: Option<[u8; 2]> = records.get(at..at + 2).and_then(|b| b.try_into().ok());
            pair.map(u16::from_le_bytes)
        };
        let mut at = 0;
        while let (Some(kind), Some(length)) = (number(at), number(at + 2)) {
            let place = (number(at + 4), number(at + 6));
            if let (true, (Some(row), Some(column))) = (CELLS.contains(&kind) && length >= 4, place)
                && column >= COLUMNS
            {
                let place = cell_name(u32::from(row), u32::from(column));
                return Err(format!(
                    "a cell says that it stands in {place}, which no sheet of an XLS has: IV65536 is the last"
                ));
            }
            at += 4 + usize::from(length);
        }
    }
    Ok(())
}

/// Looks for references of cells that no sheet has, block by block.
#[derive(Default)]
struct RefScan {
    /// The end of the block before.
    rest: Vec<u8>,
}

/// Bytes that a reference of a cell with its attribute takes at most, with room for absurd ones.
const REF_BYTES: usize = 64;

impl RefScan {
    fn take(&mut self, block: &[u8]) -> Option<String> {
        self.rest.extend_from_slice(block);
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
pub(super) fn cell_name(row: u32, column: u32) -> String {
    let (mut letters, mut n) = (Vec::new(), column + 1);
    while n > 0 {
        letters.push(char::from(b'A' + ((n - 1) % 26) as u8));
        n = (n - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", u64::from(row) + 1)
}

/// Refuses an ODS that would repeat values beyond what is read. Repeated blanks, with which sheets end, cost nothing.
fn repeats(content: &mut impl std::io::BufRead) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_reader(content);
    let (mut buffer, mut total) = (Vec::new(), 0_u64);
    let (mut rows, mut column, mut has_value, mut blanks) = (1_u64, 0_u64, false, 0_u64);
    let number = |e: &BytesStart<'_>, name: &str| {
        let value = e.attributes().flatten().find(|a| a.key.as_ref() == name)?.value;
        value.parse::<u64>().ok()
    };
    loop {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(event) => event,
        };
        let (start, is_end) = match &event {
            Event::Start(e) | Event::Empty(e) => (Some(e), false),
            Event::End(e) if e.name().as_ref() == "table:table-row" => (None, true),
            _ => (None, false),
        };
        if let Some(e) = start {
            match e.name().as_ref() {
                "table:table-row" => {
                    rows = number(e, "table:number-rows-repeated").unwrap_or(1);
                    (column, has_value, blanks) = (0, false, 0);
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let times = number(e, "table:number-columns-repeated").unwrap_or(1);
                    if e.attributes().flatten().any(|a| a.key.as_ref() == "office:value-type") {
                        column += blanks + times;
                        (has_value, blanks) = (true, 0);
                    } else {
                        blanks += times;
                    }
                }
                _ => {}
            }
        }
        if is_end && has_value {
            total = total.saturating_add(rows.saturating_mul(column));
            if total > MAX_REPEATED {
                let most = MAX_REPEATED / 1_000_000;
                return Err(format!("it repeats values over more than {most} million cells; it is refused unread"));
            }
        }
    }
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

    #[test]
    fn repeated_values_have_an_end() {
        let table = |cell: &str, rows: u64| {
            format!("<t><table:table-row table:number-rows-repeated=\"{rows}\">{cell}</table:table-row></t>")
        };
        let blank = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        let value = "<table:table-cell office:value-type=\"float\" table:number-columns-repeated=\"16384\"/>";
        assert!(repeats(&mut table(blank, 1_048_576).as_bytes()).is_ok());
        assert!(repeats(&mut table(value, 2).as_bytes()).is_ok());
        assert!(repeats(&mut table(value, 1_048_576).as_bytes()).is_err());
    }
}
