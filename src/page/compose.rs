//! One page: title, map, side column or columns below, and the last line.

use super::chart::{ChartDrawing, chart_drawing};
use super::content::PageContent;
use super::format::PageFormat;
use super::map::{MapForm, MapFrame, colour, draw_map, symbol};
use super::metrics::{clipped, system_fonts, width, wrapped};
use super::svg::{At, Svg, Type, hex};
use crate::output::QrMatrix;
use crate::palette::LIGHT;
use crate::project::{Arrangement, PageOptions};
use crate::rules::GapSeverity;
use crate::session::{PageMark, Session};

/// Margin of an A3 page in layout pixels.
const MARGIN: f32 = 48.0;

/// Side of the code that leads back to a view, in layout pixels of an A3 page: 24 mm there, 18 mm on A4.
const CODE_SIDE: f32 = 92.0;

/// Most height of a chart, in layout pixels of an A3 page.
const CHART_MOST: f32 = 360.0;

/// Inks of pages.
pub(super) struct Inks {
    pub(super) ink: String,
    pub(super) grey: String,
    pub(super) line: String,
    pub(super) accent: String,
    pub(super) bad: String,
    pub(super) warn: String,
    pub(super) good: String,
}

pub(super) fn inks() -> Inks {
    Inks {
        ink: colour(LIGHT.ink),
        grey: colour(LIGHT.ink_secondary),
        line: colour(LIGHT.line),
        accent: colour(LIGHT.accent),
        bad: colour(LIGHT.bad),
        warn: colour(LIGHT.warn),
        good: colour(LIGHT.good),
    }
}

/// The page as SVG. The frame shows what the window shows, or all where nothing else is asked for.
pub fn page_svg(session: &Session, format: PageFormat, options: &PageOptions, is_whole: bool) -> String {
    let own = meant(session, options);
    let session = own.as_ref().unwrap_or(session);
    let mut content = PageContent::of(session, options);
    content.mark = session.page_mark(is_whole).filter(|_| !options.without.no_code);
    compose(session, &content, format, options, is_whole)
}

/// What the code on that page leads back to; `None` where it has none.
pub fn page_mark(session: &Session, options: &PageOptions, is_whole: bool) -> Option<PageMark> {
    let own = meant(session, options);
    own.as_ref().unwrap_or(session).page_mark(is_whole).filter(|_| !options.without.no_code)
}

/// The session with the gaps and the earlier year that a page asks for; `None` where it asks for neither.
pub(super) fn meant(session: &Session, options: &PageOptions) -> Option<Session> {
    if !options.gaps && options.before.is_none() {
        return None;
    }
    let mut own = session.still();
    if options.gaps {
        own.picture = Some(crate::session::Picture { are_gaps_ringed: true, is_bare: false });
        if own.present_gaps().is_none() {
            own.find_gaps();
        }
        own.list_gaps();
    }
    if let Some(before) = options.before {
        own.stage.divided = crate::session::Left { year: Some(before), ..Default::default() };
        own.stage.divider = 0.5;
    }
    Some(own)
}

/// The map by itself, in a picture of a size in pixels; `scale` says how large type and lines are: 1 as on A3.
pub fn map_svg(session: &Session, [w, h]: [f32; 2], options: &PageOptions, is_whole: bool, scale: f32) -> String {
    let content = PageContent::of(session, options);
    let mut svg = Svg::new([w / 4.0, h / 4.0], [w, h], &content.title);
    let frame = frame_of(session, [0.0, 0.0, w, h], is_whole);
    draw_map(
        &mut svg,
        session,
        &content,
        &frame,
        &MapForm { options, scale, village: None, taken_right: 0.0, taken_below: 0.0, taken: &[] },
    );
    svg.finish()
}

/// Where the map by itself lies on the earth, in a picture of a size in pixels.
pub fn map_frame(session: &Session, [w, h]: [f32; 2], is_whole: bool) -> MapFrame {
    frame_of(session, [0.0, 0.0, w, h], is_whole)
}

