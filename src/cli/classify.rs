//! `qiancun classify`: class breaks, counts and colours of a field.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Failure, args, read};
use crate::cli::say::said;
use crate::colouring::{Colouring, ColouringSpec, LegendClass, Method};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut field, mut method, mut classes, mut breaks, mut as_json) =
        (None, None, None, 5, Vec::new(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            lexopt::Arg::Long("field") => field = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("method") => method = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("classes") => {
                let text = args::text(&mut parser)?;
                classes = text
                    .parse()
                    .ok()
                    .filter(|k| (1..=20).contains(k))
                    .ok_or_else(|| Failure::Usage(format!("--classes is 1 to 20, not {text}")))?;
            }
            lexopt::Arg::Long("breaks") => breaks = args::numbers(&args::text(&mut parser)?)?,
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let need = |what: &str| Failure::Usage(format!("classify needs {what}"));
    let file = file.ok_or_else(|| need("a file"))?;
    let field = field.ok_or_else(|| need("--field"))?;
    let method = method.unwrap_or_else(|| "fisher-jenks".into());
    if Method::from_key(&method).is_none() {
        return Err(Failure::Usage(format!(
            "--method is manual, equal, quantile, pretty or fisher-jenks, not {method}"
        )));
    }
    if method == Method::Manual.key() && breaks.is_empty() {
        return Err(need("--breaks a,b,… with --method manual"));
    }
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    let dataset = read::any(&file)?;
    let column = dataset.table.position(&field).and_then(|i| dataset.table.columns.get(i));
    let Some(column) = column else {
        let names: Vec<&str> = dataset.table.columns.iter().map(|c| c.name.as_str()).collect();
        let what = format!("there is no field {field}; there are {}", names.join(", "));
        return Err(read::because("no-such-field", &file, what));
    };
    if !column.kind.is_numeric() {
        let what = format!("the field {field} holds {}, not numbers", column.kind.name());
        return Err(read::because("not-numeric", &file, what));
    }
    let spec =
        ColouringSpec { method: method.clone(), classes, breaks, ..ColouringSpec::for_field(&field, column.kind) };
    let colouring = Colouring::new(&dataset.table, &spec).ok_or_else(|| Failure::Input("the field vanished".into()))?;
    let rows: Vec<Value> = colouring
        .legend
        .iter()
        .filter_map(|row| match row.class {
            LegendClass::Range { lower, upper, .. } => {
                let [r, g, b] = row.colour;
                Some(json!({ "lower": lower, "upper": upper, "count": row.count, "colour": format!("#{r:02x}{g:02x}{b:02x}") }))
            }
            _ => None,
        })
        .collect();
    if as_json {
        return read::print(
            &json!({ "method": method, "field": field, "classes": rows, "missing": colouring.missing }),
        );
    }
    for row in &rows {
        said!("{}\t{}\t{}\t{}", row["lower"], row["upper"], row["count"], row["colour"].as_str().unwrap_or(""));
    }
    said!("missing\t\t{}", colouring.missing);
    Ok(())
}
