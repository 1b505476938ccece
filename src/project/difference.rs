//! In what two states of a project differ, in counts that a person can judge by.

use super::file::Project;

/// What kind of thing differs, and how many of them each state has that the other has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What: in language files `difference.<what>`.
    pub what: &'static str,
    /// How many only the first has.
    pub first: usize,
    /// How many only the second has.
    pub second: usize,
    /// How many both have, each otherwise.
    pub changed: usize,
}

/// In what two states differ; nothing where they are the same. How the map is looked at is no difference.
pub fn differences(first: &Project, second: &Project) -> Vec<Difference> {
    fn list<T: PartialEq, K: PartialEq>(
        what: &'static str,
        (first, second): (&[T], &[T]),
        of: impl Fn(&T) -> K,
    ) -> Option<Difference> {
        let only = |a: &[T], b: &[T]| a.iter().filter(|x| !b.contains(x)).map(&of).collect::<Vec<K>>();
        let (a, mut b) = (only(first, second), only(second, first));
        let (all, mut changed) = (a.len(), 0);
        for key in a {
            if let Some(at) = b.iter().position(|k| *k == key) {
                b.swap_remove(at);
                changed += 1;
            }
        }
        // Sorted otherwise, or some of them twice, where nothing else differs.
        (first != second).then_some(Difference { what, first: all - changed, second: b.len(), changed })
    }
    let one = |what, differs: bool| differs.then_some(Difference { what, first: 0, second: 0, changed: 1 });
    let general = |p: &Project| (p.title.clone(), p.notice.clone(), p.name_language.clone(), p.other.clone());
    [
        list("edits", (&first.edits, &second.edits), |e| {
            (e.village.clone(), e.town.clone(), e.layer.clone(), e.facility.clone(), e.what.clone(), e.year)
        }),
        list("looks", (&first.looks, &second.looks), |l| l.indicator.clone()),
        list("people", (&first.people, &second.people), |p| p.id.clone()),
        list("notes", (&first.notes, &second.notes), |n| n.id.clone()),
        list("facilities", (&first.facilities, &second.facilities), |f| f.id.clone()),
        list("layers", (&first.layers, &second.layers), |l| l.path.clone()),
        list("tables", (&first.tables, &second.tables), |t| t.path.clone()),
        list("aliases", (&first.aliases, &second.aliases), |a| {
            (a.code.clone(), a.name.clone(), a.town.clone(), a.district.clone())
        }),
        list("kinds", (&first.kinds, &second.kinds), |k| k.word.clone()),
        list("forms", (&first.forms, &second.forms), |f| f.path.clone()),
        list("scenes", (&first.scenes, &second.scenes), |s| s.name.clone()),
        list("rules", (&first.rules, &second.rules), |r| r.id.clone()),
        list("indicators", (&first.indicators, &second.indicators), |i| i.id.clone()),
        list("targets", (&first.targets, &second.targets), |t| t.indicator.clone()),
        one("page", first.page != second.page),
        one("general", general(first) != general(second)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Edit;

    #[test]
    fn counted_on_both_sides() {
        let edit = |value: &str| Edit { what: "population".into(), value: value.into(), ..Edit::default() };
        let a = Project { edits: vec![edit("1"), edit("2")], ..Project::default() };
        let b = Project { edits: vec![edit("2")], title: "x".into(), ..Project::default() };
        assert!(differences(&a, &a).is_empty());
        let told = differences(&a, &b);
        assert_eq!(told.len(), 2);
        let first = Difference { what: "edits", first: 1, second: 0, changed: 0 };
        assert_eq!(told[0], first);
        assert_eq!(told[1].what, "general");
    }

    #[test]
    fn what_is_there_otherwise_is_not_gone() {
        let edit = |value: &str| Edit { what: "population".into(), value: value.into(), ..Edit::default() };
        let a = Project { edits: vec![edit("1")], ..Project::default() };
        let b = Project { edits: vec![edit("2"), edit("3")], ..Project::default() };
        assert_eq!(differences(&a, &b), [Difference { what: "edits", first: 0, second: 1, changed: 1 }]);
    }
}
