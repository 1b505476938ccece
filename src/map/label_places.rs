//! Where labels find their places: inside of a village, over a town, at a line or a point.

use egui::{FontId, Rect, Vec2};
use rustc_hash::FxHashMap;

use super::gaps;
use super::label_room::{Taken, around};
use crate::geo::{Anchor, Strips, WorldPos};
use crate::model::FeatureId;
use crate::palette::size;
use crate::render::LayerKey;
use crate::rules::GapSeverity;
use crate::session::{GapMarks, Session};

/// Room in points kept free beside and above the name of a town, so that names can be told apart at a glance.
const TOWN_ROOM_PT: Vec2 = Vec2::new(22.0, 16.0);
/// Shifts of a town's name in points that are tried, one after the other.
const SHIFTS_PT: [f32; 7] = [0.0, -13.0, 13.0, -20.0, 20.0, -28.0, 28.0];
/// Most symbols that labels give way to.
const MAX_OBSTACLES: usize = 4_000;
/// Room in points between a name and the border of its village, on each side.
const BORDER_PT: f32 = 1.5;
/// A line of text is higher than its letters.
pub(super) const LETTERS: f32 = 0.82;
/// Places looked at from one side of a village to the other; and where symbols leave none of them free.
const ACROSS: usize = 3;
const ACROSS_CLOSELY: usize = 17;

/// What a label names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Village(LayerKey, FeatureId),
    /// By its number in [`crate::session::Loaded::town_anchors`].
    Town(LayerKey, usize),
    /// By its number in [`crate::session::Loaded::district_anchors`].
    District(LayerKey, usize),
}

impl Subject {
    pub(super) fn font(self, village_pt: f32) -> FontId {
        FontId::proportional(match self {
            Self::Village(..) => village_pt,
            Self::Town(..) => village_pt + 1.0,
            Self::District(..) => village_pt + 2.0,
        })
    }
}

/// A name and its gap mark in their places.
pub(super) struct Arranged {
    pub(super) name_at: [f64; 2],
    pub(super) shift: Vec2,
    pub(super) mark_at: Option<Rect>,
}

/// What is left of the map's area while labels are placed.
pub(super) struct Room<'s> {
    pub(super) session: &'s Session,
    pub(super) half: Vec2,
    /// Names and marks.
    pub(super) taken: Taken,
    /// Symbols and clusters: no name lies over them.
    pub(super) symbols: Taken,
    /// Labels of the frame before and their shifts, where the scale is the same.
    pub(super) kept: FxHashMap<Subject, (Vec2, f32)>,
    /// The same of names beside their villages.
    pub(super) kept_beside: FxHashMap<Subject, Vec2>,
    /// Most labels.
    pub(super) most: usize,
    pub(super) font_pt: f32,
    pub(super) gaps: Option<&'s GapMarks>,
}

