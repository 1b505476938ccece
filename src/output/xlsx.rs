//! XLSX: real numbers with their decimals, a head that stays in view.

use rust_xlsxwriter::{DataValidation, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::grid::{Grid, GridCell};

/// Longest text of a cell, with room for the mark behind it.
const CELL_CHARS: usize = 32_000;

/// Longest name that a sheet may have.
const NAME_UNITS: usize = 31;

/// A table as a workbook of one sheet.
///
/// # Errors
/// Where the table does not fit into a sheet (1,048,576 rows, 16,384 columns).
pub fn to_xlsx(grid: &Grid) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    write_sheet(book.add_worksheet(), grid, &grid.name)?;
    book.save_to_buffer()
}

/// Sheets of texts only, each with its name, as they stand.
///
/// # Errors
/// Where a name is none for a sheet, or a sheet is too large.
pub fn text_sheets(sheets: &[(&str, Vec<Vec<String>>)]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name)?;
        for (r, row) in rows.iter().enumerate() {
            for (c, text) in row.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
                sheet.write_string(r as u32, c as u16, text)?;
            }
        }
    }
    book.save_to_buffer()
}

/// A table with a second sheet.
///
/// # Errors
/// Where a table does not fit into a sheet.
pub(super) fn to_xlsx_with(grid: &Grid, second: &Grid) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let name = sheet_name(&grid.name);
    // Sheets that differ in case only are one to Excel.
    let is_taken = name.to_lowercase() == second.name.to_lowercase();
    let name = if is_taken { format!("{} 1", clipped(&name, NAME_UNITS - 2)) } else { grid.name.clone() };
    write_sheet(book.add_worksheet(), grid, &name)?;
    write_sheet(book.add_worksheet(), second, &second.name)?;
    book.save_to_buffer()
}

/// Tables as a workbook of one sheet each, ready to be printed: A4 landscape, as wide as the page, the head on every page,
/// title and page numbers.
///
/// # Errors
/// Where a table does not fit into a sheet.
pub fn to_xlsx_pages(grids: &[Grid], title: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut names: Vec<String> = Vec::new();
    for grid in grids {
        // Two towns of one name, or of names that are the same after 31 characters, get numbers.
        let mut name = sheet_name(&grid.name);
        let is_taken = |names: &[String], name: &str| names.iter().any(|n| n.to_lowercase() == name.to_lowercase());
        for n in 2.. {
            if !is_taken(&names, &name) {
                break;
            }
            let short = clipped(&sheet_name(&grid.name), NAME_UNITS - 5);
            name = format!("{short} {n}");
        }
        let sheet = book.add_worksheet();
        write_sheet(sheet, grid, &name)?;
        for (c, _) in grid.heads.iter().enumerate().filter(|(_, h)| !h.hidden) {
            lines(sheet, grid, c)?;
        }
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        sheet.set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
        // An ampersand begins a code there.
        let text = |t: &str| t.replace('&', "&&");
        sheet.set_header(format!("&L{}&R{}", text(title), text(&grid.name))).set_footer("&C&P / &N");
        names.push(name);
    }
    book.save_to_buffer()
}

/// The beginning of a text that is at most so many UTF-16 units long: so do spreadsheets count.
fn clipped(text: &str, units: usize) -> String {
    let mut left = units;
    let fits = |c: &char| {
        let own = c.len_utf16();
        let is_in = own <= left;
        left = left.saturating_sub(own);
        is_in
    };
    text.chars().take_while(fits).collect()
}

/// A name as a sheet can have it (ECMA-376 part 1, 18.2.19, and what Excel keeps for itself).
fn sheet_name(name: &str) -> String {
    let is_bad = |c: char| "[]:*?/\\'".contains(c) || c.is_control();
    let plain: String = name.chars().map(|c| if is_bad(c) { '_' } else { c }).collect();
    match clipped(plain.trim(), NAME_UNITS).trim() {
        "" => "—".to_owned(),
        name if name.eq_ignore_ascii_case("history") => format!("{name}_"),
        name => name.to_owned(),
    }
}

