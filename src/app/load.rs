//! The one way from a project to what is shown of it: for commands, pages, comparisons and tests at once; the window takes the same
//! steps one by one, as its files come in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::district::{District, added_dataset};
use crate::ground::Ground;
use crate::lang::Lang;
use crate::model::LayerKind;
use crate::model::{Dataset, Roles, Severity};
use crate::project::{self, LayerEntry, LayerStyle, Project, ProjectError, give_ids};
use crate::read::{Progress, read_file_as};
use crate::render::LayerKey;
use crate::session::{ADDED_LAYER, Camera, DocumentState, Layer, Loaded, Session, Status};
use crate::survey::SurveyLog;

/// How a project is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadOptions {
    /// Language of names, where the data have them in several; the file's own where absent.
    pub names: Option<Lang>,
    /// Whether places of labels and indices are made too, as pages need them.
    pub is_for_pages: bool,
}

/// Opens a project's file and loads it, its survey log included where there is one.
///
/// # Errors
/// [`ProjectError`] where it is no project; a log that cannot be opened is among what is odd.
pub fn load_file(file: &Path, lang: Lang, options: LoadOptions) -> Result<LoadedProject, ProjectError> {
    let original = project::open(file)?;
    let mut loaded = load(original.project.clone(), lang, options);
    loaded.odd.extend(original.not_understood.iter().map(|n| format!("{}: {}", n.place, n.why)));
    let session = &mut loaded.session;
    (session.file.path, session.file.on_disk) = (Some(file.to_path_buf()), Some(original));
    match SurveyLog::open_if_there(file) {
        Ok(None) => {}
        Ok(Some(opened)) => {
            (session.survey.seen, session.survey.paths) = (Some(opened.log.shared()), Some(opened.log.paths().clone()));
            session.survey.of = Some(file.to_path_buf());
        }
        Err(e) => loaded.odd.push(e.to_string()),
    }
    Ok(loaded)
}

/// A part of a project that could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The file.
    pub path: PathBuf,
    /// Why, as a sentence.
    pub why: String,
}

/// A project that was loaded, as far as it could be.
pub struct LoadedProject {
    /// Layers, district, view, as a window would have them.
    pub session: Session,
    /// Layers that are not there.
    pub missing: Vec<Missing>,
    /// What was odd about files that are there, as lines.
    pub odd: Vec<String>,
    /// Grounds that are gone, as lines: they carry no figure, and what is handed out is whole without them.
    pub without: Vec<String>,
}

/// The fields of a dataset under the choices of its layer: found by their usual names, names in a language, then those chosen by hand.
pub(super) fn roles_of(dataset: &Dataset, entry: &LayerEntry, names: Option<Lang>) -> Roles {
    let table = &dataset.table;
    match names {
        Some(names) => Roles::detect(table).named_in(names, table).chosen(&entry.fields.fields, table),
        None => dataset.roles.chosen(&entry.fields.fields, table),
    }
}

/// What was odd about a file that was read, as lines: kinds of problems with their numbers.
fn oddities(entry: &LayerEntry, dataset: &Dataset) -> Vec<String> {
    let groups = dataset.report.groups();
    let serious = groups.iter().filter(|g| g.severity < Severity::Info);
    let line = |group: &crate::model::ProblemGroup| {
        let text = Lang::En.problem(group.code, &group.first.detail);
        format!("{}: {} × {}: {text}", entry.path.display(), group.code, group.count)
    };
    serious.map(line).collect()
}

/// Loads what a project names: layers with their roles, added facilities, then tables, facilities and corrections joined. What cannot
/// be read is listed, and the rest is there.
pub fn load(mut project: Project, lang: Lang, options: LoadOptions) -> LoadedProject {
    give_ids(&mut project.layers);
    let mut session = Session::new(project::Settings::default(), lang, false);
    let (mut missing, mut odd, mut without, mut keys) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut key = ADDED_LAYER;
    for entry in &project.layers {
        key = key.next();
        keys.push(key);
        if entry.kind == Some(LayerKind::Ground) {
            match Ground::open(super::grounds::trusted_spec(entry)) {
                Ok(ground) => {
                    let status = Status::Ground(Arc::new(ground));
                    session.layers.insert(key, Layer { key, status, colouring: None });
                }
                // The villages are what is asked for; that their ground is missing is told.
                Err(e) => {
                    let name = match entry.path.as_os_str().is_empty() {
                        true => entry.title.clone(),
                        false => entry.path.display().to_string(),
                    };
                    without.push(format!("{name}: {e}; the map is drawn without this ground"));
                }
            }
            continue;
        }
        match read_file_as(&entry.path, &entry.how(), &Progress::new()) {
            Ok(dataset) if options.names.is_none() && !dataset.source.crs.is_geographic() => {
                let name = dataset.source.crs.name();
                let why = format!(
                    "{}: its coordinate system is not understood ({name}); say which it is by crs in the project",
                    entry.path.display()
                );
                missing.push(Missing { path: entry.path.clone(), why });
            }
            Ok(dataset) => {
                odd.extend(oddities(entry, &dataset));
                let roles = roles_of(&dataset, entry, options.names);
                let chosen = Arc::new(entry.fields.fields.clone());
                put(&mut session, key, Dataset { roles, chosen, ..dataset }, options);
            }
            Err(e) => missing.push(Missing { path: entry.path.clone(), why: e.to_string() }),
        }
    }
    if let Some(dataset) = added_dataset(&project.facilities) {
        put(&mut session, ADDED_LAYER, dataset, LoadOptions::default());
    }
    session.view = project.view.clone();
    session.begin(DocumentState { project, keys, selection: None });
    session.join();
    LoadedProject { session, missing, odd, without }
}

