//! What answers the search box.

use super::state::Session;
use crate::model::{FeatureId, Generation};
use crate::render::LayerKey;

/// Most results shown.
const MOST: usize = 12;

/// What is searched for: the text, and the layers asked, with their data.
pub type SearchKey = (String, Vec<(LayerKey, Generation)>);

/// Features that answer, best first, with their layers.
pub type Hits = Vec<(LayerKey, FeatureId)>;

impl Session {
    /// Brings what answers a text up to date: searched for once per text, not once per frame.
    pub fn find_hits(&mut self) {
        let query = self.moment.search.trim();
        if query.is_empty() {
            self.made.hits.clear();
            return;
        }
        let layers = self.shown().filter(|(_, e)| e.visible).filter_map(|(l, _)| Some((l.key, l.loaded()?.clone())));
        let (areas, points): (Vec<_>, Vec<_>) = layers.partition(|(_, l)| !l.is_points());
        // While the names of a large layer are still being sorted it does not answer; it is asked again then.
        let of: Vec<_> = areas.into_iter().chain(points).filter(|(_, l)| l.names_in_time().is_some()).collect();
        let key = (query.to_owned(), of.iter().map(|(key, l)| (*key, l.generation)).collect());
        self.made.hits.make(key, |(query, _)| {
            let hits = of.iter().filter_map(|(key, l)| Some((key, l.names_in_time()?.search(query, MOST))));
            hits.flat_map(|(key, rows)| rows.into_iter().map(|hit| (*key, hit.row))).take(MOST).collect()
        });
    }

    /// What answers the text in the search box.
    pub fn hits(&self) -> &[(LayerKey, FeatureId)] {
        let is_it = self.made.hits.key().is_some_and(|k| k.0 == self.moment.search.trim());
        self.made.hits.last().filter(|_| is_it).map_or(&[], |h| h)
    }
}
