//! T4: too far from a public toilet in use: too many households where buildings are on the map, else the village's middle.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::{Facility, Kind};

pub(super) struct FarToilet;

impl Rule for FarToilet {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let (limit_m, limit_pct) = (rule.limit("distance_m"), rule.limit("households_pct"));
        let is_known = facts.has(Kind::PublicToilet);
        let distance = |f: &Facility| facts.nearest(Kind::PublicToilet, f.at).map_or(f64::INFINITY, |n| n.distance_m);
        let possible =
            |f: &Facility| facts.nearest_possible(Kind::PublicToilet, f.at).map_or(f64::INFINITY, |n| n.distance_m);
        per_village(facts, |village| {
            if !is_known {
                return Told::CannotTell;
            }
            let own = facts.district.of_village.get(village.index()).into_iter().flatten();
            let houses: Vec<&Facility> = own
                .filter_map(|i| facts.district.facilities.get(*i as usize))
                .filter(|f| f.kind == Kind::Building)
                .collect();
            if !houses.is_empty() {
                let households = |f: &Facility| f.households.unwrap_or(1.0);
                let all: f64 = houses.iter().map(|f| households(f)).sum();
                let beyond = |away: &dyn Fn(&Facility) -> f64| {
                    let far = houses.iter().filter(|f| away(f) > limit_m).map(|f| households(f));
                    100.0 * far.sum::<f64>() / all
                };
                let share = beyond(&distance);
                if all <= 0.0 || share <= limit_pct {
                    return if all > 0.0 { Told::Fine } else { Told::CannotTell };
                }
                if beyond(&possible) <= limit_pct {
                    return Told::CannotTell;
                }
                let gap = Gap::of_village(facts, rule, village, "gap.T4-households");
                return Told::gap(gap.figure(Some(share), limit_pct, "%", 1).word("limit", format!("{limit_m:.0}")));
            }
            let Some(stand) = facts.district.stand(village) else { return Told::CannotTell };
            let nearest = facts.nearest(Kind::PublicToilet, stand).map(|n| n.distance_m);
            if nearest.is_some_and(|d| d <= limit_m) {
                return Told::Fine;
            }
            if facts.nearest_possible(Kind::PublicToilet, stand).is_some_and(|n| n.distance_m <= limit_m) {
                return Told::CannotTell;
            }
            let reason = if nearest.is_some() { "gap.T4" } else { "gap.T4-none" };
            Told::gap(Gap::of_village(facts, rule, village, reason).figure(nearest, limit_m, "m", 0).distance(nearest))
        })
    }
}
