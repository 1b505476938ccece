//! A small assignment: items to slots of given capacity at the least total cost.

/// Slot of each item. `cost[item][slot]`; `capacity` sums to the number of items.
///
/// Starts in the given order and exchanges two or rotates three items while that lowers the total. With squared
/// distances to centres as cost the result is close to a power diagram, whose parts hold together.
pub fn assign(cost: &[Vec<f64>], capacity: &[usize]) -> Vec<usize> {
    let mut slot: Vec<usize> = capacity.iter().enumerate().flat_map(|(s, &n)| std::iter::repeat_n(s, n)).collect();
    let n = slot.len();
    let gains = |before: f64, after: f64| after < before - 1e-6;
    loop {
        let mut changed = false;
        for i in 0..n {
            for j in 0..n {
                let (a, b) = (slot[i], slot[j]);
                if a != b && gains(cost[i][a] + cost[j][b], cost[i][b] + cost[j][a]) {
                    slot.swap(i, j);
                    changed = true;
                }
            }
        }
        for i in 0..n {
            for j in 0..n {
                for k in 0..n {
                    let (a, b, c) = (slot[i], slot[j], slot[k]);
                    if a != b && b != c && a != c {
                        let before = cost[i][a] + cost[j][b] + cost[k][c];
                        if gains(before, cost[i][b] + cost[j][c] + cost[k][a]) {
                            (slot[i], slot[j], slot[k]) = (b, c, a);
                            changed = true;
                        }
                    }
                }
            }
        }
        if !changed {
            return slot;
        }
    }
}
