//! A project read into a session without window, display or GPU: for pages from the command line.

use std::path::Path;
use std::sync::Arc;

use crate::district::added_dataset;
use crate::lang::Lang;
use crate::model::{Dataset, Roles};
use crate::project;
use crate::read::{Progress, read_file};
use crate::session::{ADDED_LAYER, Camera, DocumentState, Layer, Loaded, Session, Status};

/// Reads a project, or a single file of boundaries, joins it and looks for gaps. What is odd in the data is told.
///
/// # Errors
/// A message where the project or one of its files cannot be read.
pub fn read_session(path: &Path, lang: Lang) -> Result<(Session, Vec<String>), String> {
    let is_project = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"));
    let project = match is_project {
        true => project::load(path).map_err(|e| e.to_string())?,
        false => project::Project {
            layers: vec![project::LayerEntry::new(path.to_path_buf())],
            ..project::Project::default()
        },
    };
    let mut session = Session::new(project::Settings::default(), lang, false);
    let names = project.name_language.as_deref().map_or(lang, Lang::from_tag);
    let mut troubles = Vec::new();
    let mut keys = Vec::new();
    for (key, entry) in (ADDED_LAYER + 1..).zip(&project.layers) {
        keys.push(key);
        match read_file(&entry.path, &Progress::new()) {
            Ok(dataset) => {
                let table = &dataset.table;
                let roles = Roles::detect(table).named_in(names, table).chosen(&entry.fields.fields, table);
                let loaded = Arc::new(Loaded::new(Dataset { roles, ..dataset }));
                loaded.finish();
                session.layers.insert(key, Layer { key, status: Status::Ready(loaded), themed: None });
            }
            Err(e) => troubles.push(e.to_string()),
        }
    }
    // A page that lacks what the project names would be handed out as if it were whole.
    let missing = project.tables.iter().filter(|t| !t.path.is_file());
    troubles.extend(missing.map(|t| format!("{}: there is no such file", t.path.display())));
    if !troubles.is_empty() {
        return Err(format!("{} cannot be read completely:\n{}", path.display(), troubles.join("\n")));
    }
    if let Some(dataset) = added_dataset(&project.facilities) {
        let status = Status::Ready(Arc::new(Loaded::new(dataset)));
        session.layers.insert(ADDED_LAYER, Layer { key: ADDED_LAYER, status, themed: None });
    }
    let camera = project.camera;
    session.view = project.view.clone();
    session.file.path = is_project.then(|| path.to_path_buf());
    session.document = DocumentState { project, keys, selection: None }.into();
    session.join();
    if let Some(district) = session.district() {
        let problems = &district.report.problems;
        troubles.extend(problems.iter().map(|p| format!("{}: {}", p.code, Lang::En.problem(p.code, &p.detail))));
    }
    session.find_focus();
    session.roll();
    session.find_gaps();
    match camera {
        Some(camera) => session.camera = Camera::from_project(camera),
        None => session.look_at_all(),
    }
    Ok((session, troubles))
}
