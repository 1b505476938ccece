//! Villages that a row without one may mean, the likeliest first, and which other rows can be decided together with it.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::join::VillageFinder;
use super::key_text::{Name, folded_town};
use super::rows::OpenRow;
use super::understood::Beside;
use crate::index::said_as;
use crate::model::{FeatureId, Role};

/// Candidates that are proposed.
const MOST_CANDIDATES: usize = 5;
/// Open rows that are looked at to be decided together.
const MOST_ALIKE: usize = 100;

/// A village that a row may mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name, and its town where it has one.
    pub words: String,
    /// Where it is on the map.
    pub feature: FeatureId,
    /// What names it in an alias: its code, else its name; its town.
    pub village: (String, String),
    /// Why: `stem`, `code`, `sound`, `glyphs`, `overlap`; a key of the language files (`candidate.<key>`).
    pub reason: &'static str,
    /// The share of the ground of the village that the row meant in its own year that lies in it.
    pub share: Option<f64>,
    /// Whether another row means it already.
    pub is_taken: bool,
}

/// A village's name as it is compared with many.
struct Known {
    village: FeatureId,
    stem: Vec<char>,
    is_latin: bool,
    /// As it is said, in pinyin.
    said: String,
}

/// What proposes villages: their names are taken apart once for all rows.
pub(super) struct Proposer<'a> {
    beside: &'a Beside<'a>,
    finder: &'a VillageFinder,
    taken: &'a FxHashSet<FeatureId>,
    known: Vec<Known>,
}

impl<'a> Proposer<'a> {
    /// The candidates of the first open row, and the rows that can be decided together with it, each with its village.
    pub(super) fn propose(
        open: &[OpenRow],
        beside: &'a Beside<'a>,
        finder: &'a VillageFinder,
        taken: &'a FxHashSet<FeatureId>,
    ) -> (Vec<Candidate>, Vec<(OpenRow, Candidate)>) {
        let Some(first) = open.first() else { return Default::default() };
        let known = |village: &FeatureId| {
            let stem = Name::of(&beside.villages.display_name(*village)).stem;
            Known { village: *village, is_latin: stem.is_ascii(), said: said_as(&stem), stem: stem.chars().collect() }
        };
        let known = beside.members.list().par_iter().map(known).collect();
        let proposer = Self { beside, finder, taken, known };
        let candidates = proposer.candidates(first);
        let alike = proposer.alike(open, &candidates);
        (candidates, alike)
    }

    /// Villages that a row may mean: those in which the village of its own year lies, then those of the same stem or code, then those whose
    /// names are few characters away.
    fn candidates(&self, row: &OpenRow) -> Vec<Candidate> {
        let (villages, taken) = (self.beside.villages, self.taken);
        let meant = self.beside.editions.meant(row.row_key(), row.year);
        let successors = meant.map(|m| m.successors(villages, self.beside.members)).unwrap_or_default();
        let stem: Vec<char> = Name::of(&row.key[1]).stem.chars().collect();
        let mut list: Vec<(usize, FeatureId, &'static str)> = Vec::new();
        for village in self.finder.related(row.row_key()) {
            let same = Name::of(&villages.display_name(village)).stem.chars().eq(stem.iter().copied());
            list.push((0, village, if same { "stem" } else { "code" }));
        }
        list.extend(self.near(&stem));
        let town = folded_town(&row.key[2]);
        let is_elsewhere =
            |v: FeatureId| !town.is_empty() && villages.text(v, Role::Town).is_some_and(|t| folded_town(&t) != town);
        list.sort_by_key(|(far, v, _)| (*far, is_elsewhere(*v), taken.contains(v), *v));
        // Where the old village lies today says more than what it is called.
        list.retain(|(_, v, _)| !successors.iter().any(|(s, _)| s == v));
        list.splice(0..0, successors.iter().map(|(v, _)| (0, *v, "overlap")));
        list.truncate(MOST_CANDIDATES);
        let of = |(_, village, reason): (usize, FeatureId, &'static str)| {
            let text = |role| villages.text(village, role).map(|t| t.trim().to_owned()).unwrap_or_default();
            let (name, town, code) = (villages.display_name(village), text(Role::Town), text(Role::Code));
            let words = if town.is_empty() { name.clone() } else { format!("{name} · {town}") };
            let own = if code.is_empty() { (name, town) } else { (code, String::new()) };
            let share = successors.iter().find(|(v, _)| *v == village).map(|(_, share)| *share);
            Candidate { words, feature: village, village: own, reason, share, is_taken: taken.contains(&village) }
        };
        list.into_iter().map(of).collect()
    }

    /// Villages whose names sound the same or are few characters away, with how many.
    fn near(&self, stem: &[char]) -> Vec<(usize, FeatureId, &'static str)> {
        if stem.is_empty() {
            return Vec::new();
        }
        let reach = (stem.len() / 2).max(1);
        let said = said_as(&stem.iter().collect::<String>());
        let is_latin = stem.iter().all(char::is_ascii);
        let near = |known: &Known| {
            // Pinyin is longer than the characters that it is said by.
            let is_near = known.stem.len().abs_diff(stem.len()) <= reach || is_latin && !known.is_latin;
            if !is_near || known.stem == stem {
                return None;
            }
            if !said.is_empty() && known.said == said {
                return Some((1, known.village, "sound"));
            }
            let far = distance(stem, &known.stem);
            (far <= reach && far < stem.len().max(2)).then_some((far, known.village, "glyphs"))
        };
        self.known.par_iter().filter_map(near).collect()
    }

    /// Open rows behind the first that wait for its reason and whose only likeliest village is so for its reason: none where the first has no
    /// such. A village that several rows would mean is left to a person.
    fn alike(&self, open: &[OpenRow], first: &[Candidate]) -> Vec<(OpenRow, Candidate)> {
        let Some((row, best)) = open.first().zip(certain(first)) else { return Vec::new() };
        let rows = open.iter().skip(1).filter(|o| o.code == row.code).take(MOST_ALIKE);
        let found: Vec<(OpenRow, Candidate)> = rows
            .filter_map(|other| Some((other.clone(), certain(&self.candidates(other))?.clone())))
            .filter(|(_, candidate)| candidate.reason == best.reason)
            .collect();
        let mut count: FxHashMap<FeatureId, usize> = FxHashMap::from_iter([(best.feature, 1)]);
        found.iter().for_each(|(_, c)| *count.entry(c.feature).or_default() += 1);
        if count.get(&best.feature).is_some_and(|n| *n > 1) {
            return Vec::new();
        }
        found.into_iter().filter(|(_, c)| count.get(&c.feature) == Some(&1)).collect()
    }
}

/// The likeliest village, where no other is as likely for the same reason and no row means it yet.
fn certain(candidates: &[Candidate]) -> Option<&Candidate> {
    let first = candidates.first().filter(|c| !c.is_taken)?;
    let is_rival = |c: &Candidate| c.reason == first.reason && !c.is_taken;
    (!candidates.iter().skip(1).any(is_rival)).then_some(first)
}

/// Characters that must be put in, taken out or changed to make one of the other (Levenshtein 1966).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let up = row.get(j + 1).copied().unwrap_or(0);
            let left = row.get(j).copied().unwrap_or(0);
            let best = (corner + usize::from(x != y)).min(up + 1).min(left + 1);
            corner = up;
            if let Some(slot) = row.get_mut(j + 1) {
                *slot = best;
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let of = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!((of("草场", "草厂"), of("", "ab"), of("abc", "abc"), of("kitten", "sitting")), (1, 2, 0, 3));
    }
}
