//! One page for one village (一村一页): plan, map with its neighbours, figures, gaps, years.

use super::compose::{Inks, foot, inks, qr};
use super::content::PageContent;
use super::format::PageFormat;
use super::map::{MapForm, MapFrame, draw_map};
use super::metrics::{clipped, width, wrapped};
use super::svg::{At, Svg, Type};
use crate::geo::BoundsDeg;
use crate::model::{FeatureId, Theme};
use crate::palette::LIGHT;
use crate::project::PageOptions;
use crate::rules::GapSeverity;
use crate::session::{CardFigure, CardSection, MOST_PHOTOS, PageMark, Session, VillageCard};

/// Margin of an upright A4 page in layout pixels.
const MARGIN: f32 = 48.0;
/// Figures per theme.
const FIGURES: usize = 4;
/// Room kept for the table of years, in layout pixels.
const YEARS_PX: f32 = 128.0;
/// Gaps in full; the rest is counted.
const GAPS: usize = 8;

/// The page of a village: its number and how many there are stand at the top.
pub(super) fn village_svg(
    session: &Session,
    content: &PageContent,
    options: &PageOptions,
    village: FeatureId,
    number: (usize, usize),
) -> String {
    let format = PageFormat::A4Portrait;
    let ([w, h], inks, m) = (format.size_px(), inks(), MARGIN);
    let room = w - 2.0 * m;
    let name = session.village_layer().map(|l| session.feature_title(l.key, village)).unwrap_or_default();
    let mut svg = Svg::new(format.size_mm(), [w, h], &name);
    svg.rect([0.0, 0.0, w, h], "#ffffff", 0.0, None);
    let card = session.card_for(village);
    let mut y = head(&mut svg, session, &name, card.as_ref(), [m, 66.0, room], (number, &content.stamp), &inks);
    y = plan(&mut svg, session, card.as_ref(), [m, y, room], &inks);
    let bottom = foot(&mut svg, content, [m, h - 36.0, room], 0.88, &inks);
    // Without figures the map and what the file says share the page.
    let facts = if card.is_none() { attributes(session, village) } else { Vec::new() };
    let lines = facts.len().div_ceil(2) as f32 * ATTRIBUTE_PX;
    let high = if card.is_some() { 280.0 } else { (bottom - y - 90.0 - lines).clamp(280.0, 620.0) };
    let map = [m, y + 12.0, room, high];
    let form = MapForm { options, scale: 0.9, village: Some(village), taken_right: 0.0, taken_below: 0.0, taken: &[] };
    if let Some(frame) = frame(session, village, map) {
        draw_map(&mut svg, session, content, &frame, &form);
    }
    if let Some(mark) = &content.mark {
        code(&mut svg, mark, map, &inks);
    }
    y = map[1] + map[3] + 16.0;
    y = legend(&mut svg, content, [m, y, room], &inks);
    y = photos(&mut svg, session, village, [m, y, room], &inks, options);
    let bottom = match &card {
        Some(card) => origins(&mut svg, session, card, [m, room, bottom], &inks),
        None => bottom,
    };
    if let Some(card) = &card {
        y = sections(&mut svg, session, card, [m, y, room, bottom - 20.0], &inks);
        y = gaps(&mut svg, session, card, [m, y, room, bottom - YEARS_PX], &inks);
        years(&mut svg, session, card, [m, y, room, bottom - 8.0], &inks);
    }
    list(&mut svg, session, &facts, [m, y, room, bottom - 10.0], &inks);
    let out = svg.finish();
    if options.grey { super::output::grey(&out) } else { out }
}

/// Height of photos on the page of a village in layout pixels.
const PHOTO_PX: f32 = 118.0;

/// The latest photos of a village in a row, where the page is to have some; where what follows may begin.
fn photos(
    svg: &mut Svg,
    session: &Session,
    village: FeatureId,
    [x, y, room]: [f32; 3],
    inks: &Inks,
    options: &PageOptions,
) -> f32 {
    let most = usize::from(options.photos.min(MOST_PHOTOS));
    if most == 0 {
        return y;
    }
    let all = session.photos_by_village();
    let own = all.iter().find(|(v, _)| *v == village).map_or(&[][..], |(_, list)| list);
    if own.is_empty() {
        return y;
    }
    let gap = 10.0;
    let wide = ((room - gap * (most.max(2) - 1) as f32) / most.max(2) as f32).min(PHOTO_PX * 1.5);
    for (i, photo) in own.iter().take(most).enumerate() {
        let left = x + i as f32 * (wide + gap);
        super::photos::picture(
            svg,
            &photo.file,
            [left, y, wide, PHOTO_PX],
            0.9,
            [&inks.grey, &inks.line],
            session.lang,
        );
        let day = photo.taken_at.get(..10).unwrap_or_default();
        svg.text(left, y + PHOTO_PX + 13.0, day, Type::new(10.5, &inks.grey));
    }
    y + PHOTO_PX + 24.0
}

