//! Village names on the map: inside their polygon, larger ones first, none over another.

use egui::{Color32, FontId, Painter, Pos2, Rect, Vec2};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::lettering::{Inscription, Lettering};
use crate::geo::{Anchor, BoundsDeg};
use crate::model::{FeatureId, Generation, Role};
use crate::palette::{LABEL_DARK, LABEL_LIGHT, is_dark, size};
use crate::project::ViewEntry;
use crate::render::LayerKey;
use crate::session::{Camera, Layer, Loaded, Session};

/// Most labels at once: on a GPU, and where each costs the time of its pixels.
const MAX_LABELS: usize = 400;
const MAX_LABELS_IN_SOFTWARE: usize = 250;

/// Room in points kept free beside and above the name of a town, so that names can be told apart at a glance.
const TOWN_ROOM_PT: Vec2 = Vec2::new(22.0, 16.0);

/// Shifts of a label in points that are tried, one after the other.
const SHIFTS_PT: [f32; 7] = [0.0, -13.0, 13.0, -20.0, 20.0, -28.0, 28.0];
/// Most symbols that labels give way to.
const MAX_OBSTACLES: usize = 2_000;

/// Rectangles of the symbols and clusters in view, as offsets from the middle of the map.
fn taken_by_symbols(session: &Session, half: Vec2) -> Vec<Rect> {
    let Some(symbols) = session.symbols() else { return Vec::new() };
    let clusters = symbols.clusters.iter().map(|c| (c.at, super::clusters::radius_pt(c.members.len()) + 1.0));
    let singles = symbols.single_places.iter().map(|p| (*p, 5.0));
    let view = Rect::from_center_size(Pos2::ZERO, half * 2.0);
    let rects = clusters.chain(singles).map(|(at, radius)| {
        let [x, y] = session.camera.offset_of(at);
        Rect::from_center_size(Pos2::new(x as f32, y as f32), Vec2::splat(radius * 2.0))
    });
    rects.filter(|r| view.intersects(*r)).take(MAX_OBSTACLES).collect()
}

/// Square points that a village takes at least where it is named: a line of text.
const LEAST_PT2: f64 = 120.0;

/// So many features are looked at one by one; more are looked for by place.
const FEW: usize = 3_000;

/// How much wider than its village a name may be.
const SPILL: f64 = 1.05;

/// What a label names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Village(LayerKey, FeatureId),
    /// By its number in [`crate::session::Loaded::town_anchors`].
    Town(LayerKey, usize),
}

/// A label that found its place: shifted from its anchor by so many points.
#[derive(Clone)]
struct Placed {
    subject: Subject,
    text: String,
    offset: [f64; 2],
    shift: f32,
}

/// Villages narrower than this many points on average are too many to be named; their towns are.
const TOWNS_BELOW_PT: f64 = 40.0;

/// Labels of the present view; placed anew only where camera, size or layers changed.
#[derive(Default)]
pub struct Labels {
    placed: Vec<Placed>,
    key: Option<(Camera, Vec2, Vec<(LayerKey, Generation, bool)>, Option<Generation>)>,
    /// Theme, year and focus they were placed under.
    view: Option<ViewEntry>,
    sizes: FxHashMap<Subject, Vec2>,
    order: FxHashMap<LayerKey, Order>,
    lettering: Lettering,
}

/// The features of a layer, largest first.
struct Order {
    /// The dataset, by its place in memory.
    of: Generation,
    features: Vec<FeatureId>,
    /// Place of each feature in that order.
    ranks: Vec<u32>,
    /// Width of a typical feature in world units.
    width: f64,
}

impl Order {
    fn new(of: Generation, anchors: &[Option<Anchor>]) -> Self {
        let area = |f: FeatureId| anchors[f.index()].map_or(0.0, |a| a.extent[0] * a.extent[1]);
        let mut features: Vec<FeatureId> =
            FeatureId::all(anchors.len() as u32).filter(|f| anchors[f.index()].is_some()).collect();
        features.par_sort_unstable_by(|a, b| area(*b).total_cmp(&area(*a)).then(a.cmp(b)));
        let middle = features.get(features.len() / 2).map_or(0.0, |f| area(*f));
        let mut ranks = vec![u32::MAX; anchors.len()];
        features.iter().enumerate().for_each(|(rank, f)| ranks[f.index()] = rank as u32);
        Self { of, features, ranks, width: f64::from(middle).sqrt() }
    }

