//! `qiancun summary`: totals, weighted rates, facilities and covered share of a project.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Failure, args, read};
use crate::district::{By, Coverage, District, added_dataset, coverage, rollups};
use crate::lang::Lang;
use crate::project::{self, Project};

/// Radius of the covered share where none is given, in metres.
const RADIUS_M: f64 = 2000.0;

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut by, mut year, mut radius_m, mut as_json) = (None, By::District, None, RADIUS_M, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("by") => {
                let text = args::text(&mut parser)?;
                by = By::from_key(&text)
                    .ok_or_else(|| Failure::Usage(format!("--by is town, group or district, not {text}")))?;
            }
            lexopt::Arg::Long("year") => {
                let text = args::text(&mut parser)?;
                year = Some(text.parse::<i32>().map_err(|_| Failure::Usage(format!("--year is a year, not {text}")))?);
            }
            lexopt::Arg::Long("radius") => {
                let text = args::text(&mut parser)?;
                let metres = text.parse::<f64>().ok().filter(|r| r.is_finite() && *r > 0.0 && *r <= 1e6);
                radius_m =
                    metres.ok_or_else(|| Failure::Usage(format!("--radius is a length in metres, not {text}")))?;
            }
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or_else(|| Failure::Usage("summary needs a project".into()))?;
    let project = project::load(&file).map_err(|e| Failure::Input(e.to_string()))?;
    let district = load(&file, &project)?;
    let years = district.observations.years();
    if let Some(asked) = year.filter(|y| !years.contains(y)) {
        let known: Vec<String> = years.iter().map(i32::to_string).collect();
        return Err(Failure::Input(format!(
            "{}: no table speaks of {asked}; there are {}",
            file.display(),
            known.join(", ")
        )));
    }
    let year = district.year(year);
    let covered = coverage(&district, radius_m, year, || true);
    let document = document(&file, &district, by, year, radius_m, covered.as_ref());
    if as_json {
        return read::print(&document);
    }
    print_words(&district, by, year);
    Ok(())
}

/// Reads everything that a project names and joins it. Layers that cannot be read and all problems of tables and joins
/// are told on standard error; without villages there is nothing to say.
fn load(file: &Path, project: &Project) -> Result<District, Failure> {
    let mut layers = Vec::new();
    for layer in &project.layers {
        match read::geographic(&layer.path) {
            Ok(mut dataset) => {
                dataset.roles = dataset.roles.chosen(&layer.fields.fields, &dataset.table);
                layers.push(Arc::new(dataset));
            }
            Err(Failure::Input(message)) => eprintln!("qiancun: {message}"),
            Err(e) => return Err(e),
        }
    }
    layers.extend(added_dataset(&project.facilities).map(Arc::new));
    let tables: Vec<PathBuf> = project.tables.iter().map(|t| t.path.clone()).collect();
    let district = District::new(&layers, &tables, &project.indicators, &project.edits)
        .ok_or_else(|| Failure::Input(format!("{}: no layer with villages could be read", file.display())))?;
    for p in &district.report.problems {
        eprintln!("qiancun: {}: {}", p.code, Lang::En.problem(p.code, &p.detail));
    }
    Ok(district)
}

fn document(
    file: &Path,
    district: &District,
    by: By,
    year: Option<i32>,
    radius_m: f64,
    covered: Option<&Coverage>,
) -> Value {
    let sum = |id: &str, totals: &std::collections::BTreeMap<usize, crate::district::Total>| {
        district.indicators.position(id).and_then(|i| totals.get(&i)?.value)
    };
    let rows: Vec<Value> = rollups(district, by, year)
        .into_iter()
        .map(|row| {
            let mut indicators = Map::new();
            for (i, total) in &row.totals {
                if let Some(indicator) = district.indicators.all().get(*i) {
                    let value = json!({ "value": total.value, "known": total.known, "unknown": total.unknown });
                    indicators.insert(indicator.id.clone(), value);
                }
            }
            let facilities: Map<String, Value> =
                row.facilities.iter().map(|(kind, n)| (kind.key().to_owned(), json!(n))).collect();
            json!({
                "name": row.name, "villages": row.villages.len(), "households": sum("households", &row.totals),
                "population": sum("population", &row.totals), "indicators": indicators, "facilities": facilities,
                "covered_share": covered.and_then(|c| c.of(district, &row.villages)),
            })
        })
        .collect();
    json!({ "project": file.to_string_lossy(), "year": year, "by": by.key(), "radius_m": radius_m, "rows": rows })
}

fn print_words(district: &District, by: By, year: Option<i32>) {
    for row in rollups(district, by, year) {
        println!("{} · {} villages · {}", row.name, row.villages.len(), year.map_or("—".into(), |y| y.to_string()));
        for (i, total) in &row.totals {
            let (Some(indicator), Some(value)) = (district.indicators.all().get(*i), total.value) else { continue };
            let unknown = if total.unknown > 0 { format!(" ({} unknown)", total.unknown) } else { String::new() };
            println!("  {}: {} {}{unknown}", indicator.en, indicator.show(value, Lang::En), indicator.unit(Lang::En));
        }
    }
}
