//! Village names on the map: inside their polygon, larger ones first, none over another; gap marks beside them.

use egui::{Color32, FontId, Painter, Rect, Vec2};
use rustc_hash::FxHashMap;

use super::gaps::{self, PlacedMark};
use super::label_leaders as leaders;
use super::label_order::Order;
use super::label_places::{Arranged, LETTERS, Room, Subject};
use super::label_room::{Taken, around};
use super::lettering::{Inscription, Lettering};
use super::visual_order::visual_order;
use crate::geo::{Anchor, Strips, WorldPos};
use crate::model::{FeatureId, Generation, Role};
use crate::palette::{LABEL_DARK, LABEL_LIGHT, is_dark, size};
use crate::project::{LayerStyle, ViewEntry};
use crate::render::LayerKey;
use crate::session::{Camera, GapMarks, Layer, Loaded, Session};

/// Most labels at once: on a GPU, and where each costs the time of its pixels.
const MAX_LABELS: usize = 400;
const MAX_LABELS_IN_SOFTWARE: usize = 250;

/// Most lines and points that are looked at for labels.
const MOST_SPOTS: usize = 3_000;
/// Most polygons whose inside is kept.
const MOST_INSIDES: usize = 20_000;

/// A label that found its place: shifted from its anchor by so many points.
#[derive(Clone)]
pub(super) struct Placed {
    pub(super) subject: Subject,
    pub(super) text: String,
    pub(super) offset: [f64; 2],
    pub(super) shift: Vec2,
    pub(super) size: Vec2,
    /// Size of the letters, as a share of the usual one.
    pub(super) share: f32,
    /// How far the end of its leader line lies from the middle of the map: the place that it names, where it stands beside it.
    pub(super) leader: Option<[f64; 2]>,
}

/// Villages narrower than this many points on average are too many to be named; their towns are.
pub(super) const TOWNS_BELOW_PT: f64 = 40.0;

/// Labels of the present view; placed anew only where camera, size or layers changed.
#[derive(Default)]
pub struct Labels {
    pub(super) placed: Vec<Placed>,
    pub(super) marks: Vec<PlacedMark>,
    key: Option<LabelsKey>,
    /// Theme, year and focus they were placed under.
    pub(super) view: Option<ViewEntry>,
    pub(super) sizes: FxHashMap<Subject, Vec2>,
    pub(super) insides: FxHashMap<(LayerKey, FeatureId), Option<Strips>>,
    /// Where names of lines and points stand.
    pub(super) spots: FxHashMap<(LayerKey, FeatureId), Option<Anchor>>,
    pub(super) order: FxHashMap<LayerKey, Order>,
    pub(super) lettering: Lettering,
}

/// Sizes that a name is tried in, as shares of the usual one.
const SHARES: [f32; 3] = [1.0, SMALL, SMALLEST];
/// Where symbols leave no room for a name, smaller letters may have some.
const SMALL: f32 = 0.86;
/// Nine points, below which nobody reads.
const SMALLEST: f32 = 9.0 / size::LABEL;

/// What labels are placed for.
#[derive(Clone, PartialEq)]
struct LabelsKey {
    camera: Camera,
    size: Vec2,
    layers: Vec<(LayerKey, Generation, bool)>,
    symbols: Option<Generation>,
    gaps: Option<GapMarks>,
    font_pt: f32,
    /// How layers are labelled.
    styles: Vec<(LayerKey, LayerStyle)>,
}

/// How large the labels of a layer are, as a share of the usual size.
pub(super) fn own_size(style: &LayerStyle) -> f32 {
    style.letters_pt().map_or(1.0, |pt| pt / size::LABEL)
}

