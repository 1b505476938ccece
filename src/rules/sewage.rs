//! S1: too little sewage treated, or neither sewer nor station.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::Kind;

pub(super) struct Sewage;

impl Rule for Sewage {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let (limit, severe) = (rule.limit("pct"), rule.limit("severe_pct"));
        let on_map = facts.has(Kind::SewageStation);
        per_village(facts, |village| {
            let treated = facts.value("sewage_treatment_pct", village);
            let has_sewer = facts.value("sewage_coverage_pct", village).map(|pct| pct > 0.0);
            let has_station = match (on_map, facts.count(Kind::SewageStation, village)) {
                (false, _) => None,
                (true, (1.., _)) => Some(true),
                (true, (0, 0)) => Some(false),
                (true, (0, _)) => None,
            };
            let neither = match (has_sewer, has_station) {
                (Some(true), _) | (_, Some(true)) => Some(false),
                (Some(false), Some(false)) => Some(true),
                _ => None,
            };
            let gap = |reason| Gap::of_village(facts, rule, village, reason);
            match (treated, neither) {
                (Some(pct), Some(true)) => {
                    Told::gap(gap("gap.S1-both").severe(rule, true).figure(Some(pct), limit, "%", 1))
                }
                (None, Some(true)) => Told::gap(gap("gap.S1-neither").severe(rule, true).figure(None, limit, "%", 1)),
                (Some(pct), _) if pct < limit => {
                    Told::gap(gap("gap.S1").severe(rule, pct < severe).figure(Some(pct), limit, "%", 1))
                }
                // Enough is treated: that nobody knows by which way is no gap.
                (Some(_), _) => Told::Fine,
                (None, _) => Told::CannotTell,
            }
        })
    }
}
