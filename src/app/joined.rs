//! A project's files read and joined, without a window: for the commands that speak of figures, and for comparisons.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::district::{District, added_dataset};
use crate::lang::Lang;
use crate::model::Severity;
use crate::project::Project;
use crate::read::{Progress, read_file};

/// Reads everything that a project names and joins it: the district, and what was odd about files; what was odd about tables
/// and joins is in the district's report.
///
/// # Errors
/// A message where no layer with villages can be read: without them there is nothing to say.
pub fn read_district(file: &Path, project: &Project) -> Result<(District, Vec<String>), String> {
    let (mut layers, mut troubles) = (Vec::new(), Vec::new());
    for layer in &project.layers {
        match read_file(&layer.path, &Progress::new()) {
            Ok(dataset) if !dataset.source.crs.is_geographic() => troubles.push(format!(
                "{}: the coordinates are in {}, not in degrees; convert the file to WGS 84 (EPSG:4326) first",
                layer.path.display(),
                dataset.source.crs.name()
            )),
            Ok(mut dataset) => {
                dataset.roles = dataset.roles.chosen(&layer.fields.fields, &dataset.table);
                for group in dataset.report.groups().iter().filter(|g| g.severity < Severity::Info) {
                    let text = Lang::En.problem(group.code, &group.first.detail);
                    troubles.push(format!("{}: {} × {}: {text}", layer.path.display(), group.code, group.count));
                }
                layers.push(Arc::new(dataset));
            }
            Err(e) => troubles.push(e.to_string()),
        }
    }
    layers.extend(added_dataset(&project.facilities).map(Arc::new));
    let tables: Vec<PathBuf> = project.tables.iter().map(|t| t.path.clone()).collect();
    let district = District::new(&layers, &tables, &project.indicators, &project.edits).ok_or_else(|| {
        let all = troubles.iter().map(|t| format!("\n{t}")).collect::<String>();
        format!("{}: no layer with villages could be read{all}", file.display())
    })?;
    Ok((district, troubles))
}
