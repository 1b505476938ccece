//! What commands about finished pages do: preview, saving, printing, atlas, pictures of all years.

use super::asking::Asks;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use super::tables::io_words;
use crate::lang::Lang;
use crate::page::{
    AtlasProgress, PageContent, PageError, PageFormat, atlas, missing_glyphs, page_mark, page_svg, to_png, write_page,
};
use crate::project::{MadePage, PageOptions, PageWithout, made_pages_path, remember_pages, write_replacing};
use crate::session::{Dialogue, PageCommand, PageDraft, PagePreview, Session, ShareOptions};
use crate::share::page_findings;

/// Size of a scene's small picture in pixels.
const THUMBNAIL_PX: [u32; 2] = [144, 81];

/// The list of pages beside a project that could not be written, and why: typed codes will not be found.
pub struct Unlisted(PathBuf, std::io::Error);

impl Unlisted {
    /// In words, with what that means.
    pub(super) fn words(&self, lang: Lang) -> String {
        lang.with("page.not-listed", &[("name", &self.0.display().to_string()), ("n", &io_words(lang, &self.1))])
    }
}

/// What is to be said of a page that was written.
#[derive(Default)]
pub struct PageWritten {
    /// Characters that no font has, which stand as 〓.
    lacking: String,
    unlisted: Option<Unlisted>,
}

/// Puts pages on the list beside their project, where there is one; what kept them from it.
pub(super) fn listed(project: Option<&Path>, pages: &[MadePage]) -> Option<Unlisted> {
    let project = project?;
    remember_pages(project, pages).err().map(|e| Unlisted(made_pages_path(project), e))
}

/// A page with nothing but its map.
fn bare() -> PageOptions {
    PageOptions {
        stamp: Some(String::new()),
        without: PageWithout {
            no_figures: true,
            no_legend: true,
            no_table: true,
            no_note: true,
            no_furniture: true,
            ..PageWithout::default()
        },
        ..PageOptions::default()
    }
}

/// Longest side of a preview in pixels.
const PREVIEW_PX: f32 = 900.0;

/// Has the system open a file with the program it has for it; whether there is one.
pub(super) fn hand_over(path: &Path) -> bool {
    // By the system itself: a shell would take a & in a name for its own.
    #[cfg(windows)]
    return open::that_detached(path).is_ok();
    #[cfg(not(windows))]
    hand_over_by_program(path)
}

#[cfg(not(windows))]
fn hand_over_by_program(path: &Path) -> bool {
    let child = match std::env::consts::OS {
        "macos" => std::process::Command::new("open").arg(path).spawn(),
        _ => std::process::Command::new("xdg-open").arg(path).spawn(),
    };
    let Ok(mut child) = child else { return false };
    // Openers end at once and say whether it worked; some stay as long as the viewer does.
    for _ in 0..40 {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(std::time::Duration::from_millis(100)),
            Err(_) => return false,
        }
    }
    true
}

