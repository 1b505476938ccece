//! Sheets for paper: a tour of one person and day, with a map of its order, and for each stop a small map to draw on, what is wrong, what to look
//! at, boxes to tick, a code that opens navigation and one to be photographed before the spot. In black and white.

use super::compose::{Inks, inks, qr};
use super::content::PageContent;
use super::format::PageFormat;
use super::map::{MapForm, MapFrame, draw_map};
use super::metrics::{clipped, width, wrapped};
use super::output::{PageError, PdfBook, grey, tree};
use super::svg::{At, Svg, Type, num};
use crate::geo::{BoundsDeg, LonLat, WorldPos};
use crate::lang::Lang;
use crate::model::FeatureId;
use crate::project::{PageOptions, PageWithout};
use crate::render::LayerKey;
use crate::session::Session;

/// Margin of a sheet in layout pixels.
const MARGIN: f32 = 40.0;
/// Height of a stop.
const STOP: f32 = 193.0;
/// Small map of a stop: width and height.
const SMALL: [f32; 2] = [200.0, 152.0];
/// Map of the tour: width and height.
const OVERVIEW: [f32; 2] = [330.0, 230.0];
/// Side of a code: 19 mm.
const CODE: f32 = 72.0;
/// Height of a line of the list beside the map of the tour.
const LINE: f32 = 21.0;
/// Degrees that a small map shows at least on every side: some hundred metres.
const AROUND_DEG: f64 = 2e-3;

/// A stop of a tour as its sheet says it.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetStop {
    /// The village.
    pub village: Option<FeatureId>,
    /// Its name, or what else the stop is.
    pub name: String,
    /// Its town.
    pub town: String,
    /// Where it is.
    pub at: LonLat,
    /// The name of the rule.
    pub rule: String,
    /// What is wrong.
    pub reason: String,
    /// What to look at.
    pub to_do: String,
    /// What the last visit found; empty where there was none.
    pub last: String,
    /// Metres from the stop before: by road, or in a straight line.
    pub leg_m: f64,
    /// When one is there: `09:40`.
    pub arrive: String,
    /// The address that opens navigation.
    pub navigate: String,
    /// The text of the code that is photographed before the spot.
    pub slate: String,
}

/// A tour of one person on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetTour {
    /// The person, from 1.
    pub person: usize,
    /// The day, from 1.
    pub day: usize,
    /// Where it begins.
    pub start: LonLat,
    /// Where it ends.
    pub end: LonLat,
    /// Whether its ways are by road.
    pub is_by_road: bool,
    /// Metres of the ways.
    pub way_m: f64,
    /// Minutes in all.
    pub minutes: f64,
    /// The stops in order.
    pub stops: Vec<SheetStop>,
}

/// The sheets of tours, A4 upright, as one PDF with a bookmark for each tour.
///
/// # Errors
/// [`PageError`].
pub fn round_sheets(session: &Session, tours: &[SheetTour]) -> Result<Vec<u8>, PageError> {
    let light = light(session);
    let content = PageContent::of(&light, &options());
    let title = light.lang.t("round.sheet").to_owned();
    let mut book = PdfBook::new(&title, light.lang.tag());
    for tour in tours {
        for (i, svg) in pages(&light, &content, tour).into_iter().enumerate() {
            let name = tour_name(light.lang, tour);
            let mark = (i == 0).then_some((None, name.as_str()));
            book.add(&tree(&grey(&svg))?, PageFormat::A4Portrait, mark, &[])?;
        }
    }
    book.finish()
}

/// How a tour is called.
pub fn tour_name(lang: Lang, tour: &SheetTour) -> String {
    let (person, day) = (tour.person.to_string(), tour.day.to_string());
    lang.with("round.tour", &[("person", &person), ("day", &day)])
}

/// Everything off that a pencil does not need.
pub(super) fn options() -> PageOptions {
    let without = PageWithout { no_symbols: true, no_furniture: true, no_code: true, ..PageWithout::default() };
    PageOptions { stamp: Some(String::new()), without, ..PageOptions::default() }
}

/// The session as such maps show it: white villages with thin outlines, no classes, no ground, nothing selected.
pub(super) fn light(session: &Session) -> Session {
    let mut own = session.still();
    own.view.theme = None;
    own.view.focus = None;
    own.picture = Some(crate::session::Picture { are_gaps_ringed: false, is_bare: false });
    let villages = own.village_layer().map(|l| l.key);
    let keys = own.document.keys.clone();
    // Roads are what one finds a place by.
    let is_road = |key: &LayerKey| {
        own.layers.get(key).and_then(|l| l.loaded()).is_some_and(|l| l.has_roads(&own.layer_title(*key)))
    };
    let roads: Vec<LayerKey> = keys.iter().copied().filter(is_road).collect();
    own.note(|d| {
        for (entry, key) in d.project.layers.iter_mut().zip(&keys) {
            if roads.contains(key) && Some(*key) != villages {
                entry.style.outline = Some("#bdbdbd".to_owned());
                entry.colouring = None;
            } else if Some(*key) == villages {
                entry.visible = true;
                entry.style.fill = Some("#ffffff".to_owned());
                entry.style.outline = Some("#8a8a8a".to_owned());
                entry.colouring = None;
            } else {
                entry.visible = false;
            }
        }
        d.selection = None;
    });
    for layer in own.layers.values_mut() {
        layer.colouring = None;
    }
    own
}

