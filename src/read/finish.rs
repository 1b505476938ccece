//! What is done with every file once it is parsed: batches joined, the encoding of names looked at, positions brought to longitude and
//! latitude, and what is wrong with all of it told once.

use std::path::Path;
use std::sync::Arc;

use super::document::Parsed;
use super::letters::decoded_twice;
use super::tables::is_plain_number;
use super::{How, Progress, antimeridian, assemble};
use crate::geo::System;
use crate::model::{
    Column, ColumnBuilder, ColumnData, Crs, CrsFrom, Dataset, FeatureId, GeometryKind, GeometryStore, Problem, Report,
    Roles, Severity, SourceInfo, Table, Value,
};

use super::crs::Named;

/// Makes a dataset of what was parsed.
pub(super) fn finish(path: &Path, size: usize, parsed: Parsed, how: &How, progress: &Progress) -> Dataset {
    let mut all = assemble::assemble(parsed.batches);
    let mut report: Report = parsed.report;
    report.problems.append(&mut all.problems);
    if all.tall == 0 {
        // Many programs write 0 for want of a height.
        all.geometry.heights = Vec::new();
    } else {
        report.add(Severity::Info, "has-z", None, all.tall.to_string());
    }
    if all.table.rows == 0 {
        report.add(Severity::Warning, "no-features", None, "");
    }
    if parsed.is_untyped {
        let rows = all.table.rows;
        all.table.columns.iter_mut().for_each(|c| make_numbers(c, rows));
    }
    look_for_twice(&mut all.table, how, &mut report);
    let placed = place(&mut all.geometry, parsed.named, how, &mut report);
    if placed.crs.is_geographic() {
        cut_at_180(&mut all.geometry, &mut report);
    }
    let stem = || path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let encoding_from = parsed.encoding_from;
    let source = SourceInfo {
        path: path.to_owned(),
        bytes: size as u64,
        format: parsed.format,
        encoding: parsed.encoding,
        encoding_from: encoding_from.name(),
        crs: placed.crs,
        crs_from: placed.crs_from,
        system: placed.system,
        bounds_source: placed.bounds_source,
        colours: parsed.colours,
        layer: parsed.name.filter(|n| !n.trim().is_empty()).unwrap_or_else(stem),
    };
    let roles = Roles::detect(&all.table);
    progress.set(size as u64 * 2, size as u64 * 2);
    Dataset {
        source: Arc::new(source),
        geometry: Arc::new(all.geometry),
        table: Arc::new(all.table),
        roles,
        chosen: Arc::default(),
        report: Arc::new(report),
    }
}

/// Texts that are numbers throughout, of a format that has no others.
fn make_numbers(column: &mut Column, rows_in_all: u32) {
    let ColumnData::Text { dictionary, .. } = &column.data else { return };
    if dictionary.is_empty() || !dictionary.iter().all(|t| is_plain_number(t.trim())) {
        return;
    }
    let rows: Vec<u32> = match &column.sparse {
        Some(sparse) => sparse.rows.clone(),
        None => (0..rows_in_all).collect(),
    };
    let mut builder = ColumnBuilder::default();
    for row in rows {
        let Value::Text(text) = column.value(FeatureId::new(row)) else { continue };
        let text = text.trim();
        let value = match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => Value::Integer(whole),
            (_, Ok(number)) => Value::Real(number),
            _ => continue,
        };
        builder.set(FeatureId::new(row), value, text);
    }
    *column = builder.finish(column.name.clone(), rows_in_all);
}