impl Qiancun {
    /// Carries out a command of its group.
    pub(super) fn on_pages(&mut self, command: PageCommand) {
        match command {
            PageCommand::PageDialogue => {
                if !self.session.document.keys.is_empty() && self.session.moment.page.is_none() {
                    let options = self.session.document.project.page.clone();
                    let own = PageFormat::from_key(&options.format);
                    let format = own.unwrap_or(PageFormat::A3).key().to_owned();
                    self.session.moment.page = Some(PageDraft { format, options });
                }
            }
            PageCommand::CopySvg => {
                // A ground may have to come from a server first.
                let ((format, options), still) = (self.chosen(), self.session.still());
                self.jobs.start(Job::Page, move |_| Some(Done::ToCopy(page_svg(&still, format, &options, false))));
            }
            PageCommand::CopyTable => {
                let (_, options) = self.chosen();
                let table = PageContent::of(&self.session, &options).table;
                let rows = std::iter::once(&table.heads).chain(&table.rows).map(|row| row.join("\t"));
                self.ctx.copy_text(rows.collect::<Vec<_>>().join("\n"));
                self.session.news = Some(self.session.lang.t("page.copied").to_owned());
            }
            PageCommand::SavePageDialogue => self.ask_page(),
            PageCommand::SavePageTo(path) => self.save_page(path),
            PageCommand::PrintPage => self.print_page(),
            PageCommand::AtlasDialogue(by_town) => self.ask_atlas(by_town),
            PageCommand::SaveAtlasTo(path, by_town) => self.save_atlas(path, by_town),
            PageCommand::CancelAtlas => {
                if let Some((_, _, stop)) = &self.session.work.atlas {
                    stop.store(true, Ordering::Relaxed);
                }
            }
            PageCommand::YearSeriesDialogue => {
                let title = self.session.lang.t("page.years-series");
                let question = self.question(Asks::Write, title);
                self.jobs.ask(move || question.pick_folder().map(PageCommand::SaveYearSeriesTo));
            }
            PageCommand::SaveYearSeriesTo(folder) => self.save_years(folder),
            PageCommand::ShareDialogue => self.session.moment.dialogue = Some(Dialogue::Share(ShareOptions::default())),
            PageCommand::AskShare(options) => self.ask_share(options),
            PageCommand::ShareTo(options, path) => self.share(options, &path),
            PageCommand::AskSlides => self.ask_slides(),
            PageCommand::SlidesTo(path) => self.save_slides(&path),
            PageCommand::BackTo(text) => self.back_to_page(text),
            PageCommand::CopyChart(kind, by) => self.copy_chart(kind, by),
            PageCommand::ChartDialogue(kind, by) => self.ask_chart(kind, by),
            PageCommand::SaveChartTo(path, kind, by) => self.save_chart(&path, kind, by),
            PageCommand::ShowPage(found) => self.show_page(*found),
            PageCommand::PageLost(why) => self.page_is_lost(why),
        }
    }

    /// What was chosen for the page is kept in the project.
    pub(super) fn close_page(&mut self) {
        if let Some(draft) = self.session.moment.page.take() {
            let options = PageOptions { grey: false, ..draft.options };
            self.session.transact("page.dialogue", |d| d.project.page = options);
        }
    }

    fn chosen(&self) -> (PageFormat, PageOptions) {
        match &self.session.moment.page {
            Some(draft) => (PageFormat::from_key(&draft.format).unwrap_or_default(), draft.options.clone()),
            None => (PageFormat::default(), self.session.document.project.page.clone()),
        }
    }

    /// Makes the preview anew, in the background, where the options or what is shown changed.
    pub(super) fn sync_preview(&mut self) {
        if self.jobs.is_previewing() {
            return;
        }
        self.sync_thumbnails();
        let Some(draft) = self.session.moment.page.as_ref().map(PageDraft::key) else {
            self.session.made.preview.clear();
            return;
        };
        if self.jobs.is_previewing() {
            return;
        }
        let (format, options) = self.chosen();
        let session = &self.session;
        let layers: Vec<_> = session
            .shown()
            .map(|(l, e)| {
                // Names come once their places are known.
                let is_finished = l.loaded().is_some_and(|l| l.is_finished());
                (l.key, e.visible, e.opacity, &e.colouring, &e.style, is_finished)
            })
            .collect();
        let sides = (session.left(), session.stage.divider, session.are_gaps_ringed());
        let key = format!("{draft}{:?}{:?}{:?}{layers:?}{sides:?}", session.view, session.camera, session.lang);
        let Some(ticket) = self.session.made.preview.ask(key) else { return };
        let still = self.session.still();
        self.jobs.derive(
            Job::Preview,
            ticket,
            |m| Some(&mut m.preview),
            move |_, _| {
                let [w, h] = format.size_px();
                let scale = PREVIEW_PX / w.max(h);
                let size_px = [(w * scale) as u32, (h * scale) as u32];
                let image = picture_of(&page_svg(&still, format, &options, false), size_px)?;
                Some(PagePreview { image, findings: page_findings(&still, &options) })
            },
        );
    }