fn put(session: &mut Session, key: LayerKey, dataset: Dataset, options: LoadOptions) {
    let loaded = Arc::new(Loaded::new(dataset));
    if options.is_for_pages {
        loaded.finish();
    }
    session.layers.insert(key, Layer { key, status: Status::Ready(loaded), colouring: None });
}

/// Reads everything that a project names and joins it: the district, and what was odd about files; what was odd about tables
/// and joins is in the district's report.
///
/// # Errors
/// A message where no layer with villages can be read: without them there is nothing to say.
pub fn read_district(file: &Path, project: &Project) -> Result<(Arc<District>, Vec<String>), String> {
    let LoadedProject { session, missing, mut odd, .. } = load(project.clone(), Lang::En, LoadOptions::default());
    odd.extend(missing.into_iter().map(|m| m.why));
    let district = session.district().cloned().ok_or_else(|| {
        let all = odd.iter().map(|t| format!("\n{t}")).collect::<String>();
        format!("{}: no layer with villages could be read{all}", file.display())
    })?;
    Ok((district, odd))
}

/// Reads a project, or a single file of boundaries, joins it and looks for gaps. What is odd in the data is told.
///
/// # Errors
/// A message where the project or one of its files cannot be read: a page that lacks what the project names would be handed out as if
/// it were whole.
pub fn read_session(path: &Path, lang: Lang) -> Result<(Session, Vec<String>), String> {
    let is_project = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"));
    let project = match is_project {
        true => project::load(path).map_err(|e| e.words(lang))?,
        false => Project { layers: vec![LayerEntry::new(path.to_path_buf())], ..Project::default() },
    };
    let camera = project.camera;
    let names = project.name_language.as_deref().map_or(lang, Lang::from_tag);
    let LoadedProject { mut session, missing, without, .. } =
        load(project, lang, LoadOptions { names: Some(names), is_for_pages: true });
    let gone = session.document.project.tables.iter().filter(|t| !t.path.is_file());
    let mut troubles: Vec<String> = missing.into_iter().map(|m| m.why).collect();
    troubles.extend(gone.map(|t| format!("{}: there is no such file", t.path.display())));
    if !troubles.is_empty() {
        return Err(format!("{} cannot be read completely:\n{}", path.display(), troubles.join("\n")));
    }
    if !is_project {
        let stated = session.layers.values().find_map(|l| l.loaded()).map(|l| LayerStyle::stated(&l.dataset));
        session.note(|d| d.project.layers.iter_mut().for_each(|l| l.style = stated.clone().unwrap_or_default()));
    }
    session.file.path = is_project.then(|| path.to_path_buf());
    troubles.extend(without);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_listed_and_the_rest_is_there() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("v.geojson");
        let square = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"东村","population":3},
            "geometry":{"type":"Polygon","coordinates":[[[116,40],[116.1,40],[116.1,40.1],[116,40]]]}}]}"#;
        std::fs::write(&file, square).expect("written");
        let gone = dir.path().join("gone.geojson");
        let project =
            Project { layers: vec![LayerEntry::new(gone.clone()), LayerEntry::new(file)], ..Project::default() };
        let loaded = load(project, Lang::En, LoadOptions::default());
        assert_eq!(loaded.missing.iter().map(|m| &m.path).collect::<Vec<_>>(), [&gone]);
        assert_eq!(loaded.session.layers.len(), 1);
        assert_eq!(loaded.session.district().map(|d| d.villages.len()), Some(1));
        let ids: Vec<&str> = loaded.session.document.project.layers.iter().map(|l| l.id.as_str()).collect();
        assert_eq!(ids, ["gone", "v"]);
    }
}
