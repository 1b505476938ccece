//! Which feature of a dataset.

use serde::{Deserialize, Serialize};

/// A feature of a dataset, by its position in the file. It means nothing in another dataset.
///
/// ```
/// use qiancun::model::FeatureId;
/// let all: Vec<FeatureId> = FeatureId::all(3).collect();
/// assert_eq!(all[2].index(), 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[repr(transparent)]
pub struct FeatureId(u32);

impl FeatureId {
    /// The feature at a position, from 0.
    pub const fn new(position: u32) -> Self {
        Self(position)
    }

    /// Its position as a number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Its position in lists.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The features of a dataset of so many, in the order of the file.
    pub fn all(count: u32) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (0..count).map(Self)
    }
}

impl std::fmt::Display for FeatureId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
