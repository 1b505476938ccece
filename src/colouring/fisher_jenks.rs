//! Natural breaks: the classes whose values lie closest to their class means, found exactly.

/// Prefix sums over distinct sorted values, so that the cost of any class is known at once.
struct Sums {
    weight: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Sums {
    /// Values are shifted by their mean first: the cost is a difference of large sums, and the shift is what keeps
    /// its digits.
    fn new(values: &[f64], counts: &[u32]) -> Self {
        let total: f64 = counts.iter().map(|&c| f64::from(c)).sum();
        let mean: f64 = values.iter().zip(counts).map(|(v, &c)| v * (f64::from(c) / total)).sum();
        let spread = values.iter().fold(0.0_f64, |m, v| m.max((v - mean).abs()));
        let scale = if spread > 0.0 && spread.is_finite() { spread } else { 1.0 };
        let (mut w, mut s, mut q) = (0.0, 0.0, 0.0);
        let mut sums = Self { weight: vec![0.0], first: vec![0.0], second: vec![0.0] };
        for (v, &count) in values.iter().zip(counts) {
            let (x, n) = ((v - mean) / scale, f64::from(count));
            w += n;
            s += n * x;
            q += n * x * x;
            sums.weight.push(w);
            sums.first.push(s);
            sums.second.push(q);
        }
        sums
    }

    /// Sum of squared deviations of the values `from..to` from their mean, in units of the squared scale.
    #[inline]
    fn cost(&self, from: usize, to: usize) -> f64 {
        let difference = |sums: &[f64]| match (sums.get(to), sums.get(from)) {
            (Some(b), Some(a)) => b - a,
            _ => 0.0,
        };
        let s = difference(&self.first);
        (difference(&self.second) - s * s / difference(&self.weight)).max(0.0)
    }
}

/// Splits distinct values into `classes` runs with the least sum of squared deviations from the class means.
///
/// `values` ascend strictly, `counts` says how often each occurs. Returns the position of the first value of each
/// class; there are `min(classes, values.len())` of them. Of several best answers it is the one whose breaks lie
/// lowest, counted from the top.
///
/// The best split of the first `j` values into `k` classes ends in a class that starts no earlier than that of the
/// first `j − 1` values, so that each row of the table is filled by divide and conquer: O(k · n log n) time,
/// O(k · n) memory.
///
/// # References
/// - W. D. Fisher (1958), On grouping for maximum homogeneity. *Journal of the American Statistical Association*
///   53(284), 789–798. <https://doi.org/10.1080/01621459.1958.10501479>
/// - H. Wang, M. Song (2011), Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming.
///   *The R Journal* 3(2), 29–33. <https://doi.org/10.32614/RJ-2011-015>
/// - A. Grønlund, K. G. Larsen, A. Mathiasen, J. S. Nielsen, S. Schneider, M. Song (2017), Fast exact k-means,
///   k-medians and Bregman divergence clustering in 1D. <https://arxiv.org/abs/1701.07204>
pub(super) fn fisher_jenks(values: &[f64], counts: &[u32], classes: usize) -> Vec<usize> {
    let n = values.len();
    let classes = classes.min(n);
    if classes == 0 {
        return Vec::new();
    }
    let sums = Sums::new(values, counts);
    // Row k, column j: least cost of the first j values in k + 1 classes.
    let mut best: Vec<f64> = (0..=n).map(|j| if j == 0 { 0.0 } else { sums.cost(0, j) }).collect();
    let mut starts: Vec<Vec<u32>> = Vec::with_capacity(classes);
    for k in 1..classes {
        let mut row = Row { sums: &sums, previous: &best, best: vec![f64::INFINITY; n + 1], start: vec![0; n + 1] };
        row.fill(k + 1, n, k, n - 1);
        let Row { best: filled, start, .. } = row;
        best = filled;
        starts.push(start);
    }
    let mut breaks = vec![0; classes];
    let mut end = n;
    for (slot, row) in breaks.iter_mut().skip(1).rev().zip(starts.iter().rev()) {
        end = row.get(end).map_or(0, |&s| s as usize);
        *slot = end;
    }
    breaks
}

/// One row of the table while it is being filled.
struct Row<'a> {
    sums: &'a Sums,
    previous: &'a [f64],
    best: Vec<f64>,
    start: Vec<u32>,
}