/// Looks for texts that were encoded twice; they are mended where a person asks for it, else told, with an example.
fn look_for_twice(table: &mut Table, how: &How, report: &mut Report) {
    let mends = how.encoding.as_deref() == Some(How::TWICE);
    let rows = table.rows;
    let mut told: Vec<Option<String>> = Vec::new();
    for column in &mut table.columns {
        if mends && let Some(name) = decoded_twice(&column.name) {
            column.name = name;
        }
        let ColumnData::Text { dictionary, .. } = &column.data else { continue };
        let odd = dictionary.iter().filter(|t| decoded_twice(t).is_some()).count();
        // One text may look so by chance; where most that are not plain do, it was no chance.
        let others = dictionary.iter().filter(|t| !t.is_ascii()).count();
        if odd == 0 || odd * 2 < others {
            continue;
        }
        let mut builder = ColumnBuilder::default();
        told.resize(rows as usize, None);
        for (row, told) in (0..rows).map(FeatureId::new).zip(&mut told) {
            let Value::Text(text) = column.value(row) else { continue };
            let mended = decoded_twice(text);
            if let Some(mended) = &mended {
                told.get_or_insert_with(|| format!("{text} → {mended}"));
            }
            if mends {
                builder.set(row, Value::Text(mended.as_deref().unwrap_or(text)), "");
            }
        }
        if mends {
            *column = builder.finish(column.name.clone(), rows);
        }
    }
    for (row, example) in told.into_iter().enumerate().filter(|_| !mends) {
        if let Some(example) = example {
            report.add(Severity::Warning, "bad-encoding", Some(FeatureId::new(row as u32)), example);
        }
    }
}

/// Where positions ended up.
struct Placed {
    crs: Crs,
    crs_from: CrsFrom,
    system: Option<System>,
    /// Bounds before positions were moved; `None` where they were not.
    bounds_source: Option<[f64; 4]>,
}

/// Brings positions to longitude and latitude by what a person or the file says. Where nothing is said and they cannot be degrees,
/// that is one problem of the file.
fn place(geometry: &mut GeometryStore, named: Named, how: &How, report: &mut Report) -> Placed {
    let is_out = |p: &Problem| matches!(p.code, "longitude-out-of-range" | "latitude-out-of-range");
    let (named, chosen) = match how.crs.as_deref() {
        Some(How::SWAPPED) => {
            geometry.coords.iter_mut().for_each(|at| at.swap(0, 1));
            report.problems.retain(|p| !is_out(p));
            (named, true)
        }
        Some(name) => (Named::of(name), true),
        None => (named, false),
    };
    let (mut crs, mut crs_from) = named.crs();
    if chosen {
        crs_from = CrsFrom::Chosen;
    }
    let mut bounds_source = None;
    match named {
        Named::Known(system) => {
            report.tell_datum(&system);
            if system.degrees_code().is_none() {
                report.problems.retain(|p| !is_out(p));
                bounds_source = geometry.bounds().map(|b| b.sides());
                if how.crs.as_deref() != Some(How::SWAPPED) && has_axes_swapped(geometry, &system) {
                    let all = FeatureId::all(geometry.features.len() as u32);
                    let placed = all.filter(|f| !geometry.parts_of(*f).is_empty());
                    placed.for_each(|f| report.add(Severity::Error, "swapped-axes", Some(f), "?"));
                    // As the file says: nothing is drawn in New Guinea that was surveyed in Beijing.
                    let crs = Crs::Other(system.name().to_owned());
                    return Placed { crs, crs_from, system: None, bounds_source };
                }
                let lost = system.to_degrees(&mut geometry.coords);
                if lost > 0 {
                    drop_lost(geometry, report);
                }
            } else {
                look_at_degrees(geometry, &mut crs, report);
            }
            look_for_null_island(geometry, report);
            Placed { crs, crs_from, system: Some(system), bounds_source }
        }
        Named::Unknown(name) => {
            report.problems.retain(|p| !is_out(p));
            let placed = FeatureId::all(geometry.features.len() as u32).filter(|f| !geometry.parts_of(*f).is_empty());
            placed.for_each(|f| {
                report.add(Severity::Error, "unknown-crs", Some(f), if name.is_empty() { "?" } else { &name })
            });
            Placed { crs, crs_from, system: None, bounds_source }
        }
        Named::Nothing => {
            look_at_degrees(geometry, &mut crs, report);
            look_for_null_island(geometry, report);
            let system = crs.is_geographic().then(System::wgs84);
            Placed { crs, crs_from, system, bounds_source }
        }
    }
}

