//! Wide tables of indicators: one row per village and year, one column per indicator; CSV and XLSX.

use std::path::{Path, PathBuf};

use super::cell::Cell;
use super::encoding::decode_as;
use super::error::Cause;
use super::letters::EncodingFrom;
use super::load::load;
use super::workbook::{Rows, is_workbook, sheets};
use super::{How, Progress, ReadError};
use crate::model::Indicators;

/// Bytes in which the first lines of a text lie.
const HEAD_BYTES: usize = 64 << 10;

/// A table as it stands in its file.
#[derive(Clone, Debug, PartialEq)]
pub struct WideTable {
    /// The file.
    pub path: PathBuf,
    /// Encoding, as found.
    pub encoding: &'static str,
    /// Heads of the columns.
    pub header: Vec<String>,
    /// Rows with their line in the file, 1-based; title rows, blank rows and repeated heads are left out.
    pub rows: Vec<(u32, Vec<Cell>)>,
    /// The year named in the title rows, where there is one.
    pub title_year: Option<i32>,
    /// Whether its columns are parted by semicolons, as programs do where the comma is the decimal sign.
    pub has_semicolons: bool,
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
        let head: String =
            head.chars().filter(|c| !c.is_whitespace() && *c != '_').flat_map(char::to_lowercase).collect();
        Some(match head.as_str() {
            "code" | "villagecode" | "代码" | "村代码" | "编码" | "村编码" | "行政区划代码" | "区划代码"
            | "行政村代码" => Self::Code,
            "name" | "village" | "villagename" | "村名" | "村" | "村庄" | "行政村" | "村名称" | "村庄名称" | "名称" => {
                Self::Name
            }
            "town" | "township" | "镇" | "乡镇" | "街镇" | "乡镇名称" | "所属乡镇" | "镇街" | "街道" => {
                Self::Town
            }
            "year" | "年" | "年份" | "年度" => Self::Year,
            "source" | "来源" | "数据来源" => Self::Source,
            "observedon" | "观测日期" | "调查日期" | "填报日期" | "日期" => Self::ObservedOn,
            "status" | "数据状态" => Self::Status,
            _ => return None,
        })
    }
}

/// Reads a CSV (UTF-8, UTF-16 or GB18030; comma, semicolon or tab) or an XLSX, XLS or ODS.
///
/// # Errors
/// Where the file cannot be opened, or no row in it names a village's code or name beside another known column.
pub fn read_wide(path: &Path, indicators: &Indicators) -> Result<WideTable, ReadError> {
    let bytes = load(path, &Progress::new()).map_err(|cause| cause.at(path))?;
    let head = bytes.get(..HEAD_BYTES).unwrap_or(&bytes);
    let has_semicolons = !is_workbook(&bytes) && delimiter_of(&decode(head, &How::default()).2) == ';';
    let (encoding, grid) = grid_of(bytes).map_err(|m| Cause::NotTable(m).at(path))?;
    let known = |cell: &Cell| {
        let text = cell.text();
        KeyColumn::of(&text).is_some() || indicators.position(&text).is_some()
    };
    let is_village = |cell: &Cell| matches!(KeyColumn::of(&cell.text()), Some(KeyColumn::Code | KeyColumn::Name));
    let head =
        grid.iter().position(|(_, row)| row.iter().any(is_village) && row.iter().filter(|c| known(c)).count() > 1);
    let Some(at) = head else {
        return Err(
            Cause::NotTable("no row names the columns: a village's code or name and an indicator".into()).at(path)
        );
    };
    let mut header: Vec<String> = grid.get(at).map(|(_, row)| row.iter().map(Cell::text).collect()).unwrap_or_default();
    if let Some((_, above)) = at.checked_sub(1).and_then(|above| grid.get(above)) {
        join_groups(&mut header, above, indicators);
    }
    let title_year = grid.iter().take(at).flat_map(|(_, row)| row).find_map(|c| year_in(&c.text()));
    let same = |row: &[Cell]| row.iter().map(Cell::text).eq(header.iter().cloned());
    let rows = grid.into_iter().skip(at + 1).filter(|(_, r)| r.iter().any(|c| *c != Cell::Empty) && !same(r)).collect();
    Ok(WideTable { path: path.to_path_buf(), encoding, header, rows, title_year, has_semicolons })
}