/// Lines around the cells of a column for print, its text broken into lines, each row high enough for what is in it and for a
/// line of handwriting.
fn lines(sheet: &mut Worksheet, grid: &Grid, column: usize) -> Result<(), XlsxError> {
    let width = grid.heads.get(column).and_then(|h| h.width).unwrap_or(12.0);
    let of = || Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::VerticalCenter);
    for (r, row) in grid.rows.iter().enumerate() {
        let r = r as u32 + 1;
        match row.get(column) {
            Some(GridCell::Text(t)) => {
                let wide: f64 = t.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum();
                let height = (wide / (width - 1.0)).ceil().max(1.0) * 15.0 + 3.0;
                if height > 33.0 {
                    sheet.set_row_height(r, height)?;
                }
                sheet.write_string_with_format(r, column as u16, t, &of())?;
            }
            Some(GridCell::Number(n)) => {
                sheet.write_number_with_format(r, column as u16, *n, &of().set_num_format("0"))?;
            }
            _ => {
                sheet.write_blank(r, column as u16, &of())?;
            }
        }
    }
    Ok(())
}

fn write_sheet(sheet: &mut Worksheet, grid: &Grid, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(name))?;
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::VerticalCenter);
    let is_printed = grid.heads.iter().any(|h| h.width.is_some());
    for (c, h) in grid.heads.iter().enumerate() {
        let c = c as u16;
        sheet.write_string_with_format(0, c, h.for_people(), &head)?;
        let widest = grid.rows.iter().take(200).filter_map(|r| match r.get(usize::from(c)) {
            Some(GridCell::Text(t)) => Some(t.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>()),
            _ => None,
        });
        sheet.set_column_width(c, h.width.unwrap_or_else(|| widest.fold(11.0, f64::max).min(44.0) + 1.0))?;
        if h.hidden {
            sheet.set_column_hidden(c)?;
        }
    }
    let numbers: Vec<Format> = grid
        .heads
        .iter()
        .map(|h| {
            let decimals = "0".repeat(usize::from(h.decimals));
            Format::new().set_num_format(if decimals.is_empty() { "0".into() } else { format!("0.{decimals}") })
        })
        .collect();
    let general = Format::new();
    if is_printed {
        sheet.set_row_height(0, 30)?;
        for r in 0..grid.rows.len() {
            sheet.set_row_height(r as u32 + 1, 33)?;
        }
    }
    for (r, row) in grid.rows.iter().enumerate() {
        let r = r as u32 + 1;
        for (c, cell) in row.iter().enumerate() {
            match cell {
                GridCell::Empty => {}
                GridCell::Number(n) => {
                    // A number with more decimals than its column shows keeps them.
                    let scale = 10f64.powi(i32::from(grid.heads.get(c).map_or(0, |h| h.decimals)));
                    let fits = ((n * scale).round() / scale - n).abs() < 1e-9;
                    let format = numbers.get(c).filter(|_| fits).unwrap_or(&general);
                    sheet.write_number_with_format(r, c as u16, *n, format)?;
                }
                GridCell::Text(t) => {
                    // A cell holds so many characters (ECMA-376); what is longer is cut with a mark.
                    let short: String = t.chars().take(CELL_CHARS).collect();
                    let is_whole = short.len() == t.len();
                    let text = if is_whole { short } else { format!("{short}…") };
                    sheet.write_string(r, c as u16, text)?;
                }
            }
        }
    }
    for (c, h) in grid.heads.iter().enumerate().filter(|(_, h)| !h.choices.is_empty() && !grid.rows.is_empty()) {
        let choice = DataValidation::new().allow_list_strings(&h.choices)?;
        sheet.add_data_validation(1, c as u16, grid.rows.len() as u32, c as u16, &choice)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last), false) = (grid.heads.len().checked_sub(1), grid.rows.is_empty()) {
        sheet.autofilter(0, 0, grid.rows.len() as u32, last as u16)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_that_are_no_names_of_sheets_still_give_a_workbook() {
        let long = "𠀀".repeat(20);
        let names = [
            "History",
            "history",
            "甲/乙[丙]",
            "ÄRGER",
            "ärger",
            "",
            "'quoted'",
            &long,
            &long,
            "a\u{1}b",
            "总 ".trim_end(),
        ];
        let grid = |name: &str| Grid { name: name.to_owned(), heads: Vec::new(), rows: Vec::new() };
        let grids: Vec<Grid> = names.iter().map(|n| grid(n)).collect();
        let bytes = to_xlsx_pages(&grids, "t").expect("a workbook");
        assert!(bytes.len() > 1000);
        assert!(names.iter().all(|n| sheet_name(n).encode_utf16().count() <= 31));
    }
}
