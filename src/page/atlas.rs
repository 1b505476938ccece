//! The atlas: a table of contents, then a page for every village, or for every town.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::compose::{compose, inks};
use super::content::PageContent;
use super::format::PageFormat;
use super::metrics::{clipped, missing_glyphs, width};
use super::output::{PageError, PageLink, PdfBook, tree};
use super::svg::{At, Svg, Type};
use super::village::village_svg;
use crate::district::By;
use crate::model::{FeatureId, Role};
use crate::project::PageOptions;
use crate::project::{Focus, MadePage};
use crate::session::{PageMark, Session};

/// Pages composed at once, before they go into the document.
const BATCH: usize = 24;

/// How far an atlas is, and whether it is still wanted.
#[derive(Debug, Default)]
pub struct AtlasProgress {
    /// Pages finished.
    pub done: AtomicUsize,
    /// Pages in all.
    pub all: AtomicUsize,
    /// Raised to stop it.
    pub cancelled: Arc<AtomicBool>,
    /// Characters that no font has.
    lacking: Mutex<BTreeSet<char>>,
    /// What the codes on its pages lead back to.
    made: Mutex<Vec<MadePage>>,
}

impl AtlasProgress {
    /// Characters on its pages that no font has.
    pub fn lacking(&self) -> String {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).iter().collect()
    }

    /// What the codes on its pages lead back to.
    pub fn made(&self) -> Vec<MadePage> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn marked(&self, mark: Option<&PageMark>) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).extend(mark.map(|m| m.page.clone()));
    }

    /// A page, looked through for characters that no font has.
    fn page(&self, svg: &str) -> Result<resvg::usvg::Tree, PageError> {
        let lacking = missing_glyphs([svg]);
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).extend(lacking);
        tree(svg)
    }
}

/// An entry of the contents.
struct Entry {
    heading: String,
    name: String,
}

/// A line of the contents.
enum Line {
    Heading(String),
    /// Name, and its position among the pages.
    Entry(String, usize),
    Blank,
}

/// A page each for the villages in focus, or for the towns, as one PDF with contents and bookmarks.
///
/// # Errors
/// [`PageError`]; [`PageError::Cancelled`] where the progress says so.
pub fn atlas(
    session: &mut Session,
    options: &PageOptions,
    by_town: bool,
    progress: &AtlasProgress,
) -> Result<Vec<u8>, PageError> {
    if let Some(loaded) = session.village_layer().and_then(|l| l.loaded()).cloned() {
        loaded.finish();
        loaded.chunks.find_topology();
    }
    // Once for all pages.
    session.cover();
    let language = session.lang.tag();
    let title = session.project_title().to_owned();
    let towns = towns(session);
    let mut entries = Vec::new();
    let count: usize = if by_town { towns.len() } else { towns.iter().map(|t| t.1.len()).sum() };
    let mut pages: Vec<(String, FeatureId)> = Vec::new();
    for (town, villages) in &towns {
        if by_town {
            entries.push(Entry { heading: String::new(), name: town.clone() });
            continue;
        }
        for village in villages {
            let name = session.village_layer().map(|l| session.feature_title(l.key, *village)).unwrap_or_default();
            entries.push(Entry { heading: town.clone(), name });
            pages.push((town.clone(), *village));
        }
    }
    let lines = lines_of(&entries, by_town);
    let front = lines.len().div_ceil(rows_per_column() * COLUMNS).max(1);
    progress.all.store(front + count, Ordering::Relaxed);
    let mut book = PdfBook::new(&title, language);
    let format = PageFormat::A4Portrait;
    for (svg, links) in contents(session, &title, &lines, by_town, front) {
        book.add(&progress.page(&svg)?, format, None, &links)?;
        progress.done.fetch_add(1, Ordering::Relaxed);
    }
    if by_town {
        town_pages(session, options, &towns, &mut book, progress)?;
        return book.finish();
    }
    let own = super::compose::meant(session, options);
    let shared: &Session = own.as_ref().unwrap_or(session);
    let content = PageContent::of(shared, options);
    for (first, batch) in pages.chunks(BATCH).enumerate().map(|(i, b)| (i * BATCH, b)) {
        if progress.cancelled.load(Ordering::Relaxed) {
            return Err(PageError::Cancelled);
        }
        let trees: Vec<_> = batch
            .par_iter()
            .enumerate()
            .map(|(i, (_, village))| {
                let mark = shared.village_mark(*village).filter(|_| !options.without.no_code);
                let content = PageContent { mark, ..content.clone() };
                let svg = village_svg(shared, &content, options, *village, (first + i + 1, count));
                (progress.page(&svg), content.mark)
            })
            .collect();
        for ((town, village), (tree, mark)) in batch.iter().zip(trees) {
            progress.marked(mark.as_ref());
            let name = shared.village_layer().map(|l| shared.feature_title(l.key, *village)).unwrap_or_default();
            let heading = (!town.is_empty()).then_some(town.as_str());
            book.add(&tree?, format, Some((heading, &name)), &[])?;
            progress.done.fetch_add(1, Ordering::Relaxed);
        }
    }
    book.finish()
}

