//! Who answers for which village.

use rustc_hash::FxHashMap;

use super::join::{Found, RowKey, VillageFinder};
use super::key_text::folded_town;
use crate::model::{AnswersFor, Dataset, FeatureId, Members, Person, Report, Role, Severity};

/// The people of a project, and what they answer for on this map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    /// All, as the project has them.
    pub list: Vec<Person>,
    /// For each village positions of people and of what they answer for; those named for the village itself first, then its town's.
    of_village: FxHashMap<FeatureId, Vec<(u32, u32)>>,
}

impl People {
    /// Finds villages and towns of people; those that the map does not have are told.
    pub(super) fn of(
        list: &[Person],
        villages: &Dataset,
        members: &Members,
        finder: &VillageFinder,
        report: &mut Report,
    ) -> Self {
        let mut of_village: FxHashMap<FeatureId, Vec<(u32, u32)>> = FxHashMap::default();
        if list.is_empty() {
            return Self::default();
        }
        let mut of_town: FxHashMap<String, Vec<FeatureId>> = FxHashMap::default();
        for village in members.list() {
            let town = villages.text(*village, Role::Town).map(|t| t.into_owned()).unwrap_or_default();
            of_town.entry(folded_town(&town)).or_default().push(*village);
        }
        let mut by_town: Vec<(FeatureId, (u32, u32))> = Vec::new();
        for (i, person) in list.iter().enumerate() {
            for (k, answers) in person.answers.iter().enumerate() {
                let at = (i as u32, k as u32);
                if !answers.village.is_empty() {
                    match find(finder, answers) {
                        Found::One(village, _) => of_village.entry(village).or_default().push(at),
                        Found::Several => told(report, "person-ambiguous", person, &answers.words()),
                        _ => told(report, "person-without-village", person, &answers.words()),
                    }
                } else if !answers.town.is_empty() {
                    match of_town.get(&folded_town(&answers.town)) {
                        Some(all) => by_town.extend(all.iter().map(|v| (*v, at))),
                        None => told(report, "person-without-village", person, &answers.words()),
                    }
                }
            }
        }
        for (village, at) in by_town {
            of_village.entry(village).or_default().push(at);
        }
        Self { list: list.to_vec(), of_village }
    }

    /// Who answers for a village, those named for it itself first, with what they were named for. With a rule: those named for the rule's
    /// gaps first, and none who is named for another rule's only.
    pub fn of_village<'a>(&'a self, village: FeatureId, rule: Option<&str>) -> Vec<(&'a Person, &'a AnswersFor)> {
        let found = self.of_village.get(&village).into_iter().flatten();
        let pair = |(i, k): &(u32, u32)| {
            let person = self.list.get(*i as usize)?;
            Some((person, person.answers.get(*k as usize)?))
        };
        let mut all: Vec<_> = found.filter_map(pair).collect();
        // For a rule everywhere.
        let everywhere = |p: &'a Person| {
            p.answers
                .iter()
                .filter(|a| !a.rule.is_empty() && a.town.is_empty() && a.village.is_empty())
                .map(move |a| (p, a))
        };
        if let Some(rule) = rule {
            all.extend(self.list.iter().flat_map(everywhere));
            all.retain(|(_, a)| a.rule.is_empty() || a.rule == rule);
            all.sort_by_key(|(_, a)| a.rule.is_empty());
        }
        let mut seen: Vec<&str> = Vec::new();
        all.retain(|(p, _)| {
            let is_new = !seen.contains(&p.id.as_str());
            seen.push(&p.id);
            is_new
        });
        all
    }

    /// Who answers for a river, field or facility of a name.
    pub fn of_thing<'a>(&'a self, name: &str) -> Vec<&'a Person> {
        let name = name.trim();
        self.list.iter().filter(|p| !name.is_empty() && p.answers.iter().any(|a| a.thing.trim() == name)).collect()
    }

    /// Whether somebody answers for a village as a whole, not only for a facility in it or for one rule.
    pub fn has_village(&self, village: FeatureId) -> bool {
        self.of_village(village, None).iter().any(|(_, a)| a.rule.is_empty() && a.thing.is_empty())
    }
}

fn find(finder: &VillageFinder, answers: &AnswersFor) -> Found {
    match finder.find(RowKey::code(&answers.village)) {
        one @ Found::One(..) => one,
        _ => finder.find(RowKey::name(&answers.village, &answers.town)),
    }
}

fn told(report: &mut Report, code: &'static str, person: &Person, what: &str) {
    report.add(Severity::Warning, code, None, format!("{} · {what}", person.name));
}
