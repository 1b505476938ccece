//! Two copies of a project made one: entry by entry, each known by its id, against what both came from.

use rustc_hash::FxHashMap;
use toml::{Table, Value};

use super::file::Project;
use super::keep::identity;

/// Two copies put together.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The project.
    pub project: Project,
    /// How much the other copy brought: entries and values.
    pub taken: usize,
    /// What both changed otherwise, by its place such as `edit` or `page.title`: ours stands there.
    pub conflicts: Vec<String>,
}

/// Puts the changes of two copies of a project together. What only one of them changed is as it is there; what both changed otherwise
/// stays as ours, and is named. Facilities that both added under one id are two: theirs gets another.
///
/// `None` where one of them cannot be written as TOML.
pub fn merge(base: &Project, ours: &Project, theirs: &Project) -> Option<Merged> {
    let mut theirs = theirs.clone();
    part_ids(base, ours, &mut theirs);
    let table = |p: &Project| Table::try_from(p).ok();
    let (base, ours, theirs) = (table(base)?, table(ours)?, table(&theirs)?);
    let mut work = Work::default();
    let merged = work.table("", &base, &ours, &theirs);
    let project = merged.try_into().ok()?;
    Some(Merged { project, taken: work.taken, conflicts: work.conflicts })
}

/// Facilities that both added are two, though each was given the next free number.
fn part_ids(base: &Project, ours: &Project, theirs: &mut Project) {
    let is_fresh = |id: &str| !base.facilities.iter().any(|f| f.id == id);
    let mut used: Vec<String> = ours.facilities.iter().chain(&theirs.facilities).map(|f| f.id.clone()).collect();
    for facility in &mut theirs.facilities {
        let same = ours.facilities.iter().find(|f| f.id == facility.id);
        if !is_fresh(&facility.id) || same.is_none_or(|same| same == facility) {
            continue;
        }
        let stem = facility.id.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        let fresh = (1..).map(|n| format!("{stem}{n:03}")).find(|id| !used.contains(id));
        let Some(fresh) = fresh else { continue };
        let old = std::mem::replace(&mut facility.id, fresh.clone());
        for edit in theirs.edits.iter_mut().filter(|e| e.facility == old) {
            edit.facility.clone_from(&fresh);
        }
        used.push(fresh);
    }
}

#[derive(Default)]
struct Work {
    taken: usize,
    conflicts: Vec<String>,
}

/// Lists whose entries mean something only as a whole.
const WHOLE: [&str; 5] = ["edit", "facility", "target", "indicator", "alias"];

impl Work {
    fn table(&mut self, place: &str, base: &Table, ours: &Table, theirs: &Table) -> Table {
        let mut merged = Table::new();
        for key in ours.keys().chain(theirs.keys().filter(|k| !ours.contains_key(*k))) {
            let inner = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            let value = self.value(&inner, base.get(key), ours.get(key), theirs.get(key));
            merged.extend(value.map(|v| (key.clone(), v)));
        }
        merged
    }

    fn value(
        &mut self,
        place: &str,
        base: Option<&Value>,
        ours: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        // Where each looks is its own.
        if ours == theirs || theirs == base || ["camera", "view", "selected"].contains(&place) {
            return ours.cloned();
        }
        let is_list = |v: Option<&Value>| v.is_none_or(|v| v.as_array().is_some_and(|a| a.iter().all(Value::is_table)));
        let has_entries =
            [base, ours, theirs].into_iter().flatten().any(|v| v.as_array().is_some_and(|a| !a.is_empty()));
        if has_entries && is_list(base) && is_list(ours) && is_list(theirs) {
            let entries = |v: Option<&Value>| v.and_then(Value::as_array).cloned().unwrap_or_default();
            return Some(Value::Array(self.list(place, &entries(base), &entries(ours), &entries(theirs))));
        }
        if ours == base {
            self.taken += 1;
            return theirs.cloned();
        }
        if let (Some(Value::Table(a)), Some(Value::Table(b))) = (ours, theirs) {
            let nothing = Table::new();
            return Some(Value::Table(self.table(place, base.and_then(Value::as_table).unwrap_or(&nothing), a, b)));
        }
        self.conflicts.push(place.to_owned());
        ours.cloned()
    }

