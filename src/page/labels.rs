//! Names on the map of a page, inside their villages, and gap marks beside them; else names of towns. Never over a symbol.

use super::content::PageContent;
use super::map::{MapForm, MapFrame, colour};
use super::metrics::width;
use super::svg::{At, Svg, Type};
use crate::geo::{Anchor, WorldPos};
use crate::model::FeatureId;
use crate::palette::{LIGHT, is_dark};
use crate::rules::GapSeverity;
use crate::session::{GapMarks, Loaded, Session};

/// Villages narrower than this on average, in layout pixels of an A3 page, are too many to be named; their towns are.
const TOWNS_BELOW_PX: f32 = 34.0;
/// Most names.
const MOST: usize = 1_500;

struct Room {
    /// Left, top, right, bottom.
    frame: [f32; 4],
    taken: Vec<[f32; 4]>,
}

impl Room {
    fn free(&self, b: &[f32; 4]) -> bool {
        let [l, t, r, bottom] = self.frame;
        let is_inside = b[0] >= l && b[1] >= t && b[2] <= r && b[3] <= bottom;
        is_inside && !self.taken.iter().any(|t| t[0] < b[2] && b[0] < t[2] && t[1] < b[3] && b[1] < t[3])
    }
}

/// A gap mark in its place.
struct Mark {
    /// The village whose name it stands beside.
    village: Option<FeatureId>,
    /// Its middle.
    at: [f32; 2],
    /// The worst of its gaps.
    severity: GapSeverity,
    /// How many.
    count: usize,
}

/// Places names, the largest first, and gap marks where the window shows them.
pub(super) fn place_labels(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    loaded: &Loaded,
    frame: &MapFrame,
    form: &MapForm<'_>,
    symbols: &[[f32; 2]],
) {
    let gaps = session.gap_marks().unwrap_or_default();
    let mut marks: Vec<Mark> = Vec::new();
    if !form.options.without.no_labels {
        place_names(svg, session, content, loaded, frame, form, symbols, &gaps, &mut marks);
    }
    place_marks(svg, session, loaded, frame, form.scale, &gaps, marks);
}

#[allow(clippy::too_many_arguments)]
fn place_names(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    loaded: &Loaded,
    frame: &MapFrame,
    form: &MapForm<'_>,
    symbols: &[[f32; 2]],
    gaps: &GapMarks,
    marks: &mut Vec<Mark>,
) {
    let u = form.scale;
    let Some(anchors) = loaded.anchors.get() else { return };
    let r = 4.5 * u;
    let [left, top, wide, high] = frame.rect;
    // Scale bar and north arrow keep their places.
    let corners = [
        [left, top + high - 48.0 * u - form.taken_below, left + 150.0 * u, top + high],
        [left + wide - 44.0 * u - form.taken_right, top, left + wide, top + 50.0 * u],
    ];
    let mut room = Room { frame: [left, top, left + wide, top + high], taken: corners.to_vec() };
    room.taken.extend(symbols.iter().map(|[x, y]| [x - r, y - r, x + r, y + r]));
    let extent = |a: &Anchor| a.extent.map(|e| (f64::from(e) * frame.px_per_world) as f32);
    let mut seen: Vec<(f32, FeatureId, &Anchor)> = anchors
        .iter()
        .enumerate()
        .filter_map(|(f, a)| Some((FeatureId::new(f as u32), a.as_ref()?)))
        .filter(|(f, a)| frame.holds(frame.at(a.at), 0.0) && session.is_in_focus(*f))
        .map(|(f, a)| (extent(a).iter().product(), f, a))
        .collect();
    seen.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let middle = seen.get(seen.len() / 2).map_or(0.0, |s| s.0.sqrt());
    if let Some(village) = form.village
        && let Some(at) = seen.iter().position(|s| s.1 == village)
    {
        let own = seen.remove(at);
        seen.insert(0, own);
    }
    let size = if form.village.is_some() { 15.0 } else { 11.5 } * u;
    let towns = loaded.town_anchors.get().map_or(&[][..], Vec::as_slice);
    let districts = loaded.district_anchors.get().map_or(&[][..], Vec::as_slice);
    let below = TOWNS_BELOW_PX * u;
    if middle < below && form.village.is_none() && !(towns.is_empty() && districts.is_empty()) {
        let town_width = towns.get(towns.len() / 2).map_or(0.0, |(_, a)| extent(a)[0]);
        let far = if town_width < below { districts } else { &[] };
        for (places, size) in [(far, 14.0), (towns, 13.0)] {
            for (name, anchor) in places.iter().take(MOST) {
                if frame.holds(frame.at(anchor.at), 0.0) {
                    let reach = extent(anchor);
                    put(svg, &mut room, name, frame.at(anchor.at), reach, size * u, true, false);
                }
            }
        }
        return;
    }
    for (_, village, anchor) in seen.into_iter().take(MOST) {
        let key = session.village_layer().map(|l| l.key);
        let is_labelled = key.and_then(|k| session.entry(k)).is_some_and(|e| e.style.label.is_some());
        let name = match key.filter(|_| is_labelled) {
            Some(key) => session.label_of(key, loaded, village),
            None => loaded.dataset.display_name(village),
        };
        let place = frame.at(anchor.at);
        let is_left = place[0] < frame.rect[0] + frame.rect[2] * session.stage.divider;
        let colouring =
            content.left.as_ref().filter(|_| is_left && form.village.is_none()).or(content.colouring.as_ref());
        let fill = colouring.and_then(|t| t.colour_of(village));
        let faint = form.village.is_some_and(|v| v != village);
        let on_dark = fill.is_some_and(is_dark) && !faint;
        let mark = gaps.villages.get(&village).copied();
        let wanted = Name { text: &name, size, is_bold: form.village == Some(village), on_dark, mark };
        let Some(mark_at) = put_inside(svg, &mut room, &wanted, frame, loaded, village, anchor, u) else { continue };
        marks.extend(mark.map(|(severity, count)| Mark { village: Some(village), at: mark_at, severity, count }));
    }
}