/// The page of a content that was made before.
pub(super) fn compose(
    session: &Session,
    content: &PageContent,
    format: PageFormat,
    options: &PageOptions,
    is_whole: bool,
) -> String {
    let ([w, h], u, inks) = (format.size_px(), format.scale(), inks());
    let m = MARGIN * u;
    let mut svg = Svg::new(format.size_mm(), [w, h], &content.title);
    svg.rect([0.0, 0.0, w, h], "#ffffff", 0.0, None);
    let top = head(&mut svg, content, [m, m * 0.75, w - 2.0 * m], u, &inks);
    let bottom = foot(&mut svg, content, [m, h - m * 0.62, w - 2.0 * m], u, &inks);
    let (top, bottom) = (top + 12.0 * u, bottom - 14.0 * u);
    let (room_w, room_h) = (w - 2.0 * m, (bottom - top).max(10.0));
    let arrangement = match options.arrangement {
        Arrangement::Side if format.is_portrait() => Arrangement::Below,
        other => other,
    };
    let parts =
        [Part::Figures, Part::Legend, Part::Symbols, Part::Photos, Part::Chart, Part::Table, Part::Note, Part::Code];
    let wanted: Vec<Part> = parts.into_iter().filter(|p| p.is_wanted(content, options)).collect();
    let whole = [m, top, room_w, room_h];
    let (map, columns) = rooms(arrangement, format, whole, &wanted, content);
    // A panel over the map takes its room from what is fitted, not from what is drawn.
    let is_over = arrangement == Arrangement::Over;
    let is_band = is_over && format.is_portrait();
    let taken = if is_over && !is_band { columns.first().map_or(0.0, |c| c[2] + 40.0 * u) } else { 0.0 };
    let below = if is_band { columns.first().map_or(0.0, |c| map[1] + map[3] - c[1] + 24.0 * u) } else { 0.0 };
    let fitted = frame_of(session, [map[0], map[1], map[2] - taken, map[3] - below], is_whole);
    let frame = MapFrame { rect: map, ..fitted };
    // The legend explains what the map of the page shows, which has a scale of its own.
    let is_shown = |o: &super::others::OtherRow| o.is_shown_at(frame.scale_denominator());
    let symbols = super::content::symbols(session, Some(frame.scale_denominator()));
    let count = |list: &[(_, _, usize)]| list.iter().map(|s| s.2).sum::<usize>();
    let has_fewer = count(&symbols) < count(&content.signs.symbols);
    if has_fewer || !content.signs.others.iter().all(is_shown) {
        let mut own = content.clone();
        own.signs.others.retain(is_shown);
        if has_fewer {
            own.signs.symbols = symbols;
        }
        return compose(session, &own, format, options, is_whole);
    }
    draw_map(
        &mut svg,
        session,
        content,
        &frame,
        &MapForm { options, scale: u, village: None, taken_right: taken, taken_below: below, taken: &[] },
    );
    if content.colouring.as_ref().is_none_or(|t| t.legend.iter().all(|r| r.count == 0))
        && session.village_layer().is_none()
    {
        let form = Type::new(18.0 * u, &inks.grey).at(At::Middle);
        svg.text(map[0] + map[2] / 2.0, map[1] + map[3] / 2.0, session.lang.t("page.nothing"), form);
    }
    if let (true, [first, .., last]) = (is_band, columns.as_slice()) {
        let rect =
            [first[0] - 16.0 * u, first[1] - 16.0 * u, last[0] + last[2] - first[0] + 32.0 * u, first[3] + 28.0 * u];
        svg.rect(rect, "#ffffff", 10.0 * u, Some((&inks.line, 1.0)));
    }
    match columns.as_slice() {
        [one] => {
            if arrangement == Arrangement::Over {
                let height = wanted.iter().map(|p| p.height(content, one[2], u)).sum::<f32>().min(one[3]);
                let panel = [one[0] - 16.0 * u, one[1] - 16.0 * u, one[2] + 32.0 * u, height + 26.0 * u];
                svg.rect(panel, "#ffffff", 10.0 * u, Some((&inks.line, 1.0)));
            }
            column(&mut svg, content, &wanted, *one, u, &inks, session);
        }
        several => {
            let width = several.first().map_or(1.0, |c| c[2]);
            let parts = columns_of(&wanted, several.len(), content, width, u);
            for ((parts, _), place) in parts.iter().zip(several) {
                column(&mut svg, content, parts, *place, u, &inks, session);
            }
        }
    }
    let fonts = system_fonts(svg.drawn());
    if !fonts.is_empty() {
        // Elsewhere the same page may have other letters there: it says so itself.
        let words = session.lang.with("page.system-fonts", &[("n", &fonts.join("、"))]);
        let size = 9.0 * u;
        let words = clipped(&words, size, false, w - 2.0 * m);
        svg.text(w - m, h - m * 0.62 + 15.0 * u, &words, Type::new(size, &inks.grey).at(At::End));
    }
    let out = svg.finish();
    if options.grey { super::output::grey(&out) } else { out }
}