impl Room<'_> {
    pub(super) fn is_near(&self, anchor: &Anchor) -> bool {
        let [x, y] = self.session.camera.offset_of(anchor.at);
        x.abs() <= f64::from(self.half.x) + 60.0 && y.abs() <= f64::from(self.half.y) + 20.0
    }

    /// Marks are as large as suits the names.
    pub(super) fn mark_scale(&self) -> f32 {
        (self.font_pt / size::LABEL).clamp(1.0, 1.8)
    }

    /// A place for a mark at its village, or a little beside where a name stands there.
    pub(super) fn beside_names(&self, [x, y]: [f64; 2], mark: Vec2) -> Rect {
        let (w, h) = (f64::from(mark.x) + 4.0, f64::from(mark.y) + 3.0);
        let steps = [(0.0, 0.0), (0.0, h), (0.0, -h), (w, 0.0), (-w, 0.0), (w, h), (-w, h), (w, -h), (-w, -h)];
        let at = |(dx, dy): (f64, f64)| around([x + dx, y + dy], mark);
        let far = steps.iter().map(|(dx, dy)| (dx * 1.8, dy * 1.8));
        let place = steps.into_iter().chain(far).map(at).find(|r| self.taken.is_free(*r));
        place.unwrap_or_else(|| at((0.0, 0.0)))
    }

    /// Takes the symbols and clusters in view, and the divider.
    pub(super) fn give_way_to_symbols(&mut self) {
        if self.session.map_on_left().is_some() && !self.session.left().side_by_side {
            let x = f64::from(self.half.x) * 2.0 * (f64::from(self.session.stage.divider) - 0.5);
            self.taken.add(around([x, 0.0], Vec2::new(6.0, self.half.y * 2.0)));
        }
        let Some(symbols) = self.session.symbols() else { return };
        let clusters = symbols.clusters.iter().map(|c| (c.at, super::clusters::size_pt(c.members.len())));
        let singles = symbols.single_places.iter().map(|p| (*p, Vec2::splat(7.0)));
        let view = Rect::from_center_size(egui::Pos2::ZERO, self.half * 2.0);
        let rects = clusters.chain(singles).map(|(at, size)| around(self.session.camera.offset_of(at), size));
        for rect in rects.filter(|r| view.intersects(*r)).take(MAX_OBSTACLES) {
            self.symbols.add(rect);
        }
    }

    /// The same for a name that stands at a line or a point.
    pub(super) fn place_free(
        &mut self,
        subject: Subject,
        anchor: &Anchor,
        size: Vec2,
        lift: f32,
    ) -> Option<([f64; 2], Vec2)> {
        let offset = self.session.camera.offset_of(anchor.at);
        let letters = Vec2::new(size.x + 2.0, size.y * LETTERS);
        let at = |shift: &Vec2| around([offset[0] + f64::from(shift.x), offset[1] + f64::from(shift.y)], letters);
        let kept = self.kept.get(&subject).map(|k| k.0);
        let aside = Vec2::new(size.x * 0.5 + 8.0, 0.0);
        let shifts = [Vec2::new(0.0, lift), Vec2::new(0.0, -lift), aside, -aside];
        let is_free = |s: &Vec2| self.taken.is_free(at(s)) && self.symbols.is_free(at(s));
        let tried = if lift == 0.0 { &shifts[..1] } else { &shifts[..] };
        let shift = kept.into_iter().chain(tried.iter().copied()).find(is_free)?;
        self.taken.add(at(&shift));
        Some(([offset[0] + f64::from(shift.x), offset[1] + f64::from(shift.y)], shift))
    }

    /// Offset from the middle of the map and shift from the anchor for the name of a town; `None` where it does not fit into it, or
    /// another stands there.
    pub(super) fn place_town(
        &mut self,
        subject: Subject,
        anchor: &Anchor,
        size: Vec2,
        over_symbols: bool,
    ) -> Option<([f64; 2], Vec2)> {
        let scale = self.session.camera.points_per_world();
        let extent = [f64::from(anchor.extent[0]) * scale, f64::from(anchor.extent[1]) * scale];
        if size.x <= 1.0 || f64::from(size.x) > extent[0] || f64::from(size.y) > extent[1] * 1.3 {
            return None;
        }
        let offset = self.session.camera.offset_of(anchor.at);
        let reach = (extent[1] as f32 / 2.0 - size.y * 0.6).max(0.0);
        let at = |shift: &Vec2| around([offset[0], offset[1] + f64::from(shift.y)], size + TOWN_ROOM_PT);
        let first = self.kept.get(&subject).map(|k| k.0);
        let shifts = SHIFTS_PT.into_iter().filter(|s| s.abs() <= reach).map(|s| Vec2::new(0.0, s));
        let shift = first
            .into_iter()
            .chain(shifts)
            .find(|s| self.taken.is_free(at(s)) && (over_symbols || self.symbols.is_free(at(s))))?;
        self.taken.add(at(&shift));
        Some(([offset[0], offset[1] + f64::from(shift.y)], shift))
    }

    /// Places the name of a village inside of it, the gap mark beside it, or below it where there is no room beside.
    pub(super) fn place_with_mark(
        &mut self,
        subject: Subject,
        anchor: &Anchor,
        inside: &mut dyn FnMut() -> Option<Strips>,
        (text, share): (Vec2, f32),
        mark: Option<(GapSeverity, usize)>,
    ) -> Option<Arranged> {
        let Some((_, count)) = mark else {
            let (name_at, shift) = self.place_inside(subject, anchor, inside, text, share)?;
            return Some(Arranged { name_at, shift, mark_at: None });
        };
        let mark = gaps::size_pt(count, self.mark_scale());
        let beside = f64::from(mark.x + 3.0);
        let whole = Vec2::new(text.x + mark.x + 3.0, text.y.max(mark.y / LETTERS));
        if let Some(([x, y], shift)) = self.place_inside(subject, anchor, inside, whole, share) {
            let mark_at = around([x + f64::from(text.x) / 2.0 + 1.5, y], mark);
            return Some(Arranged { name_at: [x - beside / 2.0, y], shift, mark_at: Some(mark_at) });
        }
        let below = f64::from(mark.y + 1.0);
        let whole = Vec2::new(text.x.max(mark.x), text.y + (mark.y + 1.0) / LETTERS);
        let ([x, y], shift) = self.place_inside(subject, anchor, inside, whole, share)?;
        let name_at = [x, y - below / 2.0];
        let mark_at = around([x, y + f64::from(text.y * LETTERS) / 2.0], mark);
        Some(Arranged { name_at, shift, mark_at: Some(mark_at) })
    }

    /// The same for something that must lie inside of its village.
    pub(super) fn place_inside(
        &mut self,
        subject: Subject,
        anchor: &Anchor,
        inside: &mut dyn FnMut() -> Option<Strips>,
        size: Vec2,
        share: f32,
    ) -> Option<([f64; 2], Vec2)> {
        let scale = self.session.camera.points_per_world();
        let offset = self.session.camera.offset_of(anchor.at);
        let letters = Vec2::new(size.x + 1.0, size.y * LETTERS);
        let at = |shift: &Vec2| around([offset[0] + f64::from(shift.x), offset[1] + f64::from(shift.y)], letters);
        let shift = match self.kept.get(&subject) {
            // It comes in the size that it had, at its place.
            Some((_, kept)) if *kept != share => return None,
            Some((shift, _)) if self.taken.is_free(at(shift)) => *shift,
            _ => {
                let inside = inside()?;
                let room = [size.x + 2.0 * BORDER_PT, letters.y + 2.0 * BORDER_PT].map(|v| f64::from(v) / scale);
                let shift =
                    |p: WorldPos| Vec2::new(((p.x - anchor.at.x) * scale) as f32, ((p.y - anchor.at.y) * scale) as f32);
                let places = |across: usize| -> Vec<Vec2> {
                    let places = inside.places(anchor.at, room, across).into_iter().map(shift);
                    places.filter(|s| self.taken.is_free(at(s))).collect()
                };
                let free = places(ACROSS);
                let clear_of = |list: &[Vec2]| list.iter().copied().find(|s| self.symbols.is_free(at(s)));
                // Where symbols are in the way it is looked for more closely.
                let clear =
                    clear_of(&free).or_else(|| (!free.is_empty()).then(|| clear_of(&places(ACROSS_CLOSELY)))?);
                clear?
            }
        };
        self.taken.add(at(&shift));
        Some(([offset[0] + f64::from(shift.x), offset[1] + f64::from(shift.y)], shift))
    }
}
