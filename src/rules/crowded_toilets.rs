//! T5: too many residents per public toilet. A village without a toilet is a matter of T1.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::Kind;

pub(super) struct CrowdedToilets;

impl Rule for CrowdedToilets {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let limit = rule.limit("residents");
        let on_map = facts.has(Kind::PublicToilet);
        per_village(facts, |village| {
            let (in_use, possible) = match on_map {
                true => facts.count(Kind::PublicToilet, village),
                false => match facts.value("public_toilets", village) {
                    Some(n) => (n as usize, n as usize),
                    None => return Told::CannotTell,
                },
            };
            if possible == 0 {
                return Told::Fine;
            }
            let Some(residents) = facts.value("population", village) else { return Told::CannotTell };
            let each = |toilets: usize| residents / toilets as f64;
            if in_use > 0 && each(in_use) <= limit {
                return Told::Fine;
            }
            if in_use == 0 || each(possible) <= limit {
                return Told::CannotTell;
            }
            let gap = Gap::of_village(facts, rule, village, "gap.T5").figure(Some(each(in_use)), limit, "", 0);
            Told::gap(gap.word("residents", format!("{residents:.0}")).word("toilets", in_use.to_string()))
        })
    }
}