/// Where the map stands on a page, and the columns of what is said about it.
fn rooms(
    arrangement: Arrangement,
    format: PageFormat,
    [m, top, room_w, room_h]: [f32; 4],
    wanted: &[Part],
    content: &PageContent,
) -> ([f32; 4], Vec<[f32; 4]>) {
    let (u, bottom) = (format.scale(), top + room_h);
    match arrangement {
        // Without anything to say beside it the map has the page.
        _ if wanted.is_empty() => ([m, top, room_w, room_h], Vec::new()),
        Arrangement::Side => {
            let map_w = room_w * 0.745;
            let x = m + map_w + 24.0 * u;
            ([m, top, map_w, room_h], vec![[x, top, m + room_w - x, room_h]])
        }
        Arrangement::Below => {
            // As many columns as the page is wide: the map takes what they leave.
            let gap = 32.0 * u;
            let count = (((room_w + gap) / (300.0 * u + gap)).floor() as usize).clamp(2, 4).min(wanted.len().max(1));
            let column = (room_w - gap * (count - 1) as f32) / count as f32;
            let tallest = columns_of(wanted, count, content, column, u).iter().map(|c| c.1).fold(0.0, f32::max);
            let strip = (tallest + 20.0 * u).clamp(room_h * 0.16, room_h * 0.5);
            let y = top + room_h - strip + 20.0 * u;
            let places = (0..count).map(|i| [m + i as f32 * (column + gap), y, column, bottom - y]);
            ([m, top, room_w, room_h - strip], places.collect())
        }
        Arrangement::Over if format.is_portrait() => {
            // A band over the foot of the map, as wide as the page.
            let inner = room_w - 64.0 * u;
            let gap = 32.0 * u;
            let column = (inner - gap) / 2.0;
            let tallest = columns_of(wanted, 2, content, column, u).iter().map(|c| c.1).fold(0.0, f32::max);
            let height = tallest.min(room_h * 0.45);
            let y = bottom - height - 32.0 * u;
            let place = |i: usize| [m + 32.0 * u + i as f32 * (column + gap), y, column, height];
            ([m, top, room_w, room_h], vec![place(0), place(1)])
        }
        Arrangement::Over => {
            let column = (room_w * 0.24).max(230.0 * u);
            let x = m + room_w - column - 16.0 * u;
            ([m, top, room_w, room_h], vec![[x, top + 52.0 * u, column, room_h - 76.0 * u]])
        }
    }
}

