//! W1: perishable waste is not collected daily, or there is no collection point.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::Kind;

pub(super) struct Waste;

impl Rule for Waste {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let limit = rule.limit("per_day");
        let on_map = facts.has(Kind::WastePoint);
        per_village(facts, |village| {
            let rate = facts.value("waste_collections_per_day", village);
            let has_point = match (on_map, facts.count(Kind::WastePoint, village)) {
                (false, _) => facts.value("waste_points", village).map(|n| n > 0.0),
                (true, (1.., _)) => Some(true),
                (true, (0, 0)) => Some(false),
                (true, (0, _)) => None,
            };
            let gap = |reason| Gap::of_village(facts, rule, village, reason);
            match (rate, has_point) {
                (Some(rate), _) if rate < limit => {
                    Told::gap(gap(if has_point == Some(false) { "gap.W1-both" } else { "gap.W1" }).figure(
                        Some(rate),
                        limit,
                        "/d",
                        2,
                    ))
                }
                (_, Some(false)) => Told::gap(gap("gap.W1-point").figure(Some(0.0), 1.0, "", 0)),
                (Some(_), Some(true)) => Told::Fine,
                _ => Told::CannotTell,
            }
        })
    }
}
