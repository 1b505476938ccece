//! Somebody else's workbook, filled: cells get values, everything else of it stays as it is, formats, merged heads and formulas too. The XML
//! of one sheet is patched (ECMA-376 part 1, 18.3.1); what spreadsheets computed before is taken out, so that they compute it anew.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};

use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use crate::read::attribute;

/// What is written into a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum FormValue {
    /// A number; in per cent where `is_percent`, so that a cell shown as per cent gets its hundredth.
    Number {
        /// The number.
        value: f64,
        /// Whether it is in per cent.
        is_percent: bool,
    },
    /// Words.
    Text(String),
}

/// Cells by line (from 1) and column (from 0).
pub type FormCells = BTreeMap<(u32, u32), FormValue>;

/// A workbook that was filled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilledForm {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Cells that were filled.
    pub filled: usize,
    /// Cells that hold a formula and were left alone.
    pub formulas: Vec<(u32, u32)>,
}

fn bad(what: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the form cannot be filled: {what}"))
}

/// Fills cells of the sheet that lies in this part of a workbook (XLSX).
///
/// # Errors
/// Where it is no workbook that can be patched.
pub fn fill_form(workbook: &[u8], part: &str, cells: &FormCells) -> io::Result<FilledForm> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).map_err(bad)?;
    let percents = percent_styles(&mut archive);
    let sheet = text_of(&mut archive, part)?;
    let mut patch = Patch { cells, percents, filled: 0, formulas: Vec::new() };
    let patched = patch.sheet(&sheet)?;
    let book = text_of(&mut archive, "xl/workbook.xml")?;
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for i in 0..archive.len() {
        let entry = archive.by_index_raw(i).map_err(bad)?;
        let name = entry.name().map_err(bad)?.into_owned();
        let own = match name.as_str() {
            name if name == part => Some(patched.as_str()),
            // The order in which it was computed before says nothing about what it holds now.
            "xl/workbook.xml" => None,
            _ => {
                out.raw_copy_file(entry).map_err(bad)?;
                continue;
            }
        };
        drop(entry);
        out.start_file(name.as_str(), options).map_err(bad)?;
        match own {
            Some(text) => out.write_all(text.as_bytes())?,
            None => out.write_all(computed_anew(&book).as_bytes())?,
        }
    }
    let bytes = out.finish().map_err(bad)?.into_inner();
    Ok(FilledForm { bytes, filled: patch.filled, formulas: patch.formulas })
}

fn text_of(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, part: &str) -> io::Result<String> {
    let mut text = String::new();
    archive.by_name(part).map_err(bad)?.take(1 << 30).read_to_string(&mut text).map_err(bad)?;
    Ok(text)
}

/// The workbook's part, asking for everything to be computed when it is opened.
fn computed_anew(book: &str) -> String {
    const ASKS: &str = "<calcPr fullCalcOnLoad=\"1\"/>";
    if let Some(at) = book.find("<calcPr") {
        let end = book.get(at..).and_then(|rest| rest.find('>')).map_or(book.len(), |n| at + n + 1);
        let element = book.get(at..end).unwrap_or("");
        if element.ends_with("/>") {
            return format!("{}{ASKS}{}", book.get(..at).unwrap_or(""), book.get(end..).unwrap_or(""));
        }
    }
    // Behind the names and before what the schema puts after it.
    for after in ["</definedNames>", "</sheets>"] {
        if let Some(at) = book.find(after).map(|at| at + after.len()) {
            return format!("{}{ASKS}{}", book.get(..at).unwrap_or(""), book.get(at..).unwrap_or(""));
        }
    }
    book.to_owned()
}

/// For each cell style whether it shows numbers as per cent.
fn percent_styles(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Vec<bool> {
    let Ok(text) = text_of(archive, "xl/styles.xml") else { return Vec::new() };
    let mut reader = Reader::from_str(&text);
    // Built in: 0% and 0.00% (18.8.30).
    let mut formats: Vec<String> = vec!["9".into(), "10".into()];
    let (mut styles, mut is_in) = (Vec::new(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) => match e.local_name().as_ref() {
                "numFmt" => {
                    let code = attribute(&e, "formatCode").unwrap_or_default();
                    if crate::read::shows_percent(&code) {
                        formats.extend(attribute(&e, "numFmtId"));
                    }
                }
                "cellXfs" => is_in = true,
                "xf" if is_in => {
                    let id = attribute(&e, "numFmtId").unwrap_or_default();
                    styles.push(formats.contains(&id));
                }
                _ => {}
            },
            Ok(Event::End(e)) if e.local_name().as_ref() == "cellXfs" => is_in = false,
            Ok(Event::Eof) | Err(_) => return styles,
            Ok(_) => {}
        }
    }
}