impl Row<'_> {
    /// Fills the columns `low..=high`, whose last class starts at `from..=to`.
    fn fill(&mut self, low: usize, high: usize, from: usize, to: usize) {
        if low > high {
            return;
        }
        let middle = low.midpoint(high);
        let (mut least, mut at) = (f64::INFINITY, from);
        for (start, before) in self.previous.iter().enumerate().take(to.min(middle - 1) + 1).skip(from) {
            let cost = before + self.sums.cost(start, middle);
            if cost < least {
                (least, at) = (cost, start);
            }
        }
        if let (Some(best), Some(start)) = (self.best.get_mut(middle), self.start.get_mut(middle)) {
            (*best, *start) = (least, at as u32);
        }
        self.fill(low, middle - 1, from, at);
        self.fill(middle + 1, high, at, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Cost of a split, straight from the definition.
    fn cost(values: &[f64], counts: &[u32], starts: &[usize]) -> f64 {
        let ends = starts.iter().skip(1).copied().chain([values.len()]);
        let class = |(from, to): (usize, usize)| {
            let pairs = || values[from..to].iter().zip(&counts[from..to]).map(|(&v, &c)| (v, f64::from(c)));
            let mean = pairs().map(|(v, c)| v * c).sum::<f64>() / pairs().map(|(_, c)| c).sum::<f64>();
            pairs().map(|(v, c)| c * (v - mean) * (v - mean)).sum::<f64>()
        };
        starts.iter().copied().zip(ends).map(class).sum()
    }

    /// Least cost over every way to split.
    fn least(values: &[f64], counts: &[u32], classes: usize, starts: &mut Vec<usize>) -> f64 {
        if starts.len() == classes {
            return cost(values, counts, starts);
        }
        let next = starts.last().map_or(0, |s| s + 1);
        let mut best = f64::INFINITY;
        for s in next..values.len() {
            starts.push(s);
            best = best.min(least(values, counts, classes, starts));
            starts.pop();
        }
        best
    }

    proptest! {
        #[test]
        fn no_split_is_better(
            pairs in proptest::collection::btree_map(-60i32..60, 1u32..5, 1..11), classes in 1usize..5, offset in -1e6..1e6
        ) {
            let values: Vec<f64> = pairs.keys().map(|&v| f64::from(v) / 4.0 + offset).collect();
            let counts: Vec<u32> = pairs.values().copied().collect();
            let starts = fisher_jenks(&values, &counts, classes);
            let k = classes.min(values.len());
            prop_assert_eq!(starts.len(), k);
            prop_assert_eq!(starts.first(), Some(&0));
            prop_assert!(starts.is_sorted_by(|a, b| a < b));
            let best = least(&values, &counts, k, &mut vec![0]);
            prop_assert!(cost(&values, &counts, &starts) <= best * (1.0 + 1e-9) + 1e-6);
        }
    }

    #[test]
    fn groups_far_apart_are_found() {
        let values = [1.0, 2.0, 3.0, 100.0, 101.0, 1000.0];
        assert_eq!(fisher_jenks(&values, &[1; 6], 3), [0, 3, 5]);
        assert_eq!(fisher_jenks(&values, &[1; 6], 9), [0, 1, 2, 3, 4, 5]);
        assert!(fisher_jenks(&[], &[], 3).is_empty());
        assert_eq!(fisher_jenks(&[f64::MIN, 0.0, f64::MAX], &[1; 3], 2).len(), 2);
    }
}
