//! What answers the search box.

use super::state::Session;
use crate::geo::{BoundsDeg, LonLat, parse_position};
use crate::index::NameRank;
use crate::model::{FeatureId, Generation};
use crate::render::LayerKey;

/// Most results shown at first.
const FEW: usize = 12;
/// Most results shown when more are asked for.
const MANY: usize = 500;

/// What is searched for: the text, how many are wanted, and the layers asked, with their data.
pub type SearchKey = (String, usize, Vec<(LayerKey, Generation)>);

/// What answers a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    /// A place, where the text is one: first in the list.
    pub place: Option<LonLat>,
    /// Features, best first, with their layers.
    pub features: Vec<(LayerKey, FeatureId)>,
    /// Whether nothing answers as it was typed, and these are names one slip away.
    pub is_near: bool,
    /// Whether more would answer.
    pub has_more: bool,
}

impl Hits {
    /// Entries of the list.
    pub fn len(&self) -> usize {
        self.features.len() + usize::from(self.place.is_some())
    }

    /// Whether nothing answers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Session {
    /// Brings what answers a text up to date: searched for once per text, not once per frame.
    pub fn find_hits(&mut self) {
        let query = self.moment.search.text.trim();
        if query.is_empty() {
            self.made.hits.clear();
            return;
        }
        let most = if self.moment.search.lists_all { MANY } else { FEW };
        let layers = self.shown().filter(|(_, e)| e.visible).filter_map(|(l, _)| Some((l.key, l.loaded()?.clone())));
        let (areas, points): (Vec<_>, Vec<_>) = layers.partition(|(_, l)| !l.is_points());
        // While the names of a large layer are still being sorted it does not answer; it is asked again then.
        let of: Vec<_> = areas.into_iter().chain(points).filter(|(_, l)| l.names_in_time().is_some()).collect();
        let place = parse_position(query, self.all_bounds());
        let key = (query.to_owned(), most, of.iter().map(|(key, l)| (*key, l.generation)).collect());
        self.made.hits.make(key, |(query, ..)| {
            let found = of.iter().filter_map(|(key, l)| Some((key, l.names_in_time()?.search(query, most + 1))));
            let found: Vec<_> = found.flat_map(|(key, hits)| hits.into_iter().map(|h| (*key, h))).collect();
            // What is one slip away in one layer is not asked for where another has what was typed.
            let is_near = found.iter().all(|(_, h)| h.rank == NameRank::Near) && !found.is_empty() && place.is_none();
            let features = found.into_iter().filter(|(_, h)| is_near || h.rank != NameRank::Near);
            let mut features: Vec<_> = features.map(|(key, h)| (key, h.row)).collect();
            let has_more = features.len() > most;
            features.truncate(most);
            Hits { place, features, is_near, has_more }
        });
    }

    /// What answers the text in the search box; `None` until it has been searched for.
    pub fn hits(&self) -> Option<&Hits> {
        let is_it = self.made.hits.key().is_some_and(|k| k.0 == self.moment.search.text.trim());
        self.made.hits.last().filter(|_| is_it)
    }

    /// Bounds of all that is shown.
    pub fn all_bounds(&self) -> Option<BoundsDeg> {
        let shown = self.shown().filter(|(_, e)| e.visible).filter_map(|(l, _)| l.loaded()?.bounds_deg());
        shown.reduce(BoundsDeg::union)
    }
}
