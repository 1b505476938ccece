//! D2: two points of one kind closer together than two such things stand: one thing recorded twice?

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::{Facts, Findings, Gap, Rule, RuleDefinition};
use crate::district::{Facility, Kind, Use};
use crate::geo::{distance_m, ecef_m};

pub(super) struct Twins;

impl Rule for Twins {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let limit_m = rule.limit("distance_m");
        let stands = |f: &Facility| f.usage != Some(Use::Removed) && f.is_there(facts.year);
        let mut findings = Findings::default();
        for kind in Kind::ALL {
            let points: Vec<_> = facts.all(kind).filter(|(_, f)| stands(f) && f.at.is_valid()).collect();
            let entries = points.iter().map(|(i, f)| GeomWithData::new(ecef_m(f.at), *i));
            let tree = RTree::bulk_load(entries.collect());
            for &(i, facility) in &points {
                // A chord is never longer than the way over the ground.
                let near = tree.locate_within_distance(ecef_m(facility.at), limit_m * limit_m);
                let mut others: Vec<u32> = near.map(|e| e.data).filter(|other| *other > i).collect();
                others.sort_unstable();
                for other in others {
                    let Some(twin) = facts.district.facilities.get(other as usize) else { continue };
                    let apart = distance_m(facility.at, twin.at);
                    if apart < limit_m {
                        let gap = Gap::of_facility(facts, rule, i, "gap.D2").figure(Some(apart), limit_m, "m", 1);
                        let detail = if twin.id.is_empty() { twin.name.clone() } else { twin.id.clone() };
                        let gap = gap.word("other", twin.name.clone()).distance(Some(apart));
                        findings.gaps.push(Gap { detail, ..gap });
                    }
                }
            }
        }
        findings
    }
}