/// A name that is to lie inside its village.
struct Name<'a> {
    text: &'a str,
    size: f32,
    is_bold: bool,
    on_dark: bool,
    mark: Option<(GapSeverity, usize)>,
}

/// Width of a mark for so many gaps, and the height of every mark, in layout pixels of an A3 page.
fn mark_size(count: usize, u: f32) -> [f32; 2] {
    [(14.0 + 6.0 * count.max(1).ilog10() as f32) * u, 14.0 * u]
}

/// Puts a name inside its village, with room for its mark; where the mark goes. `None` where it does not fit.
#[allow(clippy::too_many_arguments)]
fn put_inside(
    svg: &mut Svg,
    room: &mut Room,
    name: &Name<'_>,
    frame: &MapFrame,
    loaded: &Loaded,
    village: FeatureId,
    anchor: &Anchor,
    u: f32,
) -> Option<[f32; 2]> {
    if name.text.is_empty() {
        return None;
    }
    let inside = loaded.inside(village)?;
    let mark = name.mark.map_or(0.0, |(_, count)| mark_size(count, u)[0] + 3.0 * u);
    // Where it is too wide it becomes a little smaller before it is left out.
    [1.0, 0.84].into_iter().find_map(|share| {
        let size = name.size * share;
        let (text, h) = (width(name.text, size, name.is_bold), size * 1.1);
        let w = text + mark;
        let room_px = [f64::from(w + 3.0 * u), f64::from(h + 2.0 * u)];
        let places = inside.places(anchor.at, room_px.map(|v| v / frame.px_per_world), 9);
        let [x, y] = places
            .into_iter()
            .map(|p: WorldPos| frame.at(p))
            .find(|[x, y]| room.free(&[x - w / 2.0 - 1.0, y - h / 2.0, x + w / 2.0 + 1.0, y + h / 2.0]))?;
        room.taken.push([x - w / 2.0 - 1.0, y - h / 2.0, x + w / 2.0 + 1.0, y + h / 2.0]);
        let (ink, halo) = if name.on_dark { ("#ffffff", "#1d4f74") } else { ("#1c2731", "#ffffff") };
        let form = Type { size, is_bold: name.is_bold, colour: ink, at: At::Middle, halo: Some((halo, size * 0.2)) };
        svg.text(x - mark / 2.0, y + size * 0.36, name.text, form);
        Some([x + w / 2.0 - (mark - 3.0 * u) / 2.0, y])
    })
}

