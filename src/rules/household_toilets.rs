//! H1: households without a harmless toilet.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};

pub(super) struct HouseholdToilets;

impl Rule for HouseholdToilets {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let (limit, severe) = (rule.limit("pct"), rule.limit("severe_pct"));
        per_village(facts, |village| match facts.value("household_toilets_pct", village) {
            None => Told::CannotTell,
            Some(pct) if pct < limit => {
                let gap = Gap::of_village(facts, rule, village, "gap.H1").severe(rule, pct < severe);
                Told::gap(gap.figure(Some(pct), limit, "%", 1))
            }
            Some(_) => Told::Fine,
        })
    }
}
