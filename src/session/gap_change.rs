//! Gaps against an earlier year or another project.

use std::path::PathBuf;
use std::sync::Arc;

use super::gaps::FoundGaps;
use super::state::Session;
use crate::district::District;
use crate::model::Generation;
use crate::rules::{Gap, GapChange, GapList, find_gaps};

/// What gaps are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// The same district in an earlier year.
    Year(i32),
    /// Another project.
    Project(PathBuf),
}

/// What became of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It was not there before.
    New,
    /// It was.
    Remaining,
    /// It is there no more.
    Closed,
}

/// What a comparison is of: the gaps of now, and what they are compared with.
pub type ChangeKey = (Generation, Since);

/// Gaps found elsewhere or earlier, and what became of them.
pub struct EarlierGaps {
    /// Their number.
    pub generation: Generation,
    /// The earlier gaps.
    pub list: GapList,
    /// The other project's district; `None` where it is the same.
    pub district: Option<Arc<District>>,
    /// What became of them.
    pub change: GapChange,
}

impl EarlierGaps {
    /// Compares what was found with a year, or with another project's district.
    pub fn find(found: &FoundGaps, now: &District, since: &Since, other: Option<Arc<District>>) -> Self {
        let (district, year): (&District, _) = match (other.as_deref(), since) {
            (Some(other), _) => (other, other.year(None)),
            (None, Since::Year(year)) => (now, Some(*year)),
            (None, Since::Project(_)) => (now, now.year(None)),
        };
        let list = find_gaps(district, year, &found.rules);
        let change = GapChange::between((&found.list, now), (&list, district));
        Self { generation: Generation::next(), list, district: other, change }
    }

    /// How many became what.
    pub fn count(&self, became: Became) -> usize {
        match became {
            Became::New => self.change.new.len(),
            Became::Remaining => self.change.remaining.len(),
            Became::Closed => self.change.closed.len(),
        }
    }
}

impl Session {
    /// What the gaps found are to be compared with, where they are not yet.
    pub fn wanted_change(&self) -> Option<(Arc<FoundGaps>, Since)> {
        let since = self.survey.since.clone()?;
        let found = self.present_gaps()?;
        Some((found.clone(), since))
    }

    /// The comparison, if it is there and still right.
    pub fn present_change(&self) -> Option<&Arc<EarlierGaps>> {
        let (found, since) = (self.present_gaps()?, self.survey.since.as_ref()?);
        let fits = |(of, with): &&ChangeKey| *of == found.generation && with == since;
        self.made.change.key().filter(fits)?;
        self.made.change.last()
    }

    /// A gap of the list, with the district it was found in.
    pub fn listed_gap<'a>(&'a self, found: &'a FoundGaps, row: usize) -> Option<(&'a Gap, &'a District)> {
        let now = self.district().map(|d| &**d)?;
        if self.moment.gap_filter.became == Some(Became::Closed) {
            let earlier = self.present_change()?;
            return Some((earlier.list.gaps.get(row)?, earlier.district.as_deref().unwrap_or(now)));
        }
        Some((found.list.gaps.get(row)?, now))
    }
}
