//! In what two states of a project differ, in counts that a person can judge by.

use super::file::Project;

/// What kind of thing differs, and how many of them each state has that the other has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What: in language files `difference.<what>`.
    pub what: &'static str,
    /// How many only the first has, or has otherwise.
    pub first: usize,
    /// How many only the second has, or has otherwise.
    pub second: usize,
}

/// In what two states differ; nothing where they are the same. How the map is looked at is no difference.
pub fn differences(first: &Project, second: &Project) -> Vec<Difference> {
    fn list<T: PartialEq>(what: &'static str, first: &[T], second: &[T]) -> Option<Difference> {
        let only = |a: &[T], b: &[T]| a.iter().filter(|x| !b.contains(x)).count();
        // Sorted otherwise, or some of them twice.
        let is_moved = first != second;
        let (a, b) = (only(first, second), only(second, first));
        is_moved.then_some(Difference { what, first: a, second: b })
    }
    let one = |what, differs: bool| differs.then_some(Difference { what, first: 1, second: 1 });
    let general = |p: &Project| (p.title.clone(), p.notice.clone(), p.name_language.clone(), p.other.clone());
    [
        list("edits", &first.edits, &second.edits),
        list("facilities", &first.facilities, &second.facilities),
        list("layers", &first.layers, &second.layers),
        list("tables", &first.tables, &second.tables),
        list("scenes", &first.scenes, &second.scenes),
        list("rules", &first.rules, &second.rules),
        list("indicators", &first.indicators, &second.indicators),
        list("targets", &first.targets, &second.targets),
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
        assert_eq!((told[0].what, told[0].first, told[0].second), ("edits", 1, 0));
        assert_eq!(told[1].what, "general");
    }
}
