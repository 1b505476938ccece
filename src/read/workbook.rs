//! Workbooks: their sheets as rows of cells. What a sheet claims is never believed: rows are as long as their last cell, and a
//! workbook that unpacks to more than is stated here is refused before it is unpacked.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, Sheets};
use rustc_hash::FxHashMap;

use super::Progress;
use super::cell::{Cell, shows_percent};
use super::workbook_look::{Mark, Seen, What, cell_name, look};

/// Places for cells, over all rows as long as their last cell.
const MAX_PLACES: usize = 20_000_000;

/// Places that a sheet may span, rows times columns: a quarter of a million rows with a cell in the last column.
const MAX_SPAN: u64 = 4_000_000_000;

/// What is done with the value of merged cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// It stands in the first of them.
    No,
    /// It stands in each, where it is a word.
    Words,
    /// It stands in each.
    All,
}

/// Rows with their numbers, 1-based, in order.
pub type Rows = Vec<(u32, Vec<Cell>)>;

/// Whether bytes begin as a workbook does: XLSX, XLSB and ODS are ZIP archives, XLS is an OLE container.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// Whether a workbook has a password: then it is a container of one encrypted package ([MS-OFFCRYPTO] 2.3).
pub(super) fn is_locked(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
        && cfb::CompoundFile::open(Cursor::new(bytes)).is_ok_and(|c| c.is_stream("/EncryptedPackage"))
}

/// Whether bytes are those of a workbook by what is in them, not merely of some archive.
pub(super) fn is_named_workbook(bytes: &[u8]) -> bool {
    if !bytes.starts_with(b"PK") {
        return false;
    }
    let archive = zip::ZipArchive::new(Cursor::new(bytes));
    let is_part = |name: &str| name.starts_with("xl/") || name == "content.xml";
    archive.is_ok_and(|a| a.file_names().flatten().any(|n| is_part(&n)))
}

/// The sheets with anything in them; each is read when it is asked for.
pub(super) fn sheets(bytes: Vec<u8>, spread: Spread) -> impl Iterator<Item = Result<Rows, String>> {
    watched_sheets(bytes, spread, Part::Whole, &UNWATCHED).map(|(_, rows)| rows)
}

/// What is said where somebody asked for an end.
pub(super) const CANCELLED: &str = "cancelled";

/// What nobody looks at.
static UNWATCHED: Progress = Progress::new();

/// How much of each sheet is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// As many rows as tell what it is: of a workbook of 50 MB a twentieth.
    Beginning,
}

/// Rows that tell what a sheet is.
pub(super) const BEGINNING: u32 = 20_000;

/// The same with their names; trouble with the workbook as a whole comes without one.
pub(super) fn named_sheets(
    bytes: Vec<u8>,
    spread: Spread,
    part: Part,
) -> impl Iterator<Item = (String, Result<Rows, String>)> {
    watched_sheets(bytes, spread, part, &UNWATCHED)
}

/// The same, with how far it is, and an end where somebody asked for one.
pub(super) fn watched_sheets(
    bytes: Vec<u8>,
    spread: Spread,
    part: Part,
    progress: &Progress,
) -> impl Iterator<Item = (String, Result<Rows, String>)> {
    let opened = look(&bytes).and_then(|seen| {
        let book = sound(|| calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| e.to_string()))?;
        Ok((seen, book))
    });
    let (mut book, trouble) = match opened {
        Ok(book) => (Some(book), None),
        Err(e) => (None, Some((String::new(), Err(e)))),
    };
    let names = book.as_ref().map(|(_, b)| b.sheet_names()).unwrap_or_default();
    trouble.into_iter().chain(names.into_iter().enumerate().filter_map(move |(at, name)| {
        let (seen, book) = book.as_mut()?;
        match sound(|| rows(book, seen, (at, &name), (spread, part), progress)) {
            Ok(rows) if rows.is_empty() => None,
            other => Some((name, other)),
        }
    }))
}

/// Does something with a library that may panic over what is damaged.
fn sound<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("it is damaged".to_owned()))
}

