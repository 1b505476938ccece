//! Photos of a round on their way to the visits of their gaps: told apart by the slates of the sheets, the rest by whoever knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::state::Session;
use crate::model::Role;
use crate::round::SortedPhotos;
use crate::rules::Gap;
use crate::survey::{NewVisit, Outcome, PhotosPut};

/// Folders of photos being told apart.
#[derive(Debug, Default)]
pub struct SortingPhotos {
    /// The folder's name.
    pub name: String,
    /// Photos in it; 0 as long as they are being listed.
    pub all: AtomicUsize,
    /// Photos looked at.
    pub seen: AtomicUsize,
}

impl PartialEq for SortingPhotos {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// The gaps that photos can be of, as they are called: made once, not with every frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapNames {
    /// What each is in a line, by key.
    pub words: BTreeMap<String, String>,
    /// Keys of those that have a visit.
    pub visited: BTreeSet<String>,
}

impl GapNames {
    /// What a gap is in a line; the key of one that is not there.
    pub fn of<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// Gaps whose words hold a text, at most so many.
    pub fn like<'a>(&'a self, text: &str, most: usize) -> Vec<(&'a str, &'a str)> {
        let text = text.trim().to_lowercase();
        let is_like = |(_, words): &(&String, &String)| words.to_lowercase().contains(&text);
        self.words.iter().filter(is_like).take(most).map(|(key, words)| (key.as_str(), words.as_str())).collect()
    }
}

/// What was found, being put right before it counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldPhotosDraft {
    /// The folder's name.
    pub name: String,
    /// What is known of its photos.
    pub sorted: SortedPhotos,
    /// Photos beyond those that are looked at.
    pub beyond: usize,
    /// How the gaps are called.
    pub names: Arc<GapNames>,
    /// Whether gaps that are not in the list, as those of another project, get visits too.
    pub with_unknown: bool,
    /// Whether it was asked to be closed with photos that are not put yet.
    pub is_closing: bool,
    /// What visits are recorded with for gaps that have none; nothing is recorded where absent.
    pub result: Option<Outcome>,
    /// What is looked for among the gaps, to put a photo there.
    pub sought: String,
}

impl FieldPhotosDraft {
    /// What telling apart found.
    pub fn of(name: String, sorted: SortedPhotos, beyond: usize) -> Self {
        Self { name, sorted, beyond, ..Self::default() }
    }

    /// Whether photos of a gap are put: it is one of the list or has a visit, or whoever asks wants all.
    pub fn is_put(&self, key: &str) -> bool {
        self.with_unknown || self.names.words.contains_key(key) || self.names.visited.contains(key)
    }

    /// Gaps that are not in the list and have photos.
    pub fn unknown(&self) -> usize {
        let is_unknown = |key: &str| !self.names.words.contains_key(key) && !self.names.visited.contains(key);
        self.sorted.of_gaps.iter().filter(|(key, photos)| !photos.is_empty() && is_unknown(key)).count()
    }

    /// Photos that would be put to visits now: of gaps that have one, or get one.
    pub fn to_put(&self) -> usize {
        let goes = |key: &str| self.is_put(key) && (self.result.is_some() || self.names.visited.contains(key));
        self.sorted.of_gaps.iter().filter(|(key, _)| goes(key)).map(|(_, photos)| photos.len()).sum()
    }

    /// What is left to do after photos were put.
    pub fn rest(mut self, put: &PhotosPut) -> Self {
        let kept: BTreeMap<String, Vec<PathBuf>> = std::mem::take(&mut self.sorted.of_gaps);
        for (key, photos) in kept {
            if !self.is_put(&key) || put.waiting_gaps.contains(&key) {
                self.sorted.of_gaps.insert(key, photos);
            }
        }
        self.sorted.unread.extend(put.unread.iter().cloned());
        self
    }

    /// Whether anybody still has to do something about it.
    pub fn is_open(&self) -> bool {
        self.placed()
            + self.sorted.asked.len()
            + self.sorted.near.len()
            + self.sorted.far.len()
            + self.sorted.left.len()
            > 0
    }

    /// Photos that are put to a gap.
    pub fn placed(&self) -> usize {
        self.sorted.of_gaps.values().map(Vec::len).sum()
    }

    /// Says of which gap a picture of several slates is: what came after it is of that gap.
    pub fn answer(&mut self, at: usize, gap: &str) {
        if at < self.sorted.asked.len() {
            let asked = self.sorted.asked.remove(at);
            self.sorted.slates += 1;
            self.sorted.of_gaps.entry(gap.to_owned()).or_default().extend(asked.after);
        }
    }

    /// Takes the photos that lie beside one gap only as photos of it.
    pub fn take_near(&mut self) {
        for (photo, gap, _) in std::mem::take(&mut self.sorted.near) {
            self.sorted.of_gaps.entry(gap).or_default().push(photo);
        }
    }

