//! Shapes of a slide: texts, rectangles, lines, charts, squares of codes and pictures, as PresentationML writes them.

use super::slides::{COLUMN, INCH, INK, POINT, QUIET};
use crate::lang::Lang;
use crate::output::{QrMatrix, escaped};
use crate::page::{ChartAnchor, ChartInk, ChartMark, chart_drawing};
use crate::session::Chart;

/// Size of the type of a chart, and its most height, in points.
const CHART_TYPE_PT: f32 = 9.5;
const CHART_MOST_PT: f32 = 190.0;
/// The rim of swatches, and what is meant to be looked at.
pub(super) const RIM: &str = "C6CCC8";
pub(super) const ACCENT: &str = "0F766E";

/// Shapes of a slide.
pub(super) struct Shapes {
    pub(super) xml: String,
    next: u32,
}

/// How a text looks: points, weight, colour, where it begins.
#[derive(Clone, Copy)]
pub(super) struct Letters<'a> {
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) colour: &'a str,
    pub(super) align: ChartAnchor,
}

pub(super) fn plain(size: f32, colour: &str) -> Letters<'_> {
    Letters { size, is_bold: false, colour, align: ChartAnchor::Start }
}

impl Shapes {
    pub(super) fn new() -> Self {
        Self { xml: String::new(), next: 2 }
    }

    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// A box of text.
    pub(super) fn text(&mut self, name: &str, [x, y, w, h]: [i64; 4], text: &str, look: Letters<'_>) {
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
    pub(super) fn squares(&mut self, name: &str, [x, y, w, h]: [i64; 4], text: &str) {
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
    pub(super) fn rectangle(&mut self, name: &str, place: [i64; 4], fill: Option<&str>, rim: Option<(&str, i64)>) {
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
    pub(super) fn chart(&mut self, chart: &Chart, top: i64, lang: Lang) -> i64 {
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

    /// A picture that the slide's relation `rId…` names, cut by so much of its width and of its height on either side (0 to ½).
    pub(super) fn picture(&mut self, name: &str, relation: usize, [x, y, w, h]: [i64; 4], words: &str, cut: [f32; 2]) {
        let id = self.id();
        let [across, down] = cut.map(|share| (share * 100_000.0).round() as i64);
        let part = match (across, down) {
            (0, 0) => String::new(),
            _ => format!("<a:srcRect l=\"{across}\" t=\"{down}\" r=\"{across}\" b=\"{down}\"/>"),
        };
        self.xml += &format!(
            "<p:pic><p:nvPicPr><p:cNvPr id=\"{id}\" name=\"{}\" descr=\"{}\"/><p:cNvPicPr><a:picLocks noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"rId{relation}\"/>{part}<a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{w}\" cy=\"{h}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
            escaped(name),
            escaped(words)
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
pub(super) fn hex([r, g, b]: [u8; 3]) -> String {
    format!("{r:02X}{g:02X}{b:02X}")
}
