//! Geometry of all features in one flat coordinate buffer.

use super::FeatureId;
use crate::geo::BoundsDeg;
use std::ops::Range;

use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// The geometry type a feature has in its file (RFC 7946 §1.4), or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GeometryKind {
    /// No geometry.
    Null,
    /// One position.
    Point,
    /// Several positions.
    MultiPoint,
    /// One line.
    LineString,
    /// Several lines.
    MultiLineString,
    /// One polygon.
    Polygon,
    /// Several polygons.
    MultiPolygon,
    /// A mixture of the above.
    GeometryCollection,
}

impl GeometryKind {
    /// The name in RFC 7946; `null` where there is none.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Point => "Point",
            Self::MultiPoint => "MultiPoint",
            Self::LineString => "LineString",
            Self::MultiLineString => "MultiLineString",
            Self::Polygon => "Polygon",
            Self::MultiPolygon => "MultiPolygon",
            Self::GeometryCollection => "GeometryCollection",
        }
    }

    /// The kind with this RFC 7946 name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "Point" => Self::Point,
            "MultiPoint" => Self::MultiPoint,
            "LineString" => Self::LineString,
            "MultiLineString" => Self::MultiLineString,
            "Polygon" => Self::Polygon,
            "MultiPolygon" => Self::MultiPolygon,
            "GeometryCollection" => Self::GeometryCollection,
            _ => return None,
        })
    }
}

/// What a part of a geometry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A single position, stored as a ring of one coordinate.
    Point,
    /// A line, stored as one open ring.
    Line,
    /// A polygon: the exterior ring, then the holes.
    Polygon,
}

/// One point, line or polygon of a feature: a range of rings in [`GeometryStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// First ring.
    pub ring_start: u32,
    /// One past the last ring.
    pub ring_end: u32,
}

/// The geometry of one feature: its kind in the file and a range of parts in [`GeometryStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureShape {
    /// Kind as the file says.
    pub kind: GeometryKind,
    /// First part.
    pub part_start: u32,
    /// One past the last part.
    pub part_end: u32,
}

/// All geometry of a dataset, as the file has it (degrees, longitude first; closing positions included).
#[derive(Clone, Debug)]
pub struct GeometryStore {
    /// Every position, \[longitude, latitude\] in degrees.
    pub coords: Vec<[f64; 2]>,
    /// Heights as the file has them, one for each position from the first on; NaN where one has none. Positions beyond the last have none
    /// either: most files have no heights at all.
    pub heights: Vec<f64>,
    /// Ring `r` is `coords[ring_starts[r]..ring_starts[r + 1]]`; one entry more than there are rings.
    pub ring_starts: Vec<u32>,
    /// Points, lines and polygons.
    pub parts: Vec<Part>,
    /// One entry per feature, in file order.
    pub features: Vec<FeatureShape>,
}

impl Default for GeometryStore {
    fn default() -> Self {
        Self { coords: Vec::new(), heights: Vec::new(), ring_starts: vec![0], parts: Vec::new(), features: Vec::new() }
    }
}

impl GeometryStore {
    /// Puts another store's features behind those here. Where their positions no longer fit 32-bit indexes the features
    /// come without geometry; gives how many did.
    pub fn append(&mut self, other: &Self) -> usize {
        let fits = |here: usize, more: usize| u32::try_from(here + more).is_ok();
        let (rings, parts) = (self.ring_starts.len().saturating_sub(1), self.parts.len());
        if !fits(self.coords.len(), other.coords.len()) || !fits(rings, other.ring_starts.len()) {
            let empty = FeatureShape { kind: GeometryKind::Null, part_start: 0, part_end: 0 };
            self.features.extend(other.features.iter().map(|_| empty));
            return other.features.len();
        }
        let (coords, rings, parts) = (self.coords.len() as u32, rings as u32, parts as u32);
        self.ring_starts.extend(other.ring_starts.iter().skip(1).map(|start| start + coords));
        let part = |p: &Part| Part { ring_start: p.ring_start + rings, ring_end: p.ring_end + rings, ..*p };
        self.parts.extend(other.parts.iter().map(part));
        let moved =
            |f: &FeatureShape| FeatureShape { part_start: f.part_start + parts, part_end: f.part_end + parts, ..*f };
        self.features.extend(other.features.iter().map(moved));
        if !other.heights.is_empty() {
            self.heights.resize(self.coords.len(), f64::NAN);
            self.heights.extend_from_slice(&other.heights);
        }
        self.coords.extend_from_slice(&other.coords);
        0
    }

