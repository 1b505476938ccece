//! A project's files read and joined, for the commands that speak of figures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Failure, read};
use crate::district::{District, added_dataset};
use crate::lang::Lang;
use crate::project::Project;

/// Reads everything that a project names and joins it. Layers that cannot be read and all problems of tables and joins
/// are told on standard error; without villages there is nothing to say.
pub(super) fn load(file: &Path, project: &Project) -> Result<District, Failure> {
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

/// The year asked for, which tables must speak of, or the latest.
pub(super) fn year(file: &Path, district: &District, asked: Option<i32>) -> Result<Option<i32>, Failure> {
    let years = district.observations.years();
    if let Some(asked) = asked.filter(|y| !years.contains(y)) {
        let known: Vec<String> = years.iter().map(i32::to_string).collect();
        let known = known.join(", ");
        return Err(Failure::Input(format!("{}: no table speaks of {asked}; there are {known}", file.display())));
    }
    Ok(district.year(asked))
}
