//! Names on the map of a page, inside their villages, and gap marks beside them; else names of towns. Never over a symbol.

use super::content::PageContent;
use super::map::{MapForm, MapFrame, colour};
use super::metrics::width;
use super::svg::{At, Svg, Type, num};
use crate::geo::{Anchor, WorldPos};
use crate::map::leaders::{Lines, edge, shifts};
use crate::model::{FeatureId, Role};
use crate::palette::{self, LIGHT, is_dark};
use crate::project::LayerStyle;
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
    let style = session.village_layer().and_then(|l| session.entry(l.key)).map(|e| e.style.clone()).unwrap_or_default();
    let own = style.letters_pt().map_or(1.0, |pt| pt / palette::size::LABEL);
    let size = if form.village.is_some() { 15.0 } else { 11.5 } * u * own;
    by_value(&mut seen, loaded, &style, |s| s.1);
    if let Some(village) = form.village
        && let Some(at) = seen.iter().position(|s| s.1 == village)
    {
        let own = seen.remove(at);
        seen.insert(0, own);
    }
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
        return others(svg, session, frame, u, &mut room);
    }
    if style.label_towns && form.village.is_none() {
        for (name, anchor) in towns.iter().take(MOST).filter(|(_, a)| frame.holds(frame.at(a.at), 0.0)) {
            put(svg, &mut room, name, frame.at(anchor.at), extent(anchor), 14.0 * u, true, false);
        }
    }
    let is_labelled = style.is_labelled_at(frame.scale_denominator()) || form.village.is_some();
    let mut left_over = Vec::new();
    for (_, village, anchor) in seen.into_iter().take(if is_labelled { MOST } else { 0 }) {
        let key = session.village_layer().map(|l| l.key);
        let name = match key.filter(|_| style.label.is_some()) {
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
        let Some(mark_at) = put_inside(svg, &mut room, &wanted, frame, loaded, village, anchor, u) else {
            left_over.push((place, name));
            continue;
        };
        marks.extend(mark.map(|(severity, count)| Mark { village: Some(village), at: mark_at, severity, count }));
    }
    if style.label_leaders && form.village.is_none() {
        beside(svg, &mut room, left_over, size, u);
    }
    others(svg, session, frame, u, &mut room);
}

/// Names that found no room in their villages: beside them, each with a line to its village.
fn beside(svg: &mut Svg, room: &mut Room, names: Vec<([f32; 2], String)>, size: f32, u: f32) {
    let mut lines = Lines::default();
    let mut wanted = Vec::new();
    for (place, name) in names.into_iter().filter(|(_, name)| !name.is_empty()).take(MOST_LEADERS) {
        let (w, h) = (lines_width(&name, size, false), lines_height(&name, size));
        let at = place.map(f64::from);
        let rect = |s: egui::Vec2| {
            let [x, y] = [place[0] + s.x, place[1] + s.y];
            [x - w / 2.0 - 2.0, y - h / 2.0, x + w / 2.0 + 2.0, y + h / 2.0]
        };
        let is_free = |s: &egui::Vec2| {
            let [l, t, r, b] = rect(*s);
            let name = egui::Rect::from_min_max(egui::pos2(l, t), egui::pos2(r, b));
            room.free(&rect(*s)) && lines.is_free(at, *s, name)
        };
        let Some(shift) = shifts(egui::vec2(w, h)).find(is_free) else { continue };
        room.taken.push(rect(shift));
        let to = [place[0] + shift.x, place[1] + shift.y];
        lines.add(at, to.map(f64::from));
        wanted.push((place, to, rect(shift), name));
    }
    let point = |p: [f32; 2]| format!("{} {}", num(p[0]), num(p[1]));
    for (place, to, [l, t, r, b], _) in &wanted {
        let name = egui::Rect::from_min_max(egui::pos2(*l, *t), egui::pos2(*r, *b));
        let end = edge(name, (*place).into(), (*to).into());
        let d = format!("M{}L{}", point(*place), point([end.x, end.y]));
        for (ink, width) in [("#ffffff", 2.6), ("#1c2731", 0.9)] {
            svg.path(&d, &format!("fill=\"none\" stroke=\"{ink}\" stroke-width=\"{}\"", num(width * u)));
        }
        svg.raw(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"#1c2731\"/>",
            num(place[0]),
            num(place[1]),
            num(1.6 * u)
        ));
    }
    for (_, to, _, name) in &wanted {
        let form =
            Type { size, is_bold: false, colour: "#1c2731", at: At::Middle, halo: Some(("#ffffff", size * 0.2)) };
        put_lines(svg, *to, name, form);
    }
}

