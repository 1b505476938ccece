//! `qiancun summary`: totals, weighted rates, facilities and covered share of a project.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{Failure, args, joined, read};
use crate::cli::say::{lang, said};
use crate::district::{By, Coverage, District, coverage, rollups};

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
            lexopt::Arg::Long("year") => year = Some(args::year(&mut parser)?),
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
    let project = joined::project(&file)?;
    let district = joined::load(&file, &project)?;
    let year = joined::year(&file, &district, year)?;
    let covered = coverage(&district, radius_m, year, || true);
    let document = document(&file, &district, by, year, radius_m, covered.as_ref());
    if as_json {
        return read::print(&document);
    }
    print_words(&district, by, year);
    Ok(())
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
        said!("{} · {} villages · {}", row.name, row.villages.len(), year.map_or("—".into(), |y| y.to_string()));
        for (i, total) in &row.totals {
            let (Some(indicator), Some(value)) = (district.indicators.all().get(*i), total.value) else { continue };
            let unknown = if total.unknown > 0 { format!(" ({} unknown)", total.unknown) } else { String::new() };
            said!(
                "  {}: {} {}{unknown}",
                indicator.name(lang()),
                indicator.show(value, lang()),
                indicator.unit(lang())
            );
        }
    }
}
