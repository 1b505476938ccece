//! `qiancun check`: what a file is, and what is odd in it.

use crate::geo::{BoundsDeg, System};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lexopt::ValueExt as _;
use serde_json::{Value, json};

use super::against::{Against, read_layout};
use super::{Failure, read};
use crate::cli::say::{lang, said};
use crate::district::{Diagnosis, can_be_villages, diagnose, words_not_understood};
use crate::ground::{Ground, GroundFormat, GroundSpec};
use crate::lang::Lang;
use crate::model::{Dataset, FeatureId, Members, ProblemGroup, Report};
use crate::read::{How, LayoutSaid, Progress, ReadError, full_report, layers, read_file_as, read_rows, split_layer};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut files, mut as_json, mut how) = (Vec::new(), false, How::default());
    let (mut reference, mut against, mut said) = (None, None, LayoutSaid::default());
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) => files.push(PathBuf::from(path)),
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long("encoding") => how.encoding = Some(parser.value()?.string()?),
            lexopt::Arg::Long("reference") => reference = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("against") => against = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("layout") => said = read_layout(&PathBuf::from(parser.value()?))?,
            lexopt::Arg::Long("crs") => how.crs = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        return Err(Failure::Usage("check needs a file".into()));
    }
    let reference = reference.as_deref().map(read::geographic).transpose()?;
    let against = against.as_deref().map(Against::read).transpose()?;
    let mut failed = false;
    let mut documents = Vec::new();
    for path in &files {
        if let Some(against) = &against {
            failed |= !against.check(path, &said, as_json.then_some(&mut documents));
            continue;
        }
        if let Some(format) = GroundFormat::of(path) {
            failed |= !check_ground(path, format, &how, as_json.then_some(&mut documents));
            continue;
        }
        for (file, how) in each_layer(path, &how) {
            // A table without places is one of figures.
            let read = read_file_as(&file, &how, &Progress::new());
            let is_table = |e: &ReadError| e.code() == "unsupported-format" && has_rows(&file, e);
            let result = match read {
                Err(e) if is_table(&e) => read_rows(&file, &how, &Progress::new()).map_err(|_| e),
                other => other,
            };
            failed |= result.is_err();
            let doctor = reference.as_ref().zip(result.as_ref().ok()).map(|(r, d)| diagnose(d, r));
            if as_json {
                let mut own = document(path, &result);
                if let (Some(doctor), Some(members)) = (&doctor, own.as_object_mut()) {
                    members.insert("doctor".into(), doctor_json(doctor));
                }
                documents.push(own);
            } else {
                print_words(path, &result);
                doctor.iter().for_each(print_doctor);
            }
        }
    }
    if as_json {
        read::print(&json!({ "files": documents }))?;
    }
    if failed { Err(Failure::Printed) } else { Ok(()) }
}

/// Whether a file that is no map holds rows of a table.
fn has_rows(file: &Path, error: &ReadError) -> bool {
    let ending = file.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    error.kind() == Some("table") || matches!(ending.as_str(), "xlsx" | "xls" | "ods" | "xlsm" | "csv" | "tsv")
}

fn doctor_json(doctor: &Diagnosis) -> Value {
    let hypotheses: Vec<Value> = doctor
        .hypotheses
        .iter()
        .map(
            |h| json!({ "crs": h.crs, "inside_share": h.inside_share, "median_offset_m": h.median_offset_m, "n": h.n }),
        )
        .collect();
    json!({ "hypotheses": hypotheses, "suggested": doctor.suggested })
}

fn print_doctor(doctor: &Diagnosis) {
    for h in doctor.hypotheses.iter().take(5) {
        let offset = h.median_offset_m.map_or(String::new(), |m| format!(", {m:.0} m off"));
        said!("  {}: {:.1} % of {} inside{offset}", h.crs, h.inside_share * 100.0, h.n);
    }
    match &doctor.suggested {
        Some(crs) => said!("  suggested: {crs}"),
        None => said!("  nothing to suggest"),
    }
}

/// Every layer of a file, unless one is named.
fn each_layer(path: &Path, how: &How) -> Vec<(PathBuf, How)> {
    let (file, layer) = split_layer(path);
    let of = |layer| (file.clone(), How { layer, ..how.clone() });
    if layer.is_some() {
        return vec![of(layer)];
    }
    // What cannot be looked into is told by the reading.
    let all = layers(&file).unwrap_or_default();
    if all.is_empty() { vec![of(None)] } else { all.into_iter().map(|l| of(Some(l))).collect() }
}

fn full(dataset: &Dataset) -> Report {
    let mut report = full_report(dataset, || true).unwrap_or_default();
    if can_be_villages(dataset) {
        report.problems.extend(Members::of(dataset).problems(dataset));
    }
    report.problems.extend(words_not_understood(dataset, &[]));
    report
}

