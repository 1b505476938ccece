//! Names on the map of a page: villages where they fit, else towns; never over a symbol.

use super::content::PageContent;
use super::map::{MapForm, MapFrame};
use super::metrics::width;
use super::svg::{At, Svg, Type};
use crate::geo::Anchor;
use crate::model::FeatureId;
use crate::palette::is_dark;
use crate::session::{Loaded, Session};

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

/// Places names, the largest first.
pub(super) fn place_labels(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    loaded: &Loaded,
    frame: &MapFrame,
    form: &MapForm<'_>,
    symbols: &[[f32; 2]],
) {
    let u = form.scale;
    let Some(anchors) = loaded.anchors.get() else { return };
    let r = 4.5 * u;
    let [left, top, wide, high] = frame.rect;
    // Scale bar and north arrow keep their places.
    let corners = [
        [left, top + high - 48.0 * u, left + 150.0 * u, top + high],
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
    if middle < TOWNS_BELOW_PX * u && form.village.is_none() && !towns.is_empty() {
        for (name, anchor) in towns.iter().take(MOST) {
            if frame.holds(frame.at(anchor.at), 0.0) {
                let reach = extent(anchor);
                put(svg, &mut room, name, frame.at(anchor.at), reach, 13.0 * u, true, false);
            }
        }
        return;
    }
    for (_, village, anchor) in seen.into_iter().take(MOST) {
        let name = loaded.dataset.display_name(village);
        let place = frame.at(anchor.at);
        let is_left = place[0] < frame.rect[0] + frame.rect[2] * session.stage.divider;
        let colouring =
            content.left.as_ref().filter(|_| is_left && form.village.is_none()).or(content.colouring.as_ref());
        let fill = colouring.and_then(|t| t.colour_of(village));
        let faint = form.village.is_some_and(|v| v != village);
        let on_dark = fill.is_some_and(is_dark) && !faint;
        put(svg, &mut room, &name, place, extent(anchor), size, form.village == Some(village), on_dark);
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
