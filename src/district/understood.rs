//! A table as it is understood, before it counts: its first rows, what each column says, which rows find their villages, what is proposed for
//! those that do not, and what looks copied.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::alarms::{Alarm, FigureChange, alarms, changes, figures, of_month_before};
use super::candidates::{Candidate, Proposer};
use super::editions::Editions;
use super::figure_column::FigureColumn;
use super::join::VillageFinder;
use super::months::LatestMonths;
use super::rows::{MatchReport, OpenRow, RowIs, RowReader, report_of};
use crate::model::{Dataset, FeatureId, Good, Indicator, Indicators, Members, Observations, Theme, VillageAlias};
use crate::read::{Cell, ColumnRole, Layout, LayoutSaid, Progress, ReadError, TableRow, WideTable, read_wide_watched};

/// Rows that are shown.
const SHOWN: usize = 30;

/// What a shown row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowMark {
    /// It found its village.
    Found,
    /// It waits for a decision.
    Open,
    /// It does not count: a total, a note, or set aside.
    Aside,
}

/// A row as it stands in its file.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewRow {
    /// Its line.
    pub line: u32,
    /// Its cells.
    pub cells: Vec<String>,
    /// What it is.
    pub mark: RowMark,
}

/// A table as it is understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Understood {
    /// How it is laid out.
    pub layout: Layout,
    /// Its first rows.
    pub preview: Vec<PreviewRow>,
    /// How it fits the map.
    pub report: MatchReport,
    /// Villages that the first open row may mean, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// The other rows that wait for the same reason and have a likeliest village for the same reason as the first, each with it: they can be
    /// decided together.
    pub alike: Vec<(OpenRow, Candidate)>,
    /// Indicators that can be made of its new columns, by their heads.
    pub proposed: Vec<(String, Indicator)>,
    /// Rows of earlier months of a year, which do not count.
    pub earlier_months: usize,
    /// What looks copied.
    pub alarms: Vec<Alarm>,
    /// Figures that differ from what is known.
    pub changes: Vec<FigureChange>,
    /// The indicators that it was understood by.
    pub indicators: Indicators,
}

/// What a table is understood beside.
pub struct Beside<'a> {
    /// The villages.
    pub villages: &'a Dataset,
    /// Which of their features are villages.
    pub members: &'a Members,
    /// Indicators of the project's own.
    pub own: &'a [Indicator],
    /// What was decided about rows.
    pub aliases: &'a [VillageAlias],
    /// Boundaries of other years.
    pub editions: Arc<Editions>,
    /// Figures that are known already, with their indicators.
    pub known: Option<(&'a Observations, &'a Indicators)>,
}

/// Reads a table and says how it is understood.
///
/// # Errors
/// Where it cannot be read, or is no table of villages.
pub fn understand(
    path: &Path,
    said: &LayoutSaid,
    beside: &Beside<'_>,
    progress: &Progress,
) -> Result<Understood, ReadError> {
    let indicators = Indicators::with(beside.own);
    let table = read_wide_watched(path, &indicators, said, progress)?;
    let finder = VillageFinder::new(beside.villages, beside.members).with_aliases(beside.aliases);
    let finder = finder.with_editions(beside.editions.clone());
    let reader = RowReader::new(&table, &finder);
    let found = reader.villages();
    let report = report_of(&reader, &found, beside.villages, beside.members);
    let mark = |found: &RowIs| match found {
        RowIs::Village(..) | RowIs::Contradicting(_) => RowMark::Found,
        RowIs::Unclear(_) => RowMark::Open,
        RowIs::Total | RowIs::Note | RowIs::Declined => RowMark::Aside,
    };
    let preview = table
        .rows
        .iter()
        .zip(&found)
        .take(SHOWN)
        .map(|(row, found)| PreviewRow {
            line: row.line,
            cells: row.cells.iter().map(Cell::text).collect(),
            mark: mark(found),
        })
        .collect();
    let taken: FxHashSet<FeatureId> = found
        .iter()
        .filter_map(|f| match f {
            RowIs::Village(v, _) | RowIs::Contradicting(v) => Some(*v),
            _ => None,
        })
        .collect();
    let (candidates, alike) = Proposer::propose(&report.open, beside, &finder, &taken);
    // Positions of indicators may differ where the project has got new ones meanwhile.
    let known = beside.known.filter(|(_, i)| i.all().iter().map(|i| &i.id).eq(indicators.all().iter().map(|i| &i.id)));
    let known = known.map(|(observations, _)| observations);
    let months = LatestMonths::of(&reader, &found, &FigureColumn::of(&table, &indicators));
    let is_earlier = |(row, found): &(&TableRow, &RowIs)| match found {
        RowIs::Village(village, _) | RowIs::Contradicting(village) => {
            !months.is_latest(*village, reader.year_of(row).ok().flatten(), reader.month_of(row))
        }
        _ => false,
    };
    let earlier_months = table.rows.iter().zip(&found).filter(is_earlier).count();
    let figures = figures(&table, &reader, &found, &indicators, &months);
    let month_before = of_month_before(&table, &reader, &found, (&indicators, known), &months, &figures);
    let alarms = alarms((&figures, &month_before), (beside.villages, &indicators, known));
    let changes = known.map(|known| changes(&figures, known)).unwrap_or_default();
    let proposed = proposed(&table);
    let layout = table.layout;
    Ok(Understood { layout, preview, report, candidates, alike, proposed, earlier_months, alarms, changes, indicators })
}

