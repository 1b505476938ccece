//! `qiancun render` and `qiancun atlas`: finished pages without window, display or GPU.

use std::path::{Path, PathBuf};

use super::{Failure, args};
use crate::app::read_session;
use crate::cli::say::told;
use crate::lang::Lang;
use crate::model::Theme;
use crate::page::{
    AtlasProgress, PageContent, PageError, PageFormat, PageOptions, atlas, missing_glyphs, page_mark, page_svg,
    write_page,
};
use crate::project::{MadePage, made_pages_path, remember_pages, write_replacing};
use crate::session::Session;

impl From<PageError> for Failure {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Format(_) => Self::Usage(error.to_string()),
            error => Self::Input(error.to_string()),
        }
    }
}

/// What both commands take.
struct Asked {
    project: PathBuf,
    out: PathBuf,
    lang: Option<Lang>,
    theme: Option<String>,
    year: Option<i32>,
    /// What was asked for; else the page's own, or the usual.
    format: Option<PageFormat>,
    template: Option<String>,
    grey: bool,
    by_town: bool,
    title: Option<String>,
    gaps: bool,
    before: Option<i32>,
}

fn asked(mut parser: lexopt::Parser, command: &str) -> Result<Asked, Failure> {
    let (mut project, mut out) = (None, None);
    let (mut lang, mut theme, mut year, mut title) = (None, None, None, None);
    let (mut format, mut template, mut grey, mut by_town) = (None, None, false, false);
    let (mut gaps, mut before) = (false, None);
    let is_atlas = command == "atlas";
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) if project.is_none() => project = Some(PathBuf::from(path)),
            lexopt::Arg::Short('o') | lexopt::Arg::Long("output") => out = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("lang") => lang = Some(args::lang(&mut parser)?),
            lexopt::Arg::Long("theme") => theme = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("year") => year = Some(args::year(&mut parser)?),
            lexopt::Arg::Long("title") => title = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("template") => template = Some(args::text(&mut parser)?),
            lexopt::Arg::Long("grey" | "gray") => grey = true,
            lexopt::Arg::Long("gaps") => gaps = true,
            lexopt::Arg::Long("before") if !is_atlas => before = Some(args::year(&mut parser)?),
            lexopt::Arg::Long("by-town") if is_atlas => by_town = true,
            lexopt::Arg::Long("page") if !is_atlas => {
                let text = args::text(&mut parser)?;
                let known = PageFormat::ALL.map(PageFormat::key).join(", ");
                let known = PageFormat::from_key(&text)
                    .ok_or_else(|| Failure::Usage(format!("--page is one of {known}, not {text}")))?;
                format = Some(known);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let project = project.ok_or_else(|| Failure::Usage(format!("{command} needs a project")))?;
    let out = out.ok_or_else(|| Failure::Usage(format!("{command} needs -o FILE")))?;
    args::refuse_source(&out, &args::sources(&project))?;
    Ok(Asked { project, out, lang, theme, year, format, template, grey, by_town, title, gaps, before })
}

/// The session that the pages are made of.
fn session(asked: &Asked) -> Result<(Session, PageOptions), Failure> {
    let lang = asked.lang.unwrap_or_else(Lang::of_system);
    let (mut session, troubles) = read_session(&asked.project, lang).map_err(Failure::Input)?;
    troubles.iter().for_each(|t| told!("qiancun: {t}"));
    if let Some(theme) = &asked.theme {
        choose(&mut session, theme)?;
    }
    let years = session.district().map(|d| d.observations.years().to_vec()).unwrap_or_default();
    if let Some(year) = asked.year.into_iter().chain(asked.before).find(|y| !years.contains(y)) {
        let known: Vec<String> = years.iter().map(i32::to_string).collect();
        let (file, known) = (asked.project.display(), known.join(", "));
        return Err(Failure::Input(format!("{file}: no table speaks of {year}; there are {known}")));
    }
    if asked.year.is_some() {
        session.view.year = asked.year;
    }
    session.roll();
    session.find_gaps();
    // Once, for title, page and what is told.
    session.cover();
    let mut options = session.document.project.page.clone();
    if let Some(name) = &asked.template {
        let names = options.templates();
        let at = names
            .iter()
            .position(|n| n == name)
            .ok_or_else(|| Failure::Input(format!("the project has no page {name}; it has {}", names.join(", "))))?;
        options.choose(at);
    }
    options.grey = asked.grey;
    options.gaps |= asked.gaps;
    options.before = asked.before.or(options.before);
    if let Some(title) = &asked.title {
        options.title.clone_from(title);
    }
    Ok((session, options))
}

