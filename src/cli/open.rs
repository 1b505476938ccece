//! `qiancun open`: from the code on a page back to what it showed.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Failure, args, read};
use crate::app::{self, PageLost, find_page};
use crate::cli::say::{said, told};
use crate::project::Settings;
use crate::session::FoundPage;

impl From<PageLost> for Failure {
    fn from(lost: PageLost) -> Self {
        match &lost {
            PageLost::NoCode(_) => Self::Usage(lost.to_string()),
            _ => Self::Because { code: lost.code(), message: lost.to_string(), file: None },
        }
    }
}

/// Projects that a code may belong to: those of this folder, and those opened before.
fn candidates() -> Vec<PathBuf> {
    let is_project = |p: &PathBuf| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"));
    let mut here: Vec<PathBuf> = std::fs::read_dir(".").into_iter().flatten().flatten().map(|e| e.path()).collect();
    here.sort();
    here.extend(Settings::load().recent);
    here.retain(is_project);
    here
}

fn document(found: &FoundPage) -> Value {
    let view = &found.page.view;
    let theme = view.view.theme;
    let text = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    json!({
        "project": found.project.to_string_lossy(),
        "view": {
            "theme": theme.map(|t| t.key().to_owned()),
            "indicator": theme.and_then(|t| view.view.measures.get(t.key())),
            "year": view.view.year,
            "since": view.view.since,
            "before": view.before,
            "radius_m": view.view.radius_m,
            "focus": view.view.focus,
            "camera": view.camera,
            "map_size": view.map_size,
            "filter": text(&view.filter),
            "selected": view.selected,
            "gaps": view.gaps,
            "hidden": view.hidden,
            "scene": text(&view.id),
        },
        "changed": found.changed,
        "code": found.page.code,
    })
}

/// Runs the command.
pub fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut sought, mut project, mut as_json, mut lang) = (None, None, false, None);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(text) if sought.is_none() => sought = Some(text.to_string_lossy().into_owned()),
            lexopt::Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("json") => as_json = true,
            lexopt::Arg::Long("lang") => lang = Some(args::lang(&mut parser)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let sought = sought.ok_or_else(|| Failure::Usage("open needs the code of a page, or a photo of it".into()))?;
    if let Some(file) = project.as_ref().filter(|p| !p.is_file()) {
        return Err(Failure::Input(format!("{}: there is no such file", file.display())));
    }
    let is_named = project.is_some();
    let found = find_page(&sought, project.map_or_else(candidates, |p| vec![p]), is_named)?;
    if as_json {
        return read::print(&document(&found));
    }
    match found.changed.as_slice() {
        [] => said!("{}: {}; its data are as they were", found.page.code, found.project.display()),
        names => told!("qiancun: {}: changed since: {}", found.page.code, names.join(", ")),
    }
    let options = app::Options { files: vec![found.project.clone()], lang, page: Some(found), ..super::usual() };
    app::run(options).map_err(Failure::Input)
}
