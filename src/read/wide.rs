//! Wide tables of indicators: one row per village and year, one column per indicator; CSV and XLSX.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::cell::Cell;
use super::encoding::decode_as;
use super::error::Cause;
use super::hidden::hidden;
use super::layout::{Laid, Layout, LayoutSaid, Sheet, TableRow, lay_out};
use super::letters::EncodingFrom;
use super::load::load;
use super::workbook::{Part, Rows, Spread, is_locked, is_workbook, sheets, watched_sheets};
use super::workbook_look::look;
use super::{How, Progress, ReadError, html_table};
use crate::model::{Indicators, simplified};

/// Bytes in which the first lines of a text lie.
const HEAD_BYTES: usize = 64 << 10;

/// The sheets that say where figures of the sheet beside them are from: name and first head, `sources` in the language files.
const SOURCE_SHEETS: [(&str, &str); 2] = [("来源", "所属村"), ("Sources", "Of village")];

/// A table as it stands in its file, with how it is laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct WideTable {
    /// The file.
    pub path: PathBuf,
    /// Encoding, as found.
    pub encoding: &'static str,
    /// How it is laid out.
    pub layout: Layout,
    /// Rows of data; blank rows and repeated heads are left out.
    pub rows: Vec<TableRow>,
    /// Whether its columns are parted by semicolons, as programs do where the comma is the decimal sign.
    pub has_semicolons: bool,
}

impl WideTable {
    /// The year that a row has from its sheet or from a title.
    pub fn year_of_section(&self, section: u16) -> Option<i32> {
        self.layout.sections.get(usize::from(section))?.year
    }

    /// The head of a column.
    pub fn head(&self, column: usize) -> &str {
        self.layout.columns.get(column).map_or("", |c| &c.head)
    }
}

/// What a column says about the row rather than about an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyColumn {
    /// Code of the village.
    Code,
    /// Its name.
    Name,
    /// Its town.
    Town,
    /// The year.
    Year,
    /// Where the row comes from.
    Source,
    /// When it was observed.
    ObservedOn,
    /// How sure it is.
    Status,
}

impl KeyColumn {
    /// Tells a column by its head.
    pub fn of(head: &str) -> Option<Self> {
        let head: String = head
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '_')
            .map(simplified)
            .flat_map(char::to_lowercase)
            .collect();
        // 所属镇, 所在乡镇: whose it is goes without saying.
        let head = ["所属", "所在", "归属"]
            .iter()
            .find_map(|w| head.strip_prefix(w))
            .filter(|h| !h.is_empty())
            .unwrap_or(&head);
        Some(match head {
            "code" | "villagecode" | "代码" | "村代码" | "编码" | "村编码" | "行政区划代码" | "区划代码"
            | "行政村代码" => Self::Code,
            "name" | "village" | "villagename" | "村名" | "村" | "村庄" | "行政村" | "村名称" | "村庄名称" | "名称" => {
                Self::Name
            }
            "town" | "township" | "镇" | "乡镇" | "街镇" | "乡镇名称" | "镇街" | "街道" | "乡镇街道" | "镇街道" => {
                Self::Town
            }
            "year" | "年" | "年份" | "年度" | "统计年度" | "统计年份" | "数据年份" | "数据年度" | "报告年度"
            | "报告年份" | "年月" | "统计年月" | "annee" | "année" | "año" | "ano" | "anio" | "tahun" | "năm"
            | "연도" | "년도" | "jahr" | "anno" | "periodname" | "datayear" | "reportingyear" | "surveyyear"
            | "fiscalyear" => Self::Year,
            "source" | "来源" | "数据来源" => Self::Source,
            "observedon" | "观测日期" | "调查日期" | "填报日期" | "日期" => Self::ObservedOn,
            "status" | "数据状态" => Self::Status,
            _ => return None,
        })
    }
}

/// Reads a CSV (UTF-8, UTF-16 or GB18030; comma, semicolon or tab) or an XLSX, XLS or ODS; what a person says about its layout stands
/// over the guess.
///
/// # Errors
/// Where the file cannot be opened, or no row in it names a village's code or name beside another known column.
pub fn read_wide(path: &Path, indicators: &Indicators, said: &LayoutSaid) -> Result<WideTable, ReadError> {
    read_part(path, indicators, said, (Part::Whole, &Progress::new()))
}

