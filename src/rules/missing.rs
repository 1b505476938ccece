//! D4: a required value is missing, or was observed too long before the project's date.

use super::date::day_of;
use super::own::{DistrictSchema, VillageRow};
use super::{Facts, Findings, Gap, Rule, RuleDefinition};
use crate::district::{Kind, Use};
use crate::query::{Checked, compile};

pub(super) struct Missing;

impl Rule for Missing {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let mut findings = Findings::default();
        missing(facts, rule, &mut findings);
        old(facts, rule, &mut findings);
        findings
    }
}

/// Required is what the tables tell of any village in the year, or what the rule names; some only where a condition holds.
fn missing(facts: &Facts<'_>, rule: &RuleDefinition, findings: &mut Findings) {
    let district = facts.district;
    let schema = DistrictSchema(district);
    for (position, indicator) in district.indicators.all().iter().enumerate().filter(|(_, i)| !i.is_computed()) {
        let named = rule.indicators.is_empty() || rule.indicators.contains(&indicator.id);
        let told = |v| district.value(position, facts.year, v).is_some();
        if !named || !district.village_list().any(told) {
            continue;
        }
        let condition: Option<Checked> =
            rule.required_where.get(&indicator.id).and_then(|text| compile(text, &schema).ok());
        for village in district.village_list().filter(|v| !told(*v)) {
            let asked = condition.as_ref().is_none_or(|c| c.is_true(&VillageRow { facts, village }) == Some(true));
            if asked && !district.observations.is_not_applicable(position, facts.year, village) {
                let gap = Gap::of_village(facts, rule, village, "gap.D4").indicator(position);
                findings.gaps.push(gap.word("year", facts.year.map(|y| y.to_string()).unwrap_or_default()));
            }
        }
    }
}

fn old(facts: &Facts<'_>, rule: &RuleDefinition, findings: &mut Findings) {
    let limit = rule.limit("days");
    let district = facts.district;
    let age = |text: &str| day_of(text).map(|day| (facts.day - day) as f64);
    for (i, facility) in district.facilities.iter().enumerate() {
        let stands = facility.usage != Some(Use::Removed) && facility.kind != Kind::Building;
        if let Some(days) = age(&facility.checked_on).filter(|d| stands && *d > limit) {
            let gap = Gap::of_facility(facts, rule, i as u32, "gap.D4-checked").figure(Some(days), limit, "d", 0);
            findings.gaps.push(gap.word("date", facility.checked_on.clone()));
        }
    }
    if !district.observations.has_origins() {
        return;
    }
    for position in (0..district.indicators.all().len()).filter(|i| district.observations.has(*i)) {
        for village in district.village_list() {
            let origin = district.observations.origin(position, facts.year, village);
            let Some(origin) = origin.filter(|_| district.value(position, facts.year, village).is_some()) else {
                continue;
            };
            if let Some(days) = age(&origin.observed_on).filter(|d| *d > limit) {
                let gap = Gap::of_village(facts, rule, village, "gap.D4-observed").indicator(position);
                findings.gaps.push(gap.figure(Some(days), limit, "d", 0).word("date", origin.observed_on));
            }
        }
    }
}
