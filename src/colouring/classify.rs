//! Numbers into classes.
//!
//! A value belongs to the last class whose lower bound is at most the value, the top class is closed: `lower ≤ v <
//! upper`, so that 99 is in "≥ 99". Bounds of equal intervals and round numbers are exactly those, and classes without a value
//! stay; bounds of quantiles and natural breaks are observed values, the first of their class, so that equal values are never
//! parted; given bounds are as given.

use rayon::prelude::*;

use super::fisher_jenks::fisher_jenks;
use super::pretty::pretty;

/// Most classes that can be asked for.
const MAX_CLASSES: usize = 20;

/// How class bounds are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// The inner bounds are given; they stay the same over all years.
    Manual,
    /// Intervals of equal width.
    Equal,
    /// Classes with as equal counts as the values allow.
    Quantile,
    /// Bounds at multiples of 1, 2 or 5 times a power of ten.
    Pretty,
    /// Natural breaks, exactly: least squared deviation from the class means.
    FisherJenks,
}

impl Method {
    /// All methods, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Manual, Self::Equal, Self::Quantile, Self::Pretty, Self::FisherJenks];

    /// Name in project files and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Equal => "equal",
            Self::Quantile => "quantile",
            Self::Pretty => "pretty",
            Self::FisherJenks => "fisher-jenks",
        }
    }

    /// The method with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.key() == key)
    }
}

/// Classes of numbers, lowest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Breaks {
    /// Lower bound of each class, never falling; the first is the lowest value of all. Two are equal where the lowest value is
    /// a given bound, or where f64 has no number between them: the class below is then empty.
    pub lowers: Vec<f64>,
    /// Upper bound of the highest class, which includes it.
    pub top: f64,
}

impl Breaks {
    /// Number of classes.
    pub fn len(&self) -> usize {
        self.lowers.len()
    }

    /// Whether there is no class.
    pub fn is_empty(&self) -> bool {
        self.lowers.is_empty()
    }

    /// The class of a value: the last whose lower bound is at most the value. `None` below the lowest bound, above
    /// the top and for NaN.
    pub fn class_of(&self, v: f64) -> Option<usize> {
        if v.is_nan() || v > self.top {
            return None;
        }
        self.lowers.partition_point(|&lower| lower <= v).checked_sub(1)
    }

    /// How many values each class holds; values outside all classes are not counted.
    pub fn counts(&self, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; self.len()];
        for &v in values {
            if let Some(count) = self.class_of(v).and_then(|c| counts.get_mut(c)) {
                *count += 1;
            }
        }
        counts
    }

    /// Lower and upper bound of a class: the upper is the lower of the next class, or the top. NaN for a class that
    /// does not exist.
    pub fn bounds(&self, class: usize) -> (f64, f64) {
        match self.lowers.get(class) {
            Some(&lower) => (lower, self.lowers.get(class + 1).copied().unwrap_or(self.top)),
            None => (f64::NAN, f64::NAN),
        }
    }
}

/// Finds classes for values, which come in any order; what is not finite is passed over.
///
/// `classes` of them (1 to 20; what lies outside is drawn to the nearest): [`Method::Equal`] makes as many unless all values are
/// one, empty ones included; the others fewer where values repeat or no round step of [`Method::Pretty`] gives as many.
/// [`Method::Manual`] takes `manual_inner` instead, in any order, and always makes one class more than there are distinct bounds,
/// empty ones included. `None` where there is neither a value nor a given bound.
///
/// # Examples
/// ```
/// use qiancun::colouring::{Method, classify};
/// let breaks = classify(&[12.0, 99.0, 98.9, 100.0], Method::Manual, 0, &[60.0, 99.0]).unwrap();
/// assert_eq!(breaks.lowers, [12.0, 60.0, 99.0]);
/// assert_eq!(breaks.class_of(99.0), Some(2));
/// ```
pub fn classify(values: &[f64], method: Method, classes: usize, manual_inner: &[f64]) -> Option<Breaks> {
    // Adding zero turns −0 into 0, so that no bound reads "-0".
    let mut sorted: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|v| v + 0.0).collect();
    if method == Method::Manual {
        return manual(&sorted, manual_inner);
    }
    sorted.par_sort_unstable_by(f64::total_cmp);
    let (&low, &high) = (sorted.first()?, sorted.last()?);
    let classes = classes.clamp(1, MAX_CLASSES);
    let with_inner = |inner: Vec<f64>| Breaks { lowers: std::iter::once(low).chain(inner).collect(), top: high };
    if matches!(method, Method::Equal | Method::Manual) {
        return Some(with_inner(equal(low, high, classes)));
    }
    if method == Method::Pretty {
        return Some(with_inner(pretty(low, high, classes)));
    }
    let (distinct, counts) = runs(&sorted);
    let starts = match method {
        Method::Quantile => quantile_starts(&counts, sorted.len(), classes),
        _ => fisher_jenks(&distinct, &counts, classes),
    };
    let lowers = starts.iter().filter_map(|&s| distinct.get(s).copied()).collect();
    Some(Breaks { lowers, top: high })
}

