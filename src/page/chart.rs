//! A chart laid out: bars, lines, points and words at their places, for whoever draws them: window, meeting, page, slide, shared file.

use super::compose::Inks;
use super::metrics::{clipped, width, wrapped};
use super::svg::{At, Svg, Type, hex, num};
use crate::colouring::colours;
use crate::lang::Lang;
use crate::project::ChartKind;
use crate::session::{Chart, ChartBar, ChartLine, ChartOf, number};

/// What something of a chart is drawn in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChartInk {
    /// Text.
    Ink,
    /// Text that stands back.
    Quiet,
    /// Thin lines.
    Line,
    /// The program's own colour.
    Accent,
    /// A colour of the map.
    Data([u8; 3]),
}

/// Where a text begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChartAnchor {
    /// At its left end.
    Start,
    /// In its middle.
    Middle,
    /// At its right end.
    End,
}

/// Something of a chart, from its upper left corner on.
#[derive(Clone, Debug, PartialEq)]
pub enum ChartMark {
    /// A place that answers to the pointer, with what it says: nothing is drawn.
    Row {
        /// Left, top, width, height.
        rect: [f32; 4],
        /// What it stands for.
        of: ChartOf,
        /// What it says.
        words: String,
    },
    /// A bar.
    Bar {
        /// Left, top, width, height.
        rect: [f32; 4],
        /// Colour.
        ink: ChartInk,
    },
    /// A line through points.
    Line {
        /// The points.
        points: Vec<[f32; 2]>,
        /// Colour.
        ink: ChartInk,
        /// Width.
        width: f32,
        /// Whether it is broken.
        is_dashed: bool,
    },
    /// A point.
    Dot {
        /// Its middle.
        at: [f32; 2],
        /// Its radius.
        radius: f32,
        /// Colour.
        ink: ChartInk,
    },
    /// A text on its baseline.
    Text {
        /// Where.
        at: [f32; 2],
        /// The text.
        text: String,
        /// Size of the type.
        size: f32,
        /// Whether it is bold.
        is_bold: bool,
        /// Where it begins.
        anchor: ChartAnchor,
        /// Colour.
        ink: ChartInk,
    },
}

/// A chart laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartDrawing {
    /// What is drawn, in its order.
    pub marks: Vec<ChartMark>,
    /// How high it is.
    pub height: f32,
}

struct Pen {
    marks: Vec<ChartMark>,
    size: f32,
    wide: f32,
}

impl Pen {
    fn text(&mut self, at: [f32; 2], text: &str, size: f32, anchor: ChartAnchor, ink: ChartInk) {
        if !text.is_empty() {
            self.marks.push(ChartMark::Text { at, text: text.to_owned(), size, is_bold: false, anchor, ink });
        }
    }

    fn bold(&mut self, at: [f32; 2], text: &str, size: f32, ink: ChartInk) {
        let (text, anchor) = (text.to_owned(), ChartAnchor::Start);
        self.marks.push(ChartMark::Text { at, text, size, is_bold: true, anchor, ink });
    }

    fn line(&mut self, points: Vec<[f32; 2]>, ink: ChartInk, width: f32, is_dashed: bool) {
        self.marks.push(ChartMark::Line { points, ink, width, is_dashed });
    }
}

/// Lays a chart out in a width; it is no higher than `most`, rows that do not fit are counted in words. `size` is that of the type.
pub fn chart_drawing(chart: &Chart, wide: f32, most: f32, size: f32, lang: Lang) -> ChartDrawing {
    let mut pen = Pen { marks: Vec::new(), size, wide };
    let title = clipped(&chart.title, size * 1.08, true, wide);
    pen.bold([0.0, size * 1.15], &title, size * 1.08, ChartInk::Ink);
    let mut y = size * 1.75;
    for line in wrapped(&chart.sentence, size, false, wide, 2) {
        pen.text([0.0, y + size * 0.9], &line, size, ChartAnchor::Start, ChartInk::Quiet);
        y += size * 1.4;
    }
    y += size * 0.4;
    let room = (most - y).max(size * 4.0);
    let height = match chart.kind {
        ChartKind::Groups | ChartKind::Ranking | ChartKind::Target => bars(&mut pen, chart, y, room, lang),
        ChartKind::Years => lines(&mut pen, chart, y, room.min(size * 17.0), lang),
        ChartKind::Dots => dots(&mut pen, chart, y, room, lang),
    };
    ChartDrawing { marks: pen.marks, height: y + height }
}

/// The widest of texts, at most a share of the width.
fn widest<'a>(texts: impl Iterator<Item = &'a str>, size: f32, most: f32) -> f32 {
    texts.map(|t| width(t, size, false)).fold(0.0, f32::max).min(most)
}