    /// The parts of a feature; empty where the feature has no geometry or does not exist.
    pub fn parts_of(&self, feature: FeatureId) -> &[Part] {
        self.features
            .get(feature.index())
            .and_then(|f| self.parts.get(f.part_start as usize..f.part_end as usize))
            .unwrap_or(&[])
    }

    /// The polygon parts of a feature.
    pub fn polygons_of(&self, feature: FeatureId) -> impl Iterator<Item = &Part> {
        self.parts_of(feature).iter().filter(|p| p.kind == PartKind::Polygon)
    }

    /// The coordinates of a ring, closing position included.
    pub fn ring(&self, ring: u32) -> &[[f64; 2]] {
        let range = self.ring_range(ring);
        self.coords.get(range).unwrap_or(&[])
    }

    /// Where a ring lies in [`Self::coords`].
    pub fn ring_range(&self, ring: u32) -> Range<usize> {
        let at = |i: usize| self.ring_starts.get(i).copied().unwrap_or(0) as usize;
        at(ring as usize)..at(ring as usize + 1)
    }

    /// Gives the position added last its height.
    pub fn set_height(&mut self, height: f64) {
        if let Some(last) = self.coords.len().checked_sub(1) {
            self.heights.resize(last, f64::NAN);
            self.heights.push(height);
        }
    }

    /// Gives the positions from `first` on their heights, one after the other.
    pub fn set_heights(&mut self, first: usize, heights: impl Iterator<Item = f64>) {
        self.heights.resize(first, f64::NAN);
        self.heights.extend(heights.take(self.coords.len().saturating_sub(first)));
    }

    /// Forgets positions from this one on.
    pub fn truncate_positions(&mut self, positions: usize) {
        self.coords.truncate(positions);
        self.heights.truncate(positions);
    }

