//! A project's files read and joined, for the commands that speak of figures.

use std::path::Path;

use super::Failure;
use crate::app::read_district;
use crate::cli::say::told;
use crate::district::District;
use crate::model::Report;
use crate::project::Project;

/// Problems of one kind that are told one by one; of the rest their number is.
const TOLD: usize = 20;

/// Reads a project; what of it is not understood is told on standard error.
pub(super) fn project(file: &Path) -> Result<Project, Failure> {
    let original = crate::project::open(file).map_err(|e| Failure::Because {
        code: "project-unreadable",
        message: e.to_string(),
        file: Some(file.to_owned()),
    })?;
    for left_out in &original.not_understood {
        told!("qiancun: {}: {} is not understood and left out: {}", file.display(), left_out.place, left_out.why);
    }
    Ok(original.project)
}

/// Reads everything that a project names and joins it. What is odd is told on standard error; without villages there is
/// nothing to say.
pub(super) fn load(file: &Path, project: &Project) -> Result<std::sync::Arc<District>, Failure> {
    let (district, troubles) = read_district(file, project).map_err(|message| Failure::Because {
        code: "no-villages",
        message,
        file: Some(file.to_owned()),
    })?;
    troubles.iter().for_each(|t| told!("qiancun: {t}"));
    let listed = district.members.problems(&district.villages);
    let all = Report { problems: listed.into_iter().chain(district.report.problems.iter().cloned()).collect() };
    for group in all.groups() {
        let of_group = all.problems.iter().filter(|p| (p.code, p.severity) == (group.code, group.severity));
        for problem in of_group.take(TOLD) {
            told!("qiancun: {}: {}", problem.code, crate::cli::say::lang().problem(problem.code, &problem.detail));
        }
        if group.count > TOLD {
            told!("qiancun: {}: and {} more of this kind", group.code, group.count - TOLD);
        }
    }
    Ok(district)
}

/// The year asked for, which tables must speak of, or the latest.
pub(super) fn year(file: &Path, district: &District, asked: Option<i32>) -> Result<Option<i32>, Failure> {
    let years = district.observations.years();
    if let Some(asked) = asked.filter(|y| !years.contains(y)) {
        let known: Vec<String> = years.iter().map(i32::to_string).collect();
        let known = known.join(", ");
        return Err(super::read::because(
            "no-such-year",
            file,
            format!("no table speaks of {asked}; there are {known}"),
        ));
    }
    Ok(district.year(asked))
}