/// A theme by its name, or an indicator by its id.
pub(super) fn choose(session: &mut Session, theme: &str) -> Result<(), Failure> {
    let found = session.district().and_then(|d| d.indicators.themes().find(theme));
    if let Some(theme) = found.or_else(|| Theme::from_key(theme).filter(|t| Theme::MAPS.contains(t))) {
        session.view.theme = Some(theme);
        return Ok(());
    }
    let indicator = session.district().and_then(|d| d.indicators.get(theme));
    let Some((theme, id)) = indicator.map(|i| (i.theme, i.id.clone())) else {
        let own = session.district().into_iter().flat_map(|d| d.indicators.themes().own());
        let known: Vec<&str> = Theme::MAPS.into_iter().chain(own).map(Theme::key).collect();
        let known = known.join(", ");
        return Err(Failure::Usage(format!("--theme is one of {known}, or the id of an indicator, not {theme}")));
    };
    session.view.theme = Some(theme);
    session.view.measures.insert(theme.key().to_owned(), id);
    Ok(())
}

/// Says which characters no font has: they stand as 〓 in pictures and documents, and as they are in SVG, whose viewers have fonts
/// of their own.
fn tell_missing<'a>(out: &std::path::Path, texts: impl IntoIterator<Item = &'a str>) {
    let missing = missing_glyphs(texts);
    if !missing.is_empty() && out.extension().is_none_or(|e| !e.eq_ignore_ascii_case("svg")) {
        let list: Vec<String> = missing.iter().map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
        told!("qiancun: no font here has {}; 〓 stands for them", list.join(", "));
    }
}

/// Says which grounds could not be drawn, or not whole: a page is made without them.
fn tell_grounds(session: &Session) {
    for (key, ground, _) in session.grounds() {
        if let Some(fault) = ground.fault() {
            let name = session.layer_title(key);
            told!("qiancun: the ground {name} is missing on the page, or a part of it: {fault}");
        }
    }
}

fn project_title(session: &Session, path: &Path) -> String {
    let title = session.document.project.title.clone();
    if title.is_empty() {
        path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
    } else {
        title
    }
}

/// One page.
pub fn run(parser: lexopt::Parser) -> Result<(), Failure> {
    let asked = asked(parser, "render")?;
    let (session, options) = session(&asked)?;
    let format = asked.format.or_else(|| PageFormat::from_key(&options.format)).unwrap_or_default();
    let svg = page_svg(&session, format, &options, session.document.project.camera.is_none());
    tell_missing(&asked.out, [svg.as_str()]);
    tell_grounds(&session);
    let title = PageContent::of(&session, &options).title;
    write_page(&asked.out, &svg, format, &title, session.lang.tag())?;
    let mark = page_mark(&session, &options, session.document.project.camera.is_none());
    remember(&session, &asked.project, &mark.map(|m| m.page).into_iter().collect::<Vec<_>>());
    Ok(())
}

/// Keeps what the codes on pages lead back to; where it cannot be kept, says so: the pages are made.
pub(super) fn remember(session: &Session, project: &Path, pages: &[MadePage]) {
    if let Err(e) = remember_pages(project, pages) {
        let (list, why) = (made_pages_path(project).display().to_string(), e.to_string());
        told!("qiancun: {}", session.lang.with("page.not-listed", &[("name", &list), ("n", &why)]));
    }
}

/// A page for every village or town.
pub fn run_atlas(parser: lexopt::Parser) -> Result<(), Failure> {
    let asked = asked(parser, "atlas")?;
    if asked.out.extension().is_none_or(|e| !e.eq_ignore_ascii_case("pdf")) {
        return Err(Failure::Usage("an atlas is written as PDF: -o FILE.pdf".into()));
    }
    let (mut session, options) = session(&asked)?;
    let title = project_title(&session, &asked.project);
    session.note(|d| d.project.title = title);
    let progress = AtlasProgress::default();
    let bytes = atlas(&mut session, &options, asked.by_town, &progress)?;
    let lacking = progress.lacking();
    tell_missing(&asked.out, [lacking.as_str()]);
    tell_grounds(&session);
    write_replacing(&asked.out, &bytes)
        .map_err(|e| Failure::Input(format!("{} cannot be written: {e}", asked.out.display())))?;
    remember(&session, &asked.project, &progress.made());
    Ok(())
}