    fn list<'a>(&mut self, place: &str, base: &'a [Value], ours: &'a [Value], theirs: &'a [Value]) -> Vec<Value> {
        let (base, ours, theirs) = (named(base), named(ours), named(theirs));
        let [in_base, in_ours, in_theirs] = [&base, &ours, &theirs]
            .map(|list| list.iter().map(|(name, value)| (name.as_str(), *value)).collect::<FxHashMap<&str, &Value>>());
        let fresh = theirs.iter().filter(|(name, _)| !in_ours.contains_key(name.as_str()));
        let names = ours.iter().chain(fresh).map(|(name, _)| name.as_str());
        let of = |list: &FxHashMap<&str, &'a Value>, name: &str| list.get(name).copied();
        names
            .filter_map(|name| self.entry(place, of(&in_base, name), of(&in_ours, name), of(&in_theirs, name)))
            .collect()
    }

    fn entry(
        &mut self,
        place: &str,
        base: Option<&Value>,
        ours: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        if ours == theirs || theirs == base {
            return ours.cloned();
        }
        if ours == base {
            self.taken += 1;
            return theirs.cloned();
        }
        match (ours, theirs) {
            (Some(Value::Table(a)), Some(Value::Table(b))) if !WHOLE.contains(&place) => {
                let nothing = Table::new();
                Some(Value::Table(self.table(place, base.and_then(Value::as_table).unwrap_or(&nothing), a, b)))
            }
            // Taken away by one, changed by the other: what somebody worked at stays.
            (ours, theirs) => {
                self.conflicts.push(place.to_owned());
                ours.or(theirs).cloned()
            }
        }
    }
}