    /// Features that could be named in a view, largest first: those that have room for a name at this scale and, where these
    /// are many, lie in view.
    fn candidates(&self, loaded: &Loaded, anchors: &[Option<Anchor>], session: &Session, half: Vec2) -> Vec<FeatureId> {
        let scale = session.camera.points_per_world();
        let room = |f: &FeatureId| {
            anchors[f.index()]
                .is_some_and(|a| f64::from(a.extent[0]) * f64::from(a.extent[1]) * scale * scale >= LEAST_PT2)
        };
        let large = self.features.partition_point(room);
        if large <= FEW {
            return self.features.get(..large).unwrap_or(&[]).to_vec();
        }
        let Some(index) = loaded.spatial_in_time() else { return Vec::new() };
        let corner = |x: f32, y: f32| session.camera.world_at([f64::from(x), f64::from(y)]).to_lonlat();
        let (a, b) = (corner(-half.x - 60.0, -half.y - 20.0), corner(half.x + 60.0, half.y + 20.0));
        let mut found = index.in_rectangle(BoundsDeg::new([a.lon_deg, b.lat_deg, b.lon_deg, a.lat_deg]));
        found.retain(|f| self.ranks.get(f.index()).is_some_and(|rank| (*rank as usize) < large));
        found.sort_unstable_by_key(|f| self.ranks[f.index()]);
        found
    }
}

impl Subject {
    fn font(self) -> FontId {
        FontId::proportional(match self {
            Self::Village(..) => size::LABEL,
            Self::Town(..) => size::LABEL + 1.0,
        })
    }
}

/// A width in points that a label has at least, told without laying it out: a Han character is as wide as high.
fn least_width_pt(name: &str, subject: Subject) -> f64 {
    let share = |c: char| if c >= '\u{2e80}' { 1.0 } else { 0.2 };
    name.chars().map(share).sum::<f64>() * f64::from(subject.font().size)
}

fn size_of_label(
    sizes: &mut FxHashMap<Subject, Vec2>,
    painter: &Painter,
    subject: Subject,
    name: impl Fn() -> String,
) -> Vec2 {
    let measure = || painter.layout_no_wrap(name(), subject.font(), Color32::PLACEHOLDER).size();
    *sizes.entry(subject).or_insert_with(measure)
}

/// What is left of the map's area while labels are placed.
struct Room<'s> {
    session: &'s Session,
    half: Vec2,
    taken: Vec<Rect>,
    /// Labels of the frame before and their shifts, where the scale is the same.
    kept: FxHashMap<Subject, f32>,
    /// Most labels.
    most: usize,
}

impl Room<'_> {
    fn is_near(&self, anchor: &Anchor) -> bool {
        let [x, y] = self.session.camera.offset_of(anchor.at);
        x.abs() <= f64::from(self.half.x) + 60.0 && y.abs() <= f64::from(self.half.y) + 20.0
    }

    /// Offset from the middle of the map and shift from the anchor for a label of this size; `None` where it does not fit
    /// into its subject, or another stands there.
    fn place(&mut self, subject: Subject, anchor: &Anchor, size: Vec2, spill: f64) -> Option<([f64; 2], f32)> {
        let scale = self.session.camera.points_per_world();
        let extent = [f64::from(anchor.extent[0]) * scale, f64::from(anchor.extent[1]) * scale];
        if !self.is_near(anchor)
            || size.x <= 1.0
            || f64::from(size.x) > extent[0] * spill
            || f64::from(size.y) > extent[1] * 1.3
        {
            return None;
        }
        let offset = self.session.camera.offset_of(anchor.at);
        // Beside a symbol where one stands in the middle, as long as the subject reaches there.
        let reach = (extent[1] as f32 / 2.0 - size.y * 0.6).max(0.0);
        let at = |shift: f32| {
            let centre = Pos2::new(offset[0] as f32, offset[1] as f32 + shift);
            let around = if matches!(subject, Subject::Town(..)) { TOWN_ROOM_PT } else { Vec2::new(4.0, 0.0) };
            Rect::from_center_size(centre, size + around)
        };
        let free = |shift: &f32| !self.taken.iter().any(|t| t.intersects(at(*shift)));
        let first = self.kept.get(&subject).copied();
        let shifts = SHIFTS_PT.into_iter().filter(|s| s.abs() <= reach);
        let shift = first.into_iter().chain(shifts).find(free)?;
        self.taken.push(at(shift));
        Some(([offset[0], offset[1] + f64::from(shift)], shift))
    }
}

impl Labels {
    /// Draws the labels of a view.
    pub fn show(&mut self, painter: &Painter, rect: Rect, session: &Session, in_software: bool) {
        let layers: Vec<(LayerKey, Generation, bool)> = session
            .shown()
            .filter(|(_, e)| e.visible)
            .filter_map(|(l, _)| {
                let loaded = l.loaded()?;
                loaded.anchors.get()?;
                // Where places are not sorted yet, names of villages come once they are.
                Some((l.key, loaded.generation, loaded.spatial_in_time().is_some()))
            })
            .collect();
        let symbols = session.symbols().map(|s| s.generation);
        let key = Some((session.camera, rect.size(), layers, symbols));
        let is_divided = session.map_on_left().is_some() && !session.left().side_by_side;
        if self.key != key {
            self.place(painter, rect, session, if in_software { MAX_LABELS_IN_SOFTWARE } else { MAX_LABELS });
            self.key = key;
        }
        let middle = rect.center();
        let lay_out = |text: &str, size_pt: f32| {
            painter.layout_no_wrap(text.to_owned(), FontId::proportional(size_pt), Color32::PLACEHOLDER)
        };
        let inscriptions = self.placed.iter().filter_map(|label| {
            let (Subject::Village(key, _) | Subject::Town(key, _)) = label.subject;
            let layer = session.layers.get(&key)?;
            let (ink, halo) = match label.subject {
                // Colours differ on both sides of a divider: dark with a light halo reads on all.
                Subject::Village(..) if is_divided => (LABEL_DARK, LABEL_LIGHT),
                Subject::Village(_, feature) => ink_of(layer, feature, session.dark),
                // Over many colours: a halo that none shines through.
                Subject::Town(..) => (LABEL_DARK, LABEL_LIGHT.gamma_multiply(0.85)),
            };
            let size_pt = label.subject.font().size;
            let inscription = Inscription { text: &label.text, lay_out: &lay_out, size_pt, ink, halo };
            Some((inscription, middle + Vec2::new(label.offset[0] as f32, label.offset[1] as f32)))
        });
        let inscriptions: Vec<_> = inscriptions.collect();
        if let Some(mesh) = self.lettering.mesh(painter.ctx(), &inscriptions) {
            painter.add(mesh);
        }
    }