struct Patch<'a> {
    cells: &'a FormCells,
    percents: Vec<bool>,
    filled: usize,
    formulas: Vec<(u32, u32)>,
}

impl Patch<'_> {
    fn sheet(&mut self, text: &str) -> io::Result<String> {
        let mut reader = Reader::from_str(text);
        let mut writer = Writer::new(Vec::new());
        // The row being read, and the first of its columns that has not come by.
        let (mut line, mut column, mut next_line) = (0_u32, 0_u32, 1_u32);
        loop {
            let event = reader.read_event().map_err(bad)?;
            match &event {
                Event::Eof => break,
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "row" => {
                    line = attribute(e, "r").and_then(|t| t.parse().ok()).unwrap_or(next_line);
                    self.missing_rows(next_line..line, &mut writer)?;
                    (column, next_line) = (0, line + 1);
                    if matches!(event, Event::Empty(_)) {
                        writer.write_event(Event::Start(e.borrow())).map_err(bad)?;
                        self.missing_cells(line, 0..u32::MAX, &mut writer)?;
                        writer.get_mut().write_all(b"</row>")?;
                        continue;
                    }
                }
                Event::End(e) if e.local_name().as_ref() == "row" => {
                    self.missing_cells(line, column..u32::MAX, &mut writer)?;
                }
                Event::Empty(e) if e.local_name().as_ref() == "sheetData" => {
                    writer.write_event(Event::Start(e.borrow())).map_err(bad)?;
                    self.missing_rows(next_line..u32::MAX, &mut writer)?;
                    writer.get_mut().write_all(b"</sheetData>")?;
                    continue;
                }
                Event::End(e) if e.local_name().as_ref() == "sheetData" => {
                    self.missing_rows(next_line..u32::MAX, &mut writer)?;
                }
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "c" => {
                    let at = attribute(e, "r").and_then(|r| column_of(&r)).unwrap_or(column);
                    self.missing_cells(line, column..at, &mut writer)?;
                    column = at + 1;
                    let is_empty = matches!(event, Event::Empty(_));
                    let inner = if is_empty { Vec::new() } else { inner(&mut reader)? };
                    self.cell((line, at), e, &inner, is_empty, &mut writer)?;
                    continue;
                }
                _ => {}
            }
            writer.write_event(event).map_err(bad)?;
        }
        String::from_utf8(writer.into_inner()).map_err(bad)
    }

    /// A cell that is there: filled, or as it is; a formula without what it came to before.
    fn cell(
        &mut self,
        at: (u32, u32),
        element: &BytesStart<'_>,
        inner: &[Event<'static>],
        is_empty: bool,
        writer: &mut Writer<Vec<u8>>,
    ) -> io::Result<()> {
        let is = |event: &Event<'_>, name: &str| match event {
            Event::Start(e) | Event::Empty(e) => e.local_name().as_ref() == name,
            _ => false,
        };
        let has_formula = inner.iter().any(|e| is(e, "f"));
        let value = self.cells.get(&at);
        if has_formula && value.is_some() {
            self.formulas.push(at);
        }
        if let (Some(value), false) = (value, has_formula) {
            self.filled += 1;
            let style = attribute(element, "s");
            return write_cell(writer.get_mut(), at, value, style.as_deref(), &self.percents);
        }
        if is_empty {
            return writer.write_event(Event::Empty(element.borrow())).map_err(bad);
        }
        writer.write_event(Event::Start(element.borrow())).map_err(bad)?;
        let mut in_value = false;
        for event in inner {
            if has_formula && is(event, "v") {
                in_value = matches!(event, Event::Start(_));
                continue;
            }
            if in_value {
                in_value = !matches!(event, Event::End(_));
                continue;
            }
            writer.write_event(event.borrow()).map_err(bad)?;
        }
        writer.get_mut().write_all(b"</c>")
    }

    /// Cells that are to be filled and were not there.
    fn missing_cells(
        &mut self,
        line: u32,
        columns: std::ops::Range<u32>,
        writer: &mut Writer<Vec<u8>>,
    ) -> io::Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        for (at, value) in self.cells.range((line, columns.start)..(line, columns.end)) {
            self.filled += 1;
            write_cell(writer.get_mut(), *at, value, None, &self.percents)?;
        }
        Ok(())
    }

    /// Rows with cells to be filled that were not there.
    fn missing_rows(&mut self, lines: std::ops::Range<u32>, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut wanted: Vec<u32> =
            self.cells.range((lines.start, 0)..(lines.end, 0)).map(|((line, _), _)| *line).collect();
        wanted.dedup();
        for line in wanted {
            write!(writer.get_mut(), "<row r=\"{line}\">")?;
            self.missing_cells(line, 0..u32::MAX, writer)?;
            writer.get_mut().write_all(b"</row>")?;
        }
        Ok(())
    }
}

