//! From the code on a page back to what it showed: typed, or read from a photo of the page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::qiancun::Qiancun;
use super::tables::io_words;
use crate::lang::Lang;
use crate::project::{self, MadePage, ProjectError, code_of, digests, made_pages, made_pages_path};
use crate::read::codes_in;
use crate::session::{Command, Dialogue, FileCommand, FoundPage, PageCommand, page_of_code};

/// Why there is no way back.
#[derive(Debug, thiserror::Error)]
pub enum PageLost {
    /// The text is no code, and no picture.
    #[error("{0} is no code of a page, and there is no picture of that name; codes look like K7M2-9QXD")]
    NoCode(String),
    /// A picture without a code of ours.
    #[error(
        "{path}: no code of a page can be read in this picture; type the eight characters beside it, or photograph it closer"
    )]
    NoneInPicture {
        /// The picture.
        path: PathBuf,
    },
    /// No list has the code.
    #[error(
        "{code}: no page with this code is listed ({looked}); the list lies beside the project, as NAME.pages.jsonl; without it a photo of the code on the page leads back"
    )]
    Unlisted {
        /// The code.
        code: String,
        /// The projects whose lists were looked at.
        looked: String,
    },
    /// The project is not there.
    #[error("the page belongs to the project {0}.qiancun, which was not found here: name it, or open it first")]
    NoProject(String),
    /// The project cannot be opened.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The list cannot be read.
    #[error("{path}: {source}")]
    List {
        /// The list.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl PageLost {
    /// A stable word for the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCode(_) | Self::NoneInPicture { .. } => "no-code",
            Self::Unlisted { .. } => "unknown-code",
            Self::NoProject(_) => "no-project",
            Self::Project(_) | Self::List { .. } => "failed",
        }
    }

    /// Why, in the language of the window.
    fn words(&self, lang: Lang) -> String {
        match self {
            Self::NoCode(text) => lang.with("page.lost-text", &[("n", text)]),
            Self::NoneInPicture { path } => lang.with("page.lost-picture", &[("n", &path.display().to_string())]),
            Self::Unlisted { code, .. } => lang.with("page.lost-unlisted", &[("n", code)]),
            Self::NoProject(name) => lang.with("page.lost-project", &[("n", name)]),
            Self::Project(why) => why.to_string(),
            Self::List { path, source } => {
                let (name, why) = (path.display().to_string(), io_words(lang, source));
                lang.with("page.lost-list", &[("name", &name), ("n", &why)])
            }
        }
    }
}

/// What was typed, or read from a photo.
enum Sought {
    /// A code.
    Code(String),
    /// The text of a QR code: the page as far as it says it, the name of its project, the digests of its data.
    Said(Box<MadePage>, String, Vec<String>),
}

impl Sought {
    fn of(text: &str) -> Result<Self, PageLost> {
        let said = |(page, project, digests)| Self::Said(Box::new(page), project, digests);
        if let Some(found) = page_of_code(text) {
            return Ok(said(found));
        }
        if let Some(code) = code_of(text) {
            return Ok(Self::Code(code));
        }
        let path = Path::new(text);
        if !path.is_file() {
            return Err(PageLost::NoCode(text.to_owned()));
        }
        let ours = code_in(path).and_then(|text| page_of_code(&text));
        ours.map(said).ok_or_else(|| PageLost::NoneInPicture { path: path.to_path_buf() })
    }

    fn code(&self) -> &str {
        match self {
            Self::Code(code) => code,
            Self::Said(page, ..) => &page.code,
        }
    }
}

/// The text of the code of a page in a picture, where there is one.
fn code_in(picture: &Path) -> Option<String> {
    codes_in(picture).into_iter().find(|text| page_of_code(text).is_some())
}

