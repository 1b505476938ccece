//! Points that would lie over one another on a map, taken together.

use rustc_hash::FxHashMap;

use crate::geo::WorldPos;

/// Share of a cell within which the middles of two clusters are taken for one.
const MERGE: f64 = 0.62;

/// Clusters of points, each as positions in `points`; together they hold every point once. `cell` is the width of a cluster in world
/// units.
pub fn cluster(points: &[WorldPos], cell: f64) -> Vec<Vec<u32>> {
    let cell_of = |p: WorldPos| [(p.x / cell).floor() as i64, (p.y / cell).floor() as i64];
    let mut cells: FxHashMap<[i64; 2], Vec<u32>> = FxHashMap::default();
    for (i, p) in points.iter().enumerate() {
        cells.entry(cell_of(*p)).or_default().push(i as u32);
    }
    let mut groups: Vec<Vec<u32>> = cells.into_values().collect();
    // Large ones draw in what lies beside them; the order does not depend on the hash.
    groups.sort_by_key(|members| (std::cmp::Reverse(members.len()), members.first().copied()));
    let mut done: Vec<(WorldPos, Vec<u32>)> = Vec::new();
    let mut near: FxHashMap<[i64; 2], Vec<usize>> = FxHashMap::default();
    for members in groups {
        let at = middle(points, &members);
        let [x, y] = cell_of(at);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| [x + dx, y + dy]));
        let close = around
            .filter_map(|c| near.get(&c))
            .flatten()
            .copied()
            .map(|i| (i, done.get(i).map_or(f64::INFINITY, |d| (d.0.x - at.x).hypot(d.0.y - at.y))))
            .filter(|(_, distance)| *distance < cell * MERGE)
            .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        match close.and_then(|(i, _)| done.get_mut(i)) {
            Some(into) => into.1.extend(members),
            None => {
                near.entry([x, y]).or_default().push(done.len());
                done.push((at, members));
            }
        }
    }
    done.into_iter().map(|(_, members)| members).collect()
}

/// The middle of some of the points.
pub fn middle(points: &[WorldPos], members: &[u32]) -> WorldPos {
    let n = members.len().max(1) as f64;
    let sum = members.iter().filter_map(|i| points.get(*i as usize)).fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
    WorldPos { x: sum.0 / n, y: sum.1 / n }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_point_is_in_one_cluster(
            list in proptest::collection::vec((0.0f64..1.0, 0.0f64..1.0), 0..200),
            cell in 0.01f64..0.5,
        ) {
            let points: Vec<_> = list.iter().map(|(x, y)| WorldPos { x: *x, y: *y }).collect();
            let clusters = cluster(&points, cell);
            let mut all: Vec<u32> = clusters.iter().flatten().copied().collect();
            all.sort_unstable();
            proptest::prop_assert!(all.iter().copied().eq(0..points.len() as u32));
            proptest::prop_assert_eq!(clusters, cluster(&points, cell));
        }
    }
}