/// Checks a ground: tiles or a picture of the earth; whether it can be shown.
fn check_ground(path: &Path, format: GroundFormat, how: &How, documents: Option<&mut Vec<Value>>) -> bool {
    let spec = GroundSpec { path: path.to_path_buf(), crs: how.crs.clone(), ..GroundSpec::default() };
    let opened = Ground::open(spec);
    let Some(documents) = documents else {
        match &opened {
            Ok(ground) => {
                let (least, most) = ground.levels();
                said!("{}: {}, levels {least} to {most}; {}", path.display(), format.key(), ground.attribution());
                if let Some((system, code)) = ground.system().and_then(|s| Some((s, s.left_open()?))) {
                    said!("  {}", lang().problem(code, system.name()));
                }
            }
            Err(e) => said!("{}: {e}", path.display()),
        }
        return opened.is_ok();
    };
    let error = opened.as_ref().err().map(|e| json!({ "code": e.code(), "message": e.to_string() }));
    let ground = opened.as_ref().ok();
    let levels = ground.map(|g| [g.levels().0, g.levels().1]);
    let empty = |value: Value| if error.is_none() { value } else { Value::Null };
    let system = ground.and_then(Ground::system);
    let mut report = Report::default();
    system.into_iter().for_each(|s| report.tell_datum(s));
    documents.push(json!({
        "path": path.to_string_lossy(), "format": format.key(), "layer": ground.map(Ground::title), "encoding": null,
        "crs": system.map(System::name), "crs_from": null, "features": empty(json!(0)), "geometries": empty(json!({})), "vertices": empty(json!(0)),
        "bounds": ground.and_then(Ground::bounds).map(BoundsDeg::sides), "fields": empty(json!([])),
        "problems": empty(problems_of(&report, |_| String::new())),
        "levels": levels, "attribution": ground.map(Ground::attribution), "error": error,
    }));
    opened.is_ok()
}

fn document(path: &Path, result: &Result<Dataset, ReadError>) -> Value {
    match result {
        Ok(dataset) => read_entry(path, dataset),
        Err(e) => failed(path, e),
    }
}

/// The entry of a file that could not be read.
pub(super) fn failed(path: &Path, e: &ReadError) -> Value {
    json!({
        "path": path.to_string_lossy(), "format": null, "layer": null, "encoding": null, "crs": null, "crs_from": null,
        "features": null, "geometries": null, "vertices": null, "bounds": null, "fields": null, "problems": null,
        "error": { "code": e.code(), "message": e.to_string() },
    })
}

/// The entry of a file that was read.
pub(super) fn read_entry(path: &Path, dataset: &Dataset) -> Value {
    let source = &dataset.source;
    let fields: Vec<Value> = dataset
        .table
        .columns
        .iter()
        .map(|c| json!({ "name": c.name, "type": c.kind.name(), "missing": c.missing() }))
        .collect();
    let problems = problems_of(&full(dataset), |f| dataset.display_name(f));
    let sides = dataset.geometry.bounds().map(BoundsDeg::sides);
    let (bounds, bounds_source) = if source.crs.is_geographic() { (sides, sides) } else { (None, sides) };
    json!({
        "path": path.to_string_lossy(), "format": source.format.name(), "layer": source.layer, "encoding": source.encoding,
        "encoding_from": source.encoding_from, "crs": crs_name(source), "crs_from": source.crs_from.name(),
        "features": dataset.len(), "geometries": geometries(dataset), "vertices": dataset.geometry.coords.len(),
        "bounds": bounds, "bounds_source": source.bounds_source.or(bounds_source), "fields": fields, "problems": problems, "error": null,
    })
}

/// The name of a file's system; `null` where it has none that can be said.
fn crs_name(source: &crate::model::SourceInfo) -> Option<String> {
    Some(source.crs.name()).filter(|n| !n.is_empty())
}

/// What is odd, grouped; features by name.
fn problems_of(report: &Report, name: impl Fn(FeatureId) -> String) -> Value {
    let entry = |g: ProblemGroup| {
        json!({
            "severity": g.severity.name(), "code": g.code, "count": g.count,
            "first": { "feature": g.first.feature, "name": g.first.feature.map(&name) },
            "message": Lang::En.problem(g.code, &g.first.detail),
        })
    };
    report.groups().into_iter().map(entry).collect()
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
            let crs = crs_name(s).unwrap_or_else(|| "?".into());
            said!("  {} · {} · {} ({})", s.format.name(), s.encoding, crs, s.crs_from.name());
            let counts: Vec<String> = geometries(d).iter().map(|(k, n)| format!("{k} {n}")).collect();
            said!("  {} features, {} vertices ({})", d.len(), d.geometry.coords.len(), counts.join(", "));
            if let Some([w, south, e, n]) = d.geometry.bounds().map(BoundsDeg::sides) {
                said!("  {w} {south} … {e} {n}");
            }
            for c in &d.table.columns {
                said!("  {}: {}, {} missing", c.name, c.kind.name(), c.missing());
            }
            for g in full(d).groups() {
                said!("  {} {} × {}: {}", g.severity.name(), g.code, g.count, lang().problem(g.code, &g.first.detail));
            }
        }
    }
}