/// Side of the code on the map of a village in layout pixels: 16 mm.
const CODE_PX: f32 = 60.0;

/// The code that leads back to the village, on a plate in the map's corner, clear of who made the ground.
fn code(svg: &mut Svg, mark: &PageMark, [x, y, w, h]: [f32; 4], inks: &Inks) {
    let (rim, line) = (7.0, 13.0);
    let plate = [CODE_PX + 2.0 * rim, CODE_PX + 2.0 * rim + line];
    let (left, top) = (x + w - plate[0] - 6.0, y + h - plate[1] - 24.0);
    svg.rect([left, top, plate[0], plate[1]], "#ffffff", 3.0, Some((&inks.line, 0.8)));
    qr(svg, &mark.said, [left + rim, top + rim, CODE_PX]);
    let form = Type::new(10.0, &inks.ink).at(At::Middle);
    svg.text(left + plate[0] / 2.0, top + plate[1] - 6.0, &mark.page.code, form);
}

/// Height of a line of attributes in layout pixels.
const ATTRIBUTE_PX: f32 = 24.0;

/// What the file says of a village: names and values, those that say nothing left out.
fn attributes(session: &Session, village: FeatureId) -> Vec<(String, String)> {
    let Some(loaded) = session.village_layer().and_then(|l| l.loaded()) else { return Vec::new() };
    let table = &loaded.dataset.table;
    let fields = table.columns.iter().enumerate();
    let shown = fields.filter_map(|(i, column)| {
        let value = table.value(village, i);
        let text = match value.as_f64() {
            Some(n) if !crate::model::identifies(&column.name) => crate::session::number(n),
            _ => value.to_text()?.into_owned(),
        };
        let name = session.lang.find(&format!("field.{}", column.name)).unwrap_or(&column.name).to_owned();
        let text = session.lang.find(&format!("value.{text}")).map_or(text, str::to_owned);
        (!text.trim().is_empty()).then_some((name, text))
    });
    shown.collect()
}

/// Attributes in two columns; what does not fit is counted.
fn list(svg: &mut Svg, session: &Session, facts: &[(String, String)], [x, y, room, bottom]: [f32; 4], inks: &Inks) {
    if facts.is_empty() {
        return;
    }
    svg.line([x, y, x + room, y], &inks.line, 1.0);
    svg.text(x, y + 22.0, session.lang.t("card.attributes"), Type::new(12.5, &inks.grey).bold());
    let (gap, top) = (40.0, y + 48.0);
    let column = (room - gap) / 2.0;
    let rows = (((bottom - top) / ATTRIBUTE_PX).floor().max(0.0) as usize).min(facts.len().div_ceil(2));
    let fits = rows * 2;
    for (i, (name, value)) in facts.iter().take(fits).enumerate() {
        let (left, at) = (x + (i / rows) as f32 * (column + gap), top + (i % rows) as f32 * ATTRIBUTE_PX);
        let value = clipped(value, 13.0, true, column * 0.6);
        let name = clipped(name, 13.0, false, column - width(&value, 13.0, true) - 12.0);
        svg.text(left, at, &name, Type::new(13.0, &inks.ink));
        svg.text(left + column, at, &value, Type::new(13.0, &inks.ink).bold().at(At::End));
    }
    if facts.len() > fits {
        let words = session.lang.with("card.more-attributes", &[("n", &(facts.len() - fits).to_string())]);
        svg.text(x, bottom + 2.0, &words, Type::new(11.5, &inks.grey));
    }
}

