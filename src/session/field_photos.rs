//! Photos of a round on their way to the visits of their gaps: told apart by the slates of the sheets, the rest by whoever knows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::state::Session;
use crate::model::Role;
use crate::round::{AskedSlate, SortedPhotos};
use crate::rules::Gap;
use crate::survey::{NewVisit, Outcome, PhotosPut};

/// A folder of photos being told apart.
#[derive(Debug, Default)]
pub struct SortingPhotos {
    /// The folder's name.
    pub name: String,
    /// Photos in it.
    pub all: usize,
    /// Photos looked at.
    pub seen: AtomicUsize,
}

impl PartialEq for SortingPhotos {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// What was found, being put right before it counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldPhotosDraft {
    /// The folder's name.
    pub name: String,
    /// Photos by the key of their gap.
    pub of_gaps: BTreeMap<String, Vec<PathBuf>>,
    /// Pictures of slates, which are no photos of the spot.
    pub slates: usize,
    /// Pictures of several slates: which was meant.
    pub asked: Vec<AskedSlate>,
    /// Photos taken beside one gap only, with its key and how many metres off.
    pub near: Vec<(PathBuf, String, f64)>,
    /// Photos of which nothing is known.
    pub left: Vec<PathBuf>,
    /// What visits are recorded with for gaps that have none; nothing is recorded where absent.
    pub result: Option<Outcome>,
    /// What is looked for among the gaps, to put a photo there.
    pub sought: String,
}

impl FieldPhotosDraft {
    /// What telling apart found.
    pub fn of(name: String, sorted: SortedPhotos) -> Self {
        let SortedPhotos { of_gaps, slates, asked, near, left } = sorted;
        Self { name, of_gaps, slates, asked, near, left, ..Self::default() }
    }

    /// Photos that are put to a gap.
    pub fn placed(&self) -> usize {
        self.of_gaps.values().map(Vec::len).sum()
    }

    /// Says of which gap a picture of several slates is: what came after it is of that gap.
    pub fn answer(&mut self, at: usize, gap: &str) {
        if at < self.asked.len() {
            let asked = self.asked.remove(at);
            self.slates += 1;
            self.of_gaps.entry(gap.to_owned()).or_default().extend(asked.after);
        }
    }

    /// Takes the photos that lie beside one gap only as photos of it.
    pub fn take_near(&mut self) {
        for (photo, gap, _) in std::mem::take(&mut self.near) {
            self.of_gaps.entry(gap).or_default().push(photo);
        }
    }

    /// Puts a photo to a gap, or to none.
    pub fn put(&mut self, photo: &Path, gap: Option<&str>) {
        self.of_gaps.values_mut().for_each(|list| list.retain(|p| p != photo));
        self.asked.iter_mut().for_each(|a| a.after.retain(|p| p != photo));
        self.near.retain(|n| n.0 != photo);
        self.left.retain(|p| p != photo);
        match gap {
            Some(gap) => self.of_gaps.entry(gap.to_owned()).or_default().push(photo.to_path_buf()),
            None => self.left.push(photo.to_path_buf()),
        }
    }
}

impl Session {
    /// A gap among those found, by its key.
    pub fn gap_by_key(&self, key: &str) -> Option<&Gap> {
        let found = self.present_gaps()?;
        found.keys.iter().position(|k| k == key).and_then(|row| found.list.gaps.get(row))
    }

    /// What a gap is in a line: its village and its rule; the key of one that is not there any more.
    pub fn gap_words(&self, key: &str) -> String {
        let named = self.gap_by_key(key).zip(self.present_gaps()).zip(self.district());
        let Some(((gap, found), district)) = named else { return key.to_owned() };
        let village = gap.village.map(|v| district.villages.display_name(v));
        let facility = gap.facility.and_then(|f| district.facilities.get(f as usize)).map(|f| f.name.clone());
        let town = gap.village.map(|v| district.text(v, Role::Town)).unwrap_or_default();
        let name = village.filter(|n| !n.is_empty()).or(facility).unwrap_or_else(|| key.to_owned());
        let rule = found.rules.get(&gap.rule).map_or("", |r| r.name(self.lang));
        [name.as_str(), &town, rule].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Gaps whose words hold a text, at most so many: keys and words.
    pub fn gaps_like(&self, text: &str, most: usize) -> Vec<(String, String)> {
        let Some(found) = self.present_gaps() else { return Vec::new() };
        let text = text.trim().to_lowercase();
        let words = found.keys.iter().map(|key| (key.clone(), self.gap_words(key)));
        words.filter(|(_, words)| words.to_lowercase().contains(&text)).take(most).collect()
    }

    /// Whether a gap has a visit that photos go to.
    pub fn has_visit(&self, key: &str) -> bool {
        self.survey().is_some_and(|s| PhotosPut::visit_of(s, key).is_some())
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

    #[test]
    fn photos_are_at_one_place_only() {
        let path = |n: &str| PathBuf::from(n);
        let mut draft = FieldPhotosDraft {
            of_gaps: BTreeMap::from([("a".to_owned(), vec![path("1")])]),
            asked: vec![AskedSlate {
                photo: path("2"),
                gaps: vec!["a".into(), "b".into()],
                after: vec![path("3"), path("4")],
            }],
            near: vec![(path("5"), "b".into(), 12.0)],
            left: vec![path("6")],
            ..FieldPhotosDraft::default()
        };
        draft.put(&path("4"), Some("a"));
        draft.answer(0, "b");
        draft.take_near();
        draft.put(&path("6"), Some("b"));
        draft.put(&path("1"), None);
        assert_eq!(draft.of_gaps["a"], [path("4")]);
        assert_eq!(draft.of_gaps["b"], [path("3"), path("5"), path("6")]);
        assert_eq!((draft.left.as_slice(), draft.slates, draft.placed()), (&[path("1")][..], 1, 4));
        assert!(draft.asked.is_empty() && draft.near.is_empty());
        draft.answer(3, "b");
    }
}