/// The theme that figures nobody knew stand under, until a person says another: `topic.own` in the language files.
pub const OWN_FIGURES: &str = "own";

/// Units of what is counted and adds up.
const COUNTED: [&str; 16] =
    ["个", "座", "处", "户", "人", "所", "间", "家", "名", "位", "辆", "套", "次", "件", "元", "万元"];

/// Indicators that can be made of columns of figures that nobody knows: the head is the name, what stands in its brackets the unit.
fn proposed(table: &WideTable) -> Vec<(String, Indicator)> {
    let columns = table.layout.columns.iter().enumerate().filter(|(_, c)| c.role == ColumnRole::New);
    columns
        .map(|(at, column)| {
            let head = column.head.trim();
            let (name, unit) = match head.split_once(['（', '(']) {
                Some((name, rest)) => (name.trim(), rest.trim_end_matches(['）', ')']).trim()),
                None => (head, ""),
            };
            let cells = table.rows.iter().filter_map(|row| row.cells.get(at));
            let has_fraction = cells.clone().any(|c| c.text().trim().contains('.'));
            let is_percent = cells.clone().any(|c| matches!(c, Cell::Percent(_)) || c.text().contains('%'));
            let unit = if unit.is_empty() && (is_percent || name.ends_with('率')) { "%" } else { unit };
            let is_count = unit != "%" && (COUNTED.contains(&unit) || name.ends_with('数') || name.ends_with("人口"));
            let indicator = Indicator {
                id: name.to_owned(),
                zh: name.to_owned(),
                en: name.to_owned(),
                aliases: if name == head { Vec::new() } else { vec![head.to_owned()] },
                unit: unit.to_owned(),
                unit_en: None,
                theme: Theme::named(OWN_FIGURES),
                sum: is_count,
                cumulative: false,
                computed: false,
                ratio: None,
                min: None,
                max: None,
                good: Good::None,
                threshold: None,
                breaks: Vec::new(),
                decimals: u8::from(has_fraction),
                values: Vec::new(),
            };
            (column.head.clone(), indicator)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read_bytes;

    #[test]
    fn a_table_is_understood_beside_its_villages() {
        let feature = |code: &str, name: &str, town: &str| {
            format!(
                r#"{{"type":"Feature","geometry":null,"properties":{{"code":"{code}","name":"{name}","town":"{town}"}}}}"#
            )
        };
        let list = [feature("1", "东沟村", "甲镇"), feature("2", "西沟村", "甲镇"), feature("3", "草厂村", "乙镇")];
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","));
        let villages = read_bytes("v.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read");
        let members = Members::of(&villages);
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("t.csv");
        let rows = "村名,乡镇,年份,公厕数,户数,人口,集体收入（万元）,党员数\n\
                    东沟村,甲镇,2024,2,400,1200,1204.5,37\n西沟村,甲镇,2024,2,400,1200,688,21\n草场村,乙镇,2024,1,3,4,5,6\n合计,,,5,803,,,\n";
        std::fs::write(&path, rows).expect("written");
        let beside = |aliases: &'static [VillageAlias]| Beside {
            villages: &villages,
            members: &members,
            own: &[],
            aliases,
            editions: Arc::default(),
            known: None,
        };
        let got = understand(&path, &LayoutSaid::default(), &beside(&[]), &Progress::new()).expect("a table");
        assert_eq!((got.report.rows, got.report.matched, got.report.totals), (3, 2, 1));
        let marks: Vec<RowMark> = got.preview.iter().map(|r| r.mark).collect();
        assert_eq!(marks, [RowMark::Found, RowMark::Found, RowMark::Open, RowMark::Aside]);
        assert_eq!(got.candidates[0].words, "草厂村 · 乙镇");
        assert_eq!((got.candidates[0].reason, got.candidates[0].village.0.as_str()), ("glyphs", "3"));
        assert!(got.alike.is_empty());
        let new: Vec<(&str, &str, bool)> =
            got.proposed.iter().map(|(_, i)| (i.id.as_str(), i.unit.as_str(), i.sum)).collect();
        assert_eq!(new, [("集体收入", "万元", true), ("党员数", "", true)]);
        let alarms: Vec<(&str, usize)> = got.alarms.iter().map(|a| (a.kind.key(), a.villages.len())).collect();
        assert_eq!(alarms, [("same-as-neighbour", 1)]);
    }

    #[test]
    fn rows_of_one_kind_can_be_decided_together() {
        let names = ["草厂村", "梁家园村", "周家巷村", "唐家岭村"];
        let feature = |(i, name): (usize, &&str)| {
            format!(r#"{{"type":"Feature","geometry":null,"properties":{{"code":"{i}","name":"{name}"}}}}"#)
        };
        let list: Vec<String> = names.iter().enumerate().map(feature).collect();
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","));
        let villages = read_bytes("v.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read");
        let members = Members::of(&villages);
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("t.csv");
        // One sign wrong in each of three; the last is nobody's.
        std::fs::write(&path, "村名,年份,公厕数\n草场村,2024,1\n粱家园村,2024,2\n周家港村,2024,3\n某某新城,2024,4\n")
            .expect("written");
        let (villages, members) = (&villages, &members);
        let beside = Beside { villages, members, own: &[], aliases: &[], editions: Arc::default(), known: None };
        let got = understand(&path, &LayoutSaid::default(), &beside, &Progress::new()).expect("a table");
        let alike: Vec<(&str, &str)> =
            got.alike.iter().map(|(row, c)| (row.key[1].as_str(), c.words.as_str())).collect();
        assert_eq!(got.report.open.len(), 4);
        assert_eq!(got.candidates[0].reason, got.alike[0].1.reason);
        assert!(alike.len() <= 2 && alike.iter().all(|(row, _)| *row != "某某新城"), "{alike:?}");
    }

    #[test]
    fn figures_that_are_those_of_the_month_before_are_named() {
        let feature = |code: &str, name: &str| {
            format!(r#"{{"type":"Feature","geometry":null,"properties":{{"code":"{code}","name":"{name}"}}}}"#)
        };
        let list = [feature("1", "东沟村"), feature("2", "西沟村")];
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","));
        let villages = read_bytes("v.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read");
        let members = Members::of(&villages);
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("t.csv");
        let rows = "村名,年份,月份,公厕数,户数,人口\n东沟村,2024,1,2,400,1200\n西沟村,2024,1,3,300,900\n\
                    东沟村,2024,2,2,400,1200\n西沟村,2024,2,3,301,905\n东沟村,2024,3,,,\n";
        std::fs::write(&path, rows).expect("written");
        let (villages, members) = (&villages, &members);
        let beside = Beside { villages, members, own: &[], aliases: &[], editions: Arc::default(), known: None };
        let got = understand(&path, &LayoutSaid::default(), &beside, &Progress::new()).expect("a table");
        let alarms: Vec<_> = got.alarms.iter().map(|a| (a.kind.key(), a.villages.clone())).collect();
        assert_eq!(alarms, [("same-as-month-before", vec!["东沟村".to_owned()])]);
    }

    #[test]
    fn what_a_table_says_otherwise_is_listed_revisions_first() {
        let feature = |code: &str, name: &str| {
            format!(
                r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[[[116,40],[116.1,40],[116.1,40.1],[116,40]]]}},"properties":{{"code":"{code}","name":"{name}"}}}}"#
            )
        };
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
            feature("110108001001", "东沟村"),
            feature("110108001002", "西沟村")
        );
        let villages =
            std::sync::Arc::new(read_bytes("v.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read"));
        let dir = tempfile::tempdir().expect("a folder");
        let write = |name: &str, rows: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, rows).expect("written");
            path
        };
        let first = write("a.csv", "村名,年份,户数,人口\n东沟村,2023,400,1200\n西沟村,2023,300,900\n");
        let second = write("b.csv", "村名,年份,户数,人口\n东沟村,2023,410,1200\n西沟村,2024,300,450\n");
        let district =
            crate::district::District::new(std::slice::from_ref(&villages), &[first], &[], &[]).expect("a district");
        let members = Members::of(&villages);
        let beside = Beside {
            villages: &villages,
            members: &members,
            own: &[],
            aliases: &[],
            editions: Arc::default(),
            known: Some((&district.observations, &district.indicators)),
        };
        let got = understand(&second, &LayoutSaid::default(), &beside, &Progress::new()).expect("a table");
        let said: Vec<_> =
            got.changes.iter().map(|c| (c.is_revision(), c.before_year, c.year, c.before, c.now)).collect();
        assert_eq!(said, [(true, Some(2023), Some(2023), 400.0, 410.0), (false, Some(2023), Some(2024), 900.0, 450.0)]);
        // One that somebody stopped says so.
        let stopped = Progress::new();
        stopped.cancel();
        let book = dir.path().join("c.xlsx");
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for (c, head) in ["村名", "户数"].iter().enumerate() {
            sheet.write(0, c as u16, *head).expect("written");
            sheet.write(1, c as u16, "1").expect("written");
        }
        workbook.save(&book).expect("saved");
        let error = understand(&book, &LayoutSaid::default(), &beside, &stopped).expect_err("stopped");
        assert_eq!(error.code(), "cancelled");
    }
}
