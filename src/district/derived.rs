//! Indicators that are computed from others: ratios, the three revolutions, the ladder of sanitation.

use super::build::District;
use crate::model::{FeatureId, ObservationStatus, Origin, Ratio};

/// Share of households with harmless toilets below which the ladder looks at public toilets, in per cent.
const NEARLY_ALL_PCT: f64 = 95.0;

/// Positions of the indicators of a ratio.
pub(super) struct Terms {
    part: Vec<usize>,
    whole: Vec<usize>,
    per: f64,
}

impl District {
    /// Positions of a ratio's terms; `None` where one of them is no indicator.
    pub(super) fn terms(&self, ratio: &Ratio) -> Option<Terms> {
        let of = |ids: &[String]| ids.iter().map(|id| self.indicators.position(id)).collect::<Option<Vec<_>>>();
        Some(Terms { part: of(&ratio.part)?, whole: of(&ratio.whole)?, per: ratio.per })
    }

    /// Numerator, times its factor, and denominator of a ratio in a village; `None` where a term is unknown.
    pub(super) fn ratio(&self, terms: &Terms, year: Option<i32>, village: FeatureId) -> Option<(f64, f64)> {
        let sum = |ids: &[usize]| ids.iter().map(|i| self.value(*i, year, village)).sum::<Option<f64>>();
        Some((sum(&terms.part)? * terms.per, sum(&terms.whole)?))
    }

    /// Computes what depends on other indicators, for each year and for figures without one.
    pub(super) fn compute_derived(&mut self) {
        let mut years: Vec<Option<i32>> = self.observations.years().iter().map(|y| Some(*y)).collect();
        years.push(None);
        let ratios: Vec<(usize, Ratio)> =
            self.indicators.all().iter().enumerate().filter_map(|(i, d)| Some((i, d.ratio.clone()?))).collect();
        for (position, ratio) in ratios {
            let Some(terms) = self.terms(&ratio) else { continue };
            self.fill(position, &years, |d, year, village| {
                let (part, whole) = d.ratio(&terms, year, village)?;
                (whole > 0.0).then(|| part / whole)
            });
            // Nothing to divide by: the question does not arise.
            for year in &years {
                for village in 0..self.villages.len() {
                    if self.ratio(&terms, *year, FeatureId::new(village)).is_some_and(|(_, whole)| whole <= 0.0) {
                        let status = Some(ObservationStatus::NotApplicable);
                        self.observations.set_origin(
                            position,
                            *year,
                            FeatureId::new(village),
                            Origin { status, ..Origin::default() },
                        );
                    }
                }
            }
        }
        if let Some(position) = self.indicators.position("three_revolutions") {
            self.fill(position, &years, Self::revolutions_met);
        }
        if let Some(position) = self.indicators.position("jmp_ladder") {
            self.fill(position, &years, Self::ladder);
        }
    }

    fn fill(
        &mut self,
        position: usize,
        years: &[Option<i32>],
        value: impl Fn(&Self, Option<i32>, FeatureId) -> Option<f64>,
    ) {
        for year in years {
            let values: Vec<Option<f64>> = self.villages.features().map(|v| value(self, *year, v)).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            for (village, value) in values.into_iter().enumerate() {
                let value = value.unwrap_or(f64::NAN);
                match year {
                    Some(year) => self.observations.set(position, *year, FeatureId::new(village as u32), value),
                    None => self.observations.set_timeless(position, FeatureId::new(village as u32), value),
                }
            }
        }
    }

    /// Whether an indicator's threshold is met; `None` where the figure is unknown.
    fn met(&self, id: &str, year: Option<i32>, village: FeatureId) -> Option<bool> {
        let position = self.indicators.position(id)?;
        self.indicators.all().get(position)?.is_met(self.value(position, year, village)?)
    }

    /// How many of waste, sewage and toilets fall short, as the position of the category's value; `None` where one of
    /// them is unknown.
    fn revolutions_met(&self, year: Option<i32>, village: FeatureId) -> Option<f64> {
        let sewage = self.met("sewage_treatment_pct", year, village)?;
        let waste = self.met("waste_collections_per_day", year, village)?;
        let toilets =
            self.met("household_toilets_pct", year, village)? && self.met("dry_toilets", year, village).unwrap_or(true);
        Some([sewage, waste, toilets].iter().filter(|met| !**met).count() as f64)
    }

    /// The rung of the WHO/UNICEF ladder, as the position of the category's value. Households' own harmless toilets make
    /// a village basic (95 % of households) or, with sewage treated to the threshold, safely managed (all of them);
    /// where they do not, public toilets that are not dry make it limited at best.
    fn ladder(&self, year: Option<i32>, village: FeatureId) -> Option<f64> {
        let value = |id: &str| self.value(self.indicators.position(id)?, year, village);
        let own_pct = value("household_toilets_pct")?;
        if self.met("household_toilets_pct", year, village) == Some(true) {
            return Some(if self.met("sewage_treatment_pct", year, village)? { 0.0 } else { 1.0 });
        }
        if own_pct >= NEARLY_ALL_PCT {
            return Some(1.0);
        }
        let (public, dry) = (value("public_toilets")?, value("dry_toilets")?);
        Some(if public > dry {
            2.0
        } else if own_pct > 0.0 || public > 0.0 {
            3.0
        } else {
            4.0
        })
    }
}