/// The villages in focus by town, in the order of the files.
fn towns(session: &Session) -> Vec<(String, Vec<FeatureId>)> {
    if let Some(district) = session.district() {
        let towns = district.places(By::Town).into_iter().map(|(name, mut villages)| {
            villages.retain(|v| session.is_in_focus(*v));
            (name, villages)
        });
        return towns.filter(|t| !t.1.is_empty()).collect();
    }
    let Some(loaded) = session.village_layer().and_then(|l| l.loaded()) else { return Vec::new() };
    let mut towns: Vec<(String, Vec<FeatureId>)> = Vec::new();
    for village in loaded.members().list().iter().copied() {
        let town = loaded.dataset.text(village, Role::Town).map(|t| t.into_owned()).unwrap_or_default();
        match towns.iter_mut().find(|t| t.0 == town) {
            Some(found) => found.1.push(village),
            None => towns.push((town, vec![village])),
        }
    }
    towns
}

fn town_pages(
    session: &mut Session,
    options: &PageOptions,
    towns: &[(String, Vec<FeatureId>)],
    book: &mut PdfBook,
    progress: &AtlasProgress,
) -> Result<(), PageError> {
    for (i, (town, villages)) in towns.iter().enumerate() {
        if progress.cancelled.load(Ordering::Relaxed) {
            return Err(PageError::Cancelled);
        }
        session.narrow(Some(Focus { by: By::Town, name: town.clone() }));
        session.look_at(villages);
        let mut content = PageContent::of(session, options);
        content.subtitle = format!("{} · {} / {}", content.subtitle, i + 1, towns.len());
        content.mark = session.page_mark(false).filter(|_| !options.without.no_code);
        progress.marked(content.mark.as_ref());
        let svg = compose(session, &content, PageFormat::A4Portrait, options, false);
        book.add(&progress.page(&svg)?, PageFormat::A4Portrait, Some((None, town)), &[])?;
        progress.done.fetch_add(1, Ordering::Relaxed);
    }
    session.narrow(None);
    Ok(())
}

const LINE: f32 = 19.0;
const COLUMNS: usize = 2;

fn rows_per_column() -> usize {
    let [_, h] = PageFormat::A4Portrait.size_px();
    ((h - 200.0) / LINE).floor() as usize
}

/// The lines: towns as headings among the villages, never as the last line of a column, and repeated where a column begins
/// in the middle of a town.
fn lines_of(entries: &[Entry], by_town: bool) -> Vec<Line> {
    let rows = rows_per_column();
    let mut lines = Vec::new();
    let mut heading: Option<&str> = None;
    for (i, entry) in entries.iter().enumerate() {
        let is_top = lines.len() % rows == 0;
        if !by_town && (heading != Some(entry.heading.as_str()) || is_top) && !entry.heading.is_empty() {
            if lines.len() % rows == rows - 1 {
                lines.push(Line::Blank);
            }
            heading = Some(&entry.heading);
            lines.push(Line::Heading(entry.heading.clone()));
        }
        lines.push(Line::Entry(entry.name.clone(), i));
    }
    lines
}

/// Pages of contents in two columns, before the pages they list.
fn contents(
    session: &Session,
    title: &str,
    lines: &[Line],
    by_town: bool,
    front: usize,
) -> Vec<(String, Vec<PageLink>)> {
    let ([w, h], inks) = (PageFormat::A4Portrait.size_px(), inks());
    let rows = rows_per_column();
    let page = |lines: &[Line]| {
        let mut links = Vec::new();
        let mut svg = Svg::new(PageFormat::A4Portrait.size_mm(), [w, h], title);
        svg.rect([0.0, 0.0, w, h], "#ffffff", 0.0, None);
        let (m, room) = (48.0, w - 96.0);
        svg.text(m, 78.0, &clipped(title, 28.0, true, room), Type::new(28.0, &inks.ink).bold());
        svg.text(m, 106.0, session.lang.t("page.contents"), Type::new(15.0, &inks.grey));
        let gap = 36.0;
        let column = (room - gap) / COLUMNS as f32;
        for (i, line) in lines.iter().enumerate() {
            let (x, y) = (m + (i / rows) as f32 * (column + gap), 146.0 + (i % rows) as f32 * LINE);
            match line {
                Line::Blank => {}
                Line::Heading(town) => {
                    svg.text(x, y, &clipped(town, 12.5, true, column), Type::new(12.5, &inks.accent).bold());
                }
                Line::Entry(name, position) => {
                    // As the page itself says, not as the file counts its sheets.
                    let number = (position + 1).to_string();
                    let rect = [x, y - LINE * 0.75, column, LINE];
                    links.push(PageLink { rect, page: front + position, words: name.clone() });
                    let name = clipped(name, 12.5, false, column - width(&number, 12.5, false) - 24.0);
                    let indent = if by_town { 0.0 } else { 12.0 };
                    svg.text(x + indent, y, &name, Type::new(12.5, &inks.ink));
                    svg.text(x + column, y, &number, Type::new(12.5, &inks.grey).at(At::End));
                }
            }
        }
        let notice = session.notice();
        svg.text(m, h - 36.0, &clipped(notice, 11.5, false, room), Type::new(11.5, &inks.grey));
        (svg.finish(), links)
    };
    if lines.is_empty() { vec![page(&[])] } else { lines.chunks(rows * COLUMNS).map(page).collect() }
}
