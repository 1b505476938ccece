//! Decisions on paper, 交办单: a page for each unit with a map of the places, and for each decision what is to be done, where, by whom and by
//! when, with room for what came of it and a signature. In black and white.

use super::compose::inks;
use super::content::PageContent;
use super::format::PageFormat;
use super::map::MapFrame;
use super::metrics::{clipped, width, wrapped};
use super::output::{PageError, PdfBook, grey, tree};
use super::round_sheet::{bounds_of, disc, light, map, options};
use super::svg::{At, Svg, Type};
use crate::geo::{LonLat, WorldPos};
use crate::rules::day_text;
use crate::session::Session;
use crate::survey::{Decision, DecisionStatus, Survey};

const MARGIN: f32 = 44.0;
/// Height of a decision.
const ROW: f32 = 112.0;
/// Map of all places of a page: height.
const MAP: f32 = 210.0;

/// The orders of all decisions that are not done, A4 upright, a page or more for each unit, as one PDF with a bookmark for each; those
/// without a unit come last.
///
/// # Errors
/// [`PageError`].
pub fn order_sheets(session: &Session, survey: &Survey, today: i64) -> Result<Vec<u8>, PageError> {
    let light = light(session);
    let content = PageContent::of(&light, &options());
    let mut book = PdfBook::new(light.lang.t("decision.orders"), light.lang.tag());
    for (unit, list) in by_unit(survey, today) {
        let name = if unit.is_empty() { light.lang.t("decision.no-unit").to_owned() } else { unit };
        for (i, svg) in pages(&light, &content, &name, &list, today).into_iter().enumerate() {
            let mark = (i == 0).then_some((None, name.as_str()));
            book.add(&tree(&grey(&svg))?, PageFormat::A4Portrait, mark, &[])?;
        }
    }
    book.finish()
}

type Listed<'a> = (Decision<'a>, DecisionStatus);