/// Draws gap marks: those beside names, then those of villages without one; two that would lie over one another are one.
fn place_marks(
    svg: &mut Svg,
    session: &Session,
    loaded: &Loaded,
    frame: &MapFrame,
    u: f32,
    gaps: &GapMarks,
    mut marks: Vec<Mark>,
) {
    let named: Vec<FeatureId> = marks.iter().filter_map(|m| m.village).collect();
    let anchors = loaded.anchors.get().map_or(&[][..], Vec::as_slice);
    let place = |v: &FeatureId| Some(frame.at(anchors.get(v.index()).copied().flatten()?.at));
    let mut rest: Vec<_> = gaps.villages.iter().filter_map(|(v, m)| Some((*v, place(v)?, *m))).collect();
    rest.retain(|(v, at, _)| frame.holds(*at, 12.0) && !named.contains(v));
    rest.sort_by_key(|(v, _, (severity, count))| (*severity, std::cmp::Reverse(*count), *v));
    let elsewhere = gaps.places.iter().map(|(at, s, n)| (frame.at(WorldPos::from_lonlat(*at)), *s, *n));
    let elsewhere = elsewhere.filter(|(at, ..)| frame.holds(*at, 12.0));
    for (at, severity, count) in rest.into_iter().map(|(_, at, (s, n))| (at, s, n)).chain(elsewhere) {
        let over = |m: &&mut Mark| {
            let [w, h] = mark_size(m.count.max(count), u);
            (m.at[0] - at[0]).abs() < w && (m.at[1] - at[1]).abs() < h
        };
        match marks.iter_mut().find(over) {
            Some(there) => (there.severity, there.count) = (there.severity.min(severity), there.count + count),
            None => marks.push(Mark { village: None, at, severity, count }),
        }
    }
    for Mark { at: [x, y], severity, count, .. } in marks {
        let [w, h] = mark_size(count, u);
        let ink = colour(session.gap_ink(severity));
        let is_first = severity == GapSeverity::High;
        let ground = if is_first { ink.clone() } else { colour(LIGHT.panel) };
        let letters = if is_first { colour(LIGHT.on_mark) } else { ink.clone() };
        let rect = [x - w / 2.0, y - h / 2.0, w, h];
        let rim = [rect[0] - u, rect[1] - u, w + 2.0 * u, h + 2.0 * u];
        svg.rect(rim, "#ffffff", 5.0 * u, None);
        svg.rect(rect, &ground, 4.0 * u, Some((&ink, 1.4 * u)));
        svg.text(x, y + 3.7 * u, &count.to_string(), Type::new(10.0 * u, &letters).bold().at(At::Middle));
    }
}

#[allow(clippy::too_many_arguments)]
fn put(
    svg: &mut Svg,
    room: &mut Room,
    name: &str,
    [x, y]: [f32; 2],
    reach: [f32; 2],
    size: f32,
    is_bold: bool,
    on_dark: bool,
) {
    // Where it is too wide it becomes a little smaller before it is left out.
    let size = if width(name, size, is_bold) > reach[0] * 1.05 { size * 0.84 } else { size };
    let (w, h) = (width(name, size, is_bold), size * 1.25);
    if name.is_empty() || w > reach[0] * 1.12 || h > reach[1] * 1.3 {
        return;
    }
    let (most_x, most_y) = ((reach[0] / 2.0 - w * 0.4).max(0.0), (reach[1] / 2.0 - h * 0.6).max(0.0));
    let steps = [0.0, -0.75, 0.75, -1.5, 1.5, -2.2, 2.2];
    let at = |[dx, dy]: [f32; 2]| [x + dx - w / 2.0 - 2.0, y + dy - h / 2.0, x + dx + w / 2.0 + 2.0, y + dy + h / 2.0];
    // Up and down first, then aside.
    let places = [0.0, -0.45, 0.45].into_iter().flat_map(|dx| steps.map(|dy| [dx * w, dy * h]));
    let inside = |s: &[f32; 2]| s[0].abs() <= most_x && s[1].abs() <= most_y;
    let Some(shift) = places.into_iter().filter(inside).find(|s| room.free(&at(*s))) else { return };
    room.taken.push(at(shift));
    let (ink, halo) = if on_dark { ("#ffffff", "#1d4f74") } else { ("#1c2731", "#ffffff") };
    let form = Type { size, is_bold, colour: ink, at: At::Middle, halo: Some((halo, size * 0.2)) };
    svg.text(x + shift[0], y + shift[1] + size * 0.36, name, form);
}