/// Inner bounds of intervals of equal width; none where all values are one.
fn equal(low: f64, high: f64, classes: usize) -> Vec<f64> {
    if low >= high {
        return Vec::new();
    }
    let k = classes as f64;
    let span = high - low;
    let bound = |i: f64| match span.is_finite() {
        true => low + span * i / k,
        // A span that f64 does not hold.
        false => low * (1.0 - i / k) + high * (i / k),
    };
    (1..classes).map(|i| bound(i as f64).clamp(low, high)).collect()
}

/// Given inner bounds between the outer ones, which are those of the data, widened to include the given.
fn manual(values: &[f64], inner: &[f64]) -> Option<Breaks> {
    let mut inner: Vec<f64> = inner.iter().filter(|b| b.is_finite()).map(|b| b + 0.0).collect();
    inner.sort_unstable_by(f64::total_cmp);
    inner.dedup();
    let all = || values.iter().chain(&inner).copied();
    let (low, top) = (all().reduce(f64::min)?, all().reduce(f64::max)?);
    Some(Breaks { lowers: std::iter::once(low).chain(inner).collect(), top })
}

/// Distinct values of a sorted list and how often each occurs.
fn runs(sorted: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let (mut distinct, mut counts) = (Vec::new(), Vec::new());
    for run in sorted.chunk_by(|a, b| a == b) {
        distinct.extend(run.first());
        counts.push(run.len() as u32);
    }
    (distinct, counts)
}