/// Parts over columns, in their order, so that the tallest column is as low as can be; with the height of each.
fn columns_of(parts: &[Part], count: usize, content: &PageContent, width: f32, u: f32) -> Vec<(Vec<Part>, f32)> {
    let heights: Vec<f32> = parts.iter().map(|p| p.height(content, width, u)).collect();
    let pack = |most: f32| {
        let mut columns: Vec<(Vec<Part>, f32)> = vec![(Vec::new(), 0.0)];
        for (part, height) in parts.iter().zip(&heights) {
            match columns.last_mut() {
                Some((list, sum)) if list.is_empty() || *sum + height <= most => {
                    list.push(*part);
                    *sum += height;
                }
                _ => columns.push((vec![*part], *height)),
            }
        }
        columns
    };
    // The height of any run of parts may be the least that is enough.
    let mut runs: Vec<f32> = (0..heights.len())
        .flat_map(|i| (i..heights.len()).map(move |j| (i, j)))
        .map(|(i, j)| heights.get(i..=j).map_or(0.0, |r| r.iter().sum::<f32>()))
        .collect();
    runs.sort_by(f32::total_cmp);
    let found = runs.into_iter().map(pack).find(|columns| columns.len() <= count);
    let mut columns = found.unwrap_or_default();
    columns.resize_with(count, Default::default);
    columns
}

/// What the frame of a page shows.
fn frame_of(session: &Session, rect: [f32; 4], is_whole: bool) -> MapFrame {
    let bounds = session.village_layer().and_then(|l| l.loaded()).and_then(|l| l.bounds_deg());
    // Where the window shows everything, so does the page, as large as it can.
    match bounds.filter(|b| is_whole || session.shows(*b)) {
        Some(bounds) => MapFrame::fitting(rect, bounds, 0.05),
        None => MapFrame::of_camera(rect, &session.camera, session.map_size_pt),
    }
}

/// Whether the title is too long for three lines of a page in A4.
pub fn title_is_cut(content: &PageContent) -> bool {
    let room = 1000.0;
    wrapped(&content.title, 22.0, true, room, 3).concat().chars().count() < content.title.trim().chars().count()
        || width(&content.title, 22.0, true) > 3.0 * room
}

/// Title, subtitle, stamp; where what follows may begin.
fn head(svg: &mut Svg, content: &PageContent, [x, y, room]: [f32; 3], u: f32, inks: &Inks) -> f32 {
    let stamp_size = 14.0 * u;
    let stamp = clipped(&content.stamp, stamp_size, false, room * 0.4);
    let stamp_w = if stamp.is_empty() { 0.0 } else { width(&stamp, stamp_size, false) + 24.0 * u };
    let title_room = room - stamp_w - if stamp.is_empty() { 0.0 } else { 24.0 * u };
    // A long title becomes smaller before it is broken, and is broken before it is cut.
    let size = [34.0, 28.0, 24.0].into_iter().map(|s| s * u).find(|s| width(&content.title, *s, true) <= title_room);
    let size = size.unwrap_or(22.0 * u);
    let lines = wrapped(&content.title, size, true, title_room, 3);
    let mut at = y + size;
    for line in &lines {
        svg.text(x, at, line, Type::new(size, &inks.ink).bold());
        at += size * 1.25;
    }
    if !stamp.is_empty() {
        let rect = [x + room - stamp_w, y + 2.0 * u, stamp_w, 28.0 * u];
        svg.rect(rect, "none", 4.0 * u, Some((&inks.bad, 1.2 * u)));
        svg.text(rect[0] + stamp_w / 2.0, rect[1] + 19.5 * u, &stamp, Type::new(stamp_size, &inks.bad).at(At::Middle));
    }
    let subtitle = clipped(&content.subtitle, 16.0 * u, false, room);
    at += 16.0 * u - size * 0.4;
    svg.text(x, at, &subtitle, Type::new(16.0 * u, &inks.grey));
    at + 6.0 * u
}

