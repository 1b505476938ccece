//! E1: groups of villages, such as those before and behind the hills, differ in what they have.

use super::{Facts, Findings, Gap, Rule, RuleDefinition};
use crate::district::By;
use crate::model::{FeatureId, Good};

pub(super) struct Groups;

impl Rule for Groups {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let (points, times) = (rule.limit("points"), rule.limit("times"));
        let district = facts.district;
        let mut groups = district.places(By::Group);
        groups.retain(|(name, _)| !name.trim().is_empty());
        let mut findings = Findings::default();
        for (position, indicator) in district.indicators.all().iter().enumerate() {
            let is_rate = indicator.unit == "%" && indicator.good == Good::Up;
            let is_counted = rule.indicators.contains(&indicator.id);
            if !(is_rate || is_counted) || groups.len() < 2 {
                continue;
            }
            let figure = |villages: &[FeatureId]| match is_counted {
                true => per_1000(facts, position, villages),
                false => district.total(position, facts.year, villages).value,
            };
            let mut known: Vec<(f64, &str)> =
                groups.iter().filter_map(|(name, villages)| Some((figure(villages)?, name.as_str()))).collect();
            known.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (Some(&(low, last)), Some(&(high, first))) = (known.first(), known.last()) else { continue };
            let (differs, reason) = match is_counted {
                true => (high > 0.0 && high >= times * low, "gap.E1-times"),
                false => (high - low >= points, "gap.E1"),
            };
            if known.len() > 1 && differs {
                let gap = Gap::of_district(rule, reason).indicator(position);
                let (value, limit) = if is_counted { (high / low, times) } else { (high - low, points) };
                let value = Some(value).filter(|v| v.is_finite());
                let unit = if is_counted { "×" } else { "%" };
                let gap = gap.figure(value, limit, unit, 2).word("first", first).word("last", last);
                findings.gaps.push(gap.word("high", format!("{high:.2}")).word("low", format!("{low:.2}")));
            }
        }
        findings
    }
}

/// A count per thousand residents of the villages in which both are known.
fn per_1000(facts: &Facts<'_>, position: usize, villages: &[FeatureId]) -> Option<f64> {
    let known = villages
        .iter()
        .filter_map(|v| Some((facts.district.value(position, facts.year, *v)?, facts.value("population", *v)?)));
    let (count, people) = known.fold((0.0, 0.0), |(c, p), (count, people)| (c + count, p + people));
    (people > 0.0).then_some(count * 1000.0 / people)
}
