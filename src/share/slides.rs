//! Scenes as slides (`.pptx`, ECMA-376 PresentationML): the map as a picture, and on it title, figures, legend, source and scale as real
//! shapes and text that can be changed, notes as the speaker's notes; a closing slide with sources and method.

use std::io::{self, Write};

use super::pptx_frame::{self as frame, Part};
use crate::district::By;
use crate::lang::Lang;
use crate::output::{QrMatrix, escaped};
use crate::page::{
    ChartAnchor, ChartInk, ChartMark, PageContent, PageError, PageOptions, PageWithout, chart_drawing, map_frame,
    map_svg, scale_bar_of, to_png,
};
use crate::project::{MadePage, SceneEntry};
use crate::session::{Chart, Left, MeetingFigure, PageMark, Picture, Session};

/// A slide of 13⅓ by 7½ inches, in EMU.
pub(super) const WIDE: i64 = 12_192_000;
pub(super) const HIGH: i64 = 6_858_000;
/// EMU of an inch, and of a point of type.
const INCH: i64 = 914_400;
const POINT: i64 = 12_700;
/// Where the map lies: left, top, width, height in EMU.
const MAP: [i64; 4] = [INCH * 45 / 100, INCH * 130 / 100, INCH * 840 / 100, INCH * 555 / 100];
/// The map in pixels: twice what a screen of 96 dots an inch shows.
const MAP_PX: [u32; 2] = [1613, 1066];
/// How large names and lines of the map are: names of ten points on the slide.
const TYPE_SCALE: f32 = 2.0;
/// Where the column at the right begins, and how wide it is.
const COLUMN: [i64; 2] = [INCH * 910 / 100, INCH * 380 / 100];

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

/// A slide on its way.
struct Slide {
    xml: String,
    picture: Option<Vec<u8>>,
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

/// Shapes of a slide.
struct Shapes {
    xml: String,
    next: u32,
}

/// How a text looks: points, weight, colour, where it begins.
#[derive(Clone, Copy)]
struct Letters<'a> {
    size: f32,
    is_bold: bool,
    colour: &'a str,
    align: ChartAnchor,
}

/// Size of the type of a chart, and its most height, in points.
const CHART_TYPE_PT: f32 = 9.5;
const CHART_MOST_PT: f32 = 190.0;

/// Side of the code that leads back to a scene.
const CODE: i64 = INCH * 95 / 100;

const INK: &str = "1F2A26";
const QUIET: &str = "5B6B63";
const ACCENT: &str = "0F766E";
const STAMP: &str = "B42318";
/// Villages without data, and the rim of swatches.
const MISSING: &str = "D9DDDA";
const RIM: &str = "C6CCC8";

fn plain(size: f32, colour: &str) -> Letters<'_> {
    Letters { size, is_bold: false, colour, align: ChartAnchor::Start }
}