/// How many rows fit, and how high each is: rows come closer before any is left out.
fn rows(count: usize, room: f32, [least, usual]: [f32; 2], keeps_line: bool) -> (usize, f32) {
    let step = (room / count.max(1) as f32).clamp(least, usual);
    let fits = ((room / step + 1e-3).floor() as usize).max(1);
    match count <= fits && !keeps_line {
        true => (count, step),
        false if count < fits => (count, step),
        false => (fits.saturating_sub(1).max(1).min(count), step),
    }
}

fn bars(pen: &mut Pen, chart: &Chart, top: f32, room: f32, lang: Lang) -> f32 {
    let (s, wide) = (pen.size, pen.wide);
    let (shown, step) =
        rows(chart.bars.len(), room, [s * 1.3, s * 1.9], chart.left_out > 0 && chart.parted_at.is_none());
    // Where both ends of a ranking do not fit, the worse one is what is asked about.
    let shown = match chart.parted_at {
        Some(parted) if shown < chart.bars.len() => shown.min(parted),
        _ => shown,
    };
    let list: Vec<&ChartBar> = chart.bars.iter().take(shown).collect();
    let names = widest(list.iter().map(|b| b.name.as_str()), s, wide * 0.34) + s * 0.6;
    let words = widest(list.iter().map(|b| b.words.as_str()), s, wide * 0.3) + s * 1.2;
    let has_notes = list.iter().any(|b| !b.note.is_empty()) && wide > s * 34.0;
    let notes = if has_notes {
        (wide - names - words) * if chart.kind == ChartKind::Ranking { 0.55 } else { 0.3 }
    } else {
        0.0
    };
    let length = (wide - names - words - notes).max(s * 2.0);
    let [low, high] = chart.range;
    let along = |v: f64| names + ((v - low) / (high - low).max(1e-12)).clamp(0.0, 1.0) as f32 * length;
    for (i, bar) in list.iter().enumerate() {
        let y = top + i as f32 * step;
        let base = y + step / 2.0 + s * 0.36;
        pen.text(
            [names - s * 0.6, base],
            &clipped(&bar.name, s, false, names - s * 0.6),
            s,
            ChartAnchor::End,
            ChartInk::Ink,
        );
        let end = bar.value.map_or(names, along);
        let zero = along(low.max(0.0_f64.min(high)));
        if bar.value.is_some() {
            let rect = [zero.min(end), y + step * 0.19, (end - zero).abs().max(1.5), step * 0.62];
            pen.marks.push(ChartMark::Bar { rect, ink: bar.colour.map_or(ChartInk::Accent, ChartInk::Data) });
        }
        // In a column of their own: the line of what is asked for crosses no figure.
        pen.text([names + length + s * 0.5, base], &bar.words, s, ChartAnchor::Start, ChartInk::Ink);
        if has_notes {
            let left = names + length + words;
            let note = clipped(&bar.note, s * 0.9, false, notes);
            pen.text([left, base], &note, s * 0.9, ChartAnchor::Start, ChartInk::Quiet);
        }
        let words = format!("{} {}", bar.name, bar.words);
        pen.marks.push(ChartMark::Row { rect: [0.0, y, wide, step], of: bar.of.clone(), words });
        if chart.parted_at == Some(i) {
            pen.line(vec![[0.0, y], [wide, y]], ChartInk::Line, 1.0, false);
        }
    }
    let bottom = top + list.len() as f32 * step;
    if let Some(threshold) = chart.threshold {
        let x = along(threshold);
        pen.line(vec![[x, top], [x, bottom]], ChartInk::Quiet, 1.2, true);
    }
    let left_out = chart.bars.len() - shown + if chart.parted_at.is_none() { chart.left_out } else { 0 };
    if left_out > 0 {
        let text = lang.with("chart.more", &[("n", &left_out.to_string())]);
        pen.text([0.0, bottom + s * 1.1], &text, s * 0.9, ChartAnchor::Start, ChartInk::Quiet);
        return bottom - top + s * 1.5;
    }
    bottom - top
}

/// Round figures for an axis: up to five of them within the range.
fn ticks([low, high]: [f64; 2]) -> Vec<f64> {
    let rough = (high - low).max(1e-12) / 4.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|k| k * power).find(|k| *k >= rough).unwrap_or(power * 10.0);
    let first = (low / step).ceil() as i64;
    (0..6).map(|i| (first + i) as f64 * step).take_while(|v| *v <= high + step * 1e-9).collect()
}

