//! What the rules look at: a district in a year, with what several rules need computed once.

use rustc_hash::FxHashMap;

use super::date::{days_today, last_day, year_of};
use crate::district::{District, Facility, Kind, Use, VillageFinder};
use crate::geo::LonLat;
use crate::index::{Nearest, NearestIndex, SpatialIndex};
use crate::model::FeatureId;

/// Facts of a district.
pub struct Facts<'a> {
    /// The district.
    pub district: &'a District,
    /// The year of the figures; `None` for those without one.
    pub year: Option<i32>,
    /// The project's date in days since 1970-01-01: the last day of the year, or today where that is earlier.
    pub day: i64,
    /// Villages by code and name.
    pub finder: VillageFinder,
    /// Which villages lie where.
    pub spatial: SpatialIndex,
    nearest: FxHashMap<Kind, Reach>,
}

/// Where facilities of a kind can be reached.
struct Reach {
    in_use: NearestIndex,
    /// Those included of which nobody knows whether they are in use.
    possible: NearestIndex,
}

impl<'a> Facts<'a> {
    /// Gathers what the rules need.
    pub fn new(district: &'a District, year: Option<i32>) -> Self {
        let geometry = &district.villages.geometry;
        let mut facts = Self {
            district,
            year,
            day: year.filter(|y| *y < year_of(days_today())).map_or_else(days_today, last_day),
            finder: VillageFinder::new(&district.villages, &district.members),
            spatial: SpatialIndex::new(geometry),
            nearest: FxHashMap::default(),
        };
        for kind in [Kind::PublicToilet, Kind::Clinic] {
            let index = |fits: fn(&Facility) -> bool| {
                let fitting = facts.all(kind).filter(|(_, f)| fits(f) && f.is_there(year));
                NearestIndex::new(fitting.map(|(i, f)| (i, f.at)))
            };
            let reach = Reach { in_use: index(Facility::is_in_use), possible: index(can_be_used) };
            facts.nearest.insert(kind, reach);
        }
        facts
    }

    /// A figure of the year; `None` where it is unknown.
    pub fn value(&self, id: &str, village: FeatureId) -> Option<f64> {
        self.district.value(self.district.indicators.position(id)?, self.year, village)
    }

    /// Villages that a point lies in.
    pub fn villages_at(&self, at: LonLat) -> Vec<FeatureId> {
        let features = self.spatial.at_point(&self.district.villages.geometry, at);
        features.into_iter().filter_map(|f| self.district.members.village_of(f)).collect()
    }

    /// The rings of all areas of a village.
    pub fn rings_of(&self, village: FeatureId) -> Vec<&[[f64; 2]]> {
        let geometry = &self.district.villages.geometry;
        let parts = self.district.members.parts(&village).to_vec();
        parts.into_iter().flat_map(|p| geometry.polygons_of(p)).flat_map(|p| geometry.rings_of(p)).collect()
    }

    /// Facilities of a kind, whatever their status, with their positions.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = (u32, &'a Facility)> {
        let list = self.district.facilities.iter().enumerate();
        list.filter(move |(_, f)| f.kind == kind).map(|(i, f)| (i as u32, f))
    }

    /// Whether the map has facilities of a kind at all: only then does their absence from a village mean anything.
    pub fn has(&self, kind: Kind) -> bool {
        self.all(kind).next().is_some()
    }

    /// Facilities of a kind in use in the year.
    pub fn in_use(&self, kind: Kind) -> impl Iterator<Item = (u32, &'a Facility)> {
        let year = self.year;
        self.all(kind).filter(move |(_, f)| f.is_in_use() && f.is_there(year))
    }

    /// A village's own facilities of a kind: how many are in use in the year, and how many may be.
    pub fn count(&self, kind: Kind, village: FeatureId) -> (usize, usize) {
        let own = self.district.of_village.get(village.index()).into_iter().flatten();
        let own = own.filter_map(|i| self.district.facilities.get(*i as usize));
        own.filter(|f| f.kind == kind && f.is_there(self.year)).fold((0, 0), |(in_use, possible), f| {
            (in_use + usize::from(f.is_in_use()), possible + usize::from(can_be_used(f)))
        })
    }

    /// The nearest facility of a kind (toilets and clinics) in use.
    pub fn nearest(&self, kind: Kind, from: LonLat) -> Option<Nearest> {
        self.nearest.get(&kind)?.in_use.nearest(from)
    }

    /// The nearest that may be in use.
    pub fn nearest_possible(&self, kind: Kind, from: LonLat) -> Option<Nearest> {
        self.nearest.get(&kind)?.possible.nearest(from)
    }

    /// The stable name of a category's value.
    pub fn category(&self, id: &str, village: FeatureId) -> Option<&'a str> {
        let indicator = self.district.indicators.get(id)?;
        let value = self.value(id, village)?;
        indicator.values.get(value as usize).map(|v| v.id.as_str())
    }
}

/// Whether a facility is in use, or may be: its file says nothing of it.
pub(super) fn can_be_used(facility: &Facility) -> bool {
    matches!(facility.usage, Some(Use::InUse) | None)
}