impl Shapes {
    fn new() -> Self {
        Self { xml: String::new(), next: 2 }
    }

    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// A box of text.
    fn text(&mut self, name: &str, [x, y, w, h]: [i64; 4], text: &str, look: Letters<'_>) {
        let id = self.id();
        let size = (look.size * 100.0).round() as i64;
        let bold = if look.is_bold { " b=\"1\"" } else { "" };
        let align = match look.align {
            ChartAnchor::Start => "",
            ChartAnchor::Middle => "<a:pPr algn=\"ctr\"/>",
            ChartAnchor::End => "<a:pPr algn=\"r\"/>",
        };
        let lines: Vec<String> = text
            .lines()
            .map(|line| {
                format!(
                    "<a:p>{align}<a:r><a:rPr lang=\"zh-CN\" altLang=\"en-GB\" sz=\"{size}\"{bold} dirty=\"0\"><a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill></a:rPr><a:t>{}</a:t></a:r></a:p>",
                    look.colour,
                    escaped(line)
                )
            })
            .collect();
        let lines = if lines.is_empty() { "<a:p/>".to_owned() } else { lines.concat() };
        self.xml += &format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{}\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{w}\" cy=\"{h}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap=\"square\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"><a:normAutofit/></a:bodyPr><a:lstStyle/>{lines}</p:txBody></p:sp>",
            escaped(name)
        );
    }

    /// A QR code, as one shape of squares.
    fn squares(&mut self, name: &str, [x, y, w, h]: [i64; 4], text: &str) {
        let Some(matrix) = QrMatrix::of(text) else { return };
        let (id, side) = (self.id(), matrix.side());
        let point = |x: usize, y: usize| format!("<a:pt x=\"{x}\" y=\"{y}\"/>");
        let run = |[column, row, length]: [usize; 3]| {
            let (right, below) = (column + length, row + 1);
            let to = |x, y| format!("<a:lnTo>{}</a:lnTo>", point(x, y));
            let [a, b, c] = [to(right, row), to(right, below), to(column, below)];
            format!("<a:moveTo>{}</a:moveTo>{a}{b}{c}<a:close/>", point(column, row))
        };
        let path: String = matrix.runs().into_iter().map(run).collect();
        self.xml += &format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{}\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{w}\" cy=\"{h}\"/></a:xfrm><a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l=\"0\" t=\"0\" r=\"r\" b=\"b\"/><a:pathLst><a:path w=\"{side}\" h=\"{side}\">{path}</a:path></a:pathLst></a:custGeom><a:solidFill><a:srgbClr val=\"000000\"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>",
            escaped(name)
        );
    }

    /// A rectangle, filled or with a rim.
    fn rectangle(&mut self, name: &str, place: [i64; 4], fill: Option<&str>, rim: Option<(&str, i64)>) {
        self.shape(name, "rect", place, fill, rim);
    }

    /// A shape that the format knows by name, filled or with a rim.
    fn shape(&mut self, name: &str, form: &str, [x, y, w, h]: [i64; 4], fill: Option<&str>, rim: Option<(&str, i64)>) {
        let id = self.id();
        let fill =
            fill.map_or("<a:noFill/>".to_owned(), |c| format!("<a:solidFill><a:srgbClr val=\"{c}\"/></a:solidFill>"));
        let rim = rim.map_or("<a:ln><a:noFill/></a:ln>".to_owned(), |(c, wide)| {
            format!("<a:ln w=\"{wide}\"><a:solidFill><a:srgbClr val=\"{c}\"/></a:solidFill></a:ln>")
        });
        self.xml += &format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{}\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{w}\" cy=\"{h}\"/></a:xfrm><a:prstGeom prst=\"{form}\"><a:avLst/></a:prstGeom>{fill}{rim}</p:spPr></p:sp>",
            escaped(name)
        );
    }

    /// A chart in the column beside the map, as rectangles, lines and texts that can be changed; where what follows may begin.
    fn chart(&mut self, chart: &Chart, top: i64, lang: Lang) -> i64 {
        let emu = |v: f32| (v * POINT as f32) as i64;
        let (wide, most) = (COLUMN[1] as f32 / POINT as f32, CHART_MOST_PT);
        let drawing = chart_drawing(chart, wide, most, CHART_TYPE_PT, lang);
        for mark in &drawing.marks {
            match mark {
                ChartMark::Row { .. } => {}
                ChartMark::Bar { rect: [x, y, w, h], ink } => {
                    let place = [COLUMN[0] + emu(*x), top + emu(*y), emu(*w).max(1), emu(*h).max(1)];
                    self.rectangle("Bar", place, Some(&on_slide(*ink)), Some((RIM, 6_350)));
                }
                ChartMark::Line { points, ink, width, is_dashed } => {
                    let places: Vec<[i64; 2]> =
                        points.iter().map(|[x, y]| [COLUMN[0] + emu(*x), top + emu(*y)]).collect();
                    self.polyline(&places, &on_slide(*ink), emu(*width), *is_dashed);
                }
                ChartMark::Dot { at: [x, y], radius, ink } => {
                    let side = emu(2.0 * radius).max(1);
                    let place = [COLUMN[0] + emu(x - radius), top + emu(y - radius), side, side];
                    self.shape("Point", "ellipse", place, Some(&on_slide(*ink)), Some((RIM, 6_350)));
                }
                ChartMark::Text { at: [x, y], text, size, is_bold, anchor, ink } => {
                    // Boxes are wide enough for whatever the font of the machine makes of the text.
                    let room = wide;
                    let left = match anchor {
                        ChartAnchor::Start => *x,
                        ChartAnchor::Middle => x - room / 2.0,
                        ChartAnchor::End => x - room,
                    };
                    let colour = on_slide(*ink);
                    let look = Letters { size: *size, is_bold: *is_bold, colour: &colour, align: *anchor };
                    let place = [COLUMN[0] + emu(left), top + emu(y - size * 0.95), emu(room), emu(size * 1.3)];
                    self.text("Chart text", place, text, look);
                }
            }
        }
        top + emu(drawing.height) + INCH * 14 / 100
    }

    /// A line through places.
    fn polyline(&mut self, places: &[[i64; 2]], colour: &str, wide: i64, is_dashed: bool) {
        let bounds = places.iter().fold([i64::MAX, i64::MAX, i64::MIN, i64::MIN], |[l, t, r, b], [x, y]| {
            [l.min(*x), t.min(*y), r.max(*x), b.max(*y)]
        });
        let [left, top, right, bottom] = bounds;
        if places.len() < 2 {
            return;
        }
        let (id, w, h) = (self.id(), (right - left).max(1), (bottom - top).max(1));
        let step = |(i, [x, y]): (usize, &[i64; 2])| {
            let point = format!("<a:pt x=\"{}\" y=\"{}\"/>", x - left, y - top);
            if i == 0 { format!("<a:moveTo>{point}</a:moveTo>") } else { format!("<a:lnTo>{point}</a:lnTo>") }
        };
        let path: String = places.iter().enumerate().map(step).collect();
        let dash = if is_dashed { "<a:prstDash val=\"dash\"/>" } else { "" };
        self.xml += &format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Line\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{left}\" y=\"{top}\"/><a:ext cx=\"{w}\" cy=\"{h}\"/></a:xfrm><a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l=\"0\" t=\"0\" r=\"r\" b=\"b\"/><a:pathLst><a:path w=\"{w}\" h=\"{h}\" fill=\"none\">{path}</a:path></a:pathLst></a:custGeom><a:noFill/><a:ln w=\"{wide}\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>{dash}</a:ln></p:spPr></p:sp>"
        );
    }

    /// The picture of the slide.
    fn picture(&mut self, [x, y, w, h]: [i64; 4], words: &str) {
        let id = self.id();
        self.xml += &format!(
            "<p:pic><p:nvPicPr><p:cNvPr id=\"{id}\" name=\"Map\" descr=\"{}\"/><p:cNvPicPr><a:picLocks noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"rId2\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{w}\" cy=\"{h}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
            escaped(words)
        );
    }
}

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
    let still = as_shown(session, scene);
    let lang = still.lang;
    let without = PageWithout {
        no_figures: true,
        no_legend: true,
        no_table: true,
        no_furniture: true,
        no_note: true,
        ..PageWithout::default()
    };
    let options = PageOptions { stamp: Some(String::new()), without, ..session.document.project.page.clone() };
    let size = MAP_PX.map(|v| v as f32);
    let is_whole = scene.camera.is_none();
    let picture = to_png(&map_svg(&still, size, &options, is_whole, TYPE_SCALE), MAP_PX)?;
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
    shapes.picture(MAP, &title);
    shapes.rectangle("Frame", MAP, None, Some(("D5DCD8", 9_525)));
    let frame = map_frame(&still, size, is_whole);
    scale(&mut shapes, scale_bar_of(&frame), size);
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
    Ok(Slide { xml: shapes.xml, picture: Some(picture), note: scene.note_in(lang).to_owned(), made })
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

