//! Finds the village that a code or a name means. Nothing is guessed: what could be two villages is neither.

use rustc_hash::FxHashMap;

use crate::model::{Dataset, FeatureId, Members, Role};

/// Villages by code and by name.
pub struct VillageFinder {
    codes: FxHashMap<String, Vec<FeatureId>>,
    names: FxHashMap<String, Vec<(String, FeatureId)>>,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// One village.
    One(FeatureId),
    /// None.
    Nothing,
    /// Several: it is not clear which is meant.
    Several,
}

impl VillageFinder {
    /// Makes the lists.
    pub fn new(villages: &Dataset, members: &Members) -> Self {
        let (mut codes, mut names) = (FxHashMap::<_, Vec<_>>::default(), FxHashMap::<_, Vec<_>>::default());
        for f in members.list().iter().copied() {
            if let Some(code) = villages.text(f, Role::Code) {
                codes.entry(code.trim().to_owned()).or_default().push(f);
            }
            // In whatever language names are shown: a table joins as it did.
            let town = villages.text(f, Role::Town).map(|t| folded_town(&t)).unwrap_or_default();
            let mut all: Vec<String> = villages.all_names(f).iter().map(|n| folded_name(n)).collect();
            all.sort_unstable();
            all.dedup();
            for name in all {
                names.entry(name).or_default().push((town.clone(), f));
            }
        }
        Self { codes, names }
    }

    /// By code where there is one, else by name within the town. A code that no village has finds nothing, whatever the
    /// name says.
    pub fn find(&self, code: &str, name: &str, town: &str) -> Found {
        // An apostrophe before a number says to a spreadsheet that it is text; pasted, it becomes part of it.
        let code = code.trim().trim_start_matches(['\'', '‘', '’', '`']);
        if !code.is_empty() {
            return one(self.codes.get(code).map(|v| v.iter().copied()).into_iter().flatten());
        }
        let Some(list) = self.names.get(&folded_name(name)).filter(|_| !name.trim().is_empty()) else {
            return Found::Nothing;
        };
        let town = folded_town(town);
        one(list.iter().filter(|(t, _)| town.is_empty() || t.is_empty() || *t == town).map(|(_, f)| *f))
    }
}

fn one(mut hits: impl Iterator<Item = FeatureId>) -> Found {
    match (hits.next(), hits.next()) {
        (None, _) => Found::Nothing,
        (Some(f), None) => Found::One(f),
        _ => Found::Several,
    }
}

/// A village's name without blanks and without the words for what it is.
fn folded_name(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let ends = ["村民委员会", "村委会", "行政村", "村"];
    match ends.iter().find_map(|end| name.strip_suffix(end)).filter(|rest| !rest.is_empty()) {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

fn folded_town(town: &str) -> String {
    let town: String = town.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let ends = ["地区办事处", "街道办事处", "地区", "街道", "镇", "乡"];
    match ends.iter().find_map(|end| town.strip_suffix(end)).filter(|rest| !rest.is_empty()) {
        Some(rest) => rest.to_owned(),
        None => town,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Progress, read_bytes};

    #[test]
    fn two_villages_of_one_name_need_their_town() {
        let feature = |code: &str, name: &str, town: &str| {
            format!(
                r#"{{"type":"Feature","geometry":null,"properties":{{"code":"{code}","name":"{name}","town":"{town}"}}}}"#
            )
        };
        let list = [feature("1", "八家", "上庄镇"), feature("2", "八家村", "东升镇"), feature("3", "温泉", "温泉镇")];
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","));
        let villages = read_bytes("v.geojson".as_ref(), text.as_bytes(), &Progress::new()).expect("read");
        let finder = VillageFinder::new(&villages, &Members::of(&villages));
        assert_eq!(finder.find("", "八家", ""), Found::Several);
        assert_eq!(finder.find("", "八家", "东升地区"), Found::One(FeatureId::new(1)));
        assert_eq!(finder.find("", "温泉村", ""), Found::One(FeatureId::new(2)));
        assert_eq!(finder.find("2", "温泉", ""), Found::One(FeatureId::new(1)));
        assert_eq!(finder.find("'2", "", ""), Found::One(FeatureId::new(1)));
        assert_eq!(finder.find("9", "温泉", ""), Found::Nothing);
        assert_eq!(finder.find("", "", ""), Found::Nothing);
    }
}
