//! A project's files read and joined, for the commands that speak of figures.

use std::path::Path;

use super::Failure;
use crate::app::read_district;
use crate::district::District;
use crate::project::Project;

/// Reads everything that a project names and joins it. What is odd is told on standard error; without villages there is
/// nothing to say.
pub(super) fn load(file: &Path, project: &Project) -> Result<District, Failure> {
    let (district, troubles) = read_district(file, project).map_err(Failure::Input)?;
    troubles.iter().for_each(|t| eprintln!("qiancun: {t}"));
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
