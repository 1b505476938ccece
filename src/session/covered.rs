//! The area within the radius of a clinic, as it is asked for and once it is there.

use std::sync::Arc;

use super::state::Session;
use crate::district::{By, Coverage, District};
use crate::model::Topic;
use crate::palette::{COVERAGE, COVERAGE_CASING};
use crate::project::Focus;
use crate::render::Outline;

/// What a covered area was made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoverageStamp {
    /// The district, by its place in memory.
    pub district: usize,
    /// Radius in metres.
    pub radius_m: f64,
    /// Clinics that stood in this year.
    pub year: Option<i32>,
}

/// A covered area, with its outline for the map.
#[derive(Clone, Debug)]
pub struct Covered {
    /// What it was made for.
    pub stamp: CoverageStamp,
    /// The shares.
    pub coverage: Coverage,
    /// Its border.
    pub outline: Arc<Outline>,
}

/// Covered share of residents over what is in focus, and per town.
#[derive(Clone, Debug)]
pub struct Shares {
    stamp: CoverageStamp,
    focus: Option<Focus>,
    /// Over all villages in focus, 0 to 1; `None` where nobody is known to live there.
    pub all: Option<f64>,
    /// Per town.
    pub towns: Vec<(String, Option<f64>)>,
}

impl Covered {
    /// Puts shares and outline together.
    pub fn new(stamp: CoverageStamp, coverage: Coverage) -> Self {
        let outline = Outline::of_area(&coverage.area).with_pen(COVERAGE, 1.6, Some((COVERAGE_CASING, 3.6)));
        Self { stamp, coverage, outline: Arc::new(outline) }
    }
}

impl Session {
    /// The covered area that is wanted: under the theme of clinics, where there are any.
    pub fn wanted_coverage(&self) -> Option<(CoverageStamp, Arc<District>)> {
        let (district, topic) = self.topic()?;
        let has_clinics = || !district.standing(crate::district::Kind::Clinic, None).is_empty();
        let stamp =
            CoverageStamp { district: Arc::as_ptr(district) as usize, radius_m: self.view.radius_m, year: self.year() };
        (topic == Topic::Clinics && has_clinics()).then(|| (stamp, district.clone()))
    }

    /// The covered area, if it is there and still right.
    pub fn present_coverage(&self) -> Option<&Arc<Covered>> {
        let (stamp, _) = self.wanted_coverage()?;
        self.covered.as_ref().filter(|c| c.stamp == stamp)
    }

    /// The covered area for a page: the present one, else computed now; `None` where none is drawn.
    pub fn coverage_shown(&self) -> Option<Arc<Covered>> {
        let (stamp, district) = self.wanted_coverage().filter(|_| !self.view.hide_coverage)?;
        if let Some(covered) = self.present_coverage() {
            return Some(covered.clone());
        }
        let found = crate::district::coverage(&district, stamp.radius_m, stamp.year, || true)?;
        Some(Arc::new(Covered::new(stamp, found)))
    }

    /// Brings the shares up to date with the covered area and the focus.
    pub fn share_coverage(&mut self) {
        let focus = self.focused.as_ref().map(|f| f.focus.clone());
        let Some(covered) = self.present_coverage().cloned() else { return };
        let fits = |s: &Shares| s.stamp == covered.stamp && s.focus == focus;
        if !self.shares.as_ref().is_some_and(fits) {
            let (all, towns) = self.covered_shares(&covered);
            self.shares = Some(Shares { stamp: covered.stamp, focus, all, towns });
        }
    }

    fn covered_shares(&self, covered: &Covered) -> (Option<f64>, Vec<(String, Option<f64>)>) {
        let Some(district) = &self.district else { return (None, Vec::new()) };
        let all = covered.coverage.of(district, &self.villages_in_focus());
        let towns = district.places(By::Town).into_iter().filter_map(|(name, mut villages)| {
            villages.retain(|v| self.is_in_focus(*v));
            (!villages.is_empty()).then(|| (name, covered.coverage.of(district, &villages)))
        });
        (all, towns.collect())
    }
}