/// Decisions that are not done, by unit; late ones first in each, then by their last day.
fn by_unit(survey: &Survey, today: i64) -> Vec<(String, Vec<Listed<'_>>)> {
    let mut units: Vec<(String, Vec<Listed<'_>>)> = Vec::new();
    let open = survey.decisions().map(|d| (d, d.status(survey, today)));
    for one in open.filter(|(_, status)| *status != DecisionStatus::Done) {
        let unit = one.0.unit();
        match units.iter_mut().find(|(name, _)| name == unit) {
            Some((_, list)) => list.push(one),
            None => units.push((unit.to_owned(), vec![one])),
        }
    }
    units.sort_by(|(a, _), (b, _)| (a.is_empty(), a).cmp(&(b.is_empty(), b)));
    for (_, list) in &mut units {
        list.sort_by_key(|(d, status)| (*status, d.due().unwrap_or(i64::MAX)));
    }
    units
}

fn pages(session: &Session, content: &PageContent, unit: &str, list: &[Listed<'_>], today: i64) -> Vec<String> {
    let [w, h] = PageFormat::A4Portrait.size_px();
    let lang = session.lang;
    let inks = inks();
    let place = |d: &Decision<'_>| {
        d.said.place().or_else(|| session.district()?.stand(session.village_of_subject(&d.said.subject)?))
    };
    let places: Vec<Option<LonLat>> = list.iter().map(|(d, _)| place(d)).collect();
    let has_map = places.iter().any(Option::is_some);
    let bottom = h - 64.0;
    let first_top = if has_map { 104.0 + MAP + 16.0 } else { 104.0 };
    let fit = |top: f32| (((bottom - top) / ROW).floor() as usize).max(1);
    let others = list.len().saturating_sub(fit(first_top)).div_ceil(fit(104.0));
    let (mut out, mut next) = (Vec::new(), 0);
    loop {
        let mut svg = Svg::new(PageFormat::A4Portrait.size_mm(), [w, h], unit);
        svg.rect([0.0, 0.0, w, h], "#ffffff", 0.0, None);
        let title = lang.with("decision.order", &[("n", unit)]);
        svg.text(
            MARGIN,
            64.0,
            &clipped(&title, 24.0, true, w - 2.0 * MARGIN - 150.0),
            Type::new(24.0, &inks.ink).bold(),
        );
        svg.text(w - MARGIN, 64.0, &day_text(today), Type::new(13.0, &inks.ink).at(At::End));
        svg.line([MARGIN, 80.0, w - MARGIN, 80.0], &inks.ink, 2.0);
        let top = if out.is_empty() { first_top } else { 104.0 };
        if out.is_empty() && has_map {
            overview(&mut svg, session, content, &places, w);
        }
        let mut y = top;
        for number in (next..list.len()).take(fit(top)) {
            if let Some(one) = list.get(number) {
                order(&mut svg, session, (number + 1, one), [MARGIN, y, w - 2.0 * MARGIN]);
            }
            y += ROW;
            next = number + 1;
        }
        let form = Type::new(11.0, &inks.grey);
        svg.line([MARGIN, h - 48.0, w - MARGIN, h - 48.0], &inks.grey, 0.8);
        let of = [session.project_title(), &content.source].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
        svg.text(MARGIN, h - 30.0, &clipped(&of.join(" · "), 11.0, false, w - 2.0 * MARGIN - 60.0), form);
        svg.text(w - MARGIN, h - 30.0, &format!("{} / {}", out.len() + 1, others + 1), form.at(At::End));
        out.push(svg.finish());
        if next >= list.len() {
            return out;
        }
    }
}

fn overview(svg: &mut Svg, session: &Session, content: &PageContent, places: &[Option<LonLat>], w: f32) {
    let rect = [MARGIN, 104.0, w - 2.0 * MARGIN, MAP];
    let Some(bounds) = bounds_of(places.iter().copied().flatten()) else { return };
    let frame = MapFrame::fitting(rect, bounds, 0.12);
    let discs: Vec<LonLat> = places.iter().copied().flatten().collect();
    map(svg, session, content, &frame, None, &discs, "orders");
    for (i, at) in places.iter().enumerate().rev().filter_map(|(i, at)| Some((i, (*at)?))) {
        disc(svg, frame.at(WorldPos::from_lonlat(at)), i + 1);
    }
}

fn order(svg: &mut Svg, session: &Session, (number, (decision, status)): (usize, &Listed<'_>), [x, y, w]: [f32; 3]) {
    let (lang, inks) = (session.lang, inks());
    svg.line([x, y, x + w, y], &inks.grey, 0.8);
    disc(svg, [x + 12.0, y + 24.0], number);
    let (left, room) = (x + 36.0, w - 36.0);
    let due = decision.due().map(day_text).unwrap_or_default();
    let until = match (due.is_empty(), status) {
        (true, _) => String::new(),
        (false, DecisionStatus::Late) => lang.with("decision.late-since", &[("n", &due)]),
        (false, _) => lang.with("decision.until", &[("n", &due)]),
    };
    svg.text(x + w, y + 29.0, &until, Type::new(14.0, &inks.ink).bold().at(At::End));
    let beside = room - width(&until, 14.0, true) - 16.0;
    let mut at = y + 29.0;
    for (i, line) in
        wrapped(decision.what(), 15.0, true, if until.is_empty() { room } else { beside }, 2).iter().enumerate()
    {
        at = y + 29.0 + 20.0 * i as f32;
        svg.text(left, at, line, Type::new(15.0, &inks.ink).bold());
    }
    let subject = &decision.said.subject;
    let names = [subject.town.as_str(), &subject.village, subject.facility_word(), &decision.said.rule];
    let place = names.into_iter().filter(|n| !n.is_empty()).collect::<Vec<_>>().join(" ");
    let who =
        if decision.who().is_empty() { String::new() } else { lang.with("decision.by-whom", &[("n", decision.who())]) };
    let words = [place.as_str(), &who].into_iter().filter(|n| !n.is_empty()).collect::<Vec<_>>().join(" · ");
    svg.text(left, at + 20.0, &clipped(&words, 12.5, false, room), Type::new(12.5, &inks.grey));
    let foot = y + ROW - 14.0;
    let mut from = left;
    for (key, blank) in [("decision.result", 250.0), ("decision.done-on", 110.0), ("decision.signed", 110.0)] {
        let word = lang.t(key);
        svg.text(from, foot, word, Type::new(12.0, &inks.ink));
        from += width(word, 12.0, false) + 6.0;
        svg.line([from, foot + 3.0, from + blank, foot + 3.0], &inks.grey, 0.8);
        from += blank + 14.0;
    }
}
