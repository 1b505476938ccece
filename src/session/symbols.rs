//! Facilities as symbols: what each looks like under a theme in a year, and which are taken together.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::state::Session;
use crate::district::{Facility, Kind, ToiletState, Use};
use crate::geo::WorldPos;
use crate::index::{cluster, middle};
use crate::model::{FeatureId, Generation, LayerKind, Theme};
use crate::palette;
use crate::render::{LayerKey, Mark, Shape};

/// Key of the layer of facilities that the project adds: files get theirs from 2 on.
pub const ADDED_LAYER: LayerKey = LayerKey::new(1);
/// Width of a cluster in points, where one looks from afar.
const CELL_PT: f64 = 46.0;
/// Zoom from which on symbols stand by themselves.
const SPLIT_ZOOM: f64 = 16.5;
/// Symbols nearer to one another than this many points lie over one another.
const OVER_PT: f64 = 8.0;
/// So many over one another are a number, also where one looks from near.
const HEAP: usize = 7;

/// What a symbol says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A flush toilet improved.
    ToiletImproved,
    /// A dry toilet rebuilt.
    ToiletRebuilt,
    /// A toilet still dry.
    ToiletDry,
    /// Any other toilet.
    Toilet,
    /// A village's clinic.
    Clinic,
    /// A township's institution.
    ClinicTownship,
    /// A sewage station.
    SewageStation,
    /// A waste point.
    WastePoint,
    /// A car park.
    Parking,
    /// A pocket park.
    PocketPark,
    /// A fitness set.
    Fitness,
}

impl SymbolKind {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 11] = [
        Self::SewageStation,
        Self::WastePoint,
        Self::ToiletImproved,
        Self::ToiletRebuilt,
        Self::ToiletDry,
        Self::Toilet,
        Self::Clinic,
        Self::ClinicTownship,
        Self::Parking,
        Self::PocketPark,
        Self::Fitness,
    ];

    /// The symbol of a facility in a year: a toilet rebuilt later is still dry then. `None` for what is not drawn.
    pub fn of(facility: &Facility, year: Option<i32>) -> Option<Self> {
        if facility.usage == Some(Use::Removed) || !facility.is_there(year) {
            return None;
        }
        let done = facility.was_done_by(year);
        Some(match facility.kind {
            Kind::PublicToilet => match facility.toilet {
                ToiletState::Rebuilt if done => Self::ToiletRebuilt,
                ToiletState::Improved if done => Self::ToiletImproved,
                ToiletState::Rebuilt | ToiletState::Dry => Self::ToiletDry,
                ToiletState::Improved | ToiletState::Plain => Self::Toilet,
            },
            Kind::Clinic if facility.is_township => Self::ClinicTownship,
            Kind::Clinic => Self::Clinic,
            Kind::SewageStation => Self::SewageStation,
            Kind::WastePoint => Self::WastePoint,
            Kind::Parking => Self::Parking,
            Kind::PocketPark => Self::PocketPark,
            Kind::Fitness => Self::Fitness,
            Kind::Building | Kind::Other => return None,
        })
    }

    /// Stable name: in project files and language files (`symbol.<key>`).
    pub fn key(self) -> &'static str {
        match self {
            Self::ToiletImproved => "toilet-improved",
            Self::ToiletRebuilt => "toilet-rebuilt",
            Self::ToiletDry => "toilet-dry",
            Self::Toilet => "toilet",
            Self::Clinic => "clinic",
            Self::ClinicTownship => "clinic-township",
            Self::SewageStation => "sewage-station",
            Self::WastePoint => "waste-point",
            Self::Parking => "parking",
            Self::PocketPark => "pocket-park",
            Self::Fitness => "fitness",
        }
    }

    /// The theme it belongs to.
    pub fn theme(self) -> Theme {
        match self {
            Self::SewageStation | Self::WastePoint => Theme::Sanitation,
            Self::ToiletImproved | Self::ToiletRebuilt | Self::ToiletDry | Self::Toilet => Theme::Toilets,
            Self::Clinic | Self::ClinicTownship => Theme::Clinics,
            Self::Parking | Self::PocketPark | Self::Fitness => Theme::Services,
        }
    }

    /// Its shape: within a theme no two are alike.
    pub fn shape(self) -> Shape {
        match self {
            Self::ToiletImproved | Self::WastePoint | Self::Parking => Shape::Square,
            Self::ToiletRebuilt | Self::PocketPark => Shape::Circle,
            Self::ToiletDry | Self::Fitness => Shape::Triangle,
            Self::Toilet | Self::SewageStation | Self::ClinicTownship => Shape::Diamond,
            Self::Clinic => Shape::Cross,
        }
    }

    /// Its colour.
    pub fn colour(self) -> [u8; 3] {
        palette::SYMBOLS[self as usize]
    }
}