/// What the colours of the map mean: one line of classes, highest first, below it.
fn legend(svg: &mut Svg, content: &PageContent, [x, y, room]: [f32; 3], inks: &Inks) -> f32 {
    if content.legend.is_empty() {
        return y + 2.0;
    }
    let title = clipped(&content.legend_title, 12.0, true, room * 0.4);
    svg.text(x, y + 8.0, &title, Type::new(12.0, &inks.ink).bold());
    let start = x + width(&title, 12.0, true) + 16.0;
    let (mut at, mut y) = (start, y);
    for entry in &content.legend {
        let wide = width(&entry.text, 11.5, false) + 40.0;
        if at + wide > x + room && at > start {
            (at, y) = (start, y + 18.0);
        }
        let fill = entry.colour.map_or_else(|| "url(#hatch)".to_owned(), super::svg::hex);
        svg.rect([at, y - 2.0, 20.0, 12.0], &fill, 2.0, Some((&inks.line, 0.8)));
        svg.text(at + 26.0, y + 8.0, &entry.text, Type::new(11.5, &inks.grey));
        at += wide;
    }
    y + 24.0
}

/// The village with its neighbours around it.
fn frame(session: &Session, village: FeatureId, rect: [f32; 4]) -> Option<MapFrame> {
    let bounds = session.village_layer()?.loaded()?.dataset.geometry.bounds_of(village)?;
    let [w, s, e, n] = bounds.sides();
    // A point, or a village of a few metres, is shown with its surroundings.
    let air = |a: f64, b: f64| if b - a < 2e-3 { (a - 2e-3, b + 2e-3) } else { (a, b) };
    let ((w, e), (s, n)) = (air(w, e), air(s, n));
    Some(MapFrame::fitting(rect, BoundsDeg::new([w, s, e, n]), 0.22))
}

fn head(
    svg: &mut Svg,
    session: &Session,
    name: &str,
    card: Option<&VillageCard>,
    [x, y, room]: [f32; 3],
    ((number, all), stamp): ((usize, usize), &str),
    inks: &Inks,
) -> f32 {
    let lang = session.lang;
    let count = lang.with("page.village-of", &[("n", &number.to_string()), ("all", &all.to_string())]);
    svg.text(x + room, y, &count, Type::new(13.0, &inks.grey).at(At::End));
    if !stamp.is_empty() {
        let stamp = clipped(stamp, 11.0, false, room * 0.6);
        let wide = width(&stamp, 11.0, false) + 16.0;
        svg.rect([x + room - wide, y - 46.0, wide, 21.0], "none", 4.0, Some((&inks.bad, 1.0)));
        svg.text(x + room - wide / 2.0, y - 31.0, &stamp, Type::new(11.0, &inks.bad).at(At::Middle));
    }
    let title_room = room - width(&count, 13.0, false) - 20.0;
    let name = clipped(name, 30.0, true, title_room);
    svg.text(x, y, &name, Type::new(30.0, &inks.ink).bold());
    let mut left = x + width(&name, 30.0, true) + 14.0;
    let Some(card) = card else { return y };
    let people: Vec<String> = card.base.iter().filter(|f| f.value.is_some()).map(|f| session.figure_words(f)).collect();
    for chip in [card.town.clone(), card.group.clone(), people.join(" · ")] {
        let wide = width(&chip, 12.5, false) + 18.0;
        if chip.is_empty() || left + wide > x + title_room {
            continue;
        }
        svg.rect([left, y - 16.0, wide, 21.0], &super::map::colour(LIGHT.field), 10.0, None);
        svg.text(left + 9.0, y - 1.0, &chip, Type::new(12.5, &inks.grey));
        left += wide + 8.0;
    }
    y
}

fn plan(svg: &mut Svg, session: &Session, card: Option<&VillageCard>, [x, y, room]: [f32; 3], inks: &Inks) -> f32 {
    let Some(text) = card.and_then(|c| c.plan.1.clone()) else { return y + 6.0 };
    let head = session.lang.t("field.plan_text");
    let from = x + 14.0 + width(head, 13.0, true) + 14.0;
    let lines = wrapped(&text, 13.0, false, x + room - 14.0 - from, 3);
    let height = 22.0 + lines.len() as f32 * 19.0;
    svg.rect([x, y + 16.0, room, height], &super::map::colour(LIGHT.accent_ground), 6.0, None);
    svg.text(x + 14.0, y + 41.0, head, Type::new(13.0, &inks.ink).bold());
    for (i, line) in lines.iter().enumerate() {
        svg.text(from, y + 41.0 + i as f32 * 19.0, line, Type::new(13.0, &inks.ink));
    }
    y + 16.0 + height
}

