//! All gaps of a district.

use rayon::prelude::*;

use super::definition::Rules;
use super::facts::Facts;
use super::gap::{Gap, GapSeverity};
use super::{Findings, own, rule_of};
use crate::district::District;
use crate::model::{FeatureId, Role};

/// What one rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleCount {
    /// The rule's id.
    pub id: String,
    /// How many gaps.
    pub count: usize,
    /// Villages about which it cannot tell, since something is unknown.
    pub unknown: Vec<FeatureId>,
    /// What is wrong with the expression of a project's own rule.
    pub error: Option<String>,
}

/// The gaps of a district.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapList {
    /// Gaps in the order of the rules, in each by village.
    pub gaps: Vec<Gap>,
    /// Per rule that is on.
    pub rules: Vec<RuleCount>,
}

impl GapList {
    /// How many gaps are of a severity.
    pub fn count(&self, severity: GapSeverity) -> usize {
        self.gaps.iter().filter(|g| g.severity == severity).count()
    }

    /// A village's gaps, the worst first.
    pub fn of_village(&self, village: FeatureId) -> Vec<&Gap> {
        let mut gaps: Vec<&Gap> = self.gaps.iter().filter(|g| g.village == Some(village)).collect();
        gaps.sort_by_key(|g| g.severity);
        gaps
    }
}

/// Looks at a district in a year by all rules that are on.
pub fn find_gaps(district: &District, year: Option<i32>, rules: &Rules) -> GapList {
    let facts = Facts::new(district, year);
    let on: Vec<_> = rules.list.iter().filter(|r| !r.off).collect();
    let found: Vec<(RuleCount, Vec<Gap>)> = on
        .par_iter()
        .map(|definition| {
            let looked = match (&definition.when, rule_of(&definition.id)) {
                (None, Some(rule)) => Ok(rule.look(&facts, definition)),
                (Some(when), _) => own::look(&facts, definition, when),
                (None, None) => Ok(Findings::default()),
            };
            let (mut findings, error) = match looked {
                Ok(findings) => (findings, None),
                Err(e) => (Findings::default(), Some(e)),
            };
            if !definition.exempt.is_empty() {
                let exempt = |v: FeatureId| {
                    let is = |role| definition.exempt.contains(&district.text(v, role));
                    is(Role::Code) || is(Role::Name)
                };
                findings.gaps.retain(|g| !g.village.is_some_and(exempt));
                findings.unknown.retain(|v| !exempt(*v));
            }
            findings.gaps.sort_by_key(|g| (g.village, g.facility, g.indicator));
            let id = definition.id.clone();
            (RuleCount { id, count: findings.gaps.len(), unknown: findings.unknown, error }, findings.gaps)
        })
        .collect();
    let mut list = GapList::default();
    for (count, gaps) in found {
        list.rules.push(count);
        list.gaps.extend(gaps);
    }
    list
}
