//! What comes back from the field: which files of a folder were filled in, and whether a file that is opened is one of them.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::connect::{guard, is_log};
use super::error::SurveyError;
use super::event::id_of;
use super::results::{ResultRow, read_results};
use super::word::Outcome;
use crate::read::plain_file;

/// Endings of tables that phones, spreadsheets and servers of forms hand out.
const TABLES: [&str; 6] = ["csv", "xlsx", "xls", "ods", "geojson", "json"];
/// Largest table of which it is looked whether it says results, where nobody said that it does: 50,000 gaps fit.
const MOST_BYTES: u64 = 8_000_000;
/// Of a workbook, which has to be unpacked for the question.
const MOST_WORKBOOK_BYTES: u64 = 2_000_000;
/// So much of the beginning of a text has to name the columns.
const HEAD_BYTES: usize = 65_536;
/// How deep folders are looked into, and how many entries: of one that was said to have come back, and of any that is dropped on the window,
/// which waits for the answer.
const SAID: (usize, usize) = (6, 50_000);
const DROPPED: (usize, usize) = (2, 500);

/// What was filled in of something that came back.
#[derive(Debug, Default)]
pub struct Returned {
    /// Files with results, by name.
    pub files: Vec<PathBuf>,
    /// What could not be read.
    pub unread: Vec<(PathBuf, SurveyError)>,
}

/// What was filled in of a folder that came back: its GeoPackages and tables that say results, those of folders in it too; a file by itself.
pub fn filled_in(path: &Path) -> Returned {
    let mut found = Returned::default();
    if !path.is_dir() {
        found.files.push(path.to_path_buf());
        return found;
    }
    // GeoPackages first: tables beside one are lists that went along.
    let packages = files_in(path, &["gpkg"], SAID);
    for file in packages.into_iter().chain(files_in(path, &TABLES, SAID)) {
        match read_results(&file) {
            Ok(_) => found.files.push(file),
            // Lists, forms and maps that went along say no results.
            Err(SurveyError::NoResults { .. }) => {}
            Err(e) => found.unread.push((file, e)),
        }
    }
    found
}

/// Whether a GeoPackage, or one in a folder, is that of a round: it holds `visits` beside the `gaps` that they are of.
pub fn is_round(path: &Path) -> bool {
    let is_one = |file: &PathBuf| {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let Ok(mut conn) = Connection::open_with_flags(file, flags) else { return false };
        let tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('visits', 'gaps')";
        guard(&mut conn).is_ok() && conn.query_row(tables, [], |r| r.get::<_, i64>(0)).is_ok_and(|n| n == 2)
    };
    match path.is_dir() {
        true => files_in(path, &["gpkg"], DROPPED).iter().any(is_one),
        false => {
            has_ending(path, &["gpkg"]) && plain_file(path).is_ok_and(|m| m.is_file()) && is_one(&path.to_path_buf())
        }
    }
}

/// What names a package of a round, the same in all copies of it: the gaps that it was made with, and who was to go there. `None` where a
/// file is none.
pub(super) fn package_of(path: &Path) -> Option<String> {
    if !has_ending(path, &["gpkg"]) || !is_round(path) {
        return None;
    }
    let mut conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    guard(&mut conn).ok()?;
    let text = "SELECT gap, coalesce(status, ''), coalesce(person, ''), coalesce(day, '') FROM gaps ORDER BY gap";
    let mut asked = conn.prepare(text).ok()?;
    let text = |value: rusqlite::types::ValueRef<'_>| match value {
        rusqlite::types::ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned(),
        rusqlite::types::ValueRef::Integer(n) => n.to_string(),
        _ => String::new(),
    };
    let row = |r: &rusqlite::Row<'_>| (0..4).map(|i| Ok(text(r.get_ref(i)?))).collect::<rusqlite::Result<Vec<_>>>();
    let rows = asked.query_map([], row).ok()?.collect::<rusqlite::Result<Vec<_>>>().ok()?;
    let said: Vec<String> = rows.iter().map(|r| r.join("\t")).collect();
    Some(id_of(&format!("package {}", said.join("\n"))))
}

