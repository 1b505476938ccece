//! The facility nearest to a village, by geodesic distance.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::geo::{LonLat, distance_m, ecef_m};

/// A facility and how far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// The facility.
    pub position: u32,
    /// Geodesic distance in metres: a straight line over the ground.
    pub distance_m: f64,
}

/// Facilities in an R-tree of earth-centred coordinates. A chord never exceeds its geodesic, so the search may stop at
/// the first chord longer than the best geodesic found: exact, across the antimeridian too.
pub struct NearestIndex {
    tree: RTree<GeomWithData<[f64; 3], (u32, [f64; 2])>>,
}

impl NearestIndex {
    /// Builds the index from facilities and their positions.
    pub fn new(facilities: impl IntoIterator<Item = (u32, LonLat)>) -> Self {
        let entries = facilities
            .into_iter()
            .filter(|(_, p)| p.is_valid())
            .map(|(position, p)| GeomWithData::new(ecef_m(p), (position, [p.lon_deg, p.lat_deg])));
        Self { tree: RTree::bulk_load(entries.collect()) }
    }

    /// The nearest facility; the one that comes first in its file where two are equally near; `None` where there is none.
    pub fn nearest(&self, from: LonLat) -> Option<Nearest> {
        let origin = ecef_m(from);
        let mut best: Option<Nearest> = None;
        for (entry, chord_squared) in self.tree.nearest_neighbor_iter_with_distance_2(&origin) {
            if best.is_some_and(|b| chord_squared.sqrt() > b.distance_m) {
                break;
            }
            let (position, [lon, lat]) = entry.data;
            let distance_m = distance_m(from, LonLat::new(lon, lat));
            let wins = |b: Nearest| distance_m < b.distance_m || (distance_m == b.distance_m && position < b.position);
            if best.is_none_or(wins) {
                best = Some(Nearest { position, distance_m });
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_trying_them_all(points in prop::collection::vec((-180.0..180.0f64, -90.0..90.0f64), 1..40),
                                       from in (-180.0..180.0f64, -90.0..90.0f64)) {
            let places: Vec<LonLat> = points.iter().map(|&(x, y)| LonLat::new(x, y)).collect();
            let from = LonLat::new(from.0, from.1);
            let index = NearestIndex::new(places.iter().enumerate().map(|(i, p)| (i as u32, *p)));
            let best = places.iter().map(|p| distance_m(from, *p)).fold(f64::INFINITY, f64::min);
            prop_assert_eq!(index.nearest(from).map(|n| n.distance_m), Some(best));
        }
    }

    #[test]
    fn nobody_is_nearest_to_nothing() {
        assert_eq!(NearestIndex::new([]).nearest(LonLat::new(0., 0.)), None);
    }
}