fn pages(session: &Session, content: &PageContent, tour: &SheetTour) -> Vec<String> {
    let [w, h] = PageFormat::A4Portrait.size_px();
    let (inks, bottom) = (inks(), h - 64.0);
    let (mut pages, mut next) = (Vec::new(), 0);
    let first_top = 96.0 + OVERVIEW[1].max(list_height(tour)) + 14.0;
    let on_first = ((bottom - first_top) / STOP).floor().max(0.0) as usize;
    let on_others = (((bottom - 88.0) / STOP).floor() as usize).max(1);
    let others = tour.stops.len().saturating_sub(on_first).div_ceil(on_others);
    loop {
        let mut svg = Svg::new(PageFormat::A4Portrait.size_mm(), [w, h], &tour_name(session.lang, tour));
        svg.rect([0.0, 0.0, w, h], "#ffffff", 0.0, None);
        head(&mut svg, session, tour, w, &inks);
        let (mut y, fits) = if pages.is_empty() { (first_top, on_first) } else { (88.0, on_others) };
        if pages.is_empty() {
            overview(&mut svg, session, content, tour, w);
        }
        for number in (next..tour.stops.len()).take(fits) {
            stop(&mut svg, session, content, (tour, number), [MARGIN, y, w - 2.0 * MARGIN], &inks);
            y += STOP;
            next = number + 1;
        }
        let legs = session.lang.t(if tour.is_by_road { "round.road-legs" } else { "round.straight" });
        foot(&mut svg, content, legs, (pages.len() + 1, others + 1), [w, h], &inks);
        pages.push(svg.finish());
        if next >= tour.stops.len() {
            return pages;
        }
    }
}

fn head(svg: &mut Svg, session: &Session, tour: &SheetTour, w: f32, inks: &Inks) {
    let lang = session.lang;
    let title = tour_name(lang, tour);
    svg.text(MARGIN, 62.0, &title, Type::new(24.0, &inks.ink).bold());
    let blanks = lang.t("round.blanks");
    svg.text(w - MARGIN, 62.0, blanks, Type::new(13.0, &inks.ink).at(At::End));
    let (hours, minutes) = ((tour.minutes / 60.0).floor(), (tour.minutes % 60.0).round());
    let values = [
        ("n", tour.stops.len().to_string()),
        ("km", format!("{:.0}", tour.way_m / 1000.0)),
        ("h", format!("{hours:.0}")),
        ("min", format!("{minutes:02.0}")),
    ];
    let values = values.each_ref().map(|(k, v)| (*k, v.as_str()));
    let left = MARGIN + width(&title, 24.0, true) + 16.0;
    let room = w - MARGIN - width(blanks, 13.0, false) - 12.0 - left;
    svg.text(left, 62.0, &clipped(&lang.with("round.sums", &values), 13.0, false, room), Type::new(13.0, &inks.ink));
    svg.line([MARGIN, 76.0, w - MARGIN, 76.0], &inks.ink, 2.0);
}

fn foot(svg: &mut Svg, content: &PageContent, legs: &str, (page, all): (usize, usize), [w, h]: [f32; 2], inks: &Inks) {
    let form = Type::new(11.0, &inks.grey);
    svg.line([MARGIN, h - 48.0, w - MARGIN, h - 48.0], &inks.grey, 0.8);
    let words = format!("{} · {}", content.source, legs);
    svg.text(MARGIN, h - 30.0, &clipped(&words, 11.0, false, w - 2.0 * MARGIN - 60.0), form);
    svg.text(w - MARGIN, h - 30.0, &format!("{page} / {all}"), form.at(At::End));
}

/// Columns and rows of the list beside the map of the tour.
fn list_height(tour: &SheetTour) -> f32 {
    tour.stops.len().div_ceil(2) as f32 * LINE + 8.0
}

