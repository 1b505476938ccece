//! T1: no public toilet in use in the village or close to it.

use super::facts::can_be_used;
use super::{Facts, Findings, Gap, Rule, RuleDefinition, Told, per_village};
use crate::district::Kind;
use crate::geo::{BoundsDeg, LonLat, distance_to_area_m};
use crate::model::FeatureId;

pub(super) struct NoToilet;

impl Rule for NoToilet {
    fn look(&self, facts: &Facts<'_>, rule: &RuleDefinition) -> Findings {
        let limit_m = rule.limit("distance_m");
        if !facts.has(Kind::PublicToilet) {
            // No map of toilets: the tables' count is all there is.
            return per_village(facts, |village| match facts.value("public_toilets", village) {
                None => Told::CannotTell,
                Some(n) if n > 0.0 => Told::Fine,
                Some(_) => {
                    Told::gap(Gap::of_village(facts, rule, village, "gap.T1-table").figure(Some(0.0), 1.0, "", 0))
                }
            });
        }
        let villages = facts.district.villages.len() as usize;
        let (mut served, mut perhaps) = (vec![false; villages], vec![false; villages]);
        let toilets = facts.all(Kind::PublicToilet).filter(|(_, f)| can_be_used(f) && f.is_there(facts.year));
        for (_, toilet) in toilets {
            for village in within(facts, toilet.at, limit_m) {
                let list = if toilet.is_in_use() { &mut served } else { &mut perhaps };
                if let Some(slot) = list.get_mut(village.index()) {
                    *slot = true;
                }
            }
        }
        per_village(facts, |village| {
            let of = |list: &[bool]| list.get(village.index()).copied().unwrap_or(false);
            if of(&served) {
                return Told::Fine;
            }
            // Without an area there is no telling what is close to it.
            let Some(stand) = facts.district.stand(village) else { return Told::CannotTell };
            if of(&perhaps) {
                return Told::CannotTell;
            }
            let nearest = facts.nearest(Kind::PublicToilet, stand).map(|n| n.distance_m);
            let reason = if nearest.is_some() { "gap.T1" } else { "gap.T1-none" };
            let gap = Gap::of_village(facts, rule, village, reason).figure(Some(0.0), 1.0, "", 0).distance(nearest);
            Told::gap(gap.word("limit", format!("{limit_m:.0}")))
        })
    }
}

/// Villages whose area is at most so far from a point.
fn within(facts: &Facts<'_>, at: LonLat, limit_m: f64) -> Vec<FeatureId> {
    let (lat, lon) = (limit_m / 110_000.0, limit_m / (110_000.0 * at.lat_deg.to_radians().cos().max(0.01)));
    let around = BoundsDeg::new([at.lon_deg - lon, at.lat_deg - lat, at.lon_deg + lon, at.lat_deg + lat]);
    let members = &facts.district.members;
    let mut found: Vec<FeatureId> =
        facts.spatial.in_rectangle(around).into_iter().filter_map(|f| members.village_of(f)).collect();
    found.sort_unstable();
    found.dedup();
    found.retain(|village| distance_to_area_m(at, &facts.rings_of(*village)) <= limit_m);
    found
}