/// A number as it can be sorted.
fn ordered(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

impl Placed {
    /// The village of a layer that it names.
    pub(super) fn village(&self, key: LayerKey) -> Option<FeatureId> {
        match self.subject {
            Subject::Village(of, feature) if of == key => Some(feature),
            _ => None,
        }
    }
}

/// A width in points that a label has at least, told without laying it out: a Han character is as wide as high.
fn least_width_pt(name: &str, font_pt: f32) -> f64 {
    let share = |c: char| if c >= '\u{2e80}' { 1.0 } else { 0.2 };
    let line = |line: &str| line.chars().map(share).sum::<f64>();
    name.lines().map(line).fold(0.0, f64::max) * f64::from(font_pt)
}

pub(super) fn size_of_label(
    sizes: &mut FxHashMap<Subject, Vec2>,
    painter: &Painter,
    subject: Subject,
    font_pt: f32,
    name: impl Fn() -> String,
) -> Vec2 {
    let measure = || painter.layout_job(lines_of(&name(), subject.font(font_pt))).size();
    *sizes.entry(subject).or_insert_with(measure)
}

/// A label of one or several lines, in the middle under one another.
pub(super) fn lines_of(text: &str, font: FontId) -> egui::text::LayoutJob {
    let mut job =
        egui::text::LayoutJob::simple(visual_order(text).into_owned(), font, Color32::PLACEHOLDER, f32::INFINITY);
    if text.contains('\n') {
        job.halign = egui::Align::Center;
    }
    job
}

impl Labels {
    /// Draws the labels of a view, and the gap marks beside them.
    pub fn show(&mut self, painter: &Painter, rect: Rect, session: &Session, in_software: bool) {
        let layers: Vec<(LayerKey, Generation, bool)> = session
            .shown()
            .filter(|(_, e)| session.is_drawn(e))
            .filter_map(|(l, _)| {
                let loaded = l.loaded()?;
                loaded.anchors.get()?;
                // Where places are not sorted yet, names of villages come once they are.
                Some((l.key, loaded.generation, loaded.spatial_in_time().is_some()))
            })
            .collect();
        let font_pt = if session.meeting.is_some() { meeting_pt(painter.ctx()) } else { size::LABEL };
        let key = LabelsKey {
            camera: session.camera,
            size: rect.size(),
            layers,
            symbols: session.symbols().map(|s| s.generation),
            gaps: session.gap_marks(),
            font_pt,
            styles: session.shown().map(|(l, e)| (l.key, e.style.clone())).collect(),
        };
        let is_divided = session.map_on_left().is_some() && !session.left().side_by_side;
        if self.key.as_ref() != Some(&key) {
            if self.key.as_ref().is_some_and(|k| k.font_pt != font_pt || k.styles != key.styles) {
                self.sizes.clear();
            }
            let most = if in_software { MAX_LABELS_IN_SOFTWARE } else { MAX_LABELS };
            self.place(painter, session, &key, most);
            self.key = Some(key);
        }
        let middle = rect.center();
        let lay_out = |text: &str, size_pt: f32| painter.layout_job(lines_of(text, FontId::proportional(size_pt)));
        let inscriptions = self.placed.iter().filter_map(|label| {
            let (Subject::Village(key, _) | Subject::Town(key, _) | Subject::District(key, _)) = label.subject;
            let layer = session.layers.get(&key)?;
            let (ink, halo) = match label.subject {
                // Colours differ on both sides of a divider: dark with a light halo reads on all.
                Subject::Village(..) if is_divided => (LABEL_DARK, LABEL_LIGHT),
                // Beside its village it lies on other colours.
                Subject::Village(..) if label.leader.is_some() => (LABEL_DARK, LABEL_LIGHT.gamma_multiply(0.85)),
                Subject::Village(_, feature) => ink_of(layer, feature, session.dark),
                // Over many colours: a halo that none shines through.
                Subject::Town(..) | Subject::District(..) => (LABEL_DARK, LABEL_LIGHT.gamma_multiply(0.85)),
            };
            let size_pt = label.subject.font(font_pt).size * label.share;
            let inscription = Inscription { text: &label.text, lay_out: &lay_out, size_pt, ink, halo };
            Some((inscription, middle + Vec2::new(label.offset[0] as f32, label.offset[1] as f32)))
        });
        let inscriptions: Vec<_> = inscriptions.collect();
        for label in &self.placed {
            leaders::show(painter, middle, label.leader, label.offset, label.size);
        }
        if let Some(mesh) = self.lettering.mesh(painter.ctx(), &inscriptions) {
            painter.add(mesh);
        }
        gaps::show(painter, middle, session, &self.marks);
    }

    fn place(&mut self, painter: &Painter, session: &Session, wanted: &LabelsKey, most: usize) {
        // At the same scale what was shown keeps its place on the map, whatever else comes into view.
        let same = |k: &LabelsKey| {
            k.camera.zoom == wanted.camera.zoom
                && (k.symbols, &k.gaps, &k.styles) == (wanted.symbols, &wanted.gaps, &wanted.styles)
        };
        let same_scale = self.key.as_ref().is_some_and(same) && self.view.as_ref() == Some(&session.view);
        self.view = Some(session.view.clone());
        let before = std::mem::take(&mut self.placed);
        // One that stands beside its village is no name inside of it that was shifted.
        let (beside, inside): (Vec<Placed>, Vec<Placed>) =
            before.into_iter().filter(|_| same_scale).partition(|p| p.leader.is_some());
        let kept = inside.into_iter().map(|p| (p.subject, (p.shift, p.share))).collect();
        let kept_beside = beside.into_iter().map(|p| (p.subject, p.shift)).collect();
        let half = wanted.size / 2.0;
        let (font_pt, gaps) = (wanted.font_pt, wanted.gaps.as_ref());
        let mut room = Room {
            session,
            half,
            taken: Taken::default(),
            symbols: Taken::default(),
            kept,
            kept_beside,
            most,
            font_pt,
            gaps,
        };
        room.give_way_to_symbols();
        self.marks.clear();
        if self.sizes.len() > 50_000 {
            self.sizes.clear();
        }
        if self.insides.len() > MOST_INSIDES {
            self.insides.clear();
        }
        if self.spots.len() > MOST_INSIDES {
            self.spots.clear();
        }
        let mut keys = Vec::new();
        for (layer, _) in session.shown().filter(|(_, e)| session.is_drawn(e)) {
            let Some(loaded) = layer.loaded() else { continue };
            let Some(anchors) = loaded.anchors.get() else { continue };
            let Some(style) = session.entry(layer.key).map(|e| &e.style) else { continue };
            let has_name = loaded.dataset.roles.field(Role::Name).is_some() && !loaded.is_points();
            if !(has_name || style.label.is_some()) || !style.is_labelled_at(session.camera.scale_denominator()) {
                continue;
            }
            let id = loaded.generation;
            if self.order.get(&layer.key).is_none_or(|o| o.of != id) {
                self.order.insert(layer.key, Order::new(id, anchors));
                self.sizes.clear();
                self.insides.clear();
                self.spots.clear();
            }
            keys.push((layer.key, loaded));
        }
        // Villages are what the map is about: theirs come first.
        let villages = session.village_layer().map(|l| l.key);
        keys.sort_by_key(|(key, _)| villages != Some(*key));
        let candidates: Vec<Vec<FeatureId>> = keys
            .iter()
            .map(|(key, loaded)| {
                let Some((order, anchors)) = self.order.get(key).zip(loaded.anchors.get()) else { return Vec::new() };
                let mut found = order.candidates(loaded, anchors, session, half);
                let by = session.entry(*key).and_then(|e| loaded.dataset.table.position(e.style.label_by.as_deref()?));
                if let Some(column) = by {
                    let value = |f: &FeatureId| loaded.dataset.table.value(*f, column).as_f64();
                    found.sort_by_cached_key(|f| std::cmp::Reverse(value(f).map(ordered)));
                }
                if loaded.is_points() || loaded.is_lines() {
                    found.truncate(MOST_SPOTS);
                }
                found
            })
            .collect();
        for keep in [true, false] {
            for (&(key, loaded), candidates) in keys.iter().zip(&candidates) {
                self.place_layer(painter, key, loaded, candidates, &mut room, keep);
            }
        }
        for (&(key, loaded), candidates) in keys.iter().zip(&candidates) {
            self.place_beside(painter, key, loaded, candidates, &mut room);
        }
        self.place_marks_alone(session, &room);
    }

    /// Places the labels of a layer: first those that were there before, then others.
    fn place_layer(
        &mut self,
        painter: &Painter,
        key: LayerKey,
        loaded: &Loaded,
        candidates: &[FeatureId],
        room: &mut Room<'_>,
        keep: bool,
    ) {
        let (Some(anchors), Some(order)) = (loaded.anchors.get(), self.order.get(&key)) else { return };
        let Some(style) = room.session.entry(key).map(|e| &e.style) else { return };
        let own = own_size(style);
        let (scale, font_pt) = (room.session.camera.points_per_world(), room.font_pt * own);
        let is_below = |width: f64| width * scale < TOWNS_BELOW_PT * f64::from(font_pt / size::LABEL);
        let has_no_inside = loaded.is_points() || loaded.is_lines();
        if has_no_inside {
            return self.place_at_spots(painter, key, loaded, candidates, room, keep);
        }
        if is_below(order.width) {
            let towns = loaded.town_anchors.get().map_or(&[][..], Vec::as_slice);
            let districts = loaded.district_anchors.get().map_or(&[][..], Vec::as_slice);
            // The middle one: they are sorted by size.
            let town_width = towns.get(towns.len() / 2).map_or(0.0, |(_, a)| f64::from(a.extent[0]));
            if is_below(town_width) {
                self.place_places(painter, districts, |i| Subject::District(key, i), room, keep);
            }
            self.place_places(painter, towns, |i| Subject::Town(key, i), room, keep);
        } else if style.label_towns {
            let towns = loaded.town_anchors.get().map_or(&[][..], Vec::as_slice);
            self.place_places(painter, towns, |i| Subject::Town(key, i), room, keep);
        }
        let is_villages = room.session.village_layer().is_some_and(|l| l.key == key);
        for &feature in candidates {
            let Some(anchor) = anchors.get(feature.index()).copied().flatten() else { continue };
            let extent = [f64::from(anchor.extent[0]) * scale, f64::from(anchor.extent[1]) * scale];
            if self.placed.len() >= room.most {
                break;
            }
            let subject = Subject::Village(key, feature);
            let is_wanted = room.is_near(&anchor) && room.kept.contains_key(&subject) == keep;
            if !is_wanted || extent[0] < 16.0 || extent[1] < f64::from(font_pt) * 0.8 {
                continue;
            }
            let name = || room.session.label_of(key, loaded, feature);
            // Thousands of names are too wide at middle scales: laying them all out would cost a frame.
            if !self.sizes.contains_key(&subject) && least_width_pt(&name(), font_pt) > extent[0] {
                continue;
            }
            let text = size_of_label(&mut self.sizes, painter, subject, room.font_pt, name);
            let mark = room.gaps.filter(|_| is_villages).and_then(|g| g.villages.get(&feature)).copied();
            if text.x <= 1.0 || f64::from(text.x * own) > extent[0] {
                continue;
            }
            let insides = &mut self.insides;
            let mut inside = || insides.entry((key, feature)).or_insert_with(|| loaded.inside(feature)).clone();
            // In a meeting a name is large or not there.
            let shares = if room.session.meeting.is_some() { &SHARES[..1] } else { &SHARES[..] };
            let arranged = shares.iter().map(|share| share * own).find_map(|share| {
                let arranged = room.place_with_mark(subject, &anchor, &mut inside, (text * share, share), mark)?;
                Some((arranged, share))
            });
            let Some((Arranged { name_at, shift, mark_at }, share)) = arranged else { continue };
            self.placed.push(Placed {
                subject,
                text: name(),
                offset: name_at,
                shift,
                size: text * share,
                share,
                leader: None,
            });
            if let (Some((severity, count)), Some(at)) = (mark, mark_at) {
                self.marks.push(PlacedMark { villages: vec![feature], severity, count, at });
            }
        }
    }

    /// Places names of towns or districts.
    fn place_places(
        &mut self,
        painter: &Painter,
        places: &[(String, Anchor)],
        subject_of: impl Fn(usize) -> Subject,
        room: &mut Room<'_>,
        keep: bool,
    ) {
        let scale = room.session.camera.points_per_world();
        // Towns that are asked for stand over symbols where there are symbols everywhere.
        let over_symbols =
            room.session.village_layer().and_then(|l| room.session.entry(l.key)).is_some_and(|e| e.style.label_towns);
        for (i, (name, anchor)) in places.iter().enumerate() {
            let subject = subject_of(i);
            let font_pt = subject.font(room.font_pt).size;
            if room.is_near(anchor)
                && least_width_pt(name, font_pt) <= f64::from(anchor.extent[0]) * scale
                && room.kept.contains_key(&subject) == keep
                && self.placed.len() < room.most
            {
                let size = size_of_label(&mut self.sizes, painter, subject, room.font_pt, || name.clone());
                let placed = room.place_town(subject, anchor, size, over_symbols);
                let text = || name.clone();
                self.placed.extend(placed.map(|(offset, shift)| Placed {
                    subject,
                    text: text(),
                    offset,
                    shift,
                    size,
                    share: 1.0,
                    leader: None,
                }));
            }
        }
    }

    /// Marks of villages that have no room for their name stand where the name would; those that would lie over another are one with it.
    fn place_marks_alone(&mut self, session: &Session, room: &Room<'_>) {
        let Some(gaps) = room.gaps else { return };
        let Some(anchors) = session.village_layer().and_then(|l| l.loaded()).and_then(|l| l.anchors.get()) else {
            return;
        };
        let done: rustc_hash::FxHashSet<FeatureId> = self.marks.iter().flat_map(|m| m.villages.clone()).collect();
        let anchor = |v: &FeatureId| Some(anchors.get(v.index()).copied().flatten()?.at);
        let mut rest: Vec<(FeatureId, _)> = gaps.villages.iter().map(|(v, m)| (*v, *m)).collect();
        rest.retain(|(v, _)| !done.contains(v));
        // The worst first, so that what stands for several stands where the worst is.
        rest.sort_by_key(|(v, (severity, count))| (*severity, std::cmp::Reverse(*count), *v));
        let of_villages = rest.into_iter().filter_map(|(v, mark)| Some((vec![v], anchor(&v)?, mark)));
        let elsewhere = gaps
            .places
            .iter()
            .map(|(at, severity, count)| (Vec::new(), WorldPos::from_lonlat(*at), (*severity, *count)));
        let view = Rect::from_center_size(egui::Pos2::ZERO, room.half * 2.0);
        for (villages, at, (severity, count)) in of_villages.chain(elsewhere) {
            let at = room.beside_names(session.camera.offset_of(at), gaps::size_pt(count, room.mark_scale()));
            if view.intersects(at) {
                gaps::add(&mut self.marks, PlacedMark { villages, severity, count, at });
            }
        }
    }

    /// Villages of the gap mark under a point, as an offset from the middle of the map.
    pub(super) fn mark_at(&self, [x, y]: [f64; 2]) -> Option<&[FeatureId]> {
        let at = egui::Pos2::new(x as f32, y as f32);
        self.marks.iter().rev().find(|m| m.at.expand(2.0).contains(at)).map(|m| m.villages.as_slice())
    }

    /// Texts of the labels shown, and how far each stands from its anchor.
    pub fn shown(&self) -> Vec<(String, f32)> {
        self.placed.iter().map(|p| (p.text.clone(), p.shift.length())).collect()
    }

    /// Villages that are named inside of them, with the letters' rectangle as an offset from the middle of the map.
    pub fn of_villages(&self) -> Vec<(FeatureId, Rect)> {
        let rect = |p: &Placed| around(p.offset, Vec2::new(p.size.x, p.size.y * LETTERS));
        let named = |p: &Placed| match p.subject {
            Subject::Village(_, feature) => Some((feature, rect(p))),
            Subject::Town(..) | Subject::District(..) => None,
        };
        self.placed.iter().filter(|p| p.leader.is_none()).filter_map(named).collect()
    }

    /// How many names stand beside their villages.
    pub fn beside(&self) -> usize {
        self.placed.iter().filter(|p| p.leader.is_some()).count()
    }

    /// Gap marks: rectangle as an offset from the middle of the map, and how many gaps each stands for.
    pub fn gap_marks(&self) -> Vec<(Rect, usize)> {
        self.marks.iter().map(|m| (m.at, m.count)).collect()
    }
}

/// Size of names in meetings, in points: 24 pixels on a screen of 1080 lines and on lower ones, more on higher ones.
fn meeting_pt(ctx: &egui::Context) -> f32 {
    let ppp = ctx.pixels_per_point();
    let lines = ctx.content_rect().height() * ppp;
    size::MEETING_LABEL * (lines / 1080.0).max(1.0) / ppp
}

/// Text and halo for a label on a village's colour.
fn ink_of(layer: &Layer, feature: FeatureId, dark_theme: bool) -> (Color32, Color32) {
    let on_dark = match &layer.colouring {
        Some(colouring) => colouring.colour_of(feature).map_or(dark_theme, is_dark),
        None => dark_theme,
    };
    let (ink, halo) = if on_dark { (LABEL_LIGHT, LABEL_DARK) } else { (LABEL_DARK, LABEL_LIGHT) };
    (ink, halo.gamma_multiply(0.42))
}