    /// Makes the small pictures of the scenes, one at a time in the background, while their list is open.
    pub(super) fn sync_thumbnails(&mut self) {
        let is_listed = self.session.settings.drawer_open && self.session.tab == crate::session::Tab::Scenes;
        // The presenter sees what comes next.
        let is_open = is_listed || (self.session.meeting.is_some() && self.session.stage.has_presenter);
        if !is_open || self.session.district().is_none() {
            return;
        }
        let scenes = self.session.document.project.scenes.clone();
        let missing = scenes.into_iter().map(|s| (self.session.scene_key(&s), s));
        let Some((key, scene)) = missing.into_iter().find(|(k, _)| !self.session.made.thumbnails.contains_key(k))
        else {
            return;
        };
        let Some(ticket) = self.session.made.thumbnails.entry(key.clone()).or_default().ask(()) else { return };
        let mut still = self.session.still();
        self.jobs.derive(
            Job::Preview,
            ticket,
            move |m| m.thumbnails.get_mut(&key),
            move |_, _| {
                still.view = scene.view.clone();
                still.find_focus();
                still.roll();
                let is_whole = scene.camera.is_none();
                if let Some(camera) = still.camera_of(&scene) {
                    still.camera = camera;
                }
                let bare = bare();
                let without = PageWithout { no_labels: true, no_symbols: true, ..bare.without };
                let options = PageOptions { without, ..bare };
                let svg = crate::page::map_svg(&still, THUMBNAIL_PX.map(|v| v as f32), &options, is_whole, 0.4);
                picture_of(&svg, THUMBNAIL_PX)
            },
        );
    }

