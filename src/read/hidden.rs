//! Rows and columns that a workbook hides: by a filter, or by hand. They are left out unless somebody asks for them.

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::{FxHashMap, FxHashSet};

use super::xml::attribute;

/// Bytes of a sheet that are looked through.
const MOST: u64 = 2_000_000_000;

/// What a sheet hides; lines and columns counted from 1.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Hidden {
    pub(super) rows: FxHashSet<u32>,
    pub(super) columns: FxHashSet<u32>,
}

/// What the sheets of an XLSX hide, by their names; nothing for other files, and where the workbook cannot be understood.
pub(super) fn hidden(bytes: &[u8]) -> FxHashMap<String, Hidden> {
    let mut found = FxHashMap::default();
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return found };
    for (name, path) in parts(&mut archive) {
        let mut own = Hidden::default();
        let mut line = 0;
        each(&mut archive, &path, |element| {
            let number = |key: &str| attribute(element, key).and_then(|t| t.parse::<u32>().ok());
            let is_hidden = || attribute(element, "hidden").is_some_and(|t| matches!(t.as_str(), "1" | "true"));
            match element.local_name().as_ref() {
                "row" => {
                    line = number("r").unwrap_or(line + 1);
                    if is_hidden() {
                        own.rows.insert(line);
                    }
                }
                "col" if is_hidden() => {
                    let (from, to) = (number("min").unwrap_or(1), number("max").unwrap_or(0));
                    own.columns.extend(from..=to.min(from + 16_384));
                }
                _ => {}
            }
        });
        if own != Hidden::default() {
            found.insert(name, own);
        }
    }
    found
}

/// The part of an XLSX in which a sheet lies; the first sheet's where the name is empty. `None` where there is none, and for other files.
pub fn sheet_part(bytes: &[u8], sheet: &str) -> Option<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    parts(&mut archive).into_iter().find(|(name, _)| sheet.is_empty() || name == sheet).map(|(_, path)| path)
}

/// Sheets with the parts of the archive that they lie in.
fn parts(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Vec<(String, String)> {
    let mut targets: FxHashMap<String, String> = FxHashMap::default();
    each(archive, "xl/_rels/workbook.xml.rels", |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            targets.insert(id, target);
        }
    });
    let mut sheets: Vec<(String, String)> = Vec::new();
    each(archive, "xl/workbook.xml", |element| {
        if element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
            && let Some(target) = targets.get(&id)
        {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            sheets.push((name, path));
        }
    });
    sheets
}

/// Looks at each element of a part of the archive.
fn each(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, part: &str, mut look: impl FnMut(&BytesStart<'_>)) {
    let Ok(entry) = archive.by_name(part) else { return };
    let mut reader = Reader::from_reader(BufReader::new(entry.take(MOST)));
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                look(&element);
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_that_are_hidden() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("甲").expect("a name");
        for row in 0..4 {
            sheet.write(row, 0, "x").expect("written");
            sheet.write(row, 2, 1.0).expect("written");
        }
        sheet.set_row_hidden(2).expect("hidden");
        sheet.set_column_hidden(2).expect("hidden");
        let bytes = book.save_to_buffer().expect("saved");
        let found = hidden(&bytes);
        let own = found.get("甲").expect("the sheet");
        assert!(own.rows.contains(&3) && own.rows.len() == 1 && own.columns.contains(&3), "{own:?}");
        assert!(hidden(b"PK\x03\x04").is_empty() && hidden(b"").is_empty());
    }
}