/// Entries by what names them; of several of one name each is known by its number among them.
fn named(list: &[Value]) -> Vec<(String, &Value)> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    list.iter()
        .map(|value| {
            let name = identity(value).unwrap_or_else(|| value.to_string());
            let before = seen.entry(name.clone()).or_default();
            *before += 1;
            (if *before == 1 { name } else { format!("{name} #{}", *before - 1) }, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::district::AddedFacility;
    use crate::model::Edit;
    use crate::project::{LayerEntry, SceneEntry};
    use proptest::prelude::*;

    fn edit(village: &str, value: &str) -> Edit {
        Edit { village: village.into(), what: "population".into(), value: value.into(), ..Edit::default() }
    }

    fn scene(id: &str, name: &str) -> SceneEntry {
        SceneEntry { id: id.into(), name: name.into(), ..SceneEntry::default() }
    }

    #[test]
    fn what_each_did_is_there_and_what_both_did_is_named() {
        let base = Project {
            edits: vec![edit("a", "1"), edit("b", "1")],
            scenes: vec![scene("s", "x")],
            ..Project::default()
        };
        let ours = Project {
            edits: vec![edit("a", "2"), edit("b", "2")],
            title: "ours".into(),
            scenes: vec![scene("s", "renamed")],
            ..base.clone()
        };
        let theirs = Project {
            edits: vec![edit("a", "1"), edit("b", "3"), edit("c", "1")],
            notice: "theirs".into(),
            scenes: vec![SceneEntry { note: "said".into(), ..scene("s", "x") }, scene("t", "new")],
            ..base.clone()
        };
        let merged = merge(&base, &ours, &theirs).expect("merged");
        assert_eq!(merged.project.edits, [edit("a", "2"), edit("b", "2"), edit("c", "1")]);
        assert_eq!((merged.project.title.as_str(), merged.project.notice.as_str()), ("ours", "theirs"));
        assert_eq!(merged.project.scenes[0].name, "renamed");
        assert_eq!(merged.project.scenes[0].note, "said", "a scene is known by its id, whatever it is called");
        assert_eq!(merged.project.scenes.len(), 2);
        assert_eq!(merged.conflicts, ["edit"]);
    }

    #[test]
    fn tables_that_this_version_does_not_know_merge_too() {
        let with = |text: &str| toml::from_str::<Project>(&format!("version = 1\n{text}")).expect("a project");
        let base = with("[[person]]\nid = \"n\"\ntext = \"a\"\n");
        let ours = with("[[person]]\nid = \"n\"\ntext = \"b\"\n[[person]]\nid = \"o\"\n");
        let theirs = with("[[person]]\nid = \"n\"\ntext = \"a\"\n[[person]]\nid = \"p\"\n[[decision]]\nid = \"x\"\n");
        let merged = merge(&base, &ours, &theirs).expect("merged").project;
        let ids: Vec<&str> = merged.people.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids, ["n", "o", "p"]);
        assert_eq!(merged.people[0].other["text"].as_str(), Some("b"));
        assert!(merged.other.contains_key("decision"));
    }

    #[test]
    fn facilities_that_both_added_are_two() {
        let added = |name: &str| AddedFacility { id: "ADD-001".into(), name: name.into(), ..AddedFacility::default() };
        let of = |name: &str| Project { facilities: vec![added(name)], ..Project::default() };
        let theirs = Project { edits: vec![Edit { facility: "ADD-001".into(), ..edit("", "2") }], ..of("theirs") };
        let merged = merge(&Project::default(), &of("ours"), &theirs).expect("merged").project;
        let ids: Vec<(&str, &str)> = merged.facilities.iter().map(|f| (f.id.as_str(), f.name.as_str())).collect();
        assert_eq!(ids, [("ADD-001", "ours"), ("ADD-002", "theirs")]);
        assert_eq!(merged.edits[0].facility, "ADD-002");
        let same = merge(&Project::default(), &of("one"), &of("one")).expect("merged").project;
        assert_eq!(same.facilities.len(), 1);
    }

    fn projects() -> impl Strategy<Value = Project> {
        let edits = proptest::collection::vec((0..5_u8, 0..3_u8), 0..6);
        (edits, 0..3_u8, proptest::collection::vec(0..4_u8, 0..3)).prop_map(|(list, title, layers)| {
            let mut edits: Vec<Edit> = Vec::new();
            for (village, value) in list {
                if edits.iter().all(|e| e.village != village.to_string()) {
                    edits.push(edit(&village.to_string(), &value.to_string()));
                }
            }
            let mut layers: Vec<LayerEntry> =
                layers.into_iter().map(|l| LayerEntry::new(format!("{l}.geojson").into())).collect();
            layers.dedup();
            crate::project::give_ids(&mut layers);
            Project { edits, layers, title: title.to_string(), ..Project::default() }
        })
    }

    proptest! {
        /// A copy that changed nothing brings nothing, and one that alone changed something is taken whole.
        #[test]
        fn one_sided_changes_are_the_side(base in projects(), other in projects()) {
            let sorted = |p: &Project| { let mut e = p.edits.clone(); e.sort_by(|a, b| a.village.cmp(&b.village)); e };
            let ours = merge(&base, &other, &base).expect("merged");
            prop_assert_eq!(&ours.project, &other);
            prop_assert_eq!((ours.taken, ours.conflicts.len()), (0, 0));
            let theirs = merge(&base, &base, &other).expect("merged");
            prop_assert_eq!(sorted(&theirs.project), sorted(&other));
            prop_assert_eq!(&theirs.project.title, &other.title);
            prop_assert!(theirs.conflicts.is_empty());
        }

        /// No correction that one of them has and neither took away is lost.
        #[test]
        fn nothing_is_lost(base in projects(), ours in projects(), theirs in projects()) {
            let merged = merge(&base, &ours, &theirs).expect("merged").project;
            for e in ours.edits.iter().chain(&theirs.edits) {
                let was = base.edits.iter().find(|b| b.village == e.village);
                let gone = |p: &Project| was == Some(e) && !p.edits.iter().any(|x| x.village == e.village);
                if !gone(&ours) && !gone(&theirs) {
                    prop_assert!(merged.edits.iter().any(|m| m.village == e.village), "{:?}", e);
                }
            }
        }
    }
}