/// Heads in two rows: a group such as 污水 over 处理率 and 治理率. A head that is no indicator by itself, and is one with its
/// group before it, is that one.
fn join_groups(header: &mut [String], above: &[Cell], indicators: &Indicators) {
    if above.iter().filter(|c| **c != Cell::Empty).count() < 2 {
        return;
    }
    let mut group = String::new();
    for (c, head) in header.iter_mut().enumerate() {
        // Merged cells say their text in the first of them.
        if let Some(text) = above.get(c).map(Cell::text).filter(|t| !t.is_empty()) {
            group = text;
        }
        let whole = format!("{group}{head}");
        let is_known = |h: &str| KeyColumn::of(h).is_some() || indicators.position(h).is_some();
        if !head.is_empty() && !is_known(head) && indicators.position(&whole).is_some() {
            *head = whole;
        }
    }
}

/// Encoding and rows, with their lines, of a workbook or of text.
pub(super) fn grid_of(bytes: Vec<u8>) -> Result<(&'static str, Rows), String> {
    if is_workbook(&bytes) {
        return Ok(("binary", sheet(bytes)?));
    }
    let (encoding, _, text) = decode(&bytes, &How::default());
    Ok((encoding, csv_grid(&text)))
}

/// A year between 1900 and 2100 in a text such as 2023年统计表.
fn year_in(text: &str) -> Option<i32> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 4);
    digits.filter_map(|d| d.parse().ok()).find(|y| (1900..=2100).contains(y))
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

pub(super) fn csv_grid(text: &str) -> Rows {
    let delimiter = delimiter_of(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    // Text that is UTF-8, in rows of any length: there is no error left that a row could bring.
    let rows = reader.records().filter_map(|r| r.ok());
    rows.map(|r| (r.position().map_or(0, |p| p.line() as u32), r.iter().map(Cell::of_text).collect())).collect()
}

/// Every sheet of a workbook with anything in it, or the one table of a text: rows with their lines, 1-based. A value of merged
/// cells stands in each of their rows.
///
/// # Errors
/// Where the file cannot be opened, or is a workbook that cannot be read.
pub fn read_sheets(path: &Path) -> Result<Vec<Rows>, ReadError> {
    let bytes = load(path, &Progress::new()).map_err(|cause| cause.at(path))?;
    if is_workbook(&bytes) {
        return sheets(bytes, true).collect::<Result<_, String>>().map_err(|m| Cause::NotTable(m).at(path));
    }
    Ok(vec![csv_grid(&decode(&bytes, &How::default()).2)])
}

fn sheet(bytes: Vec<u8>) -> Result<Rows, String> {
    sheets(bytes, false).next().unwrap_or_else(|| Err("the workbook has no sheet with anything in it".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<WideTable, ReadError> {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("t.csv");
        std::fs::write(&path, bytes).expect("written");
        read_wide(&path, &Indicators::with(&[]))
    }

    #[test]
    fn title_rows_units_and_encodings() {
        let text = "海淀区2023年统计表,,\n村名,污水处理率(%),公厕数（座）\n甲村,99%,2\n\n合计,98,2\n";
        let (gbk, ..) = encoding_rs::GB18030.encode(text);
        let table = read(&gbk).expect("a table");
        assert_eq!((table.encoding, table.title_year), ("GB18030", Some(2023)));
        assert_eq!(table.header, ["村名", "污水处理率(%)", "公厕数（座）"]);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.rows[0].0, 3);
        assert_eq!(table.rows[0].1[1], Cell::Text("99%".into()));
        let utf8 = read(format!("\u{feff}{text}").as_bytes()).expect("a table");
        assert_eq!((utf8.encoding, &utf8.rows), ("UTF-8", &table.rows));
        let semicolons = read("code;year;公厕数\nA;2020;1\n".as_bytes()).expect("a table");
        assert_eq!(semicolons.header.len(), 3);
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
