//! D3: a village's count in the tables differs from the points counted on the map (账实核对).

use super::{Facts, Findings, Gap, Rule, RuleDefinition};
use crate::district::headlines;
use crate::model::FeatureId;

pub(super) struct Counts;

impl Rule for Counts {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let villages: Vec<FeatureId> = facts.district.village_list().collect();
        let mut findings = Findings::default();
        for headline in headlines(facts.district, &villages, facts.year) {
            for (village, figure, counted) in headline.differing {
                match figure {
                    Some(figure) => {
                        let gap = Gap::of_village(facts, rule, village, "gap.D3").indicator(headline.indicator);
                        findings.gaps.push(gap.figure(Some(figure), counted as f64, "", 0));
                    }
                    None => findings.unknown.push(village),
                }
            }
        }
        findings.unknown.sort_unstable();
        findings.unknown.dedup();
        findings
    }
}