fn rows<R: Read + std::io::Seek + Clone>(
    book: &mut Sheets<R>,
    seen: &Seen,
    (at, name): (usize, &str),
    (spread, part): (Spread, Part),
    progress: &Progress,
) -> Result<Rows, String> {
    let mut sheet = Sheet::default();
    let most = if part == Part::Whole { u32::MAX } else { BEGINNING };
    let explain = |e: &dyn std::fmt::Display| e.to_string();
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(|e| explain(&e))?;
            let format = |s: &calamine::Style| s.number_format.as_ref().is_some_and(|f| shows_percent(&f.format_code));
            let is_percent: Vec<bool> = cells.styles().iter().map(format).collect();
            let all = u64::from(cells.dimensions().end.0);
            while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|e| explain(&e))? {
                let value = Cell::of_ref(cell.get_value());
                let value = if is_percent.get(style) == Some(&true) { value.as_percent() } else { value };
                let (row, column) = cell.get_position();
                sheet.put((row, column), value)?;
                if column == 0 {
                    progress.set(u64::from(row), all.max(u64::from(row)));
                }
                if progress.is_cancelled() {
                    return Err(CANCELLED.to_owned());
                }
                if sheet.rows.len() > most as usize {
                    break;
                }
            }
            drop(cells);
            if seen.has_formulas {
                let mut cells = book.worksheet_cells_reader(name).map_err(|e| explain(&e))?;
                while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|e| explain(&e))? {
                    if cell.formula.is_some() && cell.value == calamine::DataRef::Empty {
                        sheet.put(cell.pos, Cell::Unsolved)?;
                    }
                    if cell.pos.0 > sheet.last {
                        break;
                    }
                }
            }
            if spread != Spread::No && seen.has_merged {
                let merged = book.merge_cells_by_sheet_name(name).map_err(|e| explain(&e))?;
                let merged: Vec<_> = merged.iter().map(|m| (m.start, m.end)).collect();
                sheet.spread(&merged, spread)?;
            }
        }
        Sheets::Xlsb(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(|e| explain(&e))?;
            while let Some(cell) = cells.next_cell().map_err(|e| explain(&e))? {
                sheet.put(cell.get_position(), Cell::of_ref(cell.get_value()))?;
                if sheet.rows.len() > most as usize {
                    break;
                }
            }
        }
        other => {
            let range = other.worksheet_range(name).map_err(|e| explain(&e))?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                sheet.put((top + row as u32, left + column as u32), Cell::of_data(value))?;
            }
        }
    }
    seen.marks.iter().filter(|m| m.sheet == at).for_each(|m| sheet.mark(m));
    Ok(sheet.into_rows())
}

/// Most characters of a cell (Excel's own limit), and bytes of all texts of a sheet: one long text that a million cells share is
/// shared in the file, and nowhere else.
const MAX_CELL_CHARS: usize = 32_767;
const MAX_TEXT_BYTES: usize = 1_000_000_000;

/// A sheet being filled.
#[derive(Default)]
struct Sheet {
    rows: Rows,
    /// Where each row stands in `rows`, which are in the order in which they come.
    at: FxHashMap<u32, usize>,
    places: usize,
    text_bytes: usize,
    first: Option<u32>,
    last: u32,
    columns: u32,
}

impl Sheet {
    fn put(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<(), String> {
        let cell = match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => {
                let text = match text.len() > MAX_CELL_CHARS {
                    true => text.chars().take(MAX_CELL_CHARS).collect(),
                    false => text,
                };
                self.text_bytes += text.len();
                if self.text_bytes > MAX_TEXT_BYTES {
                    let place = cell_name(row, column);
                    return Err(format!("its texts take more than {} GB, at {place}", MAX_TEXT_BYTES / 1_000_000_000));
                }
                Cell::Text(text)
            }
            number => number,
        };
        let first = self.first.map_or(row, |first| first.min(row));
        self.first = Some(first);
        self.last = self.last.max(row);
        self.columns = self.columns.max(column + 1);
        if u64::from(self.last - first + 1) * u64::from(self.columns) > MAX_SPAN {
            let place = cell_name(row, column);
            return Err(format!(
                "its cells reach from the beginning to {place}, which would be a table of more than {} million places; \
                 delete what stands in {place}",
                MAX_SPAN / 1_000_000
            ));
        }
        let at = *self.at.entry(row).or_insert_with(|| {
            // Rows of a table are alike.
            let like = self.rows.last().map_or(0, |(_, cells)| cells.len());
            self.rows.push((row + 1, Vec::with_capacity(like)));
            self.rows.len() - 1
        });
        let Some((_, cells)) = self.rows.get_mut(at) else { return Ok(()) };
        let column = column as usize;
        if cells.len() <= column {
            self.places += column + 1 - cells.len();
            if self.places > MAX_PLACES {
                let place = cell_name(row, column as u32);
                return Err(format!("a sheet has more than {} million places, at {place}", MAX_PLACES / 1_000_000));
            }
            cells.resize(column + 1, Cell::Empty);
        }
        if let Some(slot) = cells.get_mut(column) {
            *slot = cell;
        }
        Ok(())
    }