/// A tick in words: no more decimals than tell it from its neighbours.
fn tick_words(value: f64, all: &[f64]) -> String {
    let step = all.windows(2).filter_map(|w| Some(w.get(1)? - w.first()?)).fold(f64::INFINITY, f64::min);
    let decimals = if step.is_finite() {
        (-step.log10().floor()).max(0.0) as i32
            + i32::from((step * 4.0).fract() == 0.0 && step < 5.0 && (step * 10.0).fract() != 0.0)
    } else {
        0
    };
    let scale = 10_f64.powi(decimals.min(6));
    number((value * scale).round() / scale)
}

fn lines(pen: &mut Pen, chart: &Chart, top: f32, room: f32, lang: Lang) -> f32 {
    let (s, wide) = (pen.size, pen.wide);
    let all = ticks(chart.range);
    let left = widest(
        all.iter().map(|t| tick_words(*t, &all)).collect::<Vec<_>>().iter().map(String::as_str),
        s * 0.9,
        wide * 0.2,
    ) + s * 0.6;
    let right = widest(chart.lines.iter().map(|l| l.name.as_str()), s, wide * 0.28) + s * 0.8;
    let (first, last) = chart
        .lines
        .iter()
        .flat_map(|l| l.points.iter().map(|p| p.0))
        .fold((i32::MAX, i32::MIN), |(a, b), y| (a.min(y), b.max(y)));
    let bottom = top + room - s * 1.6;
    let x_of = |year: i32| left + (wide - left - right) * (year - first) as f32 / (last - first).max(1) as f32;
    let [low, high] = chart.range;
    let pad = (high - low) * 0.06;
    let y_of =
        |v: f64| bottom - ((v - low + pad) / (high - low + 2.0 * pad).max(1e-12)) as f32 * (bottom - top - s * 0.4);
    for tick in &all {
        let y = y_of(*tick);
        pen.line(vec![[left, y], [wide - right, y]], ChartInk::Line, 0.8, false);
        pen.text([left - s * 0.4, y + s * 0.32], &tick_words(*tick, &all), s * 0.9, ChartAnchor::End, ChartInk::Quiet);
    }
    let years: Vec<i32> = (first..=last).collect();
    let every = (years.len() as f32 * s * 3.2 / (wide - left - right).max(1.0)).ceil().max(1.0) as usize;
    for year in years.iter().rev().step_by(every) {
        pen.text([x_of(*year), bottom + s * 1.3], &year.to_string(), s * 0.9, ChartAnchor::Middle, ChartInk::Quiet);
    }
    if let Some(threshold) = chart.threshold {
        let y = y_of(threshold);
        pen.line(vec![[left, y], [wide - right, y]], ChartInk::Quiet, 1.2, true);
    }
    let mut others = 0;
    let inks: Vec<ChartInk> = chart.lines.iter().map(|line| line_ink(line, &mut others)).collect();
    for (line, ink) in chart.lines.iter().zip(&inks).rev() {
        let points: Vec<[f32; 2]> = line.points.iter().map(|(y, v)| [x_of(*y), y_of(*v)]).collect();
        let thick = if line.is_all { 3.0 } else { 1.6 };
        pen.marks.extend(points.iter().map(|at| ChartMark::Dot { at: *at, radius: thick * 0.9, ink: *ink }));
        pen.line(points, *ink, thick, false);
    }
    end_names(pen, chart, &inks, &y_of, [wide - right + s * 0.5, right - s * 0.5, top, bottom]);
    if chart.left_out > 0 {
        let text = lang.with("chart.more", &[("n", &chart.left_out.to_string())]);
        pen.text([0.0, bottom + s * 2.7], &text, s * 0.9, ChartAnchor::Start, ChartInk::Quiet);
        return room + s * 1.4;
    }
    room
}

fn line_ink(line: &ChartLine, others: &mut usize) -> ChartInk {
    if line.is_all {
        return ChartInk::Ink;
    }
    *others += 1;
    colours("Dark2", 8, false).get(*others - 1).map_or(ChartInk::Accent, |c| ChartInk::Data(*c))
}

