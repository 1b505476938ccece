//! Where points may stand: in their village, near its hamlets, not upon each other.

use super::layout::Village;
use super::plane::{Fixed, Pt};
use super::rng::Rng;

/// Least distance between any two points; the planted pair alone is nearer.
const APART_M: f64 = 45.0;

/// The villages, and the places already taken.
pub struct Ground<'a> {
    pub villages: &'a [Village],
    /// Up to three hamlets of each village, the first in its middle.
    hamlets: Vec<Vec<Pt>>,
    taken: Vec<Pt>,
}

/// How a point is to be placed.
pub struct Wish {
    /// Least distance to the village's border.
    pub depth_m: f64,
    /// Close to this place; else near one of the hamlets.
    pub near: Option<Pt>,
    /// At least so far from the middle.
    pub away_m: f64,
}

impl<'a> Ground<'a> {
    pub fn new(villages: &'a [Village]) -> Self {
        let hamlets = villages.iter().map(hamlets).collect();
        Self { villages, hamlets, taken: Vec::new() }
    }

    /// A free place in the village; the search widens until there is one.
    pub fn place(&mut self, village: usize, wish: &Wish, rng: &mut Rng) -> Fixed {
        let home = &self.villages[village];
        let mut reach = if wish.near.is_some() { 60.0 } else { home.width_m() * 0.11 };
        loop {
            for _ in 0..40 {
                let hamlet = if rng.chance(35) { 0 } else { rng.whole(0, 2) as usize };
                let Some(from) = wish.near.or(self.hamlets[village].get(hamlet).copied()) else { continue };
                // Sums of three: dense in the hamlet, thin around it.
                let mut bell = || (rng.unit() + rng.unit() + rng.unit() - 1.5) * 2.0 * reach;
                let at = from.plus(bell(), bell()).fixed();
                let p = at.on_plane();
                let free = self.taken.iter().all(|t| t.distance(p) >= APART_M);
                if free && home.depth_m(p) >= wish.depth_m && home.centre.distance(p) >= wish.away_m {
                    return self.take(at);
                }
            }
            reach *= 1.15;
        }
    }

    /// A place just over the border, in the nearest neighbouring village.
    pub fn place_in_neighbour(&mut self, village: usize) -> Fixed {
        let own = self.villages[village].centre;
        let others = self.villages.iter().enumerate().filter(|(i, _)| *i != village);
        let nearest = others.min_by(|a, b| own.distance2(a.1.centre).total_cmp(&own.distance2(b.1.centre)));
        let neighbour = nearest.map_or(village, |(i, _)| i);
        let goal = self.villages[neighbour].centre;
        let on_the_way = (1..=50).map(|k| own.towards(goal, f64::from(k) / 50.0).fixed());
        let deep = |at: &Fixed| {
            let p = at.on_plane();
            self.villages[neighbour].depth_m(p) >= 160.0 && self.taken.iter().all(|t| t.distance(p) >= APART_M)
        };
        let at = on_the_way.into_iter().find(deep).unwrap_or_else(|| goal.fixed());
        self.take(at)
    }

    /// A place eight metres east of another.
    pub fn place_beside(&mut self, other: Fixed) -> Fixed {
        self.take(other.on_plane().plus(8.0, 0.0).fixed())
    }

    fn take(&mut self, at: Fixed) -> Fixed {
        self.taken.push(at.on_plane());
        at
    }
}

fn hamlets(village: &Village) -> Vec<Pt> {
    let mut rng = Rng::keyed("hamlets", &[village.ring[0].lon, village.ring[0].lat]);
    let reach = village.width_m() * 0.36;
    let mut found = vec![village.centre];
    for _ in 0..60 {
        let p = village.centre.plus(rng.within(-reach, reach), rng.within(-reach, reach));
        let apart = found.iter().all(|h| h.distance(p) > reach * 0.8);
        if found.len() < 3 && apart && village.depth_m(p) > 280.0 {
            found.push(p);
        }
    }
    found
}