/// Labels of layers that are no villages: of lines as far as those go, of points above them, of areas that have room.
fn others(svg: &mut Svg, session: &Session, frame: &MapFrame, u: f32, room: &mut Room) {
    let villages = session.village_layer().map(|l| l.key);
    for (layer, entry) in session.shown().filter(|(l, e)| Some(l.key) != villages && frame.draws(e)) {
        let Some(loaded) = layer.loaded() else { continue };
        let has_name = loaded.dataset.roles.field(Role::Name).is_some() && !loaded.is_points();
        let style = &entry.style;
        if !(has_name || style.label.is_some()) || !style.is_labelled_at(frame.scale_denominator()) {
            continue;
        }
        let size = 11.5 * u * style.letters_pt().map_or(1.0, |pt| pt / palette::size::LABEL);
        let mut found: Vec<(FeatureId, Anchor)> = loaded
            .dataset
            .features()
            .filter_map(|f| Some((f, loaded.spot(f)?)))
            .filter(|(_, a)| frame.holds(frame.at(a.at), 0.0))
            .collect();
        by_value(&mut found, loaded, style, |f| f.0);
        found.truncate(MOST);
        for (feature, spot) in found {
            let inside = loaded.anchors.get().and_then(|a| a.get(feature.index()).copied().flatten());
            let place = frame.at(inside.unwrap_or(spot).at);
            let text = session.label_of(layer.key, loaded, feature);
            let (w, h) = (lines_width(&text, size, false), lines_height(&text, size));
            let reach = spot.extent.map(|e| (f64::from(e) * frame.px_per_world) as f32);
            let has_room = loaded.is_points()
                || loaded.is_lines() && reach[0].max(reach[1]) >= w * 0.8
                || reach[0] >= w && reach[1] >= h;
            let lift = if loaded.is_points() { -(h * 0.5 + 7.0 * u) } else { 0.0 };
            let [x, y] = [place[0], place[1] + lift];
            let rect = [x - w / 2.0 - 2.0, y - h / 2.0, x + w / 2.0 + 2.0, y + h / 2.0];
            if text.is_empty() || !has_room || !room.free(&rect) {
                continue;
            }
            room.taken.push(rect);
            let halo = Some(("#ffffff", size * 0.22));
            put_lines(svg, [x, y], &text, Type { size, is_bold: false, colour: "#1c2731", at: At::Middle, halo });
        }
    }
}

/// Sorts what is to be labelled by the field that a person chose, larger values first, unknown ones last.
fn by_value<T>(list: &mut [T], loaded: &Loaded, style: &LayerStyle, feature: impl Fn(&T) -> FeatureId) {
    let Some(column) = style.label_by.as_deref().and_then(|f| loaded.dataset.table.position(f)) else { return };
    let value = |t: &T| loaded.dataset.table.value(feature(t), column).as_f64().unwrap_or(f64::NEG_INFINITY);
    list.sort_by(|a, b| value(b).total_cmp(&value(a)));
}

/// Most names beside their villages.
const MOST_LEADERS: usize = 200;

/// Width of a label of one or several lines.
fn lines_width(text: &str, size: f32, is_bold: bool) -> f32 {
    text.lines().map(|l| width(l, size, is_bold)).fold(0.0, f32::max)
}

/// Its height.
fn lines_height(text: &str, size: f32) -> f32 {
    text.lines().count().max(1) as f32 * size * LINE
}

/// Height of a line as a share of the letters' size.
const LINE: f32 = 1.15;

/// Writes a label around its middle.
fn put_lines(svg: &mut Svg, [x, y]: [f32; 2], text: &str, form: Type<'_>) {
    let count = text.lines().count().max(1) as f32;
    for (i, line) in text.lines().enumerate() {
        let shift = (i as f32 - (count - 1.0) / 2.0) * form.size * LINE;
        svg.text(x, y + shift + form.size * 0.36, line, form);
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
        let (text, h) = (lines_width(name.text, size, name.is_bold), lines_height(name.text, size));
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
        put_lines(svg, [x - mark / 2.0, y], name.text, form);
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
