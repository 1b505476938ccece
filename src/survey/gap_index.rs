//! The gaps that a map has now, so that visits find them again: by their keys, by keys of earlier versions, and by what a sheet says
//! of a row whose key was lost.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::subject::Subject;
use crate::district::District;
use crate::rules::{Gap, GapList};

/// A gap as visits may know it.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    key: String,
    rule: String,
    subject: Subject,
    /// All names of its village.
    names: Vec<String>,
}

/// The gaps of a map.
#[derive(Clone, Default)]
pub struct GapIndex {
    made: OnceLock<Made>,
    of: Option<(Arc<District>, Arc<GapList>)>,
}

impl std::fmt::Debug for GapIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GapIndex").field("made", &self.made.get().map(|m| m.gaps.len())).finish()
    }
}

impl PartialEq for GapIndex {
    fn eq(&self, other: &Self) -> bool {
        self.made().gaps == other.made().gaps
    }
}

/// The gaps by what they may be looked for.
#[derive(Clone, Debug, Default)]
struct Made {
    gaps: Vec<Known>,
    by_key: FxHashMap<String, usize>,
    former: FxHashMap<String, Vec<usize>>,
    by_rule: FxHashMap<String, Vec<usize>>,
}

impl Made {
    fn new(district: &District, gaps: &[Gap]) -> Self {
        let mut index = Self::default();
        for (i, gap) in gaps.iter().enumerate() {
            let key = gap.key(district);
            for former in gap.former_keys(district) {
                index.former.entry(former).or_default().push(i);
            }
            index.by_rule.entry(gap.rule.clone()).or_default().push(i);
            index.by_key.insert(key.clone(), i);
            let names = gap.village.map(|v| district.villages.all_names(v)).unwrap_or_default();
            index.gaps.push(Known { key, rule: gap.rule.clone(), subject: Subject::of_gap(gap, district), names });
        }
        index
    }
}

impl GapIndex {
    /// The gaps that rules found in a district.
    pub fn new(district: &District, gaps: &[Gap]) -> Self {
        Self { made: OnceLock::from(Made::new(district, gaps)), of: None }
    }

    /// The same, made when something is first looked for: a map without visits never needs it, and that of a million gaps is large.
    pub fn when_asked(district: Arc<District>, gaps: Arc<GapList>) -> Self {
        Self { made: OnceLock::new(), of: Some((district, gaps)) }
    }

    /// Makes it now, away from the window.
    pub fn prepare(&self) {
        self.made();
    }

    fn made(&self) -> &Made {
        self.made.get_or_init(|| self.of.as_ref().map_or_else(Made::default, |(d, list)| Made::new(d, &list.gaps)))
    }

    /// Whether the map has a gap of this key.
    pub fn has(&self, key: &str) -> bool {
        self.made().by_key.contains_key(key)
    }

    /// All keys, in the order of the gaps.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.made().gaps.iter().map(|g| g.key.as_str())
    }

    /// What a gap of the map is about.
    pub fn subject(&self, key: &str) -> Option<&Subject> {
        self.made().by_key.get(key).and_then(|i| self.made().gaps.get(*i)).map(|g| &g.subject)
    }

    /// The present key of a gap that was recorded under another one; `None` where the key is present, or nothing is clear.
    pub fn present_key(&self, recorded: &str, subject: &Subject) -> Option<&str> {
        if self.has(recorded) {
            return None;
        }
        let candidates = self.made().former.get(recorded)?;
        let fits = |i: &&usize| self.made().gaps.get(**i).is_some_and(|g| agrees(&g.subject, subject));
        let mut found = candidates.iter().filter(fits);
        match (found.next(), found.next()) {
            (Some(i), None) => self.made().gaps.get(*i).map(|g| g.key.as_str()),
            _ => None,
        }
    }

    /// The key of the one gap that a row of a sheet can mean by its rule, village and facility; `None` where it could be several.
    pub fn of_row(&self, rule: &str, subject: &Subject) -> Option<&str> {
        let list = self.made().by_rule.get(rule.trim())?;
        let is = |g: &Known| {
            let by_code = !subject.code.is_empty() && !g.subject.code.is_empty();
            let is_village = match by_code {
                true => subject.code == g.subject.code,
                false => {
                    !subject.village.is_empty()
                        && (g.subject.village == subject.village || g.names.contains(&subject.village))
                }
            };
            let facility = subject.facility_word();
            is_village
                && agrees(&g.subject, subject)
                && (facility.is_empty() || facility == g.subject.facility || facility == g.subject.facility_name)
        };
        let mut found = list.iter().filter_map(|i| self.made().gaps.get(*i)).filter(|g| is(g));
        match (found.next(), found.next()) {
            (Some(gap), None) => Some(gap.key.as_str()),
            _ => None,
        }
    }

    /// Keys of gaps that a lost visit may mean, the likeliest first: of its rule and village, then of its rule and town, then of its
    /// village.
    pub fn candidates(&self, rule: &str, subject: &Subject) -> Vec<&str> {
        let rank = |g: &Known| {
            let is_village = (!subject.code.is_empty() && subject.code == g.subject.code)
                || (!subject.village.is_empty() && g.names.contains(&subject.village));
            let is_town = !subject.town.is_empty() && subject.town == g.subject.town;
            match (g.rule == rule, is_village, is_town) {
                (true, true, _) => Some(0),
                (false, true, _) => Some(1),
                (true, false, true) => Some(2),
                _ => None,
            }
        };
        let mut found: Vec<(i32, &str)> =
            self.made().gaps.iter().filter_map(|g| Some((rank(g)?, g.key.as_str()))).collect();
        found.sort();
        found.into_iter().map(|(_, key)| key).collect()
    }
}

/// Whether two subjects do not contradict in town and district.
fn agrees(a: &Subject, b: &Subject) -> bool {
    let same = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
    same(&a.town, &b.town)
        && same(&a.district, &b.district)
        && same(&a.code, &b.code)
        && same(&a.layer, &b.layer)
        && same(&a.facility, &b.facility)
}
