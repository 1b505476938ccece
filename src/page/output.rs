//! From SVG to files: PNG by resvg, PDF by krilla with subsets of the bundled fonts and text that can be selected.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::destination::{Destination, XyzDestination};
use krilla::geom::{Point, Size};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use super::format::PageFormat;
use super::metrics::{fonts_for, shown};
use crate::fonts::{BOLD, REGULAR};
use crate::project::write_replacing;

/// Why a page could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// What was composed is no picture: a fault of the program.
    #[error("the page cannot be drawn: {0}")]
    Svg(String),
    /// The picture takes more memory than there is.
    #[error("a picture of {0} × {1} pixels takes more memory than there is")]
    Size(u32, u32),
    /// The document could not be put together.
    #[error("the PDF cannot be put together: {0}")]
    Pdf(String),
    /// The file could not be written; what stood there before is still there.
    #[error("{path} cannot be written: {source}")]
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is written, but the system has no program that opens it.
    #[error("{path} is written, but nothing here opens it")]
    NotOpened {
        /// The file.
        path: std::path::PathBuf,
    },
    /// Pages are written in other formats.
    #[error("a page is written as svg, png or pdf, not {0:?}")]
    Format(String),
    /// The person did not want it any more.
    #[error("cancelled")]
    Cancelled,
}

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for font in [REGULAR, BOLD] {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    Arc::new(fonts)
});

/// The page as usvg understands it.
pub(super) fn tree(svg: &str) -> Result<usvg::Tree, PageError> {
    let svg = shown(svg);
    let fontdb = fonts_for(&svg, &FONTS);
    let options = usvg::Options { fontdb, font_family: "Noto Sans CJK SC".into(), ..Default::default() };
    usvg::Tree::from_str(&svg, &options).map_err(|e| PageError::Svg(e.to_string()))
}

/// The page as PNG of exactly so many pixels.
///
/// # Errors
/// [`PageError`].
pub fn to_png(svg: &str, [width, height]: [u32; 2]) -> Result<Vec<u8>, PageError> {
    let tree = tree(svg)?;
    let mut pixmap = Pixmap::new(width, height).ok_or(PageError::Size(width, height))?;
    let size = tree.size();
    let scale = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(&tree, scale, &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|e| PageError::Svg(e.to_string()))
}

/// A place on a page that leads to another one.
pub(super) struct PageLink {
    /// Left, top, width, height in layout pixels.
    pub(super) rect: [f32; 4],
    /// The page, counted from 0.
    pub(super) page: usize,
    /// What is there.
    pub(super) words: String,
}

/// A document being put together, page by page.
pub(super) struct PdfBook {
    document: krilla::Document,
    title: String,
    language: &'static str,
    marks: Vec<(Option<String>, String, usize)>,
    pages: usize,
}

impl PdfBook {
    pub(super) fn new(title: &str, language: &'static str) -> Self {
        let document = krilla::Document::new();
        Self { document, title: title.to_owned(), language, marks: Vec::new(), pages: 0 }
    }

