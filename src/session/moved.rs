//! What another reading of a layer's coordinates would do: where its features lie now, and where they would.

use super::{ReadingDraft, Session};
use crate::geo::{BoundsDeg, LonLat, System};
use crate::read::How;

/// Features that are shown before and after: enough to see whether they come to lie in their villages.
const MOST: usize = 240;

/// Degrees around the middle that are looked at closely: two villages or so.
const NEAR_DEG: f64 = 0.012;

/// A feature before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// Where it lies; `None` where that is nowhere.
    pub before: Option<LonLat>,
    /// Where it would lie.
    pub after: LonLat,
}

impl Session {
    /// Features of a layer before and after what is chosen in the form; none where nothing would move.
    pub fn moved(&self, draft: &ReadingDraft) -> Vec<Moved> {
        let layer = self.layers.get(&draft.layer).and_then(|l| l.loaded());
        let (Some(loaded), Some(entry)) = (layer, self.entry(draft.layer)) else { return Vec::new() };
        let dataset = &loaded.dataset;
        let step = (dataset.len() as usize).div_ceil(MOST).max(1);
        let middle = |f| {
            let [w, s, e, n] = dataset.geometry.bounds_of(f)?.sides();
            Some([(w + e) / 2.0, (s + n) / 2.0])
        };
        let present: Vec<[f64; 2]> = dataset.features().step_by(step).filter_map(middle).collect();
        let mut own = present.clone();
        match (entry.crs.as_deref(), &dataset.source.system) {
            (Some(How::SWAPPED), _) => own.iter_mut().for_each(|at| at.swap(0, 1)),
            (_, Some(system)) => drop(system.of_degrees(&mut own)),
            _ => {}
        }
        let mut after = own.clone();
        match draft.how.crs.as_deref() {
            Some(How::SWAPPED) => after.iter_mut().for_each(|at| at.swap(0, 1)),
            Some(name) => match System::of_name(name) {
                Some(system) => drop(system.to_degrees(&mut after)),
                None => return Vec::new(),
            },
            None if entry.crs.is_none() => return Vec::new(),
            None => {}
        }
        let before = if entry.crs.is_some() { own } else { present };
        let place = |[lon, lat]: [f64; 2]| (lon.abs() <= 180.0 && lat.abs() <= 85.0).then_some(LonLat::new(lon, lat));
        let pairs = before.into_iter().zip(after);
        let moved: Vec<Moved> = pairs.filter_map(|(b, a)| Some(Moved { before: place(b), after: place(a)? })).collect();
        let is_still = |m: &Moved| {
            m.before.is_some_and(|b| {
                (b.lon_deg - m.after.lon_deg).abs() < 1e-9 && (b.lat_deg - m.after.lat_deg).abs() < 1e-9
            })
        };
        if moved.iter().all(is_still) { Vec::new() } else { moved }
    }

    /// A rectangle in which a few features are seen before and after.
    pub fn look_at_moved(&self, draft: &ReadingDraft) -> Option<BoundsDeg> {
        let mut moved = self.moved(draft);
        let middle = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        let lon = middle(moved.iter().map(|m| m.after.lon_deg).collect())?;
        let lat = middle(moved.iter().map(|m| m.after.lat_deg).collect())?;
        let far = |m: &Moved| (m.after.lon_deg - lon).hypot(m.after.lat_deg - lat);
        moved.sort_by(|a, b| far(a).total_cmp(&far(b)));
        let around = |at: LonLat| {
            BoundsDeg::new([at.lon_deg - NEAR_DEG, at.lat_deg - NEAR_DEG, at.lon_deg + NEAR_DEG, at.lat_deg + NEAR_DEG])
        };
        let one = moved.first()?;
        let after = around(one.after);
        // What lies elsewhere on the earth is not brought into the picture.
        let before = one.before.filter(|b| (b.lon_deg - one.after.lon_deg).abs() < 0.2);
        Some(before.map_or(after, |b| after.union(around(b))))
    }
}