/// Looks for the page of a code, of the text of a QR code, or of a picture of it: in the projects given, the likeliest first. `is_named`: the
/// person said which project it is.
///
/// # Errors
/// [`PageLost`], in words.
pub fn find_page(text: &str, mut projects: Vec<PathBuf>, is_named: bool) -> Result<FoundPage, PageLost> {
    let sought = Sought::of(text)?;
    projects.retain(|p| p.is_file());
    let is_of = |p: &Path, name: &str| p.file_stem().is_some_and(|s| s.to_string_lossy() == *name);
    if let Sought::Said(_, name, _) = &sought {
        projects.sort_by_key(|p| !is_of(p, name));
    }
    for project in &projects {
        let listed = made_pages(project).map_err(|source| PageLost::List { path: made_pages_path(project), source })?;
        if let Some(page) = listed.into_iter().rev().find(|p| p.code == sought.code()) {
            let changed = page.changed(&data_now(project)?);
            return Ok(FoundPage { project: project.clone(), page, changed });
        }
    }
    let Sought::Said(page, name, then) = sought else {
        let looked: Vec<String> = projects.iter().map(|p| p.display().to_string()).collect();
        return Err(PageLost::Unlisted { code: sought.code().to_owned(), looked: looked.join(", ") });
    };
    let project = projects.into_iter().find(|p| is_named || is_of(p, &name)).ok_or(PageLost::NoProject(name))?;
    let now = data_now(&project)?;
    let is_same_list = then.len() == now.len();
    let differs = |(i, (_, now)): &(usize, (&String, &String))| {
        !is_same_list || !then.get(*i).is_some_and(|then| now.starts_with(then.as_str()))
    };
    let changed = now.iter().enumerate().filter(differs).map(|(_, (name, _))| name.clone()).collect();
    Ok(FoundPage { project, page: *page, changed })
}

fn data_now(project: &Path) -> Result<BTreeMap<String, String>, PageLost> {
    let original = project::open(project)?;
    Ok(digests(&original.project, project.parent()))
}

impl Qiancun {
    /// Looks for the page of a code, or of a picture with one: in the project that is open, then in those opened before.
    pub(super) fn back_to_page(&mut self, text: String) {
        let open = self.session.file.path.clone();
        let projects: Vec<PathBuf> = open.into_iter().chain(self.session.settings.recent.iter().cloned()).collect();
        let is_project = |p: &PathBuf| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun"));
        let projects: Vec<PathBuf> = projects.into_iter().filter(is_project).collect();
        let lang = self.session.lang;
        self.jobs.ask(move || {
            Some(match find_page(&text, projects, false) {
                Ok(found) => PageCommand::ShowPage(Box::new(found)),
                Err(lost) => PageCommand::PageLost(lost.words(lang)),
            })
        });
    }

    /// Opens a photo: one of a page leads back to it, any other becomes a layer.
    pub(super) fn open_photo(&mut self, path: PathBuf) {
        self.jobs.ask(move || {
            Some(match code_in(&path) {
                Some(text) => Command::from(PageCommand::BackTo(text)),
                None => FileCommand::OpenPhotos(vec![path]).into(),
            })
        });
    }

    /// Shows a page again, its project opened first where another one is.
    pub(super) fn show_page(&mut self, found: FoundPage) {
        let is_open = self.session.file.path.as_ref().is_some_and(|p| project::is_same_file(p, &found.project));
        if is_open {
            self.opened.page = Some(found);
            return;
        }
        let again = PageCommand::ShowPage(Box::new(found.clone()));
        if !self.ask_before_losing(again) {
            let project = found.project.clone();
            self.opened.page = Some(found);
            self.carry_out(FileCommand::Open(vec![project]).into());
        }
    }

    /// Says why there is no way back.
    pub(super) fn page_is_lost(&mut self, why: String) {
        self.session.moment.dialogue = Some(Dialogue::Message(why));
    }

    /// Shows the page that waits, once its project is there.
    pub(super) fn sync_page_back(&mut self) {
        let is_there = |found: &FoundPage| {
            let path = self.session.file.path.as_ref();
            path.is_some_and(|p| project::is_same_file(p, &found.project))
        };
        let is_ready = self.opened.page.as_ref().is_some_and(is_there)
            && !self.jobs.is_busy()
            && self.session.village_layer().is_some_and(|l| l.loaded().is_some());
        let Some(found) = self.opened.page.take_if(|_| is_ready) else { return };
        self.show_view(&found.page.view, false);
        let (lang, code) = (self.session.lang, found.page.code.as_str());
        if found.changed.is_empty() {
            self.session.news = Some(lang.with("page.back", &[("n", code)]));
        } else {
            let values = [("name", code), ("n", &found.changed.join(", "))];
            self.session.moment.dialogue = Some(Dialogue::Message(lang.with("page.back-changed", &values)));
        }
    }
}