/// The last line: source, date and coordinates, maker; where what stands above must end.
pub(super) fn foot(svg: &mut Svg, content: &PageContent, [x, y, room]: [f32; 3], u: f32, inks: &Inks) -> f32 {
    let size = 13.0 * u;
    let (date, maker) =
        (clipped(&content.date, size, false, room * 0.6), clipped(&content.maker, size, false, room * 0.38));
    let left = room - width(&date, size, false) - width(&maker, size, false) - 48.0 * u;
    let form = Type::new(size, &inks.grey);
    if width(&content.source, size, false) > left {
        // A long source has a line of its own.
        svg.line([x, y - 40.0 * u, x + room, y - 40.0 * u], &inks.line, 1.0);
        svg.text(x, y - 18.0 * u, &clipped(&content.source, size, false, room), form);
        svg.text(x, y, &date, form);
        svg.text(x + room, y, &maker, form.at(At::End));
        return y - 40.0 * u;
    }
    svg.line([x, y - 24.0 * u, x + room, y - 24.0 * u], &inks.line, 1.0);
    svg.text(x, y, &content.source, form);
    let middle = x + width(&content.source, size, false) + 24.0 * u;
    let end = x + room - width(&maker, size, false) - 24.0 * u;
    svg.text((middle + end) / 2.0, y, &date, form.at(At::Middle));
    svg.text(x + room, y, &maker, form.at(At::End));
    y - 24.0 * u
}

/// A piece of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Figures,
    Legend,
    Symbols,
    Chart,
    Table,
    Note,
    Photos,
    Code,
}

impl Part {
    fn is_wanted(self, content: &PageContent, options: &PageOptions) -> bool {
        match self {
            Self::Figures => !options.without.no_figures && !content.headlines.is_empty(),
            Self::Legend => !options.without.no_legend && !content.legend.is_empty(),
            Self::Symbols => {
                !options.without.no_legend
                    && (!options.without.no_symbols && !content.signs.symbols.is_empty()
                        || !content.signs.marks.is_empty()
                        || !content.signs.others.is_empty())
            }
            Self::Table => !options.without.no_table && !content.table.rows.is_empty(),
            Self::Note => !options.without.no_note && !content.note.is_empty(),
            Self::Chart => content.chart.is_some(),
            Self::Photos => !content.photos.is_empty(),
            Self::Code => content.mark.is_some(),
        }
    }

    /// Whether it becomes smaller where a column is too full.
    fn can_shrink(self) -> bool {
        matches!(self, Self::Table | Self::Legend | Self::Photos)
    }

    /// Height at full size.
    fn height(self, content: &PageContent, room: f32, u: f32) -> f32 {
        u * match self {
            Self::Figures => content.headlines.len().div_ceil(2) as f32 * 76.0 + 10.0,
            Self::Legend => 26.0 + content.legend.len() as f32 * 26.0 + 12.0,
            Self::Symbols => {
                let own = content.signs.symbols.len() + content.signs.marks.len();
                (if own > 0 { own as f32 * 25.0 + 12.0 } else { 0.0 }) + super::others::height(content)
            }
            Self::Table => 28.0 + 24.0 + content.table.rows.len() as f32 * 25.0 + 14.0,
            Self::Note => wrapped(&content.note, 12.5 * u, false, room, 8).len() as f32 * 19.0 + 4.0,
            // Its own size is in layout pixels already.
            Self::Chart => chart_of(content, room, u).map_or(0.0, |d| d.height) / u + 16.0,
            Self::Photos => super::photos::height(content.photos.len(), room, u) / u + 14.0,
            Self::Code => CODE_SIDE + 14.0,
        }
    }
}

/// The chart of a page, laid out for a column.
fn chart_of(content: &PageContent, wide: f32, u: f32) -> Option<ChartDrawing> {
    let chart = content.chart.as_ref()?;
    Some(chart_drawing(chart, wide, CHART_MOST * u, 13.0 * u, content.lang))
}