/// The four themes in two columns.
fn sections(svg: &mut Svg, session: &Session, card: &VillageCard, [x, y, room, end]: [f32; 4], inks: &Inks) -> f32 {
    let gap = 34.0;
    let column = (room - gap) / 2.0;
    let mut y = y;
    for pair in card.sections.chunks(2) {
        let heights = pair.iter().map(|s| height_of(session, card, s));
        let height = heights.fold(0.0, f32::max);
        if y + height > end {
            break;
        }
        for (i, section) in pair.iter().enumerate() {
            let left = x + i as f32 * (column + gap);
            theme(svg, session, card, section, [left, y, column], inks);
        }
        y += height;
    }
    y
}

/// What the map shows first, then what is judged, then the rest that is known.
fn shown<'a>(session: &Session, section: &'a CardSection) -> Vec<&'a CardFigure> {
    let mapped = session.map_spec().map(|m| m.indicator);
    let rank = |f: &CardFigure| match (Some(f.indicator) == mapped, f.met) {
        (true, _) => 0,
        (false, Some(false)) => 1,
        (false, Some(true)) => 2,
        (false, None) => 3,
    };
    let is_known = |f: &&CardFigure| f.value.is_some() || Some(f.indicator) == mapped;
    let mut list: Vec<&CardFigure> = section.figures.iter().filter(is_known).collect();
    list.sort_by_key(|f| rank(f));
    list.truncate(FIGURES);
    list
}

fn height_of(session: &Session, card: &VillageCard, section: &CardSection) -> f32 {
    let lines = shown(session, section).into_iter().filter(|f| !session.comparison_words(f).is_empty()).count();
    let clinic = section.theme == Theme::Clinics && card.nearest_clinic.is_some();
    34.0 + shown(session, section).len() as f32 * 24.0 + lines as f32 * 15.0 + if clinic { 18.0 } else { 0.0 } + 10.0
}

fn theme(
    svg: &mut Svg,
    session: &Session,
    card: &VillageCard,
    section: &CardSection,
    [x, y, w]: [f32; 3],
    inks: &Inks,
) {
    let lang = session.lang;
    svg.line([x, y, x + w, y], &inks.line, 1.0);
    let name = session.theme_name(section.theme);
    svg.text(x, y + 22.0, &name, Type::new(12.5, &inks.grey).bold());
    let mut at = y + 46.0;
    for figure in shown(session, section) {
        let Some(indicator) = session.indicator(figure.indicator) else { continue };
        let words = session.figure_words(figure);
        let ink = match (figure.met, figure.far) {
            (Some(true), _) => &inks.good,
            (Some(false), true) => &inks.bad,
            (Some(false), false) => &inks.warn,
            (None, _) => &inks.ink,
        };
        let value_w = width(&words, 13.5, true);
        svg.text(x + w, at, &words, Type::new(13.5, ink).bold().at(At::End));
        let spark_w = 64.0;
        let has_spark = !indicator.is_category() && figure.series.iter().filter(|s| s.1.is_some()).count() > 1;
        let name_room = w - value_w - 12.0 - if has_spark { spark_w + 12.0 } else { 0.0 };
        let mark = mark_of(figure);
        let mark_w = if mark.is_empty() { 0.0 } else { width(&mark, MARK_PX, false) + 6.0 };
        let name = clipped(indicator.name(lang), 13.5, false, name_room - mark_w);
        svg.text(x, at, &name, Type::new(13.5, &inks.ink));
        svg.text(x + width(&name, 13.5, false) + 6.0, at, &mark, Type::new(MARK_PX, &inks.grey));
        if has_spark {
            spark(svg, figure, [x + w - value_w - 12.0 - spark_w, at - 13.0, spark_w, 15.0], inks);
        }
        at += 24.0;
        let more = session.comparison_words(figure);
        if !more.is_empty() {
            svg.text(x, at - 7.0, &clipped(&more, 11.5, false, w), Type::new(11.5, &inks.grey));
            at += 15.0;
        }
    }
    if section.theme == Theme::Clinics
        && let Some(name) = &card.nearest_clinic
    {
        let text = lang.with("card.nearest", &[("n", name)]);
        svg.text(x, at - 4.0, &clipped(&text, 11.5, false, w), Type::new(11.5, &inks.grey));
    }
}

/// Size of the cell beside a figure's name in layout pixels.
const MARK_PX: f32 = 9.5;

