//! A look at an old workbook (BIFF5, BIFF8; MS-XLS): cells beyond what a sheet has, and cells shown as per cent.

use std::io::{Cursor, Read};

use rustc_hash::FxHashSet;

use super::workbook_look::{Mark, Seen, What, cell_name};

/// Records that say where a cell stands, by row and column in their first four bytes (MS-XLS 2.3.2).
const CELLS: [u16; 11] = [0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x027e];

/// Those of them with one number, whose format stands in the next two bytes: FORMULA, NUMBER and RK.
const NUMBERS: [u16; 3] = [0x0006, 0x0203, 0x027e];
const MULTIPLE_RK: u16 = 0x00bd;
const FORMAT: u16 = 0x041e;
const XF: u16 = 0x00e0;
const BOUND_SHEET: u16 = 0x0085;
const BEGIN: u16 = 0x0809;

/// Columns of a sheet.
const COLUMNS: u16 = 256;

/// The number formats 9 and 10, which every workbook has: `0%` and `0.00%`.
const SHIPPED_PERCENTS: [u16; 2] = [9, 10];

/// Looks at an old workbook: its sheets have 256 columns, and what stands beyond them would be taken for a sheet of thousands of
/// millions of places.
///
/// # Errors
/// A message that says which cell stands beyond.
pub(super) fn look_at_xls(bytes: &[u8]) -> Result<Seen, String> {
    let damaged = |e: &dyn std::fmt::Display| format!("it is damaged ({e})");
    let mut container = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let mut seen = Seen::default();
    for name in ["/Workbook", "/Book"] {
        if !container.is_stream(name) {
            continue;
        }
        let mut stream = container.open_stream(name).map_err(|e| damaged(&e))?;
        let mut records = Vec::new();
        stream.read_to_end(&mut records).map_err(|e| damaged(&e))?;
        seen.marks.extend(marks(&records)?);
    }
    Ok(seen)
}

fn marks(records: &[u8]) -> Result<Vec<Mark>, String> {
    let number = |at: usize| {
        let pair: Option<[u8; 2]> = records.get(at..at + 2).and_then(|b| b.try_into().ok());
        pair.map(u16::from_le_bytes)
    };
    let mut percents: FxHashSet<u16> = SHIPPED_PERCENTS.into_iter().collect();
    let (mut formats, mut starts, mut marks) = (Vec::<u16>::new(), Vec::<usize>::new(), Vec::new());
    let (mut sheet, mut at) = (None, 0);
    while let (Some(kind), Some(length)) = (number(at), number(at + 2)) {
        let (body, end) = (at + 4, at + 4 + usize::from(length));
        let (row, column) = (number(body), number(body + 2));
        match kind {
            // The end of the format's text: the letters stand in one byte each, or in two of which one is 0.
            FORMAT if records.get(body + 2..end).is_some_and(|t| t.contains(&b'%')) => percents.extend(row),
            XF => formats.push(column.unwrap_or(0)),
            BOUND_SHEET => starts.extend(row.zip(column).map(|(low, high)| usize::from(low) | usize::from(high) << 16)),
            BEGIN => sheet = starts.iter().position(|start| *start == at),
            _ => {}
        }
        if let (true, Some(row), Some(column)) = (CELLS.contains(&kind) && length >= 4, row, column) {
            if column >= COLUMNS {
                let place = cell_name(u32::from(row), u32::from(column));
                return Err(format!(
                    "a cell says that it stands in {place}, which no sheet of an XLS has: IV65536 is the last"
                ));
            }
            let own: Vec<(u16, Option<u16>)> = match kind {
                // A row of numbers: per cell two bytes of format and four of the number, and the last column.
                MULTIPLE_RK => {
                    let cells = usize::from(length).saturating_sub(6) / 6;
                    (0..cells).map(|i| (column.saturating_add(i as u16), number(body + 4 + 6 * i))).collect()
                }
                _ if NUMBERS.contains(&kind) => vec![(column, number(body + 4))],
                _ => Vec::new(),
            };
            for (column, format) in own {
                let shown = format.and_then(|f| formats.get(usize::from(f)));
                if let (Some(sheet), true) = (sheet, shown.is_some_and(|f| percents.contains(f))) {
                    let (row, column) = (u32::from(row), u32::from(column));
                    marks.push(Mark { sheet, rows: row..row + 1, columns: column..column + 1, what: What::Percent });
                }
            }
        }
        at = end;
    }
    Ok(marks)
}