fn column(
    svg: &mut Svg,
    content: &PageContent,
    parts: &[Part],
    [x, y, w, h]: [f32; 4],
    u: f32,
    inks: &Inks,
    session: &Session,
) {
    let wanted: f32 = parts.iter().map(|p| p.height(content, w, u)).sum();
    // Too much for the column: everything a little smaller, then the longest lists cut.
    let k = (h / wanted.max(1.0)).clamp(0.74, 1.0);
    let u = u * k;
    let fixed: f32 = parts.iter().filter(|p| !p.can_shrink()).map(|p| p.height(content, w, u)).sum();
    let lists: f32 = parts.iter().filter(|p| p.can_shrink()).map(|p| p.height(content, w, u)).sum();
    let share = if lists > 0.0 { ((h - fixed) / lists).clamp(0.05, 1.0) } else { 1.0 };
    let mut at = y;
    for part in parts {
        let own = part.height(content, w, u);
        let room = if part.can_shrink() { own * share } else { own };
        match part {
            Part::Figures => figures(svg, content, [x, at, w], u, inks),
            Part::Legend => legend(svg, content, [x, at, w, room], u, inks, session),
            Part::Symbols => symbols(svg, content, [x, at, w], u, inks, session),
            Part::Table => table(svg, content, [x, at, w, room], u, inks, session),
            Part::Note => {
                for (i, line) in wrapped(&content.note, 12.5 * u, false, w, 8).iter().enumerate() {
                    svg.text(x, at + 14.0 * u + i as f32 * 19.0 * u, line, Type::new(12.5 * u, &inks.grey));
                }
            }
            Part::Chart => {
                if let Some(drawing) = chart_of(content, w, u) {
                    super::chart::draw_chart(svg, &drawing, [x, at], inks);
                }
            }
            Part::Photos => {
                super::photos::draw(svg, &content.photos, [x, at, w * share], u, [&inks.grey, &inks.line], content.lang)
            }
            Part::Code => code(svg, content, [x, at + 10.0 * u, w], u, inks, session),
        }
        at += room;
    }
}

/// The code that leads back to the view: for a camera, and for a keyboard.
fn code(svg: &mut Svg, content: &PageContent, [x, y, w]: [f32; 3], u: f32, inks: &Inks, session: &Session) {
    let Some(mark) = &content.mark else { return };
    let side = CODE_SIDE * u;
    qr(svg, &mark.said, [x, y, side]);
    let left = x + side + 14.0 * u;
    svg.text(left, y + 24.0 * u, &mark.page.code, Type::new(15.0 * u, &inks.ink).bold());
    let words = wrapped(session.lang.t("page.code-says"), 12.0 * u, false, w - side - 14.0 * u, 4);
    for (i, line) in words.iter().enumerate() {
        svg.text(left, y + 44.0 * u + i as f32 * 17.0 * u, line, Type::new(12.0 * u, &inks.grey));
    }
}

/// A QR code of that side; the paper around it is its light rim.
pub(super) fn qr(svg: &mut Svg, text: &str, [x, y, side]: [f32; 3]) {
    let Some(matrix) = QrMatrix::of(text) else { return };
    let square = side / matrix.side() as f32;
    let mut d = String::new();
    for [column, row, length] in matrix.runs() {
        let (left, top) = (x + column as f32 * square, y + row as f32 * square);
        // Written out: a viewer that rounds each square leaves no light seams.
        d += &format!(
            "M{:.2} {:.2}h{:.2}v{:.2}h-{:.2}z",
            left,
            top,
            length as f32 * square,
            square,
            length as f32 * square
        );
    }
    svg.path(&d, "fill=\"#000000\" shape-rendering=\"crispEdges\"");
}

