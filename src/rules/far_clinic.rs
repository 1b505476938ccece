//! C2: the nearest clinic in use, a neighbour's included, is far: a straight line over the ground.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::Kind;

pub(super) struct FarClinic;

impl Rule for FarClinic {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let (limit_m, severe_m) = (rule.limit("distance_m"), rule.limit("severe_distance_m"));
        let on_map = facts.has(Kind::Clinic);
        per_village(facts, |village| {
            let Some(stand) = facts.district.stand(village).filter(|_| on_map) else { return Told::CannotTell };
            let nearest = facts.nearest(Kind::Clinic, stand);
            let distance_m = nearest.map(|n| n.distance_m);
            if distance_m.is_some_and(|d| d <= limit_m) {
                return Told::Fine;
            }
            if facts.nearest_possible(Kind::Clinic, stand).is_some_and(|n| n.distance_m <= limit_m) {
                return Told::CannotTell;
            }
            let name = nearest.and_then(|n| facts.district.facilities.get(n.position as usize)).map(|f| f.name.clone());
            let reason = if nearest.is_some() { "gap.C2" } else { "gap.C2-none" };
            let gap = Gap::of_village(facts, rule, village, reason);
            let gap = gap.severe(rule, distance_m.is_none_or(|d| d > severe_m)).distance(distance_m);
            Told::gap(gap.figure(distance_m, limit_m, "m", 0).word("clinic", name.unwrap_or_default()))
        })
    }
}