/// The same, with how far it is; the error `cancelled` where somebody asked it to stop.
///
/// # Errors
/// As [`read_wide`].
pub fn read_wide_watched(
    path: &Path,
    indicators: &Indicators,
    said: &LayoutSaid,
    progress: &Progress,
) -> Result<WideTable, ReadError> {
    read_part(path, indicators, said, (Part::Whole, progress))
}

/// How many rows a file has that is a table of figures, and whether that are all: of a large workbook only the beginning is looked at.
/// `None` where it is none.
pub fn begins_as_wide(path: &Path, indicators: &Indicators) -> Option<(usize, bool)> {
    let table = read_part(path, indicators, &LayoutSaid::default(), (Part::Beginning, &Progress::new())).ok()?;
    let is_all = table.encoding != "binary" || table.rows.len() + 100 < super::workbook::BEGINNING as usize;
    Some((table.rows.len(), is_all))
}

fn read_part(
    path: &Path,
    indicators: &Indicators,
    said: &LayoutSaid,
    (part, progress): (Part, &Progress),
) -> Result<WideTable, ReadError> {
    let bytes = load(path, &Progress::new()).map_err(|cause| cause.at(path))?;
    let head = bytes.get(..HEAD_BYTES).unwrap_or(&bytes);
    let has_semicolons = !is_workbook(&bytes) && delimiter_of(&decode(head, &How::default()).2) == ';';
    if is_locked(&bytes) {
        return Err(Cause::Password.at(path));
    }
    if !is_workbook(&bytes) {
        not_too_wide(&decode(head, &How::default()).2).map_err(|cause| cause.at(path))?;
    }
    let (encoding, sheets) = sheets_of(bytes, part, progress).map_err(|m| explained(m).at(path))?;
    match lay_out(sheets, indicators, said) {
        Some(Laid { layout, rows }) => {
            Ok(WideTable { path: path.to_path_buf(), encoding, layout, rows, has_semicolons })
        }
        None => {
            Err(Cause::NotTable("no row names the columns: a village's code or name and an indicator".into()).at(path))
        }
    }
}

fn explained(trouble: String) -> Cause {
    if trouble == super::workbook::CANCELLED { Cause::Cancelled } else { Cause::Workbook(trouble) }
}

/// Encoding and sheets with their names, of a workbook or of text. Words of merged cells stand in each of them; numbers do not: a sum
/// over several villages is not that of each.
fn sheets_of(bytes: Vec<u8>, part: Part, progress: &Progress) -> Result<(&'static str, Vec<Sheet>), String> {
    if is_workbook(&bytes) {
        let mut hides = if look(&bytes)?.hides { hidden(&bytes) } else { FxHashMap::default() };
        let sheet = |(name, rows): (String, Result<Rows, String>)| {
            let hidden = hides.remove(&name).unwrap_or_default();
            Ok(Sheet { name, rows: rows?, hidden })
        };
        let sheets: Result<Vec<Sheet>, String> =
            watched_sheets(bytes, Spread::Words, part, progress).map(sheet).collect();
        let mut sheets = sheets?;
        // What this program writes beside a table, of where its figures are from, is no table of figures.
        if sheets.len() > 1 {
            let first = |s: &Sheet| s.rows.first().and_then(|(_, cells)| cells.first().map(Cell::text));
            let is_ours = |s: &Sheet| {
                SOURCE_SHEETS.iter().any(|(name, head)| s.name == *name && first(s).is_some_and(|t| t == *head))
            };
            sheets.retain(|s| !is_ours(s));
        }
        if sheets.is_empty() {
            return Err("the workbook has no sheet with anything in it".to_owned());
        }
        return Ok(("binary", sheets));
    }
    let (encoding, _, text) = decode(&bytes, &How::default());
    if html_table::is_page(&text) {
        let sheet = |(name, rows)| Sheet { name, rows, ..Sheet::default() };
        return Ok((encoding, html_table::sheets(&text).into_iter().map(sheet).collect()));
    }
    Ok((encoding, vec![Sheet { rows: csv_grid(&text), ..Sheet::default() }]))
}

/// Encoding, how it was decided, and the text.
pub(super) fn decode(bytes: &[u8], how: &How) -> (&'static str, EncodingFrom, String) {
    let decoded = decode_as(bytes, how);
    let text = match decoded.text {
        std::borrow::Cow::Borrowed(text) => String::from_utf8_lossy(text).into_owned(),
        std::borrow::Cow::Owned(text) => String::from_utf8_lossy(&text).into_owned(),
    };
    (decoded.encoding, decoded.from, text)
}