/// Whether positions of a zone, of Gauss-Krüger or UTM, have the northing where the easting belongs: most eastings cannot be some, and their
/// northings can.
fn has_axes_swapped(geometry: &GeometryStore, system: &System) -> bool {
    /// Metres on either side of the central meridian that a zone of six degrees reaches, and some more.
    const REACH_M: f64 = 450_000.0;
    let Some(middle) = system.false_easting_m() else { return false };
    let is_easting = |v: f64| (v - middle).abs() <= REACH_M;
    let all = FeatureId::all(geometry.features.len() as u32);
    let firsts: Vec<[f64; 2]> = all.filter_map(|f| geometry.positions_of(f).next().copied()).take(2_000).collect();
    let swapped =
        firsts.iter().filter(|at| !is_easting(at[0]) && is_easting(at[1]) && (0.0..=1e7).contains(&at[0])).count();
    !firsts.is_empty() && swapped * 2 > firsts.len()
}

/// Cuts what crosses 180°, and tells it.
fn cut_at_180(geometry: &mut GeometryStore, report: &mut Report) {
    let cut = antimeridian::cut(geometry);
    if cut.is_empty() {
        return;
    }
    let is_of_cut =
        |p: &Problem| p.code == "longitude-out-of-range" && p.feature.is_some_and(|f| cut.binary_search(&f).is_ok());
    report.problems.retain(|p| !is_of_cut(p));
    cut.into_iter().for_each(|f| report.add(Severity::Info, "cut-at-180", Some(f), ""));
}

/// Features with a position that the system has no place for have no geometry.
fn drop_lost(geometry: &mut GeometryStore, report: &mut Report) {
    let lost: Vec<FeatureId> = FeatureId::all(geometry.features.len() as u32)
        .filter(|f| geometry.positions_of(*f).any(|at| !(at[0].is_finite() && at[1].is_finite())))
        .collect();
    for feature in &lost {
        if let Some(shape) = geometry.features.get_mut(feature.index()) {
            (shape.kind, shape.part_end) = (GeometryKind::Null, shape.part_start);
        }
        report.add(Severity::Error, "outside-crs", Some(*feature), "");
    }
    // Nobody may come upon what is no number.
    geometry.coords.iter_mut().filter(|at| !(at[0].is_finite() && at[1].is_finite())).for_each(|at| *at = [0.0, 0.0]);
}

/// Positions that are said or taken to be degrees and, most of them, cannot be: one problem for the file instead of one for each.
fn look_at_degrees(geometry: &GeometryStore, crs: &mut Crs, report: &mut Report) {
    let all = FeatureId::all(geometry.features.len() as u32);
    let firsts: Vec<(FeatureId, &[f64; 2])> = all.filter_map(|f| Some((f, geometry.positions_of(f).next()?))).collect();
    let is_swapped = |at: &[f64; 2]| at[0].abs() <= 90.0 && at[1].abs() > 90.0 && at[1].abs() <= 180.0;
    let is_plane = |at: &[f64; 2]| at[0].abs() > 1_000.0 || at[1].abs() > 1_000.0;
    let most = |is: &dyn Fn(&[f64; 2]) -> bool| firsts.iter().filter(|(_, at)| is(at)).count() * 2 > firsts.len();
    let code = match (most(&is_plane), most(&is_swapped)) {
        (true, _) => "unknown-crs",
        (_, true) => "swapped-axes",
        _ => return,
    };
    let is_out = |p: &Problem| matches!(p.code, "longitude-out-of-range" | "latitude-out-of-range");
    report.problems.retain(|p| !is_out(p));
    if code == "unknown-crs" {
        *crs = Crs::Other(String::new());
    }
    firsts.iter().for_each(|(feature, _)| report.add(Severity::Error, code, Some(*feature), "?"));
}

/// Positions at 0, 0, where no village lies: a form that was sent without a position.
fn look_for_null_island(geometry: &GeometryStore, report: &mut Report) {
    let is_null = |f: &FeatureId| {
        let mut positions = geometry.positions_of(*f).peekable();
        positions.peek().is_some() && positions.all(|at| at[0] == 0.0 && at[1] == 0.0)
    };
    let kind = |f: &FeatureId| geometry.features.get(f.index()).map(|s| s.kind);
    let points = |f: &FeatureId| matches!(kind(f), Some(GeometryKind::Point | GeometryKind::MultiPoint));
    let all = FeatureId::all(geometry.features.len() as u32);
    for feature in all.filter(|f| points(f) && is_null(f)) {
        report.add(Severity::Warning, "null-island", Some(feature), "");
    }
}
