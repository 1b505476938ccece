//! Scenes as slides (`.pptx`, ECMA-376 PresentationML): the map as a picture, and on it title, figures, legend, source and scale as real
//! shapes and text that can be changed, notes as the speaker's notes; a closing slide with sources and method.

use std::io::{self, Write};

use super::pptx_frame::{self as frame, Part};
use super::pptx_shapes::{ACCENT, Letters, RIM, Shapes, hex, plain};
use crate::district::By;
use crate::lang::Lang;
use crate::output::escaped;
use crate::page::{
    ChartAnchor, PageContent, PageError, PageOptions, PageWithout, map_frame, map_svg, photo_jpeg, scale_bar_of, to_png,
};
use crate::project::{MadePage, SceneEntry};
use crate::session::{Left, MOST_PHOTOS, MeetingFigure, PageMark, Picture, PlacedPhoto, Session};

/// A slide of 13⅓ by 7½ inches, in EMU.
pub(super) const WIDE: i64 = 12_192_000;
pub(super) const HIGH: i64 = 6_858_000;
/// EMU of an inch, and of a point of type.
pub(super) const INCH: i64 = 914_400;
pub(super) const POINT: i64 = 12_700;
/// Where the map lies: left, top, width, height in EMU.
const MAP: [i64; 4] = [INCH * 45 / 100, INCH * 130 / 100, INCH * 840 / 100, INCH * 555 / 100];
/// The map in pixels: twice what a screen of 96 dots an inch shows.
const MAP_PX: [u32; 2] = [1613, 1066];
/// How large names and lines of the map are: names of ten points on the slide.
const TYPE_SCALE: f32 = 2.0;
/// Where the column at the right begins, and how wide it is.
pub(super) const COLUMN: [i64; 2] = [INCH * 910 / 100, INCH * 380 / 100];