pub(super) fn bounds_of(places: impl Iterator<Item = LonLat>) -> Option<BoundsDeg> {
    let mut sides: Option<[f64; 4]> = None;
    for at in places {
        let [w, s, e, n] = sides.unwrap_or([at.lon_deg, at.lat_deg, at.lon_deg, at.lat_deg]);
        sides = Some([w.min(at.lon_deg), s.min(at.lat_deg), e.max(at.lon_deg), n.max(at.lat_deg)]);
    }
    let [w, s, e, n] = sides?;
    let around = |a: f64, b: f64| if b - a < 2.0 * AROUND_DEG { (a - AROUND_DEG, b + AROUND_DEG) } else { (a, b) };
    let ((w, e), (s, n)) = (around(w, e), around(s, n));
    Some(BoundsDeg::new([w, s, e, n]))
}

/// A map that stands at a place of the sheet: drawn as a document of its own, since names in it would be those of the other maps.
pub(super) fn map(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    frame: &MapFrame,
    village: Option<FeatureId>,
    discs: &[LonLat],
    id: &str,
) {
    let [_, _, w, h] = frame.rect;
    let mut own = Svg::new([w / 4.0, h / 4.0], [w, h], "");
    let at_origin = MapFrame { rect: [0.0, 0.0, w, h], ..*frame };
    let options = options();
    // A disc is wider than the symbols that names keep clear of.
    let around = discs.iter().map(|at| frame.at(WorldPos::from_lonlat(*at)));
    let around = around.map(|[x, y]| [x - frame.rect[0], y - frame.rect[1]]);
    let steps = [[0.0, 0.0], [-8.0, 0.0], [8.0, 0.0], [0.0, -8.0], [0.0, 8.0]];
    let taken: Vec<[f32; 2]> = around.flat_map(|[x, y]| steps.map(|[dx, dy]| [x + dx, y + dy])).collect();
    let form = MapForm { options: &options, scale: 0.8, village, taken_right: 0.0, taken_below: 0.0, taken: &taken };
    draw_map(&mut own, session, content, &at_origin, &form);
    let text = own.finish();
    let inner = text.split_once("</title>").map_or("", |(_, rest)| rest).trim_end().trim_end_matches("</svg>");
    let mut inner = inner.to_owned();
    for name in ["map", "hatch"] {
        inner = inner.replace(&format!("id=\"{name}\""), &format!("id=\"{name}-{id}\""));
        inner = inner.replace(&format!("url(#{name})"), &format!("url(#{name}-{id})"));
    }
    svg.raw(&format!("<g transform=\"translate({} {})\">{inner}</g>", num(frame.rect[0]), num(frame.rect[1])));
}

/// A number in a black disc.
pub(super) fn disc(svg: &mut Svg, [x, y]: [f32; 2], number: usize) {
    svg.raw(&format!(
        "<circle cx=\"{}\" cy=\"{}\" r=\"9.5\" fill=\"#111111\" stroke=\"#ffffff\" stroke-width=\"1.6\"/>",
        num(x),
        num(y)
    ));
    let size = if number < 100 { 11.0 } else { 8.5 };
    svg.text(x, y + size * 0.36, &number.to_string(), Type::new(size, "#ffffff").bold().at(At::Middle));
}

/// The order of the tour: on a map, and as a list.
fn overview(svg: &mut Svg, session: &Session, content: &PageContent, tour: &SheetTour, w: f32) {
    let rect = [MARGIN, 96.0, OVERVIEW[0], OVERVIEW[1]];
    let places = tour.stops.iter().map(|s| s.at).chain([tour.start, tour.end]);
    if let Some(bounds) = bounds_of(places) {
        let frame = MapFrame::fitting(rect, bounds, 0.12);
        let discs: Vec<LonLat> = tour.stops.iter().map(|s| s.at).collect();
        map(svg, session, content, &frame, None, &discs, "tour");
        let place = |at: LonLat| frame.at(WorldPos::from_lonlat(at));
        let ways = std::iter::once(tour.start).chain(tour.stops.iter().map(|s| s.at)).chain([tour.end]);
        let points: Vec<String> = ways.map(place).map(|[x, y]| format!("{} {}", num(x), num(y))).collect();
        let line = format!("M{}", points.join("L"));
        svg.path(
            &line,
            "fill=\"none\" stroke=\"#111111\" stroke-width=\"1.6\" stroke-dasharray=\"4 3\" stroke-linejoin=\"round\"",
        );
        let [x, y] = place(tour.start);
        svg.rect([x - 6.0, y - 6.0, 12.0, 12.0], "#ffffff", 2.0, Some(("#111111", 2.0)));
        for (i, stop) in tour.stops.iter().enumerate().rev() {
            disc(svg, place(stop.at), i + 1);
        }
    }
    let rows = tour.stops.len().div_ceil(2).max(1);
    let left = MARGIN + OVERVIEW[0] + 20.0;
    let column = (w - MARGIN - left) / 2.0;
    for (i, stop) in tour.stops.iter().enumerate() {
        let (x, y) = (left + (i / rows) as f32 * column, 96.0 + 13.0 + (i % rows) as f32 * LINE);
        let words = format!("{}. {}  {}", i + 1, stop.name, stop.rule);
        svg.text(x, y, &clipped(&words, 12.5, false, column - 8.0), Type::new(12.5, "#111111"));
    }
}

