//! P1: a village that nobody answers for. A project that names nobody has not begun with that, and is told nothing.

use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};

pub(super) struct Unanswered;

impl Rule for Unanswered {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let people = &facts.district.people;
        if people.list.is_empty() {
            return Findings::default();
        }
        per_village(facts, |village| match people.has_village(village) {
            true => Told::Fine,
            false => Told::gap(Gap::of_village(facts, rule, village, "gap.P1")),
        })
    }
}
