//! D5: a cumulative figure falls, or a rate drops from one year to the next.

use super::{Facts, Findings, Gap, Rule, RuleDefinition};
use crate::model::Good;

pub(super) struct Falls;

impl Rule for Falls {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let district = facts.district;
        let points = rule.limit("points");
        let years: Vec<i32> = district.observations.years().to_vec();
        let mut findings = Findings::default();
        for (position, indicator) in district.indicators.all().iter().enumerate() {
            let is_rate = indicator.unit == "%" && indicator.good == Good::Up && !indicator.is_computed();
            if !(indicator.cumulative || is_rate) || !district.observations.has_years(position) {
                continue;
            }
            for village in district.village_list() {
                let mut before: Option<(i32, f64)> = None;
                for &year in years.iter().filter(|y| facts.year.is_none_or(|last| **y <= last)) {
                    let Some(now) = district.value(position, Some(year), village) else { continue };
                    let fall = before.map(|(then, value)| (then, value, value - now));
                    let falls = match fall {
                        // A count to date: whatever lies between, it never falls.
                        Some((_, _, fall)) if indicator.cumulative => fall > 0.0,
                        // One decimal more than the figures have: no drop of exactly five points is lost to rounding.
                        Some((then, _, fall)) => then + 1 == year && fall >= points - 1e-9,
                        None => false,
                    };
                    if let Some((then, value, _)) = fall.filter(|_| falls) {
                        let reason = if indicator.cumulative { "gap.D5" } else { "gap.D5-rate" };
                        let gap = Gap::of_village(facts, rule, village, reason).indicator(position);
                        let gap = gap.figure(Some(now), value, &indicator.unit, usize::from(indicator.decimals));
                        let gap = gap.word("from", then.to_string()).word("to", year.to_string());
                        findings.gaps.push(Gap { detail: year.to_string(), ..gap });
                    }
                    before = Some((year, now));
                }
            }
        }
        findings
    }
}