/// Names at the ends of lines, moved apart where they would cover each other.
fn end_names(
    pen: &mut Pen,
    chart: &Chart,
    inks: &[ChartInk],
    y_of: &dyn Fn(f64) -> f32,
    [x, room, top, bottom]: [f32; 4],
) {
    let s = pen.size;
    let ends = chart.lines.iter().zip(inks).filter_map(|(l, ink)| Some((y_of(l.points.last()?.1), l, *ink)));
    let mut names: Vec<(f32, &ChartLine, ChartInk)> = ends.collect();
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let step = (s * 1.2).min((bottom - top) / names.len().max(1) as f32);
    let mut at = top;
    for name in &mut names {
        name.0 = name.0.max(at);
        at = name.0 + step;
    }
    let mut most = bottom;
    for name in names.iter_mut().rev() {
        name.0 = name.0.min(most);
        most = name.0 - step;
    }
    for (y, line, ink) in names {
        let text = clipped(&line.name, s, line.is_all, room);
        let (at, anchor) = ([x, y + s * 0.34], ChartAnchor::Start);
        pen.marks.push(ChartMark::Text { at, text, size: s, is_bold: line.is_all, anchor, ink });
    }
}

fn dots(pen: &mut Pen, chart: &Chart, top: f32, room: f32, lang: Lang) -> f32 {
    let (s, wide) = (pen.size, pen.wide);
    let foot = s * 1.8;
    let (shown, step) = rows(chart.dots.len(), room - foot, [s * 1.5, s * 2.6], chart.left_out > 0);
    let list: Vec<_> = chart.dots.iter().take(shown).collect();
    let names = widest(list.iter().map(|d| d.name.as_str()), s, wide * 0.34) + s * 0.8;
    let right = s * 1.2;
    let [low, high] = chart.range;
    let along = |v: f64| names + ((v - low) / (high - low).max(1e-12)) as f32 * (wide - names - right);
    let bottom = top + list.len() as f32 * step;
    let all = ticks(chart.range);
    for tick in &all {
        let x = along(*tick);
        pen.line(vec![[x, top], [x, bottom]], ChartInk::Line, 0.8, false);
        pen.text([x, bottom + s * 1.2], &tick_words(*tick, &all), s * 0.9, ChartAnchor::Middle, ChartInk::Quiet);
    }
    if let Some(threshold) = chart.threshold {
        pen.line(vec![[along(threshold), top], [along(threshold), bottom]], ChartInk::Quiet, 1.2, true);
    }
    let radius = (step * 0.12).min(s * 0.34);
    for (i, row) in list.iter().enumerate() {
        let middle = top + (i as f32 + 0.5) * step;
        let name = clipped(&row.name, s, false, names - s * 0.8);
        pen.text([names - s * 0.8, middle + s * 0.36], &name, s, ChartAnchor::End, ChartInk::Ink);
        // Points that would cover each other stand above and below the line, as far as there is room.
        let mut sorted: Vec<_> = row.dots.iter().map(|(v, value, colour)| (along(*value), *v, *colour)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let lanes = ((step / (radius * 2.2)).floor() as usize).clamp(1, 9);
        let mut ends = vec![f32::NEG_INFINITY; lanes];
        for (x, village, colour) in sorted {
            let free = (0..lanes).find(|l| ends.get(*l).is_some_and(|end| x - end >= radius * 2.05));
            let lane = free.unwrap_or(0);
            if let Some(end) = ends.get_mut(lane) {
                *end = x;
            }
            let aside = lane.div_ceil(2) as f32 * radius * 2.1 * if lane % 2 == 1 { 1.0 } else { -1.0 };
            let at = [x, middle + aside];
            pen.marks.push(ChartMark::Dot { at, radius, ink: colour.map_or(ChartInk::Accent, ChartInk::Data) });
            let rect = [at[0] - radius, at[1] - radius, 2.0 * radius, 2.0 * radius];
            pen.marks.push(ChartMark::Row { rect, of: ChartOf::Village(village), words: String::new() });
        }
    }
    let left_out = chart.dots.len() - shown + chart.left_out;
    if left_out > 0 {
        let text = lang.with("chart.more", &[("n", &left_out.to_string())]);
        pen.text([0.0, bottom + foot + s * 0.6], &text, s * 0.9, ChartAnchor::Start, ChartInk::Quiet);
        return bottom - top + foot + s;
    }
    bottom - top + foot
}

fn on_paper(ink: ChartInk, inks: &Inks) -> String {
    match ink {
        ChartInk::Ink => inks.ink.clone(),
        ChartInk::Quiet => inks.grey.clone(),
        ChartInk::Line => inks.line.clone(),
        ChartInk::Accent => inks.accent.clone(),
        ChartInk::Data(rgb) => hex(rgb),
    }
}

/// Draws a chart into a page.
pub(super) fn draw_chart(svg: &mut Svg, drawing: &ChartDrawing, [x, y]: [f32; 2], inks: &Inks) {
    for mark in &drawing.marks {
        match mark {
            ChartMark::Row { .. } => {}
            ChartMark::Bar { rect: [l, t, w, h], ink } => {
                // Pale classes keep a rim.
                let rim = Some((inks.line.as_str(), 0.8));
                svg.rect([x + l, y + t, *w, *h], &on_paper(*ink, inks), (h * 0.15).min(3.0), rim);
            }
            ChartMark::Line { points, ink, width, is_dashed } => {
                let d: Vec<String> = points.iter().map(|[a, b]| format!("{} {}", num(x + a), num(y + b))).collect();
                let dash = if *is_dashed { " stroke-dasharray=\"4 3\"" } else { "" };
                let stroke = on_paper(*ink, inks);
                let attributes = format!(
                    "fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{dash}",
                    num(*width)
                );
                svg.path(&format!("M{}", d.join("L")), &attributes);
            }
            ChartMark::Dot { at: [a, b], radius, ink } => svg.raw(&format!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"0.6\"/>",
                num(x + a),
                num(y + b),
                num(*radius),
                on_paper(*ink, inks),
                inks.grey
            )),
            ChartMark::Text { at: [a, b], text, size, is_bold, anchor, ink } => {
                let colour = on_paper(*ink, inks);
                let form = Type::new(*size, &colour).at(match anchor {
                    ChartAnchor::Start => At::Start,
                    ChartAnchor::Middle => At::Middle,
                    ChartAnchor::End => At::End,
                });
                svg.text(x + a, y + b, text, if *is_bold { form.bold() } else { form });
            }
        }
    }
}