fn figures(svg: &mut Svg, content: &PageContent, [x, y, w]: [f32; 3], u: f32, inks: &Inks) {
    for (i, figure) in content.headlines.iter().enumerate() {
        let (column, row) = ((i % 2) as f32, (i / 2) as f32);
        let (left, top) = (x + column * w / 2.0, y + row * 76.0 * u);
        let room = w / 2.0 - 8.0 * u;
        let text = format!("{}{}", figure.value, figure.unit);
        let size = (42.0 * u).min(42.0 * u * room / width(&text, 42.0 * u, true).max(1.0));
        svg.text(left, top + 36.0 * u, &text, Type::new(size, &inks.accent).bold());
        let caption = clipped(&figure.caption, 13.0 * u, false, room);
        svg.text(left, top + 57.0 * u, &caption, Type::new(13.0 * u, &inks.grey));
    }
}

fn legend(svg: &mut Svg, content: &PageContent, [x, y, w, h]: [f32; 4], u: f32, inks: &Inks, session: &Session) {
    let title = clipped(&content.legend_title, 14.0 * u, true, w);
    svg.text(x, y + 16.0 * u, &title, Type::new(14.0 * u, &inks.ink).bold());
    let room = h - 38.0 * u;
    // Forty classes are closer together, not cut; only what cannot be read any more is counted.
    let step = (room / content.legend.len().max(1) as f32).clamp(11.0 * u, 26.0 * u);
    let fits = ((room / step).floor() as usize).max(1);
    let (shown, left_out) = match content.legend.len() {
        n if n <= fits => (n, 0),
        n => (fits.saturating_sub(1), n - fits.saturating_sub(1)),
    };
    let most = content.legend.iter().map(|l| l.count).max().unwrap_or(0).max(1) as f32;
    let size = 14.0 * u * (step / (26.0 * u)).max(0.6);
    // The words come first, the bars take what is left.
    let counts: Vec<String> = content.legend.iter().map(|l| crate::session::number(l.count as f64)).collect();
    let widest = |list: &mut dyn Iterator<Item = &str>| list.map(|t| width(t, size, false)).fold(0.0, f32::max);
    let count_room = widest(&mut counts.iter().map(String::as_str)) + 10.0 * u;
    let text_most = w - 36.0 * u - count_room;
    let text_room = widest(&mut content.legend.iter().map(|l| l.text.as_str())).min(text_most);
    let bar_room = (text_most - text_room - 10.0 * u).min(w * 0.3);
    for (i, entry) in content.legend.iter().take(shown).enumerate() {
        let top = y + 26.0 * u + i as f32 * step;
        let (height, base) = (step * 0.68, top + step * 0.62);
        let fill = entry.colour.map_or_else(|| "url(#hatch)".to_owned(), hex);
        svg.rect([x, top + step * 0.1, 28.0 * u, height], &fill, 3.0 * u, Some((&inks.line, 1.0)));
        let text = clipped(&entry.text, size, false, text_room);
        svg.text(x + 36.0 * u, base, &text, Type::new(size, &inks.ink));
        let count = crate::session::number(entry.count as f64);
        svg.text(x + w, base, &count, Type::new(size, &inks.grey).at(At::End));
        let bar = bar_room * entry.count as f32 / most;
        let bar_fill = entry.colour.map_or_else(|| colour(LIGHT.hatch_line), hex);
        let start = x + w - count_room - bar_room;
        if entry.count > 0 && bar_room >= 8.0 * u {
            let rim = Some((inks.line.as_str(), 0.6 * u));
            svg.rect([start, base - size * 0.62, bar.max(2.0 * u), 7.0 * u], &bar_fill, 2.0 * u, rim);
        }
    }
    if left_out > 0 {
        let top = y + 26.0 * u + shown as f32 * step;
        let text = session.lang.with("page.more-classes", &[("n", &left_out.to_string())]);
        svg.text(x + 36.0 * u, top + step * 0.62, &text, Type::new(size, &inks.grey));
    }
}