fn on_slide(ink: ChartInk) -> String {
    match ink {
        ChartInk::Ink => INK.to_owned(),
        ChartInk::Quiet => QUIET.to_owned(),
        ChartInk::Line => RIM.to_owned(),
        ChartInk::Accent => ACCENT.to_owned(),
        ChartInk::Data(rgb) => hex(rgb),
    }
}

/// A colour as slides write it.
fn hex([r, g, b]: [u8; 3]) -> String {
    format!("{r:02X}{g:02X}{b:02X}")
}

/// A bar of so many metres, in the map's lower left corner.
fn scale(shapes: &mut Shapes, (words, length_px): (String, f32), [w, _]: [f32; 2]) {
    let length = (f64::from(length_px / w) * MAP[2] as f64) as i64;
    let (x, y) = (MAP[0] + INCH * 15 / 100, MAP[1] + MAP[3] - INCH * 18 / 100);
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
    Slide { xml: shapes.xml, picture: None, note: String::new(), made: None }
}

/// All parts in their archive; the same slides are the same file.
fn archive(session: &Session, slides: &[Slide]) -> Result<Vec<u8>, SlidesError> {
    let mut parts: Vec<Part> = frame::parts(slides.len(), session.project_title());
    for (i, slide) in slides.iter().enumerate() {
        let n = i + 1;
        parts.push((format!("ppt/slides/slide{n}.xml"), frame::slide(&slide.xml).into_bytes()));
        parts.push((
            format!("ppt/slides/_rels/slide{n}.xml.rels"),
            frame::slide_relations(n, slide.picture.is_some()).into_bytes(),
        ));
        parts.push((format!("ppt/notesSlides/notesSlide{n}.xml"), frame::notes(&escaped(&slide.note)).into_bytes()));
        parts.push((format!("ppt/notesSlides/_rels/notesSlide{n}.xml.rels"), frame::notes_relations(n).into_bytes()));
        if let Some(picture) = &slide.picture {
            parts.push((format!("ppt/media/map{n}.png"), picture.clone()));
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
