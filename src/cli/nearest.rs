//! `qiancun nearest`: per village the nearest facility in use.

use std::path::PathBuf;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::info::standing_point;
use super::{Failure, args, read};
use crate::cli::say::said;
use crate::district::{Kind, Use, kind_field, usage_by_row};
use crate::index::NearestIndex;
use crate::model::{Dataset, FeatureId};

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut files, mut kind, mut as_json) = (Vec::new(), None, false);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if files.len() < 2 => files.push(PathBuf::from(path)),
            lexopt::Arg::Long("kind") => kind = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("json") => as_json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let [villages, facilities] = files.as_slice() else {
        return Err(Failure::Usage("nearest needs a file of villages and a file of facilities".into()));
    };
    let (villages, facilities) = (read::geographic(villages)?, read::geographic(facilities)?);
    let chosen = choose(&facilities, kind.as_deref())?;
    let index = NearestIndex::new(
        chosen.into_iter().filter_map(|f| Some((f, standing_point(&facilities, FeatureId::new(f))?))),
    );
    let rows: Vec<Value> = (0..villages.len())
        .into_par_iter()
        .map(FeatureId::new)
        .map(|f| {
            let nearest = standing_point(&villages, f).and_then(|p| index.nearest(p));
            json!({ "feature": f, "facility": nearest.map(|n| n.position), "distance_m": nearest.map(|n| n.distance_m) })
        })
        .collect();
    if as_json {
        return read::print(&json!({ "villages": rows }));
    }
    for row in rows {
        let name = row["feature"].as_u64().map(|f| villages.display_name(FeatureId::new(f as u32))).unwrap_or_default();
        match (row["facility"].as_u64(), row["distance_m"].as_f64()) {
            (Some(j), Some(d)) => said!("{name}\t{}\t{d:.0} m", facilities.display_name(FeatureId::new(j as u32))),
            _ => said!("{name}\t—"),
        }
    }
    Ok(())
}

/// Facilities of a kind that are in use. Without a recognised status field every facility counts as in use.
fn choose(facilities: &Dataset, kind: Option<&str>) -> Result<Vec<u32>, Failure> {
    let field = kind_field(facilities);
    if kind.is_some() && field.is_none() {
        let what = "no field says of which kind a facility is".to_owned();
        return Err(read::because("no-kind-field", &facilities.source.path, what));
    }
    let usage = usage_by_row(facilities);
    let is_kind = |f: FeatureId| match (kind, field) {
        (Some(wanted), Some(c)) => facilities.table.value(f, c).to_text().is_some_and(|t| is_same_kind(wanted, &t)),
        _ => true,
    };
    Ok((0..facilities.len()).filter(|f| usage(*f) == Some(Use::InUse) && is_kind(FeatureId::new(*f))).collect())
}

/// Whether two words mean one kind; kinds unknown here are compared as they are written.
fn is_same_kind(a: &str, b: &str) -> bool {
    match (Kind::of(a), Kind::of(b)) {
        (Kind::Other, Kind::Other) => a.trim().eq_ignore_ascii_case(b.trim()),
        (a, b) => a == b,
    }
}
