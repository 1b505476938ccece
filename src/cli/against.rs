//! `qiancun check TABLE --against VILLAGES`: how a table is laid out, and how its rows fit the villages.

use std::path::Path;

use serde_json::{Value, json};

use super::{Failure, joined, read};
use crate::cli::say::said;
use crate::district::{MatchBy, MatchReport, VillageFinder, match_report};
use crate::model::{Dataset, Indicators, Members, VillageAlias};
use crate::read::{How, Layout, LayoutSaid, Progress, ReadError, WideTable, read_rows, read_wide};

/// The villages that tables are held against.
pub(super) struct Against {
    villages: Dataset,
    members: Members,
    indicators: Indicators,
    finder: VillageFinder,
}

/// What a person says of a layout, from a file in the form of a project's `[[table]]`.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn read_layout(path: &Path) -> Result<LayoutSaid, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| read::because("layout-unreadable", path, e.to_string()))?;
    toml::from_str(&text).map_err(|e| read::because("layout-unreadable", path, e.message().to_owned()))
}

impl Against {
    /// Reads the villages: a file of boundaries, or a project with what it says of indicators and rows.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let is_project = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"));
        let (villages, own, aliases, editions): (Dataset, _, Vec<VillageAlias>, _) = match is_project {
            true => {
                let project = joined::project(path)?;
                let district = joined::load(path, &project)?;
                ((*district.villages).clone(), project.indicators, project.aliases, district.editions.clone())
            }
            false => (read::any(path)?, Vec::new(), Vec::new(), Default::default()),
        };
        let members = Members::of(&villages);
        let finder = VillageFinder::new(&villages, &members).with_aliases(&aliases).with_editions(editions);
        Ok(Self { villages, members, indicators: Indicators::with(&own), finder })
    }

    /// Checks a table; its entry comes into the documents, or its words are printed. Whether it could be used.
    pub(super) fn check(&self, path: &Path, said: &LayoutSaid, documents: Option<&mut Vec<Value>>) -> bool {
        // Both read the file: a workbook takes its time, text its room.
        let table = || {
            read_wide(path, &self.indicators, said).map(|mut table| {
                let report = match_report(&table, (&self.villages, &self.members), &self.finder);
                table.rows = Vec::new();
                (table, report)
            })
        };
        let rows = || documents.is_some().then(|| read_rows(path, &How::default(), &Progress::new()));
        let is_text = path.extension().is_some_and(|e| ["csv", "tsv", "txt"].iter().any(|t| e.eq_ignore_ascii_case(t)));
        let (table, rows) = if is_text { (table(), rows()) } else { rayon::join(table, rows) };
        let (table, report) = match table {
            Ok((table, report)) => (Ok(table), Some(report)),
            Err(error) => (Err(error), None),
        };
        match (documents, rows) {
            (Some(documents), Some(rows)) => documents.push(self.entry(path, &table, report.as_ref(), &rows)),
            _ => print_words(path, &table, report.as_ref()),
        }
        table.is_ok()
    }

    /// The entry of a table.
    fn entry(
        &self,
        path: &Path,
        table: &Result<WideTable, ReadError>,
        report: Option<&MatchReport>,
        rows: &Result<Dataset, ReadError>,
    ) -> Value {
        let mut own = match (rows, table) {
            (_, Err(e)) | (Err(e), _) => super::check::failed(path, e),
            (Ok(dataset), _) => super::check::read_entry(path, dataset),
        };
        if let (Some(members), Ok(table), Some(report)) = (own.as_object_mut(), table, report) {
            members.insert("layout".into(), layout_json(&table.layout, &self.indicators));
            members.insert("match".into(), match_json(report));
            members.insert("error".into(), Value::Null);
        }
        own
    }
}

fn layout_json(layout: &Layout, indicators: &Indicators) -> Value {
    let columns: Vec<Value> = layout
        .columns
        .iter()
        .enumerate()
        .map(|(index, c)| {
            let unit = c.role.indicator().and_then(|id| indicators.get(id)).map(|i| i.unit.as_str());
            json!({
                "index": index, "head": c.head, "role": c.role.key(), "month": c.month, "indicator": c.role.indicator(),
                "unit": unit, "year": c.year, "reason": c.reason.key(), "used": c.role.is_used(), "filled": c.filled,
                "fractions": c.is_fractions,
            })
        })
        .collect();
    let sheets: Vec<Value> = layout.sections.iter().map(|s| json!({ "sheet": s.sheet, "year": s.year })).collect();
    json!({
        "sheet": Some(layout.sheet()).filter(|s| !s.is_empty()), "sheets": sheets, "head_rows": layout.head_rows,
        "first_row": layout.first_row, "columns": columns,
    })
}

fn match_json(report: &MatchReport) -> Value {
    let by: serde_json::Map<String, Value> =
        MatchBy::ALL.iter().zip(report.by).map(|(by, n)| (by.key().to_owned(), n.into())).collect();
    let causes: Vec<Value> = report
        .causes
        .iter()
        .map(|c| {
            json!({
                "code": c.code, "count": c.count, "first": { "row": c.first_row, "text": c.first_text },
                "proposal": c.proposal,
            })
        })
        .collect();
    json!({
        "rows": report.rows, "matched": report.matched, "ambiguous": report.ambiguous, "unmatched": report.unmatched,
        "duplicate": report.duplicate, "declined": report.declined, "totals": report.totals,
        "villages_without_row": report.villages_without_row, "by": by, "causes": causes,
    })
}

fn print_words(path: &Path, table: &Result<WideTable, ReadError>, report: Option<&MatchReport>) {
    let (Ok(table), Some(report)) = (table, report) else {
        if let Err(e) = table {
            said!("{}: {e}", path.display());
        }
        return;
    };
    said!("{}", path.display());
    let heads: Vec<String> = table.layout.head_rows.iter().map(u32::to_string).collect();
    said!("  heads in row {}, figures from row {}", heads.join(" and "), table.layout.first_row);
    for c in &table.layout.columns {
        let year = c.year.map(|y| format!(" of {y}")).unwrap_or_default();
        let fractions = if c.is_fractions { ", written as fractions" } else { "" };
        let role = c.role.indicator().unwrap_or_else(|| c.role.key());
        said!("  {}: {role}{year}{fractions} ({}), {} cells", c.head, c.reason.key(), c.filled);
    }
    said!(
        "  {} of {} rows joined, {} of no village, {} of several, {} twice; {} villages without a row",
        report.matched,
        report.rows,
        report.unmatched,
        report.ambiguous,
        report.duplicate,
        report.villages_without_row
    );
    for cause in &report.causes {
        let detail = format!("{}:{} {}", path.display(), cause.first_row, cause.first_text);
        let proposal = cause.proposal.as_ref().map(|p| format!(" · perhaps {p}")).unwrap_or_default();
        said!("  {} × {}: {}{proposal}", cause.code, cause.count, crate::cli::say::lang().problem(cause.code, &detail));
    }
}