/// Where a figure stands, in a word beside its name: its cell, ※ where it was corrected.
fn mark_of(figure: &CardFigure) -> String {
    match &figure.place {
        _ if figure.is_edited() => "※".to_owned(),
        Some(place) => place.cell.clone(),
        None => String::new(),
    }
}

/// The files and sheets that the cells beside the figures are of, and who corrected what, in a line over the foot; gives what room is left.
fn origins(svg: &mut Svg, session: &Session, card: &VillageCard, [x, room, bottom]: [f32; 3], inks: &Inks) -> f32 {
    let lang = session.lang;
    let mut words: Vec<String> = Vec::new();
    for figure in card.sections.iter().flat_map(|s| shown(session, s)) {
        let own = match (&figure.place, &figure.origin) {
            (_, Some(origin)) if origin.edited => {
                let who = [origin.by.as_str(), origin.on.as_str()].into_iter().filter(|t| !t.is_empty());
                let who = who.collect::<Vec<_>>().join(" ");
                let name = session.indicator(figure.indicator).map_or("", |i| i.name(lang));
                format!("※ {name} {who}").trim_end().to_owned()
            }
            (Some(place), _) if place.sheet.is_empty() => place.file.clone(),
            (Some(place), _) => format!("{}, {}", place.file, place.sheet),
            _ => continue,
        };
        if !words.contains(&own) {
            words.push(own);
        }
    }
    if words.is_empty() {
        return bottom;
    }
    let text = lang.with("page.cells", &[("n", &words.join("；"))]);
    svg.text(x, bottom - 8.0, &clipped(&text, 10.5, false, room), Type::new(10.5, &inks.grey));
    bottom - 20.0
}

/// A line over the years; a year without a value parts it, the last value is a dot.
fn spark(svg: &mut Svg, figure: &CardFigure, [x, y, w, h]: [f32; 4], inks: &Inks) {
    let values: Vec<f64> = figure.series.iter().filter_map(|s| s.1).collect();
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let span = if high > low { high - low } else { 1.0 };
    let steps = (figure.series.len().max(2) - 1) as f32;
    let (mut d, mut pen_is_down, mut last) = (String::new(), false, None);
    for (i, (_, value)) in figure.series.iter().enumerate() {
        let Some(value) = value else {
            pen_is_down = false;
            continue;
        };
        // What never changes runs through the middle, not along the bottom like a zero.
        let share = if high > low { (value - low) / span } else { 0.5 };
        let at = [x + w * i as f32 / steps, y + h - h * share as f32];
        let letter = if pen_is_down { 'L' } else { 'M' };
        d += &format!("{letter}{} {}", super::svg::num(at[0]), super::svg::num(at[1]));
        (pen_is_down, last) = (true, Some(at));
    }
    svg.path(&d, &format!("fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\" stroke-linejoin=\"round\"", inks.accent));
    if let Some([cx, cy]) = last {
        let (cx, cy) = (super::svg::num(cx), super::svg::num(cy));
        svg.raw(&format!("<circle cx=\"{cx}\" cy=\"{cy}\" r=\"2.4\" fill=\"{}\"/>", inks.accent));
    }
}

fn gaps(svg: &mut Svg, session: &Session, card: &VillageCard, [x, y, room, end]: [f32; 4], inks: &Inks) -> f32 {
    let Some(found) = session.present_gaps() else { return y };
    let list = found.list.of_village(card.village);
    if y + 40.0 > end {
        return y;
    }
    svg.line([x, y, x + room, y], &inks.line, 1.0);
    svg.text(x, y + 22.0, session.lang.t("page.gaps"), Type::new(12.5, &inks.grey).bold());
    svg.text(x + room, y + 22.0, &list.len().to_string(), Type::new(12.5, &inks.grey).bold().at(At::End));
    let mut at = y + 32.0;
    if list.is_empty() {
        let is_known = card.sections.iter().any(|s| s.figures.iter().any(|f| f.value.is_some()));
        let (words, ink) = if is_known { ("card.no-shortfalls", &inks.good) } else { ("page.no-figures", &inks.grey) };
        svg.text(x, at + 14.0, session.lang.t(words), Type::new(13.0, ink));
        return at + 30.0;
    }
    let fits = (((end - at) / 34.0).floor().max(1.0) as usize).min(GAPS);
    let shown = if list.len() <= fits { list.len() } else { fits.saturating_sub(1) };
    for gap in list.iter().take(shown) {
        let (ink, ground) = match gap.severity {
            GapSeverity::High => (&inks.bad, "#fcebef"),
            GapSeverity::Medium => (&inks.warn, "#fbf0e6"),
            GapSeverity::Data | GapSeverity::District => (&inks.grey, "#f4f5f6"),
        };
        svg.rect([x, at, room, 28.0], ground, 6.0, None);
        svg.text(x + 10.0, at + 19.0, &gap.rule, Type::new(13.0, ink).bold());
        let reason = clipped(&session.gap_reason(found, gap), 13.0, false, room - 60.0);
        svg.text(x + 42.0, at + 19.0, &reason, Type::new(13.0, &inks.ink));
        at += 34.0;
    }
    if shown < list.len() {
        let text = session.lang.with("page.more-gaps", &[("n", &(list.len() - shown).to_string())]);
        svg.text(x + 10.0, at + 14.0, &text, Type::new(12.5, &inks.grey));
        at += 26.0;
    }
    at + 6.0
}