/// Margin of a chart by itself, and the size of its type, in layout pixels.
const ALONE: [f32; 2] = [20.0, 15.0];

/// How high a chart by itself is, in layout pixels.
pub fn chart_height(chart: &Chart, wide: f32, lang: Lang) -> f32 {
    let [margin, size] = ALONE;
    chart_drawing(chart, wide - 2.0 * margin, 2000.0, size, lang).height + 2.0 * margin
}

/// A chart by itself as SVG, on white, that many layout pixels wide.
pub fn chart_svg(chart: &Chart, wide: f32, lang: Lang) -> String {
    let [margin, size] = ALONE;
    let drawing = chart_drawing(chart, wide - 2.0 * margin, 2000.0, size, lang);
    let high = drawing.height + 2.0 * margin;
    let mut svg = Svg::new([wide / 4.0, high / 4.0], [wide, high], &chart.title);
    let inks = super::compose::inks();
    svg.rect([0.0, 0.0, wide, high], "#ffffff", 0.0, None);
    draw_chart(&mut svg, &drawing, [margin, margin], &inks);
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_figures() {
        assert_eq!(ticks([0.0, 100.0]), [0.0, 25.0, 50.0, 75.0, 100.0]);
        assert_eq!(ticks([88.3, 99.9]), [90.0, 95.0]);
        let all = ticks([0.0, 0.4]);
        assert_eq!(all.iter().map(|t| tick_words(*t, &all)).collect::<Vec<_>>(), ["0", "0.1", "0.2", "0.3", "0.4"]);
    }

    #[test]
    fn what_does_not_fit_is_counted_and_nothing_leaves_the_room() {
        let bar = |i: usize| ChartBar {
            name: format!("一个名字很长的乡镇 {i}"),
            value: Some(i as f64),
            words: format!("{i} %"),
            ..ChartBar::default()
        };
        let bars = (0..60).map(bar).collect();
        let chart = Chart { title: "题".into(), bars, range: [0.0, 60.0], ..Chart::default() };
        for (wide, most) in [(220.0, 300.0), (900.0, 500.0)] {
            let drawing = chart_drawing(&chart, wide, most, 13.0, Lang::Zh);
            assert!(drawing.height <= most + 1.0, "{}", drawing.height);
            let mut rows = 0;
            for mark in &drawing.marks {
                match mark {
                    ChartMark::Bar { rect: [x, _, w, _], .. } => assert!(*x >= 0.0 && x + w <= wide),
                    ChartMark::Row { .. } => rows += 1,
                    ChartMark::Text { at: [x, _], text, size, is_bold, anchor, .. } => {
                        let long = width(text, *size, *is_bold);
                        let start = match anchor {
                            ChartAnchor::Start => *x,
                            ChartAnchor::Middle => x - long / 2.0,
                            ChartAnchor::End => x - long,
                        };
                        assert!(start >= -1.0 && start + long <= wide + 1.0, "{text} at {start} in {wide}");
                    }
                    _ => {}
                }
            }
            let told = Lang::Zh.with("chart.more", &[("n", &(60 - rows).to_string())]);
            assert!(drawing.marks.iter().any(|m| matches!(m, ChartMark::Text { text, .. } if *text == told)));
        }
    }
}