/// How a facility is drawn: hollow where it cannot be used, with a dot where a toilet is below class III or ungraded.
pub fn mark_of(facility: &Facility, kind: SymbolKind) -> Mark {
    let below = facility.kind == Kind::PublicToilet && facility.class.is_none_or(|c| c > 3);
    Mark { shape: kind.shape(), hollow: !facility.is_in_use(), dot: below }
}

/// Several facilities drawn as one ring with their number.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// Its middle.
    pub at: WorldPos,
    /// Facilities, by position in the district.
    pub members: Vec<u32>,
    /// How many of each kind, in the order of [`SymbolKind::ALL`].
    pub kinds: Vec<(SymbolKind, u32)>,
}

/// What the symbols were made for.
#[derive(Clone, Debug, PartialEq)]
pub struct SymbolKey {
    /// The district.
    district: Generation,
    theme: Theme,
    year: Option<i32>,
    shown: Vec<String>,
    focus: Option<crate::project::Focus>,
    layers: Vec<LayerKey>,
    /// Half steps of zoom.
    scale: i32,
}

/// The symbols of a view.
#[derive(Clone, Debug)]
pub struct Symbols {
    /// Their number.
    pub generation: Generation,
    /// Facilities that stand by themselves, with what they look like, by layer and row.
    pub singles: FxHashMap<LayerKey, FxHashMap<FeatureId, (SymbolKind, Mark)>>,
    /// Where they stand.
    pub single_places: Vec<WorldPos>,
    /// Facilities taken together.
    pub clusters: Vec<Cluster>,
}

impl Session {
    /// Layers of facilities, in the order in which the join takes them.
    pub fn facility_layers(&self) -> Vec<LayerKey> {
        let of_files = self.kinds().into_iter().filter(|(_, kind)| *kind == LayerKind::Facilities).map(|(l, _)| l.key);
        of_files.chain(self.layers.contains_key(&ADDED_LAYER).then_some(ADDED_LAYER)).collect()
    }

    /// Keys of the symbols shown under a theme: those chosen, else the theme's own; in a meeting none but those chosen.
    pub fn symbols_shown(&self, theme: Theme) -> Vec<String> {
        match self.view.symbols.get(theme.key()) {
            Some(list) => list.clone(),
            None if self.meeting.is_some() => Vec::new(),
            None => SymbolKind::ALL.iter().filter(|k| k.theme() == theme).map(|k| k.key().to_owned()).collect(),
        }
    }

    /// How many facilities of each symbol there are in the year and in focus.
    pub fn symbol_counts(&self) -> Vec<(SymbolKind, usize)> {
        self.symbols_counted(|_| true)
    }

    /// The same of layers that are shown only, at a scale of 1 : n where one is given.
    pub fn shown_symbol_counts(&self, scale: Option<f64>) -> Vec<(SymbolKind, usize)> {
        let is_at = |key| scale.is_none_or(|n| self.entry(key).is_none_or(|e| e.style.is_shown_at(n)));
        let is_shown: Vec<bool> = self.facility_layers().iter().map(|l| self.is_layer_shown(*l) && is_at(*l)).collect();
        self.symbols_counted(|source| is_shown.get(source).copied().unwrap_or(true))
    }

    fn symbols_counted(&self, is_layer_counted: impl Fn(usize) -> bool) -> Vec<(SymbolKind, usize)> {
        let Some(district) = self.district() else { return Vec::new() };
        let year = self.year();
        let mut counts: FxHashMap<SymbolKind, usize> = FxHashMap::default();
        for facility in &district.facilities {
            if is_layer_counted(facility.source)
                && facility.village.is_none_or(|v| self.is_in_focus(v))
                && let Some(kind) = SymbolKind::of(facility, year)
            {
                *counts.entry(kind).or_default() += 1;
            }
        }
        SymbolKind::ALL.iter().filter_map(|k| Some((*k, *counts.get(k)?))).collect()
    }