    fn place(&mut self, painter: &Painter, rect: Rect, session: &Session, most: usize) {
        // At the same scale what was shown keeps its place on the map, whatever else comes into view.
        let symbols = session.symbols().map(|s| s.generation);
        let same_scale = self.key.as_ref().is_some_and(|k| k.0.zoom == session.camera.zoom && k.3 == symbols)
            && self.view.as_ref() == Some(&session.view);
        self.view = Some(session.view.clone());
        let before = std::mem::take(&mut self.placed);
        let kept: FxHashMap<Subject, f32> = match same_scale {
            true => before.into_iter().map(|p| (p.subject, p.shift)).collect(),
            false => FxHashMap::default(),
        };
        let half = rect.size() / 2.0;
        let mut room = Room { session, half, taken: taken_by_symbols(session, half), kept, most };
        if self.sizes.len() > 50_000 {
            self.sizes.clear();
        }
        let mut keys = Vec::new();
        for (layer, _) in session.shown().filter(|(_, e)| e.visible) {
            let Some(loaded) = layer.loaded() else { continue };
            let Some(anchors) = loaded.anchors.get() else { continue };
            if loaded.dataset.roles.field(Role::Name).is_none() {
                continue;
            }
            let id = loaded.generation;
            if self.order.get(&layer.key).is_none_or(|o| o.of != id) {
                self.order.insert(layer.key, Order::new(id, anchors));
                self.sizes.clear();
            }
            keys.push((layer.key, loaded));
        }
        let candidates: Vec<Vec<FeatureId>> = keys
            .iter()
            .map(|(key, loaded)| {
                let order = self.order.get(key).zip(loaded.anchors.get());
                order.map_or_else(Vec::new, |(order, anchors)| order.candidates(loaded, anchors, session, half))
            })
            .collect();
        for keep in [true, false] {
            for (&(key, loaded), candidates) in keys.iter().zip(&candidates) {
                self.place_layer(painter, key, loaded, candidates, &mut room, keep);
            }
        }
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
        let scale = room.session.camera.points_per_world();
        if order.width * scale < TOWNS_BELOW_PT {
            for (i, (name, anchor)) in loaded.town_anchors.get().map_or(&[][..], |t| t).iter().enumerate() {
                let subject = Subject::Town(key, i);
                if room.is_near(anchor)
                    && least_width_pt(name, subject) <= f64::from(anchor.extent[0]) * scale
                    && room.kept.contains_key(&subject) == keep
                    && self.placed.len() < room.most
                {
                    let size = size_of_label(&mut self.sizes, painter, subject, || name.clone());
                    let placed = room.place(subject, anchor, size, 1.0);
                    self.placed.extend(placed.map(|(offset, shift)| Placed {
                        subject,
                        text: name.clone(),
                        offset,
                        shift,
                    }));
                }
            }
        }
        for &feature in candidates {
            let Some(anchor) = anchors.get(feature.index()).copied().flatten() else { continue };
            let extent = [f64::from(anchor.extent[0]) * scale, f64::from(anchor.extent[1]) * scale];
            if self.placed.len() >= room.most {
                break;
            }
            let subject = Subject::Village(key, feature);
            if !room.is_near(&anchor) || extent[0] < 16.0 || extent[1] < 9.0 || room.kept.contains_key(&subject) != keep
            {
                continue;
            }
            let name = || loaded.dataset.text(feature, Role::Name).unwrap_or_default().into_owned();
            // Thousands of names are too wide at middle scales: laying them all out would cost a frame.
            if !self.sizes.contains_key(&subject) && least_width_pt(&name(), subject) > extent[0] * SPILL {
                continue;
            }
            let size = size_of_label(&mut self.sizes, painter, subject, name);
            let placed = room.place(subject, &anchor, size, SPILL);
            self.placed.extend(placed.map(|(offset, shift)| Placed { subject, text: name(), offset, shift }));
        }
    }

    /// Texts and shifts of the labels shown.
    pub fn shown(&self) -> Vec<(String, f32)> {
        self.placed.iter().map(|p| (p.text.clone(), p.shift)).collect()
    }
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
