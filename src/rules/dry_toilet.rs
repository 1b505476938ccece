//! T3: a dry toilet that was neither rebuilt nor removed.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::{Kind, ToiletState};

pub(super) struct DryToilet;

impl Rule for DryToilet {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        if !facts.has(Kind::PublicToilet) {
            return per_village(facts, |village| match facts.value("dry_toilets", village) {
                None => Told::CannotTell,
                Some(n) if n > 0.0 => {
                    Told::gap(Gap::of_village(facts, rule, village, "gap.T3-table").figure(Some(n), 0.0, "", 0))
                }
                Some(_) => Told::Fine,
            });
        }
        let still_dry = facts
            .in_use(Kind::PublicToilet)
            .filter(|(_, f)| f.toilet == ToiletState::Dry || (f.is_dry_type && f.toilet != ToiletState::Rebuilt));
        let gap = |i| Gap::of_facility(facts, rule, i, "gap.T3").figure(Some(1.0), 0.0, "", 0);
        Findings { gaps: still_dry.map(|(i, _)| gap(i)).collect(), unknown: Vec::new() }
    }
}