/// The years as a table: what the themes show first, and the change since the first year.
fn years(svg: &mut Svg, session: &Session, card: &VillageCard, [x, y, room, end]: [f32; 4], inks: &Inks) {
    let lang = session.lang;
    let figures: Vec<&CardFigure> = card
        .sections
        .iter()
        .flat_map(|s| {
            let is_number = |f: &&CardFigure| session.indicator(f.indicator).is_some_and(|i| !i.is_category());
            let moves = |f: &&CardFigure| f.series.iter().filter(|v| v.1.is_some()).count() > 1;
            // Two of each theme, so that every theme has its say.
            s.figures.iter().filter(is_number).filter(moves).take(2)
        })
        .collect();
    let Some(years) = figures.first().map(|f| f.series.iter().map(|s| s.0).collect::<Vec<i32>>()) else { return };
    let fits = (((end - y - 54.0) / 22.0).floor().max(0.0)) as usize;
    if fits == 0 {
        return;
    }
    svg.line([x, y, x + room, y], &inks.line, 1.0);
    svg.text(x, y + 22.0, lang.t("page.years"), Type::new(12.5, &inks.grey).bold());
    let first = room * 0.36;
    // Up to the year of the page, no further.
    let last = session.year();
    let years: Vec<i32> = years.into_iter().filter(|y| last.is_none_or(|l| *y <= l)).collect();
    let years: Vec<i32> = years.into_iter().rev().take(8).rev().collect();
    let step = (room - first) / (years.len() + 1) as f32;
    for (i, year) in years.iter().enumerate() {
        svg.text(
            x + first + step * (i + 1) as f32,
            y + 44.0,
            &year.to_string(),
            Type::new(12.0, &inks.grey).at(At::End),
        );
    }
    svg.text(x + room, y + 44.0, lang.t("page.change"), Type::new(12.0, &inks.grey).at(At::End));
    for (row, figure) in figures.into_iter().take(fits).enumerate() {
        let Some(indicator) = session.indicator(figure.indicator) else { continue };
        let base = y + 66.0 + row as f32 * 22.0;
        svg.line([x, base - 16.0, x + room, base - 16.0], &inks.line, 0.8);
        let name = session.with_unit(indicator.name(lang), indicator.unit(lang));
        svg.text(x, base, &clipped(&name, 12.5, false, first), Type::new(12.5, &inks.ink));
        for (i, year) in years.iter().enumerate() {
            let value = figure.series.iter().find(|s| s.0 == *year).and_then(|s| s.1);
            let text = value.map_or_else(|| "—".to_owned(), |v| indicator.show(v, lang));
            svg.text(x + first + step * (i + 1) as f32, base, &text, Type::new(12.5, &inks.ink).at(At::End));
        }
        let known = |mut values: std::vec::IntoIter<f64>| Some((values.next()?, values.next_back()?));
        let printed = figure.series.iter().filter(|s| years.contains(&s.0));
        let values: Vec<f64> = printed.filter_map(|s| s.1).collect();
        if let Some((before, now)) = known(values.into_iter()) {
            let change = now - before;
            let sign = if change > 0.0 { "+" } else { "" };
            let text = format!("{sign}{}", indicator.show(change, lang));
            svg.text(x + room, base, &text, Type::new(12.5, &inks.accent).bold().at(At::End));
        }
    }
}