/// What parts the columns of a text, by its first lines.
fn delimiter_of(text: &str) -> char {
    let first: String = text.lines().take(5).collect();
    let count = |c: char| first.matches(c).count();
    [',', ';', '\t'].into_iter().max_by_key(|c| count(*c)).unwrap_or(',')
}

/// Most columns of a text: as many as spreadsheets have.
const MOST_COLUMNS: usize = 16_384;

/// Refuses a text that claims more columns than any program for tables has.
///
/// # Errors
/// [`Cause::NotTable`].
pub(super) fn not_too_wide(text: &str) -> Result<(), Cause> {
    let delimiter = delimiter_of(text);
    let widest = text.lines().take(3).map(|l| l.matches(delimiter).count() + 1).max().unwrap_or(0);
    match widest > MOST_COLUMNS {
        true => Err(Cause::NotTable(format!("it has {widest} columns, and no table has more than {MOST_COLUMNS}"))),
        false => Ok(()),
    }
}

pub(super) fn csv_grid(text: &str) -> Rows {
    let delimiter = delimiter_of(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    // Text that is UTF-8, in rows of any length: there is no error left that a row could bring.
    let rows = reader.records().filter_map(|r| r.ok());
    // A row is said to begin where the one before it ended: with the line feed that is still to come, and blank lines.
    let line_of = |p: &csv::Position| {
        let rest = text.as_bytes().get(p.byte() as usize..).unwrap_or(&[]);
        let between = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        p.line() as u32 + between.filter(|b| **b == b'\n').count() as u32
    };
    rows.map(|r| (r.position().map_or(0, line_of), r.iter().map(Cell::of_text).collect())).collect()
}

/// Every sheet of a workbook with anything in it, or the one table of a text: rows with their lines, 1-based. A value of merged
/// cells stands in each of their rows.
///
/// # Errors
/// Where the file cannot be opened, or is a workbook that cannot be read.
pub fn read_sheets(path: &Path) -> Result<Vec<Rows>, ReadError> {
    let bytes = load(path, &Progress::new()).map_err(|cause| cause.at(path))?;
    if is_workbook(&bytes) {
        return sheets(bytes, Spread::All).collect::<Result<_, String>>().map_err(|m| Cause::NotTable(m).at(path));
    }
    Ok(vec![csv_grid(&decode(&bytes, &How::default()).2)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<WideTable, ReadError> {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("t.csv");
        std::fs::write(&path, bytes).expect("written");
        read_wide(&path, &Indicators::with(&[]), &LayoutSaid::default())
    }

    #[test]
    fn title_rows_units_and_encodings() {
        let text = "海淀区2023年统计表,,\n村名,污水处理率(%),公厕数（座）\n甲村,99%,2\n\n合计,98,2\n";
        let (gbk, ..) = encoding_rs::GB18030.encode(text);
        let table = read(&gbk).expect("a table");
        assert_eq!((table.encoding, table.year_of_section(0)), ("GB18030", Some(2023)));
        assert_eq!([0, 1, 2].map(|c| table.head(c)), ["村名", "污水处理率(%)", "公厕数（座）"]);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.rows[0].line, 3);
        assert_eq!(table.rows[0].cells[1], Cell::Text("99%".into()));
        let utf8 = read(format!("\u{feff}{text}").as_bytes()).expect("a table");
        assert_eq!((utf8.encoding, &utf8.rows), ("UTF-8", &table.rows));
        let semicolons = read("code;year;公厕数\nA;2020;1\n".as_bytes()).expect("a table");
        assert_eq!(semicolons.layout.columns.len(), 3);
    }

    #[test]
    fn lines_are_those_of_an_editor_however_they_end() {
        for end in ["\n", "\r\n"] {
            let text = ["村名,公厕数", "甲,1", "", "乙,2", ""].join(end);
            let lines: Vec<u32> = csv_grid(&text).iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [1, 2, 4], "{end:?}");
        }
    }

    #[test]
    fn what_is_no_table_says_so() {
        assert!(read(b"a,b\n1,2\n").is_err());
        assert!(read(b"").is_err());
        assert!(read(b"PK\x03\x04 broken").is_err());
        assert!(read(&[0xff, 0xfe, 0x00]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            read(&bytes).ok();
        }
    }
}