fn symbols(svg: &mut Svg, content: &PageContent, [x, y, w]: [f32; 3], u: f32, inks: &Inks, session: &Session) {
    for (i, (kind, name, count)) in content.signs.symbols.iter().enumerate() {
        let base = y + 15.0 * u + i as f32 * 25.0 * u;
        symbol(svg, [x + 10.0 * u, base - 5.0 * u], 5.4 * u, kind.colour(), kind.shape().into());
        svg.text(x + 28.0 * u, base, &clipped(name, 14.0 * u, false, w * 0.7), Type::new(14.0 * u, &inks.ink));
        svg.text(x + w, base, &count.to_string(), Type::new(14.0 * u, &inks.grey).at(At::End));
    }
    for (i, (severity, name, count)) in content.signs.marks.iter().enumerate() {
        let base = y + 15.0 * u + (content.signs.symbols.len() + i) as f32 * 25.0 * u;
        let ink = colour(session.gap_ink(*severity));
        let fill = if *severity == GapSeverity::High { ink.clone() } else { "#ffffff".to_owned() };
        svg.rect([x + 4.0 * u, base - 11.0 * u, 12.0 * u, 12.0 * u], &fill, 3.5 * u, Some((&ink, 1.4 * u)));
        svg.text(x + 28.0 * u, base, &clipped(name, 14.0 * u, false, w * 0.7), Type::new(14.0 * u, &inks.ink));
        svg.text(x + w, base, &count.to_string(), Type::new(14.0 * u, &inks.grey).at(At::End));
    }
    let own = content.signs.symbols.len() + content.signs.marks.len();
    let top = y + if own > 0 { own as f32 * 25.0 * u + 12.0 * u } else { 0.0 };
    super::others::draw(svg, content, [x, top, w], u, [&inks.ink, &inks.grey]);
}

fn table(svg: &mut Svg, content: &PageContent, [x, y, w, h]: [f32; 4], u: f32, inks: &Inks, session: &Session) {
    svg.text(x, y + 18.0 * u, &content.table.title, Type::new(14.0 * u, &inks.ink).bold());
    let columns = content.table.heads.len().max(2);
    let first = w * 0.25;
    let step = (w - first) / (columns - 1) as f32;
    let end_of = |column: usize| if column == 0 { x } else { x + first + step * column as f32 };
    let size = 12.5 * u;
    // Heads share one size, small enough for the longest word among them.
    let fits_at = |head: &String| size * (step - 5.0 * u) / width(head, size, false).max(1.0);
    let head_size = content.table.heads.iter().skip(1).map(fits_at).fold(size, f32::min).max(size * 0.68);
    for (i, head) in content.table.heads.iter().enumerate() {
        let (at, room) = if i == 0 { (At::Start, first) } else { (At::End, step - 4.0 * u) };
        let head = clipped(head, head_size, false, room);
        svg.text(end_of(i), y + 42.0 * u, &head, Type::new(head_size, &inks.grey).at(at));
    }
    svg.line([x, y + 49.0 * u, x + w, y + 49.0 * u], &inks.line, 0.8 * u);
    let mut cells = |cells: &[String], base: f32, ink: &str| {
        for (i, cell) in cells.iter().enumerate() {
            let (at, room) = if i == 0 { (At::Start, first) } else { (At::End, step - 4.0 * u) };
            svg.text(end_of(i), base, &clipped(cell, size, false, room), Type::new(size, ink).at(at));
        }
        svg.line([x, base + 7.0 * u, x + w, base + 7.0 * u], &inks.line, 0.8 * u);
    };
    let fits = (((h - 56.0 * u) / (25.0 * u)).floor() as usize).max(1);
    let shown = if content.table.rows.len() <= fits { content.table.rows.len() } else { fits.saturating_sub(1) };
    for (i, row) in content.table.rows.iter().take(shown).enumerate() {
        cells(row, y + 66.0 * u + i as f32 * 25.0 * u, &inks.ink);
    }
    if shown < content.table.rows.len() {
        let text = session.lang.with("page.more-towns", &[("n", &(content.table.rows.len() - shown).to_string())]);
        svg.text(x, y + 66.0 * u + shown as f32 * 25.0 * u, &text, Type::new(size, &inks.grey));
    }
}