    fn ask_page(&mut self) {
        let title = self.session.lang.t("page.dialogue");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            question
                .add_filter("PDF", &["pdf"])
                .add_filter("PNG", &["png"])
                .add_filter("SVG", &["svg"])
                .set_file_name("map.pdf")
                .save_file()
                .map(PageCommand::SavePageTo)
        });
    }

    fn save_page(&mut self, path: PathBuf) {
        if !self.may_write(&path) {
            return;
        }
        let (format, options) = self.chosen();
        let still = self.session.still();
        self.jobs.page(path, move |path| write(&still, format, &options, path));
    }

    /// Writes the page where the system finds it and hands it over.
    fn print_page(&mut self) {
        // A fresh name that nobody else can have planted, readable by this person only.
        let fresh = tempfile::Builder::new().prefix("qiancun-print-").suffix(".pdf").tempfile();
        let path = match fresh.map_err(|e| e.to_string()).and_then(|f| f.keep().map_err(|e| e.to_string())) {
            Ok((_, path)) => path,
            Err(e) => {
                let name = std::env::temp_dir().display().to_string();
                let text = self.session.lang.with("error.write", &[("name", &name), ("n", &e)]);
                self.session.moment.dialogue = Some(Dialogue::Message(text));
                return;
            }
        };
        let (format, options) = self.chosen();
        let still = self.session.still();
        self.jobs.page(path, move |path| {
            let written = write(&still, format, &options, path)?;
            if hand_over(path) { Ok(written) } else { Err(PageError::NotOpened { path: path.to_path_buf() }) }
        });
    }

    fn ask_atlas(&mut self, by_town: bool) {
        let title = self.session.lang.t(if by_town { "page.atlas-towns" } else { "page.atlas" });
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter("PDF", &["pdf"]).set_file_name("atlas.pdf");
            dialogue.save_file().map(|p| PageCommand::SaveAtlasTo(p, by_town))
        });
    }

    fn save_atlas(&mut self, path: PathBuf, by_town: bool) {
        if !self.may_write(&path) {
            return;
        }
        let (_, options) = self.chosen();
        let mut still = self.session.still();
        let progress = Arc::new(AtlasProgress::default());
        self.session.moment.page.get_or_insert_with(|| PageDraft {
            format: PageFormat::A4Portrait.key().to_owned(),
            options: options.clone(),
        });
        self.session.work.atlas = Some((0, 0, progress.cancelled.clone()));
        self.jobs.atlas(path, progress.clone(), move |path| {
            let bytes = atlas(&mut still, &options, by_town, &progress)?;
            write_replacing(path, &bytes).map_err(|source| PageError::Io { path: path.to_path_buf(), source })?;
            let unlisted = listed(still.file.path.as_deref(), &progress.made());
            Ok(PageWritten { lacking: progress.lacking(), unlisted })
        });
    }

    /// A picture of the page for every year, named by the year.
    fn save_years(&mut self, folder: PathBuf) {
        let (_, options) = self.chosen();
        let mut still = self.session.still();
        let years = self.session.district().map(|d| d.observations.years().to_vec()).unwrap_or_default();
        self.jobs.page(folder, move |folder| {
            let mut last = PageWritten::default();
            for year in years {
                still.view.year = Some(year);
                still.roll();
                still.cover();
                last = write(&still, PageFormat::Hd, &options, &folder.join(format!("{year}.png")))?;
            }
            Ok(last)
        });
    }

    /// Says how the writing of a page ended.
    pub(super) fn page_was_saved(&mut self, path: &Path, written: Result<PageWritten, PageError>) {
        self.session.work.atlas = None;
        let lang = self.session.lang;
        let unlisted = written.as_ref().ok().and_then(|w| w.unlisted.as_ref()).map(|u| u.words(lang));
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        match written.map(|w| w.lacking) {
            Ok(lacking) if lacking.is_empty() => {
                let saved = lang.with("page.saved", &[("n", &name)]);
                self.session.news = Some([Some(saved), unlisted].into_iter().flatten().collect::<Vec<_>>().join(" · "));
            }
            // Names that cannot be read are nothing to find out in the meeting.
            Ok(lacking) => {
                let list: Vec<String> = lacking.chars().map(|c| format!("{c} (U+{:04X})", u32::from(c))).collect();
                let values = [("name", name.as_str()), ("n", &list.join(", "))];
                let lacking = lang.with("page.lacking", &values);
                let text = [Some(lacking), unlisted].into_iter().flatten().collect::<Vec<_>>().join("\n");
                self.session.moment.dialogue = Some(Dialogue::Message(text));
            }
            Err(PageError::Cancelled) => {
                self.session.news = Some(self.session.lang.with("status.cancelled", &[("n", &name)]));
            }
            Err(PageError::NotOpened { path }) => {
                let text = self.session.lang.with("page.not-opened", &[("n", &path.display().to_string())]);
                self.session.moment.dialogue = Some(Dialogue::Message(text));
            }
            Err(e) => {
                let why = match &e {
                    PageError::Io { source, .. } => io_words(self.session.lang, source),
                    e => e.to_string(),
                };
                let text = self.session.lang.with("error.write", &[("name", &name), ("n", &why)]);
                self.session.moment.dialogue = Some(Dialogue::Message(text));
            }
        }
    }
}

/// A page as a picture of that size in pixels; `None` where it cannot be drawn.
fn picture_of(svg: &str, size_px: [u32; 2]) -> Option<egui::ColorImage> {
    let png = to_png(svg, size_px).ok()?;
    let image = image::load_from_memory(&png).ok()?.to_rgba8();
    let size = [image.width() as usize, image.height() as usize];
    Some(egui::ColorImage::from_rgba_unmultiplied(size, image.as_raw()))
}

/// Writes a page; what is to be said of it.
fn write(session: &Session, format: PageFormat, options: &PageOptions, path: &Path) -> Result<PageWritten, PageError> {
    let svg = page_svg(session, format, options, false);
    let title = PageContent::of(session, options).title;
    write_page(path, &svg, format, &title, session.lang.tag())?;
    // A list that cannot be written costs the typed code; the one for cameras says it all.
    let mark = page_mark(session, options, false);
    let unlisted = mark.and_then(|mark| listed(session.file.path.as_deref(), &[mark.page]));
    let is_svg = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("svg"));
    let lacking = if is_svg { String::new() } else { missing_glyphs([svg.as_str()]).into_iter().collect() };
    Ok(PageWritten { lacking, unlisted })
}