    /// Adds a page, with a bookmark under a heading where it has one.
    pub(super) fn add(
        &mut self,
        tree: &usvg::Tree,
        format: PageFormat,
        mark: Option<(Option<&str>, &str)>,
        links: &[PageLink],
    ) -> Result<(), PageError> {
        let [width, height] = format.size_pt();
        let wrong = || PageError::Pdf(format!("no page of {width} × {height} points"));
        let settings = PageSettings::from_wh(width, height).ok_or_else(wrong)?;
        let mut page = self.document.start_page_with(settings);
        let mut surface = page.surface();
        let size = Size::from_wh(width, height).ok_or_else(wrong)?;
        surface
            .draw_svg(tree, size, SvgSettings { embed_text: true, ..SvgSettings::default() })
            .ok_or_else(|| PageError::Pdf("the page cannot be drawn".into()))?;
        surface.finish();
        let [wide, high] = format.size_px();
        let (sx, sy) = (width / wide, height / high);
        for link in links {
            let [x, y, w, h] = link.rect;
            let Some(rect) = krilla::geom::Rect::from_xywh(x * sx, y * sy, w * sx, h * sy) else { continue };
            let there = XyzDestination::new(link.page, Point::from_xy(0.0, 0.0));
            let target = Target::Destination(Destination::Xyz(there));
            page.add_annotation(Annotation::new_link(LinkAnnotation::new(rect, target), Some(link.words.clone())));
        }
        page.finish();
        if let Some((heading, text)) = mark {
            self.marks.push((heading.map(str::to_owned), text.to_owned(), self.pages));
        }
        self.pages += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, PageError> {
        if !self.marks.is_empty() {
            let mut outline = Outline::new();
            let at = |page: usize| XyzDestination::new(page, Point::from_xy(0.0, 0.0));
            let mut open: Option<(String, OutlineNode)> = None;
            for (heading, text, page) in std::mem::take(&mut self.marks) {
                if open.as_ref().map(|o| &o.0) != heading.as_ref()
                    && let Some((_, node)) = open.take()
                {
                    outline.push_child(node);
                }
                match heading {
                    None => outline.push_child(OutlineNode::new(text, at(page))),
                    Some(heading) => {
                        let node =
                            &mut open.get_or_insert_with(|| (heading.clone(), OutlineNode::new(heading, at(page)))).1;
                        node.push_child(OutlineNode::new(text, at(page)));
                    }
                }
            }
            if let Some((_, node)) = open {
                outline.push_child(node);
            }
            self.document.set_outline(outline);
        }
        // No date of making: the same page is the same file.
        let creator = format!("Qiancun {}", env!("CARGO_PKG_VERSION"));
        let metadata = Metadata::new().title(self.title).language(self.language.to_owned()).creator(creator);
        self.document.set_metadata(metadata);
        self.document.finish().map_err(|e| PageError::Pdf(format!("{e:?}")))
    }
}

/// The page as PDF.
///
/// # Errors
/// [`PageError`].
pub fn to_pdf(svg: &str, format: PageFormat, title: &str, language: &'static str) -> Result<Vec<u8>, PageError> {
    let mut book = PdfBook::new(title, language);
    book.add(&tree(svg)?, format, None, &[])?;
    book.finish()
}

/// Writes a page as the path's extension says, beside its place and then renamed.
///
/// # Errors
/// [`PageError`]; what stood there before is still there then.
pub fn write_page(
    path: &Path,
    svg: &str,
    format: PageFormat,
    title: &str,
    language: &'static str,
) -> Result<(), PageError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let bytes = match extension.as_str() {
        "svg" => svg.as_bytes().to_vec(),
        "png" => to_png(svg, format.picture_px())?,
        "pdf" => to_pdf(svg, format, title, language)?,
        other => return Err(PageError::Format(other.to_owned())),
    };
    write_replacing(path, &bytes).map_err(|source| PageError::Io { path: path.to_path_buf(), source })
}

/// The page in shades of grey, by relative luminance, as a black-and-white printer would have it.
///
/// # References
/// ITU-R BT.709-6 (2015): weights of red, green and blue.
pub fn grey(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(at) = rest.find('#') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let digits = from
            .get(1..7)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()) && from.as_bytes().get(7) == Some(&b'"'));
        match digits.and_then(|d| u32::from_str_radix(d, 16).ok()) {
            Some(rgb) => {
                let part = |shift: u32, weight: f32| ((rgb >> shift) & 255) as f32 * weight;
                let y = (part(16, 0.2126) + part(8, 0.7152) + part(0, 0.0722)).round() as u8;
                out.push_str(&super::svg::hex([y; 3]));
                rest = from.get(7..).unwrap_or("");
            }
            None => {
                out.push('#');
                rest = from.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}