/// Why there are no slides.
#[derive(Debug, thiserror::Error)]
pub enum SlidesError {
    /// Nothing to show.
    #[error("the project has no figures of villages to show")]
    Nothing,
    /// A map could not be drawn.
    #[error(transparent)]
    Map(#[from] PageError),
    /// The archive could not be written.
    #[error(transparent)]
    Archive(#[from] io::Error),
}

/// A picture of a slide: how its file ends, and what is in it.
type Media = (&'static str, Vec<u8>);

/// A slide on its way.
struct Slide {
    xml: String,
    /// The map first, then photos.
    pictures: Vec<Media>,
    note: String,
    made: Option<MadePage>,
}

/// The scenes as slides.
#[derive(Clone, Debug)]
pub struct Slides {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the codes on the slides lead back to.
    pub made: Vec<MadePage>,
}

/// A photo below the map, the room between two and for the words below each, in EMU.
const PHOTO: [i64; 2] = [INCH * 167 / 100, INCH * 120 / 100];
const PHOTO_GAP: i64 = INCH * 12 / 100;
const PHOTO_WORDS: i64 = INCH * 22 / 100;
/// The relation of a slide that names its first picture.
const FIRST_PICTURE: usize = 3;

/// Side of the code that leads back to a scene.
const CODE: i64 = INCH * 95 / 100;

pub(super) const INK: &str = "1F2A26";
pub(super) const QUIET: &str = "5B6B63";
const STAMP: &str = "B42318";
/// Villages without data.
const MISSING: &str = "D9DDDA";

/// The scenes of a project as slides; where it has none, what it shows as one.
///
/// # Errors
/// [`SlidesError`].
pub fn share_slides(session: &Session) -> Result<Slides, SlidesError> {
    if session.district().is_none() {
        return Err(SlidesError::Nothing);
    }
    let scenes = session.document.project.scenes.clone();
    let scenes = if scenes.is_empty() {
        vec![SceneEntry { view: session.view.clone(), ..SceneEntry::default() }]
    } else {
        scenes
    };
    let mut slides = Vec::new();
    for scene in &scenes {
        slides.push(slide(session, scene)?);
    }
    slides.push(closing(session));
    let made = slides.iter().filter_map(|s| s.made.clone()).collect();
    Ok(Slides { bytes: archive(session, &slides)?, made })
}

/// The session as a scene shows it.
pub(super) fn as_shown(session: &Session, scene: &SceneEntry) -> Session {
    let mut still = session.still();
    still.map_size_pt = MAP_PX.map(|v| f64::from(v) / 2.0);
    still.view = scene.view.clone();
    let hidden = |id: &str, title: &str| scene.hidden.iter().any(|h| h == id || h == title);
    let keys = still.document.keys.clone();
    let titles: Vec<String> = keys.iter().map(|k| still.layer_title(*k)).collect();
    still.note(|d| {
        for (entry, title) in d.project.layers.iter_mut().zip(&titles) {
            entry.visible = !hidden(&entry.id, title);
        }
    });
    still.find_focus();
    still.roll();
    still.cover();
    still.stage.divided = Left { year: scene.before, indicator: scene.beside.clone(), side_by_side: false };
    still.stage.divider = 0.5;
    still.picture = Some(Picture { are_gaps_ringed: scene.gaps, is_bare: false });
    if let Some(camera) = still.camera_of(scene) {
        still.camera = camera;
    }
    still
}

fn slide(session: &Session, scene: &SceneEntry) -> Result<Slide, SlidesError> {
    let mut still = as_shown(session, scene);
    let lang = still.lang;
    let photos = still.photos_to_show(usize::from(scene.photos.min(MOST_PHOTOS)));
    let (map, map_px) = if photos.is_empty() { (MAP, MAP_PX) } else { above_photos() };
    if !photos.is_empty() {
        still.map_size_pt = map_px.map(|v| f64::from(v) / 2.0);
        if let Some(camera) = still.camera_of(scene) {
            still.camera = camera;
        }
    }
    let without = PageWithout {
        no_figures: true,
        no_legend: true,
        no_table: true,
        no_furniture: true,
        no_note: true,
        ..PageWithout::default()
    };
    let options = PageOptions { stamp: Some(String::new()), without, ..session.document.project.page.clone() };
    let size = map_px.map(|v| v as f32);
    let is_whole = scene.camera.is_none();
    let mut pictures = vec![("png", to_png(&map_svg(&still, size, &options, is_whole, TYPE_SCALE), map_px)?)];
    let content =
        PageContent::of(&still, &PageOptions { stamp: session.document.project.page.stamp.clone(), ..options.clone() });
    let mut shapes = Shapes::new();
    let title = match scene.title_in(lang).trim() {
        "" => still.map_title(),
        own => own.to_owned(),
    };
    let left = MAP[0];
    shapes.text(
        "Title",
        [left, INCH * 40 / 100, INCH * 1010 / 100, INCH * 80 / 100],
        &title,
        Letters { is_bold: true, ..plain(28.0, INK) },
    );
    stamp(&mut shapes, &content.stamp);
    shapes.picture("Map", FIRST_PICTURE, map, &title, [0.0; 2]);
    shapes.rectangle("Frame", map, None, Some(("D5DCD8", 9_525)));
    let frame = map_frame(&still, size, is_whole);
    scale(&mut shapes, scale_bar_of(&frame), size, map);
    below_map(&mut shapes, &mut pictures, &photos, lang);
    let mut y = MAP[1];
    let chart = scene.chart.and_then(|kind| still.chart(kind, By::Town));
    if let Some(chart) = &chart {
        y = shapes.chart(chart, y, lang);
    } else if !scene.no_figures {
        y = figures(&mut shapes, &still.figures_of(&scene.figures), y);
    }
    let mark = still.mark_of(scene.clone()).filter(|_| !options.without.no_code);
    if !scene.no_legend {
        legend(&mut shapes, &content, y, if mark.is_some() { CODE + INCH * 12 / 100 } else { 0 });
    }
    if let Some(mark) = &mark {
        code(&mut shapes, mark, lang.t("page.code-says"));
    }
    foot(&mut shapes, &content, &still);
    let made = mark.map(|m| m.page);
    Ok(Slide { xml: shapes.xml, pictures, note: scene.note_in(lang).to_owned(), made })
}

/// The map where photos stand below it: its place, and its size in pixels.
fn above_photos() -> ([i64; 4], [u32; 2]) {
    let [x, y, w, h] = MAP;
    let high = h - PHOTO[1] - PHOTO_GAP - PHOTO_WORDS;
    ([x, y, w, high], [MAP_PX[0], (i64::from(MAP_PX[1]) * high / h) as u32])
}

/// Photos in a row below the map, each with its village and day; one that has gone leaves its frame and says so.
fn below_map(shapes: &mut Shapes, pictures: &mut Vec<Media>, photos: &[(PlacedPhoto, String)], lang: Lang) {
    let [wide, high] = PHOTO;
    let top = MAP[1] + MAP[3] - PHOTO_WORDS - high;
    for (i, (photo, words)) in photos.iter().enumerate() {
        let left = MAP[0] + i as i64 * (wide + PHOTO_GAP);
        let place = [left, top, wide, high];
        match photo_jpeg(&photo.file) {
            Some(jpeg) => {
                let [w, h] = jpeg.size.map(|v| v as f32);
                let form = wide as f32 / high as f32;
                let cut = [(1.0 - form * h / w) / 2.0, (1.0 - w / h / form) / 2.0].map(|c| c.max(0.0));
                pictures.push(("jpg", jpeg.bytes.clone()));
                shapes.picture("Photo", FIRST_PICTURE + pictures.len() - 1, place, words, cut);
            }
            None => {
                shapes.rectangle("Photo", place, None, Some((RIM, 9_525)));
                let look = Letters { align: ChartAnchor::Middle, ..plain(10.0, QUIET) };
                shapes.text("Photo", [left, top + high / 2, wide, POINT * 14], lang.t("photos.missing"), look);
            }
        }
        let below = [left, top + high + POINT * 3, wide, PHOTO_WORDS - POINT * 3];
        shapes.text("Photo text", below, words, plain(10.0, QUIET));
    }
}

fn stamp(shapes: &mut Shapes, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let at = [COLUMN[0] + INCH * 80 / 100, INCH * 42 / 100, INCH * 300 / 100, INCH * 34 / 100];
    shapes.rectangle("Stamp", at, None, Some((STAMP, 12_700)));
    let [x, y, w, h] = at;
    shapes.text(
        "Stamp text",
        [x, y + POINT * 5, w, h - POINT * 5],
        text,
        Letters { align: ChartAnchor::Middle, ..plain(11.0, STAMP) },
    );
}

/// Large figures with what they count, two beside each other; where what follows may begin.
fn figures(shapes: &mut Shapes, list: &[MeetingFigure], top: i64) -> i64 {
    let half = COLUMN[1] / 2;
    // More than four stand closer.
    let (row, size) = if list.len() > 4 { (INCH * 66 / 100, 24.0) } else { (INCH * 86 / 100, 32.0) };
    for (i, figure) in list.iter().enumerate() {
        let (x, y) = (COLUMN[0] + half * (i as i64 % 2), top + row * (i as i64 / 2));
        let value = format!("{}{}", figure.value, figure.unit);
        let look = Letters { is_bold: true, ..plain(size, ACCENT) };
        let tall = (size * 1.2) as i64 * POINT;
        shapes.text("Figure", [x, y, half, tall], &value, look);
        let below = [x, y + tall + POINT, half - POINT * 6, row - tall - POINT * 2];
        shapes.text("What it counts", below, &figure.caption, plain(12.0, QUIET));
    }
    top + row * (list.len() as i64 + 1) / 2 + INCH * 10 / 100
}

/// Classes and symbols with their counts: as tall as there is room, all of them.
/// The code that leads back to the scene, below the legend.
fn code(shapes: &mut Shapes, mark: &PageMark, says: &str) {
    let [x, wide] = COLUMN;
    let top = MAP[1] + MAP[3] - CODE;
    shapes.squares("Code", [x, top, CODE, CODE], &mark.said);
    let left = x + CODE + INCH * 14 / 100;
    let bold = Letters { is_bold: true, ..plain(12.0, INK) };
    shapes.text("Code text", [left, top + INCH * 12 / 100, wide - (left - x), INCH * 26 / 100], &mark.page.code, bold);
    let room = [left, top + INCH * 40 / 100, wide - (left - x), INCH * 50 / 100];
    shapes.text("Code says", room, says, plain(10.0, QUIET));
}

/// `kept` is left free at the end of the column.
fn legend(shapes: &mut Shapes, content: &PageContent, top: i64, kept: i64) {
    let (x, wide) = (COLUMN[0], COLUMN[1]);
    let title = Letters { is_bold: true, ..plain(14.0, INK) };
    shapes.text("Legend title", [x, top, wide, INCH * 28 / 100], &content.legend_title, title);
    let first = top + INCH * 34 / 100;
    let classes = content.legend.iter().map(|l| (l.colour, l.text.as_str(), l.count));
    let symbols = content.signs.symbols.iter().map(|(kind, text, count)| (Some(kind.colour()), text.as_str(), *count));
    let rows: Vec<(Option<[u8; 3]>, &str, usize)> = classes.chain(symbols).collect();
    let row = ((MAP[1] + MAP[3] - kept - first) / rows.len().max(1) as i64).clamp(POINT * 9, INCH * 27 / 100);
    let size = (row as f32 / POINT as f32 / 1.5).clamp(6.0, 13.0);
    for (i, (colour, text, count)) in rows.into_iter().enumerate() {
        let y = first + row * i as i64;
        let fill = colour.map_or_else(|| MISSING.to_owned(), hex);
        shapes.rectangle("Class", [x, y + row / 8, INCH * 34 / 100, row * 5 / 8], Some(&fill), Some((RIM, 6_350)));
        shapes.text("Class text", [x + INCH * 46 / 100, y, wide - INCH * 116 / 100, row], text, plain(size, INK));
        shapes.text(
            "Count",
            [x + wide - INCH * 60 / 100, y, INCH * 60 / 100, row],
            &count.to_string(),
            plain(size, QUIET),
        );
    }
}

/// A bar of so many metres, in the map's lower left corner.
fn scale(shapes: &mut Shapes, (words, length_px): (String, f32), [w, _]: [f32; 2], map: [i64; 4]) {
    let length = (f64::from(length_px / w) * map[2] as f64) as i64;
    let (x, y) = (map[0] + INCH * 15 / 100, map[1] + map[3] - INCH * 18 / 100);
    let plate = [x - POINT * 5, y - INCH * 24 / 100, length.max(INCH * 50 / 100) + POINT * 10, INCH * 34 / 100];
    shapes.rectangle("Scale plate", plate, Some("FFFFFF"), None);
    shapes.text("Scale", [x, y - INCH * 22 / 100, INCH * 120 / 100, INCH * 20 / 100], &words, plain(10.0, INK));
    shapes.rectangle("Scale bar", [x, y, length, POINT * 2], Some(INK), None);
}

fn foot(shapes: &mut Shapes, content: &PageContent, session: &Session) {
    let named = session.attributions().join(" · ");
    let parts: Vec<&str> = [content.source.as_str(), content.date.as_str(), named.as_str()]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect();
    let y = HIGH - INCH * 42 / 100;
    shapes.text("Source", [MAP[0], y, INCH * 1240 / 100, INCH * 25 / 100], &parts.join(" · "), plain(10.0, QUIET));
}

/// Sources and method.
fn closing(session: &Session) -> Slide {
    let lang = session.lang;
    let content = PageContent::of(session, &session.document.project.page);
    let mut shapes = Shapes::new();
    shapes.text(
        "Title",
        [MAP[0], INCH * 60 / 100, INCH * 1200 / 100, INCH * 80 / 100],
        lang.t("share.closing"),
        Letters { is_bold: true, ..plain(28.0, INK) },
    );
    let mut lines = vec![content.source.clone(), content.date.clone(), content.note.clone()];
    lines.extend(session.attributions());
    lines.extend(Some(content.notice.clone()).filter(|n| !content.source.contains(n.as_str())));
    lines.retain(|l| !l.trim().is_empty());
    let text = lines.join("\n\n");
    shapes.text("Sources", [MAP[0], INCH * 170 / 100, INCH * 1200 / 100, INCH * 480 / 100], &text, plain(16.0, INK));
    stamp(&mut shapes, &content.stamp);
    Slide { xml: shapes.xml, pictures: Vec::new(), note: String::new(), made: None }
}

/// All parts in their archive; the same slides are the same file.
fn archive(session: &Session, slides: &[Slide]) -> Result<Vec<u8>, SlidesError> {
    let mut parts: Vec<Part> = frame::parts(slides.len(), session.project_title());
    for (i, slide) in slides.iter().enumerate() {
        let n = i + 1;
        let names: Vec<String> = slide
            .pictures
            .iter()
            .enumerate()
            .map(|(k, (ending, _))| format!("picture{n}-{}.{ending}", k + 1))
            .collect();
        parts.push((format!("ppt/slides/slide{n}.xml"), frame::slide(&slide.xml).into_bytes()));
        parts.push((format!("ppt/slides/_rels/slide{n}.xml.rels"), frame::slide_relations(n, &names).into_bytes()));
        parts.push((format!("ppt/notesSlides/notesSlide{n}.xml"), frame::notes(&escaped(&slide.note)).into_bytes()));
        parts.push((format!("ppt/notesSlides/_rels/notesSlide{n}.xml.rels"), frame::notes_relations(n).into_bytes()));
        for (name, (_, picture)) in names.iter().zip(&slide.pictures) {
            parts.push((format!("ppt/media/{name}"), picture.clone()));
        }
    }
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, bytes) in parts {
        zip.start_file(name, options).map_err(io::Error::other)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.into_inner())
}
