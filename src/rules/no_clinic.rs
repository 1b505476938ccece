//! C1: no clinic. Villages that share one, or that a township institution stands in, are officially exempt.
//!
//! # References
//! National Health and Family Planning Commission, measures for the management of village clinics (2014-07-19), art. 13.

use rustc_hash::FxHashSet;

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::{Found, Kind, RowKey};
use crate::model::FeatureId;

pub(super) struct NoClinic;

impl Rule for NoClinic {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let on_map = facts.has(Kind::Clinic);
        let served = served(facts);
        per_village(facts, |village| {
            let status = facts.category("clinic", village);
            let (in_use, possible) = facts.count(Kind::Clinic, village);
            if in_use > 0 || served.contains(&village) || matches!(status, Some("shared" | "township")) {
                return Told::Fine;
            }
            let closed = match (status, on_map) {
                (Some("none"), _) => false,
                // Its own, says the table; none in use, says the map.
                (Some("own"), true) if possible == 0 => true,
                (Some("own"), false) => return Told::Fine,
                _ => return Told::CannotTell,
            };
            let nearest =
                facts.district.stand(village).and_then(|p| facts.nearest(Kind::Clinic, p)).map(|n| n.distance_m);
            let reason = match (closed, nearest) {
                (true, _) => "gap.C1-closed",
                (false, Some(_)) => "gap.C1",
                (false, None) => "gap.C1-none",
            };
            Told::gap(Gap::of_village(facts, rule, village, reason).figure(Some(0.0), 1.0, "", 0).distance(nearest))
        })
    }
}

/// Villages that a clinic in use says it serves.
fn served(facts: &Facts<'_>) -> FxHashSet<FeatureId> {
    let names = facts.in_use(Kind::Clinic).flat_map(|(_, f)| f.serves.iter().map(|s| (s.as_str(), f.town.as_str())));
    let find = |(name, town): (&str, &str)| match (
        facts.finder.find(RowKey::code(name)),
        facts.finder.find(RowKey::name(name, town)),
    ) {
        (Found::One(village, _), _) | (_, Found::One(village, _)) => Some(village),
        _ => None,
    };
    names.filter_map(find).collect()
}
