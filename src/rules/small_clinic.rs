//! C3: a clinic that is too small, or has too few doctors for the people of its village and of those it serves.

use super::{Facts, Findings, Gap, Rule, RuleDefinition};
use crate::district::{Facility, Found, Kind, RowKey};

pub(super) struct SmallClinic;

impl Rule for SmallClinic {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let (least_m2, least_doctors) = (rule.limit("area_m2"), rule.limit("doctors_per_1000"));
        let mut findings = Findings::default();
        for (i, clinic) in facts.in_use(Kind::Clinic) {
            let figure = |id| clinic.village.filter(|_| !clinic.is_township).and_then(|v| facts.value(id, v));
            let area = clinic.area_m2.or_else(|| figure("clinic_area_m2"));
            let doctors = doctors_per_1000(facts, clinic).or_else(|| figure("doctors_per_1000"));
            let small = area.filter(|a| *a < least_m2);
            let few = doctors.filter(|d| *d < least_doctors);
            let gap = |reason| Gap::of_facility(facts, rule, i, reason);
            match (small, few) {
                (Some(area), Some(few)) => {
                    let gap = gap("gap.C3-both").figure(Some(area), least_m2, "m²", 0);
                    findings
                        .gaps
                        .push(gap.word("doctors", format!("{few:.2}")).word("least", least_doctors.to_string()));
                }
                (Some(area), None) => findings.gaps.push(gap("gap.C3-area").figure(Some(area), least_m2, "m²", 0)),
                (None, Some(few)) => findings.gaps.push(gap("gap.C3-doctors").figure(Some(few), least_doctors, "‰", 2)),
                (None, None) if area.is_none() || doctors.is_none() => findings.unknown.extend(clinic.village),
                (None, None) => {}
            }
        }
        findings.unknown.sort_unstable();
        findings.unknown.dedup();
        findings
    }
}

/// Doctors for a thousand people of the clinic's village and of those that it serves; `None` where any of it is unknown.
fn doctors_per_1000(facts: &Facts<'_>, clinic: &Facility) -> Option<f64> {
    let mut villages = vec![clinic.village?];
    for name in &clinic.serves {
        let found = match facts.finder.find(RowKey::code(name)) {
            Found::One(village, by) => Found::One(village, by),
            _ => facts.finder.find(RowKey::name(name, &clinic.town)),
        };
        let Found::One(village, _) = found else { return None };
        if !villages.contains(&village) {
            villages.push(village);
        }
    }
    let people = villages.iter().map(|v| facts.value("population", *v)).sum::<Option<f64>>()?;
    (people > 0.0).then_some(clinic.doctors? * 1000.0 / people)
}
