//! `qiancun nearest`: per village the nearest facility in use.

use std::path::PathBuf;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::info::standing_point;
use super::{Failure, args, read};
use crate::index::NearestIndex;
use crate::model::Dataset;

/// Values of a status field that say that a facility is in use.
const IN_USE: [&str; 5] = ["in_use", "in use", "open", "在用", "使用中"];
/// Names of the field for the status of a facility.
const STATUS_FIELDS: [&str; 4] = ["status", "状态", "使用状态", "使用情况"];
/// Names of the field for its kind.
const KIND_FIELDS: [&str; 5] = ["kind", "类别", "设施类型", "类型", "amenity"];
/// Values that say that it is not.
const NOT_IN_USE: [&str; 9] =
    ["closed", "building", "removed", "停用", "在建", "拆除", "disused", "abandoned", "planned"];

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
    let index = NearestIndex::new(chosen.into_iter().filter_map(|f| Some((f, standing_point(&facilities, f)?))));
    let rows: Vec<Value> = (0..villages.len())
        .into_par_iter()
        .map(|f| {
            let nearest = standing_point(&villages, f).and_then(|p| index.nearest(p));
            json!({ "feature": f, "facility": nearest.map(|n| n.feature), "distance_m": nearest.map(|n| n.distance_m) })
        })
        .collect();
    if as_json {
        return read::print(&json!({ "villages": rows }));
    }
    for row in rows {
        let name = row["feature"].as_u64().map(|f| villages.display_name(f as u32)).unwrap_or_default();
        match (row["facility"].as_u64(), row["distance_m"].as_f64()) {
            (Some(j), Some(d)) => println!("{name}\t{}\t{d:.0} m", facilities.display_name(j as u32)),
            _ => println!("{name}\t—"),
        }
    }
    Ok(())
}

/// Facilities of a kind that are in use. Without a recognised status field every facility counts as in use.
fn choose(facilities: &Dataset, kind: Option<&str>) -> Result<Vec<u32>, Failure> {
    let table = &facilities.table;
    let find =
        |names: &[&str]| names.iter().find_map(|n| table.columns.iter().position(|c| c.name.eq_ignore_ascii_case(n)));
    let status = find(&STATUS_FIELDS);
    let kind_field = find(&KIND_FIELDS);
    if kind.is_some() && kind_field.is_none() {
        return Err(Failure::Input(format!(
            "{}: no field says of which kind a facility is",
            facilities.source.path.display()
        )));
    }
    let text = |f: u32, c: usize| table.value(f, c).to_text().map(|t| t.trim().to_lowercase());
    let recognised = status.filter(|c| {
        let known = |t: String| IN_USE.contains(&t.as_str()) || NOT_IN_USE.contains(&t.as_str());
        (0..facilities.len()).any(|f| text(f, *c).is_some_and(known))
    });
    let wanted = kind.map(|k| kind_of(&k.trim().to_lowercase()));
    let keep = |f: &u32| {
        let in_use = recognised.is_none_or(|c| text(*f, c).is_some_and(|t| IN_USE.contains(&t.as_str())));
        let of_kind = match (&wanted, kind_field) {
            (Some(wanted), Some(c)) => text(*f, c).is_some_and(|t| kind_of(&t) == *wanted),
            _ => true,
        };
        in_use && of_kind
    };
    Ok((0..facilities.len()).filter(keep).collect())
}

/// The kind of a facility by its usual names.
fn kind_of(text: &str) -> String {
    let known = match text {
        "公厕" | "公共厕所" | "厕所" | "toilet" | "toilets" => "public_toilet",
        "卫生室" | "村卫生室" | "诊所" => "clinic",
        "污水站" | "污水处理站" => "sewage_station",
        "垃圾点" | "垃圾收集点" => "waste_point",
        "停车场" => "parking",
        "口袋公园" => "pocket_park",
        "健身" | "健身设施" => "fitness",
        other => other,
    };
    known.to_owned()
}
