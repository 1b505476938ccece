//! The area within the radius of a clinic, as it is asked for and once it is there.

use std::sync::Arc;

use super::state::Session;
use crate::district::{By, Coverage, District};
use crate::model::{Generation, Theme};
use crate::palette::{COVERAGE, COVERAGE_CASING};
use crate::render::Outline;

/// What a covered area was made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoverageKey {
    /// The district.
    pub district: Generation,
    /// Radius in metres.
    pub radius_m: f64,
    /// Clinics that stood in this year.
    pub year: Option<i32>,
}

/// A covered area, with its outline for the map.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The shares.
    pub coverage: Coverage,
    /// Its border.
    pub outline: Arc<Outline>,
}

/// Covered share of residents over what is in focus, and per town.
#[derive(Clone, Debug)]
pub struct Shares {
    /// Over all villages in focus, 0 to 1; `None` where nobody is known to live there.
    pub all: Option<f64>,
    /// Per town.
    pub towns: Vec<(String, Option<f64>)>,
}

impl Covered {
    /// Puts shares and outline together.
    pub fn new(coverage: Coverage) -> Self {
        let outline = Outline::of_area(&coverage.area).with_pen(COVERAGE, 1.6, Some((COVERAGE_CASING, 3.6)));
        Self { coverage, outline: Arc::new(outline) }
    }
}

impl Session {
    /// The covered area that is wanted: under the theme of clinics, where there are any.
    pub fn wanted_coverage(&self) -> Option<(CoverageKey, Arc<District>)> {
        let (district, theme) = self.theme()?;
        let has_clinics = || !district.standing(crate::district::Kind::Clinic, None).is_empty();
        let key = CoverageKey { district: district.generation, radius_m: self.view.radius_m, year: self.year() };
        (theme == Theme::Clinics && has_clinics()).then(|| (key, district.clone()))
    }

    /// The covered area, if it is there and still right.
    pub fn present_coverage(&self) -> Option<&Arc<Covered>> {
        let (key, _) = self.wanted_coverage()?;
        self.made.covered.get(&key)
    }

    /// Computes the covered area at once, where one is drawn: for what has no window.
    pub fn cover(&mut self) {
        let Some((key, district)) = self.wanted_coverage().filter(|_| !self.view.hide_coverage) else { return };
        if self.made.covered.get(&key).is_none()
            && let Some(found) = crate::district::coverage(&district, key.radius_m, key.year, || true)
        {
            self.made.covered.make(key, |_| Arc::new(Covered::new(found)));
        }
    }

    /// The covered area for a page: the present one, else computed now; `None` where none is drawn.
    pub fn coverage_shown(&self) -> Option<Arc<Covered>> {
        let (key, district) = self.wanted_coverage().filter(|_| !self.view.hide_coverage)?;
        if let Some(covered) = self.present_coverage() {
            return Some(covered.clone());
        }
        let found = crate::district::coverage(&district, key.radius_m, key.year, || true)?;
        Some(Arc::new(Covered::new(found)))
    }

    /// Brings the shares up to date with the covered area and the focus.
    pub fn share_coverage(&mut self) {
        let Some((key, _)) = self.wanted_coverage() else { return };
        let Some(covered) = self.made.covered.get(&key).cloned() else { return };
        let key = (key, self.focus_key());
        if self.made.shares.get(&key).is_none() {
            let (all, towns) = self.covered_shares(&covered);
            self.made.shares.make(key, |_| Shares { all, towns });
        }
    }

    fn covered_shares(&self, covered: &Covered) -> (Option<f64>, Vec<(String, Option<f64>)>) {
        let Some(district) = self.district() else { return (None, Vec::new()) };
        let all = covered.coverage.of(district, &self.villages_in_focus());
        let towns = district.places(By::Town).into_iter().filter_map(|(name, mut villages)| {
            villages.retain(|v| self.is_in_focus(*v));
            (!villages.is_empty()).then(|| (name, covered.coverage.of(district, &villages)))
        });
        (all, towns.collect())
    }
}
