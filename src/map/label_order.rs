//! In what order the features of a layer are named.

use egui::Vec2;
use rayon::prelude::*;

use crate::geo::{Anchor, BoundsDeg};
use crate::model::{FeatureId, Generation};
use crate::session::{Loaded, Session};

/// Square points that a village takes at least where it is named: a line of text.
const LEAST_PT2: f64 = 120.0;

/// So many features are looked at one by one; more are looked for by place.
const FEW: usize = 3_000;

/// More features in view than this are not looked through for those that are too small.
const FEW_SMALL: usize = 600;

/// The features of a layer, largest first.
pub(super) struct Order {
    /// The dataset.
    pub of: Generation,
    features: Vec<FeatureId>,
    /// Place of each feature in that order.
    ranks: Vec<u32>,
    /// Width of a typical feature in world units.
    pub width: f64,
}

impl Order {
    pub fn new(of: Generation, anchors: &[Option<Anchor>]) -> Self {
        let area = |f: FeatureId| anchors[f.index()].map_or(0.0, |a| a.extent[0] * a.extent[1]);
        let mut features: Vec<FeatureId> =
            FeatureId::all(anchors.len() as u32).filter(|f| anchors[f.index()].is_some()).collect();
        features.par_sort_unstable_by(|a, b| area(*b).total_cmp(&area(*a)).then(a.cmp(b)));
        let middle = features.get(features.len() / 2).map_or(0.0, |f| area(*f));
        let mut ranks = vec![u32::MAX; anchors.len()];
        features.iter().enumerate().for_each(|(rank, f)| ranks[f.index()] = rank as u32);
        Self { of, features, ranks, width: f64::from(middle).sqrt() }
    }

    /// Features that could be named in a view, largest first: those that have room for a name at this scale and, where these
    /// are many, lie in view.
    pub fn candidates(
        &self,
        loaded: &Loaded,
        anchors: &[Option<Anchor>],
        session: &Session,
        half: Vec2,
    ) -> Vec<FeatureId> {
        if loaded.is_points() || loaded.is_lines() {
            // They need no room of their own.
            return all_in_view(loaded, session, half);
        }
        let scale = session.camera.points_per_world();
        let room = |f: &FeatureId| {
            anchors[f.index()]
                .is_some_and(|a| f64::from(a.extent[0]) * f64::from(a.extent[1]) * scale * scale >= LEAST_PT2)
        };
        let large = self.features.partition_point(room);
        if large <= FEW {
            return self.features.get(..large).unwrap_or(&[]).to_vec();
        }
        let mut found = self.in_view(loaded, session, half);
        found.retain(|f| self.ranks.get(f.index()).is_some_and(|rank| (*rank as usize) < large));
        found
    }

    /// Features in view, largest first.
    fn in_view(&self, loaded: &Loaded, session: &Session, half: Vec2) -> Vec<FeatureId> {
        let mut found = all_in_view(loaded, session, half);
        found.retain(|f| self.ranks.get(f.index()).is_some_and(|rank| *rank != u32::MAX));
        found.sort_unstable_by_key(|f| self.ranks[f.index()]);
        found
    }

    /// Features in view that are too small to be candidates, where they are few.
    pub fn small(&self, loaded: &Loaded, session: &Session, half: Vec2) -> Vec<FeatureId> {
        let found = self.in_view(loaded, session, half);
        if found.len() > FEW_SMALL { Vec::new() } else { found }
    }
}

/// Features whose envelope meets the view, in file order; none before they are sorted by place.
fn all_in_view(loaded: &Loaded, session: &Session, half: Vec2) -> Vec<FeatureId> {
    let Some(index) = loaded.spatial_in_time() else { return Vec::new() };
    let corner = |x: f32, y: f32| session.camera.world_at([f64::from(x), f64::from(y)]).to_lonlat();
    let (a, b) = (corner(-half.x - 60.0, -half.y - 20.0), corner(half.x + 60.0, half.y + 20.0));
    index.in_rectangle(BoundsDeg::new([a.lon_deg, b.lat_deg, b.lon_deg, a.lat_deg]))
}
