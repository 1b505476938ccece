//! `qiancun check`: what a file is, and what is odd in it.

use crate::geo::BoundsDeg;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Failure, read};
use crate::cli::say::said;
use crate::district::{can_be_villages, words_not_understood};
use crate::lang::Lang;
use crate::model::{Dataset, Members, Report};
use crate::read::{Progress, ReadError, full_report, read_file};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut files, mut as_json) = (Vec::new(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) => files.push(PathBuf::from(path)),
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        return Err(Failure::Usage("check needs a file".into()));
    }
    let mut failed = false;
    let mut documents = Vec::new();
    for path in &files {
        let result = read_file(path, &Progress::new());
        failed |= result.is_err();
        if as_json {
            documents.push(document(path, &result));
        } else {
            print_words(path, &result);
        }
    }
    if as_json {
        read::print(&json!({ "files": documents }))?;
    }
    if failed { Err(Failure::Printed) } else { Ok(()) }
}

fn full(dataset: &Dataset) -> Report {
    let mut report = full_report(dataset, || true).unwrap_or_default();
    if can_be_villages(dataset) {
        report.problems.extend(Members::of(dataset).problems(dataset));
    }
    report.problems.extend(words_not_understood(dataset));
    report
}

fn document(path: &Path, result: &Result<Dataset, ReadError>) -> Value {
    let dataset = match result {
        Ok(dataset) => dataset,
        Err(e) => {
            return json!({
                "path": path.to_string_lossy(), "format": null, "layer": null, "encoding": null, "crs": null, "crs_from": null,
                "features": null, "geometries": null, "vertices": null, "bounds": null, "fields": null, "problems": null,
                "error": { "code": e.code(), "message": e.to_string() },
            });
        }
    };
    let source = &dataset.source;
    let fields: Vec<Value> = dataset
        .table
        .columns
        .iter()
        .map(|c| json!({ "name": c.name, "type": c.kind.name(), "missing": c.missing() }))
        .collect();
    let problems: Vec<Value> = full(dataset)
        .groups()
        .into_iter()
        .map(|g| {
            let name = g.first.feature.map(|f| dataset.display_name(f));
            json!({
                "severity": g.severity.name(), "code": g.code, "count": g.count,
                "first": { "feature": g.first.feature, "name": name },
                "message": Lang::En.problem(g.code, &g.first.detail),
            })
        })
        .collect();
    json!({
        "path": path.to_string_lossy(), "format": source.format.name(), "layer": source.layer, "encoding": source.encoding,
        "crs": source.crs.name(), "crs_from": source.crs_from.name(),
        "features": dataset.len(), "geometries": geometries(dataset), "vertices": dataset.geometry.coords.len(),
        "bounds": dataset.geometry.bounds().map(BoundsDeg::sides), "fields": fields, "problems": problems, "error": null,
    })
}

fn geometries(dataset: &Dataset) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for shape in &dataset.geometry.features {
        *counts.entry(shape.kind.name()).or_insert(0) += 1;
    }
    counts
}

fn print_words(path: &Path, result: &Result<Dataset, ReadError>) {
    match result {
        Err(e) => said!("{}: {e}", path.display()),
        Ok(d) => {
            let s = &d.source;
            said!("{}", path.display());
            said!("  {} · {} · {} ({})", s.format.name(), s.encoding, s.crs.name(), s.crs_from.name());
            let counts: Vec<String> = geometries(d).iter().map(|(k, n)| format!("{k} {n}")).collect();
            said!("  {} features, {} vertices ({})", d.len(), d.geometry.coords.len(), counts.join(", "));
            if let Some([w, south, e, n]) = d.geometry.bounds().map(BoundsDeg::sides) {
                said!("  {w} {south} … {e} {n}");
            }
            for c in &d.table.columns {
                said!("  {}: {}, {} missing", c.name, c.kind.name(), c.missing());
            }
            for g in full(d).groups() {
                said!(
                    "  {} {} × {}: {}",
                    g.severity.name(),
                    g.code,
                    g.count,
                    Lang::En.problem(g.code, &g.first.detail)
                );
            }
        }
    }
}
