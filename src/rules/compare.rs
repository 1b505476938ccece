//! What became of gaps: between two years, or two states of a project.

use rustc_hash::FxHashSet;

use super::list::GapList;
use crate::district::District;

/// Gaps now against gaps before, told apart by [`super::Gap::key`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GapChange {
    /// Positions among those now that were not there before.
    pub new: Vec<usize>,
    /// Positions among those now that were.
    pub remaining: Vec<usize>,
    /// Positions among those before that are there no more.
    pub closed: Vec<usize>,
}

impl GapChange {
    /// Compares two lists, each with the district it was found in. A gap that a rule could not tell about now is not
    /// closed: it is counted with neither.
    pub fn between(now: (&GapList, &District), before: (&GapList, &District)) -> Self {
        let keys =
            |(list, district): (&GapList, &District)| list.gaps.iter().map(|g| g.key(district)).collect::<Vec<_>>();
        let (keys_now, keys_before) = (keys(now), keys(before));
        let (are, were): (FxHashSet<&String>, FxHashSet<&String>) =
            (keys_now.iter().collect(), keys_before.iter().collect());
        let mut change = Self::default();
        for (i, key) in keys_now.iter().enumerate() {
            if were.contains(key) { &mut change.remaining } else { &mut change.new }.push(i);
        }
        // Villages of which a rule cannot tell now, by their codes or names: their numbers differ between districts.
        let untold: FxHashSet<(&str, String)> = now
            .0
            .rules
            .iter()
            .flat_map(|r| r.unknown.iter().map(|v| (r.id.as_str(), super::gap::village_key(now.1, *v))))
            .collect();
        for (i, (key, gap)) in keys_before.iter().zip(&before.0.gaps).enumerate() {
            let village = gap.village.map(|v| super::gap::village_key(before.1, v)).unwrap_or_default();
            if !are.contains(key) && !untold.contains(&(gap.rule.as_str(), village)) {
                change.closed.push(i);
            }
        }
        change
    }
}