fn stop(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    (tour, number): (&SheetTour, usize),
    [x, y, w]: [f32; 3],
    inks: &Inks,
) {
    let Some(stop) = tour.stops.get(number) else { return };
    let lang = session.lang;
    svg.line([x, y, x + w, y], &inks.grey, 0.8);
    svg.text(x, y + 30.0, &(number + 1).to_string(), Type::new(22.0, &inks.ink).bold());
    let rect = [x + 38.0, y + 14.0, SMALL[0], SMALL[1]];
    let village = stop.village.and_then(|v| session.village_layer()?.loaded()?.dataset.geometry.bounds_of(v));
    let around = bounds_of(std::iter::once(stop.at));
    // The village as a whole; where the spot lies outside of it, both.
    let bounds = match (village, around) {
        (Some(a), Some(b)) => {
            let ([w1, s1, e1, n1], [w2, s2, e2, n2]) = (a.sides(), b.sides());
            Some(BoundsDeg::new([w1.min(w2), s1.min(s2), e1.max(e2), n1.max(n2)]))
        }
        (a, b) => a.or(b),
    };
    if let Some(bounds) = bounds {
        let frame = MapFrame::fitting(rect, bounds, 0.08);
        map(svg, session, content, &frame, stop.village, &[stop.at], &number.to_string());
        disc(svg, frame.at(WorldPos::from_lonlat(stop.at)), number + 1);
    }
    let left = rect[0] + rect[2] + 18.0;
    let codes = x + w - CODE;
    let room = codes - 18.0 - left;
    let mut at = y + 30.0;
    let km = format!("{:.1}", stop.leg_m / 1000.0);
    let beside = lang.with("round.leg", &[("town", &stop.town), ("km", &km), ("time", &stop.arrive)]);
    let name = clipped(&stop.name, 17.0, true, room * 0.55);
    svg.text(left, at, &name, Type::new(17.0, &inks.ink).bold());
    let after = left + width(&name, 17.0, true) + 10.0;
    svg.text(after, at, &clipped(beside.trim(), 12.0, false, codes - 18.0 - after), Type::new(12.0, &inks.grey));
    at += 24.0;
    for line in wrapped(&stop.reason, 14.0, true, room, 2) {
        svg.text(left, at, &line, Type::new(14.0, &inks.ink).bold());
        at += 19.0;
    }
    let look = lang.with("round.look", &[("n", &stop.to_do)]);
    let looks = if stop.to_do.is_empty() { Vec::new() } else { wrapped(&look, 12.5, false, room, 2) };
    let last = if stop.last.is_empty() {
        lang.t("round.never").to_owned()
    } else {
        lang.with("round.last", &[("n", &stop.last)])
    };
    for line in looks.into_iter().chain([clipped(&last, 12.5, false, room)]) {
        svg.text(left, at, &line, Type::new(12.5, &inks.grey));
        at += 18.0;
    }
    boxes(svg, lang, [left, y + 144.0, room], inks);
    let form = Type::new(11.0, &inks.grey);
    svg.text(left, y + 169.0, lang.t("round.note"), form);
    svg.line([left, y + 174.0, left + room, y + 174.0], &inks.grey, 0.8);
    for (i, (text, words)) in
        [(&stop.navigate, "round.scan-way"), (&stop.slate, "round.scan-first")].into_iter().enumerate()
    {
        let top = y + 8.0 + i as f32 * (CODE + 19.0);
        qr(svg, text, [codes, top, CODE]);
        svg.text(
            codes + CODE / 2.0,
            top + CODE + 12.0,
            &clipped(lang.t(words), 9.5, false, CODE + 24.0),
            Type::new(9.5, &inks.ink).at(At::Middle),
        );
    }
}

/// What a visit can find, each with a box to tick.
fn boxes(svg: &mut Svg, lang: Lang, [x, y, room]: [f32; 3], inks: &Inks) {
    let words = crate::survey::Outcome::ALL.map(|o| o.word(lang));
    let size = [14.0, 12.5, 11.0, 9.5];
    let wide = |s: f32| words.iter().map(|t| width(t, s, false) + 32.0).sum::<f32>();
    let size = size.into_iter().find(|s| wide(*s) <= room).unwrap_or(8.5);
    let mut left = x;
    for word in words {
        svg.rect([left, y - 11.0, 12.0, 12.0], "#ffffff", 1.0, Some((&inks.ink, 1.2)));
        svg.text(left + 17.0, y, word, Type::new(size, &inks.ink));
        left += width(word, size, false) + 32.0;
    }
}
