//! T2: a toilet in use below class III; one without a class is a question of the data.

use super::{Facts, Findings, Gap, GapSeverity, Rule, RuleDefinition};
use crate::district::Kind;
use crate::model::FeatureId;

pub(super) struct BelowClass;

impl Rule for BelowClass {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let mut findings = Findings::default();
        // A map that grades no toilet at all tells nothing of classes.
        if !facts.in_use(Kind::PublicToilet).any(|(_, f)| f.class.is_some()) {
            findings.unknown = villages_of(facts);
            return findings;
        }
        let worst = rule.limit("class");
        for (i, toilet) in facts.in_use(Kind::PublicToilet) {
            match toilet.class {
                Some(class) if f64::from(class) > worst => {
                    findings.gaps.push(Gap::of_facility(facts, rule, i, "gap.T2").figure(None, worst, "", 0))
                }
                Some(_) => {}
                None => {
                    let gap = Gap::of_facility(facts, rule, i, "gap.T2-ungraded").figure(None, worst, "", 0);
                    findings.gaps.push(Gap { severity: GapSeverity::Data, ..gap });
                }
            }
        }
        findings
    }
}

/// Villages that have a toilet in use, each once.
fn villages_of(facts: &Facts<'_>) -> Vec<FeatureId> {
    let mut villages: Vec<FeatureId> = facts.in_use(Kind::PublicToilet).filter_map(|(_, f)| f.village).collect();
    villages.sort_unstable();
    villages.dedup();
    villages
}