    /// Brings the symbols up to date for the camera's scale. While it moves, those of the scale before will do.
    pub fn make_symbols(&mut self, moving: bool) {
        let Some((district, theme)) = self.theme() else {
            self.made.symbols.clear();
            return;
        };
        let district = district.clone();
        let step = (self.camera.zoom.min(SPLIT_ZOOM) * 2.0).floor() as i32;
        let focus = self.focus_key();
        let shown = self.symbols_shown(theme);
        let layers = self.facility_layers();
        let is_visible = |key: &LayerKey| *key == ADDED_LAYER || self.entry(*key).is_some_and(|e| self.is_drawn(e));
        let points = 1.0 / (256.0 * (f64::from(step) / 2.0).exp2());
        let key = SymbolKey {
            district: district.generation,
            theme,
            year: self.year(),
            shown,
            focus,
            layers: layers.iter().copied().filter(is_visible).collect(),
            scale: step,
        };
        if let Some(present) = self.made.symbols.key() {
            let other_scale_only = SymbolKey { scale: key.scale, ..present.clone() } == key;
            if *present == key || (moving && other_scale_only) {
                return;
            }
        }
        let wanted: FxHashSet<SymbolKind> =
            SymbolKind::ALL.into_iter().filter(|k| key.shown.iter().any(|s| s == k.key())).collect();
        let mut places: Vec<WorldPos> = Vec::new();
        let mut shown: Vec<(u32, SymbolKind, LayerKey)> = Vec::new();
        for (i, facility) in district.facilities.iter().enumerate() {
            let Some(kind) = SymbolKind::of(facility, key.year).filter(|k| wanted.contains(k)) else { continue };
            let Some(layer) = layers.get(facility.source).copied().filter(|l| key.layers.contains(l)) else {
                continue;
            };
            if facility.village.is_some_and(|v| !self.is_in_focus(v)) {
                continue;
            }
            places.push(WorldPos::from_lonlat(facility.at));
            shown.push((i as u32, kind, layer));
        }
        let clusters = together(&places, points, self.camera.zoom >= SPLIT_ZOOM);
        let mut symbols = Symbols {
            generation: Generation::next(),
            singles: layers.iter().map(|l| (*l, FxHashMap::default())).collect(),
            single_places: Vec::new(),
            clusters: Vec::new(),
        };
        for members in clusters {
            if let [one] = members.as_slice() {
                let Some((i, kind, layer)) = shown.get(*one as usize).copied() else { continue };
                let Some(facility) = district.facilities.get(i as usize) else { continue };
                symbols.singles.entry(layer).or_default().insert(facility.row, (kind, mark_of(facility, kind)));
                symbols.single_places.extend(places.get(*one as usize));
                continue;
            }
            let of = |m: &u32| shown.get(*m as usize).copied();
            let count = |k: SymbolKind| members.iter().filter_map(of).filter(|s| s.1 == k).count() as u32;
            symbols.clusters.push(Cluster {
                at: middle(&places, &members),
                kinds: SymbolKind::ALL.into_iter().map(|k| (k, count(k))).filter(|(_, n)| *n > 0).collect(),
                members: members.iter().filter_map(of).map(|s| s.0).collect(),
            });
        }
        self.made.symbols.make(key, |_| Arc::new(symbols));
    }
}

/// Which symbols are taken together. From near each stands by itself, heaps excepted; from afar, where most would lie over another, those
/// near each other are a number. `point` is a point of the screen in world units.
fn together(places: &[WorldPos], point: f64, apart: bool) -> Vec<Vec<u32>> {
    let single = || (0..places.len() as u32).map(|i| vec![i]).collect();
    if apart || places.is_empty() {
        return single();
    }
    let over = cluster(places, OVER_PT * point);
    if over.len() * 2 < places.len() {
        return cluster(places, CELL_PT * point);
    }
    let split = |members: Vec<u32>| match members.len() {
        0..HEAP => members.into_iter().map(|i| vec![i]).collect::<Vec<_>>(),
        _ => vec![members],
    };
    over.into_iter().flat_map(split).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: usize, step: f64) -> Vec<WorldPos> {
        (0..n).map(|i| WorldPos { x: 0.3 + i as f64 * step, y: 0.4 + (i % 7) as f64 * step }).collect()
    }

    #[test]
    fn symbols_stand_by_themselves_from_near_and_are_numbers_from_afar() {
        let places = row(300, 1e-5);
        let sizes = |point: f64, apart| together(&places, point, apart).iter().map(Vec::len).collect::<Vec<_>>();
        assert!(sizes(5e-7, false).iter().all(|n| *n == 1), "20 points apart");
        let afar = sizes(2e-5, false);
        assert!(afar.len() < 20 && afar.iter().sum::<usize>() == 300, "{afar:?}");
        assert!(sizes(2e-5, true).iter().all(|n| *n == 1));
        // A heap in one place is a number, its neighbours are not.
        let mut heap = row(30, 1e-4);
        heap.extend(vec![WorldPos { x: 0.9, y: 0.9 }; 9]);
        let list = together(&heap, 1e-6, false);
        assert_eq!(list.iter().filter(|m| m.len() > 1).map(Vec::len).collect::<Vec<_>>(), [9]);
    }
}