/// What stands within a cell.
fn inner(reader: &mut Reader<&[u8]>) -> io::Result<Vec<Event<'static>>> {
    let mut events = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event().map_err(bad)?;
        match &event {
            Event::Eof => return Err(bad("it breaks off")),
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => return Ok(events),
            Event::End(_) => depth -= 1,
            _ => {}
        }
        events.push(event.into_owned());
    }
}

fn write_cell(
    out: &mut Vec<u8>,
    at: (u32, u32),
    value: &FormValue,
    style: Option<&str>,
    percents: &[bool],
) -> io::Result<()> {
    let name = crate::read::cell_name(at.0.saturating_sub(1), at.1);
    let own = style.map(|s| format!(" s=\"{}\"", escape(s))).unwrap_or_default();
    match value {
        FormValue::Number { value, is_percent } => {
            let shows = style.and_then(|s| s.parse::<usize>().ok()).and_then(|s| percents.get(s)) == Some(&true);
            // A hundredth in decimal: 98.6 is 0.986.
            let value = match *is_percent && shows {
                true => format!("{value}e-2").parse().unwrap_or(value / 100.0),
                false => *value,
            };
            write!(out, "<c r=\"{name}\"{own}><v>{value}</v></c>")
        }
        FormValue::Text(text) => {
            write!(out, "<c r=\"{name}\"{own} t=\"inlineStr\"><is><t>{}</t></is></c>", escape(text.as_str()))
        }
    }
}

/// The column of a reference such as `AB12`, from 0.
fn column_of(reference: &str) -> Option<u32> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0_u32;
    for letter in letters {
        column = column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_filled_and_the_rest_stays() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let percent = rust_xlsxwriter::Format::new().set_num_format("0.0%").set_bold();
        let sheet = book.add_worksheet().set_name("表").expect("a name");
        sheet.write(0, 0, "村名").expect("written");
        sheet.write_blank(1, 1, &percent).expect("written");
        sheet.write_formula(3, 2, rust_xlsxwriter::Formula::new("=SUM(C2:C3)").set_result("7")).expect("written");
        sheet.write(3, 0, "合计").expect("written");
        let bytes = book.save_to_buffer().expect("saved");
        let number = |value| FormValue::Number { value, is_percent: true };
        let cells: FormCells = [
            ((2, 1), number(98.6)),
            ((2, 2), FormValue::Number { value: 4.0, is_percent: false }),
            ((3, 2), FormValue::Text("<无> & 有".into())),
            ((4, 2), number(1.0)),
            ((7, 0), number(5.0)),
        ]
        .into();
        let filled = fill_form(&bytes, "xl/worksheets/sheet1.xml", &cells).expect("filled");
        assert_eq!((filled.filled, filled.formulas.as_slice()), (4, &[(4, 2)][..]));
        let mut archive = zip::ZipArchive::new(Cursor::new(filled.bytes.as_slice())).expect("an archive");
        let sheet = text_of(&mut archive, "xl/worksheets/sheet1.xml").expect("the sheet");
        assert!(sheet.contains("<v>0.986</v>") && sheet.contains("&lt;无&gt; &amp; 有"), "{sheet}");
        assert!(sheet.contains("<f>SUM(C2:C3)</f>") && !sheet.contains("<v>7</v>"), "{sheet}");
        assert!(sheet.contains("<row r=\"7\"><c r=\"A7\"><v>5</v></c></row>"), "{sheet}");
        assert!(text_of(&mut archive, "xl/workbook.xml").expect("the book").contains("fullCalcOnLoad=\"1\""));
        assert_eq!((column_of("AB12"), column_of("A1"), column_of("12")), (Some(27), Some(0), None));
    }
}
