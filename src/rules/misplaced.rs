//! D1: a point's village code is not that of the polygon it lies in.

use super::{Facts, Findings, Gap, Rule, RuleDefinition};
use crate::district::{Found, Kind, RowKey};
use crate::geo::distance_to_area_m;

pub(super) struct Misplaced;

impl Rule for Misplaced {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let district = facts.district;
        let mut findings = Findings::default();
        for (i, facility) in district.facilities.iter().enumerate() {
            if facility.village_code.is_empty() || facility.kind == Kind::Building {
                continue;
            }
            let inside = facts.villages_at(facility.at);
            let coded = match facts.finder.find(RowKey::code(&facility.village_code)) {
                Found::One(village, _) => Some(village),
                _ => None,
            };
            if coded.is_some_and(|v| inside.contains(&v)) {
                continue;
            }
            let here = inside.first().map(|v| district.villages.display_name(*v));
            let reason = match (coded, &here) {
                (None, _) => "gap.D1-unknown",
                (Some(_), None) => "gap.D1-outside",
                (Some(_), Some(_)) => "gap.D1",
            };
            let away = coded.map(|v| distance_to_area_m(facility.at, &facts.rings_of(v)));
            let named = coded.map_or_else(|| facility.village_code.clone(), |v| district.villages.display_name(v));
            let gap = Gap::of_facility(facts, rule, i as u32, reason).distance(away.filter(|d| d.is_finite()));
            let gap = gap.word("village", named).word("here", here.unwrap_or_default());
            findings.gaps.push(Gap { village: coded.or(inside.first().copied()), ..gap });
        }
        findings
    }
}