    fn get(&self, row: u32, column: u32) -> Option<&Cell> {
        self.rows.get(*self.at.get(&row)?)?.1.get(column as usize)
    }

    /// Takes in what was seen of cells besides their values, in the rows that are there.
    fn mark(&mut self, mark: &Mark) {
        for row in mark.rows.clone() {
            let Some((_, cells)) = self.at.get(&row).and_then(|at| self.rows.get_mut(*at)) else { continue };
            if mark.what == What::Unsolved && cells.len() < mark.columns.end as usize {
                cells.resize(mark.columns.end as usize, Cell::Empty);
            }
            for cell in cells.iter_mut().take(mark.columns.end as usize).skip(mark.columns.start as usize) {
                *cell = match (mark.what, &cell) {
                    (What::Percent, value) => value.as_percent(),
                    (What::Unsolved, Cell::Empty) => Cell::Unsolved,
                    (What::Unsolved, value) => (*value).clone(),
                };
            }
        }
    }

    /// Lets the value of the first of merged cells stand in all of them that lie within the rows that are there.
    fn spread(&mut self, merged: &[((u32, u32), (u32, u32))], spread: Spread) -> Result<(), String> {
        let mut there: Vec<u32> = self.at.keys().copied().collect();
        there.sort_unstable();
        let mut left = MAX_PLACES;
        for (start, end) in merged {
            let Some(value) = self.get(start.0, start.1).filter(|c| **c != Cell::Empty).cloned() else { continue };
            if spread == Spread::Words && !matches!(value, Cell::Text(_)) {
                continue;
            }
            let from = there.partition_point(|r| *r < start.0);
            for row in there.get(from..).unwrap_or(&[]).iter().take_while(|r| **r <= end.0) {
                for column in start.1..=end.1 {
                    left = left.checked_sub(1).ok_or("its merged cells overlap without an end")?;
                    if self.get(*row, column).is_none_or(|c| *c == Cell::Empty) {
                        self.put((*row, column), value.clone())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The rows in their order.
    fn into_rows(mut self) -> Rows {
        self.rows.sort_by_key(|(n, _)| *n);
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_long_as_their_last_cell_in_whatever_order_they_come() {
        let mut sheet = Sheet::default();
        let one = || Cell::Number(1.0);
        for at in [(4, 1), (0, 16_383), (2, 0), (4, 0), (2, 3)] {
            sheet.put(at, one()).expect("fits");
        }
        let far = sheet.put((1_048_575, 16_383), one()).expect_err("too far");
        assert!(far.contains("XFD1048576"), "{far}");
        let lengths: Vec<(u32, usize)> = sheet.into_rows().iter().map(|(n, r)| (*n, r.len())).collect();
        assert_eq!(lengths, [(1, 16_384), (3, 4), (5, 2)]);
    }

    #[test]
    fn merged_cells_count_for_each_row() {
        let mut sheet = Sheet::default();
        for row in 0..4 {
            sheet.put((row, 0), Cell::Number(f64::from(row))).expect("fits");
        }
        sheet.put((1, 1), Cell::Text("closed".into())).expect("fits");
        sheet.spread(&[((1, 1), (1_000_000, 1))], Spread::All).expect("spread");
        let told: Vec<Option<&Cell>> = (0..4).map(|r| sheet.get(r, 1)).collect();
        let closed = Cell::Text("closed".into());
        assert_eq!(told, [None, Some(&closed), Some(&closed), Some(&closed)]);
        assert_eq!(sheet.rows.len(), 4);
    }
}