/// Whether a file that somebody opens says results of visits, or is the log of a colleague: such a one is meant to be taken in, not to be
/// drawn. A sheet in which nothing was filled in is a map of gaps.
pub fn says_results(path: &Path) -> bool {
    let Some(bytes) = plain_file(path).ok().filter(|m| m.is_file()).map(|m| m.len()) else { return false };
    if has_ending(path, &["gpkg"]) {
        return is_log(path) || (has_result_column(path) && has_filled_row(path));
    }
    let is_text = has_ending(path, &["csv", "geojson", "json"]);
    let most = if is_text { MOST_BYTES } else { MOST_WORKBOOK_BYTES };
    has_ending(path, &TABLES) && bytes <= most && (!is_text || names_columns(path)) && has_filled_row(path)
}

/// Whether a row says one of the results that there are, and of what: other people's tables have columns of these names too.
fn has_filled_row(path: &Path) -> bool {
    let is_of_gap = |row: &ResultRow| {
        let subject = &row.subject;
        let names_village = !subject.village.is_empty() || !subject.code.is_empty();
        let is_of_rule = names_village && !row.rule.trim().is_empty();
        row.key.contains('/') || is_of_rule || uuid::Uuid::try_parse(row.id.trim()).is_ok()
    };
    read_results(path).is_ok_and(|rows| rows.iter().any(|r| Outcome::from_word(&r.result).is_some() && is_of_gap(r)))
}

/// Whether the beginning of a text names a column of results: nobody else's map is read twice for the question.
fn names_columns(path: &Path) -> bool {
    use std::io::Read;
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|f| f.take(HEAD_BYTES as u64).read_to_end(&mut head));
    // In Chinese: 结果 in UTF-8 and in GBK.
    let words: [&[u8]; 4] = [b"result", b"outcome", "结果".as_bytes(), &[0xBD, 0xE1, 0xB9, 0xFB]];
    let head = head.to_ascii_lowercase();
    read.is_ok() && words.iter().any(|word| head.windows(word.len()).any(|w| w == *word))
}

/// Whether a GeoPackage has a column of that name anywhere: large ones are not read for the question.
fn has_result_column(path: &Path) -> bool {
    let Ok(mut conn) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY) else { return false };
    if guard(&mut conn).is_err() {
        return false;
    }
    let tables =
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND (sql LIKE '%result%' OR sql LIKE '%结果%')";
    conn.query_row(tables, [], |r| r.get::<_, i64>(0)).is_ok_and(|n| n > 0)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|e| endings.iter().any(|own| e.eq_ignore_ascii_case(own)))
}

/// Files of a folder with one of these endings, those of folders in it too.
fn files_in(path: &Path, endings: &[&str], (deepest, most): (usize, usize)) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), most);
    look_into(path, endings, deepest, &mut left, &mut found);
    found.sort();
    found
}

fn look_into(folder: &Path, endings: &[&str], deeper: usize, left: &mut usize, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()) {
        let Some(rest) = left.checked_sub(1) else { return };
        *left = rest;
        let is_hidden = entry.file_name().is_some_and(|n| n.to_string_lossy().starts_with(['.', '~']));
        if entry.is_dir() {
            if !entry.is_symlink() && !is_hidden && deeper > 0 {
                look_into(&entry, endings, deeper - 1, left, found);
            }
        } else if has_ending(&entry, endings) && !is_hidden {
            found.push(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_filled_in_is_told_from_maps_and_tables() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let (gbk, _, _) = encoding_rs::GBK.encode("缺口编号,核查结果\nT1/A///,已消除\n");
        assert!(says_results(&file("a.csv", b"key,result,note\nT1/A///,closed,\n")));
        assert!(says_results(&file("b.csv", &gbk)));
        let filled = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"key":"T1/A///","result":"closed"},"geometry":null}]}"#;
        assert!(says_results(&file("c.geojson", filled.as_bytes())));
        for (name, text) in [
            ("empty.csv", "key,result,note\nT1/A///,,\n"),
            ("table.csv", "code,name,sewage_rate\nA,东沟,99\n"),
            ("exam.csv", "name,result\n张三,90\n"),
            ("water.csv", "id,lon,lat,result\n7,116.1,40.1,confirmed\n"),
            ("map.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}"),
            ("no.gpkg", "no database"),
        ] {
            assert!(!says_results(&file(name, text.as_bytes())), "{name}");
        }
        assert!(!is_round(dir.path()));
        let found = filled_in(dir.path());
        let names: Vec<_> = found.files.iter().filter_map(|f| f.file_name()).collect();
        assert_eq!(names, ["a.csv", "b.csv", "c.geojson", "empty.csv", "water.csv"].map(std::ffi::OsStr::new));
        assert_eq!(found.unread.len(), 1, "{:?}", found.unread);
    }
}
