//! Boundaries of other years: a table of their time means their villages. Where such a village goes by another code or name today, or its
//! ground lies elsewhere, nothing is joined by itself: the row waits for a person, with how much of the old village lies in each new one.

use std::sync::Arc;

use geo::{Area, BooleanOps};

use super::join::{RowKey, VillageFinder};
use super::source::Source;
use crate::model::{Dataset, FeatureId, LayerKind, Members, Role};

/// Share of an old village's ground that lies in a new one, below which that is not worth proposing.
const LEAST_SHARE: f64 = 0.02;

/// Villages as they were in some years.
#[derive(Debug)]
struct Edition {
    finder: VillageFinder,
    dataset: Arc<Dataset>,
    first_year: i32,
    last_year: i32,
}

/// The editions of a project beside the villages that are mapped.
#[derive(Debug, Default)]
pub struct Editions(Vec<Edition>);

impl Editions {
    /// Layers of villages, other than the one that is mapped (`position`), that say from when or until when they hold. One that does not
    /// say until when holds until the next begins; where none follows, in its first year.
    pub fn of(sources: &[Source], kinds: &[LayerKind], position: usize) -> Self {
        let mapped = sources.get(position).and_then(|s| s.first_year());
        let is_edition = |(at, (source, kind)): &(usize, (&Source, &LayerKind))| {
            *at != position
                && **kind == LayerKind::Villages
                && (source.first_year().is_some() || source.last_year().is_some())
        };
        let others: Vec<&Source> =
            sources.iter().zip(kinds).enumerate().filter(is_edition).map(|(_, (s, _))| s).collect();
        let mut begins: Vec<i32> = others.iter().filter_map(|s| s.first_year()).chain(mapped).collect();
        begins.sort_unstable();
        let edition = |source: &&Source| {
            let first = source.first_year().unwrap_or(i32::MIN);
            let next = begins.iter().find(|y| **y > first).map(|y| y - 1);
            let last_year = source.last_year().or(next).unwrap_or(first);
            let members = Members::of(&source.dataset);
            let finder = VillageFinder::new(&source.dataset, &members);
            Edition { finder, dataset: source.dataset.clone(), first_year: first, last_year }
        };
        Self(others.iter().map(edition).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The village that a row of a year meant in its own time; `None` where the year is that of the map, or the row meant none.
    pub(super) fn meant(&self, key: RowKey<'_>, year: Option<i32>) -> Option<Meant<'_>> {
        let year = year?;
        let edition = self.0.iter().find(|e| (e.first_year..=e.last_year).contains(&year))?;
        Some(Meant { dataset: &edition.dataset, village: edition.finder.find(key).village()? })
    }
}

/// A village of an edition.
pub(super) struct Meant<'a> {
    dataset: &'a Dataset,
    village: FeatureId,
}

impl Meant<'_> {
    /// Whether it goes by the same code and name as a village of today.
    pub(super) fn is_same_as(&self, villages: &VillageFinder, today: FeatureId) -> bool {
        let code = self.dataset.text(self.village, Role::Code).unwrap_or_default();
        villages.goes_by_code(today, &code) && villages.is_called(today, &self.dataset.display_name(self.village))
    }

    /// Villages of today with the share of its ground that lies in each, the largest first.
    pub(super) fn successors(&self, villages: &Dataset, members: &Members) -> Vec<(FeatureId, f64)> {
        let own = self.dataset.geometry.multi_polygon_of(self.village);
        // Shares are of areas that lie side by side: that degrees are no metres cancels out.
        let bounds = self.dataset.geometry.bounds_of(self.village);
        let (area, Some(bounds)) = (own.unsigned_area(), bounds) else { return Vec::new() };
        if area <= 0.0 {
            return Vec::new();
        }
        let share = |village: &FeatureId| {
            let parts = members.parts(village);
            let shares = parts.iter().map(|part| {
                // Shapes are made only of what can touch it: villages are many.
                let is_near = villages.geometry.bounds_of(*part).is_some_and(|b| b.intersects(&bounds));
                let share = || own.intersection(&villages.geometry.multi_polygon_of(*part)).unsigned_area() / area;
                if is_near { share() } else { 0.0 }
            });
            (*village, shares.sum::<f64>())
        };
        let mut found: Vec<(FeatureId, f64)> =
            members.list().iter().map(share).filter(|(_, s)| *s >= LEAST_SHARE).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }
}

/// The year that a day begins with: `2023`, `2023-01-01`.
pub(super) fn year_of_day(day: &str) -> Option<i32> {
    day.trim().get(..4)?.parse().ok()
}