    /// Takes the photos that were taken far from their slate's gap as photos of it all the same.
    pub fn take_far(&mut self) {
        for (photo, gap, _) in std::mem::take(&mut self.sorted.far) {
            self.sorted.of_gaps.entry(gap).or_default().push(photo);
        }
    }

    /// Puts a photo to a gap, or to none.
    pub fn put(&mut self, photo: &Path, gap: Option<&str>) {
        self.sorted.of_gaps.values_mut().for_each(|list| list.retain(|p| p != photo));
        self.sorted.asked.iter_mut().for_each(|a| a.after.retain(|p| p != photo));
        self.sorted.near.retain(|n| n.0 != photo);
        self.sorted.far.retain(|n| n.0 != photo);
        self.sorted.left.retain(|p| p != photo);
        match gap {
            Some(gap) => self.sorted.of_gaps.entry(gap.to_owned()).or_default().push(photo.to_path_buf()),
            None => self.sorted.left.push(photo.to_path_buf()),
        }
    }
}

impl Session {
    /// A gap among those found, by its key.
    pub fn gap_by_key(&self, key: &str) -> Option<&Gap> {
        let found = self.present_gaps()?;
        found.keys.iter().position(|k| k == key).and_then(|row| found.list.gaps.get(row))
    }

    /// How the gaps that were found are called, and which have a visit.
    pub fn gap_names(&self) -> GapNames {
        let (Some(found), Some(district)) = (self.present_gaps(), self.district()) else { return GapNames::default() };
        let named = |(key, gap): (&String, &Gap)| {
            let village = gap.village.map(|v| district.villages.display_name(v)).filter(|n| !n.is_empty());
            let facility = gap.facility.and_then(|f| district.facilities.get(f as usize)).map(|f| f.name.clone());
            let town = gap.village.map(|v| district.text(v, Role::Town)).unwrap_or_default();
            let rule = found.rules.get(&gap.rule).map_or("", |r| r.name(self.lang));
            let parts = [village.unwrap_or_default(), facility.unwrap_or_default(), town, rule.to_owned()];
            (key.clone(), parts.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · "))
        };
        let words: BTreeMap<String, String> = found.keys.iter().zip(&found.list.gaps).map(named).collect();
        let visited = self.survey().map_or_else(BTreeSet::new, |s| {
            s.visits.iter().filter(|v| !v.is_withdrawn).filter_map(|v| Some(s.key_of(s.said(v)?).to_owned())).collect()
        });
        GapNames { words, visited }
    }

    /// A visit to a gap, to be recorded for its photos.
    pub fn visit_of_photos(&self, key: &str, result: Option<Outcome>) -> NewVisit {
        let new = match self.gap_by_key(key).zip(self.district()) {
            Some((gap, district)) => NewVisit::of_gap(gap, district),
            None => NewVisit::of_key(key),
        };
        NewVisit { result, by: self.settings.surveyor.clone(), ..new }
    }
}

/// A folder being told apart, as the dialogue shows it.
pub type Sorting = Arc<SortingPhotos>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::AskedSlate;

    #[test]
    fn photos_are_at_one_place_only() {
        let path = |n: &str| PathBuf::from(n);
        let sorted = SortedPhotos {
            of_gaps: BTreeMap::from([("a".to_owned(), vec![path("1")])]),
            asked: vec![AskedSlate {
                photo: path("2"),
                gaps: vec!["a".into(), "b".into()],
                after: vec![path("3"), path("4")],
            }],
            near: vec![(path("5"), "b".into(), 12.0)],
            left: vec![path("6")],
            ..SortedPhotos::default()
        };
        let mut draft = FieldPhotosDraft::of(String::new(), sorted, 0);
        draft.put(&path("4"), Some("a"));
        draft.answer(0, "b");
        draft.take_near();
        draft.put(&path("6"), Some("b"));
        draft.put(&path("1"), None);
        assert_eq!(draft.sorted.of_gaps["a"], [path("4")]);
        assert_eq!(draft.sorted.of_gaps["b"], [path("3"), path("5"), path("6")]);
        assert_eq!((draft.sorted.left.as_slice(), draft.sorted.slates, draft.placed()), (&[path("1")][..], 1, 4));
        assert!(draft.sorted.asked.is_empty() && draft.sorted.near.is_empty());
        draft.answer(3, "b");
        // What was put is gone; what waits, and what is of no gap of the list, stays.
        draft.names = Arc::new(GapNames {
            words: BTreeMap::from([("a".into(), "甲村".into()), ("b".into(), "乙村".into())]),
            visited: BTreeSet::from(["a".to_owned()]),
        });
        draft.sorted.of_gaps.insert("别处".into(), vec![path("9")]);
        assert_eq!((draft.unknown(), draft.to_put()), (1, 1), "only a has a visit");
        let put = PhotosPut { waiting_gaps: vec!["b".into()], ..PhotosPut::default() };
        let rest = draft.rest(&put);
        assert_eq!(rest.sorted.of_gaps.keys().collect::<Vec<_>>(), ["b", "别处"]);
        assert!(rest.is_open() && rest.names.like("乙", 5) == [("b", "乙村")]);
    }
}