/// Starts each class between two runs of equal values, as near as can be to its share of all `n` values.
fn quantile_starts(counts: &[u32], n: usize, classes: usize) -> Vec<usize> {
    // How many values lie before each distinct value but the first.
    let before: Vec<usize> = counts
        .iter()
        .scan(0, |sum, &c| {
            *sum += c as usize;
            Some(*sum)
        })
        .take(counts.len().saturating_sub(1))
        .collect();
    let mut starts = vec![0];
    for i in 1..classes {
        let after = before.partition_point(|&b| b * classes < i * n);
        let distance = |p: usize| before.get(p).map(|&b| (b * classes).abs_diff(i * n));
        let nearest = match (after.checked_sub(1).and_then(distance), distance(after)) {
            (Some(a), Some(b)) if a < b => after - 1,
            (Some(_), None) => after - 1,
            (None, None) => continue,
            _ => after,
        };
        starts.push(nearest + 1);
    }
    starts.dedup();
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AUTOMATIC: [Method; 4] = [Method::Equal, Method::Quantile, Method::Pretty, Method::FisherJenks];

    fn lowers(values: &[f64], method: Method, classes: usize) -> Vec<f64> {
        classify(values, method, classes, &[]).map_or(Vec::new(), |b| b.lowers)
    }

    #[test]
    fn keys_are_read_back() {
        assert!(Method::ALL.iter().all(|&m| Method::from_key(m.key()) == Some(m)));
        assert_eq!(Method::from_key("jenks"), None);
    }

    #[test]
    fn each_method_on_one_list() {
        let values = [9.0, 0.0, 1.0, 2.0, 3.0, 4.0, 50.0, 98.0, 99.0, 100.0];
        assert_eq!(lowers(&values, Method::Equal, 4), [0.0, 25.0, 50.0, 75.0]);
        assert_eq!(lowers(&values, Method::Quantile, 5), [0.0, 2.0, 4.0, 50.0, 99.0]);
        assert_eq!(lowers(&values, Method::Pretty, 5), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(lowers(&values, Method::FisherJenks, 3), [0.0, 50.0, 98.0]);
    }

    #[test]
    fn ties_and_poor_data_give_fewer_classes() {
        assert_eq!(lowers(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0], Method::Quantile, 4), [0.0, 1.0]);
        for method in AUTOMATIC {
            assert_eq!(
                classify(&[7.0; 30], method, 5, &[]),
                Some(Breaks { lowers: vec![7.0], top: 7.0 }),
                "{method:?}"
            );
            assert_eq!(classify(&[-0.0, 0.0], method, 5, &[]).map(|b| b.lowers.len()), Some(1));
            assert_eq!(classify(&[], method, 5, &[1.0]), None);
            assert_eq!(classify(&[f64::NAN], method, 5, &[]), None);
        }
        for method in [Method::Quantile, Method::FisherJenks] {
            assert_eq!(lowers(&[1.0, 2.0, 2.0], method, 9), [1.0, 2.0], "{method:?}");
        }
        assert_eq!(lowers(&[1.0, 2.0, 2.0], Method::Equal, 4), [1.0, 1.25, 1.5, 1.75]);
        assert_eq!(lowers(&[f64::MIN, f64::MAX], Method::Equal, 2), [f64::MIN, 0.0]);
    }

    #[test]
    fn manual_bounds_stay_and_the_outer_ones_widen() {
        let manual = |values: &[f64]| classify(values, Method::Manual, 0, &[90.0, 60.0, 90.0]);
        assert_eq!(manual(&[99.0, 12.0]), Some(Breaks { lowers: vec![12.0, 60.0, 90.0], top: 99.0 }));
        let high = manual(&[95.0, 97.0]).unwrap_or_else(|| panic!("there are values"));
        assert_eq!((high.lowers.clone(), high.top), (vec![60.0, 60.0, 90.0], 97.0));
        assert_eq!(high.counts(&[60.0, 95.0, 97.0]), [0, 1, 2]);
        assert_eq!((high.bounds(0), high.bounds(2)), ((60.0, 60.0), (90.0, 97.0)));
        let low = manual(&[1.0]).unwrap_or_else(|| panic!("there are values"));
        assert_eq!((low.counts(&[1.0]), low.top), (vec![1, 0, 0], 90.0));
        assert_eq!(manual(&[]).map(|b| b.lowers), Some(vec![60.0, 60.0, 90.0]));
        assert_eq!(classify(&[], Method::Manual, 3, &[]), None);
        assert_eq!(classify(&[3.0, 4.0], Method::Manual, 3, &[]), Some(Breaks { lowers: vec![3.0], top: 4.0 }));
    }

    #[test]
    fn values_outside_have_no_class() {
        let breaks = Breaks { lowers: vec![1.0, 2.0], top: 3.0 };
        let class = |v| breaks.class_of(v);
        assert_eq!(
            (class(0.9), class(1.0), class(2.0), class(3.0), class(3.1)),
            (None, Some(0), Some(1), Some(1), None)
        );
        assert_eq!(class(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn every_value_has_a_class_and_breaks_are_what_the_method_says(
            values in proptest::collection::vec(prop_oneof![-1e300..1e300f64, (-8i32..8).prop_map(f64::from)], 1..80),
            classes in 0usize..25,
        ) {
            for method in AUTOMATIC {
                let Some(breaks) = classify(&values, method, classes, &[]) else {
                    return Err(TestCaseError::fail("no classes"));
                };
                prop_assert!(breaks.len() <= classes.clamp(1, 20));
                prop_assert!(breaks.lowers.is_sorted());
                let counts = breaks.counts(&values);
                if matches!(method, Method::Quantile | Method::FisherJenks) {
                    prop_assert!(breaks.lowers.is_sorted_by(|a, b| a < b));
                    prop_assert!(breaks.lowers.iter().all(|l| values.contains(l)));
                    prop_assert!(counts.iter().all(|&c| c > 0), "{method:?} {breaks:?} {counts:?}");
                }
                if method == Method::Equal && breaks.lowers.first() < Some(&breaks.top) {
                    prop_assert_eq!(breaks.len(), classes.clamp(1, 20));
                }
                prop_assert_eq!(counts.iter().sum::<usize>(), values.len());
            }
        }

        #[test]
        fn quantiles_without_ties_are_even(n in 1usize..200, classes in 1usize..10) {
            let values: Vec<f64> = (0..n).rev().map(|i| i as f64).collect();
            let counts = classify(&values, Method::Quantile, classes, &[]).map_or(Vec::new(), |b| b.counts(&values));
            prop_assert_eq!(counts.len(), classes.min(n));
            let (least, most) = (counts.iter().min().copied(), counts.iter().max().copied());
            prop_assert!(most <= least.map(|l| l + 1), "{:?}", counts);
        }
    }

    /// Sum of squared deviations of values from the means of their classes.
    fn ssd(values: &[f64], breaks: &Breaks) -> f64 {
        let squares = |class: usize| {
            let members: Vec<f64> = values.iter().copied().filter(|v| breaks.class_of(*v) == Some(class)).collect();
            let mean = members.iter().sum::<f64>() / members.len() as f64;
            members.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>()
        };
        (0..breaks.len()).map(squares).sum()
    }

    /// Against mapclassify; the fixture names tool, version and call.
    #[test]
    fn fisher_jenks_is_no_worse_than_mapclassify() {
        let fixture: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/fixtures/classify.json")).unwrap_or_default();
        let numbers = |v: &serde_json::Value| -> Vec<f64> {
            v.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect()
        };
        let cases = fixture["cases"].as_array().map_or(&[][..], Vec::as_slice);
        assert_eq!(cases.len(), 18);
        for case in cases {
            let values = numbers(&fixture["values"][case["name"].as_str().unwrap_or_default()]);
            let k = case["k"].as_u64().unwrap_or(0) as usize;
            let theirs = case["ssd"].as_f64().unwrap_or(0.0);
            let breaks = classify(&values, Method::FisherJenks, k, &[]).unwrap_or_else(|| panic!("{case}"));
            let ours = ssd(&values, &breaks);
            assert_eq!(breaks.len(), numbers(&case["uppers"]).len(), "{case}");
            assert!(ours <= theirs * (1.0 + 1e-9) + 1e-9, "{ours} > {theirs}: {case}");
        }
    }
}
