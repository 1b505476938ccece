//! The map itself: villages with towns, names, borders, one exclave and the hole that it fills.

use super::assign::assign;
use super::borders::{bend, curve};
use super::cells::{cell, rounded, spread_seeds};
use super::places::{OUTLINE, TOWNS};
use super::plane::{Fixed, Pt, area_and_centroid, border_distance, contains};
use super::rng::Rng;

/// The village that owns the exclave, and the one in which it lies.
pub const EXCLAVE: (&str, &str) = ("东小营", "西闸");
/// Half the exclave's width.
const EXCLAVE_RADIUS_M: f64 = 480.0;
/// Steps of the hints in `places`.
const HINT_STEP_M: f64 = 1_500.0;

/// A village on the map.
pub struct Village {
    pub code: String,
    pub name: &'static str,
    pub town: &'static str,
    pub group: &'static str,
    /// Outer ring, counter-clockwise, its first point not repeated.
    pub ring: Vec<Fixed>,
    /// A part apart, if any.
    pub exclave: Option<Vec<Fixed>>,
    /// A hole, counter-clockwise like the exclave that fills it.
    pub hole: Option<Vec<Fixed>>,
    /// Where the settlement lies.
    pub centre: Pt,
    /// The outer ring and the hole on the plane.
    outer_m: Vec<Pt>,
    hole_m: Vec<Pt>,
}

impl Village {
    /// Metres to the border from a place inside, negative outside or in the hole. An exclave does not count.
    pub fn depth_m(&self, p: Pt) -> f64 {
        let in_hole = !self.hole_m.is_empty() && contains(&self.hole_m, p);
        if in_hole || !contains(&self.outer_m, p) {
            return -1.0;
        }
        let to_hole = if self.hole_m.is_empty() { f64::MAX } else { border_distance(&self.hole_m, p) };
        border_distance(&self.outer_m, p).min(to_hole)
    }

    /// Width of the village: side of a square of its area, metres.
    pub fn width_m(&self) -> f64 {
        area_and_centroid(&self.outer_m).0.sqrt()
    }
}

/// The 71 villages in the order of their codes.
pub fn villages() -> Vec<Village> {
    let outline = rounded(&OUTLINE.map(|(lon, lat)| Pt::from_degrees(lon, lat)));
    let count = TOWNS.iter().map(|t| t.villages.len()).sum();
    let seeds = spread_seeds(&outline, count, 2);
    let cells: Vec<Vec<Pt>> = (0..count).map(|i| cell(&outline, &seeds, i)).collect();
    let rings = bend(&cells);
    let mut villages: Vec<Village> = Vec::with_capacity(count);
    for (town, members) in TOWNS.iter().zip(cells_of_towns(&seeds)) {
        for (k, index) in names_to_cells(town.villages, &members, &seeds).into_iter().enumerate() {
            let outer_m: Vec<Pt> = rings[index].iter().map(|p| p.on_plane()).collect();
            let (_, centre) = area_and_centroid(&outer_m);
            villages.push(Village {
                code: format!("DEMO{:08}", villages.len() + 1),
                name: town.villages[k].0,
                town: town.name,
                group: town.group,
                ring: rings[index].clone(),
                exclave: None,
                hole: None,
                centre,
                outer_m,
                hole_m: Vec::new(),
            });
        }
    }
    add_exclave(&mut villages);
    villages
}

/// Cells of each town: as many as it has villages, as near as possible to its middle.
fn cells_of_towns(seeds: &[Pt]) -> Vec<Vec<usize>> {
    let middles: Vec<Pt> = TOWNS.iter().map(|t| Pt::from_degrees(t.lon, t.lat)).collect();
    let cost: Vec<Vec<f64>> = seeds.iter().map(|s| middles.iter().map(|m| s.distance2(*m)).collect()).collect();
    let capacity: Vec<usize> = TOWNS.iter().map(|t| t.villages.len()).collect();
    let town_of = assign(&cost, &capacity);
    (0..TOWNS.len()).map(|t| (0..seeds.len()).filter(|&i| town_of[i] == t).collect()).collect()
}

/// For every village of a town its cell.
fn names_to_cells(names: &[(&str, i8, i8)], members: &[usize], seeds: &[Pt]) -> Vec<usize> {
    let n = members.len() as f64;
    let middle = members.iter().fold(Pt { x: 0.0, y: 0.0 }, |m, &i| m.plus(seeds[i].x / n, seeds[i].y / n));
    let (east, north) = names.iter().fold((0.0, 0.0), |(e, s), h| (e + f64::from(h.1) / n, s + f64::from(h.2) / n));
    let wanted =
        |h: &(&str, i8, i8)| middle.plus((f64::from(h.1) - east) * HINT_STEP_M, (f64::from(h.2) - north) * HINT_STEP_M);
    let cost: Vec<Vec<f64>> =
        names.iter().map(|h| members.iter().map(|&i| wanted(h).distance2(seeds[i])).collect()).collect();
    assign(&cost, &vec![1; members.len()]).into_iter().map(|slot| members[slot]).collect()
}

/// Cuts a roundish part out of one village and gives it to another.
fn add_exclave(villages: &mut [Village]) {
    // Cosine and sine of eight directions, written out: no platform's own trigonometry.
    const S: f64 = std::f64::consts::FRAC_1_SQRT_2;
    const DIRECTIONS: [(f64, f64); 8] =
        [(1.0, 0.0), (S, S), (0.0, 1.0), (-S, S), (-1.0, 0.0), (-S, -S), (0.0, -1.0), (S, -S)];
    let Some(host) = villages.iter().position(|v| v.name == EXCLAVE.1) else { return };
    let Some(owner) = villages.iter().position(|v| v.name == EXCLAVE.0) else { return };
    let mut rng = Rng::keyed("exclave", &[]);
    let old = villages[host].centre;
    let centre = old.plus(villages[host].width_m() * 0.10, villages[host].width_m() * 0.06);
    let corners = DIRECTIONS.map(|(x, y)| {
        let r = EXCLAVE_RADIUS_M * rng.within(0.86, 1.16);
        centre.plus(x * r, y * r).fixed()
    });
    let mut ring = Vec::new();
    for (k, &from) in corners.iter().enumerate() {
        let mut side = curve(from, corners[(k + 1) % corners.len()]);
        side.pop();
        ring.extend(side);
    }
    villages[owner].exclave = Some(ring.clone());
    villages[host].hole_m = ring.iter().map(|p| p.on_plane()).collect();
    villages[host].centre = old.plus(villages[host].width_m() * -0.22, villages[host].width_m() * -0.12);
    villages[host].hole = Some(ring);
}