    /// The positions of a ring with their heights.
    pub fn ring_with_heights(&self, ring: u32) -> impl Iterator<Item = ([f64; 2], Option<f64>)> + Clone + '_ {
        let range = self.ring_range(ring);
        let heights = self.heights.get(range.start.min(self.heights.len())..).unwrap_or(&[]);
        let heights = heights.iter().map(|h| h.is_finite().then_some(*h)).chain(std::iter::repeat(None));
        self.ring(ring).iter().copied().zip(heights)
    }

    /// Whether any position of a feature has a height.
    pub fn has_heights(&self, feature: FeatureId) -> bool {
        !self.heights.is_empty()
            && self.parts_of(feature).iter().any(|p| {
                (p.ring_start..p.ring_end).any(|r| self.ring_with_heights(r).any(|(_, height)| height.is_some()))
            })
    }

    /// The rings of a part.
    pub fn rings_of(&self, part: &Part) -> impl Iterator<Item = &[[f64; 2]]> {
        (part.ring_start..part.ring_end).map(|r| self.ring(r))
    }

    /// All positions of a feature, ring by ring.
    pub fn positions_of(&self, feature: FeatureId) -> impl Iterator<Item = &[f64; 2]> {
        self.parts_of(feature).iter().flat_map(|p| self.rings_of(p)).flatten()
    }

    /// The polygon parts of a feature as `geo` has them; rings of fewer than four positions and positions that are not
    /// finite are left out.
    pub fn multi_polygon_of(&self, feature: FeatureId) -> MultiPolygon<f64> {
        MultiPolygon(self.polygons_of(feature).filter_map(|part| self.polygon_of(part)).collect())
    }

    /// One polygon part as `geo` has it, under the same rules.
    pub fn multi_polygon_of_part(&self, part: &Part) -> MultiPolygon<f64> {
        MultiPolygon(self.polygon_of(part).into_iter().collect())
    }

    fn polygon_of(&self, part: &Part) -> Option<Polygon<f64>> {
        let ring = |r: &[[f64; 2]]| {
            let finite = r.iter().filter(|c| c[0].is_finite() && c[1].is_finite());
            LineString(finite.map(|c| Coord { x: c[0], y: c[1] }).collect())
        };
        let mut rings = self.rings_of(part).map(ring).filter(|r: &LineString<f64>| r.0.len() >= 4);
        let exterior = rings.next()?;
        Some(Polygon::new(exterior, rings.collect()))
    }

    /// Bounds of a feature.
    pub fn bounds_of(&self, feature: FeatureId) -> Option<BoundsDeg> {
        BoundsDeg::around(self.positions_of(feature))
    }

    /// Bounds of everything.
    pub fn bounds(&self) -> Option<BoundsDeg> {
        BoundsDeg::around(self.coords.iter())
    }

    /// Bounds of the features that belong together: without positions at 0, 0 among others and without the few (one of ten, or at most one in fifty)
    /// that lie far outside all others, so that a slip of a hand does not decide where a map opens. `None` where there is no position.
    pub fn bounds_of_most(&self) -> Option<BoundsDeg> {
        let all = self.bounds()?;
        let count = self.features.len() as u32;
        let firsts: Vec<(FeatureId, [f64; 2])> = FeatureId::all(count)
            .filter_map(|f| Some((f, *self.positions_of(f).next()?)))
            .filter(|(_, at)| at[0].is_finite() && at[1].is_finite())
            .collect();
        let nowhere = |f: FeatureId| self.positions_of(f).all(|at| *at == [0.0, 0.0]);
        let (firsts, lost): (Vec<_>, Vec<_>) =
            firsts.into_iter().partition(|(f, at)| *at != [0.0, 0.0] || !nowhere(*f));
        let known: Vec<[f64; 2]> = firsts.iter().map(|(_, at)| *at).collect();
        if known.is_empty() {
            return Some(all);
        }
        // Islands on both sides of 180°: the side with more of them.
        let is_split = all.west_deg < -90.0 && all.east_deg > 90.0 && known.iter().all(|at| at[0].abs() > 90.0);
        if is_split {
            let west = known.iter().filter(|at| at[0] < 0.0).count() * 2 > known.len();
            let is_here = |at: &&[f64; 2]| (at[0] < 0.0) == west;
            return BoundsDeg::around(self.coords.iter().filter(is_here));
        }
        let few = (known.len() / 50).max(usize::from(known.len() >= 10));
        // All but the few at each end, and as far again to each side as they reach, a degree at least.
        let side = |axis: usize| {
            let mut values: Vec<f64> = known.iter().map(|at| at[axis]).collect();
            let last = values.len() - 1;
            let low = *values.select_nth_unstable_by(few.min(last), f64::total_cmp).1;
            let high = *values.select_nth_unstable_by(last - few.min(last), f64::total_cmp).1;
            let reach = (high - low).max(1.0);
            [low - reach, high + reach]
        };
        let (x, y) = (side(0), side(1));
        let is_near =
            |b: &BoundsDeg| b.west_deg >= x[0] && b.east_deg <= x[1] && b.south_deg >= y[0] && b.north_deg <= y[1];
        if is_near(&all) && lost.is_empty() {
            return Some(all);
        }
        let (mut most, mut every, mut left) = (None::<BoundsDeg>, None::<BoundsDeg>, 0_usize);
        let with = |sum: Option<BoundsDeg>, own: BoundsDeg| Some(sum.map_or(own, |s| s.union(own)));
        for own in firsts.iter().filter_map(|(f, _)| self.bounds_of(*f)) {
            every = with(every, own);
            match is_near(&own) {
                true => most = with(most, own),
                false => left += 1,
            }
        }
        // More than a few are no slip: then all of it is the map.
        if left > few { every } else { most.or(every) }
    }
}
